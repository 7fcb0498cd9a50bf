package wire

import (
	"context"
	"fmt"
	"reflect"
	"sort"
	"strings"
	"time"
)

// Service is what the codecs know of an AWS service. It is generated.
type Service struct {
	ID          string   // AWS's serviceId, for example "Elastic Load Balancing v2"
	SigningName string   // the service in a signature's credential scope
	Version     string   // the API version, which query requests name
	Protocols   []string // as the model names them: query, ec2, json, rest-json, rest-xml
	JSONVersion string   // "1.0" or "1.1", for json
	Target      string   // what precedes the action in X-Amz-Target, for json
	Namespace   string   // of XML documents

	Operations []Operation  // sorted by name
	Errors     []ErrorShape // sorted by code
	// Others are the REST routes of actions that nobody asked for, so that they
	// can be refused by name: a REST request carries no action.
	Others []Route
}

// Operation is one action of a service. It is generated.
type Operation struct {
	Name    string
	Method  string       // of a REST request
	URI     string       // of a REST request, with {labels}
	Status  int          // of a successful REST answer; 0 means 200
	Wrapper string       // the element around a query protocol's result
	Input   reflect.Type // a struct; Empty when the action has no input
	Output  reflect.Type // a struct; Empty when the action has no output
	Errors  []string     // codes that the model declares for this action
}

// Route is the method and URI of a REST action.
type Route struct{ Name, Method, URI string }

// ErrorShape is an error that a service's model declares. It is generated.
type ErrorShape struct {
	Code   string
	Status int  // 0 means that the model leaves it to the protocol
	Sender bool // the caller's fault, not the service's
}

// Empty is the input or output of an action that has none.
type Empty struct{}

// Operation returns the service's action of that name, or nil.
func (s *Service) Operation(name string) *Operation {
	i := sort.Search(len(s.Operations), func(i int) bool { return s.Operations[i].Name >= name })
	if i < len(s.Operations) && s.Operations[i].Name == name {
		return &s.Operations[i]
	}
	return nil
}

// Error returns what the model declares for an error code, or nil.
func (s *Service) Error(code string) *ErrorShape {
	for i := range s.Errors {
		if s.Errors[i].Code == code {
			return &s.Errors[i]
		}
	}
	return nil
}

// Caller is who calls, and where.
type Caller struct {
	Account string // twelve digits
	Region  string // for example us-east-1
	ARN     string // of the user or the assumed role
	UserID  string // as GetCallerIdentity shows it
	// Stale makes the handler's reads answer as of this much earlier; the codecs
	// only carry it.
	Stale time.Duration
	// Function is the ARN of the function whose session calls; the codecs only
	// carry it.
	Function string
}

// Handler answers one action. The types are the operation's Input and Output.
type Handler func(ctx context.Context, c Caller, in any) (out any, err error)

// Action joins an operation to its handler: one line of a [Table].
type Action struct {
	Name  string
	IAM   string   // the IAM action; the table's prefix and Name when empty
	Codes []string // the error codes that the handler can return, for tests and documents
	Serve Handler

	in, out reflect.Type
}

// Op makes an action of a typed handler. The codes are those that the handler
// can return, in AWS's spelling.
func Op[In, Out any](name string, serve func(context.Context, Caller, *In) (*Out, error), codes ...string) Action {
	return Action{
		Name:  name,
		Codes: codes,
		Serve: func(ctx context.Context, c Caller, in any) (any, error) {
			out, err := serve(ctx, c, in.(*In))
			if err != nil {
				return nil, err
			}
			return out, nil
		},
		in:  reflect.TypeFor[In](),
		out: reflect.TypeFor[Out](),
	}
}

// As returns the action with an IAM action that is not named like it, for
// example lambda:InvokeFunction for Invoke.
func (a Action) As(iam string) Action {
	a.IAM = iam
	return a
}

// Table is a service with the actions that are answered.
type Table struct {
	Name    string // of the package, for example elbv2: the lab's word for the service
	Service *Service
	Actions map[string]Action
}

// NewTable joins a service to its handlers. The prefix is the service's in IAM.
// It panics if an action is no operation of the service, is there twice, or has
// a handler of other types than the operation: a mistake in the program, which
// any test that makes the table finds.
func NewTable(name, prefix string, s *Service, actions ...Action) *Table {
	t := &Table{Name: name, Service: s, Actions: make(map[string]Action, len(actions))}
	for _, a := range actions {
		op := s.Operation(a.Name)
		switch {
		case op == nil:
			panic(fmt.Sprintf("wire: %s has no operation %s", name, a.Name))
		case a.in != nil && (a.in != op.Input || a.out != op.Output):
			panic(fmt.Sprintf("wire: %s.%s takes %v and returns %v, its handler %v and %v", name, a.Name, op.Input, op.Output, a.in, a.out))
		}
		if _, twice := t.Actions[a.Name]; twice {
			panic(fmt.Sprintf("wire: %s.%s has two handlers", name, a.Name))
		}
		if a.IAM == "" {
			a.IAM = prefix + ":" + a.Name
		}
		t.Actions[a.Name] = a
	}
	return t
}

// missing returns the operations without a handler, for an error or a test.
func (t *Table) missing() []string {
	var names []string
	for _, op := range t.Service.Operations {
		if _, ok := t.Actions[op.Name]; !ok {
			names = append(names, op.Name)
		}
	}
	return names
}

// Complete returns an error that names the operations without a handler.
func (t *Table) Complete() error {
	if names := t.missing(); len(names) > 0 {
		return fmt.Errorf("%s has no handler for %s", t.Name, strings.Join(names, ", "))
	}
	return nil
}
