package state_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/state"
)

func TestLoadBalancers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{})
		_, small := w.network("10.9.0.0/16", 28)
		same, err := w.CreateSubnet(caller, state.SubnetInput{VPC: w.vpc, CIDR: prefix("10.0.64.0/24"), ZoneID: w.zones[0].ID})
		w.ok(err)
		sg, err := w.CreateSecurityGroup(caller, state.SecurityGroupInput{VPC: w.vpc, Name: "lb", Description: "lb"})
		w.ok(err)
		in := func(change func(*state.LoadBalancerInput)) state.LoadBalancerInput {
			in := state.LoadBalancerInput{Name: "prod", Type: "network", Scheme: "internal", Subnets: []state.SubnetMapping{{Subnet: w.subnets[0]}, {Subnet: w.subnets[1]}}, SecurityGroups: []string{sg.ID}}
			change(&in)
			return in
		}
		subnets := func(ids ...string) func(*state.LoadBalancerInput) {
			return func(in *state.LoadBalancerInput) {
				in.Name, in.Subnets = "other", nil
				for _, id := range ids {
					in.Subnets = append(in.Subnets, state.SubnetMapping{Subnet: id})
				}
			}
		}
		lb, err := w.CreateLoadBalancer(caller, in(func(*state.LoadBalancerInput) {}))
		w.ok(err)
		if !strings.Contains(lb.ARN, ":loadbalancer/net/prod/") || lb.State != "provisioning" || lb.EnforcePrivateLink != "on" || len(lb.Zones) != 2 {
			t.Errorf("got %+v", lb)
		}
		for _, x := range []struct {
			name string
			in   state.LoadBalancerInput
			want string
		}{
			{"the same again", in(func(*state.LoadBalancerInput) {}), ""},
			{"same name, other scheme", in(func(in *state.LoadBalancerInput) { in.Scheme = "internet-facing" }), "DuplicateLoadBalancerName"},
			{"long name", in(func(in *state.LoadBalancerInput) { in.Name = strings.Repeat("a", 33) }), "ValidationError"},
			{"internal- name", in(func(in *state.LoadBalancerInput) { in.Name = "internal-x" }), "ValidationError"},
			{"no such type", in(func(in *state.LoadBalancerInput) { in.Type = "gateway" }), "InvalidConfigurationRequest"},
			{"no such scheme", in(func(in *state.LoadBalancerInput) { in.Scheme = "x" }), "InvalidScheme"},
			{"no subnet", in(subnets()), "ValidationError"},
			{"unknown subnet", in(subnets("subnet-0")), "SubnetNotFound"},
			{"two subnets of a zone", in(subnets(w.subnets[0], same.ID)), "InvalidConfigurationRequest"},
			{"subnets of two VPCs", in(subnets(w.subnets[0], small[1])), "InvalidConfigurationRequest"},
			{"unknown security group", in(func(in *state.LoadBalancerInput) { in.Name, in.SecurityGroups = "x", []string{"sg-0"} }), "InvalidSecurityGroup"},
			{"bad tag", in(func(in *state.LoadBalancerInput) { in.Name, in.Tags = "x", state.Tags{"a": "b,c"} }), "ValidationError"},
		} {
			_, err := w.CreateLoadBalancer(caller, x.in)
			w.refused(x.name, err, x.want)
		}
		// Eleven addresses: there is room as long as eight are free.
		for i, want := range []string{"", "", "", "", "InvalidSubnet"} {
			_, err := w.CreateLoadBalancer(caller, state.LoadBalancerInput{Name: fmt.Sprint("s", i), Type: "network", Scheme: "internal", Subnets: []state.SubnetMapping{{Subnet: small[0]}}})
			w.refused(fmt.Sprint("small ", i), err, want)
		}
		lbs, next, err := w.DescribeLoadBalancers(caller, nil, nil, state.Page{Max: 3})
		w.ok(err)
		rest, end, err := w.DescribeLoadBalancers(caller, nil, nil, state.Page{Max: 3, Token: next})
		w.ok(err)
		if len(lbs) != 3 || len(rest) != 2 || end != "" {
			t.Errorf("pages of %d and %d", len(lbs), len(rest))
		}
		_, _, err = w.DescribeLoadBalancers(caller, nil, nil, state.Page{Token: "x"})
		w.refused("marker", err, "ValidationError")
		_, _, err = w.DescribeLoadBalancers(caller, nil, nil, state.Page{Max: 401})
		w.refused("page size", err, "ValidationError")
		_, _, err = w.DescribeLoadBalancers(caller, nil, []string{"none"}, state.Page{})
		w.refused("name", err, "LoadBalancerNotFound")
		_, _, err = w.DescribeLoadBalancers(caller, make([]string, 21), nil, state.Page{})
		w.refused("21 ARNs", err, "ValidationError")

		time.Sleep(2 * time.Minute)
		if lbs, _, err = w.DescribeLoadBalancers(caller, []string{lb.ARN}, nil, state.Page{}); err != nil || lbs[0].State != "active" {
			t.Errorf("got %+v, %v", lbs, err)
		}
		_, err = w.SetSecurityGroups(caller, lb.ARN, nil, "")
		w.refused("all groups away", err, "InvalidConfigurationRequest")
		_, err = w.SetSecurityGroups(caller, rest[0].ARN, []string{sg.ID}, "")
		w.refused("groups later", err, "InvalidConfigurationRequest")
		changed, err := w.SetSecurityGroups(caller, lb.ARN, []string{sg.ID}, "off")
		if err != nil || changed.EnforcePrivateLink != "off" {
			t.Errorf("got %+v, %v", changed, err)
		}
		for key, x := range map[string][2]string{
			"deletion_protection.enabled": {"true", ""}, "load_balancing.cross_zone.enabled": {"maybe", "ValidationError"},
			"secondary_ips.auto_assigned.per_subnet": {"x", "ValidationError"}, "colour": {"red", "ValidationError"},
		} {
			_, err := w.ModifyLoadBalancerAttributes(caller, lb.ARN, map[string]string{key: x[0]})
			w.refused(key, err, x[1])
		}
		w.refused("protected", w.DeleteLoadBalancer(caller, lb.ARN), "OperationNotPermitted")
		a, err := w.ModifyLoadBalancerAttributes(caller, lb.ARN, map[string]string{"deletion_protection.enabled": "false"})
		w.ok(err)
		if b, err := w.DescribeLoadBalancerAttributes(caller, lb.ARN); err != nil || !cmp.Equal(a, b) {
			t.Errorf("got %v, %v", b, err)
		}
		w.ok(w.DeleteLoadBalancer(caller, lb.ARN))
		w.ok(w.DeleteLoadBalancer(caller, lb.ARN))
		_, err = w.DescribeLoadBalancerAttributes(caller, lb.ARN)
		w.refused("gone", err, "LoadBalancerNotFound")
		_, err = w.DescribeLoadBalancerAttributes(caller, "x")
		w.refused("no ARN", err, "ValidationError")
	})
}

