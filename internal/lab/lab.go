package lab

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"postern/internal/lab/aws"
	"postern/internal/lab/aws/sts"
	"postern/internal/lab/faults"
	"postern/internal/lab/runtime"
	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

// Options say what a lab is made of. The zero value is the default world in
// real time on [DefaultAddress].
type Options struct {
	World *World  // nil: DefaultWorld
	Speed float64 // how much faster than AWS waits pass; 0 means 1
	Seed  uint64  // of identifiers, addresses, jitter and the chances of faults

	Listener net.Listener // nil: a TCP listener on Address; only loopback addresses are taken
	Address  string       // empty: DefaultAddress
	// DNSListen opens a view's connections; nil: sockets on a free loopback
	// port, for the public view and the first VPCs. No connections and no
	// error: the view is not served.
	DNSListen func(view string) (net.PacketConn, net.Listener, error)

	// DataPlane carries real connections, with API servers behind the clusters'
	// interfaces and a way in on Proxy: health checks really connect.
	DataPlane bool
	Proxy     string // address of the way in; empty: a free port of loopback
	// RealKubernetes puts a real kube-apiserver behind each cluster, where
	// otherwise a stand-in answers. Programs is the directory of kube-apiserver and
	// etcd; empty: the one that KUBEBUILDER_ASSETS names.
	RealKubernetes bool
	Programs       string

	// Bootstrap is the path of a build for this machine of the program that
	// functions for another one hold; empty: such functions do not run.
	Bootstrap string

	Token       string       // of the control API; empty: a random one
	Announce    bool         // write the token file by which Find finds this lab
	Strict      bool         // AssumeRole is allowed for roles that exist only
	Enforce     bool         // IAM's policies say what callers may do; implies Strict
	Consistent  bool         // listings and tags never lag, and there are no ghosts
	Unthrottled bool         // AWS's buckets never run dry
	Logger      *slog.Logger // nil discards
}

// Lab is a running or runnable lab. Make one with New.
type Lab struct {
	opts     Options
	world    *World
	made     *made
	store    *state.Store
	faults   *faults.Set
	server   *wire.Server
	listener net.Listener
	port     string // of listener
	control  http.Handler
	log      *slog.Logger
	network  *network // nil without a data plane
	runtime  *runtime.Runtime
	turn     atomic.Uint64 // of answers of names, for the way in
	ready    chan struct{}
	wake     chan struct{} // has one element when follow should look

	mu    sync.Mutex // guards views and moves
	views []*view
	moves map[owner]time.Time // when each cluster's last move is done

	healthMu sync.Mutex // guards broken, and is held while the store is told
	broken   brokenHealth
}

