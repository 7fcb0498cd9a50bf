package awsapi

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"golang.org/x/sync/errgroup"

	"postern/internal/plan"
)

const (
	// interfacesPerPage is the most that EC2 gives in a page.
	// Source: EC2 API Reference, DescribeNetworkInterfaces.
	interfacesPerPage = 1000
	// vpcsPerCall is how many values one filter takes.
	// Source: EC2 user guide, filtering: 200 values a request.
	vpcsPerCall = 200
)

// Interfaces returns the region's network interfaces that EKS describes as a
// control plane's, of all clusters, in order of their IDs.
// Source: EKS user guide, network requirements: "Amazon EKS <cluster-name>".
func (s *Scope) Interfaces(ctx context.Context) ([]plan.Interface, error) {
	verb := "list control-plane network interfaces in " + s.String()
	found, err := s.interfaces(ctx, verb, "description", "Amazon EKS *")
	if err != nil {
		return nil, err
	}
	out := make([]plan.Interface, 0, len(found))
	for _, in := range found {
		i, err := readInterface(in)
		if err != nil {
			return nil, badAnswer(verb, "%w", err)
		}
		out = append(out, i)
	}
	slices.SortFunc(out, func(a, b plan.Interface) int { return cmp.Compare(a.ID, b.ID) })
	// A page boundary that moves shows an interface twice.
	return slices.CompactFunc(out, func(a, b plan.Interface) bool { return a.ID == b.ID }), nil
}

