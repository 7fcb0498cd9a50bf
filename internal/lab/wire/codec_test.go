package wire_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/wire"
)

var (
	when = time.Date(2026, 3, 4, 5, 6, 7, 89e6, time.UTC)
	full = everything{
		Text: new(`a<b>&"é`), Flag: new(true), Small: new(int32(-5)), Big: new(int64(1 << 60)),
		Single: new(float32(1.5)), Double: new(-2.25), When: &when, WhenISO: &when,
		Blob: []byte{0, 1, 255}, List: []string{"x", ""}, Flat: []string{"f1", "f2"}, FlatBy: []string{"o1"},
		Parts: []part{{Name: new("p"), Inner: &part{Name: new("q"), Count: new(int32(3))}}},
		Map:   map[string]string{"k1": "v1", "k2": "v2"},
		MapOf: map[string]part{"m": {Name: new("mp")}},
		Part:  &part{Name: new("one")},
		Must:  new("must"),
	}
)

const putForm = "Action=Put&Version=2020-01-01"

// TestDecode reads the same input in each protocol.
func TestDecode(t *testing.T) {
	query := putForm + "&text=a%3Cb%3E%26%22%C3%A9&flag=true&small=-5&big=1152921504606846976&single=1.5&double=-2.25" +
		"&when=2026-03-04T05:06:07.089Z&WhenISO=2026-03-04T05:06:07.089Z&blob=AAH/&list.item.1=x&list.item.2=" +
		"&flat.1=f1&flat.2=f2&One.1=o1&Parts.member.1.name=p&Parts.member.1.inner.name=q&Parts.member.1.inner.count=3" +
		"&map.entry.1.key=k1&map.entry.1.value=v1&map.entry.2.key=k2&map.entry.2.value=v2" +
		"&MapOf.1.k=m&MapOf.1.v.name=mp&Part.name=one&Must=must"
	ec2 := putForm + "&Text=a%3Cb%3E%26%22%C3%A9&Flag=true&Small=-5&Big=1152921504606846976&Single=1.5&Double=-2.25" +
		"&When=2026-03-04T05:06:07.089Z&WhenISO=2026-03-04T05:06:07.089Z&Blob=AAH/&List.2=&List.1=x" +
		"&Flat.1=f1&Flat.10=f2&FlatBy.1=o1&PartSet.1.Name=p&PartSet.1.Inner.Name=q&PartSet.1.Inner.Count=3" +
		"&Map.entry.1.key=k1&Map.entry.1.value=v1&Map.entry.2.key=k2&Map.entry.2.value=v2" +
		"&MapOf.1.k=m&MapOf.1.v.Name=mp&Part.Name=one&Must=must"
	json := `{"text":"a<b>&\"é","flag":true,"small":-5,"big":1152921504606846976,"single":1.5,"double":-2.25,
		"when":1772600767.089,"WhenISO":"2026-03-04T05:06:07.089Z","blob":"AAH/","list":["x",""],"flat":["f1","f2"],"FlatBy":["o1"],
		"Parts":[{"name":"p","inner":{"name":"q","count":3}}],"map":{"k1":"v1","k2":"v2"},"MapOf":{"m":{"name":"mp"}},
		"Part":{"name":"one"},"Must":"must","unknown":[1],"Blob":null}`
	tests := map[string]func(*demo) int{
		"query":     func(d *demo) int { return d.form(t, query).Code },
		"ec2":       func(d *demo) int { return d.form(t, ec2).Code },
		"json":      func(d *demo) int { return d.json(t, "Put", json).Code },
		"rest-json": func(d *demo) int { return d.send(t, "POST", "/", json).Code },
	}
	for protocol, send := range tests {
		d := newDemo(protocol)
		if status := send(d); status != http.StatusOK {
			t.Errorf("%s: status %d", protocol, status)
			continue
		}
		if diff := cmp.Diff(&full, d.in); diff != "" {
			t.Errorf("%s (-want +got):\n%s", protocol, diff)
		}
	}
}

