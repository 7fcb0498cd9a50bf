package rights

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"postern/internal/awsapi"
	"postern/internal/lab"
	"postern/internal/lab/memnet"
	"postern/internal/lab/state"
	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
	"postern/internal/resolve"
)

// The accounts, and the names in the modules' policies.
const (
	hub          = "111111111111"
	spoke        = "222222222222"
	externalID   = "example"
	syncRole     = "arn:aws:iam::222222222222:role/postern-sync"
	functionName = "postern-sync"
	functionRole = "arn:aws:iam::111111111111:role/postern-sync-us-east-1"
	functionARN  = "arn:aws:lambda:us-east-1:111111111111:function:postern-sync"
	oldGroup     = "arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/old/0123456789abcdef"
)

// worldText has clusters in the two regions of the policies and in a third,
// and one whose group is neither managed nor named by a policy.
const worldText = `
hub: {account: "111111111111", region: us-east-1, vpcs: [hub]}
vpcs:
  - {name: hub, account: "111111111111", region: us-east-1, cidr: 10.100.0.0/16, subnets: [{zoneId: use1-az1, cidr: 10.100.0.0/20}, {zoneId: use1-az2, cidr: 10.100.16.0/20}]}
  - {name: us, account: "222222222222", region: us-east-1, cidr: 10.0.0.0/16, subnets: [{zoneId: use1-az1, cidr: 10.0.0.0/20}, {zoneId: use1-az2, cidr: 10.0.16.0/20}]}
  - {name: eu, account: "222222222222", region: eu-west-1, cidr: 10.0.0.0/16, subnets: [{zoneId: euw1-az1, cidr: 10.0.0.0/20}, {zoneId: euw1-az2, cidr: 10.0.16.0/20}]}
  - {name: west, account: "222222222222", region: us-west-2, cidr: 10.0.0.0/16, subnets: [{zoneId: usw2-az1, cidr: 10.0.0.0/20}, {zoneId: usw2-az2, cidr: 10.0.16.0/20}]}
clusters:
  - {name: prod, vpc: us, access: private}
  - {name: old, vpc: us, access: private}
  - {name: foreign, vpc: us, access: private}
  - {name: prod, vpc: eu, access: private}
  - {name: elsewhere, vpc: west, access: private}
`

// world is a lab that enforces policies and the real engine, in one synctest
// bubble over in-memory connections.
type world struct {
	*testing.T
	lab    *lab.Lab
	store  *state.Store
	net    *memnet.Network
	http   *http.Transport
	groups map[string]string // ARN by region/cluster
}

func admin(account, region string) state.Caller {
	return state.Caller{Account: account, Region: region, ARN: "arn:aws:iam::" + account + ":root"}
}

// inWorld runs f in a bubble, with roles that have these rights.
func inWorld(t *testing.T, r rights, f func(*world)) {
	synctest.Test(t, func(t *testing.T) {
		parsed, err := lab.ParseWorld([]byte(worldText))
		if err != nil {
			t.Fatal(err)
		}
		w := &world{T: t, net: &memnet.Network{}, groups: map[string]string{}}
		listener, err := w.net.Listen("tcp", "127.0.0.1:4566")
		if err != nil {
			t.Fatal(err)
		}
		w.lab, err = lab.New(lab.Options{World: parsed, Seed: 1, Listener: listener, Enforce: true, Consistent: true, DNSListen: func(string) (net.PacketConn, net.Listener, error) {
			pc, err := w.net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				return nil, nil, err
			}
			l, err := w.net.Listen("tcp", pc.LocalAddr().String())
			return pc, l, err
		}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- w.lab.Run(ctx) }()
		<-w.lab.Ready()
		w.store, w.http = w.lab.Store(), &http.Transport{DialContext: w.net.DialContext}
		defer func() {
			w.http.CloseIdleConnections()
			stop()
			if err := <-ended; err != nil {
				t.Errorf("lab: %v", err)
			}
		}()
		w.prepare(r)
		f(w)
	})
}

// prepare makes the roles, and groups that are not managed.
func (w *world) prepare(r rights) {
	w.Helper()
	for _, place := range []string{"us-east-1", "eu-west-1", "us-west-2"} {
		groups, _, err := w.store.DescribeTargetGroups(admin(spoke, place), state.TargetGroupQuery{})
		w.must(err)
		for _, g := range groups {
			w.groups[place+"/"+g.Tags[plan.TagCluster]] = g.ARN
		}
	}
	for cluster, tags := range map[string][]string{"old": {plan.TagManaged}, "foreign": {plan.TagManaged, plan.TagCluster}} {
		w.must(w.store.RemoveTags(admin(spoke, "us-east-1"), []string{w.groups["us-east-1/"+cluster]}, tags))
	}
	balancers, _, err := w.store.DescribeLoadBalancers(admin(spoke, "us-east-1"), nil, nil, state.Page{})
	w.must(err)
	for _, lb := range balancers { // or the foreign group is found by its load balancer
		w.must(w.store.RemoveTags(admin(spoke, "us-east-1"), []string{lb.ARN}, []string{plan.TagManaged, plan.TagCluster}))
	}
	makeRoles(w.T, w.store, r, w.groups["us-east-1/old"])
}

