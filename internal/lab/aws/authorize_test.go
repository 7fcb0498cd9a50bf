package aws_test

import (
	"errors"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"postern/internal/lab/aws"
	"postern/internal/lab/state"
)

// guarded is a server whose store enforces policies, with one target group that
// sync may write to and one that it may not.
type guarded struct {
	t                  *testing.T
	store              *state.Store
	url                string
	vpc, managed, left string
}

var admin = state.Caller{Account: "222222222222", Region: "us-east-1", ARN: "arn:aws:iam::222222222222:user/lab"}

func newGuarded(t *testing.T) *guarded {
	t.Helper()
	store := state.New(state.Options{Enforce: true, Strict: true, Consistent: true})
	srv := httptest.NewServer(aws.NewServer(store))
	t.Cleanup(srv.Close)
	g := &guarded{t: t, store: store, url: srv.URL}
	client := ec2.NewFromConfig(g.keys(state.StaticKey(admin.Account), state.StaticSecret, ""))
	vpc, err := client.CreateVpc(t.Context(), &ec2.CreateVpcInput{CidrBlock: sdk.String("10.0.0.0/16")})
	if err != nil {
		t.Fatal(err)
	}
	g.vpc = *vpc.Vpc.VpcId
	balancing := elb.NewFromConfig(g.keys(state.StaticKey(admin.Account), state.StaticSecret, ""))
	for name, arn := range map[string]*string{"managed": &g.managed, "left": &g.left} {
		in := &elb.CreateTargetGroupInput{Name: &name, Protocol: "TCP", Port: sdk.Int32(443), VpcId: vpc.Vpc.VpcId, TargetType: "ip"}
		if name == "managed" {
			in.Tags = []elbtypes.Tag{{Key: sdk.String("postern:managed"), Value: sdk.String("true")}}
		}
		made, err := balancing.CreateTargetGroup(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		*arn = *made.TargetGroups[0].TargetGroupArn
	}
	return g
}

func (g *guarded) keys(access, secret, token string) sdk.Config {
	return sdk.Config{Region: "us-east-1", BaseEndpoint: &g.url, Credentials: credentials.NewStaticCredentialsProvider(access, secret, token), Retryer: func() sdk.Retryer { return sdk.NopRetryer{} }}
}

// as returns the configuration of a session of a role that has a policy.
func (g *guarded) as(role, policy string) sdk.Config {
	g.t.Helper()
	arn := "arn:aws:iam::222222222222:role/" + role
	if err := g.store.AddRole(state.Role{ARN: arn, Policy: policy}); err != nil {
		g.t.Fatal(err)
	}
	got, err := sts.NewFromConfig(g.keys(state.StaticKey(admin.Account), state.StaticSecret, "")).AssumeRole(g.t.Context(),
		&sts.AssumeRoleInput{RoleArn: &arn, RoleSessionName: sdk.String("test")})
	if err != nil {
		g.t.Fatal(err)
	}
	c := got.Credentials
	return g.keys(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken)
}

// refused checks a refusal: its code, and what its message says; an empty code
// means that the call is allowed, whatever else is wrong with it.
func (g *guarded) refused(what string, err error, code, message string) {
	g.t.Helper()
	api, ok := errors.AsType[smithy.APIError](err)
	denied := ok && (strings.HasPrefix(api.ErrorCode(), "AccessDenied") || api.ErrorCode() == "UnauthorizedOperation")
	switch {
	case code == "" && denied:
		g.t.Errorf("%s: refused: %v", what, err)
	case code != "" && (!denied || api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), message)):
		g.t.Errorf("%s: %v, want %s with %q", what, err, code, message)
	}
}

// document returns the policy for sync that docs/security.md gives.
func document(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)## The least that sync needs\n\n```json\n(.*?)```").FindSubmatch(text)
	if m == nil {
		t.Fatal("docs/security.md has no policy for sync")
	}
	return string(m[1])
}

