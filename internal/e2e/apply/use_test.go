package apply

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"postern/internal/lab/state"
)

// fullOnly skips a test unless the flag asks for it.
func fullOnly(t *testing.T) {
	t.Helper()
	if !*full {
		t.Skip("with -apply.full only, as make soak runs it")
	}
}

// config is the configuration of an SDK with the keys of an account's
// administrator.
func (s *stack) config(account, region string) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: &s.url, RetryMaxAttempts: 20,
		Credentials: credentials.NewStaticCredentialsProvider(state.StaticKey(account), state.StaticSecret, ""),
	}
}

// session is the environment of a role's session, which an account's
// administrator begins.
func (s *stack) session(account, role string) []string {
	s.Helper()
	out, err := sts.NewFromConfig(s.config(account, "us-east-1")).AssumeRole(s.Context(), &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: new("apply")})
	if err != nil {
		s.Fatal(err)
	}
	c := out.Credentials
	return []string{"AWS_ACCESS_KEY_ID=" + *c.AccessKeyId, "AWS_SECRET_ACCESS_KEY=" + *c.SecretAccessKey, "AWS_SESSION_TOKEN=" + *c.SessionToken}
}

// calls counts the calls to an action, such as elbv2:AddTags, that a role's
// sessions made so far and that were not refused.
func (s *stack) calls(action, role string) int {
	s.Helper()
	all, _, err := s.lab.Calls(s.Context(), 0)
	if err != nil {
		s.Fatal(err)
	}
	n := 0
	for _, c := range all {
		if c.Service+":"+c.Action == action && c.Code == "" && strings.Contains(c.ARN, fmt.Sprintf(":assumed-role/%s/", role)) {
			n++
		}
	}
	return n
}

// answers reports whether a cluster answers kubectl now.
func (s *stack) answers(ref string) bool {
	s.Helper()
	_, _, status := s.exec("", "kubectl", "--request-timeout=2s", "--context", ref, "get", "--raw", "/readyz")
	return status == 0
}

// subnets are the subnets of the VPC that the world calls name, by AZ ID.
func (s *stack) subnets(name string) map[string]string {
	s.Helper()
	id, found := s.vpc(name), map[string]string{}
	for _, a := range s.state().World.Accounts {
		for _, sub := range a.Subnets {
			if sub.VPC == id {
				found[sub.ZoneID] = sub.ID
			}
		}
	}
	return found
}

// output reads an output of the root.
func (r *root) output(name string, to any) {
	r.Helper()
	out, errs, status := r.terraform("output", "-json", name)
	if err := json.Unmarshal([]byte(out), to); status != 0 || err != nil {
		r.Fatalf("output %s: status %d, %v\n%s", name, status, err, errs)
	}
}

// wantNoChangesMarked fails the test if an apply would change anything while sync
// keeps a mark on the group of a cluster.
func (r *root) wantNoChangesMarked(ref string) {
	r.Helper()
	r.step("a mark is made", func() { r.marked(ref) })
	r.wantNoChanges("while a mark exists")
	if seen := r.planned(); !strings.Contains(seen, `"postern:marks":"-10.0.0.99@`) {
		r.Error("the plan saw no mark")
	}
	r.step("the mark is gone", func() { r.unmarked(ref) })
}
