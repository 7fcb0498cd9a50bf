package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
)

const (
	hubAccount = plan.AccountID("111111111111")
	accountA   = plan.AccountID("222222222222")
	accountB   = plan.AccountID("333333333333")
	east       = plan.Region("us-east-1")
	west       = plan.Region("eu-west-1")
)

func mustPass(t testing.TB, e *reconcile.Engine, asked ...string) report.Sync {
	t.Helper()
	var ps []plan.Pattern
	for _, a := range asked {
		p, err := plan.ParsePattern(a)
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	doc, err := e.Pass(t.Context(), ps)
	if err != nil {
		t.Fatalf("pass: %v", err)
	}
	return doc
}

// verdicts is the report in short: a line a link.
func verdicts(doc report.Sync) string {
	var out []string
	for _, l := range doc.Links {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", l.Ref, l.Result, l.Reason)))
	}
	return strings.Join(out, "\n")
}

func codes(es []report.Error) string {
	var out []string
	for _, e := range es {
		out = append(out, string(e.Code))
	}
	return strings.Join(out, " ")
}

// TestStory is the whole of sync's work on one cluster: register, converge,
// follow a move, remove the old addresses after the grace period.
func TestStory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		l := f.add(accountA, east, "prod", "10.0.1.10", "10.0.2.10")
		e := f.engine()
		ref := l.ref.String()
		for _, step := range []struct {
			name   string
			before func()
			want   string
			has    string
			marks  string
			wrote  int
		}{
			{name: "registers", want: "changed listed_by_both", has: "10.0.1.10:443 initial, 10.0.2.10:443 initial", wrote: 1},
			{name: "waits for health", want: "pending not_yet_healthy", has: "10.0.1.10:443 initial, 10.0.2.10:443 initial"},
			{name: "converges", before: f.settle, want: "converged", has: "10.0.1.10:443 healthy, 10.0.2.10:443 healthy"},
			{name: "follows a move", before: func() { l.move("10.0.1.20", "10.0.2.20") }, want: "changed listed_by_both",
				has: "10.0.1.10:443 healthy, 10.0.1.20:443 initial, 10.0.2.10:443 healthy, 10.0.2.20:443 initial", marks: "-10.0.1.10@T -10.0.2.10@T", wrote: 2},
			{name: "waits for the grace period", before: func() { f.settle(); time.Sleep(time.Minute) }, want: "pending marks_running",
				has: "10.0.1.10:443 healthy, 10.0.1.20:443 healthy, 10.0.2.10:443 healthy, 10.0.2.20:443 healthy", marks: "-10.0.1.10@T -10.0.2.10@T"},
			{name: "removes", before: func() { time.Sleep(time.Minute) }, want: "changed stale",
				has: "10.0.1.10:443 draining, 10.0.1.20:443 healthy, 10.0.2.10:443 draining, 10.0.2.20:443 healthy", wrote: 2},
			{name: "has converged again", before: f.settle, want: "converged", has: "10.0.1.20:443 healthy, 10.0.2.20:443 healthy"},
		} {
			if step.before != nil {
				step.before()
			}
			f.calls = nil
			doc := mustPass(t, e)
			if got, want := verdicts(doc), ref+" "+step.want; got != want {
				t.Errorf("%s: got %q, want %q\n%+v", step.name, got, want, doc.Links)
			}
			if diff := cmp.Diff(step.has, l.has()); diff != "" {
				t.Errorf("%s: targets (-want +got):\n%s", step.name, diff)
			}
			if len(f.wrote()) != step.wrote {
				t.Errorf("%s: wrote %v, want %d writes", step.name, f.wrote(), step.wrote)
			}
			marks, _ := plan.ParseMarks(l.group.Tags[plan.TagMarks])
			got := plan.MarksTag(l.group.Tags)
			for _, since := range marks {
				got = strings.ReplaceAll(got, fmt.Sprint(since.Unix()), "T")
			}
			if got != step.marks {
				t.Errorf("%s: marks %q, want %q", step.name, got, step.marks)
			}
			if doc.Links[0].Marks != plan.MarksTag(l.group.Tags) {
				t.Errorf("%s: reported marks %q, tag has %q", step.name, doc.Links[0].Marks, l.group.Tags[plan.TagMarks])
			}
			if tag, written := l.group.Tags[plan.TagMarks]; written && tag == "" {
				t.Errorf("%s: the tag is empty, which Terraform never leaves alone", step.name)
			}
		}
	})
}

