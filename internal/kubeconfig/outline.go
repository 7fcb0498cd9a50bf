package kubeconfig

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// span is a range of bytes of the text.
type span struct{ start, end int }

// field is a key of the outermost mapping with where things are in the text.
type field struct {
	name  string
	line  int
	start int    // where the key begins
	inner span   // the value on the key's own line or from there on, without a comment; empty: none
	items []span // of a list: whole lines if it is in block form, else what is between the commas
	open  bool   // inner is a list in brackets
	dash  int    // spaces before the dashes of a list in block form
	first int    // where the line after the key's begins
	end   int    // where the line after the last one with content begins
}

// outline is where the things that we edit are in a kubeconfig's text.
type outline struct {
	empty   bool    // nothing but blank lines, comments and markers
	flow    bool    // the outermost mapping is in braces
	braces  span    // then, with the braces
	indent  int     // spaces before the outermost keys
	end     int     // where a new outermost key's line goes
	newline string  // as the text has it
	trivia  []span  // lines that are blank or comments, and what is after the end
	fields  []field // in order
}

// field returns the field of that name, or nil.
func (o *outline) field(name string) *field {
	for i := range o.fields {
		if o.fields[i].name == name {
			return &o.fields[i]
		}
	}
	return nil
}

// scanner reads the text's outline. It knows as much YAML as tells where a
// value ends, and refuses what it does not know.
type scanner struct {
	text []byte
	out  outline
}

// read returns the outline of a text.
func read(text []byte) (*outline, error) {
	s := &scanner{text: text}
	s.out.newline = "\n"
	if i := bytes.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		s.out.newline = "\r\n"
	}
	if err := s.characters(); err != nil {
		return nil, err
	}
	if err := s.document(); err != nil {
		return nil, err
	}
	return &s.out, nil
}

