package kubeconfig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Variables by which a test has this program write a file and die.
const (
	crashAt   = "KUBECONFIG_TEST_CRASH_AT"
	crashFile = "KUBECONFIG_TEST_FILE"
)

var (
	oldText = []byte(strings.Repeat("# old\n", 40_000))
	newText = []byte(strings.Repeat("# new\n", 50_000))
)

// TestMain is also the program that is killed in the middle of a write, and the
// one that gives a credential.
func TestMain(m *testing.M) {
	if token := os.Getenv(credential); token != "" {
		fmt.Printf(`{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":%q}}`, token)
		os.Exit(0)
	}
	if at := os.Getenv(crashAt); at != "" {
		w := writer{step: func(step string) {
			if step == at {
				syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {}
			}
		}}
		if _, err := w.write(context.Background(), os.Getenv(crashFile), func([]byte) ([]byte, error) { return newText, nil }); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

var steps = []string{stepLocked, stepRead, stepEdited, stepCreated, stepHalf, stepWritten, stepSynced, stepRenamed, stepKept}

// TestCrash: killed at any step, the file is the old one or the new one, whole;
// and once the lock is taken away a write succeeds.
func TestCrash(t *testing.T) {
	for _, step := range append(steps, "none") {
		t.Run(step, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "config")
			if err := os.WriteFile(file, oldText, 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), crashAt+"="+step, crashFile+"="+file)
			out, err := cmd.CombinedOutput()
			killed := cmd.ProcessState.Sys().(syscall.WaitStatus).Signaled()
			if killed != (step != "none") {
				t.Fatalf("killed %v: %v, %s", killed, err, out)
			}
			want := oldText
			if step == stepRenamed || step == stepKept || step == "none" {
				want = newText
			}
			got, err := os.ReadFile(file)
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%v; %d bytes, want %d", err, len(got), len(want))
			}
			if !killed {
				return
			}
			_, err = writer{patience: time.Millisecond}.write(t.Context(), file, func([]byte) ([]byte, error) { return newText, nil })
			if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), file+".lock is there since 2") {
				t.Fatalf("with the lock left behind: %v", err)
			}
			if err := os.Remove(file + ".lock"); err != nil {
				t.Fatal(err)
			}
			if _, err := Write(t.Context(), file, func([]byte) ([]byte, error) { return []byte("x: y\n"), nil }); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestWrite: mode, links, directories, and what stays untouched.
func TestWrite(t *testing.T) {
	set := func(text string) func([]byte) ([]byte, error) {
		return func([]byte) ([]byte, error) { return []byte(text), nil }
	}
	mode := func(t *testing.T, file string) fs.FileMode {
		t.Helper()
		info, err := os.Lstat(file)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode()
	}
	t.Run("new", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), ".kube")
		file := filepath.Join(dir, "config")
		if changed, err := Write(t.Context(), file, set("a")); !changed || err != nil {
			t.Fatal(changed, err)
		}
		if mode(t, file) != 0o600 || mode(t, dir).Perm() != 0o700 {
			t.Errorf("%v in %v", mode(t, file), mode(t, dir))
		}
		left, err := os.ReadDir(dir)
		if err != nil || len(left) != 1 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
	for was, want := range map[fs.FileMode]fs.FileMode{0o644: 0o600, 0o600: 0o600, 0o400: 0o400, 0o777: 0o600} {
		t.Run(was.String(), func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "config")
			if err := errors.Join(os.WriteFile(file, []byte("a"), was), os.Chmod(file, was)); err != nil {
				t.Fatal(err)
			}
			if _, err := Write(t.Context(), file, set("b")); err != nil || mode(t, file) != want {
				t.Errorf("%v: %v, want %v", err, mode(t, file), want)
			}
		})
	}
	t.Run("link", func(t *testing.T) {
		dir := t.TempDir()
		file, link, second := filepath.Join(dir, "real"), filepath.Join(dir, "sub", "link"), filepath.Join(dir, "second")
		if err := errors.Join(os.Mkdir(filepath.Dir(link), 0o700), os.Symlink("../real", link), os.Symlink(link, second)); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"made", "changed"} {
			if _, err := Write(t.Context(), second, set(text)); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(file)
			if err != nil || string(got) != text || mode(t, link)&fs.ModeSymlink == 0 || mode(t, second)&fs.ModeSymlink == 0 {
				t.Errorf("%q, %v", got, err)
			}
		}
	})
	t.Run("same", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "config")
		if err := os.WriteFile(file, []byte("a"), 0o644); err != nil {
			t.Fatal(err)
		}
		before, _ := os.Stat(file)
		changed, err := Write(t.Context(), file, func(b []byte) ([]byte, error) { return b, nil })
		after, _ := os.Stat(file)
		if changed || err != nil || !os.SameFile(before, after) {
			t.Error(changed, err)
		}
	})
	t.Run("refused", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "config")
		if err := os.WriteFile(file, []byte("clusters: 1\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		before, _ := os.Stat(file)
		_, err := Write(t.Context(), file, func(b []byte) ([]byte, error) {
			m, err := Merge(b, []Entry{prod}, Options{})
			return m.Text, err
		})
		after, _ := os.Stat(file)
		if diff := cmp.Diff(file+":1: clusters is no list", fmt.Sprint(err)); diff != "" {
			t.Error(diff)
		}
		if !os.SameFile(before, after) || mode(t, file) != 0o644 {
			t.Error("the file was touched")
		}
		if _, err := os.Stat(file + ".lock"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the lock is still there: %v", err)
		}
	})
	t.Run("directory", func(t *testing.T) {
		if _, err := Write(t.Context(), t.TempDir(), set("a")); err == nil || !strings.Contains(err.Error(), "is no file") {
			t.Error(err)
		}
	})
	t.Run("locked, then not", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "config")
		if err := os.WriteFile(file+".lock", nil, 0o600); err != nil {
			t.Fatal(err)
		}
		free := time.AfterFunc(4*lockPoll, func() { os.Remove(file + ".lock") })
		defer free.Stop()
		if changed, err := Write(t.Context(), file, set("a")); !changed || err != nil {
			t.Error(changed, err)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := os.WriteFile(file+".lock", nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Write(ended, file, set("b")); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// TestPath: which of several files, as kubectl chooses.
func TestPath(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if text != "" {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	none, other := file("none", ""), file("other", "")
	first := file("first", "contexts:\n- name: x\n  context: {}\n")
	second := file("second", "contexts:\n- name: y\n  context: {}\n")
	broken := file("broken", "contexts: [\n")
	for _, test := range []struct {
		variable, name, want string
	}{
		{"", "y", filepath.Join("/users/me", ".kube", "config")},
		{":", "y", filepath.Join("/users/me", ".kube", "config")},
		{none, "y", none},
		{none + ":" + other, "y", other},
		{none + ":" + first + ":" + second, "y", second},
		{none + ":" + first + ":" + second, "z", first},
		{broken + ":" + second, "y", second},
		{broken + ":" + second, "z", broken},
		{first + ":" + first, "y", first},
	} {
		if got := Path(test.variable, "/users/me", []string{test.name}); got != test.want {
			t.Errorf("%q, %s: %s, want %s", test.variable, test.name, got, test.want)
		}
	}
}
