package trace_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/trace"
)

// TestBreakages: whatever shape a path has, the one thing that is broken is what
// comes first, and it comes with a reason and a repair. Probes that fail besides
// change nothing about that.
func TestBreakages(t *testing.T) {
	for _, b := range breakages {
		t.Run(b.name, func(t *testing.T) {
			tried := 0
			rapid.Check(t, func(t *rapid.T) {
				w := healthy(t)
				if !b.do(w) {
					return
				}
				tried++
				switch {
				case w.o.Live == nil || b.hop == trace.HopServer || b.hop == trace.HopName:
				case b.verdict == trace.Broken:
					w.fails()
				}
				p := w.walk()
				f := p.Cause()
				if f == nil || f.Hop != b.hop || f.Code != b.code || f.Verdict != b.verdict {
					t.Fatalf("want %s %s %s, got %+v\n%s", b.hop, b.code, b.verdict, f, show(p))
				}
				if f.Saw == "" || f.Why == "" {
					t.Fatalf("no reason: %+v", f)
				}
				if f.Repair.Terraform == "" && len(f.Repair.Commands) == 0 && f.Repair.Note == "" {
					t.Fatalf("no repair: %+v", f)
				}
				if len(f.Repair.Commands) > 0 && f.Repair.Account == "" {
					t.Fatalf("nobody is named who may: %+v", f)
				}
			})
			if tried < 5 {
				t.Errorf("only %d worlds have what is broken here", tried)
			}
		})
	}
}

// TestEveryCode: each code is what some breakage comes down to, so that none is
// a word only. Others are never the cause by themselves, or say that something is
// unknown.
func TestEveryCode(t *testing.T) {
	seen := map[string]bool{}
	for _, code := range []trace.Code{
		trace.NotAsked, trace.NotChecked, // TestDenied, TestNotAsked
		trace.EndpointPending, trace.EndpointRejected, // TestHubAlone
	} {
		seen[string(code)] = true
	}
	for _, b := range breakages {
		seen[string(b.code)] = true
	}
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(file, func(x ast.Node) bool {
		if lit, ok := x.(*ast.BasicLit); ok && lit.Kind == token.STRING && !strings.Contains(lit.Value, "/") {
			n++
			if code := strings.Trim(lit.Value, `"`); !seen[code] {
				t.Errorf("no breakage comes down to %s", code)
			}
		}
		return true
	})
	if n < 50 {
		t.Errorf("%d codes only were found", n)
	}
}

// TestHubAlone: where nobody could ask the cluster's side, the hub's own findings
// stand by themselves.
func TestHubAlone(t *testing.T) {
	for state, code := range map[string]trace.Code{"pendingacceptance": trace.EndpointPending, "rejected": trace.EndpointRejected} {
		rapid.Check(t, func(t *rapid.T) {
			w := healthy(t)
			w.state(state, state)
			w.s.Places = slices.DeleteFunc(w.s.Places, func(p fleet.Place) bool { return p.Spoke })
			w.s.Places = append(w.s.Places, fleet.Place{Account: w.ref.Account, Region: w.ref.Region, Spoke: true, Fault: &plan.Fault{Code: plan.AccessDenied, Message: "may not assume the role"},
				Clusters: fleet.Listing[fleet.Cluster]{Items: []fleet.Cluster{{Cluster: plan.Cluster{Name: "prod", Host: w.host}}}}})
			w.o.Live = nil
			for i := range w.s.Zones[0].Zones.Items { // clients get nowhere without it here
				w.s.Zones[0].Zones.Items[i].VPCs = known(fleet.ZoneVPC{Region: w.s.Hub.Region, VPC: w.hubID})
			}
			if p := w.walk(); p.First() == nil || p.First().Hop != trace.HopEndpoint || p.First().Code != code {
				t.Fatal("\n" + show(p))
			}
		})
	}
}

