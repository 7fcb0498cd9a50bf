package trace

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// balancer checks the load balancer: its state, its listener, and its security
// groups on either side.
func (w *walk) balancer() {
	if w.link == nil || w.link.Candidate.Gone {
		w.noLink()
		return
	}
	w.linkAsSuch()
	lb := w.link.Balancer
	if lb == nil {
		w.detached()
		return
	}
	switch lb.State {
	case "active", "":
		w.pass(HopBalancer, lb.Name, "active")
	case "active_impaired":
		w.add(Finding{Hop: HopBalancer, Verdict: Degraded, Code: BalancerNotActive, Object: lb.ARN, Saw: "it is active_impaired",
			Why: "it carries traffic, and lacks what it needs to grow: free addresses in its subnets, as a rule", Repair: Repair{Terraform: "cluster-link: clusters[*].subnet_ids", Account: w.ref.Account}})
	default:
		w.add(Finding{Hop: HopBalancer, Verdict: Broken, Code: BalancerNotActive, Object: lb.ARN, Saw: "it is " + lb.State,
			Why: "a load balancer carries nothing unless it is active", Repair: Repair{Terraform: "cluster-link: clusters", Account: w.ref.Account, Note: "wait if it is provisioning"}})
	}
	w.listener()
	w.balancerAdmits()
	w.balancerSends()
}

func (w *walk) noLink() {
	if !w.place.Links.Known() && w.link == nil {
		w.unknown(HopBalancer, w.ref.Name, "the links of the cluster's account and region", w.place.Links.Asked, denied(w.place, w.place.Links))
		return
	}
	w.add(Finding{Hop: HopBalancer, Verdict: Broken, Code: LinkMissing, Object: w.ref.String(),
		Saw: "no target group or load balancer is tagged with the cluster", Why: "the cluster has no link: nothing leads to it",
		Repair: Repair{Terraform: "cluster-link: clusters", Account: w.ref.Account, Note: "then hub-endpoints: links; a fleet with a tag of its own needs --cluster-tag"}})
}

// linkAsSuch adds what keeps sync from working on the link.
func (w *walk) linkAsSuch() {
	g := w.link.Candidate.Group
	if len(w.links) > 1 {
		w.add(Finding{Hop: HopBalancer, Verdict: Degraded, Code: LinkAmbiguous, Object: string(g.ARN),
			Saw:    fmt.Sprintf("%d target groups claim the cluster: %s", len(w.links), words(w.links, func(l *fleet.Link) string { return l.Candidate.Group.Name })),
			Why:    "sync works on none of them, so that the targets go stale",
			Repair: Repair{Account: w.ref.Account, Note: "leave the tag postern:cluster on one of them"}})
		return
	}
	if f := plan.Eligible(w.link.Candidate, plan.Cluster{}); f != nil && f.Code != plan.GroupUnattached {
		w.add(Finding{Hop: HopBalancer, Verdict: Degraded, Code: LinkRefused, Object: string(g.ARN), Saw: f.Message,
			Why: "sync does not work on it, so that the targets go stale", Repair: Repair{Terraform: "cluster-link: clusters", Account: w.ref.Account, Note: f.Hint}})
	}
}

// detached: no load balancer is known. A group that nothing forwards to names
// none.
func (w *walk) detached() {
	g := w.link.Candidate.Group
	if len(g.LoadBalancers) > 0 {
		w.unknown(HopBalancer, g.LoadBalancers[0].Name, "the load balancer", false, nil)
		return
	}
	arn := ""
	if w.svc != nil && len(w.svc.Balancers) > 0 {
		arn = w.svc.Balancers[0]
	}
	for _, l := range w.links { // its load balancer's tag makes another group the cluster's
		if l != w.link && l.Balancer != nil && (arn == "" || l.Balancer.ARN == arn) {
			if i := slices.IndexFunc(l.Listeners.Items, onAPIPort); i >= 0 {
				w.forwardsElsewhere(l.Listeners.Items[i])
				return
			}
		}
	}
	w.noListener(arn, "no listener forwards to target group "+g.Name)
}

func onAPIPort(l fleet.Listener) bool { return l.Port == plan.APIPort }

