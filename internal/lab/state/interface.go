package state

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// An Interface is an elastic network interface.
type Interface struct {
	ID               string       `json:"id"`
	Description      string       `json:"description"`
	Owner            string       `json:"owner"`
	Region           string       `json:"region"`
	VPC              string       `json:"vpc"`
	Subnet           string       `json:"subnet"`
	Zone             string       `json:"zone"`
	ZoneID           string       `json:"zoneId"`
	Type             string       `json:"type"`   // interface, network_load_balancer, vpc_endpoint
	Status           string       `json:"status"` // available, in-use
	Addr             netip.Addr   `json:"addr"`
	Addrs6           []netip.Addr `json:"addrs6,omitempty"`
	MAC              string       `json:"mac"`
	RequesterID      string       `json:"requesterId,omitempty"`
	RequesterManaged bool         `json:"requesterManaged"`
	Attachment       *Attachment  `json:"attachment,omitempty"`
	SecurityGroups   []string     `json:"securityGroups,omitempty"`
	SourceDestCheck  bool         `json:"sourceDestCheck"`
	Created          time.Time    `json:"created"`
	Tags             Tags         `json:"tags,omitempty"`

	// What EC2 does not show.
	Cluster string `json:"cluster,omitempty"` // ARN of the cluster whose control plane it leads to
	Serving bool   `json:"serving,omitempty"` // an API server answers behind it
	Leaving bool   `json:"leaving,omitempty"` // it does, and says at /readyz that it is shutting down; the endpoint's name lists it no longer
}

// An Attachment says to what an interface is attached.
type Attachment struct {
	ID            string    `json:"id"`
	Instance      string    `json:"instance,omitempty"`
	InstanceOwner string    `json:"instanceOwner"` // account, or a name such as amazon-elb
	Status        string    `json:"status"`        // attached
	DeviceIndex   int       `json:"deviceIndex"`
	At            time.Time `json:"at"`
}

// InterfaceInput asks for a network interface of the caller's own.
type InterfaceInput struct {
	Subnet         string
	Addr           netip.Addr // invalid: one that is free
	Description    string
	SecurityGroups []string
	Instance       string // attached to this instance of the account; empty: not attached
	Tags           Tags
}

// InterfaceQuery says which interfaces to list.
type InterfaceQuery struct {
	IDs     []string
	Filters []Filter
	Page    Page
}

// CreateNetworkInterface makes an interface of the caller's own. With an
// Instance (which the API has not: there it takes AttachNetworkInterface) it
// is in use from the start.
func (s *Store) CreateNetworkInterface(c Caller, in InterfaceInput) (Interface, error) {
	defer s.enter()()
	p := s.place(c)
	sub, ok := p.subnets.get(in.Subnet)
	if !ok {
		return Interface{}, noSubnet(in.Subnet)
	}
	if err := p.checkSecurityGroups(in.SecurityGroups, sub.VPC, "InvalidGroup.NotFound"); err != nil {
		return Interface{}, err
	}
	i := Interface{Description: in.Description, Type: "interface", SecurityGroups: in.SecurityGroups, Tags: in.Tags.orNone()}
	if len(i.SecurityGroups) == 0 { // EC2 API reference, CreateNetworkInterface
		i.SecurityGroups = p.defaultGroup(sub.VPC)
	}
	if in.Instance != "" {
		i.Attachment = &Attachment{Instance: in.Instance, InstanceOwner: c.Account, DeviceIndex: 1}
	}
	return s.addInterface(p, sub, in.Addr, i)
}

