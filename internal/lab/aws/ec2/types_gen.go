// Code generated from model.json by internal/lab/wire/gen. DO NOT EDIT.

package ec2

import (
	"reflect"
	"time"

	"postern/internal/lab/wire"
)

// API is what the wire layer knows of EC2.
var API = &wire.Service{
	ID:          "EC2",
	SigningName: "ec2",
	Version:     "2016-11-15",
	Protocols:   []string{"ec2"},
	Namespace:   "http://ec2.amazonaws.com/doc/2016-11-15",
	Operations: []wire.Operation{
		{
			Name: "AcceptVpcEndpointConnections", Method: "POST", URI: "/",
			Input: reflect.TypeFor[AcceptVpcEndpointConnectionsRequest](), Output: reflect.TypeFor[AcceptVpcEndpointConnectionsResult](),
		},
		{
			Name: "AcceptVpcPeeringConnection", Method: "POST", URI: "/",
			Input: reflect.TypeFor[AcceptVpcPeeringConnectionRequest](), Output: reflect.TypeFor[AcceptVpcPeeringConnectionResult](),
		},
		{
			Name: "AssociateRouteTable", Method: "POST", URI: "/",
			Input: reflect.TypeFor[AssociateRouteTableRequest](), Output: reflect.TypeFor[AssociateRouteTableResult](),
		},
		{
			Name: "AssociateVpcCidrBlock", Method: "POST", URI: "/",
			Input: reflect.TypeFor[AssociateVpcCidrBlockRequest](), Output: reflect.TypeFor[AssociateVpcCidrBlockResult](),
		},
		{
			Name: "AuthorizeSecurityGroupEgress", Method: "POST", URI: "/",
			Input: reflect.TypeFor[AuthorizeSecurityGroupEgressRequest](), Output: reflect.TypeFor[AuthorizeSecurityGroupEgressResult](),
		},
		{
			Name: "AuthorizeSecurityGroupIngress", Method: "POST", URI: "/",
			Input: reflect.TypeFor[AuthorizeSecurityGroupIngressRequest](), Output: reflect.TypeFor[AuthorizeSecurityGroupIngressResult](),
		},
		{
			Name: "CreateNetworkAcl", Method: "POST", URI: "/",
			Input: reflect.TypeFor[CreateNetworkAclRequest](), Output: reflect.TypeFor[CreateNetworkAclResult](),
		},
		{
			Name: "CreateNetworkAclEntry", Method: "POST", URI: "/",
			Input: reflect.TypeFor[CreateNetworkAclEntryRequest](), Output: reflect.TypeFor[wire.Empty](),
		},
		{
			Name: "CreateNetworkInterface", Method: "POST", URI: "/",
			Input: reflect.TypeFor[CreateNetworkInterfaceRequest](), Output: reflect.TypeFor[CreateNetworkInterfaceResult](),
		},
		{
			Name: "CreateRoute", Method: "POST", URI: "/",
			Input: reflect.TypeFor[CreateRouteRequest](), Output: reflect.TypeFor[CreateRouteResult](),
		},
		{
			Name: "CreateRouteTable", Method: "POST", URI: "/",
			Input: reflect.TypeFor[CreateRouteTableRequest](), Output: reflect.TypeFor[CreateRouteTableResult](),
		},
		{
			Name: "CreateSecurityGroup", Method: "POST", URI: "/",
			Input: reflect.TypeFor[CreateSecurityGroupRequest](), Output: reflect.TypeFor[CreateSecurityGroupResult](),
		},
		{
			Name: "CreateSubnet", Method: "POST", URI: "/",
			Input: reflect.TypeFor[CreateSubnetRequest](), Output: reflect.TypeFor[CreateSubnetResult](),
		},
		{
			Name: "CreateTags", Method: "POST", URI: "/",
			Input: reflect.TypeFor[CreateTagsRequest](), Output: reflect.TypeFor[wire.Empty](),
		},
		{
			Name: "CreateVpc", Method: "POST", URI: "/",
			Input: reflect.TypeFor[CreateVpcRequest](), Output: reflect.TypeFor[CreateVpcResult](),
		},
		{
			Name: "CreateVpcEndpoint", Method: "POST", URI: "/",
			Input: reflect.TypeFor[CreateVpcEndpointRequest](), Output: reflect.TypeFor[CreateVpcEndpointResult](),
		},
		{
			Name: "CreateVpcEndpointServiceConfiguration", Method: "POST", URI: "/",
			Input: reflect.TypeFor[CreateVpcEndpointServiceConfigurationRequest](), Output: reflect.TypeFor[CreateVpcEndpointServiceConfigurationResult](),
		},
		{
			Name: "CreateVpcPeeringConnection", Method: "POST", URI: "/",
			Input: reflect.TypeFor[CreateVpcPeeringConnectionRequest](), Output: reflect.TypeFor[CreateVpcPeeringConnectionResult](),
		},
		{
			Name: "DeleteNetworkAcl", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteNetworkAclRequest](), Output: reflect.TypeFor[wire.Empty](),
		},
		{
			Name: "DeleteNetworkAclEntry", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteNetworkAclEntryRequest](), Output: reflect.TypeFor[wire.Empty](),
		},
		{
			Name: "DeleteNetworkInterface", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteNetworkInterfaceRequest](), Output: reflect.TypeFor[wire.Empty](),
		},
		{
			Name: "DeleteRoute", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteRouteRequest](), Output: reflect.TypeFor[wire.Empty](),
		},
		{
			Name: "DeleteRouteTable", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteRouteTableRequest](), Output: reflect.TypeFor[wire.Empty](),
		},
		{
			Name: "DeleteSecurityGroup", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteSecurityGroupRequest](), Output: reflect.TypeFor[DeleteSecurityGroupResult](),
		},
		{
			Name: "DeleteSubnet", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteSubnetRequest](), Output: reflect.TypeFor[wire.Empty](),
		},
		{
			Name: "DeleteTags", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteTagsRequest](), Output: reflect.TypeFor[wire.Empty](),
		},
		{
			Name: "DeleteVpc", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteVpcRequest](), Output: reflect.TypeFor[wire.Empty](),
		},
		{
			Name: "DeleteVpcEndpointServiceConfigurations", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteVpcEndpointServiceConfigurationsRequest](), Output: reflect.TypeFor[DeleteVpcEndpointServiceConfigurationsResult](),
		},
		{
			Name: "DeleteVpcEndpoints", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteVpcEndpointsRequest](), Output: reflect.TypeFor[DeleteVpcEndpointsResult](),
		},
		{
			Name: "DeleteVpcPeeringConnection", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteVpcPeeringConnectionRequest](), Output: reflect.TypeFor[DeleteVpcPeeringConnectionResult](),
		},
		{
			Name: "DescribeAvailabilityZones", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeAvailabilityZonesRequest](), Output: reflect.TypeFor[DescribeAvailabilityZonesResult](),
		},
		{
			Name: "DescribeNetworkAcls", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeNetworkAclsRequest](), Output: reflect.TypeFor[DescribeNetworkAclsResult](),
		},
		{
			Name: "DescribeNetworkInterfaces", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeNetworkInterfacesRequest](), Output: reflect.TypeFor[DescribeNetworkInterfacesResult](),
		},
		{
			Name: "DescribePrefixLists", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribePrefixListsRequest](), Output: reflect.TypeFor[DescribePrefixListsResult](),
		},
		{
			Name: "DescribeRouteTables", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeRouteTablesRequest](), Output: reflect.TypeFor[DescribeRouteTablesResult](),
		},
		{
			Name: "DescribeSecurityGroupRules", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeSecurityGroupRulesRequest](), Output: reflect.TypeFor[DescribeSecurityGroupRulesResult](),
		},
		{
			Name: "DescribeSecurityGroups", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeSecurityGroupsRequest](), Output: reflect.TypeFor[DescribeSecurityGroupsResult](),
		},
		{
			Name: "DescribeSubnets", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeSubnetsRequest](), Output: reflect.TypeFor[DescribeSubnetsResult](),
		},
		{
			Name: "DescribeVpcAttribute", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeVpcAttributeRequest](), Output: reflect.TypeFor[DescribeVpcAttributeResult](),
		},
		{
			Name: "DescribeVpcEndpointConnections", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeVpcEndpointConnectionsRequest](), Output: reflect.TypeFor[DescribeVpcEndpointConnectionsResult](),
		},
		{
			Name: "DescribeVpcEndpointServiceConfigurations", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeVpcEndpointServiceConfigurationsRequest](), Output: reflect.TypeFor[DescribeVpcEndpointServiceConfigurationsResult](),
		},
		{
			Name: "DescribeVpcEndpointServicePermissions", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeVpcEndpointServicePermissionsRequest](), Output: reflect.TypeFor[DescribeVpcEndpointServicePermissionsResult](),
		},
		{
			Name: "DescribeVpcEndpointServices", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeVpcEndpointServicesRequest](), Output: reflect.TypeFor[DescribeVpcEndpointServicesResult](),
		},
		{
			Name: "DescribeVpcEndpoints", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeVpcEndpointsRequest](), Output: reflect.TypeFor[DescribeVpcEndpointsResult](),
		},
		{
			Name: "DescribeVpcPeeringConnections", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeVpcPeeringConnectionsRequest](), Output: reflect.TypeFor[DescribeVpcPeeringConnectionsResult](),
		},
		{
			Name: "DescribeVpcs", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeVpcsRequest](), Output: reflect.TypeFor[DescribeVpcsResult](),
		},
		{
			Name: "DisassociateRouteTable", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DisassociateRouteTableRequest](), Output: reflect.TypeFor[wire.Empty](),
		},
		{
			Name: "DisassociateVpcCidrBlock", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DisassociateVpcCidrBlockRequest](), Output: reflect.TypeFor[DisassociateVpcCidrBlockResult](),
		},
		{
			Name: "ModifySecurityGroupRules", Method: "POST", URI: "/",
			Input: reflect.TypeFor[ModifySecurityGroupRulesRequest](), Output: reflect.TypeFor[ModifySecurityGroupRulesResult](),
		},
		{
			Name: "ModifySubnetAttribute", Method: "POST", URI: "/",
			Input: reflect.TypeFor[ModifySubnetAttributeRequest](), Output: reflect.TypeFor[wire.Empty](),
		},
		{
			Name: "ModifyVpcAttribute", Method: "POST", URI: "/",
			Input: reflect.TypeFor[ModifyVpcAttributeRequest](), Output: reflect.TypeFor[wire.Empty](),
		},
		{
			Name: "ModifyVpcEndpoint", Method: "POST", URI: "/",
			Input: reflect.TypeFor[ModifyVpcEndpointRequest](), Output: reflect.TypeFor[ModifyVpcEndpointResult](),
		},
		{
			Name: "ModifyVpcEndpointServiceConfiguration", Method: "POST", URI: "/",
			Input: reflect.TypeFor[ModifyVpcEndpointServiceConfigurationRequest](), Output: reflect.TypeFor[ModifyVpcEndpointServiceConfigurationResult](),
		},
		{
			Name: "ModifyVpcEndpointServicePermissions", Method: "POST", URI: "/",
			Input: reflect.TypeFor[ModifyVpcEndpointServicePermissionsRequest](), Output: reflect.TypeFor[ModifyVpcEndpointServicePermissionsResult](),
		},
		{
			Name: "ModifyVpcPeeringConnectionOptions", Method: "POST", URI: "/",
			Input: reflect.TypeFor[ModifyVpcPeeringConnectionOptionsRequest](), Output: reflect.TypeFor[ModifyVpcPeeringConnectionOptionsResult](),
		},
		{
			Name: "RejectVpcEndpointConnections", Method: "POST", URI: "/",
			Input: reflect.TypeFor[RejectVpcEndpointConnectionsRequest](), Output: reflect.TypeFor[RejectVpcEndpointConnectionsResult](),
		},
		{
			Name: "RejectVpcPeeringConnection", Method: "POST", URI: "/",
			Input: reflect.TypeFor[RejectVpcPeeringConnectionRequest](), Output: reflect.TypeFor[RejectVpcPeeringConnectionResult](),
		},
		{
			Name: "ReplaceNetworkAclAssociation", Method: "POST", URI: "/",
			Input: reflect.TypeFor[ReplaceNetworkAclAssociationRequest](), Output: reflect.TypeFor[ReplaceNetworkAclAssociationResult](),
		},
		{
			Name: "ReplaceNetworkAclEntry", Method: "POST", URI: "/",
			Input: reflect.TypeFor[ReplaceNetworkAclEntryRequest](), Output: reflect.TypeFor[wire.Empty](),
		},
		{
			Name: "ReplaceRoute", Method: "POST", URI: "/",
			Input: reflect.TypeFor[ReplaceRouteRequest](), Output: reflect.TypeFor[wire.Empty](),
		},
		{
			Name: "ReplaceRouteTableAssociation", Method: "POST", URI: "/",
			Input: reflect.TypeFor[ReplaceRouteTableAssociationRequest](), Output: reflect.TypeFor[ReplaceRouteTableAssociationResult](),
		},
		{
			Name: "RevokeSecurityGroupEgress", Method: "POST", URI: "/",
			Input: reflect.TypeFor[RevokeSecurityGroupEgressRequest](), Output: reflect.TypeFor[RevokeSecurityGroupEgressResult](),
		},
		{
			Name: "RevokeSecurityGroupIngress", Method: "POST", URI: "/",
			Input: reflect.TypeFor[RevokeSecurityGroupIngressRequest](), Output: reflect.TypeFor[RevokeSecurityGroupIngressResult](),
		},
		{
			Name: "UpdateSecurityGroupRuleDescriptionsEgress", Method: "POST", URI: "/",
			Input: reflect.TypeFor[UpdateSecurityGroupRuleDescriptionsEgressRequest](), Output: reflect.TypeFor[UpdateSecurityGroupRuleDescriptionsEgressResult](),
		},
		{
			Name: "UpdateSecurityGroupRuleDescriptionsIngress", Method: "POST", URI: "/",
			Input: reflect.TypeFor[UpdateSecurityGroupRuleDescriptionsIngressRequest](), Output: reflect.TypeFor[UpdateSecurityGroupRuleDescriptionsIngressResult](),
		},
	},
}

// AcceptVpcEndpointConnectionsRequest is EC2's shape of that name.
type AcceptVpcEndpointConnectionsRequest struct {
	DryRun         *bool    `wire:"DryRun"`
	ServiceId      *string  `wire:"ServiceId,req"`
	VpcEndpointIds []string `wire:"VpcEndpointIds,elem=item,name=VpcEndpointId,req"`
}

// AcceptVpcEndpointConnectionsResult is EC2's shape of that name.
type AcceptVpcEndpointConnectionsResult struct {
	Unsuccessful []UnsuccessfulItem `wire:"Unsuccessful,elem=item,name=unsuccessful"`
}

// AcceptVpcPeeringConnectionRequest is EC2's shape of that name.
type AcceptVpcPeeringConnectionRequest struct {
	DryRun                 *bool   `wire:"DryRun,name=dryRun"`
	VpcPeeringConnectionId *string `wire:"VpcPeeringConnectionId,name=vpcPeeringConnectionId,req"`
}

// AcceptVpcPeeringConnectionResult is EC2's shape of that name.
type AcceptVpcPeeringConnectionResult struct {
	VpcPeeringConnection *VpcPeeringConnection `wire:"VpcPeeringConnection,name=vpcPeeringConnection"`
}

