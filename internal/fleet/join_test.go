package fleet_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/fleet"
	"postern/internal/plan"
)

func items[T any](in ...T) fleet.Listing[T] { return fleet.Listing[T]{Asked: true, Items: in} }

func refs(texts ...string) []plan.Ref {
	var out []plan.Ref
	for _, text := range texts {
		out = append(out, plan.Ref{Account: "222222222222", Region: "us-east-1", Name: text})
	}
	return out
}

// ids are the IDs of what pointers point to.
func ids[T any](in []*T, id func(*T) string) []string {
	var out []string
	for _, p := range in {
		out = append(out, id(p))
	}
	return out
}

func wantIDs(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (- want, + got):\n%s", what, d)
	}
}

func TestJoinLinks(t *testing.T) {
	ref := refs("b", "a", "ghost", "", "c")
	link := func(r plan.Ref, arn plan.GroupARN, balancer string) fleet.Link {
		l := fleet.Link{Ref: r, Candidate: plan.Candidate{Cluster: r.Name, Group: plan.Group{ARN: arn}}}
		if balancer != "" {
			l.Balancer = &fleet.Balancer{LoadBalancer: plan.LoadBalancer{ARN: balancer}}
		}
		return l
	}
	ghost := link(ref[2], "4", "")
	ghost.Candidate.Gone = true
	s := &fleet.Snapshot{Hub: fleet.Hub{Account: "111111111111"}, Places: []fleet.Place{
		{
			Account: "222222222222", Region: "us-east-1", Spoke: true,
			Links:    items(link(ref[0], "1", "lb-1"), link(ref[1], "2", "lb-2"), link(ref[1], "3", ""), ghost, link(ref[3], "5", "")),
			Clusters: items(fleet.Cluster{Cluster: plan.Cluster{Name: "b", Status: plan.ClusterActive}}, fleet.Cluster{Cluster: plan.Cluster{Name: "c"}}),
			Services: items(
				fleet.Service{ID: "s-1", Name: "name-1", Region: "us-east-1", Balancers: []string{"lb-0", "lb-1"}},
				fleet.Service{ID: "s-2", Name: "name-1", Region: "eu-west-1", Balancers: []string{"lb-1"}},
			),
		},
		{Account: "111111111111", Region: "eu-west-1", Hub: true, Endpoints: items(
			fleet.Endpoint{ID: "e-3", Service: "name-1", ServiceRegion: "us-east-1"}, fleet.Endpoint{ID: "e-4", Service: "name-2", ServiceRegion: "us-east-1"},
		)},
		{Account: "111111111111", Region: "us-east-1", Hub: true, Endpoints: items(
			fleet.Endpoint{ID: "e-1", Service: "name-1", ServiceRegion: "us-east-1"}, fleet.Endpoint{ID: "e-2", Service: "name-1", ServiceRegion: "eu-west-1"},
		)},
	}}
	if d := cmp.Diff(refs("a", "b", "c"), s.Fleet()); d != "" {
		t.Errorf("the fleet (- want, + got):\n%s", d)
	}
	if c := s.Cluster(ref[0]); c == nil || !c.Described() {
		t.Errorf("cluster b: %+v", c)
	}
	if c := s.Cluster(ref[4]); c == nil || c.Described() {
		t.Errorf("cluster c is named, and was not asked about: %+v", c)
	}
	if c := s.Cluster(ref[1]); c != nil {
		t.Errorf("cluster a: %+v", c)
	}
	elsewhere := ref[0]
	elsewhere.Region = "eu-north-1"
	if c := s.Cluster(elsewhere); c != nil || s.Links(elsewhere) != nil {
		t.Errorf("a cluster where nothing was asked: %+v", c)
	}
	arn := func(l *fleet.Link) string { return string(l.Candidate.Group.ARN) }
	wantIDs(t, "links of a", ids(s.Links(ref[1]), arn), "2", "3")
	links := s.Links(ref[0])
	wantIDs(t, "links of b", ids(links, arn), "1")
	if links[0] != &s.Places[0].Links.Items[0] {
		t.Error("a link is a copy, not the snapshot's")
	}
	service := func(v *fleet.Service) string { return v.ID }
	services := s.Services(links[0])
	wantIDs(t, "services of b", ids(services, service), "s-1", "s-2")
	wantIDs(t, "services of a link without a load balancer", ids(s.Services(s.Links(ref[1])[1]), service))
	endpoint := func(e *fleet.Endpoint) string { return e.ID }
	wantIDs(t, "endpoints of a service, in any region of the hub", ids(s.Endpoints(services[0]), endpoint), "e-1", "e-3")
	wantIDs(t, "endpoints of a service of the same name elsewhere", ids(s.Endpoints(services[1]), endpoint), "e-2")
	s.Places[2].Hub = false
	wantIDs(t, "endpoints that are not the hub's", ids(s.Endpoints(services[1]), endpoint))
}

