// Code generated from model.json by internal/lab/wire/gen. DO NOT EDIT.

package scheduler

import (
	"reflect"
	"time"

	"postern/internal/lab/wire"
)

// API is what the wire layer knows of Scheduler.
var API = &wire.Service{
	ID:          "Scheduler",
	SigningName: "scheduler",
	Version:     "2021-06-30",
	Protocols:   []string{"rest-json"},
	JSONVersion: "1.1",
	Operations: []wire.Operation{
		{
			Name: "CreateSchedule", Method: "POST", URI: "/schedules/{Name}",
			Input: reflect.TypeFor[CreateScheduleInput](), Output: reflect.TypeFor[CreateScheduleOutput](),
			Errors: []string{"ConflictException", "InternalServerException", "ResourceNotFoundException", "ServiceQuotaExceededException", "ThrottlingException", "ValidationException"},
		},
		{
			Name: "CreateScheduleGroup", Method: "POST", URI: "/schedule-groups/{Name}",
			Input: reflect.TypeFor[CreateScheduleGroupInput](), Output: reflect.TypeFor[CreateScheduleGroupOutput](),
			Errors: []string{"ConflictException", "InternalServerException", "ServiceQuotaExceededException", "ThrottlingException", "ValidationException"},
		},
		{
			Name: "DeleteSchedule", Method: "DELETE", URI: "/schedules/{Name}",
			Input: reflect.TypeFor[DeleteScheduleInput](), Output: reflect.TypeFor[DeleteScheduleOutput](),
			Errors: []string{"ConflictException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"},
		},
		{
			Name: "DeleteScheduleGroup", Method: "DELETE", URI: "/schedule-groups/{Name}",
			Input: reflect.TypeFor[DeleteScheduleGroupInput](), Output: reflect.TypeFor[DeleteScheduleGroupOutput](),
			Errors: []string{"ConflictException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"},
		},
		{
			Name: "GetSchedule", Method: "GET", URI: "/schedules/{Name}",
			Input: reflect.TypeFor[GetScheduleInput](), Output: reflect.TypeFor[GetScheduleOutput](),
			Errors: []string{"InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"},
		},
		{
			Name: "GetScheduleGroup", Method: "GET", URI: "/schedule-groups/{Name}",
			Input: reflect.TypeFor[GetScheduleGroupInput](), Output: reflect.TypeFor[GetScheduleGroupOutput](),
			Errors: []string{"InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"},
		},
		{
			Name: "ListSchedules", Method: "GET", URI: "/schedules",
			Input: reflect.TypeFor[ListSchedulesInput](), Output: reflect.TypeFor[ListSchedulesOutput](),
			Errors: []string{"InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"},
		},
		{
			Name: "ListTagsForResource", Method: "GET", URI: "/tags/{ResourceArn}",
			Input: reflect.TypeFor[ListTagsForResourceInput](), Output: reflect.TypeFor[ListTagsForResourceOutput](),
			Errors: []string{"InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"},
		},
		{
			Name: "TagResource", Method: "POST", URI: "/tags/{ResourceArn}",
			Input: reflect.TypeFor[TagResourceInput](), Output: reflect.TypeFor[TagResourceOutput](),
			Errors: []string{"ConflictException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"},
		},
		{
			Name: "UntagResource", Method: "DELETE", URI: "/tags/{ResourceArn}",
			Input: reflect.TypeFor[UntagResourceInput](), Output: reflect.TypeFor[UntagResourceOutput](),
			Errors: []string{"ConflictException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"},
		},
		{
			Name: "UpdateSchedule", Method: "PUT", URI: "/schedules/{Name}",
			Input: reflect.TypeFor[UpdateScheduleInput](), Output: reflect.TypeFor[UpdateScheduleOutput](),
			Errors: []string{"ConflictException", "InternalServerException", "ResourceNotFoundException", "ThrottlingException", "ValidationException"},
		},
	},
	Errors: []wire.ErrorShape{
		{Code: "ConflictException", Status: 409, Sender: true},
		{Code: "InternalServerException", Status: 500},
		{Code: "ResourceNotFoundException", Status: 404, Sender: true},
		{Code: "ServiceQuotaExceededException", Status: 402, Sender: true},
		{Code: "ThrottlingException", Status: 429, Sender: true},
		{Code: "ValidationException", Status: 400, Sender: true},
	},
	Others: []wire.Route{
		{Name: "ListScheduleGroups", Method: "GET", URI: "/schedule-groups"},
	},
}

