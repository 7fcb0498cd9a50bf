// Code generated from model.json by internal/lab/wire/gen. DO NOT EDIT.

package elbv2

import (
	"reflect"
	"time"

	"postern/internal/lab/wire"
)

// API is what the wire layer knows of Elastic Load Balancing v2.
var API = &wire.Service{
	ID:          "Elastic Load Balancing v2",
	SigningName: "elasticloadbalancing",
	Version:     "2015-12-01",
	Protocols:   []string{"query"},
	Namespace:   "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
	Operations: []wire.Operation{
		{
			Name: "AddTags", Method: "POST", URI: "/",
			Wrapper: "AddTagsResult",
			Input:   reflect.TypeFor[AddTagsInput](), Output: reflect.TypeFor[AddTagsOutput](),
			Errors: []string{"DuplicateTagKeys", "ListenerNotFound", "LoadBalancerNotFound", "RuleNotFound", "TargetGroupNotFound", "TooManyTags", "TrustStoreNotFound"},
		},
		{
			Name: "CreateListener", Method: "POST", URI: "/",
			Wrapper: "CreateListenerResult",
			Input:   reflect.TypeFor[CreateListenerInput](), Output: reflect.TypeFor[CreateListenerOutput](),
			Errors: []string{"ALPNPolicyNotFound", "CertificateNotFound", "DuplicateListener", "IncompatibleProtocols", "InvalidConfigurationRequest", "InvalidLoadBalancerAction", "LoadBalancerNotFound", "SSLPolicyNotFound", "TargetGroupAssociationLimit", "TargetGroupNotFound", "TooManyActions", "TooManyCertificates", "TooManyListeners", "TooManyRegistrationsForTargetId", "TooManyTags", "TooManyTargets", "TooManyUniqueTargetGroupsPerLoadBalancer", "TrustStoreNotFound", "TrustStoreNotReady", "UnsupportedProtocol"},
		},
		{
			Name: "CreateLoadBalancer", Method: "POST", URI: "/",
			Wrapper: "CreateLoadBalancerResult",
			Input:   reflect.TypeFor[CreateLoadBalancerInput](), Output: reflect.TypeFor[CreateLoadBalancerOutput](),
			Errors: []string{"AllocationIdNotFound", "AvailabilityZoneNotSupported", "DuplicateLoadBalancerName", "DuplicateTagKeys", "InvalidConfigurationRequest", "InvalidScheme", "InvalidSecurityGroup", "InvalidSubnet", "OperationNotPermitted", "ResourceInUse", "SubnetNotFound", "TooManyLoadBalancers", "TooManyTags"},
		},
		{
			Name: "CreateTargetGroup", Method: "POST", URI: "/",
			Wrapper: "CreateTargetGroupResult",
			Input:   reflect.TypeFor[CreateTargetGroupInput](), Output: reflect.TypeFor[CreateTargetGroupOutput](),
			Errors: []string{"DuplicateTargetGroupName", "InvalidConfigurationRequest", "TooManyTags", "TooManyTargetGroups"},
		},
		{
			Name: "DeleteListener", Method: "POST", URI: "/",
			Wrapper: "DeleteListenerResult",
			Input:   reflect.TypeFor[DeleteListenerInput](), Output: reflect.TypeFor[DeleteListenerOutput](),
			Errors: []string{"ListenerNotFound", "ResourceInUse"},
		},
		{
			Name: "DeleteLoadBalancer", Method: "POST", URI: "/",
			Wrapper: "DeleteLoadBalancerResult",
			Input:   reflect.TypeFor[DeleteLoadBalancerInput](), Output: reflect.TypeFor[DeleteLoadBalancerOutput](),
			Errors: []string{"LoadBalancerNotFound", "OperationNotPermitted", "ResourceInUse"},
		},
		{
			Name: "DeleteTargetGroup", Method: "POST", URI: "/",
			Wrapper: "DeleteTargetGroupResult",
			Input:   reflect.TypeFor[DeleteTargetGroupInput](), Output: reflect.TypeFor[DeleteTargetGroupOutput](),
			Errors: []string{"ResourceInUse"},
		},
		{
			Name: "DeregisterTargets", Method: "POST", URI: "/",
			Wrapper: "DeregisterTargetsResult",
			Input:   reflect.TypeFor[DeregisterTargetsInput](), Output: reflect.TypeFor[DeregisterTargetsOutput](),
			Errors: []string{"InvalidTarget", "TargetGroupNotFound"},
		},
		{
			Name: "DescribeCapacityReservation", Method: "POST", URI: "/",
			Wrapper: "DescribeCapacityReservationResult",
			Input:   reflect.TypeFor[DescribeCapacityReservationInput](), Output: reflect.TypeFor[DescribeCapacityReservationOutput](),
			Errors: []string{"LoadBalancerNotFound"},
		},
		{
			Name: "DescribeListenerAttributes", Method: "POST", URI: "/",
			Wrapper: "DescribeListenerAttributesResult",
			Input:   reflect.TypeFor[DescribeListenerAttributesInput](), Output: reflect.TypeFor[DescribeListenerAttributesOutput](),
			Errors: []string{"ListenerNotFound"},
		},
		{
			Name: "DescribeListeners", Method: "POST", URI: "/",
			Wrapper: "DescribeListenersResult",
			Input:   reflect.TypeFor[DescribeListenersInput](), Output: reflect.TypeFor[DescribeListenersOutput](),
			Errors: []string{"ListenerNotFound", "LoadBalancerNotFound", "UnsupportedProtocol"},
		},
		{
			Name: "DescribeLoadBalancerAttributes", Method: "POST", URI: "/",
			Wrapper: "DescribeLoadBalancerAttributesResult",
			Input:   reflect.TypeFor[DescribeLoadBalancerAttributesInput](), Output: reflect.TypeFor[DescribeLoadBalancerAttributesOutput](),
			Errors: []string{"LoadBalancerNotFound"},
		},
		{
			Name: "DescribeLoadBalancers", Method: "POST", URI: "/",
			Wrapper: "DescribeLoadBalancersResult",
			Input:   reflect.TypeFor[DescribeLoadBalancersInput](), Output: reflect.TypeFor[DescribeLoadBalancersOutput](),
			Errors: []string{"LoadBalancerNotFound"},
		},
		{
			Name: "DescribeTags", Method: "POST", URI: "/",
			Wrapper: "DescribeTagsResult",
			Input:   reflect.TypeFor[DescribeTagsInput](), Output: reflect.TypeFor[DescribeTagsOutput](),
			Errors: []string{"ListenerNotFound", "LoadBalancerNotFound", "RuleNotFound", "TargetGroupNotFound", "TrustStoreNotFound"},
		},
		{
			Name: "DescribeTargetGroupAttributes", Method: "POST", URI: "/",
			Wrapper: "DescribeTargetGroupAttributesResult",
			Input:   reflect.TypeFor[DescribeTargetGroupAttributesInput](), Output: reflect.TypeFor[DescribeTargetGroupAttributesOutput](),
			Errors: []string{"TargetGroupNotFound"},
		},
		{
			Name: "DescribeTargetGroups", Method: "POST", URI: "/",
			Wrapper: "DescribeTargetGroupsResult",
			Input:   reflect.TypeFor[DescribeTargetGroupsInput](), Output: reflect.TypeFor[DescribeTargetGroupsOutput](),
			Errors: []string{"LoadBalancerNotFound", "TargetGroupNotFound"},
		},
		{
			Name: "DescribeTargetHealth", Method: "POST", URI: "/",
			Wrapper: "DescribeTargetHealthResult",
			Input:   reflect.TypeFor[DescribeTargetHealthInput](), Output: reflect.TypeFor[DescribeTargetHealthOutput](),
			Errors: []string{"HealthUnavailable", "InvalidTarget", "TargetGroupNotFound"},
		},
		{
			Name: "ModifyListener", Method: "POST", URI: "/",
			Wrapper: "ModifyListenerResult",
			Input:   reflect.TypeFor[ModifyListenerInput](), Output: reflect.TypeFor[ModifyListenerOutput](),
			Errors: []string{"ALPNPolicyNotFound", "CertificateNotFound", "DuplicateListener", "IncompatibleProtocols", "InvalidConfigurationRequest", "InvalidLoadBalancerAction", "ListenerNotFound", "SSLPolicyNotFound", "TargetGroupAssociationLimit", "TargetGroupNotFound", "TooManyActions", "TooManyCertificates", "TooManyListeners", "TooManyRegistrationsForTargetId", "TooManyTargets", "TooManyUniqueTargetGroupsPerLoadBalancer", "TrustStoreNotFound", "TrustStoreNotReady", "UnsupportedProtocol"},
		},
		{
			Name: "ModifyListenerAttributes", Method: "POST", URI: "/",
			Wrapper: "ModifyListenerAttributesResult",
			Input:   reflect.TypeFor[ModifyListenerAttributesInput](), Output: reflect.TypeFor[ModifyListenerAttributesOutput](),
			Errors: []string{"InvalidConfigurationRequest", "ListenerNotFound"},
		},
		{
			Name: "ModifyLoadBalancerAttributes", Method: "POST", URI: "/",
			Wrapper: "ModifyLoadBalancerAttributesResult",
			Input:   reflect.TypeFor[ModifyLoadBalancerAttributesInput](), Output: reflect.TypeFor[ModifyLoadBalancerAttributesOutput](),
			Errors: []string{"InvalidConfigurationRequest", "LoadBalancerNotFound"},
		},
		{
			Name: "ModifyTargetGroup", Method: "POST", URI: "/",
			Wrapper: "ModifyTargetGroupResult",
			Input:   reflect.TypeFor[ModifyTargetGroupInput](), Output: reflect.TypeFor[ModifyTargetGroupOutput](),
			Errors: []string{"InvalidConfigurationRequest", "TargetGroupNotFound"},
		},
		{
			Name: "ModifyTargetGroupAttributes", Method: "POST", URI: "/",
			Wrapper: "ModifyTargetGroupAttributesResult",
			Input:   reflect.TypeFor[ModifyTargetGroupAttributesInput](), Output: reflect.TypeFor[ModifyTargetGroupAttributesOutput](),
			Errors: []string{"InvalidConfigurationRequest", "TargetGroupNotFound"},
		},
		{
			Name: "RegisterTargets", Method: "POST", URI: "/",
			Wrapper: "RegisterTargetsResult",
			Input:   reflect.TypeFor[RegisterTargetsInput](), Output: reflect.TypeFor[RegisterTargetsOutput](),
			Errors: []string{"InvalidTarget", "TargetGroupNotFound", "TooManyRegistrationsForTargetId", "TooManyTargets"},
		},
		{
			Name: "RemoveTags", Method: "POST", URI: "/",
			Wrapper: "RemoveTagsResult",
			Input:   reflect.TypeFor[RemoveTagsInput](), Output: reflect.TypeFor[RemoveTagsOutput](),
			Errors: []string{"ListenerNotFound", "LoadBalancerNotFound", "RuleNotFound", "TargetGroupNotFound", "TooManyTags", "TrustStoreNotFound"},
		},
		{
			Name: "SetSecurityGroups", Method: "POST", URI: "/",
			Wrapper: "SetSecurityGroupsResult",
			Input:   reflect.TypeFor[SetSecurityGroupsInput](), Output: reflect.TypeFor[SetSecurityGroupsOutput](),
			Errors: []string{"InvalidConfigurationRequest", "InvalidSecurityGroup", "LoadBalancerNotFound"},
		},
		{
			Name: "SetSubnets", Method: "POST", URI: "/",
			Wrapper: "SetSubnetsResult",
			Input:   reflect.TypeFor[SetSubnetsInput](), Output: reflect.TypeFor[SetSubnetsOutput](),
			Errors: []string{"AllocationIdNotFound", "AvailabilityZoneNotSupported", "CapacityReservationPending", "InvalidConfigurationRequest", "InvalidSubnet", "LoadBalancerNotFound", "SubnetNotFound"},
		},
	},
	Errors: []wire.ErrorShape{
		{Code: "ALPNPolicyNotFound", Status: 400, Sender: true},
		{Code: "AllocationIdNotFound", Status: 400, Sender: true},
		{Code: "AvailabilityZoneNotSupported", Status: 400, Sender: true},
		{Code: "CapacityReservationPending", Status: 400, Sender: true},
		{Code: "CertificateNotFound", Status: 400, Sender: true},
		{Code: "DuplicateListener", Status: 400, Sender: true},
		{Code: "DuplicateLoadBalancerName", Status: 400, Sender: true},
		{Code: "DuplicateTagKeys", Status: 400, Sender: true},
		{Code: "DuplicateTargetGroupName", Status: 400, Sender: true},
		{Code: "HealthUnavailable", Status: 500},
		{Code: "IncompatibleProtocols", Status: 400, Sender: true},
		{Code: "InvalidConfigurationRequest", Status: 400, Sender: true},
		{Code: "InvalidLoadBalancerAction", Status: 400, Sender: true},
		{Code: "InvalidScheme", Status: 400, Sender: true},
		{Code: "InvalidSecurityGroup", Status: 400, Sender: true},
		{Code: "InvalidSubnet", Status: 400, Sender: true},
		{Code: "InvalidTarget", Status: 400, Sender: true},
		{Code: "ListenerNotFound", Status: 400, Sender: true},
		{Code: "LoadBalancerNotFound", Status: 400, Sender: true},
		{Code: "OperationNotPermitted", Status: 400, Sender: true},
		{Code: "ResourceInUse", Status: 400, Sender: true},
		{Code: "RuleNotFound", Status: 400, Sender: true},
		{Code: "SSLPolicyNotFound", Status: 400, Sender: true},
		{Code: "SubnetNotFound", Status: 400, Sender: true},
		{Code: "TargetGroupAssociationLimit", Status: 400, Sender: true},
		{Code: "TargetGroupNotFound", Status: 400, Sender: true},
		{Code: "TooManyActions", Status: 400, Sender: true},
		{Code: "TooManyCertificates", Status: 400, Sender: true},
		{Code: "TooManyListeners", Status: 400, Sender: true},
		{Code: "TooManyLoadBalancers", Status: 400, Sender: true},
		{Code: "TooManyRegistrationsForTargetId", Status: 400, Sender: true},
		{Code: "TooManyTags", Status: 400, Sender: true},
		{Code: "TooManyTargetGroups", Status: 400, Sender: true},
		{Code: "TooManyTargets", Status: 400, Sender: true},
		{Code: "TooManyUniqueTargetGroupsPerLoadBalancer", Status: 400, Sender: true},
		{Code: "TrustStoreNotFound", Status: 400, Sender: true},
		{Code: "TrustStoreNotReady", Status: 400, Sender: true},
		{Code: "UnsupportedProtocol", Status: 400, Sender: true},
	},
}

