// Package ingress provides the lab's way in: one port of loopback that speaks
// SOCKS5 and HTTP CONNECT, told apart by a connection's first byte, and
// connects from a host in a VPC.
//
// The user name that a client gives is the VPC that it wants to be in:
//
//	curl -x socks5h://vpc-0123456789abcdef0@127.0.0.1:PORT https://...
//	curl -x http://vpc-0123456789abcdef0@127.0.0.1:PORT https://...
//
// Without one it is in the default VPC. A password is taken and not looked
// at: the port is for this machine, and there is nothing behind it but the
// lab. What a name means is the VPC's resolver's matter, so clients should let
// the proxy resolve (socks5h, --socks5-hostname).
//
// SOCKS5 has a byte to say why a connection failed. HTTP CONNECT has words:
// the answer carries [KindHeader] and [WhyHeader], and a line of text.
package ingress

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// Headers of HTTP CONNECT that are the lab's own.
const (
	// WhyHeader says in an answer at which hop a connection failed, and why.
	WhyHeader = "Postern-Lab-Why"
	// KindHeader says in an answer how a connection failed: a [Kind].
	KindHeader = "Postern-Lab-Kind"
	// TimeoutHeader says in a request how long the client waits, as a Go
	// duration. A client that gives up later than the proxy hears the reason.
	TimeoutHeader = "Postern-Lab-Timeout"
)

// Errors that a dial function wraps to say how it failed. A timeout is any
// error whose method Timeout says so.
var (
	ErrNoSuchHost  = errors.New("no such host")
	ErrRefused     = errors.New("connection refused")
	ErrUnreachable = errors.New("network is unreachable")
	ErrUnknownVPC  = errors.New("no such VPC")
)

// Kind is how a dial failed.
type Kind string

// The kinds of failure.
const (
	KindNoSuchHost  Kind = "no-such-host"
	KindRefused     Kind = "refused"
	KindUnreachable Kind = "unreachable"
	KindUnknownVPC  Kind = "unknown-vpc"
	KindTimeout     Kind = "timeout"
	KindOther       Kind = "other"
)

// KindOf returns how the dial that ended with err failed.
func KindOf(err error) Kind {
	timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	dns, isDNS := errors.AsType[*net.DNSError](err)
	switch {
	case errors.Is(err, ErrUnknownVPC):
		return KindUnknownVPC
	case errors.Is(err, ErrNoSuchHost), isDNS && dns.IsNotFound:
		return KindNoSuchHost
	case errors.Is(err, ErrRefused), errors.Is(err, syscall.ECONNREFUSED):
		return KindRefused
	case errors.Is(err, ErrUnreachable), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return KindUnreachable
	case ok && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return KindTimeout
	}
	return KindOther
}

// socks is the reply of SOCKS5 to a kind (RFC 1928, section 6). A timeout is
// "TTL expired", which nothing else here is.
func (k Kind) socks() byte {
	switch k {
	case KindUnknownVPC:
		return replyNotAllowed
	case KindUnreachable:
		return replyNetworkUnreachable
	case KindNoSuchHost:
		return replyHostUnreachable
	case KindRefused:
		return replyRefused
	case KindTimeout:
		return replyTTLExpired
	}
	return replyFailure
}

// status is the answer of HTTP to a kind.
func (k Kind) status() int {
	switch k {
	case KindUnknownVPC:
		return http.StatusForbidden
	case KindTimeout:
		return http.StatusGatewayTimeout
	}
	return http.StatusBadGateway
}

// Why returns the words that an error has for people: those of its method
// Why, where one in its chain has it, or else its text.
func Why(err error) string {
	if w, ok := errors.AsType[interface {
		error
		Why() string
	}](err); ok && w.Why() != "" {
		return w.Why()
	}
	return err.Error()
}

// maxWhy is the longest text, in bytes, that an answer's header carries: far
// below what clients accept, and enough for a hop and its object.
const maxWhy = 512

// headerText makes a text safe for a header: one line of printable ASCII.
func headerText(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r < ' ' || r > '~':
			return '?'
		}
		return r
	}, s)
	return strings.TrimSpace(s[:min(len(s), maxWhy)])
}
