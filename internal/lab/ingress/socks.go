package ingress

import (
	"bufio"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"
)

// The numbers of SOCKS5 that are used here (RFC 1928, RFC 1929).
const (
	socksVersion  = 5
	socks4Version = 4
	authVersion   = 1

	methodNone     = 0
	methodPassword = 2
	methodRefused  = 0xff

	commandConnect = 1

	addressIPv4 = 1
	addressName = 3
	addressIPv6 = 4

	replyOK                 = 0
	replyFailure            = 1
	replyNotAllowed         = 2
	replyNetworkUnreachable = 3
	replyHostUnreachable    = 4
	replyRefused            = 5
	replyTTLExpired         = 6
	replyBadCommand         = 7
	replyBadAddress         = 8
)

// request is what a client asks for.
type request struct {
	vpc     string // "" is the default
	host    string // a name or an address
	port    uint16
	timeout time.Duration // how long the client waits; 0: it did not say
}

// refusal is the answer to a request that cannot be served.
type refusal struct {
	kind   Kind   // how a dial failed; "" where none was made
	socks  byte   // the reply of SOCKS5
	status int    // the status of HTTP
	why    string // for the header, if there was a dial
	text   string // for people
}

func (r *refusal) Error() string { return r.text }

// socks5 is the server's side of SOCKS5.
type socks5 struct{}

// read carries on the conversation until the client has said what it wants.
func (socks5) read(r *bufio.Reader, w io.Writer) (request, error) {
	methods, err := readMethods(r)
	if err != nil {
		return request{}, fmt.Errorf("read methods: %w", err)
	}
	// A client that can give a name and a password has a VPC to name.
	method := byte(methodRefused)
	if slices.Contains(methods, methodPassword) {
		method = methodPassword
	} else if slices.Contains(methods, methodNone) {
		method = methodNone
	}
	if _, err := w.Write([]byte{socksVersion, method}); err != nil {
		return request{}, fmt.Errorf("choose method: %w", err)
	}
	vpc := ""
	switch method {
	case methodRefused:
		return request{}, fmt.Errorf("choose method: none of %v is known here", methods)
	case methodPassword:
		if vpc, _, err = readPassword(r); err != nil {
			return request{}, fmt.Errorf("read user name: %w", err)
		}
		if _, err := w.Write([]byte{authVersion, 0}); err != nil {
			return request{}, fmt.Errorf("take user name: %w", err)
		}
	}
	req, err := readRequest(r)
	req.vpc = vpc
	return req, err
}

// accept says that the connection is made. The address that it was made from
// is nobody's business, and 0.0.0.0:0 is what RFC 1928 leaves open.
func (socks5) accept(w io.Writer) error { return reply(w, replyOK) }

// refuse says why it is not.
func (socks5) refuse(w io.Writer, r *refusal) error { return reply(w, r.socks) }

func reply(w io.Writer, code byte) error {
	_, err := w.Write([]byte{socksVersion, code, 0, addressIPv4, 0, 0, 0, 0, 0, 0})
	return err
}

// readMethods reads what a client begins with: how it can say who it is.
func readMethods(r io.Reader) ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	if head[0] != socksVersion {
		return nil, fmt.Errorf("version %d, want %d", head[0], socksVersion)
	}
	methods := make([]byte, head[1])
	_, err := io.ReadFull(r, methods)
	return methods, err
}

// readPassword reads a user name and a password, each of 0 to 255 bytes.
func readPassword(r io.Reader) (name, password string, err error) {
	var version [1]byte
	if _, err := io.ReadFull(r, version[:]); err != nil {
		return "", "", err
	}
	if version[0] != authVersion {
		return "", "", fmt.Errorf("version %d, want %d", version[0], authVersion)
	}
	if name, err = readString(r); err != nil {
		return "", "", err
	}
	password, err = readString(r)
	return name, password, err
}

// readRequest reads what a client wants. What it may not want is a *refusal.
func readRequest(r io.Reader) (request, error) {
	var head [4]byte // version, command, reserved, type of address
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return request{}, fmt.Errorf("read request: %w", err)
	}
	if head[0] != socksVersion {
		return request{}, fmt.Errorf("read request: version %d, want %d", head[0], socksVersion)
	}
	var req request
	var err error
	switch head[3] {
	case addressIPv4:
		var a [4]byte
		_, err = io.ReadFull(r, a[:])
		req.host = netip.AddrFrom4(a).String()
	case addressIPv6:
		var a [16]byte
		_, err = io.ReadFull(r, a[:])
		req.host = netip.AddrFrom16(a).Unmap().String()
	case addressName:
		req.host, err = readString(r)
	default:
		return request{}, &refusal{socks: replyBadAddress, text: fmt.Sprintf("addresses of type %d are not known here", head[3])}
	}
	var port [2]byte
	if err == nil {
		_, err = io.ReadFull(r, port[:])
	}
	if err != nil {
		return request{}, fmt.Errorf("read request: %w", err)
	}
	req.port = uint16(port[0])<<8 | uint16(port[1])
	if head[1] != commandConnect {
		return req, &refusal{socks: replyBadCommand, text: fmt.Sprintf("command %d is not known here: only CONNECT is", head[1])}
	}
	if err := checkTarget(req); err != nil {
		return req, &refusal{socks: replyBadAddress, text: err.Error()}
	}
	return req, nil
}

// readString reads a byte that says how long a string is, and the string.
func readString(r io.Reader) (string, error) {
	var n [1]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return "", err
	}
	s := make([]byte, n[0])
	_, err := io.ReadFull(r, s)
	return string(s), err
}