func (w *walk) noListener(arn, saw string) {
	f := Finding{Hop: HopBalancer, Verdict: Broken, Code: ListenerMissing, Object: arn, Saw: saw,
		Why:    "the load balancer takes no connection on port 443: connections time out",
		Repair: Repair{Terraform: "cluster-link: clusters (apply it again)", Account: w.ref.Account}}
	if arn == "" {
		f.Object = string(w.link.Candidate.Group.ARN)
	} else {
		f.Repair.Commands = []string{command(w.ref.Region, "elbv2 create-listener", "--load-balancer-arn", arn, "--protocol", "TCP", "--port", "443",
			"--default-actions", "Type=forward,TargetGroupArn="+string(w.link.Candidate.Group.ARN))}
	}
	w.add(f)
}

func (w *walk) listener() {
	lb, ls := w.link.Balancer, w.link.Listeners
	i := slices.IndexFunc(ls.Items, onAPIPort)
	switch {
	case i < 0 && !ls.Known():
		w.unknown(HopBalancer, lb.Name, "the load balancer's listeners", ls.Asked, ls.Fault)
		return
	case i < 0:
		w.noListener(lb.ARN, fmt.Sprintf("it has no listener on port 443; it has %s", words(ls.Items, func(l fleet.Listener) string { return fmt.Sprintf("%s:%d", l.Protocol, l.Port) })))
		return
	}
	l, group := ls.Items[i], w.link.Candidate.Group
	if l.Protocol == "TCP" && len(l.Groups) > 1 && slices.Contains(l.Groups, group.ARN) {
		w.add(Finding{Hop: HopBalancer, Verdict: Degraded, Code: ListenerElsewhere, Object: l.ARN,
			Saw:    "TCP 443 goes to several groups: " + words(l.Groups, func(g plan.GroupARN) string { return string(g) }),
			Why:    "a part of the connections goes to groups that sync does not keep",
			Repair: w.forwardRepair(l)})
		return
	}
	if l.Protocol == "TCP" && slices.Contains(l.Groups, group.ARN) {
		w.pass(HopBalancer, lb.Name, "TCP 443 goes to %s", group.Name)
		return
	}
	w.forwardsElsewhere(l)
}

// forwardsElsewhere adds that a listener leads to another group than the link's.
func (w *walk) forwardsElsewhere(l fleet.Listener) {
	w.add(Finding{Hop: HopBalancer, Verdict: Broken, Code: ListenerElsewhere, Object: l.ARN,
		Saw:    fmt.Sprintf("%s 443 goes to %s", l.Protocol, words(l.Groups, func(g plan.GroupARN) string { return string(g) })),
		Why:    "connections do not go to the group that sync keeps",
		Repair: w.forwardRepair(l)})
}

// forwardRepair has a listener forward to the link's group alone.
func (w *walk) forwardRepair(l fleet.Listener) Repair {
	return Repair{Terraform: "cluster-link: clusters (apply it again)", Account: w.ref.Account, Commands: []string{
		command(w.ref.Region, "elbv2 modify-listener", "--listener-arn", l.ARN, "--protocol", "TCP", "--default-actions", "Type=forward,TargetGroupArn="+string(w.link.Candidate.Group.ARN))}}
}

// enforced reports whether the load balancer's own inbound rules count for
// PrivateLink traffic, and, as a consequence, whether rules at the targets that
// name its groups do. Source: NLB user guide, security groups; register targets.
func (w *walk) enforced() bool {
	lb := w.link.Balancer
	return len(lb.SecurityGroups) > 0 && !strings.EqualFold(lb.Enforce, "off")
}

