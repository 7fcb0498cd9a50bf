// Code generated from model.json by internal/lab/wire/gen. DO NOT EDIT.

package eks

import (
	"reflect"
	"time"

	"postern/internal/lab/wire"
)

// API is what the wire layer knows of EKS.
var API = &wire.Service{
	ID:          "EKS",
	SigningName: "eks",
	Version:     "2017-11-01",
	Protocols:   []string{"rest-json"},
	JSONVersion: "1.1",
	Operations: []wire.Operation{
		{
			Name: "CreateCluster", Method: "POST", URI: "/clusters",
			Input: reflect.TypeFor[CreateClusterRequest](), Output: reflect.TypeFor[CreateClusterResponse](),
			Errors: []string{"ClientException", "InvalidParameterException", "ResourceInUseException", "ResourceLimitExceededException", "ServerException", "ServiceUnavailableException", "UnsupportedAvailabilityZoneException"},
		},
		{
			Name: "DeleteCluster", Method: "DELETE", URI: "/clusters/{name}",
			Input: reflect.TypeFor[DeleteClusterRequest](), Output: reflect.TypeFor[DeleteClusterResponse](),
			Errors: []string{"ClientException", "InvalidRequestException", "ResourceInUseException", "ResourceNotFoundException", "ServerException", "ServiceUnavailableException"},
		},
		{
			Name: "DescribeCluster", Method: "GET", URI: "/clusters/{name}",
			Input: reflect.TypeFor[DescribeClusterRequest](), Output: reflect.TypeFor[DescribeClusterResponse](),
			Errors: []string{"ClientException", "ResourceNotFoundException", "ServerException", "ServiceUnavailableException"},
		},
		{
			Name: "DescribeUpdate", Method: "GET", URI: "/clusters/{name}/updates/{updateId}",
			Input: reflect.TypeFor[DescribeUpdateRequest](), Output: reflect.TypeFor[DescribeUpdateResponse](),
			Errors: []string{"ClientException", "InvalidParameterException", "ResourceNotFoundException", "ServerException"},
		},
		{
			Name: "ListClusters", Method: "GET", URI: "/clusters",
			Input: reflect.TypeFor[ListClustersRequest](), Output: reflect.TypeFor[ListClustersResponse](),
			Errors: []string{"ClientException", "InvalidParameterException", "ServerException", "ServiceUnavailableException"},
		},
		{
			Name: "TagResource", Method: "POST", URI: "/tags/{resourceArn}",
			Input: reflect.TypeFor[TagResourceRequest](), Output: reflect.TypeFor[TagResourceResponse](),
			Errors: []string{"BadRequestException", "NotFoundException"},
		},
		{
			Name: "UntagResource", Method: "DELETE", URI: "/tags/{resourceArn}",
			Input: reflect.TypeFor[UntagResourceRequest](), Output: reflect.TypeFor[UntagResourceResponse](),
			Errors: []string{"BadRequestException", "NotFoundException"},
		},
		{
			Name: "UpdateClusterConfig", Method: "POST", URI: "/clusters/{name}/update-config",
			Input: reflect.TypeFor[UpdateClusterConfigRequest](), Output: reflect.TypeFor[UpdateClusterConfigResponse](),
			Errors: []string{"ClientException", "InvalidParameterException", "InvalidRequestException", "ResourceInUseException", "ResourceNotFoundException", "ServerException", "ThrottlingException"},
		},
		{
			Name: "UpdateClusterVersion", Method: "POST", URI: "/clusters/{name}/updates",
			Input: reflect.TypeFor[UpdateClusterVersionRequest](), Output: reflect.TypeFor[UpdateClusterVersionResponse](),
			Errors: []string{"ClientException", "InvalidParameterException", "InvalidRequestException", "InvalidStateException", "ResourceInUseException", "ResourceNotFoundException", "ServerException", "ThrottlingException"},
		},
	},
	Errors: []wire.ErrorShape{
		{Code: "BadRequestException", Status: 400, Sender: true},
		{Code: "ClientException", Status: 400, Sender: true},
		{Code: "InvalidParameterException", Status: 400, Sender: true},
		{Code: "InvalidRequestException", Status: 400, Sender: true},
		{Code: "InvalidStateException", Status: 400, Sender: true},
		{Code: "NotFoundException", Status: 404, Sender: true},
		{Code: "ResourceInUseException", Status: 409, Sender: true},
		{Code: "ResourceLimitExceededException", Status: 400, Sender: true},
		{Code: "ResourceNotFoundException", Status: 404, Sender: true},
		{Code: "ServerException", Status: 500},
		{Code: "ServiceUnavailableException", Status: 503},
		{Code: "ThrottlingException", Status: 429, Sender: true},
		{Code: "UnsupportedAvailabilityZoneException", Status: 400, Sender: true},
	},
	Others: []wire.Route{
		{Name: "AssociateAccessPolicy", Method: "POST", URI: "/clusters/{name}/access-entries/{principalArn}/access-policies"},
		{Name: "AssociateEncryptionConfig", Method: "POST", URI: "/clusters/{name}/encryption-config/associate"},
		{Name: "AssociateIdentityProviderConfig", Method: "POST", URI: "/clusters/{name}/identity-provider-configs/associate"},
		{Name: "CreateAccessEntry", Method: "POST", URI: "/clusters/{name}/access-entries"},
		{Name: "CreateAddon", Method: "POST", URI: "/clusters/{name}/addons"},
		{Name: "CreateCapability", Method: "POST", URI: "/clusters/{name}/capabilities"},
		{Name: "CreateEksAnywhereSubscription", Method: "POST", URI: "/eks-anywhere-subscriptions"},
		{Name: "CreateFargateProfile", Method: "POST", URI: "/clusters/{name}/fargate-profiles"},
		{Name: "CreateNodegroup", Method: "POST", URI: "/clusters/{name}/node-groups"},
		{Name: "CreatePodIdentityAssociation", Method: "POST", URI: "/clusters/{name}/pod-identity-associations"},
		{Name: "DeleteAccessEntry", Method: "DELETE", URI: "/clusters/{name}/access-entries/{principalArn}"},
		{Name: "DeleteAddon", Method: "DELETE", URI: "/clusters/{name}/addons/{addonName}"},
		{Name: "DeleteCapability", Method: "DELETE", URI: "/clusters/{name}/capabilities/{capabilityName}"},
		{Name: "DeleteEksAnywhereSubscription", Method: "DELETE", URI: "/eks-anywhere-subscriptions/{id}"},
		{Name: "DeleteFargateProfile", Method: "DELETE", URI: "/clusters/{name}/fargate-profiles/{fargateProfileName}"},
		{Name: "DeleteNodegroup", Method: "DELETE", URI: "/clusters/{name}/node-groups/{nodegroupName}"},
		{Name: "DeletePodIdentityAssociation", Method: "DELETE", URI: "/clusters/{name}/pod-identity-associations/{associationId}"},
		{Name: "DeregisterCluster", Method: "DELETE", URI: "/cluster-registrations/{name}"},
		{Name: "DescribeAccessEntry", Method: "GET", URI: "/clusters/{name}/access-entries/{principalArn}"},
		{Name: "DescribeAddon", Method: "GET", URI: "/clusters/{name}/addons/{addonName}"},
		{Name: "DescribeAddonConfiguration", Method: "GET", URI: "/addons/configuration-schemas"},
		{Name: "DescribeAddonVersions", Method: "GET", URI: "/addons/supported-versions"},
		{Name: "DescribeCapability", Method: "GET", URI: "/clusters/{name}/capabilities/{capabilityName}"},
		{Name: "DescribeClusterVersions", Method: "GET", URI: "/cluster-versions"},
		{Name: "DescribeEksAnywhereSubscription", Method: "GET", URI: "/eks-anywhere-subscriptions/{id}"},
		{Name: "DescribeFargateProfile", Method: "GET", URI: "/clusters/{name}/fargate-profiles/{fargateProfileName}"},
		{Name: "DescribeIdentityProviderConfig", Method: "POST", URI: "/clusters/{name}/identity-provider-configs/describe"},
		{Name: "DescribeInsight", Method: "GET", URI: "/clusters/{name}/insights/{id}"},
		{Name: "DescribeInsightsRefresh", Method: "GET", URI: "/clusters/{name}/insights-refresh"},
		{Name: "DescribeNodegroup", Method: "GET", URI: "/clusters/{name}/node-groups/{nodegroupName}"},
		{Name: "DescribePodIdentityAssociation", Method: "GET", URI: "/clusters/{name}/pod-identity-associations/{associationId}"},
		{Name: "DisassociateAccessPolicy", Method: "DELETE", URI: "/clusters/{name}/access-entries/{principalArn}/access-policies/{policyArn}"},
		{Name: "DisassociateIdentityProviderConfig", Method: "POST", URI: "/clusters/{name}/identity-provider-configs/disassociate"},
		{Name: "ListAccessEntries", Method: "GET", URI: "/clusters/{name}/access-entries"},
		{Name: "ListAccessPolicies", Method: "GET", URI: "/access-policies"},
		{Name: "ListAddons", Method: "GET", URI: "/clusters/{name}/addons"},
		{Name: "ListAssociatedAccessPolicies", Method: "GET", URI: "/clusters/{name}/access-entries/{principalArn}/access-policies"},
		{Name: "ListCapabilities", Method: "GET", URI: "/clusters/{name}/capabilities"},
		{Name: "ListEksAnywhereSubscriptions", Method: "GET", URI: "/eks-anywhere-subscriptions"},
		{Name: "ListFargateProfiles", Method: "GET", URI: "/clusters/{name}/fargate-profiles"},
		{Name: "ListIdentityProviderConfigs", Method: "GET", URI: "/clusters/{name}/identity-provider-configs"},
		{Name: "ListInsights", Method: "POST", URI: "/clusters/{name}/insights"},
		{Name: "ListNodegroups", Method: "GET", URI: "/clusters/{name}/node-groups"},
		{Name: "ListPodIdentityAssociations", Method: "GET", URI: "/clusters/{name}/pod-identity-associations"},
		{Name: "ListTagsForResource", Method: "GET", URI: "/tags/{resourceArn}"},
		{Name: "ListUpdates", Method: "GET", URI: "/clusters/{name}/updates"},
		{Name: "RegisterCluster", Method: "POST", URI: "/cluster-registrations"},
		{Name: "StartInsightsRefresh", Method: "POST", URI: "/clusters/{name}/insights-refresh"},
		{Name: "UpdateAccessEntry", Method: "POST", URI: "/clusters/{name}/access-entries/{principalArn}"},
		{Name: "UpdateAddon", Method: "POST", URI: "/clusters/{name}/addons/{addonName}/update"},
		{Name: "UpdateCapability", Method: "POST", URI: "/clusters/{name}/capabilities/{capabilityName}"},
		{Name: "UpdateEksAnywhereSubscription", Method: "POST", URI: "/eks-anywhere-subscriptions/{id}"},
		{Name: "UpdateNodegroupConfig", Method: "POST", URI: "/clusters/{name}/node-groups/{nodegroupName}/update-config"},
		{Name: "UpdateNodegroupVersion", Method: "POST", URI: "/clusters/{name}/node-groups/{nodegroupName}/update-version"},
		{Name: "UpdatePodIdentityAssociation", Method: "POST", URI: "/clusters/{name}/pod-identity-associations/{associationId}"},
	},
}

