package runtime

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"postern/internal/lab/state"
)

// A worker is one running program of a function, and the Runtime API that it
// talks to.
type worker struct {
	caller   state.Caller
	function state.Function
	expires  time.Time // of its credentials
	dir      string
	stream   string // of its log
	log      func(line string)
	cmd      *exec.Cmd
	server   *http.Server
	calls    chan call
	results  chan result
	exited   chan struct{}
	output   sync.WaitGroup // readers of what it prints
	once     sync.Once

	mu    sync.Mutex
	tail  []string // the newest lines
	count int      // invocations so far
}

type call struct {
	id       string
	payload  []byte
	deadline time.Time
}

type result struct {
	id   string
	body []byte
	bad  bool
}

// session is how long a program's credentials last; it is replaced before.
const session = 12 * time.Hour

// start starts a program of a function.
func (r *Runtime) start(c state.Caller, f state.Function) (*worker, error) {
	program, err := r.program(c, f)
	if err != nil {
		return nil, err
	}
	keys, err := r.opts.Store.FunctionSession(f, session)
	if err != nil {
		return nil, fmt.Errorf("start function %s: %w", f.Name, err)
	}
	dir, err := os.MkdirTemp("", "postern-lab-function-")
	if err != nil {
		return nil, fmt.Errorf("start function %s: %w", f.Name, err)
	}
	w := &worker{
		caller: c, function: f, expires: keys.Expires, dir: dir, calls: make(chan call), results: make(chan result, 1), exited: make(chan struct{}),
		stream: time.Now().UTC().Format("2006/01/02") + "/[$LATEST]" + strings.ReplaceAll(keys.AccessKey, "LABTMP", ""),
	}
	w.log = r.logger(c, f, w.stream)
	if err := w.begin(program, r.environment(f, keys, w)); err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("start function %s: %w", f.Name, err)
	}
	return w, nil
}

// logger returns what keeps a line of a function's log, if its role may write
// it: Lambda writes with the function's own rights. Source: Lambda developer
// guide, execution role.
func (r *Runtime) logger(c state.Caller, f state.Function, stream string) func(string) {
	arn := strings.Replace(f.ARN[:strings.Index(f.ARN, ":function:")], ":lambda:", ":logs:", 1) + ":log-group:" + f.LogGroup
	needed := map[string]string{"logs:CreateLogStream": arn + ":log-stream:" + stream, "logs:PutLogEvents": arn + ":log-stream:" + stream}
	if !slices.ContainsFunc(r.opts.Store.DescribeLogGroups(c, f.LogGroup), func(g state.LogGroup) bool { return g.Name == f.LogGroup }) {
		needed["logs:CreateLogGroup"] = arn + ":log-stream:"
	}
	for action, resource := range needed {
		if !r.opts.Store.ServiceMay(f.Role, action, resource).Allowed {
			r.log.Warn("function logs nothing: its role may not", "function", f.Name, "action", action, "resource", resource)
			return func(string) {}
		}
	}
	return func(line string) { r.opts.Store.PutLogLine(c, f.LogGroup, stream, line) }
}

// environment is what Lambda sets, what the lab adds and what the function
// itself says. Source: Lambda developer guide, environment variables.
func (r *Runtime) environment(f state.Function, keys state.Credentials, w *worker) []string {
	region := w.caller.Region
	env := []string{
		"AWS_LAMBDA_FUNCTION_NAME=" + f.Name, "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", fmt.Sprintf("AWS_LAMBDA_FUNCTION_MEMORY_SIZE=%d", f.Memory),
		"AWS_LAMBDA_LOG_GROUP_NAME=" + f.LogGroup, "AWS_LAMBDA_LOG_STREAM_NAME=" + w.stream, "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"_HANDLER=" + f.Handler, "LAMBDA_TASK_ROOT=" + w.dir, "LAMBDA_RUNTIME_DIR=" + w.dir, "HOME=" + w.dir, "TMPDIR=" + w.dir, "TZ=:UTC", "LANG=en_US.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin",
		"AWS_REGION=" + region, "AWS_DEFAULT_REGION=" + region, "AWS_ACCESS_KEY_ID=" + keys.AccessKey, "AWS_SECRET_ACCESS_KEY=" + keys.Secret, "AWS_SESSION_TOKEN=" + keys.Token,
		"AWS_ENDPOINT_URL=" + r.opts.Endpoint, "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
	}
	if f.LogFormat == "JSON" {
		env = append(env, "AWS_LAMBDA_LOG_FORMAT=JSON", "AWS_LAMBDA_LOG_LEVEL="+f.AppLevel)
	}
	if r.opts.Env != nil {
		env = append(env, r.opts.Env(f)...)
	}
	for k, v := range f.Environment { // the last of two counts
		env = append(env, k+"="+v)
	}
	return env
}

// begin opens the Runtime API on loopback and starts the program.
func (w *worker) begin(program []byte, env []string) error {
	path := filepath.Join(w.dir, "bootstrap")
	if err := place(path, program); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	w.cmd = exec.Command(path)
	w.cmd.Dir, w.cmd.Env, w.cmd.SysProcAttr = w.dir, append(env, "AWS_LAMBDA_RUNTIME_API="+l.Addr().String()), apart()
	for _, open := range []func() (io.ReadCloser, error){w.cmd.StdoutPipe, w.cmd.StderrPipe} {
		pipe, err := open()
		if err != nil {
			l.Close()
			return err
		}
		w.output.Go(func() { w.read(pipe) })
	}
	if err := w.cmd.Start(); err != nil {
		l.Close()
		return err
	}
	w.server = &http.Server{Handler: w.api(), ReadHeaderTimeout: 10 * time.Second}
	go w.server.Serve(l)
	go func() {
		w.output.Wait()
		w.cmd.Wait()
		close(w.exited)
	}()
	return nil
}

