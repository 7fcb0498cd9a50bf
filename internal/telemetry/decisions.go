package telemetry

import (
	"context"
	"log/slog"

	"postern/internal/plan"
	"postern/internal/report"
)

// LogPass writes what a pass did: a line for each decision other than to
// keep, one for each error, and one for the pass. What a guard stopped is a
// warning.
func LogPass(ctx context.Context, log *slog.Logger, doc report.Sync) {
	for _, e := range doc.Errors {
		log.LogAttrs(ctx, slog.LevelError, "pass error", errorAttrs(e)...)
	}
	for _, s := range doc.Scopes {
		for _, e := range s.Errors {
			log.LogAttrs(ctx, slog.LevelError, "scope error",
				append([]slog.Attr{slog.String("account", string(s.Account)), slog.String("region", string(s.Region))}, errorAttrs(e)...)...)
		}
	}
	for _, l := range doc.Links {
		logLink(ctx, log, l)
	}
	sum := doc.Summary
	log.LogAttrs(ctx, slog.LevelInfo, "pass finished",
		slog.Int("links", sum.Links), slog.Int("converged", sum.Converged), slog.Int("changed", sum.Changed),
		slog.Int("pending", sum.Pending), slog.Int("held", sum.Held), slog.Int("failed", sum.Failed), slog.Int("gone", sum.Gone),
		slog.Int("notReached", Pass{Doc: doc}.NotReached()), slog.Bool("dryRun", doc.DryRun),
		slog.Int64("durationMs", doc.DurationMs), slog.Any("calls", sum.Calls))
}

func logLink(ctx context.Context, log *slog.Logger, l report.Link) {
	for _, d := range l.Decisions {
		level := slog.LevelInfo
		switch d.Action {
		case plan.Keep:
			continue
		case plan.Hold, plan.Refuse:
			level = slog.LevelWarn
		}
		log.LogAttrs(ctx, level, "decision",
			slog.String("ref", l.Ref), slog.String("targetGroup", string(l.TargetGroupARN)),
			slog.String("action", string(d.Action)), slog.String("address", d.Address), slog.Int("port", d.Port),
			slog.String("reason", string(d.Reason)), slog.String("message", d.Message),
			slog.String("health", string(d.Health)), slog.Bool("done", d.Done), slog.Any("evidence", d.Witnesses))
	}
	for _, e := range l.Errors {
		log.LogAttrs(ctx, slog.LevelError, "link error", append([]slog.Attr{slog.String("ref", l.Ref)}, errorAttrs(e)...)...)
	}
	// A link can stand still for a reason that is neither a decision nor an
	// error: its cluster is being made or deleted, or it was not reached.
	if len(l.Errors) == 0 && l.Message != "" && l.Result != plan.Gone {
		log.LogAttrs(ctx, slog.LevelWarn, "link waits", slog.String("ref", l.Ref), slog.String("result", string(l.Result)),
			slog.String("reason", string(l.Reason)), slog.String("message", l.Message), slog.String("hint", l.Hint))
	}
}

func errorAttrs(e report.Error) []slog.Attr {
	return []slog.Attr{slog.String("code", string(e.Code)), slog.String("message", e.Message), slog.String("hint", e.Hint)}
}
