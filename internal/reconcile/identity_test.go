package reconcile_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
)

// servers are what answers at addresses: the CA that signed for whom. An
// address that is not in it does not answer.
type servers struct {
	mu    sync.Mutex
	ca    map[string]string
	hang  bool // nothing answers at all
	asked []string
	most  int // handshakes at the same time, at most
	now   int
}

func (s *servers) Identify(ctx context.Context, addr netip.AddrPort, host string, roots []byte) (plan.Verdict, string) {
	s.mu.Lock()
	s.asked = append(s.asked, addr.String())
	s.now++
	s.most = max(s.most, s.now)
	ca, answers := s.ca[addr.Addr().String()]
	s.mu.Unlock()
	if s.hang {
		<-ctx.Done()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now--
	switch {
	case s.hang, !answers:
		return plan.Unreachable, "no answer"
	case host == "" || !strings.Contains(string(roots), ca):
		return plan.Disproved, "signed by " + ca
	}
	return plan.Proved, "it is"
}

// serve has the addresses answer with certificates of a CA.
func (s *servers) serve(ca string, ips ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ca == nil {
		s.ca = map[string]string{}
	}
	for _, ip := range ips {
		s.ca[ip] = ca
	}
}

// decided is what a pass decided about each address, in short.
func decided(l report.Link) string {
	var out []string
	for _, d := range l.Decisions {
		out = append(out, fmt.Sprintf("%s %s %s", d.Action, d.Address, d.Reason))
	}
	return strings.Join(out, ", ")
}

// TestIdentity is a table of passes over one link: 10.0.0.1 and .2 are the
// cluster's, healthy, and named by both witnesses; .9 is another cluster's.
func TestIdentity(t *testing.T) {
	const strange = "10.0.0.9"
	own := "keep 10.0.0.1 listed_by_both, keep 10.0.0.2 listed_by_both"
	for _, test := range []struct {
		name   string
		set    func(f *fleet, l *fakeLink, s *servers)
		passes []string // decisions of passes ten seconds apart
		has    string   // other targets than the two afterwards
	}{
		{
			name: "proved skips the grace period of DNS alone",
			set: func(f *fleet, l *fakeLink, s *servers) {
				l.dns.Addrs = addrs("10.0.0.1", "10.0.0.2", "10.0.0.3")
				s.serve("ours", "10.0.0.3")
			},
			passes: []string{own + ", register 10.0.0.3 dns_alone_proved"}, has: "10.0.0.3:443 initial",
		},
		{
			name:   "in two passes a stale one leaves",
			set:    func(f *fleet, l *fakeLink, s *servers) { l.register(plan.StateHealthy, strange) },
			passes: []string{own + ", mark 10.0.0.9 stale", own + ", deregister 10.0.0.9 identity_disproved"}, has: "10.0.0.9:443 draining",
		},
		{
			name: "in two passes it leaves, be it that DNS names it",
			set: func(f *fleet, l *fakeLink, s *servers) {
				l.register(plan.StateHealthy, strange)
				l.dns.Addrs = addrs("10.0.0.1", "10.0.0.2", strange)
			},
			passes: []string{
				own + ", mark 10.0.0.9 identity_doubted", own + ", deregister 10.0.0.9 identity_disproved",
				own + ", refuse 10.0.0.9 identity_disproved",
			}, has: "10.0.0.9:443 draining",
		},
		{
			name: "it is never registered",
			set: func(f *fleet, l *fakeLink, s *servers) {
				l.dns.Addrs = addrs("10.0.0.1", "10.0.0.2", strange)
			},
			passes: []string{own + ", mark 10.0.0.9 identity_doubted", own + ", refuse 10.0.0.9 identity_disproved", own + ", refuse 10.0.0.9 identity_disproved"},
		},
		{
			name: "EC2 lists it: hold",
			set: func(f *fleet, l *fakeLink, s *servers) {
				l.register(plan.StateHealthy, strange)
				l.eni = append(l.eni, addrs(strange)...)
			},
			passes: []string{own + ", hold 10.0.0.9 identity_suspect", own + ", hold 10.0.0.9 identity_suspect", own + ", hold 10.0.0.9 identity_suspect"}, has: "10.0.0.9:443 healthy",
		},
		{
			name: "everything is somebody else's: hold",
			set: func(f *fleet, l *fakeLink, s *servers) {
				s.serve("theirs", "10.0.0.1", "10.0.0.2")
			},
			passes: []string{
				"hold 10.0.0.1 identity_suspect, hold 10.0.0.2 identity_suspect",
				"hold 10.0.0.1 identity_suspect, hold 10.0.0.2 identity_suspect",
			},
		},
		{
			name: "another network: nothing is proved, so nothing is disproved",
			set: func(f *fleet, l *fakeLink, s *servers) {
				l.register(plan.StateHealthy, strange)
				l.dns.Addrs = addrs("10.0.0.1", "10.0.0.2", strange)
				delete(s.ca, "10.0.0.1")
				delete(s.ca, "10.0.0.2")
			},
			passes: []string{own + ", hold 10.0.0.9 identity_suspect", own + ", hold 10.0.0.9 identity_suspect"}, has: "10.0.0.9:443 healthy",
		},
		{
			name: "unreachable decides nothing",
			set: func(f *fleet, l *fakeLink, s *servers) {
				l.register(plan.StateHealthy, strange)
				l.dns.Addrs = addrs("10.0.0.1", "10.0.0.2", strange)
				s.ca = nil
			},
			passes: []string{own + ", keep 10.0.0.9 dns_alone", own + ", keep 10.0.0.9 dns_alone"}, has: "10.0.0.9:443 healthy",
		},
		{
			name: "no time decides nothing",
			set: func(f *fleet, l *fakeLink, s *servers) {
				l.register(plan.StateHealthy, strange)
				s.hang = true
			},
			passes: []string{own + ", mark 10.0.0.9 stale", own + ", mark 10.0.0.9 stale"}, has: "10.0.0.9:443 healthy",
		},
		{
			name: "without the cluster's CA nothing is asked",
			set: func(f *fleet, l *fakeLink, s *servers) {
				l.register(plan.StateHealthy, strange)
				l.cluster.CA = nil
			},
			passes: []string{own + ", mark 10.0.0.9 stale", own + ", mark 10.0.0.9 stale"}, has: "10.0.0.9:443 healthy",
		},
		{
			name: "the floor holds",
			set: func(f *fleet, l *fakeLink, s *servers) {
				l.register(plan.StateHealthy, strange)
				l.targets[0].State, l.targets[1].State = plan.StateInitial, plan.StateInitial
			},
			passes: []string{
				"keep 10.0.0.1 listed_initial, keep 10.0.0.2 listed_initial, mark 10.0.0.9 stale",
				"keep 10.0.0.1 listed_initial, keep 10.0.0.2 listed_initial, hold 10.0.0.9 floor",
			}, has: "10.0.0.9:443 healthy",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFleet()
				l := f.add(accountA, east, "prod", "10.0.0.1", "10.0.0.2").register(plan.StateHealthy, "10.0.0.1", "10.0.0.2")
				l.cluster.CA = []byte("ours")
				s := &servers{}
				s.serve("ours", "10.0.0.1", "10.0.0.2")
				s.serve("theirs", strange)
				test.set(f, l, s)
				e := f.engine()
				e.Prober = s
				for i, want := range test.passes {
					if i > 0 {
						time.Sleep(11 * time.Second) // marks have whole seconds
					}
					doc := mustPass(t, e)
					if got := decided(doc.Links[0]); got != want {
						t.Errorf("pass %d: got  %s\nwant %s\n%+v", i+1, got, want, doc.Links[0].Identity)
					}
				}
				l.targets = slices.DeleteFunc(l.targets, func(r plan.Registered) bool {
					return r.Addr == netip.MustParseAddr("10.0.0.1") || r.Addr == netip.MustParseAddr("10.0.0.2")
				})
				if l.has() != test.has {
					t.Errorf("targets: %s, want %s", l.has(), test.has)
				}
			})
		})
	}
}