// AddedPrincipal is EC2's shape of that name.
type AddedPrincipal struct {
	Principal           *string `wire:"Principal,name=principal"`
	PrincipalType       *string `wire:"PrincipalType,name=principalType"`
	ServiceId           *string `wire:"ServiceId,name=serviceId"`
	ServicePermissionId *string `wire:"ServicePermissionId,name=servicePermissionId"`
}

// AllowedPrincipal is EC2's shape of that name.
type AllowedPrincipal struct {
	Principal           *string `wire:"Principal,name=principal"`
	PrincipalType       *string `wire:"PrincipalType,name=principalType"`
	ServiceId           *string `wire:"ServiceId,name=serviceId"`
	ServicePermissionId *string `wire:"ServicePermissionId,name=servicePermissionId"`
	Tags                []Tag   `wire:"Tags,elem=item,name=tagSet"`
}

// AssociateRouteTableRequest is EC2's shape of that name.
type AssociateRouteTableRequest struct {
	DryRun         *bool   `wire:"DryRun,name=dryRun"`
	GatewayId      *string `wire:"GatewayId"`
	PublicIpv4Pool *string `wire:"PublicIpv4Pool"`
	RouteTableId   *string `wire:"RouteTableId,name=routeTableId,req"`
	SubnetId       *string `wire:"SubnetId,name=subnetId"`
}

// AssociateRouteTableResult is EC2's shape of that name.
type AssociateRouteTableResult struct {
	AssociationId    *string                     `wire:"AssociationId,name=associationId"`
	AssociationState *RouteTableAssociationState `wire:"AssociationState,name=associationState"`
}

// AssociateVpcCidrBlockRequest is EC2's shape of that name.
type AssociateVpcCidrBlockRequest struct {
	AmazonProvidedIpv6CidrBlock     *bool   `wire:"AmazonProvidedIpv6CidrBlock,name=amazonProvidedIpv6CidrBlock"`
	CidrBlock                       *string `wire:"CidrBlock"`
	Ipv4IpamPoolId                  *string `wire:"Ipv4IpamPoolId"`
	Ipv4NetmaskLength               *int32  `wire:"Ipv4NetmaskLength"`
	Ipv6CidrBlock                   *string `wire:"Ipv6CidrBlock"`
	Ipv6CidrBlockNetworkBorderGroup *string `wire:"Ipv6CidrBlockNetworkBorderGroup"`
	Ipv6IpamPoolId                  *string `wire:"Ipv6IpamPoolId"`
	Ipv6NetmaskLength               *int32  `wire:"Ipv6NetmaskLength"`
	Ipv6Pool                        *string `wire:"Ipv6Pool"`
	VpcId                           *string `wire:"VpcId,name=vpcId,req"`
}

// AssociateVpcCidrBlockResult is EC2's shape of that name.
type AssociateVpcCidrBlockResult struct {
	CidrBlockAssociation     *VpcCidrBlockAssociation     `wire:"CidrBlockAssociation,name=cidrBlockAssociation"`
	Ipv6CidrBlockAssociation *VpcIpv6CidrBlockAssociation `wire:"Ipv6CidrBlockAssociation,name=ipv6CidrBlockAssociation"`
	VpcId                    *string                      `wire:"VpcId,name=vpcId"`
}

// AttachmentEnaSrdSpecification is EC2's shape of that name.
type AttachmentEnaSrdSpecification struct {
	EnaSrdEnabled          *bool                             `wire:"EnaSrdEnabled,name=enaSrdEnabled"`
	EnaSrdUdpSpecification *AttachmentEnaSrdUdpSpecification `wire:"EnaSrdUdpSpecification,name=enaSrdUdpSpecification"`
}

// AttachmentEnaSrdUdpSpecification is EC2's shape of that name.
type AttachmentEnaSrdUdpSpecification struct {
	EnaSrdUdpEnabled *bool `wire:"EnaSrdUdpEnabled,name=enaSrdUdpEnabled"`
}

// AttributeBooleanValue is EC2's shape of that name.
type AttributeBooleanValue struct {
	Value *bool `wire:"Value,name=value"`
}

// AuthorizeSecurityGroupEgressRequest is EC2's shape of that name.
type AuthorizeSecurityGroupEgressRequest struct {
	CidrIp                     *string            `wire:"CidrIp,name=cidrIp"`
	DryRun                     *bool              `wire:"DryRun,name=dryRun"`
	FromPort                   *int32             `wire:"FromPort,name=fromPort"`
	GroupId                    *string            `wire:"GroupId,name=groupId,req"`
	IpPermissions              []IpPermission     `wire:"IpPermissions,elem=item,name=ipPermissions"`
	IpProtocol                 *string            `wire:"IpProtocol,name=ipProtocol"`
	SourceSecurityGroupName    *string            `wire:"SourceSecurityGroupName,name=sourceSecurityGroupName"`
	SourceSecurityGroupOwnerId *string            `wire:"SourceSecurityGroupOwnerId,name=sourceSecurityGroupOwnerId"`
	TagSpecifications          []TagSpecification `wire:"TagSpecifications,elem=item,name=TagSpecification"`
	ToPort                     *int32             `wire:"ToPort,name=toPort"`
}

// AuthorizeSecurityGroupEgressResult is EC2's shape of that name.
type AuthorizeSecurityGroupEgressResult struct {
	Return             *bool               `wire:"Return,name=return"`
	SecurityGroupRules []SecurityGroupRule `wire:"SecurityGroupRules,elem=item,name=securityGroupRuleSet"`
}

// AuthorizeSecurityGroupIngressRequest is EC2's shape of that name.
type AuthorizeSecurityGroupIngressRequest struct {
	CidrIp                     *string            `wire:"CidrIp"`
	DryRun                     *bool              `wire:"DryRun,name=dryRun"`
	FromPort                   *int32             `wire:"FromPort"`
	GroupId                    *string            `wire:"GroupId"`
	GroupName                  *string            `wire:"GroupName"`
	IpPermissions              []IpPermission     `wire:"IpPermissions,elem=item"`
	IpProtocol                 *string            `wire:"IpProtocol"`
	SourceSecurityGroupName    *string            `wire:"SourceSecurityGroupName"`
	SourceSecurityGroupOwnerId *string            `wire:"SourceSecurityGroupOwnerId"`
	TagSpecifications          []TagSpecification `wire:"TagSpecifications,elem=item,name=TagSpecification"`
	ToPort                     *int32             `wire:"ToPort"`
}

// AuthorizeSecurityGroupIngressResult is EC2's shape of that name.
type AuthorizeSecurityGroupIngressResult struct {
	Return             *bool               `wire:"Return,name=return"`
	SecurityGroupRules []SecurityGroupRule `wire:"SecurityGroupRules,elem=item,name=securityGroupRuleSet"`
}

// AvailabilityZone is EC2's shape of that name.
type AvailabilityZone struct {
	Geography          []AvailabilityZoneGeography    `wire:"Geography,elem=item,name=geographySet"`
	GroupLongName      *string                        `wire:"GroupLongName,name=groupLongName"`
	GroupName          *string                        `wire:"GroupName,name=groupName"`
	Messages           []AvailabilityZoneMessage      `wire:"Messages,elem=item,name=messageSet"`
	NetworkBorderGroup *string                        `wire:"NetworkBorderGroup,name=networkBorderGroup"`
	OptInStatus        *string                        `wire:"OptInStatus,name=optInStatus"`
	ParentZoneId       *string                        `wire:"ParentZoneId,name=parentZoneId"`
	ParentZoneName     *string                        `wire:"ParentZoneName,name=parentZoneName"`
	RegionName         *string                        `wire:"RegionName,name=regionName"`
	State              *string                        `wire:"State,name=zoneState"`
	SubGeography       []AvailabilityZoneSubGeography `wire:"SubGeography,elem=item,name=subGeographySet"`
	ZoneId             *string                        `wire:"ZoneId,name=zoneId"`
	ZoneName           *string                        `wire:"ZoneName,name=zoneName"`
	ZoneType           *string                        `wire:"ZoneType,name=zoneType"`
}

// AvailabilityZoneGeography is EC2's shape of that name.
type AvailabilityZoneGeography struct {
	Name *string `wire:"Name,name=name"`
}

// AvailabilityZoneMessage is EC2's shape of that name.
type AvailabilityZoneMessage struct {
	Message *string `wire:"Message,name=message"`
}

// AvailabilityZoneSubGeography is EC2's shape of that name.
type AvailabilityZoneSubGeography struct {
	Name *string `wire:"Name,name=name"`
}

// BlockPublicAccessStates is EC2's shape of that name.
type BlockPublicAccessStates struct {
	InternetGatewayBlockMode *string `wire:"InternetGatewayBlockMode,name=internetGatewayBlockMode"`
}

// CidrBlock is EC2's shape of that name.
type CidrBlock struct {
	CidrBlock *string `wire:"CidrBlock,name=cidrBlock"`
}

// ConnectionTrackingConfiguration is EC2's shape of that name.
type ConnectionTrackingConfiguration struct {
	TcpEstablishedTimeout *int32 `wire:"TcpEstablishedTimeout,name=tcpEstablishedTimeout"`
	UdpStreamTimeout      *int32 `wire:"UdpStreamTimeout,name=udpStreamTimeout"`
	UdpTimeout            *int32 `wire:"UdpTimeout,name=udpTimeout"`
}

// ConnectionTrackingSpecificationRequest is EC2's shape of that name.
type ConnectionTrackingSpecificationRequest struct {
	TcpEstablishedTimeout *int32 `wire:"TcpEstablishedTimeout"`
	UdpStreamTimeout      *int32 `wire:"UdpStreamTimeout"`
	UdpTimeout            *int32 `wire:"UdpTimeout"`
}

// CreateNetworkAclEntryRequest is EC2's shape of that name.
type CreateNetworkAclEntryRequest struct {
	CidrBlock     *string       `wire:"CidrBlock,name=cidrBlock"`
	DryRun        *bool         `wire:"DryRun,name=dryRun"`
	Egress        *bool         `wire:"Egress,name=egress,req"`
	IcmpTypeCode  *IcmpTypeCode `wire:"IcmpTypeCode,name=Icmp"`
	Ipv6CidrBlock *string       `wire:"Ipv6CidrBlock,name=ipv6CidrBlock"`
	NetworkAclId  *string       `wire:"NetworkAclId,name=networkAclId,req"`
	PortRange     *PortRange    `wire:"PortRange,name=portRange"`
	Protocol      *string       `wire:"Protocol,name=protocol,req"`
	RuleAction    *string       `wire:"RuleAction,name=ruleAction,req"`
	RuleNumber    *int32        `wire:"RuleNumber,name=ruleNumber,req"`
}

// CreateNetworkAclRequest is EC2's shape of that name.
type CreateNetworkAclRequest struct {
	ClientToken       *string            `wire:"ClientToken"`
	DryRun            *bool              `wire:"DryRun,name=dryRun"`
	TagSpecifications []TagSpecification `wire:"TagSpecifications,elem=item,name=TagSpecification"`
	VpcId             *string            `wire:"VpcId,name=vpcId,req"`
}

// CreateNetworkAclResult is EC2's shape of that name.
type CreateNetworkAclResult struct {
	ClientToken *string     `wire:"ClientToken,name=clientToken"`
	NetworkAcl  *NetworkAcl `wire:"NetworkAcl,name=networkAcl"`
}

// CreateNetworkInterfaceRequest is EC2's shape of that name.
type CreateNetworkInterfaceRequest struct {
	ClientToken                     *string                                 `wire:"ClientToken"`
	ConnectionTrackingSpecification *ConnectionTrackingSpecificationRequest `wire:"ConnectionTrackingSpecification"`
	Description                     *string                                 `wire:"Description,name=description"`
	DryRun                          *bool                                   `wire:"DryRun,name=dryRun"`
	EnablePrimaryIpv6               *bool                                   `wire:"EnablePrimaryIpv6"`
	Groups                          []string                                `wire:"Groups,elem=SecurityGroupId,name=SecurityGroupId"`
	InterfaceType                   *string                                 `wire:"InterfaceType"`
	Ipv4PrefixCount                 *int32                                  `wire:"Ipv4PrefixCount"`
	Ipv4Prefixes                    []Ipv4PrefixSpecificationRequest        `wire:"Ipv4Prefixes,elem=item,name=Ipv4Prefix"`
	Ipv6AddressCount                *int32                                  `wire:"Ipv6AddressCount,name=ipv6AddressCount"`
	Ipv6Addresses                   []InstanceIpv6Address                   `wire:"Ipv6Addresses,elem=item,name=ipv6Addresses"`
	Ipv6PrefixCount                 *int32                                  `wire:"Ipv6PrefixCount"`
	Ipv6Prefixes                    []Ipv6PrefixSpecificationRequest        `wire:"Ipv6Prefixes,elem=item,name=Ipv6Prefix"`
	Operator                        *OperatorRequest                        `wire:"Operator"`
	PrivateIpAddress                *string                                 `wire:"PrivateIpAddress,name=privateIpAddress"`
	PrivateIpAddresses              []PrivateIpAddressSpecification         `wire:"PrivateIpAddresses,elem=item,name=privateIpAddresses"`
	SecondaryPrivateIpAddressCount  *int32                                  `wire:"SecondaryPrivateIpAddressCount,name=secondaryPrivateIpAddressCount"`
	SubnetId                        *string                                 `wire:"SubnetId,name=subnetId,req"`
	TagSpecifications               []TagSpecification                      `wire:"TagSpecifications,elem=item,name=TagSpecification"`
}

// CreateNetworkInterfaceResult is EC2's shape of that name.
type CreateNetworkInterfaceResult struct {
	ClientToken      *string           `wire:"ClientToken,name=clientToken"`
	NetworkInterface *NetworkInterface `wire:"NetworkInterface,name=networkInterface"`
}

// CreateRouteRequest is EC2's shape of that name.
type CreateRouteRequest struct {
	CarrierGatewayId            *string `wire:"CarrierGatewayId"`
	CoreNetworkArn              *string `wire:"CoreNetworkArn"`
	DestinationCidrBlock        *string `wire:"DestinationCidrBlock,name=destinationCidrBlock"`
	DestinationIpv6CidrBlock    *string `wire:"DestinationIpv6CidrBlock,name=destinationIpv6CidrBlock"`
	DestinationPrefixListId     *string `wire:"DestinationPrefixListId"`
	DryRun                      *bool   `wire:"DryRun,name=dryRun"`
	EgressOnlyInternetGatewayId *string `wire:"EgressOnlyInternetGatewayId,name=egressOnlyInternetGatewayId"`
	GatewayId                   *string `wire:"GatewayId,name=gatewayId"`
	InstanceId                  *string `wire:"InstanceId,name=instanceId"`
	LocalGatewayId              *string `wire:"LocalGatewayId"`
	NatGatewayId                *string `wire:"NatGatewayId,name=natGatewayId"`
	NetworkInterfaceId          *string `wire:"NetworkInterfaceId,name=networkInterfaceId"`
	OdbNetworkArn               *string `wire:"OdbNetworkArn"`
	RouteTableId                *string `wire:"RouteTableId,name=routeTableId,req"`
	TransitGatewayId            *string `wire:"TransitGatewayId"`
	VpcEndpointId               *string `wire:"VpcEndpointId"`
	VpcPeeringConnectionId      *string `wire:"VpcPeeringConnectionId,name=vpcPeeringConnectionId"`
}

// CreateRouteResult is EC2's shape of that name.
type CreateRouteResult struct {
	Return *bool `wire:"Return,name=return"`
}

