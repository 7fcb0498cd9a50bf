package awsapi

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// Access is the view of one account and region for finding how clients reach
// its clusters. It has calls of its own, so that a program without it does not
// hold them.
type Access struct {
	*Scope
	describeServices  op[ec2.DescribeVpcEndpointServiceConfigurationsInput, ec2.DescribeVpcEndpointServiceConfigurationsOutput, ec2.Options]
	describeEndpoints op[ec2.DescribeVpcEndpointsInput, ec2.DescribeVpcEndpointsOutput, ec2.Options]
}

// Access returns the view of a scope. It makes no call.
func (c *Cloud) Access(s ScopeConfig) *Access {
	cfg := c.cfg.Copy()
	cfg.Region, cfg.Credentials = string(s.Region), c.credentials(s)
	cfg.APIOptions = append(cfg.APIOptions, c.attempts(cmp.Or(string(s.Account), s.RoleARN), s.Region))
	net := ec2.NewFromConfig(cfg)
	return &Access{Scope: c.Scope(s), describeServices: net.DescribeVpcEndpointServiceConfigurations, describeEndpoints: net.DescribeVpcEndpoints}
}

// ServiceNames returns the names of the region's endpoint services, sorted, by
// the ARNs of the load balancers that they offer.
func (a *Access) ServiceNames(ctx context.Context) (map[string][]string, error) {
	p := purpose{verb: "list endpoint services in " + a.String(), action: "ec2:DescribeVpcEndpointServiceConfigurations"}
	out := map[string][]string{}
	err := pages(p, func(token *string) (*string, error) {
		page, err := do(ctx, a.Scope, p, a.describeServices, &ec2.DescribeVpcEndpointServiceConfigurationsInput{NextToken: token})
		if err != nil {
			return nil, err
		}
		for _, v := range page.ServiceConfigurations {
			name := aws.ToString(v.ServiceName)
			if name == "" {
				return nil, badAnswer(p.verb, "service %q without a name", aws.ToString(v.ServiceId))
			}
			for _, arn := range v.NetworkLoadBalancerArns {
				out[arn] = append(out[arn], name)
			}
		}
		return page.NextToken, nil
	})
	if err != nil {
		return nil, err
	}
	for _, names := range out {
		slices.Sort(names)
	}
	return out, nil
}

// Endpoint is an interface endpoint as a client reaches it.
type Endpoint struct {
	ID      string // vpce-...
	Service string // com.amazonaws.vpce....
	State   string // available, pendingAcceptance, ...
	Host    string // its name for all its zones; empty: it has none yet
}

// Endpoints returns the region's interface endpoints, in order of their IDs.
func (a *Access) Endpoints(ctx context.Context) ([]Endpoint, error) {
	p := purpose{verb: "list interface endpoints in " + a.String(), action: "ec2:DescribeVpcEndpoints"}
	var out []Endpoint
	err := pages(p, func(token *string) (*string, error) {
		page, err := do(ctx, a.Scope, p, a.describeEndpoints, &ec2.DescribeVpcEndpointsInput{
			Filters: []ec2types.Filter{{Name: aws.String("vpc-endpoint-type"), Values: []string{"Interface"}}}, NextToken: token,
		})
		if err != nil {
			return nil, err
		}
		for _, v := range page.VpcEndpoints {
			e := Endpoint{ID: aws.ToString(v.VpcEndpointId), Service: aws.ToString(v.ServiceName), State: string(v.State)}
			if e.Host = endpointName(e.ID, v.DnsEntries); e.Host != "" && !isHostName(e.Host) {
				return nil, badAnswer(p.verb, "endpoint %s: name %q", e.ID, e.Host)
			}
			out = append(out, e)
		}
		return page.NextToken, nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b Endpoint) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

// endpointName returns, of an endpoint's names, the one for all its zones: of
// those that begin with its ID the shortest, since a zone's has the zone's name
// in it besides. Source: VPC PrivateLink guide, access AWS services: endpoint
// DNS names.
func endpointName(id string, entries []ec2types.DnsEntry) string {
	best := ""
	for _, d := range entries {
		name := strings.ToLower(strings.TrimSuffix(aws.ToString(d.DnsName), "."))
		if strings.HasPrefix(name, id+"-") && (best == "" || len(name) < len(best)) {
			best = name
		}
	}
	return best
}
