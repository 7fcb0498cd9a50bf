// Package ec2 answers EC2's actions from the lab's store.
package ec2

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"reflect"
	"slices"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

type handlers struct{ store *state.Store }

// Error codes that many actions have.
const (
	noACL      = "InvalidNetworkAclID.NotFound"
	noTable    = "InvalidRouteTableID.NotFound"
	noEndpoint = "InvalidVpcEndpointId.NotFound"
	noService  = "InvalidVpcEndpointServiceId.NotFound"
	noPeering  = "InvalidVpcPeeringConnectionID.NotFound"
	badPeering = "InvalidVpcPeeringConnectionId.Malformed"
)

// Table returns the service's actions over a store.
func Table(store *state.Store) *wire.Table {
	h := handlers{store}
	return wire.NewTable("ec2", "ec2", API,
		op("AcceptVpcEndpointConnections", h.acceptVpcEndpointConnections, noService),
		op("AcceptVpcPeeringConnection", h.acceptVpcPeeringConnection, noPeering, badPeering, "InvalidStateTransition", "OperationNotPermitted"),
		op("AssociateRouteTable", h.associateRouteTable, noTable, "InvalidSubnetID.NotFound", "Resource.AlreadyAssociated"),
		op("AssociateVpcCidrBlock", h.associateVpcCidrBlock, "InvalidVpcID.NotFound", "InvalidVpcID.Malformed", "InvalidVpc.Range", "CidrConflict", "CidrLimitExceeded", "OperationNotPermitted"),
		op("AuthorizeSecurityGroupEgress", h.authorizeSecurityGroupEgress, "InvalidGroup.NotFound", "InvalidPermission.Duplicate", "RulesPerSecurityGroupLimitExceeded"),
		op("AuthorizeSecurityGroupIngress", h.authorizeSecurityGroupIngress, "InvalidGroup.NotFound", "InvalidPermission.Duplicate", "RulesPerSecurityGroupLimitExceeded"),
		op("CreateNetworkAcl", h.createNetworkAcl, "InvalidVpcID.NotFound", "InvalidVpcID.Malformed", "NetworkAclLimitExceeded"),
		op("CreateNetworkAclEntry", h.createNetworkAclEntry, noACL, "NetworkAclEntryAlreadyExists", "NetworkAclEntryLimitExceeded"),
		op("CreateNetworkInterface", h.createNetworkInterface, "InvalidSubnetID.NotFound", "InvalidGroup.NotFound", "InvalidIPAddress.InUse", "InsufficientFreeAddressesInSubnet"),
		op("CreateRoute", h.createRoute, noTable, noPeering, badPeering, "RouteAlreadyExists", "RouteLimitExceeded"),
		op("CreateRouteTable", h.createRouteTable, "InvalidVpcID.NotFound", "InvalidVpcID.Malformed", "RouteTableLimitExceeded"),
		op("CreateSecurityGroup", h.createSecurityGroup, "InvalidVpcID.NotFound", "InvalidGroup.Duplicate"),
		op("CreateSubnet", h.createSubnet, "InvalidVpcID.NotFound", "InvalidVpcID.Malformed", "InvalidSubnet.Range", "InvalidSubnet.Conflict"),
		op("CreateTags", h.createTags, "InvalidID", "TagLimitExceeded", "InvalidParameterValue"),
		op("CreateVpc", h.createVpc, "InvalidVpc.Range"),
		op("CreateVpcEndpoint", h.createVpcEndpoint, "InvalidVpcEndpointType", "InvalidServiceName", "InvalidParameter", "InvalidVpcID.NotFound", "InvalidSubnetID.NotFound", "InvalidGroup.NotFound", "DuplicateSubnetsInSameZone", "VpcEndpointLimitExceeded", "InvalidIPAddress.InUse", "InsufficientFreeAddressesInSubnet"),
		op("CreateVpcEndpointServiceConfiguration", h.createVpcEndpointServiceConfiguration, "InvalidParameter"),
		op("CreateVpcPeeringConnection", h.createVpcPeeringConnection, "InvalidVpcID.NotFound", "InvalidVpcID.Malformed", "VpcPeeringConnectionAlreadyExists", "VpcPeeringConnectionsPerVpcLimitExceeded", "OutstandingVpcPeeringConnectionLimitExceeded"),
		op("DeleteNetworkAcl", h.deleteNetworkAcl, noACL, "DependencyViolation"),
		op("DeleteNetworkAclEntry", h.deleteNetworkAclEntry, noACL, "InvalidNetworkAclEntry.NotFound"),
		op("DeleteNetworkInterface", h.deleteNetworkInterface, "InvalidNetworkInterfaceID.NotFound", "InvalidNetworkInterface.InUse"),
		op("DeleteRoute", h.deleteRoute, noTable, "InvalidRoute.NotFound"),
		op("DeleteRouteTable", h.deleteRouteTable, noTable, "DependencyViolation"),
		op("DeleteSecurityGroup", h.deleteSecurityGroup, "InvalidGroup.NotFound", "DependencyViolation", "CannotDelete"),
		op("DeleteSubnet", h.deleteSubnet, "InvalidSubnetID.NotFound", "DependencyViolation"),
		op("DeleteTags", h.deleteTags, "InvalidID"),
		op("DeleteVpc", h.deleteVpc, "InvalidVpcID.NotFound", "InvalidVpcID.Malformed", "DependencyViolation"),
		op("DeleteVpcEndpointServiceConfigurations", h.deleteVpcEndpointServiceConfigurations),
		op("DeleteVpcEndpoints", h.deleteVpcEndpoints),
		op("DeleteVpcPeeringConnection", h.deleteVpcPeeringConnection, noPeering, badPeering, "InvalidStateTransition", "OperationNotPermitted"),
		op("DescribeAvailabilityZones", h.describeAvailabilityZones, "InvalidParameterValue"),
		op("DescribeNetworkAcls", h.describeNetworkAcls, noACL),
		op("DescribeNetworkInterfaces", h.describeNetworkInterfaces, "InvalidNetworkInterfaceID.NotFound", "InvalidParameterValue"),
		op("DescribePrefixLists", h.describePrefixLists, "InvalidPrefixListId.NotFound"),
		op("DescribeRouteTables", h.describeRouteTables, noTable, "InvalidParameterValue"),
		op("DescribeSecurityGroupRules", h.describeSecurityGroupRules, "InvalidSecurityGroupRuleId.NotFound", "InvalidParameterValue"),
		op("DescribeSecurityGroups", h.describeSecurityGroups, "InvalidGroup.NotFound", "InvalidParameterValue"),
		op("DescribeSubnets", h.describeSubnets, "InvalidSubnetID.NotFound", "InvalidParameterValue"),
		op("DescribeVpcAttribute", h.describeVpcAttribute, "InvalidVpcID.NotFound", "InvalidParameterValue"),
		op("DescribeVpcEndpointConnections", h.describeVpcEndpointConnections, "InvalidParameterValue"),
		op("DescribeVpcEndpointServiceConfigurations", h.describeVpcEndpointServiceConfigurations, noService, "InvalidParameterValue"),
		op("DescribeVpcEndpointServicePermissions", h.describeVpcEndpointServicePermissions, noService, "InvalidParameterValue"),
		op("DescribeVpcEndpointServices", h.describeVpcEndpointServices, "InvalidServiceName", "InvalidParameterValue"),
		op("DescribeVpcEndpoints", h.describeVpcEndpoints, noEndpoint, "InvalidParameterValue"),
		op("DescribeVpcPeeringConnections", h.describeVpcPeeringConnections, noPeering, badPeering, "InvalidParameterValue"),
		op("DescribeVpcs", h.describeVpcs, "InvalidVpcID.NotFound", "InvalidVpcID.Malformed", "InvalidParameterValue"),
		op("DisassociateRouteTable", h.disassociateRouteTable, "InvalidAssociationID.NotFound"),
		op("DisassociateVpcCidrBlock", h.disassociateVpcCidrBlock, "InvalidVpcCidrBlockAssociationID.NotFound", "OperationNotPermitted"),
		op("ModifySecurityGroupRules", h.modifySecurityGroupRules, "InvalidGroup.NotFound", "InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.Duplicate"),
		op("ModifySubnetAttribute", h.modifySubnetAttribute, "InvalidSubnetID.NotFound", "UnsupportedOperation"),
		op("ModifyVpcAttribute", h.modifyVpcAttribute, "InvalidVpcID.NotFound", "InvalidParameterCombination"),
		op("ModifyVpcEndpoint", h.modifyVpcEndpoint, noEndpoint, "InvalidServiceName", "InvalidParameter", "InvalidSubnetID.NotFound", "InvalidGroup.NotFound", "DuplicateSubnetsInSameZone", "InvalidIPAddress.InUse", "InsufficientFreeAddressesInSubnet"),
		op("ModifyVpcEndpointServiceConfiguration", h.modifyVpcEndpointServiceConfiguration, noService, "InvalidParameter", "ExistingVpcEndpointConnections"),
		op("ModifyVpcEndpointServicePermissions", h.modifyVpcEndpointServicePermissions, noService, "InvalidPrincipal"),
		op("ModifyVpcPeeringConnectionOptions", h.modifyVpcPeeringConnectionOptions, noPeering, badPeering, "OperationNotPermitted"),
		op("RejectVpcEndpointConnections", h.rejectVpcEndpointConnections, noService),
		op("RejectVpcPeeringConnection", h.rejectVpcPeeringConnection, noPeering, badPeering, "InvalidStateTransition", "OperationNotPermitted"),
		op("ReplaceNetworkAclAssociation", h.replaceNetworkAclAssociation, noACL, "InvalidAssociationID.NotFound"),
		op("ReplaceNetworkAclEntry", h.replaceNetworkAclEntry, noACL, "InvalidNetworkAclEntry.NotFound"),
		op("ReplaceRoute", h.replaceRoute, noTable, noPeering, badPeering),
		op("ReplaceRouteTableAssociation", h.replaceRouteTableAssociation, noTable, "InvalidAssociationID.NotFound"),
		op("RevokeSecurityGroupEgress", h.revokeSecurityGroupEgress, "InvalidGroup.NotFound", "InvalidPermission.NotFound", "InvalidSecurityGroupRuleId.NotFound"),
		op("RevokeSecurityGroupIngress", h.revokeSecurityGroupIngress, "InvalidGroup.NotFound", "InvalidPermission.NotFound", "InvalidSecurityGroupRuleId.NotFound"),
		op("UpdateSecurityGroupRuleDescriptionsEgress", h.describeEgressRules, "InvalidGroup.NotFound", "InvalidPermission.NotFound", "InvalidSecurityGroupRuleId.NotFound"),
		op("UpdateSecurityGroupRuleDescriptionsIngress", h.describeIngressRules, "InvalidGroup.NotFound", "InvalidPermission.NotFound", "InvalidSecurityGroupRuleId.NotFound"),
	)
}

