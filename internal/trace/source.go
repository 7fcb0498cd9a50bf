package trace

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// local reports whether the endpoint is in the source's own VPC, so that no
// peering is needed.
func (w *walk) local() bool { return w.subnet != nil && w.ep != nil && w.subnet.VPC == w.ep.VPC }

// addrs returns the endpoint's addresses of the source subnet's family.
func (w *walk) addrs() []fleet.EndpointAddr {
	if w.ep == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(w.ep.Addrs), func(a fleet.EndpointAddr) bool { return !a.Addr.IsValid() })
}

// source checks the host's subnet: that its routes lead to the endpoint's
// addresses, and that its network ACL lets the connection out and the answers
// in.
func (w *walk) source() {
	switch {
	case w.onlyIPv6:
		w.unknown(HopSource, w.o.From, "the way from a subnet that has IPv6 addresses alone, which is not followed", true, nil)
		return
	case w.subnet == nil && w.o.From != "":
		w.noSuchSource()
		return
	case w.subnet == nil && w.noHub():
		w.unknown(HopSource, "", "the hub's subnets (the settings name no hub)", false, nil)
		return
	case w.subnet == nil:
		asked, fault := w.hub != nil && w.hub.Subnets.Asked, (*plan.Fault)(nil)
		if w.hub != nil {
			fault = denied(w.hub, w.hub.Subnets)
		}
		w.unknown(HopSource, string(w.s.Hub.Account), "the hub's subnets", asked, fault)
		return
	case len(w.addrs()) == 0:
		w.unknown(HopSource, w.subnet.ID, "the way to the endpoint, whose addresses are not known", w.ep != nil && w.epPlace != nil && w.epPlace.Subnets.Asked, nil)
		return
	}
	w.routesThere()
	w.aclAtSource()
}

func (w *walk) noSuchSource() {
	asked, known := false, true
	var subnets []string
	for i := range w.s.Places {
		p := &w.s.Places[i]
		if !p.Hub {
			continue
		}
		asked = asked || p.Subnets.Asked
		known = known && p.Subnets.Known()
		for _, u := range p.Subnets.Items {
			if u.CIDR.IsValid() && w.ofHub(p, u.VPC) {
				subnets = append(subnets, u.ID)
			}
		}
	}
	if !asked || !known {
		w.unknown(HopSource, w.o.From, "the hub's subnets", asked, nil)
		return
	}
	w.add(Finding{Hop: HopSource, Verdict: Broken, Code: SourceUnknown, Object: w.o.From,
		Saw: "the hub's account has no such subnet", Why: "a path that begins nowhere leads nowhere",
		Repair: Repair{Note: "name one of the hub's: " + words(subnets, func(s string) string { return s })}})
}

// A turn is what a route table does with packets to an address.
type turn struct {
	code  Code // RouteMissing, RouteWrong, RouteBlackhole; empty: it leads on
	saw   string
	route *fleet.Route
	lists []string // prefix lists that may say otherwise
}

// turnTo follows a table towards an address in a VPC. from is the VPC of the
// table. A peering is followed to its other side only: peering is not
// transitive. Source: VPC peering guide, unsupported configurations.
func (w *walk) turnTo(t *fleet.RouteTable, from, to string, addr netip.Addr) turn {
	r, lists := lookup(t, addr)
	switch {
	case r == nil:
		return turn{code: RouteMissing, saw: "no route to " + addr.String(), lists: lists}
	case r.Target == "local" && from == to:
		return turn{route: r}
	case r.Target == "local":
		return turn{code: RouteWrong, saw: fmt.Sprintf("the route to %s is local: the VPC's own CIDR holds %s", r.Destination, addr), route: r}
	case !leadsOn(*r):
		return turn{code: RouteMissing, saw: fmt.Sprintf("no route to %s but %s by %s", addr, r.Destination, r.Target), route: r, lists: lists}
	}
	if !strings.HasPrefix(r.Target, "pcx-") {
		if r.Blackhole {
			return turn{code: RouteBlackhole, saw: fmt.Sprintf("the route to %s by %s is a black hole", r.Destination, r.Target), route: r}
		}
		return turn{route: r} // a transit gateway or an appliance: where it leads nobody here knows
	}
	p := w.peeringOf(r.Target)
	if p != nil && !joins(p, from, to) {
		return turn{code: RouteWrong, saw: fmt.Sprintf("the route to %s leads by %s to %s, and %s is in %s", r.Destination, r.Target, beyond(p, from), addr, to), route: r}
	}
	if r.Blackhole || p != nil && p.State != "active" {
		return turn{code: RouteBlackhole, saw: fmt.Sprintf("the route to %s by %s is a black hole", r.Destination, r.Target), route: r}
	}
	return turn{route: r}
}

