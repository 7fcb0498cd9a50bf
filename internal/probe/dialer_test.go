package probe_test

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"

	"postern/internal/plan"
	"postern/internal/probe"
)

// socks is a SOCKS5 proxy that leads every connection to one place, and tells
// where it was asked to go.
func socks(t *testing.T, to netip.AddrPort) (at netip.AddrPort, asked chan string) {
	asked = make(chan string, 10)
	at = serve(t, func(c net.Conn) {
		defer c.Close()
		head := make([]byte, 2)
		io.ReadFull(c, head)
		io.ReadFull(c, make([]byte, head[1]))
		c.Write([]byte{5, 0})
		req := make([]byte, 10) // an IPv4 address and a port
		if _, err := io.ReadFull(c, req); err != nil || req[3] != 1 {
			asked <- "something else"
			return
		}
		asked <- netip.AddrPortFrom(netip.AddrFrom4([4]byte(req[4:8])), binary.BigEndian.Uint16(req[8:])).String()
		c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		back, err := net.Dial("tcp", to.String())
		if err != nil {
			return
		}
		defer back.Close()
		go func() {
			io.Copy(back, c)
			back.Close()
		}()
		io.Copy(c, back)
	})
	return at, asked
}

func TestDialer(t *testing.T) {
	ca := newCA(t)
	server := api(t, ca.leaf())
	proxy, asked := socks(t, server)
	far := netip.MustParseAddrPort("192.0.2.1:443")
	for _, test := range []struct {
		name string
		env  map[string]string
		addr netip.AddrPort
		want string // what the proxy was asked for
	}{
		{name: "directly", addr: server},
		{name: "through a proxy", env: map[string]string{"ALL_PROXY": "socks5://" + proxy.String()}, addr: far, want: far.String()},
		{name: "in small letters", env: map[string]string{"all_proxy": "socks5h://" + proxy.String()}, addr: far, want: far.String()},
		{name: "past it", env: map[string]string{"ALL_PROXY": "socks5://192.0.2.9:1", "NO_PROXY": "127.0.0.0/8"}, addr: server},
	} {
		t.Run(test.name, func(t *testing.T) {
			dial, err := probe.Dialer(func(name string) string { return test.env[name] })
			if err != nil {
				t.Fatal(err)
			}
			verdict, why := (&probe.Prober{Dial: dial}).Identify(t.Context(), test.addr, host, ca.pem())
			if verdict != plan.Proved {
				t.Errorf("%s: %s", verdict, why)
			}
			got := ""
			select {
			case got = <-asked:
			default:
			}
			if got != test.want {
				t.Errorf("the proxy was asked for %q, want %q", got, test.want)
			}
		})
	}
}

// TestDialerRefuses: a proxy that cannot be used is never passed by, and the
// error shows no password.
func TestDialerRefuses(t *testing.T) {
	for _, text := range []string{"http://user:hunter2@192.0.2.1:3128", "192.0.2.1:1080", "socks4://u:hunter2@192.0.2.1", "socks5://", "://hunter2", "\x7f"} {
		dial, err := probe.Dialer(func(name string) string {
			if name == "ALL_PROXY" {
				return text
			}
			return ""
		})
		if err == nil || dial != nil {
			t.Errorf("ALL_PROXY=%s is taken", text)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "socks5://") {
			t.Errorf("ALL_PROXY=%s: %v", text, err)
		}
	}
}
