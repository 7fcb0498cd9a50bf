package state_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/lab/state"
)

func TestWhoMayConnect(t *testing.T) {
	w := newWorld(t, state.Options{})
	lb := w.balancer("prod", w.subnets...)
	hub := w.consumer(hubAccount, "10.101.0.0/20")
	v := w.service(false, nil, lb.ARN)
	arns := map[string]string{
		"user":    "arn:aws:iam::111111111111:user/lab",
		"role":    "arn:aws:sts::111111111111:assumed-role/deploy/session",
		"another": "arn:aws:sts::111111111111:assumed-role/other/deploy",
	}
	for _, x := range []struct {
		principal, kind string
		admitted        string // of user, role, another
	}{
		{"", "", ""},
		{"*", "All", "user role another"},
		{"arn:aws:iam::111111111111:root", "Account", "user role another"},
		{"arn:aws:iam::333333333333:root", "Account", ""},
		{"arn:aws:iam::111111111111:user/lab", "User", "user"},
		{"arn:aws:iam::111111111111:role/path/deploy", "Role", "role"},
		{"arn:aws:iam::333333333333:role/deploy", "Role", ""},
	} {
		if x.principal != "" {
			added, err := w.ModifyVpcEndpointServicePermissions(caller, v.ID, []string{x.principal, x.principal}, nil)
			w.ok(err)
			if len(added) != 1 || added[0].Type != x.kind || added[0].ARN != x.principal {
				t.Errorf("%s: added %+v", x.principal, added)
			}
		}
		for who, arn := range arns {
			c := hub
			c.ARN = arn
			want := "InvalidServiceName"
			if strings.Contains(" "+x.admitted+" ", " "+who+" ") {
				want = ""
			}
			e, err := w.endpoint(c, v.Name, hub.subnets[0])
			w.refused(x.principal+" for "+who, err, want)
			_, _, seen := w.DescribeVpcEndpointServices(c.Caller, state.ServiceQuery{Names: []string{v.Name}})
			w.refused(x.principal+" seen by "+who, seen, want)
			if err == nil {
				w.DeleteVpcEndpoints(c.Caller, []string{e.ID})
				w.Settle()
			}
		}
		_, err := w.ModifyVpcEndpointServicePermissions(caller, v.ID, nil, []string{x.principal})
		w.ok(err)
	}
	_, err := w.ModifyVpcEndpointServicePermissions(caller, v.ID, []string{"arn:aws:s3:::bucket"}, nil)
	w.refused("no principal", err, "InvalidPrincipal")
	_, err = w.ModifyVpcEndpointServicePermissions(hub.Caller, v.ID, []string{anyone}, nil)
	w.refused("another's service", err, "InvalidVpcEndpointServiceId.NotFound")
	_, _, err = w.DescribeVpcEndpointServicePermissions(hub.Caller, v.ID, nil, state.Page{})
	w.refused("another's service", err, "InvalidVpcEndpointServiceId.NotFound")

	// The owner needs no permission; who is connected stays when it goes.
	w.ok2(w.endpoint(consumer{Caller: caller, vpc: w.vpc}, v.Name, w.subnets[0]))
	_, err = w.ModifyVpcEndpointServicePermissions(caller, v.ID, []string{anyone}, nil)
	w.ok(err)
	e := w.ok2(w.endpoint(hub, v.Name, hub.subnets[0]))
	_, err = w.ModifyVpcEndpointServicePermissions(caller, v.ID, nil, []string{anyone})
	w.ok(err)
	w.Settle()
	if got := w.endpointNow(hub, e.ID).State; got != "available" {
		t.Errorf("got %s", got)
	}
	for i := range 7 {
		_, err := w.ModifyVpcEndpointServicePermissions(caller, v.ID, []string{fmt.Sprintf("arn:aws:iam::%012d:root", i)}, nil)
		w.ok(err)
	}
	ps, next, err := w.DescribeVpcEndpointServicePermissions(caller, v.ID, nil, state.Page{Max: 5})
	w.ok(err)
	more, end, err := w.DescribeVpcEndpointServicePermissions(caller, v.ID, nil, state.Page{Max: 5, Token: next})
	w.ok(err)
	if len(ps) != 5 || len(more) != 2 || end != "" {
		t.Errorf("%d, then %d permissions, then %q", len(ps), len(more), end)
	}
}

// ok2 fails the test on an error, and returns the endpoint otherwise.
func (w *world) ok2(e state.Endpoint, err error) state.Endpoint {
	w.t.Helper()
	w.ok(err)
	return e
}

