package fleet

import (
	"net/netip"
	"time"

	"postern/internal/plan"
)

// Snapshot is what AWS said about a fleet.
type Snapshot struct {
	At     time.Time      // when the collecting began
	Hub    Hub            // as the settings name it
	Places []Place        // in the order of account and region, each pair once
	Zones  []AccountZones // in the order of accounts
	Calls  map[string]int // attempts sent, by service and action, such as "ec2:DescribeVpcs"
}

// Hub is where the tools run. Its zero value: the settings name none, and
// nothing of the hub's side was asked.
type Hub struct {
	Account plan.AccountID
	Region  plan.Region
	VPCs    []string // of the tools' hosts; none: any VPC that is not an endpoint VPC
}

// Listing is one list as AWS gave it. Its zero value was not asked.
type Listing[T any] struct {
	Asked bool
	Items []T
	Fault *plan.Fault // why Items is not all that there is, and what to try; nil: it is all
}

// Known reports whether Items is all that there is, so that what is not among
// them does not exist.
func (l Listing[T]) Known() bool { return l.Asked && l.Fault == nil }

// Place is one account in one region.
type Place struct {
	Account plan.AccountID // empty where it could not be found out
	Region  plan.Region
	Role    string      // ARN of the role that was assumed; empty: the ambient credentials
	Hub     bool        // of the hub's side: endpoint VPCs and the tools' own
	Spoke   bool        // a scope: clusters and their links
	Fault   *plan.Fault // why nothing at all could be asked here

	// On both sides.
	VPCs           Listing[VPC]
	Subnets        Listing[Subnet]
	RouteTables    Listing[RouteTable]
	SecurityGroups Listing[SecurityGroup]
	NetworkACLs    Listing[NetworkACL]

	// Of the hub's side.
	Peerings  Listing[Peering]
	Endpoints Listing[Endpoint]
	// AddrsFault is why the endpoints have no addresses; nil: they have those
	// that they should.
	AddrsFault *plan.Fault

	// Of a scope.
	Clusters Listing[Cluster]
	Links    Listing[Link] // by their groups' ARNs; several may claim one cluster
	Services Listing[Service]
	// Interfaces are those of control planes, as EKS describes them. If this
	// listing is not whole, addresses of load balancers' nodes are missing too.
	Interfaces Listing[plan.Interface]

	Quotas Listing[Quota]
}

// VPC is one VPC.
type VPC struct {
	ID           string
	Name         string         // its Name tag
	CIDRs        []netip.Prefix // associated ones, IPv6 included, sorted
	DNSSupport   *bool          // the VPC's resolver answers; nil: not asked
	DNSHostnames *bool          // private zones need both; nil: not asked
	Fault        *plan.Fault    // why those two could not be read
}

// Subnet is one subnet.
type Subnet struct {
	ID     string
	VPC    string
	Zone   string // AZ name, which is the account's own
	ZoneID string // AZ ID, which is the same in every account
	CIDR   netip.Prefix
	Free   int // IPv4 addresses that are left
}

// RouteTable is one route table.
type RouteTable struct {
	ID      string
	VPC     string
	Main    bool     // for the subnets of the VPC that no other names
	Subnets []string // explicitly associated
	Routes  []Route
}

// Route is one route. A destination that is a prefix list has no Destination.
type Route struct {
	Destination netip.Prefix
	PrefixList  string
	Target      string // local, or an ID: pcx-..., tgw-..., igw-..., nat-..., eni-...
	Blackhole   bool   // its target is gone
}

// SecurityGroup is one security group with its rules.
type SecurityGroup struct {
	ID      string
	Name    string
	Owner   plan.AccountID
	VPC     string
	Ingress []Rule
	Egress  []Rule
}

// Rule admits traffic from, or to, one peer. Exactly one of CIDR, Group and
// PrefixList is set.
type Rule struct {
	Protocol   string // tcp, udp, icmp, a number, or -1 for all
	From, To   int    // ports; of protocol -1 without meaning
	CIDR       netip.Prefix
	Group      string
	GroupOwner plan.AccountID
	PrefixList string
}

// NetworkACL is one network ACL.
type NetworkACL struct {
	ID      string
	VPC     string
	Default bool
	Subnets []string
	Entries []ACLEntry // in the order of their numbers, inbound ones first
}

// ACLEntry is one numbered rule. The first whose traffic fits decides.
type ACLEntry struct {
	Egress   bool
	Number   int
	Protocol string // -1: all; otherwise a number, such as 6 for TCP
	From, To int    // ports; 0 to 65535 where the entry names none
	CIDR     netip.Prefix
	Allow    bool
}

// Peering is one VPC peering connection, as the asked side sees it.
type Peering struct {
	ID                  string
	Requester, Accepter PeeringSide
	State               string // active, pending-acceptance, expired, rejected, deleted, ...
	Message             string // EC2's own words about the state
}

// PeeringSide is one end of a peering.
type PeeringSide struct {
	Account plan.AccountID
	Region  plan.Region
	VPC     string
	CIDRs   []netip.Prefix // may be empty while the peering is not active
}

