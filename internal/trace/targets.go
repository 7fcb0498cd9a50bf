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

// current returns the addresses that EC2 gives to the cluster's control plane,
// and whether they are known: an empty list about a cluster that is there is no
// answer.
func (w *walk) current() (addrs []netip.Addr, known bool) {
	vpc := ""
	switch {
	case w.cluster != nil && w.cluster.VPC != "":
		vpc = w.cluster.VPC
	case w.link != nil:
		vpc = w.link.Candidate.Group.VPC
	}
	v6 := w.link != nil && w.link.Candidate.Group.IPv6
	e := plan.ENIWitness(w.ref.Name, vpc, w.ref.Account, v6, w.place.Interfaces.Items, w.s.At)
	return e.Addrs, w.place.Interfaces.Known() && (len(e.Addrs) > 0 || w.clusterIsGone())
}

// targets checks what is registered, whose it is, and its health.
func (w *walk) targets() {
	if w.link == nil || w.link.Candidate.Gone {
		w.unknown(HopTargets, w.ref.Name, "the targets, as no link is known", false, nil)
		return
	}
	ts := w.link.Targets
	group := w.link.Candidate.Group
	if !ts.Known() {
		w.unknown(HopTargets, group.Name, "the group's targets", ts.Asked, ts.Fault)
		return
	}
	if group.Paused() {
		w.add(Finding{Hop: HopTargets, Verdict: Degraded, Code: SyncPaused, Object: string(group.ARN), Saw: "the tag postern:paused stops sync",
			Why:    "the next time that EKS moves the control plane, nobody registers the new addresses",
			Repair: Repair{Account: w.ref.Account, Commands: []string{command(w.ref.Region, "elbv2 remove-tags", "--resource-arns", string(group.ARN), "--tag-keys", plan.TagPaused)}}})
	}
	live := slices.DeleteFunc(slices.Clone(ts.Items), plan.Registered.Draining)
	current, known := w.current()
	if len(live) == 0 {
		w.noTargets(current, len(ts.Items))
		return
	}
	if mine := w.compare(live, current, known); len(mine) > 0 {
		w.health(mine)
		broken := slices.ContainsFunc(w.found, func(f Finding) bool { return f.Hop == HopTargets && f.Verdict == Broken })
		if w.zonesServed(mine) == Broken && !broken {
			w.worsen(TargetsStale, TargetsReused, TargetsIncomplete)
		}
	}
}

// worsen makes findings of some codes broken: what they say is missing is all
// that connections from here can get to.
func (w *walk) worsen(codes ...Code) {
	for i := range w.found {
		if slices.Contains(codes, w.found[i].Code) {
			w.found[i].Verdict = Broken
		}
	}
}

// breakGlass is how to make the group right by hand, for when sync is gone.
func (w *walk) breakGlass(missing []netip.Addr) Repair {
	return Repair{Terraform: "target-sync: the function that keeps the group equal to the cluster's addresses; or run: postern sync " + w.ref.String(),
		Account: w.ref.Account, Commands: register(w.link, missing), Note: "by hand only where sync is gone: as a function it does the same within a minute, with --watch at its next full check"}
}

func (w *walk) noTargets(current []netip.Addr, draining int) {
	saw := "nothing is registered"
	if draining > 0 {
		saw = fmt.Sprintf("nothing is registered but %d on their way out", draining)
	}
	w.add(Finding{Hop: HopTargets, Verdict: Broken, Code: TargetsNone, Object: string(w.link.Candidate.Group.ARN), Saw: saw,
		Why: "the load balancer has nowhere to send a connection", Repair: w.breakGlass(current)})
}

