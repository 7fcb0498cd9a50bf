package state

import (
	"errors"
	"fmt"
)

// An Error is a refusal as AWS words it.
type Error struct {
	Code    string // AWS's own code, such as TargetGroupNotFound
	Message string
	Status  int  // HTTP status
	Sender  bool // the request was at fault, not the service
}

// Error returns "Code: Message".
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// refuse returns an Error with status 400, the caller's fault: what AWS
// answers to nearly every request that breaks a rule.
func refuse(code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Status: 400, Sender: true}
}

// refuseWith is refuse with another status.
func refuseWith(status int, code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Status: status, Sender: status < 500}
}

// asError returns a refusal as what it is, for answers that carry some.
func asError(err error) *Error {
	e, _ := errors.AsType[*Error](err)
	return e
}