// Endpoint is one interface endpoint.
type Endpoint struct {
	ID             string
	Account        plan.AccountID // its owner
	Region         plan.Region
	VPC            string
	Service        string      // name of the endpoint service
	ServiceRegion  plan.Region // the endpoint's own where EC2 names none
	State          string      // EC2's, in lower case: available, pendingacceptance, rejected, failed, ...
	Error          string      // EC2's last error, code and message
	SecurityGroups []string
	Subnets        []string
	Addrs          []EndpointAddr // of its network interfaces; empty where they were not listed
	DNSNames       []string       // regional name first
	PrivateDNS     bool
	Tags           map[string]string
}

// EndpointAddr is the address of an endpoint in one subnet.
type EndpointAddr struct {
	Interface string
	Subnet    string
	Zone      string // AZ name
	Addr      netip.Addr
}

// Cluster is one EKS cluster. Where DescribeCluster failed, only Cluster.Name
// is set, and Fault says why. One that was listed and not asked about has
// nothing but its name; see [Cluster.Described].
type Cluster struct {
	plan.Cluster
	Subnets        []string
	SecurityGroups []string // besides the cluster's own
	PublicCIDRs    []netip.Prefix
	Version        string
	Fault          *plan.Fault
}

// Described reports whether EKS was asked about the cluster and answered. The
// answer may be that there is none: then its status is plan.ClusterGone.
func (c *Cluster) Described() bool { return c.Status != "" }

// Link is one cluster's target group and load balancer.
type Link struct {
	Ref         plan.Ref
	Candidate   plan.Candidate
	HealthCheck HealthCheck
	Targets     Listing[plan.Registered]
	Attributes  Listing[Attribute] // of the target group
	Balancer    *Balancer          // the load balancer; nil where the group has none, or it was not listed
	Listeners   Listing[Listener]  // of the load balancer
}

// Host returns the host of the cluster's endpoint that the link was made for, in
// lower case, as its tag says; empty: it says none. The tag may be a URL too, in
// whatever letters EKS has.
func (l *Link) Host() string {
	host, err := plan.EndpointHost(l.Candidate.Group.Tags[plan.TagEndpoint])
	if err != nil {
		return ""
	}
	return host
}

// HealthCheck is a target group's.
type HealthCheck struct {
	Protocol  string // HTTPS, TCP, ...
	Port      string // a number, or traffic-port
	Path      string
	Matcher   string // HTTP codes
	Interval  time.Duration
	Timeout   time.Duration
	Healthy   int // checks in a row
	Unhealthy int
}

// Attribute is one attribute of a group or of a load balancer, as ELB spells it.
type Attribute struct{ Key, Value string }

// Balancer is the network load balancer of a link.
type Balancer struct {
	plan.LoadBalancer
	DNSName        string
	State          string // active, provisioning, active_impaired, failed
	SecurityGroups []string
	// Enforce is ELB's enforcement of the groups' inbound rules on PrivateLink
	// traffic: on, off, or empty where the load balancer has no groups.
	Enforce    string
	Zones      []BalancerZone
	Attributes Listing[Attribute]
}

// BalancerZone is a load balancer's node in one zone.
type BalancerZone struct {
	Zone   string // AZ name
	Subnet string
	Addrs  []netip.Addr // of the node's network interface; empty where they were not listed
}

// Listener is one listener of a load balancer.
type Listener struct {
	ARN      string
	Protocol string
	Port     int
	Groups   []plan.GroupARN // that it forwards to
}

// Service is one endpoint service.
type Service struct {
	ID               string // vpce-svc-...
	Name             string // com.amazonaws.vpce.REGION.vpce-svc-...
	Account          plan.AccountID
	Region           plan.Region
	State            string   // Available, Pending, Failed, ...
	Balancers        []string // ARNs
	Zones            []string // AZ names
	ZoneIDs          []string // AZ IDs; may be empty
	SupportedRegions []plan.Region
	Acceptance       bool // connections wait for somebody's yes
	Principals       Listing[string]
	Connections      Listing[Connection]
	Tags             map[string]string
}

// Connection is one endpoint's connection, as the service's owner sees it.
type Connection struct {
	Endpoint string
	Owner    plan.AccountID
	Region   plan.Region // the service's own where EC2 names none
	State    string      // EC2's, in lower case
}

// AccountZones are the private zones that one account can list: its own, and
// those of others that its hub VPCs are associated with.
type AccountZones struct {
	Account plan.AccountID
	VPCs    []ZoneVPC // the hub VPCs whose zones were listed
	Zones   Listing[Zone]
}

// Zone is one private hosted zone.
type Zone struct {
	ID      string
	Name    string         // without the last dot
	Account plan.AccountID // its owner; empty where that is an AWS service
	Service string         // the AWS service that owns it, such as eks.amazonaws.com
	// VPCs are those that the zone is associated with: all of them in a deep
	// snapshot, where the zone is of an asked cluster and the account's own,
	// and otherwise those of AccountZones.VPCs. So a hub VPC that is missing
	// from a known listing is not associated.
	VPCs    Listing[ZoneVPC]
	Records Listing[Record]
}

// ZoneVPC is a VPC that a zone is associated with.
type ZoneVPC struct {
	Region plan.Region
	VPC    string
}

// Record is one record set.
type Record struct {
	Name   string // without the last dot
	Type   string
	Values []string
	Alias  string // the name that an alias points to, without the last dot
}

// Quota is a limit and how much of it is used.
type Quota struct {
	Name  string // as the Service Quotas console has it
	Of    string // the object that it is counted for, such as a VPC's ID; may be empty
	Used  int
	Limit int
	// Default: Limit is AWS's published default. The account's own may be
	// higher.
	Default bool
}
