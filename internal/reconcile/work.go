package reconcile

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"postern/internal/plan"
)

// batchSize is how many links share one reading of tags.
// Source: Elastic Load Balancing API Reference, DescribeTags.
const batchSize = 20

// mostAtOnce bounds how many links a pass works on at the same time in all
// scopes together: each takes some 20 kB.
const mostAtOnce = 1024

// work takes every link through observing, deciding and acting. Links go in
// batches, so that what was decided is acted on soon, and a pass that runs out
// of time has finished the batches that it began. AWS's limits are each
// scope's own, so each scope has its own places too: one that is slow, or that
// waits for its turn, takes none of another's.
func (p *pass) work(ctx context.Context) {
	queues := p.queues()
	slots := max(1, min(p.concurrency(), mostAtOnce/max(1, len(queues))))
	var wg sync.WaitGroup
	for _, queue := range queues {
		wg.Go(func() { p.workOff(ctx, queue, slots) })
	}
	wg.Wait()
}

// workOff works on one scope's links, in order, on so many at a time.
func (p *pass) workOff(ctx context.Context, links []*link, slots int) {
	sem := semaphore.NewWeighted(int64(slots))
	var wg sync.WaitGroup
	for batch := range slices.Chunk(links, min(batchSize, slots)) {
		n := int64(len(batch))
		if sem.Acquire(ctx, n) != nil {
			break // ctx has ended
		}
		wg.Go(func() {
			defer sem.Release(n)
			p.workOn(ctx, batch)
		})
	}
	wg.Wait()
}

func (p *pass) workOn(ctx context.Context, batch []*link) {
	sideBySide(batch, func(l *link) { p.observe(ctx, l) })
	p.freshen(ctx, batch)
	sideBySide(batch, func(l *link) { p.act(ctx, l) })
}

func sideBySide(batch []*link, do func(*link)) {
	var wg sync.WaitGroup
	for _, l := range batch {
		wg.Go(func() { do(l) })
	}
	wg.Wait()
}

// queues puts each scope's links in the order in which they are worked on:
// those that the last pass did not reach, those with pending work, the rest;
// each from a point that differs from pass to pass, so that none is always
// the last.
func (p *pass) queues() [][]*link {
	p.mu.Lock()
	unreached := p.unreached
	p.mu.Unlock()
	rank := func(l *link) int {
		switch {
		case unreached[l.group().ARN]:
			return 0
		case l.group().Tags[plan.TagMarks] != "":
			return 1
		}
		return 2
	}
	byScope := map[*scope][]*link{}
	for _, l := range p.links {
		byScope[l.scope] = append(byScope[l.scope], l)
	}
	var queues [][]*link
	for _, s := range p.scopes {
		links := rotate(byScope[s], p.started)
		slices.SortStableFunc(links, func(a, b *link) int { return rank(a) - rank(b) })
		if len(links) > 0 {
			queues = append(queues, links)
		}
	}
	return queues
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
