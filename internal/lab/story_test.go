package lab_test

import (
	"bytes"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"

	"postern/internal/lab"
	"postern/internal/lab/state"
)

// TestStory lives through what sync does, by hand and by AWS's own SDK: find
// the cluster and its group, register, wait until healthy, let EKS move the
// addresses, register the new, remove the old, see them drain and go. The
// same seed must give the same event log, byte for byte.
func TestStory(t *testing.T) {
	first, again, other := story(t, 7), story(t, 7), story(t, 8)
	if len(first) == 0 {
		t.Fatal("no event was logged")
	}
	if d := cmp.Diff(string(first), string(again)); d != "" {
		t.Errorf("the same seed gave another log (-first +second)\n%s", d)
	}
	if bytes.Equal(first, other) {
		t.Error("another seed gave the same log")
	}
}

const (
	account = "222222222222"
	region  = "us-east-1"
)

func story(t *testing.T, seed uint64) (log []byte) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lab.Options{Seed: seed})
		ctx := t.Context()
		elb := elasticloadbalancingv2.NewFromConfig(f.aws(account, region))

		cluster, err := eks.NewFromConfig(f.aws(account, region)).DescribeCluster(ctx, &eks.DescribeClusterInput{Name: aws.String("prod")})
		if err != nil {
			t.Fatal(err)
		}
		host := (*cluster.Cluster.Endpoint)[len("https://"):]
		groups, err := elb.DescribeTargetGroups(ctx, &elasticloadbalancingv2.DescribeTargetGroupsInput{Names: []string{"postern-prod-6754af96"}})
		if err != nil || len(groups.TargetGroups) != 1 {
			t.Fatalf("groups %v, %v", groups, err)
		}
		group := groups.TargetGroups[0].TargetGroupArn
		expect := func(when string, want map[string]string) {
			t.Helper()
			out, err := elb.DescribeTargetHealth(ctx, &elasticloadbalancingv2.DescribeTargetHealthInput{TargetGroupArn: group})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for _, d := range out.TargetHealthDescriptions {
				got[*d.Target.Id] = string(d.TargetHealth.State)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%s: targets (-want +got)\n%s", when, d)
			}
		}
		names := func(want []string) {
			t.Helper()
			m, err := f.lookup(t, "public", host)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, addrs(m)); d != "" {
				t.Fatalf("public name (-serving +got)\n%s", d)
			}
		}
		all := func(ids []string, state string) map[string]string {
			out := map[string]string{}
			for _, id := range ids {
				out[id] = state
			}
			return out
		}
		targets := func(ids []string) []types.TargetDescription {
			var out []types.TargetDescription
			for _, id := range ids {
				out = append(out, types.TargetDescription{Id: aws.String(id), Port: aws.Int32(443)})
			}
			return out
		}
		register := func(ids []string) {
			t.Helper()
			if _, err := elb.RegisterTargets(ctx, &elasticloadbalancingv2.RegisterTargetsInput{TargetGroupArn: group, Targets: targets(ids)}); err != nil {
				t.Fatal(err)
			}
		}

		old := f.serving(account, region, "prod")
		names(old)
		expect("at first", map[string]string{})
		register(old)
		expect("registered", all(old, "initial"))
		time.Sleep(10 * time.Minute)
		expect("after ten minutes", all(old, "healthy"))

		moved := f.move(t, move(account, region, "prod", state.MoveReplace))
		now := f.serving(account, region, "prod")
		for i := 0; !slices.ContainsFunc(now, func(a string) bool { return !slices.Contains(old, a) }); i++ {
			if i == 60 {
				t.Fatalf("an hour after the move only the old addresses serve: %v", now)
			}
			time.Sleep(time.Minute)
			now = f.serving(account, region, "prod")
		}
		names(now)
		fresh := slices.DeleteFunc(slices.Clone(now), func(a string) bool { return slices.Contains(old, a) })
		register(fresh)
		time.Sleep(max(time.Until(moved.Done), 0) + 10*time.Minute)
		if serving := f.serving(account, region, "prod"); len(serving) < 2 || slices.ContainsFunc(serving, func(a string) bool { return slices.Contains(old, a) }) {
			t.Fatalf("after the move %v serve; before it was %v", serving, old)
		}
		want := all(fresh, "healthy")
		for _, id := range old {
			want[id] = "unhealthy"
		}
		expect("after the move", want)

		if _, err := elb.DeregisterTargets(ctx, &elasticloadbalancingv2.DeregisterTargetsInput{TargetGroupArn: group, Targets: targets(old)}); err != nil {
			t.Fatal(err)
		}
		for _, id := range old {
			want[id] = "draining"
		}
		expect("deregistered", want)
		time.Sleep(10 * time.Minute)
		expect("drained", all(fresh, "healthy"))

		calls, next, err := f.client.Calls(ctx, 0)
		if err != nil || next != len(calls) {
			t.Fatalf("%d calls, next %d, %v", len(calls), next, err)
		}
		count := map[string]int{}
		for _, c := range calls {
			count[c.Service+":"+c.Action]++
			if c.Code != "" || c.Account != account || c.Region != region {
				t.Errorf("call %+v", c)
			}
		}
		if d := cmp.Diff(map[string]int{"eks:DescribeCluster": 1, "elbv2:DescribeTargetGroups": 1, "elbv2:DescribeTargetHealth": 6, "elbv2:RegisterTargets": 2, "elbv2:DeregisterTargets": 1}, count); d != "" {
			t.Errorf("calls (-want +got)\n%s", d)
		}

		var b bytes.Buffer
		if err := f.Store().WriteEvents(&b); err != nil {
			t.Fatal(err)
		}
		log = b.Bytes()
	})
	return log
}
