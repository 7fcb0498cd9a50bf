package state

import "time"

// A Cluster is an EKS cluster.
type Cluster struct {
	ARN             string   `json:"arn"`
	Name            string   `json:"name"`
	Account         string   `json:"account"`
	Region          string   `json:"region"`
	ID              string   `json:"id"`
	Status          string   `json:"status"` // CREATING, ACTIVE, UPDATING, DELETING, FAILED
	Version         string   `json:"version"`
	PlatformVersion string   `json:"platformVersion"`
	Endpoint        string   `json:"endpoint,omitempty"` // URL; empty while CREATING
	CA              []byte   `json:"-"`                  // PEM; empty while CREATING
	Role            string   `json:"role"`
	VPC             string   `json:"vpc"`
	Subnets         []string `json:"subnets"`
	SecurityGroups  []string `json:"securityGroups,omitempty"`
	// ClusterSecurityGroup is the group that EKS made for the cluster.
	ClusterSecurityGroup string    `json:"clusterSecurityGroup"`
	Public               bool      `json:"public"`
	Private              bool      `json:"private"`
	PublicCIDRs          []string  `json:"publicCidrs,omitempty"`
	IPFamily             string    `json:"ipFamily"` // ipv4, ipv6
	ServiceCIDR          string    `json:"serviceCidr"`
	Created              time.Time `json:"created"`
	Tags                 Tags      `json:"tags,omitempty"`
}

// ClusterInput asks for a cluster.
type ClusterInput struct {
	Name           string
	Version        string // default DefaultVersion
	Role           string
	Subnets        []string
	SecurityGroups []string
	Public         *bool // default true, as in AWS
	Private        *bool // default false, as in AWS
	PublicCIDRs    []string
	IPFamily       string // default ipv4
	ServiceCIDR    string // default 172.20.0.0/16
	Tags           Tags
}

// ClusterConfig asks for a change of a cluster's networking: access or
// subnets and security groups, not both in one call.
type ClusterConfig struct {
	Public         *bool
	Private        *bool
	PublicCIDRs    []string
	Subnets        []string
	SecurityGroups []string
}

// An Update is a change of a cluster that is under way or was.
type Update struct {
	ID      string        `json:"id"`
	Cluster string        `json:"cluster"` // name
	Type    string        `json:"type"`    // VersionUpdate, EndpointAccessUpdate, VpcConfigUpdate
	Status  string        `json:"status"`  // InProgress, Successful, Failed
	Params  []UpdateParam `json:"params"`
	Created time.Time     `json:"created"`
	Error   *UpdateError  `json:"error,omitempty"`
}

// An UpdateParam is one thing that an update sets.
type UpdateParam struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// An UpdateError says why an update failed.
type UpdateError struct {
	Code      string   `json:"code"`
	Message   string   `json:"message"`
	Resources []string `json:"resources,omitempty"`
}

// DefaultVersion is the Kubernetes version of a cluster that names none.
const DefaultVersion = "1.34"
