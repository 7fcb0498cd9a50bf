package reconcile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"postern/internal/plan"
	"postern/internal/report"
)

// defaultConcurrency is how many links of a scope are worked on side by side.
// What keeps AWS's limits is the pacing of calls; this bounds memory and open
// sockets. With 64, 1,000 links at 20 ms a call wait for 17 calls one after
// another; with 128 for nine, and then the processor is the limit.
const defaultConcurrency = 128

// Settings are what a user may decide about a pass.
type Settings struct {
	Policy        plan.Policy
	ClusterTag    string             // key of the tag that names the cluster; empty means [plan.TagCluster]
	Witnesses     []plan.WitnessName // which to ask; nil means both
	DryRun        bool               // read and decide, write nothing
	Expect        int                // fewer links than this are an error
	AllowEmpty    bool               // no link at all is none
	MarksInMemory bool               // keep marks in the Engine rather than in the groups' tags
	Concurrency   int                // links of one scope worked on side by side; 0 means 128
}

// Engine makes passes. It remembers clusters, and marks that are kept in
// memory, from one pass to the next; its fields must not change in between.
// Passes of one Engine may run side by side.
type Engine struct {
	Scopes    []Scope
	Hubs      []Scope     // where the hub's interface endpoints are; may be empty
	HubRegion plan.Region // the hub's own, whose endpoints can be those of links in any region; empty: so can all
	Resolver  Resolver    // may be nil if DNS is not among the witnesses
	Prober    Prober      // nil: no identity is verified
	Settings  Settings
	Calls     func() map[string]int // API calls made since the start, by service:Action; nil counts none
	Now       func() time.Time      // nil means time.Now
	Logger    *slog.Logger          // nil discards

	mu        sync.Mutex // guards what follows, and is never held during a call
	clusters  map[plan.Ref]clusterEntry
	marks     map[plan.GroupARN]plan.Marks
	unreached map[plan.GroupARN]missed // links that their last pass did not reach
	probes    *semaphore.Weighted      // see probeSlots
}

// missed says how a link was not reached.
type missed struct {
	since time.Time
	slow  bool // its calls hung until the pass ended
}

func (e *Engine) now() time.Time {
	if e.Now != nil {
		return e.Now()
	}
	return time.Now()
}

func (e *Engine) log() *slog.Logger {
	if e.Logger != nil {
		return e.Logger
	}
	return slog.New(slog.DiscardHandler)
}

func (e *Engine) concurrency() int {
	if e.Settings.Concurrency > 0 {
		return e.Settings.Concurrency
	}
	return defaultConcurrency
}

func (e *Engine) clusterTag() string {
	if e.Settings.ClusterTag != "" {
		return e.Settings.ClusterTag
	}
	return plan.TagCluster
}

// asks reports whether a witness is among those to ask.
func (e *Engine) asks(w plan.WitnessName) bool {
	return e.Settings.Witnesses == nil || slices.Contains(e.Settings.Witnesses, w)
}

// Pass works once on every link, or on those that were asked for, and reports.
// What goes wrong on the way is in the report. The error is only ever about
// the question itself: an [*AmbiguousError].
//
// When ctx ends, the pass makes no further write and says which links it did
// not reach.
func (e *Engine) Pass(ctx context.Context, asked []plan.Pattern) (report.Sync, error) {
	p := &pass{Engine: e, started: e.now(), callsBefore: e.calls()}
	p.doc = report.NewSync(p.started, e.Settings.DryRun)
	p.discover(ctx, asked)
	if err := p.choose(asked); err != nil {
		return report.Sync{}, err
	}
	p.look(ctx)
	p.work(ctx)
	return p.finish(ctx), nil
}

func (e *Engine) calls() map[string]int {
	if e.Calls == nil {
		return nil
	}
	return e.Calls()
}

// pass is the state of one pass.
type pass struct {
	*Engine
	started     time.Time
	callsBefore map[string]int
	doc         report.Sync
	scopes      []*scope
	hub         hubView
	rows        []report.Link // links that nothing can be done about
	links       []*link       // those to work on
	open        bool          // it is open which cluster a reference means
}

// finish puts the report together.
func (p *pass) finish(ctx context.Context) report.Sync {
	for _, s := range p.scopes {
		p.doc.Scopes = append(p.doc.Scopes, report.Scope{Account: s.account, Region: s.Region, Errors: s.errors()})
	}
	for _, h := range p.hub.faults {
		p.addScopeError(h)
	}
	p.doc.Links = p.rows
	for _, l := range p.links {
		p.noteReached(l)
		p.doc.Links = append(p.doc.Links, l.row)
	}

	calls := maps.Clone(p.calls())
	maps.DeleteFunc(calls, func(action string, n int) bool { return n == p.callsBefore[action] })
	for action := range calls {
		calls[action] -= p.callsBefore[action]
	}
	p.doc.Complete(p.now().Sub(p.started), calls)
	sum := p.doc.Summary
	p.log().LogAttrs(ctx, slog.LevelInfo, "pass finished",
		slog.Int("links", sum.Links), slog.Int("converged", sum.Converged), slog.Int("changed", sum.Changed),
		slog.Int("pending", sum.Pending), slog.Int("held", sum.Held), slog.Int("failed", sum.Failed), slog.Int("gone", sum.Gone),
		slog.Int64("durationMs", p.doc.DurationMs))
	return p.doc
}

// unreachedMost is how long a link may go unreached before that is an error.
const unreachedMost = 10 * time.Minute

// noteReached remembers whether the pass reached the link. A link that has not
// been reached for long has failed: nobody looks after it.
func (p *pass) noteReached(l *link) {
	g, now := l.group().ARN, p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if l.row.Reason != plan.NotReached {
		delete(p.unreached, g)
		return
	}
	m, before := p.unreached[g]
	if !before {
		m.since = now
	}
	m.slow = l.slow
	if p.unreached == nil {
		p.unreached = map[plan.GroupARN]missed{}
	}
	p.unreached[g] = m
	if since := now.Sub(m.since); since >= unreachedMost {
		l.row.Fail(&plan.Fault{
			Code:    plan.NotReached,
			Message: fmt.Sprintf("no pass has reached %s for %s", l.ref, since.Truncate(time.Second)),
			Hint:    "give a pass more time, raise --api-share, or work on fewer links at once; if it is this link alone, look at what its calls wait for (--log-level debug)",
		})
	}
}

// addScopeError adds a fault of a hub's scope to the report.
func (p *pass) addScopeError(h hubFault) {
	e := report.NewError(h.fault)
	for i, s := range p.doc.Scopes {
		if s.Account == h.scope.Account && s.Region == h.scope.Region {
			p.doc.Scopes[i].Errors = append(p.doc.Scopes[i].Errors, e)
			return
		}
	}
	p.doc.Scopes = append(p.doc.Scopes, report.Scope{Account: h.scope.Account, Region: h.scope.Region, Errors: []report.Error{e}})
}

// asFault turns an error into what the report carries. An error that came
// because the pass was stopped is [plan.Interrupted], whatever else it says. A
// fault says itself what was being done.
func asFault(ctx context.Context, what string, err error) *plan.Fault {
	if ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		hint := "run sync again"
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			hint += "; give it more time, or fewer links"
		}
		return &plan.Fault{Code: plan.Interrupted, Message: what, Hint: hint, Err: err}
	}
	if f, ok := errors.AsType[*plan.Fault](err); ok {
		return f
	}
	return &plan.Fault{Code: plan.AWSError, Message: what, Err: err}
}
