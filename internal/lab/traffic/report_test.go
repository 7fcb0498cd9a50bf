package traffic_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postern/internal/lab/traffic"
)

var update = flag.Bool("update", false, "write golden files anew")

func quote(s string) []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return b
}

// TestQuantile: a quantile is never below the true one, and at most 1/32 and
// a microsecond above it.
func TestQuantile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ds := rapid.SliceOfN(rapid.Map(rapid.Float64Range(0, math.Log(float64(2*time.Hour))), func(x float64) time.Duration {
			return time.Duration(math.Exp(x)).Truncate(time.Microsecond)
		}), 1, 300).Draw(t, "durations")
		q := rapid.SampledFrom([]float64{0.5, 0.9, 0.99, 1}).Draw(t, "q")
		got := traffic.Quantile(ds, q)
		slices.Sort(ds)
		want := ds[max(0, int(math.Ceil(q*float64(len(ds))))-1)]
		if got < want || got > want+want/32+time.Microsecond || got > ds[len(ds)-1] {
			t.Fatalf("quantile %g of %v is %s, want %s", q, ds, got, want)
		}
	})
	if got := traffic.Quantile(nil, 0.5); got != 0 {
		t.Errorf("of nothing: %s", got)
	}
}

// TestBounds: a client that never stops does not grow, and loses no count.
func TestBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newAuthority(t, "CA")
		n := 0
		r := run(t, 99_999*time.Microsecond, traffic.Options{Targets: []traffic.Target{{Ref: "a", URL: "https://a", CA: c.pem}}, Rate: 10_000, Keep: 7,
			Dial: func(context.Context, string, string) (net.Conn, error) {
				n++
				return nil, fmt.Errorf("failure %d", n)
			}, InFlight: 1})
		if r.Requests.Sent+r.Requests.Skipped != 1000 || r.Requests.Failed != n {
			t.Fatalf("requests %+v, %d dials", r.Requests, n)
		}
		sum := 0
		for _, g := range r.Failures {
			sum += g.Count
		}
		if len(r.Failures) > traffic.MaxGroups+1 || sum != n || r.Failures[0].Why != "(others)" {
			t.Errorf("%d groups with %d failures, the first is %+v", len(r.Failures), sum, r.Failures[0])
		}
		var kept []string
		for _, f := range r.Newest {
			kept = append(kept, f.Why)
		}
		var want []string
		for i := range 7 {
			want = append(want, fmt.Sprintf("failure %d", n-i))
		}
		if diff := cmp.Diff(want, kept); diff != "" {
			t.Errorf("newest failures (-want +got):\n%s", diff)
		}
	})
}

// TestInstances: who answered is counted apart up to a bound.
func TestInstances(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, err := traffic.New(traffic.Options{Targets: []traffic.Target{{Ref: "a", URL: "https://a", CA: newAuthority(t, "CA").pem}}, Rate: 1})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			for i := range traffic.MaxInstances + 50 {
				client.Answered(fmt.Sprintf("eni-%04d", i))
			}
		}
		if got := client.Report().Answered; len(got) != traffic.MaxInstances+1 || got[0].Name != "(others)" || got[0].Count != 100 || got[1].Name != "eni-0000" || got[1].Count != 2 {
			t.Errorf("%d instances answered, the first are %+v", len(got), got[:2])
		}
	})
}

// TestText: a report reads as its golden text, and survives JSON.
func TestText(t *testing.T) {
	at := func(ms int) time.Time {
		return time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC).Add(time.Duration(ms) * time.Millisecond)
	}
	prod, payments := "222222222222/us-east-1/prod", "222222222222/eu-west-1/payments"
	full := &traffic.Report{
		Schema: traffic.Schema, StartedAt: at(0), DurationMs: 30_000,
		Requests: traffic.Requests{Sent: 1500, OK: 1496, Failed: 3, UnderWay: 1, Skipped: 2, FirstFailure: at(12_340), LastFailure: at(13_000), Latency: traffic.Spread{P50Ms: 3.1, P99Ms: 9.876, MaxMs: 1031}},
		Targets: []traffic.Outcome{
			{Ref: prod, Requests: traffic.Requests{Sent: 750, OK: 747, Failed: 3, Latency: traffic.Spread{P50Ms: 3.1, P99Ms: 9.8, MaxMs: 1031}}, Held: 9, Cut: 1},
			{Ref: payments, Requests: traffic.Requests{Sent: 750, OK: 749, Latency: traffic.Spread{P50Ms: 3, P99Ms: 8, MaxMs: 12}}, Held: 10},
		},
		Failures: []traffic.Group{
			{Kind: traffic.KindDialTimeout, Why: "target 10.0.1.7:443 (zone use1-az1) of targetgroup/prod does not answer", Count: 2, First: at(12_340), Last: at(13_000)},
			{Kind: traffic.KindOtherCluster, Why: "the certificate is that of \x1b[31m" + payments + "\n" + strings.Repeat("x", 200), Count: 1, First: at(12_500), Last: at(12_500)},
		},
		Newest: []traffic.Failure{{Time: at(13_000), Ref: prod, Kind: traffic.KindDialTimeout, Why: "target 10.0.1.7:443 (zone use1-az1) of targetgroup/prod does not answer", AfterMs: 4500}},
		Watches: traffic.Watches{Wanted: 20, Held: 19, Opened: 20, NotOpened: 1, Cut: 1, Events: 123, Bookmarks: 100,
			Cuts:     []traffic.Group{{Kind: traffic.KindCut, Why: "connection reset by peer", Count: 1, First: at(12_000), Last: at(12_000)}},
			Failures: []traffic.Group{{Kind: traffic.KindRefused, Why: "node eni-1: no healthy target", Count: 1, First: at(12_200), Last: at(12_200)}},
			Lived:    traffic.Spread{P50Ms: 12_000, P99Ms: 12_000, MaxMs: 12_000},
			Gap:      traffic.Spread{P50Ms: 150, P99Ms: 150, MaxMs: 150},
			Newest:   []traffic.Cut{{Time: at(12_000), Ref: prod, Kind: traffic.KindCut, Why: "connection reset by peer", LivedMs: 12_000, BackMs: 150, Attempts: 1}}},
	}
	for i := range 8 {
		full.Answered = append(full.Answered, traffic.Instance{Ref: prod, Name: fmt.Sprintf("eni-%d", i+1), Count: 93, First: at(0), Last: at(1)})
	}
	for name, r := range map[string]*traffic.Report{
		"full":  full,
		"empty": {Schema: traffic.Schema},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := traffic.Write(&b, r); err != nil {
				t.Fatal(err)
			}
			golden := "testdata/" + name + ".txt"
			if *update {
				if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if strings.ContainsAny(b.String(), "\x1b\t") {
				t.Error("the text has control characters")
			}
			doc, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			var back traffic.Report
			if err := json.Unmarshal(doc, &back); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(*r, back); diff != "" {
				t.Errorf("through JSON (-want +got):\n%s", diff)
			}
		})
	}
	if err := traffic.Write(broken{}, full); !errors.Is(err, errBroken) {
		t.Errorf("to a broken writer: %v", err)
	}
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

// TestEmptyLists: a list without elements is [] in JSON, not null.
func TestEmptyLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, err := traffic.New(traffic.Options{Targets: []traffic.Target{{Ref: "a", URL: "https://a", CA: newAuthority(t, "CA").pem}}, Rate: 1})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := json.Marshal(client.Report())
		if err != nil || strings.Contains(string(doc), "null") {
			t.Errorf("%s, error %v", doc, err)
		}
	})
}
