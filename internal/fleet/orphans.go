package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"postern/internal/plan"
)

// OrphanKind says in which way something has lost what it belongs to. The list
// is closed; docs/reference/json.md explains it.
type OrphanKind string

const (
	EndpointDead      OrphanKind = "endpoint_dead"        // an interface endpoint that is rejected, failed or expired
	EndpointSecond    OrphanKind = "endpoint_second"      // one more endpoint of a service in one VPC
	EndpointElsewhere OrphanKind = "endpoint_elsewhere"   // its service is in no scope; no finding
	ServiceNoLink     OrphanKind = "service_without_link" // tagged for a cluster whose links have other load balancers, or for one without a link
	ServiceNoCluster  OrphanKind = "service_without_cluster"
	LinkNoCluster     OrphanKind = "link_without_cluster"
	LinkSecond        OrphanKind = "link_second"          // one more link of a cluster
	ClusterNoLink     OrphanKind = "cluster_without_link" // no finding
	ZoneNowhere       OrphanKind = "zone_points_nowhere"
)

// Finding reports whether the kind is something to repair. The others are only
// worth knowing: nobody says that each cluster has a link, or that the scopes
// are all there is.
func (k OrphanKind) Finding() bool { return k != ClusterNoLink && k != EndpointElsewhere }

// Orphan is something that has lost, or never had, what it belongs to.
type Orphan struct {
	Kind    OrphanKind
	Account plan.AccountID
	Region  plan.Region // empty for a private zone
	Object  string      // an ID, an ARN, or the reference of a cluster
	Saw     string      // what is wrong with it
	Repair  string      // what to do, as a sentence or a command
}

// Orphans returns what belongs to nothing, in the order of account, region and
// object. Only what AWS said in full supports one: where a list is not known,
// nothing is missing from it. So it says little about a snapshot of some
// clusters only.
func (s *Snapshot) Orphans() []Orphan {
	o := orphans{s: s, services: map[string]*Service{}, endpoints: map[string]*Endpoint{}}
	for i := range s.Places {
		p := &s.Places[i]
		for j := range p.Services.Items {
			v := &p.Services.Items[j]
			o.services[string(v.Region)+" "+v.Name] = v
		}
		for j := range p.Endpoints.Items {
			e := &p.Endpoints.Items[j]
			o.endpoints[e.ID] = e
		}
	}
	for i := range s.Places {
		p := &s.Places[i]
		if p.Hub {
			o.ofEndpoints(p)
		}
		if p.Spoke {
			o.ofLinks(p)
			o.ofServices(p)
			o.ofClusters(p)
		}
	}
	for i := range s.Zones {
		if z := &s.Zones[i]; z.Account == s.Hub.Account {
			o.ofZones(z)
		}
	}
	slices.SortStableFunc(o.found, func(a, b Orphan) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Object, b.Object), cmp.Compare(a.Kind, b.Kind))
	})
	return o.found
}

type orphans struct {
	s         *Snapshot
	services  map[string]*Service  // by region and name
	endpoints map[string]*Endpoint // by ID
	found     []Orphan
}

func (o *orphans) add(k OrphanKind, account plan.AccountID, region plan.Region, object, saw, repair string) {
	o.found = append(o.found, Orphan{Kind: k, Account: account, Region: region, Object: object, Saw: saw, Repair: repair})
}

// dead are the states that an endpoint does not leave by itself.
// Source: EC2 API Reference, VpcEndpoint: State.
var dead = []string{"rejected", "failed", "expired", "deleted"}

