package aws_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbv2types "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	taggingtypes "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/aws"
	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

// story is a store behind the real SDK.
type story struct {
	*testing.T
	store *state.Store
	cfg   sdk.Config
	ec2   *ec2.Client
	eks   *eks.Client
	elb   *elbv2.Client
}

const (
	account = "222222222222"
	region  = "eu-west-1"
)

func newStory(t *testing.T) *story {
	t.Helper()
	s := &story{T: t, store: state.New(state.Options{Seed: 1, Consistent: true})}
	handler := aws.NewServer(s.store)
	record := handler.Record
	handler.Record = func(r wire.Record) {
		record(r)
		checkCode(t, handler.Tables, r)
	}
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	s.cfg = sdk.Config{
		Region:       region,
		BaseEndpoint: &srv.URL,
		Credentials:  credentials.NewStaticCredentialsProvider(state.StaticKey(account), state.StaticSecret, ""),
		Retryer:      func() sdk.Retryer { return sdk.NopRetryer{} },
	}
	s.ec2, s.eks, s.elb = ec2.NewFromConfig(s.cfg), eks.NewFromConfig(s.cfg), elbv2.NewFromConfig(s.cfg)
	return s
}

// checkCode fails for an error that the action's line in its table does not
// have, that its model does not declare, and that is not common to all actions.
func checkCode(t *testing.T, tables []*wire.Table, r wire.Record) {
	common := []string{
		"", "AuthFailure", "DryRunOperation", "InvalidClientTokenId", "InvalidParameterCombination", "InvalidParameterValue", "MissingParameter",
		"Throttling", "UnrecognizedClientException", "UnsupportedOperation", "ValidationError",
	}
	for _, table := range tables {
		if op := table.Service.Operation(r.Action); op != nil && table.Name == r.Service &&
			!slices.Contains(slices.Concat(common, op.Errors, table.Actions[r.Action].Codes), r.Code) {
			t.Errorf("%s.%s ended in %s, which its table does not have", r.Service, r.Action, r.Code)
		}
	}
}

// must makes a call that has to succeed.
func must[In, Out, Opt any](s *story, call func(context.Context, *In, ...Opt) (*Out, error), in *In) *Out {
	s.Helper()
	out, err := call(s.Context(), in)
	if err != nil {
		s.Fatalf("%T: %v", in, err)
	}
	return out
}

// refused makes a call that has to end in an error of that code.
func refused[In, Out, Opt any](s *story, code string, call func(context.Context, *In, ...Opt) (*Out, error), in *In) {
	s.Helper()
	_, err := call(s.Context(), in)
	if api, ok := errors.AsType[smithy.APIError](err); !ok || api.ErrorCode() != code {
		s.Errorf("%T: got %v, want %s", in, err, code)
	}
}

