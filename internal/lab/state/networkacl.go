package state

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
)

// A NetworkACL is a list of entries by which subnets take and send packets.
// It is stateless: answers need an entry of their own.
type NetworkACL struct {
	ID           string           `json:"id"`
	Owner        string           `json:"owner"`
	VPC          string           `json:"vpc"`
	Default      bool             `json:"default"`
	Entries      []ACLEntry       `json:"entries"` // each direction's by number; the first that matches decides
	Associations []ACLAssociation `json:"associations,omitempty"`
	Tags         Tags             `json:"tags,omitempty"`
}

// An ACLEntry allows or denies packets that match it.
type ACLEntry struct {
	Number   int          `json:"number"`
	Egress   bool         `json:"egress"`
	Allow    bool         `json:"allow"`
	Protocol string       `json:"protocol"` // a number, or -1 for all
	CIDR     netip.Prefix `json:"cidr"`     // of the other side
	From     int          `json:"from"`     // port, or ICMP type; -1: all
	To       int          `json:"to"`       // port, or ICMP code; -1: all
}

// An ACLAssociation gives a network ACL to a subnet, which always has one.
type ACLAssociation struct {
	ID     string `json:"id"`
	Subnet string `json:"subnet"`
}

const (
	aclFirst   = 100   // the number of the default ACL's entry
	aclLast    = 32767 // the number of the entry that denies the rest, which none has from its user
	aclEntries = 40    // VPC quotas: 20 a direction, up to 40 on request
	aclsPerVPC = 200   // VPC quotas
)

var everywhere6 = netip.PrefixFrom(netip.IPv6Unspecified(), 0)

// addNetworkACL makes an ACL that denies all, or as a VPC's default one allows
// all. The default one takes its identifier from the VPC's, so that it costs no
// random number. Source: VPC user guide, default and custom network ACLs.
func (s *Store) addNetworkACL(p *place, v VPC, isDefault bool, tags Tags) NetworkACL {
	a := NetworkACL{Owner: p.account, VPC: v.ID, Default: isDefault, Tags: tags.orNone()}
	if isDefault {
		a.ID = "acl-0" + hash16("acl", v.ID)
	} else {
		a.ID = s.id("acl")
	}
	blocks := []netip.Prefix{everywhere}
	if len(v.IPv6) > 0 {
		blocks = append(blocks, everywhere6)
	}
	for _, egress := range []bool{false, true} {
		for i, block := range blocks {
			entry := ACLEntry{Number: aclFirst + i, Egress: egress, Allow: true, Protocol: anyProtocol, CIDR: block, From: -1, To: -1}
			if isDefault {
				a.Entries = append(a.Entries, entry)
			}
			entry.Number, entry.Allow = aclLast+i, false
			a.Entries = append(a.Entries, entry)
		}
	}
	slices.SortFunc(a.Entries, ACLEntry.compare)
	s.putNetworkACL(p, a, "", "")
	return a
}

// compare orders entries: inbound ones first, each direction by number.
func (e ACLEntry) compare(o ACLEntry) int {
	switch {
	case e.Egress == o.Egress:
		return cmp.Compare(e.Number, o.Number)
	case e.Egress:
		return 1
	}
	return -1
}

func (e ACLEntry) at(number int, egress bool) bool { return e.Number == number && e.Egress == egress }

func (s *Store) putNetworkACL(p *place, a NetworkACL, was, extra string) {
	set(s, p.networkACLs, a.ID, a)
	s.emit(p, Event{Kind: NetworkACLChanged, Subject: a.ID, Of: a.VPC, Was: was, Now: "available", Extra: extra})
}

func (s *Store) dropNetworkACL(p *place, a NetworkACL) {
	drop(s, p.networkACLs, a.ID)
	s.emit(p, Event{Kind: NetworkACLChanged, Subject: a.ID, Of: a.VPC, Was: "available"})
}

// protect gives a new subnet the VPC's default ACL.
func (s *Store) protect(p *place, sub Subnet) {
	for _, a := range currents(p.networkACLs.under("vpc-id", sub.VPC)) {
		if a.Default {
			a.Associations = append(slices.Clip(a.Associations), ACLAssociation{"aclassoc-0" + hash16("aclassoc", sub.ID), sub.ID})
			set(s, p.networkACLs, a.ID, a)
		}
	}
}

