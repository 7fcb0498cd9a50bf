package cli

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"postern/internal/config"
	"postern/internal/lab"
	"postern/internal/telemetry"
)

// labFlags are the flags of a lab that a command starts.
type labFlags struct {
	listen string
	proxy  string
	world  string
	speed  string
	seed   string
	kube   string
	iam    string
	boot   string
}

func newLabUp(e Env) *cobra.Command {
	var f labFlags
	c := &cobra.Command{
		Use:   "up",
		Short: "run a lab until it is interrupted",
		Example: `  postern lab up
  postern lab up --listen 127.0.0.1:0 --speed 600
  postern lab up --world world.yaml --seed 7`,
		Args: noArgs,
	}
	c.Flags().StringVar(&f.listen, "listen", lab.DefaultAddress, "loopback `ADDRESS:PORT` to serve on; port 0 picks a free one")
	c.Flags().StringVar(&f.proxy, "proxy", lab.DefaultProxy, "loopback `ADDRESS:PORT` of the way into the hub's VPC, SOCKS5 and HTTP; port 0 picks a free one")
	c.Flags().StringVar(&f.world, "world", "", "YAML `FILE` of the world to begin with; none: the default world")
	c.Flags().StringVar(&f.speed, "speed", fmt.Sprint(labSpeed), "how much faster than AWS waits pass, as `FACTOR`")
	c.Flags().StringVar(&f.seed, "seed", fmt.Sprint(labSeed), "`NUMBER` that identifiers, addresses and chances follow from")
	c.Flags().StringVar(&f.kube, "kubernetes", "stand-in", "what answers behind the clusters: `stand-in|real`; real needs kube-apiserver and etcd (make kubernetes, or "+lab.ProgramsVariable+")")
	c.Flags().StringVar(&f.iam, "iam", "off", "whether roles may do only what their policies allow: `off|enforce`")
	c.Flags().StringVar(&f.boot, "bootstrap", "", "`FILE`, a build for this machine of the program in functions that are for another (make lambda builds for arm64)")
	_ = c.RegisterFlagCompletionFunc("iam", cobra.FixedCompletions([]string{"off", "enforce"}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("kubernetes", cobra.FixedCompletions([]string{"stand-in", "real"}, cobra.ShellCompDirectiveNoFileComp))
	logging := addSettings(c, settings("logLevel"))
	c.RunE = func(c *cobra.Command, _ []string) error {
		cfg, err := logging.load(c, e)
		if err != nil {
			return err
		}
		o, err := f.options(c)
		if err != nil {
			return err
		}
		o.Announce = true
		o.Logger = telemetry.Logger(e.Stderr, cfg.LogLevel, e.StderrTTY)
		return labUp(c, e, o)
	}
	return c
}

// options reads the flags.
func (f labFlags) options(c *cobra.Command) (lab.Options, error) {
	o := lab.Options{Address: f.listen, Proxy: f.proxy, DataPlane: true, Strict: true}
	err := checkAddress(c, "--listen", f.listen, lab.DefaultAddress)
	if err == nil {
		err = checkAddress(c, "--proxy", f.proxy, lab.DefaultProxy)
	}
	if err != nil {
		return o, err
	}
	if o.Speed, err = strconv.ParseFloat(f.speed, 64); err != nil || !(o.Speed > 0 && o.Speed <= 1e6) {
		return o, usage(c, "--speed: %q is not a number above 0 and up to 1000000; write one such as 60", f.speed)
	}
	if o.Seed, err = strconv.ParseUint(f.seed, 10, 64); err != nil {
		return o, usage(c, "--seed: %q is not a whole number from 0; write one such as 7", f.seed)
	}
	if f.boot != "" {
		if info, err := os.Stat(f.boot); err != nil {
			return o, usage(c, "--bootstrap: %w", err)
		} else if !info.Mode().IsRegular() {
			return o, usage(c, "--bootstrap: %s is no file", f.boot)
		}
		o.Bootstrap = f.boot
	}
	switch f.iam {
	case "off", "": // other commands that start a lab have no such flag
	case "enforce":
		o.Enforce = true
	default:
		return o, usage(c, "--iam: %q is neither off nor enforce", f.iam)
	}
	switch f.kube {
	case "stand-in":
	case "real":
		o.RealKubernetes = true
		if programs, err := filepath.Abs(".kubernetes"); err == nil && os.Getenv(lab.ProgramsVariable) == "" && isDir(programs) {
			o.Programs = programs // where make kubernetes puts them
		}
	default:
		return o, usage(c, "--kubernetes: %q is neither stand-in nor real", f.kube)
	}
	if f.world == "" {
		return o, nil
	}
	text, err := os.ReadFile(f.world)
	if err != nil {
		return o, usage(c, "--world: %w", err)
	}
	if o.World, err = lab.ParseWorld(text); err != nil {
		return o, worldError(c, f.world, err)
	}
	return o, nil
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// checkAddress refuses what is no address of loopback with a port.
func checkAddress(c *cobra.Command, flag, text, like string) error {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return usage(c, "%s: %q is not an address and a port; write it like %s", flag, text, like)
	}
	if a, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !a.IsLoopback()) {
		return usage(c, "%s: %q is not a loopback address, and the lab's keys are no secret; write it like %s", flag, text, like)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return usage(c, "%s: %q is not a port; write a number from 0 to 65535", flag, port)
	}
	return nil
}

// worldError gives a fault of a world's file the form that faults of the
// configuration's file have.
func worldError(c *cobra.Command, name string, err error) error {
	w, ok := errors.AsType[*lab.WorldError](err)
	if !ok || w.Line == 0 {
		return usage(c, "--world: %s: %w", name, err)
	}
	message := w.Err.Error()
	if w.Path != "" {
		message = w.Path + ": " + message
	}
	return &config.Error{Where: name, Line: w.Line, Column: w.Column, Message: message}
}

func labUp(c *cobra.Command, e Env, o lab.Options) error {
	ctx := c.Context()
	_, release := holdSignals()
	defer release()
	l, err := startLab(ctx, o)
	if err != nil {
		return err
	}
	state, err := l.client.State(ctx)
	if err == nil {
		writeLab(e.Stdout, state, e.called())
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case err = <-l.done:
			l.done <- err // for stop
		}
	}
	return errors.Join(err, l.stop())
}

