package plan

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Tags that Postern reads and writes. The cluster tag's key is a setting
// (--cluster-tag); the others are fixed.
const (
	TagCluster  = "postern:cluster"  // the name of a cluster in the same account and region
	TagManaged  = "postern:managed"  // "true": sync may remove targets here
	TagEndpoint = "postern:endpoint" // host of the cluster's endpoint: binds the group to one incarnation of the cluster
	TagMarks    = "postern:marks"    // see [Marks]
	TagPaused   = "postern:paused"   // sync writes nothing here, unless it says "false"
)

// APIPort is the port of an EKS API server, the only port that sync registers.
const APIPort = 443

// AccountID is a twelve-digit AWS account number. It is empty where the
// account of the ambient credentials has not been asked for yet.
type AccountID string

// Region is an AWS region's name, such as us-east-1.
type Region string

// GroupARN is the ARN of a target group.
type GroupARN string

// Ref names one cluster in the fleet. Its text is account/region/name.
type Ref struct {
	Account AccountID
	Region  Region
	Name    string
}

// String returns account/region/name.
func (r Ref) String() string {
	return fmt.Sprintf("%s/%s/%s", r.Account, r.Region, r.Name)
}

// Compare orders references by account, region and name.
func (r Ref) Compare(o Ref) int { return strings.Compare(r.String(), o.String()) }

// WitnessName names a source that says which addresses are the cluster's.
type WitnessName string

const (
	DNS WitnessName = "dns" // the endpoint's name
	ENI WitnessName = "eni" // EC2's list of control-plane network interfaces
)

// Outcome is how a witness's statement may be used. Only Answered can add an
// address, and nothing but Answered can support a removal.
type Outcome string

const (
	Answered     Outcome = "answered"     // it named addresses
	Empty        Outcome = "empty"        // it says with authority that there are none
	Unknown      Outcome = "unknown"      // an error, a timeout, a refusal, a listing broken off, or every address refused by the filter
	Inapplicable Outcome = "inapplicable" // it cannot know: public DNS about a cluster whose endpoint is public too
)

// Witness is what one source said about one cluster in one pass.
type Witness struct {
	Name    WitnessName
	Outcome Outcome
	Addrs   []netip.Addr  // the addresses named; only with Answered
	Partial bool          // Answered by some of its sources only: it can add, but not support a removal
	At      time.Time     // when it was asked
	TTL     time.Duration // how long the answer holds; zero if it has no such time
	Code    Code          // why it is Unknown, for the report
	Detail  string        // the evidence in words
	Hint    string        // what to try next, where it is Unknown
}

// Cluster is what DescribeCluster says, in our words.
type Cluster struct {
	ARN           string
	Name          string
	Status        ClusterStatus
	Host          string // host of the endpoint, without scheme; empty while CREATING
	VPC           string // the VPC's ID
	SecurityGroup string // the cluster security group's ID
	CA            []byte // PEM, one or several certificates
	Public        bool   // the endpoint answers publicly
	Private       bool   // the endpoint answers inside the VPC
	IPv6          bool   // the cluster's address family is ipv6
}

// ClusterStatus is EKS's status of a cluster, as EKS spells it.
type ClusterStatus string

const (
	ClusterCreating ClusterStatus = "CREATING"
	ClusterActive   ClusterStatus = "ACTIVE"
	ClusterDeleting ClusterStatus = "DELETING"
	ClusterFailed   ClusterStatus = "FAILED"
	ClusterUpdating ClusterStatus = "UPDATING"
	ClusterPending  ClusterStatus = "PENDING"
	ClusterGone     ClusterStatus = "GONE" // not an EKS status: EKS answered that no such cluster exists
)

// Group is a target group that discovery found, with the load balancers that
// it is attached to.
type Group struct {
	ARN           GroupARN
	Name          string
	VPC           string
	TargetType    string // ip, instance, lambda, alb
	Protocol      string // TCP, TLS, ...
	Port          int
	IPv6          bool // the group takes IPv6 addresses
	Tags          map[string]string
	LoadBalancers []LoadBalancer
}

// Paused reports whether the group's tag stops all writes. Any value but false
// does: somebody who wrote "yes" meant it.
func (g Group) Paused() bool {
	v, ok := g.Tags[TagPaused]
	return ok && !strings.EqualFold(v, "false")
}

