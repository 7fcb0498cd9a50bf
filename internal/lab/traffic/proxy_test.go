package traffic_test

import (
	"bufio"
	"context"
	"errors"
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

// TestProxyDial: proxies that nobody here wrote.
func TestProxyDial(t *testing.T) {
	for _, tt := range []struct {
		name, proxy, answer string
		kind                ingress.Kind
		why                 string // "" when the dial ends well
		after               time.Duration
	}{
		{"well", "http://127.0.0.1:8080", "HTTP/1.1 200 OK\r\n\r\n", "", "", 0},
		{"without a scheme", "127.0.0.1:8080", "HTTP/1.0 200 OK\r\nVia: x\r\n\r\n", "", "", 0},
		{"bytes that come early", "127.0.0.1:8080", "HTTP/1.1 200 OK\r\n\r\nearly", "", "", 0},
		{"wants a name", "127.0.0.1:8080", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "", "the proxy answers 407 Proxy Authentication Required", 0},
		{"another way in", "127.0.0.1:8080", "HTTP/1.1 504 Gateway Timeout\r\nPostern-Lab-Kind: timeout\r\nPostern-Lab-Why: no route\r\n\r\n", ingress.KindTimeout, "no route", 0},
		{"no HTTP", "127.0.0.1:8080", "SSH-2.0-x\r\n\r\n", "", "ask the proxy: malformed HTTP response", 0},
		{"too long", "127.0.0.1:8080", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20), "", "ask the proxy: unexpected EOF", 0},
		{"silent", "127.0.0.1:8080", "", "", "ask the proxy: context deadline exceeded", 5 * time.Second},
		{"nobody there", "127.0.0.1:8081", "", "", "connect to the proxy: ", 0},
		{"another scheme", "https://127.0.0.1:8080", "", "", `use proxy "https://127.0.0.1:8080"`, 0},
		{"no port", "127.0.0.1", "", "", `use proxy "http://127.0.0.1"`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var n memnet.Network
				l, err := n.Listen("tcp", "127.0.0.1:8080")
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				go func() {
					c, err := l.Accept()
					if err != nil {
						return
					}
					defer c.Close()
					if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
						t.Errorf("request: %v", err)
					}
					io.WriteString(c, tt.answer)
					io.Copy(c, c)
				}()
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				began := time.Now()
				conn, err := traffic.ProxyDialVia(tt.proxy, n.DialContext)(ctx, "tcp", "prod:443")
				if d := time.Since(began); d != tt.after {
					t.Errorf("took %s, want %s", d, tt.after)
				}
				if tt.why != "" {
					no, ok := errors.AsType[*traffic.ProxyError](err)
					if conn != nil || !ok || no.Kind != tt.kind || !strings.HasPrefix(no.Why(), tt.why) || no.Timeout() != (tt.after > 0 || tt.kind == ingress.KindTimeout) {
						t.Fatalf("connection %v, error %v; want %s, %q", conn, err, tt.kind, tt.why)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				time.Sleep(time.Hour) // the dial's deadline is not the connection's
				want := "echo"
				if strings.HasSuffix(tt.answer, "early") {
					want = "earlyecho"
				}
				got := make([]byte, len(want))
				if _, err := io.WriteString(conn, "echo"); err != nil {
					t.Fatal(err)
				}
				if _, err := io.ReadFull(conn, got); err != nil || string(got) != want {
					t.Errorf("read %q, error %v; want %q", got, err, want)
				}
			})
		})
	}
}

// ending is a connection that fails by itself when ctx ends.
type ending struct {
	net.Conn
	ctx context.Context
}

func (c ending) Read([]byte) (int, error) {
	<-c.ctx.Done()
	return 0, io.EOF
}

// TestProxyBreaksAtTheEnd: the proxy may go in the moment in which the client
// gives up.
func TestProxyBreaksAtTheEnd(t *testing.T) {
	for range 100 {
		ctx, cancel := context.WithCancel(t.Context())
		dial := traffic.ProxyDialVia("127.0.0.1:8080", func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			t.Cleanup(func() { there.Close() })
			go func() {
				io.Copy(io.Discard, io.LimitReader(there, 1))
				cancel()
				io.Copy(io.Discard, there)
			}()
			return ending{here, ctx}, nil
		})
		if conn, err := dial(ctx, "tcp", "prod:443"); err == nil {
			conn.Close()
			t.Fatal("connected")
		}
	}
}

// TestProxyHearsTheTime: the way in gives up before the client does, so that
// the client hears at which hop the time was lost.
func TestProxyHearsTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := throughWayIn(t, func(ctx context.Context, _, _ string, _ uint16) (net.Conn, error) {
			<-ctx.Done()
			return nil, because{ctx.Err(), "no route"}
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := dial(ctx, "tcp", "prod:443")
		if d := time.Since(began); err == nil || err.Error() != "no route" || d != 900*time.Millisecond {
			t.Errorf("after %s: %v, want the hop's words after 900ms", d, err)
		}
	})
}
