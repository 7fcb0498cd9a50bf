package awsapi

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// discover lists the place's links, with what the listings of groups and load
// balancers say of them.
func (s *site) discover(ctx context.Context) fleet.Listing[fleet.Link] {
	if s.spoke == nil {
		return failed[fleet.Link](s.spokeFault)
	}
	balancers := map[string]*fleet.Balancer{}
	network := 0
	listed := false
	candidates, groups, err := s.spoke.candidates(ctx, s.ask.ClusterTag, func(lb elbtypes.LoadBalancer) {
		listed = true
		if lb.Type == elbtypes.LoadBalancerTypeEnumNetwork {
			network++
		}
		b := readBalancer(lb)
		balancers[b.ARN] = &b
	})
	if err != nil {
		return failed[fleet.Link](faultOf(err))
	}
	if listed {
		s.balancers = network
	}
	checks := map[plan.GroupARN]fleet.HealthCheck{}
	for _, g := range groups {
		checks[plan.GroupARN(aws.ToString(g.TargetGroupArn))] = readHealthCheck(g)
	}
	return fleet.Listing[fleet.Link]{Asked: true, Items: linksOf(&s.place, candidates, checks, balancers)}
}

// linksOf joins candidates with what was listed besides. It is pure.
func linksOf(p *fleet.Place, candidates []plan.Candidate, checks map[plan.GroupARN]fleet.HealthCheck, balancers map[string]*fleet.Balancer) []fleet.Link {
	out := make([]fleet.Link, 0, len(candidates))
	for _, c := range candidates {
		l := fleet.Link{
			Ref:       plan.Ref{Account: p.Account, Region: p.Region, Name: c.Cluster},
			Candidate: c, HealthCheck: checks[c.Group.ARN],
		}
		for _, lb := range c.Group.LoadBalancers {
			if b := balancers[lb.ARN]; b != nil {
				own := *b // several links may share one
				own.Tags = lb.Tags
				l.Balancer = &own
				break
			}
		}
		out = append(out, l)
	}
	return out
}

func readBalancer(in elbtypes.LoadBalancer) fleet.Balancer {
	out := fleet.Balancer{
		LoadBalancer: plan.LoadBalancer{
			ARN: aws.ToString(in.LoadBalancerArn), Name: aws.ToString(in.LoadBalancerName),
			Type: string(in.Type), Scheme: string(in.Scheme), VPC: aws.ToString(in.VpcId),
		},
		DNSName: aws.ToString(in.DNSName), SecurityGroups: slices.Sorted(slices.Values(in.SecurityGroups)),
		Enforce: aws.ToString(in.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic),
	}
	if in.State != nil {
		out.State = string(in.State.Code)
	}
	for _, z := range in.AvailabilityZones {
		zone := fleet.BalancerZone{Zone: aws.ToString(z.ZoneName), Subnet: aws.ToString(z.SubnetId)}
		for _, a := range z.LoadBalancerAddresses {
			// One that is not an address is as good as none: the node's network
			// interface has it too.
			if addr, err := readAddr(a.PrivateIPv4Address); err == nil && addr.IsValid() {
				zone.Addrs = append(zone.Addrs, addr)
			}
		}
		out.Zones = append(out.Zones, zone)
	}
	slices.SortFunc(out.Zones, func(a, b fleet.BalancerZone) int { return cmp.Compare(a.Zone, b.Zone) })
	return out
}

func readHealthCheck(in elbtypes.TargetGroup) fleet.HealthCheck {
	seconds := func(n *int32) time.Duration { return time.Duration(aws.ToInt32(n)) * time.Second }
	out := fleet.HealthCheck{
		Protocol: string(in.HealthCheckProtocol), Port: aws.ToString(in.HealthCheckPort), Path: aws.ToString(in.HealthCheckPath),
		Interval: seconds(in.HealthCheckIntervalSeconds), Timeout: seconds(in.HealthCheckTimeoutSeconds),
		Healthy: int(aws.ToInt32(in.HealthyThresholdCount)), Unhealthy: int(aws.ToInt32(in.UnhealthyThresholdCount)),
	}
	if in.Matcher != nil {
		out.Matcher = aws.ToString(in.Matcher.HttpCode)
	}
	return out
}

