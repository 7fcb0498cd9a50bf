package awsapi

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestAccountDoesNotWaitForOthers: a pass whose time is up does not wait for
// another one's call to STS.
func TestAccountDoesNotWaitForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent := &fakeAWS{handle: func(ctx context.Context, r request) (int, string, error) {
			<-ctx.Done()
			return 0, "", ctx.Err()
		}}
		scope := silent.scope(Options{})
		began := time.Now()
		ask := func(d time.Duration, took chan<- time.Duration) {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			defer cancel()
			if _, err := scope.Account(ctx); err == nil {
				t.Error("an account, and nobody answered")
			}
			took <- time.Since(began)
		}
		long, short := make(chan time.Duration, 1), make(chan time.Duration, 1)
		go ask(10*time.Second, long)
		synctest.Wait()
		go ask(time.Second, short)
		if took := <-short; took != time.Second {
			t.Errorf("a call with one second took %s", took)
		}
		<-long
	})
}
