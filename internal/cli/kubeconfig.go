package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postern/internal/assemble"
	"postern/internal/config"
	"postern/internal/kubeconfig"
	"postern/internal/plan"
	"postern/internal/reach"
	"postern/internal/report"
	"postern/internal/telemetry"
)

// kubeconfigOptions are the flags of kubeconfig that are no settings.
type kubeconfigOptions struct {
	address, format, file, credential           string
	clientRole, clientExternalID, clientProfile string
	contextName, namespace, command             string
	setCurrent, overwrite                       bool
}

// Values of --address, --format and --credential.
const (
	addressName = "name"
	addressVPCE = "vpce"

	formatKubeconfig = "kubeconfig"
	formatArgoCD     = "argocd"
	formatFlux       = "flux"
	formatSpinnaker  = "spinnaker"

	credentialPostern = "postern"
	credentialAWS     = "aws"
)

// noFile is the --file that means standard output.
const noFile = "-"

const kubeconfigLong = `Kubeconfig writes the client configuration of the clusters that have a link: for
each its API server's address, all certificates of its authority, which are
verified, and a program that gives the credential. No credential is written.

CLUSTER narrows it to some clusters: name, region/name, account/region/name or
the cluster's ARN.

--address name   the API server's own name. Clients must be where it leads to
                 the link: in a hub with the cluster's private zone.
--address vpce   the interface endpoint's name, which leads there without any
                 zone; the certificate is verified for the cluster's own name
                 (tls-server-name). Not every client can do that.

--format kubeconfig  contexts, called account/region/name, that are merged into
                     the file which kubectl would write to. Only elements of
                     these names change; all other bytes stay. What was added
                     to one stays in it, and one that was made by somebody else
                     is refused; --overwrite replaces both.
--format argocd      a cluster Secret each, for kubectl apply. Argo CD knows a
                     cluster by its address: another --address makes another
                     cluster, and applications that name the old one lose it.
--format flux        a ConfigMap each, for spec.kubeConfig.configMapRef. Flux
                     takes the API server's own name only, and signs tokens
                     itself: there is no program in its image to run.
--format spinnaker   clouddriver's list of accounts, with a kubeconfig in each.

The clusters are looked for as sync does. docs/clients.md has what each tool
needs besides, and the rights that this command needs.`

