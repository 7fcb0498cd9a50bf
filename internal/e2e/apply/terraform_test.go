package apply

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// vars are a root's variables, as JSON has them.
type vars map[string]any

// A root is a copy of an example with a state of its own.
type root struct {
	*stack
	name string // of the example
	dir  string
	vars vars
	as   []string // keys, as KEY=value, in place of the hub account's user's
}

// A change is what a plan would do to a resource.
type change struct {
	Address string
	Actions []string // create, update, delete; two of them: a replacement
}

// root copies an example (a directory below terraform/, with the modules that it
// names) and initialises it. It skips the test where the provider is not to be
// had.
func (s *stack) root(example string, v vars) *root {
	s.Helper()
	tree := s.TempDir()
	if err := copyTerraform(tree); err != nil {
		s.Fatal(err)
	}
	r := &root{stack: s, name: example, dir: filepath.Join(tree, filepath.FromSlash(example)), vars: vars{}}
	r.set(v)
	out, errs, status := r.terraform("init", "-no-color")
	if status != 0 {
		needed(s.T, "its provider is not to be had (TF_MIRROR can name a directory that has it):\n%s%s", out, errs)
	}
	return r
}

// set changes variables of the root.
func (r *root) set(v vars) {
	r.Helper()
	maps.Copy(r.vars, v)
	text, err := json.MarshalIndent(r.vars, "", "  ")
	if err == nil {
		err = os.WriteFile(filepath.Join(r.dir, "terraform.tfvars.json"), text, 0o600)
	}
	if err != nil {
		r.Fatal(err)
	}
}

// apply makes what the root says. It needs no -target.
func (r *root) apply() {
	r.Helper()
	r.must("apply", "-auto-approve")
}

// destroy removes all that the root made.
func (r *root) destroy() {
	r.Helper()
	r.must("destroy", "-auto-approve")
}

// plan says what an apply would change, in the order of addresses; nil: nothing.
// It stays in a file, for planned.
func (r *root) plan() []change {
	r.Helper()
	var found []change
	r.step(r.name+": plan", func() {
		out, errs, status := r.terraform("plan", "-detailed-exitcode", "-out=next.tfplan", "-no-color", parallelism)
		if status != 0 && status != 2 {
			r.Fatalf("terraform plan: status %d\n%s%s", status, quiet(out), errs)
		}
		if status == 0 {
			return
		}
		var doc struct {
			Changes []struct {
				Address string
				Mode    string
				Change  struct{ Actions []string }
			} `json:"resource_changes"`
		}
		if err := json.Unmarshal([]byte(r.planned()), &doc); err != nil {
			r.Fatalf("terraform show: %v", err)
		}
		for _, c := range doc.Changes {
			if c.Mode == "managed" && !slices.Equal(c.Change.Actions, []string{"no-op"}) {
				found = append(found, change{c.Address, c.Change.Actions})
			}
		}
		if len(found) == 0 {
			r.Errorf("a plan changes no resource, and yet something:\n%s", quiet(out)) // an output
		}
	})
	return found
}

// wantNoChanges fails the test if an apply would change anything.
func (r *root) wantNoChanges(when string) {
	r.Helper()
	if changes := r.plan(); len(changes) > 0 {
		out, _, _ := r.terraform("show", "-no-color", "next.tfplan")
		r.Errorf("%s: a plan has changes:\n%s", when, quiet(out))
	}
}

// planned is all of the last plan, with what it found, in JSON.
func (r *root) planned() string {
	r.Helper()
	shown, errs, status := r.terraform("show", "-json", "next.tfplan")
	if status != 0 {
		r.Fatalf("terraform show: status %d\n%s", status, errs)
	}
	return shown
}

// try runs a step of terraform's that may be refused, and returns what it says.
func (r *root) try(command string, args ...string) (out string, status int) {
	r.Helper()
	r.step(r.name+": "+command, func() {
		var errs string
		out, errs, status = r.terraform(append([]string{command, "-no-color", parallelism}, args...)...)
		r.waited(out)
		out = quiet(out) + errs
	})
	return out, status
}

func (r *root) must(command string, args ...string) {
	r.Helper()
	if out, status := r.try(command, args...); status != 0 {
		r.Fatalf("terraform %s %s: status %d\n%s", command, r.name, status, out)
	}
}

// parallelism is for a provider that mostly waits.
const parallelism = "-parallelism=40"

// terraform runs it in the root's directory, in the lab.
func (r *root) terraform(args ...string) (stdout, stderr string, status int) {
	r.Helper()
	env := []string{"env", "TF_IN_AUTOMATION=1", "TF_INPUT=0", "CHECKPOINT_DISABLE=1"}
	if config := r.providers(); config != "" {
		env = append(env, "TF_CLI_CONFIG_FILE="+config)
	}
	if cache := os.Getenv("TF_PLUGIN_CACHE_DIR"); cache != "" {
		env = append(env, "TF_PLUGIN_CACHE_DIR="+cache)
	}
	env = append(append(env, defaultTags...), r.as...)
	return r.exec(r.dir, append(append(env, "terraform"), args...)...)
}

// defaultTags are default_tags of every provider. Source: AWS provider,
// default_tags configuration block.
var defaultTags = []string{"TF_AWS_DEFAULT_TAGS_Owner=platform", "TF_AWS_DEFAULT_TAGS_Cost=4711"}

// providers writes Terraform's configuration where there is a mirror of
// providers, which TF_MIRROR names or which is at one of the usual places; empty:
// terraform finds the provider as it is configured to.
func (r *root) providers() string {
	r.Helper()
	mirror := os.Getenv("TF_MIRROR")
	const provider = "registry.terraform.io/hashicorp/aws"
	for _, place := range []string{os.Getenv("HOME") + "/.terraform.d/plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins", "/opt/*"} {
		if found, _ := filepath.Glob(filepath.Join(place, provider)); mirror == "" && len(found) > 0 {
			mirror = strings.TrimSuffix(found[0], "/"+provider)
		}
	}
	if mirror == "" {
		return os.Getenv("TF_CLI_CONFIG_FILE")
	}
	config := filepath.Join(r.dir, "terraform.rc")
	text := fmt.Sprintf("provider_installation {\n  filesystem_mirror { path = %q }\n}\n", mirror)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		r.Fatal(err)
	}
	return config
}

// copyTerraform copies the sources below terraform/, and nothing that a run of
// terraform there has left.
func copyTerraform(to string) error {
	from := os.DirFS(filepath.Join(repository, "terraform"))
	return fs.WalkDir(from, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".terraform" || d.Name() == "tests"):
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, path), 0o700)
		case !strings.HasSuffix(path, ".tf"):
			return nil
		}
		text, err := fs.ReadFile(from, path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, path), text, 0o600)
	})
}

// quiet leaves out what terraform says of its progress.
func quiet(out string) string {
	var lines []string
	for line := range strings.Lines(out) {
		if !slices.ContainsFunc([]string{": Reading...", ": Read complete", ": Refreshing state", ": Still ", ": Creati", ": Destr", ": Modif"}, func(s string) bool { return strings.Contains(line, s) }) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}
