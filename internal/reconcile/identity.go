package reconcile

import (
	"bytes"
	"context"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"postern/internal/plan"
	"postern/internal/report"
)

// Prober tells whose certificate an address serves.
type Prober interface {
	// Identify completes a TLS handshake for the host with whoever answers, and
	// judges the certificate by the CAs in roots, a PEM bundle. The words are
	// the evidence.
	Identify(ctx context.Context, addr netip.AddrPort, host string, roots []byte) (plan.Verdict, string)
}

const (
	// identityTime is how long checking the addresses of a link may take: three
	// round trips, and one packet that is lost and sent again. It is short, since
	// what the witnesses said grows old meanwhile.
	identityTime = 2 * time.Second
	// probesOfLink is how many of its addresses are checked side by side. A
	// cluster has two to four; a move doubles them.
	probesOfLink = 16
	// probesAtOnce bounds the handshakes of the whole process: each takes a
	// socket and some 50 kB.
	probesAtOnce = 256
)

// probed is what a handshake with one address found.
type probed struct {
	addr    netip.Addr
	verdict plan.Verdict
	words   string
}

// identify checks whose certificate the link's addresses serve, and plans it
// again by that. Before a disproof counts, EKS is asked for the cluster's CA,
// unless it has been in this pass: the one that is remembered may have been
// rotated. ok is false where that ended the link's way.
func (p *pass) identify(ctx context.Context, l *link, k known, targets []plan.Registered) (now known, ok bool) {
	if p.Prober == nil {
		return k, true
	}
	found := p.probe(ctx, l)
	if k.cached && slices.ContainsFunc(found, func(f probed) bool { return f.verdict == plan.Disproved }) {
		was := k.cluster
		if k, ok = p.describe(ctx, l, true); !ok {
			l.fail(k.fault)
			return k, false
		}
		l.row.Endpoint = k.cluster.Host
		if !l.admit(k.cluster) {
			return k, false
		}
		l.in.Cluster, l.in.Verified = k.cluster, k.verified
		if k.cluster.Host != was.Host {
			p.decide(ctx, l, k, targets)
		}
		if k.cluster.Host != was.Host || !bytes.Equal(k.cluster.CA, was.CA) {
			found = p.probe(ctx, l)
		}
	}
	l.confirmed = !k.cached && k.fault == nil
	l.takeIdentity(found)
	l.in.Now = p.now()
	l.plan = plan.Decide(l.in)
	return k, true
}

// identifyAgain checks the addresses of a link that is observed again, by the
// CA that is known.
func (p *pass) identifyAgain(ctx context.Context, l *link) {
	if p.Prober == nil {
		return
	}
	l.takeIdentity(p.probe(ctx, l))
	l.in.Now = p.now()
}

// takeIdentity has the planner and the report know what was found.
func (l *link) takeIdentity(found []probed) {
	l.in.Identity, l.row.Identity = map[netip.Addr]plan.Verdict{}, nil
	for _, f := range found {
		if f.verdict == plan.Disproved && !l.confirmed {
			f.verdict, f.words = plan.Unreachable, "EKS has not confirmed the cluster's CA in this pass, by which: "+f.words
		}
		l.in.Identity[f.addr] = f.verdict
		l.row.Identity = append(l.row.Identity, report.Identity{Address: f.addr.String(), Verdict: f.verdict, Detail: f.words})
	}
}

// probe checks the link's addresses side by side. What there is no time for is
// not checked.
func (p *pass) probe(ctx context.Context, l *link) []probed {
	cl := l.in.Cluster
	if len(cl.CA) == 0 {
		return nil // EKS has not described it: nothing can be held against it
	}
	ctx, cancel := context.WithTimeout(ctx, identityTime)
	defer cancel()
	slots := p.probeSlots()
	var found []probed
	for _, a := range toProbe(l.in) {
		found = append(found, probed{addr: a, words: "no time was left"})
	}
	var g errgroup.Group
	g.SetLimit(probesOfLink)
	for i := range found {
		f := &found[i]
		g.Go(func() error {
			if slots.Acquire(ctx, 1) != nil {
				return nil // the time is over
			}
			defer slots.Release(1)
			f.verdict, f.words = p.Prober.Identify(ctx, netip.AddrPortFrom(f.addr, plan.APIPort), cl.Host, cl.CA)
			return nil
		})
	}
	g.Wait()
	return found
}

// toProbe returns the addresses that the witnesses list, as far as the address
// filter lets them through, and those that are registered on the API's port.
// None of them is one of this host or its link, whoever has named it.
func toProbe(in plan.Input) []netip.Addr {
	in.Identity = nil
	var out []netip.Addr
	for _, w := range plan.Decide(in).Witnesses {
		out = append(out, w.Addrs...)
	}
	for _, r := range in.Registered {
		if r.Port == plan.APIPort && !r.Draining() && r.Addr.IsGlobalUnicast() && !r.Addr.Is4In6() {
			out = append(out, r.Addr)
		}
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return slices.Compact(out)
}

// probeSlots are the places for handshakes, of all passes of the engine.
func (e *Engine) probeSlots() *semaphore.Weighted {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.probes == nil {
		e.probes = semaphore.NewWeighted(probesAtOnce)
	}
	return e.probes
}