// ofEndpoints looks at the endpoints that are ours: those of the scopes' own
// services, and those that carry our tag. A hub has others.
func (o *orphans) ofEndpoints(p *Place) {
	type spot struct{ service, vpc string }
	first := map[spot]*Endpoint{}
	for i := range p.Endpoints.Items {
		e := &p.Endpoints.Items[i]
		service := o.services[string(e.ServiceRegion)+" "+e.Service]
		if _, tagged := e.Tags[plan.TagCluster]; service == nil && !tagged {
			continue
		}
		remove := fmt.Sprintf("aws ec2 delete-vpc-endpoints --region %s --vpc-endpoint-ids %s", e.Region, e.ID)
		switch known := o.known(e.ServiceRegion); {
		case slices.Contains(dead, e.State):
			saw := fmt.Sprintf("an interface endpoint that is %s", e.State)
			if service == nil && known {
				saw += "; no scope has its service " + e.Service
			}
			if e.Error != "" {
				saw += ": " + e.Error
			}
			if service != nil { // a link's: what repairs it is another thing than what removes it
				remove = "postern trace says what brings it back; or, if the cluster is not to be reached: " + remove
			}
			o.add(EndpointDead, e.Account, e.Region, e.ID, saw, remove)
			continue
		case service == nil && known:
			o.add(EndpointElsewhere, e.Account, e.Region, e.ID, fmt.Sprintf("an interface endpoint that is %s; no scope has its service %s", e.State, e.Service),
				"name the account of its service among the scopes, or: "+remove)
		}
		at := spot{string(e.ServiceRegion) + " " + e.Service, e.VPC}
		if other := first[at]; other != nil {
			o.add(EndpointSecond, e.Account, e.Region, e.ID, fmt.Sprintf("%s has an endpoint of the same service, %s", e.VPC, other.ID), "if no name points to it: "+remove)
			continue
		}
		first[at] = e
	}
}

// known reports whether all services of the scopes in a region are.
func (o *orphans) known(region plan.Region) bool {
	any := false
	for i := range o.s.Places {
		if p := &o.s.Places[i]; p.Spoke && p.Region == region {
			if !p.Services.Known() {
				return false
			}
			any = true
		}
	}
	return any
}

// ofLinks looks for links without a cluster, and for clusters with several. A
// group that ELB no longer knows is no link.
func (o *orphans) ofLinks(p *Place) {
	first := map[plan.Ref]*Link{}
	for i := range p.Links.Items {
		l := &p.Links.Items[i]
		if l.Candidate.Gone {
			continue
		}
		if o.s.Gone(l.Ref) {
			o.add(LinkNoCluster, p.Account, p.Region, string(l.Candidate.Group.ARN), fmt.Sprintf("EKS knows no cluster %s", l.Ref), "destroy the link, its endpoint in the hub first (postern unlink rejects what is left)")
			continue
		}
		if other := first[l.Ref]; other != nil {
			o.add(LinkSecond, p.Account, p.Region, string(l.Candidate.Group.ARN), fmt.Sprintf("another target group claims %s too: %s", l.Ref, other.Candidate.Group.ARN), "take the tag of one of them away, or destroy its link")
			continue
		}
		first[l.Ref] = l
	}
}

// ofServices looks at the endpoint services that our tag says are for a
// cluster and that no link has. Those of a link are told with it.
func (o *orphans) ofServices(p *Place) {
	if !p.Links.Known() {
		return
	}
	for i := range p.Services.Items {
		v := &p.Services.Items[i]
		name, tagged := v.Tags[plan.TagCluster]
		if !tagged || slices.ContainsFunc(p.Links.Items, func(l Link) bool { return l.Balancer != nil && slices.Contains(v.Balancers, l.Balancer.ARN) }) {
			continue
		}
		remove := fmt.Sprintf("aws ec2 delete-vpc-endpoint-service-configurations --region %s --service-ids %s", v.Region, v.ID)
		ref := plan.Ref{Account: p.Account, Region: p.Region, Name: name}
		switch {
		case o.s.Gone(ref):
			o.add(ServiceNoCluster, p.Account, p.Region, v.ID, fmt.Sprintf("EKS knows no cluster %s", ref), remove)
		case !slices.ContainsFunc(p.Links.Items, func(l Link) bool { return l.Ref == ref && l.Balancer == nil }): // else that link's may be its
			o.add(ServiceNoLink, p.Account, p.Region, v.ID, fmt.Sprintf("it is tagged for %s, and no link of that cluster has its load balancer", ref), "tag the load balancer's target group, or: "+remove)
		}
	}
}

