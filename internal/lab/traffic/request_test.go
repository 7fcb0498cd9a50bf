package traffic_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/lab/ingress"
	"postern/internal/lab/memnet"
	"postern/internal/lab/traffic"
)

// Every test runs in a bubble, which fails when a goroutine is left behind.

// TestRate: the rate is kept however slow the answers are, targets are taken
// in turn, and what is under way at the end is waited for.
func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		slow := newCluster(t, &n, "slow", "10.0.0.1:443", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(3 * time.Second)
			instance("eni-1").ServeHTTP(w, r)
		}))
		fast := newCluster(t, &n, "fast", "10.0.0.2:443", instance("eni-2"))
		began := time.Now()
		r := run(t, 9990*time.Millisecond, traffic.Options{Targets: []traffic.Target{slow.target, fast.target}, Rate: 50,
			Dial: to(&n, map[string]string{"slow": slow.address, "fast": fast.address})})
		if q := r.Requests; q.Sent != 500 || q.OK != 500 || q.Failed != 0 || q.UnderWay != 0 || q.Skipped != 0 {
			t.Errorf("requests %+v, want 500, all well", q)
		}
		// The last one for the slow target began at 9.96 s.
		if d := time.Since(began); d != 12960*time.Millisecond {
			t.Errorf("ended after %s, want 12.96s", d)
		}
		if got := r.Targets[0].Requests.Latency; got.P50Ms != 3000 || got.P99Ms != 3000 || got.MaxMs != 3000 {
			t.Errorf("the slow target's latency is %+v, want 3000 ms", got)
		}
		if got := r.Targets[1].Requests; got.Sent != 250 || got.Latency.MaxMs != 0 {
			t.Errorf("the fast target: %+v", got)
		}
		if got := fmt.Sprintf("%s %d, %s %d", r.Answered[0].Name, r.Answered[0].Count, r.Answered[1].Name, r.Answered[1].Count); len(r.Answered) != 2 || got != "eni-2 250, eni-1 250" {
			t.Errorf("answered %+v", r.Answered)
		}
	})
}

// TestInFlight: what does not fit is skipped and counted; the rest goes on.
func TestInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		c := newCluster(t, &n, "hangs", "10.0.0.1:443", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { time.Sleep(time.Hour) }))
		r := run(t, 9950*time.Millisecond, traffic.Options{Targets: []traffic.Target{c.target}, Rate: 10, InFlight: 7, Timeout: 5050 * time.Millisecond, Dial: to(&n, map[string]string{"hangs": c.address})})
		// Seven from 0 to 0.6 s, and seven from 5.1 to 5.7 s.
		if q := r.Requests; q.Sent != 14 || q.Failed != 14 || q.Skipped != 86 {
			t.Errorf("requests %+v, want 14 that failed and 86 skipped", q)
		}
		if len(r.Failures) != 1 || r.Failures[0].Kind != traffic.KindAnswerTimeout || r.Failures[0].Count != 14 {
			t.Errorf("failures %+v", r.Failures)
		}
		if q := r.Requests; q.FirstFailure.Sub(r.StartedAt) != 5050*time.Millisecond || q.LastFailure.Sub(r.StartedAt) != 10_750*time.Millisecond {
			t.Errorf("first failure at %s, last at %s", q.FirstFailure, q.LastFailure)
		}
		time.Sleep(2 * time.Hour) // lets the handlers end
	})
}

// because is an error of a hop.
type because struct {
	error
	why string
}

func (e because) Unwrap() error { return e.error }
func (e because) Why() string   { return e.why }

