// Package state holds everything the lab's AWS knows, in one store that
// applies each AWS rule once: networks, load balancers and their targets,
// clusters and their moves, tags, keys, throttles and the lag of listings.
//
// Each method is one AWS action, or one thing that the lab does to its world
// (Move, Settle). A method takes the Caller first; resources live in the
// caller's account and region and no other account can learn of them. A
// refusal is an *Error with AWS's own code.
//
// Time comes from package time alone. Whatever AWS does after a wait stands in
// one queue, ordered by due time and request; every call first does what is
// due, each thing at its own time, so that reads are exact without Run. The
// same seed and the same calls at the same times give the same event log.
//
// Returned values share their slices and maps with the store, which never
// writes to them again; callers must not either.
package state

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// Options say how a Store behaves. The zero value is a store in real time.
type Options struct {
	Speed          float64      // how much faster than AWS waits pass; 0 means 1
	Seed           uint64       // of identifiers, addresses and jitter
	Logger         *slog.Logger // nil discards
	Strict         bool         // AssumeRole is allowed for roles that exist only
	Enforce        bool         // policies say what callers may do; else they may do everything
	Unthrottled    bool         // buckets never run dry
	Consistent     bool         // listings and tags never lag, and there are no ghosts
	ExternalHealth bool         // no built-in health checks: ReportHealth alone says what passes
}

// A Caller is who calls, and where.
type Caller struct {
	Account string
	Region  string
	ARN     string        // of the user or the assumed role
	UserID  string        // as GetCallerIdentity shows it
	Stale   time.Duration // reads answer as of this much earlier (the stale-read fault), in real time

	Function string // ARN of the function whose session it is; empty: no function's
}

// A Store is the lab's world. Make one with New. Its methods may be called
// from any goroutine.
type Store struct {
	opts Options
	log  *slog.Logger
	keep time.Duration // how long history is kept
	wake chan struct{}

	mu      sync.Mutex
	now     time.Time // what time it is for whatever happens under the lock
	ceiling time.Time // latest time to record while Settle runs ahead; else zero
	armed   time.Time // the due time that Run waits for
	queue   queue
	items   uint64 // items queued so far
	seq     uint64 // resources made so far
	rng     *rand.Rand

	places      map[placeKey]*place
	order       []*place
	networks    map[string]*network // by VPC
	hosts       map[string]host     // by lower-case name
	groups      map[string]*group   // by target group ARN
	broken      map[string]bool     // cluster ARNs and zone IDs whose checks fail
	authorities map[string]keyPair  // by cluster ID, once asked for
	iam         identities
	buckets     map[bucketKey]buckets
	journal     journal
	runner      Runner

	shape     uint64                       // counts the changes of what a topology is made of
	topology  *Topology                    // the newest one asked for
	providers map[string]*place            // of endpoint services, by ID
	zones     *table[HostedZone]           // of all accounts
	visible   map[string]map[string]string // hosted zones by VPC, then by name
	changes   []ZoneChange                 // of hosted zones, in order
	board     *board                       // targets as the data plane sees them
}

// New returns an empty world.
func New(o Options) *Store {
	if o.Speed <= 0 {
		o.Speed = 1
	}
	log := o.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s := &Store{
		opts: o, log: log, wake: make(chan struct{}, 1), now: time.Now(),
		rng:         rand.New(rand.NewPCG(o.Seed, 0x706f737465726e)),
		places:      map[placeKey]*place{},
		networks:    map[string]*network{},
		hosts:       map[string]host{},
		groups:      map[string]*group{},
		broken:      map[string]bool{},
		authorities: map[string]keyPair{},
		iam:         newIdentities(),
		buckets:     map[bucketKey]buckets{},
		providers:   map[string]*place{},
		zones:       newTable[HostedZone](nil),
		visible:     map[string]map[string]string{},
		board:       newBoard(),
	}
	s.keep = max(s.scale(ghostFor*5/4+time.Minute), 5*time.Minute)
	return s
}

// A placeKey is an account in a region.
type placeKey struct{ account, region string }

// A place holds the resources of one account in one region.
type place struct {
	placeKey
	vpcs           *table[VPC]
	subnets        *table[Subnet]
	securityGroups *table[SecurityGroup]
	interfaces     *table[Interface]
	routeTables    *table[RouteTable]
	peerings       *table[Peering]
	networkACLs    *table[NetworkACL]
	loadBalancers  *table[LoadBalancer]
	targetGroups   *table[TargetGroup]
	listeners      *table[Listener]
	clusters       *table[Cluster]
	updates        *table[Update]
	links
	serverless

	plane map[string]*plane    // running clusters' control planes, by name
	ports map[string]portIndex // listeners by load balancer ARN
	// forwarding lists, by target group ARN, the listeners that forward to it.
	forwarding map[string][]Listener
	zones      []Zone
	own        []interface{ settle() }
}

