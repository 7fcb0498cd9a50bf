package awsapi

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// clustersPerPage is the most that EKS gives in a page.
// Source: Amazon EKS API Reference, ListClusters.
const clustersPerPage = 100

// listSpoke lists what a scope alone has, besides clusters and links.
func (s *site) listSpoke(ctx context.Context) {
	p := &s.place
	switch {
	case !p.Spoke || !s.mayHave():
		return
	case s.spoke == nil:
		p.Services, p.Interfaces = failed[fleet.Service](s.spokeFault), failed[plan.Interface](s.spokeFault)
		return
	}
	together(
		func() { p.Services = s.spoke.services(ctx, p.Account) },
		func() { s.connections = s.spoke.connectionsOfAll(ctx) },
		func() { p.Interfaces, s.nodes = s.spoke.managedInterfaces(ctx) },
	)
}

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
func (s *site) clusters(ctx context.Context, names fleet.Listing[string], wanted []string) fleet.Listing[fleet.Cluster] {
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

// node is the network interface of a load balancer in one subnet.
type node struct {
	subnet string
	addr   netip.Addr
}

// managedInterfaces lists in one go the interfaces of control planes and those
// of load balancers' nodes, the latter by their description.
// Sources: EKS user guide, network requirements: "Amazon EKS <cluster-name>";
// Network Load Balancer guide, target security groups: "ELB net/<name>/<id>".
func (v *view) managedInterfaces(ctx context.Context) (fleet.Listing[plan.Interface], map[string][]node) {
	p := v.in("network interfaces of control planes and load balancers", "ec2:DescribeNetworkInterfaces")
	nodes := map[string][]node{}
	planes := listed(ctx, v, p, v.api.describeNetworkInterfaces, func(i plan.Interface) string { return i.ID },
		func(token *string) *ec2.DescribeNetworkInterfacesInput {
			return &ec2.DescribeNetworkInterfacesInput{
				Filters:    []ec2types.Filter{{Name: aws.String("description"), Values: []string{"Amazon EKS *", "ELB net/*"}}},
				MaxResults: aws.Int32(interfacesPerPage), NextToken: token,
			}
		},
		func(out *ec2.DescribeNetworkInterfacesOutput) ([]plan.Interface, *string, error) {
			var planes []plan.Interface
			for _, in := range out.NetworkInterfaces {
				i, err := readInterface(in)
				if err != nil {
					return nil, nil, err
				}
				switch {
				case !strings.HasPrefix(i.Description, "ELB net/"):
					planes = append(planes, i)
				case i.Addr.IsValid():
					nodes[i.Description] = append(nodes[i.Description], node{aws.ToString(in.SubnetId), i.Addr})
				}
			}
			return planes, out.NextToken, nil
		})
	return planes, nodes
}

// join brings together what was listed apart. It is pure.
func (s *site) join() {
	p := &s.place
	for i := range p.Links.Items {
		b := p.Links.Items[i].Balancer
		if b == nil {
			continue
		}
		_, name, _ := strings.Cut(b.ARN, ":loadbalancer/")
		b.Zones = slices.Clone(b.Zones) // other links' too
		for j := range b.Zones {
			z := &b.Zones[j]
			z.Addrs = slices.Clone(z.Addrs)
			for _, n := range s.nodes["ELB "+name] {
				if n.subnet == z.Subnet {
					z.Addrs = append(z.Addrs, n.addr)
				}
			}
			slices.SortFunc(z.Addrs, netip.Addr.Compare)
			z.Addrs = slices.Compact(z.Addrs)
		}
	}
	byService := map[string][]fleet.Connection{}
	for _, c := range s.connections.Items {
		byService[c.service] = append(byService[c.service], c.Connection)
	}
	for i := range p.Services.Items {
		v := &p.Services.Items[i]
		v.Connections = fleet.Listing[fleet.Connection]{Asked: s.connections.Asked, Items: byService[v.ID], Fault: s.connections.Fault}
	}
}

// Quotas of AWS, as published, and what they count.
// Sources: PrivateLink guide, quotas; VPC peering guide, quotas; Network Load
// Balancer guide, quotas; EKS endpoints and quotas; Route 53 developer guide, quotas.
const (
	quotaEndpoints = 50  // interface and Gateway Load Balancer endpoints of a VPC
	quotaPeerings  = 50  // active peerings of a VPC
	quotaBalancers = 50  // network load balancers of a region
	quotaTargets   = 500 // targets of a load balancer in a zone, and in all with cross-zone balancing
	quotaClusters  = 100 // of a region
	quotaZones     = 500 // hosted zones of an account
)

// quotas counts what the listings show, against AWS's defaults. It is pure.
func (s *site) quotas() fleet.Listing[fleet.Quota] {
	p := &s.place
	var out fleet.Listing[fleet.Quota]
	add := func(name, of string, used, limit int) {
		out.Items = append(out.Items, fleet.Quota{Name: name, Of: of, Used: used, Limit: limit, Default: true})
	}
	perVPC := func(name string, limit int, count map[string]int) {
		for _, v := range p.VPCs.Items {
			if n := count[v.ID]; n > 0 {
				add(name, v.ID, n, limit)
			}
		}
	}
	note := func(asked bool, f *plan.Fault) {
		out.Asked = out.Asked || asked
		out.Fault = cmp.Or(out.Fault, f)
	}
	if p.Hub {
		endpoints, peerings := map[string]int{}, map[string]int{}
		for _, e := range p.Endpoints.Items {
			endpoints[e.VPC]++
		}
		for _, x := range p.Peerings.Items {
			if x.State == "active" {
				peerings[x.Requester.VPC]++
				peerings[x.Accepter.VPC]++
			}
		}
		perVPC("Interface VPC endpoints per VPC", quotaEndpoints, endpoints)
		perVPC("Active VPC peering connections per VPC", quotaPeerings, peerings)
		note(p.Endpoints.Asked, p.Endpoints.Fault)
		note(p.Peerings.Asked, p.Peerings.Fault)
	}
	if p.Spoke {
		if p.Clusters.Known() {
			add("Clusters", "", len(p.Clusters.Items), quotaClusters)
		}
		if s.balancers >= 0 {
			add("Network Load Balancers per Region", "", s.balancers, quotaBalancers)
		}
		for arn, n := range s.targets() {
			add("Targets per Availability Zone per Network Load Balancer", arn, n, quotaTargets)
		}
		note(p.Clusters.Asked, p.Clusters.Fault)
		note(p.Links.Asked, p.Links.Fault)
	}
	slices.SortFunc(out.Items, func(a, b fleet.Quota) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Of, b.Of)) })
	return out
}

// targets counts the targets of each load balancer's links in all zones, since
// with cross-zone balancing each zone's node sends to all.
func (s *site) targets() map[string]int {
	out := map[string]int{}
	for _, l := range s.place.Links.Items {
		if l.Balancer != nil && l.Targets.Asked {
			out[l.Balancer.ARN] += len(l.Targets.Items)
		}
	}
	return out
}