func (s *story) equal(what string, want, got any) {
	s.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		s.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// network makes a VPC with two subnets, in two zones.
func (s *story) network() (vpc string, subnets []string) {
	s.Helper()
	v := must(s, s.ec2.CreateVpc, &ec2.CreateVpcInput{CidrBlock: new("10.0.0.0/16"), TagSpecifications: []ec2types.TagSpecification{{
		ResourceType: "vpc", Tags: []ec2types.Tag{{Key: new("Name"), Value: new("spoke")}},
	}}}).Vpc
	for i, z := range must(s, s.ec2.DescribeAvailabilityZones, &ec2.DescribeAvailabilityZonesInput{}).AvailabilityZones[:2] {
		block := []string{"10.0.0.0/24", "10.0.1.0/24"}[i]
		sub := must(s, s.ec2.CreateSubnet, &ec2.CreateSubnetInput{VpcId: v.VpcId, CidrBlock: &block, AvailabilityZoneId: z.ZoneId}).Subnet
		s.equal("subnet's zone", *z.ZoneName, *sub.AvailabilityZone)
		subnets = append(subnets, *sub.SubnetId)
	}
	return *v.VpcId, subnets
}

func TestStoryVPC(t *testing.T) {
	s := newStory(t)
	vpc, subnets := s.network()

	vpcs := must(s, s.ec2.DescribeVpcs, &ec2.DescribeVpcsInput{Filters: []ec2types.Filter{{Name: new("tag:Name"), Values: []string{"spo*"}}}}).Vpcs
	if len(vpcs) != 1 || *vpcs[0].VpcId != vpc || *vpcs[0].CidrBlock != "10.0.0.0/16" || *vpcs[0].OwnerId != account || *vpcs[0].IsDefault || len(vpcs[0].Tags) != 1 {
		t.Fatalf("VPCs: %+v", vpcs)
	}
	second := must(s, s.ec2.AssociateVpcCidrBlock, &ec2.AssociateVpcCidrBlockInput{VpcId: &vpc, CidrBlock: new("100.64.0.9/20")}).CidrBlockAssociation
	s.equal("block", "100.64.0.0/20", *second.CidrBlock)
	s.equal("blocks", 2, len(must(s, s.ec2.DescribeVpcs, &ec2.DescribeVpcsInput{VpcIds: []string{vpc}}).Vpcs[0].CidrBlockAssociationSet))
	must(s, s.ec2.DisassociateVpcCidrBlock, &ec2.DisassociateVpcCidrBlockInput{AssociationId: second.AssociationId})

	must(s, s.ec2.ModifyVpcAttribute, &ec2.ModifyVpcAttributeInput{VpcId: &vpc, EnableDnsHostnames: &ec2types.AttributeBooleanValue{Value: new(true)}})
	for name, read := range map[ec2types.VpcAttributeName]func(*ec2.DescribeVpcAttributeOutput) *ec2types.AttributeBooleanValue{
		"enableDnsSupport":   func(o *ec2.DescribeVpcAttributeOutput) *ec2types.AttributeBooleanValue { return o.EnableDnsSupport },
		"enableDnsHostnames": func(o *ec2.DescribeVpcAttributeOutput) *ec2types.AttributeBooleanValue { return o.EnableDnsHostnames },
	} {
		s.equal(string(name), true, *read(must(s, s.ec2.DescribeVpcAttribute, &ec2.DescribeVpcAttributeInput{VpcId: &vpc, Attribute: name})).Value)
	}
	refused(s, "InvalidParameterCombination", s.ec2.ModifyVpcAttribute, &ec2.ModifyVpcAttributeInput{VpcId: &vpc})
	refused(s, "InvalidParameterValue", s.ec2.DescribeVpcAttribute, &ec2.DescribeVpcAttributeInput{VpcId: &vpc, Attribute: "x"})

	group := must(s, s.ec2.CreateSecurityGroup, &ec2.CreateSecurityGroupInput{VpcId: &vpc, GroupName: new("web"), Description: new("for web")}).GroupId
	groups := must(s, s.ec2.DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{*group}}).SecurityGroups
	if len(groups) != 1 || *groups[0].GroupName != "web" || *groups[0].Description != "for web" || len(groups[0].IpPermissionsEgress) != 1 {
		t.Errorf("security groups: %+v", groups)
	}

	ni := must(s, s.ec2.CreateNetworkInterface, &ec2.CreateNetworkInterfaceInput{
		SubnetId: &subnets[0], Description: new("mine"), Groups: []string{*group},
		PrivateIpAddresses: []ec2types.PrivateIpAddressSpecification{{Primary: new(true), PrivateIpAddress: new("10.0.0.77")}},
	}).NetworkInterface
	s.equal("private name", "ip-10-0-0-77.eu-west-1.compute.internal", *ni.PrivateDnsName)
	s.equal("group", "web", *ni.Groups[0].GroupName)
	if ni.Status != "available" || ni.Attachment != nil || *ni.RequesterManaged || *ni.VpcId != vpc || !*ni.PrivateIpAddresses[0].Primary {
		t.Errorf("interface: %+v", ni)
	}
	s.equal("free", int32(250), *must(s, s.ec2.DescribeSubnets, &ec2.DescribeSubnetsInput{SubnetIds: subnets[:1]}).Subnets[0].AvailableIpAddressCount)

	refused(s, "DryRunOperation", s.ec2.DeleteVpc, &ec2.DeleteVpcInput{VpcId: &vpc, DryRun: new(true)})
	refused(s, "DependencyViolation", s.ec2.DeleteVpc, &ec2.DeleteVpcInput{VpcId: &vpc})
	refused(s, "InvalidVpcID.NotFound", s.ec2.DescribeVpcs, &ec2.DescribeVpcsInput{VpcIds: []string{"vpc-0123456789abcdef0"}})
	refused(s, "InvalidParameterValue", s.ec2.CreateVpc, &ec2.CreateVpcInput{CidrBlock: new("ten")})
	refused(s, "MissingParameter", s.ec2.CreateVpc, &ec2.CreateVpcInput{})
	refused(s, "InvalidParameterValue", s.ec2.CreateVpc, &ec2.CreateVpcInput{CidrBlock: new("10.9.0.0/16"), TagSpecifications: []ec2types.TagSpecification{{ResourceType: "subnet"}}})
	refused(s, "InvalidParameterValue", s.ec2.CreateNetworkInterface, &ec2.CreateNetworkInterfaceInput{SubnetId: &subnets[0], PrivateIpAddress: new("x")})
	refused(s, "UnsupportedOperation", s.ec2.CreateNetworkInterface, &ec2.CreateNetworkInterfaceInput{SubnetId: &subnets[0], PrivateIpAddresses: []ec2types.PrivateIpAddressSpecification{{PrivateIpAddress: new("10.0.0.9")}}})

	must(s, s.ec2.DeleteNetworkInterface, &ec2.DeleteNetworkInterfaceInput{NetworkInterfaceId: ni.NetworkInterfaceId})
	for _, id := range subnets {
		must(s, s.ec2.DeleteSubnet, &ec2.DeleteSubnetInput{SubnetId: &id})
	}
}

