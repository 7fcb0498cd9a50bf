package fabric

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
)

// ErrCut is what an end of a connection meets whose own address, VPC or fabric
// was taken away. The other end meets silence.
var ErrCut = errors.New("the address was taken away")

// Conn is one end of a connection. Its errors are *net.OpError around
// net.ErrClosed, os.ErrDeadlineExceeded, syscall.ECONNRESET (the peer sent
// RST), syscall.EPIPE (it no longer reads), syscall.ETIMEDOUT (it answers
// nothing any more) and ErrCut. Its methods are safe for concurrent use.
type Conn struct {
	tcp           *gonet.TCPConn
	endpoint      tcpip.Endpoint
	vpc           *vpc
	local, remote netip.AddrPort
	closed        atomic.Bool
	cut           atomic.Bool // the address was taken away
}

var _ net.Conn = (*Conn)(nil)

// Read implements net.Conn.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.tcp.Read(p)
	if err != nil {
		err = c.fail("read", err)
	}
	return n, err
}

// Write implements net.Conn.
func (c *Conn) Write(p []byte) (int, error) {
	n, err := c.tcp.Write(p)
	if err != nil {
		err = c.fail("write", err)
	}
	return n, err
}

// CloseWrite ends this end's direction: the peer reads what is left and then
// io.EOF.
func (c *Conn) CloseWrite() error {
	if err := c.tcp.CloseWrite(); err != nil {
		return c.fail("close", err)
	}
	return nil
}

// Close ends the connection: with a FIN, or with a RST if the peer sent what
// was not read. A peer that answers nothing is given up after ten seconds.
func (c *Conn) Close() error {
	if !c.forget() {
		return c.fail("close", net.ErrClosed)
	}
	limit := tcpip.TCPUserTimeoutOption(c.vpc.fabric.opts.patience())
	c.endpoint.SetSockOpt(&limit) // cannot fail for a TCP endpoint
	return c.tcp.Close()
}

// Abort ends the connection at once, with a RST to the peer.
func (c *Conn) Abort() {
	if c.forget() {
		c.endpoint.Abort()
		c.endpoint.Close()
	}
}

// forget marks the connection as closed and reports whether it was open.
func (c *Conn) forget() bool {
	if !c.closed.CompareAndSwap(false, true) {
		return false
	}
	c.vpc.mu.Lock()
	defer c.vpc.mu.Unlock()
	delete(c.vpc.conns, c)
	return true
}

// Local returns this end's address.
func (c *Conn) Local() netip.AddrPort { return c.local }

// Remote returns the other end's address.
func (c *Conn) Remote() netip.AddrPort { return c.remote }

// LocalAddr implements net.Conn; it is a *net.TCPAddr.
func (c *Conn) LocalAddr() net.Addr { return net.TCPAddrFromAddrPort(c.local) }

// RemoteAddr implements net.Conn; it is a *net.TCPAddr.
func (c *Conn) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(c.remote) }

// SetDeadline implements net.Conn.
func (c *Conn) SetDeadline(t time.Time) error { return c.tcp.SetDeadline(t) }

// SetReadDeadline implements net.Conn.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.tcp.SetReadDeadline(t) }

// SetWriteDeadline implements net.Conn.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.tcp.SetWriteDeadline(t) }

// netstackErrors are the meanings of the stack's errors, which reach us as text.
var netstackErrors = map[string]error{
	(&tcpip.ErrConnectionReset{}).String():   syscall.ECONNRESET,
	(&tcpip.ErrConnectionAborted{}).String(): syscall.ECONNABORTED,
	(&tcpip.ErrConnectionRefused{}).String(): syscall.ECONNREFUSED,
	(&tcpip.ErrTimeout{}).String():           syscall.ETIMEDOUT,
	(&tcpip.ErrClosedForSend{}).String():     syscall.EPIPE,
	(&tcpip.ErrNotConnected{}).String():      syscall.ENOTCONN,
}

// fail says in Go's words why an operation did not work.
func (c *Conn) fail(op string, err error) error {
	cause := err
	if e, ok := errors.AsType[*net.OpError](err); ok {
		cause = e.Err
		if known := netstackErrors[cause.Error()]; known != nil {
			cause = known
		}
	}
	switch e, isNet := cause.(net.Error); {
	case c.closed.Load():
		cause = net.ErrClosed
	case isNet && e.Timeout() && cause != syscall.ETIMEDOUT:
		cause = os.ErrDeadlineExceeded
	case c.cut.Load():
		cause = ErrCut
	case cause == io.EOF:
		return io.EOF
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: cause}
}
