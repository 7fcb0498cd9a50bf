package resolve

import (
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/sync/errgroup"

	"postern/internal/plan"
)

// A pass over a thousand names does not wait for a dead server a thousand
// times over, and finds it once it answers again, however slowly.
func TestSilentServer(t *testing.T) {
	tests := []struct {
		name  string
		delay time.Duration // of the server that is alive again
	}{
		{"alive again", 0},
		{"alive again, and slow", 2 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var alive atomic.Bool
				net := &fakeNet{servers: map[string]script{
					"10.0.0.2:53": func(_ string, q *dns.Msg) [][]byte {
						if !alive.Load() {
							return nil
						}
						time.Sleep(tt.delay)
						return [][]byte{answerWith(t, q, "10.0.0.7")}
					},
				}}
				r := &Resolver{Servers: []Server{{Addr: "10.0.0.2:53"}}, Dial: net.dial}
				lookups := func(n int) (answered int64) {
					var count atomic.Int64
					var g errgroup.Group
					g.SetLimit(64)
					for i := range n {
						g.Go(func() error {
							if r.Lookup(t.Context(), fmt.Sprintf("host-%d.example.org", i), false, false).Outcome == plan.Answered {
								count.Add(1)
							}
							return nil
						})
					}
					g.Wait()
					return count.Load()
				}
				begin := time.Now()
				if n := lookups(1000); n != 0 {
					t.Errorf("%d answers of a dead server", n)
				}
				if took := time.Since(begin); took > 20*time.Second {
					t.Errorf("1,000 lookups, 64 at a time, took %s at a dead server", took)
				}
				alive.Store(true)
				lookups(2 * probeEvery)
				if n := lookups(100); n != 100 {
					t.Errorf("%d of 100 answers of a server that is alive", n)
				}
			})
		})
	}
}

// answerWith is the answer to q with one address.
func answerWith(t *testing.T, q *dns.Msg, addr string) []byte {
	t.Helper()
	m := new(dns.Msg)
	m.SetReply(q)
	rr, err := dns.NewRR(q.Question[0].Name + " 60 IN A " + addr)
	if err != nil {
		t.Fatal(err)
	}
	m.Answer = []dns.RR{rr}
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
