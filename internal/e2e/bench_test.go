package e2e

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"postern/internal/awsapi"
	"postern/internal/lab"
	"postern/internal/lab/faults"
	"postern/internal/lab/memnet"
	"postern/internal/lab/state"
	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
	"postern/internal/resolve"
)

const (
	account = "222222222222"
	region  = "us-east-1"
)

// testWorld has two clusters in one VPC, each with a link, and a hub.
const testWorld = `
hub: {account: "111111111111", region: us-east-1, vpcs: [hub]}
roles:
  - {account: "222222222222", name: postern-sync, trust: ["111111111111"]}
vpcs:
  - name: hub
    account: "111111111111"
    region: us-east-1
    cidr: 10.100.0.0/16
    subnets:
      - {zoneId: use1-az1, cidr: 10.100.0.0/20}
      - {zoneId: use1-az2, cidr: 10.100.16.0/20}
  - name: spoke
    account: "222222222222"
    region: us-east-1
    cidr: 10.0.0.0/16
    subnets:
      - {zoneId: use1-az1, cidr: 10.0.0.0/20}
      - {zoneId: use1-az2, cidr: 10.0.16.0/20}
clusters:
  - {name: prod, vpc: spoke, access: private}
  - {name: other, vpc: spoke, access: private}
`

// bench is the real engine, its AWS and DNS clients and a lab, in one synctest
// bubble over in-memory connections: time passes only in wait.
type bench struct {
	*testing.T
	net    *memnet.Network
	lab    *lab.Lab
	store  *state.Store
	caller state.Caller
	engine *reconcile.Engine
	dns    *resolve.Resolver
	http   *http.Transport
	block  atomic.Bool // AWS does not answer

	last report.Sync
	from int // calls of the lab's record that writes() leaves out
}

// inBench runs a test in a bubble with a fresh lab.
func inBench(t *testing.T, run func(*bench)) { inBenchOf(t, testWorld, 1, run) }

// inBenchOf is inBench with another world, and another seed of the lab's
// identifiers, addresses, lags and chances.
func inBenchOf(t *testing.T, text string, seed uint64, run func(*bench)) {
	synctest.Test(t, func(t *testing.T) {
		world, err := lab.ParseWorld([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		b := &bench{T: t, net: &memnet.Network{}, caller: state.Caller{Account: account, Region: region}}
		listener, err := b.net.Listen("tcp", "127.0.0.1:4566")
		if err != nil {
			t.Fatal(err)
		}
		b.lab, err = lab.New(lab.Options{World: world, Seed: seed, Listener: listener, DNSListen: func(string) (net.PacketConn, net.Listener, error) {
			pc, err := b.net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				return nil, nil, err
			}
			l, err := b.net.Listen("tcp", pc.LocalAddr().String())
			return pc, l, err
		}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.lab.Run(ctx) }()
		<-b.lab.Ready()
		b.store = b.lab.Store()
		b.http = &http.Transport{DialContext: b.dial}
		b.engine = b.newEngine()
		defer func() {
			b.http.CloseIdleConnections()
			stop()
			if err := <-ended; err != nil {
				t.Errorf("lab: %v", err)
			}
		}()
		run(b)
	})
}

func (b *bench) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if b.block.Load() {
		<-ctx.Done()
		return nil, &net.OpError{Op: "dial", Net: network, Err: ctx.Err()}
	}
	return b.net.DialContext(ctx, network, address)
}

// newEngine wires what the command line wires: AWS through the hub's keys and
// the account's role, DNS through two views of the names.
func (b *bench) newEngine() *reconcile.Engine {
	cloud := awsapi.New(aws.Config{
		Region:       region,
		BaseEndpoint: aws.String(b.lab.URL()),
		HTTPClient:   &http.Client{Transport: b.http, Timeout: 30 * time.Second},
		Credentials:  credentials.NewStaticCredentialsProvider("LABKEY111111111111", "lab", ""),
	}, awsapi.Options{})
	b.dns = &resolve.Resolver{Dial: b.net.DialContext}
	for _, v := range b.lab.Views()[:2] { // the public view and the hub VPC's
		b.dns.Servers = append(b.dns.Servers, resolve.Server{Addr: v.Address})
	}
	return &reconcile.Engine{
		Scopes: []reconcile.Scope{{Account: account, Region: region, Cloud: cloud.Scope(awsapi.ScopeConfig{
			Account: account, Region: region, RoleARN: "arn:aws:iam::" + account + ":role/" + lab.SyncRole,
		})}},
		Resolver: b.dns,
		Settings: reconcile.Settings{Policy: plan.DefaultPolicy()},
		Calls:    cloud.Calls,
	}
}

// --- time and passes ---

func (b *bench) now() time.Time { return time.Now() }

// wait lets time pass.
func (b *bench) wait(d time.Duration) {
	time.Sleep(d) // in the bubble: no time at all
	synctest.Wait()
}

// sync makes one pass.
func (b *bench) sync() report.Sync { return b.syncWithin(10 * minute) }

func (b *bench) syncWithin(d time.Duration) report.Sync {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), d)
	defer cancel()
	doc, err := b.engine.Pass(ctx, nil)
	if err != nil {
		b.Fatalf("pass: %v", err)
	}
	b.last = doc
	return doc
}

