package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postern/internal/plan"
)

// TextOptions say how to write for people.
type TextOptions struct {
	TTY    bool      // a terminal reads it: relative times of what waits
	Colour bool      // colour the results; the words say the same without it
	Wide   bool      // every decision, and each witness's own words
	Width  int       // columns that lines are to fit in; 0: as long as they are
	Now    time.Time // what relative times count from; zero means the end of the pass
}

// WriteText writes a pass as a table with a row a link. Below a link that is
// not as intended stand the decisions worth reading and the errors, each with
// what to try next. The last line counts.
func WriteText(w io.Writer, s Sync, o TextOptions) error {
	t := &text{o: o}
	if t.o.Now.IsZero() {
		t.o.Now = s.StartedAt.Add(time.Duration(s.DurationMs) * time.Millisecond)
	}
	t.header(s)
	t.links(s)
	t.faults(s)
	t.summary(s)
	_, err := io.WriteString(w, t.b.String())
	return err
}

type text struct {
	b strings.Builder
	o TextOptions
}

func (t *text) header(s Sync) {
	what := "sync"
	if s.DryRun {
		what = "dry run, nothing is written: sync"
	}
	fmt.Fprintf(&t.b, "%s at %s\n", what, s.StartedAt.UTC().Format(time.RFC3339))
}

// cell is one field of a row: its text, and the colour that goes with it.
type cell struct {
	text   string
	colour string
}

func (t *text) links(s Sync) {
	if len(s.Links) == 0 {
		return
	}
	rows := [][]cell{{{text: "CLUSTER"}, {text: "RESULT"}, {text: "REASON"}, {text: "REGISTERED"}, {text: "HEALTHY"}, {text: "WITNESSES"}}}
	for _, l := range s.Links {
		rows = append(rows, linkRow(l))
	}
	lines := t.align(rows)
	t.b.WriteString("\n" + lines[0] + "\n")
	for i, l := range s.Links {
		t.b.WriteString(lines[i+1] + "\n")
		t.details(l)
	}
}

func linkRow(l Link) []cell {
	registered, healthy := "-", "-"
	if l.Targets != nil {
		registered, healthy = fmt.Sprint(l.Targets.Registered), fmt.Sprint(l.Targets.Healthy)
		if l.Targets.Draining > 0 {
			registered += fmt.Sprintf(" +%d draining", l.Targets.Draining)
		}
	}
	var witnesses []string
	for _, w := range l.Witnesses {
		witnesses = append(witnesses, witnessWord(w))
	}
	return []cell{
		{text: l.Ref},
		{string(l.Result), resultColour(l.Result)},
		{text: orDash(string(l.Reason))},
		{text: registered},
		{text: healthy},
		{text: orDash(strings.Join(witnesses, ", "))},
	}
}

func witnessWord(w Witness) string {
	if w.Outcome != plan.Answered {
		return fmt.Sprintf("%s %s", w.Name, w.Outcome)
	}
	word := fmt.Sprintf("%s %d", w.Name, len(w.Addresses))
	if w.Partial {
		word += " (partial)"
	}
	return word
}

// details writes what stands below a link's row.
func (t *text) details(l Link) {
	if l.Message != "" {
		t.line(2, "", l.Message)
	}
	if l.Hint != "" {
		t.line(4, "try: ", l.Hint)
	}
	var rows [][]cell
	for _, d := range l.Decisions {
		if t.o.Wide || worthReading(d) {
			rows = append(rows, decisionRow(d))
		}
	}
	for _, line := range t.align(rows) {
		t.b.WriteString("  " + line + "\n")
	}
	if marks := t.marks(l.Marks); marks != "" && t.o.Wide {
		t.line(2, "waiting: ", marks)
	}
	for _, w := range l.Witnesses {
		if w.Detail != "" && (t.o.Wide || doubtful(w) && !told(l.Errors, w.Detail)) {
			t.line(2, string(w.Name)+": ", w.Detail)
		}
	}
	for _, id := range l.Identity {
		if t.o.Wide || id.Verdict == plan.Disproved {
			t.line(2, "identity "+id.Address+": ", cmp.Or(string(id.Verdict), "not checked")+": "+id.Detail)
		}
	}
	t.errors(2, l.Errors)
}

func doubtful(w Witness) bool {
	return w.Outcome == plan.Unknown || w.Outcome == plan.Empty || w.Partial
}

// told reports whether an error says it already.
func told(es []Error, detail string) bool {
	return slices.ContainsFunc(es, func(e Error) bool { return strings.Contains(e.Message, detail) })
}

