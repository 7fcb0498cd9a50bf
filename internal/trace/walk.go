package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// Address is how the hub's clients call a cluster.
type Address string

const (
	// ByAny: by either; that no private zone has the name is degraded.
	ByAny Address = ""
	// ByName: by the endpoint's own name, for which the hub's VPCs need a
	// private zone.
	ByName Address = "name"
	// ByVPCE: by the interface endpoint's name with tls-server-name, so that
	// private zones break nothing.
	ByVPCE Address = "vpce"
)

// Options say which path is walked.
type Options struct {
	From    string // ID of the hub's subnet that it begins in; empty: the first that has a route to the endpoint, or the first
	Address Address
	Live    *Live // what probes saw; nil: none were made
}

// Walk checks the path from the hub to a cluster. Each hop has one finding at
// least, in the order of the hops. Where the settings name several hub VPCs, and
// no source is asked for, what the ways from the others lack is there, too, with
// the VPC. Where one cause shows at several hops, the
// others' findings name it in Because.
func Walk(s *fleet.Snapshot, ref plan.Ref, o Options) Path {
	w := begin(s, ref, o, "")
	w.name()
	w.source()
	w.peering()
	w.back()
	w.endpoint()
	w.serviceHop()
	w.balancer()
	w.targets()
	w.admit()
	w.clusterHop()
	w.server()
	w.inOrder()
	w.believe()
	explain(w.found)
	w.fromOthers()
	w.inOrder()
	return Path{Ref: ref, From: w.from(), Findings: w.found}
}

// walk is a path with the objects that it leads over, as far as they were found;
// nil where there is none, or nobody can know.
type walk struct {
	s   *fleet.Snapshot
	o   Options
	ref plan.Ref

	only string // the hub VPC that it begins in; empty: any

	place   *fleet.Place // the cluster's
	cluster *fleet.Cluster
	links   []*fleet.Link
	link    *fleet.Link
	host    string // of the cluster's endpoint; empty: unknown
	svc     *fleet.Service
	ep      *fleet.Endpoint
	epPlace *fleet.Place

	hub    *fleet.Place // where the hub's own VPCs are
	vpc    *fleet.VPC
	subnet *fleet.Subnet

	onlyIPv6 bool // the subnet that was asked for has no IPv4 block, and endpoints have IPv4 addresses

	found []Finding
}

// begin finds the objects, from the cluster's side towards the hub, and, where
// that way is broken off, from the hub's name towards the cluster.
// only is the hub VPC to begin in; empty: any.
func begin(s *fleet.Snapshot, ref plan.Ref, o Options, only string) *walk {
	w := &walk{s: s, o: o, ref: ref, only: only, place: s.Place(ref.Account, ref.Region)}
	if w.place == nil {
		w.place = &fleet.Place{Account: ref.Account, Region: ref.Region}
	}
	w.cluster = s.Cluster(ref)
	w.links = s.Links(ref)
	w.link = s.BestLink(ref)
	switch {
	case w.cluster != nil && w.cluster.Host != "":
		w.host = w.cluster.Host
	case w.link != nil:
		w.host = w.link.Host()
	}
	w.svc, w.ep = w.findEndpoint()
	if w.ep != nil {
		w.epPlace = s.Place(w.ep.Account, w.ep.Region)
	}
	w.hub = s.Place(s.Hub.Account, s.Hub.Region)
	w.chooseSource()
	return w
}

// findEndpoint returns the service of the link and the hub's endpoint for it:
// the one that the name leads to, or the first in the best state.
func (w *walk) findEndpoint() (*fleet.Service, *fleet.Endpoint) {
	services := w.services()
	named := w.namedEndpoint()
	var svc *fleet.Service
	var ep *fleet.Endpoint
	worth := func(e *fleet.Endpoint) int {
		switch {
		case e == nil:
			return 0
		case e.State != "available":
			return 1
		case named == nil || e.ID != named.ID:
			return 2
		}
		return 3
	}
	for _, v := range services {
		if svc == nil {
			svc = v
		}
		for _, e := range w.s.Endpoints(v) {
			if worth(e) > worth(ep) {
				svc, ep = v, e
			}
		}
	}
	if len(services) == 0 && named != nil && w.serviceOf(named) == nil {
		ep = named // of a service that is gone, or that nobody could list
	}
	return svc, ep
}

// services returns the endpoint services of the link's load balancer. Where the
// link has none, because nothing forwards to the group, those that are tagged
// with the cluster, or that the name leads to.
func (w *walk) services() []*fleet.Service {
	if w.link != nil {
		if all := w.s.Services(w.link); len(all) > 0 || w.link.Balancer != nil {
			return all
		}
	}
	var out []*fleet.Service
	for i := range w.place.Services.Items {
		if v := &w.place.Services.Items[i]; v.Tags[plan.TagCluster] == w.ref.Name {
			out = append(out, v)
		}
	}
	if e := w.namedEndpoint(); len(out) == 0 && e != nil {
		if v := w.serviceOf(e); v != nil && v.Account == w.ref.Account && v.Region == w.ref.Region {
			out = append(out, v)
		}
	}
	return out
}

