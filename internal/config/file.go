package config

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"postern/internal/plan"
)

// maxFile is more than a thousand accounts with all their regions need.
const maxFile = 1 << 20

// file is one configuration file while it is read into a Config.
type file struct {
	name   string
	into   *Config
	where  map[string]*Error // place of each key of the file that was set
	faults Errors
}

// readFile reads the text of the file name over c. It returns the places of
// the keys that it found, as errors without a message.
func readFile(c *Config, name string, data []byte) (map[string]*Error, Errors) {
	f := &file{name: name, into: c, where: map[string]*Error{}}
	if doc := f.document(data); doc != nil {
		f.top(doc)
	}
	return f.where, f.faults.sorted()
}

// document returns the only document's body, or nil if it is empty or cannot
// be read.
func (f *file) document(data []byte) (body ast.Node) {
	switch {
	case len(data) > maxFile:
		f.add(&token.Position{Line: 1, Column: 1}, fault("the file has more than %d bytes", maxFile).hint("is it the right file?"))
		return nil
	case !utf8.Valid(data):
		line, column := invalid(data)
		f.add(&token.Position{Line: line, Column: column}, fault("the text is not UTF-8").hint("save the file as UTF-8"))
		return nil
	}
	defer func() { // the parser's own faults must not end the program
		if r := recover(); r != nil {
			body = nil
			f.add(nil, fault("the file is not YAML that can be read: %v", r).hint("write a plain mapping of keys to values"))
		}
	}()
	tokens := lexer.Tokenize(string(bytes.TrimPrefix(data, []byte("\ufeff"))))
	if t, e := unsupported(tokens); e != nil {
		f.add(t.Position, e)
		return nil
	}
	parsed, err := parser.Parse(tokens, 0)
	if err != nil {
		f.syntax(err)
		return nil
	}
	for _, doc := range parsed.Docs {
		if doc == nil || doc.Body == nil || doc.Body.Type() == ast.NullType {
			continue
		}
		if body != nil {
			f.add(place(doc.Body), fault("the file has a second document").hint("put everything into one"))
			return nil
		}
		body = doc.Body
	}
	return body
}

// syntax adds the parser's complaint, with its place.
func (f *file) syntax(err error) {
	var at *token.Position
	message := err.Error()
	if e, ok := errors.AsType[yaml.Error](err); ok {
		message = e.GetMessage()
		if t := e.GetToken(); t != nil {
			at = t.Position
		}
	}
	repair := "check the indentation, the quotes and the colons here"
	if strings.Contains(message, "already defined") {
		repair = "take one away"
	}
	f.add(at, fault("%s", oneLine(message)).hint("%s", repair))
}

// top reads the file's own keys.
func (f *file) top(n ast.Node) {
	known := []string{"scopes", "hub"}
	for _, s := range Settings() {
		known = append(known, s.Key)
	}
	f.mapping(n, "the file", known, func(key string, at *token.Position, v ast.Node) {
		f.where[key] = f.locate(at, &Error{})
		switch key {
		case "scopes":
			f.scopes(v)
		case "hub":
			f.hub(v)
		default:
			s, _ := Find(key)
			f.set(key, s.at(f.into), v)
		}
	})
}

// scopes reads the list of scopes. An account and region may be in one only.
func (f *file) scopes(n ast.Node) {
	type pair struct {
		account plan.AccountID
		region  plan.Region
	}
	seen := map[pair]int{} // line
	entries, ok := f.sequence(n, "scopes", "a list of accounts, each with its regions")
	if !ok {
		return
	}
	if len(entries) == 0 { // not the ambient account: whoever writes a list means one
		f.add(place(n), fault("scopes is an empty list").hint("leave it out to work in the account of the ambient credentials"))
	}
	for _, entry := range entries {
		var s Scope
		keys := map[string]*token.Position{}
		before := len(f.faults)
		f.mapping(entry, "a scope", []string{"account", "regions", "roleArn", "externalId"}, func(key string, at *token.Position, v ast.Node) {
			keys[key] = place(v)
			switch key {
			case "account":
				s.Account = f.account(v)
			case "regions":
				f.set(key, list(&s.Regions, parseRegion), v)
			case "roleArn":
				f.set(key, one(&s.RoleARN, parseRole), v)
			case "externalId":
				f.set(key, one(&s.ExternalID, parseExternalID), v)
			}
		})
		if len(f.faults) > before {
			continue
		}
		at := place(entry)
		switch {
		case s.Account == "":
			f.add(at, fault("a scope has no account").hint(`add account: "222222222222"`))
		case len(s.Regions) == 0:
			f.add(at, fault("the scope of account %s has no regions", s.Account).hint("add regions: [us-east-1]"))
		default:
			f.roleFits("scope", s.Account, s.RoleARN, s.ExternalID, keys)
		}
		for _, r := range s.Regions {
			p := pair{s.Account, r}
			if line, twice := seen[p]; twice {
				f.add(keys["regions"], fault("the scope %s/%s is there twice; the first is at line %d", s.Account, r, line).hint("take one away"))
				continue
			}
			seen[p] = at.Line
		}
		f.into.Scopes = append(f.into.Scopes, s)
	}
}

// roleFits reports whether role and external id can be those of the account,
// and records what is wrong with them.
func (f *file) roleFits(what string, account plan.AccountID, role, externalID string, keys map[string]*token.Position) bool {
	switch {
	case externalID != "" && role == "":
		f.add(keys["externalId"], fault("an external id without a role does nothing").hint("add roleArn, or take externalId away"))
	case role != "" && roleARN.FindStringSubmatch(role)[1] != string(account):
		f.add(keys["roleArn"], fault("the role is in account %s, the %s is %s", roleARN.FindStringSubmatch(role)[1], what, account).
			hint("name a role of account %s, or correct the account", account))
	default:
		return true
	}
	return false
}