// Action is Elastic Load Balancing v2's shape of that name.
type Action struct {
	AuthenticateCognitoConfig *AuthenticateCognitoActionConfig `wire:"AuthenticateCognitoConfig"`
	AuthenticateOidcConfig    *AuthenticateOidcActionConfig    `wire:"AuthenticateOidcConfig"`
	FixedResponseConfig       *FixedResponseActionConfig       `wire:"FixedResponseConfig"`
	ForwardConfig             *ForwardActionConfig             `wire:"ForwardConfig"`
	JwtValidationConfig       *JwtValidationActionConfig       `wire:"JwtValidationConfig"`
	Order                     *int32                           `wire:"Order"`
	RedirectConfig            *RedirectActionConfig            `wire:"RedirectConfig"`
	TargetGroupArn            *string                          `wire:"TargetGroupArn"`
	Type                      *string                          `wire:"Type,req"`
}

// AddTagsInput is Elastic Load Balancing v2's shape of that name.
type AddTagsInput struct {
	ResourceArns []string `wire:"ResourceArns,req"`
	Tags         []Tag    `wire:"Tags,req"`
}

// AddTagsOutput is Elastic Load Balancing v2's shape of that name.
type AddTagsOutput struct {
}

// AdministrativeOverride is Elastic Load Balancing v2's shape of that name.
type AdministrativeOverride struct {
	Description *string `wire:"Description"`
	Reason      *string `wire:"Reason"`
	State       *string `wire:"State"`
}

