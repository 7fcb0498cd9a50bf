package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/fleet"
	"postern/internal/report"
	"postern/internal/trace"
)

// traces are the documents of the golden files.
func traces() map[string]report.Trace {
	prod := ref("222222222222", "us-east-1", "prod")
	s := &fleet.Snapshot{At: started, Hub: fleet.Hub{Account: "111111111111", Region: "us-east-1"}, Calls: map[string]int{"ec2:DescribeVpcs": 3, "eks:DescribeCluster": 1}}
	const host = "0123456789abcdef.gr7.us-east-1.eks.amazonaws.com"
	const group = "arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/postern-prod/0123456789abcdef"
	ok := func(h trace.Hop, object, saw string) trace.Finding {
		return trace.Finding{Hop: h, Verdict: trace.Passed, Object: object, Saw: saw}
	}
	docs := map[string]report.Trace{}
	add := func(name string, o trace.Options, live report.TraceLive, fs ...trace.Finding) {
		p := trace.Path{Ref: prod, From: "subnet-0hub", Findings: fs}
		docs[name] = report.NewTrace(s, p, o, host, live, 345*time.Millisecond)
	}
	probed := report.TraceLive{Made: true, From: "this host, through the proxy http://127.0.0.1:3128", Reason: "a proxy is set"}
	unprobed := report.TraceLive{Reason: "--live never"}

	add("healthy", trace.Options{Address: trace.ByName}, probed,
		ok(trace.HopName, host, "zone Z0123 leads to vpce-0abc-x.vpce-svc-0abc.us-east-1.vpce.amazonaws.com"),
		ok(trace.HopName, host, "a connection by name leads to the cluster (2ms)"),
		ok(trace.HopEndpoint, "vpce-0abc", "available, with 10.101.0.4, 10.101.1.4"),
		ok(trace.HopServer, "10.101.0.4", "the cluster's API server, ready with a token (TCP 1ms, TLS 2ms, answer 1ms)"))

	add("broken", trace.Options{Address: trace.ByVPCE}, probed,
		ok(trace.HopName, "vpce-0abc.example", "clients call the interface endpoint by its own name"),
		trace.Finding{Hop: trace.HopTargets, Verdict: trace.Degraded, Code: trace.SyncPaused, Object: group, Saw: "the tag postern:paused stops sync", Why: "nobody registers new addresses",
			Repair: trace.Repair{Account: "222222222222", Commands: []string{"aws elbv2 remove-tags --region us-east-1 --resource-arns " + group + " --tag-keys postern:paused"}}},
		trace.Finding{Hop: trace.HopTargets, Verdict: trace.Broken, Code: trace.TargetsUnhealthy, Object: group, Saw: "2 of 2 unhealthy: 10.0.1.5 Target.FailedHealthChecks\x1b[2J", Why: "health checks fail", Because: trace.AdmitMissing,
			Repair: trace.Repair{Terraform: "cluster-link: clusters[*].health_check"}},
		trace.Finding{Hop: trace.HopAdmit, Verdict: trace.Broken, Code: trace.AdmitMissing, Object: "sg-0cluster", Saw: "no rule admits TCP 443 from load balancer postern-prod", Why: "the cluster's interfaces drop what the load balancer sends",
			Repair: trace.Repair{Terraform: "cluster-link: clusters", Account: "222222222222", Note: "or look who took it away",
				Commands: []string{"aws ec2 authorize-security-group-ingress --region us-east-1 --group-id sg-0cluster --protocol tcp --port 443 --source-group sg-0balancer"}}},
		trace.Finding{Hop: trace.HopServer, Verdict: trace.Broken, Code: trace.NoAnswer, Object: "10.101.0.4, 10.101.1.4", Saw: "connect to 10.101.0.4:443: context deadline exceeded", Because: trace.AdmitMissing})

	add("denied", trace.Options{Address: trace.ByName}, unprobed,
		ok(trace.HopEndpoint, "vpce-0abc", "available"),
		trace.Finding{Hop: trace.HopAdmit, Verdict: trace.Unchecked, Code: trace.NotChecked, Object: "vpc-0prod", Saw: "the network ACLs of the cluster's VPC: list network ACLs: may not", Repair: trace.Repair{Note: "allow ec2:DescribeNetworkAcls"}},
		trace.Finding{Hop: trace.HopServer, Verdict: trace.Unchecked, Code: trace.NotAsked, Saw: "the API server, as no probes were made: not asked"})
	return docs
}

// TestTraceGolden: each document and its text are what the files say, and the
// document can be read again.
func TestTraceGolden(t *testing.T) {
	for name, doc := range traces() {
		t.Run(name, func(t *testing.T) {
			var out, plain, narrow bytes.Buffer
			if err := report.WriteJSON(&out, doc, false); err != nil {
				t.Fatal(err)
			}
			if err := report.WriteTrace(&plain, doc, report.TextOptions{}); err != nil {
				t.Fatal(err)
			}
			if err := report.WriteTrace(&narrow, doc, report.TextOptions{TTY: true, Colour: true, Width: 100}); err != nil {
				t.Fatal(err)
			}
			for suffix, text := range map[string]string{".json": out.String(), ".txt": plain.String(), ".tty.txt": narrow.String()} {
				file := filepath.Join("testdata", "trace", name+suffix)
				if *update {
					if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), text); diff != "" {
					t.Errorf("%s (-want +got):\n%s", file, diff)
				}
			}
			var again report.Trace
			if err := json.Unmarshal(out.Bytes(), &again); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(doc, again); diff != "" {
				t.Errorf("read again (-written +read):\n%s", diff)
			}
			for line := range strings.Lines(plain.String()) {
				if strings.ContainsRune(line, '\x1b') {
					t.Errorf("a control character reaches the reader: %q", line)
				}
			}
		})
	}
}

func TestTraceExit(t *testing.T) {
	passed := report.TraceFinding{Hop: trace.HopServer, Verdict: trace.Passed}
	for _, test := range []struct {
		name string
		doc  report.Trace
		want int
	}{
		{"right", report.Trace{Verdict: trace.Passed}, report.ExitOK},
		{"broken", report.Trace{Verdict: trace.Broken}, report.ExitDifference},
		{"degraded", report.Trace{Verdict: trace.Degraded}, report.ExitDifference},
		{"not known", report.Trace{Verdict: trace.Unchecked}, report.ExitFailed},
		{"not known, and a probe got through", report.Trace{Verdict: trace.Unchecked, Live: report.TraceLive{Made: true}, Findings: []report.TraceFinding{passed}}, report.ExitOK},
		{"not known, and a probe by one address did not", report.Trace{Verdict: trace.Unchecked, Live: report.TraceLive{Made: true}, Findings: []report.TraceFinding{passed, {Hop: trace.HopServer, Verdict: trace.Unchecked}}}, report.ExitFailed},
	} {
		if got := report.TraceExit(test.doc); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}
