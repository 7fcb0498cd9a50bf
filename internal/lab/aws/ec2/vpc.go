package ec2

import (
	"context"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func (h handlers) createVpc(_ context.Context, c wire.Caller, in *CreateVpcRequest) (*CreateVpcResult, error) {
	if in.CidrBlock == nil {
		return nil, refuse("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.")
	}
	cidr, err := parsePrefix("cidrBlock", in.CidrBlock)
	if err != nil {
		return nil, err
	}
	tags, err := tagsFor("vpc", in.TagSpecifications)
	if err != nil {
		return nil, err
	}
	v, err := h.store.CreateVpc(state.Caller(c), state.VPCInput{CIDR: cidr, IPv6: wire.Value(in.AmazonProvidedIpv6CidrBlock), Tags: tags})
	if err != nil {
		return nil, err
	}
	return &CreateVpcResult{Vpc: new(vpc(v))}, nil
}

func (h handlers) deleteVpc(_ context.Context, c wire.Caller, in *DeleteVpcRequest) (*wire.Empty, error) {
	return nil, h.store.DeleteVpc(state.Caller(c), wire.Value(in.VpcId))
}

func (h handlers) describeVpcs(_ context.Context, c wire.Caller, in *DescribeVpcsRequest) (*DescribeVpcsResult, error) {
	vs, next, err := h.store.DescribeVpcs(state.Caller(c), in.VpcIds, filters(in.Filters), page(in.MaxResults, in.NextToken))
	if err != nil {
		return nil, err
	}
	return &DescribeVpcsResult{Vpcs: each(vs, vpc), NextToken: wire.Set(next)}, nil
}

func (h handlers) associateVpcCidrBlock(_ context.Context, c wire.Caller, in *AssociateVpcCidrBlockRequest) (*AssociateVpcCidrBlockResult, error) {
	if in.CidrBlock == nil {
		return nil, refuse("MissingParameter", "The request must contain the parameter cidrBlock. (The lab associates IPv4 blocks only.)")
	}
	block, err := parsePrefix("cidrBlock", in.CidrBlock)
	if err != nil {
		return nil, err
	}
	a, err := h.store.AssociateVpcCidrBlock(state.Caller(c), wire.Value(in.VpcId), block)
	if err != nil {
		return nil, err
	}
	return &AssociateVpcCidrBlockResult{VpcId: in.VpcId, CidrBlockAssociation: new(cidrAssociation(a))}, nil
}

func (h handlers) disassociateVpcCidrBlock(_ context.Context, c wire.Caller, in *DisassociateVpcCidrBlockRequest) (*DisassociateVpcCidrBlockResult, error) {
	id, a, err := h.store.DisassociateVpcCidrBlock(state.Caller(c), wire.Value(in.AssociationId))
	if err != nil {
		return nil, err
	}
	return &DisassociateVpcCidrBlockResult{VpcId: &id, CidrBlockAssociation: new(cidrAssociation(a))}, nil
}

func (h handlers) createSubnet(_ context.Context, c wire.Caller, in *CreateSubnetRequest) (*CreateSubnetResult, error) {
	cidr, err := parsePrefix("cidrBlock", in.CidrBlock)
	if err != nil {
		return nil, err
	}
	cidr6, err := parsePrefix("ipv6CidrBlock", in.Ipv6CidrBlock)
	if err != nil {
		return nil, err
	}
	if !cidr.IsValid() {
		return nil, refuse("MissingParameter", "The request must contain the parameter cidrBlock.")
	}
	tags, err := tagsFor("subnet", in.TagSpecifications)
	if err != nil {
		return nil, err
	}
	s, err := h.store.CreateSubnet(state.Caller(c), state.SubnetInput{
		VPC:    wire.Value(in.VpcId),
		CIDR:   cidr,
		IPv6:   cidr6,
		Zone:   wire.Value(in.AvailabilityZone),
		ZoneID: wire.Value(in.AvailabilityZoneId),
		Tags:   tags,
	})
	if err != nil {
		return nil, err
	}
	return &CreateSubnetResult{Subnet: new(subnet(s))}, nil
}

func (h handlers) deleteSubnet(_ context.Context, c wire.Caller, in *DeleteSubnetRequest) (*wire.Empty, error) {
	return nil, h.store.DeleteSubnet(state.Caller(c), wire.Value(in.SubnetId))
}

func (h handlers) describeSubnets(_ context.Context, c wire.Caller, in *DescribeSubnetsRequest) (*DescribeSubnetsResult, error) {
	subnets, next, err := h.store.DescribeSubnets(state.Caller(c), in.SubnetIds, filters(in.Filters), page(in.MaxResults, in.NextToken))
	if err != nil {
		return nil, err
	}
	return &DescribeSubnetsResult{Subnets: each(subnets, subnet), NextToken: wire.Set(next)}, nil
}

// modifySubnetAttribute sets MapPublicIpOnLaunch; of the other attributes the
// lab has the defaults, which may be set again.
func (h handlers) modifySubnetAttribute(_ context.Context, c wire.Caller, in *ModifySubnetAttributeRequest) (*wire.Empty, error) {
	on := func(v *AttributeBooleanValue) bool { return v != nil && wire.Value(v.Value) }
	if on(in.AssignIpv6AddressOnCreation) || on(in.EnableDns64) || on(in.EnableResourceNameDnsAAAARecordOnLaunch) || on(in.EnableResourceNameDnsARecordOnLaunch) ||
		on(in.MapCustomerOwnedIpOnLaunch) || in.CustomerOwnedIpv4Pool != nil || in.EnableLniAtDeviceIndex != nil ||
		in.PrivateDnsHostnameTypeOnLaunch != nil && *in.PrivateDnsHostnameTypeOnLaunch != "ip-name" {
		return nil, refuse("UnsupportedOperation", "Of a subnet's attributes the lab changes MapPublicIpOnLaunch alone.")
	}
	if in.MapPublicIpOnLaunch == nil {
		return nil, nil
	}
	return nil, h.store.SetSubnetPublicIP(state.Caller(c), wire.Value(in.SubnetId), on(in.MapPublicIpOnLaunch))
}

func (h handlers) describeAvailabilityZones(_ context.Context, c wire.Caller, in *DescribeAvailabilityZonesRequest) (*DescribeAvailabilityZonesResult, error) {
	zones, err := h.store.DescribeAvailabilityZones(state.Caller(c), in.ZoneNames, in.ZoneIds, filters(in.Filters))
	if err != nil {
		return nil, err
	}
	return &DescribeAvailabilityZonesResult{AvailabilityZones: each(zones, zone)}, nil
}

func vpc(v state.VPC) Vpc {
	out := Vpc{
		VpcId:                   &v.ID,
		OwnerId:                 &v.Owner,
		CidrBlock:               new(v.CIDR.String()),
		CidrBlockAssociationSet: each(v.CIDRs, cidrAssociation),
		State:                   &v.State,
		DhcpOptionsId:           &v.DHCPOptions,
		InstanceTenancy:         new("default"),
		IsDefault:               new(false),
		BlockPublicAccessStates: &BlockPublicAccessStates{InternetGatewayBlockMode: new("off")},
		Tags:                    tagSet(v.Tags),
	}
	for _, a := range v.IPv6 {
		out.Ipv6CidrBlockAssociationSet = append(out.Ipv6CidrBlockAssociationSet, VpcIpv6CidrBlockAssociation{
			AssociationId:        &a.ID,
			Ipv6CidrBlock:        new(a.Block.String()),
			Ipv6CidrBlockState:   &VpcCidrBlockState{State: &a.State},
			Ipv6Pool:             new("Amazon"),
			IpSource:             new("amazon"),
			Ipv6AddressAttribute: new("public"),
			NetworkBorderGroup:   &v.Region,
		})
	}
	return out
}

func cidrAssociation(a state.Association) VpcCidrBlockAssociation {
	return VpcCidrBlockAssociation{
		AssociationId:  &a.ID,
		CidrBlock:      new(a.Block.String()),
		CidrBlockState: &VpcCidrBlockState{State: &a.State},
	}
}

func subnet(s state.Subnet) Subnet {
	out := Subnet{
		SubnetId:                      &s.ID,
		SubnetArn:                     &s.ARN,
		OwnerId:                       &s.Owner,
		VpcId:                         &s.VPC,
		CidrBlock:                     new(s.CIDR.String()),
		Ipv6CidrBlockAssociationSet:   []SubnetIpv6CidrBlockAssociation{},
		AvailabilityZone:              &s.Zone,
		AvailabilityZoneId:            &s.ZoneID,
		State:                         &s.State,
		AvailableIpAddressCount:       new(int32(s.Free)),
		MapPublicIpOnLaunch:           &s.PublicIP,
		AssignIpv6AddressOnCreation:   new(false),
		DefaultForAz:                  new(false),
		EnableDns64:                   new(false),
		Ipv6Native:                    new(false),
		MapCustomerOwnedIpOnLaunch:    new(false),
		BlockPublicAccessStates:       &BlockPublicAccessStates{InternetGatewayBlockMode: new("off")},
		PrivateDnsNameOptionsOnLaunch: &PrivateDnsNameOptionsOnLaunch{HostnameType: new("ip-name"), EnableResourceNameDnsARecord: new(false), EnableResourceNameDnsAAAARecord: new(false)},
		Tags:                          tagSet(s.Tags),
	}
	for _, a := range s.IPv6 {
		out.Ipv6CidrBlockAssociationSet = append(out.Ipv6CidrBlockAssociationSet, SubnetIpv6CidrBlockAssociation{
			AssociationId:        &a.ID,
			Ipv6CidrBlock:        new(a.Block.String()),
			Ipv6CidrBlockState:   &SubnetCidrBlockState{State: &a.State},
			IpSource:             new("amazon"),
			Ipv6AddressAttribute: new("public"),
		})
	}
	return out
}

func zone(z state.Zone) AvailabilityZone {
	return AvailabilityZone{
		ZoneName:           &z.Name,
		ZoneId:             &z.ID,
		RegionName:         &z.Region,
		State:              &z.State,
		ZoneType:           new("availability-zone"),
		GroupName:          new(z.Region + "-zg-1"),
		NetworkBorderGroup: &z.Region,
		OptInStatus:        new("opt-in-not-required"),
		Messages:           []AvailabilityZoneMessage{},
	}
}
