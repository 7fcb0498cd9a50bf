package e2e

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/assemble"
	"postern/internal/config"
	"postern/internal/fleet"
	"postern/internal/lab"
	"postern/internal/plan"
	"postern/internal/trace"
)

// tracer walks the paths of a lab whose networks carry connections, as the
// command does: its snapshot by the AWS SDK, its probes through the lab's way
// in.
type tracer struct {
	*pathLab
	cfg   config.Config
	way   *assemble.Way
	inHub *assemble.Way // asks the hub VPC's resolver
}

// probeTime is what a step of a probe may take: the lab is near.
const probeTime = time.Second

func newTracer(t *testing.T, o lab.Options) *tracer {
	t.Helper()
	tr := &tracer{pathLab: newPathLab(t, o)}
	file := filepath.Join(t.TempDir(), "postern.yaml")
	if err := os.WriteFile(file, lab.Config(tr.State(), "111111111111"), 0o600); err != nil {
		t.Fatal(err)
	}
	env, err := lab.Env(tr.State(), tr.Token(), "111111111111", "us-east-1", file)
	if err != nil {
		t.Fatal(err)
	}
	proxy := ""
	for _, kv := range env {
		key, value, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(key, "AWS_") {
			t.Setenv(key, value)
		}
		if key == "HTTPS_PROXY" {
			proxy = value
		}
	}
	if tr.cfg, err = config.Load(config.Sources{File: file, ReadFile: os.ReadFile, Getenv: func(string) string { return "" }}); err != nil {
		t.Fatal(err)
	}
	tr.cfg.Witnesses = nil
	if tr.way, err = assemble.NewWay(func(key string) string {
		if key == "HTTPS_PROXY" {
			return proxy
		}
		return ""
	}, nil, probeTime); err != nil {
		t.Fatal(err)
	}
	for _, v := range tr.Views() {
		if v.Name == tr.State().Hub.VPCs[0] {
			if tr.inHub, err = assemble.NewWay(func(string) string { return "" }, []string{v.Address}, probeTime); err != nil {
				t.Fatal(err)
			}
		}
	}
	return tr
}

// snapshot asks AWS as a new process does, which begins with full buckets.
func (tr *tracer) snapshot(t *testing.T, only ...plan.Pattern) *fleet.Snapshot {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	p, err := assemble.New(ctx, tr.cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.Snapshot(ctx, tr.cfg, only, true)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// walk walks a path, with probes if live.
func (tr *tracer) walk(t *testing.T, ref plan.Ref, o trace.Options, live bool) trace.Path {
	t.Helper()
	s := tr.snapshot(t, plan.Pattern(ref))
	if live {
		o.Live = tr.way.Probe(t.Context(), trace.Ask(s, ref, o), nil, "")
	}
	return trace.Walk(s, ref, o)
}

// client connects as a client does: by the endpoint's name, as the hub resolves
// it, with its certificate verified against the CA that the client has had from
// the beginning. It returns what came of each of some connections made side by
// side.
func (tr *tracer) client(t *testing.T, asked trace.Asked, times int) (through int, err error) {
	t.Helper()
	asked.Addrs = nil
	var mu sync.Mutex
	var wg sync.WaitGroup
	var errs []error
	for range times {
		wg.Go(func() {
			c := tr.way.Probe(t.Context(), asked, nil, "").Lookup.By
			mu.Lock()
			defer mu.Unlock()
			if c.Verified && c.Status == 200 {
				through++
			} else {
				errs = append(errs, fmt.Errorf("%s (status %d)", c.Error, c.Status))
			}
		})
	}
	wg.Wait()
	return through, errors.Join(errs...)
}

func showPath(p trace.Path) string {
	var b strings.Builder
	for _, f := range p.Findings {
		fmt.Fprintf(&b, "%-9s %-9s %-20s because %q: %s: %s\n", f.Hop, f.Verdict, f.Code, f.Because, f.Object, f.Saw)
	}
	return b.String()
}

func refOf(t *testing.T, text string) plan.Ref {
	t.Helper()
	p, err := plan.ParsePattern(text)
	if err != nil {
		t.Fatal(err)
	}
	return plan.Ref(p)
}

// TestTraceBreakages breaks one thing after another on two paths of a lab, which
// lie side by side: of each breakage trace names the right hop, and never a
// wrong one first; and connections of clients fare as it says. Undone, the path
// is healthy again.
func TestTraceBreakages(t *testing.T) {
	// A second cluster beside the first one, for what moves between them.
	world := lab.DefaultWorld()
	world.Clusters = append(world.Clusters, lab.Cluster{Name: "staging", VPC: world.Clusters[0].VPC})
	tr := newTracer(t, lab.Options{World: world, Speed: 600, Seed: 1, Consistent: true, Unthrottled: true})
	refs := []plan.Ref{refOf(t, pathRefs[0]), refOf(t, pathRefs[1])}
	for _, text := range pathRefs {
		for _, address := range []trace.Address{trace.ByName, trace.ByVPCE} {
			if p := tr.walk(t, refOf(t, text), trace.Options{Address: address}, true); p.Verdict() != trace.Passed {
				t.Errorf("%s by %s: %s\n%s", text, address, p.Verdict(), showPath(p))
			}
		}
	}
	try := func(t *testing.T, b *breaker, c traceCase) bool {
		return t.Run(c.what, func(t *testing.T) {
			b.T = t
			c.do(b)
			b.found(c)
			b.carries(c.verdict)
			if !c.last {
				b.mend()
			}
		})
	}
	t.Run("side by side", func(t *testing.T) {
		for lane := range refs {
			t.Run(refs[lane].String(), func(t *testing.T) {
				t.Parallel()
				b := newBreaker(t, tr, refs[lane], refOf(t, pathRefs[2]))
				for i, c := range traceCases {
					if i%2 == lane && !c.alone && !c.last && !try(t, b, c) {
						return // what is not mended breaks the next
					}
				}
			})
		}
	})
	b := newBreaker(t, tr, refs[0], refOf(t, pathRefs[2]))
	for _, c := range traceCases {
		if c.alone && !try(t, b, c) {
			return
		}
	}
	b = newBreaker(t, tr, refOf(t, "222222222222/us-east-1/staging"), refs[0])
	for _, c := range traceCases {
		if c.last {
			try(t, b, c)
		}
	}
}

// TestTroubleshootingPage: docs/troubleshooting.md says what the breakages are.
func TestTroubleshootingPage(t *testing.T) {
	const page = "../../docs/troubleshooting.md"
	var b strings.Builder
	b.WriteString(troubleshooting)
	for _, c := range traceCases {
		passes := "none"
		if c.verdict == trace.Degraded {
			passes = "some, or all"
		}
		probe := ""
		if c.live() {
			probe = ", by a probe"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | **%s**, `%s`%s |\n", c.what, c.how, passes, c.hop, c.code, probe)
	}
	if *update {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), b.String()); diff != "" {
		t.Errorf("%s is not current, run this test with -update (-have +want):\n%s", page, diff)
	}
}
