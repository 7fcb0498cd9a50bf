package state

import (
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A LoadBalancer is an Elastic Load Balancing v2 load balancer.
type LoadBalancer struct {
	ARN            string    `json:"arn"`
	Name           string    `json:"name"`
	DNSName        string    `json:"dnsName"`
	HostedZone     string    `json:"hostedZone"`
	Type           string    `json:"type"`   // network, application
	Scheme         string    `json:"scheme"` // internal, internet-facing
	VPC            string    `json:"vpc"`
	State          string    `json:"state"`         // provisioning, active
	IPAddressType  string    `json:"ipAddressType"` // ipv4, dualstack
	Zones          []LBZone  `json:"zones"`
	SecurityGroups []string  `json:"securityGroups,omitempty"`
	Created        time.Time `json:"created"`
	// EnforcePrivateLink: inbound rules apply to PrivateLink traffic: on, off, or
	// empty for a load balancer without security groups.
	EnforcePrivateLink string            `json:"enforcePrivateLink,omitempty"`
	Attributes         map[string]string `json:"attributes"`
	Tags               Tags              `json:"tags,omitempty"`
}

// An LBZone is one zone of a load balancer, and its interface there.
type LBZone struct {
	Zone      string     `json:"zone"`
	ZoneID    string     `json:"zoneId"`
	Subnet    string     `json:"subnet"`
	Interface string     `json:"interface"`
	Addr      netip.Addr `json:"addr"`
	Fixed     bool       `json:"fixed,omitempty"` // the address was asked for
}

// LoadBalancerInput asks for a load balancer. Subnets holds one per zone.
type LoadBalancerInput struct {
	Name           string
	Type           string // default application, as in AWS
	Scheme         string // default internet-facing, as in AWS
	IPAddressType  string // default ipv4
	Subnets        []SubnetMapping
	SecurityGroups []string
	Tags           Tags
}

// A SubnetMapping is one subnet of a load balancer, with its address or an
// invalid one for a free address.
type SubnetMapping struct {
	Subnet string
	Addr   netip.Addr
}

// balancingName is what load balancers and target groups may be called.
// Source: ELB API reference, CreateLoadBalancer, CreateTargetGroup.
var balancingName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$`)

// CreateLoadBalancer makes a load balancer, or returns the one of that name if
// it has the same settings. Source: ELB API reference, CreateLoadBalancer; NLB
// user guide, availability zones (8 free addresses in each subnet).
func (s *Store) CreateLoadBalancer(c Caller, in LoadBalancerInput) (LoadBalancer, error) {
	defer s.enter()()
	p := s.place(c)
	in = in.withDefaults()
	if !balancingName.MatchString(in.Name) || strings.HasPrefix(in.Name, "internal-") {
		return LoadBalancer{}, refuse("ValidationError", "The load balancer name '%s' is not valid: at most 32 letters, digits and hyphens, no hyphen at an end, not starting with internal-", in.Name)
	}
	if in.Type != "network" && in.Type != "application" {
		return LoadBalancer{}, refuse("InvalidConfigurationRequest", "The load balancer type '%s' is not supported by the lab", in.Type)
	}
	if in.Scheme != "internal" && in.Scheme != "internet-facing" {
		return LoadBalancer{}, refuse("InvalidScheme", "The scheme '%s' is not valid", in.Scheme)
	}
	if old := currents(p.loadBalancers.under("name", in.Name)); len(old) > 0 {
		if old[0].sameAs(in) {
			return old[0], nil
		}
		return LoadBalancer{}, refuse("DuplicateLoadBalancerName", "A load balancer with the same name '%s' exists, but with different settings", in.Name)
	}
	subnets, err := s.balancerSubnets(p, in)
	if err != nil {
		return LoadBalancer{}, err
	}
	vpc := subnets[0].VPC
	if err := p.checkSecurityGroups(in.SecurityGroups, vpc, "InvalidSecurityGroup"); err != nil {
		return LoadBalancer{}, err
	}
	if err := checkTags(in.Tags, "TooManyTags", "ValidationError"); err != nil {
		return LoadBalancer{}, err
	}

	kind, id := map[string]string{"network": "net", "application": "app"}[in.Type], s.hex(16)
	lb := LoadBalancer{
		ARN: p.arn("elasticloadbalancing", "loadbalancer/"+kind+"/"+in.Name+"/"+id), Name: in.Name, Type: in.Type, Scheme: in.Scheme,
		VPC: vpc, State: "provisioning", IPAddressType: in.IPAddressType, SecurityGroups: in.SecurityGroups, Created: s.stamp(),
		HostedZone: "Z" + strings.ToUpper(hash16("elb", in.Type, p.region))[:13], Attributes: balancerDefaults[in.Type], Tags: in.Tags.orNone(),
	}
	lb.DNSName = in.Name + "-" + id + ".elb." + p.region + ".amazonaws.com"
	if in.Scheme == "internal" && in.Type == "application" {
		lb.DNSName = "internal-" + lb.DNSName
	}
	if in.Type == "network" && len(in.SecurityGroups) > 0 {
		lb.EnforcePrivateLink = "on" // NLB user guide, security groups
	}
	if err := s.addNodes(p, &lb, subnets, in.Subnets); err != nil {
		return LoadBalancer{}, err
	}
	s.hosts[strings.ToLower(lb.DNSName)] = host{place: p, balancer: lb.ARN}
	set(s, p.loadBalancers, lb.ARN, lb)
	s.emit(p, Event{Kind: LoadBalancerChanged, Subject: lb.ARN, Of: vpc, Now: lb.State})
	s.after(provisioningTakes, func() {
		if now, ok := p.loadBalancers.get(lb.ARN); ok {
			now.State = "active"
			set(s, p.loadBalancers, lb.ARN, now)
			s.emit(p, Event{Kind: LoadBalancerChanged, Subject: lb.ARN, Of: vpc, Was: "provisioning", Now: "active"})
		}
	})
	return lb, nil
}

func (in LoadBalancerInput) withDefaults() LoadBalancerInput {
	for _, d := range []struct {
		field *string
		value string
	}{{&in.Type, "application"}, {&in.Scheme, "internet-facing"}, {&in.IPAddressType, "ipv4"}} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	return in
}

// sameAs reports whether asking again would change nothing.
func (lb LoadBalancer) sameAs(in LoadBalancerInput) bool {
	have := slices.Sorted(slices.Values(each(lb.Zones, func(z LBZone) string { return z.Subnet })))
	want := slices.Sorted(slices.Values(each(in.Subnets, func(m SubnetMapping) string { return m.Subnet })))
	return lb.Type == in.Type && lb.Scheme == in.Scheme && lb.IPAddressType == in.IPAddressType &&
		slices.Equal(have, want) && slices.Equal(lb.SecurityGroups, in.SecurityGroups)
}

// balancerSubnets checks the subnets: known, of one VPC, one a zone, and, but
// for those that the load balancer has already, with room.
func (s *Store) balancerSubnets(p *place, in LoadBalancerInput, had ...LBZone) ([]Subnet, error) {
	if len(in.Subnets) == 0 || in.Type == "application" && len(in.Subnets) < 2 {
		return nil, refuse("ValidationError", "At least two subnets in two different Availability Zones must be specified")
	}
	var subnets []Subnet
	for _, m := range in.Subnets {
		sub, ok := p.subnets.get(m.Subnet)
		if !ok {
			return nil, refuse("SubnetNotFound", "The subnet ID '%s' does not exist", m.Subnet)
		}
		for _, other := range subnets {
			if other.VPC != sub.VPC {
				return nil, refuse("InvalidConfigurationRequest", "All subnets must belong to the same VPC: '%s'", other.VPC)
			}
			if other.ZoneID == sub.ZoneID {
				return nil, refuse("InvalidConfigurationRequest", "A load balancer cannot be attached to multiple subnets in the same Availability Zone")
			}
		}
		held := slices.ContainsFunc(had, func(z LBZone) bool { return z.ZoneID == sub.ZoneID })
		if !held && !m.Addr.IsValid() && s.freeIn(sub) < 8 {
			return nil, refuse("InvalidSubnet", "Not enough IP space available in %s. ELB requires at least 8 free IP addresses in each subnet.", sub.ID)
		}
		subnets = append(subnets, sub)
	}
	return subnets, nil
}

// DescribeLoadBalancers lists load balancers: by at most 20 ARNs, by names, or
// all in parts of up to 400. Source: ELB API reference, DescribeLoadBalancers.
func (s *Store) DescribeLoadBalancers(c Caller, arns, names []string, page Page) (lbs []LoadBalancer, next string, err error) {
	defer s.enter()()
	p := s.place(c)
	if len(arns) > 20 || len(names) > 20 {
		return nil, "", refuse("ValidationError", "A maximum of '20' load balancers can be specified in a request")
	}
	for _, arn := range arns {
		lb, ok := one(s, c, p.loadBalancers, arn)
		if !ok {
			return nil, "", noLoadBalancer(arn)
		}
		lbs = append(lbs, lb)
	}
	read := reader[LoadBalancer](s, c, 0)
	for _, name := range names {
		found, _ := list(p.loadBalancers.under("name", name), 0, 0, read, nil)
		if len(found) == 0 {
			return nil, "", refuse("LoadBalancerNotFound", "Load balancers '[%s]' not found", name)
		}
		lbs = append(lbs, found...)
	}
	if len(arns)+len(names) > 0 {
		return lbs, "", nil
	}
	return balancingPage(p.loadBalancers.all(), page, read)
}

// balancingPage is one part of ELB's listings: up to 400, PageSize and Marker.
func balancingPage[T any](records []*record[T], page Page, read func(*record[T]) (T, bool)) ([]T, string, error) {
	if page.Max < 0 || page.Max > 400 {
		return nil, "", refuse("ValidationError", "PageSize must be from 1 to 400")
	}
	if page.Max == 0 {
		page.Max = 400
	}
	after, ok := parseToken("elb", page.Token)
	if !ok {
		return nil, "", refuse("ValidationError", "Invalid marker: '%s'", page.Token)
	}
	out, at := list(records, after, page.Max, read, nil)
	return out, token("elb", at), nil
}

func noLoadBalancer(arn string) error {
	if !strings.Contains(arn, ":loadbalancer/") {
		return refuse("ValidationError", "'%s' is not a valid load balancer ARN", arn)
	}
	return refuse("LoadBalancerNotFound", "One or more load balancers not found")
}

// DeleteLoadBalancer removes a load balancer with its listeners; one that is
// not there is no error. Source: ELB API reference, DeleteLoadBalancer.
func (s *Store) DeleteLoadBalancer(c Caller, arn string) error {
	defer s.enter()()
	p := s.place(c)
	lb, ok := p.loadBalancers.get(arn)
	if !ok {
		return nil
	}
	if lb.Attributes["deletion_protection.enabled"] == "true" {
		return refuse("OperationNotPermitted", "Load balancer '%s' cannot be deleted because deletion protection is enabled", arn)
	}
	if p.offering[arn] != "" { // the wording: terraform-provider-aws issue 5701
		return refuse("ResourceInUse", "Load balancer '%s' cannot be deleted because it is currently associated with another service", arn)
	}
	for _, l := range currents(p.listeners.under("lb", arn)) {
		s.dropListener(p, l)
	}
	for _, z := range lb.Zones {
		s.dropInterface(p, z.Interface)
		delete(s.hosts, lb.zonalName(z))
	}
	delete(s.hosts, strings.ToLower(lb.DNSName))
	delete(p.ports, arn)
	drop(s, p.loadBalancers, arn)
	s.emit(p, Event{Kind: LoadBalancerChanged, Subject: arn, Of: lb.VPC, Was: lb.State})
	return nil
}

// SetSecurityGroups replaces the groups of a load balancer that was made with
// some; enforce is on, off, or empty to leave it. Source: NLB user guide,
// security groups.
func (s *Store) SetSecurityGroups(c Caller, arn string, groups []string, enforce string) (LoadBalancer, error) {
	defer s.enter()()
	p := s.place(c)
	lb, ok := p.loadBalancers.get(arn)
	if !ok {
		return LoadBalancer{}, noLoadBalancer(arn)
	}
	if len(lb.SecurityGroups) == 0 || len(groups) == 0 {
		return LoadBalancer{}, refuse("InvalidConfigurationRequest", "Security groups of load balancer '%s' can be neither added after its creation nor all removed", arn)
	}
	if err := p.checkSecurityGroups(groups, lb.VPC, "InvalidSecurityGroup"); err != nil {
		return LoadBalancer{}, err
	}
	if enforce != "" && (lb.Type != "network" || enforce != "on" && enforce != "off") {
		return LoadBalancer{}, refuse("ValidationError", "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic is on or off, for network load balancers")
	}
	lb.SecurityGroups = groups
	if enforce != "" {
		lb.EnforcePrivateLink = enforce
	}
	for _, z := range lb.Zones {
		if i, ok := p.interfaces.get(z.Interface); ok {
			i.SecurityGroups = groups
			set(s, p.interfaces, i.ID, i)
		}
	}
	set(s, p.loadBalancers, arn, lb)
	s.emit(p, Event{Kind: LoadBalancerChanged, Subject: arn, Of: lb.VPC, Was: lb.State, Now: lb.State, Extra: "security groups"})
	return lb, nil
}

// ModifyLoadBalancerAttributes sets attributes and returns all of them.
func (s *Store) ModifyLoadBalancerAttributes(c Caller, arn string, attributes map[string]string) (map[string]string, error) {
	defer s.enter()()
	p := s.place(c)
	lb, ok := p.loadBalancers.get(arn)
	if !ok {
		return nil, noLoadBalancer(arn)
	}
	changed, err := withAttributes(lb.Attributes, attributes, "Load balancer")
	if err != nil {
		return nil, err
	}
	lb.Attributes = changed
	set(s, p.loadBalancers, arn, lb)
	s.emit(p, Event{Kind: LoadBalancerChanged, Subject: arn, Of: lb.VPC, Was: lb.State, Now: lb.State, Extra: "attributes"})
	return changed, nil
}

// DescribeLoadBalancerAttributes returns all attributes.
func (s *Store) DescribeLoadBalancerAttributes(c Caller, arn string) (map[string]string, error) {
	defer s.enter()()
	lb, ok := one(s, c, s.place(c).loadBalancers, arn)
	if !ok {
		return nil, noLoadBalancer(arn)
	}
	return lb.Attributes, nil
}

// withAttributes returns attributes with changes: only keys that are known,
// and true or false where the value was that. Source: ELB API reference,
// LoadBalancerAttribute, TargetGroupAttribute.
func withAttributes(old, changes map[string]string, what string) (map[string]string, error) {
	out := maps.Clone(old)
	for _, k := range slices.Sorted(maps.Keys(changes)) {
		was, known := old[k]
		if !known {
			return nil, refuse("ValidationError", "%s attribute key '%s' is not recognized", what, k)
		}
		_, wasBool := boolWords[was]
		if _, isBool := boolWords[changes[k]]; wasBool && !isBool {
			return nil, refuse("ValidationError", "%s attribute '%s' must be true or false", what, k)
		}
		if _, err := strconv.Atoi(was); err == nil && changes[k] != "off" {
			if n, err := strconv.Atoi(changes[k]); err != nil || n < 0 {
				return nil, refuse("ValidationError", "%s attribute '%s' must be a number", what, k)
			}
		}
		out[k] = changes[k]
	}
	return out, nil
}

var boolWords = map[string]bool{"true": true, "false": false}

// balancerDefaults are the attributes of a new load balancer. Source: ELB API
// reference, LoadBalancerAttribute.
var balancerDefaults = map[string]map[string]string{
	"network": {
		"access_logs.s3.bucket":                  "",
		"access_logs.s3.enabled":                 "false",
		"access_logs.s3.prefix":                  "",
		"deletion_protection.enabled":            "false",
		"dns_record.client_routing_policy":       "any_availability_zone",
		"ipv6.deny_all_igw_traffic":              "false",
		"load_balancing.cross_zone.enabled":      "false",
		"secondary_ips.auto_assigned.per_subnet": "0",
		"zonal_shift.config.enabled":             "false",
	},
	"application": {
		"access_logs.s3.bucket":                           "",
		"access_logs.s3.enabled":                          "false",
		"access_logs.s3.prefix":                           "",
		"client_keep_alive.seconds":                       "3600",
		"deletion_protection.enabled":                     "false",
		"idle_timeout.timeout_seconds":                    "60",
		"load_balancing.cross_zone.enabled":               "true",
		"routing.http2.enabled":                           "true",
		"routing.http.drop_invalid_header_fields.enabled": "false",
		"zonal_shift.config.enabled":                      "false",
	},
}
