package kube

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
)

// Programs are the paths of the real programs.
type Programs struct{ APIServer, Etcd string }

// AssetsVariable names the directory that holds the real programs, as tools
// for testing controllers have it.
const AssetsVariable = "KUBEBUILDER_ASSETS"

// FindPrograms looks for kube-apiserver and etcd in a directory, or, if that is
// empty, in the one that KUBEBUILDER_ASSETS names.
func FindPrograms(dir string) (Programs, error) {
	if dir == "" {
		dir = os.Getenv(AssetsVariable)
	}
	if dir == "" {
		return Programs{}, fmt.Errorf("find kube-apiserver and etcd: no directory is given and %s is not set", AssetsVariable)
	}
	p := Programs{filepath.Join(dir, "kube-apiserver"), filepath.Join(dir, "etcd")}
	for _, path := range []string{p.APIServer, p.Etcd} {
		if _, err := exec.LookPath(path); err != nil {
			return Programs{}, fmt.Errorf("find kube-apiserver and etcd in %s: %w", dir, err)
		}
	}
	return p, nil
}

// A process is a running program, whose output is in a file.
type process struct {
	name string
	cmd  *exec.Cmd
	log  string        // path
	pid  string        // path, for the janitor
	done chan struct{} // closed when it has ended
	err  error         // why; set before done is closed
}

// start runs a program in a directory of its own. It ends with stop, or with
// this process.
func start(dir, name, path string, args ...string) (*process, error) {
	p := &process{name: name, log: filepath.Join(dir, name+".log"), pid: filepath.Join(dir, name+pidSuffix), done: make(chan struct{})}
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	defer out.Close()
	p.cmd = exec.Command(path, args...)
	p.cmd.Dir, p.cmd.Env = dir, []string{"TMPDIR=" + dir, "HOME=" + dir} // nothing of the user's: it holds credentials
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = mortal()
	started := make(chan error)
	go func() {
		defer close(p.done)
		// The kernel takes the end of the thread that started the program for
		// the end of this process, so the thread has to wait for it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = p.cmd.Wait()
		os.Remove(p.pid)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	if err := os.WriteFile(p.pid, []byte(strconv.Itoa(p.cmd.Process.Pid)+"\n"), 0o600); err != nil {
		p.stop()
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return p, nil
}

// stop ends the program at once: what it wrote is thrown away anyway.
func (p *process) stop() {
	p.cmd.Process.Kill()
	<-p.done
}

// await polls until ready returns nil. It fails when the program ends before,
// or when ctx does.
func (p *process) await(ctx context.Context, ready func(context.Context) error) error {
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("start %s: it ended: %w: %s", p.name, p.err, p.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("start %s: %w; last: %w", p.name, ctx.Err(), err)
		case <-tick():
		}
	}
}

// lastWords are the ends of what the program wrote.
func (p *process) lastWords() string {
	const most = 2 << 10
	text, _ := os.ReadFile(p.log)
	if len(text) > most {
		text = text[len(text)-most:]
	}
	return string(bytes.TrimSpace(text))
}

const pidSuffix = ".pid"

// janitorScript waits until the lab is gone, however it went, then ends what
// it started and removes its directory.
const janitorScript = `cat >/dev/null; cat "$1"/*/*` + pidSuffix + ` 2>/dev/null | while read -r pid; do kill -9 "$pid" 2>/dev/null; done; rm -rf "$1"`

// A janitor removes a directory when this process ends, even by a signal that
// no program hears of.
type janitor struct {
	cmd  *exec.Cmd
	hold io.Closer
}

func startJanitor(dir string) (*janitor, error) {
	cmd := exec.Command("/bin/sh", "-c", janitorScript, "sh", dir)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = "/", []string{"PATH=" + os.Getenv("PATH")}, apart()
	hold, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start janitor: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start janitor: %w", err)
	}
	return &janitor{cmd, hold}, nil
}

// close lets the janitor do its work and waits for it.
func (j *janitor) close() error {
	return errors.Join(j.hold.Close(), j.cmd.Wait())
}

func logger(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}
	return l
}
