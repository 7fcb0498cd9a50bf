package e2e

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"postern/internal/awsapi"
	"postern/internal/lab"
	"postern/internal/lab/state"
	"postern/internal/plan"
	"postern/internal/resolve"
)

const interrupt = syscall.SIGINT

// trafficKeeper keeps the targets in a run under traffic until ctx ends. It
// says when it has begun.
type trafficKeeper struct {
	name string
	rule string // for the page
	run  func(ctx context.Context, r *trafficRun, ready func())
}

// trafficKeepers are sync, nobody, and the rules of keepers: those that others
// use, as often as there but at the lab's speed, in the cluster's own VPC.
var trafficKeepers = []trafficKeeper{
	{"nobody can do better", ruleOf("nobody can do better"), everyLink(5*time.Second, func(r *trafficRun, ref string) peerPass { return r.perfect(ref) })},
	{"sync", "`postern sync --watch`, the program itself, which looks at the interfaces once a minute and sees names from outside", watchTraffic},
	{"hostname function", ruleOf("hostname function"), everyLink(5*time.Minute, func(r *trafficRun, ref string) peerPass {
		l, left := r.peerLink(ref), map[netip.Addr]int(nil)
		return func(ctx context.Context) (err error) {
			left, err = l.hostname(ctx, l.names.Servers[0], left)
			return err
		}
	})},
	{"event functions", ruleOf("event functions"), eventKeeper(0)},
	{"event functions, a tenth lost", ruleOf("event functions, a tenth lost"), eventKeeper(0.1)},
	{"plain function", ruleOf("plain function"), everyLink(time.Minute, func(r *trafficRun, ref string) peerPass { return r.peerLink(ref).plain })},
	{"nobody", "sync is off, and the targets stay those of the beginning", func(ctx context.Context, _ *trafficRun, ready func()) { ready(); <-ctx.Done() }},
}

func trafficKeeperOf(name string) trafficKeeper {
	return trafficKeepers[slices.IndexFunc(trafficKeepers, func(k trafficKeeper) bool { return k.name == name })]
}

// ruleOf is what the page says about a rule that the storms have too.
func ruleOf(name string) string {
	return keepers[slices.IndexFunc(keepers, func(k keeper) bool { return k.name == name })].rule
}

// peerPass is one run of a rule for one link; what fails is tried again at the
// next.
type peerPass func(context.Context) error

// everyLink runs a rule for each link by itself, every so often at AWS's speed.
func everyLink(every time.Duration, start func(r *trafficRun, ref string) peerPass) func(context.Context, *trafficRun, func()) {
	return func(ctx context.Context, r *trafficRun, ready func()) {
		var links sync.WaitGroup
		for _, ref := range trafficRefs {
			pass := start(r, ref)
			links.Go(func() {
				for ctx.Err() == nil {
					_ = pass(ctx)
					idle(ctx, every/trafficSpeed)
				}
			})
		}
		ready()
		links.Wait()
	}
}

// peerLink is a link in the hands of a function in its cluster's VPC.
func (r *trafficRun) peerLink(ref string) *peerLink {
	i := slices.IndexFunc(r.start.Clusters, func(c lab.ClusterState) bool { return c.Ref == ref })
	c := r.start.Clusters[i]
	cloud := awsapi.New(aws.Config{
		Region: c.Region, BaseEndpoint: aws.String(r.lab.URL()), HTTPClient: &http.Client{Timeout: 30 * time.Second},
		Credentials: credentials.NewStaticCredentialsProvider("LABKEY111111111111", "lab", ""),
	}, awsapi.Options{})
	l := &peerLink{
		cluster: c.Name, group: plan.GroupARN(linkGroup(r.start, ref).ARN), host: c.Host, names: &resolve.Resolver{},
		scope: cloud.Scope(awsapi.ScopeConfig{Account: plan.AccountID(c.Account), Region: plan.Region(c.Region), RoleARN: "arn:aws:iam::" + c.Account + ":role/" + lab.SyncRole}),
	}
	for _, v := range r.lab.Views() {
		if v.Name == c.VPC {
			l.names.Servers = append(l.names.Servers, resolve.Server{Addr: v.Address, InVPC: true})
		}
	}
	return l
}

// perfect registers what serves and deregisters what does not, by the truth.
func (r *trafficRun) perfect(ref string) peerPass {
	part := strings.Split(ref, "/")
	caller, arn := state.Caller{Account: part[0], Region: part[1]}, linkGroup(r.start, ref).ARN
	return func(context.Context) error {
		own := map[netip.Addr]bool{}
		for _, a := range r.lab.State().World.Accounts {
			for _, i := range a.Interfaces {
				if i.Cluster != "" && strings.HasSuffix(i.Cluster, ":"+part[1]+":"+part[0]+":cluster/"+part[2]) {
					own[i.Addr] = true
				}
			}
		}
		hs, err := r.store.DescribeTargetHealth(caller, arn, nil)
		if err != nil {
			return err
		}
		for _, h := range hs {
			a := addr(h.Target.ID)
			if h.State != "draining" && !own[a] {
				if err := r.store.DeregisterTargets(caller, arn, []state.Target{{ID: h.Target.ID, Port: plan.APIPort}}); err != nil {
					return err
				}
			}
			if h.State != "draining" {
				delete(own, a)
			}
		}
		for a := range own {
			if err := r.store.RegisterTargets(caller, arn, []state.Target{{ID: a.String(), Port: plan.APIPort}}); err != nil {
				return err
			}
		}
		return nil
	}
}

// eventKeeper is the rule of the two event functions: an event arrives within
// seconds, unless it is lost, and is tried three times.
func eventKeeper(lost float64) func(context.Context, *trafficRun, func()) {
	return func(ctx context.Context, r *trafficRun, ready func()) {
		var luck sync.Mutex
		chance := rand.New(rand.NewPCG(1, 8))
		var functions sync.WaitGroup
		links := map[string]*peerLink{} // by the cluster's ARN
		for _, ref := range trafficRefs {
			part := strings.Split(ref, "/")
			links["arn:aws:eks:"+part[1]+":"+part[0]+":cluster/"+part[2]] = r.peerLink(ref)
		}
		unhear := r.store.Subscribe(func(e state.Event) {
			if e.Kind != state.InterfaceChanged || e.Was != "" || ctx.Err() != nil {
				return
			}
			luck.Lock()
			hit := chance.Float64() < lost
			luck.Unlock()
			if hit {
				return
			}
			functions.Go(func() { r.registerMade(ctx, e, links) })
		})
		everyLink(15*time.Minute, func(r *trafficRun, ref string) peerPass { return r.peerLink(ref).removeOld })(ctx, r, ready)
		unhear()
		functions.Wait()
	}
}

// registerMade is the first of the event functions.
func (r *trafficRun) registerMade(ctx context.Context, e state.Event, links map[string]*peerLink) {
	found, _, err := r.store.DescribeNetworkInterfaces(state.Caller{Account: e.Account, Region: e.Region}, state.InterfaceQuery{IDs: []string{e.Subject}})
	if err != nil || len(found) != 1 || links[found[0].Cluster] == nil {
		return
	}
	l := links[found[0].Cluster]
	for _, after := range []time.Duration{5 * time.Second, time.Minute, 2 * time.Minute} {
		idle(ctx, after/trafficSpeed)
		if ctx.Err() != nil {
			return
		}
		if _, err := l.scope.Register(ctx, l.group, onPort443([]netip.Addr{found[0].Addr})); err == nil {
			return
		}
	}
}
