package plan

// Code is a reason in the reports. The list is closed: docs/reference/json.md
// explains each one and a test compares the two.
type Code string

// Reasons of decisions.
const (
	ListedByENI       Code = "listed_by_eni"      // register, keep: the interface listing names it
	ListedByDNS       Code = "listed_by_dns"      // register, keep: DNS names it
	ListedByBoth      Code = "listed_by_both"     // keep, register
	ListedUnhealthy   Code = "listed_unhealthy"   // keep, pending: it is the cluster's and its health check fails
	ListedInitial     Code = "listed_initial"     // keep: registered, its first health check is still out
	ListedUnused      Code = "listed_unused"      // keep, pending: registered, and ELB sends it nothing
	DNSAlone          Code = "dns_alone"          // mark, keep: DNS names it and the interface listing does not
	DNSAloneProved    Code = "dns_alone_proved"   // register: the same, and its identity is proved
	DNSAloneGrace     Code = "dns_alone_grace"    // register: DNS alone has named it for the grace period
	Stale             Code = "stale"              // mark, deregister: no witness names it
	StaleOneWitness   Code = "stale_one_witness"  // mark, deregister: the only applicable witness does not name it
	WitnessUnknown    Code = "witness_unknown"    // hold: stale, but a witness did not answer
	WitnessEmpty      Code = "witness_empty"      // hold: stale, but a witness says there is nothing at all
	WitnessPartial    Code = "witness_partial"    // hold: stale, but not every source of a witness answered
	NoWitness         Code = "no_witness"         // hold: stale, but no witness is applicable
	ClusterUnverified Code = "cluster_unverified" // hold: stale, but EKS could not be asked about the cluster
	Floor             Code = "floor"              // hold: too few listed targets would remain
	Limit             Code = "max_deregister"     // hold: this pass has removed as many as it may
	RegisterOnly      Code = "register_only"      // hold: stale, and removal is switched off
	NotManaged        Code = "not_managed"        // hold: stale, and the group lacks postern:managed = true
	NotAdopted        Code = "not_adopted"        // hold: nothing registered is listed, and the group lacks postern:managed = true
	Paused            Code = "paused"             // hold: postern:paused = true, or --pause
	AnotherWriter     Code = "another_writer"     // hold: somebody else keeps removing a listed target
	MarkUnread        Code = "mark_unread"        // hold: the marks could not be read again before a removal
	Foreign           Code = "foreign"            // keep: another port, or an address outside the VPC
	IdentityDisproved Code = "identity_disproved" // deregister, refuse: it serves somebody else's certificate
	IdentityDoubted   Code = "identity_doubted"   // mark: it served somebody else's certificate, and no earlier pass has seen that
	IdentitySuspect   Code = "identity_suspect"   // hold: the identity check contradicts the interface listing, or proves no listed address
	OutsideVPC        Code = "outside_vpc"        // refuse: the address is in none of the VPC's CIDRs
	PublicAddress     Code = "public_address"     // refuse: a public address: DNS was asked from outside the VPC
	HubOverride       Code = "hub_override"       // refuse: an interface endpoint's address: this resolver sees the hub's private zone
	WrongFamily       Code = "wrong_family"       // refuse: IPv6 for an IPv4 group, or the reverse
	UnusableAddress   Code = "unusable_address"   // refuse: loopback, link-local, multicast, unspecified or mapped
	CIDRsUnknown      Code = "cidrs_unknown"      // refuse: the VPC's CIDRs could not be read, so DNS alone adds nothing
)

// Reasons of links, and codes of faults.
const (
	NotHealthyYet      Code = "not_yet_healthy"     // pending: registered, not yet healthy
	MarksRunning       Code = "marks_running"       // pending: a grace period runs
	NotReached         Code = "not_reached"         // pending: the pass ended before this link
	ClusterCreatingNow Code = "cluster_creating"    // pending: EKS has not finished making the cluster
	ClusterIsDeleting  Code = "cluster_deleting"    // held
	ClusterHasFailed   Code = "cluster_failed"      // held: EKS status FAILED
	ClusterIsGone      Code = "cluster_gone"        // held: EKS knows no such cluster
	ClusterRemade      Code = "cluster_remade"      // failed: another cluster has this name now
	ClusterInvalid     Code = "cluster_invalid"     // failed: EKS's answer lacks what sync needs, or is malformed
	NoPrivateEndpoint  Code = "no_private_endpoint" // failed: the cluster's endpoint is public only
	GroupGone          Code = "group_gone"          // gone: tagged, and ELB no longer knows it
	NoHealthyTarget    Code = "no_healthy_target"   // failed: every target is unhealthy or unused
	NotInUse           Code = "not_in_use"          // failed: every target is unused: no listener, or the zone is not enabled
	DNSEmpty           Code = "dns_empty"           // failed: the endpoint's name does not exist, or has no address
	ENIEmpty           Code = "eni_empty"           // failed: EC2 lists no control-plane interface of the cluster
	TagEmpty           Code = "tag_empty"           // failed: the cluster tag has no value
	TagInvalid         Code = "tag_invalid"         // failed: a tag's value cannot be what it should be
	AmbiguousGroup     Code = "ambiguous_group"     // failed: several groups or load balancers claim one cluster
	GroupNotIP         Code = "group_not_ip"        // failed: the group's target type is not ip
	GroupNotTCP        Code = "group_not_tcp"       // failed: the group's protocol is not TCP
	GroupWrongPort     Code = "group_wrong_port"    // failed: the group's port is not 443
	GroupWrongVPC      Code = "group_wrong_vpc"     // failed: the group is not in the cluster's VPC
	GroupWrongFamily   Code = "group_wrong_family"  // failed: the group's address family is not one the cluster's endpoint has
	GroupUnattached    Code = "group_unattached"    // failed: no load balancer, or more than one
	NotNetwork         Code = "not_network"         // failed: the load balancer is not a network load balancer
	NotInternal        Code = "not_internal"        // failed: the load balancer is internet-facing
	OtherController    Code = "other_controller"    // failed: another controller's tag is on the group or its load balancer
	DNSUnknown         Code = "dns_unknown"         // failed: no resolver gave an answer that can be used
	ENIUnknown         Code = "eni_unknown"         // failed: the interface listing could not be read
	AccessDenied       Code = "access_denied"       // failed: IAM refused an action
	Throttled          Code = "throttled"           // failed: AWS refused for too many requests
	NoCredentials      Code = "no_credentials"      // failed: there are none, or they have expired
	AWSUnreachable     Code = "aws_unreachable"     // failed: no answer from an AWS endpoint, or no such region
	AWSError           Code = "aws_error"           // failed: any other error of AWS
	AWSAnswer          Code = "aws_answer"          // failed: an answer that cannot be right
	Expected           Code = "links_missing"       // failed: fewer links than --expect says
	ClusterNotFound    Code = "cluster_not_found"   // failed: no link for a cluster that was asked for
	Interrupted        Code = "interrupted"         // failed: stopped before the link was done
)
