package state

import (
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
