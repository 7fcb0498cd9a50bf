package state

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A SecurityGroup is a named set of rules.
type SecurityGroup struct {
	ID          string    `json:"id"`
	ARN         string    `json:"arn"`
	Owner       string    `json:"owner"`
	VPC         string    `json:"vpc"`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Rules       []Rule    `json:"rules"` // of both directions, in order of creation
	Tags        Tags      `json:"tags,omitempty"`
	Created     time.Time `json:"created"`
}

// SecurityGroupInput asks for a security group.
type SecurityGroupInput struct {
	VPC, Name, Description string
	Tags                   Tags
}

// described are the characters of names and descriptions of groups, and of
// descriptions of rules: no apostrophe, among others. Source: EC2 API reference,
// CreateSecurityGroup and IpRange.
var described = regexp.MustCompile(`^[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}$`)

// validSet is how EC2's messages name them.
const validSet = "are strings less than 256 characters from the following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"

func checkGroupText(in SecurityGroupInput) error {
	switch {
	case in.Name == "":
		return refuse("MissingParameter", "The request must contain the parameter GroupName")
	case in.Description == "":
		return refuse("MissingParameter", "The request must contain the parameter GroupDescription")
	case !described.MatchString(in.Name):
		return refuse("InvalidParameterValue", "Invalid security group name. Valid names %s", validSet)
	case strings.HasPrefix(in.Name, "sg-"):
		return refuse("InvalidParameterValue", "Value (%s) for parameter GroupName is invalid. Group names may not be in the format sg-*.", in.Name)
	case !described.MatchString(in.Description):
		return refuse("InvalidParameterValue", "Invalid security group description. Valid descriptions %s", validSet)
	}
	return nil
}

func checkRuleText(description string) error {
	if !described.MatchString(description) {
		return refuse("InvalidParameterValue", "Invalid rule description. Valid descriptions %s", validSet)
	}
	return nil
}

// CreateSecurityGroup makes a group; its name is unique in the VPC. Source:
// EC2 API reference, CreateSecurityGroup.
func (s *Store) CreateSecurityGroup(c Caller, in SecurityGroupInput) (SecurityGroup, error) {
	defer s.enter()()
	p := s.place(c)
	if err := checkGroupText(in); err != nil {
		return SecurityGroup{}, err
	}
	if _, ok := p.vpcs.get(in.VPC); !ok {
		return SecurityGroup{}, noVPC(in.VPC)
	}
	for _, g := range currents(p.securityGroups.under("vpc-id", in.VPC)) {
		if g.Name == in.Name {
			return SecurityGroup{}, refuse("InvalidGroup.Duplicate", "The security group '%s' already exists for VPC '%s'", in.Name, in.VPC)
		}
	}
	return s.addSecurityGroup(p, in), nil
}

// defaultGroup is the name of the group that comes with a VPC.
const defaultGroup = "default"

// defaultGroup returns the ID of a VPC's default group, in a list.
func (p *place) defaultGroup(vpc string) []string {
	for _, g := range currents(p.securityGroups.under("vpc-id", vpc)) {
		if g.Name == defaultGroup {
			return []string{g.ID}
		}
	}
	return nil
}

// addSecurityGroup makes a group that lets everything out and nothing in.
// Source: VPC user guide, security group rules.
func (s *Store) addSecurityGroup(p *place, in SecurityGroupInput) SecurityGroup {
	g := SecurityGroup{ID: s.id("sg"), Owner: p.account, VPC: in.VPC, Name: in.Name, Description: in.Description, Tags: in.Tags.orNone(), Created: s.stamp()}
	g.ARN = p.arn("ec2", "security-group/"+g.ID)
	out := p.ruleFor(g, "sgr-0"+hash16("out", g.ID))
	out.Egress, out.CIDR = true, everywhere
	g.Rules = []Rule{out}
	set(s, p.securityGroups, g.ID, g)
	s.emit(p, Event{Kind: SecurityGroupChanged, Subject: g.ID, Of: g.VPC, Now: "available", Extra: g.Name})
	return g
}

func (s *Store) dropSecurityGroup(p *place, g SecurityGroup) {
	drop(s, p.securityGroups, g.ID)
	s.emit(p, Event{Kind: SecurityGroupChanged, Subject: g.ID, Of: g.VPC, Was: "available"})
}