func TestServiceRules(t *testing.T) {
	w := newWorld(t, state.Options{})
	one, two := w.balancer("one", w.subnets...), w.balancer("two", w.subnets[0])
	alb, err := w.CreateLoadBalancer(caller, state.LoadBalancerInput{Name: "alb", Subnets: []state.SubnetMapping{{Subnet: w.subnets[0]}, {Subnet: w.subnets[1]}}})
	w.ok(err)
	for _, x := range []struct {
		name string
		in   state.EndpointServiceInput
		want string
	}{
		{"no load balancer", state.EndpointServiceInput{}, "MissingParameter"},
		{"none that is there", state.EndpointServiceInput{LoadBalancers: []string{"x"}}, "InvalidParameter"},
		{"an application load balancer", state.EndpointServiceInput{LoadBalancers: []string{alb.ARN}}, "InvalidParameter"},
		{"IPv6", state.EndpointServiceInput{LoadBalancers: []string{one.ARN}, IPAddressTypes: []string{"ipv6"}}, "InvalidParameter"},
		{"private name", state.EndpointServiceInput{LoadBalancers: []string{one.ARN}, PrivateDNSName: "x.example.org"}, "UnsupportedOperation"},
		{"one zone, two regions", state.EndpointServiceInput{LoadBalancers: []string{two.ARN}, Regions: []string{"us-east-1"}}, "InvalidParameter"},
		{"no region", state.EndpointServiceInput{LoadBalancers: []string{one.ARN}, Regions: []string{"moon"}}, "InvalidParameter"},
		{"as it should be", state.EndpointServiceInput{LoadBalancers: []string{one.ARN}, Regions: []string{"us-east-1"}}, ""},
		{"a load balancer in use", state.EndpointServiceInput{LoadBalancers: []string{one.ARN}}, "InvalidParameter"},
	} {
		_, err := w.CreateVpcEndpointServiceConfiguration(caller, x.in)
		w.refused(x.name, err, x.want)
	}
	services, _, err := w.DescribeVpcEndpointServiceConfigurations(caller, nil, nil, state.Page{})
	w.ok(err)
	v := services[0]
	modify := func(in state.EndpointServiceChange) error {
		return w.ModifyVpcEndpointServiceConfiguration(caller, v.ID, in)
	}
	w.refused("its own region", modify(state.EndpointServiceChange{RemoveRegions: []string{region}}), "InvalidParameter")
	w.refused("the last load balancer", modify(state.EndpointServiceChange{RemoveLoadBalancers: []string{one.ARN}}), "MissingParameter")
	w.ok(modify(state.EndpointServiceChange{AddLoadBalancers: []string{two.ARN}, RemoveRegions: []string{"us-east-1"}, AcceptanceRequired: &no}))
	w.refused("two is taken", w.DeleteLoadBalancer(caller, two.ARN), "ResourceInUse")
	w.refused("another's", w.ModifyVpcEndpointServiceConfiguration(hubAccount, v.ID, state.EndpointServiceChange{}), "InvalidVpcEndpointServiceId.NotFound")
	_, err = w.ModifyVpcEndpointServicePermissions(caller, v.ID, []string{anyone}, nil)
	w.ok(err)

	// An interface picks a load balancer and keeps it; that one cannot go.
	hub := w.consumer(hubAccount, "10.101.0.0/20")
	e := w.ok2(w.endpoint(hub, v.Name, hub.subnets...))
	w.Settle()
	w.refused("a connected load balancer", modify(state.EndpointServiceChange{RemoveLoadBalancers: []string{e.Interfaces[2].LoadBalancer}}), "ExistingVpcEndpointConnections")
	for _, i := range e.Interfaces {
		has := slices.ContainsFunc(two.Zones, func(z state.LBZone) bool { return z.ZoneID == i.ZoneID })
		if i.LoadBalancer == two.ARN && !has {
			t.Errorf("%s sends to a load balancer that is not in %s", i.ID, i.ZoneID)
		}
	}
}

