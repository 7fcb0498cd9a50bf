package plan_test

import (
	"flag"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postern/internal/plan"
)

// A plan takes microseconds, so each property can afford many more inputs than
// rapid's 100. The flag -rapid.checks still overrides it.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "2000"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func TestDecideAgreesWithOracle(t *testing.T) { rapid.Check(t, agreesWithOracle) }

// FuzzDecide lets the fuzzer's coverage guide the same comparison.
func FuzzDecide(f *testing.F) { f.Fuzz(rapid.MakeFuzz(agreesWithOracle)) }

func agreesWithOracle(t *rapid.T) {
	in := drawInput(t)
	for _, s := range disagreements(in, plan.Decide(clone(in))) {
		t.Errorf("%s", s)
	}
}

// Invariant 1: no pass removes a target that any fresh witness lists. Identity
// alone outweighs DNS, never the interface listing.
func TestNoListedTargetIsRemoved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		for _, r := range plan.Decide(clone(in)).Deregister() {
			if r.Port != plan.APIPort {
				continue
			}
			for _, w := range in.Witnesses {
				if w.Outcome != plan.Answered || !slices.Contains(w.Addrs, r.Addr) || slices.Contains(in.Overrides, r.Addr) {
					continue
				}
				outside := in.CIDRs != nil && !(oracle{in}).inVPC(r.Addr)
				if !outside && (w.Name == plan.ENI || in.Identity[r.Addr] != plan.Disproved) && len((oracle{in}).refusals(r.Addr)) == 0 {
					t.Errorf("%v is deregistered, and %s names it", r.Addr, w.Name)
				}
				if in.CIDRs == nil {
					t.Errorf("%v is deregistered, and %s names it while the CIDRs are unknown", r.Addr, w.Name)
				}
			}
		}
	})
}

// Invariant 2: no pass takes a link below the floor, counted on what was
// registered before it.
func TestFloorStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		p := plan.Decide(clone(in))
		gone := map[key]bool{}
		healthyGone := false
		for _, d := range p.Decisions {
			if d.Action == plan.Deregister {
				gone[key{d.Addr, d.Port}] = true
				healthyGone = healthyGone || d.Health == plan.StateHealthy
			}
		}
		if len(gone) == 0 {
			return
		}
		healthy, any := 0, 0
		for _, r := range in.Registered {
			if k := (key{r.Addr, r.Port}); gone[k] || r.State == plan.StateDraining || !(oracle{in}).named(r.Addr) || r.Port != plan.APIPort {
				continue
			}
			any++
			if r.State == plan.StateHealthy {
				healthy++
			}
		}
		floor := max(1, in.Policy.MinHealthy)
		if any < floor || healthyGone && healthy < floor {
			t.Errorf("removes %v and leaves %d listed targets, %d of them healthy; the floor is %d", gone, any, healthy, floor)
		}
		registered := len(slices.DeleteFunc(slices.Clone(in.Registered), plan.Registered.Draining))
		limit := in.Policy.MaxDeregister
		if limit == 0 {
			limit = max(1, registered/2)
		}
		if len(gone) > limit || len(gone) >= registered {
			t.Errorf("removes %d of %d registered targets, the limit is %d", len(gone), registered, limit)
		}
	})
}