// TestSituations is a table of single passes, each over one link named prod
// and a bystander that must stay as it is whatever happens to prod.
func TestSituations(t *testing.T) {
	old := fmt.Sprint(time.Date(1999, 12, 31, 23, 30, 0, 0, time.UTC).Unix()) // half an hour before synctest's time
	for _, test := range []struct {
		name   string
		set    func(f *fleet, l *fakeLink, e *reconcile.Engine)
		want   string // prod's result and reason
		errs   string // codes of prod's errors
		scope  string // codes of the scope's errors
		has    string // prod's targets afterwards; empty: not compared
		wrote  string // the actions written, for prod
		absent []string
	}{
		{
			name: "creating", want: "pending cluster_creating", absent: []string{"Lookup", "Targets"},
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.cluster.Status, l.cluster.Host = plan.ClusterCreating, ""
			},
		},
		{
			name: "deleting", want: "held cluster_deleting", absent: []string{"Lookup", "Targets"},
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) { l.cluster.Status = plan.ClusterDeleting },
		},
		{
			name: "failed", want: "held cluster_failed", absent: []string{"Lookup", "Targets"},
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) { l.cluster.Status = plan.ClusterFailed },
		},
		{
			name: "gone", want: "held cluster_gone", absent: []string{"Lookup", "Targets"},
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) { l.cluster.Name = "another" },
		},
		{
			name: "remade: another host", want: "failed cluster_remade", errs: "cluster_remade", absent: []string{"Lookup", "Targets"},
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.cluster.Host = "abc.gr7.us-east-1.eks.amazonaws.com"
			},
		},
		{
			name: "in another VPC, not bound", want: "failed group_wrong_vpc", errs: "group_wrong_vpc", absent: []string{"Lookup", "Targets"},
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.cluster.VPC = "vpc-other"
				delete(l.group.Tags, plan.TagEndpoint)
			},
		},
		{
			name: "public only", want: "failed no_private_endpoint", errs: "no_private_endpoint", absent: []string{"Lookup", "Targets"},
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) { l.cluster.Private, l.cluster.Public = false, true },
		},
		{
			name: "without an endpoint", want: "failed cluster_invalid", errs: "cluster_invalid", absent: []string{"Lookup", "Targets"},
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) { l.cluster.Host = "" },
		},
		{
			name: "not an ip group", want: "failed group_not_ip", errs: "group_not_ip", absent: []string{"Cluster", "Lookup", "Targets"},
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) { l.group.TargetType = "instance" },
		},
		{
			name: "describing is throttled, the tag serves", want: "failed throttled", errs: "throttled",
			has: "10.0.1.10:443 initial, 10.0.2.10:443 initial", wrote: "Register",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				f.faults["Cluster prod"] = throttled("eks:DescribeCluster")
			},
		},
		{
			name: "describing is throttled, a removal waits", want: "failed throttled", errs: "throttled",
			has: "10.0.1.10:443 healthy, 10.0.2.10:443 healthy, 10.0.9.9:443 healthy",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.1.10", "10.0.2.10", "10.0.9.9")
				l.group.Tags[plan.TagMarks] = "-10.0.9.9@" + old
				f.faults["Cluster prod"] = throttled("eks:DescribeCluster")
			},
		},
		{
			name: "describing is throttled, nothing else is known", want: "failed throttled", errs: "throttled", absent: []string{"Lookup", "Targets"},
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				delete(l.group.Tags, plan.TagEndpoint)
				f.faults["Cluster prod"] = throttled("eks:DescribeCluster")
			},
		},
		{
			name: "targets denied", want: "failed access_denied", errs: "access_denied",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				f.faults["Targets "+string(l.group.ARN)] = denied("elasticloadbalancing:DescribeTargetHealth")
			},
		},
		{
			name: "group deleted while the pass ran", want: "gone group_gone",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				f.faults["Targets "+string(l.group.ARN)] = groupGone(l.group.ARN)
			},
		},
		{
			name: "group deleted before the write", want: "gone group_gone", wrote: "Register",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				f.faults["Register "+string(l.group.ARN)] = groupGone(l.group.ARN)
			},
		},
		{
			name: "group deleted before its tags were read", want: "gone group_gone",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.1.10", "10.0.2.10", "10.0.9.9")
				f.script = func(call string) error {
					if strings.HasPrefix(call, "Tags") {
						f.mu.Lock()
						defer f.mu.Unlock()
						l.gone = true
					}
					return nil
				}
			},
		},
		{
			name: "group gone", want: "gone group_gone", absent: []string{"Cluster", "Targets"},
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) { l.gone = true },
		},
		{
			name: "interfaces denied, DNS adds and nothing leaves", want: "failed access_denied", errs: "access_denied", scope: "access_denied",
			has: "10.0.1.10:443 initial, 10.0.2.10:443 initial, 10.0.9.9:443 healthy", wrote: "Register",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.9.9")
				l.group.Tags[plan.TagMarks] = "-10.0.9.9@" + old
				f.faults["222222222222/us-east-1 Interfaces"] = denied("ec2:DescribeNetworkInterfaces")
			},
		},
		{
			name: "CIDRs denied, ENI adds", want: "changed listed_by_eni", scope: "access_denied",
			has: "10.0.1.10:443 initial, 10.0.2.10:443 initial", wrote: "Register",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.dns.Addrs = addrs("10.0.7.7") // refused: nobody can say whether it is in the VPC
				l.dns.Outcome = plan.Inapplicable
				f.faults["222222222222/us-east-1 CIDRs"] = denied("ec2:DescribeVpcs")
			},
		},
		{
			name: "register denied: no removal, no mark", want: "failed access_denied", errs: "access_denied", wrote: "Register",
			has: "10.0.1.10:443 healthy, 10.0.9.9:443 healthy",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.1.10", "10.0.9.9")
				l.group.Tags[plan.TagMarks] = "-10.0.9.9@" + old
				f.faults["Register "+string(l.group.ARN)] = denied("elasticloadbalancing:RegisterTargets")
			},
		},
		{
			name: "deregister denied: the mark stays", want: "failed access_denied", errs: "access_denied", wrote: "Deregister",
			has: "10.0.1.10:443 healthy, 10.0.2.10:443 healthy, 10.0.9.9:443 healthy",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.1.10", "10.0.2.10", "10.0.9.9")
				l.group.Tags[plan.TagMarks] = "-10.0.9.9@" + old
				f.faults["Deregister "+string(l.group.ARN)] = denied("elasticloadbalancing:DeregisterTargets")
			},
		},
		{
			name: "mark write denied: registered all the same", want: "failed access_denied", errs: "access_denied", wrote: "Register PutTag",
			has: "10.0.1.10:443 initial, 10.0.2.10:443 initial, 10.0.9.9:443 healthy",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.9.9")
				f.faults["PutTag "+string(l.group.ARN)] = denied("elasticloadbalancing:AddTags")
			},
		},
		{
			name: "tags denied: registered, not removed, no mark written", want: "failed access_denied", errs: "access_denied", wrote: "Register",
			has: "10.0.1.10:443 healthy, 10.0.2.10:443 initial, 10.0.9.9:443 healthy",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.1.10", "10.0.9.9")
				l.group.Tags[plan.TagMarks] = "-10.0.9.9@" + old
				f.faults["222222222222/us-east-1 Tags"] = denied("elasticloadbalancing:DescribeTags")
			},
		},
		{
			name: "tags denied: no mark is begun", want: "failed access_denied", errs: "access_denied",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.1.10", "10.0.2.10", "10.0.9.9")
				f.faults["222222222222/us-east-1 Tags"] = denied("elasticloadbalancing:DescribeTags")
			},
		},
		{
			name: "bound to another incarnation a moment ago", want: "failed cluster_remade", errs: "cluster_remade",
			has: "10.0.1.10:443 healthy, 10.0.2.10:443 healthy, 10.0.9.9:443 healthy",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.1.10", "10.0.2.10", "10.0.9.9")
				l.group.Tags[plan.TagMarks] = "-10.0.9.9@" + old
				l.tagLag = copyTags(l.group.Tags)
				l.group.Tags[plan.TagEndpoint] = "abc.gr7.us-east-1.eks.amazonaws.com"
			},
		},
		{
			name: "the lagging tag has an old mark, the real one has none", want: "pending marks_running", wrote: "PutTag",
			has: "10.0.1.10:443 healthy, 10.0.2.10:443 healthy, 10.0.9.9:443 healthy",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.1.10", "10.0.2.10", "10.0.9.9")
				l.tagLag = copyTags(l.group.Tags)
				l.tagLag[plan.TagMarks] = "-10.0.9.9@" + old
			},
		},
		{
			name: "paused a moment ago", want: "held paused",
			has: "10.0.1.10:443 healthy, 10.0.2.10:443 healthy, 10.0.9.9:443 healthy",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.1.10", "10.0.2.10", "10.0.9.9")
				l.group.Tags[plan.TagMarks] = "-10.0.9.9@" + old
				l.tagLag = copyTags(l.group.Tags)
				l.group.Tags[plan.TagPaused] = "true"
			},
		},
		{
			name: "no longer managed", want: "held not_managed",
			has: "10.0.1.10:443 healthy, 10.0.2.10:443 healthy, 10.0.9.9:443 healthy",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.1.10", "10.0.2.10", "10.0.9.9")
				l.group.Tags[plan.TagMarks] = "-10.0.9.9@" + old
				l.tagLag = copyTags(l.group.Tags)
				delete(l.group.Tags, plan.TagManaged)
			},
		},
		{
			name: "given to another cluster a moment ago", want: "failed tag_invalid", errs: "tag_invalid",
			has: "10.0.1.10:443 healthy, 10.0.2.10:443 healthy, 10.0.9.9:443 healthy",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.1.10", "10.0.2.10", "10.0.9.9")
				l.group.Tags[plan.TagMarks] = "-10.0.9.9@" + old
				l.tagLag = copyTags(l.group.Tags)
				l.group.Tags[plan.TagCluster] = "payments"
			},
		},
		{
			name: "public and private, no resolver inside", want: "changed listed_by_eni", wrote: "Register",
			has: "10.0.1.10:443 initial, 10.0.2.10:443 initial",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.cluster.Public = true
				l.dns.Addrs = addrs("198.51.100.7")
			},
		},
		{
			name: "public and private, a resolver inside", want: "changed listed_by_both", wrote: "Register",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.cluster.Public = true
				f.inVPC = true
			},
		},
		{
			name: "an interface that anybody made is not the cluster's", want: "changed listed_by_both", wrote: "Register",
			has: "10.0.1.10:443 initial, 10.0.2.10:443 initial",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) { l.forged = addrs("10.0.6.6") },
		},
		{
			name: "the resolver sees the hub's override", want: "failed dns_unknown", errs: "dns_unknown",
			has: "10.0.1.10:443 healthy, 10.0.2.10:443 healthy, 10.0.9.9:443 healthy",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.1.10", "10.0.2.10", "10.0.9.9")
				l.group.Tags[plan.TagMarks] = "-10.0.9.9@" + old
				l.dns.Addrs = addrs("10.0.200.1")
				f.hubAddrs = addrs("10.0.200.1")
				e.Hubs = []reconcile.Scope{f.scope(hubAccount, east)}
			},
		},
		{
			name: "the hub cannot be listed, DNS is not believed", want: "failed dns_unknown", errs: "dns_unknown",
			has: "10.0.1.10:443 initial, 10.0.2.10:443 initial", wrote: "Register",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				f.faults["EndpointAddrs"] = denied("ec2:DescribeNetworkInterfaces")
				e.Hubs = []reconcile.Scope{f.scope(hubAccount, east)}
				l.dns.Addrs = addrs("10.0.1.10", "10.0.200.1")
			},
		},
		{
			name: "the hub cannot be listed, EC2 lists what DNS names", want: "changed listed_by_both", wrote: "Register",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				f.faults["EndpointAddrs"] = denied("ec2:DescribeNetworkInterfaces")
				e.Hubs = []reconcile.Scope{f.scope(hubAccount, east)}
			},
		},
		{
			name: "the resolver inside a VPC is in another one", want: "changed listed_by_eni", wrote: "Register",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				f.inVPC, l.cluster.Public = true, true
				l.dns.Addrs = addrs("198.51.100.7", "198.51.100.8")
			},
		},
		{
			name: "only some of its answers are public", want: "changed listed_by_both", wrote: "Register",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				f.inVPC, l.cluster.Public = true, true
				l.dns.Addrs = addrs("198.51.100.7", "10.0.1.10", "10.0.2.10")
			},
		},
		{
			name: "public answers about a private cluster", want: "failed dns_unknown", errs: "dns_unknown", wrote: "Register",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				f.inVPC = true
				l.dns.Addrs = addrs("198.51.100.7")
			},
		},
		{
			name: "EC2 does not list the VPC", want: "failed aws_answer", errs: "aws_answer", has: "10.0.1.10:443 healthy, 10.0.2.10:443 healthy",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.1.10", "10.0.2.10")
				delete(f.vpcs, l.cluster.VPC)
			},
		},
		{
			name: "ENI alone by choice: the long grace", want: "pending marks_running", absent: []string{"Lookup"}, wrote: "PutTag",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.1.10", "10.0.2.10", "10.0.9.9")
				e.Settings.Witnesses = []plan.WitnessName{plan.ENI}
			},
		},
		{
			name: "DNS alone by choice", want: "changed listed_by_dns", absent: []string{"Interfaces"}, wrote: "Register",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				e.Settings.Witnesses = []plan.WitnessName{plan.DNS}
			},
		},
		{
			name: "dry run", want: "changed listed_by_both", has: "10.0.9.9:443 healthy",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.9.9")
				e.Settings.DryRun = true
			},
		},
		{
			name: "marks in memory write no tag", want: "changed listed_by_both", wrote: "Register",
			has: "10.0.1.10:443 initial, 10.0.2.10:443 initial, 10.0.9.9:443 healthy",
			set: func(f *fleet, l *fakeLink, e *reconcile.Engine) {
				l.register(plan.StateHealthy, "10.0.9.9")
				e.Settings.MarksInMemory = true
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFleet()
				l := f.add(accountA, east, "prod", "10.0.1.10", "10.0.2.10")
				f.add(accountB, east, "bystander", "10.0.3.10").register(plan.StateHealthy, "10.0.3.10")
				e := f.engine()
				test.set(f, l, e)
				doc := mustPass(t, e)
				got := doc.Links[0]
				if have := strings.TrimSpace(fmt.Sprintf("%s %s", got.Result, got.Reason)); have != test.want {
					t.Errorf("result %q, want %q\n%+v", have, test.want, got)
				}
				if codes(got.Errors) != test.errs {
					t.Errorf("errors %+v, want %q", got.Errors, test.errs)
				}
				for _, s := range doc.Scopes {
					want := ""
					if s.Account == accountA {
						want = test.scope
					}
					if s.Account != hubAccount && codes(s.Errors) != want {
						t.Errorf("scope %s: errors %+v, want %q", s.Account, s.Errors, want)
					}
				}
				if test.has != "" && l.has() != test.has {
					t.Errorf("targets %q, want %q", l.has(), test.has)
				}
				var wrote []string
				for _, c := range f.wrote() {
					action, group, _ := strings.Cut(c, " ")
					if group != string(l.group.ARN) {
						t.Errorf("wrote %q, to the bystander", c)
					}
					wrote = append(wrote, action)
				}
				if strings.Join(wrote, " ") != test.wrote {
					t.Errorf("wrote %v, want %q", wrote, test.wrote)
				}
				for _, action := range test.absent {
					// The bystander makes one call of each kind, or one a scope.
					if f.counts[action] > 1 || action == "Interfaces" && f.counts[action] > 0 || action == "Lookup" && e.Settings.Witnesses != nil && f.counts[action] > 0 {
						t.Errorf("%s was called %d times", action, f.counts[action])
					}
				}
			})
		})
	}
}

