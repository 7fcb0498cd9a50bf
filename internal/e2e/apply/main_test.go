package apply

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// full asks for what takes too long for every change.
var full = flag.Bool("apply.full", false, "apply the examples with every step")

// repository is the module's directory as seen from here.
const repository = "../../.."

// programs is where postern and its function are built, once for all tests.
var programs string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		var err error
		if programs, err = os.MkdirTemp("", "postern-apply-"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(programs)
		return m.Run()
	}())
}

// built are the programs that the tests need.
type built struct {
	postern string
	zip     string // of the function, for a machine like this one
	arch    string // of the zip, as Lambda calls it
	sha256  string // of the zip, in hexadecimal
}

var build = sync.OnceValues(func() (built, error) {
	b := built{postern: filepath.Join(programs, "postern"), zip: filepath.Join(programs, "function.zip"), arch: "arm64"}
	if runtime.GOARCH == "amd64" {
		b.arch = "x86_64"
	}
	for _, args := range [][]string{
		{"build", "-o", b.postern, "./cmd/postern"},
		{"run", "./scripts/lambda", "-o", b.zip, "-arch", runtime.GOARCH},
	} {
		cmd := exec.Command("go", args...)
		cmd.Dir = repository
		if out, err := cmd.CombinedOutput(); err != nil {
			return b, fmt.Errorf("go %v: %w\n%s", args, err, out)
		}
	}
	text, err := os.ReadFile(b.zip)
	b.sha256 = fmt.Sprintf("%x", sha256.Sum256(text))
	return b, err
})

// needed skips the test, aloud, where a program is not to be had; it fails there
// when CI=true.
func needed(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("CI needs terraform, its provider and kubectl: "+format, args...)
	}
	t.Skipf("NOT TESTED: the examples against the lab, because "+format, args...)
}
