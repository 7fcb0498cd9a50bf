// Code generated from model.json by internal/lab/wire/gen. DO NOT EDIT.

package events

import (
	"reflect"

	"postern/internal/lab/wire"
)

// API is what the wire layer knows of EventBridge.
var API = &wire.Service{
	ID:          "EventBridge",
	SigningName: "events",
	Version:     "2015-10-07",
	Protocols:   []string{"json"},
	JSONVersion: "1.1",
	Target:      "AWSEvents",
	Operations: []wire.Operation{
		{
			Name: "DeleteRule", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteRuleRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"ConcurrentModificationException", "InternalException", "ManagedRuleException", "ResourceNotFoundException"},
		},
		{
			Name: "DescribeRule", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeRuleRequest](), Output: reflect.TypeFor[DescribeRuleResponse](),
			Errors: []string{"InternalException", "ResourceNotFoundException"},
		},
		{
			Name: "DisableRule", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DisableRuleRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"ConcurrentModificationException", "InternalException", "ManagedRuleException", "ResourceNotFoundException"},
		},
		{
			Name: "EnableRule", Method: "POST", URI: "/",
			Input: reflect.TypeFor[EnableRuleRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"ConcurrentModificationException", "InternalException", "ManagedRuleException", "ResourceNotFoundException"},
		},
		{
			Name: "ListRules", Method: "POST", URI: "/",
			Input: reflect.TypeFor[ListRulesRequest](), Output: reflect.TypeFor[ListRulesResponse](),
			Errors: []string{"InternalException", "ResourceNotFoundException"},
		},
		{
			Name: "ListTagsForResource", Method: "POST", URI: "/",
			Input: reflect.TypeFor[ListTagsForResourceRequest](), Output: reflect.TypeFor[ListTagsForResourceResponse](),
			Errors: []string{"InternalException", "ResourceNotFoundException"},
		},
		{
			Name: "ListTargetsByRule", Method: "POST", URI: "/",
			Input: reflect.TypeFor[ListTargetsByRuleRequest](), Output: reflect.TypeFor[ListTargetsByRuleResponse](),
			Errors: []string{"InternalException", "ResourceNotFoundException"},
		},
		{
			Name: "PutRule", Method: "POST", URI: "/",
			Input: reflect.TypeFor[PutRuleRequest](), Output: reflect.TypeFor[PutRuleResponse](),
			Errors: []string{"ConcurrentModificationException", "InternalException", "InvalidEventPatternException", "LimitExceededException", "ManagedRuleException", "ResourceNotFoundException"},
		},
		{
			Name: "PutTargets", Method: "POST", URI: "/",
			Input: reflect.TypeFor[PutTargetsRequest](), Output: reflect.TypeFor[PutTargetsResponse](),
			Errors: []string{"ConcurrentModificationException", "InternalException", "LimitExceededException", "ManagedRuleException", "ResourceNotFoundException"},
		},
		{
			Name: "RemoveTargets", Method: "POST", URI: "/",
			Input: reflect.TypeFor[RemoveTargetsRequest](), Output: reflect.TypeFor[RemoveTargetsResponse](),
			Errors: []string{"ConcurrentModificationException", "InternalException", "ManagedRuleException", "ResourceNotFoundException"},
		},
		{
			Name: "TagResource", Method: "POST", URI: "/",
			Input: reflect.TypeFor[TagResourceRequest](), Output: reflect.TypeFor[TagResourceResponse](),
			Errors: []string{"ConcurrentModificationException", "InternalException", "ManagedRuleException", "ResourceNotFoundException"},
		},
		{
			Name: "UntagResource", Method: "POST", URI: "/",
			Input: reflect.TypeFor[UntagResourceRequest](), Output: reflect.TypeFor[UntagResourceResponse](),
			Errors: []string{"ConcurrentModificationException", "InternalException", "ManagedRuleException", "ResourceNotFoundException"},
		},
	},
	Errors: []wire.ErrorShape{
		{Code: "ConcurrentModificationException", Sender: true},
		{Code: "InternalException"},
		{Code: "InvalidEventPatternException", Sender: true},
		{Code: "LimitExceededException", Sender: true},
		{Code: "ManagedRuleException", Sender: true},
		{Code: "ResourceNotFoundException", Sender: true},
	},
}

// AppSyncParameters is EventBridge's shape of that name.
type AppSyncParameters struct {
	GraphQLOperation *string `wire:"GraphQLOperation"`
}

