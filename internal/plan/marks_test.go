package plan_test

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"postern/internal/plan"
)

func unix(s int64) time.Time { return time.Unix(s, 0) }

func mark(kind byte, addr string) plan.Mark {
	return plan.Mark{Kind: kind, Addr: netip.MustParseAddr(addr)}
}

func TestParseMarks(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       plan.Marks
		dropped    []string
	}{
		{name: "no tag"},
		{name: "spaces only", text: "   "},
		{name: "none any more", text: "none"},
		{name: "one of each kind", text: "+10.0.0.2@1700000001 -10.0.0.1@1700000000 =10.0.0.3@1700000002", want: plan.Marks{
			mark('-', "10.0.0.1"): unix(1700000000), mark('+', "10.0.0.2"): unix(1700000001), mark('=', "10.0.0.3"): unix(1700000002),
		}},
		{name: "somebody else's certificate", text: "_10.0.0.4@1700000003", want: plan.Marks{mark('_', "10.0.0.4"): unix(1700000003)}},
		{name: "the same address in two kinds", text: "+10.0.0.1@5 =10.0.0.1@6", want: plan.Marks{mark('+', "10.0.0.1"): unix(5), mark('=', "10.0.0.1"): unix(6)}},
		{name: "more spaces than needed", text: "  -10.0.0.1@1   -10.0.0.2@2 ", want: plan.Marks{mark('-', "10.0.0.1"): unix(1), mark('-', "10.0.0.2"): unix(2)}},
		{name: "IPv6", text: "-2001:db8::1@7", want: plan.Marks{mark('-', "2001:db8::1"): unix(7)}},
		{name: "a foreign target's port", text: "-10.0.0.1/8443@7", want: plan.Marks{{Kind: '-', Addr: netip.MustParseAddr("10.0.0.1"), Port: 8443}: unix(7)}},
		{name: "one time twice: the shorter wait must not win", text: "-10.0.0.1@5 -10.0.0.1@9", want: plan.Marks{mark('-', "10.0.0.1"): unix(9)}},
		{name: "in the other order too", text: "-10.0.0.1@9 -10.0.0.1@5", want: plan.Marks{mark('-', "10.0.0.1"): unix(9)}},
		{name: "the good ones of a damaged tag", text: "-10.0.0.1@5 rubbish -10.0.0.2@6", want: plan.Marks{mark('-', "10.0.0.1"): unix(5), mark('-', "10.0.0.2"): unix(6)}, dropped: []string{"rubbish"}},
		{name: "no kind", text: "10.0.0.1@5", dropped: []string{"10.0.0.1@5"}},
		{name: "no such kind", text: "*10.0.0.1@5", dropped: []string{"*10.0.0.1@5"}},
		{name: "no time", text: "-10.0.0.1", dropped: []string{"-10.0.0.1"}},
		{name: "an empty time", text: "-10.0.0.1@", dropped: []string{"-10.0.0.1@"}},
		{name: "a negative time", text: "-10.0.0.1@-5", dropped: []string{"-10.0.0.1@-5"}},
		{name: "a time with a sign", text: "-10.0.0.1@+5", dropped: []string{"-10.0.0.1@+5"}},
		{name: "a time in words", text: "-10.0.0.1@now", dropped: []string{"-10.0.0.1@now"}},
		{name: "a time beyond all numbers", text: "-10.0.0.1@99999999999999999999999", dropped: []string{"-10.0.0.1@99999999999999999999999"}},
		{name: "two times", text: "-10.0.0.1@5@6", dropped: []string{"-10.0.0.1@5@6"}},
		{name: "no address", text: "-@5", dropped: []string{"-@5"}},
		{name: "not an address", text: "-10.0.0@5", dropped: []string{"-10.0.0@5"}},
		{name: "only a sign", text: "- @ -@", dropped: []string{"-", "@", "-@"}},
		{name: "a port that is none", text: "-10.0.0.1/x@5 -10.0.0.1/0@5 -10.0.0.1/65536@5 -10.0.0.1/@5", dropped: []string{"-10.0.0.1/x@5", "-10.0.0.1/0@5", "-10.0.0.1/65536@5", "-10.0.0.1/@5"}},
		{name: "a mapped address is not one of ours", text: "-::ffff:10.0.0.1@5", dropped: []string{"-::ffff:10.0.0.1@5"}},
		{name: "nor is one with a zone", text: "-fe80::1%eth0@5", dropped: []string{"-fe80::1%eth0@5"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, dropped := plan.ParseMarks(tt.text)
			if d := diff(tt.want, got); d != "" {
				t.Errorf("marks (-want +got):\n%s", d)
			}
			if d := diff(tt.dropped, dropped); d != "" {
				t.Errorf("dropped (-want +got):\n%s", d)
			}
		})
	}
}

