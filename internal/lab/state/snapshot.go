package state

import (
	"slices"
	"strings"
)

// A Snapshot is the whole world, for people and tests.
type Snapshot struct {
	Accounts []AccountSnapshot `json:"accounts"`
	// HostedZones are Route 53's private zones, in order of creation: they belong
	// to an account and to no region.
	HostedZones []HostedZone `json:"hostedZones,omitempty"`
	// Roles and Policies are IAM's, which belong to an account and to no region,
	// in order of creation.
	Roles    []IAMRole `json:"roles,omitempty"`
	Policies []Policy  `json:"policies,omitempty"`
}

// A AccountSnapshot is one account in one region. Each list is in order of
// creation.
type AccountSnapshot struct {
	Account        string          `json:"account"`
	Region         string          `json:"region"`
	VPCs           []VPC           `json:"vpcs"`
	Subnets        []Subnet        `json:"subnets"`
	SecurityGroups []SecurityGroup `json:"securityGroups"`
	Interfaces     []Interface     `json:"interfaces"`
	LoadBalancers  []LoadBalancer  `json:"loadBalancers"`
	TargetGroups   []GroupSnapshot `json:"targetGroups"`
	Listeners      []Listener      `json:"listeners"`
	Clusters       []Cluster       `json:"clusters"`
	RouteTables    []RouteTable    `json:"routeTables"`
	Peerings       []Peering       `json:"peerings"`
	NetworkACLs    []NetworkACL    `json:"networkAcls"`

	EndpointServices    []EndpointService `json:"endpointServices,omitempty"`
	Endpoints           []Endpoint        `json:"endpoints,omitempty"`
	EndpointConnections []Connection      `json:"endpointConnections,omitempty"` // to its services

	Functions      []Function      `json:"functions,omitempty"`
	Rules          []EventRule     `json:"eventRules,omitempty"`
	Schedules      []Schedule      `json:"schedules,omitempty"`
	ScheduleGroups []ScheduleGroup `json:"scheduleGroups,omitempty"` // but the default one
	LogGroups      []LogGroup      `json:"logGroups,omitempty"`
	Topics         []Topic         `json:"topics,omitempty"`
	Alarms         []Alarm         `json:"alarms,omitempty"`
	Parameters     []Parameter     `json:"parameters,omitempty"`
}

// A GroupSnapshot is a target group with its targets.
type GroupSnapshot struct {
	TargetGroup
	Targets []TargetHealth `json:"targets"`
}

// Snapshot returns the whole world, by account and region. Accounts and
// regions that hold nothing are left out.
func (s *Store) Snapshot() Snapshot {
	defer s.enter()()
	out := Snapshot{HostedZones: s.zones.values(), Roles: s.iam.roles.values(), Policies: s.iam.policies.values()}
	for _, p := range s.order {
		x := AccountSnapshot{
			Account: p.account, Region: p.region, VPCs: p.vpcs.values(), Subnets: p.subnets.values(), SecurityGroups: each(p.securityGroups.values(), p.ruled),
			Interfaces: p.interfaces.values(), LoadBalancers: p.loadBalancers.values(), Listeners: p.listeners.values(), Clusters: p.clusters.values(),
			Peerings:         p.peerings.values(),
			NetworkACLs:      p.networkACLs.values(),
			EndpointServices: p.services.values(), Endpoints: p.endpoints.values(), EndpointConnections: p.connections.values(),
			Functions: p.functions.values(), Rules: p.rules.values(), Schedules: p.schedules.values(), ScheduleGroups: p.scheduleGroups.values(),
			LogGroups: p.logGroups.values(), Topics: p.topics.values(), Alarms: p.alarms.values(), Parameters: p.parameters.values(),
		}
		for _, t := range p.routeTables.values() {
			x.RouteTables = append(x.RouteTables, s.routed(p, t))
		}
		for i := range x.Subnets {
			x.Subnets[i].Free = s.freeIn(x.Subnets[i])
		}
		for _, g := range p.targetGroups.values() {
			x.TargetGroups = append(x.TargetGroups, GroupSnapshot{g, s.groups[g.ARN].health.values()})
		}
		if len(x.VPCs) > 0 || !p.serverless.empty() {
			out.Accounts = append(out.Accounts, x)
		}
	}
	slices.SortFunc(out.Accounts, func(a, b AccountSnapshot) int {
		return strings.Compare(a.Account+"/"+a.Region, b.Account+"/"+b.Region)
	})
	return out
}
