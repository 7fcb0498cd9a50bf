// Package cli provides Postern's command line as one function, [Main]: the
// commands, their flags, their exit statuses and what they print. It holds no
// state of its own and never ends the process.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"postern/internal/report"
)

// Env is the world that a run of the command line sees. The AWS SDK looks at
// the process's own environment besides.
type Env struct {
	Args      []string // without the program's name
	Environ   []string // KEY=VALUE, as [os.Environ] has it
	Self      string   // path of this program: the lab's commands run it again
	Called    string   // how this program was called; empty: postern
	Stdin     io.Reader
	Stdout    io.Writer // the answer, and nothing else
	Stderr    io.Writer // everything else
	StdoutTTY bool
	StderrTTY bool
}

// System returns the process's own world.
func System() Env {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	return Env{
		Args:      os.Args[1:],
		Environ:   os.Environ(),
		Self:      self,
		Called:    os.Args[0],
		Stdin:     os.Stdin,
		Stdout:    os.Stdout,
		Stderr:    os.Stderr,
		StdoutTTY: term.IsTerminal(int(os.Stdout.Fd())),
		StderrTTY: term.IsTerminal(int(os.Stderr.Fd())),
	}
}

// signals are those that end a run in good order. A closed terminal is as good
// as an interrupt.
var signals = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}

// UntilInterrupted returns the context for [Main] of a program: it ends at the
// first signal that asks the program to end. A second one ends the program at
// once.
//
// A reader of the output that has gone is told by the failed write. The signal
// for that comes for any connection that its other end has closed, so that it
// says nothing: it is taken and not looked at. Ignoring it would be passed on
// to programs that this one starts.
func UntilInterrupted() (context.Context, context.CancelFunc) {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// called returns what a user types to call this program as it was called: its
// name, or a path to it.
func (e Env) called() string {
	if e.Called == "" || strings.ContainsAny(e.Called, " \t'\"\\$`") {
		return "postern"
	}
	return e.Called
}

// Getenv returns an environment variable's value; the last one counts.
func (e Env) Getenv(key string) string {
	value := ""
	for _, kv := range e.Environ {
		if k, v, _ := strings.Cut(kv, "="); k == key {
			value = v
		}
	}
	return value
}

// colour reports whether an output that is a terminal, or not, gets colours.
// Source: no-color.org.
func (e Env) colour(tty bool) bool {
	return tty && e.Getenv("NO_COLOR") == "" && e.Getenv("TERM") != "dumb"
}

// Main runs the command that e.Args name and returns its exit status. When ctx
// ends, the command stops and the status is [report.ExitInterrupted]. An answer
// that could not be written is a failure, whatever the command made of it; if
// only its reader has gone, nothing is said, as when the signal ends a program.
func Main(ctx context.Context, e Env) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := &output{w: e.Stdout, failed: cancel} // nobody needs the rest
	e.Stdout = out
	status := run(ctx, e)
	switch err := out.failure(); {
	case err == nil || status == report.ExitUsage:
		return status
	case errors.Is(err, syscall.EPIPE):
		return exitSignal + int(syscall.SIGPIPE)
	default:
		fmt.Fprintf(e.Stderr, "postern: write the answer: %v\n", err)
		return report.ExitFailed
	}
}

func run(ctx context.Context, e Env) int {
	root := newRoot(e)
	root.SetArgs(e.Args)
	root.SetIn(e.Stdin)
	root.SetOut(e.Stdout)
	root.SetErr(e.Stderr)
	err := root.ExecuteContext(ctx)

	var s status
	switch {
	case errors.As(err, &s): // the command has said all there is to say
		return int(s)
	case e.Stdout.(*output).failure() != nil: // Main says it
		return report.ExitFailed
	case ctx.Err() != nil:
		fmt.Fprintln(e.Stderr, "postern: interrupted")
		return report.ExitInterrupted
	case err != nil:
		return complain(e.Stderr, err)
	}
	return report.ExitOK
}

func newRoot(e Env) *cobra.Command {
	root := &cobra.Command{
		Use:   "postern",
		Short: "private access to the API servers of many private Kubernetes clusters",
		Long: `Postern gives the tools in one network private access to the API servers of
many private Kubernetes clusters, across AWS accounts and regions.

To see it work, without an AWS account: postern lab demo`,
		Example: `  postern lab demo
  postern sync --region us-east-1 --dry-run
  postern sync --config postern.yaml --output json`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	group(root)
	root.SetFlagErrorFunc(flagError)
	root.SetUsageTemplate(usageTemplate)
	root.AddCommand(newSync(e), newKubeconfig(e), newStatus(e), newTrace(e), newInventory(e), newGraph(e), newToken(e), newUnlink(e), newVersion(e), newLab(e), newExitCodes(), newEnvironment())
	root.SetHelpCommand(newHelp())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	completion := child(root, "completion")
	completion.Short = "write a shell's completion script"
	completion.Example = "  source <(postern completion bash)"
	group(completion)
	return root
}

// group makes c a command that only has subcommands: alone it prints its help,
// and a word that is none of them is a usage error.
func group(c *cobra.Command) {
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(c, args[0])
		}
		return c.Help()
	}
}
