// Code generated from model.json by internal/lab/wire/gen. DO NOT EDIT.

package sts

import (
	"reflect"
	"time"

	"postern/internal/lab/wire"
)

// API is what the wire layer knows of STS.
var API = &wire.Service{
	ID:          "STS",
	SigningName: "sts",
	Version:     "2011-06-15",
	Protocols:   []string{"query"},
	Namespace:   "https://sts.amazonaws.com/doc/2011-06-15/",
	Operations: []wire.Operation{
		{
			Name: "AssumeRole", Method: "POST", URI: "/",
			Wrapper: "AssumeRoleResult",
			Input:   reflect.TypeFor[AssumeRoleRequest](), Output: reflect.TypeFor[AssumeRoleResponse](),
			Errors: []string{"ExpiredTokenException", "MalformedPolicyDocument", "PackedPolicyTooLarge", "RegionDisabledException"},
		},
		{
			Name: "GetCallerIdentity", Method: "POST", URI: "/",
			Wrapper: "GetCallerIdentityResult",
			Input:   reflect.TypeFor[GetCallerIdentityRequest](), Output: reflect.TypeFor[GetCallerIdentityResponse](),
		},
	},
	Errors: []wire.ErrorShape{
		{Code: "ExpiredTokenException", Status: 400, Sender: true},
		{Code: "MalformedPolicyDocument", Status: 400, Sender: true},
		{Code: "PackedPolicyTooLarge", Status: 400, Sender: true},
		{Code: "RegionDisabledException", Status: 403, Sender: true},
	},
}

// AssumeRoleRequest is STS's shape of that name.
type AssumeRoleRequest struct {
	DurationSeconds   *int32                 `wire:"DurationSeconds"`
	ExternalId        *string                `wire:"ExternalId"`
	Policy            *string                `wire:"Policy"`
	PolicyArns        []PolicyDescriptorType `wire:"PolicyArns"`
	ProvidedContexts  []ProvidedContext      `wire:"ProvidedContexts"`
	RoleArn           *string                `wire:"RoleArn,req"`
	RoleSessionName   *string                `wire:"RoleSessionName,req"`
	SerialNumber      *string                `wire:"SerialNumber"`
	SourceIdentity    *string                `wire:"SourceIdentity"`
	Tags              []Tag                  `wire:"Tags"`
	TokenCode         *string                `wire:"TokenCode"`
	TransitiveTagKeys []string               `wire:"TransitiveTagKeys"`
}

// AssumeRoleResponse is STS's shape of that name.
type AssumeRoleResponse struct {
	AssumedRoleUser  *AssumedRoleUser `wire:"AssumedRoleUser"`
	Credentials      *Credentials     `wire:"Credentials"`
	PackedPolicySize *int32           `wire:"PackedPolicySize"`
	SourceIdentity   *string          `wire:"SourceIdentity"`
}

// AssumedRoleUser is STS's shape of that name.
type AssumedRoleUser struct {
	Arn           *string `wire:"Arn,req"`
	AssumedRoleId *string `wire:"AssumedRoleId,req"`
}

// Credentials is STS's shape of that name.
type Credentials struct {
	AccessKeyId     *string    `wire:"AccessKeyId,req"`
	Expiration      *time.Time `wire:"Expiration,req"`
	SecretAccessKey *string    `wire:"SecretAccessKey,req"`
	SessionToken    *string    `wire:"SessionToken,req"`
}

// GetCallerIdentityRequest is STS's shape of that name.
type GetCallerIdentityRequest struct {
}

// GetCallerIdentityResponse is STS's shape of that name.
type GetCallerIdentityResponse struct {
	Account *string `wire:"Account"`
	Arn     *string `wire:"Arn"`
	UserId  *string `wire:"UserId"`
}

// PolicyDescriptorType is STS's shape of that name.
type PolicyDescriptorType struct {
	Arn *string `wire:"arn"`
}

// ProvidedContext is STS's shape of that name.
type ProvidedContext struct {
	ContextAssertion *string `wire:"ContextAssertion"`
	ProviderArn      *string `wire:"ProviderArn"`
}

// Tag is STS's shape of that name.
type Tag struct {
	Key   *string `wire:"Key,req"`
	Value *string `wire:"Value,req"`
}
