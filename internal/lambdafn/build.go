package lambdafn

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"

	"postern/internal/awsapi"
	"postern/internal/config"
	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
	"postern/internal/resolve"
	"postern/internal/telemetry"
)

// Env is what the function needs of its process.
type Env struct {
	Getenv   func(string) string
	ReadFile func(string) ([]byte, error) // reads the file that POSTERN_CONFIG names
	Stdout   io.Writer                    // metrics
	Stderr   io.Writer                    // log
}

// System returns the process's own environment.
func System() Env {
	return Env{Getenv: os.Getenv, ReadFile: os.ReadFile, Stdout: os.Stdout, Stderr: os.Stderr}
}

// logLevel is the setting whose default is another one here: a function has no
// terminal, and its log is the only record of what was done.
const logLevel = "logLevel"

// load reads the settings from the environment, and from the file that it
// names, if it does.
func load(e Env) (config.Config, error) {
	cfg, err := config.Load(config.Sources{Getenv: e.Getenv, ReadFile: e.ReadFile})
	if err != nil {
		return config.Config{}, &FailedError{Code: ConfigInvalid, Message: err.Error()} // with its own hint
	}
	if s, _ := config.Find(logLevel); e.Getenv(s.Env()) == "" {
		cfg.LogLevel = slog.LevelInfo
	}
	return cfg, nil
}

// passer makes passes.
type passer interface {
	Pass(ctx context.Context, asked []plan.Pattern) (report.Sync, error)
}

// base is what every shard shares: settings, credentials, pacing, resolver.
type base struct {
	cfg      config.Config
	log      *slog.Logger
	cloud    *awsapi.Cloud
	region   plan.Region // of the process
	resolver *resolve.Resolver
}

// newBase puts together what needs no call to AWS.
func newBase(ctx context.Context, e Env) (*base, error) {
	cfg, err := load(e)
	if err != nil {
		return nil, err
	}
	b := &base{cfg: cfg, log: telemetry.Logger(e.Stderr, cfg.LogLevel, false)}
	options := []func(*awsconfig.LoadOptions) error{awsconfig.WithLogger(logging.LoggerFunc(func(_ logging.Classification, format string, v ...any) {
		b.log.Debug("sdk", "message", fmt.Sprintf(format, v...))
	}))}
	if cfg.Profile != "" {
		options = append(options, awsconfig.WithSharedConfigProfile(cfg.Profile))
	}
	ambient, err := awsconfig.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, &FailedError{Code: ConfigInvalid, Message: "read the AWS settings: " + err.Error(), Hint: "correct the AWS_ variables of the function"}
	}
	b.region = plan.Region(ambient.Region)
	b.cloud = awsapi.New(ambient, awsapi.Options{APIShare: cfg.APIShare, Logger: b.log})
	if b.resolver, err = newResolver(cfg, b.log); err != nil {
		return nil, &FailedError{Code: ConfigInvalid, Message: err.Error(), Hint: "name a server with POSTERN_RESOLVERS"}
	}
	return b, nil
}

// engine returns an engine for the settings, which are b's but for their
// scopes.
func (b *base) engine(cfg config.Config) (*reconcile.Engine, error) {
	scopes, hubs := scopesOf(cfg, b.region)
	if len(scopes) == 0 {
		return nil, &FailedError{Code: ConfigInvalid, Message: "there is no region to work in", Hint: "set POSTERN_REGIONS or AWS_REGION, or name scopes in the event"}
	}
	e := &reconcile.Engine{
		Resolver: b.resolver,
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
		Calls: b.cloud.Calls,
	}
	if cfg.LogLevel < slog.LevelInfo {
		e.Logger = b.log // what it says above that, the log of decisions says better
	}
	for _, s := range scopes {
		e.Scopes = append(e.Scopes, reconcile.Scope{Account: s.Account, Region: s.Region, Cloud: b.cloud.Scope(s)})
	}
	for _, s := range hubs {
		e.Hubs = append(e.Hubs, reconcile.Scope{Account: s.Account, Region: s.Region, Cloud: b.cloud.Scope(s)})
	}
	return e, nil
}

// scopesOf returns the accounts and regions to work in, and those whose
// interface endpoints are the hub's: each in the ambient account's region if
// the settings name none.
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
