package iam

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// Operators are the condition operators that are evaluated, each also with
// IfExists (but Null), ForAllValues: and ForAnyValue: around it. Source: IAM
// JSON policy elements, condition operators.
var Operators = []string{
	"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike",
	"ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike", "Bool", "Null", "IpAddress", "NotIpAddress",
}

// Keys are the condition keys that are evaluated; one that ends in a slash has
// the rest as a tag's key. Source: Service authorization reference; IAM user
// guide, global condition context keys.
var Keys = []string{
	"aws:PrincipalAccount", "aws:PrincipalArn", "aws:RequestTag/", "aws:RequestedRegion", "aws:ResourceAccount", "aws:ResourceTag/", "aws:SourceAccount", "aws:SourceArn", "aws:SourceIp", "aws:TagKeys",
	"ec2:CreateAction", "ec2:ResourceTag/", "elasticloadbalancing:CreateAction", "elasticloadbalancing:ResourceTag/",
	"iam:PassedToService", "iam:PermissionsBoundary", "iam:PolicyARN", "iam:ResourceTag/", "lambda:SourceFunctionArn", "sts:ExternalId", "sts:RoleSessionName",
}

// conditions reads a condition block, in a stable order.
func conditions(block map[string]map[string]many[scalar]) ([]Condition, error) {
	var all []Condition
	for _, name := range slices.Sorted(maps.Keys(block)) {
		c := Condition{Operator: name}
		for _, q := range []string{"ForAllValues", "ForAnyValue"} {
			if rest, ok := strings.CutPrefix(name, q+":"); ok {
				c.Quant, c.Operator = q, rest
			}
		}
		if rest, ok := strings.CutSuffix(c.Operator, "IfExists"); ok {
			c.IfExists, c.Operator = true, rest
		}
		for _, key := range slices.Sorted(maps.Keys(block[name])) {
			c.Key, c.Values = key, nil
			for _, v := range block[name][key] {
				c.Values = append(c.Values, string(v))
			}
			if len(c.Values) == 0 {
				return nil, fmt.Errorf("condition %s on %s has no value", name, key)
			}
			all = append(all, c)
		}
	}
	return all, nil
}

// Unsupported returns an error that names what of the policy cannot be
// evaluated here, nil if there is nothing.
func (p *Policy) Unsupported() error {
	for _, st := range p.Statements {
		for _, c := range st.Conditions {
			if !slices.Contains(Operators, c.Operator) || c.Operator == "Null" && c.IfExists {
				return fmt.Errorf("condition operator %s is not evaluated here", c.Operator)
			}
			if !knownKey(c.Key) {
				return fmt.Errorf("condition key %s is not evaluated here", c.Key)
			}
			if i := slices.IndexFunc(c.Values, func(v string) bool { return strings.Contains(v, "${") }); i >= 0 {
				return fmt.Errorf("policy variables are not evaluated here: %s", c.Values[i])
			}
		}
		for _, r := range append(slices.Clone(st.Resources), st.NotResources...) {
			if strings.Contains(r, "${") {
				return fmt.Errorf("policy variables are not evaluated here: %s", r)
			}
		}
	}
	return nil
}

// knownKey reports whether a key is in Keys; keys are compared without case,
// but what follows the slash.
func knownKey(key string) bool {
	return slices.ContainsFunc(Keys, func(k string) bool {
		if strings.HasSuffix(k, "/") {
			return len(key) > len(k) && strings.EqualFold(key[:len(k)], k)
		}
		return strings.EqualFold(key, k)
	})
}

// A Context is what a request has under condition keys.
type Context map[string][]string

// get returns the values under a key, without regard to its case.
func (c Context) get(key string) ([]string, bool) {
	if v, ok := c[key]; ok {
		return v, true
	}
	for k, v := range c {
		if strings.EqualFold(k, key) {
			return v, true
		}
	}
	return nil, false
}

// holds reports whether a condition holds for what a request has.
func (c Condition) holds(ctx Context) bool {
	have, ok := ctx.get(c.Key)
	ok = ok && len(have) > 0
	if c.Operator == "Null" {
		return slices.ContainsFunc(c.Values, func(v string) bool { return strings.EqualFold(v, "true") != ok })
	}
	positive, negated := operator(c.Operator)
	fits := func(h string) bool {
		return slices.ContainsFunc(c.Values, func(want string) bool { return positive(want, h) }) != negated
	}
	switch {
	case !ok && c.IfExists:
		return true
	case c.Quant == "ForAllValues":
		return !slices.ContainsFunc(have, func(h string) bool { return !fits(h) })
	case !ok:
		return negated && c.Quant == ""
	case c.Quant == "" && negated:
		return !slices.ContainsFunc(have, func(h string) bool { return !fits(h) })
	}
	return slices.ContainsFunc(have, fits)
}

// operator returns how an operator compares a policy's value with a request's,
// and whether it is the opposite that is asked for. An unknown one fits
// nothing, whichever way.
func operator(name string) (fits func(want, have string) bool, negated bool) {
	switch name {
	case "StringEquals", "StringNotEquals":
		fits = func(want, have string) bool { return want == have }
	case "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase":
		fits = strings.EqualFold
	case "StringLike", "StringNotLike":
		fits = glob
	case "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike":
		fits = arnLike
	case "Bool":
		fits = strings.EqualFold
	case "IpAddress", "NotIpAddress":
		fits = contains
	default:
		return func(string, string) bool { return false }, false
	}
	return fits, strings.Contains(name, "Not")
}

// arnLike compares two ARNs part by part, each of which may have wildcards.
func arnLike(want, have string) bool {
	w, h := strings.SplitN(want, ":", 6), strings.SplitN(have, ":", 6)
	if len(w) != 6 || len(h) != 6 {
		return false
	}
	for i := range w {
		if !glob(w[i], h[i]) {
			return false
		}
	}
	return true
}

// contains reports whether an address is the wanted one or in the wanted range.
func contains(want, have string) bool {
	a, err := netip.ParseAddr(have)
	if err != nil {
		return false
	}
	if p, err := netip.ParsePrefix(want); err == nil {
		return p.Contains(a)
	}
	w, err := netip.ParseAddr(want)
	return err == nil && w == a
}

// glob reports whether s fits a pattern in which * is any text and ? any one
// byte.
func glob(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
