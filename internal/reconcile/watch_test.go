package reconcile_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
)

// watching is a watcher over a fleet, in a bubble, and what it has reported.
type watching struct {
	t    *testing.T
	f    *fleet
	e    *reconcile.Engine
	mu   sync.Mutex
	docs []report.Sync
}

// watch runs a test beside a watcher, which ends with it.
func watch(t *testing.T, f *fleet, set func(*reconcile.Engine), asked []plan.Pattern, run func(*watching)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &watching{t: t, f: f, e: f.engine()}
		if set != nil {
			set(w.e)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- (&reconcile.Watcher{Engine: w.e, Report: w.note}).Run(ctx, asked)
		}()
		w.wait(time.Second)
		run(w)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("watch: %v", err)
		}
	})
}

func (w *watching) note(doc report.Sync) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.docs = append(w.docs, doc)
}

func (w *watching) wait(d time.Duration) {
	time.Sleep(d) // in the bubble: no time at all
	synctest.Wait()
}

// change changes the fleet, which calls read at the same time.
func (w *watching) change(do func()) {
	w.f.mu.Lock()
	defer w.f.mu.Unlock()
	do()
}

func (w *watching) row(ref string) (last report.Link) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, d := range w.docs {
		for _, l := range d.Links {
			if l.Ref == ref {
				last = l
			}
		}
	}
	return last
}

// errors are the codes of the last document of the watch itself.
func (w *watching) errors() (codes []plan.Code) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, d := range w.docs {
		if len(d.Scopes) == 0 {
			codes = nil
			for _, e := range d.Errors {
				codes = append(codes, e.Code)
			}
		}
	}
	return codes
}

func TestWatchForgetsLinksThatGo(t *testing.T) {
	f := newFleet()
	for _, name := range []string{"a", "b", "c"} {
		l := f.add("222222222222", "us-east-1", name, "10.0.0.1", "10.0.0.2").register(plan.StateHealthy, "10.0.0.1", "10.0.0.9")
		l.health = plan.StateHealthy
	}
	watch(t, f, func(e *reconcile.Engine) { e.Settings.MarksInMemory = true }, nil, func(w *watching) {
		w.wait(30 * time.Second)
		if n := w.e.Remembered(); n < 6 {
			t.Errorf("the engine remembers %d things of three links with marks", n)
		}
		w.change(func() { f.links = nil })
		w.wait(2 * time.Minute)
		if n := w.e.Remembered(); n != 0 {
			t.Errorf("of links that are gone the engine remembers %d things", n)
		}
		if got := w.row("222222222222/us-east-1/a"); got.Result != plan.Gone {
			t.Errorf("the last row: %s %s", got.Result, got.Reason)
		}
		if got := w.errors(); !slices.Equal(got, []plan.Code{plan.Expected}) {
			t.Errorf("no link at all: %v", got)
		}
	})
}

func TestWatchExpects(t *testing.T) {
	f := newFleet()
	f.add("222222222222", "us-east-1", "a", "10.0.0.1").register(plan.StateHealthy, "10.0.0.1")
	f.add("222222222222", "eu-west-1", "b", "10.0.0.1").register(plan.StateHealthy, "10.0.0.1")
	watch(t, f, func(e *reconcile.Engine) { e.Settings.Expect = 3 }, nil, func(w *watching) {
		w.wait(5 * time.Minute)
		if got := w.errors(); !slices.Equal(got, []plan.Code{plan.Expected}) {
			t.Errorf("two links of three: %v", got)
		}
		w.change(func() { f.add("222222222222", "eu-west-1", "c", "10.0.0.1").register(plan.StateHealthy, "10.0.0.1") })
		w.wait(2 * time.Minute)
		if got := w.errors(); len(got) > 0 {
			t.Errorf("all three: %v", got)
		}
	})
}

