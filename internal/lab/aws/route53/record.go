package route53

import (
	"context"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func (h handlers) changeRecords(_ context.Context, c wire.Caller, in *ChangeResourceRecordSetsRequest) (*ChangeResourceRecordSetsResponse, error) {
	var changes []state.RecordChange
	for _, x := range in.ChangeBatch.Changes {
		r, err := record(x.ResourceRecordSet)
		if err != nil {
			return nil, err
		}
		changes = append(changes, state.RecordChange{Action: wire.Value(x.Action), Record: r})
	}
	if err := h.store.ChangeResourceRecordSets(state.Caller(c), zoneID(in.HostedZoneId), changes); err != nil {
		return nil, err
	}
	return &ChangeResourceRecordSetsResponse{ChangeInfo: h.change(c, wire.Value(in.ChangeBatch.Comment))}, nil
}

// record takes records with the simple routing policy alone.
func record(in *ResourceRecordSet) (state.Record, error) {
	if in.SetIdentifier != nil || in.Weight != nil || in.Region != nil || in.GeoLocation != nil || in.Failover != nil || in.MultiValueAnswer != nil ||
		in.HealthCheckId != nil || in.TrafficPolicyInstanceId != nil || in.CidrRoutingConfig != nil || in.GeoProximityLocation != nil {
		return state.Record{}, refuse("The lab has the simple routing policy alone, and no health checks: '%s'", wire.Value(in.Name))
	}
	r := state.Record{Name: plain(in.Name), Type: wire.Value(in.Type), TTL: int(wire.Value(in.TTL))}
	for _, x := range in.ResourceRecords {
		r.Values = append(r.Values, wire.Value(x.Value))
	}
	if a := in.AliasTarget; a != nil {
		r.Alias = &state.Alias{Zone: wire.Value(a.HostedZoneId), Name: plain(a.DNSName), EvaluateHealth: wire.Value(a.EvaluateTargetHealth)}
	}
	return r, nil
}

func (h handlers) listRecords(_ context.Context, c wire.Caller, in *ListResourceRecordSetsRequest) (*ListResourceRecordSetsResponse, error) {
	most, err := number(in.MaxItems)
	if err != nil {
		return nil, err
	}
	if in.StartRecordIdentifier != nil {
		return nil, refuse("The lab has the simple routing policy alone: no record has an identifier")
	}
	records, next, err := h.store.ListResourceRecordSets(state.Caller(c), zoneID(in.HostedZoneId), state.RecordPage{
		Name: plain(in.StartRecordName), Type: wire.Value(in.StartRecordType), Max: most,
	})
	if err != nil {
		return nil, err
	}
	out := &ListResourceRecordSetsResponse{ResourceRecordSets: []ResourceRecordSet{}, MaxItems: maxItems(most, 300), IsTruncated: new(next != nil)}
	if next != nil {
		out.NextRecordName, out.NextRecordType = dotted(next.Name), &next.Type
	}
	for _, r := range records {
		out.ResourceRecordSets = append(out.ResourceRecordSets, recordSet(r))
	}
	return out, nil
}

func recordSet(r state.Record) ResourceRecordSet {
	out := ResourceRecordSet{Name: dotted(r.Name), Type: &r.Type}
	if a := r.Alias; a != nil {
		out.AliasTarget = &AliasTarget{HostedZoneId: &a.Zone, DNSName: dotted(a.Name), EvaluateTargetHealth: &a.EvaluateHealth}
		return out
	}
	out.TTL = new(int64(r.TTL))
	for _, v := range r.Values {
		out.ResourceRecords = append(out.ResourceRecords, ResourceRecord{Value: &v})
	}
	return out
}
