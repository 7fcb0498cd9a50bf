package cli

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/kubeconfig"
	"postern/internal/plan"
	"postern/internal/reach"
)

// authorityUntil returns a certificate that is good until then, as PEM.
func authorityUntil(t *testing.T, end time.Time) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: end.Add(-time.Hour), NotAfter: end, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// TestEntries: what is written of a cluster, by address and credential; and what
// is not written at all.
func TestEntries(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	good := authorityUntil(t, now.Add(time.Minute))
	cluster := func(account plan.AccountID, ca []byte) reach.Cluster {
		return reach.Cluster{Ref: plan.Ref{Account: account, Region: "us-east-1", Name: "prod"}, Host: "abc.example.org", CA: ca, Endpoint: "vpce-1.example.org", Others: []string{"vpce-2.example.org"}}
	}
	one, two := cluster("222222222222", good), cluster("333333333333", good)
	options := kubeconfigOptions{address: addressName, format: formatKubeconfig, credential: credentialPostern, contextName: "{account}/{region}/{name}"}
	var said bytes.Buffer
	e := Env{Self: "/opt/postern-of-a-test", Stderr: &said}
	c := newKubeconfig(e)

	t.Run("by name", func(t *testing.T) {
		o := options
		o.clientRole, o.clientExternalID, o.clientProfile, o.namespace = "arn:aws:iam::{account}:role/{name}", "secret-word", "hub", "team"
		got, err := entriesOf(c, e, []reach.Cluster{one}, o, now)
		want := []kubeconfig.Entry{{
			Name: "222222222222/us-east-1/prod", Ref: one.Ref, Server: "https://abc.example.org", CA: good, Namespace: "team",
			Exec: kubeconfig.Exec{
				APIVersion: "client.authentication.k8s.io/v1", Command: "/opt/postern-of-a-test", InteractiveMode: "Never",
				Args: []string{"token", "222222222222/us-east-1/prod", "--role-arn", "arn:aws:iam::222222222222:role/prod", "--external-id", "secret-word", "--profile", "hub"},
			},
		}}
		if diff := cmp.Diff(want, got); err != nil || diff != "" || said.Len() > 0 {
			t.Errorf("%v %s (-want +got):\n%s", err, &said, diff)
		}
	})
	t.Run("by the endpoint's name", func(t *testing.T) {
		o := options
		o.address, o.credential, o.clientRole, o.clientProfile, o.contextName = addressVPCE, credentialAWS, "arn:aws:iam::{account}:role/deployer", "hub", "x-{name}"
		got, err := entriesOf(c, e, []reach.Cluster{one}, o, now)
		want := []kubeconfig.Entry{{
			Name: "x-prod", Ref: one.Ref, Server: "https://vpce-1.example.org", TLSServerName: "abc.example.org", CA: good,
			Exec: kubeconfig.Exec{
				APIVersion: "client.authentication.k8s.io/v1beta1", Command: "aws", InteractiveMode: "Never",
				Args: []string{"--region", "us-east-1", "eks", "get-token", "--cluster-name", "prod", "--output", "json", "--role-arn", "arn:aws:iam::222222222222:role/deployer"},
				Env:  []kubeconfig.EnvVar{{Name: "AWS_PROFILE", Value: "hub"}},
			},
		}}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if !strings.Contains(said.String(), "several interface endpoints lead to 222222222222/us-east-1/prod") || !strings.Contains(said.String(), "vpce-2.example.org") {
			t.Errorf("said %q", &said)
		}
	})
	t.Run("another command", func(t *testing.T) {
		o := options
		o.command = "postern"
		got, err := entriesOf(c, e, []reach.Cluster{one}, o, now)
		if err != nil || got[0].Exec.Command != "postern" {
			t.Errorf("%v, %+v", err, got)
		}
	})
	t.Run("of one name", func(t *testing.T) {
		o := options
		o.contextName = "{name}"
		_, err := entriesOf(c, e, []reach.Cluster{one, two}, o, now)
		if _, ok := errors.AsType[*usageError](err); !ok || !strings.Contains(err.Error(), "222222222222/us-east-1/prod and 333333333333/us-east-1/prod") {
			t.Error(err)
		}
	})
	for name, ca := range map[string][]byte{"expired": authorityUntil(t, now.Add(-time.Second)), "malformed": []byte("MIIB"), "missing": nil} {
		t.Run(name, func(t *testing.T) {
			got, err := entriesOf(c, e, []reach.Cluster{one, cluster("333333333333", ca)}, options, now)
			if err == nil || len(got) > 0 || !strings.Contains(err.Error(), "cluster 333333333333/us-east-1/prod: certificate authority: ") || !strings.Contains(err.Error(), "nothing is written") {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}
