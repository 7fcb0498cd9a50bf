package cli

import "github.com/spf13/cobra"

func newLab(e Env) *cobra.Command {
	c := &cobra.Command{
		Use:   "lab",
		Short: "an AWS in one process, to try Postern and to test with",
		Long: `The lab serves the parts of AWS that Postern touches, over AWS's own wire
protocols, on one loopback port: accounts, clusters whose addresses move,
load balancers, DNS, and faults. It needs no AWS account and touches none.`,
		Example: `  postern lab demo
  postern lab up
  postern lab exec -- postern sync
  postern lab exec -- aws eks list-clusters`,
	}
	group(c)
	return c
}
