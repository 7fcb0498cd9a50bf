package trace_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/trace"
)

// A breakage breaks one thing of a healthy world. It reports whether the world
// has that thing at all.
type breakage struct {
	name    string
	hop     trace.Hop
	code    trace.Code
	verdict trace.Verdict
	do      func(w *world) bool
}

// byName keeps to worlds whose clients need the name.
func (w *world) byName() bool {
	w.o.Address = trace.ByName
	return true
}

// own returns the zone at the host itself, where it is the one that answers.
func (w *world) own() *fleet.Zone {
	z := w.zone()
	if w.o.Address == trace.ByVPCE || z.Name != w.host || len(z.VPCs.Items) < 2 {
		return nil
	}
	return z
}

func (w *world) peered() bool { return !w.inHub && !w.gateway }

func (w *world) table(id string) *fleet.RouteTable {
	for _, p := range []*fleet.Place{w.hub(), w.epPlace()} {
		for i := range p.RouteTables.Items {
			if t := &p.RouteTables.Items[i]; t.ID == id {
				return t
			}
		}
	}
	return nil
}

func (w *world) route(table string, to netip.Prefix) *fleet.Route {
	t := w.table(table)
	return &t.Routes[slices.IndexFunc(t.Routes, func(r fleet.Route) bool { return r.Destination == to })]
}

func drop[T any](s *[]T, is func(T) bool) { *s = slices.DeleteFunc(*s, is) }

func (w *world) deny(p *fleet.Place, acl string, egress bool) bool {
	for i := range p.NetworkACLs.Items {
		if a := &p.NetworkACLs.Items[i]; a.ID == acl {
			a.Entries = append(a.Entries, fleet.ACLEntry{Egress: egress, Number: 1, Protocol: "6", From: 0, To: 65535, CIDR: prefix("0.0.0.0/0")})
			return true
		}
	}
	return false
}

func (w *world) closeGroup(p *fleet.Place, id string, egress bool) bool {
	g := p.SecurityGroup(id)
	if g == nil {
		return false
	}
	rules := &g.Ingress
	if egress {
		rules = &g.Egress
	}
	*rules = []fleet.Rule{{Protocol: "tcp", From: 80, To: 80, CIDR: prefix("0.0.0.0/0")}, {Protocol: "tcp", From: 443, To: 443, CIDR: prefix("192.0.2.0/24")}}
	return true
}

// unhealthy makes all targets so, as a cause at a later hop does.
func (w *world) unhealthy() bool { return w.all(plan.StateUnhealthy) }

// all gives all targets that were healthy another state.
func (w *world) all(state plan.TargetState) bool {
	for i := range w.link().Targets.Items {
		if t := &w.link().Targets.Items[i]; t.State == plan.StateHealthy {
			t.State, t.Reason = state, "Target.Some"
		}
	}
	return true
}

func (w *world) gone() bool {
	drop(&w.epPlace().Endpoints.Items, func(e fleet.Endpoint) bool { return e.ID == "vpce-1" })
	drop(&w.svc().Connections.Items, func(c fleet.Connection) bool { return c.Endpoint == "vpce-1" })
	return true
}

func (w *world) state(endpoint, connection string) bool {
	w.ep().State = endpoint
	w.svc().Connections.Items[1].State = connection
	return true
}

