package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"postern/internal/lab"
)

func newLab(e Env) *cobra.Command {
	c := &cobra.Command{
		Use:   "lab",
		Short: "an AWS in one process, to try Postern and to test with",
		Long: `The lab serves the parts of AWS that Postern touches, over AWS's own wire
protocols, on one loopback port: accounts, clusters whose addresses move,
load balancers, DNS, and faults. Its networks carry real connections, to API
servers that kubectl can talk to. It needs no AWS account and touches none.`,
		Example: `  postern lab demo
  postern lab up
  postern lab exec -- postern sync
  postern lab exec -- kubectl get namespaces
  postern lab exec --account 222222222222 -- aws eks list-clusters`,
	}
	group(c)
	c.AddCommand(newLabUp(e), newLabDemo(e), newLabExec(e), newLabFault(e), newLabMove(e), newLabTraffic(e), newLabKubeconfig(e), newLabState(e))
	return c
}

// Defaults of a lab that this program starts.
const (
	labSpeed = 60 // a minute of AWS's is a second
	labSeed  = 1
)

// startedLab is a lab of this process.
type startedLab struct {
	*lab.Lab
	client *lab.Client
	cancel context.CancelFunc
	done   chan error // has one element when the lab has ended
}

// startLab runs a lab until stop is called, also beyond the end of ctx: who
// works in it ends first.
func startLab(ctx context.Context, o lab.Options) (*startedLab, error) {
	l, err := lab.New(o)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &startedLab{
		Lab:    l,
		client: &lab.Client{URL: l.URL(), Token: l.Token()},
		cancel: cancel,
		done:   make(chan error, 1),
	}
	go func() { s.done <- l.Run(ctx) }()
	select {
	case <-l.Ready():
		return s, nil
	case err := <-s.done:
		cancel()
		return nil, fmt.Errorf("start lab: %w", err)
	}
}

// stop ends the lab and waits until nothing of it is left.
func (s *startedLab) stop() error {
	s.cancel()
	return <-s.done
}

// holdSignals keeps further signals from ending the program before what it made
// is taken away again: the first one has ended the context already.
func holdSignals() (all <-chan os.Signal, release func()) {
	c := make(chan os.Signal, 8)
	signal.Notify(c, signals...)
	return c, func() { signal.Stop(c) }
}

// findLab returns the running lab. A variable that cannot name one is a usage
// error.
func findLab(c *cobra.Command, e Env) (*lab.Client, error) {
	client, err := lab.Find(e.Getenv)
	if wrong, ok := errors.AsType[*lab.AddressError](err); ok {
		return nil, usage(c, "%w", wrong)
	}
	return client, err
}

// answersWithin is how long a lab on this machine may take to answer before it
// counts as dead.
const answersWithin = 5 * time.Second

// runningLab returns the lab that this environment names or, if it names none,
// one of this user's on the default port; nil if none runs there.
func runningLab(c *cobra.Command, e Env) (*lab.Client, *lab.State, error) {
	named := e.Getenv(lab.EnvURL) != ""
	client, err := findLab(c, e)
	if err != nil {
		if named {
			return nil, nil, err
		}
		return nil, nil, nil
	}
	bounded, cancel := context.WithTimeout(c.Context(), answersWithin)
	defer cancel()
	state, err := client.State(bounded)
	switch {
	case err == nil:
		return client, state, nil
	case named:
		return nil, nil, withHint(err, "start a lab with `postern lab up`, or unset %s", lab.EnvURL)
	case bounded.Err() != nil:
		return nil, nil, withHint(err, "the lab on the default port does not answer: end it, or name another with %s", lab.EnvURL)
	}
	return nil, nil, nil // nobody, or something else than the lab that was announced
}

// gone reports that nobody listens where a lab once was.
func gone(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// labError turns what the lab refused because of what was asked into a usage
// error. A refused token is none, nor is what can be done a moment later.
func labError(c *cobra.Command, err error) error {
	if s, ok := errors.AsType[*lab.StatusError](err); ok && s.Status/100 == 4 && s.Status != http.StatusForbidden && s.Status != http.StatusConflict {
		return usage(c, "%w", err)
	}
	if gone(err) {
		return withHint(err, "that lab has ended; start one with `postern lab up`")
	}
	return err
}

// labFile is a temporary file for one command in the lab.
func labFile(text []byte) (name string, remove func(), err error) {
	f, err := os.CreateTemp("", "postern-lab-*.yaml")
	if err != nil {
		return "", nil, fmt.Errorf("write configuration: %w", err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(f.Name())
		return "", nil, fmt.Errorf("write configuration: %w", err)
	}
	return f.Name(), func() { os.Remove(f.Name()) }, nil
}

// labEnviron is the environment of a command that works in the lab: this
// process's, without what leads AWS's and Postern's own programs elsewhere, and
// the lab's on top. A variable that the lab gives no value is taken away: some
// programs take an empty one for a setting.
func labEnviron(environ, ofLab []string) []string {
	keep := []string{"AWS_PAGER", "AWS_DEFAULT_OUTPUT", "POSTERN_OUTPUT", "POSTERN_LOG_LEVEL"}
	kept := map[string]bool{}
	for _, k := range keep {
		kept[k] = true
	}
	values := map[string]string{}
	var order []string
	put := func(kv string) {
		k, v, _ := strings.Cut(kv, "=")
		if _, there := values[k]; !there {
			order = append(order, k)
		}
		values[k] = v
	}
	for _, kv := range environ {
		k, _, _ := strings.Cut(kv, "=")
		if !kept[k] && (strings.HasPrefix(k, "AWS_") || strings.HasPrefix(k, "POSTERN_")) {
			continue
		}
		put(kv)
	}
	for _, k := range []string{"NO_PROXY", "no_proxy"} { // the lab is on this machine
		put(k + "=" + strings.TrimPrefix(values[k]+",127.0.0.1,localhost", ","))
	}
	for _, kv := range ofLab {
		put(kv)
	}
	var out []string
	for _, k := range order {
		if v := values[k]; v != "" {
			out = append(out, k+"="+v)
		}
	}
	return out
}
