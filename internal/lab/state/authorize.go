package state

import (
	"strings"

	"postern/internal/lab/iam"
)

// roleByARN returns a role by its whole ARN.
func (s *Store) roleByARN(arn string) (IAMRole, bool) {
	m := roleARN.FindStringSubmatch(arn)
	if m == nil {
		return IAMRole{}, false
	}
	r, ok := s.iam.roles.get(roleKey(m[1], m[2]))
	return r, ok && r.ARN == arn
}

// roleOf returns the role whose session a caller is; false for an account's
// own user and for a role that nobody declared.
func (s *Store) roleOf(c Caller) (IAMRole, bool) {
	_, rest, ok := strings.Cut(c.ARN, ":assumed-role/")
	if !ok {
		return IAMRole{}, false
	}
	name, _, _ := strings.Cut(rest, "/")
	return s.iam.roles.get(roleKey(c.Account, name))
}

// everything is the policy of an account's own user, and of roles that nobody
// declared: the lab has no users but administrators.
var everything = &iam.Policy{Statements: []iam.Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}}

// policiesOf returns who a caller is to IAM and what its own policies are. In a
// store that does not enforce them they allow everything.
func (s *Store) policiesOf(c Caller) (by iam.Caller, g iam.Grants) {
	by = iam.Caller{Account: c.Account, ARN: c.ARN}
	r, ok := s.roleOf(c)
	if ok {
		by.ARN, by.Session = r.ARN, c.ARN
	}
	if !ok || !s.opts.Enforce {
		return by, iam.Grants{Identity: []*iam.Policy{everything}}
	}
	g.Identity, g.Boundary = s.documents(r)
	return by, g
}

// Enforces reports whether policies say what callers may do.
func (s *Store) Enforces() bool { return s.opts.Enforce }

// Authorize decides whether a caller may do something to a resource, by the
// policies of the caller's identity. The context gets what IAM itself adds.
func (s *Store) Authorize(c Caller, action, resource string, ctx iam.Context) iam.Decision {
	defer s.enter()()
	by, g := s.policiesOf(c)
	return g.Decide(iam.Request{Action: action, Resource: resource, By: by, Context: s.context(c, by, ctx)})
}

// context adds the global keys that every request has. Source: IAM user guide,
// global condition context keys.
func (s *Store) context(c Caller, by iam.Caller, ctx iam.Context) iam.Context {
	out := iam.Context{"aws:PrincipalArn": {by.ARN}, "aws:PrincipalAccount": {c.Account}, "aws:SourceIp": {"127.0.0.1"}}
	if c.Region != "" {
		out["aws:RequestedRegion"] = []string{c.Region}
	}
	if c.Function != "" { // Source: Lambda developer guide, working with function credentials
		out["lambda:SourceFunctionArn"] = []string{c.Function}
	}
	for k, v := range ctx {
		out[k] = v
	}
	return out
}

// assumable decides on AssumeRole: the role's trust policy and, where policies
// are enforced, the caller's own.
func (s *Store) assumable(c Caller, role IAMRole, in AssumeRoleInput) iam.Decision {
	trust, err := iam.Parse(role.Trust, iam.Trust)
	if err != nil {
		return iam.Decision{By: iam.ByResource}
	}
	ctx := iam.Context{"sts:RoleSessionName": {in.Session}, "aws:ResourceAccount": {role.Account}}
	if in.ExternalID != "" {
		ctx["sts:ExternalId"] = []string{in.ExternalID}
	}
	for k, v := range role.Tags {
		ctx["aws:ResourceTag/"+k] = []string{v}
	}
	by, g := s.policiesOf(c)
	g.Resource, g.Owner = trust, role.Account
	return g.Assume(iam.Request{Action: "sts:AssumeRole", Resource: role.ARN, By: by, Context: s.context(c, by, ctx)})
}

// servedBy reports whether a role's trust policy lets a service of AWS's assume
// it.
func (s *Store) servedBy(role IAMRole, service string) bool {
	trust, err := iam.Parse(role.Trust, iam.Trust)
	if err != nil {
		return false
	}
	ctx := iam.Context{"aws:SourceAccount": {role.Account}}
	g := iam.Grants{Resource: trust, Owner: role.Account}
	return g.Assume(iam.Request{Action: "sts:AssumeRole", Resource: role.ARN, By: iam.Caller{Service: service}, Context: ctx}).Allowed
}

// ServiceMay decides whether a service that works as a role may do something:
// what the role's own policies say, where they are enforced.
func (s *Store) ServiceMay(roleARN, action, resource string) iam.Decision {
	defer s.enter()()
	return s.serviceMay(roleARN, action, resource)
}

func (s *Store) serviceMay(roleARN, action, resource string) iam.Decision {
	role, ok := s.roleByARN(roleARN)
	if !ok {
		return iam.Decision{By: iam.ByIdentity}
	}
	session := "arn:" + strings.Split(role.ARN, ":")[1] + ":sts::" + role.Account + ":assumed-role/" + role.Name + "/service"
	c := Caller{Account: role.Account, ARN: session}
	by, g := s.policiesOf(c)
	return g.Decide(iam.Request{Action: action, Resource: resource, By: by, Context: s.context(c, by, nil)})
}
