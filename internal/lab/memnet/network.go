// Package memnet provides an in-memory network: listeners, stream
// connections and packet connections that behave as loopback sockets do and
// block only on channels and timers, so that whole servers and their clients
// run inside a testing/synctest bubble.
//
// Addresses are IP addresses and ports, as *net.TCPAddr and *net.UDPAddr,
// because servers and clients look at them; the name localhost stands for
// 127.0.0.1. Errors are *net.OpError around the errors of the net package, so
// that errors.Is(err, net.ErrClosed) and Timeout work as with sockets.
package memnet

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
)

// Network is one in-memory network. The zero value is ready. Its methods are
// safe for concurrent use.
type Network struct {
	mu       sync.Mutex // guards what follows
	streams  map[netip.AddrPort]*listener
	packets  map[netip.AddrPort]*PacketConn
	lastPort uint16
}

// firstPort is where the ports begin that nobody asked for by number, as on
// Linux.
const firstPort = 32768

// backlog is how many connections wait for Accept; more wait in Dial.
const backlog = 128

// Listen listens for stream connections; port 0 picks a free one.
func (n *Network) Listen(network, address string) (net.Listener, error) {
	if !strings.HasPrefix(network, "tcp") {
		return nil, opError("listen", network, nil, nil, net.UnknownNetworkError(network))
	}
	at, err := parseAddr(address)
	if err != nil {
		return nil, opError("listen", network, nil, nil, err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if at.Port() == 0 {
		at = netip.AddrPortFrom(at.Addr(), n.freePort())
	}
	if _, taken := n.streams[at]; taken {
		return nil, opError("listen", network, nil, net.TCPAddrFromAddrPort(at), os.NewSyscallError("bind", syscall.EADDRINUSE))
	}
	l := &listener{network: n, at: at, pending: make(chan *conn, backlog), done: make(chan struct{})}
	if n.streams == nil {
		n.streams = map[netip.AddrPort]*listener{}
	}
	n.streams[at] = l
	return l, nil
}

// ListenPacket opens a packet connection; port 0 picks a free one.
func (n *Network) ListenPacket(network, address string) (net.PacketConn, error) {
	if !strings.HasPrefix(network, "udp") {
		return nil, opError("listen", network, nil, nil, net.UnknownNetworkError(network))
	}
	at, err := parseAddr(address)
	if err != nil {
		return nil, opError("listen", network, nil, nil, err)
	}
	return n.openPacket(network, at, netip.AddrPort{})
}

// DialContext connects to a listener (tcp) or opens a packet connection that
// talks to one address (udp); the latter is a net.PacketConn too.
func (n *Network) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	to, err := parseAddr(address)
	if err != nil {
		return nil, opError("dial", network, nil, nil, err)
	}
	switch {
	case strings.HasPrefix(network, "udp"):
		c, err := n.openPacket(network, netip.AddrPortFrom(loopback(to.Addr()), 0), to)
		if err != nil {
			return nil, err // not c: a nil *PacketConn is no nil net.Conn
		}
		return c, nil
	case strings.HasPrefix(network, "tcp"):
		return n.dialStream(ctx, network, to)
	}
	return nil, opError("dial", network, nil, nil, net.UnknownNetworkError(network))
}

func (n *Network) dialStream(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
	n.mu.Lock()
	l := n.streams[to]
	from := netip.AddrPortFrom(loopback(to.Addr()), n.freePort())
	n.mu.Unlock()
	addr := net.TCPAddrFromAddrPort(to)
	refused := opError("dial", network, nil, addr, os.NewSyscallError("connect", syscall.ECONNREFUSED))
	if l == nil {
		return nil, refused
	}
	client, server := pipe(from, to)
	select {
	case <-ctx.Done():
		return nil, opError("dial", network, nil, addr, ctx.Err())
	case <-l.done:
		return nil, refused
	default:
	}
	select {
	case l.pending <- server:
		return client, nil
	case <-l.done:
		return nil, refused
	case <-ctx.Done():
		return nil, opError("dial", network, nil, addr, ctx.Err())
	}
}

// freePort returns the next port that nobody has. The caller holds mu.
func (n *Network) freePort() uint16 {
	taken := func(port uint16) bool {
		for at := range n.streams {
			if at.Port() == port {
				return true
			}
		}
		for at := range n.packets {
			if at.Port() == port {
				return true
			}
		}
		return false
	}
	for {
		if n.lastPort < firstPort || n.lastPort == 65535 {
			n.lastPort = firstPort - 1
		}
		n.lastPort++
		if !taken(n.lastPort) {
			return n.lastPort
		}
	}
}

type listener struct {
	network *Network
	at      netip.AddrPort
	pending chan *conn
	once    sync.Once
	done    chan struct{} // closed by Close
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case <-l.done:
	default:
		select {
		case c := <-l.pending:
			return c, nil
		case <-l.done:
		}
	}
	return nil, opError("accept", "tcp", nil, l.Addr(), net.ErrClosed)
}

func (l *listener) Close() error {
	err := opError("close", "tcp", nil, l.Addr(), net.ErrClosed)
	l.once.Do(func() {
		err = nil
		l.network.mu.Lock()
		delete(l.network.streams, l.at)
		l.network.mu.Unlock()
		close(l.done)
		for { // connections that nobody will accept
			select {
			case c := <-l.pending:
				c.Close()
				continue
			default:
			}
			break
		}
	})
	return err
}

func (l *listener) Addr() net.Addr { return net.TCPAddrFromAddrPort(l.at) }

func parseAddr(address string) (netip.AddrPort, error) {
	if port, ok := strings.CutPrefix(address, "localhost:"); ok {
		address = "127.0.0.1:" + port
	}
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return at, &net.AddrError{Err: fmt.Sprintf("not an IP address and port (%v)", err), Addr: address}
	}
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port()), nil
}

// loopback returns the loopback address of the other address's family.
func loopback(other netip.Addr) netip.Addr {
	if other.Is4() {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return netip.IPv6Loopback()
}

// opError returns an error interface, not a pointer, so that nil stays nil.
func opError(op, network string, source, addr net.Addr, err error) error {
	return &net.OpError{Op: op, Net: network, Source: source, Addr: addr, Err: err}
}
