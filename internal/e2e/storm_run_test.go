package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/lab/faults"
	"postern/internal/lab/state"
	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
)

const (
	stormA = "prod"
	stormB = "prod-2" // its name begins with the other's
)

var spoke = netip.MustParsePrefix("10.0.0.0/16")

// stormWorld is testWorld with names that are easily mixed up.
var stormWorld = strings.ReplaceAll(testWorld, "{name: other,", "{name: "+stormB+",")

// storm is one run of a script.
type storm struct {
	*bench
	script    script
	rules     *rules
	processes map[string]*process
	engines   map[string]*reconcile.Engine
	chance    map[string]*rand.Rand // each process's own, so that its draws do not depend on others

	mu      sync.Mutex // guards what follows
	reports bytes.Buffer
	passes  int
	twice   map[string]bool
	hurry   map[string]bool
	done    bool
}

// outcome is what a storm came to.
type outcome struct {
	broken  []string // rules that were broken, in order
	log     []byte   // the lab's events and every report, without durations
	passes  int
	crashes int
}

// run carries a script out in a bubble of its own.
func run(t *testing.T, sc script) outcome {
	var out outcome
	inBenchOf(t, stormWorld, sc.seed, func(b *bench) {
		s := &storm{
			bench: b, script: sc, rules: newRules(b, sc.setup), processes: map[string]*process{}, engines: map[string]*reconcile.Engine{},
			chance: map[string]*rand.Rand{}, twice: map[string]bool{}, hurry: map[string]bool{},
		}
		defer b.store.Subscribe(s.rules.hear)()
		var loops sync.WaitGroup
		for i, e := range sc.setup.engines {
			name := string(rune('A' + i))
			s.processes[name] = newProcess(b, name)
			s.chance[name] = rand.New(rand.NewPCG(sc.seed, uint64(i)))
			loops.Go(func() { s.loop(name, e) })
		}
		began := b.now()
		for i, st := range sc.steps {
			time.Sleep(began.Add(st.at).Sub(b.now()))
			if err := s.do(st.do); err != nil {
				s.rules.violated(nil, "step %d, %s: %v", i+1, st.do, err)
			}
		}
		time.Sleep(began.Add(sc.length).Sub(b.now()))
		s.mu.Lock()
		s.done = true
		s.mu.Unlock()
		loops.Wait()
		s.calm()
		for _, p := range s.processes {
			p.wire.CloseIdleConnections()
		}
		out.broken = s.rules.broken
		var log bytes.Buffer
		if err := b.store.WriteEvents(&log); err != nil {
			b.Fatal(err)
		}
		log.Write(s.reports.Bytes())
		out.log, out.passes = log.Bytes(), s.passes
	})
	return out
}

// loop is a process's life: passes, deaths and new starts.
func (s *storm) loop(name string, e engineSetup) {
	p, chance := s.processes[name], s.chance[name]
	var others sync.WaitGroup
	defer others.Wait()
	var engine *reconcile.Engine
	for !s.over() {
		time.Sleep(e.every*8/10 + time.Duration(chance.Int64N(int64(e.every*4/10))))
		crashed, memory := p.revive()
		if engine == nil || e.forgets || crashed && !memory {
			engine = p.newStormEngine(s.script.setup, s.rules)
			s.rules.forget(name)
		}
		limit := 50 * time.Second
		if s.take(s.hurry, name) {
			limit = time.Duration(chance.Int64N(int64(500 * time.Millisecond)))
		}
		if s.take(s.twice, name) && !s.script.setup.inMemory {
			at := time.Duration(chance.Int64N(int64(300 * time.Millisecond)))
			others.Go(func() {
				time.Sleep(at)
				s.pass(p, engine, limit)
			})
		}
		s.pass(p, engine, limit)
	}
}

func (s *storm) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done
}

func (s *storm) take(from map[string]bool, name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	had := from[name]
	from[name] = false
	return had
}

