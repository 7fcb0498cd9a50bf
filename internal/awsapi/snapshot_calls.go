package awsapi

import (
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/route53"
)

// ec2Op is a call of EC2, the service with most of a snapshot's.
type ec2Op[In, Out any] = op[In, Out, ec2.Options]

// zoneOp is a call of Route 53.
type zoneOp[In, Out any] = op[In, Out, route53.Options]

// fleetCalls are the calls that a snapshot makes besides a Scope's. They are
// apart, so that a program without snapshots does not hold them.
type fleetCalls struct {
	listClusters op[eks.ListClustersInput, eks.ListClustersOutput, eks.Options]

	describeListeners             elbOp[elbv2.DescribeListenersInput, elbv2.DescribeListenersOutput]
	describeLoadBalancerAttribute elbOp[elbv2.DescribeLoadBalancerAttributesInput, elbv2.DescribeLoadBalancerAttributesOutput]
	describeTargetGroupAttribute  elbOp[elbv2.DescribeTargetGroupAttributesInput, elbv2.DescribeTargetGroupAttributesOutput]

	describeSubnets        ec2Op[ec2.DescribeSubnetsInput, ec2.DescribeSubnetsOutput]
	describeRouteTables    ec2Op[ec2.DescribeRouteTablesInput, ec2.DescribeRouteTablesOutput]
	describeSecurityGroups ec2Op[ec2.DescribeSecurityGroupsInput, ec2.DescribeSecurityGroupsOutput]
	describeNetworkACLs    ec2Op[ec2.DescribeNetworkAclsInput, ec2.DescribeNetworkAclsOutput]
	describePeerings       ec2Op[ec2.DescribeVpcPeeringConnectionsInput, ec2.DescribeVpcPeeringConnectionsOutput]
	describeEndpoints      ec2Op[ec2.DescribeVpcEndpointsInput, ec2.DescribeVpcEndpointsOutput]
	describeServices       ec2Op[ec2.DescribeVpcEndpointServiceConfigurationsInput, ec2.DescribeVpcEndpointServiceConfigurationsOutput]
	describeConnections    ec2Op[ec2.DescribeVpcEndpointConnectionsInput, ec2.DescribeVpcEndpointConnectionsOutput]
	describePermissions    ec2Op[ec2.DescribeVpcEndpointServicePermissionsInput, ec2.DescribeVpcEndpointServicePermissionsOutput]
	describeVpcAttribute   ec2Op[ec2.DescribeVpcAttributeInput, ec2.DescribeVpcAttributeOutput]

	listZones   zoneOp[route53.ListHostedZonesInput, route53.ListHostedZonesOutput]
	zonesByVPC  zoneOp[route53.ListHostedZonesByVPCInput, route53.ListHostedZonesByVPCOutput]
	getZone     zoneOp[route53.GetHostedZoneInput, route53.GetHostedZoneOutput]
	listRecords zoneOp[route53.ListResourceRecordSetsInput, route53.ListResourceRecordSetsOutput]
}

// view is the view that a snapshot has of one account and region.
type view struct {
	*Scope
	calls fleetCalls
}

// view makes no call.
func (c *Cloud) view(s ScopeConfig) *view {
	cfg, _ := c.configs(s)
	net, lb, zones := ec2.NewFromConfig(cfg), elbv2.NewFromConfig(cfg), route53.NewFromConfig(cfg)
	return &view{c.Scope(s), fleetCalls{
		listClusters:                  eks.NewFromConfig(cfg).ListClusters,
		describeListeners:             lb.DescribeListeners,
		describeLoadBalancerAttribute: lb.DescribeLoadBalancerAttributes,
		describeTargetGroupAttribute:  lb.DescribeTargetGroupAttributes,
		describeSubnets:               net.DescribeSubnets,
		describeRouteTables:           net.DescribeRouteTables,
		describeSecurityGroups:        net.DescribeSecurityGroups,
		describeNetworkACLs:           net.DescribeNetworkAcls,
		describePeerings:              net.DescribeVpcPeeringConnections,
		describeEndpoints:             net.DescribeVpcEndpoints,
		describeServices:              net.DescribeVpcEndpointServiceConfigurations,
		describeConnections:           net.DescribeVpcEndpointConnections,
		describePermissions:           net.DescribeVpcEndpointServicePermissions,
		describeVpcAttribute:          net.DescribeVpcAttribute,
		listZones:                     zones.ListHostedZones,
		zonesByVPC:                    zones.ListHostedZonesByVPC,
		getZone:                       zones.GetHostedZone,
		listRecords:                   zones.ListResourceRecordSets,
	}}
}
