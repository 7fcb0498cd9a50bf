package awsapi

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"postern/internal/plan"
)

// Services is the view of the endpoint services of one account and region. It
// has calls of its own, so that a program without it does not hold them.
type Services struct {
	scope    *Scope
	describe op[ec2.DescribeVpcEndpointServiceConfigurationsInput, ec2.DescribeVpcEndpointServiceConfigurationsOutput, ec2.Options]
	list     op[ec2.DescribeVpcEndpointConnectionsInput, ec2.DescribeVpcEndpointConnectionsOutput, ec2.Options]
	reject   op[ec2.RejectVpcEndpointConnectionsInput, ec2.RejectVpcEndpointConnectionsOutput, ec2.Options]
}

// A Service is the endpoint service of a cluster's link.
type Service struct {
	Cluster plan.Ref
	ID      string // vpce-svc-...
	Name    string // com.amazonaws.vpce....
}

// A Connection is an interface endpoint that is or was connected to a service.
type Connection struct {
	Endpoint string // vpce-...
	Owner    plan.AccountID
	Region   string // empty: the service's
	State    string // available, pendingAcceptance, pending, rejected, ...
}

// Holds reports whether the connection keeps its service from being deleted.
// Source: EC2 API reference, DeleteVpcEndpointServiceConfigurations.
func (c Connection) Holds() bool {
	return slices.Contains([]string{"available", "pendingAcceptance", "pending"}, c.State)
}

// Services returns the view of a scope's endpoint services. It makes no call.
func (c *Cloud) Services(s ScopeConfig) *Services {
	cfg, _ := c.configs(s)
	net := ec2.NewFromConfig(cfg)
	return &Services{scope: c.Scope(s), describe: net.DescribeVpcEndpointServiceConfigurations, list: net.DescribeVpcEndpointConnections, reject: net.RejectVpcEndpointConnections}
}

// Find returns the links of clusters that fit the pattern, in order: those whose
// load balancer an endpoint service offers, and, without ID, those that none does.
func (s *Services) Find(ctx context.Context, asked plan.Pattern, clusterTag string) ([]Service, error) {
	account, err := s.scope.Account(ctx)
	if err != nil {
		return nil, err
	}
	candidates, err := s.scope.Candidates(ctx, clusterTag)
	if err != nil {
		return nil, err
	}
	balancers := map[string]plan.Ref{}
	found := map[plan.Ref]Service{}
	for _, c := range candidates {
		ref := plan.Ref{Account: account, Region: s.scope.cfg.Region, Name: c.Cluster}
		if c.Gone || !asked.Matches(ref) {
			continue
		}
		found[ref] = Service{Cluster: ref}
		for _, lb := range c.Group.LoadBalancers {
			balancers[lb.ARN] = ref
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	p := purpose{verb: "list endpoint services in " + s.scope.String(), action: "ec2:DescribeVpcEndpointServiceConfigurations"}
	var out []Service
	err = pages(p, func(token *string) (*string, error) {
		page, err := do(ctx, s.scope, p, s.describe, &ec2.DescribeVpcEndpointServiceConfigurationsInput{NextToken: token})
		if err != nil {
			return nil, err
		}
		for _, v := range page.ServiceConfigurations {
			for _, arn := range v.NetworkLoadBalancerArns {
				if ref, ok := balancers[arn]; ok {
					delete(found, ref)
					out = append(out, Service{Cluster: ref, ID: aws.ToString(v.ServiceId), Name: aws.ToString(v.ServiceName)})
					break
				}
			}
		}
		return page.NextToken, nil
	})
	if err != nil {
		return nil, err
	}
	for _, bare := range found {
		out = append(out, bare)
	}
	slices.SortFunc(out, func(a, b Service) int {
		return cmp.Or(cmp.Compare(a.Cluster.String(), b.Cluster.String()), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// Connections returns a service's connections, in order of their endpoints.
func (s *Services) Connections(ctx context.Context, service string) ([]Connection, error) {
	p := purpose{verb: "list connections of " + service, action: "ec2:DescribeVpcEndpointConnections"}
	var out []Connection
	err := pages(p, func(token *string) (*string, error) {
		page, err := do(ctx, s.scope, p, s.list, &ec2.DescribeVpcEndpointConnectionsInput{
			Filters: []ec2types.Filter{{Name: aws.String("service-id"), Values: []string{service}}}, NextToken: token,
		})
		if err != nil {
			return nil, err
		}
		for _, c := range page.VpcEndpointConnections {
			out = append(out, Connection{
				Endpoint: aws.ToString(c.VpcEndpointId), Owner: plan.AccountID(aws.ToString(c.VpcEndpointOwner)), Region: aws.ToString(c.VpcEndpointRegion), State: string(c.VpcEndpointState),
			})
		}
		return page.NextToken, nil
	})
	slices.SortFunc(out, func(a, b Connection) int { return cmp.Compare(a.Endpoint, b.Endpoint) })
	return out, err
}

// Reject rejects connections of a service. Those that EC2 would not reject are
// in the error; the others are rejected all the same.
func (s *Services) Reject(ctx context.Context, service string, endpoints []string) error {
	p := purpose{verb: "reject connections of " + service, action: "ec2:RejectVpcEndpointConnections"}
	out, err := do(ctx, s.scope, p, s.reject, &ec2.RejectVpcEndpointConnectionsInput{ServiceId: &service, VpcEndpointIds: endpoints})
	if err != nil {
		return err
	}
	if len(out.Unsuccessful) == 0 {
		return nil
	}
	first, why := out.Unsuccessful[0], "no reason given"
	if first.Error != nil {
		why = aws.ToString(first.Error.Code) + ": " + aws.ToString(first.Error.Message)
	}
	return &plan.Fault{Code: plan.AWSError, Message: "reject " + aws.ToString(first.ResourceId), Err: errors.New(why), Hint: "its state may have changed meanwhile: run it again"}
}
