package state_test

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"postern/internal/lab/state"
)

var clusterNames = []string{"a", "b"}

// act does one thing that users, EKS or time do to a world. Refusals are part
// of it.
func (w *world) act(draw *rapid.T, group string) {
	name := rapid.SampledFrom(clusterNames).Draw(draw, "cluster")
	someAddr := func() string {
		if got := w.serving(name); len(got) > 0 && rapid.Bool().Draw(draw, "serving") {
			return got[rapid.IntRange(0, len(got)-1).Draw(draw, "which")].String()
		}
		return fmt.Sprintf("10.0.0.%d", rapid.IntRange(4, 9).Draw(draw, "host"))
	}
	switch rapid.IntRange(0, 16).Draw(draw, "act") {
	case 16:
		w.refilter(draw)
	case 14:
		w.rewire(draw)
	case 15:
		w.regroup(draw)
	case 0:
		_, _ = w.CreateCluster(caller, state.ClusterInput{Name: name, Subnets: w.subnets[:rapid.IntRange(1, 3).Draw(draw, "zones")], Public: &no, Private: &yes})
	case 1:
		_, _ = w.DeleteCluster(caller, name)
	case 2:
		_, _ = w.UpdateClusterVersion(caller, name, fmt.Sprintf("1.%d", rapid.IntRange(33, 36).Draw(draw, "minor")))
	case 3:
		private := rapid.Bool().Draw(draw, "private")
		_, _ = w.UpdateClusterConfig(caller, name, state.ClusterConfig{Public: &yes, Private: &private})
	case 4, 5, 10, 11:
		m := state.Move{Account: account, Region: region, Cluster: name, Kind: rapid.SampledFrom(append(state.MoveKinds, state.MoveScaleOut, state.MoveScaleOut)).Draw(draw, "move")}
		if m.Kind == state.MoveReuse {
			m.To = rapid.SampledFrom([]string{"", "a", "b"}).Draw(draw, "to")
		}
		_, _ = w.Move(m)
	case 6:
		_ = w.RegisterTargets(caller, group, []state.Target{{ID: someAddr()}, {ID: someAddr(), Port: rapid.SampledFrom([]int{0, 80, 443}).Draw(draw, "port")}})
	case 7:
		_ = w.DeregisterTargets(caller, group, []state.Target{{ID: someAddr()}})
	case 8:
		w.BreakHealth(account, region, name, rapid.Bool().Draw(draw, "broken"))
	case 9, 12, 13:
		time.Sleep(time.Duration(rapid.IntRange(1, 1500).Draw(draw, "seconds")) * time.Second) // in the bubble
	}
}

// rewire changes how VPCs are joined. Refusals are part of it.
func (w *world) rewire(draw *rapid.T) {
	ps, _, err := w.DescribeVpcPeeringConnections(caller, nil, nil, state.Page{})
	w.ok(err)
	ts, _, err := w.DescribeRouteTables(caller, nil, nil, state.Page{})
	w.ok(err)
	vs, _, err := w.DescribeVpcs(caller, nil, nil, state.Page{})
	w.ok(err)
	vpc, table := rapid.SampledFrom(vs).Draw(draw, "vpc").ID, rapid.SampledFrom(ts).Draw(draw, "table")
	if len(ps) == 0 || rapid.Bool().Draw(draw, "new") {
		switch rapid.IntRange(0, 2).Draw(draw, "what") {
		case 0:
			_, _ = w.CreateVpc(caller, state.VPCInput{CIDR: prefix(fmt.Sprintf("10.%d.0.0/16", rapid.IntRange(0, 3).Draw(draw, "block")))})
		case 1:
			_, _ = w.CreateVpcPeeringConnection(caller, state.PeeringInput{VPC: w.vpc, PeerVPC: vpc})
		case 2:
			_, _ = w.CreateRouteTable(caller, vpc, nil)
		}
		return
	}
	id := rapid.SampledFrom(ps).Draw(draw, "connection").ID
	block := prefix(rapid.SampledFrom([]string{"10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16"}).Draw(draw, "to"))
	switch rapid.IntRange(0, 8).Draw(draw, "what") {
	case 0, 1, 2:
		_, _ = w.AcceptVpcPeeringConnection(caller, id)
	case 3:
		_ = w.RejectVpcPeeringConnection(caller, id)
	case 4:
		_ = w.DeleteVpcPeeringConnection(caller, id)
	case 5:
		_ = w.CreateRoute(caller, table.ID, block, id)
	case 6:
		_ = w.DeleteRoute(caller, table.ID, block)
	case 7:
		_, _ = w.AssociateRouteTable(caller, table.ID, rapid.SampledFrom(w.subnets).Draw(draw, "subnet"))
	case 8:
		if rapid.Bool().Draw(draw, "table") {
			_ = w.DeleteRouteTable(caller, table.ID)
		} else {
			_ = w.DeleteVpc(caller, vpc)
		}
	}
}

