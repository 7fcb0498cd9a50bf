package ingress

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// httpConnect is the server's side of HTTP CONNECT.
type httpConnect struct{}

// read reads a request's header. What may not be asked for is a *refusal.
func (httpConnect) read(r *bufio.Reader, _ io.Writer) (request, error) {
	msg, err := http.ReadRequest(r)
	if _, broken := errors.AsType[net.Error](err); broken || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return request{}, fmt.Errorf("read request: %w", err)
	}
	if err != nil {
		return request{}, &refusal{status: http.StatusBadRequest, text: fmt.Sprintf("read request: %v", err)}
	}
	if msg.Method != http.MethodConnect {
		return request{}, &refusal{status: http.StatusMethodNotAllowed,
			text: "this is the way into the networks of a postern lab: a proxy for SOCKS5 and HTTP CONNECT, with a VPC's ID as user name; it serves no pages and forwards no other method"}
	}
	req, err := parseConnect(msg.RequestURI, msg.Header)
	if err != nil {
		return req, &refusal{status: http.StatusBadRequest, text: err.Error()}
	}
	return req, nil
}

// parseConnect finds out where a request wants to go.
func parseConnect(target string, h http.Header) (request, error) {
	host, port, err := net.SplitHostPort(target)
	if err != nil {
		return request{}, fmt.Errorf("connect to %q: give a host and a port", target)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return request{}, fmt.Errorf("connect to %q: the port is no number from 1 to 65535", target)
	}
	req := request{host: host, port: uint16(n)}
	if a, err := netip.ParseAddr(host); err == nil {
		req.host = a.Unmap().String()
	}
	if err := checkTarget(req); err != nil {
		return request{}, err
	}
	if auth := h.Get("Proxy-Authorization"); auth != "" {
		if req.vpc, err = basicUser(auth); err != nil {
			return request{}, err
		}
	}
	if t := h.Get(TimeoutHeader); t != "" {
		if req.timeout, err = time.ParseDuration(t); err != nil || req.timeout <= 0 {
			return request{}, fmt.Errorf("read %s: %q is no duration above 0", TimeoutHeader, t)
		}
	}
	return req, nil
}

// basicUser returns the user name of Basic credentials (RFC 7617).
func basicUser(auth string) (string, error) {
	scheme, credentials, _ := strings.Cut(auth, " ")
	if !strings.EqualFold(scheme, "basic") {
		return "", errors.New("read Proxy-Authorization: only Basic is known here; its user name is the VPC's ID")
	}
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(credentials))
	if err != nil {
		return "", errors.New("read Proxy-Authorization: the credentials are not in base64")
	}
	user, _, _ := strings.Cut(string(b), ":")
	return user, nil
}

// maxName is the longest host name, without a final dot (RFC 1035).
const maxName = 253

// checkTarget refuses what can be no host and port. A name in another script
// comes in its ASCII form (RFC 5890).
func checkTarget(r request) error {
	bad := func(why string) error {
		return fmt.Errorf("connect to %q: %s", net.JoinHostPort(r.host, strconv.Itoa(int(r.port))), why)
	}
	if r.port == 0 {
		return bad("the port is no number from 1 to 65535")
	}
	if a, err := netip.ParseAddr(r.host); err == nil {
		if a.Zone() != "" {
			return bad("an address with a zone leads nowhere in a VPC")
		}
		return nil
	}
	name := strings.TrimSuffix(r.host, ".")
	if name == "" || len(name) > maxName {
		return bad("no host name has this length")
	}
	for _, c := range []byte(name) {
		if c != '-' && c != '.' && c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return bad("no host name has such characters")
		}
	}
	return nil
}

// accept says that the connection is made.
func (httpConnect) accept(w io.Writer) error {
	_, err := io.WriteString(w, "HTTP/1.1 200 Connection established\r\n\r\n")
	return err
}

// refuse says why it is not.
func (httpConnect) refuse(w io.Writer, r *refusal) error {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", r.status, http.StatusText(r.status))
	if r.kind != "" {
		fmt.Fprintf(&b, "%s: %s\r\n%s: %s\r\n", KindHeader, r.kind, WhyHeader, headerText(r.why))
	}
	if r.status == http.StatusMethodNotAllowed {
		b.WriteString("Allow: CONNECT\r\n")
	}
	body := r.text + "\n"
	fmt.Fprintf(&b, "Content-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body)
	_, err := io.WriteString(w, b.String())
	return err
}
