package route53

import (
	"context"
	"strconv"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

// version precedes every path. Source: Route 53 API reference, CreateHostedZone.
const version = "https://route53.amazonaws.com/2013-04-01/"

func (h handlers) createHostedZone(_ context.Context, c wire.Caller, in *CreateHostedZoneRequest) (*CreateHostedZoneResponse, error) {
	if in.DelegationSetId != nil {
		return nil, refuse("A private hosted zone has no reusable delegation set")
	}
	input := state.HostedZoneInput{Name: wire.Value(in.Name), Reference: wire.Value(in.CallerReference)}
	if in.HostedZoneConfig != nil {
		input.Comment = wire.Value(in.HostedZoneConfig.Comment)
	}
	if in.VPC != nil {
		input.VPC = zoneVPC(in.VPC)
	}
	z, err := h.store.CreateHostedZone(state.Caller(c), input)
	if err != nil {
		return nil, err
	}
	zone := hostedZone(z)
	return &CreateHostedZoneResponse{
		HostedZone: &zone,
		ChangeInfo: h.change(c, ""),
		Location:   new(version + *zone.Id),
		VPC:        in.VPC,
	}, nil
}

func (h handlers) deleteHostedZone(_ context.Context, c wire.Caller, in *DeleteHostedZoneRequest) (*DeleteHostedZoneResponse, error) {
	if err := h.store.DeleteHostedZone(state.Caller(c), zoneID(in.Id)); err != nil {
		return nil, err
	}
	return &DeleteHostedZoneResponse{ChangeInfo: h.change(c, "")}, nil
}

func (h handlers) getHostedZone(_ context.Context, c wire.Caller, in *GetHostedZoneRequest) (*GetHostedZoneResponse, error) {
	z, err := h.store.GetHostedZone(state.Caller(c), zoneID(in.Id))
	if err != nil {
		return nil, err
	}
	return &GetHostedZoneResponse{HostedZone: new(hostedZone(z)), VPCs: vpcs(z.VPCs)}, nil
}

// getDNSSEC refuses, since every zone of the lab is private. Source: Route 53
// developer guide, configuring DNSSEC signing: of public hosted zones.
func (h handlers) getDNSSEC(_ context.Context, c wire.Caller, in *GetDNSSECRequest) (*GetDNSSECResponse, error) {
	if _, err := h.store.GetHostedZone(state.Caller(c), zoneID(in.HostedZoneId)); err != nil {
		return nil, err
	}
	return nil, &wire.Error{Code: "InvalidArgument", Message: "Operation is unsupported for private hosted zones", Status: 400, Sender: true}
}

func (h handlers) updateComment(_ context.Context, c wire.Caller, in *UpdateHostedZoneCommentRequest) (*UpdateHostedZoneCommentResponse, error) {
	z, err := h.store.UpdateHostedZoneComment(state.Caller(c), zoneID(in.Id), wire.Value(in.Comment))
	if err != nil {
		return nil, err
	}
	return &UpdateHostedZoneCommentResponse{HostedZone: new(hostedZone(z))}, nil
}

func (h handlers) listHostedZones(_ context.Context, c wire.Caller, in *ListHostedZonesRequest) (*ListHostedZonesResponse, error) {
	if in.DelegationSetId != nil {
		return nil, refuse("The lab has private hosted zones only, which have no delegation set")
	}
	most, err := number(in.MaxItems)
	if err != nil {
		return nil, err
	}
	zones, next, err := h.store.ListHostedZones(state.Caller(c), state.Page{Max: most, Token: wire.Value(in.Marker)})
	if err != nil {
		return nil, err
	}
	out := &ListHostedZonesResponse{
		HostedZones: []HostedZone{}, Marker: new(wire.Value(in.Marker)), MaxItems: maxItems(most, 100),
		IsTruncated: new(next != ""), NextMarker: wire.Set(next),
	}
	for _, z := range zones {
		out.HostedZones = append(out.HostedZones, hostedZone(z))
	}
	return out, nil
}

func maxItems(n, most int) *string {
	if n == 0 {
		n = most
	}
	return new(strconv.Itoa(n))
}

func (h handlers) listHostedZonesByVPC(_ context.Context, c wire.Caller, in *ListHostedZonesByVPCRequest) (*ListHostedZonesByVPCResponse, error) {
	most, err := number(in.MaxItems)
	if err != nil {
		return nil, err
	}
	zones, next, err := h.store.ListHostedZonesByVPC(state.Caller(c), state.ZoneVPC{Region: wire.Value(in.VPCRegion), VPC: wire.Value(in.VPCId)},
		state.Page{Max: most, Token: wire.Value(in.NextToken)})
	if err != nil {
		return nil, err
	}
	out := &ListHostedZonesByVPCResponse{HostedZoneSummaries: []HostedZoneSummary{}, MaxItems: maxItems(most, 100), NextToken: wire.Set(next)}
	for _, z := range zones {
		out.HostedZoneSummaries = append(out.HostedZoneSummaries, HostedZoneSummary{
			HostedZoneId: &z.ID, Name: dotted(z.Name), Owner: &HostedZoneOwner{OwningAccount: &z.Owner},
		})
	}
	return out, nil
}

func (h handlers) associate(_ context.Context, c wire.Caller, in *AssociateVPCWithHostedZoneRequest) (*AssociateVPCWithHostedZoneResponse, error) {
	if err := h.store.AssociateVPCWithHostedZone(state.Caller(c), zoneID(in.HostedZoneId), zoneVPC(in.VPC)); err != nil {
		return nil, err
	}
	return &AssociateVPCWithHostedZoneResponse{ChangeInfo: h.change(c, wire.Value(in.Comment))}, nil
}

func (h handlers) disassociate(_ context.Context, c wire.Caller, in *DisassociateVPCFromHostedZoneRequest) (*DisassociateVPCFromHostedZoneResponse, error) {
	if err := h.store.DisassociateVPCFromHostedZone(state.Caller(c), zoneID(in.HostedZoneId), zoneVPC(in.VPC)); err != nil {
		return nil, err
	}
	return &DisassociateVPCFromHostedZoneResponse{ChangeInfo: h.change(c, wire.Value(in.Comment))}, nil
}

func (h handlers) authorize(_ context.Context, c wire.Caller, in *CreateVPCAssociationAuthorizationRequest) (*CreateVPCAssociationAuthorizationResponse, error) {
	id := zoneID(in.HostedZoneId)
	if err := h.store.CreateVPCAssociationAuthorization(state.Caller(c), id, zoneVPC(in.VPC)); err != nil {
		return nil, err
	}
	return &CreateVPCAssociationAuthorizationResponse{HostedZoneId: &id, VPC: in.VPC}, nil
}

func (h handlers) deauthorize(_ context.Context, c wire.Caller, in *DeleteVPCAssociationAuthorizationRequest) (*DeleteVPCAssociationAuthorizationResponse, error) {
	return nil, h.store.DeleteVPCAssociationAuthorization(state.Caller(c), zoneID(in.HostedZoneId), zoneVPC(in.VPC))
}

// listAuthorizations gives all at once, more than AWS's parts of 50.
func (h handlers) listAuthorizations(_ context.Context, c wire.Caller, in *ListVPCAssociationAuthorizationsRequest) (*ListVPCAssociationAuthorizationsResponse, error) {
	z, err := h.store.GetHostedZone(state.Caller(c), zoneID(in.HostedZoneId))
	if err != nil {
		return nil, err
	}
	return &ListVPCAssociationAuthorizationsResponse{HostedZoneId: &z.ID, VPCs: vpcs(z.Authorized)}, nil
}

func hostedZone(z state.HostedZone) HostedZone {
	return HostedZone{
		Id:                     new("/hostedzone/" + z.ID),
		Name:                   dotted(z.Name),
		CallerReference:        &z.Reference,
		Config:                 &HostedZoneConfig{Comment: wire.Set(z.Comment), PrivateZone: new(true)},
		ResourceRecordSetCount: new(int64(len(z.Records))),
	}
}

func zoneVPC(v *VPC) state.ZoneVPC {
	return state.ZoneVPC{Region: wire.Value(v.VPCRegion), VPC: wire.Value(v.VPCId)}
}

func vpcs(in []state.ZoneVPC) []VPC {
	out := []VPC{}
	for _, v := range in {
		out = append(out, VPC{VPCId: &v.VPC, VPCRegion: &v.Region})
	}
	return out
}
