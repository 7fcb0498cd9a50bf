// Code generated from model.json by internal/lab/wire/gen. DO NOT EDIT.

package route53

import (
	"reflect"
	"time"

	"postern/internal/lab/wire"
)

// API is what the wire layer knows of Route 53.
var API = &wire.Service{
	ID:          "Route 53",
	SigningName: "route53",
	Version:     "2013-04-01",
	Protocols:   []string{"rest-xml"},
	Operations: []wire.Operation{
		{
			Name: "AssociateVPCWithHostedZone", Method: "POST", URI: "/2013-04-01/hostedzone/{Id}/associatevpc",
			Input: reflect.TypeFor[AssociateVPCWithHostedZoneRequest](), Output: reflect.TypeFor[AssociateVPCWithHostedZoneResponse](),
			Errors: []string{"ConflictingDomainExists", "InvalidInput", "InvalidVPCId", "LimitsExceeded", "NoSuchHostedZone", "NotAuthorizedException", "PriorRequestNotComplete", "PublicZoneVPCAssociation"},
		},
		{
			Name: "ChangeResourceRecordSets", Method: "POST", URI: "/2013-04-01/hostedzone/{Id}/rrset/",
			Input: reflect.TypeFor[ChangeResourceRecordSetsRequest](), Output: reflect.TypeFor[ChangeResourceRecordSetsResponse](),
			Errors: []string{"InvalidChangeBatch", "InvalidInput", "NoSuchHealthCheck", "NoSuchHostedZone", "PriorRequestNotComplete"},
		},
		{
			Name: "ChangeTagsForResource", Method: "POST", URI: "/2013-04-01/tags/{ResourceType}/{ResourceId}",
			Input: reflect.TypeFor[ChangeTagsForResourceRequest](), Output: reflect.TypeFor[ChangeTagsForResourceResponse](),
			Errors: []string{"InvalidInput", "NoSuchHealthCheck", "NoSuchHostedZone", "PriorRequestNotComplete", "ThrottlingException"},
		},
		{
			Name: "CreateHostedZone", Method: "POST", URI: "/2013-04-01/hostedzone",
			Status: 201,
			Input:  reflect.TypeFor[CreateHostedZoneRequest](), Output: reflect.TypeFor[CreateHostedZoneResponse](),
			Errors: []string{"ConflictingDomainExists", "DelegationSetNotAvailable", "DelegationSetNotReusable", "HostedZoneAlreadyExists", "InvalidDomainName", "InvalidInput", "InvalidVPCId", "NoSuchDelegationSet", "TooManyHostedZones"},
		},
		{
			Name: "CreateVPCAssociationAuthorization", Method: "POST", URI: "/2013-04-01/hostedzone/{Id}/authorizevpcassociation",
			Input: reflect.TypeFor[CreateVPCAssociationAuthorizationRequest](), Output: reflect.TypeFor[CreateVPCAssociationAuthorizationResponse](),
			Errors: []string{"ConcurrentModification", "InvalidInput", "InvalidVPCId", "NoSuchHostedZone", "TooManyVPCAssociationAuthorizations"},
		},
		{
			Name: "DeleteHostedZone", Method: "DELETE", URI: "/2013-04-01/hostedzone/{Id}",
			Input: reflect.TypeFor[DeleteHostedZoneRequest](), Output: reflect.TypeFor[DeleteHostedZoneResponse](),
			Errors: []string{"HostedZoneNotEmpty", "InvalidDomainName", "InvalidInput", "NoSuchHostedZone", "PriorRequestNotComplete"},
		},
		{
			Name: "DeleteVPCAssociationAuthorization", Method: "POST", URI: "/2013-04-01/hostedzone/{Id}/deauthorizevpcassociation",
			Input: reflect.TypeFor[DeleteVPCAssociationAuthorizationRequest](), Output: reflect.TypeFor[DeleteVPCAssociationAuthorizationResponse](),
			Errors: []string{"ConcurrentModification", "InvalidInput", "InvalidVPCId", "NoSuchHostedZone", "VPCAssociationAuthorizationNotFound"},
		},
		{
			Name: "DisassociateVPCFromHostedZone", Method: "POST", URI: "/2013-04-01/hostedzone/{Id}/disassociatevpc",
			Input: reflect.TypeFor[DisassociateVPCFromHostedZoneRequest](), Output: reflect.TypeFor[DisassociateVPCFromHostedZoneResponse](),
			Errors: []string{"InvalidInput", "InvalidVPCId", "LastVPCAssociation", "NoSuchHostedZone", "VPCAssociationNotFound"},
		},
		{
			Name: "GetChange", Method: "GET", URI: "/2013-04-01/change/{Id}",
			Input: reflect.TypeFor[GetChangeRequest](), Output: reflect.TypeFor[GetChangeResponse](),
			Errors: []string{"InvalidInput", "NoSuchChange"},
		},
		{
			Name: "GetDNSSEC", Method: "GET", URI: "/2013-04-01/hostedzone/{Id}/dnssec",
			Input: reflect.TypeFor[GetDNSSECRequest](), Output: reflect.TypeFor[GetDNSSECResponse](),
			Errors: []string{"InvalidArgument", "InvalidInput", "NoSuchHostedZone"},
		},
		{
			Name: "GetHostedZone", Method: "GET", URI: "/2013-04-01/hostedzone/{Id}",
			Input: reflect.TypeFor[GetHostedZoneRequest](), Output: reflect.TypeFor[GetHostedZoneResponse](),
			Errors: []string{"InvalidInput", "NoSuchHostedZone"},
		},
		{
			Name: "ListHostedZones", Method: "GET", URI: "/2013-04-01/hostedzone",
			Input: reflect.TypeFor[ListHostedZonesRequest](), Output: reflect.TypeFor[ListHostedZonesResponse](),
			Errors: []string{"DelegationSetNotReusable", "InvalidInput", "NoSuchDelegationSet"},
		},
		{
			Name: "ListHostedZonesByVPC", Method: "GET", URI: "/2013-04-01/hostedzonesbyvpc",
			Input: reflect.TypeFor[ListHostedZonesByVPCRequest](), Output: reflect.TypeFor[ListHostedZonesByVPCResponse](),
			Errors: []string{"InvalidInput", "InvalidPaginationToken"},
		},
		{
			Name: "ListResourceRecordSets", Method: "GET", URI: "/2013-04-01/hostedzone/{Id}/rrset",
			Input: reflect.TypeFor[ListResourceRecordSetsRequest](), Output: reflect.TypeFor[ListResourceRecordSetsResponse](),
			Errors: []string{"InvalidInput", "NoSuchHostedZone"},
		},
		{
			Name: "ListTagsForResource", Method: "GET", URI: "/2013-04-01/tags/{ResourceType}/{ResourceId}",
			Input: reflect.TypeFor[ListTagsForResourceRequest](), Output: reflect.TypeFor[ListTagsForResourceResponse](),
			Errors: []string{"InvalidInput", "NoSuchHealthCheck", "NoSuchHostedZone", "PriorRequestNotComplete", "ThrottlingException"},
		},
		{
			Name: "ListVPCAssociationAuthorizations", Method: "GET", URI: "/2013-04-01/hostedzone/{Id}/authorizevpcassociation",
			Input: reflect.TypeFor[ListVPCAssociationAuthorizationsRequest](), Output: reflect.TypeFor[ListVPCAssociationAuthorizationsResponse](),
			Errors: []string{"InvalidInput", "InvalidPaginationToken", "NoSuchHostedZone"},
		},
		{
			Name: "UpdateHostedZoneComment", Method: "POST", URI: "/2013-04-01/hostedzone/{Id}",
			Input: reflect.TypeFor[UpdateHostedZoneCommentRequest](), Output: reflect.TypeFor[UpdateHostedZoneCommentResponse](),
			Errors: []string{"InvalidInput", "NoSuchHostedZone", "PriorRequestNotComplete"},
		},
	},
	Errors: []wire.ErrorShape{
		{Code: "ConcurrentModification", Status: 400, Sender: true},
		{Code: "ConflictingDomainExists", Sender: true},
		{Code: "DelegationSetNotAvailable", Sender: true},
		{Code: "DelegationSetNotReusable", Sender: true},
		{Code: "HostedZoneAlreadyExists", Status: 409, Sender: true},
		{Code: "HostedZoneNotEmpty", Status: 400, Sender: true},
		{Code: "InvalidArgument", Sender: true},
		{Code: "InvalidChangeBatch", Sender: true},
		{Code: "InvalidDomainName", Status: 400, Sender: true},
		{Code: "InvalidInput", Status: 400, Sender: true},
		{Code: "InvalidPaginationToken", Status: 400, Sender: true},
		{Code: "InvalidVPCId", Status: 400, Sender: true},
		{Code: "LastVPCAssociation", Status: 400, Sender: true},
		{Code: "LimitsExceeded", Sender: true},
		{Code: "NoSuchChange", Status: 404, Sender: true},
		{Code: "NoSuchDelegationSet", Sender: true},
		{Code: "NoSuchHealthCheck", Status: 404, Sender: true},
		{Code: "NoSuchHostedZone", Status: 404, Sender: true},
		{Code: "NotAuthorizedException", Status: 401, Sender: true},
		{Code: "PriorRequestNotComplete", Status: 400, Sender: true},
		{Code: "PublicZoneVPCAssociation", Status: 400, Sender: true},
		{Code: "ThrottlingException", Status: 400, Sender: true},
		{Code: "TooManyHostedZones", Status: 400, Sender: true},
		{Code: "TooManyVPCAssociationAuthorizations", Status: 400, Sender: true},
		{Code: "VPCAssociationAuthorizationNotFound", Status: 404, Sender: true},
		{Code: "VPCAssociationNotFound", Status: 404, Sender: true},
	},
	Others: []wire.Route{
		{Name: "ActivateKeySigningKey", Method: "POST", URI: "/2013-04-01/keysigningkey/{HostedZoneId}/{Name}/activate"},
		{Name: "ChangeCidrCollection", Method: "POST", URI: "/2013-04-01/cidrcollection/{CidrCollectionId}"},
		{Name: "CreateCidrCollection", Method: "POST", URI: "/2013-04-01/cidrcollection"},
		{Name: "CreateHealthCheck", Method: "POST", URI: "/2013-04-01/healthcheck"},
		{Name: "CreateKeySigningKey", Method: "POST", URI: "/2013-04-01/keysigningkey"},
		{Name: "CreateQueryLoggingConfig", Method: "POST", URI: "/2013-04-01/queryloggingconfig"},
		{Name: "CreateReusableDelegationSet", Method: "POST", URI: "/2013-04-01/delegationset"},
		{Name: "CreateTrafficPolicy", Method: "POST", URI: "/2013-04-01/trafficpolicy"},
		{Name: "CreateTrafficPolicyInstance", Method: "POST", URI: "/2013-04-01/trafficpolicyinstance"},
		{Name: "CreateTrafficPolicyVersion", Method: "POST", URI: "/2013-04-01/trafficpolicy/{Id}"},
		{Name: "DeactivateKeySigningKey", Method: "POST", URI: "/2013-04-01/keysigningkey/{HostedZoneId}/{Name}/deactivate"},
		{Name: "DeleteCidrCollection", Method: "DELETE", URI: "/2013-04-01/cidrcollection/{CidrCollectionId}"},
		{Name: "DeleteHealthCheck", Method: "DELETE", URI: "/2013-04-01/healthcheck/{HealthCheckId}"},
		{Name: "DeleteKeySigningKey", Method: "DELETE", URI: "/2013-04-01/keysigningkey/{HostedZoneId}/{Name}"},
		{Name: "DeleteQueryLoggingConfig", Method: "DELETE", URI: "/2013-04-01/queryloggingconfig/{Id}"},
		{Name: "DeleteReusableDelegationSet", Method: "DELETE", URI: "/2013-04-01/delegationset/{Id}"},
		{Name: "DeleteTrafficPolicy", Method: "DELETE", URI: "/2013-04-01/trafficpolicy/{Id}/{Version}"},
		{Name: "DeleteTrafficPolicyInstance", Method: "DELETE", URI: "/2013-04-01/trafficpolicyinstance/{Id}"},
		{Name: "DisableHostedZoneDNSSEC", Method: "POST", URI: "/2013-04-01/hostedzone/{Id}/disable-dnssec"},
		{Name: "EnableHostedZoneDNSSEC", Method: "POST", URI: "/2013-04-01/hostedzone/{Id}/enable-dnssec"},
		{Name: "GetAccountLimit", Method: "GET", URI: "/2013-04-01/accountlimit/{Type}"},
		{Name: "GetCheckerIpRanges", Method: "GET", URI: "/2013-04-01/checkeripranges"},
		{Name: "GetGeoLocation", Method: "GET", URI: "/2013-04-01/geolocation"},
		{Name: "GetHealthCheck", Method: "GET", URI: "/2013-04-01/healthcheck/{HealthCheckId}"},
		{Name: "GetHealthCheckCount", Method: "GET", URI: "/2013-04-01/healthcheckcount"},
		{Name: "GetHealthCheckLastFailureReason", Method: "GET", URI: "/2013-04-01/healthcheck/{HealthCheckId}/lastfailurereason"},
		{Name: "GetHealthCheckStatus", Method: "GET", URI: "/2013-04-01/healthcheck/{HealthCheckId}/status"},
		{Name: "GetHostedZoneCount", Method: "GET", URI: "/2013-04-01/hostedzonecount"},
		{Name: "GetHostedZoneLimit", Method: "GET", URI: "/2013-04-01/hostedzonelimit/{Id}/{Type}"},
		{Name: "GetQueryLoggingConfig", Method: "GET", URI: "/2013-04-01/queryloggingconfig/{Id}"},
		{Name: "GetReusableDelegationSet", Method: "GET", URI: "/2013-04-01/delegationset/{Id}"},
		{Name: "GetReusableDelegationSetLimit", Method: "GET", URI: "/2013-04-01/reusabledelegationsetlimit/{Id}/{Type}"},
		{Name: "GetTrafficPolicy", Method: "GET", URI: "/2013-04-01/trafficpolicy/{Id}/{Version}"},
		{Name: "GetTrafficPolicyInstance", Method: "GET", URI: "/2013-04-01/trafficpolicyinstance/{Id}"},
		{Name: "GetTrafficPolicyInstanceCount", Method: "GET", URI: "/2013-04-01/trafficpolicyinstancecount"},
		{Name: "ListCidrBlocks", Method: "GET", URI: "/2013-04-01/cidrcollection/{CidrCollectionId}/cidrblocks"},
		{Name: "ListCidrCollections", Method: "GET", URI: "/2013-04-01/cidrcollection"},
		{Name: "ListCidrLocations", Method: "GET", URI: "/2013-04-01/cidrcollection/{CidrCollectionId}"},
		{Name: "ListGeoLocations", Method: "GET", URI: "/2013-04-01/geolocations"},
		{Name: "ListHealthChecks", Method: "GET", URI: "/2013-04-01/healthcheck"},
		{Name: "ListHostedZonesByName", Method: "GET", URI: "/2013-04-01/hostedzonesbyname"},
		{Name: "ListQueryLoggingConfigs", Method: "GET", URI: "/2013-04-01/queryloggingconfig"},
		{Name: "ListReusableDelegationSets", Method: "GET", URI: "/2013-04-01/delegationset"},
		{Name: "ListTagsForResources", Method: "POST", URI: "/2013-04-01/tags/{ResourceType}"},
		{Name: "ListTrafficPolicies", Method: "GET", URI: "/2013-04-01/trafficpolicies"},
		{Name: "ListTrafficPolicyInstances", Method: "GET", URI: "/2013-04-01/trafficpolicyinstances"},
		{Name: "ListTrafficPolicyInstancesByHostedZone", Method: "GET", URI: "/2013-04-01/trafficpolicyinstances/hostedzone"},
		{Name: "ListTrafficPolicyInstancesByPolicy", Method: "GET", URI: "/2013-04-01/trafficpolicyinstances/trafficpolicy"},
		{Name: "ListTrafficPolicyVersions", Method: "GET", URI: "/2013-04-01/trafficpolicies/{Id}/versions"},
		{Name: "TestDNSAnswer", Method: "GET", URI: "/2013-04-01/testdnsanswer"},
		{Name: "UpdateHealthCheck", Method: "POST", URI: "/2013-04-01/healthcheck/{HealthCheckId}"},
		{Name: "UpdateHostedZoneFeatures", Method: "POST", URI: "/2013-04-01/hostedzone/{Id}/features"},
		{Name: "UpdateTrafficPolicyComment", Method: "POST", URI: "/2013-04-01/trafficpolicy/{Id}/{Version}"},
		{Name: "UpdateTrafficPolicyInstance", Method: "POST", URI: "/2013-04-01/trafficpolicyinstance/{Id}"},
	},
}