// CreateRouteTableRequest is EC2's shape of that name.
type CreateRouteTableRequest struct {
	ClientToken       *string            `wire:"ClientToken"`
	DryRun            *bool              `wire:"DryRun,name=dryRun"`
	TagSpecifications []TagSpecification `wire:"TagSpecifications,elem=item,name=TagSpecification"`
	VpcId             *string            `wire:"VpcId,name=vpcId,req"`
}

// CreateRouteTableResult is EC2's shape of that name.
type CreateRouteTableResult struct {
	ClientToken *string     `wire:"ClientToken,name=clientToken"`
	RouteTable  *RouteTable `wire:"RouteTable,name=routeTable"`
}

// CreateSecurityGroupRequest is EC2's shape of that name.
type CreateSecurityGroupRequest struct {
	Description       *string            `wire:"Description,name=GroupDescription,req"`
	DryRun            *bool              `wire:"DryRun,name=dryRun"`
	GroupName         *string            `wire:"GroupName,req"`
	TagSpecifications []TagSpecification `wire:"TagSpecifications,elem=item,name=TagSpecification"`
	VpcId             *string            `wire:"VpcId"`
}

// CreateSecurityGroupResult is EC2's shape of that name.
type CreateSecurityGroupResult struct {
	GroupId          *string `wire:"GroupId,name=groupId"`
	SecurityGroupArn *string `wire:"SecurityGroupArn,name=securityGroupArn"`
	Tags             []Tag   `wire:"Tags,elem=item,name=tagSet"`
}

// CreateSubnetRequest is EC2's shape of that name.
type CreateSubnetRequest struct {
	AvailabilityZone   *string            `wire:"AvailabilityZone"`
	AvailabilityZoneId *string            `wire:"AvailabilityZoneId"`
	CidrBlock          *string            `wire:"CidrBlock"`
	DryRun             *bool              `wire:"DryRun,name=dryRun"`
	Ipv4IpamPoolId     *string            `wire:"Ipv4IpamPoolId"`
	Ipv4NetmaskLength  *int32             `wire:"Ipv4NetmaskLength"`
	Ipv6CidrBlock      *string            `wire:"Ipv6CidrBlock"`
	Ipv6IpamPoolId     *string            `wire:"Ipv6IpamPoolId"`
	Ipv6Native         *bool              `wire:"Ipv6Native"`
	Ipv6NetmaskLength  *int32             `wire:"Ipv6NetmaskLength"`
	OutpostArn         *string            `wire:"OutpostArn"`
	TagSpecifications  []TagSpecification `wire:"TagSpecifications,elem=item,name=TagSpecification"`
	VpcId              *string            `wire:"VpcId,req"`
}

// CreateSubnetResult is EC2's shape of that name.
type CreateSubnetResult struct {
	Subnet *Subnet `wire:"Subnet,name=subnet"`
}

// CreateTagsRequest is EC2's shape of that name.
type CreateTagsRequest struct {
	DryRun    *bool    `wire:"DryRun,name=dryRun"`
	Resources []string `wire:"Resources,name=ResourceId,req"`
	Tags      []Tag    `wire:"Tags,elem=item,name=Tag,req"`
}

// CreateVpcEndpointRequest is EC2's shape of that name.
type CreateVpcEndpointRequest struct {
	ClientToken              *string                  `wire:"ClientToken"`
	DnsOptions               *DnsOptionsSpecification `wire:"DnsOptions"`
	DryRun                   *bool                    `wire:"DryRun"`
	IpAddressType            *string                  `wire:"IpAddressType"`
	PolicyDocument           *string                  `wire:"PolicyDocument"`
	PrivateDnsEnabled        *bool                    `wire:"PrivateDnsEnabled"`
	ResourceConfigurationArn *string                  `wire:"ResourceConfigurationArn"`
	RouteTableIds            []string                 `wire:"RouteTableIds,elem=item,name=RouteTableId"`
	SecurityGroupIds         []string                 `wire:"SecurityGroupIds,elem=item,name=SecurityGroupId"`
	ServiceName              *string                  `wire:"ServiceName"`
	ServiceNetworkArn        *string                  `wire:"ServiceNetworkArn"`
	ServiceRegion            *string                  `wire:"ServiceRegion"`
	SubnetConfigurations     []SubnetConfiguration    `wire:"SubnetConfigurations,elem=item,name=SubnetConfiguration"`
	SubnetIds                []string                 `wire:"SubnetIds,elem=item,name=SubnetId"`
	TagSpecifications        []TagSpecification       `wire:"TagSpecifications,elem=item,name=TagSpecification"`
	VpcEndpointType          *string                  `wire:"VpcEndpointType"`
	VpcId                    *string                  `wire:"VpcId,req"`
}

// CreateVpcEndpointResult is EC2's shape of that name.
type CreateVpcEndpointResult struct {
	ClientToken *string      `wire:"ClientToken,name=clientToken"`
	VpcEndpoint *VpcEndpoint `wire:"VpcEndpoint,name=vpcEndpoint"`
}

// CreateVpcEndpointServiceConfigurationRequest is EC2's shape of that name.
type CreateVpcEndpointServiceConfigurationRequest struct {
	AcceptanceRequired      *bool              `wire:"AcceptanceRequired"`
	ClientToken             *string            `wire:"ClientToken"`
	DryRun                  *bool              `wire:"DryRun"`
	GatewayLoadBalancerArns []string           `wire:"GatewayLoadBalancerArns,elem=item,name=GatewayLoadBalancerArn"`
	NetworkLoadBalancerArns []string           `wire:"NetworkLoadBalancerArns,elem=item,name=NetworkLoadBalancerArn"`
	PrivateDnsName          *string            `wire:"PrivateDnsName"`
	SupportedIpAddressTypes []string           `wire:"SupportedIpAddressTypes,elem=item,name=SupportedIpAddressType"`
	SupportedRegions        []string           `wire:"SupportedRegions,elem=item,name=SupportedRegion"`
	TagSpecifications       []TagSpecification `wire:"TagSpecifications,elem=item,name=TagSpecification"`
}

// CreateVpcEndpointServiceConfigurationResult is EC2's shape of that name.
type CreateVpcEndpointServiceConfigurationResult struct {
	ClientToken          *string               `wire:"ClientToken,name=clientToken"`
	ServiceConfiguration *ServiceConfiguration `wire:"ServiceConfiguration,name=serviceConfiguration"`
}

// CreateVpcPeeringConnectionRequest is EC2's shape of that name.
type CreateVpcPeeringConnectionRequest struct {
	DryRun            *bool              `wire:"DryRun,name=dryRun"`
	PeerOwnerId       *string            `wire:"PeerOwnerId,name=peerOwnerId"`
	PeerRegion        *string            `wire:"PeerRegion"`
	PeerVpcId         *string            `wire:"PeerVpcId,name=peerVpcId"`
	TagSpecifications []TagSpecification `wire:"TagSpecifications,elem=item,name=TagSpecification"`
	VpcId             *string            `wire:"VpcId,name=vpcId,req"`
}

// CreateVpcPeeringConnectionResult is EC2's shape of that name.
type CreateVpcPeeringConnectionResult struct {
	VpcPeeringConnection *VpcPeeringConnection `wire:"VpcPeeringConnection,name=vpcPeeringConnection"`
}

// CreateVpcRequest is EC2's shape of that name.
type CreateVpcRequest struct {
	AmazonProvidedIpv6CidrBlock     *bool                              `wire:"AmazonProvidedIpv6CidrBlock,name=amazonProvidedIpv6CidrBlock"`
	CidrBlock                       *string                            `wire:"CidrBlock"`
	DryRun                          *bool                              `wire:"DryRun,name=dryRun"`
	InstanceTenancy                 *string                            `wire:"InstanceTenancy,name=instanceTenancy"`
	Ipv4IpamPoolId                  *string                            `wire:"Ipv4IpamPoolId"`
	Ipv4NetmaskLength               *int32                             `wire:"Ipv4NetmaskLength"`
	Ipv6CidrBlock                   *string                            `wire:"Ipv6CidrBlock"`
	Ipv6CidrBlockNetworkBorderGroup *string                            `wire:"Ipv6CidrBlockNetworkBorderGroup"`
	Ipv6IpamPoolId                  *string                            `wire:"Ipv6IpamPoolId"`
	Ipv6NetmaskLength               *int32                             `wire:"Ipv6NetmaskLength"`
	Ipv6Pool                        *string                            `wire:"Ipv6Pool"`
	TagSpecifications               []TagSpecification                 `wire:"TagSpecifications,elem=item,name=TagSpecification"`
	VpcEncryptionControl            *VpcEncryptionControlConfiguration `wire:"VpcEncryptionControl"`
}

// CreateVpcResult is EC2's shape of that name.
type CreateVpcResult struct {
	Vpc *Vpc `wire:"Vpc,name=vpc"`
}

// DeleteNetworkAclEntryRequest is EC2's shape of that name.
type DeleteNetworkAclEntryRequest struct {
	DryRun       *bool   `wire:"DryRun,name=dryRun"`
	Egress       *bool   `wire:"Egress,name=egress,req"`
	NetworkAclId *string `wire:"NetworkAclId,name=networkAclId,req"`
	RuleNumber   *int32  `wire:"RuleNumber,name=ruleNumber,req"`
}

// DeleteNetworkAclRequest is EC2's shape of that name.
type DeleteNetworkAclRequest struct {
	DryRun       *bool   `wire:"DryRun,name=dryRun"`
	NetworkAclId *string `wire:"NetworkAclId,name=networkAclId,req"`
}

// DeleteNetworkInterfaceRequest is EC2's shape of that name.
type DeleteNetworkInterfaceRequest struct {
	DryRun             *bool   `wire:"DryRun,name=dryRun"`
	NetworkInterfaceId *string `wire:"NetworkInterfaceId,name=networkInterfaceId,req"`
}

// DeleteRouteRequest is EC2's shape of that name.
type DeleteRouteRequest struct {
	DestinationCidrBlock     *string `wire:"DestinationCidrBlock,name=destinationCidrBlock"`
	DestinationIpv6CidrBlock *string `wire:"DestinationIpv6CidrBlock,name=destinationIpv6CidrBlock"`
	DestinationPrefixListId  *string `wire:"DestinationPrefixListId"`
	DryRun                   *bool   `wire:"DryRun,name=dryRun"`
	RouteTableId             *string `wire:"RouteTableId,name=routeTableId,req"`
}

// DeleteRouteTableRequest is EC2's shape of that name.
type DeleteRouteTableRequest struct {
	DryRun       *bool   `wire:"DryRun,name=dryRun"`
	RouteTableId *string `wire:"RouteTableId,name=routeTableId,req"`
}

// DeleteSecurityGroupRequest is EC2's shape of that name.
type DeleteSecurityGroupRequest struct {
	DryRun    *bool   `wire:"DryRun,name=dryRun"`
	GroupId   *string `wire:"GroupId"`
	GroupName *string `wire:"GroupName"`
}

// DeleteSecurityGroupResult is EC2's shape of that name.
type DeleteSecurityGroupResult struct {
	GroupId *string `wire:"GroupId,name=groupId"`
	Return  *bool   `wire:"Return,name=return"`
}

// DeleteSubnetRequest is EC2's shape of that name.
type DeleteSubnetRequest struct {
	DryRun   *bool   `wire:"DryRun,name=dryRun"`
	SubnetId *string `wire:"SubnetId,req"`
}

// DeleteTagsRequest is EC2's shape of that name.
type DeleteTagsRequest struct {
	DryRun    *bool    `wire:"DryRun,name=dryRun"`
	Resources []string `wire:"Resources,name=resourceId,req"`
	Tags      []Tag    `wire:"Tags,elem=item,name=tag"`
}

// DeleteVpcEndpointServiceConfigurationsRequest is EC2's shape of that name.
type DeleteVpcEndpointServiceConfigurationsRequest struct {
	DryRun     *bool    `wire:"DryRun"`
	ServiceIds []string `wire:"ServiceIds,elem=item,name=ServiceId,req"`
}

// DeleteVpcEndpointServiceConfigurationsResult is EC2's shape of that name.
type DeleteVpcEndpointServiceConfigurationsResult struct {
	Unsuccessful []UnsuccessfulItem `wire:"Unsuccessful,elem=item,name=unsuccessful"`
}

// DeleteVpcEndpointsRequest is EC2's shape of that name.
type DeleteVpcEndpointsRequest struct {
	DryRun         *bool    `wire:"DryRun"`
	VpcEndpointIds []string `wire:"VpcEndpointIds,elem=item,name=VpcEndpointId,req"`
}

// DeleteVpcEndpointsResult is EC2's shape of that name.
type DeleteVpcEndpointsResult struct {
	Unsuccessful []UnsuccessfulItem `wire:"Unsuccessful,elem=item,name=unsuccessful"`
}

// DeleteVpcPeeringConnectionRequest is EC2's shape of that name.
type DeleteVpcPeeringConnectionRequest struct {
	DryRun                 *bool   `wire:"DryRun,name=dryRun"`
	VpcPeeringConnectionId *string `wire:"VpcPeeringConnectionId,name=vpcPeeringConnectionId,req"`
}

// DeleteVpcPeeringConnectionResult is EC2's shape of that name.
type DeleteVpcPeeringConnectionResult struct {
	Return *bool `wire:"Return,name=return"`
}

// DeleteVpcRequest is EC2's shape of that name.
type DeleteVpcRequest struct {
	DryRun *bool   `wire:"DryRun,name=dryRun"`
	VpcId  *string `wire:"VpcId,req"`
}

// DescribeAvailabilityZonesRequest is EC2's shape of that name.
type DescribeAvailabilityZonesRequest struct {
	AllAvailabilityZones *bool    `wire:"AllAvailabilityZones"`
	DryRun               *bool    `wire:"DryRun,name=dryRun"`
	Filters              []Filter `wire:"Filters,elem=Filter,name=Filter"`
	ZoneIds              []string `wire:"ZoneIds,elem=ZoneId,name=ZoneId"`
	ZoneNames            []string `wire:"ZoneNames,elem=ZoneName,name=ZoneName"`
}

// DescribeAvailabilityZonesResult is EC2's shape of that name.
type DescribeAvailabilityZonesResult struct {
	AvailabilityZones []AvailabilityZone `wire:"AvailabilityZones,elem=item,name=availabilityZoneInfo"`
}

// DescribeNetworkAclsRequest is EC2's shape of that name.
type DescribeNetworkAclsRequest struct {
	DryRun        *bool    `wire:"DryRun,name=dryRun"`
	Filters       []Filter `wire:"Filters,elem=Filter,name=Filter"`
	MaxResults    *int32   `wire:"MaxResults"`
	NetworkAclIds []string `wire:"NetworkAclIds,elem=item,name=NetworkAclId"`
	NextToken     *string  `wire:"NextToken"`
}

// DescribeNetworkAclsResult is EC2's shape of that name.
type DescribeNetworkAclsResult struct {
	NetworkAcls []NetworkAcl `wire:"NetworkAcls,elem=item,name=networkAclSet"`
	NextToken   *string      `wire:"NextToken,name=nextToken"`
}

// DescribeNetworkInterfacesRequest is EC2's shape of that name.
type DescribeNetworkInterfacesRequest struct {
	DryRun                  *bool    `wire:"DryRun,name=dryRun"`
	Filters                 []Filter `wire:"Filters,elem=Filter,name=filter"`
	IncludeManagedResources *bool    `wire:"IncludeManagedResources"`
	MaxResults              *int32   `wire:"MaxResults"`
	NetworkInterfaceIds     []string `wire:"NetworkInterfaceIds,elem=item,name=NetworkInterfaceId"`
	NextToken               *string  `wire:"NextToken"`
}

