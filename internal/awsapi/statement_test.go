package awsapi

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// policyStatement is a statement of an IAM policy.
type policyStatement struct {
	Effect    string
	Action    oneOrMore
	Resource  oneOrMore
	Condition any
}

// oneOrMore is a JSON string, or a list of them.
type oneOrMore []string

func (o *oneOrMore) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*o = oneOrMore{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(o))
}

// documented returns, by action, the statement of the documented policy.
func documented(t *testing.T) map[string]policyStatement {
	t.Helper()
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "## The least that sync needs")
	_, block, _ := strings.Cut(section, "```json\n")
	block, _, _ = strings.Cut(block, "```")
	var policy struct{ Statement []policyStatement }
	if err := json.Unmarshal([]byte(block), &policy); err != nil {
		t.Fatalf("the documented policy: %v", err)
	}
	all := map[string]policyStatement{}
	for _, s := range policy.Statement {
		for _, action := range s.Action {
			all[action] = s
		}
	}
	return all
}

// Whoever follows a hint gives the role no more than the documented policy
// does: the same condition, and no wider a resource.
func TestHintsGiveNoMoreThanThePolicy(t *testing.T) {
	policy := documented(t)
	for action := range every {
		if action == "sts:GetCallerIdentity" { // needs no right
			continue
		}
		page, ok := policy[action]
		if !ok {
			t.Errorf("docs/security.md does not allow %s", action)
			continue
		}
		resource := string(group)
		if cmp.Equal(page.Resource, oneOrMore{"*"}) {
			resource = ""
		}
		var hint policyStatement
		if err := json.Unmarshal([]byte(statement(purpose{action: action, resource: resource})), &hint); err != nil {
			t.Fatalf("%s: %v", action, err)
		}
		if d := cmp.Diff(page.Condition, hint.Condition); d != "" {
			t.Errorf("%s: the condition (-page +hint):\n%s", action, d)
		}
	}
	for _, action := range []string{"elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:AddTags"} {
		if policy[action].Condition == nil {
			t.Errorf("docs/security.md allows %s without a condition", action)
		}
	}
}
