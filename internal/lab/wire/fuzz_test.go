package wire_test

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postern/internal/lab/wire"
)

// echoDemo answers Put with its input.
func echoDemo(protocol string) *demo {
	d := newDemo(protocol)
	for name, a := range d.Tables[0].Actions {
		serve := a.Serve
		a.Serve = func(ctx context.Context, c wire.Caller, in any) (any, error) {
			_, _ = serve(ctx, c, in)
			if name == "Put" {
				return in, nil
			}
			return nil, nil
		}
		d.Tables[0].Actions[name] = a
	}
	return d
}

// checkAnswer: whatever the request, the answer is a success or the client's
// fault, and is recorded once.
func checkAnswer(t *testing.T, d *demo, w *recorder) {
	t.Helper()
	if w.Code != 200 && w.Code != 202 && w.Code != 204 && (w.Code < 400 || w.Code > 499) {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if (w.Code >= 400) != (d.records[0].Code != "") || len(d.records) != 1 {
		t.Fatalf("status %d, records %+v", w.Code, d.records)
	}
}

func checkXML(t *testing.T, doc io.Reader) {
	t.Helper()
	dec := xml.NewDecoder(doc)
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("answer is not XML: %v", err)
		}
	}
}

func fuzzForm(f *testing.F, protocol string) {
	for _, s := range []string{
		putForm + "&Must=m&small=1&list.item.1=x&map.entry.1.key=k&map.entry.1.value=v",
		putForm + "&Must=m&Parts.member.3.inner.inner.name=q&PartSet.1.Name=x&MapOf.1.k=a&MapOf.1.v.name=b",
		putForm + "&when=0000-01-01T00:00:00%2B23:59&Must=&list=&flag=TRUE&double=Infinity&blob=AA==",
		"Action=Put&Action=Void&a..b=1&.=2&%zz", "Action=Void;x",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		d := echoDemo(protocol)
		w := d.form(t, body)
		checkAnswer(t, d, w)
		checkXML(t, w.Body)
	})
}

func FuzzQuery(f *testing.F) { fuzzForm(f, "query") }
func FuzzEC2(f *testing.F)   { fuzzForm(f, "ec2") }

// FuzzJSON also sends each answer back: what was read and written reads the same.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"Must":"m","small":1,"when":1.5,"map":{"a":"b"},"Parts":[{"name":"n","inner":{"name":"i"}}],"double":"NaN"}`,
		`{"Must":"m","when":-62135596800,"big":9223372036854775807,"blob":"","single":1e-45}`, `[]`, `null`, `{"Must":null}`, `{"flag":[[[[`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		d := echoDemo("json")
		w := d.json(t, "Put", body)
		checkAnswer(t, d, w)
		if w.Code != http.StatusOK {
			return
		}
		if !utf8.Valid(w.Body.Bytes()) {
			t.Fatalf("answer is not UTF-8: %q", w.Body)
		}
		first := d.in
		if w = d.json(t, "Put", w.Body.String()); w.Code != http.StatusOK {
			t.Fatalf("its own answer is refused: %s", w.Body)
		}
		if diff := cmp.Diff(first, d.in, cmpopts.EquateNaNs()); diff != "" {
			t.Fatalf("read again (-first +second):\n%s", diff)
		}
	})
}

func FuzzRestJSON(f *testing.F) {
	f.Add("POST", "/things/a/b", "max=1&kind=x&since=2026-01-01T00:00:00Z&o=1&o=2", "Wed, 04 Mar 2026 05:06:07 GMT", `{"name":"n"}`)
	f.Add("POST", "/things/%2F/%zz", "max=&%zz", "", `{`)
	f.Add("GET", "/things", "list", "x", "")
	f.Add("PUT", "/text", "", "", "\xff")
	f.Fuzz(func(t *testing.T, method, path, query, header, body string) {
		r, err := http.NewRequest(method, "http://127.0.0.1/", nil)
		if err != nil {
			t.Skip("not an HTTP method")
		}
		if u, err := r.URL.Parse(path); err == nil && u.Host == "127.0.0.1" {
			r.URL = u
		}
		r.URL.RawQuery = query
		d := echoDemo("rest-json")
		w := d.do(r, body, "If-Modified-Since", header, "X-Words", header, "X-Meta-A", header)
		checkAnswer(t, d, w)
		if in, ok := d.in.(*restIn); ok && w.Code < 300 && wire.Value(in.ID) == "" {
			t.Fatalf("a path without a label's value was taken: %q", path)
		}
	})
}

// FuzzCredential: only a whole scope is taken, and it is taken as written.
func FuzzCredential(f *testing.F) {
	f.Add(demoAuth)
	f.Add("AWS4-HMAC-SHA256 Credential=a/b/c/demo/aws4_request,Credential=/")
	f.Add("AWS4-HMAC-SHA256  Credential=")
	f.Fuzz(func(t *testing.T, authorization string) {
		d := echoDemo("query")
		var got wire.Credential
		d.Authenticate = func(_ context.Context, c wire.Credential) (wire.Caller, error) {
			got = c
			return wire.Caller{Account: "1"}, nil
		}
		w := d.send(t, "POST", "/", "Action=Void", "Authorization", authorization, "Content-Type", "application/x-www-form-urlencoded")
		checkAnswer(t, d, w)
		if got != (wire.Credential{}) && (got.AccessKey == "" || got.Region == "" || got.Service == "") {
			t.Fatalf("half a credential: %+v", got)
		}
	})
}
