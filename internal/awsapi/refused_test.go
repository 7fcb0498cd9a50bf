package awsapi

import (
	"context"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/plan"
)

// TestRegisterOneByOne shows that an address which ELB refuses keeps no other
// of its chunk out.
func TestRegisterOneByOne(t *testing.T) {
	for _, code := range []string{"InvalidTarget", "ValidationError"} {
		var added []string
		f := &fakeAWS{handle: func(_ context.Context, r request) (int, string, error) {
			var ids []string
			for _, key := range []string{"Targets.member.1.Id", "Targets.member.2.Id", "Targets.member.3.Id"} {
				if id := r.form.Get(key); id != "" {
					ids = append(ids, id)
				}
			}
			for _, id := range ids {
				if id == "10.0.250.1" { // all or none
					return refusal(r, code, "not in a subnet")
				}
			}
			added = append(added, ids...)
			return result(r.action, "")
		}}
		refused, err := f.scope(Options{}).Register(t.Context(), group, addrs("10.0.1.5", "10.0.250.1", "10.0.1.6"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"10.0.1.5", "10.0.1.6"}, added); diff != "" {
			t.Errorf("%s: added (-want +got):\n%s", code, diff)
		}
		want := map[plan.Target]string{{Addr: netip.MustParseAddr("10.0.250.1"), Port: 443}: code + ": not in a subnet"}
		if diff := cmp.Diff(want, refused, compareAddrs); diff != "" {
			t.Errorf("%s: refused (-want +got):\n%s", code, diff)
		}
	}
}
