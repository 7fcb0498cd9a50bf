package state_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/state"
)

// securityGroup makes a security group in a VPC.
func (w *world) securityGroup(vpc, name string) state.SecurityGroup {
	w.t.Helper()
	g, err := w.CreateSecurityGroup(caller, state.SecurityGroupInput{VPC: vpc, Name: name, Description: name})
	w.ok(err)
	return g
}

func (w *world) rules(group string) []state.Rule {
	w.t.Helper()
	rs, _, err := w.DescribeSecurityGroupRules(caller, nil, []state.Filter{{Name: "group-id", Values: []string{group}}}, state.Page{})
	w.ok(err)
	return rs
}

func said(rules []state.Rule) []string {
	var out []string
	for _, r := range rules {
		way := "in"
		if r.Egress {
			way = "out"
		}
		peer := r.Peer
		if peer == "" {
			peer = r.CIDR.String()
		}
		out = append(out, fmt.Sprintf("%s %s %d-%d %s", way, r.Protocol, r.From, r.To, peer))
	}
	return out
}

func TestSecurityGroupRules(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	g := w.securityGroup(w.vpc, "web")
	if diff := cmp.Diff([]string{"out -1 -1--1 0.0.0.0/0"}, said(w.rules(g.ID))); diff != "" {
		t.Errorf("a new group: %s", diff)
	}
	gs, _, err := w.DescribeSecurityGroups(caller, nil, []string{"default"}, nil, state.Page{})
	w.ok(err)
	if diff := cmp.Diff([]string{"out -1 -1--1 0.0.0.0/0", "in -1 -1--1 " + gs[0].ID}, said(gs[0].Rules)); diff != "" {
		t.Errorf("the default group: %s", diff)
	}
	cl := w.cluster("prod")
	if diff := cmp.Diff([]string{"out -1 -1--1 0.0.0.0/0", "in -1 -1--1 " + cl.ClusterSecurityGroup}, said(w.rules(cl.ClusterSecurityGroup))); diff != "" {
		t.Errorf("a cluster's group: %s", diff)
	}

	https := state.RuleInput{Protocol: "tcp", From: 443, To: 443, CIDR: prefix("10.0.0.0/16")}
	foreignVPC, _ := w.network("10.1.0.0/16", 24)
	foreign := w.securityGroup(foreignVPC, "foreign")
	for _, x := range []struct {
		name string
		in   state.RuleInput
		want string
	}{
		{"HTTPS", https, ""},
		{"again", https, "InvalidPermission.Duplicate"},
		{"by number", state.RuleInput{Protocol: "6", From: 443, To: 443, CIDR: https.CIDR, Description: "other words"}, "InvalidPermission.Duplicate"},
		{"IPv6", state.RuleInput{Protocol: "tcp", From: 1, To: 65535, CIDR: prefix("2001:db8::/32")}, ""},
		{"a group", state.RuleInput{Protocol: "-1", Peer: g.ID}, ""},
		{"ping", state.RuleInput{Protocol: "icmp", From: 8, To: -1, CIDR: https.CIDR}, ""},
		{"no port", state.RuleInput{Protocol: "tcp", From: -1, To: -1, CIDR: https.CIDR}, "InvalidParameterValue"},
		{"wrong order", state.RuleInput{Protocol: "udp", From: 53, To: 52, CIDR: https.CIDR}, "InvalidParameterValue"},
		{"too large", state.RuleInput{Protocol: "udp", From: 53, To: 65536, CIDR: https.CIDR}, "InvalidParameterValue"},
		{"no such type", state.RuleInput{Protocol: "icmp", From: 256, To: 0, CIDR: https.CIDR}, "InvalidParameterValue"},
		{"no such protocol", state.RuleInput{Protocol: "ftp", CIDR: https.CIDR}, "InvalidParameterValue"},
		{"nobody", state.RuleInput{Protocol: "-1"}, "MissingParameter"},
		{"two sources", state.RuleInput{Protocol: "-1", Peer: g.ID, CIDR: https.CIDR}, "MissingParameter"},
		{"not canonical", state.RuleInput{Protocol: "-1", CIDR: prefix("10.0.0.1/16")}, "InvalidParameterValue"},
		{"no such group", state.RuleInput{Protocol: "-1", Peer: "sg-0"}, "InvalidGroup.NotFound"},
		{"no such account", state.RuleInput{Protocol: "-1", Peer: g.ID, PeerOwner: "999999999999"}, "InvalidGroup.NotFound"},
		{"a group of a strange VPC", state.RuleInput{Protocol: "-1", Peer: foreign.ID}, "InvalidGroup.NotFound"},
	} {
		_, err := w.AuthorizeSecurityGroupIngress(caller, g.ID, []state.RuleInput{x.in}, nil)
		w.refused(x.name, err, x.want)
	}
	have := said(w.rules(g.ID))
	_, err = w.AuthorizeSecurityGroupIngress(caller, g.ID, []state.RuleInput{{Protocol: "tcp", From: 80, To: 80, CIDR: https.CIDR}, https}, nil)
	w.refused("one of two", err, "InvalidPermission.Duplicate")
	if diff := cmp.Diff(have, said(w.rules(g.ID))); diff != "" {
		t.Errorf("half of a refused call was done: %s", diff)
	}
	_, err = w.AuthorizeSecurityGroupEgress(caller, g.ID, []state.RuleInput{https}, state.Tags{"Name": "out"}) // the other direction is another rule
	w.ok(err)
	_, err = w.AuthorizeSecurityGroupEgress(caller, "sg-0", []state.RuleInput{https}, nil)
	w.refused("no such group", err, "InvalidGroup.NotFound")
	_, err = w.AuthorizeSecurityGroupEgress(caller, g.ID, nil, nil)
	w.refused("no rule", err, "MissingParameter")

	// By peering, also of another account, a rule may name a group there.
	pc := w.peer(w.vpc, foreignVPC)
	made, err := w.AuthorizeSecurityGroupIngress(caller, g.ID, []state.RuleInput{{Protocol: "-1", Peer: foreign.ID, PeerOwner: account}}, nil)
	w.ok(err)
	if made[0].PeerPeering != pc || made[0].PeerVPC != foreignVPC {
		t.Errorf("got %+v", made)
	}
	w.ok(w.DeleteVpcPeeringConnection(caller, pc))
	if rs, _, err := w.DescribeSecurityGroupRules(caller, []string{made[0].ID}, nil, state.Page{}); err != nil || len(rs) != 1 || rs[0].PeerStatus != "deleted" {
		t.Errorf("a stale rule: %+v, %v", rs, err)
	}
	w.ok(w.DeleteSecurityGroup(caller, foreign.ID)) // named in another VPC only

	// Revoking takes all or none.
	_, err = w.RevokeSecurityGroupIngress(caller, g.ID, []state.RuleInput{https, {Protocol: "tcp", From: 1, To: 1, CIDR: https.CIDR}}, nil)
	w.refused("one that is not there", err, "InvalidPermission.NotFound")
	_, err = w.RevokeSecurityGroupIngress(caller, g.ID, nil, []string{made[0].ID, "sgr-0"})
	w.refused("an ID that is not there", err, "InvalidSecurityGroupRuleId.NotFound")
	_, err = w.RevokeSecurityGroupEgress(caller, g.ID, nil, []string{made[0].ID})
	w.refused("of the other direction", err, "InvalidSecurityGroupRuleId.NotFound")
	_, err = w.RevokeSecurityGroupEgress(caller, g.ID, nil, nil)
	w.refused("nothing", err, "MissingParameter")
	_, err = w.RevokeSecurityGroupEgress(caller, g.ID, []state.RuleInput{https}, []string{made[0].ID})
	w.refused("both", err, "InvalidParameterCombination")
	gone, err := w.RevokeSecurityGroupIngress(caller, g.ID, nil, []string{made[0].ID})
	if err != nil || len(gone) != 1 {
		t.Errorf("got %+v, %v", gone, err)
	}
	_, err = w.RevokeSecurityGroupEgress(caller, g.ID, []state.RuleInput{https, {Protocol: "all", CIDR: prefix("0.0.0.0/0")}}, nil)
	w.ok(err)
	if diff := cmp.Diff(have[1:], said(w.rules(g.ID))); diff != "" {
		t.Error(diff)
	}
}

