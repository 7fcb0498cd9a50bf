package awsapi

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"postern/internal/plan"
)

// paged answers page by page, with tokens "1", "2", ... The last page is an
// error if broken is set.
func paged[T any](all [][]T, token *string, broken error) (page []T, next *string, err error) {
	n := 0
	if token != nil {
		_, _ = fmt.Sscan(*token, &n)
	}
	if n >= len(all)-1 {
		if broken != nil {
			return nil, nil, broken
		}
		if n == len(all) {
			return nil, nil, nil
		}
		return all[n], nil, nil
	}
	return all[n], aws.String(fmt.Sprint(n + 1)), nil
}

var errBroken = &smithy.GenericAPIError{Code: "InternalError", Message: "between pages"}

func eni(id, addr string) ec2types.NetworkInterface {
	return ec2types.NetworkInterface{
		NetworkInterfaceId: aws.String(id), PrivateIpAddress: aws.String(addr), Status: ec2types.NetworkInterfaceStatusInUse,
		Description: aws.String("Amazon EKS prod"), VpcId: aws.String("vpc-1"), AvailabilityZone: aws.String("us-east-1a"),
		InterfaceType: "interface", Attachment: &ec2types.NetworkInterfaceAttachment{InstanceOwnerId: aws.String("999999999999")},
	}
}

// interfaceScope serves pages of interfaces, and checks what is asked.
func interfaceScope(t *testing.T, filter, value string, broken error, all ...[]ec2types.NetworkInterface) *Scope {
	return scopeWith(calls{describeNetworkInterfaces: func(_ context.Context, in *ec2.DescribeNetworkInterfacesInput, _ ...func(*ec2.Options)) (*ec2.DescribeNetworkInterfacesOutput, error) {
		if len(in.Filters) != 1 || *in.Filters[0].Name != filter || in.Filters[0].Values[0] != value || *in.MaxResults != 1000 {
			t.Errorf("asked %+v", in)
		}
		page, next, err := paged(all, in.NextToken, broken)
		return &ec2.DescribeNetworkInterfacesOutput{NetworkInterfaces: page, NextToken: next}, err
	}})
}

