package assemble

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/awsapi"
	"postern/internal/config"
	"postern/internal/plan"
)

func TestScopesOf(t *testing.T) {
	const role = "arn:aws:iam::222222222222:role/postern-sync"
	const hubRole = "arn:aws:iam::111111111111:role/postern-hub"
	hub := &config.Hub{Account: "111111111111", Region: "us-east-1", RoleARN: hubRole, ExternalID: "y"}
	tests := []struct {
		name         string
		cfg          config.Config
		ambient      plan.Region
		scopes, hubs []awsapi.ScopeConfig
	}{
		{"nothing said", config.Config{}, "", nil, nil},
		{"the SDK's own region", config.Config{}, "eu-west-1", []awsapi.ScopeConfig{{Region: "eu-west-1"}}, nil},
		{"regions go before it",
			config.Config{Regions: []plan.Region{"us-east-1", "us-west-2"}, RoleARN: role, ExternalID: "x"}, "eu-west-1",
			[]awsapi.ScopeConfig{{Region: "us-east-1", RoleARN: role, ExternalID: "x"}, {Region: "us-west-2", RoleARN: role, ExternalID: "x"}}, nil},
		{"scopes, and a hub that is looked at in every region once",
			config.Config{Hub: hub, Scopes: []config.Scope{
				{Account: "222222222222", Regions: []plan.Region{"us-east-1", "eu-west-1"}, RoleARN: role, ExternalID: "x"},
				{Account: "333333333333", Regions: []plan.Region{"eu-west-1"}},
			}}, "us-west-2",
			[]awsapi.ScopeConfig{
				{Account: "222222222222", Region: "us-east-1", RoleARN: role, ExternalID: "x"},
				{Account: "222222222222", Region: "eu-west-1", RoleARN: role, ExternalID: "x"},
				{Account: "333333333333", Region: "eu-west-1"},
			},
			[]awsapi.ScopeConfig{
				{Account: "111111111111", Region: "eu-west-1", RoleARN: hubRole, ExternalID: "y"},
				{Account: "111111111111", Region: "us-east-1", RoleARN: hubRole, ExternalID: "y"},
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			scopes, hubs := scopesOf(tt.cfg, tt.ambient)
			if diff := cmp.Diff(tt.scopes, scopes); diff != "" {
				t.Errorf("scopes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.hubs, hubs); diff != "" {
				t.Errorf("hubs (-want +got):\n%s", diff)
			}
		})
	}
}
