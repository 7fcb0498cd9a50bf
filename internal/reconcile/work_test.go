package reconcile_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
)

// bounded makes a pass that has so much time.
func bounded(t *testing.T, e *reconcile.Engine, d time.Duration) report.Sync {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	doc, err := e.Pass(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// since is the marks tag of an address that has been stale for half an hour.
func since(addr string) string {
	return fmt.Sprintf("-%s@%d", addr, time.Now().Add(-30*time.Minute).Unix())
}

// TestOldEvidence shows that nothing is removed by what was seen long ago:
// while other links are waited for, an address can come back.
func TestOldEvidence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		a := f.add(accountA, east, "a", "10.0.1.1").register(plan.StateHealthy, "10.0.1.1", "10.0.9.9")
		a.group.Tags[plan.TagMarks] = since("10.0.9.9")
		e := f.engine()
		slowOnce(f, "Tags")
		go func() {
			time.Sleep(5 * time.Second)
			f.mu.Lock()
			defer f.mu.Unlock()
			a.move("10.0.1.1", "10.0.9.9")
		}()
		doc := mustPass(t, e)
		if got, want := a.has(), "10.0.1.1:443 healthy, 10.0.9.9:443 healthy"; got != want {
			t.Errorf("%s; targets %s, want %s", verdicts(doc), got, want)
		}
		if got := verdicts(doc); got != a.ref.String()+" converged" {
			t.Error(got)
		}
	})
}

// TestOldNames shows that nothing is registered by what a witness said long
// ago, and that asking again costs no call to ELB.
func TestOldNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		l := f.add(accountA, east, "a", "10.0.1.1", "10.0.1.2").register(plan.StateHealthy, "10.0.1.1", "10.0.9.9")
		slowOnce(f, "Tags") // 10.0.9.9 is to be marked
		go func() {
			time.Sleep(5 * time.Second)
			f.mu.Lock()
			defer f.mu.Unlock()
			l.move("10.0.1.1", "10.0.1.3")
		}()
		mustPass(t, f.engine())
		if got, want := l.has(), "10.0.1.1:443 healthy, 10.0.1.3:443 initial, 10.0.9.9:443 healthy"; got != want {
			t.Errorf("targets %s, want %s", got, want)
		}
		if n := f.counted()["Targets"]; n != 1 {
			t.Errorf("%d readings of targets, want one", n)
		}
	})
}

// TestEvidenceThatCannotBeRenewed shows what becomes of a removal then.
func TestEvidenceThatCannotBeRenewed(t *testing.T) {
	for name, test := range map[string]struct {
		set  func(f *fleet, l *fakeLink)
		want string
	}{
		"always slow": {func(f *fleet, l *fakeLink) { f.delay["Tags"] = 30 * time.Second; f.delay["Lookup"] = 15 * time.Second }, "held mark_unread"},
		"slow to act": {func(f *fleet, l *fakeLink) {
			l.eni = append(l.eni, addrs("10.0.1.2")...)
			f.delay["Register"] = 11 * time.Second
		}, "held mark_unread"},
		"a witness":    {func(f *fleet, l *fakeLink) { slowOnce(f, "Tags"); failAfter(f, "Interfaces", 1) }, "failed access_denied"},
		"the targets":  {func(f *fleet, l *fakeLink) { slowOnce(f, "Tags"); failAfter(f, "Targets", 1) }, "failed access_denied"},
		"the tags":     {func(f *fleet, l *fakeLink) { slowOnce(f, "Tags"); failAfter(f, "Tags", 1) }, "failed access_denied"},
		"no obstacles": {func(f *fleet, l *fakeLink) { slowOnce(f, "Tags") }, "changed stale"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFleet()
				l := f.add(accountA, east, "a", "10.0.1.1").register(plan.StateHealthy, "10.0.1.1", "10.0.9.9")
				l.group.Tags[plan.TagMarks] = since("10.0.9.9")
				test.set(f, l)
				doc := mustPass(t, f.engine())
				if got := verdicts(doc); got != l.ref.String()+" "+test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
				removed := strings.Contains(l.has(), "10.0.9.9:443 draining")
				if removed != strings.HasPrefix(test.want, "changed") {
					t.Errorf("targets %s", l.has())
				}
				if got := l.group.Tags[plan.TagMarks]; !removed && got != since("10.0.9.9") && !strings.Contains(got, "10.0.9.9") {
					t.Errorf("marks %q", got)
				}
			})
		})
	}
}

