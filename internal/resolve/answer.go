package resolve

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/miekg/dns"
)

// maxChain is how many CNAMEs one lookup follows. An EKS endpoint's name has
// none; an operator's own name for it has one or two.
const maxChain = 8

// maxAddrs is how many addresses one answer may name. A target group holds no
// more than a thousand targets.
// Source: Elastic Load Balancing, NLB user guide, quotas.
const maxAddrs = 1000

// errNotOurs says that a packet is no answer to the question that was asked:
// late, forged or broken. Over UDP it is ignored.
var errNotOurs = errors.New("a packet that answers another question")

// errNotUnderstood says that the server could not read the question. Old
// servers answer so to EDNS0.
var errNotUnderstood = errors.New("question not understood")

// answer is what one packet says. Exactly one of these holds: it is truncated,
// Addrs is not empty, Empty is not "", or Next is not "".
type answer struct {
	Truncated bool
	Addrs     []netip.Addr // sorted, each once
	Empty     string       // "NXDOMAIN" or "no data", said by a server that may say so
	Next      string       // the name at which the packet's CNAME chain ends without a statement about it
	Hops      int          // CNAMEs followed
	TTL       time.Duration
}

// readAnswer reads the raw packet as the answer to the question q asked with
// id. It is pure. An error that wraps errNotOurs means that the packet says
// nothing about q; any other error is the server's refusal or nonsense.
func readAnswer(q dns.Question, id uint16, raw []byte) (answer, error) {
	const header = 12 // octets of a DNS header
	if len(raw) < header || binary.BigEndian.Uint16(raw) != id {
		return answer{}, errNotOurs
	}
	var m dns.Msg
	if err := m.Unpack(raw); err != nil {
		// A truncated packet may end in the middle of a record.
		if head, ok := readHead(raw); ok && head.Truncated && asks(head, q) {
			return answer{Truncated: true}, nil
		}
		return answer{}, fmt.Errorf("malformed answer: %w", err)
	}
	if !m.Response || m.Opcode != dns.OpcodeQuery {
		return answer{}, errNotOurs
	}
	if len(m.Question) == 0 && (m.Rcode == dns.RcodeFormatError || m.Rcode == dns.RcodeNotImplemented) {
		return answer{}, fmt.Errorf("%s: %w", rcodeText(m.Rcode), errNotUnderstood)
	}
	if !asks(&m, q) {
		return answer{}, errNotOurs
	}
	switch m.Rcode {
	case dns.RcodeSuccess, dns.RcodeNameError:
	case dns.RcodeFormatError, dns.RcodeNotImplemented, dns.RcodeBadVers:
		return answer{}, fmt.Errorf("%s: %w", rcodeText(m.Rcode), errNotUnderstood)
	default:
		return answer{}, errors.New(rcodeText(m.Rcode))
	}
	if m.Truncated {
		return answer{Truncated: true}, nil
	}
	return readRecords(&m, q)
}

// readHead reads only the header and the question of a packet.
func readHead(raw []byte) (*dns.Msg, bool) {
	cut := slices.Clone(raw)
	for i := 6; i < 12; i++ { // the counts of the answer, authority and additional sections
		cut[i] = 0
	}
	var m dns.Msg
	if err := m.Unpack(cut); err != nil {
		return nil, false
	}
	return &m, m.Response && m.Opcode == dns.OpcodeQuery
}

// asks reports whether m is about exactly the question q.
func asks(m *dns.Msg, q dns.Question) bool {
	return len(m.Question) == 1 && m.Question[0].Qtype == q.Qtype && m.Question[0].Qclass == q.Qclass &&
		dns.CanonicalName(m.Question[0].Name) == dns.CanonicalName(q.Name)
}

