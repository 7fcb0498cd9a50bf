package awsapi

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"postern/internal/fleet"
	"postern/internal/plan"
)

const (
	// ec2PerPage is the most that most of EC2's listings give, and
	// tablesPerPage what that of route tables gives.
	// Source: EC2 API Reference, DescribeVpcs (and the like), DescribeRouteTables.
	ec2PerPage    = 1000
	tablesPerPage = 100
)

// listNetwork lists what both sides have.
func (s *site) listNetwork(ctx context.Context, v *view) {
	p := &s.place
	together(
		func() { p.VPCs = v.vpcs(ctx) },
		func() { p.Subnets = v.subnets(ctx) },
		func() { p.RouteTables = v.routeTables(ctx) },
		func() { p.SecurityGroups = v.securityGroups(ctx) },
		func() { p.NetworkACLs = v.networkACLs(ctx) },
	)
}

func (v *view) vpcs(ctx context.Context) fleet.Listing[fleet.VPC] {
	return listed(ctx, v, v.in("VPCs", "ec2:DescribeVpcs"), v.api.describeVpcs, func(x fleet.VPC) string { return x.ID },
		func(token *string) *ec2.DescribeVpcsInput {
			return &ec2.DescribeVpcsInput{MaxResults: aws.Int32(ec2PerPage), NextToken: token}
		},
		func(out *ec2.DescribeVpcsOutput) ([]fleet.VPC, *string, error) {
			items, err := each(out.Vpcs, func(in ec2types.Vpc) (fleet.VPC, error) {
				blocks, err := readBlocks(in)
				return fleet.VPC{ID: aws.ToString(in.VpcId), Name: ec2Tags(in.Tags)["Name"], CIDRs: blocks}, err
			})
			return items, out.NextToken, err
		})
}

func (v *view) subnets(ctx context.Context) fleet.Listing[fleet.Subnet] {
	return listed(ctx, v, v.in("subnets", "ec2:DescribeSubnets"), v.calls.describeSubnets, func(x fleet.Subnet) string { return x.ID },
		func(token *string) *ec2.DescribeSubnetsInput {
			return &ec2.DescribeSubnetsInput{MaxResults: aws.Int32(ec2PerPage), NextToken: token}
		},
		func(out *ec2.DescribeSubnetsOutput) ([]fleet.Subnet, *string, error) {
			items, err := each(out.Subnets, readSubnet)
			return items, out.NextToken, err
		})
}

func readSubnet(in ec2types.Subnet) (fleet.Subnet, error) {
	out := fleet.Subnet{
		ID: aws.ToString(in.SubnetId), VPC: aws.ToString(in.VpcId),
		Zone: aws.ToString(in.AvailabilityZone), ZoneID: aws.ToString(in.AvailabilityZoneId),
		Free: int(aws.ToInt32(in.AvailableIpAddressCount)),
	}
	if out.ID == "" || out.VPC == "" {
		return out, fmt.Errorf("a subnet without an ID or a VPC")
	}
	var err error
	// A subnet may have IPv6 alone.
	out.CIDR, err = readPrefix(in.CidrBlock)
	return out, wrong(err, "subnet", out.ID)
}

func (v *view) routeTables(ctx context.Context) fleet.Listing[fleet.RouteTable] {
	return listed(ctx, v, v.in("route tables", "ec2:DescribeRouteTables"), v.calls.describeRouteTables, func(x fleet.RouteTable) string { return x.ID },
		func(token *string) *ec2.DescribeRouteTablesInput {
			return &ec2.DescribeRouteTablesInput{MaxResults: aws.Int32(tablesPerPage), NextToken: token}
		},
		func(out *ec2.DescribeRouteTablesOutput) ([]fleet.RouteTable, *string, error) {
			items, err := each(out.RouteTables, readRouteTable)
			return items, out.NextToken, err
		})
}

func readRouteTable(in ec2types.RouteTable) (fleet.RouteTable, error) {
	out := fleet.RouteTable{ID: aws.ToString(in.RouteTableId), VPC: aws.ToString(in.VpcId)}
	if out.ID == "" || out.VPC == "" {
		return out, fmt.Errorf("a route table without an ID or a VPC")
	}
	for _, a := range in.Associations {
		if a.AssociationState != nil && a.AssociationState.State != "" && a.AssociationState.State != ec2types.RouteTableAssociationStateCodeAssociated {
			continue
		}
		out.Main = out.Main || aws.ToBool(a.Main)
		if id := aws.ToString(a.SubnetId); id != "" {
			out.Subnets = append(out.Subnets, id)
		}
	}
	slices.Sort(out.Subnets)
	var err error
	out.Routes, err = each(in.Routes, readRoute)
	return out, wrong(err, "route table", out.ID)
}

