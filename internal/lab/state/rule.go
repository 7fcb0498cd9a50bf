package state

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// A Rule lets traffic through a security group: in, from a block of addresses
// or the members of a group, or out, to them. What no rule lets through is
// dropped; answers always pass. Source: VPC user guide, security groups.
type Rule struct {
	ID         string `json:"id"`
	ARN        string `json:"arn"`
	Group      string `json:"group"`
	GroupOwner string `json:"groupOwner"`
	Egress     bool   `json:"egress"`
	Protocol   string `json:"protocol"` // tcp, udp, icmp, icmpv6, a number, or -1 for all
	From       int    `json:"from"`     // port, or ICMP type; -1: all
	To         int    `json:"to"`       // port, or ICMP code; -1: all
	// CIDR or Peer says who is on the other side.
	CIDR        netip.Prefix `json:"cidr,omitzero"`
	Peer        string       `json:"peer,omitempty"`        // a group's ID
	PeerOwner   string       `json:"peerOwner,omitempty"`   // its account
	PeerVPC     string       `json:"peerVpc,omitempty"`     // its VPC
	PeerPeering string       `json:"peerPeering,omitempty"` // how that is reached, if it is not the group's own
	PeerStatus  string       `json:"peerStatus,omitempty"`  // that connection's status; other than active, the rule is stale
	Description string       `json:"description,omitempty"`
	Tags        Tags         `json:"tags,omitempty"`
}

// RuleInput is what a rule says. Exactly one of CIDR and Peer is set.
type RuleInput struct {
	Protocol    string // tcp, udp, icmp, icmpv6, a number, or -1 for all
	From, To    int    // ports, or ICMP type and code; -1: all, where the protocol has none
	CIDR        netip.Prefix
	Peer        string // a group's ID
	PeerOwner   string // its account; default the caller's
	Description string
}

const (
	anyProtocol   = "-1"
	rulesPerGroup = 60 // VPC quotas: a direction and a family of addresses
)

var everywhere = netip.PrefixFrom(netip.IPv4Unspecified(), 0)

// same reports whether two rules let the same through.
func (r Rule) same(o Rule) bool {
	return r.Egress == o.Egress && r.Protocol == o.Protocol && r.From == o.From && r.To == o.To && r.CIDR == o.CIDR && r.Peer == o.Peer
}

// cidr4 and cidr6 are the rule's block if it is of that family.
func (r Rule) cidr4() string { return r.cidr(netip.Addr.Is4) }
func (r Rule) cidr6() string { return r.cidr(netip.Addr.Is6) }

func (r Rule) cidr(family func(netip.Addr) bool) string {
	if !r.CIDR.IsValid() || !family(r.CIDR.Addr()) {
		return ""
	}
	return r.CIDR.String()
}

func ruleField(egress bool, f func(Rule) string) func(SecurityGroup) []string {
	return func(g SecurityGroup) []string {
		var out []string
		for _, r := range g.Rules {
			if r.Egress == egress {
				out = append(out, f(r))
			}
		}
		return out
	}
}

// ruleFor returns a rule for all traffic in, which names nobody yet.
func (p *place) ruleFor(g SecurityGroup, id string) Rule {
	return Rule{ID: id, ARN: p.arn("ec2", "security-group-rule/"+id), Group: g.ID, GroupOwner: g.Owner, Protocol: anyProtocol, From: -1, To: -1}
}

// ruled fills in how the peering connections of a group's rules are.
func (p *place) ruled(g SecurityGroup) SecurityGroup {
	if !slices.ContainsFunc(g.Rules, func(r Rule) bool { return r.PeerPeering != "" }) {
		return g
	}
	g.Rules = slices.Clone(g.Rules)
	for i := range g.Rules {
		if r := &g.Rules[i]; r.PeerPeering != "" {
			pc, _ := p.peerings.get(r.PeerPeering)
			r.PeerStatus = or(pc.Status, "deleted")
		}
	}
	return g
}

