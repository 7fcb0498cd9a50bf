package awsapi

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postern/internal/fleet"
	"postern/internal/plan"
)

var netips = cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})

// reading is one answer and what it is read as; wrong says what is wrong with it.
type reading[A, B any] struct {
	name  string
	in    A
	want  B
	wrong string
}

func readings[A, B any](t *testing.T, kind string, read func(A) (B, error), tests []reading[A, B]) {
	t.Helper()
	for _, tt := range tests {
		t.Run(kind+" "+tt.name, func(t *testing.T) {
			got, err := read(tt.in)
			if tt.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wrong) {
					t.Errorf("got error %v, want one with %q", err, tt.wrong)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got, netips); d != "" {
				t.Errorf("(- want, + got):\n%s", d)
			}
		})
	}
}

var block = netip.MustParsePrefix("10.1.0.0/16")

func TestReadNetwork(t *testing.T) {
	readings(t, "subnet", readSubnet, []reading[ec2types.Subnet, fleet.Subnet]{
		{"with IPv6 alone", ec2types.Subnet{SubnetId: aws.String("subnet-1"), VpcId: aws.String("vpc-1")}, fleet.Subnet{ID: "subnet-1", VPC: "vpc-1"}, ""},
		{"not masked", ec2types.Subnet{SubnetId: aws.String("subnet-1"), VpcId: aws.String("vpc-1"), CidrBlock: aws.String("10.1.2.3/16")}, fleet.Subnet{ID: "subnet-1", VPC: "vpc-1", CIDR: block}, ""},
		{"without an ID", ec2types.Subnet{VpcId: aws.String("vpc-1")}, fleet.Subnet{}, "without an ID"},
		{"with nonsense", ec2types.Subnet{SubnetId: aws.String("subnet-1"), VpcId: aws.String("vpc-1"), CidrBlock: aws.String("x")}, fleet.Subnet{}, `subnet subnet-1: CIDR "x"`},
	})
	to := aws.String("10.1.0.0/16")
	readings(t, "route", readRoute, []reading[ec2types.Route, fleet.Route]{
		{"local", ec2types.Route{DestinationCidrBlock: to, GatewayId: aws.String("local")}, fleet.Route{Destination: block, Target: "local"}, ""},
		{"to a peering that is gone", ec2types.Route{DestinationCidrBlock: to, VpcPeeringConnectionId: aws.String("pcx-1"), State: ec2types.RouteStateBlackhole}, fleet.Route{Destination: block, Target: "pcx-1", Blackhole: true}, ""},
		{"to a transit gateway", ec2types.Route{DestinationCidrBlock: to, TransitGatewayId: aws.String("tgw-1")}, fleet.Route{Destination: block, Target: "tgw-1"}, ""},
		{"to a NAT instance's interface", ec2types.Route{DestinationCidrBlock: to, InstanceId: aws.String("i-1"), NetworkInterfaceId: aws.String("eni-1")}, fleet.Route{Destination: block, Target: "eni-1"}, ""},
		{"for IPv6", ec2types.Route{DestinationIpv6CidrBlock: aws.String("::/0"), EgressOnlyInternetGatewayId: aws.String("eigw-1")}, fleet.Route{Destination: netip.MustParsePrefix("::/0"), Target: "eigw-1"}, ""},
		{"for a prefix list", ec2types.Route{DestinationPrefixListId: aws.String("pl-1"), GatewayId: aws.String("vpce-1")}, fleet.Route{PrefixList: "pl-1", Target: "vpce-1"}, ""},
		{"to nowhere", ec2types.Route{GatewayId: aws.String("local")}, fleet.Route{}, "without a destination"},
		{"with nonsense", ec2types.Route{DestinationCidrBlock: aws.String("10.0.0.0/33")}, fleet.Route{}, `CIDR "10.0.0.0/33"`},
	})
	associated := func(state ec2types.RouteTableAssociationStateCode, subnet string) ec2types.RouteTableAssociation {
		return ec2types.RouteTableAssociation{SubnetId: aws.String(subnet), AssociationState: &ec2types.RouteTableAssociationState{State: state}}
	}
	readings(t, "route table", readRouteTable, []reading[ec2types.RouteTable, fleet.RouteTable]{
		{"with subnets", ec2types.RouteTable{RouteTableId: aws.String("rtb-1"), VpcId: aws.String("vpc-1"), Associations: []ec2types.RouteTableAssociation{
			associated("associated", "subnet-2"), associated("disassociating", "subnet-3"), {SubnetId: aws.String("subnet-1")}, {Main: aws.Bool(true)}, {GatewayId: aws.String("igw-1")},
		}}, fleet.RouteTable{ID: "rtb-1", VPC: "vpc-1", Main: true, Subnets: []string{"subnet-1", "subnet-2"}, Routes: []fleet.Route{}}, ""},
		{"with a bad route", ec2types.RouteTable{RouteTableId: aws.String("rtb-1"), VpcId: aws.String("vpc-1"), Routes: []ec2types.Route{{}}}, fleet.RouteTable{}, "route table rtb-1: a route without"},
		{"without a VPC", ec2types.RouteTable{RouteTableId: aws.String("rtb-1")}, fleet.RouteTable{}, "without an ID or a VPC"},
	})
	entry := func(egress bool, number int32) ec2types.NetworkAclEntry {
		return ec2types.NetworkAclEntry{Egress: &egress, RuleNumber: &number, Protocol: aws.String("6"), CidrBlock: to, RuleAction: "allow", PortRange: &ec2types.PortRange{From: aws.Int32(443), To: aws.Int32(444)}}
	}
	read := func(egress bool, number int) fleet.ACLEntry {
		return fleet.ACLEntry{Egress: egress, Number: number, Protocol: "6", CIDR: block, Allow: true, From: 443, To: 444}
	}
	readings(t, "network ACL", readNetworkACL, []reading[ec2types.NetworkAcl, fleet.NetworkACL]{
		{"in any order", ec2types.NetworkAcl{NetworkAclId: aws.String("acl-1"), Entries: []ec2types.NetworkAclEntry{entry(true, 2), entry(false, 3), entry(true, 1), entry(false, 1)}},
			fleet.NetworkACL{ID: "acl-1", Entries: []fleet.ACLEntry{read(false, 1), read(false, 3), read(true, 1), read(true, 2)}}, ""},
		{"for all ports", ec2types.NetworkAcl{NetworkAclId: aws.String("acl-1"), Entries: []ec2types.NetworkAclEntry{{Protocol: aws.String("-1"), Ipv6CidrBlock: aws.String("::/0"), RuleAction: "deny"}}},
			fleet.NetworkACL{ID: "acl-1", Entries: []fleet.ACLEntry{{Protocol: "-1", To: 65535, CIDR: netip.MustParsePrefix("::/0")}}}, ""},
		{"without a CIDR", ec2types.NetworkAcl{NetworkAclId: aws.String("acl-1"), Entries: []ec2types.NetworkAclEntry{{Protocol: aws.String("-1"), RuleNumber: aws.Int32(7)}}}, fleet.NetworkACL{}, "network ACL acl-1: entry 7"},
	})
	readings(t, "security group", readSecurityGroup, []reading[ec2types.SecurityGroup, fleet.SecurityGroup]{
		{"of all kinds", ec2types.SecurityGroup{GroupId: aws.String("sg-1"), IpPermissions: []ec2types.IpPermission{{
			IpProtocol: aws.String("tcp"), FromPort: aws.Int32(443), ToPort: aws.Int32(443),
			IpRanges: []ec2types.IpRange{{CidrIp: to}}, Ipv6Ranges: []ec2types.Ipv6Range{{CidrIpv6: aws.String("::/0")}},
			UserIdGroupPairs: []ec2types.UserIdGroupPair{{GroupId: aws.String("sg-2"), UserId: aws.String(account)}}, PrefixListIds: []ec2types.PrefixListId{{PrefixListId: aws.String("pl-1")}},
		}}, IpPermissionsEgress: []ec2types.IpPermission{{IpProtocol: aws.String("-1"), IpRanges: []ec2types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}}}}},
			fleet.SecurityGroup{ID: "sg-1", Ingress: []fleet.Rule{
				{Protocol: "tcp", From: 443, To: 443, CIDR: block}, {Protocol: "tcp", From: 443, To: 443, CIDR: netip.MustParsePrefix("::/0")},
				{Protocol: "tcp", From: 443, To: 443, Group: "sg-2", GroupOwner: account}, {Protocol: "tcp", From: 443, To: 443, PrefixList: "pl-1"},
			}, Egress: []fleet.Rule{{Protocol: "-1", CIDR: netip.MustParsePrefix("0.0.0.0/0")}}}, ""},
		{"with a rule for nothing", ec2types.SecurityGroup{GroupId: aws.String("sg-1"), IpPermissions: []ec2types.IpPermission{{IpProtocol: aws.String("tcp"), IpRanges: []ec2types.IpRange{{}}}}}, fleet.SecurityGroup{}, `security group sg-1: a rule for CIDR ""`},
		{"without a protocol", ec2types.SecurityGroup{GroupId: aws.String("sg-1"), IpPermissionsEgress: []ec2types.IpPermission{{}}}, fleet.SecurityGroup{}, "without a protocol"},
	})
}

