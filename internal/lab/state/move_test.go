package state_test

import (
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/state"
)

// running returns a world with the settled clusters "prod" and "next" in the
// same subnets.
func running(t *testing.T) *world {
	w := newWorld(t, state.Options{Consistent: true})
	w.cluster("prod")
	w.cluster("next")
	w.Settle()
	return w
}

func (w *world) move(kind state.MoveKind, change ...func(*state.Move)) state.Moved {
	w.t.Helper()
	m := state.Move{Account: account, Region: region, Cluster: "prod", Kind: kind}
	for _, f := range change {
		f(&m)
	}
	out, err := w.Move(m)
	w.ok(err)
	return out
}

func listed(is []state.Interface) []netip.Addr {
	var out []netip.Addr
	for _, i := range is {
		out = append(out, i.Addr)
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return out
}

func sorted(as ...netip.Addr) []netip.Addr {
	out := slices.Clone(as)
	slices.SortFunc(out, netip.Addr.Compare)
	return out
}

var asAddrs = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

// TestLeaving: an API server that is replaced says so at /readyz while it goes
// on serving, for long enough that health checks take its address out first.
func TestLeaving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running(t)
		m, start := w.move(state.MoveReplace), time.Now()
		leaving := func() (n int) {
			for _, i := range w.plane(caller, "prod") {
				if i.Leaving != (i.Leaving && i.Serving && slices.Contains(m.Old, i.Addr)) {
					t.Errorf("%s leaves", i.Addr)
				}
				if i.Leaving {
					n++
				}
			}
			return n
		}
		for _, at := range []struct {
			after time.Duration
			want  int
		}{{359 * time.Second, 0}, {360 * time.Second, 2}, {419 * time.Second, 2}, {420 * time.Second, 0}} {
			time.Sleep(at.after - time.Since(start)) // in the bubble
			if got := leaving(); got != at.want {
				t.Errorf("%d leave, want %d", got, at.want)
			}
		}
	})
}

func TestMoves(t *testing.T) {
	// What EC2 lists and what serves, at times after the move, as sums of old
	// (o), the addresses that go (x), and new (n).
	for _, x := range []struct {
		kind  state.MoveKind
		setup []state.MoveKind
		steps map[time.Duration][2]string
	}{
		{state.MoveReplace, nil, map[time.Duration][2]string{
			0: {"xn", "x"}, 59 * time.Second: {"xn", "x"}, 60 * time.Second: {"xn", "xn"}, 360 * time.Second: {"xn", "n"},
			539 * time.Second: {"xn", "n"}, 540 * time.Second: {"n", "n"},
		}},
		{state.MovePatch, nil, map[time.Duration][2]string{
			0: {"on", "o"}, 60 * time.Second: {"on", "on"}, 360 * time.Second: {"on", "on-x"}, 540 * time.Second: {"on-x", "on-x"},
		}},
		{state.MoveScaleOut, nil, map[time.Duration][2]string{0: {"on", "o"}, 60 * time.Second: {"on", "on"}, time.Hour: {"on", "on"}}},
		{state.MoveScaleIn, []state.MoveKind{state.MoveScaleOut}, map[time.Duration][2]string{
			0: {"o", "o-x"}, 179 * time.Second: {"o", "o-x"}, 180 * time.Second: {"o-x", "o-x"},
		}},
		{state.MoveAbrupt, nil, map[time.Duration][2]string{0: {"n", "n"}, time.Hour: {"n", "n"}}},
		{state.MoveReuse, nil, map[time.Duration][2]string{0: {"on-x", "on-x"}, time.Hour: {"on-x", "on-x"}}},
		{state.MoveRollback, nil, map[time.Duration][2]string{
			0: {"on", "o"}, 60 * time.Second: {"on", "on"}, 360 * time.Second: {"on", "o"}, 540 * time.Second: {"o", "o"},
		}},
		{state.MoveDelete, nil, map[time.Duration][2]string{0: {"o", ""}, 119 * time.Second: {"o", ""}, 120 * time.Second: {"", ""}}},
		{state.MoveRecreate, nil, map[time.Duration][2]string{0: {"", ""}}},
	} {
		t.Run(string(x.kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := running(t)
				for _, k := range x.setup {
					w.move(k)
					w.Settle()
				}
				old := w.serving("prod")
				m := w.move(x.kind)
				start := time.Now()
				sum := func(what string) []netip.Addr {
					var out []netip.Addr
					minus := false
					for _, c := range what {
						switch {
						case c == '-':
							minus = true
						case c == 'o':
							out = append(out, old...)
						case c == 'n':
							out = append(out, m.New...)
						case c == 'x' && minus:
							out = slices.DeleteFunc(out, func(a netip.Addr) bool { return slices.Contains(m.Old, a) })
						case c == 'x':
							out = append(out, m.Old...)
						}
					}
					return sorted(out...)
				}
				var times []time.Duration
				for at := range x.steps {
					times = append(times, at)
				}
				slices.Sort(times)
				for _, at := range times {
					time.Sleep(at - time.Since(start)) // in the bubble
					if diff := cmp.Diff(sum(x.steps[at][0]), listed(w.plane(caller, "prod")), asAddrs); diff != "" {
						t.Errorf("listed at %v (-want +got):\n%s", at, diff)
					}
					if diff := cmp.Diff(sum(x.steps[at][1]), sorted(w.serving("prod")...), asAddrs); diff != "" {
						t.Errorf("serving at %v (-want +got):\n%s", at, diff)
					}
				}
			})
		})
	}
}