// readRecords follows the CNAME chain from q's name through the answer
// section. Records of another class, type or owner are ignored.
func readRecords(m *dns.Msg, q dns.Question) (answer, error) {
	var out answer
	name, ttl := dns.CanonicalName(q.Name), uint32(1<<31)
	seen := map[string]bool{name: true}
	for {
		addrs, aliases, least, err := recordsOf(m.Answer, name, q)
		if err != nil {
			return answer{}, err
		}
		ttl = min(ttl, least)
		out.TTL = seconds(ttl)
		switch {
		case len(addrs) > 0 && len(aliases) > 0:
			return answer{}, fmt.Errorf("malformed answer: %s has both a CNAME and addresses", name)
		case len(aliases) > 1:
			return answer{}, fmt.Errorf("malformed answer: %s has %d CNAMEs", name, len(aliases))
		case len(addrs) > maxAddrs:
			return answer{}, fmt.Errorf("oversized answer: %d addresses, more than a target group holds", len(addrs))
		case len(addrs) > 0 && m.Rcode != dns.RcodeSuccess:
			return answer{}, fmt.Errorf("malformed answer: %s with addresses", rcodeText(m.Rcode))
		case len(addrs) > 0:
			out.Addrs = addrs
			return out, nil
		case len(aliases) == 0:
			return endOfChain(m, name, out)
		}
		name = aliases[0]
		out.Hops++
		if seen[name] {
			return answer{}, fmt.Errorf("CNAME loop at %s", name)
		}
		if out.Hops > maxChain {
			return answer{}, fmt.Errorf("more than %d CNAMEs", maxChain)
		}
		seen[name] = true
	}
}

// endOfChain says what a packet without an address for name states about it.
func endOfChain(m *dns.Msg, name string, out answer) (answer, error) {
	var soa, ns bool
	for _, rr := range m.Ns {
		switch rr.(type) {
		case *dns.SOA:
			soa = true
		case *dns.NS:
			ns = true
		}
	}
	maySay := soa || !ns && (m.Authoritative || m.RecursionAvailable)
	switch {
	case maySay && m.Rcode == dns.RcodeNameError:
		out.Empty, out.TTL = "NXDOMAIN", 0
	case m.Rcode == dns.RcodeNameError:
		return answer{}, errors.New("NXDOMAIN from a server that has no say about the name")
	case maySay && (soa || out.Hops == 0):
		out.Empty, out.TTL = "no data", 0
	case out.Hops > 0:
		out.Next = name
	case ns:
		return answer{}, errors.New("lame referral to other name servers")
	default:
		return answer{}, errors.New("lame answer: neither authoritative nor from a recursive server")
	}
	return out, nil
}

// recordsOf returns the addresses and the CNAME targets that owner has in the
// section, sorted and each once, and the smallest TTL among them.
func recordsOf(section []dns.RR, owner string, q dns.Question) (addrs []netip.Addr, aliases []string, ttl uint32, err error) {
	ttl = 1 << 31
	for _, rr := range section {
		h := rr.Header()
		if h.Class != q.Qclass || dns.CanonicalName(h.Name) != owner {
			continue
		}
		var ip []byte
		switch rr := rr.(type) {
		case *dns.A:
			if q.Qtype != dns.TypeA {
				continue
			}
			ip = rr.A.To4()
		case *dns.AAAA:
			if q.Qtype != dns.TypeAAAA {
				continue
			}
			ip = rr.AAAA.To16()
		case *dns.CNAME:
			aliases = append(aliases, dns.CanonicalName(rr.Target))
			ttl = min(ttl, plainTTL(h.Ttl))
			continue
		default:
			continue
		}
		addr, ok := netip.AddrFromSlice(ip)
		if !ok {
			return nil, nil, 0, fmt.Errorf("malformed answer: an address record of %s without an address", owner)
		}
		addrs = append(addrs, addr)
		ttl = min(ttl, plainTTL(h.Ttl))
	}
	return sorted(addrs), slices.Compact(slices.Sorted(slices.Values(aliases))), ttl, nil
}

// plainTTL reads a TTL with its top bit set as zero (RFC 2181, section 8).
func plainTTL(ttl uint32) uint32 {
	if ttl >= 1<<31 {
		return 0
	}
	return ttl
}

// seconds is the duration of a TTL; none at all is zero.
func seconds(ttl uint32) time.Duration {
	if ttl >= 1<<31 {
		return 0
	}
	return time.Duration(ttl) * time.Second
}

// sorted returns addrs in order, each once.
func sorted(addrs []netip.Addr) []netip.Addr {
	slices.SortFunc(addrs, netip.Addr.Compare)
	return slices.Compact(addrs)
}

// rcodeText is the name of a response code.
func rcodeText(code int) string {
	if s, ok := dns.RcodeToString[code]; ok {
		return s
	}
	return fmt.Sprintf("response code %d", code)
}
