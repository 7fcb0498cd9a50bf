// Package assemble puts sync together from its settings: what the command line
// and the function both need of one process.
package assemble

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"

	"postern/internal/awsapi"
	"postern/internal/config"
	"postern/internal/plan"
	"postern/internal/probe"
	"postern/internal/reconcile"
	"postern/internal/resolve"
)

// What can be wrong with the settings once each by itself is right.
var (
	ErrResolvers = errors.New("no DNS servers")
	ErrNoRegion  = errors.New("no region to work in")
	ErrProxy     = errors.New("no way to check identities")
)

// Process is what all engines of one process share: the ambient credentials,
// the pacing of calls and the resolver.
type Process struct {
	cloud    *awsapi.Cloud
	region   plan.Region // of the ambient configuration
	resolver *resolve.Resolver
	prober   *probe.Prober // nil if the settings do not ask for one
}

// New reads the SDK's own variables and files, and the system's DNS servers if
// the settings name none, and, to verify identities, ALL_PROXY. It makes no
// call. A resolver that cannot be had is ErrResolvers, a proxy that cannot be
// used ErrProxy; any other error is the SDK's about its settings.
func New(ctx context.Context, cfg config.Config, log *slog.Logger) (*Process, error) {
	// What the SDK says goes where everything else goes, in the same form.
	options := []func(*awsconfig.LoadOptions) error{awsconfig.WithLogger(logging.LoggerFunc(func(_ logging.Classification, format string, v ...any) {
		log.Debug("sdk", "message", fmt.Sprintf(format, v...))
	}))}
	if cfg.Profile != "" {
		options = append(options, awsconfig.WithSharedConfigProfile(cfg.Profile))
	}
	ambient, err := awsconfig.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("read the AWS settings: %w", err)
	}
	resolver, err := newResolver(cfg, log)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrResolvers, err)
	}
	var prober *probe.Prober
	if cfg.VerifyIdentity {
		dial, err := probe.Dialer(os.Getenv)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrProxy, err)
		}
		prober = &probe.Prober{Dial: dial}
	}
	return &Process{
		cloud:    awsapi.New(ambient, awsapi.Options{APIShare: cfg.APIShare, Logger: log}),
		region:   plan.Region(ambient.Region),
		resolver: resolver,
		prober:   prober,
	}, nil
}

// Calls returns how many calls the process has made, by service and action.
func (p *Process) Calls() map[string]int { return p.cloud.Calls() }

// Engine returns an engine for the settings, whose scopes may be others than
// those that the process began with. Without any scope it is ErrNoRegion.
func (p *Process) Engine(cfg config.Config) (*reconcile.Engine, error) {
	scopes, hubs := scopesOf(cfg, p.region)
	if len(scopes) == 0 {
		return nil, ErrNoRegion
	}
	e := &reconcile.Engine{
		Scopes:   p.scopes(scopes),
		Hubs:     p.scopes(hubs),
		Resolver: p.resolver,
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
		Calls: p.cloud.Calls,
	}
	if p.prober != nil && cfg.VerifyIdentity {
		e.Prober = p.prober
	}
	if cfg.Hub != nil {
		e.HubRegion = cfg.Hub.Region
	}
	return e, nil
}

func (p *Process) scopes(cs []awsapi.ScopeConfig) []reconcile.Scope {
	var out []reconcile.Scope
	for _, c := range cs {
		out = append(out, reconcile.Scope{Account: c.Account, Region: c.Region, Cloud: p.cloud.Scope(c)})
	}
	return out
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
		hubs = append(hubs, awsapi.ScopeConfig{Account: cfg.Hub.Account, Region: region, RoleARN: cfg.Hub.RoleARN, ExternalID: cfg.Hub.ExternalID})
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
