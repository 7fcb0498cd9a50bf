package assemble

import (
	"context"

	"postern/internal/awsapi"
	"postern/internal/config"
	"postern/internal/fleet"
	"postern/internal/plan"
)

// Snapshot asks AWS about the fleet of the settings: the clusters that only
// fits one by one (none: all), and deep what the walk along one path needs.
// Faults are in the snapshot. The error is ErrNoRegion, without any scope.
func (p *Process) Snapshot(ctx context.Context, cfg config.Config, only []plan.Pattern, deep bool) (*fleet.Snapshot, error) {
	scopes, hubs := scopesOf(cfg, p.region)
	if len(scopes) == 0 {
		return nil, ErrNoRegion
	}
	ask := awsapi.SnapshotAsk{Scopes: scopes, Hubs: hubs, ClusterTag: cfg.ClusterTag, Only: only, Deep: deep}
	if h := cfg.Hub; h != nil {
		ask.Hub = fleet.Hub{Account: h.Account, Region: h.Region, VPCs: h.VPCs}
	}
	return p.cloud.Snapshot(ctx, ask), nil
}
