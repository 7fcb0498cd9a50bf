package lab

import (
	"maps"
	"net/netip"
	"slices"

	"postern/internal/lab/faults"
	"postern/internal/lab/state"
)

// Schema names the lab's JSON documents; they change by addition only.
const Schema = "postern.lab/v1"

// State is what a running lab says of itself: what a command needs to work in
// it, how each link fares, and the whole world.
type State struct {
	Schema   string          `json:"schema"`
	URL      string          `json:"url"`   // AWS APIs and control API
	Speed    float64         `json:"speed"` // how much faster than AWS waits pass
	Seed     uint64          `json:"seed"`
	Proxy    string          `json:"proxy,omitempty"` // host:port of the way in, SOCKS5 and HTTP CONNECT; empty without a data plane
	Hub      HubState        `json:"hub"`
	Accounts []Account       `json:"accounts"`
	Views    []View          `json:"views"` // the public one first
	Clusters []ClusterState  `json:"clusters"`
	Orphans  []OrphanState   `json:"orphans"` // links whose cluster does not exist
	Faults   []faults.Active `json:"faults"`  // in force, oldest first
	World    state.Snapshot  `json:"world"`
}

// HubState is where the tools run. Its fields are empty in a world without.
type HubState struct {
	Account string   `json:"account"`
	Region  string   `json:"region"`
	VPCs    []string `json:"vpcIds"`
	// Host is the address that the way in dials from, in the first of these
	// VPCs; empty without a data plane, or before it runs.
	Host string `json:"host,omitempty"`
}

// Account is an account of the lab, its keys, which open nothing elsewhere,
// and what Postern's sync needs to work in it.
type Account struct {
	ID         string   `json:"id"`
	AccessKey  string   `json:"accessKey"`
	SecretKey  string   `json:"secretKey"`
	Regions    []string `json:"regions"`              // where it has clusters or links
	SyncRole   string   `json:"syncRole,omitempty"`   // ARN of the role that the hub's account may assume
	ExternalID string   `json:"externalId,omitempty"` // of that role
	SyncTrust  []string `json:"syncTrust,omitempty"`  // accounts that may assume it
}

// ClusterState is one cluster: what is true, and what each target group that
// is tagged with its name has registered.
type ClusterState struct {
	Account  string       `json:"account"`
	Region   string       `json:"region"`
	Name     string       `json:"name"`
	Status   string       `json:"status"`
	VPC      string       `json:"vpcId"`
	Host     string       `json:"host"` // of the endpoint; empty while there is none
	Public   bool         `json:"public"`
	Private  bool         `json:"private"`
	Serving  []netip.Addr `json:"serving"` // where its API servers answer now
	Groups   []GroupState `json:"targetGroups"`
	Ref      string       `json:"ref"` // account/region/name
	Endpoint string       `json:"endpoint"`
	CA       string       `json:"certificateAuthority"` // PEM, what clients are to trust; empty while there is none
}

// OrphanState is a link that is left of a cluster: its target groups, whose tag
// names a cluster that is not there.
type OrphanState struct {
	Ref    string       `json:"ref"` // account/region/name of the cluster
	Groups []GroupState `json:"targetGroups"`
}

// GroupState is a target group of a cluster's link.
type GroupState struct {
	ARN     string               `json:"arn"`
	Targets []state.TargetHealth `json:"targets"`
}

// State returns the lab's state now.
func (l *Lab) State() *State {
	s := &State{
		Schema: Schema, URL: l.URL(), Proxy: l.Proxy(), Speed: l.opts.Speed, Seed: l.opts.Seed, Views: l.Views(), Faults: l.Faults(),
		World:    l.store.Snapshot(),
		Hub:      HubState{Account: l.world.Hub.Account, Region: l.world.Hub.Region, VPCs: []string{}},
		Accounts: []Account{}, Clusters: []ClusterState{}, Orphans: []OrphanState{},
	}
	for _, name := range l.world.Hub.VPCs {
		s.Hub.VPCs = append(s.Hub.VPCs, l.made.vpcs[name])
	}
	if l.network != nil {
		s.Hub.Host = l.network.hubHost()
	}
	groups, regions := map[owner][]GroupState{}, map[string][]string{}
	for _, a := range s.World.Accounts {
		for _, g := range a.TargetGroups {
			if name := g.Tags[tagCluster]; name != "" {
				o := owner{a.Account, a.Region, name}
				groups[o] = append(groups[o], GroupState{ARN: g.ARN, Targets: append([]state.TargetHealth{}, g.Targets...)})
			}
		}
	}
	for _, a := range s.World.Accounts {
		if len(a.Clusters) > 0 {
			regions[a.Account] = append(regions[a.Account], a.Region)
		}
		for _, c := range a.Clusters {
			described, err := l.store.DescribeCluster(root(a.Account, a.Region), c.Name)
			if err != nil { // it has gone meanwhile
				continue
			}
			s.Clusters = append(s.Clusters, ClusterState{
				Account: a.Account, Region: a.Region, Name: c.Name, Ref: ref(a.Account, a.Region, c.Name), Status: c.Status, VPC: c.VPC,
				Endpoint: c.Endpoint, Host: hostOf(c), Public: c.Public, Private: c.Private, CA: string(described.CA),
				Serving: append([]netip.Addr{}, l.store.Serving(a.Account, a.Region, c.Name)...),
				Groups:  append([]GroupState{}, groups[owner{a.Account, a.Region, c.Name}]...),
			})
			delete(groups, owner{a.Account, a.Region, c.Name})
		}
	}
	for _, a := range s.World.Accounts { // a balancer may carry the tag for its group
		if slices.ContainsFunc(a.LoadBalancers, func(b state.LoadBalancer) bool { return b.Tags[tagCluster] != "" }) {
			regions[a.Account] = append(regions[a.Account], a.Region)
		}
	}
	for _, o := range slices.SortedFunc(maps.Keys(groups), owner.compare) {
		regions[o.account] = append(regions[o.account], o.region)
		s.Orphans = append(s.Orphans, OrphanState{Ref: ref(o.account, o.region, o.cluster), Groups: groups[o]})
	}
	for _, id := range l.world.accounts() {
		s.Accounts = append(s.Accounts, l.account(id, regions[id]))
	}
	return s
}

func (l *Lab) account(id string, regions []string) Account {
	a := Account{ID: id, AccessKey: accessKey(id), Regions: append([]string{}, regions...)}
	a.SecretKey, _ = l.store.Secret(a.AccessKey)
	slices.Sort(a.Regions)
	a.Regions = slices.Compact(a.Regions)
	for _, r := range l.world.Roles {
		if r.Account == id && r.Name == SyncRole {
			a.SyncRole, a.ExternalID, a.SyncTrust = r.ARN(), r.ExternalID, r.Trust
		}
	}
	return a
}

// accessKey is the static key of an account's own user. It does not look like
// a real one, so that neither can be taken for the other.
func accessKey(account string) string { return "LABKEY" + account }
