// Command genreference writes the reference page of the lab to the file that
// its argument names.
package main

import (
	"fmt"
	"os"

	"postern/internal/lab"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: genreference FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], lab.Reference(), 0o644); err != nil {
		fmt.Fprintf(os.Stderr, "genreference: %v\n", err)
		os.Exit(1)
	}
}
