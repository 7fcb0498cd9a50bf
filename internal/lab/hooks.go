package lab

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	"postern/internal/lab/faults"
	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

// strike lets the faults in force befall the call.
func (l *Lab) strike(ctx context.Context, c *wire.Call) error {
	eff := l.faults.Call(faults.Call{
		Account: c.Caller.Account, Region: c.Caller.Region, Service: c.Service, Action: c.Action, Cluster: l.clusterOf(c),
	}, time.Now())
	if eff.Delay > 0 {
		if err := wait(ctx, eff.Delay); err != nil {
			return &wire.Error{Code: "ServiceUnavailable", Message: "The lab ended, or the client left, while a fault delayed the answer.", Status: 503}
		}
	}
	c.Caller.Stale = max(c.Caller.Stale, eff.Age)
	switch eff.Refuse {
	case faults.Throttle:
		return state.ThrottleError(c.Signing)
	case faults.Deny:
		return denied(c)
	}
	return nil
}

// wait lets d pass, unless ctx ends before.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// clusterOf returns the name of the cluster that a call is about: by the
// target group or load balancer that it names, or in EKS itself. Empty: none,
// or several.
func (l *Lab) clusterOf(c *wire.Call) string {
	in := reflect.ValueOf(c.Input)
	if in.Kind() != reflect.Pointer || in.IsNil() || in.Elem().Kind() != reflect.Struct {
		return ""
	}
	in = in.Elem()
	if c.Service == "eks" {
		for _, field := range []string{"ClusterName", "Name"} {
			if name := text(in, field); name != "" {
				return name
			}
		}
		return ""
	}
	for _, field := range []string{"TargetGroupArn", "LoadBalancerArn", "ResourceArns", "TargetGroupArns", "LoadBalancerArns"} {
		if arn := text(in, field); arn != "" {
			tagged, err := l.store.DescribeTags(state.Caller(c.Caller), []string{arn})
			if err != nil || len(tagged) == 0 {
				return ""
			}
			return tagged[0].Tags[tagCluster]
		}
	}
	return ""
}

// text reads a string field, or the one element of a list of strings.
func text(in reflect.Value, field string) string {
	v := in.FieldByName(field)
	if v.IsValid() && v.Kind() == reflect.Slice {
		if v.Len() != 1 {
			return ""
		}
		v = v.Index(0)
	}
	if v.IsValid() && v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if !v.IsValid() || v.Kind() != reflect.String {
		return ""
	}
	return v.String()
}

// denied is what a caller gets that no policy allows the action.
// Source: IAM user guide, troubleshoot access denied error messages; Amazon
// EC2 API reference, error codes, UnauthorizedOperation.
func denied(c *wire.Call) error {
	why := fmt.Sprintf("User: %s is not authorized to perform: %s%s because no identity-based policy allows the %s action", c.Caller.ARN, c.IAM, onResource(c), c.IAM)
	switch c.Service {
	case "ec2":
		return &wire.Error{Code: "UnauthorizedOperation", Message: "You are not authorized to perform this operation. " + why, Status: 403, Sender: true}
	case "eks":
		return &wire.Error{Code: "AccessDeniedException", Message: why, Status: 403, Sender: true}
	case "tagging":
		return &wire.Error{Code: "AccessDeniedException", Message: why, Status: 400, Sender: true}
	}
	return &wire.Error{Code: "AccessDenied", Message: why, Status: 403, Sender: true}
}

// onResource names the resource that a call is about, where it says so itself.
func onResource(c *wire.Call) string {
	in := reflect.Indirect(reflect.ValueOf(c.Input))
	if in.Kind() != reflect.Struct {
		return ""
	}
	for _, field := range []string{"TargetGroupArn", "LoadBalancerArn", "ResourceArns", "ResourceArn", "RoleArn"} {
		if arn := text(in, field); strings.HasPrefix(arn, "arn:") {
			return " on resource: " + arn
		}
	}
	if name := text(in, "Name"); c.Service == "eks" && name != "" {
		return fmt.Sprintf(" on resource: arn:aws:eks:%s:%s:cluster/%s", c.Caller.Region, c.Caller.Account, name)
	}
	return ""
}
