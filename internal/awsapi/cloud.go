package awsapi

import (
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"postern/internal/plan"
)

const (
	// defaultMaxAttempts is how often a call is tried in all.
	defaultMaxAttempts = 4
	// maxBackoff keeps several tries inside the time of one pass; AWS's
	// buckets refill by the second.
	maxBackoff = 5 * time.Second
	// sessionName is the name of the sessions in CloudTrail.
	sessionName = "postern-sync"
	// expiryWindow renews a role's credentials before they run out in a call.
	expiryWindow = time.Minute
)

// Options are the settings of a Cloud.
type Options struct {
	// APIShare is the share of AWS's published request rates that this
	// process takes, over 0 up to 1. Zero switches pacing off.
	APIShare    float64
	MaxAttempts int          // tries of one call in all; zero means the SDK configuration's number, or 4
	Logger      *slog.Logger // nil discards
}

// Cloud is one process's view of AWS: its credentials, roles, pace and count
// of calls. It is safe for concurrent use.
type Cloud struct {
	cfg   aws.Config
	opt   Options
	log   *slog.Logger
	pacer *pacer

	mu    sync.Mutex // guards what follows
	calls map[string]int
	roles map[role]aws.CredentialsProvider
}

// role is what a set of temporary credentials depends on. The region is that
// whose STS is asked: one that cannot be reached harms no other.
type role struct{ arn, externalID, region string }

// New returns the view of AWS through cfg's credentials, HTTP client and
// endpoints. cfg's region matters only for assuming roles.
func New(cfg aws.Config, o Options) *Cloud {
	if o.MaxAttempts == 0 {
		o.MaxAttempts = cfg.RetryMaxAttempts
	}
	if o.MaxAttempts == 0 {
		o.MaxAttempts = defaultMaxAttempts
	}
	c := &Cloud{
		cfg:   cfg.Copy(),
		opt:   o,
		log:   o.Logger,
		pacer: newPacer(o.APIShare),
		calls: map[string]int{},
		roles: map[role]aws.CredentialsProvider{},
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	c.cfg.RetryMaxAttempts = 0
	c.cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(so *retry.StandardOptions) {
			so.MaxAttempts = o.MaxAttempts
			so.MaxBackoff = maxBackoff
		})
	}
	c.cfg.APIOptions = slices.Clip(append(slices.Clip(c.cfg.APIOptions), onlyRead))
	c.cfg.Credentials = ambient{c.cfg.Credentials}
	return c
}

// Calls returns how many API attempts have been sent since New, by service and
// action, such as "elbv2:DescribeTargetHealth". The map is the caller's.
func (c *Cloud) Calls() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.calls)
}

func (c *Cloud) count(call string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls[call]++
}

// ScopeConfig says whose resources a scope is about, and how to get there.
type ScopeConfig struct {
	Account    plan.AccountID // empty: whichever the credentials belong to
	Region     plan.Region
	RoleARN    string // empty: the ambient credentials
	ExternalID string // only with RoleARN
}

// Scope returns the view of one account and region. It makes no call.
func (c *Cloud) Scope(s ScopeConfig) *Scope {
	cfg, unsent := c.configs(s)
	return &Scope{cfg: s, api: newCalls(cfg, unsent), log: c.log}
}

// configs returns the SDK's settings for a scope: cfg paces and counts what is
// sent, and unsent is for requests that are only signed.
func (c *Cloud) configs(s ScopeConfig) (cfg, unsent aws.Config) {
	cfg = c.cfg.Copy()
	cfg.Region = string(s.Region)
	cfg.Credentials = c.credentials(s)
	owner := string(s.Account)
	if owner == "" {
		owner = s.RoleARN // one role, one account
	}
	unsent = cfg.Copy()
	cfg.APIOptions = append(cfg.APIOptions, c.attempts(owner, s.Region))
	return cfg, unsent
}

// credentials returns the scope's credentials: the ambient ones or a role's,
// of which there is one set for all regions where STS is asked in the ambient
// region, and otherwise one for each region.
func (c *Cloud) credentials(s ScopeConfig) aws.CredentialsProvider {
	if s.RoleARN == "" {
		return c.cfg.Credentials
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	cfg := c.cfg.Copy()
	if cfg.Region == "" {
		cfg.Region = string(s.Region)
	}
	key := role{s.RoleARN, s.ExternalID, cfg.Region}
	if p, ok := c.roles[key]; ok {
		return p
	}
	cfg.APIOptions = append(cfg.APIOptions, c.attempts("", plan.Region(cfg.Region)))
	assume := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), s.RoleARN, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = sessionName
		if s.ExternalID != "" {
			o.ExternalID = aws.String(s.ExternalID)
		}
	})
	p := assumed{aws.NewCredentialsCache(assume, func(o *aws.CredentialsCacheOptions) {
		o.ExpiryWindow = expiryWindow
		o.ExpiryWindowJitterFrac = 0.5
	}), key}
	c.roles[key] = p
	return p
}