// compare holds what is registered against what the cluster has now, and returns
// the targets that are the cluster's, as far as one can know.
func (w *walk) compare(live []plan.Registered, current []netip.Addr, known bool) (mine []plan.Registered) {
	group := w.link.Candidate.Group
	api := slices.DeleteFunc(slices.Clone(live), func(t plan.Registered) bool { return t.Port != plan.APIPort })
	if len(api) == 0 {
		f := Finding{Hop: HopTargets, Verdict: Broken, Code: TargetsWrongPort, Object: string(group.ARN),
			Saw: fmt.Sprintf("registered are %s, and none on port 443", words(live, place)), Why: "API servers of EKS answer on 443 alone", Repair: w.breakGlass(current)}
		f.Repair.Commands = append(f.Repair.Commands, deregister(w.link, live))
		w.add(f)
		return nil
	}
	if !known {
		w.unknown(HopTargets, group.Name, "the addresses of the cluster's control plane", w.place.Interfaces.Asked, denied(w.place, w.place.Interfaces))
		return api
	}
	var stale []plan.Registered
	for _, t := range api {
		if slices.Contains(current, t.Addr) {
			mine = append(mine, t)
		} else {
			stale = append(stale, t)
		}
	}
	missing := slices.DeleteFunc(slices.Clone(current), func(a netip.Addr) bool {
		return slices.ContainsFunc(mine, func(t plan.Registered) bool { return t.Addr == a })
	})
	if len(stale) > 0 {
		w.stale(stale, missing, len(mine) == 0)
	} else if len(missing) > 0 {
		w.add(Finding{Hop: HopTargets, Verdict: Degraded, Code: TargetsIncomplete, Object: string(group.ARN),
			Saw: fmt.Sprintf("%s of the cluster's addresses %s not registered", words(missing, netip.Addr.String), are(len(missing))),
			Why: "the link depends on fewer API servers than there are, and breaks when they move", Repair: w.breakGlass(missing)})
	} else {
		w.pass(HopTargets, group.Name, "registered are the cluster's %s", words(current, netip.Addr.String))
	}
	return mine
}

func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func place(t plan.Registered) string { return fmt.Sprintf("%s:%d", t.Addr, t.Port) }

// stale adds what is registered and not the cluster's.
func (w *walk) stale(stale []plan.Registered, missing []netip.Addr, whole bool) {
	f := Finding{Hop: HopTargets, Verdict: Degraded, Code: TargetsStale, Object: string(w.link.Candidate.Group.ARN), Repair: w.breakGlass(missing)}
	if whole {
		f.Verdict = Broken
	}
	var whose []string
	serving := false
	for _, t := range stale {
		word := t.Addr.String() + " is nobody's"
		for _, i := range w.place.Interfaces.Items {
			if i.Addr != t.Addr && i.Addr6 != t.Addr || i.VPC != w.link.Candidate.Group.VPC {
				continue
			}
			word = fmt.Sprintf("%s is of %s (%s)", t.Addr, i.ID, i.Description)
			if name, eks := strings.CutPrefix(i.Description, plan.ENIDescription("")); eks && name != w.ref.Name {
				f.Code, word = TargetsReused, fmt.Sprintf("%s is cluster %s's now", t.Addr, name)
			}
		}
		whose = append(whose, word)
		serving = serving || t.Healthy()
	}
	f.Saw = fmt.Sprintf("%d of %d registered addresses are not the cluster's: %s", len(stale), len(w.link.Targets.Items), words(whose, func(s string) string { return s }))
	if len(missing) > 0 {
		f.Saw += fmt.Sprintf("; %s of the cluster %s not registered", words(missing, netip.Addr.String), are(len(missing)))
	}
	switch {
	case f.Code == TargetsReused && serving:
		f.Why = "connections to it reach another cluster's API server, whose certificate clients refuse"
	case whole:
		f.Why = "no API server of the cluster gets a connection"
	case serving:
		f.Why = "a part of the connections goes to somebody else"
	default:
		f.Why = "what is stale gets connections again as soon as nothing else is healthy"
	}
	f.Repair.Commands = append(f.Repair.Commands, deregister(w.link, stale))
	w.add(f)
}