// AccessConfigResponse is EKS's shape of that name.
type AccessConfigResponse struct {
	AuthenticationMode                      *string `wire:"authenticationMode"`
	BootstrapClusterCreatorAdminPermissions *bool   `wire:"bootstrapClusterCreatorAdminPermissions"`
}

// BlockStorage is EKS's shape of that name.
type BlockStorage struct {
	Enabled *bool `wire:"enabled"`
}

// Certificate is EKS's shape of that name.
type Certificate struct {
	Data *string `wire:"data"`
}

// Cluster is EKS's shape of that name.
type Cluster struct {
	AccessConfig              *AccessConfigResponse            `wire:"accessConfig"`
	Arn                       *string                          `wire:"arn"`
	CertificateAuthority      *Certificate                     `wire:"certificateAuthority"`
	ClientRequestToken        *string                          `wire:"clientRequestToken"`
	ComputeConfig             *ComputeConfigResponse           `wire:"computeConfig"`
	ConnectorConfig           *ConnectorConfigResponse         `wire:"connectorConfig"`
	ControlPlaneScalingConfig *ControlPlaneScalingConfig       `wire:"controlPlaneScalingConfig"`
	CreatedAt                 *time.Time                       `wire:"createdAt"`
	DeletionProtection        *bool                            `wire:"deletionProtection"`
	EncryptionConfig          []EncryptionConfig               `wire:"encryptionConfig"`
	Endpoint                  *string                          `wire:"endpoint"`
	Health                    *ClusterHealth                   `wire:"health"`
	Id                        *string                          `wire:"id"`
	Identity                  *Identity                        `wire:"identity"`
	KubernetesNetworkConfig   *KubernetesNetworkConfigResponse `wire:"kubernetesNetworkConfig"`
	Logging                   *Logging                         `wire:"logging"`
	Name                      *string                          `wire:"name"`
	OutpostConfig             *OutpostConfigResponse           `wire:"outpostConfig"`
	PlatformVersion           *string                          `wire:"platformVersion"`
	RemoteNetworkConfig       *RemoteNetworkConfigResponse     `wire:"remoteNetworkConfig"`
	ResourcesVpcConfig        *VpcConfigResponse               `wire:"resourcesVpcConfig"`
	RoleArn                   *string                          `wire:"roleArn"`
	Status                    *string                          `wire:"status"`
	StorageConfig             *StorageConfigResponse           `wire:"storageConfig"`
	Tags                      map[string]string                `wire:"tags"`
	UpgradePolicy             *UpgradePolicyResponse           `wire:"upgradePolicy"`
	Version                   *string                          `wire:"version"`
	ZonalShiftConfig          *ZonalShiftConfigResponse        `wire:"zonalShiftConfig"`
}

