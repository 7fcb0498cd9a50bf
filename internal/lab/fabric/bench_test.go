package fabric_test

import (
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"postern/internal/lab/fabric"
)

// stream is a connection of the fabric or of the host.
type stream interface {
	net.Conn
	CloseWrite() error
}

// answer sends the first byte back: at once, or where it is an 's' at the end
// of the stream.
func answer(c stream) {
	defer c.Close()
	kind := make([]byte, 1)
	if _, err := io.ReadFull(c, kind); err != nil {
		return
	}
	if kind[0] == 's' {
		block := make([]byte, 256<<10)
		for {
			if _, err := c.Read(block); err != nil {
				break
			}
		}
	}
	c.Write(kind)
}

func fabricHop(b *testing.B) func() (stream, error) {
	l := newLab(b, hub, spoke)
	l.peer("hub", "10.100.0.0/16", "spoke", "10.0.0.0/16")
	l.Handle("spoke", at("10.0.1.10:443"), func(r *fabric.Request) {
		if c, err := r.Accept(); err == nil {
			answer(c)
		}
	})
	return func() (stream, error) {
		c, err := l.dial("hub", "10.100.0.5", "10.0.1.10:443")
		if err != nil {
			return nil, err
		}
		return c, nil
	}
}

func hostHop(b *testing.B) func() (stream, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go answer(c.(stream))
		}
	}()
	return func() (stream, error) {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			return nil, err
		}
		return c.(stream), nil
	}
}

// exchange makes n connections, some at a time, sends a byte over each and
// reads it back. It returns how long that took.
func exchange(b *testing.B, dial func() (stream, error), n, atOnce int) time.Duration {
	var left atomic.Int64
	left.Store(int64(n))
	failed := make(chan error, atOnce)
	start := time.Now()
	for range atOnce {
		go func() {
			for left.Add(-1) >= 0 {
				if err := once(dial, []byte{'e'}, 1); err != nil {
					failed <- err
					return
				}
			}
			failed <- nil
		}()
	}
	for range atOnce {
		if err := <-failed; err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start)
}

// once sends a block some times over a connection and waits for the answer.
func once(dial func() (stream, error), block []byte, times int) error {
	c, err := dial()
	if err != nil {
		return err
	}
	defer c.Close()
	for range times {
		if _, err := c.Write(block); err != nil {
			return err
		}
	}
	if err := c.CloseWrite(); err != nil {
		return err
	}
	_, err = io.ReadFull(c, make([]byte, 1))
	return err
}

// BenchmarkConnections makes connections over a peering, 16 at a time, and as
// many over the host's loopback.
func BenchmarkConnections(b *testing.B) {
	inside, host := fabricHop(b), hostHop(b)
	exchange(b, inside, 200, 16) // what is made once is made now
	b.ResetTimer()
	took := exchange(b, inside, b.N, 16)
	b.StopTimer()
	reference := exchange(b, host, b.N, 16)
	b.ReportMetric(float64(b.N)/took.Seconds(), "conn/s")
	b.ReportMetric(float64(b.N)/reference.Seconds(), "host-conn/s")
	b.ReportMetric(float64(reference)/float64(took), "of-host")
}

// BenchmarkStream sends blocks of 64 KiB over one connection, as a copy from
// one connection to another does.
func BenchmarkStream(b *testing.B) {
	inside, host := fabricHop(b), hostHop(b)
	block := make([]byte, 64<<10)
	block[0] = 's'
	b.SetBytes(int64(len(block)))
	run := func(dial func() (stream, error)) time.Duration {
		start := time.Now()
		if err := once(dial, block, b.N); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	b.ResetTimer()
	took := run(inside)
	b.StopTimer()
	reference := run(host)
	b.ReportMetric(float64(b.N)*float64(len(block))/1e6/reference.Seconds(), "host-MB/s")
	b.ReportMetric(float64(reference)/float64(took), "of-host")
}
