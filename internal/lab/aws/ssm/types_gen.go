// Code generated from model.json by internal/lab/wire/gen. DO NOT EDIT.

package ssm

import (
	"reflect"
	"time"

	"postern/internal/lab/wire"
)

// API is what the wire layer knows of SSM.
var API = &wire.Service{
	ID:          "SSM",
	SigningName: "ssm",
	Version:     "2014-11-06",
	Protocols:   []string{"json"},
	JSONVersion: "1.1",
	Target:      "AmazonSSM",
	Operations: []wire.Operation{
		{
			Name: "AddTagsToResource", Method: "POST", URI: "/",
			Input: reflect.TypeFor[AddTagsToResourceRequest](), Output: reflect.TypeFor[AddTagsToResourceResult](),
			Errors: []string{"InternalServerError", "InvalidResourceId", "InvalidResourceType", "TooManyTagsError", "TooManyUpdates"},
		},
		{
			Name: "DeleteParameter", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteParameterRequest](), Output: reflect.TypeFor[DeleteParameterResult](),
			Errors: []string{"InternalServerError", "ParameterNotFound"},
		},
		{
			Name: "DescribeParameters", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DescribeParametersRequest](), Output: reflect.TypeFor[DescribeParametersResult](),
			Errors: []string{"InternalServerError", "InvalidFilterKey", "InvalidFilterOption", "InvalidFilterValue", "InvalidNextToken"},
		},
		{
			Name: "GetParameter", Method: "POST", URI: "/",
			Input: reflect.TypeFor[GetParameterRequest](), Output: reflect.TypeFor[GetParameterResult](),
			Errors: []string{"InternalServerError", "InvalidKeyId", "ParameterNotFound", "ParameterVersionNotFound"},
		},
		{
			Name: "GetParameters", Method: "POST", URI: "/",
			Input: reflect.TypeFor[GetParametersRequest](), Output: reflect.TypeFor[GetParametersResult](),
			Errors: []string{"InternalServerError", "InvalidKeyId"},
		},
		{
			Name: "GetParametersByPath", Method: "POST", URI: "/",
			Input: reflect.TypeFor[GetParametersByPathRequest](), Output: reflect.TypeFor[GetParametersByPathResult](),
			Errors: []string{"InternalServerError", "InvalidFilterKey", "InvalidFilterOption", "InvalidFilterValue", "InvalidKeyId", "InvalidNextToken"},
		},
		{
			Name: "ListTagsForResource", Method: "POST", URI: "/",
			Input: reflect.TypeFor[ListTagsForResourceRequest](), Output: reflect.TypeFor[ListTagsForResourceResult](),
			Errors: []string{"InternalServerError", "InvalidResourceId", "InvalidResourceType"},
		},
		{
			Name: "PutParameter", Method: "POST", URI: "/",
			Input: reflect.TypeFor[PutParameterRequest](), Output: reflect.TypeFor[PutParameterResult](),
			Errors: []string{"HierarchyLevelLimitExceededException", "HierarchyTypeMismatchException", "IncompatiblePolicyException", "InternalServerError", "InvalidAllowedPatternException", "InvalidKeyId", "InvalidPolicyAttributeException", "InvalidPolicyTypeException", "ParameterAlreadyExists", "ParameterLimitExceeded", "ParameterMaxVersionLimitExceeded", "ParameterPatternMismatchException", "PoliciesLimitExceededException", "TooManyUpdates", "UnsupportedParameterType"},
		},
		{
			Name: "RemoveTagsFromResource", Method: "POST", URI: "/",
			Input: reflect.TypeFor[RemoveTagsFromResourceRequest](), Output: reflect.TypeFor[RemoveTagsFromResourceResult](),
			Errors: []string{"InternalServerError", "InvalidResourceId", "InvalidResourceType", "TooManyUpdates"},
		},
	},
	Errors: []wire.ErrorShape{
		{Code: "HierarchyLevelLimitExceededException", Sender: true},
		{Code: "HierarchyTypeMismatchException", Sender: true},
		{Code: "IncompatiblePolicyException", Sender: true},
		{Code: "InternalServerError"},
		{Code: "InvalidAllowedPatternException", Sender: true},
		{Code: "InvalidFilterKey", Sender: true},
		{Code: "InvalidFilterOption", Sender: true},
		{Code: "InvalidFilterValue", Sender: true},
		{Code: "InvalidKeyId", Sender: true},
		{Code: "InvalidNextToken", Sender: true},
		{Code: "InvalidPolicyAttributeException", Sender: true},
		{Code: "InvalidPolicyTypeException", Sender: true},
		{Code: "InvalidResourceId", Sender: true},
		{Code: "InvalidResourceType", Sender: true},
		{Code: "ParameterAlreadyExists", Sender: true},
		{Code: "ParameterLimitExceeded", Sender: true},
		{Code: "ParameterMaxVersionLimitExceeded", Sender: true},
		{Code: "ParameterNotFound", Sender: true},
		{Code: "ParameterPatternMismatchException", Sender: true},
		{Code: "ParameterVersionNotFound", Sender: true},
		{Code: "PoliciesLimitExceededException", Sender: true},
		{Code: "TooManyTagsError", Sender: true},
		{Code: "TooManyUpdates", Sender: true},
		{Code: "UnsupportedParameterType", Sender: true},
	},
}

