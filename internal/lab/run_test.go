package lab_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"postern/internal/lab"
)

// cache makes dir the user's cache directory, on every system.
func cache(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, dir)
	}
}

// TestRunOnSockets starts a lab on real sockets, finds it as another terminal
// would, and sees that nothing of it is left.
func TestRunOnSockets(t *testing.T) {
	cache(t)
	l, err := lab.New(lab.Options{Address: "127.0.0.1:0", Announce: true, Speed: 60})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- l.Run(ctx) }()
	<-l.Ready()

	_, port, _ := strings.Cut(strings.TrimPrefix(l.URL(), "http://"), ":")
	info, err := os.Stat(lab.TokenFile(port))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("token file: %v, %v", info, err)
	}
	env := func(name string) string { return map[string]string{"POSTERN_LAB": l.URL()}[name] }
	client, err := lab.Find(env)
	if err != nil {
		t.Fatal(err)
	}
	s, err := client.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Clusters) != 3 || len(s.Views) != 8 || s.Views[0].Name != "public" || s.Speed != 60 || s.URL != l.URL() {
		t.Errorf("state: %d clusters, views %v, speed %g, %s", len(s.Clusters), s.Views, s.Speed, s.URL)
	}
	for _, network := range []string{"udp", "tcp"} {
		c := dns.Client{Net: network}
		m, _, err := c.ExchangeContext(t.Context(), new(dns.Msg).SetQuestion(s.Clusters[0].Host+".", dns.TypeA), s.Views[0].Address)
		if err != nil || len(m.Answer) < 2 || m.Answer[0].Header().Ttl != 1 {
			t.Errorf("%s: %v, %v", network, m, err)
		}
	}

	// Ask for something that takes an hour, and end the lab meanwhile.
	if _, err := client.AddFault(t.Context(), "delay by=1h"); err != nil {
		t.Fatal(err)
	}
	asked := make(chan error, 1)
	go func() {
		req, _ := http.NewRequest(http.MethodGet, l.URL()+"/clusters", nil)
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=LABKEY222222222222/20000101/us-east-1/eks/aws4_request, SignedHeaders=host, Signature=0")
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		asked <- err
	}()
	begin := time.Now()
	stop()
	if err := <-ran; err != nil {
		t.Errorf("run: %v", err)
	}
	if d := time.Since(begin); d > time.Second {
		t.Errorf("shutdown took %s", d)
	}
	<-asked // answered or cut off, but not an hour later
	if _, err := os.Stat(lab.TokenFile(port)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("token file after the end: %v", err)
	}
	for _, address := range []string{strings.TrimPrefix(l.URL(), "http://"), s.Views[0].Address, s.Views[6].Address} {
		again, err := net.Listen("tcp", address)
		if err != nil {
			t.Errorf("port is still taken: %v", err)
			continue
		}
		again.Close()
	}
	if _, err := lab.Find(env); err == nil || !strings.Contains(err.Error(), "none is running on port "+port+": ") {
		t.Errorf("find after the end: %v", err)
	}
}

func TestNewRefusesAddresses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	tests := []struct{ address, want string }{
		{taken.Addr().String(), "listen on " + taken.Addr().String() + ": the port is in use, perhaps by another lab: choose another with --listen"},
		{"0.0.0.0:0", "listen on 0.0.0.0:0: only loopback addresses are allowed"},
		{"[::]:0", "listen on [::]:0: only loopback addresses are allowed"},
		{":4566", "listen on :4566: only loopback addresses are allowed"},
		{"192.0.2.1:4566", "listen on 192.0.2.1:4566: only loopback addresses are allowed"},
		{"example.com:4566", "listen on example.com:4566: only loopback addresses are allowed"},
		{"4566", `listen on "4566": give an address and a port`},
	}
	for _, tt := range tests {
		_, err := lab.New(lab.Options{Address: tt.address})
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: error\n%v\nwant the beginning\n%s", tt.address, err, tt.want)
		}
	}
	open, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lab.New(lab.Options{Listener: open}); err == nil || !strings.Contains(err.Error(), "only loopback") {
		t.Errorf("a given listener on every address: %v", err)
	}
	if _, err := open.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the refused listener is still open: %v", err)
	}
}

// TestGuards: what a web page could make a browser send is refused, before
// AWS's APIs and before the control API alike.
func TestGuards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lab.Options{})
		tests := []struct {
			name, host, header, value, path string
			token                           string
			want                            int
		}{
			{"control", "", "", "", "/_lab/v1/state", f.Token(), http.StatusOK},
			{"control by name", "localhost:4566", "", "", "/_lab/v1/state", f.Token(), http.StatusOK},
			{"control by IPv6", "[::1]:4566", "", "", "/_lab/v1/state", f.Token(), http.StatusOK},
			{"no token", "", "", "", "/_lab/v1/state", "", http.StatusForbidden},
			{"wrong token", "", "", "", "/_lab/v1/state", f.Token() + "x", http.StatusForbidden},
			{"rebound name", "lab.example.com:4566", "", "", "/_lab/v1/state", f.Token(), http.StatusForbidden},
			{"a name that begins so", "localhost.example.com:4566", "", "", "/_lab/v1/state", f.Token(), http.StatusForbidden},
			{"other port", "127.0.0.1:80", "", "", "/_lab/v1/state", f.Token(), http.StatusForbidden},
			{"no port", "127.0.0.1", "", "", "/_lab/v1/state", f.Token(), http.StatusForbidden},
			{"a page", "", "Origin", "http://127.0.0.1:4566", "/_lab/v1/state", f.Token(), http.StatusForbidden},
			{"a page's picture", "", "Sec-Fetch-Site", "cross-site", "/_lab/v1/state", f.Token(), http.StatusForbidden},
			{"typed by a user", "", "Sec-Fetch-Site", "none", "/_lab/v1/state", f.Token(), http.StatusOK},
			{"unknown", "", "", "", "/_lab/v1/stat", f.Token(), http.StatusNotFound},
			{"aws, rebound name", "lab.example.com:4566", "", "", "/clusters", "", http.StatusForbidden},
			{"aws, a page", "", "Origin", "https://example.com", "/clusters", "", http.StatusForbidden},
		}
		for _, tt := range tests {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.URL()+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = tt.host
			if tt.header != "" {
				req.Header.Set(tt.header, tt.value)
			}
			req.Header.Set("X-Postern-Lab-Token", tt.token)
			resp, err := f.http.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != tt.want {
				t.Errorf("%s: status %d, want %d", tt.name, resp.StatusCode, tt.want)
			}
		}
	})
}

