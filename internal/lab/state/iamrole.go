package state

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"postern/internal/lab/iam"
)

// An IAMRole is a role with its policies. Roles belong to an account and to no
// region.
type IAMRole struct {
	ARN         string            `json:"arn"`
	Account     string            `json:"account"`
	Name        string            `json:"name"`
	Path        string            `json:"path"`
	ID          string            `json:"id"`
	Description string            `json:"description,omitempty"`
	Trust       string            `json:"trust"` // policy document
	MaxSession  int32             `json:"maxSessionSeconds"`
	Boundary    string            `json:"boundary,omitempty"` // ARN of a managed policy
	Inline      map[string]string `json:"inline,omitempty"`   // policy documents by name
	Attached    []string          `json:"attached,omitempty"` // ARNs of managed policies, oldest first
	Created     time.Time         `json:"created"`
	Tags        Tags              `json:"tags,omitempty"`
	// Declared says that the lab's world made it, and nobody by a call.
	Declared bool `json:"declared,omitempty"`
}

// IAMRoleInput asks for a role.
type IAMRoleInput struct {
	Name        string
	Path        string // empty: /
	Description string
	Trust       string
	MaxSession  int32 // seconds; 0: an hour
	Boundary    string
	Tags        Tags
}

var (
	entityName = regexp.MustCompile(`^[\w+=,.@-]{1,128}$`)
	entityPath = regexp.MustCompile(`^/([\x21-\x7e]+/)?$`)
)

// Quotas of a role. Source: IAM user guide, quotas.
const (
	attachedPerRole = 20
	inlineSize      = 10240
	managedSize     = 6144
	trustSize       = 4096
	maxRoleName     = 64
)

func roleKey(account, name string) string { return account + "/" + strings.ToLower(name) }

// role returns a role of the caller's.
func (s *Store) role(c Caller, name string) (IAMRole, error) {
	r, ok := one(s, c, s.iam.roles, roleKey(c.Account, name))
	if !ok {
		return r, noEntity("The role with name %s cannot be found.", name)
	}
	return r, nil
}

func noEntity(format string, args ...any) error {
	return refuseWith(404, "NoSuchEntity", format, args...)
}

func (s *Store) putRole(r IAMRole) { set(s, s.iam.roles, roleKey(r.Account, r.Name), r) }

// checkPolicy reads a document as IAM does before it stores it. In a store that
// enforces policies, what the lab cannot evaluate is refused too, so that no
// condition is passed over later.
func (s *Store) checkPolicy(document string, kind iam.Kind, most int) error {
	p, err := iam.Parse(document, kind)
	if err != nil {
		return refuse("MalformedPolicyDocument", "%v", err)
	}
	if size := len(strings.Join(strings.Fields(document), "")); size > most {
		return refuseWith(409, "LimitExceeded", "Cannot exceed quota for PolicySize: %d", most)
	}
	if err := p.Unsupported(); err != nil && s.opts.Enforce {
		return refuse("MalformedPolicyDocument", "the lab enforces policies, and of this one it cannot: %v", err)
	}
	return nil
}

// checkTrust reads a trust policy, whose roles must exist.
func (s *Store) checkTrust(document string) error {
	if err := s.checkPolicy(document, iam.Trust, trustSize); err != nil || !s.opts.Strict {
		return err
	}
	p, _ := iam.Parse(document, iam.Trust)
	for _, st := range p.Statements {
		for _, pr := range st.Principals {
			m := roleARN.FindStringSubmatch(pr.Value)
			if m == nil || !s.iam.known(m[1]) {
				continue
			}
			if r, ok := s.iam.roles.get(roleKey(m[1], m[2])); !ok || r.ARN != pr.Value {
				return refuse("MalformedPolicyDocument", `Invalid principal in policy: "AWS":"%s"`, pr.Value)
			}
		}
	}
	return nil
}

