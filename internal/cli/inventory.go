package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postern/internal/assemble"
	"postern/internal/config"
	"postern/internal/plan"
	"postern/internal/report"
	"postern/internal/telemetry"
)

// inventoryFormats are the forms of an inventory, the default one first.
var inventoryFormats = []string{"json", "tfvars", "tf"}

func newInventory(e Env) *cobra.Command {
	format, skip := inventoryFormats[0], false
	c := &cobra.Command{
		Use:   "inventory [CLUSTER]...",
		Short: "list every link, for the hub's Terraform",
		Long: `Inventory lists the links of the scopes in a stable order, so that a new cluster
is a diff in a pull request. It reads only.

  json    every link that was found, and what is missing of those that are not
          complete
  tfvars  a file of Terraform variables: "links", as the module hub-endpoints
          takes it
  tf      the same as a local value

The keys are the clusters' references, account/region/name: another cluster's
coming or going changes none of them. Terraform takes a link that is not in the
file for gone and destroys its endpoint, so that nothing is written for it where
a part of the fleet could not be looked at: the exit status is 1 then. It is 3
if a link is not complete, and nothing is written either; with --skip-incomplete
such links are comments, as those of clusters that are gone are always. Of
several target groups that claim one cluster the only complete one counts.

CLUSTER narrows it to some clusters: name, region/name, account/region/name or
the cluster's ARN.`,
		Example: `  postern inventory --config postern.yaml
  postern inventory --config postern.yaml --format tfvars >links.auto.tfvars`,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	flags := addSettings(c, settings("regions", "roleArn", "externalId", "profile", "logLevel", "clusterTag", "apiShare", "timeout"))
	flags.addFile(c)
	flags.lookOnce(c, nil)
	c.Flags().StringVar(&format, "format", format, "form of the answer: `"+strings.Join(inventoryFormats, "|")+"`")
	c.Flags().BoolVar(&skip, "skip-incomplete", false, "with tfvars and tf: write links that are not complete as comments, for Terraform to take for gone")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(inventoryFormats, cobra.ShellCompDirectiveNoFileComp))
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := flags.load(c, e)
		if err != nil {
			return err
		}
		if !slices.Contains(inventoryFormats, format) {
			return usage(c, "--format: %q is none of %s", format, strings.Join(inventoryFormats, ", "))
		}
		asked, err := patterns(c, args)
		if err != nil {
			return err
		}
		return runInventory(c, e, cfg, asked, format, skip)
	}
	return c
}

func runInventory(c *cobra.Command, e Env, cfg config.Config, asked []plan.Pattern, format string, skip bool) error {
	cfg.Witnesses = nil // no name is looked up
	p, err := assemble.New(c.Context(), cfg, telemetry.Logger(e.Stderr, cfg.LogLevel, e.StderrTTY))
	if err != nil {
		return assembleError(c, err)
	}
	ctx, cancel := context.WithTimeout(c.Context(), cfg.Timeout)
	defer cancel()
	begin := time.Now()
	stop := progress(ctx, e, "inventory", p.Calls)
	s, err := p.Snapshot(ctx, cfg, asked, false)
	stop()
	switch {
	case err != nil:
		return assembleError(c, err)
	case c.Context().Err() != nil: // what is there was cut off, and says nothing
		return c.Context().Err()
	}
	refs, err := chooseClusters(c, s, asked)
	if err != nil {
		return err
	}
	doc := report.NewInventory(s, refs, time.Since(begin))
	if err := writeInventory(e, doc, format, skip); err != nil {
		return err
	}
	return exit(report.InventoryExit(doc))
}

// writeInventory writes the answer, and for people what keeps it from being
// whole.
func writeInventory(e Env, doc report.Inventory, format string, skip bool) error {
	if format == inventoryFormats[0] {
		return report.WriteJSON(e.Stdout, doc, false)
	}
	for i, n := range doc.NotChecked {
		if doc.Whole() || slices.ContainsFunc(doc.NotChecked[:i], func(o report.NotChecked) bool { return o.Account == n.Account && o.Hint == n.Hint }) {
			continue // of no account here, or said
		}
		what := n.What
		if what == "" {
			what = "everything"
		}
		fmt.Fprintf(e.Stderr, "postern: not checked: %s in %s/%s: %s\n", what, n.Account, n.Region, oneLine(n.Message))
		if n.Hint != "" {
			fmt.Fprintf(e.Stderr, "hint: %s\n", oneLine(n.Hint))
		}
	}
	switch {
	case !doc.Whole():
		fmt.Fprintln(e.Stderr, "postern: nothing is written: a link that is missing from the file would be gone for Terraform")
		return nil
	case doc.Summary.Links == 0:
		fmt.Fprintln(e.Stderr, "postern: no link is found")
		return nil
	}
	for _, l := range doc.Links {
		if !l.Complete {
			fmt.Fprintf(e.Stderr, "postern: %s is not complete: %s\n", l.Ref, oneLine(strings.Join(l.Missing, "; ")))
		}
		for _, other := range l.Others {
			fmt.Fprintf(e.Stderr, "postern: %s: %s claims it too, and leads nowhere: %s counts\n", l.Ref, other, l.TargetGroupARN)
		}
	}
	if n := len(doc.Dropped()); n > 0 && !skip {
		are := "are"
		if n == 1 {
			are = "is"
		}
		fmt.Fprintf(e.Stderr, "postern: nothing is written: %d that %s not complete would be gone for Terraform\n", n, are)
		fmt.Fprintln(e.Stderr, "hint: complete them, or give --skip-incomplete to have them destroyed")
		return nil
	}
	text := doc.TFVars()
	if format == "tf" {
		text = doc.TF()
	}
	_, err := io.WriteString(e.Stdout, text)
	return err
}
