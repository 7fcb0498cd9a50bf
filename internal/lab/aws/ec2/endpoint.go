package ec2

import (
	"context"
	"slices"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func (h handlers) createVpcEndpoint(_ context.Context, c wire.Caller, in *CreateVpcEndpointRequest) (*CreateVpcEndpointResult, error) {
	switch {
	case in.ServiceName == nil:
		return nil, refuse("MissingParameter", "The request must contain the parameter ServiceName. (The lab has endpoints to endpoint services only.)")
	case in.PolicyDocument != nil:
		return nil, refuse("InvalidParameter", "Endpoint policies are not supported by the service %s.", *in.ServiceName)
	case len(in.RouteTableIds) > 0:
		return nil, refuse("InvalidParameter", "Route table IDs are only supported for Gateway type VPC Endpoint.")
	}
	subnets, err := subnetMappings(in.SubnetIds, in.SubnetConfigurations)
	if err != nil {
		return nil, err
	}
	tags, err := tagsFor("vpc-endpoint", in.TagSpecifications)
	if err != nil {
		return nil, err
	}
	e, err := h.store.CreateVpcEndpoint(state.Caller(c), state.EndpointInput{
		Type:           wire.Value(in.VpcEndpointType),
		VPC:            wire.Value(in.VpcId),
		ServiceName:    *in.ServiceName,
		ServiceRegion:  wire.Value(in.ServiceRegion),
		Subnets:        subnets,
		SecurityGroups: in.SecurityGroupIds,
		IPAddressType:  wire.Value(in.IpAddressType),
		PrivateDNS:     wire.Value(in.PrivateDnsEnabled),
		Tags:           tags,
	})
	if err != nil {
		return nil, err
	}
	return &CreateVpcEndpointResult{ClientToken: in.ClientToken, VpcEndpoint: new(h.vpcEndpoint(c)(e))}, nil
}

// subnetMappings joins the two ways to name subnets: a configuration gives a
// subnet its address.
// Source: Amazon EC2 API reference, CreateVpcEndpoint, SubnetConfigurations.
func subnetMappings(ids []string, configurations []SubnetConfiguration) ([]state.SubnetMapping, error) {
	var out []state.SubnetMapping
	for _, id := range ids {
		out = append(out, state.SubnetMapping{Subnet: id})
	}
	for _, x := range configurations {
		if x.Ipv6 != nil {
			return nil, refuse("InvalidParameter", "The lab's endpoints have IPv4 addresses only.")
		}
		addr, err := parseAddr("ipv4", x.Ipv4)
		if err != nil {
			return nil, err
		}
		id := wire.Value(x.SubnetId)
		if i := slices.IndexFunc(out, func(m state.SubnetMapping) bool { return m.Subnet == id }); i >= 0 {
			out[i].Addr = addr
		} else {
			out = append(out, state.SubnetMapping{Subnet: id, Addr: addr})
		}
	}
	return out, nil
}

func (h handlers) modifyVpcEndpoint(_ context.Context, c wire.Caller, in *ModifyVpcEndpointRequest) (*ModifyVpcEndpointResult, error) {
	subnets, err := subnetMappings(in.AddSubnetIds, in.SubnetConfigurations)
	if err != nil {
		return nil, err
	}
	switch {
	case in.PolicyDocument != nil:
		return nil, refuse("InvalidParameter", "Endpoint policies are not supported by the lab's endpoint services.")
	case len(in.AddRouteTableIds)+len(in.RemoveRouteTableIds) > 0:
		return nil, refuse("InvalidParameter", "Route table IDs are only supported for Gateway type VPC Endpoint.")
	}
	err = h.store.ModifyVpcEndpoint(state.Caller(c), wire.Value(in.VpcEndpointId), state.EndpointChange{
		AddSubnets:           subnets,
		RemoveSubnets:        in.RemoveSubnetIds,
		AddSecurityGroups:    in.AddSecurityGroupIds,
		RemoveSecurityGroups: in.RemoveSecurityGroupIds,
		PrivateDNS:           wire.Value(in.PrivateDnsEnabled),
	})
	return &ModifyVpcEndpointResult{Return: new(err == nil)}, err
}

func (h handlers) deleteVpcEndpoints(_ context.Context, c wire.Caller, in *DeleteVpcEndpointsRequest) (*DeleteVpcEndpointsResult, error) {
	left := h.store.DeleteVpcEndpoints(state.Caller(c), in.VpcEndpointIds)
	return &DeleteVpcEndpointsResult{Unsuccessful: each(left, unsuccessful)}, nil
}

func (h handlers) describeVpcEndpoints(_ context.Context, c wire.Caller, in *DescribeVpcEndpointsRequest) (*DescribeVpcEndpointsResult, error) {
	es, next, err := h.store.DescribeVpcEndpoints(state.Caller(c), in.VpcEndpointIds, filters(in.Filters), page(in.MaxResults, in.NextToken))
	if err != nil {
		return nil, err
	}
	return &DescribeVpcEndpointsResult{VpcEndpoints: each(es, h.vpcEndpoint(c)), NextToken: wire.Set(next)}, nil
}

// vpcEndpoint returns the conversion for a caller, who sees the names of its
// own security groups. The regional name comes first.
func (h handlers) vpcEndpoint(c wire.Caller) func(state.Endpoint) VpcEndpoint {
	names := h.groupNames(c)
	return func(e state.Endpoint) VpcEndpoint {
		out := VpcEndpoint{
			VpcEndpointId:       &e.ID,
			VpcEndpointType:     new("Interface"),
			VpcId:               &e.VPC,
			OwnerId:             &e.Owner,
			ServiceName:         &e.ServiceName,
			ServiceRegion:       &e.ServiceRegion,
			State:               &e.State,
			IpAddressType:       &e.IPAddressType,
			PrivateDnsEnabled:   new(false),
			RequesterManaged:    new(false),
			CreationTimestamp:   &e.Created,
			NetworkInterfaceIds: each(e.Interfaces, func(i state.EndpointInterface) string { return i.ID }),
			SubnetIds:           each(e.Interfaces, func(i state.EndpointInterface) string { return i.Subnet }),
			RouteTableIds:       []string{},
			Groups: each(e.SecurityGroups, func(id string) SecurityGroupIdentifier {
				return SecurityGroupIdentifier{GroupId: &id, GroupName: wire.Set(names[id])}
			}),
			DnsOptions: &DnsOptions{DnsRecordIpType: new("ipv4")},
			DnsEntries: []DnsEntry{{DnsName: &e.DNSName, HostedZoneId: &e.HostedZone}},
			Tags:       tagSet(e.Tags),
		}
		for _, i := range e.Interfaces {
			out.DnsEntries = append(out.DnsEntries, DnsEntry{DnsName: &i.DNSName, HostedZoneId: &e.HostedZone})
		}
		if e.Failure != "" {
			out.FailureReason = &e.Failure
		}
		return out
	}
}
