package plan_test

import (
	"fmt"
	"net/netip"
	"slices"

	"postern/internal/plan"
)

// disagreements compares a plan with the oracle, decision by decision.
func disagreements(in plan.Input, p plan.Plan) []string {
	o := oracle{in}
	var wrong []string
	say := func(s string) { wrong = append(wrong, s) }

	got := map[key][]plan.Decision{}
	refused := map[netip.Addr][]plan.Code{}
	for _, d := range p.Decisions {
		if d.Action == plan.Refuse && d.Reason != plan.IdentityDisproved {
			refused[d.Addr] = append(refused[d.Addr], d.Reason)
			continue
		}
		k := key{d.Addr, d.Port}
		got[k] = append(got[k], d)
	}
	for _, k := range o.keys() {
		want := o.decide(k)
		ds := got[k]
		delete(got, k)
		switch {
		case len(ds) > 1:
			say(k.String() + ": more than one decision" + diff(nil, ds))
		case len(ds) == 0 && !slices.ContainsFunc(want, func(v verdict) bool { return v.action == "" }):
			say(k.String() + ": no decision, want " + wantText(want))
		case len(ds) == 1 && !slices.ContainsFunc(want, func(v verdict) bool { return v.allows(ds[0]) }):
			say(k.String() + ": got " + string(ds[0].Action) + "/" + string(ds[0].Reason) + ", want " + wantText(want))
		}
	}
	for k := range got {
		say(k.String() + ": a decision about something that nobody named or registered")
	}
	for _, a := range o.addresses() {
		why := o.refusals(a)
		if !o.said(a) {
			why = nil // registered only: nothing to refuse
		}
		ds := refused[a]
		delete(refused, a)
		switch {
		case len(why) == 0 && len(ds) > 0:
			say(a.String() + ": refused without a reason of the filter")
		case len(why) > 0 && len(ds) == 0 && !o.present(key{a, plan.APIPort}):
			say(a.String() + ": not refused")
		case len(ds) > 1 || len(ds) == 1 && !slices.Contains(why, ds[0]):
			say(a.String() + ": refused for " + string(ds[0]))
		}
	}
	for a := range refused {
		say(a.String() + ": refused, and nobody named it")
	}
	wrong = append(wrong, o.checkMarks(p)...)
	wrong = append(wrong, o.checkFindings(p)...)
	return append(wrong, o.checkWitnesses(p)...)
}

func wantText(want []verdict) string {
	s := ""
	for _, v := range want {
		s += string(v.action) + " for one of ("
		for _, c := range v.reasons {
			s += string(c) + " "
		}
		s += ") "
	}
	return s
}

// checkMarks says what is wrong with the marks of a plan, given its decisions.
func (o oracle) checkMarks(p plan.Plan) []string {
	var wrong []string
	stopped := o.paused() || o.notAdopted()
	must := func(m plan.Mark) {
		want, _ := o.since(m)
		if stopped { // not a letter changes
			want = o.in.Marks[m]
		}
		if got, ok := p.Marks[m]; !ok || !got.Equal(want) {
			wrong = append(wrong, fmt.Sprintf("mark %c%v/%d: want %v, got %v (there: %v)", m.Kind, m.Addr, m.Port, want, got, ok))
		}
	}
	if stopped {
		for m := range o.in.Marks {
			must(m)
		}
		for m := range p.Marks {
			if _, old := o.in.Marks[m]; !old {
				wrong = append(wrong, fmt.Sprintf("mark %c%v/%d added while nothing may be written", m.Kind, m.Addr, m.Port))
			}
		}
		return wrong
	}
	for m, got := range p.Marks {
		_, old := o.mark(m)
		want, _ := o.since(m)
		if !got.Equal(want) && !(m.Kind == '=' && got.Equal(o.in.Now)) {
			wrong = append(wrong, fmt.Sprintf("mark %c%v/%d: want %v, got %v", m.Kind, m.Addr, m.Port, want, got))
		}
		if !o.needed(m, old, p) {
			wrong = append(wrong, fmt.Sprintf("mark %c%v/%d is not needed", m.Kind, m.Addr, m.Port))
		}
	}
	for _, d := range p.Decisions {
		k := key{d.Addr, d.Port}
		_, hadStale := o.mark(markOf('-', k))
		since, hadAgain := o.mark(markOf('=', k))
		_, draining := o.find(k)
		switch {
		case d.Action == plan.MarkOnly && d.Reason == plan.DNSAlone:
			must(markOf('+', k))
		case d.Action == plan.MarkOnly && d.Reason == plan.IdentityDoubted:
			must(markOf('_', k))
		case d.Action == plan.MarkOnly:
			must(markOf('-', k))
		case d.Action == plan.Hold && o.present(k) && hadStale && !o.named(d.Addr) && o.in.Identity[d.Addr] != plan.Disproved:
			must(markOf('-', k))
		case d.Action == plan.Hold && d.Reason == plan.AnotherWriter:
			must(markOf('=', k))
		case d.Action == plan.Register && draining:
			if got, ok := p.Marks[markOf('=', k)]; !ok || !got.Equal(o.in.Now) {
				wrong = append(wrong, fmt.Sprintf("%v registered from draining without a mark of now", k))
			}
		}
		if d.Action != plan.Deregister && d.Action != plan.Refuse && d.Reason != plan.Foreign && o.present(k) && hadAgain && !since.After(o.in.Now) && o.in.Now.Sub(since) < o.in.Policy.GraceOneWitness {
			must(markOf('=', k))
		}
	}
	for _, a := range o.addresses() {
		if m := (plan.Mark{Kind: '_', Addr: a}); o.strange(a) && o.needed(m, true, p) {
			must(m)
		}
	}
	return wrong
}

