package dns_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	mdns "github.com/miekg/dns"
	"pgregory.net/rapid"

	"postern/internal/lab/dns"
	"postern/internal/lab/memnet"
	"postern/internal/lab/state"
)

const (
	zone = "us-east-1.eks.amazonaws.com"
	host = "0abc.gr7." + zone
)

// world is a source with one cluster, public and private, in vpc-1; a name
// with many addresses; and nothing else.
type world struct{}

func (world) Resolve(v state.View, name string) state.Answer {
	a := state.Answer{Ours: strings.HasSuffix(name, zone), Zone: zone, TTL: 60 * time.Second}
	switch {
	case name == host && v.VPC == "vpc-1":
		a.Found, a.Addrs = true, addrs("10.0.0.10", "10.0.1.10", "2600:1f18::10")
	case name == host:
		a.Found, a.Addrs = true, addrs("203.0.113.7", "203.0.113.8")
	case name == "many."+zone:
		a.Found = true
		for i := range 200 {
			a.Addrs = append(a.Addrs, netip.AddrFrom4([4]byte{10, 1, 0, byte(i)}))
		}
	}
	return a
}

func addrs(texts ...string) []netip.Addr {
	var out []netip.Addr
	for _, s := range texts {
		out = append(out, netip.MustParseAddr(s))
	}
	return out
}

func ask(t testing.TB, view string, d dns.Distortion, req *mdns.Msg, tcp bool) *mdns.Msg {
	t.Helper()
	wire := dns.Respond(world{}, view, func(dns.Query) dns.Distortion { return d }, req, tcp)
	m := new(mdns.Msg)
	if err := m.Unpack(wire); err != nil {
		t.Fatalf("answer does not unpack: %v", err)
	}
	return m
}

func question(name string, qtype uint16) *mdns.Msg { return new(mdns.Msg).SetQuestion(name, qtype) }

func answers(m *mdns.Msg) []string {
	var out []string
	for _, rr := range m.Answer {
		switch rr := rr.(type) {
		case *mdns.A:
			out = append(out, rr.A.String())
		case *mdns.AAAA:
			out = append(out, rr.AAAA.String())
		}
	}
	return out
}

func TestRespond(t *testing.T) {
	tests := []struct {
		name  string
		view  string
		qname string
		qtype uint16
		rcode int
		want  []string
		soa   string // owner of the record of a negative answer
	}{
		{"public", dns.Public, host + ".", mdns.TypeA, mdns.RcodeSuccess, []string{"203.0.113.7", "203.0.113.8"}, ""},
		{"letter case", dns.Public, strings.ToUpper(host) + ".", mdns.TypeA, mdns.RcodeSuccess, []string{"203.0.113.7", "203.0.113.8"}, ""},
		{"own VPC", "vpc-1", host + ".", mdns.TypeA, mdns.RcodeSuccess, []string{"10.0.0.10", "10.0.1.10"}, ""},
		{"another VPC", "vpc-2", host + ".", mdns.TypeA, mdns.RcodeSuccess, []string{"203.0.113.7", "203.0.113.8"}, ""},
		{"IPv6", "vpc-1", host + ".", mdns.TypeAAAA, mdns.RcodeSuccess, []string{"2600:1f18::10"}, ""},
		{"any", "vpc-1", host + ".", mdns.TypeANY, mdns.RcodeSuccess, []string{"10.0.0.10", "10.0.1.10", "2600:1f18::10"}, ""},
		{"no IPv6", dns.Public, host + ".", mdns.TypeAAAA, mdns.RcodeSuccess, nil, zone + "."},
		{"another type", dns.Public, host + ".", mdns.TypeTXT, mdns.RcodeSuccess, nil, zone + "."},
		{"gone", dns.Public, "0def.gr7." + zone + ".", mdns.TypeA, mdns.RcodeNameError, nil, zone + "."},
		{"nobody's", dns.Public, "example.org.", mdns.TypeA, mdns.RcodeNameError, nil, "."},
		{"root", dns.Public, ".", mdns.TypeA, mdns.RcodeNameError, nil, "."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := question(tt.qname, tt.qtype)
			m := ask(t, tt.view, dns.Distortion{}, req, false)
			if m.Id != req.Id || !m.Response || !m.RecursionAvailable || m.Authoritative || m.Truncated || m.Rcode != tt.rcode {
				t.Errorf("header %+v", m.MsgHdr)
			}
			if d := cmp.Diff(tt.want, answers(m)); d != "" {
				t.Errorf("addresses (-want +got)\n%s", d)
			}
			for _, rr := range m.Answer {
				if rr.Header().Name != tt.qname || rr.Header().Ttl != 60 {
					t.Errorf("record %v, want the name as it was asked and TTL 60", rr)
				}
			}
			var soa string
			if len(m.Ns) > 0 {
				soa = m.Ns[0].(*mdns.SOA).Hdr.Name
			}
			if soa != tt.soa {
				t.Errorf("SOA of %q, want %q", soa, tt.soa)
			}
			if m.IsEdns0() != nil {
				t.Error("EDNS0 to a client that does not speak it")
			}
		})
	}
}

