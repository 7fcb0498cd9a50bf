package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"time"

	"postern/internal/plan"
	"postern/internal/report"
)

const (
	// routineAtOnce is how many links are checked at the same time in a scope
	// where nothing hurries, so that what does hurry need not queue for long
	// behind it for its turn at AWS's rates.
	routineAtOnce = 8
	// urgentAtOnce is how many are at most: more would only queue for their
	// turn, and what they rest on would grow old.
	urgentAtOnce = 2 * batchSize
	// stopTime is how long a loop that is to end waits for what is under way.
	stopTime = 500 * time.Millisecond
	// lookupsAtOnce is how many names of a scope are asked for side by side, if
	// there are few scopes.
	lookupsAtOnce = 64
)

// scopeWatch watches the links of one account and region. All its state
// belongs to its loop: work under way runs beside it, and what it brings back
// is applied by the loop.
type scopeWatch struct {
	*watch
	scope   Scope
	account plan.AccountID
	done    chan func()   // what work that ended brings back
	gone    chan struct{} // closed when the loop has ended
	working int           // how much of it is under way
	most    int           // links checked at the same time
	names   int           // names asked for at the same time

	links   map[plan.GroupARN]*watched
	refused map[plan.GroupARN]report.Link // as last reported
	cidrs   map[string]cidrs
	seen    listing // the interfaces, as last listed
	faults  map[string]*plan.Fault
	told    []report.Error // of the scope, as last reported

	discover, list         time.Time // when they are due
	discovering, listingIt bool
	discoveries, listings  int // begun so far
	failures               int // discoveries in a row that failed
	checking, asking       int
	twin                   bool // another scope has turned out to be the same
}

func newScopeWatch(r *watch, s Scope) *scopeWatch {
	return &scopeWatch{
		watch: r, scope: s, account: s.Account, done: make(chan func()), gone: make(chan struct{}), most: r.shareOf(min(r.concurrency(), urgentAtOnce)), names: r.shareOf(lookupsAtOnce),
		links: map[plan.GroupARN]*watched{}, refused: map[plan.GroupARN]report.Link{}, faults: map[string]*plan.Fault{},
	}
}

// run is the loop. It ends when ctx has ended and nothing is under way.
func (s *scopeWatch) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	defer close(s.gone)
	for {
		select {
		case <-ctx.Done():
			s.finish()
			return
		case apply := <-s.done:
			s.working--
			apply()
		case <-timer.C:
		}
		if s.twin || ctx.Err() != nil {
			continue
		}
		now := s.now()
		next := s.begin(ctx, now)
		timer.Reset(max(next.Sub(now), 0))
	}
}

// finish waits for what is under way, for a moment: it has been told to stop,
// and whoever cannot is left behind.
func (s *scopeWatch) finish() {
	bound := time.NewTimer(stopTime)
	defer bound.Stop()
	for ; s.working > 0; s.working-- {
		select {
		case apply := <-s.done:
			apply()
		case <-bound.C:
			return
		}
	}
}

// beside runs work beside the loop; what it returns is run by the loop.
func (s *scopeWatch) beside(work func() (apply func())) {
	s.working++
	go func() {
		apply := work()
		select {
		case s.done <- apply:
		case <-s.gone:
		}
	}()
}

// begin begins whatever is due, and returns when to look again unless
// something that is under way ends before.
func (s *scopeWatch) begin(ctx context.Context, now time.Time) (next time.Time) {
	next = now.Add(time.Minute)
	earlier := func(t time.Time) {
		if t.Before(next) {
			next = t
		}
	}
	if !s.discovering {
		if !s.discover.After(now) {
			s.beginDiscovery(ctx)
		} else {
			earlier(s.discover)
		}
	}
	if s.asks(plan.ENI) && len(s.links) > 0 && !s.listingIt {
		if !s.list.After(now) {
			s.beginListing(ctx)
		} else {
			earlier(s.list)
		}
	}
	if s.asks(plan.ENI) && !s.seen.read {
		return next // no link can be checked yet
	}
	earlier(s.beginLinks(ctx, now))
	return next
}

