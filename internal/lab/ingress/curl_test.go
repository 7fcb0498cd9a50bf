package ingress_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"postern/internal/lab/ingress"
)

// TestCurl: a client that nobody here wrote gets in both ways, over loopback,
// and is told why where it does not.
func TestCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("curl is missing, and CI needs it")
		}
		t.Skip("SKIPPED: curl is missing: the way in was NOT tried with a foreign client")
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprintf(w, "%s took %d bytes", r.Host, n)
	}))
	defer web.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := ingress.New(ingress.Options{Listener: l, Dial: func(ctx context.Context, vpc, host string, port uint16) (net.Conn, error) {
		switch {
		case vpc != "vpc-1":
			return nil, fmt.Errorf("%q: %w", vpc, ingress.ErrUnknownVPC)
		case host != "inside.example" || port != 80:
			return nil, fmt.Errorf("resolve %s: %w", host, ingress.ErrNoSuchHost)
		}
		var d net.Dialer
		return d.DialContext(ctx, "tcp", web.Listener.Addr().String())
	}})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) { // to dial it could find another's: the port is free
			t.Errorf("the port is open after the end: %v", err)
		}
	}()

	at := l.Addr().String()
	big := strings.Repeat("postern ", 1<<17)
	for _, tt := range []struct {
		name string
		args []string
		ok   bool
		want string // in what curl prints
	}{
		{"SOCKS5", []string{"--socks5-hostname", "vpc-1:x@" + at, "http://inside.example/"}, true, "inside.example took 0 bytes"},
		{"SOCKS5 by URL", []string{"-x", "socks5h://vpc-1@" + at, "--data-binary", "@-", "-H", "Expect:", "http://inside.example/"}, true, "took 1048576 bytes"},
		{"HTTP CONNECT", []string{"-x", "http://vpc-1@" + at, "--proxytunnel", "--data-binary", "@-", "http://inside.example/"}, true, "took 1048576 bytes"},
		{"SOCKS5, no such host", []string{"--socks5-hostname", "vpc-1:x@" + at, "http://outside.example/"}, false, "(4)"},
		{"SOCKS5, unknown VPC", []string{"--socks5-hostname", at, "http://inside.example/"}, false, "(2)"},
		{"HTTP, no such host", []string{"-v", "-x", "http://vpc-1@" + at, "--proxytunnel", "http://outside.example/"}, false, "Postern-Lab-Why: resolve outside.example: no such host"},
		{"HTTP, no CONNECT", []string{"-x", "http://" + at, "http://inside.example/"}, true, "forwards no other method"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), curl, append([]string{"-q", "-sS", "--max-time", "20"}, tt.args...)...)
			cmd.Env = append(os.Environ(), "no_proxy=", "NO_PROXY=")
			cmd.Stdin = strings.NewReader(big)
			out, err := cmd.CombinedOutput()
			if (err == nil) != tt.ok || !strings.Contains(string(out), tt.want) {
				t.Errorf("curl: %v, want %q in\n%s", err, tt.want, out)
			}
		})
	}
}
