package lab

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"postern/internal/lab/state"
)

// The whole chain is that of a user's connection: in by CONNECT on loopback,
// from the hub's host by a peering to an interface endpoint, by PrivateLink to
// a node, and to a target. Its figures come with those of host loopback, taken
// in the same run.

// sink answers each byte 'p' with one, and swallows anything else to the end,
// which it answers with a byte too.
type sink struct{}

func (sink) SetVersion(string) error { return nil }
func (sink) Close() error            { return nil }

func (sink) ServeConn(c net.Conn, _ string) {
	defer c.Close()
	first := make([]byte, 1)
	if _, err := io.ReadFull(c, first); err != nil {
		return
	}
	if first[0] != 'p' {
		if _, err := io.Copy(io.Discard, c); err != nil {
			return
		}
	}
	c.Write(first)
}

// running is a lab that runs until stop. serve says what answers behind its
// clusters; nil: what always does.
func running(b *testing.B, w *World, serve func(state.Cluster) apiServer) (l *Lab, stop func()) {
	b.Helper()
	l, err := New(Options{World: w, Speed: 600, Address: "127.0.0.1:0", DataPlane: true})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range l.clusters() {
		if serve != nil {
			l.network.servers[c.ID] = serve(c)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := l.Run(ctx); err != nil {
			b.Error(err)
		}
	})
	<-l.Ready()
	return l, func() {
		cancel()
		wg.Wait()
	}
}

// register registers every cluster's addresses, as sync would, and waits until
// all are healthy.
func (l *Lab) register(b *testing.B, check string) {
	b.Helper()
	type link struct {
		caller state.Caller
		group  string
	}
	var links []link
	for _, a := range l.store.Snapshot().Accounts {
		for _, g := range a.TargetGroups {
			c := root(a.Account, a.Region)
			if _, err := l.store.ModifyTargetGroup(c, g.ARN, state.HealthCheck{Protocol: check}); err != nil {
				b.Fatal(err)
			}
			for _, addr := range l.store.Serving(a.Account, a.Region, g.Tags[tagCluster]) {
				if err := l.store.RegisterTargets(c, g.ARN, []state.Target{{ID: addr.String()}}); err != nil {
					b.Fatal(err)
				}
			}
			links = append(links, link{c, g.ARN})
		}
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	end := time.After(2 * time.Minute)
	for _, k := range links {
		for {
			hs, err := l.store.DescribeTargetHealth(k.caller, k.group, nil)
			if err != nil {
				b.Fatal(err)
			}
			healthy := 0
			for _, h := range hs {
				if h.State == "healthy" {
					healthy++
				}
			}
			if healthy == len(hs) && healthy > 0 {
				break
			}
			select {
			case <-tick.C:
			case <-end:
				b.Fatalf("%s: %v", k.group, hs)
			}
		}
	}
}

// tunnel connects by the way in.
func (l *Lab) tunnel(host string) (*net.TCPConn, error) {
	c, err := net.Dial("tcp", l.Proxy())
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(c, "CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n", host, host); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	// The far end speaks after us, so that nothing of it is in the reader.
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: http.MethodConnect})
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(resp.Status)
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c.(*net.TCPConn), nil
}

type dialFunc func() (*net.TCPConn, error)

// chain returns dials of the whole chain to a sink, and of a sink on loopback.
func chain(b *testing.B) (whole, loopback dialFunc) {
	b.Helper()
	l, stop := running(b, DefaultWorld(), func(state.Cluster) apiServer { return sink{} })
	b.Cleanup(stop)
	l.register(b, "TCP")
	host := hostOf(l.clusters()[0])
	near, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { near.Close() })
	go func() {
		for {
			c, err := near.Accept()
			if err != nil {
				return
			}
			go sink{}.ServeConn(c, "")
		}
	}()
	whole = func() (*net.TCPConn, error) { return l.tunnel(host) }
	loopback = func() (*net.TCPConn, error) {
		c, err := net.Dial("tcp", near.Addr().String())
		if err != nil {
			return nil, err
		}
		return c.(*net.TCPConn), nil
	}
	return whole, loopback
}

