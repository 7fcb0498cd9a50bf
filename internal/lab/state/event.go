package state

import "time"

// An Event says that something in the world changed. It is a notice: readers
// ask the store for what is true now.
type Event struct {
	Seq     uint64    `json:"seq"`
	At      time.Time `json:"at"`
	Kind    EventKind `json:"kind"`
	Account string    `json:"account"`
	Region  string    `json:"region"`
	Subject string    `json:"subject"`         // ID or ARN of what changed
	Of      string    `json:"of,omitempty"`    // what it belongs to: a cluster's or a group's ARN, a VPC's ID
	Was     string    `json:"was,omitempty"`   // state before
	Now     string    `json:"now,omitempty"`   // state after, with its reason if there is one
	Extra   string    `json:"extra,omitempty"` // an address, a name
}

// An EventKind names what happened.
type EventKind string

// The kinds of event.
const (
	VPCChanged          EventKind = "vpc"
	SubnetChanged       EventKind = "subnet"
	GroupChanged        EventKind = "security-group"
	InterfaceChanged    EventKind = "interface"
	LoadBalancerChanged EventKind = "load-balancer"
	TargetGroupChanged  EventKind = "target-group"
	ListenerChanged     EventKind = "listener"
	TargetChanged       EventKind = "target"
	ClusterChanged      EventKind = "cluster"
	ClusterMoved        EventKind = "move"
	TagsChanged         EventKind = "tags"
	RoleChanged         EventKind = "role"
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

// Calls returns the calls recorded so far, oldest first.
func (s *Store) Calls() []Call { return nil }
