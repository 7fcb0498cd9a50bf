package awsapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"postern/internal/plan"
)

// Codes by which AWS says what an error is. Each service has its own.
// Source: each service's API reference, common errors.
var (
	notFoundCodes = []string{
		"TargetGroupNotFound", "LoadBalancerNotFound", "ResourceNotFoundException", "InvalidVpcID.NotFound",
	}
	deniedCodes = []string{
		"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException", "AuthorizationError", "NotAuthorized",
	}
	credentialCodes = []string{
		"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "UnrecognizedClientException",
		"InvalidAccessKeyId", "AuthFailure", "SignatureDoesNotMatch", "InvalidSignatureException", "MissingAuthenticationToken",
		"MissingAuthenticationTokenException", "IncompleteSignature", "OptInRequired",
	}
)

// code returns AWS's code of the error, or "".
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// IsNotFound reports whether AWS says that the object does not exist.
func IsNotFound(err error) bool { return slices.Contains(notFoundCodes, code(err)) }

// isInvalid reports whether ELB refused what it was asked to register as such.
// Source: Elastic Load Balancing API Reference, RegisterTargets (InvalidTarget)
// and common errors (ValidationError).
func isInvalid(err error) bool {
	c := code(err)
	return c == "InvalidTarget" || c == "ValidationError"
}

// words is what AWS said of a call, without what it was for.
func words(err error) string {
	if f, ok := errors.AsType[*plan.Fault](err); ok && f.Err != nil {
		return f.Err.Error()
	}
	return err.Error()
}

// IsDenied reports whether IAM refused the call.
func IsDenied(err error) bool { return slices.Contains(deniedCodes, code(err)) }

// IsThrottle reports whether the call was refused for too many requests, by
// AWS or by our own pacing.
func IsThrottle(err error) bool {
	var own *paced
	if errors.As(err, &own) {
		return true
	}
	if _, ok := retry.DefaultThrottleErrorCodes[code(err)]; ok {
		return true
	}
	var response *smithyhttp.ResponseError
	return errors.As(err, &response) && response.HTTPStatusCode() == http.StatusTooManyRequests
}

// IsNoCredentials reports whether there are no credentials, or AWS does not
// accept those there are.
func IsNoCredentials(err error) bool {
	var none *noCredentials
	return errors.As(err, &none) || slices.Contains(credentialCodes, code(err))
}

// IsUnreachable reports whether no answer came from AWS at all.
func IsUnreachable(err error) bool {
	if code(err) != "" {
		return false
	}
	var silent *noAnswer
	var send *smithyhttp.RequestSendError
	var network *net.OpError
	return errors.As(err, &silent) || errors.As(err, &send) || errors.As(err, &network) || isNoHost(err)
}

// isNoHost reports whether AWS's host name does not exist.
func isNoHost(err error) bool {
	var name *net.DNSError
	return errors.As(err, &name) && name.IsNotFound
}

// cause is an SDK error in few words.
type cause struct {
	text string
	err  error
}

func (c *cause) Error() string { return c.text }
func (c *cause) Unwrap() error { return c.err }

// shorten gives err a text without the SDK's layers.
func shorten(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) {
		text := api.ErrorCode()
		if m := api.ErrorMessage(); m != "" {
			text += ": " + m
		}
		return &cause{text, err}
	}
	var none *noCredentials
	if errors.As(err, &none) {
		return &cause{none.err.Error(), err}
	}
	var send *smithyhttp.RequestSendError
	if errors.As(err, &send) {
		return &cause{send.Err.Error(), err}
	}
	var silent *noAnswer
	if errors.As(err, &silent) {
		return &cause{silent.Error(), err}
	}
	var operation *smithy.OperationError
	if errors.As(err, &operation) {
		return &cause{operation.Err.Error(), err}
	}
	return err
}

