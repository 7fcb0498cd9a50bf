package lab

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// announcement is the token file of a running lab.
type announcement struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

// TokenFile returns the path of the file by which commands of the same user
// find the lab on a port: in the user's cache directory, or where there is
// none in the directory for temporary files.
func TokenFile(port string) string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "postern", "lab-"+port+".json")
}

// announce writes the token file, readable by its owner only, and returns
// what removes it again unless another lab has taken the port meanwhile.
func announce(port, url, token string) (remove func(), err error) {
	path := TokenFile(port)
	text, err := json.Marshal(announcement{URL: url, Token: token})
	if err != nil {
		return nil, fmt.Errorf("write token file: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("write token file: %w", err)
	}
	// A new file that takes the place of one that a killed lab left: its mode
	// is ours from the first byte on, and no link is followed.
	tmp, err := os.CreateTemp(filepath.Dir(path), ".lab-*")
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
	info, err := os.Lstat(path)
	if err != nil {
		return announcement{}, err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return announcement{}, fmt.Errorf("read token file %s: others can read or have made it: remove it", path)
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
