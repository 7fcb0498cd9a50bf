package e2e

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"postern/internal/lab/state"
	"postern/internal/plan"
)

func (r *rules) beforeRegister(s *sighting, g plan.GroupARN, ts []plan.Target) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, t := s.link(g), r.links[g]
	l.writes++
	l.moved++
	r.mayWrite(s, g)
	if l.removed > 0 {
		r.violated(s, "registers in %s after it removed there", t.cluster)
	}
	d := r.witnessed(s, t.cluster)
	for _, x := range ts {
		switch {
		case x.Port != plan.APIPort:
			r.violated(s, "registers %s on port %d", x.Addr, x.Port)
		case !spoke.Contains(x.Addr):
			r.violated(s, "registers %s, which is outside the VPC", x.Addr)
		case !slices.Contains(d.dns, x.Addr) && !slices.Contains(d.named, x.Addr):
			r.violated(s, "registers %s in %s, which no witness names: EC2 %v, DNS %v", x.Addr, t.cluster, d.eni, d.dns)
		case len(d.eni) > 0 && !slices.Contains(d.named, x.Addr): // DNS alone
			r.mu.Lock()
			since, waited := t.alone[r.memory(s)+x.Addr.String()]
			r.mu.Unlock()
			if (!waited || time.Since(since)+r.drift() < r.setup.policy.Grace-slack) && !r.forged(s, g, "+"+x.Addr.String()) {
				r.violated(s, "registers %s in %s, which DNS alone names since %s", x.Addr, t.cluster, since)
			}
		}
	}
}

// clockStepped notes how far the clocks of a storm have been apart.
func (r *rules) clockStepped(skew time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ahead, r.behind = max(r.ahead, skew), min(r.behind, skew)
}

// drift is how much more time than there was a process may think has passed
// since another one, or itself, wrote something down.
func (r *rules) drift() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ahead - r.behind
}

func (r *rules) afterRegister(s *sighting, g plan.GroupARN, ts []plan.Target, err error) {
	if err != nil {
		s.mu.Lock()
		s.link(g).failed = true
		s.mu.Unlock()
		return
	}
	for _, x := range ts {
		if !slices.ContainsFunc(r.targets(g), func(h state.TargetHealth) bool { return isTarget(h, x) && h.State != "draining" }) {
			r.violated(s, "registered %s, and it is not there", x.Addr)
		}
	}
}

func isTarget(h state.TargetHealth, x plan.Target) bool {
	return h.Target.ID == x.Addr.String() && h.Target.Port == x.Port
}

// mayWrite: some links must be left alone. The caller holds the sighting's
// lock.
func (r *rules) mayWrite(s *sighting, g plan.GroupARN) {
	t, tags := r.links[g], r.tags(g)
	r.mu.Lock()
	settled := s.began.Sub(t.tagsSince) > 2*minute // what discovery reads lags
	r.mu.Unlock()
	if settled && tags[plan.TagPaused] == "true" && !r.stale("tagging:GetResources") && !r.stale("elbv2:DescribeTags") {
		r.violated(s, "writes to %s, which is paused", t.cluster)
	}
	if c, ok := s.clusters[t.cluster]; ok && settled && c.Host != "" && tags[plan.TagEndpoint] != "" && !strings.EqualFold(c.Host, tags[plan.TagEndpoint]) {
		r.violated(s, "writes to %s, which is bound to %s and is %s now", t.cluster, tags[plan.TagEndpoint], c.Host)
	}
}

// forged reports whether somebody else wrote the mark that the pass found.
func (r *rules) forged(s *sighting, g plan.GroupARN, mark string) bool {
	for m := range marksIn(s.link(g).tags[plan.TagMarks]) {
		if strings.HasPrefix(m, mark+"@") && !r.links[g].marks[m] {
			return true
		}
	}
	return false
}

