package awsapi

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"

	"postern/internal/plan"
)

var compareAddrs = cmp.Options{
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
}

// addrs are targets on the API port.
func addrs(texts ...string) []plan.Target {
	var out []plan.Target
	for _, text := range texts {
		out = append(out, plan.Target{Addr: netip.MustParseAddr(text), Port: plan.APIPort})
	}
	return out
}

// scopeWith is a Scope on calls of the test's own.
func scopeWith(c calls) *Scope {
	return &Scope{cfg: ScopeConfig{Account: account, Region: region}, api: c}
}

func target(id string, port int32, state elbtypes.TargetHealthStateEnum) elbtypes.TargetHealthDescription {
	return elbtypes.TargetHealthDescription{
		Target:       &elbtypes.TargetDescription{Id: aws.String(id), Port: aws.Int32(port)},
		TargetHealth: &elbtypes.TargetHealth{State: state},
	}
}

func TestTargets(t *testing.T) {
	bare := target("10.0.1.5", 443, "healthy")
	noPort, noHealth := target("10.0.1.5", 443, "healthy"), target("10.0.1.5", 443, "healthy")
	noPort.Target.Port, noHealth.TargetHealth = nil, nil
	tests := []struct {
		name   string
		answer []elbtypes.TargetHealthDescription
		want   []plan.Registered
		bad    string
	}{
		{name: "none", want: []plan.Registered{}},
		{name: "in order, by address and port", answer: []elbtypes.TargetHealthDescription{
			target("10.0.1.10", 443, "draining"), target("10.0.1.9", 8443, "unused"), target("10.0.1.9", 443, "initial"), target("fd00::5", 443, "healthy")},
			want: []plan.Registered{
				{Target: plan.Target{Addr: netip.MustParseAddr("10.0.1.9"), Port: 443}, State: plan.StateInitial},
				{Target: plan.Target{Addr: netip.MustParseAddr("10.0.1.9"), Port: 8443}, State: plan.StateUnused},
				{Target: plan.Target{Addr: netip.MustParseAddr("10.0.1.10"), Port: 443}, State: plan.StateDraining},
				{Target: plan.Target{Addr: netip.MustParseAddr("fd00::5"), Port: 443}, State: plan.StateHealthy},
			}},
		{name: "twice", answer: []elbtypes.TargetHealthDescription{bare, target("10.0.1.6", 443, "healthy"), bare}, bad: "twice"},
		{name: "no target", answer: []elbtypes.TargetHealthDescription{{}}, bad: "without an ID"},
		{name: "no port", answer: []elbtypes.TargetHealthDescription{noPort}, bad: "without an ID or a port"},
		{name: "no health", answer: []elbtypes.TargetHealthDescription{noHealth}, bad: "without a state"},
		{name: "no state", answer: []elbtypes.TargetHealthDescription{target("10.0.1.5", 443, "")}, bad: "without a state"},
		{name: "an instance", answer: []elbtypes.TargetHealthDescription{target("i-0123456789abcdef0", 443, "healthy")}, bad: "is not an address"},
		{name: "port 0", answer: []elbtypes.TargetHealthDescription{target("10.0.1.5", 0, "healthy")}, bad: "port 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := scopeWith(calls{describeTargetHealth: func(context.Context, *elbv2.DescribeTargetHealthInput, ...func(*elbv2.Options)) (*elbv2.DescribeTargetHealthOutput, error) {
				return &elbv2.DescribeTargetHealthOutput{TargetHealthDescriptions: tt.answer}, nil
			}})
			got, err := s.Targets(t.Context(), group)
			if tt.bad != "" {
				wantFault(t, err, plan.AWSAnswer, tt.bad, string(group))
				return
			}
			if diff := cmp.Diff(tt.want, got, compareAddrs); diff != "" || err != nil {
				t.Errorf("error %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestTargetsOfAGoneGroup(t *testing.T) {
	f := &fakeAWS{handle: func(_ context.Context, r request) (int, string, error) {
		return refusal(r, "TargetGroupNotFound", "One or more target groups not found")
	}}
	s := f.scope(Options{})
	_, err := s.Targets(t.Context(), group)
	wantFault(t, err, plan.GroupGone, string(group))
	_, err = s.Register(t.Context(), group, addrs("10.0.1.5"))
	wantFault(t, err, plan.GroupGone)
	wantFault(t, s.Deregister(t.Context(), group, addrs("10.0.1.5")), plan.GroupGone)
	wantFault(t, s.PutTag(t.Context(), group, "k", "v"), plan.GroupGone)
}

// TestWrites looks at the wire: chunks of 200, the zone only when registering,
// the port always.
func TestWrites(t *testing.T) {
	fail := false
	f := &fakeAWS{handle: func(_ context.Context, r request) (int, string, error) {
		if fail {
			return refusal(r, "TooManyTargets", "bad")
		}
		return result(r.action, "")
	}}
	s := f.scope(Options{})
	var many []plan.Target
	for i := range 401 {
		many = append(many, plan.Target{Addr: netip.AddrFrom4([4]byte{10, 0, byte(i / 250), byte(i % 250)}), Port: 443, Zone: "all"})
	}
	if _, err := s.Register(t.Context(), group, many); err != nil {
		t.Fatal(err)
	}
	if err := s.Deregister(t.Context(), group, many[:2]); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Register(t.Context(), group, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.PutTag(t.Context(), group, plan.TagMarks, "-10.0.1.5@1700000000"); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range f.requests() {
		ids, ports, zones := 0, 0, 0
		for key, v := range r.form {
			switch {
			case strings.HasSuffix(key, ".Id"):
				ids++
			case strings.HasSuffix(key, ".Port") && v[0] == "443":
				ports++
			case strings.HasSuffix(key, ".AvailabilityZone"):
				zones++
			}
		}
		got = append(got, fmt.Sprint(r.action, " ", ids, ports, zones, " ", r.form.Get("Tags.member.1.Value")))
	}
	want := []string{"RegisterTargets 200 200 200 ", "RegisterTargets 200 200 200 ", "RegisterTargets 1 1 1 ", "DeregisterTargets 2 2 0 ", "AddTags 0 0 0 -10.0.1.5@1700000000"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	fail = true
	before := len(f.requests())
	_, err := s.Register(t.Context(), group, many)
	wantFault(t, err, plan.AWSError, "TooManyTargets: bad", string(group))
	if n := len(f.requests()) - before; n != 3 {
		t.Errorf("%d chunks tried after the first failed, want all 3", n)
	}
	for _, bad := range []plan.Target{{Port: 443}, {Addr: netip.MustParseAddr("10.0.1.5")}} {
		wantFault(t, s.Deregister(t.Context(), group, []plan.Target{bad}), plan.AWSError, "cannot be one")
	}
}

// tagsFake answers DescribeTags about groups that exist, and as AWS does fails
// the whole call if one does not.
type tagsFake struct {
	exist map[string]map[string]string
	calls int
	other func(*elbv2.DescribeTagsOutput) // spoils an answer
}

func (f *tagsFake) describe(_ context.Context, in *elbv2.DescribeTagsInput, _ ...func(*elbv2.Options)) (*elbv2.DescribeTagsOutput, error) {
	f.calls++
	if len(in.ResourceArns) > 20 || len(in.ResourceArns) == 0 {
		return nil, fmt.Errorf("%d ARNs", len(in.ResourceArns))
	}
	out := &elbv2.DescribeTagsOutput{}
	for _, arn := range in.ResourceArns {
		tags, ok := f.exist[arn]
		if !ok {
			return nil, &elbtypes.TargetGroupNotFoundException{Message: aws.String(arn)}
		}
		d := elbtypes.TagDescription{ResourceArn: aws.String(arn)}
		for k, v := range tags {
			d.Tags = append(d.Tags, elbtypes.Tag{Key: aws.String(k), Value: aws.String(v)})
		}
		out.TagDescriptions = append(out.TagDescriptions, d)
	}
	if f.other != nil {
		f.other(out)
	}
	return out, nil
}

func TestTags(t *testing.T) {
	f := &tagsFake{exist: map[string]map[string]string{}}
	want := map[plan.GroupARN]map[string]string{}
	var all []plan.GroupARN
	for i := range 45 {
		g := plan.GroupARN(fmt.Sprintf("%stargetgroup/g%02d/x", elbARN, i))
		all = append(all, g)
		if i != 7 && i != 30 {
			f.exist[string(g)] = map[string]string{"n": fmt.Sprint(i)}
			want[g] = f.exist[string(g)]
		}
	}
	s := scopeWith(calls{describeTags: f.describe})
	got, err := s.Tags(t.Context(), append(all, all[0]))
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	if f.calls > 25 {
		t.Errorf("%d calls for 45 groups, 2 of them gone", f.calls)
	}
	f.calls = 0
	if got, err := s.Tags(t.Context(), slices.Concat(all[:7], all[8:20])); len(got) != 19 || err != nil || f.calls != 1 {
		t.Errorf("%d groups in %d calls, %v", len(got), f.calls, err)
	}
	for name, spoil := range map[string]func(*elbv2.DescribeTagsOutput){
		"nothing about one": func(o *elbv2.DescribeTagsOutput) { o.TagDescriptions = o.TagDescriptions[1:] },
		"no ARN":            func(o *elbv2.DescribeTagsOutput) { o.TagDescriptions[0].ResourceArn = nil },
		"no key":            func(o *elbv2.DescribeTagsOutput) { o.TagDescriptions[0].Tags[0].Key = nil },
	} {
		f.other = spoil
		got, err := s.Tags(t.Context(), all[:2])
		wantFault(t, err, plan.AWSAnswer)
		if got != nil {
			t.Errorf("%s: a partial result beside the error: %v", name, got)
		}
	}
}
