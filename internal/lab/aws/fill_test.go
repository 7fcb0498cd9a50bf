package aws_test

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sort"
	"strings"
	"time"
)

// The filler and the normaliser treat the generated structs and the SDK's alike:
// both have pointers to scalars, lists, maps and structs, under the same names.

var timeType = reflect.TypeFor[time.Time]()

// members returns a struct type's fields that travel on the wire.
func members(t reflect.Type) []reflect.StructField {
	var fs []reflect.StructField
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() && !f.Anonymous && f.Name != "ResultMetadata" {
			fs = append(fs, f)
		}
	}
	return fs
}

func isStruct(t reflect.Type) bool { return t.Kind() == reflect.Struct && t != timeType }

// maxNesting ends recursive shapes.
const maxNesting = 8

// fill sets every member of v that its peer type has too. A list or a map gets
// one to three elements.
func fill(v reflect.Value, peer reflect.Type, rng *rand.Rand, depth int) {
	for peer.Kind() == reflect.Pointer {
		peer = peer.Elem()
	}
	switch t := v.Type(); {
	case t == timeType:
		// Eighths of seconds: of JSON's seconds the SDK makes a float and cuts it to
		// milliseconds, so that others come out one short (smithy-go, time,
		// ParseEpochSeconds).
		v.Set(reflect.ValueOf(time.UnixMilli(125 * rng.Int64N(32_000_000_000)).UTC()))
	case t.Kind() == reflect.Pointer:
		if depth < maxNesting {
			v.Set(reflect.New(t.Elem()))
			fill(v.Elem(), peer, rng, depth)
		}
	case t.Kind() == reflect.Struct:
		for _, f := range members(t) {
			if other, ok := peer.FieldByName(f.Name); ok {
				fill(v.FieldByIndex(f.Index), other.Type, rng, depth+1)
				if s, ok := v.FieldByIndex(f.Index).Interface().(*string); ok && s != nil && strings.Contains(f.Tag.Get("wire"), "loc=header") {
					*s = printable(*s)
				}
			}
		}
	case t == reflect.TypeFor[[]byte]():
		b := make([]byte, 1+rng.IntN(20))
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		v.SetBytes(b)
	case t.Kind() == reflect.Slice:
		if depth < maxNesting {
			n := 1 + rng.IntN(3)
			v.Set(reflect.MakeSlice(t, n, n))
			for i := range n {
				fill(v.Index(i), peer.Elem(), rng, depth)
			}
		}
	case t.Kind() == reflect.Map:
		if depth < maxNesting {
			v.Set(reflect.MakeMap(t))
			for range 1 + rng.IntN(3) {
				k, e := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
				k.SetString(text(rng))
				fill(e, peer.Elem(), rng, depth)
				v.SetMapIndex(k, e)
			}
		}
	case t.Kind() == reflect.String:
		v.SetString(text(rng))
	case t.Kind() == reflect.Bool:
		v.SetBool(rng.IntN(2) == 0)
	case t.Kind() == reflect.Int32:
		v.SetInt(int64(int32(rng.Uint32())))
	case t.Kind() == reflect.Int64:
		v.SetInt(int64(rng.Uint64()))
	case t.Kind() == reflect.Float32, t.Kind() == reflect.Float64:
		// An odd number of sixteenths: every language writes it alike.
		v.SetFloat(float64(2*rng.IntN(1<<20)+1-1<<20) / 16)
	default:
		panic(fmt.Sprintf("fill: no values for %v", t))
	}
}

// text is never empty, and has what forms, paths, XML and JSON must escape.
func text(rng *rand.Rand) string {
	letters := []rune("abcXYZ019 -_.~:/?#[]@!$&'()*+,;=%<>\"\\{}|^`\n\té漢🜁")
	out := []rune{'a' + rng.Int32N(26)}
	for range rng.IntN(20) {
		out = append(out, letters[rng.IntN(len(letters))])
	}
	return string(append(out, 'z'))
}

// printable leaves out what an HTTP header cannot hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
}