func (r *rules) beforeDeregister(s *sighting, g plan.GroupARN, ts []plan.Target) (before []state.TargetHealth) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, t := s.link(g), r.links[g]
	l.writes++
	l.moved++
	r.mayWrite(s, g)
	d := r.witnessed(s, t.cluster)
	p := r.setup.policy
	switch {
	case d.against != "":
		r.violated(s, "removes %v from %s although: %s", ts, t.cluster, d.against)
	case l.failed:
		r.violated(s, "removes %v from %s after a registration failed", ts, t.cluster)
	case !s.blocks:
		r.violated(s, "removes %v from %s without knowing the VPC's blocks", ts, t.cluster)
	case l.tags == nil:
		r.violated(s, "removes %v from %s without having read its tags again", ts, t.cluster)
	case l.tags[plan.TagManaged] != "true" || l.tags[plan.TagPaused] == "true":
		r.violated(s, "removes %v from %s, whose tags are %v", ts, t.cluster, l.tags)
	}
	registered, healthy, any := 0, 0, 0
	for _, x := range l.targets {
		if x.State == plan.StateDraining {
			continue
		}
		foreign := x.Port != plan.APIPort || !spoke.Contains(x.Addr)
		if !foreign || p.RemoveForeign {
			registered++
		}
		if x.Port == plan.APIPort && d.listed(x.Addr) {
			any++
			if x.State == plan.StateHealthy {
				healthy++
			}
		}
	}
	trulyHealthy := healthy
	if l.truth != nil {
		trulyHealthy = 0
		for _, h := range l.truth {
			if h.State == "healthy" && h.Target.Port == plan.APIPort && d.listed(netip.MustParseAddr(h.Target.ID)) {
				trulyHealthy++
			}
		}
	}
	if limit := p.MaxDeregister; len(ts) > limit && (limit > 0 || len(ts) > max(1, registered/2)) {
		r.violated(s, "removes %d of %d targets of %s, limit %d", len(ts), registered, t.cluster, limit)
	}
	l.removed += len(ts)
	for _, x := range ts {
		at := slices.IndexFunc(l.targets, func(o plan.Registered) bool { return o.Addr == x.Addr && o.Port == x.Port })
		if at < 0 {
			r.violated(s, "removes %s:%d from %s, which it did not see there", x.Addr, x.Port, t.cluster)
			continue
		}
		foreign := x.Port != plan.APIPort || !spoke.Contains(x.Addr)
		if foreign && !p.RemoveForeign {
			r.violated(s, "removes %s:%d from %s, which is foreign", x.Addr, x.Port, t.cluster)
		}
		if !foreign && (d.listed(x.Addr) || slices.Contains(d.truth, x.Addr)) {
			r.violated(s, "removes %s from %s, which a witness lists: EC2 %v (truly %v), DNS %v", x.Addr, t.cluster, d.eni, d.truth, d.dns)
		}
		serves := slices.Contains([]plan.TargetState{plan.StateHealthy, plan.StateInitial, plan.StateUnavailable}, l.targets[at].State)
		if serves && min(healthy, trulyHealthy) < p.MinHealthy || any < p.MinHealthy {
			r.violated(s, "removes %s (%s) from %s: of the listed %d are registered and %d healthy (%d truly), floor %d: %v",
				x.Addr, l.targets[at].State, t.cluster, any, healthy, trulyHealthy, p.MinHealthy, l.targets)
		}
		r.waited(s, g, x, d.applicable)
		r.mu.Lock()
		r.sanctioned[string(g)+" "+targetName(x)]++
		r.mu.Unlock()
	}
	return r.targets(g)
}

func targetName(x plan.Target) string {
	return netip.AddrPortFrom(x.Addr, uint16(x.Port)).String()
}

