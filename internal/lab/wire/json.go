package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// jsonCodec is the AWS JSON protocol, 1.0 and 1.1: a POST whose X-Amz-Target
// names the action.
type jsonCodec struct{}

const targetHeader = "X-Amz-Target"

func (jsonCodec) claims(s *Service, r *request) bool {
	prefix, _, ok := strings.Cut(r.Header.Get(targetHeader), ".")
	return ok && (s.Target == "" || prefix == s.Target)
}

func (jsonCodec) find(s *Service, r *request) (*Operation, string) {
	_, name, _ := strings.Cut(r.Header.Get(targetHeader), ".")
	return s.Operation(name), name
}

func (jsonCodec) decode(_ *Operation, r *request, in reflect.Value) error {
	if err := readJSON(r.body, in, nil); err != nil {
		return err
	}
	return missingMember(in, "")
}

// readJSON reads a document into v: a struct's body members, or for a payload
// the member f itself.
func readJSON(body []byte, v reflect.Value, f *field) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var doc any
	if err := dec.Decode(&doc); err != nil {
		return &badValue{path: "body", why: "not JSON"}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return &badValue{path: "body", why: "more than one JSON document"}
	}
	if f == nil {
		f = &field{}
	}
	return setJSON(v, doc, f, "")
}

func setJSON(v reflect.Value, doc any, f *field, path string) error {
	if doc == nil {
		return nil // null is an absent member
	}
	to := target(v)
	switch t := to.Type(); {
	case t == timeType:
		format := or(f.time, timeUnix)
		text := fmt.Sprint(doc)
		if s, ok := doc.(string); ok && f.time == "" {
			format, text = timeISO, s // some clients write text all the same
		}
		return wrapBad(setScalar(to, text, format), path)
	case t == blobType, t.Kind() == reflect.String:
		s, ok := doc.(string)
		if !ok {
			return wantJSON(path, "a string", doc)
		}
		return wrapBad(setScalar(to, s, ""), path)
	case t.Kind() == reflect.Bool:
		b, ok := doc.(bool)
		if !ok {
			return wantJSON(path, "true or false", doc)
		}
		to.SetBool(b)
		return nil
	case isScalar(t): // a number; NaN and its like come as text
		if s, ok := doc.(string); ok && t.Kind() != reflect.Float64 && t.Kind() != reflect.Float32 {
			return wantJSON(path, "a number", s)
		}
		switch doc.(type) {
		case json.Number, string:
			return wrapBad(setScalar(to, fmt.Sprint(doc), ""), path)
		}
		return wantJSON(path, "a number", doc)
	case t.Kind() == reflect.Slice:
		list, ok := doc.([]any)
		if !ok {
			return wantJSON(path, "a list", doc)
		}
		to.Set(reflect.MakeSlice(t, len(list), len(list)))
		for i, x := range list {
			if err := setJSON(to.Index(i), x, f, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
		return nil
	case t.Kind() == reflect.Map:
		m, ok := doc.(map[string]any)
		if !ok {
			return wantJSON(path, "an object", doc)
		}
		to.Set(reflect.MakeMapWithSize(t, len(m)))
		for k, x := range m {
			e := reflect.New(t.Elem()).Elem()
			if err := setJSON(e, x, f, joinPath(path, k)); err != nil {
				return err
			}
			to.SetMapIndex(reflect.ValueOf(k), e)
		}
		return nil
	case isStruct(t):
		m, ok := doc.(map[string]any)
		if !ok {
			return wantJSON(path, "an object", doc)
		}
		for _, sub := range fieldsOf(t) {
			if sub.loc != "" {
				continue
			}
			if x, ok := m[sub.wireName()]; ok {
				if err := setJSON(to.Field(sub.index), x, &sub, joinPath(path, sub.wireName())); err != nil {
					return err
				}
			}
		}
		return nil
	default: // a free document
		to.Set(reflect.ValueOf(doc))
		return nil
	}
}

func wrapBad(err error, path string) error {
	if err == nil {
		return nil
	}
	return &badValue{path: path, why: err.Error()}
}

func wantJSON(path, want string, got any) error {
	kind := "a number"
	switch got.(type) {
	case string:
		kind = "a string"
	case bool:
		kind = "true or false"
	case []any:
		kind = "a list"
	case map[string]any:
		kind = "an object"
	}
	return &badValue{path: or(path, "body"), why: fmt.Sprintf("%s is wanted, not %s", want, kind)}
}

// jsonValue returns v as encoding/json writes it; f carries a time's format.
func jsonValue(v reflect.Value, f *field) any {
	switch t := v.Type(); {
	case t == timeType:
		s := formatScalar(v, or(f.time, timeUnix))
		if or(f.time, timeUnix) == timeUnix {
			return json.Number(s)
		}
		return s
	case t == blobType:
		return formatScalar(v, "")
	case t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64:
		s := formatScalar(v, "")
		if s == "NaN" || strings.HasSuffix(s, "Infinity") {
			return s
		}
		return json.Number(s)
	case t.Kind() == reflect.Pointer:
		return jsonValue(v.Elem(), f)
	case t.Kind() == reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = jsonValue(v.Index(i), f)
		}
		return list
	case t.Kind() == reflect.Map:
		m := make(map[string]any, v.Len())
		for _, k := range v.MapKeys() {
			m[k.String()] = jsonValue(v.MapIndex(k), f)
		}
		return m
	case isStruct(t):
		m := map[string]any{}
		for _, sub := range fieldsOf(t) {
			fv := v.Field(sub.index)
			if sub.loc == "" && !fv.IsNil() {
				m[sub.wireName()] = jsonValue(fv, &sub)
			}
		}
		return m
	default:
		return v.Interface()
	}
}

// writeJSON returns v as a document. Keys are sorted, so the same value always
// gives the same bytes.
func writeJSON(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		// Trees made by jsonValue hold nothing that JSON lacks.
		panic(fmt.Sprintf("wire: encode JSON: %v", err))
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

func (jsonCodec) encode(w *response, s *Service, _ *Operation, out reflect.Value) {
	w.header.Set("Content-Type", "application/x-amz-json-"+or(s.JSONVersion, "1.0"))
	w.body = writeJSON(jsonValue(out, &field{}))
}

func (jsonCodec) fault(w *response, s *Service, e *Error) {
	w.header.Set("Content-Type", "application/x-amz-json-"+or(s.JSONVersion, "1.0"))
	w.body = writeJSON(map[string]any{"__type": e.Code, "message": e.Message})
}

func (jsonCodec) refuse(op *Operation, err error) *Error { return refuseJSON(op, err) }

// refuseJSON gives the codes of a JSON request that cannot be read: the service's
// own word for a bad parameter, when the action declares one.
// Source: Smithy specification, AWS JSON protocols, operation error serialization.
func refuseJSON(op *Operation, err error) *Error {
	if m, ok := errors.AsType[*missingValue](err); ok {
		code := "ValidationException"
		for _, declared := range op.Errors {
			if declared == "InvalidParameterException" {
				code = declared
			}
		}
		return clientError(code, fmt.Sprintf("1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null", m.path))
	}
	return clientError("SerializationException", err.Error())
}

func (jsonCodec) unknown(message string) *Error { return clientError(codeUnknownJSON, message) }
