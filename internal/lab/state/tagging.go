package state

import (
	"slices"
	"strings"
)

// A TagFilter keeps resources that have the key, with one of the values if
// there are any.
type TagFilter struct {
	Key    string
	Values []string
}

// TagQuery asks the tagging API for resources.
type TagQuery struct {
	Types   []string // such as elasticloadbalancing:targetgroup or elasticloadbalancing; none: all
	Filters []TagFilter
	ARNs    []string // these alone; excludes the other fields
	Page    Page
}

// A TaggedResource is one answer of the tagging API. The resource may be gone
// already.
type TaggedResource struct {
	ARN  string
	Tags Tags
}

// A tagView is one type of resource as the tagging API sees it.
type tagView struct {
	kind string // service:type
	one  func(key string) (TaggedResource, bool)
	list func(after uint64, limit int, keep func(TaggedResource) bool) ([]TaggedResource, uint64)
}

func newTagView[T any](s *Store, c Caller, t *table[T], kind string, arn func(T) string, tags func(T) Tags) tagView {
	read := ghostly[T](s, c)
	row := func(v T) TaggedResource { return TaggedResource{arn(v), tags(v)} }
	return tagView{
		kind: kind,
		one: func(key string) (TaggedResource, bool) {
			if r := t.records[key]; r != nil {
				v, ok := read(r)
				return row(v), ok
			}
			return TaggedResource{}, false
		},
		list: func(after uint64, limit int, keep func(TaggedResource) bool) ([]TaggedResource, uint64) {
			found, next := list(t.all(), after, limit, read, func(v T) bool { return keep(row(v)) })
			return each(found, row), next
		},
	}
}

// tagViews lists the types that GetResources knows, in the order of its answer.
func (s *Store) tagViews(c Caller) []tagView {
	p := s.place(c)
	return []tagView{
		newTagView(s, c, p.loadBalancers, "elasticloadbalancing:loadbalancer", func(v LoadBalancer) string { return v.ARN }, func(v LoadBalancer) Tags { return v.Tags }),
		newTagView(s, c, p.targetGroups, "elasticloadbalancing:targetgroup", func(v TargetGroup) string { return v.ARN }, func(v TargetGroup) Tags { return v.Tags }),
		newTagView(s, c, p.listeners, "elasticloadbalancing:listener", func(v Listener) string { return v.ARN }, func(v Listener) Tags { return v.Tags }),
		newTagView(s, c, p.clusters, "eks:cluster", func(v Cluster) string { return v.ARN }, func(v Cluster) Tags { return v.Tags }),
		newTagView(s, c, p.vpcs, "ec2:vpc", func(v VPC) string { return p.arn("ec2", "vpc/"+v.ID) }, func(v VPC) Tags { return v.Tags }),
		newTagView(s, c, p.subnets, "ec2:subnet", func(v Subnet) string { return v.ARN }, func(v Subnet) Tags { return v.Tags }),
		newTagView(s, c, p.securityGroups, "ec2:security-group", func(v SecurityGroup) string { return v.ARN }, func(v SecurityGroup) Tags { return v.Tags }),
		newTagView(s, c, p.interfaces, "ec2:network-interface", func(v Interface) string { return p.arn("ec2", "network-interface/"+v.ID) }, func(v Interface) Tags { return v.Tags }),
		newTagView(s, c, p.routeTables, "ec2:route-table", func(v RouteTable) string { return p.arn("ec2", "route-table/"+v.ID) }, func(v RouteTable) Tags { return v.Tags }),
		newTagView(s, c, p.peerings, "ec2:vpc-peering-connection", func(v Peering) string { return p.arn("ec2", "vpc-peering-connection/"+v.ID) }, func(v Peering) Tags { return v.Tags }),
		newTagView(s, c, p.networkACLs, "ec2:network-acl", func(v NetworkACL) string { return p.arn("ec2", "network-acl/"+v.ID) }, func(v NetworkACL) Tags { return v.Tags }),
		newTagView(s, c, p.services, "ec2:vpc-endpoint-service", func(v EndpointService) string { return p.arn("ec2", "vpc-endpoint-service/"+v.ID) }, func(v EndpointService) Tags { return v.Tags }),
		newTagView(s, c, p.endpoints, "ec2:vpc-endpoint", func(v Endpoint) string { return p.arn("ec2", "vpc-endpoint/"+v.ID) }, func(v Endpoint) Tags { return v.Tags }),
	}
}

