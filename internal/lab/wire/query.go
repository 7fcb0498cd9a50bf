package wire

import (
	"errors"
	"fmt"
	"reflect"
)

// queryCodec is AWS's query protocol, and EC2's variant of it: a form that names
// its Action and Version, answered by XML.
type queryCodec struct{ dialect dialect }

func (c queryCodec) ec2() bool { return c.dialect.flat }

func (c queryCodec) claims(s *Service, r *request) bool {
	if r.formErr != nil {
		return isForm(r.Request)
	}
	if isForm(r.Request) || r.URL.Path == "/" && r.form.kids["Action"] != nil {
		version := r.form.get("Version")
		return version == "" || version == s.Version
	}
	return false
}

func (c queryCodec) find(s *Service, r *request) (*Operation, string) {
	if r.formErr != nil {
		return nil, ""
	}
	name := r.form.get("Action")
	return s.Operation(name), name
}

// signing are the parameters of a presigned request, and of signature version 2,
// which are no parameters of the action.
var signing = []string{
	"Action", "Version", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires",
	"X-Amz-Security-Token", "X-Amz-Signature", "X-Amz-SignedHeaders",
	"AWSAccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "SecurityToken", "Timestamp", "Expires",
}

func (c queryCodec) decode(op *Operation, r *request, in reflect.Value) error {
	if err := c.dialect.readStruct(r.form, in, ""); err != nil {
		return err
	}
	if c.ec2() {
		for _, name := range signing {
			r.form.get(name)
		}
		if name := r.form.unused(""); name != "" {
			return &unknownParameter{name}
		}
	}
	return missingMember(in, "")
}

// unknownParameter is a parameter that the action does not have. EC2 refuses it;
// the other query services ignore it.
type unknownParameter struct{ name string }

func (e *unknownParameter) Error() string {
	return fmt.Sprintf("The parameter %s is not recognized", e.name)
}

// refuse gives the codes of a request that cannot be read.
// Source: Amazon EC2 API reference, error codes, client errors; Elastic Load
// Balancing API reference, common errors.
func (c queryCodec) refuse(_ *Operation, err error) *Error {
	missing, isMissing := errors.AsType[*missingValue](err)
	if unknown, ok := errors.AsType[*unknownParameter](err); ok {
		return clientError("UnknownParameter", unknown.Error())
	}
	if c.ec2() {
		if isMissing {
			return clientError("MissingParameter", "The request must contain the parameter "+missing.path)
		}
		return clientError("InvalidParameterValue", "Invalid value for "+err.Error())
	}
	if isMissing {
		return clientError("ValidationError", nullValue(missing.path))
	}
	return clientError("ValidationError", "Invalid value for "+err.Error())
}

// nullValue is AWS's wording of a required member that is missing.
func nullValue(path string) string {
	return fmt.Sprintf("1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null", path)
}

func (c queryCodec) unknown(message string) *Error { return clientError(codeUnknownQuery, message) }

func (c queryCodec) encode(w *response, s *Service, op *Operation, out reflect.Value) {
	var x xmlWriter
	x.root(op.Name+"Response", s.Namespace)
	if c.ec2() {
		x.text("requestId", w.id)
		if out.Type() == reflect.TypeFor[Empty]() {
			x.text("return", "true") // Source: Amazon EC2 API reference, e.g. DeleteVpc
		}
		x.members(out)
	} else {
		if op.Wrapper != "" {
			x.open(op.Wrapper)
		}
		x.members(out)
		if op.Wrapper != "" {
			x.shut(op.Wrapper)
		}
		x.open("ResponseMetadata")
		x.text("RequestId", w.id)
		x.shut("ResponseMetadata")
	}
	x.shut(op.Name + "Response")
	w.xml(x.Bytes())
}

func (c queryCodec) fault(w *response, s *Service, e *Error) {
	var x xmlWriter
	if c.ec2() {
		x.open("Response")
		x.open("Errors")
		x.open("Error")
		x.text("Code", e.Code)
		x.text("Message", e.Message)
		x.shut("Error")
		x.shut("Errors")
		x.text("RequestID", w.id)
		x.shut("Response")
		w.xml(x.Bytes())
		return
	}
	x.root("ErrorResponse", s.Namespace)
	x.open("Error")
	blame := "Receiver"
	if e.Sender {
		blame = "Sender"
	}
	x.text("Type", blame)
	x.text("Code", e.Code)
	x.text("Message", e.Message)
	x.shut("Error")
	x.text("RequestId", w.id)
	x.shut("ErrorResponse")
	w.xml(x.Bytes())
}

// xml sets the answer's body.
func (w *response) xml(body []byte) {
	w.header.Set("Content-Type", "text/xml;charset=UTF-8")
	w.body = append([]byte(`<?xml version="1.0" encoding="UTF-8"?>`+"\n"), body...)
}
