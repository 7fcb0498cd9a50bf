package kube

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// ServeHTTP answers one request of the API. It is there for the server's own
// HTTP server.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.begin() {
		panic(http.ErrAbortHandler) // no answer, not an empty one
	}
	defer s.running.Done()
	h := w.Header()
	at, _ := r.Context().Value(instanceKey{}).(by)
	h.Set(InstanceHeader, at.instance)
	h.Set(ClientHeader, r.RemoteAddr)
	h.Set("Audit-Id", uuid())
	h.Set("Cache-Control", "no-cache, private")
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := s.serve(w, r, at); err != nil {
		refuse(w, err)
	}
}

func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.running.Add(1)
	}
	return !s.closed
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, at by) error {
	user, err := s.authenticate(r)
	if err != nil {
		return err
	}
	t := parsePath(r.URL.Path)
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return badRequest("parse query: %v", err)
	}
	watching := q.Get("watch") == "true" || q.Get("watch") == "1"
	v := ""
	if t != nil {
		v = verb(r, t, watching)
	}
	if err := authorize(user, r, t, v); err != nil {
		return err
	}
	if t == nil {
		return s.serveDocument(w, r, at)
	}
	if t.resource.review != nil {
		return serveReview(w, r, t, user)
	}
	switch v {
	case "get", "list":
		return s.read(w, r, t, q)
	case "watch":
		return s.watch(w, r, t, q)
	}
	if t.resource.empty {
		return notAllowed()
	}
	if err := checkDryRun(q); err != nil {
		return err
	}
	if _, err := negotiate(r); err != nil { // before anything is written
		return err
	}
	switch {
	case v == "create" && t.name == "" && (t.namespace != "") == t.resource.Namespaced:
		return s.create(w, r, t, q)
	case t.name != "" && v == "update":
		return s.update(w, r, t, q)
	case t.name != "" && v == "patch":
		return s.patch(w, r, t, q)
	case v == "delete": // of one object: a collection's verb is another
		return s.remove(w, r, t, q)
	}
	return notAllowed()
}

func (t *target) key() key { return key{t.resource, t.namespace, t.name} }

// read answers get and list.
func (s *Server) read(w http.ResponseWriter, r *http.Request, t *target, q url.Values) error {
	form, err := negotiate(r)
	if err != nil {
		return err
	}
	if t.name != "" {
		o, err := s.objects.get(t.key())
		if err != nil {
			return err
		}
		return write(w, http.StatusOK, form.one(t.resource, o, s.opts.Now(), q.Get("includeObject")))
	}
	want, err := t.filter(q)
	if err != nil {
		return err
	}
	items, version := s.objects.list(t.resource, want)
	if asked, err := parseResourceVersion(q); err != nil {
		return err
	} else if asked > version {
		return tooLarge(asked, version)
	}
	return write(w, http.StatusOK, form.list(t.resource, items, version, s.opts.Now(), q.Get("includeObject")))
}

func write(w http.ResponseWriter, code int, document any) error {
	answer(w, code, document)
	return nil
}