var breakages = []breakage{
	{"DNS support of the hub VPC off", trace.HopName, trace.VPCDNSOff, trace.Broken, func(w *world) bool {
		w.hub().VPC(w.hubID).DNSSupport = new(bool)
		return w.byName()
	}},
	{"no zone at all", trace.HopName, trace.ZoneMissing, trace.Broken, func(w *world) bool {
		w.s.Zones[0].Zones.Items = nil
		return w.byName()
	}},
	{"no zone at all, and clients that may need none", trace.HopName, trace.ZoneMissing, trace.Degraded, func(w *world) bool {
		w.s.Zones[0].Zones.Items, w.o.Address, w.o.Live = nil, trace.ByAny, nil
		return true
	}},
	{"the zone not associated", trace.HopName, trace.ZoneNotAssociated, trace.Broken, func(w *world) bool {
		z := w.own()
		if z == nil {
			return false
		}
		drop(&z.VPCs.Items, func(v fleet.ZoneVPC) bool { return v.VPC == w.hubID })
		return true
	}},
	{"the parent's zone alone", trace.HopName, trace.ZoneHidden, trace.Broken, func(w *world) bool {
		if w.own() == nil || len(w.s.Zones[0].Zones.Items) < 2 {
			return false
		}
		w.s.Zones[0].Zones.Items = w.s.Zones[0].Zones.Items[1:]
		return true
	}},
	{"the record gone", trace.HopName, trace.RecordMissing, trace.Broken, func(w *world) bool {
		z := w.own()
		if z == nil {
			return false
		}
		drop(&z.Records.Items, func(r fleet.Record) bool { return r.Type == "A" })
		return true
	}},
	{"the record leads to an endpoint that was", trace.HopName, trace.RecordDangling, trace.Broken, func(w *world) bool {
		z := w.own()
		if z == nil {
			return false
		}
		r := &z.Records.Items[1]
		r.Alias, r.Values = "vpce-9-x.vpce-svc-1.us-east-1.vpce.amazonaws.com", nil
		return true
	}},
	{"the record leads to another endpoint", trace.HopName, trace.RecordWrong, trace.Broken, func(w *world) bool {
		z := w.own()
		if z == nil || len(w.epPlace().Endpoints.Items) < 2 {
			return false
		}
		r := &z.Records.Items[1]
		r.Alias, r.Values = w.epPlace().Endpoints.Items[1].DNSNames[0], nil
		return true
	}},
	{"a public answer", trace.HopName, trace.DNSPublic, trace.Broken, func(w *world) bool {
		w.probed()
		w.o.Live.Lookup.Addrs = []netip.Addr{addr("203.0.113.7")}
		return w.byName()
	}},
	{"no answer", trace.HopName, trace.DNSFailed, trace.Broken, func(w *world) bool {
		w.probed()
		w.o.Live.Lookup.Addrs = nil
		return w.byName()
	}},
	{"a wrong answer", trace.HopName, trace.DNSElsewhere, trace.Broken, func(w *world) bool {
		w.probed()
		w.o.Live.Lookup.Addrs = []netip.Addr{addr("10.0.0.77")}
		return w.byName()
	}},
	{"a source that is not there", trace.HopSource, trace.SourceUnknown, trace.Broken, func(w *world) bool {
		w.o.From = "subnet-nowhere"
		return true
	}},
	{"no route there", trace.HopSource, trace.RouteMissing, trace.Broken, func(w *world) bool {
		if w.inHub {
			return false
		}
		w.o.From = w.subnet
		drop(&w.table("rtb-hub").Routes, func(r fleet.Route) bool { return r.Destination == w.epCIDR || strings.HasPrefix(r.Target, "pcx-") })
		return true
	}},
	{"the route leads to another peering", trace.HopSource, trace.RouteWrong, trace.Broken, func(w *world) bool {
		if !w.peered() {
			return false
		}
		w.hub().Peerings.Items = append(w.hub().Peerings.Items, fleet.Peering{ID: "pcx-2", State: "active", Requester: fleet.PeeringSide{VPC: w.hubID}, Accepter: fleet.PeeringSide{VPC: "vpc-third"}})
		w.route("rtb-hub", w.epCIDR).Target = "pcx-2"
		return true
	}},
	{"the route's gateway is gone", trace.HopSource, trace.RouteBlackhole, trace.Broken, func(w *world) bool {
		if !w.gateway {
			return false
		}
		w.route("rtb-hub", w.epCIDR).Blackhole = true
		return true
	}},
	{"the route names a peering that was", trace.HopSource, trace.RouteBlackhole, trace.Broken, func(w *world) bool {
		if !w.peered() {
			return false
		}
		r := w.route("rtb-hub", w.epCIDR)
		r.Target, r.Blackhole = "pcx-old", true
		return true
	}},
	{"the hub's ACL denies going out", trace.HopSource, trace.ACLDenies, trace.Broken, func(w *world) bool {
		return w.deny(w.hub(), "acl-hub", true)
	}},
	{"the hub's ACL denies the answers", trace.HopSource, trace.ACLDenies, trace.Broken, func(w *world) bool {
		return w.deny(w.hub(), "acl-hub", false)
	}},
	{"the peering deleted", trace.HopPeering, trace.PeeringMissing, trace.Broken, func(w *world) bool {
		if !w.peered() {
			return false
		}
		for i := range w.s.Places {
			for j := range w.s.Places[i].Peerings.Items {
				w.s.Places[i].Peerings.Items[j].State = "deleted"
			}
		}
		w.route("rtb-hub", w.epCIDR).Blackhole = true
		w.route("rtb-endpoints", w.cidr).Blackhole = true
		return true
	}},
	{"the peering forgotten", trace.HopPeering, trace.PeeringMissing, trace.Broken, func(w *world) bool {
		if !w.peered() {
			return false
		}
		for i := range w.s.Places {
			w.s.Places[i].Peerings.Items = nil
		}
		w.route("rtb-hub", w.epCIDR).Blackhole = true
		w.route("rtb-endpoints", w.cidr).Blackhole = true
		return true
	}},
	{"the peering not accepted", trace.HopPeering, trace.PeeringNotActive, trace.Broken, func(w *world) bool {
		if !w.peered() {
			return false
		}
		for i := range w.s.Places {
			for j := range w.s.Places[i].Peerings.Items {
				if p := &w.s.Places[i].Peerings.Items[j]; p.ID == "pcx-1" {
					p.State = "pending-acceptance"
				}
			}
		}
		return true
	}},
	{"no route back", trace.HopReturn, trace.ReturnMissing, trace.Broken, func(w *world) bool {
		if w.inHub {
			return false
		}
		drop(&w.table("rtb-endpoints").Routes, func(r fleet.Route) bool { return r.Destination == w.cidr })
		return true
	}},
	{"the route back leads elsewhere", trace.HopReturn, trace.ReturnWrong, trace.Broken, func(w *world) bool {
		if !w.peered() {
			return false
		}
		w.epPlace().Peerings.Items = append(w.epPlace().Peerings.Items, fleet.Peering{ID: "pcx-2", State: "active", Requester: fleet.PeeringSide{VPC: w.epVPC}, Accepter: fleet.PeeringSide{VPC: "vpc-third"}})
		w.route("rtb-endpoints", w.cidr).Target = "pcx-2"
		return true
	}},
	{"the gateway of the route back is gone", trace.HopReturn, trace.ReturnBlackhole, trace.Broken, func(w *world) bool {
		if w.gateway {
			w.route("rtb-endpoints", w.cidr).Blackhole = true
		}
		return w.gateway
	}},
	{"the endpoint's ACL denies coming in", trace.HopReturn, trace.ReturnACLDenies, trace.Broken, func(w *world) bool {
		return w.deny(w.epPlace(), "acl-endpoints", false)
	}},
	{"the endpoint's ACL denies the answers", trace.HopReturn, trace.ReturnACLDenies, trace.Broken, func(w *world) bool {
		return w.deny(w.epPlace(), "acl-endpoints", true)
	}},
	{"no endpoint", trace.HopEndpoint, trace.EndpointMissing, trace.Broken, func(w *world) bool {
		w.o.From, w.o.Live = w.subnet, nil
		return w.gone()
	}},
	{"the endpoint failed", trace.HopEndpoint, trace.EndpointFailed, trace.Broken, func(w *world) bool { return w.state("failed", "available") }},
	{"the endpoint in no subnet", trace.HopEndpoint, trace.EndpointNoAddress, trace.Broken, func(w *world) bool {
		for i := range w.s.Zones[0].Zones.Items { // addresses that it had would be dangling by themselves
			for j := range w.s.Zones[0].Zones.Items[i].Records.Items {
				if r := &w.s.Zones[0].Zones.Items[i].Records.Items[j]; r.Type == "A" {
					r.Alias, r.Values = w.ep().DNSNames[0], nil
				}
			}
		}
		w.ep().Addrs, w.ep().Subnets, w.o.Live = nil, nil, nil
		return true
	}},
	{"the endpoint's group refuses", trace.HopEndpoint, trace.EndpointRefuses, trace.Broken, func(w *world) bool {
		return w.closeGroup(w.epPlace(), "sg-endpoint", false)
	}},
	{"the endpoint's group admits itself alone", trace.HopEndpoint, trace.EndpointRefuses, trace.Broken, func(w *world) bool {
		w.epPlace().SecurityGroup("sg-endpoint").Ingress = []fleet.Rule{{Protocol: "-1", Group: "sg-endpoint"}}
		return !w.inHub // there, hosts may be its members
	}},
	{"the endpoint's group admits half", trace.HopEndpoint, trace.EndpointRefuses, trace.Degraded, func(w *world) bool {
		w.epPlace().SecurityGroup("sg-endpoint").Ingress = []fleet.Rule{tcp443(prefix("10.100.0.0/21"))}
		return true
	}},
	{"not accepted", trace.HopService, trace.ConnectionPending, trace.Broken, func(w *world) bool { return w.state("pendingacceptance", "pendingacceptance") }},
	{"rejected", trace.HopService, trace.ConnectionRejected, trace.Broken, func(w *world) bool { return w.state("rejected", "rejected") }},
	{"the service does not know the endpoint", trace.HopService, trace.ConnectionMissing, trace.Broken, func(w *world) bool {
		w.svc().Connections.Items = w.svc().Connections.Items[:1]
		return true
	}},
	{"the service gone", trace.HopService, trace.ServiceMissing, trace.Broken, func(w *world) bool {
		w.spoke().Services.Items = nil
		w.ep().State = "rejected"
		return w.o.Address != trace.ByVPCE
	}},
	{"the service failed", trace.HopService, trace.ServiceFailed, trace.Broken, func(w *world) bool {
		w.svc().State = "Failed"
		return true
	}},
	{"the principal gone", trace.HopService, trace.PrincipalMissing, trace.Degraded, func(w *world) bool {
		w.svc().Principals = known("arn:aws:iam::333333333333:root")
		return true
	}},
	{"the principal and the endpoint gone", trace.HopService, trace.PrincipalMissing, trace.Broken, func(w *world) bool {
		w.svc().Principals = known("arn:aws:iam::333333333333:root")
		w.o.From, w.o.Live = w.subnet, nil
		return w.gone()
	}},
	{"no zone in common", trace.HopService, trace.ZoneMismatch, trace.Broken, func(w *world) bool {
		if w.native {
			return false
		}
		for i := range w.epPlace().Subnets.Items {
			if u := &w.epPlace().Subnets.Items[i]; slices.Contains(w.ep().Subnets, u.ID) {
				u.ZoneID = "else-" + u.ZoneID
			}
		}
		return true
	}},
	{"the region not supported", trace.HopService, trace.RegionUnsupported, trace.Broken, func(w *world) bool {
		w.svc().SupportedRegions = []plan.Region{"ap-south-1"}
		return w.native
	}},
	{"the load balancer failed", trace.HopBalancer, trace.BalancerNotActive, trace.Broken, func(w *world) bool {
		w.link().Balancer.State = "failed"
		return true
	}},
	{"the listener gone", trace.HopBalancer, trace.ListenerMissing, trace.Broken, func(w *world) bool {
		w.link().Listeners.Items = nil
		return w.all(plan.StateUnused)
	}},
	{"the listener gone, and the load balancer with it out of sight", trace.HopBalancer, trace.ListenerMissing, trace.Broken, func(w *world) bool {
		w.link().Balancer, w.link().Candidate.Group.LoadBalancers, w.link().Listeners = nil, nil, fleet.Listing[fleet.Listener]{}
		return w.all(plan.StateUnused)
	}},
	{"the listener forwards elsewhere", trace.HopBalancer, trace.ListenerElsewhere, trace.Broken, func(w *world) bool {
		w.link().Listeners.Items[0].Groups = []plan.GroupARN{"another"}
		return true
	}},
	{"the load balancer's group refuses the hosts", trace.HopBalancer, trace.BalancerRefuses, trace.Broken, func(w *world) bool {
		return w.enforce == "on" && w.closeGroup(w.spoke(), "sg-balancer", false)
	}},
	{"the load balancer's group lets nothing out", trace.HopBalancer, trace.BalancerEgress, trace.Broken, func(w *world) bool {
		return w.enforce != "" && w.closeGroup(w.spoke(), "sg-balancer", true) && w.unhealthy()
	}},
	{"two groups claim the cluster", trace.HopBalancer, trace.LinkAmbiguous, trace.Degraded, func(w *world) bool {
		other := *w.link()
		other.Balancer, other.Candidate.Group.ARN, other.Candidate.Group.Name = nil, "other", "other"
		w.spoke().Links.Items = append(w.spoke().Links.Items, other)
		return true
	}},
	{"another controller's group", trace.HopBalancer, trace.LinkRefused, trace.Degraded, func(w *world) bool {
		w.link().Candidate.Group.Tags["elbv2.k8s.aws/cluster"] = "prod"
		return true
	}},
	{"no link", trace.HopBalancer, trace.LinkMissing, trace.Broken, func(w *world) bool {
		w.spoke().Links.Items, w.spoke().Services.Items, w.o.Live = nil, nil, nil
		w.s.Zones[0].Zones.Items = nil
		return w.gone2()
	}},
	{"nothing registered", trace.HopTargets, trace.TargetsNone, trace.Broken, func(w *world) bool {
		w.link().Targets.Items = nil
		return true
	}},
	{"all on their way out", trace.HopTargets, trace.TargetsNone, trace.Broken, func(w *world) bool {
		for i := range w.link().Targets.Items {
			w.link().Targets.Items[i].State = plan.StateDraining
		}
		return true
	}},
	{"all stale", trace.HopTargets, trace.TargetsStale, trace.Broken, func(w *world) bool {
		for i := range w.spoke().Interfaces.Items[:2] {
			w.spoke().Interfaces.Items[i].Addr = netip.AddrFrom4([4]byte{10, 0, 1, byte(i)})
		}
		drop(&w.spoke().Interfaces.Items, func(i plan.Interface) bool { return i.ID == "eni-2" || i.ID == "eni-3" })
		return w.unhealthy()
	}},
	{"one is another cluster's", trace.HopTargets, trace.TargetsReused, trace.Degraded, func(w *world) bool {
		w.spoke().Interfaces.Items[0].Description = "Amazon EKS prod-2"
		w.link().Attributes = known(fleet.Attribute{Key: "load_balancing.cross_zone.enabled", Value: "true"})
		return true
	}},
	{"all are another cluster's", trace.HopTargets, trace.TargetsReused, trace.Broken, func(w *world) bool {
		for i := range w.spoke().Interfaces.Items {
			w.spoke().Interfaces.Items[i].Description = "Amazon EKS prod-2"
		}
		w.spoke().Interfaces.Items = append(w.spoke().Interfaces.Items, plan.Interface{ID: "eni-new", Description: "Amazon EKS prod", VPC: "vpc-cluster", Status: "in-use", Addr: addr("10.0.0.123"), AttachmentOwner: eksAccount})
		return true
	}},
	{"one not registered", trace.HopTargets, trace.TargetsIncomplete, trace.Degraded, func(w *world) bool {
		w.spoke().Interfaces.Items = append(w.spoke().Interfaces.Items, plan.Interface{ID: "eni-new", Description: "Amazon EKS prod", VPC: "vpc-cluster", Status: "in-use", Addr: addr("10.0.0.123"), AttachmentOwner: eksAccount})
		return true
	}},
	{"another port", trace.HopTargets, trace.TargetsWrongPort, trace.Broken, func(w *world) bool {
		for i := range w.link().Targets.Items {
			w.link().Targets.Items[i].Port = 8443
		}
		return true
	}},
	{"the zone not enabled", trace.HopTargets, trace.TargetsUnused, trace.Broken, func(w *world) bool {
		return w.all(plan.StateUnused)
	}},
	{"all still in their first checks", trace.HopTargets, trace.TargetsInitial, trace.Broken, func(w *world) bool {
		return w.all(plan.StateInitial)
	}},
	{"all unhealthy, and nothing shows why", trace.HopTargets, trace.TargetsUnhealthy, trace.Broken, func(w *world) bool {
		w.o.Live = nil
		return w.unhealthy()
	}},
	{"one unhealthy", trace.HopTargets, trace.TargetsUnhealthy, trace.Degraded, func(w *world) bool {
		w.link().Targets.Items[0].State = plan.StateUnhealthy
		return true
	}},
	{"a wrong health path", trace.HopTargets, trace.HealthCheckWrong, trace.Degraded, func(w *world) bool {
		w.link().HealthCheck = fleet.HealthCheck{Protocol: "HTTPS", Port: "traffic-port", Path: "/api", Matcher: "200"}
		return w.unhealthy()
	}},
	{"a wrong health port", trace.HopTargets, trace.HealthCheckWrong, trace.Degraded, func(w *world) bool {
		w.link().HealthCheck.Port = "6443"
		return w.unhealthy()
	}},
	{"anonymous health checks refused", trace.HopTargets, trace.HealthCheckWrong, trace.Degraded, func(w *world) bool {
		w.unhealthy()
		for i := range w.link().Targets.Items {
			w.link().Targets.Items[i].Reason = "Target.ResponseCodeMismatch"
		}
		return true
	}},
	{"paused", trace.HopTargets, trace.SyncPaused, trace.Degraded, func(w *world) bool {
		w.link().Candidate.Group.Tags[plan.TagPaused] = "true"
		return true
	}},
	{"a zone without a target", trace.HopTargets, trace.ZoneWithoutTarget, trace.Degraded, func(w *world) bool {
		w.link().Attributes = known(fleet.Attribute{Key: "load_balancing.cross_zone.enabled", Value: "false"})
		w.link().Targets.Items = slices.Clone(w.link().Targets.Items[1:])
		drop(&w.spoke().Interfaces.Items, func(i plan.Interface) bool { return i.ID == "eni-0" })
		return len(w.ep().Addrs) > 1 || w.native
	}},
	{"the cluster's group refuses", trace.HopAdmit, trace.AdmitMissing, trace.Broken, func(w *world) bool {
		return w.closeGroup(w.spoke(), "sg-cluster", false) && w.closeGroup(w.spoke(), "sg-more", false) && w.unhealthy()
	}},
	{"the cluster's group admits the other group of the pair", trace.HopAdmit, trace.AdmitGroupOnly, trace.Broken, func(w *world) bool {
		w.closeGroup(w.spoke(), "sg-cluster", false)
		w.closeGroup(w.spoke(), "sg-more", false)
		w.group("sg-cluster").Ingress = append(w.group("sg-cluster").Ingress, fleet.Rule{Protocol: "tcp", From: 443, To: 443, Group: "sg-balancer"})
		return w.enforce == "off"
	}},
	{"the cluster's ACL denies", trace.HopAdmit, trace.AdmitACLDenies, trace.Broken, func(w *world) bool {
		if len(w.spoke().Subnets.Items) == len(w.link().Balancer.Zones) {
			return false // within a zone there is none to cross
		}
		return w.deny(w.spoke(), "acl-cluster", true) && w.unhealthy()
	}},
	{"the cluster gone", trace.HopCluster, trace.ClusterGone, trace.Broken, func(w *world) bool {
		w.spoke().Clusters.Items = w.spoke().Clusters.Items[1:]
		drop(&w.spoke().Interfaces.Items, func(i plan.Interface) bool { return i.Description == "Amazon EKS prod" })
		return w.unhealthy()
	}},
	{"the cluster remade", trace.HopCluster, trace.ClusterRemade, trace.Broken, func(w *world) bool {
		w.cluster().Host = "new.gr7." + string(w.ref.Region) + ".eks.amazonaws.com"
		for i := range w.spoke().Interfaces.Items {
			w.spoke().Interfaces.Items[i].Addr = netip.AddrFrom4([4]byte{10, 0, 1, byte(i)})
		}
		return w.unhealthy()
	}},
	{"public only", trace.HopCluster, trace.ClusterPublic, trace.Broken, func(w *world) bool {
		w.cluster().Private = false
		return w.unhealthy()
	}},
	{"being deleted", trace.HopCluster, trace.ClusterNotActive, trace.Degraded, func(w *world) bool {
		w.cluster().Status = plan.ClusterDeleting
		return true
	}},
	{"being deleted, and its addresses gone", trace.HopCluster, trace.ClusterNotActive, trace.Broken, func(w *world) bool {
		w.cluster().Status = plan.ClusterDeleting
		w.link().Targets.Items = nil
		return true
	}},
	{"being made again", trace.HopCluster, trace.ClusterNotActive, trace.Broken, func(w *world) bool {
		w.cluster().Status = plan.ClusterCreating
		for i := range w.spoke().Interfaces.Items {
			w.spoke().Interfaces.Items[i].Addr = netip.AddrFrom4([4]byte{10, 0, 1, byte(i)})
		}
		return w.closeGroup(w.spoke(), "sg-cluster", false) && w.closeGroup(w.spoke(), "sg-more", false) && w.unhealthy()
	}},
	{"no answer from anywhere", trace.HopServer, trace.NoAnswer, trace.Broken, func(w *world) bool {
		w.fails()
		return true
	}},
	{"no answer by one address", trace.HopServer, trace.NoAnswer, trace.Degraded, func(w *world) bool {
		w.probed()
		w.o.Live.Contacts[0] = trace.Contact{Addr: w.o.Live.Contacts[0].Addr, Error: "i/o timeout"}
		return len(w.o.Live.Contacts) > 1
	}},
	{"an expired certificate", trace.HopServer, trace.CertificateExpired, trace.Broken, func(w *world) bool {
		return w.served(func(c *trace.Contact) { c.Expired = true })
	}},
	{"another cluster's certificate", trace.HopServer, trace.CertificateForeign, trace.Broken, func(w *world) bool {
		return w.served(func(c *trace.Contact) {
			c.ChainOK, c.NameOK, c.Names = false, false, []string{w.spoke().Clusters.Items[1].Host}
		})
	}},
	{"an unknown CA", trace.HopServer, trace.CertificateUnknown, trace.Broken, func(w *world) bool {
		return w.served(func(c *trace.Contact) { c.ChainOK = false })
	}},
	{"no TLS", trace.HopServer, trace.NoHandshake, trace.Broken, func(w *world) bool {
		return w.served(func(c *trace.Contact) { c.Handshake = false })
	}},
	{"not ready", trace.HopServer, trace.NotReady, trace.Degraded, func(w *world) bool {
		return w.served(func(c *trace.Contact) { c.Verified, c.Status = true, 500 })
	}},
	{"the token refused", trace.HopServer, trace.TokenRefused, trace.Degraded, func(w *world) bool {
		return w.served(func(c *trace.Contact) { c.Verified, c.Status, c.Token = true, 401, true })
	}},
}

