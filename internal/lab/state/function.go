package state

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A Function is a Lambda function. Its code is read by FunctionCode.
type Function struct {
	ARN         string            `json:"arn"`
	Name        string            `json:"name"`
	Role        string            `json:"role"`
	Runtime     string            `json:"runtime"`
	Handler     string            `json:"handler"`
	Description string            `json:"description,omitempty"`
	Timeout     int32             `json:"timeoutSeconds"`
	Memory      int32             `json:"memoryMB"`
	Storage     int32             `json:"storageMB"` // of /tmp
	Arch        string            `json:"arch"`      // x86_64, arm64
	Environment map[string]string `json:"environment,omitempty"`
	HasEnv      bool              `json:"-"` // the environment was given, if only an empty one
	VPC         string            `json:"vpcId,omitempty"`
	Subnets     []string          `json:"subnets,omitempty"`
	Groups      []string          `json:"securityGroups,omitempty"`
	Tracing     string            `json:"tracing"`   // PassThrough, Active
	LogFormat   string            `json:"logFormat"` // Text, JSON
	LogGroup    string            `json:"logGroup"`
	AppLevel    string            `json:"applicationLogLevel,omitempty"`
	SystemLevel string            `json:"systemLogLevel,omitempty"`
	CodeSHA256  string            `json:"codeSha256"` // base64
	CodeSize    int64             `json:"codeSize"`
	Revision    string            `json:"revision"`
	Modified    time.Time         `json:"modified"`
	State       string            `json:"state"`            // Pending, Active
	Update      string            `json:"lastUpdateStatus"` // InProgress, Successful
	Reserved    *int32            `json:"reservedConcurrency,omitempty"`
	Permissions []Permission      `json:"permissions,omitempty"` // the function's own policy
	Async       *AsyncConfig      `json:"async,omitempty"`
	Tags        Tags              `json:"tags,omitempty"`
}

// A Permission is one statement of a function's policy.
type Permission struct {
	Sid       string          `json:"sid"`
	Statement json.RawMessage `json:"statement"`
}

// AsyncConfig is what becomes of events that the function is given without
// anybody waiting.
type AsyncConfig struct {
	Retries   *int32    `json:"retries,omitempty"`
	MaxAge    *int32    `json:"maxAgeSeconds,omitempty"`
	OnSuccess string    `json:"onSuccess,omitempty"` // ARN
	OnFailure string    `json:"onFailure,omitempty"` // ARN
	Modified  time.Time `json:"modified"`
}

// FunctionInput asks for a function, or for what an update sets: there empty
// and nil mean no change.
type FunctionInput struct {
	Name        string
	Role        string
	Runtime     string
	Handler     string
	Description *string
	Timeout     *int32
	Memory      *int32
	Storage     *int32
	Arch        string
	Environment map[string]string // not nil: set
	Subnets     []string          // not nil: set, with Groups
	Groups      []string
	Tracing     string
	LogFormat   string
	LogGroup    string
	AppLevel    string
	SystemLevel string
	Zip         []byte
	Tags        Tags
}

const (
	functionTakes = time.Second // Pending, and each update; AWS gives no figure for functions outside a VPC
	// maxUnzipped and maxEnvironment are Lambda's. Source: Lambda developer guide,
	// quotas.
	maxUnzipped    = 250 << 20
	maxEnvironment = 4096
)