// TestIdentityByTheCAOfThisPass: a CA that is remembered disproves nobody.
func TestIdentityByTheCAOfThisPass(t *testing.T) {
	for _, test := range []struct {
		name      string
		ca        string // what EKS says from the second pass on
		fault     error  // of describing it
		want      string // decisions of the second and third pass, without 10.0.0.1
		described int    // how often the two asked EKS
	}{
		{name: "rotated", ca: "later", want: "keep 10.0.0.2 listed_by_both | keep 10.0.0.2 listed_by_both", described: 1},
		{name: "two CAs for a time", ca: "ours later", want: "keep 10.0.0.2 listed_by_both | keep 10.0.0.2 listed_by_both", described: 1},
		{name: "the same", ca: "ours", want: "hold 10.0.0.2 identity_suspect | hold 10.0.0.2 identity_suspect", described: 2},
		{name: "EKS cannot be asked", ca: "ours", fault: throttled("eks:DescribeCluster"), want: "keep 10.0.0.2 listed_by_both | keep 10.0.0.2 listed_by_both", described: 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFleet()
				l := f.add(accountA, east, "prod", "10.0.0.1", "10.0.0.2").register(plan.StateHealthy, "10.0.0.1", "10.0.0.2")
				l.cluster.CA = []byte("ours")
				s := &servers{}
				s.serve("ours", "10.0.0.1", "10.0.0.2")
				e := f.engine()
				e.Prober = s
				mustPass(t, e)
				s.serve("later", "10.0.0.1", "10.0.0.2")
				l.cluster.CA = []byte(test.ca)
				if test.fault != nil {
					f.faults["Cluster"] = test.fault
				}
				before := f.counts["Cluster"]
				var got []string
				for range 2 {
					time.Sleep(20 * time.Second)
					doc := mustPass(t, e)
					_, rest, _ := strings.Cut(decided(doc.Links[0]), ", ")
					got = append(got, rest)
					if failed := len(doc.Links[0].Errors) > 0; failed != (test.fault != nil) {
						t.Errorf("errors: %+v", doc.Links[0].Errors)
					}
				}
				if got := strings.Join(got, " | "); got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
				if n := f.counts["Cluster"] - before; n != test.described {
					t.Errorf("EKS was asked %d times, want %d", n, test.described)
				}
				if w := f.wrote(); len(w) > 0 {
					t.Errorf("wrote %v", w)
				}
			})
		})
	}
}