// addInterface fills in an interface in a subnet, at an address or a free one.
func (s *Store) addInterface(p *place, sub Subnet, addr netip.Addr, i Interface) (Interface, error) {
	n := s.networks[sub.VPC]
	use := n.subnet(sub.ID)
	if !addr.IsValid() {
		var ok bool
		if addr, ok = n.allocate(use); !ok {
			return Interface{}, refuse("InsufficientFreeAddressesInSubnet", "The specified subnet does not have enough free addresses to satisfy the request.")
		}
	}
	// Source: EC2 API error codes.
	if !use.cidr.Contains(addr) || use.reserved(addr) {
		return Interface{}, refuse("InvalidParameterValue", "Address %s is not within the usable range of subnet %s", addr, sub.ID)
	}
	if _, used := n.used[addr]; used {
		return Interface{}, refuse("InvalidIPAddress.InUse", "Address %s is in use.", addr)
	}
	i.ID, i.Owner, i.Region, i.VPC, i.Subnet, i.Zone, i.ZoneID = s.id("eni"), p.account, p.region, sub.VPC, sub.ID, sub.Zone, sub.ZoneID
	i.Addr, i.SourceDestCheck, i.Created = addr, i.Type == "interface", s.stamp()
	mac := hash16(i.ID)
	i.MAC = fmt.Sprintf("02:%s:%s:%s:%s:%s", mac[:2], mac[2:4], mac[4:6], mac[6:8], mac[8:10])
	i.Status = "available"
	if i.Attachment != nil {
		i.Status = "in-use"
		a := *i.Attachment
		a.ID, a.Status, a.At = s.id("eni-attach"), "attached", i.Created
		i.Attachment = &a
	}
	use.taken++
	n.used[addr] = i.ID
	for _, a := range i.Addrs6 {
		n.used[a] = i.ID
	}
	set(s, p.interfaces, i.ID, i)
	s.emit(p, Event{Kind: InterfaceChanged, Subject: i.ID, Of: i.VPC, Now: i.condition(), Extra: addr.String()})
	s.truth(n, i)
	return i, nil
}

// condition is the interface's state in the event log.
func (i Interface) condition() string {
	if i.Leaving {
		return i.Status + " leaving"
	}
	if i.Serving {
		return i.Status + " serving"
	}
	return i.Status
}

// dropInterface removes an interface and frees its addresses.
func (s *Store) dropInterface(p *place, id string) {
	i, ok := p.interfaces.get(id)
	if !ok {
		return
	}
	n := s.networks[i.VPC]
	n.subnet(i.Subnet).taken--
	delete(n.used, i.Addr)
	for _, a := range i.Addrs6 {
		delete(n.used, a)
	}
	drop(s, p.interfaces, id)
	s.emit(p, Event{Kind: InterfaceChanged, Subject: id, Of: i.VPC, Was: i.condition(), Extra: i.Addr.String()})
	s.truth(n, i)
}

// DeleteNetworkInterface removes an interface that is not in use.
func (s *Store) DeleteNetworkInterface(c Caller, id string) error {
	defer s.enter()()
	p := s.place(c)
	i, ok := p.interfaces.get(id)
	if !ok {
		return noInterface(id)
	}
	if i.Status == "in-use" {
		return refuse("InvalidNetworkInterface.InUse", "Interface: %s in use.", id)
	}
	s.dropInterface(p, id)
	return nil
}

// DescribeNetworkInterfaces lists the account's interfaces, those of EKS and
// load balancers included. Listings without IDs lag, and a part may be empty
// although more follows.
func (s *Store) DescribeNetworkInterfaces(c Caller, q InterfaceQuery) (interfaces []Interface, next string, err error) {
	defer s.enter()()
	return describe(s, c, s.place(c).interfaces, interfaceLag, noInterface, interfaceFields, func(v Interface) Tags { return v.Tags }, q.IDs, q.Filters, q.Page)
}

func noInterface(id string) error {
	return refuse("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '%s' does not exist", id)
}

