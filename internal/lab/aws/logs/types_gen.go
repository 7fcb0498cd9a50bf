// Code generated from model.json by internal/lab/wire/gen. DO NOT EDIT.

package logs

import (
	"reflect"

	"postern/internal/lab/wire"
)

// API is what the wire layer knows of CloudWatch Logs.
var API = &wire.Service{
	ID:          "CloudWatch Logs",
	SigningName: "logs",
	Version:     "2014-03-28",
	Protocols:   []string{"json"},
	JSONVersion: "1.1",
	Target:      "Logs_20140328",
	Operations: []wire.Operation{
		{
			Name: "CreateLogGroup", Method: "POST", URI: "/",
			Input: reflect.TypeFor[CreateLogGroupRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"InvalidParameterException", "LimitExceededException", "OperationAbortedException", "ResourceAlreadyExistsException", "ServiceUnavailableException"},
		},
		{
			Name: "DeleteLogGroup", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteLogGroupRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException", "ValidationException"},
		},
		{
			Name: "DeleteRetentionPolicy", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteRetentionPolicyRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"},
		},
		{
			Name: "DescribeLogGroups", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeLogGroupsRequest](), Output: reflect.TypeFor[DescribeLogGroupsResponse](),
			Errors: []string{"InvalidParameterException", "ServiceUnavailableException"},
		},
		{
			Name: "DescribeLogStreams", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeLogStreamsRequest](), Output: reflect.TypeFor[DescribeLogStreamsResponse](),
			Errors: []string{"InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"},
		},
		{
			Name: "FilterLogEvents", Method: "POST", URI: "/",
			Input: reflect.TypeFor[FilterLogEventsRequest](), Output: reflect.TypeFor[FilterLogEventsResponse](),
			Errors: []string{"InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"},
		},
		{
			Name: "GetLogEvents", Method: "POST", URI: "/",
			Input: reflect.TypeFor[GetLogEventsRequest](), Output: reflect.TypeFor[GetLogEventsResponse](),
			Errors: []string{"InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"},
		},
		{
			Name: "ListTagsForResource", Method: "POST", URI: "/",
			Input: reflect.TypeFor[ListTagsForResourceRequest](), Output: reflect.TypeFor[ListTagsForResourceResponse](),
			Errors: []string{"InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"},
		},
		{
			Name: "PutRetentionPolicy", Method: "POST", URI: "/",
			Input: reflect.TypeFor[PutRetentionPolicyRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"InvalidParameterException", "OperationAbortedException", "ResourceNotFoundException", "ServiceUnavailableException"},
		},
		{
			Name: "TagResource", Method: "POST", URI: "/",
			Input: reflect.TypeFor[TagResourceRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException", "TooManyTagsException"},
		},
		{
			Name: "UntagResource", Method: "POST", URI: "/",
			Input: reflect.TypeFor[UntagResourceRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"InvalidParameterException", "ResourceNotFoundException", "ServiceUnavailableException"},
		},
	},
	Errors: []wire.ErrorShape{
		{Code: "InvalidParameterException", Sender: true},
		{Code: "LimitExceededException", Sender: true},
		{Code: "OperationAbortedException", Sender: true},
		{Code: "ResourceAlreadyExistsException", Sender: true},
		{Code: "ResourceNotFoundException", Sender: true},
		{Code: "ServiceUnavailableException"},
		{Code: "TooManyTagsException", Sender: true},
		{Code: "ValidationException", Sender: true},
	},
}

// CreateLogGroupRequest is CloudWatch Logs's shape of that name.
type CreateLogGroupRequest struct {
	DeletionProtectionEnabled *bool             `wire:"deletionProtectionEnabled"`
	KmsKeyId                  *string           `wire:"kmsKeyId"`
	LogGroupClass             *string           `wire:"logGroupClass"`
	LogGroupName              *string           `wire:"logGroupName,req"`
	Tags                      map[string]string `wire:"tags"`
}

