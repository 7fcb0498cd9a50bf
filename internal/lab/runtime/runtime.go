package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"postern/internal/lab/state"
)

// Options say where functions run. Store and Endpoint are required.
type Options struct {
	Store    *state.Store
	Endpoint string // URL of the lab's AWS APIs, as AWS_ENDPOINT_URL
	// Env returns more variables for a function, as KEY=value; those that the
	// function sets itself count. Nil: none.
	Env func(state.Function) []string
	// Bootstrap is the path of a program that runs instead of those that are for
	// another machine than this; empty: they do not run.
	Bootstrap string
	// Lost reports whether an event about a cluster is not delivered; nil: none is.
	Lost   func(account, region, cluster, event string) bool
	Logger *slog.Logger // nil discards
}

// A Runtime runs the store's functions. Make one with New.
type Runtime struct {
	opts  Options
	log   *slog.Logger
	wake  chan struct{}        // has one element when the schedules may have changed
	more  chan state.Event     // what may wake functions
	work  sync.WaitGroup       // invocations that nobody waits for
	gone  context.Context      // ends with Run
	stop  context.CancelFunc   // of gone
	mu    sync.Mutex           // guards what follows
	idle  map[string][]*worker // by function ARN
	busy  map[string]int       // executions, by function ARN
	quiet *sync.Cond           // of mu: an execution has ended
	over  bool                 // Run ends: nothing begins any more
}

// New returns a runtime that executes what is invoked from now on. Run must
// follow: it ends what was started.
func New(o Options) *Runtime {
	log := o.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	r := &Runtime{opts: o, log: log, wake: make(chan struct{}, 1), more: make(chan state.Event, 1024), idle: map[string][]*worker{}, busy: map[string]int{}}
	r.quiet = sync.NewCond(&r.mu)
	r.gone, r.stop = context.WithCancel(context.Background())
	o.Store.RunFunctions(r.Invoke)
	return r
}

// Run serves the store's functions until ctx ends; then it ends their programs
// and waits for them.
func (r *Runtime) Run(ctx context.Context) {
	unsubscribe := r.opts.Store.Subscribe(r.hear)
	var loops sync.WaitGroup
	loops.Go(func() { r.tick(ctx) })
	loops.Go(func() { r.follow(ctx) })
	<-ctx.Done()
	unsubscribe()
	r.opts.Store.RunFunctions(nil)
	r.stop()
	r.mu.Lock()
	r.over = true
	r.mu.Unlock()
	loops.Wait()
	r.work.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	for arn, all := range r.idle {
		for _, w := range all {
			w.close()
		}
		delete(r.idle, arn)
	}
	// Invocations that somebody waited for have ended with gone, or are about to.
	for len(r.busy) > 0 {
		r.quiet.Wait()
	}
}

// spawn does something in the background, unless Run ends.
func (r *Runtime) spawn(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.over {
		r.work.Go(f)
	}
}

// hear takes what may wake functions or change them.
func (r *Runtime) hear(e state.Event) {
	switch e.Kind {
	case state.RuleChanged, state.ScheduleChanged:
		select {
		case r.wake <- struct{}{}:
		default:
		}
	case state.FunctionChanged, state.InterfaceChanged, state.ClusterChanged:
		select {
		case r.more <- e:
		default: // EventBridge delivers as well as it can
			r.log.Warn("event lost: too many wait", "kind", e.Kind, "subject", e.Subject)
		}
	}
}

// drop ends the idle programs of a function.
func (r *Runtime) drop(arn string) {
	r.mu.Lock()
	all := r.idle[arn]
	delete(r.idle, arn)
	r.mu.Unlock()
	for _, w := range all {
		w.close()
	}
}

// parallel is how many executions of one function the lab has at once, at most:
// this is one machine.
const parallel = 8

// Invoke executes a function. It is the store's runner.
func (r *Runtime) Invoke(ctx context.Context, in state.Invocation) (state.Outcome, error) {
	c := state.Caller{Account: in.Account, Region: in.Region}
	f, err := r.opts.Store.GetFunction(c, in.Function)
	if err != nil {
		return state.Outcome{}, err
	}
	if in.Async {
		r.spawn(func() { r.deliver(c, f, in.Payload) })
		return state.Outcome{}, nil
	}
	return r.execute(ctx, c, f, in.Payload)
}

// Waits before an event is tried again. Source: Lambda developer guide, error
// handling of asynchronous invocation.
var retryAfter = []time.Duration{time.Minute, 2 * time.Minute}

