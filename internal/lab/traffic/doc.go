// Package traffic provides a client that never stops: it opens new
// connections to API servers at a steady rate, holds long watches, and counts
// what happened to each, by target, by kind and by the hop that failed.
//
// A request is one GET over a connection of its own: name, TCP, TLS against
// the target's own authorities and name, answer, body. The rate is open-loop:
// a slow path does not make the client ask less, so what is counted is what
// users would have met. A watch is held for as long as the server and the path
// hold it; when it is cut it is opened again, and the cut is counted by
// itself, since a cut watch is no failed request.
//
// The first word about a failure is its [Kind]. The second is why: the words
// of the hop itself where the error or the proxy's answer has them (a method
// Why() string in the chain, or the header Postern-Lab-Why), otherwise those
// of the error.
package traffic

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// InstanceHeader is the header by which an answer says who gave it.
const InstanceHeader = "X-Postern-Lab-Instance"

// Defaults of [Options].
const (
	DefaultPath      = "/livez" // which an API server answers while it shuts down in good order; /readyz is for load balancers
	DefaultWatchPath = "/api/v1/namespaces"
	DefaultTimeout   = 5 * time.Second

	// DefaultSilence is twice the time after which an API server sends a
	// bookmark to a watch that asked for them.
	DefaultSilence = 2 * time.Minute

	// DefaultInFlight is more than a path that is dead altogether needs: 200
	// requests a second that each wait for five.
	DefaultInFlight = 1024

	defaultKeep = 100
)

// Target is one cluster's API server.
type Target struct {
	Ref string // names it in the report: account/region/name
	URL string // https://HOST[:PORT]

	// CA are the authorities that its certificate must come from, in PEM. They
	// can be replaced while the client runs: see [Client.SetCA].
	CA []byte

	ServerName string // the name that its certificate must have; empty: URL's host

	// Token returns the bearer token of the next request; nil: none is sent. It
	// is called often and from many goroutines, so it should remember.
	Token func(ctx context.Context) (string, error)
}

// Options says what a client does.
type Options struct {
	Targets []Target // at least one; taken in turn
	Rate    float64  // new connections a second, all targets together; 0: none
	Watches int      // watches to hold, spread over the targets

	Path      string        // of a request; empty: /readyz
	WatchPath string        // of a watch; empty: /api/v1/namespaces
	Timeout   time.Duration // of a whole request, and of opening a watch; 0: 5 s
	Silence   time.Duration // after which a watch without a byte counts as cut; 0: 2 min
	InFlight  int           // requests under way at a time, more are skipped; 0: 1024
	Keep      int           // newest failures, and newest cuts, that a report shows; 0: 100

	// Dial makes connections; nil: a net.Dialer. See [ProxyDial].
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)

	Logger *slog.Logger // failures at level debug; nil discards
}

// Client is the client. Its methods are safe for concurrent use.
type Client struct {
	o       Options
	targets []*target
	slots   chan struct{} // one for each request under way
	counts  *counts
}

// target is a Target, ready for use.
type target struct {
	Target
	index  int
	url    *url.URL
	addr   string
	config atomic.Pointer[tls.Config]
}

// New returns a client that works once it runs.
func New(o Options) (*Client, error) {
	if len(o.Targets) == 0 {
		return nil, errors.New("prepare traffic: no targets are given")
	}
	if !(o.Rate >= 0 && o.Rate <= maxRate) {
		return nil, fmt.Errorf("prepare traffic: a rate of %g connections a second is not between 0 and %d", o.Rate, maxRate)
	}
	if o.Watches < 0 || o.Rate == 0 && o.Watches == 0 {
		return nil, errors.New("prepare traffic: neither requests nor watches are wanted")
	}
	if o.Path == "" {
		o.Path = DefaultPath
	}
	if o.WatchPath == "" {
		o.WatchPath = DefaultWatchPath
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Silence <= 0 {
		o.Silence = DefaultSilence
	}
	if o.InFlight <= 0 {
		o.InFlight = DefaultInFlight
	}
	if o.Keep <= 0 {
		o.Keep = defaultKeep
	}
	if o.Dial == nil {
		o.Dial = new(net.Dialer).DialContext
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	c := &Client{o: o, slots: make(chan struct{}, o.InFlight)}
	seen := map[string]bool{}
	for i, t := range o.Targets {
		ready, err := prepare(t)
		if err == nil && seen[t.Ref] {
			err = errors.New("it is there twice")
		}
		if err != nil {
			return nil, fmt.Errorf("prepare target %q: %w", t.Ref, err)
		}
		seen[t.Ref] = true
		ready.index = i
		c.targets = append(c.targets, ready)
	}
	c.counts = newCounts(o)
	return c, nil
}

func prepare(t Target) (*target, error) {
	u, err := url.Parse(t.URL)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "https" || u.Hostname() == "" {
		return nil, fmt.Errorf("its URL %q is not https://HOST[:PORT]", t.URL)
	}
	ready := &target{Target: t, url: u, addr: net.JoinHostPort(u.Hostname(), "443")}
	if u.Port() != "" {
		ready.addr = u.Host
	}
	if t.ServerName == "" {
		ready.ServerName = u.Hostname()
	}
	return ready, ready.setCA(t.CA)
}

func (t *target) setCA(pem []byte) error {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return errors.New("its CA holds no certificate in PEM")
	}
	t.config.Store(&tls.Config{RootCAs: roots, ServerName: t.ServerName, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
	return nil
}

// SetCA replaces the authorities of a target from the next connection on, as
// a client does that reads its configuration again after a rotation.
func (c *Client) SetCA(ref string, pem []byte) error {
	for _, t := range c.targets {
		if t.Ref == ref {
			if err := t.setCA(pem); err != nil {
				return fmt.Errorf("set authorities of %q: %w", ref, err)
			}
			return nil
		}
	}
	return fmt.Errorf("set authorities of %q: no such target", ref)
}

// Run works until ctx ends, and returns the report on it.
func Run(ctx context.Context, o Options) (*Report, error) {
	c, err := New(o)
	if err != nil {
		return nil, err
	}
	c.Run(ctx)
	return c.Report(), nil
}

// path returns a URL of the target.
func (t *target) path(path string, query url.Values) *url.URL {
	return &url.URL{Scheme: t.url.Scheme, Host: t.url.Host, Path: path, RawQuery: query.Encode()}
}

// message builds a request that ends its connection.
func (t *target) message(ctx context.Context, u *url.URL) (*http.Request, error) {
	m := &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Close: true,
		Header: http.Header{"User-Agent": {"postern-lab-traffic"}, "Accept": {"application/json, */*"}}}
	if t.Token != nil {
		token, err := t.Token(ctx)
		if err != nil {
			return nil, err
		}
		m.Header.Set("Authorization", "Bearer "+token)
	}
	return m, nil
}