// CreateRole makes a role. Source: IAM API reference, CreateRole.
func (s *Store) CreateRole(c Caller, in IAMRoleInput) (IAMRole, error) {
	defer s.enter()()
	if in.Path == "" {
		in.Path = "/"
	}
	if in.MaxSession == 0 {
		in.MaxSession = 3600
	}
	switch {
	case !entityName.MatchString(in.Name) || len(in.Name) > maxRoleName:
		return IAMRole{}, refuse("ValidationError", "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-, and at most %d", maxRoleName)
	case !entityPath.MatchString(in.Path):
		return IAMRole{}, refuse("ValidationError", "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.")
	case in.MaxSession < 3600 || in.MaxSession > 43200:
		return IAMRole{}, refuse("ValidationError", "MaxSessionDuration must be from 3600 to 43200")
	}
	if _, ok := s.iam.roles.get(roleKey(c.Account, in.Name)); ok {
		return IAMRole{}, refuseWith(409, "EntityAlreadyExists", "Role with name %s already exists.", in.Name)
	}
	if err := s.checkTrust(in.Trust); err != nil {
		return IAMRole{}, err
	}
	if err := s.checkBoundary(c, in.Boundary); err != nil {
		return IAMRole{}, err
	}
	if err := checkTags(in.Tags, "LimitExceeded", "InvalidInput"); err != nil {
		return IAMRole{}, err
	}
	r := IAMRole{
		ARN: "arn:" + partition(c.Region) + ":iam::" + c.Account + ":role" + in.Path + in.Name, Account: c.Account, Name: in.Name, Path: in.Path,
		ID: "LABROLE" + strings.ToUpper(s.hex(14)), Description: in.Description, Trust: in.Trust, MaxSession: in.MaxSession, Boundary: in.Boundary,
		Created: s.stamp(), Tags: in.Tags.orNone(),
	}
	s.putRole(r)
	return r, nil
}

func (s *Store) checkBoundary(c Caller, arn string) error {
	if arn == "" {
		return nil
	}
	_, err := s.policy(c, arn)
	return err
}

// GetRole returns a role of the caller's.
func (s *Store) GetRole(c Caller, name string) (IAMRole, error) {
	defer s.enter()()
	return s.role(c, name)
}

// changeRole changes a role of the caller's, unless change refuses.
func (s *Store) changeRole(c Caller, name string, change func(*IAMRole) error) error {
	r, err := s.role(Caller{Account: c.Account}, name)
	if err != nil {
		return err
	}
	if err := change(&r); err != nil {
		return err
	}
	s.putRole(r)
	return nil
}

// UpdateRole changes a role's description and longest session; nil leaves
// either as it is.
func (s *Store) UpdateRole(c Caller, name string, description *string, maxSession *int32) error {
	defer s.enter()()
	return s.changeRole(c, name, func(r *IAMRole) error {
		if description != nil {
			r.Description = *description
		}
		if maxSession != nil {
			if *maxSession < 3600 || *maxSession > 43200 {
				return refuse("ValidationError", "MaxSessionDuration must be from 3600 to 43200")
			}
			r.MaxSession = *maxSession
		}
		return nil
	})
}

// UpdateAssumeRolePolicy replaces a role's trust policy.
func (s *Store) UpdateAssumeRolePolicy(c Caller, name, document string) error {
	defer s.enter()()
	return s.changeRole(c, name, func(r *IAMRole) error {
		r.Trust = document
		return s.checkTrust(document)
	})
}

// SetRoleBoundary sets a role's permissions boundary, or with an empty ARN
// takes it away.
func (s *Store) SetRoleBoundary(c Caller, name, policy string) error {
	defer s.enter()()
	return s.changeRole(c, name, func(r *IAMRole) error {
		r.Boundary = policy
		return s.checkBoundary(c, policy)
	})
}

// PutRolePolicy sets one of a role's own policies.
func (s *Store) PutRolePolicy(c Caller, role, name, document string) error {
	defer s.enter()()
	return s.changeRole(c, role, func(r *IAMRole) error {
		if !entityName.MatchString(name) {
			return refuse("ValidationError", "The specified value for policyName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-")
		}
		if err := s.checkPolicy(document, iam.Identity, inlineSize); err != nil {
			return err
		}
		r.Inline = with(r.Inline, Tags{name: document})
		return nil
	})
}

// GetRolePolicy returns one of a role's own policies.
func (s *Store) GetRolePolicy(c Caller, role, name string) (document string, err error) {
	defer s.enter()()
	r, err := s.role(c, role)
	if err != nil {
		return "", err
	}
	document, ok := r.Inline[name]
	if !ok {
		return "", noEntity("The role policy with name %s cannot be found.", name)
	}
	return document, nil
}

// DeleteRolePolicy deletes one of a role's own policies.
func (s *Store) DeleteRolePolicy(c Caller, role, name string) error {
	defer s.enter()()
	return s.changeRole(c, role, func(r *IAMRole) error {
		if _, ok := r.Inline[name]; !ok {
			return noEntity("The role policy with name %s cannot be found.", name)
		}
		r.Inline = clone(less(r.Inline, []string{name}))
		return nil
	})
}