// AliasTarget is Route 53's shape of that name.
type AliasTarget struct {
	DNSName              *string `wire:"DNSName,req"`
	EvaluateTargetHealth *bool   `wire:"EvaluateTargetHealth,req"`
	HostedZoneId         *string `wire:"HostedZoneId,req"`
}

// AssociateVPCWithHostedZoneRequest is Route 53's shape of that name.
type AssociateVPCWithHostedZoneRequest struct {
	Comment      *string `wire:"Comment"`
	HostedZoneId *string `wire:"HostedZoneId,loc=uri,name=Id,req"`
	VPC          *VPC    `wire:"VPC,req"`
}

// AssociateVPCWithHostedZoneResponse is Route 53's shape of that name.
type AssociateVPCWithHostedZoneResponse struct {
	ChangeInfo *ChangeInfo `wire:"ChangeInfo,req"`
}

// Change is Route 53's shape of that name.
type Change struct {
	Action            *string            `wire:"Action,req"`
	ResourceRecordSet *ResourceRecordSet `wire:"ResourceRecordSet,req"`
}

// ChangeBatch is Route 53's shape of that name.
type ChangeBatch struct {
	Changes []Change `wire:"Changes,elem=Change,req"`
	Comment *string  `wire:"Comment"`
}

// ChangeInfo is Route 53's shape of that name.
type ChangeInfo struct {
	Comment     *string    `wire:"Comment"`
	Id          *string    `wire:"Id,req"`
	Status      *string    `wire:"Status,req"`
	SubmittedAt *time.Time `wire:"SubmittedAt,req"`
}