// TestSyncPolicy: with the documented policy sync does its work, and can
// neither write to a group that is not its own nor give itself one.
func TestSyncPolicy(t *testing.T) {
	g := newGuarded(t)
	cfg := g.as("postern-sync", document(t))
	ctx := t.Context()
	balancing, network := elb.NewFromConfig(cfg), ec2.NewFromConfig(cfg)
	tag := func(group, key, value string) error {
		_, err := balancing.AddTags(ctx, &elb.AddTagsInput{ResourceArns: []string{group}, Tags: []elbtypes.Tag{{Key: &key, Value: &value}}})
		return err
	}
	targets := []elbtypes.TargetDescription{{Id: sdk.String("10.0.0.10")}}
	register := func(group string) error {
		_, err := balancing.RegisterTargets(ctx, &elb.RegisterTargetsInput{TargetGroupArn: &group, Targets: targets})
		return err
	}
	deregister := func(group string) error {
		_, err := balancing.DeregisterTargets(ctx, &elb.DeregisterTargetsInput{TargetGroupArn: &group, Targets: targets})
		return err
	}
	const implicit = "because no identity-based policy allows the "
	g.refused("register in a managed group", register(g.managed), "", "")
	g.refused("deregister in a managed group", deregister(g.managed), "", "")
	g.refused("register in another group", register(g.left), "AccessDenied", "elasticloadbalancing:RegisterTargets on resource: "+g.left+" "+implicit)
	g.refused("deregister in another group", deregister(g.left), "AccessDenied", implicit)
	g.refused("write marks", tag(g.managed, "postern:marks", "-10.0.0.10@1"), "", "")
	g.refused("take over a group", tag(g.left, "postern:managed", "true"), "AccessDenied", implicit)
	g.refused("change another tag", tag(g.managed, "postern:cluster", "other"), "AccessDenied", implicit)
	_, err := balancing.AddTags(ctx, &elb.AddTagsInput{ResourceArns: []string{g.managed}, Tags: []elbtypes.Tag{{Key: sdk.String("postern:marks")}, {Key: sdk.String("x")}}})
	g.refused("change another tag beside the marks", err, "AccessDenied", implicit)
	_, err = balancing.AddTags(ctx, &elb.AddTagsInput{ResourceArns: []string{g.managed, g.left}, Tags: []elbtypes.Tag{{Key: sdk.String("postern:marks")}}})
	g.refused("write marks on another group beside", err, "AccessDenied", g.left)
	_, err = balancing.RemoveTags(ctx, &elb.RemoveTagsInput{ResourceArns: []string{g.managed}, TagKeys: []string{"postern:managed"}})
	g.refused("remove a tag", err, "AccessDenied", "RemoveTags")
	_, err = balancing.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: &g.left})
	g.refused("read health", err, "", "")
	_, err = network.DescribeNetworkInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{})
	g.refused("list interfaces", err, "", "")
	_, err = network.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{})
	g.refused("list subnets", err, "UnauthorizedOperation", "You are not authorized to perform this operation. User: arn:aws:sts::222222222222:assumed-role/postern-sync/test is not authorized to perform: ec2:DescribeSubnets "+implicit+"ec2:DescribeSubnets action")
	_, err = network.CreateTags(ctx, &ec2.CreateTagsInput{Resources: []string{g.vpc}, Tags: []ec2types.Tag{{Key: sdk.String("a")}}})
	if err == nil {
		t.Error("tags may be made")
	}
	_, err = eks.NewFromConfig(cfg).DescribeCluster(ctx, &eks.DescribeClusterInput{Name: sdk.String("prod")})
	g.refused("describe a cluster", err, "", "")
	_, err = eks.NewFromConfig(cfg).DeleteCluster(ctx, &eks.DeleteClusterInput{Name: sdk.String("prod")})
	g.refused("delete a cluster", err, "AccessDeniedException", "on resource: arn:aws:eks:us-east-1:222222222222:cluster/prod ")
	_, err = resourcegroupstaggingapi.NewFromConfig(cfg).GetResources(ctx, &resourcegroupstaggingapi.GetResourcesInput{})
	g.refused("find links", err, "", "")
	if _, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}); err != nil {
		t.Errorf("who am I: %v", err)
	}
	_, err = sts.NewFromConfig(cfg).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: sdk.String("arn:aws:iam::222222222222:role/postern-sync"), RoleSessionName: sdk.String("again")})
	g.refused("assume a role", err, "AccessDenied", "sts:AssumeRole")
}

