package assemble

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/trace"
)

func TestNewWay(t *testing.T) {
	env := func(proxy string) func(string) string {
		return func(key string) string {
			if key == "HTTPS_PROXY" {
				return proxy
			}
			return ""
		}
	}
	if w, err := NewWay(env(""), nil, 0); err != nil || w.Proxied() || w.String() != "this host" {
		t.Errorf("%v, %v", w, err)
	}
	if w, err := NewWay(env("http://user:secret@127.0.0.1:3128"), []string{"192.0.2.2"}, 0); err != nil || !w.Proxied() || w.String() != "this host, through the proxy http://127.0.0.1:3128" {
		t.Errorf("%v, %v", w, err)
	}
	if _, err := NewWay(env("ftp://127.0.0.1"), nil, 0); !errors.Is(err, ErrProxy) {
		t.Error(err)
	}
	if _, err := NewWay(env(""), []string{"not a server"}, 0); !errors.Is(err, ErrResolvers) {
		t.Error(err)
	}
}

// TestInside: probes are made by themselves only where they can say something.
func TestInside(t *testing.T) {
	endpoint, other := netip.MustParseAddr("10.101.0.4"), netip.MustParseAddr("10.0.0.7")
	direct, proxied := &Way{}, &Way{}
	proxied.way.Proxy = "http://127.0.0.1:3128"
	for _, test := range []struct {
		name   string
		way    *Way
		addrs  []netip.Addr
		answer []netip.Addr
		inside bool
		why    string
	}{
		{"through a proxy", proxied, nil, nil, true, "a proxy is set"},
		{"the name leads to the endpoint", direct, []netip.Addr{endpoint}, []netip.Addr{other, endpoint}, true, "resolves to the endpoint"},
		{"the name leads elsewhere", direct, []netip.Addr{endpoint}, []netip.Addr{other}, false, "resolves to 10.0.0.7 here"},
		{"no answer", direct, []netip.Addr{endpoint}, nil, false, "does not resolve here"},
		{"no endpoint", direct, nil, []netip.Addr{other}, false, "are not known"},
	} {
		inside, why := test.way.Inside(trace.Asked{Name: "a.example", Addrs: test.addrs}, &trace.Lookup{Name: "a.example", Addrs: test.answer})
		if inside != test.inside || !strings.Contains(why, test.why) {
			t.Errorf("%s: %t, %q", test.name, inside, why)
		}
	}
}

// TestCutOff: when the time for all probes ends, what they did not see is not
// that nobody answers; when a probe's own time ends, it is.
func TestCutOff(t *testing.T) {
	silent := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	asked := trace.Asked{Name: "a.example", Host: "a.example", Addrs: []netip.Addr{netip.MustParseAddr("10.101.0.4")}}
	synctest.Test(t, func(t *testing.T) {
		for _, test := range []struct {
			whole, step time.Duration
			cut         bool
		}{{time.Second, time.Minute, true}, {time.Minute, time.Second, false}} {
			ctx, cancel := context.WithTimeout(t.Context(), test.whole)
			w := &Way{timeout: test.step}
			w.way.Dial = silent
			if c := w.Probe(ctx, asked, nil, "").Contacts[0]; c.Cut != test.cut || c.Connected || c.Error == "" {
				t.Errorf("%+v: %+v", test, c)
			}
			cancel()
		}
	})
}
