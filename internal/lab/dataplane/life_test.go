package dataplane_test

import (
	"context"
	"net/netip"
	"runtime"
	"sync"
	"testing"
	"time"

	"postern/internal/lab/dataplane"
	"postern/internal/lab/fabric"
	"postern/internal/lab/state"
)

// TestHost: the lab's own host has one address, which no interface has.
func TestHost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.run()
	was, err := w.Host(w.vpc)
	w.ok(err)
	if want := netip.MustParseAddr("10.0.15.254"); was != want { // of 10.0.0.0/20, whose last is reserved
		t.Errorf("the host is %s, want %s", was, want)
	}
	if again, err := w.Host(w.vpc); err != nil || again != was {
		t.Errorf("then it is %s, %v", again, err)
	}
	if _, err := w.CreateNetworkInterface(caller, state.InterfaceInput{Subnet: w.subnets[0], Addr: was}); err != nil {
		t.Fatal(err)
	}
	w.Sync()
	if now, err := w.Host(w.vpc); err != nil || now == was {
		t.Errorf("an interface took its address, and it is still %s, %v", now, err)
	}
	if addr, err := w.Host("vpc-0"); err == nil {
		t.Errorf("a VPC that is not there has the host %s", addr)
	}
	v, err := w.CreateVpc(caller, state.VPCInput{CIDR: netip.MustParsePrefix("10.9.0.0/16")})
	w.ok(err)
	w.Sync()
	if addr, err := w.Host(v.ID); err == nil {
		t.Errorf("a VPC without subnets has the host %s", addr)
	}
	sub, err := w.CreateSubnet(caller, state.SubnetInput{VPC: v.ID, CIDR: netip.MustParsePrefix("10.9.0.0/24"), ZoneID: w.zones[0].ID})
	w.ok(err)
	w.Sync()
	gone, err := w.Host(v.ID)
	w.ok(err)
	w.ok(w.DeleteSubnet(caller, sub.ID))
	w.ok(w.DeleteVpc(caller, v.ID))
	w.Sync()
	ctx, cancel := context.WithTimeout(t.Context(), quiet)
	defer cancel()
	_, err = w.Dial(ctx, v.ID, gone, netip.AddrPortFrom(gone, 443))
	w.failed(err, fabric.KindNoSource, dataplane.HopRoute, v.ID)
}

// TestRunEnds: nothing is left of a plane that has run: connections are cut,
// and every goroutine ends.
func TestRunEnds(t *testing.T) {
	before := runtime.NumGoroutine()
	w := newWorld(t, 600)
	w.cluster("prod")
	group, lb := w.link("prod", w.subnets)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { w.Store.Run(ctx) })
	wg.Go(func() {
		if err := w.Plane.Run(ctx); err != nil {
			t.Errorf("the plane ended with %v", err)
		}
	})
	w.Sync()
	w.register(group, w.Serving(account, region, "prod")...)
	w.awaitStates(group, "healthy healthy")
	c, _, _ := w.reach(w.vpc, zoneOf(t, w, lb).Addr)
	w.ok(c.ping(patience))
	cancel()
	wg.Wait()
	if err := c.ping(patience); err == nil {
		t.Error("a connection goes on")
	}
	if _, err := w.dial(w.vpc, lb.Zones[0].Addr, 443, quiet); err == nil {
		t.Error("a new connection was made")
	}
	c.Close()
	w.await("the end of every goroutine", func() bool {
		runtime.GC()
		return runtime.NumGoroutine() <= before
	})
}

// zoneOf returns a zone of a load balancer in which the cluster prod has an
// interface.
func zoneOf(t testing.TB, w *world, lb state.LoadBalancer) state.LBZone {
	t.Helper()
	for _, z := range lb.Zones {
		if z.ZoneID == w.interfacesOf("prod")[0].ZoneID {
			return z
		}
	}
	t.Fatal("no zone in common")
	return state.LBZone{}
}

// TestIdle: the listener's timeout is that of the connections through it.
func TestIdle(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 600)
	w.Plane = dataplane.New(dataplane.Options{
		Store: w.Store, Servers: func(c state.Cluster) dataplane.Server { return echo{w, c} }, IdleLeast: time.Millisecond,
	})
	w.cluster("prod")
	group, lb := w.link("prod", w.subnets)
	w.run()
	w.register(group, w.Serving(account, region, "prod")...)
	w.awaitStates(group, "healthy healthy")
	c, _, _ := w.reach(w.vpc, zoneOf(t, w, lb).Addr)
	w.ok(c.ping(patience))
	c.SetReadDeadline(time.Now().Add(2 * time.Second)) // 350 s at this speed are 0.6 s
	if _, err := c.r.ReadByte(); err == nil {
		t.Error("the server spoke")
	}
	if err := c.ping(patience); err == nil {
		t.Error("an idle connection goes on")
	}
}