// fault turns the error of a call into one for the report. If the call's time
// ran out, what AWS said last is the reason.
func (s *Scope) fault(ctx context.Context, t *trail, p purpose, err error) *plan.Fault {
	late := ctx.Err() != nil
	if late {
		last := t.error()
		if last == nil || errors.Is(ctx.Err(), context.Canceled) {
			return &plan.Fault{Code: plan.Interrupted, Message: p.verb, Err: ctx.Err(), Hint: s.tooLate(ctx)}
		}
		err = last
	}
	f := &plan.Fault{Message: p.verb, Err: shorten(err)}
	if late {
		f.Err = fmt.Errorf("%w, until the time ran out", f.Err)
	}
	var failed *notAssumed
	if errors.As(err, &failed) {
		f.Message += ": assume " + failed.role.arn
		p = purpose{verb: p.verb, action: "sts:AssumeRole", resource: failed.role.arn}
	}
	f.Code, f.Hint = s.classify(p, err)
	if f.Code == plan.AccessDenied {
		f.Action = p.action
	}
	return f
}

// tooLate says what to try after a call that was cut off.
func (s *Scope) tooLate(ctx context.Context) string {
	if errors.Is(ctx.Err(), context.Canceled) {
		return "it was stopped before AWS answered: run it again"
	}
	return "the time ran out before AWS answered: give the pass more, or check the way from here to AWS's API in " + string(s.cfg.Region)
}

// classify returns the code of an error and what to try next.
func (s *Scope) classify(p purpose, err error) (plan.Code, string) {
	var own *paced
	switch {
	case IsNoCredentials(err):
		return plan.NoCredentials, "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), or log in again; " +
			"in a region that the account has not enabled no credentials are good"
	case IsDenied(err) && p.action == "sts:AssumeRole":
		return plan.AccessDenied, "sts:AssumeRole: the caller needs " + statement(p) +
			", and the role's trust policy must name the caller and, if it asks for one, the same external id (--external-id)"
	case IsDenied(err):
		hint := p.action + ": add to the role's policy " + statement(p)
		if _, conditional := conditions[p.action]; conditional {
			hint += "; the condition asks for groups tagged " + plan.TagManaged + " = true"
		}
		return plan.AccessDenied, hint
	case errors.As(err, &own):
		return plan.NotReached, p.action + " found no turn before the deadline: raise --api-share, or give the pass more time"
	case IsThrottle(err):
		return plan.Throttled, p.action + " has a rate limit for the whole account and region: lower --api-share, or find what else calls it"
	case isNoHost(err):
		return plan.AWSUnreachable, fmt.Sprintf("no such host: is %q a region, and AWS_ENDPOINT_URL right if it is set?", s.cfg.Region)
	case IsUnreachable(err):
		return plan.AWSUnreachable, "check the way from here to AWS's API in " + string(s.cfg.Region) +
			" (NAT or interface endpoints in a private subnet, proxy), and AWS_ENDPOINT_URL if it is set"
	case IsNotFound(err):
		return plan.AWSError, "it may have been deleted since it was listed"
	}
	return plan.AWSError, ""
}

// Conditions of the statements for writes, as JSON: without them the role
// could write to groups that are nobody's for sync, or tag itself more rights.
// docs/security.md says the same, and a test compares the two.
const (
	ifManaged = `{"StringEquals":{"aws:ResourceTag/postern:managed":"true"}}`
	ifMarks   = `{"StringEquals":{"aws:ResourceTag/postern:managed":"true"},` +
		`"ForAllValues:StringEquals":{"aws:TagKeys":["postern:marks"]},"Null":{"aws:TagKeys":"false"}}`
)

var conditions = map[string]string{
	"elasticloadbalancing:RegisterTargets":   ifManaged,
	"elasticloadbalancing:DeregisterTargets": ifManaged,
	"elasticloadbalancing:AddTags":           ifMarks,
}

// statement is the line of an IAM policy that allows what p does, and no more.
func statement(p purpose) string {
	resource := p.resource
	if resource == "" {
		resource = "*"
	}
	text := fmt.Sprintf(`{"Effect":"Allow","Action":%q,"Resource":%q`, p.action, resource)
	if c, ok := conditions[p.action]; ok {
		text += `,"Condition":` + c
	}
	return text + "}"
}

// badAnswer is the fault of an answer that cannot be right.
func badAnswer(verb, format string, args ...any) *plan.Fault {
	return &plan.Fault{
		Code:    plan.AWSAnswer,
		Message: verb,
		Err:     fmt.Errorf("malformed answer: "+format, args...),
		Hint:    "nothing was done with it; if it stays so, check what AWS_ENDPOINT_URL and proxies point to",
	}
}