// DescribeNetworkInterfacesResult is EC2's shape of that name.
type DescribeNetworkInterfacesResult struct {
	NetworkInterfaces []NetworkInterface `wire:"NetworkInterfaces,elem=item,name=networkInterfaceSet"`
	NextToken         *string            `wire:"NextToken,name=nextToken"`
}

// DescribePrefixListsRequest is EC2's shape of that name.
type DescribePrefixListsRequest struct {
	DryRun        *bool    `wire:"DryRun"`
	Filters       []Filter `wire:"Filters,elem=Filter,name=Filter"`
	MaxResults    *int32   `wire:"MaxResults"`
	NextToken     *string  `wire:"NextToken"`
	PrefixListIds []string `wire:"PrefixListIds,elem=item,name=PrefixListId"`
}

// DescribePrefixListsResult is EC2's shape of that name.
type DescribePrefixListsResult struct {
	NextToken   *string      `wire:"NextToken,name=nextToken"`
	PrefixLists []PrefixList `wire:"PrefixLists,elem=item,name=prefixListSet"`
}

// DescribeRouteTablesRequest is EC2's shape of that name.
type DescribeRouteTablesRequest struct {
	DryRun        *bool    `wire:"DryRun,name=dryRun"`
	Filters       []Filter `wire:"Filters,elem=Filter,name=Filter"`
	MaxResults    *int32   `wire:"MaxResults"`
	NextToken     *string  `wire:"NextToken"`
	RouteTableIds []string `wire:"RouteTableIds,elem=item,name=RouteTableId"`
}

// DescribeRouteTablesResult is EC2's shape of that name.
type DescribeRouteTablesResult struct {
	NextToken   *string      `wire:"NextToken,name=nextToken"`
	RouteTables []RouteTable `wire:"RouteTables,elem=item,name=routeTableSet"`
}

// DescribeSecurityGroupRulesRequest is EC2's shape of that name.
type DescribeSecurityGroupRulesRequest struct {
	DryRun               *bool    `wire:"DryRun"`
	Filters              []Filter `wire:"Filters,elem=Filter,name=Filter"`
	MaxResults           *int32   `wire:"MaxResults"`
	NextToken            *string  `wire:"NextToken"`
	SecurityGroupRuleIds []string `wire:"SecurityGroupRuleIds,elem=item,name=SecurityGroupRuleId"`
}

// DescribeSecurityGroupRulesResult is EC2's shape of that name.
type DescribeSecurityGroupRulesResult struct {
	NextToken          *string             `wire:"NextToken,name=nextToken"`
	SecurityGroupRules []SecurityGroupRule `wire:"SecurityGroupRules,elem=item,name=securityGroupRuleSet"`
}

// DescribeSecurityGroupsRequest is EC2's shape of that name.
type DescribeSecurityGroupsRequest struct {
	DryRun     *bool    `wire:"DryRun,name=dryRun"`
	Filters    []Filter `wire:"Filters,elem=Filter,name=Filter"`
	GroupIds   []string `wire:"GroupIds,elem=groupId,name=GroupId"`
	GroupNames []string `wire:"GroupNames,elem=GroupName,name=GroupName"`
	MaxResults *int32   `wire:"MaxResults"`
	NextToken  *string  `wire:"NextToken"`
}

// DescribeSecurityGroupsResult is EC2's shape of that name.
type DescribeSecurityGroupsResult struct {
	NextToken      *string         `wire:"NextToken,name=nextToken"`
	SecurityGroups []SecurityGroup `wire:"SecurityGroups,elem=item,name=securityGroupInfo"`
}

// DescribeSubnetsRequest is EC2's shape of that name.
type DescribeSubnetsRequest struct {
	DryRun     *bool    `wire:"DryRun,name=dryRun"`
	Filters    []Filter `wire:"Filters,elem=Filter,name=Filter"`
	MaxResults *int32   `wire:"MaxResults"`
	NextToken  *string  `wire:"NextToken"`
	SubnetIds  []string `wire:"SubnetIds,elem=SubnetId,name=SubnetId"`
}

// DescribeSubnetsResult is EC2's shape of that name.
type DescribeSubnetsResult struct {
	NextToken *string  `wire:"NextToken,name=nextToken"`
	Subnets   []Subnet `wire:"Subnets,elem=item,name=subnetSet"`
}

// DescribeVpcAttributeRequest is EC2's shape of that name.
type DescribeVpcAttributeRequest struct {
	Attribute *string `wire:"Attribute,req"`
	DryRun    *bool   `wire:"DryRun,name=dryRun"`
	VpcId     *string `wire:"VpcId,req"`
}

// DescribeVpcAttributeResult is EC2's shape of that name.
type DescribeVpcAttributeResult struct {
	EnableDnsHostnames               *AttributeBooleanValue `wire:"EnableDnsHostnames,name=enableDnsHostnames"`
	EnableDnsSupport                 *AttributeBooleanValue `wire:"EnableDnsSupport,name=enableDnsSupport"`
	EnableNetworkAddressUsageMetrics *AttributeBooleanValue `wire:"EnableNetworkAddressUsageMetrics,name=enableNetworkAddressUsageMetrics"`
	VpcId                            *string                `wire:"VpcId,name=vpcId"`
}

// DescribeVpcEndpointConnectionsRequest is EC2's shape of that name.
type DescribeVpcEndpointConnectionsRequest struct {
	DryRun     *bool    `wire:"DryRun"`
	Filters    []Filter `wire:"Filters,elem=Filter,name=Filter"`
	MaxResults *int32   `wire:"MaxResults"`
	NextToken  *string  `wire:"NextToken"`
}

// DescribeVpcEndpointConnectionsResult is EC2's shape of that name.
type DescribeVpcEndpointConnectionsResult struct {
	NextToken              *string                 `wire:"NextToken,name=nextToken"`
	VpcEndpointConnections []VpcEndpointConnection `wire:"VpcEndpointConnections,elem=item,name=vpcEndpointConnectionSet"`
}

// DescribeVpcEndpointServiceConfigurationsRequest is EC2's shape of that name.
type DescribeVpcEndpointServiceConfigurationsRequest struct {
	DryRun     *bool    `wire:"DryRun"`
	Filters    []Filter `wire:"Filters,elem=Filter,name=Filter"`
	MaxResults *int32   `wire:"MaxResults"`
	NextToken  *string  `wire:"NextToken"`
	ServiceIds []string `wire:"ServiceIds,elem=item,name=ServiceId"`
}

// DescribeVpcEndpointServiceConfigurationsResult is EC2's shape of that name.
type DescribeVpcEndpointServiceConfigurationsResult struct {
	NextToken             *string                `wire:"NextToken,name=nextToken"`
	ServiceConfigurations []ServiceConfiguration `wire:"ServiceConfigurations,elem=item,name=serviceConfigurationSet"`
}

// DescribeVpcEndpointServicePermissionsRequest is EC2's shape of that name.
type DescribeVpcEndpointServicePermissionsRequest struct {
	DryRun     *bool    `wire:"DryRun"`
	Filters    []Filter `wire:"Filters,elem=Filter,name=Filter"`
	MaxResults *int32   `wire:"MaxResults"`
	NextToken  *string  `wire:"NextToken"`
	ServiceId  *string  `wire:"ServiceId,req"`
}

// DescribeVpcEndpointServicePermissionsResult is EC2's shape of that name.
type DescribeVpcEndpointServicePermissionsResult struct {
	AllowedPrincipals []AllowedPrincipal `wire:"AllowedPrincipals,elem=item,name=allowedPrincipals"`
	NextToken         *string            `wire:"NextToken,name=nextToken"`
}

// DescribeVpcEndpointServicesRequest is EC2's shape of that name.
type DescribeVpcEndpointServicesRequest struct {
	DryRun         *bool    `wire:"DryRun"`
	Filters        []Filter `wire:"Filters,elem=Filter,name=Filter"`
	MaxResults     *int32   `wire:"MaxResults"`
	NextToken      *string  `wire:"NextToken"`
	ServiceNames   []string `wire:"ServiceNames,elem=item,name=ServiceName"`
	ServiceRegions []string `wire:"ServiceRegions,elem=item,name=ServiceRegion"`
}

// DescribeVpcEndpointServicesResult is EC2's shape of that name.
type DescribeVpcEndpointServicesResult struct {
	NextToken      *string         `wire:"NextToken,name=nextToken"`
	ServiceDetails []ServiceDetail `wire:"ServiceDetails,elem=item,name=serviceDetailSet"`
	ServiceNames   []string        `wire:"ServiceNames,elem=item,name=serviceNameSet"`
}

// DescribeVpcEndpointsRequest is EC2's shape of that name.
type DescribeVpcEndpointsRequest struct {
	DryRun         *bool    `wire:"DryRun"`
	Filters        []Filter `wire:"Filters,elem=Filter,name=Filter"`
	MaxResults     *int32   `wire:"MaxResults"`
	NextToken      *string  `wire:"NextToken"`
	VpcEndpointIds []string `wire:"VpcEndpointIds,elem=item,name=VpcEndpointId"`
}

// DescribeVpcEndpointsResult is EC2's shape of that name.
type DescribeVpcEndpointsResult struct {
	NextToken    *string       `wire:"NextToken,name=nextToken"`
	VpcEndpoints []VpcEndpoint `wire:"VpcEndpoints,elem=item,name=vpcEndpointSet"`
}

// DescribeVpcPeeringConnectionsRequest is EC2's shape of that name.
type DescribeVpcPeeringConnectionsRequest struct {
	DryRun                  *bool    `wire:"DryRun,name=dryRun"`
	Filters                 []Filter `wire:"Filters,elem=Filter,name=Filter"`
	MaxResults              *int32   `wire:"MaxResults"`
	NextToken               *string  `wire:"NextToken"`
	VpcPeeringConnectionIds []string `wire:"VpcPeeringConnectionIds,elem=item,name=VpcPeeringConnectionId"`
}

// DescribeVpcPeeringConnectionsResult is EC2's shape of that name.
type DescribeVpcPeeringConnectionsResult struct {
	NextToken             *string                `wire:"NextToken,name=nextToken"`
	VpcPeeringConnections []VpcPeeringConnection `wire:"VpcPeeringConnections,elem=item,name=vpcPeeringConnectionSet"`
}

// DescribeVpcsRequest is EC2's shape of that name.
type DescribeVpcsRequest struct {
	DryRun     *bool    `wire:"DryRun,name=dryRun"`
	Filters    []Filter `wire:"Filters,elem=Filter,name=Filter"`
	MaxResults *int32   `wire:"MaxResults"`
	NextToken  *string  `wire:"NextToken"`
	VpcIds     []string `wire:"VpcIds,elem=VpcId,name=VpcId"`
}

// DescribeVpcsResult is EC2's shape of that name.
type DescribeVpcsResult struct {
	NextToken *string `wire:"NextToken,name=nextToken"`
	Vpcs      []Vpc   `wire:"Vpcs,elem=item,name=vpcSet"`
}

// DisassociateRouteTableRequest is EC2's shape of that name.
type DisassociateRouteTableRequest struct {
	AssociationId *string `wire:"AssociationId,name=associationId,req"`
	DryRun        *bool   `wire:"DryRun,name=dryRun"`
}

// DisassociateVpcCidrBlockRequest is EC2's shape of that name.
type DisassociateVpcCidrBlockRequest struct {
	AssociationId *string `wire:"AssociationId,name=associationId,req"`
}

// DisassociateVpcCidrBlockResult is EC2's shape of that name.
type DisassociateVpcCidrBlockResult struct {
	CidrBlockAssociation     *VpcCidrBlockAssociation     `wire:"CidrBlockAssociation,name=cidrBlockAssociation"`
	Ipv6CidrBlockAssociation *VpcIpv6CidrBlockAssociation `wire:"Ipv6CidrBlockAssociation,name=ipv6CidrBlockAssociation"`
	VpcId                    *string                      `wire:"VpcId,name=vpcId"`
}

// DnsEntry is EC2's shape of that name.
type DnsEntry struct {
	DnsName      *string `wire:"DnsName,name=dnsName"`
	HostedZoneId *string `wire:"HostedZoneId,name=hostedZoneId"`
}

// DnsOptions is EC2's shape of that name.
type DnsOptions struct {
	DnsRecordIpType                          *string  `wire:"DnsRecordIpType,name=dnsRecordIpType"`
	PrivateDnsOnlyForInboundResolverEndpoint *bool    `wire:"PrivateDnsOnlyForInboundResolverEndpoint,name=privateDnsOnlyForInboundResolverEndpoint"`
	PrivateDnsPreference                     *string  `wire:"PrivateDnsPreference,name=privateDnsPreference"`
	PrivateDnsSpecifiedDomains               []string `wire:"PrivateDnsSpecifiedDomains,elem=item,name=privateDnsSpecifiedDomainSet"`
}

// DnsOptionsSpecification is EC2's shape of that name.
type DnsOptionsSpecification struct {
	DnsRecordIpType                          *string  `wire:"DnsRecordIpType"`
	PrivateDnsOnlyForInboundResolverEndpoint *bool    `wire:"PrivateDnsOnlyForInboundResolverEndpoint"`
	PrivateDnsPreference                     *string  `wire:"PrivateDnsPreference"`
	PrivateDnsSpecifiedDomains               []string `wire:"PrivateDnsSpecifiedDomains,elem=item,name=PrivateDnsSpecifiedDomain"`
}

// Filter is EC2's shape of that name.
type Filter struct {
	Name   *string  `wire:"Name"`
	Values []string `wire:"Values,elem=item,name=Value"`
}

// GroupIdentifier is EC2's shape of that name.
type GroupIdentifier struct {
	GroupId   *string `wire:"GroupId,name=groupId"`
	GroupName *string `wire:"GroupName,name=groupName"`
}

// IcmpTypeCode is EC2's shape of that name.
type IcmpTypeCode struct {
	Code *int32 `wire:"Code,name=code"`
	Type *int32 `wire:"Type,name=type"`
}

// InstanceIpv6Address is EC2's shape of that name.
type InstanceIpv6Address struct {
	Ipv6Address   *string `wire:"Ipv6Address,name=ipv6Address"`
	IsPrimaryIpv6 *bool   `wire:"IsPrimaryIpv6,name=isPrimaryIpv6"`
}

// IpPermission is EC2's shape of that name.
type IpPermission struct {
	FromPort         *int32            `wire:"FromPort,name=fromPort"`
	IpProtocol       *string           `wire:"IpProtocol,name=ipProtocol"`
	IpRanges         []IpRange         `wire:"IpRanges,elem=item,name=ipRanges"`
	Ipv6Ranges       []Ipv6Range       `wire:"Ipv6Ranges,elem=item,name=ipv6Ranges"`
	PrefixListIds    []PrefixListId    `wire:"PrefixListIds,elem=item,name=prefixListIds"`
	ToPort           *int32            `wire:"ToPort,name=toPort"`
	UserIdGroupPairs []UserIdGroupPair `wire:"UserIdGroupPairs,elem=item,name=groups"`
}

// IpRange is EC2's shape of that name.
type IpRange struct {
	CidrIp      *string `wire:"CidrIp,name=cidrIp"`
	Description *string `wire:"Description,name=description"`
}

// Ipv4PrefixSpecification is EC2's shape of that name.
type Ipv4PrefixSpecification struct {
	Ipv4Prefix *string `wire:"Ipv4Prefix,name=ipv4Prefix"`
}

