package graph

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is how many characters of a name or sentence are kept.
const longest = 400

// clean makes any text fit for one line of a drawing: white space becomes a
// space, what has no place in a line (controls, marks that turn the direction of
// writing, private and unassigned characters) goes, or becomes U+FFFD, and more
// than two combining marks in a row are cut. Cleaning twice changes nothing.
func clean(s string) string {
	var b strings.Builder
	space, kept, stacked := true, 0, 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			if space {
				continue
			}
			r = ' '
		case unicode.Is(unicode.Cf, r):
			continue
		case unicode.Is(unicode.M, r):
			if stacked++; stacked > 2 {
				continue
			}
		case r == utf8.RuneError || !unicode.IsPrint(r):
			r = utf8.RuneError
		}
		if !unicode.Is(unicode.M, r) {
			stacked = 0
		}
		if kept++; kept > longest {
			break
		}
		space = r == ' '
		b.WriteRune(r)
	}
	return strings.TrimRight(b.String(), " ")
}

// face is a generic font in one size.
type face struct {
	size float64
	mono bool
	bold bool
}

// width returns about how wide a text is set, in the widest of the usual fonts:
// no viewer's generic font is known. Where there is little room, texts beyond
// ASCII are set to this width.
func (f face) width(s string) float64 {
	w := 0.0
	for _, r := range s {
		w += f.em(r)
	}
	return w * f.size
}

// em returns a character's width in parts of the size, after DejaVu Sans, wider
// than which hardly any default is, and the 0.6 that fixed ones have in common.
func (f face) em(r rune) float64 {
	switch {
	case unicode.Is(unicode.M, r):
		return 0
	case r >= 0xfdf0 && r <= 0xfdfd: // whole phrases in one character
		return 11
	case r == '…':
		return 1.1
	case r >= 0x1100:
		return 1.05
	case f.mono && r < 0x80:
		return 0.605
	}
	e := 0.82
	switch {
	case r >= 0x80:
	case strings.ContainsRune("iljI'|!.,:;", r):
		e = 0.36
	case strings.ContainsRune(`ftr()[]-/\ "`, r):
		e = 0.43
	case strings.ContainsRune("mwMW@%", r):
		e = 1
	case r >= 'A' && r <= 'Z':
		e = 0.78
	default:
		e = 0.64
	}
	if f.bold {
		e *= 1.1
	}
	return e
}

// fit cuts a text to a width and says so by an ellipsis.
func (f face) fit(s string, width float64) string {
	if f.width(s) <= width {
		return s
	}
	cut, w := 0, f.em('…')*f.size
	for i, r := range s {
		if w += f.em(r) * f.size; w > width {
			cut = i
			break
		}
	}
	return strings.TrimRight(s[:cut], " ") + "…"
}

// wrap breaks a text into at most n lines of a width; the last is cut.
func (f face) wrap(s string, width float64, n int) []string {
	var lines []string
	for words := strings.Fields(s); len(words) > 0; {
		line, used := words[0], 1
		for used < len(words) && f.width(line+" "+words[used]) <= width {
			line += " " + words[used]
			used++
		}
		if len(lines) == n-1 {
			return append(lines, f.fit(strings.Join(words, " "), width))
		}
		lines = append(lines, f.fit(line, width))
		words = words[used:]
	}
	return lines
}
