package state_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/state"
)

// tables lists a VPC's route tables, the main one first.
func (w *world) tables(vpc string) []state.RouteTable {
	w.t.Helper()
	ts, _, err := w.DescribeRouteTables(caller, nil, []state.Filter{{Name: "vpc-id", Values: []string{vpc}}}, state.Page{})
	w.ok(err)
	return ts
}

// table makes a route table with its VPC's local routes.
func (w *world) table(vpc string) state.RouteTable {
	w.t.Helper()
	t, err := w.CreateRouteTable(caller, vpc, nil)
	w.ok(err)
	return t
}

func TestRouteTables(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	tables := w.tables(w.vpc)
	if len(tables) != 1 || len(tables[0].Associations) != 1 || !tables[0].Associations[0].Main {
		t.Fatalf("a new VPC has %+v", tables)
	}
	main := tables[0]
	local := []state.Route{{Destination: prefix("10.0.0.0/16"), Target: "local", Origin: "CreateRouteTable", State: "active"}}
	if diff := cmp.Diff(local, main.Routes, cmp.Comparer(samePrefix)); diff != "" {
		t.Error(diff)
	}
	second, err := w.AssociateVpcCidrBlock(caller, w.vpc, prefix("100.64.0.0/16"))
	w.ok(err)
	if got := w.tables(w.vpc)[0].Routes; len(got) != 2 || got[1].Destination != second.Block {
		t.Errorf("a second block has no local route: %+v", got)
	}

	own := w.table(w.vpc)
	_, err = w.CreateRouteTable(caller, "vpc-0", nil)
	w.refused("no such VPC", err, "InvalidVpcID.NotFound")
	a, err := w.AssociateRouteTable(caller, own.ID, w.subnets[0])
	w.ok(err)
	again, err := w.AssociateRouteTable(caller, own.ID, w.subnets[0])
	w.ok(err)
	if again != a {
		t.Errorf("associated twice: %+v, %+v", a, again)
	}
	other := w.table(w.vpc)
	_, err = w.AssociateRouteTable(caller, other.ID, w.subnets[0])
	w.refused("a second table", err, "Resource.AlreadyAssociated")
	_, foreign := w.network("10.9.0.0/16", 24)
	_, err = w.AssociateRouteTable(caller, own.ID, foreign[0])
	w.refused("another VPC's subnet", err, "InvalidParameterValue")
	_, err = w.AssociateRouteTable(caller, "rtb-0", w.subnets[1])
	w.refused("no such table", err, "InvalidRouteTableID.NotFound")
	_, err = w.AssociateRouteTable(caller, own.ID, "subnet-0")
	w.refused("no such subnet", err, "InvalidSubnetID.NotFound")

	w.refused("in use", w.DeleteRouteTable(caller, own.ID), "DependencyViolation")
	w.refused("main", w.DeleteRouteTable(caller, main.ID), "DependencyViolation")
	w.refused("main association", w.DisassociateRouteTable(caller, main.Associations[0].ID), "InvalidParameterValue")
	moved, err := w.ReplaceRouteTableAssociation(caller, a.ID, other.ID)
	w.ok(err)
	w.refused("replaced", w.DisassociateRouteTable(caller, a.ID), "InvalidAssociationID.NotFound")
	w.ok(w.DeleteRouteTable(caller, own.ID))
	w.refused("gone", w.DeleteRouteTable(caller, own.ID), "InvalidRouteTableID.NotFound")
	w.ok(w.DisassociateRouteTable(caller, moved.ID))

	// Another table becomes the main one, and a subnet that goes leaves nothing.
	mainly, err := w.ReplaceRouteTableAssociation(caller, main.Associations[0].ID, other.ID)
	w.ok(err)
	if !mainly.Main {
		t.Errorf("got %+v", mainly)
	}
	w.ok(w.DeleteRouteTable(caller, main.ID))
	third := w.table(w.vpc)
	_, err = w.AssociateRouteTable(caller, third.ID, w.subnets[1])
	w.ok(err)
	w.refused("two tables", w.DeleteVpc(caller, w.vpc), "DependencyViolation")
	for _, id := range w.subnets {
		w.ok(w.DeleteSubnet(caller, id))
	}
	w.refused("two tables", w.DeleteVpc(caller, w.vpc), "DependencyViolation")
	w.ok(w.DeleteRouteTable(caller, third.ID))
	w.ok(w.DeleteVpc(caller, w.vpc))
	if got := w.tables(w.vpc); len(got) != 0 {
		t.Errorf("a VPC left %+v", got)
	}
}