// ChangeResourceRecordSetsRequest is Route 53's shape of that name.
type ChangeResourceRecordSetsRequest struct {
	ChangeBatch  *ChangeBatch `wire:"ChangeBatch,req"`
	HostedZoneId *string      `wire:"HostedZoneId,loc=uri,name=Id,req"`
}

// ChangeResourceRecordSetsResponse is Route 53's shape of that name.
type ChangeResourceRecordSetsResponse struct {
	ChangeInfo *ChangeInfo `wire:"ChangeInfo,req"`
}

// ChangeTagsForResourceRequest is Route 53's shape of that name.
type ChangeTagsForResourceRequest struct {
	AddTags       []Tag    `wire:"AddTags,elem=Tag"`
	RemoveTagKeys []string `wire:"RemoveTagKeys,elem=Key"`
	ResourceId    *string  `wire:"ResourceId,loc=uri,req"`
	ResourceType  *string  `wire:"ResourceType,loc=uri,req"`
}

// ChangeTagsForResourceResponse is Route 53's shape of that name.
type ChangeTagsForResourceResponse struct {
}

// CidrRoutingConfig is Route 53's shape of that name.
type CidrRoutingConfig struct {
	CollectionId *string `wire:"CollectionId,req"`
	LocationName *string `wire:"LocationName,req"`
}

