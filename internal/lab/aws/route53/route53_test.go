package route53

import (
	"errors"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

var caller = wire.Caller{Account: "111111111111", Region: "us-east-1"}

func code(err error) string {
	if e, ok := errors.AsType[*state.Error](err); ok {
		return e.Code
	}
	if e, ok := errors.AsType[*wire.Error](err); ok {
		return e.Code
	}
	return ""
}

// call answers a request, which must succeed.
func call[In, Out any](t *testing.T, serve func(c wire.Caller, in *In) (*Out, error), in In) *Out {
	t.Helper()
	out, err := serve(caller, &in)
	if err != nil {
		t.Fatalf("%T: %v", in, err)
	}
	return out
}

// TestZoneAsShown takes a zone and its records through the handlers and looks
// at them as Route 53 shows them.
func TestZoneAsShown(t *testing.T) {
	store := state.New(state.Options{})
	v, err := store.CreateVpc(state.Caller(caller), state.VPCInput{CIDR: netip.MustParsePrefix("10.100.0.0/16")})
	if err != nil {
		t.Fatal(err)
	}
	h := handlers{store}
	vpc := &VPC{VPCId: &v.ID, VPCRegion: new("us-east-1")}
	made := call(t, func(c wire.Caller, in *CreateHostedZoneRequest) (*CreateHostedZoneResponse, error) {
		return h.createHostedZone(t.Context(), c, in)
	}, CreateHostedZoneRequest{Name: new("Example.org."), CallerReference: new("1"), VPC: vpc, HostedZoneConfig: &HostedZoneConfig{Comment: new("c")}})
	id := made.HostedZone.Id
	want := &HostedZone{
		Id: id, Name: new("example.org."), CallerReference: new("1"), ResourceRecordSetCount: new(int64(2)),
		Config: &HostedZoneConfig{Comment: new("c"), PrivateZone: new(true)},
	}
	if diff := cmp.Diff(want, made.HostedZone); diff != "" {
		t.Errorf("zone (-want +got):\n%s", diff)
	}
	if *made.Location != "https://route53.amazonaws.com/2013-04-01/"+*id || *made.ChangeInfo.Status != "PENDING" {
		t.Errorf("location %s, change %+v", *made.Location, made.ChangeInfo)
	}

	change := func(action string, r ResourceRecordSet) error {
		_, err := h.changeRecords(t.Context(), caller, &ChangeResourceRecordSetsRequest{
			HostedZoneId: id, ChangeBatch: &ChangeBatch{Changes: []Change{{Action: &action, ResourceRecordSet: &r}}},
		})
		return err
	}
	wildcard := ResourceRecordSet{Name: new(`\052.example.org.`), Type: new("A"), TTL: new(int64(60)), ResourceRecords: []ResourceRecord{{Value: new("192.0.2.1")}}}
	twin := ResourceRecordSet{Name: new("twin.example.org."), Type: new("A"), AliasTarget: &AliasTarget{HostedZoneId: new((*id)[len("/hostedzone/"):]), DNSName: new("*.example.org"), EvaluateTargetHealth: new(false)}}
	for _, r := range []ResourceRecordSet{wildcard, twin} {
		if err := change("CREATE", r); err != nil {
			t.Fatal(err)
		}
	}
	twin.AliasTarget.DNSName = new(`\052.example.org.`)
	list := call(t, func(c wire.Caller, in *ListResourceRecordSetsRequest) (*ListResourceRecordSetsResponse, error) {
		return h.listRecords(t.Context(), c, in)
	}, ListResourceRecordSetsRequest{HostedZoneId: id, StartRecordName: new("*.example.org")})
	if diff := cmp.Diff([]ResourceRecordSet{wildcard, twin}, list.ResourceRecordSets); diff != "" || *list.IsTruncated {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	first := call(t, func(c wire.Caller, in *ListResourceRecordSetsRequest) (*ListResourceRecordSetsResponse, error) {
		return h.listRecords(t.Context(), c, in)
	}, ListResourceRecordSetsRequest{HostedZoneId: id, MaxItems: new("2")})
	if !*first.IsTruncated || *first.NextRecordName != `\052.example.org.` || *first.NextRecordType != "A" || *first.MaxItems != "2" {
		t.Errorf("a part: %+v", first)
	}

	// What is listed can be deleted as it is.
	for _, r := range slices.Backward(list.ResourceRecordSets) {
		if err := change("DELETE", r); err != nil {
			t.Errorf("delete %s: %v", *r.Name, err)
		}
	}
	weighted := wildcard
	weighted.SetIdentifier = new("a")
	for name, x := range map[string]struct {
		err  error
		want string
	}{
		"a routing policy": {change("CREATE", weighted), "InvalidInput"},
		"DNSSEC": {func() error {
			_, err := h.getDNSSEC(t.Context(), caller, &GetDNSSECRequest{HostedZoneId: id})
			return err
		}(), "InvalidArgument"},
		"DNSSEC of no zone": {func() error {
			_, err := h.getDNSSEC(t.Context(), caller, &GetDNSSECRequest{HostedZoneId: new("Z0")})
			return err
		}(), "NoSuchHostedZone"},
		"not a number": {func() error {
			_, err := h.listRecords(t.Context(), caller, &ListResourceRecordSetsRequest{HostedZoneId: id, MaxItems: new("0")})
			return err
		}(), "InvalidInput"},
		"tags of a health check": {func() error {
			_, err := h.listTags(t.Context(), caller, &ListTagsForResourceRequest{ResourceType: new("healthcheck"), ResourceId: id})
			return err
		}(), "InvalidInput"},
	} {
		if got := code(x.err); got != x.want {
			t.Errorf("%s: got %v, want %s", name, x.err, x.want)
		}
	}
}
