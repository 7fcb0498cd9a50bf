package e2e

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postern/internal/fleet"
	"postern/internal/lab/state"
	"postern/internal/plan"
)

// A deep snapshot over the wire says of the default world what the lab's store
// says of it, field by field.
func TestSnapshotIsTheWorld(t *testing.T) {
	inSnapBench(t, func(b *snapBench) {
		got := b.snapshot(deep)
		want := &fleet.Snapshot{At: time.Now(), Hub: b.ask.Hub, Calls: got.Calls}
		for _, p := range []struct {
			account, region string
		}{
			{"111111111111", "eu-west-1"}, {"111111111111", "us-east-1"},
			{"222222222222", "eu-west-1"}, {"222222222222", "us-east-1"}, {"333333333333", "eu-west-1"},
		} {
			want.Places = append(want.Places, b.place(state.Caller{Account: p.account, Region: p.region}))
		}
		want.Zones = []fleet.AccountZones{b.zones()}
		opts := cmp.Options{
			cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }), cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
			cmpopts.EquateEmpty(), cmpopts.IgnoreFields(fleet.Place{}, "Quotas"),
		}
		if d := cmp.Diff(want, got, opts); d != "" {
			t.Errorf("the world (-) and its snapshot (+) differ:\n%s", d)
		}
		quotas := map[string]int{}
		for _, p := range got.Places {
			for _, q := range p.Quotas.Items {
				quotas[q.Name] += q.Used
			}
		}
		if d := cmp.Diff(map[string]int{
			"Active VPC peering connections per VPC": 4, "Clusters": 3, "Hosted zones": 3, "Interface VPC endpoints per VPC": 3,
			"Network Load Balancers per Region": 3, "Targets per Availability Zone per Network Load Balancer": b.targets(),
		}, quotas); d != "" {
			t.Errorf("quotas (- want, + got):\n%s", d)
		}
	})
}

func know[T any](items []T, less func(a, b T) int) fleet.Listing[T] {
	if less != nil {
		slices.SortFunc(items, less)
	}
	return fleet.Listing[T]{Asked: true, Items: items}
}

func byID[T any](id func(T) string) func(a, b T) int {
	return func(a, b T) int { return strings.Compare(id(a), id(b)) }
}

func sorted(in []string) []string { return slices.Sorted(slices.Values(in)) }

