package dataplane_test

import (
	"errors"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"postern/internal/lab/dataplane"
	"postern/internal/lab/fabric"
	"postern/internal/lab/state"
)

// move starts a move of a cluster and follows it.
func (w *world) move(cluster string, kind state.MoveKind, to string) state.Moved {
	w.t.Helper()
	m, err := w.Move(state.Move{Account: account, Region: region, Cluster: cluster, Kind: kind, To: to})
	w.ok(err)
	w.Sync()
	return m
}

// connected connects to each of a cluster's addresses.
func (w *world) connected(cluster string) map[netip.Addr]*client {
	w.t.Helper()
	out := map[netip.Addr]*client{}
	for _, a := range w.Serving(account, region, cluster) {
		c, server, _ := w.reach(w.vpc, a)
		if server != cluster+"/"+a.String() {
			w.t.Fatalf("%s answered at %s", server, a)
		}
		out[a] = c
	}
	return out
}

// TestAbrupt: who was connected with an interface that is gone hears nothing,
// and nobody has its address any more.
func TestAbrupt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.cluster("prod")
	w.run()
	was := w.connected("prod")
	m := w.move("prod", state.MoveAbrupt, "")
	for _, a := range m.Old {
		if err := was[a].ping(quiet); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the connection with %s met %v, want silence", a, err)
		}
	}
	_, err := w.dial(w.vpc, m.Old[0], 443, quiet)
	w.failed(err, fabric.KindTimeout, dataplane.HopInterface, m.Old[0].String())
	if now := w.connected("prod"); len(now) != 2 {
		t.Errorf("%d interfaces answer", len(now))
	}
}

// TestReuse: the old connections do not reach the one who has the address now;
// new ones do.
func TestReuse(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.cluster("prod")
	w.cluster("other")
	w.run()
	was := w.connected("prod")
	m := w.move("prod", state.MoveReuse, "other")
	if err := was[m.Old[0]].ping(quiet); err == nil {
		t.Error("the connection goes on")
	}
	if _, server, _ := w.reach(w.vpc, m.Old[0]); server != "other/"+m.Old[0].String() {
		t.Errorf("%s answered", server)
	}
	for a, c := range was {
		if a != m.Old[0] {
			w.ok(c.ping(patience))
		}
	}

	// Given to a plain interface, the address is behind its group, which admits nobody.
	m = w.move("prod", state.MoveReuse, "")
	_, err := w.dial(w.vpc, m.Old[0], 443, quiet)
	w.failed(err, fabric.KindTimeout, dataplane.HopSecurityGroup, "eni-")
}

// TestServing: an interface is silent before it serves and after; what was
// connected with it goes on.
func TestServing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 60)
	w.cluster("prod")
	w.run()
	m := w.move("prod", state.MoveScaleOut, "")
	_, err := w.dial(w.vpc, m.New[0], 443, quiet)
	w.failed(err, fabric.KindTimeout, dataplane.HopServer, "no API server of cluster prod answers behind eni-")
	w.await("three that serve", func() bool { return len(w.Serving(account, region, "prod")) == 3 })
	w.Sync()
	was := w.connected("prod")
	w.await("the end of the move", func() bool {
		_, err = w.Move(state.Move{Account: account, Region: region, Cluster: "prod", Kind: state.MoveScaleIn})
		return err == nil
	})
	w.Sync()
	serving := w.Serving(account, region, "prod")
	for a, c := range was {
		w.ok(c.ping(patience))
		if !slices.Contains(serving, a) {
			w.await("the end of its shutdown", func() bool { i, _ := w.Topology().Interface(w.vpc, a); return !i.Serving })
			w.Sync()
			_, err := w.dial(w.vpc, a, 443, quiet)
			w.failed(err, fabric.KindTimeout, dataplane.HopServer, "no API server")
		}
	}
}

