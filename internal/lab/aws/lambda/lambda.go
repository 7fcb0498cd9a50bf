// Package lambda answers Lambda's actions from the lab's store.
package lambda

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

type handlers struct{ store *state.Store }

// Table returns the service's actions over a store.
func Table(store *state.Store) *wire.Table {
	h := handlers{store}
	const missing, invalid, conflict = "ResourceNotFoundException", "InvalidParameterValueException", "ResourceConflictException"
	return wire.NewTable("lambda", "lambda", API,
		wire.Op("AddPermission", h.addPermission, missing, invalid, conflict),
		wire.Op("CreateFunction", h.createFunction, invalid, conflict),
		wire.Op("DeleteFunction", h.deleteFunction, missing),
		wire.Op("DeleteFunctionConcurrency", h.deleteFunctionConcurrency, missing),
		wire.Op("DeleteFunctionEventInvokeConfig", h.deleteFunctionEventInvokeConfig, missing),
		wire.Op("GetFunction", h.getFunction, missing),
		wire.Op("GetFunctionCodeSigningConfig", h.getFunctionCodeSigningConfig, missing),
		wire.Op("GetFunctionConcurrency", h.getFunctionConcurrency, missing),
		wire.Op("GetFunctionConfiguration", h.getFunctionConfiguration, missing),
		wire.Op("GetFunctionEventInvokeConfig", h.getFunctionEventInvokeConfig, missing),
		wire.Op("GetPolicy", h.getPolicy, missing),
		wire.Op("Invoke", h.invoke, missing, conflict, "InvalidRequestContentException", "InvalidRuntimeException", "TooManyRequestsException").As("lambda:InvokeFunction"),
		wire.Op("ListFunctions", h.listFunctions),
		wire.Op("ListTags", h.listTags, missing),
		wire.Op("ListVersionsByFunction", h.listVersionsByFunction, missing),
		wire.Op("PutFunctionConcurrency", h.putFunctionConcurrency, missing, invalid),
		wire.Op("PutFunctionEventInvokeConfig", h.putFunctionEventInvokeConfig, missing, invalid),
		wire.Op("RemovePermission", h.removePermission, missing),
		wire.Op("TagResource", h.tagResource, missing, invalid),
		wire.Op("UntagResource", h.untagResource, missing),
		wire.Op("UpdateFunctionCode", h.updateFunctionCode, missing, invalid, conflict),
		wire.Op("UpdateFunctionConfiguration", h.updateFunctionConfiguration, missing, invalid, conflict),
		wire.Op("UpdateFunctionEventInvokeConfig", h.updateFunctionEventInvokeConfig, missing, invalid),
	)
}

func refuse(message string) error {
	return &wire.Error{Code: "InvalidParameterValueException", Message: message, Status: 400, Sender: true}
}

func none(err error) (*wire.Empty, error) {
	if err != nil {
		return nil, err
	}
	return &wire.Empty{}, nil
}

// notHere names what of an input the lab has not, so that nothing is dropped in
// silence.
func notHere(in *UpdateFunctionConfigurationRequest) error {
	for name, set := range map[string]bool{
		"layers": len(in.Layers) > 0, "file systems": len(in.FileSystemConfigs) > 0, "images": in.ImageConfig != nil, "SnapStart": in.SnapStart != nil && wire.Value(in.SnapStart.ApplyOn) != "None",
		"dead letter queues": in.DeadLetterConfig != nil && wire.Value(in.DeadLetterConfig.TargetArn) != "", "keys of KMS": wire.Value(in.KMSKeyArn) != "",
		"durable functions": in.DurableConfig != nil, "capacity providers": in.CapacityProviderConfig != nil,
	} {
		if set {
			return refuse("The lab runs no functions with " + name + ".")
		}
	}
	return nil
}

// input reads what a creation or an update sets.
func input(in *UpdateFunctionConfigurationRequest) (state.FunctionInput, error) {
	out := state.FunctionInput{
		Name: wire.Value(in.FunctionName), Role: wire.Value(in.Role), Runtime: wire.Value(in.Runtime), Handler: wire.Value(in.Handler), Description: in.Description,
		Timeout: in.Timeout, Memory: in.MemorySize,
	}
	if e := in.Environment; e != nil {
		out.Environment = map[string]string{}
		maps.Copy(out.Environment, e.Variables)
	}
	if s := in.EphemeralStorage; s != nil {
		out.Storage = s.Size
	}
	if t := in.TracingConfig; t != nil {
		out.Tracing = wire.Value(t.Mode)
	}
	if l := in.LoggingConfig; l != nil {
		out.LogFormat, out.LogGroup = wire.Value(l.LogFormat), wire.Value(l.LogGroup)
		out.AppLevel, out.SystemLevel = wire.Value(l.ApplicationLogLevel), wire.Value(l.SystemLogLevel)
	}
	if v := in.VpcConfig; v != nil {
		out.Subnets, out.Groups = append([]string{}, v.SubnetIds...), append([]string{}, v.SecurityGroupIds...)
	}
	return out, notHere(in)
}

