package traffic

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Bounds of what is counted apart, so that a client that never stops does not
// grow. What comes later is counted together under others.
const (
	maxGroups    = 200
	maxInstances = 1000
	others       = "(others)"
)

// counts is what has happened.
type counts struct {
	mu            sync.Mutex // guards what follows
	keep          int
	began, ended  time.Time
	all           tally
	targets       []tally // by the target's index
	refs          []string
	failures      map[fault]*Group
	answered      map[answerer]*Instance
	newest        []Failure // oldest first, at most 2*keep
	watches       Watches   // its numbers
	cuts, refused map[fault]*Group
	lived, gap    histogram
	newestCuts    []*Cut // oldest first, at most 2*keep
}

// tally counts one target's requests, or all.
type tally struct {
	requests  Requests
	latency   histogram
	held, cut int
}

type answerer struct {
	target int
	name   string
}

func newCounts(o Options) *counts {
	c := &counts{
		keep: o.Keep, targets: make([]tally, len(o.Targets)), answered: map[answerer]*Instance{},
		failures: map[fault]*Group{}, cuts: map[fault]*Group{}, refused: map[fault]*Group{},
	}
	c.watches.Wanted = o.Watches
	for _, t := range o.Targets {
		c.refs = append(c.refs, t.Ref)
	}
	return c
}

func (c *counts) start(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.began = now
}

func (c *counts) stop(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = now
}

// both changes the tally of a target and that of all.
func (c *counts) both(t *target, change func(*tally)) {
	change(&c.all)
	change(&c.targets[t.index])
}

func (c *counts) skip(t *target) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.both(t, func(n *tally) { n.requests.Skipped++ })
}

func (c *counts) sent(t *target) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.both(t, func(n *tally) { n.requests.Sent++ })
}

func (c *counts) ok(t *target, now time.Time, took time.Duration, instance string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.both(t, func(n *tally) {
		n.requests.OK++
		n.latency.add(took)
	})
	if instance == "" {
		return
	}
	key := answerer{t.index, instance}
	if c.answered[key] == nil && len(c.answered) >= maxInstances {
		key.name = others
	}
	i := c.answered[key]
	if i == nil {
		i = &Instance{Ref: t.Ref, Name: key.name, First: now}
		c.answered[key] = i
	}
	i.Count++
	i.Last = now
}

func (c *counts) failed(t *target, now time.Time, took time.Duration, f *fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.both(t, func(n *tally) {
		n.requests.Failed++
		if n.requests.FirstFailure.IsZero() {
			n.requests.FirstFailure = now
		}
		n.requests.LastFailure = now
	})
	group(c.failures, f, now)
	c.newest = keep(c.newest, Failure{Time: now, Ref: t.Ref, Kind: f.kind, Why: f.why, AfterMs: milliseconds(took)}, c.keep)
}

// group counts f among groups.
func group(groups map[fault]*Group, f *fault, now time.Time) {
	key := *f
	if groups[key] == nil && len(groups) >= maxGroups {
		key.why = others
	}
	g := groups[key]
	if g == nil {
		g = &Group{Kind: key.kind, Why: key.why, First: now}
		groups[key] = g
	}
	g.Count++
	g.Last = now
}

// keep appends to a list of the newest, which it lets grow to twice what is
// kept so that it rarely moves.
func keep[T any](list []T, x T, n int) []T {
	if len(list) >= 2*n {
		list = slices.Delete(list, 0, len(list)-n+1)
	}
	return append(list, x)
}

func (c *counts) watchFailed(t *target, now time.Time, f *fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watches.NotOpened++
	group(c.refused, f, now)
}

// watchOpened counts a watch that is held from now on; cut is what had become
// of it before, if it was there.
func (c *counts) watchOpened(t *target, now time.Time, cut *Cut, attempts int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watches.Opened++
	c.both(t, func(n *tally) { n.held++ })
	if cut != nil {
		gap := now.Sub(cut.Time)
		cut.BackMs, cut.Attempts = milliseconds(gap), attempts
		c.gap.add(gap)
	}
}

// watchOver counts a watch that is held no more; f is nil when the server
// ended it. It returns the cut.
func (c *counts) watchOver(t *target, now time.Time, lived time.Duration, f *fault, instance string) *Cut {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.both(t, func(n *tally) { n.held-- })
	if f == nil {
		c.watches.Ended++
		return nil
	}
	c.watches.Cut++
	c.both(t, func(n *tally) { n.cut++ })
	c.lived.add(lived)
	group(c.cuts, f, now)
	cut := &Cut{Time: now, Ref: t.Ref, Kind: f.kind, Why: f.why, Instance: instance, LivedMs: milliseconds(lived)}
	c.newestCuts = keep(c.newestCuts, cut, c.keep)
	return cut
}

func (c *counts) event(bookmark bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watches.Events++
	if bookmark {
		c.watches.Bookmarks++
	}
}

// Report returns what has happened until now. It shares nothing with the
// client.
func (c *Client) Report() *Report { return c.counts.report(time.Now()) }

func (c *counts) report(now time.Time) *Report {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended.IsZero() {
		now = c.ended
	}
	r := &Report{Schema: Schema, StartedAt: c.began, Requests: c.all.report(), Failures: sorted(c.failures), Newest: newest(c.newest, c.keep), Watches: c.watches}
	if !c.began.IsZero() {
		r.DurationMs = milliseconds(now.Sub(c.began))
	}
	for i := range c.targets {
		n := &c.targets[i]
		r.Targets = append(r.Targets, Outcome{Ref: c.refs[i], Requests: n.report(), Held: n.held, Cut: n.cut})
	}
	r.Answered = make([]Instance, 0, len(c.answered))
	for _, i := range c.answered {
		r.Answered = append(r.Answered, *i)
	}
	slices.SortFunc(r.Answered, func(a, b Instance) int { return cmp.Or(cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Name, b.Name)) })
	w := &r.Watches
	w.Held, w.Cuts, w.Failures = c.all.held, sorted(c.cuts), sorted(c.refused)
	w.Lived, w.Gap = c.lived.spread(), c.gap.spread()
	w.Newest = make([]Cut, 0, c.keep)
	for _, cut := range newest(c.newestCuts, c.keep) {
		w.Newest = append(w.Newest, *cut)
	}
	return r
}

func (n *tally) report() Requests {
	r := n.requests
	r.UnderWay = r.Sent - r.OK - r.Failed
	r.Latency = n.latency.spread()
	return r
}

// newest returns the last n of a list, the last one first.
func newest[T any](list []T, n int) []T {
	out := append([]T{}, list[max(0, len(list)-n):]...)
	slices.Reverse(out)
	return out
}

// sorted returns groups, the most frequent first.
func sorted(groups map[fault]*Group) []Group {
	out := make([]Group, 0, len(groups))
	for _, g := range groups {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Why, b.Why))
	})
	return out
}
