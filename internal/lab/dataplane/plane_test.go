package dataplane_test

import (
	"errors"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"postern/internal/lab/dataplane"
	"postern/internal/lab/fabric"
	"postern/internal/lab/state"
)

// failed checks at which hop a dial failed, how, and what the text says.
func (w *world) failed(err error, kind fabric.Kind, hop dataplane.Hop, text string) {
	w.t.Helper()
	e, ok := errors.AsType[*fabric.DialError](err)
	if !ok {
		w.t.Fatalf("dial gave %v, want it to fail at hop %s", err, hop)
	}
	if e.Kind != kind || dataplane.HopOf(err) != hop || !strings.Contains(e.Why, text) {
		w.t.Errorf("dial failed by %s: %s\nwant %s at hop %s with %q", e.Kind, e.Why, kind, hop, text)
	}
}

// TestThroughNode: a connection to a load balancer's node reaches a healthy
// target, which takes the node for its client.
func TestThroughNode(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 600)
	w.cluster("prod")
	group, lb := w.link("prod", w.subnets)
	w.run()
	serving := w.Serving(account, region, "prod")
	w.register(group, serving...)
	w.awaitStates(group, "healthy healthy")

	for _, z := range lb.Zones[:2] {
		c, server, remote := w.reach(w.vpc, z.Addr)
		if !strings.HasPrefix(server, "prod/") {
			t.Errorf("%s answered", server)
		}
		if at, err := netip.ParseAddrPort(remote); err != nil || at.Addr() != z.Addr {
			t.Errorf("the server saw %s, want the node %s", remote, z.Addr)
		}
		w.ok(c.ping(patience))
	}
}

// TestZones: without cross-zone balancing a node uses the targets of its zone
// alone.
func TestZones(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 600)
	w.cluster("prod", w.subnets[0], w.subnets[1])
	group, lb := w.link("prod", w.subnets)
	w.run()
	w.register(group, w.Serving(account, region, "prod")...)
	w.awaitStates(group, "healthy healthy")

	in := map[string]netip.Addr{}
	for _, i := range w.interfacesOf("prod") {
		in[i.ZoneID] = i.Addr
	}
	for _, z := range lb.Zones[:2] {
		for range 8 {
			if _, server, _ := w.reach(w.vpc, z.Addr); server != "prod/"+in[z.ZoneID].String() {
				t.Errorf("%s answered at the node of zone %s, want %s", server, z.ZoneID, in[z.ZoneID])
			}
		}
	}
	_, err := w.dial(w.vpc, lb.Zones[2].Addr, 443, time.Second)
	w.failed(err, fabric.KindTimeout, dataplane.HopNode, "no target in service in zone "+lb.Zones[2].ZoneID)

	_, err = w.ModifyLoadBalancerAttributes(caller, lb.ARN, map[string]string{"load_balancing.cross_zone.enabled": "true"})
	w.ok(err)
	w.Sync()
	seen := map[string]bool{}
	for range 32 {
		_, server, _ := w.reach(w.vpc, lb.Zones[2].Addr)
		seen[server] = true
	}
	if len(seen) != 2 {
		t.Errorf("across zones, %v answered, want both", seen)
	}
}

func (w *world) interfacesOf(cluster string) []state.Interface {
	w.t.Helper()
	is, _, err := w.DescribeNetworkInterfaces(caller, state.InterfaceQuery{Filters: []state.Filter{{Name: "description", Values: []string{"Amazon EKS " + cluster}}}})
	w.ok(err)
	return is
}

// TestChecksConnect: a target is healthy when a connection to it opens, with
// the load balancer's security groups, and not before or otherwise.
func TestChecksConnect(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 600)
	cl := w.cluster("prod")
	lbGroup, err := w.CreateSecurityGroup(caller, state.SecurityGroupInput{VPC: w.vpc, Name: "lb", Description: "lb"})
	w.ok(err)
	other, err := w.CreateSecurityGroup(caller, state.SecurityGroupInput{VPC: w.vpc, Name: "other", Description: "other"})
	w.ok(err)
	_, err = w.RevokeSecurityGroupIngress(caller, cl.ClusterSecurityGroup, []state.RuleInput{{Protocol: "tcp", From: 443, To: 443, CIDR: netip.MustParsePrefix("10.0.0.0/8")}}, nil)
	w.ok(err)
	w.admit(cl.ClusterSecurityGroup, state.RuleInput{Peer: other.ID})
	group, lb := w.link("prod", w.subnets, func(_ *state.TargetGroupInput, in *state.LoadBalancerInput) { in.SecurityGroups = []string{lbGroup.ID} })
	w.run()
	w.register(group, w.Serving(account, region, "prod")[0])
	w.awaitStates(group, "unhealthy")

	// Unhealthy is all there is: the node fails open, and names what is missing.
	w.admit(lbGroup.ID, state.RuleInput{CIDR: netip.MustParsePrefix("10.0.0.0/8")})
	_, err = w.ModifyLoadBalancerAttributes(caller, lb.ARN, map[string]string{"load_balancing.cross_zone.enabled": "true"})
	w.ok(err)
	w.Sync()
	_, err = w.dial(w.vpc, lb.Zones[0].Addr, 443, 5*time.Second)
	w.failed(err, fabric.KindTimeout, dataplane.HopSecurityGroup, cl.ClusterSecurityGroup+" of ")

	w.admit(cl.ClusterSecurityGroup, state.RuleInput{Peer: lbGroup.ID})
	w.awaitStates(group, "healthy")
	w.reach(w.vpc, lb.Zones[0].Addr)
}

