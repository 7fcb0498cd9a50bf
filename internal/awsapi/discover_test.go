package awsapi

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	taggingtypes "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
	"github.com/google/go-cmp/cmp"

	"postern/internal/plan"
)

func tgARN(name string) string { return elbARN + "targetgroup/" + name + "/1" }
func lbARN(name string) string { return elbARN + "loadbalancer/net/" + name + "/1" }

func tg(name string, balancers ...string) elbtypes.TargetGroup {
	g := elbtypes.TargetGroup{
		TargetGroupArn: aws.String(tgARN(name)), TargetGroupName: aws.String(name), VpcId: aws.String("vpc-1"),
		TargetType: "ip", Protocol: "TCP", Port: aws.Int32(443), IpAddressType: "ipv4",
	}
	for _, b := range balancers {
		g.LoadBalancerArns = append(g.LoadBalancerArns, lbARN(b))
	}
	return g
}

func lb(name string) elbtypes.LoadBalancer {
	return elbtypes.LoadBalancer{LoadBalancerArn: aws.String(lbARN(name)), LoadBalancerName: aws.String(name), VpcId: aws.String("vpc-1"),
		Type: "network", Scheme: "internal"}
}

// tagged is what the tagging API says about a resource; tags are "key=value".
func taggedAs(arn string, tags ...string) taggingtypes.ResourceTagMapping {
	m := taggingtypes.ResourceTagMapping{ResourceARN: aws.String(arn)}
	for _, t := range tags {
		k, v, _ := strings.Cut(t, "=")
		m.Tags = append(m.Tags, taggingtypes.Tag{Key: aws.String(k), Value: aws.String(v)})
	}
	return m
}

// shelf is a region's ELB and tagging API, in pages.
type shelf struct {
	tagged    [][]taggingtypes.ResourceTagMapping
	groups    [][]elbtypes.TargetGroup
	balancers [][]elbtypes.LoadBalancer
	own       map[string]map[string]string // DescribeTags
	breaks    string                       // the listing that breaks off between pages

	mu    *sync.Mutex // guards calls
	calls map[string]int
}

func (f *shelf) count(call string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[call]++
}

func (f *shelf) scope() *Scope {
	f.mu, f.calls = new(sync.Mutex), map[string]int{}
	broken := func(listing string) error {
		f.count(listing)
		if f.breaks == listing {
			return errBroken
		}
		return nil
	}
	tags := &tagsFake{exist: f.own}
	return scopeWith(calls{
		getResources: func(_ context.Context, in *tagging.GetResourcesInput, _ ...func(*tagging.Options)) (*tagging.GetResourcesOutput, error) {
			page, next, err := paged(f.tagged, in.PaginationToken, broken("tagged"))
			kind := ":" + strings.TrimPrefix(in.ResourceTypeFilters[0], "elasticloadbalancing:") + "/"
			page = slices.DeleteFunc(slices.Clone(page), func(m taggingtypes.ResourceTagMapping) bool {
				arn := aws.ToString(m.ResourceARN)
				return strings.HasPrefix(arn, elbARN) && !strings.Contains(arn, kind)
			})
			if next == nil {
				next = aws.String("") // the tagging API ends so
			}
			return &tagging.GetResourcesOutput{ResourceTagMappingList: page, PaginationToken: next}, err
		},
		describeTargetGroups: func(_ context.Context, in *elbv2.DescribeTargetGroupsInput, _ ...func(*elbv2.Options)) (*elbv2.DescribeTargetGroupsOutput, error) {
			page, next, err := paged(f.groups, in.Marker, broken("groups"))
			return &elbv2.DescribeTargetGroupsOutput{TargetGroups: page, NextMarker: next}, err
		},
		describeLoadBalancers: func(_ context.Context, in *elbv2.DescribeLoadBalancersInput, _ ...func(*elbv2.Options)) (*elbv2.DescribeLoadBalancersOutput, error) {
			page, next, err := paged(f.balancers, in.Marker, broken("balancers"))
			return &elbv2.DescribeLoadBalancersOutput{LoadBalancers: page, NextMarker: next}, err
		},
		describeTags: func(ctx context.Context, in *elbv2.DescribeTagsInput, opts ...func(*elbv2.Options)) (*elbv2.DescribeTagsOutput, error) {
			f.count("tags")
			return tags.describe(ctx, in, opts...)
		},
	})
}

