package kubeconfig

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Options say what Merge may do besides.
type Options struct {
	// Overwrite lets it replace items of an entry's name that were not made
	// here, and what was added to those that were.
	Overwrite bool
	// Current is the name that current-context gets if it has none. Empty: it
	// stays as it is.
	Current string
	// SetCurrent gives it that name also where it has another.
	SetCurrent bool
}

// Merged is a kubeconfig with the entries in it.
type Merged struct {
	Text []byte
	// Names of entries, in the order given: those that were not there, those
	// that were and are different now, and those that were there as they are.
	Added, Changed, Same []string
	Current              string // what current-context is now
	// Dropped is what items lost, but for values that others took the place of.
	Dropped []Dropped
}

// Merge puts entries into a kubeconfig. Bytes that belong to no item of an
// entry's name stay as they are, and so do those items where they say already
// what they should. The new items of a list come after its last one. In an item
// that changes, keys stay that an entry has not, such as a cluster's proxy-url,
// variables and extensions of other names, and a context's namespace if the
// entry names none, unless they contradict the entry; so do comments of lines
// that stay.
//
// An empty text is a kubeconfig without entries. A text that cannot be read, in
// which something else stands where a list should, or in which an item of an
// entry's name was not made here, is an [*Error] with its line, and so is one
// that cannot be changed without changing what else it says.
func Merge(existing []byte, entries []Entry, o Options) (Merged, error) {
	out, err := read(existing)
	if err != nil {
		return Merged{}, err
	}
	doc, err := decode(existing, out)
	if err != nil {
		return Merged{}, err
	}
	m := &merger{text: existing, out: out, doc: doc, options: o, state: map[string]int{}, want: map[string]map[string]any{}}
	names := map[string]bool{}
	for _, e := range entries {
		if names[e.name()] {
			return Merged{}, &Error{Message: fmt.Sprintf("two clusters would both be called %q", e.name()), Hint: "give them different names"}
		}
		names[e.name()] = true
	}
	if err := m.check(); err != nil {
		return Merged{}, err
	}
	entries = m.withNamespaces(entries)
	for _, l := range lists {
		if err := m.list(l.list, l.part, entries); err != nil {
			return Merged{}, err
		}
	}
	result := Merged{Current: m.current(), Dropped: m.dropped}
	for _, e := range entries {
		switch m.state[e.name()] {
		case 0:
			result.Same = append(result.Same, e.name())
		case len(lists) * added:
			result.Added = append(result.Added, e.name())
		default:
			result.Changed = append(result.Changed, e.name())
		}
	}
	result.Text = m.apply()
	if err := m.verify(result.Text, names, result.Current); err != nil {
		return Merged{}, err
	}
	return result, nil
}

// What an item of an entry was, added up over the lists.
const (
	added   = 1
	changed = 10
)

// merger is one merge under way.
type merger struct {
	text    []byte
	out     *outline
	doc     map[string]any
	options Options
	edits   []edit
	fields  []pair                    // outermost keys that are not there yet
	state   map[string]int            // by entry
	want    map[string]map[string]any // what the item of each name is to say, by list
	dropped []Dropped
}

// edit puts a text in the place of a range.
type edit struct {
	at   span
	text string
}

func (m *merger) edit(at span, text string) {
	if m.out.newline != "\n" {
		text = strings.ReplaceAll(text, "\n", m.out.newline)
	}
	m.edits = append(m.edits, edit{at, text})
}

// check refuses a document that is no kubeconfig.
func (m *merger) check() error {
	for key, want := range map[string]string{"apiVersion": "v1", "kind": "Config"} {
		got, there := m.doc[key]
		if there && got != nil && got != "" && got != want {
			return m.fail(key, fmt.Sprintf("%s is %v, and a kubeconfig's is %s", key, got, want), "name a kubeconfig, or a file that is not there yet")
		}
		if !there && m.out.empty {
			m.fields = append(m.fields, pair{key, want})
		}
	}
	slices.SortFunc(m.fields, func(a, b pair) int { return strings.Compare(a.key, b.key) })
	return nil
}