// normal returns v as maps, lists and strings, named by name: absent members
// are left out, and only the members that the peer type has too are looked at.
func normal(v reflect.Value, peer reflect.Type, name func(reflect.StructField) string) any {
	for peer.Kind() == reflect.Pointer {
		peer = peer.Elem()
	}
	switch t := v.Type(); {
	case t == timeType:
		return map[string]any{"$time": fmt.Sprint(v.Interface().(time.Time).UnixMilli())}
	case t.Kind() == reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return normal(v.Elem(), peer, name)
	case t.Kind() == reflect.Struct:
		m := map[string]any{}
		for _, f := range members(t) {
			other, ok := peer.FieldByName(f.Name)
			if !ok || unset(v.FieldByIndex(f.Index), other.Type) {
				continue
			}
			if x := normal(v.FieldByIndex(f.Index), other.Type, name); x != nil {
				m[name(f)] = x
			}
		}
		return m
	case t == reflect.TypeFor[[]byte]():
		if v.IsNil() {
			return nil
		}
		return map[string]any{"$blob": base64.StdEncoding.EncodeToString(v.Bytes())}
	case t.Kind() == reflect.Slice:
		if v.IsNil() {
			return nil
		}
		list := []any{}
		for i := range v.Len() {
			list = append(list, normal(v.Index(i), peer.Elem(), name))
		}
		return list
	case t.Kind() == reflect.Map:
		if v.IsNil() {
			return nil
		}
		m := map[string]any{}
		for _, k := range v.MapKeys() {
			m[k.String()] = normal(v.MapIndex(k), peer.Elem(), name)
		}
		return m
	case t.Kind() == reflect.String:
		return v.String()
	case t.Kind() == reflect.Int32, t.Kind() == reflect.Int64:
		return fmt.Sprint(v.Int())
	case t.Kind() == reflect.Float32, t.Kind() == reflect.Float64:
		return fmt.Sprint(v.Float())
	default:
		return v.Interface()
	}
}

// unset reports whether a member is zero where one side has no pointer, which
// cannot tell a zero from an absent member: the SDK sends neither.
func unset(v reflect.Value, peer reflect.Type) bool {
	plain := func(t reflect.Type) bool { return t.Kind() == reflect.Bool || t.Kind() == reflect.Int32 }
	return (plain(v.Type()) || plain(peer)) && (v.Kind() != reflect.Pointer || !v.IsNil()) && reflect.Indirect(v).IsZero()
}

// byGoName and byMember are the two ways to name a member.
func byGoName(f reflect.StructField) string { return f.Name }

func byMember(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("wire"), ",")
	return name
}

// sortQuery sorts the lists that travel as repeated query parameters: the SDK
// signs them sorted, and sends them so.
func sortQuery(doc any, input reflect.Type, name func(reflect.StructField) string) any {
	for _, f := range members(input) {
		list, ok := doc.(map[string]any)[name(f)].([]any)
		if ok && strings.Contains(f.Tag.Get("wire"), "loc=querystring") {
			sort.Slice(list, func(i, j int) bool { return list[i].(string) < list[j].(string) })
		}
	}
	return doc
}

// differ adds to out the members that only one of two message types has.
func differ(ours, theirs reflect.Type, path string, seen map[[2]reflect.Type]bool, out *[]string) {
	for slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Slice, reflect.Map}, ours.Kind()) {
		ours = ours.Elem()
	}
	for slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Slice, reflect.Map}, theirs.Kind()) {
		theirs = theirs.Elem()
	}
	pair := [2]reflect.Type{ours, theirs}
	if seen[pair] {
		return
	}
	seen[pair] = true
	if isStruct(ours) != isStruct(theirs) {
		*out = append(*out, path+": another kind of value")
		return
	}
	if !isStruct(ours) {
		return
	}
	at := func(name string) string { return ours.Name() + "." + name }
	for _, f := range members(ours) {
		if other, ok := theirs.FieldByName(f.Name); ok {
			differ(f.Type, other.Type, at(f.Name), seen, out)
		} else {
			*out = append(*out, at(f.Name)+": not in the SDK")
		}
	}
	for _, f := range members(theirs) {
		if _, ok := ours.FieldByName(f.Name); !ok {
			*out = append(*out, at(f.Name)+": only in the SDK")
		}
	}
	sort.Strings(*out)
}
