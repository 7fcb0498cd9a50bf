package awsapi

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// listHub lists what the hub's side alone has.
func (s *site) listHub(ctx context.Context) {
	p := &s.place
	if !p.Hub {
		return
	}
	if s.hub == nil {
		p.Peerings, p.Endpoints = failed[fleet.Peering](s.hubFault), failed[fleet.Endpoint](s.hubFault)
		return
	}
	var addrs map[string]fleet.EndpointAddr
	var err error
	together(
		func() { p.Peerings = s.hub.peerings(ctx) },
		func() { p.Endpoints = s.hub.endpoints(ctx, p.Account) },
		func() { addrs, err = s.hub.endpointAddrs(ctx) },
	)
	p.AddrsFault = faultOf(err)
	for i := range p.Endpoints.Items {
		e := &p.Endpoints.Items[i]
		for j, a := range e.Addrs {
			if found, ok := addrs[a.Interface]; ok {
				e.Addrs[j] = found
			}
		}
		// What has no address is of no use to a reader.
		e.Addrs = slices.DeleteFunc(e.Addrs, func(a fleet.EndpointAddr) bool { return !a.Addr.IsValid() })
		slices.SortFunc(e.Addrs, func(a, b fleet.EndpointAddr) int { return cmp.Or(cmp.Compare(a.Zone, b.Zone), a.Addr.Compare(b.Addr)) })
	}
}

func (v *view) peerings(ctx context.Context) fleet.Listing[fleet.Peering] {
	return listed(ctx, v, v.in("VPC peerings", "ec2:DescribeVpcPeeringConnections"), v.calls.describePeerings, func(x fleet.Peering) string { return x.ID },
		func(token *string) *ec2.DescribeVpcPeeringConnectionsInput {
			return &ec2.DescribeVpcPeeringConnectionsInput{MaxResults: aws.Int32(ec2PerPage), NextToken: token}
		},
		func(out *ec2.DescribeVpcPeeringConnectionsOutput) ([]fleet.Peering, *string, error) {
			items, err := each(out.VpcPeeringConnections, readPeering)
			return items, out.NextToken, err
		})
}

func readPeering(in ec2types.VpcPeeringConnection) (fleet.Peering, error) {
	out := fleet.Peering{ID: aws.ToString(in.VpcPeeringConnectionId)}
	if out.ID == "" || in.Status == nil || in.Status.Code == "" {
		return out, fmt.Errorf("a peering without an ID or a state")
	}
	out.State, out.Message = string(in.Status.Code), aws.ToString(in.Status.Message)
	var err error
	if out.Requester, err = readPeeringSide(in.RequesterVpcInfo); err == nil {
		out.Accepter, err = readPeeringSide(in.AccepterVpcInfo)
	}
	return out, wrong(err, "peering", out.ID)
}

func readPeeringSide(in *ec2types.VpcPeeringConnectionVpcInfo) (fleet.PeeringSide, error) {
	if in == nil {
		return fleet.PeeringSide{}, nil
	}
	out := fleet.PeeringSide{Account: plan.AccountID(aws.ToString(in.OwnerId)), Region: plan.Region(aws.ToString(in.Region)), VPC: aws.ToString(in.VpcId)}
	texts := []*string{in.CidrBlock}
	for _, b := range in.CidrBlockSet {
		texts = append(texts, b.CidrBlock)
	}
	for _, b := range in.Ipv6CidrBlockSet {
		texts = append(texts, b.Ipv6CidrBlock)
	}
	for _, text := range texts {
		block, err := readPrefix(text)
		if err != nil {
			return out, err
		}
		if block.IsValid() {
			out.CIDRs = append(out.CIDRs, block)
		}
	}
	slices.SortFunc(out.CIDRs, netip.Prefix.Compare)
	out.CIDRs = slices.Compact(out.CIDRs)
	return out, nil
}

