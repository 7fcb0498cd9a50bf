// Package postern_test holds the rules about the repository as a whole.
package postern_test

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pkg is what go list says about one package of the module.
type pkg struct {
	ImportPath, Dir string
	GoFiles         []string
	Imports, Deps   []string
}

func packages(t *testing.T) map[string]pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports,Deps", "./...").Output()
	if err != nil {
		t.Fatalf("list packages: %v", err)
	}
	all := map[string]pkg{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		if len(p.GoFiles) > 0 {
			all[p.ImportPath] = p
		}
	}
	return all
}

// layers says which packages of the module a package may import itself. A
// package that has no line here is refused: decide where it belongs first.
var layers = map[string][]string{
	"cmd/postern":                 {"internal/cli"},
	"internal/plan":               {},
	"internal/report":             {"internal/plan", "internal/fleet", "internal/trace"},
	"internal/fleet":              {"internal/plan"},
	"internal/trace":              {"internal/plan", "internal/fleet"},
	"internal/graph":              {"internal/plan", "internal/fleet", "internal/trace"},
	"internal/resolve":            {"internal/plan"},
	"internal/probe":              {"internal/plan"},
	"internal/awsapi":             {"internal/plan", "internal/fleet"},
	"internal/reconcile":          {"internal/plan", "internal/report"},
	"internal/assemble":           {"internal/plan", "internal/reach", "internal/resolve", "internal/probe", "internal/awsapi", "internal/reconcile", "internal/config", "internal/fleet", "internal/trace"},
	"internal/config":             {"internal/plan", "internal/resolve"},
	"internal/kubeconfig":         {"internal/plan"},
	"internal/reach":              {"internal/plan", "internal/awsapi"},
	"internal/tokencache":         {},
	"internal/e2e":                {},
	"internal/e2e/apply":          {},
	"internal/e2e/rights":         {},
	"internal/config/gensettings": {"internal/config"},
	"internal/telemetry":          {"internal/plan", "internal/report"},
	"internal/lambdafn":           {"internal/plan", "internal/report", "internal/reconcile", "internal/config", "internal/telemetry", "internal/assemble"},
	"cmd/bootstrap":               {"internal/lambdafn"},
	"scripts/lambda":              {},
	"scripts/terraform":           {},
	"scripts/mutants":             {},
	"internal/cli":                {"internal/plan", "internal/reach", "internal/kubeconfig", "internal/tokencache", "internal/fleet", "internal/trace", "internal/graph", "internal/report", "internal/reconcile", "internal/config", "internal/telemetry", "internal/assemble", "internal/lab", "internal/lab/traffic"},
	"internal/lab":                {"internal/lab/..."},
	"internal/lab/genreference":   {"internal/lab"},
	"internal/lab/wire":           {},
	"internal/lab/wire/gen":       {},
	"internal/lab/state":          {"internal/lab/iam", "internal/lab/trigger"},
	"internal/lab/runtime":        {"internal/lab/state", "internal/lab/trigger"},
	"internal/lab/iam":            {},
	"internal/lab/trigger":        {},
	"internal/lab/fabric":         {},
	"internal/lab/dataplane":      {"internal/lab/fabric", "internal/lab/state"},
	"internal/lab/faults":         {},
	"internal/lab/memnet":         {},
	"internal/lab/ingress":        {},
	"internal/lab/traffic":        {"internal/lab/ingress"},
	"internal/lab/dns":            {"internal/lab/state", "internal/lab/faults"},
	"internal/lab/kube":           {},
	"internal/lab/aws/*":          {"internal/lab/wire", "internal/lab/state"},
	"internal/lab/aws":            {"internal/lab/wire", "internal/lab/state", "internal/lab/iam", "internal/lab/aws/..."},
}

// pure packages import nothing but the standard library and each other.
var pure = []string{"internal/plan", "internal/report", "internal/fleet", "internal/trace", "internal/graph", "internal/lab/faults", "internal/lab/iam", "internal/lab/trigger"}