// regroup changes security groups. Refusals are part of it.
func (w *world) regroup(draw *rapid.T) {
	gs, _, err := w.DescribeSecurityGroups(caller, nil, nil, nil, state.Page{})
	w.ok(err)
	g, peer := rapid.SampledFrom(gs).Draw(draw, "group"), rapid.SampledFrom(gs).Draw(draw, "peer")
	rule := []state.RuleInput{{Protocol: "tcp", From: 443, To: 443, Peer: peer.ID}}
	switch rapid.IntRange(0, 4).Draw(draw, "what") {
	case 0:
		_, _ = w.CreateSecurityGroup(caller, state.SecurityGroupInput{VPC: g.VPC, Name: rapid.SampledFrom([]string{"x", "y"}).Draw(draw, "name"), Description: "any"})
	case 1, 2:
		_, _ = w.AuthorizeSecurityGroupIngress(caller, g.ID, rule, nil)
	case 3:
		_, _ = w.RevokeSecurityGroupIngress(caller, g.ID, rule, nil)
	case 4:
		if !strings.HasPrefix(g.Name, "eks-") { // EKS's own; a cluster without one is not of this world
			_ = w.DeleteSecurityGroup(caller, g.ID)
		}
	}
}

// refilter changes network ACLs. Refusals are part of it.
func (w *world) refilter(draw *rapid.T) {
	as, _, err := w.DescribeNetworkAcls(caller, nil, nil, state.Page{})
	w.ok(err)
	a, other := rapid.SampledFrom(as).Draw(draw, "acl"), rapid.SampledFrom(as).Draw(draw, "other")
	e := state.ACLEntry{Number: rapid.IntRange(99, 101).Draw(draw, "number"), Egress: rapid.Bool().Draw(draw, "egress"), Protocol: "-1", CIDR: prefix("10.0.0.0/8")}
	switch rapid.IntRange(0, 4).Draw(draw, "what") {
	case 0:
		_, _ = w.CreateNetworkAcl(caller, a.VPC, nil)
	case 1:
		_ = w.CreateNetworkAclEntry(caller, a.ID, e)
	case 2:
		_ = w.DeleteNetworkAclEntry(caller, a.ID, e.Number, e.Egress)
	case 3:
		if len(a.Associations) > 0 {
			_, _ = w.ReplaceNetworkAclAssociation(caller, rapid.SampledFrom(a.Associations).Draw(draw, "association").ID, other.ID)
		}
	case 4:
		_ = w.DeleteNetworkAcl(caller, a.ID)
	}
}