// TestMarksInMemory shows that an Engine remembers, and a new one does not.
func TestMarksInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		l := f.add(accountA, east, "prod", "10.0.1.10", "10.0.2.10").register(plan.StateHealthy, "10.0.1.10", "10.0.2.10", "10.0.9.9")
		e := f.engine()
		e.Settings.MarksInMemory = true
		mustPass(t, e)
		time.Sleep(plan.DefaultPolicy().Grace)
		other := f.engine()
		other.Settings.MarksInMemory = true
		if got := verdicts(mustPass(t, other)); got != l.ref.String()+" pending marks_running" {
			t.Errorf("an engine without memory: %s", got)
		}
		l.tagLag = copyTags(l.group.Tags)
		l.group.Tags[plan.TagPaused] = "true"
		if got := verdicts(mustPass(t, e)); got != l.ref.String()+" held paused" {
			t.Errorf("paused a moment ago: %s", got)
		}
		delete(l.group.Tags, plan.TagPaused)
		if got := verdicts(mustPass(t, e)); got != l.ref.String()+" changed stale" {
			t.Errorf("the engine that remembers: %s", got)
		}
		if _, ok := l.group.Tags[plan.TagMarks]; ok {
			t.Error("a tag was written")
		}
	})
}

// TestClusterMemory shows when EKS is asked.
func TestClusterMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		l := f.add(accountA, east, "prod", "10.0.1.10", "10.0.2.10").register(plan.StateHealthy, "10.0.1.10", "10.0.2.10")
		e := f.engine()
		e.Settings.Policy.MaxDeregister = 10
		for _, step := range []struct {
			name   string
			before func()
			calls  int
			want   string
		}{
			{"first pass", func() {}, 1, "converged"},
			{"remembered", func() { time.Sleep(5 * time.Minute) }, 0, "converged"},
			{"forgotten after twelve minutes at most", func() { time.Sleep(7*time.Minute + time.Second) }, 1, "converged"},
			{"DNS is down: asked", func() { time.Sleep(2 * time.Minute); l.dns.Outcome = plan.Unknown }, 1, "failed dns_unknown"},
			{"DNS is still down: not asked again at once", func() { time.Sleep(time.Second) }, 0, "failed dns_unknown"},
			{"DNS is still down a minute later", func() { time.Sleep(time.Minute) }, 1, "failed dns_unknown"},
			{"nothing registered is listed: asked", func() { time.Sleep(time.Minute); l.dns.Outcome = plan.Answered; l.move("10.0.5.5") }, 1, "changed listed_by_both"},
			{"made again, Terraform knows first", func() {
				l.cluster.Host = "abc.gr7.us-east-1.eks.amazonaws.com"
				l.group.Tags[plan.TagEndpoint] = l.cluster.Host
			}, 1, "pending marks_running"},
			{"throttled, the memory serves", func() {
				time.Sleep(20 * time.Minute)
				f.settle()
				l.register(plan.StateHealthy, "10.0.9.9")
				l.group.Tags[plan.TagMarks] = fmt.Sprintf("-10.0.9.9@%d", time.Now().Add(-30*time.Minute).Unix())
				f.faults["Cluster prod"] = throttled("eks:DescribeCluster")
			}, 1, "failed throttled"},
			{"and supports no removal", func() {
				if !strings.Contains(l.has(), "10.0.9.9:443 healthy") {
					t.Errorf("targets %s", l.has())
				}
				clear(f.faults)
			}, 1, "changed stale"},
			{"being deleted is not remembered", func() {
				time.Sleep(20 * time.Minute)
				f.settle()
				l.cluster.Status = plan.ClusterDeleting
			}, 1, "held cluster_deleting"},
			{"so that EKS is asked again", func() { l.cluster.Status = plan.ClusterActive }, 1, "changed stale"},
		} {
			step.before()
			f.counts = map[string]int{}
			if got, want := verdicts(mustPass(t, e)), strings.TrimSpace(l.ref.String()+" "+step.want); got != want {
				t.Errorf("%s: %s, want %s", step.name, got, want)
			}
			if f.counts["Cluster"] != step.calls {
				t.Errorf("%s: EKS was asked %d times, want %d", step.name, f.counts["Cluster"], step.calls)
			}
		}
	})
}