// AwsVpcConfiguration is EventBridge's shape of that name.
type AwsVpcConfiguration struct {
	AssignPublicIp *string  `wire:"AssignPublicIp"`
	SecurityGroups []string `wire:"SecurityGroups"`
	Subnets        []string `wire:"Subnets,req"`
}

// BatchArrayProperties is EventBridge's shape of that name.
type BatchArrayProperties struct {
	Size *int32 `wire:"Size"`
}

// BatchParameters is EventBridge's shape of that name.
type BatchParameters struct {
	ArrayProperties *BatchArrayProperties `wire:"ArrayProperties"`
	JobDefinition   *string               `wire:"JobDefinition,req"`
	JobName         *string               `wire:"JobName,req"`
	RetryStrategy   *BatchRetryStrategy   `wire:"RetryStrategy"`
}

// BatchRetryStrategy is EventBridge's shape of that name.
type BatchRetryStrategy struct {
	Attempts *int32 `wire:"Attempts"`
}

// CapacityProviderStrategyItem is EventBridge's shape of that name.
type CapacityProviderStrategyItem struct {
	Base             *int32  `wire:"base"`
	CapacityProvider *string `wire:"capacityProvider,req"`
	Weight           *int32  `wire:"weight"`
}

// DeadLetterConfig is EventBridge's shape of that name.
type DeadLetterConfig struct {
	Arn *string `wire:"Arn"`
}

// DeleteRuleRequest is EventBridge's shape of that name.
type DeleteRuleRequest struct {
	EventBusName *string `wire:"EventBusName"`
	Force        *bool   `wire:"Force"`
	Name         *string `wire:"Name,req"`
}

// DescribeRuleRequest is EventBridge's shape of that name.
type DescribeRuleRequest struct {
	EventBusName *string `wire:"EventBusName"`
	Name         *string `wire:"Name,req"`
}

// DescribeRuleResponse is EventBridge's shape of that name.
type DescribeRuleResponse struct {
	Arn                *string `wire:"Arn"`
	CreatedBy          *string `wire:"CreatedBy"`
	Description        *string `wire:"Description"`
	EventBusName       *string `wire:"EventBusName"`
	EventPattern       *string `wire:"EventPattern"`
	ManagedBy          *string `wire:"ManagedBy"`
	Name               *string `wire:"Name"`
	RoleArn            *string `wire:"RoleArn"`
	ScheduleExpression *string `wire:"ScheduleExpression"`
	State              *string `wire:"State"`
}

// DisableRuleRequest is EventBridge's shape of that name.
type DisableRuleRequest struct {
	EventBusName *string `wire:"EventBusName"`
	Name         *string `wire:"Name,req"`
}

// EcsParameters is EventBridge's shape of that name.
type EcsParameters struct {
	CapacityProviderStrategy []CapacityProviderStrategyItem `wire:"CapacityProviderStrategy"`
	EnableECSManagedTags     *bool                          `wire:"EnableECSManagedTags"`
	EnableExecuteCommand     *bool                          `wire:"EnableExecuteCommand"`
	Group                    *string                        `wire:"Group"`
	LaunchType               *string                        `wire:"LaunchType"`
	NetworkConfiguration     *NetworkConfiguration          `wire:"NetworkConfiguration"`
	PlacementConstraints     []PlacementConstraint          `wire:"PlacementConstraints"`
	PlacementStrategy        []PlacementStrategy            `wire:"PlacementStrategy"`
	PlatformVersion          *string                        `wire:"PlatformVersion"`
	PropagateTags            *string                        `wire:"PropagateTags"`
	ReferenceId              *string                        `wire:"ReferenceId"`
	Tags                     []Tag                          `wire:"Tags"`
	TaskCount                *int32                         `wire:"TaskCount"`
	TaskDefinitionArn        *string                        `wire:"TaskDefinitionArn,req"`
}

// EnableRuleRequest is EventBridge's shape of that name.
type EnableRuleRequest struct {
	EventBusName *string `wire:"EventBusName"`
	Name         *string `wire:"Name,req"`
}

// HttpParameters is EventBridge's shape of that name.
type HttpParameters struct {
	HeaderParameters      map[string]string `wire:"HeaderParameters"`
	PathParameterValues   []string          `wire:"PathParameterValues"`
	QueryStringParameters map[string]string `wire:"QueryStringParameters"`
}

// InputTransformer is EventBridge's shape of that name.
type InputTransformer struct {
	InputPathsMap map[string]string `wire:"InputPathsMap"`
	InputTemplate *string           `wire:"InputTemplate,req"`
}

