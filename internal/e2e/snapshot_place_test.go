package e2e

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postern/internal/awsapi"
	"postern/internal/fleet"
	"postern/internal/plan"
)

// A place at which nothing works says why, and harms no other.
func TestSnapshotOfClosedPlaces(t *testing.T) {
	inSnapBench(t, func(b *snapBench) {
		whole := b.snapshot(nil)
		got := b.snapshot(func(a *awsapi.SnapshotAsk) {
			a.Scopes = append(a.Scopes[1:2:2], // one that works, beside
				awsapi.ScopeConfig{Account: "333333333333", Region: "eu-west-1"},                                                         // the ambient credentials are another account's
				awsapi.ScopeConfig{Account: "333333333333", Region: "nowhere"},                                                           // no region
				awsapi.ScopeConfig{Region: "us-west-2", RoleARN: "arn:aws:iam::222222222222:role/other", ExternalID: "x"},                // no account named
				awsapi.ScopeConfig{Account: "222222222222", Region: "eu-west-1", RoleARN: "arn:aws:iam::333333333333:role/postern-sync"}) // a role elsewhere
			a.Scopes[0].RoleARN = "" // the ambient credentials are another account's
			a.Hubs = append(a.Hubs, awsapi.ScopeConfig{Account: "111111111111", Region: "us-west-2"})
		})
		faults := map[string]string{}
		for _, p := range got.Places {
			if p.Fault == nil {
				faults[string(p.Account)+"/"+string(p.Region)] = ""
				continue
			}
			faults[string(p.Account)+"/"+string(p.Region)] = string(p.Fault.Code)
			if p.VPCs.Asked || p.Links.Asked || p.Clusters.Asked || p.Quotas.Asked || !p.Spoke {
				t.Errorf("%s/%s: something was asked: %+v", p.Account, p.Region, p)
			}
		}
		mismatch := string(plan.NoCredentials)
		want := map[string]string{
			"111111111111/eu-west-1": "", "111111111111/us-east-1": "", "111111111111/us-west-2": "", "222222222222/us-west-2": "",
			"222222222222/us-east-1": mismatch, "222222222222/eu-west-1": mismatch, "333333333333/eu-west-1": mismatch,
			"333333333333/nowhere": string(plan.AWSUnreachable),
		}
		if d := cmp.Diff(want, faults); d != "" {
			t.Errorf("faults (- want, + got):\n%s", d)
		}
		if f := got.Place("333333333333", "eu-west-1").Fault; !strings.Contains(f.Hint, "roleArn in account 333333333333") {
			t.Errorf("hint %q", f.Hint)
		}
		opts := cmp.Options{cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})}
		for _, region := range []plan.Region{"eu-west-1", "us-east-1"} {
			if d := cmp.Diff(whole.Place("111111111111", region), got.Place("111111111111", region), opts); d != "" {
				t.Errorf("the hub's %s (- whole, + got):\n%s", region, d)
			}
		}
	})
}

// One account and region may be a scope and the hub's: each side is asked with
// its own credentials, and what one has not, the other does not lose.
func TestSnapshotOfBothSides(t *testing.T) {
	inSnapBench(t, func(b *snapBench) {
		role := "arn:aws:iam::222222222222:role/postern-sync"
		both := func(hubRole, scopeRole string) fleet.Place {
			s := b.snapshot(func(a *awsapi.SnapshotAsk) {
				a.Hub = fleet.Hub{Account: "222222222222", Region: "us-east-1"}
				a.Hubs = []awsapi.ScopeConfig{{Account: "222222222222", Region: "us-east-1", RoleARN: hubRole}}
				a.Scopes = []awsapi.ScopeConfig{{Account: "222222222222", Region: "us-east-1", RoleARN: scopeRole}}
			})
			if len(s.Places) != 1 {
				t.Fatalf("%d places", len(s.Places))
			}
			return s.Places[0]
		}
		known := func(p fleet.Place) map[string]bool {
			return map[string]bool{
				"VPCs": p.VPCs.Known(), "peerings": p.Peerings.Known(), "endpoints": p.Endpoints.Known(), "clusters": p.Clusters.Known(),
				"links": p.Links.Known(), "services": p.Services.Known(), "interfaces": p.Interfaces.Known(), "place": p.Fault == nil,
			}
		}
		all := map[string]bool{"VPCs": true, "peerings": true, "endpoints": true, "clusters": true, "links": true, "services": true, "interfaces": true, "place": true}
		lacks := func(names ...string) map[string]bool {
			out := map[string]bool{}
			for name := range all {
				out[name] = true
			}
			for _, name := range names {
				out[name] = false
			}
			return out
		}
		elsewhere := "arn:aws:iam::333333333333:role/postern-sync"
		for _, tt := range []struct {
			hub, scope string
			want       map[string]bool
		}{
			{role, role, all},
			{elsewhere, role, lacks("peerings", "endpoints")},
			{role, elsewhere, lacks("clusters", "links", "services", "interfaces")},
		} {
			p := both(tt.hub, tt.scope)
			if !p.Hub || !p.Spoke {
				t.Errorf("hub %v, scope %v", p.Hub, p.Spoke)
			}
			if d := cmp.Diff(tt.want, known(p)); d != "" {
				t.Errorf("hub's role %s, scope's %s: known (- want, + got):\n%s", tt.hub, tt.scope, d)
			}
		}
		if p := both(elsewhere, elsewhere); p.Fault == nil || p.VPCs.Asked {
			t.Errorf("neither side: %+v", p)
		}
	})
}

// Without a hub in the settings nothing of the hub's side is asked.
func TestSnapshotWithoutHub(t *testing.T) {
	inSnapBench(t, func(b *snapBench) {
		s := b.snapshot(func(a *awsapi.SnapshotAsk) { a.Hub, a.Hubs, a.Deep = fleet.Hub{}, nil, true })
		if len(s.Places) != 3 || s.Zones != nil || s.Calls["route53:ListHostedZones"] > 0 {
			t.Errorf("%d places, zones %+v, calls %v", len(s.Places), s.Zones, s.Calls)
		}
		for _, p := range s.Places {
			if p.Endpoints.Asked || p.Peerings.Asked || !p.Links.Known() {
				t.Errorf("%s/%s: endpoints %v, peerings %v, links %v", p.Account, p.Region, p.Endpoints.Asked, p.Peerings.Asked, p.Links.Known())
			}
		}
	})
}
