package runtime_test

import (
	"archive/zip"
	"bytes"
	"context"
	"debug/elf"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"postern/internal/lab/runtime"
	"postern/internal/lab/state"
)

// TestMain: under a Runtime API the test's program is a function.
func TestMain(m *testing.M) {
	if api := os.Getenv("AWS_LAMBDA_RUNTIME_API"); api != "" {
		serve("http://" + api + "/2018-06-01/runtime/invocation/")
		return
	}
	os.Exit(m.Run())
}

// serve answers what it is asked: {"say", "fail", "exit", "sleep", "env"}.
func serve(api string) {
	for {
		next, err := http.Get(api + "next")
		if err != nil {
			os.Exit(3)
		}
		var ask struct {
			Say, Env   string
			Fail, Exit bool
			Sleep      time.Duration
		}
		payload, _ := io.ReadAll(next.Body)
		next.Body.Close()
		json.Unmarshal(payload, &ask)
		id := next.Header.Get("Lambda-Runtime-Aws-Request-Id")
		fmt.Println("heard", string(payload))
		if ask.Exit {
			os.Exit(7)
		}
		time.Sleep(ask.Sleep)
		way, body := "/response", fmt.Sprintf(`{"say":%q,"env":%q,"pid":%d}`, ask.Say, os.Getenv(ask.Env), os.Getpid())
		if ask.Fail {
			way, body = "/error", `{"errorType":"Sad","errorMessage":"it went wrong"}`
		}
		if _, err := http.Post(api+id+way, "application/json", strings.NewReader(body)); err != nil {
			os.Exit(4)
		}
	}
}

