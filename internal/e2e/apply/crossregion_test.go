package apply

import "testing"

// TestNativeCrossRegion applies an endpoint of the hub's region for a cluster in
// another, where the hub has nothing.
func TestNativeCrossRegion(t *testing.T) {
	fullOnly(t)
	s := start(t, "testdata/native-cross-region.yaml")
	before := s.world()
	r := s.root("examples/native-cross-region", vars{
		"accounts":       vars{"hub": "111111111111", "cluster": "333333333333"},
		"deployer_role":  "postern-deployer",
		"hub_region":     "us-east-1",
		"cluster_region": "eu-west-1",
		"hub_vpc_id":     s.vpc("tools"),
		"hub_subnet_ids": s.subnets("tools"),
		"clusters":       vars{"prod-eu": vars{"name": "prod"}},
		"package":        s.function(),
	})
	r.apply()
	s.filled(prodEU)
	s.wantReachable(prodEU)
	for _, a := range s.state().World.Accounts {
		if a.Account == "111111111111" && a.Region == "eu-west-1" {
			t.Errorf("the hub has something in the cluster's region: %+v", a.VPCs)
		}
	}
	r.wantNoChanges("after an apply")
	r.wantNoChangesMarked(prodEU)
	r.set(vars{"deletion_protection": false})
	r.apply()
	r.destroy()
	s.step("nothing is left", func() { s.wantLeft(before) })
}