// syncFor makes a pass every minute.
func (b *bench) syncFor(d time.Duration) {
	b.Helper()
	for end := b.now().Add(d); b.now().Before(end); {
		b.wait(minute)
		b.sync()
	}
}

// syncUntil makes a pass every minute until something is so, for an hour.
func (b *bench) syncUntil(what string, so func() bool) {
	b.Helper()
	for range 60 {
		if so() {
			return
		}
		b.wait(minute)
		b.sync()
	}
	if !so() {
		b.Fatalf("after an hour it is not so that %s: %s", what, b.describe())
	}
}

func (b *bench) syncUntilRegistered(as ...netip.Addr) {
	b.Helper()
	b.syncUntil(fmt.Sprintf("%v are registered", as), func() bool {
		have := b.registered()
		return !slices.ContainsFunc(as, func(a netip.Addr) bool { return !slices.Contains(have, a) })
	})
}

// converge makes passes until every link is converged, and then counts writes
// from there.
func (b *bench) converge() {
	b.Helper()
	b.syncUntil("every link is converged", func() bool {
		return len(b.last.Links) == 2 && !slices.ContainsFunc(b.last.Links, func(l report.Link) bool { return l.Result != plan.Converged })
	})
	b.mark()
}

// --- what is done to the lab ---

func (b *bench) fault(text string) {
	b.Helper()
	f, err := faults.Parse(text)
	if err != nil {
		b.Fatal(err)
	}
	for _, v := range b.lab.Views() {
		if f.Resolver == v.Name {
			break
		}
	}
	if _, err := b.lab.AddFault(f); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) heal() { b.lab.ClearFaults() }

// move begins a move and waits until the new addresses serve.
func (b *bench) move(kind string) {
	b.Helper()
	before := b.serving()
	b.begin(state.Move{Kind: state.MoveKind(kind)})
	for range 60 {
		if !slices.Equal(before, b.serving()) {
			return
		}
		b.wait(10 * time.Second)
	}
	b.Fatalf("move %s: the addresses are still %v", kind, before)
}

// moveToEnd begins a move and waits until nothing more of it will change.
func (b *bench) moveToEnd(kind string) {
	b.Helper()
	done := b.begin(state.Move{Kind: state.MoveKind(kind)}).Done
	b.wait(done.Sub(b.now()) + time.Second)
}

func (b *bench) begin(m state.Move) lab.Moved {
	b.Helper()
	m.Account, m.Region, m.Cluster = account, region, prodA
	moved, err := b.lab.Move(m)
	if err != nil {
		b.Fatal(err)
	}
	return moved
}

