package state_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postern/internal/lab/state"
)

// zone makes a private zone of an account's for a VPC.
func (w *world) zone(c state.Caller, name string, v state.ZoneVPC) state.HostedZone {
	w.t.Helper()
	z, err := w.CreateHostedZone(c, state.HostedZoneInput{Name: name, Reference: name + v.VPC, VPC: v})
	w.ok(err)
	return z
}

// upsert writes a record of a zone.
func (w *world) upsert(c state.Caller, zone string, r state.Record) error {
	return w.ChangeResourceRecordSets(c, zone, []state.RecordChange{{Action: "UPSERT", Record: r}})
}

func address(name string, addrs ...string) state.Record {
	return state.Record{Name: name, Type: "A", TTL: 60, Values: addrs}
}

func alias(name, zone, to string) state.Record {
	return state.Record{Name: name, Type: "A", Alias: &state.Alias{Zone: zone, Name: to}}
}

// asked returns "NXDOMAIN", or the addresses that a name has in a VPC.
func (w *world) asked(vpc, name string) string {
	got := w.Resolve(state.View{VPC: vpc}, name)
	if !got.Found {
		return "NXDOMAIN"
	}
	return fmt.Sprint(got.Addrs)
}

func TestHostedZones(t *testing.T) {
	w := newWorld(t, state.Options{})
	hub := w.consumer(hubAccount, "10.100.0.0/20")
	here := state.ZoneVPC{Region: region, VPC: hub.vpc}
	theirs := state.ZoneVPC{Region: region, VPC: w.vpc}
	for _, x := range []struct {
		name string
		in   state.HostedZoneInput
		want string
	}{
		{"no name", state.HostedZoneInput{Name: "a..b", Reference: "1", VPC: here}, "InvalidDomainName"},
		{"no reference", state.HostedZoneInput{Name: "example.org", VPC: here}, "InvalidInput"},
		{"public", state.HostedZoneInput{Name: "example.org", Reference: "1"}, "InvalidInput"},
		{"no VPC", state.HostedZoneInput{Name: "example.org", Reference: "1", VPC: state.ZoneVPC{Region: region, VPC: "vpc-0"}}, "InvalidVPCId"},
		{"not its region", state.HostedZoneInput{Name: "example.org", Reference: "1", VPC: state.ZoneVPC{Region: "us-east-1", VPC: hub.vpc}}, "InvalidVPCId"},
		{"another's VPC", state.HostedZoneInput{Name: "example.org", Reference: "1", VPC: theirs}, "NotAuthorizedException"},
		{"as it should be", state.HostedZoneInput{Name: "Example.org.", Reference: "1", VPC: here}, ""},
		{"the same reference", state.HostedZoneInput{Name: "example.com", Reference: "1", VPC: here}, "HostedZoneAlreadyExists"},
		{"the same name in the VPC", state.HostedZoneInput{Name: "example.org", Reference: "2", VPC: here}, "ConflictingDomainExists"},
	} {
		_, err := w.CreateHostedZone(hub.Caller, x.in)
		w.refused(x.name, err, x.want)
	}
	zones, _, err := w.ListHostedZones(hub.Caller, state.Page{})
	w.ok(err)
	z := zones[0]
	if len(zones) != 1 || z.Name != "example.org" || len(z.Records) != 2 {
		t.Fatalf("got %+v", zones)
	}

	// Another account's VPC: authorised first, and associated by its owner.
	w.refused("not authorised", w.AssociateVPCWithHostedZone(caller, z.ID, theirs), "NotAuthorizedException")
	w.refused("not the owner", w.CreateVPCAssociationAuthorization(caller, z.ID, theirs), "NoSuchHostedZone")
	w.refused("no VPC", w.CreateVPCAssociationAuthorization(hub.Caller, z.ID, state.ZoneVPC{Region: region, VPC: "vpc-0"}), "InvalidVPCId")
	w.ok(w.CreateVPCAssociationAuthorization(hub.Caller, z.ID, theirs))
	w.ok(w.CreateVPCAssociationAuthorization(hub.Caller, z.ID, theirs))
	w.refused("not the VPC's owner", w.AssociateVPCWithHostedZone(hub.Caller, z.ID, theirs), "NotAuthorizedException")
	own := w.zone(caller, "example.org", theirs)
	w.refused("a zone of that name is there", w.AssociateVPCWithHostedZone(caller, z.ID, theirs), "ConflictingDomainExists")
	w.ok(w.DeleteHostedZone(caller, own.ID))
	w.ok(w.AssociateVPCWithHostedZone(caller, z.ID, theirs))
	w.refused("again", w.AssociateVPCWithHostedZone(caller, z.ID, theirs), "ConflictingDomainExists")
	w.ok(w.DeleteVPCAssociationAuthorization(hub.Caller, z.ID, theirs))
	w.refused("again", w.DeleteVPCAssociationAuthorization(hub.Caller, z.ID, theirs), "VPCAssociationAuthorizationNotFound")
	seen, next, err := w.ListHostedZonesByVPC(caller, theirs, state.Page{})
	w.ok(err)
	if len(seen) != 1 || seen[0].ID != z.ID || next != "" {
		t.Errorf("got %+v and %q", seen, next)
	}
	second := w.zone(caller, "example.com", theirs)
	for _, want := range []string{z.ID, second.ID} {
		seen, next, err = w.ListHostedZonesByVPC(caller, theirs, state.Page{Max: 1, Token: next})
		w.ok(err)
		if len(seen) != 1 || seen[0].ID != want || (next != "") != (want == z.ID) {
			t.Errorf("a part of one zone: got %+v and %q, want %s", seen, next, want)
		}
	}
	_, _, err = w.ListHostedZonesByVPC(caller, theirs, state.Page{Token: "x"})
	w.refused("a token from elsewhere", err, "InvalidPaginationToken")
	w.ok(w.DeleteHostedZone(caller, second.ID))
	if _, err := w.GetHostedZone(caller, z.ID); code(err) != "NoSuchHostedZone" {
		t.Errorf("another account's zone: %v", err)
	}
	w.ok(w.upsert(hub.Caller, z.ID, address("x.example.org", "192.0.2.1")))
	if got := w.asked(w.vpc, "x.example.org"); got != "[192.0.2.1]" {
		t.Errorf("got %s", got)
	}
	w.ok(w.DisassociateVPCFromHostedZone(caller, z.ID, theirs))
	w.refused("again", w.DisassociateVPCFromHostedZone(hub.Caller, z.ID, theirs), "VPCAssociationNotFound")
	w.refused("the last one", w.DisassociateVPCFromHostedZone(hub.Caller, z.ID, here), "LastVPCAssociation")
	if got := w.asked(w.vpc, "x.example.org"); got != "NXDOMAIN" {
		t.Errorf("disassociated: %s", got)
	}

	w.refused("with records", w.DeleteHostedZone(hub.Caller, z.ID), "HostedZoneNotEmpty")
	w.ok(w.ChangeResourceRecordSets(hub.Caller, z.ID, []state.RecordChange{{Action: "DELETE", Record: address("X.example.org.", "192.0.2.1")}}))
	w.refused("another's", w.DeleteHostedZone(caller, z.ID), "NoSuchHostedZone")
	w.ok(w.DeleteHostedZone(hub.Caller, z.ID))
	if _, err := w.GetHostedZone(hub.Caller, z.ID); code(err) != "NoSuchHostedZone" {
		t.Errorf("gone: %v", err)
	}
	if got := w.asked(hub.vpc, "x.example.org"); got != "NXDOMAIN" {
		t.Errorf("gone: %s", got)
	}
}

