package aws_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"postern/internal/lab/state"
)

// at returns a client of another account and region.
func (s *story) at(account, region string) *ec2.Client {
	cfg := s.cfg.Copy()
	cfg.Region = region
	cfg.Credentials = credentials.NewStaticCredentialsProvider(state.StaticKey(account), state.StaticSecret, "")
	return ec2.NewFromConfig(cfg)
}

// TestStoryPeering joins a VPC to one of another account and region, as a hub
// does, and routes to it.
func TestStoryPeering(t *testing.T) {
	s := newStory(t)
	vpc, subnets := s.network()
	hub := s.at("111111111111", "us-east-1")
	tools := *must(s, hub.CreateVpc, &ec2.CreateVpcInput{CidrBlock: new("10.100.0.0/16")}).Vpc.VpcId

	made := must(s, hub.CreateVpcPeeringConnection, &ec2.CreateVpcPeeringConnectionInput{VpcId: &tools, PeerVpcId: &vpc, PeerOwnerId: new(account), PeerRegion: new(region), TagSpecifications: []ec2types.TagSpecification{
		{ResourceType: "vpc-peering-connection", Tags: []ec2types.Tag{{Key: new("Name"), Value: new("spoke")}}},
	}}).VpcPeeringConnection
	id := made.VpcPeeringConnectionId
	if made.Status.Code != "initiating-request" || made.ExpirationTime == nil || *made.AccepterVpcInfo.Region != region || made.AccepterVpcInfo.CidrBlock != nil || len(made.Tags) != 1 {
		t.Errorf("a request: %+v", made)
	}
	read := func(c *ec2.Client) ec2types.VpcPeeringConnection {
		t.Helper()
		return must(s, c.DescribeVpcPeeringConnections, &ec2.DescribeVpcPeeringConnectionsInput{VpcPeeringConnectionIds: []string{*id}}).VpcPeeringConnections[0]
	}
	s.equal("request", ec2types.VpcPeeringConnectionStateReasonCodePendingAcceptance, read(s.ec2).Status.Code)
	refused(s, "OperationNotPermitted", hub.AcceptVpcPeeringConnection, &ec2.AcceptVpcPeeringConnectionInput{VpcPeeringConnectionId: id})
	refused(s, "OperationNotPermitted", hub.RejectVpcPeeringConnection, &ec2.RejectVpcPeeringConnectionInput{VpcPeeringConnectionId: id})
	refused(s, "VpcPeeringConnectionAlreadyExists", hub.CreateVpcPeeringConnection, &ec2.CreateVpcPeeringConnectionInput{VpcId: &tools, PeerVpcId: &vpc, PeerOwnerId: new(account), PeerRegion: new(region)})
	refused(s, "MissingParameter", hub.CreateVpcPeeringConnection, &ec2.CreateVpcPeeringConnectionInput{VpcId: &tools})
	refused(s, "OperationNotPermitted", hub.ModifyVpcPeeringConnectionOptions, &ec2.ModifyVpcPeeringConnectionOptionsInput{VpcPeeringConnectionId: id})
	s.equal("accepted", ec2types.VpcPeeringConnectionStateReasonCodeProvisioning, must(s, s.ec2.AcceptVpcPeeringConnection, &ec2.AcceptVpcPeeringConnectionInput{VpcPeeringConnectionId: id}).VpcPeeringConnection.Status.Code)
	refused(s, "InvalidStateTransition", s.ec2.RejectVpcPeeringConnection, &ec2.RejectVpcPeeringConnectionInput{VpcPeeringConnectionId: id})
	options := must(s, s.ec2.ModifyVpcPeeringConnectionOptions, &ec2.ModifyVpcPeeringConnectionOptionsInput{
		VpcPeeringConnectionId: id, AccepterPeeringConnectionOptions: &ec2types.PeeringConnectionOptionsRequest{AllowDnsResolutionFromRemoteVpc: new(true)},
	})
	s.equal("option", true, *options.AccepterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc)
	if got := read(hub); got.Status.Code != "active" || got.ExpirationTime != nil || *got.AccepterVpcInfo.CidrBlockSet[0].CidrBlock != "10.0.0.0/16" || !*got.AccepterVpcInfo.PeeringOptions.AllowDnsResolutionFromRemoteVpc {
		t.Errorf("an active connection: %+v", got)
	}

	// Routes: the main table comes with the VPC, another takes a subnet.
	main := must(s, s.ec2.DescribeRouteTables, &ec2.DescribeRouteTablesInput{Filters: []ec2types.Filter{{Name: new("vpc-id"), Values: []string{vpc}}, {Name: new("association.main"), Values: []string{"true"}}}}).RouteTables
	if len(main) != 1 || *main[0].Routes[0].GatewayId != "local" || *main[0].Routes[0].DestinationCidrBlock != "10.0.0.0/16" || !*main[0].Associations[0].Main {
		t.Fatalf("main: %+v", main)
	}
	own := must(s, s.ec2.CreateRouteTable, &ec2.CreateRouteTableInput{VpcId: &vpc}).RouteTable.RouteTableId
	association := must(s, s.ec2.AssociateRouteTable, &ec2.AssociateRouteTableInput{RouteTableId: own, SubnetId: &subnets[0]}).AssociationId
	must(s, s.ec2.CreateRoute, &ec2.CreateRouteInput{RouteTableId: own, DestinationCidrBlock: new("10.100.0.7/16"), VpcPeeringConnectionId: id})
	must(s, s.ec2.CreateRoute, &ec2.CreateRouteInput{RouteTableId: own, DestinationIpv6CidrBlock: new("::/0"), EgressOnlyInternetGatewayId: new("eigw-0123456789abcdef0")})
	must(s, s.ec2.CreateRoute, &ec2.CreateRouteInput{RouteTableId: own, DestinationCidrBlock: new("0.0.0.0/0"), GatewayId: new("igw-0123456789abcdef0")})
	must(s, s.ec2.ReplaceRoute, &ec2.ReplaceRouteInput{RouteTableId: own, DestinationCidrBlock: new("0.0.0.0/0"), NatGatewayId: new("nat-0123456789abcdef0")})
	must(s, s.ec2.ReplaceRoute, &ec2.ReplaceRouteInput{RouteTableId: own, DestinationCidrBlock: new("10.0.0.0/16"), LocalTarget: new(true)})
	routes := func() (got []string) {
		t.Helper()
		for _, r := range must(s, s.ec2.DescribeRouteTables, &ec2.DescribeRouteTablesInput{RouteTableIds: []string{*own}}).RouteTables[0].Routes {
			text := string(r.State)
			for _, p := range []*string{r.DestinationCidrBlock, r.DestinationIpv6CidrBlock, r.GatewayId, r.NatGatewayId, r.VpcPeeringConnectionId, r.EgressOnlyInternetGatewayId} {
				if p != nil {
					text += " " + *p
				}
			}
			got = append(got, text)
		}
		return got
	}
	want := []string{"active 10.0.0.0/16 local", "active 10.100.0.0/16 " + *id, "active ::/0 eigw-0123456789abcdef0", "active 0.0.0.0/0 nat-0123456789abcdef0"}
	s.equal("routes", want, routes())
	refused(s, "RouteAlreadyExists", s.ec2.CreateRoute, &ec2.CreateRouteInput{RouteTableId: own, DestinationCidrBlock: new("10.100.0.0/16"), VpcPeeringConnectionId: id})
	refused(s, "InvalidParameterCombination", s.ec2.CreateRoute, &ec2.CreateRouteInput{RouteTableId: own, DestinationCidrBlock: new("10.1.0.0/16"), VpcPeeringConnectionId: id, GatewayId: new("igw-0123456789abcdef0")})
	refused(s, "MissingParameter", s.ec2.CreateRoute, &ec2.CreateRouteInput{RouteTableId: own, DestinationCidrBlock: new("10.1.0.0/16")})
	refused(s, "MissingParameter", s.ec2.CreateRoute, &ec2.CreateRouteInput{RouteTableId: own, VpcPeeringConnectionId: id})
	refused(s, "UnsupportedOperation", s.ec2.CreateRoute, &ec2.CreateRouteInput{RouteTableId: own, DestinationPrefixListId: new("pl-1"), VpcPeeringConnectionId: id})
	refused(s, "InvalidParameterValue", s.ec2.CreateRoute, &ec2.CreateRouteInput{RouteTableId: own, DestinationIpv6CidrBlock: new("10.1.0.0/16"), VpcPeeringConnectionId: id})
	refused(s, "MissingParameter", s.ec2.AssociateRouteTable, &ec2.AssociateRouteTableInput{RouteTableId: own, GatewayId: new("igw-0123456789abcdef0")})
	moved := must(s, s.ec2.ReplaceRouteTableAssociation, &ec2.ReplaceRouteTableAssociationInput{AssociationId: association, RouteTableId: main[0].RouteTableId}).NewAssociationId
	must(s, s.ec2.DisassociateRouteTable, &ec2.DisassociateRouteTableInput{AssociationId: moved})
	refused(s, "InvalidAssociationID.NotFound", s.ec2.DisassociateRouteTable, &ec2.DisassociateRouteTableInput{AssociationId: moved})

	must(s, hub.DeleteVpcPeeringConnection, &ec2.DeleteVpcPeeringConnectionInput{VpcPeeringConnectionId: id})
	want[1] = "blackhole 10.100.0.0/16 " + *id
	s.equal("routes", want, routes())
	must(s, s.ec2.DeleteRoute, &ec2.DeleteRouteInput{RouteTableId: own, DestinationCidrBlock: new("10.100.0.0/16")})
	must(s, s.ec2.DeleteRouteTable, &ec2.DeleteRouteTableInput{RouteTableId: own})
	refused(s, "DependencyViolation", s.ec2.DeleteRouteTable, &ec2.DeleteRouteTableInput{RouteTableId: main[0].RouteTableId})
}