// ClusterHealth is EKS's shape of that name.
type ClusterHealth struct {
	Issues []ClusterIssue `wire:"issues"`
}

// ClusterIssue is EKS's shape of that name.
type ClusterIssue struct {
	Code        *string  `wire:"code"`
	Message     *string  `wire:"message"`
	ResourceIds []string `wire:"resourceIds"`
}

// ComputeConfigRequest is EKS's shape of that name.
type ComputeConfigRequest struct {
	Enabled     *bool    `wire:"enabled"`
	NodePools   []string `wire:"nodePools"`
	NodeRoleArn *string  `wire:"nodeRoleArn"`
}

// ComputeConfigResponse is EKS's shape of that name.
type ComputeConfigResponse struct {
	Enabled     *bool    `wire:"enabled"`
	NodePools   []string `wire:"nodePools"`
	NodeRoleArn *string  `wire:"nodeRoleArn"`
}

// ConnectorConfigResponse is EKS's shape of that name.
type ConnectorConfigResponse struct {
	ActivationCode   *string    `wire:"activationCode"`
	ActivationExpiry *time.Time `wire:"activationExpiry"`
	ActivationId     *string    `wire:"activationId"`
	Provider         *string    `wire:"provider"`
	RoleArn          *string    `wire:"roleArn"`
}