// AnomalyDetection is Elastic Load Balancing v2's shape of that name.
type AnomalyDetection struct {
	MitigationInEffect *string `wire:"MitigationInEffect"`
	Result             *string `wire:"Result"`
}

// AuthenticateCognitoActionConfig is Elastic Load Balancing v2's shape of that name.
type AuthenticateCognitoActionConfig struct {
	AuthenticationRequestExtraParams map[string]string `wire:"AuthenticationRequestExtraParams"`
	OnUnauthenticatedRequest         *string           `wire:"OnUnauthenticatedRequest"`
	Scope                            *string           `wire:"Scope"`
	SessionCookieName                *string           `wire:"SessionCookieName"`
	SessionTimeout                   *int64            `wire:"SessionTimeout"`
	UserPoolArn                      *string           `wire:"UserPoolArn,req"`
	UserPoolClientId                 *string           `wire:"UserPoolClientId,req"`
	UserPoolDomain                   *string           `wire:"UserPoolDomain,req"`
}

// AuthenticateOidcActionConfig is Elastic Load Balancing v2's shape of that name.
type AuthenticateOidcActionConfig struct {
	AuthenticationRequestExtraParams map[string]string `wire:"AuthenticationRequestExtraParams"`
	AuthorizationEndpoint            *string           `wire:"AuthorizationEndpoint,req"`
	ClientId                         *string           `wire:"ClientId,req"`
	ClientSecret                     *string           `wire:"ClientSecret"`
	Issuer                           *string           `wire:"Issuer,req"`
	OnUnauthenticatedRequest         *string           `wire:"OnUnauthenticatedRequest"`
	Scope                            *string           `wire:"Scope"`
	SessionCookieName                *string           `wire:"SessionCookieName"`
	SessionTimeout                   *int64            `wire:"SessionTimeout"`
	TokenEndpoint                    *string           `wire:"TokenEndpoint,req"`
	UseExistingClientSecret          *bool             `wire:"UseExistingClientSecret"`
	UserInfoEndpoint                 *string           `wire:"UserInfoEndpoint,req"`
}