// gone2 is gone in a world without a service.
func (w *world) gone2() bool {
	drop(&w.epPlace().Endpoints.Items, func(e fleet.Endpoint) bool { return e.ID == "vpce-1" })
	w.o.From = w.subnet
	return true
}

// served has every address serve a certificate that is not verified.
func (w *world) served(change func(*trace.Contact)) bool {
	w.probed()
	for i := range w.o.Live.Contacts {
		c := &w.o.Live.Contacts[i]
		c.Verified, c.Status, c.Error = false, 0, "it is refused"
		change(c)
	}
	return true
}

// TestBreakages: whatever shape a path has, the one thing that is broken is what
// comes first, and it comes with a reason and a repair. Probes that fail besides
// change nothing about that.
func TestBreakages(t *testing.T) {
	for _, b := range breakages {
		t.Run(b.name, func(t *testing.T) {
			tried := 0
			rapid.Check(t, func(t *rapid.T) {
				w := healthy(t)
				if !b.do(w) {
					return
				}
				tried++
				switch {
				case w.o.Live == nil || b.hop == trace.HopServer || b.hop == trace.HopName:
				case b.verdict == trace.Broken:
					w.fails()
				}
				p := w.walk()
				f := p.Cause()
				if f == nil || f.Hop != b.hop || f.Code != b.code || f.Verdict != b.verdict {
					t.Fatalf("want %s %s %s, got %+v\n%s", b.hop, b.code, b.verdict, f, show(p))
				}
				if f.Saw == "" || f.Why == "" {
					t.Fatalf("no reason: %+v", f)
				}
				if f.Repair.Terraform == "" && len(f.Repair.Commands) == 0 && f.Repair.Note == "" {
					t.Fatalf("no repair: %+v", f)
				}
				if len(f.Repair.Commands) > 0 && f.Repair.Account == "" {
					t.Fatalf("nobody is named who may: %+v", f)
				}
			})
			if tried < 5 {
				t.Errorf("only %d worlds have what is broken here", tried)
			}
		})
	}
}