var interfaceFields = fields[Interface]{
	"network-interface-id":             func(v Interface) []string { return []string{v.ID} },
	"description":                      func(v Interface) []string { return []string{v.Description} },
	"vpc-id":                           func(v Interface) []string { return []string{v.VPC} },
	"subnet-id":                        func(v Interface) []string { return []string{v.Subnet} },
	"availability-zone":                func(v Interface) []string { return []string{v.Zone} },
	"availability-zone-id":             func(v Interface) []string { return []string{v.ZoneID} },
	"owner-id":                         func(v Interface) []string { return []string{v.Owner} },
	"status":                           func(v Interface) []string { return []string{v.Status} },
	"interface-type":                   func(v Interface) []string { return []string{v.Type} },
	"requester-id":                     func(v Interface) []string { return []string{v.RequesterID} },
	"requester-managed":                func(v Interface) []string { return []string{fmt.Sprint(v.RequesterManaged)} },
	"mac-address":                      func(v Interface) []string { return []string{v.MAC} },
	"source-dest-check":                func(v Interface) []string { return []string{fmt.Sprint(v.SourceDestCheck)} },
	"group-id":                         func(v Interface) []string { return v.SecurityGroups },
	"private-ip-address":               func(v Interface) []string { return []string{v.Addr.String()} },
	"addresses.private-ip-address":     func(v Interface) []string { return []string{v.Addr.String()} },
	"addresses.primary":                func(Interface) []string { return []string{"true"} },
	"ipv6-addresses.ipv6-address":      func(v Interface) []string { return each(v.Addrs6, netip.Addr.String) },
	"attachment.attachment-id":         attached(func(a Attachment) string { return a.ID }),
	"attachment.instance-id":           attached(func(a Attachment) string { return a.Instance }),
	"attachment.instance-owner-id":     attached(func(a Attachment) string { return a.InstanceOwner }),
	"attachment.status":                attached(func(a Attachment) string { return a.Status }),
	"attachment.device-index":          attached(func(a Attachment) string { return fmt.Sprint(a.DeviceIndex) }),
	"attachment.delete-on-termination": attached(func(Attachment) string { return "true" }),
}

func attached(f func(Attachment) string) func(Interface) []string {
	return func(v Interface) []string {
		if v.Attachment == nil {
			return nil
		}
		return []string{f(*v.Attachment)}
	}
}

// CreateTags sets tags of EC2 resources by ID.
func (s *Store) CreateTags(c Caller, ids []string, tags Tags) error {
	defer s.enter()()
	return s.retag(c, ids, func(old Tags) Tags { return with(old, tags) })
}

// DeleteTags removes tags of EC2 resources by ID. A nil value removes the key
// whatever its value. Source: EC2 API reference, DeleteTags.
func (s *Store) DeleteTags(c Caller, ids []string, tags map[string]*string) error {
	defer s.enter()()
	return s.retag(c, ids, func(old Tags) Tags {
		var keys []string
		for k, v := range tags {
			if v == nil || old[k] == *v {
				keys = append(keys, k)
			}
		}
		return less(old, keys)
	})
}

// retag changes the tags of EC2 resources, of all or none.
func (s *Store) retag(c Caller, ids []string, change func(Tags) Tags) error {
	p := s.place(c)
	var steps []func()
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		step := firstOf(
			tagStep(s, p.vpcs, id, func(v *VPC) *Tags { return &v.Tags }, change),
			tagStep(s, p.subnets, id, func(v *Subnet) *Tags { return &v.Tags }, change),
			tagStep(s, p.securityGroups, id, func(v *SecurityGroup) *Tags { return &v.Tags }, change),
			tagStep(s, p.interfaces, id, func(v *Interface) *Tags { return &v.Tags }, change),
			tagStep(s, p.routeTables, id, func(v *RouteTable) *Tags { return &v.Tags }, change),
			tagStep(s, p.peerings, id, func(v *Peering) *Tags { return &v.Tags }, change),
			tagStep(s, p.networkACLs, id, func(v *NetworkACL) *Tags { return &v.Tags }, change),
			ruleTagStep(s, p, id, change),
			tagStep(s, p.services, id, func(v *EndpointService) *Tags { return &v.Tags }, change),
			tagStep(s, p.endpoints, id, func(v *Endpoint) *Tags { return &v.Tags }, change),
		)
		if step == nil {
			return refuse("InvalidID", "The ID '%s' is not valid", id)
		}
		steps = append(steps, func() {
			step()
			s.emit(p, Event{Kind: TagsChanged, Subject: id})
		})
	}
	for _, step := range steps {
		step()
	}
	return nil
}