// cluster makes a private cluster and waits for it, in no time.
func (s *story) cluster(name string, subnets []string) *ekstypes.Cluster {
	s.Helper()
	made := must(s, s.eks.CreateCluster, &eks.CreateClusterInput{
		Name: &name, RoleArn: new("arn:aws:iam::222222222222:role/eks"), Tags: map[string]string{"team": "a"},
		ResourcesVpcConfig: &ekstypes.VpcConfigRequest{SubnetIds: subnets, EndpointPrivateAccess: new(true), EndpointPublicAccess: new(false)},
	}).Cluster
	if made.Status != ekstypes.ClusterStatusCreating || made.Endpoint != nil {
		s.Errorf("a new cluster: %+v", made)
	}
	s.store.Settle()
	return must(s, s.eks.DescribeCluster, &eks.DescribeClusterInput{Name: &name}).Cluster
}

func TestStoryEKS(t *testing.T) {
	s := newStory(t)
	vpc, subnets := s.network()
	c := s.cluster("prod", subnets)
	pem, err := base64.StdEncoding.DecodeString(*c.CertificateAuthority.Data)
	if err != nil || !strings.HasPrefix(string(pem), "-----BEGIN CERTIFICATE-----") {
		t.Errorf("CA: %v %q", err, pem)
	}
	if c.Status != ekstypes.ClusterStatusActive || !strings.HasSuffix(*c.Endpoint, ".gr7.eu-west-1.eks.amazonaws.com") || *c.ResourcesVpcConfig.VpcId != vpc ||
		c.ResourcesVpcConfig.EndpointPublicAccess || !c.ResourcesVpcConfig.EndpointPrivateAccess || *c.ResourcesVpcConfig.ClusterSecurityGroupId == "" ||
		c.AccessConfig.AuthenticationMode != ekstypes.AuthenticationModeConfigMap || !*c.AccessConfig.BootstrapClusterCreatorAdminPermissions || c.Tags["team"] != "a" || *c.Arn != "arn:aws:eks:eu-west-1:222222222222:cluster/prod" || c.CreatedAt == nil {
		t.Errorf("cluster: %+v", c)
	}
	mode := &ekstypes.UpdateAccessConfigRequest{AuthenticationMode: ekstypes.AuthenticationModeApi}
	must(s, s.eks.UpdateClusterConfig, &eks.UpdateClusterConfigInput{Name: c.Name, AccessConfig: mode})
	s.store.Settle()
	if got := must(s, s.eks.DescribeCluster, &eks.DescribeClusterInput{Name: c.Name}).Cluster.AccessConfig.AuthenticationMode; got != mode.AuthenticationMode {
		s.Errorf("authentication mode %s, want %s", got, mode.AuthenticationMode)
	}
	s.equal("clusters", []string{"prod"}, must(s, s.eks.ListClusters, &eks.ListClustersInput{}).Clusters)

	nis := must(s, s.ec2.DescribeNetworkInterfaces, &ec2.DescribeNetworkInterfacesInput{Filters: []ec2types.Filter{
		{Name: new("description"), Values: []string{"Amazon EKS *"}}, {Name: new("vpc-id"), Values: []string{vpc}},
	}}).NetworkInterfaces
	if len(nis) < 2 || len(nis) > 4 {
		t.Fatalf("%d control-plane interfaces", len(nis))
	}
	var addrs []string
	for _, ni := range nis {
		addrs = append(addrs, *ni.PrivateIpAddress)
		if *ni.Description != "Amazon EKS prod" || ni.Status != "in-use" || *ni.RequesterManaged || !strings.HasSuffix(*ni.RequesterId, ":AmazonEKS") ||
			*ni.Attachment.InstanceOwnerId == account || ni.Attachment.Status != "attached" || ni.Attachment.AttachTime == nil {
			t.Errorf("control-plane interface: %+v %+v", ni, ni.Attachment)
		}
	}
	var serving []string
	for _, a := range s.store.Serving(account, region, "prod") {
		serving = append(serving, a.String())
	}
	slices.Sort(addrs)
	slices.Sort(serving)
	s.equal("addresses", serving, addrs)

	u := must(s, s.eks.UpdateClusterConfig, &eks.UpdateClusterConfigInput{Name: new("prod"), ResourcesVpcConfig: &ekstypes.VpcConfigRequest{EndpointPublicAccess: new(true)}}).Update
	if u.Type != ekstypes.UpdateTypeEndpointAccessUpdate || u.Status != ekstypes.UpdateStatusInProgress || len(u.Params) == 0 {
		t.Errorf("update: %+v", u)
	}
	s.store.Settle()
	s.equal("update", ekstypes.UpdateStatusSuccessful, must(s, s.eks.DescribeUpdate, &eks.DescribeUpdateInput{Name: new("prod"), UpdateId: u.Id}).Update.Status)
	if c := must(s, s.eks.DescribeCluster, &eks.DescribeClusterInput{Name: new("prod")}).Cluster; !c.ResourcesVpcConfig.EndpointPublicAccess {
		t.Error("public access was not switched on")
	}
	must(s, s.eks.UpdateClusterVersion, &eks.UpdateClusterVersionInput{Name: new("prod"), Version: new("1.35")})
	s.store.Settle()
	refused(s, "InvalidParameterException", s.eks.UpdateClusterConfig, &eks.UpdateClusterConfigInput{Name: new("prod")})
	refused(s, "ResourceNotFoundException", s.eks.DescribeCluster, &eks.DescribeClusterInput{Name: new("other")})
	if got := must(s, s.eks.DeleteCluster, &eks.DeleteClusterInput{Name: new("prod")}).Cluster; got.Status != ekstypes.ClusterStatusDeleting {
		t.Errorf("a deleted cluster: %+v", got)
	}
}