// Coordinates is Route 53's shape of that name.
type Coordinates struct {
	Latitude  *string `wire:"Latitude,req"`
	Longitude *string `wire:"Longitude,req"`
}

// CreateHostedZoneRequest is Route 53's shape of that name.
type CreateHostedZoneRequest struct {
	CallerReference  *string           `wire:"CallerReference,req"`
	DelegationSetId  *string           `wire:"DelegationSetId"`
	HostedZoneConfig *HostedZoneConfig `wire:"HostedZoneConfig"`
	Name             *string           `wire:"Name,req"`
	VPC              *VPC              `wire:"VPC"`
}

// CreateHostedZoneResponse is Route 53's shape of that name.
type CreateHostedZoneResponse struct {
	ChangeInfo    *ChangeInfo    `wire:"ChangeInfo,req"`
	DelegationSet *DelegationSet `wire:"DelegationSet,req"`
	HostedZone    *HostedZone    `wire:"HostedZone,req"`
	Location      *string        `wire:"Location,loc=header,req"`
	VPC           *VPC           `wire:"VPC"`
}

// CreateVPCAssociationAuthorizationRequest is Route 53's shape of that name.
type CreateVPCAssociationAuthorizationRequest struct {
	HostedZoneId *string `wire:"HostedZoneId,loc=uri,name=Id,req"`
	VPC          *VPC    `wire:"VPC,req"`
}