func TestWatchAsked(t *testing.T) {
	f := newFleet()
	f.add("222222222222", "us-east-1", "a", "10.0.0.1")
	f.add("222222222222", "us-east-1", "b", "10.0.0.1")
	watch(t, f, nil, []plan.Pattern{{Name: "b"}}, func(w *watching) {
		w.wait(time.Minute)
		if f.links[0].has() != "" || f.links[1].has() == "" {
			t.Errorf("a has %q, b has %q", f.links[0].has(), f.links[1].has())
		}
		// Another b makes nothing ambiguous any more.
		w.change(func() { f.add("222222222222", "eu-west-1", "b", "10.0.0.1") })
		w.wait(5 * time.Minute)
		if f.links[2].has() != "" {
			t.Errorf("another cluster of the same name has %q", f.links[2].has())
		}
	})
	f = newFleet()
	f.add("222222222222", "us-east-1", "a", "10.0.0.1")
	f.add("333333333333", "us-east-1", "a", "10.0.0.1")
	err := (&reconcile.Watcher{Engine: f.engine()}).Run(t.Context(), []plan.Pattern{{Name: "a"}})
	if ambiguous, ok := errors.AsType[*reconcile.AmbiguousError](err); !ok || len(ambiguous.Candidates) != 2 {
		t.Errorf("error %v", err)
	}
}

// Two scopes that turn out to be one account and region are watched once.
func TestWatchTwins(t *testing.T) {
	f := newFleet()
	f.add("222222222222", "us-east-1", "a", "10.0.0.1").register(plan.StateHealthy, "10.0.0.1")
	twins := func(e *reconcile.Engine) {
		e.Scopes = append(e.Scopes, e.Scopes[0])
		e.Scopes[0].Account, e.Scopes[1].Account = "", ""
	}
	watch(t, f, twins, nil, func(w *watching) {
		w.wait(time.Minute)
		w.change(func() { f.counts = map[string]int{} })
		w.wait(10 * time.Minute)
		if n := f.counts["Candidates"]; n < 9 || n > 14 {
			t.Errorf("%d discoveries in ten minutes", n)
		}
	})
}

// A failing discovery leaves the links known before under watch, and is said
// once, as is its end.
func TestWatchDiscoveryFails(t *testing.T) {
	f := newFleet()
	l := f.add("222222222222", "us-east-1", "a", "10.0.0.1").register(plan.StateHealthy, "10.0.0.1")
	watch(t, f, nil, nil, func(w *watching) {
		w.wait(time.Minute)
		w.change(func() { f.faults["Candidates"] = throttled("Candidates"); w.docs = nil })
		w.wait(5 * time.Minute)
		w.change(func() { l.move("10.0.0.1", "10.0.0.2") })
		w.wait(5 * time.Second)
		if got := l.has(); got != "10.0.0.1:443 healthy, 10.0.0.2:443 initial" {
			t.Errorf("targets: %s", got)
		}
		w.change(func() { delete(f.faults, "Candidates") })
		w.wait(2 * time.Minute)
		var told []int
		for _, d := range w.docs {
			if len(d.Links) == 0 && len(d.Scopes) > 0 {
				told = append(told, len(d.Scopes[0].Errors))
			}
		}
		if !slices.Equal(told, []int{1, 0}) {
			t.Errorf("numbers of the scope's errors in documents without links: %v", told)
		}
	})
}

// A link with a running grace period is looked at when it ends, and its target
// leaves then.
func TestWatchGraceEnds(t *testing.T) {
	for _, inMemory := range []bool{false, true} {
		f := newFleet()
		l := f.add("222222222222", "us-east-1", "a", "10.0.0.1", "10.0.0.2").register(plan.StateHealthy, "10.0.0.1", "10.0.0.2", "10.0.0.9")
		watch(t, f, func(e *reconcile.Engine) { e.Settings.MarksInMemory = inMemory }, nil, func(w *watching) {
			w.wait(115 * time.Second)
			var n int
			w.change(func() { n = f.counts["Targets"] })
			if n > 3 {
				t.Errorf("memory %t: targets were read %d times during a grace period", inMemory, n)
			}
			w.wait(8 * time.Second)
			if got := l.has(); got != "10.0.0.1:443 healthy, 10.0.0.2:443 healthy, 10.0.0.9:443 draining" {
				t.Errorf("memory %t: targets after the grace period: %s", inMemory, got)
			}
		})
	}
}
