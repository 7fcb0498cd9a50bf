package state

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// A keyPair is a certificate authority, in PEM.
type keyPair struct{ cert, key []byte }

// authorities are the certificate authorities of one cluster, the first being
// number 0: those that clients are to trust, and the one that signs.
type authorities struct{ oldest, signing, newest int }

// authority returns a cluster's n-th certificate authority: a P-256 key derived
// from the seed and the cluster's ID, and its certificate, for 10 years, or 5
// if it is a successor, so that the same seed gives the same bytes. Source for
// the life: EKS user guide, certificate authority rotation.
func (s *Store) authority(cl Cluster, n int) (keyPair, error) {
	name, life := cl.ID, 10
	if n > 0 {
		name, life = fmt.Sprintf("%s/%d", cl.ID, n), 5
	}
	if known, ok := s.authorities[name]; ok {
		return known, nil
	}
	var key *ecdsa.PrivateKey
	for try := 0; key == nil; try++ {
		d := sha256.Sum256(fmt.Appendf(nil, "%d/%s/%d", s.opts.Seed, name, try))
		key, _ = ecdsa.ParseRawPrivateKey(elliptic.P256(), d[:]) // fails for one value in 2^32
	}
	serial := sha256.Sum256([]byte("serial/" + name))
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial[:8]), Subject: pkix.Name{CommonName: "kubernetes"}, DNSNames: []string{"kubernetes"},
		NotBefore: cl.Created.Add(-5 * time.Minute).Truncate(time.Second), NotAfter: cl.Created.AddDate(life, 0, 0).Truncate(time.Second),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment, IsCA: true, BasicConstraintsValid: true,
	}
	// Without a source of randomness the signature is that of RFC 6979.
	cert, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		return keyPair{}, fmt.Errorf("make the certificate authority of cluster %q: %w", cl.Name, err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return keyPair{}, fmt.Errorf("encode the key of cluster %q: %w", cl.Name, err)
	}
	made := keyPair{
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
	}
	s.authorities[name] = made
	return made, nil
}

// trusted returns the certificates that a cluster's clients are to trust, in
// PEM, oldest first: two of them while one succeeds the other. Source: EKS user
// guide, certificate authority rotation.
func (s *Store) trusted(p *place, cl Cluster) ([]byte, error) {
	var all []byte
	ca := p.authorities(cl.Name)
	for n := ca.oldest; n <= ca.newest; n++ {
		one, err := s.authority(cl, n)
		if err != nil {
			return nil, err
		}
		all = append(all, one.cert...)
	}
	return all, nil
}

func (p *place) authorities(cluster string) authorities {
	if pl := p.plane[cluster]; pl != nil {
		return pl.authorities
	}
	return authorities{}
}

// ClusterCA returns the certificate authority that signs for a cluster now,
// certificate and key in PEM, so that its API servers can be given
// certificates.
func (s *Store) ClusterCA(account, region, cluster string) (cert, key []byte, err error) {
	defer s.enter()()
	p := s.placeOf(account, region)
	cl, ok := p.clusters.get(cluster)
	if !ok {
		return nil, nil, noCluster(cluster)
	}
	ca, err := s.authority(cl, p.authorities(cluster).signing)
	return ca.cert, ca.key, err
}

// rotate has a successor take over from a cluster's certificate authority:
// clients are to trust both for a time, in the middle of which the API servers
// change to the new one.
func (s *Store) rotate(p *place, cl Cluster, done func()) {
	pl := p.plane[cl.Name]
	change := func() {
		now, _ := p.clusters.get(cl.Name)
		s.putCluster(p, now, now.Status)
	}
	pl.authorities.newest++
	change()
	s.step(p, cl.Name, pl, caOverlap, func() {
		pl.authorities.signing++
		change()
	})
	s.step(p, cl.Name, pl, rotateTakes, func() {
		pl.authorities.oldest++
		done()
		change()
	})
}