func TestRoutes(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	vpc, _ := w.network("10.1.0.0/16", 24)
	pc := w.peer(w.vpc, vpc)
	third, _ := w.network("10.2.0.0/16", 24)
	fourth, _ := w.network("10.3.0.0/16", 24)
	elsewhere := w.peer(third, fourth)
	table := w.table(w.vpc)
	for _, x := range []struct {
		name, to, target, want string
	}{
		{"peer", "10.1.0.0/16", pc, ""},
		{"again", "10.1.0.0/16", pc, "RouteAlreadyExists"},
		{"local", "10.0.0.0/16", pc, "RouteAlreadyExists"},
		{"part of a peer", "10.1.0.0/24", pc, ""},
		{"internet", "0.0.0.0/0", "igw-0123456789abcdef0", ""},
		{"IPv6", "2001:db8::/56", "tgw-0123456789abcdef0", ""},
		{"wider than local", "10.0.0.0/8", pc, ""},
		{"a subnet, to a peer", "10.0.0.0/20", pc, "InvalidParameterValue"},
		{"a subnet, to a gateway", "10.0.0.0/20", "nat-0123456789abcdef0", ""},
		{"less than a subnet", "10.0.16.0/24", "nat-0123456789abcdef0", "InvalidParameterValue"},
		{"not canonical", "10.5.0.1/16", pc, "InvalidParameterValue"},
		{"no target", "10.5.0.0/16", "", "InvalidParameterValue"},
		{"no such connection", "10.5.0.0/16", "pcx-0123456789abcdef0", "InvalidVpcPeeringConnectionID.NotFound"},
		{"a connection of other VPCs", "10.5.0.0/16", elsewhere, "InvalidParameterValue"},
	} {
		w.refused(x.name, w.CreateRoute(caller, table.ID, prefix(x.to), x.target), x.want)
	}
	w.refused("no such table", w.CreateRoute(caller, "rtb-0", prefix("10.5.0.0/16"), pc), "InvalidRouteTableID.NotFound")

	w.refused("replace nothing", w.ReplaceRoute(caller, table.ID, prefix("10.77.0.0/16"), pc), "InvalidParameterValue")
	w.refused("replace local", w.ReplaceRoute(caller, table.ID, prefix("10.0.0.0/16"), pc), "UnsupportedOperation")
	w.ok(w.ReplaceRoute(caller, table.ID, prefix("10.0.0.0/16"), "local"))
	w.refused("replace by nothing", w.ReplaceRoute(caller, table.ID, prefix("0.0.0.0/0"), "pcx-0"), "InvalidVpcPeeringConnectionID.NotFound")
	w.ok(w.ReplaceRoute(caller, table.ID, prefix("0.0.0.0/0"), "nat-0123456789abcdef0"))
	w.refused("replace in no table", w.ReplaceRoute(caller, "rtb-0", prefix("0.0.0.0/0"), pc), "InvalidRouteTableID.NotFound")

	w.refused("delete local", w.DeleteRoute(caller, table.ID, prefix("10.0.0.0/16")), "InvalidParameterValue")
	w.refused("delete nothing", w.DeleteRoute(caller, table.ID, prefix("10.77.0.0/16")), "InvalidRoute.NotFound")
	w.refused("delete in no table", w.DeleteRoute(caller, "rtb-0", prefix("10.77.0.0/16")), "InvalidRouteTableID.NotFound")
	w.ok(w.DeleteRoute(caller, table.ID, prefix("10.1.0.0/24")))

	for filter, value := range map[string]string{
		"route-table-id": table.ID, "route.vpc-peering-connection-id": pc, "route.destination-cidr-block": "0.0.0.0/0", "route.nat-gateway-id": "nat-*",
		"route.destination-ipv6-cidr-block": "2001:db8::/56", "route.transit-gateway-id": "tgw-*", "route.origin": "CreateRoute",
	} {
		ts, _, err := w.DescribeRouteTables(caller, nil, []state.Filter{{Name: filter, Values: []string{value}}}, state.Page{})
		if err != nil || len(ts) != 1 || ts[0].ID != table.ID {
			t.Errorf("%s=%s: %d tables, %v", filter, value, len(ts), err)
		}
	}

	// A route to a connection that is gone is a black hole, until it goes too.
	blackholes := func() (n int) {
		ts, _, err := w.DescribeRouteTables(caller, nil, []state.Filter{{Name: "route.state", Values: []string{"blackhole"}}}, state.Page{})
		w.ok(err)
		for _, x := range ts {
			for _, r := range x.Routes {
				if r.State == "blackhole" {
					n++
				}
			}
		}
		return n
	}
	if n := blackholes(); n != 0 {
		t.Errorf("%d routes are black holes", n)
	}
	w.ok(w.DeleteVpcPeeringConnection(caller, pc))
	if n := blackholes(); n != 2 {
		t.Errorf("%d routes are black holes, not the two to %s", n, pc)
	}
	w.refused("to a connection that is gone", w.CreateRoute(caller, table.ID, prefix("10.6.0.0/16"), pc), "InvalidVpcPeeringConnectionID.NotFound")
}
