package state

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
)

// An Endpoint is an interface endpoint: a consumer's way to an endpoint
// service.
type Endpoint struct {
	ID             string              `json:"id"`
	Owner          string              `json:"owner"`
	Region         string              `json:"region"`
	VPC            string              `json:"vpc"`
	ServiceName    string              `json:"serviceName"`
	Service        string              `json:"service"` // its ID
	ServiceRegion  string              `json:"serviceRegion"`
	State          string              `json:"state"` // pendingAcceptance, pending, available, rejected, failed, deleting
	IPAddressType  string              `json:"ipAddressType"`
	SecurityGroups []string            `json:"securityGroups"`
	Interfaces     []EndpointInterface `json:"interfaces"`
	DNSName        string              `json:"dnsName"`    // the regional name
	HostedZone     string              `json:"hostedZone"` // of its names, for alias records
	Failure        string              `json:"failure,omitempty"`
	Created        time.Time           `json:"created"`
	Tags           Tags                `json:"tags,omitempty"`
}

// An EndpointInterface is an endpoint's place in one subnet.
type EndpointInterface struct {
	ID      string     `json:"id"`
	Subnet  string     `json:"subnet"`
	Zone    string     `json:"zone"`
	ZoneID  string     `json:"zoneId"`
	Addr    netip.Addr `json:"addr"`
	DNSName string     `json:"dnsName"` // the zonal name
	// LoadBalancer is the one of the service's that it sends to, for as long as it
	// lives. Source: PrivateLink guide, create an endpoint service.
	LoadBalancer string `json:"loadBalancer"`
}

// EndpointInput asks for an interface endpoint.
type EndpointInput struct {
	Type           string // Interface; AWS's default, Gateway, and the others are refused
	VPC            string
	ServiceName    string
	ServiceRegion  string // default the caller's
	Subnets        []SubnetMapping
	SecurityGroups []string // default the VPC's default group
	IPAddressType  string   // default ipv4
	PrivateDNS     bool
	Tags           Tags
}

// EndpointChange says what to change of an endpoint; zero fields stay.
type EndpointChange struct {
	AddSubnets           []SubnetMapping
	RemoveSubnets        []string
	AddSecurityGroups    []string
	RemoveSecurityGroups []string
	PrivateDNS           bool
}

