package state_test

import (
	"fmt"
	"net/netip"
	"testing"

	"postern/internal/lab/state"
)

// fleet makes n clusters, each with its link and its targets, 50 a VPC, all in
// one account and region: the worst case.
func fleet(b *testing.B, n int) (*world, []string) {
	w := newWorld(b, state.Options{})
	var groups, names []string
	for i := range n {
		if i%50 == 0 {
			w.vpc, w.subnets = w.network("10.0.0.0/16", 20)
		}
		name := fmt.Sprintf("c%d", i)
		w.cluster(name, w.subnets[:2]...)
		g := w.group(name, func(in *state.TargetGroupInput) {
			in.Tags = state.Tags{"postern:cluster": name, "postern:managed": "true"}
		})
		lb := w.balancer(name, w.subnets[:2]...)
		_, err := w.CreateListener(caller, state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 443, Groups: []string{g}})
		w.ok(err)
		groups, names = append(groups, g), append(names, name)
	}
	w.Settle()
	for i, g := range groups {
		w.register(g, w.serving(names[i])...)
	}
	w.Settle()
	return w, groups
}

// BenchmarkFleet shows what 10,000 clusters cost: to make them, and then for
// single calls and whole listings.
func BenchmarkFleet(b *testing.B) {
	const n = 10_000
	var w *world
	var groups []string
	b.Run("make", func(b *testing.B) {
		for b.Loop() {
			w, groups = fleet(b, n)
		}
	})
	if w == nil {
		w, groups = fleet(b, n)
	}
	name := func(i int) string { return fmt.Sprintf("c%d", i%n) }
	i := 0
	for _, x := range []struct {
		name string
		call func() error
	}{
		{"DescribeTargetHealth", func() error { _, err := w.DescribeTargetHealth(caller, groups[i%n], nil); return err }},
		{"DescribeCluster", func() error { _, err := w.DescribeCluster(caller, name(i)); return err }},
		{"RegisterTargets", func() error {
			return w.RegisterTargets(caller, groups[i%n], targets(netip.AddrFrom4([4]byte{10, 0, 0, byte(4 + i%200)})))
		}},
		{"DescribeNetworkInterfaces by description", func() error {
			_, _, err := w.DescribeNetworkInterfaces(caller, state.InterfaceQuery{Filters: []state.Filter{{Name: "description", Values: []string{"Amazon EKS " + name(i)}}}})
			return err
		}},
		{"DescribeNetworkInterfaces all in pages", func() error {
			q := state.InterfaceQuery{Filters: []state.Filter{{Name: "description", Values: []string{"Amazon EKS *"}}}, Page: state.Page{Max: 1000}}
			for {
				_, next, err := w.DescribeNetworkInterfaces(caller, q)
				if q.Page.Token = next; next == "" || err != nil {
					return err
				}
			}
		}},
		{"GetResources all in pages", func() error {
			q := state.TagQuery{Types: []string{"elasticloadbalancing"}, Filters: []state.TagFilter{{Key: "postern:cluster"}}, Page: state.Page{Max: 100}}
			for {
				_, next, err := w.GetResources(caller, q)
				if q.Page.Token = next; next == "" || err != nil {
					return err
				}
			}
		}},
		{"Move abrupt", func() error {
			_, err := w.Move(state.Move{Account: account, Region: region, Cluster: name(i), Kind: state.MoveAbrupt})
			return err
		}},
	} {
		b.Run(x.name, func(b *testing.B) {
			for b.Loop() {
				if err := x.call(); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}