// checkNetwork requires what always holds of routes and groups.
func (w *world) checkNetwork(t *rapid.T) {
	top := w.Topology()
	for _, a := range w.Snapshot().Accounts {
		vpcs, mains, associated, groups := map[string]bool{}, map[string]int{}, map[string]bool{}, map[string]string{}
		for _, v := range a.VPCs {
			vpcs[v.ID] = true
		}
		for _, x := range a.RouteTables {
			for _, as := range x.Associations {
				if as.Main {
					mains[x.VPC]++
				} else if associated[as.Subnet] {
					t.Fatalf("subnet %s has two route tables", as.Subnet)
				}
				associated[as.Subnet] = !as.Main
			}
			seen := map[netip.Prefix]bool{}
			for _, r := range x.Routes {
				if seen[r.Destination] {
					t.Fatalf("%s has two routes to %s", x.ID, r.Destination)
				}
				seen[r.Destination] = true
			}
		}
		for v := range vpcs {
			if mains[v] != 1 {
				t.Fatalf("%s has %d main route tables", v, mains[v])
			}
		}
		filtered := map[string]int{}
		for _, x := range a.NetworkACLs {
			for i, e := range x.Entries[1:] {
				if before := x.Entries[i]; before.Egress && !e.Egress || before.Egress == e.Egress && before.Number >= e.Number {
					t.Fatalf("entries of %s are in disorder: %+v", x.ID, x.Entries)
				}
			}
			for _, as := range x.Associations {
				filtered[as.Subnet]++
			}
		}
		for _, sub := range a.Subnets {
			if filtered[sub.ID] != 1 {
				t.Fatalf("%s has %d network ACLs", sub.ID, filtered[sub.ID])
			}
		}
		for _, g := range a.SecurityGroups {
			groups[g.ID] = g.VPC
		}
		for _, i := range a.Interfaces {
			if i.Type == "interface" && len(i.SecurityGroups) == 0 {
				t.Fatalf("%s (%s) has no security group", i.ID, i.Description)
			}
			for _, g := range i.SecurityGroups {
				if groups[g] != i.VPC {
					t.Fatalf("%s has group %s of VPC %q, not of its own %s", i.ID, g, groups[g], i.VPC)
				}
			}
			if got, ok := top.Interface(i.VPC, i.Addr); !ok || got.ID != i.ID {
				t.Fatalf("the topology has %q at %s, not %s", got.ID, i.Addr, i.ID)
			}
		}
		for _, pc := range a.Peerings {
			if pc.Status == "active" && (!vpcs[pc.Requester.VPC] || !vpcs[pc.Accepter.VPC] || pc.Requester.CIDR.Overlaps(pc.Accepter.CIDR)) {
				t.Fatalf("%+v is active", pc)
			}
		}
	}
}

// check requires what always holds.
func (w *world) check(t *rapid.T, group string) {
	hs, err := w.DescribeTargetHealth(caller, group, nil)
	w.ok(err)
	seen := map[string]bool{}
	for _, h := range hs {
		key := fmt.Sprint(h.Target.ID, h.Target.Port)
		if seen[key] {
			t.Fatalf("target %s is listed twice", key)
		}
		seen[key] = true
		if (h.Reason == "") != (h.State == "healthy") {
			t.Fatalf("%+v: only a healthy target has no reason", h)
		}
	}
	subnets, _, err := w.DescribeSubnets(caller, nil, nil, state.Page{})
	w.ok(err)
	blocks, used := map[string]netip.Prefix{}, map[string]int{}
	for _, sub := range subnets {
		blocks[sub.ID] = sub.CIDR
	}
	is, _, err := w.DescribeNetworkInterfaces(caller, state.InterfaceQuery{})
	w.ok(err)
	addrs := map[string]bool{}
	for _, i := range is {
		if addrs[i.VPC+i.Addr.String()] {
			t.Fatalf("%s has two interfaces in %s", i.Addr, i.VPC)
		}
		addrs[i.VPC+i.Addr.String()] = true
		used[i.Subnet]++
		if !blocks[i.Subnet].Contains(i.Addr) {
			t.Fatalf("%s is outside its subnet %s", i.Addr, blocks[i.Subnet])
		}
	}
	for _, sub := range subnets {
		if want := 1<<(32-sub.CIDR.Bits()) - 5 - used[sub.ID]; sub.Free != want {
			t.Fatalf("%s has %d free addresses, by its interfaces %d", sub.ID, sub.Free, want)
		}
	}
	for _, name := range clusterNames {
		cl, err := w.DescribeCluster(caller, name)
		if err != nil {
			continue
		}
		own := w.plane(caller, name)
		if cl.Status == "ACTIVE" || cl.Status == "UPDATING" {
			if len(own) < 2 || len(own) > 8 {
				t.Fatalf("%s has %d interfaces", name, len(own))
			}
			if serving := w.serving(name); cl.Private && len(serving) < 1 {
				t.Fatalf("%s serves nowhere", name)
			}
		}
		for _, i := range own {
			if i.Cluster != cl.ARN || !slices.Contains(cl.Subnets, i.Subnet) {
				t.Fatalf("an interface of %s is in subnet %s, not in %v", name, i.Subnet, cl.Subnets)
			}
		}
	}
}

