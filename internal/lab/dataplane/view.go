package dataplane

import (
	"net/netip"
	"slices"
	"strings"

	"postern/internal/lab/state"
)

// A place is an address in a VPC. Addresses alone say little: CIDRs overlap.
type place struct {
	vpc  string
	addr netip.Addr
}

// A view is the network at one moment, with what the plane looks up in it. It
// does not change, but for the states of targets, which are always those of
// now.
type view struct {
	*state.Topology
	vpcs   []string
	addrs  map[string][]netip.Addr // by VPC, sorted
	nodes  map[place]nodeOf        // of network load balancers
	groups map[string]use          // by ARN: those that get connections
}

// A nodeOf is a load balancer's interface in one zone.
type nodeOf struct {
	balancer string // ARN
	state.Node
}

// A use is a target group that a load balancer forwards to.
type use struct {
	balancer string // ARN
	vpc      string
	nodes    []state.Node
	state.GroupView
}

func newView(t *state.Topology) *view {
	v := &view{Topology: t, vpcs: t.VPCs(), addrs: map[string][]netip.Addr{}, nodes: map[place]nodeOf{}, groups: map[string]use{}}
	for _, vpc := range v.vpcs {
		v.addrs[vpc] = t.Addrs(vpc)
	}
	for _, b := range t.Balancers() {
		if b.Type != "network" {
			continue
		}
		for _, n := range b.Nodes {
			v.nodes[place{b.VPC, n.Addr}] = nodeOf{b.ARN, n}
		}
		for _, l := range b.Listeners {
			for _, g := range l.Groups {
				v.groups[g.ARN] = use{b.ARN, b.VPC, b.Nodes, g}
			}
		}
	}
	return v
}

// interfaceID returns the interface at a place, empty for none.
func (v *view) interfaceID(at place) string {
	i, _ := v.Interface(at.vpc, at.addr)
	return i.ID
}

// target returns a group's target as it is now.
func (v *view) target(group string, at netip.AddrPort) (state.TargetView, bool) {
	targets := v.Targets(group)
	i := slices.IndexFunc(targets, func(t state.TargetView) bool { return addrPort(t) == at })
	if i < 0 {
		return state.TargetView{}, false
	}
	return targets[i], true
}

func addrPort(t state.TargetView) netip.AddrPort { return netip.AddrPortFrom(t.Addr, uint16(t.Port)) }

// shortARN is an ARN's resource without the identifier at its end:
// targetgroup/NAME, loadbalancer/net/NAME.
func shortARN(arn string) string {
	resource := arn[strings.LastIndexByte(arn, ':')+1:]
	if i := strings.LastIndexByte(resource, '/'); strings.Count(resource, "/") > 1 {
		resource = resource[:i]
	}
	return resource
}