// peeringOf returns a peering by its ID; nil: nobody lists it.
func (w *walk) peeringOf(id string) *fleet.Peering {
	for i := range w.s.Places {
		for j := range w.s.Places[i].Peerings.Items {
			if p := &w.s.Places[i].Peerings.Items[j]; p.ID == id {
				return p
			}
		}
	}
	return nil
}

func joins(p *fleet.Peering, a, b string) bool {
	return p.Requester.VPC == a && p.Accepter.VPC == b || p.Requester.VPC == b && p.Accepter.VPC == a
}

func beyond(p *fleet.Peering, vpc string) string {
	if p.Requester.VPC == vpc {
		return p.Accepter.VPC
	}
	return p.Requester.VPC
}

func (w *walk) routesThere() {
	t := w.hub.RouteTable(w.subnet.ID)
	if t == nil {
		w.unknown(HopSource, w.subnet.ID, "the hub's route tables", w.hub.RouteTables.Asked, denied(w.hub, w.hub.RouteTables))
		return
	}
	if w.local() {
		w.pass(HopSource, t.ID, "the endpoint is in the hosts' own VPC")
		return
	}
	addrs := w.addrs()
	var bad []turn
	way := ""
	for _, a := range addrs {
		if x := w.turnTo(t, w.subnet.VPC, w.ep.VPC, a.Addr); x.code != "" {
			bad = append(bad, x)
		} else {
			way = x.route.Target
		}
	}
	if len(bad) == 0 {
		w.pass(HopSource, t.ID, "routes lead from %s to %s by %s", w.subnet.ID, words(addrs, func(a fleet.EndpointAddr) string { return a.Addr.String() }), way)
		return
	}
	if len(bad[0].lists) > 0 {
		w.unknown(HopSource, t.ID, bad[0].saw+", unless prefix list "+bad[0].lists[0]+", which is not read, holds it", true, nil)
		return
	}
	f := Finding{Hop: HopSource, Code: bad[0].code, Object: t.ID, Saw: fmt.Sprintf("%s, in the table of %s", bad[0].saw, w.subnet.ID),
		Why:    "packets of the hub's hosts to the endpoint go nowhere: connections time out",
		Repair: Repair{Terraform: "endpoint-vpc: hub_vpcs[*].route_table_ids", Account: w.hub.Account}}
	f.Repair.Commands, f.Repair.Note = w.routeRepair(w.hub.Region, t, bad[0], w.cidrOf(w.epPlace, w.ep.VPC, addrs[0].Addr))
	w.part(len(bad), len(addrs), f)
}

// cidrOf returns the block of a VPC that holds an address, or the address alone.
func (w *walk) cidrOf(p *fleet.Place, vpc string, a netip.Addr) netip.Prefix {
	if p != nil {
		if v := p.VPC(vpc); v != nil {
			for _, c := range v.CIDRs {
				if c.Contains(a) {
					return c
				}
			}
		}
	}
	return single(a)
}

