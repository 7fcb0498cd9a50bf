package kubeconfig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

const (
	// lockPatience is how long another program may hold the lock: kubectl holds
	// it for the time of one small write.
	lockPatience = 5 * time.Second
	lockPoll     = 50 * time.Millisecond
)

// ErrLocked says that another program holds the file's lock, or left it behind.
var ErrLocked = errors.New("locked")

// Write replaces the file called path by what edit makes of its bytes, and
// reports whether that is something else. A file that is not there has none,
// and is made, as its directory is.
//
// It takes the lock that kubectl takes, the file path.lock, and waits a few
// seconds for it; then the error is ErrLocked. The new bytes go to a temporary
// file in the same directory, and from there, once they are on the disk, to
// their place in one step: whenever the process or the machine stops, the file
// is the old one or the new one, and what may stay behind is the lock or the
// temporary file. The mode is 0600, or what it was if that is less; the owner
// stays; a symbolic link stays one. If edit fails the file is untouched, and an
// [*Error] gets the file's name.
func Write(ctx context.Context, path string, edit func([]byte) ([]byte, error)) (bool, error) {
	return writer{}.write(ctx, path, edit)
}

// Steps of a write after which a test stops it.
const (
	stepLocked  = "locked"
	stepRead    = "read"
	stepEdited  = "edited"
	stepCreated = "created"
	stepHalf    = "half written"
	stepWritten = "written"
	stepSynced  = "synced"
	stepRenamed = "renamed"
	stepKept    = "kept"
)

// writer is how a file is written; tests look at its steps.
type writer struct {
	step     func(string)
	patience time.Duration // zero: lockPatience
}

func (w writer) reached(step string) {
	if w.step != nil {
		w.step(step)
	}
}

func (w writer) write(ctx context.Context, path string, edit func([]byte) ([]byte, error)) (changed bool, err error) {
	target, err := resolve(path)
	if err != nil {
		return false, err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return false, fmt.Errorf("make the kubeconfig's directory: %w", err)
	}
	names := []string{path + ".lock", target + ".lock"}
	slices.Sort(names) // the same order in every process
	for _, name := range slices.Compact(names) {
		if err := w.lock(ctx, name); err != nil {
			return false, err
		}
		defer func() {
			if unlocked := os.Remove(name); unlocked != nil && err == nil {
				err = fmt.Errorf("take the kubeconfig's lock away: %w", unlocked)
			}
		}()
	}
	w.reached(stepLocked)
	was, info, err := load(target)
	if err != nil {
		return false, err
	}
	w.reached(stepRead)
	text, err := edit(was)
	if err != nil {
		if e, ok := errors.AsType[*Error](err); ok {
			e.File = path
		}
		return false, err
	}
	w.reached(stepEdited)
	if info != nil && bytes.Equal(text, was) {
		return false, nil
	}
	if err := w.replace(target, text, info); err != nil {
		return false, fmt.Errorf("write %s: %w; the file is as it was", path, err)
	}
	return true, nil
}

// resolve follows symbolic links, also to what is not there yet.
func resolve(path string) (string, error) {
	const most = 40 // as Linux
	for range most {
		to, err := os.Readlink(path)
		if err != nil { // no link, or nothing: opening it says what is wrong
			return path, nil
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return "", fmt.Errorf("open %s: too many symbolic links", path)
}

// load reads a file. One that is not there has no info.
func load(path string) ([]byte, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read the kubeconfig: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s is no file: name one, or - for standard output", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read the kubeconfig: %w", err)
	}
	return text, info, nil
}

// lock makes a lock's file, which must not be there. Source: client-go,
// tools/clientcmd, ModifyConfig.
func (w writer) lock(ctx context.Context, name string) error {
	patience := w.patience
	if patience == 0 {
		patience = lockPatience
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0)
		if err == nil {
			return f.Close()
		}
		if !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("lock the kubeconfig: %w", err)
		}
		timer := time.NewTimer(lockPoll)
		select {
		case <-timer.C:
			continue
		case <-ctx.Done():
			timer.Stop()
		}
		if errors.Is(ctx.Err(), context.Canceled) {
			return ctx.Err()
		}
		since := ""
		if info, err := os.Stat(name); err == nil {
			since = " since " + info.ModTime().UTC().Format(time.RFC3339)
		}
		return fmt.Errorf("%w: %s is there%s: another program changes the kubeconfig, or was stopped while it did; if none runs, remove that file", ErrLocked, name, since)
	}
}

// replace puts a new file in the place of one, or of none.
func (w writer) replace(path string, text []byte, old fs.FileInfo) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*.tmp") // its mode is 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	w.reached(stepCreated)
	if err := keepOwner(f, old); err != nil {
		return err
	}
	half := len(text) / 2
	if _, err := f.Write(text[:half]); err != nil {
		return err
	}
	w.reached(stepHalf)
	if _, err := f.Write(text[half:]); err != nil {
		return err
	}
	w.reached(stepWritten)
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	w.reached(stepSynced)
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	w.reached(stepRenamed)
	// The new file is in its place; that the directory says so after a power cut
	// too is all that is left, and not every file system can.
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
	w.reached(stepKept)
	return nil
}

// keepOwner gives a new file the owner that the old one has, and no right that
// the old one has not, nor any to others.
func keepOwner(f *os.File, old fs.FileInfo) error {
	if old == nil {
		return nil
	}
	if was, ok := old.Sys().(*syscall.Stat_t); ok && (int(was.Uid) != os.Geteuid() || int(was.Gid) != os.Getegid()) {
		if err := f.Chown(int(was.Uid), int(was.Gid)); err != nil {
			if int(was.Uid) != os.Geteuid() {
				return fmt.Errorf("keep its owner, user %d: %w", was.Uid, err)
			}
		}
	}
	return f.Chmod(old.Mode().Perm() & 0o600)
}