// Ipv4PrefixSpecificationRequest is EC2's shape of that name.
type Ipv4PrefixSpecificationRequest struct {
	Ipv4Prefix *string `wire:"Ipv4Prefix"`
}

// Ipv6CidrBlock is EC2's shape of that name.
type Ipv6CidrBlock struct {
	Ipv6CidrBlock *string `wire:"Ipv6CidrBlock,name=ipv6CidrBlock"`
}

// Ipv6PrefixSpecification is EC2's shape of that name.
type Ipv6PrefixSpecification struct {
	Ipv6Prefix *string `wire:"Ipv6Prefix,name=ipv6Prefix"`
}

// Ipv6PrefixSpecificationRequest is EC2's shape of that name.
type Ipv6PrefixSpecificationRequest struct {
	Ipv6Prefix *string `wire:"Ipv6Prefix"`
}

// Ipv6Range is EC2's shape of that name.
type Ipv6Range struct {
	CidrIpv6    *string `wire:"CidrIpv6,name=cidrIpv6"`
	Description *string `wire:"Description,name=description"`
}

// LastError is EC2's shape of that name.
type LastError struct {
	Code    *string `wire:"Code,name=code"`
	Message *string `wire:"Message,name=message"`
}

// ModifySecurityGroupRulesRequest is EC2's shape of that name.
type ModifySecurityGroupRulesRequest struct {
	DryRun             *bool                     `wire:"DryRun"`
	GroupId            *string                   `wire:"GroupId,req"`
	SecurityGroupRules []SecurityGroupRuleUpdate `wire:"SecurityGroupRules,elem=item,name=SecurityGroupRule,req"`
}

// ModifySecurityGroupRulesResult is EC2's shape of that name.
type ModifySecurityGroupRulesResult struct {
	Return *bool `wire:"Return,name=return"`
}

// ModifySubnetAttributeRequest is EC2's shape of that name.
type ModifySubnetAttributeRequest struct {
	AssignIpv6AddressOnCreation             *AttributeBooleanValue `wire:"AssignIpv6AddressOnCreation"`
	CustomerOwnedIpv4Pool                   *string                `wire:"CustomerOwnedIpv4Pool"`
	DisableLniAtDeviceIndex                 *AttributeBooleanValue `wire:"DisableLniAtDeviceIndex"`
	EnableDns64                             *AttributeBooleanValue `wire:"EnableDns64"`
	EnableLniAtDeviceIndex                  *int32                 `wire:"EnableLniAtDeviceIndex"`
	EnableResourceNameDnsAAAARecordOnLaunch *AttributeBooleanValue `wire:"EnableResourceNameDnsAAAARecordOnLaunch"`
	EnableResourceNameDnsARecordOnLaunch    *AttributeBooleanValue `wire:"EnableResourceNameDnsARecordOnLaunch"`
	MapCustomerOwnedIpOnLaunch              *AttributeBooleanValue `wire:"MapCustomerOwnedIpOnLaunch"`
	MapPublicIpOnLaunch                     *AttributeBooleanValue `wire:"MapPublicIpOnLaunch"`
	PrivateDnsHostnameTypeOnLaunch          *string                `wire:"PrivateDnsHostnameTypeOnLaunch"`
	SubnetId                                *string                `wire:"SubnetId,name=subnetId,req"`
}

// ModifyVpcAttributeRequest is EC2's shape of that name.
type ModifyVpcAttributeRequest struct {
	EnableDnsHostnames               *AttributeBooleanValue `wire:"EnableDnsHostnames"`
	EnableDnsSupport                 *AttributeBooleanValue `wire:"EnableDnsSupport"`
	EnableNetworkAddressUsageMetrics *AttributeBooleanValue `wire:"EnableNetworkAddressUsageMetrics"`
	VpcId                            *string                `wire:"VpcId,name=vpcId,req"`
}

// ModifyVpcEndpointRequest is EC2's shape of that name.
type ModifyVpcEndpointRequest struct {
	AddRouteTableIds       []string                 `wire:"AddRouteTableIds,elem=item,name=AddRouteTableId"`
	AddSecurityGroupIds    []string                 `wire:"AddSecurityGroupIds,elem=item,name=AddSecurityGroupId"`
	AddSubnetIds           []string                 `wire:"AddSubnetIds,elem=item,name=AddSubnetId"`
	DnsOptions             *DnsOptionsSpecification `wire:"DnsOptions"`
	DryRun                 *bool                    `wire:"DryRun"`
	IpAddressType          *string                  `wire:"IpAddressType"`
	PolicyDocument         *string                  `wire:"PolicyDocument"`
	PrivateDnsEnabled      *bool                    `wire:"PrivateDnsEnabled"`
	RemoveRouteTableIds    []string                 `wire:"RemoveRouteTableIds,elem=item,name=RemoveRouteTableId"`
	RemoveSecurityGroupIds []string                 `wire:"RemoveSecurityGroupIds,elem=item,name=RemoveSecurityGroupId"`
	RemoveSubnetIds        []string                 `wire:"RemoveSubnetIds,elem=item,name=RemoveSubnetId"`
	ResetPolicy            *bool                    `wire:"ResetPolicy"`
	SubnetConfigurations   []SubnetConfiguration    `wire:"SubnetConfigurations,elem=item,name=SubnetConfiguration"`
	VpcEndpointId          *string                  `wire:"VpcEndpointId,req"`
}

// ModifyVpcEndpointResult is EC2's shape of that name.
type ModifyVpcEndpointResult struct {
	Return *bool `wire:"Return,name=return"`
}

// ModifyVpcEndpointServiceConfigurationRequest is EC2's shape of that name.
type ModifyVpcEndpointServiceConfigurationRequest struct {
	AcceptanceRequired            *bool    `wire:"AcceptanceRequired"`
	AddGatewayLoadBalancerArns    []string `wire:"AddGatewayLoadBalancerArns,elem=item,name=AddGatewayLoadBalancerArn"`
	AddNetworkLoadBalancerArns    []string `wire:"AddNetworkLoadBalancerArns,elem=item,name=AddNetworkLoadBalancerArn"`
	AddSupportedIpAddressTypes    []string `wire:"AddSupportedIpAddressTypes,elem=item,name=AddSupportedIpAddressType"`
	AddSupportedRegions           []string `wire:"AddSupportedRegions,elem=item,name=AddSupportedRegion"`
	DryRun                        *bool    `wire:"DryRun"`
	PrivateDnsName                *string  `wire:"PrivateDnsName"`
	RemoveGatewayLoadBalancerArns []string `wire:"RemoveGatewayLoadBalancerArns,elem=item,name=RemoveGatewayLoadBalancerArn"`
	RemoveNetworkLoadBalancerArns []string `wire:"RemoveNetworkLoadBalancerArns,elem=item,name=RemoveNetworkLoadBalancerArn"`
	RemovePrivateDnsName          *bool    `wire:"RemovePrivateDnsName"`
	RemoveSupportedIpAddressTypes []string `wire:"RemoveSupportedIpAddressTypes,elem=item,name=RemoveSupportedIpAddressType"`
	RemoveSupportedRegions        []string `wire:"RemoveSupportedRegions,elem=item,name=RemoveSupportedRegion"`
	ServiceId                     *string  `wire:"ServiceId,req"`
}

// ModifyVpcEndpointServiceConfigurationResult is EC2's shape of that name.
type ModifyVpcEndpointServiceConfigurationResult struct {
	Return *bool `wire:"Return,name=return"`
}

// ModifyVpcEndpointServicePermissionsRequest is EC2's shape of that name.
type ModifyVpcEndpointServicePermissionsRequest struct {
	AddAllowedPrincipals    []string `wire:"AddAllowedPrincipals,elem=item"`
	DryRun                  *bool    `wire:"DryRun"`
	RemoveAllowedPrincipals []string `wire:"RemoveAllowedPrincipals,elem=item"`
	ServiceId               *string  `wire:"ServiceId,req"`
}

// ModifyVpcEndpointServicePermissionsResult is EC2's shape of that name.
type ModifyVpcEndpointServicePermissionsResult struct {
	AddedPrincipals []AddedPrincipal `wire:"AddedPrincipals,elem=item,name=addedPrincipalSet"`
	ReturnValue     *bool            `wire:"ReturnValue,name=return"`
}

// ModifyVpcPeeringConnectionOptionsRequest is EC2's shape of that name.
type ModifyVpcPeeringConnectionOptionsRequest struct {
	AccepterPeeringConnectionOptions  *PeeringConnectionOptionsRequest `wire:"AccepterPeeringConnectionOptions"`
	DryRun                            *bool                            `wire:"DryRun"`
	RequesterPeeringConnectionOptions *PeeringConnectionOptionsRequest `wire:"RequesterPeeringConnectionOptions"`
	VpcPeeringConnectionId            *string                          `wire:"VpcPeeringConnectionId,req"`
}

// ModifyVpcPeeringConnectionOptionsResult is EC2's shape of that name.
type ModifyVpcPeeringConnectionOptionsResult struct {
	AccepterPeeringConnectionOptions  *PeeringConnectionOptions `wire:"AccepterPeeringConnectionOptions,name=accepterPeeringConnectionOptions"`
	RequesterPeeringConnectionOptions *PeeringConnectionOptions `wire:"RequesterPeeringConnectionOptions,name=requesterPeeringConnectionOptions"`
}

// NetworkAcl is EC2's shape of that name.
type NetworkAcl struct {
	Associations []NetworkAclAssociation `wire:"Associations,elem=item,name=associationSet"`
	Entries      []NetworkAclEntry       `wire:"Entries,elem=item,name=entrySet"`
	IsDefault    *bool                   `wire:"IsDefault,name=default"`
	NetworkAclId *string                 `wire:"NetworkAclId,name=networkAclId"`
	OwnerId      *string                 `wire:"OwnerId,name=ownerId"`
	Tags         []Tag                   `wire:"Tags,elem=item,name=tagSet"`
	VpcId        *string                 `wire:"VpcId,name=vpcId"`
}

// NetworkAclAssociation is EC2's shape of that name.
type NetworkAclAssociation struct {
	NetworkAclAssociationId *string `wire:"NetworkAclAssociationId,name=networkAclAssociationId"`
	NetworkAclId            *string `wire:"NetworkAclId,name=networkAclId"`
	SubnetId                *string `wire:"SubnetId,name=subnetId"`
}

// NetworkAclEntry is EC2's shape of that name.
type NetworkAclEntry struct {
	CidrBlock     *string       `wire:"CidrBlock,name=cidrBlock"`
	Egress        *bool         `wire:"Egress,name=egress"`
	IcmpTypeCode  *IcmpTypeCode `wire:"IcmpTypeCode,name=icmpTypeCode"`
	Ipv6CidrBlock *string       `wire:"Ipv6CidrBlock,name=ipv6CidrBlock"`
	PortRange     *PortRange    `wire:"PortRange,name=portRange"`
	Protocol      *string       `wire:"Protocol,name=protocol"`
	RuleAction    *string       `wire:"RuleAction,name=ruleAction"`
	RuleNumber    *int32        `wire:"RuleNumber,name=ruleNumber"`
}

// NetworkInterface is EC2's shape of that name.
type NetworkInterface struct {
	AssociatedSubnets               []string                           `wire:"AssociatedSubnets,elem=item,name=associatedSubnetSet"`
	Association                     *NetworkInterfaceAssociation       `wire:"Association,name=association"`
	Attachment                      *NetworkInterfaceAttachment        `wire:"Attachment,name=attachment"`
	AvailabilityZone                *string                            `wire:"AvailabilityZone,name=availabilityZone"`
	AvailabilityZoneId              *string                            `wire:"AvailabilityZoneId,name=availabilityZoneId"`
	ConnectionTrackingConfiguration *ConnectionTrackingConfiguration   `wire:"ConnectionTrackingConfiguration,name=connectionTrackingConfiguration"`
	DenyAllIgwTraffic               *bool                              `wire:"DenyAllIgwTraffic,name=denyAllIgwTraffic"`
	Description                     *string                            `wire:"Description,name=description"`
	Groups                          []GroupIdentifier                  `wire:"Groups,elem=item,name=groupSet"`
	InterfaceType                   *string                            `wire:"InterfaceType,name=interfaceType"`
	Ipv4Prefixes                    []Ipv4PrefixSpecification          `wire:"Ipv4Prefixes,elem=item,name=ipv4PrefixSet"`
	Ipv6Address                     *string                            `wire:"Ipv6Address,name=ipv6Address"`
	Ipv6Addresses                   []NetworkInterfaceIpv6Address      `wire:"Ipv6Addresses,elem=item,name=ipv6AddressesSet"`
	Ipv6Native                      *bool                              `wire:"Ipv6Native,name=ipv6Native"`
	Ipv6Prefixes                    []Ipv6PrefixSpecification          `wire:"Ipv6Prefixes,elem=item,name=ipv6PrefixSet"`
	MacAddress                      *string                            `wire:"MacAddress,name=macAddress"`
	NetworkInterfaceId              *string                            `wire:"NetworkInterfaceId,name=networkInterfaceId"`
	Operator                        *OperatorResponse                  `wire:"Operator,name=operator"`
	OutpostArn                      *string                            `wire:"OutpostArn,name=outpostArn"`
	OwnerId                         *string                            `wire:"OwnerId,name=ownerId"`
	PrivateDnsName                  *string                            `wire:"PrivateDnsName,name=privateDnsName"`
	PrivateIpAddress                *string                            `wire:"PrivateIpAddress,name=privateIpAddress"`
	PrivateIpAddresses              []NetworkInterfacePrivateIpAddress `wire:"PrivateIpAddresses,elem=item,name=privateIpAddressesSet"`
	PublicDnsName                   *string                            `wire:"PublicDnsName,name=publicDnsName"`
	PublicIpDnsNameOptions          *PublicIpDnsNameOptions            `wire:"PublicIpDnsNameOptions,name=publicIpDnsNameOptions"`
	RequesterId                     *string                            `wire:"RequesterId,name=requesterId"`
	RequesterManaged                *bool                              `wire:"RequesterManaged,name=requesterManaged"`
	SourceDestCheck                 *bool                              `wire:"SourceDestCheck,name=sourceDestCheck"`
	Status                          *string                            `wire:"Status,name=status"`
	SubnetId                        *string                            `wire:"SubnetId,name=subnetId"`
	TagSet                          []Tag                              `wire:"TagSet,elem=item,name=tagSet"`
	VpcId                           *string                            `wire:"VpcId,name=vpcId"`
}

// NetworkInterfaceAssociation is EC2's shape of that name.
type NetworkInterfaceAssociation struct {
	AllocationId    *string `wire:"AllocationId,name=allocationId"`
	AssociationId   *string `wire:"AssociationId,name=associationId"`
	CarrierIp       *string `wire:"CarrierIp,name=carrierIp"`
	CustomerOwnedIp *string `wire:"CustomerOwnedIp,name=customerOwnedIp"`
	IpOwnerId       *string `wire:"IpOwnerId,name=ipOwnerId"`
	PublicDnsName   *string `wire:"PublicDnsName,name=publicDnsName"`
	PublicIp        *string `wire:"PublicIp,name=publicIp"`
}