// beginLinks begins the checks and lookups that are due, as far as there is
// room, the most urgent first.
func (s *scopeWatch) beginLinks(ctx context.Context, now time.Time) (next time.Time) {
	next = now.Add(time.Minute)
	var due, names []*watched
	for _, l := range s.links {
		check, lookup, at := l.due(now)
		if check != notDue {
			l.rank = check
			due = append(due, l)
		}
		if lookup {
			names = append(names, l)
		}
		// What is due and has no room waits for the end of other work.
		if at.After(now) && at.Before(next) {
			next = at
		}
	}
	slices.SortFunc(names, func(a, b *watched) int { return cmp.Or(a.lookup.Compare(b.lookup), cmp.Compare(a.key, b.key)) })
	for _, l := range names[:max(0, min(len(names), s.names-s.asking))] {
		s.beginLookup(ctx, l)
	}
	slices.SortFunc(due, func(a, b *watched) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), a.full.Compare(b.full), cmp.Compare(a.key, b.key))
	})
	for len(due) > 0 {
		room := min(routineAtOnce, s.most) - s.checking
		n := 0
		for n < len(due) && due[n].rank == urgent {
			n++
		}
		if n > 0 {
			room = s.most - s.checking
		} else {
			n = len(due)
		}
		n = min(n, room, batchSize)
		if n <= 0 {
			break
		}
		s.beginChecks(ctx, due[:n])
		due = due[n:]
	}
	return next
}

// beginDiscovery lists the scope's links.
func (s *scopeWatch) beginDiscovery(ctx context.Context) {
	s.discovering = true
	s.discoveries++
	s.beside(func() func() {
		p := s.newPass()
		sc := &scope{Scope: s.scope, account: s.account}
		s.inTurn(ctx, func() { p.discoverScope(ctx, sc) })
		chosen, refused := plan.Choose(sc.candidates)
		chosen = slices.DeleteFunc(chosen, func(c plan.Candidate) bool { return !s.isAsked(sc.account, c) })
		refused = slices.DeleteFunc(refused, func(r plan.Refusal) bool { return !s.isAsked(sc.account, r.Candidate) })
		failed := len(sc.faults) > 0
		if !failed && len(chosen) > 0 {
			var vpcs []string
			for _, c := range chosen {
				vpcs = append(vpcs, c.Group.VPC)
			}
			p.readCIDRs(ctx, sc, vpcs)
		}
		return func() {
			s.discovering = false
			if ctx.Err() != nil {
				return
			}
			s.discovered(p, sc, chosen, refused, failed)
		}
	})
}

func (s *scopeWatch) isAsked(account plan.AccountID, c plan.Candidate) bool {
	ref := plan.Ref{Account: account, Region: s.scope.Region, Name: c.Cluster}
	return len(s.asked) == 0 || slices.ContainsFunc(s.asked, func(a plan.Pattern) bool { return a.Matches(ref) })
}

// discovered takes over what discovery found. Where it failed, the links are
// those known before.
func (s *scopeWatch) discovered(p *pass, sc *scope, chosen []plan.Candidate, refused []plan.Refusal, failed bool) {
	now := s.now()
	s.discover = now.Add(spread(s.name(), s.discoveries, discoverEvery, 0.8, 1))
	delete(s.faults, "discovery")
	if len(sc.faults) > 0 {
		s.faults["discovery"] = sc.faults[0]
		s.discover = now.Add(spread(s.name(), s.discoveries, backoff(s.failures), 0.9, 1.1))
		s.failures++
	} else {
		s.failures = 0
	}
	if failed {
		s.tellFaults(p)
		return
	}
	s.account = sc.account
	if s.twin = s.claimed(); s.twin {
		return
	}
	s.cidrs = sc.cidrs
	exists := map[plan.GroupARN]bool{}
	var refs []plan.Ref
	for _, c := range chosen {
		exists[c.Group.ARN] = true
		l := s.links[c.Group.ARN]
		if l == nil {
			l = &watched{memo: memo{key: string(c.Group.ARN)}}
			s.links[c.Group.ARN] = l
		}
		l.altered = l.altered || l.saw != nil && !slices.Equal(l.saw.cidrs, s.cidrs[l.cluster.VPC])
		l.discovered(c, s.account, s.scope.Region, now)
		refs = append(refs, l.ref)
	}
	for g, l := range s.links {
		if exists[g] {
			continue
		}
		delete(s.links, g)
		s.forget(l)
		row := report.NewLink(l.ref, l.candidate.Group)
		row.Result, row.Reason, row.Message = plan.Gone, plan.GroupGone, "it is no longer listed as a link"
		p.doc.Links = append(p.doc.Links, row)
	}
	p.doc.Links = append(p.doc.Links, s.refusals(refused, &refs)...)
	if len(p.doc.Links) > 0 {
		s.tellScope(p)
	}
	s.tellFaults(p)
	slices.SortFunc(refs, plan.Ref.Compare)
	s.count(s.name(), slices.Compact(refs))
}