func TestSecurityGroupsInUse(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	g, user := w.securityGroup(w.vpc, "g"), w.securityGroup(w.vpc, "user")
	_, err := w.AuthorizeSecurityGroupIngress(caller, user.ID, []state.RuleInput{{Protocol: "-1", Peer: g.ID}}, nil)
	w.ok(err)
	_, err = w.AuthorizeSecurityGroupIngress(caller, g.ID, []state.RuleInput{{Protocol: "-1", Peer: g.ID}}, nil)
	w.ok(err)
	w.refused("named by another", w.DeleteSecurityGroup(caller, g.ID), "DependencyViolation")
	w.ok(w.DeleteSecurityGroup(caller, user.ID))
	w.ok(w.DeleteSecurityGroup(caller, g.ID)) // its own rule keeps it not

	// A quota for each direction and family, and parts of a listing.
	g = w.securityGroup(w.vpc, "full")
	var many []state.RuleInput
	for i := range 60 {
		many = append(many, state.RuleInput{Protocol: "tcp", From: i, To: i, CIDR: prefix("10.0.0.0/8")})
	}
	_, err = w.AuthorizeSecurityGroupIngress(caller, g.ID, many, state.Tags{"n": "x"})
	w.ok(err)
	_, err = w.AuthorizeSecurityGroupIngress(caller, g.ID, []state.RuleInput{{Protocol: "-1", Peer: g.ID}}, nil)
	w.refused("one more", err, "RulesPerSecurityGroupLimitExceeded")
	_, err = w.AuthorizeSecurityGroupIngress(caller, g.ID, []state.RuleInput{{Protocol: "-1", CIDR: prefix("2001:db8::/32")}}, nil)
	w.ok(err)
	seen, pages := map[string]bool{}, 0
	for p := (state.Page{Max: 7}); ; pages++ {
		rs, next, err := w.DescribeSecurityGroupRules(caller, nil, []state.Filter{{Name: "tag:n", Values: []string{"x"}}}, p)
		w.ok(err)
		for _, r := range rs {
			seen[r.ID] = true
		}
		if p.Token = next; next == "" {
			break
		}
	}
	if len(seen) != 60 || pages < 8 {
		t.Errorf("%d rules in %d parts", len(seen), pages)
	}
	_, _, err = w.DescribeSecurityGroupRules(caller, []string{"sgr-0"}, nil, state.Page{})
	w.refused("no such rule", err, "InvalidSecurityGroupRuleId.NotFound")
	_, _, err = w.DescribeSecurityGroupRules(caller, nil, []state.Filter{{Name: "colour"}}, state.Page{})
	w.refused("no such filter", err, "InvalidParameterValue")
	_, _, err = w.DescribeSecurityGroupRules(caller, nil, nil, state.Page{Max: 3})
	w.refused("too small", err, "InvalidParameterValue")
	_, _, err = w.DescribeSecurityGroupRules(caller, nil, nil, state.Page{Token: "x"})
	w.refused("no token", err, "InvalidParameterValue")

	// Tags of several rules of one group in one call.
	var ids []string
	for id := range seen {
		ids = append(ids, id)
	}
	w.ok(w.CreateTags(caller, ids[:2], state.Tags{"both": ""}))
	rs, _, err := w.DescribeSecurityGroupRules(caller, nil, []state.Filter{{Name: "tag-key", Values: []string{"both"}}}, state.Page{})
	if err != nil || len(rs) != 2 {
		t.Errorf("%d rules have the tag, %v", len(rs), err)
	}
	for filter, value := range map[string]string{"ip-permission.from-port": "59", "ip-permission.ipv6-cidr": "2001:db8::/32", "egress.ip-permission.cidr": "0.0.0.0/0", "ip-permission.protocol": "tcp"} {
		gs, _, err := w.DescribeSecurityGroups(caller, []string{g.ID}, nil, []state.Filter{{Name: filter, Values: []string{value}}}, state.Page{})
		if err != nil || len(gs) != 1 {
			t.Errorf("%s=%s: %d groups, %v", filter, value, len(gs), err)
		}
	}
}

