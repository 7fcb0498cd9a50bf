package rights

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"postern/internal/lab"
	"postern/internal/lab/state"
	"postern/internal/plan"
)

const (
	invokeRole = "arn:aws:iam::111111111111:role/postern-sync-us-east-1-invoke"
	otherARN   = "arn:aws:lambda:us-east-1:111111111111:function:other"
	logGroup   = "/aws/lambda/postern-sync"
	otherGroup = "/postern/other"
	event      = `{"scopes":[{"account":"222222222222","regions":["us-east-1","eu-west-1"],"roleArn":"` + syncRole + `","externalId":"` + externalID + `"}]}`
)

// packed is the real function for this machine, and as a zip.
var packed = sync.OnceValues(func() (string, error) {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("postern-rights-%d", os.Getpid()))
	cmd := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", path, "postern/cmd/bootstrap")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the function: %w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if path, err := packed(); err == nil {
		_ = os.Remove(path)
	}
	os.Exit(status)
}

// function returns the path of the function's program, and its zip.
func function(t *testing.T) (path string, code []byte) {
	t.Helper()
	path, err := packed()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.Create("bootstrap")
	if err == nil {
		_, err = f.Write(program)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return path, b.Bytes()
}

// heard keeps what the lab logs.
type heard struct {
	slog.Handler
	mu   sync.Mutex
	said []string
}

func (h *heard) Handle(_ context.Context, r slog.Record) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.said = append(h.said, r.Message)
	return nil
}

func (h *heard) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }

func (h *heard) has(message string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Contains(h.said, message)
}

// run puts the function into a lab with these rights, with its schedule, and
// returns the faults.
func run(t *testing.T, r rights) faults {
	t.Helper()
	path, code := function(t)
	parsed, err := lab.ParseWorld([]byte(worldText))
	if err != nil {
		t.Fatal(err)
	}
	log := &heard{Handler: slog.DiscardHandler}
	l, err := lab.New(lab.Options{World: parsed, Seed: 1, Speed: 600, Address: "127.0.0.1:0", Enforce: true, Consistent: true, Bootstrap: path, Logger: slog.New(log)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("lab: %v", err)
		}
	}()
	<-l.Ready()
	store, f := l.Store(), faults{}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	c := admin(hub, "us-east-1")
	makeRoles(t, store, r, oldGroup)
	_, err = store.CreateRole(c, state.IAMRoleInput{Name: "postern-sync-us-east-1-invoke", Trust: r.InvokeTrust.String()})
	must(err)
	if len(r.Invoke.Statement) > 0 {
		must(store.PutRolePolicy(c, "postern-sync-us-east-1-invoke", "invoke", r.Invoke.String()))
	}
	var in state.FunctionInput
	subnets, _, err := store.DescribeSubnets(c, nil, nil, state.Page{})
	must(err)
	for _, sub := range subnets { // the hub's two
		in.Subnets = append(in.Subnets, sub.ID)
	}
	g, err := store.CreateSecurityGroup(c, state.SecurityGroupInput{VPC: subnets[0].VPC, Name: "sync", Description: "sync"})
	must(err)
	in.Groups = []string{g.ID}
	in.Name, in.Role, in.Runtime, in.Handler, in.Zip = functionName, functionRole, "provided.al2023", "bootstrap", code
	in.Arch = map[string]string{"amd64": "x86_64"}[runtime.GOARCH]
	in.Timeout = new(int32(60))
	must(store.CreateLogGroup(c, state.LogGroup{Name: logGroup}))
	must(store.CreateLogGroup(c, state.LogGroup{Name: otherGroup}))
	_, err = store.CreateFunction(c, in)
	f.note(err != nil, "Lambda puts it into its VPC", "%v", err)
	if err != nil {
		return f
	}
	other := in
	other.Name, other.LogGroup, other.Subnets, other.Groups = "other", otherGroup, nil, nil
	_, err = store.CreateFunction(c, other)
	must(err)
	until(t, "the functions are active", func() bool {
		return !slices.ContainsFunc(store.Functions(), func(f state.Function) bool { return f.State != "Active" })
	})
	for _, name := range []string{functionName, "other"} {
		out, err := store.Invoke(t.Context(), c, name, []byte(event), false)
		must(err)
		f.note(out.Failed != "", "makes its pass", "%s", out.Payload)
	}
	groups, _, err := store.DescribeTargetGroups(admin(spoke, "us-east-1"), state.TargetGroupQuery{})
	must(err)
	for _, g := range groups {
		if g.Tags[plan.TagCluster] == "prod" {
			health, err := store.DescribeTargetHealth(admin(spoke, "us-east-1"), g.ARN, nil)
			must(err)
			f.note(len(health) != 2, "makes its pass", "targets %v", health)
		}
	}
	lines := func(group string) int {
		all, err := store.LogLines(c, state.LogQuery{Group: group, Text: "START RequestId"})
		must(err)
		return len(all)
	}
	f.note(lines(logGroup) == 0, "keeps its log", "there is no line")
	f.note(lines(otherGroup) != 0, "writes no other log", "there are %d lines", lines(otherGroup))
	f.note(store.ServiceMay(invokeRole, "lambda:InvokeFunction", otherARN).Allowed, "its schedules run nothing else", "they may run %s", otherARN)
	f.schedule(t, store, log, func() bool { return len(f) > 0 || lines(logGroup) > 1 })
	return f
}

