package state

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// A MoveKind is one way in which a control plane's addresses change.
type MoveKind string

// The kinds of move.
const (
	MoveReplace  MoveKind = "replace"   // new interfaces first, the old ones gone after an overlap: what a version update does
	MoveScaleOut MoveKind = "scale-out" // one interface more, up to four
	MoveScaleIn  MoveKind = "scale-in"  // one interface fewer, down to two
	MovePatch    MoveKind = "patch"     // one interface swapped, with an overlap
	MoveAbrupt   MoveKind = "abrupt"    // all interfaces swapped at once, without an overlap
	MoveReuse    MoveKind = "reuse"     // one interface swapped at once, and its address given to somebody else
	MoveRecreate MoveKind = "recreate"  // the cluster is gone at once, and made again under the same name
	MoveRollback MoveKind = "rollback"  // new interfaces appear, serve for a while and go; the old ones stay
	MoveDelete   MoveKind = "delete"    // the cluster is deleted
	MoveRotate   MoveKind = "rotate-ca" // no address changes: a new certificate authority beside the old one, then signing, then alone
)

// MoveKinds lists every kind.
var MoveKinds = []MoveKind{MoveReplace, MoveScaleOut, MoveScaleIn, MovePatch, MoveAbrupt, MoveReuse, MoveRecreate, MoveRollback, MoveDelete, MoveRotate}

// A Move changes the addresses of one cluster's control plane.
type Move struct {
	Account string   `json:"account"`
	Region  string   `json:"region"`
	Cluster string   `json:"cluster"`
	Kind    MoveKind `json:"kind"`
	// To is the cluster of the same VPC that takes the address over (reuse), in
	// place of its own oldest one; empty: a plain interface of the account does.
	To string `json:"to,omitempty"`
	// Subnets are those of the new cluster, in any VPC of the account and region
	// (recreate); empty: the old one's.
	Subnets []string `json:"subnets,omitempty"`
}

// Moved says what a move does.
type Moved struct {
	Old  []netip.Addr `json:"old"`  // addresses that go, or went
	New  []netip.Addr `json:"new"`  // addresses that came
	Done time.Time    `json:"done"` // when nothing more will change
}

// Move starts a move. The cluster must be ACTIVE without another change under
// way, except to delete or recreate it. How EKS moves addresses: EKS user
// guide, network requirements; EKS best practices, cluster endpoint
// connectivity; containers-roadmap issue 1827. How many change at a time AWS
// does not say.
func (s *Store) Move(m Move) (Moved, error) {
	defer s.enter()()
	p := s.placeOf(m.Account, m.Region)
	if !slices.Contains(MoveKinds, m.Kind) {
		return Moved{}, refuse("InvalidParameterException", "no kind of move is called %q; there are %v", m.Kind, MoveKinds)
	}
	if m.To != "" && m.Kind != MoveReuse || m.Subnets != nil && m.Kind != MoveRecreate {
		return Moved{}, refuse("InvalidParameterException", "move %s takes no such parameter: only reuse takes a cluster to move to, only recreate takes subnets", m.Kind)
	}
	cl, err := p.idleCluster(m.Cluster)
	if _, exists := p.clusters.get(m.Cluster); exists && (m.Kind == MoveRecreate || m.Kind == MoveDelete) {
		err = nil
	}
	if err != nil {
		return Moved{}, err
	}
	out, err := s.move(p, cl, m)
	if err != nil {
		return Moved{}, err
	}
	s.emit(p, Event{Kind: ClusterMoved, Subject: cl.ARN, Of: cl.VPC, Now: string(m.Kind), Extra: fmt.Sprintf("%v -> %v", out.Old, out.New)})
	return out, nil
}