// line is a candidate in one line.
func line(c plan.Candidate) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q", c.Group.Name, c.Cluster)
	if c.Gone {
		fmt.Fprintf(&b, " gone %s", c.Group.ARN)
	}
	if c.ByLoadBalancer {
		b.WriteString(" by-lb")
	}
	fmt.Fprintf(&b, " %v", c.Group.Tags)
	for _, l := range c.Group.LoadBalancers {
		fmt.Fprintf(&b, " [%s %s %s %v]", l.Name, l.Type, l.Scheme, l.Tags)
	}
	return b.String()
}

func lines(cs []plan.Candidate) []string {
	var out []string
	for _, c := range cs {
		out = append(out, line(c))
	}
	return out
}

func TestCandidates(t *testing.T) {
	type (
		tags      = [][]taggingtypes.ResourceTagMapping
		groups    = [][]elbtypes.TargetGroup
		balancers = [][]elbtypes.LoadBalancer
	)
	tests := []struct {
		name  string
		fleet shelf
		want  []string
		code  plan.Code
		words string
	}{
		{name: "nothing tagged, nothing listed", fleet: shelf{tagged: tags{nil}, breaks: "groups"}},
		{name: "by its own tag", fleet: shelf{
			tagged: tags{nil, {taggedAs(tgARN("a"), "postern:cluster=prod", "x=y")}, nil},
			groups: groups{nil, {tg("other"), tg("a", "n")}}, balancers: balancers{nil, {lb("n"), lb("m")}}},
			want: []string{`a "prod" map[postern:cluster:prod x:y] [n network internal map[]]`}},
		{name: "by its load balancer's tag", fleet: shelf{
			tagged: tags{{taggedAs(lbARN("n"), "postern:cluster=prod")}},
			groups: groups{{tg("a", "n"), tg("b", "m")}}, balancers: balancers{{lb("n"), lb("m")}},
			own: map[string]map[string]string{tgARN("a"): {"elbv2.k8s.aws/cluster": "x"}}},
			want: []string{`a "prod" by-lb map[elbv2.k8s.aws/cluster:x] [n network internal map[postern:cluster:prod]]`}},
		{name: "both tagged is one candidate", fleet: shelf{
			tagged: tags{{taggedAs(lbARN("n"), "postern:cluster=prod")}, {taggedAs(tgARN("a"), "postern:cluster=prod")}},
			groups: groups{{tg("a", "n")}}, balancers: balancers{{lb("n")}}},
			want: []string{`a "prod" map[postern:cluster:prod] [n network internal map[postern:cluster:prod]]`}},
		{name: "two groups of one tagged load balancer", fleet: shelf{
			tagged: tags{{taggedAs(lbARN("n"), "postern:cluster=prod")}},
			groups: groups{{tg("b", "n")}, {tg("a", "n")}}, balancers: balancers{{lb("n")}},
			own: map[string]map[string]string{tgARN("a"): {}, tgARN("b"): {}}},
			want: []string{
				`a "prod" by-lb map[] [n network internal map[postern:cluster:prod]]`,
				`b "prod" by-lb map[] [n network internal map[postern:cluster:prod]]`}},
		{name: "tagged and gone", fleet: shelf{
			tagged: tags{{taggedAs(tgARN("a"), "postern:cluster=prod"), taggedAs(lbARN("ghost"), "postern:cluster=prod")}},
			groups: groups{{tg("b")}}, balancers: balancers{nil}},
			want: []string{` "prod" gone ` + tgARN("a") + ` map[postern:cluster:prod]`}},
		{name: "gone between the listing and its tags", fleet: shelf{
			tagged: tags{{taggedAs(lbARN("n"), "postern:cluster=prod")}}, groups: groups{{tg("a", "n")}}, balancers: balancers{{lb("n")}}}},
		{name: "once tagged, no longer", fleet: shelf{tagged: tags{{taggedAs(tgARN("a"), "x=y"), taggedAs(tgARN("b"))}}, breaks: "groups"}},
		{name: "a tag without a value", fleet: shelf{
			tagged: tags{{taggedAs(tgARN("a"), "postern:cluster=")}}, groups: groups{{tg("a")}}, balancers: balancers{nil}},
			want: []string{`a "" map[postern:cluster:]`}},
		{name: "a load balancer deleted between the listings", fleet: shelf{
			tagged: tags{{taggedAs(tgARN("a"), "postern:cluster=prod")}}, groups: groups{{tg("a", "n")}}, balancers: balancers{nil}},
			want: []string{`a "prod" map[postern:cluster:prod] [   map[]]`}},
		{name: "seen on two pages", fleet: shelf{
			tagged: tags{{taggedAs(tgARN("a"), "postern:cluster=prod")}, {taggedAs(tgARN("a"), "postern:cluster=prod")}},
			groups: groups{{tg("a")}, {tg("a")}}, balancers: balancers{nil}},
			want: []string{`a "prod" map[postern:cluster:prod]`}},
		{name: "tags broken off", fleet: shelf{tagged: tags{{taggedAs(tgARN("a"), "postern:cluster=prod")}, nil}, breaks: "tagged"},
			code: plan.AWSError, words: "list resources tagged"},
		{name: "groups broken off", fleet: shelf{tagged: tags{{taggedAs(tgARN("a"), "postern:cluster=prod")}}, groups: groups{{tg("a")}, nil}, breaks: "groups"},
			code: plan.AWSError, words: "list target groups in 222222222222/us-east-1"},
		{name: "load balancers broken off", fleet: shelf{tagged: tags{{taggedAs(tgARN("a"), "postern:cluster=prod")}}, groups: groups{{tg("a")}}, balancers: balancers{nil, nil}, breaks: "balancers"},
			code: plan.AWSError, words: "list load balancers"},
		{name: "a tagged resource of another kind", fleet: shelf{tagged: tags{{taggedAs("arn:aws:s3:::bucket", "postern:cluster=prod")}}}, code: plan.AWSAnswer},
		{name: "a tagged resource without an ARN", fleet: shelf{tagged: tags{{{}}}}, code: plan.AWSAnswer},
		{name: "a group without an ARN", fleet: shelf{tagged: tags{{taggedAs(tgARN("a"), "postern:cluster=prod")}}, groups: groups{{{}}}}, code: plan.AWSAnswer},
		{name: "a load balancer without an ARN", fleet: shelf{tagged: tags{{taggedAs(tgARN("a"), "postern:cluster=prod")}}, groups: groups{nil}, balancers: balancers{{{}}}}, code: plan.AWSAnswer},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.fleet.scope().Candidates(t.Context(), plan.TagCluster)
			if tt.code != "" {
				wantFault(t, err, tt.code, tt.words)
				if got != nil {
					t.Errorf("a partial listing beside the error: %v", got)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, lines(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestCandidatesOfALargeFleet: a thousand links cost at most 0.05 ELB calls
// each, and the order of AWS's listings does not matter.
func TestCandidatesOfALargeFleet(t *testing.T) {
	const links = 1000
	chunk := func(size int) int { return (links + size - 1) / size }
	f := shelf{
		tagged:    make([][]taggingtypes.ResourceTagMapping, chunk(taggedPerPage)),
		groups:    make([][]elbtypes.TargetGroup, chunk(listedPerPage)),
		balancers: make([][]elbtypes.LoadBalancer, chunk(listedPerPage)),
	}
	var first []string
	for seed := range uint64(3) {
		order := rand.New(rand.NewPCG(seed, seed)).Perm(links)
		clear(f.tagged)
		clear(f.groups)
		clear(f.balancers)
		for at, i := range order {
			name := fmt.Sprintf("c%04d", i)
			f.tagged[at/taggedPerPage] = append(f.tagged[at/taggedPerPage], taggedAs(tgARN(name), "postern:cluster="+name))
			f.groups[at/listedPerPage] = append(f.groups[at/listedPerPage], tg(name, name))
			f.balancers[at/listedPerPage] = append(f.balancers[at/listedPerPage], lb(name))
		}
		got, err := f.scope().Candidates(t.Context(), plan.TagCluster)
		if err != nil || len(got) != links {
			t.Fatalf("%d candidates, %v", len(got), err)
		}
		if first == nil {
			first = lines(got)
		}
		if diff := cmp.Diff(first, lines(got)); diff != "" {
			t.Fatalf("another order (-first +got):\n%s", diff)
		}
		if n := f.calls["groups"] + f.calls["balancers"] + f.calls["tags"]; n > links*5/100 {
			t.Errorf("%d ELB calls for %d links: %v", n, links, f.calls)
		}
	}
}

// FuzzELBResource: only ARNs of the two kinds pass, and never as both.
func FuzzELBResource(f *testing.F) {
	for _, s := range []string{tgARN("a"), lbARN("a"), "arn:aws:s3:::b", "arn:aws:elasticloadbalancing:us-east-1::targetgroup/a", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g, l := isGroupARN(s), isLoadBalancerARN(s)
		if g && l || (g || l) && (!strings.HasPrefix(s, "arn:") || strings.Count(s, ":") < 5 || !strings.Contains(s, "/")) {
			t.Errorf("%q: group %t, load balancer %t", s, g, l)
		}
	})
}