// NetworkInterfaceAttachment is EC2's shape of that name.
type NetworkInterfaceAttachment struct {
	AttachTime          *time.Time                     `wire:"AttachTime,name=attachTime"`
	AttachmentId        *string                        `wire:"AttachmentId,name=attachmentId"`
	DeleteOnTermination *bool                          `wire:"DeleteOnTermination,name=deleteOnTermination"`
	DeviceIndex         *int32                         `wire:"DeviceIndex,name=deviceIndex"`
	EnaQueueCount       *int32                         `wire:"EnaQueueCount,name=enaQueueCount"`
	EnaSrdSpecification *AttachmentEnaSrdSpecification `wire:"EnaSrdSpecification,name=enaSrdSpecification"`
	InstanceId          *string                        `wire:"InstanceId,name=instanceId"`
	InstanceOwnerId     *string                        `wire:"InstanceOwnerId,name=instanceOwnerId"`
	NetworkCardIndex    *int32                         `wire:"NetworkCardIndex,name=networkCardIndex"`
	Status              *string                        `wire:"Status,name=status"`
}

// NetworkInterfaceIpv6Address is EC2's shape of that name.
type NetworkInterfaceIpv6Address struct {
	Ipv6Address       *string `wire:"Ipv6Address,name=ipv6Address"`
	IsPrimaryIpv6     *bool   `wire:"IsPrimaryIpv6,name=isPrimaryIpv6"`
	PublicIpv6DnsName *string `wire:"PublicIpv6DnsName,name=publicIpv6DnsName"`
}

// NetworkInterfacePrivateIpAddress is EC2's shape of that name.
type NetworkInterfacePrivateIpAddress struct {
	Association      *NetworkInterfaceAssociation `wire:"Association,name=association"`
	Primary          *bool                        `wire:"Primary,name=primary"`
	PrivateDnsName   *string                      `wire:"PrivateDnsName,name=privateDnsName"`
	PrivateIpAddress *string                      `wire:"PrivateIpAddress,name=privateIpAddress"`
}

// OperatorRequest is EC2's shape of that name.
type OperatorRequest struct {
	Principal *string `wire:"Principal"`
}

// OperatorResponse is EC2's shape of that name.
type OperatorResponse struct {
	HiddenByDefault *bool   `wire:"HiddenByDefault,name=hiddenByDefault"`
	Managed         *bool   `wire:"Managed,name=managed"`
	Principal       *string `wire:"Principal,name=principal"`
}

// PeeringConnectionOptions is EC2's shape of that name.
type PeeringConnectionOptions struct {
	AllowDnsResolutionFromRemoteVpc            *bool `wire:"AllowDnsResolutionFromRemoteVpc,name=allowDnsResolutionFromRemoteVpc"`
	AllowEgressFromLocalClassicLinkToRemoteVpc *bool `wire:"AllowEgressFromLocalClassicLinkToRemoteVpc,name=allowEgressFromLocalClassicLinkToRemoteVpc"`
	AllowEgressFromLocalVpcToRemoteClassicLink *bool `wire:"AllowEgressFromLocalVpcToRemoteClassicLink,name=allowEgressFromLocalVpcToRemoteClassicLink"`
}

// PeeringConnectionOptionsRequest is EC2's shape of that name.
type PeeringConnectionOptionsRequest struct {
	AllowDnsResolutionFromRemoteVpc            *bool `wire:"AllowDnsResolutionFromRemoteVpc"`
	AllowEgressFromLocalClassicLinkToRemoteVpc *bool `wire:"AllowEgressFromLocalClassicLinkToRemoteVpc"`
	AllowEgressFromLocalVpcToRemoteClassicLink *bool `wire:"AllowEgressFromLocalVpcToRemoteClassicLink"`
}

// PortRange is EC2's shape of that name.
type PortRange struct {
	From *int32 `wire:"From,name=from"`
	To   *int32 `wire:"To,name=to"`
}

// PrefixList is EC2's shape of that name.
type PrefixList struct {
	Cidrs          []string `wire:"Cidrs,elem=item,name=cidrSet"`
	PrefixListId   *string  `wire:"PrefixListId,name=prefixListId"`
	PrefixListName *string  `wire:"PrefixListName,name=prefixListName"`
}

// PrefixListId is EC2's shape of that name.
type PrefixListId struct {
	Description  *string `wire:"Description,name=description"`
	PrefixListId *string `wire:"PrefixListId,name=prefixListId"`
}

// PrivateDnsDetails is EC2's shape of that name.
type PrivateDnsDetails struct {
	PrivateDnsName *string `wire:"PrivateDnsName,name=privateDnsName"`
}

// PrivateDnsNameConfiguration is EC2's shape of that name.
type PrivateDnsNameConfiguration struct {
	Name  *string `wire:"Name,name=name"`
	State *string `wire:"State,name=state"`
	Type  *string `wire:"Type,name=type"`
	Value *string `wire:"Value,name=value"`
}

// PrivateDnsNameOptionsOnLaunch is EC2's shape of that name.
type PrivateDnsNameOptionsOnLaunch struct {
	EnableResourceNameDnsAAAARecord *bool   `wire:"EnableResourceNameDnsAAAARecord,name=enableResourceNameDnsAAAARecord"`
	EnableResourceNameDnsARecord    *bool   `wire:"EnableResourceNameDnsARecord,name=enableResourceNameDnsARecord"`
	HostnameType                    *string `wire:"HostnameType,name=hostnameType"`
}

// PrivateIpAddressSpecification is EC2's shape of that name.
type PrivateIpAddressSpecification struct {
	Primary          *bool   `wire:"Primary,name=primary"`
	PrivateIpAddress *string `wire:"PrivateIpAddress,name=privateIpAddress"`
}

// PropagatingVgw is EC2's shape of that name.
type PropagatingVgw struct {
	GatewayId *string `wire:"GatewayId,name=gatewayId"`
}

// PublicIpDnsNameOptions is EC2's shape of that name.
type PublicIpDnsNameOptions struct {
	DnsHostnameType        *string `wire:"DnsHostnameType,name=dnsHostnameType"`
	PublicDualStackDnsName *string `wire:"PublicDualStackDnsName,name=publicDualStackDnsName"`
	PublicIpv4DnsName      *string `wire:"PublicIpv4DnsName,name=publicIpv4DnsName"`
	PublicIpv6DnsName      *string `wire:"PublicIpv6DnsName,name=publicIpv6DnsName"`
}

// ReferencedSecurityGroup is EC2's shape of that name.
type ReferencedSecurityGroup struct {
	GroupId                *string `wire:"GroupId,name=groupId"`
	PeeringStatus          *string `wire:"PeeringStatus,name=peeringStatus"`
	UserId                 *string `wire:"UserId,name=userId"`
	VpcId                  *string `wire:"VpcId,name=vpcId"`
	VpcPeeringConnectionId *string `wire:"VpcPeeringConnectionId,name=vpcPeeringConnectionId"`
}

// RejectVpcEndpointConnectionsRequest is EC2's shape of that name.
type RejectVpcEndpointConnectionsRequest struct {
	DryRun         *bool    `wire:"DryRun"`
	ServiceId      *string  `wire:"ServiceId,req"`
	VpcEndpointIds []string `wire:"VpcEndpointIds,elem=item,name=VpcEndpointId,req"`
}

// RejectVpcEndpointConnectionsResult is EC2's shape of that name.
type RejectVpcEndpointConnectionsResult struct {
	Unsuccessful []UnsuccessfulItem `wire:"Unsuccessful,elem=item,name=unsuccessful"`
}

// RejectVpcPeeringConnectionRequest is EC2's shape of that name.
type RejectVpcPeeringConnectionRequest struct {
	DryRun                 *bool   `wire:"DryRun,name=dryRun"`
	VpcPeeringConnectionId *string `wire:"VpcPeeringConnectionId,name=vpcPeeringConnectionId,req"`
}

// RejectVpcPeeringConnectionResult is EC2's shape of that name.
type RejectVpcPeeringConnectionResult struct {
	Return *bool `wire:"Return,name=return"`
}

// ReplaceNetworkAclAssociationRequest is EC2's shape of that name.
type ReplaceNetworkAclAssociationRequest struct {
	AssociationId *string `wire:"AssociationId,name=associationId,req"`
	DryRun        *bool   `wire:"DryRun,name=dryRun"`
	NetworkAclId  *string `wire:"NetworkAclId,name=networkAclId,req"`
}

// ReplaceNetworkAclAssociationResult is EC2's shape of that name.
type ReplaceNetworkAclAssociationResult struct {
	NewAssociationId *string `wire:"NewAssociationId,name=newAssociationId"`
}

// ReplaceNetworkAclEntryRequest is EC2's shape of that name.
type ReplaceNetworkAclEntryRequest struct {
	CidrBlock     *string       `wire:"CidrBlock,name=cidrBlock"`
	DryRun        *bool         `wire:"DryRun,name=dryRun"`
	Egress        *bool         `wire:"Egress,name=egress,req"`
	IcmpTypeCode  *IcmpTypeCode `wire:"IcmpTypeCode,name=Icmp"`
	Ipv6CidrBlock *string       `wire:"Ipv6CidrBlock,name=ipv6CidrBlock"`
	NetworkAclId  *string       `wire:"NetworkAclId,name=networkAclId,req"`
	PortRange     *PortRange    `wire:"PortRange,name=portRange"`
	Protocol      *string       `wire:"Protocol,name=protocol,req"`
	RuleAction    *string       `wire:"RuleAction,name=ruleAction,req"`
	RuleNumber    *int32        `wire:"RuleNumber,name=ruleNumber,req"`
}

// ReplaceRouteRequest is EC2's shape of that name.
type ReplaceRouteRequest struct {
	CarrierGatewayId            *string `wire:"CarrierGatewayId"`
	CoreNetworkArn              *string `wire:"CoreNetworkArn"`
	DestinationCidrBlock        *string `wire:"DestinationCidrBlock,name=destinationCidrBlock"`
	DestinationIpv6CidrBlock    *string `wire:"DestinationIpv6CidrBlock,name=destinationIpv6CidrBlock"`
	DestinationPrefixListId     *string `wire:"DestinationPrefixListId"`
	DryRun                      *bool   `wire:"DryRun,name=dryRun"`
	EgressOnlyInternetGatewayId *string `wire:"EgressOnlyInternetGatewayId,name=egressOnlyInternetGatewayId"`
	GatewayId                   *string `wire:"GatewayId,name=gatewayId"`
	InstanceId                  *string `wire:"InstanceId,name=instanceId"`
	LocalGatewayId              *string `wire:"LocalGatewayId"`
	LocalTarget                 *bool   `wire:"LocalTarget"`
	NatGatewayId                *string `wire:"NatGatewayId,name=natGatewayId"`
	NetworkInterfaceId          *string `wire:"NetworkInterfaceId,name=networkInterfaceId"`
	OdbNetworkArn               *string `wire:"OdbNetworkArn"`
	RouteTableId                *string `wire:"RouteTableId,name=routeTableId,req"`
	TransitGatewayId            *string `wire:"TransitGatewayId"`
	VpcEndpointId               *string `wire:"VpcEndpointId"`
	VpcPeeringConnectionId      *string `wire:"VpcPeeringConnectionId,name=vpcPeeringConnectionId"`
}

// ReplaceRouteTableAssociationRequest is EC2's shape of that name.
type ReplaceRouteTableAssociationRequest struct {
	AssociationId *string `wire:"AssociationId,name=associationId,req"`
	DryRun        *bool   `wire:"DryRun,name=dryRun"`
	RouteTableId  *string `wire:"RouteTableId,name=routeTableId,req"`
}

// ReplaceRouteTableAssociationResult is EC2's shape of that name.
type ReplaceRouteTableAssociationResult struct {
	AssociationState *RouteTableAssociationState `wire:"AssociationState,name=associationState"`
	NewAssociationId *string                     `wire:"NewAssociationId,name=newAssociationId"`
}

// RevokeSecurityGroupEgressRequest is EC2's shape of that name.
type RevokeSecurityGroupEgressRequest struct {
	CidrIp                     *string        `wire:"CidrIp,name=cidrIp"`
	DryRun                     *bool          `wire:"DryRun,name=dryRun"`
	FromPort                   *int32         `wire:"FromPort,name=fromPort"`
	GroupId                    *string        `wire:"GroupId,name=groupId,req"`
	IpPermissions              []IpPermission `wire:"IpPermissions,elem=item,name=ipPermissions"`
	IpProtocol                 *string        `wire:"IpProtocol,name=ipProtocol"`
	SecurityGroupRuleIds       []string       `wire:"SecurityGroupRuleIds,elem=item,name=SecurityGroupRuleId"`
	SourceSecurityGroupName    *string        `wire:"SourceSecurityGroupName,name=sourceSecurityGroupName"`
	SourceSecurityGroupOwnerId *string        `wire:"SourceSecurityGroupOwnerId,name=sourceSecurityGroupOwnerId"`
	ToPort                     *int32         `wire:"ToPort,name=toPort"`
}

// RevokeSecurityGroupEgressResult is EC2's shape of that name.
type RevokeSecurityGroupEgressResult struct {
	Return                    *bool                      `wire:"Return,name=return"`
	RevokedSecurityGroupRules []RevokedSecurityGroupRule `wire:"RevokedSecurityGroupRules,elem=item,name=revokedSecurityGroupRuleSet"`
	UnknownIpPermissions      []IpPermission             `wire:"UnknownIpPermissions,elem=item,name=unknownIpPermissionSet"`
}

// RevokeSecurityGroupIngressRequest is EC2's shape of that name.
type RevokeSecurityGroupIngressRequest struct {
	CidrIp                     *string        `wire:"CidrIp"`
	DryRun                     *bool          `wire:"DryRun,name=dryRun"`
	FromPort                   *int32         `wire:"FromPort"`
	GroupId                    *string        `wire:"GroupId"`
	GroupName                  *string        `wire:"GroupName"`
	IpPermissions              []IpPermission `wire:"IpPermissions,elem=item"`
	IpProtocol                 *string        `wire:"IpProtocol"`
	SecurityGroupRuleIds       []string       `wire:"SecurityGroupRuleIds,elem=item,name=SecurityGroupRuleId"`
	SourceSecurityGroupName    *string        `wire:"SourceSecurityGroupName"`
	SourceSecurityGroupOwnerId *string        `wire:"SourceSecurityGroupOwnerId"`
	ToPort                     *int32         `wire:"ToPort"`
}

// RevokeSecurityGroupIngressResult is EC2's shape of that name.
type RevokeSecurityGroupIngressResult struct {
	Return                    *bool                      `wire:"Return,name=return"`
	RevokedSecurityGroupRules []RevokedSecurityGroupRule `wire:"RevokedSecurityGroupRules,elem=item,name=revokedSecurityGroupRuleSet"`
	UnknownIpPermissions      []IpPermission             `wire:"UnknownIpPermissions,elem=item,name=unknownIpPermissionSet"`
}

// RevokedSecurityGroupRule is EC2's shape of that name.
type RevokedSecurityGroupRule struct {
	CidrIpv4            *string `wire:"CidrIpv4,name=cidrIpv4"`
	CidrIpv6            *string `wire:"CidrIpv6,name=cidrIpv6"`
	Description         *string `wire:"Description,name=description"`
	FromPort            *int32  `wire:"FromPort,name=fromPort"`
	GroupId             *string `wire:"GroupId,name=groupId"`
	IpProtocol          *string `wire:"IpProtocol,name=ipProtocol"`
	IsEgress            *bool   `wire:"IsEgress,name=isEgress"`
	PrefixListId        *string `wire:"PrefixListId,name=prefixListId"`
	ReferencedGroupId   *string `wire:"ReferencedGroupId,name=referencedGroupId"`
	SecurityGroupRuleId *string `wire:"SecurityGroupRuleId,name=securityGroupRuleId"`
	ToPort              *int32  `wire:"ToPort,name=toPort"`
}