// KinesisParameters is EventBridge's shape of that name.
type KinesisParameters struct {
	PartitionKeyPath *string `wire:"PartitionKeyPath,req"`
}

// ListRulesRequest is EventBridge's shape of that name.
type ListRulesRequest struct {
	EventBusName *string `wire:"EventBusName"`
	Limit        *int32  `wire:"Limit"`
	NamePrefix   *string `wire:"NamePrefix"`
	NextToken    *string `wire:"NextToken"`
}

// ListRulesResponse is EventBridge's shape of that name.
type ListRulesResponse struct {
	NextToken *string `wire:"NextToken"`
	Rules     []Rule  `wire:"Rules"`
}

// ListTagsForResourceRequest is EventBridge's shape of that name.
type ListTagsForResourceRequest struct {
	ResourceARN *string `wire:"ResourceARN,req"`
}

// ListTagsForResourceResponse is EventBridge's shape of that name.
type ListTagsForResourceResponse struct {
	Tags []Tag `wire:"Tags"`
}

// ListTargetsByRuleRequest is EventBridge's shape of that name.
type ListTargetsByRuleRequest struct {
	EventBusName *string `wire:"EventBusName"`
	Limit        *int32  `wire:"Limit"`
	NextToken    *string `wire:"NextToken"`
	Rule         *string `wire:"Rule,req"`
}

// ListTargetsByRuleResponse is EventBridge's shape of that name.
type ListTargetsByRuleResponse struct {
	NextToken *string  `wire:"NextToken"`
	Targets   []Target `wire:"Targets"`
}

// NetworkConfiguration is EventBridge's shape of that name.
type NetworkConfiguration struct {
	AwsvpcConfiguration *AwsVpcConfiguration `wire:"awsvpcConfiguration"`
}

// PlacementConstraint is EventBridge's shape of that name.
type PlacementConstraint struct {
	Expression *string `wire:"expression"`
	Type       *string `wire:"type"`
}

// PlacementStrategy is EventBridge's shape of that name.
type PlacementStrategy struct {
	Field *string `wire:"field"`
	Type  *string `wire:"type"`
}

// PutRuleRequest is EventBridge's shape of that name.
type PutRuleRequest struct {
	Description        *string `wire:"Description"`
	EventBusName       *string `wire:"EventBusName"`
	EventPattern       *string `wire:"EventPattern"`
	Name               *string `wire:"Name,req"`
	RoleArn            *string `wire:"RoleArn"`
	ScheduleExpression *string `wire:"ScheduleExpression"`
	State              *string `wire:"State"`
	Tags               []Tag   `wire:"Tags"`
}

// PutRuleResponse is EventBridge's shape of that name.
type PutRuleResponse struct {
	RuleArn *string `wire:"RuleArn"`
}

// PutTargetsRequest is EventBridge's shape of that name.
type PutTargetsRequest struct {
	EventBusName *string  `wire:"EventBusName"`
	Rule         *string  `wire:"Rule,req"`
	Targets      []Target `wire:"Targets,req"`
}

// PutTargetsResponse is EventBridge's shape of that name.
type PutTargetsResponse struct {
	FailedEntries    []PutTargetsResultEntry `wire:"FailedEntries"`
	FailedEntryCount *int32                  `wire:"FailedEntryCount"`
}

// PutTargetsResultEntry is EventBridge's shape of that name.
type PutTargetsResultEntry struct {
	ErrorCode    *string `wire:"ErrorCode"`
	ErrorMessage *string `wire:"ErrorMessage"`
	TargetId     *string `wire:"TargetId"`
}

// RedshiftDataParameters is EventBridge's shape of that name.
type RedshiftDataParameters struct {
	Database         *string  `wire:"Database,req"`
	DbUser           *string  `wire:"DbUser"`
	SecretManagerArn *string  `wire:"SecretManagerArn"`
	Sql              *string  `wire:"Sql"`
	Sqls             []string `wire:"Sqls"`
	StatementName    *string  `wire:"StatementName"`
	WithEvent        *bool    `wire:"WithEvent"`
}

// RemoveTargetsRequest is EventBridge's shape of that name.
type RemoveTargetsRequest struct {
	EventBusName *string  `wire:"EventBusName"`
	Force        *bool    `wire:"Force"`
	Ids          []string `wire:"Ids,req"`
	Rule         *string  `wire:"Rule,req"`
}

