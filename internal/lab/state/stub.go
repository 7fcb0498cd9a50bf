package state

import (
	"context"
	"errors"
	"io"
	"net/netip"
)

var errNotBuilt = errors.New("not built")

// A Store is the lab's world. Make one with New.
type Store struct{}

// New returns an empty world.
func New(o Options) *Store { return &Store{} }

// Run carries out transitions as they fall due, until ctx ends, so that
// subscribers hear of them when nobody calls.
func (s *Store) Run(ctx context.Context) error { return errNotBuilt }

// Settle carries out all that is pending at once: clusters become ACTIVE,
// targets healthy, lags none. It is for the time when the world is made.
func (s *Store) Settle() {}

func (s *Store) CreateVpc(c Caller, in VPCInput) (VPC, error) { return VPC{}, errNotBuilt }
func (s *Store) AssociateVpcCidrBlock(c Caller, vpc string, block netip.Prefix) (Association, error) {
	return Association{}, errNotBuilt
}
func (s *Store) DisassociateVpcCidrBlock(c Caller, association string) (vpc string, a Association, err error) {
	return "", a, errNotBuilt
}
func (s *Store) DeleteVpc(c Caller, vpc string) error { return errNotBuilt }
func (s *Store) DescribeVpcs(c Caller, ids []string, filters []Filter, page Page) (vpcs []VPC, next string, err error) {
	return nil, "", errNotBuilt
}
func (s *Store) CreateSubnet(c Caller, in SubnetInput) (Subnet, error) { return Subnet{}, errNotBuilt }
func (s *Store) DescribeSubnets(c Caller, ids []string, filters []Filter, page Page) (subnets []Subnet, next string, err error) {
	return nil, "", errNotBuilt
}
func (s *Store) DeleteSubnet(c Caller, subnet string) error { return errNotBuilt }
func (s *Store) DescribeAvailabilityZones(c Caller, names, ids []string, filters []Filter) ([]Zone, error) {
	return nil, errNotBuilt
}
func (s *Store) CreateSecurityGroup(c Caller, in SecurityGroupInput) (SecurityGroup, error) {
	return SecurityGroup{}, errNotBuilt
}
func (s *Store) DescribeSecurityGroups(c Caller, ids, names []string, filters []Filter, page Page) (groups []SecurityGroup, next string, err error) {
	return nil, "", errNotBuilt
}
func (s *Store) DeleteSecurityGroup(c Caller, id string) error { return errNotBuilt }
func (s *Store) CreateNetworkInterface(c Caller, in InterfaceInput) (Interface, error) {
	return Interface{}, errNotBuilt
}
func (s *Store) DeleteNetworkInterface(c Caller, id string) error { return errNotBuilt }
func (s *Store) DescribeNetworkInterfaces(c Caller, q InterfaceQuery) (interfaces []Interface, next string, err error) {
	return nil, "", errNotBuilt
}

// CreateTags and DeleteTags are EC2's. A nil value in DeleteTags removes the key whatever its value.
func (s *Store) CreateTags(c Caller, ids []string, tags Tags) error { return errNotBuilt }
func (s *Store) DeleteTags(c Caller, ids []string, tags map[string]*string) error {
	return errNotBuilt
}

func (s *Store) CreateLoadBalancer(c Caller, in LoadBalancerInput) (LoadBalancer, error) {
	return LoadBalancer{}, errNotBuilt
}
func (s *Store) DescribeLoadBalancers(c Caller, arns, names []string, page Page) (lbs []LoadBalancer, next string, err error) {
	return nil, "", errNotBuilt
}
func (s *Store) DeleteLoadBalancer(c Caller, arn string) error { return errNotBuilt }
func (s *Store) ModifyLoadBalancerAttributes(c Caller, arn string, attributes map[string]string) (map[string]string, error) {
	return nil, errNotBuilt
}
func (s *Store) DescribeLoadBalancerAttributes(c Caller, arn string) (map[string]string, error) {
	return nil, errNotBuilt
}

// SetSecurityGroups: enforce is on, off, or empty to leave it.
func (s *Store) SetSecurityGroups(c Caller, arn string, groups []string, enforce string) (LoadBalancer, error) {
	return LoadBalancer{}, errNotBuilt
}
func (s *Store) CreateTargetGroup(c Caller, in TargetGroupInput) (TargetGroup, error) {
	return TargetGroup{}, errNotBuilt
}
func (s *Store) DescribeTargetGroups(c Caller, q TargetGroupQuery) (groups []TargetGroup, next string, err error) {
	return nil, "", errNotBuilt
}
func (s *Store) DeleteTargetGroup(c Caller, arn string) error { return errNotBuilt }

// ModifyTargetGroup changes the health check; zero fields stay.
func (s *Store) ModifyTargetGroup(c Caller, arn string, check HealthCheck) (TargetGroup, error) {
	return TargetGroup{}, errNotBuilt
}
func (s *Store) ModifyTargetGroupAttributes(c Caller, arn string, attributes map[string]string) (map[string]string, error) {
	return nil, errNotBuilt
}
func (s *Store) DescribeTargetGroupAttributes(c Caller, arn string) (map[string]string, error) {
	return nil, errNotBuilt
}
func (s *Store) CreateListener(c Caller, in ListenerInput) (Listener, error) {
	return Listener{}, errNotBuilt
}
func (s *Store) ModifyListener(c Caller, arn string, in ListenerInput) (Listener, error) {
	return Listener{}, errNotBuilt
}
func (s *Store) DescribeListeners(c Caller, q ListenerQuery) (listeners []Listener, next string, err error) {
	return nil, "", errNotBuilt
}
func (s *Store) DeleteListener(c Caller, arn string) error                        { return errNotBuilt }
func (s *Store) RegisterTargets(c Caller, group string, targets []Target) error   { return errNotBuilt }
func (s *Store) DeregisterTargets(c Caller, group string, targets []Target) error { return errNotBuilt }