func TestTargetGroups(t *testing.T) {
	w := newWorld(t, state.Options{})
	arn := w.group("prod")
	for _, x := range []struct {
		name   string
		change func(*state.TargetGroupInput)
		want   string
	}{
		{"the same again", func(*state.TargetGroupInput) {}, ""},
		{"another port", func(in *state.TargetGroupInput) { in.Port = 444 }, "DuplicateTargetGroupName"},
		{"bad name", func(in *state.TargetGroupInput) { in.Name = "a_b" }, "ValidationError"},
		{"lambda", func(in *state.TargetGroupInput) { in.Type = "lambda" }, "ValidationError"},
		{"bad protocol", func(in *state.TargetGroupInput) { in.Protocol = "SCTP" }, "ValidationError"},
		{"no port", func(in *state.TargetGroupInput) { in.Port = 0 }, "ValidationError"},
		{"no VPC", func(in *state.TargetGroupInput) { in.VPC = "vpc-0" }, "ValidationError"},
		{"no checks", func(in *state.TargetGroupInput) { in.NoHealthCheck = true }, "ValidationError"},
		{"interval too short", func(in *state.TargetGroupInput) { in.HealthCheck.Interval = 4 * time.Second }, "ValidationError"},
		{"threshold too high", func(in *state.TargetGroupInput) { in.HealthCheck.Healthy = 11 }, "ValidationError"},
		{"path for TCP", func(in *state.TargetGroupInput) { in.HealthCheck.Path = "/readyz" }, "InvalidConfigurationRequest"},
		{"bad check port", func(in *state.TargetGroupInput) { in.HealthCheck.Port = "http" }, "ValidationError"},
	} {
		in := state.TargetGroupInput{Name: "prod", Type: "ip", Protocol: "TCP", Port: 443, VPC: w.vpc}
		x.change(&in)
		_, err := w.CreateTargetGroup(caller, in)
		w.refused(x.name, err, x.want)
	}
	gs, _, err := w.DescribeTargetGroups(caller, state.TargetGroupQuery{Names: []string{"prod"}})
	w.ok(err)
	want := state.HealthCheck{Enabled: true, Protocol: "TCP", Port: "traffic-port", Interval: 30 * time.Second, Timeout: 10 * time.Second, Healthy: 5, Unhealthy: 2}
	if diff := cmp.Diff(want, gs[0].HealthCheck); diff != "" {
		t.Error(diff)
	}
	g, err := w.ModifyTargetGroup(caller, arn, state.HealthCheck{Protocol: "HTTPS", Path: "/readyz", Matcher: "200", Interval: 10 * time.Second, Healthy: 2})
	w.ok(err)
	want = state.HealthCheck{Enabled: true, Protocol: "HTTPS", Port: "traffic-port", Path: "/readyz", Matcher: "200", Interval: 10 * time.Second, Timeout: 10 * time.Second, Healthy: 2, Unhealthy: 2}
	if diff := cmp.Diff(want, g.HealthCheck); diff != "" {
		t.Error(diff)
	}
	for _, x := range []struct{ key, value, want string }{
		{"deregistration_delay.timeout_seconds", "3601", "ValidationError"},
		{"preserve_client_ip.enabled", "x", "ValidationError"},
		{"preserve_client_ip.enabled", "true", "InvalidConfigurationRequest"}, // AWS takes it; the lab's nodes do not follow it
		{"proxy_protocol_v2.enabled", "true", "InvalidConfigurationRequest"},
		{"target_health_state.unhealthy.draining_interval_seconds", "10", "InvalidConfigurationRequest"},
		{"target_health_state.unhealthy.connection_termination.enabled", "false", ""},
		{"target_health_state.unhealthy.draining_interval_seconds", "10", ""},
	} {
		_, err := w.ModifyTargetGroupAttributes(caller, arn, map[string]string{x.key: x.value})
		w.refused(x.key, err, x.want)
	}
	if a, err := w.DescribeTargetGroupAttributes(caller, arn); err != nil || a["deregistration_delay.timeout_seconds"] != "300" || a["preserve_client_ip.enabled"] != "false" {
		t.Errorf("got %v, %v", a, err)
	}
	_, _, err = w.DescribeTargetGroups(caller, state.TargetGroupQuery{Names: []string{"none"}})
	w.refused("no such name", err, "TargetGroupNotFound")

	_, lb, _ := w.link("other")
	if gs, _, err = w.DescribeTargetGroups(caller, state.TargetGroupQuery{LoadBalancer: lb.ARN}); err != nil || len(gs) != 1 || gs[0].Name != "other" {
		t.Errorf("got %+v, %v", gs, err)
	}
	w.refused("in use", w.DeleteTargetGroup(caller, gs[0].ARN), "ResourceInUse")
	w.ok(w.DeleteTargetGroup(caller, arn))
	w.ok(w.DeleteTargetGroup(caller, arn))
}

