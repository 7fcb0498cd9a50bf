package state

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Parameter is one of Systems Manager's Parameter Store.
type Parameter struct {
	ARN         string    `json:"arn"`
	Name        string    `json:"name"`
	Type        string    `json:"type"` // String, StringList, SecureString
	Value       string    `json:"value"`
	Description string    `json:"description,omitempty"`
	Pattern     string    `json:"allowedPattern,omitempty"`
	DataType    string    `json:"dataType"` // text
	Tier        string    `json:"tier"`     // Standard, Advanced
	Key         string    `json:"key,omitempty"`
	Version     int64     `json:"version"`
	Modified    time.Time `json:"modified"`
	ModifiedBy  string    `json:"modifiedBy"`
	Tags        Tags      `json:"tags,omitempty"`
}

// Limits of a value. Source: Systems Manager user guide, parameter tiers.
const (
	standardValue = 4096
	advancedValue = 8192
)

var parameterName = regexp.MustCompile(`^[a-zA-Z0-9_.\-/]+$`)

func noParameter(name string) error {
	return refuse("ParameterNotFound", "Parameter %s not found.", name)
}

// plainParameter reads how a call names a parameter: its name or its ARN, with
// a version that must be the newest.
func plainParameter(text string) (name, version string) {
	if _, rest, ok := strings.Cut(text, ":parameter"); ok && strings.HasPrefix(text, "arn:") {
		text = rest
		if strings.Count(text, "/") == 1 { // a name without a hierarchy has no slash of its own
			text = strings.TrimPrefix(text, "/")
		}
	}
	name, version, _ = strings.Cut(text, ":")
	return name, version
}

// PutParameter makes a parameter, or with overwrite a new version of one.
// Source: Systems Manager API reference, PutParameter.
func (s *Store) PutParameter(c Caller, in Parameter, overwrite bool) (Parameter, error) {
	defer s.enter()()
	p := s.place(c)
	if !parameterName.MatchString(in.Name) || len(in.Name) > 1011 || strings.Contains(in.Name, "/") && !strings.HasPrefix(in.Name, "/") {
		return in, refuse("ValidationException", "Parameter name must be a fully qualified name.")
	}
	if first := strings.ToLower(strings.TrimPrefix(in.Name, "/")); strings.HasPrefix(first, "aws") || strings.HasPrefix(first, "ssm") {
		return in, refuse("ValidationException", "Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive).")
	}
	old, there := p.parameters.get(in.Name)
	switch {
	case there && !overwrite:
		return in, refuse("ParameterAlreadyExists", "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
	case there && overwrite && len(in.Tags) > 0:
		return in, refuse("ValidationException", "Invalid request: tags and overwrite can't be used together.")
	case there:
		in.Type, in.Tags, in.DataType = orDefault(in.Type, old.Type), old.Tags, orDefault(in.DataType, old.DataType)
		in.Description, in.Tier = orDefault(in.Description, old.Description), orDefault(in.Tier, old.Tier)
	case in.Type == "":
		return in, refuse("ValidationException", "A parameter type is required when you create a parameter.")
	}
	in.Tier, in.DataType = orDefault(in.Tier, "Standard"), orDefault(in.DataType, "text")
	if in.Tier == "Intelligent-Tiering" {
		in.Tier = "Standard"
		if len(in.Value) > standardValue {
			in.Tier = "Advanced"
		}
	}
	if !slices.Contains([]string{"String", "StringList", "SecureString"}, in.Type) {
		return in, refuse("UnsupportedParameterType", "The parameter type is not supported: %s", in.Type)
	}
	if in.Tier == "Standard" && len(in.Value) > standardValue || len(in.Value) > advancedValue || in.Value == "" {
		return in, refuse("ValidationException", "Standard tier parameters support a maximum parameter value of %d characters, advanced ones %d, and no value is empty.", standardValue, advancedValue)
	}
	if in.Pattern != "" {
		re, err := regexp.Compile(in.Pattern)
		if err != nil {
			return in, refuse("InvalidAllowedPatternException", "The allowed pattern is not a regular expression: %s", in.Pattern)
		}
		if !re.MatchString(in.Value) {
			return in, refuse("ParameterPatternMismatchException", "Parameter value, cannot be validated against allowedPattern: %s", in.Pattern)
		}
	}
	if err := checkTags(in.Tags, "TooManyTagsError", "ValidationException"); err != nil {
		return in, err
	}
	if in.Type == "SecureString" {
		in.Key = orDefault(in.Key, "alias/aws/ssm")
	}
	in.ARN = p.arn("ssm", "parameter/"+strings.TrimPrefix(in.Name, "/"))
	in.Version, in.Modified, in.ModifiedBy, in.Tags = old.Version+1, s.stamp(), c.ARN, in.Tags.orNone()
	set(s, p.parameters, in.Name, in)
	return in, nil
}

// GetParameter returns a parameter of the caller's. A secret is given away
// decrypted only if asked for.
func (s *Store) GetParameter(c Caller, text string) (Parameter, error) {
	defer s.enter()()
	name, version := plainParameter(text)
	x, ok := one(s, c, s.place(c).parameters, name)
	if !ok {
		return x, noParameter(text)
	}
	if version != "" && version != strconv.FormatInt(x.Version, 10) {
		return x, refuse("ParameterVersionNotFound", "Systems Manager could not find version %s of %s: the lab keeps the newest only.", version, name)
	}
	return x, nil
}

// Parameters returns the caller's parameters by name.
func (s *Store) Parameters(c Caller) []Parameter {
	defer s.enter()()
	read := reader[Parameter](s, c, 0)
	found, _ := list(s.place(c).parameters.all(), 0, 0, read, nil)
	return byName(found, func(x Parameter) string { return x.Name })
}

// DeleteParameter deletes a parameter.
func (s *Store) DeleteParameter(c Caller, text string) error {
	defer s.enter()()
	p := s.place(c)
	name, _ := plainParameter(text)
	if _, ok := p.parameters.get(name); !ok {
		return noParameter(name)
	}
	drop(s, p.parameters, name)
	return nil
}

// TagParameter changes a parameter's tags, and returns them.
func (s *Store) TagParameter(c Caller, name string, add Tags, remove []string) (Tags, error) {
	defer s.enter()()
	p := s.place(c)
	x, ok := one(s, c, p.parameters, name)
	if !ok {
		return nil, refuse("InvalidResourceId", "The resource ID isn't valid. Verify that you entered the correct ID and try again.")
	}
	if len(add)+len(remove) == 0 {
		return x.Tags, nil
	}
	var err error
	if x.Tags, err = retag(x.Tags, add, remove, "TooManyTagsError", "ValidationException"); err == nil {
		set(s, p.parameters, name, x)
	}
	return x.Tags, err
}