// named returns the items of a list as they are decoded, and where the one of
// each name is.
func (m *merger) named(list string) (items []any, at map[string]int, err error) {
	at = map[string]int{}
	value := m.doc[list]
	f := m.out.field(list)
	if value == nil {
		return nil, at, nil
	}
	items, ok := value.([]any)
	if !ok {
		return nil, nil, m.fail(list, list+" is no list", "write each of its elements after a dash, as in \"- name: NAME\"")
	}
	if f == nil || len(items) != len(f.items) {
		return nil, nil, m.fail(list, list+" is written in a way that is not known here", "write it as a list with dashes, as kubectl does, without anchors and aliases for the whole list")
	}
	for i, item := range items {
		fields, _ := item.(map[string]any)
		name, ok := fields["name"].(string)
		if !ok {
			return nil, nil, m.failAt(f.items[i], "an element of "+list+" that has no name", "give it \"name: NAME\", or take it away")
		}
		if _, twice := at[name]; twice {
			return nil, nil, m.failAt(f.items[i], fmt.Sprintf("%s has two elements called %q", list, name), "rename one or take it away: kubectl refuses the file too")
		}
		at[name] = i
	}
	return items, at, nil
}

// withNamespaces gives the entries that name no namespace the one that their
// context has.
func (m *merger) withNamespaces(entries []Entry) []Entry {
	items, at, err := m.named(contexts)
	if err != nil {
		return entries // it is said again
	}
	entries = slices.Clone(entries)
	for i, e := range entries {
		if n, there := at[e.name()]; there && e.Namespace == "" {
			context, _ := items[n].(map[string]any)["context"].(map[string]any)
			entries[i].Namespace, _ = context["namespace"].(string)
		}
	}
	return entries
}

// list plans the edits of one list.
func (m *merger) list(list, part string, entries []Entry) error {
	items, at, err := m.named(list)
	if err != nil {
		return err
	}
	f := m.out.field(list)
	m.want[list] = map[string]any{}
	var fresh []any
	for _, e := range entries {
		want := e.item(list)
		i, there := at[e.name()]
		if !there {
			m.want[list][e.name()] = generic(want)
			m.state[e.name()] += added
			fresh = append(fresh, want)
			continue
		}
		old := items[i]
		item, dropped := keep(old, want)
		if m.options.Overwrite {
			item, dropped = generic(want).(map[string]any), lostKeys("", old, generic(want))
		}
		m.want[list][e.name()] = item
		switch {
		case says(old, item):
			continue
		case !m.options.Overwrite && !ours(old, part):
			return m.failAt(f.items[i], fmt.Sprintf("%s has an element called %q that was not made by postern", list, e.name()),
				"rename it, choose other names with --context-name, or replace it with --overwrite")
		}
		m.state[e.name()] += changed
		if len(dropped) > 0 {
			m.dropped = append(m.dropped, Dropped{list, e.name(), dropped})
		}
		m.replace(f, f.items[i], ordered(item, want))
	}
	if len(fresh) > 0 {
		m.insert(list, f, fresh)
	}
	return nil
}

// says reports whether an item says what another does: null, false and an empty
// text, which kubectl writes where it has nothing to say, are as good as nothing.
func says(item, want any) bool { return reflect.DeepEqual(spoken(item), spoken(want)) }

// spoken is a value without what says nothing.
func spoken(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			if value != nil && value != false && value != "" {
				out[key] = spoken(value)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = spoken(e)
		}
		return out
	}
	return v
}

// ours reports whether an item carries our extension.
func ours(item any, part string) bool {
	fields, _ := item.(map[string]any)
	inner, _ := fields[part].(map[string]any)
	extensions, _ := inner["extensions"].([]any)
	return slices.ContainsFunc(extensions, func(x any) bool {
		e, _ := x.(map[string]any)
		return e["name"] == extensionName
	})
}

// replace puts another item in the place of one.
func (m *merger) replace(f *field, at span, item any) {
	if f.open {
		m.edit(at, inline(item))
		return
	}
	text := m.block([]any{item}, f.dash)
	if !m.options.Overwrite {
		text = withComments(m.text[at.start:at.end], text)
	}
	m.edit(at, text)
}

// insert puts items at a list's end. A list that is not there, or empty, begins
// with them.
func (m *merger) insert(list string, f *field, items []any) {
	switch {
	case f == nil:
		m.fields = append(m.fields, pair{list, items})
	case f.open && len(f.items) > 0:
		last := f.items[len(f.items)-1]
		text := ","
		// One that begins its line is followed by others that do.
		line := lineStart(m.text, last.start)
		if indent := string(m.text[line:last.start]); strings.TrimSpace(indent) == "" && line > 0 {
			text += "\n" + indent
		} else {
			text += " "
		}
		var all []string
		for _, i := range items {
			all = append(all, inline(i))
		}
		m.edit(span{last.end, last.end}, text+strings.Join(all, text))
	case m.out.flow:
		m.edit(f.inner, inline(items))
	case len(f.items) > 0:
		m.edit(span{f.end, f.end}, m.newLine(f.end)+m.block(items, f.dash))
	default: // null or []: its value goes, and the items come on the lines after it
		if f.inner.start < f.inner.end {
			start := f.inner.start
			for start > 0 && (m.text[start-1] == ' ' || m.text[start-1] == '\t') {
				start--
			}
			m.edit(span{start, f.inner.end}, "")
		}
		m.edit(span{f.first, f.first}, m.newLine(f.first)+m.block(items, m.dash()))
	}
}

