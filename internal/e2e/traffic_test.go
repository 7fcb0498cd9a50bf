package e2e

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"
)

var (
	trafficMoves = flag.Int("traffic.moves", 0, "make this many moves in TestTraffic; 0: the few of every test run")
	trafficSeed  = flag.Uint64("traffic.seed", 1, "seed of TestTraffic")
)

// TestTraffic moves control planes under traffic over real connections while
// the real program keeps the targets: moves that overlap fail no request, and
// what others fail is over in time and explained, each by a rule of AWS.
//
// This is real time. A run in which this process did not get to run shows
// nothing, unless all went well; it is made again, with half as many requests,
// three times in all.
func TestTraffic(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: real connections take real time")
	}
	sc := shortScript(*trafficSeed)
	if *trafficMoves > 0 {
		sc = longScript(*trafficSeed, *trafficMoves, true)
	}
	for attempt, rate := 1, trafficRate; ; attempt, rate = attempt+1, rate/2 {
		r := runTraffic(t, trafficKeeperOf("sync"), sc, rate)
		by, wrong := r.judge()
		if r.Requests.Sent < rate*int(r.ended.Sub(r.began).Seconds())*9/10 || r.Requests.Skipped > 0 {
			wrong = append(wrong, fmt.Sprintf("only %d requests were sent, and %d skipped", r.Requests.Sent, r.Requests.Skipped))
		}
		if slow := by[slowClient]; slow > r.Requests.Sent/100 {
			wrong = append(wrong, fmt.Sprintf("%d of %d requests took longer than %s", slow, r.Requests.Sent, unhealthyDraining))
		}
		t.Logf("seed %d: %s, the process was late by %s in all, %s at most%s", sc.seed, r, r.late.sum.Round(time.Millisecond), r.late.most.Round(time.Millisecond), sayRules(by))
		switch {
		case len(wrong) == 0:
			return
		case !r.starved():
			t.Fatalf("%d failures without a rule:\n%s", len(wrong), strings.Join(wrong[:min(len(wrong), 50)], "\n"))
		case attempt < 3:
			t.Logf("%d failures, and the machine had other work: again with half as many requests; the first: %s", len(wrong), wrong[0])
		default:
			t.Fatalf("the machine is too busy for %d connections a second, or that is not all: %d failures, the first: %s", rate, len(wrong), wrong[0])
		}
	}
}

// lateness is how late a process was for its own times.
type lateness struct{ sum, most time.Duration }

// measure looks every 20 ms until ctx ends. What is less than 20 ms is nothing.
func (l *lateness) measure(ctx context.Context) {
	const every = 20 * time.Millisecond
	for ctx.Err() == nil {
		began := time.Now()
		idle(ctx, every)
		if late := time.Since(began) - every; late > every {
			l.sum += late
			l.most = max(l.most, late)
		}
	}
}

// starved reports whether a fiftieth of the time was lost, or so much at once
// that checks and handshakes run out of theirs.
func (r *trafficResult) starved() bool {
	return r.late.sum > r.ended.Sub(r.began)/50 || r.late.most > 300*time.Millisecond
}