// New makes the world and opens every port, so that an error of either comes
// at once; after an error everything is closed, a given Listener included.
// Otherwise Run must follow: it closes the ports.
func New(opts Options) (_ *Lab, err error) {
	l := &Lab{
		opts: opts, world: opts.World, log: opts.Logger, listener: opts.Listener,
		ready: make(chan struct{}), wake: make(chan struct{}, 1), broken: newBrokenHealth(), moves: map[owner]time.Time{},
	}
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	if l.world == nil {
		l.world = DefaultWorld()
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	if l.opts.Speed == 0 {
		l.opts.Speed = 1
	}
	if l.opts.RealKubernetes && !l.opts.DataPlane {
		return nil, errors.New("make lab: real API servers need a data plane to be reached by")
	}
	if l.opts.Speed < 0 {
		return nil, fmt.Errorf("make lab: speed %g is below zero", l.opts.Speed)
	}
	if l.opts.Token == "" {
		l.opts.Token = rand.Text()
	}
	l.faults = faults.NewSet(opts.Seed)
	l.store = state.New(state.Options{Speed: l.opts.Speed, Seed: opts.Seed, Logger: l.log, Strict: opts.Strict || opts.Enforce, Enforce: opts.Enforce, Unthrottled: opts.Unthrottled, Consistent: opts.Consistent, ExternalHealth: opts.DataPlane})
	if opts.DataPlane {
		l.network = l.newNetwork()
	}
	if l.made, err = l.world.apply(l.store); err != nil {
		return nil, fmt.Errorf("make lab: %w", err)
	}
	l.server = l.newServer()
	l.control = l.newControl()
	if err := l.open(); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *Lab) newServer() *wire.Server {
	s := aws.NewServer(l.store)
	s.Logger = l.log
	s.Before = append(s.Before, l.strike)
	return s
}

// open opens the lab's port and the views' of the VPCs that the world has.
func (l *Lab) open() (err error) {
	if l.listener == nil {
		address := l.opts.Address
		if address == "" {
			address = DefaultAddress
		}
		if l.listener, err = listen(context.Background(), address, "--listen"); err != nil {
			return err
		}
	}
	if err := checkLoopback(l.listener.Addr()); err != nil {
		return err
	}
	at, err := netip.ParseAddrPort(l.listener.Addr().String())
	if err != nil {
		return fmt.Errorf("read the address of the listener: %w", err)
	}
	l.port = fmt.Sprint(at.Port())
	if n := l.network; n != nil {
		address := l.opts.Proxy
		if address == "" {
			address = "127.0.0.1:0"
		}
		if n.listener, err = listen(context.Background(), address, "--proxy"); err != nil {
			return err
		}
		n.tokens = sts.Tokens{Store: l.store, Hosts: []string{l.listener.Addr().String(), "localhost:" + l.port}}
	}
	l.runtime = runtime.New(runtime.Options{
		Store: l.store, Endpoint: l.URL(), Env: l.functionEnv, Bootstrap: l.opts.Bootstrap, Logger: l.log,
		Lost: func(account, region, cluster, event string) bool {
			return l.faults.EventLost(account, region, cluster, event, time.Now())
		},
	})
	_, err = l.openViews()
	return err
}

// close closes what open opened, for a lab that does not run.
func (l *Lab) close() {
	if l.listener != nil {
		l.listener.Close()
	}
	for _, v := range l.views {
		v.close()
	}
	if n := l.network; n != nil {
		if n.listener != nil {
			n.listener.Close()
		}
		over, cancel := context.WithCancel(context.Background())
		cancel()
		n.plane.Run(over) // ends what New began
	}
}

// URL returns the address of the AWS APIs and of the control API.
func (l *Lab) URL() string { return "http://" + l.listener.Addr().String() }

// Token returns the control API's token.
func (l *Lab) Token() string { return l.opts.Token }

// Proxy returns the address of the way in, empty without a data plane.
func (l *Lab) Proxy() string {
	if l.network == nil {
		return ""
	}
	return l.network.listener.Addr().String()
}

// Store returns the lab's world itself.
func (l *Lab) Store() *state.Store { return l.store }

// Ready is closed once the lab serves.
func (l *Lab) Ready() <-chan struct{} { return l.ready }

// shutdownTime bounds how long requests under way may take once the context
// has ended; then their connections are closed.
const shutdownTime = 500 * time.Millisecond

// Run serves until ctx ends. Within a second nothing of the lab is left: no
// goroutine, no socket, no file. It returns nil when ctx ended it.
func (l *Lab) Run(ctx context.Context) error {
	unsubscribe := l.store.Subscribe(l.hear)
	defer unsubscribe()
	if l.opts.Announce {
		remove, err := announce(l.port, l.URL(), l.Token())
		if err != nil {
			l.close()
			return err
		}
		defer remove()
	}
	if l.opts.RealKubernetes {
		if err := l.network.begin(ctx); err != nil {
			l.close()
			return fmt.Errorf("run lab: %w", err)
		}
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return ended(gctx, l.store.Run(gctx)) })
	g.Go(func() error { return l.serve(gctx) })
	g.Go(func() error { return l.follow(gctx) })
	g.Go(func() error { l.runtime.Run(gctx); return nil })
	if l.network != nil {
		l.network.plane.Sync()
		g.Go(func() error { return l.network.run(gctx) })
	}
	close(l.ready)
	if err := g.Wait(); err != nil {
		return fmt.Errorf("run lab: %w", err)
	}
	return nil
}

// ended drops an error that only says that ctx is over.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

func (l *Lab) serve(ctx context.Context) error {
	srv := &http.Server{
		Handler:           l,
		BaseContext:       func(net.Listener) context.Context { return ctx }, // requests end with the lab
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(l.log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l.listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	// The bound does not hang on ctx, which is over.
	bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := srv.Shutdown(bound); err != nil {
		srv.Close()
	}
	if err := <-served; err != http.ErrServerClosed {
		return err
	}
	return nil
}
