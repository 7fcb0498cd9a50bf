package state_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/state"
)

func TestModifyRules(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	g := w.securityGroup(w.vpc, "web")
	port := func(n int, block string) state.RuleInput {
		return state.RuleInput{Protocol: "tcp", From: n, To: n, CIDR: prefix(block)}
	}
	made, err := w.AuthorizeSecurityGroupIngress(caller, g.ID, []state.RuleInput{port(443, "10.0.0.0/16"), port(80, "10.0.0.0/16")}, state.Tags{"k": "v"})
	w.ok(err)
	first, second := made[0].ID, made[1].ID
	w.ok(w.ModifySecurityGroupRules(caller, g.ID, map[string]state.RuleInput{first: port(443, "10.1.0.0/16"), second: port(443, "10.0.0.0/16")}))
	rules := w.rules(g.ID)
	if diff := cmp.Diff([]string{"out -1 -1--1 0.0.0.0/0", "in tcp 443-443 10.1.0.0/16", "in tcp 443-443 10.0.0.0/16"}, said(rules)); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	if r := rules[1]; r.ID != first || r.ARN != made[0].ARN || r.Tags["k"] != "v" {
		t.Errorf("the rule is another one: %+v", r)
	}
	for _, x := range []struct {
		name, group string
		to          map[string]state.RuleInput
		want        string
	}{
		{"no group", "sg-0", nil, "InvalidGroup.NotFound"},
		{"no rule", g.ID, map[string]state.RuleInput{first: port(1, "10.0.0.0/16"), "sgr-0": port(2, "10.0.0.0/16")}, "InvalidSecurityGroupRuleId.NotFound"},
		{"twice the same", g.ID, map[string]state.RuleInput{first: port(443, "10.0.0.0/16")}, "InvalidPermission.Duplicate"},
		{"not a rule", g.ID, map[string]state.RuleInput{first: {Protocol: "tcp"}}, "MissingParameter"},
	} {
		w.refused(x.name, w.ModifySecurityGroupRules(caller, x.group, x.to), x.want)
	}
	if diff := cmp.Diff(said(rules), said(w.rules(g.ID))); diff != "" {
		t.Errorf("a refusal changed rules:\n%s", diff)
	}
}

func TestSubnetPublicIP(t *testing.T) {
	w := newWorld(t, state.Options{})
	w.ok(w.SetSubnetPublicIP(caller, w.subnets[1], true))
	got, _, err := w.DescribeSubnets(caller, nil, []state.Filter{{Name: "map-public-ip-on-launch", Values: []string{"true"}}}, state.Page{})
	w.ok(err)
	if len(got) != 1 || got[0].ID != w.subnets[1] || !got[0].PublicIP {
		t.Errorf("got %+v", got)
	}
	w.refused("no subnet", w.SetSubnetPublicIP(caller, "subnet-0", true), "InvalidSubnetID.NotFound")
}

func TestDescribeRules(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	g := w.securityGroup(w.vpc, "web")
	https := state.RuleInput{Protocol: "tcp", From: 443, To: 443, CIDR: prefix("10.0.0.0/16"), Description: "old"}
	made, err := w.AuthorizeSecurityGroupIngress(caller, g.ID, []state.RuleInput{https}, nil)
	w.ok(err)
	text := func() string { return w.rules(g.ID)[1].Description }
	https.Description = "by what it says"
	w.ok(w.DescribeRules(caller, g.ID, false, []state.RuleInput{https}, nil))
	if text() != https.Description {
		t.Errorf("got %q", text())
	}
	byID := map[string]string{made[0].ID: "by ID"}
	w.ok(w.DescribeRules(caller, g.ID, false, nil, byID))
	other := https
	other.From = 80
	for _, x := range []struct {
		name, group string
		egress      bool
		in          []state.RuleInput
		byID        map[string]string
		want        string
	}{
		{"no group", "sg-0", false, nil, byID, "InvalidGroup.NotFound"},
		{"nothing", g.ID, false, nil, nil, "MissingParameter"},
		{"both", g.ID, false, []state.RuleInput{https}, byID, "InvalidParameterCombination"},
		{"no such ID", g.ID, false, nil, map[string]string{made[0].ID: "x", "sgr-z": "x"}, "InvalidSecurityGroupRuleId.NotFound"},
		{"the other direction", g.ID, true, nil, byID, "InvalidSecurityGroupRuleId.NotFound"},
		{"no such rule", g.ID, false, []state.RuleInput{https, other}, nil, "InvalidPermission.NotFound"},
		{"the other direction's rule", g.ID, true, []state.RuleInput{https}, nil, "InvalidPermission.NotFound"},
	} {
		w.refused(x.name, w.DescribeRules(caller, x.group, x.egress, x.in, x.byID), x.want)
	}
	if text() != "by ID" {
		t.Errorf("a refusal changed the description: %q", text())
	}
}
