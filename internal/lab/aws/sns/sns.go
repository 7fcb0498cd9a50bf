// Package sns answers the Simple Notification Service's actions from the lab's
// store. It keeps topics, and delivers nothing.
package sns

import (
	"context"
	"maps"
	"slices"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

type handlers struct{ store *state.Store }

// Table returns the service's actions over a store.
func Table(store *state.Store) *wire.Table {
	h := handlers{store}
	return wire.NewTable("sns", "sns", API,
		wire.Op("CreateTopic", h.createTopic, "InvalidParameter", "TagLimitExceeded"),
		wire.Op("DeleteTopic", h.deleteTopic),
		wire.Op("GetTopicAttributes", h.getTopicAttributes, "NotFound"),
		wire.Op("ListTagsForResource", h.listTagsForResource, "ResourceNotFound"),
		wire.Op("SetTopicAttributes", h.setTopicAttributes, "NotFound", "InvalidParameter"),
		wire.Op("TagResource", h.tagResource, "ResourceNotFound", "TagLimitExceeded", "InvalidParameter"),
		wire.Op("UntagResource", h.untagResource, "ResourceNotFound"),
	)
}

func tagMap(tags []Tag) state.Tags {
	m := state.Tags{}
	for _, t := range tags {
		m[wire.Value(t.Key)] = wire.Value(t.Value)
	}
	return m
}

func (h handlers) createTopic(_ context.Context, c wire.Caller, in *CreateTopicInput) (*CreateTopicResponse, error) {
	t, err := h.store.CreateTopic(state.Caller(c), wire.Value(in.Name), in.Attributes, tagMap(in.Tags))
	if err != nil {
		return nil, err
	}
	return &CreateTopicResponse{TopicArn: &t.ARN}, nil
}

func (h handlers) getTopicAttributes(_ context.Context, c wire.Caller, in *GetTopicAttributesInput) (*GetTopicAttributesResponse, error) {
	attributes, err := h.store.GetTopicAttributes(state.Caller(c), wire.Value(in.TopicArn))
	if err != nil {
		return nil, err
	}
	return &GetTopicAttributesResponse{Attributes: attributes}, nil
}

func (h handlers) setTopicAttributes(_ context.Context, c wire.Caller, in *SetTopicAttributesInput) (*wire.Empty, error) {
	if err := h.store.SetTopicAttribute(state.Caller(c), wire.Value(in.TopicArn), wire.Value(in.AttributeName), wire.Value(in.AttributeValue)); err != nil {
		return nil, err
	}
	return &wire.Empty{}, nil
}

func (h handlers) deleteTopic(_ context.Context, c wire.Caller, in *DeleteTopicInput) (*wire.Empty, error) {
	if err := h.store.DeleteTopic(state.Caller(c), wire.Value(in.TopicArn)); err != nil {
		return nil, err
	}
	return &wire.Empty{}, nil
}

func (h handlers) listTagsForResource(_ context.Context, c wire.Caller, in *ListTagsForResourceRequest) (*ListTagsForResourceResponse, error) {
	tags, err := h.store.TagTopic(state.Caller(c), wire.Value(in.ResourceArn), nil, nil)
	if err != nil {
		return nil, err
	}
	out := &ListTagsForResourceResponse{Tags: []Tag{}}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		out.Tags = append(out.Tags, Tag{Key: new(k), Value: new(tags[k])})
	}
	return out, nil
}

func (h handlers) tagResource(_ context.Context, c wire.Caller, in *TagResourceRequest) (*TagResourceResponse, error) {
	if _, err := h.store.TagTopic(state.Caller(c), wire.Value(in.ResourceArn), tagMap(in.Tags), nil); err != nil {
		return nil, err
	}
	return &TagResourceResponse{}, nil
}

func (h handlers) untagResource(_ context.Context, c wire.Caller, in *UntagResourceRequest) (*UntagResourceResponse, error) {
	if _, err := h.store.TagTopic(state.Caller(c), wire.Value(in.ResourceArn), nil, in.TagKeys); err != nil {
		return nil, err
	}
	return &UntagResourceResponse{}, nil
}
