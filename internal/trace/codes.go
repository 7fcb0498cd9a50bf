package trace

import "postern/internal/plan"

// Code is the reason of a finding. The list is closed: docs/reference/json.md
// explains each one and a test compares the two.
type Code = plan.Code

// Codes of what is not known, at any hop.
const (
	NotAsked   Code = "not_asked"   // unchecked: nobody asked for it, at this depth or with these settings
	NotChecked Code = "not_checked" // unchecked: it was asked for and could not be had, or cannot be judged
)

// Codes of the name.
const (
	VPCDNSOff         Code = "vpc_dns_off"         // broken: the hub VPC's resolver, or its names, are off: private zones do not count there
	ZoneMissing       Code = "zone_missing"        // broken, degraded: no private zone answers for the endpoint's name
	ZoneNotAssociated Code = "zone_not_associated" // broken, degraded: the zone is not associated with the hub VPC
	ZoneHidden        Code = "zone_hidden"         // broken, degraded: the zone of a parent domain hides the name
	RecordMissing     Code = "record_missing"      // broken, degraded: the zone has no address record for the name
	RecordDangling    Code = "record_dangling"     // broken, degraded: the record leads to an endpoint that is gone
	RecordWrong       Code = "record_wrong"        // broken, degraded: the record leads elsewhere than to the cluster's endpoint
	DNSFailed         Code = "dns_failed"          // broken, live: the name has no answer here
	DNSPublic         Code = "dns_public"          // broken, live: the name has public addresses here
	DNSElsewhere      Code = "dns_elsewhere"       // broken, degraded, live: the name has other addresses here than the endpoint's
)

// Codes of the way from the hub to the endpoint, and back.
const (
	SourceUnknown     Code = "source_unknown"      // broken: the source subnet is not among the hub's
	RouteMissing      Code = "route_missing"       // broken, degraded: no route to the endpoint's addresses
	RouteWrong        Code = "route_wrong"         // broken, degraded: the route leads elsewhere
	RouteBlackhole    Code = "route_blackhole"     // broken, degraded: the route's target is gone
	ACLDenies         Code = "acl_denies"          // broken, degraded: a network ACL denies the connection or its answers
	PeeringMissing    Code = "peering_missing"     // broken: the peering that the route names is gone, or there is none
	PeeringNotActive  Code = "peering_not_active"  // broken: the peering is in another state than active
	ReturnMissing     Code = "return_missing"      // broken, degraded: no route back to the hub's subnet
	ReturnWrong       Code = "return_wrong"        // broken, degraded: the route back leads elsewhere
	ReturnBlackhole   Code = "return_blackhole"    // broken, degraded: the target of the route back is gone
	ReturnACLDenies   Code = "return_acl_denies"   // broken, degraded: the network ACL at the endpoint denies the connection or its answers
	EndpointMissing   Code = "endpoint_missing"    // broken: the hub has no interface endpoint for the cluster's service
	EndpointPending   Code = "endpoint_pending"    // broken: the endpoint waits to be accepted, or to be ready
	EndpointRejected  Code = "endpoint_rejected"   // broken: the service's owner rejected the endpoint
	EndpointFailed    Code = "endpoint_failed"     // broken, degraded: the endpoint is in another state than available; partial is degraded
	EndpointNoAddress Code = "endpoint_no_address" // broken: the endpoint has no network interface
	EndpointRefuses   Code = "endpoint_refuses"    // broken, degraded: the endpoint's security groups do not admit the hub's subnet, or admit members of the endpoint's own group alone
)

// Codes of the endpoint service.
const (
	ServiceMissing     Code = "service_missing"     // broken: no endpoint service offers the load balancer
	ServiceFailed      Code = "service_failed"      // broken: the service is in another state than available
	PrincipalMissing   Code = "principal_missing"   // broken, degraded: the hub's account may not connect
	ConnectionPending  Code = "connection_pending"  // broken: the connection waits for acceptance
	ConnectionRejected Code = "connection_rejected" // broken: the connection was rejected, or has expired
	ConnectionMissing  Code = "connection_missing"  // broken: the service does not know the endpoint
	ZoneMismatch       Code = "zone_mismatch"       // broken, degraded: the endpoint is in a zone where the load balancer has no node
	RegionUnsupported  Code = "region_unsupported"  // broken: the service is not offered in the endpoint's region
)

