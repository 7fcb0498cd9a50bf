package state_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/state"
)

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

// check fails the test unless an error has a code; empty: there is none.
func (w *world) refused(what string, err error, want string) {
	w.t.Helper()
	if code(err) != want {
		w.t.Fatalf("%s: got %v, want %q", what, err, want)
	}
}

func TestVpcs(t *testing.T) {
	w := newWorld(t, state.Options{})
	for block, want := range map[string]string{"10.0.0.0/15": "InvalidVpc.Range", "10.0.0.0/29": "InvalidVpc.Range", "10.0.0.1/16": "InvalidParameterValue", "10.0.0.0/28": ""} {
		_, err := w.CreateVpc(caller, state.VPCInput{CIDR: prefix(block)})
		w.refused(block, err, want)
	}
	a, err := w.AssociateVpcCidrBlock(caller, w.vpc, prefix("100.64.0.0/16"))
	w.ok(err)
	for block, want := range map[string]string{"100.64.128.0/17": "CidrConflict", "10.0.0.0/16": "CidrConflict", "10.0.0.0/8": "InvalidVpc.Range"} {
		_, err := w.AssociateVpcCidrBlock(caller, w.vpc, prefix(block))
		w.refused(block, err, want)
	}
	_, err = w.AssociateVpcCidrBlock(caller, "vpc-0", prefix("10.1.0.0/16"))
	w.refused("no such VPC", err, "InvalidVpcID.NotFound")
	vs, _, err := w.DescribeVpcs(caller, []string{w.vpc}, nil, state.Page{})
	w.ok(err)
	if len(vs[0].CIDRs) != 2 || vs[0].CIDRs[1].Block != a.Block {
		t.Errorf("got %+v", vs)
	}
	for filter, value := range map[string]string{"cidr": "10.0.0.0/16", "cidr-block-association.cidr-block": "100.64.*", "tag-key": "none", "tag:Name": "none", "vpc-id": w.vpc} {
		vs, _, err := w.DescribeVpcs(caller, nil, []state.Filter{{Name: filter, Values: []string{value}}}, state.Page{})
		w.ok(err)
		if want := value != "none"; (len(vs) == 1) != want {
			t.Errorf("%s=%s: got %d", filter, value, len(vs))
		}
	}
	sub, err := w.CreateSubnet(caller, state.SubnetInput{VPC: w.vpc, CIDR: prefix("100.64.1.0/24")})
	w.ok(err)
	_, _, err = w.DisassociateVpcCidrBlock(caller, a.ID)
	w.refused("with a subnet", err, "DependencyViolation")
	w.ok(w.DeleteSubnet(caller, sub.ID))
	vpc, gone, err := w.DisassociateVpcCidrBlock(caller, a.ID)
	w.ok(err)
	if vpc != w.vpc || gone.State != "disassociated" {
		t.Errorf("got %s, %+v", vpc, gone)
	}
	_, _, err = w.DisassociateVpcCidrBlock(caller, a.ID)
	w.refused("again", err, "InvalidVpcCidrBlockAssociationID.NotFound")
	_, _, err = w.DisassociateVpcCidrBlock(caller, vs[0].CIDRs[0].ID)
	w.refused("the primary block", err, "OperationNotPermitted")

	w.refused("with subnets", w.DeleteVpc(caller, w.vpc), "DependencyViolation")
	for _, id := range w.subnets {
		w.ok(w.DeleteSubnet(caller, id))
	}
	w.ok(w.DeleteVpc(caller, w.vpc))
	w.refused("again", w.DeleteVpc(caller, w.vpc), "InvalidVpcID.NotFound")
	w.refused("malformed", w.DeleteVpc(caller, "x"), "InvalidVpcID.Malformed")
	_, _, err = w.DescribeVpcs(state.Caller{Account: "333333333333", Region: region}, []string{vs[0].ID}, nil, state.Page{})
	w.refused("another account", err, "InvalidVpcID.NotFound")
}

