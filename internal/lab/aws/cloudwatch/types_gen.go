// Code generated from model.json by internal/lab/wire/gen. DO NOT EDIT.

package cloudwatch

import (
	"reflect"
	"time"

	"postern/internal/lab/wire"
)

// API is what the wire layer knows of CloudWatch.
var API = &wire.Service{
	ID:          "CloudWatch",
	SigningName: "monitoring",
	Version:     "2010-08-01",
	Protocols:   []string{"json", "query"},
	JSONVersion: "1.0",
	Target:      "GraniteServiceVersion20100801",
	Namespace:   "http://monitoring.amazonaws.com/doc/2010-08-01/",
	Operations: []wire.Operation{
		{
			Name: "DeleteAlarms", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteAlarmsInput](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"ResourceNotFound"},
		},
		{
			Name: "DescribeAlarms", Method: "POST", URI: "/",
			Wrapper: "DescribeAlarmsResult",
			Input:   reflect.TypeFor[DescribeAlarmsInput](), Output: reflect.TypeFor[DescribeAlarmsOutput](),
			Errors: []string{"InvalidNextToken"},
		},
		{
			Name: "ListTagsForResource", Method: "POST", URI: "/",
			Wrapper: "ListTagsForResourceResult",
			Input:   reflect.TypeFor[ListTagsForResourceInput](), Output: reflect.TypeFor[ListTagsForResourceOutput](),
			Errors: []string{"InternalServiceError", "InvalidParameterValue", "ResourceNotFoundException"},
		},
		{
			Name: "PutMetricAlarm", Method: "POST", URI: "/",
			Input: reflect.TypeFor[PutMetricAlarmInput](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"LimitExceeded"},
		},
		{
			Name: "TagResource", Method: "POST", URI: "/",
			Wrapper: "TagResourceResult",
			Input:   reflect.TypeFor[TagResourceInput](), Output: reflect.TypeFor[TagResourceOutput](),
			Errors: []string{"ConcurrentModificationException", "ConflictException", "InternalServiceError", "InvalidParameterValue", "ResourceNotFoundException"},
		},
		{
			Name: "UntagResource", Method: "POST", URI: "/",
			Wrapper: "UntagResourceResult",
			Input:   reflect.TypeFor[UntagResourceInput](), Output: reflect.TypeFor[UntagResourceOutput](),
			Errors: []string{"ConcurrentModificationException", "ConflictException", "InternalServiceError", "InvalidParameterValue", "ResourceNotFoundException"},
		},
	},
	Errors: []wire.ErrorShape{
		{Code: "ConcurrentModificationException", Status: 429, Sender: true},
		{Code: "ConflictException", Status: 409, Sender: true},
		{Code: "InternalServiceError", Status: 500},
		{Code: "InvalidNextToken", Status: 400, Sender: true},
		{Code: "InvalidParameterValue", Status: 400, Sender: true},
		{Code: "LimitExceeded", Status: 400, Sender: true},
		{Code: "ResourceNotFound", Status: 404, Sender: true},
		{Code: "ResourceNotFoundException", Status: 404, Sender: true},
	},
}

// AlarmPromQLCriteria is CloudWatch's shape of that name.
type AlarmPromQLCriteria struct {
	PendingPeriod  *int32  `wire:"PendingPeriod"`
	Query          *string `wire:"Query,req"`
	RecoveryPeriod *int32  `wire:"RecoveryPeriod"`
}

// CompositeAlarm is CloudWatch's shape of that name.
type CompositeAlarm struct {
	ActionsEnabled                     *bool      `wire:"ActionsEnabled"`
	ActionsSuppressedBy                *string    `wire:"ActionsSuppressedBy"`
	ActionsSuppressedReason            *string    `wire:"ActionsSuppressedReason"`
	ActionsSuppressor                  *string    `wire:"ActionsSuppressor"`
	ActionsSuppressorExtensionPeriod   *int32     `wire:"ActionsSuppressorExtensionPeriod"`
	ActionsSuppressorWaitPeriod        *int32     `wire:"ActionsSuppressorWaitPeriod"`
	AlarmActions                       []string   `wire:"AlarmActions"`
	AlarmArn                           *string    `wire:"AlarmArn"`
	AlarmConfigurationUpdatedTimestamp *time.Time `wire:"AlarmConfigurationUpdatedTimestamp"`
	AlarmDescription                   *string    `wire:"AlarmDescription"`
	AlarmName                          *string    `wire:"AlarmName"`
	AlarmRule                          *string    `wire:"AlarmRule"`
	InsufficientDataActions            []string   `wire:"InsufficientDataActions"`
	OKActions                          []string   `wire:"OKActions"`
	StateReason                        *string    `wire:"StateReason"`
	StateReasonData                    *string    `wire:"StateReasonData"`
	StateTransitionedTimestamp         *time.Time `wire:"StateTransitionedTimestamp"`
	StateUpdatedTimestamp              *time.Time `wire:"StateUpdatedTimestamp"`
	StateValue                         *string    `wire:"StateValue"`
}

