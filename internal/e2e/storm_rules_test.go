package e2e

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"postern/internal/lab/state"
	"postern/internal/plan"
	"postern/internal/report"
)

// rules hold every pass of a storm to the invariants of sync, in words of
// their own: nothing here asks the planner. They judge by what the pass was
// told, and by the lab's truth of that moment where no fault made the answer
// an old one.
type rules struct {
	*bench
	setup setup
	vpcs  map[string]string // by cluster

	mu         sync.Mutex // guards what follows
	broken     []string
	links      map[plan.GroupARN]*linkTruth
	hosts      map[string]string          // cluster names by host, past ones too
	listed     map[netip.Addr]listedSince // interfaces of clusters
	sanctioned map[string]int             // removals that somebody is making right now, by group and target
	old        map[string]time.Time       // until when an action's answers may be old ones, by service:Action, perhaps with * at its end
	ahead      time.Duration              // the furthest that any clock was ahead
	behind     time.Duration              // and behind, below zero
}

type listedSince struct {
	cluster string
	since   time.Time
}

// linkTruth is what the rules know of a link.
type linkTruth struct {
	cluster   string
	tagsSince time.Time            // when somebody else changed a tag that says what sync may do
	byHand    time.Time            // when somebody else removed a target
	alone     map[string]time.Time // addresses that DNS alone named: since when
	stale     map[string]time.Time // targets that nobody named: since when
	marks     map[string]bool      // marks that were in the tag at some time
}

// slack is what whole seconds in marks may cost.
const slack = time.Second

func newRules(b *bench, s setup) *rules {
	r := &rules{bench: b, setup: s, vpcs: map[string]string{}, links: map[plan.GroupARN]*linkTruth{}, hosts: map[string]string{}, listed: map[netip.Addr]listedSince{}, sanctioned: map[string]int{}, old: map[string]time.Time{}}
	for _, c := range []string{stormA, stormB} {
		g := b.groupOf(c)
		r.vpcs[c] = g.VPC
		r.links[plan.GroupARN(g.ARN)] = &linkTruth{cluster: c, alone: map[string]time.Time{}, stale: map[string]time.Time{}, marks: map[string]bool{}}
	}
	r.learn()
	return r
}

// violated notes that a rule was broken.
func (r *rules) violated(s *sighting, format string, args ...any) {
	text := time.Now().UTC().Format("15:04:05.000") + " "
	if s != nil {
		text += "engine " + s.process.name + ": "
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken = append(r.broken, text+fmt.Sprintf(format, args...))
}

// hear follows the lab's events: every removal must be one that was allowed,
// whatever the API call that brought it about looked like.
func (r *rules) hear(e state.Event) {
	switch e.Kind {
	case state.TargetChanged:
		leaves := strings.HasPrefix(e.Now, "draining") || e.Now == "" && e.Was != "draining"
		if !leaves {
			return
		}
		r.mu.Lock()
		ok := r.sanctioned[e.Of+" "+e.Subject] > 0
		r.mu.Unlock()
		if !ok {
			r.violated(nil, "target %s (%s) left %s, and nobody was to remove it", e.Subject, e.Was, e.Of)
		}
	case state.InterfaceChanged, state.ClusterChanged:
		r.learn()
	}
}

// learn reads which interfaces and names there are.
func (r *rules) learn() {
	snap := r.store.Snapshot()
	r.mu.Lock()
	defer r.mu.Unlock()
	now := map[netip.Addr]listedSince{}
	for _, a := range snap.Accounts {
		for _, c := range a.Clusters {
			if host := strings.TrimPrefix(c.Endpoint, "https://"); host != "" {
				r.hosts[strings.ToLower(host)] = c.Name
			}
		}
		for _, i := range a.Interfaces {
			if i.Cluster != "" {
				name := i.Cluster[strings.LastIndexByte(i.Cluster, '/')+1:]
				now[i.Addr] = listedSince{name, i.Created}
			}
		}
	}
	r.listed = now
}

func (r *rules) clusterAt(host string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.hosts[strings.ToLower(host)]
}

// listedForAWhile returns the control-plane interfaces that EC2 must name by
// now, by cluster, or nil while its answers are old ones.
func (r *rules) listedForAWhile() map[string][]netip.Addr {
	if r.stale("ec2:DescribeNetworkInterfaces") {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string][]netip.Addr{}
	for a, l := range r.listed {
		if time.Since(l.since) > 3*time.Second {
			out[l.cluster] = append(out[l.cluster], a)
		}
	}
	return out
}

// memory names the process whose own memory a pass goes by, if it does.
func (r *rules) memory(s *sighting) string {
	if r.setup.inMemory {
		return s.process.name + " "
	}
	return ""
}

// makesOld notes that a fault will make answers old ones for a time, and half
// a minute longer for those that are under way.
func (r *rules) makesOld(action string, d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if until := time.Now().Add(d + 30*time.Second); until.After(r.old[action]) {
		r.old[action] = until
	}
}

// stale reports whether the action's answers may be old ones.
func (r *rules) stale(action string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for a, until := range r.old {
		prefix, all := strings.CutSuffix(a, "*")
		if time.Now().Before(until) && (a == action || all && strings.HasPrefix(action, prefix)) {
			return true
		}
	}
	return false
}

func (r *rules) targets(g plan.GroupARN) []state.TargetHealth {
	hs, err := r.store.DescribeTargetHealth(r.caller, string(g), nil)
	if err != nil {
		r.violated(nil, "the group %s is gone: %v", g, err)
	}
	return hs
}

func (r *rules) tags(g plan.GroupARN) map[string]string {
	tagged, err := r.store.DescribeTags(r.caller, []string{string(g)})
	if err != nil || len(tagged) != 1 {
		r.violated(nil, "the tags of %s are gone: %v", g, err)
		return nil
	}
	return tagged[0].Tags
}

// --- what the witnesses said ---

// said is what the witnesses of a pass say about a cluster's addresses.
type said struct {
	eni, dns   []netip.Addr
	applicable int
	against    string // why nothing may be removed on this ground
	truth      []netip.Addr
}

func (d said) listed(a netip.Addr) bool {
	return slices.Contains(d.eni, a) || slices.Contains(d.dns, a)
}

// witnessed sums up a pass's witnesses. The caller holds the sighting's lock.
func (r *rules) witnessed(s *sighting, cluster string) said {
	var d said
	vpc := r.vpcs[cluster]
	if slices.Contains(r.setup.witnesses, plan.ENI) {
		d.applicable++
		if len(s.listings) == 0 || s.listFail {
			d.against = "EC2 was not asked, or did not answer"
		} else {
			// Of several listings in a long pass, an address must be in each to count.
			for n, l := range s.listings {
				var as []netip.Addr
				for _, i := range l.ifs {
					if i.Description == "Amazon EKS "+cluster && i.VPC == vpc && i.Status == "in-use" && i.AttachmentOwner != account && i.AttachmentOwner != "" {
						as = append(as, i.Addr)
					}
				}
				if n > 0 {
					as = slices.DeleteFunc(as, func(a netip.Addr) bool { return !slices.Contains(d.eni, a) })
				}
				d.eni = as
			}
			d.truth = s.listings[0].truth[cluster]
			if len(d.eni) == 0 {
				d.against = "EC2 named nothing"
			}
		}
	}
	if w, asked := s.names[cluster]; asked {
		d.applicable++
		for _, a := range w.Addrs {
			if spoke.Contains(a) {
				d.dns = append(d.dns, a)
			}
		}
		switch {
		case w.Outcome != plan.Answered:
			d.against = "DNS: " + string(w.Outcome)
		case w.Partial:
			d.against = "DNS answered in part"
		case len(d.dns) == 0:
			d.against = "DNS named nothing of the VPC"
		}
	}
	if d.applicable == 0 {
		d.against = "no witness was asked"
	}
	return d
}

// --- writes ---

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
		case !d.listed(x.Addr):
			r.violated(s, "registers %s in %s, which no witness names: EC2 %v, DNS %v", x.Addr, t.cluster, d.eni, d.dns)
		case len(d.eni) > 0 && !slices.Contains(d.eni, x.Addr):
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
		registered++
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
		if l.targets[at].State == plan.StateHealthy && min(healthy, trulyHealthy) < p.MinHealthy || any < p.MinHealthy {
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
	if !slices.IsSorted(words) || strings.Join(words, " ") != value {
		r.violated(s, "writes malformed marks: %q", value)
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

// --- after a pass ---

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
		if !registered[a] && len(s.listings) < 2 {
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
