package state_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/state"
)

// A consumer is another account's side of PrivateLink.
type consumer struct {
	state.Caller
	vpc     string
	subnets []string // by zone, in order of zone ID
	zones   []state.Zone
}

var hubAccount = state.Caller{Account: "111111111111", Region: region, ARN: "arn:aws:iam::111111111111:user/lab"}

// consumer makes a VPC of another caller with a subnet a zone.
func (w *world) consumer(c state.Caller, block string) consumer {
	w.t.Helper()
	out := consumer{Caller: c}
	b := netip.MustParsePrefix(block)
	v, err := w.CreateVpc(c, state.VPCInput{CIDR: b})
	w.ok(err)
	w.ok(w.ModifyVpcAttribute(c, v.ID, nil, &yes))
	out.vpc = v.ID
	out.zones, err = w.DescribeAvailabilityZones(c, nil, nil, nil)
	w.ok(err)
	slices.SortFunc(out.zones, func(a, b state.Zone) int { return strings.Compare(a.ID, b.ID) })
	for i, z := range out.zones {
		a := b.Addr().As4()
		a[2] += byte(i)
		sub, err := w.CreateSubnet(c, state.SubnetInput{VPC: v.ID, CIDR: netip.PrefixFrom(netip.AddrFrom4(a), 24), ZoneID: z.ID})
		w.ok(err)
		out.subnets = append(out.subnets, sub.ID)
	}
	return out
}

// service makes an endpoint service of load balancers.
func (w *world) service(acceptance bool, principals []string, lbs ...string) state.EndpointService {
	w.t.Helper()
	v, err := w.CreateVpcEndpointServiceConfiguration(caller, state.EndpointServiceInput{LoadBalancers: lbs, AcceptanceRequired: &acceptance})
	w.ok(err)
	_, err = w.ModifyVpcEndpointServicePermissions(caller, v.ID, principals, nil)
	w.ok(err)
	return v
}

const anyone = "*"

// endpoint asks for an endpoint in some of a consumer's subnets.
func (w *world) endpoint(c consumer, service string, subnets ...string) (state.Endpoint, error) {
	in := state.EndpointInput{Type: "Interface", VPC: c.vpc, ServiceName: service}
	for _, id := range subnets {
		in.Subnets = append(in.Subnets, state.SubnetMapping{Subnet: id})
	}
	return w.CreateVpcEndpoint(c.Caller, in)
}

// endpointNow returns an endpoint as it is now.
func (w *world) endpointNow(c consumer, id string) state.Endpoint {
	w.t.Helper()
	es, _, err := w.DescribeVpcEndpoints(c.Caller, []string{id}, nil, state.Page{})
	w.ok(err)
	return es[0]
}

// connection returns the state of a service's only connection.
func (w *world) connection(service string) string {
	w.t.Helper()
	xs, _, err := w.DescribeVpcEndpointConnections(caller, []state.Filter{{Name: "service-id", Values: []string{service}}}, state.Page{})
	w.ok(err)
	if len(xs) != 1 {
		w.t.Fatalf("%d connections", len(xs))
	}
	return xs[0].State
}

func TestEndpointLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{})
		lb := w.balancer("prod", w.subnets...)
		hub := w.consumer(hubAccount, "10.101.0.0/20")
		v := w.service(true, []string{"arn:aws:iam::111111111111:root"}, lb.ARN)
		if v.State != "Pending" || v.Name != "com.amazonaws.vpce."+region+"."+v.ID || len(v.ZoneIDs) != 3 {
			t.Errorf("got %+v", v)
		}
		time.Sleep(time.Minute)
		vs, _, err := w.DescribeVpcEndpointServiceConfigurations(caller, []string{v.ID}, nil, state.Page{})
		w.ok(err)
		if vs[0].State != "Available" {
			t.Errorf("got %+v", vs[0])
		}

		e, err := w.endpoint(hub, v.Name, hub.subnets[:2]...)
		w.ok(err)
		if e.State != "pendingAcceptance" || len(e.Interfaces) != 2 || w.connection(v.ID) != e.State {
			t.Errorf("got %+v", e)
		}
		groups, _, err := w.DescribeSecurityGroups(hub.Caller, nil, []string{"default"}, nil, state.Page{})
		w.ok(err)
		is, _, err := w.DescribeNetworkInterfaces(hub.Caller, state.InterfaceQuery{IDs: []string{e.Interfaces[0].ID}})
		w.ok(err)
		if i := is[0]; i.Type != "vpc_endpoint" || i.Description != "VPC Endpoint Interface "+e.ID || !i.RequesterManaged || i.Status != "in-use" ||
			!slices.Equal(i.SecurityGroups, []string{groups[0].ID}) || i.Addr != e.Interfaces[0].Addr || i.Attachment.InstanceOwner == hub.Account {
			t.Errorf("got %+v", i)
		}
		w.refused("an interface of AWS's", w.DeleteNetworkInterface(hub.Caller, is[0].ID), "InvalidNetworkInterface.InUse")
		if a := w.Resolve(state.View{}, e.DNSName); !a.Found || len(a.Addrs) != 0 {
			t.Errorf("before it is available: %+v", a)
		}

		time.Sleep(time.Hour)
		if got := w.endpointNow(hub, e.ID).State; got != "pendingAcceptance" {
			t.Errorf("nobody accepted, and it is %s", got)
		}
		bad, err := w.AcceptVpcEndpointConnections(caller, v.ID, []string{e.ID, "vpce-0"})
		w.ok(err)
		if len(bad) != 1 || bad[0].ID != "vpce-0" || bad[0].Err.Code != "InvalidVpcEndpointId.NotFound" {
			t.Errorf("got %+v", bad)
		}
		if got := w.connection(v.ID); got != "pending" {
			t.Errorf("accepted: %s", got)
		}
		time.Sleep(2 * time.Minute)
		e = w.endpointNow(hub, e.ID)
		if e.State != "available" || w.connection(v.ID) != "available" {
			t.Errorf("got %+v", e)
		}

		// Names: public, with private addresses, regional and zonal.
		want := []netip.Addr{e.Interfaces[0].Addr, e.Interfaces[1].Addr}
		if diff := cmp.Diff(want, w.Resolve(state.View{}, strings.ToUpper(e.DNSName)+".").Addrs, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
			t.Error(diff)
		}
		if got := w.Resolve(state.View{VPC: w.vpc}, e.Interfaces[1].DNSName).Addrs; !slices.Equal(got, want[1:]) || !strings.Contains(e.Interfaces[1].DNSName, "-"+e.Interfaces[1].Zone+"."+v.ID+"."+region+".vpce.amazonaws.com") {
			t.Errorf("zonal: %v, %s", got, e.Interfaces[1].DNSName)
		}

		// What is connected cannot go; what is accepted cannot be accepted again.
		bad, err = w.AcceptVpcEndpointConnections(caller, v.ID, []string{e.ID})
		w.ok(err)
		if len(bad) != 1 || bad[0].Err.Code != "InvalidState" {
			t.Errorf("accepted again: %+v", bad)
		}
		if bad := w.DeleteVpcEndpointServiceConfigurations(caller, []string{v.ID}); len(bad) != 1 || bad[0].Err.Code != "ExistingVpcEndpointConnections" {
			t.Errorf("got %+v", bad)
		}
		w.refused("in a service", w.DeleteLoadBalancer(caller, lb.ARN), "ResourceInUse")

		// Rejected: gone from DNS, still its owner's.
		_, err = w.RejectVpcEndpointConnections(caller, v.ID, []string{e.ID})
		w.ok(err)
		if got := w.endpointNow(hub, e.ID).State; got != "rejected" || w.connection(v.ID) != "rejected" || len(w.Resolve(state.View{}, e.DNSName).Addrs) != 0 {
			t.Errorf("rejected: %s", got)
		}
		if bad := w.DeleteVpcEndpointServiceConfigurations(caller, []string{v.ID, "vpce-svc-0"}); len(bad) != 1 || bad[0].Err.Code != "InvalidVpcEndpointServiceId.NotFound" {
			t.Errorf("got %+v", bad)
		}
		w.ok(w.DeleteLoadBalancer(caller, lb.ARN))

		if bad := w.DeleteVpcEndpoints(hub.Caller, []string{e.ID, "vpce-0"}); len(bad) != 1 || bad[0].Err.Code != "InvalidVpcEndpointId.NotFound" {
			t.Errorf("got %+v", bad)
		}
		w.refused("a subnet in use", w.DeleteSubnet(hub.Caller, hub.subnets[0]), "DependencyViolation")
		if got := w.endpointNow(hub, e.ID).State; got != "deleting" {
			t.Errorf("got %s", got)
		}
		time.Sleep(2 * time.Minute)
		_, _, err = w.DescribeVpcEndpoints(hub.Caller, []string{e.ID}, nil, state.Page{})
		w.refused("gone", err, "InvalidVpcEndpointId.NotFound")
		w.ok(w.DeleteSubnet(hub.Caller, hub.subnets[0]))
		if a := w.Resolve(state.View{}, e.DNSName); a.Found || !a.Ours {
			t.Errorf("gone: %+v", a)
		}
	})
}
