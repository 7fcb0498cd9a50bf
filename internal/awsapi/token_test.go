package awsapi

import (
	"context"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// TestToken: the form that EKS takes, bound to one cluster, and no call made.
func TestToken(t *testing.T) {
	c := New(aws.Config{Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "example", "session")}, Options{})
	s := c.Scope(ScopeConfig{Region: "eu-west-1"})
	token, ends, err := s.Token(t.Context(), "prod")
	if err != nil {
		t.Fatal(err)
	}
	if !ends.IsZero() {
		t.Errorf("keys that do not expire end %v", ends)
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
	other, _, err := s.Token(t.Context(), "payments")
	if err != nil || other == token {
		t.Errorf("another cluster's token is the same: %v", err)
	}
	if calls := c.Calls(); len(calls) > 0 {
		t.Errorf("calls %v", calls)
	}
}

// TestTokenEnds: a token of credentials that expire says when.
func TestTokenEnds(t *testing.T) {
	want := time.Now().Add(5 * time.Minute).Truncate(time.Second)
	c := New(aws.Config{Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example", CanExpire: true, Expires: want}, nil
	})}, Options{})
	if _, ends, err := c.Scope(ScopeConfig{Region: "eu-west-1"}).Token(t.Context(), "prod"); err != nil || !ends.Equal(want) {
		t.Errorf("ends %v, want %v: %v", ends, want, err)
	}
}
