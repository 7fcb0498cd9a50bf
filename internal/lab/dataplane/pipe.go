package dataplane

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// A stream is a connection that can be closed on one side, and reset.
type stream interface {
	net.Conn
	CloseWrite() error
	Abort() // resets it: the other end reads an error
}

// A pipe carries bytes both ways between two connections, as a load balancer
// carries one flow.
type pipe struct {
	a, b stream
	idle time.Duration // 0: for ever

	began  time.Time
	last   atomic.Int64 // when something came, nanoseconds after began
	lapsed atomic.Bool  // the flow is forgotten: what comes now is answered with a reset
}

// buffers holds what is read at once, of one direction.
var buffers = sync.Pool{New: func() any { return new([32 << 10]byte) }}

// run carries until both sides have ended, or either failed.
//
// A flow on which nothing comes for the idle time is forgotten without a word;
// whoever sends after that is reset. Source: NLB user guide, update idle
// timeout.
func (p *pipe) run() {
	p.began = time.Now()
	if p.idle > 0 {
		var timer *time.Timer
		var mu sync.Mutex // of timer, which may fire before it is stored
		mu.Lock()
		timer = time.AfterFunc(p.idle, func() {
			left := p.idle - (time.Since(p.began) - time.Duration(p.last.Load()))
			if left <= 0 {
				p.lapsed.Store(true)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			timer.Reset(left)
		})
		mu.Unlock()
		defer func() {
			mu.Lock()
			defer mu.Unlock()
			timer.Stop()
		}()
	}
	var wg sync.WaitGroup
	wg.Go(func() { p.copy(p.a, p.b) })
	p.copy(p.b, p.a)
	wg.Wait()
	p.a.Close()
	p.b.Close()
}

// copy carries one direction. The end of what is read is passed on; anything
// else resets both sides.
func (p *pipe) copy(dst, src stream) {
	buf := buffers.Get().(*[32 << 10]byte)
	defer buffers.Put(buf)
	for {
		n, err := src.Read(buf[:])
		if p.lapsed.Load() {
			p.cut()
			return
		}
		p.last.Store(int64(time.Since(p.began)))
		if n > 0 {
			if _, err := dst.Write(buf[:n]); err != nil {
				p.cut()
				return
			}
		}
		switch {
		case err == io.EOF:
			if dst.CloseWrite() != nil {
				p.cut()
			}
			return
		case err != nil:
			p.cut()
			return
		}
	}
}

// cut resets both sides.
func (p *pipe) cut() {
	p.a.Abort()
	p.b.Abort()
}
