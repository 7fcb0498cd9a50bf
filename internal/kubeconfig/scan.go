package kubeconfig

import "bytes"

// maxDepth is how many brackets may be inside each other: many times what a
// kubeconfig has, and few enough for any reader.
const maxDepth = 32

// node is what one line of YAML in block form holds.
type node struct {
	dash  int  // where its first dash is, or -1
	key   span // empty: it has no key
	value span // what stands there besides, without a comment
	end   int  // where the next line begins
}

// node reads the line that begins at p and whose content begins at q.
func (s *scanner) node(p, q int) (node, error) {
	n := node{dash: -1}
	column := -1 // of the collection that a block of text would be in
	for s.at(q) == '-' && s.blankAt(q+1) {
		if n.dash < 0 {
			n.dash = q
		} else {
			return n, s.fail(q, "a list in a list", "a kubeconfig has none")
		}
		column = q - p
		if q = s.blanks(q + 1); s.trivial(q) {
			n.end = s.lineEnd(q)
			return n, nil
		}
	}
	if s.at(q) == '?' && s.blankAt(q+1) {
		return n, s.fail(q, "a key written with a question mark", "write it as KEY: VALUE")
	}
	start := q
	value, next, err := s.value(q, column, true)
	if err != nil {
		return n, err
	}
	if s.at(next) == ':' && s.blankAt(next+1) && !s.isBlock(value) {
		n.key = value
		if q = s.blanks(next + 1); s.trivial(q) {
			n.end = s.lineEnd(q)
			return n, nil
		}
		if value, next, err = s.value(q, start-p, false); err != nil {
			return n, err
		}
	}
	n.value, n.end = value, next
	if s.isBlock(value) {
		return n, nil
	}
	n.end = s.lineEnd(next)
	return n, s.nothingAfter(next)
}

// isBlock reports whether a value is a block of text, which ends with its line.
func (s *scanner) isBlock(v span) bool {
	return v.start < v.end && (s.text[v.start] == '|' || s.text[v.start] == '>')
}

// value reads a value in the line, which may go on in others. A plain one ends
// at a colon if it may be a key. It returns where it is, and where to go on.
func (s *scanner) value(q, column int, key bool) (span, int, error) {
	start := q
	for s.at(q) == '&' || s.at(q) == '!' { // an anchor, a tag
		for q < len(s.text) && !s.blankAt(q) {
			q++
		}
		if q = s.blanks(q); s.trivial(q) {
			return span{start, start}, q, nil
		}
	}
	switch s.at(q) {
	case '"', '\'':
		end, err := s.quotes(q)
		return span{start, end}, s.blanks(end), err
	case '[', '{':
		_, end, err := s.brackets(q)
		return span{start, end}, s.blanks(end), err
	case '|', '>':
		if column < 0 {
			return span{}, 0, s.fail(q, "a block of text that begins on a line of its own", "write its sign after the key and the colon")
		}
		end, err := s.block(q, column)
		return span{q, end}, end, err
	}
	for i := q; ; i++ {
		c := s.at(i)
		if c == 0 || c == '\n' || c == '#' && i > q && s.blankAt(i-1) || key && c == ':' && s.blankAt(i+1) {
			return s.trim(span{start, i}), i, nil
		}
	}
}

// block reads a block of text, whose lines are indented deeper than column.
func (s *scanner) block(q, column int) (int, error) {
	header := q
	for q < len(s.text) && !s.blankAt(q) {
		q++
	}
	keep := bytes.IndexByte(s.text[header:q], '+') >= 0
	if !s.trivial(s.blanks(q)) {
		return 0, s.fail(q, "something beside the beginning of a block of text", "begin the text on the next line")
	}
	p := s.lineEnd(q)
	end := p
	for p < len(s.text) {
		content := s.spaces(p)
		next := s.lineEnd(content)
		blank := len(bytes.TrimSpace(s.text[content:next])) == 0
		if !blank && content-p <= column {
			break
		}
		if !blank || keep {
			end = next
		}
		p = next
	}
	if end == len(s.text) && s.text[end-1] != '\n' { // with a newline it would be another text
		return 0, s.fail(end, "the file ends in a block of text", "end its last line with a newline")
	}
	return end, nil
}

// quotes returns where the quoted text that begins at i has ended.
func (s *scanner) quotes(i int) (int, error) {
	quote := s.text[i]
	for j := i + 1; j < len(s.text); j++ {
		switch c := s.text[j]; {
		case c == '\\' && quote == '"':
			j++
		case c == quote && quote == '\'' && s.at(j+1) == '\'':
			j++
		case c == quote:
			return j + 1, nil
		}
	}
	return 0, s.fail(i, "a quote that does not end", "close it")
}

