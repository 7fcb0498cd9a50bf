package dataplane

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"postern/internal/lab/state"
)

func dialHost(ctx context.Context, at netip.AddrPort) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", at.String())
}

func TestProbe(t *testing.T) {
	var asked http.Request
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-r.Context().Done()
			return
		}
		asked = *r
		if r.URL.Path != "/readyz" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	plain, secure, modern := httptest.NewServer(handler), httptest.NewTLSServer(handler), httptest.NewUnstartedServer(handler)
	modern.TLS = &tls.Config{MinVersion: tls.VersionTLS13}
	modern.StartTLS()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, s := range []*httptest.Server{plain, secure, modern} {
		s.Config.ErrorLog = nil
		t.Cleanup(s.Close)
	}
	t.Cleanup(func() { silent.Close() })

	https := state.HealthCheck{Protocol: "HTTPS", Path: "/readyz", Matcher: "200"}
	tests := []struct {
		name  string
		at    net.Addr
		check state.HealthCheck
		fails string // part of the reason; empty: it passes
	}{
		{"tcp", silent.Addr(), state.HealthCheck{Protocol: "TCP"}, ""},
		{"tcp, nobody", closed.Addr(), state.HealthCheck{Protocol: "TCP"}, "refused"},
		{"http", plain.Listener.Addr(), state.HealthCheck{Protocol: "HTTP", Path: "/readyz", Matcher: "200-399"}, ""},
		{"http, status", plain.Listener.Addr(), state.HealthCheck{Protocol: "HTTP", Path: "/", Matcher: "200-399"}, "status 401 is not in 200-399"},
		{"http, status that is meant", plain.Listener.Addr(), state.HealthCheck{Protocol: "HTTP", Path: "/", Matcher: "200,401"}, ""},
		{"http, status inside a range", plain.Listener.Addr(), state.HealthCheck{Protocol: "HTTP", Path: "/", Matcher: "200,400-499"}, ""},
		{"http, silent", silent.Addr(), state.HealthCheck{Protocol: "HTTP", Path: "/", Matcher: "200"}, "timeout"},
		{"https, unknown certificate", secure.Listener.Addr(), https, ""},
		{"https, silent", silent.Addr(), https, "deadline"},
		{"https, silent after the handshake", secure.Listener.Addr(), state.HealthCheck{Protocol: "HTTPS", Path: "/slow", Matcher: "200"}, "deadline"},
		{"https, plain target", plain.Listener.Addr(), https, "handshake"},
		{"https, TLS 1.3 alone", modern.Listener.Addr(), https, "handshake"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			timeout := 5 * time.Second
			if tt.at == silent.Addr() && tt.fails != "" {
				timeout = 50 * time.Millisecond
			} else if tt.check.Path == "/slow" {
				timeout = 500 * time.Millisecond
			}
			err := probe(t.Context(), dialHost, netip.MustParseAddrPort(tt.at.String()), tt.check, timeout)
			if (err == nil) != (tt.fails == "") || err != nil && !strings.Contains(err.Error(), tt.fails) {
				t.Errorf("got %v, want %q in it", err, tt.fails)
			}
			if silent := tt.at == silent.Addr() && tt.fails != "" || tt.check.Path == "/slow"; silent != errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v; the target does not answer: %v", err, silent)
			}
		})
	}
	if asked.Header.Get("User-Agent") != "ELB-HealthChecker/2.0" || asked.Host != secure.Listener.Addr().String() {
		t.Errorf("the target was asked by %q for %q", asked.Header.Get("User-Agent"), asked.Host)
	}
}

// TestInsist: silence counts while this process had its time, and in the end.
func TestInsist(t *testing.T) {
	refused := errors.New("refused")
	for _, tt := range []struct {
		name, checks string // s: silent, l: silent and late, p: passes, f: fails; the last one goes on
		tries        int
		want         error
	}{
		{"passes", "p", 1, nil},
		{"fails", "f", 1, refused},
		{"silent", "s", 3, context.DeadlineExceeded},
		{"lost packets", "ssp", 3, nil},
		{"a busy machine", "lslsp", 5, nil},
		{"dead, and a busy machine", "lslss", 5, context.DeadlineExceeded},
		{"no time at all", "l", 6, context.DeadlineExceeded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tries := 0
			err := insist(func() (late bool, err error) {
				is := tt.checks[min(tries, len(tt.checks)-1)]
				tries++
				return is == 'l', map[byte]error{'s': context.DeadlineExceeded, 'l': context.DeadlineExceeded, 'f': refused}[is]
			})
			if tries != tt.tries || !errors.Is(err, tt.want) {
				t.Errorf("%v after %d checks, want %v after %d", err, tries, tt.want, tt.tries)
			}
		})
	}
}

// FuzzMatches: a matcher has the statuses that it lists, and a longer one has
// what either part has.
func FuzzMatches(f *testing.F) {
	for _, m := range []string{"200", "200-399", "200,401", " 200 - 299 ", "-", ",", "399-200", "200-299,500-"} {
		f.Add(m, "404", 200)
	}
	f.Fuzz(func(t *testing.T, a, b string, status int) {
		if got, want := matches(a+","+b, status), matches(a, status) || matches(b, status); got != want {
			t.Errorf("%q has %d: %v; by its parts %v", a+","+b, status, got, want)
		}
		if status >= 0 && (!matches(fmt.Sprint(status), status) || !matches(fmt.Sprintf("%d-%d", status, status), status)) {
			t.Errorf("%d does not fit itself", status)
		}
		if matches("", status) {
			t.Errorf("nothing fits %d", status)
		}
	})
}
