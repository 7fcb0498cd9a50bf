package kube_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"postern/internal/lab/kube"
)

// programs skips the test, aloud, where the real programs are not there: they
// take minutes to build. It fails where KUBEBUILDER_ASSETS says that they are.
func programs(t *testing.T) kube.Programs {
	t.Helper()
	dir := os.Getenv(kube.AssetsVariable)
	promised := dir != ""
	if !promised {
		dir = filepath.Join("..", "..", "..", ".kubernetes")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := kube.FindPrograms(dir)
	if err != nil {
		if promised {
			t.Fatal(err)
		}
		t.Skipf("NOT TESTED: a real kube-apiserver: %v (make kubernetes builds it)", err)
	}
	return p
}

// TestReal: the same commands against the real program, and what it has to
// share with EKS.
func TestReal(t *testing.T) {
	p := programs(t)
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	etcd := startEtcd(t, p)
	now := newAuthority(t)
	var mu sync.Mutex
	o := options(now)
	o.CA = func() (cert, key []byte) {
		mu.Lock()
		defer mu.Unlock()
		return now.get()
	}
	r := startReal(t, etcd, o)
	k := newKubectl(t, r, now.cert, admin)
	runSteps(t, k)
	t.Run("watch", func(t *testing.T) { watchWithKubectl(t, kubectl{t, k.config}) })
	t.Run("access", func(t *testing.T) {
		for _, test := range []struct {
			token, path string
			code        int
		}{
			{"", "/readyz", 200}, {"", "/livez", 200}, {"", "/healthz", 200}, {"", "/version", 401}, {"", "/readyz/ping", 401}, {"", "/api/v1/namespaces", 401}, {"", "/nothing", 401},
			{"bad", "/readyz", 401}, {guest, "/version", 200}, {guest, "/api/v1/namespaces", 403}, {admin, "/api/v1/namespaces", 200}, {admin, "/nothing", 404},
		} {
			if code, err := get(t, r, now, test.token, test.path); code != test.code {
				t.Errorf("%q %s: %d %v, want %d", test.token, test.path, code, err, test.code)
			}
		}
	})
	t.Run("another cluster on the same etcd", func(t *testing.T) {
		k.run(0, "", "create", "ns", "mine")
		ca := newAuthority(t)
		o, said := options(ca), &lines{}
		o.Logger = slog.New(slog.NewTextHandler(said, nil))
		r := startReal(t, etcd, o)
		other := newKubectl(t, r, ca.cert, admin)
		other.run(1, "", "get", "ns", "mine")
		other.run(0, "", "get", "ns", "default")
		kill(t, tmp, "cluster-2")
		eventually(t, func() error { return said.has("api server ended by itself") })
		if code, err := get(t, r, ca, "", "/readyz"); err == nil {
			t.Errorf("a dead server answered %d", code)
		}
	})
	t.Run("rotation", func(t *testing.T) {
		next := newAuthority(t)
		mu.Lock()
		now = next
		mu.Unlock()
		begin := time.Now()
		eventually(t, func() error { _, err := get(t, r, next, "", "/readyz"); return err })
		t.Logf("the new certificate is shown after %s", time.Since(begin).Round(time.Millisecond))
	})
}

// kill ends the program in a home of its own.
func kill(t *testing.T, tmp, home string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(tmp, "postern-kube-*", home, "*.pid"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%d programs in %s, want one: %v", len(files), home, err)
	}
	if err := syscall.Kill(readPID(t, files[0]), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func readPID(t *testing.T, file string) int {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || syscall.Kill(pid, 0) != nil {
		t.Fatalf("%s: process %q does not run: %v", file, text, err)
	}
	return pid
}

// lines is a log that can be searched.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) has(words string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !strings.Contains(l.text.String(), words) {
		return fmt.Errorf("the log says no %q: %s", words, l.text.String())
	}
	return nil
}

func startEtcd(t *testing.T, p kube.Programs) *kube.Etcd {
	t.Helper()
	etcd, err := kube.StartEtcd(t.Context(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := etcd.Close(); err != nil {
			t.Errorf("close etcd: %v", err)
		}
	})
	return etcd
}

func startReal(t *testing.T, etcd *kube.Etcd, o kube.Options) *kube.Real {
	t.Helper()
	begin := time.Now()
	r, err := kube.StartReal(t.Context(), etcd, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("ready after %s", time.Since(begin).Round(time.Millisecond))
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("close api server: %v", err)
		}
	})
	return r
}

