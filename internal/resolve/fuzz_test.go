package resolve

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

func TestParseServer(t *testing.T) {
	tests := []struct {
		in   string
		want Server
		bad  bool
	}{
		{in: "10.0.0.2", want: Server{Addr: "10.0.0.2:53"}},
		{in: "10.0.0.2:5353", want: Server{Addr: "10.0.0.2:5353"}},
		{in: "10.0.0.2,vpc", want: Server{Addr: "10.0.0.2:53", InVPC: true}},
		{in: "10.0.0.2:53,vpc", want: Server{Addr: "10.0.0.2:53", InVPC: true}},
		{in: "::1", want: Server{Addr: "[::1]:53"}},
		{in: "[::1]", want: Server{Addr: "[::1]:53"}},
		{in: "[::1]:5353,vpc", want: Server{Addr: "[::1]:5353", InVPC: true}},
		{in: "fe80::1%eth0", want: Server{Addr: "[fe80::1%eth0]:53"}},
		{in: "dns.example.org:53", want: Server{Addr: "dns.example.org:53"}},
		{in: "", bad: true},
		{in: ",vpc", bad: true},
		{in: "10.0.0.2,dmz", bad: true},
		{in: "10.0.0.2,vpc,vpc", bad: true},
		{in: "10.0.0.2:0", bad: true},
		{in: "10.0.0.2:65536", bad: true},
		{in: "10.0.0.2:", bad: true},
		{in: "10.0.0.256", bad: true},
		{in: "[10.0.0.2]:53", bad: true},
		{in: "https://10.0.0.2", bad: true},
		{in: "10.0.0.2 ", bad: true},
	}
	for _, tt := range tests {
		got, err := ParseServer(tt.in)
		if (err != nil) != tt.bad || got != tt.want {
			t.Errorf("ParseServer(%q) = %+v, %v; want %+v, error %t", tt.in, got, err, tt.want, tt.bad)
		}
	}
}

func TestSystem(t *testing.T) {
	file := filepath.Join(t.TempDir(), "resolv.conf")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("nameserver 10.0.0.2\nnameserver fd00::2\n")
	got, err := systemServers(file)
	if diff := cmp.Diff([]Server{{Addr: "10.0.0.2:53"}, {Addr: "[fd00::2]:53"}}, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	write("search example.org\n")
	if _, err := systemServers(file); err == nil {
		t.Error("no error for a file without servers")
	}
	if _, err := systemServers(file + ".none"); err == nil {
		t.Error("no error for a missing file")
	}
}

// FuzzParseServer: what is accepted can be dialled, and its text reads back as
// the same server.
func FuzzParseServer(f *testing.F) {
	for _, s := range []string{"10.0.0.2", "10.0.0.2:53,vpc", "[::1]:53", "::1", "fe80::1%eth0", "a.example:5", "[::1%]]:1", "::ffff:1.2.3.4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseServer(s)
		if err != nil {
			return
		}
		again, err := ParseServer(got.String())
		if err != nil || again != got {
			t.Errorf("ParseServer(%q) = %+v, whose text reads as %+v, %v", s, got, again, err)
		}
	})
}

// FuzzReadAnswer: an answer makes exactly one statement; addresses are of the
// asked family, in order, each once; another id or question never yields
// anything; and the order of the records does not matter.
func FuzzReadAnswer(f *testing.F) {
	q := dns.Question{Name: "a.example.", Qtype: dns.TypeA, Qclass: dns.ClassINET}
	query := new(dns.Msg).SetQuestion(q.Name, q.Qtype)
	query.Id = 7
	for _, records := range [][]string{
		nil,
		{"a.example. 60 IN A 10.0.0.1", "a.example. 5 IN A 10.0.0.2"},
		{"a.example. 60 IN CNAME b.example.", "b.example. 5 IN A 10.0.0.2"},
		{"a.example. 60 IN CNAME b.example."},
		{"a.example. 60 IN CNAME a.example."},
		{"a.example. 60 IN AAAA fd00::1"},
		{"a.example. 60 CH A 10.0.0.1"},
	} {
		m := reply(query, dns.RcodeSuccess, records...)
		f.Add(pack(m), false)
		f.Add(pack(m)[:20], false)
		m.Truncated = true
		f.Add(pack(m), false)
	}
	f.Add(pack(reply(query, dns.RcodeNameError)), true)
	f.Fuzz(func(t *testing.T, raw []byte, v6 bool) {
		q := q
		if v6 {
			q.Qtype = dns.TypeAAAA
		}
		a, err := readAnswer(q, 7, raw)
		if err != nil {
			if !cmp.Equal(a, answer{}) {
				t.Errorf("an error %v with an answer %+v", err, a)
			}
			return
		}
		statements := 0
		for _, said := range []bool{a.Truncated, len(a.Addrs) > 0, a.Empty != "", a.Next != ""} {
			if said {
				statements++
			}
		}
		if statements != 1 || a.TTL < 0 || a.Hops > maxChain || len(a.Addrs) > maxAddrs {
			t.Errorf("not one statement within limits: %+v", a)
		}
		if !slices.IsSortedFunc(a.Addrs, netip.Addr.Compare) || len(slices.Compact(slices.Clone(a.Addrs))) != len(a.Addrs) {
			t.Errorf("addresses not in order, each once: %v", a.Addrs)
		}
		for _, addr := range a.Addrs {
			if addr.Is4() == v6 {
				t.Errorf("address %s of the wrong family", addr)
			}
		}
		if _, err := readAnswer(q, 8, raw); err == nil {
			t.Error("another id accepted")
		}
		if _, err := readAnswer(dns.Question{Name: "z.example.", Qtype: q.Qtype, Qclass: q.Qclass}, 7, raw); err == nil {
			t.Error("another question accepted")
		}
		var m dns.Msg
		if a.Truncated || m.Unpack(raw) != nil {
			return
		}
		slices.Reverse(m.Answer)
		if again, err := readRecords(&m, q); err != nil || !cmp.Equal(a, again, cmp.Comparer(func(x, y netip.Addr) bool { return x == y })) {
			t.Errorf("records in another order: %+v, %v; want %+v", again, err, a)
		}
	})
}