// hub reads where the tools run.
func (f *file) hub(n ast.Node) {
	var h Hub
	before := len(f.faults)
	keys := map[string]*token.Position{}
	f.mapping(n, "the hub", []string{"account", "region", "vpcIds", "roleArn", "externalId"}, func(key string, _ *token.Position, v ast.Node) {
		keys[key] = place(v)
		switch key {
		case "account":
			h.Account = f.account(v)
		case "region":
			var text string
			if f.set(key, one(&text, func(s string) (string, *Error) { r, err := parseRegion(s); return string(r), err }), v) {
				h.Region = plan.Region(text)
			}
		case "vpcIds":
			f.set(key, list(&h.VPCs, parseVPC), v)
		case "roleArn":
			f.set(key, one(&h.RoleARN, parseRole), v)
		case "externalId":
			f.set(key, one(&h.ExternalID, parseExternalID), v)
		}
	})
	switch {
	case len(f.faults) > before:
	case h.Account == "":
		f.add(place(n), fault("the hub has no account").hint(`add account: "111111111111"`))
	case h.Region == "":
		f.add(place(n), fault("the hub has no region").hint("add region: us-east-1"))
	case !f.roleFits("hub", h.Account, h.RoleARN, h.ExternalID, keys):
	default:
		f.into.Hub = &h
	}
}

// account reads an account number, with or without quotes: the text as it
// stands counts, so that a leading zero is not lost.
func (f *file) account(n ast.Node) plan.AccountID {
	text := ""
	switch n := n.(type) {
	case *ast.StringNode:
		text = n.Value
	case *ast.IntegerNode:
		text = n.Token.Value
	default:
		f.add(place(n), fault("account must be a string, and this is %s", noun(n)).hint(`write it like "222222222222"`))
		return ""
	}
	a, err := parseAccount(text)
	if err != nil {
		f.add(place(n), err)
	}
	return a
}

// set reads the node into v and reports whether it could.
func (f *file) set(key string, v value, n ast.Node) bool {
	var texts []string
	if v.kind() == kindList {
		entries, ok := f.sequence(n, key, "a list, such as ["+example(v)+"]")
		if !ok {
			return false
		}
		for _, e := range entries {
			s, ok := e.(*ast.StringNode)
			if !ok {
				f.add(place(e), fault("%s must be a list of strings, and this is %s", key, noun(e)).hint("write it in quotes"))
				return false
			}
			if err := v.set([]string{s.Value}); err != nil {
				f.add(place(e), err)
				return false
			}
			texts = append(texts, s.Value)
		}
		if len(texts) == 0 {
			f.add(place(n), fault("%s is an empty list", key).hint("leave it out instead"))
			return false
		}
	} else {
		text, ok := scalarText(v.kind(), n)
		if !ok {
			f.add(place(n), fault("%s must be a %s, and this is %s", key, v.kind(), noun(n)).hint("%s", repair(v.kind())))
			return false
		}
		texts = []string{text}
	}
	if err := v.set(texts); err != nil {
		f.add(place(n), err)
		return false
	}
	return true
}

// scalarText returns the node's text if its type fits the kind. A number
// where a duration belongs passes: the duration's own error says more.
func scalarText(kind string, n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, kind == kindString || kind == kindDuration
	case *ast.BoolNode:
		return fmt.Sprint(n.Value), kind == kindBool
	case *ast.IntegerNode:
		return n.Token.Value, kind == kindNumber || kind == kindDuration
	case *ast.FloatNode:
		return n.Token.Value, kind == kindNumber || kind == kindDuration
	}
	return "", false
}

// mapping calls each for every known key of the mapping n.
func (f *file) mapping(n ast.Node, what string, known []string, each func(key string, at *token.Position, v ast.Node)) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		f.add(place(n), fault("%s must be a mapping of keys to values, and this is %s", what, noun(n)).hint("its keys are %s", words(known)))
		return
	}
	seen := map[string]bool{}
	for _, v := range values {
		at := place(v.Key)
		k, ok := v.Key.(*ast.StringNode)
		switch {
		case !ok:
			f.add(at, fault("%s has a key that is %s", what, noun(v.Key)).hint("its keys are %s", words(known)))
		case !slices.Contains(known, k.Value):
			e := fault("unknown key %q", k.Value)
			if near := Nearest(k.Value, known); near != "" {
				e = e.hint("did you mean %q?", near)
			} else {
				e = e.hint("%s has the keys %s", what, words(known))
			}
			f.add(at, e)
		case seen[k.Value]:
			f.add(at, fault("the key %q is there twice", k.Value).hint("take one away"))
		default:
			seen[k.Value] = true
			each(k.Value, at, v.Value)
		}
	}
}

// sequence returns the entries of the list n.
func (f *file) sequence(n ast.Node, key, want string) ([]ast.Node, bool) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		f.add(place(n), fault("%s must be a list, and this is %s", key, noun(n)).hint("write %s", want))
		return nil, false
	}
	return s.Values, true
}

// add records a fault at a place.
func (f *file) add(at *token.Position, e *Error) {
	f.faults = append(f.faults, f.locate(at, e))
}

func (f *file) locate(at *token.Position, e *Error) *Error {
	e.Where, e.Line, e.Column = f.name, 1, 1
	if at != nil && at.Line > 0 {
		e.Line, e.Column = at.Line, max(at.Column, 1)
	}
	return e
}