func TestInterfaces(t *testing.T) {
	type pages = [][]ec2types.NetworkInterface
	want := func(id, addr string) plan.Interface {
		return plan.Interface{ID: id, Description: "Amazon EKS prod", VPC: "vpc-1", Status: "in-use", Addr: netip.MustParseAddr(addr),
			Zone: "us-east-1a", AttachmentOwner: "999999999999", Type: "interface"}
	}
	six := eni("eni-1", "10.0.1.5")
	six.Ipv6Addresses = []ec2types.NetworkInterfaceIpv6Address{{Ipv6Address: aws.String("fd00::1")}, {Ipv6Address: aws.String("fd00::2"), IsPrimaryIpv6: aws.Bool(true)}}
	wantSix := want("eni-1", "10.0.1.5")
	wantSix.Addr6 = netip.MustParseAddr("fd00::2")
	badSix := eni("eni-1", "10.0.1.5")
	badSix.Ipv6Address = aws.String("10.0.0.1.2")
	free := ec2types.NetworkInterface{NetworkInterfaceId: aws.String("eni-9"), Status: "available"}
	tests := []struct {
		name   string
		pages  pages
		broken error
		want   []plan.Interface
		code   plan.Code
	}{
		{name: "none", pages: pages{nil}, want: []plan.Interface{}},
		{name: "empty pages before and between", pages: pages{nil, {eni("eni-2", "10.0.1.6")}, nil, {eni("eni-1", "10.0.1.5")}, nil},
			want: []plan.Interface{want("eni-1", "10.0.1.5"), want("eni-2", "10.0.1.6")}},
		{name: "seen on two pages", pages: pages{{eni("eni-1", "10.0.1.5")}, {eni("eni-1", "10.0.1.5")}}, want: []plan.Interface{want("eni-1", "10.0.1.5")}},
		{name: "both families", pages: pages{{six}}, want: []plan.Interface{wantSix}},
		{name: "not in use, no address", pages: pages{{free}}, want: []plan.Interface{{ID: "eni-9", Status: "available"}}},
		{name: "broken off between pages", pages: pages{{eni("eni-1", "10.0.1.5")}, nil}, broken: errBroken, code: plan.AWSError},
		{name: "denied on the second page", pages: pages{{eni("eni-1", "10.0.1.5")}, nil},
			broken: &smithy.GenericAPIError{Code: "UnauthorizedOperation"}, code: plan.AccessDenied},
		{name: "no ID", pages: pages{{eni("eni-1", "10.0.1.5"), eni("", "10.0.1.6")}}, code: plan.AWSAnswer},
		{name: "no address although in use", pages: pages{{eni("eni-1", "")}}, code: plan.AWSAnswer},
		{name: "not an address", pages: pages{{eni("eni-1", "10.0.1.500")}}, code: plan.AWSAnswer},
		{name: "IPv6 where IPv4 belongs", pages: pages{{eni("eni-1", "fd00::1")}}, code: plan.AWSAnswer},
		{name: "not an IPv6 address", pages: pages{{badSix}}, code: plan.AWSAnswer},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := interfaceScope(t, "description", "Amazon EKS *", tt.broken, tt.pages...).Interfaces(t.Context())
			if tt.code != "" {
				wantFault(t, err, tt.code, "list control-plane network interfaces in 222222222222/us-east-1")
				if got != nil {
					t.Errorf("a partial listing beside the error: %v", got)
				}
				return
			}
			if diff := cmp.Diff(tt.want, got, compareAddrs); diff != "" || err != nil {
				t.Errorf("error %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestListingThatNeverEnds(t *testing.T) {
	s := scopeWith(calls{describeNetworkInterfaces: func(context.Context, *ec2.DescribeNetworkInterfacesInput, ...func(*ec2.Options)) (*ec2.DescribeNetworkInterfacesOutput, error) {
		return &ec2.DescribeNetworkInterfacesOutput{NextToken: aws.String("again")}, nil
	}})
	_, err := s.Interfaces(t.Context())
	wantFault(t, err, plan.AWSAnswer, "the same page token twice")
}

func TestEndpointAddrs(t *testing.T) {
	a := eni("eni-1", "10.101.0.9")
	a.PrivateIpAddresses = []ec2types.NetworkInterfacePrivateIpAddress{{PrivateIpAddress: aws.String("10.101.0.9")}, {PrivateIpAddress: aws.String("10.101.0.5")}}
	a.Ipv6Addresses = []ec2types.NetworkInterfaceIpv6Address{{Ipv6Address: aws.String("fd00::9")}}
	got, err := interfaceScope(t, "interface-type", "vpc_endpoint", nil, []ec2types.NetworkInterface{a}, nil, []ec2types.NetworkInterface{eni("eni-2", "10.101.0.7")}).EndpointAddrs(t.Context())
	want := []netip.Addr{netip.MustParseAddr("10.101.0.5"), netip.MustParseAddr("10.101.0.7"), netip.MustParseAddr("10.101.0.9"), netip.MustParseAddr("fd00::9")}
	if diff := cmp.Diff(want, got, compareAddrs); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	_, err = interfaceScope(t, "interface-type", "vpc_endpoint", nil, []ec2types.NetworkInterface{eni("eni-2", "x")}).EndpointAddrs(t.Context())
	wantFault(t, err, plan.AWSAnswer, "eni-2")
}

func TestCIDRs(t *testing.T) {
	four := func(block string, state ec2types.VpcCidrBlockStateCode) ec2types.VpcCidrBlockAssociation {
		return ec2types.VpcCidrBlockAssociation{CidrBlock: aws.String(block), CidrBlockState: &ec2types.VpcCidrBlockState{State: state}}
	}
	vpc := func(id string, blocks ...ec2types.VpcCidrBlockAssociation) ec2types.Vpc {
		return ec2types.Vpc{VpcId: aws.String(id), CidrBlock: aws.String("10.0.0.0/16"), CidrBlockAssociationSet: blocks}
	}
	world := map[string]ec2types.Vpc{"vpc-1": vpc("vpc-1", four("100.64.0.0/16", "associated"), four("10.0.0.0/16", "associated"), four("10.9.0.0/16", "disassociated"))}
	both := vpc("vpc-2", four("10.0.0.0/16", "associated"))
	both.Ipv6CidrBlockAssociationSet = []ec2types.VpcIpv6CidrBlockAssociation{
		{Ipv6CidrBlock: aws.String("fd00:1::/56"), Ipv6CidrBlockState: &ec2types.VpcCidrBlockState{State: "associated"}},
		{Ipv6CidrBlock: aws.String("fd00:2::/56"), Ipv6CidrBlockState: &ec2types.VpcCidrBlockState{State: "disassociating"}},
	}
	world["vpc-2"] = both
	var mu sync.Mutex // guards sizes
	var sizes []int
	s := scopeWith(calls{describeVpcs: func(_ context.Context, in *ec2.DescribeVpcsInput, _ ...func(*ec2.Options)) (*ec2.DescribeVpcsOutput, error) {
		if *in.Filters[0].Name != "vpc-id" || len(in.VpcIds) > 0 {
			t.Errorf("asked %+v", in)
		}
		if in.NextToken == nil { // an empty page first
			mu.Lock()
			sizes = append(sizes, len(in.Filters[0].Values))
			mu.Unlock()
			return &ec2.DescribeVpcsOutput{NextToken: aws.String("1")}, nil
		}
		out := &ec2.DescribeVpcsOutput{}
		for _, id := range in.Filters[0].Values {
			if v, ok := world[id]; ok {
				out.Vpcs = append(out.Vpcs, v)
			}
		}
		return out, nil
	}})
	ids := []string{"vpc-2", "vpc-1", "vpc-1"}
	for i := range 400 {
		ids = append(ids, fmt.Sprintf("vpc-missing-%03d", i))
	}
	got, err := s.CIDRs(t.Context(), ids)
	p := netip.MustParsePrefix
	want := map[string][]netip.Prefix{"vpc-1": {p("10.0.0.0/16"), p("100.64.0.0/16")}, "vpc-2": {p("10.0.0.0/16"), p("fd00:1::/56")}}
	if diff := cmp.Diff(want, got, compareAddrs); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	slices.Sort(sizes)
	if diff := cmp.Diff([]int{2, 200, 200}, sizes); diff != "" {
		t.Errorf("chunks (-want +got):\n%s", diff)
	}
	for name, bad := range map[string]ec2types.Vpc{
		"no ID":    {CidrBlockAssociationSet: []ec2types.VpcCidrBlockAssociation{four("10.0.0.0/16", "associated")}},
		"no block": vpc("vpc-1", four("10.0.0.0/16", "disassociated")),
		"no CIDR":  vpc("vpc-1", four("10.0.0.0", "associated")),
	} {
		world["vpc-1"] = bad
		got, err := s.CIDRs(t.Context(), ids[:3])
		wantFault(t, err, plan.AWSAnswer)
		if got != nil {
			t.Errorf("%s: a partial result beside the error: %v", name, got)
		}
	}
}
