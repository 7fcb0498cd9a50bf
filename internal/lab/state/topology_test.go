package state_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postern/internal/lab/state"
)

func addr(s string) netip.Addr         { return netip.MustParseAddr(s) }
func addrPort(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

// nic makes an interface at an address in a subnet.
func (w *world) nic(subnet, at string, groups ...string) state.Interface {
	w.t.Helper()
	i, err := w.CreateNetworkInterface(caller, state.InterfaceInput{Subnet: subnet, Addr: addr(at), SecurityGroups: groups})
	w.ok(err)
	return i
}

func TestTopologyFollows(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	before := w.Topology()
	if w.Topology() != before {
		t.Error("nothing changed, and the topology did")
	}
	version := before.Version()
	changed := func(what string) {
		t.Helper()
		now := w.Topology()
		if now.Version() <= version {
			t.Errorf("%s changes nothing", what)
		}
		version = now.Version()
	}
	i := w.nic(w.subnets[0], "10.0.0.9")
	changed("an interface")
	vpc, subnets := w.network("10.1.0.0/16", 24)
	changed("a VPC")
	g := w.securityGroup(w.vpc, "g")
	changed("a group")
	_, err := w.AuthorizeSecurityGroupIngress(caller, g.ID, []state.RuleInput{{Protocol: "-1", CIDR: prefix("0.0.0.0/0")}}, nil)
	w.ok(err)
	changed("a rule")
	pc := w.peer(w.vpc, vpc)
	changed("a peering connection")
	w.ok(w.CreateRoute(caller, w.tables(vpc)[0].ID, prefix("10.0.0.0/16"), pc))
	changed("a route")
	w.ok(w.DeleteNetworkInterface(caller, i.ID))
	changed("an interface that goes")
	w.ok(w.DeleteSubnet(caller, subnets[2]))
	changed("a subnet that goes")

	if len(before.Interfaces(w.vpc)) != 0 || len(before.VPCs()) != 1 {
		t.Error("an old topology changed")
	}
	i = w.nic(subnets[0], "10.1.0.7")
	now := w.Topology()
	got, ok := now.Interface(vpc, addr("10.1.0.7"))
	if !ok || got.ID != i.ID || len(now.Interfaces(vpc)) != 1 {
		t.Errorf("got %+v, %t", got, ok)
	}
	if diff := cmp.Diff([]netip.Addr{addr("10.1.0.7")}, now.Addrs(vpc), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{w.vpc, vpc}, now.VPCs()); diff != "" {
		t.Error(diff)
	}
	if _, ok := now.Interface(w.vpc, addr("10.1.0.7")); ok || now.Addrs("vpc-0") != nil || now.Interfaces("vpc-0") != nil {
		t.Error("another VPC has the address")
	}
}

func TestRoute(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	middle, _ := w.network("10.1.0.0/16", 24)
	far, _ := w.network("10.2.0.0/16", 24)
	one, two := w.peer(w.vpc, middle), w.peer(middle, far)
	main, other := w.tables(w.vpc)[0], w.table(w.vpc)
	_, err := w.AssociateRouteTable(caller, other.ID, w.subnets[1])
	w.ok(err)
	for _, x := range [][2]string{{"10.1.0.0/16", one}, {"10.2.0.0/16", one}, {"10.1.9.0/24", "nat-0123456789abcdef0"}, {"10.0.0.0/8", "igw-0123456789abcdef0"}} {
		w.ok(w.CreateRoute(caller, main.ID, prefix(x[0]), x[1]))
	}
	w.ok(w.CreateRoute(caller, w.tables(middle)[0].ID, prefix("10.2.0.0/16"), two))
	pending, err := w.CreateVpcPeeringConnection(caller, state.PeeringInput{VPC: w.vpc, PeerVPC: far})
	w.ok(err)
	w.status(caller, pending.ID)
	w.ok(w.CreateRoute(caller, other.ID, prefix("10.2.0.0/16"), pending.ID))
	top := w.Topology()
	for _, x := range []struct {
		name, vpc, src, dst, to, why string
	}{
		{"within", w.vpc, "10.0.0.5", "10.0.99.5", w.vpc, ""},
		{"a peer", w.vpc, "10.0.0.5", "10.1.0.5", middle, ""},
		{"from no subnet, by the main table", w.vpc, "10.0.200.5", "10.1.0.5", middle, ""},
		{"a subnet without the route", w.vpc, "10.0.16.5", "10.1.0.5", "", "no route to 10.1.0.5 in " + other.ID + " (" + w.subnets[1] + ")"},
		{"through a peer", w.vpc, "10.0.0.5", "10.2.0.5", "", "not transitive"},
		{"a more specific route elsewhere", w.vpc, "10.0.0.5", "10.1.9.5", "", "leads to nat-0123456789abcdef0, which the lab does not carry"},
		{"a wide route elsewhere", w.vpc, "10.0.0.5", "10.3.0.5", "", "leads to igw-0123456789abcdef0, which the lab does not carry"},
		{"from the middle", middle, "10.1.0.5", "10.2.0.5", far, ""},
		{"the way back is another table's", middle, "10.1.0.5", "10.0.0.5", "", "no route to 10.0.0.5"},
		{"a connection not yet there", w.vpc, "10.0.16.5", "10.2.0.5", "", "black hole"},
		{"no VPC", "vpc-0", "10.0.0.5", "10.0.0.6", "", "no VPC vpc-0"},
	} {
		to, why := top.Route(x.vpc, addr(x.src), addr(x.dst))
		if to != x.to || !strings.Contains(why, x.why) || (to == "") != (why != "") {
			t.Errorf("%s: got %q, %q", x.name, to, why)
		}
	}
}

func TestAdmit(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	vpc, subnets := w.network("10.1.0.0/16", 24)
	w.peer(w.vpc, vpc)
	server, client, closed, far := w.securityGroup(w.vpc, "server"), w.securityGroup(w.vpc, "client"), w.securityGroup(w.vpc, "closed"), w.securityGroup(vpc, "far")
	allow := func(group string, in ...state.RuleInput) {
		t.Helper()
		_, err := w.AuthorizeSecurityGroupIngress(caller, group, in, nil)
		w.ok(err)
	}
	allow(server.ID, state.RuleInput{Protocol: "tcp", From: 443, To: 443, Peer: client.ID}, state.RuleInput{Protocol: "tcp", From: 80, To: 90, CIDR: prefix("10.0.0.16/28")},
		state.RuleInput{Protocol: "udp", From: 1, To: 65535, CIDR: prefix("0.0.0.0/0")}, state.RuleInput{Protocol: "tcp", From: 22, To: 22, Peer: far.ID})
	allow(far.ID, state.RuleInput{Protocol: "-1", CIDR: prefix("0.0.0.0/0")})
	_, err := w.RevokeSecurityGroupEgress(caller, closed.ID, []state.RuleInput{{Protocol: "-1", CIDR: prefix("0.0.0.0/0")}}, nil)
	w.ok(err)
	_, err = w.AuthorizeSecurityGroupEgress(caller, closed.ID, []state.RuleInput{{Protocol: "tcp", From: 22, To: 22, Peer: far.ID}, {Protocol: "tcp", From: 80, To: 80, Peer: server.ID}}, nil)
	w.ok(err)
	s := w.nic(w.subnets[0], "10.0.0.10", server.ID)
	w.nic(w.subnets[0], "10.0.0.11", client.ID)
	w.nic(w.subnets[0], "10.0.0.17", closed.ID)
	w.nic(w.subnets[0], "10.0.0.12", closed.ID, client.ID)
	w.nic(w.subnets[0], "10.0.0.13")
	w.nic(subnets[0], "10.1.0.10", far.ID)
	lb := w.balancer("open", w.subnets[0])
	node := netip.AddrPortFrom(lb.Zones[0].Addr, 443).String()
	top := w.Topology()
	for _, x := range []struct {
		name, vpc, src, to, dst string
		ungrouped, ok           bool
		why                     string
	}{
		{"by group", w.vpc, "10.0.0.11:5", w.vpc, "10.0.0.10:443", false, true, ""},
		{"by group, of two", w.vpc, "10.0.0.12:5", w.vpc, "10.0.0.10:443", false, true, ""},
		{"by group, another port", w.vpc, "10.0.0.11:5", w.vpc, "10.0.0.10:444", false, false, server.ID + " of " + s.ID + " admits no TCP 444 from 10.0.0.11"},
		{"by group, ungrouped", w.vpc, "10.0.0.11:5", w.vpc, "10.0.0.10:443", true, false, "admits no TCP 443"},
		{"by address, ungrouped", w.vpc, "10.0.0.17:5", w.vpc, "10.0.0.10:80", true, true, ""},
		{"by address", w.vpc, "10.0.0.17:5", w.vpc, "10.0.0.10:80", false, true, ""},
		{"by address, not let out", w.vpc, "10.0.0.17:5", w.vpc, "10.0.0.10:81", false, false, "lets out no TCP 81 to 10.0.0.10"},
		{"outside the block", w.vpc, "10.0.0.11:5", w.vpc, "10.0.0.10:80", false, false, "admits no TCP 80"},
		{"a host of the lab's", w.vpc, "10.0.0.20:5", w.vpc, "10.0.0.10:90", false, true, ""},
		{"to a host of the lab's", w.vpc, "10.0.0.11:5", w.vpc, "10.0.0.20:90", false, false, "no interface"},
		{"the default group", w.vpc, "10.0.0.11:5", w.vpc, "10.0.0.13:443", false, false, "admits no"},
		{"a balancer without groups", w.vpc, "10.0.0.20:5", w.vpc, node, false, true, ""},
		{"to a peer", w.vpc, "10.0.0.11:5", vpc, "10.1.0.10:443", false, true, ""},
		{"to a peer's group", w.vpc, "10.0.0.17:5", vpc, "10.1.0.10:22", false, true, ""},
		{"to a peer's group, another port", w.vpc, "10.0.0.17:5", vpc, "10.1.0.10:23", false, false, "lets out no"},
		{"from a peer's group", vpc, "10.1.0.10:5", w.vpc, "10.0.0.10:22", false, true, ""},
		{"no VPC", vpc, "10.1.0.10:5", "vpc-0", "10.0.0.10:22", false, false, "no VPC"},
	} {
		ok, why := top.Admit(x.vpc, addrPort(x.src), x.to, addrPort(x.dst), x.ungrouped)
		if ok != x.ok || !strings.Contains(why, x.why) || ok != (why == "") {
			t.Errorf("%s: got %t, %q", x.name, ok, why)
		}
	}

	// The rules of a group of another VPC end with the connection.
	ps, _, err := w.DescribeVpcPeeringConnections(caller, nil, nil, state.Page{})
	w.ok(err)
	w.ok(w.DeleteVpcPeeringConnection(caller, ps[0].ID))
	if ok, _ := w.Topology().Admit(vpc, addrPort("10.1.0.10:5"), w.vpc, addrPort("10.0.0.10:22"), false); ok {
		t.Error("a stale rule admits")
	}

	// A balancer's interfaces carry its groups, and follow them.
	grouped, err := w.CreateLoadBalancer(caller, state.LoadBalancerInput{Name: "grouped", Type: "network", Scheme: "internal", Subnets: []state.SubnetMapping{{Subnet: w.subnets[0]}}, SecurityGroups: []string{client.ID}})
	w.ok(err)
	to := netip.AddrPortFrom(grouped.Zones[0].Addr, 443)
	if ok, _ := w.Topology().Admit(w.vpc, addrPort("10.0.0.20:5"), w.vpc, to, false); ok {
		t.Error("a group without rules admits")
	}
	allow(closed.ID, state.RuleInput{Protocol: "-1", CIDR: prefix("10.0.0.0/16")})
	_, err = w.SetSecurityGroups(caller, grouped.ARN, []string{closed.ID}, "")
	w.ok(err)
	if ok, why := w.Topology().Admit(w.vpc, addrPort("10.0.0.20:5"), w.vpc, to, false); !ok {
		t.Error(why)
	}
}

// wiring is a world of three VPCs, joined and grouped at random.
type wiring struct {
	*world
	vpcs   []string
	blocks []string
	groups []string
	nics   []state.Interface
}

func newWiring(t *rapid.T) *wiring {
	w := &wiring{world: newWorld(t, state.Options{Consistent: true, Seed: 1}), blocks: []string{"10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16"}}
	w.vpcs = []string{w.vpc}
	subnets := map[string][]string{w.vpc: w.subnets}
	for _, block := range w.blocks[1:] {
		vpc, subs := w.network(block, 20)
		w.vpcs = append(w.vpcs, vpc)
		subnets[vpc] = subs
	}
	var connections []string
	for i, pair := range [][2]int{{0, 1}, {1, 2}, {0, 2}} {
		if rapid.Bool().Draw(t, fmt.Sprint("joined", i)) {
			connections = append(connections, w.peer(w.vpcs[pair[0]], w.vpcs[pair[1]]))
		}
	}
	for _, vpc := range w.vpcs {
		w.groups = append(w.groups, w.securityGroup(vpc, "a").ID, w.securityGroup(vpc, "b").ID)
		own := w.table(vpc)
		if rapid.Bool().Draw(t, "associated") {
			_, err := w.AssociateRouteTable(caller, own.ID, subnets[vpc][1])
			w.ok(err)
		}
		for _, table := range w.tables(vpc) {
			for range rapid.IntRange(0, 4).Draw(t, "routes") {
				to := rapid.SampledFrom([]string{"0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16", "10.1.16.0/20", "10.2.0.0/24", "10.1.0.9/32", "10.0.0.0/20"}).Draw(t, "to")
				target := rapid.SampledFrom(append([]string{"nat-0123456789abcdef0"}, connections...)).Draw(t, "target")
				_ = w.CreateRoute(caller, table.ID, prefix(to), target) // refusals are part of it
			}
		}
	}
	for n, vpc := range w.vpcs {
		acl, err := w.CreateNetworkAcl(caller, vpc, nil)
		w.ok(err)
		for i := range rapid.IntRange(0, 4).Draw(t, "entries") {
			e := state.ACLEntry{Number: 10 + i, Egress: rapid.Bool().Draw(t, "egress"), Allow: rapid.Bool().Draw(t, "allow"), Protocol: rapid.SampledFrom([]string{"6", "-1", "17"}).Draw(t, "protocol"), From: rapid.IntRange(0, 9).Draw(t, "from")}
			e.To, e.CIDR = e.From+rapid.IntRange(0, 9).Draw(t, "span"), prefix(rapid.SampledFrom([]string{"0.0.0.0/0", "10.0.0.0/12", "10.1.0.0/16"}).Draw(t, "cidr"))
			w.ok(w.CreateNetworkAclEntry(caller, acl.ID, e))
		}
		if rapid.Bool().Draw(t, "filtered") {
			w.reacl(subnets[vpc][n%2], acl.ID)
		}
	}
	for range rapid.IntRange(0, 12).Draw(t, "rules") {
		in := state.RuleInput{Protocol: rapid.SampledFrom([]string{"tcp", "udp", "-1"}).Draw(t, "protocol"), From: rapid.IntRange(0, 3).Draw(t, "from")}
		in.To = in.From + rapid.IntRange(0, 2).Draw(t, "span")
		if rapid.Bool().Draw(t, "by group") {
			in.Peer = rapid.SampledFrom(w.groups).Draw(t, "peer")
		} else {
			in.CIDR = prefix(rapid.SampledFrom([]string{"0.0.0.0/0", "10.0.0.0/16", "10.1.0.0/20", "10.0.0.9/32", "10.2.0.9/32"}).Draw(t, "cidr"))
		}
		group := rapid.SampledFrom(w.groups).Draw(t, "group")
		if rapid.Bool().Draw(t, "egress") {
			_, _ = w.RevokeSecurityGroupEgress(caller, group, []state.RuleInput{{Protocol: "-1", CIDR: prefix("0.0.0.0/0")}}, nil)
			_, _ = w.AuthorizeSecurityGroupEgress(caller, group, []state.RuleInput{in}, nil)
		} else {
			_, _ = w.AuthorizeSecurityGroupIngress(caller, group, []state.RuleInput{in}, nil)
		}
	}
	for n, vpc := range w.vpcs {
		for i, host := range []int{9, 10, 11} {
			own := []string{w.groups[2*n], w.groups[2*n+1]}[:rapid.IntRange(0, 2).Draw(t, "groups")]
			w.nics = append(w.nics, w.nic(subnets[vpc][i%2], fmt.Sprintf("10.%d.%d.%d", n, 16*(i%2), host), own...))
		}
	}
	if len(connections) > 0 && rapid.Bool().Draw(t, "one goes") {
		w.ok(w.DeleteVpcPeeringConnection(caller, connections[0]))
	}
	return w
}

// routeByHand looks a destination up as EC2's listings describe the network:
// for each length of prefix, from the longest on, whether there is a route.
func (w *wiring) routeByHand(vpc string, src, dst netip.Addr) string {
	subnets, _, err := w.DescribeSubnets(caller, nil, []state.Filter{{Name: "vpc-id", Values: []string{vpc}}}, state.Page{})
	w.ok(err)
	filter := state.Filter{Name: "association.main", Values: []string{"true"}}
	for _, sub := range subnets {
		if sub.CIDR.Contains(src) {
			own, _, err := w.DescribeRouteTables(caller, nil, []state.Filter{{Name: "association.subnet-id", Values: []string{sub.ID}}}, state.Page{})
			w.ok(err)
			if len(own) > 0 {
				filter = state.Filter{Name: "route-table-id", Values: []string{own[0].ID}}
			}
		}
	}
	tables, _, err := w.DescribeRouteTables(caller, nil, []state.Filter{filter, {Name: "vpc-id", Values: []string{vpc}}}, state.Page{})
	w.ok(err)
	for bits := 32; bits >= 0; bits-- {
		for _, r := range tables[0].Routes {
			if r.Destination != netip.PrefixFrom(dst, bits).Masked() {
				continue
			}
			if r.Target == "local" {
				return vpc
			}
			ps, _, err := w.DescribeVpcPeeringConnections(caller, nil, []state.Filter{{Name: "vpc-peering-connection-id", Values: []string{r.Target}}}, state.Page{})
			w.ok(err)
			if len(ps) == 0 || ps[0].Status != "active" {
				return ""
			}
			other := ps[0].Requester
			if other.VPC == vpc {
				other = ps[0].Accepter
			}
			if other.CIDR.Contains(dst) {
				return other.VPC
			}
			return ""
		}
	}
	return ""
}

// admitByHand asks every rule of the listings.
func (w *wiring) admitByHand(src state.Interface, dst state.Interface, port int, ungrouped bool) bool {
	joined := src.VPC == dst.VPC
	ps, _, err := w.DescribeVpcPeeringConnections(caller, nil, nil, state.Page{})
	w.ok(err)
	for _, p := range ps {
		joined = joined || p.Status == "active" && slices.Contains([]string{p.Requester.VPC, p.Accepter.VPC}, src.VPC) && slices.Contains([]string{p.Requester.VPC, p.Accepter.VPC}, dst.VPC)
	}
	rules, _, err := w.DescribeSecurityGroupRules(caller, nil, nil, state.Page{})
	w.ok(err)
	out, in := false, false
	for _, r := range rules {
		if r.Protocol == "udp" || r.Protocol == "tcp" && (port < r.From || port > r.To) {
			continue
		}
		own, other, grouped := dst, src, !ungrouped
		if r.Egress {
			own, other, grouped = src, dst, true
		}
		if !slices.Contains(own.SecurityGroups, r.Group) {
			continue
		}
		match := r.CIDR.IsValid() && r.CIDR.Contains(other.Addr) || r.Peer != "" && joined && grouped && slices.Contains(other.SecurityGroups, r.Peer)
		out, in = out || match && r.Egress, in || match && !r.Egress
	}
	back := 9
	return out && in && (src.Subnet == dst.Subnet ||
		w.filterByHand(src, true, dst.Addr, port) && w.filterByHand(dst, false, src.Addr, port) &&
			w.filterByHand(dst, true, src.Addr, back) && w.filterByHand(src, false, dst.Addr, back))
}

// filterByHand asks the ACL of an interface's subnet, number by number.
func (w *wiring) filterByHand(at state.Interface, egress bool, other netip.Addr, port int) bool {
	as, _, err := w.DescribeNetworkAcls(caller, nil, []state.Filter{{Name: "association.subnet-id", Values: []string{at.Subnet}}}, state.Page{})
	w.ok(err)
	for number := range 33000 {
		for _, e := range as[0].Entries {
			if e.Number == number && e.Egress == egress && e.Protocol != "17" && e.CIDR.Contains(other) && (e.Protocol == "-1" || port >= e.From && port <= e.To) {
				return e.Allow
			}
		}
	}
	return false
}

func TestTopologyAgainstListings(t *testing.T) {
	routes, passed := map[bool]int{}, map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		w := newWiring(t)
		top := w.Topology()
		for range 20 {
			src, dst := rapid.SampledFrom(w.nics).Draw(t, "src"), rapid.SampledFrom(w.nics).Draw(t, "dst")
			to, why := top.Route(src.VPC, src.Addr, dst.Addr)
			if want := w.routeByHand(src.VPC, src.Addr, dst.Addr); to != want {
				t.Fatalf("from %s to %s: got %q (%s), want %q", src.Addr, dst.Addr, to, why, want)
			}
			routes[to != ""]++
			port, ungrouped := rapid.IntRange(0, 5).Draw(t, "port"), rapid.Bool().Draw(t, "ungrouped")
			ok, why := top.Admit(src.VPC, netip.AddrPortFrom(src.Addr, 9), dst.VPC, netip.AddrPortFrom(dst.Addr, uint16(port)), ungrouped)
			if want := w.admitByHand(src, dst, port, ungrouped); ok != want {
				t.Fatalf("from %s to %s port %d, ungrouped %t: got %t (%s)", src.Addr, dst.Addr, port, ungrouped, ok, why)
			}
			passed[ok]++
		}
	})
	least := 50
	if testing.Short() {
		least = 5 // rapid tries a fifth
	}
	if min(routes[true], routes[false], passed[true], passed[false]) < least {
		t.Errorf("hardly anything was tried: routes %v, admitted %v", routes, passed)
	}
}

