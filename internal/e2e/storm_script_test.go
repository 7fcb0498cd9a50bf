package e2e

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"postern/internal/plan"
	"postern/internal/reconcile"
)

// step is one thing that happens in a storm, in words that (*storm).do knows.
type step struct {
	at time.Duration
	do string
}

// setup is how the engines of a storm are set: the same for all, since they
// stand for runs of one deployment.
type setup struct {
	engines   []engineSetup
	witnesses []plan.WitnessName
	policy    plan.Policy
	inMemory  bool // marks are kept in the engine
	share     float64
}

type engineSetup struct {
	every   time.Duration // between passes, with jitter
	forgets bool          // a new process for every pass, as a function is
}

// script is a storm before it happens. A seed always makes the same one.
type script struct {
	seed   uint64
	setup  setup
	steps  []step
	length time.Duration
}

// String is what a failing storm prints.
func (s script) String() string {
	var b strings.Builder
	p := s.setup.policy
	fmt.Fprintf(&b, "seed %d, %s: witnesses %v, min healthy %d, max deregister %d, remove foreign %t, marks in memory %t, share %g, engines %v\n",
		s.seed, s.length, s.setup.witnesses, p.MinHealthy, p.MaxDeregister, p.RemoveForeign, s.setup.inMemory, s.setup.share, s.setup.engines)
	for i, st := range s.steps {
		fmt.Fprintf(&b, "%4d  %12s  %s\n", i+1, st.at.Truncate(time.Millisecond), st.do)
	}
	return b.String()
}

// prefix is the storm that ends after n steps.
func (s script) prefix(n int) script {
	if n < len(s.steps) {
		s.length = s.steps[n].at
	}
	s.steps = s.steps[:n]
	return s
}

// writeScript makes the storm of a seed.
func writeScript(seed uint64, length time.Duration) script {
	w := &writer{rand.New(rand.NewPCG(seed, 0x73746f726d))}
	s := script{seed: seed, length: length, setup: w.setup()}
	s.steps = w.steps(length, 2*minute, w.step)
	return s
}

// writeWeather makes the storm that the peers go through too: what AWS, DNS
// and the network do, and nothing that is about sync's own tags or processes.
// It is slower, so that something that runs every five minutes has a chance.
func writeWeather(seed uint64, length time.Duration) script {
	w := &writer{rand.New(rand.NewPCG(seed, 0x77656174686572))}
	s := script{seed: seed, length: length, setup: setup{
		engines:   []engineSetup{{every: minute, forgets: true}},
		witnesses: []plan.WitnessName{plan.DNS, plan.ENI},
		policy:    plan.DefaultPolicy(),
	}}
	s.steps = w.steps(length, 10*minute, func() string {
		if w.IntN(5) < 2 {
			return w.move()
		}
		return w.fault()
	})
	return s
}

// writer draws what happens.
type writer struct{ *rand.Rand }

// steps lets something happen again and again, with at most pace between.
func (w *writer) steps(length, pace time.Duration, next func() string) []step {
	var out []step
	// Odd nanoseconds: no two things of a storm happen in the same moment, so
	// that their order is never the scheduler's.
	for at := time.Duration(0); ; {
		at += time.Second + time.Duration(w.Int64N(int64(pace)))
		if at >= length {
			return out
		}
		out = append(out, step{at, next()})
	}
}

func (w *writer) setup() setup {
	s := setup{policy: plan.DefaultPolicy(), witnesses: []plan.WitnessName{plan.DNS, plan.ENI}}
	switch w.IntN(6) {
	case 4:
		s.witnesses = s.witnesses[:1]
	case 5:
		s.witnesses = s.witnesses[1:]
	}
	s.policy.MinHealthy = 1 + w.IntN(2)
	s.policy.MaxDeregister = w.IntN(3)
	s.policy.RemoveForeign = w.IntN(3) == 0
	s.inMemory = w.IntN(4) == 0
	s.share = []float64{0, 0, 0.3}[w.IntN(3)]
	for range 1 + w.IntN(2) {
		s.engines = append(s.engines, engineSetup{every: w.between(20*time.Second, 70*time.Second), forgets: !s.inMemory && w.IntN(2) == 0})
	}
	return s
}

func (s setup) settings() reconcile.Settings {
	return reconcile.Settings{Policy: s.policy, Witnesses: s.witnesses, MarksInMemory: s.inMemory}
}

