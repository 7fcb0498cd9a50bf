package plan

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// departures decides about registered targets.
func (d *decider) departures() []Decision {
	var out []Decision
	var stale []Registered
	for _, r := range d.registered() {
		switch {
		case d.suspect[r.Addr] && d.listed(r.Addr):
			d.keepReregistered(r.Addr)
			out = append(out, decision(Hold, r, IdentitySuspect, "a witness names it and its certificate is not the cluster's: the identity check itself is in doubt, since it contradicts EC2's listing, or proves none of the addresses that a witness names"))
		case d.doubt[r.Addr] && d.listed(r.Addr):
			d.keepReregistered(r.Addr)
			out = append(out, decision(MarkOnly, r, IdentityDoubted, "DNS names it, and it served somebody else's certificate: another pass must see that, too"))
		case d.listed(r.Addr):
			d.keepReregistered(r.Addr)
			out = append(out, d.keep(r))
		default:
			stale = append(stale, r)
		}
	}
	for _, r := range d.foreign {
		if d.Policy.RemoveForeign && !d.named(r) || d.disproof[r.Addr] && r.Port == APIPort {
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
		own := len(d.current)
		if d.Policy.RemoveForeign {
			own += len(d.foreign)
		}
		limit = max(1, own/2)
	}
	for i, rm := range ready {
		if i >= limit {
			d.hold(rm.Registered)
			out = append(out, decision(Hold, rm.Registered, Limit, fmt.Sprintf("this pass removes %d of this link already (--max-deregister)", limit)))
			continue
		}
		d.unmarkDisproof(rm.Registered)
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
		if !d.MarksFresh {
			d.unread = true
			return hold(MarkUnread, "it serves somebody else's certificate, but the group's tags must be read again before it may leave")
		}
		return Decision{}, &removal{Registered: r, since: d.Now, disproved: true}
	case against != "":
		return hold(against, "no witness names it, but "+againstText[against])
	}
	grace, reason := d.Policy.Grace, Stale
	if lone {
		grace, reason = max(d.Policy.Grace, d.Policy.GraceOneWitness), StaleOneWitness
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

// named reports whether a witness named a foreign target's address, be it that
// the filter refused it: such a one is no stale target.
func (d *decider) named(r Registered) bool {
	return r.Port == APIPort && slices.ContainsFunc(d.Input.Witnesses, func(w Witness) bool {
		return w.Outcome == Answered && slices.Contains(w.Addrs, r.Addr)
	})
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

// floor says why a stale target must stay for the sake of those that would
// remain, or "". It counts what was observed, never what this plan registers.
func (d *decider) floor(r Registered) string {
	healthy, any := 0, 0
	for a, c := range d.current {
		if d.vouched(a) {
			any++
			if c.Healthy() {
				healthy++
			}
		}
	}
	if r.mayServe() && healthy < d.Policy.MinHealthy {
		return fmt.Sprintf("it is %s and only %d of the cluster's own targets are healthy (the floor is %d)", r.State, healthy, d.Policy.MinHealthy)
	}
	if any < d.Policy.MinHealthy {
		return fmt.Sprintf("only %d of the cluster's own addresses are registered (the floor is %d)", any, d.Policy.MinHealthy)
	}
	return ""
}
