package wire

import "reflect"

// restJSONCodec is the AWS REST-JSON protocol: the method and path name the
// action, members may be in path, query and headers, the rest is a JSON body.
type restJSONCodec struct{}

const errorTypeHeader = "X-Amzn-Errortype"

func (restJSONCodec) claims(_ *Service, r *request) bool {
	return r.Header.Get(targetHeader) == "" && !isForm(r.Request)
}

func (restJSONCodec) find(s *Service, r *request) (*Operation, string) { return findRoute(s, r) }

func (restJSONCodec) decode(op *Operation, r *request, in reflect.Value) error {
	if err := readBindings(op, r, in); err != nil {
		return err
	}
	if p := payloadOf(in.Type()); p != nil {
		if v := in.Field(p.index); !rawPayload(v, r.body) {
			if err := readJSON(r.body, v, p); err != nil {
				return err
			}
		}
	} else if hasBody(in.Type()) {
		if err := readJSON(r.body, in, nil); err != nil {
			return err
		}
	}
	return missingMember(in, "")
}

func (restJSONCodec) encode(w *response, _ *Service, op *Operation, out reflect.Value) {
	writeBindings(w, op, out)
	if noBody(w.status) {
		return
	}
	w.header.Set("Content-Type", "application/json")
	p := payloadOf(out.Type())
	if p == nil {
		w.body = writeJSON(jsonValue(out, &field{}))
		return
	}
	if v := out.Field(p.index); !v.IsNil() && !w.rawPayload(v) {
		w.body = writeJSON(jsonValue(v, p))
	}
}

func (restJSONCodec) fault(w *response, _ *Service, e *Error) {
	w.header.Set("Content-Type", "application/json")
	w.header.Set(errorTypeHeader, e.Code)
	w.body = writeJSON(map[string]any{"message": e.Message})
}

func (restJSONCodec) refuse(op *Operation, err error) *Error { return refuseJSON(op, err) }
func (restJSONCodec) unknown(message string) *Error          { return clientError(codeUnknownJSON, message) }
