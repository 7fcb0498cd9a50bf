package fabric

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// dialTime bounds a dial whose context has no deadline. A Linux host gives up
// after 127 s; clients have shorter times of their own.
const dialTime = 75 * time.Second

// Source ports are taken in turn in the whole fabric. So one comes back late:
// where the other side closed, its stack holds the pair of addresses for a
// while. And no two dials of equal addresses in two VPCs have the same port.
const (
	firstPort = 1024
	portCount = 65536 - firstPort
)

// DialOptions say how a connection is made.
type DialOptions struct {
	Ungrouped bool // see Flow
}

// Kind is how a dial failed.
type Kind string

// The kinds, and what DialError unwraps to.
const (
	KindRefused  Kind = "refused"   // a RST came: syscall.ECONNREFUSED
	KindTimeout  Kind = "timeout"   // nothing came in time: context.DeadlineExceeded
	KindCanceled Kind = "canceled"  // the caller's context was: context.Canceled
	KindCut      Kind = "cut"       // the source or the fabric was taken away meanwhile: ErrCut
	KindNoSource Kind = "no source" // VPC or Src is not there, or has no port left: syscall.EADDRNOTAVAIL
)

// DialError is how and why a dial failed.
type DialError struct {
	VPC  string
	Src  netip.Addr
	Dst  netip.AddrPort
	Kind Kind
	Why  string // the missing rule, or what the far side said; never empty
}

// Error implements error.
func (e *DialError) Error() string {
	return fmt.Sprintf("dial %s from %s in %s: %s: %s", e.Dst, e.Src, e.VPC, e.Kind, e.Why)
}

// Timeout reports whether nothing came in time, as net.Error has it.
func (e *DialError) Timeout() bool { return e.Kind == KindTimeout }

// Temporary is there for net.Error.
func (e *DialError) Temporary() bool { return e.Timeout() }

// Unwrap returns what the kind means to others.
func (e *DialError) Unwrap() error {
	switch e.Kind {
	case KindRefused:
		return syscall.ECONNREFUSED
	case KindTimeout:
		return context.DeadlineExceeded
	case KindCanceled:
		return context.Canceled
	case KindNoSource:
		return syscall.EADDRNOTAVAIL
	}
	return ErrCut
}

// tuple names a dial to the stack that is dialed.
type tuple struct {
	to       string
	src, dst netip.AddrPort
}

// attempt is a dial under way, as the side that is dialed knows it.
type attempt struct {
	ctx      context.Context // ends when the dial has failed
	fail     context.CancelFunc
	asked    atomic.Bool   // a handler was asked
	answered chan struct{} // closed when it has answered

	mu  sync.Mutex // guards why
	why string
}

func (a *attempt) note(why string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.why = why
}

func (a *attempt) noted() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.why
}

// lastWords is how long a dial that has run out of time waits for the reason
// of a handler that the same end has just reached.
const lastWords = 100 * time.Millisecond

// parting returns the reason that a handler has for a dial that was given up.
func (a *attempt) parting() string {
	if a.asked.Load() {
		late := time.NewTimer(lastWords)
		defer late.Stop()
		select {
		case <-a.answered:
		case <-late.C:
		}
	}
	return a.noted()
}

func (f *Fabric) attempt(t tuple) *attempt {
	f.dialMu.Lock()
	defer f.dialMu.Unlock()
	return f.dials[t]
}

// Dial connects from an address of a VPC. What Route or Admit do not let
// through, and what nobody answers, fails when ctx ends, or after 75 s if it
// has no deadline. The error is a *DialError.
func (f *Fabric) Dial(ctx context.Context, vpc string, src netip.Addr, dst netip.AddrPort, o DialOptions) (*Conn, error) {
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, dialTime)
		defer cancel()
	}
	src, dst = src.Unmap(), netip.AddrPortFrom(dst.Addr().Unmap(), dst.Port())
	fail := func(k Kind, why string) (*Conn, error) {
		return nil, &DialError{VPC: vpc, Src: src, Dst: dst, Kind: k, Why: why}
	}
	v := f.vpc(vpc)
	switch {
	case v == nil:
		return fail(KindNoSource, "there is no such VPC")
	case !v.has(toStack(src)):
		return fail(KindNoSource, "the VPC has no such address")
	case !dst.IsValid() || dst.Addr().Is4() != src.Is4():
		return fail(KindNoSource, "source and destination are of different families")
	}
	flow := Flow{VPC: vpc, Src: netip.AddrPortFrom(src, 0), Dst: dst, Ungrouped: o.Ungrouped}
	if flow.To = f.rules.Route(vpc, src, dst.Addr()); flow.To == "" {
		return fail(v.silence(ctx, noRoute(vpc, src, dst.Addr())))
	}
	if ok, why := f.rules.Admit(flow); !ok {
		return fail(v.silence(ctx, why))
	}
	c, kind, why := v.connect(ctx, flow)
	if c == nil {
		return fail(kind, why)
	}
	return c, nil
}

