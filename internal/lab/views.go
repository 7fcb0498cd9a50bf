package lab

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"postern/internal/lab/dns"
	"postern/internal/lab/faults"
	"postern/internal/lab/state"
)

// maxSocketViews is how many views get sockets of their own where nobody says
// otherwise: each costs two of the process's file descriptors.
const maxSocketViews = 64

// View is one view of the names and where it is served.
type View struct {
	Name    string `json:"name"`    // public, or a VPC's ID
	Address string `json:"address"` // host:port, for UDP and TCP
}

type view struct {
	View
	pc     net.PacketConn
	l      net.Listener
	cancel context.CancelFunc // of the running server; nil before
}

func (v *view) close() {
	if v.pc != nil {
		v.pc.Close()
	}
	if v.l != nil {
		v.l.Close()
	}
}

// Views returns the views that are served, the public one first.
func (l *Lab) Views() []View {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []View
	for _, v := range l.views {
		if v.pc != nil {
			out = append(out, v.View)
		}
	}
	return out
}

// openViews makes the views follow the VPCs: it opens those that are new,
// which it returns for serving, and ends those whose VPC is gone. A view that
// is not served is kept without connections, so that it is not tried again.
func (l *Lab) openViews() (opened []*view, err error) {
	want := []string{dns.Public}
	for _, a := range l.store.Snapshot().Accounts {
		for _, v := range a.VPCs {
			want = append(want, v.ID)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.views = slices.DeleteFunc(l.views, func(v *view) bool {
		gone := !slices.Contains(want, v.Name)
		if gone && v.cancel != nil {
			v.cancel()
		}
		return gone
	})
	for _, name := range want {
		if slices.ContainsFunc(l.views, func(v *view) bool { return v.Name == name }) {
			continue
		}
		v := &view{View: View{Name: name}}
		switch {
		case l.opts.DNSListen != nil:
			v.pc, v.l, err = l.opts.DNSListen(name)
		case len(l.views) < maxSocketViews:
			v.pc, v.l, err = listenDNS(context.Background())
		default:
			l.log.Warn("view has no name server of its own", "view", name, "limit", maxSocketViews)
		}
		if err != nil {
			return opened, err
		}
		l.views = append(l.views, v)
		if v.pc == nil {
			continue
		}
		if err := checkLoopback(v.pc.LocalAddr()); err != nil {
			v.close()
			v.pc, v.l = nil, nil
			return opened, err
		}
		v.Address = v.pc.LocalAddr().String()
		opened = append(opened, v)
	}
	return opened, nil
}

// follow serves the views and does what has to follow from changes of the
// world and of the faults, until ctx ends.
func (l *Lab) follow(ctx context.Context) error {
	var servers sync.WaitGroup
	defer servers.Wait()
	failed := make(chan error, 1)
	serve := func(v *view) {
		vctx, cancel := context.WithCancel(ctx)
		l.mu.Lock()
		v.cancel = cancel
		l.mu.Unlock()
		servers.Go(func() {
			defer cancel()
			srv := &dns.Server{View: v.Name, Source: l.store, Distort: l.distort, PacketConn: v.pc, Listener: v.l}
			if err := srv.Run(vctx); err != nil && vctx.Err() == nil {
				select {
				case failed <- err:
				default:
				}
			}
		})
	}
	l.mu.Lock()
	first := slices.Clone(l.views)
	l.mu.Unlock()
	for _, v := range first {
		if v.pc != nil {
			serve(v)
		}
	}
	for {
		l.applyHealth()
		timer := time.NewTimer(l.untilNextEnd())
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case err := <-failed:
			timer.Stop()
			return err
		case <-timer.C:
		case <-l.wake:
			timer.Stop()
			if l.network != nil {
				l.network.follow()
			}
			opened, err := l.openViews()
			for _, v := range opened {
				serve(v)
			}
			if err != nil {
				l.log.Error("open view", "error", err) // the lab goes on without it
			}
		}
	}
}

// untilNextEnd is how long until a fault ends by time; without one, an hour,
// after which looking again does no harm.
func (l *Lab) untilNextEnd() time.Duration {
	now := time.Now()
	if end := l.faults.NextEnd(now); !end.IsZero() {
		return end.Sub(now)
	}
	return time.Hour
}

// hear is told of every event of the store.
func (l *Lab) hear(e state.Event) {
	switch e.Kind {
	case state.ClusterChanged, state.VPCChanged:
		l.look()
	}
}

// look makes follow look at the world again.
func (l *Lab) look() {
	select {
	case l.wake <- struct{}{}:
	default: // it will look anyway
	}
}

func (l *Lab) clusters() []state.Cluster {
	var all []state.Cluster
	for _, a := range l.store.Snapshot().Accounts {
		all = append(all, a.Clusters...)
	}
	return all
}

// distortions are what the DNS faults do to an answer.
var distortions = map[faults.Name]dns.Kind{
	faults.DNSNXDomain: dns.NXDomain, faults.DNSServFail: dns.ServFail, faults.DNSTimeout: dns.Silence, faults.DNSEmpty: dns.Empty,
	faults.DNSPartial: dns.Partial, faults.DNSTruncated: dns.Truncated, faults.DNSWrong: dns.Wrong, faults.DNSMalformed: dns.Malformed,
}

// distort lets the faults in force befall a question.
func (l *Lab) distort(q dns.Query) dns.Distortion {
	o := ownerOf(l.store.Resolve(state.View{}, q.Name).Cluster)
	d := l.faults.Query(faults.Query{Account: o.account, Region: o.region, Cluster: o.cluster, Resolver: q.View, Name: q.Name, TCP: q.TCP}, time.Now())
	return dns.Distortion{Kind: distortions[d.Name], Addrs: d.Answer, Draw: d.Draw}
}

// owner names a cluster. The zero owner is nobody.
type owner struct{ account, region, cluster string }

// ownerOf takes a cluster's ARN apart:
// arn:aws:eks:us-east-1:222222222222:cluster/prod.
func ownerOf(arn string) owner {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return owner{}
	}
	return owner{account: parts[4], region: parts[3], cluster: strings.TrimPrefix(parts[5], "cluster/")}
}
