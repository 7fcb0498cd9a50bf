package dataplane

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postern/internal/lab/state"
)

// tv is a target 10.0.0.N of a zone.
func tv(n int, zone, condition string) state.TargetView {
	return state.TargetView{Addr: netip.AddrFrom4([4]byte{10, 0, 0, byte(n)}), Port: 443, ZoneID: zone, State: condition}
}

func ends2(n int) wire {
	return wire{netip.AddrPortFrom(netip.MustParseAddr("10.100.0.9"), uint16(1024+n)), netip.MustParseAddrPort("10.0.0.4:443")}
}

func TestChoose(t *testing.T) {
	tests := []struct {
		name      string
		crossZone bool
		targets   []state.TargetView
		want      string // the last bytes of the addresses that are chosen, in order
	}{
		{"own zone", false, []state.TargetView{tv(1, "a", "healthy"), tv(2, "b", "healthy")}, "1"},
		{"all zones", true, []state.TargetView{tv(1, "a", "healthy"), tv(2, "b", "healthy")}, "1 2"},
		{"target of every zone", false, []state.TargetView{tv(1, "", "healthy"), tv(2, "b", "healthy")}, "1"},
		{"unhealthy left out", true, []state.TargetView{tv(1, "a", "healthy"), tv(2, "a", "unhealthy"), tv(3, "a", "unhealthy.draining")}, "1"},
		{"draining, unused, initial left out", true, []state.TargetView{tv(1, "a", "healthy"), tv(2, "a", "draining"), tv(3, "a", "unused"), tv(4, "a", "initial")}, "1"},
		{"fails open", true, []state.TargetView{tv(1, "a", "unhealthy"), tv(2, "b", "unhealthy.draining")}, "1 2"},
		{"fails open in its zone, healthy ones elsewhere", false, []state.TargetView{tv(1, "a", "unhealthy"), tv(2, "b", "healthy")}, "1"},
		{"fails open without those that drain or are new", true, []state.TargetView{tv(1, "a", "unhealthy"), tv(2, "a", "draining"), tv(3, "a", "initial"), tv(4, "a", "unused")}, "1"},
		{"none in the zone", false, []state.TargetView{tv(2, "b", "healthy")}, ""},
		{"none registered", true, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := state.GroupView{ARN: "arn:aws:elasticloadbalancing:eu-west-1:222222222222:targetgroup/prod/0123456789abcdef", CrossZone: tt.crossZone, Targets: tt.targets}
			var chosen []string
			for n := range 200 {
				got, why := choose(g, "a", ends2(n))
				if (why == "") != got.Addr.IsValid() || why != "" && !strings.HasPrefix(why, "targetgroup/prod has no target in service") {
					t.Fatalf("chose %v because %q", got, why)
				}
				if why == "" {
					chosen = append(chosen, fmt.Sprint(got.Addr.As4()[3]))
				}
			}
			slices.Sort(chosen)
			if got := strings.Join(slices.Compact(chosen), " "); got != tt.want {
				t.Errorf("chose %q, want %q", got, tt.want)
			}
		})
	}
}

// TestChooseAgain: the same ends give the same target, and many ends give each
// of the targets a fair share.
func TestChooseAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "targets")
		from := rapid.IntRange(0, 30000).Draw(t, "first port")
		g := state.GroupView{ARN: "arn:x", CrossZone: true}
		for i := range n {
			g.Targets = append(g.Targets, tv(i, "a", "healthy"))
		}
		const flows = 1200
		share := map[netip.Addr]int{}
		for i := range flows {
			got, _ := choose(g, "a", ends2(from+i))
			if again, _ := choose(g, "a", ends2(from+i)); again != got {
				t.Fatalf("chose %v, then %v", got, again)
			}
			share[got.Addr]++
		}
		for _, x := range g.Targets {
			if share[x.Addr] < flows/n/2 || share[x.Addr] > flows/n*3/2+1 {
				t.Fatalf("of %d connections, %d targets got %v", flows, n, share)
			}
		}
	})
}

