package probe_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"postern/internal/probe"
)

// fakeProxy answers every CONNECT with a status, and echoes what comes then.
func fakeProxy(t *testing.T, status string, asked chan<- *http.Request) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
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
			go func() {
				defer conn.Close()
				r, err := http.ReadRequest(bufio.NewReader(conn))
				if err != nil {
					return
				}
				asked <- r
				if status == "" {
					io.Copy(io.Discard, conn)
					return
				}
				io.WriteString(conn, "HTTP/1.1 "+status+"\r\n\r\nhello ")
				io.Copy(conn, conn)
			}()
		}
	}()
	return l.Addr().String()
}

func TestWayOf(t *testing.T) {
	asked := make(chan *http.Request, 1)
	good, bad, silent := fakeProxy(t, "200 OK", asked), fakeProxy(t, "504 Gateway Timeout", asked), fakeProxy(t, "", asked)
	env := func(pairs ...string) func(string) string {
		return func(key string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == key {
					return pairs[i+1]
				}
			}
			return ""
		}
	}
	way, err := probe.WayOf(env("HTTPS_PROXY", "http://some:secret@"+good, "ALL_PROXY", "socks5://127.0.0.1:1"))
	if err != nil || way.Proxy != "http://"+good {
		t.Fatalf("%+v, %v", way, err)
	}
	conn, err := way.Dial(t.Context(), "tcp", "a.example:443")
	if err != nil {
		t.Fatal(err)
	}
	if r := <-asked; r.Host != "a.example:443" || r.Header.Get("Proxy-Authorization") != "Basic c29tZTpzZWNyZXQ=" {
		t.Errorf("%s %v", r.Host, r.Header)
	}
	io.WriteString(conn, "you")
	got := make([]byte, 9)
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != "hello you" {
		t.Errorf("%q, %v: what the other side said first is lost", got, err)
	}
	conn.Close()

	way, _ = probe.WayOf(env("https_proxy", bad))
	if _, err := way.Dial(t.Context(), "tcp", "a.example:443"); err == nil || !strings.Contains(err.Error(), "504") {
		t.Errorf("%v", err)
	}
	<-asked
	way, _ = probe.WayOf(env("https_proxy", silent))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := way.Dial(ctx, "tcp", "a.example:443"); err == nil || strings.Contains(err.Error(), "the proxy answers") || ctx.Err() == nil {
		t.Errorf("%v", err)
	}
	<-asked

	for _, text := range []string{"https://127.0.0.1:1", "ftp://x:secret@y", "http://%zz:secret@"} {
		if _, err := probe.WayOf(env("HTTPS_PROXY", text)); err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "HTTPS_PROXY") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if way, err := probe.WayOf(env()); err != nil || way.Proxy != "" {
		t.Errorf("%+v, %v", way, err)
	}
	if way, err := probe.WayOf(env("ALL_PROXY", "socks5h://127.0.0.1:1080")); err != nil || way.Proxy != "socks5://127.0.0.1:1080" {
		t.Errorf("%+v, %v", way, err)
	}
	// What NO_PROXY lists is dialed directly.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	way, _ = probe.WayOf(env("HTTPS_PROXY", bad, "NO_PROXY", "127.0.0.1"))
	if conn, err := way.Dial(t.Context(), "tcp", l.Addr().String()); err != nil {
		t.Error(err)
	} else {
		conn.Close()
	}
}