func noRoute(vpc string, src, dst netip.Addr) string {
	return fmt.Sprintf("no route in %s from %s to %s", vpc, src, dst)
}

// silence waits until a dial that gets no answer ends.
func (v *vpc) silence(ctx context.Context, why string) (Kind, string) {
	select {
	case <-ctx.Done():
	case <-v.done:
		return KindCut, "the VPC was taken away"
	}
	return ended(ctx), why
}

// ended tells a context that ran out from one that was canceled.
func ended(ctx context.Context) Kind {
	if ctx.Err() == context.Canceled {
		return KindCanceled
	}
	return KindTimeout
}

// connect makes the handshake. It returns no connection but a kind and a
// reason when that fails.
func (v *vpc) connect(ctx context.Context, flow Flow) (*Conn, Kind, string) {
	if ctx.Err() != nil {
		return nil, ended(ctx), "the context was over before the dial"
	}
	wq := new(waiter.Queue)
	ep, failure := v.stack.NewEndpoint(tcp.ProtocolNumber, protocol(flow.Dst.Addr()), wq)
	if failure != nil {
		return nil, KindNoSource, failure.String()
	}
	local, failure := v.bind(ep, flow.Src.Addr())
	if failure != nil {
		ep.Close()
		return nil, KindNoSource, failure.String()
	}
	t, a := tuple{to: flow.To, src: local, dst: flow.Dst}, &attempt{answered: make(chan struct{})}
	a.ctx, a.fail = context.WithCancel(context.Background())
	f := v.fabric
	f.dialMu.Lock()
	f.dials[t] = a
	f.dialMu.Unlock()

	failure = v.handshake(ctx, ep, wq, flow.Dst)

	f.dialMu.Lock()
	delete(f.dials, t)
	f.dialMu.Unlock()
	if failure == nil {
		c, err := v.adopt(ep, wq, local, flow.Dst)
		if err == nil {
			return c, "", ""
		}
		return nil, KindCut, err.Error()
	}
	a.fail()
	ep.Close()
	switch failure.(type) {
	case *tcpip.ErrConnectionRefused, *tcpip.ErrConnectionReset:
		why := a.noted()
		if why == "" {
			why = fmt.Sprintf("%s answered with a reset", flow.Dst)
		}
		return nil, KindRefused, why
	case *tcpip.ErrTimeout:
		why := a.parting()
		if why == "" {
			why = f.diagnose(flow)
		}
		return nil, ended(ctx), why
	}
	if _, aborted := failure.(*tcpip.ErrAborted); aborted {
		return nil, KindCut, ErrCut.Error()
	}
	return nil, KindCut, failure.String()
}

// bind gives an endpoint the source address and the next free port.
func (v *vpc) bind(ep tcpip.Endpoint, src netip.Addr) (netip.AddrPort, tcpip.Error) {
	var failure tcpip.Error
	for range portCount {
		port := uint16(firstPort + v.fabric.port.Add(1)%portCount)
		failure = ep.Bind(tcpip.FullAddress{Addr: toStack(src), Port: port})
		if _, taken := failure.(*tcpip.ErrPortInUse); taken {
			continue
		}
		return netip.AddrPortFrom(src, port), failure
	}
	return netip.AddrPort{}, failure
}

// handshake connects an endpoint; it is an ErrTimeout when ctx ends first.
func (v *vpc) handshake(ctx context.Context, ep tcpip.Endpoint, wq *waiter.Queue, dst netip.AddrPort) tcpip.Error {
	entry, writable := waiter.NewChannelEntry(waiter.WritableEvents | waiter.EventErr | waiter.EventHUp)
	wq.EventRegister(&entry)
	defer wq.EventUnregister(&entry)
	failure := ep.Connect(tcpip.FullAddress{Addr: toStack(dst.Addr()), Port: dst.Port()})
	if _, started := failure.(*tcpip.ErrConnectStarted); !started {
		return failure
	}
	select {
	case <-writable:
		return ep.LastError()
	case <-v.done:
		return &tcpip.ErrAborted{}
	case <-ctx.Done():
		return &tcpip.ErrTimeout{}
	}
}

// diagnose says why a dial that was let through got no answer.
func (f *Fabric) diagnose(flow Flow) string {
	to := f.vpc(flow.To)
	switch back := f.rules.Route(flow.To, flow.Dst.Addr(), flow.Src.Addr()); {
	case to == nil:
		return fmt.Sprintf("there is no VPC %s", flow.To)
	case !to.has(toStack(flow.Dst.Addr())):
		return fmt.Sprintf("nobody has %s in %s", flow.Dst.Addr(), flow.To)
	case back != flow.VPC:
		return "the answer is lost: " + noRoute(flow.To, flow.Dst.Addr(), flow.Src.Addr())
	}
	return "no answer"
}
