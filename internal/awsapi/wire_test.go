package awsapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"postern/internal/plan"
)

const (
	account = "222222222222"
	region  = "us-east-1"
	elbARN  = "arn:aws:elasticloadbalancing:" + region + ":" + account + ":"
	group   = plan.GroupARN(elbARN + "targetgroup/prod/0123456789abcdef")
	roleARN = "arn:aws:iam::" + account + ":role/postern-sync"
)

// request is one attempt as the fake AWS saw it.
type request struct {
	service, action string
	form            url.Values // query protocols
	body            string     // the others
	region          string
	signedBy        string // access key
}

// handler answers a request: a body with its status, or an error of the
// network.
type handler func(ctx context.Context, r request) (status int, body string, err error)

// fakeAWS speaks AWS's wire protocols in memory: an SDK client on it runs its
// whole stack, and a synctest bubble's clock its waits.
type fakeAWS struct {
	handle handler

	mu   sync.Mutex
	seen []request
}

func (f *fakeAWS) Do(r *http.Request) (*http.Response, error) {
	raw := []byte(nil)
	if r.Body != nil {
		raw, _ = io.ReadAll(r.Body)
	}
	auth := r.Header.Get("Authorization") // AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, ...
	_, scope, _ := strings.Cut(auth, "Credential=")
	part := strings.Split(scope, "/")
	if len(part) < 5 {
		return nil, fmt.Errorf("not signed: %q", auth)
	}
	req := request{signedBy: part[0], region: part[2], service: part[3], body: string(raw)}
	switch {
	case r.Header.Get("X-Amz-Target") != "":
		_, req.action, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	case req.service == "eks":
		req.action = "DescribeCluster"
		req.body = strings.TrimPrefix(r.URL.Path, "/clusters/")
	default:
		req.form, _ = url.ParseQuery(string(raw))
		req.action = req.form.Get("Action")
	}
	f.mu.Lock()
	f.seen = append(f.seen, req)
	f.mu.Unlock()
	status, body, err := f.handle(r.Context(), req)
	if err != nil {
		return nil, err
	}
	h := http.Header{"Content-Type": {"text/xml"}, "X-Amzn-Requestid": {"r-1"}}
	if req.form == nil {
		h.Set("Content-Type", "application/json")
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(bytes.NewBufferString(body)), Request: r}, nil
}

func (f *fakeAWS) requests() []request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]request(nil), f.seen...)
}

// cloud is a Cloud on the fake, with static ambient credentials.
func (f *fakeAWS) cloud(o Options) *Cloud {
	return New(aws.Config{
		Region:      region,
		HTTPClient:  f,
		Credentials: credentials.NewStaticCredentialsProvider("AMBIENT", "secret", ""),
	}, o)
}

func (f *fakeAWS) scope(o Options) *Scope {
	return f.cloud(o).Scope(ScopeConfig{Account: account, Region: region})
}

// refusal is an error answer in the protocol of the request.
func refusal(r request, code, message string) (int, string, error) {
	switch {
	case r.service == "ec2":
		return 400, fmt.Sprintf("<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>r-1</RequestID></Response>", code, message), nil
	case r.form != nil:
		return 400, fmt.Sprintf("<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>r-1</RequestId></ErrorResponse>", code, message), nil
	}
	body, _ := json.Marshal(map[string]string{"__type": code, "code": code, "message": message})
	return 400, string(body), nil
}

// result is a good answer of a query protocol.
func result(action, inner string) (int, string, error) {
	return 200, fmt.Sprintf("<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", action, inner), nil
}

// healthy is an answer of DescribeTargetHealth with one target.
func healthy() (int, string, error) {
	return result("DescribeTargetHealth", `<TargetHealthDescriptions><member><Target><Id>10.0.1.5</Id><Port>443</Port>
<AvailabilityZone>us-east-1a</AvailabilityZone></Target><TargetHealth><State>healthy</State></TargetHealth></member></TargetHealthDescriptions>`)
}

// every is each call of a Scope, by the IAM action that it needs first.
var every = map[string]func(context.Context, *Scope) error{
	"sts:GetCallerIdentity":                     func(ctx context.Context, s *Scope) error { _, err := s.Account(ctx); return err },
	"tag:GetResources":                          func(ctx context.Context, s *Scope) error { _, err := s.Candidates(ctx, plan.TagCluster); return err },
	"eks:DescribeCluster":                       func(ctx context.Context, s *Scope) error { _, err := s.Cluster(ctx, "prod"); return err },
	"ec2:DescribeVpcs":                          func(ctx context.Context, s *Scope) error { _, err := s.CIDRs(ctx, []string{"vpc-1"}); return err },
	"ec2:DescribeNetworkInterfaces":             func(ctx context.Context, s *Scope) error { _, err := s.Interfaces(ctx); return err },
	"elasticloadbalancing:DescribeTargetGroups": func(ctx context.Context, s *Scope) error { _, err := s.listGroups(ctx); return err },
	"elasticloadbalancing:DescribeLoadBalancers": func(ctx context.Context, s *Scope) error {
		_, err := s.listLoadBalancers(ctx, func(elbtypes.LoadBalancer) {})
		return err
	},
	"elasticloadbalancing:DescribeTargetHealth": func(ctx context.Context, s *Scope) error { _, err := s.Targets(ctx, group); return err },
	"elasticloadbalancing:DescribeTags": func(ctx context.Context, s *Scope) error {
		_, err := s.Tags(ctx, []plan.GroupARN{group})
		return err
	},
	"elasticloadbalancing:RegisterTargets": func(ctx context.Context, s *Scope) error {
		_, err := s.Register(ctx, group, addrs("10.0.1.5"))
		return err
	},
	"elasticloadbalancing:DeregisterTargets": func(ctx context.Context, s *Scope) error { return s.Deregister(ctx, group, addrs("10.0.1.5")) },
	"elasticloadbalancing:AddTags":           func(ctx context.Context, s *Scope) error { return s.PutTag(ctx, group, plan.TagMarks, "x") },
}

// wantFault fails the test unless err is a fault of the code whose text and
// hint hold the given words.
func wantFault(t *testing.T, err error, code plan.Code, words ...string) {
	t.Helper()
	f, ok := err.(*plan.Fault)
	if !ok {
		t.Fatalf("got %v (%T), want a fault of code %s", err, err, code)
	}
	text := f.Error() + "\n" + f.Hint
	if f.Code != code {
		t.Errorf("code %s, want %s: %s", f.Code, code, text)
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("fault lacks %q: %s", w, text)
		}
	}
}
