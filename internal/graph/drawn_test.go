package graph

import (
	"strings"
	"testing"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/trace"
)

// TestLargeFleet: of a large fleet, what is broken is drawn, up to a limit, and
// the rest is counted by health.
func TestLargeFleet(t *testing.T) {
	var spokes []spoke
	for _, sp := range some(40) {
		sp.ref.Region = "us-east-1"
		if i := len(spokes); i < 20 {
			sp.finding = []trace.Finding{{Hop: trace.HopBalancer, Verdict: trace.Broken, Saw: "a hole"}}
		} else if i < 22 {
			sp.unlinked = true
		}
		spokes = append(spokes, sp)
	}
	s, paths := made(1, spokes)
	g := New(s, paths).Groups[0]
	if len(g.Clusters) != groupDrawn {
		t.Errorf("%d clusters are drawn, want %d", len(g.Clusters), groupDrawn)
	}
	for _, c := range g.Clusters {
		if c.Health != Broken {
			t.Errorf("%s is drawn, and it is %s", c.Ref, c.Health)
		}
	}
	want := []Rest{{Health: Broken, Words: "balancer: a hole"}, {Health: Unlinked}, {Health: OK}}
	counts := []int{20 - groupDrawn, 2, 18}
	for i, r := range g.Rest {
		if i >= len(want) || r.Health != want[i].Health || r.Words != want[i].Words || len(r.Refs) != counts[i] {
			t.Errorf("%d clusters are %s, %q", len(r.Refs), r.Health, r.Words)
		}
	}
}

// TestSigns: each mark has its sign in the picture, and its word where a
// program lays the graph out.
func TestSigns(t *testing.T) {
	for _, hop := range trace.Hops() {
		spokes := some(1)
		spokes[0].finding = []trace.Finding{{Hop: hop, Verdict: trace.Degraded, Saw: "seen"}}
		s, paths := made(1, spokes)
		top := New(s, paths)
		signs := 0
		for _, g := range draw(top).glyphs {
			if g.of == Degraded {
				signs++
			}
		}
		want := 4 // of the fleet, the group, the row and the mark
		if hop == trace.HopSource || hop == trace.HopPeering || hop == trace.HopReturn {
			want++ // of the way
		}
		if signs != want {
			t.Errorf("%s: %d signs, want %d", hop, signs, want)
		}
		edges := strings.Count(DOT(top), `-> g0c0e [label="degraded"`) + strings.Count(DOT(top), `-> g0c0c [label="degraded"`)
		if on := partOf[hop]; (edges == 1) != (on == Entry || on == Targets) || edges > 1 {
			t.Errorf("%s: %d edges say so", hop, edges)
		}
	}
}

// TestGone: a target group that ELB no longer knows is no link.
func TestGone(t *testing.T) {
	s, paths := made(1, some(1))
	s.Places[1].Links.Items[0].Candidate.Gone = true
	if c := New(s, paths).Groups[0].Clusters[0]; c.Health != Unlinked || c.Boxes[Balancer].Known != Absent {
		t.Errorf("it is %s, its load balancer %+v", c.Health, c.Boxes[Balancer])
	}
}

// TestUsableEndpoint: of several endpoints, the one that works is named.
func TestUsableEndpoint(t *testing.T) {
	s, paths := made(1, some(1))
	all := &s.Places[0].Endpoints
	rejected := all.Items[0]
	rejected.ID, rejected.State = "vpce-000", "rejected"
	all.Items = append([]fleet.Endpoint{rejected}, all.Items...)
	box := New(s, paths).Groups[0].Clusters[0].Boxes[Endpoint]
	if box.Name != "vpce-0c000000000000000 +1" || box.State != "available, 2 zones" {
		t.Errorf("the endpoint is %+v", box)
	}
}

// TestWayOfOneVPC: what was found from a subnet of one VPC of the hub says
// nothing about the others' ways.
func TestWayOfOneVPC(t *testing.T) {
	spokes := some(1)
	spokes[0].finding = []trace.Finding{{Hop: trace.HopSource, Verdict: trace.Broken, Saw: "no route"}}
	s, paths := made(2, spokes)
	paths[0].From = "subnet-1"
	s.Places[0].Subnets.Items = []fleet.Subnet{{ID: "subnet-1", VPC: s.Hub.VPCs[1]}}
	ways := New(s, paths).Groups[0].Ways
	if len(ways) != 2 || ways[0].Health != OK || ways[1].Health != Broken {
		t.Errorf("the ways are %+v", ways)
	}
}

// TestNotes: what could not be looked at is said, with the right that is missing.
func TestNotes(t *testing.T) {
	s, paths := made(1, some(1))
	s.Places[0].Endpoints.Fault = &plan.Fault{Code: plan.AccessDenied, Message: "list", Action: "ec2:DescribeVpcEndpoints"}
	s.Places[1].Fault = &plan.Fault{Code: plan.Throttled, Message: "too\nmany"}
	got := strings.Join(New(s, paths).Notes, "|")
	want := "Not checked in 111111111111/us-east-1: interface endpoints: no permission for ec2:DescribeVpcEndpoints|Not checked in 222222222222/us-east-1: everything: too many"
	if got != want {
		t.Errorf("notes are %q, want %q", got, want)
	}
	s.Hub = fleet.Hub{}
	if notes := New(s, paths).Notes; !strings.Contains(notes[0], "no hub") {
		t.Errorf("notes begin with %q", notes[0])
	}
}
