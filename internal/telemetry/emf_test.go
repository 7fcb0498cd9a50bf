package telemetry_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postern/internal/telemetry"
)

// emfFault says which rule of the embedded metric format a line breaks, by
// the format's specification alone.
func emfFault(line []byte) string {
	if len(line) > 256<<10 || bytes.Count(line, []byte("\n")) != 1 || !bytes.HasSuffix(line, []byte("\n")) {
		return "it is not one line of up to 256 KB"
	}
	var root map[string]any
	if err := json.Unmarshal(line, &root); err != nil {
		return err.Error()
	}
	var doc struct {
		AWS *struct {
			Timestamp         *int64
			CloudWatchMetrics []struct {
				Namespace  *string
				Dimensions [][]string
				Metrics    []struct {
					Name, Unit        string
					StorageResolution int
				}
			}
		} `json:"_aws"`
	}
	if err := json.Unmarshal(line, &doc); err != nil {
		return err.Error()
	}
	if doc.AWS == nil || doc.AWS.Timestamp == nil || len(doc.AWS.CloudWatchMetrics) == 0 {
		return "it has no metadata"
	}
	for _, d := range doc.AWS.CloudWatchMetrics {
		switch {
		case d.Namespace == nil || len(*d.Namespace) < 1 || len(*d.Namespace) > 1024:
			return "its namespace has a wrong length"
		case d.Dimensions == nil:
			return "it has no list of sets of dimensions"
		case len(d.Metrics) < 1 || len(d.Metrics) > 100:
			return fmt.Sprintf("it declares %d metrics", len(d.Metrics))
		}
		for _, set := range d.Dimensions {
			if len(set) > 30 {
				return fmt.Sprintf("a set has %d dimensions", len(set))
			}
			for _, key := range set {
				if v, ok := root[key].(string); !ok || v == "" || len(v) > 1024 {
					return fmt.Sprintf("dimension %q has the value %v", key, root[key])
				}
			}
		}
		seen := map[string]bool{}
		for _, m := range d.Metrics {
			if _, ok := root[m.Name].(float64); !ok || m.Name == "" || seen[m.Name] {
				return fmt.Sprintf("metric %q has the value %v, or stands twice", m.Name, root[m.Name])
			}
			seen[m.Name] = true
			if m.Unit != "Count" && m.Unit != "Milliseconds" && m.Unit != "Seconds" {
				return "unit " + m.Unit
			}
		}
	}
	return ""
}