// Invariant 3: adding never depends on a mark or an event where the interface
// listing names the address; removing never depends on one witness without the
// long grace.
func TestAddingIsFreeAndRemovingIsNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		p := plan.Decide(clone(in))
		for _, r := range p.Deregister() {
			k := key{r.Addr, r.Port}
			if r.Port == plan.APIPort && in.Identity[r.Addr] == plan.Disproved {
				continue
			}
			supporting := 0
			for _, w := range in.Witnesses {
				switch {
				case w.Outcome == plan.Answered && !w.Partial:
					supporting++
				case w.Outcome != plan.Inapplicable:
					t.Errorf("%v leaves although %s is %s, partial %v", k, w.Name, w.Outcome, w.Partial)
				}
			}
			since, marked := (oracle{in}).mark(markOf('-', k))
			wait := in.Policy.Grace
			if supporting < 2 {
				wait = in.Policy.GraceOneWitness
			}
			if !marked || !in.MarksFresh || in.Now.Sub(since) < wait || supporting == 0 {
				t.Errorf("%v leaves with %d witnesses, marked %v (fresh %v) for %v", k, supporting, marked, in.MarksFresh, in.Now.Sub(since))
			}
		}
		without := clone(in)
		without.Marks = nil
		q := plan.Decide(without)
		for _, d := range q.Decisions {
			if d.Action == plan.Hold && d.Reason == plan.AnotherWriter {
				t.Errorf("%v: another writer without a mark that says so", d.Addr)
			}
		}
		if (oracle{in}).paused() || (oracle{in}).notAdopted() {
			return
		}
		for _, w := range in.Witnesses {
			for _, a := range w.Addrs {
				k := key{a, plan.APIPort}
				free := w.Name == plan.ENI && w.Outcome == plan.Answered && len((oracle{in}).refusals(a)) == 0 && in.Identity[a] != plan.Disproved
				if free && !(oracle{in}).present(k) && !slices.Contains(targets(q.Register()), k) {
					t.Errorf("%v is named by the interface listing, not registered, and not added", a)
				}
			}
		}
	})
}

func targets(ts []plan.Target) []key {
	var ks []key
	for _, t := range ts {
		ks = append(ks, key{t.Addr, t.Port})
	}
	return ks
}

// spoil makes one thing of an input unreadable, as an error would.
func spoil(t *rapid.T, in plan.Input) (plan.Input, string) {
	in = clone(in)
	faults := []string{"cidrs", "verified", "fresh", "unproved", "minus marks", "strange marks"}
	for _, w := range in.Witnesses {
		if w.Outcome == plan.Answered {
			faults = append(faults, "witness "+string(w.Name), "partial "+string(w.Name))
		}
	}
	fault := rapid.SampledFrom(faults).Draw(t, "fault")
	switch fault {
	case "cidrs":
		in.CIDRs = nil
	case "verified":
		in.Verified = false
	case "fresh":
		in.MarksFresh = false
	case "unproved":
		for a, v := range in.Identity {
			if v == plan.Proved {
				in.Identity[a] = plan.Unreachable
			}
		}
	case "minus marks":
		maps.DeleteFunc(in.Marks, func(m plan.Mark, _ time.Time) bool { return m.Kind == '-' })
	}
	if fault == "strange marks" {
		maps.DeleteFunc(in.Marks, func(m plan.Mark, _ time.Time) bool { return m.Kind == '_' })
	}
	for i, w := range in.Witnesses {
		switch fault {
		case "witness " + string(w.Name):
			in.Witnesses[i].Outcome, in.Witnesses[i].Addrs, in.Witnesses[i].Partial = plan.Unknown, nil, false
		case "partial " + string(w.Name):
			if len(w.Addrs) > 1 {
				in.Witnesses[i].Addrs = w.Addrs[:1]
			}
			in.Witnesses[i].Partial = true
		}
	}
	return in, fault
}

