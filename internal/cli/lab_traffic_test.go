package cli

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab"
	"postern/internal/plan"
)

func trafficState(ca string) *lab.State {
	s := &lab.State{Hub: lab.HubState{Account: "111111111111", Region: "us-east-1"}, Accounts: []lab.Account{{ID: "111111111111"}}}
	for _, ref := range []string{"222222222222/us-east-1/prod", "333333333333/eu-west-1/prod"} {
		part := strings.Split(ref, "/")
		s.Clusters = append(s.Clusters, lab.ClusterState{Account: part[0], Region: part[1], Name: part[2], Ref: ref, Endpoint: "https://" + part[0], CA: ca})
	}
	return s
}

// TestTargets: each cluster that is asked for has to be there, whatever others
// of its name are.
func TestTargets(t *testing.T) {
	for asked, want := range map[string]string{
		"":               "222222222222/us-east-1/prod 333333333333/eu-west-1/prod",
		"prod":           "222222222222/us-east-1/prod 333333333333/eu-west-1/prod",
		"eu-west-1/prod": "333333333333/eu-west-1/prod",
		"eu-west-1/prod 222222222222/eu-west-1/prod": "no cluster 222222222222/eu-west-1/prod is in the lab: it has 222222222222/us-east-1/prod, 333333333333/eu-west-1/prod",
		"prod web": "no cluster web is in the lab: it has 222222222222/us-east-1/prod, 333333333333/eu-west-1/prod",
	} {
		var patterns []plan.Pattern
		for text := range strings.FieldsSeq(asked) {
			p, err := plan.ParsePattern(text)
			if err != nil {
				t.Fatal(err)
			}
			patterns = append(patterns, p)
		}
		found, err := targets(Env{}, trafficState("a"), patterns)
		var refs []string
		for _, x := range found {
			refs = append(refs, x.Ref)
		}
		got := strings.Join(refs, " ")
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", asked, got, want)
		}
	}
}

// TestFollowCAs: a rotated authority is trusted from then on, that of another
// cluster that took the name is not, and a look that fails changes nothing.
func TestFollowCAs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		looks := []*lab.State{trafficState("a"), nil, trafficState("a b"), trafficState("a b"), trafficState("b"), trafficState("")}
		remade := trafficState("c")
		remade.Clusters[0].Endpoint = "https://another"
		looks = append(looks, remade)
		n := 0
		var set []string
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(len(looks))*caEvery+caEvery/2)
		defer cancel()
		followCAs(ctx, trafficState("a"),
			func(context.Context) (*lab.State, error) {
				n++
				if s := looks[n-1]; s != nil {
					return s, nil
				}
				return nil, errors.New("it does not answer")
			},
			func(ref string, pem []byte) error {
				set = append(set, ref[:3]+" "+string(pem))
				return nil
			})
		if diff := cmp.Diff([]string{"222 a b", "333 a b", "222 b", "333 b", "333 c"}, set); diff != "" {
			t.Error(diff)
		}
	})
}