// TestAuthorizeTagsAndRoles: what a call makes with tags, and whom it gives a
// role to, is asked for too.
func TestAuthorizeTagsAndRoles(t *testing.T) {
	g := newGuarded(t)
	ctx := t.Context()
	policy := func(statements string) string { return `{"Version":"2012-10-17","Statement":[` + statements + `]}` }
	const make = `{"Effect":"Allow","Action":["ec2:CreateVpc","ec2:CreateSubnet"],"Resource":"*"}`
	tagged := &ec2.CreateVpcInput{CidrBlock: sdk.String("10.1.0.0/16"), TagSpecifications: []ec2types.TagSpecification{
		{ResourceType: "vpc", Tags: []ec2types.Tag{{Key: sdk.String("Stack"), Value: sdk.String("a")}}},
	}}
	maker := ec2.NewFromConfig(g.as("maker", policy(make)))
	_, err := maker.CreateVpc(ctx, tagged)
	g.refused("make with a tag", err, "UnauthorizedOperation", "ec2:CreateTags on resource: arn:aws:ec2:us-east-1:222222222222:vpc/*")
	_, err = maker.CreateVpc(ctx, &ec2.CreateVpcInput{CidrBlock: sdk.String("10.1.0.0/16")})
	g.refused("make without a tag", err, "", "")
	tagger := ec2.NewFromConfig(g.as("tagger", policy(make+`,{"Effect":"Allow","Action":"ec2:CreateTags","Resource":"*","Condition":{"StringEquals":{"ec2:CreateAction":"CreateVpc","aws:RequestTag/Stack":"a"}}}`)))
	_, err = tagger.CreateVpc(ctx, tagged)
	g.refused("make with a tag that may be made", err, "", "")
	tagged.TagSpecifications[0].Tags[0].Value = sdk.String("b")
	_, err = tagger.CreateVpc(ctx, tagged)
	g.refused("make with another tag", err, "UnauthorizedOperation", "ec2:CreateTags")

	own := ec2.NewFromConfig(g.as("own", policy(`{"Effect":"Allow","Action":"ec2:DeleteVpc","Resource":"*","Condition":{"StringEquals":{"ec2:ResourceTag/Stack":"a"}}}`)))
	_, err = own.DeleteVpc(ctx, &ec2.DeleteVpcInput{VpcId: &g.vpc})
	g.refused("delete what has no tag", err, "UnauthorizedOperation", "vpc/"+g.vpc)
	abroad := ec2.NewFromConfig(g.as("abroad", policy(`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}`)))
	_, err = abroad.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{})
	g.refused("denied region", err, "UnauthorizedOperation", "with an explicit deny in an identity-based policy")

	subnets := []string{"subnet-1", "subnet-2"}
	create := &eks.CreateClusterInput{Name: sdk.String("c"), RoleArn: sdk.String("arn:aws:iam::222222222222:role/eks"), ResourcesVpcConfig: &ekstypes.VpcConfigRequest{SubnetIds: subnets}}
	_, err = eks.NewFromConfig(g.as("clusters", policy(`{"Effect":"Allow","Action":"eks:*","Resource":"*"}`))).CreateCluster(ctx, create)
	g.refused("pass a role", err, "AccessDeniedException", "iam:PassRole on resource: arn:aws:iam::222222222222:role/eks")
	_, err = eks.NewFromConfig(g.as("passer", policy(`{"Effect":"Allow","Action":"eks:*","Resource":"*"},{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"eks.amazonaws.com"}}}`))).CreateCluster(ctx, create)
	g.refused("pass a role that may be passed", err, "", "")
}