// slowOnce makes the first call of an action take half a minute.
func slowOnce(f *fleet, action string) {
	f.delay[action] = 30 * time.Second
	go func() {
		time.Sleep(20 * time.Second)
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.delay, action)
	}()
}

// failAfter makes every call of an action but the first n fail.
func failAfter(f *fleet, action string, n int) {
	calls := 0
	f.script = func(call string) error {
		if strings.HasPrefix(call+" ", action+" ") {
			if calls++; calls > n {
				return denied(action)
			}
		}
		return nil
	}
}

// TestSlowScope shows that a scope that never answers keeps no other from being
// worked on: neither where its links are listed nor where its network is.
func TestSlowScope(t *testing.T) {
	for _, action := range []string{"Candidates", "Interfaces", "CIDRs"} {
		t.Run(action, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFleet()
				f.add(accountA, west, "dark", "10.0.1.1")
				l := f.add(accountA, east, "a", "10.0.1.1")
				f.delay[string(accountA)+"/"+string(west)+" "+action] = time.Hour
				doc := bounded(t, f.engine(), time.Minute)
				if got, want := l.has(), "10.0.1.1:443 initial"; got != want {
					t.Errorf("%s; targets %s, want %s", verdicts(doc), got, want)
				}
				if took := time.Duration(doc.DurationMs) * time.Millisecond; took >= time.Minute {
					t.Errorf("the pass took %s", took)
				}
				dark := doc.Scopes[slices.IndexFunc(doc.Scopes, func(s report.Scope) bool { return s.Region == west })]
				if len(dark.Errors) != 1 || dark.Errors[0].Code != plan.Interrupted {
					t.Errorf("the scope that did not answer says %v", dark.Errors)
				}
			})
		})
	}
}

// TestSlowLink shows that a link whose calls hang keeps no other from being
// written to, in that pass or later ones, and fails when nobody has reached it
// for long.
func TestSlowLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		for i := range 16 {
			f.add(accountA, east, fmt.Sprintf("c%02d", i), "10.0.1.1")
		}
		slow := f.links[7]
		f.delay["Targets "+string(slow.group.ARN)] = 70 * time.Second
		e := f.engine()
		e.Settings.Concurrency = 16
		start := time.Now()
		f.script = func(call string) error {
			if late := time.Since(start); strings.HasPrefix(call, "Register") && late > 2*time.Second {
				t.Errorf("%s after %s", call, late)
			}
			return nil
		}
		doc := bounded(t, e, 50*time.Second)
		if doc.Summary.Changed != 15 || doc.Summary.Pending != 1 {
			t.Errorf("%+v", doc.Summary)
		}
		for range 10 {
			time.Sleep(10 * time.Second)
			doc = bounded(t, e, 50*time.Second)
		}
		for _, row := range doc.Links {
			if row.Cluster == slow.ref.Name && (row.Result != plan.Failed || row.Reason != plan.NotReached) {
				t.Errorf("after ten minutes: %s %s", row.Result, row.Reason)
			}
		}
	})
}

// TestManySlowLinks shows that links which hang, more of them than there is
// room for, leave room for the others in the next pass.
func TestManySlowLinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		for i := range 80 {
			l := f.add(accountA, east, fmt.Sprintf("c%02d", i), "10.0.1.1")
			if i%2 == 0 {
				f.delay["Targets "+string(l.group.ARN)] = time.Hour
			}
		}
		e := f.engine()
		for range 3 {
			bounded(t, e, 50*time.Second)
			time.Sleep(10 * time.Second)
		}
		if n := f.counts["Register"]; n != 40 {
			t.Errorf("%d links written to, want 40", n)
		}
	})
}