// AddTagsToResourceRequest is SSM's shape of that name.
type AddTagsToResourceRequest struct {
	ResourceId   *string `wire:"ResourceId,req"`
	ResourceType *string `wire:"ResourceType,req"`
	Tags         []Tag   `wire:"Tags,req"`
}

// AddTagsToResourceResult is SSM's shape of that name.
type AddTagsToResourceResult struct {
}

// DeleteParameterRequest is SSM's shape of that name.
type DeleteParameterRequest struct {
	Name *string `wire:"Name,req"`
}

// DeleteParameterResult is SSM's shape of that name.
type DeleteParameterResult struct {
}

// DescribeParametersRequest is SSM's shape of that name.
type DescribeParametersRequest struct {
	Filters          []ParametersFilter      `wire:"Filters"`
	MaxResults       *int32                  `wire:"MaxResults"`
	NextToken        *string                 `wire:"NextToken"`
	ParameterFilters []ParameterStringFilter `wire:"ParameterFilters"`
	Shared           *bool                   `wire:"Shared"`
}

// DescribeParametersResult is SSM's shape of that name.
type DescribeParametersResult struct {
	NextToken  *string             `wire:"NextToken"`
	Parameters []ParameterMetadata `wire:"Parameters"`
}

// GetParameterRequest is SSM's shape of that name.
type GetParameterRequest struct {
	Name           *string `wire:"Name,req"`
	WithDecryption *bool   `wire:"WithDecryption"`
}

// GetParameterResult is SSM's shape of that name.
type GetParameterResult struct {
	Parameter *Parameter `wire:"Parameter"`
}

// GetParametersByPathRequest is SSM's shape of that name.
type GetParametersByPathRequest struct {
	MaxResults       *int32                  `wire:"MaxResults"`
	NextToken        *string                 `wire:"NextToken"`
	ParameterFilters []ParameterStringFilter `wire:"ParameterFilters"`
	Path             *string                 `wire:"Path,req"`
	Recursive        *bool                   `wire:"Recursive"`
	WithDecryption   *bool                   `wire:"WithDecryption"`
}

// GetParametersByPathResult is SSM's shape of that name.
type GetParametersByPathResult struct {
	NextToken  *string     `wire:"NextToken"`
	Parameters []Parameter `wire:"Parameters"`
}

// GetParametersRequest is SSM's shape of that name.
type GetParametersRequest struct {
	Names          []string `wire:"Names,req"`
	WithDecryption *bool    `wire:"WithDecryption"`
}

