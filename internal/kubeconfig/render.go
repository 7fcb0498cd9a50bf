package kubeconfig

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// pair and pairs are a mapping that keeps its order. A value is a string, a
// bool, pairs, a list of values, or, where a user wrote it, null or a number.
type (
	pair struct {
		key   string
		value any
	}
	pairs []pair
)

// with adds a key unless its value is empty.
func (p pairs) with(key, value string) pairs {
	if value == "" {
		return p
	}
	return append(p, pair{key, value})
}

// generic returns a value as a decoder of JSON would.
func generic(v any) any {
	switch v := v.(type) {
	case pairs:
		out := map[string]any{}
		for _, p := range v {
			out[p.key] = generic(p.value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = generic(e)
		}
		return out
	}
	return v
}

// MarshalJSON writes the mapping in its order.
func (p pairs) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, e := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := plainJSON(e.value)
		if err != nil {
			return nil, err
		}
		b.WriteString(quoted(e.key) + ":")
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// plainJSON is JSON without the escapes that only HTML needs, on one line.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// quoted writes a string as JSON does, which is YAML too.
func quoted(s string) string {
	text, _ := plainJSON(s) // a string can always be written
	return string(text)
}

var (
	// bare are texts that mean themselves without quotes: no indicator at their
	// beginning, nothing that ends them.
	bare = regexp.MustCompile(`^[A-Za-z0-9/][A-Za-z0-9._/@+=-]*(:[A-Za-z0-9._/@+=-]+)*$`)
	// other are those of them that some reader of YAML 1.1 or 1.2 takes for a
	// number, a date, a bool or null.
	other = regexp.MustCompile(`^([0-9][0-9._:xobeE+-]*|0x[0-9a-fA-F_]+|[0-9.]+[eE][0-9+-]+)$`)
	words = []string{"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
)

// scalar writes what is neither pairs nor a list as YAML.
func scalar(v any) string {
	s, ok := v.(string)
	if !ok {
		return inline(v)
	}
	if bare.MatchString(s) && !other.MatchString(s) && !slices.Contains(words, strings.ToLower(s)) {
		return s
	}
	return quoted(s)
}

// writeMapping writes p's lines, each after indent spaces.
func writeMapping(b *strings.Builder, p pairs, indent int) {
	for _, e := range p {
		b.WriteString(strings.Repeat(" ", indent) + scalar(e.key) + ":")
		writeValue(b, e.value, indent)
	}
}

// writeValue writes what follows a key's colon.
func writeValue(b *strings.Builder, v any, indent int) {
	switch v := v.(type) {
	case pairs:
		if len(v) == 0 {
			b.WriteString(" {}\n")
			return
		}
		b.WriteByte('\n')
		writeMapping(b, v, indent+2)
	case []any:
		if len(v) == 0 {
			b.WriteString(" []\n")
			return
		}
		b.WriteByte('\n')
		for _, e := range v {
			writeItem(b, e, indent)
		}
	case literal:
		b.WriteString(" |\n")
		for line := range strings.Lines(string(v)) {
			b.WriteString(strings.Repeat(" ", indent+2) + line)
		}
	default:
		b.WriteString(" " + scalar(v) + "\n")
	}
}

// literal is a text of several lines that ends with a newline, in which no line
// begins with a space.
type literal string

// writeItem writes an element of a list, its dash after indent spaces.
func writeItem(b *strings.Builder, v any, indent int) {
	p, ok := v.(pairs)
	if !ok || len(p) == 0 {
		b.WriteString(strings.Repeat(" ", indent) + "- " + scalar(v) + "\n")
		return
	}
	var lines strings.Builder
	writeMapping(&lines, p, indent+2)
	text := lines.String()
	b.WriteString(text[:indent] + "- " + text[indent+2:])
}
