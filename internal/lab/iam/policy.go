package iam

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A Kind is where a policy is attached, which says what its statements have.
type Kind int

// The kinds of policy.
const (
	Identity Kind = iota // of a role, or a permissions boundary: resources, no principals
	Trust                // of a role, on who may assume it: principals, no resources
	Resource             // of a function: principals and resources
)

// A Policy is a policy document that has been read.
type Policy struct {
	Statements []Statement
}

// A Statement allows or denies. Of each pair of lists one is empty.
type Statement struct {
	Sid                     string
	Deny                    bool
	Principals              []Principal
	NotPrincipals           []Principal
	Actions, NotActions     []string
	Resources, NotResources []string
	Conditions              []Condition
	notPrincipal            bool // NotPrincipals counts
}

// A Principal is whom a statement of a trust or resource policy is about.
type Principal struct {
	Type  string // AWS, Service, Federated, CanonicalUser
	Value string // an ARN, an account's number, a service's host, or *
}

// A Condition holds if one of its values fits what the request has under its
// key, as its operator says.
type Condition struct {
	Operator string // as in Operators, without quantifier and IfExists
	Quant    string // ForAllValues, ForAnyValue or empty
	IfExists bool
	Key      string
	Values   []string
}

// maxDocument bounds a document: more than the largest quota, that of a role's
// inline policies. Source: IAM user guide, quotas.
const maxDocument = 131072

// Parse reads a policy document.
func Parse(document string, kind Kind) (*Policy, error) {
	if len(document) > maxDocument {
		return nil, fmt.Errorf("parse policy: %d bytes, more than %d", len(document), maxDocument)
	}
	var doc struct {
		Version   string
		Id        string
		Statement many[rawStatement]
	}
	if err := strict([]byte(document), &doc); err != nil {
		return nil, fmt.Errorf("parse policy: %w", err)
	}
	switch doc.Version {
	case "2012-10-17", "2008-10-17", "":
	default:
		return nil, fmt.Errorf("parse policy: the version is %q, not 2012-10-17", doc.Version)
	}
	if len(doc.Statement) == 0 {
		return nil, errors.New("parse policy: there is no statement")
	}
	p := &Policy{}
	sids := map[string]bool{}
	for i, raw := range doc.Statement {
		st, err := raw.statement(kind)
		if err != nil {
			return nil, fmt.Errorf("parse policy: statement %d: %w", i+1, err)
		}
		if st.Sid != "" && sids[st.Sid] {
			return nil, fmt.Errorf("parse policy: two statements have the Sid %q", st.Sid)
		}
		sids[st.Sid] = true
		p.Statements = append(p.Statements, st)
	}
	return p, nil
}

// strict reads one JSON document whose fields are all known.
func strict(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the document")
	}
	return nil
}

type rawStatement struct {
	Sid          string
	Effect       string
	Principal    *rawPrincipal
	NotPrincipal *rawPrincipal
	Action       many[string]
	NotAction    many[string]
	Resource     many[string]
	NotResource  many[string]
	Condition    map[string]map[string]many[scalar]
}

func (r rawStatement) statement(kind Kind) (Statement, error) {
	st := Statement{
		Sid: r.Sid, Deny: r.Effect == "Deny",
		Actions: r.Action, NotActions: r.NotAction, Resources: r.Resource, NotResources: r.NotResource,
		notPrincipal: r.NotPrincipal != nil,
	}
	if r.Principal != nil {
		st.Principals = *r.Principal
	}
	if r.NotPrincipal != nil {
		st.NotPrincipals = *r.NotPrincipal
	}
	switch {
	case r.Effect != "Allow" && r.Effect != "Deny":
		return st, fmt.Errorf("the effect is %q, not Allow or Deny", r.Effect)
	case (len(r.Action) == 0) == (len(r.NotAction) == 0):
		return st, errors.New("it must have either Action or NotAction")
	case kind == Identity && (r.Principal != nil || st.notPrincipal):
		return st, errors.New("a policy of an identity has no principal")
	case kind != Identity && (r.Principal != nil) == st.notPrincipal:
		return st, errors.New("it must have either Principal or NotPrincipal")
	case st.notPrincipal && !st.Deny:
		return st, errors.New("NotPrincipal allows nothing")
	case kind == Trust && len(r.Resource)+len(r.NotResource) > 0:
		return st, errors.New("a trust policy has no resource")
	case kind != Trust && (len(r.Resource) == 0) == (len(r.NotResource) == 0):
		return st, errors.New("it must have either Resource or NotResource")
	}
	for _, a := range append(st.Actions[:len(st.Actions):len(st.Actions)], st.NotActions...) {
		service, name, ok := strings.Cut(a, ":")
		if a != "*" && (!ok || service == "" || name == "" || strings.ContainsAny(service, "*?")) {
			return st, fmt.Errorf("%q is no action: it must be * or SERVICE:ACTION", a)
		}
	}
	for _, res := range append(st.Resources[:len(st.Resources):len(st.Resources)], st.NotResources...) {
		if res != "*" && (!strings.HasPrefix(res, "arn:") || strings.Count(res, ":") < 5 && !strings.HasSuffix(res, "*")) {
			return st, fmt.Errorf("resource %q must be in ARN format or *", res)
		}
	}
	var err error
	st.Conditions, err = conditions(r.Condition)
	return st, err
}

// many is one value, or a list of them.
type many[T any] []T

// UnmarshalJSON reads either form.
func (m *many[T]) UnmarshalJSON(text []byte) error {
	if text = bytes.TrimSpace(text); len(text) > 0 && text[0] == '[' {
		var list []T
		if err := strict(text, &list); err != nil {
			return err
		}
		*m = list
		return nil
	}
	var one T
	if err := strict(text, &one); err != nil {
		return err
	}
	*m = many[T]{one}
	return nil
}

// scalar is a condition's value: a string, a number or a truth value.
type scalar string

// UnmarshalJSON takes each as its text.
func (s *scalar) UnmarshalJSON(text []byte) error {
	switch text[0] {
	case '"':
		return json.Unmarshal(text, (*string)(s))
	case '{', '[', 'n':
		return fmt.Errorf("%s is no value of a condition", text)
	}
	*s = scalar(text)
	return nil
}

type rawPrincipal []Principal

// UnmarshalJSON reads "*" or a map of types.
func (p *rawPrincipal) UnmarshalJSON(text []byte) error {
	var all string
	if json.Unmarshal(text, &all) == nil {
		if all != "*" {
			return fmt.Errorf("principal %q must be * or an object", all)
		}
		*p = rawPrincipal{{Type: "AWS", Value: "*"}}
		return nil
	}
	var byType struct {
		AWS, Service, Federated, CanonicalUser many[string]
	}
	if err := strict(text, &byType); err != nil {
		return err
	}
	for _, t := range []struct {
		name   string
		values []string
	}{{"AWS", byType.AWS}, {"Service", byType.Service}, {"Federated", byType.Federated}, {"CanonicalUser", byType.CanonicalUser}} {
		for _, v := range t.values {
			*p = append(*p, Principal{t.name, v})
		}
	}
	if len(*p) == 0 {
		return errors.New("a principal names nobody")
	}
	return nil
}
