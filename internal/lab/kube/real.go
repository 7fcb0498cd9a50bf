package kube

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Real is the real kube-apiserver of one cluster, the same for all instances,
// so nothing tells which of them answered. Its version is the program's;
// [Options].Version decides only what anonymous requests may reach. Start one
// with StartReal.
type Real struct {
	opts         Options
	home         string
	port         string // loopback address
	process      *process
	webhook      *webhook
	certificates certificates
	client       *http.Client
	admin        string // a token of the lab's own

	running sync.WaitGroup
	stop    context.CancelFunc

	mu     sync.Mutex // guards what follows
	conns  map[net.Conn]struct{}
	closed bool
	leaf   *x509.Certificate // that is in the files
}

// portTries is how often another port is taken when somebody else was faster.
const portTries = 3

// StartReal starts a kube-apiserver and waits until it is ready.
func StartReal(ctx context.Context, e *Etcd, o Options) (_ *Real, err error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	minor, err := parseVersion(o.Version)
	if err != nil {
		return nil, err
	}
	home, prefix, err := e.newHome()
	if err != nil {
		return nil, fmt.Errorf("start api server of cluster %q: %w", o.Name, err)
	}
	r := &Real{opts: o, home: home, admin: rand.Text(), conns: map[net.Conn]struct{}{}, stop: func() {}}
	r.certificates.opts = &r.opts
	defer func() {
		if err != nil {
			err = fmt.Errorf("start api server of cluster %q: %w", o.Name, errors.Join(err, r.Close()))
		}
	}()
	if r.webhook, err = newWebhook(r.admin, o.Authenticate, o.Logger); err != nil {
		return nil, err
	}
	args, err := r.files(minor)
	if err != nil {
		return nil, err
	}
	r.client = r.newClient()
	args = append(args, "--etcd-servers="+e.url(), "--etcd-prefix="+prefix)
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for try := 1; ; try++ {
		if err = r.start(ctx, e.programs.APIServer, args); err == nil {
			break
		}
		// The program's own words are all that tells why it ended.
		if try == portTries || !strings.Contains(err.Error(), "address already in use") {
			return nil, err
		}
	}
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop = stop
	r.running.Go(func() { r.endNamespaces(life) })
	r.running.Go(func() { r.mourn(life) })
	return r, nil
}

// mourn says so when the program ends by itself.
func (r *Real) mourn(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-r.process.done:
		if ctx.Err() == nil {
			r.opts.Logger.Error("api server ended by itself", "cluster", r.opts.Name, "error", r.process.err, "output", r.process.lastWords())
		}
	}
}

func (r *Real) start(ctx context.Context, program string, args []string) error {
	port, err := freePort(ctx)
	if err != nil {
		return err
	}
	r.port = net.JoinHostPort("127.0.0.1", port)
	if r.process, err = start(r.home, "kube-apiserver", program, append(args, "--secure-port="+port)...); err != nil {
		return err
	}
	return r.process.await(ctx, func(ctx context.Context) error {
		return r.call(ctx, http.MethodGet, "/readyz", nil, nil)
	})
}

// freePort returns a loopback port that nobody has at this moment.
func freePort(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// anonymousConfig lets anonymous requests reach the health endpoints alone.
const anonymousConfig = `{"apiVersion": "apiserver.config.k8s.io/v1beta1", "kind": "AuthenticationConfiguration",
"anonymous": {"enabled": true, "conditions": [{"path": "/healthz"}, {"path": "/livez"}, {"path": "/readyz"}]}}`

// files writes what the program reads, and returns the flags that say so.
func (r *Real) files(minor int) ([]string, error) {
	signing, err := newKey()
	if err != nil {
		return nil, err
	}
	if err := r.renew(); err != nil {
		return nil, err
	}
	files := map[string]string{"signing.key": string(signing), "webhook.json": r.webhook.config()}
	path := func(name string) string { return filepath.Join(r.home, name) }
	services := netip.PrefixFrom(r.opts.ServiceIP, 16).Masked()
	args := []string{
		"--bind-address=127.0.0.1", "--advertise-address=" + r.opts.ServiceIP.String(), "--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=" + services.String(), "--cert-dir=" + path("certs"),
		"--tls-cert-file=" + path(certFile), "--tls-private-key-file=" + path(keyFile),
		"--authorization-mode=RBAC", "--profiling=false",
		"--authentication-token-webhook-config-file=" + path("webhook.json"), "--authentication-token-webhook-version=v1",
		"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file=" + path("signing.key"), "--service-account-signing-key-file=" + path("signing.key"),
	}
	if minor >= anonymousRestricted {
		files["authentication.json"] = anonymousConfig
		args = append(args, "--authentication-config="+path("authentication.json"))
	}
	for name, text := range files {
		if err := os.WriteFile(path(name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	return args, nil
}

// newKey makes a key that signs service accounts' tokens. Kubernetes reads
// such keys in this older form only.
func newKey() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), nil
}

const certFile, keyFile = "serving.crt", "serving.key"

// renew writes the serving certificate if it is another one now. The program
// notices within a moment.
func (r *Real) renew() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	made, err := r.certificates.get(nil)
	if err != nil {
		return err
	}
	if made.Leaf == r.leaf {
		return nil
	}
	der, err := x509.MarshalPKCS8PrivateKey(made.PrivateKey)
	if err != nil {
		return err
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made.Leaf.Raw})
	for name, text := range map[string][]byte{keyFile: key, certFile: cert} {
		if err := replaceFile(filepath.Join(r.home, name), text); err != nil {
			return err
		}
	}
	r.leaf = made.Leaf
	return nil
}

