package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"postern/internal/lab"
	"postern/internal/lab/state"
	"postern/internal/plan"
	"postern/internal/reconcile"
)

// From the moment at which a network interface exists to that at which its
// address is registered, at AWS's own speed, with EC2's listing at once: the
// figure "a new address is registered within 5 s (p99)".
func TestWatchRegistersInTime(t *testing.T) {
	links, moves := 20, scaled(25, 300)
	o := lab.Options{World: lab.GeneratedWorld(1, 1, links), Consistent: true}
	inWatchBench(t, o, func(b *watchBench) {
		defer b.watch(&reconcile.Watcher{Engine: b.pacedEngine(0.3, 1, "us-east-1")})()
		b.converge(links)
		vpcs := map[string]string{}
		for _, g := range b.groups(genAccount, "us-east-1") {
			vpcs[g.ARN] = g.VPC
		}
		made := map[string]time.Time{} // by VPC and address
		var took []time.Duration
		defer b.store.Subscribe(func(e state.Event) {
			switch {
			case e.Kind == state.InterfaceChanged && e.Was == "":
				made[e.Of+" "+e.Extra] = e.At
			case e.Kind == state.TargetChanged && e.Now != "":
				key := vpcs[e.Of] + " " + hostOf(e.Subject)
				if at, ok := made[key]; ok {
					took = append(took, e.At.Sub(at))
					delete(made, key)
				}
			}
		})()
		rng := rand.New(rand.NewPCG(1, 2))
		kinds := []state.MoveKind{state.MoveReplace, state.MovePatch, state.MoveScaleOut, state.MoveAbrupt}
		for done := 0; done < moves; {
			b.wait(time.Duration(rng.IntN(20_000)) * time.Millisecond)
			if b.move(genAccount, "us-east-1", fmt.Sprintf("cluster-%04d", rng.IntN(links)), kinds[rng.IntN(len(kinds))]) {
				done++
			}
			if done%25 == 0 { // scaled out to the most everywhere, few moves are left
				b.move(genAccount, "us-east-1", fmt.Sprintf("cluster-%04d", rng.IntN(links)), state.MoveScaleIn)
			}
		}
		b.wait(time.Minute)
		if len(made) > 0 || len(took) < moves {
			t.Fatalf("%d addresses were registered, %d were not: %v", len(took), len(made), made)
		}
		p50, p99, most := quantile(took, 0.5), quantile(took, 0.99), quantile(took, 1)
		t.Logf("figure: interface to registration over %d addresses: p50 %s, p99 %s, longest %s", len(took), p50, p99, most)
		if p99 > 5*time.Second {
			t.Errorf("p99 is %s, want at most 5 s", p99)
		}
	})
}

// In the steady state a watcher asks ELB less than a tenth of a call a link
// and minute, and finds what others did by hand within FullCheck.
func TestWatchSteadyState(t *testing.T) {
	links := scaled(100, 400)
	inWatchBench(t, lab.Options{World: lab.GeneratedWorld(1, 1, links)}, func(b *watchBench) {
		// What listings cost is EC2's, not ELB's: fewer of them only save time here.
		defer b.watch(&reconcile.Watcher{Engine: b.pacedEngine(0.3, 1, "us-east-1"), Interval: time.Minute})()
		b.converge(links)
		b.wait(15 * time.Minute) // until first full checks have spread
		begin := time.Now()
		minutes := scaled(20, 60)
		b.wait(time.Duration(minutes) * time.Minute)
		rate := float64(b.calls("elbv2", "", begin)) / float64(links) / float64(minutes)
		t.Logf("figure: %.3f ELB calls a link and minute over %d minutes, %d links (%d DescribeTargetHealth, %d listings; %d DescribeCluster, %d tagging)", rate, minutes, links,
			b.calls("elbv2", "DescribeTargetHealth", begin), b.calls("elbv2", "DescribeTargetGroups", begin)+b.calls("elbv2", "DescribeLoadBalancers", begin),
			b.calls("eks", "DescribeCluster", begin), b.calls("tagging", "GetResources", begin))
		if rate > 0.1 {
			t.Errorf("%.3f ELB calls a link and minute, want at most 0.1", rate)
		}
		for _, a := range []string{"RegisterTargets", "DeregisterTargets", "AddTags"} {
			if n := b.calls("elbv2", a, begin); n > 0 {
				t.Errorf("%d %s in the steady state", n, a)
			}
		}

		groups := b.groups(genAccount, "us-east-1")
		caller := state.Caller{Account: genAccount, Region: "us-east-1"}
		want := map[string][]string{}
		for i := range 20 {
			name := fmt.Sprintf("cluster-%04d", i)
			want[name] = b.registered(genAccount, "us-east-1", name)
			if err := b.store.DeregisterTargets(caller, groups[name].ARN, []state.Target{{ID: want[name][0], Port: 443}}); err != nil {
				t.Fatal(err)
			}
		}
		b.wait(reconcile.DefaultFullCheck + 10*time.Second)
		for name, ips := range want {
			if got := b.registered(genAccount, "us-east-1", name); !slices.Equal(got, ips) {
				t.Errorf("%s after a full check's time: %v, want %v", name, got, ips)
			}
		}
	})
}

