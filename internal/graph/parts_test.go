package graph

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/trace"
)

// TestMarks: each hop's trouble is marked at its place, and only there.
func TestMarks(t *testing.T) {
	want := map[trace.Hop]Part{
		trace.HopName: Entry, trace.HopSource: Entry, trace.HopPeering: Entry, trace.HopReturn: Entry, trace.HopEndpoint: Endpoint, trace.HopService: Service,
		trace.HopBalancer: Balancer, trace.HopTargets: Targets, trace.HopAdmit: Targets, trace.HopCluster: Server, trace.HopServer: Server,
	}
	for _, hop := range trace.Hops() {
		spokes := some(1)
		spokes[0].finding = []trace.Finding{
			{Hop: hop, Verdict: trace.Broken, Code: "first", Saw: "a hole.", Why: "nothing passes"},
			{Hop: trace.HopServer, Verdict: trace.Unchecked, Code: trace.NotAsked},
			{Hop: trace.HopTargets, Verdict: trace.Broken, Code: "second", Because: "first"},
		}
		s, paths := made(1, spokes)
		c := New(s, paths).Groups[0].Clusters[0]
		var marks [parts]Health
		marks[want[hop]] = Broken
		if diff := cmp.Diff(marks, c.Marks); diff != "" {
			t.Errorf("%s (-want +got):\n%s", hop, diff)
		}
		if c.Health != Broken || c.Words != string(hop)+": a hole; nothing passes" {
			t.Errorf("%s: %s, %q", hop, c.Health, c.Words)
		}
	}
}

func TestHealth(t *testing.T) {
	finding := func(v trace.Verdict, code plan.Code) []trace.Finding {
		return []trace.Finding{{Hop: trace.HopTargets, Verdict: v, Code: code, Saw: "seen"}}
	}
	for _, c := range []struct {
		name   string
		spoke  spoke
		change func(*fleet.Snapshot, *[]trace.Path)
		want   Health
		words  string
	}{
		{name: "nothing found", want: OK},
		{name: "degraded", spoke: spoke{finding: finding(trace.Degraded, "x")}, want: Degraded, words: "targets: seen"},
		{name: "unchecked", spoke: spoke{finding: finding(trace.Unchecked, trace.NotChecked)}, want: Unknown, words: "targets: seen"},
		{name: "not asked", spoke: spoke{finding: finding(trace.Unchecked, trace.NotAsked)}, want: OK},
		{name: "no link", spoke: spoke{unlinked: true}, want: Unlinked, words: "it has no link"},
		{name: "links not known", spoke: spoke{unlinked: true}, want: Unknown, words: "its path was not walked",
			change: func(s *fleet.Snapshot, _ *[]trace.Path) { s.Places[1].Links.Fault = &plan.Fault{} }},
		{name: "not walked", want: Unknown, words: "its path was not walked",
			change: func(_ *fleet.Snapshot, p *[]trace.Path) { *p = nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.spoke.ref = some(1)[0].ref
			s, paths := made(1, []spoke{c.spoke})
			if c.change != nil {
				c.change(s, &paths)
			}
			got := New(s, paths).Groups[0].Clusters[0]
			if got.Health != c.want || got.Words != c.words {
				t.Errorf("it is %s, %q; want %s, %q", got.Health, got.Words, c.want, c.words)
			}
		})
	}
}