// Route is EC2's shape of that name.
type Route struct {
	CarrierGatewayId            *string `wire:"CarrierGatewayId,name=carrierGatewayId"`
	CoreNetworkArn              *string `wire:"CoreNetworkArn,name=coreNetworkArn"`
	DestinationCidrBlock        *string `wire:"DestinationCidrBlock,name=destinationCidrBlock"`
	DestinationIpv6CidrBlock    *string `wire:"DestinationIpv6CidrBlock,name=destinationIpv6CidrBlock"`
	DestinationPrefixListId     *string `wire:"DestinationPrefixListId,name=destinationPrefixListId"`
	EgressOnlyInternetGatewayId *string `wire:"EgressOnlyInternetGatewayId,name=egressOnlyInternetGatewayId"`
	GatewayId                   *string `wire:"GatewayId,name=gatewayId"`
	InstanceId                  *string `wire:"InstanceId,name=instanceId"`
	InstanceOwnerId             *string `wire:"InstanceOwnerId,name=instanceOwnerId"`
	IpAddress                   *string `wire:"IpAddress,name=ipAddress"`
	LocalGatewayId              *string `wire:"LocalGatewayId,name=localGatewayId"`
	NatGatewayId                *string `wire:"NatGatewayId,name=natGatewayId"`
	NetworkInterfaceId          *string `wire:"NetworkInterfaceId,name=networkInterfaceId"`
	OdbNetworkArn               *string `wire:"OdbNetworkArn,name=odbNetworkArn"`
	Origin                      *string `wire:"Origin,name=origin"`
	State                       *string `wire:"State,name=state"`
	TransitGatewayId            *string `wire:"TransitGatewayId,name=transitGatewayId"`
	VpcPeeringConnectionId      *string `wire:"VpcPeeringConnectionId,name=vpcPeeringConnectionId"`
}

// RouteTable is EC2's shape of that name.
type RouteTable struct {
	Associations    []RouteTableAssociation `wire:"Associations,elem=item,name=associationSet"`
	OwnerId         *string                 `wire:"OwnerId,name=ownerId"`
	PropagatingVgws []PropagatingVgw        `wire:"PropagatingVgws,elem=item,name=propagatingVgwSet"`
	RouteTableId    *string                 `wire:"RouteTableId,name=routeTableId"`
	Routes          []Route                 `wire:"Routes,elem=item,name=routeSet"`
	Tags            []Tag                   `wire:"Tags,elem=item,name=tagSet"`
	VpcId           *string                 `wire:"VpcId,name=vpcId"`
}

// RouteTableAssociation is EC2's shape of that name.
type RouteTableAssociation struct {
	AssociationState        *RouteTableAssociationState `wire:"AssociationState,name=associationState"`
	GatewayId               *string                     `wire:"GatewayId,name=gatewayId"`
	Main                    *bool                       `wire:"Main,name=main"`
	PublicIpv4Pool          *string                     `wire:"PublicIpv4Pool,name=publicIpv4Pool"`
	RouteTableAssociationId *string                     `wire:"RouteTableAssociationId,name=routeTableAssociationId"`
	RouteTableId            *string                     `wire:"RouteTableId,name=routeTableId"`
	SubnetId                *string                     `wire:"SubnetId,name=subnetId"`
}

// RouteTableAssociationState is EC2's shape of that name.
type RouteTableAssociationState struct {
	State         *string `wire:"State,name=state"`
	StatusMessage *string `wire:"StatusMessage,name=statusMessage"`
}

// SecurityGroup is EC2's shape of that name.
type SecurityGroup struct {
	Description         *string        `wire:"Description,name=groupDescription"`
	GroupId             *string        `wire:"GroupId,name=groupId"`
	GroupName           *string        `wire:"GroupName,name=groupName"`
	IpPermissions       []IpPermission `wire:"IpPermissions,elem=item,name=ipPermissions"`
	IpPermissionsEgress []IpPermission `wire:"IpPermissionsEgress,elem=item,name=ipPermissionsEgress"`
	OwnerId             *string        `wire:"OwnerId,name=ownerId"`
	SecurityGroupArn    *string        `wire:"SecurityGroupArn,name=securityGroupArn"`
	Tags                []Tag          `wire:"Tags,elem=item,name=tagSet"`
	VpcId               *string        `wire:"VpcId,name=vpcId"`
}

// SecurityGroupIdentifier is EC2's shape of that name.
type SecurityGroupIdentifier struct {
	GroupId   *string `wire:"GroupId,name=groupId"`
	GroupName *string `wire:"GroupName,name=groupName"`
}

// SecurityGroupRule is EC2's shape of that name.
type SecurityGroupRule struct {
	CidrIpv4             *string                  `wire:"CidrIpv4,name=cidrIpv4"`
	CidrIpv6             *string                  `wire:"CidrIpv6,name=cidrIpv6"`
	Description          *string                  `wire:"Description,name=description"`
	FromPort             *int32                   `wire:"FromPort,name=fromPort"`
	GroupId              *string                  `wire:"GroupId,name=groupId"`
	GroupOwnerId         *string                  `wire:"GroupOwnerId,name=groupOwnerId"`
	IpProtocol           *string                  `wire:"IpProtocol,name=ipProtocol"`
	IsEgress             *bool                    `wire:"IsEgress,name=isEgress"`
	PrefixListId         *string                  `wire:"PrefixListId,name=prefixListId"`
	ReferencedGroupInfo  *ReferencedSecurityGroup `wire:"ReferencedGroupInfo,name=referencedGroupInfo"`
	SecurityGroupRuleArn *string                  `wire:"SecurityGroupRuleArn,name=securityGroupRuleArn"`
	SecurityGroupRuleId  *string                  `wire:"SecurityGroupRuleId,name=securityGroupRuleId"`
	Tags                 []Tag                    `wire:"Tags,elem=item,name=tagSet"`
	ToPort               *int32                   `wire:"ToPort,name=toPort"`
}

// SecurityGroupRuleDescription is EC2's shape of that name.
type SecurityGroupRuleDescription struct {
	Description         *string `wire:"Description"`
	SecurityGroupRuleId *string `wire:"SecurityGroupRuleId"`
}

// SecurityGroupRuleRequest is EC2's shape of that name.
type SecurityGroupRuleRequest struct {
	CidrIpv4          *string `wire:"CidrIpv4"`
	CidrIpv6          *string `wire:"CidrIpv6"`
	Description       *string `wire:"Description"`
	FromPort          *int32  `wire:"FromPort"`
	IpProtocol        *string `wire:"IpProtocol"`
	PrefixListId      *string `wire:"PrefixListId"`
	ReferencedGroupId *string `wire:"ReferencedGroupId"`
	ToPort            *int32  `wire:"ToPort"`
}

// SecurityGroupRuleUpdate is EC2's shape of that name.
type SecurityGroupRuleUpdate struct {
	SecurityGroupRule   *SecurityGroupRuleRequest `wire:"SecurityGroupRule"`
	SecurityGroupRuleId *string                   `wire:"SecurityGroupRuleId,req"`
}

// ServiceConfiguration is EC2's shape of that name.
type ServiceConfiguration struct {
	AcceptanceRequired          *bool                        `wire:"AcceptanceRequired,name=acceptanceRequired"`
	AvailabilityZoneIds         []string                     `wire:"AvailabilityZoneIds,elem=item,name=availabilityZoneIdSet"`
	AvailabilityZones           []string                     `wire:"AvailabilityZones,elem=item,name=availabilityZoneSet"`
	BaseEndpointDnsNames        []string                     `wire:"BaseEndpointDnsNames,elem=item,name=baseEndpointDnsNameSet"`
	GatewayLoadBalancerArns     []string                     `wire:"GatewayLoadBalancerArns,elem=item,name=gatewayLoadBalancerArnSet"`
	ManagesVpcEndpoints         *bool                        `wire:"ManagesVpcEndpoints,name=managesVpcEndpoints"`
	NetworkLoadBalancerArns     []string                     `wire:"NetworkLoadBalancerArns,elem=item,name=networkLoadBalancerArnSet"`
	PayerResponsibility         *string                      `wire:"PayerResponsibility,name=payerResponsibility"`
	PrivateDnsName              *string                      `wire:"PrivateDnsName,name=privateDnsName"`
	PrivateDnsNameConfiguration *PrivateDnsNameConfiguration `wire:"PrivateDnsNameConfiguration,name=privateDnsNameConfiguration"`
	RemoteAccessEnabled         *bool                        `wire:"RemoteAccessEnabled,name=remoteAccessEnabled"`
	ServiceId                   *string                      `wire:"ServiceId,name=serviceId"`
	ServiceName                 *string                      `wire:"ServiceName,name=serviceName"`
	ServiceState                *string                      `wire:"ServiceState,name=serviceState"`
	ServiceType                 []ServiceTypeDetail          `wire:"ServiceType,elem=item,name=serviceType"`
	SupportedIpAddressTypes     []string                     `wire:"SupportedIpAddressTypes,elem=item,name=supportedIpAddressTypeSet"`
	SupportedRegions            []SupportedRegionDetail      `wire:"SupportedRegions,elem=item,name=supportedRegionSet"`
	Tags                        []Tag                        `wire:"Tags,elem=item,name=tagSet"`
}

// ServiceDetail is EC2's shape of that name.
type ServiceDetail struct {
	AcceptanceRequired              *bool               `wire:"AcceptanceRequired,name=acceptanceRequired"`
	AvailabilityZoneIds             []string            `wire:"AvailabilityZoneIds,elem=item,name=availabilityZoneIdSet"`
	AvailabilityZones               []string            `wire:"AvailabilityZones,elem=item,name=availabilityZoneSet"`
	BaseEndpointDnsNames            []string            `wire:"BaseEndpointDnsNames,elem=item,name=baseEndpointDnsNameSet"`
	ManagesVpcEndpoints             *bool               `wire:"ManagesVpcEndpoints,name=managesVpcEndpoints"`
	Owner                           *string             `wire:"Owner,name=owner"`
	PayerResponsibility             *string             `wire:"PayerResponsibility,name=payerResponsibility"`
	PrivateDnsName                  *string             `wire:"PrivateDnsName,name=privateDnsName"`
	PrivateDnsNameVerificationState *string             `wire:"PrivateDnsNameVerificationState,name=privateDnsNameVerificationState"`
	PrivateDnsNames                 []PrivateDnsDetails `wire:"PrivateDnsNames,elem=item,name=privateDnsNameSet"`
	ServiceId                       *string             `wire:"ServiceId,name=serviceId"`
	ServiceName                     *string             `wire:"ServiceName,name=serviceName"`
	ServiceRegion                   *string             `wire:"ServiceRegion,name=serviceRegion"`
	ServiceType                     []ServiceTypeDetail `wire:"ServiceType,elem=item,name=serviceType"`
	SupportedIpAddressTypes         []string            `wire:"SupportedIpAddressTypes,elem=item,name=supportedIpAddressTypeSet"`
	Tags                            []Tag               `wire:"Tags,elem=item,name=tagSet"`
	VpcEndpointPolicySupported      *bool               `wire:"VpcEndpointPolicySupported,name=vpcEndpointPolicySupported"`
}

// ServiceTypeDetail is EC2's shape of that name.
type ServiceTypeDetail struct {
	ServiceType *string `wire:"ServiceType,name=serviceType"`
}

// Subnet is EC2's shape of that name.
type Subnet struct {
	AssignIpv6AddressOnCreation   *bool                            `wire:"AssignIpv6AddressOnCreation,name=assignIpv6AddressOnCreation"`
	AvailabilityZone              *string                          `wire:"AvailabilityZone,name=availabilityZone"`
	AvailabilityZoneId            *string                          `wire:"AvailabilityZoneId,name=availabilityZoneId"`
	AvailableIpAddressCount       *int32                           `wire:"AvailableIpAddressCount,name=availableIpAddressCount"`
	BlockPublicAccessStates       *BlockPublicAccessStates         `wire:"BlockPublicAccessStates,name=blockPublicAccessStates"`
	CidrBlock                     *string                          `wire:"CidrBlock,name=cidrBlock"`
	CustomerOwnedIpv4Pool         *string                          `wire:"CustomerOwnedIpv4Pool,name=customerOwnedIpv4Pool"`
	DefaultForAz                  *bool                            `wire:"DefaultForAz,name=defaultForAz"`
	EnableDns64                   *bool                            `wire:"EnableDns64,name=enableDns64"`
	EnableLniAtDeviceIndex        *int32                           `wire:"EnableLniAtDeviceIndex,name=enableLniAtDeviceIndex"`
	Ipv6CidrBlockAssociationSet   []SubnetIpv6CidrBlockAssociation `wire:"Ipv6CidrBlockAssociationSet,elem=item,name=ipv6CidrBlockAssociationSet"`
	Ipv6Native                    *bool                            `wire:"Ipv6Native,name=ipv6Native"`
	MapCustomerOwnedIpOnLaunch    *bool                            `wire:"MapCustomerOwnedIpOnLaunch,name=mapCustomerOwnedIpOnLaunch"`
	MapPublicIpOnLaunch           *bool                            `wire:"MapPublicIpOnLaunch,name=mapPublicIpOnLaunch"`
	OutpostArn                    *string                          `wire:"OutpostArn,name=outpostArn"`
	OwnerId                       *string                          `wire:"OwnerId,name=ownerId"`
	PrivateDnsNameOptionsOnLaunch *PrivateDnsNameOptionsOnLaunch   `wire:"PrivateDnsNameOptionsOnLaunch,name=privateDnsNameOptionsOnLaunch"`
	State                         *string                          `wire:"State,name=state"`
	SubnetArn                     *string                          `wire:"SubnetArn,name=subnetArn"`
	SubnetId                      *string                          `wire:"SubnetId,name=subnetId"`
	Tags                          []Tag                            `wire:"Tags,elem=item,name=tagSet"`
	Type                          *string                          `wire:"Type,name=type"`
	VpcId                         *string                          `wire:"VpcId,name=vpcId"`
}

// SubnetCidrBlockState is EC2's shape of that name.
type SubnetCidrBlockState struct {
	State         *string `wire:"State,name=state"`
	StatusMessage *string `wire:"StatusMessage,name=statusMessage"`
}

// SubnetConfiguration is EC2's shape of that name.
type SubnetConfiguration struct {
	Ipv4     *string `wire:"Ipv4"`
	Ipv6     *string `wire:"Ipv6"`
	SubnetId *string `wire:"SubnetId"`
}

// SubnetIpPrefixes is EC2's shape of that name.
type SubnetIpPrefixes struct {
	IpPrefixes []string `wire:"IpPrefixes,elem=item,name=ipPrefixSet"`
	SubnetId   *string  `wire:"SubnetId,name=subnetId"`
}

// SubnetIpv6CidrBlockAssociation is EC2's shape of that name.
type SubnetIpv6CidrBlockAssociation struct {
	AssociationId        *string               `wire:"AssociationId,name=associationId"`
	IpSource             *string               `wire:"IpSource,name=ipSource"`
	Ipv6AddressAttribute *string               `wire:"Ipv6AddressAttribute,name=ipv6AddressAttribute"`
	Ipv6CidrBlock        *string               `wire:"Ipv6CidrBlock,name=ipv6CidrBlock"`
	Ipv6CidrBlockState   *SubnetCidrBlockState `wire:"Ipv6CidrBlockState,name=ipv6CidrBlockState"`
}