const (
	account = "222222222222"
	region  = "us-east-1"
	role    = "arn:aws:iam::222222222222:role/fn"
	trust   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["lambda.amazonaws.com","scheduler.amazonaws.com"]}}]}`
	group   = "/aws/lambda/fn"
)

var me = state.Caller{Account: account, Region: region, ARN: "arn:aws:iam::222222222222:user/lab"}

// bench is a store with a function, and a runtime for it.
type bench struct {
	*testing.T
	store *state.Store
	fn    state.Function
	end   func() // ends Run and waits for it
}

func code(t *testing.T, program []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("bootstrap")
	if err == nil {
		_, err = w.Write(program)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// itself is a program that runs this test's as a function.
func itself(t *testing.T) []byte {
	t.Helper()
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []byte("#!/bin/sh\nexec " + me + "\n")
}

func newBench(t *testing.T, o runtime.Options, enforce bool, program []byte, policy string) *bench {
	t.Helper()
	b := &bench{T: t, store: state.New(state.Options{Speed: 3600, Consistent: true, Enforce: enforce})}
	if _, err := b.store.CreateRole(me, state.IAMRoleInput{Name: "fn", Trust: trust}); err != nil {
		t.Fatal(err)
	}
	if policy != "" {
		if err := b.store.PutRolePolicy(me, "fn", "p", policy); err != nil {
			t.Fatal(err)
		}
	}
	f, err := b.store.CreateFunction(me, state.FunctionInput{
		Name: "fn", Role: role, Runtime: "provided.al2023", Handler: "bootstrap", Zip: code(t, program), Timeout: new(int32(1)), Environment: map[string]string{"MINE": "yes"},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.fn = f
	if _, err := b.store.SetAsync(me, "fn", &state.AsyncConfig{Retries: new(int32(0))}); err != nil {
		t.Fatal(err)
	}
	o.Store, o.Endpoint = b.store, "http://127.0.0.1:1"
	r := runtime.New(o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx) }()
	go b.store.Run(ctx)
	b.end = func() { cancel(); <-done }
	t.Cleanup(b.end)
	b.until("the function is active", func() bool {
		f, err := b.store.GetFunction(me, "fn")
		return err == nil && f.State == "Active"
	})
	return b
}

// until polls for something that has to come true within ten seconds.
func (b *bench) until(what string, true func() bool) {
	b.Helper()
	deadline, poll := time.NewTimer(10*time.Second), time.NewTicker(10*time.Millisecond)
	defer deadline.Stop()
	defer poll.Stop()
	for !true() {
		select {
		case <-deadline.C:
			b.Fatalf("not in ten seconds: %s; log:\n%s", what, b.log())
		case <-poll.C:
		}
	}
}

func (b *bench) log() string {
	lines, err := b.store.LogLines(me, state.LogQuery{Group: group})
	if err != nil {
		return ""
	}
	var all []string
	for _, l := range lines {
		all = append(all, l.Message)
	}
	return strings.Join(all, "\n")
}

// invoke calls the function as a client does.
func (b *bench) invoke(payload string) (out state.Outcome) {
	b.Helper()
	out, err := b.store.Invoke(b.Context(), me, "fn", []byte(payload), false)
	if err != nil {
		b.Fatal(err)
	}
	return out
}

func TestInvoke(t *testing.T) {
	b := newBench(t, runtime.Options{Env: func(f state.Function) []string { return []string{"MINE=lab", "LAB=" + f.Name} }}, false, itself(t), "")
	var first, second struct {
		Say, Env string
		Pid      int
	}
	out := b.invoke(`{"say":"hello","env":"MINE"}`)
	if err := json.Unmarshal(out.Payload, &first); err != nil || out.Failed != "" || first.Say != "hello" || first.Env != "yes" {
		t.Errorf("%+v %s, %v: want hello, and what the function sets before what the lab adds", out, out.Payload, err)
	}
	if err := json.Unmarshal(b.invoke(`{"env":"LAB"}`).Payload, &second); err != nil || second.Env != "fn" || second.Pid != first.Pid {
		t.Errorf("%+v after %+v, %v: want the lab's variable, and the same program", second, first, err)
	}
	for name, want := range map[string]string{"AWS_REGION": region, "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_LAMBDA_FUNCTION_NAME": "fn", "_HANDLER": "bootstrap"} {
		if out := b.invoke(`{"env":"` + name + `"}`); !strings.Contains(string(out.Payload), `"env":"`+want+`"`) {
			t.Errorf("%s: %s, want %s", name, out.Payload, want)
		}
	}
	key := b.invoke(`{"env":"AWS_ACCESS_KEY_ID"}`)
	var keys struct{ Env string }
	if err := json.Unmarshal(key.Payload, &keys); err != nil {
		t.Fatal(err)
	}
	token := b.invoke(`{"env":"AWS_SESSION_TOKEN"}`)
	var session struct{ Env string }
	if err := json.Unmarshal(token.Payload, &session); err != nil {
		t.Fatal(err)
	}
	who, err := b.store.Authenticate(keys.Env, session.Env)
	if err != nil || who.ARN != "arn:aws:sts::222222222222:assumed-role/fn/fn" || who.Function != b.fn.ARN {
		t.Errorf("the function's keys are those of %+v, %v", who, err)
	}
	b.until("what it prints is kept", func() bool { return strings.Contains(b.log(), `heard {"say":"hello","env":"MINE"}`) })
	if log := b.log(); !strings.Contains(log, "START RequestId: ") || !strings.Contains(log, "REPORT RequestId: ") {
		t.Errorf("the log has no frame of an invocation:\n%s", log)
	}
}

// TestTroubles: a function that fails, hangs or ends says so to its caller, and
// the next invocation runs all the same.
func TestTroubles(t *testing.T) {
	b := newBench(t, runtime.Options{}, false, itself(t), "")
	for payload, want := range map[string]string{
		`{"fail":true}`:        "it went wrong",
		`{"exit":true}`:        "Runtime exited with error: exit status 7",
		`{"sleep":5000000000}`: "Task timed out after 1.00 seconds",
	} {
		out := b.invoke(payload)
		if out.Failed != "Unhandled" || !strings.Contains(string(out.Payload), want) {
			t.Errorf("%s: %q %s, want %q", payload, out.Failed, out.Payload, want)
		}
		if !strings.Contains(out.Log, want) {
			t.Errorf("%s: the log ends in %q, want %q", payload, out.Log, want)
		}
		if out := b.invoke(`{"say":"again"}`); out.Failed != "" || !strings.Contains(string(out.Payload), "again") {
			t.Errorf("after %s: %+v", payload, out)
		}
	}
}

// TestForeign: a program for another machine does not run, and says what to do;
// a build for this one runs in its place.
func TestForeign(t *testing.T) {
	other := elf.EM_AARCH64
	if goruntime.GOARCH == "arm64" {
		other = elf.EM_X86_64
	}
	header := make([]byte, 64)
	copy(header, "\x7fELF\x02\x01\x01")
	header[16], header[18], header[20], header[52] = 2, byte(other), 1, 64
	header[19] = byte(other >> 8)
	b := newBench(t, runtime.Options{}, false, header, "")
	if out := b.invoke(`{}`); out.Failed == "" || !strings.Contains(string(out.Payload), "--bootstrap FILE") || !strings.Contains(string(out.Payload), "linux/") {
		t.Errorf("%q %s, want the option named", out.Failed, out.Payload)
	}
	path := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(path, itself(t), 0o755); err != nil {
		t.Fatal(err)
	}
	b = newBench(t, runtime.Options{Bootstrap: path}, false, header, "")
	if out := b.invoke(`{"say":"here"}`); !strings.Contains(string(out.Payload), "here") {
		t.Errorf("%q %s, want what the build for this machine says", out.Failed, out.Payload)
	}
}

// TestNothingIsLeft: when Run is over, neither a program nor a file is there.
func TestNothingIsLeft(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	b := newBench(t, runtime.Options{}, false, itself(t), "")
	var got struct{ Pid int }
	if err := json.Unmarshal(b.invoke(`{}`).Payload, &got); err != nil || got.Pid == 0 {
		t.Fatal(err)
	}
	hanging := make(chan state.Outcome)
	go func() {
		out, _ := b.store.Invoke(context.WithoutCancel(t.Context()), me, "fn", []byte(`{"sleep":900000000}`), false)
		hanging <- out
	}()
	b.until("it has heard of the second", func() bool { return strings.Contains(b.log(), "900000000") })
	began := time.Now()
	b.end()
	if took := time.Since(began); took > 700*time.Millisecond {
		t.Errorf("the end took %v: it waited for the function", took)
	}
	if out := <-hanging; out.Failed == "" {
		t.Errorf("the invocation under way got %s", out.Payload)
	}
	if p, err := os.FindProcess(got.Pid); err == nil && p.Signal(syscall.Signal(0)) == nil {
		t.Errorf("process %d is still there", got.Pid)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("files left: %v, %v", left, err)
	}
	if _, err := b.store.Invoke(t.Context(), me, "fn", nil, false); err == nil {
		t.Error("a function was invoked after the end")
	}
}

// TestSchedule: a schedule calls the function with its input, again and again,
// as long as it is enabled and its role may.
func TestSchedule(t *testing.T) {
	const may = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["lambda:InvokeFunction","logs:*"],"Resource":"*"}]}`
	const mayNot = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:*"],"Resource":"*"}]}`
	ask := state.Schedule{Name: "s", Expression: "rate(1 minute)", Window: "OFF", Target: state.ScheduleTarget{Role: role, Input: `{"say":"scheduled"}`}}
	for _, test := range []struct {
		policy string
		runs   bool
	}{{may, true}, {mayNot, false}} {
		b := newBench(t, runtime.Options{}, true, itself(t), test.policy)
		ask.Target.ARN = b.fn.ARN
		if _, err := b.store.PutSchedule(me, ask, false); err != nil {
			t.Fatal(err)
		}
		if !test.runs {
			quiet := time.NewTimer(1500 * time.Millisecond)
			<-quiet.C
			if log := b.log(); log != "" {
				t.Errorf("the schedule's role may not call the function, and it ran:\n%s", log)
			}
			continue
		}
		b.until("it has run twice", func() bool { return strings.Count(b.log(), `heard {"say":"scheduled"}`) >= 2 })
	}
}

