package runtime_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"postern/internal/lab/runtime"
)

// TestPlace: programs that are written and started side by side all run.
func TestPlace(t *testing.T) {
	dir := t.TempDir()
	var started sync.WaitGroup
	for i := range 16 {
		started.Go(func() {
			for j := range 20 {
				path := filepath.Join(dir, fmt.Sprintf("program-%d-%d", i, j))
				err := runtime.Place(path, []byte("#!/bin/sh\n"))
				if err == nil {
					err = exec.Command(path).Run()
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	started.Wait()
}
