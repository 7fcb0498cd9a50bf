package trace_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/trace"
)

const (
	hubAccount   plan.AccountID = "111111111111"
	spokeAccount plan.AccountID = "222222222222"
	eksAccount   plan.AccountID = "999999999999"
)

// A world is a fleet in which one cluster's path is healthy, in one of the many
// shapes that it may have. Its fields lead to the path's objects, so that a test
// can break them.
type world struct {
	s   *fleet.Snapshot
	ref plan.Ref
	o   trace.Options

	host          string
	native        bool // the endpoint is in another region than its service
	inHub         bool // the endpoint is in the hosts' own VPC
	gateway       bool // a transit gateway joins the VPCs
	enforce       string
	subnet, hubID string // the source's subnet and VPC
	epVPC         string
	cidr          netip.Prefix // the source's VPC's
	epCIDR        netip.Prefix
}

func addr(s string) netip.Addr     { return netip.MustParseAddr(s) }
func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

func (w *world) hub() *fleet.Place   { return w.s.Place(w.s.Hub.Account, w.s.Hub.Region) }
func (w *world) spoke() *fleet.Place { return w.s.Place(w.ref.Account, w.ref.Region) }
func (w *world) ep() *fleet.Endpoint { return &w.epPlace().Endpoints.Items[0] }
func (w *world) epPlace() *fleet.Place {
	for i := range w.s.Places {
		if p := &w.s.Places[i]; p.VPC(w.epVPC) != nil && p.Hub {
			return p
		}
	}
	return nil
}
func (w *world) svc() *fleet.Service                  { return &w.spoke().Services.Items[0] }
func (w *world) link() *fleet.Link                    { return &w.spoke().Links.Items[0] }
func (w *world) cluster() *fleet.Cluster              { return &w.spoke().Clusters.Items[0] }
func (w *world) zone() *fleet.Zone                    { return &w.s.Zones[0].Zones.Items[0] }
func (w *world) walk() trace.Path                     { return trace.Walk(w.s, w.ref, w.o) }
func (w *world) group(id string) *fleet.SecurityGroup { return w.spoke().SecurityGroup(id) }

func known[T any](items ...T) fleet.Listing[T] { return fleet.Listing[T]{Asked: true, Items: items} }

// anybody is an ACL that lets everything through, as a default one does.
func anybody(id, vpc string, subnets ...string) fleet.NetworkACL {
	a := fleet.NetworkACL{ID: id, VPC: vpc, Default: true, Subnets: subnets}
	for _, egress := range []bool{false, true} {
		a.Entries = append(a.Entries,
			fleet.ACLEntry{Egress: egress, Number: 100, Protocol: "-1", To: 65535, CIDR: prefix("0.0.0.0/0"), Allow: true},
			fleet.ACLEntry{Egress: egress, Number: 32767, Protocol: "-1", To: 65535, CIDR: prefix("0.0.0.0/0")})
	}
	return a
}

// strict is an ACL with the entries that a path needs, and others around them.
func strict(id, vpc string, subnets ...string) fleet.NetworkACL {
	a := fleet.NetworkACL{ID: id, VPC: vpc, Subnets: subnets}
	for _, egress := range []bool{false, true} {
		a.Entries = append(a.Entries,
			fleet.ACLEntry{Egress: egress, Number: 50, Protocol: "6", From: 22, To: 22, CIDR: prefix("0.0.0.0/0")},
			fleet.ACLEntry{Egress: egress, Number: 60, Protocol: "17", From: 0, To: 65535, CIDR: prefix("0.0.0.0/0")},
			fleet.ACLEntry{Egress: egress, Number: 100, Protocol: "6", From: 443, To: 443, CIDR: prefix("0.0.0.0/0"), Allow: true},
			fleet.ACLEntry{Egress: egress, Number: 110, Protocol: "6", From: 1024, To: 65535, CIDR: prefix("0.0.0.0/1"), Allow: true},
			fleet.ACLEntry{Egress: egress, Number: 120, Protocol: "6", From: 1024, To: 40000, CIDR: prefix("128.0.0.0/1"), Allow: true},
			fleet.ACLEntry{Egress: egress, Number: 130, Protocol: "6", From: 30000, To: 65535, CIDR: prefix("128.0.0.0/1"), Allow: true})
	}
	return a
}

