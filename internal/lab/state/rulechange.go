package state

import (
	"maps"
	"slices"
)

// ModifySecurityGroupRules gives rules of a group, by their IDs, another
// content; direction, ID and tags stay. All or none. Source: EC2 API reference,
// ModifySecurityGroupRules.
func (s *Store) ModifySecurityGroupRules(c Caller, group string, to map[string]RuleInput) error {
	defer s.enter()()
	p := s.place(c)
	g, ok := p.securityGroups.get(group)
	if !ok {
		return noSecurityGroup(group)
	}
	rules, changed := slices.Clone(g.Rules), []Rule{}
	for i, old := range rules {
		in, ok := to[old.ID]
		if !ok {
			continue
		}
		r, err := s.rule(p, g, old.Egress, in)
		if err != nil {
			return err
		}
		r.ID, r.ARN, r.Tags = old.ID, old.ARN, old.Tags
		rules[i], changed = r, append(changed, r)
	}
	for id := range to {
		if !slices.ContainsFunc(changed, func(r Rule) bool { return r.ID == id }) {
			return noRule(id)
		}
	}
	for _, r := range changed {
		if count(rules, r.same) > 1 {
			return refuse("InvalidPermission.Duplicate", "the specified rule \"peer: %s, %s, ALLOW\" already exists", r.peer(), r.traffic())
		}
	}
	if len(changed) > 0 {
		s.putRules(p, g, rules, changed, "=")
	}
	return nil
}

// DescribeRules gives rules of a group other descriptions, by what they say or
// by their IDs: all or none. Source: EC2 API reference,
// UpdateSecurityGroupRuleDescriptionsIngress and ...Egress.
func (s *Store) DescribeRules(c Caller, group string, egress bool, in []RuleInput, byID map[string]string) error {
	defer s.enter()()
	p := s.place(c)
	g, ok := p.securityGroups.get(group)
	switch {
	case !ok:
		return noSecurityGroup(group)
	case len(in) > 0 && len(byID) > 0:
		return refuse("InvalidParameterCombination", "Rules and rule IDs may not be specified together")
	case len(in)+len(byID) == 0:
		return refuse("MissingParameter", "The request must contain at least one rule")
	}
	rules, changed := slices.Clone(g.Rules), []Rule{}
	describe := func(is func(Rule) bool, text string) bool {
		i := slices.IndexFunc(rules, func(r Rule) bool { return r.Egress == egress && is(r) })
		if i >= 0 {
			rules[i].Description = text
			changed = append(changed, rules[i])
		}
		return i >= 0
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		if err := checkRuleText(byID[id]); err != nil {
			return err
		}
		if !describe(func(r Rule) bool { return r.ID == id }, byID[id]) {
			return noRule(id)
		}
	}
	for _, x := range in {
		r, err := x.plain()
		if err != nil {
			return err
		}
		if r.Egress = egress; !describe(r.same, r.Description) {
			return noPermission()
		}
	}
	s.putRules(p, g, rules, changed, "=")
	return nil
}

func noPermission() error {
	return refuse("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
}