// admitSelf lets the members of a group in to each other, unless they are.
func (s *Store) admitSelf(p *place, g SecurityGroup) {
	r := p.ruleFor(g, "sgr-0"+hash16("self", g.ID))
	r.Peer, r.PeerOwner, r.PeerVPC = g.ID, g.Owner, g.VPC
	if !slices.ContainsFunc(g.Rules, r.same) {
		s.putRules(p, g, append(slices.Clip(g.Rules), r), []Rule{r}, "+")
	}
}

// AuthorizeSecurityGroupIngress adds rules that let traffic in: all or none.
// Source: EC2 API reference, AuthorizeSecurityGroupIngress.
func (s *Store) AuthorizeSecurityGroupIngress(c Caller, group string, rules []RuleInput, tags Tags) ([]Rule, error) {
	return s.authorize(c, group, false, rules, tags)
}

// AuthorizeSecurityGroupEgress adds rules that let traffic out: all or none.
func (s *Store) AuthorizeSecurityGroupEgress(c Caller, group string, rules []RuleInput, tags Tags) ([]Rule, error) {
	return s.authorize(c, group, true, rules, tags)
}

func (s *Store) authorize(c Caller, group string, egress bool, in []RuleInput, tags Tags) ([]Rule, error) {
	defer s.enter()()
	p := s.place(c)
	g, ok := p.securityGroups.get(group)
	if !ok {
		return nil, noSecurityGroup(group)
	}
	if len(in) == 0 {
		return nil, refuse("MissingParameter", "The request must contain at least one rule")
	}
	rules, fresh := slices.Clip(g.Rules), []Rule{}
	for _, x := range in {
		r, err := s.rule(p, g, egress, x)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(rules, r.same) {
			return nil, refuse("InvalidPermission.Duplicate", "the specified rule \"peer: %s, %s, ALLOW\" already exists", r.peer(), r.traffic())
		}
		if count(rules, func(o Rule) bool { return o.Egress == egress && o.family() == r.family() }) >= rulesPerGroup {
			return nil, refuse("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.")
		}
		r.ID, r.Tags = s.id("sgr"), tags.orNone()
		r.ARN = p.arn("ec2", "security-group-rule/"+r.ID)
		rules, fresh = append(rules, r), append(fresh, r)
	}
	s.putRules(p, g, rules, fresh, "+")
	return fresh, nil
}

func count[T any](list []T, is func(T) bool) (n int) {
	for _, x := range list {
		if is(x) {
			n++
		}
	}
	return n
}

// family is the quota's: rules that name a group count with IPv4's.
func (r Rule) family() bool { return r.CIDR.IsValid() && r.CIDR.Addr().Is6() }

func (s *Store) putRules(p *place, g SecurityGroup, rules, changed []Rule, sign string) {
	g.Rules = rules
	set(s, p.securityGroups, g.ID, g)
	for _, r := range changed {
		way := "in"
		if r.Egress {
			way = "out"
		}
		s.emit(p, Event{Kind: SecurityGroupChanged, Subject: g.ID, Of: g.VPC, Was: "available", Now: "available", Extra: sign + way + " " + r.traffic() + " " + r.peer()})
	}
}

// peer is the other side, for people.
func (r Rule) peer() string {
	if r.Peer != "" {
		return r.Peer
	}
	return r.CIDR.String()
}

// traffic is what the rule lets through, in AWS's words.
func (r Rule) traffic() string {
	switch {
	case r.Protocol == anyProtocol:
		return "ALL"
	case r.From < 0 && r.To < 0:
		return strings.ToUpper(r.Protocol)
	}
	return strings.ToUpper(r.Protocol) + ", from port: " + strconv.Itoa(r.From) + ", to port: " + strconv.Itoa(r.To)
}

