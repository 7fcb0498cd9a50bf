package dataplane

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

var errReset = errors.New("reset by the other end")

// A half is one end of a connection in memory.
type half struct {
	net.Conn // nil: addresses and deadlines are not asked for
	r        *io.PipeReader
	w        *io.PipeWriter
}

func (h half) Read(p []byte) (int, error)  { return h.r.Read(p) }
func (h half) Write(p []byte) (int, error) { return h.w.Write(p) }
func (h half) CloseWrite() error           { return h.w.Close() }
func (h half) Close() error                { return errors.Join(h.r.Close(), h.w.Close()) }

func (h half) Abort() {
	h.r.CloseWithError(errReset)
	h.w.CloseWithError(errReset)
}

func halves() (a, b half) {
	r1, w1 := io.Pipe()
	r2, w2 := io.Pipe()
	return half{r: r1, w: w2}, half{r: r2, w: w1}
}

// piped runs a pipe between a client and a server. In a bubble, it must have
// ended when the test does.
func piped(idle time.Duration) (client, server half) {
	nearClient, client := halves()
	nearServer, server := halves()
	go (&pipe{a: nearClient, b: nearServer, idle: idle}).run()
	return client, server
}

// say writes on one end and returns what the other end's Read meets.
func say(t *testing.T, from, to half, text string) error {
	t.Helper()
	go from.Write([]byte(text))
	got := make([]byte, len(text))
	_, err := io.ReadFull(to, got)
	if err == nil && string(got) != text {
		t.Errorf("got %q, want %q", got, text)
	}
	return err
}

// TestPipeIdle: what is said in time, in either direction, keeps a connection.
// After that it is silent until somebody speaks, who is reset.
func TestPipeIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := piped(350 * time.Second)
		for range 5 {
			time.Sleep(349 * time.Second)
			if err := say(t, client, server, "hello"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(349 * time.Second)
			if err := say(t, server, client, "good day"); err != nil {
				t.Fatal(err)
			}
		}
		over := make(chan error, 1)
		go func() {
			_, err := client.Read(make([]byte, 1))
			over <- err
		}()
		time.Sleep(time.Hour)
		synctest.Wait()
		select {
		case err := <-over:
			t.Fatalf("an idle connection ended with %v before anybody spoke", err)
		default:
		}
		if err := say(t, client, server, "are you there"); err != errReset {
			t.Errorf("the server met %v", err)
		}
		if err := <-over; err != errReset {
			t.Errorf("the client met %v", err)
		}
	})
}

// TestPipeHalfClose: one direction ends without the other.
func TestPipeHalfClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := piped(0)
		question, answer := bytes.Repeat([]byte("q"), 100_000), bytes.Repeat([]byte("a"), 100_000)
		send := func(h half, what []byte) {
			h.Write(what)
			h.CloseWrite()
		}
		go send(client, question)
		if got, err := io.ReadAll(server); err != nil || !bytes.Equal(got, question) {
			t.Fatalf("the server read %d bytes and %v", len(got), err)
		}
		time.Sleep(24 * time.Hour) // without an idle timeout
		go send(server, answer)
		if got, err := io.ReadAll(client); err != nil || !bytes.Equal(got, answer) {
			t.Fatalf("the client read %d bytes and %v", len(got), err)
		}
	})
}

// TestPipeReset: a reset of one side reaches the other, and so does a cut both.
func TestPipeReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := piped(time.Hour)
		client.Abort()
		if _, err := server.Read(make([]byte, 1)); err != errReset {
			t.Errorf("the server met %v", err)
		}
		client, server = piped(time.Hour)
		server.Abort()
		if _, err := client.Read(make([]byte, 1)); err != errReset {
			t.Errorf("the client met %v", err)
		}

		nearClient, client := halves()
		nearServer, server := halves()
		p := &pipe{a: nearClient, b: nearServer}
		go p.run()
		synctest.Wait()
		p.cut()
		for _, end := range []half{client, server} {
			if _, err := end.Read(make([]byte, 1)); err != errReset {
				t.Errorf("an end met %v", err)
			}
		}
	})
}