// needed says whether a mark may still be there after the plan.
func (o oracle) needed(m plan.Mark, old bool, p plan.Plan) bool {
	k := key{m.Addr, plan.APIPort}
	if m.Port != 0 {
		k.port = int(m.Port)
	}
	var took plan.Decision
	for _, d := range p.Decisions {
		if d.Addr == k.addr && d.Port == k.port && d.Action != plan.Refuse {
			took = d
		}
	}
	switch m.Kind {
	case '-':
		marked := took.Action == plan.MarkOnly && took.Reason != plan.DNSAlone && took.Reason != plan.IdentityDoubted
		return marked || old && o.present(k) && took.Action == plan.Hold
	case '+':
		marked := took.Action == plan.MarkOnly && took.Reason == plan.DNSAlone
		unsure := slices.ContainsFunc(o.in.Witnesses, func(w plan.Witness) bool { return o.outcome(w) != plan.Answered || w.Partial })
		return marked || old && (took.Action == plan.Hold || took.Reason == plan.IdentityDoubted) && !o.present(k) || old && unsure && !o.present(k) && took.Action != plan.Register
	case '=':
		if took.Action == plan.Register {
			_, draining := o.find(k)
			return draining || old
		}
		t, _ := o.since(m)
		expired := o.in.Now.Sub(t) >= o.in.Policy.GraceOneWitness
		return old && took.Action != plan.Deregister && !expired
	case '_':
		return m.Port == 0 && o.strange(m.Addr) && (took.Action != plan.Deregister || o.named(m.Addr))
	}
	return false
}

// decisionCodes are the reasons that each action may have.
var decisionCodes = map[plan.Action][]plan.Code{
	plan.Register:   {plan.ListedByENI, plan.ListedByDNS, plan.ListedByBoth, plan.DNSAloneProved, plan.DNSAloneGrace},
	plan.Deregister: {plan.Stale, plan.StaleOneWitness, plan.IdentityDisproved, plan.Foreign},
	plan.MarkOnly:   {plan.DNSAlone, plan.Stale, plan.StaleOneWitness, plan.IdentityDoubted},
	plan.Keep: {plan.ListedByENI, plan.ListedByDNS, plan.ListedByBoth, plan.DNSAlone, plan.ListedUnhealthy, plan.ListedInitial,
		plan.ListedUnused, plan.Foreign},
	plan.Hold: {plan.WitnessUnknown, plan.WitnessEmpty, plan.WitnessPartial, plan.NoWitness, plan.ClusterUnverified, plan.Floor,
		plan.Limit, plan.RegisterOnly, plan.NotManaged, plan.NotAdopted, plan.Paused, plan.AnotherWriter, plan.MarkUnread,
		plan.IdentitySuspect, plan.CIDRsUnknown},
	plan.Refuse: {plan.IdentityDisproved, plan.OutsideVPC, plan.PublicAddress, plan.HubOverride, plan.WrongFamily,
		plan.UnusableAddress, plan.CIDRsUnknown},
}

