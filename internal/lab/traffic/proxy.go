package traffic

import (
	"bufio"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"postern/internal/lab/ingress"
)

// ProxyError is why a proxy made no connection.
type ProxyError struct {
	Kind   ingress.Kind // how its dial failed; empty: the proxy itself was not reached, or did not understand
	Reason string       // at which hop and why, in the proxy's words
	Err    error        // the cause on this side of the proxy, if it is here
}

// Error returns the reason and the cause.
func (e *ProxyError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.Reason, e.Err)
	}
	return e.Reason
}

// Unwrap returns the cause.
func (e *ProxyError) Unwrap() error { return e.Err }

// Why returns the proxy's words.
func (e *ProxyError) Why() string { return e.Error() }

// Timeout reports whether the connection timed out, here or there.
func (e *ProxyError) Timeout() bool {
	return e.Kind == ingress.KindTimeout || e.Err != nil && isTimeout(e.Err)
}

// maxAnswer is how many bytes a proxy's answer may have.
const maxAnswer = 64 << 10

// ProxyDial returns a dial function that goes through an HTTP CONNECT proxy:
// http://[VPC@]HOST:PORT, or just HOST:PORT. The name is resolved by the
// proxy. Its errors are *ProxyError.
func ProxyDial(proxy string) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return proxyDial(proxy, new(net.Dialer).DialContext)
}

func proxyDial(proxy string, dial func(ctx context.Context, network, addr string) (net.Conn, error)) func(ctx context.Context, network, addr string) (net.Conn, error) {
	if !strings.Contains(proxy, "://") {
		proxy = "http://" + proxy
	}
	u, err := url.Parse(proxy)
	if err == nil && (u.Scheme != "http" || u.Port() == "") {
		err = errors.New("it is not http://[VPC@]HOST:PORT")
	}
	return func(ctx context.Context, _, addr string) (net.Conn, error) {
		if err != nil {
			return nil, &ProxyError{Reason: fmt.Sprintf("use proxy %q", proxy), Err: err}
		}
		raw, err := dial(ctx, "tcp", u.Host)
		if err != nil {
			return nil, &ProxyError{Reason: "connect to the proxy", Err: err}
		}
		unhook := context.AfterFunc(ctx, func() { raw.SetDeadline(time.Unix(1, 0)) })
		conn, err := connect(ctx, raw, u.User, addr)
		if !unhook() && err == nil { // the deadline of the past is set, or about to be
			conn.Close()
			err = &ProxyError{Reason: "ask the proxy", Err: ctx.Err()}
		}
		if err != nil {
			return nil, err
		}
		return conn, nil
	}
}

// connect asks the proxy at the other end of conn for a connection to addr.
// It closes conn where it returns an error.
func connect(ctx context.Context, conn net.Conn, user *url.Userinfo, addr string) (net.Conn, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", addr, addr)
	if user != nil {
		password, _ := user.Password()
		fmt.Fprintf(&b, "Proxy-Authorization: Basic %s\r\n", base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	if deadline, ok := ctx.Deadline(); ok {
		// A tenth is for the answer to come back, which says at which hop the
		// time was lost; this side's own timeout would not know.
		fmt.Fprintf(&b, "%s: %s\r\n", ingress.TimeoutHeader, max(time.Until(deadline)*9/10, time.Millisecond))
	}
	b.WriteString("\r\n")
	bound := &io.LimitedReader{R: conn, N: maxAnswer}
	r := bufio.NewReader(bound)
	var answer *http.Response
	_, err := io.WriteString(conn, b.String())
	if err == nil {
		answer, err = http.ReadResponse(r, &http.Request{Method: http.MethodConnect})
	}
	if err != nil {
		conn.Close()
		return nil, &ProxyError{Reason: "ask the proxy", Err: cmp.Or(ctx.Err(), err)}
	}
	if answer.StatusCode != http.StatusOK {
		conn.Close()
		return nil, &ProxyError{
			Kind:   ingress.Kind(answer.Header.Get(ingress.KindHeader)),
			Reason: cmp.Or(answer.Header.Get(ingress.WhyHeader), "the proxy answers "+answer.Status),
		}
	}
	if r.Buffered() == 0 {
		return conn, nil
	}
	bound.N = math.MaxInt64
	return &begun{conn, r}, nil
}

// begun is a connection whose first bytes were read with the proxy's answer.
type begun struct {
	net.Conn
	r *bufio.Reader
}

func (c *begun) Read(b []byte) (int, error) { return c.r.Read(b) }
