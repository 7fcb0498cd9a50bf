package trace

import (
	"fmt"
	"net/netip"

	"postern/internal/fleet"
)

// back checks the endpoint's subnets: that their routes lead back to the host,
// and that their network ACLs let the connection in and the answers out.
func (w *walk) back() {
	if w.subnet == nil || w.ep == nil || len(w.addrs()) == 0 {
		w.unknown(HopReturn, "", "the way back, as one of its ends is not known", false, nil)
		return
	}
	if w.epPlace == nil {
		w.unknown(HopReturn, w.ep.VPC, "the endpoint VPC", false, nil)
		return
	}
	if w.local() {
		w.pass(HopReturn, w.ep.VPC, "the endpoint is in the hosts' own VPC")
	} else {
		w.routesBack()
	}
	w.aclAtEndpoint()
}

func (w *walk) routesBack() {
	addrs := w.addrs()
	block := w.subnet.CIDR.Masked()
	var bad, holes []turn
	var tables, holed []*fleet.RouteTable
	for _, a := range addrs {
		t := w.epPlace.RouteTable(a.Subnet)
		if t == nil {
			w.unknown(HopReturn, a.Subnet, "the endpoint VPC's route tables", w.epPlace.RouteTables.Asked, denied(w.epPlace, w.epPlace.RouteTables))
			return
		}
		whole := true
		for _, host := range []netip.Addr{block.Addr(), last(block)} {
			if x := w.turnTo(t, w.ep.VPC, w.subnet.VPC, host); x.code != "" {
				bad, tables, whole = append(bad, x), append(tables, t), false
				break
			}
		}
		for i := range t.Routes { // more specific ones may lead a part of the hosts' answers elsewhere
			if d := t.Routes[i].Destination; whole && d.IsValid() && d.Bits() > block.Bits() && block.Overlaps(d) {
				if x := w.turnTo(t, w.ep.VPC, w.subnet.VPC, d.Masked().Addr()); x.code != "" {
					holes, holed, whole = append(holes, x), append(holed, t), false
				}
			}
		}
	}
	part := len(bad) == 0 // of the hosts alone
	if part {
		bad, tables = holes, holed
	}
	if len(bad) == 0 {
		w.pass(HopReturn, w.ep.VPC, "routes lead from the endpoint's subnets back to %s", w.subnet.CIDR)
		return
	}
	if len(bad[0].lists) > 0 {
		w.unknown(HopReturn, tables[0].ID, bad[0].saw+", unless prefix list "+bad[0].lists[0]+", which is not read, holds it", true, nil)
		return
	}
	code := map[Code]Code{RouteMissing: ReturnMissing, RouteWrong: ReturnWrong, RouteBlackhole: ReturnBlackhole}[bad[0].code]
	f := Finding{Hop: HopReturn, Code: code, Object: tables[0].ID, Saw: fmt.Sprintf("%s, in a table of the endpoint's subnets", bad[0].saw),
		Why:    "what the hosts send arrives, and no answer comes back: connections time out",
		Repair: Repair{Terraform: "endpoint-vpc: hub_vpcs[*].cidrs", Account: w.ep.Account}}
	f.Repair.Commands, f.Repair.Note = w.routeRepair(w.ep.Region, tables[0], bad[0], w.cidrOf(w.hub, w.subnet.VPC, w.subnet.CIDR.Addr()))
	if part {
		f.Why = "a part of the hosts gets no answer: connections time out"
		w.part(0, len(addrs), f)
		return
	}
	w.part(len(bad), len(addrs), f)
}

func (w *walk) aclAtEndpoint() {
	if !w.epPlace.NetworkACLs.Asked || w.epPlace.NetworkACLs.Fault != nil {
		w.unknown(HopReturn, w.ep.VPC, "the endpoint VPC's network ACLs", w.epPlace.NetworkACLs.Asked, denied(w.epPlace, w.epPlace.NetworkACLs))
		return
	}
	var ways [][]crossing
	object := ""
	for _, a := range w.addrs() {
		acl := w.epPlace.NetworkACL(a.Subnet)
		if a.Subnet == w.subnet.ID || acl == nil {
			ways = append(ways, nil)
			continue
		}
		object = acl.ID
		hosts := w.subnet.CIDR.Masked()
		all := w.cidrOf(w.hub, w.subnet.VPC, hosts.Addr())
		ways = append(ways, []crossing{{acl, false, apiPort, hosts, all}, {acl, true, hostPorts, hosts, all}})
	}
	if object == "" {
		w.pass(HopReturn, w.ep.VPC, "no network ACL is between the hosts and the endpoint")
		return
	}
	w.aclFinding(HopReturn, ReturnACLDenies, object, w.epPlace, ways, "lets the hub's connections in, and answers out",
		"the endpoint does not get the hub's packets, or its answers do not get out: connections time out", "your aws_network_acl of the endpoint VPC's subnets")
}
