package lab

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"postern/internal/lab/state"
)

// maxWorldFile bounds a world's text: thousands of clusters fit.
const maxWorldFile = 4 << 20

// ParseWorld reads a world's YAML and makes it once, in a store that is thrown
// away, so that every rule of AWS holds. The error names the line, and for a
// rule AWS's code and message.
func ParseWorld(data []byte) (*World, error) {
	w, err := parse(data)
	if err != nil {
		return nil, err
	}
	if _, err := w.apply(state.New(state.Options{Consistent: true})); err != nil {
		return nil, err
	}
	return w, nil
}

// WorldError says what is wrong with a world, and where.
type WorldError struct {
	Line, Column int    // from 1; 0 where the world was no file
	Path         string // such as vpcs[2].cidr; empty for what concerns the whole text
	Err          error
}

// Error returns "world line 12: vpcs[2].cidr: cause".
func (e *WorldError) Error() string {
	text := "world"
	if e.Line > 0 {
		text = fmt.Sprintf("world line %d", e.Line)
	}
	if e.Path != "" {
		text += ": " + e.Path
	}
	return text + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *WorldError) Unwrap() error { return e.Err }

// maxDepth is how deep brackets may nest: a world has four levels.
const maxDepth = 16

// parse reads the text without making the world.
func parse(data []byte) (w *World, err error) {
	if len(data) > maxWorldFile {
		return nil, &WorldError{Err: fmt.Errorf("%d bytes, at most %d allowed", len(data), maxWorldFile)}
	}
	defer func() { // the YAML library's own faults must not end the program
		if r := recover(); r != nil {
			w, err = nil, &WorldError{Err: fmt.Errorf("not YAML that can be read: %v", r)}
		}
	}()
	tokens := lexer.Tokenize(string(data))
	if err := plain(tokens); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, yamlError(err)
	}
	if len(file.Docs) > 1 && file.Docs[1].Body != nil {
		return nil, &WorldError{Line: file.Docs[1].Body.GetToken().Position.Line, Err: errors.New("a second document: a world is one")}
	}
	w = &World{}
	err = yaml.NewDecoder(bytes.NewReader(data), yaml.DisallowUnknownField()).Decode(w)
	if err != nil && !errors.Is(err, io.EOF) { // an empty file is an empty world
		return nil, yamlError(err)
	}
	if len(w.accounts()) == 0 {
		return nil, &WorldError{Err: errors.New("the world is empty: give it at least an account, as in accounts: [\"111111111111\"]")}
	}
	w.file = file
	if err := w.check(); err != nil {
		return nil, err
	}
	return w, nil
}

// plain refuses what a world does not need and what can make a small text
// enormous once it is read: anchors, aliases, tags, deep nesting.
func plain(tokens token.Tokens) error {
	depth := 0
	for _, t := range tokens {
		why := ""
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			why = "anchors and aliases are not taken: write the value out"
		case token.TagType, token.DirectiveType:
			why = "tags and directives are not taken: write plain values"
		case token.InvalidType:
			why = "not YAML: check the indentation, the quotes and the colons here"
		case token.SequenceStartType, token.MappingStartType:
			if depth++; depth > maxDepth {
				why = "too many brackets inside each other"
			}
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
		if why != "" {
			return &WorldError{Line: t.Position.Line, Column: t.Position.Column, Err: errors.New(why)}
		}
	}
	return nil
}

// yamlError gives an error of the YAML library our form.
func yamlError(err error) error {
	if e, ok := errors.AsType[*WorldError](err); ok {
		return e // a value of ours
	}
	var y yaml.Error
	if !errors.As(err, &y) {
		return &WorldError{Err: err}
	}
	e := &WorldError{Err: errors.New(plainly(y))}
	if tok := y.GetToken(); tok != nil && tok.Position != nil {
		e.Line, e.Column = tok.Position.Line, tok.Position.Column
	}
	return e
}

var (
	unknownField = regexp.MustCompile(`^unknown field "(.*)"$`)
	duplicateKey = regexp.MustCompile(`^mapping key "(.*)" already defined`)
)

// kinds are what a value is, for people.
var kinds = map[ast.NodeType]string{
	ast.MappingType: "a mapping", ast.MappingValueType: "a mapping", ast.SequenceType: "a list", ast.StringType: "a text",
	ast.IntegerType: "a number", ast.FloatType: "a number", ast.BoolType: "true or false", ast.NullType: "nothing",
}

// plainly gives an error of the YAML library our words.
func plainly(y yaml.Error) string {
	text := strings.ReplaceAll(y.GetMessage(), "\n", " ")
	if x, ok := errors.AsType[*yaml.UnexpectedNodeTypeError](y); ok {
		return fmt.Sprintf("%s is needed here, and this is %s", needed(x.Expected), kinds[x.Actual])
	}
	if m := duplicateKey.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("key %q is there twice: take one away", m[1])
	}
	if m := unknownField.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("unknown key %q: the keys of a world are %s", m[1], strings.Join(worldKeys(), "; "))
	}
	return text
}

func needed(t ast.NodeType) string {
	if t == ast.MappingType {
		return "a mapping of keys to values"
	}
	return kinds[t]
}

// at makes an error that names the place of path, such as vpcs[2].cidr, or of
// the nearest thing around it that the file has.
func (w *World) at(path string, err error) error {
	e := &WorldError{Path: path, Err: err}
	for p := path; w.file != nil; {
		if query, perr := yaml.PathString("$." + p); perr == nil {
			if node, ferr := query.FilterFile(w.file); ferr == nil && node != nil {
				pos := start(node).Position
				e.Line, e.Column = pos.Line, pos.Column
				break
			}
		}
		i := strings.LastIndexAny(p, ".[")
		if i < 0 {
			break
		}
		p = p[:i]
	}
	return e
}

