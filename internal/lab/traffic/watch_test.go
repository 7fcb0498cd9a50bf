package traffic_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/memnet"
	"postern/internal/lab/traffic"
)

// watchServer serves watches one after another by what it is told to do.
type watchServer struct {
	mu       sync.Mutex
	versions []string // that watches asked for, in order
	serve    func(n int, w http.ResponseWriter, r *http.Request)
}

func (s *watchServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	n := len(s.versions)
	q := r.URL.Query()
	s.versions = append(s.versions, q.Get("resourceVersion"))
	s.mu.Unlock()
	if r.URL.Path != traffic.DefaultWatchPath || q.Get("watch") != "true" || q.Get("allowWatchBookmarks") != "true" {
		http.NotFound(w, r)
		return
	}
	s.serve(n, w, r)
}

func say(w http.ResponseWriter, kind, version string) {
	fmt.Fprintf(w, `{"type":%q,"object":{"kind":"Namespace","metadata":{"resourceVersion":%q}}}`+"\n", kind, version)
	http.NewResponseController(w).Flush()
}

// TestWatches: each end of a watch is told apart, the next one goes on where
// it was, and what was cut says how long it lived and when it was back.
func TestWatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		var dropped time.Time // when the silent watch's connection was
		s := &watchServer{serve: func(n int, w http.ResponseWriter, r *http.Request) {
			w.Header().Set(traffic.InstanceHeader, fmt.Sprintf("eni-%d", n))
			switch n {
			case 0: // cut after a minute
				say(w, "ADDED", "10")
				say(w, "BOOKMARK", "11")
				time.Sleep(time.Minute)
				panic(http.ErrAbortHandler)
			case 1, 2: // no service for a time
				http.Error(w, "not now", http.StatusServiceUnavailable)
			case 3: // ended by the server
				say(w, "MODIFIED", "20")
				time.Sleep(10 * time.Second)
			case 4: // too old
				fmt.Fprintln(w, `{"type":"ERROR","object":{"kind":"Status","code":410}}`)
			case 5: // a mistake of the server
				say(w, "ADDED", "30")
				fmt.Fprintln(w, `{"type":"ERROR","object":{"kind":"Status","code":500}}`)
			case 6: // nonsense
				fmt.Fprintln(w, `{"type":"HELLO"}`)
			case 7: // silence
				say(w, "ADDED", "40")
				<-r.Context().Done()
				dropped = time.Now()
			default: // held to the end
				for r.Context().Err() == nil {
					say(w, "BOOKMARK", "50")
					time.Sleep(time.Minute)
				}
			}
		}}
		c := newCluster(t, &n, "prod", "10.0.0.1:443", s)
		r := run(t, time.Hour, traffic.Options{Targets: []traffic.Target{c.target}, Watches: 1, Dial: to(&n, map[string]string{"prod": c.address})})
		time.Sleep(time.Hour) // lets the handlers end

		// 503 does not say that 11 is forgotten, but to begin anew loses nothing here.
		if diff := cmp.Diff([]string{"", "11", "", "", "20", "", "", "", "40"}, s.versions); diff != "" {
			t.Errorf("versions that were asked for (-want +got):\n%s", diff)
		}
		w := r.Watches
		if w.Wanted != 1 || w.Held != 1 || w.Opened != 7 || w.NotOpened != 2 || w.Ended != 2 || w.Cut != 4 {
			t.Errorf("watches %+v", w)
		}
		if r.Targets[0].Held != 1 || r.Targets[0].Cut != 4 || r.Requests.Sent != 0 || r.Requests.Failed != 0 {
			t.Errorf("target %+v, requests %+v: a cut watch is no failed request", r.Targets[0], r.Requests)
		}
		if len(w.Failures) != 1 || w.Failures[0].Count != 2 || w.Failures[0].Why != "503 Service Unavailable" {
			t.Errorf("failures to open %+v", w.Failures)
		}
		type end struct {
			Kind          traffic.Kind
			Why, Instance string
			Lived         float64
			Attempts      int
		}
		var got []end
		for _, c := range w.Newest {
			got = append(got, end{c.Kind, c.Why, c.Instance, c.LivedMs, c.Attempts})
			if c.BackMs < 100 || c.BackMs > 15_000 {
				t.Errorf("back after %g ms", c.BackMs)
			}
		}
		want := []end{ // newest first
			{traffic.KindSilent, "no byte for 2m0s", "eni-7", 120_000, 1},
			{traffic.KindAnswer, `read event: no event has type "HELLO"`, "eni-6", 0, 1},
			{traffic.KindStatus, "the watch ended with 500 Internal Server Error", "eni-5", 0, 1},
			{traffic.KindCut, "closed before its end", "eni-0", 60_000, 3},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("cuts (-want +got):\n%s", diff)
		}
		if silent := w.Newest[0]; !dropped.Equal(silent.Time) || silent.BackMs > 200 {
			t.Errorf("the silent watch's connection was dropped at %s; %+v, want it then and back at once", dropped, silent)
		}
		if w.Lived.MaxMs != 120_000 || w.Gap.MaxMs <= 0 || len(w.Cuts) != 4 {
			t.Errorf("lived %+v, gap %+v, cuts %+v", w.Lived, w.Gap, w.Cuts)
		}
		if w.Bookmarks < 50 || w.Events != w.Bookmarks+4 {
			t.Errorf("%d events, %d bookmarks", w.Events, w.Bookmarks)
		}
	})
}