// RemoveTargetsResponse is EventBridge's shape of that name.
type RemoveTargetsResponse struct {
	FailedEntries    []RemoveTargetsResultEntry `wire:"FailedEntries"`
	FailedEntryCount *int32                     `wire:"FailedEntryCount"`
}

// RemoveTargetsResultEntry is EventBridge's shape of that name.
type RemoveTargetsResultEntry struct {
	ErrorCode    *string `wire:"ErrorCode"`
	ErrorMessage *string `wire:"ErrorMessage"`
	TargetId     *string `wire:"TargetId"`
}

// RetryPolicy is EventBridge's shape of that name.
type RetryPolicy struct {
	MaximumEventAgeInSeconds *int32 `wire:"MaximumEventAgeInSeconds"`
	MaximumRetryAttempts     *int32 `wire:"MaximumRetryAttempts"`
}

// Rule is EventBridge's shape of that name.
type Rule struct {
	Arn                *string `wire:"Arn"`
	Description        *string `wire:"Description"`
	EventBusName       *string `wire:"EventBusName"`
	EventPattern       *string `wire:"EventPattern"`
	ManagedBy          *string `wire:"ManagedBy"`
	Name               *string `wire:"Name"`
	RoleArn            *string `wire:"RoleArn"`
	ScheduleExpression *string `wire:"ScheduleExpression"`
	State              *string `wire:"State"`
}

// RunCommandParameters is EventBridge's shape of that name.
type RunCommandParameters struct {
	RunCommandTargets []RunCommandTarget `wire:"RunCommandTargets,req"`
}

// RunCommandTarget is EventBridge's shape of that name.
type RunCommandTarget struct {
	Key    *string  `wire:"Key,req"`
	Values []string `wire:"Values,req"`
}

// SageMakerPipelineParameter is EventBridge's shape of that name.
type SageMakerPipelineParameter struct {
	Name  *string `wire:"Name,req"`
	Value *string `wire:"Value,req"`
}

// SageMakerPipelineParameters is EventBridge's shape of that name.
type SageMakerPipelineParameters struct {
	PipelineParameterList []SageMakerPipelineParameter `wire:"PipelineParameterList"`
}

// SqsParameters is EventBridge's shape of that name.
type SqsParameters struct {
	MessageGroupId *string `wire:"MessageGroupId"`
}

// Tag is EventBridge's shape of that name.
type Tag struct {
	Key   *string `wire:"Key,req"`
	Value *string `wire:"Value,req"`
}

// TagResourceRequest is EventBridge's shape of that name.
type TagResourceRequest struct {
	ResourceARN *string `wire:"ResourceARN,req"`
	Tags        []Tag   `wire:"Tags,req"`
}

// TagResourceResponse is EventBridge's shape of that name.
type TagResourceResponse struct {
}

// Target is EventBridge's shape of that name.
type Target struct {
	AppSyncParameters           *AppSyncParameters           `wire:"AppSyncParameters"`
	Arn                         *string                      `wire:"Arn,req"`
	BatchParameters             *BatchParameters             `wire:"BatchParameters"`
	DeadLetterConfig            *DeadLetterConfig            `wire:"DeadLetterConfig"`
	EcsParameters               *EcsParameters               `wire:"EcsParameters"`
	HttpParameters              *HttpParameters              `wire:"HttpParameters"`
	Id                          *string                      `wire:"Id,req"`
	Input                       *string                      `wire:"Input"`
	InputPath                   *string                      `wire:"InputPath"`
	InputTransformer            *InputTransformer            `wire:"InputTransformer"`
	KinesisParameters           *KinesisParameters           `wire:"KinesisParameters"`
	RedshiftDataParameters      *RedshiftDataParameters      `wire:"RedshiftDataParameters"`
	RetryPolicy                 *RetryPolicy                 `wire:"RetryPolicy"`
	RoleArn                     *string                      `wire:"RoleArn"`
	RunCommandParameters        *RunCommandParameters        `wire:"RunCommandParameters"`
	SageMakerPipelineParameters *SageMakerPipelineParameters `wire:"SageMakerPipelineParameters"`
	SqsParameters               *SqsParameters               `wire:"SqsParameters"`
}

// UntagResourceRequest is EventBridge's shape of that name.
type UntagResourceRequest struct {
	ResourceARN *string  `wire:"ResourceARN,req"`
	TagKeys     []string `wire:"TagKeys,req"`
}

// UntagResourceResponse is EventBridge's shape of that name.
type UntagResourceResponse struct {
}
