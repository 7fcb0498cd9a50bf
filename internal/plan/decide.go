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
	d.Marks = in.Marks.younger(in.Now, in.Policy.markLife())
	d.weighIdentity()
	d.sortRegistered()

	var out []Decision
	switch {
	case !d.managed() && !d.Policy.Adopt && d.answered() && d.strangersOnly():
		out = d.notAdopted()
		d.marks = in.Marks.Clone()
	default:
		out = append(d.arrivals(), d.departures()...)
	}
	out = append(out, d.refusals(out)...)
	if d.Policy.Paused || in.Group.Paused() {
		d.pause(out)
		d.marks = in.Marks.Clone()
	}

	p := Plan{Decisions: out, Marks: d.marks, Witnesses: d.witnesses, Findings: d.findings(in)}
	if f := d.noneHealthy(); f != nil {
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
	doubt    addrSet                   // the same, for the first time
	suspect  addrSet                   // the handshake says so, and the checker is not to be believed
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
	slices.SortFunc(d.foreign, func(a, b Registered) int {
		return cmp.Or(a.Addr.Compare(b.Addr), cmp.Compare(a.Port, b.Port))
	})
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
		if d.vouched(a) {
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

// keepReregistered carries the mark that somebody else may be removing this
// address, for as long as it is of use.
func (d *decider) keepReregistered(a netip.Addr) {
	m := markFor(MarkReregistered, a, APIPort)
	if since, ok := d.Marks[m]; ok && !since.After(d.Now) && d.Now.Sub(since) < d.Policy.GraceOneWitness {
		d.marks[m] = since
	}
}

// keepMark carries a mark that is there over to the next pass.
func (d *decider) keepMark(m Mark) {
	if _, ok := d.Marks[m]; ok {
		d.marks[m] = d.Marks.since(m, d.Now)
	}
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

// noneHealthy is the finding that no target gets traffic, and that waiting
// will not change it.
func (d *decider) noneHealthy() *Fault {
	all := append(d.registered(), d.foreign...)
	unused := 0
	for _, r := range all {
		if r.mayServe() {
			return nil
		}
		if r.State == StateUnused && r.Reason == "Target.NotInUse" {
			unused++
		}
	}
	switch len(all) {
	case 0:
		return nil
	case unused:
		return &Fault{
			Code:    NotInUse,
			Message: fmt.Sprintf("every target of %s is unused (Target.NotInUse)", d.Group.ARN),
			Hint:    "make a listener forward to the group, and enable the targets' zones on the load balancer",
		}
	}
	return &Fault{
		Code:    NoHealthyTarget,
		Message: fmt.Sprintf("no target of %s passes its health check: %s", d.Group.ARN, detail(all[0])),
		Hint:    "if they are the cluster's addresses, look at what the check needs: TCP 443 from the load balancer in the cluster's security group, and /readyz if the group asks for it",
	}
}

// answered reports whether any witness named an address that counts.
func (d *decider) answered() bool {
	return slices.ContainsFunc(d.witnesses, func(w Witness) bool { return w.Outcome == Answered })
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
