package state

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// A Topology is how the VPCs are joined and who may talk to whom, at one time.
// It never changes; ask the store for a new one when an event came. Its answers
// are AWS's rules for the first packet of a TCP connection: what passes may be
// answered: security groups are stateful, and Admit looks at what network ACLs
// do with the answers. For routes, ask for the way back too.
type Topology struct {
	version uint64
	order   []string
	vpcs    map[string]*segment
	groups  map[string]*admission
	links   linkTopology
}

// A segment is one VPC of a topology.
type segment struct {
	id         string
	blocks     []netip.Prefix
	interfaces []Interface
	at         map[netip.Addr]int // index of the interface with an address
	subnets    []routedSubnet
	main       *RouteTable
	peers      map[string]string // VPCs by active peering connection
}

type routedSubnet struct {
	id     string
	blocks [2]netip.Prefix
	table  *RouteTable
	acl    *NetworkACL
}

// An admission is a security group's rules for TCP.
type admission struct{ in, out []Rule }

// reshape notes a change of what a topology is made of.
func (s *Store) reshape(shapes bool) {
	if shapes {
		s.shape++
	}
}

// Topology returns the network as it is now. It is made anew only after a
// change.
func (s *Store) Topology() *Topology {
	defer s.enter()()
	if s.topology == nil || s.topology.version != s.shape {
		s.topology = s.newTopology()
	}
	return s.topology
}

func (s *Store) newTopology() *Topology {
	t := &Topology{version: s.shape, vpcs: map[string]*segment{}, groups: map[string]*admission{}}
	for _, p := range s.order {
		for _, v := range p.vpcs.values() {
			t.order = append(t.order, v.ID)
			t.vpcs[v.ID] = s.newSegment(p, v)
		}
		for _, g := range p.securityGroups.values() {
			a := &admission{}
			for _, r := range g.Rules {
				switch {
				case r.Protocol != anyProtocol && r.Protocol != "tcp":
				case r.Egress:
					a.out = append(a.out, r)
				default:
					a.in = append(a.in, r)
				}
			}
			t.groups[g.ID] = a
		}
	}
	for _, p := range s.order {
		for _, pc := range p.peerings.values() {
			if pc.Status != peeringActive {
				continue
			}
			for _, id := range []string{pc.Requester.VPC, pc.Accepter.VPC} {
				if g := t.vpcs[id]; g != nil {
					g.peers[pc.ID] = pc.other(id).VPC
				}
			}
		}
	}
	t.links = s.privateLinks()
	return t
}

func (s *Store) newSegment(p *place, v VPC) *segment {
	g := &segment{id: v.ID, at: map[netip.Addr]int{}, peers: map[string]string{}}
	for _, a := range slices.Concat(v.CIDRs, v.IPv6) {
		g.blocks = append(g.blocks, a.Block)
	}
	g.interfaces = currents(p.interfaces.under("vpc-id", v.ID))
	for i, x := range g.interfaces {
		g.at[x.Addr] = i
		for _, a := range x.Addrs6 {
			g.at[a] = i
		}
	}
	tables := map[string]*RouteTable{} // by subnet; the main one by none
	for _, rt := range currents(p.routeTables.under("vpc-id", v.ID)) {
		rt = s.routed(p, rt)
		for _, a := range rt.Associations {
			tables[a.Subnet] = &rt
		}
	}
	g.main = tables[""]
	acls := map[string]*NetworkACL{} // by subnet
	for _, acl := range currents(p.networkACLs.under("vpc-id", v.ID)) {
		for _, a := range acl.Associations {
			acls[a.Subnet] = &acl
		}
	}
	for _, u := range s.networks[v.ID].subnets {
		x := routedSubnet{id: u.id, blocks: [2]netip.Prefix{u.cidr, u.cidr6}, table: tables[u.id], acl: acls[u.id]}
		if x.table == nil {
			x.table = g.main
		}
		g.subnets = append(g.subnets, x)
	}
	return g
}