func TestFind(t *testing.T) {
	cache(t)
	env := map[string]string{}
	getenv := func(name string) string { return env[name] }
	tests := []struct{ url, token, want string }{
		{"https://127.0.0.1:4566", "x", `read POSTERN_LAB: "https://127.0.0.1:4566" is not a lab's URL, such as http://127.0.0.1:4566`},
		{"127.0.0.1:4566", "x", `read POSTERN_LAB: "127.0.0.1:4566" is not a lab's URL`},
		{"http://example.com:4566", "x", `read POSTERN_LAB: "http://example.com:4566" is not on this machine: a lab always is`},
	}
	for _, tt := range tests {
		env["POSTERN_LAB"], env["POSTERN_LAB_TOKEN"] = tt.url, tt.token
		if _, err := lab.Find(getenv); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%q: error\n%v\nwant the beginning\n%s", tt.url, err, tt.want)
		}
	}
	// Who is there decides what is said.
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	silent, err := lab.New(lab.Options{Address: "127.0.0.1:0", Announce: false})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- silent.Run(ctx) }()
	<-silent.Ready()
	defer func() { stop(); <-ran }()
	for url, want := range map[string]string{
		other.URL:            "is no lab: POSTERN_LAB names it",
		silent.URL():         "but its token is not yours",
		"http://127.0.0.1:1": "none is running on port 1: POSTERN_LAB names it: correct it, or unset it",
	} {
		env["POSTERN_LAB"], env["POSTERN_LAB_TOKEN"] = url, ""
		if _, err := lab.Find(getenv); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", url, err, want)
		}
	}
	env["POSTERN_LAB"], env["POSTERN_LAB_TOKEN"] = "http://localhost:5000/", "secret"
	c, err := lab.Find(getenv)
	if d := cmp.Diff(&lab.Client{URL: "http://localhost:5000", Token: "secret"}, c); err != nil || d != "" {
		t.Errorf("%v (-want +got)\n%s", err, d)
	}

	// A token file that others could have written or can read is not trusted.
	env["POSTERN_LAB"], env["POSTERN_LAB_TOKEN"] = "http://localhost:5000", ""
	path := lab.TokenFile("5000")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(`{"url":"http://127.0.0.1:5000","token":"t"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := lab.Find(getenv); err == nil || !strings.Contains(err.Error(), "others can read") {
		t.Errorf("open token file: %v", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := lab.Find(getenv); err != nil || c.Token != "t" {
		t.Errorf("%v, %v", c, err)
	}
}

// TestTokenFileWithoutCache: who has no cache directory, or may not make one,
// has a directory of their own among the temporary files.
func TestTokenFileWithoutCache(t *testing.T) {
	for name, home := range map[string]string{"no home": "", "a home that is a file": filepath.Join(t.TempDir(), "file")} {
		t.Run(name, func(t *testing.T) {
			if home != "" {
				if err := os.WriteFile(home, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			tmp := t.TempDir()
			t.Setenv("TMPDIR", tmp)
			t.Setenv("HOME", home)
			t.Setenv("XDG_CACHE_HOME", "")
			l, err := lab.New(lab.Options{Address: "127.0.0.1:0", Announce: true})
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			ran := make(chan error, 1)
			go func() { ran <- l.Run(ctx) }()
			<-l.Ready()
			own := filepath.Join(tmp, fmt.Sprintf("postern-%d", os.Getuid()))
			if files, _ := filepath.Glob(filepath.Join(own, "lab-*.json")); len(files) != 1 {
				t.Errorf("token files: %v", files)
			}
			if _, err := lab.Find(func(name string) string { return map[string]string{"POSTERN_LAB": l.URL()}[name] }); err != nil {
				t.Error(err)
			}
			stop()
			if err := <-ran; err != nil {
				t.Error(err)
			}

			// One that others could have made is not used.
			if err := os.Chmod(own, 0o777); err != nil {
				t.Fatal(err)
			}
			if l, err = lab.New(lab.Options{Address: "127.0.0.1:0", Announce: true}); err != nil {
				t.Fatal(err)
			}
			if err := l.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "others can read or have made it") {
				t.Errorf("a directory that everybody may write to: %v", err)
			}
		})
	}
}

// TestFollowsVPCs: a VPC that is made later gets its view, and loses it.
func TestFollowsVPCs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lab.Options{World: &lab.World{Accounts: []string{account}}})
		c := caller(account, region)
		vpc, err := f.Store().CreateVpc(c, vpcInput)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if v := f.Views(); len(v) != 2 || v[1].Name != vpc.ID {
			t.Fatalf("views %v", v)
		}
		if m, err := f.lookup(t, vpc.ID, "example.org"); err != nil || m.Rcode != dns.RcodeNameError {
			t.Errorf("lookup: %v, %v", m, err)
		}
		if err := f.Store().DeleteVpc(c, vpc.ID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if v := f.Views(); len(v) != 1 {
			t.Errorf("views %v", v)
		}
	})
}
