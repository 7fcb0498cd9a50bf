package cli

import (
	"fmt"
	"io"
	"net/netip"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"postern/internal/config"
	"postern/internal/lab"
	"postern/internal/report"
)

func newLabState(e Env) *cobra.Command {
	c := &cobra.Command{
		Use:   "state",
		Short: "print what is true in the running lab",
		Example: `  postern lab state
  postern lab state --output json`,
		Args: noArgs,
	}
	flags := addSettings(c, settings("output"))
	c.RunE = func(c *cobra.Command, _ []string) error {
		cfg, err := flags.load(c, e)
		if err != nil {
			return err
		}
		client, err := findLab(c, e)
		if err != nil {
			return err
		}
		s, err := client.State(c.Context())
		if err != nil {
			return labError(c, err)
		}
		if cfg.Output == config.OutputJSON {
			return report.WriteJSON(e.Stdout, s, false)
		}
		return writeState(e.Stdout, s)
	}
	return c
}

// writeState prints a row for each cluster: where it really answers, and what
// its load balancer has registered.
func writeState(w io.Writer, s *lab.State) error {
	fmt.Fprintf(w, "lab at %s, speed %g, seed %d\n\n", s.URL, s.Speed, s.Seed)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CLUSTER\tSTATUS\tSERVING\tREGISTERED")
	for _, c := range s.Clusters {
		stateRows(t, c.Ref, c.Status, texts(c.Serving), c.Groups)
	}
	for _, o := range s.Orphans {
		stateRows(t, o.Ref, "no cluster", nil, o.Groups)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, f := range s.Faults {
		fmt.Fprintf(w, "\nfault %d: %s", f.ID, f.Fault)
	}
	if len(s.Faults) > 0 {
		fmt.Fprintln(w)
	}
	return nil
}

func stateRows(w io.Writer, ref, status string, serving []string, groups []lab.GroupState) {
	var registered []string
	for _, g := range groups {
		for _, r := range g.Targets {
			registered = append(registered, r.Target.ID+" "+r.State)
		}
	}
	slices.Sort(serving)
	slices.Sort(registered)
	for i := range max(len(serving), len(registered), 1) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", ref, status, at(serving, i), at(registered, i))
		ref, status = "", ""
	}
}

func texts(all []netip.Addr) []string {
	out := make([]string, len(all))
	for i, a := range all {
		out[i] = a.String()
	}
	return out
}

func at(all []string, i int) string {
	if i < len(all) {
		return all[i]
	}
	return ""
}
