package awsapi

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	taggingtypes "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"

	"postern/internal/plan"
)

// TestOwnTagDecides shows that a group's own cluster tag counts more than its
// load balancer's, also where the listing does not have it yet.
func TestOwnTagDecides(t *testing.T) {
	for own, want := range map[string]string{"payments": "payments", "prod": "prod"} {
		f := &shelf{
			tagged:    [][]taggingtypes.ResourceTagMapping{{taggedAs(lbARN("n"), plan.TagCluster+"=prod")}},
			groups:    [][]elbtypes.TargetGroup{{tg("g", "n")}},
			balancers: [][]elbtypes.LoadBalancer{{lb("n")}},
			own:       map[string]map[string]string{tgARN("g"): {plan.TagCluster: own}},
		}
		got, err := f.scope().Candidates(t.Context(), plan.TagCluster)
		if err != nil || len(got) != 1 || got[0].Cluster != want || got[0].ByLoadBalancer {
			t.Errorf("own tag %s: %+v, %v", own, got, err)
		}
	}
}

// TestEndlessPages shows that tokens which go round, or never end, end.
func TestEndlessPages(t *testing.T) {
	for name, token := range map[string]func(n int) string{
		"round":   func(n int) string { return []string{"a", "b"}[n%2] },
		"forever": func(n int) string { return fmt.Sprint(n) },
	} {
		n := 0
		s := scopeWith(calls{describeNetworkInterfaces: func(context.Context, *ec2.DescribeNetworkInterfacesInput, ...func(*ec2.Options)) (*ec2.DescribeNetworkInterfacesOutput, error) {
			if n++; n > 2*maxPages {
				return nil, fmt.Errorf("no end after %d pages", n)
			}
			return &ec2.DescribeNetworkInterfacesOutput{NetworkInterfaces: []ec2types.NetworkInterface{eni("eni-1", "10.0.0.1")}, NextToken: aws.String(token(n))}, nil
		}})
		_, err := s.Interfaces(t.Context())
		wantFault(t, err, plan.AWSAnswer, "page")
		if n > maxPages {
			t.Errorf("%s: %d pages", name, n)
		}
	}
}

// TestRoleFromAnotherRegion shows that a region whose STS does not exist keeps
// the same role from no other.
func TestRoleFromAnotherRegion(t *testing.T) {
	f := &fakeAWS{handle: func(_ context.Context, r request) (int, string, error) {
		switch {
		case r.action != "AssumeRole":
			return result("GetCallerIdentity", "<Arn>a</Arn><Account>222222222222</Account>")
		case r.region == "xx-nowhere-1":
			return 0, "", fmt.Errorf("no such host")
		}
		return result("AssumeRole", `<Credentials><AccessKeyId>R</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>`)
	}}
	c := New(aws.Config{HTTPClient: f, Credentials: credentials.NewStaticCredentialsProvider("A", "s", "")}, Options{})
	const role = "arn:aws:iam::222222222222:role/postern-sync"
	c.Scope(ScopeConfig{Account: "222222222222", Region: "xx-nowhere-1", RoleARN: role})
	if _, err := c.Scope(ScopeConfig{Account: "222222222222", Region: region, RoleARN: role}).Account(t.Context()); err != nil {
		t.Error(err)
	}
}
