package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"postern/internal/plan"
)

// clusterIsGone reports whether EKS says that there is no such cluster.
func (w *walk) clusterIsGone() bool {
	if w.cluster == nil {
		return w.place.Clusters.Known()
	}
	return w.cluster.Status == plan.ClusterGone
}

// clusterHop checks the cluster itself.
func (w *walk) clusterHop() {
	c := w.cluster
	switch {
	case w.clusterIsGone():
		w.add(Finding{Hop: HopCluster, Verdict: Broken, Code: ClusterGone, Object: w.ref.String(), Saw: "EKS knows no such cluster",
			Why:    "there is no API server to reach",
			Repair: Repair{Terraform: "cluster-link, hub-endpoints: take the cluster out, the hub's side first", Note: "a cluster that goes leaves its link behind; postern unlink lets go of the connections"}})
		return
	case c == nil:
		w.unknown(HopCluster, w.ref.Name, "the cluster", w.place.Clusters.Asked, denied(w.place, w.place.Clusters))
		return
	case c.Fault != nil || c.Status == "" && c.Host == "":
		w.unknown(HopCluster, w.ref.Name, "the cluster", c.Fault != nil, c.Fault)
		return
	}
	if f := w.remade(); f != nil {
		w.add(*f)
		return
	}
	if !c.Private {
		w.add(Finding{Hop: HopCluster, Verdict: Broken, Code: ClusterPublic, Object: c.ARN, Saw: "the endpoint has public access only",
			Why: "without private access the API server does not answer at the control plane's interfaces in the VPC",
			Repair: Repair{Terraform: "your aws_eks_cluster: vpc_config.endpoint_private_access = true", Account: w.ref.Account, Commands: []string{
				command(w.ref.Region, "eks update-cluster-config", "--name", w.ref.Name, "--resources-vpc-config", "endpointPrivateAccess=true")}}})
		return
	}
	f := Finding{Hop: HopCluster, Verdict: Degraded, Code: ClusterNotActive, Object: c.ARN, Saw: "its status is " + string(c.Status), Repair: Repair{Account: w.ref.Account}}
	switch c.Status {
	case plan.ClusterActive, plan.ClusterUpdating:
		w.pass(HopCluster, w.ref.Name, "%s, with private access", strings.ToLower(string(c.Status)))
		return
	case plan.ClusterCreating, plan.ClusterPending:
		f.Verdict, f.Why, f.Repair.Note = Broken, "EKS has not finished making the cluster", "wait until it is ACTIVE"
	case plan.ClusterDeleting:
		f.Why, f.Repair.Note = "its API servers go away", "take the link down: the hub's side first"
	default: // FAILED, and what EKS may think of
		f.Why, f.Repair.Note = "EKS could not make the cluster, or lost it", "look at its health issues: "+command(w.ref.Region, "eks describe-cluster", "--name", w.ref.Name, "--query", "cluster.health")
	}
	if slices.ContainsFunc(w.found, func(g Finding) bool { return g.Verdict == Broken && (g.Hop == HopTargets || g.Hop == HopAdmit) }) {
		f.Verdict = Broken // what is wrong with its link comes of that
	}
	w.add(f)
}

// remade returns the finding that the link was made for an earlier cluster of
// this name; nil: it was not.
func (w *walk) remade() *Finding {
	if w.link == nil || w.link.Candidate.Gone {
		return nil
	}
	g := w.link.Candidate.Group
	host := cmp.Or(w.link.Host(), strings.ToLower(g.Tags[plan.TagEndpoint]))
	saw := ""
	switch {
	case host != "" && w.cluster.Host != "" && host != strings.ToLower(w.cluster.Host):
		saw = fmt.Sprintf("the cluster's endpoint is %s, and the link was made for %s", w.cluster.Host, host)
	case g.VPC != "" && w.cluster.VPC != "" && g.VPC != w.cluster.VPC:
		saw = fmt.Sprintf("the cluster is in %s, and its link in %s", w.cluster.VPC, g.VPC)
	default:
		return nil
	}
	return &Finding{Hop: HopCluster, Verdict: Broken, Code: ClusterRemade, Object: w.cluster.ARN, Saw: saw,
		Why:    "the cluster was deleted and made again under its name: the hub's private zone has the old name, and sync does not touch the group",
		Repair: Repair{Terraform: "cluster-link: clusters (apply it again), then hub-endpoints: links", Account: w.ref.Account, Note: "both follow the new cluster by themselves"}}
}
