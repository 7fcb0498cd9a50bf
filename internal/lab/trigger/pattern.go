package trigger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// A Pattern says which events a rule takes.
type Pattern struct{ root node }

// A node is an object of a pattern: what each field must have.
type node map[string]want

// A want is what one field must have: an object below, or one of the tests.
type want struct {
	below node
	tests []test
}

// A test looks at one value of a field; nil stands for a field that is not there.
type test func(value any, there bool) bool

// maxPattern bounds a pattern. Source: EventBridge user guide, quotas.
const maxPattern = 4096

// ParsePattern reads an event pattern. Operators: a value itself, prefix,
// suffix, anything-but, exists, equals-ignore-case and wildcard; another is an
// error.
func ParsePattern(text string) (*Pattern, error) {
	if len(text) > maxPattern {
		return nil, fmt.Errorf("event pattern is not valid: %d bytes, more than %d", len(text), maxPattern)
	}
	doc, err := decode([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("event pattern is not valid: %w", err)
	}
	fields, ok := doc.(map[string]any)
	if !ok || len(fields) == 0 {
		return nil, errors.New("event pattern is not valid: it must be a JSON object that is not empty")
	}
	root, err := parseNode(fields)
	if err != nil {
		return nil, fmt.Errorf("event pattern is not valid: %w", err)
	}
	return &Pattern{root}, nil
}

// decode reads one JSON value, numbers as their text.
func decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var doc any
	if err := d.Decode(&doc); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the document")
	}
	return doc, nil
}

func parseNode(fields map[string]any) (node, error) {
	n := node{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		switch v := fields[name].(type) {
		case map[string]any:
			if len(v) == 0 {
				return nil, fmt.Errorf("%q is an empty object", name)
			}
			below, err := parseNode(v)
			if err != nil {
				return nil, err
			}
			n[name] = want{below: below}
		case []any:
			if name == "$or" {
				return nil, errors.New("$or is not evaluated here")
			}
			if len(v) == 0 {
				return nil, fmt.Errorf("%q is an empty list", name)
			}
			var tests []test
			for _, x := range v {
				t, err := parseTest(x)
				if err != nil {
					return nil, fmt.Errorf("%q: %w", name, err)
				}
				tests = append(tests, t)
			}
			n[name] = want{tests: tests}
		default:
			return nil, fmt.Errorf("%q must be an object or an array", name)
		}
	}
	return n, nil
}

// parseTest reads one element of a field's list.
func parseTest(x any) (test, error) {
	m, ok := x.(map[string]any)
	if !ok {
		if _, list := x.([]any); list {
			return nil, errors.New("a list holds a list")
		}
		return func(v any, there bool) bool { return there && v == x }, nil
	}
	if len(m) != 1 {
		return nil, errors.New("a comparison has exactly one operator")
	}
	for op, arg := range m {
		return parseOperator(op, arg)
	}
	return nil, nil
}

func parseOperator(op string, arg any) (test, error) {
	text, isText := arg.(string)
	onText := func(f func(string) bool) (test, error) {
		if !isText {
			return nil, fmt.Errorf("%s takes a string", op)
		}
		return func(v any, there bool) bool {
			s, ok := v.(string)
			return there && ok && f(s)
		}, nil
	}
	switch op {
	case "prefix":
		return onText(func(s string) bool { return strings.HasPrefix(s, text) })
	case "suffix":
		return onText(func(s string) bool { return strings.HasSuffix(s, text) })
	case "equals-ignore-case":
		return onText(func(s string) bool { return strings.EqualFold(s, text) })
	case "wildcard":
		if strings.Contains(text, "**") {
			return nil, errors.New("wildcard has two stars in a row")
		}
		return onText(func(s string) bool { return wildcard(text, s) })
	case "exists":
		yes, ok := arg.(bool)
		if !ok {
			return nil, errors.New("exists takes true or false")
		}
		return func(_ any, there bool) bool { return there == yes }, nil
	case "anything-but":
		return parseAnythingBut(arg)
	}
	return nil, fmt.Errorf("operator %q is not evaluated here", op)
}

// parseAnythingBut takes a value, a list of values, or one comparison.
func parseAnythingBut(arg any) (test, error) {
	values, ok := arg.([]any)
	if !ok {
		values = []any{arg}
	}
	if len(values) == 0 {
		return nil, errors.New("anything-but takes a list that is not empty")
	}
	var tests []test
	for _, x := range values {
		t, err := parseTest(x)
		if err != nil {
			return nil, err
		}
		tests = append(tests, t)
	}
	return func(v any, there bool) bool {
		return there && !slices.ContainsFunc(tests, func(t test) bool { return t(v, there) })
	}, nil
}

// wildcard reports whether s fits a pattern in which * is any text.
func wildcard(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(s) < len(first)+len(last) || !strings.HasPrefix(s, first) || !strings.HasSuffix(s, last) {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return true
}

// Match reports whether an event, a JSON object, fits the pattern. What is no
// JSON object fits none.
func (p *Pattern) Match(event []byte) bool {
	doc, err := decode(event)
	if err != nil {
		return false
	}
	fields, ok := doc.(map[string]any)
	return ok && p.root.match(fields)
}

func (n node) match(fields map[string]any) bool {
	for name, w := range n {
		v, there := fields[name]
		if w.below != nil {
			below, _ := v.(map[string]any)
			if !w.below.match(below) {
				return false
			}
			continue
		}
		if !slices.ContainsFunc(w.tests, func(t test) bool { return matchValue(t, v, there) }) {
			return false
		}
	}
	return true
}

// matchValue takes a list for each of its elements.
func matchValue(t test, v any, there bool) bool {
	list, ok := v.([]any)
	if !ok {
		if _, object := v.(map[string]any); object {
			return false
		}
		return t(v, there)
	}
	if len(list) == 0 {
		return t(nil, false)
	}
	return slices.ContainsFunc(list, func(x any) bool {
		switch x.(type) {
		case []any, map[string]any:
			return false
		}
		return t(x, true)
	})
}
