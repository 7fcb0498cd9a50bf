package state_test

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/state"
)

var hub = state.Caller{Account: "111111111111", Region: "us-east-1"}

func samePrefix(a, b netip.Prefix) bool { return a == b }

// peer joins two VPCs of the account and returns the connection's ID.
func (w *world) peer(a, b string) string {
	w.t.Helper()
	pc, err := w.CreateVpcPeeringConnection(caller, state.PeeringInput{VPC: a, PeerVPC: b})
	w.ok(err)
	_, err = w.AcceptVpcPeeringConnection(caller, pc.ID)
	w.ok(err)
	return pc.ID
}

// status returns a connection's status as a caller sees it, empty for none.
func (w *world) status(c state.Caller, id string) string {
	w.t.Helper()
	ps, _, err := w.DescribeVpcPeeringConnections(c, nil, []state.Filter{{Name: "vpc-peering-connection-id", Values: []string{id}}}, state.Page{})
	w.ok(err)
	if len(ps) == 0 {
		return ""
	}
	return ps[0].Status
}

func TestPeeringAcrossAccountsAndRegions(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	tools, err := w.CreateVpc(hub, state.VPCInput{CIDR: prefix("10.100.0.0/16")})
	w.ok(err)
	made, err := w.CreateVpcPeeringConnection(hub, state.PeeringInput{VPC: tools.ID, PeerVPC: w.vpc, PeerOwner: account, PeerRegion: region, Tags: state.Tags{"Name": "mine"}})
	w.ok(err)
	id := made.ID
	if made.Status != "initiating-request" || made.Expires.IsZero() || made.Accepter.CIDR.IsValid() {
		t.Errorf("a new request: %+v", made)
	}
	if w.status(hub, id) != "pending-acceptance" || w.status(caller, id) != "pending-acceptance" {
		t.Errorf("the request is %q here and %q there", w.status(hub, id), w.status(caller, id))
	}
	_, err = w.AcceptVpcPeeringConnection(hub, id)
	w.refused("its own request", err, "OperationNotPermitted")
	w.refused("its own request", w.RejectVpcPeeringConnection(hub, id), "OperationNotPermitted")
	w.refused("a request to it", w.DeleteVpcPeeringConnection(caller, id), "OperationNotPermitted")
	_, err = w.ModifyVpcPeeringConnectionOptions(hub, id, state.PeeringOptions{Requester: &yes})
	w.refused("options of a request", err, "OperationNotPermitted")
	_, err = w.AcceptVpcPeeringConnection(state.Caller{Account: "333333333333", Region: region}, id)
	w.refused("a stranger", err, "InvalidVpcPeeringConnectionID.NotFound")
	_, err = w.AcceptVpcPeeringConnection(caller, "x")
	w.refused("malformed", err, "InvalidVpcPeeringConnectionId.Malformed")
	_, err = w.CreateVpcPeeringConnection(hub, state.PeeringInput{VPC: tools.ID, PeerVPC: w.vpc, PeerOwner: account, PeerRegion: region})
	w.refused("twice", err, "VpcPeeringConnectionAlreadyExists")
	w.refused("a VPC with a request", w.DeleteVpc(hub, tools.ID), "DependencyViolation")

	got, err := w.AcceptVpcPeeringConnection(caller, id)
	w.ok(err)
	if got.Status != "provisioning" || len(got.Tags) != 0 {
		t.Errorf("accepted: %+v", got)
	}
	w.ok(w.CreateTags(caller, []string{id}, state.Tags{"Name": "theirs"}))
	for _, x := range []struct {
		who  state.Caller
		name string
	}{{hub, "mine"}, {caller, "theirs"}} {
		ps, _, err := w.DescribeVpcPeeringConnections(x.who, []string{id}, []state.Filter{{Name: "status-code", Values: []string{"active"}}, {Name: "accepter-vpc-info.cidr-block", Values: []string{"10.0.0.0/16"}}}, state.Page{})
		if err != nil || len(ps) != 1 || ps[0].Tags["Name"] != x.name || ps[0].Accepter.CIDR != prefix("10.0.0.0/16") || ps[0].Requester.VPC != tools.ID {
			t.Errorf("%s sees %+v, %v", x.who.Account, ps, err)
		}
	}
	_, err = w.AcceptVpcPeeringConnection(caller, id)
	w.refused("twice", err, "InvalidStateTransition")
	_, err = w.ModifyVpcPeeringConnectionOptions(hub, id, state.PeeringOptions{Accepter: &yes})
	w.refused("the other side's options", err, "OperationNotPermitted")
	got, err = w.ModifyVpcPeeringConnectionOptions(hub, id, state.PeeringOptions{Requester: &yes})
	w.ok(err)
	if !got.Requester.DNSResolution || got.Accepter.DNSResolution {
		t.Errorf("options: %+v", got)
	}

	// The blocks of a VPC grow apart from its peer's only.
	_, err = w.AssociateVpcCidrBlock(hub, tools.ID, prefix("10.0.128.0/17"))
	w.refused("overlap with a peer", err, "CidrConflict")
	_, err = w.AssociateVpcCidrBlock(hub, tools.ID, prefix("10.101.0.0/16"))
	w.ok(err)
	ps, _, err := w.DescribeVpcPeeringConnections(caller, []string{id}, nil, state.Page{})
	w.ok(err)
	if diff := cmp.Diff([]netip.Prefix{prefix("10.100.0.0/16"), prefix("10.101.0.0/16")}, ps[0].Requester.CIDRs, cmp.Comparer(samePrefix)); diff != "" || !ps[0].Requester.DNSResolution {
		t.Errorf("the requester's blocks (-want +got):\n%s", diff)
	}
	w.ok(w.DeleteVpcPeeringConnection(caller, id))
	w.refused("again", w.DeleteVpcPeeringConnection(hub, id), "InvalidStateTransition")
	w.ok(w.DeleteVpc(hub, tools.ID))
}

