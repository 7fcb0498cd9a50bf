package state_test

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/state"
)

const (
	registering = "initial Elb.RegistrationInProgress"
	checking    = "initial Elb.InitialHealthChecking"
	healthy     = "healthy"
	failing     = "unhealthy Target.FailedHealthChecks"
	failingSoon = "unhealthy.draining Target.FailedHealthChecks"
	draining    = "draining Target.DeregistrationInProgress"
	notInUse    = "unused Target.NotInUse"
	gone        = ""
)

// A life is a target of the running cluster "prod", at one of its addresses
// unless addr says otherwise; at each time of the table something is done to
// it, and its state is read.
type life struct {
	*world
	group    string
	lb       state.LoadBalancer
	listener state.Listener
	addr     netip.Addr
	port     int
}

func (l *life) target() []state.Target { return []state.Target{{ID: l.addr.String(), Port: l.port}} }

func (l *life) is() string {
	for _, h := range l.health(l.group) {
		return h
	}
	return gone
}

// moment is a time after registration, what is done then, and the state after.
type moment struct {
	at   time.Duration
	do   func(*life)
	want string
}

func TestTargetLife(t *testing.T) {
	breaks := func(l *life) { l.BreakHealth(account, region, "prod", true) }
	mends := func(l *life) { l.BreakHealth(account, region, "prod", false) }
	leaves := func(l *life) { l.ok(l.DeregisterTargets(caller, l.group, l.target())) }
	returns := func(l *life) { l.ok(l.RegisterTargets(caller, l.group, l.target())) }
	set := func(attributes map[string]string) func(*life) {
		return func(l *life) {
			_, err := l.ModifyTargetGroupAttributes(caller, l.group, attributes)
			l.ok(err)
		}
	}
	elsewhere := func(l *life) { l.addr = netip.MustParseAddr("10.0.0.200") } // nothing is there

	for _, x := range []struct {
		name   string
		before func(*life)
		life   []moment
	}{
		{"a first passed check is enough", nil, []moment{
			{0, nil, registering}, {89 * time.Second, nil, registering}, {90 * time.Second, nil, checking},
			{119 * time.Second, nil, checking}, {120 * time.Second, nil, healthy}, {time.Hour, nil, healthy},
		}},
		{"never passed: unhealthy after the threshold", elsewhere, []moment{
			{120 * time.Second, nil, checking}, {149 * time.Second, nil, checking}, {150 * time.Second, nil, failing}, {time.Hour, nil, failing},
		}},
		{"fails and recovers at the times of checks", nil, []moment{
			{130 * time.Second, breaks, healthy}, {179 * time.Second, nil, healthy}, {180 * time.Second, nil, failing},
			{190 * time.Second, mends, failing}, // checks at 210, 240, 270, 300, 330: five in a row
			{329 * time.Second, nil, failing}, {330 * time.Second, nil, healthy},
		}},
		{"one failed check is not a failure", nil, []moment{
			{149 * time.Second, breaks, healthy}, {151 * time.Second, mends, healthy}, {time.Hour, nil, healthy},
		}},
		{"a failed first check does not need the threshold to recover", breaks, []moment{
			{120 * time.Second, nil, checking}, {125 * time.Second, mends, checking}, {149 * time.Second, nil, checking}, {150 * time.Second, nil, healthy},
			{time.Hour, nil, healthy},
		}},
		{"drains for the delay, then is gone", nil, []moment{
			{200 * time.Second, leaves, draining}, {499 * time.Second, nil, draining}, {500 * time.Second, nil, gone},
		}},
		{"drains from initial too", nil, []moment{
			{time.Second, leaves, draining}, {300 * time.Second, nil, draining}, {301 * time.Second, nil, gone},
		}},
		{"an unhealthy target drains", elsewhere, []moment{
			{150 * time.Second, nil, failing}, {160 * time.Second, leaves, draining}, {460 * time.Second, nil, gone},
		}},
		{"its own delay", set(map[string]string{"deregistration_delay.timeout_seconds": "60"}), []moment{
			{200 * time.Second, leaves, draining}, {259 * time.Second, nil, draining}, {260 * time.Second, nil, gone},
		}},
		{"no delay", set(map[string]string{"deregistration_delay.timeout_seconds": "0"}), []moment{
			{200 * time.Second, leaves, gone},
		}},
		{"draining and registered again: a new life", nil, []moment{
			{200 * time.Second, leaves, draining}, {300 * time.Second, returns, registering},
			{419 * time.Second, nil, checking}, {420 * time.Second, nil, healthy}, {time.Hour, nil, healthy},
		}},
		{"deregistered twice: the first delay counts", nil, []moment{
			{200 * time.Second, leaves, draining}, {300 * time.Second, leaves, draining}, {500 * time.Second, nil, gone},
		}},
		{"registered twice: nothing changes", nil, []moment{
			{200 * time.Second, returns, healthy},
		}},
		{"not in use without a listener", func(l *life) { l.ok(l.DeleteListener(caller, l.listener.ARN)) }, []moment{
			{0, nil, notInUse}, {time.Hour, nil, notInUse},
			{time.Hour, func(l *life) {
				_, err := l.CreateListener(caller, state.ListenerInput{LoadBalancer: l.lb.ARN, Protocol: "TCP", Port: 443, Groups: []string{l.group}})
				l.ok(err)
			}, registering},
			{time.Hour + 120*time.Second, nil, healthy},
			{2 * time.Hour, func(l *life) { l.ok(l.DeleteLoadBalancer(caller, l.lb.ARN)) }, notInUse},
			{2 * time.Hour, leaves, gone},
		}},
		{"draining ends with the listener", nil, []moment{
			{200 * time.Second, leaves, draining}, {210 * time.Second, func(l *life) { l.ok(l.DeleteListener(caller, l.listener.ARN)) }, gone},
		}},
		{"unhealthy.draining only with termination off", set(map[string]string{
			"target_health_state.unhealthy.connection_termination.enabled": "false",
			"target_health_state.unhealthy.draining_interval_seconds":      "100",
		}), []moment{
			{120 * time.Second, breaks, healthy}, {150 * time.Second, nil, failingSoon}, {249 * time.Second, nil, failingSoon}, {250 * time.Second, nil, failing},
		}},
		{"unhealthy.draining recovers", set(map[string]string{
			"target_health_state.unhealthy.connection_termination.enabled": "false",
			"target_health_state.unhealthy.draining_interval_seconds":      "3600",
		}), []moment{
			{120 * time.Second, breaks, healthy}, {150 * time.Second, mends, failingSoon}, {269 * time.Second, nil, failingSoon}, {270 * time.Second, nil, healthy},
			{2 * time.Hour, nil, healthy},
		}},
		{"unhealthy.draining is deregistered", set(map[string]string{
			"target_health_state.unhealthy.connection_termination.enabled": "false",
			"target_health_state.unhealthy.draining_interval_seconds":      "3600",
		}), []moment{
			{120 * time.Second, breaks, healthy}, {150 * time.Second, leaves, draining}, {450 * time.Second, nil, gone},
		}},
		{"another port does not answer", func(l *life) { l.port = 6443 }, []moment{
			{120 * time.Second, nil, checking}, {150 * time.Second, nil, failing},
		}},
		{"a zone goes out and comes back", nil, []moment{
			{120 * time.Second, func(l *life) {
				for _, z := range l.zones {
					l.BreakZone(z.ID, true)
				}
			}, healthy},
			{150 * time.Second, nil, failing},
			{160 * time.Second, func(l *life) {
				for _, z := range l.zones {
					l.BreakZone(z.ID, false)
				}
			}, failing},
			{300 * time.Second, nil, healthy},
		}},
	} {
		t.Run(x.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &life{world: newWorld(t, state.Options{Consistent: true})}
				l.cluster("prod")
				l.group, l.lb, l.listener = l.link("prod")
				l.Settle()
				l.addr = l.serving("prod")[0]
				if x.before != nil {
					x.before(l)
				}
				returns(l)
				start := time.Now()
				for _, m := range x.life {
					time.Sleep(m.at - time.Since(start)) // in the bubble
					if m.do != nil {
						m.do(l)
					}
					if got := l.is(); got != m.want {
						t.Fatalf("at %v: got %q, want %q", m.at, got, m.want)
					}
				}
			})
		})
	}
}