// TestZonesAreLowerCase: Route 53 keeps names in lower case, whatever it was
// given, and finds them either way. Source: Route 53 developer guide, DNS domain
// name format; API reference, ResourceRecordSet.
func TestZonesAreLowerCase(t *testing.T) {
	w := newWorld(t, state.Options{})
	hub := w.consumer(hubAccount, "10.100.0.0/20")
	here := state.ZoneVPC{Region: region, VPC: hub.vpc}
	z := w.zone(hub.Caller, "0123ABCDEF.gr7.US-EAST-1.eks.amazonaws.com.", here)
	const name = "0123abcdef.gr7.us-east-1.eks.amazonaws.com"
	if z.Name != name || z.Records[0].Name != name {
		t.Errorf("the zone is called %s, its first record %s", z.Name, z.Records[0].Name)
	}
	w.ok(w.upsert(hub.Caller, z.ID, address("0123ABCdef.gr7.us-east-1.eks.amazonaws.com.", "10.101.0.10")))
	w.ok(w.upsert(hub.Caller, z.ID, address("0123abcDEF.gr7.us-east-1.eks.amazonaws.com", "10.101.0.11"))) // the same record
	got, err := w.GetHostedZone(hub.Caller, z.ID)
	w.ok(err)
	if len(got.Records) != 3 || got.Records[0].Type != "A" || got.Records[0].Name != name || got.Records[0].Values[0] != "10.101.0.11" {
		t.Errorf("records %+v", got.Records)
	}
	for _, asked := range []string{name, strings.ToUpper(name), "0123ABCDEF.gr7.us-east-1.eks.amazonaws.com."} {
		if answer := w.asked(hub.vpc, asked); answer != "[10.101.0.11]" {
			t.Errorf("%s is %s", asked, answer)
		}
	}
	_, err = w.CreateHostedZone(hub.Caller, state.HostedZoneInput{Name: strings.ToUpper(name), Reference: "again", VPC: here})
	w.refused("the same name in other letters", err, "ConflictingDomainExists")
}

