package iam

import (
	"context"
	"maps"
	"slices"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func role(r state.IAMRole) *Role {
	out := &Role{
		Arn: &r.ARN, AssumeRolePolicyDocument: encoded(r.Trust), CreateDate: &r.Created, Description: wire.Set(r.Description), MaxSessionDuration: &r.MaxSession,
		Path: &r.Path, RoleId: &r.ID, RoleName: &r.Name, Tags: tagList(r.Tags),
	}
	if r.Boundary != "" {
		out.PermissionsBoundary = &AttachedPermissionsBoundary{PermissionsBoundaryArn: &r.Boundary, PermissionsBoundaryType: new("Policy")}
	}
	return out
}

func (h handlers) createRole(_ context.Context, c wire.Caller, in *CreateRoleRequest) (*CreateRoleResponse, error) {
	r, err := h.store.CreateRole(state.Caller(c), state.IAMRoleInput{
		Name: wire.Value(in.RoleName), Path: wire.Value(in.Path), Description: wire.Value(in.Description), Trust: wire.Value(in.AssumeRolePolicyDocument),
		MaxSession: wire.Value(in.MaxSessionDuration), Boundary: wire.Value(in.PermissionsBoundary), Tags: tagMap(in.Tags),
	})
	if err != nil {
		return nil, err
	}
	return &CreateRoleResponse{Role: role(r)}, nil
}

func (h handlers) getRole(_ context.Context, c wire.Caller, in *GetRoleRequest) (*GetRoleResponse, error) {
	r, err := h.store.GetRole(state.Caller(c), wire.Value(in.RoleName))
	if err != nil {
		return nil, err
	}
	out := role(r)
	out.RoleLastUsed = &RoleLastUsed{}
	return &GetRoleResponse{Role: out}, nil
}

func (h handlers) deleteRole(_ context.Context, c wire.Caller, in *DeleteRoleRequest) (*wire.Empty, error) {
	return none(h.store.DeleteRole(state.Caller(c), wire.Value(in.RoleName)))
}

func (h handlers) updateRole(_ context.Context, c wire.Caller, in *UpdateRoleRequest) (*UpdateRoleResponse, error) {
	if err := h.store.UpdateRole(state.Caller(c), wire.Value(in.RoleName), in.Description, in.MaxSessionDuration); err != nil {
		return nil, err
	}
	return &UpdateRoleResponse{}, nil
}

func (h handlers) updateRoleDescription(_ context.Context, c wire.Caller, in *UpdateRoleDescriptionRequest) (*UpdateRoleDescriptionResponse, error) {
	if err := h.store.UpdateRole(state.Caller(c), wire.Value(in.RoleName), in.Description, nil); err != nil {
		return nil, err
	}
	r, err := h.store.GetRole(state.Caller(c), wire.Value(in.RoleName))
	if err != nil {
		return nil, err
	}
	return &UpdateRoleDescriptionResponse{Role: role(r)}, nil
}

func (h handlers) updateAssumeRolePolicy(_ context.Context, c wire.Caller, in *UpdateAssumeRolePolicyRequest) (*wire.Empty, error) {
	return none(h.store.UpdateAssumeRolePolicy(state.Caller(c), wire.Value(in.RoleName), wire.Value(in.PolicyDocument)))
}

func (h handlers) putRolePermissionsBoundary(_ context.Context, c wire.Caller, in *PutRolePermissionsBoundaryRequest) (*wire.Empty, error) {
	return none(h.store.SetRoleBoundary(state.Caller(c), wire.Value(in.RoleName), wire.Value(in.PermissionsBoundary)))
}

func (h handlers) deleteRolePermissionsBoundary(_ context.Context, c wire.Caller, in *DeleteRolePermissionsBoundaryRequest) (*wire.Empty, error) {
	return none(h.store.SetRoleBoundary(state.Caller(c), wire.Value(in.RoleName), ""))
}

func (h handlers) tagRole(_ context.Context, c wire.Caller, in *TagRoleRequest) (*wire.Empty, error) {
	return none(h.store.TagRole(state.Caller(c), wire.Value(in.RoleName), tagMap(in.Tags), nil))
}

func (h handlers) untagRole(_ context.Context, c wire.Caller, in *UntagRoleRequest) (*wire.Empty, error) {
	return none(h.store.TagRole(state.Caller(c), wire.Value(in.RoleName), nil, in.TagKeys))
}

func (h handlers) putRolePolicy(_ context.Context, c wire.Caller, in *PutRolePolicyRequest) (*wire.Empty, error) {
	return none(h.store.PutRolePolicy(state.Caller(c), wire.Value(in.RoleName), wire.Value(in.PolicyName), wire.Value(in.PolicyDocument)))
}

func (h handlers) getRolePolicy(_ context.Context, c wire.Caller, in *GetRolePolicyRequest) (*GetRolePolicyResponse, error) {
	document, err := h.store.GetRolePolicy(state.Caller(c), wire.Value(in.RoleName), wire.Value(in.PolicyName))
	if err != nil {
		return nil, err
	}
	return &GetRolePolicyResponse{PolicyDocument: encoded(document), PolicyName: in.PolicyName, RoleName: in.RoleName}, nil
}

func (h handlers) deleteRolePolicy(_ context.Context, c wire.Caller, in *DeleteRolePolicyRequest) (*wire.Empty, error) {
	return none(h.store.DeleteRolePolicy(state.Caller(c), wire.Value(in.RoleName), wire.Value(in.PolicyName)))
}

func (h handlers) listRolePolicies(_ context.Context, c wire.Caller, in *ListRolePoliciesRequest) (*ListRolePoliciesResponse, error) {
	r, err := h.store.GetRole(state.Caller(c), wire.Value(in.RoleName))
	if err != nil {
		return nil, err
	}
	return &ListRolePoliciesResponse{IsTruncated: new(false), PolicyNames: append([]string{}, slices.Sorted(maps.Keys(r.Inline))...)}, nil
}

func (h handlers) attachRolePolicy(_ context.Context, c wire.Caller, in *AttachRolePolicyRequest) (*wire.Empty, error) {
	return none(h.store.AttachRolePolicy(state.Caller(c), wire.Value(in.RoleName), wire.Value(in.PolicyArn)))
}

func (h handlers) detachRolePolicy(_ context.Context, c wire.Caller, in *DetachRolePolicyRequest) (*wire.Empty, error) {
	return none(h.store.DetachRolePolicy(state.Caller(c), wire.Value(in.RoleName), wire.Value(in.PolicyArn)))
}

func (h handlers) listAttachedRolePolicies(_ context.Context, c wire.Caller, in *ListAttachedRolePoliciesRequest) (*ListAttachedRolePoliciesResponse, error) {
	r, err := h.store.GetRole(state.Caller(c), wire.Value(in.RoleName))
	if err != nil {
		return nil, err
	}
	out := &ListAttachedRolePoliciesResponse{AttachedPolicies: []AttachedPolicy{}, IsTruncated: new(false)}
	for _, arn := range r.Attached {
		p, _, _, err := h.store.GetPolicy(state.Caller(c), arn)
		if err != nil {
			return nil, err
		}
		out.AttachedPolicies = append(out.AttachedPolicies, AttachedPolicy{PolicyArn: &arn, PolicyName: &p.Name})
	}
	return out, nil
}

// listInstanceProfilesForRole: the lab has no instances, and no profiles.
func (h handlers) listInstanceProfilesForRole(_ context.Context, c wire.Caller, in *ListInstanceProfilesForRoleRequest) (*ListInstanceProfilesForRoleResponse, error) {
	if _, err := h.store.GetRole(state.Caller(c), wire.Value(in.RoleName)); err != nil {
		return nil, err
	}
	return &ListInstanceProfilesForRoleResponse{InstanceProfiles: []InstanceProfile{}, IsTruncated: new(false)}, nil
}