// CreateVPCAssociationAuthorizationResponse is Route 53's shape of that name.
type CreateVPCAssociationAuthorizationResponse struct {
	HostedZoneId *string `wire:"HostedZoneId,req"`
	VPC          *VPC    `wire:"VPC,req"`
}

// DNSSECStatus is Route 53's shape of that name.
type DNSSECStatus struct {
	ServeSignature *string `wire:"ServeSignature"`
	StatusMessage  *string `wire:"StatusMessage"`
}

// DelegationSet is Route 53's shape of that name.
type DelegationSet struct {
	CallerReference *string  `wire:"CallerReference"`
	Id              *string  `wire:"Id"`
	NameServers     []string `wire:"NameServers,elem=NameServer,req"`
}

// DeleteHostedZoneRequest is Route 53's shape of that name.
type DeleteHostedZoneRequest struct {
	Id *string `wire:"Id,loc=uri,req"`
}

// DeleteHostedZoneResponse is Route 53's shape of that name.
type DeleteHostedZoneResponse struct {
	ChangeInfo *ChangeInfo `wire:"ChangeInfo,req"`
}

// DeleteVPCAssociationAuthorizationRequest is Route 53's shape of that name.
type DeleteVPCAssociationAuthorizationRequest struct {
	HostedZoneId *string `wire:"HostedZoneId,loc=uri,name=Id,req"`
	VPC          *VPC    `wire:"VPC,req"`
}

