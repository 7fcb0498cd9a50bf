package aws

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"postern/internal/lab/iam"
	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

// authorize decides whether a call's caller may make it, by the policies of its
// role, in a store that enforces them. A call on several resources must be
// allowed on each.
//
// Source: Service authorization reference, each service's actions, resource
// types and dependent actions.
func authorize(store *state.Store) func(context.Context, *wire.Call) error {
	return func(_ context.Context, c *wire.Call) error {
		// GetCallerIdentity needs no right; the role's trust policy has its say on
		// AssumeRole, in the store.
		if !store.Enforces() || c.Service == "sts" {
			return nil
		}
		for _, a := range demands(store, c) {
			ctx := iam.Context{}
			for k, v := range a.context {
				ctx[k] = v
			}
			for k, v := range store.ResourceTags(a.resource) {
				ctx["aws:ResourceTag/"+k] = []string{v}
				ctx[serviceOf(a.action)+":ResourceTag/"+k] = []string{v}
			}
			if owner := accountOf(a.resource); owner != "" {
				ctx["aws:ResourceAccount"] = []string{owner}
			}
			if d := store.Authorize(state.Caller(c.Caller), a.action, a.resource, ctx); !d.Allowed {
				return refusal(c, a, d)
			}
		}
		return nil
	}
}

// A demand is one thing that a call's caller must be allowed.
type demand struct {
	action   string
	resource string // an ARN or *
	context  iam.Context
}

func serviceOf(action string) string {
	service, _, _ := strings.Cut(action, ":")
	return service
}

// accountOf is the account in an ARN, empty if there is none.
func accountOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[4]
	}
	return ""
}

// demands returns all that a call needs: the action itself on each resource,
// tags on what it makes, and the roles that it hands to a service.
func demands(store *state.Store, c *wire.Call) []demand {
	in := reflect.Indirect(reflect.ValueOf(c.Input))
	tags, hasTags := requestTags(in)
	ctx := iam.Context{}
	for k, v := range tags {
		ctx["aws:RequestTag/"+k] = []string{v}
		ctx["aws:TagKeys"] = append(ctx["aws:TagKeys"], k)
	}
	if keys := texts(in, "TagKeys"); len(keys) > 0 {
		ctx["aws:TagKeys"] = append(ctx["aws:TagKeys"], keys...)
	}
	for member, key := range map[string]string{"PermissionsBoundary": "iam:PermissionsBoundary", "PolicyArn": "iam:PolicyARN"} {
		if v := texts(in, member); c.Service == "iam" && len(v) > 0 {
			ctx[key] = v
		}
	}
	if boundary := boundaryOf(store, c, in); boundary != "" {
		ctx["iam:PermissionsBoundary"] = []string{boundary}
	}
	var all []demand
	for _, r := range resources(store, c, in) {
		all = append(all, demand{c.IAM, r, ctx})
	}
	if action := taggingAction[c.Service]; hasTags && strings.HasPrefix(c.Action, "Create") && action != "" {
		with := iam.Context{serviceOf(c.IAM) + ":CreateAction": {c.Action}}
		for k, v := range ctx {
			with[k] = v
		}
		made := resources(store, c, in)
		all = append(all, demand{action, made[len(made)-1], with})
	}
	// Source: PrivateLink guide, share your services, multi-Region.
	for _, member := range []string{"SupportedRegions", "AddSupportedRegions", "ServiceRegion"} {
		if c.Service == "ec2" && !strings.HasPrefix(c.Action, "Describe") && len(texts(in, member)) > 0 {
			all = append(all, demand{"vpce:AllowMultiRegion", "*", ctx})
		}
	}
	return append(all, passedRoles(c, in)...)
}

// ofBounded are the actions on a role for which IAM looks at the boundary that
// the role has; CreateRole and PutRolePermissionsBoundary name one themselves.
// Source: Service authorization reference, actions defined by AWS Identity and
// Access Management, condition key iam:PermissionsBoundary.
var ofBounded = map[string]bool{
	"AttachRolePolicy": true, "DetachRolePolicy": true, "PutRolePolicy": true, "DeleteRolePolicy": true, "DeleteRolePermissionsBoundary": true,
}

// boundaryOf is the permissions boundary of the role that a call is about,
// empty if it has none or does not matter.
func boundaryOf(store *state.Store, c *wire.Call, in reflect.Value) string {
	name := texts(in, "RoleName")
	if c.Service != "iam" || !ofBounded[c.Action] || len(name) == 0 {
		return ""
	}
	r, _ := store.GetRole(state.Caller(c.Caller), name[0])
	return r.Boundary
}

