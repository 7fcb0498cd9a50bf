package telemetry_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/plan"
	"postern/internal/report"
	"postern/internal/telemetry"
)

// someLink returns a link of the fleet of these tests.
func someLink(account, region, name string, result plan.Result, reason plan.Code, targets *report.Targets) report.Link {
	ref := plan.Ref{Account: plan.AccountID(account), Region: plan.Region(region), Name: name}
	l := report.NewLink(ref, plan.Group{ARN: plan.GroupARN("arn:aws:elasticloadbalancing:" + region + ":" + account + ":targetgroup/" + name + "/1")})
	l.Result, l.Reason, l.Targets = result, reason, targets
	return l
}

func fleet() report.Sync {
	doc := report.NewSync(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), false)
	doc.Scopes = []report.Scope{{Account: "222222222222", Region: "us-east-1"}, {Account: "333333333333", Region: "eu-west-1"}, {Region: "eu-west-2"}}
	held := someLink("222222222222", "us-east-1", "held", plan.Held, plan.WitnessUnknown, &report.Targets{Registered: 2, Healthy: 1})
	held.Decisions = []report.Decision{
		{Action: plan.Keep, Address: "10.0.0.1", Port: 443, Reason: plan.ListedByBoth, Health: plan.StateHealthy},
		{Action: plan.Hold, Address: "10.0.0.2", Port: 443, Reason: plan.WitnessUnknown, Message: "dns did not answer",
			Witnesses: []report.Evidence{{Name: plan.DNS, Outcome: plan.Unknown}, {Name: plan.ENI, Outcome: plan.Answered, AgeMs: 20}}},
	}
	failed := someLink("222222222222", "us-east-1", "failed", plan.Failed, plan.AccessDenied, nil)
	failed.Errors = []report.Error{{Code: plan.AccessDenied, Message: "read targets", Hint: "allow it"}}
	late := someLink("333333333333", "eu-west-1", "late", plan.Pending, plan.NotReached, nil)
	late.Message = "the pass ended before this link was done"
	doc.Links = []report.Link{
		held, failed, late,
		someLink("333333333333", "eu-west-1", "good", plan.Converged, "", &report.Targets{Registered: 2, Healthy: 2}),
		someLink("333333333333", "eu-west-1", "new", plan.Changed, plan.ListedByENI, &report.Targets{}),
		someLink("333333333333", "eu-west-1", "ghost", plan.Gone, plan.GroupGone, nil),
	}
	doc.Complete(1500*time.Millisecond, map[string]int{"elbv2:DescribeTargetHealth": 4, "ec2:DescribeVpcs": 2})
	return doc
}

// documents writes the metrics of a pass and returns each document's figures
// by name, and its dimensions.
func documents(t *testing.T, p telemetry.Pass) map[string]map[string]float64 {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]float64{}
	for line := range bytes.Lines(b.Bytes()) {
		if fault := emfFault(line); fault != "" {
			t.Errorf("%s: %s", fault, line)
		}
		var root map[string]any
		if err := json.Unmarshal(line, &root); err != nil {
			t.Fatal(err)
		}
		dims := fmt.Sprint(root["_aws"].(map[string]any)["CloudWatchMetrics"].([]any)[0].(map[string]any)["Dimensions"])
		name := strings.TrimSpace(fmt.Sprintf("%s %v%v%v", dims, or(root["Account"]), or(root["Region"]), or(root["Cluster"])))
		figures := map[string]float64{}
		for key, v := range root {
			if f, ok := v.(float64); ok {
				figures[key] = f
			}
		}
		all[name] = figures
	}
	return all
}

func or(v any) any {
	if v == nil {
		return ""
	}
	return v
}

