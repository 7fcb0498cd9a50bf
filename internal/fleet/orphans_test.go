package fleet_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postern/internal/fleet"
	"postern/internal/plan"
)

const (
	hub   plan.AccountID = "111111111111"
	spoke plan.AccountID = "222222222222"
)

func all[T any](items ...T) fleet.Listing[T] { return fleet.Listing[T]{Asked: true, Items: items} }

// healthy returns a fleet of linked clusters, by region, with an endpoint and a
// zone for each in the hub.
func healthy(clusters map[plan.Region][]string) *fleet.Snapshot {
	s := &fleet.Snapshot{Hub: fleet.Hub{Account: hub, Region: "us-east-1", VPCs: []string{"vpc-0hub"}}}
	zones := all[fleet.Zone]()
	for region, names := range clusters {
		h := fleet.Place{Account: hub, Region: region, Hub: true, Endpoints: all[fleet.Endpoint](
			fleet.Endpoint{ID: "vpce-0vendor" + string(region), Account: hub, Region: region, VPC: "vpc-0hub", Service: "com.amazonaws." + string(region) + ".ssm", ServiceRegion: region, State: "failed"})}
		p := fleet.Place{Account: spoke, Region: region, Spoke: true, Clusters: all[fleet.Cluster](), Links: all[fleet.Link](), Services: all[fleet.Service](),
			Quotas: all(fleet.Quota{Name: "Network Load Balancers per Region", Used: 39, Limit: 50})}
		for _, name := range names {
			id := fmt.Sprintf("0%s%s", strings.ReplaceAll(string(region), "-", ""), name)
			host := id + ".gr7." + string(region) + ".eks.amazonaws.com"
			balancer := "arn:aws:elasticloadbalancing:" + string(region) + ":" + string(spoke) + ":loadbalancer/net/" + name + "/1"
			service := "com.amazonaws.vpce." + string(region) + ".vpce-svc-" + id
			p.Clusters.Items = append(p.Clusters.Items, fleet.Cluster{Cluster: plan.Cluster{Name: name, Host: host}})
			p.Links.Items = append(p.Links.Items, fleet.Link{
				Ref: plan.Ref{Account: spoke, Region: region, Name: name}, Candidate: plan.Candidate{Cluster: name, Group: plan.Group{ARN: plan.GroupARN("arn:group/" + name)}},
				Balancer: &fleet.Balancer{LoadBalancer: plan.LoadBalancer{ARN: balancer}},
			})
			p.Services.Items = append(p.Services.Items, fleet.Service{ID: "vpce-svc-" + id, Name: service, Account: spoke, Region: region, Balancers: []string{balancer}, Tags: map[string]string{plan.TagCluster: name}})
			h.Endpoints.Items = append(h.Endpoints.Items, fleet.Endpoint{
				ID: "vpce-" + id, Account: hub, Region: region, VPC: "vpc-0ep", Service: service, ServiceRegion: region, State: "available", Tags: map[string]string{plan.TagCluster: name},
				Addrs: []fleet.EndpointAddr{{Addr: netip.MustParseAddr("10.101.0.4")}},
			})
			zones.Items = append(zones.Items, fleet.Zone{ID: "Z" + id, Name: host, Account: hub, Records: all(
				fleet.Record{Name: host, Type: "SOA", Values: []string{"ns"}},
				fleet.Record{Name: host, Type: "A", Alias: "vpce-" + id + "-x1y2." + "vpce-svc-" + id + "." + string(region) + ".vpce.amazonaws.com"},
			)})
		}
		s.Places = append(s.Places, h, p)
	}
	s.Zones = []fleet.AccountZones{{Account: hub, Zones: zones}}
	return s
}

// one returns the healthy fleet of one cluster with the hub's place and the
// cluster's.
func one() (s *fleet.Snapshot, h, p *fleet.Place) {
	s = healthy(map[plan.Region][]string{"us-east-1": {"prod"}})
	return s, &s.Places[0], &s.Places[1]
}