// TestEveryCode: each code is what some breakage comes down to, so that none is
// a word only. Others are never the cause by themselves, or say that something is
// unknown.
func TestEveryCode(t *testing.T) {
	seen := map[string]bool{}
	for _, code := range []trace.Code{
		trace.NotAsked, trace.NotChecked, // TestDenied, TestNotAsked
		trace.EndpointPending, trace.EndpointRejected, // TestHubAlone
	} {
		seen[string(code)] = true
	}
	for _, b := range breakages {
		seen[string(b.code)] = true
	}
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(file, func(x ast.Node) bool {
		if lit, ok := x.(*ast.BasicLit); ok && lit.Kind == token.STRING && !strings.Contains(lit.Value, "/") {
			n++
			if code := strings.Trim(lit.Value, `"`); !seen[code] {
				t.Errorf("no breakage comes down to %s", code)
			}
		}
		return true
	})
	if n < 50 {
		t.Errorf("%d codes only were found", n)
	}
}

// TestHubAlone: where nobody could ask the cluster's side, the hub's own findings
// stand by themselves.
func TestHubAlone(t *testing.T) {
	for state, code := range map[string]trace.Code{"pendingacceptance": trace.EndpointPending, "rejected": trace.EndpointRejected} {
		rapid.Check(t, func(t *rapid.T) {
			w := healthy(t)
			w.state(state, state)
			w.s.Places = slices.DeleteFunc(w.s.Places, func(p fleet.Place) bool { return p.Spoke })
			w.s.Places = append(w.s.Places, fleet.Place{Account: w.ref.Account, Region: w.ref.Region, Spoke: true, Fault: &plan.Fault{Code: plan.AccessDenied, Message: "may not assume the role"},
				Clusters: fleet.Listing[fleet.Cluster]{Items: []fleet.Cluster{{Cluster: plan.Cluster{Name: "prod", Host: w.host}}}}})
			w.o.Live = nil
			for i := range w.s.Zones[0].Zones.Items { // clients get nowhere without it here
				w.s.Zones[0].Zones.Items[i].VPCs = known(fleet.ZoneVPC{Region: w.s.Hub.Region, VPC: w.hubID})
			}
			if p := w.walk(); p.First() == nil || p.First().Hop != trace.HopEndpoint || p.First().Code != code {
				t.Fatal("\n" + show(p))
			}
		})
	}
}

