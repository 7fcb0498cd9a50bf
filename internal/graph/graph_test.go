package graph

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/trace"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden: three clusters, one of them broken, in each format.
func TestGolden(t *testing.T) {
	spokes := some(3)
	spokes[1].finding = troubles[:1]
	s, paths := made(1, spokes)
	top := New(s, paths)
	for name, got := range map[string]string{
		"three.svg": SVG(top, Auto), "three.dot": DOT(top), "three.mmd": Mermaid(top),
	} {
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got; -update rewrites it):\n%s", file, diff)
		}
	}
}

// hostile are names that try to be something else.
var hostile = []string{
	`"><script>alert(1)</script>`, "a\nb\r\tc", "\x00\x1b[31m", "]]>&amp;<!--", `\" ] ; evil [label="`, "%%{init: {}}%%", "`**b**`", "1. one", "- item", "end",
	"\u202eecila\u202c", "שלום עולם", "السلام عليكم", "\u200b\u2066x", strings.Repeat("W", 300), strings.Repeat("é́́́́", 50), "日本語クラスタ名", "\ufffe\uffff", "\xff\xfe", "#quot;", "style a:#b;", "",
	"</text></svg>", "&#x0;", "\\N\\l", "﷽﷽﷽", "🏰🏰", "subgraph x", "|x|", "a--b", "{{x}}",
}

func genName(t *rapid.T, label string) string {
	switch rapid.IntRange(0, 3).Draw(t, label+" kind") {
	case 0:
		return rapid.SampledFrom(hostile).Draw(t, label)
	case 1:
		return rapid.String().Draw(t, label)
	}
	return rapid.StringMatching(`[a-zA-Z0-9][a-zA-Z0-9-]{0,40}`).Draw(t, label)
}

// genFleet returns any fleet at all.
func genFleet(t *rapid.T) (*fleet.Snapshot, []trace.Path) {
	regions := []plan.Region{"us-east-1", "eu-west-1", "ap-southeast-2", "us-gov-west-1"}
	hops := trace.Hops()
	n := rapid.OneOf(rapid.IntRange(0, 5), rapid.IntRange(20, 32)).Draw(t, "clusters")
	var spokes []spoke
	seen := map[plan.Ref]bool{}
	bad := rapid.IntRange(0, 10).Draw(t, "trouble in 10")
	for i := range n {
		sp := spoke{ref: plan.Ref{
			Account: plan.AccountID(fmt.Sprint(222222222222 + 111111111111*rapid.IntRange(0, 6).Draw(t, "account"))),
			Region:  rapid.SampledFrom(regions).Draw(t, "region"),
			Name:    fmt.Sprintf("%s%d", genName(t, "name"), i),
		}}
		if rapid.IntRange(1, 10).Draw(t, "luck") <= bad {
			sp.unlinked = rapid.IntRange(0, 4).Draw(t, "unlinked") == 0
			sp.without = rapid.SampledFrom([]string{"", "", "endpoint", "service"}).Draw(t, "without")
			for range rapid.IntRange(0, 3).Draw(t, "findings") {
				sp.finding = append(sp.finding, trace.Finding{
					Hop:     rapid.SampledFrom(hops).Draw(t, "hop"),
					Verdict: rapid.SampledFrom([]trace.Verdict{trace.Passed, trace.Broken, trace.Degraded, trace.Unchecked}).Draw(t, "verdict"),
					Saw:     genName(t, "saw"), Why: genName(t, "why"),
				})
			}
		}
		if !seen[sp.ref] {
			seen[sp.ref] = true
			spokes = append(spokes, sp)
		}
	}
	s, paths := made(rapid.IntRange(0, 6).Draw(t, "hubs"), spokes)
	for i := range s.Places {
		p := &s.Places[i]
		if rapid.IntRange(0, 9).Draw(t, "fault") == 0 {
			p.Fault = &plan.Fault{Code: plan.AccessDenied, Message: genName(t, "fault")}
			p.Links.Fault, p.Peerings.Fault = p.Fault, p.Fault
		}
		for j := range p.VPCs.Items {
			p.VPCs.Items[j].Name = genName(t, "vpc")
		}
		for j := range p.Peerings.Items {
			p.Peerings.Items[j].State = rapid.SampledFrom([]string{"active", "active", "deleted", "pending-acceptance"}).Draw(t, "state")
		}
		for j := range p.Links.Items {
			p.Links.Items[j].Balancer.Name = genName(t, "balancer")
		}
	}
	return s, paths
}

// TestAnyFleet: whatever there is and however it is named, each format is well
// formed, nothing is lost, no text lies on another or outside, and what was
// found in another order is drawn the same.
func TestAnyFleet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, paths := genFleet(t)
		refs := s.Fleet()
		top := New(s, paths)
		all, _ := top.Count()
		if all != len(refs) {
			t.Fatalf("%d clusters are drawn or counted of %d", all, len(refs))
		}
		if len(refs) <= allDrawn {
			for _, g := range top.Groups {
				if len(g.Rest) > 0 {
					t.Fatalf("clusters are counted instead of drawn, and there are only %d", len(refs))
				}
			}
		}
		checkSVG(t, SVG(top, rapid.SampledFrom([]Theme{Auto, Light, Dark}).Draw(t, "theme")))
		checkPicture(t, top)
		if err := parseDOT(DOT(top)); err != nil {
			t.Fatalf("DOT: %v\n%s", err, DOT(top))
		}
		checkMermaid(t, Mermaid(top))

		rand.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		for i := range s.Places {
			slices.Reverse(s.Places[i].Peerings.Items)
			slices.Reverse(s.Places[i].VPCs.Items)
			slices.Reverse(s.Places[i].Services.Items)
		}
		again := New(s, paths)
		if SVG(again, Auto) != SVG(top, Auto) || DOT(again) != DOT(top) || Mermaid(again) != Mermaid(top) {
			t.Fatalf("another order of what was found makes another picture")
		}
	})
}

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

