package state

import (
	"net/netip"
	"slices"
	"strconv"
)

// A Target is one target as a caller names it.
type Target struct {
	ID   string `json:"id"`             // an address, or an instance's ID
	Port int    `json:"port"`           // 0: the group's
	Zone string `json:"zone,omitempty"` // a zone's name, or all
}

// A TargetHealth is a target with its state, as DescribeTargetHealth shows it.
type TargetHealth struct {
	Target      Target `json:"target"`
	CheckPort   string `json:"checkPort"`
	State       string `json:"state"` // initial, healthy, unhealthy, unhealthy.draining, draining, unused
	Reason      string `json:"reason,omitempty"`
	Description string `json:"description,omitempty"`
}

// A group is the targets of a target group.
type group struct {
	place  *place
	arn    string
	live   map[targetKey]*target
	order  []*target // the live ones, by registration
	health *table[TargetHealth]
}

// A targetKey tells the targets of a group apart.
type targetKey struct {
	addr netip.Addr
	port int
}

func (k targetKey) String() string { return netip.AddrPortFrom(k.addr, uint16(k.port)).String() }

// targets returns a copy of the live targets, by registration.
func (g *group) targets() []*target { return slices.Clone(g.order) }

// settings returns the group's settings.
func (g *group) settings() TargetGroup {
	v, _ := g.place.targetGroups.get(g.arn)
	return v
}

// privateRanges may be targets anywhere. Source: NLB user guide, target
// groups, IP addresses.
var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
}

// key parses a target's address and port, with the group's port for none.
func (g TargetGroup) key(t Target) (targetKey, error) {
	if g.Type != "ip" {
		return targetKey{}, refuse("InvalidTarget", "The target '%s' does not exist: the lab has %s targets in no group", t.ID, g.Type)
	}
	addr, err := netip.ParseAddr(t.ID)
	if err != nil || addr.Is6() != (g.IPAddressType == "ipv6") || addr.Zone() != "" || addr.Is4In6() {
		return targetKey{}, refuse("ValidationError", "The IP address '%s' is not a valid %s address", t.ID, map[string]string{"ipv4": "IPv4", "ipv6": "IPv6"}[g.IPAddressType])
	}
	if t.Port == 0 {
		t.Port = g.Port
	}
	if t.Port < 1 || t.Port > 65535 {
		return targetKey{}, refuse("ValidationError", "Port '%d' must be in the range 1-65535", t.Port)
	}
	return targetKey{addr, t.Port}, nil
}

// locate decides whether an address may be a target, and in which zone it is.
//
// Inside the VPC's subnets the zone is found, and nothing else may be said.
// Outside, the caller must name a zone or all, and the address must be in a
// private range. IPv6 addresses must be inside. Source: NLB user guide, target
// groups; ELB API reference, TargetDescription. That subnets count and not the
// VPC's blocks, and the wording: aws-load-balancer-controller issues 561,
// 3084, 3714.
func (s *Store) locate(p *place, g TargetGroup, k targetKey, t Target) (zone string, err error) {
	if n := s.networks[g.VPC]; n != nil {
		if sub := n.holding(k.addr); sub != nil {
			if t.Zone != "" && t.Zone != sub.zone.Name {
				return "", refuse("ValidationError", "The IP address '%s' is within the VPC, and cannot have its Availability Zone overridden to '%s' from '%s'", k.addr, t.Zone, sub.zone.Name)
			}
			return sub.zone.Name, nil
		}
	}
	if !slices.ContainsFunc(privateRanges, func(b netip.Prefix) bool { return b.Contains(k.addr) }) {
		return "", refuse("InvalidTarget", "The IP address '%s' is not in a range allowed for target group '%s'", k.addr, g.ARN)
	}
	if t.Zone == "" {
		return "", refuse("ValidationError", "You must specify a valid Availability Zone or select 'all' for all enabled Availability zones, since the IP address '%s' is outside the VPC", k.addr)
	}
	if t.Zone != "all" && !slices.ContainsFunc(p.zones, func(z Zone) bool { return z.Name == t.Zone }) {
		return "", refuse("ValidationError", "The Availability Zone '%s' is not valid", t.Zone)
	}
	return t.Zone, nil
}