// result is the first that fits, from the plan's own words.
func (o oracle) result(p plan.Plan) plan.Result {
	if len(p.Findings) > 0 {
		return plan.Failed
	}
	for _, d := range p.Decisions {
		if d.Action == plan.Hold {
			return plan.Held
		}
	}
	for _, d := range p.Decisions {
		if d.Action == plan.Register || d.Action == plan.Deregister {
			return plan.Changed
		}
	}
	for _, d := range p.Decisions {
		unwell := d.Action == plan.Keep && d.Reason != plan.Foreign && d.Health != plan.StateHealthy
		disagree := d.Action == plan.Keep && d.Reason == plan.DNSAlone
		if d.Action == plan.MarkOnly || unwell || disagree {
			return plan.Pending
		}
	}
	return plan.Converged
}

// checkFindings says which faults of the link as such are missing or wrong.
func (o oracle) checkFindings(p plan.Plan) []string {
	var wrong []string
	expect := func(want bool, code plan.Code) {
		got := slices.ContainsFunc(p.Findings, func(f plan.Fault) bool { return f.Code == code && f.Message != "" && f.Hint != "" })
		if got != want {
			wrong = append(wrong, fmt.Sprintf("finding %s: got %v, want %v", code, got, want))
		}
	}
	is := func(name plan.WitnessName, out plan.Outcome) bool {
		return slices.ContainsFunc(o.in.Witnesses, func(w plan.Witness) bool { return w.Name == name && o.outcome(w) == out })
	}
	expect(is(plan.DNS, plan.Unknown), plan.DNSUnknown)
	expect(is(plan.DNS, plan.Empty), plan.DNSEmpty)
	expect(is(plan.ENI, plan.Unknown), plan.ENIUnknown)
	expect(is(plan.ENI, plan.Empty), plan.ENIEmpty)
	expect(slices.Contains(o.witnessGuards(), plan.NoWitness), plan.NoWitness)
	present, unused, down := false, true, true
	for _, r := range o.in.Registered {
		if !r.Draining() {
			present = true
			unused = unused && r.State == plan.StateUnused && r.Reason == "Target.NotInUse"
			down = down && (r.State == plan.StateUnhealthy || r.State == plan.StateUnhealthyDraining || r.State == plan.StateUnused)
		}
	}
	expect(present && unused, plan.NotInUse)
	expect(present && down && !unused, plan.NoHealthyTarget)
	return wrong
}

// checkWitnesses compares the witnesses as judged.
func (o oracle) checkWitnesses(p plan.Plan) []string {
	var wrong []string
	if len(p.Witnesses) != len(o.in.Witnesses) {
		return []string{fmt.Sprintf("%d witnesses of %d in the plan", len(p.Witnesses), len(o.in.Witnesses))}
	}
	for _, got := range p.Witnesses {
		i := slices.IndexFunc(o.in.Witnesses, func(w plan.Witness) bool { return w.Name == got.Name })
		if i < 0 {
			wrong = append(wrong, "a witness "+string(got.Name)+" that was not asked")
			continue
		}
		w := o.in.Witnesses[i]
		if out := o.outcome(w); got.Outcome != out && got.Outcome != w.Outcome || (got.Outcome == plan.Answered) != (out == plan.Answered) {
			wrong = append(wrong, fmt.Sprintf("%s is judged %q, want %q", w.Name, got.Outcome, out))
		}
		for _, a := range w.Addrs {
			if want := o.names(w.Name, a); slices.Contains(got.Addrs, a) != want {
				wrong = append(wrong, fmt.Sprintf("%s names %v: want %v", w.Name, a, want))
			}
		}
		if !got.At.Equal(w.At) || got.Outcome == plan.Answered && got.Partial != o.partial(w) {
			wrong = append(wrong, fmt.Sprintf("%s: time or partial changed", w.Name))
		}
	}
	return wrong
}
