package kube

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Options say which cluster an API server is of.
type Options struct {
	Name    string // of the cluster
	Host    string // of its endpoint, without scheme and port
	Version string // Kubernetes version 1.N
	// ServiceIP is the address of the service "kubernetes"; the zero value is
	// 172.20.0.1, the first of EKS's usual range.
	ServiceIP netip.Addr
	// CA returns certificate and key, in PEM, of the authority that signs now.
	// It is asked at each handshake. Required.
	CA func() (cert, key []byte)
	// Authenticate says whose a bearer token is; any error of it is a 401.
	// Required.
	Authenticate func(token string) (User, error)
	Now          func() time.Time // nil means time.Now
	Logger       *slog.Logger     // nil discards
}

// InstanceHeader is the header of every answer of the stand-in that names the
// interface that its request came in by.
const InstanceHeader = "X-Postern-Lab-Instance"

// ClientHeader is the header of every answer of the stand-in that names whom
// its request came from, as host:port: the load balancer's node for whoever
// came through one.
const ClientHeader = "X-Postern-Lab-Client"

// Server is the stand-in for the API servers of one cluster. All instances
// share its objects. Make one with New; it is safe for concurrent use.
type Server struct {
	opts    Options
	log     *slog.Logger
	objects *store
	http    *http.Server
	accept  *handover
	served  chan struct{} // closed when the accept loop has ended
	version atomic.Int64  // N of 1.N

	certificates certificates

	running sync.WaitGroup // connections and requests

	mu     sync.Mutex // guards conns and closed
	conns  map[*conn]struct{}
	closed bool
}

// Times and sizes of kube-apiserver, so that clients meet the same limits.
const (
	readHeaderTime = 32 * time.Second
	idleTime       = 90 * time.Second
	maxHeader      = 1 << 20
	maxBody        = 3 << 20
	maxStreams     = 100 // a connection
)

// New returns a stand-in that serves the connections given to ServeConn. It
// must be closed.
func New(o Options) (*Server, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	minor, err := parseVersion(o.Version)
	if err != nil {
		return nil, err
	}
	s := &Server{
		opts: o, log: o.Logger, accept: newHandover(), served: make(chan struct{}), conns: map[*conn]struct{}{},
	}
	s.objects = newStore(o.Now)
	s.version.Store(int64(minor))
	s.certificates.opts = &s.opts
	s.http = &http.Server{
		Handler:           s,
		TLSConfig:         &tls.Config{GetCertificate: s.certificates.get, MinVersion: tls.VersionTLS12, SessionTicketsDisabled: true}, // each handshake shows the certificate of its time
		ReadHeaderTimeout: readHeaderTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, instanceKey{}, c.(*tls.Conn).NetConn().(*conn).by)
		},
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	go func() {
		defer close(s.served)
		if err := s.http.ServeTLS(s.accept, "", ""); !errors.Is(err, net.ErrClosed) && !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("api server ended by itself", "cluster", o.Name, "error", err)
		}
	}()
	return s, nil
}

// check fills in what may be left out and refuses what may not.
func (o *Options) check() error {
	switch {
	case o.Name == "" || o.Host == "":
		return fmt.Errorf("make api server of cluster %q: name and host are required", o.Name)
	case o.CA == nil || o.Authenticate == nil:
		return fmt.Errorf("make api server of cluster %q: CA and Authenticate are required", o.Name)
	}
	if !o.ServiceIP.IsValid() {
		o.ServiceIP = netip.AddrFrom4([4]byte{172, 20, 0, 1})
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Logger = logger(o.Logger)
	return nil
}

// SetVersion is what an update of the cluster ends in: version 1.N from now on.
func (s *Server) SetVersion(version string) error {
	minor, err := parseVersion(version)
	if err != nil {
		return err
	}
	s.version.Store(int64(minor))
	return nil
}

// ServeConn serves one connection, TLS first, until it ends, and closes it.
// The instance names the interface that it came in by.
func (s *Server) ServeConn(c net.Conn, instance string) { s.serveConn(c, by{instance: instance}) }

// ServeLeaving is ServeConn by an instance that is shutting down: it answers,
// and /readyz says that it should not be asked any more. Source: Kubernetes
// documentation, Kubernetes API health endpoints.
func (s *Server) ServeLeaving(c net.Conn, instance string) { s.serveConn(c, by{instance, true}) }

// by says which instance a connection came to.
type by struct {
	instance string
	leaving  bool
}

func (s *Server) serveConn(c net.Conn, at by) {
	h := &conn{Conn: c, by: at, closed: make(chan struct{})}
	if !s.enter(h) {
		c.Close()
		return
	}
	defer s.leave(h)
	if !s.accept.offer(h) {
		h.Close()
	}
	<-h.closed
}

func (s *Server) enter(h *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.conns[h] = struct{}{}
	s.running.Add(1)
	return true
}

func (s *Server) leave(h *conn) {
	s.mu.Lock()
	delete(s.conns, h)
	s.mu.Unlock()
	s.running.Done()
}

// Close cuts every connection, watches included, and returns when no request
// is under way any more. It always returns nil.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.accept.Close()
	<-s.served // from here on the HTTP server knows every connection
	s.mu.Lock()
	for h := range s.conns {
		h.Close() // below TLS: no farewell, which could block
	}
	s.mu.Unlock()
	s.http.Close()
	s.running.Wait()
	return nil
}

type instanceKey struct{}

// conn is a connection that tells when it is closed.
type conn struct {
	net.Conn
	by     by
	once   sync.Once
	closed chan struct{}
}

func (c *conn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { close(c.closed) })
	return err
}

// handover is a listener for connections that others accepted.
type handover struct {
	next chan net.Conn
	once sync.Once
	done chan struct{}
}

func newHandover() *handover {
	return &handover{next: make(chan net.Conn), done: make(chan struct{})}
}

// offer waits until the connection is taken; false means that it never will be.
func (l *handover) offer(c net.Conn) bool {
	select {
	case l.next <- c:
		return true
	case <-l.done:
		return false
	}
}

func (l *handover) Accept() (net.Conn, error) {
	select {
	case c := <-l.next:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *handover) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *handover) Addr() net.Addr { return handoverAddr{} }

type handoverAddr struct{}

func (handoverAddr) Network() string { return "lab" }
func (handoverAddr) String() string  { return "api-server" }
