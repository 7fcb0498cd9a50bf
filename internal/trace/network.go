package trace

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// cover is how much of something a set of rules lets through.
type cover int

const (
	none cover = iota
	some
	all
)

// covers returns how much of a block the prefixes hold together; of no block,
// nothing.
func covers(prefixes []netip.Prefix, block netip.Prefix) cover {
	if !block.IsValid() {
		return none
	}
	block = block.Masked()
	var inside []netip.Prefix
	for _, p := range prefixes {
		switch {
		case p.Bits() <= block.Bits() && p.Overlaps(block):
			return all
		case p.Overlaps(block):
			inside = append(inside, p)
		}
	}
	if len(inside) == 0 {
		return none
	}
	low, high := halves(block)
	if covers(inside, low) == all && covers(inside, high) == all {
		return all
	}
	return some
}

// halves splits a block that has more than one address.
func halves(block netip.Prefix) (low, high netip.Prefix) {
	low = netip.PrefixFrom(block.Addr(), block.Bits()+1)
	raw := block.Addr().AsSlice()
	raw[block.Bits()/8] |= 0x80 >> (block.Bits() % 8)
	addr, _ := netip.AddrFromSlice(raw)
	return low, netip.PrefixFrom(addr, block.Bits()+1)
}

// single is the block of one address.
func single(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }

// forAPI reports whether a security group's rule is for TCP 443.
func forAPI(r fleet.Rule) bool {
	switch strings.ToLower(r.Protocol) {
	case "-1", "all":
		return true
	case "tcp", "6":
		return r.From <= 443 && 443 <= r.To || r.From == -1 && r.To == -1
	}
	return false
}

// admission is what security groups say of TCP 443 with a block, one way.
type admission struct {
	cover cover
	lists []string // prefix lists that may let it through: what they hold is not in the snapshot
}

// admits returns what rules say about a block, and about members of groups.
func admits(rules []fleet.Rule, block netip.Prefix, member func(group string) bool) admission {
	var out admission
	var prefixes []netip.Prefix
	for _, r := range rules {
		switch {
		case !forAPI(r):
		case r.Group != "":
			if member(r.Group) {
				out.cover = all
			}
		case r.PrefixList != "":
			out.lists = append(out.lists, r.PrefixList)
		case r.CIDR.IsValid() && r.CIDR.Addr().BitLen() == block.Addr().BitLen():
			prefixes = append(prefixes, r.CIDR)
		}
	}
	if out.cover != all {
		out.cover = covers(prefixes, block)
	}
	return out
}

func nobody(string) bool { return false }

// rulesOf returns the rules of several groups together, and those groups that
// are not in the list.
func rulesOf(p *fleet.Place, groups []string, egress bool) (rules []fleet.Rule, missing []string) {
	for _, id := range groups {
		g := p.SecurityGroup(id)
		switch {
		case g == nil:
			missing = append(missing, id)
		case egress:
			rules = append(rules, g.Egress...)
		default:
			rules = append(rules, g.Ingress...)
		}
	}
	return rules, missing
}

// ports is a range of ports.
type ports struct{ from, to int }

var (
	apiPort = ports{443, 443}
	// hostPorts are those that a host connects from: the range of Linux, which
	// those of Windows and macOS lie within or close to.
	hostPorts = ports{32768, 60999}
	// nodePorts are those that a load balancer's node connects from. Source: VPC
	// user guide, network ACLs, ephemeral ports.
	nodePorts = ports{1024, 65535}
)

// passes returns how much of the traffic of some ports with a block an ACL lets
// through, one way. The entry with the lowest number that fits decides.
func passes(acl *fleet.NetworkACL, egress bool, block netip.Prefix, p ports) cover {
	entries := slices.Clone(acl.Entries)
	slices.SortStableFunc(entries, func(a, b fleet.ACLEntry) int { return cmp.Compare(a.Number, b.Number) })
	entries = slices.DeleteFunc(entries, func(e fleet.ACLEntry) bool {
		return e.Egress != egress || e.Protocol != "-1" && e.Protocol != "6" && e.Protocol != "tcp" || !e.CIDR.IsValid() || !e.CIDR.Overlaps(block)
	})
	return decide(entries, block, p)
}

// decide goes through entries that overlap the block, the deciding ones first.
func decide(entries []fleet.ACLEntry, block netip.Prefix, p ports) cover {
	for i, e := range entries {
		from, to := e.From, e.To
		if e.Protocol == "-1" || from < 0 {
			from, to = 0, 65535
		}
		if !e.CIDR.Overlaps(block) || to < p.from || from > p.to {
			continue
		}
		if e.CIDR.Bits() > block.Bits() { // it decides for a part of the block
			low, high := halves(block.Masked())
			return both(decide(entries[i:], low, p), decide(entries[i:], high, p))
		}
		said := none
		if e.Allow {
			said = all
		}
		if from > p.from {
			said = both(said, decide(entries[i+1:], block, ports{p.from, from - 1}))
		}
		if to < p.to {
			said = both(said, decide(entries[i+1:], block, ports{to + 1, p.to}))
		}
		return said
	}
	return none
}