// DeleteLogGroupRequest is CloudWatch Logs's shape of that name.
type DeleteLogGroupRequest struct {
	LogGroupName *string `wire:"logGroupName,req"`
}

// DeleteRetentionPolicyRequest is CloudWatch Logs's shape of that name.
type DeleteRetentionPolicyRequest struct {
	LogGroupName *string `wire:"logGroupName,req"`
}

// DescribeLogGroupsRequest is CloudWatch Logs's shape of that name.
type DescribeLogGroupsRequest struct {
	AccountIdentifiers    []string `wire:"accountIdentifiers"`
	IncludeLinkedAccounts *bool    `wire:"includeLinkedAccounts"`
	Limit                 *int32   `wire:"limit"`
	LogGroupClass         *string  `wire:"logGroupClass"`
	LogGroupIdentifiers   []string `wire:"logGroupIdentifiers"`
	LogGroupNamePattern   *string  `wire:"logGroupNamePattern"`
	LogGroupNamePrefix    *string  `wire:"logGroupNamePrefix"`
	NextToken             *string  `wire:"nextToken"`
}

// DescribeLogGroupsResponse is CloudWatch Logs's shape of that name.
type DescribeLogGroupsResponse struct {
	LogGroups []LogGroup `wire:"logGroups"`
	NextToken *string    `wire:"nextToken"`
}

// DescribeLogStreamsRequest is CloudWatch Logs's shape of that name.
type DescribeLogStreamsRequest struct {
	Descending          *bool   `wire:"descending"`
	Limit               *int32  `wire:"limit"`
	LogGroupIdentifier  *string `wire:"logGroupIdentifier"`
	LogGroupName        *string `wire:"logGroupName"`
	LogStreamNamePrefix *string `wire:"logStreamNamePrefix"`
	NextToken           *string `wire:"nextToken"`
	OrderBy             *string `wire:"orderBy"`
}

// DescribeLogStreamsResponse is CloudWatch Logs's shape of that name.
type DescribeLogStreamsResponse struct {
	LogStreams []LogStream `wire:"logStreams"`
	NextToken  *string     `wire:"nextToken"`
}

// FilterLogEventsRequest is CloudWatch Logs's shape of that name.
type FilterLogEventsRequest struct {
	EndTime             *int64   `wire:"endTime"`
	FilterPattern       *string  `wire:"filterPattern"`
	Interleaved         *bool    `wire:"interleaved"`
	Limit               *int32   `wire:"limit"`
	LogGroupIdentifier  *string  `wire:"logGroupIdentifier"`
	LogGroupName        *string  `wire:"logGroupName"`
	LogStreamNamePrefix *string  `wire:"logStreamNamePrefix"`
	LogStreamNames      []string `wire:"logStreamNames"`
	NextToken           *string  `wire:"nextToken"`
	StartTime           *int64   `wire:"startTime"`
	Unmask              *bool    `wire:"unmask"`
}

// FilterLogEventsResponse is CloudWatch Logs's shape of that name.
type FilterLogEventsResponse struct {
	Events             []FilteredLogEvent  `wire:"events"`
	NextToken          *string             `wire:"nextToken"`
	SearchedLogStreams []SearchedLogStream `wire:"searchedLogStreams"`
}

// FilteredLogEvent is CloudWatch Logs's shape of that name.
type FilteredLogEvent struct {
	EventId       *string `wire:"eventId"`
	IngestionTime *int64  `wire:"ingestionTime"`
	LogStreamName *string `wire:"logStreamName"`
	Message       *string `wire:"message"`
	Timestamp     *int64  `wire:"timestamp"`
}