// DescribeTargetHealth lists the given targets, or with none all.
func (s *Store) DescribeTargetHealth(c Caller, group string, targets []Target) ([]TargetHealth, error) {
	return nil, errNotBuilt
}

// ReportHealth says that a check of a target passed or failed.
func (s *Store) ReportHealth(group string, target Target, passed bool) {}

// BreakHealth makes every check of the cluster's addresses fail, or ends that.
func (s *Store) BreakHealth(account, region, cluster string, broken bool) {}

// BreakZone makes every check of addresses in a zone (by its ID) fail, or ends that.
func (s *Store) BreakZone(zoneID string, broken bool) {}

// AddTags, RemoveTags and DescribeTags are Elastic Load Balancing's, by ARNs
// of load balancers, target groups and listeners.
func (s *Store) AddTags(c Caller, arns []string, tags Tags) error        { return errNotBuilt }
func (s *Store) RemoveTags(c Caller, arns []string, keys []string) error { return errNotBuilt }
func (s *Store) DescribeTags(c Caller, arns []string) ([]TaggedResource, error) {
	return nil, errNotBuilt
}

// GetResources is the tagging API's.
func (s *Store) GetResources(c Caller, q TagQuery) (resources []TaggedResource, next string, err error) {
	return nil, "", errNotBuilt
}

func (s *Store) CreateCluster(c Caller, in ClusterInput) (Cluster, error) {
	return Cluster{}, errNotBuilt
}
func (s *Store) DescribeCluster(c Caller, name string) (Cluster, error) {
	return Cluster{}, errNotBuilt
}
func (s *Store) ListClusters(c Caller, page Page) (names []string, next string, err error) {
	return nil, "", errNotBuilt
}
func (s *Store) DeleteCluster(c Caller, name string) (Cluster, error) { return Cluster{}, errNotBuilt }
func (s *Store) UpdateClusterVersion(c Caller, name, version string) (Update, error) {
	return Update{}, errNotBuilt
}
func (s *Store) UpdateClusterConfig(c Caller, name string, in ClusterConfig) (Update, error) {
	return Update{}, errNotBuilt
}
func (s *Store) DescribeUpdate(c Caller, name, id string) (Update, error) {
	return Update{}, errNotBuilt
}

// TagCluster and UntagCluster are EKS's TagResource and UntagResource.
func (s *Store) TagCluster(c Caller, arn string, tags Tags) error       { return errNotBuilt }
func (s *Store) UntagCluster(c Caller, arn string, keys []string) error { return errNotBuilt }

// ClusterCA returns the cluster's certificate authority: certificate and key in PEM.
func (s *Store) ClusterCA(account, region, cluster string) (cert, key []byte, err error) {
	return nil, nil, errNotBuilt
}

// Move starts a move.
func (s *Store) Move(m Move) (Moved, error) { return Moved{}, errNotBuilt }

// Serving returns the addresses behind which the cluster's API servers answer
// now, sorted: what a perfect observer would register.
func (s *Store) Serving(account, region, cluster string) []netip.Addr { return nil }

// Resolve answers a name in a view.
func (s *Store) Resolve(v View, name string) Answer { return Answer{} }

// AddAccount declares an account. Once one is declared, keys of others are refused.
func (s *Store) AddAccount(id string) error { return errNotBuilt }

// AddRole declares a role and who may assume it.
func (s *Store) AddRole(r Role) error { return errNotBuilt }

// Authenticate returns the caller, without its region, behind an access key and, for temporary keys, a session token.
func (s *Store) Authenticate(accessKey, token string) (Caller, error) { return Caller{}, errNotBuilt }

// Secret returns the secret key of an access key, if there is one.
func (s *Store) Secret(accessKey string) (string, bool) { return "", false }
func (s *Store) AssumeRole(c Caller, in AssumeRoleInput) (Credentials, error) {
	return Credentials{}, errNotBuilt
}

// Take takes one token for a call from AWS's buckets, or returns the service's
// own throttling error. service is the SigV4 name: ec2, eks,
// elasticloadbalancing, sts, tagging.
func (s *Store) Take(c Caller, service, action string) error { return nil }

// TakeUnfiltered takes from EC2's smaller bucket for listings without filter and paging, after Take.
func (s *Store) TakeUnfiltered(c Caller, action string) error { return nil }

// Snapshot returns the whole world.
func (s *Store) Snapshot() Snapshot { return Snapshot{} }

// Events returns the log from sequence number after on.
func (s *Store) Events(after uint64) []Event { return nil }

// WriteEvents writes the log, one JSON document a line.
func (s *Store) WriteEvents(w io.Writer) error { return errNotBuilt }

// Subscribe calls f for each event from now on, in order, one at a time; f may
// call the store. The returned func ends it.
func (s *Store) Subscribe(f func(Event)) (cancel func()) { return func() {} }

// RecordCall adds a call to the record.
func (s *Store) RecordCall(c Call) {}

// Speed returns how much faster than AWS waits pass.
func (s *Store) Speed() float64 { return 1 }