// TestLinkTime shows that a link ends also in a pass that has all the time.
func TestLinkTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		l := f.add(accountA, east, "prod", "10.0.1.1")
		f.delay["Targets"] = time.Hour
		start := time.Now()
		doc := mustPass(t, f.engine())
		if got := verdicts(doc); got != l.ref.String()+" failed interrupted" || time.Since(start) > 3*time.Minute {
			t.Errorf("%s after %s", got, time.Since(start))
		}
	})
}

// TestLaggingTags shows that no write rests on what discovery says of tags.
func TestLaggingTags(t *testing.T) {
	for _, test := range []struct{ key, value, want string }{
		{plan.TagPaused, "true", "held paused"},
		{plan.TagCluster, "other", "failed tag_invalid"},
		{"elbv2.k8s.aws/cluster", "x", "failed other_controller"},
		{plan.TagEndpoint, "other.example.org", "failed cluster_remade"},
	} {
		f := newFleet()
		l := f.add(accountA, east, "prod", "10.0.1.10")
		l.tagLag = copyTags(l.group.Tags)
		l.group.Tags[test.key] = test.value
		doc := mustPass(t, f.engine())
		if got := verdicts(doc); got != l.ref.String()+" "+test.want || len(f.wrote()) > 0 {
			t.Errorf("%s: %s, wrote %v", test.key, got, f.wrote())
		}
	}
	t.Run("found by its balancer", func(t *testing.T) {
		f := newFleet()
		l := f.add(accountA, east, "prod", "10.0.1.10")
		l.byLB, l.tagLag = true, map[string]string{}
		l.group.Tags[plan.TagCluster] = "other"
		doc := mustPass(t, f.engine())
		if got := verdicts(doc); got != l.ref.String()+" failed tag_invalid" || len(f.wrote()) > 0 {
			t.Errorf("%s, wrote %v", got, f.wrote())
		}
	})
	t.Run("unreadable, and adding goes on", func(t *testing.T) {
		f := newFleet()
		l := f.add(accountA, east, "prod", "10.0.1.10")
		f.faults["Tags"] = throttled("elasticloadbalancing:DescribeTags")
		doc := mustPass(t, f.engine())
		if got := verdicts(doc); got != l.ref.String()+" failed throttled" || l.has() != "10.0.1.10:443 initial" {
			t.Errorf("%s, targets %s", got, l.has())
		}
	})
}

// TestRefusedAddress shows that an address which ELB refuses is that address's
// failure: the others come and go.
func TestRefusedAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		l := f.add(accountA, east, "prod", "10.0.1.20", "10.0.250.1").register(plan.StateHealthy, "10.0.1.10", "10.0.1.20")
		l.noSubnet = addrs("10.0.250.1")[0]
		l.eni = append(l.eni, addrs("10.0.1.21")...)
		l.group.Tags[plan.TagMarks] = since("10.0.1.10")
		doc := mustPass(t, f.engine())
		if got := verdicts(doc); got != l.ref.String()+" failed unusable_address" || codes(doc.Links[0].Errors) != "unusable_address" {
			t.Errorf("%s: %+v", got, doc.Links[0].Errors)
		}
		if got, want := l.has(), "10.0.1.10:443 draining, 10.0.1.20:443 healthy, 10.0.1.21:443 initial"; got != want {
			t.Errorf("targets %s, want %s", got, want)
		}
		for _, d := range doc.Links[0].Decisions {
			if bad := d.Address == "10.0.250.1"; bad != (d.Action == plan.Refuse) || bad && (d.Done || !strings.Contains(d.Message, "not in a subnet")) {
				t.Errorf("%+v", d)
			}
		}
	})
}
