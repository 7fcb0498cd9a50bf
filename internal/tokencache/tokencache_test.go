package tokencache

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const key = "0123"

func kept(t *testing.T) Dir {
	t.Helper()
	d := Dir(filepath.Join(t.TempDir(), "postern", "tokens"))
	if err := d.Put(key, "k8s-aws-v1.x", now.Add(14*time.Minute), now); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestGet: what was put there is given, until shortly before its end.
func TestGet(t *testing.T) {
	d := kept(t)
	for after, want := range map[time.Duration]bool{
		0: true, 12 * time.Minute: true, 13 * time.Minute: true, 13*time.Minute + time.Second: false, time.Hour: false, -2 * time.Minute: false,
	} {
		token, ends, ok := d.Get(key, now.Add(after))
		if ok != want || ok && (token != "k8s-aws-v1.x" || !ends.Equal(now.Add(14*time.Minute))) {
			t.Errorf("after %v: %q, %v, %v", after, token, ends, ok)
		}
	}
	if _, _, ok := d.Get("0124", now); ok {
		t.Error("another key's token is given")
	}
	for file, want := range map[string]fs.FileMode{"": 0o700 | fs.ModeDir, key + suffix: 0o600} {
		if info, err := os.Stat(filepath.Join(string(d), file)); err != nil || info.Mode() != want {
			t.Errorf("%q: %v, %v", file, info.Mode(), err)
		}
	}
}

// TestIgnored: what is not certainly this user's own, whole and private is not
// used, and does no harm.
func TestIgnored(t *testing.T) {
	content := func(e entry) []byte {
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	good := entry{key, "k8s-aws-v1.x", now.Add(10 * time.Minute)}
	write := func(text []byte) func(Dir) error {
		return func(d Dir) error { return os.WriteFile(d.file(key), text, 0o600) }
	}
	for name, spoil := range map[string]func(Dir) error{
		"empty":            write(nil),
		"cut off":          write(content(good)[:20]),
		"no JSON":          write([]byte("not JSON")),
		"two":              write(append(content(good), content(good)...)),
		"another key's":    write(content(entry{"0124", good.Token, good.Ends})),
		"no token":         write(content(entry{key, "", good.Ends})),
		"no end":           write(content(entry{key, good.Token, time.Time{}})),
		"ends too late":    write(content(entry{key, good.Token, now.Add(time.Hour)})),
		"much too large":   write(append(bytes.Repeat([]byte(" "), largest), content(good)...)),
		"read by a group":  func(d Dir) error { return os.Chmod(d.file(key), 0o640) },
		"written by all":   func(d Dir) error { return os.Chmod(d.file(key), 0o602) },
		"in an open place": func(d Dir) error { return os.Chmod(string(d), 0o750) },
		"another user's": func(d Dir) error {
			if os.Geteuid() != 0 {
				return os.Chmod(d.file(key), 0o644) // only root can give a file away
			}
			return os.Chown(d.file(key), 12345, -1)
		},
		"a link": func(d Dir) error {
			return errors.Join(os.Rename(d.file(key), d.file("x")), os.Symlink(d.file("x"), d.file(key)))
		},
		"a pipe":      func(d Dir) error { return errors.Join(os.Remove(d.file(key)), syscall.Mkfifo(d.file(key), 0o600)) },
		"a directory": func(d Dir) error { return errors.Join(os.Remove(d.file(key)), os.Mkdir(d.file(key), 0o700)) },
		"gone":        func(d Dir) error { return os.Remove(d.file(key)) },
		"a linked place": func(d Dir) error {
			return errors.Join(os.Rename(string(d), string(d)+"2"), os.Symlink(string(d)+"2", string(d)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := kept(t)
			if err := spoil(d); err != nil {
				t.Fatal(err)
			}
			if token, _, ok := d.Get(key, now); ok {
				t.Errorf("%q is given", token)
			}
		})
	}
}

// TestPut: a token that is about to end, or that lives too long to be one, is
// not kept; an open directory is not used; what ended is swept away.
func TestPut(t *testing.T) {
	d := kept(t)
	for name, ends := range map[string]time.Time{"ended": now.Add(-time.Second), "ending": now.Add(time.Second), "endless": now.Add(time.Hour)} {
		if err := d.Put(name, "x", ends, now); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(d.file(name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is kept: %v", name, err)
		}
	}
	old := now.Add(-time.Hour)
	for _, file := range []string{d.file(key), filepath.Join(string(d), ".1.tmp"), filepath.Join(string(d), "other")} {
		if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Chtimes(file, old, old)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Put("new", "x", now.Add(10*time.Minute), now); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(string(d))
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	if got := strings.Join(names, " "); err != nil || got != "new.json other" {
		t.Errorf("%s: %v", got, err)
	}
	if err := os.Chmod(string(d), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := d.Put("second", "x", now.Add(10*time.Minute), now); err == nil || !strings.Contains(err.Error(), "chmod 700") {
		t.Error(err)
	}
}

// TestTogether: several that write and read at once see whole tokens only.
func TestTogether(t *testing.T) {
	d := kept(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			token := strings.Repeat(string(rune('a'+i)), 2000)
			for range 50 {
				if err := d.Put("shared", token, now.Add(10*time.Minute), now); err != nil {
					t.Error(err)
				}
				got, _, ok := d.Get("shared", now)
				if !ok || len(got) != 2000 || strings.Trim(got, got[:1]) != "" {
					t.Errorf("%d letters, %v", len(got), ok)
				}
			}
		})
	}
	wg.Wait()
}

// TestKey: different inputs have different keys, however they are cut.
func TestKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inputs := rapid.SliceOfN(rapid.StringMatching(`[a:0-9]{0,4}`), 0, 3)
		a, b := inputs.Draw(t, "a"), inputs.Draw(t, "b")
		same := len(a) == len(b)
		for i := range min(len(a), len(b)) {
			same = same && a[i] == b[i]
		}
		if (Key(a...) == Key(b...)) != same {
			t.Fatalf("%q and %q", a, b)
		}
	})
}