// DeleteVPCAssociationAuthorizationResponse is Route 53's shape of that name.
type DeleteVPCAssociationAuthorizationResponse struct {
}

// DisassociateVPCFromHostedZoneRequest is Route 53's shape of that name.
type DisassociateVPCFromHostedZoneRequest struct {
	Comment      *string `wire:"Comment"`
	HostedZoneId *string `wire:"HostedZoneId,loc=uri,name=Id,req"`
	VPC          *VPC    `wire:"VPC,req"`
}

// DisassociateVPCFromHostedZoneResponse is Route 53's shape of that name.
type DisassociateVPCFromHostedZoneResponse struct {
	ChangeInfo *ChangeInfo `wire:"ChangeInfo,req"`
}

// GeoLocation is Route 53's shape of that name.
type GeoLocation struct {
	ContinentCode   *string `wire:"ContinentCode"`
	CountryCode     *string `wire:"CountryCode"`
	SubdivisionCode *string `wire:"SubdivisionCode"`
}

// GeoProximityLocation is Route 53's shape of that name.
type GeoProximityLocation struct {
	AWSRegion      *string      `wire:"AWSRegion"`
	Bias           *int32       `wire:"Bias"`
	Coordinates    *Coordinates `wire:"Coordinates"`
	LocalZoneGroup *string      `wire:"LocalZoneGroup"`
}

// GetChangeRequest is Route 53's shape of that name.
type GetChangeRequest struct {
	Id *string `wire:"Id,loc=uri,req"`
}

// GetChangeResponse is Route 53's shape of that name.
type GetChangeResponse struct {
	ChangeInfo *ChangeInfo `wire:"ChangeInfo,req"`
}

// GetDNSSECRequest is Route 53's shape of that name.
type GetDNSSECRequest struct {
	HostedZoneId *string `wire:"HostedZoneId,loc=uri,name=Id,req"`
}

// GetDNSSECResponse is Route 53's shape of that name.
type GetDNSSECResponse struct {
	KeySigningKeys []KeySigningKey `wire:"KeySigningKeys,req"`
	Status         *DNSSECStatus   `wire:"Status,req"`
}

// GetHostedZoneRequest is Route 53's shape of that name.
type GetHostedZoneRequest struct {
	Id *string `wire:"Id,loc=uri,req"`
}

// GetHostedZoneResponse is Route 53's shape of that name.
type GetHostedZoneResponse struct {
	DelegationSet *DelegationSet `wire:"DelegationSet"`
	HostedZone    *HostedZone    `wire:"HostedZone,req"`
	VPCs          []VPC          `wire:"VPCs,elem=VPC"`
}

// HostedZone is Route 53's shape of that name.
type HostedZone struct {
	CallerReference        *string             `wire:"CallerReference,req"`
	Config                 *HostedZoneConfig   `wire:"Config"`
	Features               *HostedZoneFeatures `wire:"Features"`
	Id                     *string             `wire:"Id,req"`
	LinkedService          *LinkedService      `wire:"LinkedService"`
	Name                   *string             `wire:"Name,req"`
	ResourceRecordSetCount *int64              `wire:"ResourceRecordSetCount"`
}

// HostedZoneConfig is Route 53's shape of that name.
type HostedZoneConfig struct {
	Comment     *string `wire:"Comment"`
	PrivateZone *bool   `wire:"PrivateZone"`
}

// HostedZoneFailureReasons is Route 53's shape of that name.
type HostedZoneFailureReasons struct {
	AcceleratedRecovery *string `wire:"AcceleratedRecovery"`
}

