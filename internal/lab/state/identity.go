package state

import "time"

// A Role is an IAM role that another account may assume.
type Role struct {
	ARN        string   `json:"arn"`
	Trust      []string `json:"trust"`                // account IDs
	ExternalID string   `json:"externalId,omitempty"` // required if set
}

// AssumeRoleInput asks for a role's keys.
type AssumeRoleInput struct {
	Role       string
	Session    string
	ExternalID string
	Duration   time.Duration // default an hour
}

// Credentials are temporary keys.
type Credentials struct {
	AccessKey string
	Secret    string
	Token     string
	Expires   time.Time
	RoleARN   string // of the assumed role's session
	RoleID    string // ID:session
}
