package graph

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// SVG returns a topology as a standalone SVG document, without scripts and
// without anything that it would load.
func SVG(t *Topology, theme Theme) string {
	p := draw(t)
	w := &svg{}
	w.printf("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"postern\" width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\" role=\"graphics-document\" aria-labelledby=\"postern-title postern-desc\">\n",
		num(p.width), num(p.height), num(p.width), num(p.height))
	w.printf("<title id=\"postern-title\">%s</title>\n<desc id=\"postern-desc\">%s</desc>\n", escape(t.title()), escape(t.describe()))
	w.printf("<style>%s</style>\n<defs>\n", strings.ReplaceAll(style(theme), "\n", ""))
	for _, h := range healths {
		w.printf("<g id=\"postern-%[1]s\"><path class=\"sign %[1]s\" d=\"%s\"/><path class=\"mark\" d=\"%s\"/></g>\n", string(h), signs[h][0], signs[h][1])
	}
	w.printf("</defs>\n<rect class=\"page\" width=\"%s\" height=\"%s\"/>\n", num(p.width), num(p.height))
	for _, r := range p.rects {
		w.printf("<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"%s\"/>\n", classes(r.class, string(r.of)), num(r.x), num(r.y), num(r.w), num(r.h), num(r.round))
	}
	for _, l := range p.lines {
		w.printf("<line%s x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n", attr("class", string(l.of)), num(l.x1), num(l.y1), num(l.x2), num(l.y2))
	}
	for _, g := range p.glyphs {
		w.printf("<use href=\"#postern-%s\" x=\"%s\" y=\"%s\"/>\n", string(g.of), num(g.x), num(g.y))
	}
	for _, l := range p.texts {
		w.text(l)
	}
	w.printf("</svg>\n")
	return w.String()
}

type svg struct{ strings.Builder }

func (w *svg) printf(format string, args ...any) { fmt.Fprintf(w, format, args...) }

func (w *svg) text(l label) {
	kind := l.class
	if l.face.mono {
		kind = classes(kind, "mono")
	}
	if l.face.bold {
		kind = classes(kind, "bold")
	}
	length := ""
	if l.tight && !ascii(strings.TrimSuffix(l.text, "…")) { // no table knows its width, so it gets the one that was planned
		length = fmt.Sprintf(" textLength=\"%s\" lengthAdjust=\"spacingAndGlyphs\"", num(max(l.face.width(l.text), 1)))
	}
	w.printf("<text%s x=\"%s\" y=\"%s\" font-size=\"%s\"%s>", attr("class", kind), num(l.x), num(l.y), num(l.face.size), length)
	if l.full != "" {
		w.printf("<title>%s</title>", escape(l.full))
	}
	w.printf("%s</text>\n", escape(l.text))
}

// title says in one line what the picture is of.
func (t *Topology) title() string {
	all, by := t.Count()
	s := "Private access to " + count(all, "cluster")
	sep := ": "
	for _, h := range healths {
		if by[h] > 0 {
			s += fmt.Sprintf("%s%d %s", sep, by[h], h)
			sep = ", "
		}
	}
	return s
}

// describe says in words what the picture shows.
func (t *Topology) describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "The hub has %s.", count(len(t.Hub)+t.MoreHub, "known VPC"))
	for _, g := range t.Groups {
		through := "no known endpoint VPC"
		if g.VPC != nil {
			through = "endpoint VPC " + g.VPC.ID
		}
		n := 0
		for _, c := range g.count() {
			n += c
		}
		fmt.Fprintf(&b, " In %s, %s through %s.", g.Region, count(n, "cluster"), through)
		for _, c := range g.Clusters {
			if c.Health != OK {
				fmt.Fprintf(&b, " %s is %s", c.Ref, c.Health)
				if c.Words != "" {
					b.WriteString(": " + c.Words)
				}
				b.WriteString(".")
			}
		}
	}
	return b.String()
}

// escape quotes a text for XML.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes every write
	return b.String()
}

func attr(name, value string) string {
	if value == "" {
		return ""
	}
	return fmt.Sprintf(" %s=\"%s\"", name, value)
}

func classes(a, b string) string { return strings.TrimSpace(a + " " + b) }

// num writes a length with at most one decimal.
func num(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
