package state

import (
	"net/netip"
	"time"
)

// A LoadBalancer is an Elastic Load Balancing v2 load balancer.
type LoadBalancer struct {
	ARN            string    `json:"arn"`
	Name           string    `json:"name"`
	DNSName        string    `json:"dnsName"`
	HostedZone     string    `json:"hostedZone"`
	Type           string    `json:"type"`   // network, application
	Scheme         string    `json:"scheme"` // internal, internet-facing
	VPC            string    `json:"vpc"`
	State          string    `json:"state"`         // provisioning, active
	IPAddressType  string    `json:"ipAddressType"` // ipv4, dualstack
	Zones          []LBZone  `json:"zones"`
	SecurityGroups []string  `json:"securityGroups,omitempty"`
	Created        time.Time `json:"created"`
	// EnforcePrivateLink: inbound rules apply to PrivateLink traffic: on, off, or
	// empty for a load balancer without security groups.
	EnforcePrivateLink string            `json:"enforcePrivateLink,omitempty"`
	Attributes         map[string]string `json:"attributes"`
	Tags               Tags              `json:"tags,omitempty"`
}

// An LBZone is one zone of a load balancer, and its interface there.
type LBZone struct {
	Zone      string     `json:"zone"`
	ZoneID    string     `json:"zoneId"`
	Subnet    string     `json:"subnet"`
	Interface string     `json:"interface"`
	Addr      netip.Addr `json:"addr"`
	Fixed     bool       `json:"fixed,omitempty"` // the address was asked for
}

// LoadBalancerInput asks for a load balancer. Subnets holds one per zone.
type LoadBalancerInput struct {
	Name           string
	Type           string // default application, as in AWS
	Scheme         string // default internet-facing, as in AWS
	IPAddressType  string // default ipv4
	Subnets        []SubnetMapping
	SecurityGroups []string
	Tags           Tags
}

// A SubnetMapping is one subnet of a load balancer, with its address or an
// invalid one for a free address.
type SubnetMapping struct {
	Subnet string
	Addr   netip.Addr
}
