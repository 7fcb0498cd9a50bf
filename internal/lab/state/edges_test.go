package state_test

import (
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/lab/state"
)

// Rules that are seen only beside another: with a second group, while something
// is under way, at another speed.

func TestProvisioning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{})
		lb := w.balancer("prod", w.subnets...)
		for _, x := range []struct {
			after time.Duration
			want  string
		}{{119 * time.Second, "provisioning"}, {time.Second, "active"}} {
			time.Sleep(x.after)
			now, _, err := w.DescribeLoadBalancers(caller, []string{lb.ARN}, nil, state.Page{})
			w.ok(err)
			if now[0].State != x.want {
				t.Errorf("after %s more it is %s, want %s", x.after, now[0].State, x.want)
			}
		}
	})
}

// A target's times are AWS's, divided by the speed.
func TestTargetSpeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{Speed: 60, ExternalHealth: true})
		g, _, _ := w.link("prod")
		w.Settle()
		w.pass(g, w.place(w.subnets[0]))
		time.Sleep(1990 * time.Millisecond)
		if got := w.health(g)[0]; got != checking {
			t.Errorf("too early it is %s", got)
		}
		time.Sleep(10 * time.Millisecond)
		if got := w.health(g)[0]; got != healthy {
			t.Errorf("after 120 s at that speed it is %s", got)
		}
	})
}

// nic makes an interface and returns its address.
func (w *world) place(subnet string) netip.Addr {
	w.t.Helper()
	i, err := w.CreateNetworkInterface(caller, state.InterfaceInput{Subnet: subnet})
	w.ok(err)
	return i.Addr
}

// pass registers an address, whose checks pass.
func (w *world) pass(group string, a netip.Addr) {
	w.t.Helper()
	w.register(group, a)
	w.ReportHealth(group, state.Target{ID: a.String()}, true)
}

// Checks that pass change nothing about a target that drains.
func TestDrainingPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{ExternalHealth: true})
		g, _, _ := w.link("prod")
		w.Settle()
		a := w.place(w.subnets[0])
		w.pass(g, a)
		time.Sleep(5 * time.Minute)
		w.ok(w.DeregisterTargets(caller, g, targets(a)))
		w.ReportHealth(g, state.Target{ID: a.String()}, true)
		time.Sleep(299 * time.Second)
		if got := fmt.Sprint(w.health(g)); got != "["+draining+"]" {
			t.Errorf("before the delay is over: %s", got)
		}
		time.Sleep(time.Second)
		if got := fmt.Sprint(w.health(g)); got != "[]" {
			t.Errorf("after it: %s", got)
		}
	})
}

// A target outside the VPC may be one of all zones: then each of them has a
// healthy one, whatever zone has one of its own.
func TestNameWithTargetOfAllZones(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{ExternalHealth: true})
		g, lb, _ := w.link("prod")
		w.Settle()
		x := state.Target{ID: "10.200.0.9", Zone: "all"}
		w.ok(w.RegisterTargets(caller, g, []state.Target{x}))
		w.ReportHealth(g, x, true)
		w.pass(g, w.place(w.subnets[0]))
		time.Sleep(5 * time.Minute)
		if got := fmt.Sprint(w.health(g)); got != "[healthy healthy]" {
			t.Fatalf("they are %s", got)
		}
		w.expectName(lb, "a target of all zones", fmt.Sprint(addrsOf(lb.Zones...)))
	})
}

