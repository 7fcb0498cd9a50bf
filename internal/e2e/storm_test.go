package e2e

import (
	"bytes"
	"flag"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"
)

var (
	stormHours = flag.Float64("storm.hours", 0.5, "simulated hours of each storm")
	stormSeeds = flag.Int("storm.seeds", 12, "how many storms, with the seeds from 1 on")
	stormSeed  = flag.Uint64("seed", 0, "the one storm to run")
)

// TestStorm runs the engine and the lab through storms in simulated time, and
// holds every pass to the invariants of sync. A storm that breaks one is
// printed with its script, cut down to the shortest beginning that still
// breaks one: -run TestStorm -seed N runs it again, the same in every byte.
// With -short the first storm that breaks a rule ends the test as it is.
func TestStorm(t *testing.T) {
	seeds := []uint64{*stormSeed}
	if *stormSeed == 0 {
		seeds = nil
		for n := range *stormSeeds {
			seeds = append(seeds, uint64(n+1))
		}
	}
	for _, seed := range seeds {
		sc := writeScript(seed, time.Duration(*stormHours*float64(time.Hour)))
		began := time.Now()
		out := blow(t, sc)
		t.Logf("seed %d: %d steps, %d passes in %s", seed, len(sc.steps), out.passes, time.Since(began).Round(time.Millisecond))
		if len(out.broken) == 0 {
			continue
		}
		if testing.Short() { // who asks only whether a storm fails
			t.Fatalf("seed %d breaks %d rules: %s", seed, len(out.broken), out.broken[0])
		}
		short := shortest(sc, func(sc script) bool { return len(blow(t, sc).broken) > 0 })
		broken := blow(t, short).broken
		t.Errorf("a storm broke %d rules, and its first %d steps %d; -run 'TestStorm$' -seed %d -storm.hours %g runs it again\n%s\n%s",
			len(out.broken), len(short.steps), len(broken), seed, *stormHours, short, strings.Join(broken[:min(20, len(broken))], "\n"))
		t.Logf("the whole storm:\n%s", strings.Join(out.broken[:min(20, len(out.broken))], "\n"))
	}
}

// blow runs a script, with nothing left to chance.
func blow(t *testing.T, sc script) outcome {
	cryptotest.SetGlobalRandom(t, sc.seed) // the jitter of the SDK's retries
	return run(t, sc)
}

// shortest returns the shortest beginning of a script that fails, as far as
// halving finds it: it fails, and without its last step it does not.
func shortest(sc script, fails func(script) bool) script {
	good, bad := -1, len(sc.steps)
	for bad-good > 1 {
		if mid := (good + bad) / 2; fails(sc.prefix(mid)) {
			bad = mid
		} else {
			good = mid
		}
	}
	return sc.prefix(bad)
}

// TestStormReplays: the same seed gives the same events in the lab and the
// same reports, byte for byte.
func TestStormReplays(t *testing.T) {
	blow(t, writeScript(1, time.Minute)) // whatever is set up once in a process
	for seed := range uint64(3) {
		sc := writeScript(seed+1, 20*minute)
		one, two := blow(t, sc).log, blow(t, sc).log
		if !bytes.Equal(one, two) {
			t.Errorf("seed %d: two runs differ:\n%s", seed+1, firstDifference(one, two))
		}
	}
}

func firstDifference(one, two []byte) string {
	a, b := bytes.Split(one, []byte("\n")), bytes.Split(two, []byte("\n"))
	for i := range min(len(a), len(b)) {
		if !bytes.Equal(a[i], b[i]) {
			return string(a[i]) + "\n" + string(b[i])
		}
	}
	return "one is longer"
}

// TestShortest: the halving finds the step that breaks things.
func TestShortest(t *testing.T) {
	sc := writeScript(1, time.Hour)
	for want := range len(sc.steps) + 1 {
		got := shortest(sc, func(sc script) bool { return len(sc.steps) >= want })
		if len(got.steps) != want {
			t.Errorf("shortest has %d steps, want %d", len(got.steps), want)
		}
	}
}
