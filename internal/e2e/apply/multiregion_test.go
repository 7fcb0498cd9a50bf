package apply

import (
	"strings"
	"testing"
)

// The clusters of multi-region: two exist already, payments is made in the same
// apply as its link.
const (
	prodUS   = "222222222222/us-east-1/prod"
	prodEU   = "333333333333/eu-west-1/prod"
	payments = "222222222222/eu-west-1/payments"
)

// TestMultiRegion applies three clusters of two accounts and two regions at once,
// uses them, and destroys all of it.
func TestMultiRegion(t *testing.T) {
	s := start(t, "testdata/multi-region.yaml")
	r := s.root("examples/multi-region", vars{
		"accounts":      vars{"hub": "111111111111", "a": "222222222222", "b": "333333333333"},
		"deployer_role": "postern-deployer",
		"external_id":   "example",
		"hub_vpc":       vars{"vpc_id": s.vpc("hub"), "route_table_ids": vars{"main": s.mainTable("hub")}},
		"clusters":      vars{"a_us": vars{"prod-us": vars{"name": "prod"}}, "b_eu": vars{"prod-eu": vars{"name": "prod"}}},
		"package":       s.function(),
	})
	r.apply()
	for _, ref := range []string{prodUS, prodEU, payments} {
		if out := s.kubectl(ref, "get", "namespaces", "--output=name"); !strings.Contains(out, "namespace/kube-system") {
			t.Errorf("%s has the namespaces %q", ref, out)
		}
	}
	r.wantNoChanges("after an apply")
}
