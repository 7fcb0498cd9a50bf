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
