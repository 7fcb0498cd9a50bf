package cli

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/spf13/cobra"

	"postern/internal/awsapi"
	"postern/internal/config"
	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
	"postern/internal/resolve"
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
	stop := progress(ctx, e, engine.Calls)
	doc, err := engine.Pass(ctx, asked)
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
	base, err := ambient(c.Context(), cfg)
	if err != nil {
		return nil, &usageError{err: err, help: c.CommandPath()}
	}
	cloud := awsapi.New(base, awsapi.Options{APIShare: cfg.APIShare, Logger: log})
	scopes, hubs := scopesOf(cfg, plan.Region(base.Region))
	if len(scopes) == 0 {
		return nil, usage(c, "no region to work in; set --region or AWS_REGION, or name scopes in a configuration file")
	}
	resolver, err := newResolver(cfg, log)
	if err != nil {
		return nil, usage(c, "%w; name a server with --resolver", err)
	}
	engine := &reconcile.Engine{
		Resolver: resolver,
		Settings: reconcile.Settings{
			Policy:        cfg.Policy(),
			ClusterTag:    cfg.ClusterTag,
			Witnesses:     cfg.Witnesses,
			DryRun:        cfg.DryRun,
			Expect:        cfg.Expect,
			AllowEmpty:    cfg.AllowEmpty,
			MarksInMemory: cfg.Marks == config.MarksMemory,
			Concurrency:   cfg.Concurrency,
		},
		Calls:  cloud.Calls,
		Logger: log,
	}
	for _, s := range scopes {
		engine.Scopes = append(engine.Scopes, reconcile.Scope{Account: s.Account, Region: s.Region, Cloud: cloud.Scope(s)})
	}
	for _, s := range hubs {
		engine.Hubs = append(engine.Hubs, reconcile.Scope{Account: s.Account, Region: s.Region, Cloud: cloud.Scope(s)})
	}
	return engine, nil
}

// ambient returns what the SDK's own variables and files say.
func ambient(ctx context.Context, cfg config.Config) (aws.Config, error) {
	var options []func(*awsconfig.LoadOptions) error
	if cfg.Profile != "" {
		options = append(options, awsconfig.WithSharedConfigProfile(cfg.Profile))
	}
	return awsconfig.LoadDefaultConfig(ctx, options...)
}

// scopesOf returns the accounts and regions to work in, and those whose
// interface endpoints are the hub's: each in the ambient account's region if
// the configuration names none.
func scopesOf(cfg config.Config, ambient plan.Region) (scopes, hubs []awsapi.ScopeConfig) {
	for _, s := range cfg.Scopes {
		for _, region := range s.Regions {
			scopes = append(scopes, awsapi.ScopeConfig{Account: s.Account, Region: region, RoleARN: s.RoleARN, ExternalID: s.ExternalID})
		}
	}
	if len(cfg.Scopes) == 0 {
		regions := cfg.Regions
		if len(regions) == 0 && ambient != "" {
			regions = []plan.Region{ambient}
		}
		for _, region := range regions {
			scopes = append(scopes, awsapi.ScopeConfig{Region: region, RoleARN: cfg.RoleARN, ExternalID: cfg.ExternalID})
		}
	}
	if cfg.Hub == nil {
		return scopes, nil
	}
	regions := []plan.Region{cfg.Hub.Region}
	for _, s := range scopes {
		regions = append(regions, s.Region)
	}
	slices.Sort(regions)
	for _, region := range slices.Compact(regions) {
		hubs = append(hubs, awsapi.ScopeConfig{Account: cfg.Hub.Account, Region: region})
	}
	return scopes, hubs
}

// newResolver returns the DNS witness, with the system's servers if none are
// configured.
func newResolver(cfg config.Config, log *slog.Logger) (*resolve.Resolver, error) {
	r := &resolve.Resolver{Logger: log}
	for _, text := range cfg.Resolvers {
		s, err := resolve.ParseServer(text)
		if err != nil {
			return nil, err
		}
		r.Servers = append(r.Servers, s)
	}
	if len(r.Servers) > 0 || !slices.Contains(cfg.Witnesses, plan.DNS) {
		return r, nil
	}
	var err error
	r.Servers, err = resolve.System()
	return r, err
}
