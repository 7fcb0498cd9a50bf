// Package eks answers EKS's actions from the lab's store.
package eks

import (
	"context"
	"encoding/base64"
	"path"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

type handlers struct{ store *state.Store }

// Table returns the service's actions over a store.
func Table(store *state.Store) *wire.Table {
	h := handlers{store}
	return wire.NewTable("eks", "eks", API,
		wire.Op("CreateCluster", h.createCluster, "ResourceInUseException", "UnsupportedAvailabilityZoneException", "InvalidParameterException", "InvalidRequestException"),
		wire.Op("DeleteCluster", h.deleteCluster, "ResourceNotFoundException", "ResourceInUseException"),
		wire.Op("DescribeCluster", h.describeCluster, "ResourceNotFoundException"),
		wire.Op("DescribeUpdate", h.describeUpdate, "ResourceNotFoundException"),
		wire.Op("ListClusters", h.listClusters, "InvalidParameterException"),
		wire.Op("TagResource", h.tagResource, "NotFoundException", "BadRequestException"),
		wire.Op("UntagResource", h.untagResource, "NotFoundException", "BadRequestException"),
		wire.Op("UpdateClusterConfig", h.updateClusterConfig, "ResourceNotFoundException", "ResourceInUseException", "InvalidParameterException", "InvalidRequestException"),
		wire.Op("UpdateClusterVersion", h.updateClusterVersion, "ResourceNotFoundException", "ResourceInUseException", "InvalidParameterException", "InvalidRequestException"),
	)
}

func refuse(code, message string) error {
	return &wire.Error{Code: code, Message: message, Status: 400, Sender: true}
}

func (h handlers) createCluster(_ context.Context, c wire.Caller, in *CreateClusterRequest) (*CreateClusterResponse, error) {
	vpc := in.ResourcesVpcConfig
	ask := state.ClusterInput{
		Name:           wire.Value(in.Name),
		Version:        wire.Value(in.Version),
		Role:           wire.Value(in.RoleArn),
		Subnets:        vpc.SubnetIds,
		SecurityGroups: vpc.SecurityGroupIds,
		Public:         vpc.EndpointPublicAccess,
		Private:        vpc.EndpointPrivateAccess,
		PublicCIDRs:    vpc.PublicAccessCidrs,
		Tags:           in.Tags,
	}
	if net := in.KubernetesNetworkConfig; net != nil {
		ask.IPFamily = wire.Value(net.IpFamily)
		ask.ServiceCIDR = wire.Value(net.ServiceIpv4Cidr)
	}
	if access := in.AccessConfig; access != nil {
		ask.AuthMode, ask.CreatorAdmin = wire.Value(access.AuthenticationMode), access.BootstrapClusterCreatorAdminPermissions
	}
	made, err := h.store.CreateCluster(state.Caller(c), ask)
	if err != nil {
		return nil, err
	}
	return &CreateClusterResponse{Cluster: cluster(made)}, nil
}

func (h handlers) describeCluster(_ context.Context, c wire.Caller, in *DescribeClusterRequest) (*DescribeClusterResponse, error) {
	found, err := h.store.DescribeCluster(state.Caller(c), wire.Value(in.Name))
	if err != nil {
		return nil, err
	}
	return &DescribeClusterResponse{Cluster: cluster(found)}, nil
}

func (h handlers) listClusters(_ context.Context, c wire.Caller, in *ListClustersRequest) (*ListClustersResponse, error) {
	names, next, err := h.store.ListClusters(state.Caller(c), state.Page{Max: int(wire.Value(in.MaxResults)), Token: wire.Value(in.NextToken)})
	if err != nil {
		return nil, err
	}
	if names == nil {
		names = []string{}
	}
	return &ListClustersResponse{Clusters: names, NextToken: wire.Set(next)}, nil
}

func (h handlers) deleteCluster(_ context.Context, c wire.Caller, in *DeleteClusterRequest) (*DeleteClusterResponse, error) {
	gone, err := h.store.DeleteCluster(state.Caller(c), wire.Value(in.Name))
	if err != nil {
		return nil, err
	}
	return &DeleteClusterResponse{Cluster: cluster(gone)}, nil
}

func (h handlers) updateClusterVersion(_ context.Context, c wire.Caller, in *UpdateClusterVersionRequest) (*UpdateClusterVersionResponse, error) {
	u, err := h.store.UpdateClusterVersion(state.Caller(c), wire.Value(in.Name), wire.Value(in.Version))
	if err != nil {
		return nil, err
	}
	return &UpdateClusterVersionResponse{Update: update(u)}, nil
}

func (h handlers) describeUpdate(_ context.Context, c wire.Caller, in *DescribeUpdateRequest) (*DescribeUpdateResponse, error) {
	u, err := h.store.DescribeUpdate(state.Caller(c), wire.Value(in.Name), wire.Value(in.UpdateId))
	if err != nil {
		return nil, err
	}
	return &DescribeUpdateResponse{Update: update(u)}, nil
}

func (h handlers) tagResource(_ context.Context, c wire.Caller, in *TagResourceRequest) (*TagResourceResponse, error) {
	return nil, h.store.TagCluster(state.Caller(c), wire.Value(in.ResourceArn), in.Tags)
}

func (h handlers) untagResource(_ context.Context, c wire.Caller, in *UntagResourceRequest) (*UntagResourceResponse, error) {
	return nil, h.store.UntagCluster(state.Caller(c), wire.Value(in.ResourceArn), in.TagKeys)
}

// updateClusterConfig changes a cluster's networking or its authentication mode;
// the lab has no more of a cluster's configuration.
func (h handlers) updateClusterConfig(_ context.Context, c wire.Caller, in *UpdateClusterConfigRequest) (*UpdateClusterConfigResponse, error) {
	var ask state.ClusterConfig
	if vpc := in.ResourcesVpcConfig; vpc != nil {
		ask = state.ClusterConfig{
			Public:         vpc.EndpointPublicAccess,
			Private:        vpc.EndpointPrivateAccess,
			PublicCIDRs:    vpc.PublicAccessCidrs,
			Subnets:        vpc.SubnetIds,
			SecurityGroups: vpc.SecurityGroupIds,
		}
	}
	if access := in.AccessConfig; access != nil {
		ask.AuthMode = wire.Value(access.AuthenticationMode)
	}
	if in.ResourcesVpcConfig == nil && in.AccessConfig == nil {
		return nil, refuse("InvalidParameterException", "The lab changes resourcesVpcConfig and accessConfig only, and the request has neither.")
	}
	u, err := h.store.UpdateClusterConfig(state.Caller(c), wire.Value(in.Name), ask)
	if err != nil {
		return nil, err
	}
	return &UpdateClusterConfigResponse{Update: update(u)}, nil
}

// cluster is what DescribeCluster shows. The parts that Terraform reads without
// looking whether they are there (accessConfig, for one) always are.
func cluster(c state.Cluster) *Cluster {
	out := &Cluster{
		Arn:             &c.ARN,
		Name:            &c.Name,
		Status:          &c.Status,
		Version:         &c.Version,
		PlatformVersion: &c.PlatformVersion,
		Endpoint:        wire.Set(c.Endpoint),
		RoleArn:         &c.Role,
		CreatedAt:       &c.Created,
		Tags:            c.Tags,
		ResourcesVpcConfig: &VpcConfigResponse{
			VpcId:                  &c.VPC,
			SubnetIds:              list(c.Subnets),
			SecurityGroupIds:       list(c.SecurityGroups),
			ClusterSecurityGroupId: wire.Set(c.ClusterSecurityGroup),
			EndpointPublicAccess:   &c.Public,
			EndpointPrivateAccess:  &c.Private,
			PublicAccessCidrs:      list(c.PublicCIDRs),
		},
		KubernetesNetworkConfig: &KubernetesNetworkConfigResponse{
			IpFamily:             &c.IPFamily,
			ElasticLoadBalancing: &ElasticLoadBalancing{Enabled: new(false)},
		},
		AccessConfig: &AccessConfigResponse{
			AuthenticationMode:                      &c.AuthMode,
			BootstrapClusterCreatorAdminPermissions: &c.CreatorAdmin,
		},
		Logging: &Logging{ClusterLogging: []LogSetup{{
			Enabled: new(false),
			Types:   []string{"api", "audit", "authenticator", "controllerManager", "scheduler"},
		}}},
		Health:               &ClusterHealth{Issues: []ClusterIssue{}},
		UpgradePolicy:        &UpgradePolicyResponse{SupportType: new("EXTENDED")},
		CertificateAuthority: &Certificate{},
		EncryptionConfig:     []EncryptionConfig{},
		DeletionProtection:   new(false),
	}
	if out.Tags == nil {
		out.Tags = map[string]string{}
	}
	if c.IPFamily == "ipv6" {
		out.KubernetesNetworkConfig.ServiceIpv6Cidr = wire.Set(c.ServiceCIDR)
	} else {
		out.KubernetesNetworkConfig.ServiceIpv4Cidr = wire.Set(c.ServiceCIDR)
	}
	if len(c.CA) > 0 {
		out.CertificateAuthority.Data = new(base64.StdEncoding.EncodeToString(c.CA))
	}
	if c.Endpoint != "" && c.ID != "" {
		// Source: Amazon EKS user guide, create an IAM OIDC provider for your cluster.
		issuer := "https://oidc.eks." + c.Region + ".amazonaws.com/" + path.Join("id", c.ID)
		out.Identity = &Identity{Oidc: &OIDC{Issuer: &issuer}}
	}
	return out
}

func update(u state.Update) *Update {
	out := &Update{
		Id:        &u.ID,
		Type:      &u.Type,
		Status:    &u.Status,
		CreatedAt: &u.Created,
		Params:    []UpdateParam{},
		Errors:    []ErrorDetail{},
	}
	for _, p := range u.Params {
		out.Params = append(out.Params, UpdateParam{Type: &p.Type, Value: &p.Value})
	}
	if e := u.Error; e != nil {
		out.Errors = append(out.Errors, ErrorDetail{ErrorCode: &e.Code, ErrorMessage: &e.Message, ResourceIds: list(e.Resources)})
	}
	return out
}

// list is never nil: EKS writes empty lists.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