// TestKinds: each way to fail is told apart, and says why.
func TestKinds(t *testing.T) {
	raw := func(h func(net.Conn)) func(t *testing.T, c *cluster) {
		return func(t *testing.T, c *cluster) {
			l, err := c.network.Listen("tcp", c.address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Close() })
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					h(conn)
					conn.Close()
				}
			}()
		}
	}
	// tlsRaw answers a request with bytes, and closes without an end of TLS.
	tlsRaw := func(answer string) func(t *testing.T, c *cluster) {
		return func(t *testing.T, c *cluster) {
			cert := c.issue(t, c.name, time.Now().Add(time.Hour))
			raw(func(conn net.Conn) {
				s := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*cert}})
				if _, err := s.Read(make([]byte, 4096)); err == nil {
					io.WriteString(s, answer)
				}
			})(t, c)
		}
	}
	with := func(cert func(t *testing.T, c *cluster) *tls.Certificate) func(t *testing.T, c *cluster) {
		return func(t *testing.T, c *cluster) { c.serve(t, cert(t, c), instance("")) }
	}
	fails := func(err error) func(context.Context) error { return func(context.Context) error { return err } }
	silent := func(ctx context.Context) error {
		<-ctx.Done()
		return because{ctx.Err(), "sg-1 of eni-2 admits no TCP 443"}
	}

	for name, tt := range map[string]struct {
		dial   func(context.Context) error // of the hop behind the way in
		server func(t *testing.T, c *cluster)
		change func(o *traffic.Options)
		kind   traffic.Kind
		why    string
	}{
		"no such host":  {dial: fails(fmt.Errorf("resolve: %w", ingress.ErrNoSuchHost)), kind: traffic.KindDNS, why: "resolve: no such host"},
		"refused":       {dial: fails(because{ingress.ErrRefused, "node eni-1 of net/x: no listener on port 443"}), kind: traffic.KindRefused, why: "node eni-1 of net/x: no listener on port 443"},
		"unreachable":   {dial: fails(because{ingress.ErrUnreachable, "no route"}), kind: traffic.KindUnreachable, why: "no route"},
		"unknown VPC":   {dial: fails(because{ingress.ErrUnknownVPC, "vpc-9"}), kind: traffic.KindUnknownVPC, why: "vpc-9"},
		"dropped":       {dial: silent, kind: traffic.KindDialTimeout, why: "sg-1 of eni-2 admits no TCP 443"},
		"other":         {dial: fails(errors.New("odd")), kind: traffic.KindDial, why: "odd"},
		"nobody there":  {kind: traffic.KindRefused, why: "connect: connection refused"},
		"says nothing":  {server: raw(func(c net.Conn) { io.Copy(io.Discard, c) }), kind: traffic.KindTLSTimeout, why: "connected, and no answer to the TLS handshake"},
		"no TLS":        {server: raw(func(c net.Conn) { io.WriteString(c, "hello, I speak no TLS"); io.Copy(io.Discard, c) }), kind: traffic.KindTLS, why: "first record does not look like a TLS handshake"},
		"handshake cut": {server: raw(func(c net.Conn) { c.Read(make([]byte, 10)) }), kind: traffic.KindCut, why: "in the TLS handshake: EOF"},
		"asked and cut": {server: tlsRaw(""), kind: traffic.KindCut, why: "before the end of the answer: unexpected EOF"},
		"answer cut":    {server: tlsRaw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok"), kind: traffic.KindCut, why: "before the end of the answer: unexpected EOF"},
		"no HTTP":       {server: tlsRaw("SSH-2.0\r\n\r\n"), kind: traffic.KindAnswer, why: `malformed HTTP response "SSH-2.0"`},
		"not ready": {server: func(t *testing.T, c *cluster) {
			c.serve(t, c.issue(t, c.name, time.Now().Add(time.Hour)), http.NotFoundHandler())
		}, kind: traffic.KindStatus, why: "404 Not Found"},
		"expired": {server: with(func(t *testing.T, c *cluster) *tls.Certificate {
			return c.issue(t, c.name, time.Now().Add(-time.Minute))
		}), kind: traffic.KindCertificate, why: "certificate has expired"},
		"another's name": {server: with(func(t *testing.T, c *cluster) *tls.Certificate { return c.issue(t, "else", time.Now().Add(time.Hour)) }), kind: traffic.KindOtherCluster, why: `lacks the name prod`},
		"a stranger": {server: with(func(t *testing.T, c *cluster) *tls.Certificate {
			return newAuthority(t, "stranger").issue(t, c.name, time.Now().Add(time.Hour))
		}), kind: traffic.KindOtherCluster, why: `comes from none of the target's authorities`},
		"no token": {change: func(o *traffic.Options) {
			o.Targets[0].Token = func(context.Context) (string, error) { return "", errors.New("no key") }
		}, kind: traffic.KindToken, why: "no key"},
		"no way in": {change: func(o *traffic.Options) {
			var none memnet.Network
			o.Dial = traffic.ProxyDialVia("127.0.0.1:1080", none.DialContext)
		}, kind: traffic.KindProxy, why: "connect to the proxy: connect: connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var n memnet.Network
				c := &cluster{authority: newAuthority(t, "prod CA"), network: &n, name: "prod", address: "10.0.0.1:443"}
				c.target = traffic.Target{Ref: "prod", URL: "https://prod", CA: c.pem}
				if tt.server != nil {
					tt.server(t, c)
				}
				o := traffic.Options{Targets: []traffic.Target{c.target}, Rate: 1, Dial: throughWayIn(t, func(ctx context.Context, vpc, host string, port uint16) (net.Conn, error) {
					if vpc != "vpc-1" || host != "prod" || port != 443 {
						t.Errorf("asked for %s:%d from %s", host, port, vpc)
					}
					if tt.dial != nil {
						return nil, tt.dial(ctx)
					}
					conn, err := n.DialContext(ctx, "tcp", c.address)
					if op, ok := errors.AsType[*net.OpError](err); ok {
						err = op.Err
					}
					return conn, err
				})}
				if tt.change != nil {
					tt.change(&o)
				}
				r := run(t, 100*time.Millisecond, o)
				if r.Requests.Sent != 1 || r.Requests.Failed != 1 || len(r.Newest) != 1 || len(r.Failures) != 1 {
					t.Fatalf("report %+v, want one failure", r)
				}
				f := r.Newest[0]
				if f.Kind != tt.kind || !strings.Contains(f.Why, tt.why) || f.Ref != "prod" {
					t.Errorf("failure %+v; want %s, %q", f, tt.kind, tt.why)
				}
				if f.AfterMs > 5000 {
					t.Errorf("failed after %g ms, which is later than the timeout", f.AfterMs)
				}
			})
		})
	}
}

