package dataplane_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"postern/internal/lab/dataplane"
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

// patience is how long a test waits for what should happen, and quiet how long
// for what should not.
const (
	patience = 20 * time.Second
	quiet    = 500 * time.Millisecond
)

// A world is a store with a VPC of three zones, and a plane that carries it.
type world struct {
	*state.Store
	*dataplane.Plane
	t       testing.TB
	vpc     string
	subnets []string
	zones   []state.Zone

	mu     sync.Mutex      // guards what follows
	broken map[string]bool // cluster ARNs and zone IDs
	lost   int             // how many connections to clusters are still to be lost
	asked  int             // how many connections came to clusters
}

func newWorld(t testing.TB, speed float64) *world {
	t.Helper()
	w := &world{t: t, broken: map[string]bool{}}
	w.Store = state.New(state.Options{Speed: speed, Seed: 1, Consistent: true, ExternalHealth: true})
	var err error
	w.zones, err = w.DescribeAvailabilityZones(caller, nil, nil, nil)
	w.ok(err)
	w.vpc, w.subnets = w.network(caller, "10.0.0.0/16")
	w.Plane = dataplane.New(dataplane.Options{
		Store: w.Store, Servers: func(c state.Cluster) dataplane.Server { return echo{w, c} },
		Broken: func(cluster, zone string) bool {
			w.mu.Lock()
			defer w.mu.Unlock()
			if cluster != "" {
				w.asked++
			}
			if cluster != "" && w.lost > 0 {
				w.lost--
				return true
			}
			return w.broken[cluster] || w.broken[zone]
		},
	})
	return w
}

// run lets the world's time pass and its connections go, until the test ends.
func (w *world) run() {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { w.Store.Run(ctx) })
	wg.Go(func() {
		if err := w.Plane.Run(ctx); err != nil {
			w.t.Errorf("plane ended with %v", err)
		}
	})
	w.t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
	w.Sync()
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// network makes a VPC with a /20 in each zone.
func (w *world) network(c state.Caller, block string) (vpc string, subnets []string) {
	w.t.Helper()
	b := netip.MustParsePrefix(block)
	v, err := w.CreateVpc(c, state.VPCInput{CIDR: b})
	w.ok(err)
	zones, err := w.DescribeAvailabilityZones(c, nil, nil, nil)
	w.ok(err)
	for i, z := range zones {
		a := b.Addr().As4()
		a[2] += byte(i * 16)
		sub, err := w.CreateSubnet(c, state.SubnetInput{VPC: v.ID, CIDR: netip.PrefixFrom(netip.AddrFrom4(a), 20), ZoneID: z.ID})
		w.ok(err)
		subnets = append(subnets, sub.ID)
	}
	return v.ID, subnets
}

// cluster makes a cluster that serves, in some subnets or all. Its security
// group admits everybody in private addresses on 443.
func (w *world) cluster(name string, subnets ...string) state.Cluster {
	w.t.Helper()
	if subnets == nil {
		subnets = w.subnets
	}
	cl, err := w.CreateCluster(caller, state.ClusterInput{Name: name, Subnets: subnets, Public: &no, Private: &yes})
	w.ok(err)
	w.admit(cl.ClusterSecurityGroup, state.RuleInput{CIDR: netip.MustParsePrefix("10.0.0.0/8")})
	w.Settle()
	return cl
}

// admit lets TCP 443 in.
func (w *world) admit(group string, r state.RuleInput) {
	w.t.Helper()
	r.Protocol, r.From, r.To = "tcp", 443, 443
	_, err := w.AuthorizeSecurityGroupIngress(caller, group, []state.RuleInput{r}, nil)
	w.ok(err)
}

