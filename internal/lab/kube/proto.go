package kube

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// protoKind is how a field of a message reads in JSON.
type protoKind int

const (
	text protoKind = iota
	number
	boolean
	inner   // a message
	instant // a time
	texts   // a list of strings
	inners  // a list of messages
	textMap
	blobMap
)

// A message is what the stand-in reads of a protobuf message, by the numbers
// of its fields; it passes over others. kubectl and client-go send the bodies
// of built-in kinds in protobuf, and take answers in JSON. Source: Kubernetes'
// generated.proto files of the API groups and of apimachinery.
type message map[uint64]protoField

type protoField struct {
	name    string
	kind    protoKind
	message message // of inner and inners
}

var (
	ownerMessage = message{1: {name: "kind"}, 3: {name: "name"}, 4: {name: "uid"}, 5: {name: "apiVersion"}, 6: {name: "controller", kind: boolean}, 7: {name: "blockOwnerDeletion", kind: boolean}}
	metaMessage  = message{
		1: {name: "name"}, 2: {name: "generateName"}, 3: {name: "namespace"}, 5: {name: "uid"}, 6: {name: "resourceVersion"}, 7: {name: "generation", kind: number},
		8: {name: "creationTimestamp", kind: instant}, 9: {name: "deletionTimestamp", kind: instant}, 10: {name: "deletionGracePeriodSeconds", kind: number},
		11: {name: "labels", kind: textMap}, 12: {name: "annotations", kind: textMap}, 13: {name: "ownerReferences", kind: inners, message: ownerMessage}, 14: {name: "finalizers", kind: texts},
	}
	namespaceMessage = message{
		1: {name: "metadata", kind: inner, message: metaMessage},
		2: {name: "spec", kind: inner, message: message{1: {name: "finalizers", kind: texts}}},
		3: {name: "status", kind: inner, message: message{1: {name: "phase"}}},
	}
	configMapMessage = message{
		1: {name: "metadata", kind: inner, message: metaMessage}, 2: {name: "data", kind: textMap}, 3: {name: "binaryData", kind: blobMap}, 4: {name: "immutable", kind: boolean},
	}
	selfMessage   = message{1: {name: "metadata", kind: inner, message: metaMessage}}
	accessMessage = message{
		1: {name: "metadata", kind: inner, message: metaMessage},
		2: {name: "spec", kind: inner, message: message{
			1: {name: "resourceAttributes", kind: inner, message: message{
				1: {name: "namespace"}, 2: {name: "verb"}, 3: {name: "group"}, 4: {name: "version"}, 5: {name: "resource"}, 6: {name: "subresource"}, 7: {name: "name"},
			}},
			2: {name: "nonResourceAttributes", kind: inner, message: message{1: {name: "path"}, 2: {name: "verb"}}},
		}},
	}
	rulesMessage = message{
		1: {name: "metadata", kind: inner, message: metaMessage}, 2: {name: "spec", kind: inner, message: message{1: {name: "namespace"}}},
	}
	deleteMessage = message{
		1: {name: "gracePeriodSeconds", kind: number}, 2: {name: "preconditions", kind: inner, message: message{1: {name: "uid"}, 2: {name: "resourceVersion"}}},
		3: {name: "orphanDependents", kind: boolean}, 4: {name: "propagationPolicy"}, 5: {name: "dryRun", kind: texts},
	}
	envelope = message{1: {name: "typeMeta", kind: inner, message: message{1: {name: "apiVersion"}, 2: {name: "kind"}}}, 3: {name: "contentEncoding"}, 4: {name: "contentType"}}
)

const (
	protobufType   = "application/vnd.kubernetes.protobuf"
	protobufMagic  = "k8s\x00"
	envelopeObject = 2 // the number of the envelope's field that holds the object
)

