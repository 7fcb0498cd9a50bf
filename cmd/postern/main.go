// Command postern gives the tools in one network private access to the API
// servers of many private Kubernetes clusters.
package main

import (
	"os"

	"postern/internal/cli"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := cli.UntilInterrupted()
	defer stop()
	return cli.Main(ctx, cli.System())
}
