package dataplane

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"postern/internal/lab/fabric"
)

// Host returns the address in a VPC at which the lab's own host is: the last
// free one of the VPC's first subnet. It stays, unless an interface is given
// that address.
func (p *Plane) Host(vpc string) (netip.Addr, error) {
	p.syncing.Lock()
	defer p.syncing.Unlock()
	if addr, ok := p.hosts[vpc]; ok {
		return addr, nil
	}
	v := p.view.Load()
	if !slices.Contains(v.vpcs, vpc) {
		return netip.Addr{}, fmt.Errorf("find host: there is no VPC %q", vpc)
	}
	for _, a := range p.store.Snapshot().Accounts {
		for _, sub := range a.Subnets {
			if sub.VPC != vpc {
				continue
			}
			if addr, ok := lastFree(v, vpc, sub.CIDR); ok {
				p.hosts[vpc] = addr
				p.setAddrs(vpc, v.addrs[vpc])
				return addr, nil
			}
		}
	}
	return netip.Addr{}, fmt.Errorf("find host: no subnet of VPC %q has a free address", vpc)
}

// lastFree returns the last address of a subnet that may be used and is not:
// four at the beginning and one at the end may not. Source: VPC user guide,
// subnet CIDR blocks.
func lastFree(v *view, vpc string, b netip.Prefix) (netip.Addr, bool) {
	first := b.Masked().Addr()
	for range 4 {
		first = first.Next()
	}
	for a := lastOf(b).Prev(); first.Compare(a) <= 0; a = a.Prev() {
		if v.interfaceID(place{vpc, a}) == "" {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// lastOf returns the last address of an IPv4 block.
func lastOf(b netip.Prefix) netip.Addr {
	a := b.Masked().Addr().As4()
	for bit := b.Bits(); bit < 32; bit++ {
		a[bit/8] |= 0x80 >> (bit % 8)
	}
	return netip.AddrFrom4(a)
}

// Dial connects from an address in a VPC, from the lab's host there if from is
// not valid. Without a deadline of its own it gives up after some time, as TCP
// does. A connection that fails gives a *fabric.DialError whose Why begins with
// the hop that failed it: see [HopOf].
func (p *Plane) Dial(ctx context.Context, vpc string, from netip.Addr, to netip.AddrPort) (net.Conn, error) {
	if !from.IsValid() {
		var err error
		if from, err = p.Host(vpc); err != nil {
			return nil, err
		}
	}
	conn, err := p.fabric.Dial(ctx, vpc, from, to, fabric.DialOptions{})
	if err != nil {
		err = p.explain(vpc, from, to, err)
		p.tally.count(err)
		return nil, err
	}
	p.tally.count(nil)
	return conn, nil
}

// explain adds to a failed dial what the routes have to do with it.
func (p *Plane) explain(vpc string, from netip.Addr, to netip.AddrPort, err error) error {
	e, ok := errors.AsType[*fabric.DialError](err)
	if !ok || hopIn(e.Why) != HopOther {
		return err
	}
	v := p.view.Load()
	there, why := v.Route(vpc, from, to.Addr())
	if there != "" {
		_, why = v.Route(there, to.Addr(), from)
	}
	switch {
	case why != "":
		e.Why = because(HopRoute, "%s", why)
	case e.Kind == fabric.KindRefused:
		e.Why = because(HopInterface, "%s", e.Why)
	}
	return err
}

// Flows returns how many connections Dial made, and what failed the others.
func (p *Plane) Flows() Flows { return p.tally.flows() }