func (b *snapBench) check(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// place is what the store has of a place.
func (b *snapBench) place(c state.Caller) fleet.Place {
	hub := c.Account == "111111111111"
	p := fleet.Place{Account: plan.AccountID(c.Account), Region: plan.Region(c.Region), Hub: hub, Spoke: !hub}
	b.network(c, &p)
	if hub {
		b.hubSide(c, &p)
		return p
	}
	p.Role = "arn:aws:iam::" + c.Account + ":role/postern-sync"
	b.spokeSide(c, &p)
	return p
}

func (b *snapBench) network(c state.Caller, p *fleet.Place) {
	vpcs, _, err := b.store.DescribeVpcs(c, nil, nil, state.Page{})
	b.check(err)
	var outVPCs []fleet.VPC
	for _, v := range vpcs {
		out := fleet.VPC{ID: v.ID, Name: v.Tags["Name"], CIDRs: []netip.Prefix{v.CIDR}}
		if p.Spoke || slices.Contains(b.ask.Hub.VPCs, v.ID) {
			out.DNSSupport, out.DNSHostnames = &v.DNSSupport, &v.DNSHostnames
		}
		outVPCs = append(outVPCs, out)
	}
	p.VPCs = know(outVPCs, byID(func(v fleet.VPC) string { return v.ID }))

	subnets, _, err := b.store.DescribeSubnets(c, nil, nil, state.Page{})
	b.check(err)
	var outSubnets []fleet.Subnet
	for _, s := range subnets {
		outSubnets = append(outSubnets, fleet.Subnet{ID: s.ID, VPC: s.VPC, Zone: s.Zone, ZoneID: s.ZoneID, CIDR: s.CIDR, Free: s.Free})
	}
	p.Subnets = know(outSubnets, byID(func(v fleet.Subnet) string { return v.ID }))

	tables, _, err := b.store.DescribeRouteTables(c, nil, nil, state.Page{})
	b.check(err)
	var outTables []fleet.RouteTable
	for _, t := range tables {
		out := fleet.RouteTable{ID: t.ID, VPC: t.VPC}
		for _, a := range t.Associations {
			out.Main = out.Main || a.Main
			if a.Subnet != "" {
				out.Subnets = append(out.Subnets, a.Subnet)
			}
		}
		for _, r := range t.Routes {
			out.Routes = append(out.Routes, fleet.Route{Destination: r.Destination, Target: r.Target, Blackhole: r.State == "blackhole"})
		}
		outTables = append(outTables, out)
	}
	p.RouteTables = know(outTables, byID(func(v fleet.RouteTable) string { return v.ID }))

	groups, _, err := b.store.DescribeSecurityGroups(c, nil, nil, nil, state.Page{})
	b.check(err)
	var outGroups []fleet.SecurityGroup
	for _, g := range groups {
		out := fleet.SecurityGroup{ID: g.ID, Name: g.Name, Owner: plan.AccountID(g.Owner), VPC: g.VPC}
		for _, r := range g.Rules {
			rule := fleet.Rule{Protocol: r.Protocol, From: r.From, To: r.To, CIDR: r.CIDR, Group: r.Peer, GroupOwner: plan.AccountID(r.PeerOwner)}
			if rule.Protocol == "-1" {
				rule.From, rule.To = 0, 0
			}
			if r.Egress {
				out.Egress = append(out.Egress, rule)
			} else {
				out.Ingress = append(out.Ingress, rule)
			}
		}
		outGroups = append(outGroups, out)
	}
	p.SecurityGroups = know(outGroups, byID(func(v fleet.SecurityGroup) string { return v.ID }))

	acls, _, err := b.store.DescribeNetworkAcls(c, nil, nil, state.Page{})
	b.check(err)
	var outACLs []fleet.NetworkACL
	for _, a := range acls {
		out := fleet.NetworkACL{ID: a.ID, VPC: a.VPC, Default: a.Default}
		for _, x := range a.Associations {
			out.Subnets = append(out.Subnets, x.Subnet)
		}
		out.Subnets = sorted(out.Subnets)
		for _, egress := range []bool{false, true} {
			for _, e := range a.Entries {
				if e.Egress == egress {
					entry := fleet.ACLEntry{Egress: e.Egress, Number: e.Number, Protocol: e.Protocol, From: e.From, To: e.To, CIDR: e.CIDR, Allow: e.Allow}
					if e.From < 0 {
						entry.From, entry.To = 0, 65535
					}
					out.Entries = append(out.Entries, entry)
				}
			}
		}
		outACLs = append(outACLs, out)
	}
	p.NetworkACLs = know(outACLs, byID(func(v fleet.NetworkACL) string { return v.ID }))
}

func (b *snapBench) hubSide(c state.Caller, p *fleet.Place) {
	side := func(s state.PeeringSide) fleet.PeeringSide {
		return fleet.PeeringSide{Account: plan.AccountID(s.Owner), Region: plan.Region(s.Region), VPC: s.VPC, CIDRs: s.CIDRs}
	}
	peerings, _, err := b.store.DescribeVpcPeeringConnections(c, nil, nil, state.Page{})
	b.check(err)
	var outPeerings []fleet.Peering
	for _, x := range peerings {
		outPeerings = append(outPeerings, fleet.Peering{ID: x.ID, Requester: side(x.Requester), Accepter: side(x.Accepter), State: x.Status, Message: x.Message})
	}
	p.Peerings = know(outPeerings, byID(func(v fleet.Peering) string { return v.ID }))

	endpoints, _, err := b.store.DescribeVpcEndpoints(c, nil, nil, state.Page{})
	b.check(err)
	var outEndpoints []fleet.Endpoint
	for _, e := range endpoints {
		out := fleet.Endpoint{
			ID: e.ID, Account: plan.AccountID(e.Owner), Region: plan.Region(e.Region), VPC: e.VPC, Service: e.ServiceName,
			ServiceRegion: plan.Region(e.ServiceRegion), State: strings.ToLower(e.State), SecurityGroups: sorted(e.SecurityGroups), Tags: e.Tags,
			DNSNames: []string{e.DNSName},
		}
		for _, i := range e.Interfaces {
			out.Subnets = append(out.Subnets, i.Subnet)
			out.Addrs = append(out.Addrs, fleet.EndpointAddr{Interface: i.ID, Subnet: i.Subnet, Zone: i.Zone, Addr: i.Addr})
			out.DNSNames = append(out.DNSNames, i.DNSName)
		}
		slices.Sort(out.Subnets)
		slices.SortFunc(out.Addrs, func(a, b fleet.EndpointAddr) int { return strings.Compare(a.Zone, b.Zone) })
		outEndpoints = append(outEndpoints, out)
	}
	p.Endpoints = know(outEndpoints, byID(func(v fleet.Endpoint) string { return v.ID }))
}

func (b *snapBench) spokeSide(c state.Caller, p *fleet.Place) {
	var outClusters []fleet.Cluster
	var outLinks []fleet.Link
	for _, x := range b.clusters() {
		if x.Account != c.Account || x.Region != c.Region {
			continue
		}
		out := fleet.Cluster{
			Cluster: plan.Cluster{
				ARN: x.ARN, Name: x.Name, Status: plan.ClusterStatus(x.Status), Host: strings.ToLower(strings.TrimPrefix(x.Endpoint, "https://")), VPC: x.VPC,
				SecurityGroup: x.ClusterSecurityGroup, CA: x.CA, Public: x.Public, Private: x.Private, IPv6: x.IPFamily == "ipv6",
			},
			Subnets: sorted(x.Subnets), SecurityGroups: sorted(x.SecurityGroups), Version: x.Version,
		}
		for _, text := range x.PublicCIDRs {
			out.PublicCIDRs = append(out.PublicCIDRs, netip.MustParsePrefix(text))
		}
		outClusters = append(outClusters, out)
		outLinks = append(outLinks, b.link(c, x))
	}
	p.Clusters = know(outClusters, byID(func(v fleet.Cluster) string { return v.Name }))
	p.Links = know(outLinks, byID(func(v fleet.Link) string { return string(v.Candidate.Group.ARN) }))

	services, _, err := b.store.DescribeVpcEndpointServiceConfigurations(c, nil, nil, state.Page{})
	b.check(err)
	names := map[string]string{}
	for _, s := range p.Subnets.Items {
		names[s.ZoneID] = s.Zone
	}
	var outServices []fleet.Service
	for _, s := range services {
		out := fleet.Service{
			ID: s.ID, Name: s.Name, Account: p.Account, Region: p.Region, State: s.State, Balancers: sorted(s.LoadBalancers), ZoneIDs: sorted(s.ZoneIDs),
			Acceptance: s.AcceptanceRequired, Tags: s.Tags,
		}
		for _, id := range s.ZoneIDs {
			out.Zones = append(out.Zones, names[id])
		}
		slices.Sort(out.Zones)
		for _, r := range s.Regions {
			out.SupportedRegions = append(out.SupportedRegions, plan.Region(r))
		}
		var principals []string
		for _, x := range s.Principals {
			principals = append(principals, x.ARN)
		}
		out.Principals = know(principals, strings.Compare)
		connections, _, err := b.store.DescribeVpcEndpointConnections(c, []state.Filter{{Name: "service-id", Values: []string{s.ID}}}, state.Page{})
		b.check(err)
		var outConnections []fleet.Connection
		for _, x := range connections {
			outConnections = append(outConnections, fleet.Connection{Endpoint: x.Endpoint, Owner: plan.AccountID(x.EndpointOwner), Region: plan.Region(x.EndpointRegion), State: strings.ToLower(x.State)})
		}
		out.Connections = know(outConnections, byID(func(v fleet.Connection) string { return v.Endpoint }))
		outServices = append(outServices, out)
	}
	p.Services = know(outServices, byID(func(v fleet.Service) string { return v.ID }))

	var outInterfaces []plan.Interface
	for _, i := range b.interfaces(c, "description", "Amazon EKS *") {
		outInterfaces = append(outInterfaces, plan.Interface{
			ID: i.ID, Description: i.Description, VPC: i.VPC, Status: i.Status, Addr: i.Addr, Zone: i.Zone, AttachmentOwner: plan.AccountID(i.Attachment.InstanceOwner), Type: i.Type,
		})
	}
	p.Interfaces = know(outInterfaces, byID(func(v plan.Interface) string { return v.ID }))
}

// link is what the store has of a cluster's link.
func (b *snapBench) link(c state.Caller, x state.Cluster) fleet.Link {
	g := b.group(x)
	lbs, _, err := b.store.DescribeLoadBalancers(c, g.LoadBalancers, nil, state.Page{})
	b.check(err)
	lb := lbs[0]
	h := g.HealthCheck
	balancer := plan.LoadBalancer{ARN: lb.ARN, Name: lb.Name, Type: lb.Type, Scheme: lb.Scheme, VPC: lb.VPC, Tags: lb.Tags}
	out := fleet.Link{
		Ref: plan.Ref{Account: plan.AccountID(c.Account), Region: plan.Region(c.Region), Name: x.Name},
		Candidate: plan.Candidate{Cluster: x.Name, Group: plan.Group{
			ARN: plan.GroupARN(g.ARN), Name: g.Name, VPC: g.VPC, TargetType: g.Type, Protocol: g.Protocol, Port: g.Port, Tags: g.Tags,
			LoadBalancers: []plan.LoadBalancer{balancer},
		}},
		HealthCheck: fleet.HealthCheck{
			Protocol: h.Protocol, Port: h.Port, Path: h.Path, Matcher: h.Matcher, Interval: h.Interval, Timeout: h.Timeout, Healthy: h.Healthy, Unhealthy: h.Unhealthy,
		},
		Balancer: &fleet.Balancer{LoadBalancer: balancer, DNSName: lb.DNSName, State: lb.State, SecurityGroups: sorted(lb.SecurityGroups), Enforce: lb.EnforcePrivateLink},
	}
	for _, z := range lb.Zones {
		out.Balancer.Zones = append(out.Balancer.Zones, fleet.BalancerZone{Zone: z.Zone, Subnet: z.Subnet, Addrs: []netip.Addr{z.Addr}})
	}
	slices.SortFunc(out.Balancer.Zones, func(a, b fleet.BalancerZone) int { return strings.Compare(a.Zone, b.Zone) })
	out.Balancer.Attributes = attributesOf(lb.Attributes)
	out.Attributes = attributesOf(g.Attributes)

	listeners, _, err := b.store.DescribeListeners(c, state.ListenerQuery{LoadBalancer: lb.ARN})
	b.check(err)
	var outListeners []fleet.Listener
	for _, l := range listeners {
		outListeners = append(outListeners, fleet.Listener{ARN: l.ARN, Protocol: l.Protocol, Port: l.Port, Groups: []plan.GroupARN{plan.GroupARN(g.ARN)}})
	}
	out.Listeners = know(outListeners, nil)

	health, err := b.store.DescribeTargetHealth(c, g.ARN, nil)
	b.check(err)
	var outTargets []plan.Registered
	for _, x := range health {
		if x.State != "healthy" {
			b.Errorf("%s is %s", x.Target.ID, x.State)
		}
		outTargets = append(outTargets, plan.Registered{
			Target: plan.Target{Addr: netip.MustParseAddr(x.Target.ID), Port: x.Target.Port, Zone: x.Target.Zone}, State: plan.TargetState(x.State), Reason: x.Reason, Description: x.Description,
		})
	}
	out.Targets = know(outTargets, func(a, b plan.Registered) int { return a.Addr.Compare(b.Addr) })
	return out
}

func attributesOf(in map[string]string) fleet.Listing[fleet.Attribute] {
	var out []fleet.Attribute
	for k, v := range in {
		out = append(out, fleet.Attribute{Key: k, Value: v})
	}
	return know(out, byID(func(a fleet.Attribute) string { return a.Key }))
}

func (b *snapBench) zones() fleet.AccountZones {
	c := state.Caller{Account: "111111111111", Region: "us-east-1"}
	zones, _, err := b.store.ListHostedZones(c, state.Page{})
	b.check(err)
	var out []fleet.Zone
	for _, z := range zones {
		zone := fleet.Zone{ID: z.ID, Name: z.Name, Account: plan.AccountID(z.Owner)}
		var vpcs []fleet.ZoneVPC
		for _, v := range z.VPCs {
			vpcs = append(vpcs, fleet.ZoneVPC{Region: plan.Region(v.Region), VPC: v.VPC})
		}
		zone.VPCs = know(vpcs, nil)
		var records []fleet.Record
		for _, r := range z.Records {
			record := fleet.Record{Name: r.Name, Type: r.Type, Values: r.Values}
			if r.Alias != nil {
				record.Alias = r.Alias.Name
			}
			records = append(records, record)
		}
		zone.Records = know(records, byID(func(r fleet.Record) string { return r.Name + " " + r.Type }))
		out = append(out, zone)
	}
	return fleet.AccountZones{
		Account: "111111111111", VPCs: []fleet.ZoneVPC{{Region: "us-east-1", VPC: b.ask.Hub.VPCs[0]}},
		Zones: know(out, byID(func(z fleet.Zone) string { return z.Name + " " + z.ID })),
	}
}

func (b *snapBench) interfaces(c state.Caller, filter, value string) []state.Interface {
	found, _, err := b.store.DescribeNetworkInterfaces(c, state.InterfaceQuery{Filters: []state.Filter{{Name: filter, Values: []string{value}}}})
	b.check(err)
	return found
}

func (b *snapBench) group(x state.Cluster) state.TargetGroup {
	b.Helper()
	groups, _, err := b.store.DescribeTargetGroups(state.Caller{Account: x.Account, Region: x.Region}, state.TargetGroupQuery{})
	b.check(err)
	for _, g := range groups {
		if g.Tags[plan.TagCluster] == x.Name {
			return g
		}
	}
	b.Fatalf("%s has no group", x.Name)
	return state.TargetGroup{}
}

func (b *snapBench) clusters() []state.Cluster {
	var out []state.Cluster
	for _, c := range b.scopes {
		names, _, err := b.store.ListClusters(c, state.Page{})
		b.check(err)
		for _, name := range names {
			x, err := b.store.DescribeCluster(c, name)
			b.check(err)
			out = append(out, x)
		}
	}
	return out
}

// targets is how many are registered in all.
func (b *snapBench) targets() int {
	n := 0
	for _, x := range b.clusters() {
		health, err := b.store.DescribeTargetHealth(state.Caller{Account: x.Account, Region: x.Region}, b.group(x).ARN, nil)
		b.check(err)
		n += len(health)
	}
	return n
}
