package dataplane_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postern/internal/lab/dataplane"
	"postern/internal/lab/state"
)

// A sink is a server that says one byte and takes all it gets.
type sink struct{}

func (sink) ServeConn(conn net.Conn, _ state.Interface) {
	defer conn.Close()
	if _, err := conn.Write([]byte{1}); err == nil {
		io.Copy(io.Discard, conn)
	}
}

// chain is a world whose connections go the whole way: from a host through an
// endpoint, PrivateLink and a load balancer to a cluster. It returns a dial of
// that way.
func chain(b *testing.B) (w *world, dial func() (net.Conn, error)) {
	b.Helper()
	w = newWorld(b, 60)
	w.Plane = dataplane.New(dataplane.Options{Store: w.Store, Servers: func(state.Cluster) dataplane.Server { return sink{} }})
	w.cluster("prod")
	group, lb := w.link("prod", w.subnets)
	s := w.consumer("10.101.0.0/16", lb.ARN)
	w.run()
	w.register(group, w.Serving(account, region, "prod")...)
	w.awaitStates(group, "healthy healthy")
	zone := zoneOf(b, w, lb).ZoneID
	for _, i := range s.endpoint.Interfaces {
		if i.ZoneID == zone {
			return w, func() (net.Conn, error) {
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				defer cancel()
				return w.Dial(ctx, s.vpc, netip.Addr{}, netip.AddrPortFrom(i.Addr, 443))
			}
		}
	}
	b.Fatal("no endpoint in the zone")
	return nil, nil
}

// loopback is the same server behind the host's own TCP.
func loopback(b *testing.B) (dial func() (net.Conn, error)) {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go sink{}.ServeConn(c, state.Interface{})
		}
	}()
	return func() (net.Conn, error) { return net.Dial("tcp", l.Addr().String()) }
}

// connect makes n connections, 16 at a time, each with a byte read, and returns
// how many it made a second.
func connect(b *testing.B, n int, dial func() (net.Conn, error)) float64 {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	began := time.Now()
	for range 16 {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				c, err := dial()
				if err != nil {
					b.Error(err)
					return
				}
				if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
					b.Error(err)
				}
				c.Close()
			}
		})
	}
	wg.Wait()
	return float64(n) / time.Since(began).Seconds()
}

// BenchmarkChainConnections: new connections a second over the whole chain, 16
// at a time, and host loopback's in the same run.
func BenchmarkChainConnections(b *testing.B) {
	_, dial := chain(b)
	local := loopback(b)
	b.ResetTimer()
	rate := connect(b, b.N, dial)
	b.StopTimer()
	host := connect(b, max(b.N, 1000), local)
	b.ReportMetric(rate, "conn/s")
	b.ReportMetric(host, "loopback-conn/s")
	b.ReportMetric(rate/host, "of-loopback")
}

// BenchmarkChainBytes: one stream over the whole chain, and over host loopback.
func BenchmarkChainBytes(b *testing.B) {
	_, dial := chain(b)
	local := loopback(b)
	buf := make([]byte, 64<<10)
	send := func(dial func() (net.Conn, error), n int) float64 {
		c, err := dial()
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		began := time.Now()
		for range n {
			if _, err := c.Write(buf); err != nil {
				b.Fatal(err)
			}
		}
		return float64(n*len(buf)) / 1e6 / time.Since(began).Seconds()
	}
	b.SetBytes(int64(len(buf)))
	b.ResetTimer()
	rate := send(dial, b.N)
	b.StopTimer()
	host := send(local, max(b.N, 1000))
	b.ReportMetric(rate, "stream-MB/s")
	b.ReportMetric(host, "loopback-MB/s")
	b.ReportMetric(rate/host, "of-loopback")
}

// BenchmarkChainGrowth: what 100,000 connections leave behind. Run it with
// -benchtime 1x.
func BenchmarkChainGrowth(b *testing.B) {
	_, dial := chain(b)
	live := func() float64 {
		time.Sleep(2 * time.Second) // longer than TIME_WAIT
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapInuse+m.StackInuse) / (1 << 20)
	}
	for b.Loop() {
		connect(b, 10_000, dial)
		before := live()
		connect(b, 100_000, dial)
		after := live()
		b.ReportMetric(before, "MiB-after-10k")
		b.ReportMetric(after, "MiB-after-110k")
	}
}

// BenchmarkSync: following one change in a world of many load balancers with
// two targets each, and what their health checks cost a second.
func BenchmarkSync(b *testing.B) {
	const links, perVPC = 200, 20
	w := newWorld(b, 60)
	w.Plane = dataplane.New(dataplane.Options{Store: w.Store, Servers: func(state.Cluster) dataplane.Server { return sink{} }})
	var groups []string
	for n := range links {
		if n%perVPC == 0 {
			w.vpc, w.subnets = w.network(caller, "10.0.0.0/16")
		}
		name := fmt.Sprintf("c%03d", n)
		cl, err := w.CreateCluster(caller, state.ClusterInput{Name: name, Subnets: w.subnets, Public: &no, Private: &yes})
		w.ok(err)
		w.admit(cl.ClusterSecurityGroup, state.RuleInput{CIDR: netip.MustParsePrefix("10.0.0.0/8")})
		tg, err := w.CreateTargetGroup(caller, state.TargetGroupInput{Name: name, Type: "ip", Protocol: "TCP", Port: 443, VPC: w.vpc})
		w.ok(err)
		in := state.LoadBalancerInput{Name: name, Type: "network", Scheme: "internal"}
		for _, s := range w.subnets {
			in.Subnets = append(in.Subnets, state.SubnetMapping{Subnet: s})
		}
		lb, err := w.CreateLoadBalancer(caller, in)
		w.ok(err)
		_, err = w.CreateListener(caller, state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 443, Groups: []string{tg.ARN}})
		w.ok(err)
		groups = append(groups, tg.ARN)
	}
	w.Settle()
	for n, g := range groups {
		w.register(g, w.Serving(account, region, fmt.Sprintf("c%03d", n))...)
	}
	w.Settle()
	began := time.Now()
	w.run()
	for _, g := range groups {
		w.awaitStates(g, "healthy healthy")
	}
	healthy := time.Since(began)
	b.ReportAllocs()
	for b.Loop() {
		_, err := w.CreateSecurityGroup(caller, state.SecurityGroupInput{VPC: w.vpc, Name: fmt.Sprint("g", b.Elapsed()), Description: "change"})
		w.ok(err)
		w.Sync()
	}
	b.StopTimer()
	b.ReportMetric(float64(healthy.Milliseconds()), "ms-until-healthy")
	cpu := cpuTime(b)
	began = time.Now()
	time.Sleep(3 * time.Second)
	b.ReportMetric(float64(cpuTime(b)-cpu)/float64(time.Since(began)), "cores-at-rest")
}
