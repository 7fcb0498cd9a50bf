package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// programs is where the real program is built, once for all tests.
var programs string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if programs, err = os.MkdirTemp("", "postern-e2e-"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(programs)
		return m.Run()
	}())
}

var build = sync.OnceValues(func() (string, error) {
	bin := filepath.Join(programs, "postern")
	if out, err := exec.Command("go", "build", "-o", bin, "postern/cmd/postern").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build postern: %w\n%s", err, out)
	}
	return bin, nil
})

// buildPostern returns the path of the real program.
func buildPostern(t testing.TB) string {
	t.Helper()
	bin, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}
