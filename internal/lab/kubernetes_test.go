package lab

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"postern/internal/lab/state"
)

// withServer starts a lab with a data plane whose first cluster has another API
// server, and returns what stops it and waits until Run has returned.
func withServer(t *testing.T, s apiServer) (l *Lab, c state.Cluster, stop func() error) {
	t.Helper()
	l, err := New(Options{Address: "127.0.0.1:0", Speed: 60, DataPlane: true})
	if err != nil {
		t.Fatal(err)
	}
	c = l.clusters()[0]
	l.network.servers[c.ID] = s
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- l.Run(ctx) }()
	<-l.Ready()
	return l, c, func() error {
		cancel()
		select {
		case err := <-ran:
			return err
		case <-time.After(10 * time.Second):
			return errors.New("it goes on for ten seconds")
		}
	}
}

// TestEndWhileServerStarts: a connection that waits for an API server, which
// may take minutes, does not keep the lab from ending.
func TestEndWhileServerStarts(t *testing.T) {
	t.Parallel()
	starting, stopped := context.WithCancel(context.Background())
	slow := &realServer{stop: stopped, done: make(chan struct{}), err: errors.New("it never was ready")}
	context.AfterFunc(starting, func() { close(slow.done) })
	l, c, stop := withServer(t, slow)
	_, err := l.store.AuthorizeSecurityGroupIngress(root(c.Account, c.Region), c.ClusterSecurityGroup,
		[]state.RuleInput{{Protocol: "tcp", From: 443, To: 443, CIDR: netip.MustParsePrefix("10.0.0.0/8")}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	l.network.plane.Sync()
	at := netip.AddrPortFrom(l.store.Serving(c.Account, c.Region, c.Name)[0], 443)
	conn, err := l.network.plane.Dial(t.Context(), c.VPC, netip.Addr{}, at)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// lingering is an API server that takes its time to end.
type lingering struct{ asked, may, ended chan struct{} }

func (s lingering) ServeConn(c net.Conn, _ string) { c.Close() }
func (s lingering) SetVersion(string) error        { return nil }
func (s lingering) Close() error {
	close(s.asked)
	<-s.may
	close(s.ended)
	return nil
}

// TestEndOfDeletedCluster: the lab does not end before the API servers of a
// cluster that was deleted have.
func TestEndOfDeletedCluster(t *testing.T) {
	t.Parallel()
	s := lingering{make(chan struct{}), make(chan struct{}), make(chan struct{})}
	l, c, stop := withServer(t, s)
	if _, err := l.Move(Move{Account: c.Account, Region: c.Region, Cluster: c.Name, Kind: state.MoveRecreate}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.asked:
	case <-time.After(10 * time.Second):
		t.Fatal("the cluster is gone and its API server goes on")
	}
	time.AfterFunc(200*time.Millisecond, func() { close(s.may) })
	if err := stop(); err != nil {
		t.Error(err)
	}
	select {
	case <-s.ended:
	default:
		t.Error("the lab has ended and an API server has not")
	}
}
