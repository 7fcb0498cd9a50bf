// Gen writes the Go types of AWS services from their pruned models: for each
// DIR/PACKAGE/model.json it writes DIR/PACKAGE/types_gen.go.
//
//	go run ./gen DIR
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gen DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	models, err := filepath.Glob(filepath.Join(dir, "*", "model.json"))
	if err != nil {
		return err
	}
	if len(models) == 0 {
		return fmt.Errorf("no model.json below %s", dir)
	}
	for _, path := range models {
		src, err := generateFile(path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(typesFile(path), src, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generateFile returns the Go source for the model in a file.
func generateFile(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	src, err := generate(filepath.Base(filepath.Dir(path)), data)
	if err != nil {
		return nil, fmt.Errorf("generate %s: %w", path, err)
	}
	return src, nil
}

func typesFile(model string) string { return filepath.Join(filepath.Dir(model), "types_gen.go") }
