package lab

import (
	"context"
	"errors"
	"fmt"
	"net"

	"postern/internal/lab/kube"
	"postern/internal/lab/state"
)

// ProgramsVariable names the directory of kube-apiserver and etcd.
const ProgramsVariable = kube.AssetsVariable

// realKubernetes starts a real kube-apiserver a cluster, over one etcd.
type realKubernetes struct {
	etcd *kube.Etcd
}

// begin starts the etcd of a lab whose clusters are real, and the API servers
// of all clusters that there are, so that no connection need wait for one.
func (n *network) begin(ctx context.Context) (err error) {
	programs, err := kube.FindPrograms(n.lab.opts.Programs)
	if err != nil {
		return err
	}
	etcd, err := kube.StartEtcd(ctx, programs, n.lab.log)
	if err != nil {
		return err
	}
	n.real = &realKubernetes{etcd}
	if err := n.startAll(ctx); err != nil {
		return errors.Join(err, n.endServers())
	}
	return nil
}

// giveUp ends the wait for API servers that are not ready yet, and lets no new
// ones begin: connections wait for them, and the plane for its connections.
func (n *network) giveUp() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	for _, s := range n.servers {
		if r, ok := s.(*realServer); ok {
			r.stop()
		}
	}
}

// endServers ends every API server.
func (n *network) endServers() error {
	n.mu.Lock()
	n.closed = true
	all := n.servers
	n.servers = map[string]apiServer{}
	n.mu.Unlock()
	n.ending.Wait()
	var errs []error
	for _, s := range all {
		errs = append(errs, s.Close())
	}
	if n.real != nil {
		errs = append(errs, n.real.etcd.Close())
	}
	return errors.Join(errs...)
}

// startAll starts the API servers of all clusters that there are, so that the
// first connection need not wait for one, and waits for them.
func (n *network) startAll(ctx context.Context) error {
	for _, c := range n.lab.clusters() {
		n.serverOf(c)
	}
	n.mu.Lock()
	var all []*realServer
	for _, s := range n.servers {
		if r, ok := s.(*realServer); ok {
			all = append(all, r)
		}
	}
	n.mu.Unlock()
	var failed []error
	for _, r := range all {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.done:
			failed = append(failed, r.err)
		}
	}
	return errors.Join(failed...)
}

// realServer is a kube-apiserver that is running, or on its way.
type realServer struct {
	stop context.CancelFunc // of the start: one that is running stays so
	done chan struct{}      // closed once real or err is there
	real *kube.Real
	err  error
}

// start starts a cluster's kube-apiserver.
func (k *realKubernetes) start(c state.Cluster, o kube.Options) *realServer {
	ctx, cancel := context.WithCancel(context.Background())
	r := &realServer{stop: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		if r.real, r.err = kube.StartReal(ctx, k.etcd, o); r.err != nil {
			r.err = fmt.Errorf("start the API server of %s: %w", c.ARN, r.err)
			if ctx.Err() == nil && o.Logger != nil {
				o.Logger.Error("no API server for a cluster", "error", r.err)
			}
		}
	}()
	return r
}

// ServeConn carries a connection once the program is ready.
func (r *realServer) ServeConn(c net.Conn, instance string) {
	<-r.done
	if r.err != nil {
		c.Close()
		return
	}
	r.real.ServeConn(c, instance)
}

// SetVersion does nothing: the version is the program's.
func (r *realServer) SetVersion(string) error { return nil }

// Close ends the program.
func (r *realServer) Close() error {
	r.stop()
	<-r.done
	if r.real == nil {
		return nil
	}
	return r.real.Close()
}
