package e2e

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"postern/internal/lab/state"
	"postern/internal/plan"
	"postern/internal/reconcile"
)

// sighting is what one pass of one process has seen and done, from the answers
// that it was given. Passes carry it in their context.
type sighting struct {
	process *process
	began   time.Time
	ahead   time.Duration // the furthest that the process's clock was ahead during the pass
	behind  time.Duration // and behind, below zero
	crashed bool

	mu       sync.Mutex // guards what follows
	clusters map[string]plan.Cluster
	listings []listing
	listFail bool // a listing of interfaces failed
	names    map[string]plan.Witness
	blocks   bool // the VPC's blocks were read
	links    map[plan.GroupARN]*linkSighting
}

// listing is one answer of EC2's, and what was so when it was given.
type listing struct {
	at    time.Time
	ifs   []plan.Interface
	truth map[string][]netip.Addr // by cluster: listed for a while already; nil: the answer was made stale
}

// linkSighting is the part of a sighting that is about one link.
type linkSighting struct {
	targets  []plan.Registered
	truth    []state.TargetHealth // at the same moment; nil: the answer was made stale
	tags     map[string]string    // read by DescribeTags
	trueTags map[string]string    // at the same moment; nil: the answer was made stale
	writes   int
	moved    int  // calls that register or remove
	failed   bool // a registration failed
	removed  int
}

type sightingKey struct{}

func sightingOf(ctx context.Context) *sighting {
	s, _ := ctx.Value(sightingKey{}).(*sighting)
	return s
}

func newSighting(p *process) *sighting {
	s := &sighting{process: p, began: time.Now(), clusters: map[string]plan.Cluster{}, names: map[string]plan.Witness{}, links: map[plan.GroupARN]*linkSighting{}}
	p.mu.Lock()
	defer p.mu.Unlock()
	s.ahead, s.behind = p.skew, p.skew
	return s
}

// link returns the part about one group. The caller holds mu.
func (s *sighting) link(g plan.GroupARN) *linkSighting {
	l := s.links[g]
	if l == nil {
		l = &linkSighting{}
		s.links[g] = l
	}
	return l
}

// watchedCloud hands every call on, and has the rules look at it: at answers
// when they come, at writes before they go and after.
type watchedCloud struct {
	reconcile.Cloud
	rules *rules
}

func (w *watchedCloud) Cluster(ctx context.Context, name string) (plan.Cluster, error) {
	c, err := w.Cloud.Cluster(ctx, name)
	if err == nil {
		s := sightingOf(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.clusters[name] = c
	}
	return c, err
}

func (w *watchedCloud) Interfaces(ctx context.Context) ([]plan.Interface, error) {
	ifs, err := w.Cloud.Interfaces(ctx)
	s := sightingOf(ctx)
	truth := w.rules.listedForAWhile()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.listFail = true
		return ifs, err
	}
	s.listings = append(s.listings, listing{time.Now(), ifs, truth})
	return ifs, nil
}

func (w *watchedCloud) CIDRs(ctx context.Context, vpcs []string) (map[string][]netip.Prefix, error) {
	found, err := w.Cloud.CIDRs(ctx, vpcs)
	s := sightingOf(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocks = err == nil
	return found, err
}

func (w *watchedCloud) Targets(ctx context.Context, g plan.GroupARN) ([]plan.Registered, error) {
	ts, err := w.Cloud.Targets(ctx, g)
	if err != nil {
		return ts, err
	}
	truth := w.rules.targets(g)
	stale := w.rules.stale("elbv2:DescribeTargetHealth")
	s := sightingOf(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.link(g)
	l.targets, l.truth = ts, truth
	if stale {
		l.truth = nil
	}
	return ts, nil
}

func (w *watchedCloud) Tags(ctx context.Context, gs []plan.GroupARN) (map[plan.GroupARN]map[string]string, error) {
	tags, err := w.Cloud.Tags(ctx, gs)
	if err != nil {
		return tags, err
	}
	stale := w.rules.stale("elbv2:DescribeTags")
	s := sightingOf(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	for g, t := range tags {
		l := s.link(g)
		l.tags, l.trueTags = t, w.rules.tags(g)
		if stale {
			l.trueTags = nil
		}
	}
	return tags, nil
}

func (w *watchedCloud) Register(ctx context.Context, g plan.GroupARN, ts []plan.Target) (map[plan.Target]string, error) {
	s := sightingOf(ctx)
	w.rules.beforeRegister(s, g, ts)
	refused, err := w.Cloud.Register(ctx, g, ts)
	w.rules.afterRegister(s, g, ts, err)
	return refused, err
}

func (w *watchedCloud) Deregister(ctx context.Context, g plan.GroupARN, ts []plan.Target) error {
	s := sightingOf(ctx)
	before := w.rules.beforeDeregister(s, g, ts)
	err := w.Cloud.Deregister(ctx, g, ts)
	w.rules.afterDeregister(s, g, ts, before, err)
	return err
}

func (w *watchedCloud) PutTag(ctx context.Context, g plan.GroupARN, key, value string) error {
	s := sightingOf(ctx)
	w.rules.beforePutTag(s, g, key, value)
	return w.Cloud.PutTag(ctx, g, key, value)
}

// watchedResolver notes what DNS said. Lookups of different names begin at
// different moments, for the same reason for which requests do.
type watchedResolver struct {
	reconcile.Resolver
	process *process
	rules   *rules
}

func (w *watchedResolver) Lookup(ctx context.Context, host string, v6, inVPCOnly bool) plan.Witness {
	_ = w.process.latency(ctx, "lookup "+host) // a dead process's lookup fails by itself
	answer := w.Resolver.Lookup(ctx, host, v6, inVPCOnly)
	cluster := w.rules.clusterAt(host)
	s := sightingOf(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names[cluster] = answer
	return answer
}
