package state

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// A host is what a DNS name of AWS's belongs to.
type host struct {
	place    *place
	cluster  string // name
	arn      string // the cluster's
	balancer string // ARN
	endpoint string // ID
	zone     string // of a balancer or endpoint: its zonal name's zone ID
	gone     bool   // the name is no more
}

// A View is where a name is asked from: inside a VPC, or, with an empty VPC,
// anywhere outside.
type View struct {
	VPC string
}

// An Answer is what a name has in one view.
type Answer struct {
	Ours  bool         // the name lies in a zone that the lab serves
	Zone  string       // that zone's apex, in lower case, without a final dot
	Found bool         // the name exists; false with Ours: NXDOMAIN
	Addrs []netip.Addr // of both families, sorted
	TTL   time.Duration
	// Cluster is the ARN of the cluster whose endpoint the name is, or was while
	// the store remembers, in whatever zone it was found.
	Cluster string
}

// Resolve answers a name, with or without a final dot, in any case, in a view.
//
// Inside a VPC with both DNS attributes, the private zone with the longest name
// that covers it has the last word: what it lacks does not exist. Source:
// Route 53 developer guide, working with private hosted zones.
//
// A cluster's endpoint has its interfaces' addresses inside its own VPC if
// private access is on and the VPC has both DNS attributes; else the public
// addresses if public access is on; else, everywhere, its interfaces'. Source:
// EKS user guide, cluster endpoint access.
//
// The names of interface endpoints and load balancers are public, and have
// private addresses everywhere. Source: PrivateLink guide, access AWS services;
// NLB user guide, availability zones.
func (s *Store) Resolve(v View, name string) Answer {
	defer s.enter()()
	return s.resolve(v, plainName(name), aliasesFollowed)
}

// aliasesFollowed bounds a chain of aliases and CNAMEs: the lab's choice.
const aliasesFollowed = 8

func (s *Store) resolve(v View, name string, chain int) Answer {
	a := Answer{TTL: s.ttl(EndpointTTL)}
	h, known := s.hosts[name]
	hidden := false // the zone of EKS's own, at the endpoint's very name
	if known {
		a.Cluster = h.arn
		hidden = h.cluster != "" && !h.gone && s.hides(v, h)
	}
	if z, ok := s.zoneSeen(v, name); ok && !hidden {
		cluster := a.Cluster
		a = s.inZone(v, z, name, chain)
		a.Cluster = cluster
		return a
	}
	for _, apex := range []string{"amazonaws.com", "amazonaws.com.cn", "api.aws"} {
		if name == apex || strings.HasSuffix(name, "."+apex) {
			a.Ours, a.Zone = true, apex
			a.Found = name == apex
		}
	}
	if !known || h.gone {
		return a
	}
	a.Found = true
	switch {
	case h.balancer != "":
		a.Addrs = s.balancerAddrs(h)
	case h.endpoint != "":
		a.Addrs = s.endpointAddrs(h)
	default:
		cl, _ := h.place.clusters.get(h.cluster)
		if cl.Public && !hidden {
			a.Addrs = publicAddrs(cl)
		} else {
			a.Addrs = s.served(h.place, cl.Name)
		}
	}
	slices.SortFunc(a.Addrs, netip.Addr.Compare)
	return a
}

// ttl divides a TTL by the speed: a second at least, which is what fits into a
// record.
func (s *Store) ttl(d time.Duration) time.Duration { return max(time.Second, s.scale(d)) }

// hides reports whether a view is in the VPC of a cluster with private access,
// where EKS's hidden zone answers.
func (s *Store) hides(v View, h host) bool {
	cl, _ := h.place.clusters.get(h.cluster)
	vpc, _ := h.place.vpcs.get(v.VPC)
	return v.VPC != "" && v.VPC == cl.VPC && cl.Private && vpc.DNSSupport && vpc.DNSHostnames
}

// zoneSeen finds the private zone with the longest name that covers a name in
// a view.
func (s *Store) zoneSeen(v View, name string) (HostedZone, bool) {
	seen := s.visible[v.VPC]
	if len(seen) == 0 {
		return HostedZone{}, false
	}
	if vpc, _ := s.networks[v.VPC].vpcNow(); !vpc.DNSSupport || !vpc.DNSHostnames {
		return HostedZone{}, false
	}
	for apex := name; ; {
		if id := seen[apex]; id != "" {
			return s.zones.get(id)
		}
		var more bool
		if _, apex, more = strings.Cut(apex, "."); !more {
			return HostedZone{}, false
		}
	}
}

// vpcNow returns the VPC of a network that may be gone.
func (n *network) vpcNow() (VPC, bool) {
	if n == nil {
		return VPC{}, false
	}
	return n.place.vpcs.get(n.vpc)
}