func TestRecordRules(t *testing.T) {
	w := newWorld(t, state.Options{})
	lb := w.balancer("prod", w.subnets...)
	z := w.zone(caller, "example.org", state.ZoneVPC{Region: region, VPC: w.vpc})
	w.ok(w.upsert(caller, z.ID, address("there.example.org", "192.0.2.1", "192.0.2.2")))
	change := func(action string, r state.Record) []state.RecordChange {
		return []state.RecordChange{{Action: action, Record: r}}
	}
	for _, x := range []struct {
		name    string
		changes []state.RecordChange
		want    string
	}{
		{"nothing", nil, "InvalidChangeBatch"},
		{"no action", change("MOVE", address("a.example.org", "192.0.2.1")), "InvalidInput"},
		{"there already", change("CREATE", address("there.example.org", "192.0.2.1")), "InvalidChangeBatch"},
		{"not there", change("DELETE", address("a.example.org", "192.0.2.1")), "InvalidChangeBatch"},
		{"other values", change("DELETE", address("there.example.org", "192.0.2.1")), "InvalidChangeBatch"},
		{"outside the zone", change("CREATE", address("example.com", "192.0.2.1")), "InvalidChangeBatch"},
		{"a name that only ends alike", change("CREATE", address("an-example.org", "192.0.2.1")), "InvalidChangeBatch"},
		{"no address", change("CREATE", address("a.example.org", "x")), "InvalidChangeBatch"},
		{"the other family", change("CREATE", address("a.example.org", "2001:db8::1")), "InvalidChangeBatch"},
		{"twice the same", change("CREATE", address("a.example.org", "192.0.2.1", "192.0.2.1")), "InvalidChangeBatch"},
		{"no values", change("CREATE", address("a.example.org")), "InvalidInput"},
		{"a type that is not there", change("CREATE", state.Record{Name: "a.example.org", Type: "TXT", TTL: 1, Values: []string{"x"}}), "InvalidChangeBatch"},
		{"CNAME at the apex", change("CREATE", state.Record{Name: "example.org", Type: "CNAME", TTL: 1, Values: []string{"x.example.com"}}), "InvalidChangeBatch"},
		{"CNAME beside A", change("CREATE", state.Record{Name: "there.example.org", Type: "CNAME", TTL: 1, Values: []string{"x.example.com"}}), "InvalidChangeBatch"},
		{"two CNAMEs", change("CREATE", state.Record{Name: "a.example.org", Type: "CNAME", TTL: 1, Values: []string{"x.example.com", "y.example.com"}}), "InvalidChangeBatch"},
		{"the zone's SOA", change("DELETE", z.Records[1]), "InvalidChangeBatch"},
		{"alias with a TTL", change("CREATE", state.Record{Name: "a.example.org", Type: "A", TTL: 1, Alias: &state.Alias{Zone: lb.HostedZone, Name: lb.DNSName}}), "InvalidInput"},
		{"alias into the wrong zone", change("CREATE", alias("a.example.org", "Z0", lb.DNSName)), "InvalidChangeBatch"},
		{"alias to nothing", change("CREATE", alias("a.example.org", lb.HostedZone, "x."+lb.DNSName)), "InvalidChangeBatch"},
		{"alias to no record of the zone", change("CREATE", alias("a.example.org", z.ID, "b.example.org")), "InvalidChangeBatch"},
		{"all or none", append(change("CREATE", address("a.example.org", "192.0.2.1")), change("CREATE", address("b.example.org", "x"))...), "InvalidChangeBatch"},
		{"too many", slices.Repeat(change("UPSERT", address("a.example.org", "192.0.2.1")), 501), "InvalidChangeBatch"},
	} {
		w.refused(x.name, w.ChangeResourceRecordSets(caller, z.ID, x.changes), x.want)
	}
	rs, _, err := w.ListResourceRecordSets(caller, z.ID, state.RecordPage{})
	w.ok(err)
	if len(rs) != 3 {
		t.Errorf("a refused batch left something: %+v", rs)
	}
	w.refused("another's zone", w.upsert(hubAccount, z.ID, address("a.example.org", "192.0.2.1")), "NoSuchHostedZone")
	w.ok(w.ChangeResourceRecordSets(caller, z.ID, slices.Repeat(change("UPSERT", address("a.example.org", "192.0.2.1")), 500)))
}

