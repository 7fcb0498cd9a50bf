package dataplane_test

import (
	"errors"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"postern/internal/lab/dataplane"
	"postern/internal/lab/fabric"
	"postern/internal/lab/state"
)

var hub = state.Caller{Account: "111111111111", Region: region, ARN: "arn:aws:iam::111111111111:user/lab"}

// A side is the consumer's side of PrivateLink.
type side struct {
	vpc      string
	group    string // security group of its endpoints
	endpoint state.Endpoint
	service  string // ID
}

// consumer makes a VPC in the hub's account with an endpoint for a load
// balancer, in all zones.
func (w *world) consumer(block, lb string) side {
	w.t.Helper()
	var s side
	var subnets []string
	s.vpc, subnets = w.network(hub, block)
	g, err := w.CreateSecurityGroup(hub, state.SecurityGroupInput{VPC: s.vpc, Name: "endpoints", Description: "endpoints"})
	w.ok(err)
	s.group = g.ID
	_, err = w.AuthorizeSecurityGroupIngress(hub, g.ID, []state.RuleInput{{Protocol: "tcp", From: 443, To: 443, CIDR: netip.MustParsePrefix(block)}}, nil)
	w.ok(err)
	v, err := w.CreateVpcEndpointServiceConfiguration(caller, state.EndpointServiceInput{LoadBalancers: []string{lb}, AcceptanceRequired: &no})
	w.ok(err)
	_, err = w.ModifyVpcEndpointServicePermissions(caller, v.ID, []string{"arn:aws:iam::111111111111:root"}, nil)
	w.ok(err)
	w.Settle()
	s.service = v.ID
	in := state.EndpointInput{Type: "Interface", VPC: s.vpc, ServiceName: v.Name, SecurityGroups: []string{g.ID}}
	for _, id := range subnets {
		in.Subnets = append(in.Subnets, state.SubnetMapping{Subnet: id})
	}
	s.endpoint, err = w.CreateVpcEndpoint(hub, in)
	w.ok(err)
	w.Settle()
	return s
}

// TestPrivateLink: an endpoint's interface leads to the node of its own zone,
// whom the server takes for its client, though the VPCs' CIDRs are the same and
// no route joins them.
func TestPrivateLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 600)
	w.cluster("prod", w.subnets[0], w.subnets[1])
	group, lb := w.link("prod", w.subnets)
	s := w.consumer("10.0.0.0/16", lb.ARN)
	w.run()
	w.register(group, w.Serving(account, region, "prod")...)
	w.awaitStates(group, "healthy healthy")

	node, target := map[string]netip.Addr{}, map[string]netip.Addr{}
	for _, z := range lb.Zones {
		node[z.ZoneID] = z.Addr
	}
	for _, i := range w.interfacesOf("prod") {
		target[i.ZoneID] = i.Addr
	}
	for _, i := range s.endpoint.Interfaces {
		if !target[i.ZoneID].IsValid() {
			_, err := w.dial(s.vpc, i.Addr, 443, time.Second)
			w.failed(err, fabric.KindTimeout, dataplane.HopNode, "no target in service in zone "+i.ZoneID)
			continue
		}
		c, server, remote := w.reach(s.vpc, i.Addr)
		if server != "prod/"+target[i.ZoneID].String() || !strings.HasPrefix(remote, node[i.ZoneID].String()+":") {
			t.Errorf("by %s of zone %s: %s answered %s", i.Addr, i.ZoneID, server, remote)
		}
		w.ok(c.ping(patience))
	}
	_, err := w.dial(s.vpc, s.endpoint.Interfaces[0].Addr, 80, time.Second)
	w.failed(err, fabric.KindTimeout, dataplane.HopSecurityGroup, s.group)
	_, err = w.dial(s.vpc, netip.MustParseAddr("10.0.100.100"), 443, quiet)
	w.failed(err, fabric.KindTimeout, dataplane.HopInterface, "10.0.100.100")
	_, err = w.dial(s.vpc, netip.MustParseAddr("10.9.0.1"), 443, quiet)
	w.failed(err, fabric.KindTimeout, dataplane.HopRoute, "no route to 10.9.0.1")
	if got := w.Flows(); got.Opened != 2 || got.Failed[dataplane.HopNode] != 1 || got.Failed[dataplane.HopSecurityGroup] != 1 || got.Failed[dataplane.HopRoute] != 1 {
		t.Errorf("counted %+v", got)
	}
}

