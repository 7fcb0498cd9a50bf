package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postern/internal/lab"
	"postern/internal/lab/state"
	"postern/internal/lab/traffic"
	"postern/internal/plan"
	"postern/internal/report"
)

const (
	trafficSpeed   = 60 // as people run the lab: a minute of AWS's is a second
	trafficRate    = 50 // new connections a second, all clusters together
	trafficWatches = 20

	// trafficPatience is how long a client tries: half of it at each of the
	// endpoint's two addresses, as Go's dialer does. kubectl has 30 s.
	trafficPatience = 10 * time.Second
)

// trafficWorld is the lab's default world with a second cluster in one of its
// VPCs, to which an address can go.
func trafficWorld() *lab.World {
	w := lab.DefaultWorld()
	w.Clusters = append(w.Clusters, lab.Cluster{Name: "billing", VPC: "prod-us-east-1"})
	return w
}

// trafficRefs are its clusters.
var trafficRefs = []string{"222222222222/us-east-1/prod", "333333333333/eu-west-1/prod", "222222222222/eu-west-1/payments", "222222222222/us-east-1/billing"}

// trafficRun is one run over real connections in real time: a lab, whoever
// keeps its targets, a client that never stops, and control planes that move.
type trafficRun struct {
	*testing.T
	lab   *lab.Lab
	store *state.Store
	start *lab.State // at the beginning
	bin   string     // the real program
	env   []string   // in the lab

	mu     sync.Mutex // guards what follows
	moves  []trafficMove
	events []state.Event          // of targets, interfaces and clusters
	stood  map[string][]time.Time // when connections were made, by host:port
}

// trafficMove is a move that was made, as one cluster knows it.
type trafficMove struct {
	ref  string
	kind moveClass
	at   time.Time
}

// trafficResult is what a run showed.
type trafficResult struct {
	*traffic.Report
	began, ended time.Time // of traffic
	moves        []trafficMove
	events       []state.Event
	late         lateness
	longest      time.Duration     // without a connection to a cluster that is there
	groups       map[string]string // a link's reference by its group's ARN
	vpcs         map[string]string // a cluster's VPC by its reference
}

// runTraffic makes the moves of a script under traffic, rate connections a
// second, while a keeper keeps the targets. Afterwards nothing of it may be left.
func runTraffic(t *testing.T, k trafficKeeper, sc trafficScript, rate int) *trafficResult {
	t.Helper()
	before := runtime.NumGoroutine()
	l, err := lab.New(lab.Options{World: trafficWorld(), Speed: trafficSpeed, Seed: sc.seed, Address: "127.0.0.1:0", DataPlane: true, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	r := &trafficRun{T: t, lab: l, store: l.Store(), bin: buildPostern(t), env: programEnv(t, l), stood: map[string][]time.Time{}}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("lab: %v", err)
		}
		wantGoroutines(t, before)
	}()
	<-l.Ready()
	r.start = l.State()
	defer r.store.Subscribe(r.hear)()
	r.admit()
	r.register()

	keeping := r.keep(k)
	defer keeping()
	client, err := traffic.New(traffic.Options{
		Targets: r.targets(), Path: "/version", // readiness is the load balancer's to ask for
		Rate: float64(rate), Watches: trafficWatches, Timeout: trafficPatience, Keep: 1 << 20, Dial: r.dial(),
	})
	if err != nil {
		t.Error(err)
		return &trafficResult{Report: &traffic.Report{}}
	}
	asking, enough := context.WithCancel(ctx)
	var traffic sync.WaitGroup
	traffic.Go(func() { client.Run(asking) })
	var late lateness
	traffic.Go(func() { late.measure(asking) })
	began := time.Now()
	idle(ctx, time.Second) // all is well
	r.play(ctx, sc)
	enough()
	stopped := time.Now()
	traffic.Wait()
	shown := r.result(client.Report(), began, stopped)
	shown.late = late
	return shown
}

// wantGoroutines waits until no more goroutines are left than before.
func wantGoroutines(t *testing.T, before int) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); runtime.NumGoroutine() > before; {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Errorf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
			return
		}
		<-time.After(20 * time.Millisecond)
	}
}

