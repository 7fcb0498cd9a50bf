package e2e

import (
	"flag"
	"testing"
)

var (
	trafficMoves = flag.Int("traffic.moves", 0, "make this many moves in TestTraffic; 0: the few of every test run")
	trafficSeed  = flag.Uint64("traffic.seed", 1, "seed of TestTraffic")
)

// TestTraffic moves control planes under traffic over real connections while
// the real program keeps the targets: moves that overlap fail no request, and
// what others fail is over in time and explained, each by a rule of AWS.
func TestTraffic(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: real connections take real time")
	}
	sc := shortScript(*trafficSeed)
	if *trafficMoves > 0 {
		sc = longScript(*trafficSeed, *trafficMoves, true)
	}
	r := runTraffic(t, trafficKeeperOf("sync"), sc)
	by, wrong := r.judge()
	t.Logf("seed %d: %s%s", sc.seed, r, sayRules(by))
	for _, w := range wrong {
		t.Error(w)
	}
	if r.Requests.Sent < trafficRate*int(r.ended.Sub(r.began).Seconds())*9/10 || r.Requests.Skipped > 0 {
		t.Errorf("only %d requests were sent, and %d skipped", r.Requests.Sent, r.Requests.Skipped)
	}
	if len(r.moves) < sc.size() {
		t.Errorf("%d of %d moves were made", len(r.moves), sc.size())
	}
}
