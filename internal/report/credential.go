package report

import (
	"io"
	"time"
)

// ExecCredential is what kubectl and client-go read from a credential plugin.
// Source: Kubernetes documentation, authenticating, client-go credential
// plugins.
type ExecCredential struct {
	APIVersion string               `json:"apiVersion"`
	Kind       string               `json:"kind"` // ExecCredential
	Status     ExecCredentialStatus `json:"status"`
}

// ExecCredentialStatus holds the credential itself.
type ExecCredentialStatus struct {
	ExpirationTimestamp time.Time `json:"expirationTimestamp"` // when it is to be asked for again
	Token               string    `json:"token"`
}

// CredentialVersions are the versions of the document, the preferred one first.
var CredentialVersions = []string{"client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"}

// WriteCredential writes a bearer token in the form of a version.
func WriteCredential(w io.Writer, version, token string, ends time.Time) error {
	return WriteJSON(w, ExecCredential{
		APIVersion: version, Kind: "ExecCredential",
		Status: ExecCredentialStatus{ExpirationTimestamp: ends.UTC().Truncate(time.Second), Token: token},
	}, true)
}
