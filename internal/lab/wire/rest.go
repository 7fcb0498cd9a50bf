package wire

import (
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// What the REST protocols share: routes, and members outside the body.
// Source: Smithy specification, HTTP bindings.

// matchRoute matches a request's method and path against a route's. The labels'
// values are returned unescaped. The weight tells the better of two matches: a
// literal part weighs more than a label.
func matchRoute(method, uri string, r *request) (labels map[string]string, weight int, ok bool) {
	if method != r.Method {
		return nil, 0, false
	}
	path, query, _ := strings.Cut(uri, "?")
	if query != "" { // literal parameters that tell two routes of one path apart
		have := r.URL.Query()
		for _, kv := range strings.Split(query, "&") {
			k, v, hasValue := strings.Cut(kv, "=")
			got, there := have[k]
			if !there || hasValue && got[0] != v {
				return nil, 0, false
			}
			weight++
		}
	}
	want, got := pathParts(path), pathParts(r.URL.EscapedPath())
	labels = map[string]string{}
	for i, w := range want {
		name, isLabel := strings.CutPrefix(w, "{")
		name = strings.TrimSuffix(name, "}")
		greedy := strings.HasSuffix(name, "+")
		switch {
		case i >= len(got):
			return nil, 0, false
		case !isLabel && w != got[i]:
			return nil, 0, false
		case !isLabel:
			weight += 2
			continue
		}
		raw := got[i]
		if greedy {
			raw = strings.Join(got[i:], "/")
		}
		value, err := url.PathUnescape(raw)
		if err != nil || value == "" {
			return nil, 0, false
		}
		labels[strings.TrimSuffix(name, "+")] = value
		if greedy {
			return labels, weight, true
		}
	}
	return labels, weight, len(want) == len(got)
}

func pathParts(path string) []string {
	path = strings.Trim(path, "/")
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

// findRoute returns the operation that fits the request best, or the name of the
// route of an action that the lab lacks, or else the method and path.
func findRoute(s *Service, r *request) (*Operation, string) {
	var best *Operation
	name, most := "", -1
	for i := range s.Operations {
		op := &s.Operations[i]
		if _, weight, ok := matchRoute(op.Method, op.URI, r); ok && weight > most {
			best, name, most = op, op.Name, weight
		}
	}
	for _, other := range s.Others {
		if _, weight, ok := matchRoute(other.Method, other.URI, r); ok && weight > most {
			best, name, most = nil, other.Name, weight
		}
	}
	if name == "" {
		name = r.Method + " " + r.URL.EscapedPath()
	}
	return best, name
}

// readBindings reads the members that are in the path, query or headers.
func readBindings(op *Operation, r *request, in reflect.Value) error {
	labels, _, _ := matchRoute(op.Method, op.URI, r)
	query := r.URL.Query()
	for _, f := range fieldsOf(in.Type()) {
		v, name := in.Field(f.index), f.wireName()
		var err error
		switch f.loc {
		case inURI:
			if s, ok := labels[name]; ok {
				err = setScalar(target(v), s, f.time)
			}
		case inQuery:
			err = readQueryMember(query, v, &f, in)
		case inHeader:
			err = readHeader(r.Header.Values(name), v, &f)
		case inHeaders:
			m := map[string]string{}
			for k := range r.Header {
				if rest, ok := strings.CutPrefix(strings.ToLower(k), strings.ToLower(name)); ok {
					m[rest] = r.Header.Get(k)
				}
			}
			if len(m) > 0 {
				v.Set(reflect.ValueOf(m))
			}
		}
		if err != nil {
			return &badValue{path: f.member, why: err.Error()}
		}
	}
	return nil
}

func readQueryMember(query url.Values, v reflect.Value, f *field, in reflect.Value) error {
	if v.Kind() == reflect.Map { // every parameter that no other member takes
		taken := map[string]bool{}
		for _, other := range fieldsOf(in.Type()) {
			if other.loc == inQuery {
				taken[other.wireName()] = true
			}
		}
		for k, values := range query {
			if taken[k] {
				continue
			}
			if v.IsNil() {
				v.Set(reflect.MakeMap(v.Type()))
			}
			e := reflect.New(v.Type().Elem()).Elem()
			if err := setTexts(e, values, f.time); err != nil {
				return err
			}
			v.SetMapIndex(reflect.ValueOf(k), e)
		}
		return nil
	}
	if values, ok := query[f.wireName()]; ok {
		return setTexts(v, values, f.time)
	}
	return nil
}

func readHeader(values []string, v reflect.Value, f *field) error {
	if len(values) == 0 {
		return nil
	}
	if v.Kind() == reflect.Slice && v.Type() != blobType {
		var parts []string
		for _, p := range strings.Split(strings.Join(values, ","), ",") {
			parts = append(parts, strings.TrimSpace(p))
		}
		return setTexts(v, parts, or(f.time, timeHTTP))
	}
	return setTexts(v, values, or(f.time, timeHTTP))
}

// setTexts sets a scalar, or a list of them, from text.
func setTexts(v reflect.Value, texts []string, format string) error {
	if v.Kind() != reflect.Slice || v.Type() == blobType {
		return setScalar(target(v), texts[0], format)
	}
	list := reflect.MakeSlice(v.Type(), len(texts), len(texts))
	for i, s := range texts {
		if err := setScalar(list.Index(i), s, format); err != nil {
			return err
		}
	}
	v.Set(list)
	return nil
}

// writeBindings sets the status and headers that an output's members stand for.
func writeBindings(w *response, op *Operation, out reflect.Value) {
	if op.Status != 0 {
		w.status = op.Status
	}
	for _, f := range fieldsOf(out.Type()) {
		v := out.Field(f.index)
		if f.loc == "" || v.IsNil() {
			continue
		}
		switch f.loc {
		case inStatus:
			if code := int(v.Elem().Int()); code >= 200 && code < 600 {
				w.status = code
			}
		case inHeader:
			w.header.Set(f.wireName(), headerText(v, &f))
		case inHeaders:
			for _, k := range sortedKeys(v) {
				w.header.Set(f.wireName()+k.String(), v.MapIndex(k).String())
			}
		}
	}
}

func headerText(v reflect.Value, f *field) string {
	format := or(f.time, timeHTTP)
	if v.Kind() == reflect.Slice && v.Type() != blobType {
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = formatScalar(v.Index(i), format)
			if strings.ContainsAny(parts[i], `,"`) {
				parts[i] = strconv.Quote(parts[i])
			}
		}
		return strings.Join(parts, ", ")
	}
	return formatScalar(reflect.Indirect(v), format)
}

// payloadOf returns the member that is the body, if the type has one.
func payloadOf(t reflect.Type) *field {
	for _, f := range fieldsOf(t) {
		if f.payload {
			return &f
		}
	}
	return nil
}

// isText reports whether a member is a string.
func isText(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.String
}

// rawPayload sets a payload that is the body as it stands, bytes or text; false
// where the payload is a document.
func rawPayload(v reflect.Value, body []byte) bool {
	switch t := v.Type(); {
	case t == blobType:
		v.SetBytes(body)
	case isText(t):
		v.Set(reflect.ValueOf(new(string(body))))
	default:
		return false
	}
	return true
}

// rawPayload is the opposite, for an answer.
func (w *response) rawPayload(v reflect.Value) bool {
	switch t := v.Type(); {
	case t == blobType:
		w.header.Set("Content-Type", "application/octet-stream")
		w.body = v.Bytes()
	case isText(t):
		w.header.Set("Content-Type", "text/plain")
		w.body = []byte(v.Elem().String())
	default:
		return false
	}
	return true
}

// hasBody reports whether any member travels in a REST body.
func hasBody(t reflect.Type) bool {
	for _, f := range fieldsOf(t) {
		if f.loc == "" {
			return true
		}
	}
	return false
}

// noBody reports whether an answer of this status has no body at all.
func noBody(status int) bool { return status == http.StatusNoContent }