// unprotect takes a subnet from its ACL.
func (s *Store) unprotect(p *place, vpc string, is func(ACLAssociation) bool) (gone ACLAssociation, ok bool) {
	for _, a := range currents(p.networkACLs.under("vpc-id", vpc)) {
		if i := slices.IndexFunc(a.Associations, is); i >= 0 {
			gone = a.Associations[i]
			a.Associations = slices.Delete(slices.Clone(a.Associations), i, i+1)
			s.putNetworkACL(p, a, "available", "-"+gone.Subnet)
			return gone, true
		}
	}
	return gone, false
}

// CreateNetworkAcl makes an ACL that denies all. Source: EC2 API reference,
// CreateNetworkAcl.
func (s *Store) CreateNetworkAcl(c Caller, vpc string, tags Tags) (NetworkACL, error) {
	defer s.enter()()
	p := s.place(c)
	v, ok := p.vpcs.get(vpc)
	if !ok {
		return NetworkACL{}, noVPC(vpc)
	}
	if len(currents(p.networkACLs.under("vpc-id", vpc))) >= aclsPerVPC {
		return NetworkACL{}, refuse("NetworkAclLimitExceeded", "The maximum number of network ACLs has been reached for VPC %s", vpc)
	}
	return s.addNetworkACL(p, v, false, tags), nil
}

// DeleteNetworkAcl removes an ACL that no subnet has and that is not its VPC's
// default one. Source: EC2 API reference, DeleteNetworkAcl.
func (s *Store) DeleteNetworkAcl(c Caller, id string) error {
	defer s.enter()()
	p := s.place(c)
	a, ok := p.networkACLs.get(id)
	switch {
	case !ok:
		return noNetworkACL(id)
	case a.Default:
		return refuse("InvalidParameterValue", "cannot delete default network ACL %s", id)
	case len(a.Associations) > 0:
		return refuse("DependencyViolation", "network ACL '%s' has dependencies and cannot be deleted.", id)
	}
	s.dropNetworkACL(p, a)
	return nil
}

// ReplaceNetworkAclAssociation gives the subnet of an association another ACL
// of its VPC, under a new association. Source: EC2 API reference,
// ReplaceNetworkAclAssociation.
func (s *Store) ReplaceNetworkAclAssociation(c Caller, association, acl string) (ACLAssociation, error) {
	defer s.enter()()
	p := s.place(c)
	a, ok := p.networkACLs.get(acl)
	if !ok {
		return ACLAssociation{}, noNetworkACL(acl)
	}
	gone, ok := s.unprotect(p, a.VPC, func(x ACLAssociation) bool { return x.ID == association })
	if !ok { // of another VPC too, where EC2's words differ
		return ACLAssociation{}, refuse("InvalidAssociationID.NotFound", "The association ID '%s' does not exist", association)
	}
	a, _ = p.networkACLs.get(acl) // it may be the old one
	fresh := ACLAssociation{s.id("aclassoc"), gone.Subnet}
	a.Associations = append(slices.Clip(a.Associations), fresh)
	s.putNetworkACL(p, a, "available", "+"+fresh.Subnet)
	return fresh, nil
}

// CreateNetworkAclEntry adds an entry under a number that is free in its
// direction. Source: EC2 API reference, CreateNetworkAclEntry; VPC quotas.
func (s *Store) CreateNetworkAclEntry(c Caller, acl string, e ACLEntry) error {
	return s.changeEntries(c, acl, e.Number, e.Egress, func(entries []ACLEntry, i int) ([]ACLEntry, error) {
		if i >= 0 {
			return nil, refuse("NetworkAclEntryAlreadyExists", "The network acl entry identified by %d already exists.", e.Number)
		}
		if count(entries, func(o ACLEntry) bool { return o.Egress == e.Egress && o.Number < aclLast }) >= aclEntries {
			return nil, refuse("NetworkAclEntryLimitExceeded", "The maximum number of network acl entries has been reached.")
		}
		e, err := e.plain()
		return append(entries, e), err
	})
}

// ReplaceNetworkAclEntry gives a number another entry.
func (s *Store) ReplaceNetworkAclEntry(c Caller, acl string, e ACLEntry) error {
	return s.changeEntries(c, acl, e.Number, e.Egress, func(entries []ACLEntry, i int) ([]ACLEntry, error) {
		if i < 0 {
			return nil, noEntry(e.Number)
		}
		e, err := e.plain()
		entries[i] = e
		return entries, err
	})
}

