package state

import (
	"net/netip"
	"time"
)

// A MoveKind is one way in which a control plane's addresses change.
type MoveKind string

// The kinds of move.
const (
	MoveReplace  MoveKind = "replace"   // new interfaces first, the old ones gone after an overlap: a version update
	MoveScaleOut MoveKind = "scale-out" // more interfaces, up to four
	MoveScaleIn  MoveKind = "scale-in"  // fewer interfaces, down to two
	MovePatch    MoveKind = "patch"     // one interface swapped, with an overlap
	MoveAbrupt   MoveKind = "abrupt"    // all interfaces swapped at once, without an overlap
	MoveReuse    MoveKind = "reuse"     // one address swapped at once, and given to somebody else
	MoveRecreate MoveKind = "recreate"  // deleted and made again under the same name
	MoveRollback MoveKind = "rollback"  // new interfaces appear and go again
	MoveDelete   MoveKind = "delete"    // the cluster is deleted
)

// MoveKinds lists every kind.
var MoveKinds = []MoveKind{MoveReplace, MoveScaleOut, MoveScaleIn, MovePatch, MoveAbrupt, MoveReuse, MoveRecreate, MoveRollback, MoveDelete}

// A Move changes the addresses of one cluster's control plane.
type Move struct {
	Account string   `json:"account"`
	Region  string   `json:"region"`
	Cluster string   `json:"cluster"`
	Kind    MoveKind `json:"kind"`
	// To is the cluster of the same VPC that takes the address over (reuse);
	// empty: a plain interface of the account does.
	To string `json:"to,omitempty"`
	// Subnets are those of the new cluster, in any VPC of the account and region
	// (recreate); empty: the old one's.
	Subnets []string `json:"subnets,omitempty"`
}

// Moved says what a move does.
type Moved struct {
	Old  []netip.Addr `json:"old"`  // addresses that go, or went
	New  []netip.Addr `json:"new"`  // addresses that came
	Done time.Time    `json:"done"` // when nothing more will change
}
