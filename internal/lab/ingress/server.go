package ingress

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/time/rate"
)

// Bounds of what a client may use.
const (
	handshakeTime   = 10 * time.Second       // until it has said where it wants to go
	maxHandshake    = 16 << 10               // bytes until then; headers are a few hundred
	defaultDialTime = 10 * time.Second       // for a connection to be made
	defaultConns    = 4096                   // open at a time, with two descriptors each
	refusedTime     = time.Second            // for a client to read why it was refused
	acceptPause     = 100 * time.Millisecond // when the process is out of descriptors
)

// Options is what a [Server] needs.
type Options struct {
	// Listener is where clients come in; Run closes it. Required.
	Listener net.Listener

	// Dial connects from a host in a VPC. vpc is the user name that the client
	// gave, empty for the default; host is a name or an address. It must end
	// when ctx does. Its error wraps one of this package's where it fits; a
	// method Why() string on an error in the chain replaces the text that
	// WhyHeader carries. Required.
	Dial func(ctx context.Context, vpc, host string, port uint16) (net.Conn, error)

	Timeout     time.Duration // of a dial; 0 means 10 s
	Connections int           // how many may be open at a time; 0 means 4096
	Logger      *slog.Logger  // nil discards
}

// Server is a way in.
type Server struct {
	o    Options
	open atomic.Int64
	say  *rate.Limiter // of warnings
}

// New returns a server that serves once it runs.
func New(o Options) *Server {
	if o.Timeout <= 0 {
		o.Timeout = defaultDialTime
	}
	if o.Connections <= 0 {
		o.Connections = defaultConns
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Server{o: o, say: rate.NewLimiter(1, 5)}
}

// Open returns how many clients are connected.
func (s *Server) Open() int { return int(s.open.Load()) }

// Run serves until ctx ends; then it closes the listener and every connection,
// and returns nil once nothing of them remains.
func (s *Server) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var clients sync.WaitGroup
	defer clients.Wait()
	defer cancel()
	defer s.o.Listener.Close()
	defer context.AfterFunc(ctx, func() { s.o.Listener.Close() })()

	full := false
	for {
		c, err := s.o.Listener.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				c.Close()
			}
			return nil
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE), errors.Is(err, syscall.ECONNABORTED):
			s.o.Logger.WarnContext(ctx, "cannot accept a connection for now", "error", err)
			pause(ctx, acceptPause)
			continue
		case err != nil:
			return fmt.Errorf("accept connections on %s: %w", s.o.Listener.Addr(), err)
		}
		if s.open.Load() >= int64(s.o.Connections) {
			if !full {
				s.o.Logger.WarnContext(ctx, "too many connections: new ones are closed", "limit", s.o.Connections)
			}
			full = true
			c.Close()
			continue
		}
		full = false
		s.open.Add(1)
		clients.Go(func() {
			defer s.open.Add(-1)
			s.serve(ctx, c)
		})
	}
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// dialect is how a client and the server talk until the connection is made.
type dialect interface {
	read(r *bufio.Reader, w io.Writer) (request, error)
	accept(w io.Writer) error
	refuse(w io.Writer, r *refusal) error
}

// serve serves one client.
func (s *Server) serve(ctx context.Context, client net.Conn) {
	defer client.Close()
	defer context.AfterFunc(ctx, func() { client.Close() })()
	log := s.o.Logger.With("client", client.RemoteAddr().String())

	client.SetDeadline(time.Now().Add(handshakeTime))
	bound := &io.LimitedReader{R: client, N: maxHandshake}
	r := bufio.NewReader(bound)
	d, req, err := handshake(r, client)
	if err != nil && d != nil && bound.N == 0 {
		err = &refusal{socks: replyFailure, status: http.StatusRequestHeaderFieldsTooLarge, text: fmt.Sprintf("a request has at most %d bytes", maxHandshake)}
	}
	if err != nil {
		log.DebugContext(ctx, "no request from a client", "error", err)
		if no, ok := errors.AsType[*refusal](err); ok {
			refuse(client, d, no)
		}
		return
	}
	log = log.With("vpc", req.vpc, "host", req.host, "port", req.port)

	timeout := s.o.Timeout
	if req.timeout > 0 {
		timeout = min(timeout, req.timeout)
	}
	dialing, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	up, err := s.o.Dial(dialing, req.vpc, req.host, req.port)
	if err != nil {
		if ctx.Err() != nil {
			return
		}
		level := slog.LevelWarn // SOCKS has no words for it
		if _, told := d.(httpConnect); told {
			level = slog.LevelDebug // the client has the words itself
		} else if !s.say.Allow() {
			level = slog.LevelInfo
		}
		log.Log(ctx, level, "connection failed", "kind", string(KindOf(err)), "error", err)
		client.SetDeadline(time.Now().Add(handshakeTime))
		refuse(client, d, refusalOf(req, err))
		return
	}
	defer up.Close()

	client.SetDeadline(time.Now().Add(handshakeTime))
	if err := d.accept(client); err != nil {
		log.DebugContext(ctx, "client went away", "error", err)
		return
	}
	client.SetDeadline(time.Time{})
	bound.N = math.MaxInt64
	early, _ := r.Peek(r.Buffered())
	tunnel(client, up, bytes.NewReader(early))
}

// handshake reads what a client wants in the dialect that it speaks, which is
// nil when it speaks none.
func handshake(r *bufio.Reader, w io.Writer) (dialect, request, error) {
	first, err := r.Peek(1)
	if err != nil {
		return nil, request{}, fmt.Errorf("read first byte: %w", err)
	}
	var d dialect
	switch b := first[0]; {
	case b == socksVersion:
		d = socks5{}
	case b >= 'A' && b <= 'Z':
		d = httpConnect{}
	case b == socks4Version:
		return nil, request{}, errors.New("SOCKS4 is not spoken here: use SOCKS5")
	default:
		return nil, request{}, fmt.Errorf("neither SOCKS5 nor HTTP begins with byte %#x", b)
	}
	req, err := d.read(r, w)
	return d, req, err
}

// refusalOf says in both dialects how a dial failed.
func refusalOf(req request, err error) *refusal {
	from := req.vpc
	if from == "" {
		from = "the default VPC"
	}
	kind, why := KindOf(err), Why(err)
	return &refusal{
		kind: kind, socks: kind.socks(), status: kind.status(), why: why,
		text: fmt.Sprintf("connect to %s from %s: %s", net.JoinHostPort(req.host, strconv.Itoa(int(req.port))), from, why),
	}
}

// refuse tells a client why it is refused, and gives it time to read that: to
// close a connection with bytes unread resets it, and the answer is lost.
func refuse(client net.Conn, d dialect, no *refusal) {
	if d.refuse(client, no) != nil {
		return
	}
	if half, ok := client.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		client.SetDeadline(time.Now().Add(refusedTime))
		io.CopyN(io.Discard, client, maxHandshake)
	}
}