// reuse hands one address of prod to another cluster and returns it.
func (b *bench) reuse(to string) netip.Addr {
	b.Helper()
	before := b.serving()
	b.begin(state.Move{Kind: state.MoveReuse, To: to})
	b.wait(time.Second)
	for _, a := range before {
		if slices.Contains(b.servingOf(to), a) {
			return a
		}
	}
	b.Fatalf("no address of %v went to %s: %v", before, to, b.servingOf(to))
	return netip.Addr{}
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// register puts a target into the group by hand.
func (b *bench) register(a netip.Addr, port int) netip.Addr {
	b.Helper()
	b.must(b.store.RegisterTargets(b.caller, b.group().ARN, []state.Target{{ID: a.String(), Port: port}}))
	return a
}

// deregister takes a target out of the group by hand.
func (b *bench) deregister(a netip.Addr, port int) {
	b.Helper()
	b.must(b.store.DeregisterTargets(b.caller, b.group().ARN, []state.Target{{ID: a.String(), Port: port}}))
}

func (b *bench) setMarks(text string) {
	b.Helper()
	b.must(b.store.AddTags(b.caller, []string{b.group().ARN}, state.Tags{plan.TagMarks: text}))
}

func (b *bench) setManaged(yes bool) {
	b.Helper()
	b.must(b.store.AddTags(b.caller, []string{b.group().ARN}, state.Tags{plan.TagManaged: fmt.Sprint(yes)}))
	b.wait(5 * minute) // until the tagging API has seen it
}

func (b *bench) setPublic(yes bool) {
	b.Helper()
	_, err := b.store.UpdateClusterConfig(b.caller, prodA, state.ClusterConfig{Public: &yes})
	b.must(err)
	b.wait(15 * minute)
}

// trustResolvers marks every resolver as in-VPC, whether it is or not.
func (b *bench) trustResolvers() {
	for i := range b.dns.Servers {
		b.dns.Servers[i].InVPC = true
	}
}

func (b *bench) blockAWS(yes bool) {
	b.block.Store(yes)
	b.http.CloseIdleConnections()
}

// relink replaces the link's group by one of another address family.
func (b *bench) relink(family string) {
	b.Helper()
	old := b.group()
	made, err := b.store.CreateTargetGroup(b.caller, state.TargetGroupInput{
		Name: "relinked", Type: "ip", Protocol: "TCP", Port: 443, VPC: old.VPC, IPAddressType: family,
		Tags: state.Tags{plan.TagCluster: prodA, plan.TagManaged: "true"},
	})
	b.must(err)
	listeners, _, err := b.store.DescribeListeners(b.caller, state.ListenerQuery{LoadBalancer: old.LoadBalancers[0]})
	b.must(err)
	_, err = b.store.ModifyListener(b.caller, listeners[0].ARN, state.ListenerInput{Groups: []string{made.ARN}})
	b.must(err)
	b.must(b.store.RemoveTags(b.caller, []string{old.ARN}, []string{plan.TagCluster}))
	b.wait(5 * minute)
}

// --- what is so in the lab ---

// group is the target group of prod's link.
func (b *bench) group() state.TargetGroup {
	b.Helper()
	return b.groupOf(prodA)
}

// groupOf is the target group of a cluster's link.
func (b *bench) groupOf(cluster string) state.TargetGroup {
	b.Helper()
	groups, _, err := b.store.DescribeTargetGroups(b.caller, state.TargetGroupQuery{})
	b.must(err)
	for _, g := range groups {
		if g.Tags[plan.TagCluster] == cluster {
			return g
		}
	}
	b.Fatalf("%s has no group", cluster)
	return state.TargetGroup{}
}

func (b *bench) health() []state.TargetHealth {
	b.Helper()
	hs, err := b.store.DescribeTargetHealth(b.caller, b.group().ARN, nil)
	b.must(err)
	return hs
}

// registered returns what is registered on 443 and not draining.
func (b *bench) registered() []netip.Addr {
	b.Helper()
	var out []netip.Addr
	for _, h := range b.health() {
		if h.State != "draining" && h.Target.Port == 443 {
			out = append(out, addr(h.Target.ID))
		}
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return out
}

func (b *bench) states() map[string]string {
	out := map[string]string{}
	for _, h := range b.health() {
		out[fmt.Sprintf("%s:%d", h.Target.ID, h.Target.Port)] = h.State
	}
	return out
}

func (b *bench) describe() string {
	var lines []string
	for _, l := range b.last.Links {
		line := fmt.Sprintf("%s %s %s", l.Ref, l.Result, l.Reason)
		for _, d := range l.Decisions {
			line += fmt.Sprintf("; %s %s:%d %s", d.Action, d.Address, d.Port, d.Reason)
		}
		for _, e := range l.Errors {
			line += "; " + string(e.Code) + ": " + e.Message
		}
		lines = append(lines, line)
	}
	for _, s := range b.last.Scopes {
		for _, e := range s.Errors {
			lines = append(lines, "scope: "+string(e.Code)+": "+e.Message)
		}
	}
	return fmt.Sprintf("targets %v, serving %v\n%s", b.states(), b.serving(), strings.Join(lines, "\n"))
}

func (b *bench) serving() []netip.Addr { return b.servingOf(prodA) }

func (b *bench) servingOf(cluster string) []netip.Addr {
	return b.store.Serving(account, region, cluster)
}

// freeAddr is an address of the cluster's VPC that is nobody's.
func (b *bench) freeAddr() netip.Addr { return addr("10.0.15.250") }

func (b *bench) removed(as ...netip.Addr) bool { return !b.anyRegistered(as...) }

func (b *bench) anyRegistered(as ...netip.Addr) bool {
	have := b.registered()
	return slices.ContainsFunc(as, func(a netip.Addr) bool { return slices.Contains(have, a) })
}

func (b *bench) among(a netip.Addr, as []netip.Addr) bool { return slices.Contains(as, a) }

func (b *bench) healthyOf(as ...netip.Addr) int {
	n := 0
	for _, h := range b.health() {
		if h.State == "healthy" && h.Target.Port == 443 && slices.Contains(as, addr(h.Target.ID)) {
			n++
		}
	}
	return n
}

func (b *bench) hasPort(a netip.Addr, port int) bool {
	s, ok := b.states()[fmt.Sprintf("%s:%d", a, port)]
	return ok && s != "draining"
}

// --- what must be so ---

// mark makes writes count from here.
func (b *bench) mark() { b.from = len(b.store.Calls()) }

func (b *bench) wantNoWrites() {
	b.Helper()
	for _, c := range b.store.Calls()[b.from:] {
		if (c.Action == "RegisterTargets" || c.Action == "DeregisterTargets" || c.Action == "AddTags") && c.Code == "" {
			b.Errorf("there was a write: %s at %s", c.Action, c.At)
		}
	}
}

func (b *bench) wantRegistered(as ...netip.Addr) {
	b.Helper()
	want := slices.Clone(as)
	slices.SortFunc(want, netip.Addr.Compare)
	want = slices.Compact(want)
	if got := b.registered(); !slices.Equal(got, want) {
		b.Errorf("registered %v, want %v: %s", got, want, b.describe())
	}
}

func (b *bench) wantRegisteredAtLeast(as ...netip.Addr) {
	b.Helper()
	have := b.registered()
	for _, a := range as {
		if !slices.Contains(have, a) {
			b.Errorf("%s is not registered: %s", a, b.describe())
		}
	}
}

// wantNothingLost: every address of the cluster is registered.
func (b *bench) wantNothingLost() { b.Helper(); b.wantRegisteredAtLeast(b.serving()...) }

func (b *bench) wantState(a netip.Addr, want string) {
	b.Helper()
	if got := b.states()[fmt.Sprintf("%s:443", a)]; got != want {
		b.Errorf("target %s is %q, want %q", a, got, want)
	}
}

func linkOf(doc report.Sync, cluster string) (report.Link, error) {
	for _, l := range doc.Links {
		if l.Cluster == cluster {
			return l, nil
		}
	}
	return report.Link{}, errors.New("no link of " + cluster)
}

func (b *bench) wantLink(doc report.Sync, result plan.Result, reason plan.Code) {
	b.Helper()
	l, err := linkOf(doc, prodA)
	if err != nil {
		b.Fatalf("%v: %s", err, b.describe())
	}
	if l.Result != result || l.Reason != reason {
		b.Errorf("result %s %s, want %s %s: %s", l.Result, l.Reason, result, reason, b.describe())
	}
}

// wantError: the last pass reports this fault of prod's link, with a hint.
func (b *bench) wantError(code plan.Code) {
	b.Helper()
	l, err := linkOf(b.last, prodA)
	if err != nil {
		b.Fatal(err)
	}
	if !slices.ContainsFunc(l.Errors, func(e report.Error) bool { return e.Code == code && e.Message != "" && e.Hint != "" }) {
		b.Errorf("no error %s: %s", code, b.describe())
	}
}

func (b *bench) wantOther(doc report.Sync, result plan.Result) {
	b.Helper()
	l, err := linkOf(doc, other)
	if err != nil {
		b.Fatal(err)
	}
	if l.Result != result {
		b.Errorf("the other link is %s %s, want %s: %s", l.Result, l.Reason, result, b.describe())
	}
}

func (b *bench) wantDecision(doc report.Sync, a netip.Addr, action plan.Action, reason plan.Code) {
	b.Helper()
	b.wantDecisionAt(doc, a, 443, action, reason)
}

func (b *bench) wantPortDecision(a netip.Addr, port int, action plan.Action, reason plan.Code) {
	b.Helper()
	b.wantDecisionAt(b.last, a, port, action, reason)
}

// wantDecisionAt: an empty reason is any.
func (b *bench) wantDecisionAt(doc report.Sync, a netip.Addr, port int, action plan.Action, reason plan.Code) {
	b.Helper()
	l, err := linkOf(doc, prodA)
	if err != nil {
		b.Fatal(err)
	}
	for _, d := range l.Decisions {
		if d.Address == a.String() && d.Port == port {
			if d.Action != action || reason != "" && d.Reason != reason {
				b.Errorf("%s:%d: %s %s, want %s %s: %s", a, port, d.Action, d.Reason, action, reason, b.describe())
			}
			return
		}
	}
	b.Errorf("nothing was decided about %s:%d: %s", a, port, b.describe())
}

func (b *bench) wantWitness(name plan.WitnessName, outcome plan.Outcome) {
	b.Helper()
	l, err := linkOf(b.last, prodA)
	if err != nil {
		b.Fatal(err)
	}
	for _, w := range l.Witnesses {
		if w.Name == name && w.Outcome != outcome {
			b.Errorf("witness %s is %s, want %s", name, w.Outcome, outcome)
		}
	}
}

func (b *bench) wantScopeError(doc report.Sync, code plan.Code) {
	b.Helper()
	for _, s := range doc.Scopes {
		for _, e := range s.Errors {
			if e.Code == code && e.Message != "" && e.Hint != "" {
				return
			}
		}
	}
	b.Errorf("no scope has the error %s with a hint: %s", code, b.describe())
}

func (b *bench) wantExit(status int) {
	b.Helper()
	if got := report.Exit(b.last, report.ExitOptions{}); got != status {
		b.Errorf("exit status %d, want %d: %s", got, status, b.describe())
	}
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func join(as []netip.Addr) string {
	words := make([]string, len(as))
	for i, a := range as {
		words[i] = a.String()
	}
	return strings.Join(words, ",")
}
