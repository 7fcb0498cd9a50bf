package state

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"postern/internal/lab/iam"
)

// A Policy is a managed policy: of an account, or of AWS's own.
type Policy struct {
	ARN         string          `json:"arn"`
	Account     string          `json:"account"` // aws for AWS's own
	Name        string          `json:"name"`
	Path        string          `json:"path"`
	ID          string          `json:"id"`
	Description string          `json:"description,omitempty"`
	Versions    []PolicyVersion `json:"versions"` // oldest first
	Default     string          `json:"default"`  // ID of the version in force
	Made        int             `json:"made"`     // versions so far
	Created     time.Time       `json:"created"`
	Updated     time.Time       `json:"updated"`
	Tags        Tags            `json:"tags,omitempty"`
}

// A PolicyVersion is one version of a managed policy.
type PolicyVersion struct {
	ID       string    `json:"id"` // v1, v2
	Document string    `json:"document"`
	Created  time.Time `json:"created"`
}

// PolicyInput asks for a managed policy.
type PolicyInput struct {
	Name        string
	Path        string // empty: /
	Description string
	Document    string
	Tags        Tags
}

// versionsPerPolicy is how many versions a policy can have. Source: IAM user
// guide, quotas.
const versionsPerPolicy = 5

// ofAWS are the policies of AWS's own that the lab has, by their path and name.
// That of EKS's cluster role is cut down to actions that the lab has: here EKS
// calls nothing with that role. Source: AWS managed policy reference.
var ofAWS = map[string]string{
	"AdministratorAccess": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
	"AmazonEKSClusterPolicy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*",` +
		`"Action":["ec2:AuthorizeSecurityGroupIngress","ec2:CreateRoute","ec2:CreateSecurityGroup","ec2:CreateTags","ec2:DeleteRoute","ec2:DeleteSecurityGroup",` +
		`"ec2:DescribeAvailabilityZones","ec2:DescribeNetworkInterfaces","ec2:DescribeRouteTables","ec2:DescribeSecurityGroups","ec2:DescribeSubnets","ec2:DescribeVpcs",` +
		`"ec2:RevokeSecurityGroupIngress","elasticloadbalancing:CreateLoadBalancer","elasticloadbalancing:CreateTargetGroup","elasticloadbalancing:DeleteLoadBalancer",` +
		`"elasticloadbalancing:DescribeLoadBalancers","elasticloadbalancing:DescribeTargetGroups","elasticloadbalancing:DescribeTargetHealth"]}]}`,
	"service-role/AWSLambdaBasicExecutionRole": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*",` +
		`"Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"]}]}`,
	"service-role/AWSLambdaVPCAccessExecutionRole": `{"Version":"2012-10-17","Statement":[{"Sid":"AWSLambdaVPCAccessExecutionPermissions","Effect":"Allow","Resource":"*",` +
		`"Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents","ec2:CreateNetworkInterface","ec2:DescribeNetworkInterfaces",` +
		`"ec2:DescribeSubnets","ec2:DeleteNetworkInterface","ec2:AssignPrivateIpAddresses","ec2:UnassignPrivateIpAddresses"]}]}`,
}

// version returns a version of the policy.
func (p Policy) version(id string) (PolicyVersion, bool) {
	i := slices.IndexFunc(p.Versions, func(v PolicyVersion) bool { return v.ID == id })
	if i < 0 {
		return PolicyVersion{}, false
	}
	return p.Versions[i], true
}

// document is the version in force.
func (p Policy) document() string {
	v, _ := p.version(p.Default)
	return v.Document
}

// policy returns a managed policy of the caller's or of AWS's.
func (s *Store) policy(c Caller, arn string) (Policy, error) {
	if _, name, ok := strings.Cut(arn, ":iam::aws:policy/"); ok && ofAWS[name] != "" {
		at := time.Date(2015, 4, 1, 0, 0, 0, 0, time.UTC)
		i := strings.LastIndexByte(name, '/') + 1
		return Policy{
			ARN: arn, Account: "aws", Name: name[i:], Path: "/" + name[:i], ID: "LABPOLICY" + strings.ToUpper(hash16(name)), Default: "v1", Made: 1,
			Versions: []PolicyVersion{{"v1", ofAWS[name], at}}, Created: at, Updated: at,
		}, nil
	}
	p, ok := one(s, c, s.iam.policies, arn)
	if !ok || p.Account != c.Account {
		return p, noEntity("Policy %s does not exist or is not attachable.", arn)
	}
	return p, nil
}

// CreatePolicy makes a managed policy. Source: IAM API reference, CreatePolicy.
func (s *Store) CreatePolicy(c Caller, in PolicyInput) (Policy, error) {
	defer s.enter()()
	if in.Path == "" {
		in.Path = "/"
	}
	if !entityName.MatchString(in.Name) || !entityPath.MatchString(in.Path) {
		return Policy{}, refuse("ValidationError", "The specified value for policyName or path is invalid.")
	}
	if err := s.checkPolicy(in.Document, iam.Identity, managedSize); err != nil {
		return Policy{}, err
	}
	if err := checkTags(in.Tags, "LimitExceeded", "InvalidInput"); err != nil {
		return Policy{}, err
	}
	for _, p := range s.iam.policies.values() {
		if p.Account == c.Account && strings.EqualFold(p.Name, in.Name) {
			return Policy{}, refuseWith(409, "EntityAlreadyExists", "A policy called %s already exists. Duplicate names are not allowed.", in.Name)
		}
	}
	p := Policy{
		ARN: "arn:" + partition(c.Region) + ":iam::" + c.Account + ":policy" + in.Path + in.Name, Account: c.Account, Name: in.Name, Path: in.Path,
		ID: "LABPOLICY" + strings.ToUpper(s.hex(12)), Description: in.Description, Versions: []PolicyVersion{{"v1", in.Document, s.stamp()}}, Default: "v1", Made: 1,
		Created: s.stamp(), Updated: s.stamp(), Tags: in.Tags.orNone(),
	}
	set(s, s.iam.policies, p.ARN, p)
	return p, nil
}

