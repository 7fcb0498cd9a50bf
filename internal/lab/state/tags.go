package state

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// orNone returns nil for no tags. Empty but not nil are those of a resource
// that had some.
func (t Tags) orNone() Tags {
	if len(t) == 0 {
		return nil
	}
	return t
}

// with returns old with more tags, in a new map.
func with(old, more Tags) Tags {
	out := maps.Clone(old)
	if out == nil {
		out = Tags{}
	}
	maps.Copy(out, more)
	return out
}

// less returns old without some keys, in a new map.
func less(old Tags, keys []string) Tags {
	out := maps.Clone(old)
	for _, k := range keys {
		delete(out, k)
	}
	return out
}

// tagText is what tags may hold. Source: ELB API reference, Tag.
var tagText = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// checkTags applies ELB's and EKS's rules to the tags that a resource would
// have. Source: ELB API reference, AddTags, Tag; EKS API reference, TagResource.
func checkTags(set Tags, tooMany, invalid string) error {
	if len(set) > 50 {
		return refuse(tooMany, "The maximum number of tags per resource is 50")
	}
	for _, k := range slices.Sorted(maps.Keys(set)) {
		v := set[k]
		switch {
		case k == "" || len([]rune(k)) > 128 || !tagText.MatchString(k):
			return refuse(invalid, "The tag key '%s' is not valid", k)
		case strings.HasPrefix(strings.ToLower(k), "aws:"):
			return refuse(invalid, "Tag keys that start with 'aws:' are reserved: '%s'", k)
		case len([]rune(v)) > 256 || !tagText.MatchString(v):
			return refuse(invalid, "The value of tag '%s' is not valid", k)
		}
	}
	return nil
}

// tagStep returns what changes one resource's tags, nil if there is none.
func tagStep[T any](s *Store, t *table[T], id string, tags func(*T) *Tags, change func(Tags) Tags) func() {
	v, ok := t.get(id)
	if !ok {
		return nil
	}
	return func() {
		*tags(&v) = change(*tags(&v))
		set(s, t, id, v)
	}
}

// firstOf returns the first step that is one.
func firstOf(steps ...func()) func() {
	for _, step := range steps {
		if step != nil {
			return step
		}
	}
	return nil
}

// AddTags sets tags of load balancers, target groups and listeners by ARN: of
// all or none. Source: ELB API reference, AddTags.
func (s *Store) AddTags(c Caller, arns []string, tags Tags) error {
	defer s.enter()()
	p := s.place(c)
	for _, arn := range arns {
		old, err := balancingTags(s, Caller{}, p, arn)
		if err != nil {
			return err
		}
		if err := checkTags(with(old, tags), "TooManyTags", "ValidationError"); err != nil {
			return err
		}
	}
	s.retagBalancing(p, arns, func(old Tags) Tags { return with(old, tags) })
	return nil
}

// RemoveTags removes tags by key; a key that is not there is no error.
func (s *Store) RemoveTags(c Caller, arns []string, keys []string) error {
	defer s.enter()()
	p := s.place(c)
	for _, arn := range arns {
		if _, err := balancingTags(s, Caller{}, p, arn); err != nil {
			return err
		}
	}
	s.retagBalancing(p, arns, func(old Tags) Tags { return less(old, keys) })
	return nil
}

func (s *Store) retagBalancing(p *place, arns []string, change func(Tags) Tags) {
	for _, arn := range arns {
		firstOf(
			tagStep(s, p.loadBalancers, arn, func(v *LoadBalancer) *Tags { return &v.Tags }, change),
			tagStep(s, p.targetGroups, arn, func(v *TargetGroup) *Tags { return &v.Tags }, change),
			tagStep(s, p.listeners, arn, func(v *Listener) *Tags { return &v.Tags }, change),
		)()
		s.emit(p, Event{Kind: TagsChanged, Subject: arn})
	}
}

// DescribeTags lists the tags of at most 20 load balancers, target groups and
// listeners, at once and without lag. Source: ELB API reference, DescribeTags.
func (s *Store) DescribeTags(c Caller, arns []string) ([]TaggedResource, error) {
	defer s.enter()()
	if len(arns) > 20 {
		return nil, refuse("ValidationError", "A maximum of '20' resource ARNs can be specified in a request")
	}
	out := make([]TaggedResource, 0, len(arns))
	for _, arn := range arns {
		tags, err := balancingTags(s, c, s.place(c), arn)
		if err != nil {
			return nil, err
		}
		out = append(out, TaggedResource{arn, tags})
	}
	return out, nil
}

// balancingTags returns the tags of a load balancing resource.
func balancingTags(s *Store, c Caller, p *place, arn string) (Tags, error) {
	if v, ok := one(s, c, p.loadBalancers, arn); ok {
		return v.Tags, nil
	}
	if v, ok := one(s, c, p.targetGroups, arn); ok {
		return v.Tags, nil
	}
	if v, ok := one(s, c, p.listeners, arn); ok {
		return v.Tags, nil
	}
	switch {
	case strings.Contains(arn, ":targetgroup/"):
		return nil, noTargetGroup(arn)
	case strings.Contains(arn, ":listener/"):
		return nil, noListener(arn)
	case strings.Contains(arn, ":loadbalancer/"):
		return nil, noLoadBalancer(arn)
	}
	return nil, refuse("ValidationError", "'%s' is not a valid resource ARN", arn)
}
