package state

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ClusterConfig asks for a change of a cluster: access to its endpoint, subnets
// and security groups, or its authentication mode, one of these in a call.
type ClusterConfig struct {
	Public         *bool
	Private        *bool
	PublicCIDRs    []string
	Subnets        []string
	SecurityGroups []string
	AuthMode       string
}

// An Update is a change of a cluster that is under way or was.
type Update struct {
	ID      string        `json:"id"`
	Cluster string        `json:"cluster"` // name
	Type    string        `json:"type"`    // VersionUpdate, VersionRollback, EndpointAccessUpdate, VpcConfigUpdate, AccessConfigUpdate
	Status  string        `json:"status"`  // InProgress, Successful, Failed
	Params  []UpdateParam `json:"params"`
	Created time.Time     `json:"created"`
	Error   *UpdateError  `json:"error,omitempty"`
}

// An UpdateParam is one thing that an update sets.
type UpdateParam struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// An UpdateError says why an update failed.
type UpdateError struct {
	Code      string   `json:"code"`
	Message   string   `json:"message"`
	Resources []string `json:"resources,omitempty"`
}

// UpdateClusterVersion moves a cluster one minor version up, or down again.
// EKS replaces the control plane's interfaces for it. Source: EKS user guide,
// update a cluster; network requirements.
func (s *Store) UpdateClusterVersion(c Caller, name, version string) (Update, error) {
	defer s.enter()()
	p := s.place(c)
	cl, err := p.idleCluster(name)
	if err != nil {
		return Update{}, err
	}
	kind := "VersionUpdate"
	switch minor(version) - minor(cl.Version) {
	case 1:
	case -1:
		kind = "VersionRollback"
	case 0:
		return Update{}, refuse("InvalidParameterException", "Cluster is already at the desired configuration with version %s", version)
	default:
		return Update{}, refuse("InvalidParameterException", "Unsupported Kubernetes minor version update from %s to %s", cl.Version, version)
	}
	u := s.startUpdate(p, cl, kind, []UpdateParam{{"Version", version}, {"PlatformVersion", cl.PlatformVersion}})
	s.replacePlane(p, cl, cl.Subnets, s.finish(p, u, func(cl *Cluster) { cl.Version = version }))
	u, _ = p.updates.get(name + "/" + u.ID)
	return u, nil
}

// UpdateClusterConfig changes a cluster's access, its subnets and security
// groups, or its authentication mode. New subnets lie in the same VPC and the
// same zones, and bring new interfaces. Source: EKS user guide, cluster endpoint
// access; network requirements; change authentication mode.
func (s *Store) UpdateClusterConfig(c Caller, name string, in ClusterConfig) (Update, error) {
	defer s.enter()()
	p := s.place(c)
	cl, err := p.idleCluster(name)
	if err != nil {
		return Update{}, err
	}
	access := in.Public != nil || in.Private != nil || in.PublicCIDRs != nil
	network := in.Subnets != nil || in.SecurityGroups != nil
	switch {
	case access && network, in.AuthMode != "" && (access || network):
		return Update{}, refuse("InvalidParameterException", "Only one type of update can be allowed.")
	case in.AuthMode != "":
		return s.updateAuthMode(p, cl, in.AuthMode)
	case access:
		return s.updateAccess(p, cl, in)
	case network:
		return s.updateSubnets(p, cl, in)
	}
	return Update{}, refuse("InvalidParameterException", "The update asks for no change")
}

func (s *Store) updateAccess(p *place, cl Cluster, in ClusterConfig) (Update, error) {
	want := cl
	if in.Public != nil {
		want.Public = *in.Public
	}
	if in.Private != nil {
		want.Private = *in.Private
	}
	if in.PublicCIDRs != nil {
		want.PublicCIDRs = in.PublicCIDRs
	}
	if err := checkAccess(want); err != nil {
		return Update{}, err
	}
	if want.Public == cl.Public && want.Private == cl.Private && slices.Equal(want.PublicCIDRs, cl.PublicCIDRs) {
		return Update{}, refuse("InvalidParameterException", "Cluster is already at the desired configuration with endpointPrivateAccess: %t, endpointPublicAccess: %t, and Public Endpoint Restrictions: %v", cl.Private, cl.Public, cl.PublicCIDRs)
	}
	u := s.startUpdate(p, cl, "EndpointAccessUpdate", []UpdateParam{
		{"EndpointPublicAccess", fmt.Sprint(want.Public)}, {"EndpointPrivateAccess", fmt.Sprint(want.Private)},
		{"PublicAccessCidrs", `["` + strings.Join(want.PublicCIDRs, `","`) + `"]`},
	})
	done := s.finish(p, u, func(cl *Cluster) {
		cl.Public, cl.Private, cl.PublicCIDRs = want.Public, want.Private, want.PublicCIDRs
	})
	pl := p.plane[cl.Name]
	s.step(p, cl.Name, pl, clusterAccessTakes, func() {
		done(nil)
		for _, id := range pl.interfaces {
			i, _ := p.interfaces.get(id)
			s.truth(s.networks[i.VPC], i)
		}
	})
	return u, nil
}