// refusals returns the rows of refused candidates that are not as last
// reported.
func (s *scopeWatch) refusals(refused []plan.Refusal, refs *[]plan.Ref) []report.Link {
	rows := map[plan.GroupARN]report.Link{}
	var fresh []report.Link
	for _, r := range refused {
		ref := plan.Ref{Account: s.account, Region: s.scope.Region, Name: r.Candidate.Cluster}
		*refs = append(*refs, ref)
		row := report.NewLink(ref, r.Candidate.Group)
		row.Fail(&r.Fault)
		rows[row.TargetGroupARN] = row
		if !reflect.DeepEqual(row, s.refused[row.TargetGroupARN]) {
			fresh = append(fresh, row)
		}
	}
	s.refused = rows
	return fresh
}

// claimed reports whether another scope of the run is the same account and
// region, and came first.
func (s *scopeWatch) claimed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.owners == nil {
		s.owners = map[string]*scopeWatch{}
	}
	if o := s.owners[s.name()]; o != nil && o != s {
		return true
	}
	s.owners[s.name()] = s
	return false
}

func (s *scopeWatch) name() string { return fmt.Sprintf("%s/%s", s.account, s.scope.Region) }

// beginListing lists the scope's interfaces.
func (s *scopeWatch) beginListing(ctx context.Context) {
	s.listingIt = true
	s.listings++
	begun := s.now()
	s.beside(func() func() {
		p := s.newPass()
		sc := &scope{Scope: s.scope, account: s.account, interfaces: newListing()}
		s.inTurn(ctx, func() {
			begun = s.now()
			p.listed(ctx, sc, "", time.Time{})
		})
		return func() {
			s.listingIt = false
			if ctx.Err() == nil {
				s.listed(p, sc.interfaces, begun)
			}
		}
	})
}

// listed takes over a listing, and compares what it says of each link with
// what the link's last check saw.
func (s *scopeWatch) listed(p *pass, seen listing, begun time.Time) {
	now := s.now()
	gap := max(spread(s.name(), s.listings, s.interval, 0.9, 1.1)-now.Sub(begun), listShare*now.Sub(begun), s.interval/10)
	s.list = now.Add(gap)
	delete(s.faults, "interfaces")
	if seen.fault != nil {
		s.faults["interfaces"] = seen.fault
		s.list = now.Add(spread(s.name(), s.listings, waitLeast, 0.9, 1.1))
	}
	s.seen = seen
	for _, l := range s.links {
		s.compareInterfaces(l)
	}
	s.tellFaults(p)
}

func (s *scopeWatch) compareInterfaces(l *watched) {
	if l.saw == nil || !s.asks(plan.ENI) {
		return
	}
	lk := &link{ref: l.ref, candidate: l.candidate}
	w := eniWitness(lk, l.cluster, s.seen.byDsc[plan.ENIDescription(l.ref.Name)], s.seen.at, s.seen.fault)
	l.hears(ofInterfaces, l.saw.eni.against(statementOf(w, nil)), s.now())
}