// brackets returns what is between the commas of the list or mapping that opens
// at i, and where it has ended.
func (s *scanner) brackets(i int) (children []span, end int, err error) {
	var closing []byte
	start := i + 1
	child := func(end int) {
		if c := s.skipTrivia(span{start, end}); len(closing) == 1 && c.start < c.end {
			children = append(children, c)
		}
	}
	fresh := true // a quote here begins a text
	for j := i; j < len(s.text); j++ {
		c := s.text[j]
		switch {
		case c == '"' || c == '\'':
			if fresh {
				if j, err = s.quotes(j); err != nil {
					return nil, 0, err
				}
				j--
			}
		case c == '#' && (j == 0 || s.blankAt(j-1)):
			j = s.lineEnd(j) - 1
			continue
		case c == '[' || c == '{':
			if len(closing) == maxDepth {
				return nil, 0, s.fail(j, "more brackets inside each other than a kubeconfig has", "write it with fewer")
			}
			closing = append(closing, c+2) // the closing one's code
		case c == ']' || c == '}':
			if closing[len(closing)-1] != c {
				return nil, 0, s.fail(j, "a bracket that closes another kind", "close what was opened last")
			}
			child(j)
			if closing = closing[:len(closing)-1]; len(closing) == 0 {
				return children, j + 1, nil
			}
		case c == ',' && len(closing) == 1:
			child(j)
			start = j + 1
		}
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			fresh = c == '[' || c == '{' || c == ',' || c == ':'
		}
	}
	return nil, 0, s.fail(i, "a bracket that does not close", "close it")
}

// skipTrivia narrows a span to what is neither space nor comment at its ends.
func (s *scanner) skipTrivia(c span) span {
	for c.start < c.end {
		switch b := s.text[c.start]; {
		case b == '#':
			c.start = min(s.lineEnd(c.start), c.end)
		case b == ' ' || b == '\t' || b == '\r' || b == '\n':
			c.start++
		default:
			// A comment after the last value is inside the span; it is looked for
			// from the front, line by line.
			return s.dropComment(c)
		}
	}
	return c
}

// dropComment cuts comments and space off the end of an element of a list or
// mapping in brackets.
func (s *scanner) dropComment(c span) span {
	end, fresh := c.start, true
	for j := c.start; j < c.end; j++ {
		b := s.text[j]
		switch {
		case (b == '"' || b == '\'') && fresh:
			if after, err := s.quotes(j); err == nil && after <= c.end {
				j = after - 1
			}
		case b == '#' && s.blankAt(j-1):
			j = min(s.lineEnd(j), c.end) - 1
			continue
		}
		if b != ' ' && b != '\t' && b != '\r' && b != '\n' {
			fresh = b == '[' || b == '{' || b == ',' || b == ':'
			end = j + 1
		}
	}
	return span{c.start, end}
}

// nothingAfter refuses anything but a comment in the rest of a line.
func (s *scanner) nothingAfter(i int) error {
	if s.trivial(s.blanks(i)) {
		return nil
	}
	return s.fail(i, "something after a value", "put it on a line of its own")
}

// at returns the byte at i, or zero.
func (s *scanner) at(i int) byte {
	if i < 0 || i >= len(s.text) {
		return 0
	}
	return s.text[i]
}

// blankAt reports whether at i there is space, or nothing.
func (s *scanner) blankAt(i int) bool {
	switch s.at(i) {
	case 0, ' ', '\t', '\r', '\n':
		return true
	}
	return false
}

// spaces returns where the spaces from i have ended.
func (s *scanner) spaces(i int) int {
	for s.at(i) == ' ' {
		i++
	}
	return i
}

// blanks is the same for spaces and tabs.
func (s *scanner) blanks(i int) int {
	for s.at(i) == ' ' || s.at(i) == '\t' {
		i++
	}
	return i
}

// trivial reports whether from i on the line is blank or a comment.
func (s *scanner) trivial(i int) bool {
	i = s.blanks(i)
	switch s.at(i) {
	case 0, '\n':
		return true
	case '\r':
		return s.at(i+1) == '\n' || i+1 == len(s.text)
	case '#':
		return i == 0 || s.blankAt(i-1)
	}
	return false
}

// marker reports whether the line at p begins with a document's marker.
func (s *scanner) marker(p int, marker string) bool {
	return bytes.HasPrefix(s.text[p:], []byte(marker)) && s.blankAt(p+len(marker))
}

// lineEnd returns where the line after i's begins.
func (s *scanner) lineEnd(i int) int {
	if i >= len(s.text) {
		return len(s.text)
	}
	if n := bytes.IndexByte(s.text[i:], '\n'); n >= 0 {
		return i + n + 1
	}
	return len(s.text)
}

// trim narrows a span to what is not space.
func (s *scanner) trim(c span) span {
	for c.start < c.end && s.blankAt(c.start) {
		c.start++
	}
	for c.end > c.start && s.blankAt(c.end-1) {
		c.end--
	}
	return c
}

// lineNumber returns the number of i's line, from one on.
func (s *scanner) lineNumber(i int) int { return 1 + bytes.Count(s.text[:i], []byte("\n")) }

// fail is an error about what is at i.
func (s *scanner) fail(i int, what, hint string) error {
	return &Error{Line: s.lineNumber(min(i, len(s.text))), Message: what, Hint: hint}
}
