package dataplane_test

import (
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"postern/internal/lab/dataplane"
	"postern/internal/lab/fabric"
	"postern/internal/lab/state"
)

// TestCheckedFromItsZone: a target is checked by the node in its own zone,
// which is all that its group admits here.
func TestCheckedFromItsZone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 600)
	cl := w.cluster("prod")
	_, err := w.RevokeSecurityGroupIngress(caller, cl.ClusterSecurityGroup, []state.RuleInput{{Protocol: "tcp", From: 443, To: 443, CIDR: netip.MustParsePrefix("10.0.0.0/8")}}, nil)
	w.ok(err)
	group, lb := w.link("prod", w.subnets)
	targets := map[string]netip.Addr{}
	for _, i := range w.interfacesOf("prod") {
		targets[i.ZoneID] = i.Addr
	}
	for _, z := range lb.Zones {
		if a := targets[z.ZoneID]; a.IsValid() {
			// The last one's node is admitted, and the last one is healthy.
			w.register(group, a)
			w.admit(cl.ClusterSecurityGroup, state.RuleInput{CIDR: netip.PrefixFrom(z.Addr, 32)})
		}
	}
	w.run()
	w.awaitStates(group, "healthy healthy")
	for _, z := range lb.Zones {
		if targets[z.ZoneID].IsValid() {
			_, err := w.RevokeSecurityGroupIngress(caller, cl.ClusterSecurityGroup, []state.RuleInput{{Protocol: "tcp", From: 443, To: 443, CIDR: netip.PrefixFrom(z.Addr, 32)}}, nil)
			w.ok(err)
			break
		}
	}
	w.awaitStates(group, "unhealthy healthy") // the first one's node is not admitted any more
}

// TestCheckInterval: a target is checked at its group's interval and no more
// often. At this speed that is half a second.
func TestCheckInterval(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 600)
	w.cluster("prod")
	group, _ := w.link("prod", w.subnets, func(in *state.TargetGroupInput, _ *state.LoadBalancerInput) {
		in.HealthCheck = state.HealthCheck{Interval: 300 * time.Second, Healthy: 2, Unhealthy: 2}
	})
	w.run()
	w.register(group, w.Serving(account, region, "prod")[0])
	asked := func() int {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.asked
	}
	w.await("the first check", func() bool { return asked() > 0 })
	first := asked()
	began := time.Now()
	w.await("six checks more", func() bool { return asked() >= first+6 })
	if took := time.Since(began); took < 2500*time.Millisecond {
		t.Errorf("six checks took %s, at an interval of 500 ms", took)
	}
}

// afar is a consumer's side in another region.
func (w *world) afar(lb string) (vpc string, e state.Endpoint) {
	w.t.Helper()
	far := state.Caller{Account: hub.Account, Region: "us-east-1", ARN: hub.ARN}
	vpc, subnets := w.network(far, "10.102.0.0/16")
	g, err := w.CreateSecurityGroup(far, state.SecurityGroupInput{VPC: vpc, Name: "endpoints", Description: "endpoints"})
	w.ok(err)
	_, err = w.AuthorizeSecurityGroupIngress(far, g.ID, []state.RuleInput{{Protocol: "tcp", From: 443, To: 443, CIDR: netip.MustParsePrefix("10.0.0.0/8")}}, nil)
	w.ok(err)
	v, err := w.CreateVpcEndpointServiceConfiguration(caller, state.EndpointServiceInput{LoadBalancers: []string{lb}, AcceptanceRequired: &no, Regions: []string{far.Region}})
	w.ok(err)
	_, err = w.ModifyVpcEndpointServicePermissions(caller, v.ID, []string{"*"}, nil)
	w.ok(err)
	w.Settle()
	e, err = w.CreateVpcEndpoint(far, state.EndpointInput{
		Type: "Interface", VPC: vpc, ServiceName: v.Name, ServiceRegion: region, SecurityGroups: []string{g.ID}, Subnets: []state.SubnetMapping{{Subnet: subnets[0]}},
	})
	w.ok(err)
	w.Settle()
	return vpc, e
}

// TestZoneOutAfar: an endpoint of another region leads to a node, and nowhere
// while the node's zone is out.
func TestZoneOutAfar(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 600)
	w.cluster("prod")
	group, lb := w.link("prod", w.subnets)
	vpc, e := w.afar(lb.ARN)
	w.run()
	w.register(group, w.Serving(account, region, "prod")...)
	w.awaitStates(group, "healthy healthy")
	_, _, remote := w.reach(vpc, e.Interfaces[0].Addr)
	node := netip.MustParseAddrPort(remote).Addr()
	for _, z := range lb.Zones {
		if z.Addr == node {
			w.set(z.ZoneID, true)
		}
	}
	_, err := w.dial(vpc, e.Interfaces[0].Addr, 443, quiet)
	w.failed(err, fabric.KindTimeout, dataplane.HopNode, "node "+node.String()+" of ")
}

// TestRejectedMeanwhile: a connection that an endpoint let in just before it was
// rejected is cut too, though it was among none when that was heard.
func TestRejectedMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 600)
	var s side
	var armed atomic.Bool
	var came atomic.Int32
	w.Plane = dataplane.New(dataplane.Options{Store: w.Store, Servers: func(c state.Cluster) dataplane.Server {
		came.Add(1)
		if armed.CompareAndSwap(true, false) {
			if _, err := w.RejectVpcEndpointConnections(caller, s.service, []string{s.endpoint.ID}); err != nil {
				t.Error(err)
			}
			w.Act()
		}
		return echo{w, c}
	}})
	w.cluster("prod")
	group, lb := w.link("prod", w.subnets, func(in *state.TargetGroupInput, _ *state.LoadBalancerInput) {
		in.HealthCheck = state.HealthCheck{Interval: 300 * time.Second, Healthy: 2, Unhealthy: 2}
	})
	s = w.consumer("10.101.0.0/16", lb.ARN)
	w.run()
	_, err := w.ModifyTargetGroupAttributes(caller, group, map[string]string{"load_balancing.cross_zone.enabled": "true"})
	w.ok(err)
	w.register(group, w.Serving(account, region, "prod")[0])
	w.awaitStates(group, "healthy")
	w.Sync()
	// After a check there is half a second until the next: whoever comes now to
	// the cluster is the client.
	checks := came.Load()
	w.await("a check", func() bool { return came.Load() > checks })
	armed.Store(true)
	c, err := w.dial(s.vpc, s.endpoint.Interfaces[0].Addr, 443, 2*time.Second)
	if err != nil {
		return // cut before the handshake was over
	}
	for err == nil {
		c.SetReadDeadline(time.Now().Add(patience))
		_, err = c.r.ReadByte()
	}
	if e, ok := err.(interface{ Timeout() bool }); ok && e.Timeout() {
		t.Error("a connection through an endpoint that is rejected goes on")
	}
}
