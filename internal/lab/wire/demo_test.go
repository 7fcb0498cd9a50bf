package wire_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"postern/internal/lab/wire"
)

// A service of no one's, with a member of every kind, spoken in every protocol.

type part struct {
	Name  *string `wire:"Name,name=name,req"`
	Count *int32  `wire:"Count,name=count"`
	Inner *part   `wire:"Inner,name=inner"`
}

type everything struct {
	Text    *string           `wire:"Text,name=text"`
	Flag    *bool             `wire:"Flag,name=flag"`
	Small   *int32            `wire:"Small,name=small"`
	Big     *int64            `wire:"Big,name=big"`
	Single  *float32          `wire:"Single,name=single"`
	Double  *float64          `wire:"Double,name=double"`
	When    *time.Time        `wire:"When,name=when"`
	WhenISO *time.Time        `wire:"WhenISO,time=iso8601"`
	Blob    []byte            `wire:"Blob,name=blob"`
	List    []string          `wire:"List,name=list,elem=item"`
	Flat    []string          `wire:"Flat,name=flat,flat"`
	FlatBy  []string          `wire:"FlatBy,flat,elem=One"`
	Parts   []part            `wire:"Parts,query=PartSet"`
	Map     map[string]string `wire:"Map,name=map"`
	MapOf   map[string]part   `wire:"MapOf,key=k,value=v,flat"`
	Part    *part             `wire:"Part"`
	Must    *string           `wire:"Must,req"`
}

type restIn struct {
	ID     *string             `wire:"id,loc=uri,req"`
	Rest   *string             `wire:"rest,loc=uri"`
	Limit  *int32              `wire:"limit,loc=querystring,name=max"`
	Since  *time.Time          `wire:"since,loc=querystring"`
	Kinds  []string            `wire:"kinds,loc=querystring,name=kind"`
	Others map[string][]string `wire:"others,loc=querystring"`
	Mod    *time.Time          `wire:"mod,loc=header,name=If-Modified-Since"`
	Words  []string            `wire:"words,loc=header,name=X-Words"`
	Meta   map[string]string   `wire:"meta,loc=headers,name=x-meta-"`
	Part   *part               `wire:"part,payload"`
}

type restOut struct {
	Status *int32            `wire:"status,loc=statusCode"`
	Mod    *time.Time        `wire:"mod,loc=header,name=Last-Modified"`
	Words  []string          `wire:"words,loc=header,name=X-Words"`
	Meta   map[string]string `wire:"meta,loc=headers,name=X-Meta-"`
	Body   []byte            `wire:"body,payload"`
}

type textIn struct {
	Text *string `wire:"text,payload"`
}

type textOut struct {
	Text *string `wire:"text,payload"`
}

type blobIn struct {
	Blob []byte `wire:"blob,payload"`
}

type partOut struct {
	Part *part `wire:"part,payload"`
}

func demoService(protocol string) *wire.Service {
	return &wire.Service{
		ID: "Demo", SigningName: "demo", Version: "2020-01-01", Protocols: []string{protocol},
		JSONVersion: "1.1", Target: "Demo_2020", Namespace: "https://demo.example/doc/",
		Operations: []wire.Operation{
			{Name: "Blob", Method: "PUT", URI: "/blob", Input: reflect.TypeFor[blobIn](), Output: reflect.TypeFor[partOut](), Status: 204},
			{Name: "Get", Method: "POST", URI: "/things/{id}/{rest+}", Input: reflect.TypeFor[restIn](), Output: reflect.TypeFor[restOut](), Status: 202},
			{Name: "Put", Method: "POST", URI: "/", Wrapper: "PutResult", Input: reflect.TypeFor[everything](), Output: reflect.TypeFor[everything](), Errors: []string{"GoneException"}},
			{Name: "Text", Method: "PUT", URI: "/text", Input: reflect.TypeFor[textIn](), Output: reflect.TypeFor[textOut]()},
			{Name: "Unbuilt", Method: "GET", URI: "/unbuilt", Input: reflect.TypeFor[wire.Empty](), Output: reflect.TypeFor[wire.Empty]()},
			{Name: "Void", Method: "DELETE", URI: "/void", Input: reflect.TypeFor[wire.Empty](), Output: reflect.TypeFor[wire.Empty]()},
			{Name: "Wrap", Method: "PUT", URI: "/wrap", Input: reflect.TypeFor[textIn](), Output: reflect.TypeFor[partOut]()},
		},
		Errors: []wire.ErrorShape{{Code: "GoneException", Status: 410, Sender: true}},
		Others: []wire.Route{{Name: "ListThings", Method: "GET", URI: "/things?list"}},
	}
}

// demo is a server of that service which keeps its last input.
type demo struct {
	*wire.Server
	in      any
	out     any
	err     error
	records []wire.Record
}

func newDemo(protocols ...string) *demo {
	d := &demo{}
	serve := func(_ context.Context, _ wire.Caller, in any) (any, error) {
		d.in = in
		return d.out, d.err
	}
	d.Server = &wire.Server{
		Authenticate: func(_ context.Context, c wire.Credential) (wire.Caller, error) {
			return wire.Caller{Account: "111111111111", ARN: c.AccessKey}, nil
		},
		RequestID: func() string { return "id-1" },
		Record:    func(r wire.Record) { d.records = append(d.records, r) },
	}
	for _, p := range protocols {
		var actions []wire.Action
		for _, name := range []string{"Blob", "Get", "Put", "Text", "Void", "Wrap"} {
			actions = append(actions, wire.Action{Name: name, Serve: serve})
		}
		d.Tables = append(d.Tables, wire.NewTable("demo-"+p, "demo", demoService(p), actions...))
	}
	return d
}

const demoAuth = "AWS4-HMAC-SHA256 Credential=KEY/20260101/eu-west-1/demo/aws4_request, SignedHeaders=host, Signature=00"

// send makes a signed request; headers are name, value pairs.
func (d *demo) send(t testing.TB, method, target, body string, headers ...string) *recorder {
	t.Helper()
	return d.do(httptest.NewRequest(method, target, nil), body, headers...)
}

// do completes a request with signature, body and headers, and serves it.
func (d *demo) do(r *http.Request, body string, headers ...string) *recorder {
	r.Body = io.NopCloser(strings.NewReader(body))
	r.Header.Set("Authorization", demoAuth)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

func (d *demo) form(t testing.TB, body string) *recorder {
	return d.send(t, http.MethodPost, "/", body, "Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
}

func (d *demo) json(t testing.TB, action, body string) *recorder {
	return d.send(t, http.MethodPost, "/", body, "Content-Type", "application/x-amz-json-1.1", "X-Amz-Target", "Demo_2020."+action)
}

type recorder = httptest.ResponseRecorder
