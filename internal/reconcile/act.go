package reconcile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"postern/internal/plan"
	"postern/internal/report"
)

// act carries a link's plan out: registrations first, all at once; removals
// only if they succeeded; the marks last. Every failure ends the way, and is
// the link's own. Unless this is the last try, it returns true where a removal
// found no turn while its evidence was fresh and nothing has been written: then
// all is as before.
func (p *pass) act(ctx context.Context, l *link, last bool) (again bool) {
	if !l.planned {
		return false
	}
	before := l.row
	l.row.Planned(l.plan)
	l.row.Marks = p.marksNow(l)
	l.row.Fail() // what went wrong earlier outweighs the plan's own result
	if p.Settings.DryRun {
		return false
	}
	switch f := p.write(ctx, l); {
	case f == nil:
	case f == errNoTurn && !last && !l.written():
		l.row = before
		return true
	case f == errNoTurn:
		l.row.Withhold("no witness names it, but what its removal rests on grew older than " + evidenceLife.String() + " before ELB could be asked")
	case f.Code == plan.GroupGone:
		l.groupGone()
	case f.Code == plan.NotReached && !l.written():
		l.fail(f)
	case f == errStopped && len(l.row.Errors) == 0:
		l.end(plan.Pending, plan.NotReached, "the pass ended before this link was done; nothing was written", "")
	default:
		l.row.Fail(f)
	}
	return false
}

func (p *pass) write(ctx context.Context, l *link) *plan.Fault {
	g := l.group().ARN
	if ts := l.plan.Register(); len(ts) > 0 {
		if f := stopped(ctx, l, "register targets in"); f != nil {
			return f
		}
		refused, err := l.scope.Cloud.Register(ctx, g, ts)
		if err != nil {
			return doubt(asFault(ctx, fmt.Sprintf("register targets in %s", g), err))
		}
		l.row.Done(plan.Register)
		ts = slices.DeleteFunc(ts, func(t plan.Target) bool { return refused[t] != "" })
		if len(ts) > 0 {
			p.logChange(ctx, "registered targets", l, ts)
		}
		defer l.refused(refused)
	}
	if ts := l.plan.Deregister(); len(ts) > 0 {
		if f := stopped(ctx, l, "deregister targets from"); f != nil {
			return f
		}
		// The call waits for its turn at ELB's rate; the evidence does not.
		bounded, cancel := context.WithTimeout(ctx, p.fresh(l))
		defer cancel()
		if bounded.Err() != nil && ctx.Err() == nil {
			return errNoTurn
		}
		err := l.scope.Cloud.Deregister(bounded, g, ts)
		switch f, _ := errors.AsType[*plan.Fault](err); {
		case f != nil && f.Code == plan.NotReached && ctx.Err() == nil:
			return errNoTurn
		case err != nil:
			return doubt(asFault(ctx, fmt.Sprintf("deregister targets from %s", g), err))
		}
		l.row.Done(plan.Deregister)
		p.logChange(ctx, "deregistered targets", l, ts)
	}
	return p.writeMarks(ctx, l)
}

var errNoTurn = &plan.Fault{Code: plan.NotReached, Message: "the removal found no turn while its evidence was fresh"}

// refused reports the targets that ELB would not have. They alone fail.
func (l *link) refused(why map[plan.Target]string) {
	for _, d := range l.plan.Decisions {
		words := why[plan.Target{Addr: d.Addr, Port: d.Port}]
		if d.Action != plan.Register || words == "" {
			continue
		}
		l.row.Refuse(d, plan.UnusableAddress, "a witness names it, and ELB refuses it: "+words)
		l.row.Fail(&plan.Fault{
			Code:    plan.UnusableAddress,
			Message: fmt.Sprintf("ELB refuses %s:%d as a target of %s: %s", d.Addr, d.Port, l.group().ARN, words),
			Hint:    "find out who names it: compare the endpoint's DNS answer with the control-plane interfaces in EC2; a target must be in a subnet of the group's VPC",
		})
	}
}

// doubt marks the fault of a write that may have been carried out all the
// same: nobody knows where no answer came.
func doubt(f *plan.Fault) *plan.Fault {
	switch f.Code {
	case plan.AccessDenied, plan.Throttled, plan.NoCredentials, plan.GroupGone, plan.NotReached:
		return f // it was refused
	}
	f = &plan.Fault{Code: f.Code, Message: f.Message, Hint: f.Hint, Err: f.Err}
	f.Message += " (ELB may have done it)"
	return f
}

// written reports whether any write to the link's group was made.
func (l *link) written() bool {
	return slices.ContainsFunc(l.row.Decisions, func(d report.Decision) bool { return d.Done })
}

// writeMarks keeps the marks for the next pass, if they have changed.
func (p *pass) writeMarks(ctx context.Context, l *link) *plan.Fault {
	if !l.plan.Write || !l.in.MarksFresh {
		return nil
	}
	g := l.group().ARN
	marks := l.plan.Marks.String()
	if p.Settings.MarksInMemory {
		p.mu.Lock()
		if p.marks == nil {
			p.marks = map[plan.GroupARN]plan.Marks{}
		}
		p.marks[g] = l.plan.Marks
		p.mu.Unlock()
		l.row.Marks = marks
		return nil
	}
	if f := stopped(ctx, l, "write the marks of"); f != nil {
		return f
	}
	if err := l.scope.Cloud.PutTag(ctx, g, plan.TagMarks, l.plan.Marks.Tag()); err != nil {
		return doubt(asFault(ctx, fmt.Sprintf("write tag %s of %s", plan.TagMarks, g), err))
	}
	l.row.Marks = marks
	p.log().LogAttrs(ctx, slog.LevelInfo, "wrote marks", slog.String("ref", l.ref.String()), slog.String("marks", marks))
	return nil
}

// marksNow is the marks' text before the pass wrote any.
func (p *pass) marksNow(l *link) string {
	if p.Settings.MarksInMemory {
		return l.in.Marks.String()
	}
	return plan.MarksTag(l.group().Tags)
}

// stopped says that a write was not begun, because the pass has ended. It is
// errStopped where the link has not been written to at all.
func stopped(ctx context.Context, l *link, verb string) *plan.Fault {
	switch {
	case ctx.Err() == nil:
		return nil
	case !l.written():
		return errStopped
	}
	return &plan.Fault{
		Code:    plan.Interrupted,
		Message: fmt.Sprintf("the pass ended before it could %s %s; what its decisions call done was done before", verb, l.group().ARN),
		Hint:    "run sync again",
	}
}

var errStopped = &plan.Fault{Code: plan.Interrupted, Message: "the pass ended before anything was written", Hint: "run sync again"}

func (p *pass) logChange(ctx context.Context, what string, l *link, ts []plan.Target) {
	addrs := make([]string, len(ts))
	for i, t := range ts {
		addrs[i] = fmt.Sprintf("%s:%d", t.Addr, t.Port)
	}
	p.log().LogAttrs(ctx, slog.LevelInfo, what,
		slog.String("ref", l.ref.String()), slog.String("targetGroup", string(l.group().ARN)), slog.Any("targets", addrs))
}
