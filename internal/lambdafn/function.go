package lambdafn

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
	"postern/internal/telemetry"
)

// Function handles invocations. What one invocation builds, the next ones use.
type Function struct {
	env Env

	mu     sync.Mutex // guards what follows; invocations come one at a time
	base   *base      // nil until the settings could be read
	shards map[string]*shard
}

// New returns the function with everything made that needs no event. Settings
// that cannot be used are every invocation's error, and not the process's end:
// so they are where the errors are looked for.
func New(ctx context.Context, e Env) *Function {
	f := &Function{env: e, shards: map[string]*shard{}}
	if base, err := newBase(ctx, e); err == nil {
		f.base = base
		// A fault here is found again with the first event.
		_, _ = f.shardFor(event{}, time.Now())
	}
	return f
}

// Invoke is [Function.Handle] for aws-lambda-go, which logs its errors, and
// which would refuse a payload that is not JSON before anybody sees it.
func (f *Function) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	r, err := f.Handle(ctx, payload)
	if err != nil {
		return nil, err
	}
	return json.Marshal(r)
}

// Handle makes one pass. Its error is a [*FailedError], and only for what
// failed as a whole; what is wrong with a link is in the log and the metrics.
// It returns some time before ctx's deadline.
func (f *Function) Handle(ctx context.Context, payload json.RawMessage) (Result, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	ctx, cancel := withMargin(ctx)
	defer cancel()
	if f.base == nil {
		base, err := newBase(ctx, f.env)
		if err != nil {
			return Result{}, err
		}
		f.base = base
	}
	log := f.base.log
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		log = log.With("requestId", lc.AwsRequestID)
	}
	ev := parseEvent(payload)
	for _, d := range ev.doubts {
		log.WarnContext(ctx, "doubtful event", "kind", ev.kind, "doubt", d)
	}
	s, err := f.shardFor(ev, time.Now())
	if err != nil {
		return Result{}, err
	}
	doc, err := pass(ctx, s.engine, ev.patterns)
	if err != nil {
		return Result{}, err
	}
	return f.tell(ctx, log, ev, s, doc)
}

// tell logs and measures what a pass did. Nothing that goes wrong with either
// changes the result.
func (f *Function) tell(ctx context.Context, log *slog.Logger, ev event, s *shard, doc report.Sync) (Result, error) {
	whole := len(ev.patterns) == 0
	if !whole {
		doc = withoutCount(ctx, log, doc)
	}
	failed := failure(doc)
	age, ok := s.note(doc, whole && failed == nil, time.Now())
	telemetry.LogPass(ctx, log, doc)
	m := telemetry.Pass{Doc: doc, Narrowed: !whole, Expect: s.expect}
	if ok {
		m.Age = &age
	}
	if err := m.Write(f.env.Stdout); err != nil {
		log.ErrorContext(ctx, "metrics not written", "error", err)
	}
	return newResult(ev.kind, m), failed
}

// pass makes a pass over what was asked for. A name that is several clusters'
// means each of them: an event knows no more than the name.
func pass(ctx context.Context, engine passer, asked []plan.Pattern) (report.Sync, error) {
	for {
		doc, err := engine.Pass(ctx, asked)
		ambiguous, ok := errors.AsType[*reconcile.AmbiguousError](err)
		if !ok {
			return doc, err
		}
		asked = slices.DeleteFunc(slices.Clone(asked), func(p plan.Pattern) bool { return p == ambiguous.Pattern })
		for _, c := range ambiguous.Candidates {
			asked = append(asked, plan.Pattern(c))
		}
	}
}

// withoutCount returns the document of a pass over some clusters without what
// it says about those that are not there: a new cluster's link may be yet to
// come, and another scope's clusters are not this function's.
func withoutCount(ctx context.Context, log *slog.Logger, doc report.Sync) report.Sync {
	var kept []report.Error
	for _, e := range doc.Errors {
		switch e.Code {
		case plan.ClusterNotFound:
			log.InfoContext(ctx, "no such link", "message", e.Message, "hint", e.Hint)
		case plan.Expected:
		default:
			kept = append(kept, e)
		}
	}
	doc.Errors = kept
	return doc
}

// Part of the time that is left when an invocation begins which stays for
// logs, metrics and the answer.
const (
	marginShare = 10 // a tenth
	minMargin   = time.Second
	maxMargin   = 5 * time.Second
)

// withMargin ends ctx some time before its deadline.
func withMargin(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	margin := min(max(time.Until(deadline)/marginShare, minMargin), maxMargin)
	return context.WithDeadline(ctx, deadline.Add(-margin))
}