func TestAsked(t *testing.T) {
	fleetOf := func() *fleet {
		f := newFleet()
		f.add(accountA, east, "prod", "10.0.1.1")
		f.add(accountB, west, "prod", "10.0.1.1")
		f.add(accountA, west, "payments", "10.0.1.1")
		return f
	}
	t.Run("ambiguous", func(t *testing.T) {
		f := fleetOf()
		_, err := f.engine().Pass(t.Context(), []plan.Pattern{{Name: "prod"}})
		ambiguous, ok := errors.AsType[*reconcile.AmbiguousError](err)
		if !ok {
			t.Fatalf("error %v, want an AmbiguousError", err)
		}
		want := []plan.Ref{{Account: accountA, Region: east, Name: "prod"}, {Account: accountB, Region: west, Name: "prod"}}
		if diff := cmp.Diff(want, ambiguous.Candidates); diff != "" {
			t.Error(diff)
		}
		if got, want := err.Error(), `cluster reference "prod" is ambiguous: it can be 222222222222/us-east-1/prod or 333333333333/eu-west-1/prod`; got != want {
			t.Errorf("error %q, want %q", got, want)
		}
		if len(f.wrote()) > 0 {
			t.Errorf("wrote %v", f.wrote())
		}
	})
	t.Run("one of several, other scopes left alone", func(t *testing.T) {
		f := fleetOf()
		f.faults["222222222222/us-east-1 Candidates"] = denied("tag:GetResources")
		doc := mustPass(t, f.engine(), "333333333333/eu-west-1/prod")
		if got := verdicts(doc); got != "333333333333/eu-west-1/prod changed listed_by_both" {
			t.Error(got)
		}
		if len(doc.Scopes) != 1 || report.Exit(doc, report.ExitOptions{}) != report.ExitOK {
			t.Errorf("scopes %+v, exit %d", doc.Scopes, report.Exit(doc, report.ExitOptions{}))
		}
	})
	t.Run("not found, the others go on", func(t *testing.T) {
		f := fleetOf()
		doc := mustPass(t, f.engine(), "paymets", "us-east-1/prod", "ap-south-1/prod")
		if got := verdicts(doc); got != "222222222222/us-east-1/prod changed listed_by_both" {
			t.Error(got)
		}
		want := []report.Error{
			{Code: plan.ClusterNotFound, Message: `no link found for cluster "paymets"`, Hint: "the nearest names are 222222222222/eu-west-1/payments"},
			{Code: plan.ClusterNotFound, Message: `no link found for cluster "ap-south-1/prod"`, Hint: "the nearest names are 222222222222/us-east-1/prod, 333333333333/eu-west-1/prod"},
		}
		if diff := cmp.Diff(want, doc.Errors); diff != "" {
			t.Error(diff)
		}
		if got := report.Exit(doc, report.ExitOptions{}); got != report.ExitFailed {
			t.Errorf("exit %d", got)
		}
	})
	t.Run("not found where a scope is dark", func(t *testing.T) {
		f := fleetOf()
		f.faults["222222222222/us-east-1 Candidates"] = denied("tag:GetResources")
		doc := mustPass(t, f.engine(), "us-east-1/prod")
		if got := doc.Errors[0].Hint; got != "it may be in a scope that could not be listed: 222222222222/us-east-1" {
			t.Error(got)
		}
	})
	t.Run("no scope for it", func(t *testing.T) {
		doc := mustPass(t, fleetOf().engine(), "444444444444/us-east-1/prod")
		if len(doc.Errors) != 1 || !strings.HasPrefix(doc.Errors[0].Hint, "no scope covers") {
			t.Errorf("%+v", doc.Errors)
		}
	})
}