func TestReadHub(t *testing.T) {
	readings(t, "peering", readPeering, []reading[ec2types.VpcPeeringConnection, fleet.Peering]{
		{"that waits", ec2types.VpcPeeringConnection{
			VpcPeeringConnectionId: aws.String("pcx-1"), Status: &ec2types.VpcPeeringConnectionStateReason{Code: "pending-acceptance", Message: aws.String("Pending")},
			RequesterVpcInfo: &ec2types.VpcPeeringConnectionVpcInfo{
				OwnerId: aws.String(account), Region: aws.String(region), VpcId: aws.String("vpc-1"), CidrBlock: aws.String("10.1.0.0/16"),
				CidrBlockSet: []ec2types.CidrBlock{{CidrBlock: aws.String("10.1.0.0/16")}}, Ipv6CidrBlockSet: []ec2types.Ipv6CidrBlock{{Ipv6CidrBlock: aws.String("fd00::/56")}},
			},
			AccepterVpcInfo: &ec2types.VpcPeeringConnectionVpcInfo{OwnerId: aws.String(account), VpcId: aws.String("vpc-2")},
		}, fleet.Peering{
			ID: "pcx-1", State: "pending-acceptance", Message: "Pending",
			Requester: fleet.PeeringSide{Account: account, Region: region, VPC: "vpc-1", CIDRs: []netip.Prefix{block, netip.MustParsePrefix("fd00::/56")}},
			Accepter:  fleet.PeeringSide{Account: account, VPC: "vpc-2"},
		}, ""},
		{"without a state", ec2types.VpcPeeringConnection{VpcPeeringConnectionId: aws.String("pcx-1")}, fleet.Peering{}, "without an ID or a state"},
		{"with nonsense", ec2types.VpcPeeringConnection{
			VpcPeeringConnectionId: aws.String("pcx-1"), Status: &ec2types.VpcPeeringConnectionStateReason{Code: "active"}, RequesterVpcInfo: &ec2types.VpcPeeringConnectionVpcInfo{CidrBlock: aws.String("x")},
		}, fleet.Peering{}, `peering pcx-1: CIDR "x"`},
	})
	endpoint := ec2types.VpcEndpoint{VpcEndpointId: aws.String("vpce-1"), VpcId: aws.String("vpc-1"), ServiceName: aws.String("com.amazonaws.vpce.x.vpce-svc-1"), State: "PendingAcceptance"}
	failed := endpoint
	failed.State, failed.LastError, failed.ServiceRegion = "failed", &ec2types.LastError{Code: aws.String("C"), Message: aws.String("m")}, aws.String("eu-west-1")
	want := fleet.Endpoint{ID: "vpce-1", Account: account, Region: region, VPC: "vpc-1", Service: "com.amazonaws.vpce.x.vpce-svc-1", ServiceRegion: region, State: "pendingacceptance"}
	wantFailed := want
	wantFailed.State, wantFailed.Error, wantFailed.ServiceRegion = "failed", "C: m", "eu-west-1"
	readings(t, "endpoint", func(in ec2types.VpcEndpoint) (fleet.Endpoint, error) { return readEndpoint(in, account, region) }, []reading[ec2types.VpcEndpoint, fleet.Endpoint]{
		{"of another spelling", endpoint, want, ""},
		{"that failed", failed, wantFailed, ""},
		{"without a state", ec2types.VpcEndpoint{VpcEndpointId: aws.String("vpce-1"), VpcId: aws.String("vpc-1"), ServiceName: aws.String("x")}, fleet.Endpoint{}, `endpoint "vpce-1" without`},
	})
	readings(t, "service", func(in ec2types.ServiceConfiguration) (fleet.Service, error) { return readService(in, account, region) }, []reading[ec2types.ServiceConfiguration, fleet.Service]{
		{"without a name", ec2types.ServiceConfiguration{ServiceId: aws.String("vpce-svc-1"), ServiceState: "Available"}, fleet.Service{}, `service "vpce-svc-1" without`},
		{"for regions", ec2types.ServiceConfiguration{ServiceId: aws.String("vpce-svc-1"), ServiceName: aws.String("x"), ServiceState: "Available", SupportedRegions: []ec2types.SupportedRegionDetail{{Region: aws.String("b")}, {Region: aws.String("a")}}},
			fleet.Service{ID: "vpce-svc-1", Name: "x", Account: account, Region: region, State: "Available", SupportedRegions: []plan.Region{"a", "b"}}, ""},
	})
}

