package state_test

import (
	"testing"

	"postern/internal/lab/iam"
	"postern/internal/lab/state"
)

// TestPoliciesOfAWS: the managed policies of AWS's own that the lab has can be
// attached, and all of each can be evaluated.
func TestPoliciesOfAWS(t *testing.T) {
	s := state.New(state.Options{Enforce: true})
	w := &world{Store: s, t: t}
	_, err := s.CreateRole(caller, state.IAMRoleInput{Name: "role", Trust: `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"eks.amazonaws.com"}}}`})
	w.ok(err)
	for _, name := range []string{"AdministratorAccess", "AmazonEKSClusterPolicy", "service-role/AWSLambdaBasicExecutionRole", "service-role/AWSLambdaVPCAccessExecutionRole"} {
		arn := "arn:aws:iam::aws:policy/" + name
		w.ok(s.AttachRolePolicy(caller, "role", arn))
		v, _, err := s.GetPolicyVersion(caller, arn, "v1")
		w.ok(err)
		p, err := iam.Parse(v.Document, iam.Identity)
		w.ok(err)
		if err := p.Unsupported(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.AttachRolePolicy(caller, "role", "arn:aws:iam::aws:policy/NoSuchPolicy"); code(err) != "NoSuchEntity" {
		t.Errorf("a policy that AWS does not have: %v", err)
	}
}