// replaceFile never shows a reader half of a file.
func replaceFile(path string, text []byte) error {
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// SetServing is the same as the stand-in's, with a moment's delay.
func (r *Real) SetServing(v Serving) error {
	r.certificates.set(v)
	return r.renew()
}

// newClient returns the lab's own client. It goes to loopback and compares the
// certificate with the one that was written, whatever its names and times.
func (r *Real) newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", r.port)
		},
		TLSClientConfig: &tls.Config{
			InsecureSkipVerify: true, // in place of it:
			VerifyConnection: func(s tls.ConnectionState) error {
				r.mu.Lock()
				defer r.mu.Unlock()
				if !s.PeerCertificates[0].Equal(r.leaf) {
					return errors.New("the api server shows another certificate than the lab gave it")
				}
				return nil
			},
		},
	}}
}

// call makes a request of the lab's own, and decodes the answer if out is not
// nil.
func (r *Real) call(ctx context.Context, method, path string, in []byte, out any) error {
	resp, err := r.open(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if out == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		return err
	}
	return read(resp.Body, out)
}

func (r *Real) open(ctx context.Context, method, path string, in []byte) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "https://"+r.port+path, bytes.NewReader(in))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+r.admin)
	req.Header.Set("Content-Type", "application/json")
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 2 {
		resp.Body.Close()
		return nil, fmt.Errorf("%s %s: %s", method, path, resp.Status)
	}
	return resp, nil
}

// ServeConn carries one connection to the program until it ends, and closes
// it. The instance is not used.
func (r *Real) ServeConn(c net.Conn, _ string) {
	defer c.Close()
	if err := r.renew(); err != nil {
		r.opts.Logger.Error("api server keeps its old certificate", "cluster", r.opts.Name, "error", err)
	}
	to, err := net.Dial("tcp", r.port)
	if err != nil {
		r.opts.Logger.Debug("api server does not answer", "cluster", r.opts.Name, "error", err)
		return
	}
	defer to.Close()
	if !r.enter(c, to) {
		return
	}
	defer r.leave(c, to)
	var wg sync.WaitGroup
	wg.Go(func() { carry(to, c) })
	wg.Go(func() { carry(c, to) })
	wg.Wait()
}

// carry copies one direction, and passes its end on where the connection can.
func carry(to, from net.Conn) {
	_, err := io.Copy(to, from)
	if half, ok := to.(interface{ CloseWrite() error }); ok && err == nil {
		if half.CloseWrite() == nil {
			return
		}
	}
	to.Close()
	from.Close()
}

func (r *Real) enter(conns ...net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	for _, c := range conns {
		r.conns[c] = struct{}{}
	}
	r.running.Add(1)
	return true
}

func (r *Real) leave(conns ...net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range conns {
		delete(r.conns, c)
	}
	r.running.Done()
}

// Close ends the program and cuts every connection; nothing of it is left but
// its objects, which go with etcd.
func (r *Real) Close() error {
	r.mu.Lock()
	r.closed = true
	for c := range r.conns {
		c.Close()
	}
	r.mu.Unlock()
	r.stop()
	if r.process != nil {
		r.process.stop()
	}
	r.running.Wait()
	if r.client != nil {
		r.client.CloseIdleConnections()
	}
	var err error
	if r.webhook != nil {
		err = r.webhook.close()
	}
	return errors.Join(err, os.RemoveAll(r.home))
}