// EndpointAddrs returns the addresses of the scope's interface endpoints,
// sorted. DNS that answers with one of them sees the hub's own private zone.
func (s *Scope) EndpointAddrs(ctx context.Context) ([]netip.Addr, error) {
	verb := "list interface endpoints' network interfaces in " + s.String()
	found, err := s.interfaces(ctx, verb, "interface-type", "vpc_endpoint")
	if err != nil {
		return nil, err
	}
	var out []netip.Addr
	for _, in := range found {
		var texts []*string
		for _, a := range in.PrivateIpAddresses {
			texts = append(texts, a.PrivateIpAddress)
		}
		for _, a := range in.Ipv6Addresses {
			texts = append(texts, a.Ipv6Address)
		}
		for _, text := range append(texts, in.PrivateIpAddress, in.Ipv6Address) {
			addr, err := readAddr(text)
			if err != nil {
				return nil, badAnswer(verb, "interface %s: %w", aws.ToString(in.NetworkInterfaceId), err)
			}
			if addr.IsValid() {
				out = append(out, addr)
			}
		}
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return slices.Compact(out), nil
}

// interfaces lists the interfaces that one filter lets through.
func (s *Scope) interfaces(ctx context.Context, verb, filter, value string) ([]ec2types.NetworkInterface, error) {
	p := purpose{verb: verb, action: "ec2:DescribeNetworkInterfaces"}
	var found []ec2types.NetworkInterface
	err := pages(p, func(token *string) (*string, error) {
		out, err := do(ctx, s, p, s.api.describeNetworkInterfaces, &ec2.DescribeNetworkInterfacesInput{
			Filters:    []ec2types.Filter{{Name: aws.String(filter), Values: []string{value}}},
			MaxResults: aws.Int32(interfacesPerPage),
			NextToken:  token,
		})
		if err != nil {
			return nil, err
		}
		found = append(found, out.NetworkInterfaces...)
		return out.NextToken, nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// readInterface turns EC2's interface into ours.
func readInterface(in ec2types.NetworkInterface) (plan.Interface, error) {
	out := plan.Interface{
		ID:          aws.ToString(in.NetworkInterfaceId),
		Description: aws.ToString(in.Description),
		VPC:         aws.ToString(in.VpcId),
		Status:      string(in.Status),
		Zone:        aws.ToString(in.AvailabilityZone),
		Type:        string(in.InterfaceType),
	}
	if out.ID == "" {
		return plan.Interface{}, fmt.Errorf("an interface without an ID")
	}
	if in.Attachment != nil {
		out.AttachmentOwner = plan.AccountID(aws.ToString(in.Attachment.InstanceOwnerId))
	}
	var err error
	if out.Addr, err = readAddr(in.PrivateIpAddress); err != nil || out.Addr.IsValid() && !out.Addr.Is4() {
		return plan.Interface{}, fmt.Errorf("interface %s: address %q", out.ID, aws.ToString(in.PrivateIpAddress))
	}
	text := in.Ipv6Address
	for _, a := range in.Ipv6Addresses {
		if text == nil || aws.ToBool(a.IsPrimaryIpv6) {
			text = a.Ipv6Address
		}
	}
	if out.Addr6, err = readAddr(text); err != nil || out.Addr6.IsValid() && !out.Addr6.Is6() {
		return plan.Interface{}, fmt.Errorf("interface %s: address %q", out.ID, aws.ToString(text))
	}
	if in.Status == ec2types.NetworkInterfaceStatusInUse && !out.Addr.IsValid() && !out.Addr6.IsValid() {
		return plan.Interface{}, fmt.Errorf("interface %s is in use and has no address", out.ID)
	}
	return out, nil
}

// readAddr reads an address; none at all is the zero Addr.
func readAddr(text *string) (netip.Addr, error) {
	if aws.ToString(text) == "" {
		return netip.Addr{}, nil
	}
	addr, err := netip.ParseAddr(*text)
	if err != nil || addr.Zone() != "" {
		return netip.Addr{}, fmt.Errorf("address %q", *text)
	}
	return addr.Unmap(), nil
}

// CIDRs returns the IPv4 and IPv6 blocks that are associated with each VPC,
// sorted. A VPC that EC2 does not know is not in the map.
func (s *Scope) CIDRs(ctx context.Context, vpcs []string) (map[string][]netip.Prefix, error) {
	p := purpose{verb: "read the VPCs' CIDRs in " + s.String(), action: "ec2:DescribeVpcs"}
	wanted := slices.Compact(slices.Sorted(slices.Values(vpcs)))
	out := map[string][]netip.Prefix{}
	var mu sync.Mutex // guards out
	g, ctx := errgroup.WithContext(ctx)
	for chunk := range slices.Chunk(wanted, vpcsPerCall) {
		g.Go(func() error {
			return pages(p, func(token *string) (*string, error) {
				page, err := do(ctx, s, p, s.api.describeVpcs, &ec2.DescribeVpcsInput{
					Filters:   []ec2types.Filter{{Name: aws.String("vpc-id"), Values: chunk}},
					NextToken: token,
				})
				if err != nil {
					return nil, err
				}
				mu.Lock()
				defer mu.Unlock()
				for _, v := range page.Vpcs {
					blocks, err := readBlocks(v)
					if err != nil {
						return nil, badAnswer(p.verb, "%w", err)
					}
					out[*v.VpcId] = blocks
				}
				return page.NextToken, nil
			})
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}

// readBlocks returns a VPC's associated blocks.
func readBlocks(v ec2types.Vpc) ([]netip.Prefix, error) {
	id := aws.ToString(v.VpcId)
	if id == "" {
		return nil, fmt.Errorf("a VPC without an ID")
	}
	var texts []string
	for _, a := range v.CidrBlockAssociationSet {
		if a.CidrBlockState != nil && a.CidrBlockState.State == ec2types.VpcCidrBlockStateCodeAssociated {
			texts = append(texts, aws.ToString(a.CidrBlock))
		}
	}
	for _, a := range v.Ipv6CidrBlockAssociationSet {
		if a.Ipv6CidrBlockState != nil && a.Ipv6CidrBlockState.State == ec2types.VpcCidrBlockStateCodeAssociated {
			texts = append(texts, aws.ToString(a.Ipv6CidrBlock))
		}
	}
	if len(texts) == 0 {
		return nil, fmt.Errorf("VPC %s without an associated CIDR", id)
	}
	var blocks []netip.Prefix
	for _, text := range texts {
		block, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("VPC %s: CIDR %q", id, text)
		}
		blocks = append(blocks, block.Masked())
	}
	slices.SortFunc(blocks, netip.Prefix.Compare)
	return slices.Compact(blocks), nil
}