func TestReadLinks(t *testing.T) {
	readings(t, "listener", readListener, []reading[elbtypes.Listener, fleet.Listener]{
		{"that names its group twice", elbtypes.Listener{ListenerArn: aws.String("arn:l"), Protocol: "TCP", Port: aws.Int32(443), DefaultActions: []elbtypes.Action{{
			TargetGroupArn: aws.String("arn:b"), ForwardConfig: &elbtypes.ForwardActionConfig{TargetGroups: []elbtypes.TargetGroupTuple{{TargetGroupArn: aws.String("arn:b")}, {TargetGroupArn: aws.String("arn:a")}}},
		}}}, fleet.Listener{ARN: "arn:l", Protocol: "TCP", Port: 443, Groups: []plan.GroupARN{"arn:a", "arn:b"}}, ""},
		{"without an ARN", elbtypes.Listener{}, fleet.Listener{}, "without an ARN"},
	})
	readings(t, "load balancer", func(in elbtypes.LoadBalancer) (fleet.Balancer, error) { return readBalancer(in), nil }, []reading[elbtypes.LoadBalancer, fleet.Balancer]{
		{"with a fixed address", elbtypes.LoadBalancer{AvailabilityZones: []elbtypes.AvailabilityZone{
			{ZoneName: aws.String("b"), LoadBalancerAddresses: []elbtypes.LoadBalancerAddress{{PrivateIPv4Address: aws.String("10.0.0.9")}, {IpAddress: aws.String("192.0.2.1")}}},
			{ZoneName: aws.String("a"), LoadBalancerAddresses: []elbtypes.LoadBalancerAddress{{PrivateIPv4Address: aws.String("x")}}},
		}, SecurityGroups: []string{"sg-2", "sg-1"}},
			fleet.Balancer{SecurityGroups: []string{"sg-1", "sg-2"}, Zones: []fleet.BalancerZone{{Zone: "a"}, {Zone: "b", Addrs: []netip.Addr{netip.MustParseAddr("10.0.0.9")}}}}, ""},
	})
	good := ekstypes.Cluster{Name: aws.String("prod"), Arn: aws.String("arn:aws:eks:x"), Status: "ACTIVE"}
	public := good
	public.ResourcesVpcConfig = &ekstypes.VpcConfigResponse{PublicAccessCidrs: []string{"192.0.2.0/24", "10.1.0.0/16"}, SubnetIds: []string{"b", "a"}}
	wild := good
	wild.ResourcesVpcConfig = &ekstypes.VpcConfigResponse{PublicAccessCidrs: []string{"everyone"}}
	wantCluster := fleet.Cluster{Cluster: plan.Cluster{Name: "prod", ARN: "arn:aws:eks:x", Status: "ACTIVE"}, Subnets: []string{"a", "b"}, PublicCIDRs: []netip.Prefix{block, netip.MustParsePrefix("192.0.2.0/24")}}
	readings(t, "cluster", func(in ekstypes.Cluster) (fleet.Cluster, error) { return readFleetCluster("prod", &in) }, []reading[ekstypes.Cluster, fleet.Cluster]{
		{"with a public endpoint", public, wantCluster, ""},
		{"with nonsense", wild, fleet.Cluster{}, `public access: CIDR "everyone"`},
		{"of another name", ekstypes.Cluster{Name: aws.String("other")}, fleet.Cluster{}, `about cluster "other"`},
	})
}