// GetLogEventsRequest is CloudWatch Logs's shape of that name.
type GetLogEventsRequest struct {
	EndTime            *int64  `wire:"endTime"`
	Limit              *int32  `wire:"limit"`
	LogGroupIdentifier *string `wire:"logGroupIdentifier"`
	LogGroupName       *string `wire:"logGroupName"`
	LogStreamName      *string `wire:"logStreamName,req"`
	NextToken          *string `wire:"nextToken"`
	StartFromHead      *bool   `wire:"startFromHead"`
	StartTime          *int64  `wire:"startTime"`
	Unmask             *bool   `wire:"unmask"`
}

// GetLogEventsResponse is CloudWatch Logs's shape of that name.
type GetLogEventsResponse struct {
	Events            []OutputLogEvent `wire:"events"`
	NextBackwardToken *string          `wire:"nextBackwardToken"`
	NextForwardToken  *string          `wire:"nextForwardToken"`
}

// ListTagsForResourceRequest is CloudWatch Logs's shape of that name.
type ListTagsForResourceRequest struct {
	ResourceArn *string `wire:"resourceArn,req"`
}

// ListTagsForResourceResponse is CloudWatch Logs's shape of that name.
type ListTagsForResourceResponse struct {
	Tags map[string]string `wire:"tags"`
}

// LogGroup is CloudWatch Logs's shape of that name.
type LogGroup struct {
	Arn                              *string  `wire:"arn"`
	BearerTokenAuthenticationEnabled *bool    `wire:"bearerTokenAuthenticationEnabled"`
	CreationTime                     *int64   `wire:"creationTime"`
	DataProtectionStatus             *string  `wire:"dataProtectionStatus"`
	DeletionProtectionEnabled        *bool    `wire:"deletionProtectionEnabled"`
	InheritedProperties              []string `wire:"inheritedProperties"`
	KmsKeyId                         *string  `wire:"kmsKeyId"`
	LogGroupArn                      *string  `wire:"logGroupArn"`
	LogGroupClass                    *string  `wire:"logGroupClass"`
	LogGroupName                     *string  `wire:"logGroupName"`
	MetricFilterCount                *int32   `wire:"metricFilterCount"`
	RetentionInDays                  *int32   `wire:"retentionInDays"`
	StoredBytes                      *int64   `wire:"storedBytes"`
}

// LogStream is CloudWatch Logs's shape of that name.
type LogStream struct {
	Arn                 *string `wire:"arn"`
	CreationTime        *int64  `wire:"creationTime"`
	FirstEventTimestamp *int64  `wire:"firstEventTimestamp"`
	LastEventTimestamp  *int64  `wire:"lastEventTimestamp"`
	LastIngestionTime   *int64  `wire:"lastIngestionTime"`
	LogStreamName       *string `wire:"logStreamName"`
	StoredBytes         *int64  `wire:"storedBytes"`
	UploadSequenceToken *string `wire:"uploadSequenceToken"`
}

// OutputLogEvent is CloudWatch Logs's shape of that name.
type OutputLogEvent struct {
	IngestionTime *int64  `wire:"ingestionTime"`
	Message       *string `wire:"message"`
	Timestamp     *int64  `wire:"timestamp"`
}

// PutRetentionPolicyRequest is CloudWatch Logs's shape of that name.
type PutRetentionPolicyRequest struct {
	LogGroupName    *string `wire:"logGroupName,req"`
	RetentionInDays *int32  `wire:"retentionInDays,req"`
}

// SearchedLogStream is CloudWatch Logs's shape of that name.
type SearchedLogStream struct {
	LogStreamName      *string `wire:"logStreamName"`
	SearchedCompletely *bool   `wire:"searchedCompletely"`
}

// TagResourceRequest is CloudWatch Logs's shape of that name.
type TagResourceRequest struct {
	ResourceArn *string           `wire:"resourceArn,req"`
	Tags        map[string]string `wire:"tags,req"`
}

// UntagResourceRequest is CloudWatch Logs's shape of that name.
type UntagResourceRequest struct {
	ResourceArn *string  `wire:"resourceArn,req"`
	TagKeys     []string `wire:"tagKeys,req"`
}