// TestDenied: a list that could not be had never makes a healthy path look broken
// or degraded, and is said, with what is missing.
func TestDenied(t *testing.T) {
	fault := &plan.Fault{Code: plan.AccessDenied, Message: "may not", Hint: "allow it"}
	lists := map[string]func(p *fleet.Place){
		"VPCs":            func(p *fleet.Place) { p.VPCs = fleet.Listing[fleet.VPC]{Asked: true, Fault: fault} },
		"subnets":         func(p *fleet.Place) { p.Subnets = fleet.Listing[fleet.Subnet]{Asked: true, Fault: fault} },
		"route tables":    func(p *fleet.Place) { p.RouteTables = fleet.Listing[fleet.RouteTable]{Asked: true, Fault: fault} },
		"security groups": func(p *fleet.Place) { p.SecurityGroups = fleet.Listing[fleet.SecurityGroup]{Asked: true, Fault: fault} },
		"network ACLs":    func(p *fleet.Place) { p.NetworkACLs = fleet.Listing[fleet.NetworkACL]{Asked: true, Fault: fault} },
		"peerings":        func(p *fleet.Place) { p.Peerings = fleet.Listing[fleet.Peering]{Asked: true, Fault: fault} },
		"endpoints":       func(p *fleet.Place) { p.Endpoints = fleet.Listing[fleet.Endpoint]{Asked: true, Fault: fault} },
		"clusters":        func(p *fleet.Place) { p.Clusters = fleet.Listing[fleet.Cluster]{Asked: true, Fault: fault} },
		"links":           func(p *fleet.Place) { p.Links = fleet.Listing[fleet.Link]{Asked: true, Fault: fault} },
		"services":        func(p *fleet.Place) { p.Services = fleet.Listing[fleet.Service]{Asked: true, Fault: fault} },
		"interfaces":      func(p *fleet.Place) { p.Interfaces = fleet.Listing[plan.Interface]{Asked: true, Fault: fault} },
		"all of the hub": func(p *fleet.Place) {
			if p.Hub {
				*p = fleet.Place{Account: p.Account, Region: p.Region, Hub: true, Fault: fault}
			}
		},
		"all of the spoke": func(p *fleet.Place) {
			if p.Spoke {
				*p = fleet.Place{Account: p.Account, Region: p.Region, Spoke: true, Fault: fault}
			}
		},
	}
	for name, deny := range lists {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				w := healthy(t)
				for i := range w.s.Places {
					deny(&w.s.Places[i])
				}
				p := w.walk()
				if v := p.Verdict(); v == trace.Broken || v == trace.Degraded || v == trace.Passed && name != "VPCs" && name != "peerings" {
					t.Fatalf("%s\n%s", v, show(p))
				}
			})
		})
	}
}