// AvailabilityZone is Elastic Load Balancing v2's shape of that name.
type AvailabilityZone struct {
	LoadBalancerAddresses []LoadBalancerAddress `wire:"LoadBalancerAddresses"`
	OutpostId             *string               `wire:"OutpostId"`
	SourceNatIpv6Prefixes []string              `wire:"SourceNatIpv6Prefixes"`
	SubnetId              *string               `wire:"SubnetId"`
	ZoneName              *string               `wire:"ZoneName"`
}

// CapacityReservationStatus is Elastic Load Balancing v2's shape of that name.
type CapacityReservationStatus struct {
	Code   *string `wire:"Code"`
	Reason *string `wire:"Reason"`
}

// Certificate is Elastic Load Balancing v2's shape of that name.
type Certificate struct {
	CertificateArn *string `wire:"CertificateArn"`
	IsDefault      *bool   `wire:"IsDefault"`
}

// CreateListenerInput is Elastic Load Balancing v2's shape of that name.
type CreateListenerInput struct {
	AlpnPolicy           []string                        `wire:"AlpnPolicy"`
	Certificates         []Certificate                   `wire:"Certificates"`
	DefaultActions       []Action                        `wire:"DefaultActions,req"`
	LoadBalancerArn      *string                         `wire:"LoadBalancerArn,req"`
	MutualAuthentication *MutualAuthenticationAttributes `wire:"MutualAuthentication"`
	Port                 *int32                          `wire:"Port"`
	Protocol             *string                         `wire:"Protocol"`
	SslPolicy            *string                         `wire:"SslPolicy"`
	Tags                 []Tag                           `wire:"Tags"`
}

// CreateListenerOutput is Elastic Load Balancing v2's shape of that name.
type CreateListenerOutput struct {
	Listeners []Listener `wire:"Listeners"`
}

// CreateLoadBalancerInput is Elastic Load Balancing v2's shape of that name.
type CreateLoadBalancerInput struct {
	CustomerOwnedIpv4Pool        *string         `wire:"CustomerOwnedIpv4Pool"`
	EnablePrefixForIpv6SourceNat *string         `wire:"EnablePrefixForIpv6SourceNat"`
	IpAddressType                *string         `wire:"IpAddressType"`
	IpamPools                    *IpamPools      `wire:"IpamPools"`
	Name                         *string         `wire:"Name,req"`
	Scheme                       *string         `wire:"Scheme"`
	SecurityGroups               []string        `wire:"SecurityGroups"`
	SubnetMappings               []SubnetMapping `wire:"SubnetMappings"`
	Subnets                      []string        `wire:"Subnets"`
	Tags                         []Tag           `wire:"Tags"`
	Type                         *string         `wire:"Type"`
}

// CreateLoadBalancerOutput is Elastic Load Balancing v2's shape of that name.
type CreateLoadBalancerOutput struct {
	LoadBalancers []LoadBalancer `wire:"LoadBalancers"`
}

// CreateTargetGroupInput is Elastic Load Balancing v2's shape of that name.
type CreateTargetGroupInput struct {
	HealthCheckEnabled         *bool    `wire:"HealthCheckEnabled"`
	HealthCheckIntervalSeconds *int32   `wire:"HealthCheckIntervalSeconds"`
	HealthCheckPath            *string  `wire:"HealthCheckPath"`
	HealthCheckPort            *string  `wire:"HealthCheckPort"`
	HealthCheckProtocol        *string  `wire:"HealthCheckProtocol"`
	HealthCheckTimeoutSeconds  *int32   `wire:"HealthCheckTimeoutSeconds"`
	HealthyThresholdCount      *int32   `wire:"HealthyThresholdCount"`
	IpAddressType              *string  `wire:"IpAddressType"`
	Matcher                    *Matcher `wire:"Matcher"`
	Name                       *string  `wire:"Name,req"`
	Port                       *int32   `wire:"Port"`
	Protocol                   *string  `wire:"Protocol"`
	ProtocolVersion            *string  `wire:"ProtocolVersion"`
	Tags                       []Tag    `wire:"Tags"`
	TargetControlPort          *int32   `wire:"TargetControlPort"`
	TargetType                 *string  `wire:"TargetType"`
	UnhealthyThresholdCount    *int32   `wire:"UnhealthyThresholdCount"`
	VpcId                      *string  `wire:"VpcId"`
}

