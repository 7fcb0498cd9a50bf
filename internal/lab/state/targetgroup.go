package state

import "time"

// A TargetGroup is a set of targets that are checked and balanced alike.
type TargetGroup struct {
	ARN           string            `json:"arn"`
	Name          string            `json:"name"`
	Type          string            `json:"type"` // ip, instance, alb, lambda
	Protocol      string            `json:"protocol"`
	Port          int               `json:"port"`
	VPC           string            `json:"vpc"`
	IPAddressType string            `json:"ipAddressType"` // ipv4, ipv6
	HealthCheck   HealthCheck       `json:"healthCheck"`
	LoadBalancers []string          `json:"loadBalancers"` // ARNs of those whose listeners forward here
	Attributes    map[string]string `json:"attributes"`
	Tags          Tags              `json:"tags,omitempty"`
}

// A HealthCheck is how a group's targets are checked. Durations are AWS's,
// not yet divided by the speed.
type HealthCheck struct {
	Enabled   bool          `json:"enabled"`
	Protocol  string        `json:"protocol"`
	Port      string        `json:"port"` // a number or traffic-port
	Path      string        `json:"path,omitempty"`
	Matcher   string        `json:"matcher,omitempty"`
	Interval  time.Duration `json:"interval"`
	Timeout   time.Duration `json:"timeout"`
	Healthy   int           `json:"healthy"`
	Unhealthy int           `json:"unhealthy"`
}

// TargetGroupInput asks for a target group. Zero fields of HealthCheck mean
// AWS's defaults; NoHealthCheck turns checks off (lambda groups only).
type TargetGroupInput struct {
	Name          string
	Type          string // default instance, as in AWS
	Protocol      string
	Port          int
	VPC           string
	IPAddressType string // default ipv4
	HealthCheck   HealthCheck
	NoHealthCheck bool
	Tags          Tags
}

// TargetGroupQuery says which groups to list: by load balancer, by ARNs, by
// names, or all.
type TargetGroupQuery struct {
	LoadBalancer string
	ARNs         []string
	Names        []string
	Page         Page
}