// HostedZoneFeatures is Route 53's shape of that name.
type HostedZoneFeatures struct {
	AcceleratedRecoveryStatus *string                   `wire:"AcceleratedRecoveryStatus"`
	FailureReasons            *HostedZoneFailureReasons `wire:"FailureReasons"`
}

// HostedZoneOwner is Route 53's shape of that name.
type HostedZoneOwner struct {
	OwningAccount *string `wire:"OwningAccount"`
	OwningService *string `wire:"OwningService"`
}

// HostedZoneSummary is Route 53's shape of that name.
type HostedZoneSummary struct {
	HostedZoneId *string          `wire:"HostedZoneId,req"`
	Name         *string          `wire:"Name,req"`
	Owner        *HostedZoneOwner `wire:"Owner,req"`
}

// KeySigningKey is Route 53's shape of that name.
type KeySigningKey struct {
	CreatedDate              *time.Time `wire:"CreatedDate"`
	DNSKEYRecord             *string    `wire:"DNSKEYRecord"`
	DSRecord                 *string    `wire:"DSRecord"`
	DigestAlgorithmMnemonic  *string    `wire:"DigestAlgorithmMnemonic"`
	DigestAlgorithmType      *int32     `wire:"DigestAlgorithmType"`
	DigestValue              *string    `wire:"DigestValue"`
	Flag                     *int32     `wire:"Flag"`
	KeyTag                   *int32     `wire:"KeyTag"`
	KmsArn                   *string    `wire:"KmsArn"`
	LastModifiedDate         *time.Time `wire:"LastModifiedDate"`
	Name                     *string    `wire:"Name"`
	PublicKey                *string    `wire:"PublicKey"`
	SigningAlgorithmMnemonic *string    `wire:"SigningAlgorithmMnemonic"`
	SigningAlgorithmType     *int32     `wire:"SigningAlgorithmType"`
	Status                   *string    `wire:"Status"`
	StatusMessage            *string    `wire:"StatusMessage"`
}

// LinkedService is Route 53's shape of that name.
type LinkedService struct {
	Description      *string `wire:"Description"`
	ServicePrincipal *string `wire:"ServicePrincipal"`
}

// ListHostedZonesByVPCRequest is Route 53's shape of that name.
type ListHostedZonesByVPCRequest struct {
	MaxItems  *string `wire:"MaxItems,loc=querystring,name=maxitems"`
	NextToken *string `wire:"NextToken,loc=querystring,name=nexttoken"`
	VPCId     *string `wire:"VPCId,loc=querystring,name=vpcid,req"`
	VPCRegion *string `wire:"VPCRegion,loc=querystring,name=vpcregion,req"`
}

// ListHostedZonesByVPCResponse is Route 53's shape of that name.
type ListHostedZonesByVPCResponse struct {
	HostedZoneSummaries []HostedZoneSummary `wire:"HostedZoneSummaries,elem=HostedZoneSummary,req"`
	MaxItems            *string             `wire:"MaxItems,req"`
	NextToken           *string             `wire:"NextToken"`
}

// ListHostedZonesRequest is Route 53's shape of that name.
type ListHostedZonesRequest struct {
	DelegationSetId *string `wire:"DelegationSetId,loc=querystring,name=delegationsetid"`
	HostedZoneType  *string `wire:"HostedZoneType,loc=querystring,name=hostedzonetype"`
	Marker          *string `wire:"Marker,loc=querystring,name=marker"`
	MaxItems        *string `wire:"MaxItems,loc=querystring,name=maxitems"`
}

// ListHostedZonesResponse is Route 53's shape of that name.
type ListHostedZonesResponse struct {
	HostedZones []HostedZone `wire:"HostedZones,elem=HostedZone,req"`
	IsTruncated *bool        `wire:"IsTruncated,req"`
	Marker      *string      `wire:"Marker,req"`
	MaxItems    *string      `wire:"MaxItems,req"`
	NextMarker  *string      `wire:"NextMarker"`
}

// ListResourceRecordSetsRequest is Route 53's shape of that name.
type ListResourceRecordSetsRequest struct {
	HostedZoneId          *string `wire:"HostedZoneId,loc=uri,name=Id,req"`
	MaxItems              *string `wire:"MaxItems,loc=querystring,name=maxitems"`
	StartRecordIdentifier *string `wire:"StartRecordIdentifier,loc=querystring,name=identifier"`
	StartRecordName       *string `wire:"StartRecordName,loc=querystring,name=name"`
	StartRecordType       *string `wire:"StartRecordType,loc=querystring,name=type"`
}

