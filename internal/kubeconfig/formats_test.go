package kubeconfig

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/clientcmd"
	"pgregory.net/rapid"

	"postern/internal/plan"
)

// by is an entry by its interface endpoint's name.
func by(e Entry) Entry {
	e.TLSServerName = strings.TrimPrefix(e.Server, "https://")
	e.Server = "https://vpce-0123456789abcdef0-abcdefgh.vpce-svc-0123456789abcdef0.us-east-1.vpce.amazonaws.com"
	return e
}

// golden compares a text with a file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// The cluster Secret of Argo CD, field by field.
// Source: Argo CD documentation, operator manual, declarative setup, clusters;
// and its API types Cluster and ClusterConfig.
type (
	argoSecret struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string `yaml:"kind"`
		Metadata   struct {
			Name      string            `yaml:"name"`
			Namespace string            `yaml:"namespace"`
			Labels    map[string]string `yaml:"labels"`
		} `yaml:"metadata"`
		Type       string `yaml:"type"`
		StringData struct {
			Name, Server, Config string
			Namespaces           string `yaml:"namespaces"`
			ClusterResources     string `yaml:"clusterResources"`
			Project              string `yaml:"project"`
			Shard                string `yaml:"shard"`
		} `yaml:"stringData"`
	}
	argoConfig struct {
		Username        string `json:"username"`
		Password        string `json:"password"`
		BearerToken     string `json:"bearerToken"`
		TLSClientConfig struct {
			Insecure   bool   `json:"insecure"`
			ServerName string `json:"serverName"`
			CertData   []byte `json:"certData"`
			KeyData    []byte `json:"keyData"`
			CAData     []byte `json:"caData"`
		} `json:"tlsClientConfig"`
		AWSAuthConfig *struct {
			ClusterName string `json:"clusterName"`
			RoleARN     string `json:"roleARN"`
			Profile     string `json:"profile"`
		} `json:"awsAuthConfig"`
		ExecProviderConfig *struct {
			Command     string            `json:"command"`
			Args        []string          `json:"args"`
			Env         map[string]string `json:"env"`
			APIVersion  string            `json:"apiVersion"`
			InstallHint string            `json:"installHint"`
		} `json:"execProviderConfig"`
		DisableCompression bool   `json:"disableCompression"`
		ProxyURL           string `json:"proxyUrl"`
	}
)

// TestArgoCD: the Secrets have the fields that Argo CD documents and no other,
// and say what the entries say.
func TestArgoCD(t *testing.T) {
	entries := []Entry{by(prod), payments}
	text, err := ArgoCD(entries, "argocd", func(e Entry) AWSAuth {
		if e.Ref == prod.Ref {
			return AWSAuth{RoleARN: "arn:aws:iam::222222222222:role/deployer"}
		}
		return AWSAuth{Profile: "hub"}
	})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "argocd.yaml", text)
	docs := bytes.Split(text, []byte("\n---\n"))
	if len(docs) != len(entries) {
		t.Fatalf("%d documents", len(docs))
	}
	for i, e := range entries {
		var s argoSecret
		if err := yaml.UnmarshalWithOptions(docs[i], &s, yaml.Strict()); err != nil {
			t.Fatal(err)
		}
		var c argoConfig
		dec := json.NewDecoder(strings.NewReader(s.StringData.Config))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&c); err != nil {
			t.Fatal(err)
		}
		if s.Kind != "Secret" || s.APIVersion != "v1" || s.Metadata.Labels["argocd.argoproj.io/secret-type"] != "cluster" || s.Metadata.Namespace != "argocd" ||
			s.StringData.Server != e.Server || s.StringData.Name != e.name() || c.TLSClientConfig.Insecure || c.TLSClientConfig.ServerName != e.TLSServerName ||
			!bytes.Equal(c.TLSClientConfig.CAData, e.CA) || c.AWSAuthConfig == nil || c.AWSAuthConfig.ClusterName != e.Ref.Name || c.BearerToken != "" {
			t.Errorf("%+v %+v", s, c)
		}
		if wantRole := i == 0; (c.AWSAuthConfig.RoleARN != "") != wantRole || (c.AWSAuthConfig.Profile != "") == wantRole {
			t.Errorf("%+v", c.AWSAuthConfig)
		}
	}
}

