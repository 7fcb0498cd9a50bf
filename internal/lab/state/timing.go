package state

import "time"

// How long AWS takes, at speed 1. Where AWS gives no figure, the lab's own
// choice is marked so.
const (
	// A target's first health check comes about 120 s after its registration.
	// Source: ELB user guide repository, pull request 11; within the 180 to 300 s
	// that users see until traffic flows.
	firstCheckAfter = 120 * time.Second
	// Elb.RegistrationInProgress gives way to Elb.InitialHealthChecking before
	// that: when, is the lab's choice.
	registrationTakes = 90 * time.Second

	// A network load balancer is provisioning for some minutes: the lab's choice.
	provisioningTakes = 2 * time.Minute

	// Source: EKS user guide, create a cluster ("typically 10 to 15 minutes").
	clusterCreateTakes = 10 * time.Minute
	// When within that its interfaces appear: the lab's choice.
	clusterInterfacesAfter = 5 * time.Minute
	// The lab's choices.
	clusterDeleteTakes = 2 * time.Minute
	clusterAccessTakes = 5 * time.Minute

	// An endpoint service is Pending for some seconds, an accepted endpoint pending
	// and a deleted one deleting for about a minute or two, and a deleted
	// connection is still listed for some: the lab's choices, in the order that
	// the PrivateLink guide, concepts, gives.
	serviceTakes        = 15 * time.Second
	endpointTakes       = time.Minute
	endpointDeleteTakes = time.Minute
	connectionLingers   = 5 * time.Minute

	// A new interface is listed before it serves, and an old one after it has
	// stopped. Source for the order: EKS user guide, network requirements (a
	// version update deletes the original interfaces and makes new ones); the
	// figures are the lab's choice.
	moveWarmUp  = time.Minute     // listed, until it serves
	moveOverlap = 5 * time.Minute // old and new both serve
	// An API server that shuts down in good order goes on for as long as clients
	// may have its address from the endpoint's name. For how long EKS has it go on
	// is not published.
	shutdownTakes = EndpointTTL
	moveLinger    = 2 * time.Minute // stopped, until it is deleted

	// A new certificate authority is published years before it signs, and the old
	// one is gone months later. Source: EKS user guide, certificate authority
	// rotation. The lab has minutes for it.
	caOverlap   = 10 * time.Minute
	rotateTakes = 2 * caOverlap

	// EndpointTTL is the TTL of the endpoint's DNS records. Source: EKS best
	// practices, cluster endpoint connectivity.
	EndpointTTL = 60 * time.Second
)