var regionName = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d$`)

// remoteless zones offer no endpoints to services of another region. Source:
// PrivateLink guide, share your services, cross-Region access.
var remoteless = []string{"use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "apne2-az4"}

// endpointsPerVPC is the quota of interface endpoints. Source: PrivateLink
// guide, quotas.
const endpointsPerVPC = 50

// CreateVpcEndpoint makes an interface endpoint with an interface in each of
// the subnets. Source: PrivateLink guide, create an interface endpoint; EC2
// API reference, CreateVpcEndpoint; EC2 API error codes.
func (s *Store) CreateVpcEndpoint(c Caller, in EndpointInput) (Endpoint, error) {
	defer s.enter()()
	p := s.place(c)
	if in.Type != "Interface" {
		return Endpoint{}, refuse("InvalidVpcEndpointType", "The lab has endpoints of type Interface, not '%s'", or(in.Type, "Gateway"))
	}
	if _, ok := p.vpcs.get(in.VPC); !ok {
		return Endpoint{}, noVPC(in.VPC)
	}
	if t := or(in.IPAddressType, "ipv4"); t != "ipv4" {
		return Endpoint{}, refuse("InvalidParameter", "The VPC endpoint service %s does not support the IP address type '%s'", in.ServiceName, t)
	}
	service, err := s.serviceFor(c, in)
	if err != nil {
		return Endpoint{}, err
	}
	if len(currents(p.endpoints.under("vpc-id", in.VPC))) >= endpointsPerVPC {
		return Endpoint{}, refuse("VpcEndpointLimitExceeded", "The maximum number of interface endpoints has been reached for VPC '%s': %d", in.VPC, endpointsPerVPC)
	}
	if in.PrivateDNS {
		return Endpoint{}, refuse("InvalidParameter", "Private DNS can't be enabled because the service %s does not provide a private DNS name.", service.Name)
	}
	if len(in.SecurityGroups) == 0 {
		in.SecurityGroups = p.defaultGroup(in.VPC)
	}
	if err := p.checkSecurityGroups(in.SecurityGroups, in.VPC, "InvalidGroup.NotFound"); err != nil {
		return Endpoint{}, err
	}
	e := Endpoint{
		ID: s.id("vpce"), Owner: c.Account, Region: c.Region, VPC: in.VPC, ServiceName: service.Name, Service: service.ID, ServiceRegion: service.Region,
		IPAddressType: "ipv4", SecurityGroups: in.SecurityGroups, Created: s.stamp(), Tags: in.Tags.orNone(),
		HostedZone: endpointZone(service.Region),
	}
	// Source of the names: PrivateLink guide, share your services, DNS hostnames.
	e.DNSName = e.ID + "-" + s.hex(8) + "." + service.DNSName
	if err := s.addSubnets(p, service, &e, in.Subnets); err != nil {
		return Endpoint{}, err
	}
	s.hosts[e.DNSName] = host{place: p, endpoint: e.ID}
	owner := s.providers[service.ID]
	set(s, owner.connections, e.ID, Connection{
		ID: s.id("vpce-con"), Service: service.ID, Endpoint: e.ID, EndpointOwner: e.Owner, EndpointRegion: e.Region, DNSName: e.DNSName, HostedZone: e.HostedZone,
		IPAddressType: e.IPAddressType, Created: e.Created,
	})
	if service.AcceptanceRequired {
		return s.putEndpoint(p, e, "pendingAcceptance"), nil
	}
	return s.connect(p, e), nil
}

// serviceFor finds the service of a request, as far as the caller may see it.
func (s *Store) serviceFor(c Caller, in EndpointInput) (EndpointService, error) {
	region := or(in.ServiceRegion, c.Region)
	owner := s.providers[in.ServiceName[strings.LastIndexByte(in.ServiceName, '.')+1:]]
	if owner == nil || owner.region != region {
		return EndpointService{}, noServiceName(in.ServiceName)
	}
	v, ok := owner.services.get(in.ServiceName[strings.LastIndexByte(in.ServiceName, '.')+1:])
	if !ok || v.Name != in.ServiceName || !v.admits(c) || !slices.Contains(v.Regions, c.Region) {
		return EndpointService{}, noServiceName(in.ServiceName)
	}
	return v, nil
}

// endpointZone is the hosted zone of a region's endpoint names.
func endpointZone(region string) string {
	return "Z" + strings.ToUpper(hash16("vpce", region))[:13]
}

// addSubnets makes an endpoint's interfaces in subnets, in all or none: of its
// VPC, one a zone, in zones that the service has. In another region any zone
// will do that takes part. Sources: PrivateLink guide, create an interface
// endpoint, share your services; EC2 API error codes; for the wording about
// zones terraform-aws-vpc issue 785, cztack pull request 865.
func (s *Store) addSubnets(p *place, v EndpointService, e *Endpoint, subnets []SubnetMapping) error {
	taken := map[string]bool{}
	for _, i := range e.Interfaces {
		taken[i.ZoneID] = true
	}
	var found []Subnet
	for _, m := range subnets {
		sub, ok := p.subnets.get(m.Subnet)
		switch {
		case !ok:
			return noSubnet(m.Subnet)
		case sub.VPC != e.VPC:
			return refuse("InvalidParameter", "The subnet %s does not belong to VPC %s", sub.ID, e.VPC)
		case taken[sub.ZoneID]:
			return refuse("DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone of %s. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.", sub.ID)
		case v.Region == e.Region && !slices.Contains(v.ZoneIDs, sub.ZoneID):
			return refuse("InvalidParameter", "The VPC endpoint service %s does not support the availability zone of the subnet: %s.", v.Name, sub.ID)
		case v.Region != e.Region && slices.Contains(remoteless, sub.ZoneID):
			return refuse("InvalidParameter", "Only the following availability zones are supported for remote access: %s", strings.Join(remoteZones(p), ", "))
		}
		taken[sub.ZoneID] = true
		found = append(found, sub)
	}
	made := len(e.Interfaces)
	for n, sub := range found {
		eni, err := s.addInterface(p, sub, subnets[n].Addr, Interface{
			Description: "VPC Endpoint Interface " + e.ID, Type: "vpc_endpoint", RequesterID: p.account, RequesterManaged: true,
			SecurityGroups: e.SecurityGroups, Attachment: &Attachment{InstanceOwner: "amazon-aws", DeviceIndex: 1},
		})
		if err != nil {
			for _, i := range e.Interfaces[made:] {
				s.dropInterface(p, i.ID)
				delete(s.hosts, i.DNSName)
			}
			return err
		}
		label, rest, _ := strings.Cut(e.DNSName, ".")
		i := EndpointInterface{
			ID: eni.ID, Subnet: sub.ID, Zone: sub.Zone, ZoneID: sub.ZoneID, Addr: eni.Addr,
			DNSName: label + "-" + sub.Zone + "." + rest, LoadBalancer: s.balancerFor(v, *e, sub.ZoneID),
		}
		s.hosts[i.DNSName] = host{place: p, endpoint: e.ID, zone: i.ZoneID}
		e.Interfaces = append(slices.Clip(e.Interfaces), i)
	}
	return nil
}

func remoteZones(p *place) []string {
	var out []string
	for _, z := range p.zones {
		if !slices.Contains(remoteless, z.ID) {
			out = append(out, z.ID)
		}
	}
	slices.Sort(out)
	return out
}

// balancerFor picks the load balancer that a new interface sends to, at random
// among those with its zone; from another region among all.
func (s *Store) balancerFor(v EndpointService, e Endpoint, zoneID string) string {
	owner := s.providers[v.ID]
	fit := slices.DeleteFunc(slices.Clone(v.LoadBalancers), func(arn string) bool {
		lb, _ := owner.loadBalancers.get(arn)
		return v.Region == e.Region && !slices.ContainsFunc(lb.Zones, func(z LBZone) bool { return z.ZoneID == zoneID })
	})
	switch len(fit) {
	case 0:
		return v.LoadBalancers[0]
	case 1:
		return fit[0]
	}
	return fit[s.rng.IntN(len(fit))]
}

// putEndpoint writes an endpoint in a state, and its connection with it.
func (s *Store) putEndpoint(p *place, e Endpoint, state string) Endpoint {
	was := e.State
	e.State = state
	set(s, p.endpoints, e.ID, e)
	s.emit(p, Event{Kind: EndpointChanged, Subject: e.ID, Of: e.VPC, Was: was, Now: state})
	s.putConnection(e, state)
	return e
}

// connect starts a connection that nobody need accept any more. Load balancers
// that the service has given up meanwhile are replaced.
func (s *Store) connect(p *place, e Endpoint) Endpoint {
	v, _ := s.providers[e.Service].service(e.Service)
	e.Interfaces = slices.Clone(e.Interfaces)
	for n, i := range e.Interfaces {
		if !slices.Contains(v.LoadBalancers, i.LoadBalancer) {
			e.Interfaces[n].LoadBalancer = s.balancerFor(v, e, i.ZoneID)
		}
	}
	e = s.putEndpoint(p, e, "pending")
	s.after(endpointTakes, func() {
		now, ok := p.endpoints.get(e.ID)
		if !ok || now.State != "pending" {
			return
		}
		if s.providers[now.Service] == nil {
			now.Failure = "The endpoint service does not exist any more"
			s.putEndpoint(p, now, "failed")
			return
		}
		s.putEndpoint(p, now, "available")
	})
	return e
}

// DescribeVpcEndpoints lists the caller's endpoints.
func (s *Store) DescribeVpcEndpoints(c Caller, ids []string, filters []Filter, page Page) (endpoints []Endpoint, next string, err error) {
	defer s.enter()()
	return describe(s, c, s.place(c).endpoints, 0, noEndpoint, endpointFields, func(v Endpoint) Tags { return v.Tags }, ids, filters, page)
}

func noEndpoint(id string) error {
	return refuse("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '%s' does not exist", id)
}

var endpointFields = fields[Endpoint]{
	"vpc-endpoint-id":    func(v Endpoint) []string { return []string{v.ID} },
	"vpc-endpoint-state": func(v Endpoint) []string { return []string{v.State} },
	"vpc-endpoint-type":  func(Endpoint) []string { return []string{"Interface"} },
	"vpc-id":             func(v Endpoint) []string { return []string{v.VPC} },
	"service-name":       func(v Endpoint) []string { return []string{v.ServiceName} },
	"service-region":     func(v Endpoint) []string { return []string{v.ServiceRegion} },
	"ip-address-type":    func(v Endpoint) []string { return []string{v.IPAddressType} },
}

// ModifyVpcEndpoint adds and removes subnets and security groups. At least one
// group stays. Source: EC2 API reference, ModifyVpcEndpoint.
func (s *Store) ModifyVpcEndpoint(c Caller, id string, in EndpointChange) error {
	defer s.enter()()
	p := s.place(c)
	e, ok := p.endpoints.get(id)
	if !ok {
		return noEndpoint(id)
	}
	if e.State != "available" && e.State != "pendingAcceptance" && e.State != "pending" {
		return refuse("InvalidParameter", "Endpoint %s is %s and cannot be modified", id, e.State)
	}
	if in.PrivateDNS {
		return refuse("InvalidParameter", "Private DNS can't be enabled because the service %s does not provide a private DNS name.", e.ServiceName)
	}
	groups := merge(e.SecurityGroups, in.AddSecurityGroups, in.RemoveSecurityGroups)
	if len(groups) == 0 {
		return refuse("InvalidParameter", "An interface endpoint must have at least one security group")
	}
	if err := p.checkSecurityGroups(groups, e.VPC, "InvalidGroup.NotFound"); err != nil {
		return err
	}
	for _, subnet := range in.RemoveSubnets {
		if !slices.ContainsFunc(e.Interfaces, func(i EndpointInterface) bool { return i.Subnet == subnet }) {
			return refuse("InvalidParameter", "Endpoint %s is not in subnet %s", id, subnet)
		}
	}
	before := e
	e.SecurityGroups = groups
	e.Interfaces = slices.DeleteFunc(slices.Clone(e.Interfaces), func(i EndpointInterface) bool { return slices.Contains(in.RemoveSubnets, i.Subnet) })
	if len(in.AddSubnets) > 0 {
		v, ok := s.providers[e.Service].service(e.Service)
		if !ok {
			return noServiceName(e.ServiceName)
		}
		if err := s.addSubnets(p, v, &e, in.AddSubnets); err != nil {
			return err
		}
	}
	for _, i := range before.Interfaces {
		if slices.Contains(in.RemoveSubnets, i.Subnet) {
			s.dropInterface(p, i.ID)
			delete(s.hosts, i.DNSName)
		}
	}
	for _, i := range e.Interfaces {
		if eni, ok := p.interfaces.get(i.ID); ok && !slices.Equal(eni.SecurityGroups, groups) {
			eni.SecurityGroups = groups
			set(s, p.interfaces, eni.ID, eni)
		}
	}
	s.putEndpoint(p, e, e.State)
	return nil
}

// service looks a service up in a place that may be none.
func (p *place) service(id string) (EndpointService, bool) {
	if p == nil {
		return EndpointService{}, false
	}
	return p.services.get(id)
}

// DeleteVpcEndpoints starts the removal of endpoints, and names those that are
// not there. Their interfaces go at its end.
func (s *Store) DeleteVpcEndpoints(c Caller, ids []string) []Refused {
	defer s.enter()()
	p := s.place(c)
	var out []Refused
	for _, id := range ids {
		e, ok := p.endpoints.get(id)
		switch {
		case !ok:
			out = append(out, Refused{id, asError(noEndpoint(id))})
		case e.State != "deleting":
			s.putEndpoint(p, e, "deleting")
			s.after(endpointDeleteTakes, func() { s.endEndpoint(p, id) })
		}
	}
	return out
}

// endEndpoint removes an endpoint with its interfaces and names.
func (s *Store) endEndpoint(p *place, id string) {
	e, _ := p.endpoints.get(id)
	for _, i := range e.Interfaces {
		s.dropInterface(p, i.ID)
		delete(s.hosts, i.DNSName)
	}
	delete(s.hosts, e.DNSName)
	drop(s, p.endpoints, id)
	s.emit(p, Event{Kind: EndpointChanged, Subject: id, Of: e.VPC, Was: e.State})
	s.putConnection(e, "deleted")
}
