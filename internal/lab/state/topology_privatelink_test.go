package state_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/state"
)

// A path is a service behind a load balancer with a security group, and an
// endpoint to it in two of its three zones.
type path struct {
	*world
	lb    state.LoadBalancer
	group string // the load balancer's security group
	v     state.EndpointService
	hub   consumer
	e     state.Endpoint
}

func newPath(t *testing.T) *path {
	t.Helper()
	w := newWorld(t, state.Options{Consistent: true})
	g, err := w.CreateSecurityGroup(caller, state.SecurityGroupInput{VPC: w.vpc, Name: "link", Description: "link"})
	w.ok(err)
	in := state.LoadBalancerInput{Name: "prod", Type: "network", Scheme: "internal", SecurityGroups: []string{g.ID}}
	for _, id := range w.subnets {
		in.Subnets = append(in.Subnets, state.SubnetMapping{Subnet: id})
	}
	lb, err := w.CreateLoadBalancer(caller, in)
	w.ok(err)
	_, err = w.CreateListener(caller, state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 443, Groups: []string{w.group("prod")}})
	w.ok(err)
	p := &path{world: w, lb: lb, group: g.ID, v: w.service(false, []string{anyone}, lb.ARN), hub: w.consumer(hubAccount, "10.101.0.0/20")}
	p.e = w.ok2(w.endpoint(p.hub, p.v.Name, p.hub.subnets[:2]...))
	w.Settle()
	return p
}

var client = netip.MustParseAddr("10.100.0.5")

// enter asks for the first interface, from the client, to port 443.
func (p *path) enter() (state.Entry, string) {
	return p.Topology().EnterService(p.hub.vpc, p.e.Interfaces[0].Addr, client, 443)
}

// expect fails the test unless the way is barred with these words; none: it is
// open.
func (p *path) expect(when, why string) {
	p.t.Helper()
	e, got := p.enter()
	if why == "" && got != "" || !strings.Contains(got, why) || (got == "") != e.Node.IsValid() {
		p.t.Fatalf("%s: got %q, %+v, want %q", when, got, e, why)
	}
}

func (p *path) admit(cidr string) {
	p.t.Helper()
	_, err := p.AuthorizeSecurityGroupIngress(caller, p.group, []state.RuleInput{{Protocol: "tcp", From: 443, To: 443, CIDR: prefix(cidr)}}, nil)
	p.ok(err)
}

