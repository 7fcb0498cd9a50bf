package e2e

import (
	"slices"
	"time"

	"postern/internal/lab"
	"postern/internal/lab/kube"
	"postern/internal/lab/state"
	"postern/internal/trace"
)

// A traceCase breaks one thing of a path that is healthy. With verdict broken
// no connection of a client gets through; with degraded some do, or all.
type traceCase struct {
	what    string // what is broken, for the page
	how     string // by which calls, for the page
	hop     trace.Hop
	code    trace.Code
	verdict trace.Verdict
	do      func(b *breaker)
	alone   bool // it breaks other clusters' paths, too
	last    bool // nothing undoes it: it is done to a cluster of its own, at the end
}

// live reports whether the configuration shows nothing, or not how bad it is, so
// that only probes can.
func (c traceCase) live() bool {
	return c.hop == trace.HopServer || c.code == trace.TargetsUnhealthy || slices.Contains([]trace.Code{trace.DNSFailed, trace.DNSPublic, trace.DNSElsewhere}, c.code)
}

var traceCases = []traceCase{
	{what: "the private zone is gone", how: "`route53:DeleteHostedZone`", hop: trace.HopName, code: trace.ZoneMissing, verdict: trace.Broken,
		do: func(b *breaker) { b.unname(true) }},
	{what: "the zone is associated with another VPC", how: "`route53:DisassociateVPCFromHostedZone` of the hub VPC", hop: trace.HopName, code: trace.ZoneNotAssociated, verdict: trace.Broken,
		do: func(b *breaker) {
			other, own := state.ZoneVPC{Region: string(b.ep.Region), VPC: b.ep.VPC}, state.ZoneVPC{Region: "us-east-1", VPC: b.hubVPC()}
			b.must(b.store().AssociateVPCWithHostedZone(b.hub, b.zone.ID, other))
			b.must(b.store().DisassociateVPCFromHostedZone(b.hub, b.zone.ID, own))
			b.then(func() error { return b.store().DisassociateVPCFromHostedZone(b.hub, b.zone.ID, other) })
			b.then(func() error { return b.store().AssociateVPCWithHostedZone(b.hub, b.zone.ID, own) })
		}},
	{what: "a zone of the parent domain hides the name", how: "`route53:CreateHostedZone` for all of the region's endpoints, and none at the name itself", hop: trace.HopName, code: trace.ZoneHidden, verdict: trace.Broken,
		do: func(b *breaker) {
			b.unname(true)
			z, err := b.store().CreateHostedZone(b.hub, state.HostedZoneInput{Name: b.parent(), Reference: b.Name(), VPC: state.ZoneVPC{Region: "us-east-1", VPC: b.hubVPC()}})
			b.must(err)
			b.then(func() error { return b.store().DeleteHostedZone(b.hub, z.ID) })
		}},
	{what: "the zone's record is gone", how: "`route53:ChangeResourceRecordSets` (DELETE)", hop: trace.HopName, code: trace.RecordMissing, verdict: trace.Broken,
		do: func(b *breaker) { b.unname(false) }},
	{what: "the record leads to another cluster's endpoint", how: "`route53:ChangeResourceRecordSets` (UPSERT)", hop: trace.HopName, code: trace.RecordWrong, verdict: trace.Broken,
		do: func(b *breaker) { b.lead(b.record(b.neighbourEP)) }},
	{what: "the record leads to an endpoint that was", how: "the endpoint is made anew, by `ec2:DeleteVpcEndpoints` and `CreateVpcEndpoint`, and the record stays", hop: trace.HopName, code: trace.RecordDangling, verdict: trace.Broken,
		do: func(b *breaker) {
			b.unconnect()
			b.undo = b.undo[:len(b.undo)-1]
			b.must(b.connect())
			b.then(b.name)
		}},
	{what: "the name does not exist for the hub's resolver", how: "fault `dns-nxdomain`", hop: trace.HopName, code: trace.DNSFailed, verdict: trace.Broken,
		do: func(b *breaker) { b.fault("dns-nxdomain") }},
	{what: "the name is asked outside the hub, and has public addresses", how: "fault `dns-wrong` with a public answer", hop: trace.HopName, code: trace.DNSPublic, verdict: trace.Broken,
		do: func(b *breaker) {
			b.lookUp = true
			b.then(func() error { b.lookUp = false; return nil })
			b.fault("dns-wrong answer=203.0.113.10")
		}},
	{what: "the name has another cluster's addresses", how: "fault `dns-wrong` with the other endpoint's addresses", hop: trace.HopName, code: trace.DNSElsewhere, verdict: trace.Broken,
		do: func(b *breaker) { b.fault("dns-wrong answer=%s", b.neighbourEP.Addrs[0].Addr) }},
	{what: "DNS is off in the hub VPC", how: "`ec2:ModifyVpcAttribute` (enableDnsSupport)", hop: trace.HopName, code: trace.VPCDNSOff, verdict: trace.Broken, alone: true,
		do: func(b *breaker) {
			on, off := true, false
			b.must(b.store().ModifyVpcAttribute(b.hub, b.hubVPC(), nil, &off))
			b.must(b.store().ModifyVpcAttribute(b.hub, b.hubVPC(), &off, nil))
			b.then(func() error { return b.store().ModifyVpcAttribute(b.hub, b.hubVPC(), nil, &on) })
			b.then(func() error { return b.store().ModifyVpcAttribute(b.hub, b.hubVPC(), &on, nil) })
		}},

	{what: "no route from the hub to the endpoint VPC", how: "`ec2:DeleteRoute`", hop: trace.HopSource, code: trace.RouteMissing, verdict: trace.Broken,
		do: func(b *breaker) {
			there, _, peering := b.routes()
			b.must(b.store().DeleteRoute(b.hub, there, b.epCIDR))
			b.then(func() error { return b.store().CreateRoute(b.hub, there, b.epCIDR, peering) })
		}},
	{what: "the hub's route leads to another endpoint VPC", how: "`ec2:ReplaceRoute`", hop: trace.HopSource, code: trace.RouteWrong, verdict: trace.Broken,
		do: func(b *breaker) {
			there, _, peering := b.routes()
			for _, r := range b.hubPlace.RouteTable(b.hubSubnet()).Routes {
				if r.Target != "local" && r.Target != peering {
					b.must(b.store().ReplaceRoute(b.hub, there, b.epCIDR, r.Target))
				}
			}
			b.then(func() error { return b.store().ReplaceRoute(b.hub, there, b.epCIDR, peering) })
		}},
	{what: "the network ACL of the hub's subnet denies going out", how: "`ec2:CreateNetworkAclEntry`", hop: trace.HopSource, code: trace.ACLDenies, verdict: trace.Broken,
		do: func(b *breaker) {
			b.deny(b.hub, b.hubPlace, b.hubSubnet(), state.ACLEntry{Egress: true, CIDR: b.epCIDR, From: 443, To: 443})
		}},
	{what: "the network ACL of the hub's subnet denies the answers", how: "`ec2:CreateNetworkAclEntry`", hop: trace.HopSource, code: trace.ACLDenies, verdict: trace.Broken,
		do: func(b *breaker) {
			b.deny(b.hub, b.hubPlace, b.hubSubnet(), state.ACLEntry{CIDR: b.epCIDR, From: 1024, To: 65535})
		}},

	{what: "the peering is deleted", how: "`ec2:DeleteVpcPeeringConnection`", hop: trace.HopPeering, code: trace.PeeringMissing, verdict: trace.Broken,
		do: func(b *breaker) { b.unpeer(false) }},
	{what: "the peering is asked for, and not accepted", how: "`ec2:CreateVpcPeeringConnection`, after the old one was deleted", hop: trace.HopPeering, code: trace.PeeringNotActive, verdict: trace.Broken,
		do: func(b *breaker) { b.unpeer(true) }},

	{what: "no route back from the endpoint VPC", how: "`ec2:DeleteRoute`", hop: trace.HopReturn, code: trace.ReturnMissing, verdict: trace.Broken,
		do: func(b *breaker) {
			_, back, peering := b.routes()
			b.must(b.store().DeleteRoute(b.far, back, b.hubCIDR))
			b.then(func() error { return b.store().CreateRoute(b.far, back, b.hubCIDR, peering) })
		}},
	{what: "the network ACL at the endpoint denies the connection", how: "`ec2:CreateNetworkAclEntry`", hop: trace.HopReturn, code: trace.ReturnACLDenies, verdict: trace.Broken,
		do: func(b *breaker) {
			b.deny(b.far, b.epPlace, b.ep.Subnets[0], state.ACLEntry{CIDR: b.hubCIDR, From: 443, To: 443})
		}},
	{what: "the network ACL at the endpoint denies the answers", how: "`ec2:CreateNetworkAclEntry`", hop: trace.HopReturn, code: trace.ReturnACLDenies, verdict: trace.Broken,
		do: func(b *breaker) {
			b.deny(b.far, b.epPlace, b.ep.Subnets[0], state.ACLEntry{Egress: true, CIDR: b.hubCIDR, From: 1024, To: 65535})
		}},

	{what: "the endpoint's security group does not admit the hub", how: "`ec2:RevokeSecurityGroupIngress`", hop: trace.HopEndpoint, code: trace.EndpointRefuses, verdict: trace.Broken,
		do: func(b *breaker) { b.revoke(b.far, b.ep.SecurityGroups[0], false) }},
	{what: "the interface endpoint is deleted", how: "`ec2:DeleteVpcEndpoints`; the record stays", hop: trace.HopEndpoint, code: trace.EndpointMissing, verdict: trace.Broken,
		do: func(b *breaker) { b.unconnect() }},

	{what: "the connection is not accepted", how: "`ec2:ModifyVpcEndpointServiceConfiguration` (acceptance), and the endpoint made anew", hop: trace.HopService, code: trace.ConnectionPending, verdict: trace.Broken,
		do: func(b *breaker) {
			b.unconnect()
			b.undo = b.undo[:len(b.undo)-1]
			b.must(b.acceptance(true))
			b.must(b.connect())
			b.must(b.name())
			b.then(func() error { return b.acceptance(false) })
			b.then(func() error {
				_, err := b.store().AcceptVpcEndpointConnections(b.cluster, b.svc.ID, []string{b.ep.ID})
				return err
			})
		}},
	{what: "the connection is rejected", how: "`ec2:RejectVpcEndpointConnections`", hop: trace.HopService, code: trace.ConnectionRejected, verdict: trace.Broken,
		do: func(b *breaker) {
			_, err := b.store().RejectVpcEndpointConnections(b.cluster, b.svc.ID, []string{b.ep.ID})
			b.must(err)
			b.then(func() error {
				_, err := b.store().AcceptVpcEndpointConnections(b.cluster, b.svc.ID, []string{b.ep.ID})
				return err
			})
		}},
	{what: "the hub's account is no allowed principal any more", how: "`ec2:ModifyVpcEndpointServicePermissions`", hop: trace.HopService, code: trace.PrincipalMissing, verdict: trace.Degraded,
		do: func(b *breaker) {
			b.must(b.principal(false))
			b.then(func() error { return b.principal(true) })
		}},
	{what: "the same, and the endpoint is gone", how: "`ec2:ModifyVpcEndpointServicePermissions`, `ec2:DeleteVpcEndpoints`", hop: trace.HopService, code: trace.PrincipalMissing, verdict: trace.Broken,
		do: func(b *breaker) {
			b.unconnect()
			b.must(b.principal(false))
			b.then(func() error { return b.principal(true) })
		}},
	{what: "the endpoint service is gone", how: "`ec2:RejectVpcEndpointConnections`, `ec2:DeleteVpcEndpointServiceConfigurations`", hop: trace.HopService, code: trace.ServiceMissing, verdict: trace.Broken,
		do: func(b *breaker) {
			_, err := b.store().RejectVpcEndpointConnections(b.cluster, b.svc.ID, []string{b.ep.ID})
			b.must(err)
			if refused := b.store().DeleteVpcEndpointServiceConfigurations(b.cluster, []string{b.svc.ID}); len(refused) > 0 {
				b.Fatal(refused)
			}
			b.then(func() error {
				automatic := false
				v, err := b.store().CreateVpcEndpointServiceConfiguration(b.cluster, state.EndpointServiceInput{LoadBalancers: []string{b.link.Balancer.ARN}, AcceptanceRequired: &automatic})
				if err != nil {
					return err
				}
				b.svc.ID, b.svc.Name = v.ID, v.Name
				if err := b.principal(true); err != nil {
					return err
				}
				b.wait("the service", func() bool {
					found, _, err := b.store().DescribeVpcEndpointServiceConfigurations(b.cluster, []string{v.ID}, nil, state.Page{})
					return err == nil && len(found) == 1 && found[0].State == "Available"
				})
				b.unconnect()
				b.undo = b.undo[:len(b.undo)-1]
				if err := b.connect(); err != nil {
					return err
				}
				return b.name()
			})
		}},

	{what: "the listener is gone", how: "`elasticloadbalancing:DeleteListener`", hop: trace.HopBalancer, code: trace.ListenerMissing, verdict: trace.Broken,
		do: func(b *breaker) {
			b.must(b.store().DeleteListener(b.cluster, b.listener().ARN))
			b.then(func() error { return b.forward(b.group()) })
		}},
	{what: "the listener forwards to another group", how: "`elasticloadbalancing:ModifyListener`", hop: trace.HopBalancer, code: trace.ListenerElsewhere, verdict: trace.Broken,
		do: func(b *breaker) {
			g, err := b.store().CreateTargetGroup(b.cluster, state.TargetGroupInput{Name: "elsewhere", Type: "ip", Protocol: "TCP", Port: 443, VPC: b.eks.VPC})
			b.must(err)
			l := b.listener().ARN
			_, err = b.store().ModifyListener(b.cluster, l, state.ListenerInput{Groups: []string{g.ARN}})
			b.must(err)
			b.then(func() error { return b.store().DeleteTargetGroup(b.cluster, g.ARN) })
			b.then(func() error {
				_, err := b.store().ModifyListener(b.cluster, l, state.ListenerInput{Groups: []string{b.group()}})
				return err
			})
		}},
	{what: "the load balancer's security group does not admit the hub: green, and dead", how: "`ec2:RevokeSecurityGroupIngress`", hop: trace.HopBalancer, code: trace.BalancerRefuses, verdict: trace.Broken,
		do: func(b *breaker) { b.revoke(b.cluster, b.link.Balancer.SecurityGroups[0], false) }},
	{what: "the load balancer's security group lets nothing out", how: "`ec2:RevokeSecurityGroupEgress`", hop: trace.HopBalancer, code: trace.BalancerEgress, verdict: trace.Broken,
		do: func(b *breaker) { b.revoke(b.cluster, b.link.Balancer.SecurityGroups[0], true) }},

	{what: "the target group is empty", how: "`elasticloadbalancing:DeregisterTargets`", hop: trace.HopTargets, code: trace.TargetsNone, verdict: trace.Broken,
		do: func(b *breaker) { b.targets() }},
	{what: "all registered addresses are stale", how: "move `abrupt`, and no sync", hop: trace.HopTargets, code: trace.TargetsStale, verdict: trace.Broken,
		do: func(b *breaker) { b.resync(); b.move(state.MoveAbrupt, "") }},
	{what: "a stale address is registered besides", how: "`elasticloadbalancing:RegisterTargets`", hop: trace.HopTargets, code: trace.TargetsStale, verdict: trace.Degraded,
		do: func(b *breaker) {
			stray := []state.Target{{ID: b.nowhere.String(), Port: 443}}
			b.must(b.store().RegisterTargets(b.cluster, b.group(), stray))
			b.then(func() error { return b.store().DeregisterTargets(b.cluster, b.group(), stray) })
		}},
	{what: "a registered address is another cluster's now, and the only one", how: "move `reuse`, and `elasticloadbalancing:DeregisterTargets`", hop: trace.HopTargets, code: trace.TargetsReused, verdict: trace.Broken, alone: true,
		do: func(b *breaker) {
			b.resync()
			moved, err := b.Move(lab.Move{Account: string(b.ref.Account), Region: string(b.ref.Region), Cluster: b.ref.Name, Kind: state.MoveReuse, To: "staging"})
			b.must(err)
			for _, t := range b.link.Targets.Items {
				if t.Addr != moved.Old[0] {
					b.must(b.store().DeregisterTargets(b.cluster, b.group(), []state.Target{{ID: t.Addr.String(), Port: 443}}))
				}
			}
		}},
	{what: "one of the cluster's addresses is not registered", how: "`elasticloadbalancing:DeregisterTargets`", hop: trace.HopTargets, code: trace.TargetsIncomplete, verdict: trace.Degraded,
		do: func(b *breaker) { b.targets(b.link.Targets.Items[0].Addr) }},
	{what: "everything is registered on another port", how: "`elasticloadbalancing:RegisterTargets`, `DeregisterTargets`", hop: trace.HopTargets, code: trace.TargetsWrongPort, verdict: trace.Broken,
		do: func(b *breaker) {
			other := []state.Target{{ID: b.link.Targets.Items[0].Addr.String(), Port: 8443}}
			b.targets()
			b.must(b.store().RegisterTargets(b.cluster, b.group(), other))
			b.then(func() error { return b.store().DeregisterTargets(b.cluster, b.group(), other) })
		}},
	{what: "the health check asks for a path that needs credentials", how: "`elasticloadbalancing:ModifyTargetGroup`", hop: trace.HopTargets, code: trace.HealthCheckWrong, verdict: trace.Degraded,
		do: func(b *breaker) {
			_, err := b.store().ModifyTargetGroup(b.cluster, b.group(), state.HealthCheck{Path: "/api/v1/namespaces"})
			b.must(err)
			b.then(func() error {
				_, err := b.store().ModifyTargetGroup(b.cluster, b.group(), state.HealthCheck{Path: "/readyz"})
				return err
			})
		}},
	{what: "the health check asks another port", how: "`elasticloadbalancing:ModifyTargetGroup`", hop: trace.HopTargets, code: trace.HealthCheckWrong, verdict: trace.Degraded,
		do: func(b *breaker) {
			_, err := b.store().ModifyTargetGroup(b.cluster, b.group(), state.HealthCheck{Port: "6443"})
			b.must(err)
			b.then(func() error {
				_, err := b.store().ModifyTargetGroup(b.cluster, b.group(), state.HealthCheck{Port: "traffic-port"})
				return err
			})
		}},
	{what: "the API servers do not answer", how: "fault `health-broken`", hop: trace.HopTargets, code: trace.TargetsUnhealthy, verdict: trace.Broken,
		do: func(b *breaker) { b.fault("health-broken"); b.unhealthy() }},
	{what: "sync is paused", how: "tag `postern:paused`", hop: trace.HopTargets, code: trace.SyncPaused, verdict: trace.Degraded,
		do: func(b *breaker) {
			b.must(b.store().AddTags(b.cluster, []string{b.group()}, state.Tags{"postern:paused": "true"}))
			b.then(func() error { return b.store().RemoveTags(b.cluster, []string{b.group()}, []string{"postern:paused"}) })
		}},
	{what: "the endpoint is in one zone, the targets in another, without cross-zone balancing", how: "`elasticloadbalancing:ModifyLoadBalancerAttributes`, `ec2:ModifyVpcEndpoint`, `DeregisterTargets`", hop: trace.HopTargets, code: trace.TargetsIncomplete, verdict: trace.Broken,
		do: func(b *breaker) {
			const crossZone = "load_balancing.cross_zone.enabled"
			set := func(v string) error {
				_, err := b.store().ModifyLoadBalancerAttributes(b.cluster, b.link.Balancer.ARN, map[string]string{crossZone: v})
				return err
			}
			b.must(set("false"))
			b.then(func() error { return set("true") })
			kept := b.link.Targets.Items[0]
			b.targets(kept.Addr)
			// The endpoint keeps its interface in another zone than that target's.
			for _, a := range b.ep.Addrs {
				if u := b.epPlace.Subnet(a.Subnet); u.ZoneID == b.zoneID(kept.Addr) {
					b.must(b.store().ModifyVpcEndpoint(b.far, b.ep.ID, state.EndpointChange{RemoveSubnets: []string{a.Subnet}}))
					b.then(func() error {
						return b.store().ModifyVpcEndpoint(b.far, b.ep.ID, state.EndpointChange{AddSubnets: []state.SubnetMapping{{Subnet: a.Subnet}}})
					})
				}
			}
		}},

	{what: "the cluster's security group does not admit the load balancer", how: "`ec2:RevokeSecurityGroupIngress`", hop: trace.HopAdmit, code: trace.AdmitMissing, verdict: trace.Broken,
		do: func(b *breaker) { b.revoke(b.cluster, b.eks.SecurityGroup, false) }},
	{what: "enforcement is off, and the cluster's group admits the load balancer's group: green, and dead", how: "`elasticloadbalancing:SetSecurityGroups`", hop: trace.HopAdmit, code: trace.AdmitGroupOnly, verdict: trace.Broken,
		do: func(b *breaker) {
			set := func(v string) error {
				_, err := b.store().SetSecurityGroups(b.cluster, b.link.Balancer.ARN, b.link.Balancer.SecurityGroups, v)
				return err
			}
			b.must(set("off"))
			b.then(func() error { return set("on") })
		}},
	{what: "a network ACL of the cluster's subnets denies what comes from other zones", how: "`ec2:CreateNetworkAclEntry`", hop: trace.HopAdmit, code: trace.AdmitACLDenies, verdict: trace.Degraded,
		do: func(b *breaker) {
			b.deny(b.cluster, b.place, b.link.Balancer.Zones[0].Subnet, state.ACLEntry{CIDR: b.place.VPC(b.eks.VPC).CIDRs[0], From: 443, To: 443})
		}},

	{what: "the cluster's endpoint is public only", how: "`eks:UpdateClusterConfig`", hop: trace.HopCluster, code: trace.ClusterPublic, verdict: trace.Broken,
		do: func(b *breaker) {
			on, off := true, false
			b.access(state.ClusterConfig{Private: &off, Public: &on})
			b.then(func() error { b.access(state.ClusterConfig{Private: &on, Public: &b.eks.Public}); return nil })
		}},

	{what: "the cluster was deleted and made again under its name", how: "move `recreate`", hop: trace.HopCluster, code: trace.ClusterRemade, verdict: trace.Broken, last: true,
		do: func(b *breaker) { b.move(state.MoveRecreate, "") }},
	{what: "the cluster is deleted", how: "move `delete`", hop: trace.HopCluster, code: trace.ClusterGone, verdict: trace.Broken, last: true,
		do: func(b *breaker) {
			b.move(state.MoveDelete, "")
			b.wait("the cluster's end", func() bool {
				_, err := b.store().DescribeCluster(b.cluster, b.ref.Name)
				return err != nil
			})
		}},

	{what: "the API server's certificate has expired", how: "the API servers serve one", hop: trace.HopServer, code: trace.CertificateExpired, verdict: trace.Broken,
		do: func(b *breaker) { b.serve(kube.Serving{Expires: time.Now().Add(-time.Hour)}) }},
	{what: "the API server's certificate is for another name", how: "the API servers serve one", hop: trace.HopServer, code: trace.CertificateForeign, verdict: trace.Broken,
		do: func(b *breaker) { b.serve(kube.Serving{Host: "f" + b.eks.Host[1:]}) }},
	{what: "the API server's certificate is by a CA that DescribeCluster does not name", how: "the API servers serve one", hop: trace.HopServer, code: trace.CertificateUnknown, verdict: trace.Broken,
		do: func(b *breaker) { b.serve(kube.Serving{CA: b.strangeCA()}) }},
}
