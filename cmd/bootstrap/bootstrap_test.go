package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab"
	"postern/internal/lab/faults"
	"postern/internal/lab/state"
	"postern/internal/lambdafn"
)

// The links of the lab's default world.
const (
	prodUS   = "222222222222/us-east-1/prod"
	prodEU   = "333333333333/eu-west-1/prod"
	payments = "222222222222/eu-west-1/payments"
)

// ample is a time-out that no invocation here comes near.
const ample = 60 * time.Second

// world is a lab in this process, and the environment of a function in it.
type world struct {
	t   *testing.T
	lab *lab.Lab
	env []string
}

func startWorld(t *testing.T) *world {
	t.Helper()
	l, err := lab.New(lab.Options{Address: "127.0.0.1:0", Speed: 60, Seed: 1, Consistent: true, Unthrottled: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- l.Run(ctx) }()
	<-l.Ready()
	t.Cleanup(func() {
		stop()
		if err := <-ran; err != nil {
			t.Errorf("run lab: %v", err)
		}
	})
	s := l.State()
	config := filepath.Join(t.TempDir(), "postern.yaml")
	if err := os.WriteFile(config, lab.Config(s, s.Hub.Account), 0o600); err != nil {
		t.Fatal(err)
	}
	env, err := lab.Env(s, l.Token(), s.Hub.Account, "", config)
	if err != nil {
		t.Fatal(err)
	}
	// Pacing would only make the test slow, and so would patience with faults.
	return &world{t, l, append(env, "POSTERN_API_SHARE=0", "AWS_MAX_ATTEMPTS=2")}
}

// registered returns a link's targets but for draining ones, and serving the
// truth.
func (w *world) registered(ref string) []string {
	var out []string
	for _, g := range w.cluster(ref).Groups {
		for _, target := range g.Targets {
			if target.State != "draining" {
				out = append(out, target.Target.ID)
			}
		}
	}
	slices.Sort(out)
	return out
}

func (w *world) serving(ref string) []string {
	var out []string
	for _, a := range w.cluster(ref).Serving {
		out = append(out, a.String())
	}
	slices.Sort(out)
	return out
}

func (w *world) cluster(ref string) lab.ClusterState {
	w.t.Helper()
	clusters := w.lab.State().Clusters
	i := slices.IndexFunc(clusters, func(c lab.ClusterState) bool { return c.Ref == ref })
	if i < 0 {
		w.t.Fatalf("no cluster %s in the lab", ref)
	}
	return clusters[i]
}

// synced checks that every address at which the cluster serves is a target.
func (w *world) synced(ref string, want bool) {
	w.t.Helper()
	have, serving := w.registered(ref), w.serving(ref)
	got := len(serving) > 0 && !slices.ContainsFunc(serving, func(a string) bool { return !slices.Contains(have, a) })
	if got != want {
		w.t.Errorf("%s: registered %v, serving at %v; in sync: %v, want %v", ref, have, serving, got, want)
	}
}

// move gives a cluster addresses that nobody has registered.
func (w *world) move(ref string) {
	w.t.Helper()
	parts := strings.Split(ref, "/")
	if _, err := w.lab.Move(lab.Move{Account: parts[0], Region: parts[1], Cluster: parts[2], Kind: state.MoveAbrupt}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) fault(text string) {
	w.t.Helper()
	f, err := faults.Parse(text)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.lab.AddFault(f); err != nil {
		w.t.Fatal(err)
	}
}

func result(t *testing.T, a answer) lambdafn.Result {
	t.Helper()
	if a.failed {
		t.Fatalf("the invocation failed: %s", a.body)
	}
	var r lambdafn.Result
	if err := json.Unmarshal(a.body, &r); err != nil {
		t.Fatalf("read result %s: %v", a.body, err)
	}
	return r
}

// failed returns the type and the text of an invocation's error.
func failed(t *testing.T, a answer) (kind, text string) {
	t.Helper()
	var e struct{ ErrorType, ErrorMessage string }
	if err := json.Unmarshal(a.body, &e); err != nil || !a.failed {
		t.Fatalf("want an error, got %s", a.body)
	}
	if strings.ContainsAny(e.ErrorMessage, "\n\r") {
		t.Errorf("the error has more than one line: %q", e.ErrorMessage)
	}
	if n := len(a.logged("errorType="+e.ErrorType, "errorMessage="+e.ErrorMessage)); n != 1 {
		t.Errorf("the error is in the log %d times", n)
	}
	return e.ErrorType, e.ErrorMessage
}

// trailEvent is an event of EventBridge about a call that CloudTrail saw.
func trailEvent(source, name, detail string) string {
	return fmt.Sprintf(`{"version":"0","detail-type":"AWS API Call via CloudTrail","source":%q,"account":"999999999999","region":"ap-south-1",
		"detail":{"eventSource":"%s.amazonaws.com","eventName":%q,%s}}`, source, strings.TrimPrefix(source, "aws."), name, detail)
}

func interfaceMade(description string) string {
	return trailEvent("aws.ec2", "CreateNetworkInterface",
		fmt.Sprintf(`"requestParameters":{"subnetId":"subnet-1"},"responseElements":{"networkInterface":{"description":%q}}`, description))
}

// TestEvents makes one process go through every kind of event.
func TestEvents(t *testing.T) {
	w := startWorld(t)
	f := start(t, build(t), w.env...)
	all := []string{payments, prodUS, prodEU}

	// The first pass finds empty groups, and fills them.
	r := result(t, f.invoke(`{}`, ample))
	if r.Event != lambdafn.KindEmpty || r.Links != 3 || r.Changed != 3 || r.Schema != lambdafn.ResultSchema || len(r.Attention) != 3 {
		t.Fatalf("the first pass: %+v", r)
	}
	for _, ref := range all {
		w.synced(ref, true)
	}

	const scheduler = `{"version":"0","id":"1","detail-type":"Scheduled Event","source":"aws.scheduler","account":"111111111111",
		"time":"2026-01-01T00:00:00Z","region":"us-east-1","resources":["arn:aws:scheduler:us-east-1:111111111111:schedule/default/postern"],"detail":"{}"}`
	const rule = `{"version":"0","id":"1","detail-type":"Scheduled Event","source":"aws.events","resources":[],"detail":{}}`
	cluster := func(call string) string {
		return trailEvent("aws.eks", call, `"requestParameters":{"name":"payments"},"responseElements":null`)
	}
	cases := []struct {
		name    string
		payload string
		event   lambdafn.Kind
		looked  []string // links whose new addresses are targets afterwards
		doubt   string   // part of what the log doubts
	}{
		{"rule", rule, lambdafn.KindSchedule, all, ""},
		{"scheduler", scheduler, lambdafn.KindSchedule, all, ""},
		{"no payload", ``, lambdafn.KindEmpty, all, ""},
		{"null", `null`, lambdafn.KindEmpty, all, ""},
		{"interface", interfaceMade("Amazon EKS payments"), lambdafn.KindInterface, []string{payments}, ""},
		{"interface of two clusters", interfaceMade("Amazon EKS prod"), lambdafn.KindInterface, []string{prodUS, prodEU}, ""},
		{"interface of somebody else", interfaceMade("ELB net/a/b"), lambdafn.KindInterface, all, "is not EKS's"},
		{"interface with a forged name", interfaceMade("Amazon EKS x/../y"), lambdafn.KindInterface, all, "cannot be a cluster's name"},
		{"interface deleted", trailEvent("aws.ec2", "DeleteNetworkInterface", `"requestParameters":{"networkInterfaceId":"eni-1"},"responseElements":{"_return":true}`),
			lambdafn.KindInterface, all, "is not EKS's"},
		{"interface deleted, described", trailEvent("aws.ec2", "DeleteNetworkInterface", `"requestParameters":{"description":"Amazon EKS payments"}`),
			lambdafn.KindInterface, []string{payments}, ""},
		{"interface of no cluster of ours", interfaceMade("Amazon EKS elsewhere"), lambdafn.KindInterface, nil, ""},
		{"UpdateClusterVersion", cluster("UpdateClusterVersion"), lambdafn.KindCluster, []string{payments}, ""},
		{"UpdateClusterConfig", cluster("UpdateClusterConfig"), lambdafn.KindCluster, []string{payments}, ""},
		{"CreateCluster", cluster("CreateCluster"), lambdafn.KindCluster, []string{payments}, ""},
		{"DeleteCluster", cluster("DeleteCluster"), lambdafn.KindCluster, []string{payments}, ""},
		{"EKS", `{"detail-type":"EKS Cluster Update","source":"aws.eks","resources":["arn:aws:eks:ap-south-1:999999999999:cluster/payments"],"detail":{}}`,
			lambdafn.KindCluster, []string{payments}, ""},
		{"malformed call", `{"detail-type":"AWS API Call via CloudTrail","source":"aws.ec2","detail":[1]}`, lambdafn.KindUnknown, all, "malformed"},
		{"clusters", `{"clusters":["222222222222/us-east-1/prod","payments"]}`, lambdafn.KindAsked, []string{payments, prodUS}, ""},
		{"clusters, ambiguous", `{"clusters":["prod"]}`, lambdafn.KindAsked, []string{prodUS, prodEU}, ""},
		{"scopes", `{"scopes":[{"account":"222222222222","regions":["us-east-1"],"roleArn":"arn:aws:iam::222222222222:role/postern-sync"}]}`,
			lambdafn.KindAsked, []string{prodUS}, ""},
		{"unknown kind", `{"source":"aws.s3","detail-type":"Object Created"}`, lambdafn.KindUnknown, all, `unknown kind of event: detail-type "Object Created" of source "aws.s3"`},
		{"not JSON", `{"detail-type": 5`, lambdafn.KindUnknown, all, "not a JSON object"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w.t, f.t = t, t
			for _, ref := range all {
				w.move(ref)
				w.synced(ref, false)
			}
			a := f.invoke(c.payload, ample)
			r := result(t, a)
			if r.Event != c.event || r.Links != len(c.looked) || r.NotReached != 0 {
				t.Errorf("want %d links by %q, got %s", len(c.looked), c.event, a.body)
			}
			for _, ref := range all {
				w.synced(ref, slices.Contains(c.looked, ref))
			}
			doubts := a.logged("msg=doubtful event", "level=WARN")
			if text := fmt.Sprint(doubts); c.doubt == "" && len(doubts) > 0 || !strings.Contains(text, c.doubt) {
				t.Errorf("want a doubt with %q, got %s", c.doubt, text)
			}
			checkTold(t, a, c.looked)
			result(t, f.invoke(`{}`, ample)) // so that the next case begins in sync
		})
	}
	// One poll an invocation, and the one that waits now.
	if n := int(f.api.polls.Load()); n > 2*len(cases)+2 {
		t.Errorf("the process asked for an invocation %d times, want at most %d: it must wait, and not ask again", n, 2*len(cases)+2)
	}
}

// checkTold looks for what an invocation that registered addresses must tell:
// figures, decisions with their evidence, and one line for the pass.
func checkTold(t *testing.T, a answer, looked []string) {
	t.Helper()
	if n := len(a.logged("msg=pass finished", "level=INFO", fmt.Sprintf("links=%d", len(looked)))); n != 1 {
		t.Errorf("%d lines for the pass", n)
	}
	for _, ref := range looked {
		if _, ok := a.metric("HealthyTargets", "Cluster="+ref); !ok {
			t.Errorf("no figure of healthy targets of %s", ref)
		}
		lines := a.logged("msg=decision", "ref="+ref, "action=register", "done=true")
		if len(lines) == 0 {
			t.Errorf("no line for a registration in %s", ref)
			continue
		}
		for _, key := range []string{"address", "reason", "evidence", "targetGroup", "requestId"} {
			if v := lines[0][key]; v == nil || v == "" {
				t.Errorf("the decision has no %s: %v", key, lines[0])
			}
		}
	}
	if keep := a.logged("msg=decision", "action=keep"); len(keep) > 0 {
		t.Errorf("a line for what stays as it is: %v", keep[0])
	}
	for _, name := range []string{"PassDurationMs", "ApiCalls"} {
		if v, ok := a.metric(name); !ok || v < 0 {
			t.Errorf("metric %s: %v, %v", name, v, ok)
		}
	}
}

// TestFigures: what a pass over everything says about the fleet.
func TestFigures(t *testing.T) {
	w := startWorld(t)
	f := start(t, build(t), append(w.env, "POSTERN_EXPECT=5")...)
	a := f.invoke(`{}`, ample)

	// Links are missing: that is the pass's own fault.
	kind, text := failed(t, a)
	if kind != "FailedError" || !strings.HasPrefix(text, "links_missing: links found: 3; expected: 5; ") {
		t.Errorf("%s: %s", kind, text)
	}
	got := map[string]float64{}
	for _, name := range []string{"Links", "Changed", "Converged", "Pending", "Held", "Failed", "Missing", "NotReached", "AgeOfLastFullCheckSeconds"} {
		v, ok := a.metric(name)
		if !ok {
			t.Errorf("no metric %s", name)
		}
		got[name] = v
	}
	if age := got["AgeOfLastFullCheckSeconds"]; age < 0 || age > 5 {
		t.Errorf("the age of the last full check is %g s", age)
	}
	delete(got, "AgeOfLastFullCheckSeconds")
	want := map[string]float64{"Links": 3, "Changed": 3, "Converged": 0, "Pending": 0, "Held": 0, "Failed": 0, "Missing": 2, "NotReached": 0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
	if v, ok := a.metric("Links", "Account=222222222222", "Region=eu-west-1"); !ok || v != 1 {
		t.Errorf("links of one scope: %v, %v", v, ok)
	}
	if v, ok := a.metric("HealthyTargets"); !ok || v != 0 {
		t.Errorf("healthy targets of any link: %v, %v", v, ok)
	}
	calls, _ := a.metrics[0]["apiCallsByAction"].(map[string]any)
	if calls["elbv2:DescribeTargetHealth"] != 3.0 || calls["elbv2:RegisterTargets"] != 3.0 {
		t.Errorf("calls by action: %v", calls)
	}
	for _, ref := range []string{payments, prodUS, prodEU} {
		w.synced(ref, true)
	}

	// A pass over one cluster says nothing about the fleet, and misses nobody.
	a = f.invoke(`{"clusters":["payments"]}`, ample)
	if r := result(t, a); r.Links != 1 || r.Missing != 0 {
		t.Errorf("one cluster: %+v", r)
	}
	if _, ok := a.metric("Links"); ok {
		t.Errorf("a pass over one cluster counts the fleet: %v", a.metrics)
	}
}

// TestTrouble: faults of a link are told, faults of a scope fail the
// invocation, and neither keeps the other links from their due.
func TestTrouble(t *testing.T) {
	w := startWorld(t)
	f := start(t, build(t), w.env...)

	run := func(name, fault string, check func(t *testing.T, a answer)) {
		t.Run(name, func(t *testing.T) {
			w.t, f.t = t, t
			for _, ref := range []string{payments, prodUS, prodEU} {
				w.move(ref)
			}
			w.fault(fault)
			check(t, f.invoke(`{}`, ample))
			w.synced(prodUS, true) // it is never hit
			w.lab.ClearFaults()
			result(t, f.invoke(`{}`, ample))
			w.synced(prodEU, true)
		})
	}
	run("a call denied for one link", "deny action=elbv2:RegisterTargets cluster="+prodEU, func(t *testing.T, a answer) {
		if r := result(t, a); r.Failed != 1 || r.Changed != 2 {
			t.Errorf("%+v", r)
		}
		if v, ok := a.metric("Failed"); !ok || v != 1 {
			t.Errorf("metric Failed: %v, %v", v, ok)
		}
		lines := a.logged("msg=link error", "ref="+prodEU, "code=access_denied", "level=ERROR")
		if len(lines) != 1 || !strings.Contains(fmt.Sprint(lines[0]["hint"]), "elasticloadbalancing:RegisterTargets") {
			t.Errorf("want one line with the missing right, got %v", lines)
		}
		w.synced(prodEU, false)
	})
	run("a call denied for an account", "deny action=tagging:GetResources account=333333333333", func(t *testing.T, a answer) {
		kind, text := failed(t, a)
		if kind != "FailedError" || !strings.HasPrefix(text, "access_denied: ") ||
			!strings.Contains(text, "333333333333/eu-west-1") || !strings.Contains(text, "tag:GetResources") {
			t.Errorf("%s: %s", kind, text)
		}
		if n := len(a.logged("msg=scope error", "account=333333333333", "code=access_denied")); n == 0 {
			t.Errorf("no line for the scope: %v", a.logs)
		}
		w.synced(prodEU, false)
	})
	run("an account throttled", "throttle account=333333333333", func(t *testing.T, a answer) {
		if _, text := failed(t, a); !strings.HasPrefix(text, "throttled: ") || !strings.Contains(text, "333333333333") {
			t.Errorf("%s", text)
		}
		if v, ok := a.metric("Links"); !ok || v != 2 {
			t.Errorf("metric Links: %v, %v", v, ok)
		}
		w.synced(prodEU, false)
	})
}

// TestDeadline: the invocation ends before its time does, and says what it did
// not reach.
func TestDeadline(t *testing.T) {
	w := startWorld(t)
	f := start(t, build(t), w.env...)
	result(t, f.invoke(`{}`, ample))
	w.move(prodEU)
	w.move(prodUS)
	w.fault("delay action=elbv2:DescribeTargetHealth by=30s cluster=" + prodEU)

	const timeout = 3 * time.Second
	a := f.invoke(`{}`, timeout)
	if a.took > timeout-500*time.Millisecond {
		t.Errorf("the answer took %s of %s", a.took, timeout)
	}
	r := result(t, a)
	if r.NotReached != 1 || r.Pending < 1 || !slices.Contains(r.Attention, lambdafn.LinkResult{Ref: prodEU, Result: "pending", Reason: "not_reached"}) {
		t.Errorf("%s", a.body)
	}
	if v, ok := a.metric("NotReached"); !ok || v != 1 {
		t.Errorf("metric NotReached: %v, %v", v, ok)
	}
	if age, ok := a.metric("AgeOfLastFullCheckSeconds"); !ok || age < 1 {
		t.Errorf("the age of the last full check: %v, %v", age, ok)
	}
	if n := len(a.logged("msg=link waits", "ref="+prodEU, "reason=not_reached")); n != 1 {
		t.Errorf("no line for the link that was not reached: %v", a.logs)
	}
	w.synced(prodUS, true)
	w.synced(prodEU, false)

	w.lab.ClearFaults()
	result(t, f.invoke(`{}`, ample))
	w.synced(prodEU, true)

	// A scope that there is no time to list has failed as a whole.
	w.fault("delay action=tagging:GetResources by=30s account=333333333333")
	a = f.invoke(`{}`, timeout)
	if _, text := failed(t, a); a.took > timeout-500*time.Millisecond || !strings.HasPrefix(text, "interrupted: ") {
		t.Errorf("after %s of %s: %s", a.took, timeout, text)
	}
	if n := len(a.logged("msg=scope error", "account=333333333333", "code=interrupted")); n != 1 {
		t.Errorf("no line for the scope: %v", a.logs)
	}
}

// TestUnusable: settings and scopes that cannot be used are the invocation's
// error, and the process lives on.
func TestUnusable(t *testing.T) {
	w := startWorld(t)
	path := build(t)
	f := start(t, path, append(w.env, "POSTERN_GRACE=soon")...)
	for range 2 {
		a := f.invoke(`{}`, ample)
		if _, text := failed(t, a); !strings.HasPrefix(text, `config_invalid: POSTERN_GRACE: "soon" is not a duration`) {
			t.Errorf("%s", text)
		}
	}
	f = start(t, path, w.env...)
	for _, scopes := range []string{`null`, `[]`, `[{"account":"222222222222"}]`, `[{"account":"2","regions":["us-east-1"]}]`, `"all"`} {
		a := f.invoke(`{"scopes":`+scopes+`}`, ample)
		if _, text := failed(t, a); !strings.HasPrefix(text, "event_invalid: ") {
			t.Errorf("%s", text)
		}
		if calls := w.lab.Store().Calls(); len(calls) > 0 {
			t.Fatalf("scopes %s led to the call %v", scopes, calls[0])
		}
	}
	result(t, f.invoke(`{}`, ample))
}
