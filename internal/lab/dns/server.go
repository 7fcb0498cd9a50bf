package dns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	mdns "github.com/miekg/dns"
	"golang.org/x/sync/errgroup"
)

// Server answers one view's questions.
type Server struct {
	View    string                 // Public or a VPC's ID
	Source  Source                 // required
	Distort func(Query) Distortion // nil: nothing is distorted; called once a question

	PacketConn net.PacketConn // for UDP; Run closes it
	Listener   net.Listener   // for TCP; Run closes it
}

// shutdownTime bounds how long a server waits for answers under way: they
// need no I/O but their own connection.
const shutdownTime = time.Second

// Run serves until ctx ends and then closes both connections and ends every
// goroutine that it started. It returns nil when ctx ended it.
func (s *Server) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.serve(ctx, &mdns.Server{PacketConn: s.PacketConn, Handler: s.handler(false)}) })
	g.Go(func() error { return s.serve(ctx, &mdns.Server{Listener: s.Listener, Handler: s.handler(true)}) })
	if err := g.Wait(); err != nil {
		return fmt.Errorf("serve dns view %s: %w", s.View, err)
	}
	return nil
}

func (s *Server) serve(ctx context.Context, srv *mdns.Server) error {
	// The library's own check answers NOTIMP and FORMERR without our flags
	// and EDNS0; the messages that we cannot answer are refused in Respond.
	srv.MsgAcceptFunc = func(h mdns.Header) mdns.MsgAcceptAction {
		if h.Bits&(1<<15) != 0 {
			return mdns.MsgIgnore // a response
		}
		return mdns.MsgAccept
	}
	started := make(chan struct{})
	srv.NotifyStartedFunc = func() { close(started) }
	ended := make(chan error, 1)
	go func() { ended <- srv.ActivateAndServe() }()
	select {
	case err := <-ended:
		return err
	case <-started:
	}
	select {
	case err := <-ended:
		return errors.Join(errors.New("the server ended by itself"), err)
	case <-ctx.Done():
	}
	// The bound does not hang on ctx, which is over.
	bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	err := srv.ShutdownContext(bound)
	return errors.Join(err, <-ended)
}

func (s *Server) handler(tcp bool) mdns.HandlerFunc {
	return func(w mdns.ResponseWriter, req *mdns.Msg) {
		if wire := Respond(s.Source, s.View, s.Distort, req, tcp); wire != nil {
			w.Write(wire) // a client that is gone needs no answer
		}
	}
}
