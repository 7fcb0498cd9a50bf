// Code generated from model.json by internal/lab/wire/gen. DO NOT EDIT.

package lambda

import (
	"reflect"
	"time"

	"postern/internal/lab/wire"
)

// API is what the wire layer knows of Lambda.
var API = &wire.Service{
	ID:          "Lambda",
	SigningName: "lambda",
	Version:     "2015-03-31",
	Protocols:   []string{"rest-json"},
	Operations: []wire.Operation{
		{
			Name: "AddPermission", Method: "POST", URI: "/2015-03-31/functions/{FunctionName}/policy",
			Status: 201,
			Input:  reflect.TypeFor[AddPermissionRequest](), Output: reflect.TypeFor[AddPermissionResponse](),
			Errors: []string{"InvalidParameterValueException", "PolicyLengthExceededException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "CreateFunction", Method: "POST", URI: "/2015-03-31/functions",
			Status: 201,
			Input:  reflect.TypeFor[CreateFunctionRequest](), Output: reflect.TypeFor[FunctionConfiguration](),
			Errors: []string{"CodeSigningConfigNotFoundException", "CodeStorageExceededException", "CodeVerificationFailedException", "FunctionVersionsPerCapacityProviderLimitExceededException", "InvalidCodeSignatureException", "InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "DeleteFunction", Method: "DELETE", URI: "/2015-03-31/functions/{FunctionName}",
			Input: reflect.TypeFor[DeleteFunctionRequest](), Output: reflect.TypeFor[DeleteFunctionResponse](),
			Errors: []string{"InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "DeleteFunctionConcurrency", Method: "DELETE", URI: "/2017-10-31/functions/{FunctionName}/concurrency",
			Status: 204,
			Input:  reflect.TypeFor[DeleteFunctionConcurrencyRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "DeleteFunctionEventInvokeConfig", Method: "DELETE", URI: "/2019-09-25/functions/{FunctionName}/event-invoke-config",
			Status: 204,
			Input:  reflect.TypeFor[DeleteFunctionEventInvokeConfigRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "GetFunction", Method: "GET", URI: "/2015-03-31/functions/{FunctionName}",
			Input: reflect.TypeFor[GetFunctionRequest](), Output: reflect.TypeFor[GetFunctionResponse](),
			Errors: []string{"InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "GetFunctionCodeSigningConfig", Method: "GET", URI: "/2020-06-30/functions/{FunctionName}/code-signing-config",
			Input: reflect.TypeFor[GetFunctionCodeSigningConfigRequest](), Output: reflect.TypeFor[GetFunctionCodeSigningConfigResponse](),
			Errors: []string{"InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "GetFunctionConcurrency", Method: "GET", URI: "/2019-09-30/functions/{FunctionName}/concurrency",
			Input: reflect.TypeFor[GetFunctionConcurrencyRequest](), Output: reflect.TypeFor[GetFunctionConcurrencyResponse](),
			Errors: []string{"InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "GetFunctionConfiguration", Method: "GET", URI: "/2015-03-31/functions/{FunctionName}/configuration",
			Input: reflect.TypeFor[GetFunctionConfigurationRequest](), Output: reflect.TypeFor[FunctionConfiguration](),
			Errors: []string{"InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "GetFunctionEventInvokeConfig", Method: "GET", URI: "/2019-09-25/functions/{FunctionName}/event-invoke-config",
			Input: reflect.TypeFor[GetFunctionEventInvokeConfigRequest](), Output: reflect.TypeFor[FunctionEventInvokeConfig](),
			Errors: []string{"InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "GetPolicy", Method: "GET", URI: "/2015-03-31/functions/{FunctionName}/policy",
			Input: reflect.TypeFor[GetPolicyRequest](), Output: reflect.TypeFor[GetPolicyResponse](),
			Errors: []string{"InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "Invoke", Method: "POST", URI: "/2015-03-31/functions/{FunctionName}/invocations",
			Input: reflect.TypeFor[InvocationRequest](), Output: reflect.TypeFor[InvocationResponse](),
			Errors: []string{"DurableExecutionAlreadyStartedException", "EC2AccessDeniedException", "EC2ThrottledException", "EC2UnexpectedException", "EFSIOException", "EFSMountConnectivityException", "EFSMountFailureException", "EFSMountTimeoutException", "ENILimitReachedException", "InvalidParameterValueException", "InvalidRequestContentException", "InvalidRuntimeException", "InvalidSecurityGroupIDException", "InvalidSubnetIDException", "InvalidZipFileException", "KMSAccessDeniedException", "KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "NoPublishedVersionException", "RecursiveInvocationException", "RequestTooLargeException", "ResourceConflictException", "ResourceNotFoundException", "ResourceNotReadyException", "S3FilesMountConnectivityException", "S3FilesMountFailureException", "S3FilesMountTimeoutException", "SerializedRequestEntityTooLargeException", "ServiceException", "SnapStartException", "SnapStartNotReadyException", "SnapStartTimeoutException", "SubnetIPAddressLimitReachedException", "TooManyRequestsException", "UnsupportedMediaTypeException"},
		},
		{
			Name: "ListFunctions", Method: "GET", URI: "/2015-03-31/functions",
			Input: reflect.TypeFor[ListFunctionsRequest](), Output: reflect.TypeFor[ListFunctionsResponse](),
			Errors: []string{"InvalidParameterValueException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "ListTags", Method: "GET", URI: "/2017-03-31/tags/{Resource}",
			Input: reflect.TypeFor[ListTagsRequest](), Output: reflect.TypeFor[ListTagsResponse](),
			Errors: []string{"InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "ListVersionsByFunction", Method: "GET", URI: "/2015-03-31/functions/{FunctionName}/versions",
			Input: reflect.TypeFor[ListVersionsByFunctionRequest](), Output: reflect.TypeFor[ListVersionsByFunctionResponse](),
			Errors: []string{"InvalidParameterValueException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "PutFunctionConcurrency", Method: "PUT", URI: "/2017-10-31/functions/{FunctionName}/concurrency",
			Input: reflect.TypeFor[PutFunctionConcurrencyRequest](), Output: reflect.TypeFor[Concurrency](),
			Errors: []string{"InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "PutFunctionEventInvokeConfig", Method: "PUT", URI: "/2019-09-25/functions/{FunctionName}/event-invoke-config",
			Input: reflect.TypeFor[PutFunctionEventInvokeConfigRequest](), Output: reflect.TypeFor[FunctionEventInvokeConfig](),
			Errors: []string{"InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "RemovePermission", Method: "DELETE", URI: "/2015-03-31/functions/{FunctionName}/policy/{StatementId}",
			Status: 204,
			Input:  reflect.TypeFor[RemovePermissionRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"InvalidParameterValueException", "PreconditionFailedException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "TagResource", Method: "POST", URI: "/2017-03-31/tags/{Resource}",
			Status: 204,
			Input:  reflect.TypeFor[TagResourceRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "UntagResource", Method: "DELETE", URI: "/2017-03-31/tags/{Resource}",
			Status: 204,
			Input:  reflect.TypeFor[UntagResourceRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "UpdateFunctionCode", Method: "PUT", URI: "/2015-03-31/functions/{FunctionName}/code",
			Input: reflect.TypeFor[UpdateFunctionCodeRequest](), Output: reflect.TypeFor[FunctionConfiguration](),
			Errors: []string{"CodeSigningConfigNotFoundException", "CodeStorageExceededException", "CodeVerificationFailedException", "InvalidCodeSignatureException", "InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "UpdateFunctionConfiguration", Method: "PUT", URI: "/2015-03-31/functions/{FunctionName}/configuration",
			Input: reflect.TypeFor[UpdateFunctionConfigurationRequest](), Output: reflect.TypeFor[FunctionConfiguration](),
			Errors: []string{"CodeSigningConfigNotFoundException", "CodeVerificationFailedException", "InvalidCodeSignatureException", "InvalidParameterValueException", "PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
		{
			Name: "UpdateFunctionEventInvokeConfig", Method: "POST", URI: "/2019-09-25/functions/{FunctionName}/event-invoke-config",
			Input: reflect.TypeFor[UpdateFunctionEventInvokeConfigRequest](), Output: reflect.TypeFor[FunctionEventInvokeConfig](),
			Errors: []string{"InvalidParameterValueException", "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException"},
		},
	},
	Errors: []wire.ErrorShape{
		{Code: "CodeSigningConfigNotFoundException", Status: 404, Sender: true},
		{Code: "CodeStorageExceededException", Status: 400, Sender: true},
		{Code: "CodeVerificationFailedException", Status: 400, Sender: true},
		{Code: "DurableExecutionAlreadyStartedException", Status: 409, Sender: true},
		{Code: "EC2AccessDeniedException", Status: 502},
		{Code: "EC2ThrottledException", Status: 502},
		{Code: "EC2UnexpectedException", Status: 502},
		{Code: "EFSIOException", Status: 410, Sender: true},
		{Code: "EFSMountConnectivityException", Status: 408, Sender: true},
		{Code: "EFSMountFailureException", Status: 403, Sender: true},
		{Code: "EFSMountTimeoutException", Status: 408, Sender: true},
		{Code: "ENILimitReachedException", Status: 502},
		{Code: "FunctionVersionsPerCapacityProviderLimitExceededException", Status: 400, Sender: true},
		{Code: "InvalidCodeSignatureException", Status: 400, Sender: true},
		{Code: "InvalidParameterValueException", Status: 400, Sender: true},
		{Code: "InvalidRequestContentException", Status: 400, Sender: true},
		{Code: "InvalidRuntimeException", Status: 502},
		{Code: "InvalidSecurityGroupIDException", Status: 502},
		{Code: "InvalidSubnetIDException", Status: 502},
		{Code: "InvalidZipFileException", Status: 502},
		{Code: "KMSAccessDeniedException", Status: 502},
		{Code: "KMSDisabledException", Status: 502},
		{Code: "KMSInvalidStateException", Status: 502},
		{Code: "KMSNotFoundException", Status: 502},
		{Code: "NoPublishedVersionException", Status: 400, Sender: true},
		{Code: "PolicyLengthExceededException", Status: 400, Sender: true},
		{Code: "PreconditionFailedException", Status: 412, Sender: true},
		{Code: "RecursiveInvocationException", Status: 400, Sender: true},
		{Code: "RequestTooLargeException", Status: 413, Sender: true},
		{Code: "ResourceConflictException", Status: 409, Sender: true},
		{Code: "ResourceNotFoundException", Status: 404, Sender: true},
		{Code: "ResourceNotReadyException", Status: 502},
		{Code: "S3FilesMountConnectivityException", Status: 408, Sender: true},
		{Code: "S3FilesMountFailureException", Status: 403, Sender: true},
		{Code: "S3FilesMountTimeoutException", Status: 408, Sender: true},
		{Code: "SerializedRequestEntityTooLargeException", Status: 413, Sender: true},
		{Code: "ServiceException", Status: 500},
		{Code: "SnapStartException", Status: 400, Sender: true},
		{Code: "SnapStartNotReadyException", Status: 409, Sender: true},
		{Code: "SnapStartTimeoutException", Status: 408, Sender: true},
		{Code: "SubnetIPAddressLimitReachedException", Status: 502},
		{Code: "TooManyRequestsException", Status: 429, Sender: true},
		{Code: "UnsupportedMediaTypeException", Status: 415, Sender: true},
	},
	Others: []wire.Route{
		{Name: "AddLayerVersionPermission", Method: "POST", URI: "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy"},
		{Name: "CheckpointDurableExecution", Method: "POST", URI: "/2025-12-01/durable-executions/{DurableExecutionArn}/checkpoint"},
		{Name: "CreateAlias", Method: "POST", URI: "/2015-03-31/functions/{FunctionName}/aliases"},
		{Name: "CreateCapacityProvider", Method: "POST", URI: "/2025-11-30/capacity-providers"},
		{Name: "CreateCodeSigningConfig", Method: "POST", URI: "/2020-04-22/code-signing-configs"},
		{Name: "CreateEventSourceMapping", Method: "POST", URI: "/2015-03-31/event-source-mappings"},
		{Name: "CreateFunctionUrlConfig", Method: "POST", URI: "/2021-10-31/functions/{FunctionName}/url"},
		{Name: "DeleteAlias", Method: "DELETE", URI: "/2015-03-31/functions/{FunctionName}/aliases/{Name}"},
		{Name: "DeleteCapacityProvider", Method: "DELETE", URI: "/2025-11-30/capacity-providers/{CapacityProviderName}"},
		{Name: "DeleteCodeSigningConfig", Method: "DELETE", URI: "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"},
		{Name: "DeleteEventSourceMapping", Method: "DELETE", URI: "/2015-03-31/event-source-mappings/{UUID}"},
		{Name: "DeleteFunctionCodeSigningConfig", Method: "DELETE", URI: "/2020-06-30/functions/{FunctionName}/code-signing-config"},
		{Name: "DeleteFunctionUrlConfig", Method: "DELETE", URI: "/2021-10-31/functions/{FunctionName}/url"},
		{Name: "DeleteLayerVersion", Method: "DELETE", URI: "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}"},
		{Name: "DeleteProvisionedConcurrencyConfig", Method: "DELETE", URI: "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"},
		{Name: "GetAccountSettings", Method: "GET", URI: "/2016-08-19/account-settings"},
		{Name: "GetAlias", Method: "GET", URI: "/2015-03-31/functions/{FunctionName}/aliases/{Name}"},
		{Name: "GetCapacityProvider", Method: "GET", URI: "/2025-11-30/capacity-providers/{CapacityProviderName}"},
		{Name: "GetCodeSigningConfig", Method: "GET", URI: "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"},
		{Name: "GetDurableExecution", Method: "GET", URI: "/2025-12-01/durable-executions/{DurableExecutionArn}"},
		{Name: "GetDurableExecutionHistory", Method: "GET", URI: "/2025-12-01/durable-executions/{DurableExecutionArn}/history"},
		{Name: "GetDurableExecutionState", Method: "GET", URI: "/2025-12-01/durable-executions/{DurableExecutionArn}/state"},
		{Name: "GetEventSourceMapping", Method: "GET", URI: "/2015-03-31/event-source-mappings/{UUID}"},
		{Name: "GetFunctionRecursionConfig", Method: "GET", URI: "/2024-08-31/functions/{FunctionName}/recursion-config"},
		{Name: "GetFunctionScalingConfig", Method: "GET", URI: "/2025-11-30/functions/{FunctionName}/function-scaling-config"},
		{Name: "GetFunctionUrlConfig", Method: "GET", URI: "/2021-10-31/functions/{FunctionName}/url"},
		{Name: "GetLayerVersion", Method: "GET", URI: "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}"},
		{Name: "GetLayerVersionByArn", Method: "GET", URI: "/2018-10-31/layers?find=LayerVersion"},
		{Name: "GetLayerVersionPolicy", Method: "GET", URI: "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy"},
		{Name: "GetProvisionedConcurrencyConfig", Method: "GET", URI: "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"},
		{Name: "GetRuntimeManagementConfig", Method: "GET", URI: "/2021-07-20/functions/{FunctionName}/runtime-management-config"},
		{Name: "InvokeAsync", Method: "POST", URI: "/2014-11-13/functions/{FunctionName}/invoke-async"},
		{Name: "InvokeWithResponseStream", Method: "POST", URI: "/2021-11-15/functions/{FunctionName}/response-streaming-invocations"},
		{Name: "ListAliases", Method: "GET", URI: "/2015-03-31/functions/{FunctionName}/aliases"},
		{Name: "ListCapacityProviders", Method: "GET", URI: "/2025-11-30/capacity-providers"},
		{Name: "ListCodeSigningConfigs", Method: "GET", URI: "/2020-04-22/code-signing-configs"},
		{Name: "ListDurableExecutionsByFunction", Method: "GET", URI: "/2025-12-01/functions/{FunctionName}/durable-executions"},
		{Name: "ListEventSourceMappings", Method: "GET", URI: "/2015-03-31/event-source-mappings"},
		{Name: "ListFunctionEventInvokeConfigs", Method: "GET", URI: "/2019-09-25/functions/{FunctionName}/event-invoke-config/list"},
		{Name: "ListFunctionUrlConfigs", Method: "GET", URI: "/2021-10-31/functions/{FunctionName}/urls"},
		{Name: "ListFunctionVersionsByCapacityProvider", Method: "GET", URI: "/2025-11-30/capacity-providers/{CapacityProviderName}/function-versions"},
		{Name: "ListFunctionsByCodeSigningConfig", Method: "GET", URI: "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}/functions"},
		{Name: "ListLayerVersions", Method: "GET", URI: "/2018-10-31/layers/{LayerName}/versions"},
		{Name: "ListLayers", Method: "GET", URI: "/2018-10-31/layers"},
		{Name: "ListProvisionedConcurrencyConfigs", Method: "GET", URI: "/2019-09-30/functions/{FunctionName}/provisioned-concurrency?List=ALL"},
		{Name: "PublishLayerVersion", Method: "POST", URI: "/2018-10-31/layers/{LayerName}/versions"},
		{Name: "PublishVersion", Method: "POST", URI: "/2015-03-31/functions/{FunctionName}/versions"},
		{Name: "PutFunctionCodeSigningConfig", Method: "PUT", URI: "/2020-06-30/functions/{FunctionName}/code-signing-config"},
		{Name: "PutFunctionRecursionConfig", Method: "PUT", URI: "/2024-08-31/functions/{FunctionName}/recursion-config"},
		{Name: "PutFunctionScalingConfig", Method: "PUT", URI: "/2025-11-30/functions/{FunctionName}/function-scaling-config"},
		{Name: "PutProvisionedConcurrencyConfig", Method: "PUT", URI: "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"},
		{Name: "PutRuntimeManagementConfig", Method: "PUT", URI: "/2021-07-20/functions/{FunctionName}/runtime-management-config"},
		{Name: "RemoveLayerVersionPermission", Method: "DELETE", URI: "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy/{StatementId}"},
		{Name: "SendDurableExecutionCallbackFailure", Method: "POST", URI: "/2025-12-01/durable-execution-callbacks/{CallbackId}/fail"},
		{Name: "SendDurableExecutionCallbackHeartbeat", Method: "POST", URI: "/2025-12-01/durable-execution-callbacks/{CallbackId}/heartbeat"},
		{Name: "SendDurableExecutionCallbackSuccess", Method: "POST", URI: "/2025-12-01/durable-execution-callbacks/{CallbackId}/succeed"},
		{Name: "StopDurableExecution", Method: "POST", URI: "/2025-12-01/durable-executions/{DurableExecutionArn}/stop"},
		{Name: "UpdateAlias", Method: "PUT", URI: "/2015-03-31/functions/{FunctionName}/aliases/{Name}"},
		{Name: "UpdateCapacityProvider", Method: "PUT", URI: "/2025-11-30/capacity-providers/{CapacityProviderName}"},
		{Name: "UpdateCodeSigningConfig", Method: "PUT", URI: "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"},
		{Name: "UpdateEventSourceMapping", Method: "PUT", URI: "/2015-03-31/event-source-mappings/{UUID}"},
		{Name: "UpdateFunctionUrlConfig", Method: "PUT", URI: "/2021-10-31/functions/{FunctionName}/url"},
	},
}

// AddPermissionRequest is Lambda's shape of that name.
type AddPermissionRequest struct {
	Action                *string `wire:"Action,req"`
	EventSourceToken      *string `wire:"EventSourceToken"`
	FunctionName          *string `wire:"FunctionName,loc=uri,req"`
	FunctionUrlAuthType   *string `wire:"FunctionUrlAuthType"`
	InvokedViaFunctionUrl *bool   `wire:"InvokedViaFunctionUrl"`
	Principal             *string `wire:"Principal,req"`
	PrincipalOrgID        *string `wire:"PrincipalOrgID"`
	Qualifier             *string `wire:"Qualifier,loc=querystring"`
	RevisionId            *string `wire:"RevisionId"`
	SourceAccount         *string `wire:"SourceAccount"`
	SourceArn             *string `wire:"SourceArn"`
	StatementId           *string `wire:"StatementId,req"`
}

// AddPermissionResponse is Lambda's shape of that name.
type AddPermissionResponse struct {
	Statement *string `wire:"Statement"`
}

// CapacityProviderConfig is Lambda's shape of that name.
type CapacityProviderConfig struct {
	LambdaManagedInstancesCapacityProviderConfig *LambdaManagedInstancesCapacityProviderConfig `wire:"LambdaManagedInstancesCapacityProviderConfig,req"`
}

// Concurrency is Lambda's shape of that name.
type Concurrency struct {
	ReservedConcurrentExecutions *int32 `wire:"ReservedConcurrentExecutions"`
}

// CreateFunctionRequest is Lambda's shape of that name.
type CreateFunctionRequest struct {
	Architectures          []string                `wire:"Architectures"`
	CapacityProviderConfig *CapacityProviderConfig `wire:"CapacityProviderConfig"`
	Code                   *FunctionCode           `wire:"Code,req"`
	CodeSigningConfigArn   *string                 `wire:"CodeSigningConfigArn"`
	DeadLetterConfig       *DeadLetterConfig       `wire:"DeadLetterConfig"`
	Description            *string                 `wire:"Description"`
	DurableConfig          *DurableConfig          `wire:"DurableConfig"`
	Environment            *Environment            `wire:"Environment"`
	EphemeralStorage       *EphemeralStorage       `wire:"EphemeralStorage"`
	FileSystemConfigs      []FileSystemConfig      `wire:"FileSystemConfigs"`
	FunctionName           *string                 `wire:"FunctionName,req"`
	Handler                *string                 `wire:"Handler"`
	ImageConfig            *ImageConfig            `wire:"ImageConfig"`
	KMSKeyArn              *string                 `wire:"KMSKeyArn"`
	Layers                 []string                `wire:"Layers"`
	LoggingConfig          *LoggingConfig          `wire:"LoggingConfig"`
	MemorySize             *int32                  `wire:"MemorySize"`
	PackageType            *string                 `wire:"PackageType"`
	Publish                *bool                   `wire:"Publish"`
	PublishTo              *string                 `wire:"PublishTo"`
	Role                   *string                 `wire:"Role,req"`
	Runtime                *string                 `wire:"Runtime"`
	SnapStart              *SnapStart              `wire:"SnapStart"`
	Tags                   map[string]string       `wire:"Tags"`
	TenancyConfig          *TenancyConfig          `wire:"TenancyConfig"`
	Timeout                *int32                  `wire:"Timeout"`
	TracingConfig          *TracingConfig          `wire:"TracingConfig"`
	VpcConfig              *VpcConfig              `wire:"VpcConfig"`
}

// DeadLetterConfig is Lambda's shape of that name.
type DeadLetterConfig struct {
	TargetArn *string `wire:"TargetArn"`
}

// DeleteFunctionConcurrencyRequest is Lambda's shape of that name.
type DeleteFunctionConcurrencyRequest struct {
	FunctionName *string `wire:"FunctionName,loc=uri,req"`
}

// DeleteFunctionEventInvokeConfigRequest is Lambda's shape of that name.
type DeleteFunctionEventInvokeConfigRequest struct {
	FunctionName *string `wire:"FunctionName,loc=uri,req"`
	Qualifier    *string `wire:"Qualifier,loc=querystring"`
}

// DeleteFunctionRequest is Lambda's shape of that name.
type DeleteFunctionRequest struct {
	FunctionName *string `wire:"FunctionName,loc=uri,req"`
	Qualifier    *string `wire:"Qualifier,loc=querystring"`
}

// DeleteFunctionResponse is Lambda's shape of that name.
type DeleteFunctionResponse struct {
	StatusCode *int32 `wire:"StatusCode,loc=statusCode"`
}

// DestinationConfig is Lambda's shape of that name.
type DestinationConfig struct {
	OnFailure *OnFailure `wire:"OnFailure"`
	OnSuccess *OnSuccess `wire:"OnSuccess"`
}

// DurableConfig is Lambda's shape of that name.
type DurableConfig struct {
	ExecutionTimeout      *int32 `wire:"ExecutionTimeout"`
	RetentionPeriodInDays *int32 `wire:"RetentionPeriodInDays"`
}

// Environment is Lambda's shape of that name.
type Environment struct {
	Variables map[string]string `wire:"Variables"`
}

// EnvironmentError is Lambda's shape of that name.
type EnvironmentError struct {
	ErrorCode *string `wire:"ErrorCode"`
	Message   *string `wire:"Message"`
}

// EnvironmentResponse is Lambda's shape of that name.
type EnvironmentResponse struct {
	Error     *EnvironmentError `wire:"Error"`
	Variables map[string]string `wire:"Variables"`
}

// EphemeralStorage is Lambda's shape of that name.
type EphemeralStorage struct {
	Size *int32 `wire:"Size,req"`
}

// FileSystemConfig is Lambda's shape of that name.
type FileSystemConfig struct {
	Arn            *string `wire:"Arn,req"`
	LocalMountPath *string `wire:"LocalMountPath,req"`
}

// FunctionCode is Lambda's shape of that name.
type FunctionCode struct {
	ImageUri        *string `wire:"ImageUri"`
	S3Bucket        *string `wire:"S3Bucket"`
	S3Key           *string `wire:"S3Key"`
	S3ObjectVersion *string `wire:"S3ObjectVersion"`
	SourceKMSKeyArn *string `wire:"SourceKMSKeyArn"`
	ZipFile         []byte  `wire:"ZipFile"`
}

// FunctionCodeLocation is Lambda's shape of that name.
type FunctionCodeLocation struct {
	ImageUri         *string `wire:"ImageUri"`
	Location         *string `wire:"Location"`
	RepositoryType   *string `wire:"RepositoryType"`
	ResolvedImageUri *string `wire:"ResolvedImageUri"`
	SourceKMSKeyArn  *string `wire:"SourceKMSKeyArn"`
}

// FunctionConfiguration is Lambda's shape of that name.
type FunctionConfiguration struct {
	Architectures              []string                `wire:"Architectures"`
	CapacityProviderConfig     *CapacityProviderConfig `wire:"CapacityProviderConfig"`
	CodeSha256                 *string                 `wire:"CodeSha256"`
	CodeSize                   *int64                  `wire:"CodeSize"`
	ConfigSha256               *string                 `wire:"ConfigSha256"`
	DeadLetterConfig           *DeadLetterConfig       `wire:"DeadLetterConfig"`
	Description                *string                 `wire:"Description"`
	DurableConfig              *DurableConfig          `wire:"DurableConfig"`
	Environment                *EnvironmentResponse    `wire:"Environment"`
	EphemeralStorage           *EphemeralStorage       `wire:"EphemeralStorage"`
	FileSystemConfigs          []FileSystemConfig      `wire:"FileSystemConfigs"`
	FunctionArn                *string                 `wire:"FunctionArn"`
	FunctionName               *string                 `wire:"FunctionName"`
	Handler                    *string                 `wire:"Handler"`
	ImageConfigResponse        *ImageConfigResponse    `wire:"ImageConfigResponse"`
	KMSKeyArn                  *string                 `wire:"KMSKeyArn"`
	LastModified               *string                 `wire:"LastModified"`
	LastUpdateStatus           *string                 `wire:"LastUpdateStatus"`
	LastUpdateStatusReason     *string                 `wire:"LastUpdateStatusReason"`
	LastUpdateStatusReasonCode *string                 `wire:"LastUpdateStatusReasonCode"`
	Layers                     []Layer                 `wire:"Layers"`
	LoggingConfig              *LoggingConfig          `wire:"LoggingConfig"`
	MasterArn                  *string                 `wire:"MasterArn"`
	MemorySize                 *int32                  `wire:"MemorySize"`
	PackageType                *string                 `wire:"PackageType"`
	RevisionId                 *string                 `wire:"RevisionId"`
	Role                       *string                 `wire:"Role"`
	Runtime                    *string                 `wire:"Runtime"`
	RuntimeVersionConfig       *RuntimeVersionConfig   `wire:"RuntimeVersionConfig"`
	SigningJobArn              *string                 `wire:"SigningJobArn"`
	SigningProfileVersionArn   *string                 `wire:"SigningProfileVersionArn"`
	SnapStart                  *SnapStartResponse      `wire:"SnapStart"`
	State                      *string                 `wire:"State"`
	StateReason                *string                 `wire:"StateReason"`
	StateReasonCode            *string                 `wire:"StateReasonCode"`
	TenancyConfig              *TenancyConfig          `wire:"TenancyConfig"`
	Timeout                    *int32                  `wire:"Timeout"`
	TracingConfig              *TracingConfigResponse  `wire:"TracingConfig"`
	Version                    *string                 `wire:"Version"`
	VpcConfig                  *VpcConfigResponse      `wire:"VpcConfig"`
}

// FunctionEventInvokeConfig is Lambda's shape of that name.
type FunctionEventInvokeConfig struct {
	DestinationConfig        *DestinationConfig `wire:"DestinationConfig"`
	FunctionArn              *string            `wire:"FunctionArn"`
	LastModified             *time.Time         `wire:"LastModified"`
	MaximumEventAgeInSeconds *int32             `wire:"MaximumEventAgeInSeconds"`
	MaximumRetryAttempts     *int32             `wire:"MaximumRetryAttempts"`
}

// GetFunctionCodeSigningConfigRequest is Lambda's shape of that name.
type GetFunctionCodeSigningConfigRequest struct {
	FunctionName *string `wire:"FunctionName,loc=uri,req"`
}

// GetFunctionCodeSigningConfigResponse is Lambda's shape of that name.
type GetFunctionCodeSigningConfigResponse struct {
	CodeSigningConfigArn *string `wire:"CodeSigningConfigArn,req"`
	FunctionName         *string `wire:"FunctionName,req"`
}

// GetFunctionConcurrencyRequest is Lambda's shape of that name.
type GetFunctionConcurrencyRequest struct {
	FunctionName *string `wire:"FunctionName,loc=uri,req"`
}

// GetFunctionConcurrencyResponse is Lambda's shape of that name.
type GetFunctionConcurrencyResponse struct {
	ReservedConcurrentExecutions *int32 `wire:"ReservedConcurrentExecutions"`
}

// GetFunctionConfigurationRequest is Lambda's shape of that name.
type GetFunctionConfigurationRequest struct {
	FunctionName *string `wire:"FunctionName,loc=uri,req"`
	Qualifier    *string `wire:"Qualifier,loc=querystring"`
}

// GetFunctionEventInvokeConfigRequest is Lambda's shape of that name.
type GetFunctionEventInvokeConfigRequest struct {
	FunctionName *string `wire:"FunctionName,loc=uri,req"`
	Qualifier    *string `wire:"Qualifier,loc=querystring"`
}

// GetFunctionRequest is Lambda's shape of that name.
type GetFunctionRequest struct {
	FunctionName *string `wire:"FunctionName,loc=uri,req"`
	Qualifier    *string `wire:"Qualifier,loc=querystring"`
}

// GetFunctionResponse is Lambda's shape of that name.
type GetFunctionResponse struct {
	Code          *FunctionCodeLocation  `wire:"Code"`
	Concurrency   *Concurrency           `wire:"Concurrency"`
	Configuration *FunctionConfiguration `wire:"Configuration"`
	Tags          map[string]string      `wire:"Tags"`
	TagsError     *TagsError             `wire:"TagsError"`
}

// GetPolicyRequest is Lambda's shape of that name.
type GetPolicyRequest struct {
	FunctionName *string `wire:"FunctionName,loc=uri,req"`
	Qualifier    *string `wire:"Qualifier,loc=querystring"`
}

// GetPolicyResponse is Lambda's shape of that name.
type GetPolicyResponse struct {
	Policy     *string `wire:"Policy"`
	RevisionId *string `wire:"RevisionId"`
}

// ImageConfig is Lambda's shape of that name.
type ImageConfig struct {
	Command          []string `wire:"Command"`
	EntryPoint       []string `wire:"EntryPoint"`
	WorkingDirectory *string  `wire:"WorkingDirectory"`
}

// ImageConfigError is Lambda's shape of that name.
type ImageConfigError struct {
	ErrorCode *string `wire:"ErrorCode"`
	Message   *string `wire:"Message"`
}

// ImageConfigResponse is Lambda's shape of that name.
type ImageConfigResponse struct {
	Error       *ImageConfigError `wire:"Error"`
	ImageConfig *ImageConfig      `wire:"ImageConfig"`
}

// InvocationRequest is Lambda's shape of that name.
type InvocationRequest struct {
	ClientContext        *string `wire:"ClientContext,loc=header,name=X-Amz-Client-Context"`
	DurableExecutionName *string `wire:"DurableExecutionName,loc=header,name=X-Amz-Durable-Execution-Name"`
	FunctionName         *string `wire:"FunctionName,loc=uri,req"`
	InvocationType       *string `wire:"InvocationType,loc=header,name=X-Amz-Invocation-Type"`
	LogType              *string `wire:"LogType,loc=header,name=X-Amz-Log-Type"`
	Payload              []byte  `wire:"Payload,payload"`
	Qualifier            *string `wire:"Qualifier,loc=querystring"`
	TenantId             *string `wire:"TenantId,loc=header,name=X-Amz-Tenant-Id"`
}

// InvocationResponse is Lambda's shape of that name.
type InvocationResponse struct {
	DurableExecutionArn *string `wire:"DurableExecutionArn,loc=header,name=X-Amz-Durable-Execution-Arn"`
	ExecutedVersion     *string `wire:"ExecutedVersion,loc=header,name=X-Amz-Executed-Version"`
	FunctionError       *string `wire:"FunctionError,loc=header,name=X-Amz-Function-Error"`
	LogResult           *string `wire:"LogResult,loc=header,name=X-Amz-Log-Result"`
	Payload             []byte  `wire:"Payload,payload"`
	StatusCode          *int32  `wire:"StatusCode,loc=statusCode"`
}

// LambdaManagedInstancesCapacityProviderConfig is Lambda's shape of that name.
type LambdaManagedInstancesCapacityProviderConfig struct {
	CapacityProviderArn                   *string  `wire:"CapacityProviderArn,req"`
	ExecutionEnvironmentMemoryGiBPerVCpu  *float64 `wire:"ExecutionEnvironmentMemoryGiBPerVCpu"`
	PerExecutionEnvironmentMaxConcurrency *int32   `wire:"PerExecutionEnvironmentMaxConcurrency"`
}

// Layer is Lambda's shape of that name.
type Layer struct {
	Arn                      *string `wire:"Arn"`
	CodeSize                 *int64  `wire:"CodeSize"`
	SigningJobArn            *string `wire:"SigningJobArn"`
	SigningProfileVersionArn *string `wire:"SigningProfileVersionArn"`
}

// ListFunctionsRequest is Lambda's shape of that name.
type ListFunctionsRequest struct {
	FunctionVersion *string `wire:"FunctionVersion,loc=querystring"`
	Marker          *string `wire:"Marker,loc=querystring"`
	MasterRegion    *string `wire:"MasterRegion,loc=querystring"`
	MaxItems        *int32  `wire:"MaxItems,loc=querystring"`
}

// ListFunctionsResponse is Lambda's shape of that name.
type ListFunctionsResponse struct {
	Functions  []FunctionConfiguration `wire:"Functions"`
	NextMarker *string                 `wire:"NextMarker"`
}

// ListTagsRequest is Lambda's shape of that name.
type ListTagsRequest struct {
	Resource *string `wire:"Resource,loc=uri,req"`
}

// ListTagsResponse is Lambda's shape of that name.
type ListTagsResponse struct {
	Tags map[string]string `wire:"Tags"`
}

// ListVersionsByFunctionRequest is Lambda's shape of that name.
type ListVersionsByFunctionRequest struct {
	FunctionName *string `wire:"FunctionName,loc=uri,req"`
	Marker       *string `wire:"Marker,loc=querystring"`
	MaxItems     *int32  `wire:"MaxItems,loc=querystring"`
}

// ListVersionsByFunctionResponse is Lambda's shape of that name.
type ListVersionsByFunctionResponse struct {
	NextMarker *string                 `wire:"NextMarker"`
	Versions   []FunctionConfiguration `wire:"Versions"`
}

// LoggingConfig is Lambda's shape of that name.
type LoggingConfig struct {
	ApplicationLogLevel *string `wire:"ApplicationLogLevel"`
	LogFormat           *string `wire:"LogFormat"`
	LogGroup            *string `wire:"LogGroup"`
	SystemLogLevel      *string `wire:"SystemLogLevel"`
}

// OnFailure is Lambda's shape of that name.
type OnFailure struct {
	Destination *string `wire:"Destination"`
}

// OnSuccess is Lambda's shape of that name.
type OnSuccess struct {
	Destination *string `wire:"Destination"`
}

// PutFunctionConcurrencyRequest is Lambda's shape of that name.
type PutFunctionConcurrencyRequest struct {
	FunctionName                 *string `wire:"FunctionName,loc=uri,req"`
	ReservedConcurrentExecutions *int32  `wire:"ReservedConcurrentExecutions,req"`
}

// PutFunctionEventInvokeConfigRequest is Lambda's shape of that name.
type PutFunctionEventInvokeConfigRequest struct {
	DestinationConfig        *DestinationConfig `wire:"DestinationConfig"`
	FunctionName             *string            `wire:"FunctionName,loc=uri,req"`
	MaximumEventAgeInSeconds *int32             `wire:"MaximumEventAgeInSeconds"`
	MaximumRetryAttempts     *int32             `wire:"MaximumRetryAttempts"`
	Qualifier                *string            `wire:"Qualifier,loc=querystring"`
}

// RemovePermissionRequest is Lambda's shape of that name.
type RemovePermissionRequest struct {
	FunctionName *string `wire:"FunctionName,loc=uri,req"`
	Qualifier    *string `wire:"Qualifier,loc=querystring"`
	RevisionId   *string `wire:"RevisionId,loc=querystring"`
	StatementId  *string `wire:"StatementId,loc=uri,req"`
}

// RuntimeVersionConfig is Lambda's shape of that name.
type RuntimeVersionConfig struct {
	Error             *RuntimeVersionError `wire:"Error"`
	RuntimeVersionArn *string              `wire:"RuntimeVersionArn"`
}

// RuntimeVersionError is Lambda's shape of that name.
type RuntimeVersionError struct {
	ErrorCode *string `wire:"ErrorCode"`
	Message   *string `wire:"Message"`
}

// SnapStart is Lambda's shape of that name.
type SnapStart struct {
	ApplyOn *string `wire:"ApplyOn"`
}

// SnapStartResponse is Lambda's shape of that name.
type SnapStartResponse struct {
	ApplyOn            *string `wire:"ApplyOn"`
	OptimizationStatus *string `wire:"OptimizationStatus"`
}

// TagResourceRequest is Lambda's shape of that name.
type TagResourceRequest struct {
	Resource *string           `wire:"Resource,loc=uri,req"`
	Tags     map[string]string `wire:"Tags,req"`
}

// TagsError is Lambda's shape of that name.
type TagsError struct {
	ErrorCode *string `wire:"ErrorCode,req"`
	Message   *string `wire:"Message,req"`
}

// TenancyConfig is Lambda's shape of that name.
type TenancyConfig struct {
	TenantIsolationMode *string `wire:"TenantIsolationMode,req"`
}

// TracingConfig is Lambda's shape of that name.
type TracingConfig struct {
	Mode *string `wire:"Mode"`
}

// TracingConfigResponse is Lambda's shape of that name.
type TracingConfigResponse struct {
	Mode *string `wire:"Mode"`
}

// UntagResourceRequest is Lambda's shape of that name.
type UntagResourceRequest struct {
	Resource *string  `wire:"Resource,loc=uri,req"`
	TagKeys  []string `wire:"TagKeys,loc=querystring,name=tagKeys,req"`
}

// UpdateFunctionCodeRequest is Lambda's shape of that name.
type UpdateFunctionCodeRequest struct {
	Architectures   []string `wire:"Architectures"`
	DryRun          *bool    `wire:"DryRun"`
	FunctionName    *string  `wire:"FunctionName,loc=uri,req"`
	ImageUri        *string  `wire:"ImageUri"`
	Publish         *bool    `wire:"Publish"`
	PublishTo       *string  `wire:"PublishTo"`
	RevisionId      *string  `wire:"RevisionId"`
	S3Bucket        *string  `wire:"S3Bucket"`
	S3Key           *string  `wire:"S3Key"`
	S3ObjectVersion *string  `wire:"S3ObjectVersion"`
	SourceKMSKeyArn *string  `wire:"SourceKMSKeyArn"`
	ZipFile         []byte   `wire:"ZipFile"`
}

// UpdateFunctionConfigurationRequest is Lambda's shape of that name.
type UpdateFunctionConfigurationRequest struct {
	CapacityProviderConfig *CapacityProviderConfig `wire:"CapacityProviderConfig"`
	DeadLetterConfig       *DeadLetterConfig       `wire:"DeadLetterConfig"`
	Description            *string                 `wire:"Description"`
	DurableConfig          *DurableConfig          `wire:"DurableConfig"`
	Environment            *Environment            `wire:"Environment"`
	EphemeralStorage       *EphemeralStorage       `wire:"EphemeralStorage"`
	FileSystemConfigs      []FileSystemConfig      `wire:"FileSystemConfigs"`
	FunctionName           *string                 `wire:"FunctionName,loc=uri,req"`
	Handler                *string                 `wire:"Handler"`
	ImageConfig            *ImageConfig            `wire:"ImageConfig"`
	KMSKeyArn              *string                 `wire:"KMSKeyArn"`
	Layers                 []string                `wire:"Layers"`
	LoggingConfig          *LoggingConfig          `wire:"LoggingConfig"`
	MemorySize             *int32                  `wire:"MemorySize"`
	RevisionId             *string                 `wire:"RevisionId"`
	Role                   *string                 `wire:"Role"`
	Runtime                *string                 `wire:"Runtime"`
	SnapStart              *SnapStart              `wire:"SnapStart"`
	Timeout                *int32                  `wire:"Timeout"`
	TracingConfig          *TracingConfig          `wire:"TracingConfig"`
	VpcConfig              *VpcConfig              `wire:"VpcConfig"`
}

// UpdateFunctionEventInvokeConfigRequest is Lambda's shape of that name.
type UpdateFunctionEventInvokeConfigRequest struct {
	DestinationConfig        *DestinationConfig `wire:"DestinationConfig"`
	FunctionName             *string            `wire:"FunctionName,loc=uri,req"`
	MaximumEventAgeInSeconds *int32             `wire:"MaximumEventAgeInSeconds"`
	MaximumRetryAttempts     *int32             `wire:"MaximumRetryAttempts"`
	Qualifier                *string            `wire:"Qualifier,loc=querystring"`
}

// VpcConfig is Lambda's shape of that name.
type VpcConfig struct {
	Ipv6AllowedForDualStack *bool    `wire:"Ipv6AllowedForDualStack"`
	SecurityGroupIds        []string `wire:"SecurityGroupIds"`
	SubnetIds               []string `wire:"SubnetIds"`
}

// VpcConfigResponse is Lambda's shape of that name.
type VpcConfigResponse struct {
	Ipv6AllowedForDualStack *bool    `wire:"Ipv6AllowedForDualStack"`
	SecurityGroupIds        []string `wire:"SecurityGroupIds"`
	SubnetIds               []string `wire:"SubnetIds"`
	VpcId                   *string  `wire:"VpcId"`
}