func tcp443(cidr netip.Prefix) fleet.Rule {
	return fleet.Rule{Protocol: "tcp", From: 443, To: 443, CIDR: cidr}
}

func out() []fleet.Rule { return []fleet.Rule{{Protocol: "-1", CIDR: prefix("0.0.0.0/0")}} }

// admitting returns rules that let a block in, in one of many ways.
func admitting(t *rapid.T, label string, block, within netip.Prefix) []fleet.Rule {
	rules := []fleet.Rule{
		{Protocol: "tcp", From: 22, To: 22, CIDR: prefix("0.0.0.0/0")},
		{Protocol: "udp", From: 443, To: 443, CIDR: prefix("0.0.0.0/0")},
		tcp443(prefix("192.0.2.0/24")),
	}
	switch rapid.IntRange(0, 4).Draw(t, label) {
	case 0:
		return append(rules, tcp443(block))
	case 1:
		return append(rules, tcp443(within))
	case 2:
		low := netip.PrefixFrom(block.Addr(), block.Bits()+1)
		raw := block.Addr().As4()
		raw[block.Bits()/8] |= 0x80 >> (block.Bits() % 8)
		return append(rules, tcp443(netip.PrefixFrom(netip.AddrFrom4(raw), block.Bits()+1)), tcp443(low))
	case 3:
		return append(rules, fleet.Rule{Protocol: "-1", CIDR: prefix("10.0.0.0/8")})
	default:
		return append(rules, fleet.Rule{Protocol: "tcp", From: 0, To: 65535, CIDR: prefix("0.0.0.0/0")})
	}
}

// healthy draws a world.
func healthy(t *rapid.T) *world {
	regions := []plan.Region{"us-east-1", "eu-west-1"}
	hubRegion := rapid.SampledFrom(regions).Draw(t, "hub region")
	w := &world{ref: plan.Ref{Account: spokeAccount, Region: rapid.SampledFrom(regions).Draw(t, "region"), Name: "prod"}, enforce: rapid.SampledFrom([]string{"on", "off", ""}).Draw(t, "enforce")}
	far := w.ref.Region != hubRegion
	w.native = far && rapid.Bool().Draw(t, "native")
	epRegion := w.ref.Region
	if w.native {
		epRegion = hubRegion
	}
	w.inHub = epRegion == hubRegion && rapid.Bool().Draw(t, "in hub")
	w.gateway = !w.inHub && rapid.IntRange(0, 3).Draw(t, "gateway") == 0
	w.host = "abc.gr7." + string(w.ref.Region) + ".eks.amazonaws.com"
	w.cidr, w.hubID = prefix("10.100.0.0/16"), "vpc-hub"
	w.epCIDR, w.epVPC = prefix("10.101.0.0/20"), "vpc-endpoints"
	if w.inHub {
		w.epCIDR, w.epVPC = w.cidr, w.hubID
	}
	w.s = &fleet.Snapshot{At: time.Unix(1_700_000_000, 0), Hub: fleet.Hub{Account: hubAccount, Region: hubRegion}}
	if rapid.Bool().Draw(t, "hub VPCs named") {
		w.s.Hub.VPCs = []string{w.hubID}
	}
	for _, p := range []struct {
		account plan.AccountID
		region  plan.Region
	}{{hubAccount, regions[0]}, {hubAccount, regions[1]}, {spokeAccount, regions[0]}, {spokeAccount, regions[1]}} {
		w.s.Places = append(w.s.Places, fleet.Place{Account: p.account, Region: p.region, Hub: p.account == hubAccount, Spoke: p.account == spokeAccount,
			VPCs: known[fleet.VPC](), Subnets: known[fleet.Subnet](), RouteTables: known[fleet.RouteTable](), SecurityGroups: known[fleet.SecurityGroup](), NetworkACLs: known[fleet.NetworkACL](),
			Peerings: known[fleet.Peering](), Endpoints: known[fleet.Endpoint](), Clusters: known[fleet.Cluster](), Links: known[fleet.Link](), Services: known[fleet.Service](), Interfaces: known[plan.Interface]()})
	}
	zones := rapid.IntRange(1, 3).Draw(t, "zones")
	w.hubSide(t, epRegion, zones)
	w.clusterSide(t, zones)
	w.names(t)
	if rapid.Bool().Draw(t, "live") {
		w.probed()
	}
	return w
}

