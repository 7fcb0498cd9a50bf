package state

import (
	"encoding/json"
	"regexp"
	"slices"

	"postern/internal/lab/iam"
)

// PermissionInput asks for a statement of a function's policy.
type PermissionInput struct {
	Sid           string
	Action        string // such as lambda:InvokeFunction
	Principal     string // a service's host, an account or an ARN
	SourceARN     string
	SourceAccount string
}

var (
	serviceHost  = regexp.MustCompile(`^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$`)
	statementSid = regexp.MustCompile(`^[a-zA-Z0-9-_]{1,100}$`)
)

// AddPermission adds a statement to a function's policy, and returns it as JSON.
// Source: Lambda API reference, AddPermission.
func (s *Store) AddPermission(c Caller, function string, in PermissionInput) (statement string, err error) {
	defer s.enter()()
	_, err = s.setFunction(c, function, func(f *Function) error {
		if !statementSid.MatchString(in.Sid) {
			return invalidFunction("The statement id %s is not valid", in.Sid)
		}
		if slices.ContainsFunc(f.Permissions, func(p Permission) bool { return p.Sid == in.Sid }) {
			return refuseWith(409, "ResourceConflictException", "The statement id (%s) provided already exists. Please provide a new statement id, or remove the existing statement.", in.Sid)
		}
		doc := map[string]any{"Sid": in.Sid, "Effect": "Allow", "Action": in.Action, "Resource": f.ARN}
		switch {
		case serviceHost.MatchString(in.Principal):
			doc["Principal"] = map[string]string{"Service": in.Principal}
		case accountID.MatchString(in.Principal):
			doc["Principal"] = map[string]string{"AWS": "arn:aws:iam::" + in.Principal + ":root"}
		case in.Principal == "*":
			doc["Principal"] = "*"
		case roleARN.MatchString(in.Principal):
			doc["Principal"] = map[string]string{"AWS": in.Principal}
		default:
			return invalidFunction("The provided principal was invalid. Please check the principal and try again.")
		}
		conditions := map[string]map[string]string{}
		if in.SourceAccount != "" {
			conditions["StringEquals"] = map[string]string{"AWS:SourceAccount": in.SourceAccount}
		}
		if in.SourceARN != "" {
			conditions["ArnLike"] = map[string]string{"AWS:SourceArn": in.SourceARN}
		}
		if len(conditions) > 0 {
			doc["Condition"] = conditions
		}
		text, err := json.Marshal(doc)
		if err != nil {
			return err
		}
		statement = string(text)
		f.Permissions = append(slices.Clip(f.Permissions), Permission{in.Sid, text})
		if _, err := iam.Parse(f.Policy(), iam.Resource); err != nil {
			return invalidFunction("%v", err)
		}
		return nil
	})
	return statement, err
}

// RemovePermission removes a statement of a function's policy.
func (s *Store) RemovePermission(c Caller, function, sid string) error {
	defer s.enter()()
	_, err := s.setFunction(c, function, func(f *Function) error {
		i := slices.IndexFunc(f.Permissions, func(p Permission) bool { return p.Sid == sid })
		if i < 0 {
			return refuseWith(404, "ResourceNotFoundException", "Statement %s is not found in resource policy.", sid)
		}
		f.Permissions = slices.Delete(slices.Clone(f.Permissions), i, i+1)
		return nil
	})
	return err
}

// Policy is the function's policy as JSON, empty when it has no statement.
func (f Function) Policy() string {
	if len(f.Permissions) == 0 {
		return ""
	}
	var statements []json.RawMessage
	for _, p := range f.Permissions {
		statements = append(statements, p.Statement)
	}
	// Statements are JSON already.
	text, _ := json.Marshal(struct {
		Version   string
		ID        string `json:"Id"`
		Statement []json.RawMessage
	}{"2012-10-17", "default", statements})
	return string(text)
}

// ServiceMayInvoke decides whether a function's own policy lets a service call
// it on behalf of a resource, such as a rule of EventBridge.
func (f Function) ServiceMayInvoke(service, sourceARN, sourceAccount string) bool {
	p, err := iam.Parse(f.Policy(), iam.Resource)
	if err != nil {
		return false
	}
	return iam.Grants{Resource: p}.Decide(iam.Request{
		Action: "lambda:InvokeFunction", Resource: f.ARN, By: iam.Caller{Service: service},
		Context: iam.Context{"aws:SourceArn": {sourceARN}, "aws:SourceAccount": {sourceAccount}},
	}).Allowed
}
