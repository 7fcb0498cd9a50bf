package wire

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"
)

// xmlNode is an element of a request's XML document. Namespaces, attributes and
// comments are left out: no member that the lab reads is one.
type xmlNode struct {
	name string
	text strings.Builder
	kids []*xmlNode
}

// parseXML reads one document; nil for an empty body.
func parseXML(body []byte) (*xmlNode, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	dec := xml.NewDecoder(bytes.NewReader(body))
	var root *xmlNode
	var open []*xmlNode
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			if root == nil {
				return nil, &badValue{path: "body", why: "not XML"}
			}
			return root, nil
		}
		if err != nil {
			return nil, &badValue{path: "body", why: "not XML"}
		}
		switch t := token.(type) {
		case xml.StartElement:
			n := &xmlNode{name: t.Name.Local}
			switch {
			case len(open) == maxDepth:
				return nil, &badValue{path: "body", why: "its elements are nested too deep"}
			case len(open) > 0:
				parent := open[len(open)-1]
				parent.kids = append(parent.kids, n)
			case root != nil:
				return nil, &badValue{path: "body", why: "more than one XML document"}
			default:
				root = n
			}
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text.Write(t)
			}
		}
	}
}

// all returns the children of a name.
func (n *xmlNode) all(name string) []*xmlNode {
	var kids []*xmlNode
	for _, k := range n.kids {
		if k.name == name {
			kids = append(kids, k)
		}
	}
	return kids
}

// readStruct reads the element's children into a struct's body members.
func (n *xmlNode) readStruct(v reflect.Value, path string) error {
	for _, f := range fieldsOf(v.Type()) {
		if f.loc != "" || f.attr {
			continue
		}
		name := flatName(&f)
		if kids := n.all(name); len(kids) > 0 {
			if err := readMember(kids, v.Field(f.index), &f, joinPath(path, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// readMember reads a member from the elements of its name: one, unless it is a
// flattened list or map.
func readMember(nodes []*xmlNode, v reflect.Value, f *field, path string) error {
	kind := v.Kind()
	isList := kind == reflect.Slice && v.Type() != blobType
	switch {
	case !isList && kind != reflect.Map:
		if len(nodes) > 1 {
			return &badValue{path: path, why: "more than one element of this name"}
		}
		return nodes[0].read(target(v), f, path)
	case !f.flat && len(nodes) > 1:
		return &badValue{path: path, why: "more than one element of this name"}
	case !f.flat && isList:
		nodes, path = nodes[0].all(or(f.elem, "member")), joinPath(path, or(f.elem, "member"))
	case !f.flat:
		nodes, path = nodes[0].all("entry"), joinPath(path, "entry")
	}
	if isList {
		v.Set(reflect.MakeSlice(v.Type(), len(nodes), len(nodes)))
		for i, n := range nodes {
			if err := n.read(v.Index(i), f, path); err != nil {
				return err
			}
		}
		return nil
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(nodes)))
	for _, n := range nodes {
		keys, values := n.all(or(f.key, "key")), n.all(or(f.value, "value"))
		if len(keys) != 1 || len(values) != 1 {
			return &badValue{path: path, why: "an entry has a key and a value"}
		}
		e := reflect.New(v.Type().Elem()).Elem()
		if err := values[0].read(e, f, joinPath(path, or(f.value, "value"))); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(keys[0].text.String()), e)
	}
	return nil
}

// read reads one element into a struct or a scalar.
func (n *xmlNode) read(v reflect.Value, f *field, path string) error {
	switch {
	case isStruct(v.Type()):
		return n.readStruct(v, path)
	case !isScalar(v.Type()):
		return &badValue{path: path, why: "this type has no XML form"}
	case len(n.kids) > 0:
		return &badValue{path: path, why: "a value is wanted here, not elements"}
	}
	return wrapBad(setScalar(v, n.text.String(), f.time), path)
}
