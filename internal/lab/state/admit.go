package state

import (
	"fmt"
	"net/netip"
	"slices"
)

// Admit reports whether network ACLs and security groups let a TCP connection
// through. The groups of the source's interface must let it out, and those of
// the destination's let it in, by a rule for the address or for a group that
// the other side has; the ACLs of two subnets must let it and the answers pass.
// vpc and to are the VPCs of the two ends, by Route. Rules that name groups
// reach into a VPC that an active peering connection joins, no further; that it
// is of the same region was asked when the rule was made.
//
// With ungrouped the source counts by its address alone: rules that name groups
// do not match it. An address that is no interface's is one of the lab's own
// hosts, which may send anything and takes nothing. A network load balancer
// without security groups takes everything. A source port of 0 is one that is
// not chosen yet.
//
// Source: VPC user guide, security group rules, network ACL basics; VPC peering
// guide, update your security groups; NLB user guide, security groups.
func (t *Topology) Admit(vpc string, src netip.AddrPort, to string, dst netip.AddrPort, ungrouped bool) (ok bool, why string) {
	from, there := t.vpcs[vpc], t.vpcs[to]
	if from == nil || there == nil {
		return false, fmt.Sprintf("there is no VPC %s, or no %s", vpc, to)
	}
	sender, _ := from.find(src.Addr())
	taker, known := there.find(dst.Addr())
	if !known {
		return false, fmt.Sprintf("no interface of %s has %s", to, dst.Addr())
	}
	theirs, ours := taker.SecurityGroups, sender.SecurityGroups
	if !from.namesGroupsOf(there) {
		theirs, ours = nil, nil
	}
	if ungrouped {
		ours = nil
	}
	if len(sender.SecurityGroups) > 0 && !t.passes(sender.SecurityGroups, true, dst.Addr(), theirs, dst.Port()) {
		return false, refusal(sender, "lets out", dst.Port(), "to", dst.Addr())
	}
	if ok, why := crosses(from.subnetOf(src.Addr()), there.subnetOf(dst.Addr()), src, dst); !ok {
		return false, why
	}
	if len(taker.SecurityGroups) == 0 {
		if taker.Type == "network_load_balancer" {
			return true, ""
		}
		return false, fmt.Sprintf("%s has no security group", taker.ID)
	}
	if !t.passes(taker.SecurityGroups, false, src.Addr(), ours, dst.Port()) {
		return false, refusal(taker, "admits", dst.Port(), "from", src.Addr())
	}
	return true, ""
}

// refusal says which groups let nothing through, for people.
func refusal(i Interface, verb string, port uint16, way string, other netip.Addr) string {
	groups := i.SecurityGroups[0]
	if n := len(i.SecurityGroups); n > 1 {
		groups = fmt.Sprintf("none of %v", i.SecurityGroups)
		return fmt.Sprintf("%s of %s %s TCP %d %s %s", groups, i.ID, verb, port, way, other)
	}
	return fmt.Sprintf("%s of %s %s no TCP %d %s %s", groups, i.ID, verb, port, way, other)
}

// namesGroupsOf reports whether rules of one VPC may name groups of another.
func (g *segment) namesGroupsOf(other *segment) bool {
	if g == other {
		return true
	}
	for _, peer := range g.peers {
		if peer == other.id {
			return true
		}
	}
	return false
}

// passes reports whether a rule of any of the groups is for TCP at a port with
// an address, or with a member of one of the other side's groups.
func (t *Topology) passes(groups []string, out bool, other netip.Addr, members []string, port uint16) bool {
	for _, id := range groups {
		a := t.groups[id]
		if a == nil {
			continue // a group that is gone lets nothing through
		}
		rules := a.in
		if out {
			rules = a.out
		}
		for i := range rules {
			r := &rules[i]
			if r.From >= 0 && (int(port) < r.From || int(port) > r.To) {
				continue
			}
			if r.Peer != "" && slices.Contains(members, r.Peer) || r.Peer == "" && r.CIDR.Contains(other) {
				return true
			}
		}
	}
	return false
}

// ephemeral stands for a source port that is not chosen yet.
const ephemeral = 49152

// crosses reports whether the ACLs of two subnets let a connection's packets
// through, and the answers to them. Within a subnet there is none to cross; an
// address that is in no subnet has none.
func crosses(from, there *routedSubnet, src, dst netip.AddrPort) (ok bool, why string) {
	if from == there {
		return true, ""
	}
	back := src.Port()
	if back == 0 {
		back = ephemeral
	}
	for _, x := range []struct {
		subnet *routedSubnet
		egress bool
		other  netip.Addr
		port   uint16
	}{
		{from, true, dst.Addr(), dst.Port()}, {there, false, src.Addr(), dst.Port()},
		{there, true, src.Addr(), back}, {from, false, dst.Addr(), back},
	} {
		if x.subnet == nil || x.subnet.acl == nil || x.subnet.acl.allows(x.egress, x.other, x.port) {
			continue
		}
		way := "from"
		if x.egress {
			way = "to"
		}
		return false, fmt.Sprintf("%s of %s denies TCP %d %s %s", x.subnet.acl.ID, x.subnet.id, x.port, way, x.other)
	}
	return true, ""
}

// allows reports what the first entry that matches a TCP packet does with it.
func (a *NetworkACL) allows(egress bool, other netip.Addr, port uint16) bool {
	for i := range a.Entries { // each direction's by number
		e := &a.Entries[i]
		if e.Egress == egress && (e.Protocol == anyProtocol || e.Protocol == "6") && e.CIDR.Contains(other) && (e.From < 0 || int(port) >= e.From && int(port) <= e.To) {
			return e.Allow
		}
	}
	return false
}