func TestSubnetsAndZones(t *testing.T) {
	w := newWorld(t, state.Options{})
	for _, x := range []struct {
		name string
		in   state.SubnetInput
		want string
	}{
		{"outside", state.SubnetInput{VPC: w.vpc, CIDR: prefix("10.1.0.0/24")}, "InvalidSubnet.Range"},
		{"larger than the VPC", state.SubnetInput{VPC: w.vpc, CIDR: prefix("10.0.0.0/15")}, "InvalidSubnet.Range"},
		{"too small", state.SubnetInput{VPC: w.vpc, CIDR: prefix("10.0.200.0/29")}, "InvalidSubnet.Range"},
		{"overlap", state.SubnetInput{VPC: w.vpc, CIDR: prefix("10.0.1.0/24")}, "InvalidSubnet.Conflict"},
		{"no such zone", state.SubnetInput{VPC: w.vpc, CIDR: prefix("10.0.200.0/24"), Zone: "mars-1a"}, "InvalidParameterValue"},
		{"IPv6 of no VPC", state.SubnetInput{VPC: w.vpc, CIDR: prefix("10.0.200.0/24"), IPv6: prefix("2001:db8::/64")}, "InvalidSubnet.Range"},
		{"no such VPC", state.SubnetInput{VPC: "vpc-0", CIDR: prefix("10.0.200.0/24")}, "InvalidVpcID.NotFound"},
		{"by zone name", state.SubnetInput{VPC: w.vpc, CIDR: prefix("10.0.200.0/24"), Zone: w.zones[1].Name}, ""},
	} {
		sub, err := w.CreateSubnet(caller, x.in)
		w.refused(x.name, err, x.want)
		if err == nil && (sub.ZoneID != w.zones[1].ID || sub.Free != 251) {
			t.Errorf("%s: %+v", x.name, sub)
		}
	}
	w.refused("no such subnet", w.DeleteSubnet(caller, "subnet-0"), "InvalidSubnetID.NotFound")
	w.balancer("prod", w.subnets...)
	w.refused("in use", w.DeleteSubnet(caller, w.subnets[0]), "DependencyViolation")

	// IDs agree between accounts, names need not: some account has another
	// order.
	same := true
	for _, a := range []string{"111111111111", "333333333333", "444444444444", "555555555555"} {
		zs, err := w.DescribeAvailabilityZones(state.Caller{Account: a, Region: region}, nil, nil, []state.Filter{{Name: "state", Values: []string{"available"}}})
		w.ok(err)
		var theirs, ours []string
		for i := range zs {
			same = same && zs[i].ID == w.zones[i].ID
			theirs, ours = append(theirs, zs[i].ID), append(ours, w.zones[i].ID)
		}
		slices.Sort(theirs)
		slices.Sort(ours)
		if diff := cmp.Diff(ours, theirs); diff != "" || theirs[0] != "euw1-az1" {
			t.Errorf("zones of %s: %s", a, diff)
		}
	}
	if same {
		t.Error("every account has the same order of zones")
	}
	_, err := w.DescribeAvailabilityZones(caller, []string{"x"}, nil, nil)
	w.refused("zone name", err, "InvalidParameterValue")
	_, err = w.DescribeAvailabilityZones(caller, nil, []string{"x"}, nil)
	w.refused("zone ID", err, "InvalidParameterValue")
	for region, want := range map[string]string{"us-east-1": "use1-az", "ap-northeast-2": "apne2-az", "us-gov-west-1": "usgw1-az", "ca-central-1": "cac1-az"} {
		zs, err := w.DescribeAvailabilityZones(state.Caller{Account: account, Region: region}, nil, nil, nil)
		if err != nil || zs[0].ID[:len(want)] != want {
			t.Errorf("%s: %v, %v", region, zs, err)
		}
	}
}