// throughWayIn returns a dial function that goes through a way in of the lab,
// as from vpc-1.
func throughWayIn(t *testing.T, dial func(ctx context.Context, vpc, host string, port uint16) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
	t.Helper()
	var n memnet.Network
	l, err := n.Listen("tcp", "127.0.0.1:1080")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	s := ingress.New(ingress.Options{Listener: l, Dial: dial})
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("way in: %v", err)
		}
	})
	return traffic.ProxyDialVia("http://vpc-1@127.0.0.1:1080", n.DialContext)
}

// TestOtherCluster: an old address that another cluster has now is told, with
// the cluster's name, when that one is a target too.
func TestOtherCluster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		prod := newCluster(t, &n, "prod", "10.0.0.1:443", instance(""))
		payments := newCluster(t, &n, "payments", "10.0.0.2:443", instance(""))
		r := run(t, 1900*time.Millisecond, traffic.Options{Targets: []traffic.Target{prod.target, payments.target}, Rate: 1,
			Dial: to(&n, map[string]string{"prod": payments.address, "payments": payments.address})})
		want := traffic.Group{Kind: traffic.KindOtherCluster, Why: "the certificate is that of 111111111111/us-east-1/payments", Count: 1, First: r.StartedAt, Last: r.StartedAt}
		if len(r.Failures) != 1 || r.Failures[0] != want || r.Requests.OK != 1 {
			t.Errorf("failures %+v, want %+v", r.Failures, want)
		}
	})
}

// TestSetCA: a client that reads its configuration again after a rotation
// goes on, with connections that are made afterwards.
func TestSetCA(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		c := newCluster(t, &n, "prod", "10.0.0.1:443", instance(""))
		target := c.target
		target.CA = newAuthority(t, "old").pem
		client, err := traffic.New(traffic.Options{Targets: []traffic.Target{target}, Rate: 10, Dial: to(&n, map[string]string{"prod": c.address})})
		if err != nil {
			t.Fatal(err)
		}
		if err := client.SetCA("none", c.pem); err == nil {
			t.Error("took authorities for a target that is not there")
		}
		if err := client.SetCA(target.Ref, []byte("none")); err == nil {
			t.Error("took authorities that are none")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 1950*time.Millisecond)
		defer cancel()
		time.AfterFunc(950*time.Millisecond, func() {
			if q := client.Report().Requests; q.Failed != 10 {
				t.Errorf("after 0.95 s: %+v, want 10 failures", q)
			}
			if err := client.SetCA(target.Ref, c.pem); err != nil {
				t.Error(err)
			}
		})
		client.Run(ctx)
		if q := client.Report().Requests; q.Failed != 10 || q.OK != 10 {
			t.Errorf("%+v, want 10 failures and 10 answers", q)
		}
	})
}

func TestNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ca := newAuthority(t, "CA").pem
		good := traffic.Target{Ref: "a", URL: "https://a", CA: ca}
		for want, o := range map[string]traffic.Options{
			"":             {Rate: 1, Targets: []traffic.Target{good}},
			"no targets":   {Rate: 1},
			"twice":        {Rate: 1, Targets: []traffic.Target{good, good}},
			"neither":      {Targets: []traffic.Target{good}},
			"between 0":    {Rate: -1, Targets: []traffic.Target{good}},
			"is not https": {Rate: 1, Targets: []traffic.Target{{Ref: "a", URL: "http://a", CA: ca}}},
			"in PEM":       {Rate: 1, Targets: []traffic.Target{{Ref: "a", URL: "https://a"}}},
		} {
			if _, err := traffic.New(o); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %q", err, want)
			}
		}
	})
}
