package awsapi

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/plan"
)

const clusterARN = "arn:aws:eks:" + region + ":" + account + ":cluster/prod"

func TestCluster(t *testing.T) {
	const host = "abc.gr7.us-east-1.eks.amazonaws.com"
	whole := fmt.Sprintf(`{"cluster":{"name":"prod","arn":%q,"status":"ACTIVE","endpoint":"https://ABC.gr7.us-east-1.eks.amazonaws.com",
"certificateAuthority":{"data":"UEVN"},"kubernetesNetworkConfig":{"ipFamily":"ipv6"},
"resourcesVpcConfig":{"vpcId":"vpc-1","clusterSecurityGroupId":"sg-1","endpointPublicAccess":true,"endpointPrivateAccess":true}}}`, clusterARN)
	tests := []struct {
		name string
		body string
		want plan.Cluster
		bad  string
	}{
		{name: "whole", body: whole, want: plan.Cluster{ARN: clusterARN, Name: "prod", Status: plan.ClusterActive, Host: host, VPC: "vpc-1",
			SecurityGroup: "sg-1", CA: []byte("PEM"), Public: true, Private: true, IPv6: true}},
		{name: "being made", body: fmt.Sprintf(`{"cluster":{"name":"prod","arn":%q,"status":"CREATING"}}`, clusterARN),
			want: plan.Cluster{ARN: clusterARN, Name: "prod", Status: plan.ClusterCreating}},
		{name: "nothing", body: `{}`, bad: "no cluster"},
		{name: "another cluster", body: strings.Replace(whole, `"prod"`, `"prod-2"`, 1), bad: `about cluster "prod-2"`},
		{name: "no status", body: strings.Replace(whole, "ACTIVE", "", 1), bad: "no status"},
		{name: "no ARN", body: strings.Replace(whole, "arn:aws", "x", 1), bad: "ARN"},
		{name: "endpoint", body: strings.Replace(whole, "https:", "ftp:", 1), bad: "is not https://HOST"},
		{name: "CA", body: strings.Replace(whole, "UEVN", "!", 1), bad: "certificate authority"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &fakeAWS{handle: func(context.Context, request) (int, string, error) { return 200, tt.body, nil }}
			got, err := f.scope(Options{}).Cluster(t.Context(), "prod")
			if tt.bad != "" {
				wantFault(t, err, plan.AWSAnswer, tt.bad, `describe cluster "prod"`)
				return
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Errorf("error %v (-want +got):\n%s", err, diff)
			}
			if asked := f.requests()[0].body; asked != "prod" {
				t.Errorf("asked about %q", asked)
			}
		})
	}
	t.Run("unknown to EKS", func(t *testing.T) {
		f := &fakeAWS{handle: func(_ context.Context, r request) (int, string, error) {
			status, body, err := refusal(r, "ResourceNotFoundException", "No cluster found for name: prod.")
			return status + 4, body, err
		}}
		got, err := f.scope(Options{}).Cluster(t.Context(), "prod")
		if diff := cmp.Diff(plan.Cluster{Name: "prod", Status: plan.ClusterGone}, got); diff != "" || err != nil {
			t.Errorf("error %v (-want +got):\n%s", err, diff)
		}
	})
}

func TestEndpointHost(t *testing.T) {
	for in, want := range map[string]string{
		"https://ABC.example.org":       "abc.example.org",
		"https://abc.example.org:443/":  "abc.example.org",
		"https://abc.example.org:6443":  "",
		"http://abc.example.org":        "",
		"https://user@abc.example.org":  "",
		"https://abc.example.org/api":   "",
		"https://abc.example.org?x=y":   "",
		"https://":                      "",
		"https://10.0.0.1":              "",
		"https://[fd00::1]":             "",
		"https://abc..example.org":      "",
		"https://-abc.example.org":      "",
		"https://abc.example.org.":      "",
		"abc.example.org":               "",
		"":                              "",
		"https://a b.example.org":       "",
		"https://abc.example.org%00.x/": "",
	} {
		if got, err := endpointHost(in); got != want || (err == nil) != (want != "") {
			t.Errorf("endpointHost(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

// FuzzEndpointHost: a host that is accepted reads as itself.
func FuzzEndpointHost(f *testing.F) {
	for _, s := range []string{"https://ABC.gr7.us-east-1.eks.amazonaws.com", "https://a:443/", "https://[::1]", "https://1.2.3.4", "x", "https://a%2eb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		host, err := endpointHost(s)
		if err != nil {
			return
		}
		if again, err := endpointHost("https://" + host); err != nil || again != host {
			t.Errorf("endpointHost(%q) = %q, which reads as %q, %v", s, host, again, err)
		}
	})
}
