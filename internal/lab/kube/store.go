package kube

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// A key names an object.
type key struct {
	resource  *resource
	namespace string
	name      string
}

// An event is one change of one object: before is nil for a new one, after for
// one that is gone.
type event struct {
	version       int64
	key           key
	before, after *object
}

// store holds a cluster's objects and its latest changes. Resource versions
// count the changes.
type store struct {
	now func() time.Time

	mu      sync.Mutex // guards what follows
	version int64
	objects map[key]*object
	size    int           // of objects, in bytes, about
	events  []event       // the latest, oldest first, without a gap
	held    int           // size of what events hold, in bytes, about
	changed chan struct{} // closed and made anew with each change
}

// Limits of a store, so that a client cannot fill the lab's memory.
const (
	maxEvents     = 4096
	maxEventBytes = 32 << 20
	maxStoreBytes = 64 << 20
)

// firstNamespaces are in every cluster.
var firstNamespaces = []string{"default", "kube-node-lease", "kube-public", "kube-system"}

// immortal namespaces may not be deleted. Source: Kubernetes documentation,
// "Admission Controllers", NamespaceLifecycle.
var immortal = []string{"default", "kube-public", "kube-system"}

func newStore(now func() time.Time) *store {
	s := &store{now: now, objects: map[key]*object{}, changed: make(chan struct{})}
	for _, name := range firstNamespaces {
		o := &object{Metadata: meta{Name: name}}
		if err := validNamespace(namespaces, o); err == nil {
			s.put(s.fresh(key{namespaces, "", name}, o))
		}
	}
	return s
}

// fresh gives a new object what the server decides.
func (s *store) fresh(k key, o *object) (key, *object) {
	o.Kind, o.APIVersion = k.resource.Kind, k.resource.apiVersion()
	o.Metadata.Name, o.Metadata.Namespace = k.name, k.namespace
	o.Metadata.UID = uuid()
	o.Metadata.CreationTimestamp = new(s.now().UTC().Truncate(time.Second))
	o.Metadata.DeletionTimestamp, o.Metadata.DeletionGracePeriodSeconds = nil, nil
	o.Metadata.ManagedFields, o.Metadata.SelfLink, o.Metadata.Generation = nil, "", 0
	if k.resource == namespaces {
		o.Spec, o.Status = &namespaceSpec{Finalizers: []string{"kubernetes"}}, &namespaceStatus{Phase: "Active"}
	}
	return k, o
}

// put records a change under the lock; nil ends the object.
func (s *store) put(k key, o *object) *object {
	s.version++
	before := s.objects[k]
	if before != nil {
		s.size -= before.size()
	}
	e := event{version: s.version, key: k, before: before, after: o}
	if o == nil {
		delete(s.objects, k)
	} else {
		o.Metadata.ResourceVersion = strconv.FormatInt(s.version, 10)
		s.objects[k] = o
		s.size += o.size()
	}
	s.events = append(s.events, e)
	s.held += e.size()
	for len(s.events) > maxEvents || s.held > maxEventBytes {
		s.held -= s.events[0].size()
		s.events[0] = event{} // for the garbage collector
		s.events = s.events[1:]
	}
	close(s.changed)
	s.changed = make(chan struct{})
	return o
}

func (e event) size() int {
	n := 0
	for _, o := range []*object{e.before, e.after} {
		if o != nil {
			n += o.size()
		}
	}
	return n
}

func (s *store) get(k key) (*object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.objects[k]; o != nil {
		return o, nil
	}
	return nil, notFound(k.resource, k.name)
}

// list returns a resource's objects by namespace and name, and the version
// that they are of.
func (s *store) list(res *resource, want func(key, *object) bool) ([]*object, int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []*object{}
	for k, o := range s.objects {
		if k.resource == res && want(k, o) {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b *object) int {
		return cmp.Or(cmp.Compare(a.Metadata.Namespace, b.Metadata.Namespace), cmp.Compare(a.Metadata.Name, b.Metadata.Name))
	})
	return out, s.version
}

// since returns the changes after a version, and a channel that closes with
// the next one. It fails when some of them are forgotten, or when the version
// is one of the future.
func (s *store) since(version int64) ([]event, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	oldest := s.version + 1
	if len(s.events) > 0 {
		oldest = s.events[0].version
	}
	switch {
	case version > s.version:
		return nil, nil, tooLarge(version, s.version)
	case version < oldest-1:
		return nil, nil, expired(version, oldest-1)
	}
	// A copy: put clears the elements that it drops.
	return slices.Clone(s.events[version-oldest+1:]), s.changed, nil
}

func (s *store) current() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version
}

