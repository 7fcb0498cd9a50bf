package state_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"postern/internal/lab/state"
)

func (w *world) acls(vpc string) []state.NetworkACL {
	w.t.Helper()
	as, _, err := w.DescribeNetworkAcls(caller, nil, []state.Filter{{Name: "vpc-id", Values: []string{vpc}}}, state.Page{})
	w.ok(err)
	return as
}

// reacl gives a subnet another network ACL.
func (w *world) reacl(subnet, acl string) {
	w.t.Helper()
	as, _, err := w.DescribeNetworkAcls(caller, nil, []state.Filter{{Name: "association.subnet-id", Values: []string{subnet}}}, state.Page{})
	w.ok(err)
	i := slices.IndexFunc(as[0].Associations, func(a state.ACLAssociation) bool { return a.Subnet == subnet })
	_, err = w.ReplaceNetworkAclAssociation(caller, as[0].Associations[i].ID, acl)
	w.ok(err)
}

func TestNetworkACLs(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	acls := w.acls(w.vpc)
	if len(acls) != 1 || !acls[0].Default || len(acls[0].Associations) != 3 || len(acls[0].Entries) != 4 {
		t.Fatalf("a new VPC has %+v", acls)
	}
	for i, e := range acls[0].Entries { // inbound, then outbound: allow all, deny the rest
		if want := []int{100, 32767}[i%2]; e.Number != want || e.Allow != (i%2 == 0) || e.Egress != (i >= 2) {
			t.Errorf("entry %d: %+v", i, e)
		}
	}
	six, err := w.CreateVpc(caller, state.VPCInput{CIDR: prefix("10.6.0.0/16"), IPv6: true})
	w.ok(err)
	if got := w.acls(six.ID)[0].Entries; len(got) != 8 || !got[1].CIDR.Addr().Is6() || got[1].Number != 101 {
		t.Errorf("entries of a VPC with IPv6: %+v", got)
	}
	own, err := w.CreateNetworkAcl(caller, w.vpc, state.Tags{"Name": "own"})
	w.ok(err)
	_, err = w.CreateNetworkAcl(caller, "vpc-0", nil)
	w.refused("no VPC", err, "InvalidVpcID.NotFound")
	entry := state.ACLEntry{Number: 10, Allow: true, Protocol: "tcp", From: 443, To: 443, CIDR: prefix("10.0.0.0/8")}
	with := func(change func(*state.ACLEntry)) state.ACLEntry {
		e := entry
		change(&e)
		return e
	}
	for _, x := range []struct {
		name string
		in   state.ACLEntry
		want string
	}{
		{"HTTPS", entry, ""},
		{"again", entry, "NetworkAclEntryAlreadyExists"},
		{"out", with(func(e *state.ACLEntry) { e.Egress = true }), ""},
		{"number too small", with(func(e *state.ACLEntry) { e.Number = 0 }), "InvalidParameterValue"},
		{"the last", with(func(e *state.ACLEntry) { e.Number = 32767 }), "InvalidParameterValue"},
		{"no ports", with(func(e *state.ACLEntry) { e.Number, e.From = 11, -1 }), "InvalidParameterValue"},
		{"no block", with(func(e *state.ACLEntry) { e.Number, e.CIDR = 11, netip.Prefix{} }), "MissingParameter"},
	} {
		w.refused(x.name, w.CreateNetworkAclEntry(caller, own.ID, x.in), x.want)
	}
	w.refused("no ACL", w.CreateNetworkAclEntry(caller, "acl-0", entry), "InvalidNetworkAclID.NotFound")
	w.refused("replace nothing", w.ReplaceNetworkAclEntry(caller, own.ID, with(func(e *state.ACLEntry) { e.Number = 12 })), "InvalidNetworkAclEntry.NotFound")
	w.ok(w.ReplaceNetworkAclEntry(caller, own.ID, with(func(e *state.ACLEntry) { e.Allow = false })))
	got := w.acls(w.vpc)[1].Entries
	if got[0].Allow || got[0].Protocol != "6" || got[0].Number != 10 || len(got) != 4 {
		t.Errorf("got %+v", got)
	}
	w.refused("delete nothing", w.DeleteNetworkAclEntry(caller, own.ID, 11, false), "InvalidNetworkAclEntry.NotFound")
	w.refused("delete the last", w.DeleteNetworkAclEntry(caller, own.ID, 32767, false), "InvalidParameterValue")
	w.ok(w.DeleteNetworkAclEntry(caller, own.ID, 10, false))
	for filter, value := range map[string]string{"default": "false", "entry.protocol": "6", "entry.rule-number": "10", "tag:Name": "own", "network-acl-id": own.ID} {
		as, _, err := w.DescribeNetworkAcls(caller, nil, []state.Filter{{Name: filter, Values: []string{value}}}, state.Page{})
		if err != nil || len(as) != 1 || as[0].ID != own.ID {
			t.Errorf("%s=%s: %d, %v", filter, value, len(as), err)
		}
	}

	_, err = w.ReplaceNetworkAclAssociation(caller, "aclassoc-0", own.ID)
	w.refused("no association", err, "InvalidAssociationID.NotFound")
	_, err = w.ReplaceNetworkAclAssociation(caller, acls[0].Associations[0].ID, "acl-0")
	w.refused("no ACL", err, "InvalidNetworkAclID.NotFound")
	w.reacl(w.subnets[0], own.ID)
	w.refused("in use", w.DeleteNetworkAcl(caller, own.ID), "DependencyViolation")
	w.refused("default", w.DeleteNetworkAcl(caller, acls[0].ID), "InvalidParameterValue")
	for _, id := range w.subnets {
		w.ok(w.DeleteSubnet(caller, id))
	}
	w.refused("a VPC with an ACL", w.DeleteVpc(caller, w.vpc), "DependencyViolation")
	w.ok(w.DeleteNetworkAcl(caller, own.ID))
	w.refused("gone", w.DeleteNetworkAcl(caller, own.ID), "InvalidNetworkAclID.NotFound")
	w.ok(w.DeleteVpc(caller, w.vpc))
	if got := w.acls(w.vpc); len(got) != 0 {
		t.Errorf("a VPC left %+v", got)
	}
}