func TestZonesCountAfterModify(t *testing.T) {
	w := newWorld(t, state.Options{})
	lb := w.balancer("prod", w.subnets[0])
	v := w.service(false, []string{anyone}, lb.ARN)
	hub := w.consumer(hubAccount, "10.101.0.0/20")
	second := w.zones[1].ID
	at := slices.IndexFunc(hub.zones, func(z state.Zone) bool { return z.ID == second })
	_, err := w.SetSubnets(caller, lb.ARN, []state.SubnetMapping{{Subnet: w.subnets[0]}, {Subnet: w.subnets[1]}})
	w.ok(err)
	_, err = w.endpoint(hub, v.Name, hub.subnets[at])
	w.refused("a zone that the service has not taken up", err, "InvalidParameter")
	w.ok(w.ModifyVpcEndpointServiceConfiguration(caller, v.ID, state.EndpointServiceChange{}))
	e := w.ok2(w.endpoint(hub, v.Name, hub.subnets[at]))
	if e.Interfaces[0].Zone != hub.zones[at].Name || e.Interfaces[0].ZoneID != second {
		t.Errorf("got %+v", e.Interfaces[0])
	}
	// Zones match by their IDs: names are each account's own.
	ds, _, err := w.DescribeVpcEndpointServices(hub.Caller, state.ServiceQuery{Names: []string{v.Name}})
	w.ok(err)
	if !slices.Contains(ds[0].Zones, hub.zones[at].Name) || len(ds[0].Zones) != 2 {
		t.Errorf("got %v", ds[0].Zones)
	}
}

func TestEndpointRules(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	lb := w.balancer("prod", w.subnets...)
	v := w.service(false, []string{anyone}, lb.ARN)
	hub := w.consumer(hubAccount, "10.101.0.0/20")
	other := w.consumer(hubAccount, "10.102.0.0/20")
	zone0, err := w.CreateSubnet(hub.Caller, state.SubnetInput{VPC: hub.vpc, CIDR: prefix("10.101.15.0/28"), ZoneID: hub.zones[0].ID})
	w.ok(err)
	foreign, err := w.CreateSecurityGroup(hub.Caller, state.SecurityGroupInput{VPC: other.vpc, Name: "x", Description: "x"})
	w.ok(err)
	good := state.EndpointInput{Type: "Interface", VPC: hub.vpc, ServiceName: v.Name, Subnets: []state.SubnetMapping{{Subnet: hub.subnets[0]}}}
	for _, x := range []struct {
		name   string
		change func(*state.EndpointInput)
		want   string
	}{
		{"gateway", func(in *state.EndpointInput) { in.Type = "" }, "InvalidVpcEndpointType"},
		{"no VPC", func(in *state.EndpointInput) { in.VPC = "vpc-0" }, "InvalidVpcID.NotFound"},
		{"no service", func(in *state.EndpointInput) { in.ServiceName = "com.amazonaws.vpce.eu-west-1.vpce-svc-0" }, "InvalidServiceName"},
		{"a name that is not whole", func(in *state.EndpointInput) { in.ServiceName = v.ID }, "InvalidServiceName"},
		{"another region", func(in *state.EndpointInput) { in.ServiceRegion = "us-east-1" }, "InvalidServiceName"},
		{"IPv6", func(in *state.EndpointInput) { in.IPAddressType = "ipv6" }, "InvalidParameter"},
		{"private DNS", func(in *state.EndpointInput) { in.PrivateDNS = true }, "InvalidParameter"},
		{"no group", func(in *state.EndpointInput) { in.SecurityGroups = []string{"sg-0"} }, "InvalidGroup.NotFound"},
		{"another VPC's group", func(in *state.EndpointInput) { in.SecurityGroups = []string{foreign.ID} }, "InvalidGroup.NotFound"},
		{"no subnet", func(in *state.EndpointInput) { in.Subnets[0].Subnet = "subnet-0" }, "InvalidSubnetID.NotFound"},
		{"another VPC's subnet", func(in *state.EndpointInput) { in.Subnets[0].Subnet = other.subnets[0] }, "InvalidParameter"},
		{"two in a zone", func(in *state.EndpointInput) {
			in.Subnets = append(in.Subnets, state.SubnetMapping{Subnet: zone0.ID})
		}, "DuplicateSubnetsInSameZone"},
		{"an address that is no host's", func(in *state.EndpointInput) {
			in.Subnets = []state.SubnetMapping{{Subnet: hub.subnets[1]}, {Subnet: hub.subnets[0], Addr: netip.MustParseAddr("10.101.0.1")}}
		}, "InvalidParameterValue"},
		{"as it should be", func(in *state.EndpointInput) { in.Subnets[0].Addr = netip.MustParseAddr("10.101.0.77") }, ""},
		{"an address in use", func(in *state.EndpointInput) { in.Subnets[0].Addr = netip.MustParseAddr("10.101.0.77") }, "InvalidIPAddress.InUse"},
	} {
		in := good
		in.Subnets = slices.Clone(good.Subnets)
		x.change(&in)
		_, err := w.CreateVpcEndpoint(hub.Caller, in)
		w.refused(x.name, err, x.want)
	}
	es, _, err := w.DescribeVpcEndpoints(hub.Caller, nil, []state.Filter{{Name: "vpc-id", Values: []string{hub.vpc}}}, state.Page{})
	w.ok(err)
	is, _, err := w.DescribeNetworkInterfaces(hub.Caller, state.InterfaceQuery{})
	w.ok(err)
	if len(es) != 1 || len(is) != 1 || es[0].Interfaces[0].Addr != netip.MustParseAddr("10.101.0.77") {
		t.Fatalf("a refused request left something: %d endpoints, %d interfaces", len(es), len(is))
	}
	for range 49 {
		w.ok2(w.endpoint(hub, v.Name))
	}
	_, err = w.endpoint(hub, v.Name)
	w.refused("the fifty-first", err, "VpcEndpointLimitExceeded")
	bare := w.consumer(hubAccount, "10.103.0.0/20")
	w.ok2(w.endpoint(bare, v.Name))
	for _, id := range bare.subnets {
		w.ok(w.DeleteSubnet(hub.Caller, id))
	}
	w.refused("a VPC with an endpoint", w.DeleteVpc(hub.Caller, bare.vpc), "DependencyViolation")
	for filter, value := range map[string]string{"vpc-endpoint-id": es[0].ID, "vpc-endpoint-state": "pending", "service-name": v.Name, "vpc-endpoint-type": "Interface", "service-region": region, "ip-address-type": "ipv4"} {
		got, _, err := w.DescribeVpcEndpoints(hub.Caller, nil, []state.Filter{{Name: filter, Values: []string{value}}}, state.Page{})
		if err != nil || len(got) == 0 {
			t.Errorf("%s=%s: %d, %v", filter, value, len(got), err)
		}
	}
}