// start returns the token at which a node begins for a reader: of a mapping,
// its first key.
func start(node ast.Node) *token.Token {
	switch n := node.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return n.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		return n.Key.GetToken()
	}
	return node.GetToken()
}

// check refuses what is no matter of AWS's rules: names that do not name, and
// values that only this file has.
func (w *World) check() error {
	names := map[string]bool{}
	for i, v := range w.VPCs {
		at := func(key string) string { return fmt.Sprintf("vpcs[%d].%s", i, key) }
		switch {
		case v.Name == "":
			return w.at(at("name"), errors.New("needed: clusters name their VPC by it"))
		case names[v.Name]:
			return w.at(at("name"), fmt.Errorf("a second VPC %q: names are unique in a world", v.Name))
		case !isAccount(v.Account):
			return w.at(at("account"), fmt.Errorf("%q is not an account of twelve digits; quote it", v.Account))
		case v.Region == "":
			return w.at(at("region"), errors.New("needed"))
		case !v.CIDR.IsValid():
			return w.at(at("cidr"), errors.New("needed, such as 10.0.0.0/16"))
		}
		names[v.Name] = true
	}
	for i, id := range w.Accounts {
		if !isAccount(id) {
			return w.at(fmt.Sprintf("accounts[%d]", i), fmt.Errorf("%q is not an account of twelve digits; quote it", id))
		}
	}
	for i, r := range w.Roles {
		at := func(key string) string { return fmt.Sprintf("roles[%d].%s", i, key) }
		switch {
		case r.Name == "":
			return w.at(at("name"), errors.New("needed"))
		case !isAccount(r.Account):
			return w.at(at("account"), fmt.Errorf("%q is not an account of twelve digits; quote it", r.Account))
		}
		for j, id := range r.Trust {
			if !isAccount(id) {
				return w.at(fmt.Sprintf("roles[%d].trust[%d]", i, j), fmt.Errorf("%q is not an account of twelve digits; quote it", id))
			}
		}
	}
	for i, p := range w.Peerings {
		for key, name := range map[string]string{"from": p.From, "to": p.To} {
			if w.vpc(name) == nil {
				return w.at(fmt.Sprintf("peerings[%d].%s", i, key), fmt.Errorf("no VPC of this world is named %q", name))
			}
		}
	}
	for i, c := range w.Clusters {
		at := func(key string) string { return fmt.Sprintf("clusters[%d].%s", i, key) }
		switch {
		case c.Name == "":
			return w.at(at("name"), errors.New("needed"))
		case w.vpc(c.VPC) == nil:
			return w.at(at("vpc"), fmt.Errorf("no VPC of this world is named %q", c.VPC))
		}
		switch c.Access {
		case "", AccessPrivate, AccessPublic, AccessBoth:
		default:
			return w.at(at("access"), fmt.Errorf("%q is none of %s, %s, %s", c.Access, AccessPrivate, AccessPublic, AccessBoth))
		}
	}
	return w.checkHub()
}

func (w *World) checkHub() error {
	if w.Hub.Account != "" && !isAccount(w.Hub.Account) {
		return w.at("hub.account", fmt.Errorf("%q is not an account of twelve digits; quote it", w.Hub.Account))
	}
	for i, name := range w.Hub.VPCs {
		v := w.vpc(name)
		at := fmt.Sprintf("hub.vpcs[%d]", i)
		switch {
		case v == nil:
			return w.at(at, fmt.Errorf("no VPC of this world is named %q", name))
		case v.Account != w.Hub.Account || v.Region != w.Hub.Region:
			return w.at(at, fmt.Errorf("VPC %q is in %s %s, the hub in %s %s", name, v.Account, v.Region, w.Hub.Account, w.Hub.Region))
		}
	}
	regions := map[string]string{}
	for i, name := range w.Hub.Endpoints {
		v := w.vpc(name)
		at := fmt.Sprintf("hub.endpoints[%d]", i)
		switch {
		case v == nil:
			return w.at(at, fmt.Errorf("no VPC of this world is named %q", name))
		case v.Account != w.Hub.Account:
			return w.at(at, fmt.Errorf("VPC %q is in %s, the hub in %s", name, v.Account, w.Hub.Account))
		case regions[v.Region] != "":
			return w.at(at, fmt.Errorf("%s has the endpoint VPC %q already", v.Region, regions[v.Region]))
		}
		regions[v.Region] = name
		if err := w.checkApart(at, *v); err != nil {
			return err
		}
	}
	return nil
}

// checkApart: the hub reaches an endpoint VPC by a route, so that its blocks
// are no other's there. Source: VPC peering guide, unsupported configurations.
func (w *World) checkApart(at string, v VPC) error {
	for _, name := range append(slices.Clone(w.Hub.VPCs), w.Hub.Endpoints...) {
		other := w.vpc(name)
		if other == nil || other.Name == v.Name {
			continue
		}
		for _, a := range v.blocks() {
			for _, b := range other.blocks() {
				if a.Overlaps(b) {
					return w.at(at, fmt.Errorf("%s of VPC %q overlaps %s of VPC %q: the hub cannot have routes to both", a, v.Name, b, name))
				}
			}
		}
	}
	return nil
}

// blocks returns a VPC's CIDR blocks.
func (v VPC) blocks() []netip.Prefix {
	all := []netip.Prefix{v.CIDR.Prefix}
	for _, b := range v.SecondaryCIDRs {
		all = append(all, b.Prefix)
	}
	return all
}

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}