// SupportedRegionDetail is EC2's shape of that name.
type SupportedRegionDetail struct {
	Region       *string `wire:"Region,name=region"`
	ServiceState *string `wire:"ServiceState,name=serviceState"`
}

// Tag is EC2's shape of that name.
type Tag struct {
	Key   *string `wire:"Key,name=key"`
	Value *string `wire:"Value,name=value"`
}

// TagSpecification is EC2's shape of that name.
type TagSpecification struct {
	ResourceType *string `wire:"ResourceType,name=resourceType"`
	Tags         []Tag   `wire:"Tags,elem=item,name=Tag"`
}

// UnsuccessfulItem is EC2's shape of that name.
type UnsuccessfulItem struct {
	Error      *UnsuccessfulItemError `wire:"Error,name=error"`
	ResourceId *string                `wire:"ResourceId,name=resourceId"`
}

// UnsuccessfulItemError is EC2's shape of that name.
type UnsuccessfulItemError struct {
	Code    *string `wire:"Code,name=code"`
	Message *string `wire:"Message,name=message"`
}

// UpdateSecurityGroupRuleDescriptionsEgressRequest is EC2's shape of that name.
type UpdateSecurityGroupRuleDescriptionsEgressRequest struct {
	DryRun                        *bool                          `wire:"DryRun"`
	GroupId                       *string                        `wire:"GroupId"`
	GroupName                     *string                        `wire:"GroupName"`
	IpPermissions                 []IpPermission                 `wire:"IpPermissions,elem=item"`
	SecurityGroupRuleDescriptions []SecurityGroupRuleDescription `wire:"SecurityGroupRuleDescriptions,elem=item,name=SecurityGroupRuleDescription"`
}

// UpdateSecurityGroupRuleDescriptionsEgressResult is EC2's shape of that name.
type UpdateSecurityGroupRuleDescriptionsEgressResult struct {
	Return *bool `wire:"Return,name=return"`
}

// UpdateSecurityGroupRuleDescriptionsIngressRequest is EC2's shape of that name.
type UpdateSecurityGroupRuleDescriptionsIngressRequest struct {
	DryRun                        *bool                          `wire:"DryRun"`
	GroupId                       *string                        `wire:"GroupId"`
	GroupName                     *string                        `wire:"GroupName"`
	IpPermissions                 []IpPermission                 `wire:"IpPermissions,elem=item"`
	SecurityGroupRuleDescriptions []SecurityGroupRuleDescription `wire:"SecurityGroupRuleDescriptions,elem=item,name=SecurityGroupRuleDescription"`
}

// UpdateSecurityGroupRuleDescriptionsIngressResult is EC2's shape of that name.
type UpdateSecurityGroupRuleDescriptionsIngressResult struct {
	Return *bool `wire:"Return,name=return"`
}

// UserIdGroupPair is EC2's shape of that name.
type UserIdGroupPair struct {
	Description            *string `wire:"Description,name=description"`
	GroupId                *string `wire:"GroupId,name=groupId"`
	GroupName              *string `wire:"GroupName,name=groupName"`
	PeeringStatus          *string `wire:"PeeringStatus,name=peeringStatus"`
	UserId                 *string `wire:"UserId,name=userId"`
	VpcId                  *string `wire:"VpcId,name=vpcId"`
	VpcPeeringConnectionId *string `wire:"VpcPeeringConnectionId,name=vpcPeeringConnectionId"`
}

// Vpc is EC2's shape of that name.
type Vpc struct {
	BlockPublicAccessStates     *BlockPublicAccessStates      `wire:"BlockPublicAccessStates,name=blockPublicAccessStates"`
	CidrBlock                   *string                       `wire:"CidrBlock,name=cidrBlock"`
	CidrBlockAssociationSet     []VpcCidrBlockAssociation     `wire:"CidrBlockAssociationSet,elem=item,name=cidrBlockAssociationSet"`
	DhcpOptionsId               *string                       `wire:"DhcpOptionsId,name=dhcpOptionsId"`
	EncryptionControl           *VpcEncryptionControl         `wire:"EncryptionControl,name=encryptionControl"`
	InstanceTenancy             *string                       `wire:"InstanceTenancy,name=instanceTenancy"`
	Ipv6CidrBlockAssociationSet []VpcIpv6CidrBlockAssociation `wire:"Ipv6CidrBlockAssociationSet,elem=item,name=ipv6CidrBlockAssociationSet"`
	IsDefault                   *bool                         `wire:"IsDefault,name=isDefault"`
	OwnerId                     *string                       `wire:"OwnerId,name=ownerId"`
	State                       *string                       `wire:"State,name=state"`
	Tags                        []Tag                         `wire:"Tags,elem=item,name=tagSet"`
	VpcId                       *string                       `wire:"VpcId,name=vpcId"`
}

// VpcCidrBlockAssociation is EC2's shape of that name.
type VpcCidrBlockAssociation struct {
	AssociationId  *string            `wire:"AssociationId,name=associationId"`
	CidrBlock      *string            `wire:"CidrBlock,name=cidrBlock"`
	CidrBlockState *VpcCidrBlockState `wire:"CidrBlockState,name=cidrBlockState"`
}

// VpcCidrBlockState is EC2's shape of that name.
type VpcCidrBlockState struct {
	State         *string `wire:"State,name=state"`
	StatusMessage *string `wire:"StatusMessage,name=statusMessage"`
}

// VpcEncryptionControl is EC2's shape of that name.
type VpcEncryptionControl struct {
	Mode                   *string                         `wire:"Mode,name=mode"`
	ResourceExclusions     *VpcEncryptionControlExclusions `wire:"ResourceExclusions,name=resourceExclusions"`
	State                  *string                         `wire:"State,name=state"`
	StateMessage           *string                         `wire:"StateMessage,name=stateMessage"`
	Tags                   []Tag                           `wire:"Tags,elem=item,name=tagSet"`
	VpcEncryptionControlId *string                         `wire:"VpcEncryptionControlId,name=vpcEncryptionControlId"`
	VpcId                  *string                         `wire:"VpcId,name=vpcId"`
}

// VpcEncryptionControlConfiguration is EC2's shape of that name.
type VpcEncryptionControlConfiguration struct {
	EgressOnlyInternetGatewayExclusion *string `wire:"EgressOnlyInternetGatewayExclusion"`
	ElasticFileSystemExclusion         *string `wire:"ElasticFileSystemExclusion"`
	InternetGatewayExclusion           *string `wire:"InternetGatewayExclusion"`
	LambdaExclusion                    *string `wire:"LambdaExclusion"`
	Mode                               *string `wire:"Mode,req"`
	NatGatewayExclusion                *string `wire:"NatGatewayExclusion"`
	VirtualPrivateGatewayExclusion     *string `wire:"VirtualPrivateGatewayExclusion"`
	VpcLatticeExclusion                *string `wire:"VpcLatticeExclusion"`
	VpcPeeringExclusion                *string `wire:"VpcPeeringExclusion"`
}

// VpcEncryptionControlExclusion is EC2's shape of that name.
type VpcEncryptionControlExclusion struct {
	State        *string `wire:"State,name=state"`
	StateMessage *string `wire:"StateMessage,name=stateMessage"`
}

// VpcEncryptionControlExclusions is EC2's shape of that name.
type VpcEncryptionControlExclusions struct {
	EgressOnlyInternetGateway *VpcEncryptionControlExclusion `wire:"EgressOnlyInternetGateway,name=egressOnlyInternetGateway"`
	ElasticFileSystem         *VpcEncryptionControlExclusion `wire:"ElasticFileSystem,name=elasticFileSystem"`
	InternetGateway           *VpcEncryptionControlExclusion `wire:"InternetGateway,name=internetGateway"`
	Lambda                    *VpcEncryptionControlExclusion `wire:"Lambda,name=lambda"`
	NatGateway                *VpcEncryptionControlExclusion `wire:"NatGateway,name=natGateway"`
	VirtualPrivateGateway     *VpcEncryptionControlExclusion `wire:"VirtualPrivateGateway,name=virtualPrivateGateway"`
	VpcLattice                *VpcEncryptionControlExclusion `wire:"VpcLattice,name=vpcLattice"`
	VpcPeering                *VpcEncryptionControlExclusion `wire:"VpcPeering,name=vpcPeering"`
}

// VpcEndpoint is EC2's shape of that name.
type VpcEndpoint struct {
	CreationTimestamp        *time.Time                `wire:"CreationTimestamp,name=creationTimestamp"`
	DnsEntries               []DnsEntry                `wire:"DnsEntries,elem=item,name=dnsEntrySet"`
	DnsOptions               *DnsOptions               `wire:"DnsOptions,name=dnsOptions"`
	FailureReason            *string                   `wire:"FailureReason,name=failureReason"`
	Groups                   []SecurityGroupIdentifier `wire:"Groups,elem=item,name=groupSet"`
	IpAddressType            *string                   `wire:"IpAddressType,name=ipAddressType"`
	Ipv4Prefixes             []SubnetIpPrefixes        `wire:"Ipv4Prefixes,elem=item,name=ipv4PrefixSet"`
	Ipv6Prefixes             []SubnetIpPrefixes        `wire:"Ipv6Prefixes,elem=item,name=ipv6PrefixSet"`
	LastError                *LastError                `wire:"LastError,name=lastError"`
	NetworkInterfaceIds      []string                  `wire:"NetworkInterfaceIds,elem=item,name=networkInterfaceIdSet"`
	OwnerId                  *string                   `wire:"OwnerId,name=ownerId"`
	PolicyDocument           *string                   `wire:"PolicyDocument,name=policyDocument"`
	PrivateDnsEnabled        *bool                     `wire:"PrivateDnsEnabled,name=privateDnsEnabled"`
	RequesterManaged         *bool                     `wire:"RequesterManaged,name=requesterManaged"`
	ResourceConfigurationArn *string                   `wire:"ResourceConfigurationArn,name=resourceConfigurationArn"`
	RouteTableIds            []string                  `wire:"RouteTableIds,elem=item,name=routeTableIdSet"`
	ServiceName              *string                   `wire:"ServiceName,name=serviceName"`
	ServiceNetworkArn        *string                   `wire:"ServiceNetworkArn,name=serviceNetworkArn"`
	ServiceRegion            *string                   `wire:"ServiceRegion,name=serviceRegion"`
	State                    *string                   `wire:"State,name=state"`
	SubnetIds                []string                  `wire:"SubnetIds,elem=item,name=subnetIdSet"`
	Tags                     []Tag                     `wire:"Tags,elem=item,name=tagSet"`
	VpcEndpointId            *string                   `wire:"VpcEndpointId,name=vpcEndpointId"`
	VpcEndpointType          *string                   `wire:"VpcEndpointType,name=vpcEndpointType"`
	VpcId                    *string                   `wire:"VpcId,name=vpcId"`
}

// VpcEndpointConnection is EC2's shape of that name.
type VpcEndpointConnection struct {
	CreationTimestamp       *time.Time `wire:"CreationTimestamp,name=creationTimestamp"`
	DnsEntries              []DnsEntry `wire:"DnsEntries,elem=item,name=dnsEntrySet"`
	GatewayLoadBalancerArns []string   `wire:"GatewayLoadBalancerArns,elem=item,name=gatewayLoadBalancerArnSet"`
	IpAddressType           *string    `wire:"IpAddressType,name=ipAddressType"`
	NetworkLoadBalancerArns []string   `wire:"NetworkLoadBalancerArns,elem=item,name=networkLoadBalancerArnSet"`
	ServiceId               *string    `wire:"ServiceId,name=serviceId"`
	Tags                    []Tag      `wire:"Tags,elem=item,name=tagSet"`
	VpcEndpointConnectionId *string    `wire:"VpcEndpointConnectionId,name=vpcEndpointConnectionId"`
	VpcEndpointId           *string    `wire:"VpcEndpointId,name=vpcEndpointId"`
	VpcEndpointOwner        *string    `wire:"VpcEndpointOwner,name=vpcEndpointOwner"`
	VpcEndpointRegion       *string    `wire:"VpcEndpointRegion,name=vpcEndpointRegion"`
	VpcEndpointState        *string    `wire:"VpcEndpointState,name=vpcEndpointState"`
}

// VpcIpv6CidrBlockAssociation is EC2's shape of that name.
type VpcIpv6CidrBlockAssociation struct {
	AssociationId        *string            `wire:"AssociationId,name=associationId"`
	IpSource             *string            `wire:"IpSource,name=ipSource"`
	Ipv6AddressAttribute *string            `wire:"Ipv6AddressAttribute,name=ipv6AddressAttribute"`
	Ipv6CidrBlock        *string            `wire:"Ipv6CidrBlock,name=ipv6CidrBlock"`
	Ipv6CidrBlockState   *VpcCidrBlockState `wire:"Ipv6CidrBlockState,name=ipv6CidrBlockState"`
	Ipv6Pool             *string            `wire:"Ipv6Pool,name=ipv6Pool"`
	NetworkBorderGroup   *string            `wire:"NetworkBorderGroup,name=networkBorderGroup"`
}

// VpcPeeringConnection is EC2's shape of that name.
type VpcPeeringConnection struct {
	AccepterVpcInfo        *VpcPeeringConnectionVpcInfo     `wire:"AccepterVpcInfo,name=accepterVpcInfo"`
	ExpirationTime         *time.Time                       `wire:"ExpirationTime,name=expirationTime"`
	RequesterVpcInfo       *VpcPeeringConnectionVpcInfo     `wire:"RequesterVpcInfo,name=requesterVpcInfo"`
	Status                 *VpcPeeringConnectionStateReason `wire:"Status,name=status"`
	Tags                   []Tag                            `wire:"Tags,elem=item,name=tagSet"`
	VpcPeeringConnectionId *string                          `wire:"VpcPeeringConnectionId,name=vpcPeeringConnectionId"`
}

// VpcPeeringConnectionOptionsDescription is EC2's shape of that name.
type VpcPeeringConnectionOptionsDescription struct {
	AllowDnsResolutionFromRemoteVpc            *bool `wire:"AllowDnsResolutionFromRemoteVpc,name=allowDnsResolutionFromRemoteVpc"`
	AllowEgressFromLocalClassicLinkToRemoteVpc *bool `wire:"AllowEgressFromLocalClassicLinkToRemoteVpc,name=allowEgressFromLocalClassicLinkToRemoteVpc"`
	AllowEgressFromLocalVpcToRemoteClassicLink *bool `wire:"AllowEgressFromLocalVpcToRemoteClassicLink,name=allowEgressFromLocalVpcToRemoteClassicLink"`
}

// VpcPeeringConnectionStateReason is EC2's shape of that name.
type VpcPeeringConnectionStateReason struct {
	Code    *string `wire:"Code,name=code"`
	Message *string `wire:"Message,name=message"`
}

// VpcPeeringConnectionVpcInfo is EC2's shape of that name.
type VpcPeeringConnectionVpcInfo struct {
	CidrBlock        *string                                 `wire:"CidrBlock,name=cidrBlock"`
	CidrBlockSet     []CidrBlock                             `wire:"CidrBlockSet,elem=item,name=cidrBlockSet"`
	Ipv6CidrBlockSet []Ipv6CidrBlock                         `wire:"Ipv6CidrBlockSet,elem=item,name=ipv6CidrBlockSet"`
	OwnerId          *string                                 `wire:"OwnerId,name=ownerId"`
	PeeringOptions   *VpcPeeringConnectionOptionsDescription `wire:"PeeringOptions,name=peeringOptions"`
	Region           *string                                 `wire:"Region,name=region"`
	VpcId            *string                                 `wire:"VpcId,name=vpcId"`
}