func both(a, b cover) cover {
	if a == b {
		return a
	}
	return some
}

// crossing is one direction of a connection at one subnet's ACL.
type crossing struct {
	acl    *fleet.NetworkACL
	egress bool
	ports  ports
	with   netip.Prefix
	within netip.Prefix // the block that a repair names: that of all the hosts of that side
}

// cross returns the worst of some crossings, and those that are not passed in
// full. Those without an ACL pass.
func cross(list ...crossing) (worst cover, bad []crossing) {
	worst = all
	for _, c := range list {
		if c.acl == nil {
			continue
		}
		got := passes(c.acl, c.egress, c.with, c.ports)
		worst = min(worst, got)
		if got != all {
			bad = append(bad, c)
		}
	}
	return worst, bad
}

// String says what a crossing is about.
func (c crossing) String() string {
	way, verb := "from", "in"
	if c.egress {
		way, verb = "to", "out"
	}
	return fmt.Sprintf("TCP %s %s %s %s", c.ports, verb, way, c.with)
}

func (p ports) String() string {
	if p.from == p.to {
		return fmt.Sprint(p.from)
	}
	return fmt.Sprintf("%d-%d", p.from, p.to)
}

// entries returns the lines that let the traffic of crossings through, each by an
// entry before all that are there.
func entries(region plan.Region, list []crossing) []string {
	type side struct {
		acl    string
		egress bool
	}
	var out []string
	next := map[side]int{}
	seen := map[string]bool{}
	for _, c := range list {
		block := c.with
		if c.within.IsValid() {
			block = c.within
		}
		at := side{c.acl.ID, c.egress}
		key := fmt.Sprint(at, c.ports, block)
		if seen[key] {
			continue
		}
		seen[key] = true
		if next[at] == 0 {
			next[at] = first(c.acl, c.egress)
		}
		next[at] = max(next[at]-1, 1)
		way := "--ingress"
		if c.egress {
			way = "--egress"
		}
		out = append(out, command(region, "ec2 create-network-acl-entry", "--network-acl-id", c.acl.ID, way, "--rule-number", fmt.Sprint(next[at]), "--protocol", "6",
			"--port-range", fmt.Sprintf("From=%d,To=%d", c.ports.from, c.ports.to), "--cidr-block", block.String(), "--rule-action", "allow"))
	}
	return out
}

// first returns the number of an ACL's first entry one way, or the number after
// which a first one may well be.
func first(acl *fleet.NetworkACL, egress bool) int {
	number := 101
	for _, e := range acl.Entries {
		if e.Egress == egress {
			number = min(number, e.Number)
		}
	}
	return number
}

// lookup returns the route for an address: the longest prefix, a local route
// before any other; nil: there is none. lists are those of the table's routes
// whose prefixes are not in the snapshot. Source: VPC user guide, route
// priority.
func lookup(t *fleet.RouteTable, addr netip.Addr) (best *fleet.Route, lists []string) {
	for i := range t.Routes {
		r := &t.Routes[i]
		switch {
		case r.PrefixList != "":
			lists = append(lists, r.PrefixList)
		case !r.Destination.IsValid() || !r.Destination.Contains(addr):
		case best == nil, r.Destination.Bits() > best.Destination.Bits(),
			r.Destination.Bits() == best.Destination.Bits() && r.Target == "local":
			best = r
		}
	}
	return best, lists
}

// leadsOn reports whether a route can lead to a private address elsewhere: by a
// peering, a transit gateway, an appliance, a firewall's endpoint or a private
// NAT gateway, which nobody makes the default; not the internet.
func leadsOn(r fleet.Route) bool {
	for _, no := range []string{"igw-", "eigw-", "local"} {
		if strings.HasPrefix(r.Target, no) {
			return false
		}
	}
	return r.Target != "" && (!strings.HasPrefix(r.Target, "nat-") || r.Destination.Bits() > 0)
}

// last returns a block's last address; of no block, no address.
func last(p netip.Prefix) netip.Addr {
	if !p.IsValid() {
		return netip.Addr{}
	}
	raw := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < len(raw)*8; bit++ {
		raw[bit/8] |= 0x80 >> (bit % 8)
	}
	a, _ := netip.AddrFromSlice(raw)
	return a
}
