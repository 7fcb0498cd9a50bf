package e2e

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postern/internal/awsapi"
	"postern/internal/fleet"
	"postern/internal/lab/state"
	"postern/internal/plan"
	"postern/internal/trace"
)

// What status looks at, which is no deep snapshot, has the security groups, the
// network ACLs and the records of the clusters' zones: status says no "ok" of a
// path that one of them closes.
func TestSnapshotOfListings(t *testing.T) {
	inSnapBench(t, func(b *snapBench) {
		deep, got := b.snapshot(deep), b.snapshot(nil)
		same := cmp.Options{cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}), cmpopts.EquateEmpty()}
		for i, p := range got.Places {
			if d := cmp.Diff(deep.Places[i].SecurityGroups, p.SecurityGroups, same); d != "" || !p.SecurityGroups.Known() {
				t.Errorf("security groups in %s/%s (- deep, + got):\n%s", p.Account, p.Region, d)
			}
			if d := cmp.Diff(deep.Places[i].NetworkACLs, p.NetworkACLs, same); d != "" || !p.NetworkACLs.Known() {
				t.Errorf("network ACLs in %s/%s (- deep, + got):\n%s", p.Account, p.Region, d)
			}
		}
		for i, z := range got.Zones[0].Zones.Items {
			if d := cmp.Diff(deep.Zones[0].Zones.Items[i].Records, z.Records, same); d != "" || !z.Records.Known() {
				t.Errorf("records of %s (- deep, + got):\n%s", z.Name, d)
			}
		}
		if n := got.Calls["route53:GetHostedZone"]; n != 0 {
			t.Errorf("%d zones were asked about one by one", n)
		}

		ref := plan.Ref{Account: "222222222222", Region: "eu-west-1", Name: "payments"}
		ep := got.Endpoints(got.Services(got.Links(ref)[0])[0])[0]
		zone := got.ZonesOf(got.Cluster(ref).Host)[0]
		hub, far := state.Caller{Account: "111111111111", Region: "us-east-1"}, state.Caller{Account: "111111111111", Region: string(ep.Region)}
		verdict := func() trace.Finding {
			p := trace.Walk(b.snapshot(nil), ref, trace.Options{})
			if f := p.Cause(); f != nil {
				return *f
			}
			return trace.Finding{Verdict: p.Verdict()}
		}
		if f := verdict(); f.Verdict != trace.Passed {
			t.Fatalf("a healthy path: %+v", f)
		}

		group := ep.SecurityGroups[0]
		all, _, err := b.store.DescribeSecurityGroupRules(far, nil, []state.Filter{{Name: "group-id", Values: []string{group}}}, state.Page{})
		b.check(err)
		var rules []state.RuleInput
		for _, r := range all {
			if !r.Egress {
				rules = append(rules, state.RuleInput{Protocol: r.Protocol, From: r.From, To: r.To, CIDR: r.CIDR, Peer: r.Peer})
			}
		}
		_, err = b.store.RevokeSecurityGroupIngress(far, group, rules, nil)
		b.check(err)
		if f := verdict(); f.Code != trace.EndpointRefuses {
			t.Errorf("without a rule that admits the hub: %+v", f)
		}
		_, err = b.store.AuthorizeSecurityGroupIngress(far, group, rules, nil)
		b.check(err)

		acl := got.Place(ep.Account, ep.Region).NetworkACL(ep.Subnets[0]).ID
		b.check(b.store.CreateNetworkAclEntry(far, acl, state.ACLEntry{Number: 7, Protocol: "6", CIDR: netip.MustParsePrefix("0.0.0.0/0"), From: 443, To: 443}))
		if f := verdict(); f.Verdict != trace.Broken || f.Hop != trace.HopReturn {
			t.Errorf("with an ACL that closes the endpoint's subnets: %+v", f)
		}
		b.check(b.store.DeleteNetworkAclEntry(far, acl, 7, false))

		var own state.Record
		zones, _, err := b.store.ListHostedZones(hub, state.Page{})
		b.check(err)
		for _, z := range zones {
			for _, r := range z.Records {
				if z.ID == zone.ID && r.Type == "A" {
					own = r
				}
			}
		}
		b.check(b.store.ChangeResourceRecordSets(hub, zone.ID, []state.RecordChange{{Action: "DELETE", Record: own}}))
		if f := verdict(); f.Code != trace.RecordMissing {
			t.Errorf("without a record: %+v", f)
		}
		nowhere := func() bool {
			return slices.ContainsFunc(b.snapshot(nil).Orphans(), func(o fleet.Orphan) bool { return o.Kind == fleet.ZoneNowhere && o.Object == zone.ID })
		}
		if !nowhere() {
			t.Error("a zone that has no address is no orphan")
		}
		b.check(b.store.ChangeResourceRecordSets(hub, zone.ID, []state.RecordChange{{Action: "CREATE", Record: own}}))
		if nowhere() {
			t.Error("a zone is an orphan that leads to an endpoint")
		}

		// Of 40 zones the records are read; of 41 they are not.
		vpc := state.ZoneVPC{Region: "us-east-1", VPC: b.ask.Hub.VPCs[0]}
		for i := len(zones); i < 41; i++ {
			name := fmt.Sprintf("gone%d.gr7.us-east-1.eks.amazonaws.com", i)
			_, err := b.store.CreateHostedZone(hub, state.HostedZoneInput{Name: name, Reference: name, VPC: vpc})
			b.check(err)
			want := i + 1
			if want > 40 {
				want = 0
			}
			if i < 39 {
				continue
			}
			if n := b.snapshot(nil).Calls["route53:ListResourceRecordSets"]; n != want {
				t.Errorf("of %d zones the records of %d are read, want %d", i+1, n, want)
			}
		}
		one := func(a *awsapi.SnapshotAsk) { a.Only = []plan.Pattern{{Name: "payments"}} }
		if n := b.snapshot(one).Calls["route53:ListResourceRecordSets"]; n != 1 {
			t.Errorf("the records of %d zones are read for one cluster", n)
		}
	})
}
