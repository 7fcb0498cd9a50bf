package config

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// place returns where a node begins. It is never nil.
func place(n ast.Node) *token.Position {
	start := &token.Position{Line: 1, Column: 1}
	if n == nil {
		return start
	}
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return place(m.Values[0].Key)
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		return place(m.Key)
	}
	if t := n.GetToken(); t != nil && t.Position != nil && t.Position.Line > 0 {
		return t.Position
	}
	return start
}

// noun says what a node is, for an error about its type.
func noun(n ast.Node) string {
	switch n.(type) {
	case nil, *ast.NullNode:
		return "nothing"
	case *ast.StringNode, *ast.LiteralNode:
		return "a string"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.BoolNode:
		return "a bool"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	}
	return "something else"
}

// maxDepth is twice the deepest nesting of brackets that the keys allow.
const maxDepth = 6

// unsupported returns the first token of what this file cannot have. Such
// tokens never reach the parser, which does not end on some of their
// combinations and takes quadratic time for deep nesting; a file of settings
// needs none of them.
func unsupported(tokens token.Tokens) (*token.Token, *Error) {
	depth := 0
	for i, t := range tokens {
		what := ""
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			if depth++; depth <= maxDepth {
				continue
			}
			what = fmt.Sprintf("bracket %d inside the other", depth)
		case token.SequenceEndType, token.MappingEndType:
			depth--
			continue
		case token.SequenceEntryType:
			if i == 0 || tokens[i-1].Type != token.SequenceEntryType {
				continue
			}
			what = "a list in a list"
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			what = "an anchor or alias"
		case token.TagType:
			what = "a YAML tag"
		case token.DirectiveType:
			what = "a YAML directive"
		case token.MappingKeyType:
			what = "a key written with a question mark"
		case token.LiteralType, token.FoldedType:
			what = "a block of text"
		case token.InvalidType:
			message := "this is not YAML"
			if t.Error != "" {
				message = t.Error
			}
			return t, fault("%s", oneLine(message)).hint("check the indentation, the quotes and the colons here")
		default:
			continue
		}
		return t, fault("this is %s, which the file cannot have", what).hint("write the value out; put text with special characters in quotes")
	}
	return nil, nil
}

// repair says how a value of a kind is written.
func repair(kind string) string {
	switch kind {
	case kindBool:
		return "write true or false, without quotes"
	case kindNumber:
		return "write a number, without quotes"
	case kindDuration:
		return "write a number with a unit, such as 120s"
	}
	return "write it in quotes"
}

// example returns elements that a list could have.
func example(v value) string {
	switch v.(type) {
	case sequence[string]:
		return `"10.100.0.2:53"`
	}
	if v.set([]string{"us-east-1"}) == nil {
		return "us-east-1"
	}
	return "dns, eni"
}

func words(all []string) string { return strings.Join(all, ", ") }

// oneLine joins the lines of a parser's message.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// invalid returns line and column of the first byte that is not UTF-8.
func invalid(data []byte) (line, column int) {
	line, column = 1, 1
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && size == 1:
			return line, column
		case r == '\n':
			line, column = line+1, 0
		}
		data, column = data[size:], column+1
	}
	return line, column
}
