package aws_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbv2types "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"postern/internal/lab/state"
)

// as returns the story with another account's clients.
func (s *story) as(account string) *story {
	other := *s
	other.cfg.Credentials = credentials.NewStaticCredentialsProvider(state.StaticKey(account), state.StaticSecret, "")
	other.ec2, other.elb = ec2.NewFromConfig(other.cfg), elbv2.NewFromConfig(other.cfg)
	return &other
}

// subnetIn makes a VPC with a subnet in a zone.
func (s *story) subnetIn(zoneID string) (vpc, subnet string) {
	vpc = *must(s, s.ec2.CreateVpc, &ec2.CreateVpcInput{CidrBlock: new("10.101.0.0/20")}).Vpc.VpcId
	subnet = *must(s, s.ec2.CreateSubnet, &ec2.CreateSubnetInput{VpcId: &vpc, CidrBlock: new("10.101.0.0/24"), AvailabilityZoneId: &zoneID}).Subnet.SubnetId
	return vpc, subnet
}

func TestStoryPrivateLink(t *testing.T) {
	s := newStory(t)
	vpc, subnets := s.network()
	group := must(s, s.ec2.CreateSecurityGroup, &ec2.CreateSecurityGroupInput{GroupName: new("link"), Description: new("link"), VpcId: &vpc}).GroupId
	lb := must(s, s.elb.CreateLoadBalancer, &elbv2.CreateLoadBalancerInput{Name: new("link"), Type: "network", Scheme: "internal", Subnets: subnets, SecurityGroups: []string{*group}}).LoadBalancers[0]
	zones := must(s, s.ec2.DescribeSubnets, &ec2.DescribeSubnetsInput{SubnetIds: subnets[:1]}).Subnets

	made := must(s, s.ec2.CreateVpcEndpointServiceConfiguration, &ec2.CreateVpcEndpointServiceConfigurationInput{
		NetworkLoadBalancerArns: []string{*lb.LoadBalancerArn}, SupportedRegions: []string{"us-east-1"},
		TagSpecifications: []ec2types.TagSpecification{{ResourceType: "vpc-endpoint-service", Tags: []ec2types.Tag{{Key: new("a"), Value: new("b")}}}},
	}).ServiceConfiguration
	if made.ServiceState != "Pending" || !*made.AcceptanceRequired || len(made.AvailabilityZones) != len(subnets) || len(made.AvailabilityZoneIds) != len(subnets) ||
		len(made.Tags) != 1 || len(made.SupportedRegions) != 2 || made.ServiceType[0].ServiceType != "Interface" {
		t.Errorf("service: %+v", made)
	}
	s.store.Settle()
	must(s, s.ec2.ModifyVpcEndpointServiceConfiguration, &ec2.ModifyVpcEndpointServiceConfigurationInput{ServiceId: made.ServiceId, RemoveSupportedRegions: []string{"us-east-1"}})
	read := must(s, s.ec2.DescribeVpcEndpointServiceConfigurations, &ec2.DescribeVpcEndpointServiceConfigurationsInput{ServiceIds: []string{*made.ServiceId}}).ServiceConfigurations
	if len(read) != 1 || read[0].ServiceState != "Available" || len(read[0].SupportedRegions) != 1 {
		t.Errorf("services: %+v", read)
	}

	// The hub does not see the service until it may.
	hub := s.as("111111111111")
	hubVPC, hubSubnet := hub.subnetIn(*zones[0].AvailabilityZoneId)
	ask := &ec2.CreateVpcEndpointInput{
		VpcEndpointType: "Interface", VpcId: &hubVPC, ServiceName: made.ServiceName, SubnetIds: []string{hubSubnet},
		SubnetConfigurations: []ec2types.SubnetConfiguration{{SubnetId: &hubSubnet, Ipv4: new("10.101.0.50")}},
	}
	refused(hub, "InvalidServiceName", hub.ec2.CreateVpcEndpoint, ask)
	refused(hub, "InvalidServiceName", hub.ec2.DescribeVpcEndpointServices, &ec2.DescribeVpcEndpointServicesInput{ServiceNames: []string{*made.ServiceName}})
	const principal = "arn:aws:iam::111111111111:root"
	added := must(s, s.ec2.ModifyVpcEndpointServicePermissions, &ec2.ModifyVpcEndpointServicePermissionsInput{ServiceId: made.ServiceId, AddAllowedPrincipals: []string{principal}}).AddedPrincipals
	if len(added) != 1 || *added[0].Principal != principal || added[0].PrincipalType != "Account" {
		t.Errorf("added: %+v", added)
	}
	allowed := must(s, s.ec2.DescribeVpcEndpointServicePermissions, &ec2.DescribeVpcEndpointServicePermissionsInput{ServiceId: made.ServiceId}).AllowedPrincipals
	if len(allowed) != 1 || *allowed[0].ServicePermissionId != *added[0].ServicePermissionId {
		t.Errorf("allowed: %+v", allowed)
	}
	offer := must(hub, hub.ec2.DescribeVpcEndpointServices, &ec2.DescribeVpcEndpointServicesInput{ServiceNames: []string{*made.ServiceName}}).ServiceDetails
	if len(offer) != 1 || *offer[0].Owner != account || len(offer[0].AvailabilityZones) != len(subnets) || len(offer[0].Tags) != 0 {
		t.Errorf("offer: %+v", offer)
	}

	e := must(hub, hub.ec2.CreateVpcEndpoint, ask).VpcEndpoint
	if e.State != "pendingAcceptance" || len(e.NetworkInterfaceIds) != 1 || len(e.DnsEntries) != 2 || e.DnsEntries[0].HostedZoneId == nil || *e.Groups[0].GroupName != "default" {
		t.Errorf("endpoint: %+v", e)
	}
	refused(hub, "DuplicateSubnetsInSameZone", hub.ec2.ModifyVpcEndpoint, &ec2.ModifyVpcEndpointInput{VpcEndpointId: e.VpcEndpointId, AddSubnetIds: []string{hubSubnet}})
	asked := must(s, s.ec2.DescribeVpcEndpointConnections, &ec2.DescribeVpcEndpointConnectionsInput{Filters: []ec2types.Filter{{Name: new("service-id"), Values: []string{*made.ServiceId}}}}).VpcEndpointConnections
	if len(asked) != 1 || *asked[0].VpcEndpointOwner != "111111111111" || *asked[0].VpcEndpointRegion != region || asked[0].VpcEndpointState != "pendingAcceptance" {
		t.Errorf("connections: %+v", asked)
	}
	ids := []string{*e.VpcEndpointId}
	s.equal("left", 0, len(must(s, s.ec2.AcceptVpcEndpointConnections, &ec2.AcceptVpcEndpointConnectionsInput{ServiceId: made.ServiceId, VpcEndpointIds: ids}).Unsuccessful))
	s.store.Settle()
	now := must(hub, hub.ec2.DescribeVpcEndpoints, &ec2.DescribeVpcEndpointsInput{VpcEndpointIds: ids}).VpcEndpoints
	if len(now) != 1 || now[0].State != "available" {
		t.Errorf("endpoints: %+v", now)
	}
	ni := must(hub, hub.ec2.DescribeNetworkInterfaces, &ec2.DescribeNetworkInterfacesInput{NetworkInterfaceIds: e.NetworkInterfaceIds}).NetworkInterfaces[0]
	if ni.InterfaceType != "vpc_endpoint" || *ni.PrivateIpAddress != "10.101.0.50" || !*ni.RequesterManaged {
		t.Errorf("interface: %+v", ni)
	}

	// What is in use stays.
	left := must(s, s.ec2.DeleteVpcEndpointServiceConfigurations, &ec2.DeleteVpcEndpointServiceConfigurationsInput{ServiceIds: []string{*made.ServiceId}}).Unsuccessful
	if len(left) != 1 || *left[0].Error.Code != "ExistingVpcEndpointConnections" {
		t.Errorf("left: %+v", left)
	}
	refused(s, "InvalidConfigurationRequest", s.elb.SetSubnets, &elbv2.SetSubnetsInput{LoadBalancerArn: lb.LoadBalancerArn, Subnets: subnets[1:]})
	must(s, s.ec2.RejectVpcEndpointConnections, &ec2.RejectVpcEndpointConnectionsInput{ServiceId: made.ServiceId, VpcEndpointIds: ids})
	kept := must(s, s.elb.SetSubnets, &elbv2.SetSubnetsInput{LoadBalancerArn: lb.LoadBalancerArn, Subnets: subnets[1:]}).AvailabilityZones
	s.equal("zones", len(subnets)-1, len(kept))
	s.equal("left", 0, len(must(s, s.ec2.DeleteVpcEndpointServiceConfigurations, &ec2.DeleteVpcEndpointServiceConfigurationsInput{ServiceIds: []string{*made.ServiceId}}).Unsuccessful))
	s.equal("left", 0, len(must(hub, hub.ec2.DeleteVpcEndpoints, &ec2.DeleteVpcEndpointsInput{VpcEndpointIds: ids}).Unsuccessful))
	s.store.Settle()
	refused(hub, "InvalidVpcEndpointId.NotFound", hub.ec2.DescribeVpcEndpoints, &ec2.DescribeVpcEndpointsInput{VpcEndpointIds: ids})

	set := must(s, s.elb.SetSecurityGroups, &elbv2.SetSecurityGroupsInput{
		LoadBalancerArn: lb.LoadBalancerArn, SecurityGroups: []string{*group}, EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "off",
	})
	if set.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic != "off" || !slices.Equal(set.SecurityGroupIds, []string{*group}) {
		t.Errorf("security groups: %+v", set)
	}
}

