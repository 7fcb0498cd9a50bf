package reconcile

import (
	"context"
	"net/netip"

	"postern/internal/plan"
)

// Cloud is AWS as seen by one role in one account and region. Its errors are
// *[plan.Fault] wherever the reader can do something about them. No method
// returns part of an answer together with an error.
type Cloud interface {
	// Account returns the account that the credentials belong to.
	Account(ctx context.Context) (plan.AccountID, error)
	// Candidates lists the groups that carry the cluster tag, or whose load
	// balancer does.
	Candidates(ctx context.Context, clusterTag string) ([]plan.Candidate, error)
	// Cluster describes a cluster. One that EKS does not know has the status
	// [plan.ClusterGone]; that is no error.
	Cluster(ctx context.Context, name string) (plan.Cluster, error)
	// Interfaces lists what may be control-plane interfaces of any cluster.
	Interfaces(ctx context.Context) ([]plan.Interface, error)
	// EndpointAddrs lists the addresses of interface endpoints.
	EndpointAddrs(ctx context.Context) ([]netip.Addr, error)
	// CIDRs returns the associated blocks of the VPCs. A VPC that does not
	// exist is left out.
	CIDRs(ctx context.Context, vpcs []string) (map[string][]netip.Prefix, error)
	// Targets lists a group's targets with their health.
	Targets(ctx context.Context, g plan.GroupARN) ([]plan.Registered, error)
	// Tags reads the groups' tags from ELB itself. A group that does not exist
	// is left out.
	Tags(ctx context.Context, gs []plan.GroupARN) (map[plan.GroupARN]map[string]string, error)
	// Register adds targets. Those that ELB will not have are in refused, with
	// its words; the others have been added.
	Register(ctx context.Context, g plan.GroupARN, ts []plan.Target) (refused map[plan.Target]string, err error)
	Deregister(ctx context.Context, g plan.GroupARN, ts []plan.Target) error
	PutTag(ctx context.Context, g plan.GroupARN, key, value string) error
}

// Resolver is the DNS witness.
type Resolver interface {
	// Lookup asks for a host's addresses of one family: all servers, or only
	// those inside the cluster's VPC.
	Lookup(ctx context.Context, host string, v6, inVPCOnly bool) plan.Witness
	// InVPC reports whether a server is marked as being inside the VPC.
	InVPC() bool
}

// Scope is one account and region to work in.
type Scope struct {
	Account plan.AccountID // empty: that of the ambient credentials
	Region  plan.Region
	Cloud   Cloud
}
