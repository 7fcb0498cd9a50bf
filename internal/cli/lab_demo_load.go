package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"postern/internal/lab"
	"postern/internal/lab/traffic"
)

// What the story's clients do while addresses move.
const (
	loadRate    = 50 // new connections a second
	loadWatches = 20

	// busyMs is how long half of the answers take at most, in milliseconds, on a
	// machine that has time for them: it is 4 on an idle one.
	busyMs = 100
)

// load is a client that never stops, until it is stopped.
type load struct {
	*traffic.Client
	cancel context.CancelFunc
	done   chan struct{}
}

// stop waits for the requests under way.
func (l *load) stop() {
	if l != nil {
		l.cancel()
		<-l.done
	}
}

// begin starts the clients, and waits until every watch is held.
func (d *demo) begin(ctx context.Context) error {
	c, err := traffic.New(traffic.Options{Targets: d.targets, Rate: loadRate, Watches: loadWatches, Dial: d.dial})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	d.load = &load{c, cancel, make(chan struct{})}
	go func() { defer close(d.load.done); c.Run(ctx) }()
	d.say("From now on %d requests a second go that way, each over a new connection; %d watches are held.", loadRate, loadWatches)
	r, err := d.watching(ctx)
	if err != nil {
		return err
	}
	return d.held(r)
}

// watching waits until every watch is held, or patience ends.
func (d *demo) watching(ctx context.Context) (*traffic.Report, error) {
	for end := time.Now().Add(patience); ; {
		r := d.load.Report()
		if r.Watches.Held == r.Watches.Wanted || time.Now().After(end) {
			return r, nil
		}
		if err := pause(ctx, lookEvery); err != nil {
			return nil, err
		}
	}
}

// held checks that every watch is.
func (d *demo) held(r *traffic.Report) error {
	w := r.Watches
	return d.check(w.Held == w.Wanted, fmt.Sprintf("all %d watches are held", w.Wanted),
		"%d of %d are held: %s", w.Held, w.Wanted, failures(append(w.Failures, w.Cuts...)))
}

// met shows what the clients met while all that happened.
func (d *demo) met(ctx context.Context) error {
	r, err := d.watching(ctx)
	if err != nil {
		return err
	}
	held := r
	d.load.stop()
	r = d.load.Report()
	s, err := d.client.State(ctx)
	if err != nil {
		return err
	}
	if err := d.answered(r); err != nil {
		return err
	}

	d.say("Who answered, and how often:")
	d.blank()
	var wrong []string
	for _, t := range r.Targets {
		wrong = append(wrong, d.answerers(r, clusterOf(s, t.Ref))...)
	}
	d.blank()
	if err := d.check(len(wrong) == 0, "the old addresses answered until they went, and the new ones since", "%s", strings.Join(wrong, "; ")); err != nil {
		return err
	}

	w := r.Watches
	d.say("%d times a watch was cut, and was back within %s.", w.Cut, rounded(w.Gap.MaxMs))
	if err := d.check(len(strange(w.Newest, d.moved)) == 0, "only watches were cut that an address held which went",
		"%s", strings.Join(strange(w.Newest, d.moved), "; ")); err != nil {
		return err
	}
	return d.held(held)
}

// answered checks that every request was, and that as many were sent as should
// have been.
func (d *demo) answered(r *traffic.Report) error {
	q := r.Requests
	d.say("%d requests, %d failures. Half were answered within %s, the slowest in %s.", q.Sent, q.Failed, rounded(q.Latency.P50Ms), rounded(q.Latency.MaxMs))
	least := int(r.DurationMs / 1000 * loadRate * 9 / 10)
	if q.Failed > 0 && q.Latency.P50Ms > busyMs {
		d.say("This machine is too busy to tell: half of the answers took more than %d ms, and not a few. Try", busyMs)
		d.say("again when it has less to do.")
	}
	return d.check(q.Failed == 0 && q.Skipped == 0 && q.OK == q.Sent && q.Sent >= least, "every request was answered",
		"%d sent, %d answered, %d failed, %d not sent for too many under way; at least %d were to be sent: %s",
		q.Sent, q.OK, q.Failed, q.Skipped, least, failures(r.Failures))
}

// strange names the cuts of watches that no move explains.
func strange(cuts []traffic.Cut, moved map[string]lab.Moved) (all []string) {
	for _, c := range cuts {
		addr, _, _ := strings.Cut(c.Instance, " ")
		if !slices.Contains(texts(moved[c.Ref].Old), addr) {
			all = append(all, fmt.Sprintf("%s, held by %s: %s", c.Ref, c.Instance, c.Why))
		}
	}
	return all
}

// answerers prints which addresses answered for a cluster, and returns what is
// wrong with that.
func (d *demo) answerers(r *traffic.Report, c lab.ClusterState) (wrong []string) {
	moved := d.moved[c.Ref] // nothing, if it did not move
	old := texts(moved.Old)
	var before, since, now []string
	for _, i := range r.Answered {
		if i.Ref != c.Ref {
			continue
		}
		addr, _, _ := strings.Cut(i.Name, " ")
		line := fmt.Sprintf("%s (%d)", addr, i.Count)
		if !slices.Contains(old, addr) {
			since, now = append(since, line), append(now, addr)
			continue
		}
		before = append(before, line)
		if i.Last.After(moved.Done.Add(traffic.DefaultTimeout)) {
			wrong = append(wrong, fmt.Sprintf("%s: %s answered at %s, and had gone by %s", c.Ref, addr, i.Last, moved.Done))
		}
	}
	if len(old) == 0 {
		d.say("  %-32s %s", c.Ref, strings.Join(since, ", "))
	} else {
		d.say("  %-32s before  %s", c.Ref, strings.Join(before, ", "))
		d.say("  %-32s since   %s", "", strings.Join(since, ", "))
	}
	if len(before) != len(old) {
		wrong = append(wrong, fmt.Sprintf("%s: of %v only %v answered", c.Ref, old, before))
	}
	slices.Sort(now)
	if serving := slices.Sorted(slices.Values(texts(c.Serving))); !slices.Equal(now, serving) {
		wrong = append(wrong, fmt.Sprintf("%s is at %v, and %v answered", c.Ref, serving, now))
	}
	return wrong
}

// failures says what went wrong, the most frequent first.
func failures(all []traffic.Group) string {
	var lines []string
	for _, g := range all[:min(len(all), 3)] {
		lines = append(lines, fmt.Sprintf("%d %s: %s", g.Count, g.Kind, g.Why))
	}
	return strings.Join(lines, "; ")
}

// rounded is a duration for people, of milliseconds.
func rounded(ms float64) string {
	d := time.Duration(ms * float64(time.Millisecond))
	if d < time.Second {
		return fmt.Sprintf("%d ms", (d + time.Millisecond - 1).Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