func TestStoryELB(t *testing.T) {
	s := newStory(t)
	vpc, subnets := s.network()
	s.cluster("prod", subnets)
	lb := must(s, s.elb.CreateLoadBalancer, &elbv2.CreateLoadBalancerInput{
		Name: new("link"), Type: "network", Scheme: "internal", Tags: []elbv2types.Tag{{Key: new("postern:cluster"), Value: new("prod")}},
		SubnetMappings: []elbv2types.SubnetMapping{{SubnetId: &subnets[0], PrivateIPv4Address: new("10.0.0.50")}, {SubnetId: &subnets[1], PrivateIPv4Address: new("10.0.1.50")}},
	}).LoadBalancers[0]
	s.equal("provisioning", elbv2types.LoadBalancerStateEnumProvisioning, lb.State.Code)
	group := must(s, s.elb.CreateTargetGroup, &elbv2.CreateTargetGroupInput{
		Name: new("link"), TargetType: "ip", Protocol: "TCP", Port: new(int32(443)), VpcId: &vpc, HealthCheckProtocol: "HTTPS", HealthCheckPath: new("/readyz"),
		HealthCheckIntervalSeconds: new(int32(10)), HealthyThresholdCount: new(int32(2)), Matcher: &elbv2types.Matcher{HttpCode: new("200")},
		Tags: []elbv2types.Tag{{Key: new("postern:cluster"), Value: new("prod")}, {Key: new("postern:managed"), Value: new("true")}},
	}).TargetGroups[0]
	if group.TargetType != "ip" || *group.Port != 443 || *group.VpcId != vpc || *group.HealthCheckIntervalSeconds != 10 || *group.HealthyThresholdCount != 2 || *group.Matcher.HttpCode != "200" || group.HealthCheckProtocol != "HTTPS" {
		t.Errorf("group: %+v", group)
	}
	arn := group.TargetGroupArn
	listener := must(s, s.elb.CreateListener, &elbv2.CreateListenerInput{
		LoadBalancerArn: lb.LoadBalancerArn, Protocol: "TCP", Port: new(int32(443)), DefaultActions: []elbv2types.Action{{Type: "forward", TargetGroupArn: arn}},
	}).Listeners[0]
	s.equal("forwards to", *arn, *listener.DefaultActions[0].TargetGroupArn)
	s.store.Settle()

	lbs := must(s, s.elb.DescribeLoadBalancers, &elbv2.DescribeLoadBalancersInput{Names: []string{"link"}}).LoadBalancers
	if len(lbs) != 1 || lbs[0].State.Code != "active" || lbs[0].Type != "network" || lbs[0].Scheme != "internal" || *lbs[0].VpcId != vpc || len(lbs[0].AvailabilityZones) != 2 ||
		*lbs[0].AvailabilityZones[0].LoadBalancerAddresses[0].PrivateIPv4Address != "10.0.0.50" {
		t.Errorf("load balancers: %+v", lbs)
	}
	s.equal("attached to", []string{*lb.LoadBalancerArn}, must(s, s.elb.DescribeTargetGroups, &elbv2.DescribeTargetGroupsInput{TargetGroupArns: []string{*arn}}).TargetGroups[0].LoadBalancerArns)
	s.equal("listeners", 1, len(must(s, s.elb.DescribeListeners, &elbv2.DescribeListenersInput{LoadBalancerArn: lb.LoadBalancerArn}).Listeners))

	const protection = "deletion_protection.enabled"
	must(s, s.elb.ModifyLoadBalancerAttributes, &elbv2.ModifyLoadBalancerAttributesInput{LoadBalancerArn: lb.LoadBalancerArn, Attributes: []elbv2types.LoadBalancerAttribute{{Key: new(protection), Value: new("true")}}})
	refused(s, "OperationNotPermitted", s.elb.DeleteLoadBalancer, &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: lb.LoadBalancerArn})
	must(s, s.elb.ModifyLoadBalancerAttributes, &elbv2.ModifyLoadBalancerAttributesInput{LoadBalancerArn: lb.LoadBalancerArn, Attributes: []elbv2types.LoadBalancerAttribute{{Key: new(protection), Value: new("false")}}})
	if !slices.ContainsFunc(must(s, s.elb.DescribeLoadBalancerAttributes, &elbv2.DescribeLoadBalancerAttributesInput{LoadBalancerArn: lb.LoadBalancerArn}).Attributes,
		func(a elbv2types.LoadBalancerAttribute) bool { return *a.Key == protection && *a.Value == "false" }) {
		t.Error("deletion protection was not switched off")
	}

	attributes := must(s, s.elb.ModifyTargetGroupAttributes, &elbv2.ModifyTargetGroupAttributesInput{TargetGroupArn: arn, Attributes: []elbv2types.TargetGroupAttribute{
		{Key: new("deregistration_delay.timeout_seconds"), Value: new("30")},
	}}).Attributes
	if len(attributes) == 0 || !slices.ContainsFunc(must(s, s.elb.DescribeTargetGroupAttributes, &elbv2.DescribeTargetGroupAttributesInput{TargetGroupArn: arn}).Attributes,
		func(a elbv2types.TargetGroupAttribute) bool {
			return *a.Key == "deregistration_delay.timeout_seconds" && *a.Value == "30"
		}) {
		t.Errorf("attributes: %+v", attributes)
	}

	var targets []elbv2types.TargetDescription
	for _, a := range s.store.Serving(account, region, "prod") {
		targets = append(targets, elbv2types.TargetDescription{Id: new(a.String()), Port: new(int32(443))})
	}
	must(s, s.elb.RegisterTargets, &elbv2.RegisterTargetsInput{TargetGroupArn: arn, Targets: targets})
	health := func() map[string]int {
		states := map[string]int{}
		for _, d := range must(s, s.elb.DescribeTargetHealth, &elbv2.DescribeTargetHealthInput{TargetGroupArn: arn}).TargetHealthDescriptions {
			states[string(d.TargetHealth.State)+" "+string(d.TargetHealth.Reason)]++
			if *d.Target.Port != 443 || d.Target.AvailabilityZone == nil {
				t.Errorf("target: %+v", d.Target)
			}
		}
		return states
	}
	s.equal("health", map[string]int{"initial Elb.RegistrationInProgress": len(targets)}, health())
	s.store.Settle()
	s.equal("health", map[string]int{"healthy ": len(targets)}, health())
	must(s, s.elb.DeregisterTargets, &elbv2.DeregisterTargetsInput{TargetGroupArn: arn, Targets: targets[:1]})
	s.equal("health", map[string]int{"healthy ": len(targets) - 1, "draining Target.DeregistrationInProgress": 1}, health())

	must(s, s.elb.AddTags, &elbv2.AddTagsInput{ResourceArns: []string{*arn}, Tags: []elbv2types.Tag{{Key: new("extra"), Value: new("")}}})
	must(s, s.elb.RemoveTags, &elbv2.RemoveTagsInput{ResourceArns: []string{*arn}, TagKeys: []string{"postern:managed"}})
	tags := must(s, s.elb.DescribeTags, &elbv2.DescribeTagsInput{ResourceArns: []string{*arn}}).TagDescriptions
	if len(tags) != 1 || len(tags[0].Tags) != 2 || *tags[0].Tags[0].Key != "extra" {
		t.Errorf("tags: %+v", tags)
	}
	found := must(s, tagging.NewFromConfig(s.cfg).GetResources, &tagging.GetResourcesInput{
		ResourceTypeFilters: []string{"elasticloadbalancing:targetgroup", "elasticloadbalancing:loadbalancer"},
		TagFilters:          []taggingtypes.TagFilter{{Key: new("postern:cluster"), Values: []string{"prod"}}},
	})
	if len(found.ResourceTagMappingList) != 2 || found.PaginationToken == nil || *found.PaginationToken != "" {
		t.Errorf("resources: %+v", found)
	}

	refused(s, "TargetGroupNotFound", s.elb.DescribeTargetHealth, &elbv2.DescribeTargetHealthInput{TargetGroupArn: new(*arn + "0")})
	refused(s, "InvalidTarget", s.elb.RegisterTargets, &elbv2.RegisterTargetsInput{TargetGroupArn: arn, Targets: []elbv2types.TargetDescription{{Id: new("192.0.2.1")}}})
	refused(s, "DuplicateLoadBalancerName", s.elb.CreateLoadBalancer, &elbv2.CreateLoadBalancerInput{Name: new("link"), Type: "network", Subnets: subnets})
	refused(s, "ValidationError", s.elb.CreateLoadBalancer, &elbv2.CreateLoadBalancerInput{Name: new("both"), Subnets: subnets, SubnetMappings: []elbv2types.SubnetMapping{{SubnetId: &subnets[0]}}})
	refused(s, "ResourceInUse", s.elb.DeleteTargetGroup, &elbv2.DeleteTargetGroupInput{TargetGroupArn: arn})
	refused(s, "InvalidLoadBalancerAction", s.elb.CreateListener, &elbv2.CreateListenerInput{LoadBalancerArn: lb.LoadBalancerArn, DefaultActions: []elbv2types.Action{{Type: "fixed-response"}}})
	refused(s, "ValidationError", s.elb.DescribeTags, &elbv2.DescribeTagsInput{ResourceArns: slices.Repeat([]string{*arn}, 21)})

	must(s, s.elb.DeleteListener, &elbv2.DeleteListenerInput{ListenerArn: listener.ListenerArn})
	must(s, s.elb.DeleteTargetGroup, &elbv2.DeleteTargetGroupInput{TargetGroupArn: arn})
	must(s, s.elb.DeleteLoadBalancer, &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: lb.LoadBalancerArn})
}

