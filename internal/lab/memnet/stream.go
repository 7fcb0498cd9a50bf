package memnet

import (
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

// streamBuffer is how many bytes one direction of a connection holds before
// Write blocks, about what a loopback socket holds.
const streamBuffer = 256 << 10

// stream is one direction of a connection.
type stream struct {
	mu      sync.Mutex // guards what follows
	buf     []byte
	ended   bool // the writer is done: an empty buffer is the end
	dropped bool // the reader is gone: nobody will read
	changed change
}

// conn is one end of a stream connection.
type conn struct {
	local, remote netip.AddrPort
	in, out       *stream
	read, write   *deadline
	once          sync.Once
	closed        chan struct{}
}

// pipe returns the two ends of a connection.
func pipe(client, server netip.AddrPort) (*conn, *conn) {
	up, down := &stream{}, &stream{}
	end := func(local, remote netip.AddrPort, in, out *stream) *conn {
		return &conn{local: local, remote: remote, in: in, out: out, read: newDeadline(), write: newDeadline(), closed: make(chan struct{})}
	}
	return end(client, server, down, up), end(server, client, up, down)
}

func (c *conn) Read(p []byte) (int, error) {
	for {
		if isClosed(c.closed) {
			return 0, c.fail("read", net.ErrClosed)
		}
		if err := c.read.err(); err != nil {
			return 0, c.fail("read", err)
		}
		if len(p) == 0 {
			return 0, nil
		}
		c.in.mu.Lock()
		if len(c.in.buf) > 0 {
			n := copy(p, c.in.buf)
			if c.in.buf = c.in.buf[n:]; len(c.in.buf) == 0 {
				c.in.buf = nil // let the array go
			}
			c.in.changed.broadcast()
			c.in.mu.Unlock()
			return n, nil
		}
		if c.in.ended {
			c.in.mu.Unlock()
			return 0, io.EOF
		}
		changed := c.in.changed.next()
		c.in.mu.Unlock()
		c.wait(changed, c.read)
	}
}

func (c *conn) Write(p []byte) (int, error) {
	written := 0
	for {
		if isClosed(c.closed) {
			return written, c.fail("write", net.ErrClosed)
		}
		if err := c.write.err(); err != nil {
			return written, c.fail("write", err)
		}
		c.out.mu.Lock()
		if c.out.dropped || c.out.ended {
			c.out.mu.Unlock()
			return written, c.fail("write", os.NewSyscallError("write", syscall.EPIPE))
		}
		n := min(len(p)-written, streamBuffer-len(c.out.buf))
		if n > 0 {
			c.out.buf = append(c.out.buf, p[written:written+n]...)
			written += n
			c.out.changed.broadcast()
		}
		if written == len(p) {
			c.out.mu.Unlock()
			return written, nil
		}
		changed := c.out.changed.next()
		c.out.mu.Unlock()
		c.wait(changed, c.write)
	}
}

func (c *conn) wait(changed <-chan struct{}, d *deadline) {
	select {
	case <-changed:
	case <-c.closed:
	case <-d.passed():
	}
}

// CloseWrite ends this end's direction; the other end reads what is left and
// then io.EOF.
func (c *conn) CloseWrite() error {
	if isClosed(c.closed) {
		return c.fail("close", net.ErrClosed)
	}
	c.out.end()
	return nil
}

func (s *stream) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.changed.broadcast()
}

func (s *stream) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropped, s.buf = true, nil
	s.changed.broadcast()
}

func (c *conn) Close() error {
	err := c.fail("close", net.ErrClosed)
	c.once.Do(func() {
		err = nil
		close(c.closed)
		c.read.set(time.Time{}) // no timer is left behind
		c.write.set(time.Time{})
		c.out.end()
		c.in.drop()
	})
	return err
}

func (c *conn) LocalAddr() net.Addr  { return net.TCPAddrFromAddrPort(c.local) }
func (c *conn) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(c.remote) }

func (c *conn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

func (c *conn) SetReadDeadline(t time.Time) error  { return c.setDeadline(c.read, t) }
func (c *conn) SetWriteDeadline(t time.Time) error { return c.setDeadline(c.write, t) }

func (c *conn) setDeadline(d *deadline, t time.Time) error {
	if isClosed(c.closed) {
		return c.fail("set", net.ErrClosed)
	}
	d.set(t)
	return nil
}

func (c *conn) fail(op string, err error) error {
	return opError(op, "tcp", c.LocalAddr(), c.RemoteAddr(), err)
}
