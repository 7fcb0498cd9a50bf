package state

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// A VPC is a network of one account and region.
type VPC struct {
	ID           string        `json:"id"`
	Owner        string        `json:"owner"`
	Region       string        `json:"region"`
	CIDR         netip.Prefix  `json:"cidr"`  // the primary block
	CIDRs        []Association `json:"cidrs"` // all IPv4 blocks, the primary first
	IPv6         []Association `json:"ipv6,omitempty"`
	State        string        `json:"state"` // available
	DHCPOptions  string        `json:"dhcpOptions"`
	DNSSupport   bool          `json:"dnsSupport"`
	DNSHostnames bool          `json:"dnsHostnames"`
	Tags         Tags          `json:"tags,omitempty"`
}

// An Association is one CIDR block of a VPC or a subnet.
type Association struct {
	ID    string       `json:"id"`
	Block netip.Prefix `json:"block"`
	State string       `json:"state"` // associated, disassociated
}

// VPCInput asks for a VPC.
type VPCInput struct {
	CIDR netip.Prefix
	IPv6 bool // with an IPv6 /56 of Amazon's
	Tags Tags
}

// A network is what a VPC's addresses are used for now.
type network struct {
	place   *place
	vpc     string
	subnets []*subnetUse
	used    map[netip.Addr]string    // interface IDs
	watch   map[netip.Addr][]*target // targets with that address, in order of registration
}

// CreateVpc makes a VPC with DNS support on and DNS host names off, as AWS
// does, its default security group, its main route table and its default
// network ACL. Source: VPC user guide, DNS attributes, default security groups,
// main route table, default network ACL.
func (s *Store) CreateVpc(c Caller, in VPCInput) (VPC, error) {
	defer s.enter()()
	if err := checkBlock(in.CIDR, "InvalidVpc.Range"); err != nil {
		return VPC{}, err
	}
	p := s.place(c)
	v := VPC{
		ID: s.id("vpc"), Owner: c.Account, Region: c.Region, CIDR: in.CIDR, State: "available",
		DHCPOptions: "dopt-0" + hash16("dopt", c.Account, c.Region), DNSSupport: true, Tags: in.Tags.orNone(),
	}
	v.CIDRs = []Association{{s.id("vpc-cidr-assoc"), in.CIDR, "associated"}}
	if in.IPv6 {
		// Documentation space stands for Amazon's pool: 2001:db8:XX:YY00::/56.
		b := netip.MustParseAddr("2001:db8::").As16()
		b[4], b[5], b[6] = byte(s.rng.IntN(256)), byte(s.rng.IntN(256)), byte(s.rng.IntN(256))
		v.IPv6 = []Association{{s.id("vpc-cidr-assoc"), netip.PrefixFrom(netip.AddrFrom16(b), 56), "associated"}}
	}
	s.networks[v.ID] = &network{place: p, vpc: v.ID, used: map[netip.Addr]string{}, watch: map[netip.Addr][]*target{}}
	set(s, p.vpcs, v.ID, v)
	s.emit(p, Event{Kind: VPCChanged, Subject: v.ID, Now: v.State, Extra: v.CIDR.String()})
	g := s.addSecurityGroup(p, SecurityGroupInput{VPC: v.ID, Name: defaultGroup, Description: "default VPC security group"})
	s.admitSelf(p, g)
	s.addRouteTable(p, v, true, nil)
	s.addNetworkACL(p, v, true, nil)
	return v, nil
}

// checkBlock allows /16 to /28 in canonical form. Source: VPC user guide, VPC
// CIDR blocks; EC2 API error codes.
func checkBlock(b netip.Prefix, code string) error {
	if !b.IsValid() || !b.Addr().Is4() || b.Bits() < 16 || b.Bits() > 28 {
		return refuse(code, "The CIDR '%s' is invalid.", b)
	}
	if b.Masked() != b {
		return refuse("InvalidParameterValue", "Value (%s) for parameter cidrBlock is invalid. This is not a valid CIDR block.", b)
	}
	return nil
}