// CreateTargetGroupOutput is Elastic Load Balancing v2's shape of that name.
type CreateTargetGroupOutput struct {
	TargetGroups []TargetGroup `wire:"TargetGroups"`
}

// DeleteListenerInput is Elastic Load Balancing v2's shape of that name.
type DeleteListenerInput struct {
	ListenerArn *string `wire:"ListenerArn,req"`
}

// DeleteListenerOutput is Elastic Load Balancing v2's shape of that name.
type DeleteListenerOutput struct {
}

// DeleteLoadBalancerInput is Elastic Load Balancing v2's shape of that name.
type DeleteLoadBalancerInput struct {
	LoadBalancerArn *string `wire:"LoadBalancerArn,req"`
}

// DeleteLoadBalancerOutput is Elastic Load Balancing v2's shape of that name.
type DeleteLoadBalancerOutput struct {
}

// DeleteTargetGroupInput is Elastic Load Balancing v2's shape of that name.
type DeleteTargetGroupInput struct {
	TargetGroupArn *string `wire:"TargetGroupArn,req"`
}

// DeleteTargetGroupOutput is Elastic Load Balancing v2's shape of that name.
type DeleteTargetGroupOutput struct {
}

// DeregisterTargetsInput is Elastic Load Balancing v2's shape of that name.
type DeregisterTargetsInput struct {
	TargetGroupArn *string             `wire:"TargetGroupArn,req"`
	Targets        []TargetDescription `wire:"Targets,req"`
}

// DeregisterTargetsOutput is Elastic Load Balancing v2's shape of that name.
type DeregisterTargetsOutput struct {
}

// DescribeCapacityReservationInput is Elastic Load Balancing v2's shape of that name.
type DescribeCapacityReservationInput struct {
	LoadBalancerArn *string `wire:"LoadBalancerArn,req"`
}

// DescribeCapacityReservationOutput is Elastic Load Balancing v2's shape of that name.
type DescribeCapacityReservationOutput struct {
	CapacityReservationState    []ZonalCapacityReservationState `wire:"CapacityReservationState"`
	DecreaseRequestsRemaining   *int32                          `wire:"DecreaseRequestsRemaining"`
	LastModifiedTime            *time.Time                      `wire:"LastModifiedTime"`
	MinimumLoadBalancerCapacity *MinimumLoadBalancerCapacity    `wire:"MinimumLoadBalancerCapacity"`
}

// DescribeListenerAttributesInput is Elastic Load Balancing v2's shape of that name.
type DescribeListenerAttributesInput struct {
	ListenerArn *string `wire:"ListenerArn,req"`
}

// DescribeListenerAttributesOutput is Elastic Load Balancing v2's shape of that name.
type DescribeListenerAttributesOutput struct {
	Attributes []ListenerAttribute `wire:"Attributes"`
}

// DescribeListenersInput is Elastic Load Balancing v2's shape of that name.
type DescribeListenersInput struct {
	ListenerArns    []string `wire:"ListenerArns"`
	LoadBalancerArn *string  `wire:"LoadBalancerArn"`
	Marker          *string  `wire:"Marker"`
	PageSize        *int32   `wire:"PageSize"`
}

// DescribeListenersOutput is Elastic Load Balancing v2's shape of that name.
type DescribeListenersOutput struct {
	Listeners  []Listener `wire:"Listeners"`
	NextMarker *string    `wire:"NextMarker"`
}

// DescribeLoadBalancerAttributesInput is Elastic Load Balancing v2's shape of that name.
type DescribeLoadBalancerAttributesInput struct {
	LoadBalancerArn *string `wire:"LoadBalancerArn,req"`
}

// DescribeLoadBalancerAttributesOutput is Elastic Load Balancing v2's shape of that name.
type DescribeLoadBalancerAttributesOutput struct {
	Attributes []LoadBalancerAttribute `wire:"Attributes"`
}

// DescribeLoadBalancersInput is Elastic Load Balancing v2's shape of that name.
type DescribeLoadBalancersInput struct {
	LoadBalancerArns []string `wire:"LoadBalancerArns"`
	Marker           *string  `wire:"Marker"`
	Names            []string `wire:"Names"`
	PageSize         *int32   `wire:"PageSize"`
}

// DescribeLoadBalancersOutput is Elastic Load Balancing v2's shape of that name.
type DescribeLoadBalancersOutput struct {
	LoadBalancers []LoadBalancer `wire:"LoadBalancers"`
	NextMarker    *string        `wire:"NextMarker"`
}

// DescribeTagsInput is Elastic Load Balancing v2's shape of that name.
type DescribeTagsInput struct {
	ResourceArns []string `wire:"ResourceArns,req"`
}

// DescribeTagsOutput is Elastic Load Balancing v2's shape of that name.
type DescribeTagsOutput struct {
	TagDescriptions []TagDescription `wire:"TagDescriptions"`
}

// DescribeTargetGroupAttributesInput is Elastic Load Balancing v2's shape of that name.
type DescribeTargetGroupAttributesInput struct {
	TargetGroupArn *string `wire:"TargetGroupArn,req"`
}

// DescribeTargetGroupAttributesOutput is Elastic Load Balancing v2's shape of that name.
type DescribeTargetGroupAttributesOutput struct {
	Attributes []TargetGroupAttribute `wire:"Attributes"`
}

// DescribeTargetGroupsInput is Elastic Load Balancing v2's shape of that name.
type DescribeTargetGroupsInput struct {
	LoadBalancerArn *string  `wire:"LoadBalancerArn"`
	Marker          *string  `wire:"Marker"`
	Names           []string `wire:"Names"`
	PageSize        *int32   `wire:"PageSize"`
	TargetGroupArns []string `wire:"TargetGroupArns"`
}

