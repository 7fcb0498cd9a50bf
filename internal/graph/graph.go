// Package graph provides the topology of a fleet as a picture: the hub's VPCs,
// their peerings, the endpoint VPCs with their interface endpoints, the links
// and the clusters, each with its health in words, by shape and by colour. It
// writes SVG of its own layout, Graphviz's DOT and Mermaid. It is pure: the same
// snapshot gives the same bytes.
//
// Names come from tags, which strangers may write. They pass [clean] when a
// [Topology] is made, and each writer quotes them for its format.
package graph

import (
	"time"

	"postern/internal/plan"
)

// Health is how a cluster's path is, or a part of it. The words are those of
// the fleet's status.
type Health string

// Healths, the worst first.
const (
	Broken   Health = "broken"   // no connection gets past it
	Degraded Health = "degraded" // it works, or in part, and something is wrong
	Unknown  Health = "unknown"  // not all could be looked at
	Unlinked Health = "unlinked" // a cluster that has no link
	OK       Health = "ok"
)

// healths is the order of severity.
var healths = []Health{Broken, Degraded, Unknown, Unlinked, OK}

// Part is a place in the drawing of one cluster's path.
type Part int

// Parts, from the hub on.
const (
	Entry    Part = iota // the way from the hub to the interface endpoint
	Endpoint             // the interface endpoint
	Service              // the endpoint service
	Balancer             // the load balancer
	Targets              // the way from the load balancer to the cluster
	Server               // the cluster
	parts
)

// Topology is what is drawn. Its texts hold no control character.
type Topology struct {
	At      time.Time
	Account plan.AccountID // of the hub; empty where the settings name none
	Hub     []VPC
	MoreHub int     // VPCs of the hub beyond those in Hub
	Groups  []Group // in the order of regions
	Notes   []string
}

// VPC is a VPC of the hub's side.
type VPC struct {
	ID     string
	Name   string // its Name tag; may be empty
	Region plan.Region
	CIDR   string // the first; "..." follows where there are several
}

// Group is the clusters that are reached through one endpoint VPC.
type Group struct {
	Region   plan.Region
	VPC      *VPC      // nil: no endpoint VPC of these clusters is known
	Ways     []Way     // from the hub's VPCs
	Clusters []Cluster // drawn one by one
	Rest     []Rest    // all others, in the order of healths
}

// Way is how a VPC of the hub reaches an endpoint VPC.
type Way struct {
	From    int    // index in Hub
	Peering string // its ID; empty: the VPC is the hub's own, or there is no peering
	State   string // in words
	Health  Health
}

// Cluster is one cluster with its path.
type Cluster struct {
	Ref    plan.Ref
	Health Health
	Words  string        // what was found first, and where; empty where Health is OK
	Marks  [parts]Health // of the parts that something was found of; empty: nothing
	Boxes  [parts]Box    // of Endpoint, Service, Balancer and Server
}

// Box is one object on a path.
type Box struct {
	Name  string
	State string
	Known Known
}

// Known is whether an object is there.
type Known int

const (
	There   Known = iota
	Absent        // it does not exist
	Unasked       // it was not asked, or could not be
)

// Rest is clusters of one group and health that are counted instead of drawn.
type Rest struct {
	Health Health
	Refs   []plan.Ref // in order
	Have   [parts]int // how many of them have each of the objects
	Words  string     // what is the matter with the first of them; may be empty
}

// Limits of what is drawn one by one, so that a picture of any fleet can be read.
const (
	allDrawn   = 24 // a fleet of no more clusters is drawn whole
	groupDrawn = 12 // of a larger one, the worst of each group
	hubDrawn   = 4  // VPCs of the hub
	notesDrawn = 8
)

// Count returns how many clusters there are, and how many of each health.
func (t *Topology) Count() (all int, by map[Health]int) {
	by = map[Health]int{}
	for _, g := range t.Groups {
		for h, n := range g.count() {
			by[h] += n
			all += n
		}
	}
	return all, by
}

func (g *Group) count() map[Health]int {
	by := map[Health]int{}
	for _, c := range g.Clusters {
		by[c.Health]++
	}
	for _, r := range g.Rest {
		by[r.Health] += len(r.Refs)
	}
	return by
}

// worst returns the more severe of two; the empty one is none.
func worst(a, b Health) Health {
	for _, h := range healths {
		if a == h || b == h {
			return h
		}
	}
	return ""
}
