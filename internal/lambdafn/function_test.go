package lambdafn

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"postern/internal/config"
	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
)

// fakeEngine answers with one document, and remembers what it was asked.
type fakeEngine struct {
	answer func(asked []plan.Pattern) (report.Sync, error)
	asked  [][]plan.Pattern
}

func (e *fakeEngine) Pass(_ context.Context, asked []plan.Pattern) (report.Sync, error) {
	e.asked = append(e.asked, asked)
	return e.answer(asked)
}

// withEngine returns a function whose configured scopes are the engine's.
func withEngine(t *testing.T, env map[string]string, out io.Writer, e passer) (*Function, *bytes.Buffer) {
	t.Helper()
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_REGION", "us-east-1")
	log := &bytes.Buffer{}
	f := New(t.Context(), Env{
		Getenv: func(key string) string {
			if key == "POSTERN_RESOLVERS" {
				return "127.0.0.1:53"
			}
			return env[key]
		},
		Stdout: out, Stderr: log,
	})
	s, ok := f.shards[""]
	if !ok {
		t.Fatal("no engine was made before the first event")
	}
	s.engine = e
	return f, log
}

// row is a link of a fake document.
func row(name string, r plan.Result, reason plan.Code, read bool) report.Link {
	ref := plan.Ref{Account: "222222222222", Region: "us-east-1", Name: name}
	l := report.NewLink(ref, plan.Group{ARN: plan.GroupARN("arn:" + name)})
	if r == plan.Failed {
		l.Fail(&plan.Fault{Code: reason, Message: "read " + name, Hint: "repair it"})
	}
	l.Result, l.Reason = r, reason
	if read {
		l.Targets = &report.Targets{}
	}
	return l
}

// doc returns a document with these links, begun now.
func doc(links ...report.Link) report.Sync {
	d := report.NewSync(time.Now(), false)
	d.Scopes = []report.Scope{{Account: "222222222222", Region: "us-east-1"}}
	d.Links = links
	d.Complete(0, nil)
	return d
}

func always(d func() report.Sync) *fakeEngine {
	return &fakeEngine{answer: func([]plan.Pattern) (report.Sync, error) { return d(), nil }}
}

// TestFailure: what fails the invocation, and in which words.
func TestFailure(t *testing.T) {
	good := row("good", plan.Converged, "", true)
	denied := row("denied", plan.Failed, plan.AccessDenied, false)
	cases := []struct {
		name string
		doc  report.Sync
		want string
	}{
		{"nothing", doc(), ""},
		{"a good link", doc(good), ""},
		{"a link that could not be read, and one that could", doc(good, denied), ""},
		{"no link could be read", doc(denied, row("throttled", plan.Failed, plan.Throttled, false), row("gone", plan.Gone, plan.GroupGone, false)),
			"access_denied: no link could be read: 222222222222/us-east-1/denied: read denied; repair it (and 1 more: see the log)"},
		{"every link has a fault of its own", doc(row("a", plan.Failed, plan.AmbiguousGroup, false), denied), ""},
		{"every link was read, and could not be written", doc(row("a", plan.Failed, plan.AccessDenied, true)), ""},
		{"no link was reached", doc(row("a", plan.Pending, plan.NotReached, false)), ""},
		{"every link is held", doc(row("a", plan.Held, plan.ClusterIsGone, false)), ""},
		{"an error of the pass", func() report.Sync {
			d := doc(good)
			d.Errors = []report.Error{{Code: plan.Expected, Message: "found no link;\nscopes: 1"}}
			return d
		}(), "links_missing: found no link; scopes: 1"},
		{"time that ran out, and why", func() report.Sync {
			d := doc(good)
			d.Scopes[0].Errors = []report.Error{{Code: plan.Interrupted, Message: "list links"}, {Code: plan.Throttled, Message: "list interfaces in us-east-1"}}
			return d
		}(), "throttled: list interfaces in us-east-1 (and 1 more: see the log)"},
		{"an error of a scope", func() report.Sync {
			d := doc(good)
			d.Scopes[0].Errors = []report.Error{{Code: plan.Throttled, Message: "list links", Hint: "wait"}}
			return d
		}(), "throttled: scope 222222222222/us-east-1: list links; wait"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if err := failure(c.doc); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestFailedText: an error is one line that a log can hold.
func TestFailedText(t *testing.T) {
	e := &FailedError{Code: EventInvalid, Message: strings.Repeat("\u00e9\n", 5000), Hint: "shorten it"}
	got := e.Error()
	if len(got) > maxText+3 || strings.Contains(got, "\n") || !utf8.ValidString(got) || !strings.HasPrefix(got, "event_invalid: \u00e9 \u00e9") {
		t.Errorf("%d bytes: %.60q", len(got), got)
	}
}

// TestMargin: how long before its deadline an invocation ends.
func TestMargin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for timeout, want := range map[time.Duration]time.Duration{
			15 * time.Minute: 5 * time.Second,
			time.Minute:      5 * time.Second,
			30 * time.Second: 3 * time.Second,
			5 * time.Second:  time.Second,
			time.Second:      time.Second,
		} {
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			bound, stop := withMargin(ctx)
			deadline, ok := bound.Deadline()
			if got := timeout - time.Until(deadline); !ok || got != want {
				t.Errorf("of %s, %s stay", timeout, got)
			}
			stop()
			cancel()
		}
		bound, stop := withMargin(t.Context())
		defer stop()
		if _, ok := bound.Deadline(); ok {
			t.Error("a deadline came from nowhere")
		}
	})
}