// writeLab says what a lab serves and how to use it.
func writeLab(w io.Writer, s *lab.State, name string) {
	fmt.Fprintf(w, "The lab is up, %s. It ends when it is interrupted.\n\n", pace(s.Speed))
	fmt.Fprintf(w, "  AWS endpoint  %s\n", s.URL)
	fmt.Fprintf(w, "  way in        %s  SOCKS5 and HTTP, from a host in the hub's VPC\n", s.Proxy)
	for i, v := range s.Views {
		label, what := "", "as inside "+v.Name
		if i == 0 {
			label, what = "name servers", "as the internet and the hub see names"
		}
		fmt.Fprintf(w, "  %-12s  %s  %s\n", label, v.Address, what)
	}
	for i, cl := range s.Clusters {
		label := ""
		if i == 0 {
			label = "clusters"
		}
		fmt.Fprintf(w, "  %-12s  %-32s  in %s, %s\n", label, cl.Ref, cl.VPC, access(cl))
	}
	prefix := ""
	if s.URL != "http://"+lab.DefaultAddress {
		prefix = lab.EnvURL + "=" + s.URL + " "
	}
	lines := []string{"exec -- " + name + " sync", "exec -- kubectl get namespaces", "traffic", "fault dns-servfail for=30s", "state"}
	if len(s.Clusters) > 0 {
		c := s.Clusters[0]
		lines = append(lines, "move "+c.Ref, "exec --account "+c.Account+" --region "+c.Region+" -- aws eks list-clusters")
	}
	fmt.Fprint(w, "\nIn another terminal, sync first: until it has registered the targets, nothing answers.\n\n")
	for _, line := range lines {
		fmt.Fprintf(w, "  %s%s lab %s\n", prefix, name, line)
	}
}

// pace says how fast a lab is.
func pace(speed float64) string {
	switch {
	case speed == 1:
		return "as fast as AWS"
	case speed < 1:
		return fmt.Sprintf("%g times slower than AWS", 1/speed)
	}
	return fmt.Sprintf("%g times faster than AWS", speed)
}

func access(c lab.ClusterState) string {
	var all []string
	if c.Public {
		all = append(all, "public")
	}
	if c.Private {
		all = append(all, "private")
	}
	return strings.Join(all, " and ")
}
