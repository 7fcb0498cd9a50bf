package plan_test

import (
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"postern/internal/plan"
)

// now is the instant of every test here.
var now = time.Unix(1_800_000_000, 0)

// pool holds the addresses that generated worlds are made of: mostly a few of
// the VPC, so that sources meet on them, and one of each kind that the filter
// refuses.
var (
	inside = addrs("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "100.64.0.1")
	odd    = addrs("10.0.0.1", "10.9.0.1", "203.0.113.5", "127.0.0.1", "169.254.1.1", "224.0.0.1", "0.0.0.0", "::ffff:10.0.0.1",
		"10.0.0.8", "fd00::1", "fd00::2", "fd00:9::1", "fe80::1", "::1", "2001:db8::5")
	inside6 = addrs("fd00::1", "fd00::2", "fd00::3", "fd00::4")
	blocks  = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16"), netip.MustParsePrefix("100.64.0.0/24"), netip.MustParsePrefix("fd00::/64")}
)

func addrs(texts ...string) []netip.Addr {
	var as []netip.Addr
	for _, s := range texts {
		as = append(as, netip.MustParseAddr(s))
	}
	return as
}

// often draws true in about n of ten inputs.
func often(t *rapid.T, n int, label string) bool { return rapid.IntRange(1, 10).Draw(t, label) <= n }

func drawAddr(t *rapid.T, v6 bool, label string) netip.Addr {
	switch {
	case often(t, 1, label+" odd"):
		return rapid.SampledFrom(odd).Draw(t, label)
	case v6:
		return rapid.SampledFrom(inside6).Draw(t, label)
	}
	return rapid.SampledFrom(inside).Draw(t, label)
}

func drawAddrs(t *rapid.T, v6 bool, label string) []netip.Addr {
	var as []netip.Addr
	for range rapid.IntRange(1, 5).Draw(t, label+" count") {
		as = append(as, drawAddr(t, v6, label))
	}
	return as
}

var states = []plan.TargetState{
	plan.StateHealthy, plan.StateHealthy, plan.StateHealthy, plan.StateHealthy, plan.StateUnhealthy, plan.StateUnhealthy, plan.StateInitial,
	plan.StateDraining, plan.StateDraining, plan.StateUnused, plan.StateUnavailable, plan.StateUnhealthyDraining,
}

var stateReasons = map[plan.TargetState]string{
	plan.StateInitial:   "Elb.InitialHealthChecking",
	plan.StateUnhealthy: "Target.FailedHealthChecks",
	plan.StateDraining:  "Target.DeregistrationInProgress",
	plan.StateUnused:    "Target.NotInUse",
}

func drawWitness(t *rapid.T, name plan.WitnessName, v6 bool) plan.Witness {
	w := plan.Witness{Name: name, Outcome: plan.Answered, At: now.Add(-time.Duration(rapid.IntRange(0, 30).Draw(t, "age")) * time.Second)}
	if often(t, 3, string(name)+" not answered") {
		w.Outcome = rapid.SampledFrom([]plan.Outcome{plan.Empty, plan.Unknown, plan.Inapplicable}).Draw(t, "outcome")
	}
	if w.Outcome == plan.Answered {
		w.Addrs = drawAddrs(t, v6, string(name))
		w.Partial = name == plan.DNS && often(t, 1, "partial")
	}
	return w
}

// drawInput makes one observation of a link. Half of the inputs have most
// brakes off, so that plans do something.
func drawInput(t *rapid.T) plan.Input {
	calm := rapid.Bool().Draw(t, "calm")
	rare := func(n int, label string) bool { return !calm && often(t, n, label) }
	v6 := rare(1, "ipv6")
	in := plan.Input{
		Group:      plan.Group{ARN: "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/a/1", TargetType: "ip", Protocol: "TCP", Port: 443, VPC: "vpc-1", IPv6: v6, Tags: map[string]string{plan.TagManaged: "true"}},
		Cluster:    plan.Cluster{Name: "prod", Status: plan.ClusterActive, Host: "prod.example.com", VPC: "vpc-1", Private: true, IPv6: v6},
		Verified:   !rare(1, "unverified"),
		CIDRs:      slices.Clone(blocks),
		Marks:      plan.Marks{},
		MarksFresh: !rare(2, "marks not fresh"),
		Identity:   map[netip.Addr]plan.Verdict{},
		Policy:     plan.DefaultPolicy(),
		Now:        now,
	}
	if rare(2, "not managed") {
		in.Group.Tags = map[string]string{plan.TagManaged: rapid.SampledFrom([]string{"false", "", "True"}).Draw(t, "managed")}
	}
	if rare(1, "paused tag") {
		in.Group.Tags[plan.TagPaused] = rapid.SampledFrom([]string{"true", "false", "", "yes", "FALSE"}).Draw(t, "paused")
	}
	if rare(1, "override") {
		in.Overrides = addrs("10.0.0.8", "10.0.0.5")
	}
	in.Policy.RegisterOnly = rare(1, "register only")
	in.Policy.Paused = rare(1, "paused")
	in.Policy.Adopt = rare(3, "adopt")
	in.Policy.RemoveForeign = often(t, 3, "remove foreign")
	in.Policy.MinHealthy = rapid.SampledFrom([]int{1, 1, 1, 0, 2, 3}).Draw(t, "min healthy")
	in.Policy.MaxDeregister = rapid.SampledFrom([]int{0, 0, 1, 2, 8}).Draw(t, "max deregister")

	for _, name := range []plan.WitnessName{plan.DNS, plan.ENI} {
		if !often(t, 2, "without "+string(name)) {
			in.Witnesses = append(in.Witnesses, drawWitness(t, name, v6))
		}
	}
	seen := map[key]bool{}
	for range rapid.IntRange(0, 7).Draw(t, "registered") {
		k := key{drawAddr(t, v6, "target"), plan.APIPort}
		if often(t, 1, "other port") {
			k.port = 8443
		}
		if seen[k] || k.addr.Is4In6() { // ELB lists no mapped addresses
			continue
		}
		seen[k] = true
		r := plan.Registered{Target: plan.Target{Addr: k.addr, Port: k.port, Zone: "us-east-1a"}, State: rapid.SampledFrom(states).Draw(t, "state")}
		r.Reason = stateReasons[r.State]
		in.Registered = append(in.Registered, r)
	}
	ages := []int{-60, 0, 60, 119, 120, 121, 300, 599, 600, 601, 5000}
	for _, r := range in.Registered {
		if often(t, 7, "marked stale") {
			in.Marks[markOf('-', key{r.Addr, r.Port})] = now.Add(-time.Duration(rapid.SampledFrom(ages).Draw(t, "stale for")) * time.Second)
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "marks") {
		kind := rapid.SampledFrom([]byte{'+', '+', '=', '=', '-'}).Draw(t, "kind")
		m := plan.Mark{Kind: kind, Addr: drawAddr(t, v6, "mark")}
		in.Marks[m] = now.Add(-time.Duration(rapid.SampledFrom(ages).Draw(t, "mark's age")) * time.Second)
	}
	if rapid.Bool().Draw(t, "identity") {
		verdicts := []plan.Verdict{plan.Unchecked, plan.Proved, plan.Disproved, plan.Disproved, plan.Unreachable}
		all := rare(2, "all disproved")
		for _, a := range (oracle{in}).addresses() {
			if in.Identity[a] = rapid.SampledFrom(verdicts).Draw(t, "verdict"); all {
				in.Identity[a] = plan.Disproved
			}
			if in.Identity[a] == plan.Disproved && often(t, 7, "marked strange") || often(t, 1, "once strange") {
				age := rapid.SampledFrom([]int{-60, 0, 5, 9, 10, 11, 60, 600, 5000}).Draw(t, "strange for")
				in.Marks[plan.Mark{Kind: '_', Addr: a}] = now.Add(-time.Duration(age) * time.Second)
			}
		}
	}
	if rare(1, "CIDRs unread") {
		in.CIDRs = nil
	}
	return in
}

// clone copies everything that a planner could write into.
func clone(in plan.Input) plan.Input {
	in.Group.Tags = maps.Clone(in.Group.Tags)
	in.CIDRs = slices.Clone(in.CIDRs)
	in.Registered = slices.Clone(in.Registered)
	in.Witnesses = slices.Clone(in.Witnesses)
	for i := range in.Witnesses {
		in.Witnesses[i].Addrs = slices.Clone(in.Witnesses[i].Addrs)
	}
	in.Overrides = slices.Clone(in.Overrides)
	in.Marks = maps.Clone(in.Marks)
	in.Identity = maps.Clone(in.Identity)
	return in
}

var compare = cmp.Options{
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
	cmpopts.EquateEmpty(),
}

// diff shows how two values differ; empty if they do not.
func diff(want, got any) string { return cmp.Diff(want, got, compare) }
