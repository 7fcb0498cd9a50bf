package state

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// A target goes through these states:
//
//	             begin                  first check passes
//	registered ---------> initial ------------------------> healthy <--+
//	     |                   |  fails `unhealthy` times        |       | passes `healthy`
//	     | not in use        +-----------> unhealthy <---------+       | times
//	     v                                     |                       |
//	  unused                                   +-----------------------+
//
// with unhealthy.draining before unhealthy where connection termination is off
// and an interval is set, and from any state that is in use, by deregistration:
// draining until the delay is over. Source: NLB user guide, target group health
// checks, target groups.
//
// Checks are not simulated one by one. They would come at first, first +
// interval, and so on; only when what they would find has changed is there a
// probe, at the next such time, and a flip of the state after as many more
// intervals as the threshold asks for.
type target struct {
	group *group
	key   targetKey
	zone  string
	state string

	first    time.Time // of the checks
	checking bool      // first has come
	report   *bool     // newest report from outside
	phase    *item     // next step of registration, unhealthy.draining or draining
	probe    *item     // the next check, where its outcome may be news
	flip     *item     // to healthy or unhealthy, unless a check says otherwise before
}

// What DescribeTargetHealth says in words for each reason.
var reasonText = map[string]string{
	"Elb.RegistrationInProgress":      "Target registration is in progress",
	"Elb.InitialHealthChecking":       "Initial health checks in progress",
	"Target.FailedHealthChecks":       "Health checks failed",
	"Target.DeregistrationInProgress": "Target deregistration is in progress",
}

// addTarget registers a target.
func (s *Store) addTarget(g *group, settings TargetGroup, k targetKey, zone string) {
	t := &target{group: g, key: k, zone: zone}
	g.live[k] = t
	g.order = append(g.order, t)
	if n := s.networks[settings.VPC]; n != nil {
		n.watch[k.addr] = append(n.watch[k.addr], t)
	}
	s.begin(t)
}

// dropTarget ends a target.
func (s *Store) dropTarget(t *target) {
	s.cancelAll(t)
	g := t.group
	delete(g.live, t.key)
	g.order = slices.DeleteFunc(g.order, func(x *target) bool { return x == t })
	if n := s.networks[g.settings().VPC]; n != nil {
		n.watch[t.key.addr] = slices.DeleteFunc(n.watch[t.key.addr], func(x *target) bool { return x == t })
		if len(n.watch[t.key.addr]) == 0 {
			delete(n.watch, t.key.addr)
		}
	}
	drop(s, g.health, t.key.String())
	s.emit(g.place, Event{Kind: TargetChanged, Subject: t.key.String(), Of: g.arn, Was: t.state})
	t.state = ""
	s.board.post(g)
}

func (s *Store) cancelAll(t *target) {
	s.cancel(&t.phase)
	s.cancel(&t.probe)
	s.cancel(&t.flip)
}

// enterState writes a target's state.
func (s *Store) enterState(t *target, state, reason, text string) {
	g := t.group.settings()
	if text == "" {
		text = reasonText[reason]
	}
	set(s, t.group.health, t.key.String(), TargetHealth{
		Target: Target{ID: t.key.addr.String(), Port: t.key.port, Zone: t.zone}, CheckPort: g.checkPort(t.key.port),
		State: state, Reason: reason, Description: text,
	})
	s.emit(t.group.place, Event{Kind: TargetChanged, Subject: t.key.String(), Of: g.ARN, Was: t.state, Now: strings.TrimSpace(state + " " + reason)})
	t.state = state
	s.board.post(t.group)
}

// idle says why a target gets no traffic: its group has no listener, or its
// zone is not one of the load balancer's. Empty: it is in use. Source: ELB API
// reference, TargetHealth.
func (s *Store) idle(t *target) string {
	g := t.group.settings()
	if len(g.LoadBalancers) == 0 {
		return "Target group is not configured to receive traffic from the load balancer"
	}
	for _, arn := range g.LoadBalancers {
		lb, _ := t.group.place.loadBalancers.get(arn)
		if t.zone == "all" || slices.ContainsFunc(lb.Zones, func(z LBZone) bool { return z.Zone == t.zone }) {
			return ""
		}
	}
	return "Target is in an Availability Zone that is not enabled for the load balancer"
}

// begin starts a target's life from its registration.
func (s *Store) begin(t *target) {
	t.checking, t.report = false, nil
	if why := s.idle(t); why != "" {
		s.enterState(t, "unused", "Target.NotInUse", why)
		return
	}
	s.enterState(t, "initial", "Elb.RegistrationInProgress", "")
	t.first = s.now.Add(s.scale(firstCheckAfter))
	t.phase = s.after(registrationTakes, func() {
		s.enterState(t, "initial", "Elb.InitialHealthChecking", "")
		t.phase = s.at(t.first, func() {
			t.checking = true
			if t.report != nil {
				s.observe(t, *t.report)
			} else if !s.opts.ExternalHealth {
				s.observe(t, s.passes(t))
			}
		})
	})
}

// reconsider follows a change of a group's listeners or zones.
func (s *Store) reconsider(t *target) {
	why := s.idle(t)
	switch {
	case why != "" && t.state == "draining":
		s.dropTarget(t)
	case why != "" && t.state != "unused":
		s.cancelAll(t)
		s.enterState(t, "unused", "Target.NotInUse", why)
	case why == "" && t.state == "unused":
		s.begin(t)
	}
}

// drain deregisters a target.
func (s *Store) drain(t *target) {
	delay := t.group.settings().seconds("deregistration_delay.timeout_seconds")
	if t.state == "unused" || delay == 0 {
		s.dropTarget(t)
		return
	}
	s.cancelAll(t)
	s.enterState(t, "draining", "Target.DeregistrationInProgress", "")
	t.phase = s.after(delay, func() { s.dropTarget(t) })
}

