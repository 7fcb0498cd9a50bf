package probe_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/plan"
	"postern/internal/probe"
)

// serve listens on loopback and hands each connection to handle.
func serve(t testing.TB, handle func(net.Conn)) netip.AddrPort {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { ln.Close(); <-done })
	go func() {
		defer close(done)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			handle(conn)
		}
	}()
	return ln.Addr().(*net.TCPAddr).AddrPort()
}

// api serves a certificate as an API server does.
func api(t testing.TB, cert tls.Certificate) netip.AddrPort {
	return serve(t, func(conn net.Conn) {
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(5 * time.Second))
		s := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequestClientCert})
		if s.Handshake() == nil {
			io.Copy(io.Discard, conn)
		}
	})
}

func TestVerdicts(t *testing.T) {
	ours, other, later := newCA(t), newCA(t), newCA(t)
	long := []*x509.Certificate{}
	for range 20 {
		long = append(long, newCA(t).cert)
	}
	selfSigned := func() tls.Certificate {
		m := newCA(t, names(host))
		return tls.Certificate{Certificate: [][]byte{m.cert.Raw}, PrivateKey: m.key}
	}()
	between := ours.sub()
	expiredCA := newCA(t, valid(-3*time.Hour, -time.Hour))
	noCA := newCA(t, func(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, x509.KeyUsageDigitalSignature })
	broken := []byte("-----BEGIN CERTIFICATE-----\nMIIB!\n-----END CERTIFICATE-----\n")
	for _, test := range []struct {
		name  string
		cert  tls.Certificate
		roots []byte // nil: ours
		want  plan.Verdict
		err   string // part of the error
	}{
		{name: "ours", cert: ours.leaf(), want: plan.Proved},
		{name: "ours, the CA sent along", cert: chain(ours.leaf(), ours.cert), want: plan.Proved},
		{name: "ours, by a CA between", cert: chain(between.leaf(), between.cert), want: plan.Proved},
		{name: "names in small letters", cert: ours.leaf(names(strings.ToLower(host))), want: plan.Proved},
		{name: "the first of two CAs", cert: ours.leaf(), roots: append(ours.pem(), later.pem()...), want: plan.Proved},
		{name: "the second of two CAs", cert: later.leaf(), roots: append(ours.pem(), later.pem()...), want: plan.Proved},
		{name: "neither of two CAs", cert: other.leaf(), roots: append(ours.pem(), later.pem()...), want: plan.Disproved, err: "unknown authority"},
		{name: "another cluster's", cert: other.leaf(names("FEDCBA.gr7.us-east-1.eks.amazonaws.com")), want: plan.Disproved, err: "FEDCBA.gr7.us-east-1.eks.amazonaws.com"},
		{name: "another CA, our name", cert: other.leaf(), want: plan.Disproved},
		{name: "another CA, which sends ours along", cert: chain(other.leaf(), ours.cert), want: plan.Disproved},
		{name: "signed by itself", cert: selfSigned, want: plan.Disproved},
		{name: "another CA, expired", cert: other.leaf(valid(-2*time.Hour, -time.Hour)), want: plan.Disproved},
		{name: "our CA, another name", cert: ours.leaf(names("node.example.org")), want: plan.Disproved, err: "not for " + host},
		{name: "our CA, no name", cert: ours.leaf(names()), want: plan.Disproved},
		{name: "our CA, the name only as the subject", cert: ours.leaf(names(), func(c *x509.Certificate) { c.Subject.CommonName = host }), want: plan.Disproved},
		{name: "expired", cert: ours.leaf(valid(-2*time.Hour, -time.Hour)), want: plan.Unreachable, err: "expired"},
		{name: "not valid yet", cert: ours.leaf(valid(time.Hour, 2*time.Hour)), want: plan.Unreachable},
		{name: "expired, another name", cert: ours.leaf(names("node.example.org"), valid(-2*time.Hour, -time.Hour)), want: plan.Unreachable},
		{name: "the CA has expired", cert: expiredCA.leaf(), roots: expiredCA.pem(), want: plan.Unreachable},
		{name: "the CA has expired, another name", cert: expiredCA.leaf(names("node.example.org")), roots: expiredCA.pem(), want: plan.Unreachable},
		{name: "never valid together with its CA", cert: expiredCA.leaf(valid(2*time.Hour, 3*time.Hour)), roots: expiredCA.pem(), want: plan.Unreachable},
		{name: "for clients only", cert: ours.leaf(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), want: plan.Unreachable},
		{name: "the bundle's certificate is no CA", cert: noCA.leaf(), roots: noCA.pem(), want: plan.Unreachable},
		{name: "the CA between is missing", cert: between.leaf(), want: plan.Disproved},
		{name: "a chain too long to judge", cert: chain(other.leaf(), long...), want: plan.Unreachable, err: "21 certificates"},
		{name: "no bundle", cert: other.leaf(), roots: []byte{}, want: plan.Unreachable, err: "no certificate"},
		{name: "a bundle that is not PEM", cert: other.leaf(), roots: []byte("LS0tLS1CRUdJTi"), want: plan.Unreachable},
		{name: "a bundle with a broken part first", cert: other.leaf(), roots: append(slices.Clone(broken), ours.pem()...), want: plan.Unreachable, err: "1 of its 2"},
		{name: "a bundle with a broken part last", cert: other.leaf(), roots: append(ours.pem(), broken...), want: plan.Unreachable},
		{name: "a bundle that is cut off", cert: other.leaf(), roots: append(ours.pem(), later.pem()[:200]...), want: plan.Unreachable},
		{name: "a bundle with a key", cert: other.leaf(), roots: append(ours.pem(), "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"...), want: plan.Unreachable, err: "PUBLIC KEY"},
	} {
		t.Run(test.name, func(t *testing.T) {
			roots := test.roots
			if roots == nil {
				roots = ours.pem()
			}
			r := new(probe.Prober).TLS(t.Context(), api(t, test.cert), host, roots)
			if !r.Dialed || !r.HandshakeDone {
				t.Fatalf("no handshake: %+v", r)
			}
			if got := r.Verdict(); got != test.want {
				t.Errorf("got %s, want %s: %+v", got, test.want, r)
			}
			if r.Verified != (r.Err == nil) {
				t.Errorf("verified %v, error %v", r.Verified, r.Err)
			}
			if test.err != "" && (r.Err == nil || !strings.Contains(r.Err.Error(), test.err)) {
				t.Errorf("error %v, want one with %q", r.Err, test.err)
			}
		})
	}
}