// ControlPlanePlacementRequest is EKS's shape of that name.
type ControlPlanePlacementRequest struct {
	GroupName *string `wire:"groupName"`
}

// ControlPlanePlacementResponse is EKS's shape of that name.
type ControlPlanePlacementResponse struct {
	GroupName *string `wire:"groupName"`
}

// ControlPlaneScalingConfig is EKS's shape of that name.
type ControlPlaneScalingConfig struct {
	Tier *string `wire:"tier"`
}

// CreateAccessConfigRequest is EKS's shape of that name.
type CreateAccessConfigRequest struct {
	AuthenticationMode                      *string `wire:"authenticationMode"`
	BootstrapClusterCreatorAdminPermissions *bool   `wire:"bootstrapClusterCreatorAdminPermissions"`
}

// CreateClusterRequest is EKS's shape of that name.
type CreateClusterRequest struct {
	AccessConfig               *CreateAccessConfigRequest      `wire:"accessConfig"`
	BootstrapSelfManagedAddons *bool                           `wire:"bootstrapSelfManagedAddons"`
	ClientRequestToken         *string                         `wire:"clientRequestToken"`
	ComputeConfig              *ComputeConfigRequest           `wire:"computeConfig"`
	ControlPlaneScalingConfig  *ControlPlaneScalingConfig      `wire:"controlPlaneScalingConfig"`
	DeletionProtection         *bool                           `wire:"deletionProtection"`
	EncryptionConfig           []EncryptionConfig              `wire:"encryptionConfig"`
	KubernetesNetworkConfig    *KubernetesNetworkConfigRequest `wire:"kubernetesNetworkConfig"`
	Logging                    *Logging                        `wire:"logging"`
	Name                       *string                         `wire:"name,req"`
	OutpostConfig              *OutpostConfigRequest           `wire:"outpostConfig"`
	RemoteNetworkConfig        *RemoteNetworkConfigRequest     `wire:"remoteNetworkConfig"`
	ResourcesVpcConfig         *VpcConfigRequest               `wire:"resourcesVpcConfig,req"`
	RoleArn                    *string                         `wire:"roleArn,req"`
	StorageConfig              *StorageConfigRequest           `wire:"storageConfig"`
	Tags                       map[string]string               `wire:"tags"`
	UpgradePolicy              *UpgradePolicyRequest           `wire:"upgradePolicy"`
	Version                    *string                         `wire:"version"`
	ZonalShiftConfig           *ZonalShiftConfigRequest        `wire:"zonalShiftConfig"`
}