// characters refuses what is no text, or ends lines in a way that readers do not
// agree about.
func (s *scanner) characters() error {
	for i := 0; i < len(s.text); {
		c, size := utf8.DecodeRune(s.text[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			return s.fail(i, "a byte that is no UTF-8", "write the file in UTF-8")
		case c == '\r' && s.at(i+1) != '\n', c == 0x85, c == 0x2028, c == 0x2029:
			return s.fail(i, "a line's end that not every reader knows", "end lines with a newline")
		case c < ' ' && c != '\t' && c != '\r' && c != '\n', c == 0x7f:
			return s.fail(i, fmt.Sprintf("the control character %U", c), "take it away, or write it as an escape in quotes")
		case c == 0xfeff && i > 0:
			return s.fail(i, "a byte order mark in the middle", "take it away")
		}
		i += size
	}
	return nil
}

// document goes through the text line by line.
func (s *scanner) document() error {
	p := 0
	if bytes.HasPrefix(s.text, []byte("\xef\xbb\xbf")) {
		p = 3
	}
	s.out.empty, s.out.indent = true, -1
	marked, ended := false, false
	for p < len(s.text) {
		q := s.spaces(p)
		if s.trivial(q) {
			s.out.trivia = append(s.out.trivia, span{p, s.lineEnd(q)})
			p = s.lineEnd(q)
			continue
		}
		switch {
		case ended:
			return s.fail(q, "something after the end of the document", "keep one document in the file")
		case s.marker(p, "---"):
			if marked || !s.out.empty {
				return s.fail(p, "a second document", "kubectl reads only the first: move the others to files of their own")
			}
			if !s.trivial(p + 3) {
				return s.fail(p+3, "something beside the document's marker", "begin a new line after ---")
			}
			marked, p = true, s.lineEnd(p)
			continue
		case s.marker(p, "..."):
			if !s.trivial(p + 3) {
				return s.fail(p+3, "something beside the document's end", "take it away")
			}
			if s.out.empty {
				s.out.end = p
			}
			ended, p = true, s.lineEnd(p)
			continue
		case s.text[p] == '%':
			return s.fail(p, "a YAML directive", "take it away: kubectl needs none")
		case s.text[q] == '\t':
			return s.fail(q, "a tab where a line is indented", "YAML indents by spaces")
		}
		var err error
		if s.out.empty && s.text[q] == '{' {
			p, err = s.root(q)
			ended = true
		} else {
			p, err = s.line(p, q)
		}
		if err != nil {
			return err
		}
		s.out.empty, s.out.end = false, p
	}
	if s.out.empty && !ended {
		s.out.end = len(s.text)
	}
	return nil
}

// line takes one line of the outermost mapping in block form, and the lines
// that its quotes, brackets or block of text go on to. It returns where the
// next line begins.
func (s *scanner) line(p, q int) (int, error) {
	n, err := s.node(p, q)
	if err != nil {
		return 0, err
	}
	if s.out.indent < 0 {
		s.out.indent = q - p
	}
	var last *field
	if len(s.out.fields) > 0 {
		last = &s.out.fields[len(s.out.fields)-1]
	}
	indent, listed := q-p, n.dash == q
	switch {
	case indent == s.out.indent && !listed:
		if n.key == (span{}) {
			return 0, s.fail(q, "no key and colon", "write the file's outermost part as KEY: VALUE")
		}
		name, err := s.key(n.key)
		if err != nil {
			return 0, err
		}
		f := field{name: name, line: s.lineNumber(q), start: q, inner: n.value, dash: -1, first: n.end, end: n.end}
		if f.inner.start < f.inner.end && s.text[f.inner.start] == '[' {
			f.open = true
			if f.items, _, err = s.brackets(f.inner.start); err != nil {
				return 0, err
			}
		}
		s.out.fields = append(s.out.fields, f)
		return n.end, nil
	case last == nil:
		return 0, s.fail(q, "a list", "a kubeconfig is a mapping: apiVersion, clusters, contexts, users")
	case indent < s.out.indent:
		return 0, s.fail(q, "less indentation than the first key has", "give all outermost keys the same")
	}
	last.end = n.end
	if last.inner.start != last.inner.end { // what goes on is no list
		return n.end, nil
	}
	switch {
	case listed && len(last.items) == 0 && last.dash < 0:
		last.dash, last.items = indent, []span{{p, n.end}}
	case listed && indent == last.dash:
		last.items = append(last.items, span{p, n.end})
	case last.dash >= 0 && indent <= last.dash:
		return 0, s.fail(q, "less indentation than the list has", "indent it as the lines above")
	case len(last.items) > 0:
		last.items[len(last.items)-1].end = n.end
	default:
		last.dash = len(s.text) // a mapping or a text: not a list
	}
	return n.end, nil
}

// root takes an outermost mapping in braces.
func (s *scanner) root(open int) (int, error) {
	children, end, err := s.brackets(open)
	if err != nil {
		return 0, err
	}
	if !s.trivial(end) {
		return 0, s.fail(end, "something after the outermost brace", "take it away")
	}
	s.out.flow, s.out.braces = true, span{open, end}
	for _, c := range children {
		f := field{line: s.lineNumber(c.start), start: c.start, dash: -1, end: c.end}
		key := c.start
		if s.text[key] == '"' || s.text[key] == '\'' {
			if key, err = s.quotes(key); err != nil {
				return 0, err
			}
		}
		colon := bytes.IndexByte(s.text[key:c.end], ':')
		if colon < 0 {
			return 0, s.fail(c.start, "no key and colon", "write it as KEY: VALUE")
		}
		colon += key
		if f.name, err = s.key(s.trim(span{c.start, colon})); err != nil {
			return 0, err
		}
		f.inner = s.trim(span{colon + 1, c.end})
		if f.inner.start < f.inner.end && s.text[f.inner.start] == '[' {
			f.open = true
			if f.items, _, err = s.brackets(f.inner.start); err != nil {
				return 0, err
			}
		}
		s.out.fields = append(s.out.fields, f)
	}
	return s.lineEnd(end), nil
}

// key returns a key's text.
func (s *scanner) key(k span) (string, error) {
	raw := s.text[k.start:k.end]
	switch {
	case len(raw) < 2 || raw[0] != '"' && raw[0] != '\'':
		return string(raw), nil
	case raw[0] == '\'':
		return string(bytes.ReplaceAll(raw[1:len(raw)-1], []byte("''"), []byte("'"))), nil
	}
	var name string
	if json.Unmarshal(raw, &name) != nil {
		return "", s.fail(k.start, "a key with escapes that JSON does not have", "write the key without quotes")
	}
	return name, nil
}