// create adds an object. With dry set it only says what would be there.
func (s *store) create(k key, o *object, dry bool) (*object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k.resource.Namespaced {
		ns := s.objects[key{namespaces, "", k.namespace}]
		switch {
		case ns == nil:
			return nil, notFound(namespaces, k.namespace)
		case ns.Metadata.DeletionTimestamp != nil:
			return nil, forbidden(k.resource, k.name, fmt.Sprintf("unable to create new content in namespace %s because it is being terminated", k.namespace))
		}
	}
	if s.objects[k] != nil {
		return nil, alreadyExists(k.resource, k.name)
	}
	if o.Metadata.ResourceVersion != "" {
		return nil, badRequest("resourceVersion should not be set on objects to be created")
	}
	if _, o = s.fresh(k, o); dry {
		return o, nil
	}
	if err := s.room(o); err != nil {
		return nil, err
	}
	return s.put(k, o), nil
}

func (s *store) room(o *object) error {
	if s.size+o.size() > maxStoreBytes {
		return failure(http.StatusInternalServerError, "InternalError", "Internal error occurred: the lab keeps no more than %d bytes of objects a cluster", maxStoreBytes)
	}
	return nil
}

// change replaces an object by what make returns, which gets the present one
// and must not change it. A resource version in the result must be the
// present one's. An object on its way out is gone with its last finalizer.
func (s *store) change(k key, dry bool, make func(*object) (*object, error)) (*object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.objects[k]
	if old == nil {
		return nil, notFound(k.resource, k.name)
	}
	o, err := make(old)
	if err != nil {
		return nil, err
	}
	if v := o.Metadata.ResourceVersion; v != "" && v != old.Metadata.ResourceVersion {
		return nil, conflict(k.resource, k.name, "the object has been modified; please apply your changes to the latest version and try again")
	}
	if u := o.Metadata.UID; u != "" && u != old.Metadata.UID {
		return nil, conflict(k.resource, k.name, fmt.Sprintf("Precondition failed: UID in precondition: %s, UID in object meta: %s", u, old.Metadata.UID))
	}
	o.keep(old)
	if same(old, o) || dry {
		return o, nil
	}
	if err := s.room(o); err != nil {
		return nil, err
	}
	if o = s.put(k, o); o.Metadata.DeletionTimestamp != nil {
		s.finish(k)
	}
	return o, nil
}

// keep takes over from the present object what no client decides.
func (o *object) keep(old *object) {
	o.Kind, o.APIVersion, o.Spec, o.Status = old.Kind, old.APIVersion, old.Spec, old.Status
	m, was := &o.Metadata, old.Metadata
	m.Name, m.GenerateName, m.Namespace, m.UID, m.ResourceVersion = was.Name, was.GenerateName, was.Namespace, was.UID, was.ResourceVersion
	m.CreationTimestamp, m.DeletionTimestamp, m.DeletionGracePeriodSeconds = was.CreationTimestamp, was.DeletionTimestamp, was.DeletionGracePeriodSeconds
	m.ManagedFields, m.SelfLink, m.Generation = nil, "", 0
}

// remove deletes an object if it passes the check. One with finalizers is only
// marked, and a namespace takes its contents along. It returns the object as
// it was last seen, and whether it is gone.
func (s *store) remove(k key, dry bool, check func(*object) error) (*object, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.objects[k]
	if old == nil {
		return nil, false, notFound(k.resource, k.name)
	}
	if k.resource == namespaces && slices.Contains(immortal, k.name) {
		return nil, false, forbidden(k.resource, k.name, "this namespace may not be deleted")
	}
	if err := check(old); err != nil {
		return nil, false, err
	}
	marked := old
	if old.Metadata.DeletionTimestamp == nil {
		marked = old.clone()
		marked.Metadata.DeletionTimestamp = new(s.now().UTC().Truncate(time.Second))
		marked.Metadata.DeletionGracePeriodSeconds = new(int64(0))
		if k.resource == namespaces {
			marked.Status.Phase = "Terminating"
		}
	}
	stays := len(old.Metadata.Finalizers) > 0
	if dry {
		return marked, !stays, nil
	}
	if marked != old && (stays || k.resource == namespaces) {
		s.put(k, marked)
	}
	if k.resource == namespaces {
		for inner, o := range s.objects {
			if inner.namespace == k.name && len(o.Metadata.Finalizers) == 0 {
				s.put(inner, nil)
			}
		}
	}
	return marked, s.finish(k), nil
}

// finish ends an object that is to be deleted, unless a finalizer or, in a
// namespace, another object keeps it; the last object that kept a namespace
// takes it along. It reports whether the object is gone.
func (s *store) finish(k key) bool {
	if len(s.objects[k].Metadata.Finalizers) > 0 {
		return false
	}
	if k.resource == namespaces {
		for inner := range s.objects {
			if inner.namespace == k.name {
				return false
			}
		}
	}
	s.put(k, nil)
	outer := key{namespaces, "", k.namespace}
	if ns := s.objects[outer]; ns != nil && ns.Metadata.DeletionTimestamp != nil {
		s.finish(outer)
	}
	return true
}

// uuid returns a random identifier.
func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
