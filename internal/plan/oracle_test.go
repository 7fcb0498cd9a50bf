package plan_test

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"postern/internal/plan"
)

// The oracle is the decision table of the design read aloud: for each address
// it asks every question again from the input, with loops and no state shared
// between the answers. It is slow on purpose. Where the design leaves the
// choice between two reasons, or says nothing, it allows either.

// verdict is one decision that the oracle allows: this action for one of these
// reasons. The zero verdict allows that there is no decision.
type verdict struct {
	action  plan.Action
	reasons []plan.Code
}

func (v verdict) allows(d plan.Decision) bool {
	return v.action == d.Action && slices.Contains(v.reasons, d.Reason)
}

func one(a plan.Action, reasons ...plan.Code) []verdict {
	return []verdict{{action: a, reasons: reasons}}
}

var nothing = []verdict{{}}

type key struct {
	addr netip.Addr
	port int
}

func (k key) String() string { return fmt.Sprintf("%v port %d", k.addr, k.port) }

type oracle struct{ in plan.Input }

// private says whether ELB takes the address as a private one anywhere: the
// four ranges of the network load balancer's documentation.
func private(a netip.Addr) bool {
	for _, p := range []string{"10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"} {
		if netip.MustParsePrefix(p).Contains(a) {
			return true
		}
	}
	return false
}

