package iam_test

import (
	"strings"
	"testing"

	"postern/internal/lab/iam"
)

const role = "arn:aws:iam::111111111111:role/deployer"

var caller = iam.Caller{Account: "111111111111", ARN: role, Session: "arn:aws:sts::111111111111:assumed-role/deployer/x"}

func parse(t testing.TB, kind iam.Kind, statement string) *iam.Policy {
	t.Helper()
	if statement == "" {
		return nil
	}
	p, err := iam.Parse(`{"Version":"2012-10-17","Statement":[`+statement+`]}`, kind)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDecide(t *testing.T) {
	const (
		allow = `{"Effect":"Allow","Action":"ec2:DescribeVpcs","Resource":"*"}`
		deny  = `{"Effect":"Deny","Action":"ec2:*","Resource":"*"}`
	)
	for _, test := range []struct {
		name, identity, boundary, resource string
		request                            iam.Request
		owner                              string
		want                               iam.Decision
	}{
		{name: "nothing allows", request: iam.Request{Action: "ec2:DescribeVpcs", Resource: "*"}, want: iam.Decision{By: iam.ByIdentity}},
		{name: "allowed", identity: allow, request: iam.Request{Action: "ec2:DescribeVpcs", Resource: "*"}, want: iam.Decision{Allowed: true}},
		{name: "actions have no case", identity: allow, request: iam.Request{Action: "EC2:describevpcs", Resource: "*"}, want: iam.Decision{Allowed: true}},
		{name: "another action", identity: allow, request: iam.Request{Action: "ec2:DescribeVpcsX", Resource: "*"}, want: iam.Decision{By: iam.ByIdentity}},
		{name: "a denial wins", identity: allow + "," + deny, request: iam.Request{Action: "ec2:DescribeVpcs", Resource: "*"}, want: iam.Decision{Explicit: true, By: iam.ByIdentity}},
		{name: "not action", identity: `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, request: iam.Request{Action: "ec2:DescribeVpcs", Resource: "*"}, want: iam.Decision{Allowed: true}},
		{name: "not that action", identity: `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, request: iam.Request{Action: "iam:GetRole", Resource: role}, want: iam.Decision{By: iam.ByIdentity}},
		{name: "resource", identity: `{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a/*"}`, request: iam.Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::a/b/c"}, want: iam.Decision{Allowed: true}},
		{name: "another resource", identity: `{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a/?"}`, request: iam.Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::a/bc"}, want: iam.Decision{By: iam.ByIdentity}},
		{name: "not resource", identity: `{"Effect":"Allow","Action":"*","NotResource":"arn:aws:iam::*:*"}`, request: iam.Request{Action: "iam:GetRole", Resource: role}, want: iam.Decision{By: iam.ByIdentity}},
		{name: "within the boundary", identity: allow, boundary: `{"Effect":"Allow","Action":"ec2:*","Resource":"*"}`, request: iam.Request{Action: "ec2:DescribeVpcs", Resource: "*"}, want: iam.Decision{Allowed: true}},
		{name: "outside the boundary", identity: allow, boundary: `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, request: iam.Request{Action: "ec2:DescribeVpcs", Resource: "*"}, want: iam.Decision{By: iam.ByBoundary}},
		{name: "a boundary gives nothing", boundary: `{"Effect":"Allow","Action":"*","Resource":"*"}`, request: iam.Request{Action: "ec2:DescribeVpcs", Resource: "*"}, want: iam.Decision{By: iam.ByIdentity}},
		{name: "a boundary denies", identity: allow, boundary: `{"Effect":"Allow","Action":"*","Resource":"*"},` + deny, request: iam.Request{Action: "ec2:DescribeVpcs", Resource: "*"}, want: iam.Decision{Explicit: true, By: iam.ByBoundary}},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := iam.Grants{Boundary: parse(t, iam.Identity, test.boundary)}
			if p := parse(t, iam.Identity, test.identity); p != nil {
				g.Identity = []*iam.Policy{p}
			}
			test.request.By = caller
			if got := g.Decide(test.request); got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

// TestAssume: who may assume a role, by its trust policy and the caller's own.
func TestAssume(t *testing.T) {
	const may = `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}`
	trust := func(principal, condition string) string {
		if condition != "" {
			condition = `,"Condition":` + condition
		}
		return `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":` + principal + condition + `}`
	}
	for _, test := range []struct {
		name, trust, identity string
		owner                 string
		by                    iam.Caller
		context               iam.Context
		want                  bool
	}{
		{"account, and the caller's policy", trust(`{"AWS":"arn:aws:iam::111111111111:root"}`, ""), may, "111111111111", caller, nil, true},
		{"account by number", trust(`{"AWS":"111111111111"}`, ""), may, "222222222222", caller, nil, true},
		{"account, without the caller's policy", trust(`{"AWS":"arn:aws:iam::111111111111:root"}`, ""), "", "111111111111", caller, nil, false},
		{"the caller itself, at home", trust(`{"AWS":"`+role+`"}`, ""), "", "111111111111", caller, nil, true},
		{"the caller itself, from outside", trust(`{"AWS":"`+role+`"}`, ""), "", "222222222222", caller, nil, false},
		{"the caller itself, from outside, with its policy", trust(`{"AWS":"`+role+`"}`, ""), may, "222222222222", caller, nil, true},
		{"another account", trust(`{"AWS":"arn:aws:iam::333333333333:root"}`, ""), may, "222222222222", caller, nil, false},
		{"another account, at home", trust(`{"AWS":"arn:aws:iam::333333333333:root"}`, ""), may, "111111111111", caller, nil, false},
		{"external id", trust(`{"AWS":"111111111111"}`, `{"StringEquals":{"sts:ExternalId":"e"}}`), may, "222222222222", caller, iam.Context{"sts:ExternalId": {"e"}}, true},
		{"wrong external id", trust(`{"AWS":"111111111111"}`, `{"StringEquals":{"sts:ExternalId":"e"}}`), may, "222222222222", caller, iam.Context{"sts:ExternalId": {"f"}}, false},
		{"no external id", trust(`{"AWS":"111111111111"}`, `{"StringEquals":{"sts:ExternalId":"e"}}`), may, "222222222222", caller, nil, false},
		{"a service", trust(`{"Service":"lambda.amazonaws.com"}`, ""), "", "111111111111", iam.Caller{Service: "lambda.amazonaws.com"}, nil, true},
		{"another service", trust(`{"Service":"lambda.amazonaws.com"}`, ""), "", "111111111111", iam.Caller{Service: "events.amazonaws.com"}, nil, false},
		{"no service, but a caller", trust(`{"Service":"lambda.amazonaws.com"}`, ""), may, "111111111111", caller, nil, false},
		{"the trust policy denies", trust(`"*"`, "") + `,{"Effect":"Deny","Action":"sts:AssumeRole","Principal":{"AWS":"111111111111"}}`, may, "222222222222", caller, nil, false},
		{"denied to all but the caller", trust(`"*"`, "") + `,{"Effect":"Deny","Action":"sts:AssumeRole","NotPrincipal":{"AWS":"` + role + `"}}`, may, "222222222222", caller, nil, true},
		{"denied to all but another", trust(`"*"`, "") + `,{"Effect":"Deny","Action":"sts:AssumeRole","NotPrincipal":{"AWS":"` + role + `x"}}`, may, "222222222222", caller, nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := iam.Grants{Resource: parse(t, iam.Trust, test.trust), Owner: test.owner}
			if p := parse(t, iam.Identity, test.identity); p != nil {
				g.Identity = []*iam.Policy{p}
			}
			got := g.Assume(iam.Request{Action: "sts:AssumeRole", Resource: "arn:aws:iam::" + test.owner + ":role/r", By: test.by, Context: test.context})
			if got.Allowed != test.want {
				t.Errorf("%+v, want %v", got, test.want)
			}
		})
	}
}

func TestConditions(t *testing.T) {
	ctx := iam.Context{
		"aws:RequestedRegion": {"us-east-1"}, "aws:ResourceTag/postern:managed": {"true"}, "aws:TagKeys": {"postern:marks", "Name"},
		"aws:SourceArn": {"arn:aws:events:us-east-1:111111111111:rule/a"}, "aws:SourceIp": {"127.0.0.1"},
	}
	for condition, want := range map[string]bool{
		`{"StringEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]}}`:                                   true,
		`{"StringEquals":{"AWS:requestedregion":"us-east-1"}}`:                                                 true,
		`{"StringEquals":{"aws:RequestedRegion":"US-EAST-1"}}`:                                                 false,
		`{"StringEqualsIgnoreCase":{"aws:RequestedRegion":"US-EAST-1"}}`:                                       true,
		`{"StringNotEqualsIgnoreCase":{"aws:RequestedRegion":"US-EAST-1"}}`:                                    false,
		`{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]}}`:                                false,
		`{"StringNotEquals":{"aws:ResourceTag/none":"x"}}`:                                                     true,
		`{"StringEquals":{"aws:ResourceTag/none":"x"}}`:                                                        false,
		`{"StringEqualsIfExists":{"aws:ResourceTag/none":"x"}}`:                                                true,
		`{"StringEqualsIfExists":{"aws:RequestedRegion":"x"}}`:                                                 false,
		`{"StringEquals":{"aws:ResourceTag/postern:managed":"true"}}`:                                          true,
		`{"StringEquals":{"aws:ResourceTag/postern:managed":true}}`:                                            true,
		`{"Bool":{"aws:ResourceTag/postern:managed":"True"}}`:                                                  true,
		`{"StringLike":{"aws:RequestedRegion":"us-*-?"}}`:                                                      true,
		`{"StringNotLike":{"aws:RequestedRegion":"us-*"}}`:                                                     false,
		`{"ForAllValues:StringEquals":{"aws:TagKeys":["postern:marks"]}}`:                                      false,
		`{"ForAllValues:StringEquals":{"aws:TagKeys":["postern:marks","Name"]}}`:                               true,
		`{"ForAllValues:StringEquals":{"aws:RequestTag/none":["x"]}}`:                                          true,
		`{"ForAnyValue:StringEquals":{"aws:TagKeys":["Name"]}}`:                                                true,
		`{"ForAnyValue:StringEquals":{"aws:TagKeys":["other"]}}`:                                               false,
		`{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["Name"]}}`:                                             true,
		`{"ForAnyValue:StringEquals":{"aws:RequestTag/none":["x"]}}`:                                           false,
		`{"Null":{"aws:TagKeys":"false"}}`:                                                                     true,
		`{"Null":{"aws:TagKeys":"true"}}`:                                                                      false,
		`{"Null":{"aws:RequestTag/none":"true"}}`:                                                              true,
		`{"ArnLike":{"aws:SourceArn":"arn:aws:events:*:111111111111:rule/*"}}`:                                 true,
		`{"ArnEquals":{"aws:SourceArn":"arn:aws:events:us-east-1:*"}}`:                                         false,
		`{"ArnNotLike":{"aws:SourceArn":"arn:aws:events:*:111111111111:rule/*"}}`:                              false,
		`{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}`:                                                         true,
		`{"NotIpAddress":{"aws:SourceIp":["127.0.0.1"]}}`:                                                      false,
		`{"StringEquals":{"aws:RequestedRegion":"us-east-1"},"Null":{"aws:TagKeys":"true"}}`:                   false,
		`{"StringEquals":{"aws:RequestedRegion":"us-east-1","aws:ResourceTag/postern:managed":"no"}}`:          false,
		`{"StringEquals":{"aws:RequestedRegion":"us-east-1"},"Bool":{"aws:ResourceTag/postern:managed":true}}`: true,
	} {
		p := parse(t, iam.Identity, `{"Effect":"Allow","Action":"*","Resource":"*","Condition":`+condition+`}`)
		if err := p.Unsupported(); err != nil {
			t.Errorf("%s: %v", condition, err)
		}
		if got := (iam.Grants{Identity: []*iam.Policy{p}}).Decide(iam.Request{Action: "a:B", Resource: "*", By: caller, Context: ctx}); got.Allowed != want {
			t.Errorf("%s: %v, want %v", condition, got.Allowed, want)
		}
	}
}

// TestUnsupported: what cannot be evaluated is named.
func TestUnsupported(t *testing.T) {
	for statement, want := range map[string]string{
		`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericLessThan":{"aws:TagKeys":"1"}}}`:                       "NumericLessThan",
		`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NullIfExists":{"aws:TagKeys":"1"}}}`:                          "Null",
		`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:MultiFactorAuthAge":"1"}}}`:               "aws:MultiFactorAuthAge",
		`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/":"1"}}}`:                     "aws:ResourceTag/",
		`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"${aws:username}"}}}`:    "${aws:username}",
		`{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${aws:username}"}`:                                                "${aws:username}",
		`{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::${aws:username}"}`:                                             "${aws:username}",
		`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ForSomeValues:StringEquals":{"aws:RequestedRegion":["eu"]}}}`: "ForSomeValues",
	} {
		if err := parse(t, iam.Identity, statement).Unsupported(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s named", statement, err, want)
		}
	}
}

// TestParseErrors: what is no policy is refused, and says why.
func TestParseErrors(t *testing.T) {
	for _, test := range []struct {
		kind           iam.Kind
		document, want string
	}{
		{iam.Identity, ``, "EOF"},
		{iam.Identity, `{}`, "no statement"},
		{iam.Identity, `{"Version":"2012-10-17","Statement":[]} {}`, "something follows"},
		{iam.Identity, `{"Version":"2020-01-01","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, "version"},
		{iam.Identity, `{"Statement":{"Effect":"allow","Action":"*","Resource":"*"}}`, "effect"},
		{iam.Identity, `{"Statement":{"Effect":"Allow","Actions":"*","Resource":"*"}}`, "unknown field"},
		{iam.Identity, `{"Statement":{"Effect":"Allow","Resource":"*"}}`, "Action"},
		{iam.Identity, `{"Statement":{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}}`, "either Action"},
		{iam.Identity, `{"Statement":{"Effect":"Allow","Action":"DescribeVpcs","Resource":"*"}}`, "SERVICE:ACTION"},
		{iam.Identity, `{"Statement":{"Effect":"Allow","Action":"*"}}`, "Resource"},
		{iam.Identity, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"vpc-1"}}`, "ARN format"},
		{iam.Identity, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}}`, "no principal"},
		{iam.Identity, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"aws:TagKeys":[]}}}}`, "no value"},
		{iam.Identity, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"aws:TagKeys":{}}}}}`, "no value of a condition"},
		{iam.Identity, `{"Statement":[{"Sid":"A","Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"A","Effect":"Allow","Action":"*","Resource":"*"}]}`, `Sid "A"`},
		{iam.Identity, strings.Repeat(" ", 131073), "bytes"},
		{iam.Trust, `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole"}}`, "Principal"},
		{iam.Trust, `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Resource":"*"}}`, "no resource"},
		{iam.Trust, `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"root"}}`, "must be *"},
		{iam.Trust, `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{}}}`, "nobody"},
		{iam.Trust, `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","NotPrincipal":"*"}}`, "allows nothing"},
		{iam.Trust, `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Aws":"x","Role":"y"}}}`, "unknown field"},
		{iam.Resource, `{"Statement":{"Effect":"Allow","Action":"*","Principal":"*"}}`, "Resource"},
	} {
		if _, err := iam.Parse(test.document, test.kind); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.120s: %v, want %q", test.document, err, test.want)
		}
	}
}
