package awsapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// op is one call of an SDK client, as its method value.
type op[In, Out, Opt any] func(context.Context, *In, ...func(*Opt)) (*Out, error)

// elbOp is a call of Elastic Load Balancing, the service with most of them.
type elbOp[In, Out any] = op[In, Out, elbv2.Options]

// calls is every call that the package makes. It is the list of what the IAM
// policy must allow.
type calls struct {
	getCallerIdentity         op[sts.GetCallerIdentityInput, sts.GetCallerIdentityOutput, sts.Options]
	presignGetCallerIdentity  op[sts.GetCallerIdentityInput, v4.PresignedHTTPRequest, sts.PresignOptions]
	getResources              op[tagging.GetResourcesInput, tagging.GetResourcesOutput, tagging.Options]
	describeCluster           op[eks.DescribeClusterInput, eks.DescribeClusterOutput, eks.Options]
	describeNetworkInterfaces op[ec2.DescribeNetworkInterfacesInput, ec2.DescribeNetworkInterfacesOutput, ec2.Options]
	describeVpcs              op[ec2.DescribeVpcsInput, ec2.DescribeVpcsOutput, ec2.Options]

	describeTargetGroups  elbOp[elbv2.DescribeTargetGroupsInput, elbv2.DescribeTargetGroupsOutput]
	describeLoadBalancers elbOp[elbv2.DescribeLoadBalancersInput, elbv2.DescribeLoadBalancersOutput]
	describeTargetHealth  elbOp[elbv2.DescribeTargetHealthInput, elbv2.DescribeTargetHealthOutput]
	describeTags          elbOp[elbv2.DescribeTagsInput, elbv2.DescribeTagsOutput]
	registerTargets       elbOp[elbv2.RegisterTargetsInput, elbv2.RegisterTargetsOutput]
	deregisterTargets     elbOp[elbv2.DeregisterTargetsInput, elbv2.DeregisterTargetsOutput]
	addTags               elbOp[elbv2.AddTagsInput, elbv2.AddTagsOutput]
}

// newCalls binds the calls to clients of the real services: unsent is for
// requests that are only signed, and so neither paced nor counted.
func newCalls(cfg, unsent aws.Config) calls {
	who, lb, net := sts.NewFromConfig(cfg), elbv2.NewFromConfig(cfg), ec2.NewFromConfig(cfg)
	return calls{
		getCallerIdentity:         who.GetCallerIdentity,
		presignGetCallerIdentity:  sts.NewPresignClient(sts.NewFromConfig(unsent)).PresignGetCallerIdentity,
		getResources:              tagging.NewFromConfig(cfg).GetResources,
		describeCluster:           eks.NewFromConfig(cfg).DescribeCluster,
		describeNetworkInterfaces: net.DescribeNetworkInterfaces,
		describeVpcs:              net.DescribeVpcs,
		describeTargetGroups:      lb.DescribeTargetGroups,
		describeLoadBalancers:     lb.DescribeLoadBalancers,
		describeTargetHealth:      lb.DescribeTargetHealth,
		describeTags:              lb.DescribeTags,
		registerTargets:           lb.RegisterTargets,
		deregisterTargets:         lb.DeregisterTargets,
		addTags:                   lb.AddTags,
	}
}

// purpose says what a call is for, for its errors.
type purpose struct {
	verb     string // "read targets of arn:..."
	action   string // the IAM action, such as elasticloadbalancing:DescribeTargetHealth
	resource string // the resource that a policy would name; empty: "*"
}

// do makes one call, retries included, and turns its error into a fault.
func do[In, Out, Opt any](ctx context.Context, s *Scope, p purpose, call op[In, Out, Opt], in *In) (*Out, error) {
	if err := s.checkRegion(p); err != nil {
		return nil, err
	}
	ctx, t := withTrail(ctx)
	out, err := call(ctx, in)
	if err != nil {
		return nil, s.fault(ctx, t, p, err)
	}
	if out == nil {
		return nil, badAnswer(p.verb, "no body")
	}
	return out, nil
}

// maxPages ends a listing that never does. With 100 resources a page, the
// least of those asked for, it is a hundred times what an account can have.
const maxPages = 10_000

// pages calls fetch with each page's token until there is no next one. Pages
// may be empty and still have a successor. A token that comes again, or no end
// of them, is an answer that cannot be right.
func pages(p purpose, fetch func(token *string) (next *string, err error)) error {
	var token *string
	seen := map[string]bool{}
	for range maxPages {
		next, err := fetch(token)
		if err != nil {
			return err
		}
		if aws.ToString(next) == "" {
			return nil
		}
		if seen[*next] {
			return badAnswer(p.verb, "the same page token twice")
		}
		seen[*next] = true
		token = next
	}
	return badAnswer(p.verb, "more than %d pages", maxPages)
}
