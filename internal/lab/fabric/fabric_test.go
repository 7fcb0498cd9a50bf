package fabric_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"postern/internal/lab/fabric"
)

const (
	hub   = "hub 10.100.0.0/16 10.100.0.5 10.100.0.6"
	mid   = "mid 10.101.0.0/20 10.101.0.9"
	spoke = "spoke 10.0.0.0/16 10.0.1.10 10.0.2.10"
)

// peer routes between two VPCs both ways.
func (l lab) peer(a, prefixA, b, prefixB string) {
	l.route(a, prefixB, b)
	l.route(b, prefixA, a)
	l.Reroute()
}

func TestWithinAndAcross(t *testing.T) {
	l := newLab(t, hub, mid)
	l.peer("hub", "10.100.0.0/16", "mid", "10.101.0.0/20")
	l.Handle("hub", at("10.100.0.6:443"), echo("near"))
	l.Handle("mid", at("10.101.0.9:443"), echo("far"))
	for _, test := range []struct{ vpc, src, dst, name string }{
		{"hub", "10.100.0.5", "10.100.0.6:443", "near"},
		{"hub", "10.100.0.6", "10.100.0.6:443", "near"}, // an address with itself
		{"hub", "10.100.0.5", "10.101.0.9:443", "far"},
		{"mid", "10.101.0.9", "10.100.0.6:443", "near"},
	} {
		c := l.connect(t, test.vpc, test.src, test.dst)
		says(t, c, test.name)
		if got := c.Local().Addr(); got != netip.MustParseAddr(test.src) {
			t.Errorf("%s: local address is %s", test.dst, got)
		}
		if got := c.RemoteAddr().String(); got != test.dst {
			t.Errorf("%s: remote address is %s", test.dst, got)
		}
		if _, err := io.WriteString(c, "and back"); err != nil {
			t.Error(err)
		}
		says(t, c, "and back")
		if err := c.CloseWrite(); err != nil {
			t.Error(err)
		}
		if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("%s: after the end, read is %d, %v", test.dst, n, err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := c.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: second close: %v", test.dst, err)
		}
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: read after close: %v", test.dst, err)
		}
	}
	settle(t, "connections", func() bool { return l.Stats().Conns == 0 })
}

func TestIPv6(t *testing.T) {
	l := newLab(t, "a 2001:db8:a::/64 2001:db8:a::5", "b 2001:db8:b::/64 2001:db8:b::5")
	l.peer("a", "2001:db8:a::/64", "b", "2001:db8:b::/64")
	l.Handle("b", at("[2001:db8:b::5]:443"), echo("six"))
	c := l.connect(t, "a", "2001:db8:a::5", "[2001:db8:b::5]:443")
	defer c.Close()
	says(t, c, "six")
}

// Two VPCs with one CIDR, and one address in both: who dials decides.
func TestOverlap(t *testing.T) {
	l := newLab(t, spoke, "other 10.0.0.0/16 10.0.1.10 10.0.2.10")
	l.Handle("spoke", at("10.0.1.10:443"), echo("spoke"))
	l.Handle("other", at("10.0.1.10:443"), echo("other"))
	for _, vpc := range []string{"spoke", "other"} {
		c := l.connect(t, vpc, "10.0.2.10", "10.0.1.10:443")
		defer c.Close()
		says(t, c, vpc)
	}
}

func TestNotTransitive(t *testing.T) {
	l := newLab(t, hub, mid, spoke)
	l.peer("hub", "10.100.0.0/16", "mid", "10.101.0.0/20")
	l.peer("mid", "10.101.0.0/20", "spoke", "10.0.0.0/16")
	l.Handle("spoke", at("10.0.1.10:443"), echo("spoke"))
	l.timesOut(t, "hub", "10.100.0.5", "10.0.1.10:443", "no route in hub from 10.100.0.5 to 10.0.1.10")

	// Routes through the one in the middle, both ways, lead into it and end.
	l.peer("hub", "10.100.0.0/16", "mid", "10.0.0.0/16")
	l.peer("spoke", "10.0.0.0/16", "mid", "10.100.0.0/16")
	l.timesOut(t, "hub", "10.100.0.5", "10.0.1.10:443", "nobody has 10.0.1.10 in mid")
}

func TestNoWayBack(t *testing.T) {
	l := newLab(t, hub, spoke)
	l.route("hub", "10.0.0.0/16", "spoke")
	l.Handle("spoke", at("10.0.1.10:443"), echo("spoke"))
	l.timesOut(t, "hub", "10.100.0.5", "10.0.1.10:443", "no route in spoke from 10.0.1.10 to 10.100.0.5")
	l.timesOut(t, "hub", "10.100.0.5", "10.0.1.10:80", "nothing listens") // nor does the RST come
	l.route("spoke", "10.100.0.0/16", "hub")
	l.Reroute()
	c := l.connect(t, "hub", "10.100.0.5", "10.0.1.10:443")
	defer c.Close()
	says(t, c, "spoke")
}

