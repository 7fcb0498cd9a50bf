package kube

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// A status is Kubernetes' answer for what did not go as asked, and for a
// deletion that did. Source: Kubernetes API reference, Status.
type status struct {
	Kind       string   `json:"kind"`
	APIVersion string   `json:"apiVersion"`
	Metadata   struct{} `json:"metadata"`
	Status     string   `json:"status"`
	Message    string   `json:"message,omitempty"`
	Reason     string   `json:"reason,omitempty"`
	Details    *details `json:"details,omitempty"`
	Code       int      `json:"code,omitempty"`
}

type details struct {
	Name              string  `json:"name,omitempty"`
	Group             string  `json:"group,omitempty"`
	Kind              string  `json:"kind,omitempty"` // of a failure: the resource
	UID               string  `json:"uid,omitempty"`
	Causes            []cause `json:"causes,omitempty"`
	RetryAfterSeconds int     `json:"retryAfterSeconds,omitempty"`
}

type cause struct {
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	Field   string `json:"field,omitempty"`
}

func (s *status) Error() string { return s.Message }

func failure(code int, reason, format string, args ...any) *status {
	return &status{Kind: "Status", APIVersion: "v1", Status: "Failure", Code: code, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// about adds what a failure is of.
func (s *status) about(res *resource, name string, causes ...cause) *status {
	s.Details = &details{Name: name, Group: res.Group, Kind: res.Name, Causes: causes}
	return s
}

func unauthorized() *status {
	return failure(http.StatusUnauthorized, "Unauthorized", "Unauthorized")
}

func notFound(res *resource, name string) *status {
	return failure(http.StatusNotFound, "NotFound", "%s %q not found", res.qualified(), name).about(res, name)
}

func alreadyExists(res *resource, name string) *status {
	return failure(http.StatusConflict, "AlreadyExists", "%s %q already exists", res.qualified(), name).about(res, name)
}

func conflict(res *resource, name, why string) *status {
	return failure(http.StatusConflict, "Conflict", "Operation cannot be fulfilled on %s %q: %s", res.qualified(), name, why).about(res, name)
}

func forbidden(res *resource, name, why string) *status {
	return failure(http.StatusForbidden, "Forbidden", "%s %q is forbidden: %s", res.qualified(), name, why).about(res, name)
}

func invalid(res *resource, name, field, why string) *status {
	s := failure(http.StatusUnprocessableEntity, "Invalid", "%s %q is invalid: %s: %s", res.Kind, name, field, why)
	s.Details = &details{Name: name, Group: res.Group, Kind: res.Kind, Causes: []cause{{"FieldValueInvalid", why, field}}}
	return s
}

func badRequest(format string, args ...any) *status {
	return failure(http.StatusBadRequest, "BadRequest", format, args...)
}

func notAllowed() *status {
	return failure(http.StatusMethodNotAllowed, "MethodNotAllowed", "the server does not allow this method on the requested resource")
}

func notAcceptable() *status {
	return failure(http.StatusNotAcceptable, "NotAcceptable", "only the following media types are accepted: application/json")
}

func unsupportedMedia(accepted string) *status {
	return failure(http.StatusUnsupportedMediaType, "UnsupportedMediaType", "the body of the request was in an unknown format - accepted media types include: %s", accepted)
}

// expired tells a watcher that it has missed events and must list again.
func expired(asked, oldest int64) *status {
	return failure(http.StatusGone, "Expired", "too old resource version: %d (%d)", asked, oldest)
}

// tooLarge refuses a resource version of the future, such as that of an
// earlier cluster of the same name.
func tooLarge(asked, current int64) *status {
	s := failure(http.StatusGatewayTimeout, "Timeout", "Too large resource version: %d, current: %d", asked, current)
	s.Details = &details{Causes: []cause{{"ResourceVersionTooLarge", "Too large resource version", ""}}, RetryAfterSeconds: 1}
	return s
}

// answer writes a document.
func answer(w http.ResponseWriter, code int, document any) {
	body, err := json.Marshal(document)
	if err != nil { // nothing that the server holds fails to encode
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(append(body, '\n')) // the client is gone: nobody is left to tell
}

// refuse writes an error as a status.
func refuse(w http.ResponseWriter, err error) {
	s, ok := errors.AsType[*status](err)
	if !ok {
		s = failure(http.StatusInternalServerError, "InternalError", "Internal error occurred: %v", err)
	}
	answer(w, s.Code, s)
}
