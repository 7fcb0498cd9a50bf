package runtime

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"postern/internal/lab/state"
	"postern/internal/lab/trigger"
)

// shortest is the shortest time between two runs of a schedule, whatever the
// lab's speed: an execution is real work on this machine.
const shortest = time.Second

// tick runs what is due of schedules and of rules that have one, until ctx ends.
// The first run is one period after the schedule is there.
func (r *Runtime) tick(ctx context.Context) {
	due := map[string]time.Time{}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-r.wake:
		}
		now, next := time.Now(), time.Now().Add(time.Hour)
		known := map[string]time.Time{}
		for _, t := range r.opts.Store.Ticks() {
			every := max(r.scale(t.Every), shortest)
			at, ok := due[t.ARN]
			if !ok || at.After(now.Add(every)) {
				at = now.Add(every)
			}
			if !at.After(now) {
				at = now.Add(every)
				r.fire(t, now)
			}
			known[t.ARN] = at
			if at.Before(next) {
				next = at
			}
		}
		due = known
		timer.Reset(time.Until(next))
	}
}

// fire calls the functions of a schedule or of a rule that has one.
func (r *Runtime) fire(t state.Tick, now time.Time) {
	if x := t.Schedule; x != nil {
		input := x.Target.Input
		if input == "" { // Source: EventBridge Scheduler user guide, templated targets
			input = string(marshal(envelope("aws.scheduler", "Scheduled Event", t.Account, t.Region, now, []string{x.ARN}, "{}")))
		}
		input = strings.NewReplacer("<aws.scheduler.schedule-arn>", x.ARN, "<aws.scheduler.scheduled-time>", now.UTC().Format(time.RFC3339)).Replace(input)
		if d := r.opts.Store.ServiceMay(x.Target.Role, "lambda:InvokeFunction", x.Target.ARN); !d.Allowed {
			r.log.Warn("schedule calls nothing: its role may not", "schedule", x.ARN, "role", x.Target.Role, "function", x.Target.ARN)
			return
		}
		r.call(t.Account, t.Region, x.Target.ARN, []byte(input), nil)
		return
	}
	event := marshal(envelope("aws.events", "Scheduled Event", t.Account, t.Region, now, []string{t.Rule.ARN}, map[string]any{}))
	r.targets(t.Account, t.Region, *t.Rule, event)
}

// targets gives an event to a rule's functions.
func (r *Runtime) targets(account, region string, rule state.EventRule, event []byte) {
	for _, target := range rule.Targets {
		payload := event
		if target.Input != "" {
			payload = []byte(target.Input)
		}
		r.call(account, region, target.ARN, payload, func(f state.Function) bool {
			return f.ServiceMayInvoke("events.amazonaws.com", rule.ARN, account)
		})
	}
}

// call invokes a function of an account by ARN, if its own policy lets it.
func (r *Runtime) call(account, region, arn string, payload []byte, may func(state.Function) bool) {
	c := state.Caller{Account: account, Region: region}
	f, err := r.opts.Store.GetFunction(c, arn)
	switch {
	case err != nil || f.ARN != arn:
		r.log.Warn("event is not delivered: no such function in its account and region", "target", arn)
	case may != nil && !may(f):
		r.log.Warn("event is not delivered: the function's policy does not let EventBridge call it (lambda:AddPermission)", "function", f.ARN)
	default:
		r.spawn(func() { r.deliver(c, f, payload) })
	}
}

// trailDelay is how long CloudTrail's records take to EventBridge; AWS gives no
// figure.
const trailDelay = 5 * time.Second

// follow gives events to the rules that take them, until ctx ends.
func (r *Runtime) follow(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-r.more:
			if e.Kind == state.FunctionChanged {
				if e.Now != "Pending" {
					r.drop(e.Subject)
				}
				continue
			}
			t, ok := r.opts.Store.TrailOf(e)
			if !ok || r.opts.Lost != nil && r.opts.Lost(t.Account, t.Region, t.Cluster, t.Name()) {
				continue
			}
			r.spawn(func() {
				if pause(ctx, r.scale(trailDelay)) {
					r.publish(t)
				}
			})
		}
	}
}

// publish gives a record of CloudTrail to the rules of its account and region.
func (r *Runtime) publish(t state.Trail) {
	event := marshal(envelope(t.Source, "AWS API Call via CloudTrail", t.Account, t.Region, t.At, []string{}, t.Detail))
	for _, rule := range r.opts.Store.EventRules(t.Account, t.Region) {
		if rule.Pattern == "" {
			continue
		}
		if p, err := trigger.ParsePattern(rule.Pattern); err == nil && p.Match(event) {
			r.targets(t.Account, t.Region, rule, event)
		}
	}
}

// envelope is an event as EventBridge gives it. Source: EventBridge user guide,
// event structure.
func envelope(source, kind, account, region string, at time.Time, resources []string, detail any) map[string]any {
	return map[string]any{
		"version": "0", "id": fmt.Sprintf("00000000-0000-4000-8000-%012d", at.UnixMilli()%1e12), "detail-type": kind, "source": source, "account": account,
		"time": at.UTC().Format(time.RFC3339), "region": region, "resources": resources, "detail": detail,
	}
}

func marshal(v any) []byte {
	text, _ := json.Marshal(v) // maps, lists and strings always are JSON
	return text
}
