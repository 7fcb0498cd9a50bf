package reconcile

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

const (
	// roomFirst is how many links of a scope are under way at first, and where
	// AWS's rates bound the pass: at the default share of ELB's, 3 calls a
	// second after the first 12, the last of them waits for 3 s for its turn.
	// What was observed is then still fresh when it is acted on.
	roomFirst = batchSize
	// roomQuick is what observing a link takes, at most, for the room to grow.
	roomQuick = 500 * time.Millisecond
	// roomProof is how many links in a row must have been quick for the room to
	// grow. It is more than AWS's burst at the default share, 12 calls, which
	// says nothing of the rate that follows.
	roomProof = 20
	// roomSlow is what it takes, at least, for the room to shrink.
	roomSlow = 2 * time.Second
	// mostAtOnce bounds how many links are under way in all scopes together:
	// each takes some 50 kB.
	mostAtOnce = 1024
)

// room is the places for links of one scope. It begins with roomFirst. Once
// roomProof links in a row were quick it grows by one with each, so that it
// doubles in the time that one takes; it shrinks with each that was slow: where
// calls wait for their turn, more of them would only grow stale.
type room struct {
	places *semaphore.Weighted

	most int

	mu     sync.Mutex // guards what follows
	closed int        // places that nobody may take now
	quick  int        // links in a row that were
}

func newRoom(most int) *room {
	r := &room{places: semaphore.NewWeighted(int64(most)), most: most, closed: max(0, most-roomFirst)}
	r.places.TryAcquire(int64(r.closed)) // there is nobody else yet
	return r
}

// enter waits for a place.
func (r *room) enter(ctx context.Context) error { return r.places.Acquire(ctx, 1) }

// leave gives a place back after that time.
func (r *room) leave(took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.quick++
	if took > roomQuick {
		r.quick = 0
	}
	switch {
	case r.quick > roomProof && r.closed > 0:
		r.closed--
		r.places.Release(2)
	case took >= roomSlow && r.most-r.closed > roomFirst:
		r.closed++
	default:
		r.places.Release(1)
	}
}