func TestEnterService(t *testing.T) {
	p := newPath(t)
	p.expect("no rule", "no security group of load balancer prod ("+p.group+") admits TCP 443 from 10.100.0.5")
	p.admit("10.101.0.0/16")
	p.expect("the endpoint's address does not count, the client's does", "admits TCP 443 from 10.100.0.5")
	p.admit("10.100.0.0/16")
	p.expect("admitted", "")

	// Each interface leads to the node in its own zone, by the zone's ID.
	for _, i := range p.e.Interfaces {
		e, why := p.Topology().EnterService(p.hub.vpc, i.Addr, client, 443)
		at := slices.IndexFunc(p.lb.Zones, func(z state.LBZone) bool { return z.ZoneID == i.ZoneID })
		want := state.Entry{Endpoint: p.e.ID, Service: p.v.ID, LoadBalancer: p.lb.ARN, ZoneID: i.ZoneID, Node: p.lb.Zones[at].Addr, VPC: p.vpc}
		if diff := cmp.Diff(want, e, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" || why != "" {
			t.Errorf("%s: %s %s", i.ZoneID, why, diff)
		}
	}
	if _, why := p.Topology().EnterService(p.hub.vpc, p.e.Interfaces[0].Addr, client, 80); !strings.Contains(why, "no TCP listener on port 80") {
		t.Error(why)
	}
	if _, why := p.Topology().EnterService(p.vpc, p.e.Interfaces[0].Addr, client, 443); !strings.Contains(why, "no address of an endpoint in "+p.vpc) {
		t.Error(why)
	}
	if entry, _ := p.enter(); entry.Ungrouped {
		t.Error("enforced, and yet ungrouped")
	}

	// Enforcement off: the client's address no longer matters, and the load
	// balancer's group counts no more at the target.
	_, err := p.SetSecurityGroups(caller, p.lb.ARN, []string{p.group}, "off")
	p.ok(err)
	if entry, why := p.Topology().EnterService(p.hub.vpc, p.e.Interfaces[0].Addr, netip.MustParseAddr("192.0.2.1"), 443); why != "" || !entry.Ungrouped {
		t.Errorf("%s %+v", why, entry)
	}

	// An older topology keeps what it knew; a new one follows.
	old := p.Topology()
	_, err = p.RejectVpcEndpointConnections(caller, p.v.ID, []string{p.e.ID})
	p.ok(err)
	p.expect("rejected", "is rejected")
	if _, why := old.EnterService(p.hub.vpc, p.e.Interfaces[0].Addr, client, 443); why != "" || old.Version() >= p.Topology().Version() {
		t.Errorf("the old one says %q", why)
	}
	_, err = p.AcceptVpcEndpointConnections(caller, p.v.ID, []string{p.e.ID})
	p.ok(err)
	p.expect("accepted again", "is pending")
	p.Settle()
	p.expect("available again", "")
	p.DeleteVpcEndpoints(p.hub.Caller, []string{p.e.ID})
	p.expect("deleting", "is deleting")
	p.Settle()
	p.expect("gone", "no address of an endpoint")
}

// From another region every node will do: the same one for the same client.
func TestEnterServiceFromAfar(t *testing.T) {
	p := newPath(t)
	p.admit("10.0.0.0/8")
	p.ok(p.ModifyVpcEndpointServiceConfiguration(caller, p.v.ID, state.EndpointServiceChange{AddRegions: []string{"us-east-1"}}))
	far := p.consumer(state.Caller{Account: "111111111111", Region: "us-east-1"}, "10.102.0.0/20")
	e, err := p.CreateVpcEndpoint(far.Caller, state.EndpointInput{Type: "Interface", VPC: far.vpc, ServiceName: p.v.Name, ServiceRegion: region, Subnets: []state.SubnetMapping{{Subnet: far.subnets[5]}}})
	p.ok(err)
	p.Settle()
	nodes := map[netip.Addr]bool{}
	for i := range 30 {
		from := netip.AddrFrom4([4]byte{10, 100, 0, byte(i)})
		one, why := p.Topology().EnterService(far.vpc, e.Interfaces[0].Addr, from, 443)
		two, _ := p.Topology().EnterService(far.vpc, e.Interfaces[0].Addr, from, 443)
		if why != "" || one != two {
			t.Fatalf("%s: %+v, %+v", why, one, two)
		}
		nodes[one.Node] = true
	}
	if len(nodes) != 3 {
		t.Errorf("%d nodes", len(nodes))
	}

	// Once a zone has a healthy target, those without get nothing from afar.
	p.cluster("prod")
	p.Settle()
	target := p.plane(caller, "prod")[0]
	p.register(p.Topology().Balancers()[0].Listeners[0].Groups[0].ARN, target.Addr)
	p.Settle()
	for i := range 30 {
		entry, why := p.Topology().EnterService(far.vpc, e.Interfaces[0].Addr, netip.AddrFrom4([4]byte{10, 100, 0, byte(i)}), 443)
		if why != "" || entry.ZoneID != target.ZoneID {
			t.Fatalf("%s: %+v, the target is in %s", why, entry, target.ZoneID)
		}
	}
}

