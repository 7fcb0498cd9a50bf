package kube

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A requirement is one condition of a selector.
type requirement struct {
	key    string
	op     string   // = != in notin exists !
	values []string // sorted; of = and != one
}

// A selector is a list of conditions, all of which must hold.
type selector []requirement

var setForm = regexp.MustCompile(`^(\S+)\s+(in|notin)\s*\(([^()]*)\)$`)

// parseLabels reads a label selector. Source: Kubernetes documentation,
// "Labels and Selectors".
func parseLabels(text string) (selector, error) {
	var out selector
	for _, part := range splitSelector(text) {
		r, err := parseRequirement(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

func parseRequirement(part string) (requirement, error) {
	r := requirement{key: part, op: "exists"}
	if m := setForm.FindStringSubmatch(part); m != nil {
		r = requirement{key: m[1], op: m[2]}
		for v := range strings.SplitSeq(m[3], ",") {
			r.values = append(r.values, strings.TrimSpace(v))
		}
		slices.Sort(r.values)
		r.values = slices.Compact(r.values)
	} else if k, v, op, found := cutOperator(part); found {
		r = requirement{k, op, []string{v}}
	} else if k, found := strings.CutPrefix(part, "!"); found {
		r = requirement{key: strings.TrimSpace(k), op: "!"}
	}
	if !qualifiedForm.MatchString(r.key) {
		return r, badRequest("unable to parse requirement: %q is not a label's key", r.key)
	}
	for _, v := range r.values {
		if !valueForm.MatchString(v) {
			return r, badRequest("unable to parse requirement: %q is not a label's value", v)
		}
	}
	return r, nil
}

// cutOperator splits at the first of = == !=.
func cutOperator(part string) (k, v, op string, found bool) {
	k, v, found = strings.Cut(part, "=")
	op = "="
	if n, not := strings.CutSuffix(k, "!"); not {
		k, op = n, "!="
	} else {
		v = strings.TrimPrefix(v, "=")
	}
	return strings.TrimSpace(k), strings.TrimSpace(v), op, found
}

// splitSelector splits at the commas that are not in brackets.
func splitSelector(text string) (parts []string) {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	depth, from := 0, 0
	for i, c := range text {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			parts, from = append(parts, text[from:i]), i+1
		}
	}
	return append(parts, text[from:])
}

// fieldPaths are the fields that a resource's objects can be chosen by.
func fieldPaths(res *resource) []string {
	if res == namespaces {
		return []string{"metadata.name", "status.phase"}
	}
	return []string{"metadata.name", "metadata.namespace"}
}

// parseFields reads a field selector. Source: Kubernetes documentation,
// "Field Selectors".
func parseFields(res *resource, text string) (selector, error) {
	var out selector
	for _, part := range splitSelector(text) {
		k, v, op, found := cutOperator(part)
		if !found {
			return nil, badRequest("invalid selector: %q; can't understand %q", text, part)
		}
		if !res.empty && !slices.Contains(fieldPaths(res), k) {
			return nil, badRequest("field label not supported: %s", k)
		}
		out = append(out, requirement{k, op, []string{v}})
	}
	return out, nil
}

// matches reports whether values fulfil a selector.
func (s selector) matches(values map[string]string) bool {
	for _, r := range s {
		v, has := values[r.key]
		holds := false
		switch r.op {
		case "=", "in":
			holds = has && slices.Contains(r.values, v)
		case "!=", "notin":
			holds = !has || !slices.Contains(r.values, v)
		case "exists":
			holds = has
		case "!":
			holds = !has
		}
		if !holds {
			return false
		}
	}
	return true
}

// String returns the selector in a form that parses to the same one.
func (s selector) String() string {
	var parts []string
	for _, r := range s {
		switch r.op {
		case "exists":
			parts = append(parts, r.key)
		case "!":
			parts = append(parts, "!"+r.key)
		case "in", "notin":
			parts = append(parts, fmt.Sprintf("%s %s (%s)", r.key, r.op, strings.Join(r.values, ",")))
		default:
			parts = append(parts, r.key+r.op+r.values[0])
		}
	}
	return strings.Join(parts, ",")
}

// fields are an object's values for field selectors.
func (o *object) fields() map[string]string {
	f := map[string]string{"metadata.name": o.Metadata.Name, "metadata.namespace": o.Metadata.Namespace}
	if o.Status != nil {
		f["status.phase"] = o.Status.Phase
	}
	return f
}
