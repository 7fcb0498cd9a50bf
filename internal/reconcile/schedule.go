package reconcile

import (
	"hash/fnv"
	"time"

	"postern/internal/plan"
	"postern/internal/report"
)

// The watcher's defaults.
const (
	// DefaultInterval is the time between two listings of a region's
	// interfaces. With it, and a tenth of jitter, a new address waits for at
	// most 3.3 s to be seen. It costs 20 of EC2's calls a minute and page of
	// 1,000 interfaces, of 1,200 that EC2 refills.
	DefaultInterval = 3 * time.Second
	// DefaultFullCheck is the longest time between two full checks of a link
	// at which there is nothing to do. It bounds how long drift by other hands
	// stays unseen.
	DefaultFullCheck = 15 * time.Minute
)

const (
	// discoverEvery is how often the links of a scope are listed.
	discoverEvery = time.Minute
	// hubEvery is how often the hub's interface endpoints are listed.
	hubEvery = time.Minute
	// ttlLeast and ttlMost bound the time between two lookups of a name.
	// Source: EKS endpoints' records have a TTL of 60 s.
	ttlLeast, ttlMost = 5 * time.Second, time.Minute
	// waitLeast and waitMost bound the time between two checks of a link that
	// something is wrong with, or pending at; and between two tries of what
	// failed.
	waitLeast, waitMost = 5 * time.Second, time.Minute
	// listShare bounds the part of the time that a region is being listed, so
	// that listings that grow or slow down do not take up the process.
	listShare = 3
)

// rank says how much a check of a link hurries.
type rank int

const (
	notDue  rank = iota
	routine      // its full check is due
	pending      // something at it was pending, or wrong, when it was last looked at
	urgent       // what is known of it is not what its last check saw
)

// memo is what decides when a link is due. Times are when, not since.
type memo struct {
	key      string    // what its jitter follows from
	checking bool      // a check is under way
	asking   bool      // a lookup is under way
	changed  bool      // a witness, or the link itself, is not what the last check saw
	recheck  time.Time // of what is pending or wrong; zero if nothing is
	doubt    time.Time // when a witness's silence, or its end, is to be reported; zero if there is none
	full     time.Time // its full check
	lookup   time.Time // its next lookup; zero: never
	tries    int       // checks in a row with the same result that was not settled
	misses   int       // lookups in a row without an answer
	rounds   int       // checks and lookups so far
}

// due says what a link needs now, and when it has to be looked at next if it
// needs nothing: a function of the time and of what is known.
func (m memo) due(now time.Time) (check rank, lookup bool, next time.Time) {
	next = m.full
	earlier := func(t time.Time) {
		if !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	if !m.checking {
		switch {
		case m.changed:
			check = urgent
		case reached(m.recheck, now), reached(m.doubt, now):
			check = pending
		case !m.full.After(now):
			check = routine
		}
		earlier(m.recheck)
		earlier(m.doubt)
	}
	if !m.asking && !m.lookup.IsZero() {
		lookup = reached(m.lookup, now)
		earlier(m.lookup)
	}
	return check, lookup, next
}

// reached reports whether a time that is set has come.
func reached(t, now time.Time) bool { return !t.IsZero() && !t.After(now) }

// verdict is what a check found, as far as the next one depends on it.
type verdict struct {
	settled bool      // nothing to do, nothing to wait for, whatever targets' health becomes
	waits   time.Time // when the first of its grace periods ends, if that is all there is to wait for
	same    bool      // result and reason are those of the last check
}

// checked sets when the next check is due. A first full check is due after a
// part of the interval that differs from link to link, so that a fleet that
// began at once does not stay in step.
func (m *memo) checked(now time.Time, every time.Duration, v verdict) {
	first := m.full.IsZero()
	m.checking, m.rounds = false, m.rounds+1
	m.full = now.Add(m.part(every, 0.8, 1))
	if first {
		m.full = now.Add(m.part(every, 0.2, 1))
	}
	m.tries++
	if !v.same {
		m.tries = 0
	}
	switch {
	case v.settled:
		m.recheck, m.tries = time.Time{}, 0
	case !v.waits.IsZero():
		m.recheck = later(v.waits, now.Add(time.Second))
	default:
		m.recheck = now.Add(m.part(backoff(m.tries), 0.9, 1.1))
	}
}

// looked sets when the next lookup is due.
func (m *memo) looked(now time.Time, w plan.Witness) {
	m.asking, m.rounds = false, m.rounds+1
	switch w.Outcome {
	case plan.Answered:
		m.misses = 0
		m.lookup = now.Add(m.part(min(max(w.TTL, ttlLeast), ttlMost), 0.9, 1))
	case plan.Inapplicable:
		m.misses = 0
		m.lookup = now.Add(ttlMost)
	default:
		m.lookup = now.Add(m.part(backoff(m.misses), 0.9, 1.1))
		m.misses++
	}
}

// backoff doubles from waitLeast to waitMost.
func backoff(tries int) time.Duration {
	return min(waitLeast<<min(tries, 10), waitMost)
}

// part returns between lo and hi of d, another part in each round.
func (m *memo) part(d time.Duration, lo, hi float64) time.Duration {
	return spread(m.key, m.rounds, d, lo, hi)
}

// spread returns between lo and hi of d: jitter that follows from the key and
// the round, so that it can be repeated.
func spread(key string, round int, d time.Duration, lo, hi float64) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(key))
	h.Write([]byte{byte(round), byte(round >> 8), byte(round >> 16), 0xA5})
	x := h.Sum64()
	x ^= x >> 29 // FNV's high bits barely see the last bytes
	x *= 0x9E3779B97F4A7C15
	return time.Duration(float64(d) * (lo + (hi-lo)*float64(x>>11)/(1<<53)))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// settled reports whether a link needs no reading of its targets until a
// witness says something else, or its full check is due: every target is
// healthy and named, or none of sync's business, and nothing waits. That a
// witness is silent does not matter: its next answer is a change.
func settled(l *link) bool {
	if !l.planned || len(l.row.Errors) > len(l.plan.Findings) || len(l.plan.Marks) > 0 || l.plan.Write {
		return false
	}
	for _, d := range l.plan.Decisions {
		switch {
		case d.Action == plan.Refuse:
		case d.Action != plan.Keep:
			return false
		case d.Reason == plan.Foreign:
		case d.Health != plan.StateHealthy, d.Reason == plan.DNSAlone:
			return false
		}
	}
	return len(l.plan.Decisions) > 0
}

// waits returns when the first of the link's grace periods ends, if it waits
// for nothing else; otherwise the zero time.
func waits(l *link, now time.Time, p plan.Policy) time.Time {
	if l.row.Result != plan.Pending || l.row.Reason != plan.MarksRunning {
		return time.Time{}
	}
	for _, d := range l.plan.Decisions {
		if d.Action == plan.Keep && d.Reason != plan.Foreign && d.Health != plan.StateHealthy {
			return time.Time{}
		}
	}
	var first time.Time
	for m, since := range l.plan.Marks {
		end := since.Add(p.Grace)
		if m.Kind == plan.MarkDisproved {
			end = since.Add(plan.DisproofApart)
		}
		if m.Kind == plan.MarkReregistered || m.Kind == plan.MarkStale && !end.After(now) {
			end = since.Add(p.GraceOneWitness)
		}
		if end.After(now) && (first.IsZero() || end.Before(first)) {
			first = end
		}
	}
	return first
}

// sameAs reports whether a row says what another said.
func sameAs(a, b report.Link) bool { return a.Result == b.Result && a.Reason == b.Reason }
