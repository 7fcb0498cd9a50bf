package e2e

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/cryptotest"
	"time"

	"postern/internal/awsapi"
	"postern/internal/lab/state"
	"postern/internal/plan"
	"postern/internal/resolve"
)

// keeper keeps the targets of two clusters' links by some rule: those that
// people use, in the few lines that decide, over the same API calls, and ours.
type keeper struct {
	name  string
	rule  string // for the page
	every time.Duration
	start func(*peerRun) (pass func(context.Context))
}

var keepers = []keeper{
	{"nobody can do better", "knows the truth and acts on it every five seconds; what it loses is the load balancer's own slowness", 5 * time.Second, startPerfect},
	{"sync", "a new process every minute, without memory", minute, startSync},
	{"hostname function", "every five minutes asks one name server; registers what is new; deregisters what three runs have missed", 5 * minute, startHostname},
	{"event functions", "one registers the address of each new network interface it is told of; one deregisters every fifteen minutes what is unhealthy and no interface's", 15 * minute, startEvents(0)},
	{"event functions, a tenth lost", "the same, and one event in ten never arrives, which nothing repairs", 15 * minute, startEvents(0.1)},
	{"plain function", "every minute asks the name and makes the group equal to the answer", minute, startPlain},
}

// peerRun is one keeper in one storm.
type peerRun struct {
	*bench
	process *process
	scope   *awsapi.Scope
	names   *resolve.Resolver
	chance  *rand.Rand
	storm   *storm
	groups  map[string]plan.GroupARN // by cluster
	hosts   map[string]string
	unhear  func()         // ends what a rule hears of events
	others  sync.WaitGroup // what outlives a pass

	mu   sync.Mutex // guards what follows
	loss losses
}

// losses is what a storm cost.
type losses struct {
	Dark    time.Duration // no healthy target among the serving addresses, both links together
	Wrong   int           // removals of a target whose address serves
	Alien   int           // registrations of an address that is not the cluster's
	Stale   time.Duration // registered, and not the cluster's: summed over targets
	Missing int           // addresses that served for ten minutes or more and were never registered
}

func (l *losses) add(o losses) {
	l.Dark += o.Dark
	l.Wrong += o.Wrong
	l.Alien += o.Alien
	l.Stale += o.Stale
	l.Missing += o.Missing
}

// keep runs one keeper through the weather of a script, and counts.
func keep(t *testing.T, k keeper, sc script) losses {
	cryptotest.SetGlobalRandom(t, sc.seed)
	var total losses
	inBenchOf(t, stormWorld, sc.seed, func(b *bench) {
		r := &peerRun{
			bench: b, process: newProcess(b, k.name), chance: rand.New(rand.NewPCG(sc.seed, 7)),
			unhear: func() {}, groups: map[string]plan.GroupARN{}, hosts: map[string]string{},
			storm: &storm{bench: b, script: sc, rules: newRules(b, sc.setup), processes: map[string]*process{}},
		}
		defer r.process.wire.CloseIdleConnections()
		r.scope, r.names = r.process.scope(r.process.cloud(0)), r.process.resolver()
		for _, c := range []string{stormA, stormB} {
			g := b.groupOf(c)
			r.groups[c], r.hosts[c] = plan.GroupARN(g.ARN), strings.ToLower(g.Tags[plan.TagEndpoint])
			for _, a := range b.servingOf(c) {
				b.must(b.store.RegisterTargets(b.caller, g.ARN, []state.Target{{ID: a.String(), Port: plan.APIPort}}))
			}
		}
		pass := k.start(r)
		b.wait(5 * minute) // everybody begins with a link that is as it should be
		defer b.store.Subscribe(r.count)()

		ctx, stop := context.WithCancel(context.Background())
		var loops sync.WaitGroup
		loops.Go(func() {
			for ctx.Err() == nil {
				pass(ctx)
				idle(ctx, k.every+time.Duration(r.chance.Int64N(int64(time.Second))))
			}
		})
		loops.Go(func() { r.sample(ctx) })
		began := b.now()
		for _, st := range sc.steps {
			time.Sleep(began.Add(st.at).Sub(b.now()))
			b.must(r.storm.do(st.do))
		}
		time.Sleep(began.Add(sc.length).Sub(b.now()))
		stop()
		loops.Wait()
		r.unhear()
		r.others.Wait()
		total = r.loss
	})
	return total
}

