// Code generated from model.json by internal/lab/wire/gen. DO NOT EDIT.

package sns

import (
	"reflect"

	"postern/internal/lab/wire"
)

// API is what the wire layer knows of SNS.
var API = &wire.Service{
	ID:          "SNS",
	SigningName: "sns",
	Version:     "2010-03-31",
	Protocols:   []string{"query"},
	Namespace:   "http://sns.amazonaws.com/doc/2010-03-31/",
	Operations: []wire.Operation{
		{
			Name: "CreateTopic", Method: "POST", URI: "/",
			Wrapper: "CreateTopicResult",
			Input:   reflect.TypeFor[CreateTopicInput](), Output: reflect.TypeFor[CreateTopicResponse](),
			Errors: []string{"AuthorizationError", "ConcurrentAccess", "InternalError", "InvalidParameter", "InvalidSecurity", "StaleTag", "TagLimitExceeded", "TagPolicy", "TopicLimitExceeded"},
		},
		{
			Name: "DeleteTopic", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteTopicInput](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"AuthorizationError", "ConcurrentAccess", "InternalError", "InvalidParameter", "InvalidState", "NotFound", "StaleTag", "TagPolicy"},
		},
		{
			Name: "GetTopicAttributes", Method: "POST", URI: "/",
			Wrapper: "GetTopicAttributesResult",
			Input:   reflect.TypeFor[GetTopicAttributesInput](), Output: reflect.TypeFor[GetTopicAttributesResponse](),
			Errors: []string{"AuthorizationError", "InternalError", "InvalidParameter", "InvalidSecurity", "NotFound"},
		},
		{
			Name: "ListTagsForResource", Method: "POST", URI: "/",
			Wrapper: "ListTagsForResourceResult",
			Input:   reflect.TypeFor[ListTagsForResourceRequest](), Output: reflect.TypeFor[ListTagsForResourceResponse](),
			Errors: []string{"AuthorizationError", "ConcurrentAccess", "InvalidParameter", "ResourceNotFound", "TagPolicy"},
		},
		{
			Name: "SetTopicAttributes", Method: "POST", URI: "/",
			Input: reflect.TypeFor[SetTopicAttributesInput](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"AuthorizationError", "InternalError", "InvalidParameter", "InvalidSecurity", "NotFound"},
		},
		{
			Name: "TagResource", Method: "POST", URI: "/",
			Wrapper: "TagResourceResult",
			Input:   reflect.TypeFor[TagResourceRequest](), Output: reflect.TypeFor[TagResourceResponse](),
			Errors: []string{"AuthorizationError", "ConcurrentAccess", "InvalidParameter", "ResourceNotFound", "StaleTag", "TagLimitExceeded", "TagPolicy"},
		},
		{
			Name: "UntagResource", Method: "POST", URI: "/",
			Wrapper: "UntagResourceResult",
			Input:   reflect.TypeFor[UntagResourceRequest](), Output: reflect.TypeFor[UntagResourceResponse](),
			Errors: []string{"AuthorizationError", "ConcurrentAccess", "InvalidParameter", "ResourceNotFound", "StaleTag", "TagLimitExceeded", "TagPolicy"},
		},
	},
	Errors: []wire.ErrorShape{
		{Code: "AuthorizationError", Status: 403, Sender: true},
		{Code: "ConcurrentAccess", Status: 400, Sender: true},
		{Code: "InternalError", Status: 500},
		{Code: "InvalidParameter", Status: 400, Sender: true},
		{Code: "InvalidSecurity", Status: 403, Sender: true},
		{Code: "InvalidState", Status: 400, Sender: true},
		{Code: "NotFound", Status: 404, Sender: true},
		{Code: "ResourceNotFound", Status: 404, Sender: true},
		{Code: "StaleTag", Status: 400, Sender: true},
		{Code: "TagLimitExceeded", Status: 400, Sender: true},
		{Code: "TagPolicy", Status: 400, Sender: true},
		{Code: "TopicLimitExceeded", Status: 403, Sender: true},
	},
}

// CreateTopicInput is SNS's shape of that name.
type CreateTopicInput struct {
	Attributes           map[string]string `wire:"Attributes"`
	DataProtectionPolicy *string           `wire:"DataProtectionPolicy"`
	Name                 *string           `wire:"Name,req"`
	Tags                 []Tag             `wire:"Tags"`
}

// CreateTopicResponse is SNS's shape of that name.
type CreateTopicResponse struct {
	TopicArn *string `wire:"TopicArn"`
}

// DeleteTopicInput is SNS's shape of that name.
type DeleteTopicInput struct {
	TopicArn *string `wire:"TopicArn,req"`
}

// GetTopicAttributesInput is SNS's shape of that name.
type GetTopicAttributesInput struct {
	TopicArn *string `wire:"TopicArn,req"`
}

// GetTopicAttributesResponse is SNS's shape of that name.
type GetTopicAttributesResponse struct {
	Attributes map[string]string `wire:"Attributes"`
}

// ListTagsForResourceRequest is SNS's shape of that name.
type ListTagsForResourceRequest struct {
	ResourceArn *string `wire:"ResourceArn,req"`
}

// ListTagsForResourceResponse is SNS's shape of that name.
type ListTagsForResourceResponse struct {
	Tags []Tag `wire:"Tags"`
}

// SetTopicAttributesInput is SNS's shape of that name.
type SetTopicAttributesInput struct {
	AttributeName  *string `wire:"AttributeName,req"`
	AttributeValue *string `wire:"AttributeValue"`
	TopicArn       *string `wire:"TopicArn,req"`
}

// Tag is SNS's shape of that name.
type Tag struct {
	Key   *string `wire:"Key,req"`
	Value *string `wire:"Value,req"`
}

// TagResourceRequest is SNS's shape of that name.
type TagResourceRequest struct {
	ResourceArn *string `wire:"ResourceArn,req"`
	Tags        []Tag   `wire:"Tags,req"`
}

// TagResourceResponse is SNS's shape of that name.
type TagResourceResponse struct {
}

// UntagResourceRequest is SNS's shape of that name.
type UntagResourceRequest struct {
	ResourceArn *string  `wire:"ResourceArn,req"`
	TagKeys     []string `wire:"TagKeys,req"`
}

// UntagResourceResponse is SNS's shape of that name.
type UntagResourceResponse struct {
}