// balancerAdmits: where inbound rules are enforced on PrivateLink traffic, they
// see the host's own address.
func (w *walk) balancerAdmits() {
	lb := w.link.Balancer
	switch {
	case len(lb.SecurityGroups) == 0:
		w.pass(HopBalancer, lb.Name, "it has no security group, and takes every connection")
		return
	case !w.enforced():
		w.pass(HopBalancer, lb.Name, "its inbound rules are not enforced on PrivateLink traffic")
		return
	case w.subnet == nil:
		w.unknown(HopBalancer, lb.SecurityGroups[0], "whether the load balancer admits the hub's hosts, which are not known", false, nil)
		return
	}
	rules, missing := rulesOf(w.place, lb.SecurityGroups, false)
	if len(missing) > 0 && !w.place.SecurityGroups.Known() {
		w.unknown(HopBalancer, missing[0], "the load balancer's security groups", w.place.SecurityGroups.Asked, denied(w.place, w.place.SecurityGroups))
		return
	}
	groups := strings.Join(lb.SecurityGroups, " ")
	got := admits(rules, w.subnet.CIDR, nobody)
	if got.cover == all {
		w.pass(HopBalancer, groups, "admits TCP 443 from %s", w.subnet.CIDR)
		return
	}
	if got.cover == some {
		w.pass(HopBalancer, groups, "admits TCP 443 from a part of %s: hosts elsewhere in it do not get in", w.subnet.CIDR)
		return
	}
	if len(got.lists) > 0 {
		w.unknown(HopBalancer, groups, "whether "+w.subnet.CIDR.String()+" is in prefix list "+got.lists[0]+", which is not read", true, nil)
		return
	}
	f := Finding{Hop: HopBalancer, Verdict: Broken, Code: BalancerRefuses, Object: groups,
		Saw:    fmt.Sprintf("no rule admits TCP 443 from %s, where the hosts are, and inbound rules are enforced on PrivateLink traffic", w.subnet.CIDR),
		Why:    "AWS compares the rules with the hosts' own addresses, not the endpoint's, and drops what they do not admit: connections time out, while health checks pass",
		Repair: Repair{Terraform: "cluster-link: client_cidrs", Account: w.ref.Account, Commands: w.allowHosts(w.ref.Region, lb.SecurityGroups[0], rules)}}
	w.add(f)
}

// clusterGroups are the security groups of the control plane's interfaces.
func (w *walk) clusterGroups() []string {
	if w.cluster == nil {
		return nil
	}
	groups := slices.Clone(w.cluster.SecurityGroups)
	if w.cluster.SecurityGroup != "" {
		groups = append([]string{w.cluster.SecurityGroup}, groups...)
	}
	return groups
}

// served returns the addresses that the load balancer has to reach: those of the
// cluster that are registered, or, where none is, all of the cluster's; nil:
// they are not known.
func (w *walk) served() []netip.Addr {
	current, _ := w.current()
	var both []netip.Addr
	if w.link != nil {
		for _, t := range w.link.Targets.Items {
			if slices.Contains(current, t.Addr) && !t.Draining() {
				both = append(both, t.Addr)
			}
		}
	}
	if len(both) > 0 {
		return both
	}
	return current
}

// balancerSends: what a load balancer with security groups sends, health checks
// included, their outbound rules must let out.
func (w *walk) balancerSends() {
	lb := w.link.Balancer
	to := w.served()
	if len(lb.SecurityGroups) == 0 || len(to) == 0 {
		return
	}
	rules, missing := rulesOf(w.place, lb.SecurityGroups, true)
	if len(missing) > 0 && !w.place.SecurityGroups.Known() {
		return // said above, or where the cluster's groups are
	}
	members := w.clusterGroups()
	if len(members) == 0 && slices.ContainsFunc(rules, func(r fleet.Rule) bool { return r.Group != "" }) {
		return // whose groups those are is not known, which is said of the cluster
	}
	var bad []netip.Addr
	for _, a := range to {
		got := admits(rules, single(a), func(g string) bool { return slices.Contains(members, g) })
		if got.cover == all {
			continue
		}
		if len(got.lists) > 0 {
			w.unknown(HopBalancer, strings.Join(lb.SecurityGroups, " "), "whether "+a.String()+", of the cluster, is in prefix list "+got.lists[0]+", which is not read", true, nil)
			return
		}
		bad = append(bad, a)
	}
	groups := strings.Join(lb.SecurityGroups, " ")
	if len(bad) == 0 {
		w.pass(HopBalancer, groups, "lets TCP 443 out to the cluster")
		return
	}
	f := Finding{Hop: HopBalancer, Code: BalancerEgress, Object: groups,
		Saw:    fmt.Sprintf("no outbound rule lets TCP 443 out to %s", words(bad, netip.Addr.String)),
		Why:    "the load balancer can send the cluster neither connections nor health checks",
		Repair: Repair{Terraform: "cluster-link: clusters (apply it again)", Account: w.ref.Account}}
	if len(members) > 0 {
		f.Repair.Commands = []string{command(w.ref.Region, "ec2 authorize-security-group-egress", "--group-id", lb.SecurityGroups[0], "--ip-permissions",
			"IpProtocol=tcp,FromPort=443,ToPort=443,UserIdGroupPairs=[{GroupId="+members[0]+"}]")}
	}
	w.part(len(bad), len(to), f)
}
