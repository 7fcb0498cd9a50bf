package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postern/internal/cli"
)

// The demo believes the lab, not the sync that it runs: one that reports
// success and does nothing is found out at once.
func TestDemoFindsALiar(t *testing.T) {
	liar := filepath.Join(t.TempDir(), "postern")
	if err := os.WriteFile(liar, []byte("#!/bin/sh\necho '{\"summary\": {\"links\": 3, \"converged\": 3}}'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	var out, errs strings.Builder
	got := cli.Main(t.Context(), cli.Env{Args: []string{"lab", "demo"}, Environ: os.Environ(), Self: liar, Stdout: &out, Stderr: &errs})
	if got != 1 {
		t.Errorf("exit status %d, want 1", got)
	}
	text := out.String()
	if strings.Count(text, "FAILED  not seen: ") != 1 || strings.Count(text, "   ok ") != 2 || strings.Contains(text, "3. ") {
		t.Errorf("want two checks that hold, one that fails, and no further step:\n%s", text)
	}
	if errs.Len() > 0 {
		t.Errorf("standard error: %s", errs.String())
	}
}