func TestMarksString(t *testing.T) {
	foreign := plan.Mark{Kind: '-', Addr: netip.MustParseAddr("10.0.0.9"), Port: 8443}
	for _, tt := range []struct {
		name  string
		marks plan.Marks
		want  string
	}{
		{name: "nothing"},
		{name: "one", marks: plan.Marks{mark('-', "10.0.0.1"): unix(1700000000)}, want: "-10.0.0.1@1700000000"},
		{name: "whole seconds", marks: plan.Marks{mark('-', "10.0.0.1"): time.Unix(1700000000, 999_999_999)}, want: "-10.0.0.1@1700000000"},
		{name: "sorted as text, whatever their times", marks: plan.Marks{
			mark('=', "10.0.0.1"): unix(1), mark('-', "10.0.0.2"): unix(2), mark('-', "10.0.0.1"): unix(3), mark('+', "10.0.0.1"): unix(4), foreign: unix(5),
		}, want: "+10.0.0.1@4 -10.0.0.1@3 -10.0.0.2@2 -10.0.0.9/8443@5 =10.0.0.1@1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.marks.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A tag's value has 256 characters at most. The newest marks are left out: the
// addresses that they are about wait a little longer.
func TestMarksDropTheNewest(t *testing.T) {
	ms := plan.Marks{}
	for i := range 30 {
		// The address order is not the order of time.
		ms[mark('-', fmt.Sprintf("10.0.0.%d", 100+(i*7)%30))] = unix(1_700_000_000 + int64(i))
	}
	s := ms.String()
	// 22 characters each and a space between: eleven fill 252.
	if len(s) != 11*23-1 {
		t.Errorf("%d characters: %q", len(s), s)
	}
	kept, dropped := plan.ParseMarks(s)
	if len(dropped) > 0 || len(kept) != 11 {
		t.Fatalf("kept %d, dropped %q", len(kept), dropped)
	}
	for m, since := range kept {
		if since.Unix() >= 1_700_000_011 || !ms[m].Equal(since) {
			t.Errorf("%v of %d is kept and older ones are not", m.Addr, since.Unix())
		}
	}
}

// A tag's value is counted to the last character.
func TestMarksFillTheTag(t *testing.T) {
	for _, tt := range []struct {
		name   string
		second string
		kept   int
		length int
	}{
		{name: "256 characters", second: "10.100.0.101", kept: 11, length: 256},
		{name: "257 characters", second: "10.100.10.101", kept: 10, length: 257 - 23},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ms := plan.Marks{mark('-', "10.100.0.100"): unix(1_700_000_000), mark('-', tt.second): unix(1_700_000_001)}
			for i := range 9 {
				ms[mark('+', fmt.Sprintf("10.0.0.%d", 100+i))] = unix(1_700_000_002 + int64(i))
			}
			s := ms.String()
			kept, _ := plan.ParseMarks(s)
			if len(kept) != tt.kept || len(s) != tt.length {
				t.Errorf("%d marks in %d characters, want %d in %d", len(kept), len(s), tt.kept, tt.length)
			}
		})
	}
}

func drawMarks(t *rapid.T, max int) plan.Marks {
	ms := plan.Marks{}
	for range rapid.IntRange(0, max).Draw(t, "count") {
		m := plan.Mark{Kind: rapid.SampledFrom([]byte("-+=_")).Draw(t, "kind")}
		if rapid.Bool().Draw(t, "v6") {
			b := rapid.SliceOfN(rapid.Byte(), 15, 15).Draw(t, "v6 address")
			m.Addr = netip.AddrFrom16([16]byte(append([]byte{0xfd}, b...)))
		} else {
			m.Addr = netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "v4 address")))
		}
		if often(t, 1, "port") {
			m.Port = rapid.SampledFrom([]uint16{1, 80, 8443, 65535}).Draw(t, "port number")
		}
		ms[m] = unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "since"))
	}
	return ms
}