// block returns items as lines with dashes.
func (m *merger) block(items []any, dash int) string {
	var b strings.Builder
	for _, i := range items {
		writeItem(&b, i, dash)
	}
	return b.String()
}

// inline returns a value on one line.
func inline(v any) string {
	text, _ := plainJSON(v) // what a decoder made can be written, but for infinities
	return string(text)
}

// dash returns how far the file indents the dashes of its lists.
func (m *merger) dash() int {
	for _, f := range m.out.fields {
		if len(f.items) > 0 && !f.open {
			return f.dash
		}
	}
	return max(m.out.indent, 0)
}

// newLine returns what ends the line before at, if nothing does.
func (m *merger) newLine(at int) string {
	if at > 0 && m.text[at-1] != '\n' && !(at == 3 && m.out.empty) { // a byte order mark is no line
		return "\n"
	}
	return ""
}

// current plans the edit of current-context and returns what it is afterwards.
func (m *merger) current() string {
	const key = "current-context"
	now, _ := m.doc[key].(string)
	want := m.options.Current
	if want == "" || now == want || now != "" && !m.options.SetCurrent {
		return now
	}
	f := m.out.field(key)
	switch {
	case f == nil:
		m.fields = append(m.fields, pair{key, want})
	case m.out.flow:
		m.edit(f.inner, quoted(want))
	case f.inner.start == f.inner.end: // after the colon, before a comment
		colon := f.inner.start
		if colon == 0 {
			colon = lineStart(m.text, f.first-1) + m.out.indent + len(f.name) + 1
		}
		m.edit(span{colon, colon}, " "+scalar(want))
	default:
		m.edit(f.inner, scalar(want))
	}
	return want
}

// apply returns the text with the edits in it.
func (m *merger) apply() []byte {
	m.addFields()
	slices.SortStableFunc(m.edits, func(a, b edit) int { return a.at.start - b.at.start })
	var b strings.Builder
	done := 0
	for _, e := range m.edits {
		b.Write(m.text[done:e.at.start])
		b.WriteString(e.text)
		done = e.at.end
	}
	b.Write(m.text[done:])
	return []byte(b.String())
}

// addFields plans the edit that adds the outermost keys which are not there.
func (m *merger) addFields() {
	if len(m.fields) == 0 {
		return
	}
	if !m.out.flow {
		var b strings.Builder
		for _, p := range m.fields {
			b.WriteString(strings.Repeat(" ", max(m.out.indent, 0)) + scalar(p.key) + ":")
			if items, ok := p.value.([]any); ok {
				b.WriteString("\n" + m.block(items, m.dash()))
				continue
			}
			b.WriteString(" " + scalar(p.value) + "\n")
		}
		at := span{m.out.end, m.out.end}
		before := m.newLine(m.out.end)
		if slices.ContainsFunc(m.edits, func(e edit) bool { return e.at == at && strings.HasSuffix(e.text, "\n") }) {
			before = "" // what comes there has ended the line
		}
		m.edit(at, before+b.String())
		return
	}
	text, at, sep := "", m.out.braces.start+1, ""
	if n := len(m.out.fields); n > 0 {
		at, sep = m.out.fields[n-1].end, ", "
		if line := lineStart(m.text, at); line > m.out.braces.start {
			sep = ",\n" + m.indentOfFields()
		}
	}
	for _, p := range m.fields {
		text += sep + quoted(p.key) + ": " + inline(p.value)
		if sep == "" {
			sep = ", "
		}
	}
	m.edit(span{at, at}, text)
}

// indentOfFields returns what stands before a key in braces that begins its
// line.
func (m *merger) indentOfFields() string {
	for _, f := range m.out.fields {
		before := string(m.text[lineStart(m.text, f.start):f.start])
		if strings.TrimSpace(before) == "" {
			return before
		}
	}
	return ""
}

// lineStart returns where i's line begins.
func lineStart(text []byte, i int) int {
	for i > 0 && text[i-1] != '\n' {
		i--
	}
	return i
}

// fail is an error about an outermost key.
func (m *merger) fail(key, message, hint string) error {
	e := &Error{Message: message, Hint: hint}
	if f := m.out.field(key); f != nil {
		e.Line = f.line
	}
	return e
}

func (m *merger) failAt(at span, message, hint string) error {
	s := scanner{text: m.text}
	return s.fail(at.start, message, hint)
}
