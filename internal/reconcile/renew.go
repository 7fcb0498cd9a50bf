package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"postern/internal/plan"
)

// evidenceLife is how old what a write rests on may be: for a removal targets,
// witnesses and tags, for a registration the witnesses. EKS moves addresses
// without notice, an address may come back, and one that has gone may soon be
// another cluster's; AWS's answers themselves lag by seconds, so that less
// would gain nothing.
const evidenceLife = 10 * time.Second

// asked returns when the oldest answer was given of those that the link's
// plan rests on; without any, now.
func (l *link) asked(now time.Time) time.Time {
	oldest := now
	for _, w := range l.in.Witnesses {
		if w.Outcome != plan.Inapplicable && w.At.Before(oldest) {
			oldest = w.At
		}
	}
	return oldest
}

// fresh returns how long the link's evidence still serves for a removal.
func (p *pass) fresh(l *link) time.Duration {
	now := p.now()
	oldest := l.asked(now)
	if l.seen.Before(oldest) {
		oldest = l.seen
	}
	return evidenceLife - now.Sub(oldest)
}

// renew looks again before a write where what that rests on has grown old:
// others were waited for, at AWS's rates or for their answers.
func (p *pass) renew(ctx context.Context, l *link, always bool) {
	if now := p.now(); l.planned && len(l.plan.Deregister()) == 0 && len(l.plan.Register()) > 0 && now.Sub(l.asked(now)) >= evidenceLife {
		p.askAgain(ctx, l)
	}
	if l.planned && len(l.plan.Deregister()) > 0 && (p.fresh(l) <= 0 || always) {
		p.observeAgain(ctx, l)
	}
}

// askAgain has the witnesses name a link's addresses once more. It costs no
// call to ELB, and to EC2 one listing for all links of a scope that are late
// together: a registration must not wait for much.
func (p *pass) askAgain(ctx context.Context, l *link) {
	ctx, cancel := context.WithTimeout(ctx, linkTime)
	defer cancel()
	l.in.Witnesses = p.witnesses(ctx, l, l.in.Cluster, p.now().Add(-evidenceLife))
	l.in.Now = p.now()
	p.identifyAgain(ctx, l)
	l.plan = plan.Decide(l.in)
}

// observeAgain observes a link anew that targets are to be removed from. What
// cannot be made anew is not removed.
func (p *pass) observeAgain(ctx context.Context, l *link) {
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
	p.identifyAgain(ctx, l)
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