// TestEncode writes the same output in each protocol.
func TestEncode(t *testing.T) {
	const xmlRest = `<flag>true</flag><small>-5</small><big>1152921504606846976</big><single>1.5</single><double>-2.25</double>` +
		`<when>2026-03-04T05:06:07.089Z</when><WhenISO>2026-03-04T05:06:07.089Z</WhenISO><blob>AAH/</blob><list><item>x</item><item></item></list>` +
		`<flat>f1</flat><flat>f2</flat><One>o1</One><Parts><member><name>p</name><inner><name>q</name><count>3</count></inner></member></Parts>` +
		`<map><entry><key>k1</key><value>v1</value></entry><entry><key>k2</key><value>v2</value></entry></map>` +
		`<MapOf><k>m</k><v><name>mp</name></v></MapOf><Part><name>one</name></Part><Must>must</Must>`
	const text = `<text>a&lt;b&gt;&amp;&#34;é</text>`
	const head = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<PutResponse xmlns="https://demo.example/doc/">`
	const json = `{"FlatBy":["o1"],"MapOf":{"m":{"name":"mp"}},"Must":"must","Part":{"name":"one"},"Parts":[{"inner":{"count":3,"name":"q"},"name":"p"}],` +
		`"WhenISO":"2026-03-04T05:06:07.089Z","big":1152921504606846976,"blob":"AAH/","double":-2.25,"flag":true,"flat":["f1","f2"],"list":["x",""],` +
		`"map":{"k1":"v1","k2":"v2"},"single":1.5,"small":-5,"text":"a<b>&\"é","when":1772600767.089}`
	tests := map[string]struct{ contentType, body string }{
		"query":     {"text/xml;charset=UTF-8", head + `<PutResult>` + text + xmlRest + `</PutResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></PutResponse>`},
		"ec2":       {"text/xml;charset=UTF-8", head + `<requestId>id-1</requestId>` + text + xmlRest + `</PutResponse>`},
		"json":      {"application/x-amz-json-1.1", json},
		"rest-json": {"application/json", json},
	}
	for protocol, want := range tests {
		d := newDemo(protocol)
		d.out = &full
		w := d.put(t, protocol)
		if diff := cmp.Diff(want.body, w.Body.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", protocol, diff)
		}
		if got := w.Header().Get("Content-Type"); got != want.contentType {
			t.Errorf("%s: content type %q, want %q", protocol, got, want.contentType)
		}
		if got := w.Header().Get("X-Amzn-Requestid"); got != "id-1" {
			t.Errorf("%s: request id %q", protocol, got)
		}
	}
}

// put sends the smallest request for Put.
func (d *demo) put(t testing.TB, protocol string) *recorder {
	switch protocol {
	case "query", "ec2":
		return d.form(t, putForm+"&Must=m")
	case "json":
		return d.json(t, "Put", `{"Must":"m"}`)
	default:
		return d.send(t, "POST", "/", `{"Must":"m"}`)
	}
}

// TestEmptyLists keeps an empty list apart from none.
func TestEmptyLists(t *testing.T) {
	d := newDemo("query")
	d.out = &everything{List: []string{}, Map: map[string]string{}}
	if got := d.form(t, putForm+"&Must=m&list=&map=").Body.String(); !strings.Contains(got, "<list></list><map></map>") {
		t.Errorf("query answer: %s", got)
	}
	want := &everything{Must: new("m"), List: []string{}, Map: map[string]string{}}
	if diff := cmp.Diff(want, d.in); diff != "" {
		t.Errorf("query input (-want +got):\n%s", diff)
	}
	d = newDemo("json")
	d.out = &everything{List: []string{}, Map: map[string]string{}}
	if got := d.json(t, "Put", `{"Must":"m","list":[],"map":{}}`).Body.String(); got != `{"list":[],"map":{}}` {
		t.Errorf("JSON answer: %s", got)
	}
	if diff := cmp.Diff(want, d.in); diff != "" {
		t.Errorf("JSON input (-want +got):\n%s", diff)
	}
}

func TestVoid(t *testing.T) {
	d := newDemo("ec2")
	if got := d.form(t, "Action=Void").Body.String(); !strings.Contains(got, "<return>true</return>") {
		t.Errorf("EC2 without output: %s", got)
	}
}

func TestRestBindings(t *testing.T) {
	d := newDemo("rest-json")
	d.out = &restOut{Status: new(int32(207)), Mod: &when, Words: []string{"a", "b,c"}, Meta: map[string]string{"One": "1"}, Body: []byte("raw")}
	w := d.send(t, "POST", "/things/a%2Fb%20c/d/e%2Ff?max=7&kind=x&kind=y&since=2026-03-04T05:06:07Z&extra=1", `{"name":"n"}`,
		"If-Modified-Since", "Wed, 04 Mar 2026 05:06:07 GMT", "X-Words", "u, v", "X-Meta-Key", "val")
	second := when.Truncate(time.Second)
	want := &restIn{
		ID: new("a/b c"), Rest: new("d/e/f"), Limit: new(int32(7)), Since: &second, Kinds: []string{"x", "y"},
		Others: map[string][]string{"extra": {"1"}}, Mod: &second, Words: []string{"u", "v"},
		Meta: map[string]string{"key": "val"}, Part: &part{Name: new("n")},
	}
	if diff := cmp.Diff(want, d.in); diff != "" {
		t.Errorf("input (-want +got):\n%s", diff)
	}
	if w.Code != 207 || w.Body.String() != "raw" {
		t.Errorf("got %d %q", w.Code, w.Body)
	}
	for name, want := range map[string]string{"Last-Modified": "Wed, 04 Mar 2026 05:06:07 GMT", "X-Words": `a, "b,c"`, "X-Meta-One": "1", "Content-Type": "application/octet-stream"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestRestPayloads(t *testing.T) {
	d := newDemo("rest-json")
	d.out = &textOut{Text: new("out")}
	w := d.send(t, "PUT", "/text", "not {json")
	if diff := cmp.Diff(&textIn{Text: new("not {json")}, d.in); diff != "" || w.Body.String() != "out" || w.Header().Get("Content-Type") != "text/plain" {
		t.Errorf("text: %s, answer %q", diff, w.Body)
	}
	d.out = &partOut{}
	w = d.send(t, "PUT", "/blob", "\x00\x01")
	if diff := cmp.Diff(&blobIn{Blob: []byte{0, 1}}, d.in); diff != "" || w.Code != 204 || w.Body.Len() != 0 {
		t.Errorf("blob: %s, answer %d %q", diff, w.Code, w.Body)
	}
	d.out = &partOut{Part: &part{Name: new("x")}}
	if w = d.send(t, "PUT", "/wrap", "t"); w.Body.String() != `{"name":"x"}` {
		t.Errorf("structure: %q", w.Body)
	}
}

// TestRefusals gives each protocol what it cannot read.
func TestRefusals(t *testing.T) {
	deep := strings.Repeat("a.", 40) + "a=1"
	tests := []struct {
		name, protocol, body, code, message string
		status                              int
	}{
		{"missing", "query", putForm, "ValidationError", "Must", 400},
		{"missing inside", "query", putForm + "&Must=m&Parts.member.1.count=1", "ValidationError", "Parts.Name", 400},
		{"missing in a map", "query", putForm + "&Must=m&MapOf.1.k=a&MapOf.1.v.count=1", "ValidationError", "MapOf.Name", 400},
		{"not a number", "query", putForm + "&Must=m&small=x", "ValidationError", "small", 400},
		{"too large a number", "query", putForm + "&Must=m&small=4294967296", "ValidationError", "small", 400},
		{"not a float", "query", putForm + "&Must=m&double=1e999", "ValidationError", "double", 400},
		{"not a bool", "query", putForm + "&Must=m&flag=maybe", "ValidationError", "flag", 400},
		{"not a time", "query", putForm + "&Must=m&when=noon", "ValidationError", "when", 400},
		{"not base64", "query", putForm + "&Must=m&blob=*", "ValidationError", "blob", 400},
		{"not an index", "query", putForm + "&Must=m&list.item.x=1", "ValidationError", "list.item.x", 400},
		{"no key", "query", putForm + "&Must=m&map.entry.1.value=1", "ValidationError", "map.entry.1", 400},
		{"parts of a scalar", "query", putForm + "&Must=m&text.1=1", "ValidationError", "text", 400},
		{"bad escape", "query", putForm + "&Must=%zz", "MalformedQueryString", "", 400},
		{"too deep", "query", putForm + "&" + deep, "MalformedQueryString", "32", 400},
		{"missing", "ec2", putForm, "MissingParameter", "Must", 400},
		{"bad value", "ec2", putForm + "&Must=m&Small=x", "InvalidParameterValue", "Small", 400},
		{"unknown parameter", "ec2", putForm + "&Must=m&Part.Nme=x", "UnknownParameter", "Part.Nme", 400},
		{"bad escape", "ec2", putForm + "&Must=%zz", "MalformedQueryString", "", 400},
		{"not JSON", "json", `{"Must":`, "SerializationException", "not JSON", 400},
		{"two documents", "json", `{} {}`, "SerializationException", "more than one", 400},
		{"not an object", "json", `[]`, "SerializationException", "an object is wanted, not a list", 400},
		{"string for number", "json", `{"small":"1"}`, "SerializationException", "small", 400},
		{"object for number", "json", `{"small":{}}`, "SerializationException", "small", 400},
		{"fraction for whole", "json", `{"small":1.5}`, "SerializationException", "small", 400},
		{"number for string", "json", `{"text":1}`, "SerializationException", "text: a string is wanted, not a number", 400},
		{"string for bool", "json", `{"flag":"true"}`, "SerializationException", "flag", 400},
		{"bool for list", "json", `{"list":true}`, "SerializationException", "list: a list is wanted, not true or false", 400},
		{"list for map", "json", `{"map":[]}`, "SerializationException", "map", 400},
		{"bad element", "json", `{"Parts":[{"count":"x"}]}`, "SerializationException", "Parts[0].count", 400},
		{"bad time", "json", `{"when":1e300}`, "SerializationException", "when", 400},
		{"missing", "json", `{}`, "ValidationException", "Must", 400},
		{"missing", "rest-json", ``, "ValidationException", "Must", 400},
		{"not JSON", "rest-json", `nonsense`, "SerializationException", "", 400},
	}
	for _, tt := range tests {
		t.Run(tt.protocol+" "+tt.name, func(t *testing.T) {
			d := newDemo(tt.protocol)
			var w *recorder
			switch tt.protocol {
			case "query", "ec2":
				w = d.form(t, tt.body)
			case "json":
				w = d.json(t, "Put", tt.body)
			default:
				w = d.send(t, "POST", "/", tt.body)
			}
			code := d.records[0].Code
			if code != tt.code || w.Code != tt.status || !strings.Contains(w.Body.String(), tt.message) {
				t.Errorf("got %s %d %s, want %s %d %q", code, w.Code, w.Body, tt.code, tt.status, tt.message)
			}
			if d.in != nil {
				t.Error("the handler was called")
			}
		})
	}
}

// TestRestRefusals gives paths, queries and headers that cannot be read.
func TestRestRefusals(t *testing.T) {
	for target, member := range map[string]string{
		"/things/a/b?max=x":     "limit",
		"/things/a/b?since=now": "since",
	} {
		d := newDemo("rest-json")
		if w := d.send(t, "POST", target, ""); w.Code != 400 || d.records[0].Code != "SerializationException" || !strings.Contains(w.Body.String(), member) {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	d := newDemo("rest-json")
	if w := d.send(t, "POST", "/things/a/b", "", "If-Modified-Since", "once"); w.Code != 400 || !strings.Contains(w.Body.String(), "mod") {
		t.Errorf("header: %d %s", w.Code, w.Body)
	}
}

func TestTableMistakes(t *testing.T) {
	for name, make := range map[string]func(){
		"no such operation": func() { wire.NewTable("x", "x", demoService("json"), wire.Action{Name: "Nope"}) },
		"two handlers": func() {
			wire.NewTable("x", "x", demoService("json"), wire.Action{Name: "Put"}, wire.Action{Name: "Put"})
		},
		"wrong types": func() {
			wire.NewTable("x", "x", demoService("json"), wire.Op[wire.Empty, wire.Empty]("Put", nil))
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			make()
		}()
	}
	table := wire.NewTable("x", "pre", demoService("json"), wire.Action{Name: "Put"}.As("pre:Other"), wire.Action{Name: "Get"})
	if err := table.Complete(); err == nil || err.Error() != "x has no handler for Blob, Text, Unbuilt, Void, Wrap" {
		t.Errorf("got %v", err)
	}
	if got := []string{table.Actions["Put"].IAM, table.Actions["Get"].IAM}; !reflect.DeepEqual(got, []string{"pre:Other", "pre:Get"}) {
		t.Errorf("IAM actions: %v", got)
	}
}
