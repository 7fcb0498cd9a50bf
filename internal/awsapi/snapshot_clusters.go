package awsapi

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// clustersPerPage is the most that EKS gives in a page.
// Source: Amazon EKS API Reference, ListClusters.
const clustersPerPage = 100

func (s *site) clusterNames(ctx context.Context) fleet.Listing[string] {
	if s.spoke == nil {
		return failed[string](s.spokeFault)
	}
	v := s.spoke
	return listed(ctx, v, v.in("clusters", "eks:ListClusters"), v.calls.listClusters, func(name string) string { return name },
		func(token *string) *eks.ListClustersInput {
			return &eks.ListClustersInput{MaxResults: aws.Int32(clustersPerPage), NextToken: token}
		},
		func(out *eks.ListClustersOutput) ([]string, *string, error) {
			items, err := each(out.Clusters, func(name string) (string, error) {
				if !plan.ValidCluster(name) {
					return "", fmt.Errorf("cluster %q", name)
				}
				return name, nil
			})
			return items, out.NextToken, err
		})
}

// clusters describes the wanted clusters, and names the others.
func (s *site) clusters(ctx context.Context) fleet.Listing[fleet.Cluster] {
	names, wanted := s.names, s.wanted()
	all := append(slices.Clone(names.Items), wanted...)
	slices.Sort(all)
	all = slices.Compact(all)
	out := fleet.Listing[fleet.Cluster]{Asked: names.Asked, Fault: names.Fault, Items: make([]fleet.Cluster, len(all))}
	var jobs []func()
	for i, name := range all {
		c := &out.Items[i]
		c.Name = name
		if _, asked := slices.BinarySearch(wanted, name); asked && s.spoke != nil {
			jobs = append(jobs, func() { *c = s.spoke.describe(ctx, name) })
		}
	}
	inTurn(jobs)
	return out
}

// describe asks EKS about one cluster.
func (v *view) describe(ctx context.Context, name string) fleet.Cluster {
	p := purpose{verb: fmt.Sprintf("describe cluster %q in %s", name, v), action: "eks:DescribeCluster"}
	out := fleet.Cluster{Cluster: plan.Cluster{Name: name}}
	answer, err := do(ctx, v.Scope, p, v.api.describeCluster, &eks.DescribeClusterInput{Name: &name})
	switch {
	case IsNotFound(err):
		out.Status = plan.ClusterGone
		return out
	case err != nil:
		out.Fault = faultOf(err)
		return out
	}
	read, err := readFleetCluster(name, answer.Cluster)
	if err != nil {
		out.Fault = badAnswer(p.verb, "%w", err)
		return out
	}
	return read
}

func readFleetCluster(name string, in *ekstypes.Cluster) (fleet.Cluster, error) {
	c, err := readCluster(name, in)
	if err != nil {
		return fleet.Cluster{}, err
	}
	out := fleet.Cluster{Cluster: c, Version: aws.ToString(in.Version)}
	if v := in.ResourcesVpcConfig; v != nil {
		out.Subnets = slices.Sorted(slices.Values(v.SubnetIds))
		out.SecurityGroups = slices.Sorted(slices.Values(v.SecurityGroupIds))
		for _, text := range v.PublicAccessCidrs {
			block, err := readPrefix(&text)
			if err != nil {
				return fleet.Cluster{}, fmt.Errorf("public access: %w", err)
			}
			out.PublicCIDRs = append(out.PublicCIDRs, block)
		}
		slices.SortFunc(out.PublicCIDRs, netip.Prefix.Compare)
	}
	return out, nil
}
