package faults

import (
	"hash/fnv"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// Set holds the faults in force. Its methods are safe for concurrent use. The
// caller gives the time, always from the same clock.
type Set struct {
	seed uint64

	mu     sync.Mutex // guards what follows
	nextID int
	active []*entry // in the order in which they were added
}

type entry struct {
	Active
	asked map[string]uint64 // how often each subject was asked about
}

// Active is a fault in force.
type Active struct {
	ID    int       `json:"id"`    // from 1, never used twice in a set
	Fault Fault     `json:"fault"` // its text
	Until time.Time `json:"until"` // when for= ends it; zero: no such end
	Hits  int       `json:"hits"`  // how often it struck
}

// NewSet returns an empty set whose chances follow from seed.
func NewSet(seed uint64) *Set { return &Set{seed: seed} }

// Add puts a fault in force at now and returns it with its ID.
func (s *Set) Add(f Fault, now time.Time) Active {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextID++
	e := &entry{Active: Active{ID: s.nextID, Fault: f}, asked: map[string]uint64{}}
	if f.For > 0 {
		e.Until = now.Add(f.For)
	}
	s.active = append(s.active, e)
	return e.Active
}

// Clear ends every fault and returns how many were in force.
func (s *Set) Clear(now time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(now)
	n := len(s.active)
	s.active = nil
	return n
}

// Remove ends one fault, and reports whether it was in force.
func (s *Set) Remove(id int, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(now)
	n := len(s.active)
	s.active = slices.DeleteFunc(s.active, func(e *entry) bool { return e.ID == id })
	return len(s.active) < n
}

// List returns the faults in force, oldest first.
func (s *Set) List(now time.Time) []Active {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(now)
	list := make([]Active, len(s.active))
	for i, e := range s.active {
		list[i] = e.Active
	}
	return list
}

func (s *Set) expire(now time.Time) {
	s.active = slices.DeleteFunc(s.active, func(e *entry) bool {
		byTime := !e.Until.IsZero() && !now.Before(e.Until)
		byNumber := e.Fault.Times > 0 && e.Hits >= e.Fault.Times
		return byTime || byNumber
	})
}

// Call is an AWS API call.
type Call struct {
	Account, Region string
	Service, Action string // any name that [Service] knows
	Cluster         string // the cluster that the call is about, if it is about one
}

// Effect is what befalls a call. The zero Effect is nothing.
type Effect struct {
	Refuse Name          // Throttle, Deny, or empty
	Delay  time.Duration // the sum of all delays that strike
	Age    time.Duration // the largest age of all stale reads that strike; zero: fresh
}

// Call decides what befalls a call. Delays and ages strike besides a refusal;
// of several refusals the oldest fault's counts, and only that one is used up.
func (s *Set) Call(c Call, now time.Time) Effect {
	c.Service = Service(c.Service)
	action := c.Service + ":" + c.Action
	subject := strings.Join([]string{c.Account, c.Region, action, c.Cluster}, "/")
	var eff Effect
	s.each(now, subject, func(f Fault) bool {
		switch f.Name {
		case Throttle, Deny:
			if eff.Refuse != "" {
				return false
			}
		case Delay, StaleRead:
		default:
			return false
		}
		return f.Selects(c.Account, c.Region, c.Cluster) && (f.Action == "" || matches(f.Action, action))
	}, func(f Fault, _ uint64) {
		switch f.Name {
		case Throttle, Deny:
			eff.Refuse = f.Name
		case Delay:
			eff.Delay += f.By
		case StaleRead:
			eff.Age = max(eff.Age, f.Age)
		}
	})
	return eff
}

// Query is a DNS query for a name that may be a cluster's endpoint.
type Query struct {
	Account, Region, Cluster string // whose name it is; empty: no cluster's
	Resolver                 string // the view that was asked
	Name                     string
	TCP                      bool // a truncated answer is whole over TCP
}

// Distortion is what befalls a query. The zero Distortion is nothing.
type Distortion struct {
	Name   Name
	Answer []netip.Addr // DNSWrong: the addresses to give
	Draw   uint64       // a uniform random number, for choices such as DNSPartial's
}

// Query decides what befalls a DNS query: the oldest fault that strikes. A
// truncation does not strike over TCP, where it could change nothing.
func (s *Set) Query(q Query, now time.Time) Distortion {
	subject := strings.Join([]string{q.Resolver, strings.ToLower(q.Name)}, "/")
	var d Distortion
	s.each(now, subject, func(f Fault) bool {
		if d.Name != "" || !strings.HasPrefix(string(f.Name), "dns-") || f.Name == DNSTruncated && q.TCP {
			return false
		}
		return f.Selects(q.Account, q.Region, q.Cluster) && (f.Resolver == "" || f.Resolver == q.Resolver)
	}, func(f Fault, draw uint64) {
		d = Distortion{Name: f.Name, Answer: slices.Clone(f.Answer), Draw: draw}
	})
	return d
}

// EventLost decides whether an event about a cluster is lost. event names it
// well enough to tell it from others of the same cluster.
func (s *Set) EventLost(account, region, cluster, event string, now time.Time) bool {
	lost := false
	s.each(now, strings.Join([]string{account, region, cluster, event}, "/"), func(f Fault) bool {
		return !lost && f.Name == EventLost && f.Selects(account, region, cluster)
	}, func(Fault, uint64) { lost = true })
	return lost
}

// NextEnd returns when the next fault ends by time, the zero time if none
// does: then whoever holds a state that follows from faults looks again.
func (s *Set) NextEnd(now time.Time) time.Time {
	var next time.Time
	for _, a := range s.List(now) {
		if !a.Until.IsZero() && (next.IsZero() || a.Until.Before(next)) {
			next = a.Until
		}
	}
	return next
}

// Selects reports whether the fault's account, region and cluster let it
// strike this cluster.
func (f Fault) Selects(account, region, cluster string) bool {
	return (f.Account == "" || f.Account == account) &&
		(f.Region == "" || f.Region == region) &&
		(f.Cluster == "" || f.Cluster == cluster)
}

// each calls strike for every fault in force that wants the subject and whose
// chance comes up, oldest first.
func (s *Set) each(now time.Time, subject string, wants func(Fault) bool, strike func(f Fault, draw uint64)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(now)
	for _, e := range s.active {
		if !wants(e.Fault) {
			continue
		}
		n := e.asked[subject]
		e.asked[subject]++
		if r := e.Fault.Rate; r > 0 && share(s.draw(e.ID, subject, 2*n)) >= r {
			continue
		}
		e.Hits++
		strike(e.Fault, s.draw(e.ID, subject, 2*n+1))
	}
}

// draw returns a uniform random number that depends on its arguments and the
// seed only.
func (s *Set) draw(id int, subject string, n uint64) uint64 {
	h := fnv.New64a()
	h.Write([]byte(subject))
	x := h.Sum64() ^ mix(s.seed^mix(uint64(id)^mix(n)))
	return mix(x)
}

// mix spreads the bits of x over the whole word (the finaliser of the
// splitmix64 generator).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// share maps a random word to [0, 1).
func share(x uint64) float64 { return float64(x>>11) / (1 << 53) }
