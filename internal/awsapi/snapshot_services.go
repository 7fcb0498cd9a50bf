package awsapi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// connection is a connection with the service that it is of.
type connection struct {
	service string
	fleet.Connection
}

// listServices lists a scope's endpoint services with their connections.
func (s *site) listServices(ctx context.Context) {
	p := &s.place
	if s.spoke == nil {
		p.Services = failed[fleet.Service](s.spokeFault)
		return
	}
	var all fleet.Listing[connection]
	together(
		func() { p.Services = s.spoke.services(ctx, p.Account) },
		func() { all = s.spoke.connectionsOfAll(ctx) },
	)
	byService := map[string][]fleet.Connection{}
	for _, c := range all.Items {
		byService[c.service] = append(byService[c.service], c.Connection)
	}
	for i := range p.Services.Items {
		v := &p.Services.Items[i]
		v.Connections = fleet.Listing[fleet.Connection]{Asked: true, Items: byService[v.ID], Fault: all.Fault}
	}
}

func (v *view) services(ctx context.Context, owner plan.AccountID) fleet.Listing[fleet.Service] {
	return listed(ctx, v, v.in("endpoint services", "ec2:DescribeVpcEndpointServiceConfigurations"), v.calls.describeServices, func(x fleet.Service) string { return x.ID },
		func(token *string) *ec2.DescribeVpcEndpointServiceConfigurationsInput {
			return &ec2.DescribeVpcEndpointServiceConfigurationsInput{MaxResults: aws.Int32(ec2PerPage), NextToken: token}
		},
		func(out *ec2.DescribeVpcEndpointServiceConfigurationsOutput) ([]fleet.Service, *string, error) {
			items, err := each(out.ServiceConfigurations, func(in ec2types.ServiceConfiguration) (fleet.Service, error) {
				return readService(in, owner, v.cfg.Region)
			})
			return items, out.NextToken, err
		})
}

func readService(in ec2types.ServiceConfiguration, owner plan.AccountID, region plan.Region) (fleet.Service, error) {
	out := fleet.Service{
		ID: aws.ToString(in.ServiceId), Name: aws.ToString(in.ServiceName), Account: owner, Region: region, State: string(in.ServiceState),
		Balancers: slices.Sorted(slices.Values(in.NetworkLoadBalancerArns)), Zones: slices.Sorted(slices.Values(in.AvailabilityZones)),
		ZoneIDs: slices.Sorted(slices.Values(in.AvailabilityZoneIds)), Acceptance: aws.ToBool(in.AcceptanceRequired), Tags: ec2Tags(in.Tags),
	}
	if out.ID == "" || out.Name == "" || out.State == "" {
		return out, fmt.Errorf("endpoint service %q without an ID, a name or a state", out.ID)
	}
	for _, r := range in.SupportedRegions {
		out.SupportedRegions = append(out.SupportedRegions, plan.Region(aws.ToString(r.Region)))
	}
	slices.Sort(out.SupportedRegions)
	return out, nil
}

// connectionsOfAll lists the connections of all services: one listing for the
// region.
func (v *view) connectionsOfAll(ctx context.Context) fleet.Listing[connection] {
	key := func(c connection) string { return c.service + " " + c.Endpoint }
	return listed(ctx, v, v.in("endpoint connections", "ec2:DescribeVpcEndpointConnections"), v.calls.describeConnections, key,
		func(token *string) *ec2.DescribeVpcEndpointConnectionsInput {
			return &ec2.DescribeVpcEndpointConnectionsInput{MaxResults: aws.Int32(ec2PerPage), NextToken: token}
		},
		func(out *ec2.DescribeVpcEndpointConnectionsOutput) ([]connection, *string, error) {
			items, err := each(out.VpcEndpointConnections, func(in ec2types.VpcEndpointConnection) (connection, error) {
				c := connection{aws.ToString(in.ServiceId), fleet.Connection{
					Endpoint: aws.ToString(in.VpcEndpointId), Owner: plan.AccountID(aws.ToString(in.VpcEndpointOwner)),
					Region: plan.Region(aws.ToString(in.VpcEndpointRegion)), State: lower(in.VpcEndpointState),
				}}
				if c.Region == "" {
					c.Region = v.cfg.Region
				}
				if c.service == "" || c.Endpoint == "" || c.State == "" {
					return c, fmt.Errorf("connection of endpoint %q without a service, an endpoint or a state", c.Endpoint)
				}
				return c, nil
			})
			return items, out.NextToken, err
		})
}

// askPrincipals asks who may connect to the services of asked links: to all of
// them for a deep snapshot, and otherwise to those that nobody is connected to.
func (s *site) askPrincipals(ctx context.Context) {
	wanted := map[string]bool{}
	for i := range s.place.Links.Items {
		l := &s.place.Links.Items[i] // others fill in its targets meanwhile
		if l.Balancer != nil && s.wants(l.Ref.Name) {
			wanted[l.Balancer.ARN] = true
		}
	}
	var jobs []func()
	for i := range s.place.Services.Items {
		v := &s.place.Services.Items[i]
		connected := slices.ContainsFunc(v.Connections.Items, func(c fleet.Connection) bool { return c.State == "available" })
		if slices.ContainsFunc(v.Balancers, func(arn string) bool { return wanted[arn] }) && (s.ask.Deep || !connected) {
			jobs = append(jobs, func() { v.Principals = s.spoke.principals(ctx, v.ID) })
		}
	}
	inTurn(jobs)
}

// principals lists the ARNs that may connect to a service.
func (v *view) principals(ctx context.Context, service string) fleet.Listing[string] {
	p := purpose{verb: "list who may connect to " + service + " in " + v.String(), action: "ec2:DescribeVpcEndpointServicePermissions"}
	return listed(ctx, v, p, v.calls.describePermissions, func(s string) string { return s },
		func(token *string) *ec2.DescribeVpcEndpointServicePermissionsInput {
			return &ec2.DescribeVpcEndpointServicePermissionsInput{ServiceId: &service, MaxResults: aws.Int32(ec2PerPage), NextToken: token}
		},
		func(out *ec2.DescribeVpcEndpointServicePermissionsOutput) ([]string, *string, error) {
			items, err := each(out.AllowedPrincipals, func(in ec2types.AllowedPrincipal) (string, error) {
				if aws.ToString(in.Principal) == "" {
					return "", fmt.Errorf("a principal without a name")
				}
				return *in.Principal, nil
			})
			return items, out.NextToken, err
		})
}

// isLinkService reports whether a service's name is that of somebody's endpoint
// service, and not of AWS's own.
// Source: PrivateLink guide, share your services: com.amazonaws.vpce.REGION.vpce-svc-ID.
func isLinkService(name string) bool { return strings.Contains(name, ".vpce-svc-") }
