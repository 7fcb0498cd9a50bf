package apply

import (
	"strings"
	"testing"
)

// TestSingleCluster applies one cluster of the tools' own account, uses it, and
// destroys it in the way that the README says.
func TestSingleCluster(t *testing.T) {
	fullOnly(t)
	s := start(t, "testdata/single-cluster.yaml")
	const prod = "111111111111/us-east-1/prod"
	before := s.world()
	r := s.root("examples/single-cluster", vars{
		"region":         "us-east-1",
		"cluster_name":   "prod",
		"hub_vpc_id":     s.vpc("tools"),
		"hub_subnet_ids": s.subnets("tools"),
		"package":        s.function(),
	})
	r.apply()
	s.filled(prod)
	s.wantReachable(prod)
	r.wantNoChanges("after an apply")
	r.wantNoChangesMarked(prod)

	// Whoever forgets the protection keeps the load balancer, and an apply makes
	// the rest again.
	if out, status := r.try("destroy", "-auto-approve"); status != 1 || !strings.Contains(out, "cannot be deleted because deletion protection is enabled") {
		t.Errorf("a destroy of what is protected: status %d\n%s", status, plain(out))
	}
	r.set(vars{"deletion_protection": false})
	r.apply()
	s.filled(prod)
	s.wantReachable(prod)
	r.destroy()
	s.step("nothing is left", func() { s.wantLeft(before) })
}
