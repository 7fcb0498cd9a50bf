package probe

import (
	"bufio"
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/proxy"
)

// A Way is how connections are opened: directly, or through a proxy, which also
// resolves the names that are given to it.
type Way struct {
	Proxy string // its URL without user and password; empty: there is none
	Dial  func(ctx context.Context, network, addr string) (net.Conn, error)
}

// WayOf returns the way that a Kubernetes client goes in an environment: through
// the proxy that HTTPS_PROXY names, http://HOST:PORT or socks5://HOST:PORT, else
// that of ALL_PROXY, but for what NO_PROXY lists; or directly. A proxy of another
// kind is an error, and never passed by.
func WayOf(getenv func(string) string) (Way, error) {
	name, text := "", ""
	for _, name = range []string{"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"} {
		if text = getenv(name); text != "" {
			break
		}
	}
	direct := new(net.Dialer)
	if text == "" {
		return Way{Dial: direct.DialContext}, nil
	}
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	// No error shows the text: it may hold a password.
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return Way{}, fmt.Errorf("%s is not the URL of a proxy: write it like http://127.0.0.1:3128 or socks5://127.0.0.1:1080", name)
	}
	var through proxy.Dialer
	switch u.Scheme {
	case "http":
		through = &tunnel{address: net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "80")), user: u.User, direct: direct}
	case "socks5", "socks5h":
		u.Scheme = "socks5"
		if through, err = proxy.FromURL(u, direct); err != nil {
			return Way{}, fmt.Errorf("%s names a proxy that cannot be used", name)
		}
	default:
		return Way{}, fmt.Errorf("%s names a proxy of the kind %q: write it like http://127.0.0.1:3128 or socks5://127.0.0.1:1080", name, u.Scheme)
	}
	hosts := proxy.NewPerHost(through, direct)
	hosts.AddFromString(cmp.Or(getenv("NO_PROXY"), getenv("no_proxy")))
	return Way{Proxy: u.Scheme + "://" + u.Host, Dial: hosts.DialContext}, nil
}

// tunnel opens connections through an HTTP proxy. Source: RFC 9110, section
// 9.3.6, CONNECT.
type tunnel struct {
	address string
	user    *url.Userinfo
	direct  *net.Dialer
}

// Dial is DialContext without a context.
func (t *tunnel) Dial(network, addr string) (net.Conn, error) {
	return t.DialContext(context.Background(), network, addr)
}

// DialContext asks the proxy for a connection to an address or a name.
func (t *tunnel) DialContext(ctx context.Context, _, addr string) (net.Conn, error) {
	conn, err := t.direct.DialContext(ctx, "tcp", t.address)
	if err != nil {
		return nil, fmt.Errorf("connect to the proxy: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	err = t.ask(conn, addr)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, err
	}
	return conn, nil
}

func (t *tunnel) ask(conn net.Conn, addr string) error {
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{"User-Agent": {"postern"}}}
	if t.user != nil {
		password, _ := t.user.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(t.user.Username()+":"+password)))
	}
	if err := req.Write(conn); err != nil {
		return fmt.Errorf("ask the proxy: %w", err)
	}
	// A server on the other side may speak first, once there is a connection:
	// one byte at a time nothing of that is read. TLS servers do not.
	resp, err := http.ReadResponse(bufio.NewReaderSize(oneByOne{conn}, 16), req)
	if err != nil {
		return fmt.Errorf("read the proxy's answer: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the proxy answers %s", short(resp.Status))
	}
	return nil
}

// oneByOne reads one byte at a time.
type oneByOne struct{ net.Conn }

func (o oneByOne) Read(p []byte) (int, error) { return o.Conn.Read(p[:min(1, len(p))]) }