func TestTargetZoneNotEnabled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{})
		w.cluster("prod")
		g, lb := w.group("prod"), w.balancer("prod", w.subnets[2])
		_, err := w.CreateListener(caller, state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 443, Groups: []string{g}})
		w.ok(err)
		w.Settle()
		// The cluster's two interfaces are in the first two zones.
		w.register(g, w.serving("prod")...)
		w.ok(w.RegisterTargets(caller, g, []state.Target{{ID: "192.168.7.7", Zone: "all"}, {ID: "192.168.7.8", Zone: w.zones[0].Name}}))
		if diff := cmp.Diff([]string{notInUse, notInUse, registering, notInUse}, w.health(g)); diff != "" {
			t.Error(diff)
		}
		w.ok(w.DeregisterTargets(caller, g, targets(w.serving("prod")[0])))
		if diff := cmp.Diff([]string{notInUse, registering, notInUse}, w.health(g)); diff != "" {
			t.Errorf("an unused target goes at once: %s", diff)
		}
	})
}

func TestReportHealth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{ExternalHealth: true})
		w.cluster("prod")
		g, _, _ := w.link("prod")
		w.Settle()
		addr := w.serving("prod")[0]
		w.register(g, addr)
		at := func(d time.Duration, want string) {
			t.Helper()
			time.Sleep(d)
			if got := w.health(g)[0]; got != want {
				t.Fatalf("got %q, want %q", got, want)
			}
		}
		x := state.Target{ID: addr.String()}
		at(5*time.Minute, checking) // nobody has reported
		w.ReportHealth(g, x, false)
		at(0, checking)
		w.ReportHealth(g, x, true)
		at(0, healthy)
		w.ReportHealth(g, x, false)
		w.ReportHealth(g, state.Target{ID: "10.0.0.99"}, false) // not registered
		w.ReportHealth("arn:aws:elasticloadbalancing:eu-west-1:222222222222:targetgroup/none/0", x, false)
		at(29*time.Second, healthy)
		at(time.Second, failing)
		w.ok(w.DeregisterTargets(caller, g, []state.Target{x}))
		w.ok(w.RegisterTargets(caller, g, []state.Target{x}))
		w.ReportHealth(g, x, true) // before the first check: kept until then
		at(119*time.Second, checking)
		at(time.Second, healthy)
	})
}