// While EC2 lists an interface that does not serve, yet or any more, its
// checks fail.
func TestHealthDuringReplace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running(t)
		g, _, _ := w.link("prod")
		w.register(g, w.serving("prod")...)
		w.Settle()
		m := w.move(state.MoveReplace)
		w.register(g, m.New...)
		for _, x := range []struct {
			after    time.Duration
			old, new string
		}{
			{0, healthy, registering},
			{119 * time.Second, healthy, checking}, // they serve since 60 s
			{time.Second, healthy, healthy},
			{240 * time.Second, healthy, healthy}, // at 360 s the old ones stop
			{60 * time.Second, failing, healthy},
			{time.Hour, failing, healthy}, // they are gone, and still registered
		} {
			time.Sleep(x.after) // in the bubble
			if diff := cmp.Diff([]string{x.old, x.old, x.new, x.new}, w.health(g)); diff != "" {
				t.Errorf("%v later: %s", x.after, diff)
			}
		}
	})
}

func TestMoveDoneIsQuiet(t *testing.T) {
	for _, kind := range state.MoveKinds {
		if kind == state.MoveScaleIn {
			continue // needs three interfaces; TestMoves has its times
		}
		synctest.Test(t, func(t *testing.T) {
			w := running(t)
			m := w.move(kind)
			time.Sleep(time.Until(m.Done))
			after := w.plane(caller, "prod")
			time.Sleep(24 * time.Hour)
			if diff := cmp.Diff(listed(after), listed(w.plane(caller, "prod")), asAddrs); diff != "" {
				t.Errorf("%s: changed after it was done: %s", kind, diff)
			}
		})
	}
}

func TestMoveReuse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running(t)
		g, _, _ := w.link("prod")
		w.register(g, w.serving("prod")...)
		w.Settle()

		m := w.move(state.MoveReuse)
		lost := m.Old[0]
		is, _, err := w.DescribeNetworkInterfaces(caller, state.InterfaceQuery{Filters: []state.Filter{{Name: "private-ip-address", Values: []string{lost.String()}}}})
		w.ok(err)
		if len(is) != 1 || is[0].Cluster != "" || is[0].Attachment.InstanceOwner != account || is[0].Status != "in-use" {
			t.Fatalf("got %+v", is)
		}
		time.Sleep(time.Minute)
		if diff := cmp.Diff([]string{failing, healthy}, w.health(g)); diff != "" {
			t.Error(diff)
		}

		// Taken over by another cluster, the checks stay green: the danger that
		// identity is for.
		m = w.move(state.MoveReuse, func(m *state.Move) { m.Cluster, m.To = "prod", "next" })
		time.Sleep(time.Hour)
		if !slices.Contains(w.serving("next"), m.Old[0]) || slices.Contains(w.serving("prod"), m.Old[0]) {
			t.Errorf("%v did not go from prod %v to next %v", m.Old[0], w.serving("prod"), w.serving("next"))
		}
		if len(w.serving("next")) != 2 {
			t.Errorf("next has %v", w.serving("next"))
		}
		if got := w.health(g); !slices.Contains(got, healthy) {
			t.Errorf("got %v", got)
		}
	})
}