// TestStorySecurityGroupRules adds rules the three ways that clients do, reads
// them back both ways, and takes them away both ways.
func TestStorySecurityGroupRules(t *testing.T) {
	s := newStory(t)
	vpc, _ := s.network()
	group := func(name string) *string {
		t.Helper()
		return must(s, s.ec2.CreateSecurityGroup, &ec2.CreateSecurityGroupInput{VpcId: &vpc, GroupName: &name, Description: &name}).GroupId
	}
	nlb, cluster := group("nlb"), group("cluster")
	pair := ec2types.IpPermission{IpProtocol: new("tcp"), FromPort: new(int32(443)), ToPort: new(int32(443)), UserIdGroupPairs: []ec2types.UserIdGroupPair{{GroupId: nlb, Description: new("from the load balancer")}}}
	made := must(s, s.ec2.AuthorizeSecurityGroupIngress, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: cluster, IpPermissions: []ec2types.IpPermission{pair}, TagSpecifications: []ec2types.TagSpecification{
		{ResourceType: "security-group-rule", Tags: []ec2types.Tag{{Key: new("Name"), Value: new("nlb")}}},
	}}).SecurityGroupRules
	if len(made) != 1 || *made[0].ReferencedGroupInfo.GroupId != *nlb || *made[0].ReferencedGroupInfo.UserId != account || *made[0].FromPort != 443 || *made[0].IsEgress || len(made[0].Tags) != 1 || *made[0].Description != "from the load balancer" {
		t.Fatalf("made: %+v", made)
	}
	must(s, s.ec2.AuthorizeSecurityGroupIngress, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: cluster, IpProtocol: new("tcp"), FromPort: new(int32(443)), ToPort: new(int32(443)), CidrIp: new("10.100.0.9/16")})
	must(s, s.ec2.AuthorizeSecurityGroupEgress, &ec2.AuthorizeSecurityGroupEgressInput{GroupId: cluster, IpPermissions: []ec2types.IpPermission{{IpProtocol: new("-1"), Ipv6Ranges: []ec2types.Ipv6Range{{CidrIpv6: new("::/0")}}}}})

	got := must(s, s.ec2.DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{*cluster}}).SecurityGroups[0]
	if len(got.IpPermissions) != 1 || *got.IpPermissions[0].UserIdGroupPairs[0].GroupId != *nlb || *got.IpPermissions[0].IpRanges[0].CidrIp != "10.100.0.0/16" || got.IpPermissions[0].UserIdGroupPairs[0].VpcId != nil {
		t.Errorf("ingress: %+v", got.IpPermissions)
	}
	if e := got.IpPermissionsEgress; len(e) != 1 || *e[0].IpProtocol != "-1" || e[0].FromPort != nil || len(e[0].IpRanges) != 1 || len(e[0].Ipv6Ranges) != 1 {
		t.Errorf("egress: %+v", e)
	}
	rules := must(s, s.ec2.DescribeSecurityGroupRules, &ec2.DescribeSecurityGroupRulesInput{Filters: []ec2types.Filter{{Name: new("group-id"), Values: []string{*cluster}}}}).SecurityGroupRules
	s.equal("rules", 4, len(rules))
	s.equal("port of all traffic", int32(-1), *rules[0].FromPort)

	refused(s, "InvalidPermission.Duplicate", s.ec2.AuthorizeSecurityGroupIngress, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: cluster, IpPermissions: []ec2types.IpPermission{pair}})
	refused(s, "UnsupportedOperation", s.ec2.AuthorizeSecurityGroupIngress, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: cluster, IpPermissions: []ec2types.IpPermission{{IpProtocol: new("-1"), PrefixListIds: []ec2types.PrefixListId{{PrefixListId: new("pl-1")}}}}})
	refused(s, "MissingParameter", s.ec2.AuthorizeSecurityGroupIngress, &ec2.AuthorizeSecurityGroupIngressInput{GroupName: new("cluster")})
	refused(s, "MissingParameter", s.ec2.AuthorizeSecurityGroupIngress, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: cluster, IpPermissions: []ec2types.IpPermission{{IpProtocol: new("-1")}}})
	refused(s, "MissingParameter", s.ec2.AuthorizeSecurityGroupIngress, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: cluster, SourceSecurityGroupName: new("nlb")})
	refused(s, "MissingParameter", s.ec2.AuthorizeSecurityGroupEgress, &ec2.AuthorizeSecurityGroupEgressInput{GroupId: cluster, IpPermissions: []ec2types.IpPermission{{IpProtocol: new("-1"), UserIdGroupPairs: []ec2types.UserIdGroupPair{{GroupName: new("nlb")}}}}})
	refused(s, "InvalidParameterValue", s.ec2.AuthorizeSecurityGroupIngress, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: cluster, IpProtocol: new("tcp"), CidrIp: new("ten")})
	refused(s, "InvalidGroup.NotFound", s.ec2.AuthorizeSecurityGroupEgress, &ec2.AuthorizeSecurityGroupEgressInput{GroupId: new("sg-0123456789abcdef0"), IpPermissions: []ec2types.IpPermission{pair}})
	refused(s, "DependencyViolation", s.ec2.DeleteSecurityGroup, &ec2.DeleteSecurityGroupInput{GroupId: nlb})
	refused(s, "MissingParameter", s.ec2.DeleteSecurityGroup, &ec2.DeleteSecurityGroupInput{GroupName: new("nlb")})

	pair.UserIdGroupPairs[0].Description = nil // it does not count
	gone := must(s, s.ec2.RevokeSecurityGroupIngress, &ec2.RevokeSecurityGroupIngressInput{GroupId: cluster, IpPermissions: []ec2types.IpPermission{pair}}).RevokedSecurityGroupRules
	if len(gone) != 1 || *gone[0].SecurityGroupRuleId != *made[0].SecurityGroupRuleId || *gone[0].ReferencedGroupId != *nlb {
		t.Errorf("revoked: %+v", gone)
	}
	refused(s, "InvalidPermission.NotFound", s.ec2.RevokeSecurityGroupIngress, &ec2.RevokeSecurityGroupIngressInput{GroupId: cluster, IpPermissions: []ec2types.IpPermission{pair}})
	refused(s, "InvalidSecurityGroupRuleId.NotFound", s.ec2.RevokeSecurityGroupIngress, &ec2.RevokeSecurityGroupIngressInput{GroupId: cluster, SecurityGroupRuleIds: []string{*made[0].SecurityGroupRuleId}})
	must(s, s.ec2.RevokeSecurityGroupEgress, &ec2.RevokeSecurityGroupEgressInput{GroupId: cluster, SecurityGroupRuleIds: []string{*rules[0].SecurityGroupRuleId}})
	must(s, s.ec2.DeleteSecurityGroup, &ec2.DeleteSecurityGroupInput{GroupId: nlb})
	s.equal("left", 2, len(must(s, s.ec2.DescribeSecurityGroupRules, &ec2.DescribeSecurityGroupRulesInput{Filters: []ec2types.Filter{{Name: new("group-id"), Values: []string{*cluster}}}}).SecurityGroupRules))
}

