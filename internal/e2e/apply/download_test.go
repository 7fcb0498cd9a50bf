package apply

import (
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDownload: a function's zip that is named by its address is fetched where
// terraform runs, and only the one that was pinned is used. AWS is a mock here;
// the fetching is terraform's own.
func TestDownload(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("terraform"); err != nil {
		needed(t, "there is no terraform")
	}
	const zip = "the function"
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/postern.zip" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, zip)
	}))
	t.Cleanup(server.Close)
	tests := []struct{ name, path, holds, want string }{
		{"the pinned one", "/postern.zip", zip, "1 passed, 0 failed"},
		{"another", "/postern.zip", "another function", "did NOT match"},
		{"none there", "/other.zip", zip, "404"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tree := t.TempDir()
			if err := copyTerraform(tree); err != nil {
				t.Fatal(err)
			}
			module := filepath.Join(tree, "modules/target-sync")
			good, err := os.ReadFile(filepath.Join(repository, "terraform/modules/target-sync/tests/good.tftest.hcl"))
			mock, _, ok := strings.Cut(string(good), "\nvariables {")
			if err != nil || !ok {
				t.Fatalf("the mocked provider of target-sync's tests: %v", err)
			}
			mock = strings.Replace(mock, "override_during = plan", "", 1)
			ca := filepath.Join(tree, "ca.pem")
			sum := fmt.Sprintf("%x", sha256.Sum256([]byte(tt.holds)))
			for path, text := range map[string]string{
				ca: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})),
				filepath.Join(module, "tests/download.tftest.hcl"): fmt.Sprintf(`%s
run "download" {
  variables {
    package = { url = %q, sha256 = %q }
  }
  assert {
    condition     = filesha256(aws_lambda_function.this.filename) == %q
    error_message = "the function is not made of the file that was fetched"
  }
}
`, mock, server.URL+tt.path, sum, sum),
			} {
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			r := &root{stack: &stack{T: t}, dir: module}
			run := func(args ...string) (string, error) {
				cmd := exec.CommandContext(t.Context(), "terraform", args...)
				cmd.Dir = module
				cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "CURL_CA_BUNDLE="+ca, "NO_PROXY=127.0.0.1")
				if config := r.providers(); config != "" {
					cmd.Env = append(cmd.Env, "TF_CLI_CONFIG_FILE="+config)
				}
				out, err := cmd.CombinedOutput()
				return string(out), err
			}
			if out, err := run("init", "-no-color"); err != nil {
				needed(t, "its provider is not to be had:\n%s", out)
			}
			if out, _ := run("test", "-no-color"); !strings.Contains(out, tt.want) {
				t.Errorf("%q is not in what terraform said:\n%s", tt.want, out)
			}
		})
	}
}
