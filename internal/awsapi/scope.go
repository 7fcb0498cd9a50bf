package awsapi

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"postern/internal/plan"
)

// Scope is the view of one account and region. It is safe for concurrent use.
// Every error it returns is a [*plan.Fault].
type Scope struct {
	cfg ScopeConfig
	api calls
	log *slog.Logger

	mu      sync.Mutex // guards account
	account plan.AccountID
}

// String returns account/region, or the region where no account is configured.
func (s *Scope) String() string {
	if s.cfg.Account == "" {
		return string(s.cfg.Region)
	}
	return fmt.Sprintf("%s/%s", s.cfg.Account, s.cfg.Region)
}

// regionForm is what a region's name looks like. AWS's clients put it into a
// host name.
var regionForm = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-[0-9]+$`)

// checkRegion refuses a region that cannot be one, before the SDK does so in
// its own words.
func (s *Scope) checkRegion(p purpose) error {
	if regionForm.MatchString(string(s.cfg.Region)) {
		return nil
	}
	return &plan.Fault{
		Code:    plan.AWSUnreachable,
		Message: p.verb,
		Err:     fmt.Errorf("%q is not the name of a region", s.cfg.Region),
		Hint:    "set --region or AWS_REGION to a name such as us-east-1",
	}
}

// Account returns the account that the scope's credentials belong to. It asks
// until it has had an answer. If that is not the configured account, the error
// says both.
func (s *Scope) Account(ctx context.Context) (plan.AccountID, error) {
	s.mu.Lock()
	known := s.account
	s.mu.Unlock()
	if known != "" {
		return known, nil
	}
	p := purpose{verb: "ask whose credentials these are in " + s.String(), action: "sts:GetCallerIdentity"}
	out, err := do(ctx, s, p, s.api.getCallerIdentity, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	got := plan.AccountID(aws.ToString(out.Account))
	if !isAccount(got) {
		return "", badAnswer(p.verb, "account %q", got)
	}
	if want := s.cfg.Account; want != "" && got != want {
		return "", &plan.Fault{
			Code:    plan.NoCredentials,
			Message: fmt.Sprintf("the credentials are account %s's (%s), and the scope is account %s", got, aws.ToString(out.Arn), want),
			Hint:    fmt.Sprintf("give the scope a roleArn in account %s, or correct its account", want),
		}
	}
	s.mu.Lock()
	s.account = got
	s.mu.Unlock()
	return got, nil
}

// isAccount reports whether id has the form of an account number.
func isAccount(id plan.AccountID) bool {
	if len(id) != 12 {
		return false
	}
	for _, c := range id {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
