package kube

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParsePath(t *testing.T) {
	for path, want := range map[string]*target{
		"/api/v1/namespaces":                                {resource: namespaces},
		"/api/v1/namespaces/x":                              {resource: namespaces, name: "x"},
		"/api/v1/configmaps":                                {resource: configMaps},
		"/api/v1/namespaces/x/configmaps":                   {resource: configMaps, namespace: "x"},
		"/api/v1/namespaces/x/configmaps/y":                 {resource: configMaps, namespace: "x", name: "y"},
		"/apis/authentication.k8s.io/v1/selfsubjectreviews": {resource: resources[6]},
		"/api/v1/namespaces/x/configmaps/y/z":               nil,
		"/api/v1/namespaces/x/finalize":                     nil,
		"/api/v1/configmaps/y":                              nil,
		"/api/v1/namespaces/x/namespaces/y":                 nil,
		"/api/v1/secrets":                                   nil,
		"/api/v2/namespaces":                                nil,
		"/api/v1/":                                          nil,
		"/api/v1":                                           nil,
		"/api/v1/namespaces/":                               nil,
		"/api/v1/namespaces//configmaps":                    nil,
		"/apis/v1/namespaces":                               nil,
		"/apis/authentication.k8s.io/v1/namespaces/x/selfsubjectreviews": nil,
	} {
		got := parsePath(path)
		if (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("%s: %+v, want %+v", path, got, want)
		}
	}
}

// FuzzPath: what is taken is written the same way.
func FuzzPath(f *testing.F) {
	f.Add("/api/v1/namespaces/x/configmaps/y")
	f.Add("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews")
	f.Add("/api/v1/namespaces/")
	f.Fuzz(func(t *testing.T, path string) {
		if got := parsePath(path); got != nil && got.path() != path {
			t.Errorf("%q is read as %q", path, got.path())
		}
	})
}

// FuzzLabels: a selector's text reads as the same selector.
func FuzzLabels(f *testing.F) {
	for _, s := range []string{"a", "!a", "a=b", "a==b", "a!=b", "a in (b,c)", "a notin (),b", "example.org/a=b,c", "a=,b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseLabels(text)
		if err != nil {
			if _, ok := errors.AsType[*status](err); !ok {
				t.Errorf("%T: %v", err, err)
			}
			return
		}
		again, err := parseLabels(s.String())
		if diff := cmp.Diff(s, again, cmp.AllowUnexported(requirement{})); err != nil || diff != "" {
			t.Errorf("%q, written as %q, %v:\n%s", text, s, err, diff)
		}
	})
}

// FuzzMergePatch: a patch applied twice changes nothing the second time.
func FuzzMergePatch(f *testing.F) {
	f.Add(`{"a":{"b":1}}`, `{"a":{"b":null,"c":2}}`)
	f.Add(`{"a":1}`, `{"$patch":"replace","b":[1,{"c":null}]}`)
	f.Add(`{"a":{"b":12345678901234567890}}`, `{"a":{"$patch":"delete"}}`)
	f.Fuzz(func(t *testing.T, document, patch string) {
		once, err := mergePatch([]byte(document), []byte(patch))
		if err != nil {
			return
		}
		twice, err := mergePatch(once, []byte(patch))
		if diff := cmp.Diff(string(once), string(twice)); err != nil || diff != "" {
			t.Errorf("%s + %s: %v\n%s", document, patch, err, diff)
		}
	})
}

// FuzzJSONPatch: what comes out is a document, and testing it for itself
// passes.
func FuzzJSONPatch(f *testing.F) {
	f.Add(`{"a":[1,2]}`, `[{"op":"add","path":"/a/-","value":3},{"op":"remove","path":"/a/0"},{"op":"move","from":"/a/0","path":"/b~1c"}]`)
	f.Add(`{"a":{"b":1}}`, `[{"op":"copy","from":"/a","path":"/a/c"},{"op":"test","path":"/a/b","value":1},{"op":"replace","path":"","value":[]}]`)
	f.Fuzz(func(t *testing.T, document, patch string) {
		got, err := jsonPatch([]byte(document), []byte(patch))
		if err != nil {
			return
		}
		again, err := jsonPatch(got, fmtTest(got))
		if err != nil || !bytes.Equal(got, again) {
			t.Errorf("%s + %s is %s, which is not itself: %v", document, patch, got, err)
		}
	})
}