// GetPolicy returns a managed policy, and how many roles it is attached to and
// bounds.
func (s *Store) GetPolicy(c Caller, arn string) (p Policy, attached, bounds int, err error) {
	defer s.enter()()
	p, err = s.policy(c, arn)
	attached, bounds = s.uses(c, arn)
	return p, attached, bounds, err
}

// uses counts the roles of an account that have a policy.
func (s *Store) uses(c Caller, arn string) (attached, bounds int) {
	for _, r := range s.iam.roles.values() {
		if r.Account != c.Account {
			continue
		}
		if slices.Contains(r.Attached, arn) {
			attached++
		}
		if r.Boundary == arn {
			bounds++
		}
	}
	return attached, bounds
}

// GetPolicyVersion returns a version of a managed policy.
func (s *Store) GetPolicyVersion(c Caller, arn, id string) (v PolicyVersion, inForce bool, err error) {
	defer s.enter()()
	p, err := s.policy(c, arn)
	if err != nil {
		return v, false, err
	}
	v, ok := p.version(id)
	if !ok {
		return v, false, noEntity("Policy %s version %s does not exist or is not attachable.", arn, id)
	}
	return v, id == p.Default, nil
}

// changePolicy changes a managed policy of the caller's, unless change refuses.
func (s *Store) changePolicy(c Caller, arn string, change func(*Policy) error) error {
	p, err := s.policy(Caller{Account: c.Account}, arn)
	if err != nil {
		return err
	}
	if p.Account == "aws" {
		return refuseWith(403, "AccessDenied", "Only IAM User Access Keys and policies of an account of its own can be changed: %s is AWS's", arn)
	}
	if err := change(&p); err != nil {
		return err
	}
	set(s, s.iam.policies, arn, p)
	return nil
}

// CreatePolicyVersion adds a version, up to five. Source: IAM API reference,
// CreatePolicyVersion.
func (s *Store) CreatePolicyVersion(c Caller, arn, document string, inForce bool) (v PolicyVersion, err error) {
	defer s.enter()()
	err = s.changePolicy(c, arn, func(p *Policy) error {
		if err := s.checkPolicy(document, iam.Identity, managedSize); err != nil {
			return err
		}
		if len(p.Versions) >= versionsPerPolicy {
			return refuseWith(409, "LimitExceeded", "A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version.", versionsPerPolicy)
		}
		p.Made++
		v = PolicyVersion{"v" + strconv.Itoa(p.Made), document, s.stamp()}
		p.Versions = append(slices.Clip(p.Versions), v)
		p.Updated = s.stamp()
		if inForce {
			p.Default = v.ID
		}
		return nil
	})
	return v, err
}

// SetDefaultPolicyVersion puts a version in force.
func (s *Store) SetDefaultPolicyVersion(c Caller, arn, id string) error {
	defer s.enter()()
	return s.changePolicy(c, arn, func(p *Policy) error {
		if _, ok := p.version(id); !ok {
			return noEntity("Policy %s version %s does not exist or is not attachable.", arn, id)
		}
		p.Default, p.Updated = id, s.stamp()
		return nil
	})
}

// DeletePolicyVersion deletes a version that is not in force.
func (s *Store) DeletePolicyVersion(c Caller, arn, id string) error {
	defer s.enter()()
	return s.changePolicy(c, arn, func(p *Policy) error {
		if _, ok := p.version(id); !ok {
			return noEntity("Policy %s version %s does not exist or is not attachable.", arn, id)
		}
		if id == p.Default {
			return refuseWith(409, "DeleteConflict", "Cannot delete the default version of a policy.")
		}
		p.Versions = slices.DeleteFunc(slices.Clone(p.Versions), func(v PolicyVersion) bool { return v.ID == id })
		return nil
	})
}

// TagPolicy changes a managed policy's tags.
func (s *Store) TagPolicy(c Caller, arn string, add Tags, remove []string) error {
	defer s.enter()()
	return s.changePolicy(c, arn, func(p *Policy) (err error) {
		p.Tags, err = retag(p.Tags, add, remove, "LimitExceeded", "InvalidInput")
		return err
	})
}

// DeletePolicy deletes a managed policy that nothing uses and that has no
// version but the one in force. Source: IAM API reference, DeletePolicy.
func (s *Store) DeletePolicy(c Caller, arn string) error {
	defer s.enter()()
	err := s.changePolicy(c, arn, func(p *Policy) error {
		if attached, bounds := s.uses(c, arn); attached+bounds > 0 {
			return refuseWith(409, "DeleteConflict", "Cannot delete a policy attached to entities.")
		}
		if len(p.Versions) > 1 {
			return refuseWith(409, "DeleteConflict", "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")
		}
		return nil
	})
	if err == nil {
		drop(s, s.iam.policies, arn)
	}
	return err
}