func TestListeners(t *testing.T) {
	w := newWorld(t, state.Options{})
	g, lb, l := w.link("prod")
	_, elsewhere := w.network("10.9.0.0/16", 24)
	foreign := w.balancer("foreign", elsewhere...)
	second := w.balancer("second", w.subnets...)
	web := w.group("web", func(in *state.TargetGroupInput) { in.Protocol, in.Port = "HTTP", 80 })
	spare := w.group("spare")
	for _, x := range []struct {
		name string
		in   state.ListenerInput
		want string
	}{
		{"the same again", state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 443, Groups: []string{g}}, ""},
		{"same port", state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 443, Groups: []string{spare}}, "DuplicateListener"},
		{"HTTP on a network load balancer", state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "HTTP", Port: 80, Groups: []string{web}}, "ValidationError"},
		{"HTTP group", state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 80, Groups: []string{web}}, "IncompatibleProtocols"},
		{"no group", state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 80}, "ValidationError"},
		{"unknown group", state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 80, Groups: []string{g + "0"}}, "TargetGroupNotFound"},
		{"group of another VPC", state.ListenerInput{LoadBalancer: foreign.ARN, Protocol: "TCP", Port: 443, Groups: []string{spare}}, "InvalidConfigurationRequest"},
		{"group of another load balancer", state.ListenerInput{LoadBalancer: second.ARN, Protocol: "TCP", Port: 443, Groups: []string{g}}, "TargetGroupAssociationLimit"},
		{"no load balancer", state.ListenerInput{LoadBalancer: lb.ARN + "0", Protocol: "TCP", Port: 443, Groups: []string{g}}, "LoadBalancerNotFound"},
		{"no port", state.ListenerInput{LoadBalancer: second.ARN, Protocol: "TCP", Groups: []string{spare}}, "ValidationError"},
	} {
		_, err := w.CreateListener(caller, x.in)
		w.refused(x.name, err, x.want)
	}
	w.ok(w.RegisterTargets(caller, g, []state.Target{{ID: "10.0.0.9"}}))
	if _, err := w.ModifyListener(caller, l.ARN, state.ListenerInput{Port: 6443, Groups: []string{spare}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{notInUse}, w.health(g)); diff != "" {
		t.Error(diff)
	}
	more, err := w.CreateListener(caller, state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 443, Groups: []string{g}})
	w.ok(err)
	_, err = w.ModifyListener(caller, more.ARN, state.ListenerInput{Port: 6443})
	w.refused("taken port", err, "DuplicateListener")
	ls, _, err := w.DescribeListeners(caller, state.ListenerQuery{LoadBalancer: lb.ARN})
	if err != nil || len(ls) != 2 {
		t.Errorf("got %v, %v", ls, err)
	}
	w.ok(w.DeleteListener(caller, more.ARN))
	w.refused("gone", w.DeleteListener(caller, more.ARN), "ListenerNotFound")
	_, _, err = w.DescribeListeners(caller, state.ListenerQuery{ARNs: []string{more.ARN}})
	w.refused("gone", err, "ListenerNotFound")
	_, _, err = w.DescribeListeners(caller, state.ListenerQuery{})
	w.refused("nothing asked", err, "ValidationError")
	for i := range 49 {
		_, err := w.CreateListener(caller, state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 1000 + i, Groups: []string{g}})
		w.ok(err)
	}
	_, err = w.CreateListener(caller, state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 999, Groups: []string{g}})
	w.refused("51 listeners", err, "TooManyListeners")
}

