package fabric

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// Request is a connection whose handshake is not answered yet. One of Accept,
// Refuse and Drop answers it; later answers do nothing.
type Request struct {
	raw           *tcp.ForwarderRequest
	id            stack.TransportEndpointID
	vpc           *vpc
	dial          *attempt
	local, remote netip.AddrPort
	ctx           context.Context
	cancel        context.CancelFunc
	answered      atomic.Bool
}

// request answers a SYN to one of the VPC's addresses. It runs in a goroutine
// of its own.
func (v *vpc) request(raw *tcp.ForwarderRequest) {
	id := raw.ID()
	local := netip.AddrPortFrom(fromStack(id.LocalAddress), id.LocalPort)
	remote := netip.AddrPortFrom(fromStack(id.RemoteAddress), id.RemotePort)
	dial := v.fabric.attempt(tuple{to: v.id, src: remote, dst: local})
	if dial == nil || !dial.asked.CompareAndSwap(false, true) {
		raw.Complete(false) // nobody waits any more, or it was dropped before
		return
	}
	serve := v.fabric.handler(v.id, local)
	if serve == nil {
		dial.note(fmt.Sprintf("nothing listens at %s", local))
		raw.Complete(true)
		return
	}
	defer v.fabric.wg.Done()
	r := &Request{raw: raw, id: id, vpc: v, dial: dial, local: local, remote: remote}
	r.ctx, r.cancel = context.WithCancel(dial.ctx)
	serve(r)
	r.Drop("the handler gave no answer")
}

// Local returns the address that was dialed.
func (r *Request) Local() netip.AddrPort { return r.local }

// Remote returns the dialer's address.
func (r *Request) Remote() netip.AddrPort { return r.remote }

// Context ends when the request is answered, the dialer has given up, or the
// fabric closes.
func (r *Request) Context() context.Context { return r.ctx }

// Accept makes the connection. It waits for the end of the handshake, and
// fails when the dialer gives up before.
func (r *Request) Accept() (*Conn, error) {
	if !r.answered.CompareAndSwap(false, true) {
		return nil, fmt.Errorf("accept %s from %s: %w", r.local, r.remote, errAnswered)
	}
	defer r.cancel()
	defer close(r.dial.answered)
	wq, over := new(waiter.Queue), make(chan struct{})
	go r.abandon(over)
	ep, failure := r.raw.CreateEndpoint(wq)
	close(over)
	r.raw.Complete(false)
	var c *Conn
	err := ErrCut
	switch {
	case failure == nil:
		c, err = r.vpc.adopt(ep, wq, r.local, r.remote)
	case r.dial.ctx.Err() != nil:
		err = errGaveUp
	default:
		if known := netstackErrors[failure.String()]; known != nil {
			err = known
		}
	}
	if err != nil {
		return nil, fmt.Errorf("accept %s from %s: %w", r.local, r.remote, err)
	}
	return c, nil
}

var (
	errAnswered = errors.New("the request is answered already")
	errGaveUp   = errors.New("the dialer has given up")
)

// abandonPoll is how often abandon looks for a handshake that is just being
// started.
const abandonPoll = 5 * time.Millisecond

// abandon ends the handshake that Accept waits for, until it is over, once the
// dialer has given up or the VPC is gone: the stack would try for minutes.
func (r *Request) abandon(over <-chan struct{}) {
	select {
	case <-over:
		return
	case <-r.dial.ctx.Done():
	case <-r.vpc.done:
	}
	tick := time.NewTicker(abandonPoll)
	defer tick.Stop()
	for {
		if ep := r.vpc.stack.FindTransportEndpoint(protocol(r.local.Addr()), tcp.ProtocolNumber, r.id, nic); ep != nil {
			ep.Abort()
		}
		select {
		case <-over:
			return
		case <-tick.C:
		}
	}
}

// Refuse answers with a RST: the dial fails at once, and DialError.Why is why.
func (r *Request) Refuse(why string) { r.end(why, true) }

// Drop gives no answer, to later SYNs of the dial neither: it times out, and
// DialError.Why is why.
func (r *Request) Drop(why string) { r.end(why, false) }

func (r *Request) end(why string, reset bool) {
	if !r.answered.CompareAndSwap(false, true) {
		return
	}
	r.dial.note(why)
	close(r.dial.answered)
	r.raw.Complete(reset)
	r.cancel()
}
