package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postern/internal/assemble"
	"postern/internal/config"
	"postern/internal/fleet"
	"postern/internal/graph"
	"postern/internal/plan"
	"postern/internal/telemetry"
	"postern/internal/trace"
)

// Formats of a picture.
const (
	formatSVG     = "svg"
	formatDOT     = "dot"
	formatMermaid = "mermaid"
)

var (
	graphFormats = []string{formatSVG, formatDOT, formatMermaid}
	graphThemes  = []string{string(graph.Auto), string(graph.Light), string(graph.Dark)}
)

// graphMode is the mode of a new picture: there is nothing secret in it.
const graphMode = 0o644

func newGraph(e Env) *cobra.Command {
	var o graphOptions
	c := &cobra.Command{
		Use:   "graph [CLUSTER]...",
		Short: "draw the fleet: every path from the hub to a cluster, and where it is broken",
		Long: `Graph looks once at every link of the scopes, as status does, and draws the
topology: the hub's VPCs, their peerings, the endpoint VPCs with their interface
endpoints, the endpoint services, load balancers and clusters. Each path has its
health in a word, a sign and a colour, and what breaks it is marked where it is.
A fleet of more than 24 clusters is counted by endpoint VPC, with the broken
ones drawn.

The SVG stands alone, and any browser shows it, light or dark as the reader's
system is. DOT is for Graphviz, Mermaid for pages that draw it.

It reads only. The same fleet in the same state gives the same picture, but for
the time in an SVG.

CLUSTER narrows it to some clusters: name, region/name, account/region/name or
the cluster's ARN.

The exit status says whether the picture was made, not how the fleet stands:
that is "postern status".`,
		Example: `  postern graph --config postern.yaml --file fleet.svg
  postern graph --config postern.yaml eu-west-1/payments --theme dark > payments.svg
  postern graph --region us-east-1 --format mermaid
  postern graph --config postern.yaml --format dot | dot -Tpdf -o fleet.pdf`,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	flags := addSettings(c, settings("regions", "roleArn", "externalId", "profile", "logLevel", "clusterTag", "apiShare", "timeout"))
	flags.addFile(c)
	c.Flags().StringVar(&o.format, "format", formatSVG, "`FORMAT` of the picture: "+strings.Join(graphFormats, ", "))
	c.Flags().StringVar(&o.file, "file", "", "`FILE` to write, replaced as a whole; none: standard output")
	c.Flags().StringVar(&o.theme, "theme", string(graph.Auto), "`THEME` of an SVG: "+strings.Join(graphThemes, ", "))
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(graphFormats, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("theme", cobra.FixedCompletions(graphThemes, cobra.ShellCompDirectiveNoFileComp))
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := flags.load(c, e)
		if err != nil {
			return err
		}
		if err := o.check(c); err != nil {
			return err
		}
		if o.asked, err = patterns(c, args); err != nil {
			return err
		}
		return runGraph(c, e, cfg, o)
	}
	return c
}

type graphOptions struct {
	format, file, theme string
	asked               []plan.Pattern
}

func (o graphOptions) check(c *cobra.Command) error {
	switch {
	case !slices.Contains(graphFormats, o.format):
		return usage(c, "--format: there is no format %q; name one of %s", o.format, strings.Join(graphFormats, ", "))
	case !slices.Contains(graphThemes, o.theme):
		return usage(c, "--theme: there is no theme %q; name one of %s", o.theme, strings.Join(graphThemes, ", "))
	case o.format != formatSVG && c.Flags().Changed("theme"):
		return usage(c, "--theme is for an SVG; leave it out, or the format %s", o.format)
	case c.Flags().Changed("file") && o.file == "":
		return usage(c, "--file: the file's name is empty; name a file, or leave the flag out")
	}
	return nil
}

func runGraph(c *cobra.Command, e Env, cfg config.Config, o graphOptions) error {
	cfg.Witnesses = nil // no name is looked up
	p, err := assemble.New(c.Context(), cfg, telemetry.Logger(e.Stderr, cfg.LogLevel, e.StderrTTY))
	if err != nil {
		return assembleError(c, err)
	}
	ctx, cancel := context.WithTimeout(c.Context(), cfg.Timeout)
	defer cancel()
	stop := progress(ctx, e, "graph", p.Calls)
	s, err := p.Snapshot(ctx, cfg, o.asked, false)
	stop()
	if err != nil {
		return assembleError(c, err)
	}
	if c.Context().Err() != nil { // what is there was cut off, and says nothing
		return c.Context().Err()
	}
	refs, err := chooseClusters(c, s, o.asked)
	if err != nil {
		return err
	}
	if len(refs) == 0 {
		return nothingToDraw(s)
	}
	var paths []trace.Path
	for _, ref := range refs {
		paths = append(paths, trace.Walk(s, ref, trace.Options{}))
	}
	return o.write(e, graph.New(s, paths))
}

// nothingToDraw is the error about a fleet without clusters: why none was found,
// as far as that is known.
func nothingToDraw(s *fleet.Snapshot) error {
	for _, gap := range s.Gaps() {
		return faultError(fmt.Errorf("no cluster is found, and not all could be looked at: %w", gap.Fault))
	}
	return withHint(errors.New("no cluster is found"), "name other regions or scopes")
}

// write writes the picture to where it was asked for.
func (o graphOptions) write(e Env, t *graph.Topology) error {
	text := ""
	switch o.format {
	case formatDOT:
		text = graph.DOT(t)
	case formatMermaid:
		text = graph.Mermaid(t)
	default:
		text = graph.SVG(t, graph.Theme(o.theme))
	}
	if o.file == "" {
		fmt.Fprint(e.Stdout, text) // Main says if it cannot be written
		return nil
	}
	if err := replaceFile(o.file, text); err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	return nil
}

// replaceFile writes a file of which nobody sees a part. What is there and is no
// file, such as a device, is written to.
func replaceFile(name, text string) error {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(name, []byte(text), graphMode)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	mode := fs.FileMode(graphMode)
	if info != nil {
		mode = info.Mode().Perm()
	}
	_, err = temp.WriteString(text)
	err = errors.Join(err, temp.Chmod(mode), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), name)
	}
	if err != nil {
		_ = os.Remove(temp.Name()) // its own error says less
	}
	return err
}
