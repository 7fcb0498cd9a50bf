package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"postern/internal/plan"
)

// evidenceLife is how old what a removal rests on may be: targets, witnesses
// and tags. EKS moves addresses without notice and an address may come back;
// AWS's answers themselves lag by seconds, so that less would gain nothing.
const evidenceLife = 10 * time.Second

// evidence returns when the oldest was made of what the link's plan rests on.
func (l *link) evidence() time.Time {
	oldest := l.seen
	for _, w := range l.in.Witnesses {
		if w.Outcome != plan.Inapplicable && w.At.Before(oldest) {
			oldest = w.At
		}
	}
	return oldest
}

// fresh returns how long the link's evidence still serves for a removal.
func (p *pass) fresh(l *link) time.Duration { return evidenceLife - p.now().Sub(l.evidence()) }

// renew observes a link anew that targets are to be removed from, if what that
// rests on has grown old: others were waited for, at AWS's rates or for their
// answers. What cannot be made anew is not removed.
func (p *pass) renew(ctx context.Context, l *link, always bool) {
	if !l.planned || len(l.plan.Deregister()) == 0 || p.fresh(l) > 0 && !always {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, linkTime)
	defer cancel()
	began := p.now()
	g := l.group().ARN
	var targets []plan.Registered
	var tags map[plan.GroupARN]map[string]string
	var ofTargets, ofTags error
	var wg sync.WaitGroup
	wg.Go(func() { targets, ofTargets = l.scope.Cloud.Targets(ctx, g) })
	wg.Go(func() { tags, ofTags = l.scope.Cloud.Tags(ctx, []plan.GroupARN{g}) })
	wg.Wait() // these wait for their turn, and the witnesses, which hardly do, would grow old meanwhile
	if err := cmp.Or(ofTargets, ofTags); err != nil {
		switch f := asFault(ctx, fmt.Sprintf("observe %s again", g), err); f.Code {
		case plan.GroupGone:
			l.groupGone()
		case plan.NotReached:
			l.withhold("what its removal rests on could not be read again in time: " + f.Error())
		default:
			l.markUnread(f)
		}
		return
	}
	if tags[g] == nil {
		l.groupGone()
		return
	}
	l.seen = p.now()
	l.row.Observed(targets)
	l.in.Registered, l.in.Witnesses, l.in.Now = targets, p.witnesses(ctx, l, l.in.Cluster, began), p.now()
	p.replan(l, tags[g])
	if l.planned && len(l.plan.Deregister()) > 0 && p.fresh(l) <= 0 {
		l.withhold("what its removal rests on is older than " + evidenceLife.String() + " again: AWS or DNS answer slowly")
	}
}

// withhold plans the link without its removals. The marks stay as they are.
func (l *link) withhold(why string) {
	l.in.MarksFresh = false
	l.plan = plan.Decide(l.in)
	for i, d := range l.plan.Decisions {
		if d.Reason == plan.MarkUnread {
			l.plan.Decisions[i].Message = "no witness names it, but " + why
		}
	}
}
