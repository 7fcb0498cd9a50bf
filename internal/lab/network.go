package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	mdns "github.com/miekg/dns"

	"postern/internal/lab/aws/sts"
	"postern/internal/lab/dataplane"
	"postern/internal/lab/dns"
	"postern/internal/lab/fabric"
	"postern/internal/lab/ingress"
	"postern/internal/lab/kube"
	"postern/internal/lab/state"
)

// network is what a lab with a data plane has besides: the plane itself, the
// API servers of its clusters, and the way in.
type network struct {
	lab      *Lab
	plane    *dataplane.Plane
	listener net.Listener // of the way in
	tokens   sts.Tokens
	broken   atomic.Pointer[brokenHealth]
	real     *realKubernetes // nil: stand-ins answer

	mu      sync.Mutex           // guards servers
	servers map[string]apiServer // by the cluster's ID: one incarnation
	closed  bool

	ending sync.WaitGroup // servers of clusters that are no more
}

// apiServer is what answers behind a cluster's interfaces.
type apiServer interface {
	ServeConn(c net.Conn, instance string)
	SetVersion(version string) error
	Close() error
}

func (l *Lab) newNetwork() *network {
	n := &network{lab: l, servers: map[string]apiServer{}}
	n.broken.Store(&l.broken)
	n.plane = dataplane.New(dataplane.Options{Store: l.store, Servers: n.serverOf, Broken: n.isBroken, Logger: l.log})
	return n
}

// run carries connections until ctx ends.
func (n *network) run(ctx context.Context) error {
	in := ingress.New(ingress.Options{Listener: n.listener, Dial: n.dial, Logger: n.lab.log})
	var wg sync.WaitGroup
	var carried, entered error
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, n.giveUp)()
	wg.Go(func() { defer cancel(); carried = ended(ctx, n.plane.Run(ctx)) })
	wg.Go(func() { defer cancel(); entered = ended(ctx, in.Run(ctx)) })
	wg.Wait()
	return errors.Join(carried, entered, n.endServers())
}

// serverOf returns the API servers of a cluster, which are made when somebody
// first connects.
func (n *network) serverOf(c state.Cluster) dataplane.Server {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil
	}
	if s := n.servers[c.ID]; s != nil {
		return instances{s}
	}
	s, err := n.newServer(c)
	if err != nil {
		n.lab.log.Error("no API server for a cluster", "cluster", c.ARN, "error", err)
		return nil
	}
	n.servers[c.ID] = s
	return instances{s}
}

func (n *network) newServer(c state.Cluster) (apiServer, error) {
	o := kube.Options{
		Name: c.Name, Host: hostOf(c), Version: c.Version, Logger: n.lab.log,
		CA: func() (cert, key []byte) {
			cert, key, err := n.lab.store.ClusterCA(c.Account, c.Region, c.Name)
			if err != nil { // it is gone: nobody can connect any more
				n.lab.log.Debug("no authority", "cluster", c.ARN, "error", err)
			}
			return cert, key
		},
		Authenticate: func(token string) (kube.User, error) {
			who, err := n.tokens.Verify(token, c.Name)
			if err != nil {
				n.lab.log.Debug("token refused", "cluster", c.ARN, "error", err)
				return kube.User{}, err
			}
			return kube.User{Name: who.ARN, UID: "aws-iam-authenticator:" + who.Account + ":" + who.UserID, Groups: []string{kube.Masters}}, nil
		},
	}
	if n.real != nil {
		return n.real.start(c, o), nil
	}
	return kube.New(o)
}

// instances lets a cluster's server know by which interface a connection came.
type instances struct{ apiServer }

// ServeConn serves one connection.
func (s instances) ServeConn(c net.Conn, by state.Interface) {
	name := by.Addr.String() + " " + by.ZoneID
	if own, ok := s.apiServer.(*kube.Server); ok && by.Leaving {
		own.ServeLeaving(c, name)
		return
	}
	s.apiServer.ServeConn(c, name)
}

