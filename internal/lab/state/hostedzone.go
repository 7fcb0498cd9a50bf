package state

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// A HostedZone is a private zone of Route 53: names that some VPCs see. It
// belongs to an account and to no region.
type HostedZone struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"` // in lower case, without a final dot
	Owner      string    `json:"owner"`
	Reference  string    `json:"reference"` // the caller's, unique in the account
	Comment    string    `json:"comment,omitempty"`
	VPCs       []ZoneVPC `json:"vpcs"`                 // that see it, in order of association
	Authorized []ZoneVPC `json:"authorized,omitempty"` // of other accounts, that may be associated
	Records    []Record  `json:"records"`              // by name, then type, those of the zone itself included
	Created    time.Time `json:"created"`
	Tags       Tags      `json:"tags,omitempty"`
}

// A ZoneVPC names a VPC, in whatever account it is.
type ZoneVPC struct {
	Region string `json:"region"`
	VPC    string `json:"vpc"`
}

// HostedZoneInput asks for a private zone, associated with a VPC of the
// caller's.
type HostedZoneInput struct {
	Name      string
	Reference string
	Comment   string
	VPC       ZoneVPC // none: a public zone, which the lab has not
	Tags      Tags
}

// Quotas. Source: Route 53 developer guide, quotas.
const (
	zonesPerAccount       = 500
	vpcsPerZone           = 300
	authorizationsPerZone = 1000
)

var zoneName = regexp.MustCompile(`^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$`)