func TestModifyEndpoint(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	lb := w.balancer("prod", w.subnets...)
	v := w.service(false, []string{anyone}, lb.ARN)
	hub := w.consumer(hubAccount, "10.101.0.0/20")
	e := w.ok2(w.endpoint(hub, v.Name, hub.subnets[0], hub.subnets[1]))
	w.Settle()
	g, err := w.CreateSecurityGroup(hub.Caller, state.SecurityGroupInput{VPC: hub.vpc, Name: "x", Description: "x"})
	w.ok(err)
	modify := func(in state.EndpointChange) error { return w.ModifyVpcEndpoint(hub.Caller, e.ID, in) }
	w.refused("no endpoint", w.ModifyVpcEndpoint(caller, e.ID, state.EndpointChange{}), "InvalidVpcEndpointId.NotFound")
	w.refused("not in it", modify(state.EndpointChange{RemoveSubnets: []string{hub.subnets[2]}}), "InvalidParameter")
	w.refused("no group left", modify(state.EndpointChange{RemoveSecurityGroups: e.SecurityGroups}), "InvalidParameter")
	w.refused("private DNS", modify(state.EndpointChange{PrivateDNS: true}), "InvalidParameter")
	w.refused("twice in a zone", modify(state.EndpointChange{AddSubnets: []state.SubnetMapping{{Subnet: hub.subnets[0]}}}), "DuplicateSubnetsInSameZone")

	w.ok(modify(state.EndpointChange{
		AddSubnets: []state.SubnetMapping{{Subnet: hub.subnets[2]}}, RemoveSubnets: []string{hub.subnets[0]},
		AddSecurityGroups: []string{g.ID}, RemoveSecurityGroups: e.SecurityGroups,
	}))
	now := w.endpointNow(hub, e.ID)
	is, _, err := w.DescribeNetworkInterfaces(hub.Caller, state.InterfaceQuery{Filters: []state.Filter{{Name: "group-id", Values: []string{g.ID}}}})
	w.ok(err)
	if len(now.Interfaces) != 2 || now.Interfaces[0] != e.Interfaces[1] || now.Interfaces[1].Subnet != hub.subnets[2] || len(is) != 2 {
		t.Errorf("got %+v, %d interfaces with the group", now.Interfaces, len(is))
	}
	if got := w.Resolve(state.View{}, e.DNSName).Addrs; len(got) != 2 || w.Resolve(state.View{}, e.Interfaces[0].DNSName).Found {
		t.Errorf("names: %v", got)
	}
	w.ok(w.DeleteSubnet(hub.Caller, hub.subnets[0]))
	_, err = w.RejectVpcEndpointConnections(caller, v.ID, []string{e.ID})
	w.ok(err)
	w.refused("a rejected one", modify(state.EndpointChange{AddSecurityGroups: []string{g.ID}}), "InvalidParameter")
}