// CreateClusterResponse is EKS's shape of that name.
type CreateClusterResponse struct {
	Cluster *Cluster `wire:"cluster"`
}

// DeleteClusterRequest is EKS's shape of that name.
type DeleteClusterRequest struct {
	Name *string `wire:"name,loc=uri,req"`
}

// DeleteClusterResponse is EKS's shape of that name.
type DeleteClusterResponse struct {
	Cluster *Cluster `wire:"cluster"`
}

// DescribeClusterRequest is EKS's shape of that name.
type DescribeClusterRequest struct {
	Name *string `wire:"name,loc=uri,req"`
}

// DescribeClusterResponse is EKS's shape of that name.
type DescribeClusterResponse struct {
	Cluster *Cluster `wire:"cluster"`
}

// DescribeUpdateRequest is EKS's shape of that name.
type DescribeUpdateRequest struct {
	AddonName      *string `wire:"addonName,loc=querystring"`
	CapabilityName *string `wire:"capabilityName,loc=querystring"`
	Name           *string `wire:"name,loc=uri,req"`
	NodegroupName  *string `wire:"nodegroupName,loc=querystring"`
	UpdateId       *string `wire:"updateId,loc=uri,req"`
}

// DescribeUpdateResponse is EKS's shape of that name.
type DescribeUpdateResponse struct {
	Update *Update `wire:"update"`
}

// ElasticLoadBalancing is EKS's shape of that name.
type ElasticLoadBalancing struct {
	Enabled *bool `wire:"enabled"`
}

// EncryptionConfig is EKS's shape of that name.
type EncryptionConfig struct {
	Provider  *Provider `wire:"provider"`
	Resources []string  `wire:"resources"`
}

// ErrorDetail is EKS's shape of that name.
type ErrorDetail struct {
	ErrorCode    *string  `wire:"errorCode"`
	ErrorMessage *string  `wire:"errorMessage"`
	ResourceIds  []string `wire:"resourceIds"`
}

// Identity is EKS's shape of that name.
type Identity struct {
	Oidc *OIDC `wire:"oidc"`
}

// KubernetesNetworkConfigRequest is EKS's shape of that name.
type KubernetesNetworkConfigRequest struct {
	ElasticLoadBalancing *ElasticLoadBalancing `wire:"elasticLoadBalancing"`
	IpFamily             *string               `wire:"ipFamily"`
	ServiceIpv4Cidr      *string               `wire:"serviceIpv4Cidr"`
}

