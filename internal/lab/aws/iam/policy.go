package iam

import (
	"context"
	"slices"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func policy(p state.Policy, attached, bounds int) *Policy {
	return &Policy{
		Arn: &p.ARN, AttachmentCount: new(int32(attached)), PermissionsBoundaryUsageCount: new(int32(bounds)), CreateDate: &p.Created, DefaultVersionId: &p.Default,
		Description: wire.Set(p.Description), IsAttachable: new(true), Path: &p.Path, PolicyId: &p.ID, PolicyName: &p.Name, Tags: tagList(p.Tags), UpdateDate: &p.Updated,
	}
}

func (h handlers) createPolicy(_ context.Context, c wire.Caller, in *CreatePolicyRequest) (*CreatePolicyResponse, error) {
	p, err := h.store.CreatePolicy(state.Caller(c), state.PolicyInput{
		Name: wire.Value(in.PolicyName), Path: wire.Value(in.Path), Description: wire.Value(in.Description), Document: wire.Value(in.PolicyDocument), Tags: tagMap(in.Tags),
	})
	if err != nil {
		return nil, err
	}
	return &CreatePolicyResponse{Policy: policy(p, 0, 0)}, nil
}

func (h handlers) getPolicy(_ context.Context, c wire.Caller, in *GetPolicyRequest) (*GetPolicyResponse, error) {
	p, attached, bounds, err := h.store.GetPolicy(state.Caller(c), wire.Value(in.PolicyArn))
	if err != nil {
		return nil, err
	}
	return &GetPolicyResponse{Policy: policy(p, attached, bounds)}, nil
}

func (h handlers) deletePolicy(_ context.Context, c wire.Caller, in *DeletePolicyRequest) (*wire.Empty, error) {
	return none(h.store.DeletePolicy(state.Caller(c), wire.Value(in.PolicyArn)))
}

func version(v state.PolicyVersion, inForce bool) PolicyVersion {
	return PolicyVersion{CreateDate: &v.Created, IsDefaultVersion: &inForce, VersionId: &v.ID}
}

func (h handlers) createPolicyVersion(_ context.Context, c wire.Caller, in *CreatePolicyVersionRequest) (*CreatePolicyVersionResponse, error) {
	inForce := wire.Value(in.SetAsDefault)
	v, err := h.store.CreatePolicyVersion(state.Caller(c), wire.Value(in.PolicyArn), wire.Value(in.PolicyDocument), inForce)
	if err != nil {
		return nil, err
	}
	return &CreatePolicyVersionResponse{PolicyVersion: new(version(v, inForce))}, nil
}

func (h handlers) getPolicyVersion(_ context.Context, c wire.Caller, in *GetPolicyVersionRequest) (*GetPolicyVersionResponse, error) {
	v, inForce, err := h.store.GetPolicyVersion(state.Caller(c), wire.Value(in.PolicyArn), wire.Value(in.VersionId))
	if err != nil {
		return nil, err
	}
	out := version(v, inForce)
	out.Document = encoded(v.Document)
	return &GetPolicyVersionResponse{PolicyVersion: &out}, nil
}

func (h handlers) listPolicyVersions(_ context.Context, c wire.Caller, in *ListPolicyVersionsRequest) (*ListPolicyVersionsResponse, error) {
	p, _, _, err := h.store.GetPolicy(state.Caller(c), wire.Value(in.PolicyArn))
	if err != nil {
		return nil, err
	}
	out := &ListPolicyVersionsResponse{IsTruncated: new(false), Versions: []PolicyVersion{}}
	for _, v := range slices.Backward(p.Versions) {
		out.Versions = append(out.Versions, version(v, v.ID == p.Default))
	}
	return out, nil
}

func (h handlers) setDefaultPolicyVersion(_ context.Context, c wire.Caller, in *SetDefaultPolicyVersionRequest) (*wire.Empty, error) {
	return none(h.store.SetDefaultPolicyVersion(state.Caller(c), wire.Value(in.PolicyArn), wire.Value(in.VersionId)))
}

func (h handlers) deletePolicyVersion(_ context.Context, c wire.Caller, in *DeletePolicyVersionRequest) (*wire.Empty, error) {
	return none(h.store.DeletePolicyVersion(state.Caller(c), wire.Value(in.PolicyArn), wire.Value(in.VersionId)))
}

func (h handlers) tagPolicy(_ context.Context, c wire.Caller, in *TagPolicyRequest) (*wire.Empty, error) {
	return none(h.store.TagPolicy(state.Caller(c), wire.Value(in.PolicyArn), tagMap(in.Tags), nil))
}

func (h handlers) untagPolicy(_ context.Context, c wire.Caller, in *UntagPolicyRequest) (*wire.Empty, error) {
	return none(h.store.TagPolicy(state.Caller(c), wire.Value(in.PolicyArn), nil, in.TagKeys))
}
