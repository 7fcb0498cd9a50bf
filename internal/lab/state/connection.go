package state

import (
	"slices"
	"time"
)

// A Connection is an endpoint as the service's owner sees it.
type Connection struct {
	ID             string    `json:"id"`
	Service        string    `json:"service"`
	Endpoint       string    `json:"endpoint"`
	EndpointOwner  string    `json:"endpointOwner"`
	EndpointRegion string    `json:"endpointRegion"`
	State          string    `json:"state"` // as the endpoint's, and deleted
	DNSName        string    `json:"dnsName"`
	HostedZone     string    `json:"hostedZone"`
	LoadBalancers  []string  `json:"loadBalancers"`
	IPAddressType  string    `json:"ipAddressType"`
	Created        time.Time `json:"created"`
}

// putConnection writes an endpoint's state where its service's owner sees it,
// as long as there is a service. A deleted one is listed for a while.
func (s *Store) putConnection(e Endpoint, state string) {
	p := s.providers[e.Service]
	if p == nil {
		return
	}
	x, ok := p.connections.get(e.ID)
	if !ok {
		return
	}
	was := x.State
	x.State = state
	if v, ok := p.services.get(e.Service); ok {
		x.LoadBalancers = v.LoadBalancers
	}
	set(s, p.connections, e.ID, x)
	s.emit(p, Event{Kind: ConnectionChanged, Subject: e.ID, Of: x.Service, Was: was, Now: state})
	if state == "deleted" {
		s.after(connectionLingers, func() { s.dropConnection(p, e.ID) })
	}
}

func (s *Store) dropConnection(p *place, endpoint string) {
	if x, ok := p.connections.get(endpoint); ok {
		drop(s, p.connections, endpoint)
		s.emit(p, Event{Kind: ConnectionChanged, Subject: endpoint, Of: x.Service, Was: x.State})
	}
}

// AcceptVpcEndpointConnections lets endpoints in that ask for it, and names
// those that do not ask. Source: EC2 API reference,
// AcceptVpcEndpointConnections; PrivateLink guide, concepts.
func (s *Store) AcceptVpcEndpointConnections(c Caller, service string, ids []string) ([]Refused, error) {
	return s.decide(c, service, ids, []string{"pendingAcceptance", "rejected"}, func(p *place, e Endpoint) { s.connect(p, e) })
}

// RejectVpcEndpointConnections keeps endpoints out, or cuts those that are
// connected. They stay their owner's, to delete. Source: EC2 API reference,
// RejectVpcEndpointConnections; PrivateLink guide, configure an endpoint
// service.
func (s *Store) RejectVpcEndpointConnections(c Caller, service string, ids []string) ([]Refused, error) {
	return s.decide(c, service, ids, []string{"pendingAcceptance", "pending", "available"}, func(p *place, e Endpoint) { s.putEndpoint(p, e, "rejected") })
}

// decide does something about each endpoint of a service that is in one of
// some states.
func (s *Store) decide(c Caller, service string, ids, states []string, do func(*place, Endpoint)) ([]Refused, error) {
	defer s.enter()()
	p := s.place(c)
	if _, ok := p.services.get(service); !ok {
		return nil, noService(service)
	}
	var out []Refused
	for _, id := range ids {
		x, ok := p.connections.get(id)
		switch {
		case !ok || x.Service != service:
			out = append(out, Refused{id, asError(noEndpoint(id))})
		case !slices.Contains(states, x.State):
			out = append(out, Refused{id, asError(refuse("InvalidState", "The state of VPC endpoint %s, %s, is not valid for this request", id, x.State))})
		default:
			consumer := s.placeOf(x.EndpointOwner, x.EndpointRegion)
			e, _ := consumer.endpoints.get(id)
			do(consumer, e)
		}
	}
	return out, nil
}

// DescribeVpcEndpointConnections lists the endpoints of the caller's services.
func (s *Store) DescribeVpcEndpointConnections(c Caller, filters []Filter, page Page) (connections []Connection, next string, err error) {
	defer s.enter()()
	return describe(s, c, s.place(c).connections, 0, noEndpoint, connectionFields, func(Connection) Tags { return nil }, nil, filters, page)
}

var connectionFields = fields[Connection]{
	"service-id":          func(v Connection) []string { return []string{v.Service} },
	"vpc-endpoint-id":     func(v Connection) []string { return []string{v.Endpoint} },
	"vpc-endpoint-owner":  func(v Connection) []string { return []string{v.EndpointOwner} },
	"vpc-endpoint-region": func(v Connection) []string { return []string{v.EndpointRegion} },
	"vpc-endpoint-state":  func(v Connection) []string { return []string{v.State} },
	"ip-address-type":     func(v Connection) []string { return []string{v.IPAddressType} },
}
