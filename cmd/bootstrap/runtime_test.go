package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// runtimeAPI is Lambda's Runtime API for one process: it hands out the
// invocations that a test makes, and lets the process hang in between.
// Source: AWS Lambda developer guide, using the Lambda runtime API.
type runtimeAPI struct {
	url         string
	invocations chan invocation
	outcomes    chan outcome
	polls       atomic.Int32 // how often the process has asked for an invocation
}

type invocation struct {
	payload  string
	deadline time.Time
}

// outcome is what the process answered.
type outcome struct {
	id     string
	failed bool
	body   []byte
}

func startRuntimeAPI(t *testing.T) *runtimeAPI {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	api := &runtimeAPI{url: l.Addr().String(), invocations: make(chan invocation), outcomes: make(chan outcome, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", api.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", api.answered(false))
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", api.answered(true))
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", api.answered(true))
	srv := &http.Server{Handler: mux}
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	return api
}

// next waits for the test's next invocation, however long that takes.
func (api *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	n := api.polls.Add(1)
	select {
	case <-r.Context().Done():
	case inv := <-api.invocations:
		h := w.Header()
		h.Set("Lambda-Runtime-Aws-Request-Id", fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
		h.Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(inv.deadline.UnixMilli()))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:111111111111:function:postern-sync")
		h.Set("Content-Type", "application/json")
		io.WriteString(w, inv.payload)
	}
}

func (api *runtimeAPI) answered(failed bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			body = []byte(err.Error())
		}
		w.WriteHeader(http.StatusAccepted)
		api.outcomes <- outcome{r.PathValue("id"), failed, body}
	}
}

// function is a running bootstrap.
type function struct {
	t              *testing.T
	api            *runtimeAPI
	stdout, stderr string // files, which the process writes to itself: nothing is on its way when it answers
	exited         chan error
}

// linked keeps the whole function in the test's program too: go test takes a
// result from its cache while that program is the same, and knows nothing of
// what the test builds.
var linked = main

// build builds the function for this machine, with the flags of `make build`,
// whose compiled packages it then shares.
func build(t *testing.T) string {
	t.Helper()
	if linked == nil {
		t.Fatal("there is no main")
	}
	path := filepath.Join(t.TempDir(), "bootstrap")
	cmd := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", path, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build bootstrap: %v\n%s", err, out)
	}
	return path
}

// start starts the function with no environment but what Lambda and env give.
func start(t *testing.T, path string, env ...string) *function {
	t.Helper()
	dir := t.TempDir()
	f := &function{
		t: t, api: startRuntimeAPI(t), exited: make(chan error, 1),
		stdout: filepath.Join(dir, "stdout"), stderr: filepath.Join(dir, "stderr"),
	}
	cmd := exec.Command(path)
	cmd.Env = append([]string{
		"AWS_LAMBDA_RUNTIME_API=" + f.api.url, "AWS_LAMBDA_FUNCTION_NAME=postern-sync", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128", "_HANDLER=bootstrap", "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
		"AWS_EC2_METADATA_DISABLED=true",
	}, env...)
	out, err := os.Create(f.stdout)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	log, err := os.Create(f.stderr)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = out, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { f.exited <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-f.exited
		if t.Failed() {
			text, _ := os.ReadFile(f.stderr)
			t.Logf("the function's log:\n%s", text)
		}
	})
	return f
}

// answer is what came of one invocation.
type answer struct {
	outcome
	took    time.Duration
	metrics []map[string]any // documents on standard output
	logs    []map[string]any // lines on standard error
}

// invoke makes one invocation that has timeout.
func (f *function) invoke(payload string, timeout time.Duration) answer {
	f.t.Helper()
	outAt, errAt := f.size(f.stdout), f.size(f.stderr)
	begin := time.Now()
	patience := time.NewTimer(timeout + 20*time.Second)
	defer patience.Stop()
	select {
	case f.api.invocations <- invocation{payload, begin.Add(timeout)}:
	case err := <-f.exited:
		f.exited <- err
		f.t.Fatalf("the function exited: %v", err)
	case <-patience.C:
		f.t.Fatal("the function does not ask for an invocation")
	}
	a := answer{}
	select {
	case a.outcome = <-f.api.outcomes:
		a.took = time.Since(begin)
	case err := <-f.exited:
		f.exited <- err
		f.t.Fatalf("the function exited: %v", err)
	case <-patience.C:
		f.t.Fatalf("no answer to %s", payload)
	}
	a.metrics, a.logs = f.lines(f.stdout, outAt), f.lines(f.stderr, errAt)
	return a
}

func (f *function) size(name string) int64 {
	f.t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		f.t.Fatal(err)
	}
	return info.Size()
}

// lines reads the JSON lines of a file after the first bytes of it.
func (f *function) lines(name string, after int64) []map[string]any {
	f.t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		f.t.Fatal(err)
	}
	var all []map[string]any
	for line := range bytes.Lines(text[after:]) {
		var doc map[string]any
		if err := json.Unmarshal(line, &doc); err != nil {
			f.t.Errorf("%s has a line that is not JSON: %s", filepath.Base(name), line)
			continue
		}
		all = append(all, doc)
	}
	return all
}

// metric returns the value of a metric in the document that has exactly these
// values of dimensions, as Name=Value.
func (a answer) metric(name string, dimensions ...string) (float64, bool) {
	for _, doc := range a.metrics {
		directive := doc["_aws"].(map[string]any)["CloudWatchMetrics"].([]any)[0].(map[string]any)
		for _, set := range directive["Dimensions"].([]any) {
			var have []string
			for _, key := range set.([]any) {
				have = append(have, fmt.Sprintf("%s=%v", key, doc[key.(string)]))
			}
			if v, ok := doc[name].(float64); ok && strings.Join(have, " ") == strings.Join(dimensions, " ") {
				return v, true
			}
		}
	}
	return 0, false
}

// logged returns the lines whose fields have these values, as key=value.
func (a answer) logged(fields ...string) []map[string]any {
	var found []map[string]any
	for _, line := range a.logs {
		fits := true
		for _, f := range fields {
			key, value, _ := strings.Cut(f, "=")
			fits = fits && fmt.Sprint(line[key]) == value
		}
		if fits {
			found = append(found, line)
		}
	}
	return found
}