// What a VPC sees: the zone with the longest name has the last word.
func TestResolveInZones(t *testing.T) {
	w := newWorld(t, state.Options{})
	here := state.ZoneVPC{Region: region, VPC: w.vpc}
	wide, deep := w.zone(caller, "example.org", here), w.zone(caller, "deep.example.org", here)
	six := state.Record{Name: "x.example.org", Type: "AAAA", TTL: 30, Values: []string{"2001:db8::1"}}
	for _, x := range []struct {
		zone string
		r    state.Record
	}{
		{wide.ID, address("x.example.org", "192.0.2.2", "192.0.2.1")},
		{wide.ID, six},
		{wide.ID, address("y.deep.example.org", "192.0.2.9")},
		{wide.ID, address("*.wild.example.org", "192.0.2.7")},
		{wide.ID, address("taken.wild.example.org", "192.0.2.8")},
		{deep.ID, address("deep.example.org", "192.0.2.3")},
		{deep.ID, state.Record{Name: "c.deep.example.org", Type: "CNAME", TTL: 5, Values: []string{"X.example.org."}}},
		{deep.ID, alias("self.deep.example.org", deep.ID, "deep.example.org")},
		{deep.ID, state.Record{Name: "round.deep.example.org", Type: "CNAME", TTL: 5, Values: []string{"round.deep.example.org"}}},
	} {
		w.ok(w.upsert(caller, x.zone, x.r))
	}
	for name, want := range map[string]string{
		"x.example.org":            "[192.0.2.1 192.0.2.2 2001:db8::1]",
		"example.org":              "[]", // its NS and SOA only
		"deep.example.org":         "[192.0.2.3]",
		"y.deep.example.org":       "NXDOMAIN", // the longer zone lacks it
		"c.deep.example.org":       "[192.0.2.1 192.0.2.2 2001:db8::1]",
		"self.deep.example.org":    "[192.0.2.3]",
		"round.deep.example.org":   "[]",
		"a.wild.example.org":       "[192.0.2.7]",
		"b.a.wild.example.org":     "[192.0.2.7]",
		"wild.example.org":         "[]",
		"taken.wild.example.org":   "[192.0.2.8]",
		"z.taken.wild.example.org": "NXDOMAIN",
		"none.example.org":         "NXDOMAIN",
		"anexample.org":            "NXDOMAIN",
	} {
		if got := w.asked(w.vpc, name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
		if got := w.asked("", name); got != "NXDOMAIN" {
			t.Errorf("%s outside: %s", name, got)
		}
	}
	if got := w.Resolve(state.View{VPC: w.vpc}, "c.deep.example.org").TTL; got != 5*time.Second {
		t.Errorf("TTL %s", got)
	}
	if got := w.Resolve(state.View{VPC: w.vpc}, "none.example.org"); !got.Ours || got.Zone != "example.org" {
		t.Errorf("got %+v", got)
	}
	// Without the VPC's DNS attributes it sees none of its zones.
	w.ok(w.ModifyVpcAttribute(caller, w.vpc, nil, &no))
	if got := w.Resolve(state.View{VPC: w.vpc}, "x.example.org"); got.Ours {
		t.Errorf("got %+v", got)
	}
}

// The design's override: the cluster's own name leads to the endpoint inside
// the hub, and nowhere else; no other name is hidden.
func TestOverride(t *testing.T) {
	w := newWorld(t, state.Options{})
	w.cluster("prod")
	w.cluster("next")
	lb := w.balancer("prod", w.subnets...)
	v := w.service(false, []string{anyone}, lb.ARN)
	w.Settle()
	cl, err := w.DescribeCluster(caller, "prod")
	w.ok(err)
	next, err := w.DescribeCluster(caller, "next")
	w.ok(err)
	hub := w.consumer(hubAccount, "10.100.0.0/20")
	e := w.ok2(w.endpoint(hub, v.Name, hub.subnets[0]))
	w.Settle()
	z := w.zone(hub.Caller, hostOf(cl), state.ZoneVPC{Region: region, VPC: hub.vpc})
	w.ok(w.upsert(hub.Caller, z.ID, alias(hostOf(cl), e.HostedZone, e.DNSName)))

	if got, want := w.asked(hub.vpc, hostOf(cl)), fmt.Sprint([]netip.Addr{e.Interfaces[0].Addr}); got != want {
		t.Errorf("in the hub: got %s, want %s", got, want)
	}
	private := fmt.Sprint(w.serving("prod"))
	for vpc, where := range map[string]string{"": "outside", w.vpc: "in its own VPC"} {
		if got := w.asked(vpc, hostOf(cl)); got != private {
			t.Errorf("%s: got %s, want %s", where, got, private)
		}
	}
	if got := w.asked(hub.vpc, hostOf(next)); got != fmt.Sprint(w.serving("next")) {
		t.Errorf("another cluster: %s", got)
	}
	if got := w.Resolve(state.View{VPC: hub.vpc}, hostOf(cl)).Cluster; got != cl.ARN {
		t.Errorf("cluster %q", got)
	}

	// In the cluster's own VPC, EKS has a hidden zone at that name, longer than
	// any above it.
	_, err = w.CreateHostedZone(caller, state.HostedZoneInput{Name: hostOf(cl), Reference: "1", VPC: state.ZoneVPC{Region: region, VPC: w.vpc}})
	w.refused("EKS's zone", err, "ConflictingDomainExists")
	w.zone(caller, region+".eks.amazonaws.com", state.ZoneVPC{Region: region, VPC: w.vpc})
	if got := w.asked(w.vpc, hostOf(cl)); got != private {
		t.Errorf("below a wide zone: %s", got)
	}
	if got := w.asked(w.vpc, "other.gr7."+region+".eks.amazonaws.com"); got != "NXDOMAIN" {
		t.Errorf("below a wide zone: %s", got)
	}
	_, err = w.RejectVpcEndpointConnections(caller, v.ID, []string{e.ID})
	w.ok(err)
	if got := w.asked(hub.vpc, hostOf(cl)); got != "[]" {
		t.Errorf("rejected: %s", got)
	}
}

// Zones without a healthy target leave a load balancer's name, unless no zone
// has one, or cross-zone balancing is on.
func TestBalancerNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{ExternalHealth: true})
		g, lb, _ := w.link("prod")
		all := fmt.Sprint(addrsOf(lb.Zones...))
		w.expectName(lb, "nothing registered", all)
		var targets []state.Target
		for i, id := range w.subnets[:2] {
			eni, err := w.CreateNetworkInterface(caller, state.InterfaceInput{Subnet: id})
			w.ok(err)
			targets = append(targets, state.Target{ID: eni.Addr.String(), Port: 443})
			w.register(g, eni.Addr)
			if i == 0 {
				w.expectName(lb, "none healthy yet", all)
			}
		}
		time.Sleep(10 * time.Minute)
		pass := func(t state.Target, passed bool) {
			w.ReportHealth(g, t, passed)
			time.Sleep(10 * time.Minute)
		}
		pass(targets[0], true)
		w.expectName(lb, "one zone healthy", fmt.Sprint(addrsOf(lb.Zones[0])))
		pass(targets[1], true)
		w.expectName(lb, "two zones healthy", fmt.Sprint(addrsOf(lb.Zones[0], lb.Zones[1])))
		_, err := w.ModifyLoadBalancerAttributes(caller, lb.ARN, map[string]string{"load_balancing.cross_zone.enabled": "true"})
		w.ok(err)
		w.expectName(lb, "cross-zone", all)
		_, err = w.ModifyTargetGroupAttributes(caller, g, map[string]string{"load_balancing.cross_zone.enabled": "false"})
		w.ok(err)
		w.expectName(lb, "not for the group", fmt.Sprint(addrsOf(lb.Zones[0], lb.Zones[1])))
		pass(targets[0], false)
		w.expectName(lb, "the first failed", fmt.Sprint(addrsOf(lb.Zones[1])))
		pass(targets[1], false)
		w.expectName(lb, "all failed", all)
		// The zonal names answer whatever the health is.
		for _, z := range lb.Zones {
			if got := w.asked("", z.Zone+"."+lb.DNSName); got != fmt.Sprint(addrsOf(z)) {
				t.Errorf("%s: %s", z.Zone, got)
			}
		}
		w.ok(w.DeleteLoadBalancer(caller, lb.ARN))
		if got := w.asked("", lb.Zones[0].Zone+"."+lb.DNSName); got != "NXDOMAIN" {
			t.Errorf("gone: %s", got)
		}
	})
}