// What is written is read again, within the tag's size; what does not fit is
// never older than what does.
func TestMarksRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := drawMarks(t, 25)
		s := ms.String()
		got, dropped := plan.ParseMarks(s)
		if len(dropped) > 0 {
			t.Fatalf("%q: dropped %q", s, dropped)
		}
		if len(s) > 256 || !slices.IsSorted(strings.Fields(s)) || strings.Trim(s, " ") != s || strings.Contains(s, "  ") {
			t.Fatalf("%q: %d characters, or not in order", s, len(s))
		}
		for m, since := range got {
			if want, ok := ms[m]; !ok || !want.Equal(since) {
				t.Fatalf("%q: %v was not written", s, m)
			}
		}
		if len(got) == len(ms) {
			return
		}
		newest := slices.MaxFunc(slices.Collect(maps.Values(got)), time.Time.Compare)
		for m, since := range ms {
			if _, kept := got[m]; !kept && since.Before(newest) {
				t.Fatalf("%q: dropped %v of %d, kept one of %d", s, m, since.Unix(), newest.Unix())
			}
		}
		if len(s) < 256-60 {
			t.Fatalf("%q: dropped marks at %d characters", s, len(s))
		}
	})
}

// Whatever the tag holds, what is kept of it can be written and read again to
// the same set, in characters that a tag may have, and each word is either
// kept or named.
func FuzzParseMarks(f *testing.F) {
	for _, s := range []string{"", "-10.0.0.1@1700000000 +10.0.0.2@1700000001", "=10.0.0.3@5 -fd00::1/8443@6", "_10.0.0.4@7", "-10.0.0.1@-1 x", "-::ffff:10.0.0.1@5", "-fe80::1%a@5", "-10.0.0.1@99999999999", strings.Repeat("-10.0.0.1@5 ", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ms, dropped := plan.ParseMarks(s)
		words := strings.Fields(s)
		if len(ms)+len(dropped) > len(words) || len(words) > 0 && !slices.Contains(words, "none") && len(ms)+len(dropped) == 0 {
			t.Fatalf("%q: %d words, %d marks, %d dropped", s, len(words), len(ms), len(dropped))
		}
		for _, d := range dropped {
			if !slices.Contains(words, d) {
				t.Fatalf("%q: dropped %q, which is not in it", s, d)
			}
		}
		text := ms.String()
		if len(text) > 256 || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune("0123456789abcdef.:/=+-_@ ", r) }) {
			t.Fatalf("%q: written as %q", s, text)
		}
		tag := ms.Tag()
		if tag == "" || plan.MarksTag(map[string]string{plan.TagMarks: tag}) != text {
			t.Fatalf("%q: the tag is %q for %q", s, tag, text)
		}
		again, lost := plan.ParseMarks(tag)
		if len(lost) > 0 || again.String() != text {
			t.Fatalf("%q: written as %q, read as %q, lost %q", s, text, again.String(), lost)
		}
		if len(text) < 190 {
			if d := diff(ms, again); d != "" {
				t.Fatalf("%q: changed on its way (-want +got):\n%s", s, d)
			}
		}
		for m := range ms {
			if !m.Addr.IsValid() || !strings.ContainsRune("-+=_", rune(m.Kind)) {
				t.Fatalf("%q: mark %+v", s, m)
			}
		}
	})
}

// More marks than the tag holds: those that were dropped start anew in the
// next pass, and every stale target leaves in the end.
func TestManyStaleTargetsLeaveInTheEnd(t *testing.T) {
	in := world{dns: "a", eni: "a", registered: []string{"a healthy"}}.input(t)
	for i := range 60 {
		in.Registered = append(in.Registered, plan.Registered{Target: plan.Target{Addr: netip.AddrFrom4([4]byte{10, 0, 1, byte(i)}), Port: 443}, State: plan.StateHealthy})
	}
	for range 60 {
		p := plan.Decide(in)
		in.Registered = slices.DeleteFunc(in.Registered, func(r plan.Registered) bool {
			return slices.Contains(targets(p.Deregister()), key{r.Addr, r.Port})
		})
		in.Marks, _ = plan.ParseMarks(p.Marks.String())
		in.Now = in.Now.Add(time.Minute)
	}
	if len(in.Registered) != 1 {
		t.Errorf("%d targets are left after an hour", len(in.Registered)-1)
	}
}
