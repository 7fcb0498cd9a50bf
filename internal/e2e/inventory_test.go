package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestInventoryFeedsTerraform: what postern inventory says of a fleet is taken
// by the example as it is, and by its own tests.
func TestInventoryFeedsTerraform(t *testing.T) {
	needed := func(format string, args ...any) {
		t.Helper()
		if os.Getenv("CI") == "true" {
			t.Fatalf("CI has to run this: "+format, args...)
		}
		t.Skipf("SKIPPED, so that nothing says that Terraform takes an inventory: "+format, args...)
	}
	terraform, err := exec.LookPath("terraform")
	if err != nil {
		needed("terraform is not installed")
	}
	tree := t.TempDir()
	if err := os.CopyFS(tree, os.DirFS("../../terraform")); err != nil {
		t.Fatal(err)
	}
	example := filepath.Join(tree, "examples", "hub-from-inventory")

	inventory := exec.Command(buildPostern(t), "lab", "exec", "--", buildPostern(t), "inventory", "--format", "tfvars")
	inventory.Env = append(os.Environ(), "XDG_CACHE_HOME="+t.TempDir(), "POSTERN_LAB=")
	inventory.Stderr = os.Stderr
	text, err := inventory.Output()
	if err != nil {
		t.Fatalf("postern inventory: %v", err)
	}
	if n := strings.Count(string(text), "service_name"); n != 3 {
		t.Fatalf("%d links in the inventory of the default world:\n%s", n, text)
	}
	if err := os.WriteFile(filepath.Join(example, "links.tfvars"), text, 0o600); err != nil {
		t.Fatal(err)
	}

	// All that the example has besides its own links.
	whole, err := os.ReadFile(filepath.Join(example, "example.tfvars"))
	rest, _, found := strings.Cut(string(whole), "\n# As postern inventory")
	if err != nil || !found {
		t.Fatalf("the example's variables (error %v) have no links of their own:\n%s", err, whole)
	}
	if err := os.WriteFile(filepath.Join(example, "rest.tfvars"), []byte(rest), 0o600); err != nil {
		t.Fatal(err)
	}

	config := filepath.Join(tree, "terraform.rc")
	if err := os.WriteFile(config, []byte(providerMirror()), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) ([]byte, error) {
		cmd := exec.Command(terraform, args...)
		cmd.Dir = example
		cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0", "TF_CLI_CONFIG_FILE="+config)
		return cmd.CombinedOutput()
	}
	if out, err := run("init", "-backend=false", "-no-color"); err != nil {
		needed("its provider is not to be had (TF_MIRROR can name a directory that has it): %v\n%s", err, out)
	}
	out, err := run("test", "-no-color", "-var-file=rest.tfvars", "-var-file=links.tfvars")
	if err != nil || !strings.Contains(string(out), `run "every_link"... pass`) {
		t.Errorf("terraform test: %v\n%s\nwith\n%s", err, out, text)
	}
}

// providerMirror is Terraform's configuration for where there is a mirror of
// providers; empty: the providers are where they are for everybody.
func providerMirror() string {
	const provider = "registry.terraform.io/hashicorp/aws"
	places := []string{os.Getenv("TF_MIRROR")}
	for _, place := range []string{os.Getenv("HOME") + "/.terraform.d/plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins", "/opt/*"} {
		found, _ := filepath.Glob(filepath.Join(place, provider))
		for _, f := range found {
			places = append(places, strings.TrimSuffix(f, "/"+provider))
		}
	}
	for _, place := range places {
		if place != "" {
			return fmt.Sprintf("provider_installation {\n  filesystem_mirror { path = %q }\n}\n", place)
		}
	}
	return ""
}
