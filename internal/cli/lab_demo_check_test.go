package cli

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab"
	"postern/internal/lab/ingress"
	"postern/internal/lab/traffic"
)

// told is a demo that tells its story to a string.
func told() (*demo, *strings.Builder) {
	var b strings.Builder
	return &demo{narrator: &narrator{w: &b, began: time.Now()}, moved: map[string]lab.Moved{}}, &b
}

func addrs(all ...string) []netip.Addr {
	var out []netip.Addr
	for _, a := range all {
		out = append(out, netip.MustParseAddr(a))
	}
	return out
}

// A line is never wider than a terminal, if its words allow it, and loses none.
func TestWrapped(t *testing.T) {
	word := strings.Repeat("x", 40)
	for _, tt := range []struct{ name, line, want string }{
		{"short", "   a line", "   a line\n"},
		{"empty", "   ", "\n"},
		{"just fits", strings.Repeat("y", 100), strings.Repeat("y", 100) + "\n"},
		{"prose", "   " + word + " " + word + " " + word, "   " + word + " " + word + "\n       " + word + "\n"},
		{"a row", "  " + word + "  two words " + word + " here and there", "  " + word + "\n      two words " + word + " here and there\n"},
		{"a label", "  ok  " + word + " " + word + " " + word, "  ok  " + word + " " + word + "\n      " + word + "\n"},
		{"one long word", "  " + strings.Repeat("z", 120) + " end", "  " + strings.Repeat("z", 120) + " end\n"},
		{"colour has no width", "\x1b[31mred\x1b[0m " + strings.Repeat("y", 96), "\x1b[31mred\x1b[0m " + strings.Repeat("y", 96) + "\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, out := told()
			d.wrapped(tt.line, "")
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// The demo's first step holds only if the direct dial finds no route and the
// private path ends at the load balancer's node, both in silence.
func TestNoWay(t *testing.T) {
	const direct, named = "10.0.1.46:443", "prod.example.org:443"
	noRoute := &traffic.ProxyError{Kind: ingress.KindTimeout, Reason: "route: no route to 10.0.1.46"}
	noTarget := &traffic.ProxyError{Kind: ingress.KindTimeout, Reason: "node: no target in service"}
	for _, tt := range []struct {
		name  string
		dials map[string]error // nil: it connects
		holds bool
	}{
		{"as it should be", map[string]error{direct: noRoute, named: noTarget}, true},
		{"the direct dial connects", map[string]error{direct: nil, named: noTarget}, false},
		{"the path connects", map[string]error{direct: noRoute, named: nil}, false},
		{"a refusal is no timeout", map[string]error{direct: &traffic.ProxyError{Kind: ingress.KindRefused, Reason: noRoute.Reason}, named: noTarget}, false},
		{"another hop", map[string]error{direct: noTarget, named: noTarget}, false},
		{"no hop", map[string]error{direct: noRoute, named: errors.New("broken")}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, out := told()
			d.dial = func(_ context.Context, _, addr string) (net.Conn, error) {
				err, known := tt.dials[addr]
				if !known {
					t.Errorf("dialed %s", addr)
				}
				if err != nil {
					return nil, err
				}
				near, far := net.Pipe()
				far.Close()
				return near, nil
			}
			err := d.noWay(t.Context(), lab.ClusterState{Ref: firstMover, Host: "prod.example.org", Serving: addrs("10.0.1.46")})
			if (err == nil) != tt.holds || err != nil && !errors.Is(err, errNotHeld) || strings.Contains(out.String(), "FAILED") == tt.holds {
				t.Errorf("holds %v, want %v:\n%s", err, tt.holds, out)
			}
		})
	}
}

// A trip is one only if each hop is the one that belongs there.
func TestTrip(t *testing.T) {
	var s lab.State
	if err := json.Unmarshal([]byte(`{"hub": {"account": "111111111111"}, "world": {"accounts": [
		{"account": "111111111111", "endpoints": [{"interfaces": [{"addr": "10.102.0.9", "loadBalancer": "one"}, {"addr": "10.102.1.9", "loadBalancer": "two"}]}]},
		{"account": "333333333333", "endpoints": [{"interfaces": [{"addr": "10.102.0.7", "loadBalancer": "one"}]}],
			"loadBalancers": [{"arn": "one", "vpc": "vpc-1", "zones": [{"addr": "10.0.0.5"}, {"addr": "10.0.1.5"}]}, {"arn": "two", "vpc": "vpc-2", "zones": [{"addr": "10.0.0.5"}]}]}
	]}}`), &s); err != nil {
		t.Fatal(err)
	}
	c := lab.ClusterState{Ref: secondMover, VPC: "vpc-1", Serving: addrs("10.0.0.20", "10.0.0.21")}
	if err := json.Unmarshal([]byte(`[{"targets": [{"target": {"id": "10.0.0.20"}, "state": "healthy"}, {"target": {"id": "10.0.0.22"}, "state": "healthy"}]}]`), &c.Groups); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, endpoint, node, server, want string }{
		{"as it should be", "10.102.0.9", "10.0.1.5", "10.0.0.20", ""},
		{"no endpoint", "10.102.0.1", "10.0.1.5", "10.0.0.20", "no interface endpoint"},
		{"an endpoint of another account", "10.102.0.7", "10.0.1.5", "10.0.0.20", "no interface endpoint"},
		{"another cluster's endpoint", "10.102.1.9", "10.0.0.5", "10.0.0.20", "no node of two"},
		{"straight from the hub", "10.102.0.9", "10.100.15.254", "10.0.0.20", "no node of one"},
		{"no target", "10.102.0.9", "10.0.1.5", "10.0.0.21", "10.0.0.21 answered"},
		{"a target that is not the cluster's", "10.102.0.9", "10.0.1.5", "10.0.0.22", "10.0.0.22 answered"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			hops := addrs(tt.endpoint, tt.node, tt.server)
			err := trip{endpoint: hops[0], node: hops[1], server: hops[2]}.judge(&s, c)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// Who answered must be the addresses that a move took away, until it was over,
// and those at which the cluster is.
func TestAnswerers(t *testing.T) {
	done := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	moved := map[string]lab.Moved{firstMover: {Old: addrs("10.0.0.1", "10.0.0.2"), New: addrs("10.0.0.3"), Done: done}}
	answers := func(names ...string) (all []traffic.Instance) {
		for _, n := range names {
			all = append(all, traffic.Instance{Ref: firstMover, Name: n + " use1-az1", Count: 7, Last: done})
		}
		return append(all, traffic.Instance{Ref: secondMover, Name: "10.0.9.9", Count: 1})
	}
	late := answers("10.0.0.1", "10.0.0.2", "10.0.0.3")
	late[0].Last = done.Add(time.Minute)
	for _, tt := range []struct {
		name     string
		answered []traffic.Instance
		want     string
	}{
		{"as it should be", answers("10.0.0.1", "10.0.0.2", "10.0.0.3"), ""},
		{"an old one never did", answers("10.0.0.1", "10.0.0.3"), "only [10.0.0.1 (7)] answered"},
		{"no new one did", answers("10.0.0.1", "10.0.0.2"), "and [] answered"},
		{"a stranger did", answers("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"), "and [10.0.0.3 10.0.0.4] answered"},
		{"an old one after the end", late, "10.0.0.1 answered at"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, _ := told()
			d.moved = moved
			got := strings.Join(d.answerers(&traffic.Report{Answered: tt.answered}, lab.ClusterState{Ref: firstMover, Serving: addrs("10.0.0.3")}), "; ")
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("wrong is %q, want %q", got, tt.want)
			}
		})
	}
}

// A cut is explained by a move that took the address away, and by nothing else.
func TestStrange(t *testing.T) {
	moved := map[string]lab.Moved{firstMover: {Old: addrs("10.0.0.1")}}
	got := strange([]traffic.Cut{
		{Ref: firstMover, Instance: "10.0.0.1 use1-az1", Why: "a"},
		{Ref: firstMover, Instance: "10.0.0.2 use1-az2", Why: "b"},
		{Ref: secondMover, Instance: "10.0.0.1 euw1-az1", Why: "c"},
		{Ref: firstMover, Why: "d"},
	}, moved)
	if len(got) != 3 || slices.ContainsFunc(got, func(s string) bool { return strings.HasSuffix(s, ": a") }) {
		t.Errorf("strange are %q, want all but the first", got)
	}
}

// What clients met is judged by every count.
func TestRequestsJudged(t *testing.T) {
	for _, tt := range []struct {
		name  string
		r     traffic.Report
		holds bool
	}{
		{"all answered", traffic.Report{DurationMs: 10_000, Requests: traffic.Requests{Sent: 500, OK: 500}}, true},
		{"one failed", traffic.Report{DurationMs: 10_000, Requests: traffic.Requests{Sent: 500, OK: 499, Failed: 1}}, false},
		{"one is lost", traffic.Report{DurationMs: 10_000, Requests: traffic.Requests{Sent: 500, OK: 499}}, false},
		{"some were not sent", traffic.Report{DurationMs: 10_000, Requests: traffic.Requests{Sent: 499, OK: 499, Skipped: 1}}, false},
		{"too few", traffic.Report{DurationMs: 10_000, Requests: traffic.Requests{Sent: 400, OK: 400}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, _ := told()
			if err := d.answered(&tt.r); (err == nil) != tt.holds {
				t.Errorf("%v, want it to hold: %v", err, tt.holds)
			}
		})
	}
	for held, holds := range map[int]bool{20: true, 19: false} {
		d, _ := told()
		if err := d.held(&traffic.Report{Watches: traffic.Watches{Wanted: 20, Held: held}}); (err == nil) != holds {
			t.Errorf("%d of 20 held: %v, want it to hold: %v", held, err, holds)
		}
	}
}

func TestNamespaces(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   []string
	}{
		{"a list", 200, `{"items": [{"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}]}`, []string{"a", "b"}},
		{"refused", 403, `{"items": [{"metadata": {"name": "a"}}]}`, nil},
		{"empty", 200, `{"items": []}`, nil},
		{"no JSON", 200, `ok`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			answer := &http.Response{StatusCode: tt.status, Body: readCloser{strings.NewReader(tt.body)}}
			got, err := namespaces(answer)
			if diff := cmp.Diff(tt.want, got); diff != "" || (err == nil) != (tt.want != nil) {
				t.Errorf("error %v (-want +got)\n%s", err, diff)
			}
		})
	}
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }
