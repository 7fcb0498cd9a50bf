package state

import (
	"regexp"
	"strings"
	"time"

	"postern/internal/lab/iam"
)

// A Role is an IAM role that other accounts may assume.
type Role struct {
	ARN        string   `json:"arn"`
	Trust      []string `json:"trust"`                // account IDs; none: its own account only
	ExternalID string   `json:"externalId,omitempty"` // required if set
	Policy     string   `json:"policy,omitempty"`     // document of what it may do; empty: everything
}

// AssumeRoleInput asks for a role's keys.
type AssumeRoleInput struct {
	Role       string
	Session    string
	ExternalID string
	Duration   time.Duration // default an hour; not divided by the speed
}

// Credentials are temporary keys.
type Credentials struct {
	AccessKey string
	Secret    string
	Token     string
	Expires   time.Time
	RoleARN   string // of the assumed role's session
	RoleID    string // the role's ID:session
}

// Identities are the lab's accounts, roles and keys.
type identities struct {
	accounts map[string]bool
	roles    *table[IAMRole]    // by account and name
	policies *table[Policy]     // managed ones, by ARN
	sessions map[string]session // by access key
}

type session struct {
	Credentials
	account string
	// function is the ARN of the function that the session was made for.
	function string
}

func newIdentities() identities {
	return identities{accounts: map[string]bool{}, roles: newTable[IAMRole](nil), policies: newTable[Policy](nil), sessions: map[string]session{}}
}

// Keys of the lab look like no key of AWS's: LABKEY and the account's number,
// or LABTMP and 14 digits for those of AssumeRole.
const (
	staticKey    = "LABKEY"
	temporaryKey = "LABTMP"
	// StaticSecret is the secret key that belongs to every static access key.
	StaticSecret = "lab-secret-key-of-no-value"
)

// StaticKey returns the static access key of an account's administrator.
func StaticKey(account string) string { return staticKey + account }

var (
	accountID   = regexp.MustCompile(`^\d{12}$`)
	realKey     = regexp.MustCompile(`^A[A-Z]{3}[A-Z0-9]{16}$`)
	roleARN     = regexp.MustCompile(`^arn:[a-z-]+:iam::(\d{12}):role/(?:[\x21-\x7e]+/)?([A-Za-z0-9+=,.@_-]{1,64})$`)
	sessionName = regexp.MustCompile(`^[A-Za-z0-9+=,.@_-]{2,64}$`)
)

// AddAccount declares an account. Once one is declared, the keys of others are
// refused.
func (s *Store) AddAccount(id string) error {
	defer s.enter()()
	if !accountID.MatchString(id) {
		return refuse("ValidationError", "account %q is not a number of twelve digits", id)
	}
	s.iam.accounts[id] = true
	return nil
}

// AddRole declares a role and who may assume it.
func (s *Store) AddRole(r Role) error {
	defer s.enter()()
	if !roleARN.MatchString(r.ARN) {
		return refuse("ValidationError", "%q is not the ARN of a role", r.ARN)
	}
	if r.Policy != "" {
		if err := s.checkPolicy(r.Policy, iam.Identity, inlineSize); err != nil {
			return err
		}
	}
	s.declare(r)
	return nil
}

// known reports whether the lab has an account.
func (x identities) known(account string) bool {
	return accountID.MatchString(account) && (len(x.accounts) == 0 || x.accounts[account])
}

// Authenticate returns the caller, without a region, behind an access key and,
// for temporary keys, a session token. Codes: STS API reference, common errors.
func (s *Store) Authenticate(accessKey, token string) (Caller, error) {
	defer s.enter()()
	if realKey.MatchString(accessKey) {
		return Caller{}, refuseWith(403, "InvalidClientTokenId", "this access key looks like a real one of AWS's; the lab takes only its own keys, such as %s", StaticKey("111111111111"))
	}
	if account, ok := strings.CutPrefix(accessKey, staticKey); ok && s.iam.known(account) {
		return Caller{Account: account, ARN: "arn:aws:iam::" + account + ":user/lab", UserID: "LABUSER" + account}, nil
	}
	x, ok := s.iam.sessions[accessKey]
	switch {
	case !ok || x.Token != token:
		return Caller{}, refuseWith(403, "InvalidClientTokenId", "The security token included in the request is invalid. The lab knows keys such as %s", StaticKey("111111111111"))
	case s.now.After(x.Expires):
		return Caller{}, refuseWith(403, "ExpiredToken", "The security token included in the request is expired")
	}
	return Caller{Account: x.account, ARN: x.RoleARN, UserID: x.RoleID, Function: x.function}, nil
}

// Secret returns the secret key of an access key, for checking signatures.
func (s *Store) Secret(accessKey string) (string, bool) {
	defer s.enter()()
	if account, ok := strings.CutPrefix(accessKey, staticKey); ok && s.iam.known(account) {
		return StaticSecret, true
	}
	x, ok := s.iam.sessions[accessKey]
	return x.Secret, ok
}

// AssumeRole issues keys bound to a role's account. A role takes those whom
// its trust policy names, with its external ID; one that is not there, in a lab
// account, takes everybody, unless the store is strict. Source: STS API
// reference, AssumeRole.
func (s *Store) AssumeRole(c Caller, in AssumeRoleInput) (Credentials, error) {
	defer s.enter()()
	m := roleARN.FindStringSubmatch(in.Role)
	if m == nil {
		return Credentials{}, refuse("ValidationError", "%s is invalid", in.Role)
	}
	if !sessionName.MatchString(in.Session) {
		return Credentials{}, refuse("ValidationError", "1 validation error detected: Value '%s' at 'roleSessionName' failed to satisfy constraint", in.Session)
	}
	if in.Duration == 0 {
		in.Duration = time.Hour
	}
	if in.Duration < 15*time.Minute || in.Duration > 12*time.Hour {
		return Credentials{}, refuse("ValidationError", "DurationSeconds must be from 900 to 43200")
	}
	role, there := s.iam.roles.get(roleKey(m[1], m[2]))
	switch there = there && role.ARN == in.Role; {
	case there:
		if d := s.assumable(c, role, in); !d.Allowed {
			return Credentials{}, refuseWith(403, "AccessDenied", "User: %s is not authorized to perform: sts:AssumeRole on resource: %s", c.ARN, in.Role)
		}
		if in.Duration > time.Duration(role.MaxSession)*time.Second {
			return Credentials{}, refuse("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
		}
	case !s.iam.known(m[1]) || s.opts.Strict:
		return Credentials{}, refuseWith(403, "AccessDenied", "User: %s is not authorized to perform: sts:AssumeRole on resource: %s", c.ARN, in.Role)
	default:
		role = IAMRole{ARN: in.Role, Account: m[1], Name: m[2], ID: "LABROLE" + strings.ToUpper(hash16(in.Role))}
	}
	return s.issue(role, in.Session, in.Duration, ""), nil
}

// issue makes the keys of a role's session, for a function unless its ARN is
// empty.
func (s *Store) issue(role IAMRole, name string, lasts time.Duration, function string) Credentials {
	for key, old := range s.iam.sessions {
		if s.now.After(old.Expires.Add(time.Hour)) {
			delete(s.iam.sessions, key)
		}
	}
	cr := Credentials{
		AccessKey: temporaryKey + strings.ToUpper(s.hex(14)), Secret: s.hex(40), Token: "lab-session-" + s.hex(48), Expires: s.stamp().Add(lasts),
		RoleARN: "arn:" + strings.Split(role.ARN, ":")[1] + ":sts::" + role.Account + ":assumed-role/" + role.Name + "/" + name,
		RoleID:  role.ID + ":" + name,
	}
	s.iam.sessions[cr.AccessKey] = session{cr, role.Account, function}
	return cr
}

// FunctionSession issues the keys that Lambda gets for a function's role, if the
// role's trust policy names Lambda.
func (s *Store) FunctionSession(f Function, lasts time.Duration) (Credentials, error) {
	defer s.enter()()
	role, ok := s.roleByARN(f.Role)
	if !ok || !s.servedBy(role, lambdaService) {
		return Credentials{}, refuseWith(403, "AccessDenied", "%s is not authorized to assume role %s", lambdaService, f.Role)
	}
	return s.issue(role, f.Name, lasts, f.ARN), nil
}
