package aws_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/smithy-go"

	"postern/internal/lab/state"
)

// iamCall makes a call to IAM, for which go.mod has no SDK, and returns its
// error.
func iamCall(t *testing.T, cfg sdk.Config, action string, members map[string]string) error {
	t.Helper()
	form := url.Values{"Action": {action}, "Version": {"2010-05-08"}}
	for k, v := range members {
		form.Set(k, v)
	}
	body := form.Encode()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, *cfg.BaseEndpoint, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	keys, err := cfg.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(t.Context(), keys, req, hex.EncodeToString(sum[:]), "iam", "us-east-1", time.Now()); err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	var doc struct {
		Error struct{ Code, Message string }
	}
	if err := xml.Unmarshal(text, &doc); err != nil || doc.Error.Code == "" {
		t.Fatalf("%s: %s\n%s", action, resp.Status, text)
	}
	return &smithy.GenericAPIError{Code: doc.Error.Code, Message: doc.Error.Message}
}

// TestAuthorizeBoundary: who may make roles only within a boundary may change
// only those that have it.
func TestAuthorizeBoundary(t *testing.T) {
	g := newGuarded(t)
	const boundary = "arn:aws:iam::222222222222:policy/boundary"
	const everything = "arn:aws:iam::aws:policy/AdministratorAccess"
	const nothing = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}]}`
	root := g.keys(state.StaticKey(admin.Account), state.StaticSecret, "")
	deployer := g.as("deployer", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*",
		"Action":["iam:CreateRole","iam:PutRolePolicy","iam:DeleteRolePolicy","iam:AttachRolePolicy","iam:DetachRolePolicy","iam:PutRolePermissionsBoundary","iam:DeleteRolePermissionsBoundary"],
		"Condition":{"StringEquals":{"iam:PermissionsBoundary":"`+boundary+`"}}}]}`)
	for _, c := range []struct {
		as     sdk.Config
		action string
		in     map[string]string
		denied bool
	}{
		{as: root, action: "CreatePolicy", in: map[string]string{"PolicyName": "boundary", "PolicyDocument": nothing}},
		{as: root, action: "CreateRole", in: map[string]string{"RoleName": "free", "AssumeRolePolicyDocument": trust}},
		{as: deployer, action: "CreateRole", in: map[string]string{"RoleName": "bounded", "AssumeRolePolicyDocument": trust}, denied: true},
		{as: deployer, action: "CreateRole", in: map[string]string{"RoleName": "bounded", "AssumeRolePolicyDocument": trust, "PermissionsBoundary": boundary}},
		{as: deployer, action: "PutRolePolicy", in: map[string]string{"RoleName": "bounded", "PolicyName": "p", "PolicyDocument": nothing}},
		{as: deployer, action: "PutRolePolicy", in: map[string]string{"RoleName": "free", "PolicyName": "p", "PolicyDocument": nothing}, denied: true},
		{as: deployer, action: "DeleteRolePolicy", in: map[string]string{"RoleName": "bounded", "PolicyName": "p"}},
		{as: deployer, action: "DeleteRolePolicy", in: map[string]string{"RoleName": "free", "PolicyName": "p"}, denied: true},
		{as: deployer, action: "AttachRolePolicy", in: map[string]string{"RoleName": "bounded", "PolicyArn": everything}},
		{as: deployer, action: "AttachRolePolicy", in: map[string]string{"RoleName": "free", "PolicyArn": everything}, denied: true},
		{as: deployer, action: "DetachRolePolicy", in: map[string]string{"RoleName": "bounded", "PolicyArn": everything}},
		{as: deployer, action: "DetachRolePolicy", in: map[string]string{"RoleName": "free", "PolicyArn": everything}, denied: true},
		{as: deployer, action: "PutRolePermissionsBoundary", in: map[string]string{"RoleName": "bounded", "PermissionsBoundary": everything}, denied: true},
		{as: deployer, action: "PutRolePermissionsBoundary", in: map[string]string{"RoleName": "free", "PermissionsBoundary": boundary}},
		{as: deployer, action: "DeleteRolePermissionsBoundary", in: map[string]string{"RoleName": "bounded"}},
		{as: deployer, action: "PutRolePolicy", in: map[string]string{"RoleName": "bounded", "PolicyName": "p", "PolicyDocument": nothing}, denied: true},
	} {
		err := iamCall(t, c.as, c.action, c.in)
		if what := c.action + " " + c.in["RoleName"]; c.denied {
			g.refused(what, err, "AccessDenied", "iam:"+c.action+" on resource: arn:aws:iam::222222222222:role/"+c.in["RoleName"])
		} else if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestAuthorizeMultiRegion: offering a service to another region, and reaching
// one there, need a right of their own beside the action's.
func TestAuthorizeMultiRegion(t *testing.T) {
	g := newGuarded(t)
	policy := func(actions string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":[` + actions + `]}]}`
	}
	const both = `"ec2:CreateVpcEndpointServiceConfiguration","ec2:ModifyVpcEndpointServiceConfiguration","ec2:CreateVpcEndpoint"`
	for role, tt := range map[string]struct{ actions, code string }{
		"without": {both, "UnauthorizedOperation"},
		"with":    {both + `,"vpce:AllowMultiRegion"`, ""},
	} {
		ctx, client := t.Context(), ec2.NewFromConfig(g.as(role, policy(tt.actions)))
		balancers := []string{"arn:aws:elasticloadbalancing:us-east-1:222222222222:loadbalancer/net/none/0123456789abcdef"}
		_, err := client.CreateVpcEndpointServiceConfiguration(ctx, &ec2.CreateVpcEndpointServiceConfigurationInput{NetworkLoadBalancerArns: balancers, SupportedRegions: []string{"eu-west-1"}})
		g.refused(role+": offer a service abroad", err, tt.code, "vpce:AllowMultiRegion")
		_, err = client.ModifyVpcEndpointServiceConfiguration(ctx, &ec2.ModifyVpcEndpointServiceConfigurationInput{ServiceId: sdk.String("vpce-svc-0123456789abcdef0"), AddSupportedRegions: []string{"eu-west-1"}})
		g.refused(role+": offer it in one more region", err, tt.code, "vpce:AllowMultiRegion")
		_, err = client.CreateVpcEndpoint(ctx, &ec2.CreateVpcEndpointInput{VpcId: &g.vpc, VpcEndpointType: "Interface", ServiceName: sdk.String("com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0"), ServiceRegion: sdk.String("eu-west-1")})
		g.refused(role+": reach one abroad", err, tt.code, "vpce:AllowMultiRegion")
		_, err = client.CreateVpcEndpointServiceConfiguration(ctx, &ec2.CreateVpcEndpointServiceConfigurationInput{NetworkLoadBalancerArns: balancers})
		g.refused(role+": offer a service at home", err, "", "")
	}
}
