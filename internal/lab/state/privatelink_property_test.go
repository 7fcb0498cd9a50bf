package state_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postern/internal/lab/state"
)

// linkAcross takes two load balancers through a service and endpoints to them,
// with a zone of names, and away again.
func (w *world) linkAcross(wait func(time.Duration)) {
	w.t.Helper()
	hub := w.consumer(hubAccount, "10.101.0.0/20")
	v := w.service(true, []string{anyone}, w.balancer("one", w.subnets...).ARN, w.balancer("two", w.subnets...).ARN)
	wait(time.Second)
	e := w.ok2(w.endpoint(hub, v.Name, hub.subnets...))
	_, err := w.AcceptVpcEndpointConnections(caller, v.ID, []string{e.ID})
	w.ok(err)
	z := w.zone(hub.Caller, "example.org", state.ZoneVPC{Region: region, VPC: hub.vpc})
	wait(2 * time.Second)
	w.ok(w.upsert(hub.Caller, z.ID, alias("example.org", e.HostedZone, e.DNSName)))
	_, err = w.RejectVpcEndpointConnections(caller, v.ID, []string{e.ID})
	w.ok(err)
	w.DeleteVpcEndpoints(hub.Caller, []string{e.ID})
	wait(time.Minute)
	w.DeleteVpcEndpointServiceConfigurations(caller, []string{v.ID})
}

// A web is services and endpoints under random use.
type web struct {
	*world
	lbs   []state.LoadBalancer
	hub   consumer
	names []string // of services that were made, and may be gone
	ids   []string // of endpoints, likewise
}

func (w *web) act(t *rapid.T) {
	some := func(label string, of []string) string {
		if len(of) == 0 {
			return "none"
		}
		return rapid.SampledFrom(of).Draw(t, label)
	}
	lb := rapid.SampledFrom(w.lbs).Draw(t, "load balancer")
	name := some("service", w.names)
	service, endpoint := name[max(0, len(name)-26):], some("endpoint", w.ids)
	switch rapid.IntRange(0, 11).Draw(t, "act") {
	case 0:
		acceptance := rapid.Bool().Draw(t, "acceptance")
		v, err := w.CreateVpcEndpointServiceConfiguration(caller, state.EndpointServiceInput{LoadBalancers: []string{lb.ARN}, AcceptanceRequired: &acceptance})
		if err == nil {
			w.names = append(w.names, v.Name)
			_, err = w.ModifyVpcEndpointServicePermissions(caller, v.ID, []string{anyone}, nil)
			w.ok(err)
		}
	case 1, 2, 3:
		if e, err := w.endpoint(w.hub, name, w.hub.subnets[:rapid.IntRange(0, 3).Draw(t, "subnets")]...); err == nil {
			w.ids = append(w.ids, e.ID)
		}
	case 4, 5:
		_, _ = w.AcceptVpcEndpointConnections(caller, service, []string{endpoint})
	case 6:
		_, _ = w.RejectVpcEndpointConnections(caller, service, []string{endpoint})
	case 7:
		w.DeleteVpcEndpoints(w.hub.Caller, []string{endpoint})
	case 8:
		w.DeleteVpcEndpointServiceConfigurations(caller, []string{service})
	case 9:
		_ = w.ModifyVpcEndpoint(w.hub.Caller, endpoint, state.EndpointChange{
			AddSubnets: []state.SubnetMapping{{Subnet: rapid.SampledFrom(w.hub.subnets).Draw(t, "add")}}, RemoveSubnets: []string{rapid.SampledFrom(w.hub.subnets).Draw(t, "remove")},
		})
	case 10:
		_ = w.ModifyVpcEndpointServiceConfiguration(caller, service, state.EndpointServiceChange{AddLoadBalancers: []string{lb.ARN}, RemoveLoadBalancers: []string{rapid.SampledFrom(w.lbs).Draw(t, "other").ARN}})
	case 11:
		time.Sleep(time.Duration(rapid.IntRange(1, 600).Draw(t, "seconds")) * time.Second) // in the bubble
	}
}