// rule checks what a rule says and completes it.
func (s *Store) rule(p *place, g SecurityGroup, egress bool, in RuleInput) (Rule, error) {
	r, err := in.plain()
	if err != nil {
		return Rule{}, err
	}
	r.Group, r.GroupOwner, r.Egress = g.ID, g.Owner, egress
	if r.Peer == "" {
		return r, nil
	}
	peer, ok := SecurityGroup{}, false
	r.PeerOwner = or(r.PeerOwner, p.account)
	if there := s.places[placeKey{r.PeerOwner, p.region}]; there != nil {
		peer, ok = there.securityGroups.get(r.Peer)
	}
	if !ok { // one of another region too. Source: VPC peering guide, security groups
		return Rule{}, noSecurityGroup(r.Peer)
	}
	r.PeerVPC = peer.VPC
	if peer.VPC != g.VPC {
		if r.PeerPeering = p.joining(g.VPC, peer.VPC); r.PeerPeering == "" {
			return Rule{}, refuse("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.")
		}
		r.PeerStatus = peeringActive
	}
	return r, nil
}

// joining returns the active peering connection between two VPCs, if any.
func (p *place) joining(a, b string) string {
	for _, pc := range p.peerings.values() {
		if pc.Status == peeringActive && pc.of(a) && pc.other(a).VPC == b {
			return pc.ID
		}
	}
	return ""
}

// protocols are the names of the protocols that have one. Source: EC2 API
// reference, IpPermission.
var protocols = map[string]string{"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6", "all": anyProtocol}

// plain returns the rule in its canonical form. Source: EC2 API reference,
// IpPermission; the messages are EC2's.
func (in RuleInput) plain() (Rule, error) {
	r := Rule{
		Protocol: strings.ToLower(in.Protocol), From: in.From, To: in.To,
		CIDR: in.CIDR, Peer: in.Peer, PeerOwner: in.PeerOwner, Description: in.Description,
	}
	r.Protocol = cmp.Or(protocols[r.Protocol], r.Protocol)
	if err := checkRuleText(r.Description); err != nil {
		return Rule{}, err
	}
	switch {
	case r.CIDR.IsValid() == (r.Peer != ""):
		return Rule{}, refuse("MissingParameter", "Missing source specification: include source security group or CIDR information")
	case r.CIDR.IsValid() && r.CIDR.Masked() != r.CIDR:
		return Rule{}, refuse("InvalidParameterValue", "CIDR block %s is malformed", r.CIDR)
	}
	switch r.Protocol {
	case "tcp", "udp":
		for _, port := range []int{r.From, r.To} {
			if port < 0 || port > 65535 {
				return Rule{}, refuse("InvalidParameterValue", "TCP/UDP port (%d) out of range", port)
			}
		}
		if r.From > r.To {
			return Rule{}, refuse("InvalidParameterValue", "Invalid TCP/UDP port range (%d:%d)", r.From, r.To)
		}
	case "icmp", "icmpv6":
		for _, x := range []int{r.From, r.To} {
			if x < -1 || x > 255 {
				return Rule{}, refuse("InvalidParameterValue", "ICMP type or code (%d) out of range", x)
			}
		}
	default:
		n, err := strconv.Atoi(r.Protocol)
		if err != nil || n < -1 || n > 255 {
			return Rule{}, refuse("InvalidParameterValue", "Invalid value '%s' for IP protocol. Unknown protocol.", in.Protocol)
		}
		r.From, r.To = -1, -1
	}
	return r, nil
}

// RevokeSecurityGroupIngress removes rules by what they say, or by IDs: all or
// none. Source: EC2 API reference, RevokeSecurityGroupIngress (of a VPC that is
// no default one).
func (s *Store) RevokeSecurityGroupIngress(c Caller, group string, rules []RuleInput, ids []string) ([]Rule, error) {
	return s.revoke(c, group, false, rules, ids)
}

// RevokeSecurityGroupEgress does the same for rules that let traffic out.
func (s *Store) RevokeSecurityGroupEgress(c Caller, group string, rules []RuleInput, ids []string) ([]Rule, error) {
	return s.revoke(c, group, true, rules, ids)
}

