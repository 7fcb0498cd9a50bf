package traffic

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"
)

const (
	firstPause = 200 * time.Millisecond // before a watch is opened again, with half of it for chance
	lastPause  = 5 * time.Second        // which the pauses double up to

	maxEvent = 4 << 20 // bytes of one event; etcd holds no object above 1.5 MiB
)

// event is what is read of a watch's event. Source: Kubernetes API concepts,
// efficient detection of changes.
type event struct {
	Type   string `json:"type"`
	Object struct {
		Code     int `json:"code"` // of the Status that an ERROR carries
		Metadata struct {
			ResourceVersion string `json:"resourceVersion"`
		} `json:"metadata"`
	} `json:"object"`
}

// parseEvent reads one line of a watch.
func parseEvent(line []byte) (event, error) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil {
		return event{}, fmt.Errorf("read event: %w", err)
	}
	switch e.Type {
	case "ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR":
		return e, nil
	}
	return event{}, fmt.Errorf("read event: no event has type %q", e.Type)
}

// watch holds a watch until ctx ends, and opens it again whenever it is over.
func (c *Client) watch(ctx context.Context, t *target) {
	var version string // where the next watch goes on; empty: it begins anew
	var cut *Cut       // the last one, until the watch is back
	pause, attempts := firstPause, 0
	for {
		attempts++
		x, f := c.openWatch(ctx, t, version)
		opened := time.Now()
		switch {
		case ctx.Err() != nil:
			if f == nil {
				x.close()
			}
			return
		case f != nil:
			c.counts.watchFailed(t, opened, f)
			if f.kind == KindStatus {
				version = "" // 410: what it stood for is forgotten
			}
		default:
			c.counts.watchOpened(t, opened, cut, attempts)
			cut, attempts = nil, 0
			f, version = c.follow(x, version)
			x.close()
			now := time.Now()
			if ctx.Err() != nil {
				return
			}
			if cut = c.counts.watchOver(t, now, now.Sub(opened), f, x.answer.Header.Get(InstanceHeader)); cut != nil {
				c.o.Logger.DebugContext(ctx, "watch cut", "target", t.Ref, "kind", string(f.kind), "why", f.why, "lived", now.Sub(opened))
			}
			if now.Sub(opened) > lastPause {
				pause = firstPause
			}
		}
		timer := time.NewTimer(pause/2 + rand.N(pause/2))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		pause = min(2*pause, lastPause)
	}
}

func (c *Client) openWatch(ctx context.Context, t *target, version string) (*exchange, *fault) {
	query := url.Values{"watch": {"true"}, "allowWatchBookmarks": {"true"}}
	if version != "" {
		query.Set("resourceVersion", version)
	}
	return c.open(ctx, t, t.path(c.o.WatchPath, query), time.Now().Add(c.o.Timeout))
}

// follow reads a watch that began at version to its end, which is no fault
// when the server ends it as it should. next is where another can go on.
func (c *Client) follow(x *exchange, version string) (f *fault, next string) {
	lines := bufio.NewScanner(&patient{x, c.o.Silence})
	lines.Buffer(nil, maxEvent)
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		e, err := parseEvent(lines.Bytes())
		switch {
		case err != nil:
			return &fault{KindAnswer, cause(err)}, ""
		case e.Type == "ERROR" && e.Object.Code == http.StatusGone:
			return nil, ""
		case e.Type == "ERROR":
			return &fault{KindStatus, fmt.Sprintf("the watch ended with %d %s", e.Object.Code, http.StatusText(e.Object.Code))}, ""
		case e.Object.Metadata.ResourceVersion != "":
			version = e.Object.Metadata.ResourceVersion
		}
		c.counts.event(e.Type == "BOOKMARK")
	}
	switch err := lines.Err(); {
	case err == nil:
		return nil, version
	case isTimeout(err):
		return &fault{KindSilent, fmt.Sprintf("no byte for %s", c.o.Silence)}, version
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &fault{KindCut, "closed before its end"}, version
	case isCut(err):
		return &fault{KindCut, cause(err)}, version
	default:
		return &fault{KindAnswer, cause(err)}, version
	}
}

// patient reads an answer and gives each byte its time.
type patient struct {
	x       *exchange
	silence time.Duration
}

func (p *patient) Read(b []byte) (int, error) {
	p.x.conn.SetReadDeadline(time.Now().Add(p.silence))
	return p.x.answer.Body.Read(b)
}
