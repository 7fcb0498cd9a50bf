package awsapi

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	taggingtypes "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
	"golang.org/x/sync/errgroup"

	"postern/internal/plan"
)

const (
	// taggedPerPage is the most that the tagging API gives in a page.
	// Source: Resource Groups Tagging API Reference, GetResources.
	taggedPerPage = 100
	// listedPerPage is the most that ELB gives in a page.
	listedPerPage = 400
)

// Candidates returns every target group that claims, by the tag called
// clusterTag on itself or on its load balancer, to be a cluster's, in order of
// its ARN.
//
// The tagging API says who is tagged. It lags, and names resources that are
// gone, and asking ELB about one of those by its ARN would fail the whole
// call; so what exists comes from ELB's full listings. A tagged group that
// they lack is Gone; a tagged load balancer that they lack, or that has no
// group, is not reported. Without a tagged resource nothing is listed.
func (s *Scope) Candidates(ctx context.Context, clusterTag string) ([]plan.Candidate, error) {
	found, _, err := s.candidates(ctx, clusterTag, func(elbtypes.LoadBalancer) {})
	return found, err
}

// candidates is Candidates, and returns the region's target groups too. It
// shows each load balancer that is listed to see.
func (s *Scope) candidates(ctx context.Context, clusterTag string, see func(elbtypes.LoadBalancer)) ([]plan.Candidate, []elbtypes.TargetGroup, error) {
	tagged, groups, balancers, err := s.taggedAndListed(ctx, clusterTag, see)
	if err != nil || len(tagged) == 0 {
		return nil, nil, err
	}
	found := match(tagged, groups, balancers, clusterTag)
	found, err = s.withOwnTags(ctx, found, clusterTag)
	return found, groups, err
}

// taggedAndListed returns what is tagged, and what exists if anything is. A
// region of 1,000 links takes some thirty pages, so groups and load balancers
// are asked for side by side, and listed as soon as the first page has shown
// that it is worth it.
func (s *Scope) taggedAndListed(ctx context.Context, clusterTag string, see func(elbtypes.LoadBalancer)) (
	tagged map[string]map[string]string, groups []elbtypes.TargetGroup, balancers map[string]plan.LoadBalancer, err error,
) {
	var found [len(taggedTypes)]map[string]map[string]string
	news := make(chan bool, len(taggedTypes)+1) // true: something is tagged; false: one type is known
	some := sync.OnceFunc(func() { news <- true })
	g, ctx := errgroup.WithContext(ctx)
	for i, kind := range taggedTypes {
		g.Go(func() (err error) {
			defer func() { news <- false }()
			found[i], err = s.tagged(ctx, clusterTag, kind, some)
			return err
		})
	}
	g.Go(func() (err error) {
		for known := 0; !<-news; {
			if known++; known == len(taggedTypes) {
				return nil
			}
		}
		// Groups first: a load balancer that a group names is then in the later
		// listing, unless it was deleted in between.
		if groups, err = s.listGroups(ctx); err != nil {
			return err
		}
		balancers, err = s.listLoadBalancers(ctx, see)
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, nil, nil, err
	}
	tagged = map[string]map[string]string{}
	for _, f := range found {
		maps.Copy(tagged, f)
	}
	return tagged, groups, balancers, nil
}

// withOwnTags reads the tags of the groups that are not listed as tagged as a
// cluster's themselves. Where one is all the same, that is its cluster: the
// listing lags, and the load balancer may carry other groups too.
func (s *Scope) withOwnTags(ctx context.Context, found []plan.Candidate, clusterTag string) ([]plan.Candidate, error) {
	var untagged []plan.GroupARN
	for _, c := range found {
		if c.ByLoadBalancer {
			untagged = append(untagged, c.Group.ARN)
		}
	}
	tags, err := s.Tags(ctx, untagged)
	if err != nil {
		return nil, err
	}
	// A group that ELB no longer knows went away since the listing.
	found = slices.DeleteFunc(found, func(c plan.Candidate) bool { return c.ByLoadBalancer && tags[c.Group.ARN] == nil })
	for i, c := range found {
		if !c.ByLoadBalancer {
			continue
		}
		found[i].Group.Tags = tags[c.Group.ARN]
		if own, ok := tags[c.Group.ARN][clusterTag]; ok {
			found[i].Cluster, found[i].ByLoadBalancer = own, false
		}
	}
	return found, nil
}

// match joins what is tagged with what exists. It is pure.
func match(tagged map[string]map[string]string, groups []elbtypes.TargetGroup, balancers map[string]plan.LoadBalancer, clusterTag string) []plan.Candidate {
	byARN := map[plan.GroupARN]plan.Candidate{}
	for _, in := range groups {
		g := readGroup(in)
		for _, arn := range slices.Sorted(slices.Values(in.LoadBalancerArns)) {
			lb, ok := balancers[arn]
			if !ok {
				lb = plan.LoadBalancer{ARN: arn}
			}
			lb.Tags = tagged[arn]
			g.LoadBalancers = append(g.LoadBalancers, lb)
		}
		if tags, ok := tagged[string(g.ARN)]; ok {
			g.Tags = tags
			byARN[g.ARN] = plan.Candidate{Cluster: tags[clusterTag], Group: g}
			continue
		}
		for _, lb := range g.LoadBalancers {
			if lb.Tags != nil {
				byARN[g.ARN] = plan.Candidate{Cluster: lb.Tags[clusterTag], Group: g, ByLoadBalancer: true}
				break
			}
		}
	}
	for arn, tags := range tagged {
		g := plan.GroupARN(arn)
		if _, exists := byARN[g]; !exists && isGroupARN(arn) {
			byARN[g] = plan.Candidate{Cluster: tags[clusterTag], Group: plan.Group{ARN: g, Tags: tags}, Gone: true}
		}
	}
	out := make([]plan.Candidate, 0, len(byARN))
	for _, c := range byARN {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b plan.Candidate) int { return cmp.Compare(a.Group.ARN, b.Group.ARN) })
	return out
}

