package iam

import (
	"slices"
	"strings"
)

// A Request is one action on one resource by somebody.
type Request struct {
	Action   string // such as ec2:DescribeVpcs
	Resource string // an ARN, or * for an action that has none
	By       Caller
	Context  Context
}

// A Caller is who asks: an identity of an account, or a service of AWS's.
type Caller struct {
	Account string // twelve digits; empty for a service
	ARN     string // of the user or the role
	Session string // the ARN of a role's session; empty for a user
	Service string // such as lambda.amazonaws.com; empty for an identity
}

// Grants are the policies that bear on a request.
type Grants struct {
	Identity []*Policy
	Boundary *Policy // nil: none
	Resource *Policy // the resource's own, or a role's trust policy; nil: none
	// Owner is the account of the resource; it matters with Resource.
	Owner string
}

// A Decision says whether a request is allowed, and if not, why.
type Decision struct {
	Allowed  bool
	Explicit bool   // a statement denies it
	By       string // what denies it: identity-based policy, permissions boundary, resource-based policy
}

// What a decision goes by, in the words of AWS's messages.
const (
	ByIdentity = "identity-based policy"
	ByBoundary = "permissions boundary"
	ByResource = "resource-based policy"
)

// Decide evaluates the policies: a statement that denies wins; within an
// account the identity's policies or the resource's must allow, between
// accounts both; the boundary bounds what an identity may do.
func (g Grants) Decide(r Request) Decision {
	v := g.weigh(r)
	switch {
	case v.denied != "":
		return Decision{Explicit: true, By: v.denied}
	case r.By.Service != "":
		return allowed(v.named, ByResource)
	case !v.identity && !(v.named && r.By.Account == g.Owner):
		return Decision{By: ByIdentity}
	case !v.bounded:
		return Decision{By: ByBoundary}
	}
	return allowed(g.Resource == nil || r.By.Account == g.Owner || v.named || v.delegated, ByResource)
}

// Assume decides on assuming the role whose trust policy Resource is: that
// policy must allow it in every case, by naming the caller or, if the caller's
// own policies allow it too, its account.
func (g Grants) Assume(r Request) Decision {
	if d := g.Decide(r); !d.Allowed || r.By.Service != "" {
		return d
	}
	v := g.weigh(r)
	return allowed(v.named || v.delegated, ByResource)
}

func allowed(ok bool, otherwise string) Decision {
	if ok {
		return Decision{Allowed: true}
	}
	return Decision{By: otherwise}
}

// A verdict is what each kind of policy says of a request.
type verdict struct {
	denied    string // by which kind; empty: by none
	identity  bool   // the identity's policies allow it
	bounded   bool   // the boundary allows it, or there is none
	named     bool   // the resource's policy allows it to the caller itself
	delegated bool   // the resource's policy allows it to the caller's account
}

func (g Grants) weigh(r Request) verdict {
	v := verdict{bounded: true}
	deny := func(yes bool, by string) {
		if yes && v.denied == "" {
			v.denied = by
		}
	}
	for _, p := range g.Identity {
		allow, denies := p.evaluate(r)
		deny(denies, ByIdentity)
		v.identity = v.identity || allow
	}
	if g.Boundary != nil {
		allow, denies := g.Boundary.evaluate(r)
		deny(denies, ByBoundary)
		v.bounded = allow
	}
	if g.Resource != nil {
		var denies bool
		v.named, v.delegated, denies = g.Resource.grants(r)
		deny(denies, ByResource)
	}
	return v
}

// evaluate reports whether a statement of an identity's policy allows the
// request, and whether one denies it.
func (p *Policy) evaluate(r Request) (allow, deny bool) {
	for _, st := range p.Statements {
		if st.covers(r) {
			allow, deny = allow || !st.Deny, deny || st.Deny
		}
	}
	return allow, deny
}

// grants reports whether a resource's policy allows the request to the caller
// by name, or to its account as a whole, and whether it denies it.
func (p *Policy) grants(r Request) (named, delegated, deny bool) {
	is := func(pr Principal) bool { return pr.is(r.By) }
	account := func(pr Principal) bool { return pr.isAccount(r.By) }
	for _, st := range p.Statements {
		switch {
		case !st.covers(r):
		case st.Deny && st.notPrincipal:
			deny = deny || !slices.ContainsFunc(st.NotPrincipals, is) && !slices.ContainsFunc(st.NotPrincipals, account)
		case st.Deny:
			deny = deny || slices.ContainsFunc(st.Principals, is) || slices.ContainsFunc(st.Principals, account)
		default:
			named = named || slices.ContainsFunc(st.Principals, is)
			delegated = delegated || slices.ContainsFunc(st.Principals, account)
		}
	}
	return named, delegated, deny
}

// covers reports whether a statement is about a request's action, resource and
// context.
func (st *Statement) covers(r Request) bool {
	action := func(a string) bool { return glob(strings.ToLower(a), strings.ToLower(r.Action)) }
	resource := func(res string) bool { return glob(res, r.Resource) }
	switch {
	case len(st.Actions) > 0 && !slices.ContainsFunc(st.Actions, action),
		len(st.NotActions) > 0 && slices.ContainsFunc(st.NotActions, action),
		len(st.Resources) > 0 && !slices.ContainsFunc(st.Resources, resource),
		len(st.NotResources) > 0 && slices.ContainsFunc(st.NotResources, resource):
		return false
	}
	return !slices.ContainsFunc(st.Conditions, func(c Condition) bool { return !c.holds(r.Context) })
}

// is reports whether a principal names the caller itself, or everybody.
func (p Principal) is(by Caller) bool {
	switch p.Type {
	case "Service":
		return by.Service != "" && p.Value == by.Service
	case "AWS":
		return p.Value == "*" || by.Service == "" && (p.Value == by.ARN || by.Session != "" && p.Value == by.Session)
	}
	return false
}

// isAccount reports whether a principal is the caller's account as a whole.
func (p Principal) isAccount(by Caller) bool {
	if p.Type != "AWS" || by.Account == "" {
		return false
	}
	return p.Value == by.Account || strings.HasPrefix(p.Value, "arn:") && strings.HasSuffix(p.Value, ":iam::"+by.Account+":root")
}