// A handshake that cannot be completed does not hold its handler for longer
// than somebody waits for it.
func TestAcceptEndsWithDial(t *testing.T) {
	l := newLab(t, hub, spoke)
	l.route("hub", "10.0.0.0/16", "spoke")
	failed := make(chan error, 1)
	l.Handle("spoke", at("10.0.1.10:443"), func(r *fabric.Request) { _, err := r.Accept(); failed <- err })
	l.timesOut(t, "hub", "10.100.0.5", "10.0.1.10:443", "no route in spoke")
	select {
	case err := <-failed:
		if err == nil {
			t.Error("a connection was made without a way back")
		}
	case <-time.After(patience): // the stack would try for longer
		t.Error("accept goes on after the dial")
	}
}

func TestAnswers(t *testing.T) {
	l := newLab(t, hub)
	asked := make(chan struct{}, 100)
	for port, h := range map[string]func(*fabric.Request){
		"1": func(r *fabric.Request) { r.Refuse("closed today") },
		"2": func(r *fabric.Request) { asked <- struct{}{}; r.Drop("lost on purpose") },
		"3": func(r *fabric.Request) {},
		"4": func(r *fabric.Request) { r.Refuse("first"); r.Drop("second") },
		"0": func(r *fabric.Request) { r.Refuse("any port but " + r.Local().String()) },
	} {
		l.Handle("hub", at("10.100.0.6:"+port), h)
	}
	refused := func(dst, why string) {
		t.Helper()
		_, err := l.dial("hub", "10.100.0.5", dst)
		failsWith(t, err, fabric.KindRefused, why)
		if !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("%v is no ECONNREFUSED", err)
		}
	}
	refused("10.100.0.6:1", "closed today")
	refused("10.100.0.6:4", "first")
	refused("10.100.0.6:5", "any port but 10.100.0.6:5")
	refused("10.100.0.5:443", "nothing listens at 10.100.0.5:443")
	l.timesOut(t, "hub", "10.100.0.5", "10.100.0.6:3", "the handler gave no answer")
	l.timesOut(t, "hub", "10.100.0.5", "10.100.0.9:443", "nobody has 10.100.0.9")

	// A second SYN comes a second after the first: it is not asked about again.
	_, err := l.dialFor(1500*time.Millisecond, "hub", "10.100.0.5", "10.100.0.6:2")
	failsWith(t, err, fabric.KindTimeout, "lost on purpose")
	if len(asked) != 1 {
		t.Errorf("the handler was asked %d times about one dial", len(asked))
	}
}

func TestSources(t *testing.T) {
	l := newLab(t, hub)
	for _, test := range []struct{ vpc, src, dst, why string }{
		{"nowhere", "10.100.0.5", "10.100.0.6:443", "no such VPC"},
		{"hub", "10.100.0.7", "10.100.0.6:443", "no such address"},
		{"hub", "10.100.0.5", "[2001:db8::1]:443", "families"},
	} {
		_, err := l.dial(test.vpc, test.src, test.dst)
		failsWith(t, err, fabric.KindNoSource, test.why)
		if !errors.Is(err, syscall.EADDRNOTAVAIL) {
			t.Errorf("%v is no EADDRNOTAVAIL", err)
		}
	}
}

func TestCanceled(t *testing.T) {
	l := newLab(t, hub)
	begun := make(chan struct{})
	ended := make(chan error, 1)
	l.Handle("hub", at("10.100.0.6:443"), func(r *fabric.Request) {
		close(begun)
		<-r.Context().Done()
		_, err := r.Accept()
		ended <- err
	})
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-begun; cancel() }()
	_, err := l.Dial(ctx, "hub", addrs("10.100.0.5")[0], at("10.100.0.6:443"), fabric.DialOptions{})
	failsWith(t, err, fabric.KindCanceled, "")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is no context.Canceled", err)
	}
	if err := <-ended; err == nil {
		t.Error("a request was accepted whose dialer had gone")
	}
	settle(t, "endpoints", func() bool { return l.Stats().Endpoints == 0 })
}

