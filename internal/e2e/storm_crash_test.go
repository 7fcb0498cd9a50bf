package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"postern/internal/lab"
	"postern/internal/lab/state"
	"postern/internal/plan"
	"postern/internal/report"
)

var killings = flag.Int("kill.times", 20, "how often TestKill kills the real program")

// TestCrash lets an engine die at 200 points of its passes, before or after
// AWS has carried a call out. What it leaves must be whole: no current target
// is lost, no mark of a target that is still stale, and the next pass, which
// remembers nothing, registers whatever is missing.
func TestCrash(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 1)
	inBenchOf(t, stormWorld, 1, func(b *bench) {
		sc := script{setup: setup{witnesses: []plan.WitnessName{plan.DNS, plan.ENI}, policy: plan.DefaultPolicy()}}
		s := &storm{bench: b, script: sc, rules: newRules(b, sc.setup), processes: map[string]*process{}}
		p := newProcess(b, "A")
		s.processes["A"] = p
		defer p.wire.CloseIdleConnections()
		defer b.store.Subscribe(s.rules.hear)()
		w := &writer{rand.New(rand.NewPCG(1, 1))}
		died := map[string]int{}
		for died["before"]+died["after"] < 200 {
			b.must(s.do(pick(w, []string{w.move(), w.move(), "register prod FREE 443", "deregister prod", "marks prod gone"})))
			b.wait(time.Second + time.Duration(w.Int64N(int64(3*minute))))
			before := s.left(stormA)
			how := pick(w, []string{"before", "after"})
			b.must(s.do(fmt.Sprintf("crash A %d %s nothing", w.IntN(13), how)))
			s.pass(p, p.newStormEngine(sc.setup, s.rules), 50*time.Second)
			crashed, _ := p.revive()
			if !crashed { // the pass was over before that call
				p.crashIn = -1
				continue
			}
			died[how]++
			s.wantNoneLost(before, s.left(stormA))
			b.wait(5 * time.Second) // EC2's listing is as late as it ever is
			s.wantAllThere(s.pass(p, p.newStormEngine(sc.setup, s.rules), 50*time.Second))
			if b.Failed() {
				return
			}
		}
		t.Logf("died %v", died)
		s.calm()
		for _, text := range s.rules.broken {
			t.Error(text)
		}
	})
}

// left is what a dead process has left behind.
type left struct {
	targets []netip.Addr // current ones
	marks   map[string]time.Time
	stale   map[string]bool // targets that no interface of the cluster has
}

func (s *storm) left(cluster string) left {
	g := plan.GroupARN(s.groupOf(cluster).ARN)
	out := left{marks: marksIn(s.rules.tags(g)[plan.TagMarks]), stale: map[string]bool{}}
	for _, h := range s.rules.targets(g) {
		a := addr(h.Target.ID)
		switch current := slices.Contains(s.servingOf(cluster), a); {
		case h.State == "draining":
		case current:
			out.targets = append(out.targets, a)
		default:
			out.stale["-"+a.String()] = true
		}
	}
	return out
}

func (s *storm) wantNoneLost(before, after left) {
	s.Helper()
	for _, a := range before.targets {
		if slices.Contains(s.servingOf(stormA), a) && !slices.Contains(after.targets, a) {
			s.Errorf("at %s a current target is lost: %s: before %+v, after %+v", s.now(), a, before, after)
		}
	}
	for m := range before.marks {
		about, _, _ := strings.Cut(m, "@")
		if _, ok := after.marks[m]; !ok && before.stale[about] && after.stale[about] {
			s.Errorf("at %s a mark is lost: %s: before %+v, after %+v", s.now(), m, before, after)
		}
	}
}

// wantAllThere: the pass that has just ended left every current address
// registered.
func (s *storm) wantAllThere(doc report.Sync) {
	s.Helper()
	for _, cluster := range []string{stormA, stormB} {
		have := s.left(cluster).targets
		for _, a := range s.servingOf(cluster) {
			if l, err := linkOf(doc, cluster); !slices.Contains(have, a) && (err != nil || l.Reason != plan.AnotherWriter) {
				s.Errorf("at %s the pass after a crash left %s without %s: %v, %+v %v", s.now(), cluster, a, have, l, err)
			}
		}
	}
}

