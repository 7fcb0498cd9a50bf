package awsapi

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// objectsAtOnce is how many calls about single objects a place has under way:
// at 20 ms a call that is more than AWS's rates allow.
const objectsAtOnce = 16

// together does all jobs at once and returns when all are done.
func together(jobs ...func()) {
	var wg sync.WaitGroup
	for _, job := range jobs {
		wg.Go(job)
	}
	wg.Wait()
}

// inTurn does all jobs, objectsAtOnce at a time.
func inTurn(jobs []func()) {
	var g errgroup.Group
	g.SetLimit(objectsAtOnce)
	for _, job := range jobs {
		g.Go(func() error { job(); return nil })
	}
	_ = g.Wait() // no job fails
}

// gather lists what fetch gives page by page, in order of key and each once: a
// page boundary that moves shows things twice. What came before a failure
// stays; the fault says that it is not all.
func gather[T any](p purpose, key func(T) string, fetch func(token *string) ([]T, *string, error)) fleet.Listing[T] {
	out := fleet.Listing[T]{Asked: true}
	err := pages(p, func(token *string) (*string, error) {
		items, next, err := fetch(token)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, items...)
		return next, nil
	})
	slices.SortStableFunc(out.Items, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	out.Items = slices.CompactFunc(out.Items, func(a, b T) bool { return key(a) == key(b) })
	out.Fault = faultOf(err)
	return out
}

// listed gathers the answers of a paged call of the SDK: ask makes a page's
// input, and read takes the items and the next page's token out of its answer.
func listed[In, Out, Opt, T any](ctx context.Context, v *view, p purpose, call op[In, Out, Opt], key func(T) string,
	ask func(token *string) *In, read func(*Out) ([]T, *string, error),
) fleet.Listing[T] {
	return gather(p, key, func(token *string) ([]T, *string, error) {
		out, err := do(ctx, v.Scope, p, call, ask(token))
		if err != nil {
			return nil, nil, err
		}
		items, next, err := read(out)
		if err != nil {
			return nil, nil, badAnswer(p.verb, "%w", err)
		}
		return items, next, nil
	})
}

// each converts all of a page's items.
func each[A, B any](in []A, read func(A) (B, error)) ([]B, error) {
	out := make([]B, 0, len(in))
	for _, a := range in {
		b, err := read(a)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// faultOf is the fault that an error of this package is.
func faultOf(err error) *plan.Fault {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*plan.Fault](err); ok {
		return f
	}
	return &plan.Fault{Code: plan.AWSError, Message: "ask AWS", Err: err}
}

// failed is a listing that could not be asked for.
func failed[T any](f *plan.Fault) fleet.Listing[T] { return fleet.Listing[T]{Asked: true, Fault: f} }

// in is what a listing is about, for its errors.
func (v *view) in(what, action string) purpose {
	return purpose{verb: "list " + what + " in " + v.String(), action: action}
}
