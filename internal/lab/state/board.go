package state

import (
	"net/netip"
	"sync"
)

// A TargetView is a target as the data plane sees it.
type TargetView struct {
	Addr   netip.Addr
	Port   int
	ZoneID string // empty: in each zone of the load balancer
	State  string // as in TargetHealth
}

// A board shows the targets of every group, for reading without the store's
// lock: they change far more often than the network's shape.
type board struct {
	mu     sync.RWMutex
	groups map[string][]TargetView // by ARN; a slice that hangs there is never written to
}

func newBoard() *board { return &board{groups: map[string][]TargetView{}} }

// post hangs up a group's targets, in order of registration.
func (b *board) post(g *group) {
	views := make([]TargetView, len(g.order))
	for i, t := range g.order {
		views[i] = TargetView{Addr: t.key.addr, Port: t.key.port, State: t.state}
		if t.zone != "all" {
			z, _ := g.place.zone(t.zone, "")
			views[i].ZoneID = z.ID
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.groups[g.arn] = views
}

// take takes a group down.
func (b *board) take(arn string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.groups, arn)
}

// targets returns what hangs there for a group.
func (b *board) targets(arn string) []TargetView {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.groups[arn]
}

// healthyIn reports whether every group of a load balancer that has a healthy
// target at all has one for a zone: in it, or anywhere with cross-zone
// balancing.
func (b *board) healthyIn(v *BalancerView, zoneID string) bool {
	for _, l := range v.Listeners {
		for _, g := range l.Groups {
			here, anywhere := false, false
			for _, t := range b.targets(g.ARN) {
				if t.State == "healthy" {
					anywhere = true
					here = here || g.CrossZone || t.ZoneID == zoneID || t.ZoneID == ""
				}
			}
			if anywhere && !here {
				return false
			}
		}
	}
	return true
}