// place returns the caller's account and region.
func (s *Store) place(c Caller) *place { return s.placeOf(c.Account, c.Region) }

func (s *Store) placeOf(account, region string) *place {
	k := placeKey{account, region}
	if p := s.places[k]; p != nil {
		return p
	}
	p := &place{
		placeKey: k,
		vpcs:     newTable[VPC](nil),
		subnets: newTable(map[string]func(Subnet) string{
			"vpc-id": func(v Subnet) string { return v.VPC },
		}),
		securityGroups: newTable(map[string]func(SecurityGroup) string{
			"vpc-id": func(v SecurityGroup) string { return v.VPC },
		}),
		interfaces: newTable(map[string]func(Interface) string{
			"vpc-id":      func(v Interface) string { return v.VPC },
			"subnet-id":   func(v Interface) string { return v.Subnet },
			"description": func(v Interface) string { return v.Description },
		}),
		routeTables: newTable(map[string]func(RouteTable) string{
			"vpc-id": func(v RouteTable) string { return v.VPC },
		}),
		peerings: newTable[Peering](nil),
		networkACLs: newTable(map[string]func(NetworkACL) string{
			"vpc-id": func(v NetworkACL) string { return v.VPC },
		}),
		loadBalancers: newTable(map[string]func(LoadBalancer) string{
			"name": func(v LoadBalancer) string { return v.Name },
			"vpc":  func(v LoadBalancer) string { return v.VPC },
		}),
		targetGroups: newTable(map[string]func(TargetGroup) string{
			"name": func(v TargetGroup) string { return v.Name },
		}),
		listeners: newTable(map[string]func(Listener) string{
			"lb": func(v Listener) string { return v.LoadBalancer },
		}),
		clusters:   newTable[Cluster](nil),
		updates:    newTable[Update](nil),
		links:      newLinks(),
		serverless: newServerless(),
		plane:      map[string]*plane{},
		ports:      map[string]portIndex{},
		forwarding: map[string][]Listener{},
		zones:      s.zonesOf(account, region),
	}
	p.own = []interface{ settle() }{p.vpcs, p.subnets, p.securityGroups, p.interfaces, p.loadBalancers, p.targetGroups, p.listeners, p.clusters, p.updates}
	p.own = append(p.own, p.routeTables, p.peerings, p.networkACLs)
	for _, shapes := range []*bool{&p.vpcs.shapes, &p.subnets.shapes, &p.securityGroups.shapes, &p.interfaces.shapes, &p.routeTables.shapes, &p.peerings.shapes, &p.networkACLs.shapes, &p.loadBalancers.shapes, &p.listeners.shapes, &p.targetGroups.shapes} {
		*shapes = true
	}
	p.own = append(p.own, p.services, p.endpoints, p.connections, &p.serverless)
	s.places[k] = p
	s.order = append(s.order, p)
	return p
}

// settle forgets the past of every table.
func (p *place) settle() {
	for _, t := range p.own {
		t.settle()
	}
}

// arn returns the ARN of a resource of this place.
func (p *place) arn(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", partition(p.region), service, p.region, p.account, resource)
}

// partition returns the partition of a region.
func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// set writes a resource's present value.
func set[T any](s *Store, t *table[T], id string, v T) {
	if _, ok := t.records[id]; !ok {
		s.seq++
	}
	s.reshape(t.shapes)
	t.put(id, v, s.seq, s.stamp(), s.horizon())
}

// drop ends a resource, and forgets it once no read can reach it.
func drop[T any](s *Store, t *table[T], id string) {
	s.reshape(t.shapes)
	t.remove(id, s.stamp(), s.horizon())
	s.at(s.now.Add(s.keep), func() { t.purge(id, s.horizon()) })
}

const hexDigits = "0123456789abcdef"

// hex returns n random hexadecimal digits.
func (s *Store) hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = hexDigits[s.rng.IntN(16)]
	}
	return string(b)
}

// id returns a new EC2 identifier such as vpc-0123456789abcdef0.
func (s *Store) id(prefix string) string { return prefix + "-0" + s.hex(16) }