// checkSVG: it is XML of the elements and attributes that a drawing needs, and
// of none that load or run something.
func checkSVG(t fataler, text string) {
	t.Helper()
	elements := []string{"svg", "title", "desc", "style", "defs", "g", "path", "rect", "line", "use", "text"}
	attributes := []string{"xmlns", "class", "width", "height", "viewBox", "role", "aria-labelledby", "id", "d", "x", "y", "rx", "x1", "x2", "y1", "y2", "href", "font-size", "textLength", "lengthAdjust"}
	dec := xml.NewDecoder(strings.NewReader(text))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not XML: %v", err)
		}
		e, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		if !slices.Contains(elements, e.Name.Local) {
			t.Fatalf("element %s in a drawing", e.Name.Local)
		}
		for _, a := range e.Attr {
			if !slices.Contains(attributes, a.Name.Local) || a.Name.Local == "href" && !strings.HasPrefix(a.Value, "#postern-") {
				t.Fatalf("attribute %s=%q in a drawing", a.Name.Local, a.Value)
			}
		}
	}
}

func overlap(a, b rect) bool {
	return a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h
}

// checkPicture: texts, signs and lines are apart, and all are on the page.
func checkPicture(t fataler, top *Topology) {
	t.Helper()
	p := draw(top)
	page := rect{w: p.width, h: p.height}
	within := func(r rect) bool {
		return r.x >= page.x && r.y >= page.y && r.x+r.w <= page.w && r.y+r.h <= page.h
	}
	if p.width != pictureW || p.height > 400+float64(len(top.Groups))*(groupTop+groupDrawn*140+5*300)+float64(allDrawn)*140 {
		t.Fatalf("the page is %v by %v for %d groups", p.width, p.height, len(top.Groups))
	}
	var boxes []rect
	for _, l := range p.texts {
		b := l.bounds()
		if !within(b) {
			t.Fatalf("text %q lies outside of the page: %+v", l.text, b)
		}
		for j, o := range boxes {
			if overlap(b, o) {
				t.Fatalf("text %q lies on %q: %+v %+v", l.text, p.texts[j].text, b, o)
			}
		}
		for _, g := range p.glyphs {
			if overlap(b, rect{x: g.x - glyphSize/2, y: g.y - glyphSize/2, w: glyphSize, h: glyphSize}) {
				t.Fatalf("text %q %+v lies on a sign at %v, %v", l.text, b, g.x, g.y)
			}
		}
		for _, s := range p.lines {
			if overlap(b, rect{x: min(s.x1, s.x2) - 1, y: min(s.y1, s.y2) - 1, w: max(s.x1, s.x2) - min(s.x1, s.x2) + 2, h: max(s.y1, s.y2) - min(s.y1, s.y2) + 2}) {
				t.Fatalf("text %q %+v lies on a line %+v", l.text, b, s)
			}
		}
		for _, r := range p.rects { // a text is in a box or beside it, not on its border
			if overlap(b, r) && (b.x < r.x || b.y < r.y || b.x+b.w > r.x+r.w || b.y+b.h > r.y+r.h) {
				t.Fatalf("text %q %+v crosses the border of %+v", l.text, b, r)
			}
		}
		if l.face.size < 12 {
			t.Fatalf("text %q is %v small", l.text, l.face.size)
		}
		boxes = append(boxes, b)
	}
	for _, r := range p.rects {
		if !within(r) || r.w <= 0 || r.h <= 0 {
			t.Fatalf("a box lies outside of the page: %+v", r)
		}
	}
}

// TestLargeFleets: the height of a fleet's picture grows slower than the fleet.
func TestLargeFleets(t *testing.T) {
	for _, n := range []int{1, 24, 25, 100, 1000} {
		spokes := some(n)
		for i := range spokes {
			if i%7 == 0 {
				spokes[i].finding = troubles[i%len(troubles):][:1]
			}
		}
		s, paths := made(1, spokes)
		top := New(s, paths)
		checkPicture(t, top)
		if h := draw(top).height; h > 10_000 {
			t.Errorf("the picture of %d clusters is %v high", n, h)
		}
		if m := Mermaid(top); len(m) > 50_000 || strings.Count(m, "---")+strings.Count(m, "-.-") > 500 { // its default limits
			t.Errorf("%d clusters are more than Mermaid draws: %d characters", n, len(m))
		}
	}
}

// TestGraphviz: the program itself reads what is written for it.
func TestGraphviz(t *testing.T) {
	dot, err := exec.LookPath("dot")
	if err != nil {
		t.Skip("no dot (Graphviz) on the search path: only the test's own parser has read the DOT files")
	}
	var spokes []spoke
	for i, name := range hostile {
		spokes = append(spokes, spoke{ref: plan.Ref{Account: "222222222222", Region: "us-east-1", Name: fmt.Sprint(name, i)}, finding: []trace.Finding{{Hop: trace.HopService, Verdict: trace.Broken, Saw: name}}})
	}
	s, paths := made(1, spokes[:20])
	for _, text := range []string{DOT(New(s, paths)), `digraph { a [label="no end] }`} {
		run := exec.Command(dot, "-Tsvg")
		run.Stdin = strings.NewReader(text)
		out, err := run.CombinedOutput()
		if good := strings.HasPrefix(text, "digraph postern"); good != (err == nil) || good && strings.Contains(string(out), "Warning") {
			t.Errorf("dot: %v: %.500s", err, out)
		}
	}
}
