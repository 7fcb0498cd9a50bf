package ingress_test

import (
	"bufio"
	"bytes"
	"context"
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
)

// Every test runs in a bubble, which fails when a goroutine is left behind.

const port = "127.0.0.1:1080"

// start runs a server in a network of its own, until the test ends.
func start(t *testing.T, o ingress.Options) (*memnet.Network, *ingress.Server) {
	t.Helper()
	var n memnet.Network
	l, err := n.Listen("tcp", port)
	if err != nil {
		t.Fatal(err)
	}
	o.Listener = l
	s := ingress.New(o)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
		if s.Open() != 0 {
			t.Errorf("%d clients are left", s.Open())
		}
	})
	return &n, s
}

func connect(t *testing.T, n *memnet.Network) net.Conn {
	t.Helper()
	c, err := n.DialContext(t.Context(), "tcp", port)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func send(t *testing.T, c net.Conn, s string) {
	t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, r io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(r, got); err != nil || string(got) != want {
		t.Fatalf("read %q, error %v; want %q", got[:n], err, want)
	}
}

// far dials in memory and says what was asked for and the far end.
func far(ends chan net.Conn) func(context.Context, string, string, uint16) (net.Conn, error) {
	var n memnet.Network
	l, err := n.Listen("tcp", "10.0.0.7:443")
	if err != nil {
		panic(err)
	}
	return func(ctx context.Context, vpc, host string, port uint16) (net.Conn, error) {
		c, err := n.DialContext(ctx, "tcp", "10.0.0.7:443")
		if err != nil {
			return nil, err
		}
		end, err := l.Accept()
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(end, "%s|%s|%d\n", vpc, host, port)
		ends <- end
		return c, nil
	}
}

const (
	socksRequest = "\x05\x01\x02\x01\x05vpc-1\x00\x05\x01\x00\x03\x0bexample.org\x01\xbb"
	socksAnswer  = "\x05\x02\x01\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
	httpRequest  = "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\nProxy-Authorization: Basic dnBjLTE6\r\n\r\n"
	httpAnswer   = "HTTP/1.1 200 Connection established\r\n\r\n"
)

// TestTunnel: both ways in carry bytes both ways, those sent early too, and
// one direction may end before the other.
func TestTunnel(t *testing.T) {
	for name, tt := range map[string]struct{ request, answer string }{"SOCKS5": {socksRequest, socksAnswer}, "HTTP": {httpRequest, httpAnswer}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ends := make(chan net.Conn, 1)
				n, s := start(t, ingress.Options{Dial: far(ends)})
				c := connect(t, n)
				send(t, c, tt.request+"early")
				expect(t, c, tt.answer+"vpc-1|example.org|443\n")
				end := <-ends
				defer end.Close()
				expect(t, end, "early")

				time.Sleep(24 * time.Hour) // a watch is not cut for being quiet
				big := bytes.Repeat([]byte("postern "), 1<<17)
				go c.Write(big)
				expect(t, end, string(big))

				if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
					t.Fatal(err)
				}
				if _, err := end.Read(make([]byte, 1)); err != io.EOF {
					t.Fatalf("after the client's end: %v, want EOF", err)
				}
				send(t, end, "late")
				expect(t, c, "late")
				end.Close()
				if _, err := c.Read(make([]byte, 1)); err != io.EOF {
					t.Fatalf("after the server's end: %v, want EOF", err)
				}
				synctest.Wait()
				if s.Open() != 0 {
					t.Errorf("%d clients are left", s.Open())
				}
			})
		})
	}
}

// TestEnd: nothing remains when a server ends with a dial, a handshake and a
// tunnel under way; the bubble fails otherwise.
func TestEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ends := make(chan net.Conn, 1)
		tunnel := far(ends)
		n, s := start(t, ingress.Options{Dial: func(ctx context.Context, vpc, host string, port uint16) (net.Conn, error) {
			if vpc == "" {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return tunnel(ctx, vpc, host, port)
		}})
		send(t, connect(t, n), "\x05")
		send(t, connect(t, n), "\x05\x01\x00\x05\x01\x00\x03\x01a\x00\x50")
		send(t, connect(t, n), httpRequest)
		defer (<-ends).Close()
		synctest.Wait()
		if s.Open() != 3 {
			t.Fatalf("%d clients are connected, want 3", s.Open())
		}
	})
}

// told is an error that has words for people beside its text.
type told struct{ error }

func (e told) Unwrap() error { return e.error }
func (told) Why() string     { return "sg-1 of eni-2\nadmits no TCP 443" }

