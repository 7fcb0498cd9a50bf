package ingress_test

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/lab/ingress"
)

// TestNoHalfClose: where a far end cannot be closed by half, the client's end
// is the whole connection's, and nothing waits for ever.
func TestNoHalfClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		n, s := start(t, ingress.Options{Dial: func(context.Context, string, string, uint16) (net.Conn, error) { return near, nil }})
		c := connect(t, n)
		send(t, c, httpRequest)
		expect(t, c, httpAnswer)
		c.(interface{ CloseWrite() error }).CloseWrite()
		if _, err := far.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("the far end reads %v, want EOF", err)
		}
		synctest.Wait()
		if s.Open() != 0 {
			t.Errorf("%d clients are left", s.Open())
		}
	})
}

// aborter is a connection that can be broken.
type aborter struct {
	net.Conn
	broken chan<- struct{}
}

func (a aborter) Abort() { a.broken <- struct{}{} }

// TestAbort: a far end that knows how to break is broken so.
func TestAbort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		broken := make(chan struct{}, 2)
		n, _ := start(t, ingress.Options{Dial: func(context.Context, string, string, uint16) (net.Conn, error) {
			return aborter{near, broken}, nil
		}})
		c := connect(t, n)
		send(t, c, httpRequest)
		expect(t, c, httpAnswer)
		c.Close()
		<-broken
	})
}

// loopback runs a server over real sockets until the test ends; it reaches
// what listens at to.
func loopback(tb testing.TB, to string) (address string) {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s := ingress.New(ingress.Options{Listener: l, Dial: func(ctx context.Context, _, _ string, _ uint16) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", to)
	}})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	tb.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			tb.Errorf("run: %v", err)
		}
	})
	return l.Addr().String()
}

// listen serves connections with h until the test ends.
func listen(tb testing.TB, h func(*net.TCPConn)) (address string) {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				h(c.(*net.TCPConn))
			})
		}
	})
	tb.Cleanup(func() {
		l.Close()
		all.Wait()
	})
	return l.Addr().String()
}

// through connects through the way in at proxy by SOCKS5.
func through(proxy string) (net.Conn, error) {
	c, err := net.Dial("tcp", proxy)
	if err != nil {
		return nil, err
	}
	// All that a client says, at once, as far as it need not look.
	if _, err = io.WriteString(c, "\x05\x01\x00\x05\x01\x00\x03\x01a\x01\xbb"); err == nil {
		_, err = io.ReadFull(c, make([]byte, 12))
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// TestReset: over real sockets, a far end that is reset resets the client, so
// that a cut is not taken for an end.
func TestReset(t *testing.T) {
	proxy := loopback(t, listen(t, func(c *net.TCPConn) {
		io.ReadFull(c, make([]byte, 4))
		c.SetLinger(0)
	}))
	c, err := through(proxy)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	send(t, c, "ping")
	c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read: %v, want connection reset", err)
	}
}

// BenchmarkConnections opens a connection, sends a byte there and back and
// closes it, 16 at a time, beside the same without the way in.
func BenchmarkConnections(b *testing.B) {
	echo := listen(b, func(c *net.TCPConn) { io.Copy(c, c) })
	proxy := loopback(b, echo)
	for name, dial := range map[string]func() (net.Conn, error){
		"socks":    func() (net.Conn, error) { return through(proxy) },
		"loopback": func() (net.Conn, error) { return net.Dial("tcp", echo) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetParallelism((16 + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0))
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					c, err := dial()
					if err != nil {
						b.Error(err)
						return
					}
					if _, err = c.Write([]byte{1}); err == nil {
						_, err = c.Read(make([]byte, 1))
					}
					if c.(*net.TCPConn).SetLinger(0); err != nil { // no TIME_WAIT: ports are few
						b.Error(err)
					}
					c.Close()
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "conns/s")
		})
	}
}

// BenchmarkStream sends bytes over one connection, beside the same without the
// way in.
func BenchmarkStream(b *testing.B) {
	sink := listen(b, func(c *net.TCPConn) { io.Copy(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{c}) })
	proxy := loopback(b, sink)
	for name, dial := range map[string]func() (net.Conn, error){
		"socks":    func() (net.Conn, error) { return through(proxy) },
		"loopback": func() (net.Conn, error) { return net.Dial("tcp", sink) },
	} {
		b.Run(name, func(b *testing.B) {
			c, err := dial()
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			block := make([]byte, 64<<10)
			b.SetBytes(int64(len(block)))
			for b.Loop() {
				if _, err := c.Write(block); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
