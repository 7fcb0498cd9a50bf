package state

import (
	"maps"
	"slices"
	"strings"
)

// A Filter keeps what has one of Values under Name, as EC2's filters do: * and
// ? are wildcards, \ takes their meaning away, and tag:KEY and tag-key look at
// tags. Source: EC2 user guide, list and filter.
type Filter struct {
	Name   string
	Values []string
}

// Tags are a resource's tags by key.
type Tags map[string]string

// fields give, by filter name, what a resource has under it.
type fields[T any] map[string]func(T) []string

// matcher returns a predicate for the filters. An unknown name is refused as
// EC2 does.
func matcher[T any](f fields[T], tags func(T) Tags, filters []Filter) (func(T) bool, error) {
	for _, x := range filters {
		if f[x.Name] == nil && x.Name != "tag-key" && !strings.HasPrefix(x.Name, "tag:") {
			return nil, refuse("InvalidParameterValue", "The filter '%s' is invalid", x.Name)
		}
	}
	return func(v T) bool {
		for _, x := range filters {
			if !slices.ContainsFunc(has(f, tags, x.Name, v), func(have string) bool {
				return slices.ContainsFunc(x.Values, func(pattern string) bool { return wildcard(pattern, have) })
			}) {
				return false
			}
		}
		return true
	}, nil
}

// has returns what a resource has under a filter's name.
func has[T any](f fields[T], tags func(T) Tags, name string, v T) []string {
	if key, ok := strings.CutPrefix(name, "tag:"); ok {
		if value, ok := tags(v)[key]; ok {
			return []string{value}
		}
		return nil
	}
	if name == "tag-key" {
		var keys []string
		for k := range tags(v) {
			keys = append(keys, k)
		}
		return keys
	}
	return f[name](v)
}

// exact returns the value of a filter that names one value without wildcards,
// which an index can answer.
func exact(filters []Filter, name string) (string, bool) {
	for _, f := range filters {
		if f.Name == name && len(f.Values) == 1 && !strings.ContainsAny(f.Values[0], `*?\`) {
			return f.Values[0], true
		}
	}
	return "", false
}

// candidates returns the records that a table's indexes leave for the filters.
func candidates[T any](t *table[T], filters []Filter) []*record[T] {
	best := t.all()
	for _, name := range slices.Sorted(maps.Keys(t.indexes)) {
		if key, ok := exact(filters, name); ok {
			if under := t.under(name, key); len(under) < len(best) {
				best = under
			}
		}
	}
	return best
}

// wildcard reports whether text matches a pattern with * and ?.
func wildcard(pattern, text string) bool {
	// On a mismatch after a *, that * takes one more byte and the rest is tried again.
	p, t, star, from := 0, 0, -1, 0
	for t < len(text) {
		if p < len(pattern) {
			switch c := pattern[p]; {
			case c == '*':
				star, from = p, t
				p++
				continue
			case c == '\\' && p+1 < len(pattern) && pattern[p+1] == text[t]:
				p, t = p+2, t+1
				continue
			case c == '?', c != '\\' && c == text[t], c == '\\' && p+1 == len(pattern) && text[t] == '\\':
				p, t = p+1, t+1
				continue
			}
		}
		if star < 0 {
			return false
		}
		from++
		p, t = star+1, from
	}
	return strings.Trim(pattern[p:], "*") == ""
}
