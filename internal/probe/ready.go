package probe

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

const (
	// answerMost is how much of an answer is read: its head, and a body that
	// lists every check of an API server.
	answerMost = 64 << 10
	// bodyMost is how much of a body is kept.
	bodyMost = 4 << 10
)

// Readiness is what an API server says of its own health.
type Readiness struct {
	TLS    Result
	Status int           // of HTTP; 0 if there was no answer
	Body   string        // its beginning, 4 KiB at most
	Took   time.Duration // from the request to the end of the answer
	Err    error         // why there is no answer
}

// Ready connects as [Prober.TLS] does, and asks for /readyz. A token goes only
// to a peer that is proved; without one, whoever answers is asked.
func (p *Prober) Ready(ctx context.Context, addr netip.AddrPort, host string, roots []byte, token string) Readiness {
	r, conn := p.open(ctx, addr, host, roots)
	out := Readiness{TLS: r, Err: r.Err}
	if conn == nil {
		return out
	}
	defer conn.NetConn().Close()
	if token != "" && !r.Verified {
		out.Err = fmt.Errorf("no token is sent: %w", r.Err)
		return out
	}
	ctx, cancel := context.WithTimeout(ctx, p.timeout())
	defer cancel()
	stop := context.AfterFunc(ctx, func() { conn.NetConn().Close() })
	defer stop()
	begun := time.Now()
	out.Status, out.Body, out.Err = get(conn, host, token)
	out.Took = time.Since(begun)
	if out.Err != nil {
		if ctx.Err() != nil {
			out.Err = ctx.Err()
		}
		out.Err = fmt.Errorf("get /readyz of %s: %w", addr, out.Err)
	}
	return out
}

// get sends one request over the connection and reads the answer to it.
func get(conn io.ReadWriter, host, token string) (status int, body string, err error) {
	req := &http.Request{
		Method: http.MethodGet, Host: host, URL: &url.URL{Scheme: "https", Host: host, Path: "/readyz"},
		Header: http.Header{"User-Agent": {"postern"}, "Accept": {"text/plain, */*"}}, Close: true,
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if err := req.Write(conn); err != nil {
		return 0, "", err
	}
	limited := &io.LimitedReader{R: conn, N: answerMost}
	resp, err := http.ReadResponse(bufio.NewReader(limited), req)
	if err != nil {
		if limited.N <= 0 {
			err = errors.New("the answer's head is too long")
		}
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, bodyMost))
	if err != nil {
		return 0, "", err
	}
	return resp.StatusCode, string(text), nil
}