// KubernetesNetworkConfigResponse is EKS's shape of that name.
type KubernetesNetworkConfigResponse struct {
	ElasticLoadBalancing *ElasticLoadBalancing `wire:"elasticLoadBalancing"`
	IpFamily             *string               `wire:"ipFamily"`
	ServiceIpv4Cidr      *string               `wire:"serviceIpv4Cidr"`
	ServiceIpv6Cidr      *string               `wire:"serviceIpv6Cidr"`
}

// ListClustersRequest is EKS's shape of that name.
type ListClustersRequest struct {
	Include    []string `wire:"include,loc=querystring"`
	MaxResults *int32   `wire:"maxResults,loc=querystring"`
	NextToken  *string  `wire:"nextToken,loc=querystring"`
}

// ListClustersResponse is EKS's shape of that name.
type ListClustersResponse struct {
	Clusters  []string `wire:"clusters"`
	NextToken *string  `wire:"nextToken"`
}

// LogSetup is EKS's shape of that name.
type LogSetup struct {
	Enabled *bool    `wire:"enabled"`
	Types   []string `wire:"types"`
}

// Logging is EKS's shape of that name.
type Logging struct {
	ClusterLogging []LogSetup `wire:"clusterLogging"`
}

// OIDC is EKS's shape of that name.
type OIDC struct {
	Issuer *string `wire:"issuer"`
}

// OutpostConfigRequest is EKS's shape of that name.
type OutpostConfigRequest struct {
	ControlPlaneInstanceType *string                       `wire:"controlPlaneInstanceType,req"`
	ControlPlanePlacement    *ControlPlanePlacementRequest `wire:"controlPlanePlacement"`
	OutpostArns              []string                      `wire:"outpostArns,req"`
}

// OutpostConfigResponse is EKS's shape of that name.
type OutpostConfigResponse struct {
	ControlPlaneInstanceType *string                        `wire:"controlPlaneInstanceType,req"`
	ControlPlanePlacement    *ControlPlanePlacementResponse `wire:"controlPlanePlacement"`
	OutpostArns              []string                       `wire:"outpostArns,req"`
}

// Provider is EKS's shape of that name.
type Provider struct {
	KeyArn *string `wire:"keyArn"`
}

// RemoteNetworkConfigRequest is EKS's shape of that name.
type RemoteNetworkConfigRequest struct {
	RemoteNodeNetworks []RemoteNodeNetwork `wire:"remoteNodeNetworks"`
	RemotePodNetworks  []RemotePodNetwork  `wire:"remotePodNetworks"`
}

// RemoteNetworkConfigResponse is EKS's shape of that name.
type RemoteNetworkConfigResponse struct {
	RemoteNodeNetworks []RemoteNodeNetwork `wire:"remoteNodeNetworks"`
	RemotePodNetworks  []RemotePodNetwork  `wire:"remotePodNetworks"`
}

// RemoteNodeNetwork is EKS's shape of that name.
type RemoteNodeNetwork struct {
	Cidrs []string `wire:"cidrs"`
}

// RemotePodNetwork is EKS's shape of that name.
type RemotePodNetwork struct {
	Cidrs []string `wire:"cidrs"`
}

// StorageConfigRequest is EKS's shape of that name.
type StorageConfigRequest struct {
	BlockStorage *BlockStorage `wire:"blockStorage"`
}

// StorageConfigResponse is EKS's shape of that name.
type StorageConfigResponse struct {
	BlockStorage *BlockStorage `wire:"blockStorage"`
}

// TagResourceRequest is EKS's shape of that name.
type TagResourceRequest struct {
	ResourceArn *string           `wire:"resourceArn,loc=uri,req"`
	Tags        map[string]string `wire:"tags,req"`
}

// TagResourceResponse is EKS's shape of that name.
type TagResourceResponse struct {
}

// UntagResourceRequest is EKS's shape of that name.
type UntagResourceRequest struct {
	ResourceArn *string  `wire:"resourceArn,loc=uri,req"`
	TagKeys     []string `wire:"tagKeys,loc=querystring,req"`
}

// UntagResourceResponse is EKS's shape of that name.
type UntagResourceResponse struct {
}

// Update is EKS's shape of that name.
type Update struct {
	CreatedAt *time.Time    `wire:"createdAt"`
	Errors    []ErrorDetail `wire:"errors"`
	Id        *string       `wire:"id"`
	Params    []UpdateParam `wire:"params"`
	Status    *string       `wire:"status"`
	Type      *string       `wire:"type"`
}

