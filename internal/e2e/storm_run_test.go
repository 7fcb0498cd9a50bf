package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

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
	broken []string // rules that were broken, in order
	log    []byte   // the lab's events and every report, without durations
	passes int
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
		for i := range sc.setup.engines {
			name := string(rune('A' + i))
			s.processes[name] = newProcess(b, name)
			s.chance[name] = rand.New(rand.NewPCG(sc.seed, uint64(i)))
		}
		for i, e := range sc.setup.engines {
			loops.Go(func() { s.loop(string(rune('A'+i)), e) })
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
