package kube_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"postern/internal/lab/kube"
)

const (
	host     = "0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com"
	instance = "eni-0123456789abcdef0"
	admin    = "token-of-an-administrator"
	guest    = "token-of-a-guest"
)

// authority is a certificate authority of a test, in PEM.
type authority struct{ cert, key []byte }

func newAuthority(t testing.TB) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "kubernetes"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(10, 0, 0),
		KeyUsage: x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return authority{pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})}
}

func (a authority) get() (cert, key []byte) { return a.cert, a.key }

func authenticate(token string) (kube.User, error) {
	switch token {
	case admin:
		return kube.User{Name: "arn:aws:iam::222222222222:user/lab", UID: "LABUSER222222222222", Groups: []string{kube.Masters}}, nil
	case guest:
		return kube.User{Name: "arn:aws:iam::333333333333:user/lab"}, nil
	}
	return kube.User{}, errors.New("nobody's")
}

// cluster is a server with clients in the same process.
type cluster struct {
	t      testing.TB
	server *kube.Server
	ca     authority
	client *http.Client
	token  string
}

func options(ca authority) kube.Options {
	return kube.Options{Name: "prod", Host: host, Version: "1.34", CA: ca.get, Authenticate: authenticate}
}

// newCluster starts a server; change may be nil.
func newCluster(t testing.TB, change func(*kube.Options)) *cluster {
	t.Helper()
	ca := newAuthority(t)
	o := options(ca)
	if change != nil {
		change(&o)
	}
	server, err := kube.New(o)
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{t: t, server: server, ca: ca, token: admin}
	c.client = c.newClient(false)
	t.Cleanup(func() {
		c.client.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return c
}

// newClient returns a client over pipes, with the cluster's CA.
func (c *cluster) newClient(http2 bool) *http.Client {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(c.ca.cert)
	tr := &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			go c.server.ServeConn(far, instance)
			return near, nil
		},
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		ForceAttemptHTTP2: http2,
	}
	return &http.Client{Transport: tr}
}

// reply is what came back.
type reply struct {
	code   int
	header http.Header
	body   string
}

// call makes one request. extra are header lines "Name: value".
func (c *cluster) call(method, path, body string, extra ...string) reply {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, "https://"+host+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	for _, line := range extra {
		k, v, _ := strings.Cut(line, ": ")
		req.Header.Set(k, v)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return reply{resp.StatusCode, resp.Header, string(text)}
}

// must is call for what has to succeed, decoded.
func (c *cluster) must(method, path, body string, extra ...string) map[string]any {
	c.t.Helper()
	r := c.call(method, path, body, extra...)
	if r.code/100 != 2 {
		c.t.Fatalf("%s %s: status %d: %s", method, path, r.code, r.body)
	}
	return object(c.t, r.body)
}

func object(t testing.TB, text string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatalf("parse %q: %v", text, err)
	}
	return m
}

// at walks into decoded JSON.
func at(v any, path ...string) any {
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return v
}

// watcher reads a watch line by line.
type watcher struct {
	t    testing.TB
	dec  *json.Decoder
	stop func()
}

func (c *cluster) watch(path string, extra ...string) *watcher {
	c.t.Helper()
	ctx, cancel := context.WithCancel(c.t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", "https://"+host+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	for _, line := range extra {
		k, v, _ := strings.Cut(line, ": ")
		req.Header.Set(k, v)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		c.t.Fatalf("watch %s: %v", path, err)
	}
	if resp.StatusCode != 200 {
		text, _ := io.ReadAll(resp.Body)
		c.t.Fatalf("watch %s: status %d: %s", path, resp.StatusCode, text)
	}
	stop := sync.OnceFunc(func() { cancel(); resp.Body.Close() })
	c.t.Cleanup(stop)
	return &watcher{c.t, json.NewDecoder(resp.Body), stop}
}

// next returns one line as TYPE NAME, and its object; EOF at the end.
func (w *watcher) next() (string, map[string]any) {
	w.t.Helper()
	var line struct {
		Type   string
		Object map[string]any
	}
	if err := w.dec.Decode(&line); err == io.EOF {
		return "EOF", nil
	} else if err != nil {
		w.t.Fatalf("read watch: %v", err)
	}
	name, _ := at(line.Object, "metadata", "name").(string)
	return strings.TrimSpace(line.Type + " " + name), line.Object
}
