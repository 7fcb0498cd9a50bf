package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Input is what one pass observed about one link. The order of its slices
// does not matter.
type Input struct {
	Group      Group          // its tags postern:managed and postern:paused count
	Cluster    Cluster        // what EKS said of it; at least its name
	Verified   bool           // EKS has lately answered about this cluster; false blocks removals
	CIDRs      []netip.Prefix // the associated blocks of the cluster's VPC; nil: they could not be read
	Registered []Registered
	Witnesses  []Witness    // one for each that is configured, as it answered
	Overrides  []netip.Addr // addresses of the hub's own interface endpoints
	Marks      Marks
	MarksFresh bool // the marks are those of this moment: read by DescribeTags, or kept in memory
	Identity   map[netip.Addr]Verdict
	Policy     Policy
	Now        time.Time
}

// Plan is what is to be done about one link.
type Plan struct {
	Decisions []Decision // one for each address and port, in that order
	Marks     Marks      // what the tag should hold once the plan is carried out
	Witnesses []Witness  // as judged: addresses filtered, outcomes adjusted
	Findings  []Fault    // faults of the link as such
	NeedMarks bool       // the marks must be read afresh, and Decide asked again, before tag or removals are written
	Write     bool       // Marks differ from what the tag holds
}

// Decision is what was decided about one address, and why.
type Decision struct {
	Action   Action
	Addr     netip.Addr
	Port     int
	Zone     string // the registered target's zone, if it has one
	Reason   Code
	Message  string
	Evidence []Evidence  // what each configured witness said of it
	Health   TargetState // of the registered target; empty if there is none
}

// Evidence is what one witness said about one address.
type Evidence struct {
	Witness WitnessName
	Outcome Outcome
	Listed  bool          // it named the address, whatever the filter made of that
	Age     time.Duration // since it was asked
}

// Decide says what to do about every address of a link. Its answer depends on
// nothing but its input.
func Decide(in Input) Plan {
	d := &decider{Input: in, judged: judge(in), marks: Marks{}}
	d.Policy.MinHealthy = max(1, d.Policy.MinHealthy)
	d.weighIdentity()
	d.sortRegistered()

	var out []Decision
	switch {
	case !d.managed() && !d.Policy.Adopt && d.strangersOnly():
		out = d.notAdopted()
		d.marks = in.Marks.Clone()
	default:
		out = append(d.arrivals(), d.departures()...)
	}
	out = append(out, d.refusals(out)...)
	if d.Policy.Paused || in.Group.Tags[TagPaused] == "true" {
		d.pause(out)
		d.marks = in.Marks.Clone()
	}

	p := Plan{Decisions: out, Marks: d.marks, Witnesses: d.witnesses, Findings: d.findings(in)}
	if f := d.notInUse(); f != nil {
		p.Findings = append(p.Findings, *f)
	}
	p.Write = p.Marks.String() != in.Marks.String()
	p.NeedMarks = !in.MarksFresh && (p.Write || d.unread)
	for i := range p.Decisions {
		p.Decisions[i].Evidence = d.evidence(p.Decisions[i].Addr)
	}
	slices.SortFunc(p.Decisions, func(a, b Decision) int {
		return cmp.Or(a.Addr.Compare(b.Addr), cmp.Compare(a.Port, b.Port), strings.Compare(string(a.Action), string(b.Action)))
	})
	return p
}

// decider is the working state of one Decide.
type decider struct {
	Input
	judged
	current  map[netip.Addr]Registered // registered on 443 in the VPC, not draining
	leaving  map[netip.Addr]Registered // the same, draining
	foreign  []Registered              // registered on another port or outside the VPC, not draining
	disproof addrSet                   // identity is disproved, and the checker is to be believed
	suspect  addrSet                   // identity is disproved, and the checker is not to be believed
	marks    Marks                     // the marks after this plan
	unread   bool                      // a removal waits for marks read afresh
}

func (d *decider) managed() bool { return d.Group.Tags[TagManaged] == "true" }

func (d *decider) isForeign(r Registered) bool {
	return r.Port != APIPort || d.CIDRs != nil && !contains(d.CIDRs, r.Addr)
}

