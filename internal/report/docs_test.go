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

	"postern/internal/lab/traffic"
	"postern/internal/report"
)

const page = "../../docs/reference/json.md"

// TestFieldsAreDocumented compares the page with the documents' types.
func TestFieldsAreDocumented(t *testing.T) {
	for schema, doc := range map[string]any{
		report.SyncSchema:      report.Sync{},
		report.InventorySchema: report.Inventory{},
		report.StatusSchema:    report.Status{},
		report.TraceSchema:     report.Trace{},
		report.VersionSchema:   report.Version{},
		traffic.Schema:         traffic.Report{},
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

// TestKindsAreDocumented compares the kinds of failure that the page names with
// the program's.
func TestKindsAreDocumented(t *testing.T) {
	_, after, _ := strings.Cut(section(t, "## "+traffic.Schema), "The kinds, ")
	var got []string
	for i, part := range strings.Split(after, "`") {
		if i%2 == 1 {
			got = append(got, part)
		}
	}
	if diff := cmp.Diff(constants(t, "../lab/traffic/failure.go", "Kind"), got); diff != "" {
		t.Errorf("kinds (-program +page):\n%s", diff)
	}
}

// TestOrphansAreDocumented compares the kinds of orphans that the page names
// with the program's.
func TestOrphansAreDocumented(t *testing.T) {
	_, after, _ := strings.Cut(section(t, "## "+report.StatusSchema), "### Kinds of orphans\n")
	after, _, _ = strings.Cut(after, " Endpoints of other services")
	var got []string
	for i, part := range strings.Split(after, "`") {
		if i%2 == 1 {
			got = append(got, part)
		}
	}
	if diff := cmp.Diff(constants(t, "../fleet/orphans.go", "OrphanKind"), got); diff != "" {
		t.Errorf("kinds (-program +page):\n%s", diff)
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

// TestPathCodesAreDocumented compares the page with the list of a path's codes.
func TestPathCodesAreDocumented(t *testing.T) {
	var got []string
	for _, row := range rows(t, "## Codes of a path") {
		code, verdicts, _ := strings.Cut(row, " ")
		if verdicts == "" {
			t.Errorf("code %s: no verdict", code)
		}
		got = append(got, code)
	}
	if diff := cmp.Diff(constants(t, "../trace/codes.go", "Code"), got); diff != "" {
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
	case typ.Kind() == reflect.Int, typ.Kind() == reflect.Int64, typ.Kind() == reflect.Float64:
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
	var out []string
	for line := range strings.Lines(section(t, heading)) {
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

// section returns the page's text below a heading.
func section(t *testing.T, heading string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(page))
	if err != nil {
		t.Fatal(err)
	}
	_, below, found := strings.Cut(string(text), "\n"+heading+"\n")
	if !found {
		t.Fatalf("%s has no section %q", page, heading)
	}
	below, _, _ = strings.Cut(below, "\n## ")
	return below
}

// declaredCodes reads the constants of type plan.Code.
func declaredCodes(t *testing.T) []string {
	t.Helper()
	out := constants(t, "../plan/codes.go", "Code")
	if len(out) < 50 {
		t.Fatalf("found %d codes only", len(out))
	}
	return out
}

// constants reads the values of a file's constants, in their order. Each must be
// of one type.
func constants(t *testing.T, path, typ string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.FromSlash(path), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			c := spec.(*ast.ValueSpec)
			if name, ok := c.Type.(*ast.Ident); !ok || name.Name != typ {
				t.Errorf("%s: not a %s", c.Names[0], typ)
				continue
			}
			value, err := strconv.Unquote(c.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Error(err)
			}
			out = append(out, value)
		}
	}
	return out
}