// TestAmbiguousName: a name that is several clusters' means each of them.
func TestAmbiguousName(t *testing.T) {
	refs := []plan.Ref{{Account: "222222222222", Region: "us-east-1", Name: "prod"}, {Account: "333333333333", Region: "eu-west-1", Name: "prod"}}
	e := &fakeEngine{}
	e.answer = func(asked []plan.Pattern) (report.Sync, error) {
		if slices.Contains(asked, plan.Pattern{Name: "prod"}) {
			return report.Sync{}, &reconcile.AmbiguousError{Pattern: plan.Pattern{Name: "prod"}, Candidates: refs}
		}
		return doc(), nil
	}
	f, _ := withEngine(t, nil, io.Discard, e)
	if _, err := f.Handle(t.Context(), json.RawMessage(`{"clusters":["prod","other"]}`)); err != nil {
		t.Fatal(err)
	}
	want := [][]plan.Pattern{{{Name: "prod"}, {Name: "other"}}, {{Name: "other"}, plan.Pattern(refs[0]), plan.Pattern(refs[1])}}
	if diff := cmp.Diff(want, e.asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// TestUnknownName: a cluster without a link is no error of an event's pass,
// and neither is the number of links; anything else still is.
func TestUnknownName(t *testing.T) {
	d := doc()
	d.Errors = []report.Error{{Code: plan.ClusterNotFound, Message: "no link for a"}, {Code: plan.Expected, Message: "0 of 3"}}
	f, log := withEngine(t, map[string]string{"POSTERN_EXPECT": "3"}, io.Discard, always(func() report.Sync { return d }))
	r, err := f.Handle(t.Context(), json.RawMessage(`{"clusters":["a"]}`))
	if err != nil || r.Missing != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if !strings.Contains(log.String(), `"no such link","message":"no link for a"`) {
		t.Errorf("the log does not tell: %s", log)
	}
	if r, err = f.Handle(t.Context(), nil); err == nil || r.Missing != 3 {
		t.Errorf("of a pass over everything: %+v, %v", r, err)
	}
	d.Errors = append(d.Errors, report.Error{Code: plan.AWSError, Message: "other"})
	if _, err = f.Handle(t.Context(), json.RawMessage(`{"clusters":["a"]}`)); err == nil || err.Error() != "aws_error: other" {
		t.Errorf("got %v", err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// TestTellingFails: neither metrics nor logs change what comes back.
func TestTellingFails(t *testing.T) {
	e := always(func() report.Sync {
		return doc(row("a", plan.Converged, "", true), row("b", plan.Held, plan.Floor, true))
	})
	f, log := withEngine(t, nil, broken{}, e)
	want, err := f.Handle(t.Context(), nil)
	if err != nil || want.Links != 2 {
		t.Fatalf("%+v, %v", want, err)
	}
	if !strings.Contains(log.String(), "metrics not written") {
		t.Errorf("the log does not tell: %s", log)
	}
	f, _ = withEngine(t, nil, broken{}, e)
	f.env.Stderr = broken{}
	f.base = nil
	got, err := f.Handle(t.Context(), nil) // with a base whose log is broken
	if err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("with a broken log: %+v, %v", got, err)
	}
}

// TestAge: how long the link that has waited longest has waited.
func TestAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shard{seen: map[string]time.Time{}}
		late := row("late", plan.Pending, plan.NotReached, false)
		step := func(whole bool, want time.Duration, links ...report.Link) {
			t.Helper()
			d := doc(links...)
			if got, ok := s.note(d, whole, time.Now()); got != want || ok != (len(s.seen) > 0) {
				t.Errorf("after %s, want %s", got, want)
			}
			time.Sleep(time.Minute) // a step of the bubble's clock
		}
		good, other := row("good", plan.Converged, "", true), row("late", plan.Converged, "", true)
		heldLink := row("good", plan.Held, plan.ClusterIsGone, false)
		step(true, 0, good, late) // heard of just now
		step(true, time.Minute, good, late)
		step(true, 2*time.Minute, good, row("late", plan.Failed, plan.AccessDenied, false)) // not read is not looked at
		step(false, 3*time.Minute, good)                                                    // a pass over some clusters forgets no other
		step(true, 0, good, other)
		step(true, 0, heldLink, other) // held for a reason is looked at
		step(true, time.Minute, heldLink, late)
		step(true, 0, good, row("late", plan.Gone, plan.GroupGone, false)) // a link that is gone waits for nothing
		step(true, 0)
		if len(s.seen) != 0 {
			t.Errorf("links that are no longer listed are remembered: %v", s.seen)
		}
	})
}

// TestShards: an engine for each set of scopes, not more than a few.
func TestShards(t *testing.T) {
	f, _ := withEngine(t, map[string]string{"POSTERN_EXPECT": "9", "POSTERN_GRACE": "5m", "POSTERN_REGIONS": "us-east-1"}, io.Discard, always(func() report.Sync { return doc() }))
	get := func(i, at int) *shard {
		t.Helper()
		ev := parseEvent(fmt.Appendf(nil, `{"expect":2, "scopes":[{"regions":["us-east-1","eu-west-1"],"account":"%012d"}]}`, i))
		s, err := f.shardFor(ev, time.Unix(int64(at), 0))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := get(1, 1)
	e := first.engine.(*reconcile.Engine)
	var scopes []string
	for _, s := range e.Scopes {
		scopes = append(scopes, string(s.Account)+"/"+string(s.Region))
	}
	if diff := cmp.Diff([]string{"000000000001/us-east-1", "000000000001/eu-west-1"}, scopes); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
	if first.expect != 2 || e.Settings.Expect != 2 || e.Settings.Policy.Grace != 5*time.Minute {
		t.Errorf("settings: expect %d, %+v", first.expect, e.Settings)
	}
	if get(1, 1) != first {
		t.Error("the same scopes got another engine")
	}
	for i := 2; i <= 3*maxShards; i++ {
		get(i, i)
	}
	if len(f.shards) != maxShards {
		t.Errorf("%d engines are kept", len(f.shards))
	}
	const busy = 2*maxShards + 2
	inUse := get(busy, 4*maxShards)
	for i := 1; i < maxShards-1; i++ { // the engine of the configured scopes has a place, too
		get(1000+i, 4*maxShards+i)
	}
	if get(busy, 6*maxShards) != inUse {
		t.Error("an engine that is in use was dropped for ones that are not")
	}
	if get(1, 7*maxShards) == first {
		t.Error("the first engine was kept, and newer ones were dropped")
	}
}

// TestReadScopes: an event's scopes keep the rules of the configuration file.
func TestReadScopes(t *testing.T) {
	cases := []struct{ raw, want string }{
		{`[{"account":"222222222222","regions":["us-east-1"],"roleArn":"arn:aws:iam:\u003a222222222222:role\/r","externalId":"x1"}]`, ""},
		{`null`, "event_invalid: event:1:11: scopes must be a list"},
		{`[]`, "event_invalid: the event's scopes are an empty list"},
		{`{}`, "scopes must be a list"},
		{`[{"account":"222222222222","region":"us-east-1"}]`, `unknown key "region"; did you mean "regions"?`},
		{`[{"account":"222222222222","regions":["us-east-1"]},{"account":"222222222222","regions":["us-east-1"]}]`, "is there twice"},
		{`[{"account":"222222222222","regions":["us-east-1"],"roleArn":"arn:aws:iam::333333333333:role/r"}]`, "the role is in account 333333333333"},
		{`[{"account":"222222222222","regions":["us-east-1"],"externalId":"x1"}]`, "external id without a role"},
	}
	for _, c := range cases {
		scopes, err := readScopes(json.RawMessage(c.raw))
		if c.want == "" {
			want := []config.Scope{{Account: "222222222222", Regions: []plan.Region{"us-east-1"}, RoleARN: "arn:aws:iam::222222222222:role/r", ExternalID: "x1"}}
			if diff := cmp.Diff(want, scopes); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", c.raw, err, diff)
			}
		} else if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: want an error with %q on one line, got %v", c.raw, c.want, err)
		}
	}
}