func TestMoveRecreate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := running(t)
		before, err := w.DescribeCluster(caller, "prod")
		w.ok(err)
		old := w.serving("prod")
		vpc, subnets := w.network("10.0.0.0/16", 20)
		m := w.move(state.MoveRecreate, func(m *state.Move) { m.Subnets = subnets })
		now, err := w.DescribeCluster(caller, "prod")
		w.ok(err)
		if now.Status != "CREATING" || now.Endpoint != "" || len(now.CA) != 0 {
			t.Errorf("got %+v", now)
		}
		if a := w.Resolve(state.View{}, hostOf(before)); a.Found || !a.Ours || a.Cluster != before.ARN {
			t.Errorf("the old name: %+v", a)
		}
		time.Sleep(time.Until(m.Done))
		now, err = w.DescribeCluster(caller, "prod")
		w.ok(err)
		if now.Status != "ACTIVE" || now.ARN != before.ARN || now.Endpoint == before.Endpoint || string(now.CA) == string(before.CA) || now.VPC != vpc {
			t.Errorf("before %+v\nnow %+v", before, now)
		}
		if len(w.serving("prod")) != 2 || len(old) != 2 {
			t.Errorf("got %v, had %v", w.serving("prod"), old)
		}
	})
}

func TestMoveRefused(t *testing.T) {
	w := running(t)
	m := func(change func(*state.Move)) state.Move {
		m := state.Move{Account: account, Region: region, Cluster: "prod", Kind: state.MoveReplace}
		change(&m)
		return m
	}
	for _, x := range []struct {
		name string
		move state.Move
		want string
	}{
		{"no such kind", m(func(m *state.Move) { m.Kind = "explode" }), "InvalidParameterException"},
		{"no such cluster", m(func(m *state.Move) { m.Cluster = "none" }), "ResourceNotFoundException"},
		{"another account's", m(func(m *state.Move) { m.Account = "333333333333" }), "ResourceNotFoundException"},
		{"to for a replacement", m(func(m *state.Move) { m.To = "next" }), "InvalidParameterException"},
		{"scale in from two", m(func(m *state.Move) { m.Kind = state.MoveScaleIn }), "InvalidRequestException"},
		{"reuse by itself", m(func(m *state.Move) { m.Kind, m.To = state.MoveReuse, "prod" }), "InvalidRequestException"},
		{"recreate in one subnet", m(func(m *state.Move) { m.Kind, m.Subnets = state.MoveRecreate, w.subnets[:1] }), "InvalidParameterException"},
	} {
		if _, err := w.Move(x.move); code(err) != x.want {
			t.Errorf("%s: got %v, want %s", x.name, err, x.want)
		}
	}
	w.move(state.MoveReplace)
	if _, err := w.Move(m(func(m *state.Move) { m.Kind = state.MovePatch })); code(err) != "ResourceInUseException" {
		t.Errorf("a second move at the same time: %v", err)
	}
	w.move(state.MoveDelete)
	w.Settle()
	if _, err := w.DescribeCluster(caller, "prod"); code(err) != "ResourceNotFoundException" {
		t.Errorf("after the end: %v", err)
	}
	for range 2 {
		w.move(state.MoveScaleOut, func(m *state.Move) { m.Cluster = "next" })
		w.Settle()
	}
	if _, err := w.Move(m(func(m *state.Move) { m.Cluster, m.Kind = "next", state.MoveScaleOut })); code(err) != "InvalidRequestException" {
		t.Errorf("a fifth interface: %v", err)
	}
}