func fmtTest(value []byte) []byte {
	return []byte(`[{"op":"test","path":"","value":` + string(value) + `}]`)
}

func TestJSONPatch(t *testing.T) {
	const document = `{"a":[1,2,3],"b":{"c":"d"}}`
	for patch, want := range map[string]string{
		`[]`:                                            `{"a":[1,2,3],"b":{"c":"d"}}`,
		`[{"op":"add","path":"/a/1","value":9}]`:        `{"a":[1,9,2,3],"b":{"c":"d"}}`,
		`[{"op":"add","path":"/a/-","value":9}]`:        `{"a":[1,2,3,9],"b":{"c":"d"}}`,
		`[{"op":"remove","path":"/a/0"}]`:               `{"a":[2,3],"b":{"c":"d"}}`,
		`[{"op":"replace","path":"/b/c","value":null}]`: `{"a":[1,2,3],"b":{"c":null}}`,
		`[{"op":"add","path":"/b/x~1y","value":1}]`:     `{"a":[1,2,3],"b":{"c":"d","x/y":1}}`,
		`[{"op":"move","from":"/b/c","path":"/e"}]`:     `{"a":[1,2,3],"b":{},"e":"d"}`,
		`[{"op":"copy","from":"/b","path":"/b/f"}]`:     `{"a":[1,2,3],"b":{"c":"d","f":{"c":"d"}}}`,
		`[{"op":"test","path":"/b","value":{"c":"d"}}]`: document,
		`[{"op":"test","path":"/b","value":{"c":"e"}}]`: "",
		`[{"op":"remove","path":"/x"}]`:                 "",
		`[{"op":"replace","path":"/x","value":1}]`:      "",
		`[{"op":"add","path":"/x/y","value":1}]`:        "",
		`[{"op":"add","path":"/a/4","value":1}]`:        "",
		`[{"op":"remove","path":"/a/3"}]`:               "",
		`[{"op":"remove","path":""}]`:                   "",
		`[{"op":"replace","path":"/b/c/d","value":1}]`:  "",
		`[{"op":"increment","path":"/a/0"}]`:            "",
		`{"op":"remove","path":"/a"}`:                   "",
	} {
		got, err := jsonPatch([]byte(document), []byte(patch))
		if (err != nil) != (want == "") || err == nil && string(got) != want {
			t.Errorf("%s: %s, %v; want %s", patch, got, err, want)
		}
	}
}

// encode writes a message as protobuf libraries do.
func (m message) encode(v map[string]any) (out []byte) {
	chunk := func(n uint64, data []byte) {
		out = binary.AppendUvarint(binary.AppendUvarint(out, n<<3|2), uint64(len(data)))
		out = append(out, data...)
	}
	for _, n := range slices.Sorted(maps.Keys(m)) {
		f := m[n]
		value, ok := v[f.name]
		if !ok {
			continue
		}
		switch f.kind {
		case text:
			chunk(n, []byte(value.(string)))
		case number:
			out = binary.AppendUvarint(binary.AppendUvarint(out, n<<3), uint64(value.(int64)))
		case boolean:
			out = binary.AppendUvarint(binary.AppendUvarint(out, n<<3), map[bool]uint64{true: 1}[value.(bool)])
		case inner:
			chunk(n, f.message.encode(value.(map[string]any)))
		case instant:
			at, _ := time.Parse(time.RFC3339, value.(string))
			chunk(n, message{1: {name: "s", kind: number}}.encode(map[string]any{"s": at.Unix()}))
		case texts:
			for _, x := range value.([]any) {
				chunk(n, []byte(x.(string)))
			}
		case inners:
			for _, x := range value.([]any) {
				chunk(n, f.message.encode(x.(map[string]any)))
			}
		case textMap, blobMap:
			entry := message{1: {name: "k"}, 2: {name: "v"}}
			for k, x := range value.(map[string]any) {
				if b, ok := x.([]byte); ok {
					x = string(b)
				}
				chunk(n, entry.encode(map[string]any{"k": k, "v": x}))
			}
		}
	}
	return out
}

