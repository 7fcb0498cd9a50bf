package fleet

import (
	"cmp"
	"slices"
	"strings"

	"postern/internal/plan"
)

// Place returns what was asked in an account and region; nil: nothing was.
func (s *Snapshot) Place(account plan.AccountID, region plan.Region) *Place {
	for i := range s.Places {
		if p := &s.Places[i]; p.Account == account && p.Region == region {
			return p
		}
	}
	return nil
}

// Fleet returns every cluster that has a link, and every other that was found,
// in order. Groups that are gone, or whose cluster tag has no value, name none.
func (s *Snapshot) Fleet() []plan.Ref {
	seen := map[plan.Ref]bool{}
	for _, p := range s.Places {
		for _, l := range p.Links.Items {
			if !l.Candidate.Gone && l.Ref.Name != "" {
				seen[l.Ref] = true
			}
		}
		for _, c := range p.Clusters.Items {
			seen[plan.Ref{Account: p.Account, Region: p.Region, Name: c.Name}] = true
		}
	}
	refs := make([]plan.Ref, 0, len(seen))
	for ref := range seen {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, plan.Ref.Compare)
	return refs
}

// Cluster returns a cluster; nil: it is not in the snapshot.
func (s *Snapshot) Cluster(ref plan.Ref) *Cluster {
	if p := s.Place(ref.Account, ref.Region); p != nil {
		for i := range p.Clusters.Items {
			if c := &p.Clusters.Items[i]; c.Name == ref.Name {
				return c
			}
		}
	}
	return nil
}

// Gone reports whether EKS knows no such cluster; false where that is not known.
func (s *Snapshot) Gone(ref plan.Ref) bool {
	if c := s.Cluster(ref); c != nil {
		return c.Status == plan.ClusterGone
	}
	p := s.Place(ref.Account, ref.Region)
	return p != nil && p.Clusters.Known()
}

// Links returns the links that claim a cluster: one, unless somebody erred.
func (s *Snapshot) Links(ref plan.Ref) []*Link {
	var out []*Link
	if p := s.Place(ref.Account, ref.Region); p != nil {
		for i := range p.Links.Items {
			if l := &p.Links.Items[i]; l.Ref == ref {
				out = append(out, l)
			}
		}
	}
	return out
}

// BestLink returns the one of the links that claim a cluster that leads on the
// furthest; nil: there is none. One whose own tag says whose it is comes before
// those that have the tag of their load balancer.
func (s *Snapshot) BestLink(ref plan.Ref) *Link {
	var best *Link
	worth := func(l *Link) int {
		n := 0
		for _, v := range s.Services(l) {
			n += 1 + len(s.Endpoints(v))
		}
		if l.Balancer != nil {
			n++
		}
		if !l.Candidate.Gone {
			n++
		}
		if !l.Candidate.ByLoadBalancer {
			n += 100
		}
		return n
	}
	for _, l := range s.Links(ref) {
		if best == nil || worth(l) > worth(best) {
			best = l
		}
	}
	return best
}

// Services returns the endpoint services of a link's load balancer.
func (s *Snapshot) Services(l *Link) []*Service {
	var out []*Service
	p := s.Place(l.Ref.Account, l.Ref.Region)
	if p == nil || l.Balancer == nil {
		return nil
	}
	for i := range p.Services.Items {
		if v := &p.Services.Items[i]; slices.Contains(v.Balancers, l.Balancer.ARN) {
			out = append(out, v)
		}
	}
	return out
}

// Endpoints returns the hub's interface endpoints of a service, in the order of
// their IDs. A name of a service is unique in its region only.
func (s *Snapshot) Endpoints(v *Service) []*Endpoint {
	var out []*Endpoint
	for i := range s.Places {
		p := &s.Places[i]
		for j := range p.Endpoints.Items {
			if e := &p.Endpoints.Items[j]; p.Hub && e.Service == v.Name && e.ServiceRegion == v.Region {
				out = append(out, e)
			}
		}
	}
	slices.SortFunc(out, func(a, b *Endpoint) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// ZonesOf returns the hub account's private zones that answer for a host: its own, and
// those of its parent domains, the most exact first, as a VPC's resolver
// chooses. Source: Route 53 developer guide, considerations for private zones.
func (s *Snapshot) ZonesOf(host string) []*Zone {
	var out []*Zone
	for i := range s.Zones {
		for j := range s.Zones[i].Zones.Items {
			z := &s.Zones[i].Zones.Items[j]
			if s.Zones[i].Account == s.Hub.Account && (strings.EqualFold(z.Name, host) || strings.HasSuffix(strings.ToLower(host), "."+strings.ToLower(z.Name))) {
				out = append(out, z)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *Zone) int { return cmp.Or(cmp.Compare(len(b.Name), len(a.Name)), cmp.Compare(a.ID, b.ID)) })
	return out
}

// VPC returns a VPC of a place; nil: it is not among those listed.
func (p *Place) VPC(id string) *VPC {
	return find(p.VPCs.Items, func(v *VPC) bool { return v.ID == id })
}

// Subnet returns a subnet of a place; nil: it is not among those listed.
func (p *Place) Subnet(id string) *Subnet {
	return find(p.Subnets.Items, func(v *Subnet) bool { return v.ID == id })
}

// SecurityGroup returns a security group; nil: it is not among those listed.
func (p *Place) SecurityGroup(id string) *SecurityGroup {
	return find(p.SecurityGroups.Items, func(v *SecurityGroup) bool { return v.ID == id })
}

// RouteTable returns the table that a subnet's traffic is routed by: its own, or
// its VPC's main one; nil: it is not among those listed.
// Source: VPC user guide, subnet route tables.
func (p *Place) RouteTable(subnet string) *RouteTable {
	if t := find(p.RouteTables.Items, func(v *RouteTable) bool { return slices.Contains(v.Subnets, subnet) }); t != nil {
		return t
	}
	sub := p.Subnet(subnet)
	if sub == nil {
		return nil
	}
	return find(p.RouteTables.Items, func(v *RouteTable) bool { return v.Main && v.VPC == sub.VPC })
}

// NetworkACL returns the network ACL of a subnet; nil: it is not among those
// listed. Each subnet has exactly one. Source: VPC user guide, network ACLs.
func (p *Place) NetworkACL(subnet string) *NetworkACL {
	return find(p.NetworkACLs.Items, func(v *NetworkACL) bool { return slices.Contains(v.Subnets, subnet) })
}

func find[T any](items []T, is func(*T) bool) *T {
	for i := range items {
		if is(&items[i]) {
			return &items[i]
		}
	}
	return nil
}