func (d *decider) sortRegistered() {
	d.current, d.leaving = map[netip.Addr]Registered{}, map[netip.Addr]Registered{}
	for _, r := range d.Registered {
		switch {
		case d.isForeign(r):
			if !r.Draining() {
				d.foreign = append(d.foreign, r)
			}
		case r.Draining():
			d.leaving[r.Addr] = r
		default:
			d.current[r.Addr] = r
		}
	}
}

// weighIdentity turns the verdicts into disproof or suspicion. The checker is
// suspect where it contradicts the interface listing, or everything.
func (d *decider) weighIdentity() {
	d.disproof, d.suspect = addrSet{}, addrSet{}
	known := addrSet{}
	for _, r := range d.Registered {
		if !r.Draining() {
			known[r.Addr] = true
		}
	}
	for a := range d.eni {
		known[a] = true
	}
	for a := range d.dns {
		known[a] = true
	}
	against, contradicted := addrSet{}, false
	for a := range known {
		if d.Identity[a] == Disproved {
			against[a] = true
			contradicted = contradicted || d.eni[a]
		}
	}
	if len(against) == 0 {
		return
	}
	if contradicted || len(against) == len(known) {
		d.suspect = against
		return
	}
	d.disproof = against
	for a := range against {
		if d.dns[a] {
			d.refused[a] = IdentityDisproved
			delete(d.dns, a)
		}
	}
}

func (d *decider) listed(a netip.Addr) bool { return d.eni[a] || d.dns[a] }

// listedReason says which witness lists the address.
func (d *decider) listedReason(a netip.Addr) Code {
	switch {
	case d.eni[a] && d.dns[a]:
		return ListedByBoth
	case d.eni[a]:
		return ListedByENI
	}
	return ListedByDNS
}

// strangersOnly reports whether the group has targets, and none of them is an
// address of the cluster.
func (d *decider) strangersOnly() bool {
	for a := range d.current {
		if d.listed(a) {
			return false
		}
	}
	return len(d.current)+len(d.foreign) > 0
}

func (d *decider) notAdopted() []Decision {
	const message = "nothing registered here is an address of the cluster, and the group is not tagged " + TagManaged + " = true: make sure that the group is the cluster's, then run with --adopt"
	var out []Decision
	for _, r := range append(d.registered(), d.foreign...) {
		out = append(out, decision(Hold, r, NotAdopted, message))
	}
	for _, a := range d.missing() {
		dec := d.absent(a)
		dec.Action, dec.Reason, dec.Message = Hold, NotAdopted, message
		out = append(out, dec)
	}
	return out
}

// registered returns the current targets in the order of their addresses.
func (d *decider) registered() []Registered {
	out := make([]Registered, 0, len(d.current))
	for _, r := range d.current {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Registered) int { return a.Addr.Compare(b.Addr) })
	return out
}