// Zones of the account and those that its hub VPCs see become one list, in
// which what a VPC's failed listing hides is not taken for absent.
func TestJoinZones(t *testing.T) {
	hub, other := fleet.ZoneVPC{Region: region, VPC: "vpc-1"}, fleet.ZoneVPC{Region: region, VPC: "vpc-2"}
	zone := func(id, owner string, vpcs ...fleet.ZoneVPC) fleet.Zone {
		return fleet.Zone{ID: id, Name: id, Account: plan.AccountID(owner), VPCs: fleet.Listing[fleet.ZoneVPC]{Items: vpcs}}
	}
	listing := func(zs ...fleet.Zone) fleet.Listing[fleet.Zone] {
		return fleet.Listing[fleet.Zone]{Asked: true, Items: zs}
	}
	known := func(z fleet.Zone, f *plan.Fault) fleet.Zone {
		z.VPCs.Asked, z.VPCs.Fault = true, f
		return z
	}
	denied := &plan.Fault{Code: plan.AccessDenied}
	broken := fleet.Listing[fleet.Zone]{Asked: true, Fault: denied}
	for name, tt := range map[string]struct {
		own  fleet.Listing[fleet.Zone]
		vpcs []fleet.ZoneVPC
		seen []fleet.Listing[fleet.Zone]
		want fleet.Listing[fleet.Zone]
	}{
		"two VPCs": {
			listing(zone("a", account), zone("b", account)), []fleet.ZoneVPC{hub, other},
			[]fleet.Listing[fleet.Zone]{listing(zone("a", account), zone("c", "333333333333")), listing(zone("a", account))},
			listing(known(zone("a", account, hub, other), nil), known(zone("b", account), nil), known(zone("c", "333333333333", hub), nil)),
		},
		"no VPC": {listing(zone("a", account)), nil, nil, listing(zone("a", account))},
		"own zones not listed": {
			broken, []fleet.ZoneVPC{hub}, []fleet.Listing[fleet.Zone]{listing(zone("a", account))},
			fleet.Listing[fleet.Zone]{Asked: true, Fault: denied, Items: []fleet.Zone{known(zone("a", account, hub), nil)}},
		},
		"a VPC's not listed": {
			listing(zone("a", account)), []fleet.ZoneVPC{hub}, []fleet.Listing[fleet.Zone]{broken},
			fleet.Listing[fleet.Zone]{Asked: true, Fault: denied, Items: []fleet.Zone{known(zone("a", account), denied)}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := joinZones(account, tt.own, tt.vpcs, tt.seen)
			want := fleet.AccountZones{Account: account, VPCs: tt.vpcs, Zones: tt.want}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(- want, + got):\n%s", d)
			}
		})
	}
}

