package telemetry

import (
	"io"
	"time"

	"postern/internal/plan"
	"postern/internal/report"
)

// Namespace is that of every metric.
const Namespace = "Postern"

// Pass is what the metrics of one pass are made of.
type Pass struct {
	Doc      report.Sync
	Narrowed bool           // only some clusters were asked for: nothing is said about the fleet
	Expect   int            // how many links there should be; 0 expects nothing
	Age      *time.Duration // since the link that has waited longest was looked at in full; nil: there is none
}

// Missing returns how many links fewer than expected the pass found.
func (p Pass) Missing() int {
	if p.Narrowed {
		return 0
	}
	found := map[string]bool{}
	for _, l := range p.Doc.Links {
		if l.Result != plan.Gone {
			found[l.Ref] = true
		}
	}
	return max(0, p.Expect-len(found))
}

// NotReached returns how many links the pass had no time for.
func (p Pass) NotReached() int { return p.tally(everywhere).notReached }

// Write writes a document for the pass, one for each account and region that
// has links, and one for each link whose targets were read: a document holds
// one value of each metric. It goes on after an error, and returns the first.
func (p Pass) Write(w io.Writer) error {
	var first error
	for _, d := range p.documents() {
		if err := d.Write(w); first == nil {
			first = err
		}
	}
	return first
}

func (p Pass) documents() []Document {
	docs := []Document{p.total()}
	if !p.Narrowed {
		docs = append(docs, p.places()...)
	}
	for _, l := range p.Doc.Links {
		if l.Targets == nil || l.Result == plan.Gone {
			continue
		}
		// The set without dimensions has the whole fleet: its minimum is the
		// worst link, which one alarm can watch.
		docs = append(docs, p.document(
			[][]string{{}, {"Cluster"}}, map[string]string{"Cluster": l.Ref},
			[]Metric{{"HealthyTargets", Count, float64(l.Targets.Healthy)}},
		))
	}
	return docs
}

// total is about the pass and, if it was over everything, about the fleet.
func (p Pass) total() Document {
	calls := 0
	for _, n := range p.Doc.Summary.Calls {
		calls += n
	}
	metrics := []Metric{
		{"PassDurationMs", Milliseconds, float64(p.Doc.DurationMs)},
		{"ApiCalls", Count, float64(calls)},
	}
	if !p.Narrowed {
		metrics = append(metrics, p.tally(everywhere).metrics()...)
		metrics = append(metrics, Metric{"Missing", Count, float64(p.Missing())})
		if p.Age != nil {
			metrics = append(metrics, Metric{"AgeOfLastFullCheckSeconds", Seconds, p.Age.Seconds()})
		}
	}
	d := p.document(nil, nil, metrics)
	d.Properties = map[string]any{"apiCallsByAction": p.Doc.Summary.Calls, "narrowed": p.Narrowed, "dryRun": p.Doc.DryRun}
	return d
}

// places are the fleet's figures by account and region, which the scopes are.
func (p Pass) places() []Document {
	var docs []Document
	for _, s := range p.Doc.Scopes {
		t := p.tally(func(l report.Link) bool { return l.Account == s.Account && l.Region == s.Region })
		if s.Account == "" || t.links == 0 {
			continue
		}
		docs = append(docs, p.document(
			[][]string{{"Account", "Region"}},
			map[string]string{"Account": string(s.Account), "Region": string(s.Region)},
			t.metrics(),
		))
	}
	return docs
}

func (p Pass) document(sets [][]string, values map[string]string, metrics []Metric) Document {
	at := p.Doc.StartedAt.Add(time.Duration(p.Doc.DurationMs) * time.Millisecond)
	return Document{Namespace: Namespace, At: at, Dimensions: sets, Values: values, Metrics: metrics}
}

// tally counts links.
type tally struct {
	links, converged, changed, pending, held, failed, notReached int
}

func everywhere(report.Link) bool { return true }

func (p Pass) tally(counts func(report.Link) bool) tally {
	var t tally
	for _, l := range p.Doc.Links {
		if l.Result == plan.Gone || !counts(l) {
			continue
		}
		t.links++
		switch l.Result {
		case plan.Converged:
			t.converged++
		case plan.Changed:
			t.changed++
		case plan.Pending:
			t.pending++
		case plan.Held:
			t.held++
		case plan.Failed:
			t.failed++
		}
		if l.Reason == plan.NotReached {
			t.notReached++
		}
	}
	return t
}

func (t tally) metrics() []Metric {
	return []Metric{
		{"Links", Count, float64(t.links)},
		{"Converged", Count, float64(t.converged)},
		{"Changed", Count, float64(t.changed)},
		{"Pending", Count, float64(t.pending)},
		{"Held", Count, float64(t.held)},
		{"Failed", Count, float64(t.failed)},
		{"NotReached", Count, float64(t.notReached)},
	}
}
