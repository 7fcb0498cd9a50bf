package wire

import (
	"reflect"
	"strings"
	"sync"
)

// Places of a member in a REST message; the empty string is the body.
const (
	inURI     = "uri"
	inQuery   = "querystring"
	inHeader  = "header"
	inHeaders = "headers"
	inStatus  = "statusCode"
)

// field is what the codecs know of one member of a generated struct. The struct
// tag `wire:"member,option,..."` says it:
//
//	name=N     the member's name on the wire (model: locationName)
//	query=N    its name in an EC2 query (model: queryName)
//	loc=L      its place in a REST message
//	flat       a list or map without an element around it
//	elem=N     the name of a list's elements
//	key=N      the name of a map's keys; value=N of its values
//	time=F     the format of its times: iso8601, rfc822 or unixTimestamp
//	payload    the member is the body of a REST message
//	attr       an XML attribute
//	req        required
type field struct {
	index   int
	goName  string
	member  string
	name    string
	query   string
	loc     string
	elem    string
	key     string
	value   string
	time    string
	flat    bool
	payload bool
	attr    bool
	req     bool
}

var fieldCache sync.Map // reflect.Type to []field

// fieldsOf returns the members of a generated struct type, in order.
func fieldsOf(t reflect.Type) []field {
	if fs, ok := fieldCache.Load(t); ok {
		return fs.([]field)
	}
	fs := make([]field, 0, t.NumField())
	for i := range t.NumField() {
		fs = append(fs, parseField(i, t.Field(i)))
	}
	cached, _ := fieldCache.LoadOrStore(t, fs)
	return cached.([]field)
}

func parseField(index int, sf reflect.StructField) field {
	parts := strings.Split(sf.Tag.Get("wire"), ",")
	f := field{index: index, goName: sf.Name, member: parts[0]}
	for _, p := range parts[1:] {
		k, v, _ := strings.Cut(p, "=")
		switch k {
		case "name":
			f.name = v
		case "query":
			f.query = v
		case "loc":
			f.loc = v
		case "elem":
			f.elem = v
		case "key":
			f.key = v
		case "value":
			f.value = v
		case "time":
			f.time = v
		case "flat":
			f.flat = true
		case "payload":
			f.payload = true
		case "attr":
			f.attr = true
		case "req":
			f.req = true
		}
	}
	if f.member == "" {
		f.member = sf.Name
	}
	return f
}

// wireName is the member's name where the protocol honours locationName.
func (f *field) wireName() string {
	if f.name != "" {
		return f.name
	}
	return f.member
}

// or returns s, or def if s is empty.
func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

// missingMember returns the first required member that the struct lacks, as a
// *missingValue, going into the structs that it has.
func missingMember(v reflect.Value, path string) error {
	for _, f := range fieldsOf(v.Type()) {
		fv := v.Field(f.index)
		at := f.member
		if path != "" {
			at = path + "." + f.member
		}
		if f.req && fv.IsNil() {
			return &missingValue{path: at}
		}
		if err := missingInside(fv, at); err != nil {
			return err
		}
	}
	return nil
}

func missingInside(v reflect.Value, path string) error {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && isStruct(v.Type().Elem()) {
			return missingMember(v.Elem(), path)
		}
	case reflect.Slice:
		if isStruct(v.Type().Elem()) {
			for i := range v.Len() {
				if err := missingMember(v.Index(i), path); err != nil {
					return err
				}
			}
		}
	case reflect.Map:
		if isStruct(v.Type().Elem()) {
			for _, k := range sortedKeys(v) {
				if err := missingMember(v.MapIndex(k), path); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
