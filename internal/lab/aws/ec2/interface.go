package ec2

import (
	"context"
	"strings"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func (h handlers) createNetworkInterface(_ context.Context, c wire.Caller, in *CreateNetworkInterfaceRequest) (*CreateNetworkInterfaceResult, error) {
	wanted := in.PrivateIpAddress
	for _, spec := range in.PrivateIpAddresses {
		switch {
		case !wire.Value(spec.Primary):
			return nil, refuse("UnsupportedOperation", "The lab gives an interface one address: its primary one.")
		case wanted != nil:
			return nil, refuse("InvalidParameterCombination", "Only one primary private IP address can be specified.")
		}
		wanted = spec.PrivateIpAddress
	}
	addr, err := parseAddr("privateIpAddress", wanted)
	if err != nil {
		return nil, err
	}
	tags, err := tagsFor("network-interface", in.TagSpecifications)
	if err != nil {
		return nil, err
	}
	ni, err := h.store.CreateNetworkInterface(state.Caller(c), state.InterfaceInput{
		Subnet:         wire.Value(in.SubnetId),
		Addr:           addr,
		Description:    wire.Value(in.Description),
		SecurityGroups: in.Groups,
		Tags:           tags,
	})
	if err != nil {
		return nil, err
	}
	return &CreateNetworkInterfaceResult{ClientToken: in.ClientToken, NetworkInterface: new(h.networkInterface(c)(ni))}, nil
}

func (h handlers) deleteNetworkInterface(_ context.Context, c wire.Caller, in *DeleteNetworkInterfaceRequest) (*wire.Empty, error) {
	return nil, h.store.DeleteNetworkInterface(state.Caller(c), wire.Value(in.NetworkInterfaceId))
}

func (h handlers) describeNetworkInterfaces(_ context.Context, c wire.Caller, in *DescribeNetworkInterfacesRequest) (*DescribeNetworkInterfacesResult, error) {
	// Source: Amazon EC2 developer guide, API throttling: unfiltered and unpaginated
	// describe calls have a bucket of their own.
	if len(in.NetworkInterfaceIds) == 0 && len(in.Filters) == 0 && in.MaxResults == nil {
		if err := h.store.TakeUnfiltered(state.Caller(c)); err != nil {
			return nil, err
		}
	}
	nis, next, err := h.store.DescribeNetworkInterfaces(state.Caller(c), state.InterfaceQuery{
		IDs:     in.NetworkInterfaceIds,
		Filters: filters(in.Filters),
		Page:    page(in.MaxResults, in.NextToken),
	})
	if err != nil {
		return nil, err
	}
	return &DescribeNetworkInterfacesResult{NetworkInterfaces: each(nis, h.networkInterface(c)), NextToken: wire.Set(next)}, nil
}

// networkInterface returns the conversion for a caller, who sees the names of
// its own security groups.
func (h handlers) networkInterface(c wire.Caller) func(state.Interface) NetworkInterface {
	names := h.groupNames(c)
	return func(n state.Interface) NetworkInterface { return networkInterface(n, names) }
}

// groupNames returns the names of a caller's security groups, by ID.
func (h handlers) groupNames(c wire.Caller) map[string]string {
	names := map[string]string{}
	for page := (state.Page{}); ; {
		groups, next, err := h.store.DescribeSecurityGroups(state.Caller(c), nil, nil, nil, page)
		for _, g := range groups {
			names[g.ID] = g.Name
		}
		if page.Token = next; err != nil || next == "" {
			return names
		}
	}
}

func networkInterface(n state.Interface, names map[string]string) NetworkInterface {
	addr := n.Addr.String()
	private := new(privateName(addr, n.Region))
	out := NetworkInterface{
		NetworkInterfaceId: &n.ID,
		Description:        &n.Description,
		OwnerId:            &n.Owner,
		VpcId:              &n.VPC,
		SubnetId:           &n.Subnet,
		AvailabilityZone:   &n.Zone,
		AvailabilityZoneId: &n.ZoneID,
		InterfaceType:      &n.Type,
		Status:             &n.Status,
		MacAddress:         &n.MAC,
		PrivateIpAddress:   &addr,
		PrivateDnsName:     private,
		PrivateIpAddresses: []NetworkInterfacePrivateIpAddress{{Primary: new(true), PrivateIpAddress: &addr, PrivateDnsName: private}},
		Ipv6Addresses:      []NetworkInterfaceIpv6Address{},
		RequesterId:        wire.Set(n.RequesterID),
		RequesterManaged:   &n.RequesterManaged,
		SourceDestCheck:    &n.SourceDestCheck,
		Operator:           &OperatorResponse{Managed: new(false)},
		Groups:             []GroupIdentifier{},
		TagSet:             tagSet(n.Tags),
	}
	for i, a := range n.Addrs6 {
		out.Ipv6Addresses = append(out.Ipv6Addresses, NetworkInterfaceIpv6Address{Ipv6Address: new(a.String()), IsPrimaryIpv6: new(false)})
		if i == 0 {
			out.Ipv6Address = new(a.String())
		}
	}
	for _, id := range n.SecurityGroups {
		out.Groups = append(out.Groups, GroupIdentifier{GroupId: new(id), GroupName: wire.Set(names[id])})
	}
	if a := n.Attachment; a != nil {
		out.Attachment = &NetworkInterfaceAttachment{
			AttachmentId:        &a.ID,
			InstanceId:          wire.Set(a.Instance),
			InstanceOwnerId:     &a.InstanceOwner,
			Status:              &a.Status,
			DeviceIndex:         new(int32(a.DeviceIndex)),
			AttachTime:          &a.At,
			DeleteOnTermination: new(false),
			NetworkCardIndex:    new(int32(0)),
		}
	}
	return out
}

// privateName is EC2's name for a private address.
// Source: Amazon VPC user guide, DNS attributes for your VPC, EC2 instance DNS hostnames.
func privateName(addr, region string) string {
	suffix := region + ".compute.internal"
	if region == "us-east-1" {
		suffix = "ec2.internal"
	}
	return "ip-" + strings.ReplaceAll(addr, ".", "-") + "." + suffix
}