func TestInterfacesAndSecurityGroups(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	g, err := w.CreateSecurityGroup(caller, state.SecurityGroupInput{VPC: w.vpc, Name: "web", Description: "web"})
	w.ok(err)
	_, err = w.CreateSecurityGroup(caller, state.SecurityGroupInput{VPC: w.vpc, Name: "web", Description: "web"})
	w.refused("same name", err, "InvalidGroup.Duplicate")
	_, err = w.CreateSecurityGroup(caller, state.SecurityGroupInput{VPC: "vpc-0", Name: "web", Description: "web"})
	w.refused("no VPC", err, "InvalidVpcID.NotFound")

	i, err := w.CreateNetworkInterface(caller, state.InterfaceInput{Subnet: w.subnets[0], Addr: netip.MustParseAddr("10.0.0.10"), SecurityGroups: []string{g.ID}})
	w.ok(err)
	for addr, want := range map[string]string{"10.0.0.10": "InvalidIPAddress.InUse", "10.0.0.3": "InvalidParameterValue", "10.0.15.255": "InvalidParameterValue", "10.0.16.10": "InvalidParameterValue"} {
		_, err := w.CreateNetworkInterface(caller, state.InterfaceInput{Subnet: w.subnets[0], Addr: netip.MustParseAddr(addr)})
		w.refused(addr, err, want)
	}
	_, err = w.CreateNetworkInterface(caller, state.InterfaceInput{Subnet: w.subnets[0], SecurityGroups: []string{"sg-0"}})
	w.refused("no such group", err, "InvalidGroup.NotFound")
	w.refused("group in use", w.DeleteSecurityGroup(caller, g.ID), "DependencyViolation")

	w.ok(w.CreateTags(caller, []string{i.ID, w.vpc, g.ID, w.subnets[0]}, state.Tags{"Name": "x", "b": ""}))
	w.refused("tags of nothing", w.CreateTags(caller, []string{i.ID, "eni-0"}, state.Tags{"b": "changed"}), "InvalidID")
	other := "other"
	w.ok(w.DeleteTags(caller, []string{i.ID}, map[string]*string{"Name": &other, "b": nil, "none": nil}))
	is, _, err := w.DescribeNetworkInterfaces(caller, state.InterfaceQuery{Filters: []state.Filter{{Name: "tag:Name", Values: []string{"x"}}, {Name: "tag-key", Values: []string{"N*"}}}})
	w.ok(err)
	if len(is) != 1 || !cmp.Equal(is[0].Tags, state.Tags{"Name": "x"}) {
		t.Errorf("got %+v", is)
	}

	held, err := w.CreateNetworkInterface(caller, state.InterfaceInput{Subnet: w.subnets[0], Instance: "i-0123456789abcdef0"})
	w.ok(err)
	w.refused("in use", w.DeleteNetworkInterface(caller, held.ID), "InvalidNetworkInterface.InUse")
	w.ok(w.DeleteNetworkInterface(caller, i.ID))
	w.refused("gone", w.DeleteNetworkInterface(caller, i.ID), "InvalidNetworkInterfaceID.NotFound")
	w.ok(w.DeleteSecurityGroup(caller, g.ID))
	gs, _, err := w.DescribeSecurityGroups(caller, nil, []string{"default"}, []state.Filter{{Name: "vpc-id", Values: []string{w.vpc}}}, state.Page{})
	w.ok(err)
	if len(gs) != 1 {
		t.Fatalf("got %+v", gs)
	}
	w.refused("default group", w.DeleteSecurityGroup(caller, gs[0].ID), "CannotDelete")
	_, _, err = w.DescribeSecurityGroups(caller, []string{g.ID}, nil, nil, state.Page{})
	w.refused("gone group", err, "InvalidGroup.NotFound")

	// Every filter that a table has finds the interface by its own value.
	for name, value := range map[string]string{
		"attachment.instance-id": "i-0123456789abcdef0", "attachment.status": "attached", "attachment.instance-owner-id": account, "attachment.device-index": "1",
		"subnet-id": w.subnets[0], "availability-zone": held.Zone, "availability-zone-id": held.ZoneID, "mac-address": held.MAC, "interface-type": "interface",
		"network-interface-id": held.ID, "private-ip-address": held.Addr.String(), "requester-managed": "false", "owner-id": account,
	} {
		is, _, err := w.DescribeNetworkInterfaces(caller, state.InterfaceQuery{Filters: []state.Filter{{Name: name, Values: []string{value}}}})
		if err != nil || len(is) != 1 {
			t.Errorf("%s: %v, %v", name, is, err)
		}
	}
}