func zoneID(r plan.Region, i int) string {
	return strings.ReplaceAll(string(r), "-", "") + fmt.Sprintf("-az%d", i+1)
}

// hubSide makes the hub VPC, the endpoint VPC, what joins them and the endpoint.
func (w *world) hubSide(t *rapid.T, epRegion plan.Region, zones int) {
	yes := true
	h := w.hub()
	h.VPCs.Items = append(h.VPCs.Items, fleet.VPC{ID: w.hubID, Name: "hub", CIDRs: []netip.Prefix{w.cidr}, DNSSupport: &yes, DNSHostnames: &yes})
	own := fleet.RouteTable{ID: "rtb-hub", VPC: w.hubID, Main: true, Routes: []fleet.Route{{Destination: w.cidr, Target: "local"}, {Destination: prefix("0.0.0.0/0"), Target: "nat-1"}}}
	acl := rapid.SampledFrom([]func(string, string, ...string) fleet.NetworkACL{anybody, strict}).Draw(t, "hub ACL")("acl-hub", w.hubID)
	for i := range rapid.IntRange(1, 3).Draw(t, "hub subnets") {
		id := fmt.Sprintf("subnet-hub%d", i)
		h.Subnets.Items = append(h.Subnets.Items, fleet.Subnet{ID: id, VPC: w.hubID, Zone: fmt.Sprintf("%sb", h.Region), ZoneID: zoneID(h.Region, i), CIDR: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 100, byte(16 * i), 0}), 20)})
		acl.Subnets = append(acl.Subnets, id)
	}
	if rapid.Bool().Draw(t, "an IPv6-only subnet in the hub") { // which has no IPv4 block
		h.Subnets.Items = slices.Insert(h.Subnets.Items, 0, fleet.Subnet{ID: "subnet-six", VPC: w.hubID, Zone: fmt.Sprintf("%sb", h.Region), ZoneID: zoneID(h.Region, 0)})
		acl.Subnets = append(acl.Subnets, "subnet-six")
	}
	h.NetworkACLs.Items = append(h.NetworkACLs.Items, acl)
	w.subnet = "subnet-hub0"
	if rapid.Bool().Draw(t, "from") {
		w.o.From = w.subnet
	}

	e := w.s.Place(hubAccount, epRegion)
	ep := fleet.Endpoint{ID: "vpce-1", Account: hubAccount, Region: epRegion, VPC: w.epVPC, Service: "com.amazonaws.vpce." + string(w.ref.Region) + ".vpce-svc-1", ServiceRegion: w.ref.Region, State: "available",
		SecurityGroups: []string{"sg-endpoint"}, DNSNames: []string{"vpce-1-x.vpce-svc-1." + string(w.ref.Region) + ".vpce.amazonaws.com", "vpce-1-x-a.vpce-svc-1." + string(w.ref.Region) + ".vpce.amazonaws.com"}}
	theirs := fleet.RouteTable{ID: "rtb-endpoints", VPC: w.epVPC, Main: true, Routes: []fleet.Route{{Destination: w.epCIDR, Target: "local"}}}
	eACL := rapid.SampledFrom([]func(string, string, ...string) fleet.NetworkACL{anybody, strict}).Draw(t, "endpoint ACL")("acl-endpoints", w.epVPC)
	for i := range zones {
		id := fmt.Sprintf("subnet-ep%d", i)
		block := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 101, byte(i), 0}), 24)
		if w.inHub {
			block = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 100, byte(200 + i), 0}), 24)
		}
		e.Subnets.Items = append(e.Subnets.Items, fleet.Subnet{ID: id, VPC: w.epVPC, Zone: fmt.Sprintf("%s%c", epRegion, 'c'-i), ZoneID: zoneID(epRegion, i), CIDR: block})
		eACL.Subnets = append(eACL.Subnets, id)
		ep.Subnets = append(ep.Subnets, id)
		ep.Addrs = append(ep.Addrs, fleet.EndpointAddr{Interface: fmt.Sprintf("eni-ep%d", i), Subnet: id, Addr: block.Addr().Next().Next().Next().Next()})
	}
	e.NetworkACLs.Items = append(e.NetworkACLs.Items, eACL)
	if !w.inHub {
		e.VPCs.Items = append(e.VPCs.Items, fleet.VPC{ID: w.epVPC, Name: "endpoints", CIDRs: []netip.Prefix{w.epCIDR}, DNSSupport: &yes, DNSHostnames: &yes})
		via := "pcx-1"
		if w.gateway {
			via = "tgw-1"
		} else {
			p := fleet.Peering{ID: via, State: "active", Requester: fleet.PeeringSide{Account: hubAccount, Region: h.Region, VPC: w.hubID, CIDRs: []netip.Prefix{w.cidr}}, Accepter: fleet.PeeringSide{Account: hubAccount, Region: epRegion, VPC: w.epVPC, CIDRs: []netip.Prefix{w.epCIDR}}}
			h.Peerings.Items = append(h.Peerings.Items, p)
			if e != h {
				e.Peerings.Items = append(e.Peerings.Items, p)
			}
		}
		if rapid.Bool().Draw(t, "a dead peering besides") {
			h.Peerings.Items = append(h.Peerings.Items, fleet.Peering{ID: "pcx-dead", State: "deleted", Requester: fleet.PeeringSide{VPC: w.hubID}, Accepter: fleet.PeeringSide{VPC: w.epVPC}})
		}
		own.Routes = append(own.Routes, fleet.Route{Destination: prefix("10.0.0.0/8"), Target: "pcx-other", Blackhole: true}, fleet.Route{Destination: w.epCIDR, Target: via})
		theirs.Routes = append(theirs.Routes, fleet.Route{Destination: w.cidr, Target: via})
		e.RouteTables.Items = append(e.RouteTables.Items, theirs)
	}
	h.RouteTables.Items = append(h.RouteTables.Items, own)
	e.SecurityGroups.Items = append(e.SecurityGroups.Items, fleet.SecurityGroup{ID: "sg-endpoint", VPC: w.epVPC, Ingress: admitting(t, "endpoint admits", netip.PrefixFrom(w.cidr.Addr(), 20), w.cidr), Egress: out()})
	e.Endpoints.Items = append(e.Endpoints.Items, ep)
	if rapid.Bool().Draw(t, "an endpoint besides") {
		e.Endpoints.Items = append(e.Endpoints.Items, fleet.Endpoint{ID: "vpce-2", Account: hubAccount, Region: epRegion, VPC: w.epVPC, Service: "com.amazonaws.vpce." + string(epRegion) + ".vpce-svc-2", ServiceRegion: epRegion, State: "rejected", DNSNames: []string{"vpce-2-x.example"}})
	}
}