func parseResourceVersion(q url.Values) (int64, error) {
	text := q.Get("resourceVersion")
	if text == "" {
		return 0, nil
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || v < 0 {
		return 0, badRequest("resourceVersion: Invalid value: %q: want a whole number", text)
	}
	return v, nil
}

// filter makes of a collection's path and selectors the test of its members.
func (t *target) filter(q url.Values) (func(key, *object) bool, error) {
	labels, err := parseLabels(q.Get("labelSelector"))
	if err != nil {
		return nil, err
	}
	fields, err := parseFields(t.resource, q.Get("fieldSelector"))
	if err != nil {
		return nil, err
	}
	return func(k key, o *object) bool {
		return k.resource == t.resource && (t.namespace == "" || k.namespace == t.namespace) && (t.name == "" || k.name == t.name) &&
			labels.matches(o.Metadata.Labels) && fields.matches(o.fields())
	}, nil
}

func (s *Server) create(w http.ResponseWriter, r *http.Request, t *target, q url.Values) error {
	o, err := decode(r, t, q)
	if err != nil {
		return err
	}
	if m := &o.Metadata; m.Name == "" && m.GenerateName != "" {
		m.Name = m.GenerateName + strings.ReplaceAll(uuid(), "-", "")[:5]
	}
	if o.Metadata.Name == "" {
		return invalid(t.resource, "", "metadata.name", "Required value: name or generateName is required")
	}
	if err := t.resource.validate(t.resource, o); err != nil {
		return err
	}
	o, err = s.objects.create(key{t.resource, t.namespace, o.Metadata.Name}, o, q.Has("dryRun"))
	if err != nil {
		return err
	}
	return s.written(w, r, http.StatusCreated, t, o, q)
}

func (s *Server) written(w http.ResponseWriter, r *http.Request, code int, t *target, o *object, q url.Values) error {
	form, err := negotiate(r)
	if err != nil {
		return err
	}
	return write(w, code, form.one(t.resource, o, s.opts.Now(), q.Get("includeObject")))
}

func (s *Server) update(w http.ResponseWriter, r *http.Request, t *target, q url.Values) error {
	o, err := decode(r, t, q)
	if err != nil {
		return err
	}
	if o.Metadata.Name == "" {
		o.Metadata.Name = t.name
	}
	o, err = s.objects.change(t.key(), q.Has("dryRun"), func(old *object) (*object, error) { return o, checkChange(t.resource, old, o) })
	if err != nil {
		return err
	}
	return s.written(w, r, http.StatusOK, t, o, q)
}

func (s *Server) patch(w http.ResponseWriter, r *http.Request, t *target, q url.Values) error {
	body, err := readBody(r)
	if err != nil {
		return err
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	apply := patches[kind]
	if apply == nil {
		return unsupportedMedia(patchKinds)
	}
	o, err := s.objects.change(t.key(), q.Has("dryRun"), func(old *object) (*object, error) {
		present, err := json.Marshal(old)
		if err != nil {
			return nil, err
		}
		patched, err := apply(present, body)
		if err != nil {
			return nil, err
		}
		o, err := parse(patched, t, q)
		if err != nil {
			return nil, err
		}
		return o, checkChange(t.resource, old, o)
	})
	if err != nil {
		return err
	}
	return s.written(w, r, http.StatusOK, t, o, q)
}

// checkChange applies the rules for a new state of an object that there is.
func checkChange(res *resource, old, o *object) error {
	if o.Metadata.Name != old.Metadata.Name {
		return badRequest("the name of the object (%s) does not match the name on the URL (%s)", o.Metadata.Name, old.Metadata.Name)
	}
	if err := res.validate(res, o); err != nil {
		return err
	}
	if old.Immutable == nil || !*old.Immutable {
		return nil
	}
	// Source: Kubernetes documentation, "ConfigMaps", immutable ConfigMaps.
	if o.Immutable == nil || !*o.Immutable || !reflect.DeepEqual(o.Data, old.Data) || !reflect.DeepEqual(o.BinaryData, old.BinaryData) {
		return invalid(res, o.Metadata.Name, "data", "Forbidden: field is immutable when `immutable` is set")
	}
	return nil
}

// deleteOptions are the parts of DeleteOptions that matter here.
type deleteOptions struct {
	Preconditions struct {
		UID             string `json:"uid"`
		ResourceVersion string `json:"resourceVersion"`
	} `json:"preconditions"`
	DryRun []string `json:"dryRun"`
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request, t *target, q url.Values) error {
	body, err := readDocument(r, deleteMessage)
	if err != nil {
		return err
	}
	var in deleteOptions
	if len(bytes.TrimSpace(body)) > 0 {
		if err := json.Unmarshal(body, &in); err != nil {
			return badRequest("parse DeleteOptions: %v", err)
		}
	}
	o, gone, err := s.objects.remove(t.key(), q.Has("dryRun") || len(in.DryRun) > 0, func(o *object) error {
		p, m := in.Preconditions, o.Metadata
		switch {
		case p.UID != "" && p.UID != m.UID:
			return conflict(t.resource, t.name, fmt.Sprintf("Precondition failed: UID in precondition: %s, UID in object meta: %s", p.UID, m.UID))
		case p.ResourceVersion != "" && p.ResourceVersion != m.ResourceVersion:
			return conflict(t.resource, t.name, fmt.Sprintf("Precondition failed: ResourceVersion in precondition: %s, ResourceVersion in object meta: %s", p.ResourceVersion, m.ResourceVersion))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !gone || t.resource == namespaces { // a namespace's end is seen by watching
		return s.written(w, r, http.StatusOK, t, o, q)
	}
	done := &status{Kind: "Status", APIVersion: "v1", Status: "Success", Details: &details{Name: t.name, Group: t.resource.Group, Kind: t.resource.Name, UID: o.Metadata.UID}}
	return write(w, http.StatusOK, done)
}

func checkDryRun(q url.Values) error {
	for _, v := range q["dryRun"] {
		if v != "All" {
			return badRequest("dryRun: Unsupported value: %q: supported values: \"All\"", v)
		}
	}
	return nil
}

// decode reads the object in a request's body.
func decode(r *http.Request, t *target, q url.Values) (*object, error) {
	body, err := readDocument(r, t.resource.message)
	if err != nil {
		return nil, err
	}
	return parse(body, t, q)
}

// readDocument reads a body in JSON, or a message in protobuf as JSON.
func readDocument(r *http.Request, m message) ([]byte, error) {
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	switch kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); {
	case kind == "" || kind == "application/json":
		return body, nil
	case kind == protobufType && len(body) > 0:
		return protobufJSON(body, m)
	case kind == protobufType:
		return nil, nil
	}
	return nil, unsupportedMedia("application/json, " + protobufType)
}

func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, failure(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "Request entity too large: limit is %d", maxBody)
	} else if err != nil {
		return nil, badRequest("read body: %v", err)
	}
	return body, nil
}

// parse reads an object and checks that it belongs where the path says.
func parse(body []byte, t *target, q url.Values) (*object, error) {
	o := &object{}
	if err := json.Unmarshal(body, o); err != nil {
		return nil, badRequest("%s in version %q cannot be handled as a %s: %v", t.resource.Kind, t.resource.apiVersion(), t.resource.Kind, err)
	}
	if q.Get("fieldValidation") == "Strict" {
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields()
		if err := d.Decode(&object{}); err != nil {
			return nil, badRequest("%s in version %q cannot be handled as a %s: strict decoding error: %s", t.resource.Kind, t.resource.apiVersion(), t.resource.Kind, strings.TrimPrefix(err.Error(), "json: "))
		}
	}
	if o.Kind != "" && o.Kind != t.resource.Kind || o.APIVersion != "" && o.APIVersion != t.resource.apiVersion() {
		return nil, badRequest("the object is a %s %s, the path is for a %s %s", o.APIVersion, o.Kind, t.resource.apiVersion(), t.resource.Kind)
	}
	if ns := o.Metadata.Namespace; ns != "" && ns != t.namespace {
		return nil, badRequest("the namespace of the provided object does not match the namespace sent on the request")
	}
	return o, nil
}

// same reports whether two states of an object read the same.
func same(a, b *object) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