func (w *writer) between(low, high time.Duration) time.Duration {
	return (low + time.Duration(w.Int64N(int64(high-low)))).Truncate(time.Second)
}

func (w *writer) cluster() string { return pick(w, []string{stormA, stormA, stormA, stormB}) }

func pick[T any](w *writer, of []T) T { return of[w.IntN(len(of))] }

func (w *writer) step() string {
	engine := []string{"A", "B"}[w.IntN(2)]
	switch n := w.IntN(100); {
	case n < 22:
		return w.move()
	case n < 57:
		return w.fault()
	case n < 61:
		return "heal"
	case n < 66:
		return fmt.Sprintf("register %s %s 443", w.cluster(), pick(w, []string{"FREE", "OTHER"}))
	case n < 70:
		return fmt.Sprintf("register %s %s 8443", w.cluster(), pick(w, []string{"FREE", "OWN", "OWN"}))
	case n < 73:
		return "deregister " + w.cluster()
	case n < 76:
		return fmt.Sprintf("marks %s %s", w.cluster(), pick(w, []string{"gone", "garbage", "future", "listed"}))
	case n < 78:
		return "pause " + w.cluster() + " " + w.between(2*minute, 6*minute).String()
	case n < 80:
		return "unmanage " + w.cluster() + " " + w.between(2*minute, 6*minute).String()
	case n < 82:
		return "forge " + w.cluster()
	case n < 83:
		return "public " + w.cluster()
	case n < 84:
		return "recreate " + w.cluster()
	case n < 91:
		return fmt.Sprintf("crash %s %d %s %s", engine, w.IntN(14), pick(w, []string{"before", "after"}), pick(w, []string{"memory", "nothing"}))
	case n < 96:
		return fmt.Sprintf("clock %s %s", engine, pick(w, []time.Duration{0, w.between(-4*minute, 0), w.between(0, 4*minute), w.between(-20*time.Second, 20*time.Second)}))
	case n < 98:
		return "hurry " + engine
	}
	return "twice " + engine
}

func (w *writer) move() string {
	kind := pick(w, []string{"replace", "replace", "scale-out", "scale-in", "patch", "patch", "abrupt", "reuse", "reuse-by", "rollback"})
	return fmt.Sprintf("move %s %s", w.cluster(), kind)
}

// stormActions are what a pass calls.
var stormActions = []string{
	"elbv2:DescribeTargetHealth", "elbv2:RegisterTargets", "elbv2:DeregisterTargets", "elbv2:DescribeTags", "elbv2:AddTags", "elbv2:DescribeTargetGroups",
	"elbv2:DescribeLoadBalancers", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "eks:DescribeCluster", "tagging:GetResources", "elbv2:*",
}

func (w *writer) fault() string {
	limit := " for=" + w.between(10*time.Second, 8*minute).String()
	rate := pick(w, []string{"", "", " rate=0.5", " rate=0.2"})
	cluster := " cluster=" + w.cluster()
	switch n := w.IntN(20); {
	case n < 3:
		return "fault throttle action=" + pick(w, stormActions) + pick(w, []string{limit, limit, " times=3"}) + rate
	case n < 6:
		return "fault deny action=" + pick(w, stormActions) + limit + rate
	case n < 8:
		return "fault delay action=" + pick(w, stormActions) + " by=" + w.between(time.Second, 20*time.Second).String() + limit + rate
	case n < 10:
		reads := slices.DeleteFunc(slices.Clone(stormActions), func(a string) bool { return !strings.Contains(a, ":Describe") && !strings.Contains(a, ":Get") })
		return "fault stale-read action=" + pick(w, reads) + " age=" + w.between(5*time.Second, 5*minute).String() + limit + rate
	case n < 14:
		view := pick(w, []string{"", "", " resolver=public"})
		return "fault " + pick(w, []string{"dns-nxdomain", "dns-servfail", "dns-timeout", "dns-empty", "dns-truncated", "dns-malformed"}) + cluster + view + limit + rate
	case n < 16:
		return "fault dns-partial" + cluster + limit + rate
	case n < 18:
		return "fault dns-wrong" + cluster + " answer=" + pick(w, []string{"OTHER", "FREE", "OWN,OTHER", "OWN,OUTSIDE,PUBLIC", "PUBLIC", "OUTSIDE"}) + limit + rate
	case n < 19:
		return "fault health-broken" + cluster + limit
	}
	return "fault zone-outage zone=use1-az1" + limit
}
