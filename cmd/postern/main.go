// Command postern gives the tools in one network private access to the API
// servers of many private Kubernetes clusters.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"postern/internal/cli"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	return cli.Main(ctx, cli.System())
}
