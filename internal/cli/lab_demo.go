package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/spf13/cobra"

	"postern/internal/lab"
	"postern/internal/lab/traffic"
	"postern/internal/report"
)

func newLabDemo(e Env) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "watch sync keep clusters reachable while their addresses move, in under a minute",
		Long: `Demo starts a lab in this process and runs the real postern sync in it, step by
step: it registers the clusters' addresses, sends requests all the way from the
hub to their API servers, and goes on doing so while control planes move and
while DNS is broken. Each step is checked against what the lab knows to be true;
the exit status is 0 only if every one held.`,
		Example: `  postern lab demo`,
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return labDemo(c.Context(), e)
		},
	}
}

// demo is one showing: the lab, and the commands that are run in it.
type demo struct {
	*narrator
	env     Env
	client  *lab.Client
	environ []string // of the commands in the lab

	host    string           // the hub's, from which all connections come
	dial    dialFunc         // connects from there
	targets []traffic.Target // the clusters
	load    *load            // nil before it begins
	moved   map[string]lab.Moved
}

type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// errNotHeld ends a showing at the first check that failed; the narrator has
// said which.
var errNotHeld = errors.New("a check did not hold")

// labDemo shows the whole story.
func labDemo(ctx context.Context, e Env) error {
	_, release := holdSignals()
	defer release()
	l, err := startLab(ctx, lab.Options{Address: "127.0.0.1:0", DataPlane: true, Speed: labSpeed, Seed: labSeed, Strict: true})
	if err != nil {
		return err
	}
	err = inDemo(ctx, e, l)
	if stopped := l.stop(); err == nil {
		err = stopped
	}
	if errors.Is(err, errNotHeld) {
		return status(report.ExitFailed)
	}
	return err
}

func inDemo(ctx context.Context, e Env, l *startedLab) error {
	s, err := l.client.State(ctx)
	if err != nil {
		return err
	}
	environ, remove, err := inLab(e, l.client, s, "", "")
	if err != nil {
		return err
	}
	defer remove()
	d := &demo{
		narrator: &narrator{w: e.Stdout, tty: e.StdoutTTY, colour: e.colour(e.StdoutTTY), began: time.Now()},
		env:      e, client: l.client, environ: environ,
		host: s.Hub.Host, dial: traffic.ProxyDial(s.Proxy), moved: map[string]lab.Moved{},
	}
	if d.targets, err = targets(e, s, nil); err == nil {
		err = sign(ctx, d.targets)
	}
	if err != nil {
		return err
	}
	defer func() { d.load.stop() }()
	d.title(fmt.Sprintf("Postern, shown on an AWS in this process that is %d times faster than the real one.", labSpeed),
		"Nothing leaves this machine, and no AWS account is needed.")
	for i, step := range []struct {
		heading string
		show    func(context.Context) error
	}{
		{"The world: private clusters that the hub cannot reach directly", d.world},
		{"Sync registers every cluster's addresses", d.register},
		{"Requests go the whole way", d.way},
		{"A cluster's control plane moves under load, and sync follows", d.follow},
		{"DNS breaks for sync while another cluster moves: nothing is lost", d.breakDNS},
		{"What the clients met meanwhile", d.met},
		{"Somebody takes a route away, and trace says which", d.takeRoute},
	} {
		d.heading(i+1, step.heading)
		if err := step.show(ctx); err != nil {
			if ctx.Err() != nil { // what a check saw then means nothing
				return ctx.Err()
			}
			return err
		}
	}
	d.close(e.called())
	return nil
}