// deliver executes a function for an event, as often as its settings say. One
// that may not run now because too many executions are under way waits, until
// the event is too old; that is no try.
func (r *Runtime) deliver(c state.Caller, f state.Function, payload []byte) {
	retries, age := 2, 6*time.Hour
	if a := f.Async; a != nil && a.Retries != nil {
		retries = int(*a.Retries)
	}
	if a := f.Async; a != nil && a.MaxAge != nil {
		age = time.Duration(*a.MaxAge) * time.Second
	}
	begin, busy := time.Now(), 250*time.Millisecond
	for try := 0; ; {
		out, err := r.execute(r.gone, c, f, payload)
		if err == nil && out.Failed == "" || r.gone.Err() != nil {
			return
		}
		again := r.scale(retryAfter[min(try, len(retryAfter)-1)])
		if e, ok := errors.AsType[*state.Error](err); ok && e.Status == 429 {
			again = busy
			busy *= 2
		} else {
			try++
		}
		if try > retries || time.Since(begin)+again > age {
			r.log.Warn("function failed", "function", f.Name, "account", c.Account, "region", c.Region, "tries", try, "error", errors.Join(err, failure(out)))
			return
		}
		if !pause(r.gone, again) {
			return
		}
	}
}

func failure(out state.Outcome) error {
	if out.Failed == "" {
		return nil
	}
	return fmt.Errorf("%s", out.Payload)
}

// scale divides a wait of AWS's by the lab's speed.
func (r *Runtime) scale(d time.Duration) time.Duration {
	return time.Duration(float64(d) / r.opts.Store.Speed())
}

// pause waits, false if ctx ends before.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// execute gives a payload to an idle program of the function, or starts one.
func (r *Runtime) execute(ctx context.Context, c state.Caller, f state.Function, payload []byte) (state.Outcome, error) {
	if !r.enter(f) {
		return state.Outcome{}, &state.Error{Code: "TooManyRequestsException", Message: "Rate Exceeded.", Status: 429, Sender: true}
	}
	defer r.leave(f)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(r.gone, cancel)()
	w := r.take(f)
	if w == nil {
		started, err := r.start(c, f)
		if err != nil {
			return broken("Runtime.InvalidEntrypoint", err), nil
		}
		w = started
	}
	if len(payload) == 0 {
		payload = []byte("{}")
	}
	out, alive := w.run(ctx, payload)
	if !alive || r.gone.Err() != nil || !r.keep(f, w) {
		w.close()
	}
	return out, nil
}

// broken is what the caller of a function gets that cannot run.
func broken(kind string, err error) state.Outcome {
	body, _ := json.Marshal(map[string]string{"errorType": kind, "errorMessage": err.Error()}) // two strings always are JSON
	return state.Outcome{Payload: body, Failed: "Unhandled"}
}

func (r *Runtime) enter(f state.Function) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	limit := parallel
	if f.Reserved != nil {
		limit = min(limit, int(*f.Reserved))
	}
	if r.over || r.busy[f.ARN] >= limit {
		return false
	}
	r.busy[f.ARN]++
	return true
}

func (r *Runtime) leave(f state.Function) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy[f.ARN]--; r.busy[f.ARN] == 0 {
		delete(r.busy, f.ARN)
		r.quiet.Broadcast()
	}
}

// take returns an idle program of this revision of a function, nil if there is
// none.
func (r *Runtime) take(f state.Function) *worker {
	r.mu.Lock()
	defer r.mu.Unlock()
	for all := r.idle[f.ARN]; len(all) > 0; all = r.idle[f.ARN] {
		w := all[len(all)-1]
		r.idle[f.ARN] = all[:len(all)-1]
		if w.function.Revision == f.Revision && w.alive() && time.Until(w.expires) > time.Duration(f.Timeout)*time.Second {
			return w
		}
		w.close()
	}
	return nil
}

// keep puts a program among the idle ones, unless the function has changed.
func (r *Runtime) keep(f state.Function, w *worker) bool {
	now, err := r.opts.Store.GetFunction(w.caller, f.Name)
	if err != nil || now.Revision != w.function.Revision {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return false
	}
	r.idle[f.ARN] = append(r.idle[f.ARN], w)
	return true
}

// program returns the program of a function's zip, or the one that stands for
// it where the zip's is for another machine.
func (r *Runtime) program(c state.Caller, f state.Function) ([]byte, error) {
	code, err := r.opts.Store.FunctionCode(c, f.Name)
	if err != nil {
		return nil, err
	}
	program, err := state.Bootstrap(code)
	if err != nil {
		return nil, fmt.Errorf("start function %s: %w", f.Name, err)
	}
	why := foreign(program)
	if why == "" {
		return program, nil
	}
	if r.opts.Bootstrap == "" {
		return nil, fmt.Errorf("start function %s: its program is for %s; give the lab a build of it for this machine (--bootstrap FILE)", f.Name, why)
	}
	if program, err = os.ReadFile(r.opts.Bootstrap); err != nil {
		return nil, fmt.Errorf("start function %s: read the program for this machine: %w", f.Name, err)
	}
	return program, nil
}