// protobufJSON makes JSON of an object in Kubernetes' protobuf envelope.
func protobufJSON(body []byte, m message) ([]byte, error) {
	wrapped, ok := bytes.CutPrefix(body, []byte(protobufMagic))
	if !ok {
		return nil, badRequest("parse protobuf: no prefix %q", protobufMagic)
	}
	outer := message{envelopeObject: {name: "raw", kind: inner, message: m}}
	for n, f := range envelope {
		outer[n] = f
	}
	v, err := outer.decode(wrapped)
	if err != nil {
		return nil, badRequest("parse protobuf: %v", err)
	}
	if v["contentEncoding"] != nil || v["contentType"] != nil {
		return nil, failure(http.StatusUnsupportedMediaType, "UnsupportedMediaType", "the protobuf envelope holds something else than protobuf")
	}
	object, _ := v["raw"].(map[string]any)
	if object == nil {
		object = map[string]any{}
	}
	if about, ok := v["typeMeta"].(map[string]any); ok {
		for name, value := range about {
			object[name] = value
		}
	}
	return json.Marshal(object)
}

var errCut = errors.New("the message is cut off")

// decode reads a message. Strings that are empty are left out, as JSON does.
func (m message) decode(data []byte) (map[string]any, error) {
	out := map[string]any{}
	for len(data) > 0 {
		tag, n := binary.Uvarint(data)
		if n <= 0 {
			return nil, errCut
		}
		data = data[n:]
		var value uint64
		var chunk []byte
		switch tag & 7 {
		case 0:
			if value, n = binary.Uvarint(data); n <= 0 {
				return nil, errCut
			}
		case 1:
			n = 8
		case 2:
			length, prefix := binary.Uvarint(data)
			if prefix <= 0 || length > uint64(len(data)-prefix) {
				return nil, errCut
			}
			n = prefix + int(length)
			chunk = data[prefix:n]
		case 5:
			n = 4
		default:
			return nil, fmt.Errorf("wire type %d", tag&7)
		}
		if n > len(data) {
			return nil, errCut
		}
		data = data[n:]
		f, known := m[tag>>3]
		if !known {
			continue
		}
		if wire := f.kind.wire(); wire != tag&7 {
			return nil, fmt.Errorf("field %s has wire type %d, want %d", f.name, tag&7, wire)
		}
		if err := f.put(out, value, chunk); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return out, nil
}

// wire is the wire type of a kind: 0 for varints, 2 for what has a length.
func (k protoKind) wire() uint64 {
	if k == number || k == boolean {
		return 0
	}
	return 2
}

// put adds one occurrence of a field.
func (f protoField) put(out map[string]any, value uint64, chunk []byte) error {
	switch f.kind {
	case text:
		if len(chunk) > 0 {
			out[f.name] = string(chunk)
		}
	case number:
		out[f.name] = int64(value)
	case boolean:
		out[f.name] = value != 0
	case texts:
		list, _ := out[f.name].([]any)
		out[f.name] = append(list, string(chunk))
	case inner:
		v, err := f.message.decode(chunk)
		if err != nil {
			return err
		}
		out[f.name] = v
	case inners:
		v, err := f.message.decode(chunk)
		if err != nil {
			return err
		}
		list, _ := out[f.name].([]any)
		out[f.name] = append(list, v)
	case instant:
		v, err := message{1: {name: "seconds", kind: number}}.decode(chunk)
		if err != nil {
			return err
		}
		if seconds, ok := v["seconds"].(int64); ok && seconds > 0 && seconds <= lastSecond {
			out[f.name] = time.Unix(seconds, 0).UTC().Format(time.RFC3339)
		}
	case textMap, blobMap:
		return f.putEntry(out, chunk)
	}
	return nil
}

// lastSecond is that of the last year that RFC 3339 can write.
const lastSecond = 253402300799

// putEntry adds one entry of a map: a message of key and value.
func (f protoField) putEntry(out map[string]any, chunk []byte) error {
	v, err := message{1: {name: "key", kind: texts}, 2: {name: "value", kind: texts}}.decode(chunk)
	if err != nil {
		return err
	}
	last := func(name string) string {
		list, _ := v[name].([]any)
		if len(list) == 0 {
			return ""
		}
		return list[len(list)-1].(string)
	}
	entries, _ := out[f.name].(map[string]any)
	if entries == nil {
		entries = map[string]any{}
		out[f.name] = entries
	}
	if f.kind == blobMap {
		entries[last("key")] = []byte(last("value")) // in JSON: base64
		return nil
	}
	entries[last("key")] = last("value")
	return nil
}
