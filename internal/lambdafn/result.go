package lambdafn

import (
	"postern/internal/plan"
	"postern/internal/telemetry"
)

// ResultSchema is the name and version of the document [Result].
const ResultSchema = "postern.function/v1"

// maxAttention bounds the links that a result names. The log names all.
const maxAttention = 50

// Result is what an invocation answers, for whoever makes one by hand.
type Result struct {
	Schema     string `json:"schema"`
	Event      Kind   `json:"event"`
	DurationMs int64  `json:"durationMs"`
	DryRun     bool   `json:"dryRun"`
	Links      int    `json:"links"` // without those that are gone
	Converged  int    `json:"converged"`
	Changed    int    `json:"changed"`
	Pending    int    `json:"pending"`
	Held       int    `json:"held"`
	Failed     int    `json:"failed"`
	Gone       int    `json:"gone"`
	Missing    int    `json:"missing"` // how many links fewer than expected were found
	NotReached int    `json:"notReached"`
	// Attention names links that are neither converged nor gone, up to 50.
	Attention []LinkResult `json:"attention"`
}

// LinkResult is one link in a [Result].
type LinkResult struct {
	Ref    string      `json:"ref"`
	Result plan.Result `json:"result"`
	Reason plan.Code   `json:"reason"`
}

func newResult(kind Kind, p telemetry.Pass) Result {
	doc, sum := p.Doc, p.Doc.Summary
	r := Result{
		Schema: ResultSchema, Event: kind, DurationMs: doc.DurationMs, DryRun: doc.DryRun,
		Links: sum.Links - sum.Gone, Converged: sum.Converged, Changed: sum.Changed, Pending: sum.Pending,
		Held: sum.Held, Failed: sum.Failed, Gone: sum.Gone,
		Missing: p.Missing(), NotReached: p.NotReached(),
		Attention: []LinkResult{},
	}
	for _, l := range doc.Links {
		if l.Result != plan.Converged && l.Result != plan.Gone && len(r.Attention) < maxAttention {
			r.Attention = append(r.Attention, LinkResult{l.Ref, l.Result, l.Reason})
		}
	}
	return r
}
