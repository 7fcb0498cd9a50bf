package trace

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"postern/internal/fleet"
)

// admit checks the cluster's side of the way from the load balancer: the
// security groups of the control plane's interfaces, and the network ACLs
// between the two.
func (w *walk) admit() {
	to := w.served()
	switch {
	case w.link == nil || w.link.Balancer == nil || w.cluster == nil || w.cluster.Fault != nil:
		w.unknown(HopAdmit, w.ref.Name, "the way into the cluster, as one of its ends is not known", false, nil)
		return
	case len(to) == 0:
		w.unknown(HopAdmit, w.ref.Name, "the addresses of the cluster's control plane", w.place.Interfaces.Asked, denied(w.place, w.place.Interfaces))
		return
	}
	w.clusterAdmits()
	w.aclToCluster(to)
}

// A node is the load balancer in one zone, as its targets see it: one or a few
// addresses, or, where they are not known, a subnet's block.
type node struct {
	zone   fleet.BalancerZone
	blocks []netip.Prefix
	exact  bool
}

// nodes returns the nodes that connections from the hub come to.
func (w *walk) nodes() []node {
	var out []node
	for _, z := range w.link.Balancer.Zones {
		if !w.usesZone(z) {
			continue
		}
		n := node{zone: z, exact: len(z.Addrs) > 0}
		for _, a := range z.Addrs {
			n.blocks = append(n.blocks, single(a))
		}
		if u := w.place.Subnet(z.Subnet); !n.exact && u != nil && u.CIDR.IsValid() {
			n.blocks = append(n.blocks, u.CIDR.Masked())
		}
		out = append(out, n)
	}
	return out
}

// clusterAdmits: with enforcement on, the load balancer's group may be named;
// with it off, or without groups, PrivateLink traffic counts by the nodes'
// addresses alone, while health checks match either way.
// Source: NLB user guide, register targets, target security groups.
func (w *walk) clusterAdmits() {
	groups := w.clusterGroups()
	rules, missing := rulesOf(w.place, groups, false)
	object := strings.Join(groups, " ")
	if len(missing) > 0 && !w.place.SecurityGroups.Known() {
		w.unknown(HopAdmit, missing[0], "the cluster's security groups", w.place.SecurityGroups.Asked, denied(w.place, w.place.SecurityGroups))
		return
	}
	lb := w.link.Balancer
	ours := func(g string) bool { return slices.Contains(lb.SecurityGroups, g) }
	member := nobody
	if w.enforced() {
		member = ours
	}
	nodes := w.nodes()
	var bad []string
	byGroup, unsure, lists := false, false, false
	for _, n := range nodes {
		unsure = unsure || len(n.blocks) == 0
		for _, block := range n.blocks {
			got := admits(rules, block, member)
			if got.cover == all {
				continue
			}
			lists = lists || len(got.lists) > 0
			unsure = unsure || !n.exact && got.cover == some
			byGroup = byGroup || admits(rules, block, ours).cover == all
			bad = append(bad, block.String())
			break
		}
	}
	switch {
	case lists:
		w.unknown(HopAdmit, object, "whether the load balancer's nodes are in a prefix list that the cluster's security groups admit, which is not read", true, nil)
		return
	case len(nodes) == 0 || unsure:
		w.unknown(HopAdmit, object, "whether the cluster's security groups admit the load balancer's nodes", false, nil)
		return
	case len(bad) == 0 && w.enforced():
		w.pass(HopAdmit, object, "admits TCP 443 from the load balancer")
		return
	case len(bad) == 0:
		w.pass(HopAdmit, object, "admits TCP 443 from the load balancer's addresses")
		return
	}
	f := Finding{Hop: HopAdmit, Code: AdmitMissing, Object: object,
		Saw:    fmt.Sprintf("no rule admits TCP 443 from load balancer %s (%s)", lb.Name, strings.Join(bad, " ")),
		Why:    "the cluster's interfaces drop what the load balancer sends: connections time out, and health checks fail",
		Repair: Repair{Terraform: "cluster-link: clusters (it makes the rule of the cluster's group)", Account: w.ref.Account}}
	switch {
	case len(groups) == 0:
	case w.enforced():
		f.Repair.Commands = []string{allow(w.ref.Region, groups[0], lb.SecurityGroups[0])}
	default:
		for _, b := range bad {
			f.Repair.Commands = append(f.Repair.Commands, allow(w.ref.Region, groups[0], b))
		}
	}
	if byGroup {
		f.Code = AdmitGroupOnly
		f.Saw = fmt.Sprintf("the rules name the load balancer's group, and not its addresses (%s), while inbound rules are not enforced on PrivateLink traffic", strings.Join(bad, " "))
		f.Why = "without enforcement AWS matches PrivateLink traffic by the load balancer's addresses alone: health checks pass, and every connection times out"
		f.Repair.Terraform = "cluster-link: clusters[*].addresses, or enforcement on"
	}
	w.part(len(bad), len(nodes), f)
}

// aclToCluster checks the ACLs of the nodes' subnets and the control plane's,
// both ways. Within one subnet there is none to cross.
func (w *walk) aclToCluster(to []netip.Addr) {
	if !w.place.NetworkACLs.Asked || w.place.NetworkACLs.Fault != nil {
		w.unknown(HopAdmit, w.cluster.VPC, "the network ACLs of the cluster's VPC", w.place.NetworkACLs.Asked, denied(w.place, w.place.NetworkACLs))
		return
	}
	balanced, known := w.crossZone()
	var ways [][]crossing
	object, lost := w.cluster.VPC, false
	for _, n := range w.nodes() {
		for _, addr := range to {
			u := w.subnetOf(addr)
			lost = lost || u == nil
			if u == nil || known && !balanced && u.Zone != n.zone.Zone {
				continue
			}
			if u.ID == n.zone.Subnet {
				ways = append(ways, nil)
				continue
			}
			there, here := w.place.NetworkACL(u.ID), w.place.NetworkACL(n.zone.Subnet)
			if there != nil {
				object = there.ID
			}
			all := w.cidrOf(w.place, w.cluster.VPC, addr)
			var way []crossing
			for _, block := range n.blocks {
				way = append(way,
					crossing{here, true, apiPort, single(addr), all}, crossing{there, false, apiPort, block, all},
					crossing{there, true, nodePorts, block, all}, crossing{here, false, nodePorts, single(addr), all})
			}
			ways = append(ways, way)
		}
	}
	if len(ways) == 0 {
		if !lost {
			return // no node sends to any of them, which is said of the targets
		}
		w.unknown(HopAdmit, w.cluster.VPC, "the subnets of the load balancer and the control plane", w.place.Subnets.Asked, denied(w.place, w.place.Subnets))
		return
	}
	w.aclFinding(HopAdmit, AdmitACLDenies, object, w.place, ways, "lets the load balancer's connections to the control plane, and the answers",
		"the load balancer does not reach the cluster's interfaces, or gets no answer", "your aws_network_acl of the cluster's subnets")
}

// subnetOf returns the subnet of the cluster's VPC that holds an address.
func (w *walk) subnetOf(a netip.Addr) *fleet.Subnet {
	for i := range w.place.Subnets.Items {
		if u := &w.place.Subnets.Items[i]; u.VPC == w.cluster.VPC && u.CIDR.Contains(a) {
			return u
		}
	}
	return nil
}
