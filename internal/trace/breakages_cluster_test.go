package trace_test

import (
	"net/netip"
	"slices"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/trace"
)

// clusterBreakages are those of the load balancer, the cluster and its servers.
var clusterBreakages = []breakage{
	{"the load balancer failed", trace.HopBalancer, trace.BalancerNotActive, trace.Broken, func(w *world) bool {
		w.link().Balancer.State = "failed"
		return true
	}},
	{"the listener gone", trace.HopBalancer, trace.ListenerMissing, trace.Broken, func(w *world) bool {
		w.link().Listeners.Items = nil
		return w.all(plan.StateUnused)
	}},
	{"the listener gone, and the load balancer with it out of sight", trace.HopBalancer, trace.ListenerMissing, trace.Broken, func(w *world) bool {
		w.link().Balancer, w.link().Candidate.Group.LoadBalancers, w.link().Listeners = nil, nil, fleet.Listing[fleet.Listener]{}
		return w.all(plan.StateUnused)
	}},
	{"the listener forwards elsewhere", trace.HopBalancer, trace.ListenerElsewhere, trace.Broken, func(w *world) bool {
		w.link().Listeners.Items[0].Groups = []plan.GroupARN{"another"}
		return true
	}},
	{"the load balancer's group refuses the hosts", trace.HopBalancer, trace.BalancerRefuses, trace.Broken, func(w *world) bool {
		return w.enforce == "on" && w.closeGroup(w.spoke(), "sg-balancer", false)
	}},
	{"the load balancer's group lets nothing out", trace.HopBalancer, trace.BalancerEgress, trace.Broken, func(w *world) bool {
		return w.enforce != "" && w.closeGroup(w.spoke(), "sg-balancer", true) && w.unhealthy()
	}},
	{"two groups claim the cluster", trace.HopBalancer, trace.LinkAmbiguous, trace.Degraded, func(w *world) bool {
		other := *w.link()
		other.Balancer, other.Candidate.Group.ARN, other.Candidate.Group.Name = nil, "other", "other"
		w.spoke().Links.Items = append(w.spoke().Links.Items, other)
		return true
	}},
	{"another controller's group", trace.HopBalancer, trace.LinkRefused, trace.Degraded, func(w *world) bool {
		w.link().Candidate.Group.Tags["elbv2.k8s.aws/cluster"] = "prod"
		return true
	}},
	{"no link", trace.HopBalancer, trace.LinkMissing, trace.Broken, func(w *world) bool {
		w.spoke().Links.Items, w.spoke().Services.Items, w.o.Live = nil, nil, nil
		w.s.Zones[0].Zones.Items = nil
		return w.gone2()
	}},
	{"nothing registered", trace.HopTargets, trace.TargetsNone, trace.Broken, func(w *world) bool {
		w.link().Targets.Items = nil
		return true
	}},
	{"all on their way out", trace.HopTargets, trace.TargetsNone, trace.Broken, func(w *world) bool {
		for i := range w.link().Targets.Items {
			w.link().Targets.Items[i].State = plan.StateDraining
		}
		return true
	}},
	{"the listener forwards to several groups", trace.HopBalancer, trace.ListenerElsewhere, trace.Degraded, func(w *world) bool {
		l := &w.link().Listeners.Items[0]
		l.Groups = append(l.Groups, "arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/else/2")
		return true
	}},
	{"all stale", trace.HopTargets, trace.TargetsStale, trace.Broken, func(w *world) bool {
		for i := range w.spoke().Interfaces.Items[:2] {
			w.spoke().Interfaces.Items[i].Addr = netip.AddrFrom4([4]byte{10, 0, 1, byte(i)})
		}
		drop(&w.spoke().Interfaces.Items, func(i plan.Interface) bool { return i.ID == "eni-2" || i.ID == "eni-3" })
		return w.unhealthy()
	}},
	{"one is another cluster's", trace.HopTargets, trace.TargetsReused, trace.Degraded, func(w *world) bool {
		w.spoke().Interfaces.Items[0].Description = "Amazon EKS prod-2"
		w.link().Attributes = known(fleet.Attribute{Key: "load_balancing.cross_zone.enabled", Value: "true"})
		return true
	}},
	{"all are another cluster's", trace.HopTargets, trace.TargetsReused, trace.Broken, func(w *world) bool {
		for i := range w.spoke().Interfaces.Items {
			w.spoke().Interfaces.Items[i].Description = "Amazon EKS prod-2"
		}
		w.spoke().Interfaces.Items = append(w.spoke().Interfaces.Items, plan.Interface{ID: "eni-new", Description: "Amazon EKS prod", VPC: "vpc-cluster", Status: "in-use", Addr: addr("10.0.0.123"), AttachmentOwner: eksAccount})
		return true
	}},
	{"one not registered", trace.HopTargets, trace.TargetsIncomplete, trace.Degraded, func(w *world) bool {
		w.spoke().Interfaces.Items = append(w.spoke().Interfaces.Items, plan.Interface{ID: "eni-new", Description: "Amazon EKS prod", VPC: "vpc-cluster", Status: "in-use", Addr: addr("10.0.0.123"), AttachmentOwner: eksAccount})
		return true
	}},
	{"another port", trace.HopTargets, trace.TargetsWrongPort, trace.Broken, func(w *world) bool {
		for i := range w.link().Targets.Items {
			w.link().Targets.Items[i].Port = 8443
		}
		return true
	}},
	{"the zone not enabled", trace.HopTargets, trace.TargetsUnused, trace.Broken, func(w *world) bool {
		return w.all(plan.StateUnused)
	}},
	{"all still in their first checks", trace.HopTargets, trace.TargetsInitial, trace.Broken, func(w *world) bool {
		return w.all(plan.StateInitial)
	}},
	{"all unhealthy, and nothing shows why", trace.HopTargets, trace.TargetsUnhealthy, trace.Degraded, func(w *world) bool {
		w.o.Live = nil // the load balancer tries them all the same
		return w.unhealthy()
	}},
	{"all unhealthy, and no connection", trace.HopTargets, trace.TargetsUnhealthy, trace.Broken, func(w *world) bool {
		w.fails()
		return w.unhealthy()
	}},
	{"one unhealthy", trace.HopTargets, trace.TargetsUnhealthy, trace.Degraded, func(w *world) bool {
		w.link().Targets.Items[0].State = plan.StateUnhealthy
		return true
	}},
	{"a wrong health path", trace.HopTargets, trace.HealthCheckWrong, trace.Degraded, func(w *world) bool {
		w.link().HealthCheck = fleet.HealthCheck{Protocol: "HTTPS", Port: "traffic-port", Path: "/api", Matcher: "200"}
		return w.unhealthy()
	}},
	{"a wrong health port", trace.HopTargets, trace.HealthCheckWrong, trace.Degraded, func(w *world) bool {
		w.link().HealthCheck.Port = "6443"
		return w.unhealthy()
	}},
	{"anonymous health checks refused", trace.HopTargets, trace.HealthCheckWrong, trace.Degraded, func(w *world) bool {
		w.unhealthy()
		for i := range w.link().Targets.Items {
			w.link().Targets.Items[i].Reason = "Target.ResponseCodeMismatch"
		}
		return true
	}},
	{"paused", trace.HopTargets, trace.SyncPaused, trace.Degraded, func(w *world) bool {
		w.link().Candidate.Group.Tags[plan.TagPaused] = "true"
		return true
	}},
	{"a zone without a target", trace.HopTargets, trace.ZoneWithoutTarget, trace.Degraded, func(w *world) bool {
		w.link().Attributes = known(fleet.Attribute{Key: "load_balancing.cross_zone.enabled", Value: "false"})
		w.link().Targets.Items = slices.Clone(w.link().Targets.Items[1:])
		drop(&w.spoke().Interfaces.Items, func(i plan.Interface) bool { return i.ID == "eni-0" })
		return len(w.ep().Addrs) > 1 || w.native
	}},
	{"the cluster's group refuses", trace.HopAdmit, trace.AdmitMissing, trace.Broken, func(w *world) bool {
		return w.closeGroup(w.spoke(), "sg-cluster", false) && w.closeGroup(w.spoke(), "sg-more", false) && w.unhealthy()
	}},
	{"the cluster's group admits the other group of the pair", trace.HopAdmit, trace.AdmitGroupOnly, trace.Broken, func(w *world) bool {
		w.closeGroup(w.spoke(), "sg-cluster", false)
		w.closeGroup(w.spoke(), "sg-more", false)
		w.group("sg-cluster").Ingress = append(w.group("sg-cluster").Ingress, fleet.Rule{Protocol: "tcp", From: 443, To: 443, Group: "sg-balancer"})
		return w.enforce == "off"
	}},
	{"the cluster's ACL denies", trace.HopAdmit, trace.AdmitACLDenies, trace.Broken, func(w *world) bool {
		if w.spoke().Subnet("subnet-cp0") == nil {
			return false // within a zone there is none to cross
		}
		return w.deny(w.spoke(), "acl-cluster", true) && w.unhealthy()
	}},
	{"the cluster gone", trace.HopCluster, trace.ClusterGone, trace.Broken, func(w *world) bool {
		w.spoke().Clusters.Items = w.spoke().Clusters.Items[1:]
		drop(&w.spoke().Interfaces.Items, func(i plan.Interface) bool { return i.Description == "Amazon EKS prod" })
		return w.unhealthy()
	}},
	{"the cluster remade", trace.HopCluster, trace.ClusterRemade, trace.Broken, func(w *world) bool {
		w.cluster().Host = "new.gr7." + string(w.ref.Region) + ".eks.amazonaws.com"
		for i := range w.spoke().Interfaces.Items {
			w.spoke().Interfaces.Items[i].Addr = netip.AddrFrom4([4]byte{10, 0, 1, byte(i)})
		}
		return w.unhealthy()
	}},
	{"public only", trace.HopCluster, trace.ClusterPublic, trace.Broken, func(w *world) bool {
		w.cluster().Private = false
		return w.unhealthy()
	}},
	{"being deleted", trace.HopCluster, trace.ClusterNotActive, trace.Degraded, func(w *world) bool {
		w.cluster().Status = plan.ClusterDeleting
		return true
	}},
	{"being deleted, and its addresses gone", trace.HopCluster, trace.ClusterNotActive, trace.Broken, func(w *world) bool {
		w.cluster().Status = plan.ClusterDeleting
		w.link().Targets.Items = nil
		return true
	}},
	{"being made again", trace.HopCluster, trace.ClusterNotActive, trace.Broken, func(w *world) bool {
		w.cluster().Status = plan.ClusterCreating
		for i := range w.spoke().Interfaces.Items {
			w.spoke().Interfaces.Items[i].Addr = netip.AddrFrom4([4]byte{10, 0, 1, byte(i)})
		}
		return w.closeGroup(w.spoke(), "sg-cluster", false) && w.closeGroup(w.spoke(), "sg-more", false) && w.unhealthy()
	}},
	{"no answer from anywhere", trace.HopServer, trace.NoAnswer, trace.Broken, func(w *world) bool {
		w.fails()
		return true
	}},
	{"no answer by one address", trace.HopServer, trace.NoAnswer, trace.Degraded, func(w *world) bool {
		w.probed()
		w.o.Live.Contacts[0] = trace.Contact{Addr: w.o.Live.Contacts[0].Addr, Error: "i/o timeout"}
		return len(w.o.Live.Contacts) > 1
	}},
	{"an expired certificate", trace.HopServer, trace.CertificateExpired, trace.Broken, func(w *world) bool {
		return w.served(func(c *trace.Contact) { c.Expired = true })
	}},
	{"another cluster's certificate", trace.HopServer, trace.CertificateForeign, trace.Broken, func(w *world) bool {
		return w.served(func(c *trace.Contact) {
			c.ChainOK, c.NameOK, c.Names = false, false, []string{w.spoke().Clusters.Items[1].Host}
		})
	}},
	{"an unknown CA", trace.HopServer, trace.CertificateUnknown, trace.Broken, func(w *world) bool {
		return w.served(func(c *trace.Contact) { c.ChainOK = false })
	}},
	{"no TLS", trace.HopServer, trace.NoHandshake, trace.Broken, func(w *world) bool {
		return w.served(func(c *trace.Contact) { c.Handshake = false })
	}},
	{"not ready", trace.HopServer, trace.NotReady, trace.Degraded, func(w *world) bool {
		return w.served(func(c *trace.Contact) { c.Verified, c.Status = true, 500 })
	}},
	{"the token refused", trace.HopServer, trace.TokenRefused, trace.Degraded, func(w *world) bool {
		return w.served(func(c *trace.Contact) { c.Verified, c.Status, c.Token = true, 401, true })
	}},
}