// A service is reached from another region where it supports that region and
// the consumer asks for its own; any zone will do that takes part.
func TestCrossRegion(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	lb := w.balancer("prod", w.subnets...)
	v := w.service(false, []string{anyone}, lb.ARN)
	far := w.consumer(state.Caller{Account: "111111111111", Region: "us-east-1"}, "10.101.0.0/20")
	ask := func(zone int, serviceRegion string) (state.Endpoint, error) {
		return w.CreateVpcEndpoint(far.Caller, state.EndpointInput{Type: "Interface", VPC: far.vpc, ServiceName: v.Name, ServiceRegion: serviceRegion, Subnets: []state.SubnetMapping{{Subnet: far.subnets[zone]}}})
	}
	_, err := ask(0, region)
	w.refused("not supported", err, "InvalidServiceName")
	w.ok(w.ModifyVpcEndpointServiceConfiguration(caller, v.ID, state.EndpointServiceChange{AddRegions: []string{"us-east-1"}}))
	_, err = ask(0, "")
	w.refused("no service region", err, "InvalidServiceName")
	_, err = ask(2, region)
	w.refused("use1-az3", err, "InvalidParameter")
	ds, _, err := w.DescribeVpcEndpointServices(far.Caller, state.ServiceQuery{Names: []string{v.Name}, Regions: []string{region}})
	w.ok(err)
	if len(ds) != 1 || len(ds[0].Zones) != 0 {
		t.Errorf("got %+v", ds)
	}
	e := w.ok2(ask(5, region))
	w.Settle()
	if !strings.HasSuffix(e.DNSName, "."+v.ID+"."+region+".vpce.amazonaws.com") || e.ServiceRegion != region || e.Region != "us-east-1" {
		t.Errorf("got %+v", e)
	}
	xs, _, err := w.DescribeVpcEndpointConnections(caller, []state.Filter{{Name: "vpc-endpoint-region", Values: []string{"us-east-1"}}}, state.Page{})
	w.ok(err)
	if len(xs) != 1 || xs[0].EndpointOwner != "111111111111" {
		t.Errorf("got %+v", xs)
	}
}

// A service that goes while an endpoint comes leaves the endpoint failed, and
// one that was turned away where it is.
func TestServiceGoneMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{})
		v := w.service(true, []string{anyone}, w.balancer("prod", w.subnets...).ARN)
		hub := w.consumer(hubAccount, "10.101.0.0/20")
		left := func() int { return len(w.DeleteVpcEndpointServiceConfigurations(caller, []string{v.ID})) }
		away, late := w.ok2(w.endpoint(hub, v.Name, hub.subnets[0])), w.ok2(w.endpoint(hub, v.Name, hub.subnets[0]))
		_, err := w.RejectVpcEndpointConnections(caller, v.ID, []string{away.ID})
		w.ok(err)
		if left() != 1 {
			t.Error("a service that an endpoint asks for was deleted")
		}
		_, err = w.AcceptVpcEndpointConnections(caller, v.ID, []string{late.ID})
		w.ok(err)
		if left() != 0 {
			t.Error("a pending connection keeps a service")
		}
		time.Sleep(time.Hour)
		if got := w.endpointNow(hub, late.ID); got.State != "failed" || got.Failure == "" {
			t.Errorf("got %+v", got)
		}
		if got := w.endpointNow(hub, away.ID).State; got != "rejected" {
			t.Errorf("got %s", got)
		}
		_, err = w.AcceptVpcEndpointConnections(caller, v.ID, []string{away.ID})
		w.refused("no service", err, "InvalidVpcEndpointServiceId.NotFound")
		w.DeleteVpcEndpoints(hub.Caller, []string{away.ID, late.ID})
		time.Sleep(time.Hour)
		for _, a := range w.Snapshot().Accounts {
			if n := len(a.Endpoints) + len(a.EndpointServices) + len(a.EndpointConnections); n != 0 {
				t.Errorf("%s: %d things left", a.Account, n)
			}
		}
	})
}