// With two groups that are healthy in different zones, no zone is: then all
// remain, in the load balancer's name and for endpoints of other regions. A
// group without any healthy target counts for nothing.
func TestTwoGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{ExternalHealth: true, Consistent: true})
		one, lb, _ := w.link("one")
		two := w.group("two")
		_, err := w.CreateListener(caller, state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 6443, Groups: []string{two}})
		w.ok(err)
		v := w.service(false, []string{anyone}, lb.ARN)
		w.ok(w.ModifyVpcEndpointServiceConfiguration(caller, v.ID, state.EndpointServiceChange{AddRegions: []string{"us-east-1"}}))
		far := w.consumer(state.Caller{Account: "111111111111", Region: "us-east-1"}, "10.102.0.0/20")
		e, err := w.CreateVpcEndpoint(far.Caller, state.EndpointInput{Type: "Interface", VPC: far.vpc, ServiceName: v.Name, ServiceRegion: region, Subnets: []state.SubnetMapping{{Subnet: far.subnets[5]}}})
		w.ok(err)
		w.Settle()
		nodes := func() int {
			seen := map[netip.Addr]bool{}
			for i := range 30 {
				entry, why := w.Topology().EnterService(far.vpc, e.Interfaces[0].Addr, netip.AddrFrom4([4]byte{10, 100, 0, byte(i)}), 443)
				if why != "" {
					t.Fatal(why)
				}
				seen[entry.Node] = true
			}
			return len(seen)
		}
		w.pass(one, w.place(w.subnets[0]))
		w.register(two, w.place(w.subnets[1]))
		time.Sleep(5 * time.Minute)
		w.expectName(lb, "the other group has no healthy target", fmt.Sprint(addrsOf(lb.Zones[0])))
		if n := nodes(); n != 1 {
			t.Errorf("from afar to %d nodes, want the one in the healthy zone", n)
		}
		w.pass(two, w.place(w.subnets[1]))
		time.Sleep(5 * time.Minute)
		w.expectName(lb, "no zone is healthy for both", fmt.Sprint(addrsOf(lb.Zones...)))
		if n := nodes(); n != 3 {
			t.Errorf("from afar to %d nodes, want all", n)
		}
	})
}

// A load balancer keeps its zones as long as an endpoint is connected to it,
// and its groups' rules that name a group admit no client of PrivateLink.
func TestConnectedBalancer(t *testing.T) {
	p := newPath(t)
	_, err := p.AuthorizeSecurityGroupIngress(caller, p.group, []state.RuleInput{{Protocol: "tcp", From: 443, To: 443, Peer: p.group}}, nil)
	p.ok(err)
	p.expect("a rule for the group itself", "admits TCP 443 from 10.100.0.5")
	shrink := func() error {
		_, err := p.SetSubnets(caller, p.lb.ARN, []state.SubnetMapping{{Subnet: p.subnets[0]}, {Subnet: p.subnets[1]}})
		return err
	}
	p.refused("with an endpoint", shrink(), "InvalidConfigurationRequest")
	p.DeleteVpcEndpoints(p.hub.Caller, []string{p.e.ID})
	p.Settle()
	p.ok(shrink())
}

// Acceptance is asked for unless it is said to be automatic, and who is
// rejected while pending is not available later.
func TestAcceptance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{Consistent: true})
		lb := w.balancer("prod", w.subnets...)
		v, err := w.CreateVpcEndpointServiceConfiguration(caller, state.EndpointServiceInput{LoadBalancers: []string{lb.ARN}})
		w.ok(err)
		_, err = w.ModifyVpcEndpointServicePermissions(caller, v.ID, []string{anyone}, nil)
		w.ok(err)
		w.Settle()
		hub := w.consumer(hubAccount, "10.101.0.0/20")
		e := w.ok2(w.endpoint(hub, v.Name, hub.subnets[0]))
		if e.State != "pendingAcceptance" {
			t.Errorf("made, it is %s", e.State)
		}
		_, err = w.AcceptVpcEndpointConnections(caller, v.ID, []string{e.ID})
		w.ok(err)
		if got := w.endpointNow(hub, e.ID).State; got != "pending" {
			t.Errorf("accepted, it is %s", got)
		}
		_, err = w.RejectVpcEndpointConnections(caller, v.ID, []string{e.ID})
		w.ok(err)
		time.Sleep(time.Hour)
		if got := w.endpointNow(hub, e.ID).State; got != "rejected" {
			t.Errorf("rejected while pending, it is %s", got)
		}
	})
}

// A listener with an idle timeout of its own keeps a service in its region.
func TestIdleTimeoutAcrossRegions(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	_, lb, l := w.link("prod")
	_, err := w.ModifyListenerAttributes(caller, l.ARN, map[string]string{"tcp.idle_timeout.seconds": "60"})
	w.ok(err)
	_, err = w.CreateVpcEndpointServiceConfiguration(caller, state.EndpointServiceInput{LoadBalancers: []string{lb.ARN}, Regions: []string{"us-east-1"}})
	w.refused("its own timeout", err, "InvalidParameter")
	_, err = w.ModifyListenerAttributes(caller, l.ARN, map[string]string{"tcp.idle_timeout.seconds": "350"})
	w.ok(err)
	_, err = w.CreateVpcEndpointServiceConfiguration(caller, state.EndpointServiceInput{LoadBalancers: []string{lb.ARN}, Regions: []string{"us-east-1"}})
	w.ok(err)
}
