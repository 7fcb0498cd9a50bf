package awsapi

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"postern/internal/plan"
)

func TestEveryCallDenied(t *testing.T) {
	for action, call := range every {
		t.Run(action, func(t *testing.T) {
			f := &fakeAWS{handle: func(_ context.Context, r request) (int, string, error) {
				code := "AccessDeniedException"
				switch {
				case r.service == "ec2":
					code = "UnauthorizedOperation"
				case r.form != nil:
					code = "AccessDenied"
				}
				return refusal(r, code, "User is not authorized to perform "+action)
			}}
			err := call(t.Context(), f.scope(Options{}))
			wantFault(t, err, plan.AccessDenied, "not authorized", `{"Effect":"Allow","Action":"`+action+`","Resource":"`)
			if f, _ := errors.AsType[*plan.Fault](err); f == nil || f.Action != action {
				t.Errorf("the fault %+v does not name the action", f)
			}
			if n := len(f.requests()); !IsDenied(err) || n < 1 || n > sideBySide(action) {
				t.Errorf("IsDenied %t after %d attempts, want true after one of each call", IsDenied(err), n)
			}
			if strings.Contains(err.Error(), "operation error") {
				t.Errorf("the SDK's layers show: %v", err)
			}
		})
	}
}

// sideBySide is how many calls of an action are made at the same time.
func sideBySide(action string) int {
	if action == "tag:GetResources" {
		return len(taggedTypes)
	}
	return 1
}

func TestEveryCallThrottledToTheEnd(t *testing.T) {
	for action, call := range every {
		t.Run(action, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeAWS{handle: func(_ context.Context, r request) (int, string, error) {
					return refusal(r, "ThrottlingException", "Rate exceeded")
				}}
				c := f.cloud(Options{MaxAttempts: 3})
				err := call(t.Context(), c.Scope(ScopeConfig{Account: account, Region: region}))
				wantFault(t, err, plan.Throttled, action, "--api-share")
				total := 0
				for _, n := range c.Calls() {
					total += n
				}
				// The first call that fails for good ends the other one.
				if total < 3 || total > 3*sideBySide(action) || len(f.requests()) != total {
					t.Errorf("%d attempts counted, %d seen, want 3 of each call: %v", total, len(f.requests()), c.Calls())
				}
			})
		})
	}
}

func TestThrottle(t *testing.T) {
	throttled := func(times int) handler {
		return func(_ context.Context, r request) (int, string, error) {
			if times--; times >= 0 {
				return refusal(r, "Throttling", "Rate exceeded")
			}
			return healthy()
		}
	}
	t.Run("then ok within the deadline", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := &fakeAWS{handle: throttled(2)}
			c := f.cloud(Options{})
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			got, err := c.Scope(ScopeConfig{Region: region}).Targets(ctx, group)
			if err != nil || len(got) != 1 {
				t.Fatalf("got %v, %v", got, err)
			}
			if n := c.Calls()["elbv2:DescribeTargetHealth"]; n != 3 {
				t.Errorf("%d attempts counted, want 3", n)
			}
		})
	})
	t.Run("past the deadline", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := &fakeAWS{handle: throttled(1000)}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			start := time.Now()
			_, err := f.scope(Options{MaxAttempts: 100}).Targets(ctx, group)
			wantFault(t, err, plan.Throttled, "time ran out", string(group), "elasticloadbalancing:DescribeTargetHealth")
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("took %s, past the deadline", took)
			}
		})
	})
	t.Run("by status alone", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := &fakeAWS{handle: func(context.Context, request) (int, string, error) { return 429, "slow down", nil }}
			_, err := f.scope(Options{MaxAttempts: 1}).Targets(t.Context(), group)
			wantFault(t, err, plan.Throttled)
		})
	})
}

func TestUnreachable(t *testing.T) {
	network := func(err error) handler {
		return func(context.Context, request) (int, string, error) { return 0, "", err }
	}
	tests := []struct {
		name   string
		handle handler
		words  []string
		took   time.Duration
	}{
		{name: "refused", handle: network(&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}), words: []string{"connection refused", "AWS_ENDPOINT_URL"}},
		{name: "no such host", handle: network(&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}}),
			words: []string{"no such host", `is "us-east-1" a region`}},
		{name: "silence", took: 15 * time.Second, words: []string{"no answer within 15s", "NAT"}, handle: func(ctx context.Context, _ request) (int, string, error) {
			<-ctx.Done()
			return 0, "", ctx.Err()
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeAWS{handle: tt.handle}
				start := time.Now()
				_, err := f.scope(Options{MaxAttempts: 1}).Targets(t.Context(), group)
				wantFault(t, err, plan.AWSUnreachable, tt.words...)
				if took := time.Since(start); took != tt.took {
					t.Errorf("took %s, want %s", took, tt.took)
				}
			})
		})
	}
	t.Run("silence is tried again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			first := true
			f := &fakeAWS{handle: func(ctx context.Context, _ request) (int, string, error) {
				if first {
					first = false
					<-ctx.Done()
					return 0, "", ctx.Err()
				}
				return healthy()
			}}
			if got, err := f.scope(Options{}).Targets(t.Context(), group); err != nil || len(got) != 1 {
				t.Errorf("got %v, %v", got, err)
			}
		})
	})
	for _, bad := range []plan.Region{"", "nowhere", "us-east-1.evil.example", "US-EAST-1"} {
		f := &fakeAWS{handle: network(errors.New("asked"))}
		_, err := f.cloud(Options{}).Scope(ScopeConfig{Region: bad}).Targets(t.Context(), group)
		wantFault(t, err, plan.AWSUnreachable, "is not the name of a region", "AWS_REGION")
		if len(f.requests()) > 0 {
			t.Errorf("region %q: asked nevertheless", bad)
		}
	}
}

func TestInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		f := &fakeAWS{handle: func(ctx context.Context, _ request) (int, string, error) {
			cancel()
			<-ctx.Done()
			return 0, "", ctx.Err()
		}}
		_, err := f.scope(Options{}).Targets(ctx, group)
		wantFault(t, err, plan.Interrupted, string(group))
		if !errors.Is(err, context.Canceled) || len(f.requests()) != 1 {
			t.Errorf("%v after %d attempts", err, len(f.requests()))
		}
	})
}

func TestDeadlineInSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		f := &fakeAWS{handle: func(ctx context.Context, _ request) (int, string, error) {
			<-ctx.Done()
			return 0, "", ctx.Err()
		}}
		_, err := f.scope(Options{}).Targets(ctx, group)
		wantFault(t, err, plan.Interrupted, string(group), "check the way")
		if !errors.Is(err, context.DeadlineExceeded) || len(f.requests()) != 1 {
			t.Errorf("%v after %d attempts", err, len(f.requests()))
		}
	})
}

func TestNoCredentials(t *testing.T) {
	unasked := &fakeAWS{handle: func(context.Context, request) (int, string, error) { return healthy() }}
	broken := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("no metadata service here")
	})
	for name, p := range map[string]aws.CredentialsProvider{"none": nil, "broken": broken} {
		for _, role := range []string{"", roleARN} {
			t.Run(name+" "+role, func(t *testing.T) {
				c := New(aws.Config{Region: region, HTTPClient: unasked, Credentials: p}, Options{})
				_, err := c.Scope(ScopeConfig{Region: region, RoleARN: role}).Targets(t.Context(), group)
				wantFault(t, err, plan.NoCredentials, "AWS_PROFILE", role)
				if !IsNoCredentials(err) || len(unasked.requests()) > 0 || len(c.Calls()) > 0 {
					t.Errorf("asked nevertheless: %v", c.Calls())
				}
			})
		}
	}
	t.Run("expired", func(t *testing.T) {
		f := &fakeAWS{handle: func(_ context.Context, r request) (int, string, error) {
			return refusal(r, "ExpiredToken", "The security token included in the request is expired")
		}}
		_, err := f.scope(Options{}).Targets(t.Context(), group)
		wantFault(t, err, plan.NoCredentials, "expired", "log in again")
	})
}

func TestAssumeRole(t *testing.T) {
	assumed := func(_ context.Context, r request) (int, string, error) {
		if r.action == "AssumeRole" {
			return result("AssumeRole", `<Credentials><AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>`)
		}
		return healthy()
	}
	t.Run("once for all regions", func(t *testing.T) {
		f := &fakeAWS{handle: assumed}
		c := f.cloud(Options{})
		for _, r := range []plan.Region{"us-east-1", "eu-west-1", "us-east-1"} {
			s := c.Scope(ScopeConfig{Account: account, Region: r, RoleARN: roleARN, ExternalID: "example"})
			if _, err := s.Targets(t.Context(), group); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.Scope(ScopeConfig{Region: region, RoleARN: roleARN}).Targets(t.Context(), group); err != nil {
			t.Fatal(err)
		}
		var roles, regions []string
		for _, r := range f.requests() {
			if r.action == "AssumeRole" {
				roles = append(roles, r.form.Get("RoleArn")+" "+r.form.Get("RoleSessionName")+" "+r.form.Get("ExternalId")+" by "+r.signedBy)
			} else {
				regions = append(regions, r.region+" by "+r.signedBy)
			}
		}
		want := []string{roleARN + " postern-sync example by AMBIENT", roleARN + " postern-sync  by AMBIENT"}
		if !slices.Equal(roles, want) {
			t.Errorf("assumed %q, want %q", roles, want)
		}
		if want := []string{"us-east-1 by ROLE", "eu-west-1 by ROLE", "us-east-1 by ROLE", "us-east-1 by ROLE"}; !slices.Equal(regions, want) {
			t.Errorf("asked %q, want %q", regions, want)
		}
		if n := c.Calls()["sts:AssumeRole"]; n != 2 {
			t.Errorf("%d AssumeRole calls counted", n)
		}
	})
	t.Run("denied", func(t *testing.T) {
		f := &fakeAWS{handle: func(_ context.Context, r request) (int, string, error) {
			return refusal(r, "AccessDenied", "not authorized to perform sts:AssumeRole")
		}}
		_, err := f.cloud(Options{}).Scope(ScopeConfig{Region: region, RoleARN: roleARN}).Targets(t.Context(), group)
		wantFault(t, err, plan.AccessDenied, string(group), `"Action":"sts:AssumeRole","Resource":"`+roleARN, "trust policy", "--external-id")
		if n := len(f.requests()); n != 1 {
			t.Errorf("%d attempts, want 1", n)
		}
	})
	t.Run("throttled", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := &fakeAWS{handle: func(_ context.Context, r request) (int, string, error) {
				return refusal(r, "Throttling", "Rate exceeded")
			}}
			_, err := f.cloud(Options{}).Scope(ScopeConfig{Region: region, RoleARN: roleARN}).Targets(t.Context(), group)
			wantFault(t, err, plan.Throttled, "sts:AssumeRole")
			if n := len(f.requests()); n != defaultMaxAttempts {
				t.Errorf("%d attempts, want %d: retries must not multiply", n, defaultMaxAttempts)
			}
		})
	})
}