// AwsVpcConfiguration is Scheduler's shape of that name.
type AwsVpcConfiguration struct {
	AssignPublicIp *string  `wire:"AssignPublicIp"`
	SecurityGroups []string `wire:"SecurityGroups"`
	Subnets        []string `wire:"Subnets,req"`
}

// CapacityProviderStrategyItem is Scheduler's shape of that name.
type CapacityProviderStrategyItem struct {
	Base             *int32  `wire:"base"`
	CapacityProvider *string `wire:"capacityProvider,req"`
	Weight           *int32  `wire:"weight"`
}

// CreateScheduleGroupInput is Scheduler's shape of that name.
type CreateScheduleGroupInput struct {
	ClientToken *string `wire:"ClientToken"`
	Name        *string `wire:"Name,loc=uri,req"`
	Tags        []Tag   `wire:"Tags"`
}

// CreateScheduleGroupOutput is Scheduler's shape of that name.
type CreateScheduleGroupOutput struct {
	ScheduleGroupArn *string `wire:"ScheduleGroupArn,req"`
}

// CreateScheduleInput is Scheduler's shape of that name.
type CreateScheduleInput struct {
	ActionAfterCompletion      *string             `wire:"ActionAfterCompletion"`
	ClientToken                *string             `wire:"ClientToken"`
	Description                *string             `wire:"Description"`
	EndDate                    *time.Time          `wire:"EndDate"`
	FlexibleTimeWindow         *FlexibleTimeWindow `wire:"FlexibleTimeWindow,req"`
	GroupName                  *string             `wire:"GroupName"`
	KmsKeyArn                  *string             `wire:"KmsKeyArn"`
	Name                       *string             `wire:"Name,loc=uri,req"`
	ScheduleExpression         *string             `wire:"ScheduleExpression,req"`
	ScheduleExpressionTimezone *string             `wire:"ScheduleExpressionTimezone"`
	StartDate                  *time.Time          `wire:"StartDate"`
	State                      *string             `wire:"State"`
	Target                     *Target             `wire:"Target,req"`
}

// CreateScheduleOutput is Scheduler's shape of that name.
type CreateScheduleOutput struct {
	ScheduleArn *string `wire:"ScheduleArn,req"`
}

// DeadLetterConfig is Scheduler's shape of that name.
type DeadLetterConfig struct {
	Arn *string `wire:"Arn"`
}

// DeleteScheduleGroupInput is Scheduler's shape of that name.
type DeleteScheduleGroupInput struct {
	ClientToken *string `wire:"ClientToken,loc=querystring,name=clientToken"`
	Name        *string `wire:"Name,loc=uri,req"`
}

// DeleteScheduleGroupOutput is Scheduler's shape of that name.
type DeleteScheduleGroupOutput struct {
}

// DeleteScheduleInput is Scheduler's shape of that name.
type DeleteScheduleInput struct {
	ClientToken *string `wire:"ClientToken,loc=querystring,name=clientToken"`
	GroupName   *string `wire:"GroupName,loc=querystring,name=groupName"`
	Name        *string `wire:"Name,loc=uri,req"`
}

// DeleteScheduleOutput is Scheduler's shape of that name.
type DeleteScheduleOutput struct {
}

// EcsParameters is Scheduler's shape of that name.
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
	Tags                     []map[string]string            `wire:"Tags"`
	TaskCount                *int32                         `wire:"TaskCount"`
	TaskDefinitionArn        *string                        `wire:"TaskDefinitionArn,req"`
}

// EventBridgeParameters is Scheduler's shape of that name.
type EventBridgeParameters struct {
	DetailType *string `wire:"DetailType,req"`
	Source     *string `wire:"Source,req"`
}