// TestDenied: a list that could not be had never makes a healthy path look broken
// or degraded, and is said, with what is missing.
func TestDenied(t *testing.T) {
	fault := &plan.Fault{Code: plan.AccessDenied, Message: "may not", Hint: "allow it"}
	lists := map[string]func(p *fleet.Place){
		"VPCs":            func(p *fleet.Place) { p.VPCs = fleet.Listing[fleet.VPC]{Asked: true, Fault: fault} },
		"subnets":         func(p *fleet.Place) { p.Subnets = fleet.Listing[fleet.Subnet]{Asked: true, Fault: fault} },
		"route tables":    func(p *fleet.Place) { p.RouteTables = fleet.Listing[fleet.RouteTable]{Asked: true, Fault: fault} },
		"security groups": func(p *fleet.Place) { p.SecurityGroups = fleet.Listing[fleet.SecurityGroup]{Asked: true, Fault: fault} },
		"network ACLs":    func(p *fleet.Place) { p.NetworkACLs = fleet.Listing[fleet.NetworkACL]{Asked: true, Fault: fault} },
		"peerings":        func(p *fleet.Place) { p.Peerings = fleet.Listing[fleet.Peering]{Asked: true, Fault: fault} },
		"endpoints":       func(p *fleet.Place) { p.Endpoints = fleet.Listing[fleet.Endpoint]{Asked: true, Fault: fault} },
		"clusters":        func(p *fleet.Place) { p.Clusters = fleet.Listing[fleet.Cluster]{Asked: true, Fault: fault} },
		"links":           func(p *fleet.Place) { p.Links = fleet.Listing[fleet.Link]{Asked: true, Fault: fault} },
		"services":        func(p *fleet.Place) { p.Services = fleet.Listing[fleet.Service]{Asked: true, Fault: fault} },
		"interfaces":      func(p *fleet.Place) { p.Interfaces = fleet.Listing[plan.Interface]{Asked: true, Fault: fault} },
		"all of the hub": func(p *fleet.Place) {
			if p.Hub {
				*p = fleet.Place{Account: p.Account, Region: p.Region, Hub: true, Fault: fault}
			}
		},
		"all of the spoke": func(p *fleet.Place) {
			if p.Spoke {
				*p = fleet.Place{Account: p.Account, Region: p.Region, Spoke: true, Fault: fault}
			}
		},
	}
	for name, deny := range lists {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				w := healthy(t)
				for i := range w.s.Places {
					deny(&w.s.Places[i])
				}
				p := w.walk()
				if v := p.Verdict(); v == trace.Broken || v == trace.Degraded || v == trace.Passed && name != "VPCs" && name != "peerings" {
					t.Fatalf("%s\n%s", v, show(p))
				}
			})
		})
	}
}

// TestNotAsked: what nobody asked for makes a healthy path neither broken nor
// unknown.
func TestNotAsked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := healthy(t)
		name := w.ep().DNSNames[0]
		for i := range w.s.Places {
			p := &w.s.Places[i]
			if rapid.Bool().Draw(t, "no network") {
				p.VPCs, p.Subnets, p.RouteTables = fleet.Listing[fleet.VPC]{}, fleet.Listing[fleet.Subnet]{}, fleet.Listing[fleet.RouteTable]{}
				p.SecurityGroups, p.NetworkACLs, p.Peerings = fleet.Listing[fleet.SecurityGroup]{}, fleet.Listing[fleet.NetworkACL]{}, fleet.Listing[fleet.Peering]{}
				for j := range p.Endpoints.Items {
					p.Endpoints.Items[j].Addrs = nil
				}
			}
			for j := range p.Links.Items {
				p.Links.Items[j].Attributes, p.Links.Items[j].Balancer.Attributes = fleet.Listing[fleet.Attribute]{}, fleet.Listing[fleet.Attribute]{}
			}
		}
		for i := range w.s.Zones[0].Zones.Items {
			z := &w.s.Zones[0].Zones.Items[i]
			for j := range z.Records.Items { // addresses of endpoints are not known here
				if r := &z.Records.Items[j]; r.Type == "A" && r.Alias == "" {
					r.Alias, r.Values = name, nil
				}
			}
			if rapid.Bool().Draw(t, "no records") {
				z.VPCs, z.Records = fleet.Listing[fleet.ZoneVPC]{}, fleet.Listing[fleet.Record]{}
			}
		}
		w.o.Live, w.o.From = nil, ""
		if p := w.walk(); p.Verdict() != trace.Passed {
			t.Fatalf("%s\n%s", p.Verdict(), show(p))
		}
	})
}

// TestNoHub: settings without a hub are no fault of the path.
func TestNoHub(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := healthy(t)
		w.s.Hub, w.s.Zones, w.o = fleet.Hub{}, nil, trace.Options{Address: trace.ByName}
		w.s.Places = slices.DeleteFunc(w.s.Places, func(p fleet.Place) bool { return p.Hub })
		if p := w.walk(); p.Verdict() != trace.Passed {
			t.Fatalf("%s\n%s", p.Verdict(), show(p))
		}
	})
}
