package assemble

import (
	"context"
	"errors"
	"time"

	"postern/internal/awsapi"
	"postern/internal/config"
	"postern/internal/plan"
)

// ErrNoClusterRegion says that nothing says in which region a cluster is.
var ErrNoClusterRegion = errors.New("no region for the cluster")

// Token returns a bearer token for a cluster's API server, signed with the
// ambient credentials or with the role's that the settings name. The region is
// the reference's, else the only one of the settings, else the ambient one. It
// is not good for longer than the credentials: until ends, if that is not zero.
func (p *Process) Token(ctx context.Context, cfg config.Config, cluster plan.Pattern) (token string, ends time.Time, err error) {
	s := awsapi.ScopeConfig{Account: "", Region: cluster.Region, RoleARN: cfg.RoleARN, ExternalID: cfg.ExternalID}
	switch {
	case s.Region != "":
	case len(cfg.Regions) == 1:
		s.Region = cfg.Regions[0]
	case len(cfg.Regions) == 0:
		s.Region = p.region
	}
	if s.Region == "" {
		return "", time.Time{}, ErrNoClusterRegion
	}
	return p.cloud.Scope(s).Token(ctx, cluster.Name)
}