// AssociateVpcCidrBlock adds a secondary IPv4 block. It must not overlap
// another of the VPC's. Source: VPC user guide, IPv4 CIDR block association.
func (s *Store) AssociateVpcCidrBlock(c Caller, vpc string, block netip.Prefix) (Association, error) {
	defer s.enter()()
	p := s.place(c)
	v, ok := p.vpcs.get(vpc)
	if !ok {
		return Association{}, noVPC(vpc)
	}
	if err := checkBlock(block, "InvalidVpc.Range"); err != nil {
		return Association{}, err
	}
	if len(v.CIDRs) >= 5 { // VPC user guide, quotas: IPv4 CIDR blocks per VPC
		return Association{}, refuse("CidrLimitExceeded", "This network '%s' has met its maximum number of allowed CIDRs: 5", vpc)
	}
	for _, a := range v.CIDRs {
		if a.Block.Overlaps(block) {
			return Association{}, refuse("CidrConflict", "The CIDR '%s' conflicts with '%s' of the VPC", block, a.Block)
		}
	}
	if err := s.mayGrow(p, v, block); err != nil {
		return Association{}, err
	}
	a := Association{s.id("vpc-cidr-assoc"), block, "associated"}
	v.CIDRs = append(slices.Clone(v.CIDRs), a)
	set(s, p.vpcs, v.ID, v)
	s.grown(p, v)
	s.emit(p, Event{Kind: VPCChanged, Subject: v.ID, Was: v.State, Now: v.State, Extra: "+" + block.String()})
	return a, nil
}

// DisassociateVpcCidrBlock takes a secondary block without subnets away.
func (s *Store) DisassociateVpcCidrBlock(c Caller, association string) (vpc string, a Association, err error) {
	defer s.enter()()
	p := s.place(c)
	for _, v := range p.vpcs.values() {
		i := slices.IndexFunc(v.CIDRs, func(a Association) bool { return a.ID == association })
		if i < 0 {
			continue
		}
		a = v.CIDRs[i]
		if i == 0 {
			return "", a, refuse("OperationNotPermitted", "The vpc CIDR block with association ID %s may not be disassociated. It is the primary IPv4 CIDR block of the VPC", association)
		}
		for _, sub := range s.networks[v.ID].subnets {
			if sub.cidr.Overlaps(a.Block) {
				return "", a, refuse("DependencyViolation", "The vpc CIDR block with association ID %s has dependencies and cannot be disassociated.", association)
			}
		}
		v.CIDRs = slices.Delete(slices.Clone(v.CIDRs), i, i+1)
		set(s, p.vpcs, v.ID, v)
		s.grown(p, v)
		s.emit(p, Event{Kind: VPCChanged, Subject: v.ID, Was: v.State, Now: v.State, Extra: "-" + a.Block.String()})
		a.State = "disassociated"
		return v.ID, a, nil
	}
	return "", a, refuse("InvalidVpcCidrBlockAssociationID.NotFound", "The vpc CIDR block association ID '%s' does not exist", association)
}

// ModifyVpcAttribute sets the DNS attributes; nil leaves one as it is. The
// hidden zone of a cluster's private endpoint needs both of them. Source: EKS
// user guide, cluster endpoint access.
func (s *Store) ModifyVpcAttribute(c Caller, vpc string, support, hostnames *bool) error {
	defer s.enter()()
	p := s.place(c)
	v, ok := p.vpcs.get(vpc)
	if !ok {
		return noVPC(vpc)
	}
	if support != nil {
		v.DNSSupport = *support
	}
	if hostnames != nil {
		v.DNSHostnames = *hostnames
	}
	set(s, p.vpcs, v.ID, v)
	s.emit(p, Event{Kind: VPCChanged, Subject: v.ID, Was: v.State, Now: v.State, Extra: "dns"})
	return nil
}

