package graph

import (
	"fmt"
	"hash/crc32"
	"net/netip"
	"slices"
	"time"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/trace"
)

const hubAccount = plan.AccountID("111111111111")

// spoke is one cluster of a made-up fleet.
type spoke struct {
	ref      plan.Ref
	unlinked bool            // no load balancer
	without  string          // endpoint, service: it is missing
	finding  []trace.Finding // of its path
}

// made returns the snapshot and the paths of a fleet whose hub is in us-east-1.
func made(hubs int, spokes []spoke) (*fleet.Snapshot, []trace.Path) {
	s := &fleet.Snapshot{
		At:  time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC),
		Hub: fleet.Hub{Account: hubAccount, Region: "us-east-1"},
	}
	places := map[string]*fleet.Place{}
	place := func(account plan.AccountID, region plan.Region) *fleet.Place {
		key := string(account) + string(region)
		if places[key] == nil {
			p := &fleet.Place{Account: account, Region: region, Hub: account == hubAccount, Spoke: account != hubAccount}
			p.VPCs.Asked, p.Subnets.Asked, p.Peerings.Asked, p.Endpoints.Asked = true, true, true, true
			p.Clusters.Asked, p.Links.Asked, p.Services.Asked = true, true, true
			places[key] = p
		}
		return places[key]
	}
	home := place(hubAccount, "us-east-1")
	for i := range hubs {
		id := fmt.Sprintf("vpc-0b%015x", i)
		s.Hub.VPCs = append(s.Hub.VPCs, id)
		home.VPCs.Items = append(home.VPCs.Items, fleet.VPC{ID: id, Name: "tools", CIDRs: []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(100 + i), 0, 0}), 16)}})
	}
	var paths []trace.Path
	for i, sp := range spokes {
		p := place(sp.ref.Account, sp.ref.Region)
		p.Clusters.Items = append(p.Clusters.Items, fleet.Cluster{Cluster: plan.Cluster{Name: sp.ref.Name, Status: plan.ClusterActive}})
		if sp.unlinked {
			continue
		}
		paths = append(paths, trace.Path{Ref: sp.ref, Findings: sp.finding})
		arn := fmt.Sprintf("arn:lb:%d", i)
		l := fleet.Link{Ref: sp.ref, Balancer: &fleet.Balancer{}}
		l.Balancer.ARN, l.Balancer.Name = arn, fmt.Sprintf("postern-%08x", i*2654435761%4294967296)
		l.Targets.Asked = true
		for j := range 3 {
			l.Targets.Items = append(l.Targets.Items, plan.Registered{Target: plan.Target{Addr: netip.AddrFrom4([4]byte{10, 0, byte(j), 9}), Port: 443}, State: plan.StateHealthy})
		}
		p.Links.Items = append(p.Links.Items, l)
		if sp.without == "service" {
			continue
		}
		id := fmt.Sprintf("vpce-svc-0a%015x", i)
		v := fleet.Service{ID: id, Name: "com.amazonaws.vpce." + string(sp.ref.Region) + "." + id, Account: sp.ref.Account, Region: sp.ref.Region, State: "Available", Balancers: []string{arn}}
		v.Connections.Asked = true
		p.Services.Items = append(p.Services.Items, v)
		hub := place(hubAccount, sp.ref.Region)
		vpc := fmt.Sprintf("vpc-0e%015x", crc32.ChecksumIEEE([]byte(sp.ref.Region)))
		if hub.VPC(vpc) == nil {
			hub.VPCs.Items = append(hub.VPCs.Items, fleet.VPC{ID: vpc, Name: "endpoints", CIDRs: []netip.Prefix{netip.MustParsePrefix("10.101.0.0/20")}})
			for j, h := range s.Hub.VPCs {
				home.Peerings.Items = append(home.Peerings.Items, fleet.Peering{
					ID: fmt.Sprintf("pcx-0%01x%015x", j, len(home.Peerings.Items)), State: "active",
					Requester: fleet.PeeringSide{Account: hubAccount, Region: "us-east-1", VPC: h},
					Accepter:  fleet.PeeringSide{Account: hubAccount, Region: sp.ref.Region, VPC: vpc},
				})
			}
		}
		if sp.without == "endpoint" {
			continue
		}
		hub.Endpoints.Items = append(hub.Endpoints.Items, fleet.Endpoint{
			ID: fmt.Sprintf("vpce-0c%015x", i), Account: hubAccount, Region: sp.ref.Region, VPC: vpc, Service: v.Name, ServiceRegion: v.Region,
			State: "available", Subnets: []string{"a", "b"},
		})
	}
	for _, p := range places {
		s.Places = append(s.Places, *p)
	}
	slices.SortFunc(s.Places, func(a, b fleet.Place) int {
		return plan.Ref{Account: a.Account, Region: a.Region}.Compare(plan.Ref{Account: b.Account, Region: b.Region})
	})
	return s, paths
}

// some returns n clusters in several accounts and regions.
func some(n int) []spoke {
	regions := []plan.Region{"us-east-1", "eu-west-1", "ap-southeast-2", "us-west-2", "eu-central-1"}
	names := []string{"prod", "payments", "staging", "search-index", "data-platform-blue", "ml"}
	var all []spoke
	for i := range n {
		name := names[i%len(names)]
		if i >= 3 {
			name = fmt.Sprintf("%s-%d", name, i)
		}
		all = append(all, spoke{ref: plan.Ref{
			Account: plan.AccountID(fmt.Sprint(222222222222 + 111111111111*(i%7))),
			Region:  regions[i%min(len(regions), 1+n/3)],
			Name:    name,
		}})
	}
	return all
}

var troubles = []trace.Finding{
	{Hop: trace.HopService, Verdict: trace.Broken, Code: "x", Object: "vpce-svc-0a000000000000001", Saw: "vpce-svc-0a000000000000001 waits for somebody to accept the connection of vpce-0c000000000000001", Why: "until then the endpoint has no path, and every connection times out"},
	{Hop: trace.HopPeering, Verdict: trace.Broken, Saw: "pcx-00000000000000001 is pending-acceptance", Why: "the two VPCs are not joined before its other side accepts it"},
	{Hop: trace.HopTargets, Verdict: trace.Degraded, Saw: "1 of 3 targets is unhealthy (Target.Timeout)", Why: "new connections to it are not made"},
	{Hop: trace.HopBalancer, Verdict: trace.Broken, Saw: "no listener on 443", Why: "connections are refused"},
	{Hop: trace.HopName, Verdict: trace.Degraded, Saw: "no private zone has the name 0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com", Why: "hosts of the hub must use the interface endpoint's own name"},
	{Hop: trace.HopAdmit, Verdict: trace.Unchecked, Saw: "the security groups could not be listed: add ec2:DescribeSecurityGroups to the role's policy"},
	{Hop: trace.HopCluster, Verdict: trace.Broken, Saw: "no such cluster"},
}