// TestWatchesSpread: watches are spread over the targets, a cut of one
// target's is not the other's, and they do not all come back at one moment.
func TestWatchesSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		cut := make(chan struct{})
		var mu sync.Mutex
		back := map[time.Time]int{}
		s := &watchServer{serve: func(n int, w http.ResponseWriter, r *http.Request) {
			say(w, "BOOKMARK", "1")
			if n >= 20 {
				mu.Lock()
				back[time.Now()]++
				mu.Unlock()
				<-r.Context().Done()
				return
			}
			select {
			case <-cut:
				panic(http.ErrAbortHandler)
			case <-r.Context().Done():
			}
		}}
		a := newCluster(t, &n, "a", "10.0.0.1:443", s)
		b := newCluster(t, &n, "b", "10.0.0.2:443", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			say(w, "BOOKMARK", "1")
			<-r.Context().Done()
		}))
		ctx, cancel := context.WithCancel(t.Context())
		client, err := traffic.New(traffic.Options{Targets: []traffic.Target{a.target, b.target}, Watches: 40, Silence: time.Hour, Dial: to(&n, map[string]string{"a": a.address, "b": b.address})})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { client.Run(ctx); close(ended) }()
		time.Sleep(time.Minute)
		if r := client.Report(); r.Watches.Held != 40 || r.Targets[0].Held != 20 || r.Targets[1].Held != 20 {
			t.Errorf("held %+v", r.Watches)
		}
		close(cut)
		synctest.Wait()
		if r := client.Report(); r.Watches.Held != 20 || r.Watches.Cut != 20 || r.Watches.Newest[0].BackMs != 0 || r.Targets[1].Cut != 0 {
			t.Errorf("after the cut: %+v", r.Watches)
		}
		time.Sleep(time.Second)
		mu.Lock()
		moments := len(back)
		mu.Unlock()
		if r := client.Report(); r.Watches.Held != 40 || r.Watches.Opened != 60 || moments < 15 {
			t.Errorf("a second later: %+v; back at %d moments", r.Watches, moments)
		}
		cancel()
		<-ended
	})
}

// TestEnd: the end of the client is no failure and no cut.
func TestEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Network
		c := newCluster(t, &n, "prod", "10.0.0.1:443", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == traffic.DefaultPath {
				time.Sleep(4 * time.Second)
				io.WriteString(w, "ok")
				return
			}
			say(w, "BOOKMARK", "1")
			<-r.Context().Done()
		}))
		r := run(t, 10*time.Second, traffic.Options{Targets: []traffic.Target{c.target}, Rate: 20, Watches: 10, Dial: to(&n, map[string]string{"prod": c.address})})
		if q, w := r.Requests, r.Watches; q.Failed != 0 || q.OK != q.Sent || w.Cut != 0 || w.Ended != 0 || w.Held != 10 {
			t.Errorf("requests %+v, watches %+v", q, w)
		}
	})
}

// FuzzEvent: what is taken is one of the five types of event.
func FuzzEvent(f *testing.F) {
	f.Add([]byte(`{"type":"ADDED","object":{"metadata":{"resourceVersion":"12"}}}`))
	f.Add([]byte(`{"type":"ERROR","object":{"kind":"Status","code":410}}`))
	f.Add([]byte(`{"type":"BOOKMARK","object":null}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		kind, version, err := traffic.ParseEvent(line)
		if err != nil {
			if kind != "" || version != "" {
				t.Fatalf("an error and a %q with %q", kind, version)
			}
			return
		}
		again, v, err := traffic.ParseEvent(fmt.Appendf(nil, `{"type":%q,"object":{"metadata":{"resourceVersion":%s}}}`, kind, quote(version)))
		if err != nil || again != kind || v != version {
			t.Fatalf("%q with %q came back as %q with %q, error %v", kind, version, again, v, err)
		}
	})
}
