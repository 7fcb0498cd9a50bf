package reach

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postern/internal/awsapi"
	"postern/internal/plan"
)

// fake is an account and region as AWS would answer.
type fake struct {
	account   plan.AccountID
	links     map[string]string // load balancer's ARN by cluster
	clusters  map[string]plan.Cluster
	services  map[string][]string
	endpoints []awsapi.Endpoint
	denied    string // the call that is refused

	mu    sync.Mutex // guards asked
	asked []string
}

func (f *fake) ask(call string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, call)
	if f.denied == call {
		return &plan.Fault{Code: plan.AccessDenied, Message: call, Err: errors.New("AccessDenied"), Hint: "allow " + call}
	}
	return nil
}

func (f *fake) Account(context.Context) (plan.AccountID, error) { return f.account, f.ask("account") }

func (f *fake) Candidates(_ context.Context, tag string) ([]plan.Candidate, error) {
	if tag != plan.TagCluster {
		return nil, errors.New("another tag")
	}
	out := []plan.Candidate{{Cluster: "ghost", Gone: true}, {Cluster: ""}}
	for name, lb := range f.links {
		out = append(out, plan.Candidate{Cluster: name, Group: plan.Group{LoadBalancers: []plan.LoadBalancer{{ARN: lb}}}})
	}
	return out, f.ask("candidates")
}

func (f *fake) Cluster(_ context.Context, name string) (plan.Cluster, error) {
	if err := f.ask("cluster"); err != nil {
		return plan.Cluster{}, err
	}
	return f.clusters[name], nil
}

func (f *fake) ServiceNames(context.Context) (map[string][]string, error) {
	return f.services, f.ask("services")
}

func (f *fake) Endpoints(context.Context) ([]awsapi.Endpoint, error) {
	return f.endpoints, f.ask("endpoints")
}

// one is an account and region with one cluster, prod, that can be reached.
func one(account plan.AccountID, region plan.Region) *fake {
	id := string(account) + "-" + string(region)
	return &fake{
		account:  account,
		links:    map[string]string{"prod": "lb-" + id},
		clusters: map[string]plan.Cluster{"prod": {ARN: "arn:" + id, Name: "prod", Status: plan.ClusterActive, Host: id + ".example.org", CA: []byte("ca")}},
		services: map[string][]string{"lb-" + id: {"svc-" + id}},
	}
}

func scope(f *fake, region plan.Region) Scope { return Scope{Region: region, Cloud: f} }

// world is two accounts with a prod each, and a hub with an endpoint to both.
func world() (a, b, hub *fake, f *Finder) {
	a, b = one("222222222222", "us-east-1"), one("333333333333", "eu-west-1")
	hub = &fake{account: "111111111111", endpoints: []awsapi.Endpoint{
		{ID: "vpce-2", Service: "svc-222222222222-us-east-1", State: "available", Host: "vpce-2.example.org"},
		{ID: "vpce-1", Service: "svc-222222222222-us-east-1", State: "available", Host: "vpce-1.example.org"},
		{ID: "vpce-3", Service: "svc-333333333333-eu-west-1", State: "available", Host: "vpce-3.example.org"},
		{ID: "vpce-4", Service: "com.amazonaws.us-east-1.sts", State: "available", Host: "vpce-4.example.org"},
	}}
	return a, b, hub, &Finder{Scopes: []Scope{scope(a, "us-east-1"), scope(b, "eu-west-1")}, Hubs: []Scope{scope(hub, "us-east-1")}, ClusterTag: plan.TagCluster}
}

