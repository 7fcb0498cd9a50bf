package kubeconfig

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"
)

// authority returns a certificate as PEM.
func authority(t *testing.T, name string, from, to time.Time, ca bool) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: to, IsCA: ca, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestCheckCA(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	const year = 365 * 24 * time.Hour
	good := authority(t, "good", now.Add(-year), now.Add(year), true)
	next := authority(t, "next", now.Add(time.Hour), now.Add(year), true)
	expired := authority(t, "old", now.Add(-year), now.Add(-time.Hour), true)
	leaf := authority(t, "leaf", now.Add(-year), now.Add(year), false)
	both := func(a, b []byte) []byte { return append(bytes.Clone(a), b...) }
	for name, test := range map[string]struct {
		bundle []byte
		want   string // empty: nothing is wrong
	}{
		"one":                     {good, ""},
		"two":                     {both(good, good), ""},
		"the old one ran out":     {both(expired, good), ""},
		"the new one not begun":   {both(good, next), ""},
		"no newline, more blanks": {append([]byte("\n\n"), bytes.TrimSpace(good)...), ""},
		"expired":                 {expired, "certificate 1 (CN=old) expired 2026-03-01T11:00:00Z"},
		"not begun":               {next, "is not good before 2026-03-01T13:00:00Z"},
		"none":                    {nil, "there is none"},
		"no PEM":                  {[]byte("MIIB"), "after 0 certificates comes what is no PEM"},
		"cut off":                 {both(good, good[:len(good)/2]), "after 1 certificates comes what is no PEM"},
		"malformed":               {pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}), "part 1 is malformed"},
		"a key":                   {both(good, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")})), `part 2 is a PEM block of type "PRIVATE KEY"`},
		"a server's certificate":  {leaf, "certificate 1 (CN=leaf) is not an authority's"},
	} {
		t.Run(name, func(t *testing.T) {
			err := CheckCA(test.bundle, now)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}