func TestDocument(t *testing.T) {
	d := telemetry.Document{
		Namespace:  "Postern",
		At:         time.Date(2026, 3, 1, 12, 0, 0, 5_000_000, time.UTC),
		Dimensions: [][]string{{}, {"Cluster"}},
		Values:     map[string]string{"Cluster": "222222222222/us-east-1/prod"},
		Metrics:    []telemetry.Metric{{Name: "HealthyTargets", Unit: telemetry.Count, Value: 2}},
		Properties: map[string]any{"dryRun": false},
	}
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	const want = `{"Cluster":"222222222222/us-east-1/prod","HealthyTargets":2,"_aws":{"Timestamp":1772366400005,"CloudWatchMetrics":[` +
		`{"Namespace":"Postern","Dimensions":[[],["Cluster"]],"Metrics":[{"Name":"HealthyTargets","Unit":"Count"}]}]},"dryRun":false}` + "\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestDocumentRefused: what CloudWatch would drop without a word is an error.
func TestDocumentRefused(t *testing.T) {
	good := func() telemetry.Document {
		return telemetry.Document{
			Namespace: "Postern", Dimensions: [][]string{{"A"}}, Values: map[string]string{"A": "a"},
			Metrics: []telemetry.Metric{{Name: "M", Unit: telemetry.Count, Value: 1}},
		}
	}
	many := func(n int) (ms []telemetry.Metric) {
		for i := range n {
			ms = append(ms, telemetry.Metric{Name: fmt.Sprint("m", i), Unit: telemetry.Count})
		}
		return ms
	}
	cases := []struct {
		name   string
		change func(*telemetry.Document)
		want   string // part of the error; empty: none
	}{
		{"good", func(*telemetry.Document) {}, ""},
		{"100 metrics", func(d *telemetry.Document) { d.Metrics = many(100) }, ""},
		{"101 metrics", func(d *telemetry.Document) { d.Metrics = many(101) }, "101 metrics"},
		{"no metric", func(d *telemetry.Document) { d.Metrics = nil }, "0 metrics"},
		{"no namespace", func(d *telemetry.Document) { d.Namespace = "" }, "namespace"},
		{"a metric without a name", func(d *telemetry.Document) { d.Metrics[0].Name = "" }, "metric's name"},
		{"not a number", func(d *telemetry.Document) { d.Metrics[0].Value = math.NaN() }, "NaN"},
		{"infinity", func(d *telemetry.Document) { d.Metrics[0].Value = math.Inf(1) }, "+Inf"},
		{"a dimension without a value", func(d *telemetry.Document) { d.Values = nil }, "dimension A"},
		{"a dimension with a long value", func(d *telemetry.Document) { d.Values["A"] = strings.Repeat("x", 1025) }, "dimension A"},
		{"a dimension twice", func(d *telemetry.Document) { d.Dimensions = [][]string{{"A", "A"}} }, "twice in a set"},
		{"31 dimensions", func(d *telemetry.Document) { d.Dimensions = [][]string{make([]string, 31)} }, "31 dimensions"},
		{"a metric twice", func(d *telemetry.Document) { d.Metrics = append(d.Metrics, d.Metrics[0]) }, `"M" is taken`},
		{"a metric named as a dimension", func(d *telemetry.Document) { d.Metrics[0].Name = "A" }, `"A" is taken`},
		{"a property named as the metadata", func(d *telemetry.Document) { d.Properties = map[string]any{"_aws": 1} }, `"_aws" is taken`},
		{"a dimension named as the metadata", func(d *telemetry.Document) { d.Values["_aws"] = "a" }, `"_aws" is taken`},
		{"a property that is no JSON", func(d *telemetry.Document) { d.Properties = map[string]any{"f": func() {}} }, "json"},
		{"too large", func(d *telemetry.Document) { d.Properties = map[string]any{"p": strings.Repeat("x", 256<<10)} }, "bytes"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := good()
			c.change(&d)
			var b bytes.Buffer
			err := d.Write(&b)
			if c.want == "" {
				if err != nil || emfFault(b.Bytes()) != "" {
					t.Errorf("%v, %s", err, emfFault(b.Bytes()))
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || b.Len() > 0 {
				t.Errorf("want an error with %q and nothing written, got %v and %q", c.want, err, b.String())
			}
		})
	}
}

// TestDocumentRules: whatever is written keeps the format's rules.
func TestDocumentRules(t *testing.T) {
	names := rapid.SampledFrom([]string{"A", "B", "C", "_aws", "", "Links", "x\ny"})
	rapid.Check(t, func(t *rapid.T) {
		d := telemetry.Document{
			Namespace:  rapid.SampledFrom([]string{"Postern", ""}).Draw(t, "namespace"),
			At:         time.UnixMilli(rapid.Int64Range(0, 1<<41).Draw(t, "at")),
			Dimensions: rapid.SliceOfN(rapid.SliceOfN(names, 0, 3), 0, 3).Draw(t, "dimensions"),
			Values:     rapid.MapOf(names, rapid.SampledFrom([]string{"v", "", "\u2028\n"})).Draw(t, "values"),
			Metrics: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) telemetry.Metric {
				return telemetry.Metric{Name: names.Draw(t, "name"), Unit: telemetry.Seconds, Value: rapid.Float64().Draw(t, "value")}
			}), 0, 3).Draw(t, "metrics"),
		}
		var b bytes.Buffer
		if err := d.Write(&b); err != nil {
			return
		}
		if fault := emfFault(b.Bytes()); fault != "" {
			t.Fatalf("%s: %s", fault, b.String())
		}
	})
}
