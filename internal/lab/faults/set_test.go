package faults_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postern/internal/lab/faults"
)

var t0 = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func set(t testing.TB, texts ...string) *faults.Set {
	t.Helper()
	s := faults.NewSet(1)
	for _, text := range texts {
		f, err := faults.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		s.Add(f, t0)
	}
	return s
}

func TestCall(t *testing.T) {
	call := faults.Call{Account: "222222222222", Region: "us-east-1", Service: "elasticloadbalancing", Action: "RegisterTargets", Cluster: "prod"}
	tests := []struct {
		name   string
		faults []string
		want   faults.Effect
	}{
		{"none", nil, faults.Effect{}},
		{"bare", []string{"throttle"}, faults.Effect{Refuse: faults.Throttle}},
		{"exact action", []string{"deny action=elbv2:RegisterTargets"}, faults.Effect{Refuse: faults.Deny}},
		{"pattern", []string{"deny action=elbv2:*Targets"}, faults.Effect{Refuse: faults.Deny}},
		{"two stars", []string{"deny action=*:re*tar*"}, faults.Effect{Refuse: faults.Deny}},
		{"other action", []string{"deny action=elbv2:DeregisterTargets"}, faults.Effect{}},
		{"other service", []string{"deny action=ec2:*"}, faults.Effect{}},
		{"other account", []string{"deny account=333333333333"}, faults.Effect{}},
		{"other region", []string{"deny region=eu-west-1"}, faults.Effect{}},
		{"other cluster", []string{"deny cluster=prod-2"}, faults.Effect{}},
		{"the oldest refusal", []string{"throttle", "deny"}, faults.Effect{Refuse: faults.Throttle}},
		{"delays add up", []string{"delay by=1s", "delay by=2s", "deny"}, faults.Effect{Refuse: faults.Deny, Delay: 3 * time.Second}},
		{"the oldest reading", []string{"stale-read age=1s", "stale-read age=5s", "stale-read age=2s"}, faults.Effect{Age: 5 * time.Second}},
		{"not a call's", []string{"dns-empty", "health-broken", "event-lost"}, faults.Effect{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, set(t, tt.faults...).Call(call, t0)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	call := faults.Call{Service: "ec2", Action: "DescribeVpcs"}
	t.Run("times", func(t *testing.T) {
		s := set(t, "throttle times=2", "deny times=1")
		var got []faults.Name
		for range 4 {
			got = append(got, s.Call(call, t0).Refuse)
		}
		// The second fault is not used up while the first strikes.
		if d := cmp.Diff([]faults.Name{faults.Throttle, faults.Throttle, faults.Deny, ""}, got); d != "" {
			t.Errorf("(-want +got)\n%s", d)
		}
		if left := s.List(t0); len(left) != 0 {
			t.Errorf("still listed: %v", left)
		}
	})
	t.Run("for", func(t *testing.T) {
		s := set(t, "throttle for=10s")
		if got := s.NextEnd(t0); !got.Equal(t0.Add(10 * time.Second)) {
			t.Errorf("ends at %v", got)
		}
		if s.Call(call, t0.Add(10*time.Second-1)).Refuse != faults.Throttle {
			t.Error("ended early")
		}
		if s.Call(call, t0.Add(10*time.Second)).Refuse != "" {
			t.Error("did not end")
		}
		if !s.NextEnd(t0.Add(10 * time.Second)).IsZero() {
			t.Error("an end is left")
		}
	})
	t.Run("cleared", func(t *testing.T) {
		s := set(t, "throttle", "deny for=1s", "delay by=1s")
		if !s.Remove(1, t0) || s.Remove(1, t0) {
			t.Error("remove does not work once")
		}
		if n := s.Clear(t0.Add(time.Second)); n != 1 {
			t.Errorf("cleared %d, want the one that is left", n)
		}
		if eff := s.Call(call, t0); eff != (faults.Effect{}) {
			t.Errorf("after clearing: %+v", eff)
		}
	})
}

func TestQuery(t *testing.T) {
	q := faults.Query{Account: "222222222222", Region: "us-east-1", Cluster: "prod", Resolver: "public", Name: "abc.example."}
	tests := []struct {
		text string
		tcp  bool
		want faults.Name
	}{
		{"dns-servfail", false, faults.DNSServFail},
		{"dns-servfail resolver=public", false, faults.DNSServFail},
		{"dns-servfail resolver=vpc-01", false, ""},
		{"dns-servfail cluster=us-east-1/prod", false, faults.DNSServFail},
		{"dns-servfail cluster=prod-2", false, ""},
		{"dns-truncated", false, faults.DNSTruncated},
		{"dns-truncated", true, ""},
		{"throttle", false, ""},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.text, tt.tcp), func(t *testing.T) {
			q.TCP = tt.tcp
			if got := set(t, tt.text).Query(q, t0).Name; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEventLost(t *testing.T) {
	s := set(t, "event-lost cluster=prod times=1")
	if s.EventLost("222222222222", "us-east-1", "payments", "e", t0) {
		t.Error("another cluster's event was lost")
	}
	if !s.EventLost("222222222222", "us-east-1", "prod", "e", t0) || s.EventLost("222222222222", "us-east-1", "prod", "e", t0) {
		t.Error("not exactly one event was lost")
	}
}

// TestRateDoesNotDependOnOrder: what befalls the n-th call of a subject is
// the same however the calls of two subjects interleave.
func TestRateDoesNotDependOnOrder(t *testing.T) {
	subjects := []faults.Call{{Service: "ec2", Action: "DescribeVpcs"}, {Service: "eks", Action: "DescribeCluster"}}
	rapid.Check(t, func(rt *rapid.T) {
		const n = 20
		inTurn := func(next func(left [2]int) int) [2][]faults.Name {
			s := set(t, "throttle rate=0.5")
			var got [2][]faults.Name
			for range 2 * n {
				i := next([2]int{n - len(got[0]), n - len(got[1])})
				got[i] = append(got[i], s.Call(subjects[i], t0).Refuse)
			}
			return got
		}
		first := inTurn(func(left [2]int) int {
			if left[0] > 0 {
				return 0
			}
			return 1
		})
		mixed := inTurn(func(left [2]int) int {
			switch {
			case left[0] == 0:
				return 1
			case left[1] == 0:
				return 0
			}
			return rapid.IntRange(0, 1).Draw(rt, "who")
		})
		if d := cmp.Diff(first, mixed); d != "" {
			rt.Fatalf("order changed the outcome (-one after the other +mixed)\n%s", d)
		}
	})
}

func TestRateIsAShare(t *testing.T) {
	for _, rate := range []float64{0.1, 0.5, 0.9} {
		s := set(t, fmt.Sprintf("throttle rate=%g", rate))
		hits := 0
		const n = 10000
		for range n {
			if s.Call(faults.Call{Service: "ec2", Action: "DescribeVpcs"}, t0).Refuse != "" {
				hits++
			}
		}
		if got := float64(hits) / n; got < rate-0.03 || got > rate+0.03 {
			t.Errorf("rate %g struck %g of the calls", rate, got)
		}
	}
}