// pass makes one pass and has the rules judge it.
func (s *storm) pass(p *process, engine *reconcile.Engine, limit time.Duration) report.Sync {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	seen := newSighting(p)
	ctx = context.WithValue(ctx, sightingKey{}, seen)
	p.mu.Lock()
	p.kill[seen] = cancel
	p.mu.Unlock()
	doc, err := engine.Pass(ctx, nil)
	p.mu.Lock()
	delete(p.kill, seen)
	p.mu.Unlock()
	if err != nil {
		s.rules.violated(seen, "pass: %v", err)
	}
	s.rules.judge(seen, doc)
	doc.DurationMs = 0
	s.mu.Lock()
	defer s.mu.Unlock()
	s.passes++
	s.reports.WriteString(p.name + " ")
	if err := json.NewEncoder(&s.reports).Encode(doc); err != nil {
		s.Error(err)
	}
	return doc
}

// do carries one step out.
func (s *storm) do(text string) error {
	words := strings.Fields(text)
	verb, who := words[0], words[len(words)-1]
	if len(words) > 1 {
		who = words[1]
	}
	if p := s.processes[who]; p == nil && (who == "A" || who == "B") {
		return nil // this storm has no such engine
	}
	switch verb {
	case "move":
		return s.moves(who, words[2])
	case "fault":
		return s.faults(words[1:])
	case "heal":
		s.heal()
	case "register":
		port, err := strconv.Atoi(words[3])
		as := s.addresses(who, words[2])
		if err != nil || len(as) == 0 {
			return err
		}
		return s.store.RegisterTargets(s.caller, s.groupOf(who).ARN, []state.Target{{ID: as[0].String(), Port: port}})
	case "deregister":
		return s.takeOut(who)
	case "marks":
		return s.tamper(who, words[2])
	case "pause", "unmanage":
		return s.retag(verb, who, words[2])
	case "forge":
		subnets, _, err := s.store.DescribeSubnets(s.caller, nil, nil, state.Page{})
		if err != nil {
			return err
		}
		at := slices.IndexFunc(subnets, func(x state.Subnet) bool { return x.VPC == s.rules.vpcs[who] })
		_, err = s.store.CreateNetworkInterface(s.caller, state.InterfaceInput{Subnet: subnets[at].ID, Description: "Amazon EKS " + who, Instance: "i-0123456789abcdef0"})
		return err
	case "public":
		snap, err := s.store.DescribeCluster(s.caller, who)
		if err != nil {
			return nil // gone for the moment
		}
		public := !snap.Public
		_, err = s.store.UpdateClusterConfig(s.caller, who, state.ClusterConfig{Public: &public})
		return unlessRefused(err)
	case "recreate":
		return s.recreate(who)
	case "crash":
		p := s.processes[who]
		n, err := strconv.Atoi(words[2])
		p.mu.Lock()
		defer p.mu.Unlock()
		p.crashIn, p.crash = n, crash{after: words[3] == "after", memory: words[4] == "memory"}
		return err
	case "clock":
		skew, err := time.ParseDuration(words[2])
		s.rules.clockStepped(skew)
		s.processes[who].setClock(skew)
		return err
	case "hurry", "twice":
		s.mu.Lock()
		defer s.mu.Unlock()
		map[string]map[string]bool{"hurry": s.hurry, "twice": s.twice}[verb][who] = true
	default:
		return fmt.Errorf("nobody knows how to %s", verb)
	}
	return nil
}

// unlessRefused drops the lab's refusal: the cluster was busy with something.
func unlessRefused(err error) error {
	if _, ok := err.(*state.Error); ok {
		return nil
	}
	return err
}

func (s *storm) moves(cluster, kind string) error {
	m := state.Move{Account: account, Region: region, Cluster: cluster, Kind: state.MoveKind(kind)}
	if kind == "reuse-by" {
		m.Kind, m.To = state.MoveReuse, another(cluster)
	}
	_, err := s.store.Move(m)
	return unlessRefused(err)
}

func another(cluster string) string {
	if cluster == stormA {
		return stormB
	}
	return stormA
}

