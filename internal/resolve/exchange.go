package resolve

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/miekg/dns"
)

// udpSize is the largest UDP answer that we take: it passes every network
// without fragments (DNS flag day 2020).
const udpSize = 1232

// maxIgnored is how many packets that answer another question one UDP exchange
// reads past before it gives up: more is a flood.
const maxIgnored = 64

// ask puts one question to one server: by UDP, by TCP if the answer is
// truncated, and once more if the first try fails for a reason that a second
// may not meet. All of it ends with ctx; the first try takes at most half of
// the time that is left.
func (r *Resolver) ask(ctx context.Context, server, name string, qtype uint16) (answer, error) {
	a, err := r.tryHalf(ctx, server, name, qtype)
	if err == nil || ctx.Err() != nil {
		return a, err
	}
	return r.try(ctx, server, name, qtype, !errors.Is(err, errNotUnderstood))
}

// tryHalf is a try within half of ctx's remaining time.
func (r *Resolver) tryHalf(ctx context.Context, server, name string, qtype uint16) (answer, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/2)
		defer cancel()
	}
	return r.try(ctx, server, name, qtype, true)
}

// try is one UDP exchange, with TCP after it if the answer is truncated.
func (r *Resolver) try(ctx context.Context, server, name string, qtype uint16, edns bool) (answer, error) {
	m := new(dns.Msg)
	m.SetQuestion(dns.Fqdn(name), qtype)
	if edns {
		m.SetEdns0(udpSize, false)
	}
	query, err := m.Pack()
	if err != nil {
		return answer{}, fmt.Errorf("pack question: %w", err)
	}
	a, err := r.exchange(ctx, "udp", server, query, m)
	if err != nil || !a.Truncated {
		return a, err
	}
	a, err = r.exchange(ctx, "tcp", server, query, m)
	if err != nil {
		return answer{}, fmt.Errorf("truncated, then by TCP: %w", err)
	}
	if a.Truncated {
		return answer{}, errors.New("truncated, by TCP too")
	}
	return a, nil
}

// exchange sends the packed query m over the network and returns the answer.
func (r *Resolver) exchange(ctx context.Context, network, server string, query []byte, m *dns.Msg) (answer, error) {
	conn, err := r.dial(ctx, network, server)
	if err != nil {
		return answer{}, plainError(ctx, err)
	}
	defer conn.Close()
	// A connection in the past has no time left: this ends reads at once.
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	a, err := answer{}, error(nil)
	if network == "tcp" {
		a, err = exchangeTCP(conn, query, m)
	} else {
		a, err = exchangeUDP(conn, query, m)
	}
	if err != nil {
		return answer{}, plainError(ctx, err)
	}
	return a, nil
}

// exchangeUDP reads packets until one answers m.
func exchangeUDP(conn net.Conn, query []byte, m *dns.Msg) (answer, error) {
	if _, err := conn.Write(query); err != nil {
		return answer{}, err
	}
	buf := make([]byte, udpSize+1)
	for ignored := range maxIgnored {
		n, err := conn.Read(buf)
		if err != nil {
			if ignored > 0 {
				return answer{}, fmt.Errorf("%w after %d packets that answer another question", err, ignored)
			}
			return answer{}, err
		}
		a, err := readAnswer(m.Question[0], m.Id, buf[:n])
		if errors.Is(err, errNotOurs) {
			continue
		}
		if n > udpSize {
			return answer{}, fmt.Errorf("oversized answer: more than %d octets by UDP", udpSize)
		}
		return a, err
	}
	return answer{}, fmt.Errorf("%d packets that answer another question", maxIgnored)
}

// exchangeTCP reads the one answer to m, whose length comes before it.
func exchangeTCP(conn net.Conn, query []byte, m *dns.Msg) (answer, error) {
	if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(query))), query...)); err != nil {
		return answer{}, err
	}
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return answer{}, err
	}
	buf := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, buf); err != nil {
		return answer{}, err
	}
	return readAnswer(m.Question[0], m.Id, buf)
}

// dial opens a connection as the resolver is set to.
func (r *Resolver) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if r.Dial != nil {
		return r.Dial(ctx, network, addr)
	}
	return new(net.Dialer).DialContext(ctx, network, addr)
}

// plainError says in few words what went wrong on the network.
func plainError(ctx context.Context, err error) error {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return context.Canceled
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("connection refused")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return errors.New("connection closed before the answer")
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return errTimeout
	}
	return err
}

// errTimeout is the want of an answer in time.
var errTimeout = errors.New("timeout")
