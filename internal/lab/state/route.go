package state

import (
	"net/netip"
	"slices"
	"strings"
)

// A Route sends packets for a block to a target.
type Route struct {
	Destination netip.Prefix `json:"destination"`
	// Target is local, a peering connection's ID, or the ID of something that the
	// lab keeps as data only: an internet, NAT, transit or virtual private gateway,
	// a network interface, an endpoint.
	Target string `json:"target"`
	Origin string `json:"origin"` // CreateRouteTable, CreateRoute
	State  string `json:"state"`  // active, blackhole
}

const (
	localTarget = "local"
	// The origin of a VPC's own routes, and of those that were asked for.
	originTable, originRoute = "CreateRouteTable", "CreateRoute"
	routesPerTable           = 500 // VPC quotas
)

// routed fills in a table's routes: a local one for each of its VPC's blocks,
// then those that were asked for, each with its state. A route to a peering
// connection is a black hole while that is not active. Source: VPC peering
// guide, update your route tables.
func (s *Store) routed(p *place, t RouteTable) RouteTable {
	v, _ := p.vpcs.get(t.VPC)
	var routes []Route
	for _, a := range slices.Concat(v.CIDRs, v.IPv6) {
		routes = append(routes, Route{a.Block, localTarget, originTable, "active"})
	}
	for _, r := range t.Routes {
		r.State = "active"
		if strings.HasPrefix(r.Target, "pcx-") {
			if pc, _ := p.peerings.get(r.Target); pc.Status != peeringActive {
				r.State = "blackhole"
			}
		}
		routes = append(routes, r)
	}
	t.Routes = routes
	return t
}

// routeTargets are the kinds of target by the prefix of their IDs.
var routeTargets = []string{"pcx-", "igw-", "nat-", "tgw-", "vgw-", "eigw-", "eni-", "vpce-", "i-", "lgw-", "cagw-"}

// insideTargets may have a route that is more specific than a local one.
// Source: VPC user guide, route tables, more specific routes.
var insideTargets = []string{"nat-", "eni-", "vpce-"}

func hasPrefix(text string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(text, prefix) })
}

// checkRoute applies the rules of destinations and targets. Source: EC2 API
// reference, CreateRoute; VPC user guide, route tables.
func (s *Store) checkRoute(p *place, t RouteTable, destination netip.Prefix, target string) error {
	if !destination.IsValid() || destination.Masked() != destination {
		return refuse("InvalidParameterValue", "Value (%s) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.", destination)
	}
	if !hasPrefix(target, routeTargets) {
		return refuse("InvalidParameterValue", "'%s' is not the ID of a route's target", target)
	}
	if strings.HasPrefix(target, "pcx-") {
		pc, ok := p.peerings.get(target)
		if !ok {
			return noPeering(target)
		}
		if !pc.of(t.VPC) {
			return refuse("InvalidParameterValue", "route table %s and peering connection %s belong to different networks", t.ID, target)
		}
		if !pc.live() { // of a connection that is no more, nothing new can be made
			return noPeering(target)
		}
	}
	v, _ := p.vpcs.get(t.VPC)
	for _, a := range slices.Concat(v.CIDRs, v.IPv6) {
		if a.Block == destination || !inside(destination, a.Block) {
			continue
		}
		whole := slices.ContainsFunc(s.networks[t.VPC].subnets, func(u *subnetUse) bool { return u.cidr == destination || u.cidr6 == destination })
		if !whole || !hasPrefix(target, insideTargets) {
			return refuse("InvalidParameterValue", "The destination CIDR block %s is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.", destination)
		}
	}
	return nil
}

// find returns the place of a destination among a filled-in table's routes.
func (t RouteTable) find(destination netip.Prefix) int {
	return slices.IndexFunc(t.Routes, func(r Route) bool { return r.Destination == destination })
}

// CreateRoute adds a route for a destination that has none. Source: EC2 API
// reference, CreateRoute; VPC quotas.
func (s *Store) CreateRoute(c Caller, table string, destination netip.Prefix, target string) error {
	defer s.enter()()
	p := s.place(c)
	t, ok := p.routeTables.get(table)
	if !ok {
		return noRouteTable(table)
	}
	if s.routed(p, t).find(destination) >= 0 {
		return refuse("RouteAlreadyExists", "The route identified by %s already exists.", destination)
	}
	if err := s.checkRoute(p, t, destination, target); err != nil {
		return err
	}
	if len(t.Routes) >= routesPerTable {
		return refuse("RouteLimitExceeded", "The maximum number of routes has been reached for route table %s", table)
	}
	t.Routes = append(slices.Clip(t.Routes), Route{Destination: destination, Target: target, Origin: originRoute})
	s.putRouteTable(p, t, "available", "available", "+"+destination.String()+" "+target)
	return nil
}

// ReplaceRoute gives a destination another target. A local route keeps its own
// in the lab. Source: EC2 API reference, ReplaceRoute.
func (s *Store) ReplaceRoute(c Caller, table string, destination netip.Prefix, target string) error {
	defer s.enter()()
	p := s.place(c)
	t, ok := p.routeTables.get(table)
	if !ok {
		return noRouteTable(table)
	}
	i := t.find(destination)
	switch {
	case i < 0 && s.routed(p, t).find(destination) < 0:
		return refuse("InvalidParameterValue", "There is no route defined for '%s' in the route table. Use CreateRoute instead.", destination)
	case i < 0 && target == localTarget:
		return nil
	case i < 0:
		return refuse("UnsupportedOperation", "The lab's local routes keep their target: %s", destination)
	}
	if err := s.checkRoute(p, t, destination, target); err != nil {
		return err
	}
	t.Routes = slices.Clone(t.Routes)
	t.Routes[i].Target = target
	s.putRouteTable(p, t, "available", "available", destination.String()+" "+target)
	return nil
}

// DeleteRoute removes a route that is not local.
func (s *Store) DeleteRoute(c Caller, table string, destination netip.Prefix) error {
	defer s.enter()()
	p := s.place(c)
	t, ok := p.routeTables.get(table)
	if !ok {
		return noRouteTable(table)
	}
	i := t.find(destination)
	switch {
	case i < 0 && s.routed(p, t).find(destination) >= 0:
		return refuse("InvalidParameterValue", "cannot remove local route %s in route table %s", destination, table)
	case i < 0:
		return refuse("InvalidRoute.NotFound", "no route with destination-cidr-block %s in route table %s", destination, table)
	}
	t.Routes = slices.Delete(slices.Clone(t.Routes), i, i+1)
	s.putRouteTable(p, t, "available", "available", "-"+destination.String())
	return nil
}