func TestLayers(t *testing.T) {
	used := map[string]bool{}
	for path, p := range packages(t) {
		name := strings.TrimPrefix(path, "postern/")
		allowed, rule := layerOf(name)
		if rule == "" {
			t.Errorf("package %s has no line in the table of layers: decide what it may import", name)
			continue
		}
		used[rule] = true
		for _, imp := range p.Imports {
			inner, ours := strings.CutPrefix(imp, "postern/")
			if ours && !slices.ContainsFunc(allowed, func(a string) bool { return matches(a, inner) }) {
				t.Errorf("%s imports %s: its layer may import only %v", name, inner, allowed)
			}
			if !ours && slices.Contains(pure, name) && strings.Contains(strings.Split(imp, "/")[0], ".") {
				t.Errorf("%s is pure and imports %s", name, imp)
			}
		}
	}
	for rule := range layers {
		if !used[rule] {
			t.Errorf("the table of layers has a line for %s, and there is no such package", rule)
		}
	}
}

func layerOf(name string) (allowed []string, rule string) {
	if a, ok := layers[name]; ok {
		return a, name
	}
	for rule, a := range layers {
		if matches(rule, name) {
			return a, rule
		}
	}
	return nil, ""
}

// matches reports whether a pattern fits a package: X/... is everything below
// X, X/* one level below it.
func matches(pattern, name string) bool {
	if below, ok := strings.CutSuffix(pattern, "/..."); ok {
		return strings.HasPrefix(name, below+"/")
	}
	ok, err := filepath.Match(pattern, name)
	return err == nil && ok
}

// TestLabStaysOut: the product does not know the lab, except for the commands
// that start it.
func TestLabStaysOut(t *testing.T) {
	fset := token.NewFileSet()
	for path, p := range packages(t) {
		name := strings.TrimPrefix(path, "postern/")
		if strings.HasPrefix(name, "internal/lab") {
			continue
		}
		for _, file := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, file), nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, imp := range f.Imports {
				if strings.HasPrefix(imp.Path.Value, `"postern/internal/lab`) && !(name == "internal/cli" && strings.HasPrefix(file, "lab")) {
					t.Errorf("%s/%s imports %s: only internal/cli's lab files may", name, file, imp.Path.Value)
				}
			}
		}
	}
}

// TestFunctionStaysSmall: the function starts every minute, so it holds nothing
// that only other programs need.
func TestFunctionStaysSmall(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-tags", "lambda.norpc", "./cmd/bootstrap").Output()
	if err != nil {
		t.Fatalf("list the function's packages: %v", err)
	}
	deps := strings.Fields(string(out))
	if !slices.Contains(deps, "postern/internal/lambdafn") {
		t.Fatalf("go list names %d packages, and not the function's own", len(deps))
	}
	banned := []string{
		"postern/internal/lab", "postern/internal/cli", "github.com/spf13/", "k8s.io/", "sigs.k8s.io/", "gvisor.dev/",
		"github.com/prometheus/", "github.com/rogpeppe/", "pgregory.net/", "github.com/google/go-cmp", "net/rpc", "testing",
	}
	for _, dep := range deps {
		if slices.ContainsFunc(banned, func(b string) bool { return dep == b || strings.HasPrefix(dep, strings.TrimSuffix(b, "/")+"/") }) {
			t.Errorf("cmd/bootstrap holds %s", dep)
		}
	}
}

// TestPackageDocs: each package says in one comment what it is for.
func TestPackageDocs(t *testing.T) {
	fset := token.NewFileSet()
	for path, p := range packages(t) {
		docs := 0
		for _, file := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, file), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if f.Doc == nil {
				continue
			}
			if docs++; !strings.HasPrefix(f.Doc.Text(), "Package "+f.Name.Name+" ") && f.Name.Name != "main" {
				t.Errorf("%s: the package's comment begins with %q", path, strings.SplitN(f.Doc.Text(), "\n", 2)[0])
			}
		}
		if docs != 1 {
			t.Errorf("%s has %d package comments, want one", path, docs)
		}
	}
}

// TestLinks: a link in a page leads somewhere.
func TestLinks(t *testing.T) {
	pages, err := exec.Command("git", "ls-files", "*.md").Output()
	if err != nil {
		t.Fatalf("list pages: %v", err)
	}
	for _, page := range strings.Fields(string(pages)) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for rest := string(text); ; {
			_, after, found := strings.Cut(rest, "](")
			if !found {
				break
			}
			target, after, _ := strings.Cut(after, ")")
			rest = after
			target, _, _ = strings.Cut(target, "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), target)); err != nil {
				t.Errorf("%s links to %s, which is not there", page, target)
			}
		}
	}
}
