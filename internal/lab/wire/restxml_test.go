package wire_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postern/internal/lab/wire"
)

// putXML is full, as a REST-XML client writes it.
const putXML = `<?xml version="1.0" encoding="UTF-8"?><PutRequest xmlns="https://demo.example/doc/"><text>a&lt;b&gt;&amp;&#34;é</text><flag>true</flag>
	<small>-5</small><big>1152921504606846976</big><single>1.5</single><double>-2.25</double>
	<when>2026-03-04T05:06:07.089Z</when><WhenISO>2026-03-04T05:06:07.089Z</WhenISO><blob>AAH/</blob><list><item>x</item><item/></list>
	<flat>f1</flat><One>o1</One><flat>f2</flat><Parts><member><name>p</name><inner><name>q</name><count>3</count></inner></member></Parts>
	<map><entry><key>k1</key><value>v1</value></entry><entry><value>v2</value><key>k2</key></entry></map>
	<MapOf><k>m</k><v><name>mp</name></v></MapOf><Part><name>one</name></Part><!-- and --><Must>mu<![CDATA[st]]></Must><unknown>1</unknown></PutRequest>`

func TestRestXML(t *testing.T) {
	d := newDemo("rest-xml")
	d.out = &full
	w := d.send(t, "POST", "/", putXML)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/xml;charset=UTF-8" {
		t.Fatalf("got %d, %q: %s", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	if diff := cmp.Diff(&full, d.in); diff != "" {
		t.Errorf("input (-want +got):\n%s", diff)
	}
	if got := w.Body.String(); !strings.Contains(got, `<everything xmlns="https://demo.example/doc/"><text>a&lt;b`) || !strings.HasSuffix(got, "<Must>must</Must></everything>") {
		t.Errorf("answer: %s", got)
	}
	if w = d.send(t, "POST", "/", w.Body.String()); w.Code != http.StatusOK {
		t.Fatalf("its own answer is refused: %s", w.Body)
	}
	if diff := cmp.Diff(&full, d.in); diff != "" {
		t.Errorf("its own answer (-want +got):\n%s", diff)
	}
}

func TestRestXMLPayloads(t *testing.T) {
	d := newDemo("rest-xml")
	d.out = &restOut{Body: []byte("raw")}
	w := d.send(t, "POST", "/things/a/b", "<part><name>n</name></part>")
	if diff := cmp.Diff(&restIn{ID: new("a"), Rest: new("b"), Part: &part{Name: new("n")}}, d.in); diff != "" || w.Body.String() != "raw" {
		t.Errorf("structure: %s, answer %q", diff, w.Body)
	}
	d.out = &textOut{Text: new("out")}
	w = d.send(t, "PUT", "/text", "not <xml")
	if diff := cmp.Diff(&textIn{Text: new("not <xml")}, d.in); diff != "" || w.Body.String() != "out" {
		t.Errorf("text: %s, answer %q", diff, w.Body)
	}
	d.out = &partOut{Part: &part{Name: new("x")}}
	if w = d.send(t, "PUT", "/wrap", "t"); !strings.HasSuffix(w.Body.String(), `<part xmlns="https://demo.example/doc/"><name>x</name></part>`) {
		t.Errorf("payload: %q", w.Body)
	}
	d.out = nil
	for _, of := range [][2]string{{"PUT", "/wrap"}, {"DELETE", "/void"}, {"PUT", "/blob"}} {
		if w = d.send(t, of[0], of[1], ""); w.Code > 299 || w.Body.Len() != 0 {
			t.Errorf("%s %s: %d %q, want no body", of[0], of[1], w.Code, w.Body)
		}
	}
}

func TestRestXMLRefusals(t *testing.T) {
	wrap := func(s string) string { return "<r><Must>m</Must>" + s + "</r>" }
	for name, tt := range map[string]struct{ body, code, message string }{
		"missing":             {"<r/>", "InvalidInput", "Must"},
		"no body":             {"", "InvalidInput", "Must"},
		"missing inside":      {wrap("<Part><count>1</count></Part>"), "InvalidInput", "Part.Name"},
		"not XML":             {"nonsense", "MalformedInput", "not XML"},
		"half a document":     {"<r><Must>m</Must>", "MalformedInput", "not XML"},
		"two documents":       {"<r/><r/>", "MalformedInput", "more than one"},
		"too deep":            {strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40), "MalformedInput", "too deep"},
		"twice":               {wrap("<Must>n</Must>"), "MalformedInput", "Must: more than one"},
		"list twice":          {wrap("<list/><list/>"), "MalformedInput", "list: more than one"},
		"not a number":        {wrap("<small>x</small>"), "MalformedInput", "small"},
		"elements of scalar":  {wrap("<text><a/></text>"), "MalformedInput", "text: a value is wanted"},
		"bad element":         {wrap("<Parts><member><name>n</name><count>x</count></member></Parts>"), "MalformedInput", "Parts.member.count"},
		"entry without key":   {wrap("<map><entry><value>v</value></entry></map>"), "MalformedInput", "map.entry"},
		"bad value of a map":  {wrap("<MapOf><k>k</k><v><count>x</count></v></MapOf>"), "MalformedInput", "MapOf.v.count"},
		"bad flattened value": {wrap("<flat><a/></flat>"), "MalformedInput", "flat"},
	} {
		d := newDemo("rest-xml")
		w := d.send(t, "POST", "/", tt.body)
		if got := d.records[0].Code; w.Code != 400 || got != tt.code || !strings.Contains(w.Body.String(), tt.message) || d.in != nil {
			t.Errorf("%s: got %d %s %s, want %s %q", name, w.Code, got, w.Body, tt.code, tt.message)
		}
	}
	d := newDemo("rest-xml")
	d.err = &wire.Error{Code: "GoneException", Message: "<gone>", Sender: true}
	const want = `<ErrorResponse xmlns="https://demo.example/doc/"><Error><Type>Sender</Type><Code>GoneException</Code><Message>&lt;gone&gt;</Message></Error><RequestId>id-1</RequestId></ErrorResponse>`
	if w := d.send(t, "DELETE", "/void", ""); w.Code != 410 || !strings.HasSuffix(w.Body.String(), want) {
		t.Errorf("error: %d %s", w.Code, w.Body)
	}
	if w := d.send(t, "GET", "/things?list", ""); w.Code != 400 || !strings.Contains(w.Body.String(), "the action ListThings") {
		t.Errorf("an action that the lab lacks: %d %s", w.Code, w.Body)
	}
}

