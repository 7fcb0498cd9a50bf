package wire

import (
	"net/http"
	"strings"
)

// Credential is what a signed request says of its caller. The signature itself
// is not checked here.
//
// Source: AWS Identity and Access Management user guide, AWS Signature Version 4
// for API requests, elements of a request signature.
type Credential struct {
	AccessKey string
	Region    string
	Service   string // the signing name, for example elasticloadbalancing
	Token     string // the session token; empty for a long-term key
	Presigned bool   // the signature is in the query
}

const signingAlgorithm = "AWS4-HMAC-SHA256"

// parseCredential finds the credential in the Authorization header or, for a
// presigned request, in the query.
func parseCredential(r *http.Request) (Credential, *Error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		q := r.URL.Query()
		if !q.Has("X-Amz-Credential") {
			return Credential{}, &Error{Code: codeUnsigned, Message: "Request is missing Authentication Token", Status: 403, Sender: true}
		}
		c, err := parseScope(q.Get("X-Amz-Credential"))
		c.Token, c.Presigned = q.Get("X-Amz-Security-Token"), true
		return c, err
	}
	algorithm, rest, _ := strings.Cut(header, " ")
	if algorithm != signingAlgorithm {
		return Credential{}, signatureError("Authorization header requires " + signingAlgorithm)
	}
	scope := ""
	for _, part := range strings.Split(rest, ",") {
		if s, ok := strings.CutPrefix(strings.TrimSpace(part), "Credential="); ok {
			scope = s
		}
	}
	if scope == "" {
		return Credential{}, signatureError("Authorization header requires 'Credential' parameter")
	}
	c, err := parseScope(scope)
	c.Token = r.Header.Get("X-Amz-Security-Token")
	return c, err
}

// parseScope reads KEY/DATE/REGION/SERVICE/aws4_request.
func parseScope(scope string) (Credential, *Error) {
	parts := strings.Split(scope, "/")
	if len(parts) != 5 || parts[4] != "aws4_request" {
		return Credential{}, signatureError("Credential should be scoped to a key, a date, a region, a service and 'aws4_request'")
	}
	for _, p := range parts {
		if p == "" {
			return Credential{}, signatureError("Credential has an empty part")
		}
	}
	return Credential{AccessKey: parts[0], Region: parts[2], Service: parts[3]}, nil
}

func signatureError(message string) *Error {
	return &Error{Code: codeSignature, Message: message, Status: 400, Sender: true}
}

// keyError is the error for a key that nobody knows, in the service's words.
// Source: the services' API references, common errors (InvalidClientTokenId;
// UnrecognizedClientException for JSON), and Amazon EC2 API reference, error
// codes (AuthFailure).
func keyError(protocol, message string) *Error {
	e := &Error{Code: "InvalidClientTokenId", Message: message, Status: 403, Sender: true}
	switch protocol {
	case "ec2":
		e.Code, e.Status = "AuthFailure", 401
	case "json", "rest-json":
		e.Code = "UnrecognizedClientException"
	}
	return e
}
