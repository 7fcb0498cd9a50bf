package wire

import "errors"

// Error is an error as AWS gives it to a client.
type Error struct {
	Code    string
	Message string
	Status  int  // HTTP status; 0 means the model's, else 400
	Sender  bool // the caller's fault; matters only where the protocol says it
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Codes of the errors that the wire layer itself finds.
// Source: Amazon EC2 API reference, common errors; Elastic Load Balancing API
// reference, common errors; Smithy specification, AWS protocols.
const (
	codeUnknownQuery  = "InvalidAction"
	codeUnknownJSON   = "UnknownOperationException"
	codeUnsigned      = "MissingAuthenticationToken"
	codeSignature     = "IncompleteSignature"
	codeMalformedForm = "MalformedQueryString"
	codeTooLarge      = "RequestEntityTooLarge"
	codeInternal      = "InternalFailure"
	codeService       = "UnknownService"
)

// clientError is an error of the caller's making.
func clientError(code, message string) *Error {
	return &Error{Code: code, Message: message, Status: 400, Sender: true}
}

// asError finds the *Error in err, or nil.
func asError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return nil
}

// badValue is why a value cannot be read; each protocol gives it its own code.
type badValue struct {
	path string // of the member, as the client wrote it
	why  string
}

func (e *badValue) Error() string { return e.path + ": " + e.why }

// missingValue names a required member that the request lacks.
type missingValue struct{ path string }

func (e *missingValue) Error() string { return e.path + ": required, and missing" }