// clusterSide makes the cluster, its VPC, load balancer, group and service.
func (w *world) clusterSide(t *rapid.T, zones int) {
	p := w.spoke()
	const vpc = "vpc-cluster"
	p.VPCs.Items = append(p.VPCs.Items, fleet.VPC{ID: vpc, CIDRs: []netip.Prefix{prefix("10.0.0.0/16")}})
	acl := rapid.SampledFrom([]func(string, string, ...string) fleet.NetworkACL{anybody, strict}).Draw(t, "cluster ACL")("acl-cluster", vpc)
	arn := "arn:aws:elasticloadbalancing:" + string(w.ref.Region) + ":" + string(w.ref.Account) + ":loadbalancer/net/prod/1"
	group := plan.GroupARN("arn:aws:elasticloadbalancing:" + string(w.ref.Region) + ":" + string(w.ref.Account) + ":targetgroup/prod/1")
	lb := plan.LoadBalancer{ARN: arn, Name: "prod", Type: "network", Scheme: "internal", VPC: vpc}
	b := &fleet.Balancer{LoadBalancer: lb, State: "active", Enforce: w.enforce}
	if w.enforce != "" {
		b.SecurityGroups = []string{"sg-balancer"}
	}
	l := fleet.Link{Ref: w.ref, Balancer: b, HealthCheck: fleet.HealthCheck{Protocol: "HTTPS", Port: "traffic-port", Path: "/readyz", Matcher: "200"},
		Candidate: plan.Candidate{Cluster: w.ref.Name, Group: plan.Group{ARN: group, Name: "prod", VPC: vpc, TargetType: "ip", Protocol: "TCP", Port: 443, LoadBalancers: []plan.LoadBalancer{lb},
			Tags: map[string]string{plan.TagCluster: w.ref.Name, plan.TagManaged: "true", plan.TagEndpoint: w.host}}},
		Targets: known[plan.Registered](), Listeners: known(fleet.Listener{ARN: "listener-1", Protocol: "TCP", Port: 443, Groups: []plan.GroupARN{group}}, fleet.Listener{ARN: "listener-2", Protocol: "TCP", Port: 8443})}
	if rapid.Bool().Draw(t, "TCP health check") {
		l.HealthCheck = fleet.HealthCheck{Protocol: "TCP", Port: "traffic-port"}
	}
	crossZone := rapid.Bool().Draw(t, "cross-zone")
	l.Attributes = known(fleet.Attribute{Key: "load_balancing.cross_zone.enabled", Value: "use_load_balancer_configuration"})
	b.Attributes = known(fleet.Attribute{Key: "load_balancing.cross_zone.enabled", Value: fmt.Sprint(crossZone)})
	apart := rapid.Bool().Draw(t, "control plane in subnets of its own")
	svc := fleet.Service{ID: "vpce-svc-1", Name: "com.amazonaws.vpce." + string(w.ref.Region) + ".vpce-svc-1", Account: w.ref.Account, Region: w.ref.Region, State: "Available", Balancers: []string{arn},
		Principals:  known(rapid.SampledFrom([]string{"*", "arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:role/terraform", "arn:aws:iam::111111111111:user/x"}).Draw(t, "principal"), "arn:aws:iam::333333333333:root"),
		Connections: known(fleet.Connection{Endpoint: "vpce-0", Owner: hubAccount, State: "rejected"}, fleet.Connection{Endpoint: "vpce-1", Owner: hubAccount, State: "available"}),
		Tags:        map[string]string{plan.TagCluster: w.ref.Name}}
	if w.native {
		svc.SupportedRegions = []plan.Region{w.ref.Region, w.s.Hub.Region}
	}
	var nodes []netip.Prefix
	for i := range max(zones, 2) + rapid.IntRange(0, 1).Draw(t, "more zones") {
		id, zone := fmt.Sprintf("subnet-%d", i), fmt.Sprintf("%s%c", w.ref.Region, 'a'+i)
		p.Subnets.Items = append(p.Subnets.Items, fleet.Subnet{ID: id, VPC: vpc, Zone: zone, ZoneID: zoneID(w.ref.Region, i), CIDR: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(16 * i), 0}), 20)})
		acl.Subnets = append(acl.Subnets, id)
		node := netip.AddrFrom4([4]byte{10, 0, byte(16 * i), 9})
		b.Zones = append(b.Zones, fleet.BalancerZone{Zone: zone, Subnet: id, Addrs: []netip.Addr{node}})
		nodes = append(nodes, netip.PrefixFrom(node, 32))
		svc.Zones = append(svc.Zones, zone)
		svc.ZoneIDs = append(svc.ZoneIDs, zoneID(w.ref.Region, i))
		eni := netip.AddrFrom4([4]byte{10, 0, byte(16 * i), 77})
		if apart {
			own := fmt.Sprintf("subnet-cp%d", i)
			p.Subnets.Items = append(p.Subnets.Items, fleet.Subnet{ID: own, VPC: vpc, Zone: zone, ZoneID: zoneID(w.ref.Region, i), CIDR: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 200, byte(16 * i)}), 28)})
			acl.Subnets = append(acl.Subnets, own)
			eni = netip.AddrFrom4([4]byte{10, 0, 200, byte(16*i + 5)})
		}
		p.Interfaces.Items = append(p.Interfaces.Items, plan.Interface{ID: fmt.Sprintf("eni-%d", i), Description: "Amazon EKS prod", VPC: vpc, Status: "in-use", Addr: eni, Zone: zone, AttachmentOwner: eksAccount})
		l.Targets.Items = append(l.Targets.Items, plan.Registered{Target: plan.Target{Addr: eni, Port: 443, Zone: zone}, State: plan.StateHealthy})
	}
	if rapid.Bool().Draw(t, "one on its way out") {
		l.Targets.Items = append(l.Targets.Items, plan.Registered{Target: plan.Target{Addr: addr("10.0.0.55"), Port: 443}, State: plan.StateDraining})
	}
	if rapid.Bool().Draw(t, "an IPv6-only subnet at the cluster") {
		p.Subnets.Items = append(p.Subnets.Items, fleet.Subnet{ID: "subnet-six", VPC: vpc, Zone: string(w.ref.Region) + "a", ZoneID: zoneID(w.ref.Region, 0)})
		acl.Subnets = slices.Insert(acl.Subnets, 0, "subnet-six")
	}
	p.NetworkACLs.Items = append(p.NetworkACLs.Items, acl)
	own := fleet.SecurityGroup{ID: "sg-cluster", VPC: vpc, Egress: out(), Ingress: []fleet.Rule{{Protocol: "-1", Group: "sg-cluster"}}}
	if w.enforce == "on" && rapid.Bool().Draw(t, "by group") {
		own.Ingress = append(own.Ingress, fleet.Rule{Protocol: "tcp", From: 443, To: 443, Group: "sg-balancer", GroupOwner: w.ref.Account})
	} else {
		for _, n := range nodes {
			own.Ingress = append(own.Ingress, tcp443(n))
		}
	}
	more := fleet.SecurityGroup{ID: "sg-more", VPC: vpc, Egress: out()}
	if rapid.Bool().Draw(t, "the rules are of another group of the cluster's") {
		own.Ingress, more.Ingress = more.Ingress, own.Ingress
	}
	balancer := fleet.SecurityGroup{ID: "sg-balancer", VPC: vpc, Egress: []fleet.Rule{{Protocol: "tcp", From: 443, To: 443, Group: rapid.SampledFrom([]string{"sg-cluster", "sg-more"}).Draw(t, "egress")}}}
	if w.enforce == "on" {
		balancer.Ingress = admitting(t, "balancer admits", netip.PrefixFrom(w.cidr.Addr(), 20), w.cidr)
	}
	p.SecurityGroups.Items = append(p.SecurityGroups.Items, own, more, balancer)
	p.Clusters.Items = append(p.Clusters.Items, fleet.Cluster{SecurityGroups: []string{"sg-more"}, Cluster: plan.Cluster{ARN: "arn:aws:eks:" + string(w.ref.Region) + ":" + string(w.ref.Account) + ":cluster/prod", Name: "prod",
		Status: rapid.SampledFrom([]plan.ClusterStatus{plan.ClusterActive, plan.ClusterUpdating}).Draw(t, "status"), Host: w.host, VPC: vpc, SecurityGroup: "sg-cluster", CA: []byte("its CA"), Private: true, Public: rapid.Bool().Draw(t, "public too")}})
	p.Clusters.Items = append(p.Clusters.Items, fleet.Cluster{Cluster: plan.Cluster{Name: "prod-2", Status: plan.ClusterActive, Host: "def.gr7." + string(w.ref.Region) + ".eks.amazonaws.com", VPC: vpc, Private: true}})
	p.Interfaces.Items = append(p.Interfaces.Items, plan.Interface{ID: "eni-other", Description: "Amazon EKS prod-2", VPC: vpc, Status: "in-use", Addr: addr("10.0.0.99"), AttachmentOwner: eksAccount})
	p.Links.Items = append(p.Links.Items, l)
	p.Services.Items = append(p.Services.Items, svc)
}