// BenchmarkTopology is of 200 clusters, each in a VPC of its own with its link;
// half of the VPCs are peered with one more.
func BenchmarkTopology(b *testing.B) {
	w := newWorld(b, state.Options{Consistent: true})
	vpc, subnets := w.vpc, w.subnets
	for i := range 200 {
		other, subs := w.network(fmt.Sprintf("10.%d.0.0/16", i+1), 20)
		w.vpc, w.subnets = other, subs
		w.cluster(fmt.Sprint("c", i), subs...)
		w.link(fmt.Sprint("c", i))
		if i < 100 {
			w.ok(w.CreateRoute(caller, w.tables(vpc)[0].ID, prefix(fmt.Sprintf("10.%d.0.0/16", i+1)), w.peer(vpc, other)))
		}
	}
	w.Settle()
	i := w.nic(subnets[0], "10.0.0.9")
	b.Run("make", func(b *testing.B) {
		for b.Loop() {
			w.ok(w.CreateTags(caller, []string{i.ID}, nil)) // a change
			w.Topology()
		}
	})
	top := w.Topology()
	b.Run("same", func(b *testing.B) {
		for b.Loop() {
			w.Topology()
		}
	})
	b.Run("route", func(b *testing.B) {
		for b.Loop() {
			if to, why := top.Route(vpc, addr("10.0.0.9"), addr("10.77.0.9")); to == "" {
				b.Fatal(why)
			}
		}
	})
	b.Run("admit", func(b *testing.B) {
		for b.Loop() {
			if ok, why := top.Admit(vpc, addrPort("10.0.0.9:1"), vpc, addrPort("10.0.0.9:443"), false); !ok {
				b.Fatal(why)
			}
		}
	})
}