// FuzzRestXML also sends each answer back: what was read and written reads the
// same.
func FuzzRestXML(f *testing.F) {
	f.Add(putXML)
	f.Add(`<r><Must/><when>0000-01-01T00:00:00+23:59</when><double>NaN</double><list/><map/><flat/></r>`)
	f.Add("<r xmlns:x='y'><x:Must a='1'>&#13;\n&#x10FFFF;</x:Must></r>")
	f.Add(`<!DOCTYPE r [<!ENTITY e "e">]><r><Must>&e;</Must></r>`)
	f.Fuzz(func(t *testing.T, body string) {
		d := newDemo("rest-xml")
		put := d.Tables[0].Actions["Put"]
		put.Serve = func(_ context.Context, _ wire.Caller, in any) (any, error) {
			d.in = in
			return in, nil
		}
		d.Tables[0].Actions["Put"] = put
		w := d.send(t, "POST", "/", body)
		checkAnswer(t, d, w)
		answer := w.Body.String()
		checkXML(t, w.Body)
		if w.Code != http.StatusOK {
			return
		}
		first := d.in
		if w = d.send(t, "POST", "/", answer); w.Code != http.StatusOK {
			t.Fatalf("its own answer is refused: %s\n%s", w.Body, answer)
		}
		if diff := cmp.Diff(first, d.in, cmpopts.EquateNaNs()); diff != "" {
			t.Fatalf("read again (-first +second):\n%s", diff)
		}
	})
}
