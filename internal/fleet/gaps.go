package fleet

import (
	"cmp"
	"slices"

	"postern/internal/plan"
)

// What gaps are of that make something be missing from the fleet, or from what
// is said of its links.
const (
	GapLinks    = "links"
	GapServices = "endpoint services"
	GapSubnets  = "subnets"
	GapCluster  = "the description of a cluster"
)

// Gap is something that was asked and of which AWS did not say all.
type Gap struct {
	Account plan.AccountID // empty where it could not be found out
	Region  plan.Region    // empty for private zones
	What    string         // such as "interface endpoints"; empty: nothing at all could be asked there
	Count   int            // at how many objects, at least 1
	Fault   *plan.Fault    // of the first of them: why, and what to try
}

// Gaps returns what could not be asked, in the order of the places. Faults of
// one kind about many objects of a place are one gap. What was not asked at all
// is no gap.
func (s *Snapshot) Gaps() []Gap {
	var all []Gap
	for i := range s.Places {
		p := &s.Places[i]
		g := gaps{account: p.Account, region: p.Region}
		g.note("", p.Fault)
		gapOf(&g, "VPCs", p.VPCs)
		gapOf(&g, GapSubnets, p.Subnets)
		gapOf(&g, "route tables", p.RouteTables)
		gapOf(&g, "security groups", p.SecurityGroups)
		gapOf(&g, "network ACLs", p.NetworkACLs)
		gapOf(&g, "peerings", p.Peerings)
		gapOf(&g, "interface endpoints", p.Endpoints)
		g.note("addresses of interface endpoints", p.AddrsFault)
		gapOf(&g, "clusters", p.Clusters)
		for _, c := range p.Clusters.Items {
			g.note(GapCluster, c.Fault)
		}
		gapOf(&g, GapLinks, p.Links)
		for _, l := range p.Links.Items {
			gapOf(&g, "targets and their health", l.Targets)
			gapOf(&g, "attributes of target groups", l.Attributes)
			gapOf(&g, "listeners", l.Listeners)
			if l.Balancer != nil {
				gapOf(&g, "attributes of load balancers", l.Balancer.Attributes)
			}
		}
		gapOf(&g, GapServices, p.Services)
		for _, v := range p.Services.Items {
			gapOf(&g, "allowed principals", v.Principals)
			gapOf(&g, "endpoint connections", v.Connections)
		}
		gapOf(&g, "control planes' interfaces", p.Interfaces)
		gapOf(&g, "quotas", p.Quotas)
		all = append(all, g.found...)
	}
	for i := range s.Zones {
		z := &s.Zones[i]
		g := gaps{account: z.Account}
		gapOf(&g, "private zones", z.Zones)
		for _, zone := range z.Zones.Items {
			gapOf(&g, "VPCs of private zones", zone.VPCs)
			gapOf(&g, "records of private zones", zone.Records)
		}
		all = append(all, g.found...)
	}
	return all
}

// gaps collects those of one place.
type gaps struct {
	account plan.AccountID
	region  plan.Region
	found   []Gap
}

func gapOf[T any](g *gaps, what string, l Listing[T]) { g.note(what, l.Fault) }

func (g *gaps) note(what string, f *plan.Fault) {
	if f == nil {
		return
	}
	at := slices.IndexFunc(g.found, func(o Gap) bool {
		return o.What == what && cmp.Or(cmp.Compare(o.Fault.Code, f.Code), cmp.Compare(o.Fault.Action, f.Action)) == 0
	})
	if at >= 0 {
		g.found[at].Count++
		return
	}
	g.found = append(g.found, Gap{Account: g.account, Region: g.region, What: what, Count: 1, Fault: f})
}
