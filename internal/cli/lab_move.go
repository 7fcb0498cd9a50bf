package cli

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postern/internal/lab"
	"postern/internal/plan"
)

func newLabMove(e Env) *cobra.Command {
	var kind string
	c := &cobra.Command{
		Use:   "move CLUSTER",
		Short: "move a cluster's control plane to other addresses, as EKS does",
		Long: `Move starts a move of one cluster of the running lab. Its kinds: replace (new
addresses first, the old ones gone after an overlap), scale-out, scale-in,
patch (one address), abrupt (no overlap), reuse (an old address goes to
somebody else), recreate (another cluster of the same name), rollback (new
addresses come and go again), rotate-ca (no address changes, the certificate
authority does), delete.`,
		Example: `  postern lab move us-east-1/prod
  postern lab move payments --kind abrupt`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(c, "name one cluster, as in: postern lab move us-east-1/prod")
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	c.Flags().StringVar(&kind, "kind", "replace", "`KIND` of the move")
	c.RunE = func(c *cobra.Command, args []string) error {
		p, err := plan.ParsePattern(args[0])
		if err != nil {
			return usage(c, "%w", err)
		}
		client, err := findLab(c, e)
		if err != nil {
			return err
		}
		moved, err := client.Move(c.Context(), moveOf(p, kind))
		if err != nil {
			return labError(c, err)
		}
		fmt.Fprintf(e.Stdout, "%s: %s; %s; done at %s\n", args[0], kind, moveText(kind, moved), moved.Done.UTC().Format(time.RFC3339))
		return nil
	}
	return c
}

// moveText says which addresses come and go.
func moveText(kind string, m lab.Moved) string {
	switch {
	case len(m.New) > 0 && slices.Equal(m.Old, m.New):
		return addresses(m.New) + " come and go again; the others stay"
	case len(m.Old) == 0 && len(m.New) > 0:
		return addresses(m.New) + " comes; the others stay"
	case kind == "scale-in":
		return addresses(m.Old) + " goes; the others stay"
	}
	return fmt.Sprintf("from %s to %s", addresses(m.Old), addresses(m.New))
}

func moveOf(p plan.Pattern, kind string) lab.Move {
	m := lab.Move{Account: string(p.Account), Region: string(p.Region), Cluster: p.Name}
	setText(&m.Kind, kind)
	return m
}

// setText sets a word of the lab's own, whose type only the lab knows.
func setText[T ~string](at *T, text string) { *at = T(text) }

func addresses(all []netip.Addr) string {
	if len(all) == 0 {
		return "none"
	}
	texts := make([]string, len(all))
	for i, a := range all {
		texts[i] = a.String()
	}
	return strings.Join(texts, ", ")
}