// DeleteSecurityGroup removes a group that no interface has and no other group
// of its VPC names. Source: EC2 API reference, DeleteSecurityGroup.
func (s *Store) DeleteSecurityGroup(c Caller, id string) error {
	defer s.enter()()
	p := s.place(c)
	g, ok := p.securityGroups.get(id)
	if !ok {
		return noSecurityGroup(id)
	}
	if g.Name == defaultGroup {
		return refuse("CannotDelete", "the specified group: \"%s\" name: \"default\" cannot be deleted by a user", id)
	}
	for _, i := range currents(p.interfaces.under("vpc-id", g.VPC)) {
		if slices.Contains(i.SecurityGroups, id) {
			return refuse("DependencyViolation", "resource %s has a dependent object", id)
		}
	}
	for _, other := range currents(p.securityGroups.under("vpc-id", g.VPC)) {
		if other.ID != id && slices.ContainsFunc(other.Rules, func(r Rule) bool { return r.Peer == id }) {
			return refuse("DependencyViolation", "resource %s has a dependent object", id)
		}
	}
	s.dropSecurityGroup(p, g)
	return nil
}

// DescribeSecurityGroups lists the caller's groups, by IDs, by names, or all.
func (s *Store) DescribeSecurityGroups(c Caller, ids, names []string, filters []Filter, page Page) (groups []SecurityGroup, next string, err error) {
	defer s.enter()()
	if len(names) > 0 {
		filters = append(slices.Clone(filters), Filter{"group-name", names})
	}
	p := s.place(c)
	groups, next, err = describe(s, c, p.securityGroups, 0, noSecurityGroup, securityGroupFields, func(v SecurityGroup) Tags { return v.Tags }, ids, filters, page)
	for i := range groups {
		groups[i] = p.ruled(groups[i])
	}
	return groups, next, err
}

func noSecurityGroup(id string) error {
	return refuse("InvalidGroup.NotFound", "The security group '%s' does not exist", id)
}

var securityGroupFields = fields[SecurityGroup]{
	"group-id":    func(v SecurityGroup) []string { return []string{v.ID} },
	"group-name":  func(v SecurityGroup) []string { return []string{v.Name} },
	"description": func(v SecurityGroup) []string { return []string{v.Description} },
	"vpc-id":      func(v SecurityGroup) []string { return []string{v.VPC} },
	"owner-id":    func(v SecurityGroup) []string { return []string{v.Owner} },

	"ip-permission.cidr":             ruleField(false, Rule.cidr4),
	"ip-permission.ipv6-cidr":        ruleField(false, Rule.cidr6),
	"ip-permission.from-port":        ruleField(false, func(r Rule) string { return strconv.Itoa(r.From) }),
	"ip-permission.to-port":          ruleField(false, func(r Rule) string { return strconv.Itoa(r.To) }),
	"ip-permission.protocol":         ruleField(false, func(r Rule) string { return r.Protocol }),
	"ip-permission.group-id":         ruleField(false, func(r Rule) string { return r.Peer }),
	"egress.ip-permission.cidr":      ruleField(true, Rule.cidr4),
	"egress.ip-permission.ipv6-cidr": ruleField(true, Rule.cidr6),
	"egress.ip-permission.from-port": ruleField(true, func(r Rule) string { return strconv.Itoa(r.From) }),
	"egress.ip-permission.to-port":   ruleField(true, func(r Rule) string { return strconv.Itoa(r.To) }),
	"egress.ip-permission.protocol":  ruleField(true, func(r Rule) string { return r.Protocol }),
	"egress.ip-permission.group-id":  ruleField(true, func(r Rule) string { return r.Peer }),
}

// checkSecurityGroups requires every group to exist in the VPC.
func (p *place) checkSecurityGroups(ids []string, vpc, code string) error {
	for _, id := range ids {
		g, ok := p.securityGroups.get(id)
		if !ok {
			return refuse(code, "The security group '%s' does not exist", id)
		}
		if g.VPC != vpc {
			return refuse(code, "The security group '%s' does not belong to VPC '%s'", id, vpc)
		}
	}
	return nil
}
