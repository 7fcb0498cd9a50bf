package graph

import (
	"fmt"
	"strings"
	"unicode"
)

// Mermaid returns a topology as a flowchart of Mermaid. Source: Mermaid
// documentation, flowcharts.
func Mermaid(t *Topology) string {
	w := &outline{}
	w.line("flowchart LR")
	all, _ := t.Count()
	w.line("  accTitle: Private access to %s", count(all, "cluster"))
	used := map[string][]string{}
	edges := 0
	var styles []string
	walk(t, outliner{
		node: func(indent, id string, health Health, lines ...string) {
			w.line("%s%s[%s]", indent, id, mermaidQuote(lines...))
			if health != "" {
				used[string(health)] = append(used[string(health)], id)
			}
		},
		begin: func(indent, id string, lines ...string) {
			w.line("%ssubgraph %s[%s]", indent, id, mermaidQuote(lines...))
		},
		end: func(indent string) { w.line("%send", indent) },
		edge: func(from, to string, health Health, lines ...string) {
			arrow := "---"
			if health == Broken || health == Degraded || health == Unknown {
				arrow = "-.-"
				styles = append(styles, fmt.Sprintf("  linkStyle %d stroke:%s", edges, light.health[health]))
			}
			edges++
			label := ""
			if text := strings.Join(lines, ""); text != "" {
				label = "|" + mermaidQuote(lines...) + "|"
			}
			w.line("  %s %s%s %s", from, arrow, label, to)
		},
	})
	for _, h := range healths {
		if ids := used[string(h)]; len(ids) > 0 {
			w.line("  classDef %s stroke:%s,stroke-width:2px%s", string(h), light.health[h], mermaidDash(h))
			w.line("  class %s %s", strings.Join(ids, ","), string(h))
		}
	}
	for _, s := range styles {
		w.line("%s", s)
	}
	return w.String()
}

// mermaidDash returns how the border of a health is drawn.
func mermaidDash(h Health) string {
	if d := dashes[h]; d != "" {
		return ",stroke-dasharray:" + d
	}
	return ""
}

func mermaidQuote(lines ...string) string {
	quoted := make([]string, len(lines))
	for i, s := range lines {
		quoted[i] = mermaid(s)
	}
	return `"` + strings.Join(quoted, "<br>") + `"`
}

// mermaid quotes a text for a label. Whatever the language, or the Markdown in
// it, might read otherwise becomes the number of its character: quotes, comments
// and directives (%%), brackets, entities, styles (:), lists and emphasis.
func mermaid(s string) string {
	var b strings.Builder
	for i, r := range s {
		plain := r == ' ' || r == '/' || r == ',' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) ||
			i > 0 && (r == '-' || r == '.' && !strings.HasPrefix(s[i:], ". "))
		if plain {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}
