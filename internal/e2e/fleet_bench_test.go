package e2e

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"postern/internal/awsapi"
	"postern/internal/fleet"
	"postern/internal/lab"
	"postern/internal/lab/state"
	"postern/internal/plan"
)

// serveHub is the variable that makes this test binary a lab with a hub.
const serveHub = "E2E_SERVE_HUB"

// TestServeHub is the other process of BenchmarkSnapshot.
func TestServeHub(t *testing.T) {
	clusters, err := strconv.Atoi(os.Getenv(serveHub))
	if err != nil {
		return
	}
	l, err := lab.New(lab.Options{
		World: lab.GeneratedHub(clusters, 5), Speed: 1e6, Address: "127.0.0.1:0", Unthrottled: true, Consistent: true,
		DNSListen: func(string) (net.PacketConn, net.Listener, error) { return nil, nil, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() { // ends with its parent
		_, _ = bufio.NewReader(os.Stdin).ReadByte()
		stop()
	}()
	go func() {
		<-l.Ready()
		registerAll(t, l.Store(), clusters)
		fmt.Println("serving", l.URL())
	}()
	if err := l.Run(ctx); err != nil {
		t.Fatal(err)
	}
}

// hubRegions are the regions of a generated hub with so many clusters.
func hubRegions(clusters int) []string { return lab.GeneratedRegions((clusters + 49) / 50) }

// registerAll registers every cluster's addresses, as sync would.
func registerAll(t *testing.T, s *state.Store, clusters int) {
	for _, region := range hubRegions(clusters) {
		c := state.Caller{Account: genAccount, Region: region}
		groups, _, err := s.DescribeTargetGroups(c, state.TargetGroupQuery{})
		if err != nil {
			t.Error(err)
		}
		for _, g := range groups {
			found, _, err := s.DescribeNetworkInterfaces(c, state.InterfaceQuery{Filters: []state.Filter{
				{Name: "description", Values: []string{plan.ENIDescription(g.Tags[plan.TagCluster])}},
			}})
			if err != nil {
				t.Error(err)
			}
			var targets []state.Target
			for _, i := range found {
				targets = append(targets, state.Target{ID: i.Addr.String(), Port: plan.APIPort})
			}
			if err := s.RegisterTargets(c, g.ARN, targets); err != nil {
				t.Error(err)
			}
		}
	}
}

// startHub starts a lab with a hub in a process of its own, and returns its URL.
func startHub(b *testing.B, clusters int) string {
	b.Helper()
	serve := exec.Command(os.Args[0], "-test.run", "^TestServeHub$", "-test.timeout", "30m")
	serve.Env = append(os.Environ(), fmt.Sprintf("%s=%d", serveHub, clusters))
	serve.Stderr = os.Stderr
	in, err := serve.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := serve.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); _ = serve.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "serving "); ok {
			go func() { // keep its pipe empty
				for lines.Scan() {
				}
			}()
			return url
		}
	}
	b.Fatal("the lab did not start")
	return ""
}

// BenchmarkSnapshot is the look at a fleet of 500 clusters in 10 regions that
// status takes, at 20 ms a call. The lab is another process on the same
// processors. It reports the calls a cluster, the heap that the snapshot
// holds, and the most that the process had.
func BenchmarkSnapshot(b *testing.B) {
	const clusters, latency = 500, 20 * time.Millisecond
	url := startHub(b, clusters)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 256
	var ask awsapi.SnapshotAsk
	ask.Hub = fleet.Hub{Account: "111111111111", Region: "us-east-1"}
	for _, region := range hubRegions(clusters) {
		ask.Hubs = append(ask.Hubs, awsapi.ScopeConfig{Account: "111111111111", Region: plan.Region(region)})
		ask.Scopes = append(ask.Scopes, awsapi.ScopeConfig{
			Account: genAccount, Region: plan.Region(region), RoleARN: "arn:aws:iam::" + genAccount + ":role/" + lab.SyncRole,
		})
	}
	cloud := func(share float64) *awsapi.Cloud {
		return awsapi.New(aws.Config{
			Region: "us-east-1", BaseEndpoint: aws.String(url), HTTPClient: &http.Client{Transport: slow{transport, latency}},
			Credentials: credentials.NewStaticCredentialsProvider("LABKEY111111111111", "lab", ""),
		}, awsapi.Options{APIShare: share})
	}
	for _, bb := range []struct {
		name  string
		share float64
	}{{"unpaced", 0}, {"paced by 0.3", 0.3}} {
		b.Run(bb.name, func(b *testing.B) {
			var s *fleet.Snapshot
			for b.Loop() {
				s = cloud(bb.share).Snapshot(b.Context(), ask)
			}
			if n := healthyLinks(s); n != clusters {
				b.Fatalf("%d of %d clusters with healthy targets, an endpoint and a zone", n, clusters)
			}
			calls := 0
			for _, call := range slices.Sorted(maps.Keys(s.Calls)) {
				calls += s.Calls[call]
				b.Logf("%6d %s", s.Calls[call], call)
			}
			b.ReportMetric(float64(calls)/clusters, "calls/cluster")
			var before, with runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&with)
			runtime.KeepAlive(s)
			s = nil
			runtime.GC()
			runtime.ReadMemStats(&before)
			b.ReportMetric(float64(with.HeapAlloc-before.HeapAlloc)/(1<<20), "MB-held")
			status, err := os.ReadFile("/proc/self/status")
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(kilobytes(string(status), "VmHWM:"))/1024, "MB-peak")
		})
	}
}

// healthyLinks counts the clusters whose parts are all there.
func healthyLinks(s *fleet.Snapshot) int {
	n := 0
	for _, ref := range s.Fleet() {
		c, links := s.Cluster(ref), s.Links(ref)
		if c == nil || c.Host == "" || len(links) != 1 {
			continue
		}
		healthy := slices.ContainsFunc(links[0].Targets.Items, func(r plan.Registered) bool { return r.Healthy() })
		for _, v := range s.Services(links[0]) {
			if ends := s.Endpoints(v); healthy && len(ends) == 1 && len(ends[0].Addrs) == 2 && len(s.ZonesOf(c.Host)) == 1 {
				n++
			}
		}
	}
	return n
}
