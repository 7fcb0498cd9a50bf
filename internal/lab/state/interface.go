package state

import (
	"net/netip"
	"time"
)

// An Interface is an elastic network interface.
type Interface struct {
	ID               string       `json:"id"`
	Description      string       `json:"description"`
	Owner            string       `json:"owner"`
	Region           string       `json:"region"`
	VPC              string       `json:"vpc"`
	Subnet           string       `json:"subnet"`
	Zone             string       `json:"zone"`
	ZoneID           string       `json:"zoneId"`
	Type             string       `json:"type"`   // interface, network_load_balancer, vpc_endpoint
	Status           string       `json:"status"` // available, in-use
	Addr             netip.Addr   `json:"addr"`
	Addrs6           []netip.Addr `json:"addrs6,omitempty"`
	MAC              string       `json:"mac"`
	RequesterID      string       `json:"requesterId,omitempty"`
	RequesterManaged bool         `json:"requesterManaged"`
	Attachment       *Attachment  `json:"attachment,omitempty"`
	SecurityGroups   []string     `json:"securityGroups,omitempty"`
	SourceDestCheck  bool         `json:"sourceDestCheck"`
	Tags             Tags         `json:"tags,omitempty"`

	// What EC2 does not show.
	Cluster string `json:"cluster,omitempty"` // ARN of the cluster whose control plane it leads to
	Serving bool   `json:"serving,omitempty"` // an API server answers behind it, and the endpoint's name lists it
}

// An Attachment says to what an interface is attached.
type Attachment struct {
	ID            string    `json:"id"`
	Instance      string    `json:"instance,omitempty"`
	InstanceOwner string    `json:"instanceOwner"` // account, or a name such as amazon-elb
	Status        string    `json:"status"`        // attached
	DeviceIndex   int       `json:"deviceIndex"`
	At            time.Time `json:"at"`
}

// InterfaceInput asks for a network interface of the caller's own.
type InterfaceInput struct {
	Subnet         string
	Addr           netip.Addr // invalid: one that is free
	Description    string
	SecurityGroups []string
	Tags           Tags
}

// InterfaceQuery says which interfaces to list.
type InterfaceQuery struct {
	IDs     []string
	Filters []Filter
	Page    Page
}
