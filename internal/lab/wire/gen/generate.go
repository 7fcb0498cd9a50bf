package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// generate returns the Go source of a package for a model. The same model always
// gives the same source.
func generate(pkg string, data []byte) ([]byte, error) {
	var m model
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("parse model: %w", err)
	}
	g := &generator{model: m}
	if err := g.file(pkg); err != nil {
		return nil, err
	}
	return format.Source(g.out.Bytes())
}

type generator struct {
	model
	out bytes.Buffer
}

func (g *generator) printf(form string, args ...any) { fmt.Fprintf(&g.out, form, args...) }

func (g *generator) file(pkg string) error {
	var body generator
	body.model = g.model
	body.service()
	structs := body.reachable()
	for _, name := range structs {
		if err := body.structure(name); err != nil {
			return err
		}
	}
	src := body.out.String()
	g.printf("// Code generated from model.json by internal/lab/wire/gen. DO NOT EDIT.\n\npackage %s\n\nimport (\n\t\"reflect\"\n", pkg)
	if strings.Contains(src, "time.Time") {
		g.printf("\t\"time\"\n")
	}
	g.printf("\n\t\"postern/internal/lab/wire\"\n)\n\n%s", src)
	return nil
}

// service writes the service's value.
func (g *generator) service() {
	md := g.Metadata
	signing := md.SigningName
	if signing == "" {
		signing = md.EndpointPrefix
	}
	g.printf("// API is what the wire layer knows of %s.\nvar API = &wire.Service{\n", md.ServiceID)
	g.printf("ID: %q,\nSigningName: %q,\nVersion: %q,\nProtocols: %#v,\n", md.ServiceID, signing, md.APIVersion, md.Protocols)
	for _, kv := range [][2]string{{"JSONVersion", md.JSONVersion}, {"Target", md.TargetPrefix}, {"Namespace", md.XMLNamespace}} {
		if kv[1] != "" {
			g.printf("%s: %q,\n", kv[0], kv[1])
		}
	}
	g.printf("Operations: []wire.Operation{\n")
	for _, name := range slices.Sorted(maps.Keys(g.Operations)) {
		g.operation(name, g.Operations[name])
	}
	g.printf("},\n")
	g.errors()
	if len(g.Others) > 0 {
		g.printf("Others: []wire.Route{\n")
		for _, name := range slices.Sorted(maps.Keys(g.Others)) {
			method, uri, _ := strings.Cut(g.Others[name], " ")
			g.printf("{Name: %q, Method: %q, URI: %q},\n", name, method, uri)
		}
		g.printf("},\n")
	}
	g.printf("}\n\n")
}

func (g *generator) operation(name string, op operation) {
	g.printf("{\nName: %q, Method: %q, URI: %q,\n", name, op.HTTP.Method, op.HTTP.RequestURI)
	if c := op.HTTP.ResponseCode; c != 0 && c != 200 {
		g.printf("Status: %d,\n", c)
	}
	if op.Output != nil && op.Output.ResultWrapper != "" {
		g.printf("Wrapper: %q,\n", op.Output.ResultWrapper)
	}
	g.printf("Input: reflect.TypeFor[%s](), Output: reflect.TypeFor[%s](),\n", messageType(op.Input), messageType(op.Output))
	if codes := g.codes(op.Errors); len(codes) > 0 {
		g.printf("Errors: %#v,\n", codes)
	}
	g.printf("},\n")
}

func messageType(r *reference) string {
	if r == nil {
		return "wire.Empty"
	}
	return exported(r.Shape)
}

// code is an error's code on the wire.
func (g *generator) code(name string) string {
	if c := g.Shapes[name].Error.Code; c != "" {
		return c
	}
	return name
}

func (g *generator) codes(names []string) []string {
	var codes []string
	for _, n := range names {
		codes = append(codes, g.code(n))
	}
	slices.Sort(codes)
	return codes
}

