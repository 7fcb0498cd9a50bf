package reconcile_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
)

// instant is the time of every drawn fleet: it stands still.
var instant = time.Unix(1_800_000_000, 0)

var pool = addrs("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6")

func chance(t *rapid.T, percent int, label string) bool {
	return rapid.IntRange(0, 99).Draw(t, label) < percent
}

func some(t *rapid.T, label string) []netip.Addr {
	var out []netip.Addr
	for _, a := range pool {
		if chance(t, 50, label+a.String()) {
			out = append(out, a)
		}
	}
	return out
}

// drawFleet draws links in every state that AWS and its users can bring about.
func drawFleet(t *rapid.T) *fleet {
	f := newFleet()
	f.now = func() time.Time { return instant }
	places := []struct {
		a plan.AccountID
		r plan.Region
	}{{accountA, east}, {accountA, west}, {accountB, east}}
	for i := range rapid.IntRange(1, 4).Draw(t, "links") {
		p := rapid.SampledFrom(places).Draw(t, "place")
		l := f.add(p.a, p.r, fmt.Sprintf("c%d", i))
		l.eni = some(t, "eni")
		if chance(t, 60, "same") {
			l.dns.Addrs = slices.Clone(l.eni)
		} else {
			l.dns.Addrs = some(t, "dns")
		}
		l.dns.Outcome = rapid.SampledFrom([]plan.Outcome{plan.Answered, plan.Answered, plan.Answered, plan.Answered, plan.Unknown, plan.Empty}).Draw(t, "outcome")
		if len(l.dns.Addrs) == 0 && l.dns.Outcome == plan.Answered {
			l.dns.Outcome = plan.Empty
		}
		if l.dns.Outcome != plan.Answered {
			l.dns.Addrs = nil
		}
		l.dns.Partial = l.dns.Outcome == plan.Answered && chance(t, 10, "partial")
		for _, a := range append(some(t, "registered"), netip.MustParseAddr("10.9.9.9")) {
			if a == netip.MustParseAddr("10.9.9.9") && !chance(t, 15, "foreign") {
				continue
			}
			state := rapid.SampledFrom([]plan.TargetState{
				plan.StateHealthy, plan.StateHealthy, plan.StateHealthy, plan.StateUnhealthy, plan.StateInitial, plan.StateUnused, plan.StateDraining,
			}).Draw(t, "state")
			l.targets = append(l.targets, plan.Registered{Target: plan.Target{Addr: a, Port: plan.APIPort}, State: state})
		}
		marks := plan.Marks{}
		for _, a := range append(pool, netip.MustParseAddr("10.9.9.9")) {
			if chance(t, 50, "marked") {
				kind := rapid.SampledFrom([]byte{plan.MarkStale, plan.MarkStale, plan.MarkDNSAlone, plan.MarkReregistered}).Draw(t, "kind")
				age := rapid.SampledFrom([]int{0, 60, 120, 700, -50}).Draw(t, "age")
				marks[plan.Mark{Kind: kind, Addr: a}] = instant.Add(-time.Duration(age) * time.Second)
			}
		}
		if len(marks) > 0 {
			l.group.Tags[plan.TagMarks] = marks.String()
		}
		if chance(t, 15, "unmanaged") {
			delete(l.group.Tags, plan.TagManaged)
		}
		if chance(t, 5, "paused") {
			l.group.Tags[plan.TagPaused] = "true"
		}
		if chance(t, 10, "split") {
			l.cluster.Public = true
		}
		if chance(t, 10, "status") {
			l.cluster.Status = rapid.SampledFrom([]plan.ClusterStatus{plan.ClusterCreating, plan.ClusterDeleting, plan.ClusterFailed, plan.ClusterUpdating}).Draw(t, "cluster status")
		}
	}
	return f
}

// listed says whether a witness that answers lists the address.
func (l *fakeLink) listed(a netip.Addr) bool {
	dns := l.dns.Outcome == plan.Answered && !l.cluster.Public && slices.Contains(l.dns.Addrs, a)
	return dns || slices.Contains(l.eni, a)
}

// live returns the targets that are not draining, by address.
func (l *fakeLink) live() map[netip.Addr]plan.TargetState {
	out := map[netip.Addr]plan.TargetState{}
	for _, r := range l.targets {
		if !r.Draining() {
			out[r.Addr] = r.State
		}
	}
	return out
}

// change is what happened to a link's targets: "+ADDR" and "-ADDR".
func change(before, after *fakeLink) map[string]bool {
	out := map[string]bool{}
	b, a := before.live(), after.live()
	for addr := range a {
		if _, ok := b[addr]; !ok {
			out["+"+addr.String()] = true
		}
	}
	for addr := range b {
		if _, ok := a[addr]; !ok {
			out["-"+addr.String()] = true
		}
	}
	return out
}

