package report

import (
	"net/netip"
	"slices"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/trace"
)

// newStatusLink returns the row of a cluster: the verdict of its path, and what
// its objects are.
func newStatusLink(s *fleet.Snapshot, p trace.Path) StatusLink {
	row := StatusLink{
		Ref: p.Ref.String(), Account: p.Ref.Account, Region: p.Ref.Region, Cluster: p.Ref.Name,
		NotChecked: []trace.Hop{}, Endpoints: []StatusEndpoint{}, Connections: []StatusConnection{}, Zones: []StatusZone{},
	}
	links := slices.DeleteFunc(s.Links(p.Ref), func(l *fleet.Link) bool { return l.Candidate.Gone })
	row.judge(p)
	switch place := s.Place(p.Ref.Account, p.Ref.Region); {
	case place == nil: // nobody knows whose the credentials are
		row.Verdict, row.Reason, row.Hop, row.Object, row.Message, row.Why = HealthUnknown, trace.NotChecked, trace.HopCluster, "", "its account and region could not be looked at", ""
		row.NotChecked = []trace.Hop{trace.HopCluster}
	case len(links) == 0 && place.Links.Known():
		row.Verdict, row.Reason, row.Hop, row.Object, row.Message, row.Why = HealthUnlinked, trace.LinkMissing, "", "", "it has no link", ""
	}
	if c := s.Cluster(p.Ref); c != nil {
		row.VPCID, row.Endpoint = c.VPC, c.Host
		for _, z := range s.ZonesOf(c.Host) {
			row.Zones = append(row.Zones, StatusZone{ID: z.ID, Name: z.Name})
		}
	}
	if best := s.BestLink(p.Ref); best != nil && len(links) > 0 {
		row.link(s, best) // the one that the verdict is about
	}
	return row
}

// judge fills in the verdict and the finding that it rests on.
func (row *StatusLink) judge(p trace.Path) {
	for _, f := range p.Findings {
		switch {
		case f.Verdict == trace.Broken, f.Verdict == trace.Degraded:
			row.Findings++
		case f.Verdict == trace.Unchecked && f.Code != trace.NotAsked && !slices.Contains(row.NotChecked, f.Hop):
			row.NotChecked = append(row.NotChecked, f.Hop)
		}
	}
	cause := p.Cause()
	switch p.Verdict() {
	case trace.Broken:
		row.Verdict = HealthBroken
	case trace.Degraded:
		row.Verdict = HealthDegraded
	case trace.Passed:
		row.Verdict = HealthOK
	default:
		row.Verdict = HealthUnknown
		at := slices.IndexFunc(p.Findings, func(f trace.Finding) bool { return f.Verdict == trace.Unchecked && f.Code != trace.NotAsked })
		if at >= 0 {
			cause = &p.Findings[at]
		}
	}
	if cause != nil {
		row.Reason, row.Hop, row.Object, row.Message, row.Why = cause.Code, cause.Hop, cause.Object, cause.Saw, cause.Why
	}
}

// link fills in what a link's objects are.
func (row *StatusLink) link(s *fleet.Snapshot, l *fleet.Link) {
	g := l.Candidate.Group
	row.TargetGroupARN, row.Marks, row.Paused = g.ARN, plan.MarksTag(g.Tags), g.Paused()
	if row.VPCID == "" {
		row.VPCID = g.VPC
	}
	if l.Targets.Known() {
		row.Targets = countTargets(l.Targets.Items)
	}
	if b := l.Balancer; b != nil {
		row.LoadBalancer = &StatusBalancer{ARN: b.ARN, DNSName: b.DNSName, State: b.State, Nodes: []StatusNode{}}
		for _, z := range b.Zones {
			row.LoadBalancer.Nodes = append(row.LoadBalancer.Nodes, StatusNode{Zone: z.Zone, SubnetID: z.Subnet, Addresses: texts(z.Addrs)})
		}
	}
	for _, v := range s.Services(l) {
		if row.Service == nil {
			row.Service = &StatusService{ID: v.ID, Name: v.Name, State: v.State}
		}
		for _, c := range v.Connections.Items {
			row.Connections = append(row.Connections, StatusConnection(c))
		}
		for _, e := range s.Endpoints(v) {
			addrs := []netip.Addr{}
			for _, a := range e.Addrs {
				addrs = append(addrs, a.Addr)
			}
			row.Endpoints = append(row.Endpoints, StatusEndpoint{ID: e.ID, Account: e.Account, Region: e.Region, VPCID: e.VPC, State: e.State, Addresses: texts(addrs)})
		}
	}
}

func texts(addrs []netip.Addr) []string {
	out := []string{}
	for _, a := range addrs {
		out = append(out, a.String())
	}
	return out
}
