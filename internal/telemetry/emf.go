package telemetry

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"time"
)

// Limits of the embedded metric format.
// Source: Amazon CloudWatch user guide, Specification: Embedded metric format;
// CloudWatch Logs user guide, quotas.
const (
	maxMetrics        = 100       // of one directive
	maxDimensions     = 30        // of one set
	maxDimensionValue = 1024      // characters
	maxName           = 255       // of a namespace, metric or dimension: CloudWatch's API Reference, PutMetricData
	maxDocument       = 256 << 10 // bytes of one line: the size of a log's event that every region takes
)

// Unit is a metric's unit, as CloudWatch spells it.
type Unit string

const (
	Count        Unit = "Count"
	Milliseconds Unit = "Milliseconds"
	Seconds      Unit = "Seconds"
)

// Metric is one value of one metric.
type Metric struct {
	Name  string
	Unit  Unit
	Value float64
}

// Document is a line of a log from which CloudWatch makes metrics: its
// embedded metric format.
type Document struct {
	Namespace  string
	At         time.Time
	Dimensions [][]string        // sets of keys of Values, each a metric of its own; none: one without dimensions
	Values     map[string]string // of the dimensions
	Metrics    []Metric
	Properties map[string]any // what is no metric, to search for
}

type directive struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []declared
}

type declared struct {
	Name string
	Unit Unit
}

// Write writes the document as one line, with one call of w. It writes nothing
// that CloudWatch would refuse; the error says what that is.
func (d Document) Write(w io.Writer) error {
	line, err := d.line()
	if err != nil {
		return fmt.Errorf("write metrics: %w", err)
	}
	if _, err := w.Write(line); err != nil {
		return fmt.Errorf("write metrics: %w", err)
	}
	return nil
}

func (d Document) line() ([]byte, error) {
	if len(d.Dimensions) == 0 {
		d.Dimensions = [][]string{{}}
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	dir := directive{Namespace: d.Namespace, Dimensions: d.Dimensions}
	root := map[string]any{}
	set := func(key string, value any) error {
		if _, twice := root[key]; twice || key == "_aws" {
			return fmt.Errorf("the name %q is taken", key)
		}
		root[key] = value
		return nil
	}
	for key, v := range d.Values {
		if err := set(key, v); err != nil {
			return nil, err
		}
	}
	for _, m := range d.Metrics {
		dir.Metrics = append(dir.Metrics, declared{m.Name, m.Unit})
		if err := set(m.Name, m.Value); err != nil {
			return nil, err
		}
	}
	for key, v := range d.Properties {
		if err := set(key, v); err != nil {
			return nil, err
		}
	}
	root["_aws"] = struct {
		Timestamp         int64
		CloudWatchMetrics []directive
	}{d.At.UnixMilli(), []directive{dir}}
	line, err := json.Marshal(root)
	if err != nil {
		return nil, err
	}
	if line = append(line, '\n'); len(line) > maxDocument {
		return nil, fmt.Errorf("the document has %d bytes, more than %d", len(line), maxDocument)
	}
	return line, nil
}

// check looks for what CloudWatch would drop without a word.
func (d Document) check() error {
	if d.Namespace == "" || len(d.Namespace) > maxName {
		return fmt.Errorf("the namespace %q is not 1 to %d characters long", d.Namespace, maxName)
	}
	if len(d.Metrics) == 0 || len(d.Metrics) > maxMetrics {
		return fmt.Errorf("%d metrics in one document; it takes 1 to %d", len(d.Metrics), maxMetrics)
	}
	for _, m := range d.Metrics {
		if m.Name == "" || len(m.Name) > maxName {
			return fmt.Errorf("the metric's name %q is not 1 to %d characters long", m.Name, maxName)
		}
		if math.IsNaN(m.Value) || math.IsInf(m.Value, 0) {
			return fmt.Errorf("the metric %s is %g", m.Name, m.Value)
		}
	}
	for _, names := range d.Dimensions {
		if len(names) > maxDimensions {
			return fmt.Errorf("%d dimensions in one set; it takes up to %d", len(names), maxDimensions)
		}
		for i, name := range names {
			v, ok := d.Values[name]
			switch {
			case slices.Contains(names[:i], name):
				return fmt.Errorf("the dimension %s stands twice in a set", name)
			case !ok || v == "" || len(v) > maxDimensionValue:
				return fmt.Errorf("the value %q of the dimension %s is not 1 to %d characters long", v, name, maxDimensionValue)
			}
		}
	}
	return nil
}
