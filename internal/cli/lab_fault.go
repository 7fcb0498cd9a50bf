package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func newLabFault(e Env) *cobra.Command {
	var list, clear bool
	c := &cobra.Command{
		Use:   "fault [NAME [KEY=VALUE]... | --list | --clear]",
		Short: "break something in the running lab",
		Long: `Fault puts one fault in force: a name and what narrows it, such as account=,
region=, cluster=, action=, rate=, and how long it lasts, for=DURATION or
times=N. A lab command that names an unknown fault answers with the list.`,
		Example: `  postern lab fault dns-servfail for=30s
  postern lab fault deny action=elbv2:RegisterTargets cluster=prod
  postern lab fault throttle action=elbv2:* rate=0.5 for=1m
  postern lab fault --list
  postern lab fault --clear`,
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     cobra.NoFileCompletions,
	}
	c.Flags().BoolVar(&list, "list", false, "list the faults in force")
	c.Flags().BoolVar(&clear, "clear", false, "end every fault")
	c.RunE = func(c *cobra.Command, args []string) error {
		if n := boolCount(list, clear, len(args) > 0); n != 1 {
			return usage(c, "give one of: a fault, --list, --clear")
		}
		client, err := findLab(c, e)
		if err != nil {
			return err
		}
		switch {
		case list:
			all, err := client.Faults(c.Context())
			if err != nil {
				return labError(c, err)
			}
			for _, f := range all {
				fmt.Fprintf(e.Stdout, "%d  %s\n", f.ID, f.Fault)
			}
		case clear:
			n, err := client.ClearFaults(c.Context())
			if err != nil {
				return labError(c, err)
			}
			fmt.Fprintf(e.Stdout, "%d ended\n", n)
		default:
			f, err := client.AddFault(c.Context(), strings.Join(args, " "))
			if err != nil {
				return labError(c, err)
			}
			fmt.Fprintf(e.Stdout, "%d  %s\n", f.ID, f.Fault)
		}
		return nil
	}
	return c
}

func boolCount(bs ...bool) int {
	n := 0
	for _, b := range bs {
		if b {
			n++
		}
	}
	return n
}