// link makes a load balancer in some subnets whose port 443 goes to a new group.
func (w *world) link(name string, subnets []string, change ...func(*state.TargetGroupInput, *state.LoadBalancerInput)) (group string, lb state.LoadBalancer) {
	w.t.Helper()
	tg := state.TargetGroupInput{Name: name, Type: "ip", Protocol: "TCP", Port: 443, VPC: w.vpc}
	in := state.LoadBalancerInput{Name: name, Type: "network", Scheme: "internal"}
	for _, s := range subnets {
		in.Subnets = append(in.Subnets, state.SubnetMapping{Subnet: s})
	}
	tg.HealthCheck = state.HealthCheck{Interval: 10 * time.Second, Healthy: 2, Unhealthy: 2}
	for _, f := range change {
		f(&tg, &in)
	}
	g, err := w.CreateTargetGroup(caller, tg)
	w.ok(err)
	lb, err = w.CreateLoadBalancer(caller, in)
	w.ok(err)
	_, err = w.CreateListener(caller, state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 443, Groups: []string{g.ARN}})
	w.ok(err)
	w.Settle()
	return g.ARN, lb
}

// register registers addresses, and does not wait.
func (w *world) register(group string, addrs ...netip.Addr) {
	w.t.Helper()
	for _, a := range addrs {
		w.ok(w.RegisterTargets(caller, group, []state.Target{{ID: a.String()}}))
	}
}

// await waits until a condition holds.
func (w *world) await(what string, holds func() bool) {
	w.t.Helper()
	end := time.After(patience)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-end:
			w.t.Fatalf("%s: not within %v", what, patience)
		case <-tick.C:
		}
	}
}

// states returns the states of a group's targets, by registration.
func (w *world) states(group string) string {
	w.t.Helper()
	hs, err := w.DescribeTargetHealth(caller, group, nil)
	w.ok(err)
	var out []string
	for _, h := range hs {
		out = append(out, h.State)
	}
	return strings.Join(out, " ")
}

func (w *world) awaitStates(group, want string) {
	w.t.Helper()
	w.await(fmt.Sprintf("targets %q", want), func() bool { return w.states(group) == want })
}

// set breaks a cluster or a zone, or mends it.
func (w *world) set(what string, broken bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken[what] = broken
}

// dial connects from the lab's host in a VPC.
func (w *world) dial(vpc string, to netip.Addr, port uint16, within time.Duration) (*client, error) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	conn, err := w.Dial(ctx, vpc, netip.Addr{}, netip.AddrPortFrom(to, port))
	if err != nil {
		return nil, err
	}
	w.t.Cleanup(func() { conn.Close() })
	return &client{conn, bufio.NewReader(conn)}, nil
}

// reach connects and returns the connection, with who answered and whom the
// server took for its client.
func (w *world) reach(vpc string, to netip.Addr) (c *client, server, remote string) {
	w.t.Helper()
	c, err := w.dial(vpc, to, 443, patience)
	w.ok(err)
	c.SetReadDeadline(time.Now().Add(patience))
	line, err := c.r.ReadString('\n')
	w.ok(err)
	if _, err := fmt.Sscan(line, &server, &remote); err != nil {
		w.t.Fatalf("server said %q", line)
	}
	return c, server, remote
}

// A client is a connection to an echo.
type client struct {
	net.Conn
	r *bufio.Reader
}

// ping returns an error unless what is written comes back.
func (c *client) ping(within time.Duration) error {
	c.SetDeadline(time.Now().Add(within))
	if _, err := c.Write([]byte("ping\n")); err != nil {
		return err
	}
	line, err := c.r.ReadString('\n')
	if err == nil && line != "ping\n" {
		err = fmt.Errorf("got %q back", line)
	}
	return err
}

// ended waits for the connection's end and returns it.
func (c *client) ended() error {
	c.SetReadDeadline(time.Now().Add(patience))
	_, err := c.r.ReadString('\n')
	return err
}

// An echo is the API server of a cluster: it says which of its interfaces it
// is and who came, and then returns what it gets.
type echo struct {
	w *world
	c state.Cluster
}

func (e echo) ServeConn(conn net.Conn, by state.Interface) {
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "%s/%s %s\n", e.c.Name, by.Addr, conn.RemoteAddr()); err != nil {
		return
	}
	io.Copy(conn, conn)
}