// Where the settings name no hub VPC, it is one without interface endpoints of
// links; AWS's own endpoints do not count.
func TestHubVPCs(t *testing.T) {
	s := &site{ask: &SnapshotAsk{Hub: fleet.Hub{Region: region}}, place: fleet.Place{Hub: true, Region: region}}
	s.place.VPCs.Items = []fleet.VPC{{ID: "vpc-1"}, {ID: "vpc-2"}}
	s.place.Endpoints.Items = []fleet.Endpoint{{VPC: "vpc-1", Service: "com.amazonaws.us-east-1.eks"}, {VPC: "vpc-2", Service: "com.amazonaws.vpce.us-east-1.vpce-svc-1"}}
	check := func(what string, want ...string) {
		t.Helper()
		if d := cmp.Diff(want, s.hubVPCs()); d != "" {
			t.Errorf("%s (- want, + got):\n%s", what, d)
		}
	}
	check("one has endpoints", "vpc-1")
	s.place.Endpoints.Items[0].Service = "com.amazonaws.vpce.us-east-1.vpce-svc-2"
	check("each has endpoints", "vpc-1", "vpc-2")
	s.ask.Hub.VPCs = []string{"vpc-3"}
	check("the settings name one", "vpc-3")
	s.place.Region = "eu-west-1"
	check("another region")
}

// One load balancer may carry the groups of several links, and a group may be
// gone.
func TestLinksOf(t *testing.T) {
	p := &fleet.Place{Account: account, Region: region}
	lb := plan.LoadBalancer{ARN: elbARN + "loadbalancer/net/x/1", Tags: map[string]string{"a": "b"}}
	balancers := map[string]*fleet.Balancer{lb.ARN: {LoadBalancer: plan.LoadBalancer{ARN: lb.ARN}, DNSName: "x"}}
	candidates := []plan.Candidate{
		{Cluster: "a", Group: plan.Group{ARN: "1", LoadBalancers: []plan.LoadBalancer{{ARN: "deleted"}, lb}}},
		{Cluster: "b", Group: plan.Group{ARN: "2", LoadBalancers: []plan.LoadBalancer{lb}}},
		{Cluster: "c", Group: plan.Group{ARN: "3"}, Gone: true},
	}
	got := linksOf(p, candidates, map[plan.GroupARN]fleet.HealthCheck{"2": {Path: "/readyz"}}, balancers)
	own := func() *fleet.Balancer { return &fleet.Balancer{LoadBalancer: lb, DNSName: "x"} }
	ref := func(name string) plan.Ref { return plan.Ref{Account: account, Region: region, Name: name} }
	want := []fleet.Link{
		{Ref: ref("a"), Candidate: candidates[0], Balancer: own()},
		{Ref: ref("b"), Candidate: candidates[1], Balancer: own(), HealthCheck: fleet.HealthCheck{Path: "/readyz"}},
		{Ref: ref("c"), Candidate: candidates[2]},
	}
	if d := cmp.Diff(want, got, netips); d != "" {
		t.Errorf("(- want, + got):\n%s", d)
	}
	if got[0].Balancer == got[1].Balancer {
		t.Error("two links share what is written to")
	}
}
