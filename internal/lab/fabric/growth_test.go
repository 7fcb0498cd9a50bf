package fabric_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postern/internal/lab/fabric"
)

// Thousands of connections one after the other and some at a time leave
// nothing behind once their ports are free again.
func TestNoGrowth(t *testing.T) {
	l := newLab(t, hub, spoke)
	l.peer("hub", "10.100.0.0/16", "spoke", "10.0.0.0/16")
	l.Handle("spoke", at("10.0.1.10:443"), func(r *fabric.Request) {
		if c, err := r.Accept(); err == nil {
			answer(c)
		}
	})
	dial := func() (stream, error) { return l.dial("hub", "10.100.0.5", "10.0.1.10:443") }
	flat := func() {
		settle(t, "stats", func() bool {
			s := l.Stats()
			return s.Conns+s.Dials+s.Endpoints == 0
		})
	}
	for range 2000 {
		if err := once(dial, []byte{'e'}, 1); err != nil {
			t.Fatal(err)
		}
	}
	flat()
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 200 {
				if err := once(dial, []byte{'e'}, 1); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	flat()
	if s := l.Stats(); s.Overflown != 0 {
		t.Errorf("%d packets had no room", s.Overflown)
	}
}

// Whatever is taken away and given back under traffic, a dial ends in one of
// the documented ways, what is read is what was sent, and nothing remains.
func TestChurn(t *testing.T) {
	l := newLab(t, hub, spoke)
	l.peer("hub", "10.100.0.0/16", "spoke", "10.0.0.0/16")
	const greeting = "0123456789"
	serve := func(vpc, place string) { l.Handle(vpc, at(place), echo(greeting)) }
	serve("hub", "10.100.0.6:443")
	serve("spoke", "10.0.1.10:443")
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			dst := []string{"10.100.0.6:443", "10.0.1.10:443"}[i%2]
			for ctx.Err() == nil {
				c, err := l.dialFor(50*time.Millisecond, "hub", "10.100.0.5", dst)
				if err != nil {
					if _, ok := errors.AsType[*fabric.DialError](err); !ok || c != nil {
						t.Errorf("dial: %v, %v", c, err)
					}
					continue
				}
				c.SetDeadline(time.Now().Add(50 * time.Millisecond))
				got := make([]byte, len(greeting))
				if n, err := io.ReadFull(c, got); string(got[:n]) != greeting[:n] {
					t.Errorf("read %q, %v", got[:n], err)
				}
				if i%3 == 0 {
					c.Abort()
				} else {
					c.Close()
				}
			}
		})
	}
	for round := range 60 {
		switch round % 4 {
		case 0:
			l.SetAddrs("spoke", addrs("10.0.2.10"))
		case 1:
			l.SetAddrs("spoke", addrs("10.0.1.10", "10.0.2.10"))
		case 2:
			l.DropVPC("spoke")
		case 3:
			l.SetVPC("spoke")
			l.SetAddrs("spoke", addrs("10.0.1.10"))
			serve("spoke", "10.0.1.10:443")
		}
		// Some connections are made in every state.
		if c, err := l.dialFor(5*time.Millisecond, "hub", "10.100.0.5", "10.0.1.10:443"); err == nil {
			c.Close()
		}
	}
	stop()
	wg.Wait()
}

// A dial succeeds exactly when the rules lead there and back and admit it, the
// address is there, and somebody listens.
func TestDialsFollowRules(t *testing.T) {
	names := []string{"a", "b", "c"}
	pool := addrs("10.0.0.1", "10.0.0.2", "10.1.0.1", "10.1.0.2")
	cidrs := []string{"10.0.0.0/16", "10.1.0.0/16"}
	const prompt = 30 * time.Millisecond
	rapid.Check(t, func(t *rapid.T) {
		l := newLab(t)
		has := map[string][]netip.Addr{}
		for _, vpc := range names {
			l.SetVPC(vpc)
			for _, a := range pool {
				if rapid.Bool().Draw(t, fmt.Sprint(vpc, " has ", a)) {
					has[vpc] = append(has[vpc], a)
				}
			}
			l.SetAddrs(vpc, has[vpc])
			for _, cidr := range cidrs {
				if to := rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, fmt.Sprint(vpc, " to ", cidr)); to != "" {
					l.route(vpc, cidr, to)
				}
			}
			for _, a := range has[vpc] {
				l.Handle(vpc, netip.AddrPortFrom(a, 443), echo(vpc))
			}
		}
		denied := rapid.SampledFrom(pool).Draw(t, "denied")
		l.deny = func(f fabric.Flow) string {
			if f.Dst.Addr() == denied && !f.Ungrouped {
				return "denied"
			}
			return ""
		}
		var wg sync.WaitGroup
		for _, vpc := range names {
			for _, src := range has[vpc] {
				for _, dst := range pool {
					to := l.Route(vpc, src, dst)
					want := to != "" && dst != denied && l.Route(to, dst, src) == vpc
					want = want && slices.Contains(has[to], dst)
					wg.Go(func() {
						within := prompt
						if want {
							within = patience
						}
						c, err := l.dialFor(within, vpc, src.String(), netip.AddrPortFrom(dst, 443).String())
						if (err == nil) != want {
							t.Errorf("%s in %s to %s in %q: %v, want success %v", src, vpc, dst, to, err, want)
						}
						if err == nil {
							defer c.Close()
							c.SetDeadline(time.Now().Add(patience))
							says(t, c, to)
						}
					})
				}
			}
		}
		wg.Wait()
	})
}
