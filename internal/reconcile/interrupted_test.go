package reconcile

import (
	"context"
	"testing"
	"time"
)

// Who stops a pass is not told to give it more time.
func TestHintOfInterruption(t *testing.T) {
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	for ctx, want := range map[context.Context]string{
		stopped: "run sync again",
		late:    "run sync again; give it more time, or fewer links",
	} {
		if f := asFault(ctx, "read targets", ctx.Err()); f.Hint != want {
			t.Errorf("%v: hint %q, want %q", ctx.Err(), f.Hint, want)
		}
	}
}
