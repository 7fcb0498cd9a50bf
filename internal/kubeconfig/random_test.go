package kubeconfig

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A piece of a random kubeconfig's text. Ours are an item of an entry's name,
// and empty values, which may go; the others must be in the new text byte for
// byte, in order, and nothing may be put inside one.
type piece struct {
	text string
	ours bool
}

// draft is a random kubeconfig under construction.
type draft struct {
	t      *rapid.T
	pieces []piece
	block  bool // the last value is a block of text, in which a tab is none
	common bool // nothing that client-go's reader does not take
}

func (d *draft) add(format string, args ...any) {
	p := piece{text: fmt.Sprintf(format, args...)}
	d.pieces = append(d.pieces, p)
	if strings.Contains(p.text, ":") && !strings.HasPrefix(strings.TrimSpace(p.text), "#") {
		d.block = strings.ContainsAny(p.text, "|>")
	}
}

// drop adds what may go.
func (d *draft) drop(text string) { d.pieces = append(d.pieces, piece{text, true}) }

func pick[T any](t *rapid.T, label string, all ...T) T { return rapid.SampledFrom(all).Draw(t, label) }

// trivia is comments and blank lines, indented anyhow.
func (d *draft) trivia() {
	for range rapid.IntRange(0, 2).Draw(d.t, "trivia") {
		tab := "\t\n"
		if d.block || d.common {
			tab = "\n"
		}
		d.add("%s", pick(d.t, "line", tab, "\n", "# a comment: with [brackets\n", "   # \"indented\n", "#\n", "  \n", "# - name: no element\n"))
	}
}

// value is what stands in somebody else's field, for a line indented by n.
func (d *draft) value(n int) string {
	in := strings.Repeat(" ", n)
	return pick(d.t, "value",
		"plain", "'it''s: [quoted'", `"a \"b\" # c"`, "it's plain", "a#b", "https://192.0.2.1:6443", "[a, 'b]', {c: d}]", "{a: [1, 2.5], b: ~}",
		"{ a: 'x', # }\n"+in+"  b: y}", "|\n"+in+"  - name: 222222222222/us-east-1/prod\n"+in+"  clusters: []", "|-\n"+in+"  text\n\n"+in+"  more",
		">\n"+in+"  folded\n"+in+"  text", "true", "0x10", "\"two\n"+in+"  lines\"", "x # a comment", "日本語", "12:30", "\"\\u00e9\"", "~", "")
}

// item is an element of a list, its dash indented by n.
func (d *draft) item(list, part, name string, n int, ours bool) {
	in := strings.Repeat(" ", n)
	if ours {
		e := pick(d.t, "version", prod, earlier())
		var b strings.Builder
		if rapid.Bool().Draw(d.t, "ours in braces") {
			b.WriteString(in + "- " + inline(e.item(list)) + "\n")
		} else {
			writeItem(&b, e.item(list), n)
		}
		d.pieces = append(d.pieces, piece{b.String(), true})
		return
	}
	switch rapid.IntRange(0, 4).Draw(d.t, "form") {
	case 0:
		d.add("%s- {name: %s, %s: {x: 'y'}}\n", in, name, part)
	case 1:
		d.add("%s-\n%s  name: %s\n%s  %s: {}\n", in, in, name, in, part)
	case 2:
		d.add("%s- %s:\n", in, part)
		for i := range rapid.IntRange(1, 3).Draw(d.t, "fields") {
			if rapid.Bool().Draw(d.t, "comment") {
				d.trivia()
			}
			d.add("%s    f%d: %s\n", in, i, d.value(n+4))
		}
		d.add("%s  name: %s\n", in, name)
	case 3:
		d.add("%s-   name: %s\n%s    %s:\n%s        unknown:\n%s        - a\n%s        - b: c\n", in, name, in, part, in, in, in)
	default:
		d.add("%s- name: %s # the name\n%s  extra: %s\n", in, name, in, d.value(n+2))
	}
}

