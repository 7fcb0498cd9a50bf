package assemble

import (
	"postern/internal/awsapi"
	"postern/internal/config"
)

// What a scope's endpoint services are to the command line.
type (
	Services   = awsapi.Services
	Service    = awsapi.Service
	Connection = awsapi.Connection
)

// Services returns the views of the endpoint services of every scope. Without
// any scope it is ErrNoRegion.
func (p *Process) Services(cfg config.Config) ([]*Services, error) {
	scopes, _ := scopesOf(cfg, p.region)
	if len(scopes) == 0 {
		return nil, ErrNoRegion
	}
	var all []*Services
	for _, s := range scopes {
		all = append(all, p.cloud.Services(s))
	}
	return all, nil
}