func TestPeeringThatFails(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	same, _ := w.network("10.0.0.0/16", 24)
	other, _ := w.network("10.1.0.0/16", 24)
	_, err := w.CreateVpcPeeringConnection(caller, state.PeeringInput{VPC: w.vpc, PeerVPC: "vpc-0123456789abcdef0"})
	w.refused("no such VPC of one's own", err, "InvalidVpcID.NotFound")
	_, err = w.CreateVpcPeeringConnection(caller, state.PeeringInput{VPC: "vpc-0123456789abcdef0", PeerVPC: other})
	w.refused("no such VPC", err, "InvalidVpcID.NotFound")
	for _, x := range []struct {
		name string
		in   state.PeeringInput
	}{
		{"overlap", state.PeeringInput{VPC: w.vpc, PeerVPC: same}},
		{"itself", state.PeeringInput{VPC: w.vpc, PeerVPC: w.vpc}},
		{"no such account", state.PeeringInput{VPC: w.vpc, PeerVPC: other, PeerOwner: "999999999999"}},
		{"no such VPC there", state.PeeringInput{VPC: w.vpc, PeerVPC: other, PeerRegion: "us-east-1"}},
	} {
		pc, err := w.CreateVpcPeeringConnection(caller, x.in)
		w.ok(err)
		if got := w.status(caller, pc.ID); got != "failed" {
			t.Errorf("%s: %s", x.name, got)
		}
		w.refused(x.name, w.DeleteVpcPeeringConnection(caller, pc.ID), "InvalidStateTransition")
	}

	// While a request is open its requester's VPC cannot grow; if the accepter's
	// grows into it, the request fails.
	pc, err := w.CreateVpcPeeringConnection(caller, state.PeeringInput{VPC: w.vpc, PeerVPC: other})
	w.ok(err)
	_, err = w.AssociateVpcCidrBlock(caller, w.vpc, prefix("100.64.0.0/16"))
	w.refused("the requester's", err, "OperationNotPermitted")
	_, err = w.AssociateVpcCidrBlock(caller, other, prefix("10.0.128.0/17"))
	w.ok(err)
	if got := w.status(caller, pc.ID); got != "failed" {
		t.Errorf("the request is %s", got)
	}
}

// What is over stays visible for a while, for the two sides not the same.
func TestPeeringIsForgotten(t *testing.T) {
	for _, x := range []struct {
		name       string
		end        func(*world, string)
		now        string
		ours, hers time.Duration // how long the accepter and the requester see it
	}{
		{"deleted by its accepter", func(w *world, id string) {
			_, err := w.AcceptVpcPeeringConnection(caller, id)
			w.ok(err)
			w.status(caller, id)
			w.ok(w.DeleteVpcPeeringConnection(caller, id))
		}, "deleted", 2 * time.Hour, 48 * time.Hour},
		{"deleted by its requester", func(w *world, id string) { w.ok(w.DeleteVpcPeeringConnection(hub, id)) }, "deleted", 48 * time.Hour, 2 * time.Hour},
		{"rejected", func(w *world, id string) { w.ok(w.RejectVpcPeeringConnection(caller, id)) }, "rejected", 2 * time.Hour, 48 * time.Hour},
		{"expired", func(*world, string) { time.Sleep(7 * 24 * time.Hour / 60) }, "expired", 48 * time.Hour, 48 * time.Hour},
	} {
		t.Run(x.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, state.Options{Consistent: true, Speed: 60})
				tools, err := w.CreateVpc(hub, state.VPCInput{CIDR: prefix("10.100.0.0/16")})
				w.ok(err)
				pc, err := w.CreateVpcPeeringConnection(hub, state.PeeringInput{VPC: tools.ID, PeerVPC: w.vpc, PeerOwner: account, PeerRegion: region})
				w.ok(err)
				w.status(hub, pc.ID)
				x.end(w, pc.ID)
				began := time.Now()
				for _, side := range []struct {
					who  state.Caller
					sees time.Duration
				}{{caller, x.ours}, {hub, x.hers}, {caller, x.ours}} {
					if until := time.Until(began.Add(side.sees/60 - time.Second)); until > 0 {
						time.Sleep(until)
						if got := w.status(side.who, pc.ID); got != x.now {
							t.Errorf("%s sees %q before %v", side.who.Account, got, side.sees)
						}
						time.Sleep(2 * time.Second)
					}
					if got := w.status(side.who, pc.ID); got != "" && time.Since(began) > side.sees/60 {
						t.Errorf("%s sees %q after %v", side.who.Account, got, side.sees)
					}
				}
			})
		})
	}
}

// A world that is made at once keeps its open requests.
func TestSettleKeepsRequests(t *testing.T) {
	w := newWorld(t, state.Options{})
	other, _ := w.network("10.1.0.0/16", 24)
	pc, err := w.CreateVpcPeeringConnection(caller, state.PeeringInput{VPC: w.vpc, PeerVPC: other})
	w.ok(err)
	w.Settle()
	if got := w.status(caller, pc.ID); got != "pending-acceptance" {
		t.Errorf("the request is %q", got)
	}
}
