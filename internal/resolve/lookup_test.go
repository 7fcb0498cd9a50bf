package resolve

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/miekg/dns"

	"postern/internal/plan"
)

const host = "abc.gr7.us-east-1.eks.amazonaws.com"

// want is the part of a witness that a case is about.
type want struct {
	Outcome plan.Outcome
	Partial bool
	Addrs   []string
	TTL     time.Duration
	Code    plan.Code
}

func TestLookup(t *testing.T) {
	const a, b = "10.0.0.2:53", "10.0.0.3:53"
	two := says(host+". 60 IN A 10.0.1.5", host+". 30 IN A 10.0.2.9")
	unknown := want{Outcome: plan.Unknown, Code: plan.DNSUnknown}
	good := want{Outcome: plan.Answered, Addrs: []string{"10.0.1.5", "10.0.2.9"}, TTL: 30 * time.Second}
	partial := good
	partial.Partial = true
	empty := want{Outcome: plan.Empty}

	// long is a UDP answer cut off, and a whole one by TCP.
	long := func(network string, q *dns.Msg) [][]byte {
		if network == "tcp" {
			return two(network, q)
		}
		m := reply(q, dns.RcodeSuccess, host+". 60 IN A 10.0.1.5")
		m.Truncated = true
		return [][]byte{pack(m)}
	}
	tests := []struct {
		name    string
		servers map[string]script
		noTCP   bool
		v6      bool
		vpc     bool // ask only servers in the VPC: here the second
		asked   []string
		want    want
		detail  []string
		took    time.Duration
	}{
		{name: "one answers", servers: map[string]script{a: two}, want: good, detail: []string{a + ": 10.0.1.5 10.0.2.9 (TTL 30s)"}},
		{name: "union of two", servers: map[string]script{a: says(host + ". 60 IN A 10.0.1.5"), b: says(host + ". 30 IN A 10.0.2.9")}, want: good},
		{name: "SERVFAIL, then success at the second", servers: map[string]script{a: fails(dns.RcodeServerFailure), b: two},
			want: partial, detail: []string{a + ": SERVFAIL", b + ": 10.0.1.5"}},
		{name: "answer and NXDOMAIN", servers: map[string]script{a: fails(dns.RcodeNameError), b: two}, want: partial, detail: []string{a + ": NXDOMAIN"}},
		{name: "SERVFAIL once, then success on the retry", servers: map[string]script{a: inTurn(fails(dns.RcodeServerFailure), two)}, want: good},
		{name: "SERVFAIL twice", servers: map[string]script{a: fails(dns.RcodeServerFailure)}, want: unknown,
			asked: []string{"udp " + a + " " + host + ".", "udp " + a + " " + host + "."}},
		{name: "REFUSED", servers: map[string]script{a: fails(dns.RcodeRefused)}, want: unknown, detail: []string{"REFUSED"}},
		{name: "NXDOMAIN", servers: map[string]script{a: fails(dns.RcodeNameError)}, want: empty, detail: []string{"NXDOMAIN"}},
		{name: "no data", servers: map[string]script{a: says()}, want: empty, detail: []string{"no data"}},
		{name: "no data and NXDOMAIN", servers: map[string]script{a: says(), b: fails(dns.RcodeNameError)}, want: empty},
		{name: "no data and SERVFAIL", servers: map[string]script{a: says(), b: fails(dns.RcodeServerFailure)}, want: unknown},
		{name: "truncated, then whole by TCP", servers: map[string]script{a: long}, want: good,
			asked: []string{"udp " + a + " " + host + ".", "tcp " + a + " " + host + "."}},
		{name: "truncated, and TCP refused", servers: map[string]script{a: long}, noTCP: true, want: unknown,
			detail: []string{"truncated, then by TCP: connection refused"}},
		{name: "truncated by TCP too", servers: map[string]script{a: func(_ string, q *dns.Msg) [][]byte { return long("udp", q) }}, want: unknown,
			detail: []string{"truncated, by TCP too"}},
		{name: "no server there", want: unknown, servers: map[string]script{}, detail: []string{"connection refused"}},
		{name: "silence takes the budget and no more", servers: map[string]script{a: silent}, want: unknown, detail: []string{"timeout"}, took: DefaultTimeout},
		{name: "silence, then an answer on the retry", servers: map[string]script{a: inTurn(silent, two)}, want: good, took: DefaultTimeout / 2},
		{name: "a silent one does not hide the other", servers: map[string]script{a: silent, b: two}, want: partial, took: DefaultTimeout},
		{name: "EDNS0 not understood", want: good, servers: map[string]script{a: func(n string, q *dns.Msg) [][]byte {
			if q.IsEdns0() != nil {
				return [][]byte{pack(&dns.Msg{MsgHdr: dns.MsgHdr{Id: q.Id, Response: true, Rcode: dns.RcodeFormatError}})}
			}
			return two(n, q)
		}}},
		{name: "another id is ignored", want: good, servers: map[string]script{a: func(n string, q *dns.Msg) [][]byte {
			forged := reply(q, dns.RcodeSuccess, host+". 60 IN A 10.6.6.6")
			forged.Id++
			return append([][]byte{pack(forged), []byte("x")}, two(n, q)...)
		}}},
		{name: "another question is ignored", want: good, servers: map[string]script{a: func(n string, q *dns.Msg) [][]byte {
			forged := reply(q, dns.RcodeSuccess, "other.example. 60 IN A 10.6.6.6")
			forged.Question[0].Name = "other.example."
			return append([][]byte{pack(forged)}, two(n, q)...)
		}}},
		{name: "another class is ignored", servers: map[string]script{a: says(host + ". 60 CH A 10.6.6.6")}, want: empty},
		{name: "another owner is ignored", servers: map[string]script{a: says("other.example. 60 IN A 10.6.6.6")}, want: empty},
		{name: "malformed", want: unknown, detail: []string{"malformed answer"}, servers: map[string]script{a: func(_ string, q *dns.Msg) [][]byte {
			raw := pack(reply(q, dns.RcodeSuccess, host+". 60 IN A 10.0.1.5"))
			return [][]byte{raw[:len(raw)-2]}
		}}},
		{name: "an address record without an address", want: unknown, detail: []string{"malformed answer"}, servers: map[string]script{
			a: sends(func(q *dns.Msg) *dns.Msg {
				m := reply(q, dns.RcodeSuccess)
				m.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: host + ".", Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 60}}}
				return m
			})}},
		{name: "more addresses than a target group holds", want: unknown, detail: []string{"oversized answer"}, servers: map[string]script{
			a: func(network string, q *dns.Msg) [][]byte {
				m := reply(q, dns.RcodeSuccess)
				m.Truncated = network == "udp"
				for i := range 1001 {
					if network == "tcp" {
						m.Answer = append(m.Answer, rr(fmt.Sprintf("%s. 60 IN A 10.0.%d.%d", host, i/250, i%250)))
					}
				}
				m.Compress = true
				return [][]byte{pack(m)}
			}}},
		{name: "oversized by UDP", want: unknown, detail: []string{"oversized"}, servers: map[string]script{a: sends(func(q *dns.Msg) *dns.Msg {
			m := reply(q, dns.RcodeSuccess)
			for i := range 100 {
				m.Answer = append(m.Answer, rr(fmt.Sprintf("%s. 60 IN A 10.0.1.%d", host, i)))
			}
			m.Compress = false
			return m
		})}},
		{name: "CNAME within the answer, the smallest TTL counts", servers: map[string]script{
			a: says(host+". 20 IN CNAME x.example.", "x.example. 60 IN A 10.0.1.5")},
			want: want{Outcome: plan.Answered, Addrs: []string{"10.0.1.5"}, TTL: 20 * time.Second}},
		{name: "CNAME by a further question", servers: map[string]script{
			a: inTurn(says(host+". 20 IN CNAME x.example."), says("x.example. 60 IN A 10.0.1.5"))},
			want:  want{Outcome: plan.Answered, Addrs: []string{"10.0.1.5"}, TTL: 20 * time.Second},
			asked: []string{"udp " + a + " " + host + ".", "udp " + a + " x.example."}},
		{name: "CNAME to nowhere", servers: map[string]script{
			a: inTurn(says(host+". 20 IN CNAME x.example."), fails(dns.RcodeNameError))}, want: empty},
		{name: "CNAME loop in one answer", want: unknown, detail: []string{"CNAME loop"}, servers: map[string]script{
			a: says(host+". 60 IN CNAME x.example.", "x.example. 60 IN CNAME "+host+".")}},
		{name: "CNAME loop over several answers", want: unknown, detail: []string{"CNAME loop"}, servers: map[string]script{
			a: inTurn(says(host+". 60 IN CNAME x.example."), says("x.example. 60 IN CNAME "+host+"."))}},
		{name: "CNAME chain too long", want: unknown, detail: []string{"more than 8 CNAMEs"}, servers: map[string]script{
			a: sends(func(q *dns.Msg) *dns.Msg {
				return reply(q, dns.RcodeSuccess, q.Question[0].Name+" 60 IN CNAME x"+q.Question[0].Name)
			})}},
		{name: "two CNAMEs", want: unknown, detail: []string{"2 CNAMEs"}, servers: map[string]script{
			a: says(host+". 60 IN CNAME x.example.", host+". 60 IN CNAME y.example.")}},
		{name: "lame referral", want: unknown, detail: []string{"lame referral"}, servers: map[string]script{a: sends(func(q *dns.Msg) *dns.Msg {
			m := new(dns.Msg).SetReply(q)
			m.Ns = []dns.RR{rr("com. 60 IN NS a.example.")}
			return m
		})}},
		{name: "lame emptiness", want: unknown, detail: []string{"lame answer"}, servers: map[string]script{a: sends(func(q *dns.Msg) *dns.Msg {
			return new(dns.Msg).SetReply(q)
		})}},
		{name: "IPv6", v6: true, servers: map[string]script{a: says(host+". 60 IN AAAA fd00::5", host+". 60 IN A 10.0.1.5")},
			want: want{Outcome: plan.Answered, Addrs: []string{"fd00::5"}, TTL: time.Minute}},
		{name: "only in the VPC", vpc: true, servers: map[string]script{a: says(host + ". 60 IN A 203.0.113.5"), b: two}, want: good,
			asked: []string{"udp " + b + " " + host + "."}},
		{name: "a TTL with its top bit set is zero", servers: map[string]script{a: says(host + ". 4294967295 IN A 10.0.1.5")},
			want: want{Outcome: plan.Answered, Addrs: []string{"10.0.1.5"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := &fakeNet{servers: tt.servers, noTCP: tt.noTCP}
				r := &Resolver{Servers: []Server{{Addr: a}}, Dial: n.dial}
				if _, ok := tt.servers[b]; ok {
					r.Servers = append(r.Servers, Server{Addr: b, InVPC: true})
				}
				start := time.Now()
				w := r.Lookup(t.Context(), host, tt.v6, tt.vpc)
				if diff := cmp.Diff(tt.want, wanted(w), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("witness (-want +got):\n%s\ndetail: %s", diff, w.Detail)
				}
				if took := time.Since(start); took != tt.took {
					t.Errorf("took %s, want %s", took, tt.took)
				}
				for _, d := range tt.detail {
					if !strings.Contains(w.Detail, d) {
						t.Errorf("detail %q lacks %q", w.Detail, d)
					}
				}
				if w.Outcome == plan.Unknown && w.Hint == "" {
					t.Error("unknown without a hint")
				}
				if tt.asked != nil {
					if diff := cmp.Diff(tt.asked, n.queries); diff != "" {
						t.Errorf("queries (-want +got):\n%s", diff)
					}
				}
			})
		})
	}
}

