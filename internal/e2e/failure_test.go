package e2e

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/failure-cases.md anew")

// TestFailureCases runs every case against the lab, over the wire.
func TestFailureCases(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range failureCases {
		if seen[c.id] {
			t.Errorf("%s stands twice", c.id)
		}
		seen[c.id] = true
		if (c.run == nil) == (c.why == "") {
			t.Errorf("%s needs either a test or a reason why it cannot happen", c.id)
		}
		if c.run != nil {
			t.Run(c.id, func(t *testing.T) { inBench(t, c.run) })
		}
	}
	for i := range 40 {
		if id := fmt.Sprintf("T%d", i+1); !seen[id] {
			t.Errorf("%s is missing", id)
		}
	}
}

// TestFailurePage: docs/failure-cases.md says what the cases are.
func TestFailurePage(t *testing.T) {
	const page = "../../docs/failure-cases.md"
	var b strings.Builder
	b.WriteString(`# Failure cases

What goes wrong around a private API server's addresses, what is done to the lab to bring it about, and what sync does. Every row but T26 and T35, which cannot happen
here, is a test of the real engine with its real AWS and DNS clients against the lab over the wire, in simulated time: ` + "`go test ./internal/e2e -run TestFailureCases -v`" + `.
This page is written from that table (` + "`go test ./internal/e2e -run TestFailurePage -update`" + `).

| | situation | what is done | what sync does |
|---|---|---|---|
`)
	for _, c := range failureCases {
		fault, want := c.fault, c.want
		if c.run == nil {
			fault, want = "cannot happen here", c.why
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", c.id, c.situation, fault, want)
	}
	b.WriteString(stormSection(t))
	b.WriteString(trafficSection(t))
	if *update {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), b.String()); diff != "" {
		t.Errorf("%s is not current, run this test with -update (-have +want):\n%s", page, diff)
	}
}
