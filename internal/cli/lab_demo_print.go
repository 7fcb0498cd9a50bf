package cli

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"postern/internal/plan"
	"postern/internal/report"
)

// narrator prints a story for people. Colour only repeats what words say.
type narrator struct {
	w      io.Writer
	tty    bool
	colour bool
	began  time.Time
	checks int
	said   string // the last pass's line, so that equal ones stand once
}

const (
	bold  = "1"
	dim   = "2"
	green = "32"
	red   = "31"
)

func (n *narrator) paint(sgr, text string) string {
	if !n.colour || sgr == "" || text == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

func (n *narrator) title(lines ...string) {
	for _, line := range lines {
		fmt.Fprintln(n.w, n.paint(bold, line))
	}
	n.blank()
}

func (n *narrator) heading(number int, text string) {
	fmt.Fprintf(n.w, "%s\n\n", n.paint(bold, fmt.Sprintf("%d. %s", number, text)))
	n.said = ""
}

func (n *narrator) say(format string, args ...any) { fmt.Fprintf(n.w, "   "+format+"\n", args...) }

func (n *narrator) blank() { fmt.Fprintln(n.w) }

// command shows a command that could be typed just so in the lab: a long one on
// several lines.
func (n *narrator) command(line string) {
	for line = "$ " + line; ; {
		end := breakAt(line, columns-len("     \\"))
		if end == len(line) {
			fmt.Fprintf(n.w, "   %s\n", n.paint(dim, line))
			return
		}
		fmt.Fprintf(n.w, "   %s\n", n.paint(dim, strings.TrimRight(line[:end], " ")+" \\"))
		line = "    " + strings.TrimLeft(line[end:], " ")
	}
}

// report prints sync's report, indented, and its exit status unless it is 0.
func (n *narrator) report(doc report.Sync, status int) {
	var b bytes.Buffer
	// Writing to a buffer cannot fail.
	_ = report.WriteText(&b, doc, report.TextOptions{TTY: n.tty, Colour: n.colour})
	n.blank()
	for line := range strings.Lines(b.String()) {
		n.wrapped("   "+strings.TrimRight(line, "\n"), "")
	}
	if status != report.ExitOK {
		n.say("  exit status %d", status)
	}
	n.blank()
}

// aside prints in words what was seen, below the line that it belongs to.
func (n *narrator) aside(text string) { n.wrapped("       "+text, dim) }

// columns is the width of a terminal that the story is written for.
const columns = 100

// escapes are what colours a text and takes no place in it.
var escapes = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// wrapped prints a line, and below it, further in, what is too much for a
// terminal.
func (n *narrator) wrapped(line, sgr string) {
	rest := strings.TrimLeft(line, " ")
	indent := line[:len(line)-len(rest)]
	below := indent + "    "
	for {
		end := breakAt(rest, columns-len(indent))
		fmt.Fprintln(n.w, strings.TrimRight(indent+n.paint(sgr, strings.TrimRight(rest[:end], " ")), " "))
		if rest = strings.TrimLeft(rest[end:], " "); rest == "" {
			return
		}
		indent = below
	}
}

// breakAt returns where a text that has so much room ends: a row of a table
// between its cells, unless little would stand before, and prose between words.
func breakAt(text string, room int) int {
	if len(escapes.ReplaceAllString(text, "")) <= room {
		return len(text)
	}
	if i := strings.LastIndex(text[:room+1], "  "); i > room/4 {
		return i
	}
	if i := strings.LastIndex(text[:room+1], " "); i > 0 {
		return i
	}
	return len(text)
}

// pass prints one line on what a pass did to a cluster's link, unless it is
// the line before.
func (n *narrator) pass(doc report.Sync, ref string) {
	l := linkOf(doc, ref)
	line := string(l.Result)
	if l.Reason != "" {
		line += " (" + string(l.Reason) + ")"
	}
	for _, d := range l.Decisions {
		switch d.Action {
		case plan.Register, plan.Deregister, plan.MarkOnly, plan.Hold:
			line += fmt.Sprintf(", %s %s", d.Action, d.Address)
		}
	}
	if line == n.said {
		return
	}
	n.said = line
	n.say("  %s  %s", n.since(), line)
}

func (n *narrator) since() string {
	return n.paint(dim, fmt.Sprintf("%5.1f s", time.Since(n.began).Seconds()))
}

// check prints what held, or what was seen instead.
func (n *narrator) check(held bool, what, seen string, args ...any) error {
	if !held {
		if what != "" {
			what += ": "
		}
		n.wrapped("   "+n.paint(red, "FAILED")+"  not seen: "+what+fmt.Sprintf(seen, args...), "")
		return errNotHeld
	}
	n.checks++
	fmt.Fprintf(n.w, "   %s  %s  %s\n\n", n.paint(green, "ok"), n.since(), what)
	return nil
}

func (n *narrator) close(name string) {
	n.title(fmt.Sprintf("All %d checks held, in %.0f s.", n.checks, time.Since(n.began).Seconds()))
	n.say("To look around yourself: `%[1]s lab up`, and in another terminal", name)
	n.blank()
	n.say("  %[1]s lab exec -- %[1]s sync", name)
	n.say("  %s lab exec -- kubectl get namespaces", name)
	n.say("  %s lab traffic", name)
	n.say("  %s lab move us-east-1/prod", name)
}
