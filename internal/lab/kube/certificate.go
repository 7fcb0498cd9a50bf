package kube

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"sync"
	"time"
)

// Serving says which certificate a server shows. The zero value is the
// cluster's own, valid now.
type Serving struct {
	Host    string                    // in place of the endpoint's
	CA      func() (cert, key []byte) // in place of the cluster's
	Expires time.Time                 // may be in the past; zero: in a year
}

// SetServing changes the certificate that handshakes from now on get. It is
// there to show what a wrong one does.
func (s *Server) SetServing(v Serving) {
	s.certificates.set(v)
}

// Lives of serving certificates: a year as EKS's, made anew in the last third.
const (
	servingLife  = 365 * 24 * time.Hour
	servingRenew = servingLife / 3
	backdate     = 5 * time.Minute // for clocks that are behind
)

// certificates makes serving certificates when they are asked for.
type certificates struct {
	opts *Options

	mu      sync.Mutex // guards what follows
	serving Serving
	made    *tls.Certificate
	signer  []byte // certificate of the authority that signed made
}

func (c *certificates) set(v Serving) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serving, c.made = v, nil
}

// get has the shape of tls.Config's GetCertificate.
func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	authority := c.opts.CA
	if c.serving.CA != nil {
		authority = c.serving.CA
	}
	cert, key := authority()
	now := c.opts.Now()
	fresh := c.made != nil && bytes.Equal(c.signer, cert) && (!c.serving.Expires.IsZero() || now.Before(c.made.Leaf.NotAfter.Add(-servingRenew)))
	if fresh {
		return c.made, nil
	}
	host, expires := c.opts.Host, now.Add(servingLife)
	if c.serving.Host != "" {
		host = c.serving.Host
	}
	if !c.serving.Expires.IsZero() {
		expires = c.serving.Expires
	}
	made, err := c.opts.sign(cert, key, host, now, expires)
	if err != nil {
		return nil, fmt.Errorf("make serving certificate of cluster %q: %w", c.opts.Name, err)
	}
	c.made, c.signer = made, bytes.Clone(cert)
	return made, nil
}

// sign makes a key and a certificate with the names that EKS's API servers
// have: the endpoint's host and those of the service "kubernetes".
func (o *Options) sign(caCert, caKey []byte, host string, now, expires time.Time) (*tls.Certificate, error) {
	parent, signer, err := parseAuthority(caCert, caKey)
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, err
	}
	from := now.Add(-backdate)
	if !expires.After(from) {
		from = expires.Add(-time.Hour)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "kube-apiserver"},
		DNSNames:    []string{host, "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"},
		IPAddresses: []net.IP{o.ServiceIP.AsSlice()},
		NotBefore:   from, NotAfter: expires,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}

func parseAuthority(cert, key []byte) (*x509.Certificate, crypto.Signer, error) {
	certBlock, _ := pem.Decode(cert)
	keyBlock, _ := pem.Decode(key)
	if certBlock == nil || keyBlock == nil {
		return nil, nil, errors.New("read certificate authority: no PEM block")
	}
	parent, err := x509.ParseCertificate(certBlock.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("read certificate authority: %w", err)
	}
	private, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("read key of certificate authority: %w", err)
	}
	signer, ok := private.(crypto.Signer)
	if !ok {
		return nil, nil, fmt.Errorf("read key of certificate authority: %T cannot sign", private)
	}
	return parent, signer, nil
}