// op is wire.Op with EC2's dry run: a request that would have succeeded is
// refused by that name. (The lab does not look whether it would have.)
// Source: Amazon EC2 API reference, e.g. DescribeVpcs, DryRun.
func op[In, Out any](name string, serve func(context.Context, wire.Caller, *In) (*Out, error), codes ...string) wire.Action {
	return wire.Op(name, func(ctx context.Context, c wire.Caller, in *In) (*Out, error) {
		if f := reflect.ValueOf(in).Elem().FieldByName("DryRun"); f.IsValid() {
			if dry, ok := f.Interface().(*bool); ok && wire.Value(dry) {
				return nil, &wire.Error{Code: "DryRunOperation", Message: "Request would have succeeded, but DryRun flag is set.", Status: 412, Sender: true}
			}
		}
		return serve(ctx, c, in)
	}, codes...)
}

func refuse(code, format string, args ...any) error {
	return &wire.Error{Code: code, Message: fmt.Sprintf(format, args...), Status: 400, Sender: true}
}

// parsePrefix reads an optional CIDR block. The zero prefix means that none was
// given. EC2 corrects 10.0.0.7/16 to 10.0.0.0/16.
// Source: Amazon EC2 API reference, CreateVpc, CidrBlock.
func parsePrefix(parameter string, s *string) (netip.Prefix, error) {
	if s == nil {
		return netip.Prefix{}, nil
	}
	p, err := netip.ParsePrefix(*s)
	if err != nil {
		return netip.Prefix{}, refuse("InvalidParameterValue", "Value (%s) for parameter %s is invalid. This is not a valid CIDR block.", *s, parameter)
	}
	return p.Masked(), nil
}

