package state

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// addPlane makes n interfaces of a cluster's control plane in some of the
// subnets, or none: where the cluster has fewest, by zone, then by subnet.
// Source: EKS user guide, network requirements, for description and number;
// the other fields from a real sample of such an interface.
func (s *Store) addPlane(p *place, name string, subnets []string, n int, serving bool) ([]Interface, error) {
	var fresh []Interface
	for range n {
		sub, ok := s.roomiest(p, name, subnets)
		if !ok {
			for _, i := range fresh {
				s.dropPlane(p, name, i.ID)
			}
			return nil, refuse("InvalidRequestException", "One or more of the subnets of cluster %s has no free IP address", name)
		}
		i, err := s.addPlaneAt(p, name, sub, netip.Addr{}, serving)
		if err != nil {
			return nil, err
		}
		fresh = append(fresh, i)
	}
	return fresh, nil
}

// addPlaneAt makes one interface in a subnet, at an address or a free one.
func (s *Store) addPlaneAt(p *place, name string, sub Subnet, addr netip.Addr, serving bool) (Interface, error) {
	cl, _ := p.clusters.get(name)
	in := Interface{
		Description: "Amazon EKS " + name, Type: "interface",
		RequesterID:    "AROA" + strings.ToUpper(hash16("eks", p.account)) + ":AmazonEKS",
		Attachment:     &Attachment{InstanceOwner: eksAccount, DeviceIndex: 1},
		SecurityGroups: append([]string{cl.ClusterSecurityGroup}, cl.SecurityGroups...),
		Cluster:        cl.ARN, Serving: serving,
	}
	if cl.IPFamily == "ipv6" && len(sub.IPv6) > 0 { // EKS best practices, IPv6: both families
		in.Addrs6 = []netip.Addr{s.newAddr6(sub.IPv6[0].Block)}
	}
	i, err := s.addInterface(p, sub, addr, in)
	if err == nil {
		p.plane[name].interfaces = append(slices.Clip(p.plane[name].interfaces), i.ID)
	}
	return i, err
}

// newAddr6 returns a random address of a /64.
func (s *Store) newAddr6(block netip.Prefix) netip.Addr {
	a := block.Addr().As16()
	for i := 8; i < 16; i++ {
		a[i] = byte(s.rng.IntN(256))
	}
	return netip.AddrFrom16(a)
}

// roomiest picks the subnet for a cluster's next interface.
func (s *Store) roomiest(p *place, name string, ids []string) (Subnet, bool) {
	inZone, inSubnet := map[string]int{}, map[string]int{}
	for _, i := range s.planeOf(p, name) {
		inZone[i.ZoneID]++
		inSubnet[i.Subnet]++
	}
	var subnets []Subnet
	for _, id := range ids {
		if sub, ok := p.subnets.get(id); ok && s.freeIn(sub) > 0 {
			subnets = append(subnets, sub)
		}
	}
	if len(subnets) == 0 {
		return Subnet{}, false
	}
	return slices.MinFunc(subnets, func(a, b Subnet) int {
		return cmp.Or(cmp.Compare(inZone[a.ZoneID], inZone[b.ZoneID]), cmp.Compare(inSubnet[a.ID], inSubnet[b.ID]))
	}), true
}

// planeOf returns a control plane's interfaces, oldest first.
func (s *Store) planeOf(p *place, name string) []Interface {
	pl := p.plane[name]
	if pl == nil {
		return nil
	}
	return each(pl.interfaces, func(id string) Interface {
		i, _ := p.interfaces.get(id)
		return i
	})
}

// dropPlane removes one of a control plane's interfaces.
func (s *Store) dropPlane(p *place, name, id string) {
	pl := p.plane[name]
	pl.interfaces = slices.DeleteFunc(slices.Clone(pl.interfaces), func(x string) bool { return x == id })
	s.dropInterface(p, id)
}

