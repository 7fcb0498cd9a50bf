package reconcile

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"postern/internal/plan"
)

// listingLife is how long a pass relies on a region's listing of interfaces.
// Only a pass over very many links outlives it.
const listingLife = time.Minute

// listing is a region's interfaces, by their description. Its lock is a
// channel, since it is held during a call.
type listing struct {
	lock  chan struct{}
	read  bool
	at    time.Time
	byDsc map[string][]plan.Interface
	fault *plan.Fault
}

func newListing() listing { return listing{lock: make(chan struct{}, 1)} }

// cidrs are the blocks of a VPC, as the planner wants them: nil is unknown.
type cidrs []netip.Prefix

// hubView is what is known of the hub's own interface endpoints.
type hubView struct {
	own    plan.Region // the hub's own; empty if it is not known
	addrs  map[plan.Region][]netip.Addr
	faults map[string]hubFault // by account/region
}

// counts reports whether endpoints in one region can be those of a link in
// another: they are in the link's own, or, with PrivateLink across regions, in
// the hub's.
func (h hubView) counts(endpoints, link plan.Region) bool {
	return endpoints == link || endpoints == h.own || h.own == ""
}

// overrides returns the addresses that the hub's own private zones can give to
// the name of a cluster in the region.
func (h hubView) overrides(link plan.Region) []netip.Addr {
	var out []netip.Addr
	for r, addrs := range h.addrs {
		if h.counts(r, link) {
			out = append(out, addrs...)
		}
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return slices.Compact(out)
}

// dark names the hub's scopes that could not be listed and could have said
// something about a cluster in the region.
func (h hubView) dark(link plan.Region) []string {
	var out []string
	for name, f := range h.faults {
		if h.counts(f.scope.Region, link) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

type hubFault struct {
	scope Scope
	fault *plan.Fault
}

// look observes what is read once a scope: interfaces, CIDRs, and the hub's
// interface endpoints.
func (p *pass) look(ctx context.Context) {
	if len(p.links) == 0 {
		return
	}
	vpcs := map[*scope][]string{}
	for _, l := range p.links {
		vpcs[l.scope] = append(vpcs[l.scope], l.group().VPC)
	}
	ctx, cancel := p.half(ctx)
	defer cancel()
	var g errgroup.Group
	g.SetLimit(p.concurrency())
	for _, s := range p.scopes {
		if len(vpcs[s]) == 0 {
			continue
		}
		if p.asks(plan.ENI) {
			g.Go(func() error {
				p.listed(ctx, s, "", time.Time{})
				return nil
			})
		}
		g.Go(func() error {
			p.readCIDRs(ctx, s, vpcs[s])
			return nil
		})
	}
	g.Go(func() error {
		p.hub = p.readHubs(ctx)
		return nil
	})
	g.Wait()
}

// readHubs lists the hub's interface endpoints, in all its regions.
func (p *pass) readHubs(ctx context.Context) hubView {
	answers := make([]hubAnswer, len(p.Hubs))
	if !p.asks(plan.DNS) {
		return hubView{}
	}
	var g errgroup.Group
	g.SetLimit(p.concurrency())
	for i, h := range p.Hubs {
		g.Go(func() error {
			// Another account's endpoints would say nothing about the hub.
			if _, answers[i].err = h.Cloud.Account(ctx); answers[i].err == nil {
				answers[i].addrs, answers[i].err = h.Cloud.EndpointAddrs(ctx)
			}
			return nil
		})
	}
	g.Wait()
	return p.hubFrom(ctx, answers)
}

type hubAnswer struct {
	addrs []netip.Addr
	err   error
}

func (p *pass) hubFrom(ctx context.Context, answers []hubAnswer) hubView {
	view := hubView{own: p.HubRegion, addrs: map[plan.Region][]netip.Addr{}, faults: map[string]hubFault{}}
	for i, a := range answers {
		h := p.Hubs[i]
		name := string(h.Account) + "/" + string(h.Region)
		if a.err != nil {
			f := asFault(ctx, "list its interface endpoints", a.err)
			of := &plan.Fault{Code: f.Code, Message: "the hub in " + name + ": " + f.Message, Hint: f.Hint, Err: f.Err}
			if f.Code == plan.NoCredentials {
				of.Hint = "give the hub a role of its account to assume (roleArn of hub in the configuration file), or correct its account"
			}
			view.faults[name] = hubFault{h, of}
			continue
		}
		view.addrs[h.Region] = append(view.addrs[h.Region], a.addrs...)
	}
	return view
}

func (p *pass) readCIDRs(ctx context.Context, s *scope, vpcs []string) {
	slices.Sort(vpcs)
	found, err := s.Cloud.CIDRs(ctx, slices.Compact(vpcs))
	if err != nil {
		s.fail(asFault(ctx, "read the VPCs of scope "+s.name(), err))
		return
	}
	s.cidrs = make(map[string]cidrs, len(found))
	for vpc, blocks := range found {
		s.cidrs[vpc] = blocks
	}
}

// listed returns the interfaces that may be a cluster's, from the region's
// listing, which is read again if it was made before notBefore, or is too old
// to be a witness.
func (p *pass) listed(ctx context.Context, s *scope, cluster string, notBefore time.Time) (ifs []plan.Interface, at time.Time, fault *plan.Fault) {
	li := &s.interfaces
	li.lock <- struct{}{}
	defer func() { <-li.lock }()
	if !li.read || p.now().Sub(li.at) > listingLife || li.at.Before(notBefore) {
		all, err := s.Cloud.Interfaces(ctx)
		li.read, li.at, li.fault = true, p.now(), nil
		li.byDsc = map[string][]plan.Interface{}
		for _, i := range all {
			li.byDsc[i.Description] = append(li.byDsc[i.Description], i)
		}
		if err != nil {
			li.byDsc = nil
			li.fault = asFault(ctx, "list the network interfaces of scope "+s.name(), err)
			s.fail(li.fault)
		}
	}
	return li.byDsc[plan.ENIDescription(cluster)], li.at, li.fault
}
