package e2e

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"postern/internal/lab/traffic"
)

var trafficFull = flag.Bool("traffic.full", false, "run every keeper under the traffic of the page, and with -update write its table anew")

const (
	trafficPage      = "testdata/traffic.md" // the generated part of docs/failure-cases.md
	trafficPageMoves = 17                    // a round of longScript
	trafficCommand   = "go test ./internal/e2e -run '^TestTrafficPeers$' -traffic.full -update -timeout 60m"
)

// trafficHead is the table's first line; what varies from run to run is below.
const trafficHead = "| | requests | failed | after moves that overlap | longest without an answer, at AWS's speed | watches cut |\n|---|---|---|---|---|---|\n"

// trafficRow is one keeper's line.
func trafficRow(k trafficKeeper, r *trafficResult) string {
	return fmt.Sprintf("| **%s**: %s | %d | %d | %d | %.1f minutes | %d |\n", k.name, k.rule,
		r.Requests.Sent, r.Requests.Failed, r.ofGraceful(), (r.longest * trafficSpeed).Minutes(), r.Watches.Cut)
}

// trafficSection is what docs/failure-cases.md says about traffic. The figures
// are those of a run, which no other repeats, so they come from a file.
func trafficSection(t *testing.T) string {
	t.Helper()
	table, err := os.ReadFile(trafficPage)
	if err != nil {
		t.Fatal(err)
	}
	var rules, classList strings.Builder
	for _, x := range trafficRules {
		fmt.Fprintf(&rules, "- %s: %s\n", x.name, x.text)
	}
	for _, name := range slices.Sorted(maps.Keys(moveClasses)) {
		c := moveClasses[name]
		cost := fmt.Sprintf("no request that begins later than %.1f s after it may fail", c.bound.Seconds())
		if c.graceful {
			cost = "no request may fail"
		} else if c.ends {
			cost = "every request fails from then on"
		}
		fmt.Fprintf(&classList, "| %s | %s | %s |\n", name, c.why, cost)
	}
	return fmt.Sprintf(`
## Under traffic, over real connections

The lab carries %d new connections a second and %d held watches, from a host in the hub's VPC through endpoints, PrivateLink and load balancers to the API
servers of four clusters in two accounts and regions, %d times as fast as AWS, while each control plane makes one move after the other. A move may cost what
follows from the load balancer's rules and the lab's times:

| move | what happens | what it may cost |
|---|---|---|
%s
Graceful are replace, patch, scale-out, scale-in and rollback: API servers that are rolled say at /readyz that they shut down and serve on for a while
(Kubernetes documentation, API health endpoints; for how long EKS has them do so is not published, in the lab it is one TTL of the endpoint's name). Old addresses
answer for six minutes after new ones do, and those are registered and healthy within three. The bounds are real time at the lab's speed, with %s for a machine that has other work: 2 checks 10 s apart and their timeout; 120 s until a new
target's first check; and for an address that another cluster has now, which no health check finds out, until both witnesses have missed it for the grace
period. Each failed request must come of one of these rules:

%s
One thing more is this machine's own and not AWS's: what is under way at a leaving API server has 15 s to end, which is %s of real time here, and a handshake
takes real time. A request that began before that and was not done by then is counted apart, and one in a hundred may be such.
A cut watch is no failed request: the client opens it again. Each must come of an event that ends connections: its target became unhealthy, or its
deregistration delay was over (both with connection termination on), or its interface is gone. %s runs
twelve graceful moves and one of each abrupt kind; %s more.
A client tries for %s, half of it at each of the endpoint's two addresses, and that time is not scaled: here it is ten minutes of AWS's. So a request that
meets one dead target after an abrupt move is late here and not lost, where at AWS's own speed the client's patience has to outlast the half minute until
checks have failed. That graceful moves lose nothing does not hang on it: as fast as AWS itself, of 7,800 requests, ten a
second before, during and after a replacement, each with 5 s of patience, none failed (%s).

What others lose, in %d moves of the same seed, three in four of them graceful, clusters deleted left out:

%s
What sync loses here beyond the load balancer's own slowness is an address that was given to another cluster: it waits for the grace period, while the load
balancer calls it healthy. The plain function does not wait, and loses after moves that overlap instead; every answer of DNS is true here, and the storms
above show what it costs where one is not. A connection counts in the fourth column whoever answers.

Made anew by %s; figures differ a little from run to run.
`, trafficRate, trafficWatches, trafficSpeed, classList.String(), spareTime, rules.String(), unhealthyDraining, "`go test ./internal/e2e -run TestTraffic`", "`make soak`", trafficPatience, "`postern lab up --speed 1`, `lab exec -- postern sync --watch`, `lab traffic --rate 10 --watches 6 --for 13m`", trafficPageMoves, table, "`"+trafficCommand+"`")
}

// TestTrafficPeers: the page's table has the rows of today's keepers. With
// -traffic.full each of them is run, which takes a minute each.
func TestTrafficPeers(t *testing.T) {
	if *trafficFull {
		compareTraffic(t)
		return
	}
	have, err := os.ReadFile(trafficPage)
	if err != nil {
		t.Fatal(err)
	}
	want := trafficHead
	for _, k := range trafficKeepers {
		want += trafficRow(k, &trafficResult{Report: new(traffic.Report)})
	}
	if got := shape(string(have)); got != shape(want+ranAt(time.Time{})) {
		t.Errorf("%s has other rows than there are keepers; make it anew by %s:\n%s", trafficPage, trafficCommand, got)
	}
}

// ranAt is the line that says when a table was made.
func ranAt(at time.Time) string { return "\nRun on " + at.UTC().Format(time.DateOnly) + ".\n" }

var figure = regexp.MustCompile(`\| \d[\d.]*( minutes)? (\||$)|\d{4}-\d\d-\d\d`)

// shape is a table without its figures.
func shape(table string) string {
	for figure.MatchString(table) {
		table = figure.ReplaceAllString(table, "|")
	}
	return table
}

// TestShape: figures may be any, rows and rules may not.
func TestShape(t *testing.T) {
	for other, same := range map[string]bool{
		"| **a**: every 5 minutes | 1 | 2 | 3.5 minutes | 4 |":  true,
		"| **a**: every 5 minutes | 10 | 0 | 0.1 minutes | 9 |": true,
		"| **a**: every 6 minutes | 1 | 2 | 3.5 minutes | 4 |":  false,
		"| **b**: every 5 minutes | 1 | 2 | 3.5 minutes | 4 |":  false,
		"": false,
	} {
		if got := shape(other) == shape("| **a**: every 5 minutes | 7 | 8 | 99.9 minutes | 100 |"); got != same {
			t.Errorf("%q is the same: %t", other, got)
		}
	}
}

func compareTraffic(t *testing.T) {
	table := trafficHead
	for _, k := range trafficKeepers {
		t.Run(k.name, func(t *testing.T) {
			r := runTraffic(t, k, longScript(*trafficSeed, trafficPageMoves, false), trafficRate)
			t.Logf("%s: %s", k.name, r)
			table += trafficRow(k, r)
			if k.name != "sync" {
				return
			}
			_, wrong := r.judge()
			for _, w := range wrong {
				t.Error(w)
			}
		})
	}
	t.Log("\n" + table)
	if *update {
		if err := os.WriteFile(trafficPage, []byte(table+ranAt(time.Now())), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
