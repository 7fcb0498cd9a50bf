package cli

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postern/internal/config"
	"postern/internal/plan"
	"postern/internal/report"
)

// statusView is where the documents of a watch go.
type statusView interface {
	show(report.Status) error
	tick() error // now and then, between two documents
	close()      // after the last one; not without one
}

// watchStatus looks until ctx ends.
func watchStatus(c *cobra.Command, e Env, cfg config.Config, o statusOptions, look func(context.Context) (report.Status, error)) error {
	ctx := c.Context()
	view := newStatusView(e, cfg, o)
	var seen sinceWhen
	stop := progress(ctx, e, "status", o.calls)
	for first := true; ; first = false {
		doc, err := look(ctx)
		if first {
			stop()
		}
		switch {
		case ctx.Err() != nil:
		case err == nil:
			seen.note(&doc)
			if err = view.show(doc); first {
				defer view.close()
			}
		}
		if err == nil && ctx.Err() == nil {
			err = waitFor(ctx, o.interval, view.tick)
		}
		switch {
		case ctx.Err() != nil:
			return status(report.ExitInterrupted)
		case err != nil:
			return err
		}
	}
}

func newStatusView(e Env, cfg config.Config, o statusOptions) statusView {
	if cfg.Output == config.OutputJSON {
		return jsonView{e.Stdout}
	}
	if _, height := terminal(e.Stdout); e.StdoutTTY && height > 0 {
		return &screen{out: e.Stdout, size: func() (int, int) { return terminal(e.Stdout) }, options: report.TextOptions{TTY: true, Colour: e.colour(true), Wide: o.wide}}
	}
	return &changesView{out: e.Stdout}
}

// resizeEvery is how often a screen's size is asked for: what is drawn for
// another size is unreadable.
const resizeEvery = 250 * time.Millisecond

// waitFor waits, and calls tick meanwhile.
func waitFor(ctx context.Context, d time.Duration, tick func() error) error {
	end := time.NewTimer(d)
	defer end.Stop()
	ticks := time.NewTicker(resizeEvery)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-end.C:
			return nil
		case <-ticks.C:
			if err := tick(); err != nil {
				return err
			}
		}
	}
}

// sinceWhen remembers since when each cluster has had its verdict.
type sinceWhen map[string]verdictSince

type verdictSince struct {
	verdict report.Health
	reason  plan.Code
	at      time.Time
}

func (s *sinceWhen) note(d *report.Status) {
	now := sinceWhen{}
	for i := range d.Links {
		l := &d.Links[i]
		v, had := (*s)[l.Ref]
		if !had || v.verdict != l.Verdict || v.reason != l.Reason {
			v = verdictSince{l.Verdict, l.Reason, d.At}
		}
		l.Since, now[l.Ref] = v.at, v
	}
	*s = now
}

// jsonView writes a document a line.
type jsonView struct{ out io.Writer }

func (v jsonView) show(d report.Status) error { return report.WriteJSON(v.out, d, true) }
func (v jsonView) tick() error                { return nil }
func (v jsonView) close()                     {}

// changesView writes a line for each thing that is new, or other than before,
// or over.
type changesView struct {
	out    io.Writer
	before []changing
}

// changing is what can change, and how it stands.
type changing struct{ key, words string }

func (v *changesView) show(d report.Status) error {
	at := d.At.UTC().Format(time.RFC3339) + " "
	var now []changing
	for _, l := range d.Links {
		words := string(l.Verdict)
		if l.Message != "" {
			if l.Hop != "" {
				words += " " + string(l.Hop)
			}
			words += ": " + l.Message
		}
		now = append(now, changing{l.Ref, words})
	}
	for _, o := range d.Orphans {
		now = append(now, changing{string(o.Kind) + " " + o.Object, o.Message})
	}
	for _, n := range d.NotChecked {
		words := n.Message
		if n.Action != "" {
			words = "no permission for " + n.Action
		}
		now = append(now, changing{strings.TrimSpace("not checked in " + string(n.Account) + "/" + string(n.Region) + " " + n.What), words})
	}
	var b strings.Builder
	for _, c := range now {
		if !slices.Contains(v.before, c) {
			b.WriteString(oneLine(at+c.key+" "+c.words) + "\n")
		}
	}
	for _, c := range v.before {
		if !slices.ContainsFunc(now, func(o changing) bool { return o.key == c.key }) {
			b.WriteString(oneLine(at+"over: "+c.key+" "+c.words) + "\n")
		}
	}
	v.before = now
	_, err := io.WriteString(v.out, b.String())
	return err
}

func (v *changesView) tick() error { return nil }
func (v *changesView) close()      {}
