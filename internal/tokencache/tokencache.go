// Package tokencache provides short-lived credentials that one run of the
// program leaves for the next, in files that only their owner reads.
//
// What is there is used only if it is certain to be one's own: the directory
// and the file belong to this user, nobody else has a right to them, the file is
// whole and not about to end. Anything else is as if nothing were there.
package tokencache

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// spare is how long before its end a token is no longer given: whoever asks
	// for one uses it for more than a moment.
	spare = time.Minute
	// longest is more than any token lives. A file that says otherwise is wrong.
	longest = 15 * time.Minute
	// largest is many times the size of a file.
	largest = 64 << 10
	suffix  = ".json"
)

// Dir is a directory of tokens.
type Dir string

// Default returns the user's own. It is not made before something is put there.
func Default() (Dir, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache directory: %w", err)
	}
	return Dir(filepath.Join(cache, "postern", "tokens")), nil
}

// Key returns the key of a token from everything that it depends on. None of it
// can be read back from the key.
func Key(inputs ...string) string {
	h := sha256.New()
	for _, in := range inputs {
		fmt.Fprintf(h, "%d:%s", len(in), in)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// entry is a file's content.
type entry struct {
	Key   string    `json:"key"`
	Token string    `json:"token"`
	Ends  time.Time `json:"ends"`
}

// Get returns the token of a key and its end, if there is one that can still be
// used.
func (d Dir) Get(key string, now time.Time) (token string, ends time.Time, ok bool) {
	if !d.own() {
		return "", time.Time{}, false
	}
	// A link, or a device that would never end, is not followed or waited for.
	f, err := os.OpenFile(d.file(key), os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "", time.Time{}, false
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() || !private(info) || info.Size() > largest {
		return "", time.Time{}, false
	}
	text, err := io.ReadAll(io.LimitReader(f, largest))
	var e entry
	if err != nil || json.Unmarshal(text, &e) != nil || e.Key != key || e.Token == "" {
		return "", time.Time{}, false
	}
	if left := e.Ends.Sub(now); left < spare || left > longest {
		return "", time.Time{}, false
	}
	return e.Token, e.Ends, true
}

// Put keeps a token until it ends, and takes away those that have ended. One
// that could not be given again is not kept.
func (d Dir) Put(key, token string, ends, now time.Time) error {
	if left := ends.Sub(now); left < spare || left > longest {
		return nil
	}
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return fmt.Errorf("keep the token: %w", err)
	}
	if !d.own() {
		return fmt.Errorf("keep the token: %s is another user's, or others have rights to it: chmod 700 it, or remove it", string(d))
	}
	d.sweep(now)
	text, err := json.Marshal(entry{key, token, ends.UTC()})
	if err != nil {
		return fmt.Errorf("keep the token: %w", err)
	}
	f, err := os.CreateTemp(string(d), ".*.tmp") // its mode is 0600
	if err != nil {
		return fmt.Errorf("keep the token: %w", err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), d.file(key))
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("keep the token: %w", err)
	}
	return nil
}

// sweep removes files that hold nothing any more.
func (d Dir) sweep(now time.Time) {
	files, err := os.ReadDir(string(d))
	if err != nil {
		return
	}
	for _, f := range files {
		ours := strings.HasSuffix(f.Name(), suffix) || strings.HasSuffix(f.Name(), ".tmp")
		if info, err := f.Info(); err == nil && ours && now.Sub(info.ModTime()) > longest {
			os.Remove(filepath.Join(string(d), f.Name()))
		}
	}
}

func (d Dir) file(key string) string { return filepath.Join(string(d), key+suffix) }

// own reports whether the directory is one, is this user's, and nobody else's.
func (d Dir) own() bool {
	info, err := os.Lstat(string(d))
	return err == nil && info.IsDir() && private(info)
}

// private reports whether something is this user's and nobody else has a right
// to it.
func private(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid() && info.Mode().Perm()&0o077 == 0
}
