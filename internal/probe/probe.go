// Package probe provides the handshakes that tell whose API server answers at
// an address: whether it accepts a connection, whose certificate it serves, and
// what it says of its own health.
//
// A probe trusts nobody: it completes the TLS handshake with whoever answers,
// and judges the certificate afterwards, so that "somebody else's" can be told
// from "nobody's". What it finds is a [Result]; [Result.Verdict] is what sync
// may conclude from it.
package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"postern/internal/plan"
)

// DefaultTimeout is how long a step of a probe may take. A connection needs a
// round trip and a handshake two, a third of a second each at worst between
// AWS's regions; a lost packet is sent again after one second.
const DefaultTimeout = 3 * time.Second

// Prober makes probes. Its zero value dials directly. It may be used by
// several goroutines.
type Prober struct {
	// Dial opens connections; nil means [net.Dialer.DialContext]. See [Dialer]
	// for one that goes through a proxy.
	Dial    func(ctx context.Context, network, addr string) (net.Conn, error)
	Timeout time.Duration // for each step; 0 means [DefaultTimeout]
}

// Result is what one probe of an address found. Later fields hold only if
// those before them do.
type Result struct {
	At            time.Time     // when it began
	Dialed        bool          // a connection was accepted
	HandshakeDone bool          // the TLS handshake was completed: the peer has the key of Leaf
	Judged        bool          // it is clear whether the chain leads to a CA of the bundle
	ChainOK       bool          // the chain leads to a CA of the bundle, be it that one of its certificates is not valid now
	NameOK        bool          // Leaf is for the host
	Expired       bool          // Leaf, or what is between it and the CA, is not valid now, by this machine's clock
	Verified      bool          // a client that trusts the bundle accepts the peer
	Leaf          Leaf          // the certificate that the peer served for itself
	Connect       time.Duration // until the connection was accepted
	Handshake     time.Duration // from then until the handshake was completed
	Err           error         // why it is not Verified
}

// Verdict is what sync may conclude. [plan.Disproved] takes a completed
// handshake whose chain leads to no CA of the bundle, or whose certificate is
// for other names and valid now. What has expired, broke off, took too long or
// cannot be judged is [plan.Unreachable], which decides nothing.
func (r Result) Verdict() plan.Verdict {
	switch {
	case r.Verified:
		return plan.Proved
	case !r.HandshakeDone || !r.Judged:
		return plan.Unreachable
	case !r.ChainOK:
		return plan.Disproved
	case !r.NameOK && !r.Expired:
		return plan.Disproved
	}
	return plan.Unreachable
}

// TLS connects to the address and completes a TLS handshake for the host, as
// any client of that API server begins one. roots is a bundle of PEM
// certificates, any of which may be the CA.
func (p *Prober) TLS(ctx context.Context, addr netip.AddrPort, host string, roots []byte) Result {
	r, conn := p.open(ctx, addr, host, roots)
	if conn != nil {
		conn.NetConn().Close() // nobody waits for a farewell
	}
	return r
}

// Identify is [Prober.TLS] in short: the verdict, and the evidence in words.
func (p *Prober) Identify(ctx context.Context, addr netip.AddrPort, host string, roots []byte) (plan.Verdict, string) {
	r := p.TLS(ctx, addr, host, roots)
	if r.Verified {
		return r.Verdict(), "it serves the cluster's certificate"
	}
	return r.Verdict(), r.Err.Error()
}

// open is TLS, and leaves the connection open if the handshake was completed.
func (p *Prober) open(ctx context.Context, addr netip.AddrPort, host string, roots []byte) (r Result, conn *tls.Conn) {
	r.At = time.Now()
	raw, err := p.dial(ctx, addr)
	r.Connect = time.Since(r.At)
	if err != nil {
		r.Err = fmt.Errorf("connect to %s: %w", addr, err)
		return r, nil
	}
	r.Dialed = true
	ctx, cancel := context.WithTimeout(ctx, p.timeout())
	defer cancel()
	// The chain is judged below, whatever it is: a handshake that ended at the
	// first doubt could not tell a stranger from a broken line.
	conn = tls.Client(raw, &tls.Config{ServerName: host, InsecureSkipVerify: true})
	begun := time.Now()
	err = conn.HandshakeContext(ctx)
	r.Handshake = time.Since(begun)
	if err != nil {
		raw.Close()
		if ctx.Err() != nil {
			err = ctx.Err() // rather than that the connection was closed under it
		}
		r.Err = fmt.Errorf("TLS handshake with %s: %w", addr, err)
		return r, nil
	}
	r.HandshakeDone = true
	r.judge(conn.ConnectionState().PeerCertificates, host, roots, time.Now())
	if r.Err != nil {
		r.Err = fmt.Errorf("certificate of %s: %w", addr, r.Err)
	}
	return r, conn
}

func (p *Prober) dial(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
	dial := p.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	ctx, cancel := context.WithTimeout(ctx, p.timeout())
	defer cancel()
	conn, err := dial(ctx, "tcp", addr.String())
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		err = op.Err // the address has been said
	}
	return conn, err
}

func (p *Prober) timeout() time.Duration {
	if p.Timeout > 0 {
		return p.Timeout
	}
	return DefaultTimeout
}
