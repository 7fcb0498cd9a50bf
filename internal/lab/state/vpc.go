package state

import (
	"net/netip"
	"time"
)

// A VPC is a network of one account and region.
type VPC struct {
	ID           string        `json:"id"`
	Owner        string        `json:"owner"`
	Region       string        `json:"region"`
	CIDR         netip.Prefix  `json:"cidr"`  // the primary block
	CIDRs        []Association `json:"cidrs"` // all IPv4 blocks, the primary first
	IPv6         []Association `json:"ipv6,omitempty"`
	State        string        `json:"state"` // available
	DHCPOptions  string        `json:"dhcpOptions"`
	DNSSupport   bool          `json:"dnsSupport"`
	DNSHostnames bool          `json:"dnsHostnames"`
	Tags         Tags          `json:"tags,omitempty"`
}

// An Association is one CIDR block of a VPC or a subnet.
type Association struct {
	ID    string       `json:"id"`
	Block netip.Prefix `json:"block"`
	State string       `json:"state"` // associated
}

// A Subnet is a part of a VPC in one Availability Zone.
type Subnet struct {
	ID       string        `json:"id"`
	ARN      string        `json:"arn"`
	Owner    string        `json:"owner"`
	VPC      string        `json:"vpc"`
	CIDR     netip.Prefix  `json:"cidr"`
	IPv6     []Association `json:"ipv6,omitempty"`
	Zone     string        `json:"zone"`   // name in this account, such as us-east-1a
	ZoneID   string        `json:"zoneId"` // such as use1-az4
	State    string        `json:"state"`  // available
	Free     int           `json:"free"`   // addresses left
	PublicIP bool          `json:"publicIp,omitempty"`
	Tags     Tags          `json:"tags,omitempty"`
}

// A Zone is an Availability Zone as one account sees it.
type Zone struct {
	Name   string `json:"name"`
	ID     string `json:"id"`
	Region string `json:"region"`
	State  string `json:"state"` // available
}

// A SecurityGroup is a named set of rules; the rules come with the data plane.
type SecurityGroup struct {
	ID          string    `json:"id"`
	ARN         string    `json:"arn"`
	Owner       string    `json:"owner"`
	VPC         string    `json:"vpc"`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Tags        Tags      `json:"tags,omitempty"`
	Created     time.Time `json:"created"`
}

// VPCInput asks for a VPC.
type VPCInput struct {
	CIDR netip.Prefix
	IPv6 bool // with an IPv6 /56 of Amazon's
	Tags Tags
}

// SubnetInput asks for a subnet, in a zone named by Zone or by ZoneID; with
// neither, in the region's first.
type SubnetInput struct {
	VPC    string
	CIDR   netip.Prefix
	IPv6   netip.Prefix // a /64 of the VPC's; invalid for none
	Zone   string
	ZoneID string
	Tags   Tags
}

// SecurityGroupInput asks for a security group.
type SecurityGroupInput struct {
	VPC, Name, Description string
	Tags                   Tags
}
