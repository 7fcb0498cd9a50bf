package memnet

import (
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

const (
	maxDatagram = 65507 // bytes: IPv4's limit for UDP
	packetQueue = 1024  // datagrams waiting to be read; more are lost, as with UDP
)

type datagram struct {
	from netip.AddrPort
	data []byte
}

// PacketConn is a packet connection: a net.PacketConn, and a net.Conn where
// it was dialed.
type PacketConn struct {
	network *Network
	name    string // udp, udp4 or udp6
	at      netip.AddrPort
	peer    netip.AddrPort // only with a dialed connection
	read    *deadline
	once    sync.Once
	closed  chan struct{}

	mu      sync.Mutex // guards what follows
	queue   []datagram
	refused bool // a datagram met nobody; a dialed connection says so on the next read
	changed change
}

var (
	_ net.PacketConn = (*PacketConn)(nil)
	_ net.Conn       = (*PacketConn)(nil)
)

func (n *Network) openPacket(name string, at, peer netip.AddrPort) (*PacketConn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if at.Port() == 0 {
		at = netip.AddrPortFrom(at.Addr(), n.freePort())
	}
	if _, taken := n.packets[at]; taken {
		return nil, opError("listen", name, nil, net.UDPAddrFromAddrPort(at), os.NewSyscallError("bind", syscall.EADDRINUSE))
	}
	c := &PacketConn{network: n, name: name, at: at, peer: peer, read: newDeadline(), closed: make(chan struct{})}
	if n.packets == nil {
		n.packets = map[netip.AddrPort]*PacketConn{}
	}
	n.packets[at] = c
	return c, nil
}

// ReadFrom reads one datagram; what does not fit into p is lost.
func (c *PacketConn) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		if isClosed(c.closed) {
			return 0, nil, c.fail("read", net.ErrClosed)
		}
		if err := c.read.err(); err != nil {
			return 0, nil, c.fail("read", err)
		}
		c.mu.Lock()
		if c.refused {
			c.refused = false
			c.mu.Unlock()
			return 0, nil, c.fail("read", os.NewSyscallError("read", syscall.ECONNREFUSED))
		}
		if len(c.queue) > 0 {
			d := c.queue[0]
			c.queue = c.queue[1:]
			c.mu.Unlock()
			return copy(p, d.data), net.UDPAddrFromAddrPort(d.from), nil
		}
		changed := c.changed.next()
		c.mu.Unlock()
		select {
		case <-changed:
		case <-c.closed:
		case <-c.read.passed():
		}
	}
}

// Read is ReadFrom for a dialed connection.
func (c *PacketConn) Read(p []byte) (int, error) {
	n, _, err := c.ReadFrom(p)
	return n, err
}

// WriteTo sends a datagram. One that meets nobody, or a full queue, is lost.
func (c *PacketConn) WriteTo(p []byte, addr net.Addr) (int, error) {
	if c.peer.IsValid() {
		return 0, c.fail("write", net.ErrWriteToConnected)
	}
	to, ok := addr.(*net.UDPAddr)
	if !ok {
		return 0, c.fail("write", syscall.EINVAL)
	}
	return c.send(p, netip.AddrPortFrom(to.AddrPort().Addr().Unmap(), to.AddrPort().Port()))
}

// Write sends a datagram to the address that was dialed.
func (c *PacketConn) Write(p []byte) (int, error) {
	if !c.peer.IsValid() {
		return 0, c.fail("write", syscall.EDESTADDRREQ)
	}
	return c.send(p, c.peer)
}

func (c *PacketConn) send(p []byte, to netip.AddrPort) (int, error) {
	if isClosed(c.closed) {
		return 0, c.fail("write", net.ErrClosed)
	}
	if len(p) > maxDatagram {
		return 0, c.fail("write", os.NewSyscallError("write", syscall.EMSGSIZE))
	}
	c.network.mu.Lock()
	other := c.network.packets[to]
	c.network.mu.Unlock()
	if other == nil {
		if c.peer.IsValid() {
			c.mu.Lock()
			c.refused = true
			c.changed.broadcast()
			c.mu.Unlock()
		}
		return len(p), nil
	}
	if !other.peer.IsValid() || other.peer == c.at { // a dialed connection hears its peer only
		other.mu.Lock()
		if len(other.queue) < packetQueue {
			other.queue = append(other.queue, datagram{from: c.at, data: append([]byte(nil), p...)})
			other.changed.broadcast()
		}
		other.mu.Unlock()
	}
	return len(p), nil
}

// Close frees the address and wakes whoever reads.
func (c *PacketConn) Close() error {
	err := c.fail("close", net.ErrClosed)
	c.once.Do(func() {
		err = nil
		c.network.mu.Lock()
		delete(c.network.packets, c.at)
		c.network.mu.Unlock()
		close(c.closed)
		c.read.set(time.Time{}) // no timer is left behind
	})
	return err
}

// LocalAddr returns the connection's own address.
func (c *PacketConn) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(c.at) }

// RemoteAddr returns the address that was dialed, or nil.
func (c *PacketConn) RemoteAddr() net.Addr {
	if !c.peer.IsValid() {
		return nil
	}
	return net.UDPAddrFromAddrPort(c.peer)
}

// SetDeadline is SetReadDeadline: writing never blocks.
func (c *PacketConn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// SetReadDeadline sets the time after which reading fails.
func (c *PacketConn) SetReadDeadline(t time.Time) error {
	if isClosed(c.closed) {
		return c.fail("set", net.ErrClosed)
	}
	c.read.set(t)
	return nil
}

// SetWriteDeadline does nothing: writing never blocks.
func (c *PacketConn) SetWriteDeadline(time.Time) error { return nil }

func (c *PacketConn) fail(op string, err error) error {
	return opError(op, c.name, c.LocalAddr(), c.RemoteAddr(), err)
}
