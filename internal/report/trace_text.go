package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"postern/internal/trace"
)

// WriteTrace writes a path as a table of its hops, in the order in which a
// connection meets them, and below it what is wrong: the first cause with its
// reason and repair, then what is wrong besides. What follows from a cause is
// marked in the table and not explained.
func WriteTrace(w io.Writer, d Trace, o TextOptions) error {
	t := &traceText{text{o: o}}
	t.head(d)
	t.table(d)
	t.wrong(d)
	t.last(d)
	_, err := io.WriteString(w, t.b.String())
	return err
}

type traceText struct{ text }

func (t *traceText) say(indent int, label, words string) {
	for _, line := range t.wrap(indent, label, words) {
		t.b.WriteString(line + "\n")
	}
}

// word is a verdict for people.
func traceWord(v trace.Verdict) (string, string) {
	switch v {
	case trace.Passed:
		return "ok", green
	case trace.Broken:
		return "BROKEN", red
	case trace.Degraded:
		return "degraded", yellow
	}
	return "-", ""
}

func (t *traceText) head(d Trace) {
	how := "by the cluster's own name"
	if d.Address == trace.ByVPCE {
		how = "by the interface endpoint's name"
	}
	from := "from no subnet that is known"
	if d.From != "" {
		from = "from " + d.From
	}
	t.say(0, "", fmt.Sprintf("trace %s %s, %s", d.Ref, from, how))
	if d.Live.Made {
		t.say(0, "", fmt.Sprintf("probed from %s: %s", d.Live.From, d.Live.Reason))
	} else {
		t.say(0, "", "not probed: "+d.Live.Reason)
	}
	t.b.WriteString("\n")
}

func (t *traceText) table(d Trace) {
	rows := [][]cell{{{text: "HOP"}, {}, {text: "OBJECT"}}}
	saws := []string{"SAW"}
	var before trace.Hop
	for _, f := range d.Findings {
		word, colour := traceWord(f.Verdict)
		saw := f.Saw
		if f.Because != "" {
			saw += " [follows from " + string(f.Because) + "]"
		}
		hop := string(f.Hop)
		if f.Hop == before && !t.o.Wide {
			hop = ""
		}
		before = f.Hop
		rows = append(rows, []cell{{text: hop}, {word, colour}, {text: objectWord(f.Object)}})
		saws = append(saws, saw)
	}
	lines := t.align(rows)
	left := 0
	for _, line := range lines {
		left = max(left, visible(line)+2)
	}
	for i, line := range lines {
		if t.o.Width > 0 && t.o.Width-left < narrow { // no room beside: below
			t.b.WriteString(clip(line, t.o.Width, t.o.Colour) + "\n")
			t.say(4, "", saws[i])
			continue
		}
		beside := t.wrap(left, "", saws[i])
		t.b.WriteString(strings.TrimRight(pad(line, left)+beside[0][left:], " ") + "\n")
		for _, more := range beside[1:] {
			t.b.WriteString(more + "\n")
		}
	}
}

// objectWord is an object in short: of an ARN what comes after the account, and
// of a long name its beginning.
func objectWord(s string) string {
	if f := strings.SplitN(s, ":", 6); len(f) == 6 && f[0] == "arn" {
		s = f[5]
	}
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most-3]) + "..."
	}
	return orDash(s)
}

// wrong explains what stands by itself: the cause first, then the others.
func (t *traceText) wrong(d Trace) {
	first := d.cause()
	if first != nil {
		t.finding(*first)
	}
	for i := range d.Findings {
		f := &d.Findings[i]
		if f != first && f.Because == "" && (f.Verdict == trace.Broken || f.Verdict == trace.Degraded) {
			t.finding(*f)
		}
	}
	for _, f := range d.Findings {
		if f.Code == trace.NotChecked {
			t.b.WriteString("\n")
			t.say(0, "not checked at "+string(f.Hop)+": ", f.Saw)
			if f.Repair.Note != "" {
				t.say(2, "try: ", f.Repair.Note)
			}
		}
	}
}

func (t *traceText) finding(f TraceFinding) {
	word, colour := traceWord(f.Verdict)
	t.b.WriteString("\n")
	t.say(0, t.paint(colour, word)+" at "+string(f.Hop)+": ", fmt.Sprintf("%s (%s)", f.Saw, f.Code))
	t.say(2, "object: ", orDash(f.Object))
	if f.Why != "" {
		t.say(2, "why: ", f.Why)
	}
	if f.Repair.Terraform != "" {
		t.say(2, "Terraform: ", f.Repair.Terraform)
	}
	if f.Repair.Note != "" {
		t.say(2, "note: ", f.Repair.Note)
	}
	if len(f.Repair.Commands) > 0 {
		t.say(2, "", fmt.Sprintf("or, with credentials of account %s:", f.Repair.Account))
		for _, c := range f.Repair.Commands { // never broken into lines: they are to be copied
			t.b.WriteString("    " + plain(c) + "\n")
		}
	}
}

func (t *traceText) last(d Trace) {
	calls := 0
	for _, n := range d.Calls {
		calls += n
	}
	line := "the path is right"
	switch d.Verdict {
	case trace.Broken:
		line = "the path is " + t.paint(red, "broken") + " at " + string(d.Hop)
	case trace.Degraded:
		line = "the path is " + t.paint(yellow, "degraded") + " at " + string(d.Hop)
	case trace.Unchecked:
		line = "nothing wrong was found, and not all could be checked"
	}
	fmt.Fprintf(&t.b, "\n%s; %s in %s\n", line, plural(calls, "AWS call"), time.Duration(d.DurationMs)*time.Millisecond)
}
