// Package iam answers Identity and Access Management's actions from the lab's
// store.
package iam

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

type handlers struct{ store *state.Store }

// Table returns the service's actions over a store.
func Table(store *state.Store) *wire.Table {
	h := handlers{store}
	return wire.NewTable("iam", "iam", API,
		wire.Op("AttachRolePolicy", h.attachRolePolicy, "NoSuchEntity", "LimitExceeded"),
		wire.Op("CreatePolicy", h.createPolicy, "EntityAlreadyExists", "MalformedPolicyDocument", "LimitExceeded", "ValidationError"),
		wire.Op("CreatePolicyVersion", h.createPolicyVersion, "NoSuchEntity", "MalformedPolicyDocument", "LimitExceeded", "AccessDenied"),
		wire.Op("CreateRole", h.createRole, "EntityAlreadyExists", "MalformedPolicyDocument", "NoSuchEntity", "LimitExceeded", "ValidationError", "InvalidInput"),
		wire.Op("DeletePolicy", h.deletePolicy, "NoSuchEntity", "DeleteConflict", "AccessDenied"),
		wire.Op("DeletePolicyVersion", h.deletePolicyVersion, "NoSuchEntity", "DeleteConflict", "AccessDenied"),
		wire.Op("DeleteRole", h.deleteRole, "NoSuchEntity", "DeleteConflict"),
		wire.Op("DeleteRolePermissionsBoundary", h.deleteRolePermissionsBoundary, "NoSuchEntity"),
		wire.Op("DeleteRolePolicy", h.deleteRolePolicy, "NoSuchEntity"),
		wire.Op("DetachRolePolicy", h.detachRolePolicy, "NoSuchEntity"),
		wire.Op("GetPolicy", h.getPolicy, "NoSuchEntity"),
		wire.Op("GetPolicyVersion", h.getPolicyVersion, "NoSuchEntity"),
		wire.Op("GetRole", h.getRole, "NoSuchEntity"),
		wire.Op("GetRolePolicy", h.getRolePolicy, "NoSuchEntity"),
		wire.Op("ListAttachedRolePolicies", h.listAttachedRolePolicies, "NoSuchEntity"),
		wire.Op("ListInstanceProfilesForRole", h.listInstanceProfilesForRole, "NoSuchEntity"),
		wire.Op("ListPolicyVersions", h.listPolicyVersions, "NoSuchEntity"),
		wire.Op("ListRolePolicies", h.listRolePolicies, "NoSuchEntity"),
		wire.Op("PutRolePermissionsBoundary", h.putRolePermissionsBoundary, "NoSuchEntity"),
		wire.Op("PutRolePolicy", h.putRolePolicy, "NoSuchEntity", "MalformedPolicyDocument", "LimitExceeded", "ValidationError"),
		wire.Op("SetDefaultPolicyVersion", h.setDefaultPolicyVersion, "NoSuchEntity", "AccessDenied"),
		wire.Op("TagPolicy", h.tagPolicy, "NoSuchEntity", "LimitExceeded", "InvalidInput", "AccessDenied"),
		wire.Op("TagRole", h.tagRole, "NoSuchEntity", "LimitExceeded", "InvalidInput"),
		wire.Op("UntagPolicy", h.untagPolicy, "NoSuchEntity", "AccessDenied"),
		wire.Op("UntagRole", h.untagRole, "NoSuchEntity"),
		wire.Op("UpdateAssumeRolePolicy", h.updateAssumeRolePolicy, "NoSuchEntity", "MalformedPolicyDocument"),
		wire.Op("UpdateRole", h.updateRole, "NoSuchEntity", "ValidationError"),
		wire.Op("UpdateRoleDescription", h.updateRoleDescription, "NoSuchEntity"),
	)
}

// encoded is a policy document as IAM's answers carry it. Source: IAM API
// reference, GetRolePolicy.
func encoded(document string) *string {
	return new(strings.ReplaceAll(url.QueryEscape(document), "+", "%20"))
}

func tagMap(tags []Tag) state.Tags {
	m := state.Tags{}
	for _, t := range tags {
		m[wire.Value(t.Key)] = wire.Value(t.Value)
	}
	return m
}

func tagList(tags state.Tags) []Tag {
	var list []Tag
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, Tag{Key: new(k), Value: new(tags[k])})
	}
	return list
}

// none is the answer of an action that has nothing to say.
func none(err error) (*wire.Empty, error) {
	if err != nil {
		return nil, err
	}
	return &wire.Empty{}, nil
}