// draw makes a random value of a message.
func (m message) draw(t *rapid.T) map[string]any {
	v := map[string]any{}
	word := rapid.StringMatching(`[a-z]{1,8}`)
	for _, n := range slices.Sorted(maps.Keys(m)) {
		f := m[n]
		if !rapid.Bool().Draw(t, f.name) {
			continue
		}
		switch f.kind {
		case text:
			v[f.name] = word.Draw(t, "text")
		case number:
			v[f.name] = rapid.Int64().Draw(t, "number")
		case boolean:
			v[f.name] = rapid.Bool().Draw(t, "boolean")
		case inner:
			v[f.name] = f.message.draw(t)
		case instant:
			v[f.name] = time.Unix(rapid.Int64Range(1, lastSecond).Draw(t, "instant"), 0).UTC().Format(time.RFC3339)
		case texts:
			v[f.name] = []any{word.Draw(t, "text"), word.Draw(t, "text")}
		case inners:
			v[f.name] = []any{f.message.draw(t), f.message.draw(t)}
		case textMap:
			v[f.name] = map[string]any{word.Draw(t, "key"): word.Draw(t, "value"), "empty": ""}
		case blobMap:
			v[f.name] = map[string]any{word.Draw(t, "key"): rapid.SliceOfN(rapid.Byte(), 1, 9).Draw(t, "value")}
		}
	}
	return v
}

// messages are all that clients send.
var messages = []message{namespaceMessage, configMapMessage, selfMessage, accessMessage, rulesMessage, deleteMessage}

// TestProtobuf: what was encoded is what is read.
func TestProtobuf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.SampledFrom(messages).Draw(t, "message")
		want := m.draw(t)
		raw := m.encode(want)
		raw = append(raw, 0xf8, 0x07, 1) // a field of the future
		outer := message{1: envelope[1], 2: {name: "raw"}}
		about := map[string]any{"apiVersion": "v1", "kind": "Thing"}
		body := append([]byte(protobufMagic), outer.encode(map[string]any{"typeMeta": about, "raw": string(raw)})...)
		got, err := protobufJSON(body, m)
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(want, about)
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(text), string(got)); diff != "" {
			t.Fatalf("read (-want +got):\n%s", diff)
		}
	})
}

// FuzzProtobuf: what is taken is JSON, and what is refused is the client's
// fault.
func FuzzProtobuf(f *testing.F) {
	for _, m := range messages {
		f.Add(append([]byte(protobufMagic), message{2: {name: "raw"}}.encode(map[string]any{"raw": string(m.encode(map[string]any{"metadata": map[string]any{"name": "x"}, "dryRun": []any{"All"}}))})...))
	}
	f.Add([]byte(protobufMagic + "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, m := range messages {
			got, err := protobufJSON(body, m)
			if s, ok := errors.AsType[*status](err); err != nil && (!ok || s.Code/100 != 4) {
				t.Errorf("%v", err)
			}
			if err == nil && !json.Valid(got) {
				t.Errorf("%q is no JSON", got)
			}
		}
	})
}

func TestNegotiate(t *testing.T) {
	for accept, want := range map[string]form{
		"": asObject, "*/*": asObject, "application/json": asObject, "application/*": asObject,
		"application/vnd.kubernetes.protobuf,application/json":                                  asObject,
		"application/json;as=Table;v=v1;g=meta.k8s.io,application/json":                         asTable,
		"application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json":                    asObject,
		"application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1":                          asMetadata,
		"application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json": asObject,
		"text/html, */*;q=0.8": asObject,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept", accept)
		if got, err := negotiate(r); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", accept, got, err, want)
		}
	}
	for _, accept := range []string{"text/html", "application/vnd.kubernetes.protobuf", "application/json;as=Table;v=v1beta1;g=meta.k8s.io", ";"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept", accept)
		if got, err := negotiate(r); err == nil {
			t.Errorf("%q: %v, want an error", accept, got)
		}
	}
}

func TestAge(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 0: "0s", 119 * time.Second: "119s", 2 * time.Minute: "2m", 125 * time.Second: "2m5s", 10*time.Minute + time.Second: "10m", 179 * time.Minute: "179m",
		3 * time.Hour: "3h", 3*time.Hour + 30*time.Minute: "3h30m", 8*time.Hour + 30*time.Minute: "8h", 47 * time.Hour: "47h", 49 * time.Hour: "2d1h", 8 * day: "8d", 700 * day: "700d",
		3*365*day + day: "3y1d", 9*365*day + day: "9y",
	} {
		if got := age(d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}