// A subnet whose ACL lets HTTPS in and answers out is reached by that alone.
func TestAdmitByACL(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	open := w.securityGroup(w.vpc, "open")
	_, err := w.AuthorizeSecurityGroupIngress(caller, open.ID, []state.RuleInput{{Protocol: "-1", CIDR: prefix("0.0.0.0/0")}}, nil)
	w.ok(err)
	w.nic(w.subnets[0], "10.0.0.9", open.ID)
	w.nic(w.subnets[0], "10.0.0.10", open.ID)
	w.nic(w.subnets[1], "10.0.16.9", open.ID)
	acl, err := w.CreateNetworkAcl(caller, w.vpc, nil)
	w.ok(err)
	w.reacl(w.subnets[0], acl.ID)
	admit := func(name, src, dst, why string) {
		t.Helper()
		ok, got := w.Topology().Admit(w.vpc, addrPort(src), w.vpc, addrPort(dst), false)
		if ok != (why == "") || !strings.Contains(got, why) {
			t.Errorf("%s: %t, %q", name, ok, got)
		}
	}
	add := func(number int, egress, allow bool, from, to int) {
		t.Helper()
		w.ok(w.CreateNetworkAclEntry(caller, acl.ID, state.ACLEntry{Number: number, Egress: egress, Allow: allow, Protocol: "6", From: from, To: to, CIDR: prefix("10.0.16.0/20")}))
	}
	admit("within the subnet", "10.0.0.9:40000", "10.0.0.10:443", "")
	admit("nothing in", "10.0.16.9:40000", "10.0.0.9:443", acl.ID+" of "+w.subnets[0]+" denies TCP 443 from 10.0.16.9")
	add(10, false, true, 443, 443)
	admit("no answers", "10.0.16.9:40000", "10.0.0.9:443", "denies TCP 40000 to 10.0.16.9")
	add(10, true, true, 32768, 65535)
	admit("with answers", "10.0.16.9:40000", "10.0.0.9:443", "")
	admit("a port that is not chosen yet", "10.0.16.9:0", "10.0.0.9:443", "")
	admit("from a low port", "10.0.16.9:1024", "10.0.0.9:443", "denies TCP 1024 to 10.0.16.9")
	admit("another port", "10.0.16.9:40000", "10.0.0.9:444", "denies TCP 444 from")
	admit("out", "10.0.0.9:40000", "10.0.16.9:443", "denies TCP 443 to 10.0.16.9")
	admit("out, to a port for answers", "10.0.0.9:40000", "10.0.16.9:40000", "denies TCP 40000 from 10.0.16.9")
	add(5, false, false, 400, 500)
	admit("the lower number first", "10.0.16.9:40000", "10.0.0.9:443", "denies TCP 443 from")
}