// UpdateAccessConfigRequest is EKS's shape of that name.
type UpdateAccessConfigRequest struct {
	AuthenticationMode *string `wire:"authenticationMode"`
}

// UpdateClusterConfigRequest is EKS's shape of that name.
type UpdateClusterConfigRequest struct {
	AccessConfig              *UpdateAccessConfigRequest      `wire:"accessConfig"`
	ClientRequestToken        *string                         `wire:"clientRequestToken"`
	ComputeConfig             *ComputeConfigRequest           `wire:"computeConfig"`
	ControlPlaneScalingConfig *ControlPlaneScalingConfig      `wire:"controlPlaneScalingConfig"`
	DeletionProtection        *bool                           `wire:"deletionProtection"`
	KubernetesNetworkConfig   *KubernetesNetworkConfigRequest `wire:"kubernetesNetworkConfig"`
	Logging                   *Logging                        `wire:"logging"`
	Name                      *string                         `wire:"name,loc=uri,req"`
	RemoteNetworkConfig       *RemoteNetworkConfigRequest     `wire:"remoteNetworkConfig"`
	ResourcesVpcConfig        *VpcConfigRequest               `wire:"resourcesVpcConfig"`
	StorageConfig             *StorageConfigRequest           `wire:"storageConfig"`
	UpgradePolicy             *UpgradePolicyRequest           `wire:"upgradePolicy"`
	ZonalShiftConfig          *ZonalShiftConfigRequest        `wire:"zonalShiftConfig"`
}

// UpdateClusterConfigResponse is EKS's shape of that name.
type UpdateClusterConfigResponse struct {
	Update *Update `wire:"update"`
}

// UpdateClusterVersionRequest is EKS's shape of that name.
type UpdateClusterVersionRequest struct {
	ClientRequestToken *string `wire:"clientRequestToken"`
	Force              *bool   `wire:"force"`
	Name               *string `wire:"name,loc=uri,req"`
	Version            *string `wire:"version,req"`
}

// UpdateClusterVersionResponse is EKS's shape of that name.
type UpdateClusterVersionResponse struct {
	Update *Update `wire:"update"`
}

// UpdateParam is EKS's shape of that name.
type UpdateParam struct {
	Type  *string `wire:"type"`
	Value *string `wire:"value"`
}

// UpgradePolicyRequest is EKS's shape of that name.
type UpgradePolicyRequest struct {
	SupportType *string `wire:"supportType"`
}

// UpgradePolicyResponse is EKS's shape of that name.
type UpgradePolicyResponse struct {
	SupportType *string `wire:"supportType"`
}

// VpcConfigRequest is EKS's shape of that name.
type VpcConfigRequest struct {
	EndpointPrivateAccess *bool    `wire:"endpointPrivateAccess"`
	EndpointPublicAccess  *bool    `wire:"endpointPublicAccess"`
	PublicAccessCidrs     []string `wire:"publicAccessCidrs"`
	SecurityGroupIds      []string `wire:"securityGroupIds"`
	SubnetIds             []string `wire:"subnetIds"`
}

// VpcConfigResponse is EKS's shape of that name.
type VpcConfigResponse struct {
	ClusterSecurityGroupId *string  `wire:"clusterSecurityGroupId"`
	EndpointPrivateAccess  *bool    `wire:"endpointPrivateAccess"`
	EndpointPublicAccess   *bool    `wire:"endpointPublicAccess"`
	PublicAccessCidrs      []string `wire:"publicAccessCidrs"`
	SecurityGroupIds       []string `wire:"securityGroupIds"`
	SubnetIds              []string `wire:"subnetIds"`
	VpcId                  *string  `wire:"vpcId"`
}

// ZonalShiftConfigRequest is EKS's shape of that name.
type ZonalShiftConfigRequest struct {
	Enabled *bool `wire:"enabled"`
}

// ZonalShiftConfigResponse is EKS's shape of that name.
type ZonalShiftConfigResponse struct {
	Enabled *bool `wire:"enabled"`
}