// TestHub: the hub of the configuration file is asked in every region that is
// worked in.
func TestHub(t *testing.T) {
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	env := map[string]string{"POSTERN_CONFIG": "postern.yaml", "POSTERN_RESOLVERS": "127.0.0.1:53"}
	f := New(t.Context(), Env{
		Getenv: func(key string) string { return env[key] },
		ReadFile: func(string) ([]byte, error) {
			return []byte(`hub: {account: "111111111111", region: us-east-1, vpcIds: [vpc-0123456789abcdef0]}
scopes: [{account: "222222222222", regions: [eu-west-1, us-east-1]}]`), nil
		},
		Stdout: io.Discard, Stderr: io.Discard,
	})
	for _, payload := range []string{`{}`, `{"scopes":[{"account":"333333333333","regions":["eu-west-1"]}]}`} {
		s, err := f.shardFor(parseEvent([]byte(payload)), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		var hubs []string
		for _, h := range s.engine.(*reconcile.Engine).Hubs {
			hubs = append(hubs, string(h.Account)+"/"+string(h.Region))
		}
		if diff := cmp.Diff([]string{"111111111111/eu-west-1", "111111111111/us-east-1"}, hubs); diff != "" {
			t.Errorf("%s (-want +got):\n%s", payload, diff)
		}
	}
}
