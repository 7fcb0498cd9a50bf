package reconcile

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"postern/internal/plan"
)

const (
	// clusterLife is how long EKS's description of a cluster is used. What can
	// change in it (host, VPC, access mode) changes by somebody's decision.
	clusterLife = 10 * time.Minute
	// clusterHaste is the least time between two descriptions of one cluster
	// where DNS or the witnesses make the cached one doubtful: a failing
	// resolver must not turn into a storm of calls to EKS, whose limit is not
	// published.
	clusterHaste = time.Minute
)

type clusterEntry struct {
	cluster plan.Cluster
	at      time.Time
}

// known is what a pass knows of a link's cluster.
type known struct {
	cluster  plan.Cluster
	verified bool        // EKS has lately answered about it
	at       time.Time   // when; zero if this is not EKS's answer
	cached   bool        // EKS was not asked in this pass
	fault    *plan.Fault // why EKS could not be asked
}

// describe returns the link's cluster: the remembered description while it is
// fresh, or EKS's. Where EKS cannot be asked, the old description serves, or
// what the tag postern:endpoint says; neither supports a removal. ok is false
// where nothing is known.
func (p *pass) describe(ctx context.Context, l *link, afresh bool) (k known, ok bool) {
	p.mu.Lock()
	entry, have := p.clusters[l.ref]
	p.mu.Unlock()
	if have && !afresh && p.now().Sub(entry.at) < lifeOf(l.ref) {
		return known{cluster: entry.cluster, verified: true, at: entry.at, cached: true}, true
	}
	cl, err := l.scope.Cloud.Cluster(ctx, l.ref.Name)
	if err == nil {
		p.remember(l.ref, cl)
		return known{cluster: cl, verified: true, at: p.now()}, true
	}
	k.fault = asFault(ctx, "describe cluster "+l.ref.String(), err)
	if have {
		k.cluster = entry.cluster
		return k, true
	}
	host, err := plan.EndpointHost(l.group().Tags[plan.TagEndpoint])
	if err != nil {
		return k, false
	}
	k.cluster = plan.Cluster{Name: l.ref.Name, Status: plan.ClusterActive, Host: host, VPC: l.group().VPC, Private: true, IPv6: l.group().IPv6}
	return k, true
}

// remember keeps descriptions of clusters that are in use. Others change soon.
func (p *pass) remember(ref plan.Ref, cl plan.Cluster) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.clusters == nil {
		p.clusters = map[plan.Ref]clusterEntry{}
	}
	switch cl.Status {
	case plan.ClusterActive, plan.ClusterUpdating:
		p.clusters[ref] = clusterEntry{cl, p.now()}
	default:
		delete(p.clusters, ref)
	}
}

// lifeOf spreads the fleet's refreshes over 80 to 120 % of clusterLife, the
// same for a cluster each time.
func lifeOf(ref plan.Ref) time.Duration {
	h := fnv.New32a()
	h.Write([]byte(ref.String()))
	return clusterLife*8/10 + clusterLife*4/10*time.Duration(h.Sum32()%1000)/1000
}

// admit says whether there is anything to observe, and otherwise ends the
// link's way with the reason.
func (l *link) admit(cl plan.Cluster) bool {
	if f := notAdmitted(l.ref, cl); f != nil {
		switch f.Code {
		case plan.ClusterCreatingNow:
			l.end(plan.Pending, f.Code, f.Message, f.Hint)
		case plan.ClusterIsDeleting, plan.ClusterHasFailed, plan.ClusterIsGone:
			l.end(plan.Held, f.Code, f.Message, f.Hint)
		default:
			l.fail(f)
		}
		return false
	}
	if f := plan.Eligible(l.candidate, cl); f != nil {
		l.fail(f)
		return false
	}
	return true
}

// notAdmitted says why a cluster as EKS describes it has no addresses to sync.
func notAdmitted(ref plan.Ref, cl plan.Cluster) *plan.Fault {
	switch cl.Status {
	case plan.ClusterCreating, plan.ClusterPending:
		return &plan.Fault{Code: plan.ClusterCreatingNow, Message: fmt.Sprintf("cluster %s has status %s", ref, cl.Status)}
	case plan.ClusterDeleting:
		return &plan.Fault{
			Code:    plan.ClusterIsDeleting,
			Message: fmt.Sprintf("cluster %s is being deleted; its targets are left as they are", ref),
			Hint:    "destroy the link too: the hub's side first",
		}
	case plan.ClusterFailed:
		return &plan.Fault{
			Code:    plan.ClusterHasFailed,
			Message: fmt.Sprintf("cluster %s has status FAILED; its targets are left as they are", ref),
			Hint:    fmt.Sprintf("aws eks describe-cluster --region %s --name %s --query cluster.health", ref.Region, ref.Name),
		}
	case plan.ClusterGone:
		return &plan.Fault{
			Code:    plan.ClusterIsGone,
			Message: fmt.Sprintf("EKS knows no cluster %s; its targets are left as they are", ref),
			Hint:    "destroy the link too: the hub's side first; or correct the cluster tag",
		}
	}
	switch {
	case cl.Host == "" || cl.VPC == "":
		return &plan.Fault{
			Code:    plan.ClusterInvalid,
			Message: fmt.Sprintf("EKS describes cluster %s (status %q) without an endpoint or a VPC", ref, cl.Status),
			Hint:    fmt.Sprintf("aws eks describe-cluster --region %s --name %s", ref.Region, ref.Name),
		}
	case !cl.Private:
		return &plan.Fault{
			Code:    plan.NoPrivateEndpoint,
			Message: fmt.Sprintf("the endpoint of cluster %s is public only: there is no private path to it", ref),
			Hint:    fmt.Sprintf("aws eks update-cluster-config --region %s --name %s --resources-vpc-config endpointPrivateAccess=true", ref.Region, ref.Name),
		}
	}
	return nil
}
