// Code generated from model.json by internal/lab/wire/gen. DO NOT EDIT.

package tagging

import (
	"reflect"

	"postern/internal/lab/wire"
)

// API is what the wire layer knows of Resource Groups Tagging API.
var API = &wire.Service{
	ID:          "Resource Groups Tagging API",
	SigningName: "tagging",
	Version:     "2017-01-26",
	Protocols:   []string{"json"},
	JSONVersion: "1.1",
	Target:      "ResourceGroupsTaggingAPI_20170126",
	Operations: []wire.Operation{
		{
			Name: "GetResources", Method: "POST", URI: "/",
			Input: reflect.TypeFor[GetResourcesInput](), Output: reflect.TypeFor[GetResourcesOutput](),
			Errors: []string{"InternalServiceException", "InvalidParameterException", "PaginationTokenExpiredException", "ThrottledException"},
		},
	},
	Errors: []wire.ErrorShape{
		{Code: "InternalServiceException"},
		{Code: "InvalidParameterException", Sender: true},
		{Code: "PaginationTokenExpiredException", Sender: true},
		{Code: "ThrottledException", Sender: true},
	},
}

// ComplianceDetails is Resource Groups Tagging API's shape of that name.
type ComplianceDetails struct {
	ComplianceStatus           *bool    `wire:"ComplianceStatus"`
	KeysWithNoncompliantValues []string `wire:"KeysWithNoncompliantValues"`
	NoncompliantKeys           []string `wire:"NoncompliantKeys"`
}

// GetResourcesInput is Resource Groups Tagging API's shape of that name.
type GetResourcesInput struct {
	ExcludeCompliantResources *bool       `wire:"ExcludeCompliantResources"`
	IncludeComplianceDetails  *bool       `wire:"IncludeComplianceDetails"`
	PaginationToken           *string     `wire:"PaginationToken"`
	ResourceARNList           []string    `wire:"ResourceARNList"`
	ResourceTypeFilters       []string    `wire:"ResourceTypeFilters"`
	ResourcesPerPage          *int32      `wire:"ResourcesPerPage"`
	TagFilters                []TagFilter `wire:"TagFilters"`
	TagsPerPage               *int32      `wire:"TagsPerPage"`
}

// GetResourcesOutput is Resource Groups Tagging API's shape of that name.
type GetResourcesOutput struct {
	PaginationToken        *string              `wire:"PaginationToken"`
	ResourceTagMappingList []ResourceTagMapping `wire:"ResourceTagMappingList"`
}

// ResourceTagMapping is Resource Groups Tagging API's shape of that name.
type ResourceTagMapping struct {
	ComplianceDetails *ComplianceDetails `wire:"ComplianceDetails"`
	ResourceARN       *string            `wire:"ResourceARN"`
	Tags              []Tag              `wire:"Tags"`
}

// Tag is Resource Groups Tagging API's shape of that name.
type Tag struct {
	Key   *string `wire:"Key,req"`
	Value *string `wire:"Value,req"`
}

// TagFilter is Resource Groups Tagging API's shape of that name.
type TagFilter struct {
	Key    *string  `wire:"Key"`
	Values []string `wire:"Values"`
}
