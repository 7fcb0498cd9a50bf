package lab

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"postern/internal/lab/faults"
	"postern/internal/lab/state"
)

// tokenHeader carries the control API's token.
const tokenHeader = "X-Postern-Lab-Token"

// controlPath is where the control API begins; everything else is AWS's.
const controlPath = "/_lab/v1/"

// maxControlBody bounds a control request: a fault or a move is a line.
const maxControlBody = 64 << 10

// ServeHTTP answers AWS requests and the control API.
//
// A browser on this machine can be made to send requests here, by any page,
// so requests are refused that come from a page (Origin, Sec-Fetch-Site) or
// that name another host than this one (a name that an attacker's DNS points
// to loopback). No AWS client sends such.
func (l *Lab) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch site := r.Header.Get("Sec-Fetch-Site"); {
	case !l.ourHost(r.Host):
		writeError(w, refuse(http.StatusForbidden, "host %q is not this lab: use localhost or 127.0.0.1 and port %s", r.Host, l.port))
	case r.Header.Get("Origin") != "" || site != "" && site != "none":
		writeError(w, refuse(http.StatusForbidden, "requests of web pages are refused"))
	case strings.HasPrefix(r.URL.Path, "/_lab/"):
		l.control.ServeHTTP(w, r)
	default:
		l.server.ServeHTTP(w, r)
	}
}

// ourHost accepts loopback addresses, localhost and the names below it, with
// the lab's port.
func (l *Lab) ourHost(hostport string) bool {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil || port != l.port {
		return false
	}
	if host = strings.ToLower(host); host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

func (l *Lab) newControl() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, f func(r *http.Request) (any, error)) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+controlPath+path, func(w http.ResponseWriter, r *http.Request) {
			if subtle.ConstantTimeCompare([]byte(r.Header.Get(tokenHeader)), []byte(l.Token())) != 1 {
				writeError(w, refuse(http.StatusForbidden, "the token in %s is missing or not this lab's", tokenHeader))
				return
			}
			out, err := f(r)
			if err != nil {
				writeError(w, err)
				return
			}
			writeJSON(w, http.StatusOK, out)
		})
	}
	handle("GET state", func(*http.Request) (any, error) { return l.State(), nil })
	handle("GET faults", func(*http.Request) (any, error) { return faultsDoc{Schema, l.Faults()}, nil })
	handle("POST faults", l.postFault)
	handle("DELETE faults", func(*http.Request) (any, error) { return clearedDoc{Schema, l.ClearFaults()}, nil })
	handle("DELETE faults/{id}", l.deleteFault)
	handle("POST moves", l.postMove)
	handle("GET calls", l.getCalls)
	mux.HandleFunc("/_lab/", func(w http.ResponseWriter, r *http.Request) {
		writeError(w, refuse(http.StatusNotFound, "the lab has no %s %s: it has GET state, GET, POST and DELETE faults, POST moves, GET calls below %s", r.Method, r.URL.Path, controlPath))
	})
	return mux
}

type (
	faultDoc struct {
		Fault string `json:"fault"`
	}
	faultsDoc struct {
		Schema string          `json:"schema"`
		Faults []faults.Active `json:"faults"`
	}
	clearedDoc struct {
		Schema  string `json:"schema"`
		Cleared int    `json:"cleared"`
	}
	movedDoc struct {
		Schema string `json:"schema"`
		Moved
	}
	callsDoc struct {
		Schema string       `json:"schema"`
		Calls  []state.Call `json:"calls"`
		Next   int          `json:"next"` // after= for the calls from here on
	}
	errorDoc struct {
		Error string `json:"error"`
	}
)

func (l *Lab) postFault(r *http.Request) (any, error) {
	var doc faultDoc
	if err := readJSON(r, &doc); err != nil {
		return nil, err
	}
	f, err := faults.Parse(doc.Fault)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "%v", err)
	}
	active, err := l.AddFault(f)
	if err != nil {
		return nil, err
	}
	return faultsDoc{Schema, []faults.Active{active}}, nil
}

func (l *Lab) deleteFault(r *http.Request) (any, error) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || !l.RemoveFault(id) {
		return nil, refuse(http.StatusNotFound, "no fault %s is in force", r.PathValue("id"))
	}
	return clearedDoc{Schema, 1}, nil
}

func (l *Lab) postMove(r *http.Request) (any, error) {
	var m Move
	if err := readJSON(r, &m); err != nil {
		return nil, err
	}
	moved, err := l.Move(m)
	if err != nil {
		return nil, err
	}
	return movedDoc{Schema, moved}, nil
}

func (l *Lab) getCalls(r *http.Request) (any, error) {
	calls := l.store.Calls()
	after := 0
	if text := r.URL.Query().Get("after"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, refuse(http.StatusBadRequest, "after=%s is not a whole number from 0", text)
		}
		after = min(n, len(calls))
	}
	return callsDoc{Schema, append([]state.Call{}, calls[after:]...), len(calls)}, nil
}

func readJSON(r *http.Request, into any) error {
	d := json.NewDecoder(io.LimitReader(r.Body, maxControlBody))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return refuse(http.StatusBadRequest, "read request: %v", err)
	}
	return nil
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"error":"the answer cannot be written as JSON"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(append(body, '\n')) // a client that is gone needs no answer
}

func writeError(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	if r, ok := errors.AsType[*refusal](err); ok {
		status = r.status
	} else if e, ok := asState(err); ok {
		status = e.Status
	}
	writeJSON(w, status, errorDoc{err.Error()})
}
