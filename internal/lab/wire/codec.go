package wire

import (
	"net/http"
	"reflect"
	"strings"
)

// codec is one protocol.
type codec interface {
	// claims reports whether the request looks like one of this protocol.
	claims(s *Service, r *request) bool
	// find returns the operation that the request names, or its name (as well
	// as it can be told) when the service has no such operation.
	find(s *Service, r *request) (op *Operation, name string)
	// decode reads the request into in, a settable struct of op.Input.
	decode(op *Operation, r *request, in reflect.Value) error
	// encode writes the result, a struct of op.Output.
	encode(w *response, s *Service, op *Operation, out reflect.Value)
	// fault writes an error.
	fault(w *response, s *Service, e *Error)
	// refuse turns what decode found wrong into AWS's error.
	refuse(op *Operation, err error) *Error
	// unknown is the error for an action that the service does not have.
	unknown(message string) *Error
}

// codecs holds each protocol under the name that the models use. A further
// protocol is one file and one line here.
var codecs = map[string]codec{
	"query":     queryCodec{dialect: plainQuery},
	"ec2":       queryCodec{dialect: ec2Query},
	"json":      jsonCodec{},
	"rest-json": restJSONCodec{},
	"rest-xml":  restXMLCodec{},
}

// request is an HTTP request whose body has been read.
type request struct {
	*http.Request
	body []byte
	// form is the tree of a query request's parameters; nil when the request has
	// none, or when they are no form (formErr says why).
	form    *formNode
	formErr error
}

func newRequest(r *http.Request, body []byte) *request {
	req := &request{Request: r, body: body}
	raw := r.URL.RawQuery
	if isForm(r) {
		raw = joinQuery(raw, string(body))
	}
	req.form, req.formErr = parseForm(raw)
	return req
}

func isForm(r *http.Request) bool {
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(media), "application/x-www-form-urlencoded")
}

func joinQuery(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "&" + b
}

// response is an answer in the making.
type response struct {
	header http.Header
	status int
	body   []byte
	id     string // of the request
}