// TestHashSpreads: a client whose ports come in steps, as they do where each
// connection takes one on either side, is spread over the targets wherever it
// begins.
func TestHashSpreads(t *testing.T) {
	for step := 1; step <= 8; step++ {
		for first := range 64 {
			one := 0
			for i := range 64 {
				one += int(ends2(first+i*step).hash() % 2)
			}
			if one < 12 || one > 52 {
				t.Errorf("of 64 connections from port %d on in steps of %d, %d went to one of two targets", 1024+first, step, one)
			}
		}
	}
}

func TestEnds(t *testing.T) {
	const arn = "arn:g"
	tests := []struct {
		name                    string
		deregistered, unhealthy bool // the group's settings: termination on
		e                       state.Event
		want                    bool
	}{
		{"unhealthy", false, true, state.Event{Kind: state.TargetChanged, Was: "healthy", Now: "unhealthy Target.FailedHealthChecks"}, true},
		{"unhealthy, off", true, false, state.Event{Kind: state.TargetChanged, Was: "healthy", Now: "unhealthy Target.FailedHealthChecks"}, false},
		{"kept for an interval", false, false, state.Event{Kind: state.TargetChanged, Was: "healthy", Now: "unhealthy.draining Target.FailedHealthChecks"}, false},
		{"the interval is over", false, false, state.Event{Kind: state.TargetChanged, Was: "unhealthy.draining", Now: "unhealthy Target.FailedHealthChecks"}, true},
		{"healthy", true, true, state.Event{Kind: state.TargetChanged, Was: "unhealthy", Now: "healthy"}, false},
		{"draining", true, true, state.Event{Kind: state.TargetChanged, Was: "healthy", Now: "draining Target.DeregistrationInProgress"}, false},
		{"gone", true, false, state.Event{Kind: state.TargetChanged, Was: "draining"}, true},
		{"gone, off", false, true, state.Event{Kind: state.TargetChanged, Was: "draining"}, false},
		{"endpoint available", true, true, state.Event{Kind: state.EndpointChanged, Was: "pending", Now: "available"}, false},
		{"endpoint rejected", false, false, state.Event{Kind: state.EndpointChanged, Was: "available", Now: "rejected"}, true},
		{"endpoint deleting", false, false, state.Event{Kind: state.EndpointChanged, Was: "available", Now: "deleting"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.e.Of = arn
			v := &view{groups: map[string]use{arn: {GroupView: state.GroupView{TerminateOnDeregistration: tt.deregistered, TerminateOnUnhealthy: tt.unhealthy}}}}
			if got := ends(v, tt.e); got != tt.want {
				t.Errorf("ends connections: %v, want %v", got, tt.want)
			}
		})
	}
}

func TestShortARN(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:elasticloadbalancing:eu-west-1:222222222222:loadbalancer/net/prod/0123456789abcdef": "loadbalancer/net/prod",
		"arn:aws:elasticloadbalancing:eu-west-1:222222222222:targetgroup/prod/0123456789abcdef":      "targetgroup/prod",
		"arn:aws:eks:eu-west-1:222222222222:cluster/prod":                                            "cluster/prod",
		"": "",
	} {
		if got := shortARN(arn); got != want {
			t.Errorf("%q is %q, want %q", arn, got, want)
		}
	}
}

// TestIdleTime: the timeout is divided by the speed, but not below what
// keep-alives in real time need.
func TestIdleTime(t *testing.T) {
	for _, tt := range []struct {
		speed      float64
		idle, want time.Duration
	}{
		{1, 350 * time.Second, 350 * time.Second},
		{2, 6000 * time.Second, 3000 * time.Second},
		{60, 350 * time.Second, 350 * time.Second},
		{60, 0, 0},
	} {
		p := New(Options{Store: state.New(state.Options{Speed: tt.speed})})
		if got := p.idle(state.ListenerView{IdleTimeout: tt.idle}); got != tt.want {
			t.Errorf("%v at speed %v: %v, want %v", tt.idle, tt.speed, got, tt.want)
		}
		if err := p.fabric.Close(); err != nil {
			t.Error(err)
		}
	}
}
