package wire

import (
	"bytes"
	"encoding/xml"
	"reflect"
)

// xmlWriter writes the XML of the query protocols (and of REST-XML).
type xmlWriter struct{ bytes.Buffer }

func (w *xmlWriter) open(name string) { w.WriteString("<" + name + ">") }
func (w *xmlWriter) shut(name string) { w.WriteString("</" + name + ">") }

// root opens the document's element in a namespace.
func (w *xmlWriter) root(name, namespace string) {
	w.WriteString("<" + name)
	if namespace != "" {
		w.WriteString(` xmlns="`)
		w.escape(namespace)
		w.WriteString(`"`)
	}
	w.WriteString(">")
}

func (w *xmlWriter) text(name, value string) {
	w.open(name)
	w.escape(value)
	w.shut(name)
}

func (w *xmlWriter) escape(s string) {
	_ = xml.EscapeText(w, []byte(s)) // a Buffer's Write does not fail
}

// members writes a struct's members that belong in the body.
func (w *xmlWriter) members(v reflect.Value) {
	for _, f := range fieldsOf(v.Type()) {
		if f.loc == "" && !f.attr {
			w.member(flatName(&f), v.Field(f.index), &f)
		}
	}
}

// member writes one member, or nothing where it is not set.
func (w *xmlWriter) member(name string, v reflect.Value, f *field) {
	switch t := v.Type(); {
	case t.Kind() == reflect.Pointer, t == blobType:
		if !v.IsNil() {
			w.value(name, reflect.Indirect(v), f)
		}
	case t.Kind() == reflect.Slice:
		w.list(name, v, f)
	case t.Kind() == reflect.Map:
		w.entries(name, v, f)
	default:
		w.value(name, v, f)
	}
}

// value writes a struct or a scalar, or an element that is a list or map.
func (w *xmlWriter) value(name string, v reflect.Value, f *field) {
	switch {
	case isStruct(v.Type()):
		w.open(name)
		w.members(v)
		w.shut(name)
	case isScalar(v.Type()):
		w.text(name, formatScalar(v, f.time))
	}
}

func (w *xmlWriter) list(name string, v reflect.Value, f *field) {
	if v.IsNil() {
		return
	}
	elem := or(f.elem, "member")
	if f.flat {
		elem = name
	} else {
		w.open(name)
	}
	for i := range v.Len() {
		w.value(elem, v.Index(i), f)
	}
	if !f.flat {
		w.shut(name)
	}
}

func (w *xmlWriter) entries(name string, v reflect.Value, f *field) {
	if v.IsNil() {
		return
	}
	entry := "entry"
	if f.flat {
		entry = name
	} else {
		w.open(name)
	}
	for _, k := range sortedKeys(v) {
		w.open(entry)
		w.text(or(f.key, "key"), k.String())
		w.value(or(f.value, "value"), v.MapIndex(k), f)
		w.shut(entry)
	}
	if !f.flat {
		w.shut(name)
	}
}
