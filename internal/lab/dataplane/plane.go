package dataplane

import (
	"context"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"postern/internal/lab/fabric"
	"postern/internal/lab/state"
)

// Options say what a Plane is made of.
type Options struct {
	Store *state.Store // required; with ExternalHealth, or it checks targets in its own way too
	// Servers returns what answers behind a cluster's serving interfaces, nil for
	// nothing. It is asked for each connection.
	Servers func(state.Cluster) Server
	// Broken says what does not answer now: a cluster's API servers (by its ARN),
	// or everything in a zone (by its ID). Either may be empty. Nil: nothing is
	// broken.
	Broken func(cluster, zoneID string) bool
	Logger *slog.Logger // nil discards
	// IdleLeast is the least idle timeout, in real time: what holds a connection
	// open, an API server's bookmark each minute, is no faster in a lab that is. 0
	// means AWS's default, 350 s.
	IdleLeast time.Duration
}

// A Server answers connections, as the API servers of one cluster.
type Server interface {
	// ServeConn takes over a connection that came in by an interface. It may
	// return before the connection has ended.
	ServeConn(conn net.Conn, by state.Interface)
}

// A Plane carries the connections of a store's world. Make one with New.
type Plane struct {
	opts   Options
	store  *state.Store
	log    *slog.Logger
	fabric *fabric.Fabric
	flows  registry
	tally  tally
	wake   chan struct{} // has an element when the world has changed
	view   atomic.Pointer[view]

	syncing  sync.Mutex // guards what Sync keeps
	handlers map[place]func()
	hosts    map[string]netip.Addr // the lab's own, by VPC, where asked for
	checks   *checks               // nil: not running

	mu    sync.Mutex    // guards heard
	heard []state.Event // about targets and endpoints, not yet acted upon
}

// New returns a plane that carries nothing yet: Run or Sync starts it. Run
// must follow, for it is what ends it.
func New(o Options) *Plane {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Broken == nil {
		o.Broken = func(string, string) bool { return false }
	}
	if o.IdleLeast == 0 {
		o.IdleLeast = 350 * time.Second
	}
	p := &Plane{
		opts: o, store: o.Store, log: o.Logger, wake: make(chan struct{}, 1),
		handlers: map[place]func(){}, hosts: map[string]netip.Addr{},
	}
	p.view.Store(&view{Topology: &state.Topology{}})
	p.fabric = fabric.New(rules{p}, fabric.Options{Logger: o.Logger})
	return p
}

// settleFor is how long changes are gathered before the next are followed.
const settleFor = 5 * time.Millisecond

// Run follows the store and checks targets until ctx ends. Then it cuts every
// connection; nothing of the plane remains when it returns.
func (p *Plane) Run(ctx context.Context) error {
	unsubscribe := p.store.Subscribe(p.hear)
	p.syncing.Lock()
	p.checks = newChecks(ctx, p)
	p.syncing.Unlock()
	p.Sync()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-p.wake:
			p.Sync()
			p.act()
			pause(ctx, settleFor)
		}
	}
	unsubscribe()
	p.checks.stop()
	return p.fabric.Close()
}

// pause waits, and reports whether ctx still goes on.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// hear notes an event for Run.
func (p *Plane) hear(e state.Event) {
	switch e.Kind {
	case state.TagsChanged, state.ClusterMoved:
		return // nothing of the network, or told by other events
	case state.TargetChanged, state.EndpointChanged:
		p.mu.Lock()
		p.heard = append(p.heard, e)
		p.mu.Unlock()
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Sync brings the network up to the store's world now.
func (p *Plane) Sync() {
	p.syncing.Lock()
	defer p.syncing.Unlock()
	t, old := p.store.Topology(), p.view.Load()
	if old.Version() != t.Version() {
		v := newView(t)
		p.view.Store(v)
		p.rebuild(old, v)
	}
	if p.checks != nil {
		p.checks.follow(p.view.Load())
	}
}

// rebuild makes the fabric's VPCs and addresses those of a view.
func (p *Plane) rebuild(old, v *view) {
	p.fabric.Reroute()
	for _, vpc := range old.vpcs {
		if !slices.Contains(v.vpcs, vpc) {
			p.fabric.DropVPC(vpc)
			delete(p.hosts, vpc)
			maps.DeleteFunc(p.handlers, func(at place, _ func()) bool { return at.vpc == vpc })
		}
	}
	for _, vpc := range v.vpcs {
		p.fabric.SetVPC(vpc)
		p.populate(old, v, vpc)
	}
}

// populate makes a VPC's addresses those of a view. An address that another
// interface has now is taken away first: the old one's connections go with it.
func (p *Plane) populate(old, v *view, vpc string) {
	if host := p.hosts[vpc]; v.interfaceID(place{vpc, host}) != "" {
		delete(p.hosts, vpc)
	}
	was, now := old.addrs[vpc], v.addrs[vpc]
	renewed := func(a netip.Addr) bool {
		before := old.interfaceID(place{vpc, a})
		return before != "" && before != v.interfaceID(place{vpc, a})
	}
	if slices.ContainsFunc(now, renewed) {
		p.setAddrs(vpc, slices.DeleteFunc(slices.Clone(now), renewed))
	} else if slices.Equal(was, now) {
		return
	}
	for _, a := range now {
		if at := (place{vpc, a}); p.handlers[at] == nil {
			p.handlers[at] = p.fabric.Handle(vpc, netip.AddrPortFrom(a, 0), func(r *fabric.Request) { p.take(at, r) })
		}
	}
	p.setAddrs(vpc, now)
	for _, a := range was {
		if at := (place{vpc, a}); v.interfaceID(at) == "" && p.handlers[at] != nil {
			p.handlers[at]()
			delete(p.handlers, at)
		}
	}
}

// setAddrs sets a VPC's addresses, with that of the lab's host.
func (p *Plane) setAddrs(vpc string, addrs []netip.Addr) {
	if host, ok := p.hosts[vpc]; ok {
		addrs = append(slices.Clone(addrs), host)
	}
	p.fabric.SetAddrs(vpc, addrs)
}

// take is asked about each new connection to an interface.
func (p *Plane) take(at place, r *fabric.Request) {
	v := p.view.Load()
	i, ok := v.Interface(at.vpc, at.addr)
	n, isNode := v.nodes[at]
	switch {
	case !ok:
		r.Drop(because(HopInterface, "%s is the address of no interface", at.addr))
	case p.opts.Broken("", i.ZoneID):
		r.Drop(because(HopInterface, "%s is in zone %s, which is out", i.ID, i.ZoneID))
	case i.Cluster != "":
		p.serve(i, r)
	case isNode:
		p.enterNode(v, n, r)
	case i.Type == "vpc_endpoint":
		p.enterEndpoint(v, at, r)
	case i.Attachment == nil:
		r.Drop(because(HopInterface, "%s is attached to nothing", i.ID))
	default:
		r.Refuse(because(HopInterface, "nothing listens on %s of %s", r.Local(), i.ID))
	}
}
