package ec2

import (
	"context"
	"net/netip"
	"strings"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func (h handlers) createRouteTable(_ context.Context, c wire.Caller, in *CreateRouteTableRequest) (*CreateRouteTableResult, error) {
	tags, err := tagsFor("route-table", in.TagSpecifications)
	if err != nil {
		return nil, err
	}
	t, err := h.store.CreateRouteTable(state.Caller(c), wire.Value(in.VpcId), tags)
	if err != nil {
		return nil, err
	}
	return &CreateRouteTableResult{ClientToken: in.ClientToken, RouteTable: new(routeTable(t))}, nil
}

func (h handlers) deleteRouteTable(_ context.Context, c wire.Caller, in *DeleteRouteTableRequest) (*wire.Empty, error) {
	return nil, h.store.DeleteRouteTable(state.Caller(c), wire.Value(in.RouteTableId))
}

func (h handlers) describeRouteTables(_ context.Context, c wire.Caller, in *DescribeRouteTablesRequest) (*DescribeRouteTablesResult, error) {
	tables, next, err := h.store.DescribeRouteTables(state.Caller(c), in.RouteTableIds, filters(in.Filters), page(in.MaxResults, in.NextToken))
	if err != nil {
		return nil, err
	}
	return &DescribeRouteTablesResult{RouteTables: each(tables, routeTable), NextToken: wire.Set(next)}, nil
}

func (h handlers) associateRouteTable(_ context.Context, c wire.Caller, in *AssociateRouteTableRequest) (*AssociateRouteTableResult, error) {
	if in.SubnetId == nil {
		return nil, refuse("MissingParameter", "The request must contain the parameter subnetId. (The lab's gateways have no route tables.)")
	}
	a, err := h.store.AssociateRouteTable(state.Caller(c), wire.Value(in.RouteTableId), *in.SubnetId)
	if err != nil {
		return nil, err
	}
	return &AssociateRouteTableResult{AssociationId: &a.ID, AssociationState: associated()}, nil
}

func (h handlers) disassociateRouteTable(_ context.Context, c wire.Caller, in *DisassociateRouteTableRequest) (*wire.Empty, error) {
	return nil, h.store.DisassociateRouteTable(state.Caller(c), wire.Value(in.AssociationId))
}

func (h handlers) replaceRouteTableAssociation(_ context.Context, c wire.Caller, in *ReplaceRouteTableAssociationRequest) (*ReplaceRouteTableAssociationResult, error) {
	a, err := h.store.ReplaceRouteTableAssociation(state.Caller(c), wire.Value(in.AssociationId), wire.Value(in.RouteTableId))
	if err != nil {
		return nil, err
	}
	return &ReplaceRouteTableAssociationResult{NewAssociationId: &a.ID, AssociationState: associated()}, nil
}

func associated() *RouteTableAssociationState {
	return &RouteTableAssociationState{State: new("associated")}
}

func (h handlers) createRoute(_ context.Context, c wire.Caller, in *CreateRouteRequest) (*CreateRouteResult, error) {
	block, err := destination(in.DestinationCidrBlock, in.DestinationIpv6CidrBlock, in.DestinationPrefixListId)
	if err != nil {
		return nil, err
	}
	to, err := only("a target", in.GatewayId, in.NatGatewayId, in.TransitGatewayId, in.VpcPeeringConnectionId, in.NetworkInterfaceId, in.InstanceId,
		in.EgressOnlyInternetGatewayId, in.VpcEndpointId, in.LocalGatewayId, in.CarrierGatewayId, in.CoreNetworkArn, in.OdbNetworkArn)
	if err != nil {
		return nil, err
	}
	if err := h.store.CreateRoute(state.Caller(c), wire.Value(in.RouteTableId), block, to); err != nil {
		return nil, err
	}
	return &CreateRouteResult{Return: new(true)}, nil
}

func (h handlers) replaceRoute(_ context.Context, c wire.Caller, in *ReplaceRouteRequest) (*wire.Empty, error) {
	block, err := destination(in.DestinationCidrBlock, in.DestinationIpv6CidrBlock, in.DestinationPrefixListId)
	if err != nil {
		return nil, err
	}
	var local *string
	if wire.Value(in.LocalTarget) {
		local = new("local")
	}
	to, err := only("a target", local, in.GatewayId, in.NatGatewayId, in.TransitGatewayId, in.VpcPeeringConnectionId, in.NetworkInterfaceId, in.InstanceId,
		in.EgressOnlyInternetGatewayId, in.VpcEndpointId, in.LocalGatewayId, in.CarrierGatewayId, in.CoreNetworkArn, in.OdbNetworkArn)
	if err != nil {
		return nil, err
	}
	return nil, h.store.ReplaceRoute(state.Caller(c), wire.Value(in.RouteTableId), block, to)
}

func (h handlers) deleteRoute(_ context.Context, c wire.Caller, in *DeleteRouteRequest) (*wire.Empty, error) {
	block, err := destination(in.DestinationCidrBlock, in.DestinationIpv6CidrBlock, in.DestinationPrefixListId)
	if err != nil {
		return nil, err
	}
	return nil, h.store.DeleteRoute(state.Caller(c), wire.Value(in.RouteTableId), block)
}

// destination is the one block that a route is for.
func destination(v4, v6, list *string) (netip.Prefix, error) {
	if list != nil {
		return netip.Prefix{}, noPrefixLists(list)
	}
	text, err := only("a destination", v4, v6)
	if err != nil {
		return netip.Prefix{}, err
	}
	block, err := parsePrefix("destinationCidrBlock", &text)
	if err == nil && block.Addr().Is4() != (v4 != nil) {
		return netip.Prefix{}, refuse("InvalidParameterValue", "Value (%s) is a block of the other family of addresses.", text)
	}
	return block, err
}

// only returns the one parameter of several that is given.
func only(what string, of ...*string) (string, error) {
	given := ""
	for _, p := range of {
		switch {
		case p == nil:
		case given != "":
			return "", refuse("InvalidParameterCombination", "The request must contain exactly one of the parameters for %s.", what)
		default:
			given = *p
		}
	}
	if given == "" {
		return "", refuse("MissingParameter", "The request must contain %s.", what)
	}
	return given, nil
}

func routeTable(t state.RouteTable) RouteTable {
	return RouteTable{
		RouteTableId:    &t.ID,
		OwnerId:         &t.Owner,
		VpcId:           &t.VPC,
		PropagatingVgws: []PropagatingVgw{},
		Routes:          each(t.Routes, route),
		Associations: each(t.Associations, func(a state.RouteAssociation) RouteTableAssociation {
			return RouteTableAssociation{
				RouteTableAssociationId: &a.ID, RouteTableId: &t.ID, SubnetId: wire.Set(a.Subnet), Main: &a.Main, AssociationState: associated(),
			}
		}),
		Tags: tagSet(t.Tags),
	}
}

func route(r state.Route) Route {
	out := Route{Origin: &r.Origin, State: &r.State}
	if block := new(r.Destination.String()); r.Destination.Addr().Is4() {
		out.DestinationCidrBlock = block
	} else {
		out.DestinationIpv6CidrBlock = block
	}
	kind, _, _ := strings.Cut(r.Target, "-")
	switch kind {
	case "pcx":
		out.VpcPeeringConnectionId = &r.Target
	case "nat":
		out.NatGatewayId = &r.Target
	case "tgw":
		out.TransitGatewayId = &r.Target
	case "eni":
		out.NetworkInterfaceId = &r.Target
	case "i":
		out.InstanceId = &r.Target
	case "eigw":
		out.EgressOnlyInternetGatewayId = &r.Target
	case "lgw":
		out.LocalGatewayId = &r.Target
	case "cagw":
		out.CarrierGatewayId = &r.Target
	default: // local, an internet or virtual private gateway, an endpoint
		out.GatewayId = &r.Target
	}
	return out
}
