// Code generated from model.json by internal/lab/wire/gen. DO NOT EDIT.

package iam

import (
	"reflect"
	"time"

	"postern/internal/lab/wire"
)

// API is what the wire layer knows of IAM.
var API = &wire.Service{
	ID:          "IAM",
	SigningName: "iam",
	Version:     "2010-05-08",
	Protocols:   []string{"query"},
	Namespace:   "https://iam.amazonaws.com/doc/2010-05-08/",
	Operations: []wire.Operation{
		{
			Name: "AttachRolePolicy", Method: "POST", URI: "/",
			Input: reflect.TypeFor[AttachRolePolicyRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"InvalidInput", "LimitExceeded", "NoSuchEntity", "PolicyNotAttachable", "ServiceFailure", "UnmodifiableEntity"},
		},
		{
			Name: "CreatePolicy", Method: "POST", URI: "/",
			Wrapper: "CreatePolicyResult",
			Input:   reflect.TypeFor[CreatePolicyRequest](), Output: reflect.TypeFor[CreatePolicyResponse](),
			Errors: []string{"ConcurrentModification", "EntityAlreadyExists", "InvalidInput", "LimitExceeded", "MalformedPolicyDocument", "ServiceFailure"},
		},
		{
			Name: "CreatePolicyVersion", Method: "POST", URI: "/",
			Wrapper: "CreatePolicyVersionResult",
			Input:   reflect.TypeFor[CreatePolicyVersionRequest](), Output: reflect.TypeFor[CreatePolicyVersionResponse](),
			Errors: []string{"InvalidInput", "LimitExceeded", "MalformedPolicyDocument", "NoSuchEntity", "ServiceFailure"},
		},
		{
			Name: "CreateRole", Method: "POST", URI: "/",
			Wrapper: "CreateRoleResult",
			Input:   reflect.TypeFor[CreateRoleRequest](), Output: reflect.TypeFor[CreateRoleResponse](),
			Errors: []string{"ConcurrentModification", "EntityAlreadyExists", "InvalidInput", "LimitExceeded", "MalformedPolicyDocument", "ServiceFailure"},
		},
		{
			Name: "DeletePolicy", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeletePolicyRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"DeleteConflict", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"},
		},
		{
			Name: "DeletePolicyVersion", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeletePolicyVersionRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"DeleteConflict", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"},
		},
		{
			Name: "DeleteRole", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteRoleRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"ConcurrentModification", "DeleteConflict", "LimitExceeded", "NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"},
		},
		{
			Name: "DeleteRolePermissionsBoundary", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteRolePermissionsBoundaryRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"},
		},
		{
			Name: "DeleteRolePolicy", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DeleteRolePolicyRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"LimitExceeded", "NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"},
		},
		{
			Name: "DetachRolePolicy", Method: "POST", URI: "/",
			Input: reflect.TypeFor[DetachRolePolicyRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"},
		},
		{
			Name: "GetPolicy", Method: "POST", URI: "/",
			Wrapper: "GetPolicyResult",
			Input:   reflect.TypeFor[GetPolicyRequest](), Output: reflect.TypeFor[GetPolicyResponse](),
			Errors: []string{"InvalidInput", "NoSuchEntity", "ServiceFailure"},
		},
		{
			Name: "GetPolicyVersion", Method: "POST", URI: "/",
			Wrapper: "GetPolicyVersionResult",
			Input:   reflect.TypeFor[GetPolicyVersionRequest](), Output: reflect.TypeFor[GetPolicyVersionResponse](),
			Errors: []string{"InvalidInput", "NoSuchEntity", "ServiceFailure"},
		},
		{
			Name: "GetRole", Method: "POST", URI: "/",
			Wrapper: "GetRoleResult",
			Input:   reflect.TypeFor[GetRoleRequest](), Output: reflect.TypeFor[GetRoleResponse](),
			Errors: []string{"NoSuchEntity", "ServiceFailure"},
		},
		{
			Name: "GetRolePolicy", Method: "POST", URI: "/",
			Wrapper: "GetRolePolicyResult",
			Input:   reflect.TypeFor[GetRolePolicyRequest](), Output: reflect.TypeFor[GetRolePolicyResponse](),
			Errors: []string{"NoSuchEntity", "ServiceFailure"},
		},
		{
			Name: "ListAttachedRolePolicies", Method: "POST", URI: "/",
			Wrapper: "ListAttachedRolePoliciesResult",
			Input:   reflect.TypeFor[ListAttachedRolePoliciesRequest](), Output: reflect.TypeFor[ListAttachedRolePoliciesResponse](),
			Errors: []string{"InvalidInput", "NoSuchEntity", "ServiceFailure"},
		},
		{
			Name: "ListInstanceProfilesForRole", Method: "POST", URI: "/",
			Wrapper: "ListInstanceProfilesForRoleResult",
			Input:   reflect.TypeFor[ListInstanceProfilesForRoleRequest](), Output: reflect.TypeFor[ListInstanceProfilesForRoleResponse](),
			Errors: []string{"NoSuchEntity", "ServiceFailure"},
		},
		{
			Name: "ListPolicyVersions", Method: "POST", URI: "/",
			Wrapper: "ListPolicyVersionsResult",
			Input:   reflect.TypeFor[ListPolicyVersionsRequest](), Output: reflect.TypeFor[ListPolicyVersionsResponse](),
			Errors: []string{"InvalidInput", "NoSuchEntity", "ServiceFailure"},
		},
		{
			Name: "ListRolePolicies", Method: "POST", URI: "/",
			Wrapper: "ListRolePoliciesResult",
			Input:   reflect.TypeFor[ListRolePoliciesRequest](), Output: reflect.TypeFor[ListRolePoliciesResponse](),
			Errors: []string{"NoSuchEntity", "ServiceFailure"},
		},
		{
			Name: "PutRolePermissionsBoundary", Method: "POST", URI: "/",
			Input: reflect.TypeFor[PutRolePermissionsBoundaryRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"InvalidInput", "NoSuchEntity", "PolicyNotAttachable", "ServiceFailure", "UnmodifiableEntity"},
		},
		{
			Name: "PutRolePolicy", Method: "POST", URI: "/",
			Input: reflect.TypeFor[PutRolePolicyRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"LimitExceeded", "MalformedPolicyDocument", "NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"},
		},
		{
			Name: "SetDefaultPolicyVersion", Method: "POST", URI: "/",
			Input: reflect.TypeFor[SetDefaultPolicyVersionRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"},
		},
		{
			Name: "TagPolicy", Method: "POST", URI: "/",
			Input: reflect.TypeFor[TagPolicyRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"ConcurrentModification", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"},
		},
		{
			Name: "TagRole", Method: "POST", URI: "/",
			Input: reflect.TypeFor[TagRoleRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"ConcurrentModification", "InvalidInput", "LimitExceeded", "NoSuchEntity", "ServiceFailure"},
		},
		{
			Name: "UntagPolicy", Method: "POST", URI: "/",
			Input: reflect.TypeFor[UntagPolicyRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure"},
		},
		{
			Name: "UntagRole", Method: "POST", URI: "/",
			Input: reflect.TypeFor[UntagRoleRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"ConcurrentModification", "NoSuchEntity", "ServiceFailure"},
		},
		{
			Name: "UpdateAssumeRolePolicy", Method: "POST", URI: "/",
			Input: reflect.TypeFor[UpdateAssumeRolePolicyRequest](), Output: reflect.TypeFor[wire.Empty](),
			Errors: []string{"LimitExceeded", "MalformedPolicyDocument", "NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"},
		},
		{
			Name: "UpdateRole", Method: "POST", URI: "/",
			Wrapper: "UpdateRoleResult",
			Input:   reflect.TypeFor[UpdateRoleRequest](), Output: reflect.TypeFor[UpdateRoleResponse](),
			Errors: []string{"NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"},
		},
		{
			Name: "UpdateRoleDescription", Method: "POST", URI: "/",
			Wrapper: "UpdateRoleDescriptionResult",
			Input:   reflect.TypeFor[UpdateRoleDescriptionRequest](), Output: reflect.TypeFor[UpdateRoleDescriptionResponse](),
			Errors: []string{"NoSuchEntity", "ServiceFailure", "UnmodifiableEntity"},
		},
	},
	Errors: []wire.ErrorShape{
		{Code: "ConcurrentModification", Status: 409, Sender: true},
		{Code: "DeleteConflict", Status: 409, Sender: true},
		{Code: "EntityAlreadyExists", Status: 409, Sender: true},
		{Code: "InvalidInput", Status: 400, Sender: true},
		{Code: "LimitExceeded", Status: 409, Sender: true},
		{Code: "MalformedPolicyDocument", Status: 400, Sender: true},
		{Code: "NoSuchEntity", Status: 404, Sender: true},
		{Code: "PolicyNotAttachable", Status: 400, Sender: true},
		{Code: "ServiceFailure", Status: 500},
		{Code: "UnmodifiableEntity", Status: 400, Sender: true},
	},
}

// AttachRolePolicyRequest is IAM's shape of that name.
type AttachRolePolicyRequest struct {
	PolicyArn *string `wire:"PolicyArn,req"`
	RoleName  *string `wire:"RoleName,req"`
}

// AttachedPermissionsBoundary is IAM's shape of that name.
type AttachedPermissionsBoundary struct {
	PermissionsBoundaryArn  *string `wire:"PermissionsBoundaryArn"`
	PermissionsBoundaryType *string `wire:"PermissionsBoundaryType"`
}

// AttachedPolicy is IAM's shape of that name.
type AttachedPolicy struct {
	PolicyArn  *string `wire:"PolicyArn"`
	PolicyName *string `wire:"PolicyName"`
}

// CreatePolicyRequest is IAM's shape of that name.
type CreatePolicyRequest struct {
	Description    *string `wire:"Description"`
	Path           *string `wire:"Path"`
	PolicyDocument *string `wire:"PolicyDocument,req"`
	PolicyName     *string `wire:"PolicyName,req"`
	Tags           []Tag   `wire:"Tags"`
}

// CreatePolicyResponse is IAM's shape of that name.
type CreatePolicyResponse struct {
	Policy *Policy `wire:"Policy"`
}

// CreatePolicyVersionRequest is IAM's shape of that name.
type CreatePolicyVersionRequest struct {
	PolicyArn      *string `wire:"PolicyArn,req"`
	PolicyDocument *string `wire:"PolicyDocument,req"`
	SetAsDefault   *bool   `wire:"SetAsDefault"`
}

// CreatePolicyVersionResponse is IAM's shape of that name.
type CreatePolicyVersionResponse struct {
	PolicyVersion *PolicyVersion `wire:"PolicyVersion"`
}

// CreateRoleRequest is IAM's shape of that name.
type CreateRoleRequest struct {
	AssumeRolePolicyDocument *string `wire:"AssumeRolePolicyDocument,req"`
	Description              *string `wire:"Description"`
	MaxSessionDuration       *int32  `wire:"MaxSessionDuration"`
	Path                     *string `wire:"Path"`
	PermissionsBoundary      *string `wire:"PermissionsBoundary"`
	RoleName                 *string `wire:"RoleName,req"`
	Tags                     []Tag   `wire:"Tags"`
}

// CreateRoleResponse is IAM's shape of that name.
type CreateRoleResponse struct {
	Role *Role `wire:"Role,req"`
}

// DeletePolicyRequest is IAM's shape of that name.
type DeletePolicyRequest struct {
	PolicyArn *string `wire:"PolicyArn,req"`
}

// DeletePolicyVersionRequest is IAM's shape of that name.
type DeletePolicyVersionRequest struct {
	PolicyArn *string `wire:"PolicyArn,req"`
	VersionId *string `wire:"VersionId,req"`
}

// DeleteRolePermissionsBoundaryRequest is IAM's shape of that name.
type DeleteRolePermissionsBoundaryRequest struct {
	RoleName *string `wire:"RoleName,req"`
}

// DeleteRolePolicyRequest is IAM's shape of that name.
type DeleteRolePolicyRequest struct {
	PolicyName *string `wire:"PolicyName,req"`
	RoleName   *string `wire:"RoleName,req"`
}

// DeleteRoleRequest is IAM's shape of that name.
type DeleteRoleRequest struct {
	RoleName *string `wire:"RoleName,req"`
}

// DetachRolePolicyRequest is IAM's shape of that name.
type DetachRolePolicyRequest struct {
	PolicyArn *string `wire:"PolicyArn,req"`
	RoleName  *string `wire:"RoleName,req"`
}

// GetPolicyRequest is IAM's shape of that name.
type GetPolicyRequest struct {
	PolicyArn *string `wire:"PolicyArn,req"`
}

// GetPolicyResponse is IAM's shape of that name.
type GetPolicyResponse struct {
	Policy *Policy `wire:"Policy"`
}

// GetPolicyVersionRequest is IAM's shape of that name.
type GetPolicyVersionRequest struct {
	PolicyArn *string `wire:"PolicyArn,req"`
	VersionId *string `wire:"VersionId,req"`
}

// GetPolicyVersionResponse is IAM's shape of that name.
type GetPolicyVersionResponse struct {
	PolicyVersion *PolicyVersion `wire:"PolicyVersion"`
}

// GetRolePolicyRequest is IAM's shape of that name.
type GetRolePolicyRequest struct {
	PolicyName *string `wire:"PolicyName,req"`
	RoleName   *string `wire:"RoleName,req"`
}

// GetRolePolicyResponse is IAM's shape of that name.
type GetRolePolicyResponse struct {
	PolicyDocument *string `wire:"PolicyDocument,req"`
	PolicyName     *string `wire:"PolicyName,req"`
	RoleName       *string `wire:"RoleName,req"`
}

// GetRoleRequest is IAM's shape of that name.
type GetRoleRequest struct {
	RoleName *string `wire:"RoleName,req"`
}

// GetRoleResponse is IAM's shape of that name.
type GetRoleResponse struct {
	Role *Role `wire:"Role,req"`
}

// InstanceProfile is IAM's shape of that name.
type InstanceProfile struct {
	Arn                 *string    `wire:"Arn,req"`
	CreateDate          *time.Time `wire:"CreateDate,req"`
	InstanceProfileId   *string    `wire:"InstanceProfileId,req"`
	InstanceProfileName *string    `wire:"InstanceProfileName,req"`
	Path                *string    `wire:"Path,req"`
	Roles               []Role     `wire:"Roles,req"`
	Tags                []Tag      `wire:"Tags"`
}

// ListAttachedRolePoliciesRequest is IAM's shape of that name.
type ListAttachedRolePoliciesRequest struct {
	Marker     *string `wire:"Marker"`
	MaxItems   *int32  `wire:"MaxItems"`
	PathPrefix *string `wire:"PathPrefix"`
	RoleName   *string `wire:"RoleName,req"`
}

// ListAttachedRolePoliciesResponse is IAM's shape of that name.
type ListAttachedRolePoliciesResponse struct {
	AttachedPolicies []AttachedPolicy `wire:"AttachedPolicies"`
	IsTruncated      *bool            `wire:"IsTruncated"`
	Marker           *string          `wire:"Marker"`
}

// ListInstanceProfilesForRoleRequest is IAM's shape of that name.
type ListInstanceProfilesForRoleRequest struct {
	Marker   *string `wire:"Marker"`
	MaxItems *int32  `wire:"MaxItems"`
	RoleName *string `wire:"RoleName,req"`
}

// ListInstanceProfilesForRoleResponse is IAM's shape of that name.
type ListInstanceProfilesForRoleResponse struct {
	InstanceProfiles []InstanceProfile `wire:"InstanceProfiles,req"`
	IsTruncated      *bool             `wire:"IsTruncated"`
	Marker           *string           `wire:"Marker"`
}

// ListPolicyVersionsRequest is IAM's shape of that name.
type ListPolicyVersionsRequest struct {
	Marker    *string `wire:"Marker"`
	MaxItems  *int32  `wire:"MaxItems"`
	PolicyArn *string `wire:"PolicyArn,req"`
}

// ListPolicyVersionsResponse is IAM's shape of that name.
type ListPolicyVersionsResponse struct {
	IsTruncated *bool           `wire:"IsTruncated"`
	Marker      *string         `wire:"Marker"`
	Versions    []PolicyVersion `wire:"Versions"`
}

// ListRolePoliciesRequest is IAM's shape of that name.
type ListRolePoliciesRequest struct {
	Marker   *string `wire:"Marker"`
	MaxItems *int32  `wire:"MaxItems"`
	RoleName *string `wire:"RoleName,req"`
}

// ListRolePoliciesResponse is IAM's shape of that name.
type ListRolePoliciesResponse struct {
	IsTruncated *bool    `wire:"IsTruncated"`
	Marker      *string  `wire:"Marker"`
	PolicyNames []string `wire:"PolicyNames,req"`
}

// Policy is IAM's shape of that name.
type Policy struct {
	Arn                           *string    `wire:"Arn"`
	AttachmentCount               *int32     `wire:"AttachmentCount"`
	CreateDate                    *time.Time `wire:"CreateDate"`
	DefaultVersionId              *string    `wire:"DefaultVersionId"`
	Description                   *string    `wire:"Description"`
	IsAttachable                  *bool      `wire:"IsAttachable"`
	Path                          *string    `wire:"Path"`
	PermissionsBoundaryUsageCount *int32     `wire:"PermissionsBoundaryUsageCount"`
	PolicyId                      *string    `wire:"PolicyId"`
	PolicyName                    *string    `wire:"PolicyName"`
	Tags                          []Tag      `wire:"Tags"`
	UpdateDate                    *time.Time `wire:"UpdateDate"`
}

// PolicyVersion is IAM's shape of that name.
type PolicyVersion struct {
	CreateDate       *time.Time `wire:"CreateDate"`
	Document         *string    `wire:"Document"`
	IsDefaultVersion *bool      `wire:"IsDefaultVersion"`
	VersionId        *string    `wire:"VersionId"`
}

// PutRolePermissionsBoundaryRequest is IAM's shape of that name.
type PutRolePermissionsBoundaryRequest struct {
	PermissionsBoundary *string `wire:"PermissionsBoundary,req"`
	RoleName            *string `wire:"RoleName,req"`
}

// PutRolePolicyRequest is IAM's shape of that name.
type PutRolePolicyRequest struct {
	PolicyDocument *string `wire:"PolicyDocument,req"`
	PolicyName     *string `wire:"PolicyName,req"`
	RoleName       *string `wire:"RoleName,req"`
}

// Role is IAM's shape of that name.
type Role struct {
	Arn                      *string                      `wire:"Arn,req"`
	AssumeRolePolicyDocument *string                      `wire:"AssumeRolePolicyDocument"`
	CreateDate               *time.Time                   `wire:"CreateDate,req"`
	Description              *string                      `wire:"Description"`
	MaxSessionDuration       *int32                       `wire:"MaxSessionDuration"`
	Path                     *string                      `wire:"Path,req"`
	PermissionsBoundary      *AttachedPermissionsBoundary `wire:"PermissionsBoundary"`
	RoleId                   *string                      `wire:"RoleId,req"`
	RoleLastUsed             *RoleLastUsed                `wire:"RoleLastUsed"`
	RoleName                 *string                      `wire:"RoleName,req"`
	Tags                     []Tag                        `wire:"Tags"`
}

// RoleLastUsed is IAM's shape of that name.
type RoleLastUsed struct {
	LastUsedDate *time.Time `wire:"LastUsedDate"`
	Region       *string    `wire:"Region"`
}

// SetDefaultPolicyVersionRequest is IAM's shape of that name.
type SetDefaultPolicyVersionRequest struct {
	PolicyArn *string `wire:"PolicyArn,req"`
	VersionId *string `wire:"VersionId,req"`
}

// Tag is IAM's shape of that name.
type Tag struct {
	Key   *string `wire:"Key,req"`
	Value *string `wire:"Value,req"`
}

// TagPolicyRequest is IAM's shape of that name.
type TagPolicyRequest struct {
	PolicyArn *string `wire:"PolicyArn,req"`
	Tags      []Tag   `wire:"Tags,req"`
}

// TagRoleRequest is IAM's shape of that name.
type TagRoleRequest struct {
	RoleName *string `wire:"RoleName,req"`
	Tags     []Tag   `wire:"Tags,req"`
}

// UntagPolicyRequest is IAM's shape of that name.
type UntagPolicyRequest struct {
	PolicyArn *string  `wire:"PolicyArn,req"`
	TagKeys   []string `wire:"TagKeys,req"`
}

// UntagRoleRequest is IAM's shape of that name.
type UntagRoleRequest struct {
	RoleName *string  `wire:"RoleName,req"`
	TagKeys  []string `wire:"TagKeys,req"`
}

// UpdateAssumeRolePolicyRequest is IAM's shape of that name.
type UpdateAssumeRolePolicyRequest struct {
	PolicyDocument *string `wire:"PolicyDocument,req"`
	RoleName       *string `wire:"RoleName,req"`
}

// UpdateRoleDescriptionRequest is IAM's shape of that name.
type UpdateRoleDescriptionRequest struct {
	Description *string `wire:"Description,req"`
	RoleName    *string `wire:"RoleName,req"`
}

// UpdateRoleDescriptionResponse is IAM's shape of that name.
type UpdateRoleDescriptionResponse struct {
	Role *Role `wire:"Role"`
}

// UpdateRoleRequest is IAM's shape of that name.
type UpdateRoleRequest struct {
	Description        *string `wire:"Description"`
	MaxSessionDuration *int32  `wire:"MaxSessionDuration"`
	RoleName           *string `wire:"RoleName,req"`
}

// UpdateRoleResponse is IAM's shape of that name.
type UpdateRoleResponse struct {
}
