package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"postern/internal/config"
	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
)

// watch keeps links as they should be until ctx ends, and says what it does.
func watch(c *cobra.Command, e Env, cfg config.Config, engine *reconcile.Engine, asked []plan.Pattern) error {
	ctx, cancel := context.WithCancelCause(c.Context())
	defer cancel(nil)
	p := &watchPrinter{made: engine.Calls, out: e.Stdout, json: cfg.Output == config.OutputJSON, links: map[plan.GroupARN]plan.Result{}, since: time.Now()}
	w := &reconcile.Watcher{
		Engine: engine, Interval: cfg.Interval, FullCheck: cfg.FullCheck,
		Report: func(doc report.Sync) {
			if err := p.print(doc); err != nil {
				cancel(fmt.Errorf("write report: %w", err)) // nobody reads any more
			}
		},
	}
	var ticking sync.WaitGroup
	ticking.Go(func() { p.summaries(ctx) })
	ticking.Go(func() { logProcess(ctx, engine.Logger) })
	err := w.Run(ctx, asked)
	cause := context.Cause(ctx)
	cancel(nil)
	ticking.Wait()
	switch {
	case err != nil:
		return passError(c, err)
	case c.Context().Err() != nil:
		return status(report.ExitInterrupted)
	}
	return cause
}

// summaryEvery is how often text says how the fleet stands while nothing
// happens.
const summaryEvery = 10 * time.Minute

// watchPrinter prints documents: one a line as JSON; as text a line for each
// link that stands otherwise than before or was written to, and a summary now
// and then.
type watchPrinter struct {
	made func() map[string]int // calls to AWS
	out  io.Writer
	json bool

	mu     sync.Mutex // guards what follows, and out
	links  map[plan.GroupARN]plan.Result
	faults map[string]bool // as last printed, with where
	calls  int             // made until the last summary
	since  time.Time       // when it was
}

func (p *watchPrinter) print(doc report.Sync) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.json {
		return report.WriteJSON(p.out, doc, true)
	}
	at := doc.StartedAt.Add(time.Duration(doc.DurationMs) * time.Millisecond).Format(time.RFC3339)
	var b strings.Builder
	for _, l := range doc.Links {
		writeChange(&b, at, l, p.links[l.TargetGroupARN])
		p.links[l.TargetGroupARN] = l.Result
		if l.Result == plan.Gone {
			delete(p.links, l.TargetGroupARN)
		}
	}
	p.printFaults(&b, at, doc)
	_, err := io.WriteString(p.out, b.String())
	return err
}

// writeChange writes a line if the link was written to or stands otherwise
// than before.
func writeChange(b *strings.Builder, at string, l report.Link, before plan.Result) {
	var done []string
	for _, d := range l.Decisions {
		if d.Done {
			done = append(done, fmt.Sprintf("%s %s:%d (%s)", d.Action, d.Address, d.Port, d.Reason))
		}
	}
	if len(done) == 0 && l.Result == before {
		return
	}
	line := fmt.Sprintf("%s %s %s", at, l.Ref, l.Result)
	if l.Reason != "" {
		line += " " + string(l.Reason)
	}
	switch {
	case len(done) > 0:
		line += ": " + strings.Join(done, ", ")
	case len(l.Errors) > 0:
		line += ": " + l.Errors[0].Message
	case l.Message != "":
		line += ": " + l.Message
	}
	b.WriteString(oneLine(line) + "\n")
}

// printFaults writes the faults of scopes and of the watch itself that were
// not there the last time, and those that are over.
func (p *watchPrinter) printFaults(b *strings.Builder, at string, doc report.Sync) {
	now := map[string]bool{}
	note := func(where string, es []report.Error) {
		for _, e := range es {
			now[where+" "+string(e.Code)+": "+e.Message] = true
		}
		for text := range p.faults {
			if strings.HasPrefix(text, where+" ") && !now[text] {
				b.WriteString(oneLine(fmt.Sprintf("%s over: %s", at, text)) + "\n")
				delete(p.faults, text)
			}
		}
	}
	for _, s := range doc.Scopes {
		note(fmt.Sprintf("scope %s/%s", s.Account, s.Region), s.Errors)
	}
	if len(doc.Scopes) == 0 {
		note("sync", doc.Errors)
	}
	if p.faults == nil {
		p.faults = map[string]bool{}
	}
	for text := range now {
		if !p.faults[text] {
			b.WriteString(oneLine(at+" failed: "+text) + "\n")
			p.faults[text] = true
		}
	}
}

// oneLine keeps what others said from breaking the line or reaching a
// terminal as a control character.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// summaries prints one after the first ten seconds, and then every ten
// minutes.
func (p *watchPrinter) summaries(ctx context.Context) {
	if p.json {
		return
	}
	for wait := 10 * time.Second; ; wait = summaryEvery {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
			p.summary(time.Now())
		}
	}
}

func (p *watchPrinter) summary(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	count := map[plan.Result]int{}
	for _, r := range p.links {
		count[r]++
	}
	var parts []string
	for _, r := range []plan.Result{plan.Converged, plan.Changed, plan.Pending, plan.Held, plan.Failed} {
		if count[r] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[r], r))
		}
	}
	line := fmt.Sprintf("%s links: %d", now.UTC().Format(time.RFC3339), len(p.links))
	if len(parts) > 0 {
		line += " (" + strings.Join(parts, ", ") + ")"
	}
	calls := 0
	for _, n := range p.made() {
		calls += n
	}
	fmt.Fprintf(p.out, "%s; calls to AWS in the last %s: %d\n", line, now.Sub(p.since).Round(time.Second), calls-p.calls)
	p.calls, p.since = calls, now
}

// logProcess says every ten seconds, for whoever looks for a leak, what the
// process holds.
func logProcess(ctx context.Context, log *slog.Logger) {
	if !log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			log.DebugContext(ctx, "process", "goroutines", runtime.NumGoroutine(), "heapBytes", m.HeapAlloc)
		}
	}
}
