package kube_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/lab/kube"
)

func pipe() (near, far net.Conn) { return net.Pipe() }

// shake makes a handshake that trusts an authority, and returns what it saw.
func (c *cluster) shake(ca authority, name string) (*x509.Certificate, error) {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca.cert)
	near, far := pipe()
	done := make(chan struct{})
	go func() { defer close(done); c.server.ServeConn(far, instance) }()
	defer func() { near.Close(); <-done }()
	conn := tls.Client(near, &tls.Config{RootCAs: roots, ServerName: name})
	if err := conn.HandshakeContext(c.t.Context()); err != nil {
		return nil, err
	}
	return conn.ConnectionState().PeerCertificates[0], nil
}

func TestCertificateNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, func(o *kube.Options) { o.ServiceIP = netip.MustParseAddr("10.100.0.1") })
		leaf, err := c.shake(c.ca, host)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{host, "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "10.100.0.1"} {
			if err := leaf.VerifyHostname(name); err != nil {
				t.Error(err)
			}
		}
		if err := leaf.VerifyHostname("other" + host); err == nil {
			t.Error("the certificate has another cluster's name")
		}
		if !slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageServerAuth) {
			t.Errorf("key usage %v", leaf.ExtKeyUsage)
		}
		if again, err := c.shake(c.ca, host); err != nil || !again.Equal(leaf) {
			t.Errorf("a second handshake saw another certificate: %v", err)
		}
		time.Sleep(300 * 24 * time.Hour)
		if again, err := c.shake(c.ca, host); err != nil || again.Equal(leaf) {
			t.Errorf("after 300 days the certificate is the same: %v", err)
		}
	})
}

// TestCertificateRotation: the next handshake shows what the CA of then signed.
func TestCertificateRotation(t *testing.T) {
	old, next := newAuthority(t), newAuthority(t)
	now := old
	c := newCluster(t, func(o *kube.Options) { o.CA = func() (cert, key []byte) { return now.get() } })
	if _, err := c.shake(old, host); err != nil {
		t.Fatal(err)
	}
	now = next
	if _, err := c.shake(old, host); err == nil {
		t.Error("after the rotation the old CA still verifies")
	}
	if _, err := c.shake(next, host); err != nil {
		t.Error(err)
	}
}

// TestEachHandshakeIsWhole: a resumed session would hide a rotation from a
// client that looks at the certificate.
func TestEachHandshakeIsWhole(t *testing.T) {
	c := newCluster(t, nil)
	tr := c.client.Transport.(*http.Transport)
	tr.DisableKeepAlives = true
	tr.TLSClientConfig.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	for range 3 {
		resp, err := c.client.Get("https://" + host + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.TLS.DidResume {
			t.Error("a session was resumed")
		}
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// TestServing: the wrong certificates that a test can ask for.
func TestServing(t *testing.T) {
	c := newCluster(t, nil)
	other := newAuthority(t)
	verify := func(name string, want func(error) bool) {
		t.Helper()
		if _, err := c.shake(c.ca, host); !want(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := func(err error) bool { return err == nil }
	verify("own", good)
	c.server.SetServing(kube.Serving{Expires: time.Now().Add(-time.Hour)})
	verify("expired", is[x509.CertificateInvalidError])
	c.server.SetServing(kube.Serving{Host: "F" + host[1:]})
	verify("another's name", is[x509.HostnameError])
	c.server.SetServing(kube.Serving{CA: other.get})
	verify("another authority's", is[x509.UnknownAuthorityError])
	c.server.SetServing(kube.Serving{})
	verify("own again", good)
	c.server.SetServing(kube.Serving{CA: func() (cert, key []byte) { return nil, nil }})
	if _, err := c.shake(c.ca, host); err == nil {
		t.Error("a handshake without an authority went well")
	}
}