// FlexibleTimeWindow is Scheduler's shape of that name.
type FlexibleTimeWindow struct {
	MaximumWindowInMinutes *int32  `wire:"MaximumWindowInMinutes"`
	Mode                   *string `wire:"Mode,req"`
}

// GetScheduleGroupInput is Scheduler's shape of that name.
type GetScheduleGroupInput struct {
	Name *string `wire:"Name,loc=uri,req"`
}

// GetScheduleGroupOutput is Scheduler's shape of that name.
type GetScheduleGroupOutput struct {
	Arn                  *string    `wire:"Arn"`
	CreationDate         *time.Time `wire:"CreationDate"`
	LastModificationDate *time.Time `wire:"LastModificationDate"`
	Name                 *string    `wire:"Name"`
	State                *string    `wire:"State"`
}

// GetScheduleInput is Scheduler's shape of that name.
type GetScheduleInput struct {
	GroupName *string `wire:"GroupName,loc=querystring,name=groupName"`
	Name      *string `wire:"Name,loc=uri,req"`
}

// GetScheduleOutput is Scheduler's shape of that name.
type GetScheduleOutput struct {
	ActionAfterCompletion      *string             `wire:"ActionAfterCompletion"`
	Arn                        *string             `wire:"Arn"`
	CreationDate               *time.Time          `wire:"CreationDate"`
	Description                *string             `wire:"Description"`
	EndDate                    *time.Time          `wire:"EndDate"`
	FlexibleTimeWindow         *FlexibleTimeWindow `wire:"FlexibleTimeWindow"`
	GroupName                  *string             `wire:"GroupName"`
	KmsKeyArn                  *string             `wire:"KmsKeyArn"`
	LastModificationDate       *time.Time          `wire:"LastModificationDate"`
	Name                       *string             `wire:"Name"`
	ScheduleExpression         *string             `wire:"ScheduleExpression"`
	ScheduleExpressionTimezone *string             `wire:"ScheduleExpressionTimezone"`
	StartDate                  *time.Time          `wire:"StartDate"`
	State                      *string             `wire:"State"`
	Target                     *Target             `wire:"Target"`
}

// KinesisParameters is Scheduler's shape of that name.
type KinesisParameters struct {
	PartitionKey *string `wire:"PartitionKey,req"`
}

// ListSchedulesInput is Scheduler's shape of that name.
type ListSchedulesInput struct {
	GroupName  *string `wire:"GroupName,loc=querystring,name=ScheduleGroup"`
	MaxResults *int32  `wire:"MaxResults,loc=querystring"`
	NamePrefix *string `wire:"NamePrefix,loc=querystring"`
	NextToken  *string `wire:"NextToken,loc=querystring"`
	State      *string `wire:"State,loc=querystring"`
}

// ListSchedulesOutput is Scheduler's shape of that name.
type ListSchedulesOutput struct {
	NextToken *string           `wire:"NextToken"`
	Schedules []ScheduleSummary `wire:"Schedules,req"`
}

// ListTagsForResourceInput is Scheduler's shape of that name.
type ListTagsForResourceInput struct {
	ResourceArn *string `wire:"ResourceArn,loc=uri,req"`
}

// ListTagsForResourceOutput is Scheduler's shape of that name.
type ListTagsForResourceOutput struct {
	Tags []Tag `wire:"Tags"`
}

// NetworkConfiguration is Scheduler's shape of that name.
type NetworkConfiguration struct {
	AwsvpcConfiguration *AwsVpcConfiguration `wire:"awsvpcConfiguration"`
}

// PlacementConstraint is Scheduler's shape of that name.
type PlacementConstraint struct {
	Expression *string `wire:"expression"`
	Type       *string `wire:"type"`
}

// PlacementStrategy is Scheduler's shape of that name.
type PlacementStrategy struct {
	Field *string `wire:"field"`
	Type  *string `wire:"type"`
}

// RetryPolicy is Scheduler's shape of that name.
type RetryPolicy struct {
	MaximumEventAgeInSeconds *int32 `wire:"MaximumEventAgeInSeconds"`
	MaximumRetryAttempts     *int32 `wire:"MaximumRetryAttempts"`
}