// TestEvents: an interface that EKS makes wakes the function by a rule, if the
// function's policy lets the rule call it and the event is not lost.
func TestEvents(t *testing.T) {
	const pattern = `{"source":["aws.ec2"],"detail-type":["AWS API Call via CloudTrail"],"detail":{"eventName":["CreateNetworkInterface"],"sourceIPAddress":["eks.amazonaws.com"],"requestParameters":{"description":[{"prefix":"Amazon EKS "}]}}}`
	for name, test := range map[string]struct{ permitted, lost, wakes bool }{
		"delivered": {true, false, true}, "no permission": {false, false, false}, "lost": {true, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, runtime.Options{Lost: func(_, _, cluster, _ string) bool { return test.lost && cluster == "prod" }}, false, itself(t), "")
			rule, err := b.store.PutRule(me, "", state.EventRuleInput{Name: "eni", Pattern: pattern})
			if err != nil {
				t.Fatal(err)
			}
			if err := b.store.PutTargets(me, "", "eni", []state.EventTarget{{ID: "fn", ARN: b.fn.ARN}}); err != nil {
				t.Fatal(err)
			}
			if test.permitted {
				_, err := b.store.AddPermission(me, "fn", state.PermissionInput{Sid: "eni", Action: "lambda:InvokeFunction", Principal: "events.amazonaws.com", SourceARN: rule.ARN})
				if err != nil {
					t.Fatal(err)
				}
			}
			b.cluster("prod")
			if test.wakes {
				b.until("it has heard of the interface", func() bool {
					return strings.Contains(b.log(), `"description":"Amazon EKS prod"`) && strings.Contains(b.log(), `"detail-type":"AWS API Call via CloudTrail"`)
				})
				return
			}
			quiet := time.NewTimer(500 * time.Millisecond)
			<-quiet.C
			if log := b.log(); log != "" {
				t.Errorf("the function ran:\n%s", log)
			}
		})
	}
}

