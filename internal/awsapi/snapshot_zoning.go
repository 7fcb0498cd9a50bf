package awsapi

import (
	"context"
	"slices"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// zoneVPCsAtMost is for how many hub VPCs zones are listed where the settings
// name none: a listing a VPC, and Route 53 has few calls a second for a whole
// account. Of more VPCs nothing is known.
const zoneVPCsAtMost = 10

// zoning asks Route 53 on the hub account's behalf. Route 53 is one service for
// all regions, so one view does.
type zoning struct {
	ask   *SnapshotAsk
	sites []*site
	owner plan.AccountID
	view  *view       // nil: there is no hub, or its credentials could not be had
	fault *plan.Fault // why, of the latter
	own   fleet.Listing[fleet.Zone]
	all   int // the account's zones, public ones included
}

func newZoning(ask *SnapshotAsk, sites []*site) *zoning {
	z := &zoning{ask: ask, sites: sites}
	for _, s := range sites {
		if !s.place.Hub || ask.Hub.Account != "" && s.place.Account != ask.Hub.Account {
			continue
		}
		z.owner = s.place.Account
		if z.view == nil || s.place.Region == ask.Hub.Region {
			if s.hub != nil {
				z.view = s.hub
			}
		}
		if s.hubFault != nil {
			z.fault = s.hubFault
		}
	}
	return z
}

// list lists the account's own zones.
func (z *zoning) list(ctx context.Context) {
	if z.view != nil {
		z.own, z.all = z.view.ownZones(ctx, z.owner)
	}
}

// finish lists what the hub VPCs see, and, for a deep snapshot, asks about the
// zones that answer for asked clusters. It needs what else was asked.
func (z *zoning) finish(ctx context.Context, snap *fleet.Snapshot) []fleet.AccountZones {
	if z.view == nil {
		if z.fault == nil {
			return nil
		}
		return []fleet.AccountZones{{Account: z.owner, Zones: failed[fleet.Zone](z.fault)}}
	}
	var vpcs []fleet.ZoneVPC
	for _, s := range z.sites {
		for _, id := range s.hubVPCs() {
			vpcs = append(vpcs, fleet.ZoneVPC{Region: s.place.Region, VPC: id})
		}
	}
	if len(z.ask.Hub.VPCs) == 0 && len(vpcs) > zoneVPCsAtMost {
		vpcs = nil
	}
	slices.SortFunc(vpcs, compareZoneVPC)
	seen := make([]fleet.Listing[fleet.Zone], len(vpcs))
	var jobs []func()
	for i, vpc := range vpcs {
		jobs = append(jobs, func() { seen[i] = z.view.zonesSeenBy(ctx, vpc) })
	}
	inTurn(jobs)
	out := []fleet.AccountZones{joinZones(z.owner, z.own, vpcs, seen)}
	z.count(snap)
	if z.ask.Deep {
		z.deepen(ctx, snap, out)
	}
	return out
}

// deepen asks for all VPCs and records of the zones of asked clusters' hosts.
func (z *zoning) deepen(ctx context.Context, snap *fleet.Snapshot, out []fleet.AccountZones) {
	with := *snap
	with.Zones, with.Hub.Account = out, z.owner
	asked := map[string]*fleet.Zone{}
	for _, p := range snap.Places {
		for _, c := range p.Clusters.Items {
			if c.Host != "" {
				for _, zone := range with.ZonesOf(c.Host) {
					asked[zone.ID] = zone
				}
			}
		}
	}
	var jobs []func()
	for _, zone := range asked {
		if zone.Account != z.owner {
			zone.Records = failed[fleet.Record](notOurs(*zone, z.owner))
			continue
		}
		jobs = append(jobs,
			func() { zone.VPCs = z.view.zoneVPCs(ctx, *zone) },
			func() { zone.Records = z.view.records(ctx, *zone) })
	}
	inTurn(jobs)
}

// count adds the quota of zones to the hub's place.
func (z *zoning) count(snap *fleet.Snapshot) {
	if !z.own.Known() {
		return
	}
	for i := range snap.Places {
		if p := &snap.Places[i]; p.Account == z.owner && p.Region == z.ask.Hub.Region {
			p.Quotas.Asked = true
			p.Quotas.Items = append(p.Quotas.Items, fleet.Quota{
				Name: "Hosted zones", Of: "account " + string(z.owner), Used: z.all, Limit: quotaZones, Default: true,
			})
		}
	}
}