// DeleteNetworkAclEntry removes the entry of a number.
func (s *Store) DeleteNetworkAclEntry(c Caller, acl string, number int, egress bool) error {
	return s.changeEntries(c, acl, number, egress, func(entries []ACLEntry, i int) ([]ACLEntry, error) {
		if i < 0 {
			return nil, noEntry(number)
		}
		return slices.Delete(entries, i, i+1), nil
	})
}

// changeEntries changes a copy of an ACL's entries, of which that of the number
// is at i, or at -1.
func (s *Store) changeEntries(c Caller, acl string, number int, egress bool, change func(entries []ACLEntry, i int) ([]ACLEntry, error)) error {
	defer s.enter()()
	p := s.place(c)
	a, ok := p.networkACLs.get(acl)
	if !ok {
		return noNetworkACL(acl)
	}
	if number < 1 || number >= aclLast {
		return refuse("InvalidParameterValue", "Value (%d) for parameter ruleNumber is invalid. Expecting a value between 1 and %d.", number, aclLast-1)
	}
	entries, err := change(slices.Clone(a.Entries), slices.IndexFunc(a.Entries, func(e ACLEntry) bool { return e.at(number, egress) }))
	if err != nil {
		return err
	}
	slices.SortFunc(entries, ACLEntry.compare)
	a.Entries = entries
	s.putNetworkACL(p, a, "available", "entry "+strconv.Itoa(number))
	return nil
}

// plain returns the entry in its canonical form, protocols by number. Source:
// EC2 API reference, CreateNetworkAclEntry.
func (e ACLEntry) plain() (ACLEntry, error) {
	r, err := RuleInput{Protocol: e.Protocol, From: e.From, To: e.To, CIDR: e.CIDR}.plain()
	if err != nil {
		return ACLEntry{}, err
	}
	e.Protocol, e.From, e.To = r.Protocol, r.From, r.To
	for number, name := range protocols {
		if name == e.Protocol && name != anyProtocol {
			e.Protocol = number
		}
	}
	return e, nil
}

// DescribeNetworkAcls lists the caller's ACLs.
func (s *Store) DescribeNetworkAcls(c Caller, ids []string, filters []Filter, page Page) (acls []NetworkACL, next string, err error) {
	defer s.enter()()
	return describe(s, c, s.place(c).networkACLs, 0, noNetworkACL, networkACLFields, func(v NetworkACL) Tags { return v.Tags }, ids, filters, page)
}

func noNetworkACL(id string) error {
	return refuse("InvalidNetworkAclID.NotFound", "The networkAcl ID '%s' does not exist", id)
}

func noEntry(number int) error {
	return refuse("InvalidNetworkAclEntry.NotFound", "The network acl entry with rule number '%d' does not exist", number)
}

var networkACLFields = fields[NetworkACL]{
	"network-acl-id":             func(v NetworkACL) []string { return []string{v.ID} },
	"vpc-id":                     func(v NetworkACL) []string { return []string{v.VPC} },
	"owner-id":                   func(v NetworkACL) []string { return []string{v.Owner} },
	"default":                    func(v NetworkACL) []string { return []string{strconv.FormatBool(v.Default)} },
	"association.network-acl-id": func(v NetworkACL) []string { return each(v.Associations, func(ACLAssociation) string { return v.ID }) },
	"association.subnet-id": func(v NetworkACL) []string {
		return each(v.Associations, func(a ACLAssociation) string { return a.Subnet })
	},
	"association.association-id": func(v NetworkACL) []string {
		return each(v.Associations, func(a ACLAssociation) string { return a.ID })
	},
	"entry.cidr": func(v NetworkACL) []string {
		return each(v.Entries, func(e ACLEntry) string { return e.CIDR.String() })
	},
	"entry.egress": func(v NetworkACL) []string {
		return each(v.Entries, func(e ACLEntry) string { return strconv.FormatBool(e.Egress) })
	},
	"entry.protocol": func(v NetworkACL) []string { return each(v.Entries, func(e ACLEntry) string { return e.Protocol }) },
	"entry.rule-action": func(v NetworkACL) []string {
		return each(v.Entries, ACLEntry.action)
	},
	"entry.rule-number": func(v NetworkACL) []string {
		return each(v.Entries, func(e ACLEntry) string { return strconv.Itoa(e.Number) })
	},
}

// action is the entry's action in EC2's words.
func (e ACLEntry) action() string {
	if e.Allow {
		return "allow"
	}
	return "deny"
}
