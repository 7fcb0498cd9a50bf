package state

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// A Peering is a VPC peering connection as one of its two owners sees it.
type Peering struct {
	ID        string      `json:"id"`
	Requester PeeringSide `json:"requester"`
	Accepter  PeeringSide `json:"accepter"`
	Status    string      `json:"status"` // initiating-request, pending-acceptance, provisioning, active, rejected, expired, failed, deleted
	Message   string      `json:"message"`
	Expires   time.Time   `json:"expires,omitzero"` // of a request that nobody has answered
	Tags      Tags        `json:"tags,omitempty"`   // each owner has its own
}

// A PeeringSide is one end of a peering connection.
type PeeringSide struct {
	Owner  string         `json:"owner"`
	Region string         `json:"region"`
	VPC    string         `json:"vpc"`
	CIDR   netip.Prefix   `json:"cidr,omitzero"` // the primary block, once known to the other side
	CIDRs  []netip.Prefix `json:"cidrs,omitempty"`
	CIDRs6 []netip.Prefix `json:"cidrs6,omitempty"`
	// DNSResolution: the other side's public names answer with private addresses
	// from here. Kept as data: the lab's own names need it not.
	DNSResolution bool `json:"dnsResolution"`
}

// PeeringInput asks for a peering connection.
type PeeringInput struct {
	VPC        string
	PeerVPC    string
	PeerOwner  string // default: the caller's account
	PeerRegion string // default: the caller's region
	Tags       Tags
}

// How long a peering connection that is no more stays visible, and a request
// open, at speed 1. Source: VPC peering guide, VPC peering connection lifecycle.
const (
	peeringExpires      = 7 * 24 * time.Hour
	peeringGoneSoon     = 2 * time.Hour
	peeringGoneLate     = 2 * 24 * time.Hour
	peeringsPerVPC      = 125 // VPC quotas: 50 active a VPC, up to 125 on request
	requestsOutstanding = 25  // VPC quotas: outstanding requests
)

const (
	peeringActive  = "active"
	peeringPending = "pending-acceptance"
)

// CreateVpcPeeringConnection asks the owner of another VPC for peering. What
// AWS learns of only afterwards, a wrong VPC of another account or region, and
// blocks that overlap, makes the request fail; it is no refusal. Source: EC2
// API reference, CreateVpcPeeringConnection; VPC peering guide, lifecycle.
func (s *Store) CreateVpcPeeringConnection(c Caller, in PeeringInput) (Peering, error) {
	defer s.enter()()
	p := s.place(c)
	v, ok := p.vpcs.get(in.VPC)
	if !ok {
		return Peering{}, noVPC(in.VPC)
	}
	there := PeeringSide{Owner: or(in.PeerOwner, c.Account), Region: or(in.PeerRegion, c.Region), VPC: in.PeerVPC}
	peer, found := s.vpcAt(there)
	if !found && s.placeAt(there) == p {
		return Peering{}, noVPC(in.PeerVPC)
	}
	var active, open int
	for _, x := range p.peerings.values() {
		if !x.live() || !x.of(v.ID) {
			continue
		}
		if x.of(in.PeerVPC) && in.PeerVPC != v.ID { // EC2 API error codes
			return Peering{}, refuse("VpcPeeringConnectionAlreadyExists", "A VPC peering connection between %s and %s already exists: %s", v.ID, in.PeerVPC, x.ID)
		}
		if x.Status == peeringActive {
			active++
		} else {
			open++
		}
	}
	if active >= peeringsPerVPC {
		return Peering{}, refuse("VpcPeeringConnectionsPerVpcLimitExceeded", "VPC %s has its maximum of %d active VPC peering connections", v.ID, peeringsPerVPC)
	}
	if open >= requestsOutstanding {
		return Peering{}, refuse("OutstandingVpcPeeringConnectionLimitExceeded", "VPC %s has its maximum of %d outstanding VPC peering connection requests", v.ID, requestsOutstanding)
	}
	pc := Peering{
		ID: s.id("pcx"), Requester: sideOf(v), Accepter: there, Status: "initiating-request", Message: "Initiating Request to " + there.Owner,
		Expires: s.until(peeringExpires), Tags: in.Tags.orNone(),
	}
	set(s, p.peerings, pc.ID, pc)
	s.emit(p, pc.event("", pc.Status))
	overlap := found && overlaps(v, peer)
	s.after(0, func() { // AWS gives no figure; users see no wait
		if found && !overlap {
			s.turnPeering(pc, peeringPending, "Pending Acceptance by "+there.Owner)
			s.after(peeringExpires, func() { s.expirePeering(p, pc.ID) })
			return
		}
		s.turnPeering(pc, "failed", "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range")
		s.forgetPeering(p, pc.ID, peeringGoneSoon)
	})
	return pc, nil
}