// DescribeTargetGroupsOutput is Elastic Load Balancing v2's shape of that name.
type DescribeTargetGroupsOutput struct {
	NextMarker   *string       `wire:"NextMarker"`
	TargetGroups []TargetGroup `wire:"TargetGroups"`
}

// DescribeTargetHealthInput is Elastic Load Balancing v2's shape of that name.
type DescribeTargetHealthInput struct {
	Include        []string            `wire:"Include"`
	TargetGroupArn *string             `wire:"TargetGroupArn,req"`
	Targets        []TargetDescription `wire:"Targets"`
}

// DescribeTargetHealthOutput is Elastic Load Balancing v2's shape of that name.
type DescribeTargetHealthOutput struct {
	TargetHealthDescriptions []TargetHealthDescription `wire:"TargetHealthDescriptions"`
}

// FixedResponseActionConfig is Elastic Load Balancing v2's shape of that name.
type FixedResponseActionConfig struct {
	ContentType *string `wire:"ContentType"`
	MessageBody *string `wire:"MessageBody"`
	StatusCode  *string `wire:"StatusCode,req"`
}

// ForwardActionConfig is Elastic Load Balancing v2's shape of that name.
type ForwardActionConfig struct {
	TargetGroupStickinessConfig *TargetGroupStickinessConfig `wire:"TargetGroupStickinessConfig"`
	TargetGroups                []TargetGroupTuple           `wire:"TargetGroups"`
}

// IpamPools is Elastic Load Balancing v2's shape of that name.
type IpamPools struct {
	Ipv4IpamPoolId *string `wire:"Ipv4IpamPoolId"`
}

// JwtValidationActionAdditionalClaim is Elastic Load Balancing v2's shape of that name.
type JwtValidationActionAdditionalClaim struct {
	Format *string  `wire:"Format,req"`
	Name   *string  `wire:"Name,req"`
	Values []string `wire:"Values,req"`
}

// JwtValidationActionConfig is Elastic Load Balancing v2's shape of that name.
type JwtValidationActionConfig struct {
	AdditionalClaims []JwtValidationActionAdditionalClaim `wire:"AdditionalClaims"`
	Issuer           *string                              `wire:"Issuer,req"`
	JwksEndpoint     *string                              `wire:"JwksEndpoint,req"`
}

// Listener is Elastic Load Balancing v2's shape of that name.
type Listener struct {
	AlpnPolicy           []string                        `wire:"AlpnPolicy"`
	Certificates         []Certificate                   `wire:"Certificates"`
	DefaultActions       []Action                        `wire:"DefaultActions"`
	ListenerArn          *string                         `wire:"ListenerArn"`
	LoadBalancerArn      *string                         `wire:"LoadBalancerArn"`
	MutualAuthentication *MutualAuthenticationAttributes `wire:"MutualAuthentication"`
	Port                 *int32                          `wire:"Port"`
	Protocol             *string                         `wire:"Protocol"`
	SslPolicy            *string                         `wire:"SslPolicy"`
}

// ListenerAttribute is Elastic Load Balancing v2's shape of that name.
type ListenerAttribute struct {
	Key   *string `wire:"Key"`
	Value *string `wire:"Value"`
}

// LoadBalancer is Elastic Load Balancing v2's shape of that name.
type LoadBalancer struct {
	AvailabilityZones                                    []AvailabilityZone `wire:"AvailabilityZones"`
	CanonicalHostedZoneId                                *string            `wire:"CanonicalHostedZoneId"`
	CreatedTime                                          *time.Time         `wire:"CreatedTime"`
	CustomerOwnedIpv4Pool                                *string            `wire:"CustomerOwnedIpv4Pool"`
	DNSName                                              *string            `wire:"DNSName"`
	EnablePrefixForIpv6SourceNat                         *string            `wire:"EnablePrefixForIpv6SourceNat"`
	EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic *string            `wire:"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"`
	IpAddressType                                        *string            `wire:"IpAddressType"`
	IpamPools                                            *IpamPools         `wire:"IpamPools"`
	LoadBalancerArn                                      *string            `wire:"LoadBalancerArn"`
	LoadBalancerName                                     *string            `wire:"LoadBalancerName"`
	Scheme                                               *string            `wire:"Scheme"`
	SecurityGroups                                       []string           `wire:"SecurityGroups"`
	State                                                *LoadBalancerState `wire:"State"`
	Type                                                 *string            `wire:"Type"`
	VpcId                                                *string            `wire:"VpcId"`
}

// LoadBalancerAddress is Elastic Load Balancing v2's shape of that name.
type LoadBalancerAddress struct {
	AllocationId       *string `wire:"AllocationId"`
	IPv6Address        *string `wire:"IPv6Address"`
	IpAddress          *string `wire:"IpAddress"`
	PrivateIPv4Address *string `wire:"PrivateIPv4Address"`
}

// LoadBalancerAttribute is Elastic Load Balancing v2's shape of that name.
type LoadBalancerAttribute struct {
	Key   *string `wire:"Key"`
	Value *string `wire:"Value"`
}

// LoadBalancerState is Elastic Load Balancing v2's shape of that name.
type LoadBalancerState struct {
	Code   *string `wire:"Code"`
	Reason *string `wire:"Reason"`
}

// Matcher is Elastic Load Balancing v2's shape of that name.
type Matcher struct {
	GrpcCode *string `wire:"GrpcCode"`
	HttpCode *string `wire:"HttpCode"`
}