// endpoints lists interface endpoints. Their network interfaces are known by ID
// only: listHub adds the addresses.
func (v *view) endpoints(ctx context.Context, owner plan.AccountID) fleet.Listing[fleet.Endpoint] {
	return listed(ctx, v, v.in("interface endpoints", "ec2:DescribeVpcEndpoints"), v.calls.describeEndpoints, func(x fleet.Endpoint) string { return x.ID },
		func(token *string) *ec2.DescribeVpcEndpointsInput {
			return &ec2.DescribeVpcEndpointsInput{
				Filters:    []ec2types.Filter{{Name: aws.String("vpc-endpoint-type"), Values: []string{string(ec2types.VpcEndpointTypeInterface)}}},
				MaxResults: aws.Int32(ec2PerPage), NextToken: token,
			}
		},
		func(out *ec2.DescribeVpcEndpointsOutput) ([]fleet.Endpoint, *string, error) {
			items, err := each(out.VpcEndpoints, func(in ec2types.VpcEndpoint) (fleet.Endpoint, error) {
				return readEndpoint(in, owner, v.cfg.Region)
			})
			return items, out.NextToken, err
		})
}

func readEndpoint(in ec2types.VpcEndpoint, owner plan.AccountID, region plan.Region) (fleet.Endpoint, error) {
	out := fleet.Endpoint{
		ID: aws.ToString(in.VpcEndpointId), Account: plan.AccountID(cmp.Or(aws.ToString(in.OwnerId), string(owner))), Region: region,
		VPC: aws.ToString(in.VpcId), Service: aws.ToString(in.ServiceName), ServiceRegion: plan.Region(cmp.Or(aws.ToString(in.ServiceRegion), string(region))),
		State: lower(in.State), Subnets: slices.Sorted(slices.Values(in.SubnetIds)), PrivateDNS: aws.ToBool(in.PrivateDnsEnabled), Tags: ec2Tags(in.Tags),
	}
	if out.ID == "" || out.VPC == "" || out.Service == "" || out.State == "" {
		return out, fmt.Errorf("endpoint %q without an ID, a VPC, a service or a state", out.ID)
	}
	if e := in.LastError; e != nil {
		out.Error = joined(aws.ToString(e.Code), aws.ToString(e.Message))
	}
	out.Error = cmp.Or(out.Error, aws.ToString(in.FailureReason))
	for _, g := range in.Groups {
		out.SecurityGroups = append(out.SecurityGroups, aws.ToString(g.GroupId))
	}
	slices.Sort(out.SecurityGroups)
	for _, id := range in.NetworkInterfaceIds {
		out.Addrs = append(out.Addrs, fleet.EndpointAddr{Interface: id})
	}
	for _, d := range in.DnsEntries {
		if name := aws.ToString(d.DnsName); name != "" {
			out.DNSNames = append(out.DNSNames, name)
		}
	}
	return out, nil
}

// joined is a code and its words.
func joined(code, message string) string {
	if code != "" && message != "" {
		return code + ": " + message
	}
	return code + message
}

// endpointAddrs returns the addresses of interface endpoints, by their network
// interfaces.
func (v *view) endpointAddrs(ctx context.Context) (map[string]fleet.EndpointAddr, error) {
	verb := "list interface endpoints' network interfaces in " + v.String()
	found, err := v.interfaces(ctx, verb, "interface-type", "vpc_endpoint")
	if err != nil {
		return nil, err
	}
	out := make(map[string]fleet.EndpointAddr, len(found))
	for _, in := range found {
		a := fleet.EndpointAddr{Interface: aws.ToString(in.NetworkInterfaceId), Subnet: aws.ToString(in.SubnetId), Zone: aws.ToString(in.AvailabilityZone)}
		text := in.PrivateIpAddress
		if text == nil {
			text = in.Ipv6Address
		}
		if a.Addr, err = readAddr(text); err != nil {
			return nil, badAnswer(verb, "interface %s: %w", a.Interface, err)
		}
		out[a.Interface] = a
	}
	return out, nil
}

// hubVPCs are the VPCs of this place that the tools' hosts are in: those that
// the settings name, or, in the hub's region, those without an interface endpoint
// of a service like ours. Where every VPC has one, it is any.
func (s *site) hubVPCs() []string {
	p := &s.place
	if !p.Hub || p.Region != s.ask.Hub.Region {
		return nil
	}
	if len(s.ask.Hub.VPCs) > 0 {
		return s.ask.Hub.VPCs
	}
	holds := map[string]bool{}
	for _, e := range p.Endpoints.Items {
		if isLinkService(e.Service) {
			holds[e.VPC] = true
		}
	}
	var bare, all []string
	for i := range p.VPCs.Items {
		id := p.VPCs.Items[i].ID // the attributes may be written meanwhile
		all = append(all, id)
		if !holds[id] {
			bare = append(bare, id)
		}
	}
	if len(bare) > 0 {
		return bare
	}
	return all
}
