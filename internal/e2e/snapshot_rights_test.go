package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/awsapi"
	"postern/internal/fleet"
)

// TestLookRights: the rights that docs/security.md names for a look at the fleet
// are those of the calls that are made, on either side, and no others.
func TestLookRights(t *testing.T) {
	inSnapBench(t, func(b *snapBench) {
		made := func(of func(*awsapi.SnapshotAsk)) map[string]bool {
			all := map[string]bool{}
			for _, deep := range []bool{false, true} {
				s := b.snapshot(func(a *awsapi.SnapshotAsk) {
					of(a)
					a.Deep = deep
				})
				for call := range s.Calls {
					if !strings.HasPrefix(call, "sts:") {
						all[iamAction(call)] = true
					}
				}
			}
			return all
		}
		clusters := made(func(a *awsapi.SnapshotAsk) { a.Hubs, a.Hub = nil, fleet.Hub{} })
		// Without clusters nobody asks for a zone's records, so these are those of
		// a hub by itself, and what only a hub can have been asked.
		hub := made(func(a *awsapi.SnapshotAsk) { a.Scopes = nil })
		for action := range made(func(*awsapi.SnapshotAsk) {}) {
			if !clusters[action] {
				hub[action] = true
			}
		}
		// Made where this world has no reason to: a group that is tagged by its
		// load balancer, and a service without a connection.
		clusters["elasticloadbalancing:DescribeTags"], clusters["ec2:DescribeVpcEndpointServicePermissions"] = true, true
		for sid, made := range map[string]map[string]bool{"LookAtClusters": clusters, "LookAtTheHub": hub} {
			if d := cmp.Diff(documented(t, sid), slices.Sorted(maps.Keys(made))); d != "" {
				t.Errorf("%s (- in docs/security.md, + made):\n%s", sid, d)
			}
		}
	})
}

// iamAction is the right that a call needs.
func iamAction(call string) string {
	service, action, _ := strings.Cut(call, ":")
	switch service {
	case "elbv2":
		service = "elasticloadbalancing"
	case "tagging":
		service = "tag"
	}
	return service + ":" + action
}

// documented returns the actions of a statement on the page, sorted.
func documented(t *testing.T, sid string) []string {
	t.Helper()
	page, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(page, -1) {
		var policy struct {
			Statement []struct {
				Sid    string
				Action json.RawMessage
			}
		}
		if json.Unmarshal(block[1], &policy) != nil {
			continue // a statement by itself
		}
		for _, s := range policy.Statement {
			var actions []string
			if s.Sid == sid && json.Unmarshal(s.Action, &actions) == nil {
				slices.Sort(actions)
				return actions
			}
		}
	}
	t.Fatalf("docs/security.md has no statement %s", sid)
	return nil
}
