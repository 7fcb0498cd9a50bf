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

// authority returns a cluster's certificate authority: a P-256 key derived
// from the seed and the cluster's ID, and its certificate for 10 years, so
// that the same seed gives the same bytes. Source for the life: EKS user
// guide, certificate authority rotation.
func (s *Store) authority(cl Cluster) (keyPair, error) {
	if known, ok := s.authorities[cl.ID]; ok {
		return known, nil
	}
	var key *ecdsa.PrivateKey
	for n := 0; key == nil; n++ {
		d := sha256.Sum256(fmt.Appendf(nil, "%d/%s/%d", s.opts.Seed, cl.ID, n))
		key, _ = ecdsa.ParseRawPrivateKey(elliptic.P256(), d[:]) // fails for one value in 2^32
	}
	serial := sha256.Sum256([]byte("serial/" + cl.ID))
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial[:8]), Subject: pkix.Name{CommonName: "kubernetes"}, DNSNames: []string{"kubernetes"},
		NotBefore: cl.Created.Add(-5 * time.Minute).Truncate(time.Second), NotAfter: cl.Created.AddDate(10, 0, 0).Truncate(time.Second),
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
	s.authorities[cl.ID] = made
	return made, nil
}

// ClusterCA returns a cluster's certificate authority, certificate and key in
// PEM, so that its API servers can be given certificates.
func (s *Store) ClusterCA(account, region, cluster string) (cert, key []byte, err error) {
	defer s.enter()()
	cl, ok := s.placeOf(account, region).clusters.get(cluster)
	if !ok {
		return nil, nil, noCluster(cluster)
	}
	ca, err := s.authority(cl)
	return ca.cert, ca.key, err
}