// connect makes n connections, 16 at a time, each with a byte there and back,
// and returns how many it made a second.
func connect(b *testing.B, n int, dial dialFunc) float64 {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(n))
	one := func() error {
		c, err := dial()
		if err != nil {
			return err
		}
		defer c.Close()
		if _, err := c.Write([]byte{'p'}); err != nil {
			return err
		}
		_, err = io.ReadFull(c, make([]byte, 1))
		return err
	}
	var wg sync.WaitGroup
	began := time.Now()
	for range 16 {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := one(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return float64(n) / time.Since(began).Seconds()
}

// BenchmarkChainConnections: new connections a second, 16 at a time.
func BenchmarkChainConnections(b *testing.B) {
	whole, loopback := chain(b)
	connect(b, 500, whole) // warm
	b.ResetTimer()
	cpu := cpuTime(b)
	rate := connect(b, b.N, whole)
	b.StopTimer()
	b.ReportMetric(float64(b.N)/(cpuTime(b)-cpu).Seconds(), "conn/CPU-s")
	host := connect(b, max(b.N, 2000), loopback)
	b.ReportMetric(rate, "conn/s")
	b.ReportMetric(host, "loopback-conn/s")
	b.ReportMetric(100*rate/host, "%-of-loopback")
}

// stream sends blocks over one connection and returns how many MB a second the
// far end had.
func stream(b *testing.B, blocks int, dial dialFunc) float64 {
	b.Helper()
	c, err := dial()
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	block := make([]byte, 64<<10)
	began := time.Now()
	for range blocks {
		if _, err := c.Write(block); err != nil {
			b.Fatal(err)
		}
	}
	if err := c.CloseWrite(); err != nil {
		b.Fatal(err)
	}
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		b.Fatal(err)
	}
	return float64(blocks*len(block)) / 1e6 / time.Since(began).Seconds()
}

// BenchmarkChainStream: MB a second of one stream.
func BenchmarkChainStream(b *testing.B) {
	whole, loopback := chain(b)
	stream(b, 500, whole) // warm
	b.ResetTimer()
	cpu := cpuTime(b)
	rate := stream(b, b.N, whole)
	b.StopTimer()
	b.ReportMetric(float64(b.N)*(64<<10)/1e6/(cpuTime(b)-cpu).Seconds(), "MB/CPU-s")
	host := stream(b, max(b.N, 2000), loopback)
	b.ReportMetric(rate, "MB/s")
	b.ReportMetric(host, "loopback-MB/s")
	b.ReportMetric(100*rate/host, "%-of-loopback")
}

// cpuTime is what the process has used so far: on a busy machine it says more
// than the time that passed.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// memory returns what is in use after a collection and what the system says the
// process has, in MiB.
func memory() (heap, rss float64) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20), residentSet()
}

// residentSet is the process's, in MiB; 0 where the system does not say.
func residentSet() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	kib, _ := strconv.ParseFloat(strings.Fields(after + " 0")[0], 64)
	return kib / 1024
}

// BenchmarkChainGrowth: what 100,000 connections leave behind, after 10,000
// that warmed up. Run it with -benchtime 1x.
func BenchmarkChainGrowth(b *testing.B) {
	whole, _ := chain(b)
	// Nothing remains of a connection for longer than its ports: a second.
	rest := func() (heap, rss float64) {
		<-time.After(3 * time.Second)
		return memory()
	}
	for b.Loop() {
		connect(b, 10_000, whole)
		heap, rss := rest()
		goroutines := runtime.NumGoroutine()
		rate := connect(b, 100_000, whole)
		heapAfter, rssAfter := rest()
		b.ReportMetric(rate, "conn/s")
		b.ReportMetric(heap, "heap-MiB-before")
		b.ReportMetric(heapAfter, "heap-MiB-after")
		b.ReportMetric(rss, "RSS-MiB-before")
		b.ReportMetric(rssAfter, "RSS-MiB-after")
		b.ReportMetric(float64(runtime.NumGoroutine()-goroutines), "goroutines-more")
	}
}

// BenchmarkUp: from nothing until a lab serves, then until all targets that
// were registered are healthy and each cluster has answered by the whole chain.
// Run each world with -benchtime 1x in a process of its own.
func BenchmarkUp(b *testing.B) {
	for name, world := range map[string]*World{"default": DefaultWorld(), "200": GeneratedHub(200, 5)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				began := time.Now()
				l, stop := running(b, world, nil)
				ready := time.Since(began)
				_, rss := memory()
				l.register(b, "HTTPS")
				healthy := time.Since(began)
				clusters := l.clusters()
				for _, c := range clusters {
					conn, err := l.tunnel(hostOf(c))
					if err != nil {
						b.Fatal(err)
					}
					conn.Close()
				}
				heap, all := memory()
				stop()
				b.ReportMetric(ready.Seconds(), "s-until-ready")
				b.ReportMetric(rss, "RSS-MiB-ready")
				b.ReportMetric((healthy - ready).Seconds(), "s-until-healthy")
				b.ReportMetric(heap, "heap-MiB-in-use")
				b.ReportMetric(all, "RSS-MiB-in-use")
				b.ReportMetric(float64(len(clusters)), "clusters")
			}
		})
	}
}
