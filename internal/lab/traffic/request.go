package traffic

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const (
	maxRate = 10_000  // connections a second that can be asked for
	maxBody = 1 << 20 // bytes of an answer that are read
)

// Run works until ctx ends and then waits for the requests under way, each of
// which has its full time. What the requests go through must outlive it, or
// its end is counted as failures.
func (c *Client) Run(ctx context.Context) {
	c.counts.start(time.Now())
	var work sync.WaitGroup
	for i := range c.o.Watches {
		work.Go(func() { c.watch(ctx, c.targets[i%len(c.targets)]) })
	}
	if c.o.Rate > 0 {
		c.schedule(ctx, &work)
	}
	<-ctx.Done()
	work.Wait()
	c.counts.stop(time.Now())
}

// schedule starts request n at n/rate seconds, whatever became of the others.
// What it could not do in time it makes up for, as far as there is room.
func (c *Client) schedule(ctx context.Context, work *sync.WaitGroup) {
	start := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := 0; ; n++ {
		at := start.Add(time.Duration(float64(n) / c.o.Rate * float64(time.Second)))
		timer.Reset(time.Until(at))
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if ctx.Err() != nil {
			return
		}
		t := c.targets[n%len(c.targets)]
		select {
		case c.slots <- struct{}{}:
		default:
			c.counts.skip(t)
			continue
		}
		work.Go(func() {
			defer func() { <-c.slots }()
			c.request(context.WithoutCancel(ctx), t)
		})
	}
}

// request makes one request and counts it.
func (c *Client) request(ctx context.Context, t *target) {
	c.counts.sent(t)
	began := time.Now()
	instance, f := c.get(ctx, t, began.Add(c.o.Timeout))
	now := time.Now()
	if f == nil {
		c.counts.ok(t, now, now.Sub(began), instance)
		return
	}
	c.counts.failed(t, now, now.Sub(began), f)
	c.o.Logger.DebugContext(ctx, "request failed", "target", t.Ref, "kind", string(f.kind), "why", f.why)
}

func (c *Client) get(ctx context.Context, t *target, deadline time.Time) (instance string, f *fault) {
	x, f := c.open(ctx, t, t.path(c.o.Path, nil), deadline)
	if f != nil {
		return "", f
	}
	defer x.close()
	if _, err := io.Copy(io.Discard, io.LimitReader(x.answer.Body, maxBody)); err != nil {
		return "", answerFault(err)
	}
	return x.answer.Header.Get(InstanceHeader), nil
}

// exchange is a request and its answer over a connection of its own.
type exchange struct {
	conn   *tls.Conn
	answer *http.Response
	unhook func() bool
}

func (x *exchange) close() {
	x.unhook()
	x.conn.Close()
}

// open connects to a target, asks it for u, and reads the answer's header,
// which says 200. The connection breaks when ctx ends; its deadline stays set.
func (c *Client) open(ctx context.Context, t *target, u *url.URL, deadline time.Time) (*exchange, *fault) {
	bound, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	message, err := t.message(bound, u)
	if err != nil {
		return nil, &fault{KindToken, cause(err)}
	}
	raw, err := c.o.Dial(bound, "tcp", t.addr)
	if err != nil {
		return nil, dialFault(err)
	}
	x := &exchange{conn: tls.Client(raw, t.config.Load()), unhook: context.AfterFunc(ctx, func() { raw.Close() })}
	raw.SetDeadline(deadline)
	f := c.ask(bound, t, x, message)
	if f != nil {
		x.unhook()
		raw.Close()
		return nil, f
	}
	return x, nil
}

func (c *Client) ask(ctx context.Context, t *target, x *exchange, message *http.Request) *fault {
	if err := x.conn.HandshakeContext(ctx); err != nil {
		return c.handshakeFault(t, err)
	}
	if err := message.Write(x.conn); err != nil {
		return answerFault(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(x.conn), message)
	if err != nil {
		return answerFault(err)
	}
	x.answer = answer
	if answer.StatusCode != http.StatusOK {
		return &fault{KindStatus, answer.Status}
	}
	return nil
}