// follow ends the servers of clusters that are no more, and has the others be
// of their cluster's version.
func (n *network) follow() {
	alive := map[string]state.Cluster{}
	for _, c := range n.lab.clusters() {
		alive[c.ID] = c
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for id, s := range n.servers {
		c, ok := alive[id]
		if !ok {
			delete(n.servers, id)
			n.ending.Go(func() { s.Close() }) // waits for requests under way
			continue
		}
		if err := s.SetVersion(c.Version); err != nil {
			n.lab.log.Error("cannot be of that version", "cluster", c.ARN, "error", err)
		}
	}
}

// isBroken says what a fault keeps from answering.
func (n *network) isBroken(cluster, zoneID string) bool {
	b := n.broken.Load()
	return b.clusters[ownerOf(cluster)] || b.zones[zoneID]
}

// dialError says which name or VPC a connection was not made to.
type dialError struct {
	what string
	err  error
}

func (e *dialError) Error() string { return e.what + ": " + e.err.Error() }
func (e *dialError) Unwrap() error { return e.err }

// dial connects from the host in a VPC, the hub's first where none is named, to
// a name or an address.
func (n *network) dial(ctx context.Context, vpc, host string, port uint16) (net.Conn, error) {
	if vpc == "" {
		vpc = n.lab.hubVPC()
	}
	id, ok := n.lab.vpcID(vpc)
	if !ok {
		return nil, &dialError{fmt.Sprintf("VPC %q", vpc), ingress.ErrUnknownVPC}
	}
	addrs, err := n.lab.lookup(ctx, id, host)
	if err != nil {
		return nil, &dialError{"dns: " + host + " as seen in " + id, err}
	}
	var last error
	for i, a := range addrs {
		conn, err := n.dialOne(ctx, id, netip.AddrPortFrom(a, port), len(addrs)-i)
		if err == nil {
			return conn, nil
		}
		if last == nil {
			last = err // as Go's own dialer: the first address's error is the one to report
		}
	}
	return nil, explained{last}
}

// explained is a failed dial whose words for people are those of the hop that
// failed it.
type explained struct{ error }

func (e explained) Unwrap() error { return e.error }

// Timeout reports whether nothing answered.
func (e explained) Timeout() bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](e.error)
	return ok && t.Timeout()
}

// Why returns the hop and what is wrong there.
func (e explained) Why() string {
	if d, ok := errors.AsType[*fabric.DialError](e.error); ok && d.Why != "" {
		return d.Why
	}
	return e.Error()
}

// dialOne connects to one of several addresses that are left, in its share of
// the time.
func (n *network) dialOne(ctx context.Context, vpc string, to netip.AddrPort, left int) (net.Conn, error) {
	if end, bounded := ctx.Deadline(); bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(end)/time.Duration(left))
		defer cancel()
	}
	return n.plane.Dial(ctx, vpc, netip.Addr{}, to)
}

// hubVPC returns the VPC that connections come from unless they name another.
func (l *Lab) hubVPC() string {
	if len(l.world.Hub.VPCs) > 0 {
		return l.made.vpcs[l.world.Hub.VPCs[0]]
	}
	return ""
}

// hubHost returns the address that connections come from unless they name
// another VPC; empty where there is none.
func (n *network) hubHost() string {
	host, err := n.plane.Host(n.lab.hubVPC())
	if err != nil {
		return ""
	}
	return host.String()
}

// vpcID takes a VPC's ID, or the name that it has in the world.
func (l *Lab) vpcID(name string) (string, bool) {
	if id, ok := l.made.vpcs[name]; ok {
		name = id
	}
	for _, id := range l.store.Topology().VPCs() {
		if id == name {
			return id, true
		}
	}
	return "", false
}

// lookup resolves a name as a VPC's own resolver would, faults included. The
// addresses rotate from answer to answer.
func (l *Lab) lookup(ctx context.Context, vpc, name string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(name); err == nil {
		return []netip.Addr{a.Unmap()}, nil
	}
	m, err := l.ask(vpc, name, false)
	if err == nil && m != nil && m.Truncated {
		m, err = l.ask(vpc, name, true)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("the resolver's answer is malformed: %w: %w", ingress.ErrNoSuchHost, err)
	case m == nil:
		<-ctx.Done()
		return nil, fmt.Errorf("the resolver does not answer: %w", ctx.Err())
	case m.Rcode != mdns.RcodeSuccess:
		return nil, fmt.Errorf("the resolver answers %s: %w", mdns.RcodeToString[m.Rcode], ingress.ErrNoSuchHost)
	}
	var addrs []netip.Addr
	for _, rr := range m.Answer {
		if a, ok := rr.(*mdns.A); ok {
			if addr, ok := netip.AddrFromSlice(a.A.To4()); ok {
				addrs = append(addrs, addr)
			}
		}
	}
	if len(addrs) == 0 {
		return nil, fmt.Errorf("the resolver has no address for it: %w", ingress.ErrNoSuchHost)
	}
	at := int(l.turn.Add(1) % uint64(len(addrs)))
	return append(slices.Clone(addrs[at:]), addrs[:at]...), nil
}

// ask puts one question to a view; no message is no answer.
func (l *Lab) ask(vpc, name string, tcp bool) (*mdns.Msg, error) {
	q := new(mdns.Msg).SetQuestion(mdns.Fqdn(name), mdns.TypeA)
	wire := dns.Respond(l.store, vpc, l.distort, q, tcp)
	if wire == nil {
		return nil, nil
	}
	m := new(mdns.Msg)
	return m, m.Unpack(wire)
}
