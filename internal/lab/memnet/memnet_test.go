package memnet_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"postern/internal/lab/memnet"
)

// Every test runs in a bubble, which fails when a goroutine is left behind.

func TestHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		l, err := n.Listen("tcp", "127.0.0.1:4566")
		if err != nil {
			t.Fatal(err)
		}
		srv := &http.Server{
			ReadTimeout: 5 * time.Second,
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/slow" {
					time.Sleep(time.Hour) // the bubble's time
				}
				io.Copy(w, r.Body)
			}),
		}
		served := make(chan error)
		go func() { served <- srv.Serve(l) }()

		tr := &http.Transport{DialContext: n.DialContext}
		client := &http.Client{Transport: tr, Timeout: time.Minute}
		big := bytes.Repeat([]byte("postern "), 1<<17) // 1 MiB: more than a connection's buffers
		for range 3 {
			resp, err := client.Post("http://localhost:4566/echo", "text/plain", bytes.NewReader(big))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil || !bytes.Equal(got, big) {
				t.Fatalf("echo of %d bytes gave %d, error %v", len(big), len(got), err)
			}
		}
		start := time.Now()
		if _, err := client.Get("http://localhost:4566/slow"); !os.IsTimeout(err) {
			t.Errorf("slow answer: error %v, want a timeout", err)
		}
		if d := time.Since(start); d != time.Minute {
			t.Errorf("timed out after %s of the bubble's time", d)
		}
		tr.CloseIdleConnections()
		if err := srv.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-served; err != http.ErrServerClosed {
			t.Errorf("serve: %v", err)
		}
		if _, err := client.Get("http://localhost:4566/"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("after shutdown: %v, want connection refused", err)
		}
		time.Sleep(time.Hour) // lets the slow handler end
	})
}

func TestDNS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		pc, err := n.ListenPacket("udp", "127.0.0.1:53")
		if err != nil {
			t.Fatal(err)
		}
		l, err := n.Listen("tcp", "127.0.0.1:53")
		if err != nil {
			t.Fatal(err)
		}
		handler := dns.HandlerFunc(func(w dns.ResponseWriter, r *dns.Msg) {
			if strings.HasPrefix(r.Question[0].Name, "silent.") {
				return
			}
			m := new(dns.Msg).SetReply(r)
			rr, _ := dns.NewRR(fmt.Sprintf("%s 60 IN TXT %s", r.Question[0].Name, w.RemoteAddr().Network()))
			m.Answer = append(m.Answer, rr)
			w.WriteMsg(m)
		})
		udp := &dns.Server{PacketConn: pc, Handler: handler}
		tcp := &dns.Server{Listener: l, Handler: handler}
		served := make(chan error, 2)
		for _, s := range []*dns.Server{udp, tcp} {
			started := make(chan struct{})
			s.NotifyStartedFunc = func() { close(started) }
			go func() { served <- s.ActivateAndServe() }()
			<-started
		}
		ask := func(network, name string) (*dns.Msg, error) {
			raw, err := n.DialContext(t.Context(), network, "127.0.0.1:53")
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			c := &dns.Client{Net: network, Timeout: 2 * time.Second}
			m, _, err := c.ExchangeWithConnContext(t.Context(), new(dns.Msg).SetQuestion(name, dns.TypeTXT), &dns.Conn{Conn: raw})
			return m, err
		}
		for _, network := range []string{"udp", "tcp"} {
			m, err := ask(network, "name.example.")
			if err != nil {
				t.Fatal(err)
			}
			if got := m.Answer[0].(*dns.TXT).Txt[0]; got != network {
				t.Errorf("server saw network %q, want %q", got, network)
			}
		}
		start := time.Now()
		if _, err := ask("udp", "silent.example."); !os.IsTimeout(err) {
			t.Errorf("silent: %v, want a timeout", err)
		}
		if d := time.Since(start); d != 2*time.Second {
			t.Errorf("gave up after %s", d)
		}
		for _, s := range []*dns.Server{udp, tcp} {
			if err := s.ShutdownContext(t.Context()); err != nil {
				t.Error(err)
			}
			if err := <-served; err != nil {
				t.Errorf("serve: %v", err)
			}
		}
		if _, err := ask("udp", "name.example."); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("after shutdown: %v, want connection refused", err)
		}
	})
}

func connect(t *testing.T, n *memnet.Network) (client, server net.Conn) {
	t.Helper()
	l, err := n.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err = n.DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return client, server
}

func TestStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		client, server := connect(t, &n)
		if client.LocalAddr().String() != server.RemoteAddr().String() || client.RemoteAddr().String() != server.LocalAddr().String() {
			t.Error("the two ends disagree on their addresses")
		}

		// A deadline in the past, one that passes while reading, and none.
		buf := make([]byte, 8)
		client.SetReadDeadline(time.Unix(1, 0))
		if _, err := client.Read(buf); !os.IsTimeout(err) {
			t.Errorf("past deadline: %v", err)
		}
		client.SetReadDeadline(time.Now().Add(time.Second))
		if _, err := client.Read(buf); !os.IsTimeout(err) {
			t.Errorf("passing deadline: %v", err)
		}
		client.SetReadDeadline(time.Time{})
		go func() { time.Sleep(time.Hour); server.Write([]byte("late")) }()
		if k, err := client.Read(buf); err != nil || string(buf[:k]) != "late" {
			t.Errorf("read %q, %v", buf[:k], err)
		}

		// A deadline that is moved nearer wakes a reader that waits already.
		go func() { time.Sleep(time.Second); client.SetReadDeadline(time.Now()) }()
		if _, err := client.Read(buf); !os.IsTimeout(err) {
			t.Errorf("moved deadline: %v", err)
		}
		client.SetReadDeadline(time.Time{})

		// A writer blocks when nobody reads, until its deadline.
		client.SetWriteDeadline(time.Now().Add(time.Second))
		k, err := client.Write(make([]byte, 1<<20))
		if !os.IsTimeout(err) || k == 0 || k == 1<<20 {
			t.Errorf("wrote %d, %v", k, err)
		}
		client.SetWriteDeadline(time.Time{})
		client.(interface{ CloseWrite() error }).CloseWrite()
		if got, err := io.ReadAll(server); err != nil || len(got) != k {
			t.Errorf("the other end read %d of %d, %v", len(got), k, err)
		}

		// What was written before a close arrives; then the end.
		server.Write([]byte("bye"))
		server.Close()
		if got, err := io.ReadAll(client); err != nil || string(got) != "bye" {
			t.Errorf("after close: %q, %v", got, err)
		}
		if _, err := server.Read(buf); !errors.Is(err, net.ErrClosed) {
			t.Errorf("own close: %v", err)
		}
		client.Close()
		if _, err := client.Write(buf); !errors.Is(err, net.ErrClosed) {
			t.Errorf("write after close: %v", err)
		}
		if err := client.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("second close: %v", err)
		}
	})
}

func TestWriteToNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		client, server := connect(t, &n)
		defer client.Close()
		server.Close()
		if _, err := client.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("got %v, want a broken pipe", err)
		}
	})
}

func TestListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		l, err := n.Listen("tcp", "127.0.0.1:4566")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.Listen("tcp", "127.0.0.1:4566"); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("second listener: %v", err)
		}
		// More connections than wait in the backlog: the rest waits in Dial.
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var conns []net.Conn
		for {
			c, err := n.DialContext(ctx, "tcp", "127.0.0.1:4566")
			if err != nil {
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("full backlog: %v", err)
				}
				break
			}
			conns = append(conns, c)
		}
		if len(conns) != 128 {
			t.Errorf("%d connections waited", len(conns))
		}
		done := make(chan error)
		go func() {
			for range conns {
				c, err := l.Accept()
				if err != nil {
					t.Error(err)
					break
				}
				c.Close()
			}
			_, err := l.Accept()
			done <- err
		}()
		synctest.Wait()
		l.Close()
		if err := <-done; !errors.Is(err, net.ErrClosed) {
			t.Errorf("accept after close: %v", err)
		}
		for _, bad := range []string{"example.com:80", "127.0.0.1", ""} {
			if _, err := n.Listen("tcp", bad); err == nil {
				t.Errorf("listened on %q", bad)
			}
			if _, err := n.DialContext(t.Context(), "tcp", bad); err == nil {
				t.Errorf("dialed %q", bad)
			}
		}
		if _, err := n.DialContext(t.Context(), "unix", "127.0.0.1:1"); err == nil {
			t.Error("dialed unix")
		}
	})
}

func TestPacket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		a, err := n.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		b, err := n.DialContext(t.Context(), "udp", a.LocalAddr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		stranger, err := n.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer stranger.Close()

		msg := []byte("hello")
		b.Write(msg)
		msg[0] = 'j' // the datagram is a copy
		buf := make([]byte, 3)
		k, from, err := a.ReadFrom(buf)
		if err != nil || string(buf[:k]) != "hel" || from.String() != b.LocalAddr().String() {
			t.Errorf("read %q from %v, %v", buf[:k], from, err)
		}
		stranger.WriteTo([]byte("spoof"), b.LocalAddr())
		a.WriteTo([]byte("ok"), from)
		if k, err := b.Read(buf); err != nil || string(buf[:k]) != "ok" {
			t.Errorf("a dialed connection heard %q, %v", buf[:k], err)
		}
		for range 5000 { // more than the queue holds: lost, not blocked
			b.Write(msg)
		}
		if _, err := b.Write(make([]byte, 70000)); !errors.Is(err, syscall.EMSGSIZE) {
			t.Errorf("a large datagram: %v", err)
		}
	})
}