// serviceOf returns the service that an endpoint is for; nil: no scope has it.
func (w *walk) serviceOf(e *fleet.Endpoint) *fleet.Service {
	for i := range w.s.Places {
		p := &w.s.Places[i]
		for j := range p.Services.Items {
			if v := &p.Services.Items[j]; v.Name == e.Service && v.Region == e.ServiceRegion {
				return v
			}
		}
	}
	return nil
}

// chooseSource sets the subnet in which the path begins.
func (w *walk) chooseSource() {
	var first, routed *fleet.Subnet
	places := make([]*fleet.Place, 0, len(w.s.Places))
	if w.hub != nil {
		places = append(places, w.hub)
	}
	for i := range w.s.Places { // a hub may have VPCs in several regions
		if p := &w.s.Places[i]; p.Hub && p != w.hub {
			places = append(places, p)
		}
	}
	for _, p := range places {
		for i := range p.Subnets.Items {
			u := &p.Subnets.Items[i]
			if w.o.From != "" {
				switch {
				case u.ID != w.o.From:
				case u.CIDR.IsValid():
					w.hub, w.subnet = p, u
				default:
					w.onlyIPv6 = true
				}
				continue
			}
			if !u.CIDR.IsValid() || !w.ofHub(p, u.VPC) {
				continue
			}
			if first == nil {
				first = u
				w.hub = p
			}
			if routed == nil && w.ep != nil && w.routed(p, u) {
				routed = u
				w.hub = p
			}
		}
	}
	if w.o.From == "" {
		w.subnet = cmp.Or(routed, first)
	}
	if home := w.s.Place(w.s.Hub.Account, w.s.Hub.Region); w.subnet == nil && w.o.From == "" && home != nil && w.ep != nil && len(w.s.Hub.VPCs) == 0 {
		// The hub has no VPC but the one that holds its endpoints.
		for i := range home.Subnets.Items {
			if u := &home.Subnets.Items[i]; w.subnet == nil && u.VPC == w.ep.VPC && u.CIDR.IsValid() {
				w.hub, w.subnet = home, u
			}
		}
	}
	if w.subnet != nil {
		w.vpc = w.hub.VPC(w.subnet.VPC)
	}
}

// ofHub reports whether the tools' hosts may be in a VPC.
func (w *walk) ofHub(p *fleet.Place, vpc string) bool {
	if w.only != "" {
		return vpc == w.only
	}
	if len(w.s.Hub.VPCs) > 0 {
		return slices.Contains(w.s.Hub.VPCs, vpc)
	}
	if p.Account != w.s.Hub.Account || p.Region != w.s.Hub.Region {
		return false
	}
	return w.ep == nil || w.ep.VPC != vpc
}

// routed reports whether a subnet has a way to an address of the endpoint, or
// had one: a route that leads nowhere any more counts.
func (w *walk) routed(p *fleet.Place, u *fleet.Subnet) bool {
	if u.VPC == w.ep.VPC {
		return true
	}
	t := p.RouteTable(u.ID)
	return t != nil && slices.ContainsFunc(w.ep.Addrs, func(a fleet.EndpointAddr) bool {
		r, _ := lookup(t, a.Addr)
		return r != nil && leadsOn(*r)
	})
}

func (w *walk) from() string {
	if w.subnet == nil {
		return w.o.From
	}
	return w.subnet.ID
}

// noHub reports whether the settings name no hub, so that nothing of its side
// was asked.
func (w *walk) noHub() bool { return w.s.Hub.Account == "" && w.hub == nil && w.ep == nil }

// add adds a finding.
func (w *walk) add(f Finding) { w.found = append(w.found, f) }

// pass adds that something is as it should be.
func (w *walk) pass(h Hop, object, saw string, args ...any) {
	w.add(Finding{Hop: h, Verdict: Passed, Object: object, Saw: fmt.Sprintf(saw, args...)})
}

// part adds a finding about some of several ways: broken where all of them are.
func (w *walk) part(bad, all int, f Finding) Verdict {
	f.Verdict = Degraded
	if bad == all {
		f.Verdict = Broken
	}
	w.add(f)
	return f.Verdict
}

// unknown adds that a list says nothing about an object: nobody asked for it, or
// it could not be had.
func (w *walk) unknown(h Hop, object, what string, asked bool, fault *plan.Fault) {
	f := Finding{Hop: h, Verdict: Unchecked, Code: NotAsked, Object: object, Saw: what + ": not asked"}
	if asked || fault != nil {
		f.Code, f.Saw = NotChecked, what+": not known"
	}
	if fault != nil {
		f.Saw = what + ": " + fault.Message
		f.Repair.Note = fault.Hint
	}
	w.add(f)
}

// denied returns the fault of a place as a whole, or of one of its lists.
func denied[T any](p *fleet.Place, l fleet.Listing[T]) *plan.Fault {
	if p != nil && p.Fault != nil && !l.Asked {
		return p.Fault
	}
	return l.Fault
}

// words joins things for people: the first few, and how many more.
func words[T any](items []T, word func(T) string) string {
	const most = 4
	var out []string
	for i, x := range items {
		if i == most {
			out = append(out, fmt.Sprintf("and %d more", len(items)-most))
			break
		}
		out = append(out, word(x))
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}
