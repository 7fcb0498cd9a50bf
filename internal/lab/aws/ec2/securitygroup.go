package ec2

import (
	"context"
	"slices"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func (h handlers) createSecurityGroup(_ context.Context, c wire.Caller, in *CreateSecurityGroupRequest) (*CreateSecurityGroupResult, error) {
	if in.VpcId == nil {
		return nil, refuse("MissingParameter", "The request must contain the parameter VpcId: the lab has no default VPC.")
	}
	tags, err := tagsFor("security-group", in.TagSpecifications)
	if err != nil {
		return nil, err
	}
	g, err := h.store.CreateSecurityGroup(state.Caller(c), state.SecurityGroupInput{
		VPC:         wire.Value(in.VpcId),
		Name:        wire.Value(in.GroupName),
		Description: wire.Value(in.Description),
		Tags:        tags,
	})
	if err != nil {
		return nil, err
	}
	return &CreateSecurityGroupResult{GroupId: &g.ID, SecurityGroupArn: &g.ARN, Tags: tagSet(g.Tags)}, nil
}

func (h handlers) deleteSecurityGroup(_ context.Context, c wire.Caller, in *DeleteSecurityGroupRequest) (*DeleteSecurityGroupResult, error) {
	if in.GroupId == nil {
		return nil, byNameOnly("GroupId")
	}
	if err := h.store.DeleteSecurityGroup(state.Caller(c), *in.GroupId); err != nil {
		return nil, err
	}
	return &DeleteSecurityGroupResult{Return: new(true), GroupId: in.GroupId}, nil
}

// byNameOnly refuses a group that is given by name, which AWS knows in default
// VPCs only.
func byNameOnly(parameter string) error {
	return refuse("MissingParameter", "The request must contain the parameter %s: the lab has no default VPC, in which a group's name would do.", parameter)
}

func (h handlers) describeSecurityGroups(_ context.Context, c wire.Caller, in *DescribeSecurityGroupsRequest) (*DescribeSecurityGroupsResult, error) {
	groups, next, err := h.store.DescribeSecurityGroups(state.Caller(c), in.GroupIds, in.GroupNames, filters(in.Filters), page(in.MaxResults, in.NextToken))
	if err != nil {
		return nil, err
	}
	return &DescribeSecurityGroupsResult{SecurityGroups: each(groups, securityGroup), NextToken: wire.Set(next)}, nil
}

func securityGroup(g state.SecurityGroup) SecurityGroup {
	return SecurityGroup{
		GroupId:             &g.ID,
		SecurityGroupArn:    &g.ARN,
		OwnerId:             &g.Owner,
		VpcId:               &g.VPC,
		GroupName:           &g.Name,
		Description:         &g.Description,
		IpPermissions:       permissions(g.Rules, false),
		IpPermissionsEgress: permissions(g.Rules, true),
		Tags:                tagSet(g.Tags),
	}
}

// permissions gathers the rules of one direction: those for the same traffic
// make one permission.
func permissions(rules []state.Rule, egress bool) []IpPermission {
	out := []IpPermission{}
	for _, r := range rules {
		if r.Egress != egress {
			continue
		}
		from, to := ports(r)
		i := slices.IndexFunc(out, func(p IpPermission) bool {
			return *p.IpProtocol == r.Protocol && wire.Value(p.FromPort) == wire.Value(from) && wire.Value(p.ToPort) == wire.Value(to)
		})
		if i < 0 {
			i = len(out)
			out = append(out, IpPermission{
				IpProtocol: &r.Protocol, FromPort: from, ToPort: to,
				IpRanges: []IpRange{}, Ipv6Ranges: []Ipv6Range{}, PrefixListIds: []PrefixListId{}, UserIdGroupPairs: []UserIdGroupPair{},
			})
		}
		p, description := &out[i], wire.Set(r.Description)
		switch {
		case r.Peer != "":
			p.UserIdGroupPairs = append(p.UserIdGroupPairs, UserIdGroupPair{
				GroupId: &r.Peer, UserId: &r.PeerOwner, Description: description,
				VpcId: peerVPC(r), VpcPeeringConnectionId: wire.Set(r.PeerPeering), PeeringStatus: wire.Set(r.PeerStatus),
			})
		case r.CIDR.Addr().Is4():
			p.IpRanges = append(p.IpRanges, IpRange{CidrIp: new(r.CIDR.String()), Description: description})
		default:
			p.Ipv6Ranges = append(p.Ipv6Ranges, Ipv6Range{CidrIpv6: new(r.CIDR.String()), Description: description})
		}
	}
	return out
}

// ports are a rule's ports in a permission: absent for all traffic.
// Source: Amazon EC2 API reference, IpPermission.
func ports(r state.Rule) (from, to *int32) {
	if r.From < 0 && r.To < 0 && r.Protocol != "icmp" && r.Protocol != "icmpv6" {
		return nil, nil
	}
	return new(int32(r.From)), new(int32(r.To))
}

// peerVPC is given for a group of a peered VPC only.
func peerVPC(r state.Rule) *string {
	if r.PeerPeering == "" {
		return nil
	}
	return &r.PeerVPC
}

func (h handlers) authorizeSecurityGroupIngress(_ context.Context, c wire.Caller, in *AuthorizeSecurityGroupIngressRequest) (*AuthorizeSecurityGroupIngressResult, error) {
	if in.GroupId == nil {
		return nil, byNameOnly("GroupId")
	}
	if in.SourceSecurityGroupName != nil {
		return nil, byNameOnly("IpPermissions.UserIdGroupPairs.GroupId")
	}
	rules, err := ruleInputs(in.IpPermissions, in.IpProtocol, in.FromPort, in.ToPort, in.CidrIp)
	if err != nil {
		return nil, err
	}
	tags, err := tagsFor("security-group-rule", in.TagSpecifications)
	if err != nil {
		return nil, err
	}
	made, err := h.store.AuthorizeSecurityGroupIngress(state.Caller(c), *in.GroupId, rules, tags)
	if err != nil {
		return nil, err
	}
	return &AuthorizeSecurityGroupIngressResult{Return: new(true), SecurityGroupRules: each(made, securityGroupRule)}, nil
}

func (h handlers) authorizeSecurityGroupEgress(_ context.Context, c wire.Caller, in *AuthorizeSecurityGroupEgressRequest) (*AuthorizeSecurityGroupEgressResult, error) {
	rules, err := ruleInputs(in.IpPermissions, in.IpProtocol, in.FromPort, in.ToPort, in.CidrIp)
	if err != nil {
		return nil, err
	}
	tags, err := tagsFor("security-group-rule", in.TagSpecifications)
	if err != nil {
		return nil, err
	}
	made, err := h.store.AuthorizeSecurityGroupEgress(state.Caller(c), wire.Value(in.GroupId), rules, tags)
	if err != nil {
		return nil, err
	}
	return &AuthorizeSecurityGroupEgressResult{Return: new(true), SecurityGroupRules: each(made, securityGroupRule)}, nil
}

func (h handlers) revokeSecurityGroupIngress(_ context.Context, c wire.Caller, in *RevokeSecurityGroupIngressRequest) (*RevokeSecurityGroupIngressResult, error) {
	if in.GroupId == nil {
		return nil, byNameOnly("GroupId")
	}
	if in.SourceSecurityGroupName != nil {
		return nil, byNameOnly("IpPermissions.UserIdGroupPairs.GroupId")
	}
	rules, err := ruleInputs(in.IpPermissions, in.IpProtocol, in.FromPort, in.ToPort, in.CidrIp)
	if err != nil {
		return nil, err
	}
	gone, err := h.store.RevokeSecurityGroupIngress(state.Caller(c), *in.GroupId, rules, in.SecurityGroupRuleIds)
	if err != nil {
		return nil, err
	}
	return &RevokeSecurityGroupIngressResult{Return: new(true), RevokedSecurityGroupRules: each(gone, revokedRule), UnknownIpPermissions: []IpPermission{}}, nil
}

func (h handlers) revokeSecurityGroupEgress(_ context.Context, c wire.Caller, in *RevokeSecurityGroupEgressRequest) (*RevokeSecurityGroupEgressResult, error) {
	rules, err := ruleInputs(in.IpPermissions, in.IpProtocol, in.FromPort, in.ToPort, in.CidrIp)
	if err != nil {
		return nil, err
	}
	gone, err := h.store.RevokeSecurityGroupEgress(state.Caller(c), wire.Value(in.GroupId), rules, in.SecurityGroupRuleIds)
	if err != nil {
		return nil, err
	}
	return &RevokeSecurityGroupEgressResult{Return: new(true), RevokedSecurityGroupRules: each(gone, revokedRule), UnknownIpPermissions: []IpPermission{}}, nil
}

// ruleInputs takes permissions apart: a rule for each range and each group. The
// same things may be given beside them for one rule.
func ruleInputs(in []IpPermission, protocol *string, from, to *int32, cidr *string) ([]state.RuleInput, error) {
	if protocol != nil || cidr != nil {
		in = append(slices.Clip(in), IpPermission{IpProtocol: protocol, FromPort: from, ToPort: to, IpRanges: []IpRange{{CidrIp: cidr}}})
	}
	var out []state.RuleInput
	for _, p := range in {
		if len(p.PrefixListIds) > 0 {
			return nil, noPrefixLists(p.PrefixListIds[0].PrefixListId)
		}
		add := func(r state.RuleInput, description *string) {
			r.Protocol, r.Description = wire.Value(p.IpProtocol), wire.Value(description)
			r.From, r.To = port(p.FromPort), port(p.ToPort)
			out = append(out, r)
		}
		for _, x := range p.IpRanges {
			block, err := parsePrefix("cidrIp", x.CidrIp)
			if err != nil {
				return nil, err
			}
			add(state.RuleInput{CIDR: block}, x.Description)
		}
		for _, x := range p.Ipv6Ranges {
			block, err := parsePrefix("cidrIpv6", x.CidrIpv6)
			if err != nil {
				return nil, err
			}
			add(state.RuleInput{CIDR: block}, x.Description)
		}
		for _, x := range p.UserIdGroupPairs {
			if x.GroupId == nil {
				return nil, byNameOnly("UserIdGroupPairs.GroupId")
			}
			add(state.RuleInput{Peer: *x.GroupId, PeerOwner: wire.Value(x.UserId)}, x.Description)
		}
		if len(p.IpRanges)+len(p.Ipv6Ranges)+len(p.UserIdGroupPairs) == 0 {
			add(state.RuleInput{}, nil) // which the store refuses
		}
	}
	return out, nil
}

func port(p *int32) int {
	if p == nil {
		return -1
	}
	return int(*p)
}

func (h handlers) describeSecurityGroupRules(_ context.Context, c wire.Caller, in *DescribeSecurityGroupRulesRequest) (*DescribeSecurityGroupRulesResult, error) {
	rules, next, err := h.store.DescribeSecurityGroupRules(state.Caller(c), in.SecurityGroupRuleIds, filters(in.Filters), page(in.MaxResults, in.NextToken))
	if err != nil {
		return nil, err
	}
	return &DescribeSecurityGroupRulesResult{SecurityGroupRules: each(rules, securityGroupRule), NextToken: wire.Set(next)}, nil
}

// securityGroupRule shows the ports of a rule for all traffic as -1.
// Source: Amazon EC2 API reference, SecurityGroupRule.
func securityGroupRule(r state.Rule) SecurityGroupRule {
	out := SecurityGroupRule{
		SecurityGroupRuleId:  &r.ID,
		SecurityGroupRuleArn: &r.ARN,
		GroupId:              &r.Group,
		GroupOwnerId:         &r.GroupOwner,
		IsEgress:             &r.Egress,
		IpProtocol:           &r.Protocol,
		FromPort:             new(int32(r.From)),
		ToPort:               new(int32(r.To)),
		Description:          wire.Set(r.Description),
		Tags:                 tagSet(r.Tags),
	}
	out.CidrIpv4, out.CidrIpv6 = family(r.CIDR)
	if r.Peer != "" {
		out.ReferencedGroupInfo = &ReferencedSecurityGroup{
			GroupId: &r.Peer, UserId: &r.PeerOwner, VpcId: peerVPC(r),
			VpcPeeringConnectionId: wire.Set(r.PeerPeering), PeeringStatus: wire.Set(r.PeerStatus),
		}
	}
	return out
}

func revokedRule(r state.Rule) RevokedSecurityGroupRule {
	out := RevokedSecurityGroupRule{
		SecurityGroupRuleId: &r.ID,
		GroupId:             &r.Group,
		IsEgress:            &r.Egress,
		IpProtocol:          &r.Protocol,
		FromPort:            new(int32(r.From)),
		ToPort:              new(int32(r.To)),
		Description:         wire.Set(r.Description),
		ReferencedGroupId:   wire.Set(r.Peer),
	}
	out.CidrIpv4, out.CidrIpv6 = family(r.CIDR)
	return out
}

func noPrefixLists(id *string) error {
	return refuse("UnsupportedOperation", "The lab has no prefix lists: %s. Give the blocks themselves.", wire.Value(id))
}