// askLinks asks what no listing says: targets of each group, and listeners of
// each load balancer; attributes of both for a deep snapshot.
func (s *site) askLinks(ctx context.Context) {
	var jobs []func()
	byBalancer := map[string][]*fleet.Link{}
	for i := range s.place.Links.Items {
		l := &s.place.Links.Items[i]
		if l.Candidate.Gone || !s.wants(l.Ref.Name) {
			continue
		}
		g := l.Candidate.Group.ARN
		jobs = append(jobs, func() {
			targets, err := s.spoke.Targets(ctx, g)
			l.Targets = fleet.Listing[plan.Registered]{Asked: true, Items: targets, Fault: faultOf(err)}
		})
		if s.ask.Deep {
			jobs = append(jobs, func() { l.Attributes = s.spoke.groupAttributes(ctx, g) })
		}
		if l.Balancer != nil {
			byBalancer[l.Balancer.ARN] = append(byBalancer[l.Balancer.ARN], l)
		}
	}
	for arn, links := range byBalancer {
		jobs = append(jobs, func() {
			found := s.spoke.listeners(ctx, arn)
			for _, l := range links {
				l.Listeners = found
			}
		})
		if s.ask.Deep {
			jobs = append(jobs, func() {
				found := s.spoke.balancerAttributes(ctx, arn)
				for _, l := range links {
					l.Balancer.Attributes = found
				}
			})
		}
	}
	inTurn(jobs)
}

func (v *view) listeners(ctx context.Context, balancer string) fleet.Listing[fleet.Listener] {
	p := purpose{verb: "list listeners of " + balancer, action: "elasticloadbalancing:DescribeListeners"}
	return listed(ctx, v, p, v.calls.describeListeners, func(x fleet.Listener) string { return x.ARN },
		func(token *string) *elbv2.DescribeListenersInput {
			return &elbv2.DescribeListenersInput{LoadBalancerArn: &balancer, PageSize: aws.Int32(listedPerPage), Marker: token}
		},
		func(out *elbv2.DescribeListenersOutput) ([]fleet.Listener, *string, error) {
			items, err := each(out.Listeners, readListener)
			return items, out.NextMarker, err
		})
}

func readListener(in elbtypes.Listener) (fleet.Listener, error) {
	out := fleet.Listener{ARN: aws.ToString(in.ListenerArn), Protocol: string(in.Protocol), Port: int(aws.ToInt32(in.Port))}
	if out.ARN == "" {
		return out, fmt.Errorf("a listener without an ARN")
	}
	for _, a := range in.DefaultActions {
		groups := []*string{a.TargetGroupArn}
		if f := a.ForwardConfig; f != nil {
			for _, t := range f.TargetGroups {
				groups = append(groups, t.TargetGroupArn)
			}
		}
		for _, g := range groups {
			if arn := plan.GroupARN(aws.ToString(g)); arn != "" && !slices.Contains(out.Groups, arn) {
				out.Groups = append(out.Groups, arn)
			}
		}
	}
	slices.Sort(out.Groups)
	return out, nil
}

func (v *view) groupAttributes(ctx context.Context, g plan.GroupARN) fleet.Listing[fleet.Attribute] {
	p := purpose{verb: "read attributes of " + string(g), action: "elasticloadbalancing:DescribeTargetGroupAttributes"}
	out, err := do(ctx, v.Scope, p, v.calls.describeTargetGroupAttribute, &elbv2.DescribeTargetGroupAttributesInput{TargetGroupArn: aws.String(string(g))})
	if err != nil {
		return failed[fleet.Attribute](faultOf(goneGroup(err)))
	}
	items := make([]fleet.Attribute, 0, len(out.Attributes))
	for _, a := range out.Attributes {
		items = append(items, fleet.Attribute{Key: aws.ToString(a.Key), Value: aws.ToString(a.Value)})
	}
	return attributes(items)
}

func (v *view) balancerAttributes(ctx context.Context, arn string) fleet.Listing[fleet.Attribute] {
	p := purpose{verb: "read attributes of " + arn, action: "elasticloadbalancing:DescribeLoadBalancerAttributes"}
	out, err := do(ctx, v.Scope, p, v.calls.describeLoadBalancerAttribute, &elbv2.DescribeLoadBalancerAttributesInput{LoadBalancerArn: &arn})
	if err != nil {
		return failed[fleet.Attribute](faultOf(err))
	}
	items := make([]fleet.Attribute, 0, len(out.Attributes))
	for _, a := range out.Attributes {
		items = append(items, fleet.Attribute{Key: aws.ToString(a.Key), Value: aws.ToString(a.Value)})
	}
	return attributes(items)
}

func attributes(items []fleet.Attribute) fleet.Listing[fleet.Attribute] {
	slices.SortFunc(items, func(a, b fleet.Attribute) int { return strings.Compare(a.Key, b.Key) })
	return fleet.Listing[fleet.Attribute]{Asked: true, Items: items}
}