// health checks the states of the cluster's own targets. A load balancer whose
// targets are all unhealthy sends to them all the same. Source: NLB user guide,
// target group health checks.
func (w *walk) health(mine []plan.Registered) {
	by := map[plan.TargetState][]plan.Registered{}
	for _, t := range mine {
		state := t.State
		if state == plan.StateUnhealthyDraining {
			state = plan.StateUnhealthy
		}
		by[state] = append(by[state], t)
	}
	group := string(w.link.Candidate.Group.ARN)
	if n := len(by[plan.StateHealthy]); n == len(mine) {
		w.pass(HopTargets, w.link.Candidate.Group.Name, "%d of %d healthy", n, n)
		return
	}
	if unused := by[plan.StateUnused]; len(unused) > 0 {
		w.part(len(unused), len(mine), Finding{Hop: HopTargets, Code: TargetsUnused, Object: group, Saw: "unused: " + words(unused, state),
			Why:    "the load balancer sends them nothing: no listener forwards to the group, or the zone is not enabled",
			Repair: Repair{Terraform: "cluster-link: clusters[*].subnet_ids", Account: w.ref.Account}})
	}
	if initial := by[plan.StateInitial]; len(initial) > 0 {
		w.part(len(initial), len(mine), Finding{Hop: HopTargets, Code: TargetsInitial, Object: group, Saw: "initial: " + words(initial, state),
			Why: "a target gets connections after its first health check that passes, three to five minutes after it is registered", Repair: Repair{Note: "wait; sync registered them lately, or somebody did"}})
	}
	if off := by[plan.StateUnavailable]; len(off) > 0 {
		w.add(Finding{Hop: HopTargets, Verdict: Degraded, Code: TargetsUnhealthy, Object: group, Saw: "unavailable: " + words(off, state),
			Why: "nobody checks whether the targets answer", Repair: Repair{Terraform: "cluster-link: clusters[*].health_check", Account: w.ref.Account}})
	}
	if bad := by[plan.StateUnhealthy]; len(bad) > 0 {
		w.unhealthy(bad, len(mine))
	}
}

func state(t plan.Registered) string {
	return strings.TrimSpace(t.Addr.String() + " " + cmp.Or(t.Reason, t.Description))
}

func (w *walk) unhealthy(bad []plan.Registered, n int) {
	group := string(w.link.Candidate.Group.ARN)
	f := Finding{Hop: HopTargets, Code: TargetsUnhealthy, Object: group, Saw: fmt.Sprintf("%d of %d unhealthy: %s", len(bad), n, words(bad, state)),
		Why:    "the health check of an API server fails, and nothing here shows why: the load balancer sends it no connection while others are healthy",
		Repair: Repair{Terraform: "cluster-link: clusters[*].health_check", Account: w.ref.Account, Note: "look whether the API server is ready, and whether it takes anonymous requests for the health check's path"}}
	wrong := checkFault(w.link.HealthCheck)
	if wrong == "" && !slices.ContainsFunc(bad, func(t plan.Registered) bool { return t.Reason != "Target.ResponseCodeMismatch" }) {
		wrong = fmt.Sprintf("API servers answer the health check with another status than %s: %s", cmp.Or(w.link.HealthCheck.Matcher, "200"), words(bad, state))
	}
	others := slices.ContainsFunc(w.link.Targets.Items, plan.Registered.Healthy)
	if len(bad) == n && !others {
		f.Why = "the health checks of all API servers fail, and nothing here shows why; where none is healthy, the load balancer tries connections with all of them all the same"
	}
	if wrong == "" && (len(bad) < n || others || w.failed()) {
		w.part(len(bad), n, f)
		return
	}
	f.Verdict = Degraded
	if wrong == "" {
		w.add(f)
		return
	}
	check := w.link.HealthCheck
	w.add(Finding{Hop: HopTargets, Verdict: Degraded, Code: HealthCheckWrong, Object: group, Saw: wrong,
		Why: "targets that serve count as unhealthy: the load balancer sends to all of them, dead ones included, and cuts what is open",
		Repair: Repair{Terraform: "cluster-link: clusters[*].health_check", Account: w.ref.Account, Note: "for a cluster that refuses anonymous requests, have the check take 401 and 403, or be TCP", Commands: []string{
			command(w.ref.Region, "elbv2 modify-target-group", "--target-group-arn", group, "--health-check-protocol", "HTTPS", "--health-check-port", "traffic-port",
				"--health-check-path", "/readyz", "--matcher", "HttpCode="+cmp.Or(known(check.Matcher), "200"))}}})
	w.add(f)
}

// known returns a matcher that takes 200, or nothing.
func known(matcher string) string {
	if strings.Contains(matcher, "200") {
		return matcher
	}
	return ""
}

