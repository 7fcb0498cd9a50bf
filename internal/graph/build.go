package graph

import (
	"cmp"
	"fmt"
	"slices"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/trace"
)

// New returns the topology of a snapshot. The paths are those of its clusters,
// in any order; a cluster that has none is not checked.
func New(s *fleet.Snapshot, paths []trace.Path) *Topology {
	b := &builder{s: s, paths: map[plan.Ref]trace.Path{}, where: map[plan.Ref]vpcKey{}, members: map[vpcKey][]plan.Ref{}}
	for _, p := range paths {
		b.paths[p.Ref] = p
	}
	b.place()
	t := &Topology{At: s.At, Account: plan.AccountID(clean(string(s.Hub.Account)))}
	t.Notes = notes(s)
	b.hub = b.hubVPCs()
	shown := b.hub[:min(len(b.hub), hubDrawn)]
	for _, k := range shown {
		t.Hub = append(t.Hub, b.vpc(k))
	}
	t.MoreHub = len(b.hub) - len(shown)
	for _, k := range b.groups() {
		t.Groups = append(t.Groups, b.group(k, shown, len(b.where) <= allDrawn))
	}
	return t
}

// vpcKey names a VPC; without an ID it is the region's clusters that no endpoint
// VPC is known of.
type vpcKey struct {
	region plan.Region
	id     string
}

type builder struct {
	s       *fleet.Snapshot
	paths   map[plan.Ref]trace.Path
	where   map[plan.Ref]vpcKey // the endpoint VPC of each cluster
	members map[vpcKey][]plan.Ref
	hub     []vpcKey
}

