// Package fabric carries TCP between the VPCs of the lab on netstacks inside
// the process, one a VPC: no root, no namespace, and CIDRs may overlap.
//
// It is pure mechanism. Rules, which the caller gives, say where a packet goes
// and whether a connection may be made; Handle says who answers at an address.
// As in a VPC, what the rules do not let through is dropped in silence, each
// packet finds its own way (answers too, so a missing route back is felt as a
// timeout), and nothing passes through a VPC to a third one.
//
// A dialer that was let down learns more than TCP tells: DialError.Why names
// the missing rule, or the reason that the far side gave.
package fabric

import (
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Rules says what the network lets through. Its methods are called often, from
// any goroutine, and never with a lock of the fabric held.
type Rules interface {
	// Route returns the VPC to which a packet from src in vpc to dst goes, ""
	// when nothing leads there: then the packet is dropped in silence. The
	// answer is kept until Reroute.
	Route(vpc string, src, dst netip.Addr) (to string)
	// Admit says whether a new connection may be made: the security groups at
	// both ends. Where it may not, why names the rule that is missing.
	Admit(f Flow) (ok bool, why string)
}

// Flow is a new connection.
type Flow struct {
	VPC       string         // where it comes from
	Src       netip.AddrPort // the port is 0: it is chosen later
	To        string         // Route's answer
	Dst       netip.AddrPort
	Ungrouped bool // the source's security groups do not count, only its address
}

// Options are the properties of a fabric. The zero value is good.
type Options struct {
	Logger   *slog.Logger  // nil discards
	MTU      int           // of every VPC, in bytes; 0 means 9001, as within a VPC
	TimeWait time.Duration // how long a closed connection holds its port; 0 means 1 s. A peer that answers nothing is given up ten times as long after Close
}

// defaultMTU is what instances have within a VPC. Source: Amazon EC2 user
// guide, network MTU for your EC2 instance.
const defaultMTU = 9001

// defaultTimeWait is short because packets do not wander here: the usual 60 s
// run out of ports at some thousand connections a second.
const defaultTimeWait = time.Second

// patience is how long an end that was closed waits for its peer, which may
// have vanished, before it is forgotten.
func (o Options) patience() time.Duration { return 10 * o.TimeWait }

// Fabric is a set of VPCs and the connections in and between them. Its methods
// are safe for concurrent use, and none but Dial and Close waits for anything.
type Fabric struct {
	rules Rules
	log   *slog.Logger
	opts  Options

	epoch atomic.Uint64  // counts the changes that outdate what carriers know
	wg    sync.WaitGroup // carriers and running handlers

	mu       sync.RWMutex // guards what follows; taken before a vpc's own mu
	closed   bool
	vpcs     map[string]*vpc
	handlers map[place]*handler

	dialMu sync.Mutex // guards what follows
	dials  map[tuple]*attempt

	port      atomic.Uint32 // counts the source ports that were tried
	dropped   atomic.Uint64
	overflown atomic.Uint64
}

// place is where a handler answers.
type place struct {
	vpc string
	at  netip.AddrPort
}

type handler struct{ serve func(*Request) }

// New returns a fabric without VPCs. Close ends it.
func New(r Rules, o Options) *Fabric {
	if o.MTU == 0 {
		o.MTU = defaultMTU
	}
	if o.TimeWait == 0 {
		o.TimeWait = defaultTimeWait
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Fabric{
		rules: r, log: o.Logger, opts: o,
		vpcs: map[string]*vpc{}, handlers: map[place]*handler{}, dials: map[tuple]*attempt{},
	}
}

// SetVPC makes a VPC, without addresses, if it is not there.
func (f *Fabric) SetVPC(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed || f.vpcs[id] != nil {
		return
	}
	v, err := newVPC(f, id)
	if err != nil {
		f.log.Error("make vpc", "vpc", id, "error", err) // the options are wrong for gVisor
		return
	}
	f.vpcs[id] = v
	f.wg.Go(v.carry)
	f.epoch.Add(1)
}

// DropVPC takes a VPC away with its addresses, handlers and connections; who
// was connected with it from elsewhere hears nothing.
func (f *Fabric) DropVPC(id string) {
	f.mu.Lock()
	v := f.vpcs[id]
	delete(f.vpcs, id)
	for at := range f.handlers {
		if at.vpc == id {
			delete(f.handlers, at)
		}
	}
	f.epoch.Add(1)
	f.mu.Unlock()
	if v != nil {
		v.destroy()
	}
}

// SetAddrs says which addresses are in a VPC from now on: exactly these. An
// address that goes takes its connections with it without a word to their
// peers, whose packets vanish from then on, as when EKS deletes a network
// interface. It does nothing for a VPC that is not there.
func (f *Fabric) SetAddrs(vpc string, addrs []netip.Addr) {
	if v := f.vpc(vpc); v != nil {
		v.setAddrs(addrs)
	}
}

// Reroute says that Rules have changed: routes that were kept are asked again.
func (f *Fabric) Reroute() { f.epoch.Add(1) }

// Handle takes the new connections to an address and port in a VPC; port 0
// takes those for which there is no other handler at the address. Each is given
// to h in a goroutine of its own; a request that h leaves unanswered is dropped.
// A second handler for a place replaces the first. remove takes h away: from
// then on the place refuses. The VPC and address need not be there yet.
func (f *Fabric) Handle(vpc string, at netip.AddrPort, h func(*Request)) (remove func()) {
	p, mine := place{vpc, netip.AddrPortFrom(at.Addr().Unmap(), at.Port())}, &handler{h}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.handlers[p] = mine
	}
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.handlers[p] == mine {
			delete(f.handlers, p)
		}
	}
}