// TestFlux: the keys of the ConfigMap are those that Flux documents, and an
// address that is not the cluster's own is refused.
func TestFlux(t *testing.T) {
	text, err := Flux([]Entry{prod, payments}, "flux-system")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "flux.yaml", text)
	var m struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string `yaml:"kind"`
		Metadata   struct{ Name, Namespace string }
		Data       struct {
			Provider, Cluster, Address string
			CA                         string `yaml:"ca.crt"`
			Audiences                  string
			ServiceAccountName         string `yaml:"serviceAccountName"`
		}
	}
	first, _, _ := bytes.Cut(text, []byte("---\napiVersion"))
	if err := yaml.UnmarshalWithOptions(first, &m, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if m.Kind != "ConfigMap" || m.Data.Provider != "aws" || m.Data.Cluster != prod.ARN || m.Data.Address != prod.Server || m.Data.CA != string(prod.CA) {
		t.Errorf("%+v", m)
	}
	if _, err := Flux([]Entry{by(prod)}, "flux-system"); err == nil || !strings.Contains(err.Error(), "222222222222/us-east-1/prod") {
		t.Errorf("by the endpoint's name: %v", err)
	}
}

// TestSpinnaker: each account has a kubeconfig that client-go takes, whose
// context it names.
func TestSpinnaker(t *testing.T) {
	text, err := Spinnaker([]Entry{by(prod), payments})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "spinnaker.yaml", text)
	var profile struct {
		Kubernetes struct {
			Enabled  bool
			Accounts []struct {
				Name, Context      string
				KubeconfigContents string `yaml:"kubeconfigContents"`
			}
		}
	}
	if err := yaml.UnmarshalWithOptions(text, &profile, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if !profile.Kubernetes.Enabled || len(profile.Kubernetes.Accounts) != 2 {
		t.Fatalf("%+v", profile)
	}
	for _, a := range profile.Kubernetes.Accounts {
		c, err := clientcmd.Load([]byte(a.KubeconfigContents))
		if err != nil {
			t.Fatal(err)
		}
		if err := clientcmd.ConfirmUsable(*c, a.Context); err != nil || c.CurrentContext != a.Context {
			t.Errorf("%s: %v, %+v", a.Name, err, c)
		}
	}
}

// TestObjectName: names are labels, and no two clusters that are named in one way
// have the same.
func TestObjectName(t *testing.T) {
	form := regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	names := map[bool]map[string]Entry{false: {}, true: {}}
	rapid.Check(t, func(t *rapid.T) {
		e := Entry{Ref: plan.Ref{
			Account: plan.AccountID(rapid.SampledFrom([]string{"222222222222", "333333333333"}).Draw(t, "account")),
			Region:  plan.Region(rapid.SampledFrom([]string{"us-east-1", "eu-west-1"}).Draw(t, "region")),
			Name:    rapid.StringMatching(`[0-9A-Za-z][A-Za-z0-9_-]{0,9}([A-Za-z0-9_-]{80})?`).Draw(t, "name"),
		}}
		named := rapid.Bool().Draw(t, "named")
		if named {
			e.Name = rapid.SampledFrom([]string{e.Ref.Name, "a/b", "---", "日本", strings.ToUpper(e.Ref.Name), strings.ReplaceAll(e.Ref.String(), "/", "-")}).Draw(t, "as")
		}
		got := ObjectName(e)
		if !form.MatchString(got) {
			t.Fatalf("%q is no label", got)
		}
		if other, taken := names[named][got]; taken && other.name() != e.name() {
			t.Fatalf("%q is both %q and %q", got, other.name(), e.name())
		}
		names[named][got] = e
	})
	if got := ObjectName(prod); got != "222222222222-us-east-1-prod" {
		t.Error(got)
	}
}

// TestScalar: every text is read as itself, by both readers.
func TestScalar(t *testing.T) {
	check := func(t interface{ Fatalf(string, ...any) }, s string) {
		e := prod
		e.Name, e.Namespace = "x"+s, s
		m, err := Merge(nil, []Entry{e}, Options{})
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		c, err := clientcmd.Load(m.Text)
		if err != nil {
			t.Fatalf("%q: %v\n%s", s, err, m.Text)
		}
		if x := c.Contexts[e.Name]; x == nil || x.Namespace != s {
			t.Fatalf("%q became %+v\n%s", s, x, m.Text)
		}
	}
	for _, s := range []string{
		"true", "No", "y", "~", "null", "0", "1e3", "0x1F", "0o7", "1_000", "12:30", "2001-01-01", "2001-01-01T00:00:00Z", ".5", "+1", "-", "--x", "- a", "a: b", "a:", ":a", "#", "a #b", "a#b",
		"'", `"`, `\`, "{", "}", "[a]", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a", "?", "? a", "a\nb", "a\tb", " a", "a ", "222222222222", "222222222222/us-east-1/prod", "é", "=", "<<", "NaN", ".inf", "0b1",
	} {
		check(t, s)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, rapid.StringMatching(`[ -~é]{0,12}`).Draw(t, "text")) })
}
