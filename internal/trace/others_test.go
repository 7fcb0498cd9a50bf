package trace_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/trace"
)

// second gives a world another hub VPC that the settings name, whose way is as
// healthy as the first one's.
func (w *world) second() {
	yes, cidr, h := true, prefix("10.200.0.0/16"), w.hub()
	w.s.Hub.VPCs = []string{w.hubID, "vpc-second"}
	h.VPCs.Items = append(h.VPCs.Items, fleet.VPC{ID: "vpc-second", CIDRs: []netip.Prefix{cidr}, DNSSupport: &yes, DNSHostnames: &yes})
	h.Subnets.Items = append(h.Subnets.Items, fleet.Subnet{ID: "subnet-second", VPC: "vpc-second", CIDR: prefix("10.200.16.0/20")})
	h.RouteTables.Items = append(h.RouteTables.Items, fleet.RouteTable{ID: "rtb-second", VPC: "vpc-second", Main: true,
		Routes: []fleet.Route{{Destination: cidr, Target: "local"}, {Destination: w.epCIDR, Target: "tgw-1"}}})
	h.NetworkACLs.Items = append(h.NetworkACLs.Items, anybody("acl-second", "vpc-second", "subnet-second"))
	t := w.table("rtb-endpoints")
	t.Routes = append(t.Routes, fleet.Route{Destination: cidr, Target: "tgw-1"})
	for _, g := range []*fleet.SecurityGroup{w.epPlace().SecurityGroup("sg-endpoint"), w.group("sg-balancer")} {
		if g != nil {
			g.Ingress = append(g.Ingress, tcp443(cidr))
		}
	}
	for i := range w.s.Zones[0].Zones.Items {
		if z := &w.s.Zones[0].Zones.Items[i]; slices.ContainsFunc(z.VPCs.Items, func(v fleet.ZoneVPC) bool { return v.VPC == w.hubID }) {
			z.VPCs.Items = append(z.VPCs.Items, fleet.ZoneVPC{Region: w.s.Hub.Region, VPC: "vpc-second"})
		}
	}
}

// TestOtherVPCs: each hub VPC that the settings name must have its way, and what
// one lacks is said with its name; what all lack, once.
func TestOtherVPCs(t *testing.T) {
	first := []fleet.Rule{tcp443(prefix("10.100.0.0/16"))}
	for name, test := range map[string]struct {
		hop  trace.Hop
		code trace.Code
		do   func(w *world) bool
	}{
		"nothing": {"", "", func(*world) bool { return true }},
		"no association": {trace.HopName, trace.ZoneNotAssociated, func(w *world) bool {
			z := w.own()
			if z == nil {
				return false
			}
			drop(&z.VPCs.Items, func(v fleet.ZoneVPC) bool { return v.VPC == "vpc-second" })
			return true
		}},
		"no route": {trace.HopSource, trace.RouteMissing, func(w *world) bool {
			drop(&w.table("rtb-second").Routes, func(r fleet.Route) bool { return r.Destination == w.epCIDR })
			return true
		}},
		"no route back": {trace.HopReturn, trace.ReturnMissing, func(w *world) bool {
			drop(&w.table("rtb-endpoints").Routes, func(r fleet.Route) bool { return r.Destination == prefix("10.200.0.0/16") })
			return true
		}},
		"not admitted": {trace.HopEndpoint, trace.EndpointRefuses, func(w *world) bool {
			w.epPlace().SecurityGroup("sg-endpoint").Ingress = first
			return true
		}},
		"not admitted by the load balancer": {trace.HopBalancer, trace.BalancerRefuses, func(w *world) bool {
			w.group("sg-balancer").Ingress = first
			return w.enforce == "on"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			tried := 0
			look := func(t *rapid.T) {
				w := healthy(t)
				if !w.gateway {
					return
				}
				w.second()
				w.o.From = ""
				if !test.do(w) {
					return
				}
				tried++
				p := w.walk()
				switch f := p.First(); {
				case p.From != w.subnet:
					t.Fatal(p.From)
				case test.code == "" && p.Verdict() == trace.Passed:
				case f == nil || f.Hop != test.hop || f.Code != test.code || !strings.Contains(f.Saw, "from hub VPC vpc-second: "):
					t.Fatal(p.Verdict(), "\n"+show(p))
				}
			}
			for round := 0; tried < 3; round++ { // few worlds have a gateway
				if round == 20 {
					t.Fatalf("only %d worlds", tried)
				}
				rapid.Check(t, look)
			}
		})
	}
	t.Run("a cause of the path itself comes first", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			w := healthy(t)
			z := w.own()
			if !w.gateway || z == nil {
				return
			}
			w.second()
			w.o.From, w.o.Live = "", nil
			drop(&z.VPCs.Items, func(v fleet.ZoneVPC) bool { return v.VPC == "vpc-second" })
			w.link().Candidate.Group.Tags[plan.TagEndpoint] = "old.example"
			if f := w.walk().First(); f == nil || f.Code != trace.ClusterRemade || at(w.walk(), trace.HopName, trace.ZoneNotAssociated) == nil {
				t.Fatal("\n" + show(w.walk()))
			}
		})
	})
	t.Run("the endpoint is gone for all", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			w := healthy(t)
			if !w.gateway {
				return
			}
			w.second()
			w.o.From, w.o.Live = "", nil
			w.gone()
			if f := w.walk().First(); f == nil || f.Code != trace.EndpointMissing {
				t.Fatal("\n" + show(w.walk()))
			}
		})
	})
}