// hear keeps the events that explain why a connection ended.
func (r *trafficRun) hear(e state.Event) {
	switch e.Kind {
	case state.TargetChanged, state.InterfaceChanged, state.ClusterChanged:
		r.mu.Lock()
		defer r.mu.Unlock()
		r.events = append(r.events, e)
	}
}

// linkGroup returns a link's target group.
func linkGroup(s *lab.State, ref string) lab.GroupState {
	i := slices.IndexFunc(s.Clusters, func(c lab.ClusterState) bool { return c.Ref == ref })
	if i < 0 || len(s.Clusters[i].Groups) != 1 {
		return lab.GroupState{}
	}
	return s.Clusters[i].Groups[0]
}

// admit opens the groups of the two clusters of one VPC to all of it, as many
// do: otherwise an address that goes from one to the other is dead for the
// first one's load balancer, and its health checks find out.
func (r *trafficRun) admit() {
	r.Helper()
	caller := state.Caller{Account: account, Region: region}
	for _, name := range []string{"prod", "billing"} {
		c, err := r.store.DescribeCluster(caller, name)
		if err == nil {
			_, err = r.store.AuthorizeSecurityGroupIngress(caller, c.ClusterSecurityGroup, []state.RuleInput{{Protocol: "tcp", From: 443, To: 443, CIDR: netip.MustParsePrefix("10.0.0.0/16")}}, nil)
		}
		if err != nil {
			r.Fatal(err)
		}
	}
}

// register gives each link the targets that it should have, and waits until
// they are healthy: everybody begins with links that are as they should be.
func (r *trafficRun) register() {
	r.Helper()
	for _, c := range r.start.Clusters {
		for _, a := range c.Serving {
			if err := r.store.RegisterTargets(state.Caller{Account: c.Account, Region: c.Region}, linkGroup(r.start, c.Ref).ARN, []state.Target{{ID: a.String(), Port: plan.APIPort}}); err != nil {
				r.Fatal(err)
			}
		}
	}
	healthy := func() bool {
		for _, c := range r.lab.State().Clusters {
			ts := linkGroup(r.start, c.Ref).ARN
			hs, err := r.store.DescribeTargetHealth(state.Caller{Account: c.Account, Region: c.Region}, ts, nil)
			if err != nil || len(hs) < 2 || slices.ContainsFunc(hs, func(h state.TargetHealth) bool { return h.State != "healthy" }) {
				return false
			}
		}
		return true
	}
	for end := time.Now().Add(30 * time.Second); !healthy(); {
		if time.Now().After(end) {
			r.Fatal("the targets do not become healthy")
		}
		<-time.After(20 * time.Millisecond)
	}
}

// targets are the clusters as a client in the hub knows them, with a token
// each that is good for a quarter of an hour.
func (r *trafficRun) targets() []traffic.Target {
	r.Helper()
	var all []traffic.Target
	for _, c := range r.start.Clusters {
		cmd := exec.CommandContext(r.Context(), r.bin, "token", c.Ref)
		cmd.Env = r.env
		out, err := cmd.Output()
		var made report.ExecCredential
		if err == nil {
			err = json.Unmarshal(out, &made)
		}
		if err != nil {
			r.Errorf("token for %s: %v", c.Ref, err)
		}
		all = append(all, traffic.Target{Ref: c.Ref, URL: c.Endpoint, CA: []byte(c.CA), Token: func(context.Context) (string, error) { return made.Status.Token, nil }})
	}
	return all
}

// dial is the way in; it notes when a connection to a cluster was made, which
// is when a target has answered.
func (r *trafficRun) dial() func(context.Context, string, string) (net.Conn, error) {
	through := traffic.ProxyDial(r.lab.Proxy())
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := through(ctx, network, addr)
		if err == nil {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.stood[addr] = append(r.stood[addr], time.Now())
		}
		return conn, err
	}
}

// play makes the moves of a script: each cluster one at a time, the clusters
// side by side; of each phase all before any of the next.
func (r *trafficRun) play(ctx context.Context, sc trafficScript) {
	for _, phase := range sc.phases {
		var clusters sync.WaitGroup
		for ref, moves := range phase {
			clusters.Go(func() {
				for _, m := range moves {
					idle(ctx, m.after)
					r.move(ctx, ref, m)
				}
			})
		}
		clusters.Wait()
	}
	idle(ctx, time.Second) // whatever is wrong now stays wrong
}