// check requires what always holds between endpoints, their interfaces, their
// names, their connections and the way in.
func (w *web) check(t *rapid.T) {
	es, _, err := w.DescribeVpcEndpoints(w.hub.Caller, nil, nil, state.Page{})
	w.ok(err)
	is, _, err := w.DescribeNetworkInterfaces(w.hub.Caller, state.InterfaceQuery{})
	w.ok(err)
	xs, _, err := w.DescribeVpcEndpointConnections(caller, nil, state.Page{})
	w.ok(err)
	vs, _, err := w.DescribeVpcEndpointServiceConfigurations(caller, nil, nil, state.Page{})
	w.ok(err)
	top, count := w.Topology(), 0
	for _, e := range es {
		at := slices.IndexFunc(xs, func(x state.Connection) bool { return x.Endpoint == e.ID })
		offered := slices.ContainsFunc(vs, func(v state.EndpointService) bool { return v.ID == e.Service })
		if offered != (at >= 0) || offered && xs[at].State != e.State {
			t.Fatalf("%s is %s; of its connections, %+v", e.ID, e.State, xs)
		}
		if !offered && (e.State == "available" || e.State == "pendingAcceptance") {
			t.Fatalf("%s is %s, and its service is gone", e.ID, e.State)
		}
		names := w.Resolve(state.View{}, e.DNSName)
		if want := len(e.Interfaces) * map[bool]int{true: 1}[e.State == "available"]; !names.Found || len(names.Addrs) != want {
			t.Fatalf("%s is %s with %d interfaces, its name has %v", e.ID, e.State, len(e.Interfaces), names.Addrs)
		}
		zones := map[string]bool{}
		for _, i := range e.Interfaces {
			count++
			n := slices.IndexFunc(is, func(x state.Interface) bool { return x.ID == i.ID })
			if n < 0 || is[n].Addr != i.Addr || is[n].ZoneID != i.ZoneID || zones[i.ZoneID] {
				t.Fatalf("%s: interface %+v of %+v", e.ID, i, is)
			}
			zones[i.ZoneID] = true
			entry, why := top.EnterService(w.hub.vpc, i.Addr, client, 443)
			if (why == "") != (e.State == "available") || why == "" && entry.ZoneID != i.ZoneID {
				t.Fatalf("%s is %s: %q, %+v", e.ID, e.State, why, entry)
			}
			if why == "" && !slices.Contains(xs[at].LoadBalancers, entry.LoadBalancer) {
				t.Fatalf("%s leads to %s, its service has %v", e.ID, entry.LoadBalancer, xs[at].LoadBalancers)
			}
		}
	}
	if len(is) != count {
		t.Fatalf("%d interfaces, of endpoints %d", len(is), count)
	}
	used := map[string]string{}
	for _, v := range vs {
		for _, lb := range v.LoadBalancers {
			if used[lb] != "" {
				t.Fatalf("%s belongs to %s and %s", lb, used[lb], v.ID)
			}
			used[lb] = v.ID
		}
	}
}

func TestPrivateLinkInvariants(t *testing.T) {
	bubbles(t, func(t *rapid.T) {
		w := &web{world: newWorld(t, state.Options{Consistent: true})}
		for i := range 3 {
			_, lb, _ := w.link(fmt.Sprintf("lb%d", i))
			w.lbs = append(w.lbs, lb)
		}
		w.hub = w.consumer(hubAccount, "10.101.0.0/20")
		w.Settle()
		for range rapid.IntRange(1, 60).Draw(t, "length") {
			w.act(t)
			w.check(t)
		}
		w.DeleteVpcEndpoints(w.hub.Caller, w.ids)
		w.Settle()
		w.check(t)
		for _, name := range w.names {
			w.DeleteVpcEndpointServiceConfigurations(caller, []string{name[len(name)-26:]})
		}
		for _, lb := range w.lbs {
			w.ok(w.DeleteLoadBalancer(caller, lb.ARN))
		}
		for _, id := range w.hub.subnets {
			w.ok(w.DeleteSubnet(w.hub.Caller, id))
		}
	})
}
