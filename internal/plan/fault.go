package plan

import "fmt"

// Fault is an error about one link or scope, for the report: what happened to
// which object, and what to try next.
type Fault struct {
	Code    Code
	Message string
	Hint    string
	Action  string // the IAM action that is missing, where AWS refused for want of it, such as ec2:DescribeVpcs
	Err     error  // the cause, if it has one
}

// Error returns the message and, if there is one, its cause.
func (f *Fault) Error() string {
	if f.Err != nil {
		return fmt.Sprintf("%s: %v", f.Message, f.Err)
	}
	return f.Message
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }
