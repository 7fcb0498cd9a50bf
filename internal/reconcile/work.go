package reconcile

import (
	"context"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"postern/internal/plan"
)

const (
	// batchSize is how many links share one reading of tags.
	// Source: Elastic Load Balancing API Reference, DescribeTags.
	batchSize = 20
	// linkTime is how long observing one link may take: longer than the four
	// tries of a call that gets no answer, shorter than a pass without a
	// deadline of its own. No link keeps its place for ever.
	linkTime = 2 * time.Minute
	// removalTries is how often a removal waits in one pass for its turn at
	// ELB's rate, each time by evidence made anew.
	removalTries = 3
)

// work takes every link through observing, deciding and acting, the scopes
// side by side. A pass that runs out of time has finished the links that it
// began, but for those that are slow by themselves.
func (p *pass) work(ctx context.Context) {
	slots := semaphore.NewWeighted(mostAtOnce)
	var wg sync.WaitGroup
	for _, links := range p.queues() {
		wg.Go(func() { p.workThrough(ctx, links, slots) })
	}
	wg.Wait()
}

// workThrough takes the links of one scope through their steps, in order,
// each as soon as there is room for it.
func (p *pass) workThrough(ctx context.Context, links []*link, slots *semaphore.Weighted) {
	own := newRoom(p.concurrency())
	var wg sync.WaitGroup
	var readers []*tagReader
	defer func() {
		wg.Wait()
		for _, r := range readers {
			r.end()
		}
	}()
	for batch := range slices.Chunk(links, min(batchSize, p.concurrency())) {
		tags := newTagReader(ctx, len(batch))
		readers = append(readers, tags)
		for _, l := range batch {
			if own.enter(ctx) != nil || slots.Acquire(ctx, 1) != nil {
				return // ctx has ended
			}
			wg.Go(func() {
				defer slots.Release(1)
				own.leave(p.workLink(ctx, l, tags))
			})
		}
	}
}

// workOn takes links of one scope through their steps, side by side.
func (p *pass) workOn(ctx context.Context, batch []*link) {
	tags := newTagReader(ctx, len(batch))
	var wg sync.WaitGroup
	for _, l := range batch {
		wg.Go(func() { p.workLink(ctx, l, tags) })
	}
	wg.Wait()
	tags.end()
}

// workLink takes a link through its steps, and returns how long it took to
// observe it.
func (p *pass) workLink(ctx context.Context, l *link, tags *tagReader) time.Duration {
	begin := p.now()
	p.observe(ctx, l)
	observed := p.now().Sub(begin)
	if l.writes() {
		p.freshen(ctx, l, tags)
	} else {
		tags.leave()
	}
	for try := range removalTries {
		p.renew(ctx, l, try > 0)
		if !p.act(ctx, l, try+1 == removalTries) {
			break
		}
	}
	return observed
}

// queues puts each scope's links in the order in which they are worked on:
// those that the last pass had no room for, those with pending work, the rest,
// and those whose calls hung until the pass ended; each from a point
// that differs from pass to pass, so that none is always the last.
func (p *pass) queues() [][]*link {
	p.mu.Lock()
	unreached, marks := maps.Clone(p.unreached), maps.Clone(p.marks)
	p.mu.Unlock()
	rank := func(l *link) int {
		g := l.group()
		missed, was := unreached[g.ARN]
		switch {
		case was && missed.slow:
			return 3
		case was:
			return 0
		case p.Settings.MarksInMemory && len(marks[g.ARN]) > 0, !p.Settings.MarksInMemory && plan.MarksTag(g.Tags) != "":
			return 1
		}
		return 2
	}
	byScope := map[*scope][]*link{}
	for _, l := range p.links {
		byScope[l.scope] = append(byScope[l.scope], l)
	}
	var out [][]*link
	for _, s := range rotate(p.scopes, p.started) {
		links := rotate(byScope[s], p.started)
		slices.SortStableFunc(links, func(a, b *link) int { return rank(a) - rank(b) })
		out = append(out, links)
	}
	return out
}

// rotate starts a list at a point that changes every minute. Multiples of the
// golden ratio leave no gap for long, whatever share of the list a pass gets
// through; no memory is needed, which a function between runs has not.
func rotate[T any](xs []T, at time.Time) []T {
	if len(xs) == 0 {
		return nil
	}
	_, frac := math.Modf(float64(at.Unix()/60) * math.Phi)
	start := int(frac * float64(len(xs)))
	return append(slices.Clone(xs[start:]), xs[:start]...)
}
