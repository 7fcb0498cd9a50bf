package traffic

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"postern/internal/lab/ingress"
)

// Kind is how a request or a watch failed.
type Kind string

// The kinds of failure, in the order in which a connection can meet them.
const (
	KindToken         Kind = "token"          // the client had no token to send
	KindProxy         Kind = "proxy"          // the way in itself could not be used
	KindUnknownVPC    Kind = "unknown-vpc"    // the way in knows no such VPC
	KindDNS           Kind = "dns"            // the name has no address
	KindRefused       Kind = "refused"        // a hop refused the connection
	KindUnreachable   Kind = "unreachable"    // there is no way, and somebody said so
	KindDialTimeout   Kind = "dial-timeout"   // a hop dropped the connection in silence
	KindDial          Kind = "dial"           // the connection failed otherwise
	KindTLSTimeout    Kind = "tls-timeout"    // connected, and then nothing
	KindTLS           Kind = "tls"            // the handshake failed
	KindOtherCluster  Kind = "other-cluster"  // the certificate is another cluster's
	KindCertificate   Kind = "certificate"    // the certificate is the target's, and not valid
	KindCut           Kind = "cut"            // the connection broke after it was made
	KindAnswerTimeout Kind = "answer-timeout" // asked, and no answer in time
	KindStatus        Kind = "status"         // an answer that is not 200
	KindAnswer        Kind = "answer"         // an answer that is no HTTP, or no watch
	KindSilent        Kind = "silent"         // a watch without a sign of life
)

// fault is why a request or a watch failed.
type fault struct {
	kind Kind
	why  string
}

// cause names what an error says, without the addresses and ports that change
// with each connection.
func cause(err error) string {
	if p, ok := errors.AsType[*ProxyError](err); ok {
		if p.Err != nil {
			return p.Reason + ": " + cause(p.Err)
		}
		return p.Reason
	}
	if w := ingress.Why(err); w != err.Error() {
		return w
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err.Error()
	}
	return err.Error()
}

func isTimeout(err error) bool {
	t, ok := errors.AsType[net.Error](err)
	return ok && t.Timeout() || errors.Is(err, context.DeadlineExceeded)
}

func isCut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.ErrClosedPipe) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNABORTED) ||
		strings.Contains(err.Error(), "connection reset") // netstacks have errors of their own
}

// dialFault says what became of a dial.
func dialFault(err error) *fault {
	f := &fault{KindDial, cause(err)}
	kind := ingress.KindOf(err)
	if p, ok := errors.AsType[*ProxyError](err); ok {
		if kind = p.Kind; kind == "" {
			return &fault{KindProxy, cause(err)}
		}
	}
	switch kind {
	case ingress.KindNoSuchHost:
		f.kind = KindDNS
	case ingress.KindRefused:
		f.kind = KindRefused
	case ingress.KindUnreachable:
		f.kind = KindUnreachable
	case ingress.KindUnknownVPC:
		f.kind = KindUnknownVPC
	case ingress.KindTimeout:
		f.kind = KindDialTimeout
	default:
		if isCut(err) {
			f.kind = KindCut
		}
	}
	return f
}

// handshakeFault says what became of a TLS handshake with t.
func (c *Client) handshakeFault(t *target, err error) *fault {
	var bad *tls.CertificateVerificationError
	switch {
	case errors.As(err, &bad):
		return c.certificateFault(t, bad)
	case isTimeout(err):
		return &fault{KindTLSTimeout, "connected, and no answer to the TLS handshake"}
	case isCut(err):
		return &fault{KindCut, "in the TLS handshake: " + cause(err)}
	}
	return &fault{KindTLS, cause(err)}
}

// certificateFault says whose certificate it is, if another target's
// authorities know it.
func (c *Client) certificateFault(t *target, bad *tls.CertificateVerificationError) *fault {
	_, stranger := errors.AsType[x509.UnknownAuthorityError](bad.Err)
	_, misnamed := errors.AsType[x509.HostnameError](bad.Err)
	if !stranger && !misnamed || len(bad.UnverifiedCertificates) == 0 {
		return &fault{KindCertificate, cause(bad.Err)}
	}
	leaf, between := bad.UnverifiedCertificates[0], x509.NewCertPool()
	for _, cert := range bad.UnverifiedCertificates[1:] {
		between.AddCert(cert)
	}
	for _, other := range c.targets {
		config := other.config.Load()
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: config.RootCAs, DNSName: config.ServerName, Intermediates: between}); err == nil && other != t {
			return &fault{KindOtherCluster, "the certificate is that of " + other.Ref}
		}
	}
	if stranger {
		return &fault{KindOtherCluster, fmt.Sprintf("the certificate of %q comes from none of the target's authorities", leaf.Subject.CommonName)}
	}
	return &fault{KindOtherCluster, fmt.Sprintf("the certificate of %q lacks the name %s", leaf.Subject.CommonName, t.ServerName)}
}

// answerFault says what became of an answer.
func answerFault(err error) *fault {
	switch {
	case isTimeout(err):
		return &fault{KindAnswerTimeout, "asked, and no whole answer in time"}
	case isCut(err):
		return &fault{KindCut, "before the end of the answer: " + cause(err)}
	}
	return &fault{KindAnswer, cause(err)}
}
