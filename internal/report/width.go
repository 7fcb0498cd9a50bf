package report

import (
	"strings"
	"unicode/utf8"
)

// wrap returns words as lines of the width, each indented. The label stands
// before the first. Words that are wider than a line are broken: an ARN is one.
func (t *text) wrap(indent int, label, words string) []string {
	words = plain(words)
	room := t.o.Width - indent
	if t.o.Width <= 0 || visible(label)+utf8.RuneCountInString(words) <= room {
		return []string{strings.Repeat(" ", indent) + label + words}
	}
	room = max(room, 1)
	if visible(label) > room {
		label, words = "", bare(label)+words
	}
	var lines []string
	line, used := label, visible(label)
	flush := func() {
		lines = append(lines, strings.Repeat(" ", min(indent, max(0, t.o.Width-1)))+strings.TrimRight(line, " "))
		line, used = "", 0
	}
	for word := range strings.FieldsSeq(words) {
		n := utf8.RuneCountInString(word)
		if used > 0 && !strings.HasSuffix(line, " ") {
			line, used = line+" ", used+1
		}
		if used > 0 && used+n > room && (n <= room || used >= room) {
			flush()
		}
		for used+n > room { // wider than what is left of a line
			head := []rune(word)[:max(1, room-used)]
			line += string(head)
			word = word[len(string(head)):]
			n -= len(head)
			flush()
		}
		line, used = line+word, used+n
	}
	if line != "" || len(lines) == 0 {
		flush()
	}
	return lines
}

// visible counts the columns of a text that may hold colours.
func visible(s string) int {
	n := 0
	for s != "" {
		if rest, ok := strings.CutPrefix(s, "\x1b["); ok {
			_, s, _ = strings.Cut(rest, "m")
			continue
		}
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		n++
	}
	return n
}

// bare is a text without its colours.
func bare(s string) string {
	before, rest, found := strings.Cut(s, "\x1b[")
	if !found {
		return s
	}
	_, rest, _ = strings.Cut(rest, "m")
	return before + bare(rest)
}

// pad fills a text that may hold colours up to a width.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-visible(s)))
}

// FillScreen pads lines to a width and adds empty ones up to a height, so that
// they cover all that a screen showed before.
func FillScreen(lines []string, width, height int) []string {
	out := make([]string, height)
	for i := range out {
		line := ""
		if i < len(lines) {
			line = lines[i]
		}
		out[i] = pad(line, width)
	}
	return out
}

// clip cuts a line that may hold colours to a width. A width of 0 cuts nothing.
func clip(s string, width int, coloured bool) string {
	if width <= 0 || visible(s) <= width {
		return s
	}
	var b strings.Builder
	for n := 0; s != "" && n < width; {
		if rest, ok := strings.CutPrefix(s, "\x1b["); ok {
			code, after, _ := strings.Cut(rest, "m")
			b.WriteString("\x1b[" + code + "m")
			s = after
			continue
		}
		_, size := utf8.DecodeRuneInString(s)
		b.WriteString(s[:size])
		s = s[size:]
		n++
	}
	if coloured {
		b.WriteString("\x1b[0m")
	}
	return b.String()
}
