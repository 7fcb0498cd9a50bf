package trace_test

import (
	"net/netip"
	"slices"
	"strings"

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

// breakages are of all hops.
var breakages = slices.Concat(hubBreakages, clusterBreakages)

// hubBreakages are those of the hub's side, and of what joins it to the cluster's.
var hubBreakages = []breakage{
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
	{"the route back leads elsewhere for a part of the hosts", trace.HopReturn, trace.ReturnMissing, trace.Degraded, func(w *world) bool {
		if w.inHub {
			return false
		}
		t := w.table("rtb-endpoints")
		t.Routes = append(t.Routes, fleet.Route{Destination: prefix("10.100.4.0/22"), Target: "igw-1"})
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
	{"the endpoint's group admits itself alone, in the hosts' VPC", trace.HopEndpoint, trace.EndpointRefuses, trace.Degraded, func(w *world) bool {
		w.epPlace().SecurityGroup("sg-endpoint").Ingress = []fleet.Rule{{Protocol: "-1", Group: "sg-endpoint"}}
		return w.inHub
	}},
	{"the endpoint is partial", trace.HopEndpoint, trace.EndpointFailed, trace.Degraded, func(w *world) bool { return w.state("partial", "available") }},
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
