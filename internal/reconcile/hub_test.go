package reconcile_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"postern/internal/plan"
	"postern/internal/reconcile"
)

// TestHubRegions shows which of the hub's listings matter to which link: those
// of its own region and of the hub's.
func TestHubRegions(t *testing.T) {
	const south = plan.Region("ap-south-1")
	for dark, want := range map[plan.Region]string{
		south: "222222222222/us-east-1/prod pending dns_alone\n333333333333/ap-south-1/dev failed dns_unknown",
		east:  "222222222222/us-east-1/prod failed dns_unknown\n333333333333/ap-south-1/dev failed dns_unknown",
	} {
		f := newFleet()
		f.add(accountA, east, "prod", "10.0.1.10")
		f.add(accountB, south, "dev", "10.0.1.10")
		for _, l := range f.links {
			l.register(plan.StateHealthy, "10.0.1.10", "10.0.1.11")
			l.dns.Addrs = append(l.dns.Addrs, addrs("10.0.1.11")...) // EC2 does not list it
		}
		f.faults[fmt.Sprintf("%s/%s EndpointAddrs", hubAccount, dark)] = denied("ec2:DescribeNetworkInterfaces")
		e := f.engine()
		e.Hubs, e.HubRegion = []reconcile.Scope{f.scope(hubAccount, east), f.scope(hubAccount, south)}, east
		if got := verdicts(mustPass(t, e)); got != want {
			t.Errorf("%s is dark: got\n%s\nwant\n%s", dark, got, want)
		}
	}
}

// hubOf is a hub whose credentials are another account's.
type hubOf struct{ reconcile.Cloud }

func (hubOf) Account(context.Context) (plan.AccountID, error) {
	return "", &plan.Fault{Code: plan.NoCredentials, Message: "the credentials are account 222222222222's", Hint: "give the scope a roleArn"}
}

func (hubOf) EndpointAddrs(context.Context) ([]netip.Addr, error) { return addrs("10.9.9.9"), nil }

// TestHubOfAnotherAccount shows that endpoints of another account are not
// taken for the hub's.
func TestHubOfAnotherAccount(t *testing.T) {
	f := newFleet()
	l := f.add(accountA, east, "prod", "10.0.1.10").register(plan.StateHealthy, "10.0.1.10")
	l.dns.Addrs = addrs("10.0.1.10", "10.0.1.11")
	e := f.engine()
	e.Hubs = []reconcile.Scope{{Account: hubAccount, Region: east, Cloud: hubOf{}}}
	doc := mustPass(t, e)
	if got := verdicts(doc); got != l.ref.String()+" failed dns_unknown" {
		t.Error(got)
	}
	for _, s := range doc.Scopes {
		if s.Account != hubAccount {
			continue
		}
		if len(s.Errors) != 1 || s.Errors[0].Code != plan.NoCredentials || !strings.HasPrefix(s.Errors[0].Message, "the hub in 111111111111/us-east-1: the credentials are") ||
			!strings.Contains(s.Errors[0].Hint, "roleArn of hub") {
			t.Errorf("%+v", s.Errors)
		}
		return
	}
	t.Errorf("the hub's scope is not in the report: %+v", doc.Scopes)
}

// TestExpectAndAsked shows that a pass over some clusters says nothing about
// how many there are.
func TestExpectAndAsked(t *testing.T) {
	f := newFleet()
	f.add(accountA, east, "prod", "10.0.1.10")
	f.add(accountA, east, "dev", "10.0.1.10")
	e := f.engine()
	e.Settings.Expect = 3
	if doc := mustPass(t, e, "prod"); len(doc.Errors) > 0 {
		t.Errorf("%+v", doc.Errors)
	}
	if doc := mustPass(t, e); codes(doc.Errors) != "links_missing" {
		t.Errorf("%+v", doc.Errors)
	}
}

// TestAmbiguousInTheDark shows that a bare name means nothing while a scope in
// which it may be a cluster's, too, cannot be listed.
func TestAmbiguousInTheDark(t *testing.T) {
	for asked, wrote := range map[string]int{"prod": 0, "us-east-1/prod": 1, "222222222222/us-east-1/prod": 1} {
		f := newFleet()
		f.add(accountA, east, "prod", "10.0.1.1")
		f.add(accountB, west, "prod", "10.0.1.1")
		f.faults["333333333333/eu-west-1 Candidates"] = denied("tag:GetResources")
		doc := mustPass(t, f.engine(), asked)
		if len(f.wrote()) != wrote {
			t.Errorf("%s: wrote %v", asked, f.wrote())
		}
		if wrote == 0 && (codes(doc.Errors) != "cluster_not_found" || !strings.Contains(doc.Errors[0].Message, "333333333333/eu-west-1") || len(doc.Links) > 0) {
			t.Errorf("%s: %+v %+v", asked, doc.Errors, doc.Links)
		}
	}
}

// TestRemadeInMemoryOnly shows that the memory of a cluster alone never says
// that it was made again.
func TestRemadeInMemoryOnly(t *testing.T) {
	f := newFleet()
	l := f.add(accountA, east, "prod", "10.0.1.10")
	e := f.engine()
	mustPass(t, e)
	l.cluster.Host = "abc.gr7.us-east-1.eks.amazonaws.com" // made again, and Terraform has bound the group
	l.group.Tags[plan.TagEndpoint] = l.cluster.Host
	f.faults["Cluster prod"] = throttled("eks:DescribeCluster")
	if got := verdicts(mustPass(t, e)); got != l.ref.String()+" failed throttled" {
		t.Error(got)
	}
}