// inZone answers a name from a private zone.
func (s *Store) inZone(v View, z HostedZone, name string, chain int) Answer {
	a := Answer{Ours: true, Zone: z.Name, TTL: s.ttl(negativeTTL)}
	records, found := z.at(name)
	a.Found = found
	first := true
	for _, r := range records {
		var to Answer
		switch {
		case r.Alias != nil:
			to = s.follow(v, r.Alias.Name, chain)
		case r.Type == "CNAME":
			to = s.follow(v, r.Values[0], chain)
			to.TTL = min(to.TTL, s.ttl(time.Duration(r.TTL)*time.Second))
		default:
			to.TTL = s.ttl(time.Duration(r.TTL) * time.Second)
			for _, value := range r.Values {
				if addr, err := netip.ParseAddr(value); err == nil {
					to.Addrs = append(to.Addrs, addr)
				}
			}
		}
		if first || to.TTL < a.TTL {
			a.TTL, first = to.TTL, false
		}
		for _, addr := range to.Addrs {
			if r.Type == "CNAME" || addr.Is4() == (r.Type == "A") {
				a.Addrs = append(a.Addrs, addr)
			}
		}
	}
	slices.SortFunc(a.Addrs, netip.Addr.Compare)
	return a
}

// follow resolves where an alias or a CNAME leads, in the same view.
func (s *Store) follow(v View, name string, chain int) Answer {
	if chain == 0 {
		return Answer{TTL: s.ttl(EndpointTTL)}
	}
	return s.resolve(v, plainName(name), chain-1)
}

// negativeTTL is how long a private zone's NXDOMAIN holds: its SOA record's TTL.
const negativeTTL = 900 * time.Second

// at returns a zone's address and CNAME records at a name, those of the nearest
// wildcard if the name is not there itself, and whether the name exists.
// Source: RFC 4592, section 2.2.
func (z HostedZone) at(name string) (records []Record, found bool) {
	if z.has(name) {
		return z.named(name), true
	}
	for _, below, more := strings.Cut(name, "."); more; _, below, more = strings.Cut(below, ".") {
		if z.has("*." + below) {
			return z.named("*." + below), true
		}
		if z.has(below) || below == z.Name {
			break
		}
	}
	return nil, false
}

// has reports whether a name exists: it has records, or one below it has.
func (z HostedZone) has(name string) bool {
	return slices.ContainsFunc(z.Records, func(r Record) bool { return r.Name == name || strings.HasSuffix(r.Name, "."+name) })
}

// named returns the address and CNAME records of a name.
func (z HostedZone) named(name string) []Record {
	return slices.DeleteFunc(slices.Clone(z.Records), func(r Record) bool { return r.Name != name || r.Type == "NS" || r.Type == "SOA" })
}

// endpointAddrs are the addresses of an endpoint's name, as long as it is
// available. The regional one leaves out zones that are out, unless all are.
// Source: PrivateLink guide, share your services, DNS hostnames.
func (s *Store) endpointAddrs(h host) []netip.Addr {
	e, _ := h.place.endpoints.get(h.endpoint)
	if e.State != "available" {
		return nil
	}
	interfaces := slices.DeleteFunc(slices.Clone(e.Interfaces), func(i EndpointInterface) bool { return h.zone != "" && h.zone != i.ZoneID })
	interfaces = preferred(interfaces, func(i EndpointInterface) bool { return !s.broken[i.ZoneID] })
	return each(interfaces, func(i EndpointInterface) netip.Addr { return i.Addr })
}

// balancerAddrs are the addresses of a load balancer's name. A network load
// balancer leaves out zones that are out or without a healthy target, unless
// all are. Source: NLB user guide, target group health checks.
func (s *Store) balancerAddrs(h host) []netip.Addr {
	lb, _ := h.place.loadBalancers.get(h.balancer)
	zones := slices.DeleteFunc(slices.Clone(lb.Zones), func(z LBZone) bool { return h.zone != "" && h.zone != z.ZoneID })
	if lb.Type == "network" && h.zone == "" {
		view := h.place.balancerView(lb)
		zones = preferred(zones, func(z LBZone) bool { return !s.broken[z.ZoneID] && s.board.healthyIn(view, z.ZoneID) })
	}
	return each(zones, func(z LBZone) netip.Addr { return z.Addr })
}

// preferred returns those of a list that are good, or all where none is.
func preferred[T any](list []T, good func(T) bool) []T {
	if some := slices.DeleteFunc(slices.Clone(list), func(x T) bool { return !good(x) }); len(some) > 0 {
		return some
	}
	return list
}

// crossZone reports whether a load balancer's nodes send to a group's targets
// of all zones. Source: NLB user guide, edit target group attributes.
func crossZone(lb LoadBalancer, g TargetGroup) bool {
	if own := g.Attributes["load_balancing.cross_zone.enabled"]; own != "use_load_balancer_configuration" {
		return own == "true"
	}
	return lb.Attributes["load_balancing.cross_zone.enabled"] == "true"
}

// publicAddrs are the two addresses of a public endpoint, in documentation
// space.
func publicAddrs(cl Cluster) []netip.Addr {
	h := hash16("public", cl.ID)
	return []netip.Addr{
		netip.AddrFrom4([4]byte{198, 51, 100, 1 + (h[0]^h[5])%250}),
		netip.AddrFrom4([4]byte{203, 0, 113, 1 + (h[1]*31+h[7])%250}),
	}
}

// dropHost ends the name of a cluster's endpoint, and forgets it and the
// cluster's authority with the rest of the past.
func (s *Store) dropHost(cl Cluster) {
	name := strings.ToLower(cl.hostName())
	h, ok := s.hosts[name]
	if !ok || h.gone {
		return
	}
	h.gone = true
	s.hosts[name] = h
	s.at(s.now.Add(s.keep), func() {
		delete(s.hosts, name)
		delete(s.authorities, cl.ID)
	})
}
