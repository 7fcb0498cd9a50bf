package resolve

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// silentAfter is how many lookups in a row a server must leave without an
	// answer to count as silent.
	silentAfter = 16
	// silentTimeout is the whole time of a lookup at a silent server: a pass
	// over a thousand links must not wait for it a thousand times over.
	silentTimeout = 500 * time.Millisecond
	// probeEvery: every so many lookups a silent server has all the time, so
	// that one that has only become slow is found to be alive.
	probeEvery = 32
)

// silence remembers, by server, how many lookups in a row timed out. One
// answer of any kind ends it.
type silence struct {
	mu     sync.Mutex
	misses map[string]int
	asked  map[string]int // since it is silent
}

// bound returns ctx, or, for a silent server, one with less time.
func (s *silence) bound(ctx context.Context, server string) (context.Context, context.CancelFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.misses[server] < silentAfter {
		return ctx, func() {}
	}
	if s.asked[server]++; s.asked[server]%probeEvery == 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, silentTimeout)
}

// note counts a lookup that ended with err. One that was given up counts as
// nothing.
func (s *silence) note(server string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case errors.Is(err, context.Canceled):
	case errors.Is(err, errTimeout):
		if s.misses == nil {
			s.misses, s.asked = map[string]int{}, map[string]int{}
		}
		s.misses[server]++
	default:
		delete(s.misses, server)
		delete(s.asked, server)
	}
}
