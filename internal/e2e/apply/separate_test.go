package apply

import (
	"strings"
	"testing"

	"postern/internal/lab/state"
)

// separate are the three roots of the example separate-states: the deployers,
// which an administrator applies, and the two sides, which a pipeline does.
type separate struct {
	*stack
	deployers, cluster, hub *root
	before                  state.Snapshot // the world without them
}

// newSeparate applies all three, and uses the link.
func newSeparate(t *testing.T) *separate {
	s := &separate{stack: start(t, "testdata/separate-states.yaml")}
	s.before = s.world()
	const pipeline = "arn:aws:iam::111111111111:role/pipeline"
	s.deployers = s.root("examples/separate-states/deployers", vars{
		"hub_account":        "111111111111",
		"cluster_account":    "222222222222",
		"region":             "us-east-1",
		"administrator_role": "administrator",
		"deployed_by_arns":   []string{pipeline},
	})
	s.deployers.apply()
	s.cluster = s.root("examples/separate-states/cluster", vars{
		"account":     "222222222222",
		"region":      "us-east-1",
		"hub_account": "111111111111",
		"hub_cidrs":   []string{"10.100.0.0/16"},
		"clusters":    vars{"prod-us": vars{"name": "prod"}},
		"package":     s.function(),
	})
	if out, status := s.cluster.try("plan"); status == 0 || !strings.Contains(strings.Join(strings.Fields(out), " "), "is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/postern-deployer") {
		t.Errorf("somebody who is not the pipeline plans: status %d\n%s", status, out)
	}
	s.cluster.as = s.session("111111111111", pipeline)
	s.cluster.apply()
	s.hub = s.root("examples/separate-states/hub", vars{
		"hub_account":     "111111111111",
		"cluster_account": "222222222222",
		"region":          "us-east-1",
		"links":           []string{"prod-us"},
		"hub_vpc":         vars{"vpc_id": s.vpc("tools"), "route_table_ids": vars{"main": s.mainTable("tools")}},
		"endpoint_vpc":    vars{"cidr": "10.101.0.0/20", "subnets": vars{"use1-az1": "10.101.0.0/24", "use1-az2": "10.101.1.0/24"}},
	})
	s.hub.as = s.cluster.as
	s.hub.apply()
	s.filled(prodUS)
	s.wantReachable(prodUS)
	return s
}

// TestSeparateStates: each side has a state and a deployer of its own. Destroyed
// in the wrong order, the cluster's side is refused by AWS and nobody is cut off,
// until `postern unlink` does it.
func TestSeparateStates(t *testing.T) {
	fullOnly(t)
	s := newSeparate(t)
	s.deployers.wantNoChanges("after an apply")
	s.cluster.wantNoChanges("after an apply")
	s.hub.wantNoChanges("after an apply")
	s.cluster.wantNoChangesMarked(prodUS)

	s.cluster.set(vars{"deletion_protection": false})
	s.cluster.apply()
	out, status := s.cluster.try("destroy", "-auto-approve")
	if status == 0 || !strings.Contains(out, "ExistingVpcEndpointConnections") {
		t.Errorf("a destroy while the hub is connected: status %d\n%s", status, out)
	}
	s.wantReachable(prodUS)
	s.unlink()
	s.cluster.destroy()

	s.hub.set(vars{"links": []string{}})
	s.hub.apply()
	s.hub.destroy()
	s.deployers.destroy()
	s.step("nothing is left", func() { s.wantLeft(s.before) })
}

// unlink runs `postern unlink` as the cluster's deployer.
func (s *separate) unlink() {
	s.Helper()
	unlink := func(flag string) (string, int) {
		s.Helper()
		args := append([]string{"env", "-u", "POSTERN_CONFIG"}, s.cluster.as...)
		args = append(args, s.postern, "unlink", "us-east-1/prod", "--region", "us-east-1", "--role-arn", "arn:aws:iam::222222222222:role/postern-deployer", flag)
		out, errs, status := s.exec("", args...)
		return out + errs, status
	}
	s.step("unlink", func() {
		if out, status := unlink("--dry-run"); status != 3 || !strings.Contains(out, "of 111111111111 in us-east-1") {
			s.Errorf("unlink --dry-run: status %d\n%s", status, out)
		}
		s.wantReachable(prodUS)
		if out, status := unlink("--yes"); status != 0 || !strings.Contains(out, "can be deleted") {
			s.Fatalf("unlink --yes: status %d\n%s", status, out)
		}
	})
}

// TestSeparateStatesHubFirst removes a link, and then all, in the order that the
// README says.
func TestSeparateStatesHubFirst(t *testing.T) {
	fullOnly(t)
	s := newSeparate(t)
	s.hub.set(vars{"links": []string{}})
	s.hub.apply()
	s.cluster.set(vars{"clusters": vars{"prod-us": vars{"name": "prod", "deletion_protection": false}}})
	s.cluster.apply()
	s.cluster.set(vars{"clusters": vars{}})
	s.cluster.apply()
	s.cluster.wantNoChanges("without a link")
	s.hub.destroy()
	s.cluster.destroy()
	s.deployers.destroy()
	s.step("nothing is left", func() { s.wantLeft(s.before) })
}