// TestKill kills the real program at random moments of its passes, against a
// lab on sockets that is sixty times faster than AWS; one pass later the
// current addresses are registered, and once all is calm nothing else is.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: real processes take seconds")
	}
	world, err := lab.ParseWorld([]byte(stormWorld))
	if err != nil {
		t.Fatal(err)
	}
	l, err := lab.New(lab.Options{World: world, Seed: 1, Speed: 60, Address: "127.0.0.1:0", Unthrottled: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	<-l.Ready()
	k := &killer{T: t, lab: l, bin: buildPostern(t), env: programEnv(t, l)}
	k.whole() // a first pass, which also says how long one takes
	began := time.Now()
	k.whole()
	took := time.Since(began)

	chance := rand.New(rand.NewPCG(1, 1))
	inPass := 0
	for n := range *killings {
		kind := []state.MoveKind{state.MoveReplace, state.MovePatch, state.MoveAbrupt, state.MoveReuse, state.MoveRollback}[chance.IntN(5)]
		_, _ = l.Move(lab.Move{Account: account, Region: region, Cluster: stormA, Kind: kind}) // refused while another one is under way
		if k.killed(time.Duration(chance.Int64N(int64(took)))) {
			inPass++
		}
		if n%10 == 9 {
			k.whole()
			k.wantAllThere()
		}
	}
	if inPass < *killings/2 {
		t.Errorf("of %d kills only %d came before the pass was over", *killings, inPass)
	}
	k.calm()
	t.Logf("killed %d times, %d of them in a pass of about %s", *killings, inPass, took.Round(time.Millisecond))
}

// programEnv is the environment of the program in the lab.
func programEnv(t *testing.T, l *lab.Lab) []string {
	t.Helper()
	s := l.State()
	config := filepath.Join(t.TempDir(), "postern.yaml")
	if err := os.WriteFile(config, lab.Config(s, "111111111111"), 0o600); err != nil {
		t.Fatal(err)
	}
	env, err := lab.Env(s, l.Token(), "111111111111", region, config)
	if err != nil {
		t.Fatal(err)
	}
	env = slices.DeleteFunc(env, func(v string) bool { return strings.HasSuffix(v, "=") })
	return append(env, "PATH="+os.Getenv("PATH"), "HOME="+t.TempDir())
}

// killer runs the program against a lab, and ends it.
type killer struct {
	*testing.T
	lab *lab.Lab
	bin string
	env []string
}

func (k *killer) command() *exec.Cmd {
	cmd := exec.CommandContext(k.Context(), k.bin, "sync", "--output", "json")
	cmd.Env = k.env
	return cmd
}

// killed starts a pass, kills it after a while, and reports whether it was
// still at work.
func (k *killer) killed(after time.Duration) bool {
	k.Helper()
	cmd := k.command()
	if err := cmd.Start(); err != nil {
		k.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	exit, killed := errors.AsType[*exec.ExitError](cmd.Wait())
	return killed && exit.ExitCode() < 0
}

// whole makes one pass to its end.
func (k *killer) whole() report.Sync {
	k.Helper()
	out, err := k.command().Output()
	var doc report.Sync
	if bad := json.Unmarshal(out, &doc); bad != nil {
		k.Fatalf("postern sync: %v, %v: %s", err, bad, out)
	}
	return doc
}

func (k *killer) targets() (have []netip.Addr) {
	for _, a := range k.lab.Store().Snapshot().Accounts {
		for _, g := range a.TargetGroups {
			for _, h := range g.Targets {
				if g.Tags[plan.TagCluster] == stormA && h.State != "draining" {
					have = append(have, addr(h.Target.ID))
				}
			}
		}
	}
	slices.SortFunc(have, netip.Addr.Compare)
	return have
}

func (k *killer) serving() []netip.Addr { return k.lab.Store().Serving(account, region, stormA) }

// wantAllThere: what served before the pass and still does is registered.
// Moves go on meanwhile, so a second look may be needed.
func (k *killer) wantAllThere() {
	k.Helper()
	var missing []netip.Addr
	for range 5 {
		have := k.targets()
		missing = slices.DeleteFunc(k.serving(), func(a netip.Addr) bool { return slices.Contains(have, a) })
		if len(missing) == 0 {
			return
		}
		k.whole()
	}
	k.Errorf("after whole passes %v are not registered: %v", missing, k.targets())
}

// calm makes passes until nothing but the current addresses is registered.
func (k *killer) calm() {
	k.Helper()
	for deadline := time.Now().Add(2 * minute); ; {
		doc := k.whole()
		converged := !slices.ContainsFunc(doc.Links, func(l report.Link) bool { return l.Result != plan.Converged })
		if have := k.targets(); converged && len(doc.Links) == 2 && slices.Equal(have, k.serving()) {
			return
		} else if time.Now().After(deadline) {
			k.Fatalf("two minutes after the last kill: registered %v, serving %v, report %+v", have, k.serving(), doc.Links)
		}
	}
}