// AcceptVpcPeeringConnection makes a request to the caller's VPC a connection.
func (s *Store) AcceptVpcPeeringConnection(c Caller, id string) (Peering, error) {
	defer s.enter()()
	pc, err := s.answering(c, id, "accept", "provisioning")
	if err != nil {
		return Peering{}, err
	}
	v, _ := s.vpcAt(pc.Accepter)
	pc.Accepter, pc.Expires = sideOf(v), time.Time{}
	pc = s.turnPeering(pc, "provisioning", "Provisioning")
	s.after(0, func() {
		if now, ok := s.place(c).peerings.get(id); ok && now.Status == "provisioning" {
			s.turnPeering(now, peeringActive, "Active")
		}
	})
	return pc, nil
}

// RejectVpcPeeringConnection refuses a request to the caller's VPC.
func (s *Store) RejectVpcPeeringConnection(c Caller, id string) error {
	defer s.enter()()
	pc, err := s.answering(c, id, "reject", "rejected")
	if err != nil {
		return err
	}
	pc.Expires = time.Time{}
	s.turnPeering(pc, "rejected", "Rejected by "+c.Account)
	s.forgetSides(pc, pc.Accepter)
	return nil
}

// answering returns a request that the caller may answer: the accepter alone.
func (s *Store) answering(c Caller, id, verb, to string) (Peering, error) {
	pc, ok := s.place(c).peerings.get(id)
	if !ok {
		return Peering{}, noPeering(id)
	}
	if s.placeAt(pc.Accepter) != s.place(c) {
		return Peering{}, refuse("OperationNotPermitted", "User %s cannot %s peering %s", c.Account, verb, id)
	}
	if pc.Status != peeringPending {
		return Peering{}, wrongTurn(pc, to)
	}
	return pc, nil
}

// wrongTurn is the refusal of a change that a connection's state does not
// allow. Source: EC2 API error codes, InvalidStateTransition.
func wrongTurn(pc Peering, to string) error {
	return refuse("InvalidStateTransition", "Invalid state transition for %s, attempted to transition from %s to %s", pc.ID, pc.Status, to)
}

// DeleteVpcPeeringConnection ends a connection, by either owner, or a request,
// by its requester. Source: EC2 API reference, DeleteVpcPeeringConnection.
func (s *Store) DeleteVpcPeeringConnection(c Caller, id string) error {
	defer s.enter()()
	p := s.place(c)
	pc, ok := p.peerings.get(id)
	if !ok {
		return noPeering(id)
	}
	if !pc.live() || pc.Status == "initiating-request" {
		return wrongTurn(pc, "deleting")
	}
	by := pc.Requester
	if s.placeAt(pc.Requester) != p {
		by = pc.Accepter
		if pc.Status == peeringPending {
			return refuse("OperationNotPermitted", "User %s cannot delete peering %s: it is a request, which its accepter rejects", c.Account, id)
		}
	}
	pc.Expires = time.Time{}
	s.turnPeering(pc, "deleted", "Deleted by "+c.Account)
	s.forgetSides(pc, by)
	return nil
}

// PeeringOptions change a connection's DNS resolution; nil leaves it.
type PeeringOptions struct{ Requester, Accepter *bool }