// GetParametersResult is SSM's shape of that name.
type GetParametersResult struct {
	InvalidParameters []string    `wire:"InvalidParameters"`
	Parameters        []Parameter `wire:"Parameters"`
}

// ListTagsForResourceRequest is SSM's shape of that name.
type ListTagsForResourceRequest struct {
	ResourceId   *string `wire:"ResourceId,req"`
	ResourceType *string `wire:"ResourceType,req"`
}

// ListTagsForResourceResult is SSM's shape of that name.
type ListTagsForResourceResult struct {
	TagList []Tag `wire:"TagList"`
}

// Parameter is SSM's shape of that name.
type Parameter struct {
	ARN              *string    `wire:"ARN"`
	DataType         *string    `wire:"DataType"`
	LastModifiedDate *time.Time `wire:"LastModifiedDate"`
	Name             *string    `wire:"Name"`
	Selector         *string    `wire:"Selector"`
	SourceResult     *string    `wire:"SourceResult"`
	Type             *string    `wire:"Type"`
	Value            *string    `wire:"Value"`
	Version          *int64     `wire:"Version"`
}

// ParameterInlinePolicy is SSM's shape of that name.
type ParameterInlinePolicy struct {
	PolicyStatus *string `wire:"PolicyStatus"`
	PolicyText   *string `wire:"PolicyText"`
	PolicyType   *string `wire:"PolicyType"`
}

// ParameterMetadata is SSM's shape of that name.
type ParameterMetadata struct {
	ARN              *string                 `wire:"ARN"`
	AllowedPattern   *string                 `wire:"AllowedPattern"`
	DataType         *string                 `wire:"DataType"`
	Description      *string                 `wire:"Description"`
	KeyId            *string                 `wire:"KeyId"`
	LastModifiedDate *time.Time              `wire:"LastModifiedDate"`
	LastModifiedUser *string                 `wire:"LastModifiedUser"`
	Name             *string                 `wire:"Name"`
	Policies         []ParameterInlinePolicy `wire:"Policies"`
	Tier             *string                 `wire:"Tier"`
	Type             *string                 `wire:"Type"`
	Version          *int64                  `wire:"Version"`
}

// ParameterStringFilter is SSM's shape of that name.
type ParameterStringFilter struct {
	Key    *string  `wire:"Key,req"`
	Option *string  `wire:"Option"`
	Values []string `wire:"Values"`
}

// ParametersFilter is SSM's shape of that name.
type ParametersFilter struct {
	Key    *string  `wire:"Key,req"`
	Values []string `wire:"Values,req"`
}

// PutParameterRequest is SSM's shape of that name.
type PutParameterRequest struct {
	AllowedPattern *string `wire:"AllowedPattern"`
	DataType       *string `wire:"DataType"`
	Description    *string `wire:"Description"`
	KeyId          *string `wire:"KeyId"`
	Name           *string `wire:"Name,req"`
	Overwrite      *bool   `wire:"Overwrite"`
	Policies       *string `wire:"Policies"`
	Tags           []Tag   `wire:"Tags"`
	Tier           *string `wire:"Tier"`
	Type           *string `wire:"Type"`
	Value          *string `wire:"Value,req"`
}

// PutParameterResult is SSM's shape of that name.
type PutParameterResult struct {
	Tier    *string `wire:"Tier"`
	Version *int64  `wire:"Version"`
}

// RemoveTagsFromResourceRequest is SSM's shape of that name.
type RemoveTagsFromResourceRequest struct {
	ResourceId   *string  `wire:"ResourceId,req"`
	ResourceType *string  `wire:"ResourceType,req"`
	TagKeys      []string `wire:"TagKeys,req"`
}

// RemoveTagsFromResourceResult is SSM's shape of that name.
type RemoveTagsFromResourceResult struct {
}

// Tag is SSM's shape of that name.
type Tag struct {
	Key   *string `wire:"Key,req"`
	Value *string `wire:"Value,req"`
}
