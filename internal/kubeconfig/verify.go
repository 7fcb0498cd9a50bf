package kubeconfig

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
)

// decode reads what a text says. JSON is read as JSON, which may be indented by
// tabs.
func decode(text []byte, out *outline) (map[string]any, error) {
	doc := map[string]any{}
	if out.empty {
		return doc, nil
	}
	if bare := bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")); out.flow && json.Valid(bare) {
		d := json.NewDecoder(bytes.NewReader(bare))
		d.UseNumber() // a number that stays is written as it was
		if err := d.Decode(&doc); err != nil {
			return nil, &Error{Message: oneLine(err.Error()), Hint: "correct the file"}
		}
		return doc, nil
	}
	if err := yaml.Unmarshal(plain(text, out), &doc); err != nil {
		e := &Error{Message: "this is no YAML: " + oneLine(err.Error()), Hint: "correct the file; nothing was changed"}
		if located, ok := err.(yaml.Error); ok {
			e.Message = "this is no YAML: " + oneLine(located.GetMessage())
			if t := located.GetToken(); t != nil && t.Position != nil {
				e.Line = t.Position.Line
			}
		}
		return nil, e
	}
	return doc, nil
}

// plain returns the text without what says nothing and the library does not
// take everywhere: comments and tabs on lines of their own, a byte order mark,
// and two bytes at a line's end. Lines keep their numbers.
func plain(text []byte, out *outline) []byte {
	var b bytes.Buffer
	done := 0
	for _, t := range out.trivia {
		b.Write(text[done:t.start])
		b.WriteByte('\n')
		done = t.end
	}
	b.Write(text[done:])
	return bytes.ReplaceAll(bytes.TrimPrefix(b.Bytes(), []byte("\xef\xbb\xbf")), []byte("\r\n"), []byte("\n"))
}

func oneLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// verify reads the new text and compares what it says with what the old one
// said: our items are as wanted, and everything else is as it was.
func (m *merger) verify(text []byte, names map[string]bool, current string) error {
	unsure := func(what string) error {
		return &Error{
			Message: "the file cannot be changed safely: " + what,
			Hint:    "write the entries to a file of their own with --file, and name both in KUBECONFIG",
		}
	}
	out, err := read(text)
	if err != nil {
		return unsure(err.Error())
	}
	doc, err := decode(text, out)
	if err != nil {
		return unsure(err.Error())
	}
	after := &merger{text: text, out: out, doc: doc}
	for _, l := range lists {
		if _, _, err := after.named(l.list); err != nil { // the two readings differ
			return unsure(err.Error())
		}
	}
	was := m.doc
	for key := range union(was, doc) {
		old, before := was[key]
		now, after := doc[key]
		switch {
		case key == clusters || key == contexts || key == users:
		case key == "current-context":
			if s, _ := now.(string); s != current {
				return unsure("current-context would be " + s)
			}
		case !before && m.out.empty:
		case before != after || !reflect.DeepEqual(old, now):
			return unsure(fmt.Sprintf("%s would say something else", key))
		}
	}
	for _, l := range lists {
		if err := sameItems(l.list, was[l.list], doc[l.list], m.want[l.list], names); err != "" {
			return unsure(err)
		}
	}
	return nil
}

// sameItems compares the items of a list before and after.
func sameItems(list string, was, now any, want map[string]any, names map[string]bool) string {
	theirs := func(value any) (out []any, ours map[string]any) {
		items, _ := value.([]any)
		ours = map[string]any{}
		for _, i := range items {
			fields, _ := i.(map[string]any)
			if name, ok := fields["name"].(string); ok && names[name] {
				ours[name] = i
				continue
			}
			out = append(out, i)
		}
		return out, ours
	}
	before, _ := theirs(was)
	after, made := theirs(now)
	if !reflect.DeepEqual(before, after) {
		return "another element of " + list + " would say something else"
	}
	for name := range names {
		if !says(made[name], want[name]) {
			return fmt.Sprintf("the element %q of %s would not say what it should", name, list)
		}
	}
	return ""
}

func union(a, b map[string]any) map[string]bool {
	all := map[string]bool{}
	for k := range a {
		all[k] = true
	}
	for k := range b {
		all[k] = true
	}
	return all
}
