package state

import (
	"slices"
	"strconv"
	"strings"
)

// A Listener takes connections of one load balancer and port, and forwards
// them to target groups.
type Listener struct {
	ARN          string            `json:"arn"`
	LoadBalancer string            `json:"loadBalancer"`
	Protocol     string            `json:"protocol"`
	Port         int               `json:"port"`
	Groups       []string          `json:"groups"` // ARNs of the default action's target groups
	Attributes   map[string]string `json:"attributes,omitempty"`
	Tags         Tags              `json:"tags,omitempty"`
}

// ListenerInput asks for a listener, or in ModifyListener for a change: there,
// zero fields stay as they are.
type ListenerInput struct {
	LoadBalancer string
	Protocol     string
	Port         int
	Groups       []string
	Tags         Tags
}

// ListenerQuery says which listeners to list: those of a load balancer, or by
// ARN.
type ListenerQuery struct {
	LoadBalancer string
	ARNs         []string
	Page         Page
}

// A portIndex holds the listeners of a load balancer by port.
type portIndex map[int]string

// CreateListener makes a listener and puts its groups to use. Source: ELB API
// reference, CreateListener; NLB user guide, listeners and limits.
func (s *Store) CreateListener(c Caller, in ListenerInput) (Listener, error) {
	defer s.enter()()
	p := s.place(c)
	lb, ok := p.loadBalancers.get(in.LoadBalancer)
	if !ok {
		return Listener{}, noLoadBalancer(in.LoadBalancer)
	}
	if old := p.ports[lb.ARN][in.Port]; old != "" {
		// Asking again for the same is no error.
		if l, _ := p.listeners.get(old); l.Protocol == in.Protocol && slices.Equal(l.Groups, in.Groups) {
			return l, nil
		}
		return Listener{}, refuse("DuplicateListener", "A listener already exists on port %d", in.Port)
	}
	if len(p.ports[lb.ARN]) >= 50 {
		return Listener{}, refuse("TooManyListeners", "The maximum number of listeners has been reached on load balancer '%s'", lb.ARN)
	}
	if err := checkTags(in.Tags, "TooManyTags", "ValidationError"); err != nil {
		return Listener{}, err
	}
	l := Listener{LoadBalancer: lb.ARN, Protocol: in.Protocol, Port: in.Port, Groups: in.Groups, Tags: in.Tags.orNone()}
	if err := p.checkListener(lb, l); err != nil {
		return Listener{}, err
	}
	l.ARN = strings.Replace(lb.ARN, ":loadbalancer/", ":listener/", 1) + "/" + s.hex(16)
	if l.Protocol == "TCP" {
		l.Attributes = map[string]string{idleTimeout: defaultIdleTimeout}
	}
	if p.ports[lb.ARN] == nil {
		p.ports[lb.ARN] = portIndex{}
	}
	p.ports[lb.ARN][l.Port] = l.ARN
	p.forward(l)
	set(s, p.listeners, l.ARN, l)
	s.emit(p, Event{Kind: ListenerChanged, Subject: l.ARN, Of: lb.ARN, Now: l.words()})
	s.attach(p, l.Groups)
	return l, nil
}

// checkListener applies the rules between a listener, its load balancer and
// its groups.
func (p *place) checkListener(lb LoadBalancer, l Listener) error {
	protocols := networkProtocols
	if lb.Type == "application" {
		protocols = []string{"HTTP", "HTTPS"}
	}
	if !slices.Contains(protocols, l.Protocol) {
		return refuse("ValidationError", "The protocol '%s' is not supported by %s load balancers", l.Protocol, lb.Type)
	}
	if l.Port < 1 || l.Port > 65535 {
		return refuse("ValidationError", "A port from 1 to 65535 must be specified")
	}
	if len(l.Groups) == 0 {
		return refuse("ValidationError", "A listener's default action must name a target group")
	}
	for _, arn := range l.Groups {
		g, ok := p.targetGroups.get(arn)
		switch {
		case !ok:
			return noTargetGroup(arn)
		case slices.Contains(networkProtocols, g.Protocol) != (lb.Type == "network"):
			return refuse("IncompatibleProtocols", "The target group '%s' of protocol %s cannot be used with a listener of protocol %s", arn, g.Protocol, l.Protocol)
		case g.VPC != lb.VPC:
			return refuse("InvalidConfigurationRequest", "The target group '%s' and load balancer '%s' belong to different VPCs", arn, lb.ARN)
		case len(g.LoadBalancers) > 0 && !slices.Contains(g.LoadBalancers, lb.ARN):
			return refuse("TargetGroupAssociationLimit", "The target group '%s' cannot be associated with more than one load balancer", arn)
		}
	}
	return nil
}

// attach works out again which load balancers use groups.
func (s *Store) attach(p *place, groups []string) {
	for _, arn := range groups {
		g, ok := p.targetGroups.get(arn)
		if !ok {
			continue
		}
		var lbs []string
		for _, l := range p.forwarding[arn] {
			if !slices.Contains(lbs, l.LoadBalancer) {
				lbs = append(lbs, l.LoadBalancer)
			}
		}
		if !slices.Equal(lbs, g.LoadBalancers) {
			g.LoadBalancers = lbs
			set(s, p.targetGroups, arn, g)
			s.emit(p, Event{Kind: TargetGroupChanged, Subject: arn, Of: g.VPC, Was: "available", Now: "available", Extra: "attached to " + strings.Join(lbs, " ")})
		}
		for _, t := range s.groups[arn].targets() {
			s.reconsider(t)
		}
	}
}