// TestUnhealthyIsCut: by default the connections of a target are reset when it
// becomes unhealthy, and stay where that is off.
func TestUnhealthyIsCut(t *testing.T) {
	t.Parallel()
	for _, terminate := range []string{"true", "false"} {
		t.Run(terminate, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 600)
			cl := w.cluster("prod")
			group, lb := w.link("prod", w.subnets)
			_, err := w.ModifyTargetGroupAttributes(caller, group, map[string]string{
				"target_health_state.unhealthy.connection_termination.enabled": terminate, "load_balancing.cross_zone.enabled": "true",
			})
			w.ok(err)
			w.run()
			w.register(group, w.Serving(account, region, "prod")...)
			w.awaitStates(group, "healthy healthy")
			c, _, _ := w.reach(w.vpc, lb.Zones[0].Addr)

			w.set(cl.ARN, true)
			w.awaitStates(group, "unhealthy unhealthy")
			if terminate == "true" {
				if err := c.ended(); !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("the connection ended with %v, want a reset", err)
				}
				return
			}
			w.Sync()
			w.ok(c.ping(patience))
		})
	}
}

// TestDeregistered: a draining target gets no new connections and keeps its old
// ones; when the delay is over these are reset, if that is asked for.
func TestDeregistered(t *testing.T) {
	t.Parallel()
	for _, terminate := range []string{"true", "false"} {
		t.Run(terminate, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 100)
			w.cluster("prod")
			group, lb := w.link("prod", w.subnets)
			_, err := w.ModifyTargetGroupAttributes(caller, group, map[string]string{
				"deregistration_delay.connection_termination.enabled": terminate, "load_balancing.cross_zone.enabled": "true",
			})
			w.ok(err)
			w.run()
			serving := w.Serving(account, region, "prod")
			w.register(group, serving[0])
			w.awaitStates(group, "healthy")
			c, was, _ := w.reach(w.vpc, lb.Zones[0].Addr)
			w.register(group, serving[1])
			w.awaitStates(group, "healthy healthy")

			w.ok(w.DeregisterTargets(caller, group, []state.Target{{ID: serving[0].String()}}))
			w.Sync()
			if got := w.states(group); got != "draining healthy" {
				t.Fatalf("targets are %q", got)
			}
			w.ok(c.ping(patience))
			for range 8 {
				if _, server, _ := w.reach(w.vpc, lb.Zones[0].Addr); server == was {
					t.Errorf("%s answered, which is draining", server)
				}
			}
			stays, _, _ := w.reach(w.vpc, lb.Zones[0].Addr)
			w.awaitStates(group, "healthy")
			if terminate == "true" {
				if err := c.ended(); !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("the connection ended with %v, want a reset", err)
				}
				w.ok(stays.ping(patience)) // it has the other target
				return
			}
			w.Sync()
			w.ok(c.ping(patience))
		})
	}
}

// TestRouteGone: connections follow the routes of now: one whose route goes is
// silent from then on.
func TestRouteGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 600)
	w.cluster("prod")
	other, _ := w.network(caller, "10.101.0.0/16")
	pc, err := w.CreateVpcPeeringConnection(caller, state.PeeringInput{VPC: w.vpc, PeerVPC: other})
	w.ok(err)
	_, err = w.AcceptVpcPeeringConnection(caller, pc.ID)
	w.ok(err)
	w.Settle()
	tables, _, err := w.DescribeRouteTables(caller, nil, nil, state.Page{})
	w.ok(err)
	var table string
	blocks := map[string]netip.Prefix{w.vpc: netip.MustParsePrefix("10.101.0.0/16"), other: netip.MustParsePrefix("10.0.0.0/16")}
	for _, rt := range tables {
		w.ok(w.CreateRoute(caller, rt.ID, blocks[rt.VPC], pc.ID))
		if rt.VPC == other {
			table = rt.ID
		}
	}
	w.run()
	at := w.Serving(account, region, "prod")[0]
	c, _, _ := w.reach(other, at)
	w.ok(c.ping(patience))
	w.ok(w.DeleteRoute(caller, table, blocks[other]))
	w.Sync()
	if err := c.ping(quiet); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("without a route the connection met %v, want silence", err)
	}
	_, err = w.dial(other, at, 443, quiet)
	w.failed(err, fabric.KindTimeout, dataplane.HopRoute, "no route to "+at.String())
	w.ok(w.CreateRoute(caller, table, blocks[other], pc.ID))
	w.Sync()
	w.reach(other, at)
}
