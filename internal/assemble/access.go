package assemble

import (
	"slices"

	"postern/internal/awsapi"
	"postern/internal/config"
	"postern/internal/reach"
)

// Access returns what finds the clusters of all scopes and how clients reach
// them. The hub's endpoints are looked for with the hub's role, or, where the
// settings name no hub, with the ambient credentials. Without any scope it is
// ErrNoRegion.
func (p *Process) Access(cfg config.Config) (*reach.Finder, error) {
	scopes, hubs := scopesOf(cfg, p.region)
	if len(scopes) == 0 {
		return nil, ErrNoRegion
	}
	if len(hubs) == 0 {
		for _, s := range scopes {
			if hub := (awsapi.ScopeConfig{Region: s.Region}); !slices.Contains(hubs, hub) {
				hubs = append(hubs, hub)
			}
		}
	} else {
		own := slices.IndexFunc(hubs, func(s awsapi.ScopeConfig) bool { return s.Region == cfg.Hub.Region })
		hubs[0], hubs[own] = hubs[own], hubs[0] // the first is always asked
	}
	f := &reach.Finder{ClusterTag: cfg.ClusterTag}
	for _, s := range scopes {
		f.Scopes = append(f.Scopes, reach.Scope{Account: s.Account, Region: s.Region, Cloud: p.cloud.Access(s)})
	}
	for _, s := range hubs {
		f.Hubs = append(f.Hubs, reach.Scope{Account: s.Account, Region: s.Region, Cloud: p.cloud.Access(s)})
	}
	return f, nil
}
