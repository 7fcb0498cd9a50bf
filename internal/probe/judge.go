package probe

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// chainMost is how many certificates a chain may have to be judged. An API
// server of EKS sends one.
const chainMost = 16

// rootsMost is how many CAs a bundle may have. A cluster has one, and two while
// it is rotated.
const rootsMost = 16

// Leaf is what a certificate says of its owner.
type Leaf struct {
	Subject, Issuer     string
	Names               []string // DNS names and addresses that it is for
	NotBefore, NotAfter time.Time
}

func leafOf(c *x509.Certificate) Leaf {
	l := Leaf{Subject: c.Subject.String(), Issuer: c.Issuer.String(), NotBefore: c.NotBefore, NotAfter: c.NotAfter}
	l.Names = append(l.Names, c.DNSNames...)
	for _, ip := range c.IPAddresses {
		l.Names = append(l.Names, ip.String())
	}
	return l
}

// namesShown is how many names of a certificate an error lists.
const namesShown = 5

// String returns the owner and the names in short, for an error.
func (l Leaf) String() string {
	names := l.Names
	more := ""
	if len(names) > namesShown {
		more = fmt.Sprintf(" and %d more", len(names)-namesShown)
		names = names[:namesShown]
	}
	return fmt.Sprintf("%s for [%s]%s by %s", cmp.Or(short(l.Subject), "nobody"), short(strings.Join(names, " ")), more, cmp.Or(short(l.Issuer), "nobody"))
}

// short cuts what a stranger may have made very long.
func short(s string) string {
	const most = 200
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}

// judge holds the chain that a peer served against the CA bundle, at an
// instant.
func (r *Result) judge(chain []*x509.Certificate, host string, bundle []byte, now time.Time) {
	if len(chain) == 0 {
		r.Err = errors.New("the peer served none")
		return
	}
	leaf := chain[0]
	r.Leaf = leafOf(leaf)
	r.NameOK = leaf.VerifyHostname(host) == nil
	r.Expired = now.Before(leaf.NotBefore) || now.After(leaf.NotAfter)
	roots, err := parseRoots(bundle)
	switch {
	case err != nil:
		r.Err = fmt.Errorf("read the CA bundle: %w", err)
		return
	case len(chain) > chainMost:
		r.Err = fmt.Errorf("a chain of %d certificates is too long to judge", len(chain))
		return
	}
	if signed := verify(chain, roots, now, timeless); signed != nil {
		_, unknown := errors.AsType[x509.UnknownAuthorityError](signed)
		r.Judged = unknown && strangers(chain, roots)
		r.Err = fmt.Errorf("%s: %w", r.Leaf, signed)
		return
	}
	r.Judged, r.ChainOK = true, true
	valid := verify(chain, roots, now, asIs)
	r.Expired = r.Expired || valid != nil // nothing but the time tells the two apart
	r.Verified = valid == nil && r.NameOK
	switch {
	case valid != nil:
		r.Err = fmt.Errorf("%s: %w", r.Leaf, valid)
	case !r.NameOK:
		r.Err = fmt.Errorf("%s: not for %s", r.Leaf, host)
	}
}

// strangers reports whether no root's signature is on the way from the leaf. A
// chain that has to do with the roots, and is refused for another reason, such
// as a root that may not sign, does not show that the peer is somebody else;
// nor does a signature that cannot be checked.
func strangers(chain, roots []*x509.Certificate) bool {
	way := []*x509.Certificate{chain[0]}
	for i := 0; i < len(way); i++ {
		signed := func(by *x509.Certificate) bool { return mayHaveSigned(by, way[i]) }
		if slices.ContainsFunc(roots, signed) {
			return false
		}
		for _, by := range chain[1:] {
			if !slices.Contains(way, by) && signed(by) {
				way = append(way, by)
			}
		}
	}
	return true
}

// mayHaveSigned reports whether a certificate's key has signed another, or
// nobody can say.
func mayHaveSigned(by, c *x509.Certificate) bool {
	err := by.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature)
	_, weak := errors.AsType[x509.InsecureAlgorithmError](err)
	return err == nil || weak || errors.Is(err, x509.ErrUnsupportedAlgorithm)
}

// verify asks whether a chain leads to one of the roots, with each certificate
// taken as take gives it. Names are not looked at.
func verify(chain, roots []*x509.Certificate, now time.Time, take func(*x509.Certificate) *x509.Certificate) error {
	opts := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: now}
	for _, c := range roots {
		opts.Roots.AddCert(take(c))
	}
	for _, c := range chain[1:] {
		opts.Intermediates.AddCert(take(c))
	}
	_, err := take(chain[0]).Verify(opts)
	return err
}

func asIs(c *x509.Certificate) *x509.Certificate { return c }

// timeless returns the certificate as if it were valid at any time: signed by
// the cluster's CA and expired is something else than signed by a stranger, and
// a chain whose parts were never valid together is the cluster's all the same.
func timeless(c *x509.Certificate) *x509.Certificate {
	always := *c
	always.NotBefore, always.NotAfter = time.Time{}, time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	return &always
}

// parseRoots reads a bundle. Anything in it that cannot be read is an error: a
// peer could be signed by just that.
func parseRoots(bundle []byte) ([]*x509.Certificate, error) {
	var roots []*x509.Certificate
	for rest := bundle; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("it holds a %q", short(block.Type))
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		roots = append(roots, c)
	}
	switch n := bytes.Count(bundle, []byte("-----BEGIN")); {
	case len(roots) == 0:
		return nil, errors.New("it holds no certificate")
	case len(roots) != n: // the decoder passes over what is malformed
		return nil, fmt.Errorf("only %d of its %d parts are PEM", len(roots), n)
	case n > rootsMost:
		return nil, fmt.Errorf("%d certificates are too many", n)
	}
	return roots, nil
}