// readRoute reads a route. Exactly one of its targets is set.
func readRoute(in ec2types.Route) (fleet.Route, error) {
	out := fleet.Route{
		PrefixList: aws.ToString(in.DestinationPrefixListId),
		Blackhole:  in.State == ec2types.RouteStateBlackhole,
		Target: cmp.Or(aws.ToString(in.GatewayId), aws.ToString(in.VpcPeeringConnectionId), aws.ToString(in.TransitGatewayId),
			aws.ToString(in.NatGatewayId), aws.ToString(in.NetworkInterfaceId), aws.ToString(in.EgressOnlyInternetGatewayId),
			aws.ToString(in.LocalGatewayId), aws.ToString(in.CarrierGatewayId), aws.ToString(in.InstanceId), aws.ToString(in.CoreNetworkArn),
			aws.ToString(in.OdbNetworkArn)),
	}
	text := in.DestinationCidrBlock
	if text == nil {
		text = in.DestinationIpv6CidrBlock
	}
	var err error
	if out.Destination, err = readPrefix(text); err != nil {
		return out, err
	}
	if !out.Destination.IsValid() && out.PrefixList == "" {
		return out, fmt.Errorf("a route without a destination")
	}
	return out, nil
}

func (v *view) securityGroups(ctx context.Context) fleet.Listing[fleet.SecurityGroup] {
	return listed(ctx, v, v.in("security groups", "ec2:DescribeSecurityGroups"), v.calls.describeSecurityGroups, func(x fleet.SecurityGroup) string { return x.ID },
		func(token *string) *ec2.DescribeSecurityGroupsInput {
			return &ec2.DescribeSecurityGroupsInput{MaxResults: aws.Int32(ec2PerPage), NextToken: token}
		},
		func(out *ec2.DescribeSecurityGroupsOutput) ([]fleet.SecurityGroup, *string, error) {
			items, err := each(out.SecurityGroups, readSecurityGroup)
			return items, out.NextToken, err
		})
}

func readSecurityGroup(in ec2types.SecurityGroup) (fleet.SecurityGroup, error) {
	out := fleet.SecurityGroup{
		ID: aws.ToString(in.GroupId), Name: aws.ToString(in.GroupName),
		Owner: plan.AccountID(aws.ToString(in.OwnerId)), VPC: aws.ToString(in.VpcId),
	}
	if out.ID == "" {
		return out, fmt.Errorf("a security group without an ID")
	}
	var err error
	if out.Ingress, err = readRules(in.IpPermissions); err == nil {
		out.Egress, err = readRules(in.IpPermissionsEgress)
	}
	return out, wrong(err, "security group", out.ID)
}

// readRules gives each peer of a permission a rule of its own.
func readRules(in []ec2types.IpPermission) ([]fleet.Rule, error) {
	var out []fleet.Rule
	for _, p := range in {
		base := fleet.Rule{Protocol: aws.ToString(p.IpProtocol), From: int(aws.ToInt32(p.FromPort)), To: int(aws.ToInt32(p.ToPort))}
		if base.Protocol == "" {
			return nil, fmt.Errorf("a rule without a protocol")
		}
		var blocks []*string
		for _, r := range p.IpRanges {
			blocks = append(blocks, r.CidrIp)
		}
		for _, r := range p.Ipv6Ranges {
			blocks = append(blocks, r.CidrIpv6)
		}
		for _, text := range blocks {
			block, err := readPrefix(text)
			if err != nil || !block.IsValid() {
				return nil, fmt.Errorf("a rule for CIDR %q", aws.ToString(text))
			}
			rule := base
			rule.CIDR = block
			out = append(out, rule)
		}
		for _, g := range p.UserIdGroupPairs {
			rule := base
			rule.Group, rule.GroupOwner = aws.ToString(g.GroupId), plan.AccountID(aws.ToString(g.UserId))
			out = append(out, rule)
		}
		for _, l := range p.PrefixListIds {
			rule := base
			rule.PrefixList = aws.ToString(l.PrefixListId)
			out = append(out, rule)
		}
	}
	return out, nil
}

func (v *view) networkACLs(ctx context.Context) fleet.Listing[fleet.NetworkACL] {
	return listed(ctx, v, v.in("network ACLs", "ec2:DescribeNetworkAcls"), v.calls.describeNetworkACLs, func(x fleet.NetworkACL) string { return x.ID },
		func(token *string) *ec2.DescribeNetworkAclsInput {
			return &ec2.DescribeNetworkAclsInput{MaxResults: aws.Int32(ec2PerPage), NextToken: token}
		},
		func(out *ec2.DescribeNetworkAclsOutput) ([]fleet.NetworkACL, *string, error) {
			items, err := each(out.NetworkAcls, readNetworkACL)
			return items, out.NextToken, err
		})
}

