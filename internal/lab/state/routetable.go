package state

import (
	"net/netip"
	"slices"
	"strings"
)

// A RouteTable says where the packets of some subnets go.
type RouteTable struct {
	ID           string             `json:"id"`
	Owner        string             `json:"owner"`
	VPC          string             `json:"vpc"`
	Associations []RouteAssociation `json:"associations"`
	Routes       []Route            `json:"routes"` // the local ones first
	Tags         Tags               `json:"tags,omitempty"`
}

// A RouteAssociation gives a route table to a subnet, or, as the main one, to
// all subnets that have none.
type RouteAssociation struct {
	ID     string `json:"id"`
	Subnet string `json:"subnet,omitempty"`
	Main   bool   `json:"main"`
}

// addRouteTable makes a table. The main one takes its identifiers from the
// VPC's, so that it costs no random number.
func (s *Store) addRouteTable(p *place, v VPC, main bool, tags Tags) RouteTable {
	t := RouteTable{Owner: p.account, VPC: v.ID, Tags: tags.orNone()}
	if main {
		t.ID = "rtb-0" + hash16("rtb", v.ID)
		t.Associations = []RouteAssociation{{ID: "rtbassoc-0" + hash16("rtbassoc", v.ID), Main: true}}
	} else {
		t.ID = s.id("rtb")
	}
	s.putRouteTable(p, t, "", "available", v.CIDR.String())
	return s.routed(p, t)
}

func (s *Store) putRouteTable(p *place, t RouteTable, was, now, extra string) {
	set(s, p.routeTables, t.ID, t)
	s.emit(p, Event{Kind: RouteTableChanged, Subject: t.ID, Of: t.VPC, Was: was, Now: now, Extra: extra})
}

func (s *Store) dropRouteTable(p *place, t RouteTable) {
	drop(s, p.routeTables, t.ID)
	s.emit(p, Event{Kind: RouteTableChanged, Subject: t.ID, Of: t.VPC, Was: "available"})
}

// CreateRouteTable makes a table with the local routes alone. Source: VPC user
// guide, route tables; VPC quotas (200 a VPC).
func (s *Store) CreateRouteTable(c Caller, vpc string, tags Tags) (RouteTable, error) {
	defer s.enter()()
	p := s.place(c)
	v, ok := p.vpcs.get(vpc)
	if !ok {
		return RouteTable{}, noVPC(vpc)
	}
	if len(currents(p.routeTables.under("vpc-id", vpc))) >= 200 {
		return RouteTable{}, refuse("RouteTableLimitExceeded", "The maximum number of route tables has been reached for VPC %s", vpc)
	}
	return s.addRouteTable(p, v, false, tags), nil
}

// DeleteRouteTable removes a table that no subnet has and that is not the main
// one. Source: EC2 API reference, DeleteRouteTable.
func (s *Store) DeleteRouteTable(c Caller, id string) error {
	defer s.enter()()
	p := s.place(c)
	t, ok := p.routeTables.get(id)
	if !ok {
		return noRouteTable(id)
	}
	if len(t.Associations) > 0 {
		return refuse("DependencyViolation", "The routeTable '%s' has dependencies and cannot be deleted.", id)
	}
	s.dropRouteTable(p, t)
	return nil
}

// AssociateRouteTable gives a table to a subnet that has none of its own.
// Source: EC2 API reference, AssociateRouteTable; EC2 API error codes.
func (s *Store) AssociateRouteTable(c Caller, table, subnet string) (RouteAssociation, error) {
	defer s.enter()()
	p := s.place(c)
	t, ok := p.routeTables.get(table)
	if !ok {
		return RouteAssociation{}, noRouteTable(table)
	}
	sub, ok := p.subnets.get(subnet)
	if !ok {
		return RouteAssociation{}, noSubnet(subnet)
	}
	if sub.VPC != t.VPC {
		return RouteAssociation{}, refuse("InvalidParameterValue", "Route table %s and network %s belong to different networks", table, subnet)
	}
	if old, a, ok := p.association(t.VPC, func(a RouteAssociation) bool { return a.Subnet == subnet }); ok {
		if old.ID == table {
			return a, nil
		}
		return RouteAssociation{}, refuse("Resource.AlreadyAssociated", "the specified association for route table %s conflicts with an existing association", table)
	}
	return s.associate(p, t, RouteAssociation{ID: s.id("rtbassoc"), Subnet: subnet}), nil
}

func (s *Store) associate(p *place, t RouteTable, a RouteAssociation) RouteAssociation {
	t.Associations = append(slices.Clip(t.Associations), a)
	s.putRouteTable(p, t, "available", "available", "+"+or(a.Subnet, "main"))
	return a
}

func (s *Store) dissociate(p *place, t RouteTable, a RouteAssociation) {
	t.Associations = slices.DeleteFunc(slices.Clone(t.Associations), func(x RouteAssociation) bool { return x.ID == a.ID })
	s.putRouteTable(p, t, "available", "available", "-"+or(a.Subnet, "main"))
}

