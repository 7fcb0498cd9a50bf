package probe_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"slices"
	"testing"
	"time"
)

const host = "0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com"

// maker signs certificates: a CA, or what a test needs in its place.
type maker struct {
	t    testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

var serial = big.NewInt(1)

// newCA makes a CA with the name that all clusters of EKS give to theirs.
func newCA(t testing.TB, change ...func(*x509.Certificate)) *maker {
	m := &maker{t: t}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "kubernetes"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	m.cert, m.key = sign(t, nil, template, change)
	return m
}

// sub makes a CA below this one.
func (m *maker) sub(change ...func(*x509.Certificate)) *maker {
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "below"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	below := &maker{t: m.t}
	below.cert, below.key = sign(m.t, m, template, change)
	return below
}

// leaf makes what an API server of this CA serves.
func (m *maker) leaf(change ...func(*x509.Certificate)) tls.Certificate {
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "kube-apiserver"}, DNSNames: []string{"kubernetes.default.svc", host},
		IPAddresses: []net.IP{net.IPv4(172, 20, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	cert, key := sign(m.t, m, template, change)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key, Leaf: cert}
}

func (m *maker) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: m.cert.Raw})
}

// sign makes a certificate; without a signer it signs itself.
func sign(t testing.TB, by *maker, template *x509.Certificate, change []func(*x509.Certificate)) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	serial.Add(serial, big.NewInt(1))
	template.SerialNumber = new(big.Int).Set(serial)
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	for _, c := range change {
		c(template)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func valid(from, to time.Duration) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = time.Now().Add(from), time.Now().Add(to) }
}

func names(dns ...string) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.DNSNames = dns }
}

// chain adds certificates to what a server sends.
func chain(c tls.Certificate, more ...*x509.Certificate) tls.Certificate {
	c.Certificate = slices.Clone(c.Certificate)
	for _, m := range more {
		c.Certificate = append(c.Certificate, m.Raw)
	}
	return c
}