func pass(t *rapid.T, f *fleet) report.Sync {
	doc, err := f.engine().Pass(context.Background(), nil)
	if err != nil {
		t.Fatalf("pass: %v", err)
	}
	return doc
}

// Invariants 1, 2 and 7: no pass removes what a witness lists, or goes below
// the floor; every decision is reported, and converged means as intended.
func TestPassIsSafeAndHonest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := drawFleet(t)
		f := before.clone()
		doc := pass(t, f)
		if len(doc.Links) != len(f.links) {
			t.Fatalf("%d links, %d reported", len(f.links), len(doc.Links))
		}
		for i, l := range f.links {
			was := before.links[i].live()
			healthy, any := 0, 0
			for a, state := range was {
				if l.listed(a) {
					any++
					if state == plan.StateHealthy {
						healthy++
					}
				}
			}
			removed := 0
			for a, state := range was {
				if _, still := l.live()[a]; still {
					continue
				}
				removed++
				switch {
				case l.listed(a):
					t.Fatalf("%s: removed %s, which a witness lists", l.ref, a)
				case state == plan.StateHealthy && healthy < 1, any < 1:
					t.Fatalf("%s: removed %s below the floor", l.ref, a)
				case l.group.Tags[plan.TagManaged] != "true", l.group.Tags[plan.TagPaused] == "true":
					t.Fatalf("%s: removed %s without the right to", l.ref, a)
				case l.dns.Outcome != plan.Answered && !l.cluster.Public, l.dns.Partial && !l.cluster.Public, len(l.eni) == 0:
					t.Fatalf("%s: removed %s though a witness did not answer", l.ref, a)
				}
			}
			if removed > max(1, len(was)/2) {
				t.Fatalf("%s: removed %d of %d", l.ref, removed, len(was))
			}
			honest(t, before.links[i], l, rowOf(t, doc, l))
		}
	})
}

func rowOf(t interface{ Fatalf(string, ...any) }, doc report.Sync, l *fakeLink) report.Link {
	for _, row := range doc.Links {
		if row.TargetGroupARN == l.group.ARN {
			return row
		}
	}
	t.Fatalf("%s is not in the report", l.ref)
	return report.Link{}
}

// honest compares a link's row with what happened to it.
func honest(t *rapid.T, before, after *fakeLink, row report.Link) {
	if row.Result == "" || row.Reason == "" && row.Result != plan.Converged {
		t.Fatalf("%s: result %q, reason %q", row.Ref, row.Result, row.Reason)
	}
	decided := map[string]report.Decision{}
	for _, d := range row.Decisions {
		if d.Reason == "" || d.Message == "" || len(d.Witnesses) == 0 {
			t.Fatalf("%s: no reason, message or evidence: %+v", row.Ref, d)
		}
		decided[d.Address] = d
	}
	done := map[string]bool{}
	for _, d := range row.Decisions {
		switch {
		case d.Done && d.Action == plan.Register:
			done["+"+d.Address] = true
		case d.Done && d.Action == plan.Deregister:
			done["-"+d.Address] = true
		}
	}
	if diff := cmp.Diff(change(before, after), done); diff != "" {
		t.Fatalf("%s: done against reported:\n%s", row.Ref, diff)
	}
	if row.Targets == nil { // the cluster's state stood in the way
		if len(row.Decisions) > 0 {
			t.Fatalf("%s: decisions without a look", row.Ref)
		}
		return
	}
	for a := range before.live() {
		if _, ok := decided[a.String()]; !ok {
			t.Fatalf("%s: nothing is said about registered %s", row.Ref, a)
		}
	}
	for _, a := range pool {
		if _, ok := decided[a.String()]; before.listed(a) && !ok {
			t.Fatalf("%s: nothing is said about listed %s", row.Ref, a)
		}
	}
	if row.Result == plan.Converged {
		for a, state := range after.live() {
			if foreign := a == netip.MustParseAddr("10.9.9.9"); !foreign && (!after.listed(a) || state != plan.StateHealthy) {
				t.Fatalf("%s: converged with %s %s", row.Ref, a, state)
			}
		}
		for _, a := range pool {
			if _, ok := after.live()[a]; after.listed(a) && !ok {
				t.Fatalf("%s: converged without %s", row.Ref, a)
			}
		}
	}
}

