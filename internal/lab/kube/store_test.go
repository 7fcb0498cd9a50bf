package kube

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestStoreIsBounded: no client can fill the lab's memory, neither with
// objects nor with changes of one.
func TestStoreIsBounded(t *testing.T) {
	large := strings.Repeat("x", maxConfigMap)
	s := newStore(time.Now)
	create := func(i int) error {
		_, err := s.create(key{configMaps, "default", fmt.Sprint("n", i)}, &object{Data: map[string]string{"k": large}}, false)
		return err
	}
	made := 0
	for ; made < 100; made++ {
		if create(made) != nil {
			break
		}
	}
	if want := maxStoreBytes / (maxConfigMap + 1000); made < want-1 || made > want+1 {
		t.Errorf("%d objects of a mebibyte fit, want %d", made, want)
	}
	if s.held > maxEventBytes {
		t.Errorf("events hold %d bytes, more than %d", s.held, maxEventBytes)
	}
	if _, gone, err := s.remove(key{configMaps, "default", "n0"}, false, func(*object) error { return nil }); err != nil || !gone {
		t.Fatalf("remove: %t, %v", gone, err)
	}
	if err := create(100); err != nil {
		t.Errorf("after a removal: %v", err)
	}
	// What is counted is what is there.
	size, held := 0, 0
	for _, o := range s.objects {
		size += o.size()
	}
	for _, e := range s.events {
		held += e.size()
	}
	if size != s.size || held != s.held {
		t.Errorf("counted %d and %d bytes, there are %d and %d", s.size, s.held, size, held)
	}
}
