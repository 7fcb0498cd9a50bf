package state_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/state"
)

func TestZoneChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{Speed: 10})
		x := w.SubmitChange(caller, "why")
		if x.Done || x.Comment != "why" || !strings.HasPrefix(x.ID, "C") {
			t.Errorf("submitted: %+v", x)
		}
		_, err := w.GetChange(hubAccount, x.ID)
		w.refused("another's change", err, "NoSuchChange")
		for _, at := range []struct {
			wait time.Duration
			done bool
		}{{6*time.Second - 1, false}, {1, true}} { // a minute, divided by the speed
			time.Sleep(at.wait)
			got, err := w.GetChange(caller, x.ID)
			w.ok(err)
			if got.Done != at.done || !got.Submitted.Equal(x.Submitted) {
				t.Errorf("%v later: %+v", time.Since(x.Submitted), got)
			}
		}
		time.Sleep(2 * time.Hour)
		w.SubmitChange(caller, "")
		_, err = w.GetChange(caller, x.ID)
		w.refused("an old change", err, "NoSuchChange")
	})
}

func TestEditZones(t *testing.T) {
	w := newWorld(t, state.Options{})
	z := w.zone(caller, "example.org", state.ZoneVPC{Region: region, VPC: w.vpc})
	w.ok(w.ChangeZoneTags(caller, z.ID, state.Tags{"a": "1", "b": "2"}, nil))
	w.ok(w.ChangeZoneTags(caller, z.ID, state.Tags{"c": "3"}, []string{"a", "none"}))
	got, err := w.UpdateHostedZoneComment(caller, z.ID, "new")
	w.ok(err)
	if diff := cmp.Diff(state.Tags{"b": "2", "c": "3"}, got.Tags); diff != "" || got.Comment != "new" {
		t.Errorf("zone %+v, tags:\n%s", got, diff)
	}
	w.refused("another's tags", w.ChangeZoneTags(hubAccount, z.ID, nil, []string{"b"}), "NoSuchHostedZone")
	w.refused("a tag of AWS's", w.ChangeZoneTags(caller, z.ID, state.Tags{"aws:x": "1"}, nil), "InvalidInput")
	_, err = w.UpdateHostedZoneComment(hubAccount, z.ID, "theirs")
	w.refused("another's comment", err, "NoSuchHostedZone")
	if now, _ := w.GetHostedZone(caller, z.ID); !cmp.Equal(got, now) {
		t.Errorf("a refusal changed the zone: %+v", now)
	}
}

// Records come by their names' labels from the right.
func TestListRecords(t *testing.T) {
	w := newWorld(t, state.Options{})
	z := w.zone(caller, "example.org", state.ZoneVPC{Region: region, VPC: w.vpc})
	for _, name := range []string{"b.a.example.org", "c.example.org", "a.example.org", "*.example.org", "a-b.example.org"} {
		w.ok(w.upsert(caller, z.ID, address(name, "192.0.2.1")))
	}
	all := []string{"example.org NS", "example.org SOA", "*.example.org A", "a-b.example.org A", "a.example.org A", "b.a.example.org A", "c.example.org A"}
	listed := func(page state.RecordPage) (names []string, next *state.RecordPage) {
		rs, next, err := w.ListResourceRecordSets(caller, z.ID, page)
		w.ok(err)
		for _, r := range rs {
			names = append(names, r.Name+" "+r.Type)
		}
		return names, next
	}
	var parts []string
	for page := (&state.RecordPage{Max: 2}); page != nil; {
		var names []string
		names, page = listed(*page)
		parts = append(parts, names...)
	}
	if diff := cmp.Diff(all, parts); diff != "" {
		t.Errorf("in parts (-want +got):\n%s", diff)
	}
	for _, x := range []struct {
		page state.RecordPage
		want []string
	}{
		{state.RecordPage{Name: "example.org.", Type: "SOA"}, all[1:]},
		{state.RecordPage{Name: "A.example.org"}, all[4:]},
		{state.RecordPage{Name: "b.example.org"}, all[6:]},
		{state.RecordPage{Name: "z.example.org"}, nil},
	} {
		if got, _ := listed(x.page); !cmp.Equal(x.want, got) {
			t.Errorf("%+v: got %q, want %q", x.page, got, x.want)
		}
	}
	_, _, err := w.ListResourceRecordSets(caller, z.ID, state.RecordPage{Type: "A"})
	w.refused("a type without a name", err, "InvalidInput")
	_, _, err = w.ListResourceRecordSets(hubAccount, z.ID, state.RecordPage{})
	w.refused("another's records", err, "NoSuchHostedZone")
}

// An alias is the same with a final dot and without, in either case of letters.
func TestDeleteAlias(t *testing.T) {
	w := newWorld(t, state.Options{})
	z := w.zone(caller, "example.org", state.ZoneVPC{Region: region, VPC: w.vpc})
	lb := w.balancer("made", w.subnets...)
	w.ok(w.upsert(caller, z.ID, alias("Example.org", lb.HostedZone, lb.DNSName)))
	w.ok(w.ChangeResourceRecordSets(caller, z.ID, []state.RecordChange{{
		Action: "DELETE", Record: alias("example.org.", lb.HostedZone, strings.ToUpper(lb.DNSName)+"."),
	}}))
	w.ok(w.DeleteHostedZone(caller, z.ID))
}
