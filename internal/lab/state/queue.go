package state

import (
	"container/heap"
	"context"
	"time"
)

// An item is something that will happen at a time.
type item struct {
	due time.Time
	seq uint64
	do  func()
	pos int // in the heap; -1 when done or cancelled
}

// A queue holds what will happen, in order of time, then of request.
type queue []*item

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	if q[i].due.Equal(q[j].due) {
		return q[i].seq < q[j].seq
	}
	return q[i].due.Before(q[j].due)
}

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].pos, q[j].pos = i, j
}

func (q *queue) Push(x any) {
	it := x.(*item)
	it.pos = len(*q)
	*q = append(*q, it)
}

func (q *queue) Pop() any {
	old := *q
	it := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	it.pos = -1
	return it
}

// at has do run at a time, under the lock.
func (s *Store) at(due time.Time, do func()) *item {
	s.items++
	it := &item{due: due, seq: s.items, do: do}
	heap.Push(&s.queue, it)
	return it
}

// after has do run after a wait of AWS's, divided by the speed.
func (s *Store) after(wait time.Duration, do func()) *item {
	return s.at(s.now.Add(s.scale(wait)), do)
}

// cancel takes an item out of the queue and clears the pointer to it.
func (s *Store) cancel(it **item) {
	if *it != nil && (*it).pos >= 0 {
		heap.Remove(&s.queue, (*it).pos)
	}
	*it = nil
}

// scale divides a wait of AWS's by the speed.
func (s *Store) scale(wait time.Duration) time.Duration {
	return time.Duration(float64(wait) / s.opts.Speed)
}

// Speed returns how much faster than AWS waits pass.
func (s *Store) Speed() float64 { return s.opts.Speed }

// advance does all that is due by t, each thing at its own time, so that the
// outcome does not depend on when somebody looks.
func (s *Store) advance(t time.Time) {
	for len(s.queue) > 0 && !s.queue[0].due.After(t) {
		it := heap.Pop(&s.queue).(*item)
		if it.due.After(s.now) {
			s.now = it.due
		}
		it.do()
	}
	if t.After(s.now) {
		s.now = t
	}
}

// enter takes the lock and does what is due; call what it returns to leave:
//
//	defer s.enter()()
func (s *Store) enter() (leave func()) {
	s.mu.Lock()
	s.advance(time.Now())
	return s.leave
}

// leave gives the lock back, tells Run of a nearer due time and subscribers of
// new events.
func (s *Store) leave() {
	if len(s.queue) > 0 && !s.queue[0].due.Equal(s.armed) {
		s.armed = s.queue[0].due
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
	s.deliver()
	s.mu.Unlock()
}

// Run carries out transitions as they fall due, until ctx ends, so that
// subscribers hear of them when nobody calls. It returns ctx's error.
func (s *Store) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		case <-s.wake:
		}
		leave := s.enter()
		wait := time.Hour
		if len(s.queue) > 0 {
			wait = max(0, time.Until(s.queue[0].due))
			s.armed = s.queue[0].due
		}
		leave()
		timer.Reset(wait)
	}
}

// Settle carries out all that is pending at once, as if the waits had passed
// long ago: clusters become ACTIVE, targets healthy, lags none. It is for the
// time when the world is made.
func (s *Store) Settle() {
	defer s.enter()()
	began := s.now
	s.ceiling = began
	for len(s.queue) > 0 {
		s.advance(s.queue[0].due)
	}
	s.now, s.ceiling = began, time.Time{}
	for _, p := range s.order {
		p.settle()
	}
	for _, g := range s.groups {
		g.health.settle()
	}
	s.zones.settle()
	s.iam.roles.settle()
	s.iam.policies.settle()
}

// stamp is the time now as the world records it.
func (s *Store) stamp() time.Time {
	if !s.ceiling.IsZero() && s.now.After(s.ceiling) {
		return s.ceiling.UTC().Round(0)
	}
	return s.now.UTC().Round(0)
}

// horizon is the time before which no read reaches.
func (s *Store) horizon() time.Time { return s.now.Add(-s.keep) }