// RegisterTargets registers all targets or, if one is refused, none. A target
// that is registered already stays as it is; one that is draining becomes a
// new target again. Source: ELB API reference, RegisterTargets;
// aws-load-balancer-controller pull request 288.
func (s *Store) RegisterTargets(c Caller, arn string, targets []Target) error {
	defer s.enter()()
	p := s.place(c)
	g, ok := p.targetGroups.get(arn)
	if !ok {
		return noTargetGroup(arn)
	}
	if len(targets) == 0 {
		return refuse("ValidationError", "At least one target must be specified")
	}
	run := s.groups[arn]
	type spot struct {
		key  targetKey
		zone string
	}
	var spots []spot
	fresh := map[targetKey]bool{}
	for _, t := range targets {
		k, err := g.key(t)
		if err != nil {
			return err
		}
		zone, err := s.locate(p, g, k, t)
		if err != nil {
			return err
		}
		if run.live[k] == nil {
			fresh[k] = true
		}
		spots = append(spots, spot{k, zone})
	}
	if len(run.live)+len(fresh) > 1000 { // NLB user guide, limits
		return refuse("TooManyTargets", "The maximum number of targets has been reached for target group '%s'", arn)
	}
	for _, at := range spots {
		t := run.live[at.key]
		switch {
		case t == nil:
			s.addTarget(run, g, at.key, at.zone)
		case t.state == "draining":
			t.zone = at.zone
			s.cancelAll(t)
			s.begin(t)
		}
	}
	return nil
}

// DeregisterTargets starts the removal of targets: at once if they are not in
// use, else after the deregistration delay. A target that is not registered,
// or is with another port, is no error and changes nothing. Source: ELB API
// reference, DeregisterTargets; NLB user guide, deregistration delay.
func (s *Store) DeregisterTargets(c Caller, arn string, targets []Target) error {
	defer s.enter()()
	g, ok := s.place(c).targetGroups.get(arn)
	if !ok {
		return noTargetGroup(arn)
	}
	if len(targets) == 0 {
		return refuse("ValidationError", "At least one target must be specified")
	}
	var leaving []*target
	for _, x := range targets {
		k, err := g.key(x)
		if err != nil {
			return err
		}
		if t := s.groups[arn].live[k]; t != nil && t.state != "draining" && !slices.Contains(leaving, t) {
			leaving = append(leaving, t)
		}
	}
	for _, t := range leaving {
		s.drain(t)
	}
	return nil
}

// DescribeTargetHealth lists the given targets, or with none all: draining
// ones too, until they are gone. A given target that is not registered is
// unused. Source: ELB API reference, DescribeTargetHealth.
func (s *Store) DescribeTargetHealth(c Caller, arn string, targets []Target) ([]TargetHealth, error) {
	defer s.enter()()
	g, ok := one(s, c, s.place(c).targetGroups, arn)
	if !ok {
		return nil, noTargetGroup(arn)
	}
	run := s.groups[arn]
	if len(targets) == 0 {
		all, _ := list(run.health.all(), 0, 0, reader[TargetHealth](s, c, 0), nil)
		return all, nil
	}
	var out []TargetHealth
	for _, x := range targets {
		k, err := g.key(x)
		if err != nil {
			return nil, err
		}
		h, ok := one(s, c, run.health, k.String())
		if !ok {
			h = TargetHealth{
				Target: Target{ID: k.addr.String(), Port: k.port, Zone: x.Zone}, CheckPort: g.checkPort(k.port),
				State: "unused", Reason: "Target.NotRegistered", Description: "Target is not registered to the target group",
			}
		}
		out = append(out, h)
	}
	return out, nil
}

// checkPort is the port that health checks use for a target's port.
func (g TargetGroup) checkPort(port int) string {
	if g.HealthCheck.Port == "traffic-port" {
		return strconv.Itoa(port)
	}
	return g.HealthCheck.Port
}
