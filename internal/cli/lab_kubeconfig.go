package cli

import (
	"github.com/spf13/cobra"

	"postern/internal/lab"
)

func newLabKubeconfig(e Env) *cobra.Command {
	return &cobra.Command{
		Use:   "kubeconfig",
		Short: "print a kubeconfig for the running lab's clusters",
		Long: `Kubeconfig prints a context for each cluster of the running lab, named
account/region/name. Each goes through the lab's way in to the cluster's own
host name, as a tool in the hub would, and verifies its certificate.`,
		Example: `  postern lab kubeconfig > lab.kubeconfig
  kubectl --kubeconfig lab.kubeconfig --context 222222222222/us-east-1/prod get namespaces`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := findLab(c, e)
			if err != nil {
				return err
			}
			s, err := client.State(c.Context())
			if err != nil {
				return labError(c, err)
			}
			text, err := lab.Kubeconfig(s, e.Self, hubAccount(s))
			if err != nil {
				return err
			}
			_, err = e.Stdout.Write(text)
			return err
		},
	}
}

// hubAccount returns the account that tools of the lab work in.
func hubAccount(s *lab.State) string {
	if s.Hub.Account == "" && len(s.Accounts) > 0 {
		return s.Accounts[0].ID
	}
	return s.Hub.Account
}