func readNetworkACL(in ec2types.NetworkAcl) (fleet.NetworkACL, error) {
	out := fleet.NetworkACL{ID: aws.ToString(in.NetworkAclId), VPC: aws.ToString(in.VpcId), Default: aws.ToBool(in.IsDefault)}
	if out.ID == "" {
		return out, fmt.Errorf("a network ACL without an ID")
	}
	for _, a := range in.Associations {
		out.Subnets = append(out.Subnets, aws.ToString(a.SubnetId))
	}
	slices.Sort(out.Subnets)
	var err error
	if out.Entries, err = each(in.Entries, readACLEntry); err != nil {
		return out, wrong(err, "network ACL", out.ID)
	}
	slices.SortStableFunc(out.Entries, func(a, b fleet.ACLEntry) int {
		switch {
		case a.Egress == b.Egress:
			return cmp.Compare(a.Number, b.Number)
		case b.Egress:
			return -1
		}
		return 1
	})
	return out, nil
}

func readACLEntry(in ec2types.NetworkAclEntry) (fleet.ACLEntry, error) {
	out := fleet.ACLEntry{
		Egress: aws.ToBool(in.Egress), Number: int(aws.ToInt32(in.RuleNumber)), Protocol: aws.ToString(in.Protocol),
		To: 65535, Allow: in.RuleAction == ec2types.RuleActionAllow,
	}
	if r := in.PortRange; r != nil {
		out.From, out.To = int(aws.ToInt32(r.From)), int(aws.ToInt32(r.To))
	}
	text := in.CidrBlock
	if text == nil {
		text = in.Ipv6CidrBlock
	}
	var err error
	if out.CIDR, err = readPrefix(text); err != nil || !out.CIDR.IsValid() {
		return out, fmt.Errorf("entry %d for CIDR %q", out.Number, aws.ToString(text))
	}
	if out.Protocol == "" {
		return out, fmt.Errorf("entry %d without a protocol", out.Number)
	}
	return out, nil
}

// askVPCs asks whether DNS works in the VPCs where that matters: the hub's own
// and those of asked clusters.
func (s *site) askVPCs(ctx context.Context, v *view) {
	if !s.ask.Deep || v == nil {
		return
	}
	matters := map[string]bool{}
	for _, id := range s.hubVPCs() {
		matters[id] = true
	}
	for _, c := range s.place.Clusters.Items {
		matters[c.VPC] = true
	}
	for i := range s.place.Links.Items {
		l := &s.place.Links.Items[i] // others fill in its targets meanwhile
		if s.wants(l.Ref.Name) {
			matters[l.Candidate.Group.VPC] = true
		}
	}
	var jobs []func()
	for i := range s.place.VPCs.Items {
		if vpc := &s.place.VPCs.Items[i]; matters[vpc.ID] {
			jobs = append(jobs, func() { v.askDNS(ctx, vpc) })
		}
	}
	inTurn(jobs)
}

// askDNS reads both attributes of a VPC that its private zones depend on.
// Source: VPC user guide, DNS attributes in your VPC.
func (v *view) askDNS(ctx context.Context, vpc *fleet.VPC) {
	var err error
	if vpc.DNSSupport, err = v.vpcAttribute(ctx, vpc.ID, ec2types.VpcAttributeNameEnableDnsSupport); err == nil {
		vpc.DNSHostnames, err = v.vpcAttribute(ctx, vpc.ID, ec2types.VpcAttributeNameEnableDnsHostnames)
	}
	vpc.Fault = faultOf(err)
}

func (v *view) vpcAttribute(ctx context.Context, vpc string, name ec2types.VpcAttributeName) (*bool, error) {
	p := purpose{verb: fmt.Sprintf("read attribute %s of %s in %s", name, vpc, v), action: "ec2:DescribeVpcAttribute"}
	out, err := do(ctx, v.Scope, p, v.calls.describeVpcAttribute, &ec2.DescribeVpcAttributeInput{VpcId: &vpc, Attribute: name})
	if err != nil {
		return nil, err
	}
	value := out.EnableDnsSupport
	if name == ec2types.VpcAttributeNameEnableDnsHostnames {
		value = out.EnableDnsHostnames
	}
	if value == nil || value.Value == nil {
		return nil, badAnswer(p.verb, "no value")
	}
	return value.Value, nil
}

// ec2Tags turns EC2's tags into ours; nil: there are none.
func ec2Tags(in []ec2types.Tag) map[string]string {
	if len(in) == 0 {
		return nil
	}
	out := make(map[string]string, len(in))
	for _, t := range in {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

// readPrefix reads a CIDR; none at all is the zero Prefix.
func readPrefix(text *string) (netip.Prefix, error) {
	if aws.ToString(text) == "" {
		return netip.Prefix{}, nil
	}
	block, err := netip.ParsePrefix(*text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("CIDR %q", *text)
	}
	return block.Masked(), nil
}

// wrong says which object an answer is wrong about.
func wrong(err error, kind, id string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", kind, id, err)
}

// lower is a state as the snapshot has it: EC2 and its SDKs write some in
// camel case and some in capitals.
func lower[T ~string](s T) string { return strings.ToLower(string(s)) }