// The zone that answers is the most exact one; a zone of a name that only ends
// alike is none.
func TestJoinZonesOfHost(t *testing.T) {
	s := &fleet.Snapshot{Hub: fleet.Hub{Account: "111111111111"}, Zones: []fleet.AccountZones{
		{Account: "222222222222", Zones: items(fleet.Zone{ID: "theirs", Name: "a.example.org"})},
		{Account: "111111111111", Zones: items(
			fleet.Zone{ID: "parent", Name: "example.org"}, fleet.Zone{ID: "second", Name: "A.example.org"}, fleet.Zone{ID: "first", Name: "a.example.org"},
			fleet.Zone{ID: "child", Name: "x.a.example.org"}, fleet.Zone{ID: "alike", Name: "ample.org"}, fleet.Zone{ID: "top", Name: "org"},
		)},
	}}
	id := func(z *fleet.Zone) string { return z.ID }
	wantIDs(t, "zones", ids(s.ZonesOf("a.EXAMPLE.org"), id), "first", "second", "parent", "top")
	wantIDs(t, "zones of another host", ids(s.ZonesOf("example.net"), id))
}

func TestJoinNetwork(t *testing.T) {
	p := &fleet.Place{
		VPCs:    items(fleet.VPC{ID: "vpc-1"}),
		Subnets: items(fleet.Subnet{ID: "subnet-1", VPC: "vpc-1"}, fleet.Subnet{ID: "subnet-2", VPC: "vpc-1"}, fleet.Subnet{ID: "subnet-3", VPC: "vpc-2"}),
		RouteTables: items(
			fleet.RouteTable{ID: "other", VPC: "vpc-0", Main: true}, fleet.RouteTable{ID: "main", VPC: "vpc-1", Main: true, Subnets: []string{}},
			fleet.RouteTable{ID: "own", VPC: "vpc-1", Subnets: []string{"subnet-2"}},
		),
		SecurityGroups: items(fleet.SecurityGroup{ID: "sg-1"}),
		NetworkACLs:    items(fleet.NetworkACL{ID: "acl-1", Subnets: []string{"subnet-1"}}),
	}
	for subnet, want := range map[string]string{"subnet-1": "main", "subnet-2": "own", "subnet-3": "", "subnet-4": ""} {
		got := ""
		if table := p.RouteTable(subnet); table != nil {
			got = table.ID
		}
		if got != want {
			t.Errorf("%s is routed by %q, want %q", subnet, got, want)
		}
	}
	if p.VPC("vpc-1") == nil || p.VPC("vpc-2") != nil || p.Subnet("subnet-3") == nil || p.Subnet("x") != nil {
		t.Error("VPCs and subnets by their IDs")
	}
	if p.SecurityGroup("sg-1") == nil || p.SecurityGroup("sg-2") != nil || p.NetworkACL("subnet-1") == nil || p.NetworkACL("subnet-2") != nil {
		t.Error("security groups by their IDs, network ACLs by their subnets'")
	}
}

func TestListingKnown(t *testing.T) {
	var none fleet.Listing[int]
	denied := fleet.Listing[int]{Asked: true, Items: []int{1}, Fault: &plan.Fault{}}
	if none.Known() || denied.Known() || !items[int]().Known() {
		t.Error("known is what was asked and answered whole")
	}
}

// The tag may have EKS's letters, and be EKS's URL.
func TestLinkHost(t *testing.T) {
	for tag, want := range map[string]string{
		"": "", "ab.gr7.eks.example.org": "ab.gr7.eks.example.org", "https://AB.gr7.eks.example.org": "ab.gr7.eks.example.org", "no host": "", "10.0.0.1": "",
	} {
		l := fleet.Link{Candidate: plan.Candidate{Group: plan.Group{Tags: map[string]string{plan.TagEndpoint: tag}}}}
		if got := l.Host(); got != want {
			t.Errorf("tag %q: host %q, want %q", tag, got, want)
		}
	}
}