// DeleteAlarmsInput is CloudWatch's shape of that name.
type DeleteAlarmsInput struct {
	AlarmNames []string `wire:"AlarmNames,req"`
}

// DescribeAlarmsInput is CloudWatch's shape of that name.
type DescribeAlarmsInput struct {
	ActionPrefix        *string  `wire:"ActionPrefix"`
	AlarmNamePrefix     *string  `wire:"AlarmNamePrefix"`
	AlarmNames          []string `wire:"AlarmNames"`
	AlarmTypes          []string `wire:"AlarmTypes"`
	ChildrenOfAlarmName *string  `wire:"ChildrenOfAlarmName"`
	MaxRecords          *int32   `wire:"MaxRecords"`
	NextToken           *string  `wire:"NextToken"`
	ParentsOfAlarmName  *string  `wire:"ParentsOfAlarmName"`
	StateValue          *string  `wire:"StateValue"`
}

// DescribeAlarmsOutput is CloudWatch's shape of that name.
type DescribeAlarmsOutput struct {
	CompositeAlarms []CompositeAlarm `wire:"CompositeAlarms"`
	MetricAlarms    []MetricAlarm    `wire:"MetricAlarms"`
	NextToken       *string          `wire:"NextToken"`
}

// Dimension is CloudWatch's shape of that name.
type Dimension struct {
	Name  *string `wire:"Name,req"`
	Value *string `wire:"Value,req"`
}

// EvaluationCriteria is CloudWatch's shape of that name.
type EvaluationCriteria struct {
	PromQLCriteria *AlarmPromQLCriteria `wire:"PromQLCriteria"`
}

// ListTagsForResourceInput is CloudWatch's shape of that name.
type ListTagsForResourceInput struct {
	ResourceARN *string `wire:"ResourceARN,req"`
}

// ListTagsForResourceOutput is CloudWatch's shape of that name.
type ListTagsForResourceOutput struct {
	Tags []Tag `wire:"Tags"`
}

// Metric is CloudWatch's shape of that name.
type Metric struct {
	Dimensions []Dimension `wire:"Dimensions"`
	MetricName *string     `wire:"MetricName"`
	Namespace  *string     `wire:"Namespace"`
}

// MetricAlarm is CloudWatch's shape of that name.
type MetricAlarm struct {
	ActionsEnabled                     *bool               `wire:"ActionsEnabled"`
	AlarmActions                       []string            `wire:"AlarmActions"`
	AlarmArn                           *string             `wire:"AlarmArn"`
	AlarmConfigurationUpdatedTimestamp *time.Time          `wire:"AlarmConfigurationUpdatedTimestamp"`
	AlarmDescription                   *string             `wire:"AlarmDescription"`
	AlarmName                          *string             `wire:"AlarmName"`
	ComparisonOperator                 *string             `wire:"ComparisonOperator"`
	DatapointsToAlarm                  *int32              `wire:"DatapointsToAlarm"`
	Dimensions                         []Dimension         `wire:"Dimensions"`
	EvaluateLowSampleCountPercentile   *string             `wire:"EvaluateLowSampleCountPercentile"`
	EvaluationCriteria                 *EvaluationCriteria `wire:"EvaluationCriteria"`
	EvaluationInterval                 *int32              `wire:"EvaluationInterval"`
	EvaluationPeriods                  *int32              `wire:"EvaluationPeriods"`
	EvaluationState                    *string             `wire:"EvaluationState"`
	ExtendedStatistic                  *string             `wire:"ExtendedStatistic"`
	InsufficientDataActions            []string            `wire:"InsufficientDataActions"`
	MetricName                         *string             `wire:"MetricName"`
	Metrics                            []MetricDataQuery   `wire:"Metrics"`
	Namespace                          *string             `wire:"Namespace"`
	OKActions                          []string            `wire:"OKActions"`
	Period                             *int32              `wire:"Period"`
	StateReason                        *string             `wire:"StateReason"`
	StateReasonData                    *string             `wire:"StateReasonData"`
	StateTransitionedTimestamp         *time.Time          `wire:"StateTransitionedTimestamp"`
	StateUpdatedTimestamp              *time.Time          `wire:"StateUpdatedTimestamp"`
	StateValue                         *string             `wire:"StateValue"`
	Statistic                          *string             `wire:"Statistic"`
	Threshold                          *float64            `wire:"Threshold"`
	ThresholdMetricId                  *string             `wire:"ThresholdMetricId"`
	TreatMissingData                   *string             `wire:"TreatMissingData"`
	Unit                               *string             `wire:"Unit"`
}