func TestTTLIsAtLeastASecond(t *testing.T) {
	src := sourceFunc(func() state.Answer {
		return state.Answer{Ours: true, Zone: zone, Found: true, Addrs: addrs("10.0.0.1"), TTL: time.Millisecond}
	})
	m := new(mdns.Msg)
	if err := m.Unpack(dns.Respond(src, dns.Public, nil, question(host+".", mdns.TypeA), false)); err != nil {
		t.Fatal(err)
	}
	if got := m.Answer[0].Header().Ttl; got != 1 {
		t.Errorf("TTL %d", got)
	}
}

type sourceFunc func() state.Answer

func (f sourceFunc) Resolve(state.View, string) state.Answer { return f() }

func TestSize(t *testing.T) {
	for _, tt := range []struct {
		edns  uint16 // 0: the client does not speak it
		tcp   bool
		trunc bool
	}{{0, false, true}, {100, false, true}, {1232, false, true}, {4096, false, false}, {0, true, false}, {512, true, false}} {
		t.Run(fmt.Sprintf("%d,%v", tt.edns, tt.tcp), func(t *testing.T) {
			req := question("many."+zone+".", mdns.TypeA)
			if tt.edns > 0 {
				req.SetEdns0(tt.edns, true)
			}
			wire := dns.Respond(world{}, dns.Public, nil, req, tt.tcp)
			m := new(mdns.Msg)
			if err := m.Unpack(wire); err != nil {
				t.Fatal(err)
			}
			if m.Truncated != tt.trunc || (len(m.Answer) == 200) == tt.trunc {
				t.Errorf("truncated %v with %d records", m.Truncated, len(m.Answer))
			}
			if limit := max(512, int(tt.edns)); !tt.tcp && len(wire) > limit {
				t.Errorf("%d bytes for a client that takes %d", len(wire), limit)
			}
			if opt := m.IsEdns0(); (opt != nil) != (tt.edns > 0) || opt != nil && (opt.UDPSize() != 1232 || !opt.Do()) {
				t.Errorf("EDNS0 %v", opt)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	two := question(host+".", mdns.TypeA)
	two.Question = append(two.Question, two.Question[0])
	none := new(mdns.Msg)
	notify := question(host+".", mdns.TypeSOA)
	notify.Opcode = mdns.OpcodeNotify
	chaos := question("version.bind.", mdns.TypeTXT)
	chaos.Question[0].Qclass = mdns.ClassCHAOS
	version := question(host+".", mdns.TypeA)
	version.SetEdns0(1232, false)
	version.IsEdns0().SetVersion(1)
	for name, tt := range map[string]struct {
		req  *mdns.Msg
		want int
	}{
		"two questions": {two, mdns.RcodeFormatError}, "no question": {none, mdns.RcodeFormatError}, "notify": {notify, mdns.RcodeNotImplemented},
		"class": {chaos, mdns.RcodeRefused}, "EDNS1": {version, mdns.RcodeBadVers},
	} {
		t.Run(name, func(t *testing.T) {
			if m := ask(t, dns.Public, dns.Distortion{}, tt.req, false); m.Rcode != tt.want {
				t.Errorf("got %s, want %s", mdns.RcodeToString[m.Rcode], mdns.RcodeToString[tt.want])
			}
		})
	}
}

func TestDistortions(t *testing.T) {
	tests := []struct {
		name  string
		d     dns.Distortion
		tcp   bool
		rcode int
		trunc bool
		want  []string
	}{
		{"nxdomain", dns.Distortion{Kind: dns.NXDomain}, false, mdns.RcodeNameError, false, nil},
		{"servfail", dns.Distortion{Kind: dns.ServFail}, false, mdns.RcodeServerFailure, false, nil},
		{"empty", dns.Distortion{Kind: dns.Empty}, false, mdns.RcodeSuccess, false, nil},
		{"truncated", dns.Distortion{Kind: dns.Truncated}, false, mdns.RcodeSuccess, true, nil},
		{"truncated over TCP", dns.Distortion{Kind: dns.Truncated}, true, mdns.RcodeSuccess, false, []string{"203.0.113.7", "203.0.113.8"}},
		{"wrong", dns.Distortion{Kind: dns.Wrong, Addrs: addrs("192.0.2.1", "2001:db8::1")}, false, mdns.RcodeSuccess, false, []string{"192.0.2.1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := ask(t, dns.Public, tt.d, question(host+".", mdns.TypeA), tt.tcp)
			if m.Rcode != tt.rcode || m.Truncated != tt.trunc {
				t.Errorf("rcode %s, truncated %v", mdns.RcodeToString[m.Rcode], m.Truncated)
			}
			if d := cmp.Diff(tt.want, answers(m)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
	t.Run("silence", func(t *testing.T) {
		silent := func(dns.Query) dns.Distortion { return dns.Distortion{Kind: dns.Silence} }
		if wire := dns.Respond(world{}, dns.Public, silent, question(host+".", mdns.TypeA), false); wire != nil {
			t.Errorf("answered % x", wire)
		}
	})
	t.Run("malformed", func(t *testing.T) {
		broken := func(dns.Query) dns.Distortion { return dns.Distortion{Kind: dns.Malformed} }
		for _, name := range []string{host + ".", "example.org.", "."} {
			for _, edns := range []bool{false, true} {
				req := question(name, mdns.TypeA)
				if edns {
					req.SetEdns0(1232, false)
				}
				wire := dns.Respond(world{}, dns.Public, broken, req, false)
				if err := new(mdns.Msg).Unpack(wire); err == nil {
					t.Errorf("%s, EDNS0 %v: %d bytes unpack", name, edns, len(wire))
				}
			}
		}
	})
}

// TestPartialIsAProperSubset: whatever is drawn, some addresses are there and
// some are missing, and over all draws each address is missing at times.
func TestPartialIsAProperSubset(t *testing.T) {
	whole := answers(ask(t, dns.Public, dns.Distortion{}, question("many."+zone+".", mdns.TypeA), true))
	missing := map[string]bool{}
	rapid.Check(t, func(rt *rapid.T) {
		d := dns.Distortion{Kind: dns.Partial, Draw: rapid.Uint64().Draw(rt, "draw")}
		got := answers(ask(t, dns.Public, d, question("many."+zone+".", mdns.TypeA), true))
		if len(got) == 0 || len(got) >= len(whole) {
			rt.Fatalf("%d of %d", len(got), len(whole))
		}
		if !isSubsequence(got, whole) {
			rt.Fatal("not in the order of the whole answer")
		}
	})
	for draw := range uint64(100) {
		got := answers(ask(t, dns.Public, dns.Distortion{Kind: dns.Partial, Draw: draw}, question(host+".", mdns.TypeA), false))
		for _, a := range []string{"203.0.113.7", "203.0.113.8"} {
			if !slices.Contains(got, a) {
				missing[a] = true
			}
		}
	}
	if len(missing) != 2 {
		t.Errorf("only %v is ever missing", missing)
	}
}

func isSubsequence(part, whole []string) bool {
	for _, s := range whole {
		if len(part) > 0 && part[0] == s {
			part = part[1:]
		}
	}
	return len(part) == 0
}

func TestServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		pc, err := n.ListenPacket("udp", "127.0.0.1:53")
		if err != nil {
			t.Fatal(err)
		}
		l, err := n.Listen("tcp", "127.0.0.1:53")
		if err != nil {
			t.Fatal(err)
		}
		silent := false
		srv := &dns.Server{View: "vpc-1", Source: world{}, PacketConn: pc, Listener: l, Distort: func(q dns.Query) dns.Distortion {
			if q.View != "vpc-1" || q.Name != host+"." || q.Type != mdns.TypeA {
				t.Errorf("asked about %+v", q)
			}
			if silent {
				return dns.Distortion{Kind: dns.Silence}
			}
			return dns.Distortion{}
		}}
		ctx, stop := context.WithCancel(t.Context())
		ran := make(chan error)
		go func() { ran <- srv.Run(ctx) }()
		exchange := func(network string) (*mdns.Msg, error) {
			raw, err := n.DialContext(t.Context(), network, "127.0.0.1:53")
			if err != nil {
				return nil, err
			}
			defer raw.Close()
			c := &mdns.Client{Net: network, Timeout: 3 * time.Second}
			m, _, err := c.ExchangeWithConnContext(t.Context(), question(host+".", mdns.TypeA), &mdns.Conn{Conn: raw})
			return m, err
		}
		for _, network := range []string{"udp", "tcp"} {
			m, err := exchange(network)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff([]string{"10.0.0.10", "10.0.1.10"}, answers(m)); d != "" {
				t.Errorf("%s (-want +got)\n%s", network, d)
			}
		}
		silent = true
		for _, network := range []string{"udp", "tcp"} {
			start := time.Now()
			if _, err := exchange(network); !os.IsTimeout(err) || time.Since(start) != 3*time.Second {
				t.Errorf("%s: %v after %s, want a timeout after 3s", network, err, time.Since(start))
			}
		}
		// A connection that is open and idle does not keep the server alive.
		idle, err := n.DialContext(t.Context(), "tcp", "127.0.0.1:53")
		if err != nil {
			t.Fatal(err)
		}
		defer idle.Close()
		synctest.Wait()
		start := time.Now()
		stop()
		if err := <-ran; err != nil {
			t.Errorf("run: %v", err)
		}
		if d := time.Since(start); d > 0 {
			t.Errorf("shutdown took %s", d)
		}
		if _, err := exchange("tcp"); err == nil {
			t.Error("still listening")
		}
	})
}

func TestServerSaysWhyItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		pc, _ := n.ListenPacket("udp", "127.0.0.1:53")
		l, _ := n.Listen("tcp", "127.0.0.1:53")
		l.Close()
		srv := &dns.Server{View: "vpc-1", Source: world{}, PacketConn: pc, Listener: l}
		err := srv.Run(t.Context())
		if !errors.Is(err, net.ErrClosed) || !strings.HasPrefix(err.Error(), "serve dns view vpc-1: ") {
			t.Errorf("got %v", err)
		}
	})
}

func FuzzRespond(f *testing.F) {
	for _, m := range []*mdns.Msg{question(host+".", mdns.TypeA), question("many."+zone+".", mdns.TypeANY), question(".", mdns.TypeOPT), new(mdns.Msg)} {
		wire, _ := m.Pack()
		f.Add(wire, uint8(0), false)
		m.SetEdns0(4096, true)
		wire, _ = m.Pack()
		f.Add(wire, uint8(dns.Partial), true)
	}
	f.Fuzz(func(t *testing.T, wire []byte, kind uint8, tcp bool) {
		req := new(mdns.Msg)
		if req.Unpack(wire) != nil {
			return
		}
		d := dns.Distortion{Kind: dns.Kind(kind % uint8(dns.Malformed+1)), Addrs: addrs("192.0.2.1")}
		got := dns.Respond(world{}, dns.Public, func(dns.Query) dns.Distortion { return d }, req, tcp)
		if got == nil {
			if d.Kind != dns.Silence {
				t.Fatal("no answer")
			}
			return
		}
		limit := 512
		if opt := req.IsEdns0(); opt != nil {
			limit = max(limit, int(opt.UDPSize()))
		}
		if !tcp && len(got) > limit {
			t.Fatalf("%d bytes for a client that takes %d", len(got), limit)
		}
		m := new(mdns.Msg)
		if err := m.Unpack(got); err != nil {
			if d.Kind != dns.Malformed {
				t.Fatalf("answer does not unpack: %v", err)
			}
			return
		}
		if m.Id != req.Id || !m.Response {
			t.Fatalf("header %+v for request %+v", m.MsgHdr, req.MsgHdr)
		}
	})
}