// routeRepair returns the line that makes or replaces a route to a block by the
// peering between the hub and the endpoint VPC.
func (w *walk) routeRepair(region plan.Region, t *fleet.RouteTable, x turn, to netip.Prefix) (lines []string, note string) {
	p := w.between()
	if p == nil || p.State != "active" {
		return nil, "the two VPCs need an active peering, or a transit gateway, first"
	}
	action := "ec2 create-route"
	if slices.ContainsFunc(t.Routes, func(r fleet.Route) bool { return r.Destination == to }) {
		action = "ec2 replace-route"
	}
	lines = []string{command(region, action, "--route-table-id", t.ID, "--destination-cidr-block", to.String(), "--vpc-peering-connection-id", p.ID)}
	if x.route != nil && x.code != RouteMissing && x.route.Destination != to && x.route.Destination.Bits() > to.Bits() {
		lines = append(lines, command(region, "ec2 delete-route", "--route-table-id", t.ID, "--destination-cidr-block", x.route.Destination.String()))
	}
	return lines, ""
}

// between returns the best peering that joins the source's VPC and the
// endpoint's; nil: none does.
func (w *walk) between() *fleet.Peering {
	var best *fleet.Peering
	if w.subnet == nil || w.ep == nil {
		return nil
	}
	worth := func(p *fleet.Peering) int {
		switch {
		case p == nil:
			return 0
		case p.State == "active":
			return 3
		case p.State == "pending-acceptance" || p.State == "provisioning":
			return 2
		}
		return 1
	}
	for i := range w.s.Places {
		for j := range w.s.Places[i].Peerings.Items {
			if p := &w.s.Places[i].Peerings.Items[j]; joins(p, w.subnet.VPC, w.ep.VPC) && worth(p) > worth(best) {
				best = p
			}
		}
	}
	return best
}

// aclAtSource checks the ACL of the source's subnet, which a connection within
// the subnet does not meet.
func (w *walk) aclAtSource() {
	if !w.hub.NetworkACLs.Asked || w.hub.NetworkACLs.Fault != nil {
		w.unknown(HopSource, w.subnet.ID, "the hub's network ACLs", w.hub.NetworkACLs.Asked, denied(w.hub, w.hub.NetworkACLs))
		return
	}
	acl := w.hub.NetworkACL(w.subnet.ID)
	if acl == nil {
		w.unknown(HopSource, w.subnet.ID, "the network ACL of the subnet", true, nil)
		return
	}
	var list [][]crossing
	for _, a := range w.addrs() {
		if a.Subnet != w.subnet.ID {
			all := w.cidrOf(w.epPlace, w.ep.VPC, a.Addr)
			list = append(list, []crossing{{acl, true, apiPort, single(a.Addr), all}, {acl, false, hostPorts, single(a.Addr), all}})
		}
	}
	w.aclFinding(HopSource, ACLDenies, acl.ID, w.hub, list, fmt.Sprintf("lets connections of %s to the endpoint out, and answers in", w.subnet.ID),
		"the hub's hosts get no answer from the endpoint: connections time out", "your aws_network_acl of the hub's subnets")
}

// aclFinding judges some ways, each with its crossings, together.
func (w *walk) aclFinding(h Hop, code Code, object string, p *fleet.Place, ways [][]crossing, good, why, terraform string) {
	bad, partly := 0, 0
	var denied []crossing
	for _, way := range ways {
		got, list := cross(way...)
		switch got {
		case none:
			bad++
		case some:
			partly++
		}
		denied = append(denied, list...)
	}
	if bad+partly == 0 {
		w.pass(h, object, "%s", good)
		return
	}
	at := denied[0]
	f := Finding{Hop: h, Code: code, Object: at.acl.ID, Saw: fmt.Sprintf("it denies %s", at), Why: why,
		Repair: Repair{Terraform: terraform, Account: p.Account, Commands: entries(p.Region, denied)}}
	if bad == 0 {
		f.Saw = fmt.Sprintf("it denies part of %s", at)
	}
	w.part(bad, cmp.Or(len(ways), 1), f)
}
