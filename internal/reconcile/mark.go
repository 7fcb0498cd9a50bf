package reconcile

import (
	"context"
	"fmt"

	"postern/internal/plan"
)

// freshen reads the tags of those links of a batch whose plan rests on marks,
// and plans them again: discovery's tags lag. What the tags say about pausing
// and about who manages the group counts afresh, too. Where they cannot be
// read, nothing is removed and no mark is written.
func (p *pass) freshen(ctx context.Context, batch []*link) {
	var need []*link
	var groups []plan.GroupARN
	for _, l := range batch {
		if l.planned && (l.plan.NeedMarks || p.Settings.MarksInMemory && len(l.plan.Deregister()) > 0) {
			need = append(need, l)
			groups = append(groups, l.group().ARN)
		}
	}
	if len(need) == 0 {
		return
	}
	tags, err := need[0].scope.Cloud.Tags(ctx, groups)
	for _, l := range need {
		switch fresh, ok := tags[l.group().ARN]; {
		case err != nil:
			l.markUnread(asFault(ctx, fmt.Sprintf("read the tags of %s", l.group().ARN), err))
			if ctx.Err() != nil {
				l.cutShort()
			}
		case !ok:
			l.groupGone()
		default:
			p.replan(l, fresh)
		}
	}
}

// markUnread plans the link without its marks.
func (l *link) markUnread(f *plan.Fault) {
	l.in.MarksFresh = false
	l.plan = plan.Decide(l.in)
	l.row.Fail(f)
}

// replan plans the link again, with tags read in this moment.
func (p *pass) replan(l *link, tags map[string]string) {
	if was, is := l.group().Tags[p.clusterTag()], tags[p.clusterTag()]; was != "" && was != is {
		l.fail(&plan.Fault{
			Code:    plan.TagInvalid,
			Message: fmt.Sprintf("tag %s of %s changed from %q to %q while the pass ran", p.clusterTag(), l.group().ARN, was, is),
			Hint:    "run sync again: it then works by the new tag",
		})
		return
	}
	l.candidate.Group.Tags = tags
	if f := plan.Eligible(l.candidate, l.in.Cluster); f != nil {
		l.fail(f)
		return
	}
	l.in.Group = l.group()
	l.in.MarksFresh = true
	if !p.Settings.MarksInMemory {
		l.in.Marks, _ = plan.ParseMarks(tags[plan.TagMarks])
	}
	l.plan = plan.Decide(l.in)
}
