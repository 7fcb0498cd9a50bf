package kubeconfig

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"time"
)

// CheckCA says what is wrong with a cluster's authority, all of whose
// certificates are in bundle as PEM: nothing in it, something that is no
// certificate, or none that is good at the time now. While an authority is being
// replaced the bundle has two, of which one may have run out or not begun.
func CheckCA(bundle []byte, now time.Time) error {
	var problem error
	n, good := 0, 0
	for rest := bundle; len(bytes.TrimSpace(rest)) > 0; {
		block, after := pem.Decode(rest)
		if block == nil {
			return fmt.Errorf("certificate authority: after %d certificates comes what is no PEM", n)
		}
		rest = after
		n++
		if block.Type != "CERTIFICATE" {
			return fmt.Errorf("certificate authority: part %d is a PEM block of type %q, not a certificate", n, block.Type)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		switch {
		case err != nil:
			return fmt.Errorf("certificate authority: part %d is malformed: %w", n, err)
		case c.BasicConstraintsValid && !c.IsCA:
			return fmt.Errorf("certificate authority: certificate %d (%s) is not an authority's", n, c.Subject)
		case now.After(c.NotAfter):
			problem = fmt.Errorf("certificate authority: certificate %d (%s) expired %s", n, c.Subject, c.NotAfter.UTC().Format(time.RFC3339))
		case now.Before(c.NotBefore):
			problem = fmt.Errorf("certificate authority: certificate %d (%s) is not good before %s; is this machine's clock right?", n, c.Subject, c.NotBefore.UTC().Format(time.RFC3339))
		default:
			good++
		}
	}
	switch {
	case n == 0:
		return fmt.Errorf("certificate authority: there is none")
	case good == 0:
		return problem
	}
	return nil
}
