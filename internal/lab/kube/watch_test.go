package kube_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestWatch: what was there, then each change once, in order.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, nil)
		w := c.watch(cmPath + "?watch=1")
		c.must("POST", cmPath, `{"metadata":{"name":"a","labels":{"tier":"x"}}}`)
		from := at(c.must("GET", cmPath, ""), "metadata", "resourceVersion").(string)
		labelled := c.watch(cmPath + "?watch=1&labelSelector=tier%3Dx&resourceVersion=" + from)
		c.must("PATCH", cmPath+"/a", `{"metadata":{"labels":{"tier":"y"}}}`, "Content-Type: application/merge-patch+json")
		c.must("PATCH", cmPath+"/a", `{"metadata":{"labels":{"tier":"x"}}}`, "Content-Type: application/merge-patch+json")
		c.must("DELETE", cmPath+"/a", "")
		expect := func(name string, w *watcher, want ...string) {
			t.Helper()
			var got []string
			last := 0
			for range want {
				line, o := w.next()
				got = append(got, line)
				var version int
				if _, err := fmt.Sscan(at(o, "metadata", "resourceVersion").(string), &version); err != nil || version <= last {
					t.Errorf("%s: %s has version %d after %d", name, line, version, last)
				}
				last = version
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		expect("all", w, "ADDED a", "MODIFIED a", "MODIFIED a", "DELETED a")
		// An object that loses its label is deleted for who chose by the label.
		expect("by label", labelled, "DELETED a", "ADDED a", "DELETED a")
		expect("as it began", c.watch(cmPath+"?watch=1&resourceVersion="+from), "MODIFIED a", "MODIFIED a", "DELETED a")
	})
}

// TestWatchNamespaceEnds: kubectl delete waits for this.
func TestWatchNamespaceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, nil)
		c.must("POST", nsPath, `{"metadata":{"name":"team"}}`)
		w := c.watch(nsPath + "?watch=true&fieldSelector=metadata.name%3Dteam")
		c.must("DELETE", nsPath+"/team", "")
		var got []string
		for range 3 {
			line, o := w.next()
			got = append(got, fmt.Sprint(line, " ", at(o, "status", "phase")))
		}
		if diff := cmp.Diff([]string{"ADDED team Active", "MODIFIED team Terminating", "DELETED team Terminating"}, got); diff != "" {
			t.Errorf("watch (-want +got):\n%s", diff)
		}
	})
}

// TestWatchTimes: bookmarks each minute for who asked, and an end at
// timeoutSeconds, or after half an hour to an hour.
func TestWatchTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, nil)
		begin := time.Now()
		read := func(w *watcher) (got []string) {
			for {
				line, _ := w.next()
				got = append(got, line)
				if line == "EOF" {
					return got
				}
			}
		}
		from := at(c.must("GET", cmPath, ""), "metadata", "resourceVersion").(string)
		got := read(c.watch(cmPath + "?watch=1&allowWatchBookmarks=true&timeoutSeconds=150&resourceVersion=" + from))
		if diff := cmp.Diff([]string{"BOOKMARK", "BOOKMARK", "BOOKMARK", "EOF"}, got); diff != "" {
			t.Errorf("with bookmarks (-want +got):\n%s", diff)
		}
		if took := time.Since(begin); took != 150*time.Second {
			t.Errorf("it took %s", took)
		}
		if diff := cmp.Diff([]string{"EOF"}, read(c.watch(cmPath+"?watch=1&timeoutSeconds=150&resourceVersion="+from))); diff != "" {
			t.Errorf("without (-want +got):\n%s", diff)
		}
		begin = time.Now()
		read(c.watch(cmPath + "?watch=1"))
		if took := time.Since(begin); took < 30*time.Minute || took > time.Hour {
			t.Errorf("without timeoutSeconds it took %s", took)
		}
	})
}

// TestStreamingList: sendInitialEvents ends what is there with a bookmark.
func TestStreamingList(t *testing.T) {
	c := newCluster(t, nil)
	w := c.watch(nsPath + "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true")
	var got []string
	for range 5 {
		line, o := w.next()
		got = append(got, line)
		if line == "BOOKMARK" && at(o, "metadata", "annotations", "k8s.io/initial-events-end") != "true" {
			t.Errorf("bookmark: %v", o)
		}
	}
	if diff := cmp.Diff([]string{"ADDED default", "ADDED kube-node-lease", "ADDED kube-public", "ADDED kube-system", "BOOKMARK"}, got); diff != "" {
		t.Errorf("watch (-want +got):\n%s", diff)
	}
	if r := c.call("GET", nsPath+"?watch=1&sendInitialEvents=true", ""); r.code != 422 {
		t.Errorf("without its companions: %d", r.code)
	}
}

// TestWatchTable: kubectl get -w. The columns come once.
func TestWatchTable(t *testing.T) {
	c := newCluster(t, nil)
	w := c.watch(nsPath+"?watch=1", "Accept: application/json;as=Table;v=v1;g=meta.k8s.io")
	for i := range 4 {
		_, o := w.next()
		if columns := o["columnDefinitions"]; (columns != nil) != (i == 0) || len(o["rows"].([]any)) != 1 {
			t.Errorf("line %d: %v", i, o)
		}
	}
}