func (s *Store) revoke(c Caller, group string, egress bool, in []RuleInput, ids []string) ([]Rule, error) {
	defer s.enter()()
	p := s.place(c)
	g, ok := p.securityGroups.get(group)
	switch {
	case !ok:
		return nil, noSecurityGroup(group)
	case len(in) == 0 && len(ids) == 0:
		return nil, refuse("MissingParameter", "The request must contain at least one rule")
	case len(in) > 0 && len(ids) > 0:
		return nil, refuse("InvalidParameterCombination", "Rules and rule IDs may not be specified together")
	}
	rules, gone := slices.Clone(g.Rules), []Rule{}
	take := func(is func(Rule) bool) bool {
		i := slices.IndexFunc(rules, is)
		if i >= 0 {
			gone = append(gone, rules[i])
			rules = slices.Delete(rules, i, i+1)
		}
		return i >= 0
	}
	for _, id := range ids {
		if !take(func(r Rule) bool { return r.ID == id && r.Egress == egress }) {
			return nil, noRule(id)
		}
	}
	for _, x := range in {
		r, err := x.plain()
		if err != nil {
			return nil, err
		}
		if r.Egress = egress; !take(r.same) {
			return nil, noPermission()
		}
	}
	s.putRules(p, g, rules, gone, "-")
	return gone, nil
}

func noRule(id string) error {
	return refuse("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '%s' does not exist", id)
}

// DescribeSecurityGroupRules lists the rules of the caller's groups, by IDs or
// in parts. Source: EC2 API reference, DescribeSecurityGroupRules.
func (s *Store) DescribeSecurityGroupRules(c Caller, ids []string, filters []Filter, page Page) (rules []Rule, next string, err error) {
	defer s.enter()()
	keep, err := matcher(ruleFields, func(r Rule) Tags { return r.Tags }, filters)
	if err != nil {
		return nil, "", err
	}
	p := s.place(c)
	groups, _ := list(p.securityGroups.all(), 0, 0, reader[SecurityGroup](s, c, 0), nil)
	// A rule's place in the listing is its number among all.
	t := newTable[Rule](nil)
	for _, g := range groups {
		for _, r := range p.ruled(g).Rules {
			t.put(r.ID, r, uint64(len(t.order)+1), s.stamp(), s.horizon())
		}
	}
	for _, id := range ids {
		if _, ok := t.get(id); !ok {
			return nil, "", noRule(id)
		}
	}
	if page.Max != 0 && (page.Max < 5 || page.Max > 1000) {
		return nil, "", refuse("InvalidParameterValue", "Value ( %d ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.", page.Max)
	}
	after, ok := parseToken("ec2", page.Token)
	if !ok {
		return nil, "", refuse("InvalidParameterValue", "Value (%s) for parameter nextToken is invalid.", page.Token)
	}
	rules, at := list(t.all(), after, page.Max, (*record[Rule]).current, func(r Rule) bool {
		return keep(r) && (len(ids) == 0 || slices.Contains(ids, r.ID))
	})
	return rules, token("ec2", at), nil
}

var ruleFields = fields[Rule]{
	"security-group-rule-id": func(r Rule) []string { return []string{r.ID} },
	"group-id":               func(r Rule) []string { return []string{r.Group} },
}

// ruleTagStep returns what changes one rule's tags, nil if there is none.
func ruleTagStep(s *Store, p *place, id string, change func(Tags) Tags) func() {
	if !strings.HasPrefix(id, "sgr-") {
		return nil
	}
	for _, g := range p.securityGroups.values() {
		if i := slices.IndexFunc(g.Rules, func(r Rule) bool { return r.ID == id }); i >= 0 {
			return func() {
				g, _ := p.securityGroups.get(g.ID) // another step may have changed it
				g.Rules = slices.Clone(g.Rules)
				g.Rules[i].Tags = change(g.Rules[i].Tags)
				set(s, p.securityGroups, g.ID, g)
			}
		}
	}
	return nil
}
