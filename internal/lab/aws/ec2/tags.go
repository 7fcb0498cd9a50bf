package ec2

import (
	"context"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func (h handlers) createTags(_ context.Context, c wire.Caller, in *CreateTagsRequest) (*wire.Empty, error) {
	tags := state.Tags{}
	for _, t := range in.Tags {
		tags[wire.Value(t.Key)] = wire.Value(t.Value)
	}
	return nil, h.store.CreateTags(state.Caller(c), in.Resources, tags)
}

// deleteTags needs the tags' names: the lab does not delete all tags at once.
func (h handlers) deleteTags(_ context.Context, c wire.Caller, in *DeleteTagsRequest) (*wire.Empty, error) {
	if len(in.Tags) == 0 {
		return nil, refuse("UnsupportedOperation", "The lab deletes the tags that the request names, and it names none.")
	}
	tags := map[string]*string{}
	for _, t := range in.Tags {
		tags[wire.Value(t.Key)] = t.Value
	}
	return nil, h.store.DeleteTags(state.Caller(c), in.Resources, tags)
}