// faults puts a fault in force, with the addresses of this moment in place of
// words that stand for some.
func (s *storm) faults(words []string) error {
	cluster := ""
	for _, w := range words {
		if name, ok := strings.CutPrefix(w, "cluster="); ok {
			cluster = name
		}
	}
	for i, w := range words {
		if list, ok := strings.CutPrefix(w, "answer="); ok {
			var as []netip.Addr
			for _, word := range strings.Split(list, ",") {
				as = append(as, s.addresses(cluster, word)...)
			}
			if len(as) == 0 {
				return nil
			}
			words[i] = "answer=" + join(as)
		}
	}
	f, err := faults.Parse(strings.Join(words, " "))
	if err != nil {
		return err
	}
	if f.Name == faults.StaleRead {
		s.rules.makesOld(f.Action, f.For)
	}
	_, err = s.lab.AddFault(f)
	if f.Cluster != "" && err != nil && len(s.servingOf(f.Cluster)) == 0 {
		return nil // the cluster is gone for the moment
	}
	return err
}

func (s *storm) addresses(cluster, word string) []netip.Addr {
	switch word {
	case "OTHER":
		return s.servingOf(another(cluster))
	case "OWN":
		return s.servingOf(cluster)
	case "OUTSIDE":
		return []netip.Addr{addr("172.31.0.9")}
	case "PUBLIC":
		return []netip.Addr{addr("198.51.100.7")}
	}
	return []netip.Addr{s.freeAddr()}
}

// takeOut removes a target by hand.
func (s *storm) takeOut(cluster string) error {
	g := plan.GroupARN(s.groupOf(cluster).ARN)
	for _, h := range s.rules.targets(g) {
		if h.State == "draining" {
			continue
		}
		key := string(g) + " " + h.Target.ID + ":" + strconv.Itoa(h.Target.Port)
		s.rules.allow(g, key, 1)
		defer s.rules.allow(g, key, -1)
		return s.store.DeregisterTargets(s.caller, string(g), []state.Target{{ID: h.Target.ID, Port: h.Target.Port}})
	}
	return nil
}

func (r *rules) allow(g plan.GroupARN, key string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sanctioned[key] += n
	r.links[g].byHand = time.Now()
}

// forget drops what only that process's memory held.
func (r *rules) forget(process string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	lost := func(key string, _ time.Time) bool { return strings.HasPrefix(key, process+" ") }
	for _, t := range r.links {
		maps.DeleteFunc(t.stale, lost)
		maps.DeleteFunc(t.alone, lost)
	}
}

func (s *storm) tamper(cluster, how string) error {
	arn := s.groupOf(cluster).ARN
	own := s.servingOf(cluster)
	value := map[string]string{"garbage": "-10.0.0.x@1 ++ @ -@ \u2603", "future": fmt.Sprintf("-%s@%d", s.freeAddr(), s.now().Add(time.Hour).Unix())}[how]
	if how == "listed" && len(own) > 0 { // long stale, says the mark, and it is not
		value = fmt.Sprintf("-%s@%d", own[0], s.now().Add(-time.Hour).Unix())
	}
	if value == "" {
		return s.store.RemoveTags(s.caller, []string{arn}, []string{plan.TagMarks})
	}
	return unlessRefused(s.store.AddTags(s.caller, []string{arn}, state.Tags{plan.TagMarks: value}))
}

// retag stops sync from writing to a link, or from removing, for a while.
func (s *storm) retag(verb, cluster, during string) error {
	d, err := time.ParseDuration(during)
	if err != nil {
		return err
	}
	key, value, back := plan.TagManaged, "false", "true"
	if verb == "pause" {
		key, value, back = plan.TagPaused, "true", "false"
	}
	if err := s.setTag(cluster, key, value); err != nil {
		return err
	}
	go func() {
		time.Sleep(d)
		if err := s.setTag(cluster, key, back); err != nil {
			s.rules.violated(nil, "%s %s back: %v", verb, cluster, err)
		}
	}()
	return nil
}

func (s *storm) setTag(cluster, key, value string) error {
	arn := s.groupOf(cluster).ARN
	s.rules.tagged(plan.GroupARN(arn))
	return s.store.AddTags(s.caller, []string{arn}, state.Tags{key: value})
}

