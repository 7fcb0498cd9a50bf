package awsapi

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	"golang.org/x/time/rate"

	"postern/internal/plan"
)

// attemptTimeout ends an attempt that gets no answer: from a subnet without a
// way to AWS's APIs packets vanish silently.
const attemptTimeout = 15 * time.Second

// services are the SDK's service names in the words of the SDKs' clients.
var services = map[string]string{
	"Elastic Load Balancing v2":   "elbv2",
	"EC2":                         "ec2",
	"EKS":                         "eks",
	"STS":                         "sts",
	"Resource Groups Tagging API": "tagging",
	"Route 53":                    "route53",
}

// attempts returns the SDK option that paces, counts, bounds and logs every
// attempt of a call. It stands just before the signature, so that a wait does
// not age it, and inside the retries, so that each is an attempt of its own.
func (c *Cloud) attempts(owner string, region plan.Region) func(*middleware.Stack) error {
	handle := func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
		middleware.FinalizeOutput, middleware.Metadata, error,
	) {
		service := awsmiddleware.GetServiceID(ctx)
		if s, ok := services[service]; ok {
			service = s
		}
		action := awsmiddleware.GetOperationName(ctx)
		if err := c.pacer.wait(ctx, owner, region, service, action); err != nil {
			return middleware.FinalizeOutput{}, middleware.Metadata{}, err
		}
		c.count(service + ":" + action)
		start := time.Now()
		bounded, cancel := context.WithTimeout(ctx, attemptTimeout)
		defer cancel()
		out, meta, err := next.HandleFinalize(bounded, in)
		if err != nil && bounded.Err() != nil && ctx.Err() == nil {
			err = &noAnswer{fmt.Errorf("no answer within %s", attemptTimeout)}
		}
		trailOf(ctx).note(err)
		c.log.DebugContext(ctx, "api attempt", "service", service, "action", action, "region", region,
			"durationMs", time.Since(start).Milliseconds(), "errorCode", code(err))
		return out, meta, err
	}
	return func(stack *middleware.Stack) error {
		return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("PosternAttempt", handle), "Signing", middleware.Before)
	}
}

// noAnswer says that an attempt ran out of time while its call had some left.
// The SDK retries it as it does a broken connection.
type noAnswer struct{ err error }

func (e *noAnswer) Error() string         { return e.err.Error() }
func (e *noAnswer) ConnectionError() bool { return true }

// trail remembers a call's last error that AWS or the network gave, which
// says more than that the call's time ran out.
type trail struct {
	mu   sync.Mutex
	last error
}

type trailKey struct{}

func withTrail(ctx context.Context) (context.Context, *trail) {
	t := new(trail)
	return context.WithValue(ctx, trailKey{}, t), t
}

func trailOf(ctx context.Context) *trail {
	t, _ := ctx.Value(trailKey{}).(*trail)
	return t
}

// note keeps err unless it only says that the time ran out.
func (t *trail) note(err error) {
	if t == nil || err == nil || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = err
}

func (t *trail) error() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// bucket is one of AWS's token buckets of an account and region: so many calls
// at once, and so many a second after that.
type bucket struct {
	name  string
	burst float64
	rate  float64
}

// The published buckets. A call may draw from several.
// Source: Elastic Load Balancing user guide, API throttling; EC2 developer
// guide, API throttling; AWS general reference, tagging endpoints and quotas;
// Route 53 developer guide, throttling API requests.
// EKS publishes no number for DescribeCluster: 10 and 5 are a cautious guess.
var (
	elbAll     = bucket{"elb", 40, 10}
	elbTargets = bucket{"elb targets", 20, 4}
	elbWrites  = bucket{"elb writes", 20, 3}
	tagReads   = bucket{"tagging", 15, 15}
	ec2Reads   = bucket{"ec2", 100, 20}
	eksReads   = bucket{"eks", 10, 5}
	dnsReads   = bucket{"route53", 50, 10}
)

// bucketsOf returns the buckets that a call draws from. STS has hundreds a
// second and is not paced.
func bucketsOf(service, action string) []bucket {
	switch service {
	case "elbv2":
		switch {
		case action == "RegisterTargets", action == "DeregisterTargets":
			return []bucket{elbTargets, elbAll}
		case !strings.HasPrefix(action, "Describe"):
			return []bucket{elbWrites, elbAll}
		}
		return []bucket{elbAll}
	case "tagging":
		return []bucket{tagReads}
	case "ec2":
		return []bucket{ec2Reads}
	case "eks":
		return []bucket{eksReads}
	case "route53":
		return []bucket{dnsReads}
	}
	return nil
}

// pacer holds calls back to a share of AWS's rates.
type pacer struct {
	share float64 // zero: no pacing

	mu       sync.Mutex // guards limiters
	limiters map[paceKey]*rate.Limiter
}

type paceKey struct {
	owner  string
	region plan.Region
	bucket string
}

func newPacer(share float64) *pacer {
	return &pacer{share: share, limiters: map[paceKey]*rate.Limiter{}}
}

// wait returns when the call may be sent, or an error if that would be after
// ctx's deadline.
func (p *pacer) wait(ctx context.Context, owner string, region plan.Region, service, action string) error {
	if p.share <= 0 {
		return nil
	}
	for _, b := range bucketsOf(service, action) {
		if err := p.limiter(owner, region, b).Wait(ctx); err != nil {
			return &paced{err}
		}
	}
	return nil
}

func (p *pacer) limiter(owner string, region plan.Region, b bucket) *rate.Limiter {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := paceKey{owner, region, b.name}
	l, ok := p.limiters[key]
	if !ok {
		l = rate.NewLimiter(rate.Limit(b.rate*p.share), max(1, int(b.burst*p.share)))
		p.limiters[key] = l
	}
	return l
}

// paced says that our own pacing left no time for the call.
type paced struct{ err error }

func (e *paced) Error() string        { return "wait for a turn: " + e.err.Error() }
func (e *paced) Unwrap() error        { return e.err }
func (e *paced) RetryableError() bool { return false }