func (s *Store) updateAuthMode(p *place, cl Cluster, mode string) (Update, error) {
	if slices.Index(authModes, mode) <= slices.Index(authModes, cl.AuthMode) {
		return Update{}, refuse("InvalidParameterException", "Unsupported authentication mode update from %s to %s", cl.AuthMode, mode)
	}
	u := s.startUpdate(p, cl, "AccessConfigUpdate", []UpdateParam{{"AuthenticationMode", mode}})
	done := s.finish(p, u, func(cl *Cluster) { cl.AuthMode = mode })
	s.step(p, cl.Name, p.plane[cl.Name], clusterAccessTakes, func() { done(nil) })
	return u, nil
}

func (s *Store) updateSubnets(p *place, cl Cluster, in ClusterConfig) (Update, error) {
	want := cl
	if in.SecurityGroups != nil {
		want.SecurityGroups = in.SecurityGroups
		if err := p.checkSecurityGroups(in.SecurityGroups, cl.VPC, "InvalidParameterException"); err != nil {
			return Update{}, err
		}
	}
	if in.Subnets != nil {
		want.Subnets = in.Subnets
		subnets, err := s.clusterSubnets(p, in.Subnets)
		if err != nil {
			return Update{}, err
		}
		if subnets[0].VPC != cl.VPC || !slices.Equal(p.zoneSet(cl.Subnets), p.zoneSet(in.Subnets)) {
			return Update{}, refuse("InvalidParameterException", "Provided subnets must belong to the VPC and the Availability Zones of the cluster")
		}
	}
	if slices.Equal(want.Subnets, cl.Subnets) && slices.Equal(want.SecurityGroups, cl.SecurityGroups) {
		return Update{}, refuse("InvalidParameterException", "Cluster is already at the desired configuration")
	}
	u := s.startUpdate(p, cl, "VpcConfigUpdate", []UpdateParam{
		{"SubnetIds", strings.Join(want.Subnets, ",")}, {"SecurityGroups", strings.Join(want.SecurityGroups, ",")},
	})
	done := s.finish(p, u, func(cl *Cluster) { cl.Subnets, cl.SecurityGroups = want.Subnets, want.SecurityGroups })
	cl.SecurityGroups = want.SecurityGroups
	s.replacePlane(p, cl, want.Subnets, done)
	u, _ = p.updates.get(cl.Name + "/" + u.ID)
	return u, nil
}

// zoneSet returns the zones of subnets, sorted, each once.
func (p *place) zoneSet(subnets []string) []string {
	zones := each(subnets, func(id string) string {
		sub, _ := p.subnets.get(id)
		return sub.ZoneID
	})
	slices.Sort(zones)
	return slices.Compact(zones)
}

// idleCluster returns a cluster that an update may start on.
func (p *place) idleCluster(name string) (Cluster, error) {
	cl, ok := p.clusters.get(name)
	if !ok {
		return cl, noCluster(name)
	}
	if cl.Status != "ACTIVE" || p.plane[name].busy {
		return cl, refuseWith(409, "ResourceInUseException", "Cluster %s is %s and has a change in progress", name, cl.Status)
	}
	return cl, nil
}

// startUpdate writes an update that begins. It puts back the rule by which the
// cluster's group admits itself. Source: EKS user guide, security group
// requirements.
func (s *Store) startUpdate(p *place, cl Cluster, kind string, params []UpdateParam) Update {
	u := Update{ID: s.uuid(), Cluster: cl.Name, Type: kind, Status: "InProgress", Params: params, Created: s.stamp()}
	set(s, p.updates, cl.Name+"/"+u.ID, u)
	p.plane[cl.Name].busy = true
	if g, ok := p.securityGroups.get(cl.ClusterSecurityGroup); ok {
		s.admitSelf(p, g)
	}
	cl.Status = "UPDATING"
	s.putCluster(p, cl, "ACTIVE")
	return u
}

// finish returns what ends an update: with a change of the cluster, or with an
// error.
func (s *Store) finish(p *place, u Update, change func(*Cluster)) func(error) {
	return func(err error) {
		u.Status = "Successful"
		cl, _ := p.clusters.get(u.Cluster)
		cl.Status = "ACTIVE"
		if err != nil {
			// Source: EKS API reference, ErrorDetail.
			u.Status, u.Error = "Failed", &UpdateError{Code: "IpNotAvailable", Message: err.Error(), Resources: cl.Subnets}
		} else {
			change(&cl)
		}
		set(s, p.updates, u.Cluster+"/"+u.ID, u)
		p.plane[u.Cluster].busy = false
		s.putCluster(p, cl, "UPDATING")
	}
}

// DescribeUpdate returns an update of a cluster.
func (s *Store) DescribeUpdate(c Caller, name, id string) (Update, error) {
	defer s.enter()()
	p := s.place(c)
	if _, ok := p.clusters.get(name); !ok {
		return Update{}, noCluster(name)
	}
	u, ok := one(s, c, p.updates, name+"/"+id)
	if !ok {
		return Update{}, refuseWith(404, "ResourceNotFoundException", "No update found for ID: %s", id)
	}
	return u, nil
}