func TestFailures(t *testing.T) {
	silent := errors.New("silent")
	tests := []struct {
		name   string
		err    error
		socks  byte
		status int
		kind   ingress.Kind
		why    string
	}{
		{"no such host", fmt.Errorf("resolve example.org: %w", ingress.ErrNoSuchHost), 4, 502, ingress.KindNoSuchHost, "resolve example.org: no such host"},
		{"refused", fmt.Errorf("dial 10.0.0.7:443: %w", ingress.ErrRefused), 5, 502, ingress.KindRefused, "dial 10.0.0.7:443: connection refused"},
		{"unreachable", fmt.Errorf("dial 10.0.0.7:443: %w", ingress.ErrUnreachable), 3, 502, ingress.KindUnreachable, "dial 10.0.0.7:443: network is unreachable"},
		{"unknown VPC", fmt.Errorf("vpc-1: %w", ingress.ErrUnknownVPC), 2, 403, ingress.KindUnknownVPC, "vpc-1: no such VPC"},
		{"timeout", silent, 6, 504, ingress.KindTimeout, "context deadline exceeded"},
		{"told why", told{context.DeadlineExceeded}, 6, 504, ingress.KindTimeout, "sg-1 of eni-2 admits no TCP 443"},
		{"other", errors.New("é"), 1, 502, ingress.KindOther, "?"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n, _ := start(t, ingress.Options{Timeout: 4 * time.Second, Dial: func(ctx context.Context, _, _ string, _ uint16) (net.Conn, error) {
					if tt.err == silent {
						<-ctx.Done()
						return nil, ctx.Err()
					}
					return nil, tt.err
				}})
				began := time.Now()
				c := connect(t, n)
				send(t, c, socksRequest)
				expect(t, c, "\x05\x02\x01\x00\x05"+string(rune(tt.socks))+"\x00\x01\x00\x00\x00\x00\x00\x00")
				if _, err := c.Read(make([]byte, 1)); err != io.EOF {
					t.Errorf("after the reply: %v, want EOF", err)
				}
				c.Close()
				if d := time.Since(began); tt.err == silent && d != 4*time.Second {
					t.Errorf("gave up after %s, want 4s", d)
				}

				began = time.Now()
				resp, body := ask(t, n, strings.Replace(httpRequest, "\r\n", "\r\n"+ingress.TimeoutHeader+": 3s\r\n", 1))
				if resp.StatusCode != tt.status || ingress.Kind(resp.Header.Get(ingress.KindHeader)) != tt.kind || resp.Header.Get(ingress.WhyHeader) != tt.why {
					t.Errorf("status %d, headers %v; want %d, %s, %q", resp.StatusCode, resp.Header, tt.status, tt.kind, tt.why)
				}
				if !strings.HasPrefix(body, "connect to example.org:443 from vpc-1: ") || !resp.Close {
					t.Errorf("close %v, text %q", resp.Close, body)
				}
				if d := time.Since(began); tt.err == silent && d != 3*time.Second {
					t.Errorf("gave up after %s, want the client's 3s", d)
				}
			})
		})
	}
}

// ask sends a request and reads the answer to its end.
func ask(t *testing.T, n *memnet.Network, request string) (*http.Response, string) {
	t.Helper()
	c := connect(t, n)
	defer c.Close()
	go io.WriteString(c, request)
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: http.MethodConnect})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// TestBadClients: what is no request is answered where that helps, and never
// holds the port for longer than the handshake's time.
func TestBadClients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, s := start(t, ingress.Options{Dial: func(context.Context, string, string, uint16) (net.Conn, error) {
			t.Error("dialled")
			return nil, ingress.ErrRefused
		}})
		for _, tt := range []struct {
			request string
			status  int
			text    string
		}{
			{"GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\n\r\n", 405, "SOCKS5 and HTTP CONNECT"},
			{"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("x", 100000), 405, "no pages"},
			{"CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", 400, "give a host and a port"},
			{"CONNECT a:1\r\n\r\n", 400, "malformed"},
			{"CONNECT a:1 HTTP/1.1\r\nX: " + strings.Repeat("x", 1<<20) + "\r\n\r\n", 431, "at most"},
		} {
			resp, text := ask(t, n, tt.request)
			if resp.StatusCode != tt.status || !strings.Contains(text, tt.text) || (tt.status == 405) != (resp.Header.Get("Allow") == "CONNECT") {
				t.Errorf("%.40q: status %d, headers %v, text %q; want %d and %q", tt.request, resp.StatusCode, resp.Header, text, tt.status, tt.text)
			}
		}
		for _, in := range []string{"", "\x04\x01", "\x16\x03\x01", "\x05", "\x05\x01\x00", "CONNECT a:1 HTTP/1.1\r\n", "\x05\x01\x01"} {
			began := time.Now()
			c := connect(t, n)
			send(t, c, in)
			if got, err := io.ReadAll(c); err != nil || len(got) > 2 {
				t.Errorf("%q: read %q, error %v", in, got, err)
			}
			if d := time.Since(began); d > 10*time.Second {
				t.Errorf("%q: held for %s", in, d)
			}
			c.Close()
		}
		synctest.Wait()
		if s.Open() != 0 {
			t.Errorf("%d clients are left", s.Open())
		}
	})
}

// TestFull: a client too many is turned away, and the next one is served once
// another has gone.
func TestFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ends := make(chan net.Conn, 1)
		n, _ := start(t, ingress.Options{Dial: far(ends), Connections: 1})
		first := connect(t, n)
		send(t, first, httpRequest)
		expect(t, first, httpAnswer)
		end := <-ends

		began := time.Now()
		if got, err := io.ReadAll(connect(t, n)); err != nil || len(got) != 0 || time.Since(began) != 0 {
			t.Fatalf("a client too many read %q, error %v, after %s", got, err, time.Since(began))
		}
		first.Close()
		end.Close()
		synctest.Wait()
		next := connect(t, n)
		send(t, next, httpRequest)
		expect(t, next, httpAnswer)
		(<-ends).Close()
	})
}

// TestRefusedIsHeard: a client that is still sending when it is refused is
// given time to read why, and not for ever.
func TestRefusedIsHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, s := start(t, ingress.Options{})
		c := connect(t, n)
		send(t, c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
		expect(t, c, "HTTP/1.1 405 ")
		synctest.Wait()
		send(t, c, strings.Repeat("x", 1000))
		time.Sleep(1100 * time.Millisecond)
		if s.Open() != 0 {
			t.Errorf("%d clients are left", s.Open())
		}
	})
}
