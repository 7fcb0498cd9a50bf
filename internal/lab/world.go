package lab

import (
	_ "embed"
	"fmt"
	"net/netip"

	"github.com/goccy/go-yaml/ast"
)

// World is what a lab begins with: a list of what API calls would make. The
// text form is YAML with the keys in the field tags.
type World struct {
	Hub      Hub       `yaml:"hub"`
	Accounts []string  `yaml:"accounts"` // accounts besides those of hub, VPCs and roles
	Roles    []Role    `yaml:"roles"`
	VPCs     []VPC     `yaml:"vpcs"`
	Peerings []Peering `yaml:"peerings"`
	Clusters []Cluster `yaml:"clusters"`

	file *ast.File // where each thing stands; nil for a world that was no file
}

// Hub says where the tools run, and where each link's interface endpoint is
// made. Its VPCs are among the world's.
type Hub struct {
	Account   string   `yaml:"account"`
	Region    string   `yaml:"region"`
	VPCs      []string `yaml:"vpcs"`      // names of VPCs
	Endpoints []string `yaml:"endpoints"` // names of VPCs of the account, in regions of clusters: the endpoint VPCs
}

// Peering is an active peering connection between two VPCs, with routes to
// every block of the other side in both main route tables.
type Peering struct {
	From string `yaml:"from"` // names of VPCs
	To   string `yaml:"to"`
}

// Role is an IAM role that other accounts may assume.
type Role struct {
	Account    string   `yaml:"account"`
	Name       string   `yaml:"name"`
	Trust      []string `yaml:"trust"`      // accounts
	ExternalID string   `yaml:"externalId"` // empty: none is asked for
}

// ARN returns the role's ARN.
func (r Role) ARN() string { return fmt.Sprintf("arn:aws:iam::%s:role/%s", r.Account, r.Name) }

// VPC is a VPC with its subnets.
type VPC struct {
	Name           string   `yaml:"name"` // names it in this world, and its Name tag
	Account        string   `yaml:"account"`
	Region         string   `yaml:"region"`
	CIDR           Prefix   `yaml:"cidr"`
	SecondaryCIDRs []Prefix `yaml:"secondaryCidrs"`
	Subnets        []Subnet `yaml:"subnets"`
}

// Prefix is a CIDR block that knows its place in a file.
type Prefix struct{ netip.Prefix }

// UnmarshalYAML reads a CIDR block.
func (p *Prefix) UnmarshalYAML(node ast.Node) error {
	var err error
	if p.Prefix, err = netip.ParsePrefix(node.GetToken().Value); err != nil {
		pos := node.GetToken().Position
		return &WorldError{Line: pos.Line, Column: pos.Column, Err: fmt.Errorf("%q is no CIDR block, such as 10.0.0.0/16", node.GetToken().Value)}
	}
	return nil
}

// Subnet is a subnet in the zone with that name or ID.
type Subnet struct {
	Zone   string `yaml:"zone"`
	ZoneID string `yaml:"zoneId"`
	CIDR   Prefix `yaml:"cidr"`
}

// Cluster is an EKS cluster in all the subnets of a VPC, whose account and
// region are its own, with what the Terraform modules would make for it: the
// link, which is an internal network load balancer with its listener, an empty
// target group and an endpoint service; and, where the hub has an endpoint VPC
// in the region, an interface endpoint there and a private zone at the
// cluster's own host name for the hub's VPCs.
type Cluster struct {
	Name    string `yaml:"name"`
	VPC     string `yaml:"vpc"`     // name of a VPC
	Access  string `yaml:"access"`  // private (default), public, public+private
	Version string `yaml:"version"` // empty: the store's default
	Link    *bool  `yaml:"link"`    // false: no link is made
}

// Values of Cluster.Access.
const (
	AccessPrivate = "private"
	AccessPublic  = "public"
	AccessBoth    = "public+private"
)

// SyncRole is the name of the role that Postern's sync assumes in an account
// of a lab's world.
const SyncRole = "postern-sync"

//go:embed world/default.yaml
var defaultWorld []byte

// DefaultWorld returns the world that a lab has unless it is given another:
// a hub account, two endpoint VPCs, and three clusters in two accounts and two
// regions, all with the same CIDR.
func DefaultWorld() *World {
	w, err := parse(defaultWorld)
	if err != nil {
		panic("lab: default world: " + err.Error()) // it is part of the program, and tested
	}
	return w
}

// accounts returns every account of the world, sorted by first mention.
func (w *World) accounts() []string {
	var all []string
	seen := map[string]bool{}
	add := func(ids ...string) {
		for _, id := range ids {
			if id != "" && !seen[id] {
				seen[id] = true
				all = append(all, id)
			}
		}
	}
	add(w.Hub.Account)
	add(w.Accounts...)
	for _, v := range w.VPCs {
		add(v.Account)
	}
	for _, r := range w.Roles {
		add(r.Account)
	}
	return all
}

// vpc returns the VPC of that name, or nil.
func (w *World) vpc(name string) *VPC {
	for i := range w.VPCs {
		if w.VPCs[i].Name == name {
			return &w.VPCs[i]
		}
	}
	return nil
}