// ModifyVpcPeeringConnectionOptions sets the caller's own side's options, of
// an active connection. Source: EC2 API reference,
// ModifyVpcPeeringConnectionOptions.
func (s *Store) ModifyVpcPeeringConnectionOptions(c Caller, id string, o PeeringOptions) (Peering, error) {
	defer s.enter()()
	p := s.place(c)
	pc, ok := p.peerings.get(id)
	if !ok {
		return Peering{}, noPeering(id)
	}
	if pc.Status != peeringActive {
		return Peering{}, refuse("OperationNotPermitted", "Peering %s is not active. Peering options can be added only to active peerings.", id)
	}
	for _, x := range []struct {
		name string
		side *PeeringSide
		to   *bool
	}{{"requester", &pc.Requester, o.Requester}, {"accepter", &pc.Accepter, o.Accepter}} {
		if x.to == nil {
			continue
		}
		if s.placeAt(*x.side) != p {
			return Peering{}, refuse("OperationNotPermitted", "User %s cannot modify %s options of peering %s", c.Account, x.name, id)
		}
		x.side.DNSResolution = *x.to
	}
	return s.turnPeering(pc, pc.Status, pc.Message), nil
}

// DescribeVpcPeeringConnections lists the connections of the caller's VPCs,
// requests from and to other accounts included.
func (s *Store) DescribeVpcPeeringConnections(c Caller, ids []string, filters []Filter, page Page) (peerings []Peering, next string, err error) {
	defer s.enter()()
	return describe(s, c, s.place(c).peerings, 0, noPeering, peeringFields, func(v Peering) Tags { return v.Tags }, ids, filters, page)
}

func noPeering(id string) error {
	if !strings.HasPrefix(id, "pcx-") {
		return refuse("InvalidVpcPeeringConnectionId.Malformed", "Invalid id: \"%s\" (expecting \"pcx-...\")", id)
	}
	return refuse("InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID '%s' does not exist", id)
}

var peeringFields = fields[Peering]{
	"vpc-peering-connection-id":     func(v Peering) []string { return []string{v.ID} },
	"status-code":                   func(v Peering) []string { return []string{v.Status} },
	"status-message":                func(v Peering) []string { return []string{v.Message} },
	"requester-vpc-info.vpc-id":     func(v Peering) []string { return []string{v.Requester.VPC} },
	"requester-vpc-info.owner-id":   func(v Peering) []string { return []string{v.Requester.Owner} },
	"requester-vpc-info.cidr-block": func(v Peering) []string { return each(v.Requester.CIDRs, netip.Prefix.String) },
	"accepter-vpc-info.vpc-id":      func(v Peering) []string { return []string{v.Accepter.VPC} },
	"accepter-vpc-info.owner-id":    func(v Peering) []string { return []string{v.Accepter.Owner} },
	"accepter-vpc-info.cidr-block":  func(v Peering) []string { return each(v.Accepter.CIDRs, netip.Prefix.String) },
}

// live reports whether a connection is there, or may come to be.
func (pc Peering) live() bool {
	return slices.Contains([]string{"initiating-request", peeringPending, "provisioning", peeringActive}, pc.Status)
}

// of reports whether a VPC is one of the two sides.
func (pc Peering) of(vpc string) bool { return pc.Requester.VPC == vpc || pc.Accepter.VPC == vpc }

// other returns the side that a VPC is not.
func (pc Peering) other(vpc string) PeeringSide {
	if pc.Requester.VPC == vpc {
		return pc.Accepter
	}
	return pc.Requester
}

func (pc Peering) event(was, now string) Event {
	return Event{Kind: PeeringChanged, Subject: pc.ID, Of: pc.Requester.VPC, Was: was, Now: now, Extra: pc.Accepter.VPC}
}

// placeAt returns a side's place, nil if nothing is there.
func (s *Store) placeAt(side PeeringSide) *place { return s.places[placeKey{side.Owner, side.Region}] }

func (s *Store) vpcAt(side PeeringSide) (VPC, bool) {
	if p := s.placeAt(side); p != nil {
		return p.vpcs.get(side.VPC)
	}
	return VPC{}, false
}

func sideOf(v VPC) PeeringSide {
	block := func(a Association) netip.Prefix { return a.Block }
	return PeeringSide{Owner: v.Owner, Region: v.Region, VPC: v.ID, CIDR: v.CIDR, CIDRs: each(v.CIDRs, block), CIDRs6: each(v.IPv6, block)}
}

func overlaps(a, b VPC) bool {
	for _, x := range slices.Concat(a.CIDRs, a.IPv6) {
		for _, y := range slices.Concat(b.CIDRs, b.IPv6) {
			if x.Block.Overlaps(y.Block) {
				return true
			}
		}
	}
	return false
}

