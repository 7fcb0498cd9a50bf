package memnet

import (
	"os"
	"sync"
	"time"
)

// deadline is a point in time that can be waited for, and moved meanwhile.
type deadline struct {
	mu    sync.Mutex // guards what follows
	timer *time.Timer
	past  chan struct{} // closed while the deadline is past
}

func newDeadline() *deadline { return &deadline{past: make(chan struct{})} }

// set moves the deadline to t; the zero time takes it away.
func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	if isClosed(d.past) {
		d.past = make(chan struct{})
	}
	if t.IsZero() {
		return
	}
	wait := time.Until(t)
	if wait <= 0 {
		close(d.past)
		return
	}
	var mine *time.Timer
	mine = time.AfterFunc(wait, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.timer == mine { // else it was moved while this function waited for mu
			close(d.past)
			d.timer = nil
		}
	})
	d.timer = mine
}

// passed returns the channel that is closed when the deadline passes.
func (d *deadline) passed() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.past
}

func (d *deadline) err() error {
	if isClosed(d.passed()) {
		return os.ErrDeadlineExceeded
	}
	return nil
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// change is something that can be waited for again and again: each broadcast
// wakes everybody who took the channel before. The lock of its owner guards
// it.
type change struct{ c chan struct{} }

func (n *change) next() <-chan struct{} {
	if n.c == nil {
		n.c = make(chan struct{})
	}
	return n.c
}

func (n *change) broadcast() {
	if n.c != nil {
		close(n.c)
		n.c = nil
	}
}
