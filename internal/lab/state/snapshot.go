package state

// A Snapshot is the whole world, for people and tests.
type Snapshot struct {
	Accounts []AccountSnapshot `json:"accounts"`
}

// An AccountSnapshot is one account in one region.
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
}

// A GroupSnapshot is a target group with its targets.
type GroupSnapshot struct {
	TargetGroup
	Targets []TargetHealth `json:"targets"`
}
