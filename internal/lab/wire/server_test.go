package wire_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/wire"
)

// TestFaults encodes an error in each protocol.
func TestFaults(t *testing.T) {
	const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	tests := map[string]struct{ body, errorType string }{
		"query": {body: xmlHead + `<ErrorResponse xmlns="https://demo.example/doc/"><Error><Type>Sender</Type><Code>GoneException</Code><Message>a &lt;b&gt;</Message></Error><RequestId>id-1</RequestId></ErrorResponse>`},
		"ec2":   {body: xmlHead + `<Response><Errors><Error><Code>GoneException</Code><Message>a &lt;b&gt;</Message></Error></Errors><RequestID>id-1</RequestID></Response>`},
		"json":  {body: `{"__type":"GoneException","message":"a <b>"}`},
		"rest-json": {
			body:      `{"message":"a <b>"}`,
			errorType: "GoneException",
		},
	}
	for protocol, want := range tests {
		d := newDemo(protocol)
		d.err = &wire.Error{Code: "GoneException", Message: "a <b>", Sender: true}
		w := d.put(t, protocol)
		// 410 is what the service's model says.
		if w.Code != 410 || w.Body.String() != want.body || w.Header().Get("X-Amzn-Errortype") != want.errorType {
			t.Errorf("%s: %d %s %s", protocol, w.Code, w.Header(), w.Body)
		}
	}
	d := newDemo("query")
	d.err = &wire.Error{Code: "Broken", Message: "m", Status: 503}
	if w := d.put(t, "query"); w.Code != 503 || !strings.Contains(w.Body.String(), "<Type>Receiver</Type>") {
		t.Errorf("a fault of the service's: %d %s", w.Code, w.Body)
	}
}

// TestUnknown refuses what the lab lacks, by name.
func TestUnknown(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	tests := []struct {
		name, protocol, method, target, body string
		headers                              []string
		code, message                        string
	}{
		{"query", "query", "POST", "/", "Action=Nope&Version=2020-01-01", []string{"Content-Type", form}, "InvalidAction", "the action Nope of demo-query"},
		{"query, no action", "query", "POST", "/", "Version=2020-01-01", []string{"Content-Type", form}, "InvalidAction", "(none given)"},
		{"query, other version", "query", "POST", "/", "Action=Put&Version=1999-01-01&Must=m", []string{"Content-Type", form}, "InvalidAction", "version 1999-01-01 of demo-query (asked for Put)"},
		{"query in the URL", "query", "GET", "/?Action=Nope", "", nil, "InvalidAction", "Nope"},
		{"ec2", "ec2", "POST", "/", "Action=Nope", []string{"Content-Type", form}, "InvalidAction", "Nope"},
		{"json", "json", "POST", "/", "{}", []string{"X-Amz-Target", "Demo_2020.Nope"}, "UnknownOperationException", "Nope"},
		{"json, other target", "json", "POST", "/", "{}", []string{"X-Amz-Target", "Else.Put"}, "UnknownOperationException", "Put"},
		{"json, no handler", "json", "POST", "/", "{}", []string{"X-Amz-Target", "Demo_2020.Unbuilt"}, "UnknownOperationException", "Unbuilt"},
		{"rest-json, known to AWS", "rest-json", "GET", "/things?list", "", nil, "UnknownOperationException", "the action ListThings"},
		{"rest-json, known to nobody", "rest-json", "GET", "/a%2Fb", "", nil, "UnknownOperationException", "GET /a%2Fb"},
		{"rest-json, bad label", "rest-json", "POST", "/things//b", "", nil, "UnknownOperationException", "POST /things//b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDemo(tt.protocol)
			w := d.send(t, tt.method, tt.target, tt.body, tt.headers...)
			if w.Code != 400 || d.records[0].Code != tt.code || !strings.Contains(w.Body.String(), tt.message) {
				t.Errorf("got %d %s %s", w.Code, d.records[0].Code, w.Body)
			}
		})
	}
}

// TestUnknownService answers in the protocol that the request looks like.
func TestUnknownService(t *testing.T) {
	for _, tt := range []struct {
		service string
		headers []string
		body    string
		want    string
	}{
		{"s3", nil, "", "<Code>UnknownService</Code>"},
		{"sqs", []string{"Content-Type", "application/x-www-form-urlencoded"}, "Action=Send", "<Code>UnknownService</Code>"},
		{"sqs", []string{"X-Amz-Target", "T.Send"}, "{}", `"__type":"UnknownService"`},
		{"sqs", nil, "", `{"message":"The lab does not have the service sqs (asked for POST /).`},
	} {
		d := newDemo("query")
		headers := append([]string{"Authorization", strings.Replace(demoAuth, "/demo/", "/"+tt.service+"/", 1)}, tt.headers...)
		w := d.send(t, "POST", "/", tt.body, headers...)
		if w.Code != 400 || !strings.Contains(w.Body.String(), tt.want) || !strings.Contains(w.Body.String(), "service "+tt.service) {
			t.Errorf("got %d %s, want %s", w.Code, w.Body, tt.want)
		}
	}
}

