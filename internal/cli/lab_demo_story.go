package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"postern/internal/lab"
	"postern/internal/plan"
	"postern/internal/report"
)

// Clusters of the default world that the story moves.
const (
	firstMover  = "222222222222/us-east-1/prod"
	secondMover = "333333333333/eu-west-1/prod"
)

// What the story waits for, it waits for this long, looking this often.
const (
	patience   = 30 * time.Second
	lookEvery  = 100 * time.Millisecond
	passEvery  = time.Second
	afterGrace = 2 * time.Second // how long the story goes on once removing would be allowed
)

// world shows what there is before sync has ever run.
func (d *demo) world(ctx context.Context) error {
	s, err := d.client.State(ctx)
	if err != nil {
		return err
	}
	d.say("Account %s is the hub: the tools run there. The clusters are in other accounts, and", s.Hub.Account)
	d.say("their networks all have the same addresses. Each has a load balancer, without a target:")
	d.blank()
	serving, targets := 0, 0
	for _, c := range s.Clusters {
		d.say("  %-32s answers at %s", c.Ref, addresses(c.Serving))
		if len(c.Serving) > 0 {
			serving++
		}
		targets += len(live(c))
	}
	d.blank()
	if err := d.check(serving == len(s.Clusters) && serving > 0 && targets == 0,
		"the clusters answer, and no load balancer has a target",
		"%d of %d clusters answer, and there are %d targets", serving, len(s.Clusters), targets); err != nil {
		return err
	}
	return d.noWay(ctx, clusterOf(s, firstMover))
}

// register runs sync on the untouched world, and again when all is healthy.
func (d *demo) register(ctx context.Context) error {
	doc, status, err := d.sync(ctx, true)
	if err != nil {
		return err
	}
	s, err := d.client.State(ctx)
	if err != nil {
		return err
	}
	if err := d.check(status == report.ExitOK && len(astray(s)) == 0, "the targets are exactly the addresses at which the clusters answer",
		"exit status %d, summary %+v, and other targets at %s", status, doc.Summary, strings.Join(astray(s), ", ")); err != nil {
		return err
	}

	d.say("A new target's first health check takes AWS some minutes. Waiting for it:")
	s, err = d.wait(ctx, func(s *lab.State) bool { return len(unhealthy(s)) == 0 })
	if err != nil {
		return err
	}
	if err := d.check(len(unhealthy(s)) == 0, "every target is healthy", "after %v these are not: %s", patience, strings.Join(unhealthy(s), ", ")); err != nil {
		return err
	}

	before, err := d.calls(ctx, 0)
	if err != nil {
		return err
	}
	if doc, status, err = d.sync(ctx, true); err != nil {
		return err
	}
	after, err := d.calls(ctx, before.next)
	if err != nil {
		return err
	}
	return d.check(status == report.ExitOK && doc.Summary.Converged == doc.Summary.Links && len(after.writes) == 0,
		"sync says converged, and made no write", "exit status %d, summary %+v, and the writes %v", status, doc.Summary, after.writes)
}

// follow lets clients begin, moves a control plane and lets sync follow, pass
// after pass.
func (d *demo) follow(ctx context.Context) error {
	if err := d.begin(ctx); err != nil {
		return err
	}
	moved, err := d.move(ctx, firstMover)
	if err != nil {
		return err
	}
	d.say("Sync runs again and again, as on its schedule:")
	have, err := d.passesUntilNew(ctx, firstMover, texts(moved.New))
	if err != nil {
		return err
	}
	if err := d.check(has(have, texts(moved.New)) && has(have, texts(moved.Old)), "the new addresses are registered, and the old ones are still there",
		"the targets are %v", have); err != nil {
		return err
	}

	d.say("It removes an old address once no witness has named it for the grace period, and a healthy")
	d.say("new one is there:")
	return d.passesUntil(ctx, firstMover, texts(moved.Old))
}