func patterns(t *testing.T, texts ...string) []plan.Pattern {
	t.Helper()
	var out []plan.Pattern
	for _, text := range texts {
		p, err := plan.ParsePattern(text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

var (
	inA = plan.Ref{Account: "222222222222", Region: "us-east-1", Name: "prod"}
	inB = plan.Ref{Account: "333333333333", Region: "eu-west-1", Name: "prod"}
)

func TestFind(t *testing.T) {
	a, b, hub, f := world()
	got, err := f.Find(t.Context(), nil, true)
	if err != nil || len(got.Faults) > 0 {
		t.Fatal(err, got.Faults)
	}
	want := []Cluster{
		{Ref: inA, ARN: "arn:222222222222-us-east-1", Host: "222222222222-us-east-1.example.org", CA: []byte("ca"), Endpoint: "vpce-1.example.org", Others: []string{"vpce-2.example.org"}},
		{Ref: inB, ARN: "arn:333333333333-eu-west-1", Host: "333333333333-eu-west-1.example.org", CA: []byte("ca"), Endpoint: "vpce-3.example.org"},
	}
	if diff := cmp.Diff(want, got.Clusters, cmpopts.IgnoreUnexported(Cluster{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f.Scopes = append(f.Scopes, f.Scopes[0]) // the same account and region twice
	if again, err := f.Find(t.Context(), nil, true); err != nil || cmp.Diff(got, again, cmpopts.IgnoreUnexported(Cluster{})) != "" {
		t.Errorf("with a scope named twice: %v, %+v", err, again)
	}
	f.Scopes = f.Scopes[:2]
	a.asked, b.asked, hub.asked = nil, nil, nil
	if got, err = f.Find(t.Context(), patterns(t, "us-east-1/prod"), false); err != nil || len(got.Clusters) != 1 || got.Clusters[0].Ref != inA || got.Clusters[0].Endpoint != "" {
		t.Errorf("one by its own name: %v, %+v", err, got)
	}
	if diff := cmp.Diff([]string{"account", "candidates", "cluster"}, a.asked); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if len(hub.asked) > 0 {
		t.Errorf("the hub was asked %v", hub.asked)
	}
}

// TestWhichCluster: a reference that fits none or several is an error that says
// what could be meant.
func TestWhichCluster(t *testing.T) {
	_, b, _, f := world()
	b.links["payments"] = "lb"
	b.clusters["payments"] = plan.Cluster{Host: "h"}
	for text, want := range map[string]string{
		"prod":                        `cluster reference "prod" is ambiguous: it can be 222222222222/us-east-1/prod, 333333333333/eu-west-1/prod`,
		"prd":                         `no link of a cluster "prd" is found; the nearest: 222222222222/us-east-1/prod, 333333333333/eu-west-1/prod`,
		"eu-west-1/prd":               `no link of a cluster "eu-west-1/prd" is found; the nearest: 333333333333/eu-west-1/prod, 222222222222/us-east-1/prod`,
		"333333333333/us-east-1/prod": `no link of a cluster "333333333333/us-east-1/prod" is found; the nearest: 333333333333/eu-west-1/prod, 222222222222/us-east-1/prod`,
		"Payment":                     `no link of a cluster "Payment" is found; the nearest: 333333333333/eu-west-1/payments`,
		"pay":                         `no link of a cluster "pay" is found; the nearest: 333333333333/eu-west-1/payments`,
		"ghost":                       `no link of a cluster "ghost" is found`,
		"warehouse":                   `no link of a cluster "warehouse" is found`,
	} {
		if _, err := f.Find(t.Context(), patterns(t, text), false); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestPartly: what cannot be asked is said, with the action, and the rest is
// found all the same.
func TestPartly(t *testing.T) {
	for _, test := range []struct {
		name   string
		spoil  func(a, b, hub *fake)
		found  []plan.Ref
		faults []string // words of each
	}{
		{"a scope", func(a, b, hub *fake) { a.denied = "candidates" }, []plan.Ref{inB}, []string{"candidates"}},
		{"whose it is", func(a, b, hub *fake) { a.denied = "account" }, []plan.Ref{inB}, []string{"account"}},
		{"a cluster", func(a, b, hub *fake) { b.denied = "cluster" }, []plan.Ref{inA}, []string{"cluster"}},
		{"its services", func(a, b, hub *fake) { a.denied = "services" }, []plan.Ref{inB}, []string{"no endpoint service that can be seen", "services"}},
		{"the hub", func(a, b, hub *fake) { hub.denied = "endpoints" }, nil, []string{"endpoints: AccessDenied", "none is for svc-222222222222-us-east-1", "none is for svc-333333333333-eu-west-1"}},
		{"no endpoint", func(a, b, hub *fake) { hub.endpoints = hub.endpoints[:2] }, []plan.Ref{inA}, []string{"none is for svc-333333333333-eu-west-1"}},
		{"one that waits", func(a, b, hub *fake) { hub.endpoints[2].State = "pendingAcceptance" }, []plan.Ref{inA}, []string{"vpce-3 is pendingAcceptance"}},
		{"one of two waits", func(a, b, hub *fake) { hub.endpoints[1].State = "rejected" }, []plan.Ref{inA, inB}, nil},
		{"gone", func(a, b, hub *fake) { a.clusters["prod"] = plan.Cluster{Status: plan.ClusterGone} }, []plan.Ref{inB}, []string{"222222222222/us-east-1/prod is gone"}},
		{"being made", func(a, b, hub *fake) { a.clusters["prod"] = plan.Cluster{Status: plan.ClusterCreating} }, []plan.Ref{inB}, []string{"is CREATING and has no API server yet"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, b, hub, f := world()
			test.spoil(a, b, hub)
			got, err := f.Find(t.Context(), nil, true)
			if err != nil {
				t.Fatal(err)
			}
			var found []plan.Ref
			for _, c := range got.Clusters {
				found = append(found, c.Ref)
			}
			if diff := cmp.Diff(test.found, found); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
			var texts []string
			for _, f := range got.Faults {
				texts = append(texts, f.Error())
				if f.Hint == "" {
					t.Errorf("%v has no hint", f)
				}
			}
			all := strings.Join(texts, "\n")
			if len(texts) != len(test.faults) {
				t.Errorf("faults:\n%s", all)
			}
			for _, want := range test.faults {
				if !strings.Contains(all, want) {
					t.Errorf("faults lack %q:\n%s", want, all)
				}
			}
		})
	}
	a, _, _, f := world()
	a.denied = "candidates"
	_, err := f.Find(t.Context(), patterns(t, "us-east-1/prod"), false)
	if unknown, ok := errors.AsType[*UnknownError](err); !ok || !unknown.Partly {
		t.Errorf("in a scope that could not be asked: %v", err)
	}
}