// names makes the private zones, or has clients that need none.
func (w *world) names(t *rapid.T) {
	w.o.Address = rapid.SampledFrom([]trace.Address{trace.ByAny, trace.ByName, trace.ByVPCE}).Draw(t, "address")
	w.s.Zones = []fleet.AccountZones{{Account: hubAccount, Zones: known[fleet.Zone]()}, {Account: spokeAccount}}
	here := fleet.ZoneVPC{Region: w.s.Hub.Region, VPC: w.hubID}
	z := fleet.Zone{ID: "Z1", Name: w.host, Account: hubAccount, VPCs: known(fleet.ZoneVPC{Region: "us-east-1", VPC: "vpc-else"}, here), Records: known(fleet.Record{Name: w.host, Type: "NS", Values: []string{"ns."}})}
	parent := fleet.Zone{ID: "Z2", Name: string(w.ref.Region) + ".eks.amazonaws.com", Account: hubAccount, VPCs: known(here), Records: known[fleet.Record]()}
	record := fleet.Record{Name: w.host, Type: "A", Alias: w.ep().DNSNames[rapid.IntRange(0, 1).Draw(t, "name of the endpoint")]}
	if rapid.Bool().Draw(t, "addresses") {
		record.Alias = ""
		for _, a := range w.ep().Addrs {
			record.Values = append(record.Values, a.Addr.String())
		}
	}
	list := &w.s.Zones[0].Zones
	switch rapid.IntRange(0, 3).Draw(t, "zones") {
	case 0: // the parent's zone has the name, and the own one is not associated
		z.VPCs.Items = z.VPCs.Items[:1]
		z.Records.Items = append(z.Records.Items, record)
		parent.Records.Items = append(parent.Records.Items, record)
		list.Items = append(list.Items, z, parent)
	case 1: // the own zone goes before its parent's
		z.Records.Items = append(z.Records.Items, record)
		list.Items = append(list.Items, z, parent)
	case 2: // a wildcard
		record.Name = "*.gr7." + string(w.ref.Region) + ".eks.amazonaws.com"
		parent.Records.Items = append(parent.Records.Items, record)
		list.Items = append(list.Items, parent)
	default:
		z.Records.Items = append(z.Records.Items, record)
		list.Items = append(list.Items, z)
	}
}