// What a load balancer does, and its targets of now without a new topology.
func TestBalancerView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{Consistent: true, ExternalHealth: true})
		g, lb, l := w.link("prod")
		eni, err := w.CreateNetworkInterface(caller, state.InterfaceInput{Subnet: w.subnets[1]})
		w.ok(err)
		top := w.Topology()
		states := func() []string {
			var out []string
			v, ok := top.Balancer(lb.ARN)
			if !ok || len(v.Listeners) != 1 || len(v.Listeners[0].Groups) != 1 {
				t.Fatalf("got %+v", v)
			}
			for _, x := range v.Listeners[0].Groups[0].Targets {
				if x.Addr != eni.Addr || x.ZoneID != eni.ZoneID && x.ZoneID != "" || x.Port != 443 && x.Port != 80 {
					t.Errorf("got %+v", x)
				}
				out = append(out, x.State)
			}
			return out
		}
		step := func(when string, want ...string) {
			t.Helper()
			if got := states(); !slices.Equal(got, want) {
				t.Errorf("%s: got %v, want %v", when, got, want)
			}
		}
		step("before")
		w.register(g, eni.Addr)
		step("registered", "initial")
		w.ReportHealth(g, state.Target{ID: eni.Addr.String()}, true)
		time.Sleep(10 * time.Minute)
		w.Settle()
		step("healthy", "healthy")
		w.ok(w.RegisterTargets(caller, g, []state.Target{{ID: eni.Addr.String(), Port: 80}}))
		step("another port", "healthy", "initial")
		w.ok(w.DeregisterTargets(caller, g, []state.Target{{ID: eni.Addr.String()}}))
		step("draining", "draining", "initial")
		w.Settle()
		step("gone", "initial")

		v, _ := w.Topology().Balancer(lb.ARN)
		gv := v.Listeners[0].Groups[0]
		if v.Listeners[0].Port != 443 || v.Listeners[0].ARN != l.ARN || v.Listeners[0].IdleTimeout != 350*time.Second || v.Enforce ||
			gv.CrossZone || gv.TerminateOnDeregistration || !gv.TerminateOnUnhealthy || gv.DeregistrationDelay != 300*time.Second || len(v.Nodes) != 3 || gv.HealthCheck.Protocol != "TCP" {
			t.Errorf("got %+v", v)
		}
		_, err = w.ModifyTargetGroupAttributes(caller, g, map[string]string{"deregistration_delay.connection_termination.enabled": "true", "load_balancing.cross_zone.enabled": "true"})
		w.ok(err)
		_, err = w.ModifyListenerAttributes(caller, l.ARN, map[string]string{"tcp.idle_timeout.seconds": "60"})
		w.ok(err)
		v = w.Topology().Balancers()[0]
		if gv := v.Listeners[0].Groups[0]; !gv.CrossZone || !gv.TerminateOnDeregistration || v.Listeners[0].IdleTimeout != time.Minute {
			t.Errorf("got %+v", v)
		}
		w.ok(w.DeleteLoadBalancer(caller, lb.ARN))
		if _, ok := w.Topology().Balancer(lb.ARN); ok {
			t.Error("still there")
		}
		w.ok(w.DeleteTargetGroup(caller, g))
		if got := top.Targets(g); got != nil {
			t.Errorf("got %v", got)
		}
	})
}