// Close ends every connection, dial and request, and waits until no goroutine
// of the fabric and no handler is left. It must not be called by a handler, nor
// with a lock held that Rules or a handler takes. A second call does nothing.
func (f *Fabric) Close() error {
	f.mu.Lock()
	vpcs := f.vpcs
	f.vpcs, f.handlers, f.closed = map[string]*vpc{}, map[place]*handler{}, true
	f.epoch.Add(1)
	f.mu.Unlock()
	for _, v := range vpcs {
		v.destroy()
	}
	f.wg.Wait()
	return nil
}

// Stats are counts for those who watch for growth.
type Stats struct {
	VPCs      int
	Addrs     int
	Conns     int    // connections that were made or accepted and not closed: each end is one
	Dials     int    // handshakes under way, as the dialers see it
	Endpoints int    // what the netstacks hold: Conns, handshakes, and what lingers after Close
	Dropped   uint64 // packets without a way or an address at its end, since New
	Overflown uint64 // packets for which a VPC's queue had no room, since New
}

// Stats counts what is there now.
func (f *Fabric) Stats() Stats {
	f.dialMu.Lock()
	s := Stats{Dials: len(f.dials), Dropped: f.dropped.Load(), Overflown: f.overflown.Load()}
	f.dialMu.Unlock()
	f.mu.RLock()
	defer f.mu.RUnlock()
	s.VPCs = len(f.vpcs)
	for _, v := range f.vpcs {
		v.mu.Lock()
		s.Addrs += len(v.addrs)
		s.Conns += len(v.conns)
		v.mu.Unlock()
		s.Endpoints += len(v.stack.RegisteredEndpoints())
	}
	return s
}

func (f *Fabric) vpc(id string) *vpc {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.vpcs[id]
}

// handler returns who answers at a place and counts it as running, so that
// Close waits for it; the caller must call f.wg.Done. It returns nil when nobody
// answers there.
func (f *Fabric) handler(vpc string, at netip.AddrPort) func(*Request) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	h := f.handlers[place{vpc, at}]
	if h == nil {
		h = f.handlers[place{vpc, netip.AddrPortFrom(at.Addr(), 0)}]
	}
	if h == nil {
		return nil
	}
	f.wg.Add(1)
	return h.serve
}
