package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"postern/internal/config"
	"postern/internal/lab"
	"postern/internal/lab/traffic"
	"postern/internal/plan"
	"postern/internal/report"
	"postern/internal/telemetry"
)

func newLabTraffic(e Env) *cobra.Command {
	var rate, watches, timeout, duration string
	c := &cobra.Command{
		Use:   "traffic [CLUSTER]...",
		Short: "send requests to the running lab's clusters, and count what becomes of them",
		Long: `Traffic opens new connections to the clusters' API servers at a steady rate,
all the way from a host in the hub's VPC, and holds watches, until it is
interrupted. Then it prints what became of each, by the hop that failed.
A cluster's certificate authority is read anew while it is rotated. The exit
status is 3 if a request failed.`,
		Example: `  postern lab traffic
  postern lab traffic --rate 100 --watches 30 --for 1m us-east-1/prod`,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	c.Flags().StringVar(&rate, "rate", "50", "new connections a `SECOND`, all clusters together")
	c.Flags().StringVar(&watches, "watches", "20", "`NUMBER` of watches to hold, spread over the clusters")
	c.Flags().StringVar(&timeout, "timeout", "5s", "`DURATION` after which a request has failed")
	c.Flags().StringVar(&duration, "for", "", "`DURATION` after which to stop; none: when interrupted")
	flags := addSettings(c, settings("output", "logLevel"))
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := flags.load(c, e)
		if err != nil {
			return err
		}
		o := traffic.Options{Logger: telemetry.Logger(e.Stderr, cfg.LogLevel, e.StderrTTY)}
		if o.Rate, err = strconv.ParseFloat(rate, 64); err != nil || !(o.Rate >= 0 && o.Rate <= 1e4) {
			return usage(c, "--rate: %q is not a number of connections a second, from 0 to 10000", rate)
		}
		if o.Watches, err = strconv.Atoi(watches); err != nil || o.Watches < 0 || o.Watches > 1e5 {
			return usage(c, "--watches: %q is not a number of watches, from 0 to 100000", watches)
		}
		if o.Rate == 0 && o.Watches == 0 {
			return usage(c, "--rate and --watches: one of them must be above 0")
		}
		if o.Timeout, err = time.ParseDuration(timeout); err != nil || o.Timeout <= 0 {
			return usage(c, "--timeout: %q is not a duration above 0; write one such as 5s", timeout)
		}
		lasts := time.Duration(0)
		if duration != "" {
			if lasts, err = time.ParseDuration(duration); err != nil || lasts <= 0 {
				return usage(c, "--for: %q is not a duration above 0; write one such as 1m", duration)
			}
		}
		asked, err := patterns(c, args)
		if err != nil {
			return err
		}
		return labTraffic(c, e, cfg, o, asked, lasts)
	}
	return c
}

func labTraffic(c *cobra.Command, e Env, cfg config.Config, o traffic.Options, asked []plan.Pattern, lasts time.Duration) error {
	_, release := holdSignals()
	defer release()
	client, err := findLab(c, e)
	if err != nil {
		return err
	}
	s, err := client.State(c.Context())
	if err != nil {
		return labError(c, err)
	}
	if s.Proxy == "" {
		return withHint(fmt.Errorf("the lab at %s carries no connections", s.URL), "start one with `postern lab up`")
	}
	if o.Targets, err = targets(e, s, asked); err != nil {
		return usage(c, "%w", err)
	}
	if err := sign(c.Context(), o.Targets); err != nil {
		return err
	}
	o.Dial = traffic.ProxyDial(s.Proxy)
	ctx := c.Context()
	if lasts > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, lasts)
		defer cancel()
	}
	if e.StderrTTY {
		fmt.Fprintf(e.Stderr, "sending %g requests a second to %d clusters, with %d watches; interrupt to stop\n", o.Rate, len(o.Targets), o.Watches)
	}
	sender, err := traffic.New(o)
	if err != nil {
		return err
	}
	watching, stop := context.WithCancel(ctx)
	var watcher sync.WaitGroup
	watcher.Go(func() { followCAs(watching, s, client.State, sender.SetCA) })
	sender.Run(ctx)
	stop()
	watcher.Wait()
	r := sender.Report()
	if cfg.Output == config.OutputJSON {
		err = report.WriteJSON(e.Stdout, r, false)
	} else {
		err = traffic.Write(e.Stdout, r)
	}
	switch {
	case err != nil:
		return err
	case r.Requests.Failed > 0:
		return status(report.ExitDifference)
	}
	return status(report.ExitOK)
}