// place finds each cluster's endpoint VPC: that of its endpoint, or the one
// where its endpoint would be.
func (b *builder) place() {
	refs := b.s.Fleet()
	for ref := range b.paths {
		if !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	slices.SortFunc(refs, plan.Ref.Compare)
	byRegion := map[plan.Region]vpcKey{}
	for _, ref := range refs {
		if e := b.endpoint(ref); e != nil {
			k := vpcKey{e.Region, e.VPC}
			b.where[ref] = k
			if old, ok := byRegion[k.region]; !ok || k.id < old.id {
				byRegion[k.region] = k
			}
		}
	}
	for _, ref := range refs {
		k, ok := b.where[ref]
		if !ok {
			if k, ok = byRegion[ref.Region]; !ok {
				k = vpcKey{ref.Region, b.peered(ref.Region)}
			}
			b.where[ref] = k
		}
		b.members[k] = append(b.members[k], ref)
	}
}

// peered returns the VPC of a region that a VPC of the hub is peered with;
// empty: none.
func (b *builder) peered(region plan.Region) string {
	found := ""
	for _, p := range b.peerings() {
		for _, ends := range [][2]fleet.PeeringSide{{p.Requester, p.Accepter}, {p.Accepter, p.Requester}} {
			if slices.Contains(b.s.Hub.VPCs, ends[0].VPC) && ends[1].Region == region && (found == "" || ends[1].VPC < found) {
				found = ends[1].VPC
			}
		}
	}
	return found
}

// peerings returns those that the hub's side lists, each once, live ones first.
func (b *builder) peerings() []fleet.Peering {
	var all []fleet.Peering
	for _, p := range b.s.Places {
		if p.Hub {
			all = append(all, p.Peerings.Items...)
		}
	}
	live := func(p fleet.Peering) int {
		if p.State == "active" {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, c fleet.Peering) int {
		return cmp.Or(cmp.Compare(live(a), live(c)), cmp.Compare(a.ID, c.ID), cmp.Compare(a.State, c.State))
	})
	return all
}

// services returns the endpoint services of a cluster's links.
func (b *builder) services(ref plan.Ref) []*fleet.Service {
	var all []*fleet.Service
	for _, l := range b.links(ref) {
		for _, v := range b.s.Services(l) {
			if !slices.Contains(all, v) {
				all = append(all, v)
			}
		}
	}
	return all
}

// endpoints returns a cluster's interface endpoints, the usable ones first.
func (b *builder) endpoints(ref plan.Ref) []*fleet.Endpoint {
	var all []*fleet.Endpoint
	for _, v := range b.services(ref) {
		all = append(all, b.s.Endpoints(v)...)
	}
	slices.SortStableFunc(all, func(a, c *fleet.Endpoint) int {
		if (a.State == "available") != (c.State == "available") {
			if a.State == "available" {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.ID, c.ID)
	})
	return all
}

func (b *builder) endpoint(ref plan.Ref) *fleet.Endpoint {
	if all := b.endpoints(ref); len(all) > 0 {
		return all[0]
	}
	return nil
}

// hubVPCs returns the VPCs of the tools' hosts: those that the settings name, or
// those of the hub's region that hold no interface endpoint of the fleet, or,
// where there is no other, that do.
func (b *builder) hubVPCs() []vpcKey {
	hub := b.s.Hub
	var keys, rest []vpcKey
	for _, id := range hub.VPCs {
		keys = append(keys, vpcKey{hub.Region, id})
	}
	if len(keys) == 0 && hub.Account != "" {
		if p := b.s.Place(hub.Account, hub.Region); p != nil {
			for _, v := range p.VPCs.Items {
				k := vpcKey{hub.Region, v.ID}
				if _, holds := b.members[k]; holds {
					rest = append(rest, k)
				} else {
					keys = append(keys, k)
				}
			}
		}
		if len(keys) == 0 {
			keys = rest
		}
	}
	slices.SortFunc(keys, vpcKey.compare)
	return slices.Compact(keys)
}

func (k vpcKey) compare(o vpcKey) int {
	return cmp.Or(cmp.Compare(k.region, o.region), cmp.Compare(k.id, o.id))
}

// groups returns the endpoint VPCs, those of the hub's region first.
func (b *builder) groups() []vpcKey {
	var keys []vpcKey
	for k := range b.members {
		keys = append(keys, k)
	}
	home := func(k vpcKey) int {
		if k.region == b.s.Hub.Region {
			return 0
		}
		return 1
	}
	slices.SortFunc(keys, func(a, c vpcKey) int { return cmp.Or(cmp.Compare(home(a), home(c)), a.compare(c)) })
	return keys
}

func (b *builder) vpc(k vpcKey) VPC {
	v := VPC{ID: clean(k.id), Region: plan.Region(clean(string(k.region)))}
	if p := b.s.Place(b.s.Hub.Account, k.region); p != nil {
		if found := p.VPC(k.id); found != nil {
			v.Name = clean(found.Name)
			if len(found.CIDRs) > 0 {
				v.CIDR = found.CIDRs[0].String()
			}
			if len(found.CIDRs) > 1 {
				v.CIDR += " ..."
			}
		}
	}
	return v
}

// group returns the drawing's group of an endpoint VPC.
func (b *builder) group(k vpcKey, hub []vpcKey, whole bool) Group {
	g := Group{Region: plan.Region(clean(string(k.region)))}
	if k.id != "" {
		v := b.vpc(k)
		g.VPC = &v
		g.Ways = b.ways(k, hub)
	}
	var clusters []Cluster
	for _, ref := range b.members[k] {
		clusters = append(clusters, b.cluster(ref, k.region))
	}
	if whole {
		g.Clusters = clusters
		return g
	}
	for _, h := range healths {
		rest := Rest{Health: h}
		for _, c := range clusters {
			switch {
			case c.Health != h:
			case (h == Broken || h == Degraded) && len(g.Clusters) < groupDrawn:
				g.Clusters = append(g.Clusters, c)
			default:
				if len(rest.Refs) == 0 && h != Unlinked { // that says it all
					rest.Words = c.Words
				}
				rest.Refs = append(rest.Refs, c.Ref)
				for part, box := range c.Boxes {
					if box.Known == There {
						rest.Have[part]++
					}
				}
			}
		}
		if len(rest.Refs) > 0 {
			g.Rest = append(g.Rest, rest)
		}
	}
	return g
}

// ways returns how the hub's VPCs reach an endpoint VPC: by peerings, or in the
// way of which nothing is known but that it works or does not.
func (b *builder) ways(k vpcKey, hub []vpcKey) []Way {
	var ways []Way
	for i, h := range hub {
		if h == k {
			ways = append(ways, Way{From: i, State: "the hub's own VPC", Health: worst(OK, b.wayHealth(k, h))})
			continue
		}
		for _, p := range b.peerings() {
			a, c := p.Requester, p.Accepter
			if (a.VPC != h.id || c.VPC != k.id) && (a.VPC != k.id || c.VPC != h.id) {
				continue
			}
			w := Way{From: i, Peering: clean(p.ID), State: clean(p.State), Health: OK}
			if p.State != "active" {
				w.Health = Broken
			}
			w.Health = worst(w.Health, b.wayHealth(k, h))
			ways = append(ways, w)
			break
		}
	}
	if len(ways) > 0 || len(hub) == 0 {
		return ways
	}
	w := Way{State: "no peering", Health: worst(OK, b.wayHealth(k, hub[0]))}
	for _, p := range b.s.Places {
		if p.Hub && !p.Peerings.Known() {
			w.State, w.Health = "peering not checked", worst(Unknown, w.Health)
		}
	}
	return []Way{w}
}

// wayHealth returns the worst that the paths from a VPC of the hub found on the
// way to an endpoint VPC; empty: nothing.
func (b *builder) wayHealth(k, hub vpcKey) Health {
	var h Health
	for _, ref := range b.members[k] {
		p := b.paths[ref]
		if from := b.s.Place(b.s.Hub.Account, b.s.Hub.Region); from != nil && p.From != "" {
			if sub := from.Subnet(p.From); sub != nil && sub.VPC != hub.id {
				continue
			}
		}
		for _, f := range p.Findings {
			switch f.Hop {
			case trace.HopSource, trace.HopPeering, trace.HopReturn:
				if f.Verdict != trace.Passed && f.Code != trace.NotAsked && f.Because == "" {
					h = worst(h, healthOf(f.Verdict))
				}
			}
		}
	}
	return h
}

// notes says what could not be asked.
func notes(s *fleet.Snapshot) []string {
	var all []string
	if s.Hub.Account == "" {
		all = append(all, "The settings name no hub, so that nothing of its side was asked.")
	}
	for _, g := range s.Gaps() {
		why := g.Fault.Message
		if g.Fault.Action != "" {
			why = "no permission for " + g.Fault.Action
		}
		where := cmp.Or(string(g.Account), "unknown account")
		if g.Region != "" {
			where += "/" + string(g.Region)
		}
		if g.What != "quotas" { // which no picture shows
			all = append(all, clean(fmt.Sprintf("Not checked in %s: %s: %s", where, cmp.Or(g.What, "everything"), why)))
		}
	}
	if more := len(all) - notesDrawn; more > 0 {
		all = append(all[:notesDrawn], fmt.Sprintf("And %d more.", more))
	}
	return all
}