// GetResources is the tagging API's listing: late, with ghosts of what is
// gone, at most 100 a part, and a part may be empty although more follows.
// Without filters it also lists what has lost its tags, but never what has had
// none. Source: Resource Groups Tagging API reference, GetResources; aws-sdk
// issue 676.
func (s *Store) GetResources(c Caller, q TagQuery) (resources []TaggedResource, next string, err error) {
	defer s.enter()()
	views, err := selectViews(s.tagViews(c), q.Types)
	if err != nil {
		return nil, "", err
	}
	if len(q.ARNs) > 0 {
		if len(q.ARNs) > 100 || len(q.Types)+len(q.Filters) > 0 || q.Page != (Page{}) {
			return nil, "", refuse("InvalidParameterException", "ResourceARNList takes at most 100 ARNs, and no other parameter beside it")
		}
		return byARN(views, q.ARNs), "", nil
	}
	if len(q.Filters) > 50 {
		return nil, "", refuse("InvalidParameterException", "TagFilters takes at most 50 keys")
	}
	for _, f := range q.Filters {
		if f.Key == "" || len(f.Values) > 20 {
			return nil, "", refuse("InvalidParameterException", "a tag filter takes a key and at most 20 values")
		}
	}
	limit := q.Page.Max
	if limit == 0 {
		limit = 50
	}
	if limit < 1 || limit > 100 {
		return nil, "", refuse("InvalidParameterException", "ResourcesPerPage must be from 1 to 100")
	}
	at, ok := parseToken("tags", q.Page.Token)
	view, after := int(at>>48), at&(1<<48-1)
	if !ok || view > len(views) {
		return nil, "", refuse("PaginationTokenExpiredException", "The pagination token is not valid")
	}
	// A part looks at no more than ten times what it may return.
	budget := 10 * limit
	for ; view < len(views); view, after = view+1, 0 {
		for {
			looked := 0
			found, more := views[view].list(after, min(limit-len(resources), budget), func(r TaggedResource) bool {
				looked++
				return r.Tags != nil && tagged(r.Tags, q.Filters)
			})
			resources = append(resources, found...)
			budget -= looked
			if more == 0 {
				break
			}
			after = more
			if len(resources) >= limit || budget <= 0 {
				return resources, token("tags", uint64(view)<<48|after), nil
			}
		}
		if (len(resources) >= limit || budget <= 0) && view+1 < len(views) {
			return resources, token("tags", uint64(view+1)<<48), nil
		}
	}
	return resources, "", nil
}

// selectViews keeps the views that the types name: a service, or service:type.
func selectViews(views []tagView, types []string) ([]tagView, error) {
	if len(types) == 0 {
		return views, nil
	}
	if len(types) > 100 {
		return nil, refuse("InvalidParameterException", "ResourceTypeFilters takes at most 100 types")
	}
	for _, t := range types {
		service, _, _ := strings.Cut(t, ":")
		if !slices.ContainsFunc(views, func(v tagView) bool { return strings.HasPrefix(v.kind, service+":") }) {
			return nil, refuse("InvalidParameterException", "Unsupported service: %s", service)
		}
	}
	return slices.DeleteFunc(views, func(v tagView) bool {
		service, _, _ := strings.Cut(v.kind, ":")
		return !slices.Contains(types, v.kind) && !slices.Contains(types, service)
	}), nil
}

// byARN looks resources up by ARN; those that are not there are left out.
func byARN(views []tagView, arns []string) []TaggedResource {
	var out []TaggedResource
	for _, arn := range arns {
		// Load balancing keys its tables by ARN, the others by the ARN's last part.
		for _, key := range []string{arn, arn[strings.LastIndexByte(arn, '/')+1:]} {
			i := slices.IndexFunc(views, func(v tagView) bool {
				r, ok := v.one(key)
				return ok && r.ARN == arn
			})
			if i >= 0 {
				r, _ := views[i].one(key)
				out = append(out, r)
				break
			}
		}
	}
	return out
}

// tagged reports whether tags meet every filter.
func tagged(tags Tags, filters []TagFilter) bool {
	for _, f := range filters {
		v, ok := tags[f.Key]
		if !ok || len(f.Values) > 0 && !slices.Contains(f.Values, v) {
			return false
		}
	}
	return true
}