func addrsOf(zones ...state.LBZone) []netip.Addr {
	var out []netip.Addr
	for _, z := range zones {
		out = append(out, z.Addr)
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return out
}

func (w *world) expectName(lb state.LoadBalancer, when, want string) {
	w.t.Helper()
	if got := w.asked("", lb.DNSName); got != want {
		w.t.Fatalf("%s: got %s, want %s", when, got, want)
	}
}

// Whatever zones and records there are, a VPC's view is what a naive search
// finds: the longest zone that covers a name, and in it exactly that name.
func TestResolveProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, state.Options{})
		names := []string{"a.b.c", "b.c", "c", "x.b.c", "a.a.b.c", "b.a.c"}
		name := rapid.SampledFrom(names)
		type entry struct{ zone, name string }
		zones, records := map[string]string{}, map[entry]string{}
		for range rapid.IntRange(0, 4).Draw(t, "zones") {
			n := name.Draw(t, "zone")
			if zones[n] == "" {
				zones[n] = w.zone(caller, n, state.ZoneVPC{Region: region, VPC: w.vpc}).ID
			}
		}
		for i := range rapid.IntRange(0, 8).Draw(t, "records") {
			n, z := name.Draw(t, "name"), name.Draw(t, "of")
			addr := fmt.Sprintf("192.0.2.%d", i+1)
			if zones[z] != "" && w.upsert(caller, zones[z], address(n, addr)) == nil {
				records[entry{z, n}] = addr
			}
		}
		for _, n := range names {
			best, want := "", "NXDOMAIN"
			for z := range zones {
				if covers(z, n) && len(z) > len(best) {
					best = z
				}
			}
			if best != "" {
				for e := range records {
					if e.zone == best && covers(n, e.name) {
						want = "[]"
					}
				}
				if n == best {
					want = "[]"
				}
				if addr := records[entry{best, n}]; addr != "" {
					want = "[" + addr + "]"
				}
			}
			if diff := cmp.Diff(want, w.asked(w.vpc, n)); diff != "" {
				t.Fatalf("%s in %s: %s", n, best, diff)
			}
		}
	})
}

func covers(zone, name string) bool {
	return name == zone || len(name) > len(zone) && name[len(name)-len(zone)-1:] == "."+zone
}
