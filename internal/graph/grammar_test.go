package graph

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	dotID         = regexp.MustCompile(`^[a-z][a-z0-9_]*`)
	dotAttr       = regexp.MustCompile(`^[a-z]+=`)
	dotValue      = regexp.MustCompile(`^[A-Za-z0-9]+`)
	mermaidEntity = regexp.MustCompile(`#[0-9]+;`)
	mermaidLabel  = `"(?:[^"#;:%{}\[\]()<>&|*_~\\` + "`" + `]|#[0-9]+;|<br>)*"`
	mermaidLines  = []*regexp.Regexp{
		regexp.MustCompile(`^flowchart LR$`),
		regexp.MustCompile(`^  accTitle: [A-Za-z0-9 ]+$`),
		regexp.MustCompile(`^ *subgraph [a-z0-9]+\[` + mermaidLabel + `\]$`),
		regexp.MustCompile(`^ *end$`),
		regexp.MustCompile(`^ *[a-z0-9]+\[` + mermaidLabel + `\]$`),
		regexp.MustCompile(`^  [a-z0-9]+ (?:---|-\.-)(?:\|` + mermaidLabel + `\|)? [a-z0-9]+$`),
		regexp.MustCompile(`^  classDef [a-z-]+ stroke:#[0-9a-f]{6},stroke-width:2px(?:,stroke-dasharray:[0-9 ]+)?$`),
		regexp.MustCompile(`^  class [a-z0-9,]+ [a-z-]+$`),
		regexp.MustCompile(`^  linkStyle [0-9]+ stroke:#[0-9a-f]{6}$`),
	}
)

// checkMermaid: each line is one of the few kinds that are written, groups are
// closed, and each edge's ends are there.
func checkMermaid(t fataler, text string) {
	t.Helper()
	depth := 0
	nodes := map[string]bool{}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		known := false
		for _, re := range mermaidLines {
			known = known || re.MatchString(line)
		}
		if !known {
			t.Fatalf("line of Mermaid: %s", line)
		}
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		f := strings.Fields(line)
		switch {
		case word == "subgraph":
			depth++
		case word == "end":
			depth--
		case strings.Contains(line, `["`):
			id, _, _ := strings.Cut(strings.TrimSpace(line), "[")
			nodes[id] = true
		case strings.HasPrefix(strings.TrimPrefix(strings.TrimSpace(line), word), " -"):
			if !nodes[word] || !nodes[f[len(f)-1]] {
				t.Fatalf("an end of this edge is not there: %s", line)
			}
		}
	}
	if depth != 0 {
		t.Fatalf("%d groups are not closed", depth)
	}
}

// parseDOT reads the part of DOT that is written, strictly: statements that are
// nodes, edges, subgraphs and attributes, of bare IDs and quoted strings.
func parseDOT(text string) error {
	rest, ok := strings.CutPrefix(text, "digraph postern {")
	if !ok {
		return fmt.Errorf("no digraph")
	}
	nodes := map[string]bool{}
	rest, err := dotStatements(rest, nodes)
	if err == nil && strings.TrimSpace(rest) != "" {
		err = fmt.Errorf("after the end: %.40q", rest)
	}
	return err
}

func dotStatements(s string, nodes map[string]bool) (string, error) {
	for {
		s = strings.TrimSpace(s)
		if rest, ok := strings.CutPrefix(s, "}"); ok {
			return rest, nil
		}
		id := dotID.FindString(s)
		if id == "" {
			return "", fmt.Errorf("want a statement: %.40q", s)
		}
		rest := strings.TrimSpace(s[len(id):])
		var err error
		switch {
		case id == "subgraph":
			name := dotID.FindString(rest)
			body, ok := strings.CutPrefix(strings.TrimSpace(rest[len(name):]), "{")
			if !ok || !strings.HasPrefix(name, "cluster_") {
				return "", fmt.Errorf("want a subgraph: %.40q", rest)
			}
			if s, err = dotStatements(body, nodes); err != nil {
				return "", err
			}
			continue
		case strings.HasPrefix(rest, "="):
			if _, rest, err = dotString(rest[1:]); err != nil {
				return "", err
			}
		case strings.HasPrefix(rest, "->"):
			to := dotID.FindString(strings.TrimSpace(rest[2:]))
			if !nodes[id] || !nodes[to] {
				return "", fmt.Errorf("an end of the edge %s -> %s is not there", id, to)
			}
			if rest, err = dotAttrs(strings.TrimSpace(rest[2:])[len(to):]); err != nil {
				return "", err
			}
		default:
			nodes[id] = true
			if rest, err = dotAttrs(rest); err != nil {
				return "", err
			}
		}
		var ok bool
		if s, ok = strings.CutPrefix(strings.TrimSpace(rest), ";"); !ok {
			return "", fmt.Errorf("want ; after %s: %.40q", id, rest)
		}
	}
}

func dotAttrs(s string) (string, error) {
	s, ok := strings.CutPrefix(strings.TrimSpace(s), "[")
	if !ok {
		return "", fmt.Errorf("want attributes: %.40q", s)
	}
	for {
		name := dotAttr.FindString(s)
		if name == "" {
			return "", fmt.Errorf("want an attribute: %.40q", s)
		}
		s = s[len(name):]
		if v := dotValue.FindString(s); v != "" {
			s = s[len(v):]
		} else {
			var err error
			if _, s, err = dotString(s); err != nil {
				return "", err
			}
		}
		if rest, ok := strings.CutPrefix(s, ", "); ok {
			s = rest
			continue
		}
		if rest, ok := strings.CutPrefix(s, "]"); ok {
			return rest, nil
		}
		return "", fmt.Errorf("want ] or , : %.40q", s)
	}
}

// dotString reads a quoted string, in which only \" is an escape, and returns
// what a label is made of, and the rest.
func dotString(s string) (body, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		return "", "", fmt.Errorf("want a string: %.40q", s)
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++ // the label's own escapes are pairs too
		case '"':
			return s[1:i], s[i+1:], nil
		case '\n':
			return "", "", fmt.Errorf("a string with a line break: %.40q", s)
		}
	}
	return "", "", fmt.Errorf("a string without an end: %.40q", s)
}

// dotLabel returns what a label shows.
func dotLabel(body string) string {
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n", "&amp;", "&").Replace(body)
}
