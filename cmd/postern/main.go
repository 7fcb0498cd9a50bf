// Command postern gives the tools in one network private access to the API
// servers of many private Kubernetes clusters.
package main

import (
	"context"
	"os"
	"os/signal"

	"postern/internal/cli"
)

func main() { os.Exit(run()) }

func run() int {
	// A terminal that is closed, and a reader of the output that has gone, are as
	// good as an interrupt.
	ctx, stop := signal.NotifyContext(context.Background(), cli.Signals...)
	defer stop()
	context.AfterFunc(ctx, stop) // a second one ends the program at once
	return cli.Main(ctx, cli.System())
}