// serve says whether an API server answers behind an interface.
func (s *Store) serve(p *place, id string, serving bool) {
	i, ok := p.interfaces.get(id)
	if !ok || i.Serving == serving {
		return
	}
	was := i.condition()
	i.Serving, i.Leaving = serving, false
	s.changed(p, i, was)
}

// shutDown has the API server behind an interface begin to shut down: it says so
// at /readyz and goes on serving. Source: Kubernetes documentation, Kubernetes
// API health endpoints, kube-apiserver (shutdown-delay-duration).
func (s *Store) shutDown(p *place, id string) {
	i, ok := p.interfaces.get(id)
	if !ok || !i.Serving || i.Leaving {
		return
	}
	was := i.condition()
	i.Leaving = true
	s.changed(p, i, was)
}

// changed records a new condition of a control plane's interface.
func (s *Store) changed(p *place, i Interface, was string) {
	set(s, p.interfaces, i.ID, i)
	s.emit(p, Event{Kind: InterfaceChanged, Subject: i.ID, Of: i.VPC, Was: was, Now: i.condition(), Extra: i.Addr.String()})
	s.truth(s.networks[i.VPC], i)
}

// replacePlane swaps all interfaces for new ones, with an overlap, and calls
// done with the error that kept it from starting, or when all is over. It
// returns the new ones.
func (s *Store) replacePlane(p *place, cl Cluster, subnets []string, done func(error)) []Interface {
	old := p.plane[cl.Name].interfaces
	fresh, err := s.addPlane(p, cl.Name, subnets, len(old), false)
	if err != nil {
		done(err)
		return nil
	}
	s.swap(p, cl.Name, ids(fresh), old, func() { done(nil) })
	return fresh
}

// swapTakes is how long swap takes.
const swapTakes = moveWarmUp + moveOverlap + shutdownTakes + moveLinger

// swap lets fresh interfaces begin to serve after a while, and old ones leave,
// stop and go later. The two may be the same, or either empty.
func (s *Store) swap(p *place, name string, fresh, old []string, done func()) {
	pl := p.plane[name]
	s.step(p, name, pl, moveWarmUp, func() {
		for _, id := range fresh {
			s.serve(p, id, true)
		}
	})
	s.step(p, name, pl, moveWarmUp+moveOverlap, func() {
		for _, id := range old {
			s.shutDown(p, id)
		}
	})
	s.step(p, name, pl, moveWarmUp+moveOverlap+shutdownTakes, func() {
		for _, id := range old {
			s.serve(p, id, false)
		}
	})
	s.step(p, name, pl, swapTakes, func() {
		for _, id := range old {
			s.dropPlane(p, name, id)
		}
		done()
	})
}

func ids(interfaces []Interface) []string {
	return each(interfaces, func(i Interface) string { return i.ID })
}

func addrs(interfaces []Interface) []netip.Addr {
	return each(interfaces, func(i Interface) netip.Addr { return i.Addr })
}

// Serving returns the addresses behind which the cluster's API servers answer
// privately and mean to go on, sorted: what a perfect observer would register. A cluster of
// the IPv6 family has addresses of both families.
func (s *Store) Serving(account, region, cluster string) []netip.Addr {
	defer s.enter()()
	p := s.places[placeKey{account, region}]
	if p == nil {
		return nil
	}
	cl, ok := p.clusters.get(cluster)
	if !ok || !cl.Private {
		return nil
	}
	return s.served(p, cluster)
}

func (s *Store) served(p *place, cluster string) []netip.Addr {
	var out []netip.Addr
	for _, i := range s.planeOf(p, cluster) {
		if i.Serving && !i.Leaving {
			out = append(append(out, i.Addr), i.Addrs6...)
		}
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return out
}

// until returns the time after a wait, as the world records it.
func (s *Store) until(wait time.Duration) time.Time {
	return s.stamp().Add(s.scale(wait))
}