func idle(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// count follows registrations and removals.
func (r *peerRun) count(e state.Event) {
	if e.Kind != state.TargetChanged {
		return
	}
	cluster := stormA
	if plan.GroupARN(e.Of) == r.groups[stormB] {
		cluster = stormB
	}
	at, err := netip.ParseAddrPort(e.Subject)
	if err != nil {
		return
	}
	fresh := e.Was == "" || e.Was == "draining" && e.Now != ""
	leaves := strings.HasPrefix(e.Now, "draining") || e.Now == "" && e.Was != "draining"
	own, serves := slices.Contains(r.own(cluster), at.Addr()), slices.Contains(r.servingOf(cluster), at.Addr())
	r.mu.Lock()
	defer r.mu.Unlock()
	if fresh && !own {
		r.loss.Alien++
	}
	if leaves && serves {
		r.loss.Wrong++
	}
}

// own returns the addresses of a cluster's interfaces, serving or not.
func (r *peerRun) own(cluster string) []netip.Addr {
	r.storm.rules.learn()
	r.storm.rules.mu.Lock()
	defer r.storm.rules.mu.Unlock()
	var out []netip.Addr
	for a, l := range r.storm.rules.listed {
		if l.cluster == cluster {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return out
}

// sample looks at the links every five seconds.
func (r *peerRun) sample(ctx context.Context) {
	const every = 5 * time.Second
	type life struct {
		served     time.Duration
		registered bool
	}
	lives := map[string]map[netip.Addr]*life{stormA: {}, stormB: {}}
	end := func(l *life) {
		if l.served >= 10*minute && !l.registered {
			r.loss.Missing++
		}
	}
	for ctx.Err() == nil {
		idle(ctx, every)
		for _, c := range []string{stormA, stormB} {
			serving, own, healthy := r.servingOf(c), r.own(c), 0
			registered := map[netip.Addr]bool{}
			stale := 0
			for _, h := range r.storm.rules.targets(r.groups[c]) {
				a := addr(h.Target.ID)
				if h.State == "draining" {
					continue
				}
				registered[a] = true
				if !slices.Contains(own, a) {
					stale++
				}
				if h.State == "healthy" && slices.Contains(serving, a) {
					healthy++
				}
			}
			r.mu.Lock()
			if healthy == 0 && len(serving) > 0 {
				r.loss.Dark += every
			}
			r.loss.Stale += time.Duration(stale) * every
			for _, a := range serving {
				if lives[c][a] == nil {
					lives[c][a] = &life{}
				}
				lives[c][a].served += every
				lives[c][a].registered = lives[c][a].registered || registered[a]
			}
			for a, l := range lives[c] {
				if !slices.Contains(serving, a) {
					end(l)
					delete(lives[c], a)
				}
			}
			r.mu.Unlock()
		}
	}
	for _, c := range []string{stormA, stormB} {
		for _, l := range lives[c] {
			end(l)
		}
	}
}

// --- the rules ---

func startPerfect(r *peerRun) func(context.Context) {
	return func(context.Context) {
		for _, c := range []string{stormA, stormB} {
			have := map[netip.Addr]bool{}
			for _, h := range r.storm.rules.targets(r.groups[c]) {
				a := addr(h.Target.ID)
				have[a] = h.State != "draining"
				if have[a] && !slices.Contains(r.own(c), a) {
					r.must(r.store.DeregisterTargets(r.caller, string(r.groups[c]), []state.Target{{ID: h.Target.ID, Port: plan.APIPort}}))
				}
			}
			for _, a := range r.own(c) {
				if !have[a] {
					r.must(r.store.RegisterTargets(r.caller, string(r.groups[c]), []state.Target{{ID: a.String(), Port: plan.APIPort}}))
				}
			}
		}
	}
}

func startSync(r *peerRun) func(context.Context) {
	return func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, 50*time.Second)
		defer cancel()
		engine := r.process.newStormEngine(r.storm.script.setup, r.storm.rules)
		seen := newSighting(r.process)
		doc, err := engine.Pass(context.WithValue(ctx, sightingKey{}, seen), nil)
		r.must(err)
		r.storm.rules.judge(seen, doc)
	}
}

// eachLink runs one function per link, as the peers do.
func eachLink(r *peerRun, run func(context.Context, *peerLink) error) func(context.Context) {
	return func(ctx context.Context) {
		for _, c := range []string{stormA, stormB} {
			limit, cancel := context.WithTimeout(ctx, 45*time.Second)
			_ = run(limit, r.link(c)) // it ends there; the next run comes by schedule
			cancel()
		}
	}
}

// peerLink is one link as the others' rules see it.
type peerLink struct {
	cluster string
	scope   *awsapi.Scope
	group   plan.GroupARN
	host    string
	names   *resolve.Resolver
}

func (r *peerRun) link(cluster string) *peerLink {
	return &peerLink{cluster, r.scope, r.groups[cluster], r.hosts[cluster], r.names}
}

// ask resolves the link's name, at all name servers or at one.
func (l *peerLink) ask(ctx context.Context, servers ...resolve.Server) ([]netip.Addr, error) {
	names := l.names
	if len(servers) > 0 {
		names = &resolve.Resolver{Servers: servers, Timeout: l.names.Timeout, Dial: l.names.Dial, Now: l.names.Now, Logger: l.names.Logger}
	}
	w := names.Lookup(ctx, l.host, false, false)
	if w.Outcome != plan.Answered {
		return nil, fmt.Errorf("resolve: %s", w.Outcome)
	}
	return w.Addrs, nil
}

func onPort443(as []netip.Addr) []plan.Target {
	var out []plan.Target
	for _, a := range as {
		out = append(out, plan.Target{Addr: a, Port: plan.APIPort})
	}
	return out
}

func startHostname(r *peerRun) func(context.Context) {
	left := map[string]map[netip.Addr]int{}
	return eachLink(r, func(ctx context.Context, l *peerLink) error {
		var err error
		left[l.cluster], err = l.hostname(ctx, r.names.Servers[r.chance.IntN(len(r.names.Servers))], left[l.cluster])
		return err
	})
}

// hostname is the hostname function's rule. Draining counts as registered; a
// registration that fails is forgotten until the next run. What it is given
// and returns is in how many runs an address goes; it is kept in S3.
func (l *peerLink) hostname(ctx context.Context, at resolve.Server, left map[netip.Addr]int) (map[netip.Addr]int, error) {
	active, err := l.ask(ctx, at)
	if err != nil {
		return left, err
	}
	have, err := l.scope.Targets(ctx, l.group)
	if err != nil {
		return left, err
	}
	isIn := func(a netip.Addr) bool {
		return slices.ContainsFunc(have, func(x plan.Registered) bool { return x.Addr == a })
	}
	if fresh := slices.DeleteFunc(slices.Clone(active), isIn); len(fresh) > 0 {
		_, _ = l.scope.Register(ctx, l.group, onPort443(fresh))
	}
	after := map[netip.Addr]int{}
	maps.Copy(after, left)
	for _, a := range active {
		after[a] = 3
	}
	var gone []netip.Addr
	for a := range after {
		if slices.Contains(active, a) {
			continue
		}
		if after[a]--; after[a] <= 0 {
			gone = append(gone, a)
			delete(after, a)
		}
	}
	slices.SortFunc(gone, netip.Addr.Compare)
	if len(gone) > 0 {
		if err := l.scope.Deregister(ctx, l.group, onPort443(gone)); err != nil {
			return left, err
		}
	}
	return after, nil
}

// startEvents is the rule of the two event functions. An event arrives within
// seconds, unless it is lost, and is tried three times.
func startEvents(lost float64) func(*peerRun) func(context.Context) {
	return func(r *peerRun) func(context.Context) {
		luck := rand.New(rand.NewPCG(r.storm.script.seed, 8))
		r.unhear = r.store.Subscribe(func(e state.Event) { r.registerNew(e, lost, luck) })
		return eachLink(r, func(ctx context.Context, l *peerLink) error { return l.removeOld(ctx) })
	}
}

func (r *peerRun) registerNew(e state.Event, lost float64, luck *rand.Rand) {
	if e.Kind != state.InterfaceChanged || e.Was != "" || luck.Float64() < lost {
		return
	}
	a := addr(e.Extra)
	for _, c := range []string{stormA, stormB} {
		if !slices.Contains(r.own(c), a) {
			continue
		}
		r.others.Go(func() {
			for _, after := range []time.Duration{5 * time.Second, minute, 2 * minute} {
				time.Sleep(after)
				ctx, cancel := context.WithTimeout(context.Background(), 45*time.Second)
				_, err := r.scope.Register(ctx, r.groups[c], onPort443([]netip.Addr{a}))
				cancel()
				if err == nil {
					return
				}
			}
		})
	}
}

// removeOld is the second of the event functions.
func (l *peerLink) removeOld(ctx context.Context) error {
	all, err := l.scope.Interfaces(ctx)
	if err != nil {
		return err
	}
	var listed []netip.Addr
	for _, i := range all {
		if i.Description == plan.ENIDescription(l.cluster) {
			listed = append(listed, i.Addr)
		}
	}
	have, err := l.scope.Targets(ctx, l.group)
	if err != nil || len(listed) == 0 {
		return err
	}
	var gone []netip.Addr
	for _, x := range have {
		if x.State == plan.StateUnhealthy && !slices.Contains(listed, x.Addr) {
			gone = append(gone, x.Addr)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return l.scope.Deregister(ctx, l.group, onPort443(gone))
}

func startPlain(r *peerRun) func(context.Context) {
	return eachLink(r, func(ctx context.Context, l *peerLink) error { return l.plain(ctx) })
}

// plain is the plain function's rule.
func (l *peerLink) plain(ctx context.Context) error {
	active, err := l.ask(ctx)
	if err != nil {
		return err
	}
	have, err := l.scope.Targets(ctx, l.group)
	if err != nil {
		return err
	}
	missing, gone := slices.Clone(active), []netip.Addr(nil)
	for _, x := range have {
		missing = slices.DeleteFunc(missing, func(a netip.Addr) bool { return a == x.Addr && !x.Draining() })
		if !slices.Contains(active, x.Addr) && !x.Draining() {
			gone = append(gone, x.Addr)
		}
	}
	if len(missing) > 0 {
		if _, err := l.scope.Register(ctx, l.group, onPort443(missing)); err != nil {
			return err
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return l.scope.Deregister(ctx, l.group, onPort443(gone))
}
