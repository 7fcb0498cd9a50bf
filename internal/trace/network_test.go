package trace

import (
	"net/netip"
	"os/exec"
	"testing"

	"pgregory.net/rapid"

	"postern/internal/fleet"
)

// within draws a prefix in or around 10.0.0.0/28, whose addresses can be tried
// one by one.
func within(t *rapid.T, label string) netip.Prefix {
	bits := rapid.IntRange(26, 32).Draw(t, label+" bits")
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(rapid.IntRange(0, 31).Draw(t, label))}), bits).Masked()
}

// share is how much of something holds.
func share(good, of int) cover {
	switch good {
	case 0:
		return none
	case of:
		return all
	}
	return some
}

// each calls f with every address of a block.
func each(block netip.Prefix, f func(netip.Addr)) {
	for a := block.Addr(); block.Contains(a); a = a.Next() {
		f(a)
	}
}

// TestCovers compares covers with trying each address.
func TestCovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		block := within(t, "block")
		var ps []netip.Prefix
		for range rapid.IntRange(0, 5).Draw(t, "prefixes") {
			ps = append(ps, within(t, "prefix"))
		}
		good, n := 0, 0
		each(block, func(a netip.Addr) {
			n++
			for _, p := range ps {
				if p.Contains(a) {
					good++
					break
				}
			}
		})
		if got, want := covers(ps, block), share(good, n); got != want {
			t.Fatalf("%v cover %v: %d, want %d", ps, block, got, want)
		}
	})
}

// TestPasses compares passes with trying each address and port.
func TestPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		block := within(t, "block")
		p := ports{rapid.IntRange(0, 8).Draw(t, "from"), 0}
		p.to = p.from + rapid.IntRange(0, 8).Draw(t, "more")
		acl := &fleet.NetworkACL{}
		for i := range rapid.IntRange(0, 6).Draw(t, "entries") {
			e := fleet.ACLEntry{
				Number: 10 - i, Egress: rapid.IntRange(0, 4).Draw(t, "egress") == 0, Protocol: rapid.SampledFrom([]string{"6", "6", "-1", "17"}).Draw(t, "protocol"),
				CIDR: within(t, "entry"), From: rapid.IntRange(0, 12).Draw(t, "entry from"), Allow: rapid.Bool().Draw(t, "allow"),
			}
			e.To = e.From + rapid.IntRange(0, 8).Draw(t, "entry more")
			acl.Entries = append(acl.Entries, e)
		}
		allowed := func(a netip.Addr, port int) bool {
			best := fleet.ACLEntry{Number: 1 << 30}
			for _, e := range acl.Entries {
				if !e.Egress && e.Number < best.Number && e.CIDR.Contains(a) && (e.Protocol == "-1" || e.Protocol == "6" && e.From <= port && port <= e.To) {
					best = e
				}
			}
			return best.Allow
		}
		good, n := 0, 0
		each(block, func(a netip.Addr) {
			for port := p.from; port <= p.to; port++ {
				if n++; allowed(a, port) {
					good++
				}
			}
		})
		if got, want := passes(acl, false, block, p), share(good, n); got != want {
			t.Fatalf("%+v passes %v %v: %d, want %d", acl.Entries, block, p, got, want)
		}
	})
}

// TestLookup compares lookup with the longest prefix by hand.
func TestLookup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := &fleet.RouteTable{}
		for range rapid.IntRange(0, 6).Draw(t, "routes") {
			table.Routes = append(table.Routes, fleet.Route{Destination: within(t, "route"), Target: rapid.SampledFrom([]string{"local", "pcx-1", "tgw-1"}).Draw(t, "target")})
		}
		a := within(t, "address").Addr()
		bits := -1
		for _, r := range table.Routes {
			if r.Destination.Contains(a) {
				bits = max(bits, r.Destination.Bits())
			}
		}
		got, _ := lookup(table, a)
		if (got == nil) != (bits < 0) || got != nil && got.Destination.Bits() != bits {
			t.Fatalf("%+v for %s: %+v", table.Routes, a, got)
		}
		for _, r := range table.Routes {
			if got != nil && r.Destination == got.Destination && r.Target == "local" && got.Target != "local" {
				t.Fatalf("a local route goes first: %+v", table.Routes)
			}
		}
	})
}

func TestLast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		block := within(t, "block")
		var want netip.Addr
		each(block, func(a netip.Addr) { want = a })
		if got := last(block); got != want {
			t.Fatalf("%s: %s, want %s", block, got, want)
		}
	})
}

// FuzzQuoted: a shell takes a quoted word for what it was.
func FuzzQuoted(f *testing.F) {
	for _, s := range []string{"", "plain-1.2_3/:=,", "a b", "it's", "$(reboot)", "`x`", "a\nb", `\`, "é", "-n"} {
		f.Add(s)
	}
	sh, err := exec.LookPath("sh")
	if err != nil {
		f.Skip("SKIPPED: no sh, so that nothing was quoted for it")
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range []byte(s) {
			if r == 0 {
				return // no argument can hold it
			}
		}
		out, err := exec.Command(sh, "-c", "printf %s. "+quoted(s)).Output()
		if err != nil || string(out) != s+"." {
			t.Errorf("%q as %s: %q, %v", s, quoted(s), out, err)
		}
	})
}