func TestStorySTS(t *testing.T) {
	s := newStory(t)
	client := sts.NewFromConfig(s.cfg)
	s.equal("account", account, *must(s, client.GetCallerIdentity, &sts.GetCallerIdentityInput{}).Account)
	role := must(s, client.AssumeRole, &sts.AssumeRoleInput{RoleArn: new("arn:aws:iam::333333333333:role/postern-sync"), RoleSessionName: new("sess"), DurationSeconds: new(int32(900))})
	cfg := s.cfg
	cfg.Credentials = credentials.NewStaticCredentialsProvider(*role.Credentials.AccessKeyId, *role.Credentials.SecretAccessKey, *role.Credentials.SessionToken)
	who := must(s, sts.NewFromConfig(cfg).GetCallerIdentity, &sts.GetCallerIdentityInput{})
	s.equal("assumed", []string{"333333333333", *role.AssumedRoleUser.Arn, *role.AssumedRoleUser.AssumedRoleId}, []string{*who.Account, *who.Arn, *who.UserId})

	// Presigned, as a Kubernetes token is.
	signed, err := sts.NewPresignClient(client).PresignGetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		t.Fatal(err)
	}
	s.presigned(signed.URL)

	cfg.Credentials = credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", "")
	refused(s, "InvalidClientTokenId", sts.NewFromConfig(cfg).GetCallerIdentity, &sts.GetCallerIdentityInput{})
	refused(s, "AuthFailure", ec2.NewFromConfig(cfg).DescribeVpcs, &ec2.DescribeVpcsInput{})
	refused(s, "UnrecognizedClientException", eks.NewFromConfig(cfg).ListClusters, &eks.ListClustersInput{})

	// Every call is on record, the refused ones too.
	calls := s.store.Calls()
	s.equal("calls", 7, len(calls))
	last := calls[len(calls)-1]
	s.equal("last call", []string{"eks", "ListClusters", "", region, "UnrecognizedClientException"}, []string{last.Service, last.Action, last.Account, last.Region, last.Code})
}

// TestStoryThrottle empties a bucket: the error is the service's own.
func TestStoryThrottle(t *testing.T) {
	s := newStory(t)
	for range 1000 {
		if _, err := s.elb.DescribeLoadBalancers(t.Context(), &elbv2.DescribeLoadBalancersInput{}); err != nil {
			refusedAs(s, "Throttling", err)
			return
		}
	}
	t.Error("a thousand calls were never throttled")
}

func refusedAs(s *story, code string, err error) {
	s.Helper()
	if api, ok := errors.AsType[smithy.APIError](err); !ok || api.ErrorCode() != code {
		s.Errorf("got %v, want %s", err, code)
	}
}

// presigned makes the request of a presigned URL, without any header.
func (s *story) presigned(url string) {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), http.MethodGet, url, nil)
	if err != nil {
		s.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(body), "<Account>"+account+"</Account>") {
		s.Errorf("presigned: %v %d %s", err, resp.StatusCode, body)
	}
}