// ListResourceRecordSetsResponse is Route 53's shape of that name.
type ListResourceRecordSetsResponse struct {
	IsTruncated          *bool               `wire:"IsTruncated,req"`
	MaxItems             *string             `wire:"MaxItems,req"`
	NextRecordIdentifier *string             `wire:"NextRecordIdentifier"`
	NextRecordName       *string             `wire:"NextRecordName"`
	NextRecordType       *string             `wire:"NextRecordType"`
	ResourceRecordSets   []ResourceRecordSet `wire:"ResourceRecordSets,elem=ResourceRecordSet,req"`
}

// ListTagsForResourceRequest is Route 53's shape of that name.
type ListTagsForResourceRequest struct {
	ResourceId   *string `wire:"ResourceId,loc=uri,req"`
	ResourceType *string `wire:"ResourceType,loc=uri,req"`
}

// ListTagsForResourceResponse is Route 53's shape of that name.
type ListTagsForResourceResponse struct {
	ResourceTagSet *ResourceTagSet `wire:"ResourceTagSet,req"`
}

// ListVPCAssociationAuthorizationsRequest is Route 53's shape of that name.
type ListVPCAssociationAuthorizationsRequest struct {
	HostedZoneId *string `wire:"HostedZoneId,loc=uri,name=Id,req"`
	MaxResults   *string `wire:"MaxResults,loc=querystring,name=maxresults"`
	NextToken    *string `wire:"NextToken,loc=querystring,name=nexttoken"`
}

// ListVPCAssociationAuthorizationsResponse is Route 53's shape of that name.
type ListVPCAssociationAuthorizationsResponse struct {
	HostedZoneId *string `wire:"HostedZoneId,req"`
	NextToken    *string `wire:"NextToken"`
	VPCs         []VPC   `wire:"VPCs,elem=VPC,req"`
}

// ResourceRecord is Route 53's shape of that name.
type ResourceRecord struct {
	Value *string `wire:"Value,req"`
}

// ResourceRecordSet is Route 53's shape of that name.
type ResourceRecordSet struct {
	AliasTarget             *AliasTarget          `wire:"AliasTarget"`
	CidrRoutingConfig       *CidrRoutingConfig    `wire:"CidrRoutingConfig"`
	Failover                *string               `wire:"Failover"`
	GeoLocation             *GeoLocation          `wire:"GeoLocation"`
	GeoProximityLocation    *GeoProximityLocation `wire:"GeoProximityLocation"`
	HealthCheckId           *string               `wire:"HealthCheckId"`
	MultiValueAnswer        *bool                 `wire:"MultiValueAnswer"`
	Name                    *string               `wire:"Name,req"`
	Region                  *string               `wire:"Region"`
	ResourceRecords         []ResourceRecord      `wire:"ResourceRecords,elem=ResourceRecord"`
	SetIdentifier           *string               `wire:"SetIdentifier"`
	TTL                     *int64                `wire:"TTL"`
	TrafficPolicyInstanceId *string               `wire:"TrafficPolicyInstanceId"`
	Type                    *string               `wire:"Type,req"`
	Weight                  *int64                `wire:"Weight"`
}

// ResourceTagSet is Route 53's shape of that name.
type ResourceTagSet struct {
	ResourceId   *string `wire:"ResourceId"`
	ResourceType *string `wire:"ResourceType"`
	Tags         []Tag   `wire:"Tags,elem=Tag"`
}

// Tag is Route 53's shape of that name.
type Tag struct {
	Key   *string `wire:"Key"`
	Value *string `wire:"Value"`
}

// UpdateHostedZoneCommentRequest is Route 53's shape of that name.
type UpdateHostedZoneCommentRequest struct {
	Comment *string `wire:"Comment"`
	Id      *string `wire:"Id,loc=uri,req"`
}

// UpdateHostedZoneCommentResponse is Route 53's shape of that name.
type UpdateHostedZoneCommentResponse struct {
	HostedZone *HostedZone `wire:"HostedZone,req"`
}

// VPC is Route 53's shape of that name.
type VPC struct {
	VPCId     *string `wire:"VPCId"`
	VPCRegion *string `wire:"VPCRegion"`
}