func TestPassMetrics(t *testing.T) {
	age := 90 * time.Second
	got := documents(t, telemetry.Pass{Doc: fleet(), Expect: 7, Age: &age})
	want := map[string]map[string]float64{
		"[[]]": {"PassDurationMs": 1500, "ApiCalls": 6, "Links": 5, "Converged": 1, "Changed": 1, "Pending": 1, "Held": 1, "Failed": 1,
			"NotReached": 1, "Missing": 2, "AgeOfLastFullCheckSeconds": 90},
		"[[Account Region]] 222222222222us-east-1":   {"Links": 2, "Converged": 0, "Changed": 0, "Pending": 0, "Held": 1, "Failed": 1, "NotReached": 0},
		"[[Account Region]] 333333333333eu-west-1":   {"Links": 3, "Converged": 1, "Changed": 1, "Pending": 1, "Held": 0, "Failed": 0, "NotReached": 1},
		"[[] [Cluster]] 222222222222/us-east-1/held": {"HealthyTargets": 1},
		"[[] [Cluster]] 333333333333/eu-west-1/good": {"HealthyTargets": 2},
		"[[] [Cluster]] 333333333333/eu-west-1/new":  {"HealthyTargets": 0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	// A pass over some clusters says nothing about the fleet.
	got = documents(t, telemetry.Pass{Doc: fleet(), Narrowed: true, Expect: 7, Age: &age})
	if diff := cmp.Diff(map[string]float64{"PassDurationMs": 1500, "ApiCalls": 6}, got["[[]]"]); diff != "" || len(got) != 4 {
		t.Errorf("narrowed, %d documents (-want +got):\n%s", len(got), diff)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestPassMetricsNotWritten(t *testing.T) {
	err := telemetry.Pass{Doc: fleet()}.Write(broken{})
	if err == nil || err.Error() != "write metrics: no space left" {
		t.Errorf("got %v", err)
	}
}

// TestLogPass: a line for every decision that is not to keep, for every error,
// for a link that waits, and for the pass.
func TestLogPass(t *testing.T) {
	doc := fleet()
	doc.Errors = append(doc.Errors, report.Error{Code: plan.Expected, Message: "links found: 5; expected: 7", Hint: "look"})
	doc.Scopes[0].Errors = append(doc.Scopes[0].Errors, report.Error{Code: plan.Throttled, Message: "list links", Hint: "wait"})
	var b strings.Builder
	telemetry.LogPass(t.Context(), telemetry.Logger(&b, -8, false), doc)

	var got []string
	for line := range strings.Lines(b.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		delete(fields, "time")
		delete(fields, "targetGroup")
		text, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(text))
	}
	want := []string{
		`{"code":"links_missing","hint":"look","level":"ERROR","message":"links found: 5; expected: 7","msg":"pass error"}`,
		`{"account":"` + string(doc.Scopes[0].Account) + `","code":"throttled","hint":"wait","level":"ERROR","message":"list links","msg":"scope error","region":"` + string(doc.Scopes[0].Region) + `"}`,
		`{"action":"hold","address":"10.0.0.2","done":false,"evidence":[{"name":"dns","outcome":"unknown","listed":false,"ageMs":0},{"name":"eni","outcome":"answered","listed":false,"ageMs":20}],"health":"","level":"WARN","message":"dns did not answer","msg":"decision","port":443,"reason":"witness_unknown","ref":"222222222222/us-east-1/held"}`,
		`{"code":"access_denied","hint":"allow it","level":"ERROR","message":"read targets","msg":"link error","ref":"222222222222/us-east-1/failed"}`,
		`{"hint":"","level":"WARN","message":"the pass ended before this link was done","msg":"link waits","reason":"not_reached","ref":"333333333333/eu-west-1/late","result":"pending"}`,
		`{"calls":{"ec2:DescribeVpcs":2,"elbv2:DescribeTargetHealth":4},"changed":1,"converged":1,"dryRun":false,"durationMs":1500,"failed":1,"gone":1,"held":1,"level":"INFO","links":6,"msg":"pass finished","notReached":1,"pending":1}`,
	}
	for i := range got { // the keys inside evidence have an order of their own
		got[i] = reorder(t, got[i])
	}
	for i := range want {
		want[i] = reorder(t, want[i])
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func reorder(t *testing.T, text string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	sorted, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(sorted)
}
