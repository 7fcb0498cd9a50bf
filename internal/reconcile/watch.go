package reconcile

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"postern/internal/plan"
	"postern/internal/report"
)

// Watcher keeps links as they should be for as long as it runs. It looks at
// each thing as often as that can change, and takes a link that something is
// different at, or due, the same way as [Engine.Pass] does: it decides nothing
// by itself.
//
//	interfaces  once a scope every Interval
//	DNS         each name when its answer's TTL is over, 5 s to 60 s
//	links       once a scope every minute: tags, groups, load balancers, CIDRs
//	targets     where a witness or the link is not what the last check saw,
//	            where something is pending or wrong, and every FullCheck
//	clusters    as passes do, at a check
//
// Each scope has a loop of its own, so that a slow region holds up no other.
// What it knows of a link goes when the link goes.
type Watcher struct {
	Engine    *Engine
	Interval  time.Duration     // between two listings of a scope's interfaces; 0 means [DefaultInterval]
	FullCheck time.Duration     // the longest time between two full checks of a link; 0 means [DefaultFullCheck]
	Report    func(report.Sync) // told of what was done, one call at a time; nil tells nobody
}

func (w *Watcher) interval() time.Duration {
	if w.Interval > 0 {
		return w.Interval
	}
	return DefaultInterval
}

func (w *Watcher) fullCheck() time.Duration {
	if w.FullCheck > 0 {
		return w.FullCheck
	}
	return DefaultFullCheck
}

// Run watches every link, or those that were asked for, until ctx ends; then
// it returns nil, within the time that a call needs to be given up. The error
// is only ever about the question: an [*AmbiguousError], at the start.
//
// Each document that it reports has the links of one scope that were checked
// together, or that went, and the calls made since the document before.
func (w *Watcher) Run(ctx context.Context, asked []plan.Pattern) error {
	r := &watch{
		Engine: w.Engine, interval: w.interval(), fullCheck: w.fullCheck(), report: w.Report,
		asked: asked, lists: semaphore.NewWeighted(listingsAtOnce), found: map[string][]plan.Ref{}, callsBefore: w.Engine.calls(),
	}
	if err := r.resolveAsked(ctx); err != nil {
		return err
	}
	r.readHubs(ctx)
	for _, s := range r.Scopes {
		if wanted(s, r.asked) {
			r.scopes = append(r.scopes, newScopeWatch(r, s))
		}
	}
	var g errgroup.Group
	g.Go(func() error {
		r.watchHubs(ctx)
		return nil
	})
	for _, s := range r.scopes {
		g.Go(func() error {
			s.run(ctx)
			return nil
		})
	}
	return g.Wait()
}

// watch is one run of a Watcher.
type watch struct {
	*Engine
	interval  time.Duration
	fullCheck time.Duration
	report    func(report.Sync)
	asked     []plan.Pattern
	scopes    []*scopeWatch
	lists     *semaphore.Weighted // places for those who list

	mu      sync.Mutex // guards what follows
	hub     hubView
	found   map[string][]plan.Ref  // what each scope has, by account/region
	counted []report.Error         // what was last said about their number
	owners  map[string]*scopeWatch // by account/region

	telling     sync.Mutex // guards what follows, and is held while report runs
	callsBefore map[string]int
}

const (
	// watchAtOnce bounds how many links, and how many names, are under way in
	// all scopes together: each takes some 50 kB.
	watchAtOnce = 512
	// listingsAtOnce bounds how many scopes list something at the same time: a
	// page of 1,000 interfaces takes some 2 MB while it is read. It is far more
	// than the regions that fail together, so that those hold up no other.
	listingsAtOnce = 32
)

// shareOf returns how many of a kind of work a scope may have under way: n, or
// fewer if there are many scopes.
func (r *watch) shareOf(n int) int {
	return max(1, min(n, watchAtOnce/max(1, len(r.Scopes))))
}

// inTurn waits for a place among those who list, and does it.
func (r *watch) inTurn(ctx context.Context, do func()) {
	if r.lists.Acquire(ctx, 1) != nil {
		return // ctx has ended
	}
	defer r.lists.Release(1)
	do()
}

// resolveAsked turns references that fit one cluster into that cluster, so
// that a later one of the same name makes nothing ambiguous.
func (r *watch) resolveAsked(ctx context.Context) error {
	if len(r.asked) == 0 {
		return nil
	}
	p, err := r.resolvePass(ctx)
	if err != nil {
		return err
	}
	exact := slices.Clone(r.asked)
	for i, a := range exact {
		for _, l := range p.links {
			if a.Matches(l.ref) {
				exact[i] = plan.Pattern(l.ref)
			}
		}
	}
	r.asked = exact
	if len(p.doc.Errors) > 0 {
		r.tell(p)
	}
	return nil
}

// resolvePass lists what there is, again and again while it is open which
// cluster a reference means: a scope could not be listed.
func (r *watch) resolvePass(ctx context.Context) (*pass, error) {
	for round := 0; ; round++ {
		p := r.newPass()
		p.discover(ctx, r.asked)
		if err := p.choose(r.asked); err != nil || !p.open {
			return p, err
		}
		r.tell(p)
		select {
		case <-ctx.Done():
			return p, nil
		case <-time.After(spread("asked", round, discoverEvery, 0.8, 1)):
		}
	}
}

// newPass returns a pass over nothing, which sees the hub as last read.
func (r *watch) newPass() *pass {
	p := &pass{Engine: r.Engine, started: r.now()}
	p.doc = report.NewSync(p.started, r.Settings.DryRun)
	r.mu.Lock()
	p.hub = r.hub
	r.mu.Unlock()
	return p
}

func (r *watch) watchHubs(ctx context.Context) {
	for round := 0; ; round++ {
		select {
		case <-ctx.Done():
			return
		case <-time.After(spread("hubs", round, hubEvery, 0.8, 1)):
			r.readHubs(ctx)
		}
	}
}

// readHubs lists the hub's interface endpoints.
func (r *watch) readHubs(ctx context.Context) {
	hub := r.newPass().readHubs(ctx)
	if ctx.Err() != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hub = hub
}

// tell reports the pass's document, with the calls made since the last one.
func (r *watch) tell(p *pass) {
	r.telling.Lock()
	defer r.telling.Unlock()
	if r.report == nil {
		return
	}
	for _, h := range p.hub.faults {
		p.addScopeError(h)
	}
	now := r.calls()
	calls := maps.Clone(now)
	maps.DeleteFunc(calls, func(action string, n int) bool { return n == r.callsBefore[action] })
	for action := range calls {
		calls[action] -= r.callsBefore[action]
	}
	r.callsBefore = now
	p.doc.Complete(r.now().Sub(p.started), calls)
	r.report(p.doc)
}

// count says when there are fewer links than there must be, once every scope
// has been listed, and whenever that changes.
func (r *watch) count(where string, refs []plan.Ref) {
	p := r.newPass()
	r.mu.Lock()
	r.found[where] = refs
	if len(r.found) < len(r.scopes) {
		r.mu.Unlock()
		return
	}
	n := 0
	for _, refs := range r.found {
		n += len(refs)
	}
	p.countLinks(n, len(r.asked) > 0)
	same := slices.Equal(p.doc.Errors, r.counted)
	r.counted = p.doc.Errors
	r.mu.Unlock()
	if !same {
		r.tell(p)
	}
}

// forget drops what the engine remembers of links that are gone.
func (r *watch) forget(l *watched) {
	e := r.Engine
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.clusters, l.ref)
	delete(e.marks, l.candidate.Group.ARN)
	delete(e.unreached, l.candidate.Group.ARN)
}
