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

// TestStateIsDocumented compares docs/reference/json.md with the state, without
// what comes from the store as it is.
func TestStateIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/reference/json.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n## "+Schema+"\n")
	if !found {
		t.Fatalf("json.md has no section %s", Schema)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var got []string
	for line := range strings.Lines(section) {
		cells := strings.Split(line, "|")
		if strings.HasPrefix(line, "| `") && len(cells) == 5 {
			got = append(got, strings.Trim(cells[1], " `")+" "+strings.TrimSpace(cells[2]))
		}
	}
	if d := cmp.Diff(stateFields("", reflect.TypeFor[State]()), got); d != "" {
		t.Errorf("(-type +page)\n%s", d)
	}
}

// stateFields lists "path kind" of every field below a type of this package.
func stateFields(prefix string, typ reflect.Type) []string {
	ours := reflect.TypeFor[State]().PkgPath()
	var out []string
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		name = prefix + name
		switch f.Type.Kind() {
		case reflect.Slice:
			out = append(out, name+" list")
			if e := f.Type.Elem(); e.Kind() == reflect.Struct && e.PkgPath() == ours {
				out = append(out, stateFields(name+"[].", e)...)
			}
		case reflect.Struct:
			out = append(out, name+" object")
			if f.Type.PkgPath() == ours {
				out = append(out, stateFields(name+".", f.Type)...)
			}
		case reflect.String:
			out = append(out, name+" string")
		case reflect.Bool:
			out = append(out, name+" boolean")
		default:
			out = append(out, name+" number")
		}
	}
	return out
}
