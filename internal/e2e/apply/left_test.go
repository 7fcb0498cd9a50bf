package apply

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postern/internal/lab/state"
)

// world is what is in the lab, but for deleted peerings, which are still listed
// for hours, and for the addresses that the control planes have at the moment: of
// their interfaces it is only said in which networks how many there are. Source:
// VPC peering guide, lifecycle of a peering connection.
func (s *stack) world() state.Snapshot {
	s.Helper()
	text, err := json.Marshal(s.state().World)
	var w state.Snapshot
	if err == nil {
		err = json.Unmarshal(text, &w)
	}
	if err != nil {
		s.Fatal(err)
	}
	for i, a := range w.Accounts {
		var interfaces []state.Interface
		for _, x := range a.Interfaces {
			interfaces = append(interfaces, state.Interface{Subnet: x.Subnet, VPC: x.VPC, Description: x.Description, SecurityGroups: x.SecurityGroups, Status: x.Status})
		}
		slices.SortFunc(interfaces, func(a, b state.Interface) int { return strings.Compare(a.Subnet+a.Description, b.Subnet+b.Description) })
		w.Accounts[i].Interfaces = interfaces
		w.Accounts[i].Peerings = slices.DeleteFunc(a.Peerings, func(p state.Peering) bool { return p.Status == "deleted" })
	}
	return w
}

// wantLeft waits until there is nothing in the lab but what was there before.
func (s *stack) wantLeft(before state.Snapshot) {
	s.Helper()
	byValue := cmp.Options{cmpopts.EquateEmpty(), cmp.Comparer(func(a, b netip.Addr) bool { return a == b }), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })}
	diff := ""
	for end := time.Now().Add(time.Minute); ; s.pause(time.Second) {
		diff = cmp.Diff(before, s.world(), byValue)
		if diff == "" || time.Now().After(end) || s.Context().Err() != nil {
			break
		}
	}
	if diff != "" {
		s.Errorf("what is left after a destroy (-before +after):\n%s", diff)
	}
}
