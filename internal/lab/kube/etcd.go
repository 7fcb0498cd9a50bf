package kube

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// Etcd is a running etcd that the real API servers of all clusters share, and
// the directory that all their files are in. Nobody but this user can reach
// it: it listens on sockets in that directory. Start one with StartEtcd.
type Etcd struct {
	programs Programs
	dir      string
	janitor  *janitor
	process  *process
	log      *slog.Logger

	mu    sync.Mutex // guards count
	count int        // clusters so far
}

// startTime bounds how long a program may take until it is ready: a few
// seconds on an idle machine.
const startTime = 2 * time.Minute

// tick is the wait between two looks at a program that starts.
func tick() <-chan time.Time { return time.After(50 * time.Millisecond) }

// StartEtcd starts an etcd and waits until it answers. logger may be nil.
func StartEtcd(ctx context.Context, p Programs, l *slog.Logger) (_ *Etcd, err error) {
	dir, err := os.MkdirTemp("", "postern-kube-")
	if err != nil {
		return nil, fmt.Errorf("start etcd: %w", err)
	}
	e := &Etcd{programs: p, dir: dir, log: logger(l)}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.Close())
		}
	}()
	if e.janitor, err = startJanitor(dir); err != nil {
		return nil, err
	}
	home := filepath.Join(dir, "etcd")
	if err := os.Mkdir(home, 0o700); err != nil {
		return nil, fmt.Errorf("start etcd: %w", err)
	}
	const nobody = "http://127.0.0.1:1" // there is no other member, and clients are told the socket
	e.process, err = start(home, "etcd", p.Etcd, "--data-dir", filepath.Join(home, "data"), "--unsafe-no-fsync", "--log-level", "warn",
		"--listen-client-urls", e.url(), "--advertise-client-urls", nobody,
		"--listen-peer-urls", "unix://"+filepath.Join(home, "peers"), "--initial-advertise-peer-urls", nobody, "--initial-cluster", "default="+nobody)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	if err := e.process.await(ctx, e.ready); err != nil {
		return nil, err
	}
	return e, nil
}

func (e *Etcd) socket() string { return filepath.Join(e.dir, "etcd", "clients") }
func (e *Etcd) url() string    { return "unix://" + e.socket() }

func (e *Etcd) ready(ctx context.Context) error {
	c, err := new(net.Dialer).DialContext(ctx, "unix", e.socket())
	if err == nil {
		c.Close()
	}
	return err
}

// Close ends etcd, and with it every API server that was started over it, and
// removes all their files.
func (e *Etcd) Close() error {
	if e.process != nil {
		e.process.stop()
	}
	if e.janitor != nil {
		return errors.Join(e.janitor.close(), os.RemoveAll(e.dir))
	}
	return os.RemoveAll(e.dir)
}

// newHome makes a directory for one cluster's files. Its number is also the
// cluster's place in etcd, so that one made anew under an old name is empty.
func (e *Etcd) newHome() (home, prefix string, err error) {
	e.mu.Lock()
	e.count++
	n := strconv.Itoa(e.count)
	e.mu.Unlock()
	home = filepath.Join(e.dir, "cluster-"+n)
	return home, "/" + n, os.Mkdir(home, 0o700)
}