// beginLookup asks for the addresses of a link's host.
func (s *scopeWatch) beginLookup(ctx context.Context, l *watched) {
	l.asking = true
	s.asking++
	p := s.newPass()
	lk := p.newLink(s.sight(), l.candidate)
	cluster := l.cluster
	eni := eniWitness(lk, cluster, s.seen.byDsc[plan.ENIDescription(l.ref.Name)], s.seen.at, s.seen.fault)
	s.beside(func() func() {
		w := p.dns(ctx, lk, cluster, eni)
		return func() {
			s.asking--
			l.asking = false
			if ctx.Err() != nil {
				return
			}
			l.looked(s.now(), w)
			if l.saw != nil {
				l.hears(ofDNS, l.saw.dns.against(statementOf(w, p.hub.overrides(s.scope.Region))), s.now())
			}
		}
	})
}

// beginChecks takes links through the same steps as a pass does.
func (s *scopeWatch) beginChecks(ctx context.Context, batch []*watched) {
	p := s.newPass()
	sc := s.sight()
	for _, l := range batch {
		l.began()
		lk := p.newLink(sc, l.candidate)
		lk.notReached()
		p.links = append(p.links, lk)
	}
	s.checking += len(batch)
	s.beside(func() func() {
		p.workOn(ctx, p.links)
		return func() { s.checked(ctx, p, batch) }
	})
}

// checked takes over what a batch of checks found and did.
func (s *scopeWatch) checked(ctx context.Context, p *pass, batch []*watched) {
	now := s.now()
	for i, lk := range p.links {
		l := batch[i]
		s.checking--
		p.noteReached(lk)
		if lk.row.Reason == plan.NotReached && ctx.Err() != nil {
			l.checking, l.changed = false, true
			continue
		}
		heard := l.news[ofDNS]
		l.memo.checked(now, s.fullCheck, verdict{
			settled: settled(lk), waits: waits(lk, now, s.Settings.Policy), same: sameAs(lk.row, l.last),
		})
		l.ended(lk, p.hub.overrides(s.scope.Region), s.Settings.MarksInMemory)
		l.news, l.lookup = [2]news{}, time.Time{}
		for _, w := range lk.in.Witnesses {
			if w.Name == plan.DNS && s.Resolver != nil {
				l.looked(now, w)
			}
		}
		if heard == fresh {
			l.lookup = now // DNS said something new while the check ran
		}
		l.weigh(now)
		s.compareInterfaces(l)
		if lk.row.Result == plan.Gone {
			s.discover = now
		}
		p.doc.Links = append(p.doc.Links, lk.row)
	}
	if len(p.doc.Links) > 0 {
		s.tellScope(p)
	}
}

// sight returns the scope as a pass sees it: with the newest listing, so that
// it makes none of its own.
func (s *scopeWatch) sight() *scope {
	sc := &scope{Scope: s.scope, account: s.account, cidrs: s.cidrs, interfaces: newListing()}
	sc.interfaces.read, sc.interfaces.at, sc.interfaces.byDsc, sc.interfaces.fault = s.seen.read, s.seen.at, s.seen.byDsc, s.seen.fault
	return sc
}

// tellFaults reports the scope's faults if they are not those last reported.
func (s *scopeWatch) tellFaults(p *pass) {
	if !slices.Equal(s.errors(), s.told) {
		s.log().Log(context.Background(), slog.LevelDebug, "faults of a scope changed", "scope", s.name())
		s.tellScope(&pass{Engine: s.Engine, started: p.started, hub: p.hub, doc: report.NewSync(p.started, s.Settings.DryRun)})
	}
}

// tellScope reports the pass's links with the scope's faults.
func (s *scopeWatch) tellScope(p *pass) {
	s.told = s.errors()
	p.doc.Scopes = []report.Scope{{Account: s.account, Region: s.scope.Region, Errors: s.told}}
	s.tell(p)
}

func (s *scopeWatch) errors() []report.Error {
	var out []report.Error
	for _, what := range []string{"discovery", "interfaces"} {
		if f := s.faults[what]; f != nil {
			out = append(out, report.NewError(f))
		}
	}
	return out
}
