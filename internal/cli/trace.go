package cli

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postern/internal/assemble"
	"postern/internal/config"
	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/report"
	"postern/internal/telemetry"
	"postern/internal/trace"
)

// When trace makes live probes.
const (
	liveAuto   = "auto"
	liveAlways = "always"
	liveNever  = "never"
)

type traceOptions struct {
	asked    plan.Pattern
	from     string
	address  string
	live     string
	servers  []string
	patience time.Duration // of each step of a probe
}

func newTrace(e Env) *cobra.Command {
	var o traceOptions
	c := &cobra.Command{
		Use:   "trace CLUSTER",
		Short: "walk the path to a cluster hop by hop; name the broken one and its repair",
		Long: `Trace looks at one cluster's path, from a host in the hub to the API server, in
the order in which a connection meets its parts: name, source (the host's
subnet), peering, return, endpoint, service, balancer, targets, admit (the
cluster's security groups and network ACLs), cluster, server. It names the first
hop that is broken, what it saw there, why that breaks the path, and the
Terraform attribute or AWS commands that repair it. It only reads.

Where it runs in the hub, or a proxy leads there (HTTPS_PROXY or ALL_PROXY), it
probes the path besides: DNS, TCP, TLS against the cluster's own CA and name,
/readyz, with a token of the caller's. --live auto (the default) does so where a
proxy is set or the name leads to the endpoint's addresses, and says what it
did; always and never leave nothing to find out. Where nothing answers through
the proxy, and the configuration shows nothing broken, auto takes it that the
proxy does not lead to the hub; always takes it that the path is broken.

--address says how the hub's clients call the cluster: by its own name, which
needs a private zone, or by the interface endpoint's (vpce), with
tls-server-name.

CLUSTER is name, region/name, account/region/name or the cluster's ARN.

The exit status is 3 if the path is broken or degraded, 1 if not all of it could
be looked at and no probe got through.`,
		Example: `  postern trace us-east-1/prod --config postern.yaml
  postern trace prod --config postern.yaml --from subnet-0123456789abcdef0
  postern trace prod --config postern.yaml --address vpce --live never --output json`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(c, "%d clusters are named; name one, as in: postern trace us-east-1/prod", len(args))
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	flags := addSettings(c, settings("regions", "roleArn", "externalId", "profile", "output", "logLevel", "clusterTag", "apiShare", "timeout"))
	flags.addFile(c)
	c.Flags().StringVar(&o.from, "from", "", "`SUBNET` of the hub that the path begins in; none: one that has a route to the endpoint")
	c.Flags().StringVar(&o.address, "address", string(trace.ByName), "`name|vpce`: how clients call the cluster")
	c.Flags().StringVar(&o.live, "live", liveAuto, "`auto|always|never`: when to make probes")
	c.Flags().StringSliceVar(&o.servers, "resolver", nil, "`HOST:PORT` of a DNS server to ask, in place of this host's; repeatable")
	c.Flags().DurationVar(&o.patience, "probe-timeout", 3*time.Second, "`DURATION` that each step of a probe may take")
	_ = c.RegisterFlagCompletionFunc("address", cobra.FixedCompletions([]string{"name", "vpce"}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("live", cobra.FixedCompletions([]string{liveAuto, liveAlways, liveNever}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("from", cobra.NoFileCompletions)
	_ = c.RegisterFlagCompletionFunc("resolver", cobra.NoFileCompletions)
	_ = c.RegisterFlagCompletionFunc("probe-timeout", cobra.NoFileCompletions)
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := flags.load(c, e)
		if err != nil {
			return err
		}
		switch {
		case o.address != string(trace.ByName) && o.address != string(trace.ByVPCE):
			return usage(c, "--address: %q is neither name nor vpce", o.address)
		case o.live != liveAuto && o.live != liveAlways && o.live != liveNever:
			return usage(c, "--live: %q is none of auto, always and never", o.live)
		case o.patience <= 0 || o.patience > time.Minute:
			return usage(c, "--probe-timeout: %s is not between 0 and 1m", o.patience)
		}
		if o.asked, err = plan.ParsePattern(args[0]); err != nil {
			return usage(c, "%w", err)
		}
		return runTrace(c, e, cfg, o)
	}
	return c
}

func runTrace(c *cobra.Command, e Env, cfg config.Config, o traceOptions) error {
	cfg.Witnesses = nil // sync's name servers are not asked
	log := telemetry.Logger(e.Stderr, cfg.LogLevel, e.StderrTTY)
	way, err := assemble.NewWay(e.Getenv, o.servers, o.patience)
	switch {
	case errors.Is(err, assemble.ErrResolvers):
		return usage(c, "--resolver: %w", err)
	case err != nil && o.live != liveNever:
		return usage(c, "%w; or add --live never", err)
	}
	p, err := assemble.New(c.Context(), cfg, log)
	if err != nil {
		return assembleError(c, err)
	}
	stop := progress(c.Context(), e, "trace", p.Calls)
	doc, err := walkPath(c, p, way, cfg, o, log)
	stop()
	switch {
	case c.Context().Err() != nil: // what is there was cut off, and says nothing
		return c.Context().Err()
	case err != nil:
		return err
	case cfg.Output == config.OutputJSON:
		err = report.WriteJSON(e.Stdout, doc, false)
	default:
		err = report.WriteTrace(e.Stdout, doc, report.TextOptions{TTY: e.StdoutTTY, Colour: e.colour(e.StdoutTTY), Width: width(e)})
	}
	if err != nil {
		return err
	}
	return exit(report.TraceExit(doc))
}

// walkPath makes the document.
func walkPath(c *cobra.Command, p *assemble.Process, way *assemble.Way, cfg config.Config, o traceOptions, log *slog.Logger) (report.Trace, error) {
	ctx, cancel := context.WithTimeout(c.Context(), cfg.Timeout)
	defer cancel()
	began := time.Now()
	s, err := p.Snapshot(ctx, cfg, []plan.Pattern{o.asked}, true)
	if err != nil {
		return report.Trace{}, assembleError(c, err)
	}
	refs, err := chooseClusters(c, s, []plan.Pattern{o.asked})
	if err != nil {
		return report.Trace{}, err
	}
	if names, ok := hubSubnets(s, o.from); !ok {
		return report.Trace{}, usage(c, "--from: the hub has no subnet %s; name one of its own: %s", o.from, strings.Join(names, ", "))
	}
	to := trace.Options{From: o.from, Address: trace.Address(o.address)}
	asked := trace.Ask(s, refs[0], to)
	var live report.TraceLive
	// Probes have as much time as reading, and of their own: a slow reading does
	// not make a path look dead.
	probing, stop := context.WithTimeout(c.Context(), cfg.Timeout)
	defer stop()
	to.Live, live = probe(probing, p, way, refs[0], asked, o.live, log)
	return report.NewTrace(s, trace.Walk(s, refs[0], to), to, asked.Host, live, time.Since(began)), nil
}

// hubSubnets reports whether the hub has a subnet, as far as one knows, and
// returns some that it has. An empty name is none to look for.
func hubSubnets(s *fleet.Snapshot, id string) (some []string, ok bool) {
	hub := false
	for i := range s.Places {
		p := &s.Places[i]
		if !p.Hub {
			continue
		}
		if !p.Subnets.Known() || p.Subnet(id) != nil {
			return nil, true
		}
		hub = true
		for _, u := range p.Subnets.Items {
			if len(some) < 4 && slices.Contains(s.Hub.VPCs, u.VPC) {
				some = append(some, u.ID)
			}
		}
	}
	return some, id == "" || !hub
}

// probe makes live probes, if they are asked for or can say something, and says
// which.
func probe(ctx context.Context, p *assemble.Process, way *assemble.Way, ref plan.Ref, asked trace.Asked, when string, log *slog.Logger) (*trace.Live, report.TraceLive) {
	switch {
	case when == liveNever:
		return nil, report.TraceLive{Reason: "--live never"}
	case asked.Name == "" || asked.Host == "":
		return nil, report.TraceLive{Reason: "the cluster's name is not known"}
	}
	out := report.TraceLive{From: way.String(), Reason: "--live always"}
	var l *trace.Lookup
	if !way.Proxied() {
		l = way.Lookup(ctx, asked.Name)
	}
	if when == liveAuto {
		if out.Made, out.Reason = way.Inside(asked, l); !out.Made {
			return nil, out
		}
	}
	out.Made = true
	// With the caller's own credentials: the settings' role is for reading.
	token, _, err := p.Token(ctx, config.Config{}, plan.Pattern(ref))
	if err != nil { // the probes go without
		log.Debug("no token", "cluster", ref, "error", err)
	}
	seen := way.Probe(ctx, asked, l, token)
	if when == liveAuto && way.Proxied() {
		seen.Doubt = "the proxy may not lead to the hub"
	}
	return seen, out
}
