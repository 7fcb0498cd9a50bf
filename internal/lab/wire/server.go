package wire

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"runtime/debug"
	"slices"
	"time"
)

// maxBody bounds a request; AWS's control planes take far less. Only function
// code is larger, up to maxCode. Source: Lambda developer guide, quotas, 50 MB of
// zip, which a request carries in base64.
const (
	maxBody = 4 << 20
	maxCode = 70 << 20
)

// bodyLimit is how large a request may be.
func bodyLimit(cred Credential) int64 {
	if cred.Service == "lambda" {
		return maxCode
	}
	return maxBody
}

// Call is one request on its way to its handler.
type Call struct {
	Caller    Caller // Before may change it; the handler gets what is there in the end
	Service   string // the table's name, for example elbv2
	Signing   string // the service's name in signatures, for example elasticloadbalancing
	Action    string // or, for an action that the lab lacks, as well as it can be told
	IAM       string // for example ec2:DescribeVpcs; empty for an action that the lab lacks
	RequestID string
	Input     any // a pointer to the operation's Input
}

// Record is what happened to a call.
type Record struct {
	Time      time.Time
	Service   string
	Action    string
	Caller    Caller // without an account when the key was refused
	RequestID string
	Status    int
	Code      string // of the error; empty for success
}

// Server answers AWS requests. Its fields are set before its first request and
// not changed afterwards.
type Server struct {
	// Tables are the services, found by signing name.
	Tables []*Table
	// Authenticate says who a credential is. Its error is the client's
	// InvalidClientTokenId (in the service's words), unless it is an *Error of
	// another code. Required.
	Authenticate func(context.Context, Credential) (Caller, error)
	// Before run in order ahead of the handler, for throttling, faults and
	// permissions; the first error is the answer.
	Before []func(context.Context, *Call) error
	// Explain turns an error of a handler or of Before into AWS's; nil from it
	// means that the error is nothing that a client should see. Errors that are
	// an *Error already need no Explain.
	Explain func(error) *Error
	// Record hears of every call that was answered, before its client does.
	Record func(Record)
	// RequestID makes request ids; nil means random ones.
	RequestID func() string
	// Logger gets the mistakes of the lab itself; nil discards.
	Logger *slog.Logger
}

// route is where a request goes.
type route struct {
	table *Table // nil when no service of that name is known
	codec codec
	proto string
	op    *Operation // nil when the lab lacks the action
	name  string     // of the action
	// version is the API version that a query request named in vain.
	version string
}

// service returns what the codec encodes for; a placeholder when none is known.
func (to *route) service() *Service {
	if to.table == nil {
		return &Service{}
	}
	return to.table.Service
}

func (s *Server) ServeHTTP(rw http.ResponseWriter, hr *http.Request) {
	start := time.Now()
	w := &response{header: http.Header{}, status: http.StatusOK, id: s.requestID()}
	call := &Call{RequestID: w.id}
	cred, fault := parseCredential(hr)
	body, err := io.ReadAll(http.MaxBytesReader(rw, hr.Body, bodyLimit(cred)))
	r := newRequest(hr, body)
	to := s.route(r, cred)
	if to.table != nil {
		call.Service = to.table.Name
	} else {
		call.Service = cred.Service
	}
	call.Action, call.Signing, call.Caller.Region = to.name, cred.Service, cred.Region
	if err != nil {
		fault = &Error{Code: codeTooLarge, Message: fmt.Sprintf("Request must be smaller than %d bytes", bodyLimit(cred)), Status: 413, Sender: true}
	}
	if fault == nil {
		fault = s.answer(w, r, cred, to, call)
	}
	if fault != nil {
		s.fail(w, to, fault)
	}
	if s.Record != nil {
		rec := Record{Time: start, Service: call.Service, Action: call.Action, Caller: call.Caller, RequestID: w.id, Status: w.status}
		if fault != nil {
			rec.Code = fault.Code
		}
		s.Record(rec)
	}
	s.send(rw, w)
}

// answer takes a request through decoding, Before, handler and encoding.
func (s *Server) answer(w *response, r *request, cred Credential, to *route, call *Call) (fault *Error) {
	defer func() {
		if p := recover(); p != nil {
			s.logger().Error("handler panicked", "service", call.Service, "action", call.Action, "panic", p, "stack", string(debug.Stack()))
			fault = &Error{Code: codeInternal, Message: "The lab failed while it answered this request.", Status: 500}
		}
	}()
	ctx := r.Context()
	caller, err := s.Authenticate(ctx, cred)
	if err != nil {
		if e := s.explain(err); e != nil && e.Code != "" && e.Code != "InvalidClientTokenId" {
			return e
		} else if e != nil {
			return keyError(to.proto, e.Message)
		}
		return keyError(to.proto, err.Error())
	}
	if caller.Region == "" {
		caller.Region = cred.Region
	}
	call.Caller = caller
	if r.formErr != nil && (to.proto == "query" || to.proto == "ec2") {
		return clientError(codeMalformedForm, r.formErr.Error())
	}
	if to.op == nil {
		return s.lacks(to, cred)
	}
	action, ok := to.table.Actions[to.op.Name]
	if !ok {
		return s.lacks(to, cred)
	}
	call.IAM = action.IAM
	in := reflect.New(to.op.Input)
	if err := to.codec.decode(to.op, r, in.Elem()); err != nil {
		return to.codec.refuse(to.op, err)
	}
	call.Input = in.Interface()
	for _, before := range s.Before {
		if err := before(ctx, call); err != nil {
			return s.visible(call, err)
		}
	}
	out, err := action.Serve(ctx, call.Caller, call.Input)
	if err != nil {
		return s.visible(call, err)
	}
	v := reflect.ValueOf(out)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		v = reflect.New(to.op.Output) // nothing to say is an empty answer
	}
	to.codec.encode(w, to.table.Service, to.op, v.Elem())
	return nil
}