// probed adds probes that found all well.
func (w *world) probed() {
	l := &trace.Live{From: "this host", Lookup: &trace.Lookup{Name: w.host, Took: time.Millisecond}}
	for _, a := range w.ep().Addrs {
		l.Lookup.Addrs = append(l.Lookup.Addrs, a.Addr)
		l.Contacts = append(l.Contacts, trace.Contact{Addr: a.Addr, Connected: true, Handshake: true, ChainOK: true, NameOK: true, Verified: true, Status: 200, Body: "ok"})
	}
	w.o.Live = l
}

// fails makes the probes find what they find where nothing gets through.
func (w *world) fails() {
	w.probed()
	for i := range w.o.Live.Contacts {
		w.o.Live.Contacts[i] = trace.Contact{Addr: w.o.Live.Contacts[i].Addr, Error: "i/o timeout"}
	}
}

func show(p trace.Path) string {
	var b strings.Builder
	for _, f := range p.Findings {
		fmt.Fprintf(&b, "%-9s %-9s %-20s because %q: %s: %s\n", f.Hop, f.Verdict, f.Code, f.Because, f.Object, f.Saw)
	}
	return b.String()
}

// TestHealthy: of a path that is as it should be, in whatever shape, nothing is
// said but that; and every hop is said something of.
func TestHealthy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := healthy(t)
		p := w.walk()
		seen := map[trace.Hop]bool{}
		for _, f := range p.Findings {
			seen[f.Hop] = true
			quiet := f.Verdict == trace.Passed && f.Code == "" && f.Why == "" && f.Saw != "" ||
				f.Hop == trace.HopServer && f.Code == trace.NotAsked && w.o.Live == nil
			if !quiet {
				t.Fatalf("%+v\n%s", f, show(p))
			}
		}
		for _, h := range trace.Hops() {
			if !seen[h] {
				t.Fatalf("nothing is said of %s:\n%s", h, show(p))
			}
		}
		if p.Verdict() != trace.Passed || p.Cause() != nil || p.From != w.subnet {
			t.Fatalf("%s, %v, from %q", p.Verdict(), p.Cause(), p.From)
		}
	})
}