var denied = &plan.Fault{Code: plan.AccessDenied, Message: "list", Action: "eks:ListClusters"}

func TestOrphans(t *testing.T) {
	const endpoint, service = "vpce-0useast1prod", "vpce-svc-0useast1prod"
	tests := []struct {
		name string
		do   func(s *fleet.Snapshot, h, p *fleet.Place)
		want []string // kind and object
		says string   // the first says this
	}{
		{"healthy", func(_ *fleet.Snapshot, _, _ *fleet.Place) {}, nil, ""},
		{"a rejected endpoint", func(_ *fleet.Snapshot, h, _ *fleet.Place) { h.Endpoints.Items[1].State = "rejected" },
			[]string{"endpoint_dead " + endpoint}, "an interface endpoint that is rejected"},
		{"a failed endpoint without its service", func(_ *fleet.Snapshot, h, p *fleet.Place) {
			h.Endpoints.Items[1].State, h.Endpoints.Items[1].Error, p.Services.Items = "failed", "InternalError: no", nil
		}, []string{"endpoint_dead " + endpoint}, "no scope has its service com.amazonaws.vpce.us-east-1.vpce-svc-0useast1prod: InternalError: no"},
		{"an endpoint of a service in no scope", func(_ *fleet.Snapshot, _, p *fleet.Place) { p.Services.Items = nil },
			[]string{"endpoint_elsewhere " + endpoint}, "available; no scope has its service"},
		{"which nobody says where the services are not known", func(_ *fleet.Snapshot, _, p *fleet.Place) { p.Services.Items, p.Services.Fault = nil, denied }, nil, ""},
		{"nor of another's endpoint", func(_ *fleet.Snapshot, h, p *fleet.Place) { p.Services.Items, h.Endpoints.Items[1].Tags = nil, nil }, nil, ""},
		{"two endpoints of a service", func(_ *fleet.Snapshot, h, _ *fleet.Place) {
			second := h.Endpoints.Items[1]
			second.ID = "vpce-1"
			h.Endpoints.Items = append(h.Endpoints.Items, second)
		}, []string{"endpoint_second vpce-1"}, "vpc-0ep has an endpoint of the same service, " + endpoint},
		{"two endpoints in two VPCs", func(_ *fleet.Snapshot, h, _ *fleet.Place) {
			second := h.Endpoints.Items[1]
			second.ID, second.VPC = "vpce-1", "vpc-0hub"
			h.Endpoints.Items = append(h.Endpoints.Items, second)
		}, nil, ""},
		{"a cluster that is gone", func(_ *fleet.Snapshot, _, p *fleet.Place) { p.Clusters.Items = nil },
			[]string{"link_without_cluster arn:group/prod"}, "EKS knows no cluster 222222222222/us-east-1/prod"},
		{"one that may be there", func(_ *fleet.Snapshot, _, p *fleet.Place) {
			p.Clusters = fleet.Listing[fleet.Cluster]{Asked: true, Fault: denied}
		}, nil, ""},
		{"one that was not asked for", func(_ *fleet.Snapshot, _, p *fleet.Place) { p.Clusters = fleet.Listing[fleet.Cluster]{} }, nil, ""},
		{"one that EKS was asked about", func(_ *fleet.Snapshot, _, p *fleet.Place) {
			p.Clusters.Items[0].Status, p.Clusters.Fault = plan.ClusterGone, denied
		},
			[]string{"link_without_cluster arn:group/prod"}, "EKS knows no cluster"},
		{"and that has no link either", func(_ *fleet.Snapshot, _, p *fleet.Place) {
			p.Clusters.Items = append(p.Clusters.Items, fleet.Cluster{Cluster: plan.Cluster{Name: "old", Status: plan.ClusterGone}})
		}, nil, ""},
		{"a group that is gone", func(_ *fleet.Snapshot, _, p *fleet.Place) {
			p.Links.Items = append(p.Links.Items, fleet.Link{Ref: plan.Ref{Account: spoke, Region: "us-east-1", Name: "old"}, Candidate: plan.Candidate{Gone: true}})
		}, nil, ""},
		{"two links", func(_ *fleet.Snapshot, _, p *fleet.Place) {
			second := p.Links.Items[0]
			second.Candidate.Group.ARN = "arn:group/second"
			p.Links.Items = append(p.Links.Items, second)
		}, []string{"link_second arn:group/second"}, "claims 222222222222/us-east-1/prod too: arn:group/prod"},
		{"a cluster without a link", func(_ *fleet.Snapshot, _, p *fleet.Place) {
			p.Clusters.Items = append(p.Clusters.Items, fleet.Cluster{Cluster: plan.Cluster{Name: "new"}})
		},
			[]string{"cluster_without_link 222222222222/us-east-1/new"}, "no link"},
		{"a service whose link is gone", func(_ *fleet.Snapshot, _, p *fleet.Place) { p.Links.Items = nil },
			[]string{"cluster_without_link 222222222222/us-east-1/prod", "service_without_link " + service}, ""},
		{"a service whose link and cluster are gone", func(_ *fleet.Snapshot, _, p *fleet.Place) { p.Links.Items, p.Clusters.Items = nil, nil },
			[]string{"service_without_cluster " + service}, "EKS knows no cluster 222222222222/us-east-1/prod"},
		{"a service of nobody's", func(_ *fleet.Snapshot, _, p *fleet.Place) {
			p.Services.Items = append(p.Services.Items, fleet.Service{ID: "vpce-svc-9", Name: "other"})
		}, nil, ""},
		{"a service whose link may have its load balancer", func(_ *fleet.Snapshot, _, p *fleet.Place) { p.Links.Items[0].Balancer = nil }, nil, ""},
		{"an alias to an endpoint that is gone", func(_ *fleet.Snapshot, h, _ *fleet.Place) { h.Endpoints.Items = h.Endpoints.Items[:1] },
			[]string{"zone_points_nowhere Z0useast1prod"}, "0useast1prod.gr7.us-east-1.eks.amazonaws.com A: it points to " + endpoint + ", which the hub does not have"},
		{"one that may be there still", func(_ *fleet.Snapshot, h, _ *fleet.Place) { h.Endpoints.Items, h.Endpoints.Fault = nil, denied }, nil, ""},
		{"a zone without an address", func(s *fleet.Snapshot, _, _ *fleet.Place) {
			s.Zones[0].Zones.Items[0].Records.Items = s.Zones[0].Zones.Items[0].Records.Items[:1]
		},
			[]string{"zone_points_nowhere Z0useast1prod"}, "0useast1prod.gr7.us-east-1.eks.amazonaws.com has no address"},
		{"one whose records were not read", func(s *fleet.Snapshot, _, _ *fleet.Place) {
			s.Zones[0].Zones.Items[0].Records = fleet.Listing[fleet.Record]{}
		}, nil, ""},
		{"a zone of another kind", func(s *fleet.Snapshot, _, _ *fleet.Place) {
			s.Zones[0].Zones.Items = append(s.Zones[0].Zones.Items, fleet.Zone{ID: "Z9", Name: "corp.example.org", Records: all[fleet.Record]()})
		}, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, h, p := one()
			tt.do(s, h, p)
			var got []string
			found := s.Orphans()
			for _, o := range found {
				got = append(got, string(o.Kind)+" "+o.Object)
				if o.Saw == "" || o.Repair == "" || o.Account == "" {
					t.Errorf("%+v: it says too little", o)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
			if tt.says != "" && !strings.Contains(found[0].Saw, tt.says) {
				t.Errorf("it says %q, want %q", found[0].Saw, tt.says)
			}
		})
	}
}

// TestHealthyFleetsHaveNoOrphans: nothing is an orphan in a healthy fleet of any
// size, nor where any of its lists is not known.
func TestHealthyFleetsHaveNoOrphans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clusters := map[plan.Region][]string{}
		for _, region := range rapid.SliceOfNDistinct(rapid.SampledFrom([]plan.Region{"us-east-1", "eu-west-1", "ap-south-1"}), 1, 3, rapid.ID).Draw(t, "regions") {
			clusters[region] = rapid.SliceOfNDistinct(rapid.StringMatching("[a-z]{1,4}"), 0, 5, rapid.ID).Draw(t, "clusters")
		}
		s := healthy(clusters)
		for i := range s.Places {
			p := &s.Places[i]
			lose(t, &p.Endpoints)
			lose(t, &p.Clusters)
			lose(t, &p.Links)
			lose(t, &p.Services)
			lose(t, &p.Quotas)
		}
		lose(t, &s.Zones[0].Zones)
		if got := s.Orphans(); len(got) > 0 {
			t.Fatalf("orphans: %+v", got)
		}
		if got := s.NearLimit(); len(got) > 0 {
			t.Fatalf("quotas: %+v", got)
		}
	})
}

