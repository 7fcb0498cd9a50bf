package state

import (
	"slices"
	"strings"
	"time"
)

// An EndpointService offers network load balancers to other accounts and VPCs
// by PrivateLink.
type EndpointService struct {
	ID                 string   `json:"id"`
	Name               string   `json:"name"` // com.amazonaws.vpce.REGION.ID
	Owner              string   `json:"owner"`
	Region             string   `json:"region"`
	State              string   `json:"state"` // Pending, Available
	DNSName            string   `json:"dnsName"`
	AcceptanceRequired bool     `json:"acceptanceRequired"`
	LoadBalancers      []string `json:"loadBalancers"` // ARNs
	// ZoneIDs are the load balancers' zones as of the service's last change,
	// sorted.
	ZoneIDs        []string    `json:"zoneIds"`
	IPAddressTypes []string    `json:"ipAddressTypes"`
	Regions        []string    `json:"regions"` // where its consumers may be; its own first
	Principals     []Principal `json:"principals,omitempty"`
	Created        time.Time   `json:"created"`
	Tags           Tags        `json:"tags,omitempty"`
}

// EndpointServiceInput asks for an endpoint service.
type EndpointServiceInput struct {
	LoadBalancers      []string // ARNs
	AcceptanceRequired *bool    // default true, as in AWS
	Regions            []string // beside its own
	IPAddressTypes     []string // default ipv4
	PrivateDNSName     string   // refused: nobody in the lab can prove that a domain is theirs
	Tags               Tags
}

// EndpointServiceChange says what to change of an endpoint service; zero fields
// stay as they are. With none at all the service takes up its load balancers'
// zones anew.
type EndpointServiceChange struct {
	AcceptanceRequired                      *bool
	AddLoadBalancers, RemoveLoadBalancers   []string
	AddRegions, RemoveRegions               []string
	AddIPAddressTypes, RemoveIPAddressTypes []string
	PrivateDNSName                          string
}

// A Refused names a resource of a call for several that was refused.
type Refused struct {
	ID  string
	Err *Error
}

// CreateVpcEndpointServiceConfiguration makes an endpoint service of one or
// more of the account's network load balancers. Source: PrivateLink guide,
// create an endpoint service; EC2 API reference,
// CreateVpcEndpointServiceConfiguration.
func (s *Store) CreateVpcEndpointServiceConfiguration(c Caller, in EndpointServiceInput) (EndpointService, error) {
	defer s.enter()()
	p := s.place(c)
	v := EndpointService{
		Owner: c.Account, Region: c.Region, State: "Pending", AcceptanceRequired: in.AcceptanceRequired == nil || *in.AcceptanceRequired,
		LoadBalancers: in.LoadBalancers, IPAddressTypes: in.IPAddressTypes, Regions: merge([]string{c.Region}, in.Regions, nil),
		Created: s.stamp(), Tags: in.Tags.orNone(),
	}
	if len(v.IPAddressTypes) == 0 {
		v.IPAddressTypes = []string{"ipv4"}
	}
	v.ID = s.id("vpce-svc")
	v.Name = "com.amazonaws.vpce." + c.Region + "." + v.ID
	v.DNSName = v.ID + "." + c.Region + ".vpce.amazonaws.com"
	if in.PrivateDNSName != "" {
		return EndpointService{}, noPrivateName()
	}
	if err := s.checkService(p, &v); err != nil {
		return EndpointService{}, err
	}
	s.providers[v.ID] = p
	s.putService(p, v, "", "")
	s.after(serviceTakes, func() {
		if now, ok := p.services.get(v.ID); ok {
			now.State = "Available"
			s.putService(p, now, "Pending", "")
		}
	})
	return v, nil
}

func noPrivateName() error {
	return refuse("UnsupportedOperation", "The lab's endpoint services have no private DNS names: these need a public domain of one's own")
}

// checkService applies the rules between a service and its load balancers, and
// takes up their zones.
func (s *Store) checkService(p *place, v *EndpointService) error {
	if len(v.LoadBalancers) == 0 {
		return refuse("MissingParameter", "Either network load balancer ARNs or gateway load balancer ARNs must be specified")
	}
	var zones []string
	for _, arn := range v.LoadBalancers {
		lb, ok := p.loadBalancers.get(arn)
		if !ok || lb.Type != "network" {
			return refuse("InvalidParameter", "Invalid network load balancer ARN: '%s'", arn)
		}
		if other := p.offering[arn]; other != "" && other != v.ID { // PrivateLink guide, create an endpoint service
			return refuse("InvalidParameter", "Load balancer '%s' is already associated with VPC endpoint service '%s'", arn, other)
		}
		for _, z := range lb.Zones {
			zones = append(zones, z.ZoneID)
		}
		// Source: PrivateLink guide, share your services, cross-Region access.
		if len(v.Regions) > 1 && s.customIdle(p, arn) {
			return refuse("InvalidParameter", "Load balancer '%s' has a listener with its own TCP idle timeout, which cross-Region access does not support", arn)
		}
	}
	for _, t := range v.IPAddressTypes {
		if t != "ipv4" {
			return refuse("InvalidParameter", "The lab's endpoint services support the IP address type ipv4 only, not '%s'", t)
		}
	}
	slices.Sort(zones)
	v.ZoneIDs = slices.Compact(zones)
	for _, r := range v.Regions {
		if !regionName.MatchString(r) {
			return refuse("InvalidParameter", "Invalid region: '%s'", r)
		}
	}
	if len(v.Regions) > 1 && len(v.ZoneIDs) < 2 { // same page: at least two zones
		return refuse("InvalidParameter", "Cross-Region access needs load balancers in at least two Availability Zones")
	}
	return nil
}

