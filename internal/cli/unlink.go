package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"postern/internal/assemble"
	"postern/internal/config"
	"postern/internal/plan"
	"postern/internal/report"
	"postern/internal/telemetry"
)

// unlinkPoll is how often unlink looks whether connections have ended.
const unlinkPoll = 2 * time.Second

func newUnlink(e Env) *cobra.Command {
	yes := false
	c := &cobra.Command{
		Use:   "unlink CLUSTER",
		Short: "reject the connections to a cluster's endpoint service, so that it can be deleted",
		Long: `Unlink cuts a cluster off from every hub: it lists the interface endpoints that
are connected to the cluster's endpoint service, rejects them, and waits until
none is left that keeps the service from being deleted. It deletes nothing.
What the hub's tools have open through those endpoints breaks at once.

It is for a cluster's side that is destroyed before the hub's. It asks first;
a script says --yes. It runs with rights in the cluster's account.

CLUSTER is name, region/name, account/region/name or the cluster's ARN.`,
		Example: `  postern unlink us-east-1/prod --dry-run
  postern unlink 222222222222/us-east-1/prod --config postern.yaml
  postern unlink us-east-1/prod --yes --timeout 5m`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(c, "%d clusters are named; name one, as in: postern unlink us-east-1/prod", len(args))
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	flags := addSettings(c, settings("regions", "roleArn", "externalId", "profile", "clusterTag", "dryRun", "timeout", "logLevel"))
	flags.addFile(c)
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := flags.load(c, e)
		if err != nil {
			return err
		}
		asked, err := plan.ParsePattern(args[0])
		if err != nil {
			return usage(c, "%w", err)
		}
		cfg.Witnesses = nil // no name is looked up
		return runUnlink(c, e, cfg, asked, yes)
	}
	return c
}

// linked is an endpoint service with the view that it was found in.
type linked struct {
	assemble.Service
	view *assemble.Services
}

func runUnlink(c *cobra.Command, e Env, cfg config.Config, asked plan.Pattern, yes bool) error {
	p, err := assemble.New(c.Context(), cfg, telemetry.Logger(e.Stderr, cfg.LogLevel, e.StderrTTY))
	var views []*assemble.Services
	if err == nil {
		views, err = p.Services(cfg)
	}
	if err != nil {
		return assembleError(c, err)
	}
	ctx, cancel := context.WithTimeout(c.Context(), cfg.Timeout)
	defer cancel()
	services, err := findServices(ctx, c, views, asked, cfg.ClusterTag)
	if err != nil {
		return faultError(err)
	}
	left := 0
	for _, s := range services {
		if s.ID == "" {
			fmt.Fprintf(e.Stdout, "%s: no endpoint service offers its load balancer, so that nothing keeps it\n", s.Cluster)
			continue
		}
		holding, err := holders(ctx, s)
		if err != nil {
			return faultError(err)
		}
		if len(holding) == 0 {
			fmt.Fprintf(e.Stdout, "%s: %s has no connection and can be deleted\n", s.Cluster, s.ID)
			continue
		}
		left += len(holding)
		if err := writeConnections(e.Stdout, s, holding); err != nil {
			return err
		}
		if cfg.DryRun {
			continue
		}
		if !yes {
			if err := confirm(c, e, s, len(holding)); err != nil {
				return err
			}
		}
		if err := unlink(ctx, s, holding); err != nil {
			return faultError(err)
		}
		fmt.Fprintf(e.Stdout, "%s: %s has no connection any more and can be deleted\n", s.Cluster, s.ID)
	}
	if cfg.DryRun && left > 0 {
		fmt.Fprintln(e.Stdout, "dry run, nothing is rejected")
		return exit(report.ExitDifference)
	}
	return nil
}

// faultError gives an error of AWS the hint that it has.
func faultError(err error) error {
	if f, ok := errors.AsType[*plan.Fault](err); ok && f.Hint != "" {
		return withHint(err, "%s", f.Hint)
	}
	return err
}

// findServices returns the services of the one cluster that is asked for.
func findServices(ctx context.Context, c *cobra.Command, views []*assemble.Services, asked plan.Pattern, clusterTag string) ([]linked, error) {
	var all []linked
	var refs []string
	for _, v := range views {
		found, err := v.Find(ctx, asked, clusterTag)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			if len(refs) == 0 || refs[len(refs)-1] != s.Cluster.String() {
				refs = append(refs, s.Cluster.String())
			}
			all = append(all, linked{s, v})
		}
	}
	switch len(refs) {
	case 0:
		return nil, usage(c, "no link of a cluster %s is found; name another region or account: a link is found by the tag %s on its target group or load balancer", asked, clusterTag)
	case 1:
		return all, nil
	}
	return nil, usage(c, "%s is several clusters: %s; name one of them", asked, strings.Join(refs, ", "))
}

// holders returns the connections that keep a service from being deleted.
func holders(ctx context.Context, s linked) ([]assemble.Connection, error) {
	all, err := s.view.Connections(ctx, s.ID)
	var out []assemble.Connection
	for _, c := range all {
		if c.Holds() {
			out = append(out, c)
		}
	}
	return out, err
}

func writeConnections(w io.Writer, s linked, connections []assemble.Connection) error {
	fmt.Fprintf(w, "%s: %s (%s)\n", s.Cluster, s.ID, s.Name)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range connections {
		region := c.Region
		if region == "" {
			region = string(s.Cluster.Region)
		}
		fmt.Fprintf(tw, "  %s\tof %s in %s\t%s\n", c.Endpoint, c.Owner, region, c.State)
	}
	return tw.Flush()
}

// confirm asks at a terminal. Elsewhere nobody is there to be asked.
func confirm(c *cobra.Command, e Env, s linked, n int) error {
	in, ok := e.Stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return usage(c, "nothing is rejected without a yes, and standard input is no terminal: add --yes, or --dry-run to look only")
	}
	fmt.Fprintf(e.Stderr, "Reject %s of %s? What is open through them breaks. [y/N] ", count(n, "connection"), s.Cluster)
	answers := make(chan string, 1)
	go func() { // ends with the input, or the process
		line, _ := bufio.NewReader(in).ReadString('\n')
		answers <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-c.Context().Done():
		return c.Context().Err()
	case answer := <-answers:
		if answer == "y" || answer == "yes" {
			return nil
		}
	}
	fmt.Fprintln(e.Stderr, "postern: nothing is rejected")
	return exit(report.ExitHeld)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// unlink rejects connections and waits until the service has none that keeps
// it. One that comes meanwhile is rejected too.
func unlink(ctx context.Context, s linked, holding []assemble.Connection) error {
	rejected := map[string]bool{}
	for len(holding) > 0 {
		var ids []string
		for _, c := range holding {
			if !rejected[c.Endpoint] {
				ids = append(ids, c.Endpoint)
				rejected[c.Endpoint] = true
			}
		}
		if len(ids) > 0 {
			if err := s.view.Reject(ctx, s.ID, ids); err != nil {
				return err
			}
		} else {
			timer := time.NewTimer(unlinkPoll)
			select {
			case <-timer.C:
			case <-ctx.Done():
				timer.Stop()
				return withHint(fmt.Errorf("wait for %s to have no connection: %w", s.ID, ctx.Err()), "%s still holds it in state %s; run it again, or give it more --timeout", holding[0].Endpoint, holding[0].State)
			}
		}
		var err error
		if holding, err = holders(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
