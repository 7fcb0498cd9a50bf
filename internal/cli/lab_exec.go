package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"postern/internal/lab"
	"postern/internal/plan"
	"postern/internal/report"
)

// Exit statuses of shells for a command that could not be run.
const (
	exitNotRunnable = 126
	exitNotFound    = 127
	exitSignal      = 128 // and the signal's number
)

func newLabExec(e Env) *cobra.Command {
	var account, region string
	c := &cobra.Command{
		Use:   "exec [--account N] [--region R] -- CMD [ARG]...",
		Short: "run a command in the lab",
		Long: `Exec runs CMD with the environment of the running lab: endpoint, keys, region,
resolver, configuration, proxy and kubeconfig. If no lab runs, one is started for the time of
CMD. The exit status is CMD's.`,
		Example: `  postern lab exec -- postern sync
  postern lab exec -- kubectl --context 222222222222/us-east-1/prod get namespaces
  postern lab exec -- aws elbv2 describe-target-groups
  postern lab exec --account 222222222222 --region eu-west-1 -- aws eks describe-cluster --name payments
  postern lab exec -- sh`,
		DisableFlagsInUseLine: true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(c, "there is no command to run; write it after --, as in: postern lab exec -- postern sync")
			}
			return nil
		},
	}
	c.Flags().SetInterspersed(false)
	c.Flags().StringVar(&account, "account", "", "account `N` whose keys CMD gets; none: the hub's")
	c.Flags().StringVar(&region, "region", "", "region `R` that CMD works in; none: the hub's")
	c.RunE = func(c *cobra.Command, args []string) error {
		if account != "" && !plan.ValidAccount(account) {
			return usage(c, "--account: %q is not an account number; it has twelve digits", account)
		}
		if region != "" && !plan.ValidRegion(region) {
			return usage(c, "--region: %q is not the name of a region; write it like us-east-1", region)
		}
		return labExec(c, e, account, region, args)
	}
	return c
}

func labExec(c *cobra.Command, e Env, account, region string, args []string) (err error) {
	ctx := c.Context()
	signals, release := holdSignals()
	defer release()
	client, state, err := runningLab(c, e)
	if err != nil {
		return err
	}
	if client == nil {
		l, err := startLab(ctx, lab.Options{Address: "127.0.0.1:0", DataPlane: true, Speed: labSpeed, Seed: labSeed, Strict: true})
		if err != nil {
			return err
		}
		defer func() {
			if stopped := l.stop(); stopped != nil {
				fmt.Fprintf(e.Stderr, "postern: %v\n", stopped)
			}
		}()
		client = l.client
		if state, err = client.State(ctx); err != nil {
			return err
		}
	}
	environ, remove, err := inLab(e, client, state, account, region)
	if err != nil {
		return usage(c, "%w", err)
	}
	defer remove()
	return runInLab(ctx, e, environ, args, signals)
}

// inLab returns the environment of a command in the lab, and what takes its
// configuration away again.
func inLab(e Env, client *lab.Client, state *lab.State, account, region string) (environ []string, remove func(), err error) {
	if account == "" {
		account = hubAccount(state)
	}
	name, remove, err := labFile(lab.Config(state, account))
	if err != nil {
		return nil, nil, err
	}
	ofLab, err := lab.Env(state, client.Token, account, region, name)
	if err == nil && state.Proxy != "" {
		var text []byte
		if text, err = lab.Kubeconfig(state, e.Self, account); err == nil {
			removeFirst := remove
			var file string
			var removeSecond func()
			if file, removeSecond, err = labFile(text); err == nil {
				remove = func() { removeFirst(); removeSecond() }
				ofLab = append(ofLab, "KUBECONFIG="+file)
			}
		}
	}
	if err != nil {
		remove()
		return nil, nil, err
	}
	return labEnviron(e.Environ, ofLab), remove, nil
}

// interruptGrace is how long a command has to end by itself after an
// interrupt, which a terminal sends to it too, before it is told to.
const interruptGrace = 2 * time.Second

// runInLab runs a command and ends with its status. A second interrupt kills it.
func runInLab(ctx context.Context, e Env, environ, args []string, signals <-chan os.Signal) error {
	path, failed := lookUp(e, args[0])
	if failed != 0 {
		return exit(failed)
	}
	// The lab ends when the command does, not when this process is interrupted.
	cmd := exec.CommandContext(ctx, path, args[1:]...)
	cmd.Args[0] = args[0]
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = environ, e.Stdin, inherited(e.Stdout), e.Stderr
	var told *time.Timer
	cmd.Cancel = func() error {
		told = time.AfterFunc(interruptGrace, func() { cmd.Process.Signal(syscall.SIGTERM) })
		return os.ErrProcessDone // a command that ends well in time has ended well
	}
	cmd.WaitDelay = 2 * interruptGrace
	if err := cmd.Start(); err != nil {
		return ranStatus(e, args[0], err)
	}
	ended := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() { killAtSecond(cmd.Process, signals, ended) })
	err := cmd.Wait()
	close(ended)
	watching.Wait()
	if told != nil {
		told.Stop()
	}
	if err == nil {
		return status(report.ExitOK) // its own, also where it was interrupted
	}
	return ranStatus(e, args[0], err)
}

// killAtSecond kills a process at the second request to end.
func killAtSecond(p *os.Process, signals <-chan os.Signal, ended <-chan struct{}) {
	for n := 0; n < 2; {
		select {
		case <-ended:
			return
		case <-signals:
			n++
		}
	}
	p.Kill() // it may be gone already
}

// ranStatus turns how a command ended into this program's exit status.
func ranStatus(e Env, name string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	ended, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		fmt.Fprintf(e.Stderr, "postern: run %s: %v\n", name, err)
		return status(exitNotRunnable)
	}
	if ws, ok := ended.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return status(exitSignal + int(ws.Signal()))
	}
	return exit(ended.ExitCode())
}

// lookUp finds the program of a command. Postern finds itself where it is not
// on the search path.
func lookUp(e Env, name string) (path string, status int) {
	path, err := exec.LookPath(name)
	if err == nil || errors.Is(err, exec.ErrDot) {
		return path, 0
	}
	if name == "postern" && e.Self != "" {
		return e.Self, 0
	}
	cause := err
	if x, ok := errors.AsType[*exec.Error](err); ok {
		cause = x.Err
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EISDIR) {
		fmt.Fprintf(e.Stderr, "postern: run %s: %v\n", name, cause)
		return "", exitNotRunnable
	}
	where := "on the search path"
	if strings.ContainsRune(name, filepath.Separator) {
		where = "there"
	}
	fmt.Fprintf(e.Stderr, "postern: run %s: no such command %s\n", name, where)
	return "", exitNotFound
}