func (s *Store) move(p *place, cl Cluster, m Move) (Moved, error) {
	pl := p.plane[cl.Name]
	have := s.planeOf(p, cl.Name)
	free := func() { pl.busy = false }
	switch m.Kind {
	case MoveReplace, MoveRollback, MovePatch, MoveScaleOut:
		n, old := len(have), have
		switch m.Kind {
		case MoveRollback:
			old = nil
		case MovePatch:
			n, old = 1, have[:1]
		case MoveScaleOut:
			if n, old = 1, nil; len(have) >= 4 {
				return Moved{}, refuse("InvalidRequestException", "cluster %s has four interfaces already, EKS's most", cl.Name)
			}
		}
		fresh, err := s.addPlane(p, cl.Name, cl.Subnets, n, false)
		if err != nil {
			return Moved{}, err
		}
		out := Moved{Old: addrs(old), New: addrs(fresh), Done: s.until(swapTakes)}
		leaving := old
		if m.Kind == MoveRollback {
			out.Old, leaving = out.New, fresh
		}
		pl.busy = true
		s.swap(p, cl.Name, ids(fresh), ids(leaving), free)
		return out, nil

	case MoveScaleIn:
		if len(have) <= 2 {
			return Moved{}, refuse("InvalidRequestException", "cluster %s has two interfaces only, EKS's fewest", cl.Name)
		}
		pl.busy = true
		s.shutDown(p, have[0].ID)
		s.step(p, cl.Name, pl, shutdownTakes, func() { s.serve(p, have[0].ID, false) })
		s.step(p, cl.Name, pl, shutdownTakes+moveLinger, func() {
			s.dropPlane(p, cl.Name, have[0].ID)
			free()
		})
		return Moved{Old: addrs(have[:1]), Done: s.until(shutdownTakes + moveLinger)}, nil

	case MoveRotate:
		pl.busy = true // no version update meanwhile. Source: EKS user guide, certificate authority rotation
		s.rotate(p, cl, free)
		return Moved{Done: s.until(rotateTakes)}, nil

	case MoveAbrupt:
		fresh, err := s.addPlane(p, cl.Name, cl.Subnets, len(have), true)
		if err != nil {
			return Moved{}, err
		}
		for _, i := range have {
			s.dropPlane(p, cl.Name, i.ID)
		}
		return Moved{Old: addrs(have), New: addrs(fresh), Done: s.stamp()}, nil

	case MoveReuse:
		return s.reuse(p, cl, m.To)

	case MoveRecreate:
		return s.recreate(p, cl, m.Subnets)
	}
	s.deleteCluster(p, cl)
	return Moved{Old: addrs(have), Done: s.until(clusterDeleteTakes)}, nil
}

// reuse swaps one of a cluster's interfaces and gives its address away, to
// another cluster or to a plain interface.
func (s *Store) reuse(p *place, cl Cluster, to string) (Moved, error) {
	have := s.planeOf(p, cl.Name)
	at := 0
	if to != "" {
		taker, err := p.idleCluster(to)
		if err != nil {
			return Moved{}, err
		}
		at = slices.IndexFunc(have, func(i Interface) bool { return slices.Contains(taker.Subnets, i.Subnet) })
		if to == cl.Name || taker.VPC != cl.VPC || at < 0 {
			return Moved{}, refuse("InvalidRequestException", "cluster %s has no subnet in common with cluster %s", to, cl.Name)
		}
	}
	fresh, err := s.addPlane(p, cl.Name, cl.Subnets, 1, true)
	if err != nil {
		return Moved{}, err
	}
	lost := have[at]
	s.dropPlane(p, cl.Name, lost.ID)
	sub, _ := p.subnets.get(lost.Subnet)
	if to == "" {
		_, err = s.addInterface(p, sub, lost.Addr, Interface{
			Description: "reuses an address of " + cl.Name, Type: "interface",
			SecurityGroups: p.defaultGroup(sub.VPC), Attachment: &Attachment{Instance: s.id("i"), InstanceOwner: p.account, DeviceIndex: 1},
		})
	} else {
		theirs := p.plane[to].interfaces[0]
		if _, err = s.addPlaneAt(p, to, sub, lost.Addr, true); err == nil {
			s.dropPlane(p, to, theirs)
		}
	}
	return Moved{Old: []netip.Addr{lost.Addr}, New: addrs(fresh), Done: s.stamp()}, err
}

// recreate removes a cluster at once and makes it again with the same
// settings: a new endpoint, a new CA, new interfaces, perhaps another VPC.
func (s *Store) recreate(p *place, cl Cluster, subnets []string) (Moved, error) {
	if len(subnets) == 0 {
		subnets = cl.Subnets
	}
	found, err := s.clusterSubnets(p, subnets)
	if err != nil {
		return Moved{}, err
	}
	in := ClusterInput{
		Name: cl.Name, Version: cl.Version, Role: cl.Role, Subnets: subnets, SecurityGroups: cl.SecurityGroups,
		Public: &cl.Public, Private: &cl.Private, PublicCIDRs: cl.PublicCIDRs, IPFamily: cl.IPFamily, ServiceCIDR: cl.ServiceCIDR, Tags: cl.Tags,
	}
	if found[0].VPC != cl.VPC {
		in.SecurityGroups = nil // they belong to the old VPC
	}
	out := Moved{Old: addrs(s.planeOf(p, cl.Name)), Done: s.until(clusterCreateTakes)}
	s.endCluster(p, cl.Name)
	_, err = s.createCluster(p, in)
	return out, err
}