func (r *rules) tagged(g plan.GroupARN) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.links[g].tagsSince = time.Now()
}

// recreate makes a cluster again under its name, and a quarter of an hour
// later its Terraform is applied again.
func (s *storm) recreate(cluster string) error {
	if err := s.moves(cluster, string(state.MoveRecreate)); err != nil {
		return err
	}
	go func() {
		time.Sleep(15 * minute)
		s.rebind(cluster)
	}()
	return nil
}

func (s *storm) rebind(cluster string) {
	c, err := s.store.DescribeCluster(s.caller, cluster)
	if err != nil || c.Endpoint == "" {
		return // being made again, once more
	}
	if host := strings.TrimPrefix(c.Endpoint, "https://"); !strings.EqualFold(s.groupOf(cluster).Tags[plan.TagEndpoint], host) {
		if err := s.setTag(cluster, plan.TagEndpoint, host); err != nil {
			s.rules.violated(nil, "rebind %s: %v", cluster, err)
		}
	}
}

// calm ends everything that the storm did, and waits until all is well.
func (s *storm) calm() {
	s.heal()
	synctest.Wait()
	for _, p := range s.processes {
		p.setClock(0)
		p.revive()
		p.mu.Lock()
		p.crashIn = -1
		p.mu.Unlock()
	}
	time.Sleep(16 * minute) // moves and updates end
	for _, c := range []string{stormA, stormB} {
		if cl, err := s.store.DescribeCluster(s.caller, c); err == nil && cl.Public {
			if err := s.do("public " + c); err != nil {
				s.rules.violated(nil, "%v", err)
			}
		}
	}
	time.Sleep(6 * minute)
	for _, c := range []string{stormA, stormB} {
		s.rebind(c)
		if err := s.setTag(c, plan.TagPaused, "false"); err != nil {
			s.rules.violated(nil, "%v", err)
		}
	}
	p := s.processes["A"]
	engine := p.newStormEngine(s.script.setup, s.rules)
	s.rules.forget("A")
	var doc report.Sync
	for range 90 {
		time.Sleep(minute)
		if doc = s.pass(p, engine, 50*time.Second); s.asIntended(doc) {
			break
		}
	}
	s.last = doc
	if !s.asIntended(doc) {
		s.rules.violated(nil, "an hour and a half after the storm it is not over: %s", s.describeAll())
		return
	}
	s.mark()
	for range 2 {
		time.Sleep(minute)
		s.pass(p, engine, 50*time.Second)
	}
	for _, c := range s.store.Calls()[s.from:] {
		if c.Action == "RegisterTargets" || c.Action == "DeregisterTargets" || c.Action == "AddTags" {
			s.rules.violated(nil, "a pass writes although all is well: %s at %s", c.Action, c.At)
		}
	}
}

// asIntended reports whether the report says that all is well, and it is.
func (s *storm) asIntended(doc report.Sync) bool {
	if len(doc.Links) != 2 || slices.ContainsFunc(doc.Links, func(l report.Link) bool { return l.Result != plan.Converged }) {
		return false
	}
	for _, c := range []string{stormA, stormB} {
		var have []netip.Addr
		for _, h := range s.rules.targets(plan.GroupARN(s.groupOf(c).ARN)) {
			if h.Target.Port == plan.APIPort && h.State != "draining" {
				have = append(have, addr(h.Target.ID))
			}
		}
		slices.SortFunc(have, netip.Addr.Compare)
		if want := s.servingOf(c); !slices.Equal(have, want) {
			s.rules.violated(nil, "%s is called converged with %v, and its addresses are %v", c, have, want)
		}
	}
	return true
}

func (s *storm) describeAll() string {
	text := s.describe()
	for _, c := range []string{stormA, stormB} {
		g := s.groupOf(c)
		text += fmt.Sprintf("\n%s: serving %v, targets %+v, tags %v", c, s.servingOf(c), s.rules.targets(plan.GroupARN(g.ARN)), g.Tags)
	}
	return text
}