// earlier is prod as an earlier run may have made it.
func earlier() Entry {
	e := prod
	e.Server, e.TLSServerName = "https://vpce-0.example.org", "old.example.org"
	return e
}

// list is one of the three lists.
func (d *draft) list(list, part string) {
	comment := pick(d.t, "after the key", "", " # ours", "   ")
	switch rapid.IntRange(0, 6).Draw(d.t, "list") {
	case 0:
		return
	case 1:
		d.add("%s:", list)
		d.drop(pick(d.t, "empty", " []", " null", "  ~", "", " [ ]"))
		d.add("%s\n", comment)
		return
	case 2:
		d.add("%s: [{name: a, x: 'b, ]'}, {\"name\": \"b\"}", list)
		d.add("%s]%s\n", pick(d.t, "before the bracket", "", " ", ",", "\n ", " # c\n  "), comment)
		return
	}
	d.add("%s:%s\n", list, comment)
	n := pick(d.t, "indent", 0, 2, 4)
	ours := rapid.IntRange(0, 6).Draw(d.t, "ours at")
	for i := range rapid.IntRange(1, 4).Draw(d.t, "items") {
		d.trivia()
		d.item(list, part, pick(d.t, "name", fmt.Sprintf("n%d", i), fmt.Sprintf("\"q: %d\"", i), fmt.Sprintf("'222222222222/us-east-1/p%d'", i)), n, i == ours)
	}
}

// kubeconfig is a random one in block form.
func kubeconfig(t *rapid.T) []piece { return randomly(t, false) }

func randomly(t *rapid.T, common bool) []piece {
	d := &draft{t: t, common: common}
	if rapid.IntRange(0, 3).Draw(t, "marker") == 0 {
		d.add("--- # a document\n")
	}
	order := rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6}).Draw(t, "order")
	for _, i := range order {
		d.trivia()
		switch i {
		case 0, 1, 2:
			d.list(lists[i].list, lists[i].part)
		case 3:
			d.add("apiVersion: v1\n")
		case 4:
			d.add("kind: %s\n", pick(t, "kind", "Config", "\"Config\"", "'Config' # x"))
		case 5:
			if c := pick(t, "context", "-", " home", " \"\"", "", " ''", " 'a: b'", " null"); c != "-" {
				d.add("current-context:")
				d.drop(c)
				d.add("%s\n", pick(t, "after the context", "", " # none", " "))
			}
		default:
			key := "preferences" // a mapping, to client-go
			if common {
				key = "unknown"
			}
			d.add("%s: %s\n", key, d.value(0))
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "end") == 0 {
		d.add("...\n")
	}
	d.trivia()
	if last := &d.pieces[len(d.pieces)-1]; !last.ours && !bytes.ContainsAny(joined(d.pieces), "|>") && rapid.Bool().Draw(t, "no newline") {
		last.text = strings.TrimSuffix(last.text, "\n")
	}
	if rapid.IntRange(0, 3).Draw(t, "crlf") == 0 {
		for i := range d.pieces {
			d.pieces[i].text = strings.ReplaceAll(d.pieces[i].text, "\n", "\r\n")
		}
	}
	return d.pieces
}

func joined(pieces []piece) []byte {
	var b bytes.Buffer
	for _, p := range pieces {
		b.WriteString(p.text)
	}
	return b.Bytes()
}

// lost returns the first piece that must be in a text and is not after those
// before it; empty: all are.
func lost(text string, pieces []piece) string {
	for _, p := range pieces {
		if p.ours {
			continue
		}
		_, after, found := strings.Cut(text, p.text)
		if !found {
			return p.text
		}
		text = after
	}
	return ""
}

// TestMergeKeepsEverythingElse: of a thousand random kubeconfigs with every form,
// nothing is lost or moved, the entry is there, and a second merge changes
// nothing.
func TestMergeKeepsEverythingElse(t *testing.T) {
	for range 10 { // times the hundred of each check
		rapid.Check(t, keepsEverythingElse)
	}
}