// LoadBalancer is one load balancer that a group is attached to.
type LoadBalancer struct {
	ARN    string
	Name   string
	Type   string // network, application, gateway
	Scheme string // internal, internet-facing
	VPC    string
	Tags   map[string]string // only if discovery read them: those of tagged load balancers
}

// Candidate is a group that claims to be a cluster's, found by its own tag or
// by that of its load balancer.
type Candidate struct {
	Cluster string // the cluster tag's value
	Group   Group
	// ByLoadBalancer: only the load balancer carries the cluster tag.
	ByLoadBalancer bool
	// Gone: the tagging API named the group, and ELB no longer knows it. Only
	// Group.ARN and Group.Tags are set.
	Gone bool
}

// Interface is a network interface as EC2 lists it.
type Interface struct {
	ID              string
	Description     string
	VPC             string
	Status          string     // available, in-use, ...
	Addr            netip.Addr // the primary private IPv4 address; invalid if there is none
	Addr6           netip.Addr // the primary (or first) IPv6 address; invalid if there is none
	Zone            string
	AttachmentOwner AccountID // InstanceOwnerId of its attachment; empty if not attached
	Type            string    // interface, vpc_endpoint, ...
}

// Target is an address to register or deregister. The port is always sent.
type Target struct {
	Addr netip.Addr
	Port int
	Zone string // AZ name or "all" if the address is outside the group's VPC; empty lets ELB find it
}

// TargetState is a target's state, as ELB spells it.
// Source: Elastic Load Balancing API Reference, TargetHealth.
type TargetState string

const (
	StateInitial           TargetState = "initial"
	StateHealthy           TargetState = "healthy"
	StateUnhealthy         TargetState = "unhealthy"
	StateUnhealthyDraining TargetState = "unhealthy.draining"
	StateDraining          TargetState = "draining"
	StateUnused            TargetState = "unused"
	StateUnavailable       TargetState = "unavailable"
)

// Registered is a target that the group has now.
type Registered struct {
	Target
	State       TargetState
	Reason      string // ELB's reason code, such as Target.FailedHealthChecks
	Description string // ELB's description of it
}

// Draining reports whether the target is on its way out. Such a target counts
// as absent: registering it again makes it live.
func (r Registered) Draining() bool { return r.State == StateDraining }

// Healthy reports whether the group's health check passes now. Only a healthy
// target counts for the floor.
func (r Registered) Healthy() bool { return r.State == StateHealthy }

// mayServe reports whether the target may be getting traffic, as far as its
// state tells: one that is known to be unhealthy or unused is not.
func (r Registered) mayServe() bool {
	switch r.State {
	case StateUnhealthy, StateUnhealthyDraining, StateUnused, StateDraining:
		return false
	}
	return true
}

// Verdict is what a check of an address's TLS identity found.
type Verdict string

const (
	Unchecked   Verdict = ""            // no check was asked for, or it decided nothing
	Proved      Verdict = "proved"      // the certificate chains to the cluster's CA and carries the endpoint's name
	Disproved   Verdict = "disproved"   // a completed handshake with somebody else's certificate, by a CA that EKS gave in this pass
	Unreachable Verdict = "unreachable" // expired, reset or timed out: decides nothing
)

// Action is what the planner decided about one address of a link.
type Action string

const (
	Register   Action = "register"
	Deregister Action = "deregister"
	MarkOnly   Action = "mark"   // its grace period runs; nothing but its mark is written
	Keep       Action = "keep"   // it is as it should be
	Hold       Action = "hold"   // something should be done, and a guard stopped it
	Refuse     Action = "refuse" // a witness named it, and it must never be registered
)

// Policy is the part of the settings that decisions depend on. Use
// [DefaultPolicy] as a start: the zero value has no grace at all.
type Policy struct {
	Grace           time.Duration // how long an address must be stale before it may leave
	GraceOneWitness time.Duration // the same where one witness alone supports the removal
	MinHealthy      int           // the floor; at least 1
	MaxDeregister   int           // removals per link and pass; 0 means half of the registered, at least one
	RemoveForeign   bool          // treat foreign targets as stale ones
	RegisterOnly    bool          // never remove
	Paused          bool          // never write
	Adopt           bool          // accept a group without postern:managed whose targets are all unlisted
}

// DefaultPolicy returns the documented defaults: 120 s is twice the TTL of an
// EKS endpoint's DNS record, 600 s serves where there is one witness only.
func DefaultPolicy() Policy {
	return Policy{Grace: 120 * time.Second, GraceOneWitness: 600 * time.Second, MinHealthy: 1}
}