// cluster makes a cluster, whose interfaces EKS makes.
func (b *bench) cluster(name string) {
	b.Helper()
	vpc, err := b.store.CreateVpc(me, state.VPCInput{CIDR: netip.MustParsePrefix("10.0.0.0/16")})
	if err != nil {
		b.Fatal(err)
	}
	var subnets []string
	for i, zone := range []string{"use1-az1", "use1-az2"} {
		s, err := b.store.CreateSubnet(me, state.SubnetInput{VPC: vpc.ID, CIDR: netip.MustParsePrefix(fmt.Sprintf("10.0.%d.0/24", i)), ZoneID: zone})
		if err != nil {
			b.Fatal(err)
		}
		subnets = append(subnets, s.ID)
	}
	if _, err := b.store.CreateCluster(me, state.ClusterInput{Name: name, Role: "arn:aws:iam::222222222222:role/eks", Subnets: subnets, Private: new(true)}); err != nil {
		b.Fatal(err)
	}
}

// TestSourceFunction: a policy can tell what a function's own code does from
// what is done with its role otherwise.
func TestSourceFunction(t *testing.T) {
	const policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
		{"Effect":"Deny","Action":"ec2:CreateNetworkInterface","Resource":"*","Condition":{"ArnEquals":{"lambda:SourceFunctionArn":"arn:aws:lambda:us-east-1:222222222222:function:fn"}}}]}`
	b := newBench(t, runtime.Options{}, true, itself(t), policy)
	code := state.Caller{Account: account, Region: region, ARN: "arn:aws:sts::222222222222:assumed-role/fn/fn", Function: b.fn.ARN}
	if d := b.store.Authorize(code, "ec2:CreateNetworkInterface", "*", nil); d.Allowed || !d.Explicit {
		t.Errorf("the function's code: %+v", d)
	}
	code.Function = ""
	if d := b.store.Authorize(code, "ec2:CreateNetworkInterface", "*", nil); !d.Allowed {
		t.Errorf("Lambda itself: %+v", d)
	}
}