// get asks over a connection of its own, verified by an authority.
func get(t *testing.T, s connServer, ca authority, token, path string) (int, error) {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca.cert)
	var wg sync.WaitGroup
	tr := &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			wg.Go(func() { s.ServeConn(far, instance) })
			return near, nil
		},
		TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true,
	}
	defer wg.Wait()
	defer tr.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), "GET", "https://"+host+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := tr.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// eventually waits until a check of something outside this process passes.
func eventually(t *testing.T, check func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("still after 90 s: %v", err)
		}
	}
}

const victim = "POSTERN_TEST_VICTIM"

// TestRealIsKilled: a lab that is killed leaves no process and no file.
func TestRealIsKilled(t *testing.T) {
	p := programs(t)
	if os.Getenv(victim) != "" { // the process that is to be killed
		startReal(t, startEtcd(t, p), options(newAuthority(t)))
		fmt.Println("ready")
		select {}
	}
	tmp := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestRealIsKilled$")
	cmd.Env = append(os.Environ(), victim+"=1", "TMPDIR="+tmp)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "ready" {
	}
	files, err := filepath.Glob(filepath.Join(tmp, "postern-kube-*", "*", "*.pid"))
	if err != nil || len(files) != 2 {
		t.Fatalf("%d programs run, want 2: %v", len(files), err)
	}
	var pids []int
	for _, file := range files {
		pids = append(pids, readPID(t, file))
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	eventually(t, func() error {
		for _, pid := range pids {
			if state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && !strings.Contains(string(state), ") Z ") {
				return fmt.Errorf("process %d runs", pid)
			}
		}
		if left, _ := os.ReadDir(tmp); len(left) > 0 {
			return fmt.Errorf("%s is left", left[0].Name())
		}
		return nil
	})
}

// TestRealLeavesNothing: Close ends what is under way, programs and goroutines.
func TestRealLeavesNothing(t *testing.T) {
	p := programs(t)
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	etcd, err := kube.StartEtcd(t.Context(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	ca := newAuthority(t)
	r, err := kube.StartReal(t.Context(), etcd, options(ca))
	if err != nil {
		t.Fatal(err)
	}
	watched := make(chan error)
	go func() {
		_, err := get(t, r, ca, admin, "/api/v1/namespaces?watch=true")
		watched <- err
	}()
	if _, err := get(t, r, ca, admin, "/readyz"); err != nil {
		t.Error(err)
	}
	begin := time.Now()
	if err := errors.Join(r.Close(), etcd.Close()); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("close took %s", took)
	}
	if err := <-watched; err == nil {
		t.Error("the watch ended well")
	}
	if code, err := get(t, r, ca, "", "/readyz"); err == nil {
		t.Errorf("a closed server answered %d", code)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("%v is left: %v", left, err)
	}
	eventually(t, func() error {
		var stacks bytes.Buffer
		if err := pprof.Lookup("goroutine").WriteTo(&stacks, 2); err != nil {
			t.Fatal(err)
		}
		for stack := range strings.SplitSeq(stacks.String(), "\n\n") {
			if strings.Contains(stack, "lab/kube.") {
				return errors.New(stack)
			}
		}
		return nil
	})
}

// TestRealEndsByItself: a program that cannot start says why.
func TestRealEndsByItself(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"etcd", "kube-apiserver"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\necho no such luck\nexit 3\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	p, err := kube.FindPrograms(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kube.StartEtcd(t.Context(), p, nil); err == nil || !strings.Contains(err.Error(), "no such luck") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("%v", err)
	}
	if _, err := kube.FindPrograms(t.TempDir()); err == nil {
		t.Error("programs were found in an empty directory")
	}
}