func parseAddr(parameter string, s *string) (netip.Addr, error) {
	if s == nil {
		return netip.Addr{}, nil
	}
	a, err := netip.ParseAddr(*s)
	if err != nil {
		return netip.Addr{}, refuse("InvalidParameterValue", "Value (%s) for parameter %s is invalid. This is not a valid address.", *s, parameter)
	}
	return a, nil
}

func filters(in []Filter) []state.Filter {
	var out []state.Filter
	for _, f := range in {
		out = append(out, state.Filter{Name: wire.Value(f.Name), Values: f.Values})
	}
	return out
}

func page(max *int32, token *string) state.Page {
	return state.Page{Max: int(wire.Value(max)), Token: wire.Value(token)}
}

// tagsFor are the tags that a request gives to the resource that it makes.
func tagsFor(resourceType string, specs []TagSpecification) (state.Tags, error) {
	var tags state.Tags
	for _, s := range specs {
		if got := wire.Value(s.ResourceType); got != resourceType {
			return nil, refuse("InvalidParameterValue", "'%s' is not a valid taggable resource type for this operation.", got)
		}
		for _, t := range s.Tags {
			if tags == nil {
				tags = state.Tags{}
			}
			tags[wire.Value(t.Key)] = wire.Value(t.Value)
		}
	}
	return tags, nil
}

func tagSet(tags state.Tags) []Tag {
	set := []Tag{}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		set = append(set, Tag{Key: new(k), Value: new(tags[k])})
	}
	return set
}

// each converts a list; the result is empty rather than nil, because EC2 writes
// an empty set.
func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = f(a)
	}
	return out
}