// A region whose API does not answer holds up no other.
func TestWatchSlowRegion(t *testing.T) {
	inWatchBench(t, lab.Options{World: lab.GeneratedWorld(1, 2, 4), Consistent: true}, func(b *watchBench) {
		defer b.watch(&reconcile.Watcher{Engine: b.engine(1, "us-east-1", "eu-west-1")})()
		b.converge(4)
		b.fault("delay region=us-east-1 by=60s")
		b.wait(30 * time.Second)
		for i := range 2 { // cluster-0001 and cluster-0003 are in eu-west-1
			name := fmt.Sprintf("cluster-%04d", 2*i+1)
			before := b.registered(genAccount, "eu-west-1", name)
			if !b.move(genAccount, "eu-west-1", name, state.MovePatch) {
				t.Fatal("no move")
			}
			b.wait(5 * time.Second)
			if got := b.registered(genAccount, "eu-west-1", name); len(got) != len(before)+1 {
				t.Errorf("%s after 5 s: %v, and %v before the move", name, got, before)
			}
		}
		b.wait(2 * time.Minute)
		found := false
		for _, d := range b.docs {
			for _, s := range d.Scopes {
				if s.Region == "us-east-1" && len(s.Errors) > 0 {
					found = true
				}
				if s.Region == "eu-west-1" && len(s.Errors) > 0 {
					t.Errorf("errors of the other region: %v", s.Errors)
				}
			}
		}
		if !found {
			t.Error("the slow region's error is not reported")
		}
	})
}