// TestBoxes: what does not exist is told from what was not asked.
func TestBoxes(t *testing.T) {
	for _, c := range []struct {
		name   string
		spoke  spoke
		change func(hub, spoke *fleet.Place)
		want   [parts]Known
	}{
		{name: "all there"},
		{name: "no endpoint", spoke: spoke{without: "endpoint"}, want: [parts]Known{Endpoint: Absent}},
		{name: "no service", spoke: spoke{without: "service"}, want: [parts]Known{Endpoint: Absent, Service: Absent}},
		{name: "endpoints denied", spoke: spoke{without: "endpoint"}, want: [parts]Known{Endpoint: Unasked},
			change: func(hub, _ *fleet.Place) { hub.Endpoints.Fault = &plan.Fault{} }},
		{name: "services denied", spoke: spoke{without: "service"}, want: [parts]Known{Endpoint: Unasked, Service: Unasked},
			change: func(_, p *fleet.Place) { p.Services.Fault = &plan.Fault{} }},
		{name: "cluster gone", want: [parts]Known{Server: Absent},
			change: func(_, p *fleet.Place) { p.Clusters.Items = nil }},
		{name: "cluster denied", want: [parts]Known{Server: Unasked},
			change: func(_, p *fleet.Place) { p.Clusters.Items[0].Fault = &plan.Fault{} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.spoke.ref = some(1)[0].ref
			s, paths := made(1, []spoke{c.spoke})
			if c.change != nil {
				c.change(&s.Places[0], &s.Places[1])
			}
			var got [parts]Known
			for part, box := range New(s, paths).Groups[0].Clusters[0].Boxes {
				got[part] = box.Known
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWays(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(s *fleet.Snapshot)
		finding []trace.Finding
		want    []Way
	}{
		{name: "active", want: []Way{{Peering: "pcx-00000000000000000", State: "active", Health: OK}}},
		{name: "pending", change: func(s *fleet.Snapshot) { s.Places[0].Peerings.Items[0].State = "pending-acceptance" },
			want: []Way{{Peering: "pcx-00000000000000000", State: "pending-acceptance", Health: Broken}}},
		{name: "an old one besides", change: func(s *fleet.Snapshot) {
			old := s.Places[0].Peerings.Items[0]
			old.ID, old.State = "pcx-000", "deleted"
			s.Places[0].Peerings.Items = append([]fleet.Peering{old}, s.Places[0].Peerings.Items...)
		}, want: []Way{{Peering: "pcx-00000000000000000", State: "active", Health: OK}}},
		{name: "no route", finding: []trace.Finding{{Hop: trace.HopSource, Verdict: trace.Broken, Code: "x"}},
			want: []Way{{Peering: "pcx-00000000000000000", State: "active", Health: Broken}}},
		{name: "another way", change: func(s *fleet.Snapshot) { s.Places[0].Peerings.Items = nil }, want: []Way{{State: "no peering", Health: OK}}},
		{name: "denied", change: func(s *fleet.Snapshot) { s.Places[0].Peerings = fleet.Listing[fleet.Peering]{} }, want: []Way{{State: "peering not checked", Health: Unknown}}},
		{name: "the hub's own", change: func(s *fleet.Snapshot) { s.Hub.VPCs[0] = s.Places[0].Endpoints.Items[0].VPC }, want: []Way{{State: "the hub's own VPC", Health: OK}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			spokes := some(1)
			spokes[0].finding = c.finding
			s, paths := made(1, spokes)
			if c.change != nil {
				c.change(s)
			}
			if diff := cmp.Diff(c.want, New(s, paths).Groups[0].Ways); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTrunks: each VPC of the hub that leads anywhere is joined to where its
// ways begin.
func TestTrunks(t *testing.T) {
	for _, hubs := range []int{1, 3} {
		s, paths := made(hubs, some(3))
		p := draw(New(s, paths))
		begins := 0
		for _, l := range p.lines {
			switch {
			case l.x1 == hubX+hubW:
				begins++
			case l.of != "" && l.x2 == vpcX: // a way, from its trunk on
				if !slices.ContainsFunc(p.lines, func(o line) bool { return o.x2 == l.x1 && min(o.y1, o.y2) <= l.y1 && l.y1 <= max(o.y1, o.y2) }) {
					t.Errorf("%d VPCs: the way at %v, %v begins nowhere", hubs, l.x1, l.y1)
				}
			}
		}
		if begins != hubs {
			t.Errorf("%d VPCs of the hub, and %d ways begin there", hubs, begins)
		}
	}
}

// TestContrast: every text and line of both themes stands out from what it is
// on. Source: WCAG 2.2, 1.4.3, 1.4.11 and the definition of contrast ratio.
func TestContrast(t *testing.T) {
	for name, c := range map[string]palette{"light": light, "dark": dark} {
		grounds := []string{c.page, c.band, c.box, c.vpc, c.hub}
		inks := map[string]string{"ink": c.ink, "muted": c.muted}
		for h, colour := range c.health {
			inks[string(h)] = colour
			if r := contrast(t, colour, c.page); r < 4.5 { // the mark in a sign has the page's colour
				t.Errorf("%s: the sign of %s has contrast %.2f", name, h, r)
			}
		}
		for ink, colour := range inks {
			for _, ground := range grounds {
				if r := contrast(t, colour, ground); r < 4.5 {
					t.Errorf("%s: %s %s on %s has contrast %.2f, want 4.5", name, ink, colour, ground, r)
				}
			}
		}
		for _, ground := range grounds {
			if r := contrast(t, c.line, ground); r < 3 {
				t.Errorf("%s: lines on %s have contrast %.2f, want 3", name, ground, r)
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	light := func(s string) float64 {
		n, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
		if err != nil || len(s) != 7 {
			t.Fatalf("colour %q", s)
		}
		part := func(v uint64) float64 {
			f := float64(v&255) / 255
			if f <= 0.04045 {
				return f / 12.92
			}
			return math.Pow((f+0.055)/1.055, 2.4)
		}
		return 0.2126*part(n>>16) + 0.7152*part(n>>8) + 0.0722*part(n)
	}
	x, y := light(a), light(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func seeds(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
}

// FuzzClean: a clean text is one line of printable characters, and stays as it is.
func FuzzClean(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s)
		if again := clean(got); again != got {
			t.Fatalf("cleaned twice, %q is %q", got, again)
		}
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > longest {
			t.Fatalf("%q is not valid, or too long", got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Fatalf("%q holds %U", got, r)
			}
		}
		for _, width := range []float64{30, 200} {
			if cut := smallFace.fit(got, width); smallFace.width(cut) > width {
				t.Fatalf("%q is %v wide, want %v", cut, smallFace.width(cut), width)
			}
			if lines := bodyFace.wrap(got, width, 3); len(lines) > 3 {
				t.Fatalf("%d lines", len(lines))
			}
		}
	})
}

// FuzzQuote: what DOT reads back is what was written.
func FuzzQuote(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		s = clean(s)
		quoted := quote(s, s)
		body, rest, err := dotString(quoted)
		if err != nil || rest != "" {
			t.Fatalf("%s: %v, and %q is left", quoted, err, rest)
		}
		if want := s + "\n" + s; dotLabel(body) != want {
			t.Fatalf("%s shows %q, want %q", quoted, dotLabel(body), want)
		}
	})
}

// FuzzMermaid: nothing in a label means anything to Mermaid, and what it shows
// is what was written.
func FuzzMermaid(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		s = clean(s)
		quoted := mermaid(s)
		shown := mermaidEntity.ReplaceAllStringFunc(quoted, func(e string) string {
			n, _ := strconv.Atoi(e[1 : len(e)-1])
			return string(rune(n))
		})
		if shown != s {
			t.Fatalf("%q is written as %q, which shows %q", s, quoted, shown)
		}
		if bare := mermaidEntity.ReplaceAllString(quoted, ""); strings.ContainsAny(bare, "\"`#;:%{}[]()<>&|*_~\\\n") {
			t.Fatalf("%q is written as %q", s, quoted)
		}
	})
}
