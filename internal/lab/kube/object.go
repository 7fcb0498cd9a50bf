package kube

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"
)

// An object is a namespace or a config map; each kind leaves the other's
// fields empty. Objects in the store are never changed: who changes one, works
// on a clone.
type object struct {
	Kind       string `json:"kind,omitempty"`
	APIVersion string `json:"apiVersion,omitempty"`
	Metadata   meta   `json:"metadata"`

	Spec   *namespaceSpec   `json:"spec,omitempty"`
	Status *namespaceStatus `json:"status,omitempty"`

	Immutable  *bool             `json:"immutable,omitempty"`
	Data       map[string]string `json:"data,omitempty"`
	BinaryData map[string][]byte `json:"binaryData,omitempty"`
}

// meta is the part of ObjectMeta that the stand-in keeps; of the rest it
// takes what clients send and forgets it.
type meta struct {
	Name                       string            `json:"name,omitempty"`
	GenerateName               string            `json:"generateName,omitempty"`
	Namespace                  string            `json:"namespace,omitempty"`
	UID                        string            `json:"uid,omitempty"`
	ResourceVersion            string            `json:"resourceVersion,omitempty"`
	Generation                 int64             `json:"generation,omitempty"`
	CreationTimestamp          *stamp            `json:"creationTimestamp"`
	DeletionTimestamp          *stamp            `json:"deletionTimestamp,omitempty"`
	DeletionGracePeriodSeconds *int64            `json:"deletionGracePeriodSeconds,omitempty"`
	Labels                     map[string]string `json:"labels,omitempty"`
	Annotations                map[string]string `json:"annotations,omitempty"`
	OwnerReferences            []json.RawMessage `json:"ownerReferences,omitempty"`
	Finalizers                 []string          `json:"finalizers,omitempty"`
	ManagedFields              []json.RawMessage `json:"managedFields,omitempty"`
	SelfLink                   string            `json:"selfLink,omitempty"`
}

// A stamp is a time in whole seconds.
type stamp = time.Time

type namespaceSpec struct {
	Finalizers []string `json:"finalizers,omitempty"`
}

type namespaceStatus struct {
	Phase      string            `json:"phase,omitempty"`
	Conditions []json.RawMessage `json:"conditions,omitempty"`
}

// clone copies what a change of an object may touch.
func (o *object) clone() *object {
	c := *o
	c.Metadata.Labels = maps.Clone(o.Metadata.Labels)
	c.Metadata.Annotations = maps.Clone(o.Metadata.Annotations)
	c.Metadata.Finalizers = slices.Clone(o.Metadata.Finalizers)
	if o.Status != nil {
		c.Status = new(*o.Status)
	}
	return &c
}

// at returns the object as of another resource version, for the event that
// tells of its end.
func (o *object) at(version int64) *object {
	c := *o
	c.Metadata.ResourceVersion = strconv.FormatInt(version, 10)
	return &c
}

// size is about what an object takes in memory.
func (o *object) size() int {
	n := 512
	for k, v := range o.Data {
		n += len(k) + len(v)
	}
	for k, v := range o.BinaryData {
		n += len(k) + len(v)
	}
	for _, m := range []map[string]string{o.Metadata.Labels, o.Metadata.Annotations} {
		for k, v := range m {
			n += len(k) + len(v)
		}
	}
	return n
}
