package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// A mutation takes one rule out.
type mutation struct {
	number int // from 1
	name   string
	pkg    string // whose tests are to notice
	edits  []edit
	wrong  string // why it cannot be run
	alone  bool   // it is in no function, and so in a binary of its own
}

// An edit replaces text that stands in a file once.
type edit struct{ file, old, new string }

// read reads a list: lines of
//
//	! package whose tests are to notice, for the mutations that follow
//	= name   @ file   - text that stands in it once   + what it becomes
func read(path string) ([]*mutation, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []*mutation
	var pkg, file, old string
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if strings.TrimSpace(line) == "" {
			continue
		}
		text := strings.TrimPrefix(line[1:], " ")
		switch line[0] {
		case '#':
		case '!':
			pkg = text
		case '=':
			all = append(all, &mutation{number: len(all) + 1, name: text, pkg: pkg})
		case '@':
			file = text
		case '-':
			old = text
		case '+':
			if len(all) == 0 || pkg == "" || file == "" || old == "" {
				return nil, fmt.Errorf("%s:%d: a package, a name, a file and an old text come before", path, n)
			}
			m := all[len(all)-1]
			m.edits = append(m.edits, edit{file, old, text})
		default:
			return nil, fmt.Errorf("%s:%d: not a line of a mutation: %q", path, n, line)
		}
	}
	return all, lines.Err()
}