// Invariant 4: an error anywhere can only shrink the set of actions. Removals
// shrink as a set, but that one which waited for the limit can take the place
// of one that is no longer disproved. What is registered shrinks too, but for two things that the
// design says itself: an address that DNS alone names waits while the interface
// listing answers, and is registered at once when it does not; and an address
// of the interface listing is the VPC's own where the CIDRs cannot be read.
func TestErrorsOnlyShrink(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		bad, fault := spoil(t, in)
		p, q := plan.Decide(clone(in)), plan.Decide(clone(bad))
		before := targets(p.Deregister())
		if n := len(q.Deregister()); n > len(before) {
			t.Errorf("%s lost: now %d are deregistered rather than %d", fault, n, len(before))
		}
		if fault == "unproved" || fault == "strange marks" {
			for _, d := range p.Decisions {
				if d.Reason == plan.Limit {
					before = append(before, key{d.Addr, d.Port})
				}
			}
		}
		for _, k := range targets(q.Deregister()) {
			if !slices.Contains(before, k) {
				t.Errorf("%s lost: now %v is deregistered too", fault, k)
			}
		}
		added := targets(p.Register())
		for _, d := range p.Decisions {
			if d.Action == plan.MarkOnly && d.Reason == plan.DNSAlone {
				added = append(added, key{d.Addr, d.Port})
			}
		}
		for _, k := range targets(q.Register()) {
			if !slices.Contains(added, k) && !(fault == "cidrs" && (oracle{in}).saidByENI(k.addr)) {
				t.Errorf("%s lost: now %v is registered too", fault, k)
			}
		}
		if fault == "fresh" && len(q.Deregister()) < len(p.Deregister()) && !q.NeedMarks {
			t.Errorf("a removal waits for marks, and the plan does not ask for them")
		}
	})
}

// A target leaves for its certificate's sake, and an address is refused for it,
// only after two passes ten seconds apart that saw somebody else's, while the
// check has proved an address that a witness lists, and EC2 says nothing against
// it; and no address in doubt is registered.
func TestDisproofTakesTwoPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		proved := slices.ContainsFunc((oracle{in}).addresses(), func(a netip.Addr) bool {
			return in.Identity[a] == plan.Proved && (oracle{in}).named(a)
		})
		p := plan.Decide(clone(in))
		for _, d := range p.Decisions {
			if in.Identity[d.Addr] == plan.Disproved && d.Action == plan.Register && !(oracle{in}).names(plan.ENI, d.Addr) {
				t.Errorf("%v is registered, and serves somebody else's certificate", d.Addr)
			}
			if d.Reason != plan.IdentityDisproved {
				continue
			}
			since, marked := in.Marks[plan.Mark{Kind: '_', Addr: d.Addr}]
			if in.Identity[d.Addr] != plan.Disproved || !marked || in.Now.Sub(since) < 10*time.Second || !proved {
				t.Errorf("%v: %s for its certificate: %s in this pass, marked %v at %v, another proved %v", d.Addr, d.Action, in.Identity[d.Addr], marked, since, proved)
			}
			if d.Action == plan.Deregister && (!in.MarksFresh || (oracle{in}).names(plan.ENI, d.Addr)) {
				t.Errorf("%v leaves with marks fresh %v, EC2 names it %v", d.Addr, in.MarksFresh, (oracle{in}).names(plan.ENI, d.Addr))
			}
		}
		for m := range p.Marks {
			if m.Kind == '_' && in.Identity[m.Addr] != plan.Disproved && !(oracle{in}).paused() && !(oracle{in}).notAdopted() {
				t.Errorf("%v keeps its mark, and is %q in this pass", m.Addr, in.Identity[m.Addr])
			}
		}
	})
}

