package state

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// A linkTopology is a topology's load balancers, and the endpoints that lead
// to them.
type linkTopology struct {
	balancers map[string]*BalancerView // without targets
	order     []string                 // ARNs, by place, then in order of creation
	doors     map[door]doorway
	board     *board
}

// A door is the address of an endpoint's interface.
type door struct {
	vpc  string
	addr netip.Addr
}

type doorway struct {
	endpoint, service, state string
	zoneID, balancer         string
	remote                   bool // the service is in another region
}

// An Entry is where PrivateLink takes a connection to.
type Entry struct {
	Endpoint     string // ID
	Service      string // ID
	LoadBalancer string // ARN
	ZoneID       string // the node's
	Node         netip.Addr
	VPC          string // the node's
	// Ungrouped: towards its target the connection counts by the node's address
	// alone, and rules that name the load balancer's groups do not match it.
	// Source: NLB user guide, register targets, security groups.
	Ungrouped bool
}

// A BalancerView is a load balancer as the data plane sees it.
type BalancerView struct {
	ARN       string
	Name      string
	Type      string // network, application
	VPC       string
	Account   string
	Region    string
	State     string // provisioning, active
	Groups    []string
	Enforce   bool // its groups' inbound rules apply to PrivateLink traffic
	Nodes     []Node
	Listeners []ListenerView
}

// A Node is a load balancer in one zone.
type Node struct {
	ZoneID    string
	Interface string
	Addr      netip.Addr
}

// A ListenerView is what a load balancer does with connections to one port.
type ListenerView struct {
	ARN         string
	Protocol    string
	Port        int
	IdleTimeout time.Duration // AWS's, not divided by the speed; 0: none
	Groups      []GroupView
}

// A GroupView is a target group as one load balancer uses it. Durations are
// AWS's, not divided by the speed.
type GroupView struct {
	ARN                       string
	Protocol                  string
	Port                      int
	CrossZone                 bool // nodes send to targets of all zones
	HealthCheck               HealthCheck
	DeregistrationDelay       time.Duration
	TerminateOnDeregistration bool // open connections are cut at the delay's end
	TerminateOnUnhealthy      bool // open connections are cut when a target is unhealthy
	Targets                   []TargetView
}

// privateLinks makes a topology's load balancers and endpoints.
func (s *Store) privateLinks() linkTopology {
	t := linkTopology{balancers: map[string]*BalancerView{}, doors: map[door]doorway{}, board: s.board}
	for _, p := range s.order {
		for _, lb := range p.loadBalancers.values() {
			t.balancers[lb.ARN] = p.balancerView(lb)
			t.order = append(t.order, lb.ARN)
		}
		for _, e := range p.endpoints.values() {
			for _, i := range e.Interfaces {
				t.doors[door{e.VPC, i.Addr}] = doorway{e.ID, e.Service, e.State, i.ZoneID, i.LoadBalancer, e.ServiceRegion != e.Region}
			}
		}
	}
	return t
}

func (p *place) balancerView(lb LoadBalancer) *BalancerView {
	v := &BalancerView{
		ARN: lb.ARN, Name: lb.Name, Type: lb.Type, VPC: lb.VPC, Account: p.account, Region: p.region, State: lb.State, Groups: lb.SecurityGroups,
		Enforce: lb.EnforcePrivateLink == "on",
		Nodes:   each(lb.Zones, func(z LBZone) Node { return Node{z.ZoneID, z.Interface, z.Addr} }),
	}
	for _, l := range currents(p.listeners.under("lb", lb.ARN)) {
		x := ListenerView{ARN: l.ARN, Protocol: l.Protocol, Port: l.Port, IdleTimeout: seconds(l.Attributes[idleTimeout])}
		for _, arn := range l.Groups {
			g, _ := p.targetGroups.get(arn)
			x.Groups = append(x.Groups, GroupView{
				ARN: g.ARN, Protocol: g.Protocol, Port: g.Port, CrossZone: crossZone(lb, g), HealthCheck: g.HealthCheck,
				DeregistrationDelay:       g.seconds("deregistration_delay.timeout_seconds"),
				TerminateOnDeregistration: g.Attributes["deregistration_delay.connection_termination.enabled"] == "true",
				TerminateOnUnhealthy:      g.Attributes["target_health_state.unhealthy.connection_termination.enabled"] == "true",
			})
		}
		v.Listeners = append(v.Listeners, x)
	}
	return v
}