// MinimumLoadBalancerCapacity is Elastic Load Balancing v2's shape of that name.
type MinimumLoadBalancerCapacity struct {
	CapacityUnits *int32 `wire:"CapacityUnits"`
}

// ModifyListenerAttributesInput is Elastic Load Balancing v2's shape of that name.
type ModifyListenerAttributesInput struct {
	Attributes  []ListenerAttribute `wire:"Attributes,req"`
	ListenerArn *string             `wire:"ListenerArn,req"`
}

// ModifyListenerAttributesOutput is Elastic Load Balancing v2's shape of that name.
type ModifyListenerAttributesOutput struct {
	Attributes []ListenerAttribute `wire:"Attributes"`
}

// ModifyListenerInput is Elastic Load Balancing v2's shape of that name.
type ModifyListenerInput struct {
	AlpnPolicy           []string                        `wire:"AlpnPolicy"`
	Certificates         []Certificate                   `wire:"Certificates"`
	DefaultActions       []Action                        `wire:"DefaultActions"`
	ListenerArn          *string                         `wire:"ListenerArn,req"`
	MutualAuthentication *MutualAuthenticationAttributes `wire:"MutualAuthentication"`
	Port                 *int32                          `wire:"Port"`
	Protocol             *string                         `wire:"Protocol"`
	SslPolicy            *string                         `wire:"SslPolicy"`
}

// ModifyListenerOutput is Elastic Load Balancing v2's shape of that name.
type ModifyListenerOutput struct {
	Listeners []Listener `wire:"Listeners"`
}

// ModifyLoadBalancerAttributesInput is Elastic Load Balancing v2's shape of that name.
type ModifyLoadBalancerAttributesInput struct {
	Attributes      []LoadBalancerAttribute `wire:"Attributes,req"`
	LoadBalancerArn *string                 `wire:"LoadBalancerArn,req"`
}

// ModifyLoadBalancerAttributesOutput is Elastic Load Balancing v2's shape of that name.
type ModifyLoadBalancerAttributesOutput struct {
	Attributes []LoadBalancerAttribute `wire:"Attributes"`
}

// ModifyTargetGroupAttributesInput is Elastic Load Balancing v2's shape of that name.
type ModifyTargetGroupAttributesInput struct {
	Attributes     []TargetGroupAttribute `wire:"Attributes,req"`
	TargetGroupArn *string                `wire:"TargetGroupArn,req"`
}

// ModifyTargetGroupAttributesOutput is Elastic Load Balancing v2's shape of that name.
type ModifyTargetGroupAttributesOutput struct {
	Attributes []TargetGroupAttribute `wire:"Attributes"`
}

// ModifyTargetGroupInput is Elastic Load Balancing v2's shape of that name.
type ModifyTargetGroupInput struct {
	HealthCheckEnabled         *bool    `wire:"HealthCheckEnabled"`
	HealthCheckIntervalSeconds *int32   `wire:"HealthCheckIntervalSeconds"`
	HealthCheckPath            *string  `wire:"HealthCheckPath"`
	HealthCheckPort            *string  `wire:"HealthCheckPort"`
	HealthCheckProtocol        *string  `wire:"HealthCheckProtocol"`
	HealthCheckTimeoutSeconds  *int32   `wire:"HealthCheckTimeoutSeconds"`
	HealthyThresholdCount      *int32   `wire:"HealthyThresholdCount"`
	Matcher                    *Matcher `wire:"Matcher"`
	TargetGroupArn             *string  `wire:"TargetGroupArn,req"`
	UnhealthyThresholdCount    *int32   `wire:"UnhealthyThresholdCount"`
}

// ModifyTargetGroupOutput is Elastic Load Balancing v2's shape of that name.
type ModifyTargetGroupOutput struct {
	TargetGroups []TargetGroup `wire:"TargetGroups"`
}

// MutualAuthenticationAttributes is Elastic Load Balancing v2's shape of that name.
type MutualAuthenticationAttributes struct {
	AdvertiseTrustStoreCaNames    *string `wire:"AdvertiseTrustStoreCaNames"`
	IgnoreClientCertificateExpiry *bool   `wire:"IgnoreClientCertificateExpiry"`
	Mode                          *string `wire:"Mode"`
	TrustStoreArn                 *string `wire:"TrustStoreArn"`
	TrustStoreAssociationStatus   *string `wire:"TrustStoreAssociationStatus"`
}

// RedirectActionConfig is Elastic Load Balancing v2's shape of that name.
type RedirectActionConfig struct {
	Host       *string `wire:"Host"`
	Path       *string `wire:"Path"`
	Port       *string `wire:"Port"`
	Protocol   *string `wire:"Protocol"`
	Query      *string `wire:"Query"`
	StatusCode *string `wire:"StatusCode,req"`
}

// RegisterTargetsInput is Elastic Load Balancing v2's shape of that name.
type RegisterTargetsInput struct {
	TargetGroupArn *string             `wire:"TargetGroupArn,req"`
	Targets        []TargetDescription `wire:"Targets,req"`
}

// RegisterTargetsOutput is Elastic Load Balancing v2's shape of that name.
type RegisterTargetsOutput struct {
}

// RemoveTagsInput is Elastic Load Balancing v2's shape of that name.
type RemoveTagsInput struct {
	ResourceArns []string `wire:"ResourceArns,req"`
	TagKeys      []string `wire:"TagKeys,req"`
}

// RemoveTagsOutput is Elastic Load Balancing v2's shape of that name.
type RemoveTagsOutput struct {
}

// SetSecurityGroupsInput is Elastic Load Balancing v2's shape of that name.
type SetSecurityGroupsInput struct {
	EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic *string  `wire:"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"`
	LoadBalancerArn                                      *string  `wire:"LoadBalancerArn,req"`
	SecurityGroups                                       []string `wire:"SecurityGroups,req"`
}

