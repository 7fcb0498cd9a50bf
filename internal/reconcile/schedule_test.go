package reconcile

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postern/internal/plan"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestMemoDue(t *testing.T) {
	at := func(s int) time.Time { return epoch.Add(time.Duration(s) * time.Second) }
	tests := []struct {
		name   string
		memo   memo
		check  rank
		lookup bool
		next   time.Time
	}{
		{"new", memo{changed: true}, urgent, false, time.Time{}},
		{"at rest", memo{full: at(600), lookup: at(30)}, notDue, false, at(30)},
		{"changed", memo{changed: true, full: at(600)}, urgent, false, at(600)},
		{"pending, not yet", memo{recheck: at(5), full: at(600)}, notDue, false, at(5)},
		{"pending", memo{recheck: at(0), full: at(600)}, pending, false, at(0)},
		{"a witness has been silent for long", memo{doubt: at(-1), full: at(600)}, pending, false, at(-1)},
		{"its full check", memo{full: at(0), lookup: at(20)}, routine, false, at(0)},
		{"changed goes before pending", memo{changed: true, recheck: at(-5), full: at(-5)}, urgent, false, at(-5)},
		{"under way", memo{checking: true, changed: true, recheck: at(-5), full: at(600)}, notDue, false, at(600)},
		{"its name", memo{full: at(600), lookup: at(0)}, notDue, true, at(0)},
		{"its name is being asked for", memo{asking: true, full: at(600), lookup: at(0)}, notDue, false, at(600)},
		{"it has no name", memo{full: at(600)}, notDue, false, at(600)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check, lookup, next := tt.memo.due(at(0))
			if check != tt.check || lookup != tt.lookup || !next.Equal(tt.next) {
				t.Errorf("due: %v %v %v, want %v %v %v", check, lookup, next, tt.check, tt.lookup, tt.next)
			}
		})
	}
}

// Whatever checks and lookups find, the next ones are within their bounds, and
// whoever sleeps until next misses nothing.
func TestMemoKeepsItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := memo{key: rapid.String().Draw(t, "key"), changed: true}
		every := time.Duration(rapid.IntRange(1, 3600).Draw(t, "full")) * time.Second
		now := epoch
		lastCheck, lastLookup := epoch, time.Time{}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			check, lookup, next := m.due(now)
			if check == notDue && !lookup {
				if !next.After(now) {
					t.Fatalf("nothing is due, and it is not said when: %v at %v", next, now)
				}
				now = next
				continue
			}
			if check != notDue {
				if gap := now.Sub(lastCheck); gap > every+time.Second && lastCheck != epoch {
					t.Fatalf("%s between two checks, want at most %s", gap, every)
				}
				v := verdict{settled: rapid.Bool().Draw(t, "settled"), same: rapid.Bool().Draw(t, "same")}
				if rapid.Bool().Draw(t, "waits") {
					v.waits = now.Add(time.Duration(rapid.IntRange(-10, 700).Draw(t, "for")) * time.Second)
				}
				m.changed, m.doubt = false, time.Time{}
				m.checked(now, every, v)
				lastCheck = now
				if m.full.Sub(now) > every || !m.full.After(now) {
					t.Fatalf("full check after %s, want within %s", m.full.Sub(now), every)
				}
				if !v.settled && v.waits.IsZero() && (m.recheck.Sub(now) > waitMost*11/10 || m.recheck.Sub(now) < waitLeast*9/10) {
					t.Fatalf("recheck after %s", m.recheck.Sub(now))
				}
				if v.settled && !m.recheck.IsZero() {
					t.Fatal("a settled link is to be checked again")
				}
				if rapid.Bool().Draw(t, "has a name") && m.lookup.IsZero() {
					m.lookup = now
				}
			}
			if lookup {
				if !lastLookup.IsZero() && now.Sub(lastLookup) > ttlMost*11/10+time.Second {
					t.Fatalf("%s between two lookups", now.Sub(lastLookup))
				}
				w := plan.Witness{
					Outcome: rapid.SampledFrom([]plan.Outcome{plan.Answered, plan.Empty, plan.Unknown, plan.Inapplicable}).Draw(t, "outcome"),
					TTL:     time.Duration(rapid.IntRange(0, 100_000).Draw(t, "ttl")) * time.Second,
				}
				m.looked(now, w)
				lastLookup = now
				if gap := m.lookup.Sub(now); gap < ttlLeast*9/10 || gap > ttlMost*11/10 {
					t.Fatalf("next lookup after %s", gap)
				}
			}
		}
	})
}

// Links that began together do not stay in step.
func TestFirstFullChecksSpread(t *testing.T) {
	const links = 1000
	perMinute := map[int]int{}
	for i := range links {
		m := memo{key: fmt.Sprintf("arn:%d", i)}
		m.checked(epoch, 15*time.Minute, verdict{settled: true})
		perMinute[int(m.full.Sub(epoch)/time.Minute)]++
	}
	for minute, n := range perMinute {
		if n > links/8 {
			t.Errorf("%d of %d links are due in minute %d", n, links, minute)
		}
	}
}

func TestBackoff(t *testing.T) {
	var got []time.Duration
	for i := range 7 {
		got = append(got, backoff(i)/time.Second)
	}
	if fmt.Sprint(got) != "[5ns 10ns 20ns 40ns 60ns 60ns 60ns]" {
		t.Errorf("seconds: %v", got)
	}
	if backoff(1<<40) != waitMost {
		t.Errorf("after very many: %s", backoff(1<<40))
	}
}

func TestStatementAgainst(t *testing.T) {
	a, b := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	say := func(o plan.Outcome, as ...netip.Addr) statement {
		return statementOf(plan.Witness{Outcome: o, Addrs: as}, nil)
	}
	partial := say(plan.Answered, a)
	partial.partial = true
	tests := []struct {
		name        string
		before, now statement
		want        news
	}{
		{"the same", say(plan.Answered, a, b), say(plan.Answered, b, a), none},
		{"another address", say(plan.Answered, a), say(plan.Answered, a, b), fresh},
		{"one fewer", say(plan.Answered, a, b), say(plan.Answered, a), fresh},
		{"empty", say(plan.Answered, a), say(plan.Empty), fresh},
		{"silent", say(plan.Answered, a), say(plan.Unknown), mild},
		{"still silent", say(plan.Unknown), say(plan.Unknown), none},
		{"speaks again and says the same", say(plan.Unknown).after(say(plan.Answered, a)), say(plan.Answered, a), mild},
		{"speaks again and says something else", say(plan.Unknown).after(say(plan.Answered, a)), say(plan.Answered, b), fresh},
		{"in part", say(plan.Answered, a), partial, mild},
		{"an address is the hub's own now", say(plan.Answered, a), statementOf(plan.Witness{Outcome: plan.Answered, Addrs: []netip.Addr{a}}, []netip.Addr{a}), fresh},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.before.against(tt.now); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}
