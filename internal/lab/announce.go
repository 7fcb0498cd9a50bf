package lab

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// announcement is the token file of a running lab.
type announcement struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

// tokenDirs returns where token files may be, the better place first: the
// user's cache directory, and one of the user's own among the temporary files
// for those who have no cache directory or may not write there.
func tokenDirs() []string {
	own := filepath.Join(os.TempDir(), fmt.Sprintf("postern-%d", os.Getuid()))
	if dir, err := os.UserCacheDir(); err == nil {
		return []string{filepath.Join(dir, "postern"), own}
	}
	return []string{own}
}

// TokenFile returns the path of the file by which commands of the same user
// find the lab on a port: the first that exists, or where one would be.
func TokenFile(port string) string {
	var paths []string
	for _, dir := range tokenDirs() {
		paths = append(paths, filepath.Join(dir, "lab-"+port+".json"))
	}
	for _, path := range paths {
		if _, err := os.Lstat(path); err == nil {
			return path
		}
	}
	return paths[0]
}

// makeTokenDir makes the first directory for token files that can be made and
// that nobody else could have prepared.
func makeTokenDir() (string, error) {
	var failed []error
	for _, dir := range tokenDirs() {
		err := os.MkdirAll(dir, 0o700)
		if err == nil {
			err = ours(dir, fs.ModeDir)
		}
		if err == nil {
			return dir, nil
		}
		failed = append(failed, err)
	}
	return "", errors.Join(failed...)
}

// ours refuses what belongs to another user, what others may write to or, if it
// is a file, read, and what is not of the type.
func ours(path string, typ fs.FileMode) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	denied := fs.FileMode(0o077)
	if typ == fs.ModeDir {
		denied = 0o022
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if info.Mode().Type() != typ || info.Mode().Perm()&denied != 0 || ok && int(stat.Uid) != os.Getuid() {
		return fmt.Errorf("%s: others can read or have made it: remove it", path)
	}
	return nil
}

// announce writes the token file, readable by its owner only, and returns
// what removes it again unless another lab has taken the port meanwhile.
func announce(port, url, token string) (remove func(), err error) {
	text, err := json.Marshal(announcement{URL: url, Token: token})
	if err != nil {
		return nil, fmt.Errorf("write token file: %w", err)
	}
	dir, err := makeTokenDir()
	if err != nil {
		return nil, fmt.Errorf("write token file: %w", err)
	}
	path := filepath.Join(dir, "lab-"+port+".json")
	// A new file that takes the place of one that a killed lab left: its mode
	// is ours from the first byte on, and no link is followed.
	tmp, err := os.CreateTemp(dir, ".lab-*")
	if err != nil {
		return nil, fmt.Errorf("write token file: %w", err)
	}
	_, err = tmp.Write(text)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		os.Remove(tmp.Name())
		return nil, fmt.Errorf("write token file: %w", err)
	}
	return func() {
		if now, err := os.ReadFile(path); err == nil && bytes.Equal(now, text) {
			os.Remove(path)
		}
	}, nil
}

// readAnnouncement reads the token file of a port. The error wraps
// fs.ErrNotExist if no lab is announced there.
func readAnnouncement(port string) (announcement, error) {
	path := TokenFile(port)
	if err := ours(path, 0); isNotExist(err) {
		return announcement{}, err
	} else if err != nil {
		return announcement{}, fmt.Errorf("read token file: %w", err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return announcement{}, fmt.Errorf("read token file: %w", err)
	}
	var a announcement
	if err := json.Unmarshal(text, &a); err != nil || a.URL == "" || a.Token == "" {
		return announcement{}, fmt.Errorf("read token file %s: it is damaged: remove it", path)
	}
	return a, nil
}

func isNotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }
