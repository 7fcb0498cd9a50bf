package awsapi

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// TestToken: the form that EKS takes, bound to one cluster, and no call made.
func TestToken(t *testing.T) {
	c := New(aws.Config{Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "example", "session")}, Options{})
	s := c.Scope(ScopeConfig{Region: "eu-west-1"})
	token, err := s.Token(t.Context(), "prod")
	if err != nil {
		t.Fatal(err)
	}
	text, isToken := strings.CutPrefix(token, "k8s-aws-v1.")
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if !isToken || err != nil {
		t.Fatalf("%q: %v", token, err)
	}
	u, err := url.Parse(string(raw))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for key, want := range map[string]string{
		"Action": "GetCallerIdentity", "Version": "2011-06-15", "X-Amz-Expires": "60", "X-Amz-SignedHeaders": "host;x-k8s-aws-id", "X-Amz-Security-Token": "session",
	} {
		if q.Get(key) != want {
			t.Errorf("%s is %q, want %q", key, q.Get(key), want)
		}
	}
	if u.Host != "sts.eu-west-1.amazonaws.com" || u.Scheme != "https" {
		t.Errorf("asks %s://%s", u.Scheme, u.Host)
	}
	if !strings.HasPrefix(q.Get("X-Amz-Credential"), "AKIDEXAMPLE/") || !strings.HasSuffix(q.Get("X-Amz-Credential"), "/eu-west-1/sts/aws4_request") || len(q.Get("X-Amz-Signature")) != 64 {
		t.Errorf("signed as %s: %s", q.Get("X-Amz-Credential"), q.Get("X-Amz-Signature"))
	}
	other, err := s.Token(t.Context(), "payments")
	if err != nil || other == token {
		t.Errorf("another cluster's token is the same: %v", err)
	}
	if calls := c.Calls(); len(calls) > 0 {
		t.Errorf("calls %v", calls)
	}
}