// drawFault makes one call fail. It returns the link that the call is about,
// or nil for a call of a whole scope.
func drawFault(t *rapid.T, f *fleet) *fakeLink {
	l := rapid.SampledFrom(f.links).Draw(t, "link of the fault")
	fault := rapid.SampledFrom([]error{throttled("it"), denied("it"), fmt.Errorf("reset by peer")}).Draw(t, "fault")
	where := fmt.Sprintf("%s/%s ", l.ref.Account, l.ref.Region)
	arn := " " + string(l.group.ARN)
	call := rapid.SampledFrom([]string{
		"Cluster " + l.ref.Name, "Targets" + arn, "Register" + arn, "Deregister" + arn, "PutTag" + arn, "Lookup " + l.cluster.Host,
		where + "Account", where + "Candidates", where + "Interfaces", where + "CIDRs", where + "Tags",
	}).Draw(t, "call")
	f.faults[call] = fault
	if strings.HasPrefix(call, where) {
		return nil
	}
	return l
}

// Invariant 4: a fault can only shrink what is done. Two additions are meant:
// where EC2 cannot be asked, what DNS names is registered at once, and not
// only after the grace period; where EKS cannot be asked, the tag
// postern:endpoint serves, which does not know that a cluster is being made
// or deleted. In both a witness names the address, and nothing leaves.
func TestFaultOnlyShrinks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := drawFleet(t)
		whole, faulty := before.clone(), before.clone()
		pass(t, whole)
		drawFault(t, faulty)
		pass(t, faulty)
		for i := range before.links {
			all := change(before.links[i], whole.links[i])
			for c := range change(before.links[i], faulty.links[i]) {
				a, l := netip.MustParseAddr(c[1:]), before.links[i]
				byDNS := slices.Contains(l.dns.Addrs, a)
				byTag := faulty.faults["Cluster "+l.ref.Name] != nil && (byDNS || slices.Contains(l.eni, a))
				if !all[c] && (c[0] == '-' || !byDNS && !byTag) {
					t.Fatalf("%s: %s only with the fault %v", before.links[i].ref, c, faulty.faults)
				}
			}
		}
	})
}

// A fault of one link changes nothing for another, nor does a call of it that
// gets no answer while the pass lasts.
func TestIsolation(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		before := drawFleet(t)
		whole, faulty := before.clone(), before.clone()
		want := pass(t, whole)
		about := drawFault(t, faulty)
		var got report.Sync
		if about != nil && chance(t, 50, "slow") {
			for call := range faulty.faults {
				faulty.delay[call] = time.Minute
			}
		}
		synctest.Test(outer, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			got, _ = faulty.engine().Pass(ctx, nil)
		})
		for i, l := range faulty.links {
			place := fmt.Sprintf("%s/%s", l.ref.Account, l.ref.Region)
			if about == l || about == nil && strings.HasPrefix(fmt.Sprint(faulty.faults), "map["+place) {
				continue
			}
			if diff := cmp.Diff(rowOf(t, want, l), rowOf(t, got, l)); diff != "" {
				t.Fatalf("%s: report changed with the fault %v:\n%s", l.ref, faulty.faults, diff)
			}
			if diff := cmp.Diff(whole.links[i].has(), l.has()); diff != "" {
				t.Fatalf("%s: targets:\n%s", l.ref, diff)
			}
		}
	})
}

// Invariant 5: what was seen twice is written once. Passes at one instant come
// to rest, and at rest the report is the same again.
func TestRepeatedPassWritesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFleet(t)
		for n := 0; ; n++ {
			state := fleetState(f)
			f.calls = nil
			pass(t, f)
			if len(f.wrote()) == 0 {
				break
			}
			if fleetState(f) == state {
				t.Fatalf("wrote %v, and nothing changed", f.wrote())
			}
			if n > 10 {
				t.Fatalf("still writes after %d passes: %v", n, f.wrote())
			}
		}
	})
}

func fleetState(f *fleet) string {
	var out []string
	for _, l := range f.links {
		out = append(out, l.has(), l.group.Tags[plan.TagMarks])
	}
	return strings.Join(out, "\n")
}

// Invariant 6: two passes that interleave in any order of calls, and one more,
// end where passes in sequence end.
func TestInterleavedPassesConverge(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		before := drawFleet(t)
		seed := rapid.Uint64().Draw(t, "seed")
		sequence, both := before.clone(), before.clone()
		for range 3 {
			unlimited(sequence).Pass(context.Background(), nil)
		}
		interleave(outer, both, seed)
		for i, l := range both.links {
			was := before.links[i].live()
			for a := range was {
				if _, still := l.live()[a]; !still && l.listed(a) {
					t.Fatalf("%s: removed %s, which a witness lists", l.ref, a)
				}
			}
		}
		unlimited(both).Pass(context.Background(), nil)
		for i, l := range both.links {
			if diff := cmp.Diff(waiting(sequence.links[i]), waiting(l)); diff != "" {
				t.Fatalf("%s: in sequence against interleaved:\n%s", l.ref, diff)
			}
		}
	})
}

