package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

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
		dec.Message = "DNS alone names it and its certificate is not the cluster's, but the check itself is in doubt: it contradicts EC2's listing, or proves none of the addresses that a witness names"
		return
	case d.doubt[a]:
		d.keepMark(waiting)
		d.keepReregistered(a)
		dec.Action, dec.Reason = MarkOnly, IdentityDoubted
		dec.Message = "DNS names it, and it served somebody else's certificate: another pass must see that, too"
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
