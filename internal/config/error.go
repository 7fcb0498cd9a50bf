package config

import (
	"fmt"
	"slices"
	"strings"
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
		d := distance(w, f)
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

// distance is the number of letters to insert, drop, replace or swap with the
// next to turn a into b.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	row := func() []int { return make([]int, len(t)+1) }
	before, last, now := row(), row(), row()
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(s); i++ {
		now[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(t)]
}
