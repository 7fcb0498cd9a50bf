package dns

import (
	"net/netip"
	"time"

	mdns "github.com/miekg/dns"
)

const (
	minUDPSize = 512  // bytes a client takes that says nothing (RFC 1035, section 2.3.4)
	ourUDPSize = 1232 // bytes that we say we take: no fragment on any path
)

// Message turns a reply into the message for one request. Over UDP it fits
// the size that the client takes, and is marked truncated if records had to
// stay out.
func (r Reply) Message(req *mdns.Msg, tcp bool) *mdns.Msg {
	m := new(mdns.Msg).SetReply(req)
	m.RecursionAvailable = true
	m.Rcode = r.Rcode
	m.Compress = true
	q := req.Question[0]
	ttl := uint32(max(r.TTL, minTTL) / time.Second)
	for _, a := range r.Addrs {
		hdr := mdns.RR_Header{Name: q.Name, Class: mdns.ClassINET, Ttl: ttl}
		if a.Is4() {
			hdr.Rrtype = mdns.TypeA
			m.Answer = append(m.Answer, &mdns.A{Hdr: hdr, A: a.AsSlice()})
		} else {
			hdr.Rrtype = mdns.TypeAAAA
			m.Answer = append(m.Answer, &mdns.AAAA{Hdr: hdr, AAAA: a.AsSlice()})
		}
	}
	if len(m.Answer) == 0 && (r.Rcode == mdns.RcodeSuccess || r.Rcode == mdns.RcodeNameError) {
		m.Ns = []mdns.RR{soa(r.Zone, ttl)}
	}
	finish(m, req, tcp)
	return m
}

// soa is the record by which a negative answer says how long it holds.
// Source: RFC 2308, section 3.
func soa(zone string, ttl uint32) mdns.RR {
	ns := "ns.lab.invalid."
	return &mdns.SOA{
		Hdr: mdns.RR_Header{Name: mdns.Fqdn(zone), Rrtype: mdns.TypeSOA, Class: mdns.ClassINET, Ttl: ttl},
		Ns:  ns, Mbox: "hostmaster." + ns, Serial: 1, Refresh: 7200, Retry: 900, Expire: 1209600, Minttl: ttl,
	}
}

// finish adds EDNS0 where the client speaks it and cuts the message to size.
func finish(m, req *mdns.Msg, tcp bool) {
	size := minUDPSize
	if opt := req.IsEdns0(); opt != nil {
		size = max(size, int(opt.UDPSize()))
		m.SetEdns0(ourUDPSize, opt.Do())
	}
	if tcp {
		size = mdns.MaxMsgSize
	}
	m.Truncate(size)
}

// refuse answers a request that is no question which a resolver takes, or
// returns nil for one that is.
func refuse(req *mdns.Msg, tcp bool) *mdns.Msg {
	rcode := mdns.RcodeSuccess
	opt := req.IsEdns0()
	switch {
	case req.Opcode != mdns.OpcodeQuery:
		rcode = mdns.RcodeNotImplemented
	case len(req.Question) != 1:
		rcode = mdns.RcodeFormatError
	case opt != nil && opt.Version() != 0:
		rcode = mdns.RcodeBadVers
	case req.Question[0].Qclass != mdns.ClassINET && req.Question[0].Qclass != mdns.ClassANY:
		rcode = mdns.RcodeRefused
	default:
		return nil
	}
	m := new(mdns.Msg).SetRcode(req, rcode)
	m.RecursionAvailable = true
	finish(m, req, tcp)
	return m
}

// Kind is a way in which an answer is distorted.
type Kind int

// The kinds of distortion.
const (
	None      Kind = iota
	NXDomain       // the name does not exist
	ServFail       // the resolver fails
	Silence        // no answer
	Empty          // the name exists and has no records
	Partial        // a proper subset of the addresses
	Truncated      // over UDP the truncation bit and no record, over TCP the whole answer
	Wrong          // given addresses instead
	Malformed      // the message breaks off inside
)

// Distortion is what a fault does to one answer. The zero value does nothing.
type Distortion struct {
	Kind  Kind
	Addrs []netip.Addr // Wrong: the addresses
	Draw  uint64       // Partial: a random number that decides which addresses stay
}

// apply changes what the resolver found out.
func (d Distortion) apply(r Reply, q Query) Reply {
	switch d.Kind {
	case NXDomain:
		return Reply{Rcode: mdns.RcodeNameError, Zone: r.Zone, TTL: r.TTL}
	case ServFail:
		return Reply{Rcode: mdns.RcodeServerFailure}
	case Empty:
		return Reply{Zone: r.Zone, TTL: r.TTL}
	case Partial:
		r.Addrs = subset(r.Addrs, d.Draw)
	case Wrong:
		r.Rcode, r.Addrs = mdns.RcodeSuccess, nil
		for _, a := range d.Addrs {
			if a.Is4() == (q.Type == mdns.TypeA) {
				r.Addrs = append(r.Addrs, a)
			}
		}
	}
	return r
}

// subset keeps some addresses but not all, in their order; of a single one
// nothing.
func subset(addrs []netip.Addr, draw uint64) []netip.Addr {
	if len(addrs) < 2 {
		return nil
	}
	n := len(addrs)
	keep := 1 + int(draw%uint64(n-1))
	draw /= uint64(n - 1)
	var out []netip.Addr
	for i, a := range addrs { // selection sampling: each subset of that size is equally likely
		left := uint64(n - i)
		if draw%left < uint64(keep-len(out)) {
			out = append(out, a)
		}
		draw /= left
	}
	return out
}

// Respond answers one request in a view: the message in wire format, or nil
// for silence. distort may be nil. It reports no error, since a resolver that
// cannot answer says so in DNS.
func Respond(src Source, view string, distort func(Query) Distortion, req *mdns.Msg, tcp bool) []byte {
	if m := refuse(req, tcp); m != nil {
		return pack(m)
	}
	question := req.Question[0]
	q := Query{View: view, Name: mdns.CanonicalName(question.Name), Type: question.Qtype, TCP: tcp}
	var d Distortion
	if distort != nil {
		d = distort(q)
	}
	if d.Kind == Silence {
		return nil
	}
	m := d.apply(Answer(src, q), q).Message(req, tcp)
	if d.Kind == Truncated && !tcp {
		m.Truncated = true
		m.Answer, m.Ns = nil, nil
	}
	wire := pack(m)
	if d.Kind == Malformed {
		wire = wire[:malformedLen(m, len(wire))]
	}
	return wire
}

// malformedLen is where a malformed answer ends: inside its last record, or
// inside the question if there is none.
func malformedLen(m *mdns.Msg, n int) int {
	if opt := m.IsEdns0(); opt != nil {
		n -= mdns.Len(opt)
	}
	return n - 3
}

func pack(m *mdns.Msg) []byte {
	wire, err := m.Pack()
	if err != nil { // a name that came in a message and cannot go out in one
		wire, _ = new(mdns.Msg).SetRcode(&mdns.Msg{MsgHdr: m.MsgHdr}, mdns.RcodeServerFailure).Pack()
	}
	return wire
}
