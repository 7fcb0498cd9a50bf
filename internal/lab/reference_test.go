package lab

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/faults"
	"postern/internal/lab/state"
)

func TestReferenceIsCurrent(t *testing.T) {
	const page = "../../docs/reference/lab.md"
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(Reference()), string(got)); d != "" {
		t.Errorf("%s is not current; run make generate (-want +got):\n%s", page, d)
	}
}

// Everything on the page has its meaning, and no meaning is of nothing.
func TestReferenceIsComplete(t *testing.T) {
	keys := worldPaths("", reflect.TypeFor[World]())
	for _, k := range keys {
		if worldAbout[k.path] == "" {
			t.Errorf("key %s of a world has no meaning", k.path)
		}
	}
	if len(keys) != len(worldAbout) {
		t.Errorf("%d keys, and %d meanings", len(keys), len(worldAbout))
	}
	for _, n := range faults.Names() {
		if faults.About(n) == "" {
			t.Errorf("fault %s has no meaning", n)
		}
	}
	for _, k := range faults.AllKeys() {
		if k.About == "" {
			t.Errorf("key %s= has no meaning", k.Name)
		}
	}
	for _, k := range state.MoveKinds {
		if moveAbout[k] == "" {
			t.Errorf("move %s has no meaning", k)
		}
	}
	for _, k := range []string{"accounts", "of vpcs.subnets zone, zoneId, cidr"} {
		if !strings.Contains(strings.Join(worldKeys(), "; "), k) {
			t.Errorf("no %q among %q", k, worldKeys())
		}
	}
}
