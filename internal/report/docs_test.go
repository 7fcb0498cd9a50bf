package report_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/report"
)

const page = "../../docs/reference/json.md"

// TestFieldsAreDocumented compares the page with the documents' types.
func TestFieldsAreDocumented(t *testing.T) {
	for schema, doc := range map[string]any{
		report.SyncSchema:    report.Sync{},
		report.VersionSchema: report.Version{},
	} {
		want := fields("", reflect.TypeOf(doc))
		got := rows(t, "## "+schema)
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-types +page):\n%s", schema, diff)
		}
	}
}

// TestCodesAreDocumented compares the page with the list of codes.
func TestCodesAreDocumented(t *testing.T) {
	want := declaredCodes(t)
	var got []string
	for _, row := range rows(t, "## Codes") {
		code, meant, _ := strings.Cut(row, " ")
		if meant == "" {
			t.Errorf("code %s: no action or result", code)
		}
		got = append(got, code)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("codes (-program +page):\n%s", diff)
	}
}

// fields lists "path type" for every field below a type.
func fields(path string, typ reflect.Type) []string {
	if typ.Kind() == reflect.Pointer {
		return fields(path, typ.Elem())
	}
	switch {
	case typ == reflect.TypeFor[time.Time]():
		return []string{path + " time"}
	case typ.Kind() == reflect.Slice:
		var below []string
		if typ.Elem().Kind() == reflect.Struct {
			below = members(path+"[]", typ.Elem())
		}
		return append([]string{path + " list"}, below...)
	case typ.Kind() == reflect.Struct && path == "":
		return members("", typ)
	case typ.Kind() == reflect.Struct:
		return append([]string{path + " object"}, members(path, typ)...)
	case typ.Kind() == reflect.Map:
		return []string{path + " object"}
	case typ.Kind() == reflect.Bool:
		return []string{path + " boolean"}
	case typ.Kind() == reflect.Int, typ.Kind() == reflect.Int64:
		return []string{path + " number"}
	case typ.Kind() == reflect.String:
		return []string{path + " string"}
	}
	panic("no word for " + typ.String())
}

func members(path string, typ reflect.Type) []string {
	var out []string
	for i := range typ.NumField() {
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if path != "" {
			name = path + "." + name
		}
		out = append(out, fields(name, typ.Field(i).Type)...)
	}
	return out
}

// rows lists the first two cells of every row of a section's tables whose
// first is code, and checks that the third says something.
func rows(t *testing.T, heading string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(page))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n"+heading+"\n")
	if !found {
		t.Fatalf("%s has no section %q", page, heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var out []string
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		if len(cells) != 3 || strings.TrimSpace(cells[2]) == "" {
			t.Errorf("%s: want three cells that say something: %s", heading, line)
			continue
		}
		out = append(out, strings.Trim(strings.TrimSpace(cells[0]), "`")+" "+strings.TrimSpace(cells[1]))
	}
	return out
}

// declaredCodes reads the constants of type plan.Code.
func declaredCodes(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../plan/codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); !ok || typ.Name != "Code" {
			t.Errorf("%s: not a Code", spec.Names[0])
			return true
		}
		code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Error(err)
		}
		out = append(out, code)
		return true
	})
	if len(out) < 50 {
		t.Fatalf("found %d codes only", len(out))
	}
	return out
}
