package plan_test

import (
	"slices"
	"strings"
	"time"

	"postern/internal/plan"
)

// The oracle's half about what holds a removal back.

func (o oracle) managed() bool { return o.in.Group.Tags[plan.TagManaged] == "true" }
func (o oracle) paused() bool {
	v, ok := o.in.Group.Tags[plan.TagPaused]
	return o.in.Policy.Paused || ok && strings.ToLower(v) != "false"
}

// notAdopted: a group that is not ours, not empty, and holds nothing that a
// witness names.
func (o oracle) notAdopted() bool {
	if o.managed() || o.in.Policy.Adopt {
		return false
	}
	if !slices.ContainsFunc(o.in.Witnesses, func(w plan.Witness) bool { return o.outcome(w) == plan.Answered }) {
		return false
	}
	some := false
	for _, r := range o.in.Registered {
		k := key{r.Addr, r.Port}
		if !o.present(k) {
			continue
		}
		some = true
		if o.counts(k) {
			return false
		}
	}
	return some
}

// witnessGuards are the reasons for which what the witnesses said cannot
// support a removal.
func (o oracle) witnessGuards() []plan.Code {
	var why []plan.Code
	applicable := 0
	for _, w := range o.in.Witnesses {
		out := o.outcome(w)
		if out == plan.Inapplicable {
			continue
		}
		applicable++
		switch {
		case out == plan.Empty:
			why = append(why, plan.WitnessEmpty)
		case out != plan.Answered:
			why = append(why, plan.WitnessUnknown)
		case o.partial(w):
			why = append(why, plan.WitnessPartial)
		}
	}
	if applicable == 0 {
		why = append(why, plan.NoWitness)
	}
	if o.in.CIDRs == nil {
		why = append(why, plan.CIDRsUnknown)
	}
	return why
}

// grace is how long the applicable witnesses ask for, and the reason's name.
func (o oracle) grace() (time.Duration, plan.Code) {
	n := 0
	for _, w := range o.in.Witnesses {
		if o.outcome(w) == plan.Answered {
			n++
		}
	}
	if n >= 2 {
		return o.in.Policy.Grace, plan.Stale
	}
	return max(o.in.Policy.Grace, o.in.Policy.GraceOneWitness), plan.StaleOneWitness
}

// policyGuards are the settings and tags that forbid removals.
func (o oracle) policyGuards() []plan.Code {
	var why []plan.Code
	if !o.managed() {
		why = append(why, plan.NotManaged)
	}
	if o.in.Policy.RegisterOnly {
		why = append(why, plan.RegisterOnly)
	}
	return why
}

// floorHolds: too few listed targets would remain.
func (o oracle) floorHolds(k key) bool {
	r, _ := o.find(k)
	remain := 0
	for _, other := range o.in.Registered {
		ok := key{other.Addr, other.Port}
		if !o.present(ok) || !o.counts(ok) {
			continue
		}
		down := r.State == plan.StateUnhealthy || r.State == plan.StateUnhealthyDraining || r.State == plan.StateUnused
		if down || other.State == plan.StateHealthy {
			remain++
		}
	}
	return remain < max(1, o.in.Policy.MinHealthy)
}

// untouchable: foreign, and neither the policy nor its identity says that it
// must go.
func (o oracle) untouchable(k key) bool {
	identity := k.port == plan.APIPort && o.disproved(k.addr)
	said := slices.ContainsFunc(o.in.Witnesses, func(w plan.Witness) bool { return w.Outcome == plan.Answered && slices.Contains(w.Addrs, k.addr) })
	return o.foreign(k) && !identity && (!o.in.Policy.RemoveForeign || k.port == plan.APIPort && said)
}

// ripe: nothing but the limit of removals holds the target.
func (o oracle) ripe(k key) bool {
	if !o.present(k) || o.listed(k) || o.paused() || o.notAdopted() || len(o.policyGuards()) > 0 || !o.in.Verified || o.floorHolds(k) {
		return false
	}
	if o.untouchable(k) {
		return false
	}
	if o.disproved(k.addr) && k.port == plan.APIPort {
		return len(o.identityGuards()) == 0 && o.in.MarksFresh
	}
	if len(o.witnessGuards()) > 0 || !o.in.MarksFresh {
		return false
	}
	t, marked := o.since(markOf('-', k))
	g, _ := o.grace()
	return marked && o.in.Now.Sub(t) >= g
}

// identityGuards: nothing is removed for identity's sake unless the interface
// listing, where it is asked and can know, has answered without the address.
func (o oracle) identityGuards() []plan.Code {
	var why []plan.Code
	for _, w := range o.in.Witnesses {
		out := o.outcome(w)
		switch {
		case w.Name != plan.ENI || out == plan.Inapplicable:
		case out == plan.Empty:
			why = append(why, plan.WitnessEmpty)
		case out != plan.Answered:
			why = append(why, plan.WitnessUnknown)
		case w.Partial:
			why = append(why, plan.WitnessPartial)
		}
	}
	if o.in.CIDRs == nil {
		why = append(why, plan.CIDRsUnknown)
	}
	return why
}

// limited: as many others as the pass may remove go before this target.
func (o oracle) limited(k key) bool {
	limit := o.in.Policy.MaxDeregister
	if limit == 0 {
		n := 0
		for _, r := range o.in.Registered {
			if r.State != plan.StateDraining && (o.in.Policy.RemoveForeign || !o.foreign(key{r.Addr, r.Port})) {
				n++
			}
		}
		limit = max(1, n/2)
	}
	before := 0
	for _, r := range o.in.Registered {
		other := key{r.Addr, r.Port}
		if other != k && o.ripe(other) && o.goesBefore(other, k) {
			before++
		}
	}
	return before >= limit
}

// goesBefore: what serves somebody else's certificate first, then the oldest
// mark, then the smaller address and port.
func (o oracle) goesBefore(a, b key) bool {
	age := func(k key) time.Time {
		if o.disproved(k.addr) && k.port == plan.APIPort {
			return time.Time{}
		}
		t, _ := o.since(markOf('-', k))
		return t
	}
	if !age(a).Equal(age(b)) {
		return age(a).Before(age(b))
	}
	if a.addr != b.addr {
		return a.addr.Less(b.addr)
	}
	return a.port < b.port
}