func keepsEverythingElse(t *rapid.T) {
	pieces := kubeconfig(t)
	before := joined(pieces)
	got, err := Merge(before, []Entry{prod}, Options{Current: prod.name(), SetCurrent: rapid.Bool().Draw(t, "set current")})
	if err != nil {
		t.Fatalf("%v\n%s", err, before)
	}
	if lost := lost(string(got.Text), pieces); lost != "" {
		t.Fatalf("lost %q\n--- before\n%s\n--- after\n%s", lost, before, got.Text)
	}
	again, err := Merge(got.Text, []Entry{prod}, Options{Current: prod.name()})
	if err != nil || !bytes.Equal(again.Text, got.Text) || !slices.Equal(again.Same, []string{prod.name()}) {
		t.Fatalf("a second time: %v, %v\n%s", err, again.Same, got.Text)
	}
	if bytes.Contains(before, []byte("\r\n")) && bytes.Contains(bytes.ReplaceAll(got.Text, []byte("\r\n"), nil), []byte("\n")) {
		t.Fatalf("lines end in two ways\n%q", got.Text)
	}
}

// TestMergeJSON: the same for JSON, of any indentation.
func TestMergeJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := pairs{{"apiVersion", "v1"}, {"kind", "Config"}, {"unknown", "<a> & \"b\", ]}"}}
		for _, l := range lists {
			n := rapid.IntRange(-1, 3).Draw(t, l.list)
			if n < 0 {
				continue
			}
			items := []any{}
			for i := range n {
				items = append(items, pairs{{"name", fmt.Sprintf("n%d", i)}, {l.part, pairs{{"x", "}, {"}}}})
			}
			doc = append(doc, pair{l.list, items})
		}
		text := []byte(inline(doc))
		indent := pick(t, "indent", "", "\t", "  ", "none")
		if indent != "none" {
			var b bytes.Buffer
			if err := json.Indent(&b, text, "", indent); err != nil {
				t.Fatal(err)
			}
			text = b.Bytes()
		}
		got, err := Merge(text, []Entry{payments, prod}, Options{Current: prod.name()})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !json.Valid(got.Text) {
			t.Fatalf("no JSON:\n%s", got.Text)
		}
		again, err := Merge(got.Text, []Entry{prod, payments}, Options{})
		if err != nil || !bytes.Equal(again.Text, got.Text) {
			t.Fatalf("a second time: %v\n%s", err, got.Text)
		}
	})
}

// FuzzMerge: whatever the text, it is refused with a hint, or merging is a
// fixed point that leaves every line of the text where it was. (That it means
// the same is what Merge itself checks; the property tests check that.)
func FuzzMerge(f *testing.F) {
	for seed := range 40 {
		f.Add(joined(rapid.Custom(kubeconfig).Example(seed)))
	}
	f.Add([]byte(`{"apiVersion": "v1", "clusters": [{"name": "a"}]}`))
	f.Add([]byte("- a\n"))
	f.Add([]byte("clusters: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := Merge(text, []Entry{prod}, Options{Current: prod.name()})
		if err != nil {
			if e, ok := err.(*Error); !ok || e.Message == "" || e.Hint == "" {
				t.Fatalf("%T without a hint: %v", err, err)
			}
			return
		}
		again, err := Merge(got.Text, []Entry{prod}, Options{})
		if err != nil || !bytes.Equal(again.Text, got.Text) {
			t.Fatalf("not a fixed point: %v\n%q\n%q", err, text, got.Text)
		}
		if len(got.Added) == 1 { // nothing was taken away but an empty value
			rest := got.Text
			for _, c := range text {
				i := bytes.IndexByte(rest, c)
				if i < 0 {
					if bytes.ContainsAny(text, "[]~'\"") || bytes.Contains(text, []byte("ull")) || bytes.Contains(text, []byte("ULL")) {
						return
					}
					t.Fatalf("a byte is lost: %q\n%q", text, got.Text)
				}
				rest = rest[i+1:]
			}
		}
	})
}