// TestSeveralProtocols speaks two protocols to one service, and to two services
// of one signing name.
func TestSeveralProtocols(t *testing.T) {
	d := newDemo("query", "json")
	d.out = &everything{Text: new("x")}
	if w := d.put(t, "query"); w.Code != 200 || !strings.Contains(w.Body.String(), "<text>x</text>") {
		t.Errorf("query: %d %s", w.Code, w.Body)
	}
	if w := d.put(t, "json"); w.Code != 200 || w.Body.String() != `{"text":"x"}` {
		t.Errorf("JSON: %d %s", w.Code, w.Body)
	}
	both := newDemo("json")
	both.Tables[0].Service.Protocols = []string{"rpc-of-the-future", "json", "query"}
	both.out = d.out
	if w := both.put(t, "query"); w.Code != 200 || !strings.Contains(w.Body.String(), "<text>x</text>") {
		t.Errorf("second protocol: %d %s", w.Code, w.Body)
	}
}

func TestCredentials(t *testing.T) {
	tests := []struct {
		name, target, authorization, token string
		want                               wire.Credential
		code                               string
	}{
		{name: "header", target: "/", authorization: demoAuth, token: "tok",
			want: wire.Credential{AccessKey: "KEY", Region: "eu-west-1", Service: "demo", Token: "tok"}},
		{name: "presigned", target: "/?Action=Void&Version=2020-01-01&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=K%2F20260101%2Fus-east-1%2Fdemo%2Faws4_request&X-Amz-Security-Token=t%2B1&X-Amz-Signature=0&X-Amz-Expires=60&X-Amz-Date=20260101T000000Z&X-Amz-SignedHeaders=host",
			want: wire.Credential{AccessKey: "K", Region: "us-east-1", Service: "demo", Token: "t+1", Presigned: true}},
		{name: "unsigned", target: "/", code: "MissingAuthenticationToken"},
		{name: "another algorithm", target: "/", authorization: "Bearer x", code: "IncompleteSignature"},
		{name: "no credential", target: "/", authorization: "AWS4-HMAC-SHA256 Signature=0", code: "IncompleteSignature"},
		{name: "short scope", target: "/", authorization: "AWS4-HMAC-SHA256 Credential=K/demo/aws4_request", code: "IncompleteSignature"},
		{name: "empty part", target: "/", authorization: "AWS4-HMAC-SHA256 Credential=K/20260101//demo/aws4_request", code: "IncompleteSignature"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDemo("ec2")
			var got wire.Credential
			d.Authenticate = func(_ context.Context, c wire.Credential) (wire.Caller, error) {
				got = c
				return wire.Caller{Account: "1"}, nil
			}
			method, body := "GET", ""
			if tt.target == "/" {
				method, body = "POST", "Action=Void"
			}
			r := httptest.NewRequest(method, tt.target, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if tt.authorization != "" {
				r.Header.Set("Authorization", tt.authorization)
			}
			r.Header.Set("X-Amz-Security-Token", tt.token)
			w := httptest.NewRecorder()
			d.ServeHTTP(w, r)
			if d.records[0].Code != tt.code {
				t.Errorf("code %q, want %q: %s", d.records[0].Code, tt.code, w.Body)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("credential (-want +got):\n%s", diff)
			}
		})
	}
}

// TestUnknownKey says it in the service's words.
func TestUnknownKey(t *testing.T) {
	for protocol, want := range map[string]struct {
		code   string
		status int
	}{
		"query":     {"InvalidClientTokenId", 403},
		"ec2":       {"AuthFailure", 401},
		"json":      {"UnrecognizedClientException", 403},
		"rest-json": {"UnrecognizedClientException", 403},
	} {
		for _, refusal := range []error{errors.New("who?"), &wire.Error{Code: "InvalidClientTokenId", Message: "who?"}} {
			d := newDemo(protocol)
			d.Authenticate = func(context.Context, wire.Credential) (wire.Caller, error) { return wire.Caller{}, refusal }
			w := d.put(t, protocol)
			if w.Code != want.status || d.records[0].Code != want.code || !strings.Contains(w.Body.String(), "who?") {
				t.Errorf("%s: %d %s", protocol, w.Code, w.Body)
			}
		}
	}
	d := newDemo("query")
	d.Authenticate = func(context.Context, wire.Credential) (wire.Caller, error) {
		return wire.Caller{}, &wire.Error{Code: "ExpiredToken", Message: "old", Status: 403}
	}
	if w := d.put(t, "query"); w.Code != 403 || d.records[0].Code != "ExpiredToken" {
		t.Errorf("expired: %d %s", w.Code, w.Body)
	}
}