// A rule names no group of another region, peered or not.
func TestRulesStayInTheirRegion(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	there := state.Caller{Account: account, Region: "us-east-1"}
	v, err := w.CreateVpc(there, state.VPCInput{CIDR: prefix("10.1.0.0/16")})
	w.ok(err)
	pc, err := w.CreateVpcPeeringConnection(caller, state.PeeringInput{VPC: w.vpc, PeerVPC: v.ID, PeerRegion: there.Region})
	w.ok(err)
	_, err = w.AcceptVpcPeeringConnection(there, pc.ID)
	w.ok(err)
	far, _, err := w.DescribeSecurityGroups(there, nil, nil, nil, state.Page{})
	w.ok(err)
	_, err = w.AuthorizeSecurityGroupIngress(caller, w.securityGroup(w.vpc, "g").ID, []state.RuleInput{{Protocol: "-1", Peer: far[0].ID}}, nil)
	w.refused("a group of another region", err, "InvalidGroup.NotFound")
}

// EKS puts the rule back by which a cluster's group admits itself.
func TestClusterGroupAdmitsItself(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	g := w.cluster("prod").ClusterSecurityGroup
	w.Settle()
	_, err := w.RevokeSecurityGroupIngress(caller, g, []state.RuleInput{{Protocol: "-1", Peer: g}}, nil)
	w.ok(err)
	for _, version := range []string{"1.35", "1.36"} { // the second finds it there
		_, err = w.UpdateClusterVersion(caller, "prod", version)
		w.ok(err)
		if diff := cmp.Diff([]string{"out -1 -1--1 0.0.0.0/0", "in -1 -1--1 " + g}, said(w.rules(g))); diff != "" {
			t.Error(diff)
		}
		w.Settle()
	}
}