// checkFault says what an API server does not answer in a health check; empty:
// it does.
func checkFault(c fleet.HealthCheck) string {
	path, _, _ := strings.Cut(c.Path, "?")
	path = "/" + strings.Split(strings.TrimPrefix(path, "/"), "/")[0]
	switch {
	case c.Port != "" && c.Port != "traffic-port" && c.Port != "443":
		return fmt.Sprintf("the health check asks port %s, and API servers answer on 443", c.Port)
	case c.Protocol == "HTTP":
		return "the health check speaks HTTP, and API servers speak HTTPS"
	case c.Protocol == "HTTPS" && !slices.Contains([]string{"/readyz", "/livez", "/healthz"}, path):
		return fmt.Sprintf("the health check asks for %s, which API servers do not answer without credentials: /readyz is for it", c.Path)
	case c.Protocol == "HTTPS" && known(c.Matcher) == "" && c.Matcher != "" && !strings.Contains(c.Matcher, "-"):
		return fmt.Sprintf("the health check wants status %s, and a ready API server answers 200", c.Matcher)
	}
	return ""
}

// crossZone reports whether nodes send to targets of all zones, and whether that
// is known. Source: NLB user guide, edit target group attributes.
func (w *walk) crossZone() (on, known bool) {
	const key = "load_balancing.cross_zone.enabled"
	value := func(l fleet.Listing[fleet.Attribute]) string {
		for _, a := range l.Items {
			if a.Key == key {
				return a.Value
			}
		}
		return ""
	}
	group := value(w.link.Attributes)
	if group == "true" || group == "false" {
		return group == "true", true
	}
	if !w.link.Attributes.Known() || w.link.Balancer == nil || !w.link.Balancer.Attributes.Known() {
		return false, false
	}
	return value(w.link.Balancer.Attributes) == "true", true
}

// zonesServed: without cross-zone balancing a node sends to targets of its own
// zone alone, and the endpoint's interface in a zone to that node alone.
func (w *walk) zonesServed(mine []plan.Registered) Verdict {
	lb := w.link.Balancer
	if lb == nil {
		return Passed
	}
	on, known := w.crossZone()
	if on || !known {
		return Passed // unknown is no finding: cross-zone balancing is what our module makes
	}
	var bad []string
	n := 0
	for _, z := range lb.Zones {
		if !w.usesZone(z) {
			continue
		}
		n++
		if !slices.ContainsFunc(mine, func(t plan.Registered) bool {
			return (t.Zone == z.Zone || t.Zone == "" || t.Zone == "all") && (t.State == plan.StateHealthy || t.State == plan.StateUnhealthy || t.State == plan.StateUnhealthyDraining)
		}) {
			bad = append(bad, z.Zone)
		}
	}
	if len(bad) == 0 {
		w.pass(HopTargets, w.link.Candidate.Group.Name, "a target in each zone, without cross-zone balancing")
		return Passed
	}
	return w.part(len(bad), n, Finding{Hop: HopTargets, Code: ZoneWithoutTarget, Object: string(w.link.Candidate.Group.ARN),
		Saw: fmt.Sprintf("cross-zone balancing is off, and no target is in service in %s", strings.Join(bad, " ")),
		Why: "connections by the endpoint's address of such a zone end at the load balancer's node there",
		Repair: Repair{Terraform: "cluster-link: clusters (it switches cross-zone balancing on)", Account: w.ref.Account, Commands: []string{
			command(w.ref.Region, "elbv2 modify-load-balancer-attributes", "--load-balancer-arn", lb.ARN, "--attributes", "Key=load_balancing.cross_zone.enabled,Value=true")}}})
}

// usesZone reports whether connections from the hub may come to a node.
func (w *walk) usesZone(z fleet.BalancerZone) bool {
	u := w.place.Subnet(z.Subnet)
	if u == nil || w.ep == nil || w.svc == nil || w.ep.Region != w.svc.Region || len(w.addrs()) == 0 {
		return true
	}
	return slices.ContainsFunc(w.addrs(), func(a fleet.EndpointAddr) bool { return w.zoneOf(a) == u.ZoneID })
}
