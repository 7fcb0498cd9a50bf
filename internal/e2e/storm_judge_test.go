package e2e

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"postern/internal/plan"
	"postern/internal/report"
)

// judge looks at a pass that has ended, and at its report.
func (r *rules) judge(s *sighting, doc report.Sync) {
	s.mu.Lock()
	defer s.mu.Unlock()
	whole := !slices.ContainsFunc(doc.Scopes, func(x report.Scope) bool { return len(x.Errors) > 0 })
	reported := map[plan.GroupARN]report.Link{}
	for _, l := range doc.Links {
		reported[l.TargetGroupARN] = l
		r.judgeLink(s, l)
	}
	for _, g := range slices.Sorted(maps.Keys(r.links)) {
		if _, ok := reported[g]; !ok && whole && !s.crashed {
			r.violated(s, "the link of %s is not in the report", r.links[g].cluster)
		}
		r.remember(s, g, reported[g])
	}
}

func (r *rules) judgeLink(s *sighting, l report.Link) {
	t, seen := r.links[l.TargetGroupARN], s.link(l.TargetGroupARN)
	if l.Result == "" || l.Reason == "" && l.Result != plan.Converged {
		r.violated(s, "%s is %q without a reason", t.cluster, l.Result)
	}
	if l.Result == plan.Failed && (len(l.Errors) == 0 || slices.ContainsFunc(l.Errors, func(e report.Error) bool { return e.Code == "" || e.Message == "" })) {
		r.violated(s, "%s failed without an error: %+v", t.cluster, l.Errors)
	}
	d := r.witnessed(s, t.cluster)
	decided := map[string]bool{}
	for _, x := range l.Decisions {
		decided[x.Address+"/"+strconv.Itoa(x.Port)] = true
		if x.Reason == "" || x.Message == "" || x.Action == "" {
			r.violated(s, "a decision about %s in %s lacks a reason: %+v", x.Address, t.cluster, x)
		}
		if x.Done && seen.writes == 0 {
			r.violated(s, "%s of %s in %s is called done and was not", x.Action, x.Address, t.cluster)
		}
	}
	registered := map[netip.Addr]bool{}
	for _, x := range seen.targets {
		if x.State == plan.StateDraining {
			continue
		}
		if x.Port == plan.APIPort && spoke.Contains(x.Addr) {
			registered[x.Addr] = true
			if l.Result == plan.Converged && x.State != plan.StateHealthy {
				r.violated(s, "%s is called converged with %s %s", t.cluster, x.Addr, x.State)
			}
		}
		if len(l.Decisions) > 0 && !decided[x.Addr.String()+"/"+strconv.Itoa(x.Port)] {
			r.violated(s, "nothing is said about %s:%d in %s", x.Addr, x.Port, t.cluster)
		}
	}
	if l.Result != plan.Converged {
		return
	}
	if seen.moved > 0 {
		r.violated(s, "%s is called converged and was written to", t.cluster)
	}
	for _, a := range slices.Concat(d.eni, d.dns) {
		known := s.blocks || slices.Contains(d.eni, a) // without the VPC's blocks, DNS alone adds nothing, and the scope has an error
		if known && !registered[a] && len(s.listings) < 2 {
			r.violated(s, "%s is called converged without %s", t.cluster, a)
		}
	}
	for a := range registered {
		if !d.listed(a) {
			r.violated(s, "%s is called converged with %s, which no witness names", t.cluster, a)
		}
	}
}

// remember follows for how long an address has been named by DNS alone, and a
// target by nobody. A pass that did not get to its end cannot have taken
// anything back.
func (r *rules) remember(s *sighting, g plan.GroupARN, l report.Link) {
	t, seen := r.links[g], s.links[g]
	if seen == nil {
		return
	}
	d := r.witnessed(s, t.cluster)
	ended := !s.crashed && l.Reason != plan.NotReached && slices.Contains([]plan.Result{plan.Converged, plan.Changed, plan.Pending}, l.Result)
	r.mu.Lock()
	defer r.mu.Unlock()
	note := func(m map[string]time.Time, key string, so bool) {
		if _, had := m[key]; so && !had {
			m[key] = s.began
		} else if !so && ended {
			delete(m, key)
		}
	}
	for _, a := range d.dns {
		note(t.alone, r.memory(s)+a.String(), len(d.eni) > 0 && !slices.Contains(d.eni, a))
	}
	for _, x := range seen.targets {
		if x.State != plan.StateDraining {
			note(t.stale, r.memory(s)+targetName(x.Target), x.Port != plan.APIPort || !d.listed(x.Addr))
		}
	}
}