var (
	functionName = regexp.MustCompile(`^[a-zA-Z0-9-_]{1,64}$`)
	functionARN  = regexp.MustCompile(`^(?:arn:[a-z-]+:lambda:[a-z0-9-]+:)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$`)
	envName      = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]+$`)
)

// reservedEnv are variables that Lambda sets itself and refuses. Source: Lambda
// developer guide, environment variables, reserved ones.
var reservedEnv = []string{
	"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
	"AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY",
	"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
}

// lambdaName reads how a call names a function: its name, or one of the forms
// of its ARN. A qualifier other than $LATEST names a version, which the lab has
// not.
func lambdaName(text string) (string, error) {
	m := functionARN.FindStringSubmatch(text)
	if m == nil {
		return "", refuse("ValidationException", "1 validation error detected: Value '%s' at 'functionName' failed to satisfy constraint", text)
	}
	if m[3] != "" && m[3] != "$LATEST" {
		return "", noFunction(text)
	}
	return m[2], nil
}

func noFunction(name string) error {
	return refuseWith(404, "ResourceNotFoundException", "Function not found: %s", name)
}

func invalidFunction(format string, args ...any) error {
	return refuse("InvalidParameterValueException", format, args...)
}

// function returns a function of the caller's.
func (s *Store) function(c Caller, name string) (Function, error) {
	plain, err := lambdaName(name)
	if err != nil {
		return Function{}, err
	}
	p := s.place(c)
	f, ok := one(s, c, p.functions, plain)
	if !ok {
		return f, noFunction(p.arn("lambda", "function:"+plain))
	}
	return f, nil
}

// CreateFunction makes a function of a zip. Source: Lambda API reference,
// CreateFunction.
func (s *Store) CreateFunction(c Caller, in FunctionInput) (Function, error) {
	defer s.enter()()
	p := s.place(c)
	name, err := lambdaName(in.Name)
	if err != nil || !functionName.MatchString(name) {
		return Function{}, invalidFunction("The function name %s is not valid", in.Name)
	}
	if _, ok := p.functions.get(name); ok {
		return Function{}, refuseWith(409, "ResourceConflictException", "Function already exist: %s", name)
	}
	if in.Zip == nil {
		return Function{}, invalidFunction("Please provide a zip file: the lab takes functions of no other form")
	}
	if err := checkTags(in.Tags, "InvalidParameterValueException", "InvalidParameterValueException"); err != nil {
		return Function{}, err
	}
	f := Function{
		ARN: p.arn("lambda", "function:"+name), Name: name, Timeout: 3, Memory: 128, Storage: 512, Arch: "x86_64", Tracing: "PassThrough",
		LogFormat: "Text", LogGroup: "/aws/lambda/" + name, State: "Pending", Update: "Successful", Tags: in.Tags.orNone(),
	}
	if f, err = s.configure(p, f, in); err != nil {
		return Function{}, err
	}
	if err := s.load(p, &f, in.Zip); err != nil {
		return Function{}, err
	}
	s.putFunction(p, f, "", f.State)
	s.afterFunction(p, f)
	return f, nil
}

// configure applies what an input sets.
func (s *Store) configure(p *place, f Function, in FunctionInput) (Function, error) {
	text := func(to *string, v string) {
		if v != "" {
			*to = v
		}
	}
	number := func(to *int32, v *int32) {
		if v != nil {
			*to = *v
		}
	}
	text(&f.Role, in.Role)
	text(&f.Runtime, in.Runtime)
	text(&f.Handler, in.Handler)
	text(&f.Arch, in.Arch)
	text(&f.Tracing, in.Tracing)
	text(&f.LogFormat, in.LogFormat)
	text(&f.LogGroup, in.LogGroup)
	number(&f.Timeout, in.Timeout)
	number(&f.Memory, in.Memory)
	number(&f.Storage, in.Storage)
	if in.Description != nil {
		f.Description = *in.Description
	}
	if in.LogFormat != "" {
		f.AppLevel, f.SystemLevel = in.AppLevel, in.SystemLevel
		if f.LogFormat == "JSON" { // Source: Lambda API reference, LoggingConfig
			f.AppLevel, f.SystemLevel = orDefault(f.AppLevel, "INFO"), orDefault(f.SystemLevel, "INFO")
		}
	}
	if in.Environment != nil {
		f.Environment, f.HasEnv = clone(in.Environment), true
	}
	switch {
	case !strings.HasPrefix(f.Runtime, "provided."):
		return f, invalidFunction("Value %s at 'runtime' failed to satisfy constraint: the lab runs provided.al2023 and provided.al2 only", f.Runtime)
	case f.Handler == "":
		return f, invalidFunction("Handler is required")
	case f.Arch != "x86_64" && f.Arch != "arm64":
		return f, invalidFunction("Value '[%s]' at 'architectures' failed to satisfy constraint: [x86_64, arm64]", f.Arch)
	case f.Timeout < 1 || f.Timeout > 900:
		return f, invalidFunction("Value '%d' at 'timeout' failed to satisfy constraint: Member must have value between 1 and 900", f.Timeout)
	case f.Memory < 128 || f.Memory > 10240:
		return f, invalidFunction("'MemorySize' value failed to satisfy constraint: Member must have value between 128 and 10240")
	case f.Storage < 512 || f.Storage > 10240:
		return f, invalidFunction("'EphemeralStorage' value failed to satisfy constraint: Member must have value between 512 and 10240")
	}
	if err := checkEnvironment(f.Environment); err != nil {
		return f, err
	}
	role, ok := s.roleByARN(f.Role)
	if !ok || role.Account != p.account || !s.servedBy(role, lambdaService) {
		return f, invalidFunction("The role defined for the function cannot be assumed by Lambda.")
	}
	if in.Subnets != nil || in.Groups != nil {
		return s.attachFunction(p, f, in)
	}
	return f, nil
}

const lambdaService = "lambda.amazonaws.com"

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// attachFunction puts a function into a VPC, or with no subnets out of it. The
// lab makes no interfaces for it.
func (s *Store) attachFunction(p *place, f Function, in FunctionInput) (Function, error) {
	f.VPC, f.Subnets, f.Groups = "", nil, nil
	if len(in.Subnets) == 0 {
		return f, nil
	}
	if len(in.Groups) == 0 {
		return f, invalidFunction("Security groups and subnets must be given together")
	}
	for _, id := range in.Subnets {
		sub, ok := p.subnets.get(id)
		if !ok {
			return f, invalidFunction("The subnet ID '%s' does not exist", id)
		}
		if f.VPC != "" && sub.VPC != f.VPC {
			return f, invalidFunction("The subnets are not all of one VPC")
		}
		f.VPC = sub.VPC
	}
	for _, id := range in.Groups {
		if g, ok := p.securityGroups.get(id); !ok || g.VPC != f.VPC {
			return f, invalidFunction("The security group '%s' does not exist in VPC %s", id, f.VPC)
		}
	}
	f.Subnets, f.Groups = slices.Clone(in.Subnets), slices.Clone(in.Groups)
	return f, s.mayAttach(p, f)
}

// attaching is what Lambda does with a function's role to put it into a VPC.
// Which of these it tries before it takes the function is not documented; here
// all of them. Source: Lambda developer guide, giving functions access to
// resources in a VPC, required IAM permissions.
var attaching = []string{
	"CreateNetworkInterface", "DescribeNetworkInterfaces", "DescribeSubnets", "DeleteNetworkInterface", "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses",
}

func (s *Store) mayAttach(p *place, f Function) error {
	for _, action := range attaching {
		resource := "*" // of listings
		if !strings.HasPrefix(action, "Describe") {
			resource = "arn:" + strings.Split(f.Role, ":")[1] + ":ec2:" + p.region + ":" + p.account + ":network-interface/*"
		}
		if !s.serviceMay(f.Role, "ec2:"+action, resource).Allowed {
			return invalidFunction("The provided execution role does not have permissions to call %s on EC2", action)
		}
	}
	return nil
}

func checkEnvironment(env map[string]string) error {
	size := 0
	for _, k := range slices.Sorted(maps.Keys(env)) {
		size += len(k) + len(env[k])
		if !envName.MatchString(k) {
			return invalidFunction("The environment variable name %s is not valid", k)
		}
		if slices.Contains(reservedEnv, k) {
			return invalidFunction("Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: %s", k)
		}
	}
	if size > maxEnvironment {
		return invalidFunction("Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.")
	}
	return nil
}

// load takes a zip as the function's code.
func (s *Store) load(p *place, f *Function, code []byte) error {
	z, err := zip.NewReader(bytes.NewReader(code), int64(len(code)))
	if err != nil {
		return invalidFunction("Could not unzip uploaded file. Please check your file, then try to upload again.")
	}
	var size uint64
	for _, e := range z.File {
		size += e.UncompressedSize64
	}
	if size > maxUnzipped {
		return invalidFunction("Unzipped size must be smaller than %d bytes", maxUnzipped)
	}
	sum := sha256.Sum256(code)
	f.CodeSHA256, f.CodeSize = base64.StdEncoding.EncodeToString(sum[:]), int64(len(code))
	p.code[f.Name] = slices.Clone(code)
	return nil
}

func (s *Store) putFunction(p *place, f Function, was, now string) {
	f.Revision, f.Modified = s.uuid(), s.stamp()
	set(s, p.functions, f.Name, f)
	s.emit(p, Event{Kind: FunctionChanged, Subject: f.ARN, Was: was, Now: now})
}

// afterFunction ends what a creation or an update began.
func (s *Store) afterFunction(p *place, f Function) {
	s.after(functionTakes, func() {
		f, ok := p.functions.get(f.Name)
		if !ok {
			return
		}
		was := f.State
		f.State, f.Update = "Active", "Successful"
		set(s, p.functions, f.Name, f)
		s.emit(p, Event{Kind: FunctionChanged, Subject: f.ARN, Was: was, Now: f.State})
	})
}

// updateFunction changes a function of the caller's that is not changing
// already. Source: Lambda developer guide, function states.
func (s *Store) updateFunction(c Caller, name string, change func(*place, *Function) error) (Function, error) {
	f, err := s.function(Caller{Account: c.Account, Region: c.Region}, name)
	if err != nil {
		return f, err
	}
	if f.State == "Pending" || f.Update == "InProgress" {
		return f, refuseWith(409, "ResourceConflictException", "The operation cannot be performed at this time. An update is in progress for resource: %s", f.ARN)
	}
	p := s.place(c)
	if err := change(p, &f); err != nil {
		return f, err
	}
	f.Update = "InProgress"
	s.putFunction(p, f, f.State, f.State)
	f, _ = p.functions.get(f.Name)
	s.afterFunction(p, f)
	return f, nil
}

// UpdateFunctionConfiguration changes what an input sets.
func (s *Store) UpdateFunctionConfiguration(c Caller, in FunctionInput) (Function, error) {
	defer s.enter()()
	return s.updateFunction(c, in.Name, func(p *place, f *Function) (err error) {
		*f, err = s.configure(p, *f, in)
		return err
	})
}

// UpdateFunctionCode replaces a function's code, and its architecture unless
// that is empty.
func (s *Store) UpdateFunctionCode(c Caller, name string, code []byte, arch string) (Function, error) {
	defer s.enter()()
	return s.updateFunction(c, name, func(p *place, f *Function) error {
		if code == nil {
			return invalidFunction("Please provide a zip file: the lab takes functions of no other form")
		}
		if arch != "" {
			f.Arch = arch
		}
		return s.load(p, f, code)
	})
}

// GetFunction returns a function of the caller's.
func (s *Store) GetFunction(c Caller, name string) (Function, error) {
	defer s.enter()()
	return s.function(c, name)
}

// FunctionCode returns a function's zip.
func (s *Store) FunctionCode(c Caller, name string) ([]byte, error) {
	defer s.enter()()
	f, err := s.function(c, name)
	return s.place(c).code[f.Name], err
}

// ListFunctions returns the caller's functions by name.
func (s *Store) ListFunctions(c Caller) []Function {
	defer s.enter()()
	return byName(s.place(c).functions.values(), func(f Function) string { return f.Name })
}

// Functions returns every function of the store.
func (s *Store) Functions() []Function {
	defer s.enter()()
	var all []Function
	for _, p := range s.order {
		all = append(all, p.functions.values()...)
	}
	return all
}

// DeleteFunction deletes a function, with its policy and its settings.
func (s *Store) DeleteFunction(c Caller, name string) error {
	defer s.enter()()
	f, err := s.function(Caller{Account: c.Account, Region: c.Region}, name)
	if err != nil {
		return err
	}
	p := s.place(c)
	drop(s, p.functions, f.Name)
	delete(p.code, f.Name)
	s.emit(p, Event{Kind: FunctionChanged, Subject: f.ARN, Was: f.State})
	return nil
}

// setFunction changes what no update is needed for: tags, permissions,
// concurrency and events.
func (s *Store) setFunction(c Caller, name string, change func(*Function) error) (Function, error) {
	f, err := s.function(Caller{Account: c.Account, Region: c.Region}, name)
	if err != nil {
		return f, err
	}
	if err := change(&f); err != nil {
		return f, err
	}
	set(s, s.place(c).functions, f.Name, f)
	return f, nil
}

// TagFunction changes a function's tags.
func (s *Store) TagFunction(c Caller, name string, add Tags, remove []string) error {
	defer s.enter()()
	_, err := s.setFunction(c, name, func(f *Function) (err error) {
		f.Tags, err = retag(f.Tags, add, remove, "InvalidParameterValueException", "InvalidParameterValueException")
		return err
	})
	return err
}

// ReserveConcurrency sets how many executions a function may have at once; nil
// takes the limit away.
func (s *Store) ReserveConcurrency(c Caller, name string, n *int32) error {
	defer s.enter()()
	_, err := s.setFunction(c, name, func(f *Function) error {
		if n != nil && (*n < 0 || *n > 900) { // a hundred of an account's thousand stay unreserved
			return invalidFunction("Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].")
		}
		f.Reserved = n
		return nil
	})
	return err
}

// SetAsync sets how a function takes events; nil takes the settings away.
func (s *Store) SetAsync(c Caller, name string, cfg *AsyncConfig) (Function, error) {
	defer s.enter()()
	return s.setFunction(c, name, func(f *Function) error {
		if cfg == nil {
			if f.Async == nil {
				return noAsync(f.ARN)
			}
			f.Async = nil
			return nil
		}
		if r := cfg.Retries; r != nil && (*r < 0 || *r > 2) {
			return invalidFunction("MaximumRetryAttempts must be from 0 to 2")
		}
		if a := cfg.MaxAge; a != nil && (*a < 60 || *a > 21600) {
			return invalidFunction("MaximumEventAgeInSeconds must be from 60 to 21600")
		}
		now := *cfg
		now.Modified = s.stamp()
		f.Async = &now
		return nil
	})
}

func noAsync(arn string) error {
	return refuseWith(404, "ResourceNotFoundException", "The function %s:$LATEST doesn't have an EventInvokeConfig", arn)
}

// GetAsync returns how a function takes events, an error if nothing is set.
func (s *Store) GetAsync(c Caller, name string) (Function, error) {
	defer s.enter()()
	f, err := s.function(c, name)
	if err == nil && f.Async == nil {
		err = noAsync(f.ARN)
	}
	return f, err
}

// Bootstrap returns the program that a function's zip holds for the runtimes
// provided.*: the entry bootstrap at its root.
func Bootstrap(code []byte) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(code), int64(len(code)))
	if err != nil {
		return nil, fmt.Errorf("read zip: %w", err)
	}
	f, err := z.Open("bootstrap")
	if err != nil {
		return nil, fmt.Errorf("read zip: %w", err)
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxUnzipped))
}
