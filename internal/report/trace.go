package report

import (
	"cmp"
	"time"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/trace"
)

// TraceSchema is the name and version of the document [Trace].
const TraceSchema = "postern.trace/v1"

// Trace is one cluster's path, hop by hop.
type Trace struct {
	Schema     string         `json:"schema"`
	At         time.Time      `json:"at"`
	DurationMs int64          `json:"durationMs"`
	Ref        string         `json:"ref"`
	Account    plan.AccountID `json:"account"`
	Region     plan.Region    `json:"region"`
	Cluster    string         `json:"cluster"`
	Endpoint   string         `json:"endpoint"` // host; empty: not known
	From       string         `json:"from"`     // subnet; empty: no hub is named
	Address    trace.Address  `json:"address"`
	Live       TraceLive      `json:"live"`
	Verdict    trace.Verdict  `json:"verdict"`
	Hop        trace.Hop      `json:"hop"` // of what to read first; empty: nothing is wrong
	Reason     trace.Code     `json:"reason"`
	Findings   []TraceFinding `json:"findings"`
	Calls      map[string]int `json:"calls"`
}

// TraceLive says whether probes were made, from where, and why or why not.
type TraceLive struct {
	Made   bool   `json:"made"`
	From   string `json:"from"`
	Reason string `json:"reason"`
}

// TraceFinding is one check's result.
type TraceFinding struct {
	Hop     trace.Hop     `json:"hop"`
	Verdict trace.Verdict `json:"verdict"`
	Code    trace.Code    `json:"code"`
	Object  string        `json:"object"`
	Saw     string        `json:"saw"`
	Why     string        `json:"why"`
	Because trace.Code    `json:"because"`
	Repair  TraceRepair   `json:"repair"`
}

// TraceRepair is what makes a finding pass.
type TraceRepair struct {
	Terraform string         `json:"terraform"`
	Account   plan.AccountID `json:"account"`
	Commands  []string       `json:"commands"`
	Note      string         `json:"note"`
}

// NewTrace returns the document of a path over a snapshot. host is that of the
// cluster's endpoint, took the time of it all.
func NewTrace(s *fleet.Snapshot, p trace.Path, o trace.Options, host string, live TraceLive, took time.Duration) Trace {
	d := Trace{
		Schema: TraceSchema, At: s.At.UTC(), DurationMs: took.Milliseconds(),
		Ref: p.Ref.String(), Account: p.Ref.Account, Region: p.Ref.Region, Cluster: p.Ref.Name, Endpoint: host,
		From: p.From, Address: o.Address, Live: live, Verdict: p.Verdict(), Findings: []TraceFinding{}, Calls: map[string]int{},
	}
	for call, n := range s.Calls {
		d.Calls[call] = n
	}
	if d.Verdict == trace.Passed && len(p.Unseen()) > 0 { // somebody asked about the whole path
		d.Verdict = trace.Unchecked
	}
	if f := p.Cause(); f != nil {
		d.Hop, d.Reason = f.Hop, f.Code
	}
	for _, f := range p.Findings {
		d.Findings = append(d.Findings, TraceFinding{
			Hop: f.Hop, Verdict: f.Verdict, Code: f.Code, Object: f.Object, Saw: f.Saw, Why: f.Why, Because: f.Because,
			Repair: TraceRepair{Terraform: f.Repair.Terraform, Account: f.Repair.Account, Commands: append([]string{}, f.Repair.Commands...), Note: f.Repair.Note},
		})
	}
	return d
}

// cause returns the finding to read first; nil: nothing is wrong.
func (d Trace) cause() *TraceFinding {
	for _, v := range []trace.Verdict{trace.Broken, trace.Degraded} {
		for i := range d.Findings {
			if f := &d.Findings[i]; f.Verdict == v && f.Because == "" {
				return f
			}
		}
	}
	return nil
}

// TraceExit returns the exit status of a trace: a path that is broken or
// degraded is a difference; one of which nobody can say that it is right is
// failed, unless a probe got through.
func TraceExit(d Trace) int {
	switch d.Verdict {
	case trace.Broken, trace.Degraded:
		return ExitDifference
	case trace.Unchecked:
		if d.Live.Made && d.serves() {
			return ExitOK
		}
		return ExitFailed
	}
	return ExitOK
}

// serves reports whether all that probes saw of the API server is right.
func (d Trace) serves() bool {
	verdict := trace.Unchecked
	for _, f := range d.Findings {
		if f.Hop == trace.HopServer {
			verdict = cmp.Or(f.Verdict, verdict)
			if f.Verdict != trace.Passed {
				return false
			}
		}
	}
	return verdict == trace.Passed
}