func TestChoose(t *testing.T) {
	f := newFleet()
	f.add(accountA, east, "prod", "10.0.1.1")
	f.add(accountA, east, "prod", "10.0.1.1") // a second group claims it
	f.add(accountA, east, "payments", "10.0.1.1").byLB = true
	empty := f.add(accountA, east, "empty", "10.0.1.1")
	empty.group.Tags[plan.TagCluster] = ""
	odd := f.add(accountA, east, "odd", "10.0.1.1")
	odd.group.Tags[plan.TagCluster] = "a/b"
	e := f.engine()
	e.Settings.Expect = 4 // payments, prod, and the two that cannot be read
	doc := mustPass(t, e)
	want := strings.Join([]string{
		"222222222222/us-east-1/ failed tag_empty",
		"222222222222/us-east-1/a/b failed tag_invalid",
		"222222222222/us-east-1/payments changed listed_by_both",
		"222222222222/us-east-1/prod failed ambiguous_group",
		"222222222222/us-east-1/prod failed ambiguous_group",
	}, "\n")
	if diff := cmp.Diff(want, verdicts(doc)); diff != "" {
		t.Error(diff)
	}
	if len(doc.Errors) != 0 {
		t.Errorf("%+v", doc.Errors)
	}
	e.Settings.Expect = 5
	if doc := mustPass(t, e); codes(doc.Errors) != "links_missing" {
		t.Errorf("%+v", doc.Errors)
	}
}