func TestSetSubnets(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	g, lb, _ := w.link("prod")
	eni, err := w.CreateNetworkInterface(caller, state.InterfaceInput{Subnet: w.subnets[2]})
	w.ok(err)
	w.register(g, eni.Addr)
	another, err := w.CreateSubnet(caller, state.SubnetInput{VPC: w.vpc, CIDR: prefix("10.0.200.0/24"), ZoneID: w.zones[0].ID})
	w.ok(err)
	small, err := w.CreateSubnet(caller, state.SubnetInput{VPC: w.vpc, CIDR: prefix("10.0.201.0/28"), ZoneID: w.zones[2].ID})
	w.ok(err)
	for range 5 {
		_, err := w.CreateNetworkInterface(caller, state.InterfaceInput{Subnet: small.ID})
		w.ok(err)
	}
	_, elsewhere := w.network("10.9.0.0/16", 20)
	set := func(ids ...string) error {
		var ms []state.SubnetMapping
		for _, id := range ids {
			ms = append(ms, state.SubnetMapping{Subnet: id})
		}
		_, err := w.SetSubnets(caller, lb.ARN, ms)
		return err
	}
	w.refused("none", set(), "ValidationError")
	w.refused("no such", set("subnet-0"), "SubnetNotFound")
	w.refused("another VPC", set(elsewhere...), "InvalidConfigurationRequest")
	w.refused("another subnet of a zone", set(another.ID), "InvalidConfigurationRequest")
	w.refused("two in a zone", set(w.subnets[0], another.ID), "InvalidConfigurationRequest")
	w.refused("another load balancer", func() error {
		_, err := w.SetSubnets(caller, lb.ARN+"0", nil)
		return err
	}(), "LoadBalancerNotFound")
	w.ok(set(w.subnets[0], w.subnets[1]))
	now, _, err := w.DescribeLoadBalancers(caller, []string{lb.ARN}, nil, state.Page{})
	w.ok(err)
	if !slices.Equal(now[0].Zones, lb.Zones[:2]) {
		t.Errorf("got %+v", now[0].Zones)
	}
	if got := w.health(g); !slices.Equal(got, []string{"unused Target.NotInUse"}) {
		t.Errorf("a target without a zone: %v", got)
	}
	w.refused("eight addresses free", set(w.subnets[0], w.subnets[1], small.ID), "InvalidSubnet")
	w.ok(set(w.subnets[2], w.subnets[0], w.subnets[1]))
	if got := w.health(g); !slices.Equal(got, []string{"initial Elb.RegistrationInProgress"}) {
		t.Errorf("its zone is back: %v", got)
	}
	is, _, err := w.DescribeNetworkInterfaces(caller, state.InterfaceQuery{Filters: []state.Filter{{Name: "interface-type", Values: []string{"network_load_balancer"}}}})
	w.ok(err)
	if len(is) != 3 || !strings.HasPrefix(is[2].Description, "ELB net/prod/") {
		t.Errorf("%d interfaces, %+v", len(is), is)
	}
}

// A zone that is out leaves the names of load balancers and endpoints, but for
// its own, also where cross-zone balancing finds healthy targets elsewhere.
func TestZoneLeavesNames(t *testing.T) {
	p := newPath(t)
	_, err := p.ModifyLoadBalancerAttributes(caller, p.lb.ARN, map[string]string{"load_balancing.cross_zone.enabled": "true"})
	p.ok(err)
	p.cluster("prod")
	p.Settle()
	for _, i := range p.plane(caller, "prod") {
		p.register(p.Topology().Balancers()[0].Listeners[0].Groups[0].ARN, i.Addr)
	}
	p.Settle()
	has := func(when, name string, want ...netip.Addr) {
		t.Helper()
		slices.SortFunc(want, netip.Addr.Compare)
		if got := p.Resolve(state.View{}, name).Addrs; !slices.Equal(got, want) {
			t.Errorf("%s: %s has %v, want %v", when, name, got, want)
		}
	}
	out, left := p.e.Interfaces[0], p.e.Interfaces[1]
	var all, others []netip.Addr
	for _, z := range p.lb.Zones {
		if all = append(all, z.Addr); z.ZoneID != out.ZoneID {
			others = append(others, z.Addr)
		}
	}
	has("before", p.lb.DNSName, all...)
	p.BreakZone(out.ZoneID, true)
	p.Settle()
	has("one is out", p.lb.DNSName, others...)
	has("one is out", p.e.DNSName, left.Addr)
	has("one is out", out.DNSName, out.Addr)
	for _, z := range p.lb.Zones {
		p.BreakZone(z.ZoneID, true)
	}
	p.Settle()
	has("all are out", p.lb.DNSName, all...)
	has("all are out", p.e.DNSName, out.Addr, left.Addr)
}