// place writes a program that is to be started. Nothing else is started
// meanwhile: what is being forked has this file open for writing until it is what
// it shall be, and Linux runs no program that somebody can write to.
func place(path string, program []byte) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return os.WriteFile(path, program, 0o700)
}

// longestLine is where a longer line is cut. Source: CloudWatch Logs user guide,
// quotas, event size.
const longestLine = 256 << 10

func (w *worker) read(pipe io.Reader) {
	s := bufio.NewScanner(pipe)
	s.Buffer(nil, longestLine)
	for s.Scan() {
		w.print(s.Text())
	}
	io.Copy(io.Discard, pipe) // behind a line that is too long, so that the program does not hang
}

// tailLines is how many lines an invocation's answer may carry.
const tailLines = 40

func (w *worker) print(line string) {
	w.log(line)
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.tail) == tailLines {
		w.tail = slices.Delete(w.tail, 0, 1)
	}
	w.tail = append(w.tail, line)
}

func (w *worker) alive() bool {
	select {
	case <-w.exited:
		return false
	default:
		return true
	}
}

// close ends the program and waits for it.
func (w *worker) close() {
	w.once.Do(func() {
		kill(w.cmd)
		w.server.Close()
		<-w.exited
		os.RemoveAll(w.dir)
	})
}

// api is the Runtime API. A program that asks for an invocation waits until
// there is one, however long that takes.
func (w *worker) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(rw http.ResponseWriter, req *http.Request) {
		select {
		case <-req.Context().Done():
		case c := <-w.calls:
			h := rw.Header()
			h.Set("Lambda-Runtime-Aws-Request-Id", c.id)
			h.Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(c.deadline.UnixMilli()))
			h.Set("Lambda-Runtime-Invoked-Function-Arn", w.function.ARN)
			h.Set("Lambda-Runtime-Trace-Id", "Root=1-00000000-"+strings.ReplaceAll(c.id, "-", "")[:24]+";Sampled=0")
			h.Set("Content-Type", "application/json")
			rw.Write(c.payload)
		}
	})
	answer := func(bad bool) http.HandlerFunc {
		return func(rw http.ResponseWriter, req *http.Request) {
			body, err := io.ReadAll(http.MaxBytesReader(rw, req.Body, 6<<20)) // Source: Lambda quotas, response payload
			if err != nil {
				body, bad = []byte(`{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}`), true
			}
			rw.WriteHeader(http.StatusAccepted)
			io.WriteString(rw, `{"status":"OK"}`)
			select {
			case w.results <- result{req.PathValue("id"), body, bad}:
			default: // nobody waits for it any more
			}
		}
	}
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", answer(false))
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", answer(true))
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", answer(true))
	return mux
}

// run gives the program an invocation and waits for its end. It reports
// whether the program can have another one.
func (w *worker) run(ctx context.Context, payload []byte) (out state.Outcome, alive bool) {
	w.count++
	id := fmt.Sprintf("%s-0000-4000-8000-%012d", w.stream[len(w.stream)-8:], w.count)
	begin := time.Now()
	limit := time.Duration(w.function.Timeout) * time.Second
	timer := time.NewTimer(limit)
	defer timer.Stop()
	w.print("START RequestId: " + id + " Version: $LATEST")
	calls := w.calls
	for {
		select {
		case calls <- call{id, payload, begin.Add(limit)}:
			calls = nil
			continue
		case got := <-w.results:
			if got.id != "" && got.id != id {
				continue // of an invocation that timed out
			}
			out = state.Outcome{Payload: got.body}
			if got.bad {
				out.Failed = "Unhandled"
			}
			alive = got.id != ""
		case <-w.exited:
			out = broken("Runtime.ExitError", fmt.Errorf("RequestId: %s Error: Runtime exited with error: %v", id, w.cmd.ProcessState))
		case <-timer.C:
			out = broken("Sandbox.Timedout", fmt.Errorf("RequestId: %s Error: Task timed out after %.2f seconds", id, limit.Seconds()))
		case <-ctx.Done():
			out = broken("Sandbox.Gone", fmt.Errorf("RequestId: %s Error: the caller left, or the lab ended", id))
		}
		break
	}
	if out.Failed != "" {
		w.print(errorLine(out.Payload))
	}
	w.print("END RequestId: " + id)
	w.print(fmt.Sprintf("REPORT RequestId: %s\tDuration: %.2f ms\tMemory Size: %d MB", id, float64(time.Since(begin).Microseconds())/1000, w.function.Memory))
	w.mu.Lock()
	out.Log = strings.Join(w.tail, "\n")
	w.mu.Unlock()
	return out, alive
}

// errorLine is what the log shows of an error.
func errorLine(payload []byte) string {
	var e struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}
	if json.Unmarshal(payload, &e) != nil || e.Message == "" {
		return string(payload)
	}
	return e.Type + ": " + e.Message
}