func (o oracle) inVPC(a netip.Addr) bool {
	for _, p := range o.in.CIDRs {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// refusals returns every reason for which the address must not be registered,
// none if it may be.
func (o oracle) refusals(a netip.Addr) []plan.Code {
	var why []plan.Code
	if !a.IsValid() || a.IsUnspecified() || a.IsLoopback() || a.IsMulticast() || a.IsLinkLocalUnicast() || a.Is4In6() || a.Zone() != "" {
		why = append(why, plan.UnusableAddress)
	}
	if a.Is4() == o.in.Group.IPv6 {
		why = append(why, plan.WrongFamily)
	}
	if slices.Contains(o.in.Overrides, a) && !o.saidByENI(a) {
		why = append(why, plan.HubOverride)
	}
	switch {
	case o.in.CIDRs == nil:
		if !o.saidByENI(a) {
			why = append(why, plan.CIDRsUnknown)
		}
	case !o.inVPC(a) && a.Is4() && !private(a):
		why = append(why, plan.PublicAddress)
	case !o.inVPC(a) && a.Is4():
		why = append(why, plan.OutsideVPC)
	case !o.inVPC(a):
		why = append(why, plan.OutsideVPC, plan.PublicAddress)
	}
	return why
}

// saidByENI: the interface listing names the address, before any filter.
func (o oracle) saidByENI(a netip.Addr) bool {
	for _, w := range o.in.Witnesses {
		if w.Name == plan.ENI && w.Outcome == plan.Answered && slices.Contains(w.Addrs, a) {
			return true
		}
	}
	return false
}

// said: any witness that answered names the address, before any filter.
func (o oracle) said(a netip.Addr) bool {
	for _, w := range o.in.Witnesses {
		if w.Outcome == plan.Answered && slices.Contains(w.Addrs, a) {
			return true
		}
	}
	return false
}

// outcome is the witness's outcome as judged: an answer of which no address
// passes the filter is unknown, one that names nothing is empty.
func (o oracle) outcome(w plan.Witness) plan.Outcome {
	if w.Outcome == plan.Empty || w.Outcome == plan.Inapplicable {
		return w.Outcome
	}
	if w.Outcome == plan.Answered && len(w.Addrs) == 0 {
		return plan.Empty
	}
	if w.Outcome != plan.Answered {
		return plan.Unknown
	}
	for _, a := range w.Addrs {
		if len(o.refusals(a)) == 0 {
			return plan.Answered
		}
	}
	return plan.Unknown
}

// partial: some source of the witness did not answer, or one gave the hub's own
// override.
func (o oracle) partial(w plan.Witness) bool {
	override := slices.ContainsFunc(w.Addrs, func(a netip.Addr) bool {
		why := o.refusals(a)
		return len(why) > 0 && why[0] == plan.HubOverride
	})
	return w.Partial || o.outcome(w) == plan.Answered && override
}

func (o oracle) names(name plan.WitnessName, a netip.Addr) bool {
	for _, w := range o.in.Witnesses {
		if w.Name == name && o.outcome(w) == plan.Answered && slices.Contains(w.Addrs, a) && len(o.refusals(a)) == 0 {
			return true
		}
	}
	return false
}

func (o oracle) named(a netip.Addr) bool { return o.names(plan.DNS, a) || o.names(plan.ENI, a) }

func (o oracle) eniOutcome() (plan.Outcome, bool) {
	for _, w := range o.in.Witnesses {
		if w.Name == plan.ENI {
			return o.outcome(w), true
		}
	}
	return "", false
}

func (o oracle) foreign(k key) bool {
	return k.port != plan.APIPort || o.in.CIDRs != nil && !o.inVPC(k.addr)
}

func (o oracle) find(k key) (plan.Registered, bool) {
	for _, r := range o.in.Registered {
		if r.Addr == k.addr && r.Port == k.port {
			return r, true
		}
	}
	return plan.Registered{}, false
}

func (o oracle) present(k key) bool {
	r, ok := o.find(k)
	return ok && r.State != plan.StateDraining
}

// suspect: the identity check is not to be believed. Either the interface
// listing names an address that serves somebody else's certificate, or not one
// address that a witness names is proved.
func (o oracle) suspect() bool {
	proved := false
	for _, a := range o.addresses() {
		if o.in.Identity[a] == plan.Disproved && o.names(plan.ENI, a) {
			return true
		}
		proved = proved || o.named(a) && o.in.Identity[a] == plan.Proved
	}
	return !proved
}

// matters: the address is registered on the API's port, or a witness names it.
func (o oracle) matters(a netip.Addr) bool { return o.present(key{a, plan.APIPort}) || o.named(a) }

// strange: the address served somebody else's certificate in this pass, and
// that is to be believed.
func (o oracle) strange(a netip.Addr) bool {
	return o.in.Identity[a] == plan.Disproved && o.matters(a) && !o.suspect()
}

// disproved: strange, and for ten seconds in every pass.
func (o oracle) disproved(a netip.Addr) bool {
	t, marked := o.since(plan.Mark{Kind: '_', Addr: a})
	return o.strange(a) && marked && o.in.Now.Sub(t) >= 10*time.Second
}

func (o oracle) doubted(a netip.Addr) bool { return o.strange(a) && !o.disproved(a) }

// counts: the target stands for the link when another leaves.
func (o oracle) counts(k key) bool {
	return o.listed(k) && (o.names(plan.ENI, k.addr) || o.in.Identity[k.addr] != plan.Disproved)
}

// addresses are all that anybody named or registered.
func (o oracle) addresses() []netip.Addr {
	var all []netip.Addr
	add := func(a netip.Addr) {
		if !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	for _, r := range o.in.Registered {
		add(r.Addr)
	}
	for _, w := range o.in.Witnesses {
		if w.Outcome == plan.Answered {
			for _, a := range w.Addrs {
				add(a)
			}
		}
	}
	return all
}

// keys are all about which there may be a decision that is not a refusal.
func (o oracle) keys() []key {
	var all []key
	for _, r := range o.in.Registered {
		all = append(all, key{r.Addr, r.Port})
	}
	for _, a := range o.addresses() {
		k := key{a, plan.APIPort}
		if !slices.Contains(all, k) && len(o.refusals(a)) == 0 {
			all = append(all, k)
		}
	}
	return all
}

// listed: a witness names the target, and its identity is not disproved.
func (o oracle) listed(k key) bool {
	return k.port == plan.APIPort && o.named(k.addr) && !o.disproved(k.addr)
}

// markOf is the mark of a kind about a target.
func markOf(kind byte, k key) plan.Mark {
	if k.port == plan.APIPort {
		return plan.Mark{Kind: kind, Addr: k.addr}
	}
	return plan.Mark{Kind: kind, Addr: k.addr, Port: uint16(k.port)}
}

// mark is a mark that is there. One older than an hour, or than twice the
// longest grace period, counts for nothing.
func (o oracle) mark(m plan.Mark) (time.Time, bool) {
	t, ok := o.in.Marks[m]
	if age := o.in.Now.Sub(t); age > time.Hour && age > 2*o.in.Policy.Grace && age > 2*o.in.Policy.GraceOneWitness {
		return time.Time{}, false
	}
	return t, ok
}

// since is when a mark began. One from the future begins now.
func (o oracle) since(m plan.Mark) (time.Time, bool) {
	t, ok := o.mark(m)
	if !ok || t.After(o.in.Now) {
		return o.in.Now, ok
	}
	return t, true
}

// decide returns the decisions that the design allows for a target.
func (o oracle) decide(k key) []verdict {
	if o.present(k) {
		return o.decidePresent(k)
	}
	return o.decideAbsent(k)
}

func (o oracle) decideAbsent(k key) []verdict {
	if k.port != plan.APIPort || !o.named(k.addr) {
		return nothing
	}
	if o.disproved(k.addr) {
		return one(plan.Refuse, plan.IdentityDisproved)
	}
	var brakes []plan.Code
	if o.paused() {
		brakes = append(brakes, plan.Paused)
	}
	if o.notAdopted() {
		brakes = append(brakes, plan.NotAdopted)
	}
	wants := o.wantsRegistered(k)
	if len(brakes) > 0 {
		// A hold that has its own reason may keep it.
		held := one(plan.Hold, brakes...)
		for _, v := range wants {
			if v.action == plan.Hold {
				held = append(held, v)
			}
		}
		return held
	}
	return wants
}

// wantsRegistered is the answer for a listed target that is not there, before
// the brakes.
func (o oracle) wantsRegistered(k key) []verdict {
	if o.doubted(k.addr) {
		return one(plan.MarkOnly, plan.IdentityDoubted)
	}
	byDNS, byENI := o.names(plan.DNS, k.addr), o.names(plan.ENI, k.addr)
	eni, _ := o.eniOutcome()
	var want []verdict
	switch {
	case byENI && byDNS:
		want = one(plan.Register, plan.ListedByBoth)
	case byENI:
		want = one(plan.Register, plan.ListedByENI)
	case eni != plan.Answered:
		want = one(plan.Register, plan.ListedByDNS)
	default:
		t, marked := o.since(markOf('+', k))
		switch {
		case o.in.Identity[k.addr] == plan.Proved:
			want = one(plan.Register, plan.DNSAloneProved)
		case marked && o.in.Now.Sub(t) >= o.in.Policy.Grace:
			want = one(plan.Register, plan.DNSAloneGrace)
		default:
			want = one(plan.MarkOnly, plan.DNSAlone)
		}
	}
	if o.in.Identity[k.addr] == plan.Disproved && !byENI { // the checker is suspect
		want = one(plan.Hold, plan.IdentitySuspect)
	}
	if _, draining := o.find(k); draining {
		if t, again := o.mark(markOf('=', k)); again && !t.After(o.in.Now) && o.in.Now.Sub(t) < o.in.Policy.GraceOneWitness {
			other := one(plan.Hold, plan.AnotherWriter)
			if want[0].action == plan.Register {
				return other
			}
			return append(want, other...)
		}
	}
	return want
}

func (o oracle) decidePresent(k key) []verdict {
	r, _ := o.find(k)
	switch {
	case o.untouchable(k):
		want := one(plan.Keep, plan.Foreign)
		if o.notAdopted() {
			want = append(want, one(plan.Hold, plan.NotAdopted)...)
		}
		return want
	case o.listed(k) && o.in.Identity[k.addr] == plan.Disproved:
		want := one(plan.Hold, plan.IdentitySuspect)
		if o.doubted(k.addr) {
			want = nil
			if !o.paused() && !o.notAdopted() {
				want = one(plan.MarkOnly, plan.IdentityDoubted)
			}
		}
		if o.paused() {
			want = append(want, one(plan.Hold, plan.Paused)...)
		}
		if o.notAdopted() {
			want = append(want, one(plan.Hold, plan.NotAdopted)...)
		}
		return want
	case o.listed(k):
		byDNS, byENI := o.names(plan.DNS, k.addr), o.names(plan.ENI, k.addr)
		switch r.State {
		case plan.StateHealthy:
			switch {
			case byDNS && byENI:
				return one(plan.Keep, plan.ListedByBoth)
			case byENI:
				return one(plan.Keep, plan.ListedByENI)
			}
			if eni, _ := o.eniOutcome(); eni == plan.Answered {
				return one(plan.Keep, plan.DNSAlone)
			}
			return one(plan.Keep, plan.ListedByDNS)
		case plan.StateInitial:
			return one(plan.Keep, plan.ListedInitial)
		case plan.StateUnused:
			return one(plan.Keep, plan.ListedUnused)
		case plan.StateUnhealthy:
			return one(plan.Keep, plan.ListedUnhealthy)
		}
		return one(plan.Keep, plan.ListedUnhealthy, plan.ListedUnused)
	}
	return o.wantsGone(k)
}

// wantsGone is the answer for a registered target that no witness lists, or
// that is disproved.
func (o oracle) wantsGone(k key) []verdict {
	identity := k.port == plan.APIPort && o.disproved(k.addr)
	var why []plan.Code
	why = append(why, o.policyGuards()...)
	if o.paused() {
		why = append(why, plan.Paused)
	}
	if o.notAdopted() {
		why = append(why, plan.NotAdopted)
	}
	if identity {
		why = append(why, o.identityGuards()...)
	} else {
		why = append(why, o.witnessGuards()...)
	}
	if len(why) > 0 {
		if !o.in.Verified {
			why = append(why, plan.ClusterUnverified)
		}
		if o.floorHolds(k) {
			why = append(why, plan.Floor)
		}
		if !o.in.MarksFresh {
			why = append(why, plan.MarkUnread)
		}
		if o.paused() {
			why = append(why, plan.Limit)
		}
		return one(plan.Hold, why...)
	}
	reason := plan.IdentityDisproved
	if !identity {
		var g time.Duration
		g, reason = o.grace()
		if t, marked := o.since(markOf('-', k)); !marked || o.in.Now.Sub(t) < g {
			if !o.in.Verified {
				return append(one(plan.MarkOnly, reason), one(plan.Hold, plan.ClusterUnverified)...)
			}
			return one(plan.MarkOnly, reason)
		}
	}
	if !o.in.MarksFresh {
		why = append(why, plan.MarkUnread)
	}
	if !o.in.Verified {
		why = append(why, plan.ClusterUnverified)
	}
	if o.floorHolds(k) {
		why = append(why, plan.Floor)
	}
	if len(why) == 0 && o.limited(k) {
		why = append(why, plan.Limit)
	}
	if len(why) > 0 {
		return one(plan.Hold, why...)
	}
	return one(plan.Deregister, reason)
}