// bubbles checks a property, each example in a bubble of its own: rapid's own
// clock must stay outside, or it stops after a day of theirs.
func bubbles(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	rapid.Check(t, func(r *rapid.T) {
		var failure any
		synctest.Test(t, func(*testing.T) {
			defer func() { failure = recover() }()
			property(r)
		})
		switch kind := fmt.Sprintf("%T", failure); {
		case kind == "rapid.invalidData": // ran out of random data while shrinking; rapid tells failures apart by their lines
			panic(failure)
		case failure != nil:
			panic(failure)
		}
	})
}

func TestWorldInvariants(t *testing.T) {
	bubbles(t, func(t *rapid.T) {
		w := newWorld(t, state.Options{Consistent: true})
		g, _, _ := w.link("prod")
		w.cluster("a")
		w.Settle()
		for range rapid.IntRange(1, 60).Draw(t, "length") {
			w.act(t, g)
			w.check(t, g)
			w.checkNetwork(t)
		}
		w.Settle()
		w.check(t, g)
		for _, cl := range w.Snapshot().Accounts[0].Clusters {
			if n := len(w.plane(caller, cl.Name)); cl.Status != "ACTIVE" || n < 2 || n > 4 {
				t.Fatalf("%s is %s with %d interfaces after settling", cl.Name, cl.Status, n)
			}
		}
	})
}

// Each healthy or unhealthy target is so because of what is there: once all
// is settled, state and truth agree.
func TestHealthFollowsTruth(t *testing.T) {
	bubbles(t, func(t *rapid.T) {
		w := newWorld(t, state.Options{Consistent: true})
		g, _, _ := w.link("prod")
		w.cluster("a")
		w.Settle()
		for range rapid.IntRange(1, 60).Draw(t, "length") {
			w.act(t, g)
		}
		for _, name := range clusterNames {
			w.BreakHealth(account, region, name, false)
		}
		time.Sleep(time.Hour) // in the bubble: longer than any transition
		serving := map[string]bool{}
		for _, name := range clusterNames {
			for _, a := range w.serving(name) {
				serving[a.String()] = true
			}
		}
		hs, err := w.DescribeTargetHealth(caller, g, nil)
		w.ok(err)
		for _, h := range hs {
			want := "unhealthy"
			if serving[h.Target.ID] && h.Target.Port == 443 {
				want = "healthy"
			}
			if h.State != want {
				t.Fatalf("%+v, want %s", h, want)
			}
		}
	})
}