func TestStoryListenerAttributes(t *testing.T) {
	s := newStory(t)
	vpc, subnets := s.network()
	lb := must(s, s.elb.CreateLoadBalancer, &elbv2.CreateLoadBalancerInput{Name: new("link"), Type: "network", Scheme: "internal", Subnets: subnets}).LoadBalancers[0]
	group := must(s, s.elb.CreateTargetGroup, &elbv2.CreateTargetGroupInput{Name: new("link"), TargetType: "ip", Protocol: "TCP", Port: new(int32(443)), VpcId: &vpc}).TargetGroups[0]
	l := must(s, s.elb.CreateListener, &elbv2.CreateListenerInput{
		LoadBalancerArn: lb.LoadBalancerArn, Protocol: "TCP", Port: new(int32(443)), DefaultActions: []elbv2types.Action{{Type: "forward", TargetGroupArn: group.TargetGroupArn}},
	}).Listeners[0]
	idle := func(v string) []elbv2types.ListenerAttribute {
		return []elbv2types.ListenerAttribute{{Key: new("tcp.idle_timeout.seconds"), Value: &v}}
	}
	got := must(s, s.elb.ModifyListenerAttributes, &elbv2.ModifyListenerAttributesInput{ListenerArn: l.ListenerArn, Attributes: idle("600")}).Attributes
	s.equal("set", "600", *got[0].Value)
	got = must(s, s.elb.DescribeListenerAttributes, &elbv2.DescribeListenerAttributesInput{ListenerArn: l.ListenerArn}).Attributes
	s.equal("read", "600", *got[0].Value)
	refused(s, "ValidationError", s.elb.ModifyListenerAttributes, &elbv2.ModifyListenerAttributesInput{ListenerArn: l.ListenerArn, Attributes: idle("59")})
	moved := must(s, s.elb.ModifyListener, &elbv2.ModifyListenerInput{ListenerArn: l.ListenerArn, Port: new(int32(6443))}).Listeners[0]
	s.equal("port", int32(6443), *moved.Port)

	// Not together with endpoints in other regions.
	ask := &ec2.CreateVpcEndpointServiceConfigurationInput{NetworkLoadBalancerArns: []string{*lb.LoadBalancerArn}, SupportedRegions: []string{"us-east-1"}}
	refused(s, "InvalidParameter", s.ec2.CreateVpcEndpointServiceConfiguration, ask)
	must(s, s.elb.ModifyListenerAttributes, &elbv2.ModifyListenerAttributesInput{ListenerArn: l.ListenerArn, Attributes: idle("350")})
	must(s, s.ec2.CreateVpcEndpointServiceConfiguration, ask)
	refused(s, "InvalidConfigurationRequest", s.elb.ModifyListenerAttributes, &elbv2.ModifyListenerAttributesInput{ListenerArn: l.ListenerArn, Attributes: idle("600")})
	refused(s, "ResourceInUse", s.elb.DeleteLoadBalancer, &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: lb.LoadBalancerArn})
}