// Codes of the load balancer.
const (
	LinkMissing       Code = "link_missing"        // broken: no target group or load balancer is the cluster's
	LinkAmbiguous     Code = "link_ambiguous"      // degraded: several target groups claim the cluster, so that sync refuses them
	LinkRefused       Code = "link_refused"        // degraded: sync does not work on this group
	BalancerNotActive Code = "balancer_not_active" // broken, degraded: the load balancer is in another state than active
	ListenerMissing   Code = "listener_missing"    // broken: no TCP listener on 443 forwards to the target group
	ListenerElsewhere Code = "listener_elsewhere"  // broken, degraded: the listener on 443 forwards to another target group, or to others besides
	BalancerRefuses   Code = "balancer_refuses"    // broken: the load balancer's security groups do not admit the hub's subnet
	BalancerEgress    Code = "balancer_egress"     // broken, degraded: the load balancer's security groups do not let it reach the cluster
)

// Codes of the target group.
const (
	TargetsNone       Code = "targets_none"        // broken: nothing is registered
	TargetsStale      Code = "targets_stale"       // broken, degraded: registered addresses are not the cluster's
	TargetsReused     Code = "targets_reused"      // broken, degraded: registered addresses are another cluster's
	TargetsIncomplete Code = "targets_incomplete"  // degraded: addresses of the cluster are not registered
	TargetsWrongPort  Code = "targets_wrong_port"  // broken: nothing is registered on port 443
	TargetsUnused     Code = "targets_unused"      // broken, degraded: the load balancer sends nothing to them
	TargetsInitial    Code = "targets_initial"     // broken, degraded: their first health checks are not over
	TargetsUnhealthy  Code = "targets_unhealthy"   // broken, degraded: their health checks fail; broken where all do, and probes got no answer or others are healthy
	HealthCheckWrong  Code = "health_check_wrong"  // degraded: the health check asks for what an API server does not answer
	ZoneWithoutTarget Code = "zone_without_target" // broken, degraded: cross-zone balancing is off, and a zone has no target in service
	SyncPaused        Code = "sync_paused"         // degraded: the tag postern:paused stops sync
)

// Codes of the cluster's side.
const (
	AdmitMissing     Code = "admit_missing"      // broken, degraded: the cluster's security groups do not admit the load balancer
	AdmitGroupOnly   Code = "admit_group_only"   // broken: they admit the load balancer's group, which PrivateLink traffic does not count for here
	AdmitACLDenies   Code = "admit_acl_denies"   // broken, degraded: a network ACL between load balancer and cluster denies
	ClusterGone      Code = "cluster_gone"       // broken: EKS knows no such cluster
	ClusterRemade    Code = "cluster_remade"     // broken: another cluster has the name now
	ClusterNotActive Code = "cluster_not_active" // broken, degraded: EKS status
	ClusterPublic    Code = "cluster_public"     // broken: the endpoint has no private access
)

// Codes of the API server, which live probes alone find.
const (
	NoAnswer           Code = "no_answer"           // broken, degraded: no connection
	NoHandshake        Code = "no_handshake"        // broken, degraded: a connection, and no TLS handshake
	CertificateExpired Code = "certificate_expired" // broken, degraded: the certificate is not valid now
	CertificateForeign Code = "certificate_foreign" // broken, degraded: the certificate is for other names
	CertificateUnknown Code = "certificate_unknown" // broken, degraded: the certificate is by a CA that EKS does not name
	NotReady           Code = "not_ready"           // degraded: /readyz does not say ok
	TokenRefused       Code = "token_refused"       // degraded: the API server does not take the token
)
