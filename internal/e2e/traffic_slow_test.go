package e2e

import (
	"testing"
	"time"

	"postern/internal/lab/state"
	"postern/internal/lab/traffic"
)

// TestOutlasted: only a request that was under way for all of its target's
// draining is the slow client's own.
func TestOutlasted(t *testing.T) {
	const ref, group = "222222222222/us-east-1/prod", "arn:group"
	end := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC) // of the draining
	over := state.Event{At: end, Kind: state.TargetChanged, Of: group, Was: "unhealthy.draining", Now: "unhealthy Target.FailedHealthChecks"}
	at := func(begins, ends time.Duration) traffic.Failure {
		return traffic.Failure{Ref: ref, Kind: traffic.KindCut, Time: end.Add(ends), AfterMs: float64((ends - begins).Milliseconds())}
	}
	long := -unhealthyDraining - 10*time.Millisecond
	with := func(f traffic.Failure, change func(*traffic.Failure)) traffic.Failure { change(&f); return f }
	tests := []struct {
		name  string
		f     traffic.Failure
		event state.Event
		want  bool
	}{
		{"from before it to its end", at(long, 5*time.Millisecond), over, true},
		{"began while it ran: it should have gone elsewhere", at(-unhealthyDraining/2, 5*time.Millisecond), over, false},
		{"cut before the end", at(long, -time.Millisecond), over, false},
		{"cut long after", at(long, spareTime), over, false},
		{"another cluster's", with(at(long, 0), func(f *traffic.Failure) { f.Ref = "333333333333/eu-west-1/prod" }), over, false},
		{"no cut", with(at(long, 0), func(f *traffic.Failure) { f.Kind = traffic.KindSilent }), over, false},
		{"a target without draining", at(long, 0), state.Event{At: end, Kind: state.TargetChanged, Of: group, Was: "healthy", Now: "unhealthy Target.FailedHealthChecks"}, false},
		{"it recovered", at(long, 0), state.Event{At: end, Kind: state.TargetChanged, Of: group, Was: "unhealthy.draining", Now: "healthy"}, false},
		{"it left the group", at(long, 0), state.Event{At: end, Kind: state.TargetChanged, Of: group, Was: "unhealthy.draining"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &trafficResult{events: []state.Event{tt.event}, groups: map[string]string{group: ref}}
			if got := r.outlasted(tt.f); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