// TestNobody: what does not lead anywhere says at which hop and why.
func TestNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 600)
	w.cluster("prod")
	_, err := w.CreateCluster(caller, state.ClusterInput{Name: "public", Subnets: w.subnets, Public: &yes, Private: &no})
	w.ok(err)
	w.Settle()
	open, err := w.CreateSecurityGroup(caller, state.SecurityGroupInput{VPC: w.vpc, Name: "open", Description: "open"})
	w.ok(err)
	w.admit(open.ID, state.RuleInput{CIDR: netip.MustParsePrefix("10.0.0.0/8")})
	interfaces := map[string]netip.Addr{}
	for _, instance := range []string{"", "i-0123456789abcdef0"} {
		i, err := w.CreateNetworkInterface(caller, state.InterfaceInput{Subnet: w.subnets[0], SecurityGroups: []string{open.ID}, Instance: instance})
		w.ok(err)
		interfaces[instance] = i.Addr
	}
	group, lb := w.link("prod", w.subnets)
	_, err = w.ModifyLoadBalancerAttributes(caller, lb.ARN, map[string]string{"load_balancing.cross_zone.enabled": "true"})
	w.ok(err)
	public := w.interfacesOf("public")[0]
	clusters, _, err := w.DescribeSecurityGroups(caller, public.SecurityGroups, nil, nil, state.Page{})
	w.ok(err)
	w.admit(clusters[0].ID, state.RuleInput{CIDR: netip.MustParsePrefix("10.0.0.0/8")})
	_, err = w.AuthorizeSecurityGroupIngress(caller, w.interfacesOf("prod")[0].SecurityGroups[0], []state.RuleInput{{Protocol: "tcp", From: 80, To: 80, CIDR: netip.MustParsePrefix("10.0.0.0/8")}}, nil)
	w.ok(err)
	w.run()

	tests := []struct {
		name string
		to   netip.Addr
		port uint16
		kind fabric.Kind
		hop  dataplane.Hop
		text string
	}{
		{"an address of nobody", netip.MustParseAddr("10.0.15.200"), 443, fabric.KindTimeout, dataplane.HopInterface, "10.0.15.200"},
		{"an interface by itself", interfaces[""], 443, fabric.KindTimeout, dataplane.HopInterface, "attached to nothing"},
		{"an instance", interfaces["i-0123456789abcdef0"], 443, fabric.KindRefused, dataplane.HopInterface, "nothing listens"},
		{"an instance's closed group", interfaces["i-0123456789abcdef0"], 22, fabric.KindTimeout, dataplane.HopSecurityGroup, open.ID},
		{"a cluster's other port", w.interfacesOf("prod")[0].Addr, 80, fabric.KindTimeout, dataplane.HopServer, "on port 443 only"},
		{"a public cluster", public.Addr, 443, fabric.KindTimeout, dataplane.HopServer, "no private endpoint"},
		{"no listener", lb.Zones[0].Addr, 80, fabric.KindTimeout, dataplane.HopNode, "loadbalancer/net/prod has no listener on port 80"},
		{"no target", lb.Zones[0].Addr, 443, fabric.KindTimeout, dataplane.HopNode, "targetgroup/prod has no target in service"},
		{"another VPC", netip.MustParseAddr("10.100.0.4"), 443, fabric.KindTimeout, dataplane.HopRoute, "no route to 10.100.0.4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.dial(w.vpc, tt.to, tt.port, quiet)
			w.failed(err, tt.kind, tt.hop, tt.text)
		})
	}

	// A target's refusal is the node's, and there is no second target.
	w.register(group, interfaces["i-0123456789abcdef0"])
	w.awaitStates(group, "unhealthy")
	_, err = w.dial(w.vpc, lb.Zones[0].Addr, 443, patience)
	w.failed(err, fabric.KindRefused, dataplane.HopInterface, "on the way from node "+lb.Zones[0].Addr.String()+" to target ")

	w.set(lb.Zones[0].ZoneID, true)
	_, err = w.dial(w.vpc, lb.Zones[0].Addr, 443, quiet)
	w.failed(err, fabric.KindTimeout, dataplane.HopInterface, "is in zone "+lb.Zones[0].ZoneID+", which is out")
}

// TestCheckSettings: a check goes to the group's health check port, and speaks
// its protocol. The stand-in here answers on 443 alone and speaks no TLS.
func TestCheckSettings(t *testing.T) {
	t.Parallel()
	for name, check := range map[string]state.HealthCheck{
		"https": {Protocol: "HTTPS", Path: "/readyz", Matcher: "200"},
		"port":  {Protocol: "TCP", Port: "8443"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 600)
			cl := w.cluster("prod")
			_, err := w.AuthorizeSecurityGroupIngress(caller, cl.ClusterSecurityGroup, []state.RuleInput{{Protocol: "tcp", From: 8443, To: 8443, CIDR: netip.MustParsePrefix("10.0.0.0/8")}}, nil)
			w.ok(err)
			check.Interval, check.Healthy, check.Unhealthy = 10*time.Second, 2, 2
			group, _ := w.link("prod", w.subnets, func(in *state.TargetGroupInput, _ *state.LoadBalancerInput) { in.HealthCheck = check })
			w.run()
			w.register(group, w.Serving(account, region, "prod")[0])
			w.awaitStates(group, "unhealthy")
			_, err = w.ModifyTargetGroup(caller, group, state.HealthCheck{Protocol: "TCP", Port: "traffic-port"})
			w.ok(err)
			w.awaitStates(group, "healthy")
		})
	}
}

// TestLostCheck: a target that answered before is not unhealthy because some
// packets to it were lost, and is when all are.
func TestLostCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 600)
	cl := w.cluster("prod")
	group, _ := w.link("prod", w.subnets)
	w.run()
	w.register(group, w.Serving(account, region, "prod")[0])
	w.awaitStates(group, "healthy")
	w.mu.Lock()
	w.lost = 2
	w.mu.Unlock()
	w.await("two lost checks", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.lost == 0
	})
	for _, e := range w.Events(0) {
		if e.Kind == state.TargetChanged && strings.HasPrefix(e.Now, "unhealthy") {
			t.Errorf("target %s became %s", e.Subject, e.Now)
		}
	}
	w.set(cl.ARN, true)
	w.awaitStates(group, "unhealthy")
}
