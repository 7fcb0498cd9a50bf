package traffic_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/lab/memnet"
	"postern/internal/lab/traffic"
)

// authority is a cluster's own.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(1000 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{cert, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

// issue makes a certificate that is valid until a time.
func (a *authority) issue(t *testing.T, name string, until time.Time) *tls.Certificate {
	t.Helper()
	form := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "kube-apiserver"}, DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, form, a.cert, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.key}
}

// cluster is an API server at an address in memory.
type cluster struct {
	*authority
	network *memnet.Network
	name    string // its host
	address string
	target  traffic.Target
}

// newCluster serves until the test ends.
func newCluster(t *testing.T, n *memnet.Network, name, address string, h http.Handler) *cluster {
	t.Helper()
	c := &cluster{authority: newAuthority(t, name+" CA"), network: n, name: name, address: address}
	c.target = traffic.Target{Ref: "111111111111/us-east-1/" + name, URL: "https://" + name, CA: c.pem}
	c.serve(t, c.issue(t, name, time.Now().Add(500*time.Hour)), h)
	return c
}

// serve answers at the cluster's address with a certificate.
func (c *cluster) serve(t *testing.T, cert *tls.Certificate, h http.Handler) {
	t.Helper()
	l, err := c.network.Listen("tcp", c.address)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
	go srv.Serve(tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*cert}, NextProtos: []string{"http/1.1"}}))
	t.Cleanup(func() {
		srv.Close()
		synctest.Wait()
	})
}

// to dials addresses by host name.
func to(n *memnet.Network, hosts map[string]string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		at, ok := hosts[host]
		if !ok {
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		return n.DialContext(ctx, network, at)
	}
}

func instance(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(traffic.InstanceHeader, name)
		io.WriteString(w, "ok")
	})
}

// run runs a client for a time.
func run(t *testing.T, d time.Duration, o traffic.Options) *traffic.Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	r, err := traffic.Run(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if testing.Verbose() {
		var b bytes.Buffer
		traffic.Write(&b, r)
		t.Log("\n" + b.String())
	}
	return r
}
