package ec2

import (
	"context"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func (h handlers) modifySecurityGroupRules(_ context.Context, c wire.Caller, in *ModifySecurityGroupRulesRequest) (*ModifySecurityGroupRulesResult, error) {
	to := map[string]state.RuleInput{}
	for _, x := range in.SecurityGroupRules {
		if x.SecurityGroupRule == nil {
			return nil, refuse("MissingParameter", "The request must contain the parameter SecurityGroupRule.N.SecurityGroupRule")
		}
		r := *x.SecurityGroupRule
		if r.PrefixListId != nil {
			return nil, noPrefixLists(r.PrefixListId)
		}
		block, err := parsePrefix("cidrIpv4", r.CidrIpv4)
		if r.CidrIpv6 != nil {
			block, err = parsePrefix("cidrIpv6", r.CidrIpv6)
		}
		if err != nil {
			return nil, err
		}
		to[wire.Value(x.SecurityGroupRuleId)] = state.RuleInput{
			Protocol: wire.Value(r.IpProtocol), From: port(r.FromPort), To: port(r.ToPort),
			CIDR: block, Peer: wire.Value(r.ReferencedGroupId), Description: wire.Value(r.Description),
		}
	}
	if err := h.store.ModifySecurityGroupRules(state.Caller(c), wire.Value(in.GroupId), to); err != nil {
		return nil, err
	}
	return &ModifySecurityGroupRulesResult{Return: new(true)}, nil
}

func (h handlers) describeIngressRules(_ context.Context, c wire.Caller, in *UpdateSecurityGroupRuleDescriptionsIngressRequest) (*UpdateSecurityGroupRuleDescriptionsIngressResult, error) {
	if err := h.describeRules(c, in.GroupId, false, in.IpPermissions, in.SecurityGroupRuleDescriptions); err != nil {
		return nil, err
	}
	return &UpdateSecurityGroupRuleDescriptionsIngressResult{Return: new(true)}, nil
}

func (h handlers) describeEgressRules(_ context.Context, c wire.Caller, in *UpdateSecurityGroupRuleDescriptionsEgressRequest) (*UpdateSecurityGroupRuleDescriptionsEgressResult, error) {
	if err := h.describeRules(c, in.GroupId, true, in.IpPermissions, in.SecurityGroupRuleDescriptions); err != nil {
		return nil, err
	}
	return &UpdateSecurityGroupRuleDescriptionsEgressResult{Return: new(true)}, nil
}

func (h handlers) describeRules(c wire.Caller, group *string, egress bool, permissions []IpPermission, texts []SecurityGroupRuleDescription) error {
	if group == nil {
		return byNameOnly("GroupId")
	}
	rules, err := ruleInputs(permissions, nil, nil, nil, nil)
	if err != nil {
		return err
	}
	byID := map[string]string{}
	for _, x := range texts {
		byID[wire.Value(x.SecurityGroupRuleId)] = wire.Value(x.Description)
	}
	return h.store.DescribeRules(state.Caller(c), *group, egress, rules, byID)
}
