package lab_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab"
	"postern/internal/lab/state"
)

// TestFaultList: what is added is listed under its number until it ends.
func TestFaultList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lab.Options{})
		for _, text := range []string{"throttle action=ec2:* for=10s", "deny", "delay by=1s times=3"} {
			f.fault(t, text)
		}
		list := func() []string {
			t.Helper()
			active, err := f.client.Faults(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, a := range active {
				out = append(out, a.Fault.String())
			}
			return out
		}
		if d := cmp.Diff([]string{"throttle action=ec2:* for=10s", "deny", "delay by=1s times=3"}, list()); d != "" {
			t.Errorf("added (-want +got)\n%s", d)
		}
		if err := f.client.RemoveFault(t.Context(), 2); err != nil {
			t.Error(err)
		}
		if err := f.client.RemoveFault(t.Context(), 2); err == nil || err.Error() != "remove fault 2: no fault 2 is in force" {
			t.Errorf("removed twice: %v", err)
		}
		time.Sleep(10 * time.Second)
		if d := cmp.Diff([]string{"delay by=1s times=3"}, list()); d != "" {
			t.Errorf("after ten seconds (-want +got)\n%s", d)
		}
		if n, err := f.client.ClearFaults(t.Context()); n != 1 || err != nil {
			t.Errorf("cleared %d, %v", n, err)
		}
	})
}

// TestAddressReused: at once another interface has an address that was the
// cluster's, and the cluster has it no more.
func TestAddressReused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lab.Options{})
		before := f.serving(account, region, "prod")
		f.fault(t, "address-reused cluster=222222222222/us-east-1/prod")
		after := f.serving(account, region, "prod")
		lost := slices.DeleteFunc(slices.Clone(before), func(a string) bool { return slices.Contains(after, a) })
		if len(lost) != 1 {
			t.Fatalf("the cluster lost %v of %v", lost, before)
		}
		var holders []state.Interface
		for _, a := range f.Store().Snapshot().Accounts {
			for _, i := range a.Interfaces {
				if a.Account == account && a.Region == region && i.Addr.String() == lost[0] {
					holders = append(holders, i)
				}
			}
		}
		if len(holders) != 1 || holders[0].Serving {
			t.Errorf("%s belongs to %+v", lost[0], holders)
		}
		if list, err := f.client.Faults(t.Context()); err != nil || len(list) != 0 {
			t.Errorf("still in force: %v, %v", list, err)
		}
	})
}

func TestMoveRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lab.Options{})
		tests := []struct {
			move   lab.Move
			status int
			want   string
		}{
			{move("", "", "prod", "patch"), http.StatusBadRequest, `move cluster "prod": cluster "prod" is ambiguous: it is 222222222222/us-east-1/prod or 333333333333/eu-west-1/prod`},
			{move("", "", "stage", "patch"), http.StatusNotFound, `move cluster "stage": no cluster "stage" is in the lab: it has 222222222222/`},
			{move("", "", "", "patch"), http.StatusNotFound, `move cluster "": no cluster "" is in the lab: it has `},
			{move("", "", "payments", "sideways"), http.StatusBadRequest, `move cluster "payments": unknown move "sideways": give one of replace, scale-out, `},
		}
		for _, tt := range tests {
			_, err := f.client.Move(t.Context(), tt.move)
			e, ok := errors.AsType[*lab.StatusError](err)
			if !ok || e.Status != tt.status || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("%+v: error\n%v\nwant %d and the beginning\n%s", tt.move, err, tt.status, tt.want)
			}
		}
		for _, m := range []lab.Move{move("", "", "payments", "patch"), move("", "eu-west-1", "prod", "patch")} {
			if got := f.move(t, m); len(got.Old) != 1 || len(got.New) != 1 {
				t.Errorf("%+v gave %+v", m, got)
			}
		}
		_, err := f.client.Move(t.Context(), move("", "", "payments", "patch"))
		const again = `move cluster "payments": cluster 222222222222/eu-west-1/payments has a change under way: try again after 20`
		if e, ok := errors.AsType[*lab.StatusError](err); !ok || e.Status != http.StatusConflict || !strings.HasPrefix(err.Error(), again) {
			t.Errorf("during a move: %v", err)
		}
	})
}

// TestOrphans: what is left of a deleted cluster stays in the state, and in the
// scopes of a configuration.
func TestOrphans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lab.Options{})
		f.move(t, move("", "", "payments", "delete"))
		time.Sleep(time.Hour)
		s := f.State()
		if len(s.Clusters) != 2 || len(s.Orphans) != 1 || s.Orphans[0].Ref != "222222222222/eu-west-1/payments" || len(s.Orphans[0].Groups) != 1 {
			t.Errorf("%d clusters, orphans %+v", len(s.Clusters), s.Orphans)
		}
		if text := string(lab.Config(s, s.Hub.Account)); !strings.Contains(text, "regions: [eu-west-1, us-east-1]") {
			t.Errorf("the region of the link that is left is no scope:\n%s", text)
		}
	})
}