// waited: a removal needs a mark as old as the grace period, by the clock of
// the process that removes, read in this pass. The caller holds the sighting's
// lock.
func (r *rules) waited(s *sighting, g plan.GroupARN, x plan.Target, applicable int) {
	l, t := s.links[g], r.links[g]
	grace := r.setup.policy.Grace
	if applicable == 1 {
		grace = r.setup.policy.GraceOneWitness
	}
	if r.setup.inMemory {
		r.mu.Lock()
		since, seen := t.stale[r.memory(s)+targetName(x)]
		r.mu.Unlock()
		if !seen || time.Since(since)+r.drift() < grace-slack {
			r.violated(s, "removes %s from %s, which nobody names since %s only", targetName(x), t.cluster, since)
		}
		return
	}
	mark := markText(x)
	if l.trueTags != nil && l.trueTags[plan.TagMarks] != l.tags[plan.TagMarks] {
		r.violated(s, "was given other marks of %s than there are: %q, %q", t.cluster, l.tags[plan.TagMarks], l.trueTags[plan.TagMarks])
	}
	for m, since := range marksIn(l.tags[plan.TagMarks]) {
		if strings.HasPrefix(m, mark+"@") {
			if age := time.Now().Add(s.ahead).Sub(since); age < grace {
				r.violated(s, "removes %s from %s after %s of %s", targetName(x), t.cluster, age, grace)
			}
			return
		}
	}
	r.violated(s, "removes %s from %s without a mark: %q", targetName(x), t.cluster, l.tags[plan.TagMarks])
}

func markText(x plan.Target) string {
	if x.Port != plan.APIPort {
		return "-" + x.Addr.String() + "/" + strconv.Itoa(x.Port)
	}
	return "-" + x.Addr.String()
}

// marksIn reads a tag's marks.
func marksIn(tag string) map[string]time.Time {
	out := map[string]time.Time{}
	for _, word := range strings.Fields(tag) {
		_, when, _ := strings.Cut(word, "@")
		if n, err := strconv.ParseInt(when, 10, 64); err == nil {
			out[word] = time.Unix(n, 0)
		}
	}
	return out
}

func (r *rules) afterDeregister(s *sighting, g plan.GroupARN, ts []plan.Target, before []state.TargetHealth, err error) {
	after := r.targets(g)
	for _, x := range ts {
		r.mu.Lock()
		r.sanctioned[string(g)+" "+targetName(x)]--
		r.mu.Unlock()
		stays := func(h state.TargetHealth) bool { return isTarget(h, x) && h.State != "draining" }
		if err == nil && slices.ContainsFunc(before, stays) && slices.ContainsFunc(after, stays) {
			r.violated(s, "removed %s, and it is still there", targetName(x))
		}
	}
	live := func(h state.TargetHealth) bool { return h.State != "draining" }
	r.mu.Lock()
	byHand := time.Since(r.links[g].byHand) < 5*minute
	r.mu.Unlock()
	if err == nil && slices.ContainsFunc(before, live) && !slices.ContainsFunc(after, live) && !byHand {
		r.violated(s, "emptied the group of %s: %v", r.links[g].cluster, before)
	}
}

func (r *rules) beforePutTag(s *sighting, g plan.GroupARN, key, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, t := s.link(g), r.links[g]
	l.writes++
	r.mayWrite(s, g)
	if key != plan.TagMarks || len(value) > 256 || r.setup.inMemory {
		r.violated(s, "writes the tag %s of %d characters to %s", key, len(value), t.cluster)
	}
	if l.tags == nil {
		r.violated(s, "writes marks of %s without having read them", t.cluster)
	}
	words := strings.Fields(value)
	if value == "" || !slices.IsSorted(words) || strings.Join(words, " ") != value {
		r.violated(s, "writes malformed marks: %q", value)
	}
	if value == "none" {
		words = nil
	}
	d := r.witnessed(s, t.cluster)
	old := marksIn(l.tags[plan.TagMarks])
	young, now := s.began.Add(s.behind-slack), time.Now().Add(s.ahead+slack)
	for _, w := range words {
		since, ok := marksIn(w)[w]
		about, _, _ := strings.Cut(w[1:], "@")
		address, _, foreign := strings.Cut(about, "/")
		a, err := netip.ParseAddr(address)
		switch _, carried := old[w]; {
		case !ok || err != nil || !strings.ContainsRune("-+=", rune(w[0])):
			r.violated(s, "writes a mark that is none: %q", w)
		case !carried && (since.Before(young) || since.After(now)):
			r.violated(s, "writes a new mark of another time: %q at %s", w, now)
		case w[0] == '-' && !foreign && d.listed(a):
			r.violated(s, "marks %s as stale, which a witness lists", a)
		}
		r.mu.Lock()
		t.marks[w] = true
		r.mu.Unlock()
	}
}