// AttachRolePolicy attaches a managed policy; again is no error.
func (s *Store) AttachRolePolicy(c Caller, role, policy string) error {
	defer s.enter()()
	return s.changeRole(c, role, func(r *IAMRole) error {
		if _, err := s.policy(c, policy); err != nil {
			return err
		}
		if slices.Contains(r.Attached, policy) {
			return nil
		}
		if len(r.Attached) >= attachedPerRole {
			return refuseWith(409, "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: %d", attachedPerRole)
		}
		r.Attached = append(slices.Clip(r.Attached), policy)
		return nil
	})
}

// DetachRolePolicy detaches a managed policy.
func (s *Store) DetachRolePolicy(c Caller, role, policy string) error {
	defer s.enter()()
	return s.changeRole(c, role, func(r *IAMRole) error {
		if !slices.Contains(r.Attached, policy) {
			return noEntity("Policy %s was not found.", policy)
		}
		r.Attached = slices.DeleteFunc(slices.Clone(r.Attached), func(a string) bool { return a == policy })
		return nil
	})
}

// TagRole changes a role's tags.
func (s *Store) TagRole(c Caller, name string, add Tags, remove []string) error {
	defer s.enter()()
	return s.changeRole(c, name, func(r *IAMRole) (err error) {
		r.Tags, err = retag(r.Tags, add, remove, "LimitExceeded", "InvalidInput")
		return err
	})
}

// DeleteRole deletes a role that has no policy left. Source: IAM API reference,
// DeleteRole.
func (s *Store) DeleteRole(c Caller, name string) error {
	defer s.enter()()
	r, err := s.role(Caller{Account: c.Account}, name)
	switch {
	case err != nil:
		return err
	case len(r.Attached) > 0:
		return refuseWith(409, "DeleteConflict", "Cannot delete entity, must detach all policies first.")
	case len(r.Inline) > 0:
		return refuseWith(409, "DeleteConflict", "Cannot delete entity, must delete policies first.")
	}
	drop(s, s.iam.roles, roleKey(c.Account, name))
	return nil
}

// declare makes the role that AddRole asks for. Its trust policy is what the
// lab's world says of it; it may do everything unless the world says less.
func (s *Store) declare(in Role) {
	m := roleARN.FindStringSubmatch(in.ARN)
	trust := map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole"}
	accounts := in.Trust
	if len(accounts) == 0 {
		accounts = []string{m[1]}
	}
	var roots []string
	for _, a := range accounts {
		roots = append(roots, "arn:aws:iam::"+a+":root")
	}
	trust["Principal"] = map[string]any{"AWS": roots}
	if in.ExternalID != "" {
		trust["Condition"] = map[string]any{"StringEquals": map[string]string{"sts:ExternalId": in.ExternalID}}
	}
	document, _ := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{trust}}) // maps of strings always are JSON
	policy := in.Policy
	if policy == "" {
		policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	}
	path := strings.TrimSuffix(in.ARN[strings.Index(in.ARN, ":role/")+len(":role"):], m[2])
	s.putRole(IAMRole{
		ARN: in.ARN, Account: m[1], Name: m[2], Path: path, ID: "LABROLE" + strings.ToUpper(hash16(in.ARN)), Trust: string(document), MaxSession: 43200,
		Inline: map[string]string{"lab": policy}, Created: s.stamp(), Declared: true,
	})
}

// documents returns the policies of a role, those that cannot be read left out:
// they were read before they were stored.
func (s *Store) documents(r IAMRole) (identity []*iam.Policy, boundary *iam.Policy) {
	read := func(document string) {
		if p, err := iam.Parse(document, iam.Identity); err == nil {
			identity = append(identity, p)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Inline)) {
		read(r.Inline[name])
	}
	for _, arn := range r.Attached {
		if p, err := s.policy(Caller{Account: r.Account}, arn); err == nil {
			read(p.document())
		}
	}
	if r.Boundary == "" {
		return identity, nil
	}
	boundary = &iam.Policy{} // one that is gone allows nothing
	if p, err := s.policy(Caller{Account: r.Account}, r.Boundary); err == nil {
		if read, err := iam.Parse(p.document(), iam.Identity); err == nil {
			boundary = read
		}
	}
	return identity, boundary
}