func TestAdmit(t *testing.T) {
	l := newLab(t, hub)
	l.Handle("hub", at("10.100.0.6:443"), echo("in"))
	var seen fabric.Flow
	l.deny = func(f fabric.Flow) string {
		seen = f
		if f.Ungrouped {
			return ""
		}
		return "sg-1 has no rule for 10.100.0.5 to port 443"
	}
	l.timesOut(t, "hub", "10.100.0.5", "10.100.0.6:443", "sg-1 has no rule for 10.100.0.5 to port 443")
	want := fabric.Flow{VPC: "hub", Src: at("10.100.0.5:0"), To: "hub", Dst: at("10.100.0.6:443")}
	if seen != want {
		t.Errorf("asked about %+v, want %+v", seen, want)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := l.Dial(ctx, "hub", want.Src.Addr(), want.Dst, fabric.DialOptions{Ungrouped: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	says(t, c, "in")
}

// The reason goes back through as many hops as there are.
func TestReasonsTravel(t *testing.T) {
	l := newLab(t, hub, spoke)
	l.Handle("spoke", at("10.0.1.10:443"), func(r *fabric.Request) { r.Refuse("api server is stopping") })
	l.Handle("hub", at("10.100.0.6:443"), func(r *fabric.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		_, err := l.Dial(ctx, "spoke", addrs("10.0.2.10")[0], at("10.0.1.10:443"), fabric.DialOptions{})
		if e, ok := errors.AsType[*fabric.DialError](err); ok {
			r.Refuse("target: " + e.Why)
		}
	})
	_, err := l.dial("hub", "10.100.0.5", "10.100.0.6:443")
	failsWith(t, err, fabric.KindRefused, "target: api server is stopping")
}

// A reason is heard also where the dialer's own time is what ends the hops
// behind: here the first waits for the second, which nobody answers.
func TestLastWords(t *testing.T) {
	l := newLab(t, hub, spoke)
	l.Handle("spoke", at("10.0.1.10:443"), func(r *fabric.Request) { r.Drop("api server is gone") })
	l.Handle("hub", at("10.100.0.6:443"), func(r *fabric.Request) {
		_, err := l.Dial(r.Context(), "spoke", addrs("10.0.2.10")[0], at("10.0.1.10:443"), fabric.DialOptions{})
		if e, ok := errors.AsType[*fabric.DialError](err); ok {
			r.Drop("target: " + e.Why)
		}
	})
	for range 20 {
		l.timesOut(t, "hub", "10.100.0.5", "10.100.0.6:443", "target: api server is gone")
	}
}

func TestHandlers(t *testing.T) {
	l := newLab(t, hub)
	removeFirst := l.Handle("hub", at("10.100.0.6:443"), echo("one"))
	removeSecond := l.Handle("hub", at("10.100.0.6:443"), echo("two"))
	removeFirst() // is replaced already
	c := l.connect(t, "hub", "10.100.0.5", "10.100.0.6:443")
	defer c.Close()
	says(t, c, "two")
	removeSecond()
	_, err := l.dial("hub", "10.100.0.5", "10.100.0.6:443")
	failsWith(t, err, fabric.KindRefused, "nothing listens")
	if _, err := io.WriteString(c, "!"); err != nil {
		t.Error(err)
	}
	says(t, c, "!") // what was accepted stays
}

// held is a handler that hands over what it accepts.
func held() (func(*fabric.Request), <-chan *fabric.Conn) {
	conns := make(chan *fabric.Conn, 1)
	return func(r *fabric.Request) {
		if c, err := r.Accept(); err == nil {
			c.SetDeadline(time.Now().Add(patience))
			conns <- c
		}
	}, conns
}

func TestAbort(t *testing.T) {
	l := newLab(t, hub)
	h, accepted := held()
	l.Handle("hub", at("10.100.0.6:443"), h)
	c := l.connect(t, "hub", "10.100.0.5", "10.100.0.6:443")
	far := <-accepted
	far.Abort()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read after the peer's abort: %v", err)
	}
	if _, err := far.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("read after abort: %v", err)
	}
	c.Close()
	settle(t, "endpoints", func() bool { return l.Stats().Endpoints == 0 })
}

func TestCloseWakes(t *testing.T) {
	l := newLab(t, hub)
	h, accepted := held()
	l.Handle("hub", at("10.100.0.6:443"), h)
	c := l.connect(t, "hub", "10.100.0.5", "10.100.0.6:443")
	defer (<-accepted).Close()
	failed := make(chan error)
	go func() { _, err := c.Read(make([]byte, 1)); failed <- err }()
	c.Close()
	if err := <-failed; !errors.Is(err, net.ErrClosed) {
		t.Errorf("read during close: %v", err)
	}
}

// An address that is taken away is silent from then on, and so is the peer.
func TestAddressGone(t *testing.T) {
	for _, test := range []struct {
		name string
		take func(lab)
	}{
		{"address", func(l lab) { l.SetAddrs("spoke", addrs("10.0.2.10")) }},
		{"vpc", func(l lab) { l.DropVPC("spoke") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := newLab(t, hub, spoke)
			l.peer("hub", "10.100.0.0/16", "spoke", "10.0.0.0/16")
			h, accepted := held()
			l.Handle("spoke", at("10.0.1.10:443"), h)
			c := l.connect(t, "hub", "10.100.0.5", "10.0.1.10:443")
			defer c.Close()
			far := <-accepted
			defer far.Close()

			test.take(l)

			if _, err := far.Read(make([]byte, 1)); !errors.Is(err, fabric.ErrCut) {
				t.Errorf("read at the address that went: %v", err)
			}
			if _, err := io.WriteString(c, "anyone?"); err != nil {
				t.Errorf("write to the address that went: %v", err)
			}
			c.SetReadDeadline(time.Now().Add(impatience))
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("read from the address that went: %v, want a deadline", err)
			}
			l.timesOut(t, "hub", "10.100.0.5", "10.0.1.10:443", "")
			c.Close()
			settle(t, "the end that was left", func() bool { return l.Stats().Endpoints == 0 })
		})
	}
}

