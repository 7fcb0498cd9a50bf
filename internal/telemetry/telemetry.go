// Package telemetry provides what a run tells about itself besides its answer:
// the logger, text for a person at a terminal and JSON for everything else;
// the log of a pass's decisions; and its metrics, in the form that CloudWatch
// reads from a log.
package telemetry

import (
	"io"
	"log/slog"
)

// Logger returns a logger that writes messages of at least the level to w,
// one a line. With tty it writes plain text without the date, which the person
// at the terminal knows; without, JSON with the full time.
func Logger(w io.Writer, level slog.Level, tty bool) *slog.Logger {
	if !tty {
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.String(slog.TimeKey, a.Value.Time().Format("15:04:05"))
			}
			return a
		},
	}))
}