// DeleteVpc removes a VPC that holds nothing but its default security group,
// its main route table and its default network ACL. Source: EC2 API reference, DeleteVpc; that a peering
// connection keeps it is the lab's reading of it.
func (s *Store) DeleteVpc(c Caller, vpc string) error {
	defer s.enter()()
	p := s.place(c)
	v, ok := p.vpcs.get(vpc)
	if !ok {
		return noVPC(vpc)
	}
	groups := currents(p.securityGroups.under("vpc-id", vpc))
	tables := currents(p.routeTables.under("vpc-id", vpc))
	acls := currents(p.networkACLs.under("vpc-id", vpc))
	peered := slices.ContainsFunc(p.peerings.values(), func(pc Peering) bool { return pc.live() && pc.of(vpc) })
	endpoints := currents(p.endpoints.under("vpc-id", vpc))
	if len(s.networks[vpc].subnets) > 0 || len(groups) > 1 || len(tables) > 1 || len(acls) > 1 || len(endpoints) > 0 || peered {
		return refuse("DependencyViolation", "The vpc '%s' has dependencies and cannot be deleted.", vpc)
	}
	for _, g := range groups {
		s.dropSecurityGroup(p, g)
	}
	for _, t := range tables {
		s.dropRouteTable(p, t)
	}
	for _, a := range acls {
		s.dropNetworkACL(p, a)
	}
	delete(s.networks, vpc)
	drop(s, p.vpcs, vpc)
	s.emit(p, Event{Kind: VPCChanged, Subject: vpc, Was: v.State})
	return nil
}

// DescribeVpcs lists the caller's VPCs.
func (s *Store) DescribeVpcs(c Caller, ids []string, filters []Filter, page Page) (vpcs []VPC, next string, err error) {
	defer s.enter()()
	return describe(s, c, s.place(c).vpcs, 0, noVPC, vpcFields, func(v VPC) Tags { return v.Tags }, ids, filters, page)
}

func noVPC(id string) error {
	if !strings.HasPrefix(id, "vpc-") {
		return refuse("InvalidVpcID.Malformed", "Invalid id: \"%s\" (expecting \"vpc-...\")", id)
	}
	return refuse("InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", id)
}

var vpcFields = fields[VPC]{
	"vpc-id":          func(v VPC) []string { return []string{v.ID} },
	"owner-id":        func(v VPC) []string { return []string{v.Owner} },
	"state":           func(v VPC) []string { return []string{v.State} },
	"is-default":      func(VPC) []string { return []string{"false"} },
	"dhcp-options-id": func(v VPC) []string { return []string{v.DHCPOptions} },
	"cidr":            func(v VPC) []string { return []string{v.CIDR.String()} },
	"cidr-block-association.cidr-block": func(v VPC) []string {
		return each(v.CIDRs, func(a Association) string { return a.Block.String() })
	},
	"cidr-block-association.association-id": func(v VPC) []string {
		return each(v.CIDRs, func(a Association) string { return a.ID })
	},
	"cidr-block-association.state": func(v VPC) []string {
		return each(v.CIDRs, func(a Association) string { return a.State })
	},
	"ipv6-cidr-block-association.ipv6-cidr-block": func(v VPC) []string {
		return each(v.IPv6, func(a Association) string { return a.Block.String() })
	},
}

// describe is the pattern of EC2's listings: IDs (each must exist), filters,
// and parts of 5 to 1,000. IDs and a part's size exclude each other. Source:
// EC2 API reference, DescribeVpcs, DescribeNetworkInterfaces.
func describe[T any](s *Store, c Caller, t *table[T], late time.Duration, missing func(string) error,
	f fields[T], tags func(T) Tags, ids []string, filters []Filter, page Page,
) (out []T, next string, err error) {
	keep, err := matcher(f, tags, filters)
	if err != nil {
		return nil, "", err
	}
	if len(ids) > 0 {
		if page.Max > 0 {
			return nil, "", refuse("InvalidParameterCombination", "The parameter MaxResults cannot be used with the parameter list of IDs in the same call")
		}
		for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
			v, ok := one(s, c, t, id)
			if !ok {
				return nil, "", missing(id)
			}
			if keep(v) {
				out = append(out, v)
			}
		}
		return out, "", nil
	}
	if page.Max != 0 && (page.Max < 5 || page.Max > 1000) {
		return nil, "", refuse("InvalidParameterValue", "Value ( %d ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.", page.Max)
	}
	after, ok := parseToken("ec2", page.Token)
	if !ok {
		return nil, "", refuse("InvalidParameterValue", "Value (%s) for parameter nextToken is invalid.", page.Token)
	}
	if page.Token != "" && page.Max == 0 {
		page.Max = 1000
	}
	out, at := list(candidates(t, filters), after, page.Max, reader[T](s, c, late), keep)
	return out, token("ec2", at), nil
}

// each maps a slice.
func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = f(a)
	}
	return out
}