// Balancer returns a load balancer. Its targets are those of now, which may be
// later than the topology.
func (t *Topology) Balancer(arn string) (BalancerView, bool) {
	v := t.links.balancers[arn]
	if v == nil {
		return BalancerView{}, false
	}
	out := *v
	out.Listeners = slices.Clone(v.Listeners)
	for i := range out.Listeners {
		groups := slices.Clone(out.Listeners[i].Groups)
		for k := range groups {
			groups[k].Targets = t.links.board.targets(groups[k].ARN)
		}
		out.Listeners[i].Groups = groups
	}
	return out, true
}

// Balancers returns all load balancers, by place, then in order of creation.
func (t *Topology) Balancers() []BalancerView {
	return each(t.links.order, func(arn string) BalancerView {
		v, _ := t.Balancer(arn)
		return v
	})
}

// Targets returns a target group's targets of now, in order of registration.
// The caller must not change them.
func (t *Topology) Targets(group string) []TargetView { return t.links.board.targets(group) }

// EnterService returns where a connection goes that came in at an address of
// an endpoint in a VPC, from a client, to a port: to the node of the service's
// load balancer in the interface's own zone; from another region to one that
// its name has, always the same for the same client address. An empty Node
// comes with why it goes nowhere.
//
// The load balancer's own inbound rules see the client's address, and are
// asked only where they are enforced on PrivateLink traffic. Source: NLB user
// guide, security groups; PrivateLink guide, create an endpoint service, share
// your services.
func (t *Topology) EnterService(vpc string, at, client netip.Addr, port int) (Entry, string) {
	d, ok := t.links.doors[door{vpc, at}]
	if !ok {
		return Entry{}, fmt.Sprintf("%s is no address of an endpoint in %s", at, vpc)
	}
	if d.state != "available" {
		return Entry{}, fmt.Sprintf("endpoint %s is %s", d.endpoint, d.state)
	}
	lb := t.links.balancers[d.balancer]
	if lb == nil {
		return Entry{}, fmt.Sprintf("the load balancer of %s is gone", d.service)
	}
	node, ok := t.links.node(lb, d, client)
	if !ok {
		return Entry{}, fmt.Sprintf("load balancer %s has no node in %s, where %s of endpoint %s is", lb.Name, d.zoneID, at, d.endpoint)
	}
	if !slices.ContainsFunc(lb.Listeners, func(l ListenerView) bool { return l.Port == port && strings.HasPrefix(l.Protocol, "T") }) {
		return Entry{}, fmt.Sprintf("load balancer %s has no TCP listener on port %d", lb.Name, port)
	}
	if lb.Enforce && !t.passes(lb.Groups, false, client, nil, port16(port)) {
		return Entry{}, fmt.Sprintf("no security group of load balancer %s (%s) admits TCP %d from %s, and inbound rules are enforced on PrivateLink traffic",
			lb.Name, strings.Join(lb.Groups, " "), port, client)
	}
	return Entry{
		Endpoint: d.endpoint, Service: d.service, LoadBalancer: lb.ARN, ZoneID: node.ZoneID, Node: node.Addr, VPC: lb.VPC,
		Ungrouped: len(lb.Groups) > 0 && !lb.Enforce,
	}, ""
}

// node is where a doorway leads: from another region, to one of the nodes that
// the load balancer's name has.
func (t *linkTopology) node(lb *BalancerView, d doorway, client netip.Addr) (Node, bool) {
	fit := slices.DeleteFunc(slices.Clone(lb.Nodes), func(n Node) bool {
		return d.remote && !t.board.healthyIn(lb, n.ZoneID) || !d.remote && n.ZoneID != d.zoneID
	})
	if len(fit) == 0 && d.remote {
		fit = lb.Nodes
	}
	if len(fit) == 0 {
		return Node{}, false
	}
	sum := 0
	for _, b := range client.AsSlice() {
		sum += int(b)
	}
	return fit[sum%len(fit)], true
}

func port16(port int) uint16 { return uint16(min(max(port, 0), 65535)) }

// seconds reads a number of seconds; what is none is 0.
func seconds(text string) time.Duration {
	d, _ := time.ParseDuration(text + "s")
	return d
}
