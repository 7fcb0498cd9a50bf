// Package dns provides the lab's name servers: one a view, over packet and
// stream connections that it is given.
//
// A view is where a question is asked from: [Public] is what the internet and
// the hub see, any other is a VPC's ID. What a name has in a view is decided
// by the source (the store); what a client is told follows from that by pure
// functions ([Answer], [Reply.Message]); [Server] only carries messages.
//
// The servers behave as resolvers do (recursion available, no authority):
// they answer for every name, and a name that nobody has does not exist.
package dns

import (
	"net/netip"
	"time"

	mdns "github.com/miekg/dns"

	"postern/internal/lab/state"
)

// Public names the view from outside every VPC.
const Public = "public"

// Source says what a name has in a view.
type Source interface {
	Resolve(v state.View, name string) state.Answer
}

// Query is one question to one view.
type Query struct {
	View string
	Name string // fully qualified, in lower case, with the final dot
	Type uint16
	TCP  bool
}

// Reply is what a resolver finds out about a question.
type Reply struct {
	Rcode int
	Addrs []netip.Addr // of the family that was asked for
	Zone  string       // apex of the zone that has no more to say, fully qualified
	TTL   time.Duration
}

// minTTL is the shortest time that an answer holds. A TTL has whole seconds,
// and zero would forbid caching altogether, which AWS's records do not.
const minTTL = time.Second

// Answer finds out what a question's answer is. It is pure but for what the
// source knows.
func Answer(src Source, q Query) Reply {
	v := state.View{VPC: q.View}
	if q.View == Public {
		v.VPC = ""
	}
	name := q.Name
	if name != "." {
		name = name[:len(name)-1]
	}
	a := src.Resolve(v, name)
	r := Reply{Zone: ".", TTL: max(a.TTL, minTTL)}
	if a.Ours {
		r.Zone = mdns.Fqdn(a.Zone)
	}
	if !a.Found {
		r.Rcode = mdns.RcodeNameError
		return r
	}
	for _, addr := range a.Addrs {
		if q.Type == mdns.TypeANY || addr.Is4() == (q.Type == mdns.TypeA) && (q.Type == mdns.TypeA || q.Type == mdns.TypeAAAA) {
			r.Addrs = append(r.Addrs, addr)
		}
	}
	return r
}