func (h handlers) createFunction(_ context.Context, c wire.Caller, in *CreateFunctionRequest) (*FunctionConfiguration, error) {
	ask, err := input(&UpdateFunctionConfigurationRequest{
		CapacityProviderConfig: in.CapacityProviderConfig, DeadLetterConfig: in.DeadLetterConfig, Description: in.Description, DurableConfig: in.DurableConfig,
		Environment: in.Environment, EphemeralStorage: in.EphemeralStorage, FileSystemConfigs: in.FileSystemConfigs, FunctionName: in.FunctionName, Handler: in.Handler,
		ImageConfig: in.ImageConfig, KMSKeyArn: in.KMSKeyArn, Layers: in.Layers, LoggingConfig: in.LoggingConfig, MemorySize: in.MemorySize, Role: in.Role, Runtime: in.Runtime,
		SnapStart: in.SnapStart, Timeout: in.Timeout, TracingConfig: in.TracingConfig, VpcConfig: in.VpcConfig,
	})
	if err != nil {
		return nil, err
	}
	switch {
	case in.PackageType != nil && *in.PackageType != "Zip":
		return nil, refuse("The lab takes functions of package type Zip only.")
	case wire.Value(in.Publish):
		return nil, refuse("The lab publishes no versions of functions.")
	case in.CodeSigningConfigArn != nil:
		return nil, refuse("The lab signs no code.")
	case in.Code.ZipFile == nil:
		return nil, refuse("The lab has no S3 and no images: give the function's zip in the request.")
	case len(in.Architectures) > 1:
		return nil, refuse("A function has one architecture.")
	}
	ask.Zip, ask.Tags, ask.Arch = in.Code.ZipFile, in.Tags, strings.Join(in.Architectures, "")
	f, err := h.store.CreateFunction(state.Caller(c), ask)
	if err != nil {
		return nil, err
	}
	return new(configuration(f)), nil
}

// configuration shows a function. Its time has the form of Lambda's answers.
// Source: Lambda API reference, FunctionConfiguration.
func configuration(f state.Function) FunctionConfiguration {
	out := FunctionConfiguration{
		Architectures: []string{f.Arch}, CodeSha256: &f.CodeSHA256, CodeSize: &f.CodeSize, Description: &f.Description, EphemeralStorage: &EphemeralStorage{Size: &f.Storage},
		FunctionArn: &f.ARN, FunctionName: &f.Name, Handler: &f.Handler, LastModified: new(f.Modified.Format("2006-01-02T15:04:05.000+0000")), LastUpdateStatus: &f.Update,
		LoggingConfig: &LoggingConfig{LogFormat: &f.LogFormat, LogGroup: &f.LogGroup, ApplicationLogLevel: wire.Set(f.AppLevel), SystemLogLevel: wire.Set(f.SystemLevel)},
		MemorySize:    &f.Memory, PackageType: new("Zip"), RevisionId: &f.Revision, Role: &f.Role, Runtime: &f.Runtime,
		SnapStart: &SnapStartResponse{ApplyOn: new("None"), OptimizationStatus: new("Off")}, State: &f.State, Timeout: &f.Timeout,
		TracingConfig: &TracingConfigResponse{Mode: &f.Tracing}, Version: new("$LATEST"),
	}
	if f.State == "Pending" {
		out.StateReason, out.StateReasonCode = new("The function is being created."), new("Creating")
	}
	if len(f.Environment) > 0 {
		out.Environment = &EnvironmentResponse{Variables: f.Environment}
	}
	if f.VPC != "" {
		out.VpcConfig = &VpcConfigResponse{VpcId: &f.VPC, SubnetIds: f.Subnets, SecurityGroupIds: f.Groups, Ipv6AllowedForDualStack: new(false)}
	}
	return out
}

func (h handlers) getFunction(_ context.Context, c wire.Caller, in *GetFunctionRequest) (*GetFunctionResponse, error) {
	f, err := h.store.GetFunction(state.Caller(c), qualified(in.FunctionName, in.Qualifier))
	if err != nil {
		return nil, err
	}
	out := &GetFunctionResponse{
		Code:          &FunctionCodeLocation{RepositoryType: new("S3"), Location: new("https://awslambda.invalid/" + f.Name)}, // the lab gives no code back
		Configuration: new(configuration(f)), Tags: f.Tags,
	}
	if f.Reserved != nil {
		out.Concurrency = &Concurrency{ReservedConcurrentExecutions: f.Reserved}
	}
	return out, nil
}