func TestNoLink(t *testing.T) {
	f := newFleet()
	e := f.engine()
	e.Scopes = []reconcile.Scope{f.scope(accountA, east)}
	doc := mustPass(t, e)
	if codes(doc.Errors) != "links_missing" || report.Exit(doc, report.ExitOptions{}) != report.ExitFailed {
		t.Errorf("%+v", doc)
	}
	e.Settings.AllowEmpty = true
	doc = mustPass(t, e)
	if len(doc.Errors) != 0 || report.Exit(doc, report.ExitOptions{AllowEmpty: true}) != report.ExitOK {
		t.Errorf("%+v", doc)
	}
}

// TestScopeFault shows that a dark scope fails the pass and stops no other.
func TestScopeFault(t *testing.T) {
	for _, action := range []string{"Account", "Candidates"} {
		f := newFleet()
		f.add(accountA, east, "prod", "10.0.1.1")
		f.add(accountB, east, "prod", "10.0.1.1")
		f.faults["222222222222/us-east-1 "+action] = &plan.Fault{Code: plan.NoCredentials, Message: "there are no credentials", Hint: "set AWS_PROFILE"}
		doc := mustPass(t, f.engine())
		if got := verdicts(doc); got != "333333333333/us-east-1/prod changed listed_by_both" {
			t.Errorf("%s: %s", action, got)
		}
		if codes(doc.Scopes[0].Errors) != "no_credentials" || report.Exit(doc, report.ExitOptions{}) != report.ExitFailed {
			t.Errorf("%s: %+v", action, doc.Scopes)
		}
	}
}