func wanted(w plan.Witness) want {
	got := want{Outcome: w.Outcome, Partial: w.Partial, TTL: w.TTL, Code: w.Code}
	for _, addr := range w.Addrs {
		got.Addrs = append(got.Addrs, addr.String())
	}
	return got
}

func TestLookupThatCannotBeAsked(t *testing.T) {
	tests := []struct {
		name    string
		servers []Server
		host    string
		vpcOnly bool
		want    plan.Outcome
		detail  string
	}{
		{"no server", nil, host, false, plan.Unknown, "no resolver is set"},
		{"no server in the VPC", []Server{{Addr: "10.0.0.2:53"}}, host, true, plan.Inapplicable, "no resolver is marked"},
		{"no server at all, and only the VPC's", nil, host, true, plan.Unknown, "no resolver is set"},
		{"no host", []Server{{Addr: "10.0.0.2:53"}}, "", false, plan.Unknown, "not a host name"},
		{"an address", []Server{{Addr: "10.0.0.2:53"}}, "10.0.0.9", false, plan.Unknown, "is an address"},
		{"a label too long", []Server{{Addr: "10.0.0.2:53"}}, strings.Repeat("x", 64) + ".example", false, plan.Unknown, "not a host name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &Resolver{Servers: tt.servers, Dial: (&fakeNet{}).dial}
			w := r.Lookup(t.Context(), tt.host, false, tt.vpcOnly)
			if w.Outcome != tt.want || !strings.Contains(w.Detail, tt.detail) {
				t.Errorf("got %s %q, want %s %q", w.Outcome, w.Detail, tt.want, tt.detail)
			}
		})
	}
}

func TestLookupInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &fakeNet{servers: map[string]script{"10.0.0.2:53": silent}}
		at := time.Unix(1700000000, 0)
		r := &Resolver{Servers: []Server{{Addr: "10.0.0.2:53"}}, Dial: n.dial, Now: func() time.Time { return at }}
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		time.AfterFunc(time.Second, cancel)
		w := r.Lookup(ctx, host, false, false)
		if took := time.Since(start); took != time.Second {
			t.Errorf("took %s after an interruption at 1s", took)
		}
		if w.Outcome != plan.Unknown || !w.At.Equal(at) || !strings.Contains(w.Hint, "interrupted") {
			t.Errorf("got %+v", w)
		}
	})
}

// listenBoth listens on one port by UDP and TCP: of the ports that are free for
// the one, some are taken for the other.
func listenBoth(t *testing.T) (net.PacketConn, net.Listener) {
	t.Helper()
	var last error
	for range 20 {
		pc, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l, err := net.Listen("tcp", pc.LocalAddr().String())
		if err == nil {
			return pc, l
		}
		pc.Close()
		last = err
	}
	t.Fatal(last)
	return nil, nil
}

// TestLookupOverSockets asks a real DNS server on loopback, by UDP and then by
// TCP, with the dialer that is used by default.
func TestLookupOverSockets(t *testing.T) {
	pc, l := listenBoth(t)
	handler := dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := reply(q, dns.RcodeSuccess)
		for i := range 200 {
			m.Answer = append(m.Answer, rr(fmt.Sprintf("%s. 60 IN A 10.0.1.%d", host, i)))
		}
		if w.RemoteAddr().Network() == "udp" {
			m.Truncate(int(q.IsEdns0().UDPSize()))
		}
		_ = w.WriteMsg(m)
	})
	for _, s := range []*dns.Server{{PacketConn: pc, Handler: handler}, {Listener: l, Handler: handler}} {
		started := make(chan struct{})
		s.NotifyStartedFunc = func() { close(started) }
		go func() { _ = s.ActivateAndServe() }()
		<-started
		t.Cleanup(func() { _ = s.Shutdown() })
	}
	r := &Resolver{Servers: []Server{{Addr: pc.LocalAddr().String()}}}
	w := r.Lookup(t.Context(), host, false, false)
	if w.Outcome != plan.Answered || len(w.Addrs) != 200 || w.TTL != time.Minute || w.Addrs[9] != netip.MustParseAddr("10.0.1.9") {
		t.Errorf("got %s with %d addresses: %s", w.Outcome, len(w.Addrs), w.Detail)
	}
}
