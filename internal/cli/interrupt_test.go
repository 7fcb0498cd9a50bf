package cli_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// program returns a path of this test binary at which it is postern.
func program(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "postern")
	if os.Link(self, name) == nil {
		return name
	}
	text, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

// An interrupt ends every command with the status that says so, and nothing of
// it is left.
func TestInterrupt(t *testing.T) {
	postern := program(t)
	tests := []struct {
		name  string
		args  []string
		ready string // on standard output, from then on it is interrupted
		want  int
	}{
		{"lab up", []string{"lab", "up", "--listen", "127.0.0.1:0", "--proxy", "127.0.0.1:0"}, "In another terminal", 130},
		{"lab demo", []string{"lab", "demo"}, "$ postern sync", 130},
		{"lab demo under load", []string{"lab", "demo"}, "$ postern lab move", 130},
		{"lab exec of a command that ignores it", []string{"lab", "exec", "--", "sh", "-c", "trap '' INT; echo ready; while :; do sleep 0.1; done"}, "ready", 128 + 15},
		{"lab exec of a command that minds it", []string{"lab", "exec", "--", "sh", "-c", "trap 'exit 9' INT; echo ready; while :; do sleep 0.1; done"}, "ready", 9},
		{"sync that watches", []string{"lab", "exec", "--", "sh", "-c", "exec " + postern + " sync --watch --output json"}, `"schema":"postern.sync/v1"`, 130},
		{"status that watches", []string{"lab", "exec", "--", "sh", "-c", "exec " + postern + " status --watch --output json"}, `"schema":"postern.status/v1"`, 130},
		{"status that waits for AWS", []string{"lab", "exec", "--", "sh", "-c", postern + " lab fault delay by=60s && echo ready && exec " + postern + " status"}, "ready", 130},
		{"sync that waits for AWS", []string{"lab", "exec", "--", "sh", "-c", postern + " lab fault delay by=60s && echo ready && exec " + postern + " sync"}, "ready", 130},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cache, tmp := t.TempDir(), t.TempDir()
			cmd := exec.Command(postern, tt.args...)
			cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+cache, "TMPDIR="+tmp, "POSTERN_LAB=")
			cmd.Stderr = os.Stderr
			// A group of its own, as a terminal gives one: all of it is interrupted.
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			stuck := time.AfterFunc(time.Minute, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
			defer stuck.Stop()
			lines := bufio.NewScanner(out)
			for lines.Scan() && !strings.Contains(lines.Text(), tt.ready) {
			}
			if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, out)
			cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != tt.want {
				t.Errorf("exit status %d, want %d", got, tt.want)
			}
			left, _ := filepath.Glob(filepath.Join(cache, "postern", "*"))
			more, _ := filepath.Glob(filepath.Join(tmp, "*"))
			if all := append(left, more...); len(all) > 0 {
				t.Errorf("left behind: %v", all)
			}
		})
	}
}

// Whatever ends a lab's command, it leaves nothing behind: a second interrupt,
// a terminal that is closed, a reader of the output that has gone. It ends as
// soon as its own command does.
func TestEndsInOrder(t *testing.T) {
	postern := program(t)
	ignores := []string{"lab", "exec", "--", "sh", "-c", "trap '' INT TERM HUP; echo ready; while :; do sleep 0.1; done"}
	tests := []struct {
		name    string
		args    []string
		ready   string
		signals []syscall.Signal
		close   bool // standard output, instead
		want    int
		within  time.Duration
	}{
		{"a second interrupt", ignores, "ready", []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}, false, 128 + 9, 1500 * time.Millisecond},
		{"a command that ends at the interrupt", []string{"lab", "exec", "--", "sh", "-c", "trap 'exit 0' INT; echo ready; while :; do sleep 0.1; done"}, "ready",
			[]syscall.Signal{syscall.SIGINT}, false, 0, 1500 * time.Millisecond},
		{"lab up and a closed terminal", []string{"lab", "up", "--listen", "127.0.0.1:0", "--proxy", "127.0.0.1:0"}, "In another terminal", []syscall.Signal{syscall.SIGHUP}, false, 130, 5 * time.Second},
		{"a signal that only says that a connection was closed", []string{"lab", "exec", "--", "sh", "-c", "trap '' PIPE; echo ready; sleep 3; exit 7"}, "ready",
			[]syscall.Signal{syscall.SIGPIPE}, false, 7, 10 * time.Second},
		{"lab demo without a reader", []string{"lab", "demo"}, "$ postern sync", nil, true, 128 + 13, 20 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cache, tmp := t.TempDir(), t.TempDir()
			cmd := exec.Command(postern, tt.args...)
			cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+cache, "TMPDIR="+tmp, "POSTERN_LAB=")
			cmd.Stderr = os.Stderr
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			stuck := time.AfterFunc(time.Minute, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
			defer stuck.Stop()
			lines := bufio.NewScanner(out)
			for lines.Scan() && !strings.Contains(lines.Text(), tt.ready) {
			}
			begin := time.Now()
			for i, s := range tt.signals {
				if i > 0 { // or the two could become one
					<-time.After(100 * time.Millisecond)
				}
				if err := syscall.Kill(-cmd.Process.Pid, s); err != nil {
					t.Fatal(err)
				}
			}
			if tt.close {
				out.Close()
			} else {
				io.Copy(io.Discard, out)
			}
			cmd.Wait()
			if took := time.Since(begin); took > tt.within {
				t.Errorf("ended after %s, want within %s", took, tt.within)
			}
			if got := cmd.ProcessState.ExitCode(); got != tt.want {
				t.Errorf("exit status %d, want %d", got, tt.want)
			}
			left, _ := filepath.Glob(filepath.Join(cache, "postern", "*"))
			more, _ := filepath.Glob(filepath.Join(tmp, "*"))
			if all := append(left, more...); len(all) > 0 {
				t.Errorf("left behind: %v", all)
			}
		})
	}
}
