package state

import (
	"regexp"
	"slices"
	"strings"
)

// PrivateLink in one place: what it provides and what it consumes.
type links struct {
	services    *table[EndpointService]
	endpoints   *table[Endpoint]
	connections *table[Connection]
	offering    map[string]string // service by load balancer
}

func newLinks() links {
	l := links{
		offering: map[string]string{},
		services: newTable[EndpointService](nil),
		endpoints: newTable(map[string]func(Endpoint) string{
			"vpc-id": func(v Endpoint) string { return v.VPC },
		}),
		connections: newTable(map[string]func(Connection) string{
			"service-id": func(v Connection) string { return v.Service },
		}),
	}
	l.services.shapes, l.endpoints.shapes = true, true
	return l
}

// A Principal may connect to an endpoint service.
type Principal struct {
	ID   string `json:"id"`
	Type string `json:"type"` // All, Account, User, Role
	ARN  string `json:"arn"`  // or *
}

// principalARN is who may be allowed to connect. Source: PrivateLink guide,
// configure an endpoint service, manage permissions.
var principalARN = regexp.MustCompile(`^arn:[a-z-]+:iam::(\d{12}):(root|user/[\x21-\x7e]+|role/[\x21-\x7e]+)$`)

// newPrincipal reads an allowed principal.
func (s *Store) newPrincipal(arn string) (Principal, error) {
	p := Principal{ID: s.id("vpce-svc-perm"), Type: "All", ARN: arn}
	if arn == "*" {
		return p, nil
	}
	m := principalARN.FindStringSubmatch(arn)
	if m == nil {
		return p, refuse("InvalidPrincipal", "Invalid principal: '%s'", arn)
	}
	switch kind, _, _ := strings.Cut(m[2], "/"); kind {
	case "root":
		p.Type = "Account"
	case "user":
		p.Type = "User"
	default:
		p.Type = "Role"
	}
	return p, nil
}

// admits reports whether a principal covers a caller: everybody, each identity
// of an account, one user, or each session of one role. Source: PrivateLink
// guide, configure an endpoint service, manage permissions.
func (p Principal) admits(c Caller) bool {
	if p.Type == "All" {
		return true
	}
	m := principalARN.FindStringSubmatch(p.ARN)
	if m == nil || m[1] != c.Account {
		return false
	}
	switch p.Type {
	case "Account":
		return true
	case "User":
		return p.ARN == c.ARN
	}
	// arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION names the role without its path.
	_, session, ok := strings.Cut(c.ARN, ":assumed-role/")
	name, _, _ := strings.Cut(session, "/")
	return ok && name == p.ARN[strings.LastIndexByte(p.ARN, '/')+1:]
}

// admits reports whether a caller may see the service and connect to it: its
// owner, and whom the owner allows.
func (v EndpointService) admits(c Caller) bool {
	return c.Account == v.Owner || slices.ContainsFunc(v.Principals, func(p Principal) bool { return p.admits(c) })
}

// ModifyVpcEndpointServicePermissions adds and removes principals. Whoever is
// connected stays connected. Source: PrivateLink guide, configure an endpoint
// service.
func (s *Store) ModifyVpcEndpointServicePermissions(c Caller, service string, add, remove []string) (added []Principal, err error) {
	defer s.enter()()
	p := s.place(c)
	v, ok := p.services.get(service)
	if !ok {
		return nil, noService(service)
	}
	principals := slices.Clone(v.Principals)
	for _, arn := range add {
		if slices.ContainsFunc(principals, func(x Principal) bool { return x.ARN == arn }) {
			continue
		}
		x, err := s.newPrincipal(arn)
		if err != nil {
			return nil, err
		}
		principals, added = append(principals, x), append(added, x)
	}
	v.Principals = slices.DeleteFunc(principals, func(x Principal) bool { return slices.Contains(remove, x.ARN) })
	s.putService(p, v, v.State, "permissions")
	return added, nil
}

// DescribeVpcEndpointServicePermissions lists whom a service allows.
func (s *Store) DescribeVpcEndpointServicePermissions(c Caller, service string, filters []Filter, page Page) (principals []Principal, next string, err error) {
	defer s.enter()()
	v, ok := one(s, c, s.place(c).services, service)
	if !ok {
		return nil, "", noService(service)
	}
	keep, err := matcher(principalFields, func(Principal) Tags { return nil }, filters)
	if err != nil {
		return nil, "", err
	}
	return slice(v.Principals, page, keep)
}

var principalFields = fields[Principal]{
	"principal":      func(v Principal) []string { return []string{v.ARN} },
	"principal-type": func(v Principal) []string { return []string{v.Type} },
}

// slice is one part of a listing that is no table's.
func slice[T any](all []T, page Page, keep func(T) bool) (out []T, next string, err error) {
	if page.Max != 0 && (page.Max < 5 || page.Max > 1000) {
		return nil, "", refuse("InvalidParameterValue", "Value ( %d ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.", page.Max)
	}
	at, ok := parseToken("ec2", page.Token)
	if !ok || at > uint64(len(all)) {
		return nil, "", refuse("InvalidParameterValue", "Value (%s) for parameter nextToken is invalid.", page.Token)
	}
	end := uint64(len(all))
	if page.Max > 0 && at+uint64(page.Max) < end {
		end = at + uint64(page.Max)
		next = token("ec2", end)
	}
	for _, v := range all[at:end] {
		if keep(v) {
			out = append(out, v)
		}
	}
	return out, next, nil
}