func TestRegisterRules(t *testing.T) {
	w := newWorld(t, state.Options{})
	v, err := w.CreateVpc(caller, state.VPCInput{CIDR: netip.MustParsePrefix("10.8.0.0/16"), IPv6: true})
	w.ok(err)
	six := v.IPv6[0].Block.Addr()
	_, err = w.CreateSubnet(caller, state.SubnetInput{VPC: v.ID, CIDR: netip.MustParsePrefix("10.8.0.0/24"), IPv6: netip.PrefixFrom(six, 64)})
	w.ok(err)
	// A VPC that uses a public range privately, in part without a subnet.
	odd, err := w.CreateVpc(caller, state.VPCInput{CIDR: netip.MustParsePrefix("203.0.0.0/16")})
	w.ok(err)
	_, err = w.CreateSubnet(caller, state.SubnetInput{VPC: odd.ID, CIDR: netip.MustParsePrefix("203.0.113.0/24")})
	w.ok(err)

	plain := w.group("plain")
	ipv6 := w.group("six", func(in *state.TargetGroupInput) { in.VPC, in.IPAddressType = v.ID, "ipv6" })
	public := w.group("odd", func(in *state.TargetGroupInput) { in.VPC = odd.ID })
	instances := w.group("instances", func(in *state.TargetGroupInput) { in.Type = "instance" })
	zone := w.zones[0].Name

	for _, x := range []struct {
		name, group string
		target      state.Target
		want        string
	}{
		{"inside", plain, state.Target{ID: "10.0.0.9"}, ""},
		{"inside, its own zone", plain, state.Target{ID: "10.0.0.9", Zone: zone}, ""},
		{"inside, zone all", plain, state.Target{ID: "10.0.0.9", Zone: "all"}, "ValidationError"},
		{"inside, another zone", plain, state.Target{ID: "10.0.0.9", Zone: w.zones[1].Name}, "ValidationError"},
		{"in the VPC but in no subnet", plain, state.Target{ID: "10.0.200.1"}, "ValidationError"},
		{"in the VPC but in no subnet, zone all", plain, state.Target{ID: "10.0.200.1", Zone: "all"}, ""},
		{"10/8 outside", plain, state.Target{ID: "10.255.0.1", Zone: "all"}, ""},
		{"10/8 outside without a zone", plain, state.Target{ID: "10.255.0.1"}, "ValidationError"},
		{"100.64/10 outside", plain, state.Target{ID: "100.64.0.1", Zone: "all"}, ""},
		{"100.128 outside", plain, state.Target{ID: "100.128.0.1", Zone: "all"}, "InvalidTarget"},
		{"172.16/12 outside", plain, state.Target{ID: "172.31.255.255", Zone: zone}, ""},
		{"172.32 outside", plain, state.Target{ID: "172.32.0.0", Zone: "all"}, "InvalidTarget"},
		{"192.168/16 outside", plain, state.Target{ID: "192.168.0.1", Zone: "all"}, ""},
		{"outside, unknown zone", plain, state.Target{ID: "192.168.0.1", Zone: "mars-1a"}, "ValidationError"},
		{"public", plain, state.Target{ID: "198.51.100.7", Zone: "all"}, "InvalidTarget"},
		{"public", plain, state.Target{ID: "198.51.100.7"}, "InvalidTarget"},
		{"public range used privately", public, state.Target{ID: "203.0.113.9"}, ""},
		{"public range of the VPC without a subnet", public, state.Target{ID: "203.0.1.9", Zone: "all"}, "InvalidTarget"},
		{"IPv6 in an IPv4 group", plain, state.Target{ID: six.Next().String()}, "ValidationError"},
		{"IPv4 in an IPv6 group", ipv6, state.Target{ID: "10.8.0.9"}, "ValidationError"},
		{"mapped IPv4", plain, state.Target{ID: "::ffff:10.0.0.9"}, "ValidationError"},
		{"IPv6 inside", ipv6, state.Target{ID: six.Next().String()}, ""},
		{"IPv6 outside", ipv6, state.Target{ID: "2001:db8:ffff::1", Zone: "all"}, "InvalidTarget"},
		{"no address", plain, state.Target{ID: "prod.example"}, "ValidationError"},
		{"port too high", plain, state.Target{ID: "10.0.0.9", Port: 65536}, "ValidationError"},
		{"port negative", plain, state.Target{ID: "10.0.0.9", Port: -1}, "ValidationError"},
		{"instance", instances, state.Target{ID: "i-0123456789abcdef0"}, "InvalidTarget"},
		{"no such group", "arn:aws:elasticloadbalancing:eu-west-1:222222222222:targetgroup/none/0", state.Target{ID: "10.0.0.9"}, "TargetGroupNotFound"},
		{"no ARN", "none", state.Target{ID: "10.0.0.9"}, "ValidationError"},
	} {
		t.Run(x.name, func(t *testing.T) {
			if got := code(w.RegisterTargets(caller, x.group, []state.Target{x.target})); got != x.want {
				t.Errorf("got %q, want %q", got, x.want)
			}
		})
	}
	if got := w.RegisterTargets(state.Caller{Account: "333333333333", Region: region}, plain, []state.Target{{ID: "10.0.0.9"}}); code(got) != "TargetGroupNotFound" {
		t.Errorf("another account: %v", got)
	}
}

