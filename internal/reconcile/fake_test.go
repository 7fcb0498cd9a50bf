package reconcile_test

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"postern/internal/plan"
	"postern/internal/reconcile"
)

// fleet is a small AWS with state: what it answers is what was written.
type fleet struct {
	mu       sync.Mutex
	links    []*fakeLink
	byGroup  map[plan.GroupARN]*fakeLink
	vpcs     map[string][]netip.Prefix
	hubAddrs []netip.Addr
	inVPC    bool                                   // the resolver is marked so
	faults   map[string]error                       // by "Action", "Action object", or "account/region Action"
	script   func(call string) error                // asked at each call, after faults
	finish   bool                                   // a call during which the pass is stopped succeeds all the same
	turn     func(ctx context.Context, call string) // called before each call; a scheduler may block here
	calls    []string                               // every call, in order
	counts   map[string]int                         // by action
	now      func() time.Time
	delay    map[string]time.Duration // by "Action" or "Action object"
}

// fakeLink is a cluster, its DNS, its interfaces and its group.
type fakeLink struct {
	ref     plan.Ref
	cluster plan.Cluster
	group   plan.Group
	tagLag  map[string]string // what the tagging API says; nil: the group's tags
	dns     plan.Witness
	eni     []netip.Addr
	forged  []netip.Addr // interfaces with the description, attached in the account
	targets []plan.Registered
	byLB    bool
	gone    bool
	health  plan.TargetState // of what is newly registered; empty means initial

	noSubnet netip.Addr // ELB refuses it
}

func newFleet() *fleet {
	return &fleet{
		vpcs: map[string][]netip.Prefix{}, faults: map[string]error{}, counts: map[string]int{},
		delay: map[string]time.Duration{}, now: time.Now,
	}
}

func addrs(ss ...string) []netip.Addr {
	var out []netip.Addr
	for _, s := range ss {
		out = append(out, netip.MustParseAddr(s))
	}
	return out
}

// add makes a link as Terraform would, whose cluster has these addresses.
func (f *fleet) add(account plan.AccountID, region plan.Region, name string, ips ...string) *fakeLink {
	n := len(f.links) + 1
	vpc := fmt.Sprintf("vpc-%08d", n)
	host := fmt.Sprintf("%032x.gr7.%s.eks.amazonaws.com", n, region)
	l := &fakeLink{
		ref: plan.Ref{Account: account, Region: region, Name: name},
		cluster: plan.Cluster{
			ARN: fmt.Sprintf("arn:aws:eks:%s:%s:cluster/%s", region, account, name), Name: name,
			Status: plan.ClusterActive, Host: host, VPC: vpc, Private: true,
		},
		group: plan.Group{
			ARN:  plan.GroupARN(fmt.Sprintf("arn:aws:elasticloadbalancing:%s:%s:targetgroup/g%d/%016x", region, account, n, n)),
			Name: fmt.Sprintf("g%d", n), VPC: vpc, TargetType: "ip", Protocol: "TCP", Port: plan.APIPort,
			Tags:          map[string]string{plan.TagCluster: name, plan.TagManaged: "true", plan.TagEndpoint: host},
			LoadBalancers: []plan.LoadBalancer{{ARN: fmt.Sprintf("arn:lb/%d", n), Type: "network", Scheme: "internal", VPC: vpc}},
		},
		eni: addrs(ips...),
		dns: plan.Witness{Name: plan.DNS, Outcome: plan.Answered, Addrs: addrs(ips...), TTL: time.Minute},
	}
	f.vpcs[vpc] = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}
	f.links = append(f.links, l)
	return l
}

// register makes targets of the group, past the API.
func (l *fakeLink) register(state plan.TargetState, ips ...string) *fakeLink {
	for _, a := range addrs(ips...) {
		l.targets = append(l.targets, plan.Registered{Target: plan.Target{Addr: a, Port: plan.APIPort}, State: state})
	}
	return l
}