// targets returns the clusters that were asked for, or all, as a client in the
// hub reaches them.
func targets(e Env, s *lab.State, asked []plan.Pattern) ([]traffic.Target, error) {
	var all []traffic.Target
	found := make([]bool, len(asked))
	for _, cl := range s.Clusters {
		r := plan.Ref{Account: plan.AccountID(cl.Account), Region: plan.Region(cl.Region), Name: cl.Name}
		wanted := len(asked) == 0
		for i, p := range asked {
			if p.Matches(r) {
				wanted, found[i] = true, true
			}
		}
		if !wanted || cl.Endpoint == "" {
			continue
		}
		env, err := lab.Env(s, "", hubAccount(s), cl.Region, "")
		if err != nil {
			return nil, err
		}
		tokens := &tokenSource{self: e.Self, ref: cl.Ref, environ: labEnviron(e.Environ, env)}
		all = append(all, traffic.Target{Ref: cl.Ref, URL: cl.Endpoint, CA: []byte(cl.CA), Token: tokens.Token})
	}
	for i, p := range asked {
		if !found[i] {
			return nil, fmt.Errorf("no cluster %s is in the lab: it has %s", p, clusterRefs(s))
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the lab has no cluster with an endpoint")
	}
	return all, nil
}

// sign makes the first token of each target, so that no request waits for it.
func sign(ctx context.Context, all []traffic.Target) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, t := range all {
		g.Go(func() error {
			_, err := t.Token(ctx)
			return err
		})
	}
	return g.Wait()
}

// caEvery is how often authorities are read again: several times while the old
// and the new one are both there, in a lab at its usual speed.
const caEvery = 2 * time.Second

// followCAs has a client trust the authorities that the clusters of s have by
// and by, until ctx ends. It is what a user of a long-lived configuration must
// do too. A look that fails is made good by the next. Source: EKS user guide,
// certificate authority rotation.
func followCAs(ctx context.Context, s *lab.State, look func(context.Context) (*lab.State, error), set func(ref string, pem []byte) error) {
	type trust struct{ endpoint, ca string }
	trusted := map[string]trust{}
	for _, cl := range s.Clusters {
		trusted[cl.Ref] = trust{cl.Endpoint, cl.CA}
	}
	tick := time.NewTicker(caEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now, err := look(ctx)
		if err != nil {
			continue
		}
		for _, cl := range now.Clusters {
			// Another cluster that has the name now is not trusted unasked.
			was := trusted[cl.Ref]
			if cl.CA == "" || cl.CA == was.ca || cl.Endpoint != was.endpoint {
				continue
			}
			if set(cl.Ref, []byte(cl.CA)) == nil {
				trusted[cl.Ref] = trust{cl.Endpoint, cl.CA}
			}
		}
	}
}

func clusterRefs(s *lab.State) string {
	var all []string
	for _, c := range s.Clusters {
		all = append(all, c.Ref)
	}
	return strings.Join(all, ", ")
}

// tokenSource has this program make the tokens of one cluster, as kubectl does,
// and remembers each until it is asked to make another.
type tokenSource struct {
	self, ref string
	environ   []string

	mu    sync.Mutex
	token string
	ends  time.Time
}

// Token returns a token that is good for some minutes at least.
func (t *tokenSource) Token(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token != "" && time.Until(t.ends) > time.Minute {
		return t.token, nil
	}
	var out, said bytes.Buffer
	cmd := exec.CommandContext(ctx, t.self, "token", t.ref)
	cmd.Env, cmd.Stdout, cmd.Stderr = t.environ, &out, &said
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("make a token for %s: %w: %s", t.ref, err, strings.TrimSpace(said.String()))
	}
	var doc report.ExecCredential
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		return "", fmt.Errorf("read the token for %s: %w", t.ref, err)
	}
	t.token, t.ends = doc.Status.Token, doc.Status.ExpirationTimestamp
	return t.token, nil
}
