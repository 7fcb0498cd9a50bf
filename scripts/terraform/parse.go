package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// block is a variable or an output with its attributes: strings without their
// quotes, anything else as it is written, on one line.
type block struct {
	kind, name string
	attributes map[string]string
}

var (
	blockLine     = regexp.MustCompile(`^(variable|output) "([0-9A-Za-z_-]+)" \{$`)
	attributeLine = regexp.MustCompile(`^  ([a-z_]+) += (.*)$`)
	heredoc       = regexp.MustCompile(`^<<-([A-Z]+)$`)
)

// parse reads the blocks of a file as terraform fmt leaves it: a block begins
// and ends in the first column, its attributes in the third. Blocks within a
// block are passed over.
func parse(text string) ([]block, error) {
	var blocks []block
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		m := blockLine.FindStringSubmatch(lines[i])
		if m == nil {
			continue
		}
		b := block{kind: m[1], name: m[2], attributes: map[string]string{}}
		end := i + 1
		for end < len(lines) && lines[end] != "}" {
			end++
		}
		if end == len(lines) {
			return nil, fmt.Errorf("%s %q has no end", b.kind, b.name)
		}
		if err := b.read(lines[i+1 : end]); err != nil {
			return nil, fmt.Errorf("%s %q: %w", b.kind, b.name, err)
		}
		if b.attributes["description"] == "" {
			return nil, fmt.Errorf("%s %q has no description", b.kind, b.name)
		}
		if b.kind == "variable" && b.attributes["type"] == "" {
			return nil, fmt.Errorf("%s %q has no type", b.kind, b.name)
		}
		blocks = append(blocks, b)
		i = end
	}
	return blocks, nil
}

// read takes the attributes of a block's own lines.
func (b block) read(lines []string) error {
	for i := 0; i < len(lines); i++ {
		m := attributeLine.FindStringSubmatch(lines[i])
		if m == nil {
			continue
		}
		name, value := m[1], m[2]
		if here := heredoc.FindStringSubmatch(value); here != nil {
			var text []string
			for i++; i < len(lines) && strings.TrimSpace(lines[i]) != here[1]; i++ {
				text = append(text, strings.TrimSpace(lines[i]))
			}
			if i == len(lines) {
				return fmt.Errorf("%s: the text has no line %s", name, here[1])
			}
			b.attributes[name] = strings.Join(text, "\n")
			continue
		}
		// A value goes on while the lines are further in, or close it.
		for i+1 < len(lines) && (strings.HasPrefix(lines[i+1], "   ") || strings.HasPrefix(lines[i+1], "  }") || strings.HasPrefix(lines[i+1], "  ]") || strings.HasPrefix(lines[i+1], "  )")) {
			i++
			value += " " + strings.TrimSpace(lines[i])
		}
		if strings.HasPrefix(value, `"`) {
			if plain, err := strconv.Unquote(value); err == nil && name == "description" {
				value = plain
			}
		}
		b.attributes[name] = value
	}
	return nil
}