// TestTwins shows that one account and region named twice is worked on once.
func TestTwins(t *testing.T) {
	f := newFleet()
	f.add(accountA, east, "prod", "10.0.1.1")
	e := f.engine()
	twin := e.Scopes[0]
	twin.Account = "" // the ambient account
	e.Scopes = append(e.Scopes, twin)
	if doc := mustPass(t, e); len(doc.Links) != 1 || len(doc.Scopes) != 1 {
		t.Errorf("%+v", doc)
	}
}

// TestTagsBatched shows what a pass over many links with marks costs.
func TestTagsBatched(t *testing.T) {
	f := newFleet()
	for i := range 45 {
		f.add(accountA, east, fmt.Sprintf("c%d", i), "10.0.1.1").register(plan.StateHealthy, "10.0.1.1", "10.0.9.9")
	}
	e := f.engine()
	doc := mustPass(t, e)
	if doc.Summary.Pending != 45 {
		t.Errorf("%+v", doc.Summary)
	}
	want := map[string]int{"Account": 1, "Candidates": 1, "Interfaces": 1, "CIDRs": 1, "Cluster": 45, "Targets": 45, "Lookup": 45, "Tags": 3, "PutTag": 45}
	if diff := cmp.Diff(want, doc.Summary.Calls); diff != "" {
		t.Error(diff)
	}
	// The second pass knows the clusters, and the marks stand.
	want = map[string]int{"Account": 1, "Candidates": 1, "Interfaces": 1, "CIDRs": 1, "Targets": 45, "Lookup": 45}
	if diff := cmp.Diff(want, mustPass(t, e).Summary.Calls); diff != "" {
		t.Error(diff)
	}
}

