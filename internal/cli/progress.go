package cli

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// progress says on a terminal, from the first second on, how long the work of a
// command has been going on and how many calls it made. The function that it
// returns ends it and takes its line away.
func progress(ctx context.Context, e Env, what string, calls func() map[string]int) (stop func()) {
	if !e.StderrTTY {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() {
		begin := time.Now()
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for shown := false; ; shown = true {
			select {
			case <-ctx.Done():
				if shown {
					fmt.Fprint(e.Stderr, "\r\x1b[K")
				}
				return
			case now := <-tick.C:
				n := 0
				for _, c := range calls() {
					n += c
				}
				fmt.Fprintf(e.Stderr, "\r\x1b[K%s: %d s, %d calls to AWS", what, int(now.Sub(begin).Seconds()), n)
			}
		}
	})
	return func() {
		cancel()
		done.Wait()
	}
}