// worthReading reports whether a decision is more than "as it should be".
func worthReading(d Decision) bool {
	return d.Action != plan.Keep || d.Reason == plan.Foreign || d.Health != plan.StateHealthy
}

func decisionRow(d Decision) []cell {
	done := ""
	if d.Done {
		done = " (done)"
	}
	message := d.Message
	if d.Health != "" {
		message = strings.TrimSpace(fmt.Sprintf("[%s] %s", d.Health, message))
	}
	return []cell{
		{string(d.Action) + done, actionColour(d.Action)},
		{text: hostPort(d.Address, d.Port)},
		{text: string(d.Reason)},
		{text: message},
	}
}

func hostPort(addr string, port int) string {
	if strings.Contains(addr, ":") {
		addr = "[" + addr + "]"
	}
	return fmt.Sprintf("%s:%d", addr, port)
}

// faults writes the errors of scopes and of the pass.
func (t *text) faults(s Sync) {
	for _, sc := range s.Scopes {
		if len(sc.Errors) == 0 {
			continue
		}
		fmt.Fprintf(&t.b, "\nscope %s/%s\n", orDash(string(sc.Account)), sc.Region)
		t.errors(2, sc.Errors)
	}
	if len(s.Errors) > 0 {
		t.b.WriteString("\n")
		t.errors(0, s.Errors)
	}
}

func (t *text) errors(indent int, es []Error) {
	for _, e := range es {
		t.line(indent, t.paint(red, "error")+" "+string(e.Code)+": ", e.Message)
		if e.Hint != "" {
			t.line(indent+2, "try: ", e.Hint)
		}
	}
}

// line writes one line. What AWS or DNS said may hold line breaks and control
// characters, which must not reach a terminal.
func (t *text) line(indent int, label, words string) {
	t.b.WriteString(strings.Repeat(" ", indent) + label + plain(words) + "\n")
}

func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
}

func (t *text) summary(s Sync) {
	sum := s.Summary
	parts := []string{}
	for _, c := range []struct {
		n      int
		result plan.Result
	}{
		{sum.Converged, plan.Converged}, {sum.Changed, plan.Changed}, {sum.Pending, plan.Pending},
		{sum.Held, plan.Held}, {sum.Failed, plan.Failed}, {sum.Gone, plan.Gone},
	} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, t.paint(resultColour(c.result), string(c.result))))
		}
	}
	if sum.Refused > 0 {
		parts = append(parts, fmt.Sprintf("%d with a refused address", sum.Refused))
	}
	calls := 0
	for _, n := range sum.Calls {
		calls += n
	}
	line := plural(sum.Links, "link")
	if len(parts) > 0 {
		line += ": " + strings.Join(parts, ", ")
	}
	took := time.Duration(s.DurationMs) * time.Millisecond
	fmt.Fprintf(&t.b, "\n%s; %s in %s\n", line, plural(calls, "AWS call"), took)
}

// align pads the cells of all rows to columns; the last is left as it is.
func (t *text) align(rows [][]cell) []string {
	var widths []int
	for _, row := range rows {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(c.text))
		}
	}
	lines := make([]string, len(rows))
	for r, row := range rows {
		var b strings.Builder
		for i, c := range row {
			c.text = plain(c.text)
			b.WriteString(t.paint(c.colour, c.text))
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c.text)+2))
			}
		}
		lines[r] = strings.TrimRight(b.String(), " ")
	}
	return lines
}

// marks says in words what the marks wait for.
func (t *text) marks(tag string) string {
	marks, _ := plan.ParseMarks(tag)
	var words []string
	for m, since := range marks {
		word := m.Addr.String()
		switch m.Kind {
		case plan.MarkStale:
			word += " named by no witness"
		case plan.MarkDNSAlone:
			word += " named by DNS alone"
		default:
			continue // a memory of what was done, not something that waits
		}
		words = append(words, word+" since "+t.moment(since))
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// moment writes a time: how long ago on a terminal, RFC 3339 elsewhere.
func (t *text) moment(at time.Time) string {
	if !t.o.TTY {
		return at.UTC().Format(time.RFC3339)
	}
	d := t.o.Now.Sub(at)
	switch {
	case d < 0:
		return at.UTC().Format(time.RFC3339)
	case d < time.Second:
		return "this moment"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s ago", d/time.Minute, d%time.Minute/time.Second)
	}
	return fmt.Sprintf("%d h %d min ago", d/time.Hour, d%time.Hour/time.Minute)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