// TestIdentityOfARemadeCluster: what the new description says ends the link's
// way, and nothing that the old one had led to is written.
func TestIdentityOfARemadeCluster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		l := f.add(accountA, east, "prod", "10.0.0.1").register(plan.StateHealthy, "10.0.0.1")
		l.cluster.CA = []byte("ours")
		s := &servers{}
		s.serve("ours", "10.0.0.1")
		e := f.engine()
		e.Prober = s
		mustPass(t, e)
		l.move("10.0.0.1", "10.0.0.5")
		s.serve("theirs", "10.0.0.1", "10.0.0.5")
		l.cluster.Status = plan.ClusterDeleting
		if got, want := verdicts(mustPass(t, e)), l.ref.String()+" held cluster_deleting"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if w := f.wrote(); len(w) > 0 {
			t.Errorf("wrote %v", w)
		}
	})
}

// TestIdentityAsksNobodyElse: only addresses that may be the cluster's are
// dialled, on the API's port.
func TestIdentityAsksNobodyElse(t *testing.T) {
	f := newFleet()
	l := f.add(accountA, east, "prod", "10.0.0.1").register(plan.StateHealthy, "10.0.0.1", "10.0.0.2").register(plan.StateDraining, "10.0.0.3")
	l.register(plan.StateHealthy, "169.254.169.254", "127.0.0.1")
	l.targets = append(l.targets, plan.Registered{Target: plan.Target{Addr: netip.MustParseAddr("10.0.0.4"), Port: 8443}, State: plan.StateHealthy})
	l.dns.Addrs = addrs("10.0.0.1", "10.0.0.5", "127.0.0.1", "169.254.169.254", "192.168.1.1", "198.51.100.1", "10.0.0.8")
	f.hubAddrs = addrs("10.0.0.8")
	l.cluster.CA = []byte("ours")
	s := &servers{}
	e := f.engine()
	e.Hubs = []reconcile.Scope{f.scope(hubAccount, east)}
	e.Prober = s
	doc := mustPass(t, e)
	slices.Sort(s.asked)
	if diff := cmp.Diff([]string{"10.0.0.1:443", "10.0.0.2:443", "10.0.0.5:443"}, s.asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	want := []report.Identity{
		{Address: "10.0.0.1", Verdict: plan.Unreachable, Detail: "no answer"}, {Address: "10.0.0.2", Verdict: plan.Unreachable, Detail: "no answer"},
		{Address: "10.0.0.5", Verdict: plan.Unreachable, Detail: "no answer"},
	}
	if diff := cmp.Diff(want, doc.Links[0].Identity); diff != "" {
		t.Errorf("reported (-want +got):\n%s", diff)
	}
}

// TestIdentityIsBounded: in time for each link, and in number over all.
func TestIdentityIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		var many []string
		for i := range 40 {
			many = append(many, fmt.Sprintf("10.0.1.%d", i+1))
		}
		for i := range 40 {
			f.add(accountA, east, fmt.Sprintf("c%d", i), many...).cluster.CA = []byte("ours")
		}
		s := &servers{hang: true}
		e := f.engine()
		e.Settings.DryRun = true
		e.Prober = s
		begun := time.Now()
		doc := mustPass(t, e)
		if took := time.Since(begun); took > 6*time.Second {
			t.Errorf("took %s", took)
		}
		if s.most > 256 || s.most < 200 {
			t.Errorf("%d handshakes at once", s.most)
		}
		unchecked := 0
		for _, l := range doc.Links {
			for _, id := range l.Identity {
				if id.Verdict == plan.Unchecked {
					unchecked++
				}
			}
			if l.Result != plan.Changed {
				t.Errorf("%s: %s %s", l.Ref, l.Result, l.Reason)
			}
		}
		if unchecked == 0 {
			t.Error("everything was checked: the test shows nothing")
		}
	})
}