// TestWatchTooOld: who fell behind what the server remembers is told so.
func TestWatchTooOld(t *testing.T) {
	c := newCluster(t, nil)
	for i := range 2100 { // each a creation and a deletion: more than are remembered
		name := fmt.Sprint("n", i)
		c.must("POST", cmPath, configMap(name, ""))
		c.must("DELETE", cmPath+"/"+name, "")
	}
	r := c.call("GET", cmPath+"?watch=1&resourceVersion=1", "")
	if s := object(t, r.body); r.code != 410 || s["reason"] != "Expired" {
		t.Errorf("old: %d %s", r.code, r.body)
	}
	r = c.call("GET", cmPath+"?watch=1&resourceVersion=99999", "")
	if s := object(t, r.body); r.code != 504 || at(s["details"].(map[string]any)["causes"].([]any)[0], "reason") != "ResourceVersionTooLarge" {
		t.Errorf("of the future: %d %s", r.code, r.body)
	}
}

// TestWatchIsAListThatFollows: a list plus the changes of a watch from there
// is the list at any later time.
func TestWatchIsAListThatFollows(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := newCluster(t, nil)
		defer c.server.Close()
		known := map[string]string{}
		change := func(op, name string) {
			path := cmPath + "/" + name
			label := rapid.SampledFrom([]string{"x", "y"}).Draw(r, "label")
			body := fmt.Sprintf(`{"metadata":{"name":%q,"labels":{"tier":%q}}}`, name, label)
			switch op {
			case "put":
				if c.call("POST", cmPath, body).code == 409 {
					c.must("PUT", path, body)
				}
			case "delete":
				c.call("DELETE", path, "")
			}
		}
		draw := func() {
			change(rapid.SampledFrom([]string{"put", "put", "delete"}).Draw(r, "op"), rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "name"))
		}
		for range rapid.IntRange(0, 5).Draw(r, "before") {
			draw()
		}
		const chosen = "labelSelector=tier%3Dx"
		list := c.must("GET", cmPath+"?"+chosen, "")
		for _, item := range list["items"].([]any) {
			known[at(item, "metadata", "name").(string)] = at(item, "metadata", "resourceVersion").(string)
		}
		for range rapid.IntRange(0, 12).Draw(r, "after") {
			draw()
		}
		end := c.must("GET", cmPath+"?"+chosen, "")
		w := c.watch(cmPath + "?watch=1&timeoutSeconds=0&allowWatchBookmarks=true&" + chosen + "&resourceVersion=" + at(list, "metadata", "resourceVersion").(string))
		defer w.stop()
		c.must("POST", cmPath, `{"metadata":{"name":"last","labels":{"tier":"x"}}}`)
		for {
			line, o := w.next()
			kind, name, _ := strings.Cut(line, " ")
			if name == "last" {
				break
			}
			_, had := known[name]
			if want := map[string]bool{"ADDED": false, "MODIFIED": true, "DELETED": true}[kind]; had != want {
				r.Fatalf("%s, and the client knows of it: %t", line, had)
			}
			known[name] = at(o, "metadata", "resourceVersion").(string)
			if kind == "DELETED" {
				delete(known, name)
			}
		}
		want := map[string]string{}
		for _, item := range end["items"].([]any) {
			want[at(item, "metadata", "name").(string)] = at(item, "metadata", "resourceVersion").(string)
		}
		if diff := cmp.Diff(want, known); diff != "" {
			r.Fatalf("followed (-list +watch):\n%s", diff)
		}
	})
}

// TestNoUpdateIsLost: writers that name the version that they read count
// together, whoever comes first.
func TestNoUpdateIsLost(t *testing.T) {
	c := newCluster(t, nil)
	c.must("POST", cmPath, configMap("counter", `,"data":{"n":"0"}`))
	const writers, each = 8, 25
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for done := 0; done < each; {
				o := object(t, c.call("GET", cmPath+"/counter", "").body)
				var n int
				if _, err := fmt.Sscan(at(o, "data", "n").(string), &n); err != nil {
					t.Error(err)
					return
				}
				body := fmt.Sprintf(`{"metadata":{"name":"counter","resourceVersion":%q},"data":{"n":"%d"}}`, at(o, "metadata", "resourceVersion"), n+1)
				switch r := c.call("PUT", cmPath+"/counter", body); r.code {
				case 200:
					done++
				case 409:
				default:
					t.Errorf("%d %s", r.code, r.body)
					return
				}
			}
		})
	}
	wg.Wait()
	if n := at(c.must("GET", cmPath+"/counter", ""), "data", "n"); n != fmt.Sprint(writers*each) {
		t.Errorf("%v writes count, want %d", n, writers*each)
	}
}

// TestCloseCutsWatches: nothing is left running, and no watch ends by itself.
func TestCloseCutsWatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, nil)
		var watches []*watcher
		for _, http2 := range []bool{false, true} {
			c.client = c.newClient(http2)
			for range 5 {
				watches = append(watches, c.watch(nsPath+"?watch=1"))
			}
			defer c.client.CloseIdleConnections()
		}
		for _, w := range watches {
			for range 4 {
				w.next()
			}
		}
		begin := time.Now()
		if err := c.server.Close(); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("close took %s", took)
		}
		for _, w := range watches {
			var line any
			if err := w.dec.Decode(&line); err == nil {
				t.Errorf("a watch went on: %v", line)
			}
		}
		near, far := pipe()
		c.server.ServeConn(far, instance) // returns at once
		if _, err := near.Read(make([]byte, 1)); err == nil {
			t.Error("a closed server took a connection")
		}
	})
}
