package e2e

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
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

const genAccount = "222200000000" // the first account of a generated world

// watchBench is a lab with a generated world, and watchers of it, in a bubble
// at speed 1. Every call to AWS takes 20 ms.
type watchBench struct {
	*testing.T
	net   *memnet.Network
	lab   *lab.Lab
	store *state.Store
	http  *http.Transport

	mu   sync.Mutex
	docs []report.Sync
	rows map[string]report.Link // the last of each link, by reference

	watching sync.WaitGroup
}

func inWatchBench(t *testing.T, o lab.Options, run func(*watchBench)) {
	synctest.Test(t, func(t *testing.T) {
		b := &watchBench{T: t, net: &memnet.Network{}, rows: map[string]report.Link{}}
		var err error
		if o.Listener, err = b.net.Listen("tcp", "127.0.0.1:4566"); err != nil {
			t.Fatal(err)
		}
		o.Seed = 1
		o.DNSListen = func(view string) (net.PacketConn, net.Listener, error) {
			if view != "public" {
				return nil, nil, nil
			}
			pc, err := b.net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				return nil, nil, err
			}
			l, err := b.net.Listen("tcp", pc.LocalAddr().String())
			return pc, l, err
		}
		if b.lab, err = lab.New(o); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.lab.Run(ctx) }()
		<-b.lab.Ready()
		b.store = b.lab.Store()
		b.http = &http.Transport{DialContext: b.net.DialContext, MaxIdleConnsPerHost: 256}
		defer func() {
			b.watching.Wait()
			b.http.CloseIdleConnections()
			stop()
			if err := <-ended; err != nil {
				t.Errorf("lab: %v", err)
			}
		}()
		run(b)
	})
}

// engine returns what a process of its own would have.
func (b *watchBench) engine(accounts int, regions ...plan.Region) *reconcile.Engine {
	return b.pacedEngine(0, accounts, regions...)
}

func (b *watchBench) pacedEngine(share float64, accounts int, regions ...plan.Region) *reconcile.Engine {
	cloud := awsapi.New(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(b.lab.URL()),
		HTTPClient:  &http.Client{Transport: slow{b.http, 20 * time.Millisecond}},
		Credentials: credentials.NewStaticCredentialsProvider("LABKEY111111111111", "lab", ""),
	}, awsapi.Options{APIShare: share})
	e := &reconcile.Engine{
		Resolver: &resolve.Resolver{Dial: b.net.DialContext, Servers: []resolve.Server{{Addr: b.lab.Views()[0].Address}}},
		Settings: reconcile.Settings{Policy: plan.DefaultPolicy()},
		Calls:    cloud.Calls,
	}
	for i := range accounts {
		id := fmt.Sprintf("2222%08d", i)
		for _, r := range regions {
			e.Scopes = append(e.Scopes, reconcile.Scope{Account: plan.AccountID(id), Region: r, Cloud: cloud.Scope(awsapi.ScopeConfig{
				Account: plan.AccountID(id), Region: r, RoleARN: "arn:aws:iam::" + id + ":role/" + lab.SyncRole,
			})})
		}
	}
	return e
}

// watch starts a watcher that stop ends.
func (b *watchBench) watch(w *reconcile.Watcher) (stop func()) {
	ctx, cancel := context.WithCancel(b.Context())
	w.Report = b.note
	b.watching.Go(func() {
		if err := w.Run(ctx, nil); err != nil {
			b.Errorf("watch: %v", err)
		}
	})
	return cancel
}

func (b *watchBench) note(doc report.Sync) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.docs = append(b.docs, doc)
	for _, l := range doc.Links {
		b.rows[l.Ref] = l
	}
}

func (b *watchBench) wait(d time.Duration) {
	time.Sleep(d) // in the bubble: no time at all
	synctest.Wait()
}

// converge waits until that many links are converged.
func (b *watchBench) converge(links int) {
	b.Helper()
	for range 720 {
		if b.count(plan.Converged) == links {
			return
		}
		b.wait(5 * time.Second)
	}
	b.Fatalf("after an hour %d of %d links are converged", b.count(plan.Converged), links)
}

func (b *watchBench) count(r plan.Result) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.rows {
		if l.Result == r {
			n++
		}
	}
	return n
}

func (b *watchBench) row(ref string) report.Link {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rows[ref]
}

func (b *watchBench) move(account, region, cluster string, kind state.MoveKind) bool {
	_, err := b.lab.Move(lab.Move{Account: account, Region: region, Cluster: cluster, Kind: kind})
	return err == nil
}

func (b *watchBench) fault(text string) {
	b.Helper()
	f, err := faults.Parse(text)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := b.lab.AddFault(f); err != nil {
		b.Fatal(err)
	}
}

// calls counts calls of a service, or of one action of it, since a moment.
func (b *watchBench) calls(service, action string, since time.Time) (n int) {
	for _, c := range b.store.Calls() {
		if c.Service == service && (action == "" || c.Action == action) && !c.At.Before(since) {
			n++
		}
	}
	return n
}

// groups returns the target groups of a place by their cluster.
func (b *watchBench) groups(account, region string) map[string]state.TargetGroup {
	b.Helper()
	out := map[string]state.TargetGroup{}
	q := state.TargetGroupQuery{}
	for {
		gs, next, err := b.store.DescribeTargetGroups(state.Caller{Account: account, Region: region}, q)
		if err != nil {
			b.Fatal(err)
		}
		for _, g := range gs {
			out[g.Tags[plan.TagCluster]] = g
		}
		if next == "" {
			return out
		}
		q.Page.Token = next
	}
}

func (b *watchBench) registered(account, region, cluster string) []string {
	b.Helper()
	hs, err := b.store.DescribeTargetHealth(state.Caller{Account: account, Region: region}, b.groups(account, region)[cluster].ARN, nil)
	if err != nil {
		b.Fatal(err)
	}
	var out []string
	for _, h := range hs {
		if h.State != "draining" {
			out = append(out, h.Target.ID)
		}
	}
	slices.Sort(out)
	return out
}

// scaled is the size of a measurement: small in every test run, large where
// FIGURES is set, as make bench does.
func scaled(small, large int) int {
	if os.Getenv("FIGURES") != "" {
		return large
	}
	return small
}

func quantile(ds []time.Duration, q float64) time.Duration {
	ds = slices.Sorted(slices.Values(ds))
	return ds[min(len(ds)-1, int(float64(len(ds))*q))]
}

func hostOf(target string) string {
	host, _, found := strings.Cut(target, ":")
	if !found {
		return target
	}
	return host
}
