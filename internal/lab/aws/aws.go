// Package aws provides the lab's AWS: every service that it has, over one store,
// behind one HTTP handler.
package aws

import (
	"context"
	"errors"

	"postern/internal/lab/aws/cloudwatch"
	"postern/internal/lab/aws/ec2"
	"postern/internal/lab/aws/eks"
	"postern/internal/lab/aws/elbv2"
	"postern/internal/lab/aws/events"
	"postern/internal/lab/aws/iam"
	"postern/internal/lab/aws/lambda"
	"postern/internal/lab/aws/logs"
	"postern/internal/lab/aws/route53"
	"postern/internal/lab/aws/scheduler"
	"postern/internal/lab/aws/sns"
	"postern/internal/lab/aws/ssm"
	"postern/internal/lab/aws/sts"
	"postern/internal/lab/aws/tagging"
	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

// Tables returns every service's actions over a store.
func Tables(store *state.Store) []*wire.Table {
	return []*wire.Table{
		sts.Table(store),
		tagging.Table(store),
		elbv2.Table(store),
		eks.Table(store),
		ec2.Table(store),
		route53.Table(store),
		iam.Table(store),
		lambda.Table(store),
		events.Table(store),
		scheduler.Table(store),
		logs.Table(store),
		cloudwatch.Table(store),
		sns.Table(store),
		ssm.Table(store),
	}
}

// NewServer returns a server of all services. It authenticates at the store,
// takes each call from the store's throttles, asks the caller's policies where
// they are enforced, and records it there. Further checks may be appended to
// Before; they run after these.
func NewServer(store *state.Store) *wire.Server {
	return &wire.Server{
		Tables: Tables(store),
		Authenticate: func(_ context.Context, cred wire.Credential) (wire.Caller, error) {
			c, err := store.Authenticate(cred.AccessKey, cred.Token)
			if err != nil {
				return wire.Caller{}, err
			}
			c.Region = cred.Region
			return wire.Caller(c), nil
		},
		Before: []func(context.Context, *wire.Call) error{
			func(_ context.Context, call *wire.Call) error {
				return store.Take(state.Caller(call.Caller), call.Signing, call.Action)
			},
			authorize(store),
		},
		Explain: Explain,
		Record: func(r wire.Record) {
			store.RecordCall(state.Call{
				At:      r.Time,
				Service: r.Service,
				Action:  r.Action,
				Account: r.Caller.Account,
				Region:  r.Caller.Region,
				ARN:     r.Caller.ARN,
				Code:    r.Code,
			})
		},
	}
}

// Explain gives a refusal of the store to the client; nil for any other error.
func Explain(err error) *wire.Error {
	if e, ok := errors.AsType[*state.Error](err); ok {
		return &wire.Error{Code: e.Code, Message: e.Message, Status: e.Status, Sender: e.Sender}
	}
	return nil
}
