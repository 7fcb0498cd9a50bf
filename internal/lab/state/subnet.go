package state

import (
	"encoding/binary"
	"hash/fnv"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// A Subnet is a part of a VPC in one Availability Zone.
type Subnet struct {
	ID       string        `json:"id"`
	ARN      string        `json:"arn"`
	Owner    string        `json:"owner"`
	VPC      string        `json:"vpc"`
	CIDR     netip.Prefix  `json:"cidr"`
	IPv6     []Association `json:"ipv6,omitempty"`
	Zone     string        `json:"zone"`               // name in this account, such as us-east-1a
	ZoneID   string        `json:"zoneId"`             // such as use1-az4
	State    string        `json:"state"`              // available
	Free     int           `json:"free"`               // addresses left now
	PublicIP bool          `json:"publicIp,omitempty"` // instances would get public addresses
	Tags     Tags          `json:"tags,omitempty"`
}

// SubnetInput asks for a subnet, in a zone named by Zone or by ZoneID; with
// neither, in the region's first.
type SubnetInput struct {
	VPC    string
	CIDR   netip.Prefix
	IPv6   netip.Prefix // a /64 of the VPC's; invalid for none
	Zone   string
	ZoneID string
	Tags   Tags
}

// A subnetUse is what a subnet's addresses are used for now.
type subnetUse struct {
	id     string
	cidr   netip.Prefix
	cidr6  netip.Prefix
	zone   Zone
	taken  int    // IPv4 addresses in use
	cursor uint32 // offset of the next address to try
}

// A Zone is an Availability Zone as one account sees it.
type Zone struct {
	Name   string `json:"name"`
	ID     string `json:"id"`
	Region string `json:"region"`
	State  string `json:"state"` // available
}

// zonesOf returns an account's zones in a region, in order of name. Which zone
// an account calls "a" differs between accounts; only IDs agree. Source: EC2
// user guide, Regions and Zones, AZ IDs.
func (s *Store) zonesOf(account, region string) []Zone {
	n := 3
	switch region {
	case "us-east-1":
		n = 6
	case "us-west-2", "ap-northeast-2":
		n = 4
	}
	shift := int(s.jitter("zones/"+account+"/"+region) * float64(n))
	zones := make([]Zone, n)
	for i := range zones {
		zones[i] = Zone{
			Name: region + string(rune('a'+i)), Region: region, State: "available",
			ID: zonePrefix(region) + "-az" + strconv.Itoa((i+shift)%n+1),
		}
	}
	return zones
}

// zonePrefix shortens a region's name as zone IDs do: us-east-1 is use1,
// ap-northeast-2 apne2, us-gov-west-1 usgw1.
func zonePrefix(region string) string {
	parts := strings.Split(region, "-")
	var b strings.Builder
	for i, part := range parts {
		switch {
		case i == 0 || i == len(parts)-1:
			b.WriteString(part)
		default:
			for _, dir := range []string{"north", "south", "east", "west", "central", "gov", "iso"} {
				if rest, ok := strings.CutPrefix(part, dir); ok {
					b.WriteByte(dir[0])
					part = rest
				}
			}
			if part != "" {
				b.WriteByte(part[0])
			}
		}
	}
	return b.String()
}

// DescribeAvailabilityZones lists the region's zones by the caller's names.
func (s *Store) DescribeAvailabilityZones(c Caller, names, ids []string, filters []Filter) ([]Zone, error) {
	defer s.enter()()
	keep, err := matcher(zoneFields, func(Zone) Tags { return nil }, filters)
	if err != nil {
		return nil, err
	}
	zones := s.place(c).zones
	for _, n := range names {
		if !slices.ContainsFunc(zones, func(z Zone) bool { return z.Name == n }) {
			return nil, refuse("InvalidParameterValue", "Invalid availability zone: [%s]", n)
		}
	}
	for _, id := range ids {
		if !slices.ContainsFunc(zones, func(z Zone) bool { return z.ID == id }) {
			return nil, refuse("InvalidParameterValue", "Invalid availability zone-id: [%s]", id)
		}
	}
	var out []Zone
	for _, z := range zones {
		if (len(names) == 0 || slices.Contains(names, z.Name)) && (len(ids) == 0 || slices.Contains(ids, z.ID)) && keep(z) {
			out = append(out, z)
		}
	}
	return out, nil
}

var zoneFields = fields[Zone]{
	"zone-name":     func(z Zone) []string { return []string{z.Name} },
	"zone-id":       func(z Zone) []string { return []string{z.ID} },
	"region-name":   func(z Zone) []string { return []string{z.Region} },
	"state":         func(z Zone) []string { return []string{z.State} },
	"zone-type":     func(Zone) []string { return []string{"availability-zone"} },
	"opt-in-status": func(Zone) []string { return []string{"opt-in-not-required"} },
}

// CreateSubnet makes a subnet inside one of the VPC's blocks, apart from the
// other subnets. Source: EC2 API error codes; VPC user guide, subnet sizing.
func (s *Store) CreateSubnet(c Caller, in SubnetInput) (Subnet, error) {
	defer s.enter()()
	p := s.place(c)
	v, ok := p.vpcs.get(in.VPC)
	if !ok {
		return Subnet{}, noVPC(in.VPC)
	}
	if err := checkBlock(in.CIDR, "InvalidSubnet.Range"); err != nil {
		return Subnet{}, err
	}
	if !slices.ContainsFunc(v.CIDRs, func(a Association) bool { return inside(in.CIDR, a.Block) }) {
		return Subnet{}, refuse("InvalidSubnet.Range", "The CIDR '%s' is invalid.", in.CIDR)
	}
	n := s.networks[v.ID]
	for _, other := range n.subnets {
		if other.cidr.Overlaps(in.CIDR) || in.IPv6.IsValid() && other.cidr6.IsValid() && other.cidr6.Overlaps(in.IPv6) {
			return Subnet{}, refuse("InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet", in.CIDR)
		}
	}
	z, err := p.zone(in.Zone, in.ZoneID)
	if err != nil {
		return Subnet{}, err
	}
	sub := Subnet{ID: s.id("subnet"), Owner: c.Account, VPC: v.ID, CIDR: in.CIDR, Zone: z.Name, ZoneID: z.ID, State: "available", Tags: in.Tags.orNone()}
	sub.ARN = p.arn("ec2", "subnet/"+sub.ID)
	if in.IPv6.IsValid() {
		if in.IPv6.Bits() != 64 || !slices.ContainsFunc(v.IPv6, func(a Association) bool { return inside(in.IPv6, a.Block) }) {
			return Subnet{}, refuse("InvalidSubnet.Range", "The IPv6 CIDR '%s' is invalid.", in.IPv6)
		}
		sub.IPv6 = []Association{{s.id("subnet-cidr-assoc"), in.IPv6, "associated"}}
	}
	use := &subnetUse{id: sub.ID, cidr: in.CIDR, cidr6: in.IPv6, zone: z}
	use.cursor = uint32(s.rng.IntN(use.size()))
	n.subnets = append(n.subnets, use)
	sub.Free = use.free()
	set(s, p.subnets, sub.ID, sub)
	s.protect(p, sub)
	s.emit(p, Event{Kind: SubnetChanged, Subject: sub.ID, Of: v.ID, Now: sub.State, Extra: sub.CIDR.String()})
	return sub, nil
}

// zone finds a zone by name or ID.
func (p *place) zone(name, id string) (Zone, error) {
	if name == "" && id == "" {
		return p.zones[0], nil
	}
	for _, z := range p.zones {
		if (name == "" || z.Name == name) && (id == "" || z.ID == id) {
			return z, nil
		}
	}
	return Zone{}, refuse("InvalidParameterValue", "Value (%s) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: %s.",
		name+id, strings.Join(each(p.zones, func(z Zone) string { return z.Name }), ", "))
}

// DeleteSubnet removes a subnet without interfaces.
func (s *Store) DeleteSubnet(c Caller, subnet string) error {
	defer s.enter()()
	p := s.place(c)
	sub, ok := p.subnets.get(subnet)
	if !ok {
		return noSubnet(subnet)
	}
	n := s.networks[sub.VPC]
	if n.subnet(subnet).taken > 0 {
		return refuse("DependencyViolation", "The subnet '%s' has dependencies and cannot be deleted.", subnet)
	}
	if t, a, ok := p.association(sub.VPC, func(a RouteAssociation) bool { return a.Subnet == subnet }); ok {
		s.dissociate(p, t, a)
	}
	s.unprotect(p, sub.VPC, func(a ACLAssociation) bool { return a.Subnet == subnet })
	n.subnets = slices.DeleteFunc(n.subnets, func(u *subnetUse) bool { return u.id == subnet })
	drop(s, p.subnets, subnet)
	s.emit(p, Event{Kind: SubnetChanged, Subject: subnet, Of: sub.VPC, Was: sub.State})
	return nil
}

// SetSubnetPublicIP says whether instances in a subnet get public addresses,
// which changes nothing in the lab. Source: EC2 API reference,
// ModifySubnetAttribute, MapPublicIpOnLaunch.
func (s *Store) SetSubnetPublicIP(c Caller, subnet string, on bool) error {
	defer s.enter()()
	p := s.place(c)
	sub, ok := p.subnets.get(subnet)
	if !ok {
		return noSubnet(subnet)
	}
	sub.PublicIP = on
	set(s, p.subnets, subnet, sub)
	s.emit(p, Event{Kind: SubnetChanged, Subject: subnet, Of: sub.VPC, Was: sub.State, Now: sub.State, Extra: "attributes"})
	return nil
}

// DescribeSubnets lists the caller's subnets.
func (s *Store) DescribeSubnets(c Caller, ids []string, filters []Filter, page Page) (subnets []Subnet, next string, err error) {
	defer s.enter()()
	subnets, next, err = describe(s, c, s.place(c).subnets, 0, noSubnet, subnetFields, func(v Subnet) Tags { return v.Tags }, ids, filters, page)
	for i := range subnets {
		subnets[i].Free = s.freeIn(subnets[i])
	}
	return subnets, next, err
}

// freeIn returns how many addresses a subnet has left now.
func (s *Store) freeIn(v Subnet) int {
	if n := s.networks[v.VPC]; n != nil {
		if u := n.subnet(v.ID); u != nil {
			return u.free()
		}
	}
	return 0
}

func noSubnet(id string) error {
	return refuse("InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist", id)
}

var subnetFields = fields[Subnet]{
	"subnet-id":            func(v Subnet) []string { return []string{v.ID} },
	"subnet-arn":           func(v Subnet) []string { return []string{v.ARN} },
	"vpc-id":               func(v Subnet) []string { return []string{v.VPC} },
	"owner-id":             func(v Subnet) []string { return []string{v.Owner} },
	"availability-zone":    func(v Subnet) []string { return []string{v.Zone} },
	"availabilityZone":     func(v Subnet) []string { return []string{v.Zone} },
	"availability-zone-id": func(v Subnet) []string { return []string{v.ZoneID} },
	"availabilityZoneId":   func(v Subnet) []string { return []string{v.ZoneID} },
	"cidr-block":           func(v Subnet) []string { return []string{v.CIDR.String()} },
	"cidrBlock":            func(v Subnet) []string { return []string{v.CIDR.String()} },
	"cidr":                 func(v Subnet) []string { return []string{v.CIDR.String()} },
	"state":                func(v Subnet) []string { return []string{v.State} },
	"default-for-az":       func(Subnet) []string { return []string{"false"} },
	"map-public-ip-on-launch": func(v Subnet) []string {
		return []string{strconv.FormatBool(v.PublicIP)}
	},
}

// inside reports whether a block lies within another.
func inside(b, in netip.Prefix) bool { return b.Bits() >= in.Bits() && in.Contains(b.Addr()) }

// subnet finds a subnet's use by ID, nil if there is none.
func (n *network) subnet(id string) *subnetUse {
	for _, u := range n.subnets {
		if u.id == id {
			return u
		}
	}
	return nil
}

// holding finds the subnet that an address lies in, nil if none.
func (n *network) holding(a netip.Addr) *subnetUse {
	for _, u := range n.subnets {
		if u.cidr.Contains(a) || u.cidr6.IsValid() && u.cidr6.Contains(a) {
			return u
		}
	}
	return nil
}

// size is the number of addresses, the reserved ones included.
func (u *subnetUse) size() int { return 1 << (32 - u.cidr.Bits()) }

// free is how many addresses are left. AWS keeps the first four and the last.
// Source: VPC user guide, subnet sizing.
func (u *subnetUse) free() int { return u.size() - 5 - u.taken }

// reserved reports whether AWS keeps the address for itself.
func (u *subnetUse) reserved(a netip.Addr) bool {
	o := int(offset(u.cidr, a))
	return o < 4 || o == u.size()-1
}

// allocate returns a free address. It goes round the subnet, so that an
// address that was given back is not soon given out again; reuse is a move of
// its own.
func (n *network) allocate(u *subnetUse) (netip.Addr, bool) {
	for range u.size() {
		a := nth(u.cidr, u.cursor)
		u.cursor = (u.cursor + 1) % uint32(u.size())
		if _, used := n.used[a]; !used && !u.reserved(a) {
			return a, true
		}
	}
	return netip.Addr{}, false
}

func nth(b netip.Prefix, i uint32) netip.Addr {
	a := b.Masked().Addr().As4()
	binary.BigEndian.PutUint32(a[:], binary.BigEndian.Uint32(a[:])+i)
	return netip.AddrFrom4(a)
}

func offset(b netip.Prefix, a netip.Addr) uint32 {
	base, addr := b.Masked().Addr().As4(), a.As4()
	return binary.BigEndian.Uint32(addr[:]) - binary.BigEndian.Uint32(base[:])
}

// hash16 returns 16 hexadecimal digits that depend on the words only.
func hash16(words ...string) string {
	h := fnv.New64a()
	for _, w := range words {
		h.Write([]byte(w + "/"))
	}
	text := strconv.FormatUint(h.Sum64(), 16)
	return strings.Repeat("0", 16-len(text)) + text
}
