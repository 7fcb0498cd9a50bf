package dataplane

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net/netip"

	"postern/internal/lab/state"
)

// A wire is what tells connections apart: their two ends.
type wire struct{ client, node netip.AddrPort }

// choose picks the target of a new connection that came to a node in a zone,
// or says why there is none.
//
// A node balances over the healthy targets of its own zone, or of all zones
// with cross-zone balancing, by a hash of the connection's ends. Where none is
// healthy it takes those that are not, as if they were (it fails open). Targets
// whose first checks are not over, that are not in use or on their way out get
// nothing. Source: NLB user guide, network load balancers (routing), target
// group health checks, edit target group attributes (cross-zone, target group
// health).
func choose(g state.GroupView, zoneID string, w wire) (state.TargetView, string) {
	var healthy, unhealthy []state.TargetView
	for _, t := range g.Targets {
		if !g.CrossZone && t.ZoneID != zoneID && t.ZoneID != "" {
			continue
		}
		switch t.State {
		case "healthy":
			healthy = append(healthy, t)
		case "unhealthy", "unhealthy.draining":
			unhealthy = append(unhealthy, t)
		}
	}
	from := healthy
	if len(from) == 0 {
		from = unhealthy
	}
	if len(from) == 0 {
		where := ""
		if !g.CrossZone {
			where = " in zone " + zoneID + ", and cross-zone balancing is off"
		}
		return state.TargetView{}, fmt.Sprintf("%s has no target in service%s", shortARN(g.ARN), where)
	}
	return from[w.hash()%uint64(len(from))], ""
}

// hash is the same for the same ends, on every node and in every run. Ports are
// often taken in turn, and each second one at that: a hash that is not a good
// one sends a whole series to one target.
func (w wire) hash() uint64 {
	var b []byte
	for _, end := range []netip.AddrPort{w.client, w.node} {
		a, _ := end.Addr().MarshalBinary() // never fails
		b = binary.BigEndian.AppendUint16(append(b, a...), end.Port())
	}
	sum := sha256.Sum256(b)
	return binary.BigEndian.Uint64(sum[:])
}
