// Package sts answers the Security Token Service's actions from the lab's store.
package sts

import (
	"context"
	"time"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

type handlers struct{ store *state.Store }

// Table returns the service's actions over a store.
func Table(store *state.Store) *wire.Table {
	h := handlers{store}
	return wire.NewTable("sts", "sts", API,
		wire.Op("AssumeRole", h.assumeRole, "AccessDenied", "ValidationError"),
		wire.Op("GetCallerIdentity", h.getCallerIdentity),
	)
}

func (h handlers) assumeRole(_ context.Context, c wire.Caller, in *AssumeRoleRequest) (*AssumeRoleResponse, error) {
	creds, err := h.store.AssumeRole(state.Caller(c), state.AssumeRoleInput{
		Role:       wire.Value(in.RoleArn),
		Session:    wire.Value(in.RoleSessionName),
		ExternalID: wire.Value(in.ExternalId),
		Duration:   time.Duration(wire.Value(in.DurationSeconds)) * time.Second,
	})
	if err != nil {
		return nil, err
	}
	return &AssumeRoleResponse{
		AssumedRoleUser: &AssumedRoleUser{Arn: &creds.RoleARN, AssumedRoleId: &creds.RoleID},
		Credentials: &Credentials{
			AccessKeyId:     &creds.AccessKey,
			SecretAccessKey: &creds.Secret,
			SessionToken:    &creds.Token,
			Expiration:      &creds.Expires,
		},
		SourceIdentity: in.SourceIdentity,
	}, nil
}

func (h handlers) getCallerIdentity(_ context.Context, c wire.Caller, _ *GetCallerIdentityRequest) (*GetCallerIdentityResponse, error) {
	return &GetCallerIdentityResponse{Account: &c.Account, Arn: &c.ARN, UserId: &c.UserID}, nil
}
