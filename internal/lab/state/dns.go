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
	// the store remembers.
	Cluster string
}

// Resolve answers a name, with or without a final dot, in any case, in a view.
//
// A cluster's endpoint has its interfaces' addresses inside its own VPC if
// private access is on and the VPC has both DNS attributes; else the public
// addresses if public access is on; else, everywhere, its interfaces'. Source:
// EKS user guide, cluster endpoint access.
func (s *Store) Resolve(v View, name string) Answer {
	defer s.enter()()
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	a := Answer{TTL: max(time.Second, s.scale(EndpointTTL))}
	for _, apex := range []string{"amazonaws.com", "amazonaws.com.cn", "api.aws"} {
		if name == apex || strings.HasSuffix(name, "."+apex) {
			a.Ours, a.Zone = true, apex
			a.Found = name == apex
		}
	}
	h, ok := s.hosts[name]
	if !ok {
		return a
	}
	a.Cluster = h.arn
	if h.gone {
		return a
	}
	a.Found = true
	if h.balancer != "" {
		lb, _ := h.place.loadBalancers.get(h.balancer)
		a.Addrs = each(lb.Zones, func(z LBZone) netip.Addr { return z.Addr })
		slices.SortFunc(a.Addrs, netip.Addr.Compare)
		return a
	}
	cl, _ := h.place.clusters.get(h.cluster)
	vpc, _ := h.place.vpcs.get(v.VPC)
	within := v.VPC != "" && v.VPC == cl.VPC && cl.Private && vpc.DNSSupport && vpc.DNSHostnames
	if cl.Public && !within {
		a.Addrs = publicAddrs(cl)
	} else {
		a.Addrs = s.served(h.place, cl.Name)
	}
	return a
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