// SetSecurityGroupsOutput is Elastic Load Balancing v2's shape of that name.
type SetSecurityGroupsOutput struct {
	EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic *string  `wire:"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"`
	SecurityGroupIds                                     []string `wire:"SecurityGroupIds"`
}

// SetSubnetsInput is Elastic Load Balancing v2's shape of that name.
type SetSubnetsInput struct {
	EnablePrefixForIpv6SourceNat *string         `wire:"EnablePrefixForIpv6SourceNat"`
	IpAddressType                *string         `wire:"IpAddressType"`
	LoadBalancerArn              *string         `wire:"LoadBalancerArn,req"`
	SubnetMappings               []SubnetMapping `wire:"SubnetMappings"`
	Subnets                      []string        `wire:"Subnets"`
}

// SetSubnetsOutput is Elastic Load Balancing v2's shape of that name.
type SetSubnetsOutput struct {
	AvailabilityZones            []AvailabilityZone `wire:"AvailabilityZones"`
	EnablePrefixForIpv6SourceNat *string            `wire:"EnablePrefixForIpv6SourceNat"`
	IpAddressType                *string            `wire:"IpAddressType"`
}

// SubnetMapping is Elastic Load Balancing v2's shape of that name.
type SubnetMapping struct {
	AllocationId        *string `wire:"AllocationId"`
	IPv6Address         *string `wire:"IPv6Address"`
	PrivateIPv4Address  *string `wire:"PrivateIPv4Address"`
	SourceNatIpv6Prefix *string `wire:"SourceNatIpv6Prefix"`
	SubnetId            *string `wire:"SubnetId"`
}

// Tag is Elastic Load Balancing v2's shape of that name.
type Tag struct {
	Key   *string `wire:"Key,req"`
	Value *string `wire:"Value"`
}

// TagDescription is Elastic Load Balancing v2's shape of that name.
type TagDescription struct {
	ResourceArn *string `wire:"ResourceArn"`
	Tags        []Tag   `wire:"Tags"`
}

// TargetDescription is Elastic Load Balancing v2's shape of that name.
type TargetDescription struct {
	AvailabilityZone *string `wire:"AvailabilityZone"`
	Id               *string `wire:"Id,req"`
	Port             *int32  `wire:"Port"`
	QuicServerId     *string `wire:"QuicServerId"`
}

// TargetGroup is Elastic Load Balancing v2's shape of that name.
type TargetGroup struct {
	HealthCheckEnabled         *bool    `wire:"HealthCheckEnabled"`
	HealthCheckIntervalSeconds *int32   `wire:"HealthCheckIntervalSeconds"`
	HealthCheckPath            *string  `wire:"HealthCheckPath"`
	HealthCheckPort            *string  `wire:"HealthCheckPort"`
	HealthCheckProtocol        *string  `wire:"HealthCheckProtocol"`
	HealthCheckTimeoutSeconds  *int32   `wire:"HealthCheckTimeoutSeconds"`
	HealthyThresholdCount      *int32   `wire:"HealthyThresholdCount"`
	IpAddressType              *string  `wire:"IpAddressType"`
	LoadBalancerArns           []string `wire:"LoadBalancerArns"`
	Matcher                    *Matcher `wire:"Matcher"`
	Port                       *int32   `wire:"Port"`
	Protocol                   *string  `wire:"Protocol"`
	ProtocolVersion            *string  `wire:"ProtocolVersion"`
	TargetControlPort          *int32   `wire:"TargetControlPort"`
	TargetGroupArn             *string  `wire:"TargetGroupArn"`
	TargetGroupName            *string  `wire:"TargetGroupName"`
	TargetType                 *string  `wire:"TargetType"`
	UnhealthyThresholdCount    *int32   `wire:"UnhealthyThresholdCount"`
	VpcId                      *string  `wire:"VpcId"`
}

// TargetGroupAttribute is Elastic Load Balancing v2's shape of that name.
type TargetGroupAttribute struct {
	Key   *string `wire:"Key"`
	Value *string `wire:"Value"`
}

// TargetGroupStickinessConfig is Elastic Load Balancing v2's shape of that name.
type TargetGroupStickinessConfig struct {
	DurationSeconds *int32 `wire:"DurationSeconds"`
	Enabled         *bool  `wire:"Enabled"`
}

// TargetGroupTuple is Elastic Load Balancing v2's shape of that name.
type TargetGroupTuple struct {
	TargetGroupArn *string `wire:"TargetGroupArn"`
	Weight         *int32  `wire:"Weight"`
}

// TargetHealth is Elastic Load Balancing v2's shape of that name.
type TargetHealth struct {
	Description *string `wire:"Description"`
	Reason      *string `wire:"Reason"`
	State       *string `wire:"State"`
}

// TargetHealthDescription is Elastic Load Balancing v2's shape of that name.
type TargetHealthDescription struct {
	AdministrativeOverride *AdministrativeOverride `wire:"AdministrativeOverride"`
	AnomalyDetection       *AnomalyDetection       `wire:"AnomalyDetection"`
	HealthCheckPort        *string                 `wire:"HealthCheckPort"`
	Target                 *TargetDescription      `wire:"Target"`
	TargetHealth           *TargetHealth           `wire:"TargetHealth"`
}

// ZonalCapacityReservationState is Elastic Load Balancing v2's shape of that name.
type ZonalCapacityReservationState struct {
	AvailabilityZone       *string                    `wire:"AvailabilityZone"`
	EffectiveCapacityUnits *float64                   `wire:"EffectiveCapacityUnits"`
	State                  *CapacityReservationStatus `wire:"State"`
}
