package lambdafn

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"postern/internal/plan"
	"postern/internal/report"
	"postern/internal/telemetry"
)

// TestPage: the page on the function names every field of its answer, every
// metric, code and kind of event.
func TestPage(t *testing.T) {
	text, err := os.ReadFile("../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n## The function\n")
	if !found {
		t.Fatal("docs/operate.md has no section on the function")
	}
	section, _, _ = strings.Cut(section, "\n## ")

	names := []string{ResultSchema, string(ConfigInvalid), string(EventInvalid), telemetry.Namespace}
	for _, k := range []Kind{KindEmpty, KindSchedule, KindInterface, KindCluster, KindAsked, KindUnknown} {
		names = append(names, string(k))
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[Result](), reflect.TypeFor[LinkResult]()} {
		for field := range typ.Fields() {
			names = append(names, field.Tag.Get("json"))
		}
	}
	age := time.Second
	d := report.NewSync(time.Now(), false)
	d.Links = []report.Link{row("a", plan.Converged, "", true)}
	d.Complete(0, nil)
	var b bytes.Buffer
	if err := (telemetry.Pass{Doc: d, Age: &age}).Write(&b); err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(b.Bytes()) {
		var doc struct {
			AWS struct {
				CloudWatchMetrics []struct{ Metrics []struct{ Name string } }
			} `json:"_aws"`
		}
		if err := json.Unmarshal(line, &doc); err != nil {
			t.Fatal(err)
		}
		for _, m := range doc.AWS.CloudWatchMetrics[0].Metrics {
			names = append(names, m.Name)
		}
	}
	for _, name := range names {
		if !strings.Contains(section, "`"+name+"`") {
			t.Errorf("the section does not name `%s`", name)
		}
	}
}