func TestIPv6Cluster(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	v, err := w.CreateVpc(caller, state.VPCInput{CIDR: prefix("10.6.0.0/16"), IPv6: true})
	w.ok(err)
	var subnets []string
	for i, z := range w.zones {
		six := v.IPv6[0].Block.Addr().As16()
		six[7] = byte(i)
		sub, err := w.CreateSubnet(caller, state.SubnetInput{VPC: v.ID, CIDR: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 6, byte(i), 0}), 24), IPv6: netip.PrefixFrom(netip.AddrFrom16(six), 64), ZoneID: z.ID})
		w.ok(err)
		subnets = append(subnets, sub.ID)
	}
	_, err = w.CreateCluster(caller, state.ClusterInput{Name: "six", Subnets: subnets, IPFamily: "ipv6", Private: &yes, Public: &no})
	w.ok(err)
	w.Settle()
	cl, err := w.DescribeCluster(caller, "six")
	w.ok(err)
	a := w.Resolve(state.View{}, hostOf(cl))
	if len(a.Addrs) != 4 || !a.Addrs[0].Is4() || !a.Addrs[3].Is6() || a.Zone != "api.aws" {
		t.Fatalf("got %+v for %s", a, cl.Endpoint)
	}
	g := w.group("six", func(in *state.TargetGroupInput) { in.VPC, in.IPAddressType = v.ID, "ipv6" })
	lb := w.balancer("six", subnets...)
	_, err = w.CreateListener(caller, state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 443, Groups: []string{g}})
	w.ok(err)
	w.register(g, a.Addrs[2:]...)
	w.Settle()
	if diff := cmp.Diff([]string{healthy, healthy}, w.health(g)); diff != "" {
		t.Error(diff)
	}
}

// TestGroupText: what EC2 takes as names and descriptions of groups and as
// descriptions of rules. Source: EC2 API reference, CreateSecurityGroup, IpRange.
func TestGroupText(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	long := strings.Repeat("x", 255)
	g := w.securityGroup(w.vpc, "web")
	for i, x := range []struct{ text, want string }{
		{"abc XYZ 019 ._-:/()#,@[]+=&;{}!$*", ""},
		{long, ""},
		{long + "x", "InvalidParameterValue"},
		{"the hub's hosts", "InvalidParameterValue"},
		{"over 100%", "InvalidParameterValue"},
		{"a < b", "InvalidParameterValue"},
		{"a|b", "InvalidParameterValue"},
		{"zwei\nlines", "InvalidParameterValue"},
		{"größer", "InvalidParameterValue"},
	} {
		_, err := w.CreateSecurityGroup(caller, state.SecurityGroupInput{VPC: w.vpc, Name: fmt.Sprintf("g%d", i), Description: x.text})
		w.refused("group description "+x.text, err, x.want)
		_, err = w.CreateSecurityGroup(caller, state.SecurityGroupInput{VPC: w.vpc, Name: x.text, Description: "x"})
		w.refused("group name "+x.text, err, x.want)
		rule := state.RuleInput{Protocol: "tcp", From: i, To: i, CIDR: prefix("10.0.0.0/8")}
		made, err := w.AuthorizeSecurityGroupIngress(caller, g.ID, []state.RuleInput{rule}, nil)
		w.ok(err)
		w.refused("rule description by ID "+x.text, w.DescribeRules(caller, g.ID, false, nil, map[string]string{made[0].ID: x.text}), x.want)
		rule.Description = x.text
		w.refused("rule description "+x.text, w.DescribeRules(caller, g.ID, false, []state.RuleInput{rule}, nil), x.want)
		rule.From, rule.To = 1000+i, 1000+i
		_, err = w.AuthorizeSecurityGroupEgress(caller, g.ID, []state.RuleInput{rule}, nil)
		w.refused("new rule "+x.text, err, x.want)
		w.refused("changed rule "+x.text, w.ModifySecurityGroupRules(caller, g.ID, map[string]state.RuleInput{made[0].ID: rule}), x.want)
	}
	for name, x := range map[string]struct{ name, description, want string }{
		"no name":             {"", "x", "MissingParameter"},
		"no description":      {"x", "", "MissingParameter"},
		"a name like an ID's": {"sg-1", "x", "InvalidParameterValue"},
	} {
		_, err := w.CreateSecurityGroup(caller, state.SecurityGroupInput{VPC: w.vpc, Name: x.name, Description: x.description})
		w.refused(name, err, x.want)
	}
}
