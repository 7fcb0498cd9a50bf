package state_test

import (
	"errors"
	"net/netip"
	"testing"

	"postern/internal/lab/state"
)

const (
	account = "222222222222"
	region  = "eu-west-1"
)

var (
	caller = state.Caller{Account: account, Region: region, ARN: "arn:aws:iam::222222222222:user/lab"}
	yes    = true
	no     = false
)

// code returns an error's AWS code, empty for none.
func code(err error) string {
	if e, ok := errors.AsType[*state.Error](err); ok {
		return e.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// A tester is what tests, benchmarks and properties have in common.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// A world is a store with a VPC that has a /20 in each of three zones.
type world struct {
	*state.Store
	t       tester
	vpc     string
	subnets []string
	zones   []state.Zone
}

func newWorld(t tester, o state.Options) *world {
	t.Helper()
	w := &world{Store: state.New(o), t: t}
	var err error
	w.zones, err = w.DescribeAvailabilityZones(caller, nil, nil, nil)
	w.ok(err)
	w.vpc, w.subnets = w.network("10.0.0.0/16", 20)
	return w
}

// ok fails the test on an error.
func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// network makes a VPC with DNS names on and a subnet of the given size a zone.
func (w *world) network(block string, bits int) (vpc string, subnets []string) {
	w.t.Helper()
	b := netip.MustParsePrefix(block)
	v, err := w.CreateVpc(caller, state.VPCInput{CIDR: b})
	w.ok(err)
	w.ok(w.ModifyVpcAttribute(caller, v.ID, nil, &yes))
	for i, z := range w.zones {
		a := b.Addr().As4()
		a[2] += byte(i * 16)
		sub, err := w.CreateSubnet(caller, state.SubnetInput{VPC: v.ID, CIDR: netip.PrefixFrom(netip.AddrFrom4(a), bits), ZoneID: z.ID})
		w.ok(err)
		subnets = append(subnets, sub.ID)
	}
	return v.ID, subnets
}

// cluster asks for a private cluster in the world's subnets.
func (w *world) cluster(name string, subnets ...string) state.Cluster {
	w.t.Helper()
	if len(subnets) == 0 {
		subnets = w.subnets
	}
	cl, err := w.CreateCluster(caller, state.ClusterInput{Name: name, Subnets: subnets, Public: &no, Private: &yes})
	w.ok(err)
	return cl
}

// group makes a target group of type ip, TCP 443.
func (w *world) group(name string, change ...func(*state.TargetGroupInput)) string {
	w.t.Helper()
	in := state.TargetGroupInput{Name: name, Type: "ip", Protocol: "TCP", Port: 443, VPC: w.vpc}
	for _, f := range change {
		f(&in)
	}
	g, err := w.CreateTargetGroup(caller, in)
	w.ok(err)
	return g.ARN
}

// balancer makes an internal network load balancer in some subnets.
func (w *world) balancer(name string, subnets ...string) state.LoadBalancer {
	w.t.Helper()
	in := state.LoadBalancerInput{Name: name, Type: "network", Scheme: "internal"}
	for _, s := range subnets {
		in.Subnets = append(in.Subnets, state.SubnetMapping{Subnet: s})
	}
	lb, err := w.CreateLoadBalancer(caller, in)
	w.ok(err)
	return lb
}

// link makes a load balancer in all zones that forwards to a new group.
func (w *world) link(name string) (group string, lb state.LoadBalancer, listener state.Listener) {
	w.t.Helper()
	group = w.group(name)
	lb = w.balancer(name, w.subnets...)
	listener, err := w.CreateListener(caller, state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 443, Groups: []string{group}})
	w.ok(err)
	return group, lb, listener
}

// register registers addresses at the group's port.
func (w *world) register(group string, addrs ...netip.Addr) {
	w.t.Helper()
	w.ok(w.RegisterTargets(caller, group, targets(addrs...)))
}

func targets(addrs ...netip.Addr) []state.Target {
	var out []state.Target
	for _, a := range addrs {
		out = append(out, state.Target{ID: a.String()})
	}
	return out
}

// health returns "state reason" of each target, in order.
func (w *world) health(group string) []string {
	w.t.Helper()
	hs, err := w.DescribeTargetHealth(caller, group, nil)
	w.ok(err)
	var out []string
	for _, h := range hs {
		out = append(out, text(h))
	}
	return out
}

func text(h state.TargetHealth) string {
	if h.Reason == "" {
		return h.State
	}
	return h.State + " " + h.Reason
}

// serving returns the addresses of the account's cluster.
func (w *world) serving(cluster string) []netip.Addr { return w.Serving(account, region, cluster) }

// plane lists a cluster's interfaces as EC2 does.
func (w *world) plane(c state.Caller, cluster string) []state.Interface {
	w.t.Helper()
	is, _, err := w.DescribeNetworkInterfaces(c, state.InterfaceQuery{Filters: []state.Filter{
		{Name: "description", Values: []string{"Amazon EKS " + cluster}}, {Name: "status", Values: []string{"in-use"}},
	}})
	w.ok(err)
	return is
}

func ids(is []state.Interface) map[string]bool {
	out := map[string]bool{}
	for _, i := range is {
		out[i.ID] = true
	}
	return out
}

var _ tester = (testing.TB)(nil)