// TestNoHandshake: what breaks off decides nothing, and says how far it came.
func TestNoHandshake(t *testing.T) {
	ca := newCA(t)
	closed := serve(t, func(c net.Conn) { c.Close() })
	for _, test := range []struct {
		name string
		addr netip.AddrPort
	}{
		{"reset", serve(t, func(c net.Conn) {
			io.ReadFull(c, make([]byte, 50))
			c.(*net.TCPConn).SetLinger(0)
			c.Close()
		})},
		{"closed", closed},
		{"no TLS", serve(t, func(c net.Conn) { io.WriteString(c, "SSH-2.0-OpenSSH_9.9\r\n"); c.Close() })},
		{"cut off in the certificate", serve(t, func(c net.Conn) {
			defer c.Close()
			tls.Server(cutOff{c, new(int)}, &tls.Config{Certificates: []tls.Certificate{newCA(t).leaf()}}).Handshake()
		})},
		{"a certificate that cannot be read", api(t, tls.Certificate{Certificate: [][]byte{[]byte("nonsense")}, PrivateKey: ca.key})},
		{"a key that is not the certificate's", api(t, tls.Certificate{Certificate: newCA(t).leaf().Certificate, PrivateKey: ca.key})},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := new(probe.Prober).TLS(t.Context(), test.addr, host, ca.pem())
			if !r.Dialed || r.HandshakeDone || r.Err == nil || r.Verdict() != plan.Unreachable {
				t.Errorf("%s: %+v", r.Verdict(), r)
			}
		})
	}
	free := serve(t, func(c net.Conn) { c.Close() })
	t.Run("refused", func(t *testing.T) {
		p := &probe.Prober{Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if network != "tcp" || addr != free.String() {
				t.Errorf("dialed %s %s", network, addr)
			}
			return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("connection refused")}
		}}
		verdict, why := p.Identify(t.Context(), free, host, ca.pem())
		if want := "connect to " + free.String() + ": connection refused"; verdict != plan.Unreachable || why != want {
			t.Errorf("%s %q, want %q", verdict, why, want)
		}
	})
}

// cutOff writes a few hundred bytes and then closes.
type cutOff struct {
	net.Conn
	n *int
}

func (c cutOff) Write(b []byte) (int, error) {
	const most = 200
	if *c.n += len(b); *c.n > most {
		c.Conn.Write(b[:min(len(b), most)])
		c.Conn.Close()
		return 0, io.ErrClosedPipe
	}
	return c.Conn.Write(b)
}

