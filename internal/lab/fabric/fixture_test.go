package fabric_test

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"postern/internal/lab/fabric"
)

// network is a set of rules that a test writes and rewrites: routes by VPC and
// prefix, and what is not admitted.
type network struct {
	mu     sync.Mutex
	routes map[string]map[netip.Prefix]string
	deny   func(fabric.Flow) (why string)
}

func (n *network) Route(vpc string, src, dst netip.Addr) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	best, to := -1, ""
	for p, target := range n.routes[vpc] {
		if p.Contains(dst) && p.Bits() > best {
			best, to = p.Bits(), target
		}
	}
	return to
}

func (n *network) Admit(f fabric.Flow) (bool, string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.deny == nil {
		return true, ""
	}
	why := n.deny(f)
	return why == "", why
}

func (n *network) route(vpc, prefix, to string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.routes[vpc] == nil {
		n.routes[vpc] = map[netip.Prefix]string{}
	}
	n.routes[vpc][netip.MustParsePrefix(prefix)] = to
}

func (n *network) unroute(vpc, prefix string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.routes[vpc], netip.MustParsePrefix(prefix))
}

// patience bounds what must happen; impatience is for what must not, and so is
// what such a test lasts.
const (
	patience   = 20 * time.Second
	impatience = 150 * time.Millisecond
)

// lab is a fabric with the rules of a network. It checks at the end of the test
// that nothing is left of it.
type lab struct {
	*fabric.Fabric
	*network
}

// tester is a *testing.T, a *testing.B or a *rapid.T.
type tester interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// newLab makes VPCs, each with a local route: "a 10.0.0.0/16 10.0.0.5 10.0.0.6"
// is VPC a with its CIDR and two addresses.
func newLab(t tester, vpcs ...string) lab {
	t.Helper()
	before := runtime.NumGoroutine()
	n := &network{routes: map[string]map[netip.Prefix]string{}}
	l := lab{fabric.New(n, fabric.Options{TimeWait: 100 * time.Millisecond}), n}
	for _, line := range vpcs {
		words := strings.Fields(line)
		l.SetVPC(words[0])
		l.route(words[0], words[1], words[0])
		l.SetAddrs(words[0], addrs(words[2:]...))
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if s := l.Stats(); s.VPCs+s.Addrs+s.Conns+s.Dials+s.Endpoints != 0 {
			t.Errorf("after close there is still %+v", s)
		}
		settle(t, "goroutines", func() bool { return runtime.NumGoroutine() <= before })
	})
	return l
}

// settle waits, without end but for patience, until something is so.
func settle(t tester, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !so(); <-tick.C {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%s did not settle:\n%s", what, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

func addrs(list ...string) (out []netip.Addr) {
	for _, a := range list {
		out = append(out, netip.MustParseAddr(a))
	}
	return out
}

func at(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

// dial connects within patience.
func (l lab) dial(vpc, src, dst string) (*fabric.Conn, error) {
	return l.dialFor(patience, vpc, src, dst)
}

func (l lab) dialFor(d time.Duration, vpc, src, dst string) (*fabric.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	return l.Dial(ctx, vpc, netip.MustParseAddr(src), at(dst), fabric.DialOptions{})
}

// connect dials and fails the test if that does not work.
func (l lab) connect(t tester, vpc, src, dst string) *fabric.Conn {
	t.Helper()
	c, err := l.dial(vpc, src, dst)
	if err != nil {
		t.Fatalf("%v", err)
	}
	c.SetDeadline(time.Now().Add(patience))
	return c
}

// timesOut checks that a dial gets no answer, and why.
func (l lab) timesOut(t *testing.T, vpc, src, dst, why string) {
	t.Helper()
	start := time.Now()
	_, err := l.dialFor(impatience, vpc, src, dst)
	failsWith(t, err, fabric.KindTimeout, why)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v is no context.DeadlineExceeded", err)
	}
	if took := time.Since(start); took < impatience {
		t.Errorf("dial ended after %v: before its context", took)
	}
}

func failsWith(t *testing.T, err error, kind fabric.Kind, why string) {
	t.Helper()
	e, ok := errors.AsType[*fabric.DialError](err)
	if !ok {
		t.Fatalf("dial: %v, want a DialError", err)
	}
	if e.Kind != kind || !strings.Contains(e.Why, why) {
		t.Errorf("dial: kind %q, why %q; want %q, %q", e.Kind, e.Why, kind, why)
	}
	if e.Timeout() != (kind == fabric.KindTimeout) {
		t.Errorf("Timeout() is %v for kind %s", e.Timeout(), kind)
	}
}

// echo returns a handler that writes its name and then sends back what comes,
// until the other side ends its direction.
func echo(name string) func(*fabric.Request) {
	return func(r *fabric.Request) {
		c, err := r.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		if _, err := io.WriteString(c, name); err != nil {
			return
		}
		io.Copy(c, c)
	}
}

// says reads a name as long as want.
func says(t tester, c *fabric.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil {
		t.Errorf("read from %s: %v", c.Remote(), err)
	} else if string(got) != want {
		t.Errorf("%s says %q, want %q", c.Remote(), got, want)
	}
}