// unlimited is an engine that removes as many as the other guards allow, so
// that the number of passes does not matter.
func unlimited(f *fleet) *reconcile.Engine {
	e := f.engine()
	e.Settings.Policy.MaxDeregister = 100
	return e
}

// waiting is where a link stands: its live targets, and what waits for a grace
// period.
func waiting(l *fakeLink) []string {
	var out []string
	for a := range l.live() {
		out = append(out, a.String())
	}
	marks, _ := plan.ParseMarks(l.group.Tags[plan.TagMarks])
	for m := range marks {
		if m.Kind != plan.MarkReregistered {
			out = append(out, string(m.Kind)+m.Addr.String())
		}
	}
	slices.Sort(out)
	return out
}

// interleave runs two passes at once; one call at a time goes on, as the seed
// says, when all others wait.
func interleave(t *testing.T, f *fleet, seed uint64) {
	type waiter struct {
		name string
		go_  chan struct{}
	}
	type passKey struct{}
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(seed, 0))
		arrivals := make(chan waiter, 100)
		f.turn = func(ctx context.Context, call string) {
			w := waiter{fmt.Sprintf("%v %s", ctx.Value(passKey{}), call), make(chan struct{})}
			arrivals <- w
			<-w.go_
		}
		done := make(chan struct{}, 2)
		for n := range 2 {
			go func() {
				unlimited(f).Pass(context.WithValue(context.Background(), passKey{}, n), nil)
				done <- struct{}{}
			}()
		}
		var waiters []waiter
		for finished := 0; finished < 2; {
			synctest.Wait()
			for len(arrivals) > 0 {
				waiters = append(waiters, <-arrivals)
			}
			for len(done) > 0 {
				<-done
				finished++
			}
			if len(waiters) > 0 {
				slices.SortFunc(waiters, func(a, b waiter) int { return strings.Compare(a.name, b.name) })
				i := random.IntN(len(waiters))
				close(waiters[i].go_)
				waiters = slices.Delete(waiters, i, i+1)
			}
		}
		f.turn = nil
	})
}

// TestCancelledAtEachCall stops a pass at every call it makes. Nothing is
// written after that, nothing is removed where registering came first and did
// not happen, and the report says what was done.
func TestCancelledAtEachCall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := drawFleet(t)
		whole := before.clone()
		pass(t, whole)
		finish := rapid.Bool().Draw(t, "the call succeeds")
		for n := range len(whole.calls) {
			f := before.clone()
			ctx, cancel := context.WithCancel(context.Background())
			calls, begun, at := 0, 0, ""
			f.finish = finish
			f.script = func(call string) error {
				f.mu.Lock()
				defer f.mu.Unlock()
				if calls++; calls == n+1 {
					cancel()
					begun, at = len(f.calls), call // other scopes' among them
				}
				return nil
			}
			e := f.engine()
			e.Settings.Concurrency = 1
			doc, err := e.Pass(ctx, nil)
			cancel()
			if err != nil {
				t.Fatal(err)
			}
			if f.calls = f.calls[begun:]; len(f.wrote()) > 0 {
				t.Fatalf("stopped at call %d %q, and then %v", n, at, f.wrote())
			}
			if report.Exit(doc, report.ExitOptions{}) == report.ExitOK && doc.Summary.Pending == 0 {
				if got, want := fleetState(f), fleetState(whole); got != want {
					t.Fatalf("stopped at %q, all well and different:\n%s\n%s", at, got, want)
				}
			}
			for i, l := range f.links {
				changed := change(before.links[i], l)
				all := change(before.links[i], whole.links[i])
				removed, missing := false, false
				for c := range all {
					missing = missing || c[0] == '+' && !changed[c]
				}
				for c := range changed {
					removed = removed || c[0] == '-'
					if !all[c] {
						t.Fatalf("%s: %s only when stopped at %q", l.ref, c, at)
					}
				}
				if removed && missing {
					t.Fatalf("%s: removed without registering, stopped at %q", l.ref, at)
				}
				for _, row := range doc.Links {
					if row.TargetGroupARN != l.group.ARN {
						continue
					}
					if row.Reason == plan.NotReached && (len(changed) > 0 || l.group.Tags[plan.TagMarks] != before.links[i].group.Tags[plan.TagMarks]) {
						t.Fatalf("%s: written to, and reported as not reached, stopped at %q", l.ref, at)
					}
					honest(t, before.links[i], l, row)
				}
			}
		}
	})
}

// TestReportIsStable shows that the report does not depend on what finishes
// first.
func TestReportIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := drawFleet(t)
		want := pass(t, before.clone())
		shuffled := before.clone()
		e := shuffled.engine()
		order := rapid.Permutation(e.Scopes).Draw(t, "scopes")
		shuffled.links = rapid.Permutation(shuffled.links).Draw(t, "order")
		e.Scopes = order
		got, err := e.Pass(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}
