package plan

import (
	"net/netip"
	"time"
)

// DisproofApart is how long after the pass that first saw somebody else's
// certificate another one must see it, too, before that counts. What a write
// rests on is at most as old, so that the second pass looked after the first
// had written down what it saw.
const DisproofApart = 10 * time.Second

// weighIdentity turns the verdicts of this pass into disproof, doubt or
// suspicion. The checker is suspect where it contradicts the interface listing,
// and where it proves no address that a witness lists: it may be looking at
// another network, in which the same addresses are other hosts.
// Otherwise an address is in doubt when it serves somebody else's certificate,
// and disproved when it did so in an earlier pass, too, and in none between.
func (d *decider) weighIdentity() {
	d.disproof, d.doubt, d.suspect = addrSet{}, addrSet{}, addrSet{}
	known := addrSet{}
	for _, r := range d.Registered {
		if !r.Draining() && r.Port == APIPort {
			known[r.Addr] = true
		}
	}
	for a := range d.eni {
		known[a] = true
	}
	for a := range d.dns {
		known[a] = true
	}
	against, proved, contradicted := addrSet{}, false, false
	for a := range known {
		switch d.Identity[a] {
		case Proved:
			proved = proved || d.listed(a)
		case Disproved:
			against[a] = true
			contradicted = contradicted || d.eni[a]
		}
	}
	if contradicted || !proved {
		d.suspect = against
		return
	}
	for a := range against {
		m := markFor(MarkDisproved, a, APIPort)
		since := d.Marks.since(m, d.Now)
		d.marks[m] = since
		if d.Now.Sub(since) < DisproofApart {
			d.doubt[a] = true
			continue
		}
		d.disproof[a] = true
		if d.dns[a] {
			d.refused[a] = IdentityDisproved
			delete(d.dns, a)
		}
	}
}

// vouched reports whether a witness lists the address and the handshake of
// this pass, whatever it is worth, does not speak against it: only such a one
// can stand for the link when another leaves.
func (d *decider) vouched(a netip.Addr) bool {
	return d.eni[a] || d.dns[a] && d.Identity[a] != Disproved
}

// unmarkDisproof drops the mark of a target that leaves, unless DNS goes on
// naming it.
func (d *decider) unmarkDisproof(r Registered) {
	if r.Port == APIPort && !d.listed(r.Addr) && d.refused[r.Addr] != IdentityDisproved {
		delete(d.marks, markFor(MarkDisproved, r.Addr, APIPort))
	}
}