// turnPeering gives a connection a state, in the places of those who may see
// it: a failed request its requester alone.
func (s *Store) turnPeering(pc Peering, status, message string) Peering {
	sides := []PeeringSide{pc.Requester}
	if there := s.placeAt(pc.Accepter); status != "failed" && there != s.placeAt(pc.Requester) {
		sides = append(sides, pc.Accepter)
	}
	for _, side := range sides {
		p := s.placeAt(side)
		old, _ := p.peerings.get(pc.ID)
		own := pc
		own.Status, own.Message, own.Tags = status, message, old.Tags
		set(s, p.peerings, pc.ID, own)
		s.emit(p, own.event(old.Status, status))
	}
	pc.Status, pc.Message = status, message
	return pc
}

// expirePeering ends a request that nobody answered. One that Settle overtakes
// stays open: a world is not made of what has expired.
func (s *Store) expirePeering(p *place, id string) {
	if pc, ok := p.peerings.get(id); ok && pc.Status == peeringPending && s.ceiling.IsZero() {
		s.turnPeering(pc, "expired", "Expired")
		for _, side := range []PeeringSide{pc.Requester, pc.Accepter} {
			s.forgetPeering(s.placeAt(side), id, peeringGoneLate)
		}
	}
}

// forgetSides lets a connection that one side ended vanish: for that side in
// hours, for the other in days; within one account in hours.
func (s *Store) forgetSides(pc Peering, by PeeringSide) {
	for _, side := range []PeeringSide{pc.Requester, pc.Accepter} {
		wait := peeringGoneSoon
		if side.Owner != by.Owner {
			wait = peeringGoneLate
		}
		s.forgetPeering(s.placeAt(side), pc.ID, wait)
	}
}

func (s *Store) forgetPeering(p *place, id string, wait time.Duration) {
	s.after(wait, func() {
		if pc, ok := p.peerings.get(id); ok {
			drop(s, p.peerings, id)
			s.emit(p, pc.event(pc.Status, ""))
		}
	})
}

// mayGrow applies peering's rules to a new block of a VPC: it must not overlap
// a peer's, and not come while a request of the VPC's is open. Source: VPC user
// guide, IPv4 CIDR block association restrictions; the codes are the lab's
// choice.
func (s *Store) mayGrow(p *place, v VPC, block netip.Prefix) error {
	for _, pc := range p.peerings.values() {
		if !pc.live() || !pc.of(v.ID) {
			continue
		}
		if pc.Status == peeringPending && pc.Requester.VPC == v.ID {
			return refuse("OperationNotPermitted", "VPC %s has an open request for peering, %s: no CIDR block can be added until it is accepted or deleted", v.ID, pc.ID)
		}
		if peer, ok := s.vpcAt(pc.other(v.ID)); ok && pc.Status == peeringActive && overlaps(VPC{CIDRs: []Association{{Block: block}}}, peer) {
			return refuse("CidrConflict", "The CIDR '%s' conflicts with a block of VPC %s, which %s joins to this VPC", block, peer.ID, pc.ID)
		}
	}
	return nil
}

// grown tells peering connections of a VPC's blocks: active ones show them, and
// a request to the VPC fails if they now overlap the requester's. Source: VPC
// user guide, IPv4 CIDR block association restrictions.
func (s *Store) grown(p *place, v VPC) {
	for _, pc := range p.peerings.values() {
		if !pc.live() || !pc.of(v.ID) {
			continue
		}
		peer, _ := s.vpcAt(pc.other(v.ID))
		switch {
		case pc.Status == peeringPending && overlaps(v, peer):
			s.turnPeering(pc, "failed", "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range")
			s.forgetPeering(s.placeAt(pc.Requester), pc.ID, peeringGoneSoon)
			if there := s.placeAt(pc.Accepter); there != s.placeAt(pc.Requester) {
				drop(s, there.peerings, pc.ID)
			}
		case pc.Status == peeringActive:
			for _, side := range []*PeeringSide{&pc.Requester, &pc.Accepter} {
				if now := sideOf(v); side.VPC == v.ID {
					now.DNSResolution = side.DNSResolution
					*side = now
				}
			}
			s.turnPeering(pc, pc.Status, pc.Message)
		}
	}
}
