package awsapi

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// zoneVPCsAtMost is for how many hub VPCs zones are listed where the settings
// name none: a listing a VPC, and Route 53 has few calls a second for a whole
// account. Of more VPCs nothing is known.
const zoneVPCsAtMost = 10

// recordsAtMost is of how many zones a snapshot that is not deep reads the
// records: a call a zone, and all of them in one burst.
// Source: Route 53 developer guide, throttling API requests: 50, then 10 a second.
const recordsAtMost = 40

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

// collect lists the account's own zones and those that hub VPCs see, and asks
// about those that answer for asked clusters.
func (z *zoning) collect(ctx context.Context) []fleet.AccountZones {
	if z.view == nil {
		if z.fault == nil {
			return nil
		}
		return []fleet.AccountZones{{Account: z.owner, Zones: failed[fleet.Zone](z.fault)}}
	}
	var vpcs []fleet.ZoneVPC
	var seen []fleet.Listing[fleet.Zone]
	together(
		func() { z.own, z.all = z.view.ownZones(ctx, z.owner) },
		func() {
			vpcs = z.hubVPCs()
			seen = make([]fleet.Listing[fleet.Zone], len(vpcs))
			var jobs []func()
			for i, vpc := range vpcs {
				jobs = append(jobs, func() { seen[i] = z.view.zonesSeenBy(ctx, vpc) })
			}
			inTurn(jobs)
		})
	out := joinZones(z.owner, z.own, vpcs, seen)
	if z.ask.Deep {
		z.deepen(ctx, &out)
	} else {
		z.readRecords(ctx, &out)
	}
	return []fleet.AccountZones{out}
}

// hubVPCs are the VPCs whose zones are listed: if the settings name none, those
// that look like the hub's once its VPCs and endpoints are listed.
func (z *zoning) hubVPCs() []fleet.ZoneVPC {
	var out []fleet.ZoneVPC
	for _, s := range z.sites {
		if len(z.ask.Hub.VPCs) == 0 {
			<-s.listed
		}
		for _, id := range s.hubVPCs() {
			out = append(out, fleet.ZoneVPC{Region: s.place.Region, VPC: id})
		}
	}
	if len(z.ask.Hub.VPCs) == 0 && len(out) > zoneVPCsAtMost {
		return nil
	}
	slices.SortFunc(out, compareZoneVPC)
	return out
}

// needed are the zones that answer for asked clusters' hosts, by their IDs.
func (z *zoning) needed(out *fleet.AccountZones) map[string]*fleet.Zone {
	with := fleet.Snapshot{Hub: fleet.Hub{Account: z.owner}, Zones: []fleet.AccountZones{*out}}
	asked := map[string]*fleet.Zone{}
	for _, s := range z.sites {
		<-s.described
		for _, c := range s.place.Clusters.Items {
			if c.Host != "" {
				for _, zone := range with.ZonesOf(c.Host) {
					asked[zone.ID] = zone
				}
			}
		}
	}
	return asked
}

// readRecords reads the records of the account's own zones that answer for
// asked clusters' hosts, or that are named like a cluster's endpoint whose
// cluster may be gone; of no zone, if they are many.
func (z *zoning) readRecords(ctx context.Context, out *fleet.AccountZones) {
	asked := z.needed(out)
	for i := range out.Zones.Items {
		if zone := &out.Zones.Items[i]; len(z.ask.Only) == 0 && zone.IsClusters() {
			asked[zone.ID] = zone
		}
	}
	maps.DeleteFunc(asked, func(_ string, zone *fleet.Zone) bool { return zone.Account != z.owner })
	if len(asked) > recordsAtMost {
		return
	}
	var jobs []func()
	for _, zone := range asked {
		of := *zone
		jobs = append(jobs, func() { zone.Records = z.view.records(ctx, of) })
	}
	inTurn(jobs)
}

// deepen asks for all VPCs and records of the zones of asked clusters' hosts.
func (z *zoning) deepen(ctx context.Context, out *fleet.AccountZones) {
	var jobs []func()
	for _, zone := range z.needed(out) {
		if zone.Account != z.owner {
			zone.Records = failed[fleet.Record](notOurs(*zone, z.owner))
			continue
		}
		of := *zone
		jobs = append(jobs,
			func() { zone.VPCs = z.view.zoneVPCs(ctx, of) },
			func() { zone.Records = z.view.records(ctx, of) })
	}
	inTurn(jobs)
}

// count adds the quota of zones to the hub's place, once that is collected.
func (z *zoning) count() {
	if z.view == nil {
		return
	}
	for _, s := range z.sites {
		if q := &s.place.Quotas; s.place.Hub && s.place.Account == z.owner && s.place.Region == z.ask.Hub.Region {
			q.Asked, q.Fault = true, cmp.Or(q.Fault, z.own.Fault)
			if z.own.Known() {
				q.Items = append(q.Items, fleet.Quota{
					Name: "Hosted zones", Of: "account " + string(z.owner), Used: z.all, Limit: quotaZones, Default: true,
				})
			}
		}
	}
}
