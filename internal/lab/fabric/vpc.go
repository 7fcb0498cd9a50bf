package fabric

import (
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// nic is the only interface of every stack.
const nic tcpip.NICID = 1

const (
	// bufferSize is what an end of a connection may buffer at first, and
	// maxBufferSize what it may grow to where the stream is fast.
	bufferSize    = 512 << 10
	maxBufferSize = 4 << 20
	// maxHandshakes is how many requests of a VPC may wait for their answer;
	// more SYNs are ignored, and come again.
	maxHandshakes = 16384
)

// vpc is one netstack. Forwarding is off, so nothing passes through it.
type vpc struct {
	fabric *Fabric
	id     string
	stack  *stack.Stack
	link   *link
	done   chan struct{} // closed by destroy
	here   atomic.Pointer[map[tcpip.Address]bool]

	mu    sync.Mutex // guards what follows
	gone  bool
	addrs map[netip.Addr]bool // what here is made from
	conns map[*Conn]bool
}

func newVPC(f *Fabric, id string) (*vpc, error) {
	v := &vpc{
		fabric: f, id: id, done: make(chan struct{}),
		addrs: map[netip.Addr]bool{}, conns: map[*Conn]bool{},
		link: newLink(f.opts.MTU, func(n int) { f.overflown.Add(uint64(n)) }),
		stack: stack.New(stack.Options{
			NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol, ipv6.NewProtocol},
			TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol},
			// What stays within the VPC goes over the link as well, so that it
			// obeys the same rules and an address can vanish without a RST.
			HandleLocal: false,
		}),
	}
	v.here.Store(&map[tcpip.Address]bool{})
	sack := tcpip.TCPSACKEnabled(true)
	moderate := tcpip.TCPModerateReceiveBufferOption(true)
	send := tcpip.TCPSendBufferSizeRangeOption{Min: tcp.MinBufferSize, Default: bufferSize, Max: maxBufferSize}
	receive := tcpip.TCPReceiveBufferSizeRangeOption{Min: tcp.MinBufferSize, Default: bufferSize, Max: maxBufferSize}
	timeWait := tcpip.TCPTimeWaitTimeoutOption(f.opts.TimeWait)
	linger := tcpip.TCPLingerTimeoutOption(f.opts.patience())
	for _, option := range []tcpip.SettableTransportProtocolOption{&sack, &moderate, &send, &receive, &timeWait, &linger} {
		if err := v.stack.SetTransportProtocolOption(tcp.ProtocolNumber, option); err != nil {
			return nil, fmt.Errorf("set %T: %s", option, err)
		}
	}
	if err := v.stack.CreateNIC(nic, v.link); err != nil {
		return nil, fmt.Errorf("create interface: %s", err)
	}
	v.stack.SetRouteTable([]tcpip.Route{{Destination: header.IPv4EmptySubnet, NIC: nic}, {Destination: header.IPv6EmptySubnet, NIC: nic}})
	forwarder := tcp.NewForwarder(v.stack, bufferSize, maxHandshakes, v.request)
	v.stack.SetTransportProtocolHandler(tcp.ProtocolNumber, forwarder.HandlePacket)
	return v, nil
}

// carry takes what leaves the VPC where it goes, until the link is severed.
// Only this goroutine asks for routes, so it keeps them without a lock.
func (v *vpc) carry() {
	var (
		routes = map[path]*vpc{} // nil: dropped
		epoch  uint64
		spare  []parcel
	)
	for {
		parcels, ok := v.link.take(spare)
		if !ok {
			return
		}
		for i, p := range parcels {
			if now := v.fabric.epoch.Load(); now != epoch || len(routes) > queueLength {
				clear(routes)
				epoch = now
			}
			to, known := routes[p.path]
			if !known {
				to = v.lookup(p.path)
				routes[p.path] = to
			}
			if to == nil {
				v.fabric.dropped.Add(1)
			} else {
				to.link.deliver(p)
			}
			p.packet.DecRef()
			parcels[i] = parcel{}
		}
		spare = parcels[:0]
	}
}