// plainName is a DNS name in lower case without its final dot.
func plainName(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// CreateHostedZone makes a private zone. Source: Route 53 API reference,
// CreateHostedZone.
func (s *Store) CreateHostedZone(c Caller, in HostedZoneInput) (HostedZone, error) {
	defer s.enter()()
	name := plainName(in.Name)
	if len(name) > 255 || !zoneName.MatchString(name) {
		return HostedZone{}, refuse("InvalidDomainName", "The domain name '%s' is not valid", in.Name)
	}
	if in.Reference == "" {
		return HostedZone{}, refuse("InvalidInput", "A caller reference must be given")
	}
	if in.VPC == (ZoneVPC{}) {
		return HostedZone{}, refuse("InvalidInput", "The lab has private hosted zones only: a VPC must be given")
	}
	own := 0
	for _, z := range s.zones.values() {
		if z.Owner != c.Account {
			continue
		}
		if z.Reference == in.Reference {
			return HostedZone{}, refuseWith(409, "HostedZoneAlreadyExists", "A hosted zone has already been created with the specified caller reference: '%s'", in.Reference)
		}
		own++
	}
	if own >= zonesPerAccount {
		return HostedZone{}, refuse("TooManyHostedZones", "Limits exceeded: an account can have %d hosted zones", zonesPerAccount)
	}
	if err := s.ownVPC(c, in.VPC); err != nil {
		return HostedZone{}, err
	}
	if err := s.checkConflict(name, in.VPC); err != nil {
		return HostedZone{}, err
	}
	z := HostedZone{
		ID: "Z" + strings.ToUpper(s.hex(20)), Name: name, Owner: c.Account, Reference: in.Reference, Comment: in.Comment, VPCs: []ZoneVPC{in.VPC},
		Created: s.stamp(), Tags: in.Tags.orNone(),
		// What a private zone begins with. Source: Route 53 developer guide, NS and SOA
		// records.
		Records: []Record{
			{Name: name, Type: "NS", TTL: 172800, Values: []string{"ns-0.awsdns-00.com.", "ns-512.awsdns-00.net.", "ns-1024.awsdns-00.org.", "ns-1536.awsdns-00.co.uk."}},
			{Name: name, Type: "SOA", TTL: 900, Values: []string{"ns-0.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"}},
		},
	}
	s.putZone(z, "", "present", in.VPC.VPC)
	return z, nil
}

// ownVPC requires a VPC to be there, and the caller's.
func (s *Store) ownVPC(c Caller, v ZoneVPC) error {
	n := s.networks[v.VPC]
	if n == nil || n.place.region != v.Region {
		return refuse("InvalidVPCId", "The VPC %s in region %s that you provided is not valid", v.VPC, v.Region)
	}
	if n.place.account != c.Account {
		return refuseWith(401, "NotAuthorizedException", "The VPC %s in region %s is not authorized: it belongs to another account", v.VPC, v.Region)
	}
	return nil
}

// checkConflict refuses a second zone of a name in a VPC, the hidden one of a
// private cluster endpoint included. Source: Route 53 API reference,
// ConflictingDomainExists; EKS user guide, cluster endpoint access, for the
// hidden zone.
func (s *Store) checkConflict(name string, v ZoneVPC) error {
	if id := s.visible[v.VPC][name]; id != "" {
		return conflict(name, v, id)
	}
	if h, ok := s.hosts[name]; ok && h.cluster != "" && !h.gone {
		if cl, _ := h.place.clusters.get(h.cluster); cl.VPC == v.VPC && cl.Private {
			return conflict(name, v, "of Amazon EKS")
		}
	}
	return nil
}

func conflict(name string, v ZoneVPC, with string) error {
	return refuse("ConflictingDomainExists", "The VPC %s in region %s has already been associated with a hosted zone (%s) with the same domain name: %s", v.VPC, v.Region, with, name)
}

// putZone writes a zone and says so.
func (s *Store) putZone(z HostedZone, was, now, extra string) {
	old, _ := s.zones.get(z.ID)
	s.see(old, z)
	set(s, s.zones, z.ID, z)
	s.emitZone(z, was, now, extra)
}

// see keeps, by VPC and name, the zones that a VPC sees.
func (s *Store) see(old, now HostedZone) {
	for _, v := range old.VPCs {
		if delete(s.visible[v.VPC], old.Name); len(s.visible[v.VPC]) == 0 {
			delete(s.visible, v.VPC)
		}
	}
	for _, v := range now.VPCs {
		if s.visible[v.VPC] == nil {
			s.visible[v.VPC] = map[string]string{}
		}
		s.visible[v.VPC][now.Name] = now.ID
	}
}

func (s *Store) emitZone(z HostedZone, was, now, extra string) {
	// Zones are in no region: the global one of Route 53's events.
	s.emit(&place{placeKey: placeKey{z.Owner, "us-east-1"}}, Event{Kind: HostedZoneChanged, Subject: z.ID, Of: z.Name, Was: was, Now: now, Extra: extra})
}

// zone returns a zone of an account's.
func (s *Store) zone(c Caller, id string) (HostedZone, error) {
	z, ok := one(s, c, s.zones, id)
	if !ok || z.Owner != c.Account {
		return HostedZone{}, noZone(id)
	}
	return z, nil
}

func noZone(id string) error {
	return refuseWith(404, "NoSuchHostedZone", "No hosted zone found with ID: %s", id)
}

// GetHostedZone returns a zone of the caller's.
func (s *Store) GetHostedZone(c Caller, id string) (HostedZone, error) {
	defer s.enter()()
	return s.zone(c, id)
}

// ListHostedZones lists the caller's zones, up to 100 a part. Source: Route 53
// API reference, ListHostedZones.
func (s *Store) ListHostedZones(c Caller, page Page) (zones []HostedZone, next string, err error) {
	defer s.enter()()
	if page.Max < 0 || page.Max > 100 {
		return nil, "", refuse("InvalidInput", "maxitems must be from 1 to 100")
	}
	if page.Max == 0 {
		page.Max = 100
	}
	after, ok := parseToken("route53", page.Token)
	if !ok {
		return nil, "", refuse("InvalidInput", "The marker '%s' is not valid", page.Token)
	}
	// A zone of another account is no item of the listing at all.
	read := reader[HostedZone](s, c, 0)
	out, at := list(s.zones.all(), after, page.Max, func(r *record[HostedZone]) (HostedZone, bool) {
		z, ok := read(r)
		return z, ok && z.Owner == c.Account
	}, nil)
	return out, token("route53", at), nil
}

// ListHostedZonesByVPC lists the zones that a VPC of the caller's sees,
// whoever they belong to, up to 100 a part. Source: Route 53 API reference,
// ListHostedZonesByVPC.
func (s *Store) ListHostedZonesByVPC(c Caller, v ZoneVPC, page Page) (zones []HostedZone, next string, err error) {
	defer s.enter()()
	if page.Max < 0 || page.Max > 100 {
		return nil, "", refuse("InvalidInput", "maxitems must be from 1 to 100")
	}
	if page.Max == 0 {
		page.Max = 100
	}
	after, ok := parseToken("zonesbyvpc", page.Token)
	if !ok {
		return nil, "", refuse("InvalidPaginationToken", "The value that you specified to get the second or subsequent page of results is invalid.")
	}
	if err := s.ownVPC(c, v); err != nil {
		return nil, "", err
	}
	out, at := list(s.zones.all(), after, page.Max, func(r *record[HostedZone]) (HostedZone, bool) {
		z, there := r.current()
		return z, there && slices.Contains(z.VPCs, v)
	}, nil)
	return out, token("zonesbyvpc", at), nil
}

// DeleteHostedZone deletes a zone that holds nothing but its own NS and SOA
// records. Source: Route 53 API reference, DeleteHostedZone.
func (s *Store) DeleteHostedZone(c Caller, id string) error {
	defer s.enter()()
	z, err := s.zone(Caller{Account: c.Account}, id)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(z.Records, func(r Record) bool { return !z.owns(r) }) {
		return refuse("HostedZoneNotEmpty", "The specified hosted zone contains non-required resource record sets and so cannot be deleted.")
	}
	s.see(z, HostedZone{})
	drop(s, s.zones, id)
	s.emitZone(z, "present", "", "")
	return nil
}

// AssociateVPCWithHostedZone lets a VPC of the caller's see a zone: its own,
// or another account's that has authorised the VPC. Source: Route 53 API
// reference, AssociateVPCWithHostedZone; Route 53 developer guide, associating
// VPCs of different accounts.
func (s *Store) AssociateVPCWithHostedZone(c Caller, id string, v ZoneVPC) error {
	defer s.enter()()
	z, ok := s.zones.get(id)
	if !ok {
		return noZone(id)
	}
	if err := s.ownVPC(c, v); err != nil {
		return err
	}
	if z.Owner != c.Account && !slices.Contains(z.Authorized, v) {
		return refuseWith(401, "NotAuthorizedException", "User %s is not authorized to associate VPC %s with hosted zone %s: its owner has not authorized the association", c.ARN, v.VPC, id)
	}
	if err := s.checkConflict(z.Name, v); err != nil {
		return err
	}
	if len(z.VPCs) >= vpcsPerZone {
		return refuse("LimitsExceeded", "Limits exceeded: a private hosted zone can be associated with %d VPCs", vpcsPerZone)
	}
	z.VPCs = append(slices.Clip(z.VPCs), v)
	s.putZone(z, "present", "present", "+"+v.VPC)
	return nil
}

// DisassociateVPCFromHostedZone takes a zone out of a VPC's sight, for the
// zone's owner or the VPC's. One VPC must be left. Source: Route 53 API
// reference, DisassociateVPCFromHostedZone.
func (s *Store) DisassociateVPCFromHostedZone(c Caller, id string, v ZoneVPC) error {
	defer s.enter()()
	z, ok := s.zones.get(id)
	if !ok {
		return noZone(id)
	}
	if z.Owner != c.Account {
		if err := s.ownVPC(c, v); err != nil {
			return err
		}
	}
	if !slices.Contains(z.VPCs, v) {
		return refuseWith(404, "VPCAssociationNotFound", "The VPC %s in region %s is not associated with the hosted zone", v.VPC, v.Region)
	}
	if len(z.VPCs) == 1 {
		return refuse("LastVPCAssociation", "Cannot remove last VPC association for the private zone")
	}
	z.VPCs = slices.DeleteFunc(slices.Clone(z.VPCs), func(x ZoneVPC) bool { return x == v })
	s.putZone(z, "present", "present", "-"+v.VPC)
	return nil
}

// CreateVPCAssociationAuthorization lets the owner of another account's VPC
// associate it with a zone of the caller's; again is no error. Source: Route
// 53 API reference, CreateVPCAssociationAuthorization.
func (s *Store) CreateVPCAssociationAuthorization(c Caller, id string, v ZoneVPC) error {
	defer s.enter()()
	z, err := s.zone(Caller{Account: c.Account}, id)
	if err != nil {
		return err
	}
	if n := s.networks[v.VPC]; n == nil || n.place.region != v.Region {
		return refuse("InvalidVPCId", "The VPC %s in region %s that you provided is not valid", v.VPC, v.Region)
	}
	if slices.Contains(z.Authorized, v) {
		return nil
	}
	if len(z.Authorized) >= authorizationsPerZone {
		return refuse("TooManyVPCAssociationAuthorizations", "Limits exceeded: a hosted zone can have %d authorizations", authorizationsPerZone)
	}
	z.Authorized = append(slices.Clip(z.Authorized), v)
	s.putZone(z, "present", "present", "authorized "+v.VPC)
	return nil
}

// DeleteVPCAssociationAuthorization takes an authorisation back. An
// association that was made by it stays. Source: Route 53 API reference,
// DeleteVPCAssociationAuthorization.
func (s *Store) DeleteVPCAssociationAuthorization(c Caller, id string, v ZoneVPC) error {
	defer s.enter()()
	z, err := s.zone(Caller{Account: c.Account}, id)
	if err != nil {
		return err
	}
	if !slices.Contains(z.Authorized, v) {
		return refuseWith(404, "VPCAssociationAuthorizationNotFound", "The VPC %s in region %s has no authorization for hosted zone %s", v.VPC, v.Region, id)
	}
	z.Authorized = slices.DeleteFunc(slices.Clone(z.Authorized), func(x ZoneVPC) bool { return x == v })
	s.putZone(z, "present", "present", "unauthorized "+v.VPC)
	return nil
}
