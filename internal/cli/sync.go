package cli

import (
	"context"
	"errors"
	"log/slog"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/spf13/cobra"

	"postern/internal/assemble"
	"postern/internal/config"
	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
	"postern/internal/telemetry"
)

func newSync(e Env) *cobra.Command {
	c := &cobra.Command{
		Use:   "sync [CLUSTER]...",
		Short: "make each load balancer's targets the addresses that its cluster has now",
		Long: `Sync looks at every link of the scopes once: the target groups tagged
postern:cluster. It registers the addresses that the cluster's endpoint has
now, and deregisters those that no witness has named for the grace period.
With --watch it goes on doing so until it is interrupted.

CLUSTER narrows the pass to some clusters: name, region/name,
account/region/name or the cluster's ARN.`,
		Example: `  postern sync --region us-east-1 --dry-run
  postern sync --config postern.yaml
  postern sync --config postern.yaml eu-west-1/payments --output json
  postern sync --region us-east-1 --resolver 10.100.0.2:53 --expect 12
  postern sync --config postern.yaml --watch`,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	flags := addSettings(c, config.Settings())
	flags.addFile(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := flags.load(c, e)
		if err != nil {
			return err
		}
		asked, err := patterns(c, args)
		if err != nil {
			return err
		}
		return runSync(c, e, cfg, asked)
	}
	return c
}

func patterns(c *cobra.Command, args []string) ([]plan.Pattern, error) {
	var all []plan.Pattern
	for _, arg := range args {
		p, err := plan.ParsePattern(arg)
		if err != nil {
			return nil, usage(c, "%w", err)
		}
		all = append(all, p)
	}
	return all, nil
}

// runSync makes one pass and prints its report, or watches.
func runSync(c *cobra.Command, e Env, cfg config.Config, asked []plan.Pattern) error {
	ctx := c.Context()
	log := telemetry.Logger(e.Stderr, cfg.LogLevel, e.StderrTTY)
	engine, err := newEngine(c, cfg, log)
	if err != nil {
		return err
	}
	if cfg.Watch {
		return watch(c, e, cfg, engine, asked)
	}
	bounded, cancel := context.WithTimeout(ctx, cfg.Timeout)
	defer cancel()
	stop := progress(bounded, e, "sync", engine.Calls)
	doc, err := engine.Pass(bounded, asked)
	stop()
	if err != nil {
		return passError(c, err)
	}
	if err := writeSync(e, cfg, doc); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return status(report.ExitInterrupted)
	}
	return exit(report.Exit(doc, report.ExitOptions{AllowEmpty: cfg.AllowEmpty}))
}

// passError makes an ambiguous reference the usage error that it is.
func passError(c *cobra.Command, err error) error {
	if ambiguous, ok := errors.AsType[*reconcile.AmbiguousError](err); ok {
		return usage(c, "%w; name one of them", ambiguous)
	}
	return err
}

func writeSync(e Env, cfg config.Config, doc report.Sync) error {
	if cfg.Output == config.OutputJSON {
		return report.WriteJSON(e.Stdout, doc, false)
	}
	return report.WriteText(e.Stdout, doc, report.TextOptions{TTY: e.StdoutTTY, Colour: e.colour(e.StdoutTTY)})
}

// newEngine puts together what one process needs to make passes.
func newEngine(c *cobra.Command, cfg config.Config, log *slog.Logger) (*reconcile.Engine, error) {
	p, err := assemble.New(c.Context(), cfg, log)
	if err == nil {
		var e *reconcile.Engine
		if e, err = p.Engine(cfg); err == nil {
			e.Logger = log
			return e, nil
		}
	}
	return nil, assembleError(c, err)
}

// assembleError makes what is wrong with the settings the usage error that it
// is. A fault is none.
func assembleError(c *cobra.Command, err error) error {
	if _, fault := errors.AsType[*plan.Fault](err); fault {
		return err
	}
	switch {
	case errors.Is(err, assemble.ErrResolvers):
		return usage(c, "%w; name a server with --resolver", err)
	case errors.Is(err, assemble.ErrNoRegion):
		return usage(c, "%w; set --region or AWS_REGION, or name scopes in a configuration file", err)
	}
	if _, missing := errors.AsType[awsconfig.SharedConfigProfileNotExistError](err); missing {
		return usage(c, "%w; name a profile of the AWS configuration files with --profile or AWS_PROFILE", err)
	}
	return &usageError{err: err, help: c.CommandPath()}
}
