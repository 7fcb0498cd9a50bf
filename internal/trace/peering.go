package trace

import (
	"fmt"
	"strings"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// peering checks the peering that the source's route leads by, or that the two
// VPCs would need.
func (w *walk) peering() {
	switch {
	case w.subnet == nil || w.ep == nil:
		w.unknown(HopPeering, "", "the peering, as one of its ends is not known", false, nil)
		return
	case w.local():
		w.pass(HopPeering, w.ep.VPC, "none is needed: the endpoint is in the hosts' own VPC")
		return
	}
	via := w.via()
	if strings.HasPrefix(via, "vpce-") || strings.HasPrefix(via, "nat-") {
		if w.connected() {
			w.pass(HopPeering, via, "the way leads by %s: it is not followed, and a connection got through from %s", via, w.o.Live.From)
		} else {
			w.unknown(HopPeering, via, "where "+via+" leads, by which the way goes", true, nil)
		}
		return
	}
	if via != "" && !strings.HasPrefix(via, "pcx-") {
		w.pass(HopPeering, via, "the way leads by %s, which is not followed", via)
		return
	}
	p := w.between()
	known, asked, fault := w.peeringsKnown()
	switch {
	case p != nil && p.State == "active": // that the route names another is the route's fault
		w.pass(HopPeering, p.ID, "active, between %s and %s", w.subnet.VPC, w.ep.VPC)
	case via == "" && (p == nil || p.State != "active") && !w.routesKnown():
		w.unknown(HopPeering, "", "what joins the two VPCs, whose routes are not known", w.hub.RouteTables.Asked && len(w.addrs()) > 0, denied(w.hub, w.hub.RouteTables))
	case p == nil && !known:
		w.unknown(HopPeering, via, "the hub's peerings", asked, fault)
	case p == nil || p.State == "deleted":
		w.noPeering(via, p)
	default:
		w.notActive(p)
	}
}

// via returns the target of the source's route to the endpoint, or, where there
// is none, that of the route back, if it leads on.
func (w *walk) via() string {
	if t := w.hub.RouteTable(w.subnet.ID); t != nil {
		for _, a := range w.addrs() {
			if r, _ := lookup(t, a.Addr); r != nil && leadsOn(*r) {
				return r.Target
			}
		}
	}
	if w.epPlace == nil {
		return ""
	}
	for _, a := range w.addrs() {
		if t := w.epPlace.RouteTable(a.Subnet); t != nil {
			if r, _ := lookup(t, w.subnet.CIDR.Addr()); r != nil && leadsOn(*r) {
				return r.Target
			}
		}
	}
	return ""
}

// routesKnown reports whether via says all that there is to say.
func (w *walk) routesKnown() bool {
	return len(w.addrs()) > 0 && w.hub.RouteTable(w.subnet.ID) != nil && w.epPlace != nil && w.epPlace.RouteTables.Known()
}

// peeringsKnown reports whether either side of the hub lists all its peerings.
func (w *walk) peeringsKnown() (known, asked bool, fault *plan.Fault) {
	for _, p := range []*fleet.Place{w.hub, w.epPlace} {
		if p == nil {
			continue
		}
		known = known || p.Peerings.Known()
		asked = asked || p.Peerings.Asked
		if f := denied(p, p.Peerings); f != nil {
			fault = f
		}
	}
	return known, asked, fault
}

func (w *walk) noPeering(via string, p *fleet.Peering) {
	f := Finding{Hop: HopPeering, Verdict: Broken, Code: PeeringMissing, Object: via,
		Saw:    fmt.Sprintf("no peering joins %s and %s", w.subnet.VPC, w.ep.VPC),
		Why:    "nothing leads from the hub VPC to the endpoint VPC: peering is not transitive, and the routes that named it are black holes",
		Repair: Repair{Terraform: "endpoint-vpc: hub_vpcs, connectivity", Account: w.ep.Account}}
	switch {
	case p != nil && p.State == "deleted":
		f.Object, f.Saw = p.ID, fmt.Sprintf("peering %s between %s and %s is deleted", p.ID, w.subnet.VPC, w.ep.VPC)
	case via != "":
		f.Saw = fmt.Sprintf("peering %s, which the route names, does not exist", via)
	default:
		f.Object = w.ep.VPC
	}
	f.Repair.Commands = []string{
		"PEERING=$(" + command(w.hub.Region, "ec2 create-vpc-peering-connection", "--vpc-id", w.subnet.VPC, "--peer-vpc-id", w.ep.VPC, "--peer-region", string(w.ep.Region),
			"--peer-owner-id", string(w.ep.Account), "--query", "VpcPeeringConnection.VpcPeeringConnectionId", "--output", "text") + ")",
		command(w.ep.Region, "ec2 accept-vpc-peering-connection") + ` --vpc-peering-connection-id "$PEERING"`,
	}
	f.Repair.Note = "then routes both ways need the new peering"
	w.add(f)
}

func (w *walk) notActive(p *fleet.Peering) {
	f := Finding{Hop: HopPeering, Verdict: Broken, Code: PeeringNotActive, Object: p.ID,
		Saw:    strings.TrimSpace(fmt.Sprintf("%s is %s between %s and %s. %s", p.ID, p.State, p.Requester.VPC, p.Accepter.VPC, p.Message)),
		Why:    "only an active peering carries packets",
		Repair: Repair{Terraform: "endpoint-vpc: hub_vpcs, connectivity", Account: p.Accepter.Account}}
	if p.State == "pending-acceptance" {
		f.Repair.Commands = []string{command(p.Accepter.Region, "ec2 accept-vpc-peering-connection", "--vpc-peering-connection-id", p.ID)}
	} else {
		f.Repair.Note = "a peering in this state cannot be used again: make a new one"
	}
	w.add(f)
}
