package e2e

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"postern/internal/lab/state"
	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
)

// badInputs are wrong things that people and AWS give to sync. Each must be a
// clear error of the one link with a hint, the other link must go on, and no
// target may be removed.
var badInputs = []struct {
	name string
	give func(b *bench)
	want plan.Code
	hint string // a part of the hint
}{
	{"a cluster tag without a value", func(b *bench) {
		b.tag(state.Tags{plan.TagCluster: ""})
	}, plan.TagEmpty, "cluster's name"},
	{"a cluster tag that is no name", func(b *bench) {
		b.tag(state.Tags{plan.TagCluster: "pro d"})
	}, plan.TagInvalid, "name of a cluster"},
	{"an endpoint tag that is no host", func(b *bench) {
		b.tag(state.Tags{plan.TagEndpoint: "10.0.0.1"})
	}, plan.TagInvalid, "endpoint"},
	{"an endpoint tag of another cluster", func(b *bench) {
		b.tag(state.Tags{plan.TagEndpoint: "0123456789abcdef0123456789abcdef.gr7.us-east-1.eks.amazonaws.com"})
	}, plan.ClusterRemade, "apply"},
	{"another controller's tag", func(b *bench) {
		b.tag(state.Tags{"elbv2.k8s.aws/cluster": "prod"})
	}, plan.OtherController, "two writers"},
	{"a tag naming a cluster that does not exist", func(b *bench) {
		b.tag(state.Tags{plan.TagCluster: "prodd"})
	}, plan.ClusterIsGone, "cluster"},
	{"two groups that claim one cluster", func(b *bench) {
		_, err := b.store.CreateTargetGroup(b.caller, state.TargetGroupInput{
			Name: "second", Type: "ip", Protocol: "TCP", Port: 443, VPC: b.group().VPC, Tags: state.Tags{plan.TagCluster: prodA},
		})
		b.must(err)
		b.wait(5 * minute)
	}, plan.AmbiguousGroup, "leave the cluster tag on one"},
	{"public answers", func(b *bench) {
		b.fault("dns-wrong cluster=prod answer=198.51.100.7,198.51.100.8")
	}, plan.DNSUnknown, "outside the VPC of a cluster whose endpoint is public too"},
	{"an answer from the hub's own private zone, the hub unknown", func(b *bench) {
		b.fault("dns-wrong cluster=prod answer=10.101.0.5")
	}, plan.DNSUnknown, "hub's own private zone"},
	{"an answer from the hub's own private zone, inside the cluster's blocks", func(b *bench) {
		b.engine.Hubs = []reconcile.Scope{{Account: "111111111111", Region: region, Cloud: hubWith{b.engine.Scopes[0].Cloud, addr("10.0.15.9")}}}
		b.fault("dns-wrong cluster=prod answer=10.0.15.9")
	}, plan.DNSUnknown, "hub's own private zone"},
	{"a denied action", func(b *bench) {
		b.fault("deny action=elbv2:DescribeTargetHealth cluster=prod")
	}, plan.AccessDenied, `"Action":"elasticloadbalancing:DescribeTargetHealth"`},
	{"a malformed answer from DNS", func(b *bench) {
		b.fault("dns-malformed cluster=prod")
	}, plan.DNSUnknown, ""},
}

// hubWith is a hub whose interface endpoints have these addresses: the lab has
// no interface endpoints yet.
type hubWith struct {
	reconcile.Cloud
	at netip.Addr
}

func (h hubWith) Account(context.Context) (plan.AccountID, error) { return "111111111111", nil }

func (h hubWith) EndpointAddrs(context.Context) ([]netip.Addr, error) {
	return []netip.Addr{h.at}, nil
}

// tag changes tags of prod's group and waits until every listing shows it. The
// load balancer loses its cluster tag, so that the group's alone counts.
func (b *bench) tag(tags state.Tags) {
	b.Helper()
	g := b.group()
	b.must(b.store.RemoveTags(b.caller, g.LoadBalancers, []string{plan.TagCluster}))
	b.must(b.store.AddTags(b.caller, []string{g.ARN}, tags))
	b.wait(5 * minute)
}

func TestBadInput(t *testing.T) {
	for _, x := range badInputs {
		t.Run(x.name, func(t *testing.T) {
			inBench(t, func(b *bench) {
				b.converge()
				group := b.group().ARN
				before := b.registered()
				x.give(b)
				b.mark()
				for range 20 {
					b.wait(minute)
					b.sync()
				}
				b.wantNoWrites()
				b.wantOther(b.last, plan.Converged)
				if got := targetsOf(b, group); len(got) != len(before) {
					b.Errorf("targets %v, want %v", got, before)
				}
				var found report.Link
				for _, l := range b.last.Links {
					if l.Cluster != other {
						found = l
					}
				}
				var texts []string
				for _, e := range found.Errors {
					texts = append(texts, string(e.Code)+": "+e.Message+" | "+e.Hint)
				}
				texts = append(texts, string(found.Reason)+": "+found.Message+" | "+found.Hint)
				all := strings.Join(texts, "\n")
				if !strings.Contains(all, string(x.want)+": ") || !strings.Contains(all, x.hint) {
					b.Errorf("want %s with %q, got\n%s", x.want, x.hint, all)
				}
			})
		})
	}
}

// TestPrefix: an interface of a cluster whose name begins with another's is
// not the other's.
func TestPrefix(t *testing.T) {
	inBench(t, func(b *bench) {
		b.converge()
		g := b.group()
		subnets, _, err := b.store.DescribeSubnets(b.caller, nil, []state.Filter{{Name: "vpc-id", Values: []string{g.VPC}}}, state.Page{})
		b.must(err)
		no, yes := false, true
		_, err = b.store.CreateCluster(b.caller, state.ClusterInput{
			Name: "prod-2", Role: "arn:aws:iam::222222222222:role/eks", Subnets: []string{subnets[0].ID, subnets[1].ID}, Public: &no, Private: &yes,
		})
		b.must(err)
		b.wait(20 * minute)
		if len(b.servingOf("prod-2")) == 0 {
			b.Fatal("prod-2 serves nothing")
		}
		b.mark()
		b.syncFor(20 * minute)
		b.wantNoWrites()
		b.wantLink(b.last, plan.Converged, "")
		b.wantRegistered(b.serving()...)
	})
}

func targetsOf(b *bench, group string) []string {
	b.Helper()
	hs, err := b.store.DescribeTargetHealth(b.caller, group, nil)
	b.must(err)
	var out []string
	for _, h := range hs {
		if h.State != "draining" {
			out = append(out, h.Target.ID)
		}
	}
	return out
}