// Within a VPC it is just so, and an address that comes back knows nothing of
// the connections it had.
func TestAddressComesBack(t *testing.T) {
	l := newLab(t, spoke)
	h, accepted := held()
	l.Handle("spoke", at("10.0.1.10:443"), h)
	c := l.connect(t, "spoke", "10.0.2.10", "10.0.1.10:443")
	defer c.Close()
	defer (<-accepted).Close()
	l.SetAddrs("spoke", addrs("10.0.2.10"))
	c.SetReadDeadline(time.Now().Add(impatience))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read from the address that went: %v, want a deadline", err)
	}
	l.SetAddrs("spoke", addrs("10.0.1.10", "10.0.2.10"))
	c.SetReadDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(c, "anyone?"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read from the address that came back: %v, want a reset", err)
	}
	again := l.connect(t, "spoke", "10.0.2.10", "10.0.1.10:443")
	defer again.Close()
	defer (<-accepted).Close()
}

// A connection lives as long as there is a route both ways, and lives on when
// it comes back.
func TestRouteGone(t *testing.T) {
	l := newLab(t, hub, spoke)
	l.peer("hub", "10.100.0.0/16", "spoke", "10.0.0.0/16")
	l.Handle("spoke", at("10.0.1.10:443"), echo(""))
	c := l.connect(t, "hub", "10.100.0.5", "10.0.1.10:443")
	defer c.Close()
	l.unroute("spoke", "10.100.0.0/16")
	l.Reroute()
	if _, err := io.WriteString(c, "hello"); err != nil {
		t.Fatal(err)
	}
	c.SetReadDeadline(time.Now().Add(impatience))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read without a way back: %v, want a deadline", err)
	}
	l.route("spoke", "10.100.0.0/16", "hub")
	l.Reroute()
	c.SetReadDeadline(time.Now().Add(patience))
	says(t, c, "hello") // sent again
}

// Close ends what waits: dials, requests, readers.
func TestCloseEndsAll(t *testing.T) {
	l := newLab(t, hub)
	h, accepted := held()
	asked := make(chan struct{})
	l.Handle("hub", at("10.100.0.6:443"), h)
	var finished atomic.Bool
	l.Handle("hub", at("10.100.0.6:80"), func(r *fabric.Request) {
		close(asked)
		<-r.Context().Done()
		<-time.After(impatience) // cleaning up
		finished.Store(true)
	})
	c := l.connect(t, "hub", "10.100.0.5", "10.100.0.6:443")
	<-accepted
	failed := make(chan error, 3)
	go func() { _, err := c.Read(make([]byte, 1)); failed <- err }()
	for _, dst := range []string{"10.100.0.6:80", "10.200.0.1:443"} {
		go func() { _, err := l.dial("hub", "10.100.0.5", dst); failed <- err }()
	}
	<-asked
	l.Close()
	if !finished.Load() {
		t.Error("a handler still runs after close")
	}
	for range 3 {
		err := <-failed
		if e, isDial := errors.AsType[*fabric.DialError](err); isDial && e.Kind == fabric.KindNoSource {
			continue // the dial began after the end
		}
		if !errors.Is(err, fabric.ErrCut) {
			t.Errorf("after close: %v", err)
		}
	}
	l.SetVPC("late")
	l.Handle("hub", at("10.100.0.6:443"), h)
	if s := l.Stats(); s.VPCs != 0 {
		t.Errorf("a closed fabric has %+v", s)
	}
}
