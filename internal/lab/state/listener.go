package state

// A Listener takes connections of one load balancer and port, and forwards
// them to target groups.
type Listener struct {
	ARN          string            `json:"arn"`
	LoadBalancer string            `json:"loadBalancer"`
	Protocol     string            `json:"protocol"`
	Port         int               `json:"port"`
	Groups       []string          `json:"groups"` // ARNs of the default action's target groups
	Attributes   map[string]string `json:"attributes,omitempty"`
	Tags         Tags              `json:"tags,omitempty"`
}

// ListenerInput asks for a listener, or in ModifyListener for a change: there,
// zero fields stay as they are.
type ListenerInput struct {
	LoadBalancer string
	Protocol     string
	Port         int
	Groups       []string
	Tags         Tags
}

// ListenerQuery says which listeners to list: those of a load balancer, or by
// ARN.
type ListenerQuery struct {
	LoadBalancer string
	ARNs         []string
	Page         Page
}