// Version tells topologies apart: a newer one has a greater number.
func (t *Topology) Version() uint64 { return t.version }

// VPCs returns the IDs of all VPCs, by place, then in order of creation.
func (t *Topology) VPCs() []string { return slices.Clone(t.order) }

// Interfaces returns a VPC's interfaces, oldest first; the caller must not
// change them.
func (t *Topology) Interfaces(vpc string) []Interface {
	if g := t.vpcs[vpc]; g != nil {
		return g.interfaces
	}
	return nil
}

// Addrs returns the addresses of all of a VPC's interfaces, of both families,
// sorted.
func (t *Topology) Addrs(vpc string) []netip.Addr {
	if g := t.vpcs[vpc]; g != nil {
		return slices.SortedFunc(maps.Keys(g.at), netip.Addr.Compare)
	}
	return nil
}

// Interface returns the interface of a VPC that has an address.
func (t *Topology) Interface(vpc string, addr netip.Addr) (Interface, bool) {
	if g := t.vpcs[vpc]; g != nil {
		return g.find(addr)
	}
	return Interface{}, false
}

func (g *segment) find(addr netip.Addr) (Interface, bool) {
	if i, ok := g.at[addr]; ok {
		return g.interfaces[i], true
	}
	return Interface{}, false
}

func (g *segment) owns(addr netip.Addr) bool {
	return slices.ContainsFunc(g.blocks, func(b netip.Prefix) bool { return b.Contains(addr) })
}

// tableOf returns the route table for packets from an address, and the subnet
// that the address is in.
func (g *segment) tableOf(src netip.Addr) (table *RouteTable, subnet string) {
	if x := g.subnetOf(src); x != nil {
		return x.table, x.id
	}
	return g.main, "no subnet"
}

// subnetOf returns the subnet that an address is in, nil if none.
func (g *segment) subnetOf(a netip.Addr) *routedSubnet {
	for i := range g.subnets {
		if x := &g.subnets[i]; x.blocks[0].Contains(a) || x.blocks[1].IsValid() && x.blocks[1].Contains(a) {
			return x
		}
	}
	return nil
}

// Route returns the VPC that a packet from an address of a VPC goes to, by the
// route table of the source's subnet, or the main one: the longest prefix wins,
// a local route before any other. That is the VPC itself, or one that an active
// peering connection leads to and whose own block holds the destination:
// peering is not transitive. An empty to comes with why. Source: VPC user
// guide, route priority; VPC peering guide, unsupported configurations.
func (t *Topology) Route(vpc string, src, dst netip.Addr) (to, why string) {
	g := t.vpcs[vpc]
	if g == nil {
		return "", "there is no VPC " + vpc
	}
	table, subnet := g.tableOf(src)
	r := table.longest(dst)
	switch {
	case r == nil:
		return "", fmt.Sprintf("no route to %s in %s (%s)", dst, table.ID, subnet)
	case r.Target == localTarget:
		return vpc, ""
	case !strings.HasPrefix(r.Target, "pcx-"):
		return "", fmt.Sprintf("the route to %s in %s (%s) leads to %s, which the lab does not carry", r.Destination, table.ID, subnet, r.Target)
	}
	peer, active := g.peers[r.Target]
	if !active {
		return "", fmt.Sprintf("the route to %s in %s (%s) is a black hole: %s is not active", r.Destination, table.ID, subnet, r.Target)
	}
	if there := t.vpcs[peer]; there == nil || !there.owns(dst) {
		return "", fmt.Sprintf("%s leads to %s, which does not hold %s: peering is not transitive", r.Target, peer, dst)
	}
	return peer, ""
}

// longest returns the route for an address, nil if there is none.
func (t *RouteTable) longest(dst netip.Addr) *Route {
	var best *Route
	for i := range t.Routes { // local routes come first, and keep their place among equals
		r := &t.Routes[i]
		if r.Destination.Contains(dst) && (best == nil || r.Destination.Bits() > best.Destination.Bits()) {
			best = r
		}
	}
	return best
}