func (g *generator) errors() {
	byCode := map[string]shape{}
	for name, s := range g.Shapes {
		if s.Exception {
			byCode[g.code(name)] = s
		}
	}
	if len(byCode) == 0 {
		return
	}
	g.printf("Errors: []wire.ErrorShape{\n")
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		s := byCode[code]
		g.printf("{Code: %q", code)
		if s.Error.HTTPStatus != 0 {
			g.printf(", Status: %d", s.Error.HTTPStatus)
		}
		if s.Error.SenderFault || !s.Fault && s.Error.HTTPStatus < 500 {
			g.printf(", Sender: true")
		}
		g.printf("},\n")
	}
	g.printf("},\n")
}

// reachable returns the structures that become Go types, sorted.
func (g *generator) reachable() []string {
	var names []string
	for name, s := range g.Shapes {
		if s.Type == "structure" && !s.Exception && !s.Document {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (g *generator) structure(name string) error {
	s := g.Shapes[name]
	g.printf("// %s is %s's shape of that name.\ntype %s struct {\n", exported(name), g.Metadata.ServiceID, exported(name))
	for _, member := range slices.Sorted(maps.Keys(s.Members)) {
		ref := s.Members[member]
		typ, err := g.memberType(ref.Shape)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", name, member, err)
		}
		g.printf("%s %s `wire:%q`\n", exported(member), typ, g.tag(s, member, ref))
	}
	g.printf("}\n\n")
	return nil
}

// memberType is the Go type of a member: nil says that it is not set.
func (g *generator) memberType(name string) (string, error) {
	typ, err := g.goType(name)
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(typ, "[]") || strings.HasPrefix(typ, "map[") || typ == "any" {
		return typ, nil
	}
	return "*" + typ, nil
}

var scalars = map[string]string{
	"string": "string", "character": "string", "boolean": "bool",
	"integer": "int32", "long": "int64", "float": "float32", "double": "float64",
	"timestamp": "time.Time", "blob": "[]byte",
}

func (g *generator) goType(name string) (string, error) {
	s, ok := g.Shapes[name]
	if !ok {
		return "", fmt.Errorf("the model has no shape %s", name)
	}
	if s.Document {
		return "any", nil
	}
	switch s.Type {
	case "structure":
		return exported(name), nil
	case "list":
		if inner := g.Shapes[s.Member.Shape]; inner.Type == "list" && inner.Member.LocationName != "" {
			return "", fmt.Errorf("list %s of lists with names of their own: not supported yet", name)
		}
		elem, err := g.goType(s.Member.Shape)
		return "[]" + elem, err
	case "map":
		elem, err := g.goType(s.Value.Shape)
		return "map[string]" + elem, err
	}
	if t := scalars[s.Type]; t != "" {
		return t, nil
	}
	return "", fmt.Errorf("shape %s has the unknown type %q", name, s.Type)
}

// tag says what the codecs need; wire.field documents it.
func (g *generator) tag(parent shape, member string, ref reference) string {
	s := g.Shapes[ref.Shape]
	parts := []string{member}
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, key+"="+value)
		}
	}
	if ref.LocationName != member {
		add("name", ref.LocationName)
	}
	add("query", ref.QueryName)
	add("loc", ref.Location)
	if s.Member != nil {
		add("elem", s.Member.LocationName)
	}
	if s.Key != nil {
		add("key", s.Key.LocationName)
		add("value", s.Value.LocationName)
	}
	add("time", g.timeFormat(ref))
	for flag, on := range map[string]bool{
		"flat":    ref.Flattened || s.Flattened,
		"payload": parent.Payload == member,
		"attr":    ref.XMLAttribute,
		"req":     slices.Contains(parent.Required, member),
	} {
		if on {
			parts = append(parts, flag)
		}
	}
	slices.Sort(parts[1:])
	return strings.Join(parts, ",")
}

// timeFormat is the format that the model gives a time, or a list's or map's times.
func (g *generator) timeFormat(ref reference) string {
	if ref.TimestampFormat != "" {
		return ref.TimestampFormat
	}
	s := g.Shapes[ref.Shape]
	switch s.Type {
	case "timestamp":
		return s.TimestampFormat
	case "list":
		return g.timeFormat(*s.Member)
	case "map":
		return g.timeFormat(*s.Value)
	}
	return ""
}

// exported is a name with its first letter in upper case, as Go exports it.
func exported(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r)) + name[n:]
}
