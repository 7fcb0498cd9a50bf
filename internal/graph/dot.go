package graph

import (
	"fmt"
	"strings"
)

// DOT returns a topology in Graphviz's language. Source: Graphviz documentation,
// the DOT language, and escString.
func DOT(t *Topology) string {
	w := &outline{}
	w.line("digraph postern {")
	w.line("  graph [rankdir=LR, fontname=%s, labelloc=t, label=%s];", quote("sans-serif"), quote(t.title()))
	w.line("  node [shape=box, style=%s, fontname=%s];", quote("rounded"), quote("sans-serif"))
	w.line("  edge [dir=none, fontname=%s];", quote("sans-serif"))
	walk(t, outliner{
		node: func(indent, id string, health Health, lines ...string) {
			var narrow []string
			for _, s := range lines {
				narrow = append(narrow, bodyFace.wrap(s, dotW, 8)...)
			}
			w.line("%s%s [label=%s%s];", indent, id, quote(narrow...), dotNode(health))
		},
		begin: func(indent, id string, lines ...string) {
			w.line("%ssubgraph cluster_%s {", indent, id)
			w.line("%s  label=%s;", indent, quote(lines...))
		},
		end: func(indent string) { w.line("%s}", indent) },
		edge: func(from, to string, health Health, lines ...string) {
			w.line("  %s -> %s [label=%s%s];", from, to, quote(lines...), dotEdge(health))
		},
	})
	w.line("}")
	return w.String()
}

// dotW is about how wide the text of a node gets, in pixels: Graphviz breaks no
// lines.
const dotW = 420

func dotNode(h Health) string {
	switch h {
	case Broken:
		return ", color=\"#b3202a\", fontcolor=\"#b3202a\", penwidth=2, style=\"rounded,dotted\""
	case Degraded:
		return ", color=\"#8a4b00\", fontcolor=\"#8a4b00\", penwidth=2, style=\"rounded,dashed\""
	case Unknown, Unlinked:
		return ", color=\"#5b3fa8\", fontcolor=\"#5b3fa8\", style=\"rounded,dashed\""
	case OK:
		return ", color=\"#11692e\""
	}
	return ""
}

func dotEdge(h Health) string {
	switch h {
	case Broken:
		return ", color=\"#b3202a\", fontcolor=\"#b3202a\", penwidth=2, style=dotted"
	case Degraded:
		return ", color=\"#8a4b00\", fontcolor=\"#8a4b00\", penwidth=2, style=dashed"
	case Unknown, Unlinked:
		return ", color=\"#5b3fa8\", fontcolor=\"#5b3fa8\", style=dashed"
	case OK:
		return ", color=\"#11692e\""
	}
	return ""
}

// quote returns lines as a quoted string of DOT. A backslash would begin an
// escape in a label, and an ampersand an entity.
func quote(lines ...string) string {
	r := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;", "\n", " ", "\r", " ", "\x00", "")
	quoted := make([]string, len(lines))
	for i, s := range lines {
		quoted[i] = r.Replace(s)
	}
	return `"` + strings.Join(quoted, `\n`) + `"`
}

// outline is text that is written line by line.
type outline struct{ strings.Builder }

func (w *outline) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