// TestSlow: each step has its own bound, and the end of the context ends all.
func TestSlow(t *testing.T) {
	ca := newCA(t)
	addr := netip.MustParseAddrPort("10.0.0.1:443")
	hang := func(ctx context.Context, network, addr string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	silent := func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go io.Copy(io.Discard, there)
		return here, nil
	}
	drip := func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go io.Copy(io.Discard, there)
		go func() { // the beginning of a record, a byte a second
			for _, b := range append([]byte{22, 3, 3, 64, 0}, make([]byte, 1000)...) {
				time.Sleep(time.Second)
				if _, err := there.Write([]byte{b}); err != nil {
					return
				}
			}
		}()
		return here, nil
	}
	for _, test := range []struct {
		name    string
		dial    func(context.Context, string, string) (net.Conn, error)
		timeout time.Duration
		within  time.Duration // of the context; 0: none
		want    time.Duration
	}{
		{"connecting", hang, 0, 0, probe.DefaultTimeout},
		{"a silent server", silent, 0, 0, probe.DefaultTimeout},
		{"a dripping server", drip, 10 * time.Second, 0, 10 * time.Second},
		{"the context ends", silent, 0, time.Second, time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if test.within > 0 {
					bounded, cancel := context.WithTimeout(ctx, test.within)
					defer cancel()
					ctx = bounded
				}
				begun := time.Now()
				r := (&probe.Prober{Dial: test.dial, Timeout: test.timeout}).TLS(ctx, addr, host, ca.pem())
				if took := time.Since(begun); took != test.want {
					t.Errorf("took %s, want %s", took, test.want)
				}
				if r.Verdict() != plan.Unreachable || !errors.Is(r.Err, context.DeadlineExceeded) {
					t.Errorf("%s: %v", r.Verdict(), r.Err)
				}
				time.Sleep(2 * time.Second) // the dripping server sees that nobody reads
			})
		})
	}
}

// TestStrangersWords: what a stranger writes into a certificate does not fill
// the report.
func TestStrangersWords(t *testing.T) {
	ca := newCA(t)
	var many []string
	for range 200 {
		many = append(many, strings.Repeat("a", 60)+".example.org")
	}
	addr := api(t, newCA(t).leaf(names(many...), func(c *x509.Certificate) {
		c.Subject.CommonName = strings.Repeat("x", 5000)
	}))
	verdict, why := new(probe.Prober).Identify(t.Context(), addr, host, ca.pem())
	if verdict != plan.Disproved || len(why) > 1000 || !strings.Contains(why, "and 196 more") {
		t.Errorf("%s: %d bytes: %s", verdict, len(why), why)
	}
}

func TestReady(t *testing.T) {
	ours, other := newCA(t), newCA(t)
	var asked []string
	server := func(cert tls.Certificate, answer http.HandlerFunc) netip.AddrPort {
		ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
		if err != nil {
			t.Fatal(err)
		}
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.Host+r.URL.Path+" "+r.Header.Get("Authorization"))
			answer(w, r)
		})}
		go s.Serve(ln)
		t.Cleanup(func() { s.Close() })
		return ln.Addr().(*net.TCPAddr).AddrPort()
	}
	ok := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }
	for _, test := range []struct {
		name   string
		addr   netip.AddrPort
		token  string
		status int
		body   string
		asked  []string
		err    string
	}{
		{name: "ready", addr: server(ours.leaf(), ok), token: "t0", status: 200, body: "ok", asked: []string{host + "/readyz Bearer t0"}},
		{name: "without a token", addr: server(ours.leaf(), ok), status: 200, body: "ok", asked: []string{host + "/readyz "}},
		{name: "not ready", addr: server(ours.leaf(), func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(500)
			io.WriteString(w, "[-]etcd failed")
		}), status: 500, body: "[-]etcd failed", asked: []string{host + "/readyz "}},
		{name: "redirects are not followed", addr: server(ours.leaf(), func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "https://198.51.100.1/")
			w.WriteHeader(302)
		}), token: "t0", status: 302, asked: []string{host + "/readyz Bearer t0"}},
		{name: "no token for strangers", addr: server(other.leaf(), ok), token: "t0", err: "no token is sent"},
		{name: "a stranger without a token", addr: server(other.leaf(), ok), status: 200, body: "ok", asked: []string{host + "/readyz "}},
		{name: "an endless body", addr: server(ours.leaf(), func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				io.WriteString(w, strings.Repeat("a", 1000))
			}
		}), status: 200, body: strings.Repeat("a", 4096), asked: []string{host + "/readyz "}},
		{name: "a head without end", addr: serve(t, func(c net.Conn) {
			defer c.Close()
			s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{ours.leaf()}})
			io.WriteString(s, "HTTP/1.1 200 OK\r\n")
			for {
				if _, err := io.WriteString(s, "X: "+strings.Repeat("a", 1000)+"\r\n"); err != nil {
					return
				}
			}
		}), err: "head is too long"},
		{name: "not HTTP", addr: serve(t, func(c net.Conn) {
			s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{ours.leaf()}})
			io.WriteString(s, "220 smtp ready\r\n")
			s.Close()
		}), err: "get /readyz of"},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked = nil
			r := new(probe.Prober).Ready(t.Context(), test.addr, host, ours.pem(), test.token)
			if r.Status != test.status || r.Body != test.body {
				t.Errorf("status %d, body %.40q: %v", r.Status, r.Body, r.Err)
			}
			if !slices.Equal(asked, test.asked) {
				t.Errorf("asked %q, want %q", asked, test.asked)
			}
			if test.err != "" && (r.Err == nil || !strings.Contains(r.Err.Error(), test.err)) {
				t.Errorf("error %v, want one with %q", r.Err, test.err)
			}
		})
	}
}
