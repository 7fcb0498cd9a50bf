package probe

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"postern/internal/plan"
)

// pair makes a CA and what it signed for a host.
func pair(f *testing.F, host string) (ca, leaf *x509.Certificate) {
	f.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	make := func(template, parent *x509.Certificate) *x509.Certificate {
		template.SerialNumber, template.NotBefore, template.NotAfter = big.NewInt(1), time.Unix(1_700_000_000, 0), time.Unix(1_900_000_000, 0)
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, key)
		if err != nil {
			f.Fatal(err)
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			f.Fatal(err)
		}
		return c
	}
	root := &x509.Certificate{Subject: pkix.Name{CommonName: "kubernetes"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	ca = make(root, root)
	return ca, make(&x509.Certificate{DNSNames: []string{host}}, ca)
}

// FuzzBundle: whatever the bundle, a stranger is never proved, and one of ours
// is never disproved while its CA is in the bundle.
func FuzzBundle(f *testing.F) {
	const host = "a.example.org"
	ca, ours := pair(f, host)
	_, theirs := pair(f, host)
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Raw})
	f.Add([]byte{}, []byte{})
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n"), []byte("-----END CERTIFICATE-----"))
	f.Add([]byte("# the first\n"), own)
	f.Add(own[:300], own[300:])
	now := time.Unix(1_800_000_000, 0)
	f.Fuzz(func(t *testing.T, before, after []byte) {
		bundle := bytes.Join([][]byte{before, own, after}, []byte("\n"))
		for _, b := range [][]byte{bundle, before, after} {
			var r Result
			r.HandshakeDone = true
			r.judge([]*x509.Certificate{theirs}, host, b, now)
			if r.Verdict() == plan.Proved {
				t.Errorf("a stranger is proved: %q", b)
			}
		}
		var r Result
		r.HandshakeDone = true
		r.judge([]*x509.Certificate{ours}, host, bundle, now)
		if r.Verdict() == plan.Disproved {
			t.Errorf("ours is disproved: %v: %q", r.Err, bundle)
		}
	})
}

// FuzzLeaf: whatever a certificate holds, it is never proved unless our CA
// signed just that; a broken one does no harm; and the words about it are
// short.
func FuzzLeaf(f *testing.F) {
	const host = "a.example.org"
	ca, ours := pair(f, host)
	other, theirs := pair(f, host)
	roots := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Raw})
	for _, c := range []*x509.Certificate{ours, theirs, ca, other} {
		f.Add(c.Raw, int64(1_800_000_000))
		f.Add(c.Raw, int64(2_000_000_000))
	}
	f.Fuzz(func(t *testing.T, der []byte, at int64) {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return
		}
		r := Result{HandshakeDone: true}
		r.judge([]*x509.Certificate{c}, host, roots, time.Unix(at, 0))
		if r.Verdict() == plan.Proved && !bytes.Equal(c.RawTBSCertificate, ours.RawTBSCertificate) {
			t.Errorf("proved: %s", r.Leaf)
		}
		if r.Verdict() == plan.Disproved && bytes.Equal(c.Raw, ours.Raw) {
			t.Errorf("ours is disproved at %d: %v", at, r.Err)
		}
		if r.Err != nil && len(r.Err.Error()) > 8000 {
			t.Errorf("%d bytes of words", len(r.Err.Error()))
		}
	})
}
