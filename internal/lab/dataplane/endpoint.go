package dataplane

import "postern/internal/lab/fabric"

// enterEndpoint takes a connection that came to an interface endpoint: it goes
// on at the node that the topology names, with the client's own address, as a
// stream. No route joins the two VPCs, so their CIDRs may overlap. Source:
// PrivateLink guide, concepts.
func (p *Plane) enterEndpoint(v *view, at place, r *fabric.Request) {
	ends := wire{r.Remote(), r.Local()}
	e, why := v.EnterService(at.vpc, at.addr, ends.client.Addr(), int(ends.node.Port()))
	if why != "" {
		r.Drop(because(HopEndpoint, "%s", why))
		return
	}
	n, ok := v.nodes[place{e.VPC, e.Node}]
	switch {
	case !ok:
		r.Drop(because(HopEndpoint, "%s leads to %s, which is gone", e.Endpoint, shortARN(e.LoadBalancer)))
	case p.opts.Broken("", n.ZoneID):
		r.Drop(because(HopNode, "node %s of %s is in zone %s, which is out", n.Addr, shortARN(e.LoadBalancer), n.ZoneID))
	default:
		p.forward(v, entrance{balancer: n.balancer, node: n.Node, ends: ends, through: at, endpoint: e.Endpoint, ungrouped: e.Ungrouped}, r)
	}
}

// severed reports whether the endpoint by which a connection came leads
// nowhere any more.
func (p *Plane) severed(in entrance) bool {
	_, why := p.store.Topology().EnterService(in.through.vpc, in.through.addr, in.ends.client.Addr(), in.port())
	return why != ""
}
