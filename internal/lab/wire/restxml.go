package wire

import (
	"errors"
	"reflect"
)

// restXMLCodec is the AWS REST-XML protocol, which Route 53 speaks: the method
// and path name the action, members may be in path, query and headers, the rest
// is an XML document. XML attributes, which S3 alone uses, are left out.
//
// Source: Smithy specification, AWS restXml protocol.
type restXMLCodec struct{}

func (restXMLCodec) claims(s *Service, r *request) bool { return restJSONCodec{}.claims(s, r) }

func (restXMLCodec) find(s *Service, r *request) (*Operation, string) { return findRoute(s, r) }

func (restXMLCodec) decode(op *Operation, r *request, in reflect.Value) error {
	if err := readBindings(op, r, in); err != nil {
		return err
	}
	if err := readXMLBody(r.body, in); err != nil {
		return err
	}
	return missingMember(in, "")
}

func readXMLBody(body []byte, in reflect.Value) error {
	p := payloadOf(in.Type())
	if p == nil && !hasBody(in.Type()) {
		return nil
	}
	to := in
	if p != nil {
		to = in.Field(p.index)
		if rawPayload(to, body) {
			return nil
		}
	}
	root, err := parseXML(body)
	if err != nil || root == nil {
		return err
	}
	if p != nil {
		to = target(to)
	}
	return root.readStruct(to, "")
}

func (restXMLCodec) encode(w *response, s *Service, op *Operation, out reflect.Value) {
	writeBindings(w, op, out)
	if noBody(w.status) || out.Type() == reflect.TypeFor[Empty]() {
		return
	}
	name, p := out.Type().Name(), payloadOf(out.Type())
	if p != nil {
		v := out.Field(p.index)
		if v.IsNil() {
			return
		}
		if w.rawPayload(v) {
			return
		}
		name, out = p.wireName(), reflect.Indirect(v)
	}
	var x xmlWriter
	x.root(name, s.Namespace)
	x.members(out)
	x.shut(name)
	w.xml(x.Bytes())
}

func (restXMLCodec) fault(w *response, s *Service, e *Error) {
	queryCodec{dialect: plainQuery}.fault(w, s, e) // the two protocols have one form of error
}

// refuse gives the codes of a request that cannot be read, as Route 53 words
// them. Source: Route 53 API reference, common errors, and InvalidInput.
func (restXMLCodec) refuse(_ *Operation, err error) *Error {
	if missing, ok := errors.AsType[*missingValue](err); ok {
		return clientError("InvalidInput", nullValue(missing.path))
	}
	return clientError("MalformedInput", "Invalid value for "+err.Error())
}

func (restXMLCodec) unknown(message string) *Error { return clientError(codeUnknownQuery, message) }
