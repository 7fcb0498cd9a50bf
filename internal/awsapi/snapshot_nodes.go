package awsapi

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// listInterfaces lists the interfaces that AWS makes in a scope.
func (s *site) listInterfaces(ctx context.Context) {
	if s.spoke == nil {
		s.place.Interfaces = failed[plan.Interface](s.spokeFault)
		return
	}
	s.place.Interfaces, s.nodes = s.spoke.managedInterfaces(ctx)
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

// joinNodes gives the load balancers' nodes their addresses.
func (s *site) joinNodes() {
	for i := range s.place.Links.Items {
		b := s.place.Links.Items[i].Balancer
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
}