// qualified joins a function's name and its qualifier.
func qualified(name, qualifier *string) string {
	if wire.Value(qualifier) == "" {
		return wire.Value(name)
	}
	return wire.Value(name) + ":" + *qualifier
}

func (h handlers) getFunctionConfiguration(_ context.Context, c wire.Caller, in *GetFunctionConfigurationRequest) (*FunctionConfiguration, error) {
	f, err := h.store.GetFunction(state.Caller(c), qualified(in.FunctionName, in.Qualifier))
	if err != nil {
		return nil, err
	}
	return new(configuration(f)), nil
}

func (h handlers) listFunctions(_ context.Context, c wire.Caller, _ *ListFunctionsRequest) (*ListFunctionsResponse, error) {
	out := &ListFunctionsResponse{Functions: []FunctionConfiguration{}}
	for _, f := range h.store.ListFunctions(state.Caller(c)) {
		out.Functions = append(out.Functions, configuration(f))
	}
	return out, nil
}

// listVersionsByFunction: a function has no version but the newest.
func (h handlers) listVersionsByFunction(_ context.Context, c wire.Caller, in *ListVersionsByFunctionRequest) (*ListVersionsByFunctionResponse, error) {
	f, err := h.store.GetFunction(state.Caller(c), wire.Value(in.FunctionName))
	if err != nil {
		return nil, err
	}
	latest := configuration(f)
	latest.FunctionArn = new(f.ARN + ":$LATEST")
	return &ListVersionsByFunctionResponse{Versions: []FunctionConfiguration{latest}}, nil
}

func (h handlers) updateFunctionConfiguration(_ context.Context, c wire.Caller, in *UpdateFunctionConfigurationRequest) (*FunctionConfiguration, error) {
	ask, err := input(in)
	if err != nil {
		return nil, err
	}
	f, err := h.store.UpdateFunctionConfiguration(state.Caller(c), ask)
	if err != nil {
		return nil, err
	}
	return new(configuration(f)), nil
}

func (h handlers) updateFunctionCode(_ context.Context, c wire.Caller, in *UpdateFunctionCodeRequest) (*FunctionConfiguration, error) {
	f, err := h.store.UpdateFunctionCode(state.Caller(c), wire.Value(in.FunctionName), in.ZipFile, strings.Join(in.Architectures, ""))
	if err != nil {
		return nil, err
	}
	return new(configuration(f)), nil
}

func (h handlers) deleteFunction(_ context.Context, c wire.Caller, in *DeleteFunctionRequest) (*DeleteFunctionResponse, error) {
	if err := h.store.DeleteFunction(state.Caller(c), wire.Value(in.FunctionName)); err != nil {
		return nil, err
	}
	return &DeleteFunctionResponse{StatusCode: new(int32(204))}, nil
}

func (h handlers) getFunctionCodeSigningConfig(_ context.Context, c wire.Caller, in *GetFunctionCodeSigningConfigRequest) (*GetFunctionCodeSigningConfigResponse, error) {
	f, err := h.store.GetFunction(state.Caller(c), wire.Value(in.FunctionName))
	if err != nil {
		return nil, err
	}
	return &GetFunctionCodeSigningConfigResponse{CodeSigningConfigArn: new(""), FunctionName: &f.Name}, nil
}

// invoke calls a function, and waits unless it is told not to.
func (h handlers) invoke(ctx context.Context, c wire.Caller, in *InvocationRequest) (*InvocationResponse, error) {
	name := qualified(in.FunctionName, in.Qualifier)
	if len(in.Payload) > 0 && !json.Valid(in.Payload) {
		return nil, &wire.Error{Code: "InvalidRequestContentException", Message: "Could not parse request body into json", Status: 400, Sender: true}
	}
	kind := wire.Value(in.InvocationType)
	if kind == "DryRun" {
		_, err := h.store.GetFunction(state.Caller(c), name)
		return &InvocationResponse{StatusCode: new(int32(204))}, err
	}
	got, err := h.store.Invoke(ctx, state.Caller(c), name, in.Payload, kind == "Event")
	if err != nil {
		return nil, err
	}
	if kind == "Event" {
		return &InvocationResponse{StatusCode: new(int32(202))}, nil
	}
	out := &InvocationResponse{StatusCode: new(int32(200)), ExecutedVersion: new("$LATEST"), Payload: got.Payload, FunctionError: wire.Set(got.Failed)}
	if wire.Value(in.LogType) == "Tail" {
		out.LogResult = new(base64.StdEncoding.EncodeToString([]byte(got.Log)))
	}
	return out, nil
}
