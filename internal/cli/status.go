package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"postern/internal/assemble"
	"postern/internal/config"
	"postern/internal/plan"
	"postern/internal/report"
	"postern/internal/telemetry"
	"postern/internal/trace"
)

// Bounds of the time between two looks of status --watch: a look at a large
// fleet takes seconds, and the calls of all who look count together.
const (
	statusEvery    = 10 * time.Second
	statusEveryMin = time.Second
)

func newStatus(e Env) *cobra.Command {
	o := statusOptions{interval: statusEvery}
	c := &cobra.Command{
		Use:   "status [CLUSTER]...",
		Short: "show how the path to each cluster stands",
		Long: `Status looks once at every link of the scopes, end to end, and prints a row a
cluster with one word and the reason: ok, degraded (it works, or in part, and
something is wrong), broken (no connection gets through), unlinked (the cluster
has no link) or unknown (nothing wrong was found, and not all could be looked
at). Below stand what belongs to nothing, what could not be checked, with the
permission that is missing, and quotas that are close to their limit.

It reads only. The hub's side is looked at where the configuration file names a
hub. "postern trace CLUSTER" looks at one path more closely, and says what
repairs it.

CLUSTER narrows it to some clusters: name, region/name, account/region/name or
the cluster's ARN.

The exit status is 3 if something is not healthy, and 1 if a scope or a cluster
could not be looked at, or no link at all is found.`,
		Example: `  postern status --config postern.yaml
  postern status --region us-east-1 --wide
  postern status --config postern.yaml --watch
  postern status --config postern.yaml eu-west-1/payments --output json`,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	flags := addSettings(c, settings("regions", "roleArn", "externalId", "profile", "output", "logLevel", "clusterTag", "apiShare", "timeout"))
	flags.addFile(c)
	flags.lookOnce(c, &o.watch)
	c.Flags().BoolVar(&o.wide, "wide", false, "show the objects of each path besides")
	c.Flags().BoolVar(&o.watch, "watch", false, "go on until interrupted: redrawn in place on a terminal, elsewhere a line for each change")
	c.Flags().DurationVar(&o.interval, "interval", statusEvery, "with --watch: `DURATION` between two looks")
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := flags.load(c, e)
		if err != nil {
			return err
		}
		if o.interval < statusEveryMin {
			return usage(c, "--interval: %s is too short; give %s or more", o.interval, statusEveryMin)
		}
		if o.asked, err = patterns(c, args); err != nil {
			return err
		}
		return runStatus(c, e, cfg, o)
	}
	return c
}

type statusOptions struct {
	wide, watch bool
	interval    time.Duration
	asked       []plan.Pattern
	calls       func() map[string]int
}

func runStatus(c *cobra.Command, e Env, cfg config.Config, o statusOptions) error {
	cfg.Witnesses = nil // no name is looked up
	p, err := assemble.New(c.Context(), cfg, telemetry.Logger(e.Stderr, cfg.LogLevel, e.StderrTTY))
	if err != nil {
		return assembleError(c, err)
	}
	o.calls = p.Calls
	chosen := clusterChoice{asked: o.asked}
	look := func(ctx context.Context) (report.Status, error) { return lookAtFleet(ctx, c, p, cfg, &chosen) }
	if o.watch {
		return watchStatus(c, e, cfg, o, look)
	}
	stop := progress(c.Context(), e, "status", o.calls)
	doc, err := look(c.Context())
	stop()
	switch {
	case c.Context().Err() != nil: // what is there was cut off, and says nothing
		return c.Context().Err()
	case err != nil:
		return err
	case cfg.Output == config.OutputJSON:
		err = report.WriteJSON(e.Stdout, doc, false)
	default:
		err = report.WriteStatus(e.Stdout, doc, report.TextOptions{TTY: e.StdoutTTY, Colour: e.colour(e.StdoutTTY), Wide: o.wide, Width: width(e)})
	}
	if err != nil {
		return err
	}
	if len(o.asked) == 0 && doc.Summary.Linked() == 0 {
		fmt.Fprintln(e.Stderr, "postern: no link is found")
	}
	return exit(report.StatusExit(doc, len(o.asked) > 0))
}

// lookAtFleet makes one document.
func lookAtFleet(ctx context.Context, c *cobra.Command, p *assemble.Process, cfg config.Config, chosen *clusterChoice) (report.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, cfg.Timeout)
	defer cancel()
	s, err := p.Snapshot(ctx, cfg, chosen.asked, false)
	if err != nil {
		return report.Status{}, assembleError(c, err)
	}
	refs, err := chosen.in(c, s)
	if err != nil {
		return report.Status{}, err
	}
	var paths []trace.Path
	for _, r := range refs {
		paths = append(paths, trace.Walk(s, r, trace.Options{}))
	}
	return report.NewStatus(s, paths, len(chosen.asked) == 0, time.Since(s.At)), nil
}

// terminal returns the size of the terminal that w writes to; zeros: it is none.
func terminal(w io.Writer) (width, height int) {
	f, ok := inherited(w).(*os.File)
	if !ok {
		return 0, 0
	}
	width, height, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0, 0
	}
	return width, height
}

// width is the width of the answer's terminal; 0: it is none.
func width(e Env) int {
	if !e.StdoutTTY {
		return 0
	}
	w, _ := terminal(e.Stdout)
	return w
}