func TestRegisterIsAllOrNothing(t *testing.T) {
	w := newWorld(t, state.Options{})
	g := w.group("prod")
	err := w.RegisterTargets(caller, g, []state.Target{{ID: "10.0.0.9"}, {ID: "198.51.100.7"}, {ID: "10.0.0.10"}})
	if code(err) != "InvalidTarget" || len(w.health(g)) != 0 {
		t.Errorf("got %v and %v", err, w.health(g))
	}
	var many []state.Target
	for i := range 1001 {
		many = append(many, state.Target{ID: "10.0.0.9", Port: 1 + i})
	}
	if err := w.RegisterTargets(caller, g, many); code(err) != "TooManyTargets" || len(w.health(g)) != 0 {
		t.Errorf("got %v and %d targets", err, len(w.health(g)))
	}
	w.ok(w.RegisterTargets(caller, g, many[:1000]))
	w.ok(w.RegisterTargets(caller, g, many[:1000])) // again is no more
	if err := w.RegisterTargets(caller, g, many[1000:]); code(err) != "TooManyTargets" {
		t.Errorf("got %v", err)
	}
}

func TestDeregisterPorts(t *testing.T) {
	w := newWorld(t, state.Options{})
	g, _, _ := w.link("prod")
	w.ok(w.RegisterTargets(caller, g, []state.Target{{ID: "10.0.0.9"}, {ID: "10.0.0.9", Port: 6443}}))
	for _, step := range []struct {
		name   string
		target state.Target
		want   []string
	}{
		{"not registered", state.Target{ID: "10.0.0.77"}, []string{registering, registering}},
		{"another port", state.Target{ID: "10.0.0.9", Port: 80}, []string{registering, registering}},
		{"a public address, never registered", state.Target{ID: "198.51.100.7"}, []string{registering, registering}},
		{"without a port: the group's", state.Target{ID: "10.0.0.9"}, []string{draining, registering}},
		{"again", state.Target{ID: "10.0.0.9", Port: 443}, []string{draining, registering}},
		{"with its port", state.Target{ID: "10.0.0.9", Port: 6443}, []string{draining, draining}},
	} {
		w.ok(w.DeregisterTargets(caller, g, []state.Target{step.target}))
		if diff := cmp.Diff(step.want, w.health(g)); diff != "" {
			t.Errorf("%s: %s", step.name, diff)
		}
	}
	hs, err := w.DescribeTargetHealth(caller, g, []state.Target{{ID: "10.0.0.77"}, {ID: "10.0.0.9", Port: 6443}})
	w.ok(err)
	if text(hs[0]) != "unused Target.NotRegistered" || text(hs[1]) != draining || hs[1].Target.Zone != w.zones[0].Name || hs[0].CheckPort != "443" {
		t.Errorf("got %+v", hs)
	}
}
