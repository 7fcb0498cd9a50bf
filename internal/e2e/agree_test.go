package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/plan"
	"postern/internal/report"
)

// askBoto prints what boto3 sees of a cluster's link, in sorted lines.
const askBoto = `
import boto3, sys
elb, eks, tags = (boto3.client(s) for s in ("elbv2", "eks", "resourcegroupstaggingapi"))
found = tags.get_resources(TagFilters=[{"Key": "postern:cluster", "Values": ["prod"]}], ResourceTypeFilters=["elasticloadbalancing:targetgroup"])
group = found["ResourceTagMappingList"][0]["ResourceARN"]
print(group)
print(eks.describe_cluster(name="prod")["cluster"]["endpoint"].removeprefix("https://").lower())
for t in sorted(d["Target"]["Id"] for d in elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"] if d["TargetHealth"]["State"] == "healthy"):
    print(t)
`

// askCLI prints the same by the AWS CLI.
const askCLI = `set -eu
group=$(aws resourcegroupstaggingapi get-resources --tag-filters Key=postern:cluster,Values=prod --resource-type-filters elasticloadbalancing:targetgroup --query 'ResourceTagMappingList[0].ResourceARN' --output text)
echo "$group"
aws eks describe-cluster --name prod --query cluster.endpoint --output text | sed s,https://,, | tr A-Z a-z
aws elbv2 describe-target-health --target-group-arn "$group" --query "TargetHealthDescriptions[?TargetHealth.State=='healthy'].Target.Id" --output text | tr '\t' '\n' | sort
`

// TestClientsAgree runs the real binary's lab, and asks it through the AWS
// CLI, boto3 and sync: all must see the same, and the second sync must make
// no write.
func TestClientsAgree(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the AWS CLI takes seconds")
	}
	for _, name := range []string{"aws", "python3"} {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is missing, and CI needs it: see make doctor", name)
			}
			t.Skipf("SKIPPED: %s is missing (see make doctor): the lab was NOT tried with other clients", name)
		}
	}
	bin := buildPostern(t)
	lab := exec.Command(bin, "lab", "up", "--listen", "127.0.0.1:0", "--proxy", "127.0.0.1:0")
	var said bytes.Buffer
	out, err := lab.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	lab.Stderr = &said
	if err := lab.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = lab.Process.Signal(syscall.SIGINT)
		if err := lab.Wait(); lab.ProcessState.ExitCode() != report.ExitInterrupted {
			t.Errorf("lab ended with %v: %s", err, said.String())
		}
	}()
	url := ""
	for buf := make([]byte, 4096); url == ""; {
		n, err := out.Read(buf)
		if err != nil {
			t.Fatalf("the lab ended: %v: %s", err, said.String())
		}
		for word := range strings.FieldsSeq(string(buf[:n])) {
			if strings.HasPrefix(word, "http://127.0.0.1:") {
				url = word
				break
			}
		}
	}
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(bin, append([]string{"lab", "exec", "--account", "222222222222", "--region", "us-east-1", "--"}, args...)...)
		cmd.Env = append(os.Environ(), "POSTERN_LAB="+url)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		text, err := cmd.Output()
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
			t.Fatalf("%v: %v", args, err)
		}
		if stderr.Len() > 0 {
			t.Logf("%v: %s", args, stderr.String())
		}
		return string(text)
	}
	sync := func() report.Link {
		t.Helper()
		var doc report.Sync
		text := run(bin, "sync", "us-east-1/prod", "--output", "json")
		if err := json.Unmarshal([]byte(text), &doc); err != nil || len(doc.Links) != 1 {
			t.Fatalf("sync printed (%v): %s", err, text)
		}
		for _, write := range []string{"elbv2:RegisterTargets", "elbv2:DeregisterTargets", "elbv2:AddTags"} {
			if doc.Links[0].Result == plan.Converged && doc.Summary.Calls[write] > 0 {
				t.Errorf("sync says converged and called %s", write)
			}
		}
		return doc.Links[0]
	}
	link := sync()
	for deadline := time.Now().Add(time.Minute); link.Result != plan.Converged; link = sync() {
		if time.Now().After(deadline) {
			t.Fatalf("sync does not converge: %+v", link)
		}
	}
	seen := []string{string(link.TargetGroupARN), link.Endpoint}
	var addrs []string
	for _, d := range link.Decisions {
		addrs = append(addrs, d.Address)
	}
	slices.Sort(addrs)
	want := strings.Join(append(seen, addrs...), "\n") + "\n"
	if len(addrs) < 2 {
		t.Errorf("sync sees %v", addrs)
	}
	if diff := cmp.Diff(want, run("bash", "-c", askCLI)); diff != "" {
		t.Errorf("the AWS CLI and sync differ (-sync +cli):\n%s", diff)
	}
	if diff := cmp.Diff(want, run("python3", "-c", askBoto)); diff != "" {
		t.Errorf("boto3 and sync differ (-sync +boto3):\n%s", diff)
	}
}
