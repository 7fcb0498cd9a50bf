package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCommitted fails when types_gen.go is not what the model gives.
func TestCommitted(t *testing.T) {
	models, err := filepath.Glob(filepath.Join("..", "..", "aws", "*", "model.json"))
	if err != nil || len(models) == 0 {
		t.Fatalf("no models found: %v", err)
	}
	for _, path := range models {
		want, err := generateFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(typesFile(path))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is stale, run go generate ./internal/lab/... (-generated +committed):\n%s", typesFile(path), diff)
		}
	}
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	if err := run(dir); err == nil {
		t.Error("a directory without models is no error")
	}
	sub := filepath.Join(dir, "demo")
	if err := os.Mkdir(sub, 0o755); err != nil {
		t.Fatal(err)
	}
	const m = `{"metadata":{"serviceId":"Demo","endpointPrefix":"demo","protocols":["rest-json"],"apiVersion":"1"},
"operations":{"Get":{"http":{"method":"GET","requestUri":"/x/{id}","responseCode":202},"input":{"shape":"in"},"errors":["Gone"]}},
"others":{"Put":"PUT /x"},
"shapes":{"Gone":{"type":"structure","exception":true,"error":{"code":"gone","httpStatusCode":404,"senderFault":true}},
"in":{"type":"structure","payload":"when","required":["id"],"members":{
 "id":{"shape":"S","location":"uri","locationName":"id"},"when":{"shape":"T"},"tree":{"shape":"in"},"list":{"shape":"L"},"m":{"shape":"M"},"b":{"shape":"B"}}},
"S":{"type":"string"},"T":{"type":"timestamp","timestampFormat":"rfc822"},"B":{"type":"blob"},
"L":{"type":"list","flattened":true,"member":{"shape":"T","locationName":"item"}},
"M":{"type":"map","key":{"shape":"S","locationName":"k"},"value":{"shape":"in","locationName":"v"}}}}`
	if err := os.WriteFile(filepath.Join(sub, "model.json"), []byte(m), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(dir); err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(filepath.Join(sub, "types_gen.go"))
	if err != nil {
		t.Fatal(err)
	}
	// gofmt aligns with spaces: compare without runs of them.
	got := strings.Join(strings.Fields(string(src)), " ")
	for _, want := range []string{
		`B []byte ` + "`wire:\"b\"`",
		`Id *string ` + "`wire:\"id,loc=uri,req\"`",
		`List []time.Time ` + "`wire:\"list,elem=item,flat,time=rfc822\"`",
		`M map[string]In ` + "`wire:\"m,key=k,value=v\"`",
		`Tree *In `,
		`When *time.Time ` + "`wire:\"when,payload,time=rfc822\"`",
		`Status: 202,`,
		`Output: reflect.TypeFor[wire.Empty]()`,
		`Errors: []string{"gone"}`,
		`{Code: "gone", Status: 404, Sender: true},`,
		`{Name: "Put", Method: "PUT", URI: "/x"},`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the source lacks %q:\n%s", want, src)
		}
	}
}

func TestBadModels(t *testing.T) {
	for name, m := range map[string]string{
		"not JSON":     `{`,
		"no shape":     `{"shapes":{"A":{"type":"structure","members":{"x":{"shape":"Gone"}}}}}`,
		"unknown type": `{"shapes":{"A":{"type":"structure","members":{"x":{"shape":"B"}}},"B":{"type":"matrix"}}}`,
		"nested names": `{"shapes":{"A":{"type":"structure","members":{"x":{"shape":"L"}}},"L":{"type":"list","member":{"shape":"K"}},"K":{"type":"list","member":{"shape":"S","locationName":"i"}},"S":{"type":"string"}}}`,
	} {
		if _, err := generate("p", []byte(m)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