// Invariant 7: every decision is reported with its reason and evidence, and a
// link converged only if it is as intended.
func TestEverythingIsReported(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		p := plan.Decide(clone(in))
		var all []key
		for _, d := range p.Decisions {
			all = append(all, key{d.Addr, d.Port})
			if !slices.Contains(decisionCodes[d.Action], d.Reason) {
				t.Errorf("%v: reason %q is not one of action %q", d.Addr, d.Reason, d.Action)
			}
			if d.Message == "" {
				t.Errorf("%v: no message", d.Addr)
			}
			r, _ := (oracle{in}).find(key{d.Addr, d.Port})
			if d.Health != r.State && d.Action != plan.Refuse {
				t.Errorf("%v: health %q, it is %q", d.Addr, d.Health, r.State)
			}
			if len(d.Evidence) != len(in.Witnesses) {
				t.Errorf("%v: %d pieces of evidence from %d witnesses", d.Addr, len(d.Evidence), len(in.Witnesses))
			}
			byWhom := slices.ContainsFunc(d.Evidence, func(e plan.Evidence) bool { return e.Listed })
			if d.Action == plan.Refuse && !byWhom {
				t.Errorf("%v: refused, and no evidence says who named it", d.Addr)
			}
			for _, e := range d.Evidence {
				i := slices.IndexFunc(in.Witnesses, func(w plan.Witness) bool { return w.Name == e.Witness })
				if i < 0 {
					t.Fatalf("%v: evidence of %q, which was not asked", d.Addr, e.Witness)
				}
				w := in.Witnesses[i]
				said := w.Outcome == plan.Answered && slices.Contains(w.Addrs, d.Addr)
				if e.Age != in.Now.Sub(w.At) || e.Listed && !said || (oracle{in}).names(e.Witness, d.Addr) && !e.Listed {
					t.Errorf("%v: evidence %+v, the witness is %+v", d.Addr, e, w)
				}
				if e.Outcome != w.Outcome && e.Outcome != (oracle{in}).outcome(w) {
					t.Errorf("%v: evidence %+v, the outcome is %q", d.Addr, e, (oracle{in}).outcome(w))
				}
			}
		}
		for _, r := range in.Registered {
			if !r.Draining() && !slices.Contains(all, key{r.Addr, r.Port}) {
				t.Errorf("%v port %d is registered and not in the report", r.Addr, r.Port)
			}
		}
		for _, w := range in.Witnesses {
			for _, a := range w.Addrs {
				if w.Outcome == plan.Answered && !slices.Contains(all, key{a, plan.APIPort}) {
					t.Errorf("%v is named by %s and not in the report", a, w.Name)
				}
			}
		}
		sorted := slices.IsSortedFunc(p.Decisions, func(a, b plan.Decision) int {
			switch {
			case a.Addr != b.Addr:
				return a.Addr.Compare(b.Addr)
			case a.Port != b.Port:
				return a.Port - b.Port
			}
			return strings.Compare(string(a.Action), string(b.Action))
		})
		if !sorted {
			t.Errorf("decisions are not in order")
		}
		got, _ := p.Result()
		if want := (oracle{in}).result(p); got != want {
			t.Errorf("result %q, want %q", got, want)
		}
		if got != plan.Converged {
			return
		}
		o := oracle{in}
		for _, k := range o.keys() {
			r, _ := o.find(k)
			fine := k.port != plan.APIPort || o.foreign(k) || !o.listed(k) && !o.present(k) || o.listed(k) && r.State == plan.StateHealthy
			if !fine {
				t.Errorf("converged, and %v is %q, listed %v", k, r.State, o.listed(k))
			}
		}
	})
}

// Invariant 8: the planner's answer does not depend on input order, nor on an
// address that a witness names twice; and it writes into nothing it was given.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		kept := clone(in)
		want := plan.Decide(in)
		if d := diff(kept, in); d != "" {
			t.Fatalf("the input changed:\n%s", d)
		}
		mixed := clone(in)
		mixed.Registered = rapid.Permutation(mixed.Registered).Draw(t, "registered")
		mixed.Witnesses = rapid.Permutation(mixed.Witnesses).Draw(t, "witnesses")
		mixed.CIDRs = shuffleKeepNil(t, mixed.CIDRs)
		mixed.Overrides = rapid.Permutation(mixed.Overrides).Draw(t, "overrides")
		for i, w := range mixed.Witnesses {
			if len(w.Addrs) > 0 {
				twice := append(slices.Clone(w.Addrs), rapid.SampledFrom(w.Addrs).Draw(t, "twice"))
				mixed.Witnesses[i].Addrs = rapid.Permutation(twice).Draw(t, "addresses")
			}
		}
		if d := diff(want, plan.Decide(mixed)); d != "" {
			t.Errorf("order matters (- first, + shuffled):\n%s", d)
		}
	})
}

func shuffleKeepNil(t *rapid.T, ps []netip.Prefix) []netip.Prefix {
	if ps == nil {
		return nil
	}
	return rapid.Permutation(ps).Draw(t, "cidrs")
}
