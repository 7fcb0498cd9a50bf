// Package tagging answers the Resource Groups Tagging API's actions from the
// lab's store.
package tagging

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
	return wire.NewTable("tagging", "tag", API,
		wire.Op("GetResources", h.getResources, "InvalidParameterException", "PaginationTokenExpiredException", "ThrottledException"),
	)
}

func (h handlers) getResources(_ context.Context, c wire.Caller, in *GetResourcesInput) (*GetResourcesOutput, error) {
	q := state.TagQuery{
		Types: in.ResourceTypeFilters,
		ARNs:  in.ResourceARNList,
		Page:  state.Page{Max: int(wire.Value(in.ResourcesPerPage)), Token: wire.Value(in.PaginationToken)},
	}
	for _, f := range in.TagFilters {
		q.Filters = append(q.Filters, state.TagFilter{Key: wire.Value(f.Key), Values: f.Values})
	}
	resources, next, err := h.store.GetResources(state.Caller(c), q)
	if err != nil {
		return nil, err
	}
	// The token is there, and empty, on the last page.
	// Source: Resource Groups Tagging API reference, GetResources, PaginationToken.
	out := &GetResourcesOutput{PaginationToken: &next, ResourceTagMappingList: []ResourceTagMapping{}}
	for _, r := range resources {
		m := ResourceTagMapping{ResourceARN: new(r.ARN), Tags: []Tag{}}
		for _, k := range slices.Sorted(maps.Keys(r.Tags)) {
			m.Tags = append(m.Tags, Tag{Key: new(k), Value: new(r.Tags[k])})
		}
		out.ResourceTagMappingList = append(out.ResourceTagMappingList, m)
	}
	return out, nil
}