// TestNarrowedPass shows that a pass over some clusters forgets nothing of the
// others.
func TestNarrowedPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		for i := range 100 {
			f.add(accountA, east, fmt.Sprintf("c%02d", i), "10.0.1.1").register(plan.StateHealthy, "10.0.1.1")
		}
		f.delay["Targets"] = time.Second
		e := f.engine()
		e.Settings.Concurrency = 20
		reached := map[string]bool{}
		for n := range 2 {
			if n > 0 {
				mustPass(t, e, "c00") // an event
			}
			for _, l := range bounded(t, e, 2500*time.Millisecond).Links {
				if l.Reason != plan.NotReached {
					reached[l.Ref] = true
				}
			}
		}
		if len(reached) != 80 {
			t.Errorf("reached %d of 100, want 80", len(reached))
		}
	})
}

// TestMarksInMemoryGoFirst shows that pending work goes first, wherever its
// marks are kept.
func TestMarksInMemoryGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		for i := range 10 {
			f.add(accountA, east, fmt.Sprintf("c%02d", i), "10.0.1.1").register(plan.StateHealthy, "10.0.1.1")
		}
		late := f.links[9]
		late.register(plan.StateHealthy, "10.0.9.9")
		e := f.engine()
		e.Settings.MarksInMemory, e.Settings.Concurrency, e.Settings.Policy.Grace = true, 1, time.Hour
		mustPass(t, e)
		for range 5 {
			time.Sleep(time.Minute)
			f.calls = nil
			mustPass(t, e)
			for _, c := range f.calls {
				if strings.HasPrefix(c, "Targets") {
					if c != "Targets "+string(late.group.ARN) {
						t.Errorf("first is %s", c)
					}
					break
				}
			}
		}
	})
}

// TestDoubtfulWrite shows that the report of a write without an answer says
// what nobody knows, and that of a refused one does not.
func TestDoubtfulWrite(t *testing.T) {
	for code, doubt := range map[plan.Code]bool{plan.AWSUnreachable: true, plan.AWSError: true, plan.AccessDenied: false, plan.Throttled: false} {
		f := newFleet()
		l := f.add(accountA, east, "prod", "10.0.1.10")
		f.faults["Register "+string(l.group.ARN)] = &plan.Fault{Code: code, Message: "register targets"}
		message := mustPass(t, f.engine()).Links[0].Errors[0].Message
		if !strings.HasPrefix(message, "register targets") || strings.Contains(message, "ELB may have done it") != doubt {
			t.Errorf("%s: %q", code, message)
		}
	}
}

// pacedCloud is a cloud that is asked at a rate, as through package awsapi.
type pacedCloud struct {
	*fakeCloud
	limit *rate.Limiter
}

func (c pacedCloud) turn(ctx context.Context, what string) error {
	if err := c.limit.Wait(ctx); err != nil {
		return &plan.Fault{Code: plan.NotReached, Message: what, Err: err, Hint: "raise --api-share"}
	}
	return nil
}

func (c pacedCloud) Targets(ctx context.Context, g plan.GroupARN) ([]plan.Registered, error) {
	if err := c.turn(ctx, "read targets"); err != nil {
		return nil, err
	}
	return c.fakeCloud.Targets(ctx, g)
}

func (c pacedCloud) Register(ctx context.Context, g plan.GroupARN, ts []plan.Target) (map[plan.Target]string, error) {
	if err := c.turn(ctx, "register targets"); err != nil {
		return nil, err
	}
	return c.fakeCloud.Register(ctx, g, ts)
}

func (c pacedCloud) Deregister(ctx context.Context, g plan.GroupARN, ts []plan.Target) error {
	if err := c.turn(ctx, "deregister targets"); err != nil {
		return err
	}
	return c.fakeCloud.Deregister(ctx, g, ts)
}

// paceLimit is about the default share of ELB's rate.
func paceLimit() *rate.Limiter { return rate.NewLimiter(3.07, 12) }

// TestPacedToTheEnd shows that links which found no turn at AWS's rates were
// not reached, rather than refused by AWS, and that passes come round to all.
func TestPacedToTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		for i := range 200 {
			f.add(accountA, east, fmt.Sprintf("c%03d", i), "10.0.1.1").health = plan.StateHealthy
		}
		e := f.engine()
		e.Scopes = []reconcile.Scope{{Account: accountA, Region: east, Cloud: pacedCloud{&fakeCloud{f, accountA, east}, paceLimit()}}}
		for range 5 {
			doc := bounded(t, e, 54*time.Second)
			if s := doc.Summary; s.Failed > 0 || s.Changed+s.Converged+s.Pending != 200 {
				t.Errorf("%+v", s)
			}
			for _, l := range doc.Links {
				if l.Result == plan.Pending && (l.Reason != plan.NotReached || l.Message == "") {
					t.Errorf("%s: %s %q", l.Ref, l.Reason, l.Message)
				}
			}
			time.Sleep(time.Minute)
		}
		if n := f.counts["Register"]; n != 200 {
			t.Errorf("%d links written to, want 200", n)
		}
	})
}

// TestPacedRemovals shows that removals come to their turn while a whole
// region's links wait for theirs.
func TestPacedRemovals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		for i := range 100 {
			l := f.add(accountA, east, fmt.Sprintf("c%03d", i), "10.0.1.1").register(plan.StateHealthy, "10.0.1.1", "10.0.9.9")
			l.group.Tags[plan.TagMarks] = since("10.0.9.9")
		}
		e := f.engine()
		e.Scopes = []reconcile.Scope{{Account: accountA, Region: east, Cloud: pacedCloud{&fakeCloud{f, accountA, east}, paceLimit()}}}
		for range 4 {
			bounded(t, e, 54*time.Second)
			time.Sleep(6 * time.Second)
		}
		if n := f.counts["Deregister"]; n != 100 {
			t.Errorf("%d removals, want 100", n)
		}
	})
}