// missing returns the listed addresses that are not registered, in order.
func (d *decider) missing() []netip.Addr {
	var out []netip.Addr
	for _, set := range []addrSet{d.eni, d.dns} {
		for a := range set {
			if _, ok := d.current[a]; !ok {
				out = append(out, a)
			}
		}
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return slices.Compact(out)
}

// arrivals decides about listed addresses that are not registered.
func (d *decider) arrivals() []Decision {
	var out []Decision
	for _, a := range d.missing() {
		dec := d.absent(a)
		d.arrive(&dec)
		out = append(out, dec)
	}
	return out
}

// absent begins a decision about an address that is not registered, or
// draining.
func (d *decider) absent(a netip.Addr) Decision {
	r := d.leaving[a]
	return Decision{Addr: a, Port: APIPort, Health: r.State, Zone: r.Zone}
}

func (d *decider) arrive(dec *Decision) {
	a := dec.Addr
	eni := d.find(ENI)
	alone := !d.eni[a]
	waiting := markFor(MarkDNSAlone, a, APIPort)
	switch {
	case d.suspect[a] && alone:
		d.keepMark(waiting)
		dec.Action, dec.Reason = Hold, IdentitySuspect
		dec.Message = "DNS alone names it and its certificate is not the cluster's, but the check fails for every address"
		return
	case alone && eni != nil && eni.Outcome == Answered && d.Identity[a] != Proved:
		since := d.Marks.since(waiting, d.Now)
		if age := d.Now.Sub(since); age < d.Policy.Grace {
			d.marks[waiting] = since
			dec.Action, dec.Reason = MarkOnly, DNSAlone
			dec.Message = fmt.Sprintf("DNS names it and EC2 does not, for %s of %s", seconds(age), d.Policy.Grace)
			return
		}
		dec.Action, dec.Reason = Register, DNSAloneGrace
		dec.Message = fmt.Sprintf("DNS alone has named it for %s", d.Policy.Grace)
	case alone && eni != nil && eni.Outcome == Answered:
		dec.Action, dec.Reason = Register, DNSAloneProved
		dec.Message = "DNS alone names it, and it serves the cluster's certificate"
	default:
		dec.Action, dec.Reason = Register, d.listedReason(a)
		dec.Message = "it is an address of the cluster and not registered"
	}
	if dec.Health != StateDraining {
		d.keepReregistered(a)
		return
	}
	m := markFor(MarkReregistered, a, APIPort)
	if since, ok := d.Marks[m]; ok && !since.After(d.Now) && d.Now.Sub(since) < d.Policy.GraceOneWitness {
		d.marks[m] = since
		d.keepMark(waiting)
		dec.Action, dec.Reason = Hold, AnotherWriter
		dec.Message = fmt.Sprintf("it is draining again %s after sync registered it anew: somebody else removes it; sync tries again after %s", seconds(d.Now.Sub(since)), d.Policy.GraceOneWitness)
		return
	}
	d.marks[m] = d.Now.Truncate(time.Second)
	dec.Message += ": it is draining, and registering makes it live again"
}

// keepReregistered carries the mark that somebody else may be removing this
// address, for as long as it is of use.
func (d *decider) keepReregistered(a netip.Addr) {
	m := markFor(MarkReregistered, a, APIPort)
	if since, ok := d.Marks[m]; ok && !since.After(d.Now) && d.Now.Sub(since) < d.Policy.GraceOneWitness {
		d.marks[m] = since
	}
}

// departures decides about registered targets.
func (d *decider) departures() []Decision {
	var out []Decision
	var stale []Registered
	for _, r := range d.registered() {
		switch {
		case d.suspect[r.Addr] && d.listed(r.Addr):
			d.keepReregistered(r.Addr)
			out = append(out, decision(Hold, r, IdentitySuspect, "a witness names it and its certificate is not the cluster's: the identity check itself is in doubt"))
		case d.listed(r.Addr):
			d.keepReregistered(r.Addr)
			out = append(out, d.keep(r))
		default:
			stale = append(stale, r)
		}
	}
	for _, r := range d.foreign {
		if d.Policy.RemoveForeign || d.disproof[r.Addr] && r.Port == APIPort {
			stale = append(stale, r)
			continue
		}
		out = append(out, decision(Keep, r, Foreign, "not sync's: another port, or an address outside the cluster's VPC (--foreign remove treats it as stale)"))
	}
	for a, r := range d.leaving {
		if !d.listed(a) && r.Draining() {
			d.keepReregistered(a)
		}
	}
	return append(out, d.removals(stale)...)
}

func (d *decider) keep(r Registered) Decision {
	code, message := d.listedReason(r.Addr), "it is an address of the cluster"
	switch r.State {
	case StateHealthy:
		if eni := d.find(ENI); !d.eni[r.Addr] && eni != nil && eni.Outcome == Answered {
			code, message = DNSAlone, "DNS names it and EC2 does not"
		}
	case StateInitial:
		code, message = ListedInitial, "it is an address of the cluster; its first health check is still out"
	case StateUnused:
		code, message = ListedUnused, "it is an address of the cluster, and gets no traffic: "+detail(r)
	default:
		code, message = ListedUnhealthy, "it is an address of the cluster, and its health check fails: "+detail(r)
	}
	return decision(Keep, r, code, message)
}

// removal is a stale target and what its removal rests on.
type removal struct {
	Registered
	since     time.Time
	disproved bool
	lone      bool // one witness alone supports it
}

// removals decides about registered targets that nobody lists. What may leave
// leaves in the order of how long it has been stale, up to the limit.
func (d *decider) removals(stale []Registered) []Decision {
	var out []Decision
	var ready []removal
	for _, r := range stale {
		dec, rm := d.remove(r)
		if rm != nil {
			ready = append(ready, *rm)
			continue
		}
		out = append(out, dec)
	}
	slices.SortFunc(ready, func(a, b removal) int {
		if a.disproved != b.disproved {
			if a.disproved {
				return -1
			}
			return 1
		}
		return cmp.Or(a.since.Compare(b.since), a.Addr.Compare(b.Addr), cmp.Compare(a.Port, b.Port))
	})
	limit := d.Policy.MaxDeregister
	if limit <= 0 {
		limit = max(1, (len(d.current)+len(d.foreign))/2)
	}
	for i, rm := range ready {
		if i >= limit {
			d.hold(rm.Registered)
			out = append(out, decision(Hold, rm.Registered, Limit, fmt.Sprintf("this pass removes %d of this link already (--max-deregister)", limit)))
			continue
		}
		dec := decision(Deregister, rm.Registered, Stale, fmt.Sprintf("no witness has named it for %s", seconds(d.Now.Sub(rm.since))))
		switch {
		case rm.disproved:
			dec.Reason, dec.Message = IdentityDisproved, "it serves somebody else's certificate"
		case rm.lone:
			dec.Reason, dec.Message = StaleOneWitness, fmt.Sprintf("the only witness has not named it for %s", seconds(d.Now.Sub(rm.since)))
		}
		out = append(out, dec)
	}
	return out
}

// remove decides about one stale target. It returns either a decision or the
// removal that may happen.
func (d *decider) remove(r Registered) (Decision, *removal) {
	hold := func(c Code, message string) (Decision, *removal) {
		d.hold(r)
		return decision(Hold, r, c, message), nil
	}
	disproved := d.disproof[r.Addr] && r.Port == APIPort
	lone, against := d.support()
	switch {
	case !d.managed():
		return hold(NotManaged, "no witness names it, and sync removes only from groups tagged "+TagManaged+" = true")
	case d.Policy.RegisterOnly:
		return hold(RegisterOnly, "no witness names it, and removal is switched off (--register-only)")
	case !d.Verified:
		return hold(ClusterUnverified, "no witness names it, but EKS could not be asked about the cluster")
	case d.CIDRs == nil:
		return hold(CIDRsUnknown, "no witness names it, but the blocks of the cluster's VPC could not be read")
	case disproved && d.eniAgainst() != "":
		return hold(d.eniAgainst(), "it serves somebody else's certificate, but "+againstText[d.eniAgainst()])
	case disproved:
		if f := d.floor(r); f != "" {
			return hold(Floor, "it serves somebody else's certificate, but "+f)
		}
		return Decision{}, &removal{Registered: r, since: d.Now, disproved: true}
	case against != "":
		return hold(against, "no witness names it, but "+againstText[against])
	}
	grace, reason := d.Policy.Grace, Stale
	if lone {
		grace, reason = d.Policy.GraceOneWitness, StaleOneWitness
	}
	m := markFor(MarkStale, r.Addr, r.Port)
	since := d.Marks.since(m, d.Now)
	age := d.Now.Sub(since)
	if age < grace {
		d.hold(r)
		d.marks[m] = since
		return decision(MarkOnly, r, reason, fmt.Sprintf("no witness names it, for %s of %s", seconds(age), grace)), nil
	}
	if f := d.floor(r); f != "" {
		d.marks[m] = since
		return hold(Floor, "no witness names it, but "+f)
	}
	if !d.MarksFresh {
		d.unread = true
		return hold(MarkUnread, "no witness names it, but its mark must be read again before it may leave")
	}
	return Decision{}, &removal{Registered: r, since: since, lone: lone}
}

// eniAgainst says why the interface listing, where it is configured, cannot
// bear out that an address is somebody else's: only when it has answered
// without it is the identity check uncontradicted.
func (d *decider) eniAgainst() Code {
	eni := d.find(ENI)
	if eni == nil || eni.Outcome == Inapplicable {
		return ""
	}
	_, against := judged{witnesses: []Witness{*eni}}.support()
	return against
}

var againstText = map[Code]string{
	NoWitness:      "no witness can know",
	WitnessUnknown: "a witness did not answer",
	WitnessEmpty:   "a witness says that the cluster has no address at all",
	WitnessPartial: "not every resolver answered",
}

// hold keeps the marks of a target that should leave and may not now.
func (d *decider) hold(r Registered) {
	d.keepMark(markFor(MarkStale, r.Addr, r.Port))
	if r.Port == APIPort {
		d.keepReregistered(r.Addr)
	}
}

// keepMark carries a mark that is there over to the next pass.
func (d *decider) keepMark(m Mark) {
	if _, ok := d.Marks[m]; ok {
		d.marks[m] = d.Marks.since(m, d.Now)
	}
}

// floor says why a stale target must stay for the sake of those that would
// remain, or "". It counts what was observed, never what this plan registers.
func (d *decider) floor(r Registered) string {
	healthy, any := 0, 0
	for a, c := range d.current {
		if d.listed(a) {
			any++
			if c.Healthy() {
				healthy++
			}
		}
	}
	if r.Healthy() && healthy < d.Policy.MinHealthy {
		return fmt.Sprintf("it is healthy and only %d of the cluster's own targets are (the floor is %d)", healthy, d.Policy.MinHealthy)
	}
	if any < d.Policy.MinHealthy {
		return fmt.Sprintf("only %d of the cluster's own addresses are registered (the floor is %d)", any, d.Policy.MinHealthy)
	}
	return ""
}

// refusals reports the addresses that a witness named and sync never
// registers, where nothing else was decided about them.
func (d *decider) refusals(decided []Decision) []Decision {
	done := addrSet{}
	for _, dec := range decided {
		if dec.Port == APIPort {
			done[dec.Addr] = true
		}
	}
	var out []Decision
	for a, c := range d.refused {
		if done[a] {
			continue
		}
		message := "a witness names it: " + filterHint(c)
		if c == IdentityDisproved {
			message = "DNS names it, and it serves somebody else's certificate"
		}
		out = append(out, Decision{Action: Refuse, Addr: a, Port: APIPort, Reason: c, Message: message})
	}
	return out
}

// pause turns everything that would be written into a hold.
func (d *decider) pause(ds []Decision) {
	for i, dec := range ds {
		switch dec.Action {
		case Register, Deregister, MarkOnly:
			ds[i].Action, ds[i].Reason = Hold, Paused
			ds[i].Message = "sync is paused for this link (--pause, or tag " + TagPaused + " = true); otherwise: " + dec.Message
		}
	}
	d.unread = false
}

// notInUse is the finding that ELB sends nothing to any target.
func (d *decider) notInUse() *Fault {
	all := append(d.registered(), d.foreign...)
	for _, r := range all {
		if r.State != StateUnused || r.Reason != "Target.NotInUse" {
			return nil
		}
	}
	if len(all) == 0 {
		return nil
	}
	return &Fault{
		Code:    NotInUse,
		Message: fmt.Sprintf("every target of %s is unused (Target.NotInUse)", d.Group.ARN),
		Hint:    "make a listener forward to the group, and enable the targets' zones on the load balancer",
	}
}

func (d *decider) evidence(a netip.Addr) []Evidence {
	var out []Evidence
	for _, w := range d.witnesses {
		said := func(raw Witness) bool {
			return raw.Name == w.Name && raw.Outcome == Answered && slices.Contains(raw.Addrs, a)
		}
		out = append(out, Evidence{
			Witness: w.Name, Outcome: w.Outcome,
			Listed: slices.ContainsFunc(d.Input.Witnesses, said),
			Age:    max(0, d.Now.Sub(w.At)),
		})
	}
	return out
}

func decision(act Action, r Registered, c Code, message string) Decision {
	return Decision{Action: act, Addr: r.Addr, Port: r.Port, Zone: r.Zone, Reason: c, Message: message, Health: r.State}
}

// detail is what ELB says about a target's state.
func detail(r Registered) string {
	if r.Description != "" {
		return r.Description
	}
	return cmp.Or(r.Reason, string(r.State))
}

func seconds(d time.Duration) time.Duration { return max(0, d.Truncate(time.Second)) }
