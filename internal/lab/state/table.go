package state

import (
	"slices"
	"sort"
	"time"
)

// A version is a value from a time on, until the next version.
type version[T any] struct {
	at    time.Time
	value T
	gone  bool
}

// A record is one resource's history, newest last. Listings that lag, ghosts
// and stale reads are reads of an older version.
type record[T any] struct {
	id       string
	seq      uint64 // order of creation, and the place in a paged listing
	versions []version[T]
}

// current returns the newest version's value, false if the resource is gone.
func (r *record[T]) current() (T, bool) {
	v := r.versions[len(r.versions)-1]
	return v.value, !v.gone
}

// asOf returns the value at time t.
func (r *record[T]) asOf(t time.Time) (T, bool) {
	for _, v := range slices.Backward(r.versions) {
		if !v.at.After(t) {
			return v.value, !v.gone
		}
	}
	var none T
	return none, false
}

// last returns the newest value that was there at time t, or the one before it
// went; and when it went, zero if it had not by then.
func (r *record[T]) last(t time.Time) (value T, gone time.Time, ok bool) {
	for _, v := range slices.Backward(r.versions) {
		switch {
		case v.at.After(t):
		case v.gone && gone.IsZero():
			gone = v.at
		case !v.gone:
			return v.value, gone, true
		}
	}
	return value, gone, false
}

// add appends a version and forgets those that no read can reach: the ones
// that were replaced before the horizon.
func (r *record[T]) add(v version[T], horizon time.Time) {
	keep := 0
	for keep+1 < len(r.versions) && r.versions[keep+1].at.Before(horizon) {
		keep++
	}
	r.versions = append(slices.Clip(r.versions[keep:]), v)
}

// An index lists records by a property that never changes while a record lives.
type index[T any] struct {
	key     func(T) string
	records map[string][]*record[T]
}

// A table holds the resources of one kind in one place, in order of creation.
type table[T any] struct {
	records map[string]*record[T]
	order   []*record[T]
	indexes map[string]*index[T]
	shapes  bool // a topology is made of these resources among others
}

// newTable returns a table with the named indexes.
func newTable[T any](indexes map[string]func(T) string) *table[T] {
	t := &table[T]{records: map[string]*record[T]{}, indexes: map[string]*index[T]{}}
	for name, key := range indexes {
		t.indexes[name] = &index[T]{key: key, records: map[string][]*record[T]{}}
	}
	return t
}

// get returns what is there now.
func (t *table[T]) get(id string) (T, bool) {
	if r := t.records[id]; r != nil {
		return r.current()
	}
	var none T
	return none, false
}

// put sets the value from time at on. seq counts only for a new record.
func (t *table[T]) put(id string, v T, seq uint64, at, horizon time.Time) {
	if r := t.records[id]; r != nil {
		r.add(version[T]{at: at, value: v}, horizon)
		return
	}
	r := &record[T]{id: id, seq: seq, versions: []version[T]{{at: at, value: v}}}
	t.records[id] = r
	t.order = append(t.order, r)
	for _, ix := range t.indexes {
		k := ix.key(v)
		ix.records[k] = append(ix.records[k], r)
	}
}

// remove ends the resource at a time; its history stays until purge.
func (t *table[T]) remove(id string, at, horizon time.Time) {
	if r := t.records[id]; r != nil {
		v, _ := r.current()
		r.add(version[T]{at: at, value: v, gone: true}, horizon)
	}
}

// purge forgets a resource that was gone by the horizon.
func (t *table[T]) purge(id string, horizon time.Time) {
	r := t.records[id]
	if r == nil {
		return
	}
	v := r.versions[len(r.versions)-1]
	if !v.gone || v.at.After(horizon) {
		return
	}
	delete(t.records, id)
	t.order = without(t.order, r.seq)
	for _, ix := range t.indexes {
		k := ix.key(v.value)
		if ix.records[k] = without(ix.records[k], r.seq); len(ix.records[k]) == 0 {
			delete(ix.records, k)
		}
	}
}

// settle forgets the past: what is there was always there, and nothing else was.
func (t *table[T]) settle() {
	for _, r := range slices.Clone(t.order) {
		v := r.versions[len(r.versions)-1]
		if v.gone {
			t.purge(r.id, v.at)
			continue
		}
		v.at = time.Time{}
		r.versions = []version[T]{v}
	}
}

// all returns the records, or those under a key of an index, oldest first.
func (t *table[T]) all() []*record[T] { return t.order }

func (t *table[T]) under(index, key string) []*record[T] { return t.indexes[index].records[key] }

// values returns what is there now, oldest first.
func (t *table[T]) values() []T { return currents(t.order) }

// currents returns the records' current values.
func currents[T any](records []*record[T]) []T {
	var out []T
	for _, r := range records {
		if v, ok := r.current(); ok {
			out = append(out, v)
		}
	}
	return out
}

// without removes the record with a sequence number from a slice in order.
func without[T any](records []*record[T], seq uint64) []*record[T] {
	i := position(records, seq)
	if i < len(records) && records[i].seq == seq {
		return slices.Delete(records, i, i+1)
	}
	return records
}

// position returns the index of the first record with seq or more.
func position[T any](records []*record[T], seq uint64) int {
	return sort.Search(len(records), func(i int) bool { return records[i].seq >= seq })
}
