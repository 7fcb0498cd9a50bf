package state

import (
	"net/netip"
	"time"
)

// A View is where a name is asked from: inside a VPC, or, with an empty VPC,
// anywhere outside.
type View struct {
	VPC string
}

// An Answer is what a name has in one view.
type Answer struct {
	Ours  bool         // the name lies in a zone that the lab serves
	Zone  string       // that zone's apex, without a final dot
	Found bool         // the name exists; false with Ours: NXDOMAIN
	Addrs []netip.Addr // of both families, sorted
	TTL   time.Duration
}
