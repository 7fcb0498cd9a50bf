package ec2

import (
	"context"
	"net/netip"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func (h handlers) createVpcPeeringConnection(_ context.Context, c wire.Caller, in *CreateVpcPeeringConnectionRequest) (*CreateVpcPeeringConnectionResult, error) {
	if in.PeerVpcId == nil {
		return nil, refuse("MissingParameter", "The request must contain the parameter peerVpcId")
	}
	tags, err := tagsFor("vpc-peering-connection", in.TagSpecifications)
	if err != nil {
		return nil, err
	}
	pc, err := h.store.CreateVpcPeeringConnection(state.Caller(c), state.PeeringInput{
		VPC:        wire.Value(in.VpcId),
		PeerVPC:    *in.PeerVpcId,
		PeerOwner:  wire.Value(in.PeerOwnerId),
		PeerRegion: wire.Value(in.PeerRegion),
		Tags:       tags,
	})
	if err != nil {
		return nil, err
	}
	return &CreateVpcPeeringConnectionResult{VpcPeeringConnection: new(peering(pc))}, nil
}

func (h handlers) acceptVpcPeeringConnection(_ context.Context, c wire.Caller, in *AcceptVpcPeeringConnectionRequest) (*AcceptVpcPeeringConnectionResult, error) {
	pc, err := h.store.AcceptVpcPeeringConnection(state.Caller(c), wire.Value(in.VpcPeeringConnectionId))
	if err != nil {
		return nil, err
	}
	return &AcceptVpcPeeringConnectionResult{VpcPeeringConnection: new(peering(pc))}, nil
}

func (h handlers) rejectVpcPeeringConnection(_ context.Context, c wire.Caller, in *RejectVpcPeeringConnectionRequest) (*RejectVpcPeeringConnectionResult, error) {
	if err := h.store.RejectVpcPeeringConnection(state.Caller(c), wire.Value(in.VpcPeeringConnectionId)); err != nil {
		return nil, err
	}
	return &RejectVpcPeeringConnectionResult{Return: new(true)}, nil
}

func (h handlers) deleteVpcPeeringConnection(_ context.Context, c wire.Caller, in *DeleteVpcPeeringConnectionRequest) (*DeleteVpcPeeringConnectionResult, error) {
	if err := h.store.DeleteVpcPeeringConnection(state.Caller(c), wire.Value(in.VpcPeeringConnectionId)); err != nil {
		return nil, err
	}
	return &DeleteVpcPeeringConnectionResult{Return: new(true)}, nil
}

func (h handlers) describeVpcPeeringConnections(_ context.Context, c wire.Caller, in *DescribeVpcPeeringConnectionsRequest) (*DescribeVpcPeeringConnectionsResult, error) {
	pcs, next, err := h.store.DescribeVpcPeeringConnections(state.Caller(c), in.VpcPeeringConnectionIds, filters(in.Filters), page(in.MaxResults, in.NextToken))
	if err != nil {
		return nil, err
	}
	return &DescribeVpcPeeringConnectionsResult{VpcPeeringConnections: each(pcs, peering), NextToken: wire.Set(next)}, nil
}

// modifyVpcPeeringConnectionOptions sets DNS resolution; the other options are
// of EC2-Classic, which is gone.
func (h handlers) modifyVpcPeeringConnectionOptions(_ context.Context, c wire.Caller, in *ModifyVpcPeeringConnectionOptionsRequest) (*ModifyVpcPeeringConnectionOptionsResult, error) {
	asked := func(o *PeeringConnectionOptionsRequest) *bool {
		if o == nil {
			return nil
		}
		return o.AllowDnsResolutionFromRemoteVpc
	}
	pc, err := h.store.ModifyVpcPeeringConnectionOptions(state.Caller(c), wire.Value(in.VpcPeeringConnectionId), state.PeeringOptions{
		Requester: asked(in.RequesterPeeringConnectionOptions),
		Accepter:  asked(in.AccepterPeeringConnectionOptions),
	})
	if err != nil {
		return nil, err
	}
	answer := func(o *PeeringConnectionOptionsRequest, side state.PeeringSide) *PeeringConnectionOptions {
		if o == nil {
			return nil
		}
		return &PeeringConnectionOptions{
			AllowDnsResolutionFromRemoteVpc:            &side.DNSResolution,
			AllowEgressFromLocalClassicLinkToRemoteVpc: new(false),
			AllowEgressFromLocalVpcToRemoteClassicLink: new(false),
		}
	}
	return &ModifyVpcPeeringConnectionOptionsResult{
		RequesterPeeringConnectionOptions: answer(in.RequesterPeeringConnectionOptions, pc.Requester),
		AccepterPeeringConnectionOptions:  answer(in.AccepterPeeringConnectionOptions, pc.Accepter),
	}, nil
}

func peering(pc state.Peering) VpcPeeringConnection {
	out := VpcPeeringConnection{
		VpcPeeringConnectionId: &pc.ID,
		RequesterVpcInfo:       peeringSide(pc.Requester),
		AccepterVpcInfo:        peeringSide(pc.Accepter),
		Status:                 &VpcPeeringConnectionStateReason{Code: &pc.Status, Message: &pc.Message},
		Tags:                   tagSet(pc.Tags),
	}
	if !pc.Expires.IsZero() {
		out.ExpirationTime = &pc.Expires
	}
	return out
}

// peeringSide leaves out what the other side does not know before acceptance.
func peeringSide(s state.PeeringSide) *VpcPeeringConnectionVpcInfo {
	out := &VpcPeeringConnectionVpcInfo{OwnerId: &s.Owner, Region: &s.Region, VpcId: &s.VPC}
	if !s.CIDR.IsValid() {
		return out
	}
	out.CidrBlock = new(s.CIDR.String())
	out.CidrBlockSet = each(s.CIDRs, func(b netip.Prefix) CidrBlock { return CidrBlock{CidrBlock: new(b.String())} })
	if len(s.CIDRs6) > 0 {
		out.Ipv6CidrBlockSet = each(s.CIDRs6, func(b netip.Prefix) Ipv6CidrBlock { return Ipv6CidrBlock{Ipv6CidrBlock: new(b.String())} })
	}
	out.PeeringOptions = &VpcPeeringConnectionOptionsDescription{
		AllowDnsResolutionFromRemoteVpc:            &s.DNSResolution,
		AllowEgressFromLocalClassicLinkToRemoteVpc: new(false),
		AllowEgressFromLocalVpcToRemoteClassicLink: new(false),
	}
	return out
}