// ModifyListener changes port, protocol or groups.
func (s *Store) ModifyListener(c Caller, arn string, in ListenerInput) (Listener, error) {
	defer s.enter()()
	p := s.place(c)
	old, ok := p.listeners.get(arn)
	if !ok {
		return Listener{}, noListener(arn)
	}
	l := old
	if in.Protocol != "" {
		l.Protocol = in.Protocol
	}
	if in.Port != 0 {
		l.Port = in.Port
	}
	if len(in.Groups) > 0 {
		l.Groups = in.Groups
	}
	if other := p.ports[l.LoadBalancer][l.Port]; other != "" && other != arn {
		return Listener{}, refuse("DuplicateListener", "A listener already exists on port %d", l.Port)
	}
	lb, _ := p.loadBalancers.get(l.LoadBalancer)
	if err := p.checkListener(lb, l); err != nil {
		return Listener{}, err
	}
	delete(p.ports[lb.ARN], old.Port)
	p.ports[lb.ARN][l.Port] = arn
	p.unforward(old)
	p.forward(l)
	set(s, p.listeners, arn, l)
	s.emit(p, Event{Kind: ListenerChanged, Subject: arn, Of: lb.ARN, Was: old.words(), Now: l.words()})
	s.attach(p, old.Groups)
	s.attach(p, l.Groups)
	return l, nil
}

// DescribeListeners lists a load balancer's listeners, or some by ARN.
func (s *Store) DescribeListeners(c Caller, q ListenerQuery) (listeners []Listener, next string, err error) {
	defer s.enter()()
	p := s.place(c)
	switch {
	case q.LoadBalancer != "":
		if _, ok := one(s, c, p.loadBalancers, q.LoadBalancer); !ok {
			return nil, "", noLoadBalancer(q.LoadBalancer)
		}
		return balancingPage(p.listeners.under("lb", q.LoadBalancer), q.Page, reader[Listener](s, c, 0))
	case len(q.ARNs) == 0:
		return nil, "", refuse("ValidationError", "You must specify either listener ARNs or a load balancer ARN")
	}
	for _, arn := range q.ARNs {
		l, ok := one(s, c, p.listeners, arn)
		if !ok {
			return nil, "", noListener(arn)
		}
		listeners = append(listeners, l)
	}
	return listeners, "", nil
}

// ModifyListenerAttributes sets attributes and returns all of them. Source: ELB
// API reference, ListenerAttribute; NLB user guide, update idle timeout;
// PrivateLink guide, share your services, for the last.
func (s *Store) ModifyListenerAttributes(c Caller, arn string, attributes map[string]string) (map[string]string, error) {
	defer s.enter()()
	p := s.place(c)
	l, ok := p.listeners.get(arn)
	if !ok {
		return nil, noListener(arn)
	}
	changed, err := withAttributes(l.Attributes, attributes, "Listener")
	if err != nil {
		return nil, err
	}
	if idle := changed[idleTimeout]; idle != "" {
		if n, _ := strconv.Atoi(idle); n < 60 || n > 6000 {
			return nil, refuse("ValidationError", "Listener attribute '%s' must be from 60 to 6000", idleTimeout)
		}
		if v, ok := p.services.get(p.offering[l.LoadBalancer]); ok && len(v.Regions) > 1 && idle != defaultIdleTimeout {
			return nil, refuse("InvalidConfigurationRequest", "Load balancer '%s' belongs to an endpoint service with cross-Region access, which does not support another TCP idle timeout", l.LoadBalancer)
		}
	}
	l.Attributes = changed
	set(s, p.listeners, arn, l)
	s.emit(p, Event{Kind: ListenerChanged, Subject: arn, Of: l.LoadBalancer, Was: l.words(), Now: l.words(), Extra: "attributes"})
	return changed, nil
}

// DescribeListenerAttributes returns all attributes.
func (s *Store) DescribeListenerAttributes(c Caller, arn string) (map[string]string, error) {
	defer s.enter()()
	l, ok := one(s, c, s.place(c).listeners, arn)
	if !ok {
		return nil, noListener(arn)
	}
	return l.Attributes, nil
}

// The idle timeout of TCP listeners, in seconds. Source: NLB user guide, update
// idle timeout.
const (
	idleTimeout        = "tcp.idle_timeout.seconds"
	defaultIdleTimeout = "350"
)

// words are a listener's state in the event log.
func (l Listener) words() string { return l.Protocol + ":" + strconv.Itoa(l.Port) }

// DeleteListener removes a listener; its groups fall out of use.
func (s *Store) DeleteListener(c Caller, arn string) error {
	defer s.enter()()
	p := s.place(c)
	l, ok := p.listeners.get(arn)
	if !ok {
		return noListener(arn)
	}
	s.dropListener(p, l)
	return nil
}

func (s *Store) dropListener(p *place, l Listener) {
	delete(p.ports[l.LoadBalancer], l.Port)
	p.unforward(l)
	drop(s, p.listeners, l.ARN)
	s.emit(p, Event{Kind: ListenerChanged, Subject: l.ARN, Of: l.LoadBalancer, Was: l.words()})
	s.attach(p, l.Groups)
}

// forward and unforward keep, by group, the listeners that forward to it.
func (p *place) forward(l Listener) {
	for _, g := range l.Groups {
		p.forwarding[g] = append(p.forwarding[g], l)
	}
}

func (p *place) unforward(l Listener) {
	for _, g := range l.Groups {
		p.forwarding[g] = slices.DeleteFunc(p.forwarding[g], func(x Listener) bool { return x.ARN == l.ARN })
		if len(p.forwarding[g]) == 0 {
			delete(p.forwarding, g)
		}
	}
}

func noListener(arn string) error {
	if !strings.Contains(arn, ":listener/") {
		return refuse("ValidationError", "'%s' is not a valid listener ARN", arn)
	}
	return refuse("ListenerNotFound", "One or more listeners not found")
}
