package trace_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/trace"
)

// at returns the finding of a path at a hop that has a code; nil: there is none.
func at(p trace.Path, h trace.Hop, code trace.Code) *trace.Finding {
	for i := range p.Findings {
		if f := &p.Findings[i]; f.Hop == h && f.Code == code {
			return f
		}
	}
	return nil
}

// TestBrokenHasFirst: what is broken always has a finding that stands by itself,
// also where what only harms the path was found before the probes that failed.
func TestBrokenHasFirst(t *testing.T) {
	for _, b := range breakages {
		t.Run(b.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				w := healthy(t)
				w.fails()
				failed := w.o.Live
				if !b.do(w) {
					return
				}
				if rapid.Bool().Draw(t, "paused too") {
					for i := range w.spoke().Links.Items {
						w.spoke().Links.Items[i].Candidate.Group.Tags[plan.TagPaused] = "true"
					}
				}
				for _, fails := range []bool{false, true} {
					if fails {
						w.o.Live = failed
					}
					p := w.walk()
					if (p.Verdict() == trace.Broken) != (p.First() != nil) || fails && p.Verdict() != trace.Broken {
						t.Fatalf("%s, first %v\n%s", p.Verdict(), p.First(), show(p))
					}
				}
			})
		})
	}
}

// TestIPv6Only: a subnet without an IPv4 block is no source, and no fault.
func TestIPv6Only(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := healthy(t)
		w.hub().Subnets.Items = append(w.hub().Subnets.Items, fleet.Subnet{ID: "subnet-new", VPC: w.hubID})
		w.o.From, w.o.Live = "subnet-new", nil
		if p := w.walk(); p.Verdict() != trace.Unchecked || at(p, trace.HopSource, trace.NotChecked) == nil {
			t.Fatal(p.Verdict(), "\n"+show(p))
		}
	})
}

// TestPrefixLists: what a prefix list holds is not read, so that rules by one
// alone leave it open whether they admit.
func TestPrefixLists(t *testing.T) {
	list := []fleet.Rule{{Protocol: "tcp", From: 443, To: 443, PrefixList: "pl-1"}}
	for name, test := range map[string]struct {
		hop trace.Hop
		do  func(w *world) bool
	}{
		"at the cluster": {trace.HopAdmit, func(w *world) bool {
			w.group("sg-cluster").Ingress, w.group("sg-more").Ingress = list, nil
			return true
		}},
		"out of the load balancer": {trace.HopBalancer, func(w *world) bool {
			w.group("sg-balancer").Egress = list
			return w.enforce != ""
		}},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				w := healthy(t)
				if !test.do(w) {
					return
				}
				p := w.walk()
				if f := at(p, test.hop, trace.NotChecked); p.Verdict() != trace.Unchecked || f == nil || !strings.Contains(f.Saw, "prefix list") {
					t.Fatal(p.Verdict(), "\n"+show(p))
				}
			})
		})
	}
}

// TestPartOfTheSubnet: that not every host of a subnet gets in is as somebody
// made it, and no command opens the rest.
func TestPartOfTheSubnet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := healthy(t)
		half := []fleet.Rule{tcp443(prefix("10.100.0.0/21")), tcp443(prefix("10.100.15.7/32"))}
		hop, id := trace.HopEndpoint, "sg-endpoint"
		if g := w.group("sg-balancer"); w.enforce == "on" && rapid.Bool().Draw(t, "at the load balancer") {
			g.Ingress, hop, id = half, trace.HopBalancer, "sg-balancer"
		} else {
			w.epPlace().SecurityGroup(id).Ingress = half
		}
		p := w.walk()
		if p.Verdict() != trace.Passed {
			t.Fatal(p.Verdict(), "\n"+show(p))
		}
		for _, f := range p.Findings {
			if f.Hop == hop && f.Object == id && strings.Contains(f.Saw, "a part of 10.100.0.0/20") && len(f.Repair.Commands) == 0 {
				return
			}
		}
		t.Fatal("nothing is said:\n" + show(p))
	})
}

// TestByGroup: a rule that names a group of the hub's leaves it open whether the
// hosts are its members, until a connection gets through.
func TestByGroup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := healthy(t)
		if w.epPlace() != w.hub() {
			return
		}
		w.hub().SecurityGroups.Items = append(w.hub().SecurityGroups.Items, fleet.SecurityGroup{ID: "sg-hosts", VPC: w.hubID})
		w.epPlace().SecurityGroup("sg-endpoint").Ingress = []fleet.Rule{{Protocol: "tcp", From: 443, To: 443, Group: "sg-hosts"}}
		w.o.Live, w.o.From = nil, ""
		if p := w.walk(); p.Verdict() != trace.Unchecked || at(p, trace.HopEndpoint, trace.NotChecked) == nil {
			t.Fatal(p.Verdict(), "\n"+show(p))
		}
		w.probed()
		if p := w.walk(); p.Verdict() != trace.Passed {
			t.Fatal(p.Verdict(), "\n"+show(p))
		}
	})
}

// TestNotFollowed: a firewall's endpoint and a private NAT gateway may lead on.
func TestNotFollowed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := healthy(t)
		if !w.peered() {
			return
		}
		w.route("rtb-hub", w.epCIDR).Target = rapid.SampledFrom([]string{"vpce-firewall", "nat-private"}).Draw(t, "target")
		w.o.Live, w.o.From = nil, ""
		if p := w.walk(); p.Verdict() != trace.Unchecked || at(p, trace.HopPeering, trace.NotChecked) == nil {
			t.Fatal(p.Verdict(), "\n"+show(p))
		}
		w.probed()
		if p := w.walk(); p.Verdict() != trace.Passed {
			t.Fatal(p.Verdict(), "\n"+show(p))
		}
	})
}

// TestDoubt: probes that may not have been made in the hub break nothing by
// themselves; those that found a connection, or something broken, do.
func TestDoubt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := healthy(t)
		w.fails()
		w.o.Live.Doubt = "the proxy may not lead to the hub"
		if p := w.walk(); p.Verdict() != trace.Unchecked || at(p, trace.HopServer, trace.NotChecked) == nil {
			t.Fatal(p.Verdict(), "\n"+show(p))
		}
		w.deny(w.hub(), "acl-hub", true)
		if p := w.walk(); p.First() == nil || p.First().Code != trace.ACLDenies || at(p, trace.HopServer, trace.NoAnswer) == nil {
			t.Fatal(p.Verdict(), "\n"+show(p))
		}
	})
}

// TestCut: probes that were cut off say nothing.
func TestCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := healthy(t)
		w.fails()
		for i := range w.o.Live.Contacts {
			w.o.Live.Contacts[i].Cut = true
		}
		w.o.Live.Lookup.Addrs, w.o.Live.Lookup.Cut = nil, true
		if p := w.walk(); p.Verdict() != trace.Unchecked || at(p, trace.HopServer, trace.NotChecked) == nil || at(p, trace.HopName, trace.NotChecked) == nil {
			t.Fatal(p.Verdict(), "\n"+show(p))
		}
	})
}

// TestDNSNotAsked: that nobody asked whether the hub VPC's resolver is on is said.
func TestDNSNotAsked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := healthy(t)
		if w.o.Address == trace.ByVPCE {
			return
		}
		w.hub().VPC(w.hubID).DNSHostnames = nil
		if p := w.walk(); p.Verdict() != trace.Passed || at(p, trace.HopName, trace.NotAsked) == nil {
			t.Fatal(p.Verdict(), "\n"+show(p))
		}
	})
}
