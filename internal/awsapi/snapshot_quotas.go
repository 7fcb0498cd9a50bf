package awsapi

import (
	"cmp"
	"slices"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// Quotas of AWS, as published, and what they count.
// Sources: PrivateLink guide, quotas; VPC peering guide, quotas; Network Load
// Balancer guide, quotas; EKS endpoints and quotas; Route 53 developer guide, quotas.
const (
	quotaEndpoints = 50  // interface and Gateway Load Balancer endpoints of a VPC
	quotaPeerings  = 50  // active peerings of a VPC
	quotaBalancers = 50  // network load balancers of a region
	quotaTargets   = 500 // targets of a load balancer in a zone, and in all with cross-zone balancing
	quotaClusters  = 100 // of a region
	quotaZones     = 500 // hosted zones of an account
)

// quotas counts what the listings show, against AWS's defaults. It is pure.
func (s *site) quotas() fleet.Listing[fleet.Quota] {
	p := &s.place
	var out fleet.Listing[fleet.Quota]
	add := func(name, of string, used, limit int) {
		out.Items = append(out.Items, fleet.Quota{Name: name, Of: of, Used: used, Limit: limit, Default: true})
	}
	perVPC := func(name string, limit int, count map[string]int) {
		for id, n := range count {
			add(name, id, n, limit)
		}
	}
	note := func(asked bool, f *plan.Fault) {
		out.Asked = out.Asked || asked
		out.Fault = cmp.Or(out.Fault, f)
	}
	if p.Hub {
		endpoints, peerings := map[string]int{}, map[string]int{}
		for _, e := range p.Endpoints.Items {
			endpoints[e.VPC]++
		}
		for _, x := range p.Peerings.Items {
			if x.State == "active" {
				for _, side := range []fleet.PeeringSide{x.Requester, x.Accepter} {
					if side.Account == p.Account && side.Region == p.Region {
						peerings[side.VPC]++
					}
				}
			}
		}
		perVPC("Interface VPC endpoints per VPC", quotaEndpoints, endpoints)
		perVPC("Active VPC peering connections per VPC", quotaPeerings, peerings)
		note(p.Endpoints.Asked, p.Endpoints.Fault)
		note(p.Peerings.Asked, p.Peerings.Fault)
	}
	if p.Spoke {
		if p.Clusters.Known() {
			add("Clusters", "", len(p.Clusters.Items), quotaClusters)
		}
		if s.balancers >= 0 {
			add("Network Load Balancers per Region", "", s.balancers, quotaBalancers)
		}
		note(p.Clusters.Asked, p.Clusters.Fault)
		note(p.Links.Asked, p.Links.Fault)
		targets := map[string]int{}
		for i := range p.Links.Items {
			l := &p.Links.Items[i]
			note(l.Targets.Asked, l.Targets.Fault)
			if l.Balancer != nil && l.Targets.Known() {
				targets[l.Balancer.ARN] += len(l.Targets.Items)
			}
		}
		for arn, n := range targets {
			// With cross-zone balancing each zone's node sends to all.
			add("Targets per Availability Zone per Network Load Balancer", arn, n, quotaTargets)
		}
	}
	slices.SortFunc(out.Items, func(a, b fleet.Quota) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Of, b.Of)) })
	return out
}