// SageMakerPipelineParameter is Scheduler's shape of that name.
type SageMakerPipelineParameter struct {
	Name  *string `wire:"Name,req"`
	Value *string `wire:"Value,req"`
}

// SageMakerPipelineParameters is Scheduler's shape of that name.
type SageMakerPipelineParameters struct {
	PipelineParameterList []SageMakerPipelineParameter `wire:"PipelineParameterList"`
}

// ScheduleSummary is Scheduler's shape of that name.
type ScheduleSummary struct {
	Arn                  *string        `wire:"Arn"`
	CreationDate         *time.Time     `wire:"CreationDate"`
	GroupName            *string        `wire:"GroupName"`
	LastModificationDate *time.Time     `wire:"LastModificationDate"`
	Name                 *string        `wire:"Name"`
	State                *string        `wire:"State"`
	Target               *TargetSummary `wire:"Target"`
}

// SqsParameters is Scheduler's shape of that name.
type SqsParameters struct {
	MessageGroupId *string `wire:"MessageGroupId"`
}

// Tag is Scheduler's shape of that name.
type Tag struct {
	Key   *string `wire:"Key,req"`
	Value *string `wire:"Value,req"`
}

// TagResourceInput is Scheduler's shape of that name.
type TagResourceInput struct {
	ResourceArn *string `wire:"ResourceArn,loc=uri,req"`
	Tags        []Tag   `wire:"Tags,req"`
}

// TagResourceOutput is Scheduler's shape of that name.
type TagResourceOutput struct {
}

// Target is Scheduler's shape of that name.
type Target struct {
	Arn                         *string                      `wire:"Arn,req"`
	DeadLetterConfig            *DeadLetterConfig            `wire:"DeadLetterConfig"`
	EcsParameters               *EcsParameters               `wire:"EcsParameters"`
	EventBridgeParameters       *EventBridgeParameters       `wire:"EventBridgeParameters"`
	Input                       *string                      `wire:"Input"`
	KinesisParameters           *KinesisParameters           `wire:"KinesisParameters"`
	RetryPolicy                 *RetryPolicy                 `wire:"RetryPolicy"`
	RoleArn                     *string                      `wire:"RoleArn,req"`
	SageMakerPipelineParameters *SageMakerPipelineParameters `wire:"SageMakerPipelineParameters"`
	SqsParameters               *SqsParameters               `wire:"SqsParameters"`
}

// TargetSummary is Scheduler's shape of that name.
type TargetSummary struct {
	Arn *string `wire:"Arn,req"`
}

// UntagResourceInput is Scheduler's shape of that name.
type UntagResourceInput struct {
	ResourceArn *string  `wire:"ResourceArn,loc=uri,req"`
	TagKeys     []string `wire:"TagKeys,loc=querystring,req"`
}

// UntagResourceOutput is Scheduler's shape of that name.
type UntagResourceOutput struct {
}

// UpdateScheduleInput is Scheduler's shape of that name.
type UpdateScheduleInput struct {
	ActionAfterCompletion      *string             `wire:"ActionAfterCompletion"`
	ClientToken                *string             `wire:"ClientToken"`
	Description                *string             `wire:"Description"`
	EndDate                    *time.Time          `wire:"EndDate"`
	FlexibleTimeWindow         *FlexibleTimeWindow `wire:"FlexibleTimeWindow,req"`
	GroupName                  *string             `wire:"GroupName"`
	KmsKeyArn                  *string             `wire:"KmsKeyArn"`
	Name                       *string             `wire:"Name,loc=uri,req"`
	ScheduleExpression         *string             `wire:"ScheduleExpression,req"`
	ScheduleExpressionTimezone *string             `wire:"ScheduleExpressionTimezone"`
	StartDate                  *time.Time          `wire:"StartDate"`
	State                      *string             `wire:"State"`
	Target                     *Target             `wire:"Target,req"`
}

// UpdateScheduleOutput is Scheduler's shape of that name.
type UpdateScheduleOutput struct {
	ScheduleArn *string `wire:"ScheduleArn,req"`
}
