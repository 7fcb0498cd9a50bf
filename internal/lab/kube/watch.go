package kube

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Times of watches. Source: Kubernetes documentation, kube-apiserver,
// --min-request-timeout (a watch lasts from one to two of it), and
// "Kubernetes API Concepts", watch bookmarks.
const (
	watchTime     = 30 * time.Minute
	bookmarkEvery = time.Minute
)

// A change is one line of a watch.
type change struct {
	Type   string `json:"type"` // ADDED MODIFIED DELETED BOOKMARK ERROR
	Object any    `json:"object"`
}

// A watch is one client's view of a collection's changes.
type watch struct {
	target    *target
	form      form
	include   string
	now       func() time.Time
	want      func(key, *object) bool
	bookmarks bool
	out       *json.Encoder
	flush     func() error
	headed    bool // the first table had its columns
}

// watch answers with the changes since a version until the client or its
// timeoutSeconds ends it. Source: Kubernetes documentation, "Kubernetes API
// Concepts", efficient detection of changes, and streaming lists.
func (s *Server) watch(w http.ResponseWriter, r *http.Request, t *target, q url.Values) error {
	from, initial, err := watchStart(q)
	if err != nil {
		return err
	}
	view := &watch{target: t, include: q.Get("includeObject"), now: s.opts.Now, bookmarks: q.Get("allowWatchBookmarks") == "true", out: json.NewEncoder(w), flush: http.NewResponseController(w).Flush}
	if view.form, err = negotiate(r); err != nil {
		return err
	}
	if view.want, err = t.filter(q); err != nil {
		return err
	}
	limit, err := watchLimit(q)
	if err != nil {
		return err
	}
	if from > 0 && !initial {
		if _, _, err := s.objects.since(from); err != nil {
			return err
		}
	}
	if current := s.objects.current(); from > current {
		return tooLarge(from, current)
	}
	end := time.NewTimer(limit)
	defer end.Stop()
	mark := time.NewTicker(bookmarkEvery)
	defer mark.Stop()

	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	if view.flush() != nil {
		return nil // the client is gone, here and below
	}
	switch {
	case initial:
		var items []*object
		items, from = s.objects.list(t.resource, view.want)
		for _, o := range items {
			if view.send("ADDED", o) != nil {
				return nil
			}
		}
		if q.Get("sendInitialEvents") == "true" && view.bookmark(from, true) != nil {
			return nil
		}
	case from == 0:
		from = s.objects.current()
	}
	for {
		events, changed, err := s.objects.since(from)
		if err != nil {
			_ = view.out.Encode(change{"ERROR", err}) // a client that is gone needs none
			return nil
		}
		for _, e := range events {
			if view.tell(e) != nil {
				return nil
			}
			from = e.version
		}
		if view.flush() != nil {
			return nil
		}
		select {
		case <-changed:
		case <-mark.C:
			if view.bookmark(from, false) != nil {
				return nil
			}
		case <-end.C:
			_ = view.bookmark(from, false)
			return nil
		case <-r.Context().Done():
			return nil
		}
	}
}

// watchStart reads where a watch begins: after a version, or with what there
// is.
func watchStart(q url.Values) (from int64, initial bool, err error) {
	if from, err = parseResourceVersion(q); err != nil {
		return 0, false, err
	}
	switch q.Get("sendInitialEvents") {
	case "true":
		if q.Get("resourceVersionMatch") != "NotOlderThan" || q.Get("allowWatchBookmarks") != "true" {
			return 0, false, failure(http.StatusUnprocessableEntity, "Invalid", "sendInitialEvents: Forbidden: it needs resourceVersionMatch=NotOlderThan and allowWatchBookmarks=true")
		}
		return from, true, nil
	case "":
		return from, from == 0, nil
	}
	return from, false, nil
}

func watchLimit(q url.Values) (time.Duration, error) {
	text := q.Get("timeoutSeconds")
	if text == "" || text == "0" {
		return watchTime + rand.N(watchTime), nil
	}
	seconds, err := strconv.ParseInt(text, 10, 32)
	if err != nil || seconds < 0 {
		return 0, badRequest("timeoutSeconds: Invalid value: %q: want a whole number", text)
	}
	return time.Duration(seconds) * time.Second, nil
}

// tell sends what an event is for this client: an object that begins to be
// wanted is added for it, one that ends to be wanted is deleted.
func (v *watch) tell(e event) error {
	before := e.before != nil && v.want(e.key, e.before)
	after := e.after != nil && v.want(e.key, e.after)
	switch {
	case before && after:
		return v.send("MODIFIED", e.after)
	case after:
		return v.send("ADDED", e.after)
	case before:
		return v.send("DELETED", e.before.at(e.version))
	}
	return nil
}

func (v *watch) send(kind string, o *object) error {
	document := v.form.one(v.target.resource, o, v.now(), v.include)
	if t, ok := document.(table); ok {
		if v.headed {
			t.Columns = nil
		}
		v.headed, document = true, t
	}
	return v.out.Encode(change{kind, document})
}

// bookmark tells a client that asked for such how far it has seen everything.
// initial marks the end of what was there at first.
func (v *watch) bookmark(version int64, initial bool) error {
	if !v.bookmarks {
		return nil
	}
	o := &object{Kind: v.target.resource.Kind, APIVersion: v.target.resource.apiVersion(), Metadata: meta{ResourceVersion: strconv.FormatInt(version, 10)}}
	if initial {
		o.Metadata.Annotations = map[string]string{"k8s.io/initial-events-end": "true"}
	}
	var document any = o
	switch v.form {
	case asTable:
		document = table{Kind: "Table", APIVersion: metaVersion, Metadata: listMeta{o.Metadata.ResourceVersion}, Rows: []row{{Cells: []any{}, Object: metadataOf(o)}}}
	case asMetadata:
		document = metadataOf(o)
	}
	if err := v.out.Encode(change{"BOOKMARK", document}); err != nil {
		return err
	}
	return v.flush()
}