func (o *orphans) ofClusters(p *Place) {
	if !p.Links.Known() {
		return
	}
	for i := range p.Clusters.Items {
		ref := plan.Ref{Account: p.Account, Region: p.Region, Name: p.Clusters.Items[i].Name}
		if !o.s.Gone(ref) && !slices.ContainsFunc(p.Links.Items, func(l Link) bool { return l.Ref == ref && !l.Candidate.Gone }) {
			o.add(ClusterNoLink, p.Account, p.Region, ref.String(), "no link: the hub does not reach it", "add it to the clusters of the module cluster-link, if the hub is to reach it")
		}
	}
}

// IsClusters reports whether a zone is named like a cluster's endpoint, or like
// what endpoints' names end in.
func (z *Zone) IsClusters() bool { return strings.Contains("."+strings.ToLower(z.Name)+".", ".eks.") }

// ofZones looks at the zones whose records were read.
func (o *orphans) ofZones(z *AccountZones) {
	for i := range z.Zones.Items {
		zone := &z.Zones.Items[i]
		if !zone.Records.Known() {
			continue
		}
		answers := false
		for _, r := range zone.Records.Items {
			if r.Type != "A" && r.Type != "AAAA" && r.Type != "CNAME" {
				continue
			}
			answers = true
			if saw := o.nowhere(r); saw != "" {
				o.add(ZoneNowhere, z.Account, "", zone.ID, fmt.Sprintf("%s %s: %s", r.Name, r.Type, saw), "apply hub-endpoints again, or delete the zone: until then its VPCs have no other answer for "+r.Name)
			}
		}
		if !answers && zone.IsClusters() {
			o.add(ZoneNowhere, z.Account, "", zone.ID, zone.Name+" has no address", "apply hub-endpoints again, or delete the zone: until then its VPCs have no other answer for "+zone.Name)
		}
	}
}

// nowhere says in which way a record points to an endpoint that is gone; empty:
// it does not, or nobody knows.
func (o *orphans) nowhere(r Record) string {
	for _, name := range append([]string{r.Alias}, r.Values...) {
		id, region := endpointOf(name)
		if id == "" || o.endpoints[id] != nil {
			continue
		}
		known := false
		for i := range o.s.Places {
			if p := &o.s.Places[i]; p.Hub && p.Region == region {
				known = p.Endpoints.Known()
				if !known {
					break
				}
			}
		}
		if known {
			return "it points to " + id + ", which the hub does not have"
		}
	}
	return ""
}

// endpointOf reads the ID and region of an endpoint from its DNS name, which is
// ID-RANDOM[-ZONE].SERVICE.REGION.vpce.amazonaws.com. Source: PrivateLink guide,
// access a service through an interface endpoint, DNS names.
func endpointOf(name string) (id string, region plan.Region) {
	labels := strings.Split(strings.ToLower(strings.TrimSuffix(name, ".")), ".")
	if len(labels) < 5 || labels[3] != "vpce" {
		return "", ""
	}
	parts := strings.Split(labels[0], "-")
	if len(parts) < 3 || parts[0] != "vpce" || parts[1] == "" {
		return "", ""
	}
	return "vpce-" + parts[1], plan.Region(labels[2])
}

// NearLimit returns the quotas of which at least four fifths are used, in the
// order of the places.
func (s *Snapshot) NearLimit() []PlaceQuota {
	var out []PlaceQuota
	for _, p := range s.Places {
		for _, q := range p.Quotas.Items {
			if q.Limit > 0 && q.Used*5 >= q.Limit*4 {
				out = append(out, PlaceQuota{Account: p.Account, Region: p.Region, Quota: q})
			}
		}
	}
	return out
}

// PlaceQuota is a quota with its place.
type PlaceQuota struct {
	Account plan.AccountID
	Region  plan.Region
	Quota
}