// MetricDataQuery is CloudWatch's shape of that name.
type MetricDataQuery struct {
	AccountId  *string     `wire:"AccountId"`
	Expression *string     `wire:"Expression"`
	Id         *string     `wire:"Id,req"`
	Label      *string     `wire:"Label"`
	MetricStat *MetricStat `wire:"MetricStat"`
	Period     *int32      `wire:"Period"`
	ReturnData *bool       `wire:"ReturnData"`
}

// MetricStat is CloudWatch's shape of that name.
type MetricStat struct {
	Metric *Metric `wire:"Metric,req"`
	Period *int32  `wire:"Period,req"`
	Stat   *string `wire:"Stat,req"`
	Unit   *string `wire:"Unit"`
}

// PutMetricAlarmInput is CloudWatch's shape of that name.
type PutMetricAlarmInput struct {
	ActionsEnabled                   *bool               `wire:"ActionsEnabled"`
	AlarmActions                     []string            `wire:"AlarmActions"`
	AlarmDescription                 *string             `wire:"AlarmDescription"`
	AlarmName                        *string             `wire:"AlarmName,req"`
	ComparisonOperator               *string             `wire:"ComparisonOperator"`
	DatapointsToAlarm                *int32              `wire:"DatapointsToAlarm"`
	Dimensions                       []Dimension         `wire:"Dimensions"`
	EvaluateLowSampleCountPercentile *string             `wire:"EvaluateLowSampleCountPercentile"`
	EvaluationCriteria               *EvaluationCriteria `wire:"EvaluationCriteria"`
	EvaluationInterval               *int32              `wire:"EvaluationInterval"`
	EvaluationPeriods                *int32              `wire:"EvaluationPeriods"`
	ExtendedStatistic                *string             `wire:"ExtendedStatistic"`
	InsufficientDataActions          []string            `wire:"InsufficientDataActions"`
	MetricName                       *string             `wire:"MetricName"`
	Metrics                          []MetricDataQuery   `wire:"Metrics"`
	Namespace                        *string             `wire:"Namespace"`
	OKActions                        []string            `wire:"OKActions"`
	Period                           *int32              `wire:"Period"`
	Statistic                        *string             `wire:"Statistic"`
	Tags                             []Tag               `wire:"Tags"`
	Threshold                        *float64            `wire:"Threshold"`
	ThresholdMetricId                *string             `wire:"ThresholdMetricId"`
	TreatMissingData                 *string             `wire:"TreatMissingData"`
	Unit                             *string             `wire:"Unit"`
}

// Tag is CloudWatch's shape of that name.
type Tag struct {
	Key   *string `wire:"Key,req"`
	Value *string `wire:"Value,req"`
}

// TagResourceInput is CloudWatch's shape of that name.
type TagResourceInput struct {
	ResourceARN *string `wire:"ResourceARN,req"`
	Tags        []Tag   `wire:"Tags,req"`
}

// TagResourceOutput is CloudWatch's shape of that name.
type TagResourceOutput struct {
}

// UntagResourceInput is CloudWatch's shape of that name.
type UntagResourceInput struct {
	ResourceARN *string  `wire:"ResourceARN,req"`
	TagKeys     []string `wire:"TagKeys,req"`
}

// UntagResourceOutput is CloudWatch's shape of that name.
type UntagResourceOutput struct {
}
