package plan_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postern/internal/plan"
)

// apply does what ELB does with a plan: a registered target starts at initial,
// also from draining; a deregistered one drains. The marks pass through the
// tag.
func apply(in plan.Input, p plan.Plan) plan.Input {
	in = clone(in)
	in.Registered = write(in.Registered, p.Register(), p.Deregister())
	in.Marks, _ = plan.ParseMarks(p.Marks.String())
	return in
}

func write(group []plan.Registered, add, remove []plan.Target) []plan.Registered {
	group = slices.Clone(group)
	set := func(x plan.Target, s plan.TargetState, only bool) {
		for i, r := range group {
			if r.Addr == x.Addr && r.Port == x.Port {
				if s == plan.StateDraining || r.State == plan.StateDraining {
					group[i].State, group[i].Reason = s, stateReasons[s]
				}
				return
			}
		}
		if !only {
			group = append(group, plan.Registered{Target: x, State: s, Reason: stateReasons[s]})
		}
	}
	for _, x := range add {
		set(x, plan.StateInitial, false)
	}
	for _, x := range remove {
		set(x, plan.StateDraining, true)
	}
	return group
}

// Invariant 5: a plan applied and planned again is empty. What the floor or
// the limit held may follow, since they count what was observed, a pass each;
// nothing is added twice, and the tag is written no second time.
func TestAppliedPlanIsFixed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		p := plan.Decide(clone(in))
		for _, k := range targets(p.Register()) {
			if (oracle{in}).present(k) {
				t.Errorf("registers %v, which is there", k)
			}
		}
		for _, k := range targets(p.Deregister()) {
			if !(oracle{in}).present(k) {
				t.Errorf("deregisters %v, which is not there", k)
			}
		}
		held := slices.ContainsFunc(p.Decisions, func(d plan.Decision) bool {
			return d.Action == plan.Hold
		})
		for pass := 0; ; pass++ {
			in = apply(in, p)
			q := plan.Decide(clone(in))
			if again := targets(q.Register()); len(again) > 0 {
				t.Fatalf("registers %v in pass %d", again, pass+2)
			}
			gone := targets(q.Deregister())
			if !held && len(gone) > 0 {
				t.Fatalf("nothing was held, and pass %d deregisters %v", pass+2, gone)
			}
			if len(gone) == 0 {
				if d := diff(in.Marks, q.Marks); d != "" && len(p.Marks.String()) < 200 {
					t.Fatalf("marks written twice (- had, + writes):\n%s", d)
				}
				break
			}
			if pass > 10 {
				t.Fatalf("no end: pass %d deregisters %v", pass+2, gone)
			}
			p = q
		}
		p = plan.Decide(clone(in))
		in = apply(in, p)
		q := plan.Decide(clone(in))
		if w := append(q.Register(), q.Deregister()...); len(w) > 0 {
			t.Errorf("a quiet link is written to: %v", w)
		}
		if d := diff(in.Marks, q.Marks); d != "" && len(p.Marks.String()) < 200 {
			t.Errorf("a quiet link's marks are written (- had, + writes):\n%s", d)
		}
	})
}

// Invariant 6: any interleaving of two passes converges after one more. Two
// passes look at the link at moments of their own, each within the course of
// the other, and their calls mix in any order.
func TestInterleavedPassesConverge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		type call struct {
			pass        int
			add, remove []plan.Target
			marks       bool
		}
		start := clone(in)
		group, marks := slices.Clone(in.Registered), maps.Clone(in.Marks)
		look := func() plan.Plan {
			now := clone(start)
			now.Registered, now.Marks = slices.Clone(group), maps.Clone(marks)
			return plan.Decide(now)
		}
		plans := [2]plan.Plan{look()}
		calls := func(i int) []call {
			return []call{{pass: i, add: plans[i].Register()}, {pass: i, remove: plans[i].Deregister()}, {pass: i, marks: true}}
		}
		todo := [2][]call{calls(0), nil}
		second := rapid.IntRange(0, 3).Draw(t, "the second looks after")
		for done := 0; ; {
			if done == second && todo[1] == nil {
				plans[1] = look()
				todo[1] = calls(1)
			}
			i := 0
			if len(todo[1]) > 0 && (len(todo[0]) == 0 || rapid.Bool().Draw(t, "the second's turn")) {
				i = 1
			}
			if len(todo[i]) == 0 {
				break
			}
			c := todo[i][0]
			todo[i] = todo[i][1:]
			group = write(group, c.add, c.remove)
			if c.marks {
				marks, _ = plan.ParseMarks(plans[c.pass].Marks.String())
			}
			if i == 0 {
				done++
			}
		}
		third := clone(start)
		third.Registered, third.Marks = group, marks
		p := plan.Decide(clone(third))
		after := apply(third, p)
		o := oracle{after}
		stopped := o.paused() || o.notAdopted() || (oracle{third}).notAdopted()
		for _, k := range o.keys() {
			byENI := o.names(plan.ENI, k.addr) && k.port == plan.APIPort && in.Identity[k.addr] != plan.Disproved
			again, _ := (oracle{start}).since(plan.Mark{Kind: '=', Addr: k.addr})
			other := !again.IsZero() && start.Marks[plan.Mark{Kind: '=', Addr: k.addr}] != time.Time{}
			if byENI && !o.present(k) && !stopped && !other {
				t.Errorf("%v is listed and absent after a third pass", k)
			}
		}
		if again := plan.Decide(clone(after)).Register(); len(again) > 0 {
			t.Errorf("the fourth pass still registers %v", again)
		}
		some := slices.ContainsFunc(start.Registered, func(r plan.Registered) bool { return !r.Draining() })
		if left := slices.ContainsFunc(after.Registered, func(r plan.Registered) bool { return !r.Draining() }); some && !left {
			t.Errorf("the passes emptied the group")
		}
	})
}

// The tag holds whole seconds, and a clock does not: still no target leaves
// before its grace period is over.
func TestGraceIsNeverShort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := now.Add(time.Duration(rapid.IntRange(0, 999).Draw(t, "milliseconds")) * time.Millisecond)
		in := drawInput(t)
		in.Now, in.Marks, in.MarksFresh, in.Identity = start, nil, true, nil
		in.Policy.Grace, in.Policy.GraceOneWitness = 2*time.Second, 3*time.Second
		for step := range 50 {
			p := plan.Decide(clone(in))
			for _, d := range p.Decisions {
				grace := in.Policy.Grace
				if d.Reason == plan.StaleOneWitness {
					grace = in.Policy.GraceOneWitness
				}
				waits := d.Action == plan.Deregister || d.Reason == plan.DNSAloneGrace
				if waited := in.Now.Sub(start); waits && waited < grace {
					t.Fatalf("%v: %s after %v, the grace period is %v", d.Addr, d.Action, waited, grace)
				}
			}
			if step > 0 && len(p.Deregister()) > 0 {
				return
			}
			in = apply(in, p)
			in.Now = in.Now.Add(100 * time.Millisecond)
		}
	})
}