// association finds the one association of a VPC that has a property.
func (p *place) association(vpc string, is func(RouteAssociation) bool) (RouteTable, RouteAssociation, bool) {
	for _, t := range currents(p.routeTables.under("vpc-id", vpc)) {
		if i := slices.IndexFunc(t.Associations, is); i >= 0 {
			return t, t.Associations[i], true
		}
	}
	return RouteTable{}, RouteAssociation{}, false
}

// associationByID finds an association among all the place's tables.
func (p *place) associationByID(id string) (t RouteTable, a RouteAssociation, err error) {
	for _, v := range p.vpcs.values() {
		if t, a, ok := p.association(v.ID, func(a RouteAssociation) bool { return a.ID == id }); ok {
			return t, a, nil
		}
	}
	return t, a, refuse("InvalidAssociationID.NotFound", "The association ID '%s' does not exist", id)
}

// DisassociateRouteTable gives a subnet back to the main table.
func (s *Store) DisassociateRouteTable(c Caller, association string) error {
	defer s.enter()()
	p := s.place(c)
	t, a, err := p.associationByID(association)
	if err != nil {
		return err
	}
	if a.Main {
		return refuse("InvalidParameterValue", "cannot disassociate the main route table association %s", association)
	}
	s.dissociate(p, t, a)
	return nil
}

// ReplaceRouteTableAssociation gives a subnet, or with the main association
// the VPC, another table, under a new association. Source: EC2 API reference,
// ReplaceRouteTableAssociation.
func (s *Store) ReplaceRouteTableAssociation(c Caller, association, table string) (RouteAssociation, error) {
	defer s.enter()()
	p := s.place(c)
	old, a, err := p.associationByID(association)
	if err != nil {
		return RouteAssociation{}, err
	}
	t, ok := p.routeTables.get(table)
	if !ok {
		return RouteAssociation{}, noRouteTable(table)
	}
	if t.VPC != old.VPC {
		return RouteAssociation{}, refuse("InvalidParameterValue", "Route table %s and route table %s belong to different networks", table, old.ID)
	}
	s.dissociate(p, old, a)
	t, _ = p.routeTables.get(table) // it may be the old one
	a.ID = s.id("rtbassoc")
	return s.associate(p, t, a), nil
}

// DescribeRouteTables lists the caller's tables with the state of each route.
func (s *Store) DescribeRouteTables(c Caller, ids []string, filters []Filter, page Page) (tables []RouteTable, next string, err error) {
	defer s.enter()()
	p := s.place(c)
	tables, next, err = describe(s, c, p.routeTables, 0, noRouteTable, s.routeTableFields(p), func(v RouteTable) Tags { return v.Tags }, ids, filters, page)
	for i := range tables {
		tables[i] = s.routed(p, tables[i])
	}
	return tables, next, err
}

func noRouteTable(id string) error {
	return refuse("InvalidRouteTableID.NotFound", "The routeTable ID '%s' does not exist", id)
}

func (s *Store) routeTableFields(p *place) fields[RouteTable] {
	association := func(f func(RouteTable, RouteAssociation) string) func(RouteTable) []string {
		return func(v RouteTable) []string {
			return each(v.Associations, func(a RouteAssociation) string { return f(v, a) })
		}
	}
	route := func(f func(Route) string) func(RouteTable) []string {
		return func(v RouteTable) []string { return each(s.routed(p, v).Routes, f) }
	}
	destination := func(is func(netip.Addr) bool) func(RouteTable) []string {
		return route(func(r Route) string {
			if !is(r.Destination.Addr()) {
				return ""
			}
			return r.Destination.String()
		})
	}
	target := func(prefixes ...string) func(RouteTable) []string {
		return route(func(r Route) string {
			if slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(r.Target, prefix) }) {
				return r.Target
			}
			return ""
		})
	}
	return fields[RouteTable]{
		"route-table-id": func(v RouteTable) []string { return []string{v.ID} },
		"vpc-id":         func(v RouteTable) []string { return []string{v.VPC} },
		"owner-id":       func(v RouteTable) []string { return []string{v.Owner} },
		"association.main": association(func(_ RouteTable, a RouteAssociation) string {
			if a.Main {
				return "true"
			}
			return "false"
		}),
		"association.subnet-id":                  association(func(_ RouteTable, a RouteAssociation) string { return a.Subnet }),
		"association.route-table-id":             association(func(v RouteTable, _ RouteAssociation) string { return v.ID }),
		"association.route-table-association-id": association(func(_ RouteTable, a RouteAssociation) string { return a.ID }),
		"route.destination-cidr-block":           destination(netip.Addr.Is4),
		"route.destination-ipv6-cidr-block":      destination(netip.Addr.Is6),
		"route.gateway-id":                       target("local", "igw-", "vgw-", "vpce-"),
		"route.nat-gateway-id":                   target("nat-"),
		"route.transit-gateway-id":               target("tgw-"),
		"route.vpc-peering-connection-id":        target("pcx-"),
		"route.origin":                           route(func(r Route) string { return r.Origin }),
		"route.state":                            route(func(r Route) string { return r.State }),
	}
}