// schedule makes the function's schedule, and waits until it has run or was
// refused.
func (f faults) schedule(t *testing.T, store *state.Store, log *heard, ran func() bool) {
	t.Helper()
	_, err := store.PutSchedule(admin(hub, "us-east-1"), state.Schedule{
		Name: "all", Expression: "rate(1 minute)", Window: "OFF", Target: state.ScheduleTarget{ARN: functionARN, Role: invokeRole, Input: event},
	}, false)
	if err != nil {
		t.Fatal(err)
	}
	const refused = "schedule calls nothing: its role may not"
	until(t, "the schedule is due", func() bool { return ran() || log.has(refused) })
	f.note(log.has(refused), "its schedule runs it", refused)
}

// until polls for something that has to come true within twenty seconds.
func until(t *testing.T, what string, true func() bool) {
	t.Helper()
	deadline, poll := time.NewTimer(20*time.Second), time.NewTicker(10*time.Millisecond)
	defer deadline.Stop()
	defer poll.Stop()
	for !true() {
		select {
		case <-poll.C:
		case <-deadline.C:
			t.Fatalf("after twenty seconds it is not so that %s", what)
		}
	}
}

// noticedByLambda is as noticed, for what Lambda and the schedules do with the
// roles.
var noticedByLambda = map[string]string{
	"Log":                              "keeps its log",
	"Log without logs:CreateLogStream": "keeps its log",
	"Log without logs:PutLogEvents":    "keeps its log",
	"Log on everything":                "writes no other log",
	"Attach":                           "Lambda puts it into its VPC",
	"Attach without ec2:CreateNetworkInterface":                      "Lambda puts it into its VPC",
	"Attach without ec2:DeleteNetworkInterface":                      "Lambda puts it into its VPC",
	"Attach without ec2:AssignPrivateIpAddresses":                    "Lambda puts it into its VPC",
	"Attach without ec2:UnassignPrivateIpAddresses":                  "Lambda puts it into its VPC",
	"Attach without ec2:DescribeNetworkInterfaces":                   "Lambda puts it into its VPC",
	"Attach without ec2:DescribeSubnets":                             "Lambda puts it into its VPC",
	"OnlyLambdaAttaches whatever ArnEquals lambda:SourceFunctionArn": "Lambda puts it into its VPC",
	"Invoke":               "its schedule runs it",
	"Invoke on everything": "its schedules run nothing else",
}

// TestFunctionRights runs the real function under the lab's Lambda, with the
// modules' policies, and with each part of them taken out that Lambda and the
// schedules need.
func TestFunctionRights(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the function is built and run in real time")
	}
	r := load(t)
	for scenario, what := range run(t, r) {
		t.Errorf("%s: %s", scenario, what)
	}
	changed := map[string]rights{}
	for name, d := range r.Function.changes() {
		if needsLambda(name) {
			c := r
			c.Function = d
			changed[name] = c
		}
	}
	for name, d := range r.Invoke.changes() {
		c := r
		c.Invoke = d
		changed[name] = c
	}
	for _, name := range slices.Sorted(maps.Keys(noticedByLambda)) {
		if _, ok := changed[name]; !ok {
			t.Errorf("the table has %q, and the policies have no such part", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		scenario, ok := noticedByLambda[name]
		if !ok {
			t.Errorf("no scenario is named that notices %q", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if f := run(t, changed[name]); f[scenario] == "" {
				t.Errorf("%q did not notice; what did: %q", scenario, f)
			}
		})
	}
}
