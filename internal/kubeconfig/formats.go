package kubeconfig

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// ObjectName returns a name for a cluster where upper-case letters, slashes and
// underscores cannot be, of up to 63 characters. Clusters have different ones if
// their entries' names are made in the same way.
// Source: Kubernetes documentation, object names and IDs, RFC 1123 label names.
func ObjectName(e Entry) string {
	const most = 63
	exact := true
	var b strings.Builder
	for _, c := range e.name() {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-':
			b.WriteRune(c)
		case c == '/':
			b.WriteByte('-')
			exact = exact && e.name() == e.Ref.String()
		default:
			b.WriteString(strings.ToLower(string(asciiOr(c, '-'))))
			exact = false
		}
	}
	name := b.String()
	trimmed := strings.Trim(name, "-")
	if exact && trimmed == name && len(name) <= most {
		return name
	}
	sum := sha256.Sum256([]byte(e.name()))
	hash := hex.EncodeToString(sum[:4])
	trimmed = strings.Trim(trimmed[:min(len(trimmed), most-len(hash)-1)], "-")
	if trimmed == "" {
		return "c-" + hash
	}
	return trimmed + "-" + hash
}

// asciiOr returns c if it is a letter or digit of ASCII, else other.
func asciiOr(c, other rune) rune {
	if c >= 'A' && c <= 'Z' {
		return c
	}
	return other
}

// AWSAuth is how a tool that signs tokens itself does it.
type AWSAuth struct {
	RoleARN string // role to assume; empty: the tool's own
	Profile string // profile of the tool's AWS configuration files; empty: none
}

// ArgoCD returns the Secrets by which Argo CD knows clusters, as YAML documents
// in the entries' order. Argo CD signs the tokens itself.
// Source: Argo CD documentation, operator manual, declarative setup, clusters.
func ArgoCD(entries []Entry, namespace string, auth func(Entry) AWSAuth) ([]byte, error) {
	var docs []pairs
	for _, e := range entries {
		a := auth(e)
		aws := pairs{{"clusterName", e.Ref.Name}}.with("roleARN", a.RoleARN).with("profile", a.Profile)
		tls := pairs{{"insecure", false}}.with("serverName", e.TLSServerName)
		tls = append(tls, pair{"caData", base64Text(e.CA)})
		config := pairs{{"awsAuthConfig", aws}, {"tlsClientConfig", tls}}.with("proxyUrl", e.ProxyURL)
		text, err := plainJSON(config)
		if err != nil {
			return nil, err
		}
		docs = append(docs, pairs{
			{"apiVersion", "v1"}, {"kind", "Secret"},
			{"metadata", pairs{
				{"name", "cluster-" + ObjectName(e)}, {"namespace", namespace},
				{"labels", pairs{{"argocd.argoproj.io/secret-type", "cluster"}}},
			}},
			{"type", "Opaque"},
			{"stringData", pairs{{"name", e.name()}, {"server", e.Server}, {"config", string(text)}}},
		})
	}
	return documents(docs), nil
}

// Flux returns the ConfigMaps that a Kustomization or HelmRelease names in
// spec.kubeConfig.configMapRef, as YAML documents in the entries' order. Flux
// signs the tokens itself; with the address and the authority there it asks EKS
// nothing. An entry with a TLSServerName is an error: Flux has no such field.
// Source: Flux documentation, Kustomization, secret-less authentication.
func Flux(entries []Entry, namespace string) ([]byte, error) {
	var docs []pairs
	for _, e := range entries {
		if e.TLSServerName != "" {
			return nil, fmt.Errorf("cluster %s: Flux verifies the name in the address, and %s is not the cluster's own", e.Ref, e.Server)
		}
		docs = append(docs, pairs{
			{"apiVersion", "v1"}, {"kind", "ConfigMap"},
			{"metadata", pairs{{"name", "cluster-" + ObjectName(e)}, {"namespace", namespace}}},
			{"data", pairs{{"provider", "aws"}, {"cluster", e.ARN}, {"address", e.Server}, {"ca.crt", literal(ended(e.CA))}}},
		})
	}
	return documents(docs), nil
}

// Spinnaker returns the part of clouddriver's configuration that lists the
// clusters as accounts, each with a kubeconfig of its own inside.
// Source: Spinnaker's clouddriver, KubernetesAccountProperties.ManagedAccount.
func Spinnaker(entries []Entry) ([]byte, error) {
	accounts := []any{}
	for _, e := range entries {
		m, err := Merge(nil, []Entry{e}, Options{Current: e.name()})
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, pairs{
			{"name", ObjectName(e)}, {"context", e.name()}, {"kubeconfigContents", literal(m.Text)},
		})
	}
	return documents([]pairs{{{"kubernetes", pairs{{"enabled", true}, {"accounts", accounts}}}}}), nil
}

// documents writes mappings as YAML documents.
func documents(docs []pairs) []byte {
	var b strings.Builder
	for i, d := range docs {
		if i > 0 {
			b.WriteString("---\n")
		}
		writeMapping(&b, d, 0)
	}
	return []byte(b.String())
}

// ended returns a text that ends with a newline.
func ended(text []byte) []byte {
	if len(text) > 0 && text[len(text)-1] == '\n' {
		return text
	}
	return append(text[:len(text):len(text)], '\n')
}
