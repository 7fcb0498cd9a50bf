// Package ssm answers Systems Manager's actions on parameters from the lab's
// store.
package ssm

import (
	"context"
	"maps"
	"slices"
	"strings"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

type handlers struct{ store *state.Store }

// Table returns the service's actions over a store.
func Table(store *state.Store) *wire.Table {
	h := handlers{store}
	return wire.NewTable("ssm", "ssm", API,
		wire.Op("AddTagsToResource", h.addTagsToResource, "InvalidResourceId", "TooManyTagsError", "ValidationException"),
		wire.Op("DeleteParameter", h.deleteParameter, "ParameterNotFound"),
		wire.Op("DescribeParameters", h.describeParameters, "InvalidFilterKey", "InvalidFilterOption"),
		wire.Op("GetParameter", h.getParameter, "ParameterNotFound", "ParameterVersionNotFound"),
		wire.Op("GetParameters", h.getParameters),
		wire.Op("GetParametersByPath", h.getParametersByPath),
		wire.Op("ListTagsForResource", h.listTagsForResource, "InvalidResourceId"),
		wire.Op("PutParameter", h.putParameter, "ParameterAlreadyExists", "ValidationException", "ParameterPatternMismatchException", "InvalidAllowedPatternException", "UnsupportedParameterType", "TooManyTagsError"),
		wire.Op("RemoveTagsFromResource", h.removeTagsFromResource, "InvalidResourceId"),
	)
}

func tagMap(tags []Tag) state.Tags {
	m := state.Tags{}
	for _, t := range tags {
		m[wire.Value(t.Key)] = wire.Value(t.Value)
	}
	return m
}

func (h handlers) putParameter(_ context.Context, c wire.Caller, in *PutParameterRequest) (*PutParameterResult, error) {
	p, err := h.store.PutParameter(state.Caller(c), state.Parameter{
		Name: wire.Value(in.Name), Type: wire.Value(in.Type), Value: wire.Value(in.Value), Description: wire.Value(in.Description), Pattern: wire.Value(in.AllowedPattern),
		DataType: wire.Value(in.DataType), Tier: wire.Value(in.Tier), Key: wire.Value(in.KeyId), Tags: tagMap(in.Tags),
	}, wire.Value(in.Overwrite))
	if err != nil {
		return nil, err
	}
	return &PutParameterResult{Tier: &p.Tier, Version: &p.Version}, nil
}

// parameter shows a parameter; what is a secret only when it may be seen.
func parameter(p state.Parameter, decrypt *bool) Parameter {
	value := p.Value
	if p.Type == "SecureString" && !wire.Value(decrypt) {
		value = "lab-ciphertext-of-no-value"
	}
	return Parameter{ARN: &p.ARN, DataType: &p.DataType, LastModifiedDate: &p.Modified, Name: &p.Name, Type: &p.Type, Value: &value, Version: &p.Version}
}

func (h handlers) getParameter(_ context.Context, c wire.Caller, in *GetParameterRequest) (*GetParameterResult, error) {
	p, err := h.store.GetParameter(state.Caller(c), wire.Value(in.Name))
	if err != nil {
		return nil, err
	}
	return &GetParameterResult{Parameter: new(parameter(p, in.WithDecryption))}, nil
}

func (h handlers) getParameters(_ context.Context, c wire.Caller, in *GetParametersRequest) (*GetParametersResult, error) {
	out := &GetParametersResult{InvalidParameters: []string{}, Parameters: []Parameter{}}
	for _, name := range in.Names {
		p, err := h.store.GetParameter(state.Caller(c), name)
		if err != nil {
			out.InvalidParameters = append(out.InvalidParameters, name)
			continue
		}
		out.Parameters = append(out.Parameters, parameter(p, in.WithDecryption))
	}
	return out, nil
}

func (h handlers) getParametersByPath(_ context.Context, c wire.Caller, in *GetParametersByPathRequest) (*GetParametersByPathResult, error) {
	path := strings.TrimSuffix(wire.Value(in.Path), "/") + "/"
	out := &GetParametersByPathResult{Parameters: []Parameter{}}
	for _, p := range h.store.Parameters(state.Caller(c)) {
		if rest, ok := strings.CutPrefix(p.Name, path); ok && (wire.Value(in.Recursive) || !strings.Contains(rest, "/")) {
			out.Parameters = append(out.Parameters, parameter(p, in.WithDecryption))
		}
	}
	return out, nil
}

// describeParameters knows the filter on names, by equality and beginning.
func (h handlers) describeParameters(_ context.Context, c wire.Caller, in *DescribeParametersRequest) (*DescribeParametersResult, error) {
	keep := func(string) bool { return true }
	for _, f := range in.ParameterFilters {
		option := wire.Value(f.Option)
		if wire.Value(f.Key) != "Name" {
			return nil, &wire.Error{Code: "InvalidFilterKey", Message: "The lab filters parameters by Name only.", Status: 400, Sender: true}
		}
		if option != "" && option != "Equals" && option != "BeginsWith" {
			return nil, &wire.Error{Code: "InvalidFilterOption", Message: "The lab knows the options Equals and BeginsWith.", Status: 400, Sender: true}
		}
		before := keep
		keep = func(name string) bool {
			return before(name) && slices.ContainsFunc(f.Values, func(v string) bool { return name == v || option == "BeginsWith" && strings.HasPrefix(name, v) })
		}
	}
	out := &DescribeParametersResult{Parameters: []ParameterMetadata{}}
	for _, p := range h.store.Parameters(state.Caller(c)) {
		if keep(p.Name) {
			out.Parameters = append(out.Parameters, ParameterMetadata{
				ARN: &p.ARN, AllowedPattern: wire.Set(p.Pattern), DataType: &p.DataType, Description: wire.Set(p.Description), KeyId: wire.Set(p.Key),
				LastModifiedDate: &p.Modified, LastModifiedUser: &p.ModifiedBy, Name: &p.Name, Policies: []ParameterInlinePolicy{}, Tier: &p.Tier, Type: &p.Type, Version: &p.Version,
			})
		}
	}
	return out, nil
}

func (h handlers) deleteParameter(_ context.Context, c wire.Caller, in *DeleteParameterRequest) (*DeleteParameterResult, error) {
	if err := h.store.DeleteParameter(state.Caller(c), wire.Value(in.Name)); err != nil {
		return nil, err
	}
	return &DeleteParameterResult{}, nil
}

// retag changes the tags of a parameter: the lab has no other resource of the
// service.
func (h handlers) retag(c wire.Caller, kind, id *string, add state.Tags, remove []string) (state.Tags, error) {
	if wire.Value(kind) != "Parameter" {
		return nil, &wire.Error{Code: "InvalidResourceType", Message: "The lab has resources of the type Parameter only.", Status: 400, Sender: true}
	}
	return h.store.TagParameter(state.Caller(c), wire.Value(id), add, remove)
}

func (h handlers) listTagsForResource(_ context.Context, c wire.Caller, in *ListTagsForResourceRequest) (*ListTagsForResourceResult, error) {
	tags, err := h.retag(c, in.ResourceType, in.ResourceId, nil, nil)
	if err != nil {
		return nil, err
	}
	out := &ListTagsForResourceResult{TagList: []Tag{}}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		out.TagList = append(out.TagList, Tag{Key: new(k), Value: new(tags[k])})
	}
	return out, nil
}

func (h handlers) addTagsToResource(_ context.Context, c wire.Caller, in *AddTagsToResourceRequest) (*AddTagsToResourceResult, error) {
	if _, err := h.retag(c, in.ResourceType, in.ResourceId, tagMap(in.Tags), nil); err != nil {
		return nil, err
	}
	return &AddTagsToResourceResult{}, nil
}

func (h handlers) removeTagsFromResource(_ context.Context, c wire.Caller, in *RemoveTagsFromResourceRequest) (*RemoveTagsFromResourceResult, error) {
	if _, err := h.retag(c, in.ResourceType, in.ResourceId, nil, in.TagKeys); err != nil {
		return nil, err
	}
	return &RemoveTagsFromResourceResult{}, nil
}
