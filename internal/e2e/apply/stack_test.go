package apply

import (
	"bufio"
	"bytes"
	"context"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"postern/internal/lab"
	"postern/internal/lab/state"
)

// speed is the lab's, as for `postern lab up`: a minute of AWS's is a second.
const speed = 60

// A stack is a lab that runs and what is built in it.
type stack struct {
	*testing.T
	built
	url string
	lab *lab.Client
	env []string // for commands that work in the lab
	log *labLog

	times
}

// start runs `postern lab up` with a world's file until the test ends. What the
// lab warned of is logged when the test has failed.
func start(t *testing.T, world string, flags ...string) *stack {
	t.Helper()
	if testing.Short() {
		t.Skip("the provider waits for minutes, whatever the lab does")
	}
	for _, name := range []string{"terraform", "kubectl"} {
		if _, err := exec.LookPath(name); err != nil {
			needed(t, "%s is not installed", name)
		}
	}
	t.Parallel()
	b, err := build()
	if err != nil {
		t.Fatal(err)
	}
	s := &stack{T: t, built: b, log: &labLog{}}
	args := append([]string{"lab", "up", "--listen", "127.0.0.1:0", "--proxy", "127.0.0.1:0", "--iam", "enforce", "--speed", strconv.Itoa(speed), "--world", world}, flags...)
	if runtime.GOOS != "linux" {
		args = append(args, "--bootstrap", s.bootstrap()) // the zip's program is Linux's
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	cmd := exec.CommandContext(ctx, s.postern, args...)
	cmd.Env = own()
	cmd.Stderr = s.log
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	url := make(chan string, 1)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(url)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if m := labURL.FindStringSubmatch(lines.Text()); m != nil {
				url <- m[1]
			}
		}
	})
	t.Cleanup(func() {
		stop()
		reading.Wait()
		_ = cmd.Wait() // 130: interrupted
		t.Log(s.times.String())
		if t.Failed() {
			t.Logf("the lab said:\n%s", s.log.last(40))
		}
	})
	if s.url = <-url; s.url == "" {
		t.Fatalf("the lab does not start:\n%s", s.log.last(40))
	}
	s.env = append(own(), lab.EnvURL+"="+s.url)
	s.lab, err = lab.Find(func(name string) string { return map[string]string{lab.EnvURL: s.url}[name] })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var labURL = regexp.MustCompile(`AWS endpoint +(http://\S+)`)

// own is this process's environment without what would lead a command elsewhere.
func own() []string {
	return slices.DeleteFunc(os.Environ(), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.ContainsFunc([]string{"AWS_", "TF_", "POSTERN_", "KUBE"}, func(p string) bool { return strings.HasPrefix(name, p) })
	})
}

// bootstrap is a build of the function for this machine.
func (s *stack) bootstrap() string {
	s.Helper()
	path := filepath.Join(s.TempDir(), "bootstrap")
	cmd := exec.CommandContext(s.Context(), "go", "build", "-tags", "lambda.norpc", "-o", path, "./cmd/bootstrap")
	cmd.Dir = repository
	if out, err := cmd.CombinedOutput(); err != nil {
		s.Fatalf("build the function: %v\n%s", err, out)
	}
	return path
}

// function is the input `package` of the module target-sync.
func (s *stack) function() vars {
	return vars{"filename": s.zip, "sha256": s.sha256, "architecture": s.arch}
}

// exec runs a command with `postern lab exec` and returns what it prints and its
// exit status.
func (s *stack) exec(dir string, args ...string) (stdout, stderr string, status int) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), 10*time.Minute)
	defer cancel()
	return s.command(ctx, dir, append([]string{"lab", "exec", "--"}, args...)...)
}

// command runs postern itself.
func (s *stack) command(ctx context.Context, dir string, args ...string) (stdout, stderr string, status int) {
	s.Helper()
	cmd := exec.CommandContext(ctx, s.postern, args...)
	cmd.Dir, cmd.Env = dir, s.env
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // terraform ends its providers
	cmd.WaitDelay = 30 * time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if cmd.ProcessState == nil {
		s.Fatalf("run %v: %v", args, err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// kubectl runs kubectl on a cluster (account/region/name) as from a host of the
// hub: by the cluster's own name, with its certificate verified.
func (s *stack) kubectl(ref string, args ...string) string {
	s.Helper()
	out, errs, status := s.exec("", append([]string{"kubectl", "--request-timeout=20s", "--context", ref}, args...)...)
	if status != 0 {
		s.Errorf("kubectl on %s: status %d\n%s", ref, status, errs)
	}
	return out
}

// state is all that is in the lab.
func (s *stack) state() *lab.State {
	s.Helper()
	st, err := s.lab.State(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	return st
}

// vpc is the ID of the VPC that the world calls name.
func (s *stack) vpc(name string) string {
	s.Helper()
	for _, a := range s.state().World.Accounts {
		for _, v := range a.VPCs {
			if v.Tags["Name"] == name {
				return v.ID
			}
		}
	}
	s.Fatalf("no VPC is named %s", name)
	return ""
}

// mainTable is the ID of that VPC's main route table.
func (s *stack) mainTable(name string) string {
	s.Helper()
	id := s.vpc(name)
	for _, a := range s.state().World.Accounts {
		for _, r := range a.RouteTables {
			if r.VPC == id && slices.ContainsFunc(r.Associations, func(x state.RouteAssociation) bool { return x.Main }) {
				return r.ID
			}
		}
	}
	s.Fatalf("VPC %s has no main route table", name)
	return ""
}

// cluster is what the lab says of a cluster (account/region/name).
func (s *stack) cluster(ref string) lab.ClusterState {
	s.Helper()
	for _, c := range s.state().Clusters {
		if c.Ref == ref {
			return c
		}
	}
	s.Fatalf("no cluster is %s", ref)
	return lab.ClusterState{}
}

// target is the target group of a cluster's link.
func (s *stack) target(ref string) lab.GroupState {
	s.Helper()
	c := s.cluster(ref)
	if len(c.Groups) != 1 {
		s.Fatalf("%s has %d target groups", ref, len(c.Groups))
	}
	return c.Groups[0]
}

// filled waits until the links of clusters have the addresses at which their API
// servers answer, all healthy, and no other.
func (s *stack) filled(refs ...string) {
	s.Helper()
	for _, ref := range refs {
		s.until("every target of "+ref, func() bool {
			c := s.cluster(ref)
			var healthy []netip.Addr
			for _, g := range c.Groups {
				for _, h := range g.Targets {
					if h.State != "healthy" || h.Target.Port != 443 {
						return false
					}
					healthy = append(healthy, netip.MustParseAddr(h.Target.ID))
				}
			}
			slices.SortFunc(healthy, netip.Addr.Compare)
			return len(healthy) > 0 && slices.Equal(healthy, slices.SortedFunc(slices.Values(c.Serving), netip.Addr.Compare))
		})
	}
}

// pause lets the lab go on for a while.
func (s *stack) pause(d time.Duration) {
	select {
	case <-s.Context().Done():
	case <-time.After(d):
	}
}

// until waits for a condition, for a minute at most.
func (s *stack) until(what string, holds func() bool) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			s.Fatalf("after a minute there is still not %s", what)
		case <-tick.C:
		}
	}
}

// labLog keeps what a lab warns of.
type labLog struct {
	mu   sync.Mutex
	text []byte
}

func (l *labLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	return len(p), nil
}

// last returns the last n lines.
func (l *labLog) last(n int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(l.text)), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
