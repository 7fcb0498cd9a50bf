package e2e

import (
	"flag"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var peersFull = flag.Bool("peers.full", false, "run every keeper through all storms of the page and compare with it, or with -update write it anew")

const (
	peersPage  = "testdata/peers.md" // the generated part of docs/failure-cases.md
	peersSeeds = 10
	peersHours = 10
)

// stormSection is what docs/failure-cases.md says about storms. Its table takes
// minutes to make, so that it comes from a file that -peers.full checks.
func stormSection(t *testing.T) string {
	t.Helper()
	table, err := os.ReadFile(peersPage)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`
## Storms, and what others lose

A storm is a seed's script of everything above at once, in random order: moves of every kind, faults with random selectors and durations, tampering with
targets and marks, pauses, clusters made again, one or two engines that crash at any API call and start again with or without their memory, clocks that step
by minutes, passes that are cut short or run twice. At every answer, write and report the invariants of sync are checked against the lab's truth; afterwards
everything must converge, and then nothing be written any more. %s
runs some; %s runs more and longer ones. A seed that fails is printed with its
script, cut down to the shortest beginning that still fails, and runs again the same in every byte. %s takes the rules out one at a
time and wants a test to fail each time.

What that costs, and what the rules cost that others use, in the weather that they all know: moves, and faults of AWS's APIs, of DNS and of health checks, one
every five minutes on average. The first line is the load balancer's own: minutes until a new target is healthy, and addresses that are swapped without an
overlap. The others' rules are a few lines each, over the same calls of the same lab; their events arrive within seconds and their memory never fails. A
removal is wrong when the address serves at that moment, a registration when the address is not the cluster's. Sync's own wrong registrations are addresses
that name servers claimed for longer than the grace period; they leave after it too.

%s
Made anew by %s.
`, "`go test ./internal/e2e -run 'TestStorm$'`", "`make soak`", "`scripts/mutate`", table, "`go test ./internal/e2e -run TestPeers -peers.full -update`")
}

// TestPeers runs sync and the rules that others use through the same weather.
// Without -peers.full it is a short look at sync alone and at the plain rule,
// which must lose something there, or the weather proves nothing.
func TestPeers(t *testing.T) {
	if *peersFull {
		comparePeers(t)
		return
	}
	for _, k := range keepers {
		switch k.name {
		case "sync":
			if l := keep(t, k, writeWeather(1, 2*time.Hour)); l.Wrong > 0 || l.Missing > 0 {
				t.Errorf("sync loses %+v", l)
			}
		case "plain function":
			if l := keep(t, k, writeWeather(1, 2*time.Hour)); l.Wrong == 0 {
				t.Errorf("the plain function loses %+v only", l)
			}
		}
	}
}

func comparePeers(t *testing.T) {
	var b strings.Builder
	fmt.Fprintf(&b, "| %d storms of %d hours, two links each | seconds without a healthy target | wrong removals | wrong registrations | stale target-minutes | addresses never registered |\n", peersSeeds, peersHours)
	b.WriteString("|---|---|---|---|---|---|\n")
	for _, k := range keepers {
		var sum losses
		began := time.Now()
		for seed := range uint64(peersSeeds) {
			sum.add(keep(t, k, writeWeather(seed+1, peersHours*time.Hour)))
		}
		t.Logf("%s: %+v in %s", k.name, sum, time.Since(began).Round(time.Second))
		fmt.Fprintf(&b, "| **%s**: %s | %.0f | %d | %d | %.0f | %d |\n", k.name, k.rule, sum.Dark.Seconds(), sum.Wrong, sum.Alien, sum.Stale.Minutes(), sum.Missing)
	}
	if *update {
		if err := os.WriteFile(peersPage, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(peersPage)
	if err != nil {
		t.Fatal(err)
	}
	if !alike(string(have), b.String()) {
		t.Errorf("%s is not current, run this test with -update (-have +want):\n%s", peersPage, cmp.Diff(string(have), b.String()))
	}
}

// alike reports whether two tables have the same words, and figures that differ
// by no more than a quarter, or a handful: each change of sync or of its
// clients moves requests by milliseconds, and with that some figure a little.
func alike(one, two string) bool {
	a, b := strings.Split(one, "|"), strings.Split(two, "|")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, errA := strconv.ParseFloat(strings.TrimSpace(a[i]), 64)
		y, errB := strconv.ParseFloat(strings.TrimSpace(b[i]), 64)
		switch {
		case errA != nil && errB != nil && a[i] == b[i]:
		case errA != nil || errB != nil:
			return false
		case (x == 0) != (y == 0) || math.Abs(x-y) > max(10, x/4, y/4):
			return false
		}
	}
	return true
}

// TestAlike: figures may move a little, nothing may appear, vanish or be
// called otherwise.
func TestAlike(t *testing.T) {
	const have = "| x | 108 | 0 | 24820 |"
	for other, want := range map[string]bool{
		have: true, "| x | 131 | 0 | 28785 |": true, "| x | 131 | 1 | 28785 |": false,
		"| y | 108 | 0 | 24820 |": false, "| x | 208 | 0 | 24820 |": false, "| x | 108 | 0 |": false,
	} {
		if got := alike(have, other); got != want {
			t.Errorf("alike(%q, %q) is %t", have, other, got)
		}
	}
}