// TestStoryNetworkACL gives a subnet an ACL of its own, and takes it away.
func TestStoryNetworkACL(t *testing.T) {
	s := newStory(t)
	vpc, subnets := s.network()
	acl := func(id string) ec2types.NetworkAcl {
		t.Helper()
		return must(s, s.ec2.DescribeNetworkAcls, &ec2.DescribeNetworkAclsInput{NetworkAclIds: []string{id}}).NetworkAcls[0]
	}
	standard := must(s, s.ec2.DescribeNetworkAcls, &ec2.DescribeNetworkAclsInput{Filters: []ec2types.Filter{{Name: new("vpc-id"), Values: []string{vpc}}}}).NetworkAcls
	if len(standard) != 1 || !*standard[0].IsDefault || len(standard[0].Associations) != 2 || len(standard[0].Entries) != 4 || standard[0].Entries[0].RuleAction != "allow" || standard[0].Entries[0].PortRange != nil {
		t.Fatalf("the default: %+v", standard)
	}
	own := must(s, s.ec2.CreateNetworkAcl, &ec2.CreateNetworkAclInput{VpcId: &vpc}).NetworkAcl.NetworkAclId
	must(s, s.ec2.CreateNetworkAclEntry, &ec2.CreateNetworkAclEntryInput{NetworkAclId: own, RuleNumber: new(int32(10)), Egress: new(false), RuleAction: "allow", Protocol: new("6"), CidrBlock: new("10.0.0.1/8"), PortRange: &ec2types.PortRange{From: new(int32(443)), To: new(int32(443))}})
	must(s, s.ec2.CreateNetworkAclEntry, &ec2.CreateNetworkAclEntryInput{NetworkAclId: own, RuleNumber: new(int32(20)), Egress: new(false), RuleAction: "deny", Protocol: new("58"), Ipv6CidrBlock: new("::/0"), IcmpTypeCode: &ec2types.IcmpTypeCode{Type: new(int32(128)), Code: new(int32(-1))}})
	must(s, s.ec2.ReplaceNetworkAclEntry, &ec2.ReplaceNetworkAclEntryInput{NetworkAclId: own, RuleNumber: new(int32(10)), Egress: new(false), RuleAction: "allow", Protocol: new("tcp"), CidrBlock: new("10.0.0.0/8"), PortRange: &ec2types.PortRange{From: new(int32(443)), To: new(int32(444))}})
	got := acl(*own).Entries
	if e := got[0]; len(got) != 4 || *e.RuleNumber != 10 || *e.PortRange.To != 444 || *e.Protocol != "6" || *e.CidrBlock != "10.0.0.0/8" || e.IcmpTypeCode != nil {
		t.Errorf("entries: %+v", got)
	}
	if e := got[1]; *e.IcmpTypeCode.Type != 128 || *e.Ipv6CidrBlock != "::/0" || e.CidrBlock != nil || e.RuleAction != "deny" {
		t.Errorf("ICMP: %+v", e)
	}
	refused(s, "NetworkAclEntryAlreadyExists", s.ec2.CreateNetworkAclEntry, &ec2.CreateNetworkAclEntryInput{NetworkAclId: own, RuleNumber: new(int32(10)), Egress: new(false), RuleAction: "deny", Protocol: new("-1"), CidrBlock: new("0.0.0.0/0")})
	refused(s, "InvalidParameterValue", s.ec2.CreateNetworkAclEntry, &ec2.CreateNetworkAclEntryInput{NetworkAclId: own, RuleNumber: new(int32(11)), Egress: new(false), RuleAction: "maybe", Protocol: new("-1"), CidrBlock: new("0.0.0.0/0")})
	refused(s, "MissingParameter", s.ec2.CreateNetworkAclEntry, &ec2.CreateNetworkAclEntryInput{NetworkAclId: own, RuleNumber: new(int32(11)), Egress: new(false), RuleAction: "deny", Protocol: new("-1")})
	refused(s, "InvalidParameterValue", s.ec2.ReplaceNetworkAclEntry, &ec2.ReplaceNetworkAclEntryInput{NetworkAclId: own, RuleNumber: new(int32(10)), Egress: new(false), RuleAction: "deny", Protocol: new("-1"), CidrBlock: new("ten")})
	must(s, s.ec2.DeleteNetworkAclEntry, &ec2.DeleteNetworkAclEntryInput{NetworkAclId: own, RuleNumber: new(int32(20)), Egress: new(false)})
	refused(s, "InvalidNetworkAclEntry.NotFound", s.ec2.DeleteNetworkAclEntry, &ec2.DeleteNetworkAclEntryInput{NetworkAclId: own, RuleNumber: new(int32(20)), Egress: new(false)})

	fresh := must(s, s.ec2.ReplaceNetworkAclAssociation, &ec2.ReplaceNetworkAclAssociationInput{AssociationId: standard[0].Associations[0].NetworkAclAssociationId, NetworkAclId: own}).NewAssociationId
	s.equal("subnet", subnets[0], *acl(*own).Associations[0].SubnetId)
	refused(s, "DependencyViolation", s.ec2.DeleteNetworkAcl, &ec2.DeleteNetworkAclInput{NetworkAclId: own})
	must(s, s.ec2.ReplaceNetworkAclAssociation, &ec2.ReplaceNetworkAclAssociationInput{AssociationId: fresh, NetworkAclId: standard[0].NetworkAclId})
	must(s, s.ec2.DeleteNetworkAcl, &ec2.DeleteNetworkAclInput{NetworkAclId: own})
	refused(s, "InvalidNetworkAclID.NotFound", s.ec2.DescribeNetworkAcls, &ec2.DescribeNetworkAclsInput{NetworkAclIds: []string{*own}})
}