// customIdle reports whether a listener of the load balancer has an idle
// timeout that is not the default.
func (s *Store) customIdle(p *place, arn string) bool {
	return slices.ContainsFunc(currents(p.listeners.under("lb", arn)), func(l Listener) bool {
		idle := l.Attributes[idleTimeout]
		return idle != "" && idle != defaultIdleTimeout
	})
}

// putService writes a service and says so.
func (s *Store) putService(p *place, v EndpointService, was, extra string) {
	old, _ := p.services.get(v.ID)
	for _, arn := range old.LoadBalancers {
		delete(p.offering, arn)
	}
	for _, arn := range v.LoadBalancers {
		p.offering[arn] = v.ID
	}
	set(s, p.services, v.ID, v)
	s.emit(p, Event{Kind: EndpointServiceChanged, Subject: v.ID, Was: was, Now: v.State, Extra: extra})
}

// ModifyVpcEndpointServiceConfiguration changes a service, and takes up zones
// that its load balancers gained or lost since. A load balancer that an
// endpoint is connected to cannot be taken away. Source: PrivateLink guide,
// configure an endpoint service.
func (s *Store) ModifyVpcEndpointServiceConfiguration(c Caller, id string, in EndpointServiceChange) error {
	defer s.enter()()
	p := s.place(c)
	v, ok := p.services.get(id)
	if !ok {
		return noService(id)
	}
	if in.PrivateDNSName != "" {
		return noPrivateName()
	}
	if in.AcceptanceRequired != nil {
		v.AcceptanceRequired = *in.AcceptanceRequired
	}
	for _, arn := range in.RemoveLoadBalancers {
		if s.linked(p, id, arn) {
			return refuse("ExistingVpcEndpointConnections", "Load balancer '%s' has active VPC endpoint connections", arn)
		}
	}
	if slices.Contains(in.RemoveRegions, v.Region) { // PrivateLink guide, share your services: the home region is always included
		return refuse("InvalidParameter", "The service's own region '%s' cannot be removed", v.Region)
	}
	v.LoadBalancers = merge(v.LoadBalancers, in.AddLoadBalancers, in.RemoveLoadBalancers)
	v.Regions = merge(v.Regions, in.AddRegions, in.RemoveRegions)
	v.IPAddressTypes = merge(v.IPAddressTypes, in.AddIPAddressTypes, in.RemoveIPAddressTypes)
	if err := s.checkService(p, &v); err != nil {
		return err
	}
	s.putService(p, v, v.State, "configuration")
	for _, x := range currents(p.connections.under("service-id", id)) {
		x.LoadBalancers = v.LoadBalancers
		set(s, p.connections, x.Endpoint, x)
	}
	return nil
}

// merge returns a list with some more and without others, each once.
func merge(list, add, remove []string) []string {
	var out []string
	for _, x := range slices.Concat(list, add) {
		if !slices.Contains(out, x) && !slices.Contains(remove, x) {
			out = append(out, x)
		}
	}
	return out
}

// connected returns a service's connections that keep it and its load
// balancers from going.
func (s *Store) connected(p *place, service string) []Connection {
	return slices.DeleteFunc(currents(p.connections.under("service-id", service)), func(x Connection) bool {
		return x.State != "available" && x.State != "pendingAcceptance" && x.State != "pending"
	})
}

// linked reports whether an interface of a connected endpoint sends to a load
// balancer.
func (s *Store) linked(p *place, service, arn string) bool {
	return slices.ContainsFunc(s.connected(p, service), func(x Connection) bool {
		e, _ := s.placeOf(x.EndpointOwner, x.EndpointRegion).endpoints.get(x.Endpoint)
		return slices.ContainsFunc(e.Interfaces, func(i EndpointInterface) bool { return i.LoadBalancer == arn })
	})
}

