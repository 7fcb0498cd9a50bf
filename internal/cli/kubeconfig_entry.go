package cli

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postern/internal/kubeconfig"
	"postern/internal/reach"
	"postern/internal/report"
)

// entriesOf returns a client's view of each cluster. One authority that cannot
// be used is an error, and two clusters of one name are.
func entriesOf(c *cobra.Command, e Env, clusters []reach.Cluster, o kubeconfigOptions, now time.Time) ([]kubeconfig.Entry, error) {
	var out []kubeconfig.Entry
	taken := map[string]reach.Cluster{}
	for _, cl := range clusters {
		if err := kubeconfig.CheckCA(cl.CA, now); err != nil {
			return nil, withHint(fmt.Errorf("cluster %s: %w; nothing is written", cl.Ref, err), "look at \"aws eks describe-cluster --name %s --region %s\", certificateAuthority; leave the cluster out by naming the others", cl.Ref.Name, cl.Ref.Region)
		}
		n := kubeconfig.Entry{
			Name: fill(o.contextName, cl.Ref), Ref: cl.Ref, ARN: cl.ARN, Server: "https://" + cl.Host, CA: cl.CA,
			Exec: program(e, cl, o),
		}
		if o.format == formatKubeconfig {
			n.Namespace = o.namespace
		}
		if o.address == addressVPCE {
			n.Server, n.TLSServerName = "https://"+cl.Endpoint, cl.Host
			if len(cl.Others) > 0 {
				fmt.Fprintf(e.Stderr, "postern: several interface endpoints lead to %s; the first is taken, and not %s\n", cl.Ref, strings.Join(cl.Others, ", "))
			}
		}
		if other, twice := taken[n.Name]; twice {
			return nil, usage(c, "--context-name: %s and %s would both be called %q; use {account}, {region} and {name}", other.Ref, cl.Ref, n.Name)
		}
		taken[n.Name] = cl
		out = append(out, n)
	}
	return out, nil
}

// program returns what gives a cluster's credential.
func program(e Env, cl reach.Cluster, o kubeconfigOptions) kubeconfig.Exec {
	role := fill(o.clientRole, cl.Ref)
	if o.credential == credentialAWS {
		// As update-kubeconfig writes it. Source: AWS CLI command reference, eks
		// update-kubeconfig and get-token.
		x := kubeconfig.Exec{
			APIVersion: report.CredentialVersions[1], Command: "aws", InteractiveMode: "Never",
			Args: []string{"--region", string(cl.Ref.Region), "eks", "get-token", "--cluster-name", cl.Ref.Name, "--output", "json"},
		}
		if role != "" {
			x.Args = append(x.Args, "--role-arn", role)
		}
		if o.clientProfile != "" {
			x.Env = []kubeconfig.EnvVar{{Name: "AWS_PROFILE", Value: o.clientProfile}}
		}
		return x
	}
	command := o.command
	if command == "" {
		command = self(e)
	}
	x := kubeconfig.Exec{
		APIVersion: report.CredentialVersions[0], Command: command, InteractiveMode: "Never",
		Args: []string{"token", cl.Ref.String()},
	}
	for _, f := range []struct{ flag, value string }{{"--role-arn", role}, {"--external-id", o.clientExternalID}, {"--profile", o.clientProfile}} {
		if f.value != "" {
			x.Args = append(x.Args, f.flag, f.value)
		}
	}
	return x
}

// self returns what clients run as this program: its name if the search path
// leads to it, else its path.
func self(e Env) string {
	const name = "postern"
	found, err := exec.LookPath(name)
	if err != nil {
		return e.Self
	}
	there, err := os.Stat(found)
	if err != nil {
		return e.Self
	}
	if own, err := os.Stat(e.Self); err != nil || !os.SameFile(own, there) {
		return e.Self
	}
	return name
}