// taggedTypes are the types of resources that carry the cluster tag.
var taggedTypes = [...]string{"elasticloadbalancing:targetgroup", "elasticloadbalancing:loadbalancer"}

// tagged returns the tags of every resource of a type that has the tag, by
// ARN, and calls some for each. The API also returns what once had it: that is
// left out.
func (s *Scope) tagged(ctx context.Context, key, kind string, some func()) (map[string]map[string]string, error) {
	p := purpose{verb: fmt.Sprintf("list resources tagged %q in %s", key, s), action: "tag:GetResources"}
	out := map[string]map[string]string{}
	err := pages(p, func(token *string) (*string, error) {
		page, err := do(ctx, s, p, s.api.getResources, &tagging.GetResourcesInput{
			ResourceTypeFilters: []string{kind},
			TagFilters:          []taggingtypes.TagFilter{{Key: aws.String(key)}},
			ResourcesPerPage:    aws.Int32(taggedPerPage),
			PaginationToken:     token,
		})
		if err != nil {
			return nil, err
		}
		for _, r := range page.ResourceTagMappingList {
			arn := aws.ToString(r.ResourceARN)
			if !isGroupARN(arn) && !isLoadBalancerARN(arn) {
				return nil, badAnswer(p.verb, "resource %q", arn)
			}
			tags := map[string]string{}
			for _, t := range r.Tags {
				if t.Key == nil {
					return nil, badAnswer(p.verb, "a tag of %s without a key", arn)
				}
				tags[*t.Key] = aws.ToString(t.Value)
			}
			if _, ok := tags[key]; ok {
				out[arn] = tags
				some()
			}
		}
		return page.PaginationToken, nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// listGroups lists the region's target groups.
func (s *Scope) listGroups(ctx context.Context) ([]elbtypes.TargetGroup, error) {
	p := purpose{verb: "list target groups in " + s.String(), action: "elasticloadbalancing:DescribeTargetGroups"}
	var out []elbtypes.TargetGroup
	err := pages(p, func(token *string) (*string, error) {
		page, err := do(ctx, s, p, s.api.describeTargetGroups, &elbv2.DescribeTargetGroupsInput{
			PageSize: aws.Int32(listedPerPage), Marker: token,
		})
		if err != nil {
			return nil, err
		}
		for _, g := range page.TargetGroups {
			if !isGroupARN(aws.ToString(g.TargetGroupArn)) {
				return nil, badAnswer(p.verb, "target group ARN %q", aws.ToString(g.TargetGroupArn))
			}
		}
		out = append(out, page.TargetGroups...)
		return page.NextMarker, nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// listLoadBalancers lists the region's load balancers, by ARN, and shows each
// to see.
func (s *Scope) listLoadBalancers(ctx context.Context, see func(elbtypes.LoadBalancer)) (map[string]plan.LoadBalancer, error) {
	p := purpose{verb: "list load balancers in " + s.String(), action: "elasticloadbalancing:DescribeLoadBalancers"}
	out := map[string]plan.LoadBalancer{}
	err := pages(p, func(token *string) (*string, error) {
		page, err := do(ctx, s, p, s.api.describeLoadBalancers, &elbv2.DescribeLoadBalancersInput{
			PageSize: aws.Int32(listedPerPage), Marker: token,
		})
		if err != nil {
			return nil, err
		}
		for _, lb := range page.LoadBalancers {
			arn := aws.ToString(lb.LoadBalancerArn)
			if !isLoadBalancerARN(arn) {
				return nil, badAnswer(p.verb, "load balancer ARN %q", arn)
			}
			see(lb)
			out[arn] = plan.LoadBalancer{
				ARN:    arn,
				Name:   aws.ToString(lb.LoadBalancerName),
				Type:   string(lb.Type),
				Scheme: string(lb.Scheme),
				VPC:    aws.ToString(lb.VpcId),
			}
		}
		return page.NextMarker, nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// readGroup turns ELB's target group into ours. What it lacks stays empty, and
// makes the group one that sync refuses.
func readGroup(in elbtypes.TargetGroup) plan.Group {
	return plan.Group{
		ARN:        plan.GroupARN(aws.ToString(in.TargetGroupArn)),
		Name:       aws.ToString(in.TargetGroupName),
		VPC:        aws.ToString(in.VpcId),
		TargetType: string(in.TargetType),
		Protocol:   string(in.Protocol),
		Port:       int(aws.ToInt32(in.Port)),
		IPv6:       in.IpAddressType == elbtypes.TargetGroupIpAddressTypeEnumIpv6,
	}
}

func isGroupARN(arn string) bool        { return elbResource(arn, "targetgroup/") }
func isLoadBalancerARN(arn string) bool { return elbResource(arn, "loadbalancer/") }

// elbResource reports whether arn is that of an ELB resource of a kind:
// arn:PARTITION:elasticloadbalancing:REGION:ACCOUNT:KIND/NAME...
func elbResource(arn, kind string) bool {
	part := strings.SplitN(arn, ":", 6)
	return len(part) == 6 && part[0] == "arn" && part[1] != "" && part[2] == "elasticloadbalancing" &&
		part[3] != "" && isAccount(plan.AccountID(part[4])) && strings.HasPrefix(part[5], kind) && len(part[5]) > len(kind)
}