// breakDNS moves a control plane while sync can resolve no name, and then mends
// DNS. The clients have the hub's own resolver.
func (d *demo) breakDNS(ctx context.Context) error {
	const fault = "dns-servfail resolver=public"
	if _, err := d.client.AddFault(ctx, fault); err != nil {
		return err
	}
	d.command("postern lab fault " + fault)
	d.say("From now on sync's resolver answers SERVFAIL.")
	moved, err := d.move(ctx, secondMover)
	if err != nil {
		return err
	}
	start, err := d.calls(ctx, 0)
	if err != nil {
		return err
	}
	doc, status, err := d.sync(ctx, true)
	if err != nil {
		return err
	}
	link := linkOf(doc, secondMover)
	if err := d.check(status != report.ExitOK && slices.ContainsFunc(link.Errors, func(e report.Error) bool { return e.Code == plan.DNSUnknown }),
		"sync says that DNS is broken, and its exit status says so too", "exit status %d, errors %v", status, link.Errors); err != nil {
		return err
	}

	d.say("The old addresses stop answering. One witness, EC2, says so; the other is silent, so sync")
	d.say("adds what EC2 names, and removes nothing:")
	stale := moved.Done.Add(afterGrace) // from then on nothing but the silence keeps them
	for time.Now().Before(stale.Add(afterGrace)) {
		if err := pause(ctx, passEvery); err != nil {
			return err
		}
		if doc, status, err = d.sync(ctx, false); err != nil {
			return err
		}
		d.pass(doc, secondMover)
		if status == report.ExitOK {
			return d.check(false, "", "exit status 0 while DNS is broken")
		}
	}
	s, err := d.client.State(ctx)
	if err != nil {
		return err
	}
	during, err := d.calls(ctx, start.next)
	if err != nil {
		return err
	}
	have := live(clusterOf(s, secondMover))
	if err := d.check(!slices.Contains(during.writes, "DeregisterTargets") && has(have, texts(moved.Old)) && has(have, texts(moved.New)),
		"every new address is registered, and nothing was removed", "the targets are %v, and the writes were %v", have, during.writes); err != nil {
		return err
	}

	if _, err := d.client.ClearFaults(ctx); err != nil {
		return err
	}
	d.command("postern lab fault --clear")
	d.say("DNS answers again, and agrees with EC2: now the old addresses may go.")
	return d.passesUntil(ctx, secondMover, texts(moved.Old))
}

// move moves a control plane as a version update does.
func (d *demo) move(ctx context.Context, ref string) (lab.Moved, error) {
	p, err := plan.ParsePattern(ref)
	if err != nil {
		return lab.Moved{}, err
	}
	moved, err := d.client.Move(ctx, moveOf(p, "replace"))
	if err != nil {
		return moved, err
	}
	d.moved[ref] = moved
	d.command("postern lab move " + ref)
	d.say("The control plane moves from %s to %s.", addresses(moved.Old), addresses(moved.New))
	return moved, nil
}

// passesUntilNew runs sync until the new addresses of a cluster are among its
// targets, which it returns. EC2 takes a moment to list a new interface.
func (d *demo) passesUntilNew(ctx context.Context, ref string, new []string) (have []string, err error) {
	for last := time.Now().Add(patience); time.Now().Before(last) && !has(have, new); {
		doc, _, err := d.sync(ctx, false)
		if err != nil {
			return nil, err
		}
		d.pass(doc, ref)
		s, err := d.client.State(ctx)
		if err != nil {
			return nil, err
		}
		have = live(clusterOf(s, ref))
		if err := pause(ctx, lookEvery); err != nil {
			return nil, err
		}
	}
	return have, nil
}

// passesUntil runs sync until the old addresses of a cluster have left and all
// is converged. In every moment a healthy target must be where the cluster
// answers.
func (d *demo) passesUntil(ctx context.Context, ref string, old []string) error {
	var doc report.Sync
	status, gone, last := 0, false, time.Now().Add(patience)
	for time.Now().Before(last) && !(gone && status == report.ExitOK && doc.Summary.Converged == doc.Summary.Links) {
		if err := pause(ctx, passEvery); err != nil {
			return err
		}
		var err error
		if doc, status, err = d.sync(ctx, false); err != nil {
			return err
		}
		d.pass(doc, ref)
		s, err := d.client.State(ctx)
		if err != nil {
			return err
		}
		c := clusterOf(s, ref)
		if !reachable(c) {
			return d.check(false, "", "no healthy target where %s answers: targets %v", ref, health(c))
		}
		gone = !slices.ContainsFunc(live(c), func(a string) bool { return slices.Contains(old, a) })
	}
	s, err := d.client.State(ctx)
	if err != nil {
		return err
	}
	if err := d.check(gone && len(astray(s)) == 0, "the old addresses are gone, and a healthy target was there all the time",
		"after %v the targets are %v", patience, health(clusterOf(s, ref))); err != nil {
		return err
	}
	return d.check(status == report.ExitOK && doc.Summary.Converged == doc.Summary.Links, "sync says converged",
		"exit status %d, summary %+v", status, doc.Summary)
}