// move gives the cluster other addresses.
func (l *fakeLink) move(ips ...string) {
	l.eni = addrs(ips...)
	l.dns.Addrs = addrs(ips...)
}

// clone returns a fleet with the same state, and none of the other's calls.
func (f *fleet) clone() *fleet {
	c := newFleet()
	c.vpcs, c.hubAddrs, c.inVPC, c.now = f.vpcs, f.hubAddrs, f.inVPC, f.now
	for _, l := range f.links {
		twin := *l
		twin.group.Tags = copyTags(l.group.Tags)
		twin.targets = slices.Clone(l.targets)
		c.links = append(c.links, &twin)
	}
	return c
}

// settle lets every initial target pass its health check, and every draining
// one go.
func (f *fleet) settle() {
	for _, l := range f.links {
		l.targets = slices.DeleteFunc(l.targets, plan.Registered.Draining)
		for i := range l.targets {
			if l.targets[i].State == plan.StateInitial {
				l.targets[i].State = plan.StateHealthy
			}
		}
	}
}

func (l *fakeLink) has() string {
	var out []string
	for _, t := range l.targets {
		out = append(out, fmt.Sprintf("%s:%d %s", t.Addr, t.Port, t.State))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// scopes returns a scope for each account and region with a link.
func (f *fleet) scopes() []reconcile.Scope {
	var out []reconcile.Scope
	seen := map[string]bool{}
	for _, l := range f.links {
		key := fmt.Sprintf("%s/%s", l.ref.Account, l.ref.Region)
		if !seen[key] {
			seen[key] = true
			out = append(out, f.scope(l.ref.Account, l.ref.Region))
		}
	}
	return out
}

func (f *fleet) scope(a plan.AccountID, r plan.Region) reconcile.Scope {
	return reconcile.Scope{Account: a, Region: r, Cloud: &fakeCloud{f, a, r}}
}

func (f *fleet) engine() *reconcile.Engine {
	return &reconcile.Engine{
		Scopes: f.scopes(), Resolver: fakeResolver{f},
		Settings: reconcile.Settings{Policy: plan.DefaultPolicy()},
		Calls:    f.counted,
		Now:      func() time.Time { return f.now() },
	}
}

func (f *fleet) counted() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := map[string]int{}
	for k, n := range f.counts {
		out[k] = n
	}
	return out
}

// enter is the start of every call: order, record, delay, fault.
func (f *fleet) enter(ctx context.Context, where, action string, object any) error {
	call := strings.TrimSpace(fmt.Sprintf("%s %v", action, object))
	if f.turn != nil {
		f.turn(ctx, call)
	}
	f.mu.Lock()
	if ctx.Err() != nil {
		call = "late " + call // no client sends it
	}
	f.calls = append(f.calls, call)
	f.counts[action]++
	wait := cmp.Or(f.delay[call], f.delay[where+" "+action], f.delay[action])
	fault := cmp.Or(f.faults[call], f.faults[where+" "+action], f.faults[action])
	script := f.script
	f.mu.Unlock()
	if wait > 0 {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
	late := ctx.Err() != nil
	if script != nil {
		if err := script(call); err != nil {
			return err
		}
	}
	if late || ctx.Err() != nil && !f.finish {
		return fmt.Errorf("%s: %w", call, ctx.Err())
	}
	return fault
}

// wrote returns the calls that changed something.
func (f *fleet) wrote() []string {
	var out []string
	for _, c := range f.calls {
		if strings.HasPrefix(c, "Register ") || strings.HasPrefix(c, "Deregister ") || strings.HasPrefix(c, "PutTag ") {
			out = append(out, c)
		}
	}
	return out
}

func (f *fleet) find(g plan.GroupARN) *fakeLink {
	if len(f.byGroup) != len(f.links) {
		f.byGroup = map[plan.GroupARN]*fakeLink{}
		for _, l := range f.links {
			f.byGroup[l.group.ARN] = l
		}
	}
	return f.byGroup[g]
}

func denied(action string) *plan.Fault {
	return &plan.Fault{Code: plan.AccessDenied, Message: action + " was denied", Hint: "allow " + action}
}

func throttled(action string) *plan.Fault {
	return &plan.Fault{Code: plan.Throttled, Message: action + " was throttled", Hint: "lower --api-share"}
}

func groupGone(g plan.GroupARN) *plan.Fault {
	return &plan.Fault{Code: plan.GroupGone, Message: fmt.Sprintf("target group %s does not exist", g)}
}

// fakeCloud is the fleet seen from one account and region.
type fakeCloud struct {
	f       *fleet
	account plan.AccountID
	region  plan.Region
}

func (c *fakeCloud) where() string { return fmt.Sprintf("%s/%s", c.account, c.region) }

// own calls do with the fleet locked, for each link here.
func (c *fakeCloud) own(do func(*fakeLink)) {
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	for _, l := range c.f.links {
		if l.ref.Account == c.account && l.ref.Region == c.region {
			do(l)
		}
	}
}

func (c *fakeCloud) Account(ctx context.Context) (plan.AccountID, error) {
	return c.account, c.f.enter(ctx, c.where(), "Account", "")
}

func (c *fakeCloud) Candidates(ctx context.Context, tag string) ([]plan.Candidate, error) {
	if err := c.f.enter(ctx, c.where(), "Candidates", c.where()); err != nil {
		return nil, err
	}
	var out []plan.Candidate
	c.own(func(l *fakeLink) {
		g := l.group
		g.Tags = copyTags(l.group.Tags)
		if l.tagLag != nil {
			g.Tags = copyTags(l.tagLag)
		}
		name, ok := g.Tags[tag]
		switch {
		case l.gone:
			out = append(out, plan.Candidate{Cluster: name, Gone: true, Group: plan.Group{ARN: g.ARN, Tags: g.Tags}})
		case l.byLB:
			out = append(out, plan.Candidate{Cluster: l.ref.Name, Group: g, ByLoadBalancer: true})
		case ok:
			out = append(out, plan.Candidate{Cluster: name, Group: g})
		}
	})
	return out, nil
}

func (c *fakeCloud) Cluster(ctx context.Context, name string) (plan.Cluster, error) {
	if err := c.f.enter(ctx, c.where(), "Cluster", name); err != nil {
		return plan.Cluster{}, err
	}
	found := plan.Cluster{Name: name, Status: plan.ClusterGone}
	c.own(func(l *fakeLink) {
		if l.cluster.Name == name {
			found = l.cluster
		}
	})
	return found, nil
}

func (c *fakeCloud) Interfaces(ctx context.Context) ([]plan.Interface, error) {
	if err := c.f.enter(ctx, c.where(), "Interfaces", c.where()); err != nil {
		return nil, err
	}
	var out []plan.Interface
	c.own(func(l *fakeLink) {
		for _, a := range l.eni {
			out = append(out, plan.Interface{
				ID: "eni-" + a.String(), Description: plan.ENIDescription(l.ref.Name), VPC: l.cluster.VPC,
				Status: "in-use", Addr: a, AttachmentOwner: "999999999999",
			})
		}
		for _, a := range l.forged {
			out = append(out, plan.Interface{
				ID: "eni-" + a.String(), Description: plan.ENIDescription(l.ref.Name), VPC: l.cluster.VPC,
				Status: "in-use", Addr: a, AttachmentOwner: c.account,
			})
		}
	})
	return out, nil
}

func (c *fakeCloud) EndpointAddrs(ctx context.Context) ([]netip.Addr, error) {
	return c.f.hubAddrs, c.f.enter(ctx, c.where(), "EndpointAddrs", c.where())
}

func (c *fakeCloud) CIDRs(ctx context.Context, vpcs []string) (map[string][]netip.Prefix, error) {
	if err := c.f.enter(ctx, c.where(), "CIDRs", c.where()); err != nil {
		return nil, err
	}
	out := map[string][]netip.Prefix{}
	for _, v := range vpcs {
		if ps, ok := c.f.vpcs[v]; ok {
			out[v] = ps
		}
	}
	return out, nil
}

func (c *fakeCloud) Targets(ctx context.Context, g plan.GroupARN) ([]plan.Registered, error) {
	if err := c.f.enter(ctx, c.where(), "Targets", g); err != nil {
		return nil, err
	}
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	l := c.f.find(g)
	if l == nil || l.gone {
		return nil, groupGone(g)
	}
	return slices.Clone(l.targets), nil
}

func (c *fakeCloud) Tags(ctx context.Context, gs []plan.GroupARN) (map[plan.GroupARN]map[string]string, error) {
	if len(gs) > 20 {
		return nil, fmt.Errorf("Tags: %d groups in one call", len(gs))
	}
	if err := c.f.enter(ctx, c.where(), "Tags", len(gs)); err != nil {
		return nil, err
	}
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	out := map[plan.GroupARN]map[string]string{}
	for _, g := range gs {
		if l := c.f.find(g); l != nil && !l.gone {
			out[g] = copyTags(l.group.Tags)
		}
	}
	return out, nil
}

func (c *fakeCloud) Register(ctx context.Context, g plan.GroupARN, ts []plan.Target) (map[plan.Target]string, error) {
	if err := c.f.enter(ctx, c.where(), "Register", g); err != nil {
		return nil, err
	}
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	l := c.f.find(g)
	if l == nil || l.gone {
		return nil, groupGone(g)
	}
	refused := map[plan.Target]string{}
	for _, t := range ts {
		if t.Addr == l.noSubnet {
			refused[t] = "ValidationError: not in a subnet"
			continue
		}
		fresh := plan.Registered{Target: t, State: cmp.Or(l.health, plan.StateInitial)}
		i := slices.IndexFunc(l.targets, func(r plan.Registered) bool { return r.Addr == t.Addr && r.Port == t.Port })
		switch {
		case i < 0:
			l.targets = append(l.targets, fresh)
		case l.targets[i].Draining():
			l.targets[i] = fresh
		}
	}
	return refused, nil
}

func (c *fakeCloud) Deregister(ctx context.Context, g plan.GroupARN, ts []plan.Target) error {
	if err := c.f.enter(ctx, c.where(), "Deregister", g); err != nil {
		return err
	}
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	l := c.f.find(g)
	if l == nil || l.gone {
		return groupGone(g)
	}
	for _, t := range ts {
		for i := range l.targets {
			if l.targets[i].Addr == t.Addr && l.targets[i].Port == t.Port {
				l.targets[i].State = plan.StateDraining
			}
		}
	}
	return nil
}

func (c *fakeCloud) PutTag(ctx context.Context, g plan.GroupARN, key, value string) error {
	if err := c.f.enter(ctx, c.where(), "PutTag", g); err != nil {
		return err
	}
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	if l := c.f.find(g); l != nil {
		l.group.Tags[key] = value
		if l.tagLag != nil {
			l.tagLag = copyTags(l.tagLag)
		}
	}
	return nil
}

func copyTags(m map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// fakeResolver answers with the links' DNS.
type fakeResolver struct{ f *fleet }

func (r fakeResolver) InVPC() bool { return r.f.inVPC }

func (r fakeResolver) Lookup(ctx context.Context, host string, v6, inVPCOnly bool) plan.Witness {
	w := plan.Witness{Name: plan.DNS, Outcome: plan.Unknown, Code: plan.DNSUnknown, Detail: "no such name", At: r.f.now()}
	if err := r.f.enter(ctx, "", "Lookup", host); err != nil {
		w.Detail = err.Error()
		return w
	}
	r.f.mu.Lock()
	defer r.f.mu.Unlock()
	for _, l := range r.f.links {
		if l.cluster.Host == host {
			w = l.dns
			w.Addrs = slices.Clone(l.dns.Addrs)
			w.At = r.f.now()
		}
	}
	return w
}