func newKubeconfig(e Env) *cobra.Command {
	var o kubeconfigOptions
	c := &cobra.Command{
		Use:   "kubeconfig [CLUSTER]...",
		Short: "write client configuration for the clusters: kubectl, Argo CD, Flux, Spinnaker",
		Long:  kubeconfigLong,
		Example: `  postern kubeconfig --config postern.yaml
  postern kubeconfig us-east-1/prod --region us-east-1 --set-current
  postern kubeconfig --config postern.yaml --address vpce --file hub.kubeconfig
  postern kubeconfig --config postern.yaml --client-role-arn 'arn:aws:iam::{account}:role/deployer'
  postern kubeconfig --config postern.yaml --format argocd --address vpce | kubectl apply -f -`,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	flags := addSettings(c, settings("regions", "roleArn", "externalId", "profile", "clusterTag", "timeout", "logLevel"))
	flags.addFile(c)
	f := c.Flags()
	choice := func(at *string, name, first, help string, others ...string) {
		words := append([]string{first}, others...)
		f.StringVar(at, name, first, help+": `"+strings.Join(words, "|")+"`")
		_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
	choice(&o.address, "address", addressName, "how clients reach a cluster", addressVPCE)
	choice(&o.format, "format", formatKubeconfig, "whose configuration", formatArgoCD, formatFlux, formatSpinnaker)
	f.StringVar(&o.file, "file", "", "kubeconfig to merge into, - for standard output; none: as kubectl chooses it (KUBECONFIG, ~/.kube/config)")
	f.StringVar(&o.credential, "credential", "", "program that gives the credential: `postern|aws`; none: postern, and aws for spinnaker, whose image has it")
	_ = c.RegisterFlagCompletionFunc("credential", cobra.FixedCompletions([]string{credentialPostern, credentialAWS}, cobra.ShellCompDirectiveNoFileComp))
	f.StringVar(&o.command, "command", "", "what clients run for postern's credential; none: postern if the search path leads to this very program, else its path")
	f.StringVar(&o.clientRole, "client-role-arn", "", "role that clients assume for a token; {account}, {region} and {name} stand for the cluster's")
	f.StringVar(&o.clientExternalID, "client-external-id", "", "external id that clients pass when they assume it")
	f.StringVar(&o.clientProfile, "client-profile", "", "profile of the AWS configuration files that clients use")
	f.StringVar(&o.contextName, "context-name", "{account}/{region}/{name}", "name of a cluster's context")
	f.StringVar(&o.namespace, "namespace", "", "the contexts' namespace (none: what they have), or that of Argo CD's and Flux's objects (none: argocd, flux-system)")
	f.BoolVar(&o.setCurrent, "set-current", false, "make the one cluster's context the current one")
	f.BoolVar(&o.overwrite, "overwrite", false, "replace elements of these names that were not made by postern, and what was added to those that were")
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := flags.load(c, e)
		if err != nil {
			return err
		}
		asked, err := patterns(c, args)
		if err != nil {
			return err
		}
		if err := o.check(c); err != nil {
			return err
		}
		cfg.Witnesses = nil // no name is looked up
		return runKubeconfig(c, e, cfg, asked, o)
	}
	return c
}

// check refuses flags that do not go together, and fills in what follows from
// others.
func (o *kubeconfigOptions) check(c *cobra.Command) error {
	one := func(flag, value string, words ...string) error {
		for _, w := range words {
			if value == w {
				return nil
			}
		}
		return usage(c, "--%s: %q is none of %s", flag, value, strings.Join(words, ", "))
	}
	if o.credential == "" {
		o.credential = credentialPostern
		if o.format == formatSpinnaker {
			o.credential = credentialAWS
		}
	}
	if err := errors.Join(
		one("address", o.address, addressName, addressVPCE),
		one("format", o.format, formatKubeconfig, formatArgoCD, formatFlux, formatSpinnaker),
		one("credential", o.credential, credentialPostern, credentialAWS),
		placeholders(c, "context-name", o.contextName), placeholders(c, "client-role-arn", o.clientRole),
	); err != nil {
		return err
	}
	signs := o.format == formatArgoCD || o.format == formatFlux
	switch {
	case o.contextName == "":
		return usage(c, "--context-name: the name is empty")
	case o.format == formatFlux && o.address == addressVPCE:
		return usage(c, "--format flux takes --address name only: Flux has no field for the name in the certificate, which is not the interface endpoint's")
	case o.format == formatFlux && (o.clientRole != "" || o.clientProfile != ""):
		return usage(c, "--format flux takes no role and no profile: Flux works as its service account's role (data.serviceAccountName of the ConfigMap)")
	case o.format != formatKubeconfig && (o.setCurrent || o.overwrite || o.file != "" && o.file != noFile):
		return usage(c, "--format %s is written to standard output, and --file, --set-current and --overwrite are for a kubeconfig", o.format)
	case signs && c.Flags().Changed("credential"):
		return usage(c, "--format %s takes no --credential: it signs its tokens itself", o.format)
	case c.Flags().Changed("command") && (o.credential == credentialAWS || signs):
		return usage(c, "--command is for postern's own credential; leave it out, or use --credential postern")
	case c.Flags().Changed("command") && strings.TrimSpace(o.command) == "":
		return usage(c, "--command: the name is empty")
	case o.clientExternalID != "" && (o.credential == credentialAWS || signs):
		return usage(c, "--client-external-id: only postern's own credential can pass one; leave it out, or use --credential postern")
	case o.clientExternalID != "" && o.clientRole == "":
		return usage(c, "--client-external-id needs --client-role-arn")
	}
	return nil
}

// placeholders refuses a text in braces that stands for nothing.
func placeholders(c *cobra.Command, flag, text string) error {
	left := strings.NewReplacer("{account}", "", "{region}", "", "{name}", "").Replace(text)
	if strings.ContainsAny(left, "{}") {
		return usage(c, "--%s: in %q only {account}, {region} and {name} stand for something", flag, text)
	}
	return nil
}

// fill puts a cluster's parts in the place of placeholders.
func fill(text string, ref plan.Ref) string {
	return strings.NewReplacer("{account}", string(ref.Account), "{region}", string(ref.Region), "{name}", ref.Name).Replace(text)
}

func runKubeconfig(c *cobra.Command, e Env, cfg config.Config, asked []plan.Pattern, o kubeconfigOptions) error {
	p, err := assemble.New(c.Context(), cfg, telemetry.Logger(e.Stderr, cfg.LogLevel, e.StderrTTY))
	var finder *reach.Finder
	if err == nil {
		finder, err = p.Access(cfg)
	}
	if err != nil {
		return assembleError(c, err)
	}
	ctx, cancel := context.WithTimeout(c.Context(), cfg.Timeout)
	defer cancel()
	found, err := finder.Find(ctx, asked, o.address == addressVPCE)
	if c.Context().Err() != nil {
		return c.Context().Err()
	}
	for _, f := range found.Faults {
		complain(e.Stderr, faultError(f))
	}
	if err != nil {
		return findError(c, err)
	}
	if len(found.Clusters) == 0 {
		if len(found.Faults) > 0 {
			return status(report.ExitFailed)
		}
		return withHint(errors.New("no link of a cluster is found"), "name another region or account; a link is found by the tag %s on its target group or load balancer", cfg.ClusterTag)
	}
	if o.setCurrent && len(found.Clusters) > 1 {
		return usage(c, "--set-current makes one context the current one, and there are %d clusters: name one", len(found.Clusters))
	}
	entries, err := entriesOf(c, e, found.Clusters, o, time.Now())
	if err != nil {
		return err
	}
	if err := writeClients(ctx, e, entries, o); err != nil {
		return err
	}
	if len(found.Faults) > 0 {
		return status(report.ExitFailed) // it has been said what is missing
	}
	return nil
}

// findError makes a reference that fits no cluster, or several, the usage error
// that it is.
func findError(c *cobra.Command, err error) error {
	if ambiguous, ok := errors.AsType[*reach.AmbiguousError](err); ok {
		return usage(c, "%w; name one of them", ambiguous)
	}
	if unknown, ok := errors.AsType[*reach.UnknownError](err); ok {
		if unknown.Partly {
			return usage(c, "%w; not every account and region could be asked", unknown)
		}
		return usage(c, "%w", unknown)
	}
	return err
}

// writeClients writes the entries in the form that is asked for.
func writeClients(ctx context.Context, e Env, entries []kubeconfig.Entry, o kubeconfigOptions) error {
	namespace := o.namespace
	var text []byte
	var err error
	switch o.format {
	case formatArgoCD:
		if namespace == "" {
			namespace = "argocd"
		}
		text, err = kubeconfig.ArgoCD(entries, namespace, func(n kubeconfig.Entry) kubeconfig.AWSAuth {
			return kubeconfig.AWSAuth{RoleARN: fill(o.clientRole, n.Ref), Profile: o.clientProfile}
		})
	case formatFlux:
		if namespace == "" {
			namespace = "flux-system"
		}
		text, err = kubeconfig.Flux(entries, namespace)
	case formatSpinnaker:
		text, err = kubeconfig.Spinnaker(entries)
	default:
		return writeKubeconfig(ctx, e, entries, o)
	}
	if err != nil {
		return err
	}
	_, err = e.Stdout.Write(text)
	return err
}

// writeKubeconfig merges the entries into a kubeconfig and says what that
// changed.
func writeKubeconfig(ctx context.Context, e Env, entries []kubeconfig.Entry, o kubeconfigOptions) error {
	options := kubeconfig.Options{Overwrite: o.overwrite, SetCurrent: o.setCurrent}
	var names []string
	for _, n := range entries {
		names = append(names, n.Name)
	}
	if len(names) == 1 {
		options.Current = names[0]
	}
	if o.file == noFile {
		m, err := kubeconfig.Merge(nil, entries, options)
		if err != nil {
			return kubeconfigError(err)
		}
		_, err = e.Stdout.Write(m.Text)
		return err
	}
	file := o.file
	if file == "" {
		file = kubeconfig.Path(e.Getenv("KUBECONFIG"), e.Getenv("HOME"), names)
	}
	var merged kubeconfig.Merged
	_, err := kubeconfig.Write(ctx, file, func(text []byte) ([]byte, error) {
		var err error
		merged, err = kubeconfig.Merge(text, entries, options)
		return merged.Text, err
	})
	if err != nil {
		return kubeconfigError(err)
	}
	for _, d := range merged.Dropped {
		fmt.Fprintf(e.Stderr, "postern: %s: the element %q of %s loses %s\n", file, d.Name, d.List, strings.Join(d.Keys, ", "))
	}
	return describeMerge(e.Stdout, file, merged)
}

// describeMerge says what a merge did, a line a context.
func describeMerge(w io.Writer, file string, m kubeconfig.Merged) error {
	var b strings.Builder
	for _, part := range []struct {
		word  string
		names []string
	}{{"added", m.Added}, {"changed", m.Changed}, {"as it was", m.Same}} {
		for _, n := range part.names {
			fmt.Fprintf(&b, "%-9s  %s\n", part.word, n)
		}
	}
	current := m.Current
	if current == "" {
		current = "none is set"
	}
	fmt.Fprintf(&b, "in %s; current context: %s\n", file, current)
	_, err := io.WriteString(w, b.String())
	return err
}

// kubeconfigError gives an error about a kubeconfig the hint that it has.
func kubeconfigError(err error) error {
	if k, ok := errors.AsType[*kubeconfig.Error](err); ok {
		return withHint(err, "%s", k.Hint)
	}
	return err
}