// makeRoles makes sync's role and the function's, as the modules make them; old
// is the ARN of the group that has the place of the one in the policies.
func makeRoles(t *testing.T, store *state.Store, r rights, old string) {
	t.Helper()
	for _, role := range []struct {
		account, name string
		trust         document
		policy        document
	}{
		{hub, "another", r.FunctionTrust, allow("sts:AssumeRole", "*")},
		{hub, "postern-sync-us-east-1", r.FunctionTrust, r.Function},
		{spoke, "postern-sync", r.SyncTrust, r.Sync},
	} {
		c := admin(role.account, "us-east-1")
		if _, err := store.CreateRole(c, state.IAMRoleInput{Name: role.name, Trust: role.trust.String()}); err != nil {
			t.Fatal(err)
		}
		if err := store.PutRolePolicy(c, role.name, "sync", strings.ReplaceAll(role.policy.String(), oldGroup, old)); err != nil {
			t.Fatal(err)
		}
	}
	// A role that the function is not told of, though it would be let in.
	_, err := store.CreateRole(admin(spoke, "us-east-1"), state.IAMRoleInput{Name: "decoy", Trust: r.SyncTrust.String()})
	if err != nil {
		t.Fatal(err)
	}
}

func allow(action, resource string) document {
	return document{Version: "2012-10-17", Statement: []statement{{Sid: "A", Effect: "Allow", Action: texts{action}, Resource: texts{resource}}}}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// session returns what a function with this role works with.
func (w *world) session(role string) aws.Config {
	w.Helper()
	keys, err := w.store.FunctionSession(state.Function{Name: functionName, ARN: functionARN, Role: role}, 12*time.Hour)
	w.must(err)
	return w.config(keys.AccessKey, keys.Secret, keys.Token)
}

func (w *world) config(access, secret, token string) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(w.lab.URL()), HTTPClient: &http.Client{Transport: w.http, Timeout: 30 * time.Second},
		Credentials: credentials.NewStaticCredentialsProvider(access, secret, token), Retryer: func() aws.Retryer { return aws.NopRetryer{} },
	}
}

// engine is what the function has for a schedule with both regions.
func (w *world) engine(change func(*reconcile.Settings)) *reconcile.Engine {
	cfg := w.session(functionRole)
	cfg.Retryer = nil
	cloud := awsapi.New(cfg, awsapi.Options{})
	dns := &resolve.Resolver{Dial: w.net.DialContext, Servers: []resolve.Server{{Addr: w.lab.Views()[0].Address}}}
	e := &reconcile.Engine{Resolver: dns, Settings: reconcile.Settings{Policy: plan.DefaultPolicy()}, Calls: cloud.Calls}
	for _, r := range []plan.Region{"us-east-1", "eu-west-1"} {
		e.Scopes = append(e.Scopes, reconcile.Scope{Account: spoke, Region: r, Cloud: cloud.Scope(awsapi.ScopeConfig{
			Account: spoke, Region: r, RoleARN: syncRole, ExternalID: externalID,
		})})
	}
	if change != nil {
		change(&e.Settings)
	}
	return e
}

// pass lets a minute pass and makes a pass.
func (w *world) pass(e *reconcile.Engine) report.Sync {
	w.Helper()
	time.Sleep(time.Minute) // in the bubble: no time at all
	ctx, cancel := context.WithTimeout(w.Context(), 50*time.Second)
	defer cancel()
	doc, err := e.Pass(ctx, nil)
	w.must(err)
	return doc
}

// targets returns what is registered in a group and not draining, sorted.
func (w *world) targets(place string) []netip.Addr {
	w.Helper()
	region, _, _ := strings.Cut(place, "/")
	health, err := w.store.DescribeTargetHealth(admin(spoke, region), w.groups[place], nil)
	w.must(err)
	var all []netip.Addr
	for _, h := range health {
		if h.State != "draining" {
			all = append(all, netip.MustParseAddr(h.Target.ID))
		}
	}
	slices.SortFunc(all, netip.Addr.Compare)
	return all
}

// serving returns a cluster's addresses, sorted.
func (w *world) serving(place string) []netip.Addr {
	region, cluster, _ := strings.Cut(place, "/")
	all := w.store.Serving(spoke, region, cluster)
	slices.SortFunc(all, netip.Addr.Compare)
	return all
}
