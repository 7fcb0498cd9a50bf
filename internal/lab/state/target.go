package state

// A Target is one target as a caller names it.
type Target struct {
	ID   string `json:"id"`             // an address, or an instance's ID
	Port int    `json:"port"`           // 0: the group's
	Zone string `json:"zone,omitempty"` // a zone's name, or all
}

// A TargetHealth is a target with its state, as DescribeTargetHealth shows it.
type TargetHealth struct {
	Target      Target `json:"target"`
	CheckPort   string `json:"checkPort"`
	State       string `json:"state"` // initial, healthy, unhealthy, unhealthy.draining, draining, unused, unavailable
	Reason      string `json:"reason,omitempty"`
	Description string `json:"description,omitempty"`
}