// The same seed and the same calls give the same log, whether or not somebody
// looks at the world in between.
func TestDeterminism(t *testing.T) {
	run := func(seed uint64, look time.Duration) (log []byte) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, state.Options{Seed: seed, Speed: 60})
			for _, name := range []string{"a", "b"} {
				w.cluster(name)
			}
			g, _, _ := w.link("prod")
			wait := func(d time.Duration) {
				for end := time.Now().Add(d); time.Until(end) > 0; {
					time.Sleep(min(look, time.Until(end)))
					w.health(g)
					w.plane(caller, "a")
					w.Resolve(state.View{}, "x.amazonaws.com")
				}
			}
			wait(time.Minute)
			other, _ := w.network("10.1.0.0/16", 20)
			pc := w.peer(w.vpc, other)
			w.ok(w.CreateRoute(caller, w.table(other).ID, prefix("10.0.0.0/16"), pc))
			_, err := w.AuthorizeSecurityGroupIngress(caller, w.securityGroup(other, "x").ID, []state.RuleInput{{Protocol: "-1", CIDR: prefix("10.0.0.0/8")}}, nil)
			w.ok(err)
			wait(time.Minute)
			w.ok(w.DeleteVpcPeeringConnection(caller, pc))
			w.register(g, w.serving("a")...)
			wait(10 * time.Second)
			for _, kind := range []state.MoveKind{state.MoveScaleOut, state.MoveReplace, state.MoveReuse, state.MoveRecreate} {
				_, err := w.Move(state.Move{Account: account, Region: region, Cluster: "a", Kind: kind})
				w.ok(err)
				wait(20 * time.Second)
			}
			w.ok(w.DeregisterTargets(caller, g, []state.Target{{ID: "10.0.0.5"}}))
			wait(time.Minute)
			w.linkAcross(wait)
			var b bytes.Buffer
			w.ok(w.WriteEvents(&b))
			log = b.Bytes()
		})
		return log
	}
	one, two, other := run(1, time.Hour), run(1, 7*time.Millisecond), run(2, time.Hour)
	if !bytes.Equal(one, two) {
		t.Errorf("the log depends on who looks:\n%s\n%s", one, two)
	}
	if bytes.Equal(one, other) {
		t.Error("the seed changes nothing")
	}
	if n := bytes.Count(one, []byte("\n")); n < 60 {
		t.Errorf("only %d events", n)
	}
}

// Run makes subscribers hear of what happens by itself, in order.
func TestSubscribe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{})
		var got []state.Event
		cancel := w.Subscribe(func(e state.Event) {
			got = append(got, e)
			w.Snapshot() // a subscriber may call the store
		})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- w.Run(ctx) }()
		from := uint64(len(w.Events(0)))
		w.cluster("prod")
		time.Sleep(10*time.Minute + time.Second)
		synctest.Wait()
		if want := w.Events(from); !slices.Equal(got, want) || !strings.HasSuffix(got[len(got)-1].Now, "serving") {
			t.Errorf("got %v\nwant %v", got, want)
		}
		n := len(got)
		cancel()
		w.move(state.MoveAbrupt)
		if len(got) != n {
			t.Error("called after its end")
		}
		stop()
		<-done
	})
}

func FuzzWildcard(f *testing.F) {
	for _, x := range [][2]string{{"Amazon EKS *", "Amazon EKS prod"}, {"a?c", "abc"}, {`\*`, "*"}, {"*a*b", "xaxxb"}, {"", ""}, {`a\`, `a\`}} {
		f.Add(x[0], x[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 50 || len(text) > 200 {
			return
		}
		var re strings.Builder
		re.WriteString("(?s)^")
		for i := 0; i < len(pattern); i++ {
			switch c := pattern[i]; {
			case c == '*':
				re.WriteString(".*")
			case c == '?':
				re.WriteString(".")
			case c == '\\' && i+1 < len(pattern):
				i++
				re.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
			default:
				re.WriteString(regexp.QuoteMeta(string(c)))
			}
		}
		for i := range len(pattern) + len(text) {
			if (pattern + text)[i] >= 0x80 {
				return // regexp counts runes, EC2's documentation does not say
			}
		}
		want := regexp.MustCompile(re.String() + "$").MatchString(text)
		if got := state.Wildcard(pattern, text); got != want {
			t.Errorf("%q against %q: got %t, want %t", pattern, text, got, want)
		}
	})
}

func FuzzToken(f *testing.F) {
	f.Add("")
	f.Add("bGFiL2VjMi8x")
	f.Add("bGFiL2VjMi8wMQ")
	f.Fuzz(func(t *testing.T, text string) {
		place, ok := state.ParseToken("ec2", text)
		if !ok {
			return
		}
		if again, ok := state.ParseToken("ec2", state.Token("ec2", place)); !ok || again != place {
			t.Errorf("%q: place %d does not come back: %d, %t", text, place, again, ok)
		}
		if _, ok := state.ParseToken("elb", text); ok && text != "" {
			t.Errorf("%q is a token of two kinds of listing", text)
		}
	})
}
