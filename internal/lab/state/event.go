package state

import (
	"encoding/json"
	"io"
	"slices"
	"time"
)

// An Event says that something in the world changed. It is a notice: readers
// ask the store for what is true now.
type Event struct {
	Seq     uint64    `json:"seq"` // from 1 on, without gaps
	At      time.Time `json:"at"`
	Kind    EventKind `json:"kind"`
	Account string    `json:"account"`
	Region  string    `json:"region"`
	Subject string    `json:"subject"`         // ID or ARN of what changed
	Of      string    `json:"of,omitempty"`    // what it belongs to: a cluster's or a group's ARN, a VPC's ID
	Was     string    `json:"was,omitempty"`   // state before; empty: it is new
	Now     string    `json:"now,omitempty"`   // state after, with its reason if there is one; empty: it is gone
	Extra   string    `json:"extra,omitempty"` // an address, a name
}

// An EventKind names what an event is about.
type EventKind string

// The kinds of event.
const (
	VPCChanged           EventKind = "vpc"
	SubnetChanged        EventKind = "subnet"
	SecurityGroupChanged EventKind = "security-group"
	InterfaceChanged     EventKind = "interface"
	RouteTableChanged    EventKind = "route-table"
	PeeringChanged       EventKind = "peering"
	NetworkACLChanged    EventKind = "network-acl"
	LoadBalancerChanged  EventKind = "load-balancer"
	TargetGroupChanged   EventKind = "target-group"
	ListenerChanged      EventKind = "listener"
	TargetChanged        EventKind = "target"
	ClusterChanged       EventKind = "cluster"
	ClusterMoved         EventKind = "move"
	TagsChanged          EventKind = "tags"

	EndpointServiceChanged EventKind = "endpoint-service"
	EndpointChanged        EventKind = "endpoint"
	ConnectionChanged      EventKind = "endpoint-connection"
	HostedZoneChanged      EventKind = "hosted-zone"

	FunctionChanged EventKind = "function"
	RuleChanged     EventKind = "rule"
	ScheduleChanged EventKind = "schedule"
)

// A Call is one API call as the lab saw it.
type Call struct {
	At      time.Time `json:"at"`
	Service string    `json:"service"`
	Action  string    `json:"action"`
	Account string    `json:"account"`
	Region  string    `json:"region"`
	ARN     string    `json:"arn,omitempty"`  // the caller
	Code    string    `json:"code,omitempty"` // error code; empty: success
}

// The log and the record of calls each keep about this many entries; the
// oldest half goes when there are twice as many.
const journalSize = 1 << 18

// A journal is the event log, its subscribers and the record of calls. The
// store's lock guards it.
type journal struct {
	events     []Event
	last       uint64 // sequence number of the newest event
	calls      []Call
	subs       []*subscriber
	delivered  uint64 // sequence number of the newest event that subscribers have had
	delivering bool
}

type subscriber struct{ f func(Event) }

// emit adds an event to the log.
func (s *Store) emit(p *place, e Event) {
	j := &s.journal
	j.last++
	e.Seq, e.At, e.Account, e.Region = j.last, s.stamp(), p.account, p.region
	if len(j.events) >= 2*journalSize {
		j.events = slices.Clone(j.events[journalSize:])
	}
	j.events = append(j.events, e)
}

// since returns the events after a sequence number.
func (j *journal) since(after uint64) []Event {
	first := j.last - uint64(len(j.events)) // sequence number before the first kept
	if after < first {
		after = first
	}
	return j.events[min(after-first, uint64(len(j.events))):]
}

// deliver hands new events to the subscribers, outside the lock, in order, one
// goroutine at a time. It is called and returns with the lock held.
func (s *Store) deliver() {
	j := &s.journal
	if j.delivering {
		return
	}
	j.delivering = true
	for {
		batch := j.since(j.delivered)
		j.delivered = j.last
		if len(batch) == 0 || len(j.subs) == 0 {
			break
		}
		subs := slices.Clone(j.subs)
		batch = slices.Clone(batch)
		s.mu.Unlock()
		for _, e := range batch {
			for _, sub := range subs {
				sub.f(e)
			}
		}
		s.mu.Lock()
	}
	j.delivering = false
}

// Subscribe calls f for each event from now on, in order, one at a time,
// outside the store's lock: f may call the store. The returned func ends it.
func (s *Store) Subscribe(f func(Event)) (cancel func()) {
	defer s.enter()()
	sub := &subscriber{f}
	s.journal.subs = append(s.journal.subs, sub)
	return func() {
		defer s.enter()()
		s.journal.subs = slices.DeleteFunc(s.journal.subs, func(x *subscriber) bool { return x == sub })
	}
}

// Events returns the log after a sequence number, 0 for all of it that is kept.
func (s *Store) Events(after uint64) []Event {
	defer s.enter()()
	return slices.Clone(s.journal.since(after))
}

// WriteEvents writes the log, one JSON document a line.
func (s *Store) WriteEvents(w io.Writer) error {
	enc := json.NewEncoder(w)
	for _, e := range s.Events(0) {
		if err := enc.Encode(e); err != nil {
			return err
		}
	}
	return nil
}

// RecordCall adds a call to the record. A zero At becomes the time now.
func (s *Store) RecordCall(c Call) {
	defer s.enter()()
	if c.At.IsZero() {
		c.At = s.stamp()
	}
	j := &s.journal
	if len(j.calls) >= 2*journalSize {
		j.calls = slices.Clone(j.calls[journalSize:])
	}
	j.calls = append(j.calls, c)
}

// Calls returns the calls recorded so far, oldest first.
func (s *Store) Calls() []Call {
	defer s.enter()()
	return slices.Clone(s.journal.calls)
}
