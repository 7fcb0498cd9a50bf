package state

import "context"

// An Invocation asks for one execution of a function.
type Invocation struct {
	Account  string
	Region   string
	Function string // name
	Payload  []byte // JSON
	Async    bool   // nobody waits: it is tried again as the function's settings say
}

// An Outcome is what came of an execution.
type Outcome struct {
	Payload []byte // the function's answer, or what it says of its error
	Failed  string // empty, Handled or Unhandled
	Log     string // the last of what it logged
}

// A Runner executes functions. For an asynchronous invocation it returns at
// once.
type Runner func(context.Context, Invocation) (Outcome, error)

// RunFunctions says who executes functions. Without a runner, or with nil,
// invocations are refused.
func (s *Store) RunFunctions(run Runner) {
	defer s.enter()()
	s.runner = run
}

// Invoke executes a function of the caller's. Source: Lambda API reference,
// Invoke.
func (s *Store) Invoke(ctx context.Context, c Caller, name string, payload []byte, async bool) (Outcome, error) {
	f, run, err := s.invocable(c, name)
	if err != nil {
		return Outcome{}, err
	}
	return run(ctx, Invocation{Account: c.Account, Region: c.Region, Function: f.Name, Payload: payload, Async: async})
}

func (s *Store) invocable(c Caller, name string) (Function, Runner, error) {
	defer s.enter()()
	f, err := s.function(c, name)
	switch {
	case err != nil:
		return f, nil, err
	case f.State == "Pending":
		return f, nil, refuseWith(409, "ResourceConflictException", "The operation cannot be performed at this time. The function is currently in the following state: Pending")
	case f.Reserved != nil && *f.Reserved == 0:
		return f, nil, refuseWith(429, "TooManyRequestsException", "Rate Exceeded.")
	case s.runner == nil:
		return f, nil, refuseWith(502, "InvalidRuntimeException", "this lab runs no functions")
	}
	return f, s.runner, nil
}