// A watcher ends within a second, whatever it is waiting for.
func TestWatchStops(t *testing.T) {
	tests := []struct{ name, fault string }{
		{"at rest", ""},
		{"AWS does not answer", "delay by=60s"},
		{"DNS does not answer", "dns-timeout"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWatchBench(t, lab.Options{World: lab.GeneratedWorld(1, 1, 3)}, func(b *watchBench) {
				ctx, cancel := context.WithCancel(b.Context())
				ended := make(chan error, 1)
				w := &reconcile.Watcher{Engine: b.engine(1, "us-east-1"), Report: b.note}
				go func() { ended <- w.Run(ctx, nil) }()
				b.converge(3)
				if tt.fault != "" {
					b.fault(tt.fault)
				}
				b.move(genAccount, "us-east-1", "cluster-0000", state.MoveAbrupt)
				b.wait(4500 * time.Millisecond)
				begin := time.Now()
				cancel()
				if err := <-ended; err != nil {
					t.Errorf("error %v", err)
				}
				if took := time.Since(begin); took > time.Second {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
}

// Credentials of a quarter of an hour are renewed for as long as it takes.
func TestWatchRenewsCredentials(t *testing.T) {
	inWatchBench(t, lab.Options{World: lab.GeneratedWorld(1, 1, 2)}, func(b *watchBench) {
		begin := time.Now()
		defer b.watch(&reconcile.Watcher{Engine: b.engine(1, "us-east-1"), Interval: 10 * time.Second})()
		b.wait(2 * time.Hour)
		if n := b.calls("sts", "AssumeRole", begin); n < 8 || n > 16 {
			t.Errorf("AssumeRole was called %d times in two hours", n)
		}
		for _, c := range b.store.Calls() {
			if c.Code != "" && c.Service != "elbv2" {
				t.Errorf("%s %s: %s", c.At, c.Action, c.Code)
			}
		}
		for _, d := range b.docs {
			for _, s := range d.Scopes {
				if len(s.Errors) > 0 {
					t.Errorf("at %s: %v", d.StartedAt, s.Errors)
				}
			}
		}
	})
}

// What DNS does not say is reported once it lasts, and costs no reading of
// targets beyond that.
func TestWatchSilentWitness(t *testing.T) {
	const links = 10
	inWatchBench(t, lab.Options{World: lab.GeneratedWorld(1, 1, links), Consistent: true}, func(b *watchBench) {
		defer b.watch(&reconcile.Watcher{Engine: b.engine(1, "us-east-1")})()
		b.converge(links)
		begin := time.Now()
		b.fault("dns-servfail for=10s")
		b.wait(2 * time.Minute)
		short := b.calls("elbv2", "DescribeTargetHealth", begin)
		if b.count(plan.Converged) != links {
			t.Errorf("a silence of 10 s left %d of %d links converged", b.count(plan.Converged), links)
		}
		if short > links/2 {
			t.Errorf("a silence of 10 s was worth %d readings of targets", short)
		}
		begin = time.Now()
		b.fault("dns-servfail for=20m")
		b.wait(3 * time.Minute)
		if n := b.count(plan.Failed); n != links {
			t.Errorf("after three minutes %d of %d links are reported as failed", n, links)
		}
		b.wait(16 * time.Minute)
		if n := b.calls("elbv2", "DescribeTargetHealth", begin); n > 4*links {
			t.Errorf("a silence of 20 minutes was worth %d readings of targets", n)
		}
		// Interfaces alone are enough to add.
		before := b.registered(genAccount, "us-east-1", "cluster-0000")
		b.move(genAccount, "us-east-1", "cluster-0000", state.MoveScaleOut)
		b.wait(5 * time.Second)
		if got := b.registered(genAccount, "us-east-1", "cluster-0000"); len(got) != len(before)+1 {
			t.Errorf("without DNS %v were registered, %v before the move", got, before)
		}
		b.wait(5 * time.Minute)
		b.converge(links)
	})
}

// A link that goes is reported as gone, and a link that comes is looked at
// within the time that the tagging API and a listing take.
func TestWatchLinksComeAndGo(t *testing.T) {
	inWatchBench(t, lab.Options{World: lab.GeneratedWorld(1, 1, 3), Consistent: true}, func(b *watchBench) {
		defer b.watch(&reconcile.Watcher{Engine: b.engine(1, "us-east-1")})()
		b.converge(3)
		caller := state.Caller{Account: genAccount, Region: "us-east-1"}
		g := b.groups(genAccount, "us-east-1")["cluster-0001"]
		tagged := []string{g.ARN, g.LoadBalancers[0]}
		if err := b.store.RemoveTags(caller, tagged, []string{plan.TagCluster}); err != nil {
			t.Fatal(err)
		}
		b.wait(time.Minute + 5*time.Second)
		const ref = genAccount + "/us-east-1/cluster-0001"
		if got := b.row(ref); got.Result != plan.Gone {
			t.Errorf("the row of a link that went: %s %s", got.Result, got.Reason)
		}
		if err := b.store.AddTags(caller, tagged, state.Tags{plan.TagCluster: "cluster-0001"}); err != nil {
			t.Fatal(err)
		}
		b.wait(time.Minute + 5*time.Second)
		if got := b.row(ref); got.Result != plan.Converged {
			t.Errorf("the row of a link that came back: %s %s", got.Result, got.Reason)
		}
	})
}

// Two watchers at once take nothing that serves, do not undo each other's
// work, and end converged.
func TestWatchTwoAtOnce(t *testing.T) {
	const links = 6
	inWatchBench(t, lab.Options{World: lab.GeneratedWorld(1, 1, links)}, func(b *watchBench) {
		defer b.watch(&reconcile.Watcher{Engine: b.engine(1, "us-east-1")})()
		b.wait(1700 * time.Millisecond)
		defer b.watch(&reconcile.Watcher{Engine: b.engine(1, "us-east-1")})()
		b.converge(links)
		clusters := map[string]string{}
		for name, g := range b.groups(genAccount, "us-east-1") {
			clusters[g.ARN] = name
		}
		var wrong []string
		defer b.store.Subscribe(func(e state.Event) {
			if e.Kind != state.TargetChanged || !strings.HasPrefix(e.Now, "draining") {
				return
			}
			for _, a := range b.store.Serving(genAccount, "us-east-1", clusters[e.Of]) {
				if a.String() == hostOf(e.Subject) {
					wrong = append(wrong, fmt.Sprintf("%s of %s", a, clusters[e.Of]))
				}
			}
		})()
		rng := rand.New(rand.NewPCG(3, 4))
		for range scaled(12, 100) {
			b.wait(time.Duration(rng.IntN(120)) * time.Second)
			kinds := []state.MoveKind{state.MoveReplace, state.MovePatch, state.MoveAbrupt, state.MoveRollback}
			b.move(genAccount, "us-east-1", fmt.Sprintf("cluster-%04d", rng.IntN(links)), kinds[rng.IntN(len(kinds))])
		}
		b.wait(40 * time.Minute)
		if len(wrong) > 0 {
			t.Errorf("serving addresses were deregistered: %v", wrong)
		}
		for _, d := range b.docs {
			for _, l := range d.Links {
				if l.Reason == plan.AnotherWriter {
					t.Errorf("%s %s: another writer", d.StartedAt, l.Ref)
				}
			}
		}
		for i := range links {
			name := fmt.Sprintf("cluster-%04d", i)
			var want []string
			for _, a := range b.store.Serving(genAccount, "us-east-1", name) {
				want = append(want, a.String())
			}
			slices.Sort(want)
			if got := b.registered(genAccount, "us-east-1", name); !slices.Equal(got, want) {
				t.Errorf("%s: registered %v, serving %v", name, got, want)
			}
		}
	})
}