// DeleteVpcEndpointServiceConfigurations deletes services, and names those
// that it leaves: not while a connection is available or asks for acceptance.
// One that is pending fails.
// Source: PrivateLink guide, delete an endpoint service.
func (s *Store) DeleteVpcEndpointServiceConfigurations(c Caller, ids []string) []Refused {
	defer s.enter()()
	p := s.place(c)
	var out []Refused
	for _, id := range ids {
		v, ok := p.services.get(id)
		switch {
		case !ok:
			out = append(out, Refused{id, asError(noService(id))})
		case slices.ContainsFunc(s.connected(p, id), func(x Connection) bool { return x.State != "pending" }):
			out = append(out, Refused{id, asError(refuse("ExistingVpcEndpointConnections", "Service %s has existing active VPC Endpoint connections!", id))})
		default:
			for _, x := range currents(p.connections.under("service-id", id)) {
				s.dropConnection(p, x.Endpoint)
			}
			for _, arn := range v.LoadBalancers {
				delete(p.offering, arn)
			}
			drop(s, p.services, id)
			delete(s.providers, id)
			s.emit(p, Event{Kind: EndpointServiceChanged, Subject: id, Was: v.State})
		}
	}
	return out
}

// DescribeVpcEndpointServiceConfigurations lists the caller's own services.
func (s *Store) DescribeVpcEndpointServiceConfigurations(c Caller, ids []string, filters []Filter, page Page) (services []EndpointService, next string, err error) {
	defer s.enter()()
	return describe(s, c, s.place(c).services, 0, noService, serviceFields, func(v EndpointService) Tags { return v.Tags }, ids, filters, page)
}

func noService(id string) error {
	return refuse("InvalidVpcEndpointServiceId.NotFound", "The VpcEndpointService Id '%s' does not exist", id)
}

var serviceFields = fields[EndpointService]{
	"service-id":                 func(v EndpointService) []string { return []string{v.ID} },
	"service-name":               func(v EndpointService) []string { return []string{v.Name} },
	"service-state":              func(v EndpointService) []string { return []string{v.State} },
	"supported-ip-address-types": func(v EndpointService) []string { return v.IPAddressTypes },
}

// A ServiceDetail is an endpoint service as a consumer sees it.
type ServiceDetail struct {
	EndpointService
	Zones []string // their names in the consumer's account; none from another region
}

// ServiceQuery says which services a consumer looks for.
type ServiceQuery struct {
	Names   []string
	Regions []string // of the services; default the caller's
	Filters []Filter
	Page    Page
}

// DescribeVpcEndpointServices lists the endpoint services that the caller may
// connect to from its region; one that does not allow it is not there. Source:
// EC2 API reference, DescribeVpcEndpointServices.
func (s *Store) DescribeVpcEndpointServices(c Caller, q ServiceQuery) (details []ServiceDetail, next string, err error) {
	defer s.enter()()
	keep, err := matcher(detailFields, func(v ServiceDetail) Tags { return v.Tags }, q.Filters)
	if err != nil {
		return nil, "", err
	}
	if len(q.Regions) == 0 {
		q.Regions = []string{c.Region}
	}
	var all []ServiceDetail
	for _, p := range s.order {
		if !slices.Contains(q.Regions, p.region) {
			continue
		}
		read := reader[EndpointService](s, c, 0)
		for _, r := range p.services.all() {
			if v, ok := read(r); ok && v.admits(c) && slices.Contains(v.Regions, c.Region) {
				all = append(all, s.detail(c, v))
			}
		}
	}
	for _, name := range q.Names {
		if !slices.ContainsFunc(all, func(d ServiceDetail) bool { return d.Name == name }) {
			return nil, "", noServiceName(name)
		}
	}
	slices.SortFunc(all, func(a, b ServiceDetail) int { return strings.Compare(a.Name, b.Name) })
	if len(q.Names) > 0 {
		all = slices.DeleteFunc(all, func(d ServiceDetail) bool { return !slices.Contains(q.Names, d.Name) })
	}
	return slice(all, q.Page, keep)
}

func (s *Store) detail(c Caller, v EndpointService) ServiceDetail {
	d := ServiceDetail{EndpointService: v}
	if v.Region == c.Region {
		d.Zones = zoneNames(s.place(c), v.ZoneIDs)
	}
	if v.Owner != c.Account { // EC2 API reference: tags are the owner's
		d.Tags = nil
	}
	return d
}

// ZoneNames returns the names of zones in the caller's account, sorted.
func (s *Store) ZoneNames(c Caller, ids []string) []string {
	defer s.enter()()
	return zoneNames(s.place(c), ids)
}

func zoneNames(p *place, ids []string) []string {
	names := []string{}
	for _, z := range p.zones {
		if slices.Contains(ids, z.ID) {
			names = append(names, z.Name)
		}
	}
	slices.Sort(names)
	return names
}

// noServiceName hides what the caller may not see. Source: EC2 API error codes.
func noServiceName(name string) error {
	return refuse("InvalidServiceName", "The Vpc Endpoint Service '%s' does not exist", name)
}

var detailFields = fields[ServiceDetail]{
	"owner":                      func(v ServiceDetail) []string { return []string{v.Owner} },
	"service-name":               func(v ServiceDetail) []string { return []string{v.Name} },
	"service-region":             func(v ServiceDetail) []string { return []string{v.Region} },
	"service-type":               func(ServiceDetail) []string { return []string{"Interface"} },
	"supported-ip-address-types": func(v ServiceDetail) []string { return v.IPAddressTypes },
}
