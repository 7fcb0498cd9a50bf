package ec2

import (
	"context"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func (h handlers) createVpcEndpointServiceConfiguration(_ context.Context, c wire.Caller, in *CreateVpcEndpointServiceConfigurationRequest) (*CreateVpcEndpointServiceConfigurationResult, error) {
	if len(in.GatewayLoadBalancerArns) > 0 {
		return nil, noGateways()
	}
	tags, err := tagsFor("vpc-endpoint-service", in.TagSpecifications)
	if err != nil {
		return nil, err
	}
	v, err := h.store.CreateVpcEndpointServiceConfiguration(state.Caller(c), state.EndpointServiceInput{
		LoadBalancers:      in.NetworkLoadBalancerArns,
		AcceptanceRequired: in.AcceptanceRequired,
		Regions:            in.SupportedRegions,
		IPAddressTypes:     in.SupportedIpAddressTypes,
		PrivateDNSName:     wire.Value(in.PrivateDnsName),
		Tags:               tags,
	})
	if err != nil {
		return nil, err
	}
	return &CreateVpcEndpointServiceConfigurationResult{ClientToken: in.ClientToken, ServiceConfiguration: new(h.serviceConfiguration(c)(v))}, nil
}

func noGateways() error {
	return refuse("UnsupportedOperation", "The lab has no gateway load balancers.")
}

func (h handlers) modifyVpcEndpointServiceConfiguration(_ context.Context, c wire.Caller, in *ModifyVpcEndpointServiceConfigurationRequest) (*ModifyVpcEndpointServiceConfigurationResult, error) {
	if len(in.AddGatewayLoadBalancerArns)+len(in.RemoveGatewayLoadBalancerArns) > 0 {
		return nil, noGateways()
	}
	err := h.store.ModifyVpcEndpointServiceConfiguration(state.Caller(c), wire.Value(in.ServiceId), state.EndpointServiceChange{
		AcceptanceRequired:   in.AcceptanceRequired,
		AddLoadBalancers:     in.AddNetworkLoadBalancerArns,
		RemoveLoadBalancers:  in.RemoveNetworkLoadBalancerArns,
		AddRegions:           in.AddSupportedRegions,
		RemoveRegions:        in.RemoveSupportedRegions,
		AddIPAddressTypes:    in.AddSupportedIpAddressTypes,
		RemoveIPAddressTypes: in.RemoveSupportedIpAddressTypes,
		PrivateDNSName:       wire.Value(in.PrivateDnsName),
	})
	return &ModifyVpcEndpointServiceConfigurationResult{Return: new(err == nil)}, err
}

func (h handlers) deleteVpcEndpointServiceConfigurations(_ context.Context, c wire.Caller, in *DeleteVpcEndpointServiceConfigurationsRequest) (*DeleteVpcEndpointServiceConfigurationsResult, error) {
	left := h.store.DeleteVpcEndpointServiceConfigurations(state.Caller(c), in.ServiceIds)
	return &DeleteVpcEndpointServiceConfigurationsResult{Unsuccessful: each(left, unsuccessful)}, nil
}

func (h handlers) describeVpcEndpointServiceConfigurations(_ context.Context, c wire.Caller, in *DescribeVpcEndpointServiceConfigurationsRequest) (*DescribeVpcEndpointServiceConfigurationsResult, error) {
	vs, next, err := h.store.DescribeVpcEndpointServiceConfigurations(state.Caller(c), in.ServiceIds, filters(in.Filters), page(in.MaxResults, in.NextToken))
	if err != nil {
		return nil, err
	}
	return &DescribeVpcEndpointServiceConfigurationsResult{ServiceConfigurations: each(vs, h.serviceConfiguration(c)), NextToken: wire.Set(next)}, nil
}

func (h handlers) modifyVpcEndpointServicePermissions(_ context.Context, c wire.Caller, in *ModifyVpcEndpointServicePermissionsRequest) (*ModifyVpcEndpointServicePermissionsResult, error) {
	added, err := h.store.ModifyVpcEndpointServicePermissions(state.Caller(c), wire.Value(in.ServiceId), in.AddAllowedPrincipals, in.RemoveAllowedPrincipals)
	if err != nil {
		return nil, err
	}
	return &ModifyVpcEndpointServicePermissionsResult{ReturnValue: new(true), AddedPrincipals: each(added, func(p state.Principal) AddedPrincipal {
		return AddedPrincipal{Principal: &p.ARN, PrincipalType: &p.Type, ServicePermissionId: &p.ID, ServiceId: in.ServiceId}
	})}, nil
}

func (h handlers) describeVpcEndpointServicePermissions(_ context.Context, c wire.Caller, in *DescribeVpcEndpointServicePermissionsRequest) (*DescribeVpcEndpointServicePermissionsResult, error) {
	ps, next, err := h.store.DescribeVpcEndpointServicePermissions(state.Caller(c), wire.Value(in.ServiceId), filters(in.Filters), page(in.MaxResults, in.NextToken))
	if err != nil {
		return nil, err
	}
	return &DescribeVpcEndpointServicePermissionsResult{NextToken: wire.Set(next), AllowedPrincipals: each(ps, func(p state.Principal) AllowedPrincipal {
		return AllowedPrincipal{Principal: &p.ARN, PrincipalType: &p.Type, ServicePermissionId: &p.ID, ServiceId: in.ServiceId, Tags: []Tag{}}
	})}, nil
}

func (h handlers) describeVpcEndpointServices(_ context.Context, c wire.Caller, in *DescribeVpcEndpointServicesRequest) (*DescribeVpcEndpointServicesResult, error) {
	ds, next, err := h.store.DescribeVpcEndpointServices(state.Caller(c), state.ServiceQuery{
		Names:   in.ServiceNames,
		Regions: in.ServiceRegions,
		Filters: filters(in.Filters),
		Page:    page(in.MaxResults, in.NextToken),
	})
	if err != nil {
		return nil, err
	}
	return &DescribeVpcEndpointServicesResult{
		ServiceNames:   each(ds, func(d state.ServiceDetail) string { return d.Name }),
		ServiceDetails: each(ds, serviceDetail),
		NextToken:      wire.Set(next),
	}, nil
}

func (h handlers) describeVpcEndpointConnections(_ context.Context, c wire.Caller, in *DescribeVpcEndpointConnectionsRequest) (*DescribeVpcEndpointConnectionsResult, error) {
	xs, next, err := h.store.DescribeVpcEndpointConnections(state.Caller(c), filters(in.Filters), page(in.MaxResults, in.NextToken))
	if err != nil {
		return nil, err
	}
	return &DescribeVpcEndpointConnectionsResult{VpcEndpointConnections: each(xs, connection), NextToken: wire.Set(next)}, nil
}

func (h handlers) acceptVpcEndpointConnections(_ context.Context, c wire.Caller, in *AcceptVpcEndpointConnectionsRequest) (*AcceptVpcEndpointConnectionsResult, error) {
	left, err := h.store.AcceptVpcEndpointConnections(state.Caller(c), wire.Value(in.ServiceId), in.VpcEndpointIds)
	return &AcceptVpcEndpointConnectionsResult{Unsuccessful: each(left, unsuccessful)}, err
}

func (h handlers) rejectVpcEndpointConnections(_ context.Context, c wire.Caller, in *RejectVpcEndpointConnectionsRequest) (*RejectVpcEndpointConnectionsResult, error) {
	left, err := h.store.RejectVpcEndpointConnections(state.Caller(c), wire.Value(in.ServiceId), in.VpcEndpointIds)
	return &RejectVpcEndpointConnectionsResult{Unsuccessful: each(left, unsuccessful)}, err
}

func unsuccessful(r state.Refused) UnsuccessfulItem {
	return UnsuccessfulItem{ResourceId: &r.ID, Error: &UnsuccessfulItemError{Code: &r.Err.Code, Message: &r.Err.Message}}
}

// serviceConfiguration returns the conversion for a service's owner, by whose
// names the zones go.
func (h handlers) serviceConfiguration(c wire.Caller) func(state.EndpointService) ServiceConfiguration {
	return func(v state.EndpointService) ServiceConfiguration {
		return ServiceConfiguration{
			ServiceId:               &v.ID,
			ServiceName:             &v.Name,
			ServiceState:            &v.State,
			ServiceType:             interfaceType(),
			AvailabilityZones:       h.store.ZoneNames(state.Caller(c), v.ZoneIDs),
			AvailabilityZoneIds:     v.ZoneIDs,
			AcceptanceRequired:      &v.AcceptanceRequired,
			ManagesVpcEndpoints:     new(false),
			NetworkLoadBalancerArns: v.LoadBalancers,
			SupportedIpAddressTypes: v.IPAddressTypes,
			BaseEndpointDnsNames:    []string{v.DNSName},
			RemoteAccessEnabled:     new(len(v.Regions) > 1),
			SupportedRegions: each(v.Regions, func(region string) SupportedRegionDetail {
				return SupportedRegionDetail{Region: &region, ServiceState: &v.State}
			}),
			Tags: tagSet(v.Tags),
		}
	}
}

func interfaceType() []ServiceTypeDetail { return []ServiceTypeDetail{{ServiceType: new("Interface")}} }

func serviceDetail(d state.ServiceDetail) ServiceDetail {
	return ServiceDetail{
		ServiceId:                  &d.ID,
		ServiceName:                &d.Name,
		ServiceRegion:              &d.Region,
		ServiceType:                interfaceType(),
		Owner:                      &d.Owner,
		AvailabilityZones:          d.Zones,
		AvailabilityZoneIds:        d.ZoneIDs,
		AcceptanceRequired:         &d.AcceptanceRequired,
		ManagesVpcEndpoints:        new(false),
		VpcEndpointPolicySupported: new(false),
		SupportedIpAddressTypes:    d.IPAddressTypes,
		BaseEndpointDnsNames:       []string{d.DNSName},
		Tags:                       tagSet(d.Tags),
	}
}

func connection(x state.Connection) VpcEndpointConnection {
	return VpcEndpointConnection{
		VpcEndpointConnectionId: &x.ID,
		ServiceId:               &x.Service,
		VpcEndpointId:           &x.Endpoint,
		VpcEndpointOwner:        &x.EndpointOwner,
		VpcEndpointRegion:       &x.EndpointRegion,
		VpcEndpointState:        &x.State,
		CreationTimestamp:       &x.Created,
		DnsEntries:              []DnsEntry{{DnsName: &x.DNSName, HostedZoneId: &x.HostedZone}},
		NetworkLoadBalancerArns: x.LoadBalancers,
		IpAddressType:           &x.IPAddressType,
		Tags:                    []Tag{},
	}
}

// describePrefixLists lists none: the lists of AWS's own services are for
// gateway endpoints, which the lab has not. Source: Amazon EC2 API reference,
// DescribePrefixLists.
func (h handlers) describePrefixLists(_ context.Context, _ wire.Caller, in *DescribePrefixListsRequest) (*DescribePrefixListsResult, error) {
	if len(in.PrefixListIds) > 0 {
		return nil, refuse("InvalidPrefixListId.NotFound", "The prefix list ID '%s' does not exist", in.PrefixListIds[0])
	}
	return &DescribePrefixListsResult{PrefixLists: []PrefixList{}}, nil
}
