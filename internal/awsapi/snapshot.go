package awsapi

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// SnapshotAsk says what a snapshot is about.
type SnapshotAsk struct {
	Scopes     []ScopeConfig // where the clusters and their links are
	Hubs       []ScopeConfig // where the hub's VPCs and endpoint VPCs are; none without Hub
	Hub        fleet.Hub
	ClusterTag string // as for [Scope.Candidates]

	// Only are the clusters that are asked about one by one; none: all. Of
	// others there is what listings have: their names, and their links without
	// targets and listeners.
	Only []plan.Pattern
	// Deep asks what the walk along one path needs, too: attributes of load
	// balancers, groups and VPCs, permissions of services that have
	// connections, all VPCs of zones, and records of zones however many they
	// are. It is many calls a cluster: use it with Only.
	Deep bool
}

// Snapshot asks AWS about a fleet, everywhere side by side, and returns what it
// said. It never fails as a whole: what could not be listed carries the fault,
// and the rest is there. If ctx ends, all that is still out has a fault, and
// Snapshot returns.
func (c *Cloud) Snapshot(ctx context.Context, ask SnapshotAsk) *fleet.Snapshot {
	before := c.Calls()
	out := &fleet.Snapshot{At: time.Now(), Hub: ask.Hub}
	ask.ClusterTag = cmp.Or(ask.ClusterTag, plan.TagCluster)
	sites := c.sites(ctx, &ask)
	z := newZoning(&ask, sites)
	jobs := []func(){func() { out.Zones = z.collect(ctx) }}
	for _, s := range sites {
		jobs = append(jobs, func() { s.collect(ctx) })
	}
	together(jobs...)
	z.count()
	for _, s := range sites {
		out.Places = append(out.Places, s.place)
	}
	out.Calls = map[string]int{}
	for call, n := range c.Calls() {
		if n -= before[call]; n > 0 {
			out.Calls[call] = n
		}
	}
	return out
}

// site is one account and region while it is asked.
type site struct {
	ask   *SnapshotAsk
	place fleet.Place

	// The views of the two sides. One is nil where the place has no such side,
	// or where its credentials could not be had, which is the fault.
	hub, spoke           *view
	hubFault, spokeFault *plan.Fault

	names     fleet.Listing[string] // of clusters
	nodes     map[string][]node     // of load balancers, by their interfaces' description
	balancers int                   // network load balancers in the region; -1: not listed

	listed    chan struct{} // closed when the network and the hub's side are listed
	described chan struct{} // closed when the clusters are described
}

// sites asks whose credentials each scope has, and returns the places, each
// once, in order.
func (c *Cloud) sites(ctx context.Context, ask *SnapshotAsk) []*site {
	type key struct {
		account plan.AccountID
		region  plan.Region
	}
	var mu sync.Mutex
	byKey := map[key]*site{}
	at := func(account plan.AccountID, cfg ScopeConfig) *site {
		k := key{account, cfg.Region}
		if byKey[k] == nil {
			byKey[k] = &site{
				ask: ask, balancers: -1, listed: make(chan struct{}), described: make(chan struct{}),
				place: fleet.Place{Account: account, Region: cfg.Region, Role: cfg.RoleARN},
			}
		}
		return byKey[k]
	}
	var jobs []func()
	join := func(cfgs []ScopeConfig, add func(*site, *view, *plan.Fault)) {
		asked := map[ScopeConfig]bool{}
		for _, cfg := range cfgs {
			if asked[cfg] {
				continue
			}
			asked[cfg] = true
			jobs = append(jobs, func() {
				v := c.view(cfg)
				account, err := v.Account(ctx)
				if err != nil {
					v, account = nil, cmp.Or(cfg.Account, accountOf(cfg.RoleARN))
				}
				mu.Lock()
				defer mu.Unlock()
				add(at(account, cfg), v, faultOf(err))
			})
		}
	}
	join(ask.Hubs, func(s *site, v *view, f *plan.Fault) { s.place.Hub, s.hub, s.hubFault = true, v, f })
	join(ask.Scopes, func(s *site, v *view, f *plan.Fault) {
		s.place.Spoke = true
		if s.spoke == nil || f == nil {
			s.spoke, s.spokeFault = v, f
		}
	})
	together(jobs...)
	out := slices.Collect(maps.Values(byKey))
	slices.SortFunc(out, func(a, b *site) int {
		return cmp.Or(cmp.Compare(a.place.Account, b.place.Account), cmp.Compare(a.place.Region, b.place.Region))
	})
	return out
}