// lookup returns the VPC that gets the packets of a path, nil if none does.
func (v *vpc) lookup(p path) *vpc {
	src, dst := fromStack(p.src), fromStack(p.dst)
	if !v.has(p.src) {
		return nil // an address that was taken away says nothing more
	}
	to := v.fabric.vpc(v.fabric.rules.Route(v.id, src, dst))
	if to == nil || !to.has(p.dst) {
		return nil
	}
	return to
}

func (v *vpc) has(a tcpip.Address) bool { return (*v.here.Load())[a] }

func (v *vpc) setAddrs(addrs []netip.Addr) {
	want := make(map[netip.Addr]bool, len(addrs))
	here := make(map[tcpip.Address]bool, len(addrs))
	for _, a := range addrs {
		if a = a.Unmap(); a.IsValid() {
			want[a], here[toStack(a)] = true, true
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.gone {
		return
	}
	have := v.addrs
	v.addrs = want
	// From here on packets of addresses that go are dropped, the RSTs that
	// abort makes included.
	v.here.Store(&here)
	v.fabric.epoch.Add(1)
	for a := range have {
		if !want[a] {
			v.abort(a)
			if err := v.stack.RemoveAddress(nic, toStack(a)); err != nil {
				v.fabric.log.Error("remove address", "vpc", v.id, "address", a, "error", err.String())
			}
		}
	}
	for a := range want {
		if !have[a] {
			full := tcpip.ProtocolAddress{Protocol: protocol(a), AddressWithPrefix: toStack(a).WithPrefix()}
			if err := v.stack.AddProtocolAddress(nic, full, stack.AddressProperties{}); err != nil {
				v.fabric.log.Error("add address", "vpc", v.id, "address", a, "error", err.String())
			}
		}
	}
}

// abort ends every connection of an address, what lingers of closed ones
// included. The caller holds mu and has made the address silent.
func (v *vpc) abort(a netip.Addr) {
	for c := range v.conns {
		if c.local.Addr() == a {
			c.cut.Store(true)
		}
	}
	for _, e := range v.stack.RegisteredEndpoints() {
		ep, ok := e.(tcpip.Endpoint)
		if !ok {
			continue
		}
		if at, err := ep.GetLocalAddress(); err == nil && at.Addr == toStack(a) {
			e.Abort()
		}
	}
}

// adopt makes a connection of an endpoint that is connected.
func (v *vpc) adopt(ep tcpip.Endpoint, wq *waiter.Queue, local, remote netip.AddrPort) (*Conn, error) {
	c := &Conn{tcp: gonet.NewTCPConn(wq, ep), endpoint: ep, vpc: v, local: local, remote: remote}
	v.mu.Lock()
	if !v.gone && v.addrs[local.Addr()] {
		v.conns[c] = true
		v.mu.Unlock()
		return c, nil
	}
	v.mu.Unlock()
	ep.Abort() // the address went while the handshake was made
	return nil, ErrCut
}

// destroy ends the VPC in silence.
func (v *vpc) destroy() {
	v.mu.Lock()
	v.gone = true
	for c := range v.conns {
		c.cut.Store(true)
	}
	clear(v.conns)
	v.mu.Unlock()
	v.link.sever()
	close(v.done)
	v.stack.Destroy()
}

func protocol(a netip.Addr) tcpip.NetworkProtocolNumber {
	if a.Is4() {
		return ipv4.ProtocolNumber
	}
	return ipv6.ProtocolNumber
}

func toStack(a netip.Addr) tcpip.Address { return tcpip.AddrFromSlice(a.AsSlice()) }

func fromStack(a tcpip.Address) netip.Addr {
	addr, _ := netip.AddrFromSlice(a.AsSlice()) // the stack's are 4 or 16 bytes
	return addr
}