// TestBefore runs in order, may change the caller, and ends at the first error.
func TestBefore(t *testing.T) {
	d := newDemo("query")
	var seen []string
	d.Before = []func(context.Context, *wire.Call) error{
		func(_ context.Context, c *wire.Call) error {
			seen = append(seen, c.Service, c.Signing, c.Action, c.IAM, c.Caller.Account, c.Caller.Region, *c.Input.(*everything).Must)
			return nil
		},
		func(context.Context, *wire.Call) error { return errors.New("throttled") },
		func(context.Context, *wire.Call) error { t.Error("went on after an error"); return nil },
	}
	d.Explain = func(err error) *wire.Error {
		return &wire.Error{Code: "Throttling", Message: err.Error(), Status: 400, Sender: true}
	}
	w := d.put(t, "query")
	want := []string{"demo-query", "demo", "Put", "demo:Put", "111111111111", "eu-west-1", "m"}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("call (-want +got):\n%s", diff)
	}
	if d.in != nil || w.Code != 400 || !strings.Contains(w.Body.String(), "<Code>Throttling</Code><Message>throttled") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	rec := d.records[0]
	if rec.Time.IsZero() || rec.Service != "demo-query" || rec.Action != "Put" || rec.Caller.ARN != "KEY" || rec.Code != "Throttling" || rec.Status != 400 || rec.RequestID != "id-1" {
		t.Errorf("record: %+v", rec)
	}
}

// TestLabFailures are the lab's own mistakes: a 500 for the client, the cause in
// the log.
func TestLabFailures(t *testing.T) {
	for name, serve := range map[string]wire.Handler{
		"cause unknown": func(context.Context, wire.Caller, any) (any, error) { return nil, errors.New("the cause") },
		"panic":         func(context.Context, wire.Caller, any) (any, error) { panic("the cause") },
	} {
		var log bytes.Buffer
		d := newDemo()
		d.Logger = slog.New(slog.NewTextHandler(&log, nil))
		d.Explain = func(error) *wire.Error { return nil }
		d.Tables = []*wire.Table{wire.NewTable("demo", "demo", demoService("query"), wire.Action{Name: "Put", Serve: serve})}
		w := d.put(t, "query")
		if w.Code != 500 || !strings.Contains(w.Body.String(), "InternalFailure") || strings.Contains(w.Body.String(), "the cause") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if !strings.Contains(log.String(), "the cause") {
			t.Errorf("%s: log %q", name, &log)
		}
	}
}

func TestTooLarge(t *testing.T) {
	d := newDemo("query")
	if w := d.form(t, putForm+"&Must="+strings.Repeat("x", 5<<20)); w.Code != http.StatusRequestEntityTooLarge || d.in != nil {
		t.Errorf("got %d", w.Code)
	}
}

// TestRequestIDs makes ids of its own: version 4 UUIDs, all different.
func TestRequestIDs(t *testing.T) {
	d := newDemo("json")
	d.RequestID = nil
	a, b := d.put(t, "json").Header().Get("X-Amzn-Requestid"), d.put(t, "json").Header().Get("X-Amzn-Requestid")
	if len(a) != 36 || a[14] != '4' || a == b {
		t.Errorf("ids %q and %q", a, b)
	}
}

func TestOp(t *testing.T) {
	d := newDemo()
	fail := false
	put := func(_ context.Context, c wire.Caller, in *everything) (*everything, error) {
		if fail {
			return nil, &wire.Error{Code: "Bad", Message: "m", Status: 400}
		}
		return &everything{Text: new(c.Account + wire.Value(in.Must))}, nil
	}
	d.Tables = []*wire.Table{wire.NewTable("demo", "demo", demoService("json"), wire.Op("Put", put, "Bad"))}
	if w := d.put(t, "json"); w.Body.String() != `{"text":"111111111111m"}` {
		t.Errorf("got %s", w.Body)
	}
	fail = true
	if w := d.put(t, "json"); w.Code != 400 || !strings.Contains(w.Body.String(), "Bad") {
		t.Errorf("got %s", w.Body)
	}
}

func TestValues(t *testing.T) {
	if wire.Value[int](nil) != 0 || wire.Value(new("x")) != "x" || wire.Set("") != nil || *wire.Set("x") != "x" {
		t.Error("Value or Set is wrong")
	}
}