// lacks names the action or service that the lab does not have. No SDK retries
// a 400 with such a code.
func (s *Server) lacks(to *route, cred Credential) *Error {
	if to.table == nil {
		return clientError(codeService, fmt.Sprintf("The lab does not have the service %s (asked for %s).", cred.Service, to.name))
	}
	if to.version != "" {
		return to.codec.unknown(fmt.Sprintf("The lab does not have version %s of %s (asked for %s).", to.version, to.table.Name, to.name))
	}
	return to.codec.unknown(fmt.Sprintf("The lab does not have the action %s of %s.", or(to.name, "(none given)"), to.table.Name))
}

// route finds table, protocol and operation. It always returns a codec.
func (s *Server) route(r *request, cred Credential) *route {
	var first *route
	for _, t := range s.Tables {
		if t.Service.SigningName != cred.Service {
			continue
		}
		for _, proto := range t.Service.Protocols {
			c := codecs[proto]
			if c == nil {
				continue
			}
			to := &route{table: t, codec: c, proto: proto}
			if !c.claims(t.Service, r) {
				if first == nil {
					to.name = guessAction(r)
					if v := r.form.get("Version"); v != t.Service.Version {
						to.version = v
					}
					first = to
				}
				continue
			}
			to.op, to.name = c.find(t.Service, r)
			if to.op != nil {
				return to
			}
			if first == nil || first.op == nil && !first.codec.claims(first.table.Service, r) {
				first = to
			}
		}
	}
	if first != nil {
		return first
	}
	proto := guessProtocol(r, cred.Service)
	return &route{codec: codecs[proto], proto: proto, name: guessAction(r)}
}

// restXML are the well-known services whose clients understand XML errors only.
var restXML = []string{"cloudfront", "route53", "s3"}

// guessProtocol is for a service that the lab does not know, and for requests
// without a signature.
func guessProtocol(r *request, service string) string {
	switch {
	case slices.Contains(restXML, service):
		return "rest-xml"
	case r.Header.Get(targetHeader) != "":
		return "json"
	case isForm(r.Request) || r.form != nil && r.form.kids["Action"] != nil:
		return "query"
	}
	return "rest-json"
}

func guessAction(r *request) string {
	if _, name := (jsonCodec{}).find(&Service{}, r); name != "" {
		return name
	}
	if name := r.form.get("Action"); name != "" {
		return name
	}
	return r.Method + " " + r.URL.EscapedPath()
}

// visible is the error that the client gets.
func (s *Server) visible(call *Call, err error) *Error {
	if e := s.explain(err); e != nil {
		return e
	}
	s.logger().Error("answer request", "service", call.Service, "action", call.Action, "error", err)
	return &Error{Code: codeInternal, Message: "The lab failed while it answered this request.", Status: 500}
}

func (s *Server) explain(err error) *Error {
	if e := asError(err); e != nil {
		return e
	}
	if s.Explain == nil {
		return nil
	}
	return s.Explain(err)
}

// fail writes an error, with the status that it, the model or the protocol says.
func (s *Server) fail(w *response, to *route, e *Error) {
	svc := to.service()
	w.status = e.Status
	if shape := svc.Error(e.Code); shape != nil && w.status == 0 {
		w.status = shape.Status
	}
	if w.status < 400 || w.status > 599 {
		w.status = http.StatusBadRequest
	}
	w.header, w.body = http.Header{}, nil
	to.codec.fault(w, svc, e)
}

func (s *Server) send(rw http.ResponseWriter, w *response) {
	h := rw.Header()
	for k, v := range w.header {
		h[k] = slices.Clone(v)
	}
	h.Set("X-Amzn-Requestid", w.id)
	rw.WriteHeader(w.status)
	_, _ = rw.Write(w.body) // the client is gone: nobody is left to tell
}

func (s *Server) logger() *slog.Logger {
	if s.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return s.Logger
}

func (s *Server) requestID() string {
	if s.RequestID != nil {
		return s.RequestID()
	}
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