// TestIdentityIsRenewed: a removal that waited for long is decided by what the
// address serves then.
func TestIdentityIsRenewed(t *testing.T) {
	for _, back := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			f := newFleet()
			l := f.add(accountA, east, "prod", "10.0.0.1").register(plan.StateHealthy, "10.0.0.1", "10.0.0.9")
			l.cluster.CA = []byte("ours")
			l.dns.Addrs = addrs("10.0.0.1", "10.0.0.9")
			s := &servers{}
			s.serve("ours", "10.0.0.1")
			s.serve("theirs", "10.0.0.9")
			e := f.engine()
			e.Prober = s
			mustPass(t, e)
			time.Sleep(20 * time.Second)
			slow := true
			f.turn = func(_ context.Context, call string) {
				if strings.HasPrefix(call, "Tags ") && slow {
					slow = false
					time.Sleep(15 * time.Second)
					if back {
						s.serve("ours", "10.0.0.9")
					}
				}
			}
			doc := mustPass(t, e)
			want := "keep 10.0.0.1 listed_by_both, deregister 10.0.0.9 identity_disproved"
			if back {
				want = "keep 10.0.0.1 listed_by_both, keep 10.0.0.9 dns_alone"
			}
			if got := decided(doc.Links[0]); got != want {
				t.Errorf("back %v: got %s, want %s", back, got, want)
			}
		})
	}
}

// TestIdentityThatReachesNobody: whatever state a fleet is in, a check that
// reaches no address writes what no check writes.
func TestIdentityThatReachesNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFleet(t)
		for _, l := range f.links {
			l.cluster.CA = []byte("ours")
		}
		twin := f.clone()
		pass(t, f)
		e := twin.engine()
		e.Prober = &servers{}
		if _, err := e.Pass(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
		for i, l := range f.links {
			if got, want := twin.links[i].has(), l.has(); got != want {
				t.Errorf("%s: %s, want %s", l.ref, got, want)
			}
			if diff := cmp.Diff(l.group.Tags, twin.links[i].group.Tags); diff != "" {
				t.Errorf("%s: tags (-without +with):\n%s", l.ref, diff)
			}
		}
	})
}

// TestWatchIdentity: the watcher checks what changed, and nothing else between
// two full checks; what is disproved leaves soon.
func TestWatchIdentity(t *testing.T) {
	f := newFleet()
	l := f.add(accountA, east, "prod", "10.0.0.1", "10.0.0.2").register(plan.StateHealthy, "10.0.0.1", "10.0.0.2")
	l.cluster.CA = []byte("ours")
	s := &servers{}
	s.serve("ours", "10.0.0.1", "10.0.0.2")
	s.serve("theirs", "10.0.0.9")
	asked := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.asked)
	}
	watch(t, f, func(e *reconcile.Engine) { e.Prober = s }, nil, func(w *watching) {
		w.wait(time.Minute)
		before := asked()
		if before == 0 {
			t.Error("nothing was checked")
		}
		w.wait(90 * time.Second) // no full check is due yet
		if n := asked() - before; n > 0 {
			t.Errorf("%d handshakes with a link that does not change", n)
		}
		w.change(func() {
			l.dns.Addrs = addrs("10.0.0.1", "10.0.0.2", "10.0.0.9")
			l.register(plan.StateHealthy, "10.0.0.9")
		})
		w.wait(90 * time.Second) // the name is asked once a minute
		w.change(func() {
			if got := l.has(); !strings.Contains(got, "10.0.0.9:443 draining") {
				t.Errorf("targets: %s", got)
			}
		})
	})
}
