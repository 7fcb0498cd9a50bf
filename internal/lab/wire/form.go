package wire

import (
	"fmt"
	"net/url"
	"reflect"
	"sort"
	"strconv"
	"strings"
)

// formNode is a query request's parameters as a tree: the parameter A.member.1
// is the value of the node A, member, 1.
type formNode struct {
	value string
	set   bool // a parameter ends here
	used  bool // a member has been read from here
	kids  map[string]*formNode
}

// maxDepth bounds a parameter's name; AWS's own go to about ten parts.
const maxDepth = 32

// parseForm reads a form. The first of two parameters of the same name counts.
func parseForm(raw string) (*formNode, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, fmt.Errorf("parse parameters: %w", err)
	}
	root := &formNode{}
	for key, vs := range values {
		parts := strings.Split(key, ".")
		if len(parts) > maxDepth {
			return nil, fmt.Errorf("parse parameters: a name has more than %d parts", maxDepth)
		}
		n := root
		for _, p := range parts {
			if n.kids == nil {
				n.kids = map[string]*formNode{}
			}
			if n.kids[p] == nil {
				n.kids[p] = &formNode{}
			}
			n = n.kids[p]
		}
		n.value, n.set = vs[0], true
	}
	return root, nil
}

// get returns the value of a parameter without parts, and marks it used.
func (n *formNode) get(key string) string {
	if n == nil || n.kids[key] == nil {
		return ""
	}
	n.kids[key].used = true
	return n.kids[key].value
}

// unused returns the first parameter, by name, that no member took.
func (n *formNode) unused(path string) string {
	if n.set && !n.used {
		return path
	}
	keys := make([]string, 0, len(n.kids))
	for k := range n.kids {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		if at := n.kids[k].unused(joinPath(path, k)); at != "" {
			return at
		}
	}
	return ""
}

func joinPath(path, part string) string {
	if path == "" {
		return part
	}
	return path + "." + part
}

// items returns the numbered children in order. Numbers need not be dense: AWS
// takes what is there.
func (n *formNode) items(path string) ([]*formNode, []string, error) {
	type item struct {
		at   uint64
		key  string
		node *formNode
	}
	items := make([]item, 0, len(n.kids))
	for k, kid := range n.kids {
		i, err := strconv.ParseUint(k, 10, 32)
		if err != nil {
			return nil, nil, &badValue{path: joinPath(path, k), why: "a list's parameters end in a number"}
		}
		items = append(items, item{i, k, kid})
	}
	sort.Slice(items, func(i, j int) bool {
		if items[i].at != items[j].at {
			return items[i].at < items[j].at
		}
		return items[i].key < items[j].key
	})
	nodes, paths := make([]*formNode, len(items)), make([]string, len(items))
	for i, it := range items {
		nodes[i], paths[i] = it.node, joinPath(path, it.key)
	}
	return nodes, paths, nil
}

// dialect is what distinguishes EC2's query protocol from the plain one.
type dialect struct {
	// param is a member's name in a request.
	param func(*field) string
	// flat means that every list of a request is flattened.
	flat bool
}

var plainQuery = dialect{param: func(f *field) string { return flatName(f) }}

// Source: Smithy specification, AWS EC2 query protocol, "query key resolution".
var ec2Query = dialect{
	flat: true,
	param: func(f *field) string {
		if f.query != "" {
			return f.query
		}
		return upperFirst(f.wireName())
	},
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// flatName is a member's name in query and XML documents: a flattened list goes
// by the name of its elements, when these have one.
func flatName(f *field) string {
	if f.flat && f.elem != "" {
		return f.elem
	}
	return f.wireName()
}

// readStruct reads the parameters below n into a struct.
func (d dialect) readStruct(n *formNode, v reflect.Value, path string) error {
	for _, f := range fieldsOf(v.Type()) {
		name := d.param(&f)
		kid := n.kids[name]
		if kid == nil {
			continue
		}
		if err := d.read(kid, v.Field(f.index), &f, joinPath(path, name)); err != nil {
			return err
		}
	}
	return nil
}

// read reads a member, or an element of one.
func (d dialect) read(n *formNode, v reflect.Value, f *field, path string) error {
	switch t := v.Type(); {
	case t.Kind() == reflect.Pointer || isScalar(t):
		to := target(v)
		if isStruct(to.Type()) {
			n.used = true
			return d.readStruct(n, to, path)
		}
		if !n.set {
			return &badValue{path: path, why: "a value is wanted here, not parts of one"}
		}
		n.used = true
		if err := setScalar(to, n.value, f.time); err != nil {
			return &badValue{path: path, why: err.Error()}
		}
		return nil
	case t.Kind() == reflect.Slice:
		return d.readList(n, v, f, path)
	case t.Kind() == reflect.Map:
		return d.readMap(n, v, f, path)
	case isStruct(t):
		n.used = true
		return d.readStruct(n, v, path)
	default:
		return &badValue{path: path, why: "this type has no query form"}
	}
}

func (d dialect) readList(n *formNode, v reflect.Value, f *field, path string) error {
	n.used = true
	v.Set(reflect.MakeSlice(v.Type(), 0, 0)) // "Name=" alone is an empty list
	if !d.flat && !f.flat {
		elem := or(f.elem, "member")
		if n = n.kids[elem]; n == nil {
			return nil
		}
		n.used = true
		path = joinPath(path, elem)
	}
	nodes, paths, err := n.items(path)
	if err != nil {
		return err
	}
	for i, node := range nodes {
		e := reflect.New(v.Type().Elem()).Elem()
		if err := d.read(node, e, f, paths[i]); err != nil {
			return err
		}
		v.Set(reflect.Append(v, e))
	}
	return nil
}

func (d dialect) readMap(n *formNode, v reflect.Value, f *field, path string) error {
	n.used = true
	v.Set(reflect.MakeMap(v.Type()))
	if !f.flat {
		if n = n.kids["entry"]; n == nil {
			return nil
		}
		n.used = true
		path = joinPath(path, "entry")
	}
	nodes, paths, err := n.items(path)
	if err != nil {
		return err
	}
	for i, node := range nodes {
		node.used = true
		key, val := node.kids[or(f.key, "key")], node.kids[or(f.value, "value")]
		if key == nil || !key.set || val == nil {
			return &badValue{path: paths[i], why: "an entry has a key and a value"}
		}
		key.used = true
		e := reflect.New(v.Type().Elem()).Elem()
		if err := d.read(val, e, f, joinPath(paths[i], or(f.value, "value"))); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(key.value), e)
	}
	return nil
}
