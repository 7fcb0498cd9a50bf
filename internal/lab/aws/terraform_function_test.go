package aws_test

import (
	"archive/zip"
	"bytes"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/aws"
	"postern/internal/lab/state"
)

// writeFunction writes a zip whose program says something.
func writeFunction(t *testing.T, path, says string) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("bootstrap")
	if err == nil {
		_, err = w.Write([]byte("#!/bin/sh\necho " + says + "\n"))
	}
	if err == nil {
		err = z.Close()
	}
	if err == nil {
		err = os.WriteFile(path, b.Bytes(), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestTerraformFunction makes a function with its role, what starts it and what
// watches it by the real provider, changes nearly all of it, and destroys it;
// each plan in between is empty.
func TestTerraformFunction(t *testing.T) {
	if testing.Short() {
		t.Skip("the provider waits, whatever the server says")
	}
	t.Parallel()
	store := state.New(state.Options{Speed: 60, Strict: true, Enforce: true})
	if err := store.AddAccount(tfHub); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(aws.NewServer(store))
	t.Cleanup(server.Close)
	tf := newTerraform(t, server.URL, "terraform-function")
	before := store.Snapshot()
	for _, round := range []string{"one", "two"} {
		writeFunction(t, filepath.Join(tf.dir, "function.zip"), round)
		vars := []string{"-var=description=" + round, "-var=stack=" + round}
		tf.run(append([]string{"apply", "-auto-approve"}, vars...)...)
		if out, status := tf.try(append([]string{"plan", "-detailed-exitcode", "-no-color"}, vars...)...); status != 0 {
			t.Errorf("round %s: a second plan: status %d\n%s", round, status, quiet(out))
		}
		functions := store.Functions()
		if len(functions) != 1 || functions[0].Description != round || functions[0].Tags["Stack"] != round || functions[0].Policy() == "" || functions[0].Async == nil {
			t.Fatalf("round %s: functions %+v", round, functions)
		}
		if ticks := store.Ticks(); len(ticks) != 1 || ticks[0].Schedule == nil || ticks[0].Schedule.Target.ARN != functions[0].ARN {
			t.Errorf("round %s: schedules %+v", round, ticks)
		}
	}
	tf.run("destroy", "-auto-approve")
	if diff := cmp.Diff(before, store.Snapshot(), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("what is left (-before +after):\n%s", diff)
	}
}
