package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"postern/internal/lab"
	"postern/internal/trace"
)

// repairable are breakages that the lines which trace prints repair by
// themselves. The others need somebody's decision, or Terraform.
var repairable = []trace.Code{
	trace.ZoneMissing, trace.ZoneNotAssociated, trace.ZoneHidden, trace.RecordMissing, trace.RecordDangling, trace.RecordWrong, trace.VPCDNSOff,
	trace.RouteMissing, trace.RouteWrong, trace.ACLDenies, trace.ReturnMissing, trace.ReturnACLDenies, trace.EndpointRefuses,
	trace.ConnectionPending, trace.ConnectionRejected, trace.PrincipalMissing, trace.ListenerMissing, trace.ListenerElsewhere, trace.BalancerRefuses, trace.BalancerEgress,
	trace.TargetsNone, trace.TargetsStale, trace.TargetsIncomplete, trace.TargetsWrongPort, trace.HealthCheckWrong, trace.SyncPaused,
	trace.AdmitMissing, trace.AdmitGroupOnly, trace.AdmitACLDenies, trace.ClusterPublic,
}

var traceRepairs = flag.Bool("trace.repairs", false, "try every repair that trace prints; each takes seconds")

// fewRepairs are tried in any case: with several lines, of each kind.
var fewRepairs = []trace.Code{trace.ZoneHidden, trace.ACLDenies, trace.TargetsStale, trace.AdmitGroupOnly}

// TestTraceRepairs types what trace prints, as it is printed, into a shell with
// the AWS CLI: the path is healthy again.
func TestTraceRepairs(t *testing.T) {
	if _, err := exec.LookPath("aws"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the AWS CLI is missing, and CI needs it: see make doctor")
		}
		t.Skip("SKIPPED: the AWS CLI is missing (see make doctor): the repairs were NOT tried")
	}
	tr := newTracer(t, lab.Options{Speed: 600, Seed: 1, Consistent: true, Unthrottled: true})
	tried := map[trace.Code]bool{}
	for _, c := range traceCases {
		if !slices.Contains(repairable, c.code) || tried[c.code] || c.verdict == trace.Broken && c.code == trace.PrincipalMissing {
			continue
		}
		if !*traceRepairs && !slices.Contains(fewRepairs, c.code) {
			continue
		}
		tried[c.code] = true
		if !t.Run(c.what, func(t *testing.T) {
			b := newBreaker(t, tr, refOf(t, pathRefs[0]), refOf(t, pathRefs[2]))
			c.do(b)
			f := b.found(c)
			if len(f.Repair.Commands) == 0 {
				t.Fatalf("no line to type: %+v", f)
			}
			b.enter(f.Repair)
			b.undo = nil
			b.mend()
		}) {
			return
		}
	}
	for _, code := range repairable {
		if !tried[code] && (*traceRepairs || slices.Contains(fewRepairs, code)) {
			t.Errorf("%s: no breakage is repaired", code)
		}
	}
}

// enter types lines into a shell, with an account's credentials.
func (b *breaker) enter(r trace.Repair) {
	b.Helper()
	began := time.Now()
	env, err := lab.Env(b.State(), b.Token(), string(r.Account), "us-east-1", "")
	b.must(err)
	env = slices.DeleteFunc(env, func(v string) bool { return strings.HasSuffix(v, "=") })
	cmd := exec.CommandContext(b.Context(), "bash", "-e", "-u")
	cmd.Env = append(env, "PATH="+os.Getenv("PATH"), "HOME="+os.Getenv("HOME"), "AWS_PAGER=")
	cmd.Stdin = strings.NewReader(strings.Join(r.Commands, "\n") + "\n")
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("%v\n%s\n%s", err, strings.Join(r.Commands, "\n"), out)
	}
	b.Log(fmt.Sprint(time.Since(began)), strings.Join(r.Commands, "\n"))
}
