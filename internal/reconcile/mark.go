package reconcile

import (
	"context"
	"fmt"
	"sync"
	"time"

	"postern/internal/plan"
)

// tagWindow is how long a link that is to be written to waits for others, so
// that they share one reading of tags. It is short beside what a write takes
// to show, and no link waits for a slow one.
const tagWindow = time.Second

// tagReader reads the tags of a batch of links of one scope, many a call.
type tagReader struct {
	ctx context.Context

	sending sync.WaitGroup // calls under way

	mu     sync.Mutex // guards what follows
	coming int        // links that may still ask
	open   *tagCall   // nil: nobody waits
}

// tagCall is one call, from when the first link waits for it.
type tagCall struct {
	cloud  Cloud
	groups []plan.GroupARN
	done   chan struct{} // closed when what follows is set
	tags   map[plan.GroupARN]map[string]string
	err    error
}

func newTagReader(ctx context.Context, links int) *tagReader {
	return &tagReader{ctx: ctx, coming: links}
}

// leave says that one of the links will not ask.
func (r *tagReader) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.coming--
	r.sendIfDue()
}

// read returns the tags of the link's group, as ELB has them now. ok is false
// where ELB knows no such group.
func (r *tagReader) read(ctx context.Context, l *link) (tags map[string]string, ok bool, err error) {
	r.mu.Lock()
	r.coming--
	if r.open == nil {
		call := &tagCall{cloud: l.scope.Cloud, done: make(chan struct{})}
		r.open = call
		time.AfterFunc(tagWindow, func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			if r.open == call {
				r.send()
			}
		})
	}
	call := r.open
	call.groups = append(call.groups, l.group().ARN)
	r.sendIfDue()
	r.mu.Unlock()
	select {
	case <-call.done:
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	tags, ok = call.tags[l.group().ARN]
	return tags, ok, call.err
}

// sendIfDue begins the call that waits if it is full, or nobody else will come.
func (r *tagReader) sendIfDue() {
	if r.open != nil && (r.coming <= 0 || len(r.open.groups) == batchSize) {
		r.send()
	}
}

func (r *tagReader) send() {
	call := r.open
	r.open = nil
	r.sending.Go(func() {
		call.tags, call.err = call.cloud.Tags(r.ctx, call.groups)
		close(call.done)
	})
}

// end waits for the calls that nobody waits for any more, since the links gave
// up with ctx. No link may ask afterwards.
func (r *tagReader) end() {
	r.mu.Lock()
	r.open = nil
	r.mu.Unlock()
	r.sending.Wait()
}

// writes reports whether the link's plan writes anything, now or once its tags
// have been read again.
func (l *link) writes() bool {
	return l.planned && (l.plan.Write || l.plan.NeedMarks || len(l.plan.Register()) > 0 || len(l.plan.Deregister()) > 0)
}

// freshen reads the tags of a link that is to be written to, and plans it
// again: discovery's tags lag, and what they say about the cluster, pausing,
// other controllers and marks decides whether to write at all. Where they
// cannot be read, registrations go on, nothing is removed and no mark is
// written.
func (p *pass) freshen(ctx context.Context, l *link, r *tagReader) {
	tags, ok, err := r.read(ctx, l)
	switch {
	case err != nil:
		l.markUnread(asFault(ctx, fmt.Sprintf("read the tags of %s", l.group().ARN), err))
		if ctx.Err() != nil {
			l.cutShort(p.now())
		}
	case !ok:
		l.groupGone()
	default:
		p.replan(l, tags)
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
	was, is := l.group().Tags[p.clusterTag()], tags[p.clusterTag()]
	if was != "" && was != is || is != "" && is != l.ref.Name {
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