// TestLinkEnds: rejecting an endpoint's connection, and deleting the endpoint,
// cut what goes through it.
func TestLinkEnds(t *testing.T) {
	t.Parallel()
	for how, end := range map[string]func(w *world, s side){
		"rejected": func(w *world, s side) {
			_, err := w.RejectVpcEndpointConnections(caller, s.service, []string{s.endpoint.ID})
			w.ok(err)
		},
		"deleted": func(w *world, s side) { w.DeleteVpcEndpoints(hub, []string{s.endpoint.ID}) },
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 600)
			w.cluster("prod")
			group, lb := w.link("prod", w.subnets)
			s, bystander := w.consumer("10.101.0.0/16", lb.ARN), w.vpc
			w.run()
			w.register(group, w.Serving(account, region, "prod")...)
			w.awaitStates(group, "healthy healthy")
			var zone int
			for n, z := range lb.Zones {
				if z.ZoneID == w.interfacesOf("prod")[0].ZoneID {
					zone = n
				}
			}
			other, _, _ := w.reach(bystander, lb.Zones[zone].Addr)
			var c *client
			for _, i := range s.endpoint.Interfaces {
				if i.ZoneID == lb.Zones[zone].ZoneID {
					c, _, _ = w.reach(s.vpc, i.Addr)
				}
			}
			w.ok(c.ping(patience))
			end(w, s)
			if err := c.ended(); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, fabric.ErrCut) {
				t.Errorf("the connection ended with %v, want a reset", err)
			}
			w.ok(other.ping(patience))
			w.Sync()
			_, err := w.dial(s.vpc, s.endpoint.Interfaces[0].Addr, 443, time.Second)
			if how == "rejected" {
				w.failed(err, fabric.KindTimeout, dataplane.HopEndpoint, "rejected")
			} else if err == nil {
				t.Error("a deleted endpoint still leads somewhere")
			}
		})
	}
}

// TestPairs: the two pairs of security groups that work, and the mix of them
// that is green and dead: with enforcement off a target's group must admit the
// node's address, since rules that name the load balancer's group then fit its
// health checks and not its clients. Source: NLB user guide, register targets.
func TestPairs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		enforce string
		clients string // whom the load balancer's group admits
		byGroup bool   // the cluster's group admits the load balancer's group, else its addresses
		hop     dataplane.Hop
	}{
		{"enforced, by group", "on", "10.101.0.0/16", true, ""},
		{"enforced, clients not admitted", "on", "10.250.0.0/16", true, dataplane.HopEndpoint},
		{"not enforced, by address", "off", "10.250.0.0/16", false, ""},
		{"not enforced, by group: green and dead", "off", "10.250.0.0/16", true, dataplane.HopSecurityGroup},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 600)
			cl := w.cluster("prod")
			_, err := w.RevokeSecurityGroupIngress(caller, cl.ClusterSecurityGroup, []state.RuleInput{{Protocol: "tcp", From: 443, To: 443, CIDR: netip.MustParsePrefix("10.0.0.0/8")}}, nil)
			w.ok(err)
			g, err := w.CreateSecurityGroup(caller, state.SecurityGroupInput{VPC: w.vpc, Name: "lb", Description: "lb"})
			w.ok(err)
			w.admit(g.ID, state.RuleInput{CIDR: netip.MustParsePrefix(tt.clients)})
			group, lb := w.link("prod", w.subnets, func(_ *state.TargetGroupInput, in *state.LoadBalancerInput) { in.SecurityGroups = []string{g.ID} })
			_, err = w.SetSecurityGroups(caller, lb.ARN, []string{g.ID}, tt.enforce)
			w.ok(err)
			_, err = w.ModifyLoadBalancerAttributes(caller, lb.ARN, map[string]string{"load_balancing.cross_zone.enabled": "true"})
			w.ok(err)
			if tt.byGroup {
				w.admit(cl.ClusterSecurityGroup, state.RuleInput{Peer: g.ID})
			} else {
				for _, z := range lb.Zones {
					w.admit(cl.ClusterSecurityGroup, state.RuleInput{CIDR: netip.PrefixFrom(z.Addr, 32)})
				}
			}
			s := w.consumer("10.101.0.0/16", lb.ARN)
			w.run()
			w.register(group, w.Serving(account, region, "prod")...)
			w.awaitStates(group, "healthy healthy") // in each case
			if tt.hop == "" {
				c, _, _ := w.reach(s.vpc, s.endpoint.Interfaces[0].Addr)
				w.ok(c.ping(patience))
				return
			}
			_, err = w.dial(s.vpc, s.endpoint.Interfaces[0].Addr, 443, 5*time.Second)
			w.failed(err, fabric.KindTimeout, tt.hop, "")
		})
	}
}