// lose makes a listing one that broke off, at times: with some of its items.
func lose[T any](t *rapid.T, l *fleet.Listing[T]) {
	if rapid.IntRange(0, 3).Draw(t, "lost") == 0 {
		l.Items = l.Items[:rapid.IntRange(0, len(l.Items)).Draw(t, "left")]
		l.Fault = denied
	}
}

func TestNearLimit(t *testing.T) {
	s, _, p := one()
	p.Quotas = all(
		fleet.Quota{Name: "a", Used: 39, Limit: 50}, fleet.Quota{Name: "b", Used: 40, Limit: 50}, fleet.Quota{Name: "c", Used: 51, Limit: 50}, fleet.Quota{Name: "d", Used: 1},
	)
	var got []string
	for _, q := range s.NearLimit() {
		got = append(got, fmt.Sprintf("%s/%s %s", q.Account, q.Region, q.Name))
	}
	if diff := cmp.Diff([]string{"222222222222/us-east-1 b", "222222222222/us-east-1 c"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestGaps(t *testing.T) {
	s, h, p := one()
	if got := s.Gaps(); got != nil {
		t.Errorf("nothing is missing, and %+v", got)
	}
	health := &plan.Fault{Code: plan.AccessDenied, Action: "elasticloadbalancing:DescribeTargetHealth"}
	slow := &plan.Fault{Code: plan.Throttled}
	h.Fault = &plan.Fault{Code: plan.NoCredentials}
	p.Clusters.Fault = denied
	second := p.Links.Items[0]
	p.Links.Items = append(p.Links.Items, second, second)
	for i, f := range []*plan.Fault{health, slow, health} {
		p.Links.Items[i].Targets = fleet.Listing[plan.Registered]{Asked: true, Fault: f}
	}
	s.Zones[0].Zones.Fault = slow
	want := []fleet.Gap{
		{Account: hub, Region: "us-east-1", Count: 1, Fault: h.Fault},
		{Account: spoke, Region: "us-east-1", What: "clusters", Count: 1, Fault: denied},
		{Account: spoke, Region: "us-east-1", What: "targets and their health", Count: 2, Fault: health},
		{Account: spoke, Region: "us-east-1", What: "targets and their health", Count: 1, Fault: slow},
		{Account: hub, What: "private zones", Count: 1, Fault: slow},
	}
	if diff := cmp.Diff(want, s.Gaps()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRejectedIsOfALink: what is rejected and belongs to a link is to be brought
// back before anybody thinks of removing it.
func TestRejectedIsOfALink(t *testing.T) {
	s, h, p := one()
	h.Endpoints.Items[1].State = "rejected"
	if got := s.Orphans(); len(got) != 1 || !strings.HasPrefix(got[0].Repair, "postern trace ") {
		t.Errorf("of a link: %+v", got)
	}
	p.Services.Items = nil
	if got := s.Orphans(); len(got) != 1 || !strings.HasPrefix(got[0].Repair, "aws ec2 delete-vpc-endpoints ") {
		t.Errorf("without its service: %+v", got)
	}
}