// generatedRegions are the regions of generated worlds, with the beginning of
// their zones' IDs.
var generatedRegions = []struct{ name, zone string }{
	{"us-east-1", "use1"}, {"eu-west-1", "euw1"}, {"us-west-2", "usw2"}, {"eu-central-1", "euc1"},
	{"us-east-2", "use2"}, {"ap-southeast-2", "apse2"}, {"eu-north-1", "eun1"}, {"ap-south-1", "aps1"},
	{"ap-northeast-1", "apne1"}, {"ap-northeast-2", "apne2"}, {"ap-northeast-3", "apne3"}, {"ap-southeast-1", "apse1"},
	{"ca-central-1", "cac1"}, {"eu-west-2", "euw2"}, {"eu-west-3", "euw3"}, {"eu-south-1", "eus1"},
	{"eu-central-2", "euc2"}, {"sa-east-1", "sae1"}, {"af-south-1", "afs1"}, {"me-south-1", "mes1"},
}

// GeneratedWorld returns a world for measurements: a hub account and that many
// clusters, named cluster-0000 and so on, spread evenly over accounts
// (222200000000 and so on) and at most twenty regions, each in a VPC of its own
// with the CIDR 10.0.0.0/16 and two zones. It panics if asked for more regions,
// or for less than one account or region.
func GeneratedWorld(accounts, regions, clusters int) *World {
	if accounts < 1 || regions < 1 || regions > len(generatedRegions) {
		panic(fmt.Sprintf("lab: generated world of %d accounts and %d regions", accounts, regions))
	}
	w := &World{Hub: Hub{Account: "111111111111", Region: generatedRegions[0].name}}
	for i := range accounts {
		w.Roles = append(w.Roles, Role{Account: generatedAccount(i), Name: SyncRole, Trust: []string{w.Hub.Account}})
	}
	for i := range clusters {
		region := generatedRegions[i/accounts%regions]
		name := fmt.Sprintf("cluster-%04d", i)
		w.VPCs = append(w.VPCs, VPC{
			Name: name, Account: generatedAccount(i % accounts), Region: region.name, CIDR: prefix("10.0.0.0/16"),
			Subnets: []Subnet{
				{ZoneID: region.zone + "-az1", CIDR: prefix("10.0.0.0/20")},
				{ZoneID: region.zone + "-az2", CIDR: prefix("10.0.16.0/20")},
			},
		})
		w.Clusters = append(w.Clusters, Cluster{Name: name, VPC: name})
	}
	return w
}

// endpointsPerRegion is how many links a generated hub has in a region: as many
// interface endpoints as AWS lets a VPC have. Source: PrivateLink guide, quotas.
const endpointsPerRegion = 50

// GeneratedHub returns a world for measurements like GeneratedWorld's, with the
// whole way: perVPC clusters of one account in each VPC, a hub VPC
// (10.100.0.0/16), and for each 50 clusters a region with an endpoint VPC
// (10.101.0.0/20 and so on) that is peered with it. It panics if asked for more
// than a thousand clusters.
func GeneratedHub(clusters, perVPC int) *World {
	regions := (clusters + endpointsPerRegion - 1) / endpointsPerRegion
	w := GeneratedWorld(1, max(1, regions), 0)
	zones := func(region int, first, second string) []Subnet {
		id := generatedRegions[region].zone
		return []Subnet{{ZoneID: id + "-az1", CIDR: prefix(first)}, {ZoneID: id + "-az2", CIDR: prefix(second)}}
	}
	w.Hub.VPCs = []string{"hub"}
	w.VPCs = append(w.VPCs, VPC{
		Name: "hub", Account: w.Hub.Account, Region: w.Hub.Region, CIDR: prefix("10.100.0.0/16"),
		Subnets: zones(0, "10.100.0.0/20", "10.100.16.0/20"),
	})
	for r, region := range GeneratedRegions(regions) {
		name, block := "endpoints-"+region, fmt.Sprintf("10.%d.", 101+r)
		w.VPCs = append(w.VPCs, VPC{
			Name: name, Account: w.Hub.Account, Region: region, CIDR: prefix(block + "0.0/20"),
			Subnets: zones(r, block+"0.0/24", block+"1.0/24"),
		})
		w.Hub.Endpoints = append(w.Hub.Endpoints, name)
		w.Peerings = append(w.Peerings, Peering{From: "hub", To: name})
	}
	for i := range clusters {
		r, vpc := i/endpointsPerRegion, fmt.Sprintf("clusters-%d-%02d", i/endpointsPerRegion, i%endpointsPerRegion/perVPC)
		if w.vpc(vpc) == nil {
			w.VPCs = append(w.VPCs, VPC{
				Name: vpc, Account: generatedAccount(0), Region: generatedRegions[r].name, CIDR: prefix("10.0.0.0/16"),
				Subnets: zones(r, "10.0.0.0/20", "10.0.16.0/20"),
			})
		}
		w.Clusters = append(w.Clusters, Cluster{Name: fmt.Sprintf("cluster-%04d", i), VPC: vpc})
	}
	return w
}

// GeneratedRegions returns the names of the first n regions of generated
// worlds.
func GeneratedRegions(n int) []string {
	var names []string
	for _, r := range generatedRegions[:n] {
		names = append(names, r.name)
	}
	return names
}

func generatedAccount(i int) string { return fmt.Sprintf("2222%08d", i) }

func prefix(text string) Prefix { return Prefix{netip.MustParsePrefix(text)} }
