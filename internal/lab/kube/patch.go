package kube

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// patches apply a patch to a document, by the patch's media type.
var patches = map[string]func(document, patch []byte) ([]byte, error){
	"application/merge-patch+json":           mergePatch,
	"application/strategic-merge-patch+json": mergePatch,
	"application/json-patch+json":            jsonPatch,
}

const patchKinds = "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json"

// read decodes JSON without losing digits of numbers.
func read(document io.Reader, into any) error {
	d := json.NewDecoder(document)
	d.UseNumber()
	return d.Decode(into)
}

// mergePatch is RFC 7386's, and the strategic one as far as namespaces and
// config maps need it: their only merged lists are finalizers and owner
// references, which are replaced here, and of the directives $patch is
// followed and what only orders lists is dropped.
func mergePatch(document, patch []byte) ([]byte, error) {
	var doc, p map[string]any
	if err := read(bytes.NewReader(document), &doc); err != nil {
		return nil, err
	}
	if err := read(bytes.NewReader(patch), &p); err != nil {
		return nil, badRequest("parse patch: %v", err)
	}
	return json.Marshal(merge(doc, p))
}

func merge(doc, patch map[string]any) map[string]any {
	if doc == nil || patch["$patch"] == "replace" {
		doc = map[string]any{}
	}
	if patch["$patch"] == "delete" {
		return map[string]any{}
	}
	for k, v := range patch {
		inner, isMap := v.(map[string]any)
		switch {
		case strings.HasPrefix(k, "$"):
		case v == nil:
			delete(doc, k)
		case isMap:
			was, _ := doc[k].(map[string]any)
			doc[k] = merge(was, inner)
		default:
			doc[k] = v
		}
	}
	return doc
}

// An operation is one step of an RFC 6902 patch.
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	From  string `json:"from"`
	Value any    `json:"value"`
}

// maxOperations is what kube-apiserver takes in one JSON patch.
const maxOperations = 10000

func jsonPatch(document, patch []byte) ([]byte, error) {
	var doc any
	if err := read(bytes.NewReader(document), &doc); err != nil {
		return nil, err
	}
	var ops []operation
	if err := read(bytes.NewReader(patch), &ops); err != nil {
		return nil, badRequest("parse patch: %v", err)
	}
	if len(ops) > maxOperations {
		return nil, failure(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "The allowed maximum operations in a JSON patch is %d, got %d", maxOperations, len(ops))
	}
	for _, op := range ops {
		var err error
		if doc, err = op.apply(doc); err != nil {
			return nil, err
		}
	}
	return json.Marshal(doc)
}

func (op operation) apply(doc any) (any, error) {
	switch op.Op {
	case "add", "replace", "remove":
		return edit(doc, pointer(op.Path), op.Op, op.Value)
	case "copy", "move":
		v, ok := lookup(doc, pointer(op.From))
		if !ok {
			return nil, op.missing(op.From)
		}
		v = copied(v)
		if op.Op == "move" {
			var err error
			if doc, err = edit(doc, pointer(op.From), "remove", nil); err != nil {
				return nil, err
			}
		}
		return edit(doc, pointer(op.Path), "add", v)
	case "test":
		v, ok := lookup(doc, pointer(op.Path))
		a, _ := json.Marshal(v)
		b, _ := json.Marshal(op.Value)
		if !ok || !bytes.Equal(a, b) {
			return nil, failure(http.StatusUnprocessableEntity, "Invalid", "the server rejected our request due to an error in our request: testing value %s failed", op.Path)
		}
		return doc, nil
	}
	return nil, badRequest("parse patch: unknown operation %q", op.Op)
}

func (op operation) missing(path string) error {
	return failure(http.StatusUnprocessableEntity, "Invalid", "the server rejected our request due to an error in our request: %s operation does not apply: %q is not there", op.Op, path)
}

// pointer splits an RFC 6901 pointer.
func pointer(path string) []string {
	if path == "" {
		return nil
	}
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(strings.ReplaceAll(p, "~1", "/"), "~0", "~")
	}
	return parts
}

func lookup(doc any, path []string) (any, bool) {
	for _, p := range path {
		switch at := doc.(type) {
		case map[string]any:
			v, ok := at[p]
			if !ok {
				return nil, false
			}
			doc = v
		case []any:
			i, err := strconv.Atoi(p)
			if err != nil || i < 0 || i >= len(at) {
				return nil, false
			}
			doc = at[i]
		default:
			return nil, false
		}
	}
	return doc, true
}

// edit returns the document with one place added, replaced or removed.
func edit(doc any, path []string, how string, value any) (any, error) {
	missing := operation{Op: how}.missing("/" + strings.Join(path, "/"))
	if len(path) == 0 {
		if how == "remove" {
			return nil, missing
		}
		return value, nil
	}
	first, last := path[0], len(path) == 1
	switch at := doc.(type) {
	case map[string]any:
		v, ok := at[first]
		switch {
		case !ok && (!last || how != "add"):
			return nil, missing
		case last && how == "remove":
			delete(at, first)
			return at, nil
		case last:
			at[first] = value
			return at, nil
		}
		v, err := edit(v, path[1:], how, value)
		at[first] = v
		return at, err
	case []any:
		i, err := strconv.Atoi(first)
		if first == "-" && last && how == "add" {
			i, err = len(at), nil
		}
		if err != nil || i < 0 || i > len(at) || i == len(at) && !(last && how == "add") {
			return nil, missing
		}
		switch {
		case last && how == "add":
			return slices.Insert(at, i, value), nil
		case last && how == "remove":
			return slices.Delete(at, i, i+1), nil
		case last:
			at[i] = value
			return at, nil
		}
		at[i], err = edit(at[i], path[1:], how, value)
		return at, err
	}
	return nil, missing
}

// copied returns a value that shares nothing with the one that it is of.
func copied(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var out any
	if read(bytes.NewReader(text), &out) != nil {
		return nil
	}
	return out
}