// TestLongPass shows that a listing of interfaces does not serve for long.
func TestLongPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		for i := range 5 {
			f.add(accountA, east, fmt.Sprintf("c%d", i), "10.0.1.1").register(plan.StateHealthy, "10.0.1.1")
		}
		f.delay["Targets"] = 20 * time.Second
		e := f.engine()
		e.Settings.Concurrency = 1
		if doc := mustPass(t, e); doc.Summary.Converged != 5 {
			t.Errorf("%+v", doc.Summary)
		}
		if f.counts["Interfaces"] != 2 {
			t.Errorf("listed %d times in 100 s, want 2", f.counts["Interfaces"])
		}
	})
}

// TestThrottledToTheEnd shows that a link which AWS refused until the time ran
// out says so, rather than that nobody came to it.
func TestThrottledToTheEnd(t *testing.T) {
	f := newFleet()
	l := f.add(accountA, east, "prod", "10.0.1.1")
	ctx, cancel := context.WithCancel(t.Context())
	f.script = func(call string) error {
		if strings.HasPrefix(call, "Targets") {
			cancel()
			return throttled("elasticloadbalancing:DescribeTargetHealth")
		}
		return nil
	}
	doc, err := f.engine().Pass(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := verdicts(doc); got != l.ref.String()+" failed throttled" {
		t.Error(got)
	}
}

// TestTimeOut shows that a pass which runs out of time has finished what it
// began, says what it did not reach, and begins there the next time.
func TestTimeOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet()
		for i := range 100 {
			f.add(accountA, east, fmt.Sprintf("c%02d", i), "10.0.1.1").health = plan.StateHealthy
		}
		f.delay["Targets"] = time.Second
		e := f.engine()
		e.Settings.Concurrency = 20
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		first, err := e.Pass(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		if first.Summary.Changed != 40 || first.Summary.Pending != 60 {
			t.Errorf("first: %+v", first.Summary)
		}
		for _, l := range first.Links {
			if l.Result == plan.Pending && l.Reason != plan.NotReached {
				t.Errorf("%s: %s", l.Ref, l.Reason)
			}
		}
		ctx, cancel = context.WithTimeout(t.Context(), 3500*time.Millisecond)
		defer cancel()
		second, err := e.Pass(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		if second.Summary.Changed != 60 || second.Summary.Pending != 40 {
			t.Errorf("second: %+v", second.Summary)
		}
	})
}