func TestTags(t *testing.T) {
	w := newWorld(t, state.Options{})
	g, lb, l := w.link("prod")
	cl := w.cluster("prod")
	arns := []string{g, lb.ARN, l.ARN}
	w.ok(w.AddTags(caller, arns, state.Tags{"a": "1", "b": "2"}))
	w.ok(w.RemoveTags(caller, arns, []string{"a", "none"}))
	rs, err := w.DescribeTags(caller, arns)
	w.ok(err)
	for _, r := range rs {
		if !cmp.Equal(r.Tags, state.Tags{"b": "2"}) {
			t.Errorf("got %+v", r)
		}
	}
	bare := w.group("bare", func(in *state.TargetGroupInput) { in.Tags = state.Tags{} })
	w.Settle()
	all, _, err := w.GetResources(caller, state.TagQuery{})
	w.ok(err)
	for _, r := range all {
		if r.ARN == bare {
			t.Error("a resource that never had tags is listed")
		}
	}
	w.ok(w.RemoveTags(caller, []string{g}, []string{"b"}))
	w.Settle()
	all, _, err = w.GetResources(caller, state.TagQuery{Types: []string{"elasticloadbalancing:targetgroup"}})
	w.ok(err)
	if len(all) != 1 || all[0].ARN != g || len(all[0].Tags) != 0 {
		t.Errorf("one that had tags is listed still: %+v", all)
	}
	many := state.Tags{}
	for i := range 50 {
		many[fmt.Sprint(i)] = ""
	}
	for _, x := range []struct {
		name string
		tags state.Tags
		want string
	}{
		{"fifty and one", many, "TooManyTags"},
		{"comma", state.Tags{"a": "b,c"}, "ValidationError"},
		{"long value", state.Tags{"a": strings.Repeat("x", 257)}, "ValidationError"},
		{"longest value", state.Tags{"a": strings.Repeat("x", 256)}, ""},
		{"long key", state.Tags{strings.Repeat("x", 129): ""}, "ValidationError"},
		{"aws:", state.Tags{"AWS:x": ""}, "ValidationError"},
		{"all signs", state.Tags{"postern:marks": "-10.0.1.9@1767225600 +10.0.2.9@1767225600 _.:/=é"}, ""},
	} {
		w.refused(x.name, w.AddTags(caller, arns, x.tags), x.want)
	}
	for arn, want := range map[string]string{g + "0": "TargetGroupNotFound", lb.ARN + "0": "LoadBalancerNotFound", l.ARN + "0": "ListenerNotFound", "x": "ValidationError"} {
		w.refused(arn, w.AddTags(caller, []string{g, arn}, state.Tags{"a": "never"}), want)
		w.refused(arn, w.RemoveTags(caller, []string{arn}, []string{"a"}), want)
		_, err := w.DescribeTags(caller, []string{arn})
		w.refused(arn, err, want)
	}
	_, err = w.DescribeTags(caller, make([]string, 21))
	w.refused("21 ARNs", err, "ValidationError")

	w.ok(w.TagCluster(caller, cl.ARN, state.Tags{"team": "x"}))
	w.ok(w.UntagCluster(caller, cl.ARN, []string{"team"}))
	w.refused("another cluster", w.TagCluster(caller, cl.ARN+"0", state.Tags{"team": "x"}), "NotFoundException")
	w.refused("a reserved key", w.TagCluster(caller, cl.ARN, state.Tags{"aws:x": "x"}), "BadRequestException")
	names, _, err := w.ListClusters(caller, state.Page{Max: 101})
	w.refused("page size", err, "InvalidParameterException")
	if len(names) != 0 {
		t.Error(names)
	}
	w.RecordCall(state.Call{Service: "eks", Action: "ListClusters", Account: account, Region: region, Code: "InvalidParameterException"})
	if calls := w.Calls(); len(calls) != 1 || calls[0].At.IsZero() || calls[0].Action != "ListClusters" {
		t.Errorf("got %+v", calls)
	}
}
