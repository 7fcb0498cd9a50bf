package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"postern/internal/lab"
	"postern/internal/report"
)

// BenchmarkStatus is the command postern status, the program itself, on a fleet
// of 500 healthy clusters in 10 regions at 20 ms a call: from its start to its
// end. It reports its peak memory and the calls a cluster. The lab and what
// delays its answers are other processes on the same processors.
func BenchmarkStatus(b *testing.B) {
	const clusters, latency = 500, 20 * time.Millisecond
	delayed := httptest.NewServer(later(startHub(b, clusters), latency))
	defer delayed.Close()

	var scopes strings.Builder
	fmt.Fprintf(&scopes, "scopes:\n  - account: %q\n    roleArn: arn:aws:iam::%s:role/%s\n    regions: [%s]\n", genAccount, genAccount, lab.SyncRole, strings.Join(hubRegions(clusters), ", "))
	scopes.WriteString("hub: {account: \"111111111111\", region: us-east-1}\n")
	file := filepath.Join(b.TempDir(), "postern.yaml")
	if err := os.WriteFile(file, []byte(scopes.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	postern := buildPostern(b)
	for _, bb := range []struct{ name, share string }{{"unpaced", "0"}, {"as it is", "1"}} {
		b.Run(bb.name, func(b *testing.B) {
			peak, calls, cpu := int64(0), 0, time.Duration(0)
			for b.Loop() {
				cmd := exec.CommandContext(b.Context(), postern, "status", "--config", file, "--api-share", bb.share, "--output", "json")
				cmd.Env = []string{
					"AWS_ENDPOINT_URL=" + delayed.URL, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=LABKEY111111111111", "AWS_SECRET_ACCESS_KEY=lab",
					"AWS_EC2_METADATA_DISABLED=true", "HOME=" + b.TempDir(),
				}
				cmd.Stderr = os.Stderr
				out, err := cmd.Output()
				var doc report.Status
				if jsonErr := json.Unmarshal(out, &doc); err != nil || jsonErr != nil || doc.Summary.OK != clusters {
					b.Fatalf("status: %v, %v; %+v; orphans %+v; not checked: %+v", err, jsonErr, doc.Summary, doc.Orphans, doc.NotChecked)
				}
				calls, cpu = 0, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
				for _, n := range doc.Summary.Calls {
					calls += n
				}
				if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
					peak = max(peak, int64(r.Maxrss))
				}
			}
			b.ReportMetric(float64(peak)/1024, "peak-MB")
			b.ReportMetric(float64(calls)/clusters, "calls/cluster")
			b.ReportMetric(cpu.Seconds(), "CPU-s")
		})
	}
}

// later passes requests on after a while, and the answers back.
func later(to string, by time.Duration) http.HandlerFunc {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 256
	by -= time.Millisecond // which it takes itself
	return func(w http.ResponseWriter, r *http.Request) {
		fail := func(err error) { http.Error(w, err.Error(), http.StatusBadGateway) }
		body, err := io.ReadAll(r.Body)
		if err != nil {
			fail(err)
			return
		}
		out, err := http.NewRequestWithContext(r.Context(), r.Method, to+r.URL.RequestURI(), bytes.NewReader(body))
		if err != nil {
			fail(err)
			return
		}
		out.Header = r.Header
		answer, err := slow{transport, by}.RoundTrip(out)
		if err != nil {
			fail(err)
			return
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			fail(err)
			return
		}
		maps.Copy(w.Header(), answer.Header)
		w.WriteHeader(answer.StatusCode)
		_, _ = w.Write(text)
	}
}
