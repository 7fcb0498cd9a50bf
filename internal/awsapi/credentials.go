package awsapi

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// ambient marks the failures of the process's own credentials, which the SDK
// gives no type of their own.
type ambient struct{ aws.CredentialsProvider }

func (a ambient) Retrieve(ctx context.Context) (aws.Credentials, error) {
	if a.CredentialsProvider == nil {
		return aws.Credentials{}, &noCredentials{errors.New("none are set")}
	}
	got, err := a.CredentialsProvider.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, &noCredentials{err}
	}
	return got, nil
}

// noCredentials says that the process has no credentials. The provider has
// tried as often as it makes sense.
type noCredentials struct{ err error }

func (e *noCredentials) Error() string        { return "get credentials: " + e.err.Error() }
func (e *noCredentials) Unwrap() error        { return e.err }
func (e *noCredentials) RetryableError() bool { return false }

// assumed marks the failures of assuming a role.
type assumed struct {
	aws.CredentialsProvider
	role role
}

func (a assumed) Retrieve(ctx context.Context) (aws.Credentials, error) {
	got, err := a.CredentialsProvider.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, &notAssumed{a.role, err}
	}
	return got, nil
}

// notAssumed says that a role could not be assumed. The call to STS has been
// retried as any other, so the call that needed the role need not be.
type notAssumed struct {
	role role
	err  error
}

func (e *notAssumed) Error() string        { return "assume " + e.role.arn + ": " + e.err.Error() }
func (e *notAssumed) Unwrap() error        { return e.err }
func (e *notAssumed) RetryableError() bool { return false }