func TestAccount(t *testing.T) {
	f := &fakeAWS{handle: func(context.Context, request) (int, string, error) {
		return result("GetCallerIdentity", "<Arn>arn:aws:sts::111111111111:assumed-role/x/y</Arn><Account>111111111111</Account>")
	}}
	s := f.cloud(Options{}).Scope(ScopeConfig{Region: region})
	for range 2 {
		if got, err := s.Account(t.Context()); got != "111111111111" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if n := len(f.requests()); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	_, err := f.scope(Options{}).Account(t.Context())
	wantFault(t, err, plan.NoCredentials, "111111111111", account, "roleArn")

	f.handle = func(context.Context, request) (int, string, error) { return result("GetCallerIdentity", "") }
	_, err = f.scope(Options{}).Account(t.Context())
	wantFault(t, err, plan.AWSAnswer)
}

func TestPacing(t *testing.T) {
	f := &fakeAWS{handle: func(context.Context, request) (int, string, error) { return healthy() }}
	t.Run("a share of the bucket, for the account and region", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := f.cloud(Options{APIShare: 0.5}) // 20 at once, then 5 a second
			start := time.Now()
			for range 15 {
				for range 2 { // two scopes of one account and region share it
					if _, err := c.Scope(ScopeConfig{Account: account, Region: region}).Targets(t.Context(), group); err != nil {
						t.Fatal(err)
					}
				}
			}
			if took := time.Since(start).Round(time.Millisecond); took != 2*time.Second {
				t.Errorf("30 calls took %s, want 2s", took)
			}
			start = time.Now()
			if _, err := c.Scope(ScopeConfig{Account: account, Region: "eu-west-1"}).Targets(t.Context(), group); err != nil || time.Since(start) > 0 {
				t.Errorf("another region waits: %s, %v", time.Since(start), err)
			}
		})
	})
	t.Run("no turn before the deadline", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := f.scope(Options{APIShare: 0.025}) // one at once, one every 4 s
			if _, err := s.Targets(t.Context(), group); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := s.Targets(ctx, group)
			wantFault(t, err, plan.NotReached, "--api-share", "elasticloadbalancing:DescribeTargetHealth")
			if !IsThrottle(err) {
				t.Error("not a throttle")
			}
		})
	})
	t.Run("off", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s, start := f.scope(Options{}), time.Now()
			for range 200 {
				if _, err := s.Targets(t.Context(), group); err != nil {
					t.Fatal(err)
				}
			}
			if took := time.Since(start); took > 0 {
				t.Errorf("waited %s", took)
			}
		})
	})
	for _, tt := range []struct {
		service, action string
		want            []bucket
	}{
		{"elbv2", "DescribeTags", []bucket{elbAll}},
		{"elbv2", "RegisterTargets", []bucket{elbTargets, elbAll}},
		{"elbv2", "DeregisterTargets", []bucket{elbTargets, elbAll}},
		{"elbv2", "AddTags", []bucket{elbWrites, elbAll}},
		{"tagging", "GetResources", []bucket{tagReads}},
		{"ec2", "DescribeVpcs", []bucket{ec2Reads}},
		{"eks", "DescribeCluster", []bucket{eksReads}},
		{"sts", "AssumeRole", nil},
	} {
		if got := bucketsOf(tt.service, tt.action); !slices.Equal(got, tt.want) {
			t.Errorf("%s:%s draws from %v, want %v", tt.service, tt.action, got, tt.want)
		}
	}
}
