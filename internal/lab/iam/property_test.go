package iam_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"postern/internal/lab/iam"
)

var (
	actions   = []string{"ec2:DescribeVpcs", "ec2:*", "elasticloadbalancing:RegisterTargets", "elasticloadbalancing:*Targets", "*", "iam:GetRole"}
	resources = []string{"*", "arn:aws:ec2:us-east-1:111111111111:vpc/*", "arn:aws:iam::111111111111:role/a?", "arn:aws:iam::*:role/ab"}
	requests  = []iam.Request{
		{Action: "ec2:DescribeVpcs", Resource: "*"},
		{Action: "ec2:DeleteVpc", Resource: "arn:aws:ec2:us-east-1:111111111111:vpc/vpc-1"},
		{Action: "elasticloadbalancing:RegisterTargets", Resource: "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/a/1"},
		{Action: "iam:GetRole", Resource: "arn:aws:iam::111111111111:role/ab"},
	}
	conditions = []string{
		"", `{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}`, `{"StringNotEquals":{"aws:RequestedRegion":"us-east-1"}}`, `{"Null":{"aws:TagKeys":"true"}}`,
		`{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}}`, `{"StringLikeIfExists":{"aws:ResourceTag/a":"b*"}}`,
	}
)

func statement(t *rapid.T, effect string) string {
	text := fmt.Sprintf(`{"Effect":%q,%q:%q,"Resource":%q`, effect, rapid.SampledFrom([]string{"Action", "NotAction"}).Draw(t, "element"),
		rapid.SampledFrom(actions).Draw(t, "action"), rapid.SampledFrom(resources).Draw(t, "resource"))
	if c := rapid.SampledFrom(conditions).Draw(t, "condition"); c != "" {
		text += `,"Condition":` + c
	}
	return text + "}"
}

func policy(t *rapid.T, label string, effects ...string) *iam.Policy {
	list := ""
	for i := range rapid.IntRange(1, 4).Draw(t, label) {
		if i > 0 {
			list += ","
		}
		list += statement(t, rapid.SampledFrom(effects).Draw(t, "effect"))
	}
	p, err := iam.Parse(`{"Version":"2012-10-17","Statement":[`+list+`]}`, iam.Identity)
	if err != nil {
		t.Fatalf("%s: %v", list, err)
	}
	return p
}

func request(t *rapid.T) iam.Request {
	r := rapid.SampledFrom(requests).Draw(t, "request")
	r.By, r.Context = caller, iam.Context{}
	for key, values := range map[string][]string{"aws:RequestedRegion": {"us-east-1", "eu-west-1"}, "aws:TagKeys": {"a", "b"}, "aws:ResourceTag/a": {"bc", "x"}} {
		if v := rapid.SampledFrom(append([]string{""}, values...)).Draw(t, key); v != "" {
			r.Context[key] = []string{v}
		}
	}
	return r
}

// TestExplicitDenyWins: a policy that denies a request is stronger than any
// number of others, wherever it stands.
func TestExplicitDenyWins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, denial := request(t), policy(t, "denial", "Deny")
		g := iam.Grants{Identity: []*iam.Policy{policy(t, "others", "Allow", "Deny")}}
		before := g.Decide(r)
		g.Identity = append(g.Identity, denial)
		after := g.Decide(r)
		all, err := iam.Parse(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, iam.Identity)
		if err != nil {
			t.Fatal(err)
		}
		if denies := !(iam.Grants{Identity: []*iam.Policy{all, denial}}).Decide(r).Allowed; denies && (after.Allowed || !after.Explicit) {
			t.Fatalf("denied, and yet %+v", after)
		} else if !denies && after != before {
			t.Fatalf("a denial of something else changed %+v to %+v", before, after)
		}
	})
}

// TestBoundaryOnlyShrinks: with a boundary nothing is allowed that is not
// without, and all of it is allowed by the boundary too.
func TestBoundaryOnlyShrinks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, bound := request(t), policy(t, "boundary", "Allow", "Deny")
		g := iam.Grants{Identity: []*iam.Policy{policy(t, "identity", "Allow", "Deny")}}
		without := g.Decide(r).Allowed
		inside := (iam.Grants{Identity: []*iam.Policy{bound}}).Decide(r).Allowed
		g.Boundary = bound
		if got := g.Decide(r).Allowed; got != (without && inside) {
			t.Fatalf("allowed %v, without the boundary %v, by the boundary %v", got, without, inside)
		}
	})
}

// TestAllowingMoreAllowsMore: one more statement that allows takes nothing away.
func TestAllowingMoreAllowsMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := request(t)
		g := iam.Grants{Identity: []*iam.Policy{policy(t, "identity", "Allow", "Deny")}}
		before := g.Decide(r)
		g.Identity = append(g.Identity, policy(t, "more", "Allow"))
		if after := g.Decide(r); before.Allowed && !after.Allowed || before.Explicit != after.Explicit {
			t.Fatalf("%+v became %+v", before, after)
		}
	})
}

// FuzzParse: what is a policy is JSON with one statement at least, and decides
// the same each time; a policy that cannot be evaluated says so.
func FuzzParse(f *testing.F) {
	f.Add(`{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["ec2:*"],"Resource":"*","Condition":{"Null":{"aws:TagKeys":"true"}}}]}`, 0)
	f.Add(`{"Statement":{"Effect":"Deny","NotAction":"sts:AssumeRole","Principal":{"AWS":["111111111111"],"Service":"a.amazonaws.com"}}}`, 1)
	f.Add(`{"Statement":{"Effect":"Allow","Action":"*","Principal":"*","NotResource":"arn:aws:s3:::a"}}`, 2)
	f.Fuzz(func(t *testing.T, document string, kind int) {
		p, err := iam.Parse(document, iam.Kind(kind%3))
		if err != nil {
			return
		}
		if !json.Valid([]byte(document)) || len(p.Statements) == 0 {
			t.Fatalf("taken for a policy: %q", document)
		}
		for _, st := range p.Statements {
			if (len(st.Actions) == 0) == (len(st.NotActions) == 0) {
				t.Fatalf("%q: a statement has actions %q and not %q", document, st.Actions, st.NotActions)
			}
		}
		_ = p.Unsupported()
		g := iam.Grants{Identity: []*iam.Policy{p}, Resource: p}
		for _, r := range requests {
			r.By = caller
			if a, b := g.Decide(r), g.Decide(r); a != b || a.Allowed && a.Explicit {
				t.Fatalf("%q: %+v, then %+v", document, a, b)
			}
		}
	})
}
