package cli

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postern/internal/assemble"
	"postern/internal/plan"
	"postern/internal/report"
	"postern/internal/telemetry"
)

// tokenLife is for how long a token is to be used. EKS takes it a minute longer.
const tokenLife = 14 * time.Minute

func newToken(e Env) *cobra.Command {
	noCache := false
	c := &cobra.Command{
		Use:   "token CLUSTER",
		Short: "print a credential for a cluster's API server",
		Long: `Token prints the credential that kubectl and other clients of an EKS cluster
use, as a credential plugin does: who you are, signed with your AWS
credentials. It is made here, without a call to AWS but for the role, if one is
to be assumed. The cluster decides what you may do.

A token of credentials that end, such as a role's, is kept for the next run, for
as long as both are good, in a file that only you can read: postern/tokens in
your cache directory. It is found again only with the same cluster, flags, AWS_
and POSTERN_ variables and AWS configuration files. After a new login of
another kind, such as another user of a credential process, use --no-cache, or
remove the directory.

CLUSTER is name, region/name, account/region/name or the cluster's ARN. The
account is not looked at: a token says who you are, wherever the cluster is.`,
		Example: `  postern token us-east-1/prod
  postern token prod --region us-east-1 --role-arn arn:aws:iam::222222222222:role/deployer`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(c, "%d clusters are named; name one, as in: postern token us-east-1/prod", len(args))
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	flags := addSettings(c, settings("regions", "roleArn", "externalId", "profile", "logLevel"))
	c.Flags().BoolVar(&noCache, "no-cache", false, "neither use a token that was kept nor keep this one")
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := flags.load(c, e)
		if err != nil {
			return err
		}
		cluster, err := plan.ParsePattern(args[0])
		if err != nil {
			return usage(c, "%w", err)
		}
		if len(cfg.Regions) > 1 && cluster.Region == "" {
			return usage(c, "%d regions are named and %s is in one: write it as region/name", len(cfg.Regions), cluster)
		}
		cfg.Witnesses = nil // no name is looked up
		began := time.Now()
		version := credentialVersion(e.Getenv("KUBERNETES_EXEC_INFO"))
		kept := keptTokens(e, cfg, cluster, noCache)
		if token, ends, ok := kept.get(began); ok {
			return report.WriteCredential(e.Stdout, version, token, ends)
		}
		log := telemetry.Logger(e.Stderr, cfg.LogLevel, e.StderrTTY)
		token, ends := "", time.Time{}
		p, err := assemble.New(c.Context(), cfg, log)
		if err == nil {
			token, ends, err = p.Token(c.Context(), cfg, cluster)
		}
		if errors.Is(err, assemble.ErrNoClusterRegion) {
			return usage(c, "%w; write %s as region/name, or set --region or AWS_REGION", err, cluster)
		}
		if err != nil {
			return assembleError(c, err)
		}
		life := began.Add(tokenLife)
		if !ends.IsZero() {
			if ends.Before(life) {
				life = ends
			}
			if err := kept.put(token, life, began); err != nil {
				log.Debug("token not kept", "error", err)
			}
		}
		return report.WriteCredential(e.Stdout, version, token, life)
	}
	return c
}

// credentialVersion returns the version of the document that the caller wants:
// it says so in a variable. Source: Kubernetes documentation, client-go
// credential plugins.
func credentialVersion(info string) string {
	var asked struct{ APIVersion string }
	if err := json.Unmarshal([]byte(info), &asked); err == nil && slices.Contains(report.CredentialVersions, strings.TrimSpace(asked.APIVersion)) {
		return asked.APIVersion
	}
	return report.CredentialVersions[0]
}
