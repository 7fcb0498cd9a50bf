package config

import (
	"fmt"
	"slices"
	"strings"

	"postern/internal/plan"
)

// Error is one setting that cannot be used: where it stands, what is wrong
// with it, and the repair.
type Error struct {
	Where   string // --flag, POSTERN_NAME, or FILE
	Line    int    // of the file, from 1; 0 elsewhere
	Column  int    // of the file, in characters, from 1; 0 elsewhere
	Message string
	Hint    string
}

// Error returns all of it on one line.
func (e *Error) Error() string {
	s := e.Message
	if e.Line > 0 {
		s = fmt.Sprintf("%s:%d:%d: %s", e.Where, e.Line, e.Column, s)
	} else if e.Where != "" {
		s = e.Where + ": " + s
	}
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

func (e *Error) hint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// Errors are all the faults found in one file, in the order of its lines.
type Errors []*Error

// Error returns a line for each fault.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

func (es Errors) sorted() Errors {
	slices.SortStableFunc(es, func(a, b *Error) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return es
}

// Nearest returns the known word that somebody who typed word most likely
// meant, or "" if none is near. Case and the difference of dashes and
// underscores do not count.
func Nearest(word string, known []string) string {
	fold := func(s string) string {
		return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(s))
	}
	w := fold(word)
	best, least := "", max(2, len(w)/3)+1
	for _, k := range known {
		f := fold(k)
		d := plan.Distance(w, f)
		if d > 1 && len(w) >= 3 && strings.HasPrefix(f, w) {
			d = 1 // an abbreviation
		}
		if d < len(f) && (d < least || d == least && best != "" && shared(w, f) > shared(w, fold(best))) {
			best, least = k, d
		}
	}
	return best
}

// shared counts the letters with which both begin.
func shared(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}