// taggingAction is the action that a service also asks for when a call gives
// tags to what it makes. Source: Service authorization reference, dependent
// actions; EC2 user guide, tagging on creation.
var taggingAction = map[string]string{
	"ec2": "ec2:CreateTags", "elbv2": "elasticloadbalancing:AddTags", "eks": "eks:TagResource", "iam": "iam:TagRole", "lambda": "lambda:TagResource",
	"logs": "logs:TagResource", "scheduler": "scheduler:TagResource", "sns": "sns:TagResource",
}

// passedRoles are the roles that a call gives to a service. Source: IAM user
// guide, grant a user permissions to pass a role to a service.
func passedRoles(c *wire.Call, in reflect.Value) []demand {
	service, members := "", []string(nil)
	switch c.Service + " " + c.Action {
	case "lambda CreateFunction", "lambda UpdateFunctionConfiguration":
		service, members = "lambda.amazonaws.com", texts(in, "Role")
	case "scheduler CreateSchedule", "scheduler UpdateSchedule":
		service, members = "scheduler.amazonaws.com", texts(reflect.Indirect(in.FieldByName("Target")), "RoleArn")
	case "events PutRule":
		service, members = "events.amazonaws.com", texts(in, "RoleArn")
	case "eks CreateCluster":
		service, members = "eks.amazonaws.com", texts(in, "RoleArn")
	}
	var all []demand
	for _, role := range members {
		all = append(all, demand{"iam:PassRole", role, iam.Context{"iam:PassedToService": {service}}})
	}
	return all
}

// texts returns the text or texts of a member, none if it is not there.
func texts(in reflect.Value, member string) []string {
	if in.Kind() != reflect.Struct {
		return nil
	}
	switch v := in.FieldByName(member); {
	case !v.IsValid():
	case v.Kind() == reflect.Pointer && !v.IsNil() && v.Elem().Kind() == reflect.String:
		return []string{v.Elem().String()}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.String:
		var all []string
		for i := range v.Len() {
			all = append(all, v.Index(i).String())
		}
		return all
	}
	return nil
}

// requestTags returns the tags that a request gives, in whichever form its
// service has them.
func requestTags(in reflect.Value) (map[string]string, bool) {
	tags := map[string]string{}
	read := func(list reflect.Value) {
		if list.Kind() == reflect.Map {
			for _, k := range list.MapKeys() {
				tags[k.String()] = list.MapIndex(k).String()
			}
			return
		}
		for i := range list.Len() {
			if key := texts(list.Index(i), "Key"); len(key) > 0 {
				tags[key[0]] = strings.Join(texts(list.Index(i), "Value"), "")
			}
		}
	}
	if in.Kind() != reflect.Struct {
		return nil, false
	}
	for _, name := range []string{"Tags", "AddTags"} {
		if v := in.FieldByName(name); v.IsValid() && (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) {
			read(v)
		}
	}
	if specs := in.FieldByName("TagSpecifications"); specs.IsValid() {
		for i := range specs.Len() {
			read(specs.Index(i).FieldByName("Tags"))
		}
	}
	return tags, len(tags) > 0
}

// refusal is what a service answers to a caller that may not. Source: IAM user
// guide, troubleshoot access denied error messages; EC2 API reference, error
// codes; SNS API reference, common errors.
func refusal(c *wire.Call, a demand, d iam.Decision) error {
	why := fmt.Sprintf("because no %s allows the %s action", d.By, a.action)
	if d.Explicit {
		why = fmt.Sprintf("with an explicit deny in %s", article(d.By))
	}
	on := ""
	if a.resource != "*" {
		on = " on resource: " + a.resource
	}
	e := &wire.Error{Code: "AccessDenied", Message: fmt.Sprintf("User: %s is not authorized to perform: %s%s %s", c.Caller.ARN, a.action, on, why), Status: 403, Sender: true}
	switch c.Service {
	case "ec2":
		e.Code, e.Message = "UnauthorizedOperation", "You are not authorized to perform this operation. "+e.Message
	case "sns":
		e.Code = "AuthorizationError"
	case "eks", "lambda", "scheduler":
		e.Code = "AccessDeniedException"
	case "tagging", "events", "logs", "ssm":
		e.Code, e.Status = "AccessDeniedException", 400
	}
	return e
}

func article(by string) string {
	if by == iam.ByIdentity {
		return "an " + by
	}
	return "a " + by
}