// move makes one move and waits until nothing more of it comes, and until
// what it may cost is over.
func (r *trafficRun) move(ctx context.Context, ref string, s scriptMove) {
	part := strings.Split(ref, "/")
	m := state.Move{Account: part[0], Region: part[1], Cluster: part[2], Kind: s.kind, To: s.to}
	for end := time.Now().Add(30 * time.Second); ; {
		r.mu.Lock() // nobody looks at the moves before this one is among them
		at := time.Now()
		r.mu.Unlock()
		done, err := r.lab.Move(m)
		if err != nil {
			if time.Now().After(end) { // until then the other cluster is still moving
				r.Errorf("move %s of %s: %v", s.kind, ref, err)
				return
			}
			idle(ctx, 100*time.Millisecond)
			continue
		}
		made := []trafficMove{{ref, moveClasses[s.class()], at}}
		if s.to != "" {
			made = append(made, trafficMove{strings.Join([]string{part[0], part[1], s.to}, "/"), moveClasses["taken"], at})
		}
		r.mu.Lock()
		r.moves = append(r.moves, made...)
		r.mu.Unlock()
		idle(ctx, max(time.Until(done.Done), time.Until(at.Add(moveClasses[s.class()].bound))))
		return
	}
}

// result puts together what a run showed.
func (r *trafficRun) result(rep *traffic.Report, began, ended time.Time) *trafficResult {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := &trafficResult{Report: rep, began: began, ended: ended, moves: r.moves, events: slices.Clone(r.events), groups: map[string]string{}, vpcs: map[string]string{}}
	for _, c := range r.start.Clusters {
		out.groups[linkGroup(r.start, c.Ref).ARN] = c.Ref
		out.vpcs[c.Ref] = c.VPC
		if slices.ContainsFunc(r.moves, func(m trafficMove) bool { return m.ref == c.Ref && m.kind.ends }) {
			continue // from then on nobody can answer
		}
		last := began
		for _, at := range append(slices.Clone(r.stood[c.Host+":443"]), ended) {
			out.longest, last = max(out.longest, at.Sub(last)), at
		}
	}
	return out
}

// keep starts a keeper and returns what ends it.
func (r *trafficRun) keep(k trafficKeeper) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	ready := make(chan struct{})
	done.Go(func() { k.run(ctx, r, sync.OnceFunc(func() { close(ready) })) })
	select {
	case <-ready:
	case <-time.After(30 * time.Second):
		r.Errorf("%s does not begin", k.name)
	}
	return func() {
		cancel()
		done.Wait()
	}
}

// watchTraffic runs the real program as people do, sync --watch, and reads what
// it reports.
func watchTraffic(ctx context.Context, r *trafficRun, ready func()) {
	// In real time, as everything in sync: once a second is once a minute of AWS's.
	cmd := exec.Command(r.bin, "sync", "--watch", "--output", "json", "--interval", "1s")
	var said bytes.Buffer
	cmd.Env, cmd.Stderr = r.env, &said
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		r.Errorf("sync: %v", err)
		return
	}
	unhook := context.AfterFunc(ctx, func() { cmd.Process.Signal(interrupt) })
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	links := map[string]bool{}
	for lines.Scan() {
		var doc report.Sync
		if err := json.Unmarshal(lines.Bytes(), &doc); err != nil {
			r.Errorf("sync says %q: %v", lines.Text(), err)
		}
		for _, l := range doc.Links {
			links[l.Ref] = true
		}
		if len(links) == len(trafficRefs) {
			ready()
		}
	}
	unhook()
	if err := cmd.Wait(); ctx.Err() == nil || cmd.ProcessState.ExitCode() != report.ExitInterrupted {
		r.Errorf("sync ended with %v: %s", err, said.String())
	}
}

func (r *trafficResult) String() string {
	q, w := r.Requests, r.Watches
	return fmt.Sprintf("%d moves, %d requests, %d failed, longest %s without an answer, slowest answer %.1f s, %d watches cut, %d of %d held",
		len(r.moves), q.Sent, q.Failed, r.longest.Round(time.Millisecond), q.Latency.MaxMs/1000, w.Cut, w.Held, w.Wanted)
}