// observe is one check's outcome.
func (s *Store) observe(t *target, passed bool) {
	check := t.group.settings().HealthCheck
	switch up := t.state == "healthy"; {
	case t.state == "initial" && passed:
		// The first check that passes is enough, whatever the threshold.
		s.cancel(&t.flip)
		s.enterState(t, "healthy", "", "")
	case t.state == "initial" || up && !passed:
		if t.flip == nil {
			s.flipAfter(t, check.Unhealthy-1, false, func() { s.fail(t) })
		}
	case t.state != "unhealthy" && t.state != "unhealthy.draining" && !up:
		// Draining or unused: checks change nothing.
	case up == passed:
		s.cancel(&t.flip)
	case t.flip == nil:
		s.flipAfter(t, check.Healthy-1, true, func() {
			s.cancel(&t.phase)
			s.enterState(t, "healthy", "", "")
		})
	}
}

// flipAfter plans a change of state that comes with the last of several more
// checks with the same outcome.
func (s *Store) flipAfter(t *target, checks int, passed bool, do func()) {
	interval := t.group.settings().HealthCheck.Interval
	t.flip = s.after(time.Duration(checks)*interval, func() {
		t.flip = nil
		if t.probe != nil && t.probe.due.Equal(s.now) { // that last check is one whose outcome may be news
			s.cancel(&t.probe)
			if now := s.passes(t); now != passed {
				s.observe(t, now)
				return
			}
		}
		do()
	})
}

// fail makes a target unhealthy, by way of unhealthy.draining if the group has
// that. Source: NLB user guide, edit target group attributes, unhealthy target
// connection termination.
func (s *Store) fail(t *target) {
	g := t.group.settings()
	wait := g.seconds("target_health_state.unhealthy.draining_interval_seconds")
	if t.state != "healthy" || wait == 0 || g.Attributes["target_health_state.unhealthy.connection_termination.enabled"] == "true" {
		s.enterState(t, "unhealthy", "Target.FailedHealthChecks", "")
		return
	}
	s.enterState(t, "unhealthy.draining", "Target.FailedHealthChecks", "")
	t.phase = s.after(wait, func() { s.enterState(t, "unhealthy", "Target.FailedHealthChecks", "") })
}

// ReportHealth says that a check of a target passed or failed; a zero port is
// the group's. A data plane reports each check, or only the first of each run
// of equal outcomes. Reports about what is not registered are dropped.
func (s *Store) ReportHealth(arn string, x Target, passed bool) {
	defer s.enter()()
	run := s.groups[arn]
	if run == nil {
		return
	}
	k, err := run.settings().key(x)
	if err != nil {
		return
	}
	if t := run.live[k]; t != nil && t.state != "unused" {
		t.report = &passed
		if t.checking {
			s.observe(t, passed)
		}
	}
}

// The built-in health checks: a target passes when its address is that of an
// interface in the group's VPC behind which an API server answers, on port 443.

// passes says what a check of the target would find now.
func (s *Store) passes(t *target) bool {
	n := s.networks[t.group.settings().VPC]
	if n == nil || t.key.port != 443 {
		return false
	}
	i, ok := n.place.interfaces.get(n.used[t.key.addr])
	return ok && i.Serving && !i.Leaving && s.reachable(n.place, i)
}

// reachable reports whether an interface's API server lets itself be asked.
func (s *Store) reachable(p *place, i Interface) bool {
	name := i.Cluster[strings.LastIndexByte(i.Cluster, '/')+1:]
	cl, ok := p.clusters.get(name)
	return ok && cl.ARN == i.Cluster && cl.Private && !s.broken[i.Cluster] && !s.broken[i.ZoneID]
}

// truth has the targets at an interface's addresses checked, because the
// answer may have changed.
func (s *Store) truth(n *network, i Interface) {
	if s.opts.ExternalHealth {
		return
	}
	for _, a := range append([]netip.Addr{i.Addr}, i.Addrs6...) {
		for _, t := range n.watch[a] {
			s.recheck(t)
		}
	}
}

// recheck plans a probe at the time of the target's next check.
func (s *Store) recheck(t *target) {
	if !t.checking || t.probe != nil || t.state == "draining" || t.state == "unused" {
		return
	}
	interval := s.scale(t.group.settings().HealthCheck.Interval)
	since := s.now.Sub(t.first)
	next := t.first.Add((since + interval - 1) / interval * interval)
	t.probe = s.at(next, func() {
		t.probe = nil
		s.observe(t, s.passes(t))
	})
}

// BreakHealth makes every check of a cluster's addresses fail, or ends that.
func (s *Store) BreakHealth(account, region, cluster string, broken bool) {
	defer s.enter()()
	p := s.placeOf(account, region)
	s.setBroken(p.arn("eks", "cluster/"+cluster), broken)
	if pl := p.plane[cluster]; pl != nil {
		for _, id := range pl.interfaces {
			if i, ok := p.interfaces.get(id); ok {
				s.truth(s.networks[i.VPC], i)
			}
		}
	}
}

// BreakZone makes every check of addresses in a zone (by its ID) fail, or ends
// that.
func (s *Store) BreakZone(zoneID string, broken bool) {
	defer s.enter()()
	s.setBroken(zoneID, broken)
	for _, p := range s.order {
		for _, i := range p.interfaces.values() {
			if i.ZoneID == zoneID {
				s.truth(s.networks[i.VPC], i)
			}
		}
	}
}

func (s *Store) setBroken(what string, broken bool) {
	if broken {
		s.broken[what] = true
	} else {
		delete(s.broken, what)
	}
}