// accountOf is the account in a role's ARN, or "".
func accountOf(role string) plan.AccountID {
	part := strings.SplitN(role, ":", 6)
	if len(part) != 6 || !isAccount(plan.AccountID(part[4])) {
		return ""
	}
	return plan.AccountID(part[4])
}

// wants reports whether a cluster is to be asked about by itself.
func (s *site) wants(name string) bool {
	ref := plan.Ref{Account: s.place.Account, Region: s.place.Region, Name: name}
	return len(s.ask.Only) == 0 || slices.ContainsFunc(s.ask.Only, func(p plan.Pattern) bool { return p.Matches(ref) })
}

// mayHave reports whether the place can have an asked cluster at all.
func (s *site) mayHave() bool {
	return len(s.ask.Only) == 0 || slices.ContainsFunc(s.ask.Only, func(p plan.Pattern) bool {
		p.Account, p.Region = cmp.Or(p.Account, s.place.Account), cmp.Or(p.Region, s.place.Region)
		return p.Account == s.place.Account && p.Region == s.place.Region
	})
}

// collect asks all of a place. What needs an answer waits for that answer
// alone, so that a slow listing holds up nothing that can do without it.
func (s *site) collect(ctx context.Context) {
	p := &s.place
	if s.hub == nil && s.spoke == nil {
		p.Fault = cmp.Or(s.hubFault, s.spokeFault)
		close(s.listed)
		close(s.described)
		return
	}
	both := cmp.Or(s.hub, s.spoke)
	found := start(func() {
		if p.Spoke && s.mayHave() {
			together(func() { s.names = s.clusterNames(ctx) }, func() { p.Links = s.discover(ctx) })
		}
	})
	// A scope without an asked cluster is left alone.
	worth := func() bool {
		if len(s.ask.Only) == 0 {
			return true
		}
		found()
		return len(s.wanted()) > 0
	}
	hub := start(func() { s.listHub(ctx) })
	network := start(func() {
		if p.Hub || worth() {
			s.listNetwork(ctx, both)
		}
	})
	services := start(func() {
		if p.Spoke && worth() {
			s.listServices(ctx)
		}
	})
	interfaces := start(func() {
		if p.Spoke && worth() {
			s.listInterfaces(ctx)
		}
	})
	go func() { hub(); network(); close(s.listed) }()
	clusters := start(func() {
		defer close(s.described)
		found()
		p.Clusters = s.clusters(ctx)
	})
	links := start(func() { found(); s.askLinks(ctx) })
	principals := start(func() { found(); services(); s.askPrincipals(ctx) })
	attributes := start(func() { found(); clusters(); <-s.listed; s.askVPCs(ctx, both) })
	for _, wait := range []func(){interfaces, links, principals, attributes} {
		wait()
	}
	s.joinNodes()
	p.Quotas = s.quotas()
}

// start does a job beside the caller, and returns what waits for its end.
func start(job func()) (wait func()) {
	var wg sync.WaitGroup
	wg.Go(job)
	return wg.Wait
}

// wanted are the names of the clusters to be described: those that EKS lists,
// or, where it could not, those that links claim.
func (s *site) wanted() []string {
	all := slices.Clone(s.names.Items)
	for i := range s.place.Links.Items {
		l := &s.place.Links.Items[i]
		if !s.names.Known() && !l.Candidate.Gone && plan.ValidCluster(l.Ref.Name) {
			all = append(all, l.Ref.Name)
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(name string) bool { return !s.wants(name) })
}