// TestNotAsked: what nobody asked for makes a healthy path neither broken nor
// unknown.
func TestNotAsked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := healthy(t)
		name := w.ep().DNSNames[0]
		for i := range w.s.Places {
			p := &w.s.Places[i]
			if rapid.Bool().Draw(t, "no network") {
				p.VPCs, p.Subnets, p.RouteTables = fleet.Listing[fleet.VPC]{}, fleet.Listing[fleet.Subnet]{}, fleet.Listing[fleet.RouteTable]{}
				p.SecurityGroups, p.NetworkACLs, p.Peerings = fleet.Listing[fleet.SecurityGroup]{}, fleet.Listing[fleet.NetworkACL]{}, fleet.Listing[fleet.Peering]{}
				for j := range p.Endpoints.Items {
					p.Endpoints.Items[j].Addrs = nil
				}
			}
			for j := range p.Links.Items {
				p.Links.Items[j].Attributes, p.Links.Items[j].Balancer.Attributes = fleet.Listing[fleet.Attribute]{}, fleet.Listing[fleet.Attribute]{}
			}
		}
		for i := range w.s.Zones[0].Zones.Items {
			z := &w.s.Zones[0].Zones.Items[i]
			for j := range z.Records.Items { // addresses of endpoints are not known here
				if r := &z.Records.Items[j]; r.Type == "A" && r.Alias == "" {
					r.Alias, r.Values = name, nil
				}
			}
			if rapid.Bool().Draw(t, "no records") {
				z.VPCs, z.Records = fleet.Listing[fleet.ZoneVPC]{}, fleet.Listing[fleet.Record]{}
			}
		}
		w.o.Live, w.o.From = nil, ""
		if p := w.walk(); p.Verdict() != trace.Passed {
			t.Fatalf("%s\n%s", p.Verdict(), show(p))
		}
	})
}

// TestNoHub: settings without a hub are no fault of the path.
func TestNoHub(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := healthy(t)
		w.s.Hub, w.s.Zones, w.o = fleet.Hub{}, nil, trace.Options{Address: trace.ByName}
		w.s.Places = slices.DeleteFunc(w.s.Places, func(p fleet.Place) bool { return p.Hub })
		if p := w.walk(); p.Verdict() != trace.Passed {
			t.Fatalf("%s\n%s", p.Verdict(), show(p))
		}
	})
}
